/* Lines, policies, statuses, profiles: each rule at its limit and one past it. */
#include "ledger/engine_int.h"
#include "ledger/testing/hub.h"

static struct hub h;
enum { A, B, C, D, E };

static int setup(void **state)
{
	(void)state;
	hub_init(&h, 8);
	hub_open_with(&h, 5);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gn_ledger_validate(h.l);
	hub_fini(&h);
	return 0;
}

static void trust(unsigned from, unsigned to, const char *limit, const char *policy)
{
	assert_int_equal(hub_trust(&h, from, to, "UAH", limit, policy), GN_OK);
}

static gn_err pay(unsigned from, unsigned to, const char *amount)
{
	return hub_pay(&h, from, to, "UAH", amount);
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
				strcmp(bad[i], "0") && strcmp(bad[i], "0.00") ? bad[i] : "x", NULL);
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

/* ---- profiles ---- */

static gn_err send0(unsigned who, enum gn_op_kind kind, const char *body, bool good)
{
	struct gn_ledger_request r = {.profile = GN_PROFILE_V0,
				      .kind = kind,
				      .signer = h.key[who].pk,
				      .bytes = gn_str(body)};
	gn_op_sign(&h.key[good ? who : who + 1], r.bytes, &r.sig);
	GN_TRY(gn_ledger_submit(h.l, &r, ++h.ticket, h.now));
	return hub_outcome(&h, h.ticket)->err;
}

static void allow_v0(bool on)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_SETTINGS};
	gn_ledger_settings_default(&a.settings);
	a.settings.accept_v0 = on;
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
	hub_run(&h);
}

/* LG-22 */
static void test_v0_is_off_and_its_bytes_work_once(void **state)
{
	(void)state;
	char create[512], update[512], body[1024], id[GN_LINE_ID_LEN + 1], pk[45];
	snprintf(create, sizeof create,
		 "{\"equivalent\":\"UAH\",\"limit\":\"100.00\",\"to\":\"%s\"}", h.pid[A]);
	assert_int_equal(send0(B, GN_OP_LINE_CREATE, create, true), GN_DENIED);
	allow_v0(true);
	assert_int_equal(send0(B, GN_OP_LINE_CREATE, create, false), GN_SIGNATURE);
	assert_int_equal(send0(B, GN_OP_LINE_CREATE, create, true), GN_OK);
	hub_line_id(&h, 0, B, A, id);
	snprintf(update, sizeof update, "{\"id\":\"%s\",\"limit\":\"50.00\"}", id);
	assert_int_equal(send0(B, GN_OP_LINE_UPDATE, update, true), GN_OK);
	hub_line_id(&h, 0, B, A, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"limit\":\"80.00\"}", id);
	assert_int_equal(send0(B, GN_OP_LINE_UPDATE, body, true), GN_OK);
	/* captured and sent again */
	assert_int_equal(send0(B, GN_OP_LINE_UPDATE, update, true), GN_CONFLICT);
	hub_line_id(&h, 0, B, A, id);
	snprintf(body, sizeof body, "{\"id\":\"%s\"}", id);
	assert_int_equal(send0(B, GN_OP_LINE_CLOSE, body, true), GN_OK);
	/* the old trust does not come back */
	assert_int_equal(send0(B, GN_OP_LINE_CREATE, create, true), GN_CONFLICT);
	snprintf(create, sizeof create,
		 "{\"equivalent\":\"UAH\",\"limit\":\"100.0\",\"to\":\"%s\"}", h.pid[A]);
	assert_int_equal(send0(B, GN_OP_LINE_CREATE, create, true), GN_OK);
	hub_payment_body(&h, B, "UAH", "10.00", NULL, "v0-1", body);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(send0(A, GN_OP_PAYMENT, body, true), GN_OK);
		assert_int_equal(h.results[h.ticket % HUB_RESULTS].repeated, i);
	}
	h.now += 40 * 86400 * GN_SEC; /* v0 has no time in it: its ids are never forgotten */
	assert_int_equal(send0(A, GN_OP_PAYMENT, body, true), GN_OK);
	assert_true(h.results[h.ticket % HUB_RESULTS].repeated);
	assert_int_equal(hub_debt(&h, 0, A, B), 1000);
	base64_key(&h.key[A].pk, pk);
	snprintf(body, sizeof body,
		 "{\"display_name\":\"P0\",\"public_key\":\"%s\",\"type\":\"person\"}", pk);
	assert_int_equal(send0(A, GN_OP_REGISTER, body, true), GN_EXISTS);
	snprintf(body, sizeof body, "{\"display_name\":\"Q\"}");
	assert_int_equal(send0(A, GN_OP_PROFILE, body, true), GN_OK);
	assert_int_equal(send0(A, GN_OP_PROFILE, body, true), GN_CONFLICT);
	allow_v0(false);
	assert_int_equal(send0(A, GN_OP_PROFILE, "{\"display_name\":\"R\"}", true), GN_DENIED);
}

