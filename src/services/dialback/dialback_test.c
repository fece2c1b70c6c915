/* What is found equals what the box is; liars, one alone, change nothing; and what a node has to do
 * with others who are lost, busy or gone. Rules RE-40, RE-41. */
#include "services/dialback/testing/nodes.h"

/* Node 0 talks to the three after it, and they to the four after them, whom it does not know. */
static void make(unsigned mapping, unsigned filtering)
{
	begin(8);
	nodes[0].mapping = mapping;
	nodes[0].filtering = filtering;
	for (unsigned i = 1; i < 4; i++) {
		talk(0, i);
		for (unsigned k = 4; k < 8; k++)
			talk(i, k);
	}
}

static struct gn_dialback_result measure(void)
{
	struct gn_dialback_result r;
	assert_true(gn_dialback_now(nodes[0].d, now));
	run_for(DIALBACK_RUN + DIALBACK_SEEN + 20 * GN_MSEC);
	assert_true(gn_dialback_next_event(nodes[0].d, &r));
	assert_false(gn_dialback_is_running(nodes[0].d));
	return r;
}

static void what_is_found_is_what_the_box_is(void **state)
{
	static const struct {
		unsigned mapping, filtering;
		enum gn_dialback_reach reach;
	} kinds[] = {
		{GN_DIALBACK_NONE, GN_DIALBACK_NONE, GN_DIALBACK_REACH_DIRECT},
		{GN_DIALBACK_NONE, GN_DIALBACK_ADDR, GN_DIALBACK_REACH_EASY},
		{GN_DIALBACK_NONE, GN_DIALBACK_PORT, GN_DIALBACK_REACH_EASY},
		{GN_DIALBACK_ADDR, GN_DIALBACK_PORT, GN_DIALBACK_REACH_HARD},
		{GN_DIALBACK_PORT, GN_DIALBACK_PORT, GN_DIALBACK_REACH_HARD},
	};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(kinds); i++) {
		make(kinds[i].mapping, kinds[i].filtering);
		struct gn_dialback_result r = measure();
		assert_int_equal(r.reach, kinds[i].reach);
		assert_int_equal(r.mapping, kinds[i].mapping);
		assert_int_equal(r.filtering, kinds[i].filtering);
		assert_int_equal(r.asked, DIALBACK_ASKED);
		assert_int_equal(r.told, DIALBACK_ASKED);
		assert_true(dialback_same_ip(&r.seen, &nodes[0].addr));
		assert_int_equal(r.proven.port != 0, r.reach == GN_DIALBACK_REACH_DIRECT);
		assert_int_equal(r.why == GN_DIALBACK_WHY_FILTERED,
				 r.reach != GN_DIALBACK_REACH_DIRECT);
		assert_true(bytes_sent <= bytes_said);
		assert_int_equal(count_of(1, "seen_told"), r.mapping > GN_DIALBACK_NONE);
		end(NULL);
	}
}

/* Whose address others must not see has no third send there. */
static void who_hides_asks_nobody(void **state)
{
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	gn_dialback_off(nodes[0].d, true, true);
	assert_false(gn_dialback_now(nodes[0].d, now));
	run_for(2 * DIALBACK_AGAIN);
	assert_int_equal(count_of(0, "asked"), 0);
	gn_dialback_off(nodes[0].d, true, false);
	assert_true(gn_dialback_now(nodes[0].d, now));
	end(NULL);
}

/* Packets of who was sent to come through boxes that let nobody else in. */
static void who_is_known_to_all_is_not_sure(void **state)
{
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_ADDR);
	for (unsigned i = 4; i < 8; i++)
		talk(0, i);
	struct gn_dialback_result r = measure();
	assert_int_equal(r.reach, GN_DIALBACK_REACH_UNKNOWN);
	assert_int_equal(r.why, GN_DIALBACK_WHY_ALL_KNOW);
	assert_int_equal(r.filtering, GN_DIALBACK_UNKNOWN);
	assert_string_equal(gn_dialback_why_text(r.why), "all-know");
	/* what does not come says enough */
	end(NULL);
	make(GN_DIALBACK_NONE, GN_DIALBACK_PORT);
	for (unsigned i = 4; i < 8; i++)
		talk(0, i);
	assert_int_equal(measure().reach, GN_DIALBACK_REACH_EASY);
}

