/* What is to be sent, in the outbox until it is done.
 *
 *   SEND  [its devices are believed, a box is known: sealed, in one transaction with the sessions]
 *         -> ITEM [a stranger's work, if it needs any; the node deposits it] -> HELD, or gone
 *   SEND  [unknown devices: they are looked up] -> later
 *   ITEM  [too few hold it, the node went] -> later
 *         [the box refuses it] -> through the front box, or failed
 *
 * What was stored is held.c's. Rules AG-56, AG-63, AG-65. */
#include "agent/outbox_int.h"

#include <stdlib.h>

static const struct gn_app_kind send_kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SEND};

/* ---- rows ---- */

static void row_failed(struct gn_agent *a, uint64_t id, const struct agent_out_head *head,
		       enum gn_people_why why)
{
	/* of one that was pressed, the first is still held */
	if (head->flags & AGENT_OUT_STAYS && !(head->flags & AGENT_OUT_PRESSED)) {
		gn_err err = gn_people_failed(a->people, &head->chat, &head->id, why, a->now);
		if (err && err != GN_NOT_FOUND) {
			agent_fail(a, err);
			return;
		}
	}
	agent_out_done(a, id);
}

/* ---- sealing ---- */

/* Where a content goes: the box that they told us, else their front box. */
static bool choose_box(struct gn_agent *a, const struct gn_people_contact *c,
		       struct agent_out_head *head)
{
	uint8_t secret[GN_BOXREC_INVITE_SECRET];
	char name[80];
	uint64_t unix_now = agent_unix(a);
	head->ttl = AGENT_ITEM_TTL;
	if (c->box && !(head->flags & (AGENT_OUT_REQUEST | AGENT_OUT_FRONT)) &&
	    c->box->until > unix_now) {
		head->way = GN_FB_BOX_WAY_CERTIFICATE;
		head->box = c->box->box;
		memcpy(head->certificate, c->box->certificate, sizeof head->certificate);
		memcpy(head->seed, c->box->deposit_seed, sizeof head->seed);
		return true;
	}
	if (gn_is_zero(c->front, sizeof *c->front))
		return false;
	head->front = 1;
	head->box = *c->front;
	head->ttl = AGENT_FRONT_TTL;
	head->way = GN_FB_BOX_WAY_WORK;
	head->bits = GN_BOXREC_WORK_BITS;
	agent_invite_name(c->chat, name);
	if (agent_meta(a, name, secret, sizeof secret) == GN_OK) {
		head->way = GN_FB_BOX_WAY_INVITE;
		memcpy(head->seed, secret, sizeof secret);
	}
	return true;
}

/* Whose wraps it has. */
static size_t choose_devices(const struct gn_agent *a, const struct agent_out_head *head,
			     struct gn_pk to[GN_PEOPLE_DEVICES_MAX])
{
	size_t count = 0;
	if (!gn_is_zero(head->device.b, sizeof head->device.b)) {
		to[0] = head->device;
		return 1;
	}
	while (count < GN_PEOPLE_DEVICES_MAX &&
	       gn_people_device_at(a->people, &head->owner, count, &to[count]))
		count++;
	return count;
}

/* The envelope, the sessions' new state and the row are one transaction. */
static gn_err put_item(struct gn_agent *a, uint64_t id, struct agent_out_head *head,
		       struct gn_slice item)
{
	struct gn_agent_written written = {.until_ms = agent_unix_ms(a) + AGENT_WRITTEN_MS};
	struct agent_out_parts parts = {.rest = item};
	struct gn_agent_tx tx;
	gn_sha256(&item, 1, &head->item);
	head->made_ms = agent_unix_ms(a);
	head->keys_at = agent_held_newest(a, &head->owner);
	head->end = agent_unix(a) + head->ttl;
	head->flags |= gn_e2ee_sets_up(item) ? AGENT_OUT_SETS_UP : 0;
	parts.head = *head;
	written.item = head->item;
	memcpy(written.chat.b, head->chat.b, sizeof written.chat.b);
	memcpy(written.id.b, head->id.b, sizeof written.id.b);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err && head->flags & AGENT_OUT_AGAIN)
		err = agent_held_replaced(a, &tx, id, head);
	if (!err)
		err = agent_out_row(&tx, id, AGENT_OUT_ITEM, agent_unix_ms(a), &parts);
	if (!err && head->flags & AGENT_OUT_STAYS)
		err = gn_agent_written_put(&tx, &written);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (err)
		gn_agent_tx_abort(&tx);
	gn_wipe(&parts, sizeof parts);
	return err;
}

