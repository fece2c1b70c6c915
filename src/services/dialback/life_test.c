/* How long a quiet flow lives in a box (RE-22): found to ten seconds, whatever it is; liars, and
 * what others may make a node do. */
#include "services/dialback/testing/nodes.h"

static struct gn_dialback_life found(unsigned i)
{
	struct gn_dialback_life l;
	gn_dialback_life(nodes[i].d, &l);
	return l;
}

static void run_to_the_end(unsigned i)
{
	for (unsigned k = 0; k < 3000 && found(i).why == GN_DIALBACK_LIFE_RUNNING; k++)
		run_for(GN_SEC);
}

static void a_lifetime_is_found(void **state)
{
	(void)state;
	static const unsigned lifetimes[] = {3, 12, 25, 31, 40, 59, 61, 100, 125, 180, 239};
	for (size_t i = 0; i < GN_COUNT(lifetimes); i++) {
		begin(2);
		talk(0, 1);
		nodes[0].lifetime = lifetimes[i] * GN_SEC;
		assert_true(gn_dialback_life_start(nodes[0].d, now));
		run_to_the_end(0);
		struct gn_dialback_life l = found(0), e;
		assert_int_equal(l.why, GN_DIALBACK_LIFE_KNOWN);
		assert_true(gn_dialback_life_event(nodes[0].d, &e));
		assert_false(gn_dialback_life_event(nodes[0].d, &e));
		if (lifetimes[i] >= 10)
			assert_in_range(l.lifetime, (lifetimes[i] - 10) * GN_SEC,
					nodes[0].lifetime);
		assert_in_range(l.lifetime, GN_SEC, 10 * GN_SEC + nodes[0].lifetime);
		assert_true(l.at > 0 && l.at <= now);
		end(NULL);
	}
	begin(2); /* it forgets nothing */
	talk(0, 1);
	assert_true(gn_dialback_life_start(nodes[0].d, now));
	assert_true(gn_dialback_life_start(nodes[0].d, now)); /* the same one */
	run_to_the_end(0);
	assert_int_equal(found(0).lifetime, DIALBACK_LIFE_MOST);
	assert_int_equal(count_of(0, "life_runs"), 1);
	end(NULL);
}

static void who_does_not_answer_is_passed_over(void **state)
{
	(void)state;
	begin(3);
	assert_false(gn_dialback_life_start(nodes[0].d, now));
	assert_int_equal(found(0).why, GN_DIALBACK_LIFE_NOBODY);
	talk(0, 1);
	talk(0, 2);
	nodes[1].mute = true;
	nodes[0].lifetime = 40 * GN_SEC;
	for (unsigned i = 0; i < 4; i++) {
		assert_true(gn_dialback_life_start(nodes[0].d, now));
		run_to_the_end(0);
		assert_int_equal(found(0).why, GN_DIALBACK_LIFE_KNOWN);
	}
	nodes[2].mute = true;
	assert_true(gn_dialback_life_start(nodes[0].d, now));
	run_to_the_end(0);
	assert_int_equal(found(0).why, GN_DIALBACK_LIFE_NOBODY);
	end(NULL);
}

/* As many times as there are steps, then halves, each by DIALBACK_LIFE_OPEN, its time, and at most
 * DIALBACK_LIFE_LATE; a place that was asked for is given again after DIALBACK_HOLD_KEY_APART. */
static void a_run_takes_its_time(void **state)
{
	(void)state;
	begin(2);
	talk(0, 1);
	gn_time began = now, least = 30 + 60 + 120 + 240, slack = DIALBACK_LIFE_OPEN;
	assert_true(gn_dialback_life_start(nodes[0].d, now));
	run_to_the_end(0);
	slack = DIALBACK_LIFE_STEPS * (slack + DIALBACK_LIFE_LATE) + GN_SEC;
	assert_in_range(now - began, least * GN_SEC, least * GN_SEC + slack);
	assert_int_equal(count_of(1, "held"), DIALBACK_LIFE_STEPS);
	assert_true(DIALBACK_LIFE_OPEN > 2 * GN_SEC); /* what Linux wants of a flow that lasts */
	end(NULL);
	begin(2);
	talk(0, 1);
	nodes[0].lifetime = 30 * GN_SEC + DIALBACK_LIFE_EXACT / 2;
	assert_true(gn_dialback_life_start(nodes[0].d, now));
	run_to_the_end(0);
	assert_in_range(nodes[0].d->life.failed - nodes[0].d->life.passed, 1, DIALBACK_LIFE_EXACT);
	end(NULL);
}

/* Packets 5 that nobody answers: DIALBACK_LIFE_SENDS of them, DIALBACK_LIFE_REPLY apart. And
 * DIALBACK_LIFE_ASKS nodes are asked, and no more. */
