/* Lines, policies, statuses: each rule at its limit and one past it. */
#include "ledger/engine_int.h"
#include "ledger/testing/one_hub.h"

enum { A, B, C, D, E };

static int setup(void **state)
{
	(void)state;
	return one_hub(8, 5);
}

static gn_err avoid(unsigned from, unsigned to, const char *amount, const char *constraints)
{
	char tx_id[32];
	return hub_pay_with(&h, from, to, "UAH", amount, constraints, tx_id);
}

/* LG-8, LG-9, LG-11 */
static void test_lines_change_only_as_allowed(void **state)
{
	(void)state;
	char body[256], id[GN_LINE_ID_LEN + 1];
	trust(B, A, "100.00", NULL);
	assert_int_equal(hub_trust(&h, B, A, "UAH", "50.00", NULL), GN_EXISTS);
	assert_int_equal(hub_trust(&h, B, B, "UAH", "50.00", NULL), GN_USAGE);
	assert_int_equal(hub_trust(&h, B, C, "EUR", "50.00", NULL), GN_NOT_FOUND);
	assert_int_equal(pay(A, B, "60.00"), GN_OK);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"limit\":\"59.99\""), GN_LINE_LIMIT);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"limit\":\"60.00\""), GN_OK);
	assert_int_equal(hub_shut(&h, 0, B, A, false), GN_STATE);
	hub_line_id(&h, 0, B, A, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\"}", id);
	assert_int_equal(hub_do(&h, A, GN_OP_LINE_CLOSE, body, NULL), GN_DENIED); /* not his line */
	assert_int_equal(hub_change(&h, 0, B, A, ",\"limit\":\"61.00\""), GN_OK);
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"version\":2}", id);
	/* an old version */
	assert_int_equal(hub_do(&h, B, GN_OP_LINE_CLOSE, body, NULL), GN_CONFLICT);
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"limit\":\"62.00\",\"version\":3}", id);
	assert_int_equal(hub_do(&h, B, GN_OP_LINE_UPDATE, body, NULL), GN_OK); /* the present one */
	assert_int_equal(hub_do(&h, B, GN_OP_LINE_UPDATE, body, NULL), GN_CONFLICT);
	assert_int_equal(pay(B, A, "60.00"), GN_OK);
	assert_int_equal(hub_shut(&h, 0, B, A, false), GN_OK);
	assert_int_equal(hub_shut(&h, 0, B, A, false), GN_INACTIVE);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"limit\":\"1.00\""), GN_INACTIVE);
	assert_int_equal(hub_do(&h, B, GN_OP_LINE_CLOSE,
				"{\"id\":\"00000063-0000-8000-8000-000000000001\"}", NULL),
			 GN_NOT_FOUND);
	trust(B, A, "5.00", NULL);
}

/* LG-11: words that say whose line they mean fit no other. */
static void test_a_change_says_whose_line_it_means(void **state)
{
	(void)state;
	char rest[256], body[512], id[GN_LINE_ID_LEN + 1];
	assert_int_equal(hub_equivalent(&h, "HOUR", 2, true), GN_OK);
	trust(B, A, "100.00", NULL);
	trust(B, C, "10.00", NULL);
	hub_line_id(&h, 0, B, A, id);
	const char *const to[] = {h.pid[C], h.pid[A], "X"}, *const unit[] = {"UAH", "HOUR", "uah"};
	for (unsigned i = 0; i < 9; i++) {
		const char *who = to[i % 3], *what = unit[i / 3];
		gn_err want = i == 1 ? GN_OK : GN_CONFLICT;
		snprintf(body, sizeof body,
			 "{\"equivalent\":\"%s\",\"id\":\"%s\",\"limit\":\"90.00\",\"to\":\"%s\"}",
			 what, id, who);
		assert_int_equal(hub_do(&h, B, GN_OP_LINE_UPDATE, body, NULL), want);
		snprintf(body, sizeof body, "{\"equivalent\":\"%s\",\"id\":\"%s\",\"to\":\"%s\"}",
			 what, id, who);
		if (want)
			assert_int_equal(hub_do(&h, B, GN_OP_LINE_CLOSE, body, NULL), want);
	}
	/* either alone */
	snprintf(rest, sizeof rest, ",\"limit\":\"80.00\",\"to\":\"%s\"", h.pid[A]);
	assert_int_equal(hub_change(&h, 0, B, A, rest), GN_OK);
	assert_int_equal(hub_do(&h, B, GN_OP_LINE_CLOSE, body, NULL), GN_CONFLICT);
	snprintf(body, sizeof body, "{\"equivalent\":\"UAH\",\"id\":\"%s\",\"to\":\"%s\"}", id,
		 h.pid[A]);
	assert_int_equal(hub_do(&h, B, GN_OP_LINE_CLOSE, body, NULL), GN_OK);
}

