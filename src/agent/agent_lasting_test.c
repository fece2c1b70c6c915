/* What makes a message last, with holders that forget, lie and refuse, over weeks: the test says
 * what time it is. Rules AG-55, AG-56, AG-63..AG-68. */
#include "agent/own_int.h"
#include "agent/testing/world.h"

#include <string.h>

#define HOUR ((gn_time)AGENT_HELD_CHECK_MS * GN_MSEC)
#define DAYS(n) ((gn_time)(n) * 24 * HOUR)
#define WEEK ((gn_time)AGENT_PRIVATE_TTL * GN_SEC)
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

/* The newest item, once it is stored. */
static struct world_item *stored(const struct gn_content_id *id)
{
	WORLD_UNTIL(&w, world_state(&w, 0, true, id) >= GN_PEOPLE_STORED);
	return &w.items[w.item_count - 1];
}

struct counting {
	uint8_t kind;
	unsigned count, custodies;
};

static bool count_row(void *user, const struct gn_agent_out *o)
{
	struct counting *c = user;
	struct agent_out_parts parts;
	assert_true(agent_out_open(o->bytes, &parts));
	if (o->kind == c->kind) {
		c->count++;
		c->custodies += parts.head.custodies;
	}
	return true;
}

static unsigned rows_of(const struct gn_content_id *id, uint8_t kind)
{
	struct counting c = {.kind = kind};
	assert_int_equal(gn_agent_out_of(w.souls[0].a.db, id->b, count_row, &c), GN_OK);
	if (kind == AGENT_OUT_HELD && c.count)
		assert_true(c.custodies >= 8 * c.count);
	return c.count;
}

/* AG-64: asked once an hour; what they forgot is deposited again, the same; once it was receipted
 * nobody is asked, and who had promised is still known, as long as they promised and 30 days. */
static void holders_that_forget(void **state)
{
	(void)state;
	world_away(&w, 1);
	struct gn_content_id id = world_say(&w, 0, "keep this");
	struct world_item *it = stored(&id);
	size_t items = w.item_count;
	assert_int_equal(rows_of(&id, AGENT_OUT_HELD), 1);
	w.checks = 0;
	world_pass(&w, HOUR + 60 * GN_SEC, HOUR / 6);
	assert_int_equal(w.checks, 1);
	assert_int_equal(it->sent, 1);
	it->lost = true;
	world_pass(&w, HOUR + 60 * GN_SEC, HOUR / 6);
	assert_int_equal(w.checks, 2);
	assert_int_equal(it->sent, 2);
	assert_false(it->lost);
	assert_int_equal(w.item_count, items); /* the same envelope */
	/* a person need not wait for the hour; also after it was started anew */
	it->lost = true;
	world_again(&w, 0);
	struct gn_pk other = world_owner(&w, 1);
	struct gn_people_contact c;
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_true(agent_held_hurry(&w.souls[0].a, c.chat, &id));
	WORLD_UNTIL(&w, it->sent == 3);
	world_back(&w, 1);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	WORLD_UNTIL(&w, world_state(&w, 0, true, &id) == GN_PEOPLE_DELIVERED);
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_false(agent_held_hurry(&w.souls[0].a, c.chat, &id));
	w.checks = 0;
	world_pass(&w, 3 * HOUR, HOUR / 6);
	assert_int_equal(w.checks, 0);
	assert_int_equal(rows_of(&id, AGENT_OUT_HELD), 0);
	assert_int_equal(rows_of(&id, AGENT_OUT_PROOF), 1);
	gn_time promised = (gn_time)AGENT_ITEM_TTL * GN_SEC + (gn_time)AGENT_PROOF_MS * GN_MSEC;
	world_pass(&w, promised - DAYS(1), DAYS(5));
	assert_int_equal(rows_of(&id, AGENT_OUT_PROOF), 1);
	world_pass(&w, DAYS(1), DAYS(1));
	assert_int_equal(rows_of(&id, AGENT_OUT_PROOF), 0);
}

