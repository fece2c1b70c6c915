/* What holders took, looked after until a device of the receiver has it: they may leave, forget, or
 * lie.
 *
 *   HELD [hourly: fewer than 3 of the present set have it] -> ITEM: deposited again
 *        [its receiver was heard of 10 minutes ago, and nobody receipted it] -> ITEM, to two nodes
 *             more, and once a SEND through their front box
 *        [receipted, failed, or its end] -> PROOF [custodies are over] -> gone
 *   ITEM [a private box refuses it for good] -> SEND through the front box
 *
 * 1. Custodies stay with the message, whatever became of the item.
 * 2. The envelope that is deposited again is the same, so that no holder keeps it twice; through
 *    another box it is another envelope.
 *
 * Rules AG-63, AG-64, AG-65. */
#include "agent/outbox_int.h"

#include <stdlib.h>

static const struct gn_app_kind check_kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_CHECK};

/* ---- rows ---- */

/* One row is written; true: it is in the store. */
static bool write_row(struct gn_agent *a, uint64_t id, uint8_t kind, uint64_t due_ms,
		      const struct agent_out_parts *parts)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_out_row(&tx, id, kind, due_ms, parts);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (!err)
		return true;
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
	return false;
}

static void hold(struct gn_agent *a, uint64_t id, const struct agent_out_parts *parts,
		 uint64_t due_ms)
{
	a->post_due = gn_time_min(a->post_due, (gn_time)due_ms * GN_MSEC);
	(void)write_row(a, id, AGENT_OUT_HELD, due_ms, parts);
}

gn_err agent_held_put_proof(struct gn_agent_tx *tx, uint64_t id,
			    const struct agent_out_parts *parts)
{
	struct agent_out_parts proof = {.head = parts->head, .custodies = parts->custodies};
	struct gn_custody c;
	uint64_t over = 0;
	for (size_t i = 0; agent_out_custody(parts, i, &c); i++)
		over = c.held_until > over && c.held_until < AGENT_CUSTODY_END ? c.held_until
									       : over;
	gn_wipe(proof.head.seed, sizeof proof.head.seed);
	if (!over)
		return gn_agent_out_delete(tx, id);
	return agent_out_row(tx, id, AGENT_OUT_PROOF, over * 1000 + AGENT_PROOF_MS, &proof);
}

static void make_proof(struct gn_agent *a, uint64_t id, const struct agent_out_parts *parts)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_held_put_proof(&tx, id, parts);
	(void)agent_tx_end(a, &tx, err);
}

/* ---- the message that it is of ---- */

struct asked_message {
	bool there, waits;
	uint8_t *content; /* owned, content_len; NULL: it is not wanted, or not kept */
	size_t len;
	bool wanted;
};

static bool note_message(void *user, const struct gn_agent_message *m)
{
	struct asked_message *q = user;
	struct gn_people_message row;
	if (gn_people_message_open(m->row, &row) != GN_OK)
		return false;
	q->there = true;
	q->waits = row.state == GN_PEOPLE_WAITING || row.state == GN_PEOPLE_STORED;
	q->content = q->wanted && m->content.len ? malloc(m->content.len) : NULL;
	if (q->content) {
		memcpy(q->content, m->content.p, m->content.len);
		q->len = m->content.len;
	}
	return false;
}

static void ask_message(struct gn_agent *a, const struct agent_out_head *head,
			struct asked_message *q)
{
	struct gn_agent_chat_id chat;
	struct gn_agent_message_id id;
	memcpy(chat.b, head->chat.b, sizeof chat.b);
	memcpy(id.b, head->id.b, sizeof id.b);
	gn_err err = gn_agent_message_find(a->db, &chat, true, &id, note_message, q);
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
}

/* ---- through the front box ---- */

static gn_err put_front(struct gn_agent *a, struct gn_agent_tx *tx, uint64_t id,
			const struct agent_out_head *from, struct gn_slice content)
{
	struct agent_out_parts parts;
	memset(&parts, 0, sizeof parts);
	parts.head.owner = from->owner;
	parts.head.chat = from->chat;
	parts.head.id = from->id;
	parts.head.flags = (from->flags & (AGENT_OUT_STAYS | AGENT_OUT_PRESSED)) | AGENT_OUT_FRONT;
	parts.rest = content;
	return agent_out_row(tx, id, AGENT_OUT_SEND, agent_unix_ms(a), &parts);
}

