/* Limits of acknowledgement, loss recovery, keys and paths, each at the limit and one past it. */
#include "jet/ack_int.h"
#include "jet/close_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/out_int.h"
#include "jet/path_int.h"
#include "jet/testing/ends.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ends *ends_new(void)
{
	struct ends *e = malloc(sizeof *e);
	ends_init(e, NULL);
	return e;
}

/* ---- acknowledgement ---- */

static void note_packet(struct ends *e, uint64_t pn)
{
	struct jet_in in = {.s = e->s[1],
			    .path = e->s[1]->path,
			    .space = &e->s[1]->path->space,
			    .level = JET_APP,
			    .pn = pn,
			    .now = e->now};
	assert_int_equal(jet_ack_note(&in, true, false), GN_OK);
}

static void test_ranges_remembered(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	const struct jet_ranges *got = &e->s[1]->path->space.received;
	for (uint64_t i = 0; i < JET_ACK_RANGES; i++)
		note_packet(e, 10 + 2 * i);
	assert_int_equal(got->count, JET_ACK_RANGES);
	assert_int_equal(got->r[0].lo, 10);
	note_packet(e, 10 + 2 * JET_ACK_RANGES); /* the oldest goes for it */
	assert_int_equal(got->count, JET_ACK_RANGES);
	assert_int_equal(got->r[0].lo, 12);
	assert_int_equal(got->r[JET_ACK_RANGES - 1].lo, 10 + 2 * JET_ACK_RANGES);
	note_packet(e, 1); /* older than all: nothing goes for it */
	assert_int_equal(got->r[0].lo, 12);
	ends_free(e);
}

/* Of `packets` that came within a round trip: how many until the next acknowledgement. */
static uint32_t every_after(struct ends *e, uint32_t packets)
{
	struct jet_path *p = e->s[1]->path;
	p->ack_window = packets - 1;
	p->ack_window_at = e->now - p->rtt.smoothed;
	note_packet(e, p->space.received.count ? p->space.received.r[0].hi : 0);
	return p->ack_every;
}

static void test_acknowledgements_are_frequent_within_bounds(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_space *sp = &e->s[1]->path->space;
	assert_int_equal(e->s[1]->path->ack_every, JET_ACK_EVERY_MIN);
	assert_int_equal(every_after(e, 8 * JET_ACK_EVERY_MAX - 1), JET_ACK_EVERY_MAX - 1);
	assert_int_equal(every_after(e, 8 * JET_ACK_EVERY_MAX), JET_ACK_EVERY_MAX);
	assert_int_equal(every_after(e, 8 * (JET_ACK_EVERY_MAX + 1)), JET_ACK_EVERY_MAX);
	assert_int_equal(every_after(e, 8 * (JET_ACK_EVERY_MIN + 1)), JET_ACK_EVERY_MIN + 1);
	assert_int_equal(every_after(e, 8 * (JET_ACK_EVERY_MIN - 1)), JET_ACK_EVERY_MIN);
	sp->unacked = 0;
	sp->ack_at = GN_NEVER;
	for (uint64_t i = 1; i < JET_ACK_EVERY_MIN; i++)
		note_packet(e, sp->received.r[0].hi);
	assert_true(sp->ack_at > e->now);
	note_packet(e, sp->received.r[0].hi); /* so many are answered at once */
	assert_int_equal(sp->ack_at, 0);
	ends_free(e);
}

static gn_time ack_waits(struct ends *e, gn_time rtt)
{
	struct jet_path *p = e->s[1]->path;
	p->rtt.smoothed = rtt;
	p->ack_every = JET_ACK_EVERY_MAX;
	p->ack_window_at = e->now;
	p->space.ack_at = GN_NEVER;
	note_packet(e, p->space.received.count ? p->space.received.r[0].hi : 0);
	return p->space.ack_at - e->now;
}

static void test_an_acknowledgement_waits_so_long(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	assert_int_equal(ack_waits(e, 4 * JET_ACK_DELAY - 4), JET_ACK_DELAY - 1);
	assert_int_equal(ack_waits(e, 4 * JET_ACK_DELAY), JET_ACK_DELAY);
	assert_int_equal(ack_waits(e, 4 * JET_ACK_DELAY + 4), JET_ACK_DELAY);
	ends_free(e);
}

/* ---- packets remembered ---- */

static void push_packet(struct jet_space *sp, uint8_t frames)
{
	static const struct jet_sent_frame nothing[JET_PACKET_FRAMES_MAX];
	struct jet_sent sent = {.state = JET_SENT_SILENT, .frames = frames};
	assert_int_equal(jet_space_push(sp, sent, nothing), GN_OK);
}

