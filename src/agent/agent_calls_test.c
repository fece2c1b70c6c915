/* What clients are answered when a contact's contents do as they like: more files than a list has
 * places, files that are not what their message says; and what an agent says of itself. Rules
 * AG-83, AG-85, PE-71. */
#include "agent/file_int.h"
#include "agent/outbox_int.h"
#include "agent/own_int.h"
#include "agent/testing/calls.h"
#include "agent/testing/world.h"

#include <stdlib.h>
#include <string.h>

static struct world w;

/* A call of soul 1's client. */
static struct agent_request *ask_in(uint8_t area, gn_err (*run)(struct agent_request *r),
				    struct gn_fbb *b, gn_fbref table, uint8_t member)
{
	return calls_ask(&w.souls[1].a, run, (struct gn_app_kind){area, member}, b, table);
}

static struct agent_request *ask(gn_err (*run)(struct agent_request *r), struct gn_fbb *b,
				 gn_fbref table, uint8_t member)
{
	return ask_in(GN_FB_APP_BODY_APP_CHAT, run, b, table, member);
}

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	world_meet(&w);
	struct gn_agent *a = &w.souls[1].a;
	calls_serve(a);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

/* Says files to soul 1, as no honest client would; until it has them. */
static struct gn_content_id say_files(const struct gn_content_file *files, size_t count)
{
	struct gn_agent *a = &w.souls[0].a;
	struct gn_content c = {.kind = GN_CONTENT_FILE};
	struct gn_pk to = world_owner(&w, 1);
	gn_rand_fill(&a->host.rand, c.id.b, sizeof c.id.b);
	for (size_t i = 0; i < count; i++)
		c.u.files.at[i] = files[i];
	c.u.files.count = (uint8_t)count;
	a->now = w.now;
	assert_int_equal(gn_people_say(a->people, &to, &c, a->now), GN_OK);
	agent_settle(a);
	agent_post_hurry(a);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &c.id) >= 0);
	return c.id;
}

/* ---- more than a list has places ---- */

static struct gn_fb_chat_files_is list(uint64_t below)
{
	struct gn_fbb b = calls_builder();
	gn_fbref t = gn_fb_chat_files_list_make(
		&b, &(struct gn_fb_chat_files_list_args){.below = below, .limit = 100});
	struct agent_request *r =
		ask(agent_call_files_list, &b, t, GN_FB_APP_CHAT_BODY_CHAT_FILES_LIST);
	gn_host_release(&r->base);
	assert_int_equal(calls_got.answers, 1);
	return (struct gn_fb_chat_files_is){calls_got.table};
}

static void a_flood_of_files(void **state)
{
	enum { MESSAGES = 66 };
	static char name[GN_CONTENT_FILE_NAME];
	struct gn_agent *b = &w.souls[1].a;
	struct gn_content_file files[GN_CONTENT_FILES_MAX];
	struct gn_pk friend = world_owner(&w, 0);
	struct gn_slice key = GN_SLICE(friend.b);
	struct agent_file_head head = {.owner = friend, .size = 5, .at_ms = agent_unix_ms(b)};
	struct agent_file_words none = {.name = GN_LIT("mine")};
	struct agent_file *f;
	(void)state;
	/* one of ours is on its way, and is the oldest */
	head.id.b[0] = 1;
	gn_sha256(&key, 1, &head.chat);
	assert_int_equal(agent_file_begin(b, &head, &none, &f), GN_OK);
	agent_file_leave(f);
	memset(name, 'n', sizeof name - 1);
	for (size_t i = 0; i < GN_COUNT(files); i++)
		files[i] = (struct gn_content_file){.size = 10,
						    .root = {{1}},
						    .name = gn_slice(name, sizeof name - 1),
						    .mime = GN_LIT("text/plain")};
	for (unsigned i = 0; i < MESSAGES; i++)
		(void)say_files(files, GN_COUNT(files));
	unsigned seen = 0, asked = 0;
	uint64_t below = 0;
	bool more = true, mine = false;
	for (; more && asked < 10; asked++) {
		struct gn_fb_chat_files_is t = list(below);
		uint32_t count = gn_fb_chat_files_is_files_len(t);
		assert_true(count > 0 && count <= AGENT_LIMIT_MAX);
		for (uint32_t i = 0; i < count; i++)
			mine = mine || gn_fb_chat_file_mine(gn_fb_chat_files_is_files_at(t, i));
		seen += count;
		below = gn_fb_chat_files_is_below(t);
		more = gn_fb_chat_files_is_more(t);
	}
	assert_int_equal(seen, MESSAGES * GN_CONTENT_FILES_MAX + 1);
	assert_true(mine && asked == 2);
}

