/* The bytes of the log: what a scan takes, what it passes over, and where it ends. */
#include "store/log_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const uint8_t salt[16] = {1, 2, 3};
static const struct log_sum start = {{9}};

/* n entries of one group in file; offsets and chain are filled in. */
static size_t make_file(uint8_t *file, unsigned n, uint32_t *offsets, struct log_sum *sums)
{
	size_t at = LOG_HEADER_LEN;
	struct log_sum chain = start;
	for (unsigned i = 0; i < n; i++) {
		struct gn_hash key = {{(uint8_t)i}};
		uint8_t value[64];
		memset(value, (int)i, sizeof value);
		log_entry_encode(i % 4 == 3 ? LOG_DROP : LOG_PUT, &key,
				 gn_slice(value, i % 4 == 3 ? 0 : 10 + i), file + at);
		offsets[i] = (uint32_t)at;
		size_t stored = log_entry_peek(file + at).stored;
		log_entry_seal(file + at, salt, 5, (uint32_t)at, LOG_HEADER_LEN, &chain);
		sums[i] = chain;
		at += stored;
	}
	return at;
}

/* Walks a file in pieces of `piece` bytes, or whole; notes which entries were found. Ends with
 * in_gap. */
static bool walk(const uint8_t *file, size_t len, size_t piece, const struct log_sum *end,
		 unsigned *found, unsigned *damaged)
{
	struct log_scan s;
	struct log_entry e;
	log_scan_init(&s, salt, 5, len, &start, end);
	*found = *damaged = 0;
	for (;;) {
		uint64_t from = s.offset;
		size_t n = len > from ? len - (size_t)from : 0;
		n = n > piece ? piece : n;
		uint8_t *copy = malloc(n ? n : 1); /* exact, for the sanitizer */
		memcpy(copy, file + (n ? from : 0), n);
		enum log_found f;
		while ((f = log_scan_step(&s, gn_slice(copy, n), from, &e)) == LOG_FOUND_ENTRY ||
		       f == LOG_FOUND_DAMAGED) {
			if (f == LOG_FOUND_ENTRY)
				*found |= 1u << e.key.b[0];
			else
				*damaged |= 1u << e.key.b[0];
		}
		free(copy);
		if (f == LOG_FOUND_END)
			return s.in_gap;
		assert_true(s.offset > from || n < piece);
	}
}

