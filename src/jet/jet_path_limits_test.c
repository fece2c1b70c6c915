/* Limits of several paths, each at the limit and one past it. */
#include "jet/grade_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/punch_int.h"
#include "jet/testing/ends.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void measured(struct jet_path *p, gn_time srtt)
{
	p->rtt.sampled = true;
	p->rtt.smoothed = srtt;
	p->rtt.var = 0;
}

static bool looks_better(struct ends *e, gn_time here, gn_time there)
{
	struct jet_session *s = e->s[0];
	measured(s->paths[0], here);
	measured(s->paths[1], there);
	s->rival.set = false;
	assert_int_equal(jet_grade_look(s, e->now), GN_OK);
	return s->rival.set;
}

static void test_a_gain_must_be_large(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	gn_time here = 40 * GN_MSEC;
	assert_true(looks_better(e, here, here - JET_BETTER_BY));
	assert_false(looks_better(e, here, here - JET_BETTER_BY + 1));
	here = 400 * GN_MSEC;
	assert_true(looks_better(e, here, here - here / JET_BETTER_PART));
	assert_false(looks_better(e, here, here - here / JET_BETTER_PART + 1));
	ends_free(e);
}

static void test_a_gain_must_last(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[0];
	for (uint32_t there = 1;; there = 0) {
		assert_true(looks_better(e, there ? GN_SEC : GN_MSEC, there ? GN_MSEC : GN_SEC));
		gn_time held = s->rival.hold_until > e->now ? s->rival.hold_until - e->now : 0;
		gn_time wait = held > JET_BETTER_FOR ? held : JET_BETTER_FOR;
		assert_int_equal(jet_grade_look(s, e->now + wait - 1), GN_OK);
		assert_int_equal(s->path->id, !there);
		assert_int_equal(jet_grade_look(s, e->now + wait), GN_OK);
		assert_int_equal(s->path->id, there);
		assert_int_equal(s->rival.hold_until, e->now + wait + JET_CHOICE_HOLD);
		if (!there)
			break;
		assert_int_equal(held, 0);
		e->now += wait;
		for (int i = 0; i < 2; i++)
			s->paths[i]->heard_at = e->now;
	}
	ends_free(e);
}

/* When end 0 challenges path `id` next, if nothing comes. */
static gn_time checked_at(struct ends *e, uint32_t id)
{
	struct jet_path *p = e->s[0]->paths[id];
	p->heard_at = e->now;
	e->s[0]->paths[1 - id]->probe.at = e->now + 1000 * GN_SEC; /* as if it were under way */
	gn_time at = jet_grade_deadline(e->s[0]) - e->now;
	e->s[0]->paths[1 - id]->probe.at = GN_NEVER;
	return at;
}

static void test_checks(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[0];
	gn_jet_stream stream;
	assert_true(checked_at(e, 0) > GN_SEC * 100000); /* no stream is open */
	assert_int_equal(gn_jet_stream_open(e->jet[0], s->id, true, GN_JET_FILES, &stream), GN_OK);
	assert_int_equal(checked_at(e, 0), JET_CHECK_MAIN);
	assert_int_equal(checked_at(e, 1), JET_CHECK_SPARE);
	assert_true(looks_better(e, GN_SEC, GN_MSEC));
	s->paths[1]->probe.tries = 1;
	s->paths[1]->probe.sent_at[0] = e->now;
	assert_int_equal(checked_at(e, 1), JET_CHECK_RIVAL);
	/* a check is a packet of so many bytes, the first time to prove a way is a full one */
	s->rival.set = false;
	s->paths[0]->heard_at = s->paths[1]->heard_at = e->now;
	e->now += JET_CHECK_SPARE - 1;
	s->paths[0]->heard_at = e->now;
	gn_jet_tick(e->jet[0], e->now);
	while (ends_send(e, 0))
		assert_int_equal(e->batch.to.link, 0);
	e->now++;
	gn_jet_tick(e->jet[0], e->now);
	assert_true(ends_send(e, 0));
	assert_int_equal(e->batch.to.link, 1);
	assert_int_equal(e->out_len, JET_CHECK_LEN);
	ends_free(e);
}

