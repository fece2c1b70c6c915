/* The link to the node: dialling until somebody is there, calls and their one end, what becomes of
 * them when the node goes (AG-50). */
#include "agent/limits.h"
#include "agent/testing/beside.h"

#include <string.h>

static const struct gn_app_kind shutdown_kind = {GN_FB_APP_BODY_APP_NODE,
						 GN_FB_APP_NODE_BODY_NODE_SHUTDOWN},
				status_kind = {GN_FB_APP_BODY_APP_NODE,
					       GN_FB_APP_NODE_BODY_NODE_STATUS};

static struct beside beside;
/* calls of `status`, which it never answers by itself; `shutdown` it does */
static uint64_t held[2 * AGENT_LINK_CALLS];
static size_t held_count;

static void on_call(struct beside *b, const struct gn_host_app_event *e)
{
	if (e->kind.member == GN_FB_APP_NODE_BODY_NODE_SHUTDOWN)
		beside_ok(b, e->call);
	else
		held[held_count++] = e->call;
}

struct heard {
	unsigned answers, failures;
	gn_err err;
};

static struct heard heards[2]; /* which outlive a test that fails */

static void on_heard(void *user, const struct gn_host_client_event *e)
{
	struct heard *h = user;
	if (e->what == GN_HOST_CLIENT_ANSWER)
		h->answers++;
	if (e->what == GN_HOST_CLIENT_FAILED) {
		h->failures++;
		h->err = e->fault.err;
	}
}

#define UNTIL(what) BESIDE_UNTIL(&beside, what)

static gn_err call(struct gn_app_kind kind, struct heard *heard, uint64_t *number)
{
	struct gn_fbb *b = gn_agent_link_builder(beside.link);
	gn_fbref table =
		kind.member == GN_FB_APP_NODE_BODY_NODE_SHUTDOWN
			? gn_fb_node_shutdown_make(b, &(struct gn_fb_node_shutdown_args){0})
			: gn_fb_node_status_make(b, &(struct gn_fb_node_status_args){0});
	return gn_agent_link_call(beside.link, kind, table, 0, on_heard, heard, number);
}

static int set_up(void **state)
{
	(void)state;
	beside_make(&beside);
	beside.call = on_call;
	held_count = 0;
	memset(heards, 0, sizeof heards);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	beside_end(&beside);
	return 0;
}

/* ---- the tests ---- */

static void dials_until_a_node_is_there(void **state)
{
	(void)state;
	UNTIL(beside.downs == 2);
	assert_int_equal(beside.down_err, GN_NOT_FOUND);
	assert_non_null(strstr(beside.down_why, beside.path));
	assert_non_null(strstr(beside.down_why, "geonet up"));
	assert_false(gn_agent_link_is_up(beside.link));
	assert_int_equal(gn_agent_link_room(beside.link), 0);
	assert_null(gn_agent_link_client(beside.link));
	beside_node_up(&beside);
	UNTIL(beside.ups == 1);
	assert_true(gn_agent_link_is_up(beside.link));
	assert_int_equal(gn_agent_link_room(beside.link), AGENT_LINK_CALLS);
}

static void waits_longer_each_time(void **state)
{
	(void)state;
	gn_time now = gn_os_steady(), wait = 0;
	for (unsigned i = 0; i < 12; i++) {
		gn_time next = gn_agent_link_pump(beside.link, now);
		assert_true(next - now >= wait && next - now <= AGENT_LINK_WAIT_MAX);
		assert_true(i > 1 || next - now == (i + 1) * AGENT_LINK_WAIT);
		wait = next - now;
		now = next;
	}
	assert_int_equal(wait, AGENT_LINK_WAIT_MAX);
	assert_int_equal(beside.downs, 12);
}

static void answers_reach_who_asked(void **state)
{
	(void)state;
	struct heard *one = &heards[0], *two = &heards[1];
	uint64_t number;
	beside_node_up(&beside);
	UNTIL(beside.ups == 1);
	assert_int_equal(call(shutdown_kind, one, NULL), GN_OK);
	assert_int_equal(call(status_kind, two, &number), GN_OK);
	UNTIL(one->answers == 1 && held_count == 1);
	assert_int_equal(two->answers + two->failures, 0);
	struct gn_host_app_fault fault = {.err = GN_BUSY};
	assert_int_equal(gn_host_app_refuse(beside.app, held[0], &fault, gn_os_steady()), GN_OK);
	UNTIL(two->failures == 1);
	assert_int_equal(two->err, GN_BUSY);
	assert_int_equal(gn_agent_link_room(beside.link), AGENT_LINK_CALLS);
}

static void a_node_that_goes_ends_every_call(void **state)
{
	(void)state;
	struct heard *heard = &heards[0];
	beside_node_up(&beside);
	UNTIL(beside.ups == 1);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(call(status_kind, heard, NULL), GN_OK);
	UNTIL(held_count == 3);
	beside_hang_up(&beside);
	UNTIL(beside.downs == 1);
	assert_int_equal(heard->failures, 3);
	assert_int_equal(heard->err, GN_CLOSED);
	UNTIL(beside.ups == 2); /* and it is found again */
	assert_int_equal(call(shutdown_kind, heard, NULL), GN_OK);
	UNTIL(heard->answers == 1);
}

static void takes_as_many_calls_as_there_are_places(void **state)
{
	(void)state;
	struct heard *heard = &heards[0];
	uint64_t first = 0;
	beside_node_up(&beside);
	UNTIL(beside.ups == 1);
	for (unsigned i = 0; i < AGENT_LINK_CALLS; i++)
		assert_int_equal(call(status_kind, heard, first ? NULL : &first), GN_OK);
	assert_int_equal(gn_agent_link_room(beside.link), 0);
	assert_int_equal(call(status_kind, heard, NULL), GN_LIMIT);
	UNTIL(held_count == AGENT_LINK_CALLS);
	gn_agent_link_drop(beside.link, first);
	UNTIL(beside.gone == 1);
	assert_int_equal(heard->failures, 0); /* it is not heard of */
	assert_int_equal(gn_agent_link_room(beside.link), 1);
}

static void nothing_is_taken_while_it_is_down(void **state)
{
	(void)state;
	struct heard *heard = &heards[0];
	beside_node_up(&beside);
	UNTIL(beside.ups == 1);
	beside_node_down(&beside);
	UNTIL(beside.downs >= 1);
	assert_int_equal(gn_agent_link_call(beside.link, status_kind, 0, 0, on_heard, heard, NULL),
			 GN_CLOSED);
	assert_int_equal(heard->answers + heard->failures, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(dials_until_a_node_is_there),
		T(waits_longer_each_time),
		T(answers_reach_who_asked),
		T(a_node_that_goes_ends_every_call),
		T(takes_as_many_calls_as_there_are_places),
		T(nothing_is_taken_while_it_is_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
