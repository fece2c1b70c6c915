/* Officers' commands (LG-57..LG-60), the follower (LG-55) and the reader of files (LG-56). */
#include "ledger/testing/hub.h"

static struct hub h;
static struct gn_sk boss, clerk;
enum { A, B };

/* What the next command is sent with; a test spoils one of them. */
static struct {
	struct gn_sk *key;
	struct gn_pk actor;
	enum gn_role role;
	uint64_t seq;
	const struct gn_pk *hub;
	const char *signed_body; /* another text than the command's */
	bool forged, bare;
} with;

static void by(struct gn_sk *key, enum gn_role role, uint64_t seq)
{
	with.key = key;
	with.actor = key->pk;
	with.role = role;
	with.seq = seq;
	with.hub = &h.hub_key.pk;
	with.signed_body = NULL;
	with.forged = with.bare = false;
}

static gn_err command(const char *body)
{
	uint8_t storage[4096];
	struct gn_buf b = {storage, 0, sizeof storage};
	struct gn_op_admin c;
	struct gn_ledger_admin a = {.who = {.actor = with.actor, .role = (uint8_t)with.role}};
	struct gn_op_envelope e = {.kind = GN_OP_ADMIN,
				   .hub = *with.hub,
				   .signer = with.key->pk,
				   .seq = with.seq,
				   .ts = (int64_t)gn_unix(h.now)};
	GN_TRY(gn_op_admin_parse(gn_str(body), &c));
	GN_TRY(gn_ledger_command(h.l, &c, &a));
	a.who.reason = c.reason.p ? c.reason : gn_slice(NULL, 0);
	if (!with.bare) {
		assert_int_equal(
			gn_op_wrap(&e, gn_str(with.signed_body ? with.signed_body : body), &b),
			GN_OK);
		a.who.bytes = gn_buf_slice(&b);
		gn_op_sign(with.key, a.who.bytes, &a.who.sig);
		a.who.sig.b[7] ^= with.forged;
	}
	uint64_t ticket = ++h.ticket;
	GN_TRY(gn_ledger_admin(h.l, &a, ticket, h.now));
	return hub_outcome(&h, ticket)->err;
}

static void role_body(const struct gn_sk *key, const char *role, char out[256])
{
	char pk[45];
	base64_key(&key->pk, pk);
	snprintf(out, 256,
		 "{\"command\":\"role\",\"name\":\"N\",\"public_key\":\"%s\",\"role\":\"%s\"}", pk,
		 role);
}

static gn_err grant(const struct gn_sk *key, const char *role)
{
	char body[256];
	role_body(key, role, body);
	return command(body);
}

static const char *freeze(const char *reason)
{
	static char body[512];
	snprintf(body, sizeof body,
		 "{\"command\":\"participant\",\"pid\":\"%s\",\"reason\":\"%s\","
		 "\"status\":\"suspended\"}",
		 h.pid[B], reason);
	return body;
}

