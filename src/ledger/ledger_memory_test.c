/* Memory that runs out: whichever allocation fails, the command is refused or done, never half
 * of it, and the ledger goes on. */
#include "ledger/testing/hub.h"

static struct hub h;
enum { A, B, C, D, PEOPLE };

/* One command after another, each with the nth allocation from its beginning failing, until it
 * needs fewer than n. */
static void each(void (*command)(uint64_t *ticket), bool may_change)
{
	bool changed = false;
	for (uint64_t nth = 1;; nth++) {
		struct gn_hash before = hub_hash(&h), after;
		uint64_t ticket = 0, seq = gn_ledger_seq(h.l);
		h.alloc.fail_at = nth;
		command(&ticket);
		gn_ledger_tick(h.l, h.now);
		bool failed = h.alloc.fail_at == 0;
		h.alloc.fail_at = 0;
		gn_ledger_validate(h.l);
		after = hub_hash(&h);
		if (gn_ledger_seq(h.l) == seq)
			assert_memory_equal(before.b, after.b, 32);
		changed |= gn_ledger_seq(h.l) > seq;
		hub_run(&h);
		assert_false(h.stopped);
		if (!failed || nth > 400) {
			assert_true(nth < 400);
			assert_true(changed || !may_change);
			break;
		}
	}
}

static void send(unsigned who, enum gn_op_kind kind, const char *body, const char *tx_id,
		 uint64_t *ticket)
{
	gn_err err = hub_send(&h, who, kind, body, tx_id, ticket);
	assert_true(err == GN_OK || err == GN_NOMEM);
}

static unsigned step;
static char body[2048];

static void create(uint64_t *ticket)
{
	unsigned from = step % PEOPLE, to = (step + 1) % PEOPLE;
	snprintf(body, sizeof body,
		 "{\"equivalent\":\"UAH\",\"limit\":\"100.00\","
		 "\"policy\":{\"blocked_participants\":[\"%s\"],\"daily_limit\":\"90.00\"},"
		 "\"to\":\"%s\"}",
		 h.pid[to], h.pid[to]);
	send(from, GN_OP_LINE_CREATE, body, NULL, ticket);
}

static void pay(unsigned from, unsigned to, const char *amount, uint64_t *ticket)
{
	char tx[32];
	snprintf(tx, sizeof tx, "tx-%llu", (unsigned long long)h.tx++);
	hub_payment_body(&h, to, "UAH", amount, NULL, tx, body);
	send(from, GN_OP_PAYMENT, body, tx, ticket);
}

static void pay_plain(uint64_t *ticket)
{
	pay(B, A, "1.00", ticket);
}

static void pay_ring(uint64_t *ticket)
{
	pay(step % 2 ? A : C, step % 2 ? C : A, "0.50", ticket);
	step++;
}

static void pay_asking(uint64_t *ticket)
{
	pay(A, D, "0.10", ticket);
}

static void pay_too_much(uint64_t *ticket)
{
	pay(B, A, "5000.00", ticket);
}

static void expire(uint64_t *ticket)
{
	(void)ticket;
	h.now += 61 * GN_SEC;
}

static void status(uint64_t *ticket)
{
	struct gn_ledger_admin a = {.kind = GN_ADMIN_STATUS, .status = GN_PARTICIPANT_ACTIVE};
	assert_int_equal(gn_pid_parse(gn_str(h.pid[A]), &a.pid), GN_OK);
	gn_err err = gn_ledger_admin(h.l, &a, *ticket = ++h.ticket, h.now);
	assert_true(err == GN_OK || err == GN_NOMEM);
}

static void equivalent(uint64_t *ticket)
{
	char code[16];
	snprintf(code, sizeof code, "E%u", step++);
	struct gn_ledger_admin a = {
		.kind = GN_ADMIN_EQUIVALENT, .code = gn_str(code), .precision = 2, .active = true};
	gn_err err = gn_ledger_admin(h.l, &a, *ticket = ++h.ticket, h.now);
	assert_true(err == GN_OK || err == GN_NOMEM);
}

static void explain(uint64_t *ticket)
{
	struct gn_ledger_why why;
	(void)ticket;
	gn_err err = gn_ledger_why(h.l, 0, A, C, 100000, &why);
	assert_true(err == GN_OK || err == GN_NOMEM);
}