/* ---- lists in pages ---- */

static struct gn_fb_chats_is chats(uint64_t after, uint16_t limit)
{
	struct gn_fbb b = calls_builder();
	gn_fbref t = gn_fb_chats_list_make(
		&b, &(struct gn_fb_chats_list_args){.after = after, .limit = limit});
	struct agent_request *r = ask(agent_call_chats_list, &b, t, GN_FB_APP_CHAT_BODY_CHATS_LIST);
	gn_host_release(&r->base);
	assert_int_equal(calls_got.answers, 1);
	return (struct gn_fb_chats_is){calls_got.table};
}

static struct gn_fb_contacts_is contacts(uint32_t after, uint16_t limit)
{
	struct gn_fbb b = calls_builder();
	gn_fbref t = gn_fb_contacts_list_make(
		&b, &(struct gn_fb_contacts_list_args){.after = after, .limit = limit});
	struct agent_request *r = ask_in(GN_FB_APP_BODY_APP_CONTACT, agent_call_contacts_list, &b,
					 t, GN_FB_APP_CONTACT_BODY_CONTACTS_LIST);
	gn_host_release(&r->base);
	assert_int_equal(calls_got.answers, 1);
	return (struct gn_fb_contacts_is){calls_got.table};
}

/* More people than a page has places: each is in one page, whatever the limit asked for, and
 * requests come after all contacts. */
static void more_people_than_a_page(void **state)
{
	struct gn_agent *a = &w.souls[1].a;
	const unsigned people = AGENT_CHATS_MAX + 1, limits[] = {0, AGENT_CHATS_MAX + 1, 70};
	(void)state;
	for (unsigned i = 1; i < people; i++) { /* one is there */
		struct gn_people_add add = {.petname = GN_LIT("x")};
		gn_put_be32(add.owner.b, i);
		assert_int_equal(gn_people_add(a->people, &add, w.now), GN_OK);
		agent_settle(a);
	}
	for (unsigned k = 0; k < GN_COUNT(limits); k++) {
		unsigned seen = 0, pages = 0;
		uint64_t after = 0;
		bool more = true;
		for (; more && pages < 10; pages++) {
			struct gn_fb_chats_is t = chats(after, (uint16_t)limits[k]);
			uint32_t count = gn_fb_chats_is_chats_len(t);
			assert_true(count <= (limits[k] == 70 ? 70 : AGENT_CHATS_MAX));
			seen += count;
			after = gn_fb_chats_is_after(t);
			more = gn_fb_chats_is_more(t);
		}
		assert_int_equal(seen, people);
		assert_int_equal(pages, limits[k] == 70 ? 3 : 2);
	}
	assert_int_equal(gn_fb_chats_is_chats_len(chats(UINT64_MAX, 1)), 0);
	/* of whom only the key is known: after all others, and in pages, too */
	memset(a->claims, 0, 3 * sizeof a->claims[0]);
	a->claim_count = 3;
	struct gn_fb_contacts_is c = contacts(0, AGENT_LIMIT_MAX);
	assert_int_equal(gn_fb_contacts_is_contacts_len(c), people + 3);
	assert_false(gn_fb_contacts_is_more(c));
	c = contacts(0, (uint16_t)(people + 1));
	assert_int_equal(gn_fb_contacts_is_contacts_len(c), people + 1);
	assert_true(gn_fb_contacts_is_more(c));
	c = contacts(gn_fb_contacts_is_after(c), AGENT_LIMIT_MAX);
	assert_int_equal(gn_fb_contacts_is_contacts_len(c), 2);
	assert_false(gn_fb_contacts_is_more(c));
	a->claim_count = 0;
}

/* ---- files that are not what they say ---- */

