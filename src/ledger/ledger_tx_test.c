/* Two-phase payments: every state is real and can be asked for, reservations hold and end, and
 * nothing that is repeated, late or out of order changes anything. A pays C over B; B's line
 * asks. */
#include "ledger/engine_int.h"
#include "ledger/testing/one_hub.h"

enum { A, B, C, D };

static int setup(void **state)
{
	(void)state;
	one_hub(2, 4);
	trust(B, A, "100.00", "{\"ask\":true}");
	trust(C, B, "100.00", NULL);
	return 0;
}

static gn_amount reserved(unsigned from, unsigned to)
{
	struct gn_ledger_line line;
	assert_int_equal(gn_ledger_line(h.l, 0, to, from, &line), GN_OK);
	return line.reserved;
}

static struct hub_result *submit(const char *amount, const char *constraints, const char *tx_id)
{
	char body[1024];
	uint64_t ticket;
	hub_payment_body(&h, C, "UAH", amount, constraints, tx_id, body);
	assert_int_equal(hub_send(&h, A, GN_OP_PAYMENT, body, tx_id, &ticket), GN_OK);
	return hub_outcome(&h, ticket);
}

static void test_states_follow_the_disk(void **state)
{
	(void)state;
	char body[1024];
	uint64_t ticket;
	struct gn_ledger_tx tx;
	struct gn_tx_key key;
	h.hold = true;
	hub_payment_body(&h, C, "UAH", "60.00", NULL, "p1", body);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_NONE);
	assert_int_equal(hub_send(&h, A, GN_OP_PAYMENT, body, "p1", &ticket), GN_OK);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_NEW);
	gn_ledger_tick(h.l, h.now);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_ROUTED);
	hub_drain(&h);
	/* nothing is told before it is durable */
	assert_int_equal(h.results[ticket % HUB_RESULTS].ticket, 0);
	assert_true(hub_step(&h)); /* written */
	hub_drain(&h);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_ROUTED);
	assert_true(hub_step(&h)); /* synced */
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_PREPARE);
	hub_drain(&h);
	assert_int_equal(h.results[ticket % HUB_RESULTS].ticket, ticket);
	assert_int_equal(h.results[ticket % HUB_RESULTS].state, GN_TX_PREPARE);
	h.hold = false;
	gn_tx_key(&h.key[A].pk, GN_LIT("p1"), &key);
	gn_ledger_tx(h.l, &key, &tx);
	assert_int_equal(tx.asked, 1);
	assert_int_equal(tx.expiry, h.now + TX_EXPIRY_DEFAULT);
	assert_int_equal(reserved(A, B), 6000);
	assert_int_equal(reserved(B, C), 6000);
	assert_int_equal(hub_debt(&h, 0, A, B), 0);
	h.hold = true;
	snprintf(body, sizeof body, "{\"answer\":\"yes\",\"initiator\":\"%s\",\"tx_id\":\"p1\"}",
		 h.pid[A]);
	assert_int_equal(hub_send(&h, B, GN_OP_VOTE, body, "p1", &ticket), GN_OK);
	gn_ledger_tick(h.l, h.now);
	/* committed in memory, not on the disk */
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_PREPARE);
	h.hold = false;
	hub_run(&h);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_COMMITTED);
	assert_int_equal(h.results[ticket % HUB_RESULTS].state, GN_TX_COMMITTED);
	assert_int_equal(reserved(A, B), 0);
	assert_int_equal(hub_debt(&h, 0, A, B), 6000);
	assert_int_equal(hub_debt(&h, 0, B, C), 6000);
}

static void test_one_record_when_nobody_is_asked(void **state)
{
	(void)state;
	uint64_t before = gn_ledger_seq(h.l);
	assert_int_equal(hub_pay(&h, B, C, "UAH", "10.00"), GN_OK);
	assert_int_equal(gn_ledger_seq(h.l), before + 1);
}