/* LG-20 */
static void test_amounts_out_of_form_change_nothing(void **state)
{
	(void)state;
	static const char *bad[] = {"-1",
				    "0",
				    "0.00",
				    "1.001",
				    "100.000",
				    "1e2",
				    "1E2",
				    "01",
				    " 1",
				    "1 ",
				    "+1",
				    "NaN",
				    "9999999999999999999",
				    "10000000000000000.01",
				    ""};
	trust(B, A, "100.00", NULL);
	struct gn_hash before = hub_hash(&h), after;
	for (size_t i = 0; i < GN_COUNT(bad); i++) {
		gn_err err = pay(A, B, bad[i]);
		assert_int_equal(err, GN_AMOUNT);
		assert_string_equal(gn_ledger_code(err), "E009");
		err = hub_trust(&h, C, A, "UAH",
				strcmp(bad[i], "0") != 0 && strcmp(bad[i], "0.00") != 0 ? bad[i]
											: "x",
				NULL);
		assert_int_equal(err, GN_AMOUNT);
	}
	after = hub_hash(&h);
	assert_memory_equal(before.b, after.b, 32);
	trust(C, A, "0", NULL); /* a limit of nothing is a limit */
}

/* LG-10 */
static void test_the_suspended_and_the_inactive(void **state)
{
	(void)state;
	trust(B, A, "100.00", NULL);
	trust(C, B, "100.00", NULL);
	assert_int_equal(pay(A, C, "10.00"), GN_OK);
	assert_int_equal(hub_status(&h, B, GN_PARTICIPANT_SUSPENDED), GN_OK);
	assert_int_equal(pay(A, C, "1.00"), GN_NO_CAPACITY); /* not routed over */
	assert_int_equal(pay(A, B, "1.00"), GN_INACTIVE);    /* nor paid */
	assert_int_equal(pay(B, C, "1.00"), GN_INACTIVE);    /* nor paying */
	assert_int_equal(hub_change(&h, 0, B, A, ",\"limit\":\"50.00\""), GN_INACTIVE);
	assert_int_equal(hub_trust(&h, A, B, "UAH", "1.00", NULL), GN_INACTIVE);
	/* with debts nobody leaves */
	assert_int_equal(hub_status(&h, B, GN_PARTICIPANT_LEFT), GN_STATE);
	assert_int_equal(hub_status(&h, B, GN_PARTICIPANT_ACTIVE), GN_OK);
	assert_int_equal(pay(A, C, "1.00"), GN_OK);
	assert_int_equal(hub_equivalent(&h, "UAH", 2, false), GN_OK);
	assert_int_equal(pay(A, C, "1.00"), GN_NO_CAPACITY);
	assert_int_equal(pay(C, A, "11.00"), GN_OK); /* netting goes on */
	assert_int_equal(hub_trust(&h, D, A, "UAH", "1.00", NULL), GN_INACTIVE);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"limit\":\"200.00\""), GN_INACTIVE);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"limit\":\"20.00\""), GN_OK);
	assert_int_equal(hub_shut(&h, 0, B, A, false), GN_OK);
	assert_int_equal(hub_status(&h, A, GN_PARTICIPANT_LEFT), GN_OK);
	/* precision stands while there are pairs */
	assert_int_equal(hub_equivalent(&h, "UAH", 3, true), GN_STATE);
}

