/* Links: mutual, kept open, pinged by either side. Who asks introduces itself; who agrees
 * answers with its link list.
 *
 *   none -> ASKED [link_ask] ASKED -> UP [on_link_ok] none, ASKED -> UP [on_link] ASKED -> none,
 *   buried [three tries] UP -> none [on_unlink, trim] UP -> none, buried [three PINGs
 *   unanswered]
 *
 *   1. At most one PING and one LINK of a link is out.
 *   2. LINKED and UNLINKED alternate for each peer. */
#include "overlay/overlay_int.h"

static void count_load(struct gn_overlay *ov, gn_time now)
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

static bool is_server(const struct gn_ov_contact *c)
{
	return c->c.mode == GN_FB_NODE_MODE_SERVER;
}

static gn_time period(const struct gn_overlay *ov, const struct gn_ov_link *l)
{
	return l->leaf || l->their_leaf ? ov->cfg.ping_leaf : ov->cfg.ping_long;
}

static void rest(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	gn_err err = gn_ov_timer_set(ov, &l->timer, now + gn_ov_spread(ov, period(ov, l), 10));
	GN_ASSERT(err == GN_OK);
}

/* Whose link goes first: a client's, then the youngest; nobody's whom either side needs as a
 * leaf. */
static struct gn_ov_contact *worth_least(const struct gn_overlay *ov)
{
	struct gn_ov_contact *worst = NULL;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *c = ov->contacts[i];
		if (!c->link || c->link->leaf || gn_ov_leaf_claim(ov, c))
			continue;
		if (!worst || is_server(c) < is_server(worst) ||
		    (is_server(c) == is_server(worst) && c->link->since > worst->link->since))
			worst = c;
	}
	return worst;
}

/* leaf: a true one, for which another gives way when there is no room. */
static struct gn_ov_link *link_new(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf,
				   gn_time now)
{
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
	ov->client_links += !is_server(c);
	return l;
}

/* A link with a peer that comes up, and its changes of mode, make us count members and records
 * anew each time: it has so many at once, and then one every now and then (OV-70). When it may
 * again. */
static gn_time next_flip(const struct gn_ov_contact *c)
{
	return c->flips_at - (GN_OV_FLIPS - 1) * GN_OV_FLIP_EVERY;
}

static void flip(struct gn_ov_contact *c, gn_time now)
{
	c->flips_at = (c->flips_at > now ? c->flips_at : now) + GN_OV_FLIP_EVERY;
}

static void tell_mode(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now);

static void link_up(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	if (l->state == GN_OV_LINK_UP)
		return;
	l->state = GN_OV_LINK_UP;
	flip(l->contact, now);
	l->contact->waited = 0;
	l->miss = 0;
	l->told = true;
	ov->links_up++;
	ov->count.links_made++;
	if (is_server(l->contact))
		ov->list_version++;
	gn_ov_ring_touch(ov);
	gn_ov_out_event(ov, GN_OVERLAY_LINKED, &l->contact->c);
	rest(ov, l, now);
	if (l->told_mode != ov->self.mode)
		tell_mode(ov, l, now);
}

void gn_ov_link_drop(struct gn_overlay *ov, struct gn_ov_contact *c, bool tell, gn_time now)
{
	struct gn_ov_link *l = c->link;
	GN_ASSERT(l && l->contact == c);
	bool up = l->state == GN_OV_LINK_UP;
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
	ov->client_links -= !is_server(c);
	if (up) {
		c->client_left = is_server(c) ? c->client_left : now;
		ov->links_up--;
		if (is_server(c)) {
			ov->list_version++;
			gn_ov_synced_forget(ov, &c->c.id);
		}
		gn_ov_out_event(ov, GN_OVERLAY_UNLINKED, &c->c);
	}
	c->link = NULL;
	gn_time again = next_flip(c);
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
	if (c->link || (leaf ? c->leaf_refused_until : c->refused_until) > now)
		return;
	if (!gn_ov_dial(ov, c, now)) {
		gn_ov_contact_bury(ov, c, now);
		return;
	}
	struct gn_ov_link *l = link_new(ov, c, leaf && gn_ov_proven(c), now);
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
	count_load(ov, now);
	if (l->ping || l->state != GN_OV_LINK_UP)
		return;
	struct gn_ov_request *r =
		gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PING, &l->contact->c, now);
	if (!r) { /* no room: not its fault, later */
		rest(ov, l, now);
		return;
	}
	l->ping = r->id;
	send_ping(ov, l, r->id);
}

