/* People: requests, answers, invites, what their records say of them, alarms, boxes. Rules PE-4,
 * PE-19, PE-40..PE-49. */
#include "people/testing/world.h"

#include <stdio.h>
#include <stdlib.h>

static struct world w;
static struct desk *a1, *b1;

static int strangers(void **state)
{
	(void)state;
	world_make(&w, 11, 3, 2);
	a1 = world_desk(&w, 0, 0);
	b1 = world_desk(&w, 1, 0);
	return 0;
}

static int friends(void **state)
{
	strangers(state);
	world_befriend(&w, 0, 1);
	return 0;
}

static int done(void **state)
{
	(void)state;
	world_free(&w);
	return 0;
}

static void run(void)
{
	world_run(&w, w.now + 5 * GN_SEC);
}

static gn_err add(struct desk *d, unsigned whom, enum gn_people_trust trust)
{
	struct gn_people_add a = {.owner = *world_owner(&w, whom), .trust = trust};
	gn_err err = gn_people_add(d->p, &a, w.now);
	desk_settle(d);
	return err;
}

static gn_err answer(struct desk *d, unsigned whom, bool accept)
{
	gn_err err = gn_people_answer(d->p, world_owner(&w, whom), accept, w.now);
	desk_settle(d);
	return err;
}

/* A text of b1's hand, for a1, come in this way. */
static gn_err comes(const char *text, const uint8_t *invite, const struct gn_pk *introducer)
{
	static uint8_t bytes[GN_CONTENT_MAX];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	struct gn_content c = {.kind = GN_CONTENT_TEXT, .seq = 1, .text = gn_str(text)};
	struct gn_people_in in = {.owner = *world_owner(&w, 1), .device = b1->key.pk};
	c.sent = c.order = people_ms(w.now);
	gn_rand_fill(&w.rand, c.id.b, sizeof c.id.b);
	assert_int_equal(gn_content_make(&c, &b), GN_OK);
	in.content = gn_buf_slice(&b);
	in.setup = true;
	if (invite) {
		in.invited = true;
		memcpy(in.invite, invite, sizeof in.invite);
	}
	if (introducer)
		in.introducer = *introducer;
	gn_err err = gn_people_recv(a1->p, &in, w.now);
	desk_settle(a1);
	return err;
}

/* PE-19, PE-46, PE-49: one text, no answer before yes, then boxes both ways. */
static void request(void **state)
{
	(void)state;
	struct gn_content_id id;
	struct gn_people_contact c;
	struct gn_content file = {.kind = GN_CONTENT_FILE};
	char text[GN_PEOPLE_REQUEST_TEXT_MAX + 2];
	memset(text, 'x', sizeof text);
	text[GN_PEOPLE_REQUEST_TEXT_MAX + 1] = 0;
	assert_int_equal(desk_say(a1, 1, "hello", NULL), GN_NOT_FOUND);
	assert_int_equal(add(a1, 1, GN_PEOPLE_BY_NAME), GN_OK);
	assert_int_equal(add(a1, 1, GN_PEOPLE_LINKED), GN_EXISTS);
	assert_int_equal(desk_contact(a1, 1).trust, GN_PEOPLE_LINKED);
	assert_int_equal(add(a1, 0, GN_PEOPLE_MET), GN_USAGE);
	assert_int_equal(desk_say(a1, 1, text, &id), GN_DENIED);
	file.u.files.count = 1;
	assert_int_equal(desk_what(a1, 1, &file), GN_DENIED);
	text[GN_PEOPLE_REQUEST_TEXT_MAX] = 0;
	assert_int_equal(desk_say(a1, 1, text, &id), GN_OK);
	assert_int_equal(desk_say(a1, 1, "and", NULL), GN_LIMIT);
	run();
	c = desk_contact(b1, 0);
	assert_int_equal(c.state, GN_PEOPLE_REQUEST);
	assert_int_equal(c.trust, GN_PEOPLE_UNKNOWN);
	assert_true(desk_had(b1, GN_PEOPLE_REQUESTED));
	assert_int_equal(desk_message(a1, 1, true, &id)->m.receipt_count, 0);
	assert_int_equal(desk_say(b1, 0, "x", NULL), GN_STATE);
	assert_int_equal(gn_people_read(b1->p, world_owner(&w, 0), UINT64_MAX, w.now), GN_OK);
	desk_settle(b1);
	run();
	assert_int_equal(desk_message(a1, 1, true, &id)->m.receipt_count, 0);
	assert_int_equal(answer(b1, 0, true), GN_OK);
	assert_int_equal(answer(b1, 0, true), GN_STATE);
	run();
	assert_int_equal(desk_contact(a1, 1).state, GN_PEOPLE_ACCEPTED);
	assert_int_equal(desk_contact(world_desk(&w, 1, 1), 0).state, GN_PEOPLE_ACCEPTED);
	assert_int_equal(desk_message(a1, 1, true, &id)->m.receipt_count, 2);
	assert_non_null(desk_contact(a1, 1).box);
	assert_non_null(desk_contact(b1, 0).box);
}

