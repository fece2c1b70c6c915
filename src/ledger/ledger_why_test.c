/* Explanations of what cannot be paid: true when they are followed. */
#include "ledger/engine_int.h"
#include "ledger/testing/one_hub.h"

#define CROWD 20

static int setup(void **state)
{
	(void)state;
	return one_hub(9, CROWD);
}

static const char *name(void *user, uint32_t participant)
{
	static char names[8][8];
	static unsigned at;
	(void)user;
	at = (at + 1) % 8;
	snprintf(names[at], sizeof names[at], "P%u", participant);
	return names[at];
}

static void test_failure_says_who_would_have_to_raise_what(void **state)
{
	(void)state;
	struct gn_ledger_why why;
	uint8_t storage[1024];
	struct gn_buf text = {storage, 0, sizeof storage};
	trust(1, 0, "100.00", NULL);
	trust(2, 1, "40.00", NULL);
	assert_int_equal(gn_ledger_why(h.l, 0, 0, 2, 10000, &why), GN_OK);
	assert_true(why.max_flow == 4000 && why.can_pay == 4000 && why.connected);
	assert_true(why.cut_count == 1 && why.cut[0].owner == 2 && why.cut[0].debtor == 1 &&
		    why.cut[0].limit == 4000);
	assert_true(why.raise_count == 1 && why.raises_suffice);
	assert_true(why.raises[0].owner == 2 && why.raises[0].debtor == 1 &&
		    why.raises[0].raise == 6000);
	assert_int_equal(gn_ledger_why_text(h.l, 0, 0, 2, 10000, &why, name, NULL, &text), GN_OK);
	storage[text.len] = 0;
	assert_string_equal((char *)storage, "P0 can pay P2 at most 40.00 UAH of the 100.00 UAH "
					     "asked for. The way is closed where P1 owes P2 0.00 "
					     "UAH of at most "
					     "40.00 UAH. It would go through if P2 let P1 owe "
					     "60.00 UAH more (now up to 40.00 UAH).");
	text.len = 0;
	text.cap = 50;
	assert_int_equal(gn_ledger_why_text(h.l, 0, 0, 2, 10000, &why, name, NULL, &text),
			 GN_TOO_LARGE);
	assert_int_equal(text.len, 0);
	/* between others, in words for the payer: why, not whose or how much */
	gn_ledger_why_for(&why, 0);
	text.len = 0;
	text.cap = sizeof storage - 1;
	assert_int_equal(gn_ledger_why_text(h.l, 0, 0, 2, 10000, &why, name, NULL, &text), GN_OK);
	storage[text.len] = 0;
	assert_true(why.cut_count == 0 && why.raise_count == 0 &&
		    why.elsewhere[GN_CAUSE_FULL] == 1 && why.raises_elsewhere == 1 &&
		    why.cut_total == 1);
	assert_string_equal((char *)storage, "P0 can pay P2 at most 40.00 UAH of the 100.00 UAH "
					     "asked for. Between others: a trust line has too "
					     "little left. It would go "
					     "through if 1 line between others were raised.");
	/* the record says the same */
	char tx[32], body[1024];
	uint64_t ticket;
	struct gn_record_view r;
	snprintf(tx, sizeof tx, "why-1");
	hub_payment_body(&h, 2, "UAH", "100.00", NULL, tx, body);
	h.hold = true;
	assert_int_equal(hub_send(&h, 0, GN_OP_PAYMENT, body, tx, &ticket), GN_OK);
	gn_ledger_tick(h.l, h.now);
	while (hub_step(&h))
		;
	struct gn_ledger_event e;
	while (gn_ledger_next_event(h.l, &e) && e.kind != GN_LEDGER_RESULT)
		;
	assert_int_equal(e.err, GN_NO_CAPACITY);
	assert_int_equal(e.state, GN_TX_ABORTED);
	assert_int_equal(gn_ledger_record(e.record, e.seq, &r), GN_OK);
	assert_true(r.type == GN_REC_FAILED && r.u.failed.available == 4000 &&
		    r.u.failed.raise_count == 1 && r.u.failed.code == 2);
	struct gn_hop line;
	gn_amount raise;
	assert_true(gn_rec_next_raise(&r.u.failed.raises, &line, &raise));
	assert_int_equal(raise, 6000);
	h.durable = gn_ledger_durable_seq(h.l);
	h.hold = false;
	hub_run(&h);
	assert_int_equal(gn_ledger_why(h.l, 0, 0, 3, 100, &why), GN_OK);
	assert_false(why.connected);
}

/* 0 pays 2 over 1; `why` names what closes the way and advises no raise that would not open it. */
static void closed_by(enum gn_ledger_cause cause, uint32_t owner, uint32_t debtor, uint32_t by,
		      const char *words)
{
	struct gn_ledger_why why;
	uint8_t storage[1024];
	struct gn_buf text = {storage, 0, sizeof storage - 1};
	assert_int_equal(gn_ledger_why(h.l, 0, 0, 2, 1000, &why), GN_OK);
	assert_int_equal(why.max_flow, 0);
	assert_int_equal(why.cut_count, 1);
	assert_string_equal(gn_ledger_cause_name(why.cut[0].cause), gn_ledger_cause_name(cause));
	assert_true(why.cut[0].owner == owner && why.cut[0].debtor == debtor &&
		    why.cut[0].by == by);
	assert_int_equal(why.raise_count, 0);
	assert_int_equal(gn_ledger_why_text(h.l, 0, 0, 2, 1000, &why, name, NULL, &text), GN_OK);
	storage[text.len] = 0;
	if (!strstr((char *)storage, words))
		fail_msg("'%s' says nothing of '%s'", (char *)storage, words);
}

