/* Which relays are homes, when another is, and which is bad: numbers in, choices out. Rules RE-35,
 * RE-37. */
#include "services/relay/limits.h"
#include "services/relay/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct gn_relay_candidate of(uint8_t key, uint64_t prefix, uint64_t operator_id, int ms)
{
	return (struct gn_relay_candidate){
		.key = {{key}}, .prefix = prefix, .operator_id = operator_id, .rtt = ms * GN_MSEC};
}

static void the_nearest_is_chosen_that_is_apart(void **state)
{
	const struct gn_relay_candidate c[] = {
		of(1, 1, 1, 50), of(2, 2, 0, 30), of(3, 1, 2, 10), of(4, 3, 1, 20), {.rtt = 1}};
	(void)state;
	assert_int_equal(gn_relay_choose(c, 5, NULL, 0), 2);
	assert_int_equal(gn_relay_choose(c, 5, &c[2], 1), 3); /* another prefix */
	struct gn_relay_candidate but[] = {c[2], c[3]};
	assert_int_equal(gn_relay_choose(c, 5, but, 2), 1); /* and another operator */
	assert_int_equal(gn_relay_choose(c, 1, &c[3], 1), -1);
	assert_int_equal(gn_relay_choose(c, 0, NULL, 0), -1);
	static struct gn_relay_candidate all[RELAY_CANDIDATES];
	assert_int_equal(gn_relay_choose(all, RELAY_CANDIDATES, NULL, 0), -1);
	struct gn_relay_candidate unknown = of(9, 9, 0, 1);
	assert_int_equal(gn_relay_choose(c + 1, 1, &unknown, 1), 0); /* unknown ones are apart */
}

static bool has(const struct gn_relay_homes *h, uint8_t key)
{
	return h->home[0].key.b[0] == key || h->home[1].key.b[0] == key;
}

static void two_homes_are_kept_until_one_fails(void **state)
{
	struct gn_relay_candidate c[] = {of(1, 1, 1, 10), of(2, 2, 2, 20), of(3, 3, 3, 30)};
	struct gn_relay_homes h = {0};
	(void)state;
	assert_int_equal(gn_relay_homes_deadline(&h), GN_NEVER);
	assert_true(gn_relay_homes_update(&h, c, 3, 1));
	assert_true(has(&h, 1) && has(&h, 2));
	assert_false(gn_relay_homes_update(&h, c, 3, 2));
	assert_true(gn_relay_homes_update(&h, c + 1, 2, 3)); /* the first is gone */
	assert_true(has(&h, 2) && has(&h, 3));
	assert_true(gn_relay_homes_update(&h, c + 1, 1, 4)); /* there is no third */
	assert_true(has(&h, 2) && !has(&h, 3));
	assert_false(gn_relay_homes_update(&h, c + 1, 1, 5));
	assert_true(gn_relay_homes_update(&h, c, 0, 6));
	assert_false(gn_relay_homes_update(&h, c, 0, 7));
	assert_int_equal(RELAY_HOMES, 2);
}

/* From when it is seen first: better by 30 % and by 20 ms. */
static bool moves(int home_ms, int other_ms, gn_time span)
{
	struct gn_relay_candidate c[] = {of(1, 1, 1, home_ms), of(2, 2, 2, 1), of(3, 3, 3, 1000)};
	struct gn_relay_homes h = {0};
	(void)gn_relay_homes_update(&h, c, 3, 1);
	c[2].rtt = other_ms * GN_MSEC;
	(void)gn_relay_homes_update(&h, c, 3, 1);
	(void)gn_relay_homes_update(&h, c, 3, 1 + span);
	return has(&h, 3);
}

static void a_better_one_is_taken_when_it_has_been_so_for_long(void **state)
{
	(void)state;
	assert_true(moves(100, 70, RELAY_BETTER_FOR));
	assert_false(moves(100, 70, RELAY_BETTER_FOR - 1));
	assert_false(moves(100, 71, RELAY_BETTER_FOR)); /* not 30 % */
	assert_true(moves(50, 30, RELAY_BETTER_FOR));
	assert_false(moves(50, 31, RELAY_BETTER_FOR)); /* not 20 ms */
	assert_int_equal(RELAY_BETTER_PERCENT, 30);
	assert_int_equal(RELAY_BETTER_TIME, 20 * GN_MSEC);
}