static void test_a_third_spare_is_kept_for_some_time(void **state)
{
	(void)state;
	for (int past = 0; past < 2; past++) {
		struct ends *e = ends_several();
		struct jet_session *s = e->s[0];
		for (uint32_t id = 2; id <= 3; id++) {
			struct gn_way way = {
				.addr = gn_addr_v4(203, 0, 113, 1, (uint16_t)(9 + id))};
			measured(forge_path(s, id, &way), (gn_time)id * GN_SEC);
		}
		for (int i = 0; i < 4; i++)
			s->paths[i]->probe.at = e->now + 1000 * GN_SEC;
		assert_int_equal(jet_grade_tick(s, e->now + JET_SPARE_KEPT - !past), GN_OK);
		assert_int_equal(ends_count(e, 0, "paths-closed"), past);
		ends_free(e);
	}
}

static void test_silence(void **state)
{
	(void)state;
	for (int past = 0; past < 2; past++) {
		struct ends *e = ends_several();
		struct jet_session *s = e->s[0];
		gn_jet_stream stream;
		static const uint8_t bytes[8000];
		size_t taken;
		s->paths[0]->heard_at = s->paths[1]->heard_at = e->now;
		e->now += JET_CONSENT + past;
		assert_true((jet_grade_spare(s, e->now) != NULL) == !past);
		assert_int_equal(gn_jet_stream_open(e->jet[0], s->id, true, GN_JET_FILES, &stream),
				 GN_OK);
		assert_int_equal(gn_jet_stream_write(e->jet[0], s->id, stream, GN_SLICE(bytes),
						     true, &taken),
				 GN_OK);
		while (ends_send(e, 0))
			;
		assert_int_equal(s->path->space.out == 1, past);
		ends_free(e);
	}
}

/* Probe timeouts in a row until a path is suspect. */
static unsigned timeouts(bool hears)
{
	struct ends *e = ends_several();
	struct jet_session *s = e->s[0];
	unsigned n = 0;
	/* no spare one: it would be taken */
	jet_path_free(s, s->paths[1]);
	s->path->rtt.sampled = true;
	s->due |= JET_DUE_PING;
	jet_wake(s);
	while (!s->path->suspect) {
		while (ends_send(e, 0))
			;
		uint64_t before = ends_count(e, 0, "probe-timeouts");
		e->now = gn_jet_deadline(e->jet[0]);
		if (hears)
			s->path->heard_at = e->now;
		gn_jet_tick(e->jet[0], e->now);
		n += ends_count(e, 0, "probe-timeouts") > before;
		/* or it waits for ever: sooner or later the session ends */
		assert_true(n < 10 && s->state == JET_S_OPEN);
	}
	assert_int_equal(ends_count(e, 0, "paths-suspect"), 1);
	ends_free(e);
	return n;
}

static void test_timeouts_until_suspect(void **state)
{
	(void)state;
	assert_int_equal(timeouts(false), JET_SUSPECT_PTOS);
	assert_int_equal(timeouts(true), JET_DARK_PTOS);
}

/* A PING goes and is acknowledged. */
static void one_more_settled(struct ends *e)
{
	struct jet_session *s = e->s[0];
	s->due |= JET_DUE_PING;
	jet_wake(s);
	assert_true(ends_send(e, 0));
	struct jet_frame ack = {.type = JET_F_ACK, .offset = s->path->space.pn_next - 1};
	ack.data = gn_slice((const uint8_t *)"", 1); /* one range of one packet */
	assert_int_equal(jet_loss_ack(s, s->path, &s->path->space, JET_APP, &ack, true, e->now),
			 GN_OK);
}

static void test_loss_is_of_the_last_packets(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_path *p = e->s[0]->path;
	p->settled = JET_LOSS_WINDOW - 1;
	p->lost = 100;
	one_more_settled(e);
	assert_int_equal(p->settled, JET_LOSS_WINDOW);
	assert_int_equal(p->lost, 100);
	one_more_settled(e);
	assert_int_equal(p->settled, (JET_LOSS_WINDOW + 1) / 2);
	assert_int_equal(p->lost, 50);
	ends_free(e);
}

static void test_copies_that_wait(void **state)
{
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		struct ends *e = ends_several();
		struct jet_session *s = e->s[0];
		s->limit_local[1] = 100;
		measured(s->paths[0], GN_MSEC);
		measured(s->paths[1], GN_MSEC);
		for (unsigned i = 0; i < JET_COPIES + past; i++) {
			gn_jet_stream stream;
			size_t taken;
			assert_int_equal(gn_jet_stream_open(e->jet[0], s->id, true, GN_JET_CRITICAL,
							    &stream),
					 GN_OK);
			assert_int_equal(gn_jet_stream_write(e->jet[0], s->id, stream, GN_LIT("x"),
							     true, &taken),
					 GN_OK);
		}
		assert_true(ends_send(e, 0));
		assert_int_equal(e->batch.to.link, 0);
		assert_int_equal(s->copy_count, JET_COPIES); /* the ninth goes once */
		assert_true(ends_send(e, 0));
		assert_int_equal(e->batch.to.link, 1);
		assert_int_equal(s->copy_count, 0);
		ends_free(e);
	}
}

