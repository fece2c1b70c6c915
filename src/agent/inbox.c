/* Items of our boxes: opened, handed to people, acknowledged once all of it is in the store.
 *
 *   got -> seen before: acknowledged again
 *       -> opened [a session] -> people -> stored -> acknowledged
 *       -> waits  [by a device that we do not know: it is looked up; or nothing opens it yet]
 *       -> passed over [not for this device, or no envelope] -> acknowledged
 *
 * What waits is kept sealed until its own end, and tried again when something new is believed.
 * Rules AG-57, AG-58. */
#include "agent/agent_int.h"

#include <stdlib.h>

static const struct gn_app_kind follow_kind = {GN_FB_APP_BODY_APP_BOX,
					       GN_FB_APP_BOX_BODY_BOX_FOLLOW},
				take_kind = {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_TAKE};

struct item {
	unsigned box; /* which of ours */
	uint8_t id[16];
	uint64_t until; /* Unix seconds */
	struct gn_slice bytes;
};

/* ---- acknowledging ---- */

static void take(struct gn_agent *a, const struct item *it)
{
	struct gn_fb_key box;
	if (!gn_agent_link_is_up(a->link))
		return; /* it is shown again, and was seen */
	memcpy(box.b, a->boxes[it->box].sk.pk.b, sizeof box.b);
	struct gn_fb_box_take_args args = {.box = &box, .id = GN_SLICE(it->id)};
	gn_fbref table = gn_fb_box_take_make(gn_agent_link_builder(a->link), &args);
	gn_err err = gn_agent_link_call(a->link, take_kind, table, 0, agent_no_answer, a, NULL);
	(void)err;
}

