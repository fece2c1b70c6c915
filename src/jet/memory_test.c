/* Memory of streams: what one session may hold beyond its own and for what, that it goes on with
 * its own alone, that what is received takes nothing from what is sent, and that nothing is said
 * to be there that is not (JT-66). */
#include "jet/memory_int.h"
#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"
#include <stdlib.h>

static struct jet_sim_link_config quick = {.delay = 5 * GN_MSEC};
static const struct gn_jet_config little = {.stream_memory = 16 * JET_MEMORY_STEP};
#define OF_KEY_IN JET_MEMORY_STEP /* of little */
#define OF_KEY_OUT (2 * JET_MEMORY_STEP)

static struct pair *start(const struct gn_jet_config *client, const struct gn_jet_config *server)
{
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, client, server, &quick);
	pair_connect(p);
	jet_sim_run(&p->sim, p->sim.now + GN_SEC);
	return p;
}

static void finish(struct pair *p)
{
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 120 * GN_SEC));
	pair_check(p);
	assert_int_equal(p->app[0].closed + p->app[1].closed, 0);
	jet_sim_run(&p->sim, p->sim.now + 3 * GN_SEC);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(jet_sim_counter(&p->sim, i, "stream-bytes-shared-in"), 0);
		assert_int_equal(jet_sim_counter(&p->sim, i, "stream-bytes-shared-out"), 0);
	}
	pair_fini(p);
	free(p);
}

static struct jet_session *session(struct pair *p, int i)
{
	return forge_session(p->sim.nodes[i].jet);
}

/* Bytes of a stream, past everything the client's own engine sends. */
static void piece_at(struct pair *p, gn_jet_stream stream, uint64_t offset, size_t len)
{
	uint8_t frames[1100], packet[2048];
	struct gn_writer w = gn_writer(frames, sizeof frames);
	jet_write_stream(&w, stream, offset, len, true, false);
	for (size_t i = 0; i < len; i++)
		gn_write_u8(&w, app_byte(stream, offset + i));
	size_t n = forge_packet(session(p, 0), gn_slice(frames, gn_writer_len(&w)), packet);
	assert_int_equal(gn_jet_recv(p->sim.nodes[1].jet, &p->sim.nodes[0].way, gn_slice(packet, n),
				     p->sim.now),
			 GN_OK);
}

static void give_up(struct pair *p, gn_jet_stream first, gn_jet_stream last)
{
	for (gn_jet_stream id = first; id <= last; id += 4)
		assert_int_equal(gn_jet_stream_reset(p->sim.nodes[0].jet, p->id, id, 0), GN_OK);
}

/* Single bytes at the far end of the windows of many streams get the session's own and nothing
 * of what is for all. Who brings a quarter of what it is to hold gets that, to the byte. */
static void test_far_bytes_bring_what_they_hold(void **state)
{
	(void)state;
	struct pair *p = start(NULL, NULL);
	const struct jet_session *s = session(p, 1);
	gn_jet_stream first = app_send(&p->sim, 0, 0, true, GN_JET_INTERACTIVE), id = first;
	for (int i = 1; i < 100; i++)
		assert_int_equal(gn_jet_stream_open(p->sim.nodes[0].jet, p->id, true,
						    GN_JET_INTERACTIVE, &id),
				 GN_OK);
	piece_at(p, first, JET_STREAM_WINDOW - 1, 1);
	assert_int_equal(s->rx_held, 0);
	piece_at(p, first, JET_RECV_RESERVE - 1, 1);
	assert_int_equal(s->rx_held, JET_RECV_RESERVE);
	for (gn_jet_stream far = first + 4; far < id; far += 4)
		piece_at(p, far, 7000, 1);
	piece_at(p, id, 700, 1024 / JET_RECV_SPREAD - 2);
	assert_int_equal(s->rx_held, JET_RECV_RESERVE);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-bytes-shared-in"), 0);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-sparse-limit"), 100);
	piece_at(p, id, 700, 1024 / JET_RECV_SPREAD - 1); /* and the one byte before */
	assert_int_equal(s->rx_held, JET_RECV_RESERVE + 1024);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-bytes-shared-in"), JET_MEMORY_STEP);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-sparse-limit"), 100);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-memory-limit"), 0);
	give_up(p, first, id);
	finish(p);
}

