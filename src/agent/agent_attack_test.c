/* What a contact, a stranger, a holder and a node may do to an agent: nothing of theirs ends it,
 * fills it, or keeps from it what others say. Rules AG-56, AG-57, AG-62. */
#include "agent/outbox_int.h"
#include "agent/testing/world.h"

#include <string.h>

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

static const struct agent_box *box_of(unsigned who, unsigned which)
{
	return &w.souls[who].a.boxes[which];
}

/* What soul 0 writes to soul 1 with its keys and no rules. */
static struct gn_slice written(const struct agent_box *box, const struct gn_content *c)
{
	static uint8_t content[GN_CONTENT_MAX], item[GN_E2EE_SIZE_LARGEST];
	struct gn_buf text = {content, 0, sizeof content}, out = {item, 0, sizeof item};
	struct gn_pk to = w.souls[1].a.device.sk.pk;
	struct gn_e2ee_write write = {.box = box->sk.pk, .to = &to, .to_count = 1};
	memcpy(write.hint, box->hint, sizeof write.hint);
	assert_int_equal(gn_content_make(c, &text), GN_OK);
	write.content = gn_buf_slice(&text);
	assert_int_equal(gn_e2ee_write(w.souls[0].a.e2ee, &write, &out, w.now), GN_OK);
	return gn_buf_slice(&out);
}

static unsigned untaken(const struct gn_pk *box)
{
	unsigned count = 0;
	for (size_t i = 0; i < w.item_count; i++)
		count += gn_pk_eq(&w.items[i].box, box) && !w.items[i].taken;
	return count;
}

static unsigned waiting(unsigned who)
{
	uint64_t n = 0;
	assert_int_equal(gn_agent_items_count(w.souls[who].a.db, NULL, &n), GN_OK);
	return (unsigned)n;
}

/* 120 messages that came in one moment are all acknowledged: more than the calls that a connection
 * may have at once. */
static void a_burst_is_acknowledged(void **state)
{
	struct gn_content_id ids[120];
	(void)state;
	struct gn_pk box = box_of(1, AGENT_PRIVATE)->sk.pk;
	world_away(&w, 1);
	for (unsigned i = 0; i < GN_COUNT(ids); i++)
		ids[i] = world_say(&w, 0, "one of many");
	for (unsigned i = 0; i < 100 && untaken(&box) < GN_COUNT(ids); i++)
		world_pass(&w, GN_SEC, GN_SEC / 4);
	assert_int_equal(untaken(&box), GN_COUNT(ids));
	world_back(&w, 1);
	for (unsigned i = 0; i < GN_COUNT(ids); i++)
		WORLD_UNTIL(&w, world_state(&w, 1, false, &ids[i]) >= 0);
	WORLD_UNTIL(&w, untaken(&box) == 0);
}

