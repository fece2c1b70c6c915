/* The stateless retry cookie: a stranger who can echo it receives at the address it was made for, and we kept nothing
 * meanwhile. It says what effort is owed, so that a later rise does not void work in progress.
 *
 *   time 8 | payload 8 | effort 4 | zeros 20 | tag 16
 *
 * 1. The tag is compared before anything in the cookie is believed, in constant time.
 * 2. A cookie is good from its time until its time + GN_COOKIE_LIFE; one from the future is refused (the clock never
 * steps back).
 * Spec: docs/spec/jet.md JT-20. */
#include "guard/guard_int.h"

#define TIME_LEN 8
#define PAYLOAD_LEN 8
#define EFFORT_LEN 4
#define SAID_LEN (TIME_LEN + PAYLOAD_LEN + EFFORT_LEN) /* what the tag covers of it */
#define ZEROS_LEN 20
#define TAG_LEN 16
#define BOUND_LEN 8

static void tag(const uint8_t secret[32], const struct gn_addr *addr, const uint8_t bound[BOUND_LEN],
		const uint8_t said[SAID_LEN], uint8_t out[TAG_LEN])
{
	uint8_t msg[sizeof addr->ip + 2 + BOUND_LEN + SAID_LEN];
	struct gn_writer w = gn_writer(msg, sizeof msg);
	gn_write_bytes(&w, GN_SLICE(addr->ip));
	gn_write_be16(&w, addr->port);
	gn_write_bytes(&w, gn_slice(bound, BOUND_LEN));
	gn_write_bytes(&w, gn_slice(said, SAID_LEN));
	GN_ASSERT(!w.bad);
	struct gn_hash h;
	gn_hmac_sha256(gn_slice(secret, 32), GN_SLICE(msg), &h);
	memcpy(out, h.b, TAG_LEN);
}

void gn_cookie_make(const uint8_t secret[32], const struct gn_addr *addr, const uint8_t bound[8],
		    const uint8_t payload[8], uint32_t effort, gn_time now, uint8_t out[GN_COOKIE_LEN])
{
	struct gn_writer w = gn_writer(out, GN_COOKIE_LEN);
	memset(out, 0, GN_COOKIE_LEN);
	gn_write_be64(&w, (uint64_t)now);
	gn_write_bytes(&w, gn_slice(payload, PAYLOAD_LEN));
	gn_write_be32(&w, effort);
	tag(secret, addr, bound, out, out + SAID_LEN + ZEROS_LEN);
}

gn_err gn_cookie_check(const uint8_t secret[32], const struct gn_addr *addr, const uint8_t bound[8],
		       const uint8_t cookie[GN_COOKIE_LEN], gn_time now, uint8_t payload[8], uint32_t *effort)
{
	static const uint8_t zeros[ZEROS_LEN];
	uint8_t want[TAG_LEN];
	tag(secret, addr, bound, cookie, want);
	if (!gn_equal_ct(want, cookie + SAID_LEN + ZEROS_LEN, TAG_LEN) ||
	    memcmp(cookie + SAID_LEN, zeros, ZEROS_LEN) != 0)
		return GN_AUTH;
	uint64_t time = gn_be64(cookie);
	if (time > (uint64_t)now || (uint64_t)now - time > (uint64_t)GN_COOKIE_LIFE)
		return GN_EXPIRED;
	memcpy(payload, cookie + TIME_LEN, PAYLOAD_LEN);
	*effort = gn_cookie_effort(gn_slice(cookie, GN_COOKIE_LEN));
	return GN_OK;
}

uint32_t gn_cookie_effort(struct gn_slice cookie)
{
	if (cookie.len != GN_COOKIE_LEN)
		return 0;
	struct gn_reader r = gn_reader(gn_slice_sub(cookie, TIME_LEN + PAYLOAD_LEN, EFFORT_LEN));
	return gn_read_be32(&r);
}
