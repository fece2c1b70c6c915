/* A node that opens circuits at relays, keeps places there, where others call it. Rules RE-31,
 * RE-35, RE-37. */
#include "services/relay/testing/client.h"

/* ---- circuits of its own ---- */

static void it_opens_a_circuit_and_has_its_packets(void **state)
{
	struct gn_relay_to to;
	(void)state;
	wait_at(2, 20);
	gn_op op = ask(2, 20, SMALL | BULK);
	const struct gn_relay_event *e = only(GN_RELAY_OPENED);
	assert_int_equal(e->op, op);
	assert_int_equal(e->lane, BULK);
	assert_int_equal(e->session, session_of(2));
	struct gn_addr here = addr_of(1);
	assert_true(gn_addr_eq(&e->you, &here));
	uint64_t c = e->circuit;
	/* out by the relay to 20, and back */
	assert_int_equal(packets(relays[1], 1, c, 500, 2, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, session_of(20));
	uint64_t far = to.circuit;
	assert_int_equal(packets(relays[1], 20, far, 500, 2, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.circuit, c);
	assert_int_equal(packets(r, 2, to.circuit, 500, to.count, &to), GN_RELAY_OURS);
	assert_int_equal(to.op, op);
	assert_int_equal(to.count, 2);
	assert_int_equal(packets(r, 3, c, 500, 1, &to), GN_RELAY_DROP); /* by another's session */
	gn_relay_cancel(r, op, now);
	pump();
	assert_int_equal(relays[1]->count, 0);
	assert_int_equal(heard_by(20)->why, WHY(CLOSED));
	none();
	assert_int_equal(r->held_count, 0);
	assert_int_equal(packets(r, 2, c, 500, 1, &to), GN_RELAY_DROP);
}

static void what_is_refused_for_now_is_asked_again(void **state)
{
	(void)state;
	gn_op op = ask(30, 20, SMALL); /* 30 is nobody */
	pump();
	assert_int_equal(sent[BODY(OPEN)], 1);
	answer_refused(30, op, GN_FB_CODE_BUSY, 3000);
	none();
	run_for(3 * GN_SEC - 1);
	assert_int_equal(sent[BODY(OPEN)], 1);
	run_for(1);
	assert_int_equal(sent[BODY(OPEN)], 2);
	answer_refused(30, op, GN_FB_CODE_QUOTA, 3600 * 1000); /* beyond its patience */
	const struct gn_relay_event *e = only(GN_RELAY_ENDED);
	assert_int_equal(e->err, GN_QUOTA);
	assert_int_equal(e->retry_ms, 3600 * 1000);
	none();
	assert_int_equal(r->held_count, 0);
	answer_opened(30, op, 5, SMALL); /* too late: nobody will use it */
	assert_int_equal(sent[BODY(CLOSE)], 1);
	assert_int_equal(count("unasked"), 1);
	assert_int_equal(count("asked"), 2);
	assert_int_equal(count("asked_again"), 1);
	/* a retry that never comes to its end is bounded by patience */
	op = ask(30, 20, SMALL);
	for (unsigned i = 0; i < 100; i++) {
		answer_refused(30, op, GN_FB_CODE_BUSY, 1000);
		run_for(GN_SEC);
	}
	assert_int_equal(only(GN_RELAY_ENDED)->err, GN_BUSY);
	/* nor asked for more often than makes sense */
	unsigned before = sent[BODY(OPEN)];
	op = ask(30, 20, SMALL);
	pump();
	answer_refused(30, op, GN_FB_CODE_BUSY, 1);
	run_for(RELAY_ASK_SOONEST - 1);
	assert_int_equal(sent[BODY(OPEN)], before + 1);
	run_for(1);
	assert_int_equal(sent[BODY(OPEN)], before + 2);
}

static void what_is_not_answered_is_given_up(void **state)
{
	(void)state;
	(void)ask(30, 20, SMALL);
	gn_time began = now;
	pump();
	run_for(RELAY_ASK_TIME - 1);
	assert_int_equal(sent[BODY(OPEN)], 1);
	run_for(1);
	assert_int_equal(sent[BODY(OPEN)], 2);
	run_until(began + RELAY_PATIENCE);
	assert_int_equal(only(GN_RELAY_ENDED)->err, GN_TIMEOUT);
	assert_int_equal(sent[BODY(OPEN)], RELAY_PATIENCE / RELAY_ASK_TIME);
	assert_int_equal(count("asked_lost"), 1);
	none();
	(void)ask(30, 20, SMALL);
	struct gn_pk pk = pk_of(30);
	gn_relay_down(r, &pk, 0, now); /* no session can be had */
	assert_int_equal(only(GN_RELAY_ENDED)->err, GN_UNREACHABLE);
	none();
	(void)ask(30, 20, SMALL);
	pump();
	clear();
	gn_relay_down(r, &pk, session_of(30), now); /* that one is over: by another */
	run_for(1);
	assert_int_equal(sent[BODY(OPEN)], 1);
	none();
}

static void answers_are_believed_of_whom_was_asked_alone(void **state)
{
	struct gn_relay_to to;
	(void)state;
	gn_op op = ask(30, 20, SMALL);
	answer_opened(31, op, 5, SMALL);
	answer_refused(31, op, GN_FB_CODE_DENIED, 0);
	answer_opened(30, op + 1, 5, SMALL);
	none();
	assert_int_equal(count("unasked"), 3);
	answer_opened(30, op, 5, SMALL);
	only(GN_RELAY_OPENED);
	answer_opened(30, op, 6, SMALL); /* once */
	none();
	assert_int_equal(packets(r, 30, 5, 100, 1, &to), GN_RELAY_OURS);
	assert_int_equal(packets(r, 30, 6, 100, 1, &to), GN_RELAY_DROP);
	answer_note(31, 5, 0, WHY(IDLE)); /* not of its session */
	none();
	answer_note(30, 5, 700, WHY(MONTH));
	const struct gn_relay_event *e = only(GN_RELAY_NOTE);
	assert_int_equal(e->ends_ms, 700);
	assert_int_equal(e->why, WHY(MONTH));
	assert_int_equal(e->left, 5);
	answer_note(30, 5, 0, WHY(MONTH));
	e = only(GN_RELAY_ENDED);
	assert_int_equal(e->err, GN_CLOSED);
	assert_int_equal(e->why, WHY(MONTH));
	none();
	assert_int_equal(count("held_over"), 1);
	/* what makes no sense */
	for (unsigned i = 0; i < 4; i++) {
		static const struct {
			uint64_t circuit;
			uint8_t lane;
		} bad[] = {{0, 1}, {9, 2}, {9, 3}, {9, 0}};
		op = ask(30, 20, SMALL);
		answer_opened(30, op, bad[i].circuit, bad[i].lane);
		assert_int_equal(only(GN_RELAY_ENDED)->err, GN_PROTOCOL);
	}
	op = ask(30, 20, SMALL);
	answer_refused(30, op, GN_FB_CODE_OK, 100);
	assert_int_equal(only(GN_RELAY_ENDED)->err, GN_PROTOCOL);
}

static void a_number_of_another_circuit_is_not_given_again(void **state)
{
	(void)state;
	gn_op one = ask(30, 20, SMALL), two = ask(30, 21, SMALL);
	answer_opened(30, one, 5, SMALL);
	only(GN_RELAY_OPENED);
	answer_opened(30, two, 5, SMALL);
	assert_int_equal(only(GN_RELAY_ENDED)->err, GN_PROTOCOL);
}

static void events_keep_their_order_when_they_come_together(void **state)
{
	(void)state;
	gn_op op = ask(30, 20, SMALL);
	answer_opened(30, op, 5, SMALL);
	answer_note(30, 5, 900, WHY(QUOTA));
	answer_note(30, 5, 0, WHY(QUOTA));
	pump();
	take_events(r);
	assert_int_equal(event_count, 3);
	assert_int_equal(events[0].kind, GN_RELAY_OPENED);
	assert_int_equal(events[1].kind, GN_RELAY_NOTE);
	assert_int_equal(events[2].kind, GN_RELAY_ENDED);
	assert_int_equal(r->held_count, 0);
}

static void its_circuits_end_with_the_session(void **state)
{
	(void)state;
	struct gn_pk pk = pk_of(30);
	gn_op op = ask(30, 20, SMALL);
	answer_opened(30, op, 5, SMALL);
	only(GN_RELAY_OPENED);
	gn_relay_down(r, &pk, 999, now);
	none();
	clear();
	gn_relay_down(r, &pk, session_of(30), now);
	const struct gn_relay_event *e = only(GN_RELAY_ENDED);
	assert_int_equal(e->why, WHY(GONE));
	assert_int_equal(sent[BODY(CLOSE)], 0); /* to whom? */
}

static void it_holds_so_many_circuits(void **state)
{
	struct gn_relay_open o = {.relay = pk_of(30), .target = pk_of(20), .lanes = SMALL};
	gn_op op;
	(void)state;
	for (unsigned i = 0; i < RELAY_HELD; i++)
		assert_int_equal(gn_relay_open(r, &o, now, &op), GN_OK);
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_LIMIT);
	assert_int_equal(count("held_full"), 1);
	gn_relay_cancel(r, op, now);
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_OK);
	o.lanes = 4;
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_USAGE);
	o.lanes = SMALL;
	o.relay = pk_of(1);
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_USAGE); /* itself */
	static uint8_t large[GN_TOKEN_MAX + 1];
	o.relay = pk_of(30);
	o.token = GN_SLICE(large);
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_TOO_LARGE);
}

