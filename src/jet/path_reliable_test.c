/* RE-8: ways that lose nothing and keep order (WebSocket over TCP), in virtual time: alone, beside
 * UDP, broken in the middle; what jet leaves out there, and what bounds it. */
#include "jet/ack_int.h"
#include "jet/grade_int.h"
#include "jet/testing/ends.h"
#include "jet/testing/wires.h"

#define AGAIN 2 /* another connection, later */

static const struct jet_sim_link_config tcp = {
	.delay = 20 * GN_MSEC, .rate = 20000000, .queue = 48000, .reliable = true};
static const struct jet_sim_link_config udp = {
	.delay = 10 * GN_MSEC, .rate = 50000000, .queue = 200000};

static struct world *start(uint64_t seed, const struct jet_sim_link_config *direct,
			   const struct jet_sim_link_config *carrier,
			   const struct gn_jet_config *config)
{
	return world_new(seed, direct, carrier, config, WSS);
}

static void send_both(struct world *w, uint64_t bytes)
{
	for (int i = 0; i < 2; i++) {
		app_send(&w->p.sim, i, bytes, true, GN_JET_FILES);
		jet_sim_flush(&w->p.sim, i);
	}
}

static void complete(struct world *w)
{
	assert_true(jet_sim_run_until(&w->p.sim, pair_all_done, w->p.sim.now + 120 * GN_SEC));
	pair_check(&w->p);
	assert_int_equal(w->p.app[0].closed + w->p.app[1].closed, 0);
	for (int i = 0; i < w->p.sim.wire_count; i++)
		for (int k = 0; k < 2; k++)
			assert_int_equal(w->p.sim.links[w->p.sim.wires[i].links[k]].overflowed, 0);
}

static void finish(struct world *w)
{
	complete(w);
	world_free(w);
}

/* A connection breaks: both ends hear of it. */
static void snap(struct world *w, uint32_t link)
{
	for (int k = 0; k < 2; k++)
		w->p.sim.links[w->wire[link]->links[k]].down = true;
	for (int i = 0; i < 2; i++) {
		gn_jet_way_gone(w->p.sim.nodes[i].jet, link, w->p.sim.now);
		jet_sim_flush(&w->p.sim, i);
	}
}

static uint64_t count(struct world *w, const char *name)
{
	return jet_sim_counter(&w->p.sim, 0, name) + jet_sim_counter(&w->p.sim, 1, name);
}

/* Nothing is sent twice, whatever TCP has to repeat; and all that the line carries is used. */
static void test_alone(void **state)
{
	(void)state;
	for (uint32_t loss = 0; loss <= 2000; loss += 1000) {
		struct jet_sim_link_config carrier = tcp;
		carrier.loss = loss;
		struct world *w = start(1 + loss, &udp, &carrier, NULL);
		uint64_t sent = session(w, 0)->bytes_sent, tries = count(w, "probe-timeouts");
		gn_time at = w->p.sim.now;
		send_both(w, 8000000);
		complete(w);
		assert_true(session(w, 0)->bytes_sent - sent < 8000000 * 104 / 100);
		assert_int_equal(count(w, "packets-lost"), 0);
		assert_int_equal(count(w, "probe-timeouts"), tries);
		assert_int_equal(count(w, "mtu-raised"), 0);
		assert_int_equal(session(w, 0)->path->mtu.size, JET_MTU_MAX);
		if (!loss) /* 3.2 s at the rate of the line */
			assert_true(w->p.sim.now - at < 3700 * GN_MSEC);
		finish(w);
	}
}

/* UDP is cheaper, and is taken; when it dies the session is back within a second. */
static void test_beside_udp(void **state)
{
	(void)state;
	for (uint64_t seed = 10; seed < 15; seed++) {
		struct world *w = start(seed, &udp, &tcp, NULL);
		send_both(w, 4000000);
		run(w, 300 * GN_MSEC);
		open_path(w, &w->p.sim.nodes[1].way);
		run(w, GN_SEC);
		send_both(w, 12000000);
		run(w, 500 * GN_MSEC);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(session(w, i)->path->way.link, 0);
			assert_false(session(w, i)->path->reliable);
			w->p.sim.links[i].down = true;
		}
		gn_time at = w->p.sim.now;
		run(w, 2 * GN_SEC);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(session(w, i)->path->way.link, WSS);
			assert_true(w->p.app[i].moved_at - at < GN_SEC);
		}
		finish(w);
	}
}

