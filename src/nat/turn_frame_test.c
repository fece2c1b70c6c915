/* ChannelData, and messages cut out of a stream however its pieces fall. Rules RE-2, RE-51. */
#include "nat/limits.h"
#include "nat/stun.h"
#include "nat/turn_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct gn_turn_stream s;

static void channel_data_reads_the_same(void **state)
{
	static const uint16_t numbers[] = {GN_TURN_CHANNEL_FIRST, 0x4123, GN_TURN_CHANNEL_LAST};
	static uint8_t data[TURN_DATA_MAX];
	static struct gn_turn_room room;
	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)i;
	for (size_t i = 0; i < GN_COUNT(numbers); i++)
		for (size_t len = 0; len <= sizeof data; len += len < 9 ? 1 : 1991 - 7)
			for (int stream = 0; stream < 2; stream++) {
				struct gn_slice out, got;
				uint16_t number;
				gn_turn_channel_write(&room, numbers[i], gn_slice(data, len),
						      stream, &out);
				assert_int_equal(out.len, stream ? (len + 7) / 4 * 4 : len + 4);
				assert_true(gn_turn_is_channel(out));
				assert_int_equal(gn_turn_channel_read(out, &number, &got), GN_OK);
				assert_true(number == numbers[i] &&
					    gn_slice_eq(got, gn_slice(data, len)));
			}
}

static void what_is_no_channel_data(void **state)
{
	static const struct {
		uint8_t b[12];
		size_t len;
		gn_err err;
	} cases[] = {
		{{0x40, 0, 0, 0}, 4, GN_OK},
		{{0x40, 0, 0}, 3, GN_MALFORMED},
		{{0x40, 0, 0, 1}, 4, GN_MALFORMED},
		{{0x7f, 0xff, 0, 1, 9, 0, 0, 0}, 8, GN_OK},
		{{0x40, 0, 0, 0, 0, 0, 0}, 7, GN_OK},
		{{0x40, 0, 0, 0}, 8, GN_MALFORMED},
		{{0x80, 0, 0, 0}, 4, GN_MALFORMED},
		{{0x3f, 0, 0, 0}, 4, GN_MALFORMED},
		{{0}, 0, GN_MALFORMED},
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(cases); i++) {
		struct gn_slice data;
		uint16_t number;
		assert_int_equal(
			gn_turn_channel_read(gn_slice(cases[i].b, cases[i].len), &number, &data),
			cases[i].err);
	}
}

/* A STUN message, ChannelData of each padding, one as large as there are, and STUN again. */
static size_t make_stream(uint8_t *bytes, size_t *lens)
{
	static struct gn_turn_room room;
	static uint8_t data[TURN_DATA_MAX];
	size_t at = 0, n = 0;
	struct gn_stun_id id = {{1, 2, 3}};
	for (int round = 0; round < 2; round++) {
		struct gn_stun_maker m;
		struct gn_slice out;
		gn_stun_begin(&m, room.b, sizeof room.b, GN_STUN_REQUEST, GN_STUN_BINDING, &id);
		if (round)
			gn_stun_put(&m, GN_STUN_DATA_VALUE, GN_SLICE(data));
		assert_int_equal(gn_stun_end(&m, true, &out), GN_OK);
		memcpy(bytes + at, out.p, out.len);
		at += out.len;
		lens[n++] = out.len;
		for (size_t len = 0; len < 6 && !round; len++) {
			gn_turn_channel_write(&room, 0x4000, gn_slice(data, len), true, &out);
			memcpy(bytes + at, out.p, out.len);
			at += out.len;
			lens[n++] = len + 4;
		}
	}
	lens[n] = 0;
	return at;
}

static void streams_in_any_pieces(void **state)
{
	static uint8_t bytes[8192];
	size_t lens[16], all = make_stream(bytes, lens);
	struct gn_slice message;
	(void)state;
	for (size_t piece = 1; piece <= all; piece += piece < 40 ? 1 : 997) {
		size_t n = 0;
		gn_turn_stream_init(&s);
		for (size_t at = 0; at < all; at += piece) {
			gn_err err;
			gn_turn_stream_feed(&s, gn_slice_sub(gn_slice(bytes, all), at, piece));
			while ((err = gn_turn_stream_next(&s, &message)) == GN_OK)
				assert_int_equal(message.len, lens[n++]);
			assert_int_equal(err, GN_AGAIN);
		}
		assert_int_equal(lens[n], 0);
		assert_true(n == 8);
	}
}

static void streams_that_end(void **state)
{
	static uint8_t large[] = {0x40, 0, (GN_TURN_FRAME_MAX - 4) >> 8,
				  (GN_TURN_FRAME_MAX - 4) & 0xff};
	struct gn_slice message;
	(void)state;
	gn_turn_stream_init(&s);
	gn_turn_stream_feed(&s, GN_SLICE(large));
	assert_int_equal(gn_turn_stream_next(&s, &message), GN_AGAIN);
	large[3]++;
	gn_turn_stream_init(&s);
	gn_turn_stream_feed(&s, GN_SLICE(large));
	assert_int_equal(gn_turn_stream_next(&s, &message), GN_TOO_LARGE);
	static const uint8_t bad[][4] = {
		{0x80, 0, 0, 0}, {0xc0, 0, 0, 0}, {0, 1, 0, 2}, {0xff, 0xff}};
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		for (size_t first = 0; first < 4; first++) { /* whole, or in two */
			gn_turn_stream_init(&s);
			gn_turn_stream_feed(&s, gn_slice(bad[i], first));
			assert_int_equal(gn_turn_stream_next(&s, &message), GN_AGAIN);
			gn_turn_stream_feed(&s, gn_slice(bad[i] + first, 4 - first));
			assert_int_equal(gn_turn_stream_next(&s, &message), GN_MALFORMED);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(channel_data_reads_the_same),
		cmocka_unit_test(what_is_no_channel_data),
		cmocka_unit_test(streams_in_any_pieces),
		cmocka_unit_test(streams_that_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