static void test_links(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	static const struct gn_way_info relay = {.kind = GN_WAY_RELAY};
	for (uint32_t link = 2; link <= JET_WAYS; link++)
		assert_int_equal(gn_jet_way(e->jet[0], link, &relay), GN_OK);
	assert_int_equal(gn_jet_way(e->jet[0], JET_WAYS + 1, &relay), GN_LIMIT);
	assert_int_equal(gn_jet_way(e->jet[0], 7, &relay), GN_OK); /* changed, not one more */
	gn_jet_way_gone(e->jet[0], 7, e->now);
	assert_int_equal(gn_jet_way(e->jet[0], JET_WAYS + 1, &relay), GN_OK);
	ends_free(e);
}

/* ---- punching ---- */

/* Over a relay, and both have told `count` addresses. */
static struct ends *punching(uint32_t count)
{
	static const struct gn_way_info relay = {.kind = GN_WAY_RELAY};
	struct ends *e = ends_several();
	for (int i = 0; i < 2; i++) {
		struct jet_session *s = e->s[i];
		assert_int_equal(gn_jet_way(e->jet[i], 1, &relay), GN_OK);
		s->path = s->paths[1];
		s->idle_timeout = 1000000 * GN_SEC;
		measured(s->path, 20 * GN_MSEC);
		jet_path_free(s, s->paths[0]);
		s->cid_tx[0].set = false;
		struct gn_jet_offer offer = {.count = GN_JET_CANDIDATES};
		for (uint32_t k = 0; k < offer.count; k++)
			offer.list[k].addr = gn_addr_v4(203, 0, (uint8_t)(20 * i + k), 1, 7);
		assert_int_equal(gn_jet_offer(e->jet[i], s->id, &offer, e->now), GN_OK);
		s->punch->peer = offer;
		s->punch->peer.count = count;
		s->punch->peer_epoch = 1;
	}
	assert_int_equal(jet_punch_look(e->s[0], e->now), GN_OK);
	return e;
}

/* RE-20: addresses that a peer tells, and those that its packets come from besides. */
static void test_addresses_that_are_tried(void **state)
{
	(void)state;
	struct ends *e = punching(GN_JET_CANDIDATES);
	struct jet_punch *u = e->s[0]->punch;
	assert_int_equal(u->state, JET_PUNCH_AGREED);
	assert_int_equal(u->count, GN_JET_CANDIDATES);
	assert_true(GN_JET_CANDIDATES <= JET_PUNCH_TOLD && JET_PUNCH_TOLD < JET_PUNCH_WAYS);
	struct gn_way from = {.addr = gn_addr_v4(198, 18, 0, 0, 9)};
	struct jet_in in = {.s = e->s[0],
			    .path = jet_path_find(e->s[0], u->path),
			    .from = &from,
			    .now = e->now};
	for (uint32_t i = GN_JET_CANDIDATES; i < JET_PUNCH_WAYS; i++, from.addr.port++) {
		jet_punch_heard(&in);
		assert_int_equal(u->count, i + 1);
	}
	jet_punch_heard(&in); /* one more */
	assert_int_equal(u->count, JET_PUNCH_WAYS);
	ends_free(e);
}

/* Time passes until end 0's try has ended; what it sends is lost. */
static gn_time until_it_pauses(struct ends *e)
{
	struct jet_punch *u = e->s[0]->punch;
	gn_time began = u->began;
	e->s[0]->idle_timeout = 10000 * GN_SEC; /* longer than any pause */
	while (u->state != JET_PUNCH_PAUSE) {
		while (ends_send(e, 0))
			;
		e->now = gn_jet_deadline(e->jet[0]);
		gn_jet_tick(e->jet[0], e->now);
	}
	return e->now - began;
}