static int setup(void **state)
{
	static struct gn_sk nobody;
	(void)state;
	hub_init(&h, 3);
	h.real_signatures = true;
	hub_open(&h);
	gn_sk_from_seed((uint8_t[32]){7, 1}, &boss);
	gn_sk_from_seed((uint8_t[32]){7, 2}, &clerk);
	assert_int_equal(hub_equivalent(&h, "UAH", 2, true), GN_OK);
	hub_join(&h);
	hub_join(&h);
	assert_int_equal(hub_trust(&h, A, B, "UAH", "5.00", NULL), GN_OK);
	by(&nobody, GN_ROLE_ADMIN, 0);
	with.actor = (struct gn_pk){{0}};
	with.bare = true;
	assert_int_equal(grant(&clerk, "operator"), GN_OK);
	assert_int_equal(grant(&boss, "admin"), GN_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gn_ledger_validate(h.l);
	hub_fini(&h);
	return 0;
}

static void refused(const char *body, gn_err want)
{
	struct gn_hash before = hub_hash(&h), after;
	uint64_t seq = gn_ledger_seq(h.l);
	assert_int_equal(command(body), want);
	after = hub_hash(&h);
	assert_memory_equal(&before, &after, sizeof before);
	assert_int_equal(gn_ledger_seq(h.l), seq);
}

static void a_command_is_a_signature_of_one_who_may(void **state)
{
	(void)state;
	struct gn_ledger_officer o;
	struct gn_pk other = {{5}};
	by(&clerk, GN_ROLE_OPERATOR, 5);
	with.forged = true;
	refused(freeze("x"), GN_SIGNATURE);
	by(&clerk, GN_ROLE_OPERATOR, 5);
	with.actor = boss.pk;
	refused(freeze("x"), GN_SIGNATURE); /* another's name over it */
	by(&clerk, GN_ROLE_OPERATOR, 5);
	with.hub = &other;
	refused(freeze("x"), GN_SIGNATURE);
	by(&clerk, GN_ROLE_OPERATOR, 5);
	with.bare = true;
	refused(freeze("x"), GN_SIGNATURE); /* a name without a signature */
	with.actor = (struct gn_pk){{0}};
	refused(freeze("x"), GN_DENIED); /* the bootstrap after the first admin */
	by(&clerk, GN_ROLE_ADMIN, 5);
	refused(freeze("x"), GN_DENIED); /* not the role he has */
	by(&clerk, GN_ROLE_OPERATOR, 5);
	refused("{\"command\":\"settings\",\"settings\":{\"routing.max_hops\":3}}", GN_DENIED);
	with.signed_body = "{\"command\":\"snapshot\"}";
	refused(freeze("x"), GN_CORRUPT); /* the record would say something else */
	char text[512];
	snprintf(text, sizeof text, "%s", freeze("y"));
	with.signed_body = text;
	refused(freeze("x"), GN_CORRUPT);
	by(&h.key[A], GN_ROLE_OPERATOR, 5);
	refused(freeze("x"), GN_DENIED); /* a participant */
	by(&clerk, GN_ROLE_OPERATOR, 5);
	assert_int_equal(command(freeze("x")), GN_OK);
	refused(freeze("x"), GN_CONFLICT); /* again */
	with.seq = 4;
	refused(freeze("x"), GN_CONFLICT);
	with.seq = 6;
	assert_int_equal(
		command("{\"command\":\"clear\",\"equivalent\":\"UAH\",\"mode\":\"exact\"}"),
		GN_OK);
	assert_true(gn_ledger_officer(h.l, 0, &o));
	assert_int_equal(o.seq, 6);
	h.now += 25 * 3600 * GN_SEC;
	with.seq = 7;
	assert_int_equal(command(freeze("z")), GN_OK); /* signed now */
}

/* LG-68: no officer reaches above himself by what he may do to participants. */
static void nobody_reaches_above_himself(void **state)
{
	(void)state;
	static const char *const acts[] = {"active", "suspended", "left", "deleted"};
	char body[512];
	by(&boss, GN_ROLE_ADMIN, 1);
	assert_int_equal(grant(&h.key[B], "admin"), GN_OK);
	by(&clerk, GN_ROLE_OPERATOR, 1);
	for (size_t i = 0; i < GN_COUNT(acts); i++) {
		snprintf(body, sizeof body,
			 "{\"command\":\"participant\",\"pid\":\"%s\",\"status\":\"%s\"}", h.pid[B],
			 acts[i]);
		refused(body, GN_DENIED);
	}
	snprintf(body, sizeof body, "{\"command\":\"participant\",\"level\":3,\"pid\":\"%s\"}",
		 h.pid[B]);
	refused(body, GN_DENIED);
	by(&boss, GN_ROLE_ADMIN, 2);
	assert_int_equal(command(body), GN_OK); /* an equal */
	with.seq = 3;
	assert_int_equal(grant(&clerk, "admin"), GN_OK);
	with.seq = 4;
	assert_int_equal(grant(&h.key[B], "operator"), GN_OK);
	by(&clerk, GN_ROLE_ADMIN, 1);
	assert_int_equal(command(freeze("x")), GN_OK); /* one below */
	/* the last admin is not deleted, not by himself either; one of two is */
	with.seq = 2;
	snprintf(body, sizeof body,
		 "{\"command\":\"participant\",\"pid\":\"%s\",\"status\":\"active\"}", h.pid[B]);
	assert_int_equal(command(body), GN_OK);
	with.seq = 3;
	assert_int_equal(grant(&h.key[B], "admin"), GN_OK);
	by(&h.key[B], GN_ROLE_ADMIN, 1);
	assert_int_equal(grant(&boss, "none"), GN_OK);
	with.seq = 2;
	assert_int_equal(grant(&clerk, "none"), GN_OK);
	with.seq = 3;
	snprintf(body, sizeof body,
		 "{\"command\":\"participant\",\"pid\":\"%s\",\"status\":\"deleted\"}", h.pid[B]);
	refused(body, GN_CONFLICT);
	assert_int_equal(grant(&boss, "admin"), GN_OK);
	with.seq = 4;
	assert_int_equal(command(body), GN_OK);
	hub_close(&h);
	hub_open(&h);
	assert_int_equal(h.ready_err, GN_OK);
}

/* LG-67 */
static void an_officers_sequence_does_not_leap(void **state)
{
	(void)state;
	by(&clerk, GN_ROLE_OPERATOR, 5);
	assert_int_equal(command(freeze("x")), GN_OK);
	with.seq = OP_SEQ_MAX;
	refused(freeze("y"), GN_RANGE);
	with.seq = 5 + OP_SEQ_JUMP_MAX + 1;
	refused(freeze("y"), GN_RANGE);
	with.seq = 5 + OP_SEQ_JUMP_MAX;
	assert_int_equal(command(freeze("y")), GN_OK);
}

static void roles_are_given_and_taken_by_records(void **state)
{
	(void)state;
	struct gn_ledger_officer o;
	by(&boss, GN_ROLE_ADMIN, 1);
	assert_int_equal(grant(&clerk, "auditor"), GN_OK);
	by(&boss, GN_ROLE_ADMIN, 2);
	char body[256];
	role_body(&boss, "none", body);
	refused(body, GN_CONFLICT); /* the last admin */
	role_body(&boss, "operator", body);
	refused(body, GN_CONFLICT);
	role_body(&h.key[A], "none", body);
	refused(body, GN_NOT_FOUND);
	assert_int_equal(grant(&clerk, "none"), GN_OK);
	by(&clerk, GN_ROLE_OPERATOR, 9);
	refused(freeze("x"), GN_DENIED);
	by(&clerk, GN_ROLE_NONE, 9);
	refused(freeze("x"), GN_DENIED);
	by(&boss, GN_ROLE_ADMIN, 3);
	assert_int_equal(grant(&clerk, "admin"), GN_OK);
	by(&clerk, GN_ROLE_ADMIN, 1);
	assert_int_equal(grant(&boss, "none"), GN_OK);
	assert_true(gn_ledger_officer(h.l, 1, &o) && o.role == GN_ROLE_NONE && o.seq == 3);
	by(&clerk, GN_ROLE_ADMIN, 2);
	assert_int_equal(grant(&boss, "admin"), GN_OK);
	by(&boss, GN_ROLE_ADMIN, 3);
	refused(freeze("x"), GN_CONFLICT); /* what he signed before does not fit again */
}

static void the_journal_proves_it(void **state)
{
	(void)state;
	by(&clerk, GN_ROLE_OPERATOR, 1);
	assert_int_equal(command(freeze("x")), GN_OK);
	by(&boss, GN_ROLE_ADMIN, 1);
	assert_int_equal(
		command("{\"command\":\"settings\",\"settings\":{\"clearing.inline\":false,"
			"\"routing.max_hops\":3}}"),
		GN_OK);
	by(&boss, GN_ROLE_ADMIN, 2);
	assert_int_equal(command("{\"active\":true,\"code\":\"HOUR\",\"command\":\"equivalent\","
				 "\"info\":{\"symbol\":\"h\"},\"precision\":1}"),
			 GN_OK);
	struct gn_hash live = hub_hash(&h);
	hub_close(&h);
	hub_open(&h);
	struct gn_hash again = hub_hash(&h);
	assert_memory_equal(&live, &again, sizeof live);
	h.config.verify = true;
	hub_close(&h);
	hub_recover(&h);
	again = hub_hash(&h);
	assert_memory_equal(&live, &again, sizeof live);
}

static void words_are_read_strictly(void **state)
{
	(void)state;
	struct gn_op_admin c;
	static const struct {
		const char *body;
		gn_err want;
	} cases[] = {
		{"{\"command\":\"snapshot\"}", GN_OK},
		{"{\"command\":\"snapshot\",\"x\":1}", GN_UNSUPPORTED},
		{"{\"command\":\"dance\"}", GN_UNSUPPORTED},
		{"{\"code\":\"A\",\"command\":\"snapshot\"}", GN_UNSUPPORTED},
		{"{}", GN_USAGE},
		{"[]", GN_USAGE},
		{"{\"command\":1}", GN_USAGE},
		{"{\"command\":\"clear\",\"equivalent\":\"UAH\",\"max_len\":6,\"mode\":\"cycles\"}",
		 GN_OK},
		{"{\"command\":\"clear\",\"equivalent\":\"UAH\",\"max_len\":7,\"mode\":\"cycles\"}",
		 GN_RANGE},
		{"{\"budget_ms\":0,\"command\":\"clear\",\"equivalent\":\"UAH\","
		 "\"mode\":\"exact\"}",
		 GN_OK},
		{"{\"budget_ms\":600000,\"command\":\"clear\",\"equivalent\":\"UAH\","
		 "\"mode\":\"exact\"}",
		 GN_OK},
		{"{\"budget_ms\":600001,\"command\":\"clear\",\"equivalent\":\"UAH\","
		 "\"mode\":\"exact\"}",
		 GN_RANGE},
		{"{\"budget_ms\":-1,\"command\":\"clear\",\"equivalent\":\"UAH\","
		 "\"mode\":\"exact\"}",
		 GN_RANGE},
		{"{\"budget_ms\":\"5\",\"command\":\"clear\",\"equivalent\":\"UAH\","
		 "\"mode\":\"exact\"}",
		 GN_USAGE},
		{"{\"budget_ms\":5,\"command\":\"clear\",\"equivalent\":\"UAH\","
		 "\"mode\":\"cycles\"}",
		 GN_USAGE},
		{"{\"budget_ms\":5,\"command\":\"snapshot\"}", GN_UNSUPPORTED},
		{"{\"command\":\"clear\",\"equivalent\":\"UAH\"}", GN_USAGE},
		{"{\"command\":\"clear\",\"equivalent\":\"UAH\",\"mode\":\"all\"}", GN_USAGE},
		{"{\"command\":\"settings\",\"settings\":{}}", GN_USAGE},
		{"{\"command\":\"settings\",\"settings\":{\"routing.max_hops\":10}}", GN_OK},
		{"{\"command\":\"settings\",\"settings\":{\"routing.max_hops\":11}}", GN_RANGE},
		{"{\"command\":\"settings\",\"settings\":{\"routing.max_hops\":true}}", GN_USAGE},
		{"{\"command\":\"settings\",\"settings\":{\"routing.maxflow\":1}}", GN_USAGE},
		{"{\"command\":\"settings\",\"settings\":{\"colour\":1}}", GN_UNSUPPORTED},
		{"{\"command\": \"snapshot\"}", GN_CANONICAL},
		{"{\"command\":\"role\",\"name\":\"a\\\"b\","
		 "\"public_key\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=\","
		 "\"role\":\"admin\"}",
		 GN_USAGE},
		{"{\"command\":\"role\","
		 "\"public_key\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=\","
		 "\"role\":\"king\"}",
		 GN_USAGE},
		{"{\"command\":\"role\","
		 "\"public_key\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=\","
		 "\"role\":\"admin\"}",
		 GN_OK},
	};
	for (size_t i = 0; i < GN_COUNT(cases); i++)
		assert_int_equal(gn_op_admin_parse(gn_str(cases[i].body), &c), cases[i].want);
}

/* ---- the follower ---- */

static void a_follower_is_the_ledger(void **state)
{
	(void)state;
	struct gn_buf bytes;
	struct gn_alloc alloc;
	struct gn_env env = {&alloc, &h.rand, NULL};
	struct gn_ledger *f;
	struct gn_ledger_event e;
	gn_alloc_heap(&alloc, SIZE_MAX / 2);
	assert_int_equal(gn_ledger_state(h.l, &alloc, &bytes), GN_OK);
	assert_int_equal(gn_ledger_follower(&env, gn_buf_slice(&bytes), &f), GN_OK);
	gn_mem_free(&alloc, bytes.p);
	uint64_t ticket, first = gn_ledger_seq(h.l) + 1;
	char tx[32];
	for (int i = 0; i < 20; i++) {
		char body[1024];
		snprintf(tx, sizeof tx, "f%d", i);
		hub_payment_body(&h, A, "UAH", "0.10", NULL, tx, body);
		assert_int_equal(hub_send(&h, B, GN_OP_PAYMENT, body, tx, &ticket), GN_OK);
	}
	gn_ledger_tick(h.l, h.now);
	bool told = false;
	for (int i = 0; i < 100; i++) {
		while (gn_ledger_next_event(h.l, &e)) {
			if (e.kind != GN_LEDGER_RECORDS)
				continue;
			told = true;
			/* from the middle: what comes before is missing */
			if (e.first_seq == first && e.count > 1)
				assert_int_equal(
					gn_ledger_follow(f, e.payload, e.first_seq + 1, e.count),
					GN_NOT_FOUND);
			assert_int_equal(gn_ledger_follow(f, e.payload, e.first_seq, e.count),
					 GN_OK);
			/* again: skipped */
			assert_int_equal(gn_ledger_follow(f, e.payload, e.first_seq, e.count),
					 GN_OK);
		}
		hub_step(&h);
		gn_ledger_tick(h.l, h.now);
	}
	assert_true(told && gn_ledger_seq(f) == gn_ledger_seq(h.l) &&
		    gn_ledger_seq(f) >= first + 19);
	struct gn_hash mine, theirs = hub_hash(&h);
	gn_ledger_state_hash(f, &mine);
	assert_memory_equal(&mine, &theirs, sizeof mine);
	gn_ledger_validate(f);
	struct gn_ledger_admin a = {.kind = GN_ADMIN_NOTE, .info = GN_LIT("{}")};
	struct gn_ledger_io io;
	assert_int_equal(gn_ledger_admin(f, &a, 1, h.now), GN_STATE);
	assert_false(gn_ledger_next_io(f, &io));
	gn_ledger_free(f);
	assert_int_equal(alloc.count, 0);
	struct gn_slice half = gn_slice("GNSTATE1", 8);
	assert_int_equal(gn_ledger_follower(&env, half, &f), GN_CORRUPT);
	assert_int_equal(alloc.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_command_is_a_signature_of_one_who_may, setup,
						teardown),
		cmocka_unit_test_setup_teardown(nobody_reaches_above_himself, setup, teardown),
		cmocka_unit_test_setup_teardown(an_officers_sequence_does_not_leap, setup,
						teardown),
		cmocka_unit_test_setup_teardown(roles_are_given_and_taken_by_records, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_journal_proves_it, setup, teardown),
		cmocka_unit_test(words_are_read_strictly),
		cmocka_unit_test_setup_teardown(a_follower_is_the_ledger, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