static void test_a_way_without_asking_is_preferred(void **state)
{
	(void)state;
	trust(D, A, "50.00", NULL);
	trust(B, D, "50.00", NULL);
	/* A, D, B, C: longer, but nobody asked */
	assert_int_equal(submit("50.00", NULL, "p1")->state, GN_TX_COMMITTED);
	assert_int_equal(submit("20.00", NULL, "p2")->state, GN_TX_PREPARE);
}

static void test_no_aborts_and_frees(void **state)
{
	(void)state;
	assert_int_equal(submit("60.00", NULL, "p1")->state, GN_TX_PREPARE);
	assert_int_equal(hub_vote(&h, B, A, "p1", false), GN_OK);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_ABORTED);
	assert_int_equal(reserved(A, B), 0);
	assert_int_equal(hub_debt(&h, 0, A, B), 0);
	struct hub_result *r = submit("60.00", NULL, "p1"); /* the stored outcome */
	assert_true(r->repeated && r->state == GN_TX_ABORTED && r->err == GN_DENIED);
}

static void test_expiry_is_a_record_and_what_comes_later_loses(void **state)
{
	(void)state;
	assert_int_equal(submit("60.00", "{\"timeout_ms\":5000}", "p1")->state, GN_TX_PREPARE);
	h.now += 5 * GN_SEC - 1;
	hub_run(&h);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_PREPARE);
	assert_int_equal(gn_ledger_deadline(h.l), h.now + 1);
	uint64_t before = gn_ledger_seq(h.l);
	h.now += 1;
	assert_int_equal(reserved(A, B), 6000); /* a query does not look at the clock */
	hub_run(&h);
	assert_int_equal(gn_ledger_seq(h.l), before + 1);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_ABORTED);
	assert_int_equal(reserved(A, B), 0);
	before = gn_ledger_seq(h.l);
	struct gn_hash hash = hub_hash(&h), after;
	assert_int_equal(hub_vote(&h, B, A, "p1", true), GN_OK);
	assert_int_equal(h.results[h.ticket % HUB_RESULTS].state, GN_TX_ABORTED);
	assert_true(h.results[h.ticket % HUB_RESULTS].repeated);
	after = hub_hash(&h);
	assert_memory_equal(hash.b, after.b, 32);
	struct hub_result *r = submit("60.00", "{\"timeout_ms\":5000}", "p1");
	assert_true(r->repeated && r->err == GN_TIMEOUT);
	assert_int_equal(gn_ledger_seq(h.l), before);
}

static void test_answers_count_once_and_only_from_those_asked(void **state)
{
	(void)state;
	assert_int_equal(hub_change(&h, 0, C, B, ",\"policy\":{\"ask\":true}"), GN_OK);
	assert_int_equal(submit("60.00", NULL, "p1")->state, GN_TX_PREPARE);
	assert_int_equal(hub_vote(&h, D, A, "p1", true), GN_DENIED);
	assert_int_equal(hub_vote(&h, A, A, "p1", true), GN_DENIED);
	assert_int_equal(hub_vote(&h, B, D, "p1", true), GN_NOT_FOUND); /* another initiator's p1 */
	assert_int_equal(hub_vote(&h, B, A, "p1", true), GN_OK);
	uint64_t before = gn_ledger_seq(h.l);
	for (int i = 0; i < 3; i++) {
		/* repeated: no record, even if he changes his mind */
		assert_int_equal(hub_vote(&h, B, A, "p1", i != 1), GN_OK);
		assert_true(h.results[h.ticket % HUB_RESULTS].repeated);
	}
	assert_int_equal(gn_ledger_seq(h.l), before);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_PREPARE);
	assert_int_equal(hub_vote(&h, C, A, "p1", true), GN_OK);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_COMMITTED);
	struct gn_hash hash = hub_hash(&h), after;
	assert_int_equal(hub_vote(&h, C, A, "p1", false), GN_OK); /* too late to abort */
	assert_int_equal(hub_vote(&h, B, A, "p1", true), GN_OK);
	h.now += 3600 * GN_SEC - 1;
	gn_ledger_tick(h.l, h.now); /* no expiry of what has ended */
	after = hub_hash(&h);
	assert_memory_equal(hash.b, after.b, 32);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_COMMITTED);
}

