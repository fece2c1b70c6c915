/* Streams: limits at the limit and one past it, flow control with a reader that stops, reset and
 * stop, final sizes, priorities. */
#include "jet/close_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/session_int.h"
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"
#include <stdlib.h>

static struct jet_sim_link_config quick = {.delay = 5 * GN_MSEC};

static void run(struct pair *p, gn_time time)
{
	jet_sim_run(&p->sim, p->sim.now + time);
}

static gn_err inject(struct pair *p, int from, const char *frames, size_t len)
{
	uint8_t packet[2048];
	size_t n =
		forge_packet(forge_session(p->sim.nodes[from].jet), gn_slice(frames, len), packet);
	return gn_jet_recv(p->sim.nodes[1 - from].jet, &p->sim.nodes[from].way, gn_slice(packet, n),
			   p->sim.now);
}
#define INJECT(p, from, s) inject(p, from, s, sizeof s - 1)

static void test_stream_limit_and_the_event_that_lifts_it(void **state)
{
	(void)state;
	for (int one_way = 0; one_way < 2; one_way++) {
		struct pair *p = calloc(1, sizeof *p);
		pair_init(p, 1, NULL, NULL, &quick);
		pair_connect(p);
		run(p, GN_SEC);
		p->app[1].echo_close = true;
		struct gn_jet *jet = p->sim.nodes[0].jet;
		gn_jet_stream id[JET_STREAMS], more;
		for (int i = 0; i < JET_STREAMS; i++)
			assert_int_equal(
				gn_jet_stream_open(jet, p->id, one_way, GN_JET_INTERACTIVE, &id[i]),
				GN_OK);
		assert_int_equal(gn_jet_stream_open(jet, p->id, one_way, GN_JET_INTERACTIVE, &more),
				 GN_LIMIT);
		assert_int_equal(
			gn_jet_stream_open(jet, p->id, !one_way, GN_JET_INTERACTIVE, &more),
			GN_OK); /* counted apart */
		size_t taken;
		/* Using the highest opens all below it at the peer; then finish the first. */
		assert_int_equal(gn_jet_stream_write(jet, p->id, id[JET_STREAMS - 1],
						     GN_LIT("\x3b"), false, &taken),
				 GN_OK);
		jet_sim_flush(&p->sim, 0);
		run(p, GN_SEC);
		assert_int_equal(p->app[1].opened, JET_STREAMS);
		assert_int_equal(p->app[0].streams_events, 0);
		assert_int_equal(gn_jet_stream_write(jet, p->id, id[0], GN_LIT(""), true, &taken),
				 GN_OK);
		jet_sim_flush(&p->sim, 0);
		run(p, GN_SEC);
		if (!one_way)
			app_read(jet, &p->app[0], app_stream(&p->app[0], id[0]), p->sim.now);
		run(p, GN_SEC);
		assert_int_equal(p->app[0].streams_events, 1);
		assert_int_equal(gn_jet_stream_open(jet, p->id, one_way, GN_JET_INTERACTIVE, &more),
				 GN_OK);
		assert_int_equal(gn_jet_stream_open(jet, p->id, one_way, GN_JET_INTERACTIVE, &more),
				 GN_LIMIT);
		pair_fini(p);
		free(p);
	}
}

static void test_flow_control_at_the_limit_and_one_past(void **state)
{
	(void)state;
	struct gn_jet_config server = {.stream_window = 1000, .session_window = 1500};
	struct pair p;
	pair_init(&p, 1, NULL, &server, &quick);
	pair_connect(&p);
	p.app[1].deaf = true;
	run(&p, GN_SEC);
	/* byte 999 of stream 0 */
	assert_int_equal(INJECT(&p, 0, "\x0e\x00\x43\xe7\x01x"), GN_OK);
	/* byte 499 of stream 4: 1500 in all */
	assert_int_equal(INJECT(&p, 0, "\x0e\x04\x41\xf3\x01x"), GN_OK);
	assert_int_equal(INJECT(&p, 0, "\x0e\x04\x41\xf4\x01x"), GN_PROTOCOL); /* byte 500 */
	assert_true(jet_sim_run_until(&p.sim, pair_is_closed, p.sim.now + GN_SEC));
	assert_int_equal(p.app[1].code, JET_E_FLOW);
	pair_fini(&p);

	pair_init(&p, 2, NULL, &server, &quick);
	pair_connect(&p);
	run(&p, GN_SEC);
	/* byte 1000 of stream 0 */
	assert_int_equal(INJECT(&p, 0, "\x0e\x00\x43\xe8\x01x"), GN_PROTOCOL);
	pair_fini(&p);
}

