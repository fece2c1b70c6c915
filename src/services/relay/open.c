/* OPEN: what is asked is judged from what costs least to what costs most (where the target is, the
 * lane, a token's signatures, a seat), and answered at once, or when the second relay has.
 * Rules RE-31, RE-32, RE-33, RE-36. */
#include "services/relay/engine_int.h"

#define DAY 86400

/* ---- where to ---- */

static gn_err refuse(uint64_t *counter, gn_err err)
{
	++*counter;
	return err;
}

/* Who has a place here, or is linked with us (RE-32). */
static gn_err find_target(struct gn_relay *r, const struct gn_pk *target, struct relay_wish *w)
{
	const struct relay_reserved *there = gn_map_get(&r->reserved, target);
	struct gn_addr addr = {.port = 0};
	if (there && there->until > r->now) {
		w->target = there->who;
		w->target_session = there->session;
		if (there->show && there->who.addr_count)
			w->target_addr = there->who.addrs[0];
		return GN_OK;
	}
	if (!r->cfg.linked || !r->cfg.linked(r->cfg.user, target, &w->target_session, &addr) ||
	    !w->target_session)
		return refuse(&r->n.open_none, GN_NOT_FOUND);
	w->target = relay_contact(target, &addr);
	return GN_OK;
}

static uint32_t chains_to(const struct gn_relay *r, const struct gn_pk *via)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < r->count; i++)
		n += r->circuits[i]->chained && gn_pk_eq(&r->circuits[i]->leg[1].pk, via);
	return n;
}

/* The second relay, as who knows the target. */
static gn_err find_via(struct gn_relay *r, const struct relay_from *from, const struct gn_pk *via,
		       struct relay_wish *w, struct relay_refusal *why)
{
	struct relay_account **a = gn_map_get(&r->accounts, from->who.pk.b);
	if (gn_pk_eq(via, &r->cfg.node) || gn_pk_eq(via, &from->who.pk) || !r->cfg.relays ||
	    !r->cfg.relays(r->cfg.user, via))
		return refuse(&r->n.open_via, GN_NOT_FOUND);
	if (a && (*a)->vias >= RELAY_VIA_KEY) {
		why->limit = RELAY_LIMIT(RELAY_VIA_KEY);
		return refuse(&r->n.open_via, GN_LIMIT);
	}
	if (chains_to(r, via) >= RELAY_VIA_ALL) {
		why->limit = RELAY_LIMIT(RELAY_VIA_ALL);
		return refuse(&r->n.open_via, GN_LIMIT);
	}
	w->target = relay_contact(via, NULL);
	w->chained = true;
	return GN_OK;
}

static gn_err find(struct gn_relay *r, const struct relay_from *from, struct gn_fb_relay_open m,
		   struct relay_wish *w, struct relay_refusal *why)
{
	struct gn_pk target = gn_wire_key_get(gn_fb_relay_open_target(m));
	if (gn_pk_eq(&target, &r->cfg.node) || gn_pk_eq(&target, &from->who.pk))
		return refuse(&r->n.open_self, GN_DENIED);
	if (!gn_fb_relay_open_has_via(m))
		return find_target(r, &target, w);
	struct gn_pk via = gn_wire_key_get(gn_fb_relay_open_via(m));
	return find_via(r, from, &via, w, why);
}

/* ---- which lane ---- */

static uint32_t until_tomorrow(const struct gn_relay *r)
{
	return (uint32_t)(DAY - relay_unix(r) % DAY) * 1000;
}

/* Without a token, in this lane. */
static gn_err plain(struct gn_relay *r, const struct relay_from *from, bool in_bulk,
		    struct relay_refusal *why)
{
	GN_TRY(relay_gives(r, in_bulk, false, why));
	if (relay_net_may(r, &from->who))
		return GN_OK;
	why->limit = RELAY_LIMIT(RELAY_NET_PART);
	why->retry_ms = until_tomorrow(r);
	return GN_QUOTA;
}

static gn_err commons(struct gn_relay *r, const struct relay_from *from, struct relay_refusal *why)
{
	GN_TRY(plain(r, from, true, why));
	if (relay_account_left(r, &from->who.pk) >= RELAY_PACKET_MAX)
		return GN_OK;
	why->limit = RELAY_LIMIT(RELAY_COMMONS_DAY);
	why->retry_ms = until_tomorrow(r);
	return GN_QUOTA;
}

