/* What a node does for others: each bound at it and one past it, as S and as T, against who asks
 * often, from many keys, for others' addresses or for too little. Rule RE-40. */
#include "services/dialback/testing/nodes.h"

#define ASKER 100 /* number of the first key that is nobody's */

/* Node 0 talks to five others. */
static int start(void **state)
{
	(void)state;
	begin(6);
	for (unsigned i = 1; i < 6; i++)
		talk(0, i);
	clear();
	return 0;
}

static struct dn_ask ask_from(unsigned n)
{
	return (struct dn_ask){.from = ASKER + n, .at = addr_of(ASKER + n), .ports = 1};
}

static bool is_served(const struct dn_ask *a)
{
	clear();
	(void)!say(a);
	bool refused = false;
	struct gn_overlay_message m;
	while (gn_dialback_next_message(nodes[0].d, &m)) {
		if (number_of(&m.to.pk) >= node_count)
			hear_nobody(&m);
		refused = refused || said[BODY(REFUSED)] > 0;
	}
	return !refused && count_of(0, "messages_bad") == 0;
}

static void what_is_asked_is_bounded(void **state)
{
	struct dn_ask a = ask_from(0);
	(void)state;
	a.ports = DIALBACK_PORTS;
	a.known = DIALBACK_KNOWN;
	assert_true(is_served(&a));
	a = ask_from(1);
	a.ports = DIALBACK_PORTS + 1;
	(void)!say(&a);
	a.ports = 0;
	(void)!say(&a);
	a.ports = 1;
	a.known = DIALBACK_KNOWN + 1;
	(void)!say(&a);
	a.known = 0;
	a.no_number = true;
	(void)!say(&a);
	assert_int_equal(count_of(0, "messages_bad"), 4);
	assert_int_equal(count_of(0, "served"), 1);
	a.for_other = true;
	a.to = addr_of(999);
	(void)!say(&a);
	assert_int_equal(count_of(0, "messages_bad"), 5);
	/* longer than any message */
	struct gn_pk pk = pk_of(ASKER);
	assert_int_equal(gn_dialback_recv(nodes[0].d, &pk, &a.at,
					  gn_slice(storage, DIALBACK_MESSAGE + 1), now),
			 GN_TOO_LARGE);
	pk = pk_of(0); /* a session with ourselves leads nowhere */
	assert_int_equal(gn_dialback_recv(nodes[0].d, &pk, &a.at, gn_slice(storage, 9), now),
			 GN_DENIED);
}

static void a_key_asks_once_a_minute(void **state)
{
	struct dn_ask a = ask_from(0);
	(void)state;
	assert_true(is_served(&a));
	now += DIALBACK_S_KEY_APART - 1;
	a.at = addr_of(500); /* wherever it is */
	assert_false(is_served(&a));
	assert_int_equal(last_code, gn_wire_code(GN_QUOTA));
	assert_int_equal(count_of(0, "serve_key"), 1);
	assert_int_equal(last_retry, 0); /* less than a millisecond */
	now += 1;
	assert_true(is_served(&a));
}

static void one_a_second_and_few_at_once(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= DIALBACK_S_BURST; i++) {
		struct dn_ask a = ask_from(i);
		assert_int_equal(is_served(&a), i < DIALBACK_S_BURST);
	}
	assert_int_equal(count_of(0, "serve_busy"), 1);
	assert_int_equal(last_retry, DIALBACK_S_APART / GN_MSEC);
	now += DIALBACK_S_APART;
	struct dn_ask a = ask_from(50), b = ask_from(51);
	assert_true(is_served(&a));
	assert_false(is_served(&b));
}

static void a_prefix_has_its_part(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= DIALBACK_S_NET_BURST; i++) {
		struct dn_ask a = ask_from(i);
		a.at = gn_addr_v4(77, 1, 1, (uint8_t)(1 + i), 9);
		assert_int_equal(is_served(&a), i < DIALBACK_S_NET_BURST);
	}
	assert_int_equal(count_of(0, "serve_net"), 1);
	assert_int_equal(last_retry, DIALBACK_S_NET_APART / GN_MSEC);
	struct dn_ask other = ask_from(60);
	assert_true(is_served(&other)); /* they have taken nothing of others */
}

