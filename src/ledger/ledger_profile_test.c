/* Signed operations in both profiles: which bytes are good, once, when, and under which name; codes
 * and keys that answers go by. */
#include "ledger/engine_int.h"
#include "ledger/testing/one_hub.h"

enum { A, B, C, D, E };

static int setup(void **state)
{
	(void)state;
	return one_hub(8, 5);
}

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
	/* by what they are remembered by no transaction is found */
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	lg_v0_key(&h.key[A].pk, gn_str(body), &key);
	assert_non_null(lg_find_key(&h.l->book, &key));
	gn_ledger_tx(h.l, &key, &tx);
	assert_int_equal(tx.state, GN_TX_NONE);
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
	e.ts = now - OP_AGE_MAX - 1;
	assert_int_equal(send1(A, &e, body), GN_EXPIRED);
	e.ts = now + OP_AHEAD_MAX + 1;
	assert_int_equal(send1(A, &e, body), GN_EXPIRED);
	e.ts = now - OP_AGE_MAX;
	assert_int_equal(send1(A, &e, body), GN_OK);
	e.seq = 13;
	e.ts = now + OP_AHEAD_MAX;
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
	h.now += OP_LAG_MAX * GN_SEC;
	assert_int_equal(pay(A, B, "1.00"), GN_OK);
	h.now -= OP_LAG_MAX * GN_SEC;
	/* signed now, recorded at the time of the last record */
	assert_int_equal(pay(A, B, "2.00"), GN_OK);
	int64_t now = (int64_t)gn_unix(h.now);
	struct gn_op_envelope e = {.kind = GN_OP_PAYMENT,
				   .hub = h.hub_key.pk,
				   .signer = h.key[A].pk,
				   .tx_id = GN_LIT("old"),
				   .ts = now - OP_AGE_MAX - 1};
	hub_payment_body(&h, B, "UAH", "3.00", NULL, "old", body);
	assert_int_equal(send1(A, &e, body), GN_EXPIRED); /* too old by the clock */
	e.ts = now + 2 * 86400;
	/* and ahead of it, though behind the last record */
	assert_int_equal(send1(A, &e, body), GN_EXPIRED);
	h.now += (OP_LAG_MAX + 1) * GN_SEC;
	assert_int_equal(pay(A, B, "4.00"), GN_OK);
	h.now -= (OP_LAG_MAX + 1) * GN_SEC;
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
	h.now = made / (86400 * GN_SEC) * 86400 * GN_SEC + BOOK_TX_KEEP + 86400 * GN_SEC - 1;
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
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
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