/* ---- places ---- */

static gn_op place(unsigned relay)
{
	struct gn_pk pk = pk_of(relay);
	gn_op op = 0;
	assert_int_equal(gn_relay_reserve(r, &pk, false, now, &op), GN_OK);
	return op;
}

static void a_place_is_renewed_at_half_its_time(void **state)
{
	(void)state;
	gn_op op = place(2);
	const struct gn_relay_event *e = only(GN_RELAY_RESERVED);
	assert_int_equal(e->op, op);
	assert_int_equal(e->reserved_until, now + RELAY_TTL * GN_SEC);
	assert_int_equal(relays[1]->reserved.count, 1);
	run_for(RELAY_TTL / 2 * GN_SEC - 1);
	none();
	run_for(1);
	only(GN_RELAY_RESERVED);
	assert_int_equal(count("reserve_asked"), 2);
	gn_relay_cancel(r, op, now);
	pump();
	assert_int_equal(relays[1]->reserved.count, 0);
	none();
	assert_int_equal(r->keep_count, 0);
	run_for(RELAY_TTL * GN_SEC);
	assert_int_equal(gn_relay_deadline(r), GN_NEVER);
}

static void answer_reserved(unsigned from, gn_op op, uint32_t ttl)
{
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	answer(from, op, BODY(RESERVED), &fbb,
	       gn_fb_relay_reserved_make(&fbb, &(struct gn_fb_relay_reserved_args){.ttl = ttl}));
}