static gn_err bulk(struct gn_relay *r, const struct relay_from *from, struct gn_fb_relay_open m,
		   struct relay_wish *w, struct relay_refusal *why)
{
	struct gn_slice token = gn_fb_relay_open_token(m);
	GN_ASSERT(!w->right);
	if (!token.len)
		return commons(r, from, why);
	GN_TRY(relay_gives(r, true, true, why));
	gn_err err = relay_right_open(r, from, token, &w->right);
	if (err == GN_BUSY)
		why->retry_ms = (uint32_t)(RELAY_LIST_AGAIN / GN_MSEC);
	return err ? refuse(&r->n.open_token, err) : GN_OK;
}

static gn_err choose_lane(struct gn_relay *r, const struct relay_from *from,
			  struct gn_fb_relay_open m, struct relay_wish *w,
			  struct relay_refusal *why)
{
	GN_ASSERT(!w->right && !w->bulk);
	uint8_t lanes = gn_fb_relay_open_lanes(m);
	gn_err err = GN_DENIED;
	if (lanes & GN_FB_RELAY_LANE_BULK) {
		err = bulk(r, from, m, w, why);
		w->bulk = err == GN_OK;
		if (err == GN_OK || err == GN_BUSY)
			return err;
	}
	if (lanes & GN_FB_RELAY_LANE_SMALL) {
		*why = (struct relay_refusal){.err = GN_OK};
		err = plain(r, from, false, why);
	}
	r->n.open_off += err == GN_DENIED;
	r->n.open_quota += err == GN_QUOTA;
	return err;
}

/* ---- answers ---- */

static void send_opened(struct gn_relay *r, const struct relay_circuit *c)
{
	GN_ASSERT(c->state == CIRCUIT_LIVE);
	const struct gn_contact *who = &c->leg[0];
	struct gn_fb_addr you = {.port = 0}, target = {.port = 0};
	struct gn_fbb *fbb = relay_message_begin(r, 0);
	if (!fbb)
		return;
	if (who->addr_count)
		you = gn_wire_addr(&who->addrs[0], GN_FB_CARRIER_UDP);
	if (c->target_addr.port)
		target = gn_wire_addr(&c->target_addr, GN_FB_CARRIER_UDP);
	struct gn_fb_relay_opened_args args = {.circuit = c->leg_id[0],
					       .lane = c->bulk ? GN_FB_RELAY_LANE_BULK
							       : GN_FB_RELAY_LANE_SMALL,
					       .until = c->right ? c->right->until : 0,
					       .left = relay_circuit_left(r, c),
					       .you = who->addr_count ? &you : NULL,
					       .target = c->target_addr.port ? &target : NULL};
	relay_circuit_rate(r, c, &args.rate, &args.burst);
	if (c->via && c->via->e.lane == GN_FB_RELAY_LANE_SMALL) {
		args.lane = GN_FB_RELAY_LANE_SMALL;
		args.rate = c->via->e.rate.rate;
		args.burst = c->via->e.rate.burst;
	}
	relay_message_end(r, who, c->request, GN_FB_RELAY_FRAME_BODY_RELAY_OPENED,
			  gn_fb_relay_opened_make(fbb, &args));
}

static gn_err draw_first(struct gn_relay *r, struct relay_circuit *c, struct relay_refusal *why)
{
	if (!c->right)
		return GN_OK;
	relay_right_draw(r, c);
	if (!relay_right_over(r, c->right))
		return GN_OK;
	r->n.open_quota++;
	*why = (struct relay_refusal){.err = GN_QUOTA,
				      .retry_ms = (uint32_t)((c->right->again - r->now) / GN_MSEC)};
	return GN_QUOTA;
}