static void test_room_is_what_the_peers_credit_lets_leave(void **state)
{
	(void)state;
	struct gn_jet_config server = {.stream_window = 1000, .session_window = 1500};
	struct pair p;
	uint8_t bytes[1000] = {0};
	gn_jet_stream id[3];
	size_t taken;
	pair_init(&p, 1, NULL, &server, &quick);
	struct gn_jet *jet = p.sim.nodes[0].jet;
	pair_dial(&p, NULL);
	assert_int_equal(gn_jet_room(jet, p.id, true, GN_JET_FILES), 0); /* not connected */
	assert_true(jet_sim_run_until(&p.sim, pair_is_connected, p.sim.now + GN_SEC));
	p.app[1].deaf = true;
	assert_int_equal(gn_jet_room(jet, p.id, true, GN_JET_FILES), 1000);
	for (int i = 0; i < 3; i++)
		assert_int_equal(gn_jet_stream_open(jet, p.id, true, GN_JET_FILES, &id[i]), GN_OK);
	assert_int_equal(gn_jet_stream_write(jet, p.id, id[0], gn_slice(bytes, 900), false, &taken),
			 GN_OK);
	assert_int_equal(gn_jet_stream_room(jet, p.id, id[0]), 100);
	/* written is as good as sent */
	assert_int_equal(gn_jet_room(jet, p.id, true, GN_JET_FILES), 600);
	run(&p, GN_SEC);
	assert_int_equal(gn_jet_stream_room(jet, p.id, id[1]), 600);
	assert_int_equal(gn_jet_stream_write(jet, p.id, id[1], gn_slice(bytes, 600), true, &taken),
			 GN_OK);
	assert_int_equal(gn_jet_stream_room(jet, p.id, id[0]), 0);
	assert_int_equal(gn_jet_stream_room(jet, p.id, id[1]), 0); /* its end is written */
	/* A write takes more than can leave: the buffer is the session's, the credit the peer's. */
	assert_int_equal(gn_jet_stream_write(jet, p.id, id[2], gn_slice(bytes, 500), false, &taken),
			 GN_OK);
	assert_int_equal(taken, 500);
	assert_int_equal(gn_jet_room(jet, p.id, true, GN_JET_FILES), 0);
	assert_int_equal(gn_jet_stream_reset(jet, p.id, id[2], 0), GN_OK);
	p.app[1].deaf = false;
	app_read(p.sim.nodes[1].jet, &p.app[1], app_stream(&p.app[1], id[0]), p.sim.now);
	app_read(p.sim.nodes[1].jet, &p.app[1], app_stream(&p.app[1], id[1]), p.sim.now);
	jet_sim_flush(&p.sim, 1);
	run(&p, GN_SEC);
	/* of the session: renewed at 900 read */
	assert_int_equal(gn_jet_stream_room(jet, p.id, id[0]), 900);
	assert_int_equal(gn_jet_room(jet, 77, true, GN_JET_FILES), 0);
	pair_fini(&p);
}

static void test_reader_that_stops_stops_the_writer(void **state)
{
	(void)state;
	struct gn_jet_config server = {.stream_window = 10000, .session_window = 30000};
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, &server, &quick);
	pair_connect(p);
	p->app[1].deaf = true;
	gn_jet_stream id = app_send(&p->sim, 0, 100000, true, GN_JET_FILES);
	run(p, 2 * GN_SEC);
	assert_int_equal(app_stream(&p->app[0], id)->written, 10000);
	assert_int_equal(p->app[1].received, 0);
	for (int i = 0; i < 5; i++)
		app_send(&p->sim, 0, 10000, true, GN_JET_FILES);
	run(p, 2 * GN_SEC);
	assert_int_equal(forge_session(p->sim.nodes[1].jet)->rx_total, 30000);
	assert_int_equal(p->app[0].closed, 0);
	p->app[1].deaf = false;
	for (int i = 0; i < p->app[1].stream_count || i < 6; i++)
		app_read(p->sim.nodes[1].jet, &p->app[1],
			 app_stream(&p->app[1], (uint64_t)i << 2 | 2), p->sim.now);
	jet_sim_flush(&p->sim, 1);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 20 * GN_SEC));
	pair_check(p);
	pair_fini(p);
	free(p);
}