static void a_place_that_is_lost_is_asked_for_later_and_later(void **state)
{
	static const unsigned waits[] = {10, 20, 40, 80, 160, 320, 600, 600};
	(void)state;
	gn_op op = place(30);
	pump();
	for (unsigned i = 0; i < GN_COUNT(waits); i++) {
		clear();
		answer_refused(30, op, GN_FB_CODE_BUSY, 0);
		assert_int_equal(only(GN_RELAY_UNRESERVED)->err, GN_BUSY);
		run_for(waits[i] * GN_SEC - 1);
		assert_int_equal(sent[BODY(RESERVE)], 0);
		run_for(1);
		assert_int_equal(sent[BODY(RESERVE)], 1);
	}
	assert_int_equal(RELAY_RESERVE_AGAIN, waits[0] * GN_SEC);
	assert_int_equal(RELAY_RESERVE_AGAIN_MAX, waits[7] * GN_SEC);
	answer_reserved(30, op, 100000); /* no more than it asked for */
	assert_int_equal(only(GN_RELAY_RESERVED)->reserved_until, now + RELAY_TTL * GN_SEC);
	/* taken back, by that session alone: others need it more */
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	const struct gn_fb_relay_refused_args no = {.code = GN_FB_CODE_BUSY};
	hear_by(30, 4242, &fbb, op, BODY(REFUSED), gn_fb_relay_refused_make(&fbb, &no));
	none();
	assert_int_equal(count("unasked"), 1);
	answer_refused(30, op, GN_FB_CODE_BUSY, 0);
	assert_int_equal(only(GN_RELAY_UNRESERVED)->err, GN_BUSY);
	assert_false(relay_expects(r, &(struct gn_pk){{3}}, session_of(30)));
	answer_refused(30, op, GN_FB_CODE_BUSY, 0);
	none();
	run_for(RELAY_RESERVE_AGAIN);
	answer_reserved(30, op, RELAY_TTL);
	only(GN_RELAY_RESERVED);
	/* not answered once: what is reserved counts on */
	run_for(RELAY_TTL / 2 * GN_SEC + RELAY_ASK_TIME + GN_SEC);
	none();
	assert_true(relay_expects(r, &(struct gn_pk){{3}}, session_of(30)));
	run_for(RELAY_TTL / 2 * GN_SEC);
	assert_int_equal(only(GN_RELAY_UNRESERVED)->err, GN_TIMEOUT);
	assert_false(relay_expects(r, &(struct gn_pk){{3}}, session_of(30)));
	assert_true(count("reserve_lost") > 8);
}