/* One a second for ever, and nobody's answer comes: the places are enough, and one more is none. */
static void places_are_bounded(void **state)
{
	unsigned n = 0;
	(void)state;
	for (unsigned i = 1; i < 6; i++)
		nodes[i].mute = true;
	for (; n < DIALBACK_S_BURST + 30; n++) {
		struct dn_ask a = ask_from(n);
		(void)!say(&a);
		if (n >= DIALBACK_S_BURST - 1)
			run_for(DIALBACK_S_APART);
	}
	assert_int_equal(count_of(0, "served"), n);
	assert_int_equal(count_of(0, "serve_full"), 0);
	for (unsigned i = 0; i < DIALBACK_SERVED; i++)
		nodes[0].d->served[i] = (struct dialback_served){
			.taken = true, .told = true, .until = now + DIALBACK_SERVED_FOR};
	struct dn_ask a = ask_from(n);
	assert_false(is_served(&a));
	assert_int_equal(count_of(0, "serve_full"), 1);
	nodes[0].d->served[DIALBACK_SERVED - 1].taken = false;
	nodes[0].d->served[DIALBACK_SERVED - 1].told = false;
	assert_true(is_served(&a));
}

static void who_is_somewhere_else_is_refused(void **state)
{
	struct dn_ask a = ask_from(0), b = ask_from(1), c = ask_from(2);
	(void)state;
	a.at = (struct gn_addr){.port = 0}; /* by a relay */
	assert_false(is_served(&a));
	assert_int_equal(count_of(0, "serve_relayed"), 1);
	b.shorter = 1;
	assert_false(is_served(&b));
	assert_int_equal(last_code, gn_wire_code(GN_MALFORMED));
	assert_int_equal(count_of(0, "serve_short"), 1);
	nodes[0].d->cfg.off = true;
	assert_false(is_served(&c));
	assert_int_equal(count_of(0, "serve_off"), 1);
	c.for_other = true;
	c.to = addr_of(999);
	assert_false(is_served(&c));
	assert_int_equal(count_of(0, "for_off"), 1);
}

/* S sends to where the session is, whatever is asked. */
static void nothing_goes_to_others(void **state)
{
	struct dn_ask a = ask_from(0);
	struct gn_dialback_out p;
	unsigned n = 0;
	(void)state;
	assert_true(is_served(&a));
	for (unsigned i = 0; i < DIALBACK_TIMES; i++, now += DIALBACK_APART)
		for (; gn_dialback_next_packet(nodes[0].d, &p, now); n++)
			assert_true(gn_addr_eq(&p.to, &a.at));
	assert_int_equal(n, 2 * DIALBACK_TIMES);
	assert_int_equal(nodes[0].d->job_count, 0);
}

/* ---- T ---- */

static struct dn_ask for_other(unsigned s, unsigned target)
{
	struct dn_ask a = ask_from(s);
	a.for_other = true;
	a.to = addr_of(2000 + target);
	return a;
}

static void each_s_has_its_part_of_t(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= DIALBACK_T_KEY_BURST; i++) {
		struct dn_ask a = for_other(0, i);
		assert_int_equal(is_served(&a), i < DIALBACK_T_KEY_BURST);
	}
	assert_int_equal(count_of(0, "for_key"), 1);
	assert_int_equal(last_retry, DIALBACK_T_KEY_APART / GN_MSEC);
	for (unsigned i = 0; i <= DIALBACK_T_BURST - DIALBACK_T_KEY_BURST; i++) {
		struct dn_ask a = for_other(1 + i, 50 + i);
		assert_int_equal(is_served(&a), i < DIALBACK_T_BURST - DIALBACK_T_KEY_BURST);
	}
	assert_int_equal(count_of(0, "for_busy"), 1);
	assert_int_equal(last_retry, DIALBACK_T_APART / GN_MSEC);
}

/* Whoever asks, and for whichever addresses there. */
static void nobody_is_flooded(void **state)
{
	uint64_t went = 0;
	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		struct dn_ask a = for_other(i, 0);
		a.to.ip[15] = (uint8_t)(1 + i);
		went += is_served(&a);
		assert_true(i > 0 || went == 1);
		assert_int_equal(i == DIALBACK_T_NET_BURST - 1 ? went : DIALBACK_T_NET_BURST,
				 DIALBACK_T_NET_BURST);
		now += GN_SEC;
	}
	/* as many as at once, and one in each DIALBACK_T_NET_APART of a minute */
	assert_true(went <= DIALBACK_T_NET_BURST + 60 * GN_SEC / DIALBACK_T_NET_APART);
	assert_true(count_of(0, "for_net") >= 50);
}