/* Something is not known yet: it is looked for. */
static void wait_for(struct gn_agent *a, const struct gn_agent_out *o,
		     const struct agent_out_head *head, const char *what)
{
	gn_host_log(&a->host, GN_LOG_DEBUG, "post", "%llu waits for %s", (unsigned long long)o->id,
		    what);
	gn_err err = gn_agent_know_ask(a->know, &head->owner);
	(void)err; /* full: with the next try */
	agent_out_later(a, o->id, o->tries);
}

/* SEND -> ITEM. */
static void seal(struct gn_agent *a, const struct gn_agent_out *o, struct agent_out_head *head,
		 struct gn_slice content)
{
	struct gn_people_contact c;
	struct gn_pk to[GN_PEOPLE_DEVICES_MAX];
	if (gn_people_get(a->people, &head->owner, &c) != GN_OK || c.blocked) {
		agent_out_done(a, o->id); /* they were removed meanwhile */
		return;
	}
	switch (agent_held_again(a, o, head)) {
	case AGENT_AGAIN_NOW: break;
	case AGENT_AGAIN_NEVER: agent_out_done(a, o->id); return;
	case AGENT_AGAIN_LATER: wait_for(a, o, head, "newer prekeys"); return;
	}
	struct gn_e2ee_write w = {.to = to, .content = content};
	w.to_count = choose_devices(a, head, to);
	if (!w.to_count || !choose_box(a, &c, head)) {
		wait_for(a, o, head, w.to_count ? "a box" : "a device");
		return;
	}
	if (agent_held_unlooked(a, to, w.to_count, o->tries)) {
		wait_for(a, o, head, "prekeys");
		return;
	}
	w.box = head->box;
	if (!head->front)
		memcpy(w.hint, c.box->hint, sizeof w.hint);
	uint8_t *room = malloc(GN_E2EE_SIZE_LARGEST);
	struct gn_buf item = {room, 0, GN_E2EE_SIZE_LARGEST};
	gn_err err = room ? gn_e2ee_write(a->e2ee, &w, &item, a->now) : GN_NOMEM;
	gn_wipe(w.hint, sizeof w.hint);
	if (!err)
		err = put_item(a, o->id, head, gn_buf_slice(&item));
	else if (err == GN_NOT_FOUND || err == GN_KEY || err == GN_LIMIT) {
		wait_for(a, o, head, "prekeys");
		err = GN_OK;
	} else if (err == GN_TOO_LARGE) {
		row_failed(a, o->id, head, GN_PEOPLE_TOO_BIG);
		err = GN_OK;
	}
	free(room);
	if (err)
		agent_fail(a, err);
	else
		agent_post_hurry(a);
}

/* ---- deposits ---- */

static void deposit_free(struct agent_deposit *d)
{
	if (d->bytes)
		gn_wipe(d->bytes, d->len);
	free(d->bytes);
	gn_wipe(d, sizeof *d);
}

/* Its row, with the custodies that came; borrows. */
static void deposit_parts(const struct agent_deposit *d, struct agent_out_parts *out)
{
	bool is = agent_out_open(gn_slice(d->bytes, d->len), out);
	GN_ASSERT(is); /* it was when it began */
	out->custodies =
		gn_slice((const uint8_t *)d->custodies, d->custody_count * sizeof d->custodies[0]);
}