static void test_tries_and_pauses(void **state)
{
	(void)state;
	struct ends *e = punching(2);
	struct jet_punch *u = e->s[0]->punch;
	gn_time pause = JET_PUNCH_AGAIN;
	assert_int_equal(u->at, e->now + 10 * GN_MSEC); /* half a round trip */
	for (int i = 0; i < 8; i++) {
		assert_int_equal(until_it_pauses(e), 1600 * GN_MSEC + JET_PUNCH_WAIT);
		assert_int_equal(u->at, e->now + pause);
		pause = gn_time_min(2 * pause, JET_PUNCH_AGAIN_MAX);
		e->now = u->at - 1;
		assert_int_equal(jet_punch_tick(e->s[0], e->now), GN_OK);
		assert_int_equal(u->state, JET_PUNCH_PAUSE);
		/* the id of a try is gone until the peer gives another in its place */
		struct jet_cid *tx = &e->s[0]->cid_tx[3];
		*tx = (struct jet_cid){.set = true, .path = 3 + 8 * (uint32_t)(i + 1)};
		e->s[0]->cid_rx[3].path = tx->path;
		e->now++;
		assert_int_equal(jet_punch_tick(e->s[0], e->now), GN_OK);
		assert_int_equal(u->state, JET_PUNCH_AGREED);
	}
	assert_int_equal(pause, JET_PUNCH_AGAIN_MAX);
	for (int i = 0; i < JET_PATHS_MAX; i++) /* as they were made */
		e->s[0]->cid_rx[i].path %= JET_PATHS_MAX;
	ends_free(e);
}

/* A new offer begins a try at once, not sooner than so long after the last; a `go` that comes
 * sooner than half of that is refused. */
static void test_tries_are_apart(void **state)
{
	(void)state;
	struct ends *e = punching(1);
	struct jet_punch *u = e->s[0]->punch;
	gn_time began = u->began;
	until_it_pauses(e);
	u->peer_epoch++;
	assert_int_equal(jet_punch_look(e->s[0], began + JET_PUNCH_EVERY - 1), GN_OK);
	assert_int_equal(u->state, JET_PUNCH_IDLE);
	assert_int_equal(jet_punch_look(e->s[0], began + JET_PUNCH_EVERY), GN_OK);
	assert_int_equal(u->state, JET_PUNCH_AGREED);
	struct jet_session *s = e->s[1];
	assert_int_equal(jet_punch_go(s, 3, e->now), GN_OK);
	assert_int_equal(s->punch->state, JET_PUNCH_VOLLEY);
	s->punch->state = JET_PUNCH_PAUSE;
	assert_int_equal(jet_punch_go(s, 5, e->now + JET_PUNCH_EVERY / 2 - 1), GN_OK);
	assert_int_equal(ends_count(e, 1, "punch-refused"), 1);
	assert_int_equal(jet_punch_go(s, 5, e->now + JET_PUNCH_EVERY / 2), GN_OK);
	assert_int_equal(ends_count(e, 1, "punch-refused"), 1);
	assert_int_equal(jet_punch_go(s, 5, e->now + 10 * JET_PUNCH_EVERY), GN_OK); /* in use */
	assert_int_equal(jet_punch_go(s, 2, e->now + 10 * JET_PUNCH_EVERY),
			 GN_OK); /* no client's */
	assert_int_equal(ends_count(e, 1, "punch-refused"), 3);
	ends_free(e);
}

/* RE-20: what one key's sessions, one prefix's, and all together make a server try in half of
 * JET_PUNCH_EVERY. */
static void test_tries_on_others_word(void **state)
{
	(void)state;
	static const uint32_t limits[] = {JET_PUNCH_KEY, JET_PUNCH_PREFIX, JET_PUNCH_ALL};
	for (size_t kind = 0; kind < GN_COUNT(limits); kind++) {
		struct ends *e = punching(1);
		struct jet_session *s = e->s[1];
		gn_time began = e->now;
		for (uint32_t i = 0; i <= limits[kind] + 1; i++) {
			bool again = i > limits[kind]; /* when the first one is old */
			uint32_t key = kind == 0 ? 1 : 1 + i;
			uint8_t net = kind == 1 ? 1 : (uint8_t)i;
			gn_time now = began + (again ? JET_PUNCH_EVERY / 2 : i > 0);
			memcpy(&s->holder.key, &key, sizeof key);
			s->holder.addr =
				gn_addr_v4(203, net, (uint8_t)(kind == 1 ? 1 : i / 8), 1, 1);
			s->punch->state = JET_PUNCH_IDLE; /* as if it were another session */
			s->punch->began = 0;
			jet_path_free(s, s->paths[3]);
			assert_int_equal(jet_punch_go(s, 3, now), GN_OK);
			assert_int_equal(s->paths[3] != NULL, i < limits[kind] || again);
			assert_int_equal(ends_count(e, 1, "punch-limit"), i >= limits[kind]);
		}
		ends_free(e);
	}
}