/* A contact's box that nobody answers for keeps no others waiting, whatever is to go there. */
static void a_dead_box_has_its_share(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct agent_out_parts parts = {.rest = GN_LIT("sealed")};
	struct gn_agent_tx tx;
	(void)state;
	w.silent = (struct gn_pk){{77}};
	parts.head.box = w.silent;
	parts.head.way = GN_FB_BOX_WAY_CERTIFICATE;
	parts.head.ttl = 86400;
	parts.head.end = gn_unix(w.now) + 86400;
	assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
	for (unsigned i = 0; i < 200; i++)
		assert_int_equal(agent_out_row(&tx, 0, AGENT_OUT_ITEM,
					       (uint64_t)(w.now / GN_MSEC) - 1000, &parts),
				 GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	struct gn_content_id id = world_say(&w, 0, "hear me");
	world_pass(&w, 5 * GN_SEC, GN_SEC / 10);
	assert_int_equal(w.unanswered, AGENT_DEPOSITS / 4);
	assert_true(world_state(&w, 1, false, &id) >= 0);
}

/* More than wait for a call: what was not acknowledged is shown again, and is then. */
static void more_than_wait_for_a_call(void **state)
{
	struct gn_agent *b = &w.souls[1].a;
	struct gn_pk box = box_of(1, AGENT_PRIVATE)->sk.pk;
	(void)state;
	memset(b->takes, 0, sizeof b->takes);
	b->take_first = 7;
	b->take_count = AGENT_TAKES;
	struct gn_content_id id = world_say(&w, 0, "and one more");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	assert_true(gn_agent_link_room(b->link) >= AGENT_TAKES_LEAVE);
	world_settle(&w);
	w.souls[1].follow_count = 0;
	w.now += AGENT_FOLLOW_WAIT + GN_SEC;
	WORLD_UNTIL(&w, untaken(&box) == 0);
}

static bool note_row(void *user, const struct gn_agent_out *o)
{
	*(uint64_t *)user = o->id;
	return false;
}

/* What does not last is tried for a day, then forgotten; what stands behind for others comes when
 * its time is over. */
static void what_does_not_last(void **state)
{
	static const uint32_t tries[2] = {AGENT_PASSING_TRIES - 1, AGENT_PASSING_TRIES};
	struct gn_agent *a = &w.souls[0].a;
	struct agent_out_parts parts = {.rest = GN_LIT("sealed")};
	struct gn_agent_tx tx;
	(void)state;
	w.beside = true;
	parts.head.box = (struct gn_pk){{78}};
	parts.head.way = GN_FB_BOX_WAY_CERTIFICATE;
	parts.head.end = gn_unix(w.now) + 86400;
	for (uint8_t i = 0; i < 2; i++) {
		parts.head.id.b[0] = i + 1;
		assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
		uint64_t row = 0;
		assert_int_equal(agent_out_row(&tx, 0, AGENT_OUT_ITEM, 1, &parts), GN_OK);
		assert_int_equal(gn_agent_out_of(a->db, parts.head.id.b, note_row, &row), GN_OK);
		assert_int_equal(gn_agent_out_later(&tx, row, 1, tries[i]), GN_OK);
		assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	}
	agent_post_hurry(a);
	world_pass(&w, 2 * GN_SEC, GN_SEC / 2);
	for (uint8_t i = 0; i < 2; i++) {
		uint64_t row = 0;
		struct gn_content_id id = {{(uint8_t)(i + 1)}};
		assert_int_equal(gn_agent_out_of(a->db, id.b, note_row, &row), GN_OK);
		assert_int_equal(row != 0, i == 0);
	}
	assert_true(AGENT_STEP_BACK_MS < AGENT_POST_WAIT_MS &&
		    AGENT_STEP_BACK_AGAIN_MS <= AGENT_DEPOSIT_MS);
}

/* ---- work, and the end ---- */

static struct {
	struct gn_pk box;
	unsigned bits, sent; /* of work that holders ask for, of deposits that came */
} holders;

/* Of this box all holders want more work. */
static bool want_work(struct world_soul *s, const struct gn_host_app_event *e)
{
	struct gn_fb_box_send t = {e->table};
	if (e->kind.area != GN_FB_APP_BODY_APP_BOX ||
	    e->kind.member != GN_FB_APP_BOX_BODY_BOX_SEND ||
	    memcmp(gn_fb_box_send_box(t).b, holders.box.b, 32) != 0)
		return false;
	holders.sent++;
	struct gn_fbb *b = beside_builder(&s->beside);
	struct gn_fb_box_sent_args args = {
		.code = GN_PROOF_OF_WORK, .of = 8, .bits = (uint8_t)holders.bits};
	beside_answer(&s->beside, e->call,
		      (struct gn_app_kind){GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SENT},
		      gn_fb_box_sent_make(b, &args));
	return true;
}

/* A row for that box, by work that costs nothing; its id. */
static uint64_t row_by_work(struct gn_agent *a, uint8_t id, uint64_t end)
{
	struct agent_out_parts parts = {.rest = GN_LIT("sealed")};
	struct gn_agent_tx tx;
	uint64_t row = 0;
	parts.head.box = holders.box;
	parts.head.way = GN_FB_BOX_WAY_WORK;
	parts.head.bits = 1;
	parts.head.end = end;
	parts.head.id.b[0] = id;
	assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
	assert_int_equal(agent_out_row(&tx, 0, AGENT_OUT_ITEM, 1, &parts), GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	assert_int_equal(gn_agent_out_of(a->db, parts.head.id.b, note_row, &row), GN_OK);
	agent_post_hurry(a);
	return row;
}

static struct agent_deposit *deposit_of_row(struct gn_agent *a, uint64_t row)
{
	for (unsigned i = 0; i < AGENT_DEPOSITS; i++)
		if (a->deposits[i].out == row)
			return &a->deposits[i];
	return NULL;
}

/* More work is done when others have done more, up to a bound: holders who ask for what nobody can
 * do are refused, and cost no more than one answer. */
static void holders_ask_for_work(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	uint64_t end = gn_unix(w.now) + 86400;
	(void)state;
	holders.box = (struct gn_pk){{79}};
	holders.bits = AGENT_WORK_MOST + 1;
	holders.sent = 0;
	w.call = want_work;
	uint64_t row = row_by_work(a, 1, end);
	WORLD_UNTIL(&w, holders.sent == 1 && !deposit_of_row(a, row));
	world_pass(&w, 5 * GN_SEC, GN_SEC);
	assert_int_equal(holders.sent, 1);
	holders.bits = AGENT_WORK_MOST;
	row = row_by_work(a, 2, end);
	WORLD_UNTIL(&w, holders.sent == 2 && deposit_of_row(a, row) &&
				deposit_of_row(a, row)->bits == AGENT_WORK_MOST);
	/* its next piece, of so many hashes, is done in a turn */
	struct agent_deposit *d = deposit_of_row(a, row);
	uint64_t tried = d->tried.start;
	assert_int_equal(d->tried.count, AGENT_WORK_TRIES);
	world_turn(&w);
	assert_int_equal((d->tried.start - tried) % AGENT_WORK_TRIES, 0);
	w.call = NULL;
}

/* What ends within a minute is sent to nobody. */
static void what_is_nearly_over(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	(void)state;
	holders.box = (struct gn_pk){{80}};
	holders.bits = AGENT_WORK_MOST + 1;
	holders.sent = 0;
	w.call = want_work;
	(void)row_by_work(a, 3, gn_unix(w.now) + AGENT_ITEM_TTL_MIN);
	(void)row_by_work(a, 4, gn_unix(w.now) + AGENT_ITEM_TTL_MIN + 1);
	WORLD_UNTIL(&w, holders.sent == 1);
	world_settle(&w);
	assert_int_equal(holders.sent, 1);
	uint64_t row = 0;
	struct gn_content_id id = {{3}};
	assert_int_equal(gn_agent_out_of(a->db, id.b, note_row, &row), GN_OK);
	assert_int_equal(row, 0);
	w.call = NULL;
}

static bool any(void *user, const struct gn_agent_item *i)
{
	(void)user;
	(void)i;
	return false;
}

/* Until when an item is remembered as seen: what a holder says, a day at least and no more than an
 * item lasts. */
static void a_holder_says_when_it_ends(void **state)
{
	static const uint64_t said[2] = {0, UINT64_MAX};
	struct gn_agent *b = &w.souls[1].a;
	struct gn_pk box = box_of(1, AGENT_FRONT)->sk.pk;
	struct gn_content c = {.kind = GN_CONTENT_TYPING};
	struct agent_locked_item in[2];
	struct gn_hash hash;
	(void)state;
	c.sent = c.order = (uint64_t)(w.now / GN_MSEC);
	for (unsigned i = 0; i < 2; i++) {
		c.id.b[0] = (uint8_t)(i + 1);
		struct gn_slice item = written(box_of(1, AGENT_FRONT), &c);
		in[i] = (struct agent_locked_item){.box = box,
						   .until = said[i],
						   .bytes = (uint8_t *)(uintptr_t)item.p,
						   .len = item.len};
		gn_sha256(&item, 1, &hash);
		memcpy(in[i].id, hash.b, sizeof in[i].id);
		agent_inbox_take(b, &in[i]);
	}
	world_pass(&w, 2 * AGENT_WAITING_LOOK, AGENT_WAITING_LOOK);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(gn_agent_item_get(b->db, &box, in[i].id, any, NULL), GN_OK);
	w.now += (AGENT_ITEM_TTL + 2 * 86400) * GN_SEC;
	world_settle(&w);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(gn_agent_item_get(b->db, &box, in[i].id, any, NULL), GN_NOT_FOUND);
}

/* What is no envelope is acknowledged, and nothing of it stays: anybody makes as many as they like,
 * and says that they last for a month. */
static void what_is_nothing_is_not_kept(void **state)
{
	struct gn_pk box = box_of(1, AGENT_FRONT)->sk.pk, nobody = {{0}};
	uint8_t bytes[64] = {7};
	struct gn_hash hash;
	(void)state;
	world_leave(&w, &box, &nobody, GN_SLICE(bytes));
	WORLD_UNTIL(&w, untaken(&box) == 0);
	gn_sha256(&GN_SLICE(bytes), 1, &hash);
	assert_int_equal(gn_agent_item_get(w.souls[1].a.db, &box, hash.b, any, NULL), GN_NOT_FOUND);
}

/* A contact asks for resends without end, and sends what cannot be opened: others are served. */
static void a_contact_ends_nothing(void **state)
{
	const struct agent_box *box = box_of(1, AGENT_PRIVATE);
	struct gn_pk by = {{9}};
	struct gn_content c = {.kind = GN_CONTENT_RESEND};
	struct gn_hash unknown = {{1}};
	(void)state;
	c.sent = c.order = (uint64_t)(w.now / GN_MSEC);
	c.u.envelopes.p = unknown.b;
	c.u.envelopes.count = 1;
	for (unsigned i = 0; i < 20; i++) {
		c.id.b[0] = (uint8_t)(i + 1);
		world_leave(&w, &box->sk.pk, &by, written(box, &c));
		world_settle(&w);
	}
	for (unsigned i = 0; i < 40; i++) { /* a header that opens, and a body that does not */
		struct gn_slice item = written(box, &c);
		((uint8_t *)(uintptr_t)item.p)[item.len - 1] ^= 1;
		by.b[1] = (uint8_t)i;
		world_leave(&w, &box->sk.pk, &by, item);
		world_settle(&w);
	}
	world_again(&w, 1);
	struct gn_content_id id = world_say(&w, 0, "and this?");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
}

/* What nothing opens is bounded, box by box, and what comes after it is read. */
static void what_waits_is_bounded(void **state)
{
	static const struct gn_pk nobody;
	const struct agent_box *front = box_of(1, AGENT_FRONT);
	struct gn_content c = {.kind = GN_CONTENT_TYPING, .id = {{1}}};
	(void)state;
	c.sent = c.order = (uint64_t)(w.now / GN_MSEC);
	struct gn_slice item = written(front, &c);
	uint8_t bytes[2048];
	assert_true(item.len <= sizeof bytes);
	memcpy(bytes, item.p, item.len);
	for (unsigned i = 0; i < AGENT_WAITING_MAX + 100; i++) {
		gn_put_be64(bytes + 60, i); /* within the wrap, behind its hint */
		world_leave(&w, &front->sk.pk, &nobody, gn_slice(bytes, item.len));
		if (i % 50 == 0)
			world_settle(&w);
	}
	world_settle(&w);
	assert_int_equal(waiting(1), AGENT_WAITING_MAX);
	struct gn_content_id id = world_say(&w, 0, "and this?");
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	w.now += 601 * GN_SEC; /* all are tried again */
	world_settle(&w);
	assert_int_equal(waiting(1), AGENT_WAITING_MAX);
	world_pass(&w, 40 * 86400 * GN_SEC, 864000 * GN_SEC); /* and go at their end */
	assert_int_equal(waiting(1), 0);
}

/* A node that answers beside the question, says that more hold it than there are, and ends what has
 * no end: nothing is taken for what it is not, nobody is told that it is stored, and all goes on
 * once it answers rightly. */
static void a_node_answers_beside(void **state)
{
	(void)state;
	world_away(&w, 1);
	struct gn_content_id held = world_say(&w, 0, "looked after");
	WORLD_UNTIL(&w, world_state(&w, 0, true, &held) == GN_PEOPLE_STORED);
	struct world_item *it = &w.items[w.item_count - 1];
	w.beside = true;
	struct gn_content_id id = world_say(&w, 0, "hear me");
	world_pass(&w, 3601 * GN_SEC, 600 * GN_SEC); /* and those who hold are asked */
	assert_int_equal(world_state(&w, 0, true, &id), GN_PEOPLE_WAITING);
	w.beside = false;
	it->lost = true;
	world_pass(&w, 3700 * GN_SEC, 600 * GN_SEC);
	assert_int_equal(it->sent, 2);
	w.beside = true;
	world_back(&w, 1);
	world_pass(&w, 10 * GN_SEC, GN_SEC);
	assert_int_equal(world_state(&w, 1, false, &held), -1);
	w.beside = false;
	world_pass(&w, 60 * GN_SEC, 10 * GN_SEC);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &id) >= 0);
	WORLD_UNTIL(&w, world_state(&w, 1, false, &held) >= 0);
}