/* Windows far smaller than the data and links that lose the frames that renew them. */
static void test_lost_credit_is_renewed(void **state)
{
	(void)state;
	struct jet_sim_link_config lossy = {.delay = 5 * GN_MSEC, .loss = 200000};
	struct gn_jet_config tight = {.stream_window = 3000,
				      .session_window = 5000,
				      .handshake_timeout = 60 * GN_SEC,
				      .idle_timeout = 300 * GN_SEC};
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct pair *p = calloc(1, sizeof *p);
		pair_init(p, seed, &tight, &tight, &lossy);
		pair_dial(p, NULL);
		assert_true(
			jet_sim_run_until(&p->sim, pair_is_connected, p->sim.now + 60 * GN_SEC));
		for (int i = 0; i < 2; i++) { /* windows that stay small */
			struct jet_session *s = forge_session(p->sim.nodes[i].jet);
			s->window.size_max = 5000;
			for (int k = 0; k < 3; k++)
				app_send(&p->sim, i, 30000, true, GN_JET_FILES);
		}
		if (!jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 120 * GN_SEC)) {
			pair_dump(p);
			fail_msg("seed %llu", (unsigned long long)seed);
		}
		pair_check(p);
		pair_fini(p);
		free(p);
	}
}

static void test_a_lone_end_that_is_lost_is_repeated(void **state)
{
	(void)state;
	struct pair *p = calloc(1, sizeof *p);
	size_t taken;
	pair_init(p, 1, NULL, NULL, &quick);
	pair_connect(p);
	gn_jet_stream id = app_send(&p->sim, 0, 1000, true, GN_JET_FILES);
	app_stream(&p->app[0], id)->writes = false;
	assert_int_equal(gn_jet_stream_open(p->sim.nodes[0].jet, p->id, true, GN_JET_FILES, &id),
			 GN_OK);
	assert_int_equal(
		gn_jet_stream_write(p->sim.nodes[0].jet, p->id, id, GN_LIT("\x9d"), false, &taken),
		GN_OK);
	run(p, GN_SEC);
	assert_int_equal(app_stream(&p->app[1], id)->read, 1);
	p->sim.links[0].down = true;
	assert_int_equal(
		gn_jet_stream_write(p->sim.nodes[0].jet, p->id, id, GN_LIT(""), true, &taken),
		GN_OK);
	jet_sim_flush(&p->sim, 0);
	p->sim.links[0].down = false;
	run(p, 2 * GN_SEC);
	assert_true(app_stream(&p->app[1], id)->fin_read);
	assert_true(app_stream(&p->app[0], id)->acked);
	pair_fini(p);
	free(p);
}

/* Holds every datagram of node 0 back while `holding`. */
static struct held {
	bool holding;
	int count;
	size_t len[16];
	uint8_t data[16][2048];
} held;

static bool hold(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)sim, (void)to;
	if (from != 0 || !held.holding)
		return true;
	assert_true(held.count < 16);
	memcpy(held.data[held.count], data, len);
	held.len[held.count++] = len;
	return false;
}

static void release(struct pair *p, int i)
{
	jet_sim_inject(&p->sim, -1, &p->sim.nodes[0].way, &p->sim.nodes[1].way,
		       gn_slice(held.data[i], held.len[i]));
	run(p, GN_MSEC);
}

/* Seven small packets count as lost and go out again as two; the reader gets three of the seven
 * and the first of the two: that is all of the stream, and its writer must be told. */
static void test_a_stream_that_comes_by_old_and_new_packets_ends(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = GN_USEC, .mtu = JET_MTU_BASE};
	struct pair *p = calloc(1, sizeof *p);
	size_t taken;
	gn_jet_stream id;
	pair_init(p, 1, NULL, NULL, &link);
	held = (struct held){0};
	p->sim.tap = hold;
	pair_connect(p);
	run(p, 10 * GN_SEC); /* the MTU is found */
	struct gn_jet *jet = p->sim.nodes[0].jet;
	struct jet_session *s = forge_session(jet);
	assert_int_equal(gn_jet_stream_open(jet, p->id, true, GN_JET_INTERACTIVE, &id), GN_OK);
	struct app_stream *out = app_stream(&p->app[0], id);
	out->total = 1400;
	held.holding = true;
	for (; out->written < 1400; out->written += 200) {
		uint8_t bytes[200];
		for (size_t i = 0; i < sizeof bytes; i++)
			bytes[i] = app_byte(id, out->written + i);
		assert_int_equal(gn_jet_stream_write(jet, p->id, id, GN_SLICE(bytes),
						     out->written == 1200, &taken),
				 GN_OK);
		jet_sim_flush(&p->sim, 0);
	}
	assert_int_equal(held.count, 7);
	assert_int_equal(jet_loss_all(s, s->path, &s->path->space, JET_APP), GN_OK);
	jet_wake(s);
	jet_sim_flush(&p->sim, 0);
	assert_int_equal(held.count, 9);
	assert_true(held.len[7] > 1100 && held.len[7] <= JET_MTU_BASE);
	held.holding = false;
	for (int i = 0; i < 4; i++)
		release(p, (int[]){2, 5, 6, 7}[i]);
	run(p, 10 * GN_SEC);
	assert_int_equal(app_stream(&p->app[1], id)->read, 1400);
	assert_true(app_stream(&p->app[1], id)->fin_read && out->acked);
	assert_int_equal(s->streams.count, 0);
	pair_check(p);
	pair_fini(p);
	free(p);
}

