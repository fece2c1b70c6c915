/* Presence of two agents, with a bus and a clock of the test's: who sees what when, what is told
 * to whom, what a topic is used for and how long, who may follow. Rules AG-110, AG-111, AG-112,
 * AG-113; PE-81, PE-83. */
#include "agent/presence_int.h"
#include "agent/testing/calls.h"
#include "agent/testing/world.h"
#include "records/topic.h"
#include "wire/generated/app_topic_fb.h"

#include <stdlib.h>

#define TOPIC(member) {GN_FB_APP_BODY_APP_TOPIC, GN_FB_APP_TOPIC_BODY_##member}
#define FOLLOWS 64

static struct world w;

/* The bus: who follows what, and what was said. */
static struct {
	struct follow {
		struct world_soul *soul;
		uint64_t call;
		struct gn_pk topic;
	} follows[FOLLOWS];
	unsigned count, said, refused;
	bool refuses;      /* no root takes anything */
	struct gn_pk last; /* the topic of what was said last, and that itself */
	uint8_t bytes[256];
	size_t len;
	struct gn_fb_sig sig;
} bus;

static void say_to(const struct follow *f, const struct gn_slice said, const struct gn_fb_sig *sig)
{
	static const struct gn_app_kind kind = TOPIC(TOPIC_SAID);
	struct gn_fbb *b = beside_builder(&f->soul->beside);
	struct gn_fb_topic_said_args args = {.said = said, .sig = sig};
	gn_err err = gn_host_app_answer(f->soul->beside.app, f->call, kind,
					gn_fb_topic_said_make(b, &args), true, gn_os_steady());
	assert_true(err == GN_OK || err == GN_NOT_FOUND); /* it was given up meanwhile */
}

static bool on_call(struct world_soul *s, const struct gn_host_app_event *e)
{
	static const struct gn_app_kind published = TOPIC(TOPIC_PUBLISHED);
	if (e->kind.area != GN_FB_APP_BODY_APP_TOPIC)
		return false;
	if (e->kind.member == GN_FB_APP_TOPIC_BODY_TOPIC_FOLLOW) {
		struct gn_fb_key owner =
			gn_fb_topic_follow_owner((struct gn_fb_topic_follow){e->table});
		assert_true(bus.count < FOLLOWS);
		assert_int_equal(gn_fb_topic_follow_session((struct gn_fb_topic_follow){e->table}),
				 GN_FB_SESSION_AS_FRESH); /* AG-115 */
		struct follow *f = &bus.follows[bus.count++];
		*f = (struct follow){.soul = s, .call = e->call};
		memcpy(f->topic.b, owner.b, sizeof owner.b);
		return true;
	}
	assert_int_equal(e->kind.member, GN_FB_APP_TOPIC_BODY_TOPIC_PUBLISH);
	struct gn_fb_topic_publish t = {e->table};
	assert_int_equal(gn_fb_topic_publish_session(t), GN_FB_SESSION_AS_FRESH);
	struct gn_fb_key owner = gn_fb_topic_publish_owner(t);
	struct gn_fb_sig sig = gn_fb_topic_publish_sig(t);
	bus.refused += bus.refuses;
	if (bus.refuses) {
		beside_refuse(&s->beside, e->call, GN_NOT_FOUND);
		return true;
	}
	bus.said++;
	memcpy(bus.last.b, owner.b, sizeof owner.b);
	struct gn_slice said = gn_fb_topic_publish_said(t);
	assert_true(said.len <= sizeof bus.bytes);
	memcpy(bus.bytes, said.p, said.len);
	bus.len = said.len;
	bus.sig = sig;
	for (unsigned i = 0; i < bus.count; i++)
		if (memcmp(bus.follows[i].topic.b, owner.b, sizeof owner.b) == 0)
			say_to(&bus.follows[i], gn_fb_topic_publish_said(t), &sig);
	struct gn_fbb *b = beside_builder(&s->beside);
	static const struct gn_fb_topic_published_args taken = {.roots = 8, .of = 8};
	beside_answer(&s->beside, e->call, published, gn_fb_topic_published_make(b, &taken));
	return true;
}