static void what_is_better_for_a_moment_is_not(void **state)
{
	struct gn_relay_candidate c[] = {of(1, 1, 1, 100), of(2, 2, 2, 1), of(3, 3, 3, 1000)};
	struct gn_relay_homes h = {0};
	(void)state;
	gn_time now = 1;
	(void)gn_relay_homes_update(&h, c, 3, now);
	for (unsigned i = 0; i < 100; i++) {
		c[2].rtt = (i % 5 ? 50 : 90) * GN_MSEC;
		now += RELAY_BETTER_FOR / 5;
		assert_false(gn_relay_homes_update(&h, c, 3, now));
	}
	/* another that is better for a moment does not begin it anew */
	c[2].rtt = 90 * GN_MSEC;
	assert_false(gn_relay_homes_update(&h, c, 3, now));
	struct gn_relay_candidate d[] = {c[0], c[1], of(3, 3, 3, 50), of(4, 4, 4, 40)};
	for (unsigned i = 0; i < 5; i++, now += RELAY_BETTER_FOR / 5)
		assert_false(gn_relay_homes_update(&h, d, i == 2 ? 4 : 3, now));
	assert_true(gn_relay_homes_update(&h, d, 3, now));
	assert_true(has(&h, 3));
}

static void the_old_home_lives_a_minute_more(void **state)
{
	struct gn_relay_candidate c[] = {of(1, 1, 1, 100), of(2, 2, 2, 1), of(3, 3, 3, 1000)};
	struct gn_relay_homes h = {0};
	(void)state;
	(void)gn_relay_homes_update(&h, c, 3, 1);
	unsigned slot = h.home[0].key.b[0] == 1 ? 0 : 1;
	c[2].rtt = GN_MSEC;
	(void)gn_relay_homes_update(&h, c, 3, 1);
	assert_int_equal(gn_relay_homes_deadline(&h), 1 + RELAY_BETTER_FOR);
	assert_true(gn_relay_homes_update(&h, c, 3, 1 + RELAY_BETTER_FOR));
	assert_int_equal(h.old[slot].key.b[0], 1);
	gn_time until = 1 + RELAY_BETTER_FOR + RELAY_OLD_HOME;
	assert_int_equal(gn_relay_homes_deadline(&h), until);
	assert_false(gn_relay_homes_update(&h, c, 3, until - 1));
	assert_int_equal(h.old[slot].key.b[0], 1);
	assert_false(gn_relay_homes_update(&h, c, 3, until));
	assert_int_equal(h.old[slot].key.b[0], 0);
	assert_int_equal(gn_relay_homes_deadline(&h), GN_NEVER);
}

static void a_relay_is_bad_by_replays_loss_or_silence(void **state)
{
	struct gn_relay_quality q = {.other = UINT32_MAX, .sent_since = GN_NEVER};
	(void)state;
	assert_int_equal(gn_relay_judge(&q, 1), GN_RELAY_GOOD);
	q.replays = RELAY_BAD_REPLAYS;
	assert_int_equal(gn_relay_judge(&q, 1), GN_RELAY_GOOD);
	q.replays++;
	assert_int_equal(gn_relay_judge(&q, 1), GN_RELAY_REPLAYS);
	q.replays = 0;
	q.loss = 1000; /* with nothing to compare: the network's, for all that is known */
	assert_int_equal(gn_relay_judge(&q, 1), GN_RELAY_GOOD);
	q.other = 1000 - RELAY_BAD_LOSS;
	assert_int_equal(gn_relay_judge(&q, 1), GN_RELAY_GOOD);
	q.other--;
	assert_int_equal(gn_relay_judge(&q, 1), GN_RELAY_LOSS);
	q.loss = 0;
	q.sent_since = 5;
	assert_int_equal(gn_relay_judge(&q, 4 + RELAY_BAD_SILENT), GN_RELAY_GOOD);
	assert_int_equal(gn_relay_judge(&q, 5 + RELAY_BAD_SILENT), GN_RELAY_SILENT);
	assert_int_equal(gn_relay_spare_at(5), 5 + RELAY_SPARE_AFTER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_is_chosen_that_is_apart),
		cmocka_unit_test(two_homes_are_kept_until_one_fails),
		cmocka_unit_test(a_better_one_is_taken_when_it_has_been_so_for_long),
		cmocka_unit_test(what_is_better_for_a_moment_is_not),
		cmocka_unit_test(the_old_home_lives_a_minute_more),
		cmocka_unit_test(a_relay_is_bad_by_replays_loss_or_silence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