/* In a network where all know each other, newcomers tell: two prefixes of them. */
static void strangers_who_call_prove_it(void **state)
{
	struct gn_addr lan = gn_addr_v4(10, 1, 1, 1, 7), one = gn_addr_v4(99, 1, 1, 1, 7),
		       same = gn_addr_v4(99, 1, 1, 2, 7), two = gn_addr_v4(99, 1, 2, 1, 7);
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	for (unsigned i = 4; i < 8; i++)
		talk(0, i);
	gn_dialback_called(nodes[0].d, &nodes[4].addr, now); /* it was sent to */
	gn_dialback_called(nodes[0].d, &lan, now);
	gn_dialback_called(nodes[0].d, &one, now);
	gn_dialback_called(nodes[0].d, &same, now);
	assert_int_equal(count_of(0, "called"), 1);
	assert_int_equal(measure().why, GN_DIALBACK_WHY_ALL_KNOW);
	gn_dialback_called(nodes[0].d, &two, now);
	assert_true(gn_dialback_deadline(nodes[0].d) <= now + DIALBACK_AGAIN);
	now += DIALBACK_AGAIN;
	struct gn_dialback_result r = measure();
	assert_int_equal(r.reach, GN_DIALBACK_REACH_DIRECT);
	assert_true(gn_addr_eq(&r.proven, &nodes[0].addr));
	now += DIALBACK_CALLED; /* that was long ago */
	for (unsigned i = 1; i < 8; i++)
		gn_dialback_sent(nodes[0].d, &nodes[i].addr, now);
	r = measure();
	assert_int_equal(r.reach, GN_DIALBACK_REACH_UNKNOWN);
	for (unsigned i = 0; i < 2 * DIALBACK_CALLERS; i++) {
		one.ip[14] = (uint8_t)(10 + i);
		gn_dialback_called(nodes[0].d, &one, now);
	}
	assert_int_equal(count_of(0, "called"), 2 + 2 * DIALBACK_CALLERS);
	/* what does not come is worth more */
	end(NULL);
	make(GN_DIALBACK_NONE, GN_DIALBACK_PORT);
	gn_dialback_called(nodes[0].d, &one, now);
	gn_dialback_called(nodes[0].d, &two, now);
	assert_int_equal(measure().reach, GN_DIALBACK_REACH_EASY);
}

/* The owner says which: then any packet proves it. */
static void a_given_address_needs_one(void **state)
{
	uint16_t none[2] = {0};
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	for (unsigned i = 4; i < 8; i++)
		talk(0, i);
	gn_dialback_ports(nodes[0].d, none, &nodes[0].addr);
	struct gn_dialback_result r = measure();
	assert_int_equal(r.reach, GN_DIALBACK_REACH_DIRECT);
	assert_true(gn_addr_eq(&r.proven, &nodes[0].addr));
	end(NULL);
	make(GN_DIALBACK_NONE, GN_DIALBACK_PORT);
	gn_dialback_ports(nodes[0].d, none, &nodes[0].addr);
	assert_int_equal(measure().reach, GN_DIALBACK_REACH_EASY);
}

static void the_port_that_works_is_told(void **state)
{
	uint16_t own[2] = {7999, 8001};
	struct gn_addr given;
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	given = nodes[0].addr;
	given.port = 8002;
	gn_dialback_ports(nodes[0].d, own, &given); /* four, with the one that is seen */
	struct gn_dialback_result r = measure();
	assert_int_equal(nodes[0].d->run.asks[0].ports.count, DIALBACK_PORTS);
	assert_int_equal(r.reach, GN_DIALBACK_REACH_DIRECT);
	assert_int_equal(r.proven.port, 7780);
	assert_true(bytes_sent <= bytes_said);
}

static void nothing_stands_between_nodes_of_one_machine(void **state)
{
	(void)state;
	begin(3);
	for (unsigned i = 0; i < 3; i++)
		nodes[i].addr = gn_addr_v4(127, 0, 0, 1, (uint16_t)(7000 + 10 * i));
	talk(0, 1);
	assert_false(gn_dialback_now(nodes[0].d, now));
	struct gn_dialback_result r;
	assert_true(gn_dialback_next_event(nodes[0].d, &r));
	assert_int_equal(r.reach, GN_DIALBACK_REACH_DIRECT);
	run_for(GN_SEC);
	assert_int_equal(packets, 0);
}