/* What was in flight goes again at once on the spare one. */
static void test_it_breaks_and_a_spare_is_there(void **state)
{
	(void)state;
	struct jet_sim_link_config slow = udp;
	slow.delay = 120 * GN_MSEC;
	for (uint64_t seed = 20; seed < 25; seed++) {
		struct world *w = start(seed, &slow, &tcp, NULL);
		open_path(w, &w->p.sim.nodes[1].way);
		run(w, GN_SEC);
		send_both(w, 6000000);
		run(w, (gn_time)(100 + 37 * (seed - 20)) * GN_MSEC);
		assert_int_equal(session(w, 0)->path->way.link, WSS);
		assert_true(session(w, 0)->path->cc.in_flight > 50000);
		struct jet_path *old = session(w, 0)->path;
		snap(w, WSS);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(session(w, i)->path->way.link, 0);
			assert_int_equal(session(w, i)->why, GN_JET_WHY_WAY_GONE);
		}
		assert_int_equal(old->cc.in_flight, 0);
		finish(w);
	}
}

/* No other one is there: nothing is sent until the owner has made another connection. */
static void test_it_breaks_and_is_made_again(void **state)
{
	(void)state;
	for (uint64_t seed = 30; seed < 35; seed++) {
		struct world *w = start(seed, &udp, &tcp, NULL);
		send_both(w, 6000000);
		run(w, (gn_time)(100 + 37 * (seed - 30)) * GN_MSEC);
		snap(w, WSS);
		uint64_t sent = count(w, "packets-out");
		run(w, 3 * GN_SEC);
		assert_int_equal(count(w, "packets-out"), sent);
		for (int i = 0; i < 2; i++)
			assert_int_equal(w->p.app[i].suspects, 1);
		wire(w, AGAIN, &tcp);
		struct gn_way to = jet_sim_wire_to(w->wire[AGAIN], 1);
		open_path(w, &to);
		run(w, GN_SEC);
		for (int i = 0; i < 2; i++)
			assert_int_equal(session(w, i)->path->way.link, AGAIN);
		finish(w);
	}
}

/* What was left by choice, and breaks before all of it has come. */
static void test_the_one_left_breaks(void **state)
{
	(void)state;
	struct jet_sim_link_config slow = tcp;
	slow.rate = 2000000;
	struct world *w = start(40, &udp, &slow, NULL);
	send_both(w, 3000000);
	run(w, 500 * GN_MSEC);
	struct jet_path *left[2] = {session(w, 0)->path, session(w, 1)->path};
	open_path(w, &w->p.sim.nodes[1].way);
	while (session(w, 0)->path == left[0] || session(w, 1)->path == left[1])
		run(w, GN_MSEC);
	assert_true(left[0]->cc.in_flight && left[1]->cc.in_flight);
	snap(w, WSS);
	for (int i = 0; i < 2; i++)
		assert_int_equal(left[i]->cc.in_flight, 0);
	gn_time at = w->p.sim.now;
	complete(w);
	assert_true(w->p.sim.now - at < 2 * GN_SEC);
	finish(w);
}

static uint64_t most_flight;

static bool watch(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)to, (void)data, (void)len;
	uint64_t flies = forge_session(sim->nodes[from].jet)->path->cc.in_flight;
	most_flight = flies > most_flight ? flies : most_flight;
	return true;
}