/* ---- rows that go while they are asked about ---- */

static struct {
	unsigned member; /* of the area of boxes: it is not answered */
	uint64_t call;   /* the last one; 0: none came */
} kept_back;

static bool keep_back(struct world_soul *s, const struct gn_host_app_event *e)
{
	if (s != &w.souls[0] || e->kind.area != GN_FB_APP_BODY_APP_BOX ||
	    e->kind.member != kept_back.member)
		return false;
	kept_back.call = e->call;
	return true;
}

static uint64_t keep_back_one(struct gn_agent *a, unsigned member)
{
	kept_back.member = member;
	kept_back.call = 0;
	w.call = keep_back;
	agent_post_hurry(a);
	WORLD_UNTIL(&w, kept_back.call != 0);
	w.call = NULL;
	return kept_back.call;
}

static void answer_sent(uint64_t call)
{
	struct beside *b = &w.souls[0].beside;
	struct gn_fb_box_sent_args args = {.code = GN_EXISTS, .held = 8, .of = 8};
	struct gn_fbb *fbb = beside_builder(b);
	beside_answer(b, call,
		      (struct gn_app_kind){GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SENT},
		      gn_fb_box_sent_make(fbb, &args));
	world_settle(&w);
}

/* A row of the outbox that stays, by work that costs nothing. */
static uint64_t put_row(struct gn_agent *a, uint8_t kind, uint8_t id, uint8_t flags)
{
	struct agent_out_parts parts = {.rest = GN_LIT("sealed")};
	struct gn_agent_tx tx;
	uint64_t row = 0;
	parts.head.owner = world_owner(&w, 1);
	parts.head.box = (struct gn_pk){{81}};
	parts.head.way = GN_FB_BOX_WAY_WORK;
	parts.head.bits = 1;
	parts.head.end = gn_unix(w.now) + 86400;
	parts.head.flags = flags;
	parts.head.id.b[0] = id;
	assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
	assert_int_equal(agent_out_row(&tx, 0, kind, 1, &parts), GN_OK);
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	assert_int_equal(gn_agent_out_of(a->db, parts.head.id.b, note_row, &row), GN_OK);
	return row;
}