static gn_err change0(const char *id, const char *limit)
{
	char body[256];
	snprintf(body, sizeof body, "{\"id\":\"%s\",\"limit\":\"%s\"}", id, limit);
	return send0(B, GN_OP_LINE_UPDATE, body, true);
}

/* LG-11: who keeps a line's first id goes on with it until the line is closed; what names the
 * line that was does not name the next one. */
static void test_a_line_keeps_its_first_id(void **state)
{
	(void)state;
	char create[512], body[256], first[GN_LINE_ID_LEN + 1], second[GN_LINE_ID_LEN + 1],
		now[GN_LINE_ID_LEN + 1];
	struct gn_ledger_line line;
	allow_v0(true);
	snprintf(create, sizeof create,
		 "{\"equivalent\":\"UAH\",\"limit\":\"100.00\",\"to\":\"%s\"}", h.pid[A]);
	assert_int_equal(send0(B, GN_OP_LINE_CREATE, create, true), GN_OK);
	hub_line_id(&h, 0, B, A, first);
	assert_int_equal(change0(first, "50.00"), GN_OK);
	assert_int_equal(change0(first, "60.00"), GN_OK);
	assert_int_equal(change0(first, "50.00"), GN_CONFLICT); /* these bytes were used */
	assert_int_equal(change0(first, "50.0"), GN_OK);
	assert_int_equal(gn_ledger_line(h.l, 0, B, A, &line), GN_OK);
	assert_true(line.version == 4 && line.limit == 5000);
	hub_line_id(&h, 0, B, A, now);
	assert_string_equal(now, first);
	line.id.version = 3; /* ids that older answers showed */
	gn_line_id_text(&line.id, now);
	assert_int_equal(change0(now, "70.00"), GN_OK);
	line.id.version = 6; /* there is none yet */
	gn_line_id_text(&line.id, now);
	assert_int_equal(change0(now, "71.00"), GN_CONFLICT);
	snprintf(body, sizeof body, "{\"id\":\"%s\"}", first);
	assert_int_equal(send0(B, GN_OP_LINE_CLOSE, body, true), GN_OK);
	snprintf(create, sizeof create,
		 "{\"equivalent\":\"UAH\",\"limit\":\"80.00\",\"to\":\"%s\"}", h.pid[A]);
	assert_int_equal(send0(B, GN_OP_LINE_CREATE, create, true), GN_OK);
	hub_line_id(&h, 0, B, A, second);
	assert_string_not_equal(first, second);
	assert_int_equal(change0(first, "72.00"), GN_CONFLICT); /* meant for the line that was */
	assert_int_equal(change0(second, "72.00"), GN_OK);
	gn_ledger_snapshot(h.l);
	hub_run(&h);
	hub_close(&h);
	hub_open(&h); /* from the snapshot */
	assert_int_equal(h.ready_err, GN_OK);
	hub_line_id(&h, 0, B, A, now);
	assert_string_equal(now, second);
	snprintf(body, sizeof body, "{\"id\":\"%s\"}", second);
	assert_int_equal(send0(B, GN_OP_LINE_CLOSE, body, true), GN_OK);
}

static gn_err send1(unsigned who, const struct gn_op_envelope *e, const char *body)
{
	uint8_t storage[1024];
	struct gn_buf b = {storage, 0, sizeof storage};
	assert_int_equal(gn_op_wrap(e, gn_str(body), &b), GN_OK);
	struct gn_ledger_request r = {
		.profile = GN_PROFILE_V1, .kind = GN_OP_KINDS, .bytes = gn_buf_slice(&b)};
	gn_op_sign(&h.key[who], r.bytes, &r.sig);
	GN_TRY(gn_ledger_submit(h.l, &r, ++h.ticket, h.now));
	return hub_outcome(&h, h.ticket)->err;
}

