/* The stateless retry cookie: a stranger who can echo it receives at the address it was made for, and we kept nothing
 * meanwhile.
 *
 * 1. The tag is compared before anything in the cookie is believed, in constant time.
 * 2. A cookie is good from its time until its time + life; one from the future is refused (the clock never steps back).
 * Spec: docs/spec/jet.md JT-20. */
#include "guard/guard.h"

#define TIME_LEN 8
#define TAG_LEN 16
#define BOUND_MAX 32

void gn_cookie_jar_init(struct gn_cookie_jar *jar, struct gn_rand *rand, gn_time life)
{
	GN_ASSERT(life > 0);
	gn_rand_fill(rand, jar->secret, sizeof jar->secret);
	jar->life = life;
}

void gn_cookie_jar_fini(struct gn_cookie_jar *jar)
{
	gn_wipe(jar->secret, sizeof jar->secret);
}

static void tag(const struct gn_cookie_jar *jar, const struct gn_addr *addr, struct gn_slice bound, uint64_t time,
		struct gn_slice payload, uint8_t out[TAG_LEN])
{
	uint8_t msg[sizeof addr->ip + 2 + TIME_LEN + 1 + BOUND_MAX + GN_COOKIE_PAYLOAD_MAX];
	struct gn_writer w = gn_writer(msg, sizeof msg);
	gn_write_bytes(&w, GN_SLICE(addr->ip));
	gn_write_be16(&w, addr->port);
	gn_write_be64(&w, time);
	gn_write_u8(&w, (uint8_t)bound.len);
	gn_write_bytes(&w, bound);
	gn_write_bytes(&w, payload);
	GN_ASSERT(!w.bad);
	struct gn_hash h;
	gn_hmac_sha256(GN_SLICE(jar->secret), gn_slice(msg, gn_writer_len(&w)), &h);
	memcpy(out, h.b, TAG_LEN);
}

size_t gn_cookie_make(const struct gn_cookie_jar *jar, const struct gn_addr *addr, struct gn_slice bound,
		      struct gn_slice payload, gn_time now, uint8_t out[GN_COOKIE_MAX])
{
	GN_ASSERT(payload.len <= GN_COOKIE_PAYLOAD_MAX && bound.len <= BOUND_MAX);
	gn_put_be64(out, (uint64_t)now);
	if (payload.len)
		memcpy(out + TIME_LEN, payload.p, payload.len);
	tag(jar, addr, bound, (uint64_t)now, payload, out + TIME_LEN + payload.len);
	return payload.len + GN_COOKIE_OVERHEAD;
}

gn_err gn_cookie_check(const struct gn_cookie_jar *jar, const struct gn_addr *addr, struct gn_slice bound,
		       struct gn_slice cookie, gn_time now, uint8_t *payload, size_t len)
{
	GN_ASSERT(len <= GN_COOKIE_PAYLOAD_MAX && bound.len <= BOUND_MAX);
	if (cookie.len != len + GN_COOKIE_OVERHEAD)
		return GN_MALFORMED;
	uint64_t time = gn_be64(cookie.p);
	uint8_t want[TAG_LEN];
	tag(jar, addr, bound, time, gn_slice(cookie.p + TIME_LEN, len), want);
	if (!gn_equal_ct(want, cookie.p + TIME_LEN + len, TAG_LEN))
		return GN_AUTH;
	if (time > (uint64_t)now || (uint64_t)now - time > (uint64_t)jar->life)
		return GN_EXPIRED;
	if (len)
		memcpy(payload, cookie.p + TIME_LEN, len);
	return GN_OK;
}