/* PE-47, PE-48: refused, and a week. */
static void refused(void **state)
{
	(void)state;
	world_free(&w);
	world_make(&w, 12, 2, 1); /* each alone: nothing waits for another device */
	a1 = world_desk(&w, 0, 0);
	b1 = world_desk(&w, 1, 0);
	assert_int_equal(comes("one", NULL, NULL), GN_OK);
	assert_int_equal(comes("two", NULL, NULL), GN_OK);
	assert_int_equal(desk_count(a1, "requests"), 1);
	assert_int_equal(desk_count(a1, "requests-again"), 1);
	assert_int_equal(answer(a1, 1, false), GN_OK);
	assert_int_equal(desk_contact(a1, 1).state, GN_PEOPLE_REFUSED);
	w.now += (gn_time)(PEOPLE_REQUEST_AGAIN - 1) * GN_SEC;
	assert_int_equal(comes("three", NULL, NULL), GN_OK);
	assert_int_equal(desk_count(a1, "requests-again"), 2);
	w.now += GN_SEC;
	assert_int_equal(comes("four", NULL, NULL), GN_OK);
	assert_int_equal(desk_contact(a1, 1).state, GN_PEOPLE_REQUEST);
	assert_int_equal(desk_count(a1, "requests"), 2);
	bool yes = true;
	struct gn_people_change change = {.blocked = &yes};
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &change, w.now), GN_OK);
	desk_settle(a1);
	w.now += (gn_time)(2 * PEOPLE_REQUEST_AGAIN) * GN_SEC;
	assert_int_equal(comes("five", NULL, NULL), GN_OK);
	assert_int_equal(desk_count(a1, "blocked"), 1);
	assert_int_equal(answer(a1, 1, true), GN_OK);
	assert_int_equal(desk_say(a1, 1, "x", NULL), GN_DENIED);
	assert_int_equal(w.letter_count, 0); /* nothing goes to who is blocked */
	/* what is no request is none */
	assert_int_equal(gn_people_remove(a1->p, world_owner(&w, 1), w.now), GN_OK);
	desk_settle(a1);
	char text[GN_PEOPLE_REQUEST_TEXT_MAX + 2];
	memset(text, 'x', sizeof text);
	text[GN_PEOPLE_REQUEST_TEXT_MAX + 1] = 0;
	assert_int_equal(comes(text, NULL, NULL), GN_OK);
	assert_int_equal(desk_count(a1, "requests-unfit"), 1);
	assert_int_equal(gn_people_remove(a1->p, world_owner(&w, 1), w.now), GN_NOT_FOUND);
	for (size_t i = 0; i < a1->row_count; i++)
		assert_true(a1->rows[i].kind == GN_PEOPLE_ROW_OWN ||
			    a1->rows[i].kind == GN_PEOPLE_ROW_REGISTER ||
			    gn_hash_eq(&a1->rows[i].chat, &a1->p->self->id));
}