static void nobody_answers(void **state)
{
	(void)state;
	begin(2);
	talk(0, 1);
	assert_true(gn_dialback_life_start(nodes[0].d, now));
	for (unsigned i = 0; i < 8; i++)
		pump();
	struct gn_dialback_out p;
	unsigned sent = 0;
	nodes[1].addr.port++; /* it is elsewhere: nothing comes */
	gn_time began = now;
	while (found(0).why == GN_DIALBACK_LIFE_RUNNING && now < began + 60 * GN_SEC) {
		gn_dialback_tick(nodes[0].d, now);
		while (gn_dialback_next_packet(nodes[0].d, &p, now))
			sent += p.spare;
		now += 10 * GN_MSEC;
	}
	assert_int_equal(found(0).why, GN_DIALBACK_LIFE_LOST);
	assert_int_equal(sent, DIALBACK_LIFE_SENDS);
	assert_in_range(now - began, DIALBACK_LIFE_SENDS * DIALBACK_LIFE_REPLY,
			DIALBACK_LIFE_SENDS * DIALBACK_LIFE_REPLY + GN_SEC);
	end(NULL);
	begin(DIALBACK_LIFE_ASKS + 2);
	for (unsigned i = 1; i < node_count; i++) {
		talk(0, i);
		nodes[i].mute = true;
	}
	assert_true(gn_dialback_life_start(nodes[0].d, now));
	run_to_the_end(0);
	assert_int_equal(found(0).why, GN_DIALBACK_LIFE_NOBODY);
	assert_int_equal(count_of(0, "lost"), DIALBACK_LIFE_ASKS);
	end(NULL);
}

/* DIALBACK_LIFE_RUNS in DIALBACK_LIFE_DAY, and one more. */
static void six_a_day(void **state)
{
	(void)state;
	begin(2);
	talk(0, 1);
	nodes[0].lifetime = 12 * GN_SEC;
	gn_time first = now;
	for (unsigned i = 0; i < DIALBACK_LIFE_RUNS; i++) {
		assert_true(gn_dialback_life_start(nodes[0].d, now));
		run_to_the_end(0);
	}
	assert_false(gn_dialback_life_start(nodes[0].d, now));
	assert_int_equal(found(0).why, GN_DIALBACK_LIFE_LIMIT);
	now = first + DIALBACK_LIFE_DAY - 1;
	assert_false(gn_dialback_life_start(nodes[0].d, now));
	now++;
	assert_true(gn_dialback_life_start(nodes[0].d, now));
	gn_dialback_life_stop(nodes[0].d, now); /* another network */
	assert_int_equal(found(0).why, GN_DIALBACK_LIFE_NEVER);
	end(NULL);
}

static void packet(unsigned kind, const struct gn_addr *from, uint64_t nonce)
{
	uint8_t bytes[GN_DIALBACK_BYTES] = {GN_DIALBACK_BYTE};
	gn_put_be64(bytes + 1, nonce);
	bytes[9] = (uint8_t)kind;
	gn_dialback_life_packet(nodes[0].d, from, GN_SLICE(bytes), now);
}

static void until_quiet(void)
{
	for (unsigned k = 0; k < 3000 && nodes[0].d->life.state != LIFE_QUIET; k++)
		run_for(10 * GN_MSEC);
	assert_int_equal(nodes[0].d->life.state, LIFE_QUIET);
}

/* It can make a lifetime shorter than it is, and not longer. */
static void a_liar_cannot_make_it_longer(void **state)
{
	(void)state;
	for (unsigned kind = 6; kind <= 7; kind++) {
		begin(2);
		talk(0, 1);
		nodes[0].lifetime = 40 * GN_SEC;
		assert_true(gn_dialback_life_start(nodes[0].d, now));
		until_quiet();
		uint64_t nonce = nodes[0].d->life.nonce;
		struct gn_addr other = nodes[1].addr;
		other.port++;
		run_for(10 * GN_SEC);
		packet(7, &other, nonce); /* from elsewhere, of another time, of no kind */
		packet(7, &nodes[1].addr, nonce + 1);
		packet(5, &nodes[1].addr, nonce);
		assert_int_equal(nodes[0].d->life.state, LIFE_QUIET);
		packet(kind, &nodes[1].addr, nonce);
		assert_int_equal(found(0).why, GN_DIALBACK_LIFE_LOST);
		assert_int_equal(count_of(0, "life_lied"), 1);
		end(NULL);
	}
}

/* ---- what others may make node 0 do ---- */

