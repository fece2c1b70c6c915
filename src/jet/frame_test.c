/* Every frame survives writing and reading; every truncation and every rule broken is refused. */
#include "jet/frame_int.h"
#include "jet/limits.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MAX62 ((UINT64_C(1) << 62) - 1)

static struct jet_frame read_one(struct gn_writer *w)
{
	struct gn_reader r = gn_reader(gn_slice(w->start, gn_writer_len(w)));
	struct jet_frame f;
	assert_false(w->bad);
	assert_int_equal(jet_frame_read(&r, &f), GN_OK);
	assert_int_equal(gn_reader_left(&r), 0);
	/* No piece of it is a frame of the same kind, but for those that run to the packet's
	 * end. */
	for (size_t cut = 1; cut < gn_writer_len(w); cut++) {
		struct jet_frame part;
		r = gn_reader(gn_slice(w->start, cut));
		gn_err err = jet_frame_read(&r, &part);
		bool open_ended =
			(w->start[0] & 0xf8) == JET_F_STREAM && !(w->start[0] & JET_F_STREAM_LEN);
		assert_true(err == GN_MALFORMED || open_ended || w->start[0] == JET_F_DATAGRAM ||
			    w->start[0] == JET_F_PAD);
	}
	return f;
}

static void test_numbers_round_trip(void **state)
{
	(void)state;
	static const struct {
		uint64_t type;
		size_t count;
		uint64_t v[3];
	} frames[] = {
		{JET_F_PING, 0, {0}},
		{JET_F_CONFIRM, 1, {0}},
		{JET_F_RESET_STREAM, 3, {MAX62, UINT32_MAX, MAX62}},
		{JET_F_STOP_SENDING, 2, {5, 7}},
		{JET_F_MAX_DATA, 1, {MAX62}},
		{JET_F_MAX_STREAM_DATA, 2, {1, 70000}},
		{JET_F_MAX_STREAMS_BIDI, 1, {MAX62 >> 2}},
		{JET_F_MAX_STREAMS_UNI, 1, {0}},
		{JET_F_STREAM_CLASS, 2, {9, 4}},
		{JET_F_RETIRE_CID, 1, {UINT32_MAX}},
	};
	for (size_t i = 0; i < GN_COUNT(frames); i++) {
		uint8_t b[64];
		struct gn_writer w = gn_writer(b, sizeof b);
		jet_write_numbers(&w, frames[i].type, frames[i].v, frames[i].count);
		struct jet_frame f = read_one(&w);
		assert_int_equal(f.type, frames[i].type);
		if (frames[i].type == JET_F_RESET_STREAM)
			assert_true(f.id == MAX62 && f.value == UINT32_MAX && f.offset == MAX62);
		if (frames[i].type == JET_F_STREAM_CLASS)
			assert_true(f.id == 9 && f.value == 4);
	}
}

static void test_data_frames_round_trip(void **state)
{
	(void)state;
	for (int bits = 0; bits < 8; bits++) {
		uint8_t b[64];
		struct gn_writer w = gn_writer(b, sizeof b);
		uint64_t offset = bits & 4 ? 1000 : 0;
		jet_write_stream(&w, 3, offset, 5, bits & 2, bits & 1);
		gn_write_bytes(&w, GN_LIT("hello"));
		assert_int_equal(b[0], JET_F_STREAM | bits);
		struct jet_frame f = read_one(&w);
		assert_true(f.type == JET_F_STREAM && f.id == 3 && f.offset == offset &&
			    f.fin == (bits & 1));
		assert_true(gn_slice_eq(f.data, GN_LIT("hello")));
	}
	uint8_t b[64];
	struct gn_writer w = gn_writer(b, sizeof b);
	jet_write_crypto(&w, 4000, 5);
	gn_write_bytes(&w, GN_LIT("hello"));
	struct jet_frame f = read_one(&w);
	assert_true(f.type == JET_F_CRYPTO && f.offset == 4000 &&
		    gn_slice_eq(f.data, GN_LIT("hello")));
	w = gn_writer(b, sizeof b);
	jet_write_close(&w, true, 77, GN_LIT("bye"));
	f = read_one(&w);
	assert_true(f.type == JET_F_CLOSE_APP && f.value == 77 &&
		    gn_slice_eq(f.data, GN_LIT("bye")));
	w = gn_writer(b, sizeof b);
	jet_write_new_cid(&w, 6, (const uint8_t *)"12345678");
	f = read_one(&w);
	assert_true(f.type == JET_F_NEW_CID && f.id == 6 &&
		    gn_slice_eq(f.data, GN_LIT("12345678")));
	w = gn_writer(b, sizeof b);
	jet_write_path(&w, JET_F_PATH_RESPONSE, (const uint8_t *)"12345678");
	f = read_one(&w);
	assert_true(f.type == JET_F_PATH_RESPONSE && gn_slice_eq(f.data, GN_LIT("12345678")));
	w = gn_writer(b, sizeof b);
	gn_write_varint(&w, JET_F_EXTENSION + 27);
	gn_write_varint(&w, 2);
	gn_write_bytes(&w, GN_LIT("xy"));
	f = read_one(&w);
	assert_true(f.type == JET_F_EXTENSION + 27 && gn_slice_eq(f.data, GN_LIT("xy")));
}

