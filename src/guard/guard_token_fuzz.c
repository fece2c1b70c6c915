/* What stands in the token field of a stranger's Initial: cookies, answers and passes, broken in
 * every way. Input: a byte of choices (which parts are genuine), then the token; genuine parts
 * are laid over it, so the fuzzer gets past each HMAC. Nothing but what was made here comes in. */
#include "guard/guard_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOW (INT64_C(1700000000) * GN_SEC)
#define TOKEN_MAX 256

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand rnd;
static struct gn_guard *guard;

static void setup(void)
{
	struct gn_env env = {&alloc, &rnd, NULL};
	gn_alloc_heap(&alloc, 16u << 20);
	gn_prng_init(&prng, 1);
	rnd = gn_prng_rand(&prng);
	gn_err err = gn_guard_new(&env, &(struct gn_guard_config){.secret = {1}}, &guard);
	GN_ASSERT(err == GN_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_addr from = gn_addr_v4(198, 51, 100, 7, 4433);
	uint8_t token[TOKEN_MAX] = {0};
	struct gn_guard_hello h = {.from = &from, .cid = {9, 8, 7}};
	struct gn_guard_verdict v;
	if (!guard)
		setup();
	uint8_t choice = len ? data[0] : 0;
	size_t n = len > 1 ? len - 1 : 0;
	n = n < TOKEN_MAX ? n : TOKEN_MAX;
	if (n)
		memcpy(token, data + 1, n);
	if (choice & 1)
		gn_guard_cookie(guard, &from, h.cid, h.cid, choice >> 4,
				NOW - (choice & 2 ? GN_COOKIE_LIFE + 1 : 0), token);
	if (choice & 4)
		gn_guard_pass(guard, &from, NOW,
			      token + (n > 100 ? GN_COOKIE_LEN + GN_ANSWER_LEN : GN_COOKIE_LEN));
	h.token = gn_slice(token, n);
	gn_guard_force(guard, choice & 8 ? 3 : 0, 0, NOW);
	gn_guard_forgive(guard, &(struct gn_guard_subject){.addr = from});
	memset(&guard->lanes, 0, sizeof guard->lanes);
	gn_guard_hello(guard, &h, NOW, &v);
	GN_ASSERT(v.answer != GN_GUARD_WAIT);
	if (v.answer == GN_GUARD_ADMIT && n)
		GN_ASSERT(v.proven && (choice & 1) && !(choice & 2));
	GN_ASSERT(n == 0 || n == GN_COOKIE_LEN || n == GN_COOKIE_LEN + GN_ANSWER_LEN ||
		  n == GN_COOKIE_LEN + GN_PASS_LEN ||
		  n == GN_COOKIE_LEN + GN_ANSWER_LEN + GN_PASS_LEN || v.answer == GN_GUARD_REFUSE);
	gn_guard_validate(guard);
	return 0;
}
