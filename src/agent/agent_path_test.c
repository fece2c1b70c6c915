/* A contact's rule about paths: what the node hears of it, and when (AG-72, RE-11). */
#include "agent/testing/calls.h"
#include "agent/testing/world.h"

#include <string.h>

static struct world w;
static void (*others)(struct beside *b, const struct gn_host_app_event *e);

/* What the node heard last. */
static struct {
	unsigned count;
	char rule[AGENT_PATH_MAX + 1];
	struct gn_pk person, nodes[8];
	uint32_t node_count;
	bool listed;
} heard;
static gn_err refuses;

static void on_call(struct beside *b, const struct gn_host_app_event *e)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_NODE,
						GN_FB_APP_NODE_BODY_NODE_PATH_IS};
	static const struct gn_fb_node_path_is_args none;
	struct gn_fb_node_path t = {e->table};
	if (e->kind.area != GN_FB_APP_BODY_APP_NODE ||
	    e->kind.member != GN_FB_APP_NODE_BODY_NODE_PATH) {
		others(b, e);
		return;
	}
	struct gn_slice rule = gn_fb_node_path_rule(t);
	heard.count++;
	memcpy(heard.rule, rule.p, rule.len);
	heard.rule[rule.len] = 0;
	heard.person = gn_wire_key_get(gn_fb_node_path_contact(t));
	heard.listed = gn_fb_node_path_listed(t);
	heard.node_count = gn_fb_node_path_nodes_len(t);
	for (uint32_t i = 0; i < heard.node_count; i++)
		heard.nodes[i] = gn_wire_key_get(gn_fb_node_path_nodes_at(t, i));
	if (refuses)
		beside_refuse(b, e->call, refuses);
	else
		beside_answer(b, e->call, kind, gn_fb_node_path_is_make(beside_builder(b), &none));
}

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	world_meet(&w);
	struct gn_agent *a = &w.souls[1].a;
	calls_serve(a);
	others = w.souls[1].beside.call;
	w.souls[1].beside.call = on_call;
	memset(&heard, 0, sizeof heard);
	refuses = GN_OK;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static const char *who(void)
{
	static char pid[GN_PID_MAX];
	struct gn_pk friend = world_owner(&w, 0);
	gn_pid(&friend, pid);
	return pid;
}

/* Soul 1 says it of the other; false: it was refused. */
static bool say(struct gn_fb_contact_set_args args)
{
	struct gn_fbb b = calls_builder();
	args.who = gn_str(who());
	struct agent_request *r =
		calls_ask(&w.souls[1].a, agent_call_contact_set,
			  (struct gn_app_kind){GN_FB_APP_BODY_APP_CONTACT,
					       GN_FB_APP_CONTACT_BODY_CONTACT_SET},
			  &b, gn_fb_contact_set_make(&b, &args));
	WORLD_UNTIL(&w, calls_got.answers + calls_got.refusals);
	gn_host_release(&r->base);
	return calls_got.answers == 1;
}

static bool say_path(const char *rule)
{
	return say((struct gn_fb_contact_set_args){.path = gn_str(rule)});
}

static const char *kept(void)
{
	static uint8_t room[AGENT_PATH_MAX + 1];
	struct gn_people_contact c;
	struct gn_pk friend = world_owner(&w, 0);
	assert_int_equal(gn_people_get(w.souls[1].a.people, &friend, &c), GN_OK);
	room[agent_path_of(&w.souls[1].a, &c, room).len] = 0;
	return (const char *)room;
}

static void what_the_node_took_is_kept(void **state)
{
	(void)state;
	char most[AGENT_PATH_MAX + 2];
	struct gn_pk friend = world_owner(&w, 0);
	assert_true(say_path("relay"));
	struct gn_fb_person person = {calls_got.table};
	assert_true(gn_slice_eq(gn_fb_person_path(person), GN_LIT("relay")));
	assert_string_equal(kept(), "relay");
	assert_true(gn_pk_eq(&heard.person, &friend) && !heard.listed);
	/* their record is looked up at once, and says that no node is theirs */
	WORLD_UNTIL(&w, heard.listed);
	assert_string_equal(heard.rule, "relay");
	assert_int_equal(heard.node_count, 0);
	refuses = GN_DENIED;
	assert_false(say_path("direct"));
	assert_int_equal(calls_got.err, GN_DENIED);
	assert_string_equal(kept(), "relay");
	refuses = GN_OK;
	/* as long as may be, one more, none; and nothing besides */
	memset(most, ' ', sizeof most);
	memcpy(most, "relay", 5);
	most[sizeof most - 1] = 0;
	assert_false(say_path(most));
	most[AGENT_PATH_MAX] = 0;
	assert_true(say_path(most));
	assert_false(say_path(""));
	assert_false(say(
		(struct gn_fb_contact_set_args){.path = GN_LIT("any"), .petname = GN_LIT("Ann")}));
	assert_string_equal(kept(), most);
	assert_true(say_path("any"));
	assert_string_equal(heard.rule, "any");
	assert_string_equal(kept(), "");
}

/* The first four that have not expired; devices are none; of whom nothing is said, nothing is. */
static void nodes_are_those_of_the_record(void **state)
{
	(void)state;
	struct gn_agent *a = &w.souls[1].a;
	static struct gn_identity id;
	id = (struct gn_identity){.owner = world_owner(&w, 0)};
	for (; id.key_count < AGENT_PATH_NODES + 3; id.key_count++)
		id.keys[id.key_count] =
			(struct gn_identity_key){.pk = {{(uint8_t)(id.key_count + 1)}},
						 .kind = GN_FB_MEMBER_KIND_NODE,
						 .expires = agent_unix(a) + 100};
	id.keys[0].kind = GN_FB_MEMBER_KIND_DEVICE;
	id.keys[1].expires = agent_unix(a);
	agent_path_known(a, &id);
	world_settle(&w);
	assert_int_equal(heard.count, 0);
	assert_true(say_path("relay"));
	WORLD_UNTIL(&w, heard.listed);
	agent_path_known(a, &id);
	WORLD_UNTIL(&w, heard.node_count);
	assert_int_equal(heard.node_count, AGENT_PATH_NODES);
	for (unsigned i = 0; i < AGENT_PATH_NODES; i++)
		assert_true(gn_pk_eq(&heard.nodes[i], &id.keys[i + 2].pk));
}

static void it_ends_with_the_contact(void **state)
{
	(void)state;
	struct gn_fbb b = calls_builder();
	assert_true(say_path("relay"));
	b = calls_builder();
	gn_fbref t = gn_fb_contact_remove_make(
		&b, &(struct gn_fb_contact_remove_args){.who = gn_str(who())});
	struct agent_request *r =
		calls_ask(&w.souls[1].a, agent_call_contact_remove,
			  (struct gn_app_kind){GN_FB_APP_BODY_APP_CONTACT,
					       GN_FB_APP_CONTACT_BODY_CONTACT_REMOVE},
			  &b, t);
	gn_host_release(&r->base);
	WORLD_UNTIL(&w, strcmp(heard.rule, "any") == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_the_node_took_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nodes_are_those_of_the_record, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_ends_with_the_contact, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