static void test_reservations_leave_the_rest_to_others(void **state)
{
	(void)state;
	assert_int_equal(submit("60.00", NULL, "p1")->state, GN_TX_PREPARE);
	assert_int_equal(submit("50.00", NULL, "p2")->err, GN_NO_CAPACITY);
	assert_int_equal(submit("40.00", NULL, "p3")->state, GN_TX_PREPARE);
	assert_int_equal(hub_shut(&h, 0, C, B, false), GN_STATE);
	assert_int_equal(hub_change(&h, 0, C, B, ",\"limit\":\"99.99\""), GN_LINE_LIMIT);
	assert_int_equal(hub_change(&h, 0, C, B, ",\"limit\":\"100.00\""), GN_OK);
	/* any order of ends is safe */
	assert_int_equal(hub_vote(&h, B, A, "p3", true), GN_OK);
	assert_int_equal(hub_vote(&h, B, A, "p1", false), GN_OK);
	assert_int_equal(hub_debt(&h, 0, A, B), 4000);
	assert_int_equal(hub_debt(&h, 0, B, C), 4000);
	assert_int_equal(reserved(A, B) + reserved(B, C), 0);
}

static void test_frozen_after_prepare_still_commits(void **state)
{
	(void)state;
	assert_int_equal(submit("60.00", NULL, "p1")->state, GN_TX_PREPARE);
	assert_int_equal(hub_change(&h, 0, C, B, ",\"status\":\"frozen\""), GN_OK);
	assert_int_equal(hub_pay(&h, B, C, "UAH", "1.00"), GN_NO_CAPACITY);
	assert_int_equal(hub_vote(&h, B, A, "p1", true), GN_OK);
	assert_int_equal(hub_debt(&h, 0, B, C), 6000); /* what was promised is kept */
}

static void test_closing_line_waits_for_its_reservation(void **state)
{
	(void)state;
	struct gn_ledger_line line;
	assert_int_equal(submit("60.00", NULL, "p1")->state, GN_TX_PREPARE);
	assert_int_equal(hub_shut(&h, 0, C, B, true), GN_OK);
	assert_int_equal(gn_ledger_line(h.l, 0, C, B, &line), GN_OK);
	assert_true(line.status == GN_LINE_CLOSING && line.limit == 6000);
	assert_int_equal(hub_vote(&h, B, A, "p1", true), GN_OK);
	assert_int_equal(gn_ledger_line(h.l, 0, C, B, &line), GN_OK);
	assert_true(line.status == GN_LINE_CLOSING && line.used == 6000);
	assert_int_equal(hub_pay(&h, C, B, "UAH", "20.00"), GN_OK);
	assert_int_equal(gn_ledger_line(h.l, 0, C, B, &line), GN_OK);
	assert_int_equal(line.limit, 4000); /* follows the debt down */
	assert_int_equal(hub_pay(&h, C, B, "UAH", "40.00"), GN_OK);
	assert_int_equal(gn_ledger_line(h.l, 0, C, B, &line), GN_OK);
	assert_true(line.status == GN_LINE_CLOSED && line.limit == 0);
	trust(C, B, "5.00", NULL);
}

static void test_officer_aborts_only_what_is_open(void **state)
{
	(void)state;
	struct gn_ledger_admin a = {
		.kind = GN_ADMIN_ABORT,
		.who = {.role = GN_ROLE_OPERATOR, .reason = GN_LIT("asked by phone")}};
	assert_int_equal(submit("60.00", NULL, "p1")->state, GN_TX_PREPARE);
	gn_tx_key(&h.key[A].pk, GN_LIT("p1"), &a.key);
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_OK);
	assert_int_equal(hub_outcome(&h, h.ticket)->state, GN_TX_ABORTED);
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_CONFLICT);
	a.key.b[0] ^= 1;
	assert_int_equal(gn_ledger_admin(h.l, &a, ++h.ticket, h.now), GN_NOT_FOUND);
	assert_int_equal(reserved(A, B), 0);
}

