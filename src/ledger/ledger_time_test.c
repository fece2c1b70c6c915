/* Times that a stranger's journal or state may hold: up to a limit they are taken, past it they are
 * refused, and nothing that is added to one overflows. A pays C over B, whose line asks. */
#include "ledger/engine_int.h"
#include "ledger/testing/one_hub.h"

enum { A, B, C };

static int setup(void **state)
{
	char body[1024];
	uint64_t ticket;
	(void)state;
	one_hub(2, 3);
	trust(B, A, "100.00", "{\"ask\":true}");
	trust(C, B, "100.00", NULL);
	hub_payment_body(&h, C, "UAH", "10.00", NULL, "p1", body);
	assert_int_equal(hub_send(&h, A, GN_OP_PAYMENT, body, "p1", &ticket), GN_OK);
	assert_int_equal(hub_outcome(&h, ticket)->state, GN_TX_PREPARE);
	return 0;
}

static void a_record_of_the_last_day_that_is_taken(void **state)
{
	struct gn_record_view r;
	(void)state;
	assert_int_equal(lg_rec_read(h.last_record, h.l->book.seq + 1, &r), GN_OK);
	assert_int_equal(r.type, GN_REC_PREPARE);
	r.key.b[0] ^= 1;
	r.time = INT64_MAX - 1;
	r.u.payment.expiry = INT64_MAX; /* longer than any payment waits */
	assert_int_equal(lg_apply(&h.l->book, &r), GN_RANGE);
	r.time = REC_TIME_MAX + 1;
	assert_int_equal(lg_apply(&h.l->book, &r), GN_RANGE);
	r.time = REC_TIME_MAX;
	assert_int_equal(lg_apply(&h.l->book, &r), GN_CORRUPT);
	r.u.payment.expiry = REC_TIME_MAX + h.l->book.settings.expiry_s_max * GN_SEC;
	assert_int_equal(lg_apply(&h.l->book, &r), GN_OK);
}

/* What reads the state back says. */
static gn_err read_back(void)
{
	struct gn_buf state = {0};
	struct lg_book again;
	lg_book_init(&again, &h.env);
	assert_int_equal(lg_state_write(&h.l->book, &state), GN_OK);
	gn_err err = lg_state_read(&again, gn_buf_slice(&state));
	lg_book_fini(&again);
	gn_mem_free(h.env.alloc, state.p);
	return err;
}

/* Puts another value in, and the one that was there back. */
static gn_err with(gn_time *at, gn_time value)
{
	gn_time was = *at;
	*at = value;
	gn_err err = read_back();
	*at = was;
	return err;
}

static void times_of_a_state(void **state)
{
	struct lg_book *b = &h.l->book;
	struct lg_open *o = b->open[0];
	(void)state;
	assert_int_equal(with(&b->time, REC_TIME_MAX), GN_OK);
	assert_int_equal(with(&b->time, REC_TIME_MAX + 1), GN_CORRUPT);
	assert_int_equal(with(&b->time, -1), GN_CORRUPT);
	assert_int_equal(with(&o->made, b->time), GN_OK);
	assert_int_equal(with(&o->made, b->time + 1), GN_CORRUPT);
	assert_int_equal(with(&o->made, -1), GN_CORRUPT);
	assert_int_equal(with(&o->timer.at, o->made + 1), GN_OK);
	assert_int_equal(with(&o->timer.at, o->made), GN_CORRUPT);
}

/* Days that have not come would leave no room for those that do. */
static void keys_of_a_day_that_has_not_come(void **state)
{
	struct lg_keys *k = &h.l->book.keys;
	(void)state;
	assert_int_equal(k->day_count, 1);
	assert_int_equal(k->days[0].day, lg_day(h.l->book.time));
	assert_int_equal(read_back(), GN_OK);
	k->days[0].day++;
	assert_int_equal(read_back(), GN_CORRUPT);
	k->days[0].day--;
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, one_hub_end)
	const struct CMUnitTest tests[] = {
		T(a_record_of_the_last_day_that_is_taken),
		T(times_of_a_state),
		T(keys_of_a_day_that_has_not_come),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
