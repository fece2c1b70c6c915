/* What is to be sent, in the outbox until it is done.
 *
 *   SEND  [its devices are believed, a box is known: sealed, in one transaction with the sessions]
 *         -> ITEM [a stranger's work, if it needs any; the node deposits it] -> gone
 *   SEND  [unknown devices: they are looked up] -> later
 *   ITEM  [too few hold it, the node went] -> later     [the box refuses it] -> failed
 *
 * A row is its head and what is behind it: of a SEND the content, of an ITEM the envelope. Rule
 * AG-56. */
#include "agent/outbox_int.h"

#include <stdlib.h>

static const struct gn_app_kind send_kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SEND};

/* ---- rows ---- */

void agent_post_hurry(struct gn_agent *a)
{
	a->post_due = a->now;
}

static void row_done(struct gn_agent *a, uint64_t id)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_out_delete(&tx, id);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (!err)
		return;
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
}

static void row_later(struct gn_agent *a, uint64_t id, uint32_t tries)
{
	struct gn_agent_tx tx;
	uint64_t wait = AGENT_POST_WAIT_MS << (tries < 10 ? tries : 10);
	wait = wait < AGENT_POST_WAIT_MAX_MS ? wait : AGENT_POST_WAIT_MAX_MS;
	a->post_due = gn_time_min(a->post_due, a->now + (gn_time)wait * GN_MSEC);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_out_later(&tx, id, agent_unix_ms(a) + wait, tries + 1);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (!err)
		return;
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
}