static void test_packets_remembered(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_space *sp = &e->s[0]->path->space;
	uint64_t pn;
	sp->pn_skip = UINT64_MAX;
	while (sp->sent.count < JET_SENT_MAX - 1)
		push_packet(sp, 0);
	assert_false(jet_space_full(sp));
	push_packet(sp, 0);
	assert_true(jet_space_full(sp));
	/* what only acknowledges goes on, with room for a number that is skipped */
	while (sp->sent.count < JET_SENT_MAX + JET_SENT_QUIET - 2)
		push_packet(sp, 0);
	assert_int_equal(jet_space_next(sp, e->jet[0], &pn), GN_OK);
	push_packet(sp, 0);
	assert_int_equal(jet_space_next(sp, e->jet[0], &pn), GN_LIMIT);
	ends_free(e);
}

static void test_frames_remembered(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_space *sp = &e->s[0]->path->space;
	while (sp->frames.count < JET_SENT_FRAMES_MAX - JET_PACKET_FRAMES_MAX)
		push_packet(sp, JET_PACKET_FRAMES_MAX);
	assert_int_equal(sp->frames.count, JET_SENT_FRAMES_MAX - JET_PACKET_FRAMES_MAX);
	assert_false(jet_space_full(sp));
	push_packet(sp, 1);
	assert_true(jet_space_full(sp));
	ends_free(e);
}

static void test_frames_of_a_packet(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	static uint8_t bytes[JET_MTU_BASE];
	struct jet_out o;
	assert_true(jet_out_begin(&o, e->s[0], e->s[0]->path, JET_APP,
				  gn_writer(bytes, sizeof bytes), e->now));
	for (int i = 0; i < JET_PACKET_FRAMES_MAX; i++) {
		assert_false(jet_out_full(&o));
		gn_write_varint(&o.w, JET_F_PING);
		jet_out_frame(&o, JET_F_PING, 0, 0, 0, false);
	}
	assert_true(jet_out_full(&o));
	assert_true(gn_writer_left(&o.w) > JET_FRAME_ROOM); /* it is not for want of bytes */
	ends_free(e);
}

/* ---- loss ---- */

static void send_by_hand(struct ends *e, uint32_t packets)
{
	struct jet_path *p = e->s[0]->path;
	struct jet_sent sent = {.at = e->now, .size = JET_MTU_BASE, .state = JET_SENT_OUT};
	p->space.sent_at = e->now;
	for (uint32_t i = 0; i < packets; i++) {
		assert_int_equal(jet_space_push(&p->space, sent, NULL), GN_OK);
		p->space.out++;
		p->cc.in_flight += sent.size;
	}
}

static void acknowledge(struct ends *e, uint64_t pn)
{
	static const uint8_t one;
	struct jet_path *p = e->s[0]->path;
	struct jet_frame ack = {.type = JET_F_ACK, .offset = pn, .data = gn_slice(&one, 1)};
	assert_int_equal(jet_loss_ack(e->s[0], p, &p->space, JET_APP, &ack, true, e->now), GN_OK);
}

static void test_reordering_is_no_loss_so_far(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_path *p = e->s[0]->path;
	send_by_hand(e, 1000);
	e->now += GN_MSEC;
	acknowledge(e, JET_REORDER_PACKETS - 1); /* the first is two behind it */
	assert_int_equal(e->s[0]->packets_lost, 0);
	acknowledge(e, JET_REORDER_PACKETS); /* and now three */
	assert_int_equal(e->s[0]->packets_lost, 1);
	acknowledge(e, JET_REORDER_PACKETS_MAX + 2);
	assert_int_equal(p->reorder_packets, JET_REORDER_PACKETS);
	acknowledge(e, 5); /* one less than that behind, and it was not lost after all */
	assert_int_equal(p->reorder_packets, JET_REORDER_PACKETS_MAX - 1);
	acknowledge(e, 4);
	assert_int_equal(p->reorder_packets, JET_REORDER_PACKETS_MAX);
	acknowledge(e, 1);
	assert_int_equal(p->reorder_packets, JET_REORDER_PACKETS_MAX);
	ends_free(e);
}

static void test_the_first_guess_of_a_round_trip(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_path *p = e->s[0]->path;
	gn_time pto = JET_RTT_INITIAL + 4 * (JET_RTT_INITIAL / 2);
	assert_int_equal(jet_pto(p, JET_INITIAL), pto);
	assert_int_equal(jet_pto(p, JET_APP), pto + JET_ACK_DELAY);
	send_by_hand(e, 1);
	assert_int_equal(jet_loss_tick(e->s[0], e->now + pto + JET_ACK_DELAY - 1), GN_OK);
	assert_int_equal(ends_count(e, 0, "probe-timeouts"), 0);
	assert_int_equal(jet_loss_tick(e->s[0], e->now + pto + JET_ACK_DELAY), GN_OK);
	assert_int_equal(ends_count(e, 0, "probe-timeouts"), 1);
	ends_free(e);
}