bool agent_held_refused(struct gn_agent *a, uint64_t id, const struct agent_out_parts *parts)
{
	struct asked_message q = {.wanted = true};
	struct gn_agent_tx tx = {0};
	if (parts->head.front || !(parts->head.flags & AGENT_OUT_STAYS))
		return false;
	ask_message(a, &parts->head, &q);
	if (!q.content)
		return false;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = put_front(a, &tx, id, &parts->head, gn_slice(q.content, q.len));
	(void)agent_tx_end(a, &tx, err);
	gn_wipe(q.content, q.len);
	free(q.content);
	agent_post_hurry(a);
	return true;
}

/* Its receiver is there and does not get it. */
static void press(struct gn_agent *a, uint64_t id, struct agent_out_parts *parts)
{
	struct asked_message q = {.wanted = !parts->head.front};
	struct gn_agent_tx tx = {0};
	gn_host_log(&a->host, GN_LOG_INFO, "post",
		    "%llu is held, and its receiver, who is there, has not got it: deposited with "
		    "more nodes",
		    (unsigned long long)id);
	parts->head.flags |= AGENT_OUT_PRESSED | AGENT_OUT_WIDE;
	if (parts->head.flags & AGENT_OUT_STAYS)
		ask_message(a, &parts->head, &q);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_out_row(&tx, id, AGENT_OUT_ITEM, agent_unix_ms(a), parts);
	if (!err && q.content)
		err = put_front(a, &tx, 0, &parts->head, gn_slice(q.content, q.len));
	(void)agent_tx_end(a, &tx, err);
	if (q.content)
		gn_wipe(q.content, q.len);
	free(q.content);
	agent_post_hurry(a);
}

/* ---- who is there ---- */

static struct agent_heard *heard_of(struct gn_agent *a, const struct gn_pk *owner)
{
	for (size_t i = 0; i < AGENT_HEARD; i++)
		if (a->heard[i].at_ms && gn_pk_eq(&a->heard[i].owner, owner))
			return &a->heard[i];
	return NULL;
}

void agent_held_heard(struct gn_agent *a, const struct gn_pk *owner, uint64_t unix_now)
{
	struct agent_heard *h = heard_of(a, owner);
	struct gn_people_contact c;
	struct gn_agent_tx tx;
	uint64_t now_ms = agent_unix_ms(a);
	uint64_t at_ms = unix_now < now_ms / 1000 ? unix_now * 1000 : now_ms;
	if (!h) { /* the one that came first gives way */
		h = &a->heard[a->heard_next];
		a->heard_next = (a->heard_next + 1) % AGENT_HEARD;
		*h = (struct agent_heard){.owner = *owner};
	}
	h->at_ms = at_ms > h->at_ms ? at_ms : h->at_ms;
	if (gn_people_get(a->people, owner, &c) != GN_OK || !c.outstanding ||
	    now_ms < h->hurried_ms + AGENT_PRESENT_MS)
		return;
	h->hurried_ms = now_ms;
	a->post_due = gn_time_min(a->post_due, (gn_time)(now_ms + AGENT_PRESENT_MS) * GN_MSEC);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_out_hurry(&tx, AGENT_OUT_HELD, owner->b, now_ms + AGENT_PRESENT_MS);
	(void)agent_tx_end(a, &tx, err);
}

/* ---- what the holders have ---- */

static struct agent_check *check_of(struct gn_agent *a, uint64_t out)
{
	for (unsigned i = 0; i < AGENT_CHECKS; i++)
		if (a->checks[i].out == out)
			return &a->checks[i];
	return NULL;
}

static void check_free(struct agent_check *c)
{
	gn_wipe(c, sizeof *c);
}

struct one_row {
	uint64_t id;
	uint8_t *bytes; /* owned; NULL: it is gone */
	size_t len;
	uint8_t kind;
};

static bool copy_one(void *user, const struct gn_agent_out *o)
{
	struct one_row *row = user;
	if (o->id != row->id)
		return true;
	row->bytes = malloc(o->bytes.len + 1);
	row->kind = o->kind;
	row->len = o->bytes.len;
	if (row->bytes)
		memcpy(row->bytes, o->bytes.p, o->bytes.len);
	return false;
}