static void a_header_survives_the_loss_of_either_copy(void **state)
{
	(void)state;
	struct log_header h = {.number = 7, .doubt = 1234, .salt = {1}, .prev = {{2}}}, got;
	uint8_t bytes[LOG_HEADER_LEN];
	log_header_encode(&h, bytes);
	for (size_t bit = 0; bit < sizeof bytes * 8; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(log_header_decode(GN_SLICE(bytes), 7, &got), GN_OK);
		assert_int_equal(got.doubt, 1234);
		assert_memory_equal(got.salt, h.salt, 16);
		assert_memory_equal(got.prev.b, h.prev.b, 16);
		size_t twin = (bit / 8 + LOG_COPY_LEN) % LOG_HEADER_LEN;
		bytes[twin] ^= 1;
		assert_int_equal(log_header_decode(GN_SLICE(bytes), 7, &got), GN_CORRUPT);
		bytes[twin] ^= 1;
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(log_header_decode(GN_SLICE(bytes), 8, &got), GN_CORRUPT);
	for (size_t len = 0; len < sizeof bytes; len++)
		assert_int_equal(log_header_decode(gn_slice(bytes, len), 7, &got),
				 len < LOG_COPY_LEN ? GN_CORRUPT : GN_OK);
}

static void a_scan_finds_all_entries_whatever_the_pieces(void **state)
{
	(void)state;
	static uint8_t file[4096];
	uint32_t offsets[8];
	struct log_sum sums[8];
	size_t len = make_file(file, 8, offsets, sums);
	for (size_t piece = 160; piece < 2000; piece += 13) {
		unsigned found, damaged;
		assert_false(walk(file, len, piece, NULL, &found, &damaged));
		assert_int_equal(found, 0xff);
		assert_int_equal(damaged, 0);
	}
}

static void one_flip_costs_one_entry(void **state)
{
	(void)state;
	static uint8_t file[4096];
	uint32_t offsets[8];
	struct log_sum sums[8];
	size_t len = make_file(file, 8, offsets, sums);
	for (size_t at = LOG_HEADER_LEN; at < len; at++) {
		unsigned hit = 0, found, damaged;
		while (hit < 7 && offsets[hit + 1] <= at)
			hit++;
		bool padding = at >= offsets[hit] + LOG_ENTRY_LEN +
					     log_entry_peek(file + offsets[hit]).value.len;
		bool head = at < offsets[hit] + LOG_ENTRY_LEN;
		file[at] ^= 0x10;
		bool in_gap = walk(file, len, 200, NULL, &found, &damaged);
		file[at] ^= 0x10;
		assert_int_equal(found, padding ? 0xffu : 0xffu & ~(1u << hit));
		assert_int_equal(damaged, padding || head ? 0 : 1u << hit);
		assert_int_equal(in_gap, head && hit == 7);
	}
}

static void a_scan_ends_where_the_next_segment_says(void **state)
{
	(void)state;
	static uint8_t file[4096];
	uint32_t offsets[8];
	struct log_sum sums[8];
	size_t len = make_file(file, 8, offsets, sums);
	for (unsigned i = 0; i < 8; i++) {
		unsigned found, damaged;
		assert_false(walk(file, len, 300, &sums[i], &found, &damaged));
		assert_int_equal(found, (2u << i) - 1);
		/* and when that last entry is damaged too */
		file[offsets[i] + LOG_ENTRY_LEN] ^= i % 4 == 3 ? 0 : 1;
		assert_false(walk(file, len, 300, &sums[i], &found, &damaged));
		file[offsets[i] + LOG_ENTRY_LEN] ^= i % 4 == 3 ? 0 : 1;
		assert_int_equal(found | damaged, (2u << i) - 1);
	}
	unsigned found, damaged;
	walk(file, len, 300, &start, &found, &damaged);
	assert_int_equal(found, 0);
}

static void an_entry_that_does_not_continue_the_chain_is_not_taken(void **state)
{
	(void)state;
	static uint8_t file[4096];
	uint32_t offsets[8];
	struct log_sum sums[8], other = {{77}};
	size_t len = make_file(file, 3, offsets, sums);
	log_entry_seal(file + offsets[2], salt, 5, offsets[2], LOG_HEADER_LEN, &other);
	unsigned found, damaged;
	assert_true(walk(file, len, 300, NULL, &found, &damaged));
	assert_int_equal(found, 3);
}

static void an_entry_holds_at_its_own_place_only(void **state)
{
	(void)state;
	static uint8_t file[4096];
	uint32_t offsets[8];
	struct log_sum sums[8];
	size_t len = make_file(file, 3, offsets, sums);
	struct log_entry e;
	uint8_t other[16] = {1, 2, 4};
	struct gn_slice in = gn_slice(file + offsets[1], len - offsets[1]);
	assert_int_equal(log_entry_decode(in, salt, 5, offsets[1], &e), GN_OK);
	assert_int_equal(e.key.b[0], 1);
	assert_int_equal(log_entry_decode(in, salt, 6, offsets[1], &e), GN_CORRUPT);
	assert_int_equal(log_entry_decode(in, salt, 5, offsets[1] + 8, &e), GN_CORRUPT);
	assert_int_equal(log_entry_decode(in, other, 5, offsets[1], &e), GN_CORRUPT);
	for (size_t n = 0; n < LOG_ENTRY_LEN + 11; n++)
		assert_int_equal(log_entry_decode(gn_slice(in.p, n), salt, 5, offsets[1], &e),
				 GN_CORRUPT);
}

/* Made by twenty lines of another language from docs/spec/store.md. */
static void the_bytes_are_those_of_the_specification(void **state)
{
	(void)state;
	struct log_header h = {.number = 3, .doubt = 777};
	struct log_sum chain;
	struct gn_hash key;
	uint8_t header[LOG_HEADER_LEN], entry[96];
	char hex[2 * 96 + 1];
	memset(key.b, 7, 32);
	for (uint8_t i = 0; i < 16; i++) {
		h.salt[i] = i;
		h.prev.b[i] = chain.b[i] = 100 + i;
	}
	log_header_encode(&h, header);
	gn_hex(gn_slice(header, LOG_COPY_LEN), hex);
	assert_string_equal(hex,
			    "474e4c4f470000010000000300000309000102030405060708090a0b0c0d0e0f"
			    "6465666768696a6b6c6d6e6f707172730573cfbc09db61fe5d7f91d3284054e2");
	log_entry_encode(LOG_PUT, &key, GN_LIT("GeoNet"), entry);
	log_entry_seal(entry, h.salt, 3, 128, 128, &chain);
	gn_hex(GN_SLICE(entry), hex);
	assert_string_equal(hex,
			    "474e450100000080000000060000000007070707070707070707070707070707"
			    "070707070707070707070707070707076465666768696a6b6c6d6e6f70717273"
			    "cf93575d9f4217bb017094c6e519d2c8326d731a7201e3b247656f4e65740000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_those_of_the_specification),
		cmocka_unit_test(a_header_survives_the_loss_of_either_copy),
		cmocka_unit_test(a_scan_finds_all_entries_whatever_the_pieces),
		cmocka_unit_test(one_flip_costs_one_entry),
		cmocka_unit_test(a_scan_ends_where_the_next_segment_says),
		cmocka_unit_test(an_entry_that_does_not_continue_the_chain_is_not_taken),
		cmocka_unit_test(an_entry_holds_at_its_own_place_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
