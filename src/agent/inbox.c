/* Items of our boxes: opened, handed to people, acknowledged once all of it is in the store.
 *
 *   got -> seen before: acknowledged again
 *       -> opened [a session] -> people -> stored -> acknowledged
 *       -> waits  [by a device that we do not know: it is looked up; nothing opens it yet; its
 *                  sender's were tried too often; people do not want it yet]
 *       -> passed over [not for this device, or no envelope] -> acknowledged, and not remembered
 *
 * What waits is kept until its own end, as it came or, where a session opened it, as its content
 * (a session opens nothing twice), and tried again when something new is believed.
 * Rules AG-57, AG-58, AG-62, AG-70. */
#include "agent/agent_int.h"

#include <stdlib.h>

static const struct gn_app_kind follow_kind = {GN_FB_APP_BODY_APP_BOX,
					       GN_FB_APP_BOX_BODY_BOX_FOLLOW},
				take_kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_TAKE};

struct item {
	const struct agent_box *box;
	uint8_t id[16];
	uint64_t until;  /* Unix seconds; */
	uint64_t left;   /* when it was left there; 0: not known */
	struct gn_pk by; /* deposit key, or an invite's; zeros: a stranger's */
	bool invited;    /* `by` is an invite's, which let it in */
	struct gn_slice bytes;
	bool kept;    /* the store has it as it is */
	bool nothing; /* it is no envelope, or not for this device: anybody makes more of them, so
		       * none is remembered */
	/* a session opened it: bytes are a content, */
	bool opened, setup;
	struct gn_pk owner, device; /* of theirs */
};

/* Before the bytes of a row that waits; in the store, read by this machine alone. */
struct waiting_head {
	struct gn_pk by, owner, device;
	uint8_t flags, setup;
};
enum { WAITS_OPENED = 1, WAITS_INVITED = 2 };

/* ---- acknowledging ---- */

/* A connection has so many calls at once, and a burst more items: they wait for their turn. */
static void take(struct gn_agent *a, const struct item *it)
{
	if (!gn_agent_link_is_up(a->link))
		return; /* it is shown again, and was seen */
	if (a->take_count == AGENT_TAKES) {
		a->takes_lost = true;
		return;
	}
	struct agent_take *t = &a->takes[(a->take_first + a->take_count++) % AGENT_TAKES];
	t->box = it->box->sk.pk;
	memcpy(t->id, it->id, sizeof t->id);
}

static bool take_one(struct gn_agent *a, const struct agent_take *t)
{
	struct gn_fb_key box;
	memcpy(box.b, t->box.b, sizeof box.b);
	struct gn_fb_box_take_args args = {.box = &box, .id = GN_SLICE(t->id)};
	gn_fbref table = gn_fb_box_take_make(gn_agent_link_builder(a->link), &args);
	return gn_agent_link_call(a->link, take_kind, table, 0, agent_no_answer, a, NULL) == GN_OK;
}

static void takes_pump(struct gn_agent *a)
{
	if (!gn_agent_link_is_up(a->link))
		a->take_count = 0; /* they are shown again */
	while (a->take_count && gn_agent_link_room(a->link) > AGENT_TAKES_LEAVE &&
	       take_one(a, &a->takes[a->take_first])) {
		a->take_first = (a->take_first + 1) % AGENT_TAKES;
		a->take_count--;
	}
	if (a->take_count || !a->takes_lost)
		return;
	a->takes_lost = false; /* what was not acknowledged is shown again */
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++) {
		gn_agent_link_drop(a->link, a->boxes[i].call);
		a->boxes[i].call = 0;
	}
}

/* The item and what is to be known of it, as one; the caller wipes and frees it. */
static uint8_t *waiting_bytes(const struct item *it, size_t *len)
{
	struct waiting_head head;
	uint8_t *bytes = malloc(sizeof head + it->bytes.len);
	memset(&head, 0, sizeof head);
	head.by = it->by;
	head.owner = it->owner;
	head.device = it->device;
	head.flags = (it->opened ? WAITS_OPENED : 0) | (it->invited ? WAITS_INVITED : 0);
	head.setup = it->setup;
	*len = sizeof head + it->bytes.len;
	if (bytes) {
		memcpy(bytes, &head, sizeof head);
		memcpy(bytes + sizeof head, it->bytes.p, it->bytes.len);
	}
	return bytes;
}

