/* What one decision of guard costs: nanoseconds of CPU, beside the SHA-256 of 64 bytes in the
 * same run. Time is the test's own and goes on by 16 us a decision; addresses and keys are many,
 * as in a flood, and nothing is refused. */
#include "flood.h"
#include "os/os.h"
#include <stdio.h>
#include <stdlib.h>

#define SUBJECTS 512
#define ROUNDS 60
#define EACH 10000u /* decisions a round */
#define STEP (16 * GN_USEC)

struct cost {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_guard *guard;
	gn_time now;
	struct gn_addr addr[SUBJECTS];
	struct gn_guard_subject keys[SUBJECTS], prefixes[SUBJECTS];
	uint8_t token[SUBJECTS][GN_COOKIE_LEN + GN_ANSWER_LEN + GN_PASS_LEN];
	size_t token_len;
	uint64_t good; /* decisions of the kind that is measured */
};

static struct gn_guard_hello hello_of(const struct cost *c, uint32_t i)
{
	struct gn_guard_hello h = {.from = &c->addr[i],
				   .token = gn_slice(c->token[i], c->token_len)};
	gn_put_be64(h.cid, i);
	return h;
}

static void hello(struct cost *c, uint32_t i)
{
	struct gn_guard_hello h = hello_of(c, i);
	struct gn_guard_verdict v;
	gn_guard_hello(c->guard, &h, c->now, &v);
	c->good += v.answer == GN_GUARD_ADMIT;
}

/* An answer is good once: here it was used already, which is seen after all of it was checked. */
static void answered(struct cost *c, uint32_t i)
{
	struct gn_guard_hello h = hello_of(c, i % 8);
	struct gn_guard_verdict v;
	gn_guard_hello(c->guard, &h, c->now, &v);
	c->good += v.err == GN_REPLAY;
}

static void charge_key(struct cost *c, uint32_t i)
{
	c->good += gn_guard_charge(c->guard, &c->keys[i], 1, c->now, NULL) == GN_OK;
}

static void charge_prefix(struct cost *c, uint32_t i)
{
	c->good += gn_guard_charge(c->guard, &c->prefixes[i], 1, c->now, NULL) == GN_OK;
}

static void hash(struct cost *c, uint32_t i)
{
	struct gn_hash out;
	struct gn_slice part = gn_slice(c->token[i], 64);
	gn_sha256(&part, 1, &out);
	c->good++;
}

/* ---- what hellos show ---- */

static void no_token(struct cost *c)
{
	c->token_len = 0;
}

static void cookie(struct cost *c)
{
	for (uint32_t i = 0; i < SUBJECTS; i++) {
		struct gn_guard_hello h = hello_of(c, i);
		gn_guard_cookie(c->guard, h.from, h.cid, h.cid, 1, c->now, c->token[i]);
	}
	c->token_len = GN_COOKIE_LEN;
}

/* A pass is used up, so this is one that was: the cookie decides. */
static void cookie_and_pass(struct cost *c)
{
	cookie(c);
	for (uint32_t i = 0; i < SUBJECTS; i++)
		gn_guard_pass(c->guard, &c->addr[i], c->now, c->token[i] + GN_COOKIE_LEN);
	c->token_len = GN_COOKIE_LEN + GN_PASS_LEN;
}

static void cookie_and_answer(struct cost *c)
{
	cookie(c);
	c->token_len = GN_COOKIE_LEN + GN_ANSWER_LEN;
	for (uint32_t i = 0; i < 8; i++) {
		struct gn_guard_hello h = hello_of(c, i);
		struct gn_guard_verdict v;
		struct gn_solver *s;
		if (gn_solver_new(&c->env, c->token[i], h.cid, 1, &s) != GN_OK)
			exit(1);
		while (!gn_solver_step(s, c->token[i] + GN_COOKIE_LEN))
			;
		gn_solver_free(s);
		gn_guard_hello(c->guard, &h, c->now, &v);
	}
}

static void start(struct cost *c, uint64_t seed)
{
	struct gn_guard_config config = {.capacity = UINT32_MAX};
	gn_alloc_heap(&c->alloc, 64u << 20);
	gn_prng_init(&c->prng, seed);
	c->rand = gn_prng_rand(&c->prng);
	c->env = (struct gn_env){&c->alloc, &c->rand, NULL};
	c->now = now_ns();
	if (gn_guard_new(&c->env, &config, &c->guard) != GN_OK)
		exit(1);
	for (uint32_t i = 0; i < SUBJECTS; i++) {
		struct gn_pk pk;
		gn_rand_fill(&c->rand, pk.b, sizeof pk.b);
		c->addr[i] = gn_addr_v4(11, (uint8_t)(i >> 8), (uint8_t)i, 7, 4433);
		c->keys[i] = gn_guard_of_key(&pk);
		c->prefixes[i] = gn_guard_of_addr(&c->addr[i]);
	}
}

/* The shortest of its rounds, ns: what else runs on the machine can only add. */
static double measure(uint64_t seed, void (*prepare)(struct cost *c),
		      void (*decide)(struct cost *c, uint32_t i))
{
	static struct cost c;
	double least = 0;
	memset(&c, 0, sizeof c);
	start(&c, seed);
	prepare(&c);
	for (int r = 0; r < ROUNDS; r++) {
		gn_time began = gn_os_thread_cpu();
		for (uint32_t i = 0; i < EACH; i++, c.now += STEP)
			decide(&c, i % SUBJECTS);
		double ns = (double)(gn_os_thread_cpu() - began) / EACH;
		least = r == 0 || ns < least ? ns : least;
	}
	if (c.good < (uint64_t)ROUNDS * EACH * 99 / 100) {
		fprintf(stderr, "flood: only %llu decisions were of the kind that is measured\n",
			(unsigned long long)c.good);
		exit(1);
	}
	gn_guard_free(c.guard);
	return least;
}

void cost_run(uint64_t seed)
{
	static const struct {
		const char *name;
		void (*prepare)(struct cost *c);
		void (*decide)(struct cost *c, uint32_t i);
	} checks[] = {
		{"hello without cookie, let in", no_token, hello},
		{"hello with cookie, let in", cookie, hello},
		{"hello with cookie and a pass that was used, let in", cookie_and_pass, hello},
		{"hello with cookie and answer, effort 1", cookie_and_answer, answered},
		{"charge of a key", no_token, charge_key},
		{"charge of a prefix", no_token, charge_prefix},
	};
	double unit = measure(seed, no_token, hash);
	printf("| check | ns | of a SHA-256 of 64 bytes (%.0f ns) |\n|---|---|---|\n", unit);
	for (size_t i = 0; i < GN_COUNT(checks); i++) {
		double ns = measure(seed, checks[i].prepare, checks[i].decide);
		printf("| %s | %.0f | %.1f |\n", checks[i].name, ns, ns / unit);
	}
}