static struct agent_request *get(const struct gn_content_id *id)
{
	struct gn_fbb b = calls_builder();
	struct gn_fb_message_id at;
	memcpy(at.b, id->b, sizeof at.b);
	gn_fbref t = gn_fb_chat_file_get_make(&b, &(struct gn_fb_chat_file_get_args){.id = &at});
	return ask(agent_call_file_get, &b, t, GN_FB_APP_CHAT_BODY_CHAT_FILE_GET);
}

/* Sizes and hashes that are of no bundle: nothing is asked of the node, and it is said. */
static void what_is_no_bundle(void **state)
{
	static uint8_t blocks[64];
	static const struct {
		uint64_t size;
		size_t blocks;
	} all[] = {
		{AGENT_FILE_BLOCK + 1, 0},  /* of two blocks none is named */
		{AGENT_FILE_BLOCK + 1, 32}, /* or one; */
		{AGENT_FILE_BLOCK + 1, 64}, /* or two, of another root */
		{10, 64},                   /* more than there are */
		{GN_CONTENT_FILE_MAX, 64},  /* less, of the largest */
	};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(all); i++) {
		struct gn_content_file f = {.size = all[i].size,
					    .root = {{7}},
					    .name = GN_LIT("x"),
					    .blocks = gn_slice(blocks, all[i].blocks)};
		struct gn_content_id id = say_files(&f, 1);
		struct agent_request *r = get(&id);
		if (f.size > AGENT_FILE_LARGE)
			assert_int_equal(calls_got.err, GN_TOO_LARGE);
		else
			assert_int_equal(calls_got.err, GN_HASH);
		assert_true(strlen(calls_got.why) > 20);
		gn_host_release(&r->base);
	}
}

/* ---- a client that goes away ---- */

/* Whoever asked goes while the node looks a name up: the state of that call is no file's. */
static void a_call_that_is_left(void **state)
{
	struct gn_agent *a = &w.souls[1].a;
	struct gn_fbb b = calls_builder();
	gn_fbref t = gn_fb_contact_add_make(
		&b, &(struct gn_fb_contact_add_args){.who = GN_LIT("somebody")});
	(void)state;
	struct agent_request *r = ask_in(GN_FB_APP_BODY_APP_CONTACT, agent_call_contact_add, &b, t,
					 GN_FB_APP_CONTACT_BODY_CONTACT_ADD);
	assert_int_equal(calls_got.answers, 0);
	assert_non_null(r->base.state);
	a->api.closed(&r->base);
	assert_int_equal(r->asked, 0);
	gn_host_release(&r->base);
}

/* ---- what an agent promises of its own, and waits for ---- */

static void own_records_hold(struct gn_agent *a)
{
	static struct gn_identity id;
	unsigned identities = 0, boxes = 0;
	for (size_t i = 0; i < w.record_count; i++) {
		struct gn_slice bytes = gn_slice(w.records[i].bytes, w.records[i].len);
		struct gn_record r;
		assert_int_equal(gn_wire_record_parse(bytes, &r), GN_OK);
		if (r.type == GN_FB_RECORD_TYPE_BOX) {
			assert_int_equal(r.ttl, AGENT_BOX_TTL);
			boxes++;
		}
		if (r.type != GN_FB_RECORD_TYPE_IDENTITY || !gn_pk_eq(&r.owner, &a->owner))
			continue;
		assert_int_equal(r.ttl, AGENT_IDENTITY_TTL);
		assert_int_equal(gn_identity_open(bytes, &id), GN_OK);
		assert_true(id.key_count > 0 && id.keys[0].expires >= r.created);
		uint64_t listed = id.keys[0].expires - r.created;
		assert_true(listed <= AGENT_DEVICE_TTL && listed + 60 > AGENT_DEVICE_TTL);
		identities++;
	}
	assert_true(identities > 0 && boxes > 1);
}

/* The owner of an agent's contact has a certificate of it for so many items and KiB. */
static void a_contact_may_leave_so_much(struct gn_agent *theirs, const struct gn_pk *of)
{
	struct gn_people_contact c;
	struct gn_boxcert cert;
	assert_int_equal(gn_people_get(theirs->people, of, &c), GN_OK);
	assert_non_null(c.box);
	gn_boxcert_get(c.box->certificate, &cert);
	assert_int_equal(cert.items, AGENT_CERTIFICATE_ITEMS);
	assert_int_equal(cert.kib, AGENT_CERTIFICATE_KIB);
	assert_true(cert.until <= agent_unix(theirs) + AGENT_CERTIFICATE_TTL);
}