/* Holders keep what was not acknowledged: who goes here may come again. */
static gn_err make_room(struct gn_agent *a, struct gn_agent_tx *tx, const struct gn_pk *box)
{
	uint64_t count;
	GN_TRY(gn_agent_items_count(a->db, box, &count));
	for (; count >= AGENT_WAITING_MAX; count--)
		GN_TRY(gn_agent_items_thin(tx, box));
	return GN_OK;
}

/* Into the store with what it changed: seen, or kept until something opens it. */
static bool item_done(struct gn_agent *a, const struct item *it, bool waits)
{
	struct gn_agent_item row = {
		.box = it->box->sk.pk, .until_ms = it->until * 1000, .waits = waits};
	struct gn_agent_tx tx = {0};
	size_t len = 0;
	uint8_t *bytes = waits ? waiting_bytes(it, &len) : NULL;
	gn_err err = waits && !bytes ? GN_NOMEM : gn_agent_tx_begin(a->db, &tx);
	memcpy(row.id, it->id, sizeof row.id);
	row.bytes = gn_slice(bytes, len);
	if (!err && waits && !it->kept)
		err = make_room(a, &tx, &row.box);
	if (!err && !(waits && it->kept) && !it->nothing)
		err = gn_agent_item_put(&tx, &row);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (bytes)
		gn_wipe(bytes, len);
	free(bytes);
	if (!err)
		return true;
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
	return false;
}

/* ---- what a sender may cost ---- */

/* That of a deposit key; NULL: nothing is known of it. */
static struct agent_budget *budget_of(struct gn_agent *a, const struct gn_pk *by)
{
	for (unsigned i = 0; i < AGENT_BUDGETS; i++)
		if (a->budgets[i].count && gn_pk_eq(&a->budgets[i].by, by))
			return &a->budgets[i];
	return NULL;
}

/* Strangers work for each item. */
static bool spent(struct gn_agent *a, const struct item *it)
{
	struct agent_budget *b = budget_of(a, &it->by);
	if (b && b->since + AGENT_UNOPENED_WAIT <= a->now)
		b->count = 0;
	return b && b->count >= AGENT_UNOPENED_MAX && !gn_is_zero(it->by.b, sizeof it->by.b);
}

static void spend(struct gn_agent *a, const struct item *it)
{
	struct agent_budget *b = budget_of(a, &it->by);
	for (unsigned i = 0; !b && i < AGENT_BUDGETS; i++) /* a free one, else the oldest */
		if (!a->budgets[i].count)
			b = &a->budgets[i];
	if (!b) {
		b = &a->budgets[0];
		for (unsigned i = 1; i < AGENT_BUDGETS; i++)
			if (a->budgets[i].since < b->since)
				b = &a->budgets[i];
		b->count = 0;
	}
	if (!b->count)
		*b = (struct agent_budget){.by = it->by, .since = a->now};
	b->count++;
}

/* ---- opening ---- */

/* It is of somebody whom people let say something. GN_PENDING: not yet. */
static gn_err hand_over(struct gn_agent *a, const struct item *it)
{
	struct gn_people_in in = {
		.owner = it->owner, .device = it->device, .setup = it->setup, .content = it->bytes};
	struct gn_people_contact c;
	in.invited = it->invited && agent_invite_of(a, &it->by, in.invite);
	gn_err err = gn_people_recv(a->people, &in, a->now);
	a->invite_used = a->invite_used || in.invited;
	gn_wipe(in.invite, sizeof in.invite);
	if (!err && gn_people_get(a->people, &it->owner, &c) == GN_OK && !c.blocked &&
	    c.state == GN_PEOPLE_ACCEPTED)
		agent_held_unread(a, &it->device, it->bytes);
	return err == GN_MALFORMED || err == GN_USAGE ? GN_OK : err;
}