static void test_each_allocation_of_each_command(void **state)
{
	(void)state;
	hub_init(&h, 11);
	h.config.settings.maxflow = true;
	hub_open(&h);
	assert_int_equal(hub_equivalent(&h, "UAH", 2, true), GN_OK);
	for (int i = 0; i < PEOPLE; i++)
		hub_join(&h);
	for (step = 0; step < PEOPLE; step++)
		each(create, true);
	assert_int_equal(hub_trust(&h, A, C, "UAH", "100.00", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, C, A, "UAH", "100.00", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, D, C, "UAH", "100.00", "{\"ask\":true}"), GN_OK);
	each(pay_plain, true);
	each(pay_ring, true);
	assert_int_equal(hub_change(&h, 0, D, A, ",\"policy\":{\"ask\":true}"), GN_OK);
	each(pay_asking, true);
	each(expire, true);
	each(pay_too_much, true);
	each(status, true);
	each(equivalent, true);
	each(explain, false);
	struct gn_hash before = hub_hash(&h), after;
	hub_close(&h);
	hub_open(&h);
	after = hub_hash(&h);
	assert_memory_equal(before.b, after.b, 32);
	hub_fini(&h);
}

/* Recovery without memory says so, leaks nothing and leaves the disk alone. */
static void test_each_allocation_of_recovery(void **state)
{
	(void)state;
	hub_init(&h, 12);
	hub_open(&h);
	assert_int_equal(hub_equivalent(&h, "UAH", 2, true), GN_OK);
	for (int i = 0; i < PEOPLE; i++)
		hub_join(&h);
	assert_int_equal(
		hub_trust(&h, B, A, "UAH", "100.00", "{\"ask\":true,\"daily_limit\":\"90.00\"}"),
		GN_OK);
	assert_int_equal(hub_pay(&h, A, B, "UAH", "1.00"), GN_OK);
	gn_ledger_snapshot(h.l);
	assert_int_equal(hub_pay(&h, A, B, "UAH", "2.00"), GN_OK);
	hub_run(&h);
	for (uint64_t nth = 1; nth < 400; nth++) {
		hub_close(&h);
		h.ready = false;
		h.durable = 0;
		h.config.feed_from = nth % 2 ? 0 : UINT64_MAX;
		h.alloc.fail_at = nth;
		gn_err err = gn_ledger_new(&h.env, &h.config, &h.l);
		if (!err) {
			gn_ledger_start(h.l, h.now);
			do
				hub_drain(&h);
			while (!h.ready && hub_step(&h));
			err = h.ready_err;
		}
		bool failed = h.alloc.fail_at == 0;
		h.alloc.fail_at = 0;
		if (err != (failed ? GN_NOMEM : GN_OK))
			fail_msg("allocation %llu: %s", (unsigned long long)nth, gn_err_name(err));
		if (!failed)
			break;
	}
	gn_ledger_validate(h.l);
	hub_fini(&h);
}

/* LG-53: a CHECKPOINT is compared in a replay however full the memory is. */
static void test_a_hash_takes_no_memory(void **state)
{
	(void)state;
	static char info[JSON_TEXT_MAX - 64];
	struct gn_hash whole, pieces;
	struct gn_buf bytes;
	char code[8];
	hub_init(&h, 13);
	hub_open(&h);
	for (int i = 0; i < PEOPLE; i++)
		hub_join(&h);
	for (unsigned i = 0; i < 6; i++) {
		snprintf(info, sizeof info, "{\"symbol\":\"%*u\"}",
			 (int)sizeof info - 16 - (int)(i * 997), i);
		snprintf(code, sizeof code, "U%u", i);
		struct gn_ledger_admin a = {.kind = GN_ADMIN_EQUIVALENT,
					    .code = gn_str(code),
					    .precision = 2,
					    .active = true,
					    .info = gn_str(info)};
		uint64_t ticket = ++h.ticket;
		assert_int_equal(gn_ledger_admin(h.l, &a, ticket, h.now), GN_OK);
		assert_int_equal(hub_outcome(&h, ticket)->err, GN_OK);
		assert_int_equal(hub_trust(&h, A, B, code, "1.00", "{\"daily_limit\":\"0.50\"}"),
				 GN_OK);
		assert_int_equal(gn_ledger_state(h.l, &h.alloc, &bytes), GN_OK);
		gn_sha256(&(struct gn_slice){bytes.p, bytes.len}, 1, &whole);
		gn_mem_free(&h.alloc, bytes.p);
		h.alloc.fail_at = 1;
		gn_ledger_state_hash(h.l, &pieces);
		assert_int_equal(h.alloc.fail_at, 1);
		h.alloc.fail_at = 0;
		assert_memory_equal(whole.b, pieces.b, sizeof whole.b);
	}
	hub_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_allocation_of_each_command),
		cmocka_unit_test(test_each_allocation_of_recovery),
		cmocka_unit_test(test_a_hash_takes_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
