/* A guard with its memory and its random numbers, as fixture.h says. */
#include "guard/testing/fixture.h"

void fixture_open(struct fixture *f, const struct gn_guard_config *config)
{
	static const struct gn_guard_config none;
	*f = (struct fixture){.now = T0};
	gn_alloc_heap(&f->alloc, 32u << 20);
	gn_prng_init(&f->prng, 3);
	f->rand = gn_prng_rand(&f->prng);
	f->env = (struct gn_env){&f->alloc, &f->rand, NULL};
	assert_int_equal(gn_guard_new(&f->env, config ? config : &none, &f->g), GN_OK);
}

void fixture_close(struct fixture *f)
{
	gn_guard_validate(f->g);
	gn_guard_free(f->g);
	assert_int_equal(f->alloc.used, 0);
}

struct gn_guard_subject subject_of_key(uint32_t n)
{
	struct gn_pk pk = {{9}};
	gn_put_be64(pk.b + 8, n);
	return gn_guard_of_key(&pk);
}

struct gn_guard_subject subject_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	struct gn_addr addr = gn_addr_v4(a, b, c, d, 1);
	return gn_guard_of_addr(&addr);
}
