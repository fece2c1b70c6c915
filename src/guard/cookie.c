/* The stateless retry cookie: a stranger who can echo it receives at the address it was made
 * for, and we kept nothing meanwhile. It says what effort is owed, so that a later rise does not
 * void work in progress.
 *
 *   time 8 | payload 8 | effort 4 | zeros 20 | tag 16
 *
 * 1. The tag is compared before anything in the cookie is believed, in constant time.
 * 2. A cookie is good from its time until its time + GN_COOKIE_LIFE; one from the future is
 *    refused (the clock never steps back). Spec: docs/spec/jet.md JT-20. */
#include "guard/guard_int.h"

#define TIME_LEN 8
#define PAYLOAD_LEN 8
#define EFFORT_LEN 4
#define SAID_LEN (TIME_LEN + PAYLOAD_LEN + EFFORT_LEN) /* what the tag covers of it */
#define ZEROS_LEN 20
#define TAG_LEN 16
#define BOUND_LEN 8

/* SipHash under each half of the secret: 64 bits each, a tenth of the time of an HMAC, and every
 * datagram of a flood costs one. */
static void tag(const uint8_t secret[32], const struct gn_addr *addr,
		const uint8_t bound[BOUND_LEN], const uint8_t said[SAID_LEN], uint8_t out[TAG_LEN])
{
	struct gn_reader r = gn_reader(gn_slice(said, SAID_LEN));
	uint64_t words[7] = {gn_be64(addr->ip), gn_be64(addr->ip + 8), addr->port, gn_be64(bound)};
	words[4] = gn_read_be64(&r);
	words[5] = gn_read_be64(&r);
	words[6] = gn_read_be32(&r);
	struct gn_writer w = gn_writer(out, TAG_LEN);
	for (int half = 0; half < 2; half++) {
		const uint8_t *key = secret + 16 * half;
		const struct gn_sip_key k = {{gn_be64(key), gn_be64(key + 8)}};
		gn_write_be64(&w, gn_sip(&k, words, GN_COUNT(words)));
	}
}

void gn_cookie_make(const uint8_t secret[32], const struct gn_addr *addr, const uint8_t bound[8],
		    const uint8_t payload[8], uint32_t effort, gn_time now,
		    uint8_t out[GN_COOKIE_LEN])
{
	struct gn_writer w = gn_writer(out, GN_COOKIE_LEN);
	memset(out, 0, GN_COOKIE_LEN);
	gn_write_be64(&w, (uint64_t)now);
	gn_write_bytes(&w, gn_slice(payload, PAYLOAD_LEN));
	gn_write_be32(&w, effort);
	tag(secret, addr, bound, out, out + SAID_LEN + ZEROS_LEN);
}

gn_err gn_cookie_check(const uint8_t secret[32], const struct gn_addr *addr, const uint8_t bound[8],
		       const uint8_t cookie[GN_COOKIE_LEN], gn_time now, uint8_t payload[8],
		       uint32_t *effort)
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