/* AG-65: they say that they hold it and show it to nobody. */
static void holders_that_lie(void **state)
{
	(void)state;
	world_away(&w, 1);
	struct gn_content_id id = world_say(&w, 0, "do you hear me");
	struct world_item *it = stored(&id);
	size_t items = w.item_count;
	it->hidden = true;
	world_pass(&w, 2 * HOUR, HOUR / 4);
	assert_int_equal(it->sent, 1); /* they say that they have it, and nobody is there */
	world_back(&w, 1);
	struct gn_content_id said = world_say(&w, 1, "are you there?");
	WORLD_UNTIL(&w, world_state(&w, 0, false, &said) >= 0);
	size_t before = w.item_count;
	world_pass(&w, PRESENT - 60 * GN_SEC, 60 * GN_SEC);
	assert_int_equal(it->sent, 1);
	world_pass(&w, 3 * 60 * GN_SEC, 60 * GN_SEC);
	assert_int_equal(it->sent, 2);
	assert_true(it->wide);
	assert_true(before > items);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0); /* through the front box */
	bool front = false;
	for (size_t i = items; i < w.item_count; i++)
		front = front || (w.items[i].front && gn_is_zero(w.items[i].by.b, 32));
	assert_true(front);
	/* once */
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	unsigned sent = it->sent;
	world_pass(&w, 2 * HOUR, HOUR / 6);
	assert_int_equal(it->sent, sent);
}

/* AG-56: a box that refuses for good; the message goes through the front box. */
static void a_box_that_refuses(void **state)
{
	(void)state;
	w.refuse_all = true;
	struct gn_content_id id = world_say(&w, 0, "let me in");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	assert_true(w.items[w.item_count - 1].front || w.items[w.item_count - 2].front);
	w.refuse_all = false;
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	WORLD_UNTIL(&w, world_state(&w, 0, true, &id) >= GN_PEOPLE_STORED);
}

/* AG-67: weekly, told to contacts; what is written to the one of before is read for 31 days. */
static void boxes_are_replaced(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	struct gn_pk first = b->boxes[AGENT_PRIVATE].sk.pk, other = world_owner(&w, 1);
	struct gn_people_contact c;
	assert_int_equal(world_follows(&w, 1, true), 0);
	w.now += WEEK;
	WORLD_UNTIL(&w, !gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &first));
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_true(gn_pk_eq(&c.box->box, &b->boxes[AGENT_PRIVATE].sk.pk));
	assert_int_equal(world_follows(&w, 1, true), 1);
	assert_int_equal(world_follows(&w, 1, false), 2);
	/* also after it was started anew */
	struct gn_pk second = b->boxes[AGENT_PRIVATE].sk.pk;
	world_again(&w, 1);
	assert_true(gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &second));
	w.now += 3 * GN_SEC;
	world_settle(&w);
	assert_int_equal(world_follows(&w, 1, true), 1);
	size_t known = w.item_count;
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	assert_int_equal(w.item_count, known); /* nobody is told twice */
	w.now += WEEK - DAYS(1);
	world_settle(&w);
	assert_true(gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &second));
	for (unsigned week = 0; week < 5; week++) {
		second = b->boxes[AGENT_PRIVATE].sk.pk;
		w.now += WEEK;
		WORLD_UNTIL(&w, !gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &second));
		world_pass(&w, 10 * GN_SEC, GN_SEC);
	}
	for (unsigned i = AGENT_BEFORE; i < AGENT_BOXES_ALL; i++)
		assert_false(b->boxes[i].used && gn_pk_eq(&b->boxes[i].sk.pk, &first));
	assert_true(world_follows(&w, 1, true) >= 4 && world_follows(&w, 1, true) <= 5);
	struct gn_content_id id = world_say(&w, 0, "where are you now");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
}

static const struct gn_boxrec *descriptor_of(const struct gn_pk *box)
{
	static struct gn_boxrec rec;
	struct gn_hash key;
	gn_boxrec_key(box, 0, &key);
	for (size_t i = 0; i < w.record_count; i++)
		if (gn_hash_eq(&w.records[i].key, &key)) {
			assert_int_equal(
				gn_boxrec_open(gn_slice(w.records[i].bytes, w.records[i].len),
					       &rec),
				GN_OK);
			return &rec;
		}
	fail_msg("no descriptor");
	return NULL;
}