/* Its nodes are met under an address of its own as well, by discovery. */
static void a_machine_is_one_under_all_its_addresses(void **state)
{
	(void)state;
	begin(3);
	nodes[0].addr = nodes[1].addr = gn_addr_v4(127, 0, 0, 1, 7000);
	nodes[2].addr = gn_addr_v4(192, 168, 1, 2, 7002);
	nodes[1].addr.port = 7001;
	nodes[2].here = true;
	talk(0, 1);
	talk(0, 2);
	assert_false(gn_dialback_now(nodes[0].d, now));
	struct gn_dialback_result r;
	assert_true(gn_dialback_next_event(nodes[0].d, &r));
	assert_int_equal(r.reach, GN_DIALBACK_REACH_DIRECT);
}

/* Who is on this machine is asked nothing, though it is linked and all there is beside one. */
static void who_is_here_is_not_asked(void **state)
{
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	for (unsigned i = 1; i < 4; i++)
		nodes[i].here = i != 2;
	assert_false(gn_dialback_now(nodes[0].d, now)); /* one alone cannot agree with another */
	nodes[1].here = false;
	assert_true(gn_dialback_now(nodes[0].d, now));
	for (unsigned i = 0; i < nodes[0].d->run.count; i++)
		assert_false(number_of(&nodes[0].d->run.asks[i].key) == 3);
}

/* ---- liars ---- */

static void one_who_has_nobody_send_changes_nothing(void **state)
{
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	nodes[2].liar = true;
	struct gn_dialback_result r = measure();
	assert_int_equal(r.reach, GN_DIALBACK_REACH_DIRECT);
	assert_int_equal(r.came, DIALBACK_AGREE);
	end(NULL);
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	nodes[2].liar = nodes[1].liar = true;
	assert_int_equal(measure().reach, GN_DIALBACK_REACH_EASY); /* two of three are believed */
}

static void inject(unsigned ask, const struct gn_addr *from, uint8_t kind)
{
	uint8_t bytes[GN_DIALBACK_BYTES] = {GN_DIALBACK_BYTE};
	gn_put_be64(bytes + 1, nodes[0].d->run.asks[ask].nonce);
	bytes[9] = kind;
	gn_dialback_packet(nodes[0].d, from, false, GN_SLICE(bytes), now);
}

/* As if it came through: from one whom one S has chosen, from S itself, from the own network. */
static void one_alone_makes_nobody_direct(void **state)
{
	struct gn_addr strange = gn_addr_v4(99, 1, 1, 1, 5), lan = gn_addr_v4(192, 168, 1, 9, 5);
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_PORT);
	assert_true(gn_dialback_now(nodes[0].d, now));
	run_for(50 * GN_MSEC);
	inject(0, &strange, 1);
	inject(0, &strange, 1);
	for (unsigned i = 0; i < DIALBACK_ASKED; i++) {
		struct gn_addr s = nodes[0].d->run.asks[i].addr;
		s.port = 99;
		inject(i, &s, 1);
		inject(i, &lan, 1);
	}
	assert_int_equal(count_of(0, "packet_from"), DIALBACK_ASKED);
	assert_int_equal(count_of(0, "packet_local"), DIALBACK_ASKED);
	inject(1, &strange, 2); /* those are S's alone */
	inject(1, &strange, 3);
	assert_int_equal(count_of(0, "packet_from"), DIALBACK_ASKED + 2);
	run_for(DIALBACK_RUN);
	struct gn_dialback_result r;
	assert_true(gn_dialback_next_event(nodes[0].d, &r));
	assert_int_equal(r.came, 1);
	assert_int_equal(r.reach, GN_DIALBACK_REACH_EASY);
	inject(0, &strange, 1); /* nothing is waited for any more */
	assert_int_equal(count_of(0, "packet_unknown"), 1);
}