/* Milliseconds until its holders are asked again, or, when its receiver is there, it is pressed. */
static uint64_t next_look(const struct gn_agent *a, const struct agent_out_head *head)
{
	uint64_t now_ms = agent_unix_ms(a), press_ms = head->heard_ms + AGENT_PRESENT_MS;
	if (!head->heard_ms || head->flags & AGENT_OUT_PRESSED ||
	    press_ms >= now_ms + AGENT_HELD_CHECK_MS)
		return AGENT_HELD_CHECK_MS;
	return press_ms > now_ms ? press_ms - now_ms : 0;
}

static void check_over(struct agent_check *c, gn_err err, unsigned have, unsigned taken)
{
	struct gn_agent *a = c->agent;
	struct gn_content_id ref = c->ref;
	struct one_row row = {.id = c->out};
	struct agent_out_parts parts = {.rest = {NULL, 0}};
	bool asked = !err || err == GN_NOT_FOUND; /* who was asked has said something */
	check_free(c);
	gn_host_log(&a->host, GN_LOG_DEBUG, "post", "%llu: %u have it, %u gave it on: %s",
		    (unsigned long long)row.id, have, taken, gn_err_text(err));
	err = gn_agent_out_of(a->db, ref.b, copy_one, &row);
	if (err)
		agent_fail(a, err);
	if (!row.bytes || !agent_out_open(gn_slice(row.bytes, row.len), &parts))
		goto out;
	if (row.kind != AGENT_OUT_HELD)
		goto out;
	if (!asked) {
		agent_out_wait(a, row.id, AGENT_HELD_WAIT_MS);
	} else if (taken && parts.head.flags & AGENT_OUT_KEPT) {
		make_proof(a, row.id, &parts); /* a device has it */
	} else if (have + taken >= AGENT_STORED) {
		agent_out_wait(a, row.id, next_look(a, &parts.head));
	} else if (write_row(a, row.id, AGENT_OUT_ITEM, agent_unix_ms(a), &parts)) {
		agent_post_hurry(a);
	}
out:
	if (row.bytes)
		gn_wipe(row.bytes, row.len);
	free(row.bytes);
	gn_wipe(&parts, sizeof parts);
}

static void on_check(void *user, const struct gn_host_client_event *e)
{
	struct agent_check *c = user;
	struct gn_fb_box_check_is t = {e->table};
	if (e->what == GN_HOST_CLIENT_FAILED) {
		check_over(c, e->fault.err, 0, 0);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER)
		return;
	bool box = e->kind.area == GN_FB_APP_BODY_APP_BOX;
	if (e->more) {
		if (box && e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN)
			agent_own_sign(c->agent, (struct gn_fb_box_sign){e->table});
	} else if (!box || e->kind.member != GN_FB_APP_BOX_BODY_BOX_CHECK_IS) {
		check_over(c, GN_CLOSED, 0, 0); /* no answer to what was asked */
	} else {
		uint16_t code = gn_fb_box_check_is_code(t);
		check_over(c, code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL,
			   gn_fb_box_check_is_held(t), gn_fb_box_check_is_taken(t));
	}
}

static void check_begin(struct gn_agent *a, uint64_t id, const struct agent_out_head *head)
{
	struct agent_check *c = check_of(a, 0);
	struct gn_fb_key box;
	struct gn_fb_hash item;
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	if (check_of(a, id))
		return;
	if (!c || !gn_agent_link_is_up(a->link)) {
		agent_out_wait(a, id, AGENT_HELD_WAIT_MS);
		return;
	}
	*c = (struct agent_check){.agent = a, .out = id, .ref = head->id};
	memcpy(box.b, head->box.b, sizeof box.b);
	memcpy(item.b, head->item.b, sizeof item.b);
	struct gn_fbb *b = gn_agent_link_builder(a->link);
	struct gn_fb_box_check_args args = {
		.box = &box, .front = head->front, .item = &item, .session = agent_session(a)};
	if (head->way == GN_FB_BOX_WAY_CERTIFICATE) {
		gn_sk_from_seed(head->seed, &c->sk);
		gn_boxrec_deposit_sign(&c->sk, &head->box, &head->item, &sig);
		memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
		struct gn_fb_box_proof_args proof = {.way = head->way,
						     .certificate = GN_SLICE(head->certificate),
						     .sig = &fb_sig};
		args.proof = gn_fb_box_proof_make(b, &proof);
	}
	gn_fbref table = gn_fb_box_check_make(b, &args);
	if (gn_agent_link_call(a->link, check_kind, table, AGENT_DEPOSIT_MS, on_check, c,
			       &c->call) != GN_OK) {
		check_free(c);
		agent_out_wait(a, id, AGENT_HELD_WAIT_MS);
		return;
	}
	agent_out_wait(a, id, next_look(a, head)); /* the answer says when, if one comes */
}

