/* The life of a link, from the side that asks: mutual, kept open, pinged by either side (peer.c
 * answers).
 *
 *   none        -> ASKED         [link_ask]
 *   ASKED       -> UP            [on_link_ok]
 *   none, ASKED -> UP            [on_link]
 *   ASKED       -> none, buried  [three tries]
 *   UP          -> none          [on_unlink, trim]
 *   UP          -> none, buried  [three PINGs unanswered]
 *
 *   1. At most one PING and one LINK of a link is out.
 *   2. LINKED and UNLINKED alternate for each peer. */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

void gn_ov_count_load(struct gn_overlay *ov, gn_time now)
{
	gn_time past = now - ov->load_at;
	if (past < 10 * GN_SEC)
		return;
	uint64_t per_second = (uint64_t)ov->load_served * (uint64_t)GN_SEC / (uint64_t)past;
	ov->load = (uint8_t)(per_second > 255 ? 255 : (ov->load + per_second) / 2);
	ov->self.load = ov->load;
	ov->load_served = 0;
	ov->load_at = now;
}

static gn_time ping_period(const struct gn_overlay *ov, const struct gn_ov_link *l)
{
	return l->leaf || l->their_leaf ? ov->cfg.ping_leaf : ov->cfg.ping_long;
}

void gn_ov_link_rest(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	gn_err err = gn_ov_timer_set(ov, &l->timer, now + gn_ov_spread(ov, ping_period(ov, l), 10));
	GN_ASSERT(err == GN_OK);
}

/* Whose link goes first: a client's, then the youngest; nobody's whom either side needs as a
 * leaf. */
static struct gn_ov_contact *worth_least(const struct gn_overlay *ov)
{
	GN_ASSERT(ov->link_count > 0);
	struct gn_ov_contact *worst = NULL;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (!c->link || c->link->leaf || gn_ov_leaf_claim(ov, c))
			continue;
		if (!worst || gn_ov_is_server(c) < gn_ov_is_server(worst) ||
		    (gn_ov_is_server(c) == gn_ov_is_server(worst) &&
		     c->link->since > worst->link->since))
			worst = c;
	}
	return worst;
}

struct gn_ov_link *gn_ov_link_new(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf,
				  gn_time now)
{
	GN_ASSERT(!c->link);
	struct gn_ov_contact *gone =
		leaf && ov->link_count >= gn_ov_links_max(ov) ? worth_least(ov) : NULL;
	if (gone) {
		ov->count.links_gave_way++;
		gn_ov_link_drop(ov, gone, true, now);
	}
	if (ov->link_count >= gn_ov_links_max(ov)) {
		ov->count.links_full++;
		return NULL;
	}
	struct gn_ov_link *l = GN_NEW(ov->env.alloc, struct gn_ov_link);
	if (!l) {
		ov->count.nomem++;
		return NULL;
	}
	l->contact = c;
	l->since = l->leaf_since = now;
	gn_ov_timer_init(&l->timer, GN_OV_TIMER_LINK);
	if (gn_ov_timer_set(ov, &l->timer, GN_NEVER) != GN_OK) {
		gn_mem_free(ov->env.alloc, l);
		ov->count.nomem++;
		return NULL;
	}
	c->link = l;
	ov->link_count++;
	ov->client_links += !gn_ov_is_server(c);
	return l;
}

gn_time gn_ov_next_flip(const struct gn_ov_contact *c)
{
	return c->flips_at - (GN_OV_FLIPS - 1) * GN_OV_FLIP_EVERY;
}

void gn_ov_flip(struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(c->link && c->link->contact == c);
	c->flips_at = (c->flips_at > now ? c->flips_at : now) + GN_OV_FLIP_EVERY;
}

static void tell_mode(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);

void gn_ov_link_up(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	if (l->state == GN_OV_LINK_UP)
		return;
	l->state = GN_OV_LINK_UP;
	gn_ov_flip(l->contact, now);
	l->contact->waited = 0;
	l->miss = 0;
	l->told = true;
	ov->links_up++;
	ov->count.links_made++;
	if (gn_ov_is_server(l->contact))
		ov->list_version++;
	gn_ov_ring_touch(ov);
	gn_ov_out_event(ov, GN_OVERLAY_LINKED, &l->contact->c);
	gn_ov_link_rest(ov, l, now);
	if (l->told_mode != ov->self.mode)
		tell_mode(ov, l, now);
}