void gn_ov_link_due(struct gn_overlay *ov, struct gn_ov_link *l, gn_time now)
{
	rest(ov, l, now);
	gn_ov_link_probe(ov, l, now);
}

/* A PING or LINK was not answered in time: twice again, then the peer is dead (OV-31). */
void gn_ov_link_timeout(struct gn_overlay *ov, struct gn_ov_request *r, gn_time now)
{
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

/* A linked peer became a server, or stopped being one. One that is too much where it stands for
 * a server that links openly loses its link: false. */
static bool set_mode(struct gn_overlay *ov, struct gn_ov_contact *c, uint8_t mode, gn_time now)
{
	if (c->c.mode == mode || next_flip(c) > now) /* its next PING says it again */
		return true;
	bool room = !ov->server || is_server(c) || gn_ov_annulus_room(ov, c);
	flip(c, now);
	ov->client_links -= !is_server(c);
	c->c.mode = mode;
	ov->client_links += !is_server(c);
	ov->list_version++;
	gn_ov_ring_touch(ov);
	if (room || gn_ov_leaf_claim(ov, c))
		return true;
	ov->count.links_refused++;
	gn_ov_link_drop(ov, c, true, now);
	return false;
}

/* The peer's own word about itself. */
static struct gn_ov_contact *meet(struct gn_overlay *ov, struct gn_ov_from *from,
				  struct gn_fb_hello m, gn_time now)
{
	struct gn_contact c;
	if (!gn_ov_get_hello(ov, m, from, &c))
		return NULL;
	struct gn_ov_contact *known = gn_ov_contact_get(ov, &c.pk);
	if (known && known->link && memcmp(known->c.id.b, c.id.b, 32) == 0) {
		(void)set_mode(ov, known, c.mode, now);
		c.mode = known->c.mode;
	}
	from->contact = gn_ov_contact_meet(ov, &c, now);
	return from->contact;
}

void gn_ov_on_hello(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_hello m,
		    gn_time now)
{
	bool reply = gn_fb_hello_reply(m);
	struct gn_ov_request *r = reply ? gn_ov_request_answered(ov, from, now) : NULL;
	uint64_t refused = ov->count.pow_refused;
	struct gn_ov_contact *c = meet(ov, from, m, now);
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

/* wait: until there may be a place; 0: nobody knows. */
static void refuse_link(struct gn_overlay *ov, struct gn_ov_contact *c, uint64_t request,
			gn_time wait, gn_time now)
{
	struct gn_ov_contact *near[GN_OV_ALTERNATIVES * 4], *pick[GN_OV_ALTERNATIVES];
	uint32_t n = gn_ov_contact_nearest(ov, c->theta, true, now, near, GN_COUNT(near)),
		 picked = 0;
	for (uint32_t i = 0; i < n && picked < GN_OV_ALTERNATIVES; i++)
		if (near[i] != c)
			pick[picked++] = near[i];
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref refs[GN_OV_ALTERNATIVES];
	uint32_t made = gn_ov_put_contacts(ov, &b, pick, picked, GN_OV_DATAGRAM_MAX, refs, now);
	/* a client: not "no", but "not yet" */
	uint8_t code = ov->server ? GN_FB_CODE_BUSY : GN_FB_CODE_UNSUPPORTED;
	struct gn_fb_link_no_args args = {.code = code,
					  .alternatives = {refs, made},
					  .wait = (uint16_t)((wait + GN_MSEC - 1) / GN_MSEC)};
	gn_fbref body = gn_fb_link_no_make(&b, &args);
	(void)gn_ov_send(ov, &b, &c->c, request, GN_FB_OVERLAY_BODY_LINK_NO, body);
	ov->count.links_refused++;
}

/* How many clients are linked, of the prefix of `beside` or in all; *oldest: who has been for
 * longest. */
static uint32_t clients(const struct gn_overlay *ov, const struct gn_contact *beside,
			struct gn_ov_contact **oldest)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *k = ov->contacts[i];
		if (!k->link || is_server(k) || (beside && !gn_ov_same_prefix(beside, &k->c)))
			continue;
		if (n++ == 0 || k->link->since < (*oldest)->link->since)
			*oldest = k;
	}
	return n;
}