/* Pieces that are no waste: one session gets its own and the share of its key. What it may not
 * hold is not acknowledged; an honest stream of the same session comes to its end, by loss and
 * all. */
static void test_pieces_hold_no_more_than_the_share(void **state)
{
	(void)state;
	struct pair *p = start(NULL, &little);
	gn_jet_stream honest = app_send(&p->sim, 0, 0, true, GN_JET_INTERACTIVE), id;
	for (int i = 0; i < 20; i++)
		assert_int_equal(gn_jet_stream_open(p->sim.nodes[0].jet, p->id, true,
						    GN_JET_INTERACTIVE, &id),
				 GN_OK);
	piece_at(p, honest, 3000, 1);
	for (gn_jet_stream far = honest + 4; far <= id; far += 4)
		piece_at(p, far, 3000, 1000); /* 4 KiB each: 15 are the session's own */
	const struct jet_session *s = session(p, 1);
	assert_int_equal(s->rx_held, JET_RECV_RESERVE + OF_KEY_IN);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-bytes-shared-in"), OF_KEY_IN);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-memory-limit"), 20 - 16);
	piece_at(p, honest, 4096, 1); /* one past */
	assert_int_equal(s->rx_held, JET_RECV_RESERVE + OF_KEY_IN);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-memory-limit"), 20 - 16 + 1);
	p->sim.links[0].config.loss = 50000;
	struct app_stream *a = app_stream(&p->app[0], honest);
	a->writes = true;
	a->total = 300000;
	app_pump(p->sim.nodes[0].jet, &p->app[0], a);
	jet_sim_flush(&p->sim, 0);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 120 * GN_SEC));
	assert_int_equal(app_stream(&p->app[1], honest)->read, 300000);
	give_up(p, honest + 4, id);
	finish(p);
}

/* A quarter of what is received is anybody's; beyond it a prefix has an eighth. */
static void test_a_prefix_in_a_crowd_holds_its_share(void **state)
{
	(void)state;
	for (int crowd = 0; crowd < 2; crowd++) {
		struct gn_jet_config counting = little;
		counting.count_local = true;
		struct pair *p = start(NULL, &counting);
		struct gn_share *share = &p->sim.nodes[1].jet->memory[JET_IN];
		struct gn_addr at = session(p, 1)->holder.addr;
		struct gn_holder near[2] = {{{{1}}, at}, {{{2}}, at}},
				 far[2] = {{.key = {{3}}}, {.key = {{4}}}};
		for (int i = 0; i < 2; i++)
			/* an eighth */
			assert_int_equal(gn_share_take(share, &near[i], OF_KEY_IN), GN_OK);
		for (int i = 0; i < 1 + crowd; i++)
			assert_int_equal(gn_share_take(share, &far[i], OF_KEY_IN), GN_OK);
		p->sim.nodes[1].jet->reserve[JET_IN] = 0;
		gn_jet_stream id = app_send(&p->sim, 0, 0, true, GN_JET_INTERACTIVE);
		piece_at(p, id, 3000, 4096 / JET_RECV_SPREAD);
		assert_int_equal(session(p, 1)->rx_held, crowd ? 0 : 4096);
		assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-memory-limit"), crowd);
		for (int i = 0; i < 2; i++)
			gn_share_give(share, &near[i], OF_KEY_IN);
		for (int i = 0; i < 1 + crowd; i++)
			gn_share_give(share, &far[i], OF_KEY_IN);
		give_up(p, id, id);
		finish(p);
	}
}

/* Others have all that there is one way, each as much as the share of a key that is received; or
 * give it back. */
