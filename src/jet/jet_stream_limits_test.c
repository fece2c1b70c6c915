/* Limits of streams, datagrams, the handshake's bytes and packets as bytes, each at the limit and
 * one past it. */
#include "jet/close_int.h"
#include "jet/datagram_int.h"
#include "jet/flow_int.h"
#include "jet/handshake_int.h"
#include "jet/in_int.h"
#include "jet/mark_int.h"
#include "jet/memory_int.h"
#include "jet/params_int.h"
#include "jet/stream_int.h"
#include "jet/testing/ends.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ends *ends_new(const struct gn_jet_config *config)
{
	struct ends *e = malloc(sizeof *e);
	ends_init(e, config);
	return e;
}

/* ---- windows and buffers ---- */

static gn_err configured(struct gn_jet_config config)
{
	struct gn_alloc alloc;
	struct gn_prng prng;
	gn_alloc_heap(&alloc, 1u << 24);
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_env env = {&alloc, &rand, NULL};
	struct gn_jet *jet = NULL;
	gn_sk_new(&rand, &config.node_key);
	gn_err err = gn_jet_new(&env, &config, &jet);
	gn_jet_free(jet);
	assert_int_equal(alloc.count, 0);
	return err;
}

static void test_what_may_be_configured(void **state)
{
	(void)state;
	assert_int_equal(configured((struct gn_jet_config){.stream_window = JET_STREAM_WINDOW_MAX}),
			 GN_OK);
	assert_int_equal(
		configured((struct gn_jet_config){.stream_window = JET_STREAM_WINDOW_MAX + 1}),
		GN_USAGE);
	assert_int_equal(
		configured((struct gn_jet_config){.session_window = JET_SESSION_WINDOW_MAX}),
		GN_OK);
	assert_int_equal(
		configured((struct gn_jet_config){.session_window = JET_SESSION_WINDOW_MAX + 1}),
		GN_USAGE);
	assert_int_equal(configured((struct gn_jet_config){.send_buffer = JET_SEND_BUFFER_MAX}),
			 GN_OK);
	assert_int_equal(configured((struct gn_jet_config){.send_buffer = JET_SEND_BUFFER_MAX + 1}),
			 GN_USAGE);
}

/* A stream's window doubles for a fast reader until it is the largest, from whatever it was. */
static void test_the_largest_stream_window(void **state)
{
	(void)state;
	static const uint32_t begun[] = {0, JET_STREAM_WINDOW_MAX / 2,
					 JET_STREAM_WINDOW_MAX / 2 + 1, JET_STREAM_WINDOW_MAX};
	for (size_t k = 0; k < GN_COUNT(begun); k++) {
		struct ends *e = ends_new(&(struct gn_jet_config){.stream_window = begun[k]});
		gn_jet_stream id;
		assert_int_equal(
			gn_jet_stream_open(e->jet[0], e->s[0]->id, false, GN_JET_FILES, &id),
			GN_OK);
		struct jet_window w = jet_stream_find(e->s[0], id)->window;
		assert_int_equal(w.size, begun[k] ? begun[k] : JET_STREAM_WINDOW);
		for (int i = 0; i < 10; i++)
			assert_true(jet_window_consumed(&w, w.max - w.consumed, GN_SEC, e->now));
		assert_int_equal(w.size, JET_STREAM_WINDOW_MAX);
		ends_free(e);
	}
}

/* The furthest byte of each stream counts: four of a full window each are the session's. */
static void test_the_window_of_a_session(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	uint8_t frame[32];
	struct jet_session *s = e->s[1];
	uint64_t n = JET_SESSION_WINDOW / JET_STREAM_WINDOW;
	for (uint64_t i = 0; i <= n; i++) {
		struct gn_writer w = gn_writer(frame, sizeof frame);
		uint64_t offset = i < n ? JET_STREAM_WINDOW - 1 : 0;
		assert_int_equal(s->state, JET_S_OPEN);
		jet_write_stream(&w, 4 * i, offset, 1, true, false);
		gn_write_u8(&w, 'x');
		gn_err err = ends_frames(e, gn_slice(frame, gn_writer_len(&w)));
		assert_int_equal(err, i < n ? GN_OK : GN_PROTOCOL);
	}
	assert_int_equal(s->close_code, JET_E_FLOW);
	assert_int_equal(ends_count(e, 1, "fault-protocol"), 1);
	ends_free(e);
}