/* A place for one more client. When all are taken, or all that its prefix may have, who has had
 * one for longest gives way, for who is new here needs us more than who has had the time to meet
 * the rest; but nobody does in the first minute, or many who ask by turns put out whoever asks
 * seldom. *wait: until that is over. */
static bool client_room(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time now, gn_time *wait)
{
	const struct gn_contact *beside = gn_ov_prefix_exempt(ov, &c->c) ? NULL : &c->c;
	struct gn_ov_contact *gone = NULL;
	bool crowded = beside && clients(ov, beside, &gone) >= GN_OV_CLIENTS_PREFIX;
	if (!crowded && ov->client_links < ov->cfg.clients_max)
		return true;
	if (c->client_since && now - c->client_since >= GN_OV_CLIENT_TIME)
		return false;
	if (!crowded)
		(void)clients(ov, NULL, &gone);
	GN_ASSERT(gone && gone->link);
	*wait = gone->link->since + GN_OV_CLIENT_STAY - now;
	if (*wait > 0)
		return false;
	ov->count.links_gave_way++;
	gn_ov_link_drop(ov, gone, true, now);
	return true;
}

static bool acceptable(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf, gn_time now,
		       gn_time *wait)
{
	if (!is_server(c)) /* two clients have nothing to give each other */
		return ov->server && client_room(ov, c, now, wait);
	return leaf || !ov->server || gn_ov_annulus_room(ov, c);
}

void gn_ov_on_link(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link m, gn_time now)
{
	if (!gn_fb_link_has_hello(m) || !from->request) {
		ov->count.messages_refused++;
		return;
	}
	struct gn_ov_contact *c = meet(ov, from, gn_fb_link_hello(m), now);
	if (!c)
		return;
	bool leaf = gn_fb_link_kind(m) == GN_FB_LINK_KIND_LEAF,
	     near = leaf && is_server(c) && gn_ov_leaf_claim(ov, c);
	bool up = c->link && c->link->state == GN_OV_LINK_UP;
	gn_time wait = 0;
	if (!c->link && c->client_left && now - c->client_left >= GN_OV_CLIENT_TIME)
		c->client_since = c->client_left = 0; /* it was away, and begins again */
	if ((!up && next_flip(c) > now) ||
	    (!c->link && (!acceptable(ov, c, near, now, &wait) || !link_new(ov, c, near, now)))) {
		refuse_link(ov, c, from->request, wait > 0 ? wait : 0, now);
		return;
	}
	struct gn_ov_link *l = c->link;
	if (!is_server(c) && !c->client_since)
		c->client_since = now;
	gn_ov_clock_hear(l, gn_fb_hello_time(gn_fb_link_hello(m)), now);
	l->their_leaf = leaf && is_server(c);
	l->told_mode = ov->self.mode;
	l->our_version = l->pending_version = 0; /* it may have forgotten what it had */
	if (l->state == GN_OV_LINK_UP &&
	    now - c->forgot_at >= GN_OV_FORGET_EVERY) { /* it restarted, perhaps without its disk */
		c->forgot_at = now;
		gn_ov_synced_forget(ov, &c->c.id);
		gn_ov_ring_touch(ov);
	}
	c->refused_until = c->leaf_refused_until = 0;
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref delta = gn_ov_put_delta(ov, &b, l, 0, now), hello = gn_ov_put_hello(ov, &b, false);
	gn_fbref body = gn_fb_link_ok_make(
		&b, &(struct gn_fb_link_ok_args){
			    .delta = delta,
			    .hello = hello,
			    .list_version = l->their_version,
			    .kind = l->leaf ? GN_FB_LINK_KIND_LEAF : GN_FB_LINK_KIND_LONG,
		    });
	(void)gn_ov_send(ov, &b, &c->c, from->request, GN_FB_OVERLAY_BODY_LINK_OK, body);
	link_up(ov, l, now);
}