/* A header opened, and no key. Waits: too many do already, they are asked for in turn. */
static gn_err not_opened(struct gn_agent *a, const struct item *it, const struct gn_e2ee_read *read,
			 bool *waits)
{
	struct gn_hash hash;
	spend(a, it);
	gn_sha256(&it->bytes, 1, &hash);
	gn_err err = gn_people_unopened(a->people, &read->claim.owner, &read->claim.device, &hash,
					a->now);
	*waits = err == GN_LIMIT;
	return err == GN_LIMIT || err == GN_NOT_FOUND ? GN_OK
						      : err; /* of nobody who is a contact */
}

/* A contact wrote in a session that we do not have: their store or ours is an old copy that was put
 * back. With each device of theirs it begins anew, and they are asked for what they wrote. */
static gn_err parted(struct gn_agent *a, const struct item *it)
{
	struct gn_pk owner, device;
	struct gn_hash hash;
	gn_err err = GN_OK;
	if (it->kept || it->box->front || !agent_own_depositor(a, it->box, &it->by, &owner))
		return GN_OK; /* it is no news, or nobody's whom we know */
	gn_sha256(&it->bytes, 1, &hash);
	for (size_t i = 0; !err && gn_people_device_at(a->people, &owner, i, &device); i++) {
		agent_held_anew(a, &device);
		err = gn_people_unopened(a->people, &owner, &device, &hash, a->now);
		err = err == GN_LIMIT || err == GN_NOT_FOUND ? GN_OK : err;
	}
	return err;
}

/* What came of an envelope; opened: it is a content now, in room. */
static gn_err read_item(struct gn_agent *a, struct item *it, uint8_t *room, bool first, bool *waits)
{
	struct gn_buf content = {room, 0, it->bytes.len};
	struct gn_e2ee_read read;
	GN_TRY(gn_e2ee_read(a->e2ee, it->box->hint, it->bytes, &content, &read, a->now));
	switch (read.result) {
	case GN_E2EE_OPENED:
		it->opened = true;
		it->kept = false;
		it->setup = read.setup;
		it->owner = read.claim.owner;
		it->device = read.claim.device;
		it->bytes = gn_buf_slice(&content);
		a->look_waiting = a->look_waiting || read.setup;
		if (read.setup)
			agent_own_prekeys_used(a);
		return GN_OK;
	case GN_E2EE_WAIT:
		if (first)
			agent_claimed(a, &read.claim.owner,
				      it->invited && agent_invite_of(a, &it->by, NULL));
		*waits = true;
		return GN_OK;
	case GN_E2EE_RESEND: return not_opened(a, it, &read, waits);
	case GN_E2EE_UNKNOWN: *waits = true; return parted(a, it);
	case GN_E2EE_NONE:
	case GN_E2EE_REFUSED: it->nothing = !it->kept; return GN_OK;
	}
	return GN_INTERNAL;
}

/* True: it is done with, and is to be acknowledged. */
static bool open_item(struct gn_agent *a, struct item *it, bool first)
{
	size_t len = it->bytes.len;
	uint8_t *room = malloc(len + 1);
	bool waits = false;
	gn_err err = GN_OK;
	if (!room)
		err = GN_NOMEM;
	else if (!it->opened && spent(a, it))
		waits = true;
	else if (!it->opened)
		err = read_item(a, it, room, first, &waits);
	if (!err && it->opened) {
		err = hand_over(a, it);
		waits = err == GN_PENDING;
		err = waits ? GN_OK : err;
		if (!err && !waits && it->left)
			agent_held_heard(a, &it->owner, it->left);
	}
	bool done = false;
	if (err)
		agent_fail(a, err);
	else
		done = item_done(a, it, waits) && !waits;
	if (room)
		gn_wipe(room, len + 1);
	free(room);
	return done;
}

static bool note_item(void *user, const struct gn_agent_item *i)
{
	*(bool *)user = i->waits;
	return false;
}

static void take_in(struct gn_agent *a, struct item *it)
{
	bool waits = false;
	gn_err err = gn_agent_item_get(a->db, &it->box->sk.pk, it->id, note_item, &waits);
	if (err && err != GN_NOT_FOUND) {
		agent_fail(a, err);
		return;
	}
	if (err == GN_OK && waits)
		return; /* shown again by another holder: it waits here already */
	if (err == GN_OK || open_item(a, it, true))
		take(a, it);
}

