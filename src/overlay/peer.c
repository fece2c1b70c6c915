/* What linked peers say, and those who want to be: LINK, UNLINK, PING and their answers. Who
 * asks introduces itself; who agrees answers with its link list (states in link.c). */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"

/* A linked peer became a server, or stopped being one. One that is too much where it stands for
 * a server that links openly loses its link: false. */
static bool set_mode(struct gn_overlay *ov, struct gn_ov_contact *c, uint8_t mode, gn_time now)
{
	GN_ASSERT(c->link && c->link->contact == c);
	if (c->c.mode == mode || gn_ov_next_flip(c) > now) /* its next PING says it again */
		return true;
	bool room = !ov->server || gn_ov_is_server(c) || gn_ov_annulus_room(ov, c);
	gn_ov_flip(c, now);
	ov->client_links -= !gn_ov_is_server(c);
	c->c.mode = mode;
	ov->client_links += !gn_ov_is_server(c);
	ov->list_version++;
	gn_ov_ring_touch(ov);
	if (room || gn_ov_leaf_claim(ov, c))
		return true;
	ov->count.links_refused++;
	gn_ov_link_drop(ov, c, true, now);
	return false;
}

/* The peer's own word about itself. */
struct gn_ov_contact *gn_ov_meet(struct gn_overlay *ov, struct gn_ov_from *from,
				 struct gn_fb_hello m, gn_time now)
{
	GN_ASSERT(from->c.addr_count > 0);
	struct gn_contact c;
	if (!gn_ov_get_hello(ov, m, from, &c))
		return NULL;
	struct gn_ov_contact *known = gn_ov_contact_get(ov, &c.pk);
	if (known && known->link && memcmp(known->c.id.b, c.id.b, 32) == 0) {
		(void)set_mode(ov, known, c.mode, now);
		c.mode = known->c.mode;
	}
	from->contact = gn_ov_link_meet(ov, &c, now);
	return from->contact;
}

