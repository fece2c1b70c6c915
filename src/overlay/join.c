/* How a node becomes part of the ring. Bootstrap addresses are greeted (their keys are learnt
 * from the answer), the first server leads to our own place by FIND(own theta), the leaf set
 * does the rest. Without links it begins again, for ever (OV-40..OV-44).
 *
 *   ALONE    -> GREETING  [join_due]
 *   GREETING -> FINDING   [join_hello]
 *   FINDING  -> LINKING   [join_found]
 *   LINKING  -> JOINED    [join_check]
 *   GREETING -> JOINED    [join_due: no server answered for a while, and somebody has to be the
 *                          first]
 *   JOINED   -> SERVER    [join_check, after the probation]
 *   SERVER   -> JOINED    [reach_due: it is found not to be reached directly; hold: it is to hold
 *                          nothing] */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"

gn_err gn_overlay_hint(struct gn_overlay *ov, const struct gn_contact *contact, gn_time now)
{
	gn_ov_begin(ov, now);
	if (contact->addr_count == 0 || contact->addr_count > GN_CONTACT_ADDRS)
		return GN_USAGE;
	if (!gn_ov_contact_valid(ov, contact))
		return GN_PROOF_OF_WORK;
	if (gn_pk_eq(&contact->pk, &ov->self.pk))
		return GN_OK;
	struct gn_contact c = *contact;
	c.mode = GN_FB_NODE_MODE_SERVER; /* as remembered; it will say so itself */
	if (!gn_ov_contact_hear(ov, &c, NULL, 0, NULL, now))
		return GN_NOMEM;
	gn_ov_task_soon(ov, GN_OV_TASK_JOIN, now);
	return GN_OK;
}

static void greet_boot(struct gn_overlay *ov, struct gn_ov_bootstrap *b, gn_time now)
{
	GN_ASSERT(b >= ov->boots && b < ov->boots + GN_OV_BOOTSTRAPS_MAX);
	struct gn_contact to = {.addr_count = 1, .addrs = {b->addr}};
	/* out already; or it is ourselves */
	if (b->addr.port == 0 || b->request || (b->has_pk && gn_pk_eq(&b->pk, &ov->self.pk)))
		return;
	if (b->has_pk)
		to.pk = b->pk;
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_HELLO, &to, now);
	if (!r)
		return;
	r->any = !b->has_pk;
	r->slot = (uint8_t)(b - ov->boots + 1);
	b->request = r->id;
	gn_ov_hello_send(ov, &to, r->id, false);
}

/* Is it still there? One try: there will be more. */
static void greet_contact(struct gn_overlay *ov, const struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(!c->link || c->link->contact == c);
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_HELLO, &c->c, now);
	if (r)
		gn_ov_hello_send(ov, &c->c, r->id, false);
}

/* One bootstrap address at random, for healing. */
static void greet_any(struct gn_overlay *ov, gn_time now)
{
	if (ov->boot_count)
		greet_boot(ov, &ov->boots[gn_rand_below(ov->env.rand, ov->boot_count)], now);
}

static void become_server(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->joined && !ov->server);
	ov->server = true;
	ov->self.mode = GN_FB_NODE_MODE_SERVER;
	gn_ov_ring_touch(ov);
	gn_ov_out_event(ov, GN_OVERLAY_SERVER, &ov->self);
	gn_ov_hello_all(ov, now);
}

/* What it holds it hands over (repair.c). */
static void become_client(struct gn_overlay *ov)
{
	GN_ASSERT(ov->server && gn_ov_kept_out(ov));
	ov->server = false;
	ov->self.mode = GN_FB_NODE_MODE_CLIENT;
	gn_ov_ring_touch(ov);
}

void gn_ov_reach_due(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->tasks[GN_OV_TASK_REACH].node.place);
	gn_ov_task_set(ov, GN_OV_TASK_REACH, GN_NEVER);
	if (ov->self.reach == ov->reach_found && ov->self.can == ov->can_found)
		return;
	ov->self.reach = ov->reach_found;
	ov->self.can = ov->can_found;
	ov->reach_told = now;
	if (ov->server && gn_ov_kept_out(ov))
		become_client(ov);
	gn_ov_hello_all(ov, now);
	gn_ov_join_check(ov, now);
}

void gn_ov_hold(struct gn_overlay *ov, bool hold, gn_time now)
{
	if (ov->holds_nothing != hold)
		return;
	ov->holds_nothing = !hold;
	if (ov->server && gn_ov_kept_out(ov)) {
		become_client(ov);
		gn_ov_hello_all(ov, now);
		gn_ov_repair_soon(ov, now);
	}
	gn_ov_join_check(ov, now);
}