static uint8_t hold(unsigned from, const struct gn_addr *at, uint32_t after_ms, size_t pad)
{
	static const uint8_t zeros[DIALBACK_MESSAGE];
	static uint64_t number = 5000;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_pk pk = pk_of(from);
	struct gn_slice bytes;
	struct gn_fb_dial_hold_args h = {
		.nonce = from, .after_ms = after_ms, .pad = gn_slice(zeros, pad)};
	struct gn_fb_dial_frame_args args = {
		.request = ++number, .body_type = BODY(HOLD), .body = gn_fb_dial_hold_make(&b, &h)};
	gn_err err = gn_fbb_finish(&b, gn_fb_dial_frame_make(&b, &args),
				   GN_FB_DIAL_FRAME_IDENTIFIER, &bytes);
	assert_int_equal(err, GN_OK);
	clear();
	assert_int_equal(gn_dialback_recv(nodes[0].d, &pk, at, bytes, now), GN_OK);
	pump();
	return last_type;
}

static void places_are_few(void **state)
{
	(void)state;
	const size_t pad = (size_t)DIALBACK_WIRE * DIALBACK_TIMES;
	const uint32_t most = (uint32_t)(DIALBACK_LIFE_MOST / GN_MSEC);
	struct gn_addr none = {.port = 0};
	begin(1);
	assert_int_equal(hold(100, &none, 1000, pad), BODY(REFUSED));
	struct gn_addr at = addr_of(100);
	assert_int_equal(hold(100, &at, 1000, 0), BODY(REFUSED));
	assert_int_equal(hold(100, &at, most + 1, pad), BODY(REFUSED));
	assert_int_equal(count_of(0, "hold_refused"), 3);
	for (unsigned i = 0; i < DIALBACK_HOLD_KEY_BURST; i++)
		assert_int_equal(hold(100, &at, most, pad), BODY(HELD));
	assert_int_equal(hold(100, &at, most, pad), BODY(REFUSED));
	assert_int_equal(count_of(0, "hold_often"), 1);
	assert_int_equal(last_retry, DIALBACK_HOLD_KEY_APART / GN_MSEC);
	/* one place of the key; more of its prefix, up to their share */
	for (unsigned i = 1; i < DIALBACK_HOLDS_NET; i++)
		assert_int_equal(hold(100 + i, &at, most, pad), BODY(HELD));
	assert_int_equal(hold(99, &at, most, pad), BODY(REFUSED));
	assert_int_equal(count_of(0, "hold_full"), 1);
	for (unsigned i = DIALBACK_HOLDS_NET; i < DIALBACK_HOLDS; i++) {
		struct gn_addr other = gn_addr_v4(30, (uint8_t)i, 0, 1, 7780);
		assert_int_equal(hold(200 + i, &other, most, pad), BODY(HELD));
	}
	struct gn_addr last = gn_addr_v4(31, 1, 0, 1, 7780);
	assert_int_equal(hold(300, &last, most, pad), BODY(REFUSED));
	assert_int_equal(count_of(0, "hold_full"), 2);
	run_for(DIALBACK_HOLD_OPEN +
		GN_SEC); /* nobody sent a packet 5: all are free, none answered */
	assert_int_equal(hold(300, &last, most, pad), BODY(HELD));
	assert_int_equal(count_of(0, "packets_out"), 0);
	end(NULL);
}

/* Packets go to the IP of the session alone, no more than came, but for the three at the end. */
static void nothing_is_multiplied(void **state)
{
	(void)state;
	const size_t pad = (size_t)DIALBACK_WIRE * DIALBACK_TIMES;
	struct gn_addr at = addr_of(100), other = addr_of(200);
	uint8_t bytes[GN_DIALBACK_BYTES] = {GN_DIALBACK_BYTE};
	begin(1);
	gn_put_be64(bytes + 1, 100);
	bytes[9] = 5;
	assert_int_equal(hold(100, &at, 1000, pad), BODY(HELD));
	gn_dialback_packet(nodes[0].d, &other, false, GN_SLICE(bytes), now);
	assert_int_equal(count_of(0, "packet_unknown"), 1);
	for (unsigned i = 0; i < 3 * DIALBACK_HOLD_PACKETS; i++)
		gn_dialback_packet(nodes[0].d, &at, false, GN_SLICE(bytes), now);
	run_for(5 * GN_SEC);
	assert_int_equal(count_of(0, "packets_out"), DIALBACK_HOLD_PACKETS + DIALBACK_TIMES);
	end(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lifetime_is_found),
		cmocka_unit_test(who_does_not_answer_is_passed_over),
		cmocka_unit_test(a_run_takes_its_time),
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(six_a_day),
		cmocka_unit_test(a_liar_cannot_make_it_longer),
		cmocka_unit_test(places_are_few),
		cmocka_unit_test(nothing_is_multiplied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