/* wait: until there may be a place; 0: nobody knows. */
static void refuse_link(struct gn_overlay *ov, struct gn_ov_contact *c, uint64_t request,
			gn_time wait, gn_time now)
{
	GN_ASSERT(wait >= 0 && request != 0);
	struct gn_ov_contact *near[GN_OV_ALTERNATIVES * 4], *pick[GN_OV_ALTERNATIVES];
	uint32_t n = gn_ov_contact_nearest(ov, c->theta, true, now, near, GN_COUNT(near)),
		 picked = 0;
	for (uint32_t i = 0; i < n && picked < GN_OV_ALTERNATIVES; i++)
		if (near[i] != c)
			pick[picked++] = near[i];
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref refs[GN_OV_ALTERNATIVES];
	struct gn_ov_choice choice = {pick, picked, GN_OV_DATAGRAM_MAX};
	uint32_t made = gn_ov_put_contacts(ov, &b, choice, refs, now);
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
static uint32_t count_clients(const struct gn_overlay *ov, const struct gn_contact *beside,
			      struct gn_ov_contact **oldest)
{
	GN_ASSERT(ov->client_links <= ov->link_count);
	uint32_t n = 0;
	for (uint32_t i = 0; i < ov->contact_count; i++) {
		struct gn_ov_contact *k = ov->contacts[i];
		if (!k->link || gn_ov_is_server(k) || (beside && !gn_ov_same_prefix(beside, &k->c)))
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
	GN_ASSERT(!c->link && !gn_ov_is_server(c));
	const struct gn_contact *beside = gn_ov_prefix_exempt(ov, &c->c) ? NULL : &c->c;
	struct gn_ov_contact *gone = NULL;
	bool crowded = beside && count_clients(ov, beside, &gone) >= GN_OV_CLIENTS_PREFIX;
	if (!crowded && ov->client_links < ov->cfg.clients_max)
		return true;
	if (c->client_since && now - c->client_since >= GN_OV_CLIENT_TIME)
		return false;
	if (!crowded)
		(void)count_clients(ov, NULL, &gone);
	GN_ASSERT(gone && gone->link);
	*wait = gone->link->since + GN_OV_CLIENT_STAY - now;
	if (*wait > 0)
		return false;
	ov->count.links_gave_way++;
	gn_ov_link_drop(ov, gone, true, now);
	return true;
}

static bool is_acceptable(struct gn_overlay *ov, struct gn_ov_contact *c, bool leaf, gn_time now,
			  gn_time *wait)
{
	GN_ASSERT(!c->link);
	if (!gn_ov_is_server(c)) /* two clients have nothing to give each other */
		return ov->server && client_room(ov, c, now, wait);
	return leaf || !ov->server || gn_ov_annulus_room(ov, c);
}

void gn_ov_on_link(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_LINK);
	if (!gn_fb_link_has_hello(m) || !from->request) {
		ov->count.messages_refused++;
		return;
	}
	struct gn_ov_contact *c = gn_ov_meet(ov, from, gn_fb_link_hello(m), now);
	if (!c)
		return;
	bool leaf = gn_fb_link_kind(m) == GN_FB_LINK_KIND_LEAF,
	     near = leaf && gn_ov_is_server(c) && gn_ov_leaf_claim(ov, c);
	bool up = c->link && c->link->state == GN_OV_LINK_UP;
	gn_time wait = 0;
	if (!c->link && c->client_left && now - c->client_left >= GN_OV_CLIENT_TIME)
		c->client_since = c->client_left = 0; /* it was away, and begins again */
	if ((!up && gn_ov_next_flip(c) > now) ||
	    (!c->link &&
	     (!is_acceptable(ov, c, near, now, &wait) || !gn_ov_link_new(ov, c, near, now)))) {
		refuse_link(ov, c, from->request, wait > 0 ? wait : 0, now);
		return;
	}
	struct gn_ov_link *l = c->link;
	if (!gn_ov_is_server(c) && !c->client_since)
		c->client_since = now;
	gn_ov_clock_hear(l, gn_fb_hello_time(gn_fb_link_hello(m)), now);
	l->their_leaf = leaf && gn_ov_is_server(c);
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
	gn_ov_link_up(ov, l, now);
}

/* Sends our list when the peer has another version of it. */
static void send_delta(struct gn_overlay *ov, struct gn_ov_link *l, uint32_t seen, gn_time now)
{
	GN_ASSERT(l->state == GN_OV_LINK_UP);
	struct gn_fbb b = gn_ov_builder(ov);
	gn_fbref body = gn_ov_put_delta(ov, &b, l, seen, now);
	if (body)
		(void)gn_ov_send(ov, &b, &l->contact->c, 0, GN_FB_OVERLAY_BODY_DELTA, body);
}

/* The link whose LINK or PING this answers; the request is freed. NULL: nothing such was asked. */
static struct gn_ov_link *link_answered(struct gn_overlay *ov, struct gn_ov_from *from, gn_time now)
{
	GN_ASSERT(!from->contact || gn_pk_eq(&from->contact->c.pk, &from->c.pk));
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
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_LINK_OK);
	struct gn_ov_link *l = link_answered(ov, from, now);
	if (!l)
		return;
	if (!gn_fb_link_ok_has_hello(m) || !gn_ov_meet(ov, from, gn_fb_link_ok_hello(m), now) ||
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
	l->their_leaf =
		gn_fb_link_ok_kind(m) == GN_FB_LINK_KIND_LEAF && gn_ov_is_server(l->contact);
	gn_ov_link_up(ov, l, now);
	l->their_version = 0;
	if (gn_fb_link_ok_has_delta(m))
		gn_ov_get_delta(ov, l, gn_fb_link_ok_delta(m), now);
	send_delta(ov, l, 0, now);
}

/* When the peer says, within reason, and not each time; whoever waits with us is told the same
 * moment. */
static void ask_again(struct gn_overlay *ov, struct gn_ov_contact *c, gn_time wait, gn_time now)
{
	GN_ASSERT(c->link && c->link->leaf);
	gn_time soon = GN_OV_LEAF_SOON + (gn_time)gn_rand_below(ov->env.rand, GN_OV_LEAF_SOON);
	bool taken = wait && (!c->waited || now - c->waited >= GN_OV_LEAF_AGAIN);
	wait = wait < GN_OV_LEAF_LEAST ? GN_OV_LEAF_LEAST : gn_time_min(wait, GN_OV_LEAF_AGAIN);
	c->waited = taken ? now : c->waited;
	c->leaf_refused_until = now + (taken ? wait + soon : GN_OV_LEAF_AGAIN);
}

void gn_ov_on_link_no(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_link_no m,
		      gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_LINK_NO);
	struct gn_ov_link *l = link_answered(ov, from, now);
	if (!l)
		return;
	struct gn_ov_contact *c = l->contact;
	if (gn_fb_link_no_code(m) == GN_FB_CODE_UNSUPPORTED) {
		if (!set_mode(ov, c, GN_FB_NODE_MODE_CLIENT, now))
			return; /* its link is gone */
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
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_UNLINK);
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

/* What PING and PONG say of who sends them. */
struct said {
	uint8_t load, mode;
	bool has_coord;
	struct gn_fb_vivaldi coord;
};

/* False: its link is gone. */
static bool take_state(struct gn_overlay *ov, struct gn_ov_contact *c, const struct said *said,
		       gn_time now)
{
	GN_ASSERT(c->link && c->link->state == GN_OV_LINK_UP);
	c->c.load = said->load;
	if (said->has_coord)
		c->coord = gn_ov_coord_get(said->coord);
	return set_mode(ov, c, said->mode, now);
}

void gn_ov_on_ping(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_ping m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_PING);
	struct gn_ov_link *l = from->contact ? from->contact->link : NULL;
	struct gn_fbb b = gn_ov_builder(ov);
	if (!l || l->state != GN_OV_LINK_UP) {
		gn_fbref body = gn_fb_unlink_make(
			&b, &(struct gn_fb_unlink_args){.code = GN_FB_CODE_NOT_FOUND});
		(void)gn_ov_send(ov, &b, &from->c, from->request, GN_FB_OVERLAY_BODY_UNLINK, body);
		return;
	}
	gn_ov_count_load(ov, now);
	struct said said = {gn_fb_ping_load(m), gn_fb_ping_mode(m), gn_fb_ping_has_vivaldi(m),
			    gn_fb_ping_vivaldi(m)};
	if (!take_state(ov, l->contact, &said, now))
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
	gn_ov_link_rest(ov, l, now); /* one PING serves both ends */
}

void gn_ov_on_pong(struct gn_overlay *ov, struct gn_ov_from *from, struct gn_fb_pong m, gn_time now)
{
	GN_ASSERT(from->kind == GN_FB_OVERLAY_BODY_PONG);
	struct gn_ov_link *l = link_answered(ov, from, now);
	if (!l)
		return;
	struct said said = {gn_fb_pong_load(m), gn_fb_pong_mode(m), gn_fb_pong_has_vivaldi(m),
			    gn_fb_pong_vivaldi(m)};
	if (!take_state(ov, l->contact, &said, now))
		return;
	l->their_digest = gn_fb_pong_leaf_digest(m);
	gn_ov_clock_hear(l, gn_fb_pong_time(m), now);
	if (gn_fb_pong_has_delta(m))
		gn_ov_get_delta(ov, l, gn_fb_pong_delta(m), now);
	gn_ov_list_alive(ov, l, now);
	send_delta(ov, l, gn_fb_pong_list_version(m), now);
}