static void set_joined(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(!ov->joined);
	ov->joined = true;
	gn_ov_ring_touch(ov);
	gn_ov_out_event(ov, GN_OVERLAY_JOINED, &ov->self);
	gn_ov_task_soon(ov, GN_OV_TASK_JOIN, now);
	gn_ov_task_soon(ov, GN_OV_TASK_FILL, now + GN_SEC);
	gn_ov_task_soon(ov, GN_OV_TASK_HEAL, now + gn_ov_spread(ov, ov->cfg.heal, 20));
}

/* The neighbour next to us on one side, of those who may be one. */
static const struct gn_ov_contact *next_on(const struct gn_overlay *ov, bool ccw, gn_time now)
{
	uint32_t n = ov->contact_count;
	if (n == 0)
		return NULL;
	uint32_t at = gn_ov_contact_place(ov, &ov->self.id) % n;
	for (uint32_t i = 0; i < n; i++) {
		const struct gn_ov_contact *c =
			ov->contacts[ccw ? (at + n - 1 - i) % n : (at + i) % n];
		if (gn_ov_contact_usable(ov, c, now))
			return c;
	}
	return NULL;
}

static bool is_linked(const struct gn_ov_contact *c)
{
	return c && c->link && c->link->state == GN_OV_LINK_UP;
}

/* It knows nobody, and was given nobody to begin at: there is nobody who could watch it (OV-7). */
static bool is_founder(const struct gn_overlay *ov)
{
	return !ov->boot_count && !ov->contact_count && !ov->cfg.awaits_bootstrap;
}

void gn_ov_join_check(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(!ov->server || ov->joined);
	if (!ov->joined && !ov->own_find && is_linked(next_on(ov, false, now)) &&
	    is_linked(next_on(ov, true, now)))
		set_joined(ov, now);
	bool served =
		ov->cfg.probation_off || now - ov->start >= ov->cfg.probation || is_founder(ov);
	bool kept = gn_ov_kept_out(ov);
	if (ov->joined && !ov->server && served && !kept)
		become_server(ov, now);
	if (ov->joined && !ov->server && !kept)
		gn_ov_task_soon(ov, GN_OV_TASK_JOIN, ov->start + ov->cfg.probation);
}

void gn_ov_join_due(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->tasks[GN_OV_TASK_JOIN].node.place);
	gn_ov_task_set(ov, GN_OV_TASK_JOIN, GN_NEVER);
	bool begun = !is_founder(ov), alone = gn_ov_server_links(ov) == 0;
	if (!ov->joined && alone && (!begun || now - ov->start >= GN_OV_ALONE))
		set_joined(ov, now);
	gn_ov_join_check(ov, now);
	if (!alone && ov->joined)
		return;
	if (!alone && !ov->own_find) { /* half in: the neighbours were not those we thought */
		gn_ov_find_theta(ov, ov->theta, GN_OV_FOR_JOIN, NULL, now);
	} else if (alone) {
		for (uint32_t i = 0; i < ov->boot_count; i++)
			greet_boot(ov, &ov->boots[i], now);
		/* The cache, the buried ones too: when all are gone, tombs say little. */
		for (unsigned i = 0; i < 3 && ov->contact_count; i++) {
			struct gn_ov_contact *c =
				ov->contacts[gn_rand_below(ov->env.rand, ov->contact_count)];
			if (!c->link)
				greet_contact(ov, c, now);
		}
	}
	if (begun) {
		gn_ov_task_soon(ov, GN_OV_TASK_JOIN, now + gn_ov_spread(ov, ov->boot_backoff, 20));
		ov->boot_backoff = gn_time_min(2 * ov->boot_backoff, GN_OV_BOOT_LAST);
	}
}

/* A greeted node answered. c NULL: it is not acceptable (work, version). */
void gn_ov_join_hello(struct gn_overlay *ov, struct gn_ov_request *r, struct gn_ov_contact *c,
		      gn_time now)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_HELLO);
	GN_ASSERT(r->slot <= ov->boot_count);
	if (r->slot) {
		struct gn_ov_bootstrap *b = &ov->boots[r->slot - 1];
		b->request = 0;
		if (b->addr.port) /* not dropped meanwhile */
			b->answered = now;
	}
	if (!c || c->c.mode != GN_FB_NODE_MODE_SERVER)
		return;
	if (!ov->joined || gn_ov_server_links(ov) == 0) {
		if (!ov->own_find)
			gn_ov_find_theta(ov, ov->theta, GN_OV_FOR_JOIN, c, now);
	} else if (!c->link) { /* healing: does it know neighbours of ours that we do not? */
		gn_ov_find_theta(ov, ov->theta, GN_OV_FOR_HEAL, c, now);
	}
}