/* The recovery query after a restart in the middle, and expiry that passed while the hub was
 * down. */
/* LG-30: COMMIT and ABORT records that come again, in any order, after the transaction has ended
 * or before it began, change nothing. */
static void test_ends_that_come_again_or_too_early_change_nothing(void **state)
{
	(void)state;
	enum { TXS = 6 };
	char id[8];
	struct gn_tx_key keys[TXS + 1];
	for (unsigned i = 0; i < TXS; i++) {
		snprintf(id, sizeof id, "p%u", i);
		gn_tx_key(&h.key[A].pk, gn_str(id), &keys[i]);
		assert_int_equal(submit("5.00", NULL, id)->state, GN_TX_PREPARE);
	}
	gn_tx_key(&h.key[A].pk, GN_LIT("later"), &keys[TXS]);
	for (unsigned ended = 0; ended <= TXS; ended++) {
		struct gn_hash before = hub_hash(&h), after;
		for (unsigned round = 0; round < 200; round++) {
			unsigned i = (unsigned)gn_rand_below(&h.rand, TXS + 1);
			struct gn_record_view r = {.type = gn_rand_below(&h.rand, 2) ? GN_REC_COMMIT
										     : GN_REC_ABORT,
						   .key = keys[i],
						   .seq = gn_ledger_seq(h.l) + 1,
						   .time = h.now};
			r.u.end.code = 6;
			if (i >= ended && i < TXS && r.type == GN_REC_ABORT)
				continue; /* still open: an ABORT would be right */
			gn_err err = lg_apply(&h.l->book, &r);
			/* a COMMIT before the votes */
			assert_true(err == GN_NOT_FOUND ||
				    (i >= ended && i < TXS && err == GN_CORRUPT));
		}
		after = hub_hash(&h);
		assert_memory_equal(before.b, after.b, 32);
		if (ended < TXS) {
			snprintf(id, sizeof id, "p%u", ended);
			assert_int_equal(hub_vote(&h, B, A, id, ended % 3 != 0), GN_OK);
			assert_int_equal(hub_tx(&h, A, id),
					 ended % 3 ? GN_TX_COMMITTED : GN_TX_ABORTED);
		}
	}
	assert_int_equal(hub_debt(&h, 0, A, B), 2000);
	assert_int_equal(reserved(A, B), 0);
}

static void test_prepared_survives_a_restart(void **state)
{
	(void)state;
	assert_int_equal(submit("60.00", NULL, "p1")->state, GN_TX_PREPARE);
	assert_int_equal(submit("30.00", NULL, "p2")->state, GN_TX_PREPARE);
	struct gn_hash before = hub_hash(&h), after;
	hub_close(&h);
	sim_crash(&h.disk, SIM_LOSE_ALL, &h.rand);
	hub_open(&h);
	after = hub_hash(&h);
	assert_memory_equal(before.b, after.b, 32);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_PREPARE);
	assert_int_equal(hub_vote(&h, B, A, "p1", true), GN_OK);
	assert_int_equal(hub_tx(&h, A, "p1"), GN_TX_COMMITTED);
	hub_close(&h);
	h.now += 3601 * GN_SEC;
	hub_open(&h);
	assert_int_equal(hub_tx(&h, A, "p2"), GN_TX_ABORTED);
	assert_int_equal(reserved(A, B), 0);
	assert_int_equal(hub_debt(&h, 0, A, B), 6000);
}

static gn_err ask(unsigned payer, unsigned i)
{
	char body[1024], tx_id[32];
	uint64_t ticket;
	snprintf(tx_id, sizeof tx_id, "w%u-%u", payer, i);
	hub_payment_body(&h, C, "UAH", "0.01", "{\"timeout_ms\":3600000}", tx_id, body);
	assert_int_equal(hub_send(&h, payer, GN_OP_PAYMENT, body, tx_id, &ticket), GN_OK);
	return hub_outcome(&h, ticket)->err;
}

