/* The pass: who finished a handshake here within a month shows it, owes no puzzle and goes by a
 * lane of its own.
 *
 *   until 8 | number 8 | tag 16 tag = HMAC-SHA256(secret, "geonet/guard/pass" | prefix 8 | until
 *   | number), cut
 *
 * 1. Bound to the prefix it was given to: passes collected elsewhere are no use from here.
 * 2. Single use (subjects.c), renewed at each session: one pass, one handshake.
 * Rule GU-14. */
#include "guard/guard_int.h"

#define SAID_LEN 16
#define TAG_LEN 16

static void tag(const uint8_t secret[32], const struct gn_addr *addr, const uint8_t said[SAID_LEN],
		uint8_t out[TAG_LEN])
{
	uint8_t msg[17 + 8 + SAID_LEN];
	struct gn_writer w = gn_writer(msg, sizeof msg);
	gn_write_bytes(&w, GN_LIT("geonet/guard/pass"));
	gn_write_be64(&w, gn_addr_prefix(addr));
	gn_write_bytes(&w, gn_slice(said, SAID_LEN));
	GN_ASSERT(!w.bad && gn_writer_left(&w) == 0);
	struct gn_hash h;
	gn_hmac_sha256(gn_slice(secret, 32), GN_SLICE(msg), &h);
	memcpy(out, h.b, TAG_LEN);
}

void gn_pass_make(const uint8_t secret[32], const struct gn_addr *addr, uint64_t number,
		  gn_time now, uint8_t out[GN_PASS_LEN])
{
	gn_put_be64(out, (uint64_t)(now + GN_PASS_LIFE));
	gn_put_be64(out + 8, number);
	tag(secret, addr, out, out + SAID_LEN);
}

gn_err gn_pass_check(const uint8_t secret[32], const struct gn_addr *addr,
		     const uint8_t pass[GN_PASS_LEN], gn_time now, uint64_t *print)
{
	uint8_t want[TAG_LEN];
	tag(secret, addr, pass, want);
	if (!gn_equal_ct(want, pass + SAID_LEN, TAG_LEN))
		return GN_AUTH;
	uint64_t until = gn_be64(pass);
	if (until < (uint64_t)now || until > (uint64_t)(now + GN_PASS_LIFE))
		return GN_EXPIRED;
	*print = gn_be64(want);
	return GN_OK;
}