static int set_up(void **state)
{
	(void)state;
	memset(&bus, 0, sizeof bus);
	world_make(&w);
	w.call = on_call;
	world_meet(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

static void set(unsigned who, enum gn_presence_state state)
{
	struct gn_agent *a = &w.souls[who].a;
	a->now = w.now;
	assert_int_equal(agent_presence_set(a, state), GN_OK);
}

/* How one sees the other. */
static enum gn_presence_state seen(unsigned by)
{
	struct gn_agent *a = &w.souls[by].a;
	struct gn_pk other = world_owner(&w, !by);
	struct gn_people_contact c;
	struct gn_presence_of of;
	if (gn_people_get(a->people, &other, &c) != GN_OK ||
	    !gn_presence_get(a->presence->engine, c.chat, &of))
		return GN_PRESENCE_OFFLINE;
	return of.state;
}

static void until_seen(unsigned by, enum gn_presence_state state)
{
	for (unsigned i = 0; i < 90 && seen(by) != state; i++)
		world_pass(&w, GN_SEC, GN_SEC);
	assert_int_equal(seen(by), state);
}

static void both_online(void)
{
	set(0, GN_PRESENCE_ONLINE);
	set(1, GN_PRESENCE_ONLINE);
	until_seen(0, GN_PRESENCE_ONLINE);
	until_seen(1, GN_PRESENCE_ONLINE);
}

static void at_first_nothing_is_said(void **state)
{
	(void)state;
	world_pass(&w, 120 * GN_SEC, 10 * GN_SEC);
	assert_int_equal(bus.said + bus.count, 0);
	assert_false(w.souls[0].a.presence->made);
	/* who is told of nobody follows nobody */
	set(0, GN_PRESENCE_ONLINE);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	assert_true(bus.said > 0);
	assert_int_equal(bus.count, 0);
}

/* What a root, or their own node, makes up or says again of a contact is not shown: neither what
 * they said before, nor what is changed anywhere. */
static void a_root_that_lies_is_not_seen(void)
{
	struct follow *f = NULL;
	set(1, GN_PRESENCE_BUSY);
	until_seen(0, GN_PRESENCE_BUSY);
	for (unsigned i = 0; i < bus.count; i++)
		if (bus.follows[i].soul == &w.souls[0] &&
		    gn_pk_eq(&bus.follows[i].topic, &w.souls[1].a.presence->topic.pk))
			f = &bus.follows[i];
	assert_non_null(f);
	if (!f) /* for who reads this without running it */
		return;
	assert_true(gn_pk_eq(&bus.last, &f->topic));
	uint8_t busy[sizeof bus.bytes];
	size_t len = bus.len;
	struct gn_fb_sig sig = bus.sig;
	memcpy(busy, bus.bytes, len);
	set(1, GN_PRESENCE_AWAY);
	until_seen(0, GN_PRESENCE_AWAY);
	for (size_t i = 0; i < len; i++) { /* one byte each, of the next that they could say */
		uint8_t lie[sizeof bus.bytes];
		memcpy(lie, i % 2 ? busy : bus.bytes, len);
		lie[i] ^= (uint8_t)(1u << i % 8);
		say_to(f, gn_slice(lie, len), i % 2 ? &sig : &bus.sig);
	}
	say_to(f, gn_slice(busy, len), &sig);
	world_settle(&w);
	assert_int_equal(seen(0), GN_PRESENCE_AWAY);
}

static void each_state_is_seen(void **state)
{
	(void)state;
	both_online();
	a_root_that_lies_is_not_seen();
	set(1, GN_PRESENCE_ONLINE);
	until_seen(0, GN_PRESENCE_ONLINE);
	set(0, GN_PRESENCE_AWAY);
	until_seen(1, GN_PRESENCE_AWAY);
	set(0, GN_PRESENCE_INVISIBLE);
	until_seen(1, GN_PRESENCE_OFFLINE);
	unsigned said = bus.said;
	struct gn_pk topic = bus.last;
	world_pass(&w, 120 * GN_SEC, 20 * GN_SEC);
	assert_int_equal(seen(0), GN_PRESENCE_ONLINE); /* Ben is still there */
	assert_true(bus.said > said && !gn_pk_eq(&bus.last, &topic));
	/* it outlives the agent; an offline one says nothing more */
	world_again(&w, 0);
	assert_int_equal(gn_presence_state(w.souls[0].a.presence->engine), GN_PRESENCE_INVISIBLE);
	set(1, GN_PRESENCE_OFFLINE);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	said = bus.said;
	world_pass(&w, 120 * GN_SEC, 20 * GN_SEC);
	assert_int_equal(bus.said, said);
}

static void the_silent_are_offline(void **state)
{
	(void)state;
	both_online();
	bus.refuses = true;
	gn_time begin = w.now;
	while (seen(1) == GN_PRESENCE_ONLINE && w.now < begin + 200 * GN_SEC)
		world_pass(&w, GN_SEC, GN_SEC);
	assert_true(w.now - begin > 50 * GN_SEC && w.now - begin <= 100 * GN_SEC);
	assert_true(bus.refused > 2); /* each tried again, */
	assert_true(bus.refused <=
		    2 * (unsigned)((w.now - begin) / GN_SEC) + 4); /* once a second */
	bus.refuses = false;
	until_seen(1, GN_PRESENCE_ONLINE);
}

/* Who is blocked sees them go at once, and nothing after it; who is let in again is told. */
static void who_is_blocked_sees_nothing(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct gn_pk ben = world_owner(&w, 1), before;
	bool on = true, off = false;
	struct gn_people_change block = {.blocked = &on}, unblock = {.blocked = &off};
	(void)state;
	both_online();
	before = a->presence->topic.pk;
	assert_int_equal(gn_people_change(a->people, &ben, &block, w.now), GN_OK);
	agent_settle(a);
	world_pass(&w, 2 * GN_SEC, GN_SEC);
	assert_int_equal(seen(1), GN_PRESENCE_OFFLINE);
	assert_int_equal(seen(0), GN_PRESENCE_OFFLINE); /* nor is Ben looked at */
	assert_false(gn_pk_eq(&a->presence->topic.pk, &before));
	for (unsigned i = 0; i < 8; i++) {
		world_pass(&w, 15 * GN_SEC, 15 * GN_SEC);
		assert_int_equal(seen(1), GN_PRESENCE_OFFLINE);
	}
	assert_int_equal(gn_people_change(a->people, &ben, &unblock, w.now), GN_OK);
	agent_settle(a);
	until_seen(1, GN_PRESENCE_ONLINE);
	/* nobody who knows it was removed: it stays */
	before = a->presence->topic.pk;
	agent_presence_contact(a, &a->owner);
	assert_true(gn_pk_eq(&a->presence->topic.pk, &before));
}

/* A topic is used for AGENT_PRESENCE_TOPIC; its record lives AGENT_PRESENCE_TTL, lets
 * AGENT_PRESENCE_RATE messages a second in, and is signed anew. */
static void a_topic_a_week(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	(void)state;
	both_online();
	struct gn_pk before = a->presence->topic.pk;
	struct gn_hash key;
	struct gn_topicrec rec;
	size_t i = 0;
	gn_topicrec_key(&before, gn_slice(NULL, 0), &key);
	while (i < w.record_count && !gn_hash_eq(&w.records[i].key, &key))
		i++;
	assert_true(i < w.record_count);
	assert_int_equal(gn_topicrec_open(gn_slice(w.records[i].bytes, w.records[i].len), &rec),
			 GN_OK);
	assert_int_equal(rec.ttl, AGENT_PRESENCE_TTL);
	assert_int_equal(rec.rate, AGENT_PRESENCE_RATE);
	assert_int_equal(rec.payload_max, GN_PRESENCE_PAYLOAD_LEN);
	assert_true(rec.sealed && !rec.mesh && rec.key_count == 0);
	a->presence->made = w.now / GN_SEC - AGENT_PRESENCE_TOPIC + 5;
	world_pass(&w, 4 * GN_SEC, GN_SEC);
	assert_true(gn_pk_eq(&a->presence->topic.pk, &before));
	world_pass(&w, 2 * GN_SEC, GN_SEC);
	assert_false(gn_pk_eq(&a->presence->topic.pk, &before));
	assert_int_equal(seen(1), GN_PRESENCE_ONLINE); /* without a gap */
	world_pass(&w, 100 * GN_SEC, 10 * GN_SEC);
	assert_int_equal(seen(1), GN_PRESENCE_ONLINE);
}

/* A topic that cannot be followed is tried again after AGENT_PRESENCE_AGAIN. */
static void a_topic_that_is_not_found(void **state)
{
	(void)state;
	both_online();
	unsigned before = bus.count;
	beside_refuse(&w.souls[1].beside,
		      bus.follows[before - 1].soul == &w.souls[1] ? bus.follows[before - 1].call
								  : bus.follows[before - 2].call,
		      GN_NOT_FOUND);
	world_settle(&w);
	gn_time begin = w.now;
	world_pass(&w, AGENT_PRESENCE_AGAIN - GN_SEC, GN_SEC);
	assert_int_equal(bus.count, before);
	world_pass(&w, GN_SEC + 1, GN_SEC + 1);
	assert_int_equal(bus.count, before + 1);
	assert_true(w.now - begin < AGENT_PRESENCE_AGAIN + GN_SEC);
}

/* AGENT_PRESENCE_WATCHERS programs, and no more; not over HTTP. */
static gn_err refused;

static void on_refuse(struct gn_host_request *r, gn_err err, const char *text)
{
	(void)text;
	refused = err;
	r->answered = true;
}

static void who_may_watch(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	calls_serve(a);
	struct agent_request *r = agent_request_of(gn_host_request_new(&a->api)),
			     dummy = {.program = {1}}, tool = {.program = {0}};
	(void)state;
	r->agent = a;
	r->base.refuse = on_refuse;
	assert_int_equal(agent_call_presence_follow(r), GN_OK);
	assert_int_equal(refused, GN_UNSUPPORTED);
	r->base.answered = false;
	r->base.via = (void *)&dummy;
	for (unsigned i = 0; i < AGENT_PRESENCE_WATCHERS; i++)
		a->presence->watchers[i] = &dummy;
	refused = GN_OK;
	assert_int_equal(agent_call_presence_follow(r), GN_OK);
	assert_int_equal(refused, GN_LIMIT);
	/* AG-114: of one program a quarter; others find a place */
	r->base.answered = false;
	memset(a->presence->watchers, 0, sizeof a->presence->watchers);
	unsigned share = AGENT_PRESENCE_WATCHERS / AGENT_PROGRAM_PART;
	for (unsigned i = 0; i < AGENT_PRESENCE_WATCHERS; i++)
		a->presence->watchers[i] = i < share ? &dummy : &tool;
	r->program[0] = 2; /* all places are taken, and it has none: so it gets that far */
	assert_int_equal(agent_call_presence_follow(r), GN_OK);
	assert_int_equal(refused, GN_LIMIT);
	r->base.answered = false;
	a->presence->watchers[share] = NULL;
	r->program[0] = 1;
	assert_int_equal(agent_call_presence_follow(r), GN_OK);
	assert_int_equal(refused, GN_QUOTA);
	memset(a->presence->watchers, 0, sizeof a->presence->watchers);
	r->base.via = NULL;
	gn_host_release(&r->base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		WORLD_TEST(at_first_nothing_is_said),
		WORLD_TEST(each_state_is_seen),
		WORLD_TEST(the_silent_are_offline),
		WORLD_TEST(who_is_blocked_sees_nothing),
		WORLD_TEST(a_topic_a_week),
		WORLD_TEST(a_topic_that_is_not_found),
		WORLD_TEST(who_may_watch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