/* Until when it is known that it was seen: what a holder says, within bounds. */
static uint64_t end_of(const struct gn_agent *a, uint64_t said)
{
	uint64_t least = agent_unix(a) + 86400, most = least + AGENT_ITEM_TTL;
	return said < least ? least : said < most ? said : most;
}

void agent_inbox_take(struct gn_agent *a, const struct agent_locked_item *in)
{
	struct item it = {.until = end_of(a, in->until),
			  .left = in->left,
			  .by = in->by,
			  .invited = in->invited,
			  .bytes = gn_slice(in->bytes, in->len)};
	memcpy(it.id, in->id, sizeof it.id);
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++)
		if (a->boxes[i].used && gn_pk_eq(&a->boxes[i].sk.pk, &in->box))
			it.box = &a->boxes[i];
	if (it.box)
		take_in(a, &it);
}

/* ---- what the node tells of a box ---- */

static void on_followed(void *user, const struct gn_host_client_event *e)
{
	struct agent_box *box = user;
	struct gn_agent *a = box->agent;
	if (e->what == GN_HOST_CLIENT_FAILED || (e->what == GN_HOST_CLIENT_ANSWER && !e->more)) {
		box->call = 0; /* followed again in the next turn that the link is up */
		box->followed = false;
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER || e->kind.area != GN_FB_APP_BODY_APP_BOX || a->failed)
		return;
	if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_SIGN) {
		agent_own_sign(a, (struct gn_fb_box_sign){e->table});
	} else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_FOLLOWING) {
		box->followed = true;
	} else if (e->kind.member == GN_FB_APP_BOX_BODY_BOX_GOT) {
		struct gn_fb_box_got t = {e->table};
		struct gn_slice id = gn_fb_box_got_id(t);
		struct item it = {.box = box,
				  .until = gn_fb_box_got_until(t),
				  .left = gn_fb_box_got_deposited(t),
				  .bytes = gn_fb_box_got_item(t)};
		struct gn_hash hash;
		gn_sha256(&it.bytes, 1, &hash);
		if (id.len != sizeof it.id || memcmp(id.p, hash.b, sizeof it.id) != 0)
			return; /* a node that makes things up */
		memcpy(it.id, id.p, sizeof it.id);
		it.until = end_of(a, it.until);
		if (gn_fb_box_got_has_by(t))
			memcpy(it.by.b, gn_fb_box_got_by(t).b, sizeof it.by.b);
		it.invited = agent_invited(&box->sk.pk, &it.by, &hash, t);
		take_in(a, &it);
	}
}

static void follow(struct gn_agent *a, struct agent_box *box)
{
	struct gn_fb_key key, read_key, ack_key;
	struct gn_sk read, ack;
	if (gn_agent_vault_reader(a->vault, &box->sk.pk, &read) != GN_OK)
		return;
	if (gn_agent_vault_ack(a->vault, &box->sk.pk, &ack) != GN_OK) {
		gn_sk_wipe(&read);
		return;
	}
	memcpy(key.b, box->sk.pk.b, sizeof key.b);
	memcpy(read_key.b, read.pk.b, sizeof read_key.b);
	memcpy(ack_key.b, ack.pk.b, sizeof ack_key.b);
	gn_sk_wipe(&read);
	gn_sk_wipe(&ack);
	struct gn_fb_box_follow_args args = {.box = &key,
					     .front = box->front,
					     .read = &read_key,
					     .ack = &ack_key,
					     .poll = box->until != 0,
					     .session = agent_session(a)};
	gn_fbref table = gn_fb_box_follow_make(gn_agent_link_builder(a->link), &args);
	if (gn_agent_link_call(a->link, follow_kind, table, GN_HOST_CLIENT_LASTS, on_followed, box,
			       &box->call) != GN_OK)
		box->call = 0;
}

/* ---- the outside ---- */