/* The second is asked for no more than the first gives, and may give less. */
static gn_err ask_via(struct gn_relay *r, struct relay_circuit *c, const struct relay_wish *w,
		      const struct gn_pk *target)
{
	GN_ASSERT(c->chained && !c->via);
	uint8_t less = w->small_too ? GN_FB_RELAY_LANE_SMALL : 0;
	struct gn_relay_open o = {.relay = c->leg[1].pk,
				  .target = *target,
				  .lanes = c->bulk ? (uint8_t)(GN_FB_RELAY_LANE_BULK | less)
						   : GN_FB_RELAY_LANE_SMALL,
				  .patience = RELAY_VIA_TIME};
	if (c->bulk && w->via_token.len <= GN_TOKEN_MAX)
		o.token = w->via_token;
	return relay_held_new(r, &o, c, &c->via);
}

/* GN_PENDING: the second relay is asked. */
static gn_err make(struct gn_relay *r, const struct relay_from *from, const struct relay_wish *w,
		   const struct gn_pk *target, struct relay_refusal *why)
{
	struct relay_circuit *c;
	GN_ASSERT(w->chained || w->target_session);
	GN_TRY(relay_circuit_new(r, from, w, why, &c));
	gn_err err = draw_first(r, c, why);
	if (!err)
		err = c->chained ? ask_via(r, c, w, target) : relay_circuit_start(r, c, 0);
	if (err) {
		relay_circuit_end(r, c, GN_FB_RELAY_WHY_NONE, 0);
		return err;
	}
	if (c->chained)
		return GN_PENDING;
	send_opened(r, c);
	return GN_OK;
}

void relay_on_open(struct gn_relay *r, const struct relay_from *from, struct gn_fb_relay_open m)
{
	struct relay_wish w = {.show = gn_fb_relay_open_show(m),
			       .small_too =
				       (gn_fb_relay_open_lanes(m) & GN_FB_RELAY_LANE_SMALL) != 0,
			       .via_token = gn_fb_relay_open_via_token(m)};
	struct relay_refusal why = {.err = GN_OK};
	struct gn_pk target = gn_wire_key_get(gn_fb_relay_open_target(m));
	r->caused += GN_RELAY_UNITS_OPEN;
	if (!from->request) { /* nobody would know its number */
		r->n.messages_bad++;
		return;
	}
	/* nothing goes to who is there over others (RE-30), nor is it known where they are */
	gn_err err = from->who.addr_count ? find(r, from, m, &w, &why)
					  : refuse(&r->n.over_others, GN_DENIED);
	if (!err)
		err = choose_lane(r, from, m, &w, &why);
	if (!err)
		err = make(r, from, &w, &target, &why);
	if (!err || err == GN_PENDING)
		return;
	why.err = err;
	relay_send_refused(r, from, &why, &target);
}

/* The second relay has answered, or has not (err). */
static void via_answered(struct gn_relay *r, struct relay_circuit *c, gn_err err, uint32_t retry_ms)
{
	GN_ASSERT(c->chained && c->state == CIRCUIT_WAITING);
	struct relay_from from = {
		.who = c->leg[0], .session = c->leg_session[0], .request = c->request};
	struct relay_refusal why = {.retry_ms = retry_ms};
	if (!err) {
		c->leg_session[1] = c->via->e.session;
		err = relay_circuit_start(r, c, c->via->e.circuit);
		r->n.via_twice += err == GN_EXISTS;
	}
	if (!err) {
		send_opened(r, c);
		return;
	}
	r->n.via_failed++;
	bool silent = err == GN_TIMEOUT || err == GN_UNREACHABLE || err == GN_EXISTS;
	why.err = silent ? GN_NOT_FOUND : err;
	relay_send_refused(r, &from, &why, NULL);
	relay_circuit_end(r, c, GN_FB_RELAY_WHY_NONE, 0);
}

void relay_chain_look(struct gn_relay *r, struct relay_held *h)
{
	struct relay_circuit *c = h ? h->circuit : NULL;
	if (!c)
		return;
	GN_ASSERT(c->via == h);
	if (c->state == CIRCUIT_WAITING) {
		if (h->state == HELD_OPEN)
			via_answered(r, c, GN_OK, 0);
		else if (h->state == HELD_OVER)
			via_answered(r, c, h->e.err, h->e.retry_ms);
	} else if (h->state == HELD_OVER) {
		relay_circuit_end(r, c, h->e.why, 1);
	} else if (h->e.ends_ms && c->state == CIRCUIT_LIVE) {
		relay_circuit_ends(r, c, h->e.why);
	}
}