static void test_timers_are_not_finer_than_this(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_path *p = e->s[0]->path;
	p->rtt.var = 0;
	assert_int_equal(jet_pto(p, JET_INITIAL), p->rtt.smoothed + JET_GRANULARITY);
	p->rtt.var = JET_GRANULARITY / 4;
	assert_int_equal(jet_pto(p, JET_INITIAL), p->rtt.smoothed + JET_GRANULARITY);
	p->rtt.var = JET_GRANULARITY / 4 + 1;
	assert_int_equal(jet_pto(p, JET_INITIAL), p->rtt.smoothed + JET_GRANULARITY + 4);
	ends_free(e);
}

/* How far the probe timer of the client backs off with each of ten timeouts in a row. */
static void back_off(bool sampled, unsigned most)
{
	struct ends *e = ends_new();
	struct jet_path *p = e->s[0]->path;
	p->rtt.sampled = sampled;
	send_by_hand(e, 1);
	for (unsigned i = 0; i < 10; i++) {
		gn_time due = jet_pto(p, JET_APP) << (i < most ? i : most);
		assert_int_equal(jet_loss_deadline(e->s[0]), e->now + due);
		e->now += due;
		assert_int_equal(jet_loss_tick(e->s[0], e->now), GN_OK);
	}
	assert_int_equal(p->pto_count, JET_PTO_BACKOFF_MAX);
	ends_free(e);
}

static void test_probe_timers_back_off_so_far(void **state)
{
	(void)state;
	back_off(true, JET_PTO_BACKOFF_MAX);
	back_off(false, JET_PTO_BACKOFF_UNSAMPLED);
}

static void test_the_largest_window(void **state)
{
	(void)state;
	struct jet_cc cc = {0};
	jet_cc_init(&cc, &jet_cc_cubic, JET_MTU_BASE, ENDS_START);
	cc.cwnd = JET_CWND_MAX - 1;
	struct jet_cc_ack a = {.bytes = 1, .prior = cc.cwnd, .limited = true};
	cc.ops->acked(&cc, &a, ENDS_START);
	assert_int_equal(cc.cwnd, JET_CWND_MAX);
	a.prior = cc.cwnd;
	cc.ops->acked(&cc, &a, ENDS_START);
	assert_int_equal(cc.cwnd, JET_CWND_MAX);
	jet_cc_validate(&cc);
}

/* ---- keys ---- */

static void test_a_key_has_an_age(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	e->s[0]->keys.acked = true;
	e->now += JET_KEY_UPDATE_AGE - 1;
	jet_wake(e->s[0]);
	ends_send(e, 0);
	assert_int_equal(ends_count(e, 0, "key-updates"), 0);
	e->now++;
	jet_wake(e->s[0]);
	ends_send(e, 0);
	assert_int_equal(ends_count(e, 0, "key-updates"), 1);
	assert_int_equal(e->s[0]->keys.updates, 1);
	ends_free(e);
}

static void test_a_key_is_used_up(void **state)
{
	(void)state;
	for (int forged = 0; forged < 2; forged++) {
		struct ends *e = ends_new();
		struct jet_session *s = e->s[0];
		uint64_t *used = forged ? &s->keys.failed : &s->keys.sealed,
			 most = forged ? JET_OPEN_FAILED_MAX : JET_SEAL_MAX;
		while (ends_send(e, 0))
			; /* what it has to say at first */
		*used = most - 1;
		jet_wake(s);
		ends_send(e, 0);
		assert_int_equal(s->state, JET_S_OPEN);
		*used = most;
		jet_wake(s);
		ends_send(e, 0);
		assert_int_equal(s->state, JET_S_CLOSING);
		assert_int_equal(s->close_code, JET_E_AEAD_LIMIT);
		ends_free(e);
	}
}

/* ---- paths ---- */

/* The client hears the server on a path it has left, while it gets no answer where it is. */
static bool goes_back(unsigned lost)
{
	struct ends *e = ends_new();
	struct jet_session *s = e->s[0];
	struct jet_path *p;
	assert_int_equal(jet_path_new(s, 2, &e->way[1], e->now, &p), GN_OK);
	p->validated = p->left = true;
	s->path->unanswered = true;
	s->path->pto_count = (uint8_t)lost;
	struct jet_in in = {.s = s, .path = p, .from = &e->way[1], .level = JET_APP, .now = e->now};
	jet_path_heard(&in, false, true);
	bool went = s->path == p;
	assert_int_equal(ends_count(e, 0, "paths-moved"), went);
	ends_free(e);
	return went;
}