static void block(unsigned who, bool on)
{
	struct gn_agent *a = &w.souls[who].a;
	struct gn_pk other = world_owner(&w, !who);
	struct gn_people_change change = {.blocked = &on};
	assert_int_equal(gn_people_change(a->people, &other, &change, w.now), GN_OK);
	agent_settle(a);
	world_settle(&w);
}

/* AG-68: the key of who is blocked is refused by the box that they know and by those of before. */
static void keys_are_refused(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	struct gn_pk other = world_owner(&w, 1), first = b->boxes[AGENT_PRIVATE].sk.pk;
	struct gn_people_contact c;
	struct gn_boxcert cert;
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	gn_boxcert_get(c.box->certificate, &cert);
	block(1, true);
	assert_true(gn_boxrec_refuses(descriptor_of(&first), &cert.key));
	world_again(&w, 1);
	assert_true(gn_boxrec_refuses(descriptor_of(&first), &cert.key));
	block(1, false);
	assert_false(gn_boxrec_refuses(descriptor_of(&first), &cert.key));
	block(1, true);
	/* who is blocked is not told the next box */
	w.now += WEEK;
	WORLD_UNTIL(&w, !gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &first));
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	assert_true(gn_boxrec_refuses(descriptor_of(&first), &cert.key));
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_true(gn_pk_eq(&c.box->box, &first));
	/* and is, when it is over */
	block(1, false);
	world_again(&w, 1);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_true(gn_pk_eq(&c.box->box, &b->boxes[AGENT_PRIVATE].sk.pk));
}

/* AG-67: a device of ours that is listed no more had the keys of both boxes. */
static void a_stolen_device(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	struct gn_pk devices[2] = {b->device.sk.pk, {{9}}}, front = b->boxes[AGENT_FRONT].sk.pk,
		     private = b->boxes[AGENT_PRIVATE].sk.pk, other = world_owner(&w, 1);
	struct gn_people_contact c;
	struct gn_agent_tx tx;
	assert_int_equal(gn_agent_tx_begin(b->db, &tx), GN_OK);
	assert_int_equal(
		gn_agent_meta_put(&tx, "own.devices", gn_slice(devices[0].b, sizeof devices)),
		GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	b->identity_ask = w.now;
	WORLD_UNTIL(&w, !gn_pk_eq(&b->boxes[AGENT_FRONT].sk.pk, &front) &&
				!gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &private));
	world_pass(&w, 30 * GN_SEC, GN_SEC);
	assert_true(gn_agent_publish_done(b->publish) && !b->identity_wanted);
	/* strangers and contacts find the new ones */
	assert_int_equal(gn_agent_know_ask(w.souls[0].a.know, &other), GN_OK);
	world_settle(&w);
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_true(gn_pk_eq(c.front, &b->boxes[AGENT_FRONT].sk.pk));
	assert_true(gn_pk_eq(&c.box->box, &b->boxes[AGENT_PRIVATE].sk.pk));
	assert_int_equal(world_follows(&w, 1, true), 2);
}

/* Private halves that wait for their end. */
static size_t halves(unsigned who)
{
	static uint8_t room[16384];
	struct gn_buf b = {room, 0, sizeof room};
	gn_err err = gn_agent_meta_get(w.souls[who].a.db, "prekeys.halves", &b);
	assert_true(err == GN_OK || err == GN_NOT_FOUND);
	return b.len / 16;
}

/* AG-55: after use at most hourly; the few go a day after a record without them was signed, not
 * before, whatever a node withholds; `last` weekly and 31 days. */