static void a_relay_that_reserves_for_no_time_is_not_asked_all_the_time(void **state)
{
	(void)state;
	gn_op op = place(30);
	pump();
	clear();
	for (unsigned i = 0; i < 10; i++) {
		answer_reserved(30, op, 0);
		run_for(GN_SEC);
	}
	assert_true(sent[BODY(RESERVE)] <= 1);
}

static void a_place_moves_to_another_session(void **state)
{
	struct gn_pk pk = pk_of(2);
	(void)state;
	(void)place(2);
	only(GN_RELAY_RESERVED);
	gn_relay_down(relays[1], &(struct gn_pk){{9}}, session_of(1), now);
	assert_int_equal(relays[1]->reserved.count, 0);
	gn_relay_down(r, &pk, session_of(2), now);
	pump();
	assert_int_equal(relays[1]->reserved.count, 1);
	const struct gn_relay_event *e = only(GN_RELAY_RESERVED);
	assert_int_equal(e->session, session_of(2));
}

static void it_keeps_so_many_places_one_at_each(void **state)
{
	struct gn_pk pk = pk_of(30);
	gn_op op;
	(void)state;
	for (unsigned i = 0; i < RELAY_KEPT; i++)
		(void)place(30 + i);
	assert_int_equal(gn_relay_reserve(r, &pk, false, now, &op), GN_EXISTS);
	pk = pk_of(60);
	assert_int_equal(gn_relay_reserve(r, &pk, false, now, &op), GN_LIMIT);
	pk = pk_of(1);
	assert_int_equal(gn_relay_reserve(r, &pk, false, now, &op), GN_USAGE);
}

/* ---- who calls ---- */

static void an_unknown_circuit_may_be_somebody_who_calls(void **state)
{
	struct gn_relay_to to;
	struct gn_pk two = pk_of(2), three = pk_of(3);
	gn_op op = 0, again;
	(void)state;
	assert_int_equal(packets(r, 2, 77, 1200, 1, &to), GN_RELAY_DROP); /* nothing reserved */
	(void)place(2);
	only(GN_RELAY_RESERVED);
	assert_int_equal(packets(r, 2, 77, 1200, 1, &to), GN_RELAY_CALL);
	assert_int_equal(packets(r, 3, 77, 1200, 1, &to), GN_RELAY_DROP);
	assert_int_equal(count("inbound"), 1);
	assert_int_equal(gn_relay_accept(r, &two, session_of(2), 77, now, &op), GN_OK);
	assert_int_equal(gn_relay_accept(r, &two, session_of(2), 77, now, &again), GN_EXISTS);
	assert_int_equal(packets(r, 2, 77, 1200, 1, &to), GN_RELAY_OURS);
	assert_int_equal(to.op, op);
	none();
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_addr there = addr_of(20);
	struct gn_fb_addr caller = gn_wire_addr(&there, GN_FB_CARRIER_UDP);
	answer(2, 0, BODY(CALLED), &fbb,
	       gn_fb_relay_called_make(&fbb, &(struct gn_fb_relay_called_args){.circuit = 77,
									       .rate = 2048,
									       .burst = 65536,
									       .caller = &caller}));
	const struct gn_relay_event *told = only(GN_RELAY_CALLED);
	assert_true(gn_addr_eq(&told->target, &there));
	assert_int_equal(told->rate.rate, 2048);
	assert_int_equal(told->rate.burst, 65536);
	answer_note(2, 77, 0, WHY(GONE));
	assert_int_equal(only(GN_RELAY_ENDED)->why, WHY(GONE));
	none();
	for (unsigned i = 0; i < RELAY_INBOUND_RELAY; i++)
		assert_int_equal(gn_relay_accept(r, &two, session_of(2), 100 + i, now, &op), GN_OK);
	assert_int_equal(gn_relay_accept(r, &two, session_of(2), 99, now, &op), GN_LIMIT);
	assert_int_equal(count("inbound_full"), 1);
	assert_int_equal(gn_relay_accept(r, &three, session_of(3), 99, now, &op), GN_OK);
	/* a mutual link is a place, too */
	linked_number = 3;
	assert_int_equal(packets(r, 3, 78, 1200, 1, &to), GN_RELAY_CALL);
	assert_int_equal(packets(r, 5, 78, 1200, 1, &to), GN_RELAY_DROP);
	gn_relay_cancel(r, op, now);
	pump();
	assert_int_equal(count_of(relays[2], "close_unknown"), 1);
}

