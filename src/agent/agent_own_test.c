/* What a node may do with a person's own records: hold them back, give those of before; and what a
 * clock that was wrong leaves. Rules AG-54, AG-60, AG-98. */
#include "agent/testing/world.h"

#include <stdlib.h>
#include <string.h>

static struct world w;

static int set_up(void **state)
{
	(void)state;
	world_make(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world_end(&w);
	return 0;
}

/* ---- the own record, as the network has it ---- */

struct own {
	uint8_t bytes[2][GN_RECORD_MAX];
	size_t len[2];
	struct gn_identity id; /* borrows the first */
};

static size_t place_of(uint8_t salt)
{
	struct gn_pk owner = world_owner(&w, 0);
	struct gn_hash key;
	size_t i = 0;
	gn_identity_key_of(&owner, salt, &key);
	while (i < w.record_count && !gn_hash_eq(&w.records[i].key, &key))
		i++;
	assert_true(i < w.record_count);
	return i;
}

static void read_own(struct own *out)
{
	for (uint8_t salt = 0; salt < 2; salt++) {
		size_t at = place_of(salt);
		out->len[salt] = w.records[at].len;
		memcpy(out->bytes[salt], w.records[at].bytes, out->len[salt]);
	}
	assert_int_equal(gn_identity_open(gn_slice(out->bytes[0], out->len[0]), &out->id), GN_OK);
}

static void write_own(const struct own *in)
{
	for (uint8_t salt = 0; salt < 2; salt++) {
		size_t at = place_of(salt);
		if (w.records[at].bytes != w.records[at].first)
			free(w.records[at].bytes);
		w.records[at].len = in->len[salt];
		w.records[at].bytes = malloc(in->len[salt]);
		memcpy(w.records[at].bytes, in->bytes[salt], in->len[salt]);
	}
}

/* The tool, or another device, publishes a newer version. */
static void sign_own(const struct gn_identity *id, struct own *out)
{
	struct gn_agent *a = &w.souls[0].a;
	const struct gn_agent_identity *key;
	assert_int_equal(gn_agent_vault_identity(a->vault, gn_slice(NULL, 0), w.now), GN_OK);
	assert_int_equal(gn_agent_vault_identity_get(a->vault, w.now, &key), GN_OK);
	for (uint8_t salt = 0; salt < 2; salt++) {
		struct gn_buf room = {out->bytes[salt], 0, GN_RECORD_MAX};
		assert_int_equal(gn_identity_record(key->entropy, id, salt, &room), GN_OK);
		out->len[salt] = room.len;
	}
	gn_agent_vault_identity_done(a->vault);
	assert_int_equal(gn_identity_open(gn_slice(out->bytes[0], out->len[0]), &out->id), GN_OK);
}

static bool withheld; /* own identity records are not found */

static bool withhold(struct world_soul *s, const struct gn_host_app_event *e)
{
	struct gn_pk owner = world_owner(&w, 0);
	struct gn_hash key;
	bool asks = withheld && s == &w.souls[0] && e->kind.area == GN_FB_APP_BODY_APP_RECORD &&
		    e->kind.member == GN_FB_APP_RECORD_BODY_RECORD_GET;
	for (uint8_t salt = 0; asks && salt < 2; salt++) {
		struct gn_fb_hash want = gn_fb_record_get_key((struct gn_fb_record_get){e->table});
		gn_identity_key_of(&owner, salt, &key);
		if (memcmp(want.b, key.b, sizeof key.b) != 0)
			continue;
		beside_refuse(&s->beside, e->call, GN_NOT_FOUND);
		return true;
	}
	return false;
}

#define HOUR (3601 * GN_SEC)

/* By its salts the network has the same version. */
static void network_says(const struct own *want)
{
	static struct own now;
	read_own(&now);
	assert_int_equal(now.id.seq, want->id.seq);
	assert_int_equal(now.id.key_count, want->id.key_count);
	assert_true(gn_slice_eq(now.id.display_name, want->id.display_name));
}

/* The person has another name and a tablet, by another program. */
static void sign_newer(struct own *from, struct own *out)
{
	struct gn_identity id;
	read_own(from);
	id = from->id;
	id.seq += 2;
	id.display_name = GN_LIT("Ann of today");
	id.keys[id.key_count++] = (struct gn_identity_key){.pk = {{99}},
							   .kind = GN_FB_MEMBER_KIND_DEVICE,
							   .rights = GN_FB_MEMBER_RIGHT_MESSAGE,
							   .since = id.created,
							   .expires = id.created + 86400 * 300,
							   .name = GN_LIT("tablet")};
	sign_own(&id, out);
	write_own(out);
	world_pass(&w, HOUR, HOUR);
}

/* The store is one of before the newest version was kept in it. */
static void forget_kept(void)
{
	struct gn_agent_tx tx;
	assert_int_equal(gn_agent_tx_begin(w.souls[0].a.db, &tx), GN_OK);
	assert_int_equal(gn_agent_meta_put(&tx, "identity", gn_slice(NULL, 0)), GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
}

/* A node gives the version before the newest one that this agent knows, also when it starts: it
 * goes on, and what is newer is put where nodes can find it. */
static void a_version_of_before(void **state)
{
	static struct own first, second;
	(void)state;
	sign_newer(&first, &second);
	for (unsigned i = 0; i < 2; i++) {
		write_own(&first);
		world_pass(&w, HOUR, HOUR);
		network_says(&second);
		world_again(&w, 0);
	}
	forget_kept();
	write_own(&first);
	world_again(&w, 0);
	world_pass(&w, HOUR, HOUR);
}

/* It says that there is none: what the newest version says is not lost. */
static void none_is_given(void **state)
{
	static struct own second;
	(void)state;
	read_own(&second);
	w.call = withhold;
	withheld = true;
	world_pass(&w, 2 * HOUR, HOUR);
	world_again(&w, 0);
	world_pass(&w, 2 * HOUR, HOUR);
	network_says(&second);
	/* half of its time is over, and there is none still: another one, which says the same */
	world_pass(&w, (gn_time)AGENT_IDENTITY_TTL / 2 * GN_SEC, 5 * 86400 * GN_SEC);
	withheld = false;
	static struct own now;
	read_own(&now);
	assert_true(now.id.seq > second.id.seq && now.id.key_count == second.id.key_count);
	assert_int_equal(now.id.history[0].seq, second.id.seq);
}

static struct gn_agent_chat_id own_chat(void)
{
	struct gn_pk owner = world_owner(&w, 0);
	struct gn_agent_chat_id chat;
	struct gn_hash id;
	gn_sha256(&GN_SLICE(owner.b), 1, &id);
	memcpy(chat.b, id.b, sizeof chat.b);
	return chat;
}

static bool note_row(void *user, const struct gn_agent_chat *c)
{
	*(bool *)user = c->bytes.len > 0;
	return false;
}

/* A device that comes is a line in the own chat, in which nothing was said: it opens again. */
static void another_device(void **state)
{
	static struct own first, second;
	(void)state;
	sign_newer(&first, &second);
	bool there = false;
	struct gn_agent_chat_id chat = own_chat();
	assert_int_equal(gn_agent_chat_get(w.souls[0].a.db, &chat, note_row, &there), GN_OK);
	assert_true(there);
	world_again(&w, 0);
}

/* Of a store of before, in which a line was put where nothing of the chat itself was. */
static void a_chat_without_its_row(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct gn_agent_chat chat = {.id = own_chat()};
	struct gn_agent_tx tx;
	(void)state;
	assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
	assert_int_equal(gn_agent_chat_put(&tx, &chat), GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	world_again(&w, 0);
}

/* ---- the machine's clock ---- */

#define AHEAD ((gn_time)400 * 86400 * GN_SEC)

/* An agent that was started while the machine's clock was 400 days ahead, and is started again now
 * that it is right: what it made in that time is made anew, and people reach each other. */
static void a_clock_that_was_ahead(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	(void)state;
	world_meet(&w);
	w.now += AHEAD;
	for (unsigned i = 0; i < 2; i++)
		world_again(&w, i);
	world_pass(&w, HOUR, 600 * GN_SEC);
	w.silent = a->boxes[AGENT_PRIVATE].sk.pk; /* it is tried later */
	struct gn_content_id waits = world_say(&w, 1, "and me");
	world_pass(&w, 100 * GN_SEC, 50 * GN_SEC);
	w.silent = (struct gn_pk){{0}};
	w.now -= AHEAD;
	for (unsigned i = 0; i < 2; i++)
		world_again(&w, i);
	world_pass(&w, HOUR, 600 * GN_SEC);
	uint64_t now = gn_unix(w.now);
	assert_false(agent_to_come(a, now + AGENT_CLOCK_SLACK));
	assert_true(agent_to_come(a, now + AGENT_CLOCK_SLACK + 1));
	assert_true(a->prekeys_made <= now && a->last_made <= now);
	assert_true(a->boxes[AGENT_PRIVATE].since <= now);
	assert_true(a->boxes[AGENT_PRIVATE].epoch <= now / 86400);
	struct gn_content_id id = world_say(&w, 1, "hear me");
	world_pass(&w, HOUR, 600 * GN_SEC);
	assert_true(world_state(&w, 0, false, &id) >= 0);
	assert_true(world_state(&w, 1, true, &id) >= GN_PEOPLE_DELIVERED);
	assert_true(world_state(&w, 1, true, &waits) >= GN_PEOPLE_DELIVERED);
	static struct own mine;
	read_own(&mine);
	assert_true(mine.id.created <= now);
}

/* The agent was started while the clock was three days behind, and it was set right: it goes by it
 * when the node does and no peer contradicts; a node alone moves nothing. */
static void a_clock_that_was_behind(void **state)
{
	static const gn_time minute = 61 * GN_SEC;
	struct gn_agent *a = &w.souls[0].a;
	gn_time behind = (gn_time)3 * 86400 * GN_SEC;
	uint64_t wall = (uint64_t)(gn_os_wall() / GN_MSEC);
	(void)state;
	w.node_ms = wall;
	world_pass(&w, minute, minute);
	assert_true(a->node.due > w.now && a->node.due <= w.now + AGENT_NODE_LOOK);
	assert_true(a->ahead < 2 * AGENT_CLOCK_STEP); /* it is right */
	w.now -= behind;
	for (unsigned i = 0; i < 2; i++)
		world_again(&w, i);
	a->ahead = 0;
	for (unsigned i = 0; i < 4; i++) {
		w.clock_is_wrong = i == 0;
		w.alone = i == 3;
		w.node_ms = i == 1 ? wall + 86400000 : i == 2 ? wall - 86400000 : wall;
		a->node.due = 0;
		world_pass(&w, GN_SEC, GN_SEC);
		assert_int_equal(a->ahead, 0);
	}
	assert_true(a->node.due <= w.now + AGENT_NODE_WAIT); /* that reached nobody */
	w.alone = false;
	a->node.due = 0;
	WORLD_UNTIL(&w, a->ahead);
	assert_true(a->ahead > behind - 10 * minute && a->ahead < behind + 10 * minute);
}

/* Of what the second agent puts no node takes anything. */
static bool puts_are_refused(struct world_soul *s, const struct gn_host_app_event *e)
{
	static const struct gn_app_kind stored = {GN_FB_APP_BODY_APP_RECORD,
						  GN_FB_APP_RECORD_BODY_RECORD_STORED};
	if (s != &w.souls[1] || e->kind.area != GN_FB_APP_BODY_APP_RECORD ||
	    e->kind.member != GN_FB_APP_RECORD_BODY_RECORD_PUT)
		return false;
	struct gn_fb_record_stored_args args = {.code = GN_QUORUM};
	beside_answer(&s->beside, e->call, stored,
		      gn_fb_record_stored_make(beside_builder(&s->beside), &args));
	return true;
}

/* A box is told when nodes hold its descriptor, not before: what is written to it would wait. */
static void a_box_that_nobody_holds(void **state)
{
	(void)state;
	struct gn_agent *b = &w.souls[1].a;
	struct gn_people_contact c;
	world_meet(&w);
	struct gn_pk first = b->boxes[AGENT_PRIVATE].sk.pk, other = world_owner(&w, 1);
	w.call = puts_are_refused;
	w.now += 7 * 86400 * GN_SEC;
	WORLD_UNTIL(&w, !gn_pk_eq(&b->boxes[AGENT_PRIVATE].sk.pk, &first));
	assert_false(gn_agent_publish_done(b->publish));
	world_pass(&w, 20 * GN_SEC, GN_SEC);
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_true(gn_pk_eq(&c.box->box, &first));
	w.call = NULL;
	world_pass(&w, 120 * GN_SEC, GN_SEC); /* put again, after a wait that had grown */
	assert_true(gn_agent_publish_done(b->publish));
	assert_int_equal(gn_people_get(w.souls[0].a.people, &other, &c), GN_OK);
	assert_true(gn_pk_eq(&c.box->box, &b->boxes[AGENT_PRIVATE].sk.pk));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_version_of_before, set_up, tear_down),
		cmocka_unit_test_setup(another_device, set_up), /* three in one world */
		cmocka_unit_test(none_is_given),
		cmocka_unit_test_teardown(a_chat_without_its_row, tear_down),
		cmocka_unit_test_setup_teardown(a_clock_that_was_ahead, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_clock_that_was_behind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_box_that_nobody_holds, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