static void test_the_send_buffer(void **state)
{
	(void)state;
	struct ends *e = ends_new(&(struct gn_jet_config){.stream_memory = 1u << 30});
	struct jet_session *s = e->s[0];
	uint64_t *cwnd = &s->path->cc.cwnd;
	*cwnd = JET_SEND_BUFFER / 2;
	assert_int_equal(jet_send_buffer_room(s, GN_JET_CRITICAL), JET_SEND_BUFFER);
	++*cwnd; /* it grows with the window */
	assert_int_equal(jet_send_buffer_room(s, GN_JET_CRITICAL), JET_SEND_BUFFER + 2);
	*cwnd = JET_SEND_BUFFER_MAX / 2;
	assert_int_equal(jet_send_buffer_room(s, GN_JET_CRITICAL), JET_SEND_BUFFER_MAX);
	++*cwnd;
	assert_int_equal(jet_send_buffer_room(s, GN_JET_CRITICAL), JET_SEND_BUFFER_MAX);
	ends_free(e);
}

/* ---- memory of streams ---- */

static struct gn_holder holder_of(uint8_t key, uint8_t prefix)
{
	return (struct gn_holder){.key = {{key}}, .addr = gn_addr_v4(203, 0, prefix, key, 1)};
}

static void test_a_key_has_its_part_of_the_memory(void **state)
{
	(void)state;
	static const uint64_t parts[] = {JET_RECV_KEY_PART, JET_SEND_KEY_PART};
	struct ends *e = ends_new(NULL);
	for (int way = 0; way < 2; way++) {
		struct gn_share *share = &e->jet[0]->memory[way];
		struct gn_holder who = holder_of(1, 1);
		uint64_t part = JET_STREAM_MEMORY / parts[way];
		assert_int_equal(gn_share_take(share, &who, part), GN_OK);
		assert_int_equal(gn_share_take(share, &who, 1), GN_QUOTA);
		/* all there is, by others */
		for (uint8_t i = 1; i < parts[way]; i++) {
			struct gn_holder other = holder_of((uint8_t)(1 + i), (uint8_t)(1 + i));
			assert_int_equal(gn_share_take(share, &other, part), GN_OK);
		}
		who = holder_of(100, 100);
		assert_int_equal(gn_share_take(share, &who, 1), GN_NO_SPACE);
		for (uint8_t i = 0; i < parts[way]; i++) {
			who = holder_of((uint8_t)(1 + i), (uint8_t)(1 + i));
			gn_share_give(share, &who, part);
		}
	}
	ends_free(e);
}

static void test_a_prefix_has_its_part_in_a_crowd(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	struct gn_share *share = &e->jet[0]->memory[JET_IN];
	uint64_t part = JET_STREAM_MEMORY / JET_MEMORY_PREFIX_PART, half = part / 2,
		 crowd = JET_STREAM_MEMORY / JET_MEMORY_CROWD_PART;
	struct gn_holder near[3] = {holder_of(1, 1), holder_of(2, 1), holder_of(3, 1)},
			 far[2] = {holder_of(4, 2), holder_of(5, 3)};
	for (int i = 0; i < 2; i++) {
		assert_int_equal(gn_share_take(share, &near[i], half), GN_OK);
		assert_int_equal(gn_share_take(share, &far[i], half - (i == 1)), GN_OK);
	}
	assert_int_equal(share->used, crowd - 1);
	/* the prefix has its part, but there is no crowd: to the last byte of the quarter */
	assert_int_equal(gn_share_take(share, &near[2], 1), GN_OK);
	assert_int_equal(gn_share_take(share, &near[2], 1), GN_LIMIT);
	gn_share_give(share, &near[2], 1);
	gn_share_give(share, &near[1], 1);
	assert_int_equal(gn_share_take(share, &far[1], 1), GN_OK);
	struct gn_holder more = holder_of(6, 4);
	assert_int_equal(gn_share_take(share, &more, half), GN_OK);
	/* and in the crowd: to the last byte of its part */
	assert_int_equal(gn_share_take(share, &near[2], 1), GN_OK);
	assert_int_equal(gn_share_take(share, &near[2], 1), GN_LIMIT);
	gn_share_give(share, &more, half);
	gn_share_give(share, &near[0], half);
	gn_share_give(share, &near[1], half - 1);
	gn_share_give(share, &near[2], 1);
	gn_share_give(share, &far[0], half);
	gn_share_give(share, &far[1], half);
	ends_free(e);
}