static void what_t_sends_is_less_than_what_asked_for_it(void **state)
{
	struct dn_ask a = for_other(0, 0);
	struct gn_dialback_out p;
	uint64_t out = 0;
	(void)state;
	a.ports = DIALBACK_PORTS;
	assert_true(is_served(&a));
	for (unsigned i = 0; i < 2 * DIALBACK_TIMES; i++, now += DIALBACK_APART)
		while (gn_dialback_next_packet(nodes[0].d, &p, now)) {
			assert_true(dialback_same_ip(&p.to, &a.to) && p.second);
			assert_int_equal(p.bytes[9], 1);
			out += DIALBACK_WIRE;
		}
	assert_int_equal(out, DIALBACK_WIRE * DIALBACK_TIMES * DIALBACK_PORTS);
	struct dn_ask b = for_other(1, 1);
	b.shorter = 1;
	assert_false(is_served(&b));
	assert_int_equal(count_of(0, "for_short"), 1);
	assert_int_equal(count_of(0, "for_done"), 1);
}

static void some_addresses_are_nobodys(void **state)
{
	static const uint8_t bad[][4] = {{127, 0, 0, 1}, {10, 1, 2, 3},  {192, 168, 1, 1},
					 {0, 0, 0, 0},   {224, 0, 0, 1}, {255, 255, 255, 255}};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(bad); i++) {
		struct dn_ask a = for_other(i, 0);
		a.to = gn_addr_v4(bad[i][0], bad[i][1], bad[i][2], bad[i][3], 53);
		assert_false(is_served(&a));
		now += GN_SEC;
	}
	assert_int_equal(count_of(0, "for_local"), GN_COUNT(bad));
	struct dn_ask a = for_other(20, 0), six = for_other(21, 0);
	a.to.port = 0;
	assert_false(is_served(&a));
	six.to = (struct gn_addr){.ip = {0xff, 2}, .port = 9};
	assert_false(is_served(&six));
	six.to.ip[0] = 0;
	assert_false(is_served(&six));
	/* who is in a private network itself may mean it */
	struct dn_ask lan = for_other(22, 0);
	lan.at = gn_addr_v4(192, 168, 1, 7, 7780);
	lan.to = gn_addr_v4(192, 168, 1, 8, 7780);
	assert_true(is_served(&lan));
	lan.to = gn_addr_v4(127, 0, 0, 1, 7780);
	assert_false(is_served(&lan));
}

/* ---- room ---- */

static void jobs_are_bounded(void **state)
{
	struct dialback_job job = {.to = addr_of(1), .ports.count = 1, .kind = 1};
	(void)state;
	for (unsigned i = 0; i < DIALBACK_JOBS; i++)
		assert_true(dialback_job_add(nodes[0].d, &job));
	assert_false(dialback_job_add(nodes[0].d, &job));
	assert_int_equal(count_of(0, "jobs_full"), 1);
	struct dn_ask a = for_other(0, 0);
	assert_false(is_served(&a));
	assert_int_equal(last_code, gn_wire_code(GN_BUSY));
	run_for(GN_SEC);
	assert_int_equal(count_of(0, "packets_out"), DIALBACK_JOBS * DIALBACK_TIMES);
}

static void gates_are_bounded(void **state)
{
	struct dialback_gate g;
	(void)state;
	dialback_gate_init(&g, &nodes[0].d->env, GN_SEC, 1);
	for (uint64_t i = 0; i < DIALBACK_GATE; i++)
		assert_true(dialback_gate_take(&g, i, now));
	assert_false(dialback_gate_take(&g, DIALBACK_GATE, now));
	assert_true(dialback_gate_at(&g, 0, now) == now + GN_SEC);
	assert_true(dialback_gate_take(&g, DIALBACK_GATE, now + GN_SEC)); /* those are full */
	dialback_gate_fini(&g);
	/* what is let through of all in a minute fits */
	assert_true(DIALBACK_S_KEY_APART / DIALBACK_S_APART + DIALBACK_S_BURST <= DIALBACK_GATE);
	assert_true(DIALBACK_T_NET_BURST * DIALBACK_T_NET_APART / DIALBACK_T_APART / 2 <=
		    DIALBACK_GATE);
}

