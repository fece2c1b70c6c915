/* Range sets and the two stream buffers against slow obvious models. */
#include "jet/buffer_int.h"
#include "jet/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SPACE 300

static void test_ranges_against_a_bitmap(void **state)
{
	(void)state;
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct jet_ranges s = {0};
		bool model[SPACE] = {false};
		struct gn_prng g;
		gn_prng_init(&g, seed);
		for (int step = 0; step < 200; step++) {
			uint64_t lo = gn_prng_next(&g) % (SPACE - 1),
				 hi = lo + 1 + gn_prng_next(&g) % 20;
			hi = hi > SPACE ? SPACE : hi;
			unsigned what = gn_prng_next(&g) % 20;
			if (what == 0)
				jet_ranges_drop_below(&s, lo);
			else if (what < 8)
				assert_int_equal(jet_ranges_cut(&s, &alloc, lo, hi), GN_OK);
			else
				assert_int_equal(jet_ranges_add(&s, &alloc, lo, hi, SPACE), GN_OK);
			for (uint64_t i = 0; i < SPACE; i++) {
				if (what == 0)
					model[i] &= i >= lo;
				else if (i >= lo && i < hi)
					model[i] = what >= 8;
				assert_int_equal(jet_ranges_has(&s, i), model[i]);
			}
			jet_ranges_validate(&s);
		}
		jet_ranges_fini(&s, &alloc);
	}
	assert_int_equal(alloc.count, 0);
}

static void test_range_limit_and_memory(void **state)
{
	(void)state;
	struct gn_alloc alloc;
	struct jet_ranges s = {0};
	gn_alloc_heap(&alloc, 1 << 20);
	for (uint64_t i = 0; i < 4; i++)
		assert_int_equal(jet_ranges_add(&s, &alloc, 10 * i, 10 * i + 1, 4), GN_OK);
	assert_int_equal(jet_ranges_add(&s, &alloc, 100, 101, 4), GN_LIMIT);
	/* touching needs no range more */
	assert_int_equal(jet_ranges_add(&s, &alloc, 31, 32, 4), GN_OK);
	alloc.fail_at = 1;
	assert_int_equal(jet_ranges_add(&s, &alloc, 100, 101, 5), GN_NOMEM);
	assert_int_equal(s.count, 4);
	jet_ranges_fini(&s, &alloc);
}

static uint8_t byte_at(uint64_t o)
{
	return (uint8_t)(o * 7 + (o >> 8));
}

/* Pieces are sent, lost, acknowledged in any order; at the end everything was sent and
 * acknowledged. */
static void test_sendbuf_against_a_model(void **state)
{
	(void)state;
	enum { TOTAL = 20000 };
	static uint8_t data[TOTAL];
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	for (uint64_t o = 0; o < TOTAL; o++)
		data[o] = byte_at(o);
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct jet_sendbuf b = {0};
		struct piece {
			uint64_t offset;
			size_t len;
		} out[64];
		size_t n = 0;
		struct gn_prng g;
		gn_prng_init(&g, seed);
		while (b.base < TOTAL) {
			size_t some = 1 + gn_prng_next(&g) % 3000;
			some = b.end + some > TOTAL ? (size_t)(TOTAL - b.end) : some;
			if (gn_prng_next(&g) % 4 == 0 && some)
				assert_int_equal(
					jet_sendbuf_write(&b, &alloc, gn_slice(data + b.end, some)),
					GN_OK);
			uint64_t offset, len;
			uint8_t copy[1200];
			if (n < 64 && jet_sendbuf_peek(&b, UINT64_MAX, &offset, &len)) {
				len = len < sizeof copy ? len : sizeof copy;
				jet_sendbuf_copy(&b, offset, copy, (size_t)len);
				assert_memory_equal(copy, data + offset, len);
				jet_sendbuf_sent(&b, offset, (size_t)len);
				out[n++] = (struct piece){offset, (size_t)len};
			}
			if (n && gn_prng_next(&g) % 2) {
				size_t i = gn_prng_next(&g) % n;
				bool lost = gn_prng_next(&g) % 3 == 0;
				assert_int_equal(lost ? jet_sendbuf_lost(&b, &alloc, out[i].offset,
									 out[i].len)
						      : jet_sendbuf_acked(&b, &alloc, out[i].offset,
									  out[i].len),
						 GN_OK);
				/* late news of the same packet */
				if (!lost && gn_prng_next(&g) % 8 == 0)
					assert_int_equal(jet_sendbuf_lost(&b, &alloc, out[i].offset,
									  out[i].len),
							 GN_OK);
				out[i] = out[--n];
			}
			jet_sendbuf_validate(&b);
		}
		assert_int_equal(b.base, TOTAL);
		jet_sendbuf_trim(&b, &alloc);
		assert_int_equal(alloc.count, 0);
		jet_sendbuf_fini(&b, &alloc);
	}
}