static void test_windows_grow_for_a_fast_reader(void **state)
{
	(void)state;
	struct jet_sim_link_config fat = {
		.delay = 50 * GN_MSEC, .rate = 200000000, .queue = 3000000};
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &fat);
	p->sim.validate = false;
	pair_connect(p);
	app_send(&p->sim, 0, UINT64_C(1) << 40, true, GN_JET_FILES);
	run(p, 3 * GN_SEC);
	uint64_t before = p->app[1].received;
	run(p, 2 * GN_SEC);
	double mbit = (double)(p->app[1].received - before) * 8 / 2e6;
	/* the first window alone would allow 21 */
	print_message("  %.0f of 200 Mbit/s at 100 ms\n", mbit);
	assert_true(mbit > 150);
	assert_true(forge_session(p->sim.nodes[1].jet)->window.size <= JET_SESSION_WINDOW_MAX);
	pair_fini(p);
	free(p);
}

static void test_reset_reaches_the_reader_and_frees_both_ends(void **state)
{
	(void)state;
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &quick);
	pair_connect(p);
	p->app[1].deaf = true;
	gn_jet_stream id = app_send(&p->sim, 0, 500000, true, GN_JET_FILES);
	run(p, 100 * GN_MSEC);
	assert_int_equal(gn_jet_stream_reset(p->sim.nodes[0].jet, p->id, id, 5), GN_OK);
	size_t taken;
	assert_int_equal(
		gn_jet_stream_write(p->sim.nodes[0].jet, p->id, id, GN_LIT("x"), false, &taken),
		GN_CLOSED);
	uint32_t code;
	assert_false(gn_jet_stream_given_up(p->sim.nodes[1].jet, p->app[1].id, id, &code));
	jet_sim_flush(&p->sim, 0);
	run(p, GN_SEC);
	uint8_t buf[10];
	size_t n;
	bool fin;
	assert_true(gn_jet_stream_given_up(p->sim.nodes[1].jet, p->app[1].id, id, &code));
	assert_int_equal(code, 5);
	assert_int_equal(gn_jet_stream_read(p->sim.nodes[1].jet, p->app[1].id, id, buf, sizeof buf,
					    &n, &fin),
			 GN_CLOSED);
	assert_int_equal(gn_jet_stream_read(p->sim.nodes[1].jet, p->app[1].id, id, buf, sizeof buf,
					    &n, &fin),
			 GN_NOT_FOUND);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(forge_session(p->sim.nodes[i].jet)->streams.count, 0);
		assert_int_equal(forge_session(p->sim.nodes[i].jet)->tx_buffered, 0);
	}
	const struct jet_session *b = forge_session(p->sim.nodes[1].jet);
	/* unread bytes do not clog the session */
	assert_int_equal(b->window.consumed, b->rx_total);
	pair_fini(p);
	free(p);
}

