/* What guard's tests begin with: a guard with its memory and its random numbers, and a moment. */
#ifndef GN_GUARD_FIXTURE_H
#define GN_GUARD_FIXTURE_H

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
void fixture_open(struct fixture *f, const struct gn_guard_config *config);
void fixture_close(struct fixture *f);
struct gn_guard_subject subject_of_key(uint32_t n);
struct gn_guard_subject subject_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);

#endif