static void an_invite_is_open_so_long(struct gn_agent *a)
{
	for (uint32_t ttl = 0; ttl < 2; ttl++) {
		struct gn_fbb b = calls_builder();
		gn_fbref t = gn_fb_invite_new_make(&b, &(struct gn_fb_invite_new_args){.ttl = ttl});
		struct agent_request *r = ask_in(GN_FB_APP_BODY_APP_CONTACT, agent_call_invite_new,
						 &b, t, GN_FB_APP_CONTACT_BODY_INVITE_NEW);
		gn_host_release(&r->base);
		assert_int_equal(calls_got.answers, 1);
		uint64_t until = gn_fb_invite_until((struct gn_fb_invite){calls_got.table});
		assert_int_equal(until - agent_unix(a), ttl ? ttl : AGENT_INVITE_TTL);
	}
}

static void it_looks_at_itself(struct gn_agent *a)
{
	a->now = w.now;
	a->expire_due = a->identity_ask = w.now;
	(void)agent_own_pump(a);
	assert_int_equal(a->expire_due, w.now + AGENT_EXPIRE_EVERY);
	assert_int_equal(a->identity_ask, w.now + AGENT_IDENTITY_RETRY); /* asked, not answered */
	WORLD_UNTIL(&w, a->identity_ask != w.now + AGENT_IDENTITY_RETRY);
	assert_int_equal(a->identity_ask, w.now + AGENT_IDENTITY_LOOK);
}

static bool note_id(void *user, const struct gn_agent_out *o)
{
	*(uint64_t *)user = o->id;
	return false;
}

/* A node that says nothing of a deposit but what the test says. */
static uint64_t sending;
static struct gn_pk sending_box;
static struct gn_hash sending_item;

static bool keeps_deposits(struct world_soul *s, const struct gn_host_app_event *e)
{
	if (s != &w.souls[1] || e->kind.area != GN_FB_APP_BODY_APP_BOX ||
	    e->kind.member != GN_FB_APP_BOX_BODY_BOX_SEND)
		return false;
	struct gn_fb_box_send t = {e->table};
	struct gn_slice item = gn_fb_box_send_item(t);
	sending = e->call;
	sending_box = gn_wire_key_get(gn_fb_box_send_box(t));
	gn_sha256(&item, 1, &sending_item);
	return true;
}

static void promise(unsigned holder)
{
	struct gn_app_kind kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SENT};
	struct beside *b = &w.souls[1].beside;
	struct gn_custody c = {.box = sending_box,
			       .item = sending_item,
			       .held_until = gn_unix(w.now) + 86400,
			       .holder = {{(uint8_t)holder}}};
	gn_custody_make(&w.holders[holder], &c);
	struct gn_fbb *fbb = beside_builder(b);
	struct gn_fb_box_sent_args args = {
		.held = (uint8_t)(holder + 1), .of = 8, .custody = gn_custody_put(fbb, &c)};
	assert_int_equal(gn_host_app_answer(b->app, sending, kind, gn_fb_box_sent_make(fbb, &args),
					    true, gn_os_steady()),
			 GN_OK);
	world_settle(&w);
}

static void what_it_promises_and_waits_for(void **state)
{
	struct gn_agent *a = &w.souls[1].a;
	struct gn_pk owner = world_owner(&w, 1);
	uint64_t id = 0, next;
	(void)state;
	own_records_hold(a);
	a_contact_may_leave_so_much(&w.souls[0].a, &owner);
	an_invite_is_open_so_long(a);
	it_looks_at_itself(a);
	/* how long a deposit is waited for at most */
	w.call = keeps_deposits;
	sending = 0;
	struct gn_content_id said = world_say(&w, 1, "one more");
	assert_int_equal(gn_agent_outbox(a->db, UINT64_MAX / 2, 1, note_id, &id, &next), GN_OK);
	assert_int_not_equal(id, 0);
	for (uint32_t tries = 9; tries < 12; tries++) {
		uint64_t wait = AGENT_POST_WAIT_MS << tries;
		a->post_due = GN_NEVER;
		agent_out_later(a, id, tries);
		assert_int_equal(a->post_due - a->now,
				 (gn_time)(tries == 9 ? wait : AGENT_POST_WAIT_MAX_MS) * GN_MSEC);
		assert_true(tries == 9 || wait > AGENT_POST_WAIT_MAX_MS);
	}
	w.now += (gn_time)AGENT_POST_WAIT_MAX_MS * GN_MSEC + GN_SEC;
	/* it is stored once so many have promised, and not before */
	WORLD_UNTIL(&w, sending != 0);
	for (unsigned i = 0; i < AGENT_STORED; i++) {
		assert_int_equal(world_state(&w, 1, true, &said), GN_PEOPLE_WAITING);
		promise(i);
	}
	assert_int_equal(world_state(&w, 1, true, &said), GN_PEOPLE_STORED);
}

