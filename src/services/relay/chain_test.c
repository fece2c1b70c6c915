/* Two relays in a chain: what is closed, refused or lost at one end of it is at the other. Rule
 * RE-36. */
#include "services/relay/testing/client.h"

/* ---- two in a chain: 10 opens at 1, through 2, where 20 waits ---- */

static uint64_t chain(void)
{
	wait_at(2, 20);
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	assert_int_equal(relays[1]->count, 1);
	return last.circuit;
}

static void a_chain_leads_through_two(void **state)
{
	struct gn_relay_to to;
	(void)state;
	uint64_t c = chain();
	assert_int_equal(packets(r, 10, c, 700, 2, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, session_of(2));
	assert_int_equal(packets(relays[1], 1, to.circuit, 700, to.count, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, session_of(20));
	assert_int_equal(packets(relays[1], 20, to.circuit, 800, 1, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, session_of(1));
	assert_int_equal(packets(r, 2, to.circuit, 800, 1, &to), GN_RELAY_FORWARD);
	assert_int_equal(to.session, session_of(10));
	assert_int_equal(to.circuit, c);
	assert_int_equal(count("opened_via"), 1);
	take_events(r);
	assert_int_equal(event_count, 0); /* it is not this node's own */
	/* the second may not go on: it is asked without via. Closed at one end, it is at both */
	clear();
	close_by(10, session_of(10), c);
	assert_int_equal(relays[1]->count, 0);
	assert_int_equal(r->held_count, 0);
	assert_int_equal(heard_by(20)->why, WHY(CLOSED));
	c = chain();
	uint64_t far = relays[1]->circuits[0]->leg_id[1];
	clear();
	struct gn_relay *was = r;
	r = relays[1];
	close_by(20, session_of(20), far);
	r = was;
	assert_int_equal(r->count, 0);
	assert_int_equal(heard_by(10)->circuit, c);
	assert_int_equal(heard_by(10)->why, WHY(CLOSED));
}

static void a_chain_ends_with_the_session_to_the_second(void **state)
{
	struct gn_pk two = pk_of(2), ten = pk_of(10);
	(void)state;
	uint64_t c = chain();
	clear();
	gn_relay_down(r, &two, session_of(2), now);
	pump();
	assert_int_equal(heard_by(10)->circuit, c);
	assert_int_equal(heard_by(10)->why, WHY(GONE));
	assert_int_equal(r->held_count, 0);
	assert_int_equal(count_of(relays[1], "close_unknown"), 0); /* nothing is sent there */
	gn_relay_validate(r);
	gn_relay_down(relays[1], &(struct gn_pk){{9}}, session_of(1), now);
	(void)chain();
	gn_relay_down(r, &ten, session_of(10), now);
	pump();
	assert_int_equal(relays[1]->count, 0); /* closed there as well */
}

static void a_key_opens_so_many_chains(void **state)
{
	(void)state;
	wait_at(2, 20);
	for (unsigned i = 0; i < RELAY_VIA_KEY; i++)
		assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	uint64_t c = last.circuit;
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_BUSY);
	assert_string_equal(last.limit, "RELAY_VIA_KEY");
	assert_int_equal(open_with(11, 20, SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	close_by(10, session_of(10), c);
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	assert_int_equal(count("open_via"), 1);
}

/* Many keys cost no more than that: what else we have at the second relay is our own. */
static void so_many_chains_lead_through_one_relay(void **state)
{
	(void)state;
	wait_at(2, 20);
	for (unsigned i = 0; i < RELAY_VIA_ALL; i++)
		assert_int_equal(open_with(30 + i, 20, SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	uint64_t c = last.circuit;
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_BUSY);
	assert_string_equal(last.limit, "RELAY_VIA_ALL");
	wait_at(3, 20);
	assert_int_equal(open_with(10, 20, SMALL, 3, gn_slice(NULL, 0)), GN_OK);
	close_by(30 + RELAY_VIA_ALL - 1, session_of(30 + RELAY_VIA_ALL - 1), c);
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	assert_true(RELAY_VIA_ALL <= RELAY_CIRCUITS_KEY / 2);
}

/* The second gives less than the first: who takes less too hears what goes through both. */
static void a_chain_has_what_the_second_gives(void **state)
{
	(void)state;
	gn_relay_give(r, &(struct gn_relay_give){.level = GN_RELAY_COMMONS}, now);
	gn_relay_give(relays[1], &(struct gn_relay_give){.level = GN_RELAY_SMALL}, now);
	wait_at(2, 20);
	assert_int_equal(open_with(10, 20, BULK, 2, gn_slice(NULL, 0)), GN_DENIED);
	assert_int_equal(open_with(10, 20, BULK | SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	assert_int_equal(last.lane, SMALL);
	assert_int_equal(last.rate, RELAY_SMALL_RATE);
	gn_relay_give(relays[1], &(struct gn_relay_give){.level = GN_RELAY_COMMONS}, now);
	assert_int_equal(open_with(10, 20, BULK | SMALL, 2, gn_slice(NULL, 0)), GN_OK);
	assert_int_equal(last.lane, BULK);
	assert_int_equal(last.rate, RELAY_COMMONS_RATE);
}

static void a_chain_that_cannot_be_is_refused(void **state)
{
	(void)state;
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_NOT_FOUND);
	assert_int_equal(r->count, 0);
	assert_int_equal(open_with(10, 20, SMALL, 30, gn_slice(NULL, 0)), GN_NOT_FOUND);
	assert_int_equal(open_with(10, 20, SMALL, 1, gn_slice(NULL, 0)), GN_NOT_FOUND);
	may_chain = false;
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_NOT_FOUND);
	may_chain = true;
	assert_int_equal(count("open_via"), 3);
	assert_int_equal(count("via_failed"), 1);
	/* the second does not answer */
	struct gn_relay *two = relays[1];
	relays[1] = NULL;
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_PENDING);
	clear();
	run_for(RELAY_VIA_TIME - GN_SEC);
	assert_int_equal(heard_count, 0);
	run_for(2 * GN_SEC);
	assert_int_equal(heard_by(10)->code, GN_NOT_FOUND);
	assert_int_equal(r->count, 0);
	assert_int_equal(r->held_count, 0);
	/* and is gone before it does */
	assert_int_equal(open_with(10, 20, SMALL, 2, gn_slice(NULL, 0)), GN_PENDING);
	struct gn_pk ten = pk_of(10);
	gn_relay_down(r, &ten, session_of(10), now);
	pump();
	assert_int_equal(r->held_count, 0);
	gn_relay_validate(r);
	relays[1] = two;
}

static void the_second_relay_cannot_take_anothers_number(void **state)
{
	(void)state;
	linked_number = 11;
	assert_int_equal(open_(10, 11, SMALL), GN_OK);
	uint64_t c = last.circuit;
	struct gn_relay *two = relays[1];
	relays[1] = NULL;
	assert_int_equal(open_with(12, 20, SMALL, 2, gn_slice(NULL, 0)), GN_PENDING);
	assert_int_equal(r->held_count, 1);
	clear();
	answer_opened(2, r->frame.last, c, SMALL);
	assert_int_equal(heard_by(12)->code, GN_NOT_FOUND);
	assert_int_equal(count("via_twice"), 1);
	assert_int_equal(r->held_count, 0);
	assert_int_equal(send_(10, c, 100, 1), 1);
	gn_relay_validate(r);
	relays[1] = two;
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, start, end)
	const struct CMUnitTest tests[] = {
		T(a_chain_leads_through_two),
		T(a_chain_ends_with_the_session_to_the_second),
		T(a_key_opens_so_many_chains),
		T(so_many_chains_lead_through_one_relay),
		T(a_chain_has_what_the_second_gives),
		T(a_chain_that_cannot_be_is_refused),
		T(the_second_relay_cannot_take_anothers_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