static void prekeys_are_renewed(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	uint64_t made = b->prekeys_made, last = b->last_made;
	agent_own_prekeys_used(b);
	world_settle(&w);
	world_pass(&w, AGENT_PREKEYS_AGAIN * GN_SEC + GN_SEC, HOUR / 2);
	assert_true(b->prekeys_made > made);
	assert_int_equal(b->last_made, last); /* `last` stays */
	assert_int_equal(halves(1), GN_E2EE_FEW);
	made = b->prekeys_made;
	agent_own_prekeys_used(b);
	world_pass(&w, HOUR / 2, HOUR / 4);
	assert_int_equal(b->prekeys_made, made);
	world_pass(&w, HOUR, HOUR / 4);
	assert_true(b->prekeys_made > made);
	assert_int_equal(halves(1), 2 * GN_E2EE_FEW);
	world_pass(&w, AGENT_FEW_KEPT * GN_SEC, 4 * HOUR);
	assert_int_equal(halves(1), 0);
	/* a node that withholds the new record: the halves of the old one stay */
	w.withhold = true;
	agent_own_prekeys_used(b);
	world_pass(&w, 3 * DAYS(1), 6 * HOUR);
	assert_int_equal(halves(1), GN_E2EE_FEW);
	w.withhold = false;
	world_pass(&w, 4 * HOUR, HOUR);
	assert_int_equal(halves(1), GN_E2EE_FEW);
	world_pass(&w, DAYS(1), 4 * HOUR);
	assert_int_equal(halves(1), 0);
	/* and set-ups to what is published go on */
	struct gn_pk device = b->device.sk.pk;
	assert_int_equal(gn_e2ee_anew(w.souls[0].a.e2ee, &device), GN_OK);
	struct gn_pk other = world_owner(&w, 1);
	assert_int_equal(gn_agent_know_ask(w.souls[0].a.know, &other), GN_OK);
	world_settle(&w);
	struct gn_content_id id = world_say(&w, 0, "anew");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	/* `last`: its private half stays 31 days after its week */
	world_pass(&w, AGENT_LAST_TTL * GN_SEC, DAYS(1));
	assert_true(b->last_made > last);
	world_pass(&w, DAYS(2), DAYS(1));
	assert_in_range(halves(1), 1, 2 + GN_E2EE_FEW);
	world_pass(&w, AGENT_LAST_KEPT * GN_SEC, DAYS(1));
	assert_in_range(halves(1), 4, 5 + GN_E2EE_FEW); /* of the weeks after it */
	/* of a day, hourly, with those of `last` */
	assert_true(AGENT_HALVES_MAX >= 24 * GN_E2EE_FEW + 6);
}

/* AG-66: offered again after a day. Of a message in a session nothing is made anew; of a set-up
 * only when there are newer prekeys; the content is there once. */
static void set_ups_are_made_anew(void **state)
{
	(void)state;
	struct gn_agent *a = &w.souls[0].a, *b = &w.souls[1].a;
	struct gn_pk device = b->device.sk.pk;
	world_away(&w, 1);
	struct gn_content_id id = world_say(&w, 0, "in a session");
	struct world_item *it = stored(&id);
	size_t items = w.item_count;
	world_pass(&w, DAYS(1) + HOUR, HOUR);
	assert_int_equal(w.item_count, items);
	assert_int_equal(it->sent, 1);
	world_back(&w, 1);
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	WORLD_UNTIL(&w, world_state(&w, 0, true, &id) == GN_PEOPLE_DELIVERED);
	struct gn_pk other = world_owner(&w, 1);
	assert_int_equal(gn_agent_know_ask(a->know, &other), GN_OK); /* its newest prekeys */
	world_settle(&w);
	world_away(&w, 1);
	assert_int_equal(gn_e2ee_anew(a->e2ee, &device), GN_OK);
	id = world_say(&w, 0, "sets one up");
	it = stored(&id);
	items = w.item_count;
	assert_true(gn_e2ee_sets_up(gn_slice(it->bytes, it->len)));
	it->hidden = true;
	world_pass(&w, DAYS(1) + 2 * HOUR, HOUR);
	assert_int_equal(w.item_count, items); /* the prekeys are the same */
	world_back(&w, 1);
	assert_int_equal(agent_own_prekeys_renew(b), GN_OK);
	world_settle(&w);
	world_away(&w, 1);
	world_pass(&w, DAYS(1) + 2 * HOUR, HOUR / 4);
	assert_int_equal(rows_of(&id, AGENT_OUT_HELD), 1);
	assert_int_equal(rows_of(&id, AGENT_OUT_PROOF), 1);
	assert_true(w.item_count > items);
	world_back(&w, 1);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	it->hidden = false; /* the old one comes, too, and nothing opens it: its halves are gone */
	world_again(&w, 1);
	w.now += 3 * GN_SEC;
	world_settle(&w);
	assert_false(it->taken);
}