static void test_ack_ranges_round_trip(void **state)
{
	(void)state;
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 1 << 20);
	for (uint64_t seed = 0; seed < 300; seed++) {
		struct jet_ranges s = {0};
		struct gn_prng g;
		gn_prng_init(&g, seed);
		uint64_t at = gn_prng_next(&g) % 3;
		for (uint64_t n = 1 + gn_prng_next(&g) % 50; n > 0; n--) {
			uint64_t lo = at + 1 + gn_prng_next(&g) % 300,
				 hi = lo + 1 + gn_prng_next(&g) % 100;
			assert_int_equal(jet_ranges_add(&s, &alloc, lo, hi, 64), GN_OK);
			at = hi;
		}
		uint8_t b[256];
		struct gn_writer w = gn_writer(b, 24 + gn_prng_next(&g) % 200);
		jet_write_ack(&w, 2, &s, 25000, 1234567);
		struct gn_reader r = gn_reader(gn_slice(b, gn_writer_len(&w)));
		struct jet_frame f;
		assert_false(w.bad);
		assert_int_equal(jet_frame_read(&r, &f), GN_OK);
		assert_true(f.id == 2 && f.value == 25000 && f.time_us == 1234567 &&
			    f.offset == s.r[s.count - 1].hi - 1);
		struct jet_ack_iter it = jet_ack_iter(&f);
		uint64_t lo, hi;
		uint32_t n = 0;
		for (; jet_ack_next(&it, &lo, &hi); n++)
			assert_true(lo == s.r[s.count - 1 - n].lo && hi == s.r[s.count - 1 - n].hi);
		assert_true(n >= 1 && n <= JET_ACK_RANGES_SENT &&
			    (n == s.count || n == JET_ACK_RANGES_SENT || gn_writer_left(&w) < 4));
		jet_ranges_fini(&s, &alloc);
	}
}

static void test_what_must_not_parse(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
#define B(s) {s, sizeof s - 1}
		B("\x14\x01\x00"),
		B("\x14\x01\x05"), /* class 0 and 5 */
		B("\x15"),
		B("\x1e"),
		B("\x20"),
		/* unknown below the extension range */
		B("\x3f"),
		/* ACK: first range below zero */
		B("\x02\x00\x05\x00\x00\x00\x06"),
		B("\x02\x00\x05\x00\x00\x01\x00\x04\x00"),     /* ACK: gap below zero */
		B("\x02\x00\x05\x00\x00\x01\x00"),             /* ACK: ranges missing */
		B("\x02\x00\x05\x00\x00\xbf\xff\xff\xff\x00"), /* ACK: absurd count */
		B("\x1c\x00\x40\x81"),                         /* reason of 129 bytes */
		B("\x1c\xc0\x00\x00\x01\x00\x00\x00\x00\x00"), /* code over 32 bits */
		/* more streams than can be numbered */
		B("\x12\xd0\x00\x00\x00\x00\x00\x00\x00"),
		/* offset + length past 2^62 - 1 */
		B("\x0e\x00\xff\xff\xff\xff\xff\xff\xff\xff\x01x"),
		B("\x06\xff\xff\xff\xff\xff\xff\xff\xff\x01x"),
		B("\x18\xc0\x00\x00\x01\x00\x00\x00\x00"
		  "12345678"), /* path id over 32 bits */
		B("\x40\x40\x05"
		  "abcd"), /* extension longer than the packet */
		B(""),
#undef B
	};
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		struct gn_reader r = gn_reader(gn_slice(bad[i].bytes, bad[i].len));
		struct jet_frame f;
		assert_int_equal(jet_frame_read(&r, &f), GN_MALFORMED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_round_trip),
		cmocka_unit_test(test_data_frames_round_trip),
		cmocka_unit_test(test_ack_ranges_round_trip),
		cmocka_unit_test(test_what_must_not_parse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
