/* What people see when holders drop, delay, double, reorder, invent and lie, when set-ups are
 * replayed, prekeys are old or withheld, and a device that was stolen goes on writing: their chat,
 * line by line. docs/people-cases.md has the list. Rules AG-51, AG-56..AG-58, AG-64, AG-65, PE-12,
 * PE-20. */
#include "agent/own_int.h"
#include "agent/serve_int.h"
#include "agent/testing/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS(n) ((gn_time)(n) * 86400 * GN_SEC)
#define HOURS(n) ((gn_time)(n) * 3600 * GN_SEC)
#define PRESENT ((gn_time)AGENT_PRESENT_MS * GN_MSEC)

static struct world w;

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	world_meet(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

/* ---- what they see ---- */

struct view {
	const struct gn_agent *a;
	char text[4096];
};

static const char *const marks[] = {[GN_PEOPLE_WAITING] = "waits",
				    [GN_PEOPLE_STORED] = "stored",
				    [GN_PEOPLE_DELIVERED] = "delivered",
				    [GN_PEOPLE_READ] = "read",
				    [GN_PEOPLE_FAILED] = "failed"};

/* As agent_call_history gives them. */
static bool add_line(void *user, const struct gn_agent_message *m)
{
	struct view *v = user;
	struct gn_people_message row;
	struct gn_content c;
	size_t len = strlen(v->text), room = sizeof v->text - len;
	assert_int_equal(gn_people_message_open(m->row, &row), GN_OK);
	if (row.kind == GN_PEOPLE_GAP) {
		if (!agent_gap_is_young(row.order, agent_unix_ms(v->a)))
			snprintf(v->text + len, room, "%u missing|", (unsigned)row.missing);
		return true;
	}
	if (row.kind == GN_PEOPLE_LINE) {
		snprintf(v->text + len, room, "line %u|", (unsigned)row.line);
		return true;
	}
	assert_int_equal(gn_content_open(m->content, &c, NULL), GN_OK);
	if (gn_slice_eq(c.text, GN_LIT("hello, you")))
		return true;
	snprintf(v->text + len, room, "%.*s%s%s|", (int)c.text.len, (const char *)c.text.p,
		 row.mine ? ": " : "", row.mine ? marks[row.state] : "");
	return true;
}

/* The chat with the other one, without what they said when they met. */
static const char *sees(unsigned who)
{
	static struct view v;
	struct gn_pk other = world_owner(&w, !who);
	struct gn_people_contact c;
	struct gn_agent_page page = {.limit = AGENT_LIMIT_MAX, .after = 1};
	bool more;
	v.a = &w.souls[who].a;
	v.text[0] = 0;
	assert_int_equal(gn_people_get(v.a->people, &other, &c), GN_OK);
	memcpy(page.chat.b, c.chat->b, sizeof page.chat.b);
	gn_err err = gn_agent_history(v.a->db, &page, add_line, &v, &more);
	assert_true(err == GN_OK || err == GN_NOT_FOUND);
	return v.text;
}

/* The same without gaps. A new box is told to contacts whenever its week is over, and what of that
 * waits for new keys, or overtakes what does, is a gap for a while. */
static const char *reads(unsigned who)
{
	static char texts[512];
	size_t len = 0;
	unsigned missing;
	for (const char *at = sees(who), *end; *at; at = end + 1) {
		int gap = 0;
		end = strchr(at, '|');
		if (sscanf(at, "%u missing|%n", &missing, &gap) == 1 && gap)
			continue;
		len += (size_t)snprintf(texts + len, sizeof texts - len, "%.*s|", (int)(end - at),
					at);
		assert_true(len < sizeof texts);
	}
	texts[len] = 0;
	return texts;
}

static void until_reads(unsigned who, const char *what)
{
	for (unsigned turns = 0; turns < 4000 && strcmp(reads(who), what) != 0; turns++)
		world_turn(&w);
	assert_string_equal(reads(who), what);
}

/* Turns until they see it. */
static void until_sees(unsigned who, const char *what)
{
	for (unsigned turns = 0; turns < 4000 && strcmp(sees(who), what) != 0; turns++)
		world_turn(&w);
	assert_string_equal(sees(who), what);
}

/* People who are no contacts, and asked or left something. */
static unsigned strangers(unsigned who)
{
	const struct gn_agent *a = &w.souls[who].a;
	struct gn_people_contact c;
	unsigned count = (unsigned)a->claim_count;
	for (size_t i = 0; gn_people_at(a->people, i, &c); i++)
		count += c.state != GN_PEOPLE_ACCEPTED;
	return count;
}

/* Says so many things, one a second, while the other one is away; the first one's item. */
static size_t say_while_away(unsigned count)
{
	static const char *const texts[] = {"one", "two", "three", "four", "five"};
	size_t first;
	world_away(&w, 1);
	first = w.item_count;
	for (unsigned i = 0; i < count; i++) {
		(void)world_say(&w, 0, texts[i]);
		world_pass(&w, GN_SEC, GN_SEC);
		WORLD_UNTIL(&w, w.item_count == first + i + 1);
		w.items[first + i].hidden = true;
	}
	world_settle(&w);
	return first;
}

/* ---- holders ---- */

/* Days late, each of it twice, the last one first. */
static void doubled_delayed_and_reordered(void **state)
{
	static const unsigned order[] = {4, 2, 2, 0, 3, 3, 1, 0, 4, 1};
	(void)state;
	size_t first = say_while_away(5);
	assert_string_equal(sees(0),
			    "one: stored|two: stored|three: stored|four: stored|five: stored|");
	w.now += DAYS(3);
	world_back(&w, 1);
	assert_string_equal(sees(1), "");
	for (unsigned i = 0; i < GN_COUNT(order); i++) {
		world_show(&w, first + order[i]);
		world_settle(&w);
		if (i == 3) /* both are missing before the one that showed it (PE-12) */
			assert_string_equal(sees(1), "one|three|1 missing|1 missing|five|");
	}
	assert_string_equal(sees(1), "one|two|three|four|five|");
	world_again(&w, 1);
	for (unsigned i = 0; i < 5; i++)
		world_show(&w, first + i);
	world_settle(&w);
	assert_string_equal(sees(1), "one|two|three|four|five|");
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	until_sees(0, "one: delivered|two: delivered|three: delivered|four: delivered|"
		      "five: delivered|");
}

/* One of three is shown to nobody: it is seen that it is missing, by both, until it has come the
 * other way (AG-65). */
static void dropped(void **state)
{
	(void)state;
	size_t first = say_while_away(3);
	w.items[first].hidden = w.items[first + 2].hidden = false;
	world_back(&w, 1);
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	assert_string_equal(sees(1), "one|three|"); /* items overtake each other */
	world_pass(&w, 6 * GN_SEC, GN_SEC);
	assert_string_equal(sees(1), "one|1 missing|three|");
	until_sees(0, "one: delivered|two: stored|three: delivered|");
	world_pass(&w, HOURS(1) + PRESENT, 600 * GN_SEC);
	until_sees(1, "one|two|three|");
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	until_sees(0, "one: delivered|two: delivered|three: delivered|");
}

/* They lost it, and say that it was taken: nobody is told that it was delivered, and it comes. */
static void lies_about_states(void **state)
{
	(void)state;
	size_t first = say_while_away(1);
	w.items[first].lost = true;
	w.says_taken = true;
	world_pass(&w, DAYS(2), HOURS(6));
	assert_string_equal(sees(0), "one: stored|");
	world_back(&w, 1);
	assert_string_equal(sees(1), "");
	(void)world_say(&w, 1, "are you there?");
	WORLD_UNTIL(&w, strstr(sees(0), "are you there?"));
	assert_non_null(strstr(sees(0), "one: stored|"));
	world_pass(&w, PRESENT + 2 * 60 * GN_SEC, 60 * GN_SEC);
	WORLD_UNTIL(&w, strstr(sees(1), "one|"));
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	WORLD_UNTIL(&w, strstr(sees(0), "one: delivered|"));
}

/* Items that nobody left: nothing is shown of them, nobody asks, and what is true comes behind. */
static void invented(void **state)
{
	static uint8_t bytes[60000];
	static const size_t sizes[] = {1, 100, 896, 2048, 4096, 60000};
	static const struct gn_pk nobody, by = {{9}};
	const struct gn_agent *b = &w.souls[1].a;
	struct gn_rand rand = gn_rand_system();
	size_t known = w.item_count;
	(void)state;
	assert_int_equal(strangers(1), 0);
	for (unsigned i = 0; i < 60; i++) {
		size_t len = sizes[i % GN_COUNT(sizes)], from = i % known;
		struct gn_slice made = gn_slice(bytes, len);
		gn_rand_fill(&rand, bytes, len);
		if (i % 2) { /* a true one, bent */
			memcpy(bytes, w.items[from].bytes, w.items[from].len);
			made.len = w.items[from].len;
			bytes[i * 7919 % made.len] ^= 1;
		}
		world_leave(&w, &b->boxes[i % 3 ? AGENT_PRIVATE : AGENT_FRONT].sk.pk,
			    i % 3 ? &by : &nobody, made);
		world_settle(&w);
	}
	assert_string_equal(sees(1), "");
	assert_int_equal(strangers(1), 0);
	(void)world_say(&w, 0, "true");
	world_pass(&w, 5 * GN_SEC, GN_SEC); /* they may have asked for what was bent (AG-70) */
	until_sees(1, "true|");
}

/* All that ever lay in a box is shown again, the set-ups among it, when its ids are long forgotten:
 * nothing is said twice, nobody asks anew, and what is said next arrives, whatever prekeys were
 * known last: a session begins anew with those of now (AG-70). */
static void replayed(void **state)
{
	(void)state;
	(void)world_say(&w, 0, "one");
	until_sees(1, "one|");
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	size_t old = w.item_count;
	world_pass(&w, DAYS(45), DAYS(5));
	for (size_t i = 0; i < old; i++) {
		world_show(&w, i);
		world_settle(&w);
	}
	until_sees(1, "one|");
	until_sees(0, "one: delivered|");
	assert_int_equal(strangers(0) + strangers(1), 0);
	(void)world_say(&w, 0, "two");
	world_pass(&w, 20 * GN_SEC, GN_SEC);
	until_sees(1, "one|two|");
	(void)world_say(&w, 1, "three");
	world_pass(&w, 20 * GN_SEC, GN_SEC);
	WORLD_UNTIL(&w, strstr(sees(0), "three|"));
}

/* ---- prekeys ---- */

/* A set-up to what is found of them now. */
static void set_up_anew(void)
{
	struct gn_pk device = w.souls[1].a.device.sk.pk, other = world_owner(&w, 1);
	assert_int_equal(gn_e2ee_anew(w.souls[0].a.e2ee, &device), GN_OK);
	assert_int_equal(gn_agent_know_ask(w.souls[0].a.know, &other), GN_OK);
	world_settle(&w);
}

/* A node that gives the prekeys of before, of which the few, or all, are gone: what is said to them
 * is stored and read by nobody, and nobody is told that it was; when the newer ones are found it
 * comes within the day (AG-66). */
static void old_prekeys(void **state)
{
	(void)state;
	agent_own_prekeys_used(&w.souls[1].a);
	world_pass(&w, DAYS(3), HOURS(6));
	w.stale = true;
	set_up_anew();
	(void)world_say(&w, 0, "one");
	until_sees(0, "one: stored|");
	world_pass(&w, HOURS(20), HOURS(5));
	assert_string_equal(sees(0), "one: stored|");
	assert_string_equal(reads(1), "");
	w.stale = false;
	world_pass(&w, HOURS(32), HOURS(4)); /* one day's offer, or the next's */
	until_reads(1, "one|");
	until_sees(0, "one: delivered|");
	w.stale = true; /* of all, by now */
	world_pass(&w, DAYS(40), DAYS(4));
	set_up_anew();
	(void)world_say(&w, 0, "two");
	world_pass(&w, 60 * GN_SEC, 5 * GN_SEC); /* newer ones are looked for (AG-70) */
	world_pass(&w, HOURS(20), HOURS(5));
	assert_string_equal(reads(1), "one|");
	assert_string_equal(sees(0), "one: delivered|two: stored|");
	w.stale = false;
	world_pass(&w, HOURS(32), HOURS(4)); /* one day's offer, or the next's */
	until_reads(1, "one|two|"); /* what was told over 30 days ago is missing for good */
}

/* A node that gives none: it waits, for days, and says so; then it is sent. */
static void withheld_prekeys(void **state)
{
	struct gn_people_add add = {.petname = GN_LIT("x")};
	(void)state;
	world_make(&w);
	add.owner = world_owner(&w, 1);
	w.withhold = true;
	assert_int_equal(gn_people_add(w.souls[0].a.people, &add, w.now), GN_OK);
	agent_settle(&w.souls[0].a);
	assert_int_equal(gn_agent_know_ask(w.souls[0].a.know, &add.owner), GN_OK);
	world_settle(&w);
	struct gn_content_id id = world_say(&w, 0, "hello");
	world_pass(&w, DAYS(2), HOURS(6));
	assert_int_equal(world_state(&w, 0, true, &id), GN_PEOPLE_WAITING);
	assert_int_equal(strangers(1), 0);
	w.withhold = false;
	world_pass(&w, HOURS(1), HOURS(1) / 6);
	WORLD_UNTIL(&w, world_state(&w, 0, true, &id) == GN_PEOPLE_STORED);
	WORLD_UNTIL(&w, strangers(1) == 1);
}

/* ---- a stolen device ---- */

/* The owner, elsewhere, lists another device instead of this one: in the network there is that
 * version, whatever the thief's agent would publish. TAKEN: this one is in it, without rights.
 * OLDER: the same, of before. FORKS: and a later one at the other place. */
enum revoked { INSTEAD, TAKEN, OLDER, FORKS };
static void revoke(enum revoked how)
{
	struct gn_agent *a = &w.souls[1].a;
	const struct gn_agent_identity *key;
	struct gn_identity *id = malloc(sizeof *id);
	uint8_t *room = malloc(2 * GN_RECORD_MAX), *old[2];
	assert_int_equal(gn_agent_vault_identity(a->vault, gn_slice(NULL, 0), a->now), GN_OK);
	assert_int_equal(gn_agent_vault_identity_get(a->vault, a->now, &key), GN_OK);
	for (uint8_t salt = 0; salt < 2; salt++) {
		struct gn_hash place;
		struct gn_buf out = {room + salt * GN_RECORD_MAX, 0, GN_RECORD_MAX};
		size_t i = 0;
		gn_identity_key_of(&a->owner, salt, &place);
		while (!gn_hash_eq(&w.records[i].key, &place))
			assert_true(++i < w.record_count);
		if (!salt) {
			assert_int_equal(
				gn_identity_open(gn_slice(w.records[i].bytes, w.records[i].len),
						 id),
				GN_OK);
			struct gn_identity_key *new = &id->keys[how == TAKEN];
			id->seq += how == OLDER ? -UINT64_C(1) : 1;
			id->key_count += how == TAKEN;
			*new = id->keys[0];
			new->pk.b[3] ^= how != OLDER;
			new->name = GN_LIT("new");
			if (how == TAKEN || how == OLDER)
				id->keys[0].rights = 0;
		}
		if (salt && how == FORKS) {
			id->seq++;
			id->keys[0].pk.b[4] ^= 1;
		}
		assert_int_equal(gn_identity_record(key->entropy, id, salt, &out), GN_OK);
		old[salt] = w.records[i].bytes != w.records[i].first ? w.records[i].bytes : NULL;
		w.records[i].bytes = malloc(out.len);
		w.records[i].len = out.len;
		memcpy(w.records[i].bytes, out.p, out.len);
	}
	gn_agent_vault_identity_done(a->vault);
	free(old[0]);
	free(old[1]);
	free(room);
	free(id);
}

/* What a device that is no longer its owner's says is not shown, and it can read nothing more. */
static void a_stolen_device(void **state)
{
	struct gn_pk other = world_owner(&w, 1);
	(void)state;
	(void)world_say(&w, 1, "it is me");
	until_sees(0, "it is me|");
	revoke(INSTEAD);
	w.souls[1].a.identity_ask = GN_NEVER; /* the thief has no key of the identity */
	assert_int_equal(gn_agent_know_ask(w.souls[0].a.know, &other), GN_OK);
	world_settle(&w);
	const char *lines = sees(0);
	assert_true(strstr(lines, "line 1|") && strstr(lines, "line 2|")); /* came, went */
	char before[256];
	snprintf(before, sizeof before, "%s", lines);
	size_t items = w.item_count;
	(void)world_say(&w, 1, "send me money");
	WORLD_UNTIL(&w, w.item_count > items); /* it is in the box */
	world_pass(&w, 30 * GN_SEC, 5 * GN_SEC);
	assert_string_equal(sees(0), before);
	world_again(&w, 0);
	world_pass(&w, AGENT_WAITING_LOOK + GN_SEC, 60 * GN_SEC);
	assert_string_equal(sees(0), before);
	/* nothing is sealed for it */
	(void)world_say(&w, 0, "who are you?");
	world_pass(&w, 30 * GN_SEC, 5 * GN_SEC);
	assert_null(strstr(sees(1), "who are you?"));
}

/* A device that was taken out says so of what it stored until then, also of what is on its way a
 * start later, with the network or without it. */
static void taken_out(void **state)
{
	(void)state;
	revoke(OLDER); /* nodes that give what is over take nothing away */
	w.souls[1].a.identity_ask = w.now;
	world_settle(&w);
	assert_false(w.souls[1].a.revoked);
	(void)world_say(&w, 1, "before");
	until_sees(0, "before|");
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	until_sees(1, "before: delivered|");
	world_away(&w, 0);
	(void)world_say(&w, 1, "stored");
	until_sees(1, "before: delivered|stored: stored|");
	revoke(TAKEN);
	w.souls[1].a.identity_ask = w.now;
	until_sees(1, "before: delivered|stored: failed|");
	assert_true(w.souls[1].a.revoked);
	size_t items = w.item_count;
	world_away(&w, 1);
	world_again(&w, 1);
	assert_true(w.souls[1].a.revoked);
	(void)world_say(&w, 1, "later"); /* as a file that was on its way is */
	until_sees(1, "before: delivered|stored: failed|later: failed|");
	assert_int_equal(w.item_count, items);
	assert_string_equal(sees(0), "before|");
}

/* Two versions of a record come at once, and each has something to say: it is said, and the agent
 * goes on. */
static void two_versions_at_once(void **state)
{
	struct gn_pk other = world_owner(&w, 1);
	unsigned lines = 0;
	(void)state;
	revoke(FORKS);
	w.souls[1].a.identity_ask = GN_NEVER;
	assert_int_equal(gn_agent_know_ask(w.souls[0].a.know, &other), GN_OK);
	world_settle(&w);
	for (const char *at = sees(0); (at = strstr(at, "line ")); at++)
		lines++;
	assert_int_equal(lines, 4); /* two came, two went */
}

static uint64_t prekeys_number(unsigned who)
{
	struct { /* as own_prekeys.c has it */
		uint64_t seq, rest[4];
	} row;
	assert_int_equal(agent_meta(&w.souls[who].a, "prekeys", &row, sizeof row), GN_OK);
	return row.seq;
}

/* AG-97: an old copy of the whole DATA: the device's own record in the network is newer than what
 * the store knows, so its keys and sessions begin anew, and both can write again. */
static void an_old_copy(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	world_copy(&w, 1);
	struct gn_pk box = b->boxes[AGENT_PRIVATE].sk.pk;
	for (unsigned i = 0; i < 3; i++) {
		struct gn_content_id there = world_say(&w, 0, "there"),
				     back = world_say(&w, 1, "and back");
		WORLD_UNTIL(&w, world_state(&w, 1, false, &there) >= 0);
		WORLD_UNTIL(&w, world_state(&w, 0, false, &back) >= 0);
		world_pass(&w, 2 * GN_SEC, GN_SEC);
	}
	w.now += GN_SEC;
	assert_int_equal(agent_own_prekeys_renew(b), GN_OK);
	world_settle(&w);
	uint64_t number = prekeys_number(1);
	world_put_back(&w, 1);
	b->identity_ask = w.now;
	WORLD_UNTIL(&w, prekeys_number(1) > number);
	WORLD_UNTIL(&w, !gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &box));
	number = prekeys_number(1);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	struct gn_content_id id = world_say(&w, 1, "what did I miss?");
	WORLD_UNTIL(&w, world_state(&w, 0, false, &id) >= 0);
	id = world_say(&w, 0, "all of it");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	b->identity_ask = w.now; /* once */
	world_settle(&w);
	assert_int_equal(prekeys_number(1), number);
}