/* AG-58: what a stranger publishes reaches the nodes after their first message. */
static void a_stranger_found_late(void **state)
{
	(void)state;
	world_make(&w);
	world_settle(&w);
	struct gn_agent *a = &w.souls[0].a, *b = &w.souls[1].a;
	struct gn_people_add add = {.owner = world_owner(&w, 1), .petname = GN_LIT("x")};
	assert_int_equal(gn_people_add(a->people, &add, w.now), GN_OK);
	agent_settle(a);
	assert_int_equal(gn_agent_know_ask(a->know, &add.owner), GN_OK);
	world_settle(&w);
	struct gn_content_id first = world_say(&w, 0, "hello");
	WORLD_UNTIL(&w, b->claim_count == 1);
	w.withhold = true;
	agent_claim_accept(b, &b->claims[0]);
	assert_int_equal(b->claims[0].wait, AGENT_CLAIM_WAIT);
	world_pass(&w, AGENT_CLAIM_SHOWN - 1, GN_SEC);
	assert_int_not_equal(b->claims[0].until, GN_NEVER);
	world_pass(&w, 1, 1); /* who accepted them is told that they are not found */
	assert_int_equal(b->claims[0].until, GN_NEVER);
	world_pass(&w, 3 * AGENT_CLAIM_WAIT_MAX, 10 * GN_SEC);
	assert_int_equal(b->claim_count, 1);
	assert_int_equal(b->claims[0].wait, AGENT_CLAIM_WAIT_MAX);
	assert_int_equal(world_state(&w, 1, false, &first), -1);
	w.withhold = false;
	world_pass(&w, AGENT_CLAIM_WAIT_MAX, 10 * GN_SEC);
	assert_int_equal(b->claim_count, 0);
	assert_true(world_state(&w, 1, false, &first) >= 0);
}

/* 0: they are no contact. */
static int state_of(unsigned who)
{
	struct gn_pk other = world_owner(&w, !who);
	struct gn_people_contact c;
	return gn_people_get(w.souls[who].a.people, &other, &c) == GN_OK ? (int)c.state : 0;
}