static void what_is_no_packet_is_counted(void **state)
{
	uint8_t bytes[GN_DIALBACK_BYTES + 1] = {GN_DIALBACK_BYTE};
	struct gn_addr from = addr_of(3);
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	for (unsigned i = 0; i <= 6; i++) { /* 1 to 3 and 5 are of nobody, 0 and 6 of no kind */
		bytes[9] = (uint8_t)i;
		gn_dialback_packet(nodes[0].d, &from, false, gn_slice(bytes, GN_DIALBACK_BYTES),
				   now);
	}
	assert_int_equal(count_of(0, "packet_bad"), 3);
	assert_int_equal(count_of(0, "packet_unknown"), 4);
	bytes[9] = 1;
	gn_dialback_packet(nodes[0].d, &from, false, GN_SLICE(bytes), now);
	gn_dialback_packet(nodes[0].d, &from, false, gn_slice(bytes, 9), now);
	gn_dialback_packet(nodes[0].d, &from, false, gn_slice(bytes, 0), now);
	bytes[9] = 4;
	gn_dialback_packet(nodes[0].d, &from, true, gn_slice(bytes, GN_DIALBACK_BYTES), now);
	assert_int_equal(count_of(0, "packet_bad"), 6);
	assert_int_equal(count_of(0, "packet_unknown"), 5);
	assert_int_equal(count_of(0, "packets_in"), 11);
}

/* ---- others who are lost, busy or gone ---- */

static void who_does_not_answer_is_replaced(void **state)
{
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	for (unsigned i = 4; i < 6; i++)
		for (unsigned k = 8; k-- > 6;)
			talk(i, k);
	talk(0, 4);
	talk(0, 5);
	nodes[1].mute = nodes[4].mute = true;
	struct gn_dialback_result r = measure();
	assert_int_equal(r.reach, GN_DIALBACK_REACH_DIRECT);
	assert_true(r.asked <= DIALBACK_TRIES);
	/* who asks the same again within a minute is refused by each */
	now += 10 * GN_SEC;
	nodes[0].d->last.at = 0;
	r = measure();
	assert_int_equal(r.reach, GN_DIALBACK_REACH_UNKNOWN);
	assert_int_equal(r.why, GN_DIALBACK_WHY_NOBODY);
	assert_true(count_of(0, "refused") >= 3);
	assert_true(count_of(0, "lost") >= 1);
}

static void a_third_that_does_not_answer_is_replaced(void **state)
{
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	nodes[4].mute = nodes[5].mute = true;
	for (unsigned i = 1; i < 4; i++)
		nodes[i].talks[7] = false;
	measure();
	for (unsigned i = 1; i < 4; i++)
		assert_int_equal(count_of(i, "served"), 1);
	uint64_t asked = count_of(4, "messages_in") + count_of(5, "messages_in");
	assert_int_equal(asked, 0);
	assert_true(count_of(6, "for_done") > 0 || count_of(1, "served_none") > 0);
}

static void nobody_is_there(void **state)
{
	struct gn_dialback_result r;
	(void)state;
	begin(4);
	assert_false(gn_dialback_now(nodes[0].d, now));
	talk(0, 1);
	assert_false(gn_dialback_now(nodes[0].d, now)); /* two must agree */
	gn_dialback_last(nodes[0].d, &r);
	assert_int_equal(r.why, GN_DIALBACK_WHY_NEVER);
	talk(0, 2);
	r = measure(); /* they know nobody else */
	assert_int_equal(r.why, GN_DIALBACK_WHY_NOBODY);
	assert_int_equal(r.told, 0);
	assert_int_equal(count_of(1, "served_none"), 1);
}

static void it_is_measured_again(void **state)
{
	(void)state;
	make(GN_DIALBACK_NONE, GN_DIALBACK_NONE);
	gn_dialback_changed(nodes[0].d, now);
	run_for(DIALBACK_SOON + 20 * GN_MSEC);
	assert_int_equal(count_of(0, "runs"), 1);
	run_for(DIALBACK_RUN);
	now += DIALBACK_EVERY - DIALBACK_RUN - 100 * GN_MSEC;
	run_for(50 * GN_MSEC);
	assert_int_equal(count_of(0, "runs"), 1);
	run_for(DIALBACK_RUN + 100 * GN_MSEC);
	assert_int_equal(count_of(0, "runs"), 2);
	/* not sooner after a change than those asked would answer */
	gn_time at = nodes[0].d->last.at;
	gn_dialback_changed(nodes[0].d, now);
	assert_true(gn_dialback_deadline(nodes[0].d) <= at + DIALBACK_S_KEY_APART + GN_SEC);
	assert_false(gn_dialback_now(nodes[0].d, now));
	now = at + DIALBACK_AGAIN;
	assert_true(gn_dialback_now(nodes[0].d, now));
	assert_true(gn_dialback_now(nodes[0].d, now)); /* it is under way */
}