void gn_ov_on_hello(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_hello m,
		    gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_HELLO);
	bool reply = gn_fb_hello_reply(m);
	struct gn_ov_request *r = reply ? gn_ov_request_answered(ov, from, now) : NULL;
	uint64_t refused = ov->count.pow_refused;
	struct gn_ov_contact *c = gn_ov_meet(ov, from, m, now);
	if (ov->count.pow_refused != refused) {
		/* of a network with other puzzles: each is told (OV-40) */
		ov->other_work = ov->other_work || r;
		if (!reply)
			gn_ov_refuse(ov, &from->c, from->request, GN_PROOF_OF_WORK);
	}
	if (r) {
		gn_ov_join_hello(ov, r, c, now);
		gn_ov_request_free(ov, r);
	} else if (!reply && from->request && c) {
		gn_ov_hello_send(ov, &c->c, from->request, true);
	}
}

void gn_ov_join_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_HELLO);
	GN_ASSERT(r->slot <= ov->boot_count);
	if (r->slot && ++r->tries < GN_OV_TRIES) { /* a lost datagram is no answer yet */
		r->cold = true;
		r->dead_at = now + GN_OV_COLD_MIN;
		gn_err err = gn_ov_timer_set(ov, &r->timer, r->dead_at);
		GN_ASSERT(err == GN_OK);
		gn_ov_hello_send(ov, &r->to, r->id, false);
		return;
	}
	if (r->slot) {
		struct gn_ov_bootstrap *b = &ov->boots[r->slot - 1];
		b->request = 0;
		if (b->learnt) /* another node may answer there one day */
			b->has_pk = b->learnt = false;
	}
	gn_ov_request_free(ov, r);
}

/* FIND(own theta) ended: its contacts are in the store by now, the leaf set chooses among them. */
void gn_ov_join_found(struct gn_overlay *ov, const struct gn_ov_op *op, gn_time now)
{
	GN_ASSERT(op->ended && op->purpose != GN_OV_USER);
	if (op->purpose != GN_OV_FOR_JOIN)
		return;
	ov->own_find = false;
	gn_ov_ring_touch(ov);
	if (!ov->joined)
		gn_ov_task_soon(ov, GN_OV_TASK_JOIN, now + GN_SEC);
}

/* ---- periodic ---- */

void gn_ov_fill_due(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->tasks[GN_OV_TASK_FILL].node.place);
	gn_ov_task_set(ov, GN_OV_TASK_FILL, now + gn_ov_spread(ov, GN_OV_FILL, 10));
	gn_ov_contact_sweep(ov, now);
	ov->leaf_dirty = true;
	if (!ov->joined)
		return;
	gn_ov_annulus_trim(ov, now);
	gn_ov_annulus_fill(ov, now);
}

/* OV-33: through somebody who is not a neighbour, ask for our own place; islands and split rings
 * find each other. */
void gn_ov_heal_due(struct gn_overlay *ov, gn_time now)
{
	GN_ASSERT(ov->joined);
	bool few = gn_ov_server_links(ov) < ov->cfg.l;
	ov->heal_backoff = few ? gn_time_min(2 * ov->heal_backoff, ov->cfg.heal) : GN_OV_HEAL_FIRST;
	gn_ov_task_set(ov, GN_OV_TASK_HEAL,
		       now + gn_ov_spread(ov, few ? ov->heal_backoff : ov->cfg.heal, 20));
	ov->count.heals++;
	struct gn_ov_contact *pick = NULL;
	uint32_t seen = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (!c->link && gn_rand_below(ov->env.rand, ++seen) == 0)
			pick = c;
	}
	if (!pick || gn_rand_below(ov->env.rand, 4) == 0)
		greet_any(ov, now);
	if (pick) {
		if (pick->tomb_until && pick->tomb_until <= now + GN_OV_TOMB / 2)
			pick->tomb_until = 0; /* dead long enough to ask again */
		gn_ov_find_theta(ov, ov->theta, GN_OV_FOR_HEAL, pick, now);
	} else if (gn_ov_server_links(ov)) {
		gn_ov_find_theta(ov, ov->theta, GN_OV_FOR_HEAL, NULL, now);
	}
}