/* A carrier that takes anything does not get anything: all in flight would go again. */
static void test_bulk_is_bounded(void **state)
{
	(void)state;
	static const struct gn_jet_config wide = {.stream_window = JET_STREAM_WINDOW_MAX,
						  .session_window = JET_SESSION_WINDOW_MAX,
						  .send_buffer = JET_SEND_BUFFER_MAX,
						  .stream_memory = UINT64_C(1) << 30};
	struct jet_sim_link_config deep = tcp;
	deep.queue = 64u << 20;
	deep.delay = GN_SEC;
	struct world *w = start(50, &udp, &deep, &wide);
	run(w, 5 * GN_SEC);
	most_flight = 0;
	w->p.sim.tap = watch;
	app_send(&w->p.sim, 0, 16000000, true, GN_JET_FILES);
	jet_sim_flush(&w->p.sim, 0);
	assert_true(most_flight <= JET_RELIABLE_FLIGHT &&
		    most_flight + JET_MTU_MAX > JET_RELIABLE_FLIGHT);
	complete(w);
	assert_true(most_flight <= JET_RELIABLE_FLIGHT);
	assert_int_equal(count(w, "packets-lost"), 0);
	finish(w);
}

/* ---- two ends moved by hand, on such a way alone ---- */

static struct ends *carried(void)
{
	struct ends *e = malloc(sizeof *e);
	assert_non_null(e);
	ends_init(e, NULL);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(gn_jet_way(e->jet[i], WSS, &wss), GN_OK);
		e->way[i].link = WSS;
		e->s[i]->path->way.link = WSS;
		jet_path_begin(e->s[i], e->s[i]->path, e->now);
		forge_several(e->s[i]);
	}
	forge_meet(e->s[0], e->s[1]);
	return e;
}

static void write_some(struct ends *e, size_t len)
{
	static const uint8_t bytes[20000];
	gn_jet_stream stream;
	size_t taken;
	assert_int_equal(
		gn_jet_stream_open(e->jet[0], e->s[0]->id, true, GN_JET_INTERACTIVE, &stream),
		GN_OK);
	assert_int_equal(gn_jet_stream_write(e->jet[0], e->s[0]->id, stream, gn_slice(bytes, len),
					     true, &taken),
			 GN_OK);
	assert_int_equal(taken, len);
}

/* Before the owner has said that there is room, and when there is none for a full packet, no batch
 * is made, and no deadline asks for one. */
static void test_room(void **state)
{
	(void)state;
	struct ends *e = carried();
	const size_t full = WSS_HEAD + JET_MTU_MAX;
	write_some(e, 10000);
	assert_false(ends_send(e, 0));
	assert_true(gn_jet_deadline(e->jet[0]) > e->now);
	gn_jet_way_room(e->jet[0], WSS, full - 1, e->now);
	assert_false(ends_send(e, 0));
	gn_jet_way_room(e->jet[0], WSS, full, e->now);
	assert_true(ends_send(e, 0));
	assert_int_equal(e->out_len, full);
	assert_int_equal(e->batch.prefix, WSS_HEAD);
	assert_false(ends_send(e, 0));
	gn_jet_way_room(e->jet[0], WSS, 3 * full + 700, e->now);
	assert_true(ends_send(e, 0));
	assert_int_equal(e->out_len, 3 * full);
	assert_int_equal(e->batch.segment, full);
	assert_false(ends_send(e, 0));
	/* of no use, and no harm */
	gn_jet_way_room(e->jet[0], 77, full, e->now);
	gn_jet_way_gone(e->jet[0], WSS, e->now);
	gn_jet_way_room(e->jet[0], WSS, full, e->now);
	assert_false(ends_send(e, 0));
	ends_fini(e);
	free(e);
}

/* An answer to nobody's hello is not kept until there is room. */
static void test_strangers_answers_wait_for_no_room(void **state)
{
	(void)state;
	for (size_t room = WSS_HEAD + JET_MTU_MAX - 1; room <= WSS_HEAD + JET_MTU_MAX; room++) {
		struct ends *e = carried();
		uint8_t hello[JET_MTU_BASE] = {JET_FLAG_FIXED | JET_FLAG_LONG, 9, 9, 9, 9};
		gn_jet_way_room(e->jet[1], WSS, room, e->now);
		assert_int_equal(ends_give(e, 1, GN_SLICE(hello)), GN_VERSION);
		assert_int_equal(ends_send(e, 1), room == WSS_HEAD + JET_MTU_MAX);
		assert_int_equal(ends_count(e, 1, "stateless-queue-full"),
				 room < WSS_HEAD + JET_MTU_MAX);
		ends_fini(e);
		free(e);
	}
}