/* LG-64, LG-10 */
static void test_who_owes_and_is_owed_nothing_may_leave(void **state)
{
	(void)state;
	trust(A, B, "100.00", NULL);
	/* his own line is open */
	assert_int_equal(hub_do(&h, A, GN_OP_LEAVE, "{}", NULL), GN_STATE);
	assert_int_equal(pay(B, A, "10.00"), GN_OK);
	assert_int_equal(hub_do(&h, B, GN_OP_LEAVE, "{}", NULL), GN_STATE); /* he owes */
	assert_int_equal(hub_shut(&h, 0, A, B, true), GN_OK);
	assert_int_equal(hub_do(&h, A, GN_OP_LEAVE, "{}", NULL), GN_STATE); /* he is owed */
	assert_int_equal(pay(A, B, "10.00"), GN_OK);
	trust(C, A, "5.00", NULL); /* another's line holds nobody */
	assert_int_equal(hub_do(&h, A, GN_OP_LEAVE, "{\"reason\":\"x\"}", NULL), GN_UNSUPPORTED);
	assert_int_equal(hub_do(&h, A, GN_OP_LEAVE, "{}", NULL), GN_OK);
	struct gn_ledger_participant p;
	assert_int_equal(gn_ledger_participant(h.l, A, &p), GN_OK);
	assert_int_equal(p.status, GN_PARTICIPANT_LEFT);
	assert_int_equal(hub_do(&h, A, GN_OP_LEAVE, "{}", NULL), GN_INACTIVE);
	assert_int_equal(pay(A, C, "1.00"), GN_INACTIVE);
	assert_int_equal(pay(C, A, "1.00"), GN_INACTIVE);
	assert_int_equal(hub_trust(&h, B, A, "UAH", "1.00", NULL), GN_INACTIVE);
	/* what others gave him they take back */
	assert_int_equal(hub_shut(&h, 0, C, A, false), GN_OK);
	/* an officer lets him in again */
	assert_int_equal(hub_status(&h, A, GN_PARTICIPANT_ACTIVE), GN_OK);
	assert_int_equal(hub_do(&h, A, GN_OP_LEAVE, "{}", NULL), GN_OK);
	trust(B, C, "1.00", NULL);
	assert_int_equal(hub_status(&h, B, GN_PARTICIPANT_DELETED), GN_STATE);
	assert_int_equal(hub_shut(&h, 0, B, C, false), GN_OK);
	assert_int_equal(hub_status(&h, B, GN_PARTICIPANT_DELETED), GN_OK);
	assert_int_equal(hub_status(&h, B, GN_PARTICIPANT_ACTIVE), GN_STATE); /* that is for good */
	struct gn_hash before = hub_hash(&h), after;
	hub_close(&h);
	hub_open(&h);
	after = hub_hash(&h);
	assert_memory_equal(before.b, after.b, 32);
}

/* LG-65 */
static void test_who_asked_for_a_verification_is_recorded(void **state)
{
	(void)state;
	struct gn_ledger_admin a = {
		.kind = GN_ADMIN_VERIFY, .pk = h.key[A].pk, .code = GN_LIT("UAH")};
	uint64_t before = gn_ledger_seq(h.l);
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
	assert_int_equal(hub_outcome(&h, h.ticket)->err, GN_OK);
	a.code = GN_LIT("");
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
	a.code = GN_LIT("EUR");
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_NOT_FOUND);
	a.code = GN_LIT("UAH");
	a.pk.b[0] ^= 1; /* a stranger */
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_NOT_FOUND);
	assert_int_equal(gn_ledger_seq(h.l), before + 2);
	struct gn_hash hash = hub_hash(&h), after;
	hub_run(&h);
	hub_close(&h);
	hub_open(&h);
	after = hub_hash(&h);
	assert_memory_equal(hash.b, after.b, 32);
}