static void tell_stored(struct agent_deposit *d)
{
	struct gn_agent *a = d->agent;
	struct agent_out_parts parts;
	deposit_parts(d, &parts);
	gn_err err = parts.head.flags & AGENT_OUT_STAYS
			     ? gn_people_stored(a->people, &parts.head.chat, &parts.head.id,
						(uint8_t)d->held, (uint8_t)d->of, a->now)
			     : GN_OK;
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
	gn_wipe(&parts, sizeof parts);
}

/* It may still be let in, now or later. */
static bool may_do_better(gn_err err)
{
	return err == GN_QUORUM || err == GN_CLOSED || err == GN_TIMEOUT || err == GN_NOT_FOUND ||
	       err == GN_LIMIT || err == GN_CANCELLED || gn_err_class(err) == GN_CLASS_AGAIN;
}

/* It is tried until its end. */
static bool lasts(const struct agent_out_head *head)
{
	return head->flags & (AGENT_OUT_STAYS | AGENT_OUT_KEPT);
}

/* The invite is used up, or its time is over: as anybody who is not invited. False: it was none. */
static bool by_work(struct agent_deposit *d, struct agent_out_parts *parts)
{
	struct gn_agent *a = d->agent;
	struct gn_agent_tx tx;
	char name[80];
	if (parts->head.way != GN_FB_BOX_WAY_INVITE)
		return false;
	agent_invite_name(&parts->head.chat, name);
	parts->head.way = GN_FB_BOX_WAY_WORK;
	parts->head.bits = GN_BOXREC_WORK_BITS;
	gn_wipe(parts->head.seed, sizeof parts->head.seed);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	err = err ? err : agent_meta_put(&tx, name, NULL, 0);
	err = err ? err : agent_out_row(&tx, d->out, AGENT_OUT_ITEM, agent_unix_ms(a), parts);
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err) {
		gn_agent_tx_abort(&tx);
		agent_fail(a, err);
	}
	return true;
}

static void deposit_over(struct agent_deposit *d, gn_err err, unsigned bits)
{
	struct gn_agent *a = d->agent;
	struct agent_out_parts parts;
	d->call = 0;
	if (err == GN_PROOF_OF_WORK && d->works && bits > d->bits && bits <= AGENT_WORK_MOST) {
		d->bits = bits; /* others have worked more: so do we */
		d->tried.start = 0;
		return;
	}
	gn_host_log(&a->host, GN_LOG_DEBUG, "post", "%llu: %u of %u hold it: %s",
		    (unsigned long long)d->out, d->held, d->of, gn_err_text(err));
	deposit_parts(d, &parts);
	if (agent_out_kind(a, d->out, &parts.head.id) != AGENT_OUT_ITEM) {
		; /* it was replaced meanwhile: the answer is to nothing */
	} else if (!err || err == GN_EXISTS || (err == GN_QUORUM && d->held >= AGENT_STORED)) {
		tell_stored(d);
		agent_held_begin(a, d->out, &parts);
	} else if (may_do_better(err) && (d->tries < AGENT_PASSING_TRIES || lasts(&parts.head))) {
		agent_out_later(a, d->out, d->tries);
	} else if (may_do_better(err)) { /* a receipt that nobody took for a day */
		agent_out_done(a, d->out);
	} else if (!by_work(d, &parts) && !agent_held_refused(a, d->out, &parts)) {
		row_failed(a, d->out, &parts.head, GN_PEOPLE_REFUSED_BY_BOX);
	}
	gn_wipe(&parts, sizeof parts);
	deposit_free(d);
	agent_post_hurry(a); /* a place is free */
}

/* Of each holder the newest; what the node hands on was signed, or is nothing. */
static void take_custody(struct agent_deposit *d, struct gn_fb_custody t)
{
	struct gn_custody c;
	size_t i = 0;
	gn_custody_get(t, &c);
	if (!gn_pk_eq(&c.box, &d->box) || !gn_hash_eq(&c.item, &d->item) ||
	    gn_custody_check(&c) != GN_OK)
		return;
	while (i < d->custody_count && !gn_pk_eq(&d->custodies[i].holder_key, &c.holder_key))
		i++;
	if (i == AGENT_CUSTODIES_MAX)
		return;
	d->custody_count += i == d->custody_count;
	d->custodies[i] = c;
}