/* Soul 1 makes a link for one use; soul 0 has it, as if they had added it. */
static void invite(uint8_t secret)
{
	struct gn_agent *a = &w.souls[0].a, *b = &w.souls[1].a;
	struct gn_people_invite v = {
		.secret = {secret}, .uses = 1, .until = gn_unix(w.now) + 7 * 86400};
	struct gn_people_contact c;
	struct gn_agent_tx tx;
	struct gn_pk other = world_owner(&w, 1);
	char name[80];
	assert_int_equal(gn_people_invite(b->people, &v, w.now), GN_OK);
	agent_settle(b);
	agent_own_invites(b);
	assert_int_equal(gn_people_get(a->people, &other, &c), GN_OK);
	agent_invite_name(c.chat, name);
	assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
	assert_int_equal(agent_meta_put(&tx, name, v.secret, sizeof v.secret), GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	world_settle(&w);
}

/* PE-46: who comes by a link is looked up and shown at once, as linked; a link for one use is one
 * person's: the next one comes as anybody does, by work, and waits to be looked at. */
static void invited(void **state)
{
	(void)state;
	world_make(&w);
	struct gn_agent *a = &w.souls[0].a, *b = &w.souls[1].a;
	struct gn_people_add add = {.owner = world_owner(&w, 1), .trust = GN_PEOPLE_LINKED};
	struct gn_people_invite v;
	struct gn_people_contact c;
	struct gn_pk other = world_owner(&w, 0);
	assert_int_equal(gn_people_add(a->people, &add, w.now), GN_OK);
	agent_settle(a);
	assert_int_equal(gn_agent_know_ask(a->know, &add.owner), GN_OK);
	invite(7);
	/* somebody else has the link, and is quicker */
	struct gn_people_in in = {.owner = {{9}}, .device = {{9}}, .invited = true, .invite = {7}};
	uint8_t room[4096];
	struct gn_buf said = {room, 0, sizeof room};
	struct gn_content what = {.id = {{9}},
				  .kind = GN_CONTENT_TEXT,
				  .seq = 1,
				  .sent = 1,
				  .order = 1,
				  .text = GN_LIT("hi")};
	assert_int_equal(gn_content_make(&what, &said), GN_OK);
	in.content = gn_buf_slice(&said);
	assert_int_equal(gn_people_recv(b->people, &in, w.now), GN_OK);
	agent_settle(b);
	assert_true(gn_people_invite_at(b->people, 0, &v));
	assert_int_equal(v.used, 1);
	agent_own_invites(b);
	world_settle(&w);
	/* and holders lie about another one */
	struct gn_people_invite open = {.secret = {9}, .uses = 1, .until = v.until};
	struct gn_sk key;
	assert_int_equal(gn_people_invite(b->people, &open, w.now), GN_OK);
	agent_settle(b);
	gn_boxrec_invite_key(open.secret, &key);
	w.liar = key.pk;
	(void)world_say(&w, 0, "hello");
	WORLD_UNTIL(&w, b->claim_count == 1);
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	assert_false(b->claims[0].accepted || b->claims[0].invited);
	w.liar = (struct gn_pk){{0}};
	assert_int_equal(state_of(1), 0);
	assert_true(gn_is_zero(w.items[w.item_count - 1].by.b, 32)); /* by work */
	/* a link of their own */
	w.now += 8 * DAYS(1);
	world_settle(&w);
	invite(8);
	struct gn_content_id id = world_say(&w, 0, "is it you?");
	WORLD_UNTIL(&w, state_of(1) == GN_PEOPLE_REQUEST);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	assert_int_equal(gn_people_get(b->people, &other, &c), GN_OK);
	assert_true(c.invited);
	assert_int_equal(c.trust, GN_PEOPLE_LINKED);
	world_settle(&w);
	for (size_t i = 0; gn_people_invite_at(b->people, i, &v); i++)
		assert_int_equal(v.used, 1);
	assert_int_equal(descriptor_of(&b->boxes[AGENT_FRONT].sk.pk)->invite_count, 0);
}

static void remove_other(unsigned who)
{
	struct gn_agent *a = &w.souls[who].a;
	struct gn_pk other = world_owner(&w, !who);
	assert_int_equal(gn_people_remove(a->people, &other, w.now), GN_OK);
	agent_settle(a);
	world_settle(&w);
}

/* PE-49: who was removed is a stranger: what they write next asks, and nobody tells them that they
 * were removed. */
static void who_was_removed_asks(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	struct gn_pk other = world_owner(&w, 0);
	remove_other(1);
	assert_int_equal(state_of(1), 0);
	struct gn_content_id id = world_say(&w, 0, "do you hear me");
	WORLD_UNTIL(&w, state_of(1) == GN_PEOPLE_REQUEST || b->claim_count);
	if (b->claim_count)
		agent_claim_accept(b, &b->claims[0]);
	WORLD_UNTIL(&w, state_of(1) == GN_PEOPLE_REQUEST);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	assert_int_equal(world_state(&w, 0, true, &id), GN_PEOPLE_STORED);
	assert_int_equal(gn_people_answer(b->people, &other, true, w.now), GN_OK);
	agent_settle(b);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	WORLD_UNTIL(&w, world_state(&w, 0, true, &id) >= GN_PEOPLE_DELIVERED);
	/* and both ways, through the box that they are told anew */
	id = world_say(&w, 1, "now I do");
	WORLD_UNTIL(&w, world_state(&w, 0, false, &id) >= 0);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	id = world_say(&w, 0, "good");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	assert_false(gn_is_zero(w.items[w.item_count - 1].by.b, 32));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		WORLD_TEST(holders_that_forget),
		WORLD_TEST(holders_that_lie),
		WORLD_TEST(a_box_that_refuses),
		WORLD_TEST(boxes_are_replaced),
		WORLD_TEST(keys_are_refused),
		WORLD_TEST(who_was_removed_asks),
		WORLD_TEST(a_stolen_device),
		WORLD_TEST(prekeys_are_renewed),
		WORLD_TEST(set_ups_are_made_anew),
		cmocka_unit_test_teardown(a_stranger_found_late, tear_down),
		cmocka_unit_test_teardown(invited, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