/* ---- what is due ---- */

void agent_held_begin(struct gn_agent *a, uint64_t id, struct agent_out_parts *parts)
{
	uint64_t now_ms = agent_unix_ms(a);
	if (!(parts->head.flags & (AGENT_OUT_STAYS | AGENT_OUT_KEPT))) {
		agent_out_done(a, id);
		return;
	}
	parts->head.held_ms = parts->head.held_ms ? parts->head.held_ms : now_ms;
	parts->head.flags &= (uint8_t)~AGENT_OUT_WIDE;
	hold(a, id, parts, now_ms + AGENT_HELD_CHECK_MS);
}

/* Has it come where it was to come, or is nobody waiting for it? */
static bool is_over(struct gn_agent *a, const struct agent_out_head *head)
{
	struct asked_message q = {.wanted = false};
	if (head->end <= agent_unix(a) + AGENT_ITEM_TTL_MIN)
		return true;
	if (!(head->flags & AGENT_OUT_STAYS))
		return false;
	ask_message(a, head, &q);
	return !q.waits;
}

void agent_held_step(struct gn_agent *a, const struct gn_agent_out *o,
		     struct agent_out_parts *parts)
{
	struct agent_out_head *head = &parts->head;
	const struct agent_heard *h = heard_of(a, &head->owner);
	uint64_t now_ms = agent_unix_ms(a);
	if (o->kind != AGENT_OUT_HELD) {
		agent_out_done(a, o->id);
		return;
	}
	if (is_over(a, head)) {
		make_proof(a, o->id, parts);
		return;
	}
	bool news = !head->heard_ms && h && h->at_ms > head->held_ms;
	if (news)
		head->heard_ms = h->at_ms;
	if (head->heard_ms && !(head->flags & AGENT_OUT_PRESSED)) {
		if (now_ms >= head->heard_ms + AGENT_PRESENT_MS) {
			press(a, o->id, parts);
			return;
		}
		if (news) /* and its holders are asked now: a person may wait for it */
			hold(a, o->id, parts, head->heard_ms + AGENT_PRESENT_MS);
	}
	check_begin(a, o->id, head);
}

struct hurrying {
	const struct gn_hash *chat;
	uint64_t ids[AGENT_OF_ONE_MAX];
	unsigned count;
};

static bool note_way(void *user, const struct gn_agent_out *o)
{
	struct hurrying *h = user;
	struct agent_out_parts parts;
	if (o->kind == AGENT_OUT_PROOF || !agent_out_open(o->bytes, &parts))
		return true;
	if (gn_hash_eq(&parts.head.chat, h->chat))
		h->ids[h->count++] = o->id;
	gn_wipe(&parts.head, sizeof parts.head);
	return h->count < AGENT_OF_ONE_MAX;
}

bool agent_held_hurry(struct gn_agent *a, const struct gn_hash *chat,
		      const struct gn_content_id *id)
{
	struct hurrying h = {.chat = chat};
	struct asked_message q = {.wanted = false};
	struct agent_out_head head = {.chat = *chat, .id = *id};
	struct gn_agent_tx tx = {0};
	ask_message(a, &head, &q);
	if (!q.waits)
		return false;
	gn_err err = gn_agent_out_of(a->db, id->b, note_way, &h);
	if (!err && h.count)
		err = gn_agent_tx_begin(a->db, &tx);
	for (unsigned i = 0; !err && i < h.count; i++)
		err = gn_agent_out_later(&tx, h.ids[i], agent_unix_ms(a), 0);
	if (!err && h.count)
		err = gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(a, err);
	}
	agent_post_hurry(a);
	return h.count > 0;
}

void agent_held_close(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_CHECKS; i++) {
		if (a->checks[i].call)
			gn_agent_link_drop(a->link, a->checks[i].call);
		check_free(&a->checks[i]);
	}
	memset(a->heard, 0, sizeof a->heard);
	memset(a->devices, 0, sizeof a->devices);
}
