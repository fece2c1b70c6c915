/* Chats that are emptied here and for both, by turns and over a restart; messages that are hidden;
 * how long they stay. Rule: AG-117. */
#include "agent/testing/calls.h"
#include "agent/testing/world.h"

#include <string.h>

static struct world w;

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	world_meet(&w);
	calls_serve(&w.souls[0].a);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

struct counted {
	unsigned there, deleted;
};

static bool count_one(void *user, const struct gn_agent_message *m)
{
	struct counted *c = user;
	struct gn_people_message row;
	assert_int_equal(gn_people_message_open(m->row, &row), GN_OK);
	c->there += row.kind < GN_PEOPLE_GAP && !row.expired && !row.deleted;
	c->deleted += row.deleted;
	return true;
}

/* Texts that one has of the chat with the other. */
static struct counted has(unsigned who)
{
	struct gn_pk other = world_owner(&w, !who);
	struct gn_slice key = GN_SLICE(other.b);
	struct gn_agent_page page = {.limit = 500};
	struct counted c = {0};
	struct gn_hash chat;
	bool more;
	gn_sha256(&key, 1, &chat);
	memcpy(page.chat.b, chat.b, sizeof page.chat.b);
	assert_int_equal(gn_agent_history(w.souls[who].a.db, &page, count_one, &c, &more), GN_OK);
	return c;
}

static struct gn_slice pid_of(unsigned who, char room[GN_PID_MAX])
{
	struct gn_pk owner = world_owner(&w, who);
	gn_pid(&owner, room);
	return gn_str(room);
}

static gn_err ask(gn_err (*run)(struct agent_request *r), struct gn_fbb *b, gn_fbref t,
		  uint8_t member)
{
	struct agent_request *r = calls_ask(
		&w.souls[0].a, run, (struct gn_app_kind){GN_FB_APP_BODY_APP_CHAT, member}, b, t);
	gn_host_release(&r->base);
	return calls_got.refusals ? calls_got.err : GN_OK;
}

static gn_err empty(bool both)
{
	char pid[GN_PID_MAX];
	struct gn_fbb b = calls_builder();
	struct gn_fb_chat_delete_args args = {.who = pid_of(1, pid), .mine = true, .both = both};
	return ask(agent_call_chat_delete, &b, gn_fb_chat_delete_make(&b, &args),
		   GN_FB_APP_CHAT_BODY_CHAT_DELETE);
}

static void emptied(void **state)
{
	struct gn_content_id ids[3 * AGENT_CLEAR_AT_ONCE];
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(ids); i++)
		ids[i] = world_say(&w, i % 3 == 0, "one of many");
	for (unsigned i = 0; i < 100 && (has(0).there + has(1).there < 2 * (GN_COUNT(ids) + 2));
	     i++)
		world_pass(&w, GN_SEC, GN_SEC / 4);
	unsigned all = has(0).there, theirs = GN_COUNT(ids) / 3 + 1;
	assert_int_equal(all, GN_COUNT(ids) + 2);
	assert_int_equal(empty(true), GN_OK);
	/* killed after the first page */
	w.souls[0].a.now = w.now;
	(void)agent_clear_pump(&w.souls[0].a);
	assert_true(has(0).there < all && has(0).there > 0);
	world_again(&w, 0);
	calls_serve(&w.souls[0].a);
	WORLD_UNTIL(&w, has(0).there == 0 && w.souls[0].a.clear_count == 0);
	for (unsigned i = 0; i < 100 && has(1).there > theirs; i++)
		world_pass(&w, GN_SEC, GN_SEC / 4);
	assert_int_equal(has(1).there, theirs); /* what they said is theirs */
	/* what comes later stays */
	struct gn_content_id late = world_say(&w, 1, "later");
	WORLD_UNTIL(&w, world_state(&w, 0, false, &late) >= 0);
	world_pass(&w, 2 * GN_SEC, GN_SEC);
	assert_int_equal(has(0).there, 1);
	assert_int_equal(empty(false), GN_OK);
	WORLD_UNTIL(&w, has(0).there == 0);
	assert_int_equal(has(1).there, theirs + 1);
}

static void as_many_as_wait(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct gn_hash chat = {{0}};
	(void)state;
	a->now = w.now;
	for (unsigned i = 0; i < AGENT_CLEARS; i++) {
		chat.b[0] = (uint8_t)i;
		assert_int_equal(agent_clear_add(a, &chat, 1, false), GN_OK);
	}
	assert_int_equal(agent_clear_add(a, &chat, 2, true), GN_OK); /* that one again */
	assert_int_equal(empty(false), GN_LIMIT);
	WORLD_UNTIL(&w, a->clear_count == 0); /* of no contact: nothing is left to do */
	assert_int_equal(empty(false), GN_OK);
}

static void some_hidden(void **state)
{
	char pid[GN_PID_MAX];
	struct gn_fb_message_id ids[GN_CONTENT_IDS_MAX + 1] = {0};
	struct gn_content_id mine = world_say(&w, 0, "mine"), theirs = world_say(&w, 1, "theirs");
	(void)state;
	WORLD_UNTIL(&w, world_state(&w, 0, false, &theirs) >= 0);
	unsigned before = has(0).there;
	memcpy(ids[0].b, mine.b, sizeof ids[0].b);
	memcpy(ids[1].b, theirs.b, sizeof ids[1].b);
	static const struct {
		size_t count;
		gn_err err;
	} tries[] = {
		{0, GN_USAGE}, {GN_CONTENT_IDS_MAX + 1, GN_TOO_LARGE}, {GN_CONTENT_IDS_MAX, GN_OK}};
	for (size_t i = 0; i < GN_COUNT(tries); i++) {
		struct gn_fbb b = calls_builder();
		struct gn_fb_message_hide_args args = {
			.who = pid_of(1, pid), .ids = {ids, tries[i].count}, .devices = true};
		assert_int_equal(ask(agent_call_message_hide, &b,
				     gn_fb_message_hide_make(&b, &args),
				     GN_FB_APP_CHAT_BODY_MESSAGE_HIDE),
				 tries[i].err);
	}
	assert_int_equal(has(0).there, before - 2);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &mine) >= 0); /* it is theirs to keep */
}

static void for_a_while(void **state)
{
	char pid[GN_PID_MAX];
	struct gn_pk other = world_owner(&w, 1);
	struct gn_people_contact c;
	static const struct {
		uint32_t seconds;
		bool set;
		gn_err err;
	} tries[] = {{60, false, GN_USAGE}, {401 * 86400, true, GN_RANGE}, {60, true, GN_OK}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(tries); i++) {
		struct gn_fbb b = calls_builder();
		struct gn_fb_chat_set_args args = {.who = pid_of(1, pid),
						   .expire = tries[i].seconds,
						   .expire_set = tries[i].set};
		assert_int_equal(ask(agent_call_chat_set, &b, gn_fb_chat_set_make(&b, &args),
				     GN_FB_APP_CHAT_BODY_CHAT_SET),
				 tries[i].err);
	}
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_int_equal(c.expire, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(emptied, set_up, tear_down),
		cmocka_unit_test_setup_teardown(as_many_as_wait, set_up, tear_down),
		cmocka_unit_test_setup_teardown(some_hidden, set_up, tear_down),
		cmocka_unit_test_setup_teardown(for_a_while, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