struct waiting {
	struct gn_agent *agent;
	struct gn_agent_item last; /* without its bytes */
	unsigned count;
	struct item items[AGENT_WAITING_AT_ONCE];
};

static bool copy_waiting(void *user, const struct gn_agent_item *i)
{
	struct waiting *w = user;
	struct item *it = &w->items[w->count];
	struct waiting_head head;
	uint8_t *bytes = malloc(i->bytes.len + 1);
	if (!bytes)
		return false;
	w->last = *i;
	memcpy(bytes, i->bytes.p, i->bytes.len);
	*it = (struct item){.until = i->until_ms / 1000, .bytes = gn_slice(bytes, i->bytes.len)};
	memcpy(it->id, i->id, sizeof it->id);
	for (unsigned b = 0; b < AGENT_BOXES_ALL; b++)
		if (w->agent->boxes[b].used && gn_pk_eq(&w->agent->boxes[b].sk.pk, &i->box))
			it->box = &w->agent->boxes[b];
	if (i->bytes.len >= sizeof head) {
		memcpy(&head, bytes, sizeof head);
		it->by = head.by;
		it->owner = head.owner;
		it->device = head.device;
		it->opened = head.flags & WAITS_OPENED;
		it->invited = head.flags & WAITS_INVITED;
		it->setup = head.setup;
		it->kept = true;
	}
	return ++w->count < AGENT_WAITING_AT_ONCE;
}

/* One that waits, tried once more; the bytes are its own. */
static void try_waiting(struct gn_agent *a, struct item *it, bool first)
{
	struct gn_slice all = it->bytes;
	if (it->box && all.len >= sizeof(struct waiting_head)) {
		it->bytes = gn_slice_sub(all, sizeof(struct waiting_head),
					 all.len - sizeof(struct waiting_head));
		if (open_item(a, it, first))
			take(a, it);
	}
	gn_wipe((void *)(uintptr_t)all.p, all.len);
	free((void *)(uintptr_t)all.p);
}

/* All of them, some at a time, so that nobody's keep out others'. */
static void look_at_waiting(struct gn_agent *a, bool first)
{
	struct waiting *w = malloc(sizeof *w);
	bool more = w != NULL, begun = false;
	a->look_waiting = false;
	while (more && !a->failed) {
		struct gn_agent_item after = begun ? w->last : (struct gn_agent_item){0};
		w->agent = a;
		w->count = 0;
		gn_err err = gn_agent_items_waiting(a->db, begun ? &after : NULL,
						    AGENT_WAITING_AT_ONCE, copy_waiting, w, &more);
		if (err)
			agent_fail(a, err);
		begun = true;
		more = w->count > 0; /* until there are none */
		for (unsigned i = 0; i < w->count; i++)
			try_waiting(a, &w->items[i], first);
	}
	free(w);
}

static void forget_ended(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_items_prune(&tx, agent_unix_ms(a));
	(void)agent_tx_end(a, &tx, err);
}

gn_time agent_inbox_pump(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++) {
		struct agent_box *box = &a->boxes[i];
		if (!box->used || box->call || !box->seq || !gn_agent_link_is_up(a->link))
			continue;
		if (box->due <= a->now) {
			box->due = a->now + AGENT_FOLLOW_WAIT; /* not at once again, if it fails */
			follow(a, box);
		}
		next = box->call ? next : gn_time_min(next, box->due);
	}
	takes_pump(a);
	if (a->invite_used && !a->failed) { /* the box lets no more in by one that is used up */
		a->invite_used = false;
		agent_own_invites(a);
	}
	if (a->waiting_due <= a->now && !a->failed) { /* who could not be found may be there now */
		a->waiting_due = a->now + AGENT_WAITING_LOOK;
		forget_ended(a);
		look_at_waiting(a, true);
	}
	if (a->look_waiting && !a->failed)
		look_at_waiting(a, false);
	return gn_time_min(gn_time_min(next, a->waiting_due), agent_claims_pump(a));
}

void agent_inbox_close(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_BOXES_ALL; i++) {
		gn_agent_link_drop(a->link, a->boxes[i].call);
		a->boxes[i].call = 0;
	}
}