static void expect_waits(unsigned who, uint32_t paying, uint32_t asked)
{
	uint32_t p, a;
	gn_ledger_waits(h.l, who, &p, &a);
	assert_int_equal(p, paying);
	assert_int_equal(a, asked);
}

/* LG-66: at the bound and one past it. */
static void test_one_payer_does_not_hold_all_that_waits(void **state)
{
	(void)state;
	static struct gn_ledger_ask list[8];
	struct gn_tx_key key;
	for (unsigned i = 0; i < BOOK_OPEN_PAYER_MAX; i++)
		assert_int_equal(ask(A, i), GN_OK);
	uint64_t seq = gn_ledger_seq(h.l);
	assert_int_equal(ask(A, BOOK_OPEN_PAYER_MAX), GN_QUOTA);
	assert_int_equal(gn_ledger_seq(h.l), seq);
	expect_waits(A, BOOK_OPEN_PAYER_MAX, 0);
	assert_int_equal(hub_pay(&h, B, C, "UAH", "10.00"), GN_OK); /* nobody is asked for that */
	assert_int_equal(hub_vote(&h, B, A, "w0-7", false), GN_OK);
	expect_waits(B, 0, BOOK_OPEN_PAYER_MAX - 1);
	/* the same request: what was refused left nothing */
	assert_int_equal(ask(A, BOOK_OPEN_PAYER_MAX), GN_OK);
	assert_int_equal(gn_ledger_asks(h.l, B, 5, list, 3), 3);
	gn_tx_key(&h.key[A].pk, GN_LIT("w0-8"), &key); /* 7 is gone */
	assert_memory_equal(list[2].key.b, key.b, sizeof key.b);
	assert_int_equal(list[2].tx.state, GN_TX_PREPARE);
	assert_int_equal(gn_ledger_asks(h.l, B, BOOK_OPEN_PAYER_MAX - 1, list, 8), 1);
	assert_int_equal(gn_ledger_asks(h.l, B, BOOK_OPEN_PAYER_MAX, list, 8), 0);
	assert_int_equal(gn_ledger_asks(h.l, A, 0, list, 8), 0);
	hub_close(&h);
	hub_open(&h);
	expect_waits(A, BOOK_OPEN_PAYER_MAX, 0);
	expect_waits(B, 0, BOOK_OPEN_PAYER_MAX);
	h.now += 3601 * GN_SEC;
	hub_run(&h);
	expect_waits(A, 0, 0);
	expect_waits(B, 0, 0);
}

/* One more whom B lets owe, if he asks him. */
static unsigned neighbour(void)
{
	unsigned who = hub_join(&h);
	trust(B, who, "100.00", "{\"ask\":true}");
	return who;
}