/* Sends our list when the peer has another version of it. */
static void send_delta(struct gn_overlay *ov, struct gn_ov_link *l, uint32_t seen, gn_time now)
{
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = gn_ov_put_delta(ov, &b, l, seen, now);
	if (body)
		(void)gn_ov_send(ov, &b, &l->contact->c, 0, GN_FB_OVERLAY_BODY_DELTA, body);
}

/* The link whose LINK or PING this answers; the request is freed. NULL: nothing such was asked. */
static struct gn_ov_link *answered(struct gn_overlay *ov, struct gn_ov_from *from, gn_time now)
{
	struct gn_ov_request *r = gn_ov_request_answered(ov, from, now);
	if (!r)
		return NULL;
	struct gn_ov_link *l = from->contact ? from->contact->link : NULL;
	bool current = l && l->ping == r->id;
	gn_ov_request_free(ov, r);
	if (!current)
		return NULL;
	l->ping = 0;
	l->miss = 0;
	return l;
}

void gn_ov_on_link_ok(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link_ok m,
		      gn_time now)
{
	struct gn_ov_link *l = answered(ov, from, now);
	if (!l)
		return;
	if (!gn_fb_link_ok_has_hello(m) || !meet(ov, from, gn_fb_link_ok_hello(m), now) ||
	    !from->contact->link) {
		struct gn_ov_contact *c = gn_ov_contact_get(ov, &from->c.pk);
		if (c && c->link)
			gn_ov_link_drop(ov, c, false, now);
		if (c)
			c->refused_until = c->leaf_refused_until = now + GN_OV_TOMB;
		return;
	}
	l = from->contact->link;
	gn_ov_clock_hear(l, gn_fb_hello_time(gn_fb_link_ok_hello(m)), now);
	l->their_leaf = gn_fb_link_ok_kind(m) == GN_FB_LINK_KIND_LEAF && is_server(l->contact);
	link_up(ov, l, now);
	l->their_version = 0;
	if (gn_fb_link_ok_has_delta(m))
		gn_ov_get_delta(ov, l, gn_fb_link_ok_delta(m), now);
	send_delta(ov, l, 0, now);
}

/* When the peer says, within reason, and not each time; whoever waits with us is told the same
 * moment. */
static void ask_again(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time wait, gn_time now)
{
	gn_time soon = GN_OV_LEAF_SOON + (gn_time)gn_rand_below(ov->env.rand, GN_OV_LEAF_SOON);
	bool taken = wait && (!c->waited || now - c->waited >= GN_OV_LEAF_AGAIN);
	wait = wait < GN_OV_LEAF_LEAST ? GN_OV_LEAF_LEAST : gn_time_min(wait, GN_OV_LEAF_AGAIN);
	c->waited = taken ? now : c->waited;
	c->leaf_refused_until = now + (taken ? wait + soon : GN_OV_LEAF_AGAIN);
}

void gn_ov_on_link_no(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link_no m,
		      gn_time now)
{
	struct gn_ov_link *l = answered(ov, from, now);
	if (!l)
		return;
	struct gn_ov_contact *c = l->contact;
	if (gn_fb_link_no_code(m) == GN_FB_CODE_UNSUPPORTED) {
		(void)set_mode(ov, c, GN_FB_NODE_MODE_CLIENT, now);
	} else {
		c->refused_until = now + GN_OV_TOMB;
		if (l->leaf)
			ask_again(ov, c, gn_fb_link_no_wait(m) * GN_MSEC, now);
	}
	if (l->state == GN_OV_LINK_ASKED)
		gn_ov_link_drop(ov, c, false, now);
	uint32_t n = gn_fb_link_no_alternatives_len(m);
	for (uint32_t i = 0; i < n && i < GN_OV_ALTERNATIVES; i++) {
		struct gn_ov_told told;
		if (gn_ov_get_contact(ov, gn_fb_link_no_alternatives_at(m, i), &from->c.addrs[0],
				      &told))
			(void)gn_ov_contact_hear(ov, &told.c, &told.coord, told.age, &from->c.pk,
						 now);
	}
}