static void on_sent(void *user, const struct gn_host_client_event *e)
{
	struct agent_deposit *d = user;
	struct gn_fb_box_sent t = {e->table};
	if (e->what == GN_HOST_CLIENT_FAILED) {
		deposit_over(d, e->fault.err, 0);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER)
		return;
	bool box = e->kind.area == GN_FB_APP_BODY_APP_BOX;
	if (!box || e->kind.member != GN_FB_APP_BOX_BODY_BOX_SENT) {
		if (!e->more)
			deposit_over(d, GN_CLOSED, 0); /* no answer to what was asked */
		else if (box && e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN)
			agent_own_sign(d->agent, (struct gn_fb_box_sign){e->table});
		return;
	}
	unsigned before = d->held;
	if (gn_fb_box_sent_has_custody(t))
		take_custody(d, gn_fb_box_sent_custody(t));
	uint16_t code = gn_fb_box_sent_code(t);
	unsigned most = code == GN_EXISTS ? gn_fb_box_sent_of(t) : (unsigned)d->custody_count;
	d->of = gn_fb_box_sent_of(t);
	d->held = gn_fb_box_sent_held(t);
	d->held = d->held < most ? d->held : most; /* so many have promised, whatever it says */
	d->held = d->held < d->of ? d->held : d->of;
	if (!e->more) {
		deposit_over(d, code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL,
			     gn_fb_box_sent_bits(t));
	} else if (before < AGENT_STORED && d->held >= AGENT_STORED) {
		tell_stored(d);
		agent_settle(d->agent);
	}
}

static void deposit_send(struct agent_deposit *d, const struct agent_out_head *head)
{
	struct gn_agent *a = d->agent;
	struct gn_fb_box_proof_args proof = {.way = head->way};
	struct gn_fb_key box, invite;
	struct gn_fb_sig fb_sig;
	struct gn_sig sig;
	struct agent_out_parts parts;
	deposit_parts(d, &parts);
	if (head->way == GN_FB_BOX_WAY_WORK) {
		struct gn_reader r = gn_reader(GN_SLICE(d->work.nonce));
		proof.day = d->work.day;
		proof.nonce = gn_read_be64(&r);
	} else if (head->way == GN_FB_BOX_WAY_INVITE) {
		gn_boxrec_invite_sign(&d->sk, &head->box, &d->item, &sig);
		memcpy(invite.b, d->sk.pk.b, sizeof invite.b);
		proof.invite = &invite;
	} else {
		gn_boxrec_deposit_sign(&d->sk, &head->box, &d->item, &sig);
		proof.certificate = GN_SLICE(head->certificate);
	}
	if (head->way != GN_FB_BOX_WAY_WORK) {
		memcpy(fb_sig.b, sig.b, sizeof fb_sig.b);
		proof.sig = &fb_sig;
	}
	memcpy(box.b, head->box.b, sizeof box.b);
	struct gn_fbb *b = gn_agent_link_builder(a->link);
	struct gn_fb_box_send_args args = {.box = &box,
					   .front = head->front,
					   .item = parts.rest,
					   .ttl = (uint32_t)(head->end - agent_unix(a)),
					   .wide = (head->flags & AGENT_OUT_WIDE) != 0,
					   .session = agent_session(a),
					   .proof = gn_fb_box_proof_make(b, &proof)};
	gn_fbref table = gn_fb_box_send_make(b, &args);
	if (gn_agent_link_call(a->link, send_kind, table, AGENT_DEPOSIT_MS, on_sent, d, &d->call) !=
	    GN_OK)
		d->call = 0; /* in the next turn */
	gn_wipe(&parts, sizeof parts);
}

static struct agent_deposit *deposit_of(struct gn_agent *a, uint64_t out)
{
	for (unsigned i = 0; i < AGENT_DEPOSITS; i++)
		if (a->deposits[i].out == out)
			return &a->deposits[i];
	return NULL;
}