/* What a set-up made anew replaced, while its holders are asked to take it, or what they have: the
 * answer is to nothing, and ends nobody. */
static void what_is_replaced_meanwhile(void **state)
{
	static const unsigned ends[] = {GN_OK, GN_TIMEOUT, GN_DENIED};
	struct gn_agent *a = &w.souls[0].a;
	struct beside *b = &w.souls[0].beside;
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(ends); i++) {
		uint64_t row = put_row(a, AGENT_OUT_ITEM, (uint8_t)(10 + i), AGENT_OUT_KEPT);
		uint64_t call = keep_back_one(a, GN_FB_APP_BOX_BODY_BOX_SEND);
		agent_out_done(a, row);
		if (ends[i])
			beside_refuse(b, call, (gn_err)ends[i]);
		else
			answer_sent(call);
		world_settle(&w);
		row = put_row(a, AGENT_OUT_HELD, (uint8_t)(20 + i), AGENT_OUT_KEPT);
		call = keep_back_one(a, GN_FB_APP_BOX_BODY_BOX_CHECK);
		agent_out_done(a, row);
		beside_refuse(b, call, ends[i] ? (gn_err)ends[i] : GN_NOT_FOUND);
		world_settle(&w);
	}
}

static bool answer_nothing(struct world_soul *s, const struct gn_host_app_event *e)
{
	(void)e;
	return s == &w.souls[0];
}

