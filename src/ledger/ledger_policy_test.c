/* LG-32: what a line's owner forbids is looked at again where a record is applied, whoever wrote
 * the record. The router never proposes what is forbidden, so the records here are made from a
 * payment that was allowed, after the line was changed. */
#include "ledger/engine_int.h"
#include "ledger/testing/one_hub.h"

enum { A, B, C, D };

/* The payment A -> B -> C of 10.00 as it was recorded; its bytes are copied. */
static struct gn_record_view seen;
static uint8_t routes[256], words[2048];

static void note(void *user, const struct gn_record_view *r)
{
	(void)user;
	if (r->type != GN_REC_PAYMENT)
		return;
	seen = *r;
	assert_true(r->u.payment.routes.len <= sizeof routes && r->sign.bytes.len <= sizeof words);
	memcpy(routes, r->u.payment.routes.p, r->u.payment.routes.len);
	memcpy(words, r->sign.bytes.p, r->sign.bytes.len);
	seen.u.payment.routes.p = routes;
	seen.sign.bytes.p = words;
}

static int setup(void **state)
{
	(void)state;
	hub_init(&h, 32);
	h.record = note;
	hub_open_with(&h, 4);
	assert_int_equal(hub_trust(&h, B, A, "UAH", "1000.00", NULL), GN_OK);
	assert_int_equal(hub_trust(&h, C, B, "UAH", "1000.00", NULL), GN_OK);
	assert_int_equal(hub_pay(&h, A, C, "UAH", "10.00"), GN_OK);
	assert_int_equal(seen.u.payment.route_count, 1);
	return 0;
}

/* The same payment once more, as a record that nobody proposed. */
static gn_err apply_again(void)
{
	struct gn_record_view r = seen;
	struct gn_hash before = hub_hash(&h), after;
	r.seq = gn_ledger_seq(h.l) + 1;
	r.time = h.now;
	r.key.b[0] ^= 1;
	gn_err err = lg_apply(&h.l->book, &r);
	after = hub_hash(&h);
	assert_true(err ? memcmp(before.b, after.b, 32) == 0 : memcmp(before.b, after.b, 32) != 0);
	return err;
}

/* Changes the line that `from` gives to `to`, and applies the payment. */
static gn_err with(unsigned from, unsigned to, const char *change)
{
	assert_int_equal(hub_change(&h, 0, from, to, change), GN_OK);
	return apply_again();
}

static gn_err with_policy(unsigned from, unsigned to, const char *policy)
{
	char rest[512];
	snprintf(rest, sizeof rest, ",\"policy\":{%s}", policy);
	return with(from, to, rest);
}

static void test_what_is_allowed_is_applied(void **state)
{
	(void)state;
	assert_int_equal(apply_again(), GN_OK);
}

static void test_the_limit(void **state)
{
	(void)state;
	assert_int_equal(with(B, A, ",\"limit\":\"19.99\""), GN_NO_CAPACITY);
	assert_int_equal(with(B, A, ",\"limit\":\"20.00\""), GN_OK);
}

static void test_a_frozen_line(void **state)
{
	(void)state;
	assert_int_equal(with(C, B, ",\"status\":\"frozen\""), GN_NO_CAPACITY);
}

static void test_the_limit_of_the_day(void **state)
{
	(void)state; /* a line counts from the moment it has a limit of the day */
	assert_int_equal(with_policy(B, A, "\"daily_limit\":\"9.99\""), GN_DENIED);
	assert_int_equal(with_policy(B, A, "\"daily_limit\":\"10.00\""), GN_OK);
}

static void test_the_limit_of_the_day_binds_the_payee(void **state)
{
	(void)state;
	assert_int_equal(with_policy(C, B, "\"daily_limit\":\"9.99\""), GN_DENIED);
	assert_int_equal(with_policy(C, B, "\"daily_limit\":\"10.00\""), GN_OK);
}

static void test_the_most_of_one_hop(void **state)
{
	(void)state;
	assert_int_equal(with_policy(B, A, "\"max_hop_usage\":\"9.99\""), GN_DENIED);
	assert_int_equal(with_policy(B, A, "\"max_hop_usage\":\"10.00\""), GN_OK);
}

static void test_the_most_of_one_hop_does_not_bind_the_payee(void **state)
{
	(void)state;
	assert_int_equal(with_policy(C, B, "\"max_hop_usage\":\"9.99\""), GN_OK);
}

static void test_a_line_that_passes_nothing_on(void **state)
{
	(void)state;
	assert_int_equal(with_policy(B, A, "\"can_be_intermediate\":false"), GN_DENIED);
	assert_int_equal(with_policy(B, A, "\"can_be_intermediate\":true"), GN_OK);
}

static void test_a_blocked_participant(void **state)
{
	(void)state;
	char policy[128];
	snprintf(policy, sizeof policy, "\"blocked_participants\":[\"%s\"]", h.pid[D]);
	assert_int_equal(with_policy(C, B, policy), GN_OK); /* he is not on the way */
}

static void test_a_blocked_participant_on_the_way(void **state)
{
	(void)state;
	char policy[128];
	snprintf(policy, sizeof policy, "\"blocked_participants\":[\"%s\"]", h.pid[B]);
	assert_int_equal(with_policy(C, B, policy), GN_DENIED);
}

static void test_a_line_that_asks(void **state)
{
	(void)state;
	/* the record names nobody who was asked */
	assert_int_equal(with_policy(B, A, "\"ask\":true"), GN_CORRUPT);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
		T(test_what_is_allowed_is_applied),
		T(test_the_limit),
		T(test_a_frozen_line),
		T(test_the_limit_of_the_day),
		T(test_the_limit_of_the_day_binds_the_payee),
		T(test_the_most_of_one_hop),
		T(test_the_most_of_one_hop_does_not_bind_the_payee),
		T(test_a_line_that_passes_nothing_on),
		T(test_a_blocked_participant),
		T(test_a_blocked_participant_on_the_way),
		T(test_a_line_that_asks),
	};
	return cmocka_run_group_tests_name("ledger_policy", tests, NULL, NULL);
}