void gn_ov_link_drop(struct gn_overlay *ov, struct gn_ov_contact *c, bool tell, gn_time now)
{
	struct gn_ov_link *l = c->link;
	GN_ASSERT(l && l->contact == c);
	bool up = l->state == GN_OV_LINK_UP;
	GN_ASSERT(ov->link_count > 0 && (!up || ov->links_up > 0));
	if (tell && up) {
		struct gn_fbb b = gn_ov_builder(ov);
		gn_fbref body =
			gn_fb_unlink_make(&b, &(struct gn_fb_unlink_args){.code = GN_FB_CODE_BUSY});
		(void)gn_ov_send(ov, &b, &c->c, 0, GN_FB_OVERLAY_BODY_UNLINK, body);
	}
	struct gn_ov_request *r = l->ping ? gn_ov_request_get(ov, l->ping) : NULL;
	if (r)
		gn_ov_request_free(ov, r);
	gn_heap_remove(&ov->timers, &l->timer.node);
	ov->link_count--;
	ov->client_links -= !gn_ov_is_server(c);
	if (up) {
		c->client_left = gn_ov_is_server(c) ? c->client_left : now;
		ov->links_up--;
		if (gn_ov_is_server(c)) {
			ov->list_version++;
			gn_ov_synced_forget(ov, &c->c.id);
		}
		gn_ov_out_event(ov, GN_OVERLAY_UNLINKED, &c->c);
	}
	c->link = NULL;
	gn_time again = gn_ov_next_flip(c);
	c->refused_until = c->refused_until > again ? c->refused_until : again;
	c->leaf_refused_until = c->leaf_refused_until > again ? c->leaf_refused_until : again;
	gn_mem_free(ov->env.alloc, l);
	if (up || !ov->joined)
		gn_ov_ring_touch(ov);
	else /* nobody's member: only another may be a leaf now */
		ov->leaf_dirty = true;
	if (ov->link_count < ov->cfg.l && ov->joined) {
		ov->heal_backoff = GN_OV_HEAL_FIRST;
		gn_ov_task_soon(ov, GN_OV_TASK_HEAL, now + gn_ov_spread(ov, ov->heal_backoff, 20));
	}
}

void gn_ov_link_dead(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now)
{
	GN_ASSERT(c->link && c->link->contact == c);
	ov->count.links_lost += c->link->state == GN_OV_LINK_UP;
	gn_ov_link_drop(ov, c, false, now);
	gn_ov_contact_bury(ov, c, now);
}

/* ---- asking ---- */

static void send_link(struct gn_overlay *ov, const struct gn_ov_contact *c,
		      const struct gn_ov_link *l, uint64_t request)
{
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref hello = gn_ov_put_hello(ov, &b, false);
	gn_fbref body = gn_fb_link_make(
		&b, &(struct gn_fb_link_args){
			    .kind = l->leaf ? GN_FB_LINK_KIND_LEAF : GN_FB_LINK_KIND_LONG,
			    .annulus = (uint8_t)gn_ov_place_of(ov, c->theta).annulus,
			    .hello = hello,
		    });
	(void)gn_ov_send(ov, &b, &c->c, request, GN_FB_OVERLAY_BODY_LINK, body);
}

void gn_ov_link_ask(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf, gn_time now)
{
	GN_ASSERT(!c->link || c->link->contact == c);
	if (c->link || (leaf ? c->leaf_refused_until : c->refused_until) > now)
		return;
	if (!gn_ov_dial(ov, c, now)) {
		gn_ov_contact_bury(ov, c, now);
		return;
	}
	struct gn_ov_link *l = gn_ov_link_new(ov, c, leaf && gn_ov_proven(c), now);
	if (!l)
		return;
	l->leaf = leaf;
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_LINK, &c->c, now);
	if (!r) {
		gn_ov_link_drop(ov, c, false, now);
		return;
	}
	l->ping = r->id;
	send_link(ov, c, l, r->id);
}