/* A node that answers nothing, until no call is left: what is due waits for one to end, and the
 * agent rests. */
static void a_node_that_is_silent(void **state)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_NODE,
						GN_FB_APP_NODE_BODY_NODE_STATUS};
	struct gn_agent *a = &w.souls[0].a;
	struct gn_fb_node_status_args args = {0};
	(void)state;
	/* what it asks a node to take: the largest that it says */
	assert_true(AGENT_LINK_FRAME >= GN_E2EE_SIZE_LARGEST + GN_RECORD_MAX &&
		    AGENT_LINK_FRAME <= GN_APP_FRAME_MAX);
	w.call = answer_nothing;
	(void)put_row(a, AGENT_OUT_ITEM, 40, AGENT_OUT_KEPT);
	while (gn_agent_link_room(a->link)) {
		gn_fbref t = gn_fb_node_status_make(gn_agent_link_builder(a->link), &args);
		assert_int_equal(gn_agent_link_call(a->link, kind, t, 0, agent_no_answer, a, NULL),
				 GN_OK);
	}
	agent_post_hurry(a);
	agent_own_renew(a, 4); /* a descriptor is to be put */
	world_settle(&w);
	assert_int_equal(gn_agent_link_room(a->link), 0);
	assert_true(w.souls[0].next > w.now);
	w.call = NULL;
}