/* Seven packets of 200 bytes count as lost and go out again as two; then three of them are
 * acknowledged after all. What is acknowledged with all before it must carry the base over every
 * range that it reaches. */
static void test_sendbuf_base_passes_a_range_it_enters(void **state)
{
	(void)state;
	static uint8_t data[1400];
	static const uint64_t acked[][2] = {{400, 200}, {1000, 200}, {1200, 200}, {0, 1100}};
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	struct jet_sendbuf b = {0};
	assert_int_equal(jet_sendbuf_write(&b, &alloc, GN_SLICE(data)), GN_OK);
	for (uint64_t o = 0; o < 1400; o += 200)
		jet_sendbuf_sent(&b, o, 200);
	for (uint64_t o = 0; o < 1400; o += 200)
		assert_int_equal(jet_sendbuf_lost(&b, &alloc, o, 200), GN_OK);
	jet_sendbuf_sent(&b, 0, 1100);
	jet_sendbuf_sent(&b, 1100, 300);
	for (size_t i = 0; i < GN_COUNT(acked); i++) {
		assert_int_equal(jet_sendbuf_acked(&b, &alloc, acked[i][0], acked[i][1]), GN_OK);
		jet_sendbuf_validate(&b);
	}
	assert_int_equal(b.base, 1400);
	assert_int_equal(b.acked.count, 0);
	jet_sendbuf_fini(&b, &alloc);
	assert_int_equal(alloc.count, 0);
}

/* Holes are bounded by the ring's size, wherever the piece that comes lies; the first missing
 * byte is always taken, so that who is at the bound gets on. */
static void test_recvbuf_range_limit(void **state)
{
	(void)state;
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	struct jet_recvbuf b = {0};
	uint8_t byte = 7, got[16];
	uint32_t far = 25600, most = JET_RECV_RANGES(32768); /* ranges */
	assert_int_equal(jet_recvbuf_put(&b, &alloc, far - 1, gn_slice(&byte, 1)), GN_OK);
	assert_int_equal(b.capacity, 32768);
	for (uint32_t i = 1; i < most; i++)
		assert_int_equal(jet_recvbuf_put(&b, &alloc, 2 * i, gn_slice(&byte, 1)), GN_OK);
	assert_int_equal(b.have.count, most);
	assert_int_equal(jet_recvbuf_put(&b, &alloc, 2 * most, gn_slice(&byte, 1)), GN_LIMIT);
	/* no new hole */
	assert_int_equal(jet_recvbuf_put(&b, &alloc, far, gn_slice(&byte, 1)), GN_OK);
	assert_int_equal(jet_recvbuf_put(&b, &alloc, 0, gn_slice(&byte, 1)), GN_OK);
	assert_int_equal(b.have.count, most + 1);
	assert_int_equal(jet_recvbuf_put(&b, &alloc, 2 * most, gn_slice(&byte, 1)), GN_LIMIT);
	jet_recvbuf_validate(&b);
	assert_int_equal(jet_recvbuf_read(&b, got, sizeof got), 1);
	assert_int_equal(jet_recvbuf_put(&b, &alloc, 1, gn_slice(&byte, 1)), GN_OK);
	assert_int_equal(jet_recvbuf_read(&b, got, sizeof got), 2);
	jet_recvbuf_validate(&b);
	jet_recvbuf_fini(&b, &alloc);
	assert_int_equal(alloc.count, 0);
}