/* A box has a quarter of the places: one that nobody answers for keeps no others waiting. */
static bool has_share(const struct gn_agent *a, const struct gn_pk *box)
{
	unsigned count = 0;
	for (unsigned i = 0; i < AGENT_DEPOSITS; i++)
		count += a->deposits[i].out && gn_pk_eq(&a->deposits[i].box, box);
	return count < AGENT_DEPOSITS / 4;
}

/* Behind those of others: what is due first is looked at first. */
static void step_back(struct gn_agent *a, const struct gn_agent_out *o)
{
	struct gn_agent_tx tx;
	uint64_t wait = o->tries ? AGENT_STEP_BACK_AGAIN_MS : AGENT_STEP_BACK_MS;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_out_later(&tx, o->id, agent_unix_ms(a) + wait, o->tries);
	(void)agent_tx_end(a, &tx, err);
}

/* An ITEM's turn: it gets a place. */
static void deposit_begin(struct gn_agent *a, const struct gn_agent_out *o,
			  const struct agent_out_parts *parts)
{
	const struct agent_out_head *head = &parts->head;
	struct agent_deposit *d = deposit_of(a, 0);
	if (head->end <= agent_unix(a) + AGENT_ITEM_TTL_MIN) { /* people say what became of it */
		agent_out_done(a, o->id);
		return;
	}
	if (!d || deposit_of(a, o->id))
		return;
	if (!has_share(a, &head->box)) {
		step_back(a, o);
		return;
	}
	uint8_t *bytes = malloc(o->bytes.len);
	if (!bytes)
		return;
	memcpy(bytes, o->bytes.p, o->bytes.len);
	*d = (struct agent_deposit){.agent = a,
				    .out = o->id,
				    .tries = o->tries,
				    .box = head->box,
				    .item = head->item,
				    .bits = head->bits,
				    .works = head->way == GN_FB_BOX_WAY_WORK,
				    .bytes = bytes,
				    .len = o->bytes.len};
	while (agent_out_custody(parts, d->custody_count, &d->custodies[d->custody_count]))
		if (++d->custody_count == AGENT_CUSTODIES_MAX)
			break;
	if (head->way == GN_FB_BOX_WAY_CERTIFICATE)
		gn_sk_from_seed(head->seed, &d->sk);
	else if (head->way == GN_FB_BOX_WAY_INVITE)
		gn_boxrec_invite_key(head->seed, &d->sk);
	d->by = d->sk.pk;
	d->work.day = (uint32_t)(agent_unix(a) / 86400);
	d->tried.count = AGENT_WORK_TRIES;
}

/* Works a little, or sends. True: it goes on in the next turn. */
static bool deposit_step(struct agent_deposit *d)
{
	struct agent_out_head head;
	memcpy(&head, d->bytes, sizeof head);
	bool up = gn_agent_link_is_up(d->agent->link);
	if (d->works && d->tried.start != UINT64_MAX) {
		gn_err err = gn_boxrec_work_find(&d->box, &d->item, d->bits, d->tried, &d->work);
		d->tried.start += d->tried.count;
		if (err)
			return true;
		d->tried.start = UINT64_MAX; /* found */
	}
	if (up)
		deposit_send(d, &head);
	gn_wipe(&head, sizeof head);
	return !d->call && gn_agent_link_room(d->agent->link) > 0; /* else when a call ends */
}

/* ---- the outside ---- */

struct posting {
	struct gn_agent *agent;
	unsigned count;
	struct { /* rows, copied: sealing changes the store that is being read */
		struct gn_agent_out out;
		uint8_t *bytes;
	} rows[AGENT_POST_AT_ONCE];
};

static bool copy_row(void *user, const struct gn_agent_out *o)
{
	struct posting *p = user;
	uint8_t *bytes = malloc(o->bytes.len + 1);
	if (!bytes)
		return false;
	memcpy(bytes, o->bytes.p, o->bytes.len);
	p->rows[p->count].out = *o;
	p->rows[p->count].out.bytes.p = bytes;
	p->rows[p->count].bytes = bytes;
	return ++p->count < AGENT_POST_AT_ONCE;
}