/* Both were due: the one that replaced the other went first. */
static void what_is_replaced_at_once(void **state)
{
	struct gn_agent *a = &w.souls[0].a;
	struct agent_out_parts parts;
	struct gn_content c = {.kind = GN_CONTENT_TEXT, .text = GN_LIT("again"), .id = {{30}}};
	uint8_t content[GN_CONTENT_MAX];
	struct gn_buf text = {content, 0, sizeof content};
	struct gn_agent_tx tx;
	uint64_t again = 0;
	(void)state;
	c.sent = c.order = (uint64_t)(w.now / GN_MSEC);
	c.seq = 1;
	assert_int_equal(gn_content_make(&c, &text), GN_OK);
	memset(&parts, 0, sizeof parts);
	parts.head.owner = world_owner(&w, 1);
	parts.head.flags = AGENT_OUT_AGAIN;
	parts.head.id = c.id;
	parts.rest = gn_buf_slice(&text);
	assert_int_equal(gn_agent_tx_begin(a->db, &tx), GN_OK);
	assert_int_equal(agent_out_row(&tx, 0, AGENT_OUT_SEND, 1, &parts), GN_OK);
	assert_int_equal(gn_agent_out_of(a->db, c.id.b, note_row, &again), GN_OK);
	assert_int_equal(gn_agent_out_later(&tx, again, 1, 1), GN_OK); /* tried once */
	assert_int_equal(gn_agent_tx_commit(&tx), GN_OK);
	(void)put_row(a, AGENT_OUT_HELD, 30, AGENT_OUT_SETS_UP);
	agent_held_prekeys(a, &w.souls[1].a.device.sk.pk, gn_unix(w.now));
	size_t sent = w.item_count;
	agent_post_hurry(a);
	WORLD_UNTIL(&w, w.item_count == sent + 1);
	world_settle(&w);
}

/* Strangers as many as like: whom the person has accepted waits on to be found. */
static void strangers_push_out_no_accepted_one(void **state)
{
	struct gn_agent *a = &w.souls[0].a, *b = &w.souls[1].a;
	struct gn_people_add add = {.petname = GN_LIT("x")};
	struct gn_pk other;
	(void)state;
	world_make(&w);
	other = world_owner(&w, 0);
	add.owner = world_owner(&w, 1);
	for (unsigned i = 0; i < AGENT_CLAIMS; i++)
		b->claims[i] = (struct agent_claim){.owner = {{1, (uint8_t)i, (uint8_t)(i >> 8)}}};
	b->claim_count = AGENT_CLAIMS;
	b->claims[0].accepted = true;
	b->claims[0].again = GN_NEVER;
	assert_int_equal(gn_people_add(a->people, &add, w.now), GN_OK);
	agent_settle(a);
	assert_int_equal(gn_agent_know_ask(a->know, &add.owner), GN_OK);
	world_settle(&w);
	(void)world_say(&w, 0, "hello");
	WORLD_UNTIL(&w, gn_pk_eq(&b->claims[AGENT_CLAIMS - 1].owner, &other));
	assert_int_equal(b->claim_count, AGENT_CLAIMS);
	assert_true(b->claims[0].accepted && b->claims[0].owner.b[1] == 0);
	assert_int_equal(b->claims[1].owner.b[1], 2); /* the oldest of the others gave way */
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_burst_is_acknowledged),
		T(a_dead_box_has_its_share),
		T(more_than_wait_for_a_call),
		T(what_does_not_last),
		cmocka_unit_test_setup(holders_ask_for_work, set_up), /* both in one world */
		cmocka_unit_test_teardown(what_is_nearly_over, tear_down),
		cmocka_unit_test_setup(what_is_nothing_is_not_kept, set_up), /* both in one world */
		cmocka_unit_test_teardown(a_holder_says_when_it_ends, tear_down),
		T(a_contact_ends_nothing),
		T(what_waits_is_bounded),
		T(a_node_answers_beside),
		cmocka_unit_test_setup(what_is_replaced_meanwhile, set_up), /* three in one world */
		cmocka_unit_test(what_is_replaced_at_once),
		cmocka_unit_test_teardown(a_node_that_is_silent, tear_down),
		cmocka_unit_test_teardown(strangers_push_out_no_accepted_one, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