/* Reading up to the ranges leaves few bytes and as many holes in them as many bytes allowed.
 * They stay lawful, and the piece that begins at the first missing byte is still taken: the
 * session goes on. */
static void test_recvbuf_ranges_outlive_the_span(void **state)
{
	(void)state;
	enum { FIRST = 9000, RANGES = 100 };
	static uint8_t data[FIRST], got[FIRST];
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	struct jet_recvbuf b = {0};
	for (uint64_t i = 0; i < RANGES; i++)
		assert_int_equal(jet_recvbuf_put(&b, &alloc, FIRST + 4 + 4 * i, gn_slice(data, 1)),
				 GN_OK);
	assert_int_equal(jet_recvbuf_put(&b, &alloc, 0, gn_slice(data, FIRST)), GN_OK);
	assert_int_equal(jet_recvbuf_read(&b, got, FIRST), FIRST);
	assert_int_equal(b.have.count, RANGES);
	assert_true(RANGES > JET_RECV_RANGES(jet_recvbuf_span(&b)) + 1);
	jet_recvbuf_validate(&b);
	while (b.have.count) { /* byte by byte, as a sender with small packets does */
		assert_int_equal(jet_recvbuf_put(&b, &alloc, b.base, gn_slice(data, 1)), GN_OK);
		jet_recvbuf_validate(&b);
		assert_true(jet_recvbuf_read(&b, got, 2) >= 1);
		jet_recvbuf_validate(&b);
	}
	assert_int_equal(b.base, FIRST + 4 * RANGES + 1);
	jet_recvbuf_fini(&b, &alloc);
	assert_int_equal(alloc.count, 0);
}

static void test_recvbuf_against_a_model(void **state)
{
	(void)state;
	enum { TOTAL = 20000, WINDOW = 4000 };
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct jet_recvbuf b = {0};
		struct gn_prng g;
		gn_prng_init(&g, seed);
		while (b.base < TOTAL) {
			uint8_t piece[1200], got[700];
			uint64_t from = b.base > 500 ? b.base - 500 : 0,
				 offset = from + gn_prng_next(&g) % WINDOW;
			size_t len = gn_prng_next(&g) % sizeof piece;
			if (gn_prng_next(&g) % 4 == 0)
				offset = b.base;
			if (offset + len > b.base + WINDOW || offset + len > TOTAL)
				len = offset < b.base + WINDOW && offset < TOTAL ? 1 : 0;
			for (size_t i = 0; i < len; i++)
				piece[i] = byte_at(offset + i);
			if (len)
				assert_int_equal(
					jet_recvbuf_put(&b, &alloc, offset, gn_slice(piece, len)),
					GN_OK);
			uint64_t base = b.base;
			size_t n = jet_recvbuf_read(&b, got, gn_prng_next(&g) % sizeof got);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(got[i], byte_at(base + i));
			jet_recvbuf_validate(&b);
			assert_true(b.capacity <= 2 * WINDOW);
		}
		jet_recvbuf_trim(&b, &alloc);
		assert_int_equal(alloc.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges_against_a_bitmap),
		cmocka_unit_test(test_range_limit_and_memory),
		cmocka_unit_test(test_sendbuf_against_a_model),
		cmocka_unit_test(test_sendbuf_base_passes_a_range_it_enters),
		cmocka_unit_test(test_recvbuf_range_limit),
		cmocka_unit_test(test_recvbuf_ranges_outlive_the_span),
		cmocka_unit_test(test_recvbuf_against_a_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