/* ---- what is refused is said ---- */

static void say_refused(struct gn_slice text, gn_err err, const char *why)
{
	struct gn_pk friend = world_owner(&w, 0);
	char pid[GN_PID_MAX];
	struct gn_fbb b = calls_builder();
	gn_pid(&friend, pid);
	gn_fbref t = gn_fb_message_send_make(
		&b, &(struct gn_fb_message_send_args){.who = gn_str(pid), .text = text});
	struct agent_request *r =
		ask(agent_call_message_send, &b, t, GN_FB_APP_CHAT_BODY_MESSAGE_SEND);
	assert_int_equal(calls_got.err, err);
	assert_non_null(strstr(calls_got.why, why));
	gn_host_release(&r->base);
}

/* Which of the things that could be wrong it is, and what to do about it. */
static void what_is_refused_is_said(void **state)
{
	static const uint8_t large[16385] = {'x'};
	struct gn_pk friend = world_owner(&w, 0);
	struct gn_agent *a = &w.souls[1].a;
	bool on = true;
	(void)state;
	say_refused(GN_LIT(""), GN_USAGE, "there is no text in it");
	say_refused(gn_slice(large, sizeof large), GN_USAGE, "16,384 bytes at most");
	assert_int_equal(gn_people_change(a->people, &friend,
					  &(struct gn_people_change){.blocked = &on}, w.now),
			 GN_OK);
	agent_settle(a);
	say_refused(GN_LIT("hi"), GN_DENIED, "geonet contacts unblock");
}

/* ---- what nobody said ---- */

/* A contact lets what is said go a second after it was read: it is to be seen (PE-18, PE-45). */
static void a_line_says_what_it_is(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct gn_pk of = world_owner(&w, 1), friend = world_owner(&w, 0);
	struct gn_fb_message line = {0};
	char pid[GN_PID_MAX];
	bool seen = false;
	(void)state;
	assert_int_equal(gn_people_expire(a->people, &of, 1, w.now), GN_OK);
	agent_settle(a);
	agent_post_hurry(a);
	gn_pid(&friend, pid);
	for (unsigned i = 0; i < 100 && !seen; i++) {
		struct gn_fbb b = calls_builder();
		gn_fbref t = gn_fb_history_make(
			&b, &(struct gn_fb_history_args){.who = gn_str(pid), .limit = 1});
		world_settle(&w);
		struct agent_request *r =
			ask(agent_call_history, &b, t, GN_FB_APP_CHAT_BODY_HISTORY);
		gn_host_release(&r->base);
		struct gn_fb_history_is is = {calls_got.table};
		line = gn_fb_history_is_messages_at(is, 0);
		seen = gn_fb_message_kind(line) == GN_FB_MESSAGE_KIND_LINE;
	}
	assert_true(seen);
	assert_int_equal(gn_fb_message_text(line).len, 0); /* programs answer texts */
	assert_true(gn_slice_eq(gn_fb_message_reason(line),
				GN_LIT("what is said from now on goes 1 s after it was read")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		WORLD_TEST(a_flood_of_files),
		WORLD_TEST(more_people_than_a_page),
		WORLD_TEST(what_is_no_bundle),
		/* all in one world */
		cmocka_unit_test_setup(a_call_that_is_left, set_up),
		cmocka_unit_test(what_it_promises_and_waits_for),
		cmocka_unit_test(a_line_says_what_it_is),
		cmocka_unit_test_teardown(what_is_refused_is_said, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