static void row_failed(struct gn_agent *a, uint64_t id, const struct agent_out_head *head,
		       enum gn_people_why why)
{
	if (head->flags & AGENT_OUT_STAYS) {
		gn_err err = gn_people_failed(a->people, &head->chat, &head->id, why, a->now);
		if (err && err != GN_NOT_FOUND) {
			agent_fail(a, err);
			return;
		}
	}
	row_done(a, id);
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
	if (c->box && !(head->flags & AGENT_OUT_REQUEST) && c->box->until > unix_now) {
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

/* SEND -> ITEM. */
static void seal(struct gn_agent *a, const struct gn_agent_out *o, struct agent_out_head *head,
		 struct gn_slice content)
{
	struct gn_people_contact c;
	struct gn_pk to[GN_PEOPLE_DEVICES_MAX];
	struct gn_agent_tx tx = {0};
	struct gn_agent_written written = {.until_ms = agent_unix_ms(a) + AGENT_WRITTEN_MS};
	if (gn_people_get(a->people, &head->owner, &c) != GN_OK || c.blocked) {
		row_done(a, o->id); /* they were removed meanwhile */
		return;
	}
	struct gn_e2ee_write w = {.to = to, .content = content};
	w.to_count = choose_devices(a, head, to);
	if (!w.to_count || !choose_box(a, &c, head)) {
		gn_host_log(&a->host, GN_LOG_DEBUG, "post", "%llu waits: %zu devices known, %s",
			    (unsigned long long)o->id, w.to_count, "no box");
		gn_err err = gn_agent_know_ask(a->know, &head->owner);
		(void)err; /* full: with the next try */
		row_later(a, o->id, o->tries);
		return;
	}
	w.box = head->box;
	if (!head->front)
		memcpy(w.hint, c.box->hint, sizeof w.hint);
	uint8_t *room = malloc(GN_E2EE_SIZE_LARGEST);
	struct gn_buf item = {room, 0, GN_E2EE_SIZE_LARGEST};
	gn_err err = room ? gn_e2ee_write(a->e2ee, &w, &item, a->now) : GN_NOMEM;
	gn_wipe(w.hint, sizeof w.hint);
	if (err == GN_NOT_FOUND || err == GN_KEY || err == GN_LIMIT) {
		gn_host_log(&a->host, GN_LOG_DEBUG, "post", "%llu waits for prekeys: %s",
			    (unsigned long long)o->id, gn_err_text(err));
		err = gn_agent_know_ask(a->know, &head->owner);
		(void)err;
		row_later(a, o->id, o->tries);
		free(room);
		return;
	}
	if (err == GN_TOO_LARGE) {
		row_failed(a, o->id, head, GN_PEOPLE_TOO_BIG);
		free(room);
		return;
	}
	if (!err) {
		struct gn_slice bytes = gn_buf_slice(&item);
		gn_sha256(&bytes, 1, &written.item);
		memcpy(written.chat.b, head->chat.b, sizeof written.chat.b);
		memcpy(written.id.b, head->id.b, sizeof written.id.b);
		err = gn_agent_tx_begin(a->db, &tx);
	}
	if (!err)
		err = agent_out_row(&tx, o->id, AGENT_OUT_ITEM, agent_unix_ms(a), head,
				    gn_buf_slice(&item));
	if (!err && head->flags & AGENT_OUT_STAYS)
		err = gn_agent_written_put(&tx, &written);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	free(room);
	if (!err) {
		agent_post_hurry(a);
		return;
	}
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
}

/* ---- deposits ---- */

static void deposit_free(struct agent_deposit *d)
{
	if (d->bytes)
		gn_wipe(d->bytes + d->len, sizeof(struct agent_out_head));
	free(d->bytes);
	gn_wipe(d, sizeof *d);
}

static void tell_stored(struct agent_deposit *d)
{
	struct gn_agent *a = d->agent;
	if (!d->stays)
		return;
	gn_err err = gn_people_stored(a->people, &d->chat, &d->id, (uint8_t)d->held, (uint8_t)d->of,
				      a->now);
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
}

/* It may still be let in, now or later. */
static bool may_do_better(gn_err err)
{
	return err == GN_QUORUM || err == GN_CLOSED || err == GN_TIMEOUT || err == GN_NOT_FOUND ||
	       err == GN_LIMIT || err == GN_CANCELLED || gn_err_class(err) == GN_CLASS_AGAIN;
}

static void deposit_over(struct agent_deposit *d, gn_err err, unsigned bits)
{
	struct gn_agent *a = d->agent;
	struct agent_deposit over = *d;
	d->call = 0;
	if (err == GN_PROOF_OF_WORK && d->works && bits > d->bits && bits <= AGENT_WORK_MOST) {
		d->bits = bits; /* others have worked more: so do we */
		d->tried.start = 0;
		return;
	}
	gn_host_log(&a->host, GN_LOG_DEBUG, "post", "%llu: %u of %u hold it: %s",
		    (unsigned long long)d->out, d->held, d->of, gn_err_text(err));
	bool stored = !err || err == GN_EXISTS || (err == GN_QUORUM && d->held >= AGENT_STORED);
	struct agent_out_head head = {
		.chat = d->chat, .id = d->id, .flags = d->stays ? AGENT_OUT_STAYS : 0};
	deposit_free(d);
	over.bytes = NULL;
	if (stored) {
		tell_stored(&over);
		row_done(a, over.out);
	} else if (may_do_better(err)) {
		row_later(a, over.out, over.tries);
	} else {
		row_failed(a, over.out, &head, GN_PEOPLE_REFUSED_BY_BOX);
	}
	gn_wipe(&over, sizeof over);
}

static void on_sent(void *user, const struct gn_host_client_event *e)
{
	struct agent_deposit *d = user;
	struct gn_fb_box_sent t = {e->table};
	if (e->what == GN_HOST_CLIENT_FAILED) {
		deposit_over(d, e->fault.err, 0);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER || e->kind.area != GN_FB_APP_BODY_APP_BOX)
		return;
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN) {
		agent_own_sign(d->agent, (struct gn_fb_box_sign){e->table});
		return;
	}
	unsigned before = d->held;
	d->held = gn_fb_box_sent_held(t);
	d->of = gn_fb_box_sent_of(t);
	if (!e->more) {
		uint16_t code = gn_fb_box_sent_code(t);
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
					   .item = gn_slice(d->bytes, d->len),
					   .ttl = head->ttl,
					   .proof = gn_fb_box_proof_make(b, &proof)};
	gn_fbref table = gn_fb_box_send_make(b, &args);
	if (gn_agent_link_call(a->link, send_kind, table, AGENT_DEPOSIT_MS, on_sent, d, &d->call) !=
	    GN_OK)
		d->call = 0; /* in the next turn */
}

static struct agent_deposit *deposit_of(struct gn_agent *a, uint64_t out)
{
	for (unsigned i = 0; i < AGENT_DEPOSITS; i++)
		if (a->deposits[i].out == out)
			return &a->deposits[i];
	return NULL;
}

/* An ITEM's turn: it gets a place. */
static void deposit_begin(struct gn_agent *a, const struct gn_agent_out *o,
			  const struct agent_out_head *head, struct gn_slice item)
{
	struct agent_deposit *d = deposit_of(a, 0);
	if (!d || deposit_of(a, o->id))
		return;
	uint8_t *bytes = malloc(sizeof *head + item.len);
	if (!bytes)
		return;
	*d = (struct agent_deposit){.agent = a,
				    .out = o->id,
				    .chat = head->chat,
				    .id = head->id,
				    .stays = head->flags & AGENT_OUT_STAYS,
				    .tries = o->tries,
				    .box = head->box,
				    .bits = head->bits,
				    .ttl = head->ttl,
				    .works = head->way == GN_FB_BOX_WAY_WORK,
				    .bytes = bytes,
				    .len = item.len};
	memcpy(bytes, item.p, item.len);
	memcpy(bytes + item.len, head, sizeof *head); /* what it is sent by */
	gn_sha256(&item, 1, &d->item);
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
	memcpy(&head, d->bytes + d->len, sizeof head);
	if (d->works && d->tried.start != UINT64_MAX) {
		gn_err err = gn_boxrec_work_find(&d->box, &d->item, d->bits, d->tried, &d->work);
		d->tried.start += d->tried.count;
		if (err)
			return true;
		d->tried.start = UINT64_MAX; /* found */
	}
	if (gn_agent_link_is_up(d->agent->link))
		deposit_send(d, &head);
	return !d->call && gn_agent_link_is_up(d->agent->link);
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
	struct agent_out_head head;
	if (o->bytes.len < sizeof head) {
		row_done(a, o->id);
		return;
	}
	memcpy(&head, o->bytes.p, sizeof head);
	struct gn_slice rest = gn_slice_sub(o->bytes, sizeof head, o->bytes.len - sizeof head);
	if (o->kind == AGENT_OUT_SEND)
		seal(a, o, &head, rest);
	else
		deposit_begin(a, o, &head, rest);
	gn_wipe(&head, sizeof head);
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

void agent_post_close(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_DEPOSITS; i++) {
		if (a->deposits[i].call)
			gn_agent_link_drop(a->link, a->deposits[i].call);
		if (a->deposits[i].out)
			deposit_free(&a->deposits[i]);
	}
}