static void send_ping(struct gn_overlay *ov, const struct gn_ov_link *l, uint64_t request)
{
	GN_ASSERT(l->state == GN_OV_LINK_UP && l->ping == request);
	struct gn_fbb b = gn_ov_builder(ov);
	struct gn_fb_vivaldi v = gn_ov_coord_put(&ov->coord);
	gn_fbref body = gn_fb_ping_make(&b, &(struct gn_fb_ping_args){
						    .list_version = l->their_version,
						    .load = ov->load,
						    .vivaldi = ov->coord.err < 1 ? &v : NULL,
						    .leaf_digest = gn_ov_leaf_digest(ov),
						    .mode = ov->self.mode,
						    .time = gn_ov_clock_said(ov, ov->now_seen),
					    });
	(void)gn_ov_send(ov, &b, &l->contact->c, request, GN_FB_OVERLAY_BODY_PING, body);
	ov->count.pings++;
}

void gn_ov_link_probe(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	gn_ov_count_load(ov, now);
	if (l->ping || l->state != GN_OV_LINK_UP)
		return;
	struct gn_ov_request *r =
		gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PING, &l->contact->c, now);
	if (!r) { /* no room: not its fault, later */
		gn_ov_link_rest(ov, l, now);
		return;
	}
	l->ping = r->id;
	send_ping(ov, l, r->id);
}

void gn_ov_link_due(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	gn_ov_link_rest(ov, l, now);
	gn_ov_link_probe(ov, l, now);
}

/* A PING or LINK was not answered in time: twice again, then the peer is dead (OV-31). */
void gn_ov_link_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(r->kind == GN_FB_OVERLAY_BODY_PING || r->kind == GN_FB_OVERLAY_BODY_LINK);
	struct gn_ov_contact *c = gn_ov_contact_get(ov, &r->to.pk);
	struct gn_ov_link *l = c ? c->link : NULL;
	if (!l || l->ping != r->id) {
		gn_ov_request_free(ov, r);
		return;
	}
	l->miss++;
	ov->count.pings_missed++;
	if (++r->tries >= GN_OV_TRIES || !gn_ov_proven(c)) {
		/* who has never answered is asked once */
		gn_ov_link_dead(ov, c, now); /* frees r */
		return;
	}
	r->cold = r->cold || !c->up;
	r->dead_at = now + gn_ov_dead_after(ov, c);
	gn_err err = gn_ov_timer_set(ov, &r->timer, r->dead_at);
	GN_ASSERT(err == GN_OK);
	if (r->kind == GN_FB_OVERLAY_BODY_LINK)
		send_link(ov, c, l, r->id);
	else
		send_ping(ov, l, r->id);
}

/* ---- introductions ---- */

struct gn_ov_contact *gn_ov_link_meet(struct gn_overlay *ov, const struct gn_contact *c,
				      gn_time now)
{
	struct gn_ov_contact *known = gn_ov_contact_get(ov, &c->pk);
	bool other = known && memcmp(known->c.id.b, c->id.b, 32) != 0;
	if (other && !gn_ov_contact_may_move(ov, known, now))
		return NULL;
	if (other && known->link)
		gn_ov_link_drop(ov, known, false, now);
	return gn_ov_contact_meet(ov, c, now);
}

void gn_ov_hello_send(struct gn_overlay *ov, const struct gn_contact *to, uint64_t request,
		      bool reply)
{
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = gn_ov_put_hello(ov, &b, reply);
	(void)gn_ov_send(ov, &b, to, request, GN_FB_OVERLAY_BODY_HELLO, body);
}

/* Our mode changed: said at once, and again by a PING soon, which does not get lost. */
static void tell_mode(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	GN_ASSERT(l->contact && l->contact->link == l);
	gn_ov_hello_send(ov, &l->contact->c, 0, false);
	if (l->state != GN_OV_LINK_UP)
		return; /* told again when it is up */
	l->told_mode = ov->self.mode;
	gn_err err = gn_ov_timer_set(ov, &l->timer, now + gn_ov_spread(ov, 2 * GN_SEC, 50));
	GN_ASSERT(err == GN_OK);
}

void gn_ov_hello_all(struct gn_overlay *ov, gn_time now)
{
	for (uint32_t i = 0; i < ov->contact_count; i++)
		if (ov->contacts[i]->link)
			tell_mode(ov, ov->contacts[i]->link, now);
}
