/* Fuzzes the files of what is given (giving.h): the first byte says which; what is taken is
 * written, and read again as the same. */
#include "node/giving.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void refused(struct gn_slice in, struct gn_buf *out)
{
	struct gn_alloc mem;
	struct gn_prng prng;
	struct gn_map a, b;
	char why[GN_HOST_WHY] = "";
	gn_alloc_heap(&mem, 32u << 20);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {&mem, &rand, NULL};
	gn_map_init(&a, &env, sizeof(struct gn_hash), sizeof(uint8_t), GIVING_REFUSED);
	gn_map_init(&b, &env, sizeof(struct gn_hash), sizeof(uint8_t), GIVING_REFUSED);
	gn_err err = giving_read_refused(&a, in, why);
	GN_ASSERT(!err || *why);
	giving_write_refused(&a, out);
	err = giving_read_refused(&b, gn_buf_slice(out), why);
	GN_ASSERT(err == GN_OK && a.count == b.count);
	gn_map_fini(&a);
	gn_map_fini(&b);
	GN_ASSERT(mem.count == 0);
}

static void counts(struct gn_slice in, struct gn_buf *out)
{
	static struct giving a, b;
	char why[GN_HOST_WHY] = "";
	memset(&a, 0, sizeof a);
	memset(&b, 0, sizeof b);
	gn_err err = giving_read_counts(&a, in, why);
	GN_ASSERT(!err || *why);
	out->cap = GIVING_COUNTS_TEXT;
	giving_write_counts(&a, out);
	err = giving_read_counts(&b, gn_buf_slice(out), why);
	GN_ASSERT(err == GN_OK && a.by_count == b.by_count);
	for (unsigned i = 0; i < GIVING_MONTHS; i++)
		GN_ASSERT(a.months[i].month == b.months[i].month &&
			  giving_sum(&a.months[i]) == giving_sum(&b.months[i]));
	for (unsigned i = 0; i < a.by_count; i++)
		GN_ASSERT(a.by[i].month == b.by[i].month && a.by[i].token == b.by[i].token &&
			  memcmp(a.by[i].id, b.by[i].id, 32) == 0 &&
			  a.by[i].small == b.by[i].small && a.by[i].bulk == b.by[i].bulk);
}

static void wish(struct gn_slice in, struct gn_buf *out)
{
	static struct giving a, b;
	char why[GN_HOST_WHY] = "";
	memset(&a, 0, sizeof a);
	memset(&b, 0, sizeof b);
	gn_err err = giving_read(&a, in, why);
	GN_ASSERT(!err || *why);
	out->cap = GIVING_WISH_TEXT;
	giving_write(&a, out);
	err = giving_read(&b, gn_buf_slice(out), why);
	GN_ASSERT(err == GN_OK && memcmp(a.said, b.said, sizeof a.said) == 0);
	GN_ASSERT(a.wish.relay == b.wish.relay && a.wish.rate == b.wish.rate &&
		  a.wish.month == b.wish.month && a.wish.hold_nothing == b.wish.hold_nothing &&
		  (a.wish.hold_nothing || a.wish.hold == b.wish.hold));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t text[GIVING_REFUSED_TEXT];
	struct gn_buf out = {text, 0, sizeof text};
	if (len == 0 || len > 1 << 18)
		return 0;
	struct gn_slice in = gn_slice(data + 1, len - 1);
	switch (data[0] % 3) {
	case 0: wish(in, &out); break;
	case 1: counts(in, &out); break;
	default: refused(in, &out); break;
	}
	return 0;
}