/* Acknowledgements only let go of what streams keep: each 64 packets, or after 25 ms. */
static void test_acknowledgements(void **state)
{
	(void)state;
	struct ends *e = carried();
	uint8_t packet[2048];
	gn_jet_way_room(e->jet[1], WSS, 1000000, e->now);
	while (ends_send(e, 1))
		;
	for (int i = 1; i <= JET_RELIABLE_ACK_EVERY; i++) {
		assert_false(jet_ack_any_due(e->s[1], e->now));
		/* the first with a gap before it, as when a number was skipped */
		size_t len = forge_packet(e->s[0], GN_LIT("\x01"), packet);
		len = i == 1 ? forge_packet(e->s[0], GN_LIT("\x01"), packet) : len;
		assert_int_equal(ends_give(e, 1, gn_slice(packet, len)), GN_OK);
	}
	assert_true(jet_ack_any_due(e->s[1], e->now));
	assert_true(ends_send(e, 1));
	size_t len = forge_packet(e->s[0], GN_LIT("\x01"), packet);
	assert_int_equal(ends_give(e, 1, gn_slice(packet, len)), GN_OK);
	assert_false(jet_ack_any_due(e->s[1], e->now + JET_ACK_DELAY - 1));
	assert_true(jet_ack_any_due(e->s[1], e->now + JET_ACK_DELAY));
	ends_fini(e);
	free(e);
}

/* Silence is answered by a PING, and means that the way is suspect when nothing comes for as long
 * again; no data goes twice. */
static void test_silence(void **state)
{
	(void)state;
	struct ends *e = carried();
	gn_jet_way_room(e->jet[0], WSS, 1000000, e->now);
	gn_time began = e->now;
	write_some(e, 10000);
	while (ends_send(e, 0))
		;
	for (int i = 1; i <= 2; i++) {
		e->s[0]->path->probe.at = e->now + 1000 * GN_SEC; /* no check of the path */
		e->now = began + i * JET_RELIABLE_SILENCE - 1;
		gn_jet_tick(e->jet[0], e->now);
		assert_false(ends_send(e, 0));
		assert_int_equal(ends_count(e, 0, "probe-timeouts"), i - 1);
		e->now++;
		gn_jet_tick(e->jet[0], e->now);
		assert_int_equal(ends_count(e, 0, "probe-timeouts"), i);
		assert_int_equal(e->s[0]->path->suspect, i == 2);
		assert_true(ends_send(e, 0));
		assert_true(e->out_len < WSS_HEAD + 60);
	}
	assert_int_equal(ends_count(e, 0, "packets-lost"), 0);
	ends_fini(e);
	free(e);
}

/* A challenge goes once: it is not lost, and waited for as long as TCP takes. */
static void test_a_check_goes_once(void **state)
{
	(void)state;
	struct ends *e = carried();
	struct jet_path *p = e->s[0]->path;
	gn_jet_way_room(e->jet[0], WSS, 1000000, e->now);
	write_some(e, 10);
	while (ends_send(e, 0))
		;
	p->heard_at = e->now;
	e->now += JET_CHECK_MAIN;
	p->space.sent_at = e->now; /* no PING besides */
	ends_tick(e, 0, e->now);
	assert_int_equal(p->probe.tries, 1);
	assert_int_equal(p->probe.at, e->now + JET_RELIABLE_SILENCE);
	ends_tick(e, 0, e->now + JET_RELIABLE_SILENCE - 1);
	assert_false(p->suspect);
	p->space.sent_at = e->now;
	ends_tick(e, 0, e->now + 1);
	assert_true(p->suspect);
	assert_int_equal(ends_count(e, 0, "path-probe-failed"), 1);
	ends_fini(e);
	free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_beside_udp),
		cmocka_unit_test(test_it_breaks_and_a_spare_is_there),
		cmocka_unit_test(test_it_breaks_and_is_made_again),
		cmocka_unit_test(test_the_one_left_breaks),
		cmocka_unit_test(test_bulk_is_bounded),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_strangers_answers_wait_for_no_room),
		cmocka_unit_test(test_acknowledgements),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_a_check_goes_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