static void test_failure_names_the_policy_that_is_in_the_way(void **state)
{
	(void)state;
	trust(1, 0, "100.00", NULL);
	trust(2, 1, "100.00", NULL);
	assert_int_equal(hub_change(&h, 0, 2, 1, ",\"status\":\"frozen\""), GN_OK);
	closed_by(GN_CAUSE_FROZEN, 2, 1, 2, "the line from P2 to P1 is frozen");
	assert_int_equal(hub_change(&h, 0, 2, 1,
				    ",\"policy\":{\"daily_limit\":\"0.00\"},\"status\":\"active\""),
			 GN_OK);
	closed_by(GN_CAUSE_DAILY, 2, 1, 2, "moves no more than its limit of the day");
	assert_int_equal(hub_change(&h, 0, 2, 1, ",\"policy\":{}"), GN_OK);
	assert_int_equal(hub_change(&h, 0, 1, 0, ",\"policy\":{\"max_hop_usage\":\"0.00\"}"),
			 GN_OK);
	closed_by(GN_CAUSE_HOP, 1, 0, 1, "limits what one payment may move");
	assert_int_equal(hub_change(&h, 0, 1, 0, ",\"policy\":{\"can_be_intermediate\":false}"),
			 GN_OK);
	closed_by(GN_CAUSE_NO_MIDDLE, 1, 0, 1, "P1 does not pass on payments of others");
	assert_int_equal(hub_change(&h, 0, 1, 0, ",\"policy\":{}"), GN_OK);
	assert_int_equal(hub_status(&h, 1, GN_PARTICIPANT_SUSPENDED), GN_OK);
	closed_by(GN_CAUSE_SUSPENDED, 1, 0, 1, "P1 is suspended");
	assert_int_equal(hub_status(&h, 1, GN_PARTICIPANT_ACTIVE), GN_OK);
	assert_int_equal(hub_equivalent(&h, "UAH", 2, false), GN_OK);
	closed_by(GN_CAUSE_INACTIVE, 1, 0, 1, "UAH takes no new debt");
}

/* A raise is advised over a line with a policy as far as the policy allows it, and no further. */
static void test_raises_keep_to_policies(void **state)
{
	(void)state;
	struct gn_ledger_why why;
	trust(1, 0, "100.00", NULL);
	assert_int_equal(hub_trust(&h, 2, 1, "UAH", "40.00", "{\"daily_limit\":\"60.00\"}"), GN_OK);
	assert_int_equal(gn_ledger_why(h.l, 0, 0, 2, 6000, &why), GN_OK);
	assert_true(why.raises_suffice && why.raise_count == 1 && why.raises[0].raise == 2000);
	assert_int_equal(hub_change(&h, 0, 2, 1, ",\"limit\":\"60.00\""), GN_OK);
	assert_int_equal(pay(0, 2, "60.00"), GN_OK); /* and so it was */
	assert_int_equal(gn_ledger_why(h.l, 0, 0, 2, 1, &why), GN_OK);
	assert_true(!why.raises_suffice && why.raise_count == 0);
}

/* Whatever is explained in random graphs: following the advice makes it true, in max-flow mode
 * exactly. */
static void test_raises_that_are_advised_suffice(void **state)
{
	(void)state;
	char limit[24], amount[24];
	unsigned followed = 0;
	hub_routing(&h, 6, 3, true, false);
	for (unsigned i = 0; i < 60; i++) {
		unsigned a = (unsigned)gn_rand_below(&h.rand, CROWD),
			 b = (unsigned)gn_rand_below(&h.rand, CROWD);
		hub_money(1 + (gn_amount)gn_rand_below(&h.rand, 5000), limit);
		(void)!hub_trust(&h, a, b, "UAH", limit, NULL);
	}
	for (unsigned i = 0; i < 60; i++) {
		unsigned a = (unsigned)gn_rand_below(&h.rand, CROWD),
			 b = (unsigned)gn_rand_below(&h.rand, CROWD);
		gn_amount v = 1 + (gn_amount)gn_rand_below(&h.rand, 20000);
		struct gn_ledger_why why;
		if (a == b)
			continue;
		assert_int_equal(gn_ledger_why(h.l, 0, a, b, v, &why), GN_OK);
		hub_money(v, amount);
		gn_err err = pay(a, b, amount);
		assert_int_equal(err == GN_OK, why.max_flow >= v);
		if (err == GN_OK || !why.raises_suffice)
			continue;
		gn_amount_sum advised = 0;
		for (unsigned k = 0; k < why.raise_count; k++) {
			char rest[64];
			hub_money(why.raises[k].limit + why.raises[k].raise, limit);
			snprintf(rest, sizeof rest, ",\"limit\":\"%s\"", limit);
			assert_int_equal(
				hub_change(&h, 0, why.raises[k].owner, why.raises[k].debtor, rest),
				GN_OK);
			advised += why.raises[k].raise;
		}
		assert_true(advised >= v - why.max_flow);
		assert_int_equal(pay(a, b, amount), GN_OK);
		followed++;
	}
	assert_true(followed > 5);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
		T(test_failure_says_who_would_have_to_raise_what),
		T(test_failure_names_the_policy_that_is_in_the_way),
		T(test_raises_keep_to_policies),
		T(test_raises_that_are_advised_suffice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