/* ---- bad relays ---- */

static void a_relay_that_was_left_is_not_asked_for_an_hour(void **state)
{
	struct gn_pk two = pk_of(2);
	struct gn_relay_open o = {.relay = two, .target = pk_of(20), .lanes = SMALL};
	gn_op op, kept = place(2), other = place(3);
	(void)state;
	wait_at(2, 20);
	pump();
	take_events(r);
	op = ask(2, 20, SMALL);
	only(GN_RELAY_OPENED);
	gn_relay_leave(r, &two, now);
	pump();
	take_events(r);
	assert_int_equal(event_count, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(events[i].err, GN_DENIED);
		assert_int_equal(events[i].op, events[i].kind == GN_RELAY_ENDED ? op : kept);
	}
	none();
	assert_int_equal(relays[1]->count, 0);
	assert_int_equal(relays[1]->reserved.count, 1); /* 20 */
	assert_int_equal(r->keep_count, 1);
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_DENIED);
	assert_int_equal(gn_relay_reserve(r, &two, false, now, &op), GN_DENIED);
	assert_true(gn_relay_is_bad(r, &two, now + RELAY_BAD_FOR - 1));
	assert_false(gn_relay_is_bad(r, &two, now + RELAY_BAD_FOR));
	now += RELAY_BAD_FOR;
	assert_int_equal(gn_relay_open(r, &o, now, &op), GN_OK);
	assert_int_equal(count("left_bad"), 1);
	(void)other;
	/* so many are remembered */
	for (unsigned i = 0; i <= RELAY_BAD; i++) {
		struct gn_pk pk = pk_of(100 + i);
		gn_relay_leave(r, &pk, now + i);
	}
	struct gn_pk first = pk_of(100), second = pk_of(101);
	assert_false(gn_relay_is_bad(r, &first, now + RELAY_BAD));
	assert_true(gn_relay_is_bad(r, &second, now + RELAY_BAD));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		T(it_opens_a_circuit_and_has_its_packets),
		T(what_is_refused_for_now_is_asked_again),
		T(what_is_not_answered_is_given_up),
		T(answers_are_believed_of_whom_was_asked_alone),
		T(a_number_of_another_circuit_is_not_given_again),
		T(events_keep_their_order_when_they_come_together),
		T(its_circuits_end_with_the_session),
		T(it_holds_so_many_circuits),
		T(a_place_is_renewed_at_half_its_time),
		T(a_place_that_is_lost_is_asked_for_later_and_later),
		T(a_relay_that_reserves_for_no_time_is_not_asked_all_the_time),
		T(a_place_moves_to_another_session),
		T(it_keeps_so_many_places_one_at_each),
		T(an_unknown_circuit_may_be_somebody_who_calls),
		T(a_relay_that_was_left_is_not_asked_for_an_hour),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