void gn_ov_on_unlink(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_unlink m,
		     gn_time now)
{
	struct gn_ov_contact *c = from->contact;
	if (!c || !c->link) {
		ov->count.messages_refused++;
		return;
	}
	/* "I know of no link": it restarted, or lost our answer; asking again is right. Anything
	 * else means leave me alone. */
	if (gn_fb_unlink_code(m) != GN_FB_CODE_NOT_FOUND)
		c->refused_until = now + GN_OV_TOMB;
	if (c->link->state == GN_OV_LINK_UP)
		gn_ov_link_drop(ov, c, false, now);
}

/* False: its link is gone. */
static bool take_state(struct gn_overlay *ov, struct gn_ov_contact *c, uint8_t load, uint8_t mode,
		       bool has, struct gn_fb_vivaldi v, gn_time now)
{
	c->c.load = load;
	if (has)
		c->coord = gn_ov_coord_get(v);
	return set_mode(ov, c, mode, now);
}

void gn_ov_on_ping(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_ping m, gn_time now)
{
	struct gn_ov_link *l = from->contact ? from->contact->link : NULL;
	struct gn_fbb b = gn_ov_builder(ov);
	if (!l || l->state != GN_OV_LINK_UP) {
		gn_fbref body = gn_fb_unlink_make(
			&b, &(struct gn_fb_unlink_args){.code = GN_FB_CODE_NOT_FOUND});
		(void)gn_ov_send(ov, &b, &from->c, from->request, GN_FB_OVERLAY_BODY_UNLINK, body);
		return;
	}
	count_load(ov, now);
	if (!take_state(ov, l->contact, gn_fb_ping_load(m), gn_fb_ping_mode(m),
			gn_fb_ping_has_vivaldi(m), gn_fb_ping_vivaldi(m), now))
		return;
	l->their_digest = gn_fb_ping_leaf_digest(m);
	gn_ov_clock_hear(l, gn_fb_ping_time(m), now);
	struct gn_fb_vivaldi v = gn_ov_coord_put(&ov->coord);
	gn_fbref delta = gn_ov_put_delta(ov, &b, l, gn_fb_ping_list_version(m), now);
	gn_fbref body = gn_fb_pong_make(&b, &(struct gn_fb_pong_args){
						    .list_version = l->their_version,
						    .load = ov->load,
						    .vivaldi = ov->coord.err < 1 ? &v : NULL,
						    .leaf_digest = gn_ov_leaf_digest(ov),
						    .mode = ov->self.mode,
						    .delta = delta,
						    .time = gn_ov_clock_said(ov, now),
					    });
	(void)gn_ov_send(ov, &b, &from->c, from->request, GN_FB_OVERLAY_BODY_PONG, body);
	rest(ov, l, now); /* one PING serves both ends */
}

void gn_ov_on_pong(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_pong m, gn_time now)
{
	struct gn_ov_link *l = answered(ov, from, now);
	if (!l)
		return;
	if (!take_state(ov, l->contact, gn_fb_pong_load(m), gn_fb_pong_mode(m),
			gn_fb_pong_has_vivaldi(m), gn_fb_pong_vivaldi(m), now))
		return;
	l->their_digest = gn_fb_pong_leaf_digest(m);
	gn_ov_clock_hear(l, gn_fb_pong_time(m), now);
	if (gn_fb_pong_has_delta(m))
		gn_ov_get_delta(ov, l, gn_fb_pong_delta(m), now);
	gn_ov_list_alive(ov, l, now);
	send_delta(ov, l, gn_fb_pong_list_version(m), now);
}