static void others(struct gn_jet *jet, enum jet_side side, bool take)
{
	struct gn_holder other = {.key = {{1}}};
	for (uint8_t k = 1; k <= JET_RECV_KEY_PART; k++) {
		uint64_t each = jet->memory[side].config.total / JET_RECV_KEY_PART;
		other.key.b[0] = k;
		if (take)
			assert_int_equal(gn_share_take(&jet->memory[side], &other, each), GN_OK);
		else
			gn_share_give(&jet->memory[side], &other, each);
	}
}

/* Shares are the key's: another one has its own beside it, until the whole is used up. */
static void test_a_session_without_a_share_goes_on(void **state)
{
	(void)state;
	struct pair *p = start(&little, &little);
	for (int i = 0; i < 4; i++)
		others(p->sim.nodes[i & 1].jet, i < 2 ? JET_IN : JET_OUT, true);
	p->sim.links[0].config.loss = p->sim.links[1].config.loss = 20000;
	for (int i = 0; i < 2; i++)
		for (int k = 0; k < 4; k++)
			app_send(&p->sim, i, 300000, true, (enum gn_jet_class)(1 + k));
	for (int i = 0; i < 2; i++)
		jet_sim_flush(&p->sim, i);
	for (int t = 0; t < 20; t++) {
		jet_sim_run(&p->sim, p->sim.now + 100 * GN_MSEC);
		for (int i = 0; i < 2; i++) {
			assert_true(session(p, i)->rx_held <= JET_RECV_RESERVE);
			assert_true(session(p, i)->tx_buffered <= JET_SEND_RESERVE);
		}
	}
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 300 * GN_SEC));
	for (int i = 0; i < 4; i++)
		others(p->sim.nodes[i & 1].jet, i < 2 ? JET_IN : JET_OUT, false);
	jet_sim_run(&p->sim, p->sim.now + GN_SEC); /* the counter moves with the next bytes */
	for (int i = 0; i < 2; i++)
		app_send(&p->sim, i, 600000, true, GN_JET_FILES);
	for (int i = 0; i < 2; i++)
		jet_sim_flush(&p->sim, i);
	finish(p);
}

static bool to_server_lost;

static bool lose_to_server(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)sim, (void)to, (void)data, (void)len;
	return from != 0 || !to_server_lost;
}

/* A peer that opens its window and acknowledges nothing gets its own and its share of what is
 * written to it. What room there is said to be, a write takes; when it acknowledges, the writer
 * goes on. */
static void test_who_acknowledges_nothing_gets_no_more_than_the_share(void **state)
{
	(void)state;
	struct gn_jet_config wide = {.stream_window = 8u << 20, .session_window = 16u << 20},
			     large = little;
	large.send_buffer = 4u << 20; /* a sixteenth of it is more than there will be */
	struct pair *p = start(&wide, &large);
	p->sim.tap = lose_to_server;
	to_server_lost = true;
	struct jet_session *s = session(p, 1);
	/* a chunk */
	assert_true(gn_jet_room(p->sim.nodes[1].jet, s->id, true, GN_JET_FILES) >= 65536 + 512);
	app_send(&p->sim, 1, 2000000, true, GN_JET_FILES);
	app_send(&p->sim, 1, 2000000, true, GN_JET_CRITICAL);
	assert_int_equal(s->tx_buffered, JET_SEND_RESERVE + OF_KEY_OUT);
	assert_int_equal(jet_sim_counter(&p->sim, 1, "stream-bytes-shared-out"), OF_KEY_OUT);
	assert_int_equal(gn_jet_room(p->sim.nodes[1].jet, s->id, true, GN_JET_CRITICAL), 0);
	jet_sim_flush(&p->sim, 1);
	jet_sim_run(&p->sim, p->sim.now + 5 * GN_SEC);
	assert_int_equal(s->tx_buffered, JET_SEND_RESERVE + OF_KEY_OUT);
	to_server_lost = false;
	finish(p);
}

