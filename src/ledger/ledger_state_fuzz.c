/* A snapshot's state from anywhere: refused, or read into a book whose indexes hold and that is
 * written back as it came. */
#include "ledger/book_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	gn_alloc_heap(&alloc, 64u << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {&alloc, &rand, NULL};
	struct lg_book b;
	struct gn_buf again;
	lg_book_init(&b, &env);
	if (lg_state_read(&b, gn_slice(data, len)) == GN_OK) {
		GN_ASSERT(lg_state_write(&b, &again) == GN_OK);
		struct lg_book c;
		struct gn_buf third;
		lg_book_init(&c, &env);
		GN_ASSERT(lg_state_read(&c, gn_buf_slice(&again)) == GN_OK);
		GN_ASSERT(lg_state_write(&c, &third) == GN_OK);
		GN_ASSERT(gn_slice_eq(gn_buf_slice(&again), gn_buf_slice(&third)));
		lg_book_fini(&c);
		gn_mem_free(&alloc, again.p);
		gn_mem_free(&alloc, third.p);
	}
	lg_book_fini(&b);
	GN_ASSERT(alloc.count == 0);
	return 0;
}