static void post_row(struct gn_agent *a, const struct gn_agent_out *o)
{
	struct agent_out_parts parts;
	if (!agent_out_open(o->bytes, &parts))
		agent_out_done(a, o->id);
	else if (agent_out_kind(a, o->id, &parts.head.id) != o->kind)
		; /* one before it has replaced it */
	else if (o->kind == AGENT_OUT_SEND)
		seal(a, o, &parts.head, parts.rest);
	else if (o->kind == AGENT_OUT_ITEM)
		deposit_begin(a, o, &parts);
	else
		agent_held_step(a, o, &parts);
	gn_wipe(&parts, sizeof parts);
}

static gn_time later_of(gn_time a, gn_time b)
{
	return a > b ? a : b;
}

static gn_time look_at_outbox(struct gn_agent *a)
{
	struct posting p = {.agent = a};
	uint64_t next_ms = 0;
	gn_err err = gn_agent_outbox(a->db, agent_unix_ms(a), AGENT_POST_AT_ONCE, copy_row, &p,
				     &next_ms);
	if (err)
		agent_fail(a, err);
	if (p.count)
		gn_host_log(&a->host, GN_LOG_DEBUG, "post", "%u due", p.count);
	for (unsigned i = 0; i < p.count; i++) {
		if (!a->failed)
			post_row(a, &p.rows[i].out);
		gn_wipe(p.rows[i].bytes, p.rows[i].out.bytes.len);
		free(p.rows[i].bytes);
	}
	if (p.count == AGENT_POST_AT_ONCE)
		return a->now + AGENT_POST_LOOK;
	return next_ms ? later_of(a->now + AGENT_POST_LOOK, (gn_time)next_ms * GN_MSEC) : GN_NEVER;
}

gn_time agent_post_pump(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	if (a->post_due <= a->now && gn_agent_link_is_up(a->link)) {
		a->post_due = GN_NEVER; /* what it does may hurry */
		gn_time due = look_at_outbox(a);
		a->post_due = gn_time_min(a->post_due, due);
	}
	for (unsigned i = 0; i < AGENT_DEPOSITS && !a->failed; i++) {
		struct agent_deposit *d = &a->deposits[i];
		if (d->out && !d->call && deposit_step(d))
			next = a->now;
	}
	return gn_agent_link_is_up(a->link) ? gn_time_min(next, a->post_due) : next;
}

static bool copy_undone(void *user, const struct gn_agent_out *o)
{
	return o->kind == AGENT_OUT_PROOF || copy_row(user, o);
}

/* Nobody takes what it sealed, and no receipt comes here any more. */
gn_time agent_post_end(struct gn_agent *a)
{
	struct posting p = {.agent = a};
	uint64_t next_ms;
	if (a->post_due > a->now)
		return a->post_due;
	gn_err err = gn_agent_outbox(a->db, UINT64_MAX, AGENT_LIMIT_MAX, copy_undone, &p, &next_ms);
	if (err)
		agent_fail(a, err);
	for (unsigned i = 0; i < p.count; i++) {
		struct agent_out_parts parts = {.rest = {NULL, 0}};
		if (agent_out_open(p.rows[i].out.bytes, &parts))
			parts.head.flags &= (uint8_t)~AGENT_OUT_PRESSED;
		if (!a->failed)
			row_failed(a, p.rows[i].out.id, &parts.head, GN_PEOPLE_TAKEN_OUT);
		gn_wipe(&parts, sizeof parts);
		gn_wipe(p.rows[i].bytes, p.rows[i].out.bytes.len);
		free(p.rows[i].bytes);
	}
	a->post_due = p.count ? a->now : GN_NEVER;
	return a->post_due;
}

void agent_post_close(struct gn_agent *a)
{
	agent_held_close(a);
	for (unsigned i = 0; i < AGENT_DEPOSITS; i++) {
		if (a->deposits[i].call)
			gn_agent_link_drop(a->link, a->deposits[i].call);
		if (a->deposits[i].out)
			deposit_free(&a->deposits[i]);
	}
}