static void invited(void **state)
{
	(void)state;
	struct gn_people_invite v = {.secret = {5}, .uses = 1, .until = gn_unix(w.now) + 60}, got;
	struct gn_pk carol = *world_owner(&w, 2);
	assert_int_equal(gn_people_invite(a1->p, &v, w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(comes("hi", v.secret, NULL), GN_OK);
	assert_int_equal(desk_contact(a1, 1).trust, GN_PEOPLE_LINKED);
	assert_true(desk_contact(a1, 1).invited);
	assert_true(a1->events[(a1->event_count - 1) % 64].kind == GN_PEOPLE_CONTACT);
	assert_true(gn_people_invite_at(a1->p, 0, &got));
	assert_int_equal(got.used, 1);
	/* used up: a request like any other */
	assert_int_equal(gn_people_remove(a1->p, world_owner(&w, 1), w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(comes("hi", v.secret, NULL), GN_OK);
	assert_int_equal(desk_contact(a1, 1).trust, GN_PEOPLE_UNKNOWN);
	assert_false(desk_contact(a1, 1).invited);
	assert_int_equal(gn_people_remove(a1->p, world_owner(&w, 1), w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(comes("hi", NULL, &carol), GN_OK);
	assert_int_equal(desk_contact(a1, 1).trust, GN_PEOPLE_INTRODUCED);
	assert_true(gn_pk_eq(desk_contact(a1, 1).introducer, &carol));
	for (int i = GN_PEOPLE_UNKNOWN; i <= GN_PEOPLE_MET; i++)
		assert_true(strlen(gn_people_trust_word((enum gn_people_trust)i)) > 2);
}

/* ---- records ---- */

struct record {
	struct gn_people_identity id;
	struct gn_people_device devices[WORLD_DEVICES + 1];
	struct gn_people_version history[2];
};

/* Bob's record after the first. */
static struct record *record(uint64_t seq, uint8_t mark)
{
	static struct record r;
	world_record(&w, 1, &r.id, r.devices);
	r.id.version.seq = seq;
	memset(&r.id.version.hash, mark, sizeof r.id.version.hash);
	r.history[0].seq = 1;
	memset(&r.history[0].hash, 2, sizeof r.history[0].hash); /* as world_record has it */
	r.id.history = r.history;
	r.id.history_count = 1;
	return &r;
}

static gn_err sees(const struct record *r)
{
	gn_err err = gn_people_identity(a1->p, &r->id, w.now);
	desk_settle(a1);
	return err;
}

static unsigned lines(enum gn_people_line line)
{
	unsigned n = 0;
	for (size_t i = 0; i < a1->row_count; i++)
		n += a1->rows[i].kind == GN_PEOPLE_ROW_MESSAGE &&
		     a1->rows[i].m.kind == GN_PEOPLE_LINE && a1->rows[i].m.line == line;
	return n;
}

/* PE-42, PE-45: pins rise, devices come and go with a line. */
static void pins(void **state)
{
	(void)state;
	struct gn_sk device;
	struct record *r = record(3, 9);
	gn_sk_new(&w.rand, &device);
	r->devices[1].key = device.pk;
	r->devices[1].name = GN_LIT("Bob's tablet");
	assert_non_null(desk_contact(a1, 1).box);
	assert_int_equal(sees(r), GN_OK);
	assert_null(desk_contact(a1, 1).box); /* the device that went had its keys */
	assert_int_equal(desk_contact(a1, 1).pin.seq, 3);
	assert_int_equal(lines(GN_PEOPLE_LINE_DEVICE), 1);
	assert_int_equal(lines(GN_PEOPLE_LINE_GONE), 1);
	assert_true(desk_had(a1, GN_PEOPLE_DEVICE_GONE));
	assert_int_equal(desk_contact(a1, 1).device_count, 2);
	assert_int_equal(sees(record(2, 8)), GN_OK);
	assert_int_equal(desk_contact(a1, 1).pin.seq, 3);
	assert_int_equal(desk_count(a1, "old-records"), 1);
	assert_int_equal(desk_contact(a1, 1).alarm, GN_PEOPLE_CALM);
	assert_int_equal(sees(record(CONTENT_NUMBER_MAX + 1, 8)), GN_RANGE);
	r = record(4, 7);
	r->id.history_count = GN_PEOPLE_HISTORY_MAX + 1;
	assert_int_equal(sees(r), GN_RANGE);
	r = record(4, 7);
	r->id.device_count = GN_PEOPLE_DEVICES_MAX + 1;
	assert_int_equal(sees(r), GN_RANGE);
}

static void sending_stops(enum gn_people_alarm alarm)
{
	run();
	uint64_t deposits = w.next_item;
	assert_int_equal(desk_contact(a1, 1).alarm, alarm);
	assert_true(desk_had(a1, GN_PEOPLE_ALARM));
	assert_int_equal(desk_say(a1, 1, "x", NULL), GN_KEY);
	assert_int_equal(comes("still heard", NULL, NULL), GN_OK);
	run();
	assert_int_equal(w.next_item, deposits); /* not even a receipt */
	desk_reopen(a1);
	assert_int_equal(desk_contact(a1, 1).alarm, alarm);
	struct gn_people_change c = {.cleared = true};
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(desk_contact(a1, 1).alarm, GN_PEOPLE_CALM);
	assert_int_equal(desk_say(a1, 1, "x", NULL), GN_OK);
}

/* PE-43: two records of one number; a history that denies what we saw. */
static void forks(void **state)
{
	(void)state;
	w.quiet = true;
	assert_int_equal(sees(record(1, 2)), GN_OK); /* the same again */
	assert_int_equal(desk_contact(a1, 1).alarm, GN_PEOPLE_CALM);
	assert_int_equal(sees(record(1, 3)), GN_OK);
	sending_stops(GN_PEOPLE_FORK);
	assert_int_equal(sees(record(5, 5)), GN_OK); /* what is there now holds */
	struct record *r = record(6, 6);
	r->history[1].seq = 5;
	memset(&r->history[1].hash, 4, 32);
	r->id.history_count = 2;
	assert_int_equal(sees(r), GN_OK);
	assert_int_equal(desk_contact(a1, 1).pin.seq, 5);
	sending_stops(GN_PEOPLE_FORK);
}

static void claims(void **state)
{
	(void)state;
	struct gn_content c = {.kind = GN_CONTENT_RECEIPT, .me = {.seq = 1}, .you = {.seq = 1}};
	w.quiet = true;
	c.id.b[0] = 1;
	c.sent = c.order = people_ms(w.now);
	memset(c.me.hash, 2, 16);
	memset(c.you.hash, 1, 16);
	world_post(&w, b1->number, a1->number, &c);
	world_deliver(&w, w.letter_count - 1);
	assert_int_equal(desk_contact(a1, 1).alarm, GN_PEOPLE_CALM);
	assert_false(desk_had(a1, GN_PEOPLE_ALARM_OWN));
	c.me.seq = 2; /* a newer one: it is looked up */
	a1->event_count = 0;
	world_post(&w, b1->number, a1->number, &c);
	world_deliver(&w, w.letter_count - 1);
	assert_true(desk_had(a1, GN_PEOPLE_WANT_RECORD));
	c.me.seq = 1;
	c.you.hash[15] ^= 1; /* another record of ours than we published */
	world_post(&w, b1->number, a1->number, &c);
	world_deliver(&w, w.letter_count - 1);
	assert_true(desk_had(a1, GN_PEOPLE_ALARM_OWN));
	assert_int_equal(desk_contact(a1, 1).alarm, GN_PEOPLE_CALM);
	c.me.hash[15] ^= 1;
	world_post(&w, b1->number, a1->number, &c);
	world_deliver(&w, w.letter_count - 1);
	sending_stops(GN_PEOPLE_CLAIM);
}

/* PE-40, PE-44. */
static void rotation(void **state)
{
	(void)state;
	struct record *r = record(2, 9);
	struct gn_hash chat = *desk_contact(a1, 1).chat;
	struct gn_sk foreign;
	struct gn_people_contact c;
	struct gn_content_id id;
	gn_sk_new(&w.rand, &foreign);
	r->id.old_owner = r->id.owner;
	r->id.owner = foreign.pk;
	assert_int_equal(sees(r), GN_NOT_FOUND); /* anybody may say so */
	assert_int_equal(desk_contact(a1, 1).alarm, GN_PEOPLE_CALM);
	r->id.owner = w.next[1].pk;
	assert_int_equal(sees(r), GN_OK);
	assert_int_equal(lines(GN_PEOPLE_LINE_ROTATED), 1);
	assert_int_equal(gn_people_get(a1->p, &w.next[1].pk, &c), GN_OK);
	assert_true(gn_hash_eq(c.chat, &chat));
	assert_true(gn_pk_eq(c.owner, &w.next[1].pk));
	c = desk_contact(a1, 1); /* by the old key too */
	assert_true(gn_pk_eq(c.owner, &w.next[1].pk));
	assert_int_equal(desk_say(a1, 1, "you are you", &id), GN_OK);
	desk_reopen(a1);
	assert_int_equal(desk_contact(a1, 1).pin.seq, 2);
	/* a session with the old key is still heard */
	assert_int_equal(comes("and I", NULL, NULL), GN_OK);
	assert_int_equal(desk_count(a1, "requests"), 0);
}

/* Our own: the chats keep their names, and the engine opens with either key. */
static void own_rotation(void **state)
{
	(void)state;
	struct gn_people_identity id;
	struct gn_people_device devices[WORLD_DEVICES];
	struct gn_content_id note;
	world_record(&w, 0, &id, devices);
	id.old_owner = id.owner;
	id.owner = w.next[0].pk;
	id.version.seq = 2;
	assert_int_equal(gn_people_me(a1->p, &id, w.now), GN_OK);
	desk_settle(a1);
	id.version.seq = 1;
	assert_int_equal(gn_people_me(a1->p, &id, w.now), GN_STALE);
	w.people[0] = w.next[0];
	desk_reopen(a1);
	assert_int_equal(desk_contact(a1, 0).pin.seq, 2);
	assert_int_equal(desk_say(a1, 0, "a note", &note), GN_OK);
	assert_non_null(desk_message(a1, 0, true, &note));
	assert_int_equal(desk_say(a1, 1, "still me", NULL), GN_OK);
	desk_reopen(a1);
}

static void instead(void **state)
{
	(void)state;
	struct record *r = record(1, 9);
	struct gn_people_contact c;
	struct gn_sk foreign;
	gn_sk_new(&w.rand, &foreign);
	w.quiet = true;
	r->id.instead_of = r->id.owner;
	r->id.owner = foreign.pk;
	assert_int_equal(sees(r), GN_OK);
	assert_int_equal(lines(GN_PEOPLE_LINE_ALARM), 1);
	sending_stops(GN_PEOPLE_KEY);
	assert_int_equal(gn_people_get(a1->p, &foreign.pk, &c), GN_OK);
	assert_int_equal(c.trust, GN_PEOPLE_UNKNOWN);
	assert_int_equal(c.pin.seq, 0);
}

/* PE-49: the newest box counts, and only with the seed of the key it certifies. */
static void boxes(void **state)
{
	(void)state;
	struct gn_content c = {.kind = GN_CONTENT_BOX, .seq = 9};
	struct gn_sk deposit;
	memset(c.u.box.deposit_seed, 3, 32);
	gn_sk_from_seed(c.u.box.deposit_seed, &deposit);
	memcpy(c.u.box.certificate, deposit.pk.b, 32);
	memset(c.u.box.box.b, 1, 32);
	c.sent = people_ms(w.now);
	for (uint8_t i = 1; i < 5; i++) {
		c.id.b[0] = c.prev.b[0] = i;
		c.seq++;
		c.u.box.box.b[0] = i;
		c.order = people_ms(w.now) + (i == 2 ? 1 : 100 + i); /* the second is older */
		c.u.box.certificate[5] ^= i == 4; /* the fourth is of another key */
		world_post(&w, b1->number, a1->number, &c);
		world_deliver(&w, w.letter_count - 1);
		uint8_t want[] = {0, 1, 1, 3, 3};
		assert_int_equal(desk_contact(a1, 1).box->box.b[0], want[i]);
	}
	assert_int_equal(desk_count(a1, "boxes-unfit"), 1);
	desk_reopen(a1);
	assert_memory_equal(desk_contact(a1, 1).box->deposit_seed, c.u.box.deposit_seed, 32);
	assert_int_equal(gn_people_box(a1->p, &a1->p->config.owner, &c.u.box, w.now), GN_STATE);
	assert_int_equal(gn_people_box(a1->p, world_owner(&w, 2), &c.u.box, w.now), GN_NOT_FOUND);
}

/* PE-80: told inside sessions, the newest counts, zeros are nothing; it goes with the contact. */
static void presence(void **state)
{
	(void)state;
	struct gn_presence_told told = {.key = {1}}, back;
	const struct gn_pk *a = world_owner(&w, 0), *b = world_owner(&w, 1);
	bool blocked = true;
	struct gn_people_change block = {.blocked = &blocked};
	assert_int_equal(gn_people_presence_of(a1->p, b, &back), GN_NOT_FOUND);
	for (uint8_t i = 1; i < 3; i++) {
		told.topic.b[0] = i;
		assert_int_equal(gn_people_presence(b1->p, a, &told, w.now), GN_OK);
		desk_settle(b1);
		run();
		assert_int_equal(gn_people_presence_of(a1->p, b, &back), GN_OK);
		assert_memory_equal(&back, &told, sizeof back);
	}
	assert_int_equal(gn_people_presence_of(b1->p, a, &back), GN_NOT_FOUND); /* not their own */
	uint8_t bytes[GN_PRESENCE_TOLD_LEN];
	struct gn_content c = {.kind = GN_CONTENT_SYSTEM, .seq = 99, .id = {{7}}, .prev = {{7}}};
	gn_presence_told_put(&told, bytes);
	bytes[0] = 9;
	c.sent = people_ms(w.now);
	c.u.system.kind = GN_CONTENT_PRESENCE;
	c.u.system.bytes = GN_SLICE(bytes);
	c.order = 5; /* older than what was told */
	c.sent = 5;
	world_post(&w, b1->number, a1->number, &c);
	world_deliver(&w, w.letter_count - 1);
	assert_int_equal(gn_people_presence_of(a1->p, b, &back), GN_OK);
	assert_int_equal(back.topic.b[0], 2);
	desk_reopen(a1);
	assert_int_equal(gn_people_presence_of(a1->p, b, &back), GN_OK);
	assert_int_equal(gn_people_change(b1->p, a, &block, w.now), GN_OK);
	desk_settle(b1);
	assert_int_equal(gn_people_presence(b1->p, a, &told, w.now), GN_STATE);
	assert_int_equal(gn_people_presence(b1->p, b, &told, w.now), GN_STATE);
	assert_int_equal(gn_people_presence(b1->p, world_owner(&w, 2), &told, w.now), GN_NOT_FOUND);
	assert_int_equal(gn_people_remove(a1->p, b, w.now), GN_OK);
	desk_settle(a1);
	assert_int_equal(gn_people_presence_of(a1->p, b, &back), GN_NOT_FOUND);
}

static void changes(void **state)
{
	(void)state;
	struct gn_slice name = GN_LIT("Bobby"), bad = GN_LIT("a\nb");
	enum gn_people_trust met = GN_PEOPLE_MET, low = GN_PEOPLE_BY_NAME, none;
	struct gn_people_change c = {.petname = &name, .trust = &met};
	char big[GN_PEOPLE_NAME_MAX + 1];
	struct gn_slice longer = {(uint8_t *)big, sizeof big};
	memset(big, 'x', sizeof big);
	memset(&none, 99, sizeof none);
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_OK);
	desk_settle(a1);
	c = (struct gn_people_change){.trust = &low};
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_OK);
	desk_settle(a1);
	run();
	struct gn_people_contact other = desk_contact(world_desk(&w, 0, 1), 1);
	assert_int_equal(other.trust, GN_PEOPLE_MET);
	assert_true(gn_slice_eq(other.petname, name));
	c = (struct gn_people_change){.petname = &bad};
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_TEXT);
	c.petname = &longer;
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_TEXT);
	longer.len = GN_PEOPLE_NAME_MAX;
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_OK);
	desk_settle(a1);
	c = (struct gn_people_change){.trust = &none};
	assert_int_equal(gn_people_change(a1->p, world_owner(&w, 1), &c, w.now), GN_RANGE);
	c = (struct gn_people_change){.cleared = true};
	assert_int_equal(gn_people_change(a1->p, &a1->p->config.owner, &c, w.now), GN_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(request, strangers, done),
		cmocka_unit_test_setup_teardown(refused, strangers, done),
		cmocka_unit_test_setup_teardown(invited, strangers, done),
		cmocka_unit_test_setup_teardown(pins, friends, done),
		cmocka_unit_test_setup_teardown(forks, friends, done),
		cmocka_unit_test_setup_teardown(claims, friends, done),
		cmocka_unit_test_setup_teardown(rotation, friends, done),
		cmocka_unit_test_setup_teardown(own_rotation, friends, done),
		cmocka_unit_test_setup_teardown(instead, friends, done),
		cmocka_unit_test_setup_teardown(boxes, friends, done),
		cmocka_unit_test_setup_teardown(presence, friends, done),
		cmocka_unit_test_setup_teardown(changes, friends, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