/* What brought nothing is tried again, later each time; while nobody is there, looked for. */
static void nothing_found_is_tried_later(void **state)
{
	(void)state;
	begin(4);
	nodes[0].d->due = now;
	run_for(DIALBACK_LOOK + GN_SEC);
	assert_int_equal(count_of(0, "runs"), 0);
	talk(0, 1);
	talk(0, 2);
	run_for(DIALBACK_LOOK);
	assert_int_equal(count_of(0, "runs"), 1);
	run_for(DIALBACK_RUN);
	assert_true(nodes[0].d->due <= now + DIALBACK_AGAIN);
	now += DIALBACK_AGAIN;
	run_for(DIALBACK_RUN);
	assert_int_equal(count_of(0, "runs"), 2);
	assert_true(nodes[0].d->due > now + DIALBACK_AGAIN);
}

/* Whom it has sent to is remembered, long enough and not for ever; mistakes are few. */
static void who_was_sent_to_is_known(void **state)
{
	static struct dialback_met m;
	unsigned wrong = 0;
	(void)state;
	begin(1);
	m.seed = 5;
	for (unsigned i = 0; i < 2000; i++) {
		struct gn_addr a = addr_of(i);
		dialback_met_put(&m, &a, now);
	}
	assert_true(DIALBACK_MET_BITS >= 32 * 2000);
	for (unsigned i = 0; i < 2000; i++) {
		struct gn_addr a = addr_of(i), b = addr_of(5000 + i);
		assert_true(dialback_met_has(&m, &a, now + DIALBACK_MET_FOR));
		wrong += dialback_met_has(&m, &b, now);
	}
	assert_true(wrong < 40);
	struct gn_addr old = addr_of(0), young = addr_of(9000);
	dialback_met_put(&m, &young, now + DIALBACK_MET_FOR);
	assert_true(dialback_met_has(&m, &old, now + DIALBACK_MET_FOR));
	dialback_met_put(&m, &young, now + 2 * DIALBACK_MET_FOR);
	assert_false(dialback_met_has(&m, &old, now + 2 * DIALBACK_MET_FOR));
	assert_false(dialback_met_has(&m, &young, now + 4 * DIALBACK_MET_FOR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_what_the_box_is),
		cmocka_unit_test(who_hides_asks_nobody),
		cmocka_unit_test_teardown(who_is_known_to_all_is_not_sure, end),
		cmocka_unit_test_teardown(strangers_who_call_prove_it, end),
		cmocka_unit_test_teardown(a_given_address_needs_one, end),
		cmocka_unit_test_teardown(the_port_that_works_is_told, end),
		cmocka_unit_test_teardown(nothing_stands_between_nodes_of_one_machine, end),
		cmocka_unit_test_teardown(a_machine_is_one_under_all_its_addresses, end),
		cmocka_unit_test_teardown(who_is_here_is_not_asked, end),
		cmocka_unit_test_teardown(one_who_has_nobody_send_changes_nothing, end),
		cmocka_unit_test_teardown(one_alone_makes_nobody_direct, end),
		cmocka_unit_test_teardown(what_is_no_packet_is_counted, end),
		cmocka_unit_test_teardown(who_does_not_answer_is_replaced, end),
		cmocka_unit_test_teardown(a_third_that_does_not_answer_is_replaced, end),
		cmocka_unit_test_teardown(nobody_is_there, end),
		cmocka_unit_test_teardown(it_is_measured_again, end),
		cmocka_unit_test_teardown(nothing_found_is_tried_later, end),
		cmocka_unit_test_teardown(who_was_sent_to_is_known, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