/* Into the store with what it changed: seen, or kept until something opens it. */
static bool item_done(struct gn_agent *a, const struct item *it, bool waits)
{
	struct gn_agent_item row = {.box = a->boxes[it->box].sk.pk,
				    .until_ms = it->until * 1000,
				    .waits = waits,
				    .bytes = waits ? it->bytes : gn_slice(NULL, 0)};
	struct gn_agent_tx tx;
	memcpy(row.id, it->id, sizeof row.id);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_item_put(&tx, &row);
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

/* ---- who we do not know ---- */

/* Somebody whose device must be looked up before their item can be opened: at once when they are a
 * contact. A stranger could find out by it which nodes we ask, so the person is shown their PID and
 * says whether to. */
static void agent_claimed(struct gn_agent *a, const struct gn_pk *owner)
{
	struct gn_people_contact c;
	bool known = gn_people_get(a->people, owner, &c) == GN_OK;
	size_t i = 0;
	while (i < a->claim_count && !gn_pk_eq(&a->claims[i].owner, owner))
		i++;
	if (!known && i == a->claim_count) {
		if (a->claim_count == AGENT_CLAIMS) { /* the oldest gives way: its item waits on */
			memmove(a->claims, a->claims + 1, (AGENT_CLAIMS - 1) * sizeof a->claims[0]);
			a->claim_count--;
			i--;
		}
		a->claims[a->claim_count++] = (struct agent_claim){.owner = *owner};
	}
	if (known) {
		gn_err err = gn_agent_know_ask(a->know, owner);
		(void)err; /* full: when it is looked at again */
	}
}

void agent_claim_accept(struct gn_agent *a, struct agent_claim *claim)
{
	claim->accepted = true;
	claim->wait = AGENT_CLAIM_WAIT;
	claim->again = a->now;
	claim->until = a->now + AGENT_CLAIM_SHOWN;
}

/* Those whom the person wants to hear, until they are found: what they publish may have been on
 * its way only. When to look again. */
static gn_time claims_pump(struct gn_agent *a)
{
	gn_time due = GN_NEVER;
	for (size_t i = 0; i < a->claim_count; i++) {
		struct agent_claim *c = &a->claims[i];
		if (!c->accepted)
			continue;
		if (c->again <= a->now) {
			(void)!gn_agent_know_ask(a->know, &c->owner); /* full: the next time */
			c->again = a->now + c->wait;
			c->wait = gn_time_min(2 * c->wait, AGENT_CLAIM_WAIT_MAX);
		}
		due = gn_time_min(due, c->again);
	}
	return due;
}

/* ---- opening ---- */

static gn_err hand_over(struct gn_agent *a, const struct gn_e2ee_read *read,
			struct gn_slice content)
{
	struct gn_people_in in = {.owner = read->claim.owner,
				  .device = read->claim.device,
				  .setup = read->setup,
				  .content = content};
	gn_err err = gn_people_recv(a->people, &in, a->now);
	return err == GN_MALFORMED ? GN_OK : err;
}

/* True: it is done with, and is to be acknowledged. */
static bool open_item(struct gn_agent *a, const struct item *it, bool first)
{
	uint8_t *room = malloc(it->bytes.len + 1);
	struct gn_buf content = {room, 0, it->bytes.len};
	struct gn_e2ee_read read;
	struct gn_hash hash;
	bool waits = false;
	gn_err err = room ? gn_e2ee_read(a->e2ee, a->boxes[it->box].hint, it->bytes, &content,
					 &read, a->now)
			  : GN_NOMEM;
	if (!err) {
		switch (read.result) {
		case GN_E2EE_OPENED:
			err = hand_over(a, &read, gn_buf_slice(&content));
			a->look_waiting = a->look_waiting || read.setup;
			break;
		case GN_E2EE_WAIT:
			if (first)
				agent_claimed(a, &read.claim.owner);
			waits = true;
			break;
		case GN_E2EE_RESEND:
			gn_sha256(&it->bytes, 1, &hash);
			err = gn_people_unopened(a->people, &read.claim.owner, &read.claim.device,
						 &hash, a->now);
			break;
		case GN_E2EE_UNKNOWN: waits = true; break;
		case GN_E2EE_NONE:
		case GN_E2EE_REFUSED: break;
		}
	}
	if (room)
		gn_wipe(room, it->bytes.len + 1);
	free(room);
	if (err) {
		agent_fail(a, err);
		return false;
	}
	return item_done(a, it, waits) && !waits;
}

static bool note_item(void *user, const struct gn_agent_item *i)
{
	*(bool *)user = i->waits;
	return false;
}

static void take_in(struct gn_agent *a, const struct item *it)
{
	bool waits = false;
	gn_err err = gn_agent_item_get(a->db, &a->boxes[it->box].sk.pk, it->id, note_item, &waits);
	if (err && err != GN_NOT_FOUND) {
		agent_fail(a, err);
		return;
	}
	if (err == GN_OK && waits)
		return; /* shown again by another holder: it waits here already */
	if (err == GN_OK || open_item(a, it, true))
		take(a, it);
}

/* ---- what the node tells of a box ---- */

static void on_followed(struct gn_agent *a, unsigned which, const struct gn_host_client_event *e)
{
	struct agent_box *box = &a->boxes[which];
	if (e->what == GN_HOST_CLIENT_FAILED) {
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
		struct item it = {.box = which,
				  .until = gn_fb_box_got_until(t),
				  .bytes = gn_fb_box_got_item(t)};
		struct gn_hash hash;
		uint64_t most = agent_unix(a) + AGENT_ITEM_TTL + 86400;
		gn_sha256(&it.bytes, 1, &hash);
		if (id.len != sizeof it.id || memcmp(id.p, hash.b, sizeof it.id) != 0)
			return; /* a node that makes things up */
		memcpy(it.id, id.p, sizeof it.id);
		it.until = it.until < most ? it.until : most;
		take_in(a, &it);
	}
}

static void on_front(void *user, const struct gn_host_client_event *e)
{
	on_followed(user, AGENT_FRONT, e);
}

static void on_private(void *user, const struct gn_host_client_event *e)
{
	on_followed(user, AGENT_PRIVATE, e);
}

static void follow(struct gn_agent *a, unsigned which)
{
	static gn_agent_link_fn *const heard[AGENT_BOXES] = {on_front, on_private};
	struct agent_box *box = &a->boxes[which];
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
	struct gn_fb_box_follow_args args = {
		.box = &key, .front = box->front, .read = &read_key, .ack = &ack_key};
	gn_fbref table = gn_fb_box_follow_make(gn_agent_link_builder(a->link), &args);
	if (gn_agent_link_call(a->link, follow_kind, table, GN_HOST_CLIENT_LASTS, heard[which], a,
			       &box->call) != GN_OK)
		box->call = 0;
}

/* ---- the outside ---- */

struct waiting {
	struct gn_agent *agent;
	unsigned count;
	struct item items[AGENT_WAITING_AT_ONCE];
};

static bool copy_waiting(void *user, const struct gn_agent_item *i)
{
	struct waiting *w = user;
	struct item *it = &w->items[w->count];
	uint8_t *bytes = malloc(i->bytes.len + 1);
	if (!bytes)
		return false;
	memcpy(bytes, i->bytes.p, i->bytes.len);
	*it = (struct item){.until = i->until_ms / 1000, .bytes = gn_slice(bytes, i->bytes.len)};
	memcpy(it->id, i->id, sizeof it->id);
	for (unsigned b = 0; b < AGENT_BOXES; b++)
		if (gn_pk_eq(&w->agent->boxes[b].sk.pk, &i->box))
			it->box = b;
	return ++w->count < AGENT_WAITING_AT_ONCE;
}

static void look_at_waiting(struct gn_agent *a, bool first)
{
	struct waiting w = {.agent = a};
	bool more;
	a->look_waiting = false;
	gn_err err = gn_agent_items_waiting(a->db, AGENT_WAITING_AT_ONCE, copy_waiting, &w, &more);
	if (err)
		agent_fail(a, err);
	for (unsigned i = 0; i < w.count; i++) {
		if (!a->failed && open_item(a, &w.items[i], first))
			take(a, &w.items[i]);
		free((void *)(uintptr_t)w.items[i].bytes.p);
	}
}

gn_time agent_inbox_pump(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_BOXES; i++) {
		struct agent_box *box = &a->boxes[i];
		if (box->call || !box->made || box->due > a->now || !gn_agent_link_is_up(a->link))
			continue;
		box->due = a->now + AGENT_FOLLOW_WAIT; /* not at once again, if it fails */
		follow(a, i);
	}
	if (a->waiting_due <= a->now && !a->failed) { /* who could not be found may be there now */
		a->waiting_due = a->now + AGENT_WAITING_LOOK;
		look_at_waiting(a, true);
	}
	if (a->look_waiting && !a->failed)
		look_at_waiting(a, false);
	return gn_time_min(a->waiting_due, claims_pump(a));
}

void agent_inbox_close(struct gn_agent *a)
{
	for (unsigned i = 0; i < AGENT_BOXES; i++) {
		gn_agent_link_drop(a->link, a->boxes[i].call);
		a->boxes[i].call = 0;
	}
}