static void test_who_is_lost_goes_to_where_it_hears_something(void **state)
{
	(void)state;
	assert_false(goes_back(JET_LOST_PTOS - 1));
	assert_true(goes_back(JET_LOST_PTOS));
}

static void test_a_size_is_tried_so_often_and_then_later(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_session *s = e->s[0];
	struct jet_path *p = s->path;
	jet_mtu_start(p, e->now);
	uint16_t first = p->mtu.probing;
	assert_true(first > JET_MTU_BASE);
	for (uint64_t i = 0; i < JET_MTU_TRIES; i++) {
		assert_int_equal(p->mtu.probing, first);
		assert_true(jet_mtu_due(p, e->now));
		jet_mtu_sent(p, i);
		jet_mtu_lost(p, i, e->now);
	}
	assert_int_equal(p->mtu.probing, 0); /* given up */
	assert_int_equal(p->mtu.size, JET_MTU_BASE);
	assert_int_equal(jet_path_deadline(s), e->now + JET_MTU_RETRY);
	assert_int_equal(jet_path_tick(s, e->now + JET_MTU_RETRY - 1), GN_OK);
	assert_int_equal(p->mtu.probing, 0);
	assert_int_equal(jet_path_tick(s, e->now + JET_MTU_RETRY), GN_OK);
	assert_int_equal(p->mtu.probing, first);
	jet_mtu_sent(p, JET_MTU_TRIES);
	jet_mtu_acked(s, p, JET_MTU_TRIES, e->now);
	assert_int_equal(p->mtu.size, first);
	assert_int_equal(ends_count(e, 0, "mtu-raised"), 1);
	ends_free(e);
}

static void test_a_size_that_goes_dark_falls(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_path *p = e->s[0]->path;
	p->mtu.size = JET_MTU_MAX;
	send_by_hand(e, 1);
	for (unsigned i = 0; i < JET_BLACKHOLE_PTOS; i++) {
		assert_int_equal(p->mtu.size, JET_MTU_MAX);
		e->now = jet_loss_deadline(e->s[0]);
		assert_int_equal(jet_loss_tick(e->s[0], e->now), GN_OK);
	}
	assert_int_equal(p->mtu.size, JET_MTU_BASE);
	assert_int_equal(ends_count(e, 0, "mtu-fallen"), 1);
	ends_free(e);
}

/* Each round of large packets that are found lost was sent after the last one was. */
static void test_a_size_that_goes_dark_in_rounds_falls(void **state)
{
	(void)state;
	struct ends *e = ends_new();
	struct jet_session *s = e->s[0];
	struct jet_path *p = s->path;
	send_by_hand(e, 2);
	p->mtu.size = JET_MTU_MAX;
	for (int passed = 1; passed >= 0; passed--) { /* that one passes begins anew */
		for (unsigned i = 1; i < JET_BLACKHOLE_ROUNDS; i++) {
			jet_mtu_dark(s, p, JET_MTU_MAX, p->space.pn_next, e->now);
			jet_mtu_dark(s, p, JET_MTU_MAX, p->space.pn_next - 1, e->now);
			jet_mtu_dark(s, p, JET_MTU_BASE, p->space.pn_next, e->now);
		}
		jet_mtu_passed(p, JET_MTU_BASE);
		assert_int_equal(p->mtu.size, JET_MTU_MAX);
		if (passed)
			jet_mtu_passed(p, JET_MTU_BASE + 1);
	}
	jet_mtu_dark(s, p, JET_MTU_BASE + 1, p->space.pn_next, e->now);
	assert_int_equal(p->mtu.size, JET_MTU_BASE);
	assert_int_equal(ends_count(e, 0, "mtu-fallen"), 1);
	ends_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges_remembered),
		cmocka_unit_test(test_acknowledgements_are_frequent_within_bounds),
		cmocka_unit_test(test_an_acknowledgement_waits_so_long),
		cmocka_unit_test(test_packets_remembered),
		cmocka_unit_test(test_frames_remembered),
		cmocka_unit_test(test_frames_of_a_packet),
		cmocka_unit_test(test_reordering_is_no_loss_so_far),
		cmocka_unit_test(test_the_first_guess_of_a_round_trip),
		cmocka_unit_test(test_timers_are_not_finer_than_this),
		cmocka_unit_test(test_probe_timers_back_off_so_far),
		cmocka_unit_test(test_the_largest_window),
		cmocka_unit_test(test_a_key_has_an_age),
		cmocka_unit_test(test_a_key_is_used_up),
		cmocka_unit_test(test_who_is_lost_goes_to_where_it_hears_something),
		cmocka_unit_test(test_a_size_is_tried_so_often_and_then_later),
		cmocka_unit_test(test_a_size_that_goes_dark_falls),
		cmocka_unit_test(test_a_size_that_goes_dark_in_rounds_falls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