/* ---- datagrams ---- */

static void datagram_in(struct ends *e, size_t len)
{
	static const uint8_t bytes[2048];
	struct jet_frame f = {.type = JET_F_DATAGRAM, .data = gn_slice(bytes, len)};
	assert_int_equal(jet_dgram_on_frame(e->s[1], &f), GN_OK);
}

static void test_datagrams_received(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	for (int i = 0; i < JET_DATAGRAMS; i++)
		datagram_in(e, 1);
	assert_int_equal(ends_count(e, 1, "datagram-receive-limit"), 0);
	datagram_in(e, 1);
	assert_int_equal(ends_count(e, 1, "datagram-receive-limit"), 1);
	assert_int_equal(e->s[1]->dgrams_in_count, JET_DATAGRAMS);
	jet_dgrams_fini(e->s[1]);
	for (size_t i = 0; i < JET_DATAGRAM_BYTES / 2000; i++)
		datagram_in(e, 2000);
	datagram_in(e, JET_DATAGRAM_BYTES % 2000);
	assert_int_equal(e->s[1]->dgrams_in_bytes, JET_DATAGRAM_BYTES);
	assert_int_equal(ends_count(e, 1, "datagram-receive-limit"), 1);
	datagram_in(e, 1);
	assert_int_equal(ends_count(e, 1, "datagram-receive-limit"), 2);
	assert_int_equal(e->s[1]->dgrams_in_bytes, JET_DATAGRAM_BYTES);
	ends_free(e);
}

static gn_err datagram_out(struct ends *e, size_t len)
{
	static const uint8_t bytes[2048];
	return gn_jet_datagram(e->jet[0], e->s[0]->id, GN_JET_FILES, gn_slice(bytes, len),
			       GN_NEVER);
}

static void test_datagrams_queued_and_the_path_that_shrank(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	e->s[0]->path->mtu.size = JET_MTU_MAX;
	for (size_t i = 0; i < JET_DATAGRAM_BYTES / 1300; i++)
		assert_int_equal(datagram_out(e, 1300), GN_OK);
	assert_int_equal(datagram_out(e, JET_DATAGRAM_BYTES % 1300), GN_OK);
	assert_int_equal(e->s[0]->dgrams_out_bytes, JET_DATAGRAM_BYTES);
	assert_true(e->s[0]->dgrams_out_count < JET_DATAGRAMS);
	assert_int_equal(datagram_out(e, 1), GN_LIMIT);
	assert_int_equal(ends_count(e, 0, "datagram-send-limit"), 1);
	/* none of them fits any more but the last */
	e->s[0]->path->mtu.size = JET_MTU_BASE;
	while (ends_send(e, 0))
		;
	assert_int_equal(ends_count(e, 0, "datagram-over-mtu"), JET_DATAGRAM_BYTES / 1300);
	assert_int_equal(e->s[0]->dgrams_out_count, 0);
	ends_free(e);
}

/* ---- the handshake's bytes ---- */

static struct jet_session *half_open(struct ends *e)
{
	static const uint8_t dcid[JET_CID_LEN] = {1, 2, 3};
	struct jet_session *s;
	assert_int_equal(jet_session_new(e->jet[1], true, &e->way[0], e->now, &s), GN_OK);
	assert_int_equal(jet_hs_new(s, NULL, dcid, e->now), GN_OK);
	return s;
}