/* LG-66: what one participant is asked is shared by the neighbours over whose lines it comes. */
static void test_neighbours_share_whom_they_ask(void **state)
{
	(void)state;
	unsigned first = neighbour(), behind = hub_join(&h);
	char tx_id[32];
	trust(A, behind, "100.00", NULL);
	for (unsigned i = 0; i < BOOK_OPEN_PAYER_MAX; i++) {
		assert_int_equal(ask(behind, i), GN_OK);
		assert_int_equal(ask(first, i), GN_OK);
	}
	expect_waits(B, 0, BOOK_OPEN_CROWDED);
	/* those behind him came over his line, and share it with him */
	assert_int_equal(ask(A, 0), GN_OK);
	expect_waits(A, 1, 0);
	expect_waits(behind, BOOK_OPEN_PAYER_MAX - 1, 0);
	expect_waits(B, 0, BOOK_OPEN_CROWDED);
	uint64_t seq = gn_ledger_seq(h.l);
	assert_int_equal(ask(behind, BOOK_OPEN_PAYER_MAX), GN_QUOTA);
	assert_int_equal(gn_ledger_seq(h.l), seq);
	for (unsigned n = 0; n < (BOOK_OPEN_ASKED_MAX - BOOK_OPEN_CROWDED) / BOOK_OPEN_VIA_MAX;
	     n++) {
		unsigned who = neighbour();
		for (unsigned i = 0; i < BOOK_OPEN_VIA_MAX; i++)
			assert_int_equal(ask(who, i), GN_OK);
		if (n == 0)
			assert_int_equal(ask(who, BOOK_OPEN_VIA_MAX), GN_QUOTA);
	}
	expect_waits(B, 0, BOOK_OPEN_ASKED_MAX);
	unsigned newcomer = neighbour(); /* full: who has most lets his newest go */
	assert_int_equal(ask(newcomer, 0), GN_OK);
	expect_waits(B, 0, BOOK_OPEN_ASKED_MAX);
	expect_waits(newcomer, 1, 0);
	uint32_t left, none;
	gn_ledger_waits(h.l, behind, &left, &none);
	unsigned gone = left < BOOK_OPEN_PAYER_MAX - 1 ? behind : first,
		 last = gone == behind ? BOOK_OPEN_PAYER_MAX - 2 : BOOK_OPEN_PAYER_MAX - 1;
	expect_waits(A, 1, 0); /* of those over his line he has fewest */
	expect_waits(gone, last, 0);
	snprintf(tx_id, sizeof tx_id, "w%u-%u", gone, last);
	assert_int_equal(hub_tx(&h, gone, tx_id), GN_TX_ABORTED);
	assert_int_equal(ask(gone, last), GN_TIMEOUT); /* as if it had expired */
	assert_int_equal(ask(gone, BOOK_OPEN_PAYER_MAX + 1), GN_QUOTA);
	struct gn_hash live = hub_hash(&h), now;
	hub_close(&h);
	hub_open(&h);
	now = hub_hash(&h);
	assert_memory_equal(&live, &now, sizeof live);
	/* counted the same after a restart */
	assert_int_equal(ask(behind, BOOK_OPEN_PAYER_MAX), GN_QUOTA);
	gn_ledger_snapshot(h.l);
	hub_run(&h);
	gn_ledger_validate(h.l);
}

/* Records of a journal that no hub of ours wrote (hub import): a month passes, in which keys are
 * forgotten, and nothing ends what is open. */
static void test_what_is_open_keeps_its_key(void **state)
{
	(void)state;
	uint8_t bytes[4096];
	struct gn_record_view again, note = {.type = GN_REC_NOTE};
	struct lg_book *b = &h.l->book;
	assert_int_equal(submit("10.00", NULL, "p1")->state, GN_TX_PREPARE);
	size_t len = h.last_record.len;
	assert_true(len <= sizeof bytes);
	memcpy(bytes, h.last_record.p, len);
	note.seq = b->seq + 1;
	note.time = b->time + BOOK_TX_KEEP + INT64_C(86400) * GN_SEC;
	assert_int_equal(lg_apply(b, &note), GN_OK);
	assert_int_equal(lg_rec_read(gn_slice(bytes, len), b->seq + 1, &again), GN_OK);
	assert_int_equal(again.type, GN_REC_PREPARE);
	assert_null(lg_find_key(b, &again.key));
	again.time = b->time;
	again.u.payment.expiry = b->time + GN_SEC;
	assert_int_equal(lg_apply(b, &again), GN_CONFLICT);
	again.key.b[0] ^= 1; /* it was for the key alone */
	assert_int_equal(lg_apply(b, &again), GN_OK);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
		T(test_states_follow_the_disk),
		T(test_one_record_when_nobody_is_asked),
		T(test_a_way_without_asking_is_preferred),
		T(test_no_aborts_and_frees),
		T(test_expiry_is_a_record_and_what_comes_later_loses),
		T(test_answers_count_once_and_only_from_those_asked),
		T(test_reservations_leave_the_rest_to_others),
		T(test_frozen_after_prepare_still_commits),
		T(test_closing_line_waits_for_its_reservation),
		T(test_officer_aborts_only_what_is_open),
		T(test_ends_that_come_again_or_too_early_change_nothing),
		T(test_prepared_survives_a_restart),
		T(test_one_payer_does_not_hold_all_that_waits),
		T(test_neighbours_share_whom_they_ask),
		T(test_what_is_open_keeps_its_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