/* LG-21 */
static void test_v1_is_bound_to_hub_signer_sequence_and_time(void **state)
{
	(void)state;
	int64_t now = (int64_t)gn_unix(h.now);
	struct gn_op_envelope e = {.kind = GN_OP_PROFILE,
				   .hub = h.hub_key.pk,
				   .signer = h.key[A].pk,
				   .seq = 10,
				   .ts = now};
	const char *body = "{\"display_name\":\"N\"}";
	assert_int_equal(send1(A, &e, body), GN_OK);
	assert_int_equal(send1(A, &e, body), GN_CONFLICT); /* the same again */
	e.seq = 9;
	assert_int_equal(send1(A, &e, body), GN_CONFLICT);
	e.seq = 12;
	assert_int_equal(send1(B, &e, body), GN_SIGNATURE); /* signed by another */
	e.hub = h.key[C].pk;
	assert_int_equal(send1(A, &e, body), GN_SIGNATURE); /* meant for another hub */
	e.hub = h.hub_key.pk;
	e.ts = now - 24 * 3600 - 1;
	assert_int_equal(send1(A, &e, body), GN_EXPIRED);
	e.ts = now + 301;
	assert_int_equal(send1(A, &e, body), GN_EXPIRED);
	e.ts = now - 24 * 3600;
	assert_int_equal(send1(A, &e, body), GN_OK);
	e.seq = 13;
	e.ts = now + 300;
	assert_int_equal(send1(A, &e, body), GN_OK);
	struct gn_sk stranger;
	gn_sk_from_seed((uint8_t[32]){200}, &stranger);
	e.signer = stranger.pk;
	assert_int_equal(send1(A, &e, body), GN_NOT_FOUND);
}

/* LG-67: no one text uses up a sequence; what stands in a journal already does not matter. */
static void test_a_sequence_does_not_leap(void **state)
{
	(void)state;
	struct gn_op_envelope e = {.kind = GN_OP_PROFILE,
				   .hub = h.hub_key.pk,
				   .signer = h.key[A].pk,
				   .ts = (int64_t)gn_unix(h.now)};
	const char *body = "{\"display_name\":\"N\"}";
	char join[256], pk[45];
	uint64_t last = h.seq[A];
	e.seq = OP_SEQ_MAX;
	assert_int_equal(send1(A, &e, body), GN_RANGE);
	e.seq = last + OP_SEQ_JUMP_MAX + 1;
	assert_int_equal(send1(A, &e, body), GN_RANGE);
	e.seq = last + OP_SEQ_JUMP_MAX;
	assert_int_equal(send1(A, &e, body), GN_OK);
	e.seq += OP_SEQ_JUMP_MAX;
	assert_int_equal(send1(A, &e, body), GN_OK);
	e.seq = last + 1;
	assert_int_equal(send1(A, &e, body), GN_CONFLICT);
	struct gn_sk sk = h.key[B];
	gn_sk_from_seed((uint8_t[32]){201}, &h.key[B]); /* a newcomer, whose last is 0 */
	base64_key(&h.key[B].pk, pk);
	snprintf(join, sizeof join,
		 "{\"display_name\":\"J\",\"public_key\":\"%s\",\"type\":\"person\"}", pk);
	e = (struct gn_op_envelope){.kind = GN_OP_REGISTER,
				    .hub = h.hub_key.pk,
				    .signer = h.key[B].pk,
				    .seq = OP_SEQ_JUMP_MAX + 1,
				    .ts = e.ts};
	assert_int_equal(send1(B, &e, join), GN_RANGE);
	e.seq = OP_SEQ_JUMP_MAX;
	assert_int_equal(send1(B, &e, join), GN_OK);
	h.key[B] = sk;
	struct gn_record_view old = {.type = GN_REC_PROFILE,
				     .sign = {.profile = GN_PROFILE_V1,
					      .signer = C,
					      .seq = OP_SEQ_MAX,
					      .bytes = gn_str(body)}};
	/* as it was taken once */
	assert_int_equal(lg_commit(h.l, &old, 0, GN_TX_NONE, h.now), GN_OK);
	hub_run(&h);
	hub_close(&h);
	hub_open(&h);
	struct gn_ledger_participant p;
	assert_int_equal(h.ready_err, GN_OK);
	assert_int_equal(gn_ledger_participant(h.l, C, &p), GN_OK);
	assert_true(p.seq == OP_SEQ_MAX);
}

