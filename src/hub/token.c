/* Tokens as bytes: nothing here knows a session or a request. */
#include "hub/token.h"

#include <stdio.h>

/* ---- JSON Web Tokens ---- */

static const char header64[] =
	"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"; /* {"alg":"HS256","typ":"JWT"} */

void gn_hub_jwt_make(const uint8_t key[32], const struct gn_hub_jwt *in, char out[GN_JWT_MAX])
{
	char pid[64], jti[33], claims[256];
	struct gn_hash mac;
	gn_err err = gn_base58(GN_SLICE(in->sub.b), pid, sizeof pid);
	GN_ASSERT(!err);
	gn_hex(GN_SLICE(in->jti), jti);
	int n = snprintf(claims, sizeof claims,
			 "{\"exp\":%llu,\"jti\":\"%s\",\"sub\":\"%s\",\"type\":\"%s\"}",
			 (unsigned long long)in->exp, jti, pid, in->refresh ? "refresh" : "access");
	size_t at = (size_t)snprintf(out, GN_JWT_MAX, "%s.", header64);
	err = gn_base64(gn_slice(claims, (size_t)n), true, out + at, GN_JWT_MAX - at);
	GN_ASSERT(!err);
	at = strlen(out);
	gn_hmac_sha256(gn_slice(key, 32), gn_slice(out, at), &mac);
	out[at++] = '.';
	err = gn_base64(GN_SLICE(mac.b), true, out + at, GN_JWT_MAX - at);
	GN_ASSERT(!err);
}

/* The text behind "name":" or the digits behind "name": in claims that we made ourselves. */
static struct gn_slice claim(struct gn_slice json, const char *name)
{
	for (size_t i = 0, len = strlen(name); i + len <= json.len; i++) {
		if (memcmp(json.p + i, name, len) != 0)
			continue;
		size_t end = i + len;
		while (end < json.len && json.p[end] != '"' && json.p[end] != ',' &&
		       json.p[end] != '}')
			end++;
		return gn_slice_sub(json, i + len, end - i - len);
	}
	return gn_slice(NULL, 0);
}

gn_err gn_hub_jwt_open(const uint8_t key[32], struct gn_slice text, bool refresh, uint64_t unix_now,
		       struct gn_hub_jwt *out)
{
	uint8_t claims[256], mac[32];
	struct gn_buf buf = {claims, 0, sizeof claims};
	struct gn_hash want;
	struct gn_hub_jwt t = {.refresh = refresh};
	size_t head = sizeof header64 - 1, dot = text.len;
	while (dot > 0 && text.p[dot - 1] != '.')
		dot--;
	if (text.len > GN_JWT_MAX || dot < head + 2 || memcmp(text.p, header64, head) != 0 ||
	    text.p[head] != '.' ||
	    gn_unbase64_exact(gn_slice_sub(text, dot, text.len), true, mac, sizeof mac))
		return GN_AUTH;
	gn_hmac_sha256(gn_slice(key, 32), gn_slice_sub(text, 0, dot - 1), &want);
	if (!gn_equal_ct(want.b, mac, sizeof mac) ||
	    gn_unbase64(gn_slice_sub(text, head + 1, dot - head - 2), true, &buf))
		return GN_AUTH;
	struct gn_slice json = gn_buf_slice(&buf), exp = claim(json, "\"exp\":"),
			kind = claim(json, "\"type\":\"");
	if (gn_pid_parse(claim(json, "\"sub\":\""), &t.sub) ||
	    gn_unhex(claim(json, "\"jti\":\""), t.jti, sizeof t.jti) || exp.len == 0 ||
	    exp.len > 12)
		return GN_AUTH;
	for (size_t i = 0; i < exp.len; i++)
		t.exp = t.exp * 10 + (exp.p[i] - (unsigned)'0');
	if (!gn_slice_eq(kind, refresh ? GN_LIT("refresh") : GN_LIT("access")))
		return GN_KEY;
	if (unix_now >= t.exp)
		return GN_EXPIRED;
	*out = t;
	return GN_OK;
}