static void test_stop_makes_the_peer_reset(void **state)
{
	(void)state;
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &quick);
	pair_connect(p);
	p->app[1].deaf = true;
	gn_jet_stream id = app_send(&p->sim, 0, 5000000, false, GN_JET_FILES);
	run(p, 100 * GN_MSEC);
	uint8_t buf[10];
	size_t n;
	bool fin;
	assert_int_equal(gn_jet_stream_stop(p->sim.nodes[1].jet, p->app[1].id, id, 9), GN_OK);
	assert_int_equal(gn_jet_stream_read(p->sim.nodes[1].jet, p->app[1].id, id, buf, sizeof buf,
					    &n, &fin),
			 GN_STATE);
	jet_sim_flush(&p->sim, 1);
	run(p, GN_SEC);
	uint32_t code = 0;
	assert_true(gn_jet_stream_given_up(p->sim.nodes[0].jet, p->id, id, &code));
	assert_int_equal(code, 9);
	size_t taken;
	assert_int_equal(
		gn_jet_stream_write(p->sim.nodes[0].jet, p->id, id, GN_LIT("x"), false, &taken),
		GN_CLOSED);
	assert_false(app_stream(&p->app[0], id)->writes); /* WRITABLE came and the write said so */
	const struct jet_session *b = forge_session(p->sim.nodes[1].jet);
	assert_int_equal(b->window.consumed, b->rx_total);
	/* The other direction still works. */
	assert_int_equal(gn_jet_stream_write(p->sim.nodes[1].jet, p->app[1].id, id, GN_LIT(""),
					     true, &taken),
			 GN_OK);
	jet_sim_flush(&p->sim, 1);
	run(p, GN_SEC);
	for (int i = 0; i < 2; i++)
		assert_int_equal(forge_session(p->sim.nodes[i].jet)->streams.count, 0);
	pair_fini(p);
	free(p);
}

static void test_calls_that_make_no_sense(void **state)
{
	(void)state;
	struct pair p;
	gn_jet_stream id, in;
	size_t n;
	bool fin;
	uint8_t buf[8];
	pair_init(&p, 1, NULL, NULL, &quick);
	struct gn_jet *jet = p.sim.nodes[0].jet;
	assert_int_equal(gn_jet_stream_open(jet, 77, true, GN_JET_FILES, &id), GN_NOT_FOUND);
	pair_dial(&p, NULL);
	assert_int_equal(gn_jet_stream_open(jet, p.id, true, GN_JET_FILES, &id), GN_STATE);
	assert_int_equal(gn_jet_datagram(jet, p.id, GN_JET_FILES, GN_LIT("x"), GN_NEVER), GN_STATE);
	assert_true(jet_sim_run_until(&p.sim, pair_is_connected, p.sim.now + GN_SEC));
	assert_int_equal(gn_jet_stream_open(jet, p.id, true, (enum gn_jet_class)0, &id), GN_USAGE);
	assert_int_equal(gn_jet_stream_open(jet, p.id, true, (enum gn_jet_class)5, &id), GN_USAGE);
	assert_int_equal(gn_jet_stream_open(jet, p.id, true, GN_JET_FILES, &id), GN_OK);
	assert_int_equal(gn_jet_stream_read(jet, p.id, id, buf, 8, &n, &fin), GN_USAGE);
	assert_int_equal(gn_jet_stream_stop(jet, p.id, id, 0), GN_USAGE);
	assert_int_equal(gn_jet_stream_write(jet, p.id, id + 4, GN_LIT("x"), false, &n),
			 GN_NOT_FOUND);
	assert_int_equal(gn_jet_stream_write(jet, p.id, id, GN_LIT("x"), true, &n), GN_OK);
	assert_int_equal(gn_jet_stream_write(jet, p.id, id, GN_LIT("x"), true, &n), GN_STATE);
	assert_int_equal(gn_jet_stream_open(jet, p.id, false, GN_JET_FILES, &in), GN_OK);
	assert_int_equal(gn_jet_stream_read(jet, p.id, in, buf, 8, &n, &fin), GN_AGAIN);
	run(&p, GN_SEC);
	assert_int_equal(gn_jet_stream_reset(p.sim.nodes[1].jet, p.app[1].id, id, 0),
			 GN_NOT_FOUND); /* read to its end already */
	pair_fini(&p);
}

/* ---- priorities ---- */

static void test_critical_message_passes_bulk(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {
		.delay = 20 * GN_MSEC, .rate = 100000000, .queue = 500000};
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &link);
	p->sim.validate = false;
	pair_connect(p);
	app_send(&p->sim, 0, UINT64_C(1) << 40, true, GN_JET_FILES);
	run(p, 3 * GN_SEC);
	gn_time worst = 0, sum = 0;
	for (int i = 0; i < 50; i++) {
		gn_time sent = p->sim.now;
		gn_jet_stream id = app_send(&p->sim, 0, 200, true, GN_JET_CRITICAL);
		jet_sim_flush(&p->sim, 0);
		while (!app_stream(&p->app[1], id)->fin_read)
			run(p, GN_MSEC / 4);
		sum += p->sim.now - sent;
		worst = p->sim.now - sent > worst ? p->sim.now - sent : worst;
		run(p, 20 * GN_MSEC);
	}
	/* 20 ms of way; the rest is what bulk has put into the bottleneck's queue. */
	print_message("  class 1 beside bulk: mean %.1f ms, worst %.1f ms one way\n",
		      (double)sum / 50e6, (double)worst / 1e6);
	assert_true(worst <= 100 * GN_MSEC);
	pair_fini(p);
	free(p);
}