/* LG-21: a hub whose clock was ahead goes on when it is right again, and replays stay
 * impossible. */
static void test_a_clock_that_was_ahead(void **state)
{
	(void)state;
	char body[1024];
	trust(B, A, "100.00", NULL);
	h.now += 20 * 86400 * GN_SEC;
	assert_int_equal(pay(A, B, "1.00"), GN_OK);
	h.now -= 20 * 86400 * GN_SEC;
	/* signed now, recorded at the time of the last record */
	assert_int_equal(pay(A, B, "2.00"), GN_OK);
	int64_t now = (int64_t)gn_unix(h.now);
	struct gn_op_envelope e = {.kind = GN_OP_PAYMENT,
				   .hub = h.hub_key.pk,
				   .signer = h.key[A].pk,
				   .tx_id = GN_LIT("old"),
				   .ts = now - 24 * 3600 - 1};
	hub_payment_body(&h, B, "UAH", "3.00", NULL, "old", body);
	assert_int_equal(send1(A, &e, body), GN_EXPIRED); /* too old by the clock */
	e.ts = now + 2 * 86400;
	/* and ahead of it, though behind the last record */
	assert_int_equal(send1(A, &e, body), GN_EXPIRED);
	h.now += 30 * 86400 * GN_SEC;
	assert_int_equal(pay(A, B, "4.00"), GN_OK);
	h.now -= 30 * 86400 * GN_SEC;
	/* a month ahead: keys that old may be forgotten */
	assert_int_equal(pay(A, B, "5.00"), GN_EXPIRED);
	assert_int_equal(hub_debt(&h, 0, A, B), 700);
}

static void test_every_error_has_its_code(void **state)
{
	(void)state;
	static const struct {
		gn_err err;
		const char *code;
	} table[] = {{GN_NO_ROUTE, "E001"},    {GN_NOT_FOUND, "E001"}, {GN_NO_CAPACITY, "E002"},
		     {GN_LINE_LIMIT, "E003"},  {GN_INACTIVE, "E004"},  {GN_SIGNATURE, "E005"},
		     {GN_DENIED, "E006"},      {GN_TIMEOUT, "E007"},   {GN_CONFLICT, "E008"},
		     {GN_EXISTS, "E008"},      {GN_AMOUNT, "E009"},    {GN_CANONICAL, "E009"},
		     {GN_UNSUPPORTED, "E009"}, {GN_TOO_LARGE, "E009"}, {GN_STATE, "E009"},
		     {GN_INTERNAL, "E010"}};
	for (size_t i = 0; i < GN_COUNT(table); i++)
		assert_string_equal(gn_ledger_code(table[i].err), table[i].code);
}

/* LG-26: a month of record time, then the key may be used for something else. */
static void test_keys_are_kept_a_month(void **state)
{
	(void)state;
	char body[1024];
	uint64_t ticket;
	trust(B, A, "100.00", NULL);
	hub_payment_body(&h, B, "UAH", "1.00", NULL, "once", body);
	assert_int_equal(hub_do(&h, A, GN_OP_PAYMENT, body, "once"), GN_OK);
	gn_time made = h.now;
	h.now = (made / (86400 * GN_SEC) + 30) * 86400 * GN_SEC + 86400 * GN_SEC - 1;
	assert_int_equal(pay(A, B, "1.00"), GN_OK);
	assert_int_equal(hub_send(&h, A, GN_OP_PAYMENT, body, "once", &ticket), GN_OK);
	assert_true(hub_outcome(&h, ticket)->repeated);
	h.now += 2;
	assert_int_equal(pay(A, B, "1.00"), GN_OK);
	assert_int_equal(hub_tx(&h, A, "once"), GN_TX_NONE);
	assert_int_equal(hub_debt(&h, 0, A, B), 300);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
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
		T(test_v0_is_off_and_its_bytes_work_once),
		T(test_a_line_keeps_its_first_id),
		T(test_v1_is_bound_to_hub_signer_sequence_and_time),
		T(test_a_sequence_does_not_leap),
		T(test_a_clock_that_was_ahead),
		T(test_every_error_has_its_code),
		T(test_keys_are_kept_a_month),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