/* Answers that nobody acknowledges. */
static void test_answers_under_way(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[1];
	const struct gn_slice challenge = GN_LIT("\x1a\x01\x02\x03\x04\x05\x06\x07\x08");
	for (uint32_t i = 0; i <= JET_ANSWERS; i++) {
		assert_int_equal(s->path->space.answers, i);
		assert_int_equal(ends_frames(e, challenge), GN_OK);
		while (ends_send(e, 1))
			;
	}
	assert_int_equal(s->path->space.answers, JET_ANSWERS);
	assert_int_equal(ends_count(e, 1, "path-answers-limit"), 1);
	gn_jet_validate(e->jet[1]);
	struct jet_frame ack = {.type = JET_F_ACK, .offset = s->path->space.pn_next - 1};
	ack.data = gn_slice((const uint8_t *)"", 1);
	assert_int_equal(jet_loss_ack(s, s->path, &s->path->space, JET_APP, &ack, true, e->now),
			 GN_OK);
	assert_true(s->path->space.answers < JET_ANSWERS);
	uint32_t had = s->path->space.answers;
	assert_int_equal(ends_frames(e, challenge), GN_OK);
	while (ends_send(e, 1))
		;
	assert_int_equal(s->path->space.answers, had + 1);
	ends_free(e);
}

/* JT-35: an old key lives for three times the longest PTO: a packet may be under way on the slowest
 * path. */
static void test_an_old_key_waits_for_the_slowest_path(void **state)
{
	(void)state;
	struct ends *e = ends_several();
	struct jet_session *s = e->s[1];
	measured(s->paths[0], 10 * GN_MSEC);
	measured(s->paths[1], 900 * GN_MSEC);
	e->s[0]->keys.acked = true;
	assert_true(jet_app_keys_update(&e->s[0]->keys, e->now));
	assert_int_equal(ends_frames(e, GN_LIT("\x01")), GN_OK);
	assert_int_equal(s->keys.old_until, e->now + 3 * jet_pto(s->paths[1], JET_APP));
	ends_free(e);
}

/* A better address that answers within some time replaces the first, a later one does not. */
static void test_a_better_address(void **state)
{
	(void)state;
	for (int past = 0; past < 2; past++) {
		struct ends *e = punching(1);
		struct jet_session *s = e->s[0];
		struct jet_punch *u = s->punch;
		struct jet_path *p = jet_path_find(s, u->path);
		struct gn_way to;
		uint8_t data[2][8];
		struct gn_addr six;
		assert_int_equal(gn_addr_parse(gn_str("[2001:db8::1]:7"), &six), GN_OK);
		u->ways[u->count++] = (struct jet_punch_way){.way.addr = six, .rank = 1};
		u->state = JET_PUNCH_VOLLEY;
		u->at = e->now;
		s->bytes_received = JET_PUNCH_COST; /* pays for two challenges, and one more */
		for (int i = 0; i < 2; i++)
			assert_true(jet_punch_next(s, e->now, &p, &to, data[i]));
		struct jet_frame f = {.type = JET_F_PATH_RESPONSE, .data = GN_SLICE(data[0])};
		struct jet_in in = {.s = s, .path = p, .now = e->now};
		bool fresh;
		assert_true(jet_punch_answered(&in, &f, &fresh) && fresh);
		assert_true(gn_way_eq(&p->way, &u->ways[0].way));
		in.now += JET_PUNCH_BETTER - !past;
		assert_int_equal(jet_punch_tick(s, in.now), GN_OK);
		assert_int_equal(p->punching, !past);
		f.data = GN_SLICE(data[1]);
		if (!past) {
			assert_true(jet_punch_answered(&in, &f, &fresh) && !fresh);
			assert_true(gn_way_eq(&p->way, &to));
		}
		ends_free(e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_gain_must_be_large),
		cmocka_unit_test(test_a_gain_must_last),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_a_third_spare_is_kept_for_some_time),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_timeouts_until_suspect),
		cmocka_unit_test(test_loss_is_of_the_last_packets),
		cmocka_unit_test(test_copies_that_wait),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_addresses_that_are_tried),
		cmocka_unit_test(test_tries_and_pauses),
		cmocka_unit_test(test_tries_are_apart),
		cmocka_unit_test(test_tries_on_others_word),
		cmocka_unit_test(test_answers_under_way),
		cmocka_unit_test(test_an_old_key_waits_for_the_slowest_path),
		cmocka_unit_test(test_a_better_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
