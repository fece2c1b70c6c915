/* Events in the store: what they are about, that no cursor is taken twice, what is dropped. Rules:
 * AG-39, AG-90. */
#include "agent/events_int.h"
#include "agent/testing/nest.h"

static struct nest nest;
static struct gn_agent agent;

/* As after a start. */
static void begin(void)
{
	uint64_t next;
	assert_ok(agent_events_next(&agent, &next));
	gn_host_told_restart(agent.api.told, 1);
	gn_host_told_skip(agent.api.told, next, agent.now);
	agent.told_ahead = 0;
}

static int set_up(void **state)
{
	(void)state;
	nest_make(&nest, NULL);
	nest_open(&nest);
	agent = (struct gn_agent){.db = nest.db, .now = 1700000000 * GN_SEC};
	agent.api.told = gn_host_told_new(&(struct gn_host_told_config){
		.count = AGENT_TOLD_COUNT, .bytes = AGENT_TOLD_BYTES, .keep = AGENT_TOLD_KEEP});
	assert_non_null(agent.api.told);
	begin();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_host_told_free(agent.api.told);
	nest_remove(&nest);
	return 0;
}

static uint64_t keep(const struct gn_people_event *e)
{
	struct gn_agent_tx tx;
	uint64_t cursor;
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(agent_event_keep(&agent, &tx, e, &cursor));
	assert_ok(gn_agent_tx_commit(&tx));
	return cursor;
}

static uint64_t next_of_store(void)
{
	uint64_t next;
	assert_ok(agent_events_next(&agent, &next));
	return next;
}

/* One that was told is never taken again: at the last that is kept back, and one past it. */
static void ahead(void **state)
{
	const struct gn_people_event e = {.kind = GN_PEOPLE_CONTACT};
	(void)state;
	assert_int_equal(next_of_store(), 1);
	for (uint64_t i = 1; i <= AGENT_TOLD_AHEAD; i++)
		assert_int_equal(keep(&e), i);
	assert_int_equal(next_of_store(), 1 + AGENT_TOLD_AHEAD);
	assert_int_equal(keep(&e), AGENT_TOLD_AHEAD + 1);
	assert_int_equal(next_of_store(), 1 + 2 * AGENT_TOLD_AHEAD);
	begin(); /* killed: what may have been told is skipped */
	assert_int_equal(keep(&e), 1 + 2 * AGENT_TOLD_AHEAD);
	assert_int_equal(next_of_store(), 1 + 3 * AGENT_TOLD_AHEAD);
}

struct seen {
	unsigned count;
	struct gn_people_event last;
	uint64_t cursor;
};

static bool see(void *user, const struct gn_agent_event *e)
{
	struct seen *s = user;
	assert_true(agent_event_named(e, &s->last));
	assert_true(e->cursor > s->cursor);
	s->cursor = e->cursor;
	s->count++;
	return true;
}

static void named(void **state)
{
	struct gn_people_event e = {.kind = GN_PEOPLE_MESSAGE, .mine = true, .fresh = true};
	struct seen s = {0};
	uint64_t first;
	(void)state;
	memset(e.chat.b, 1, sizeof e.chat.b);
	memset(e.id.b, 2, sizeof e.id.b);
	memset(e.owner.b, 3, sizeof e.owner.b);
	assert_int_equal(keep(&e), 1);
	assert_int_equal(keep(&e), 2); /* the last stands */
	assert_ok(gn_agent_events_newest(nest.db, see, &s, &first));
	assert_int_equal(s.count, 1);
	assert_int_equal(s.cursor, 2);
	assert_int_equal(first, 1);
	assert_int_equal(s.last.kind, GN_PEOPLE_MESSAGE);
	assert_true(s.last.mine && s.last.fresh);
	assert_memory_equal(s.last.chat.b, e.chat.b, 32);
	assert_memory_equal(s.last.id.b, e.id.b, 16);
	e.kind = GN_PEOPLE_ALARM; /* it is about the contact */
	assert_int_equal(keep(&e), 3);
	s = (struct seen){0};
	assert_ok(gn_agent_events_newest(nest.db, see, &s, &first));
	assert_int_equal(s.count, 2);
	assert_int_equal(s.last.kind, GN_PEOPLE_CONTACT);
	assert_memory_equal(s.last.owner.b, e.owner.b, 32);
	/* what nobody is told of takes no cursor */
	static const enum gn_people_event_kind quiet[] = {GN_PEOPLE_WANT_RECORD, GN_PEOPLE_WANT_BOX,
							  GN_PEOPLE_DEVICE_GONE};
	for (size_t i = 0; i < GN_COUNT(quiet); i++)
		assert_int_equal(keep(&(struct gn_people_event){.kind = quiet[i]}), 0);
	assert_int_equal(gn_host_told_cursor(agent.api.told), 3);
	/* bytes of another length, kinds of another program */
	struct gn_agent_event row = {.kind = AGENT_EVENT_CONTACT, .bytes = GN_LIT("short")};
	assert_false(agent_event_named(&row, &e));
	row.kind = AGENT_EVENT_MESSAGE;
	assert_false(agent_event_named(&row, &e));
	row.kind = 77;
	assert_false(agent_event_named(&row, &e));
}

/* From the first one that was not dropped on all are there. */
static void dropped(void **state)
{
	struct gn_people_event e = {.kind = GN_PEOPLE_CONTACT};
	struct seen s = {0};
	uint64_t first;
	(void)state;
	for (uint8_t i = 1; i <= 3; i++) {
		e.owner.b[0] = i;
		keep(&e);
	}
	agent.now += AGENT_TOLD_KEEP;
	e.owner.b[0] = 4;
	keep(&e);
	assert_ok(gn_agent_events_newest(nest.db, see, &s, &first));
	assert_int_equal(s.count, 4);
	assert_int_equal(first, 1);
	agent.now += GN_MSEC;
	e.owner.b[0] = 5;
	keep(&e);
	s = (struct seen){0};
	assert_ok(gn_agent_events_newest(nest.db, see, &s, &first));
	assert_int_equal(s.count, 2);
	assert_int_equal(first, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ahead, set_up, tear_down),
		cmocka_unit_test_setup_teardown(named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dropped, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