/* AG-70: a copy of since the last prekeys record, which nothing in the network denies: neither has
 * the sessions that the other writes in. What either says shows that to the other, and all of it
 * arrives. */
static void a_newer_copy(void **state)
{
	(void)state;
	struct gn_content_id ids[2][2];
	world_copy(&w, 1);
	for (unsigned i = 0; i < 2; i++) {
		struct gn_content_id there = world_say(&w, 0, "there"),
				     back = world_say(&w, 1, "and back");
		WORLD_UNTIL(&w, world_state(&w, 1, false, &there) >= 0);
		WORLD_UNTIL(&w, world_state(&w, 0, false, &back) >= 0);
		world_pass(&w, 2 * GN_SEC, GN_SEC);
	}
	uint64_t number = prekeys_number(1);
	world_put_back(&w, 1);
	w.souls[1].a.identity_ask = w.now;
	world_settle(&w);
	assert_int_equal(prekeys_number(1), number);
	for (unsigned i = 0; i < 2; i++) {
		ids[0][i] = world_say(&w, 0, "do you hear me?");
		world_pass(&w, 30 * GN_SEC, 5 * GN_SEC);
		ids[1][i] = world_say(&w, 1, "what did I miss?");
		world_pass(&w, 30 * GN_SEC, 5 * GN_SEC);
	}
	world_pass(&w, HOURS(1), 120 * GN_SEC);
	for (unsigned from = 0; from < 2; from++)
		for (unsigned i = 0; i < 2; i++) {
			assert_true(world_state(&w, !from, false, &ids[from][i]) >= 0);
			assert_true(world_state(&w, from, true, &ids[from][i]) >=
				    GN_PEOPLE_DELIVERED);
		}
	/* prekeys are looked up before, and not waited for without end */
	struct gn_agent *a = &w.souls[0].a;
	struct gn_pk device = w.souls[1].a.device.sk.pk, other = world_owner(&w, 1);
	w.now += HOURS(2);
	world_settle(&w);
	agent_held_anew(a, &device);
	assert_true(agent_held_unlooked(a, &device, 1, AGENT_LOOK_TRIES - 1));
	assert_false(agent_held_unlooked(a, &device, 1, AGENT_LOOK_TRIES));
	w.withhold = true;
	struct gn_content_id id = world_say(&w, 0, "with the new keys");
	world_settle(&w);
	assert_int_equal(world_state(&w, 0, true, &id), GN_PEOPLE_WAITING);
	w.withhold = false;
	assert_int_equal(gn_agent_know_ask(a->know, &other), GN_OK);
	world_settle(&w);
	assert_false(agent_held_unlooked(a, &device, 1, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		WORLD_TEST(doubled_delayed_and_reordered),
		WORLD_TEST(dropped),
		WORLD_TEST(lies_about_states),
		WORLD_TEST(invented),
		WORLD_TEST(replayed),
		WORLD_TEST(old_prekeys),
		cmocka_unit_test_teardown(withheld_prekeys, tear_down),
		WORLD_TEST(a_stolen_device),
		WORLD_TEST(taken_out),
		WORLD_TEST(two_versions_at_once),
		WORLD_TEST(an_old_copy),
		WORLD_TEST(a_newer_copy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