static void test_frozen_lines_take_repayment_only(void **state)
{
	(void)state;
	struct gn_ledger_admin a = {.kind = GN_ADMIN_DISPUTE,
				    .code = GN_LIT("UAH"),
				    .active = true,
				    .who = {.reason = GN_LIT("quarrel")}};
	trust(B, A, "100.00", NULL);
	assert_int_equal(pay(A, B, "60.00"), GN_OK);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"status\":\"frozen\""), GN_OK);
	assert_int_equal(pay(A, B, "1.00"), GN_NO_CAPACITY);
	assert_int_equal(pay(B, A, "10.00"), GN_OK);
	assert_int_equal(gn_pid_parse(gn_str(h.pid[B]), &a.pid), GN_OK);
	assert_int_equal(gn_pid_parse(gn_str(h.pid[A]), &a.pid2), GN_OK);
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"status\":\"active\""), GN_OK);
	/* the officer's freeze is not his to lift */
	assert_int_equal(pay(A, B, "1.00"), GN_NO_CAPACITY);
	a.active = false;
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
	assert_int_equal(pay(A, B, "1.00"), GN_OK);
}

/* LG-14 */
static void test_who_will_not_stand_in_the_middle(void **state)
{
	(void)state;
	trust(B, A, "100.00", "{\"can_be_intermediate\":false}");
	trust(C, B, "100.00", NULL);
	assert_int_equal(pay(A, C, "1.00"), GN_NO_CAPACITY);
	assert_int_equal(pay(A, B, "1.00"), GN_OK);
	assert_int_equal(pay(B, C, "1.00"), GN_OK);
	assert_int_equal(hub_change(&h, 0, B, A, ",\"policy\":{}"), GN_OK);
	assert_int_equal(pay(A, C, "1.00"), GN_OK);
	assert_int_equal(hub_change(&h, 0, C, B, ",\"policy\":{\"can_be_intermediate\":false}"),
			 GN_OK);
	assert_int_equal(pay(A, C, "1.00"), GN_OK); /* C is the payee, not in the middle */
	trust(D, C, "100.00", NULL);
	assert_int_equal(pay(A, D, "1.00"), GN_NO_CAPACITY);
}

/* LG-15 */
static void test_hop_usage_bounds_one_payment(void **state)
{
	(void)state;
	trust(B, A, "100.00", "{\"max_hop_usage\":\"10.00\"}");
	trust(C, B, "100.00", NULL);
	assert_int_equal(pay(A, C, "10.01"), GN_NO_CAPACITY);
	assert_int_equal(pay(A, C, "10.00"), GN_OK);
	assert_int_equal(pay(A, C, "10.00"), GN_OK); /* each payment anew */
	assert_int_equal(pay(A, B, "50.00"), GN_OK); /* as an end he is not bound */
	assert_int_equal(hub_change(&h, 0, B, A, ",\"policy\":{\"max_hop_usage\":\"0\"}"), GN_OK);
	assert_int_equal(pay(A, C, "0.01"), GN_NO_CAPACITY);
}

/* LG-16 */
static void test_daily_limit_counts_a_utc_day(void **state)
{
	(void)state;
	h.now = (HUB_START / (86400 * GN_SEC) + 1) * 86400 * GN_SEC;
	trust(B, A, "1000.00", "{\"daily_limit\":\"100.00\"}");
	assert_int_equal(pay(A, B, "100.01"), GN_NO_CAPACITY);
	assert_int_equal(pay(A, B, "60.00"), GN_OK);
	assert_int_equal(pay(A, B, "40.01"), GN_NO_CAPACITY);
	h.now += 86400 * GN_SEC - 1;
	assert_int_equal(pay(A, B, "40.00"), GN_OK);
	assert_int_equal(pay(A, B, "0.01"), GN_NO_CAPACITY);
	struct gn_ledger_line line;
	assert_int_equal(gn_ledger_line(h.l, 0, B, A, &line), GN_OK);
	assert_int_equal(line.used_today, 10000);
	h.now += 1;
	assert_int_equal(pay(A, B, "100.00"), GN_OK);
	assert_int_equal(pay(B, A, "200.00"), GN_OK); /* the other direction is not counted */
	assert_int_equal(pay(A, B, "0.01"), GN_NO_CAPACITY);
}