static gn_err hello_bytes(struct ends *e, struct jet_session *s, uint64_t offset,
			  struct gn_slice bytes)
{
	struct jet_frame f = {.type = JET_F_CRYPTO, .offset = offset, .data = bytes};
	struct jet_effect effect = {0};
	return jet_hs_crypto(s, JET_INITIAL, &f, &effect, e->now);
}

static void test_handshake_bytes_ahead(void **state)
{
	(void)state;
	for (uint64_t past = 0; past < 2; past++) {
		struct ends *e = ends_new(NULL);
		struct jet_session *s = half_open(e);
		assert_int_equal(hello_bytes(e, s, JET_CRYPTO_BUFFER - 1 + past, GN_LIT("x")),
				 past ? GN_PROTOCOL : GN_OK);
		assert_int_equal(s->state, past ? JET_S_CLOSING : JET_S_HANDSHAKE);
		ends_free(e);
	}
}

static void test_the_longest_hello(void **state)
{
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		struct ends *e = ends_new(NULL);
		struct jet_session *s = half_open(e);
		unsigned body = JET_HELLO_MAX - 4 + past;
		uint8_t head[4] = {1, 0, (uint8_t)(body >> 8), (uint8_t)body};
		assert_int_equal(hello_bytes(e, s, 0, GN_SLICE(head)), past ? GN_PROTOCOL : GN_OK);
		assert_int_equal(s->state, past ? JET_S_CLOSING : JET_S_HANDSHAKE);
		ends_free(e);
	}
}

/* The length of the packet that confirms with a ticket of so many bytes; 0: it did not go. */
static size_t confirmed_with(uint16_t ticket)
{
	struct ends *e = ends_new(NULL);
	struct jet_session *s = e->s[1];
	s->new_cid_due = 0; /* nothing else is to be said */
	s->ticket = GN_NEW_ARRAY(&e->alloc, uint8_t, ticket + 1u);
	s->ticket_len = ticket;
	s->due = JET_DUE_CONFIRM;
	jet_wake(s);
	size_t len = ends_send(e, 1) ? e->out_len : 0;
	assert_int_equal(s->due, 0);
	ends_free(e);
	return len;
}

static void test_tickets(void **state)
{
	(void)state;
	size_t none = confirmed_with(0), shown = 3; /* type, length */
	assert_true(none > JET_TICKET_PADDED);
	assert_int_equal(confirmed_with((uint16_t)(JET_TICKET_PADDED - shown)), none);
	assert_int_equal(confirmed_with((uint16_t)(JET_TICKET_PADDED - shown + 1)), none + 1);
	/* the longest goes into one packet with room for an acknowledgement */
	assert_int_equal(confirmed_with(JET_TICKET_MAX),
			 none + JET_TICKET_MAX + shown - JET_TICKET_PADDED);
	assert_true(confirmed_with(JET_TICKET_MAX) + 8 * JET_ACK_RANGES_SENT <= JET_MTU_BASE);
}

/* The longest that we write, of both ends, are far from what the other reads at most. */
static void test_parameters_fit(void **state)
{
	(void)state;
	struct ends *e = ends_new(NULL);
	struct jet_session *s = half_open(e);
	uint8_t out[JET_PARAMS_MAX];
	struct jet_params p;
	size_t longest = 0;
	s->hs->retried = true;
	e->jet[1]->config.idle_timeout = INT64_MAX;
	e->jet[1]->config.stream_window = JET_STREAM_WINDOW_MAX;
	s->window.max = s->limit_peer[0] = s->limit_peer[1] = JET_OFFSET_MAX >> 2;
	for (int i = 0; i < 200; i++) { /* what readers skip is drawn */
		size_t len = jet_params_write(s, out);
		longest = len > longest ? len : longest;
		assert_int_equal(jet_params_read(gn_slice(out, len), &p), GN_OK);
		assert_int_equal(p.max_data, JET_OFFSET_MAX >> 2);
	}
	assert_true(longest > 90 && longest <= JET_PARAMS_MAX / 2);
	ends_free(e);
}

/* ---- packets as bytes ---- */