static void test_classes_share_by_weight_and_none_starves(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = 5 * GN_MSEC, .rate = 20000000, .queue = 60000};
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &link);
	p->sim.validate = false;
	pair_connect(p);
	run(p, GN_SEC);
	gn_jet_stream id[5] = {0};
	for (unsigned c = 2; c <= 4; c++)
		id[c] = app_send(&p->sim, 0, UINT64_C(1) << 40, true, (enum gn_jet_class)c);
	run(p, 5 * GN_SEC);
	double got[5] = {0}, all = 0;
	for (int c = 2; c <= 4; c++)
		all += got[c] = (double)app_stream(&p->app[1], id[c])->read;
	print_message("  classes 2, 3, 4 got %.3f %.3f %.3f\n", got[2] / all, got[3] / all,
		      got[4] / all);
	assert_true(got[2] / all > 0.6 && got[3] / all > 0.2 && got[4] / all >= 0.05);
	uint64_t before = app_stream(&p->app[1], id[4])->read;
	/* a class 1 that never ends */
	id[1] = app_send(&p->sim, 0, UINT64_C(1) << 40, true, GN_JET_CRITICAL);
	run(p, 10 * GN_SEC);
	got[1] = (double)app_stream(&p->app[1], id[1])->read;
	double others = 0;
	for (int c = 2; c <= 4; c++)
		others += (double)app_stream(&p->app[1], id[c])->read - got[c];
	print_message("  class 1 against all: %.3f\n", got[1] / (got[1] + others));
	/* 1/16 is 0.0625 */
	assert_true(got[1] / (got[1] + others) > 0.9 && others / (got[1] + others) > 0.058);
	assert_true(app_stream(&p->app[1], id[4])->read > before);
	pair_fini(p);
	free(p);
}

static void test_datagrams_cannot_starve_streams(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = 5 * GN_MSEC, .rate = 10000000, .queue = 60000};
	struct pair *p = calloc(1, sizeof *p);
	uint8_t data[1000] = {0};
	pair_init(p, 1, NULL, NULL, &link);
	p->sim.validate = false;
	pair_connect(p);
	run(p, GN_SEC);
	gn_jet_stream id = app_send(&p->sim, 0, UINT64_C(1) << 40, true, GN_JET_INTERACTIVE);
	for (int i = 0; i < 3000; i++) { /* always a full queue of datagrams of the same class */
		while (gn_jet_datagram(p->sim.nodes[0].jet, p->id, GN_JET_INTERACTIVE,
				       GN_SLICE(data), GN_NEVER) == GN_OK)
			;
		run(p, GN_MSEC);
	}
	double stream = (double)app_stream(&p->app[1], id)->read,
	       dgrams = p->app[1].datagrams * 1000.0;
	print_message("  stream %.2f, datagrams %.2f Mbit/s\n", stream * 8 / 3e6, dgrams * 8 / 3e6);
	assert_true(stream > 0.2 * dgrams && dgrams > 0.2 * stream);
	pair_fini(p);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream_limit_and_the_event_that_lifts_it),
		cmocka_unit_test(test_flow_control_at_the_limit_and_one_past),
		cmocka_unit_test(test_room_is_what_the_peers_credit_lets_leave),
		cmocka_unit_test(test_reader_that_stops_stops_the_writer),
		cmocka_unit_test(test_lost_credit_is_renewed),
		cmocka_unit_test(test_a_lone_end_that_is_lost_is_repeated),
		cmocka_unit_test(test_a_stream_that_comes_by_old_and_new_packets_ends),
		cmocka_unit_test(test_windows_grow_for_a_fast_reader),
		cmocka_unit_test(test_reset_reaches_the_reader_and_frees_both_ends),
		cmocka_unit_test(test_stop_makes_the_peer_reset),
		cmocka_unit_test(test_calls_that_make_no_sense),
		cmocka_unit_test(test_critical_message_passes_bulk),
		cmocka_unit_test(test_classes_share_by_weight_and_none_starves),
		cmocka_unit_test(test_datagrams_cannot_starve_streams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