static void test_daily_limit_is_given_back_on_abort(void **state)
{
	(void)state;
	char tx[32];
	trust(B, A, "1000.00", "{\"ask\":true,\"daily_limit\":\"100.00\"}");
	assert_int_equal(hub_pay_with(&h, A, B, "UAH", "100.00", NULL, tx), GN_OK);
	assert_int_equal(pay(A, B, "0.01"), GN_NO_CAPACITY); /* counted when prepared */
	assert_int_equal(hub_vote(&h, B, A, tx, false), GN_OK);
	assert_int_equal(hub_pay_with(&h, A, B, "UAH", "100.00", NULL, tx), GN_OK);
}

/* LG-17 */
static void test_blocked_people_are_walked_around(void **state)
{
	(void)state;
	char policy[256];
	snprintf(policy, sizeof policy, "{\"blocked_participants\":[\"%s\"]}", h.pid[B]);
	trust(B, A, "100.00", NULL);
	trust(C, B, "100.00", NULL);
	trust(D, C, "100.00", policy); /* nothing that came through B */
	assert_int_equal(pay(A, C, "1.00"), GN_OK);
	assert_int_equal(pay(A, D, "1.00"), GN_NO_CAPACITY);
	assert_int_equal(pay(B, D, "1.00"), GN_OK); /* as payer he is not in the middle */
	trust(E, A, "100.00", NULL);
	trust(C, E, "100.00", NULL);
	assert_int_equal(pay(A, D, "1.00"), GN_OK); /* around him */
	assert_int_equal(hub_debt(&h, 0, A, E), 100);
	trust(D, B, "1.00", NULL);
	assert_int_equal(pay(A, D, "1.00"), GN_OK); /* or over the line that does not mind */
}

static void test_constraints_of_the_payer(void **state)
{
	(void)state;
	char constraints[256];
	trust(B, A, "100.00", NULL);
	trust(C, B, "100.00", NULL);
	trust(D, C, "100.00", NULL);
	/* there is a chain */
	assert_int_equal(avoid(A, D, "1.00", "{\"max_hops\":2}"), GN_NO_CAPACITY);
	assert_int_equal(avoid(A, D, "1.00", "{\"max_hops\":3}"), GN_OK);
	snprintf(constraints, sizeof constraints, "{\"avoid\":[\"%s\"]}", h.pid[B]);
	assert_int_equal(avoid(A, D, "1.00", constraints), GN_NO_CAPACITY);
	trust(E, A, "60.00", NULL);
	trust(D, E, "60.00", NULL);
	assert_int_equal(avoid(A, D, "60.00", constraints), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, E), 6000);
	assert_int_equal(pay(D, A, "60.00"), GN_OK);
	assert_int_equal(avoid(A, D, "120.00", "{\"max_paths\":1}"), GN_NO_CAPACITY);
	assert_int_equal(avoid(A, D, "120.00", "{\"max_paths\":2}"), GN_OK);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
		T(test_lines_change_only_as_allowed),
		T(test_a_change_says_whose_line_it_means),
		T(test_amounts_out_of_form_change_nothing),
		T(test_the_suspended_and_the_inactive),
		T(test_who_owes_and_is_owed_nothing_may_leave),
		T(test_who_asked_for_a_verification_is_recorded),
		T(test_frozen_lines_take_repayment_only),
		T(test_who_will_not_stand_in_the_middle),
		T(test_hop_usage_bounds_one_payment),
		T(test_daily_limit_counts_a_utc_day),
		T(test_daily_limit_is_given_back_on_abort),
		T(test_blocked_people_are_walked_around),
		T(test_constraints_of_the_payer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
