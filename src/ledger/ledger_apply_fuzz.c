/* Records from anywhere: whatever applies leaves every invariant standing, and the state is the
 * same after being written and read. */
#include "ledger/book_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_round_trip(const struct lg_book *b, const struct gn_env *env)
{
	struct lg_book again;
	struct gn_buf state;
	struct gn_hash one, two;
	GN_ASSERT(lg_state_write(b, &state) == GN_OK);
	lg_book_init(&again, env);
	GN_ASSERT(lg_state_read(&again, gn_buf_slice(&state)) == GN_OK);
	lg_book_validate(&again);
	lg_state_hash(b, &one);
	lg_state_hash(&again, &two);
	GN_ASSERT(memcmp(one.b, two.b, 32) == 0);
	lg_book_fini(&again);
	gn_mem_free(env->alloc, state.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	gn_alloc_heap(&alloc, 256u << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {&alloc, &rand, NULL};
	struct gn_record_view r;
	struct lg_book b;
	size_t off = 0;
	lg_book_init(&b, &env);
	while (gn_rec_next(gn_slice(data, len), &off, b.seq + 1, &r) == GN_OK) {
		gn_err err = lg_apply(&b, &r);
		GN_ASSERT(err == GN_OK || gn_err_class(err) != GN_CLASS_INTERNAL);
		if (len < 20000 || b.seq % 16 == 0)
			lg_book_validate(&b);
	}
	if (b.begun)
		check_round_trip(&b, &env);
	lg_book_fini(&b);
	GN_ASSERT(alloc.count == 0);
	return 0;
}