/* ---- rates ---- */

struct bucket {
	gn_time at;  /* when it was last counted */
	double left; /* requests; a float is fine here: no two machines must agree on it */
};

void gn_hub_rate_init(struct gn_hub_rate *r, const struct gn_env *env, enum gn_hub_rate_per per,
		      uint32_t most)
{
	*r = (struct gn_hub_rate){.per = per, .most = most};
	gn_map_init(&r->buckets, env, 16, sizeof(struct bucket), HUB_BUCKETS_MAX);
}

void gn_hub_rate_fini(struct gn_hub_rate *r)
{
	gn_map_fini(&r->buckets);
}

/* At once: of a minute's no more than a few seconds' work. */
static uint32_t burst(const struct gn_hub_rate *r)
{
	uint32_t tenth = r->most / 10;
	if (r->per == GN_RATE_DAY)
		return r->most;
	return tenth > HUB_BURST_LEAST     ? tenth
	       : r->most < HUB_BURST_LEAST ? r->most
					   : HUB_BURST_LEAST;
}

static double refill(const struct gn_hub_rate *r, const struct bucket *b, gn_time now)
{
	double left = b->left + (double)(now - b->at) / (double)(r->per * GN_SEC) * r->most;
	return left < burst(r) ? left : burst(r);
}

/* Forgets what is full again; each entry is looked at once. */
static void sweep_buckets(struct gn_hub_rate *r, gn_time now)
{
	for (uint32_t i = r->buckets.count; i-- > 0;) {
		uint8_t key[16];
		if (refill(r, gn_map_value_at(&r->buckets, i), now) < burst(r))
			continue;
		memcpy(key, gn_map_key_at(&r->buckets, i), sizeof key);
		gn_map_remove(&r->buckets, key);
	}
}

/* NULL when there are more strangers than buckets. */
static struct bucket *bucket_of(struct gn_hub_rate *r, const uint8_t key[16], gn_time now)
{
	if (r->buckets.count == HUB_BUCKETS_MAX && !gn_map_get(&r->buckets, key))
		sweep_buckets(r, now);
	bool fresh = !gn_map_get(&r->buckets, key);
	struct bucket *b = gn_map_put(&r->buckets, key);
	if (b && fresh)
		*b = (struct bucket){now, burst(r)};
	if (b) {
		b->left = refill(r, b, now);
		b->at = now;
	}
	return b;
}

static bool enough(struct gn_hub_rate *r, const struct bucket *b, uint32_t *wait_s)
{
	*wait_s = 0;
	if (b->left >= 1)
		return true;
	r->refused++;
	*wait_s = (uint32_t)((1 - b->left) * (double)r->per / r->most) + 1;
	return false;
}

bool gn_hub_rate_take(struct gn_hub_rate *r, const uint8_t key[16], gn_time now, uint32_t *wait_s)
{
	*wait_s = 0;
	if (r->most == 0)
		return true;
	struct bucket *b = bucket_of(r, key, now);
	if (!b) { /* none of them is let in */
		r->refused++;
		*wait_s = 60;
		return false;
	}
	if (!enough(r, b, wait_s))
		return false;
	b->left--;
	return true;
}

bool gn_hub_rate_look(struct gn_hub_rate *r, const uint8_t key[16], gn_time now, uint32_t *wait_s)
{
	struct bucket *b = r->most ? gn_map_get(&r->buckets, key) : NULL;
	*wait_s = 0;
	if (!b)
		return true;
	b->left = refill(r, b, now);
	b->at = now;
	return enough(r, b, wait_s);
}

void gn_hub_rate_owe(struct gn_hub_rate *r, const uint8_t key[16], gn_time now)
{
	struct bucket *b = r->most ? bucket_of(r, key, now) : NULL;
	if (b)
		b->left--;
}
