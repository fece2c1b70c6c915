/* What guard's tests begin with: a guard with its memory and its random numbers, and a moment. */
#ifndef GN_GUARD_GUARD_TEST_H
#define GN_GUARD_GUARD_TEST_H

#include "guard/guard_int.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define T0 (INT64_C(1700000000) * GN_SEC)

struct fixture {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_guard *g;
	gn_time now;
	uint64_t cids;             /* of hellos, so far */
	struct gn_guard_verdict v; /* the last one */
};

/* config NULL: the defaults. */
static inline void setup(struct fixture *f, const struct gn_guard_config *config)
{
	static const struct gn_guard_config none;
	*f = (struct fixture){.now = T0};
	gn_alloc_heap(&f->alloc, 32u << 20);
	gn_prng_init(&f->prng, 3);
	f->rand = gn_prng_rand(&f->prng);
	f->env = (struct gn_env){&f->alloc, &f->rand, NULL};
	assert_int_equal(gn_guard_new(&f->env, config ? config : &none, &f->g), GN_OK);
}

static inline void teardown(struct fixture *f)
{
	gn_guard_validate(f->g);
	gn_guard_free(f->g);
	assert_int_equal(f->alloc.used, 0);
}

static inline struct gn_guard_subject key(uint32_t n)
{
	struct gn_pk pk = {{9}};
	gn_put_be64(pk.b + 8, n);
	return gn_guard_of_key(&pk);
}

static inline struct gn_guard_subject v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	struct gn_addr addr = gn_addr_v4(a, b, c, d, 1);
	return gn_guard_of_addr(&addr);
}

#endif