static void test_the_longest_cookie(void **state)
{
	(void)state;
	static const uint8_t cookie[JET_TOKEN_MAX + 1] = {7}, ids[3][JET_CID_LEN] = {{1}, {2}, {3}};
	uint8_t msg[JET_CID_LEN + JET_LONG_HEADER + JET_TOKEN_MAX + 1 + sizeof(struct gn_hash)];
	uint8_t *packet = msg + JET_CID_LEN;
	size_t len = jet_retry_write(packet, sizeof msg - JET_CID_LEN, ids[0], ids[1], ids[2],
				     gn_slice(cookie, JET_TOKEN_MAX));
	assert_true(jet_retry_ok(gn_slice(packet, len), ids[2]));
	/* one longer, with a good tag */
	struct gn_hash tag;
	size_t before = len - JET_RETRY_TAG;
	memcpy(msg, ids[2], JET_CID_LEN);
	for (size_t more = 0; more < 2; more++) {
		packet[before] = 9;
		gn_hmac_sha256(GN_LIT("geonet jet 1 retry"),
			       gn_slice(msg, JET_CID_LEN + before + more), &tag);
		memcpy(packet + before + more, tag.b, JET_RETRY_TAG);
		assert_int_equal(jet_retry_ok(gn_slice(packet, len + more), ids[2]), more == 0);
	}
}

static void test_the_furthest_byte(void **state)
{
	(void)state;
	for (uint64_t past = 0; past < 2; past++)
		for (int crypto = 0; crypto < 2; crypto++) {
			uint8_t bytes[32];
			struct gn_writer w = gn_writer(bytes, sizeof bytes);
			struct jet_frame f;
			if (crypto)
				jet_write_crypto(&w, JET_OFFSET_MAX - 1 + past, 1);
			else
				jet_write_stream(&w, 0, JET_OFFSET_MAX - 1 + past, 1, true, false);
			gn_write_u8(&w, 'x');
			struct gn_reader r = gn_reader(gn_slice(bytes, gn_writer_len(&w)));
			assert_int_equal(jet_frame_read(&r, &f), past ? GN_MALFORMED : GN_OK);
		}
}

static void test_acknowledgements_of_a_packet(void **state)
{
	(void)state;
	for (size_t past = 0; past < 2; past++) {
		struct ends *e = ends_new(NULL);
		static const uint8_t ack[7] = {JET_F_ACK};
		uint8_t frames[(JET_ACK_FRAMES_MAX + 1) * sizeof ack], packet[2048];
		size_t len = forge_packet(e->s[1], GN_LIT("\x01"), packet);
		assert_int_equal(ends_give(e, 0, gn_slice(packet, len)), GN_OK);
		for (size_t i = 0; i <= JET_ACK_FRAMES_MAX; i++)
			memcpy(frames + i * sizeof ack, ack, sizeof ack);
		gn_err err =
			ends_frames(e, gn_slice(frames, (JET_ACK_FRAMES_MAX + past) * sizeof ack));
		assert_int_equal(err, past ? GN_PROTOCOL : GN_OK);
		assert_int_equal(e->s[1]->state, past ? JET_S_CLOSING : JET_S_OPEN);
		ends_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_may_be_configured),
		cmocka_unit_test(test_the_largest_stream_window),
		cmocka_unit_test(test_the_window_of_a_session),
		cmocka_unit_test(test_the_send_buffer),
		cmocka_unit_test(test_a_key_has_its_part_of_the_memory),
		cmocka_unit_test(test_a_prefix_has_its_part_in_a_crowd),
		cmocka_unit_test(test_datagrams_received),
		cmocka_unit_test(test_datagrams_queued_and_the_path_that_shrank),
		cmocka_unit_test(test_handshake_bytes_ahead),
		cmocka_unit_test(test_the_longest_hello),
		cmocka_unit_test(test_tickets),
		cmocka_unit_test(test_parameters_fit),
		cmocka_unit_test(test_the_longest_cookie),
		cmocka_unit_test(test_the_furthest_byte),
		cmocka_unit_test(test_acknowledgements_of_a_packet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