/* Nobody takes what is said: it is dropped, and nothing grows. */
static void what_waits_is_bounded(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		struct dn_ask a = ask_from(0);
		(void)!say(&a);
	}
	assert_true(count_of(0, "control_dropped") > 0);
	assert_true(mem.used < 6 * sizeof(struct gn_dialback) + 2 * DIALBACK_CONTROL_BYTES);
	pump();
	assert_true(count_of(0, "messages_out") > 10);
	assert_true(count_of(0, "messages_in") >= 1000);
}

static void without_memory_it_goes_on(void **state)
{
	(void)state;
	for (unsigned i = 1; i < 12; i++) {
		struct dn_ask a = ask_from(i);
		mem.fail_at = i;
		(void)!say(&a);
		mem.fail_at = 0;
		run_for(5 * GN_SEC);
		gn_dialback_validate(nodes[0].d);
	}
	assert_true(count_of(0, "nomem") > 0);
	struct gn_alloc none;
	struct gn_dialback *d;
	struct gn_env env = {&none, &rnd, NULL};
	gn_alloc_heap(&none, 64);
	assert_int_equal(gn_dialback_new(&env, &nodes[0].d->cfg, now, &d), GN_NOMEM);
}

/* Answers of whom nothing was asked, or for another. */
static void answers_count_for_who_was_asked(void **state)
{
	struct dialback_from from = {.who.pk = pk_of(70), .request = 5};
	struct dn_ask a = ask_from(0);
	(void)state;
	dialback_third_answered(nodes[0].d, &from, true);
	assert_false(dialback_run_refused(nodes[0].d, &from));
	assert_true(is_served(&a));
	from.request = nodes[0].d->served[0].third_request;
	dialback_third_answered(nodes[0].d, &from, true); /* it was not asked */
	assert_int_equal(count_of(0, "unasked"), 2);
	assert_false(nodes[0].d->served[0].told);
	/* after DIALBACK_T_TRIES of them the asker is told that there is nobody */
	for (unsigned i = 0; i < DIALBACK_T_TRIES; i++) {
		assert_int_equal(nodes[0].d->served[0].third_count, i + 1);
		now += DIALBACK_T_ANSWER;
		gn_dialback_tick(nodes[0].d, now);
	}
	assert_int_equal(count_of(0, "served_none"), 1);
	assert_true(nodes[0].d->served[0].told);
	now += DIALBACK_SERVED_FOR;
	gn_dialback_tick(nodes[0].d, now);
	assert_false(nodes[0].d->served[0].taken);
}

/* The whole fits into what netcheck has: 5 s. */
static void a_measurement_is_short(void **state)
{
	(void)state;
	assert_true(DIALBACK_RUN + DIALBACK_SEEN < 5 * GN_SEC);
	assert_true(DIALBACK_ANSWER + DIALBACK_WAIT <= DIALBACK_RUN);
	assert_true(DIALBACK_T_TRIES * DIALBACK_T_ANSWER <= DIALBACK_ANSWER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_asked_is_bounded, start, end),
		cmocka_unit_test_setup_teardown(a_key_asks_once_a_minute, start, end),
		cmocka_unit_test_setup_teardown(one_a_second_and_few_at_once, start, end),
		cmocka_unit_test_setup_teardown(a_prefix_has_its_part, start, end),
		cmocka_unit_test_setup_teardown(places_are_bounded, start, end),
		cmocka_unit_test_setup_teardown(who_is_somewhere_else_is_refused, start, end),
		cmocka_unit_test_setup_teardown(nothing_goes_to_others, start, end),
		cmocka_unit_test_setup_teardown(each_s_has_its_part_of_t, start, end),
		cmocka_unit_test_setup_teardown(nobody_is_flooded, start, end),
		cmocka_unit_test_setup_teardown(what_t_sends_is_less_than_what_asked_for_it, start,
						end),
		cmocka_unit_test_setup_teardown(some_addresses_are_nobodys, start, end),
		cmocka_unit_test_setup_teardown(jobs_are_bounded, start, end),
		cmocka_unit_test_setup_teardown(gates_are_bounded, start, end),
		cmocka_unit_test_setup_teardown(what_waits_is_bounded, start, end),
		cmocka_unit_test_setup_teardown(without_memory_it_goes_on, start, end),
		cmocka_unit_test_setup_teardown(answers_count_for_who_was_asked, start, end),
		cmocka_unit_test_setup_teardown(a_measurement_is_short, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