static uint64_t received_in_4_s(bool full)
{
	static const struct jet_sim_link_config fast = {.delay = 20 * GN_MSEC,
							.rate = 100000000,
							.queue = 500000,
							.reorder = 1000,
							.reorder_delay = 5 * GN_MSEC};
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &fast);
	p->sim.validate = false; /* it would take most of the time */
	pair_connect(p);
	if (full)
		others(p->sim.nodes[0].jet, JET_IN, true);
	gn_jet_stream id = app_send(&p->sim, 0, UINT64_C(1) << 32, true, GN_JET_FILES);
	jet_sim_run(&p->sim, p->sim.now + 4 * GN_SEC);
	uint64_t received = app_stream(&p->app[1], id)->read;
	if (full)
		others(p->sim.nodes[0].jet, JET_IN, false);
	pair_fini(p);
	free(p);
	return received;
}

/* What is received has its own room: a node whose peers hold all of it sends as ever. */
static void test_what_is_received_takes_nothing_from_what_is_sent(void **state)
{
	(void)state;
	uint64_t quiet = received_in_4_s(false);
	assert_true(quiet > 40000000); /* of 50 MB */
	assert_true(received_in_4_s(true) > quiet / 10 * 9);
}

/* The server has no room for one stream's pieces before another's gap is filled, and the piece
 * that fills it is the last in flight. What is refused, again and again, keeps it from nobody. */
static void test_what_is_refused_does_not_keep_back_the_rest(void **state)
{
	(void)state;
	struct pair *p = start(NULL, &little);
	struct jet_session *s = session(p, 1);
	struct gn_holder holder = s->holder;
	assert_int_equal(gn_share_take(&p->sim.nodes[1].jet->memory[JET_IN], &holder, OF_KEY_IN),
			 GN_OK);
	p->sim.nodes[1].jet->reserve[JET_IN] = 4096;
	p->sim.tap = lose_to_server;
	gn_jet_stream gap = app_send(&p->sim, 0, 0, true, GN_JET_INTERACTIVE);
	struct app_stream *g = app_stream(&p->app[0], gap);
	g->writes = true;
	g->total = 1000;
	to_server_lost = true;
	uint8_t bytes[3000];
	size_t taken;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = app_byte(gap, i);
	assert_int_equal(gn_jet_stream_write(p->sim.nodes[0].jet, p->id, gap, gn_slice(bytes, 1000),
					     false, &taken),
			 GN_OK);
	jet_sim_flush(&p->sim, 0);
	to_server_lost = false;
	assert_int_equal(gn_jet_stream_write(p->sim.nodes[0].jet, p->id, gap,
					     gn_slice(bytes + 1000, 2000), true, &taken),
			 GN_OK);
	g->written = g->total = 3000;
	jet_sim_flush(&p->sim, 0);
	/* refused: its first piece needs 2 KiB */
	app_send(&p->sim, 0, 6000, true, GN_JET_INTERACTIVE);
	jet_sim_flush(&p->sim, 0);
	jet_sim_run(&p->sim, p->sim.now + 6 * GN_MSEC);
	to_server_lost = true; /* the gap's second try */
	jet_sim_run(&p->sim, p->sim.now + 20 * GN_MSEC);
	to_server_lost = false;
	assert_int_equal(s->rx_held, 4096);
	assert_true(jet_sim_counter(&p->sim, 1, "stream-memory-limit") > 0);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 40 * GN_SEC));
	gn_share_give(&p->sim.nodes[1].jet->memory[JET_IN], &holder, OF_KEY_IN);
	finish(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_far_bytes_bring_what_they_hold),
		cmocka_unit_test(test_pieces_hold_no_more_than_the_share),
		cmocka_unit_test(test_a_prefix_in_a_crowd_holds_its_share),
		cmocka_unit_test(test_a_session_without_a_share_goes_on),
		cmocka_unit_test(test_who_acknowledges_nothing_gets_no_more_than_the_share),
		cmocka_unit_test(test_what_is_received_takes_nothing_from_what_is_sent),
		cmocka_unit_test(test_what_is_refused_does_not_keep_back_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
