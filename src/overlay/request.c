/* What we asked and have no answer to: a number, a key that must answer, and two moments: the
 * hedge (lookups stop waiting) and the end (the peer did not answer).
 *
 *   NEW             -> WAITING   [request_new]
 *   WAITING         -> HEDGED    [request_due, in tick.c]
 *   WAITING, HEDGED -> ANSWERED  [request_answered]
 *   WAITING, HEDGED -> LOST      [request_due]
 *
 * It may go through another, who answers for the one it is to; and some go through us (relay.c).
 *
 * What peers bring about, pushes and offers, has a share for each peer that is asked, and a part
 * of the whole; the rest is for what we begin ourselves: lookups, links, greetings (OV-71).
 *
 * One line carries the records of all PUTs and PUSHes, and a slow one takes a while for each:
 * such a request is due when its peer's time is over and the line had time for what was on its
 * way with it, as it was of late (OV-73). */
#include "overlay/contact_int.h"
#include "overlay/message_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"

/* OV-31. Without a session the handshake comes first: two round trips more, and its own
 * retransmission; before the first measurement a guess must not bury a node that is merely far
 * away. */
gn_time gn_ov_dead_after(const struct gn_overlay *ov, const struct gn_ov_contact *c)
{
	GN_ASSERT(!c || c->srtt >= 0);
	gn_time rtt = gn_ov_rtt_hat(ov, c, NULL);
	if (c && c->up && c->srtt)
		return 3 * rtt > GN_OV_DEAD_MIN ? 3 * rtt : GN_OV_DEAD_MIN;
	return 5 * rtt > GN_OV_COLD_MIN ? 5 * rtt : GN_OV_COLD_MIN;
}

static gn_time hedge_after(const struct gn_overlay *ov, const struct gn_ov_contact *c)
{
	gn_time rtt = gn_ov_rtt_hat(ov, c, NULL);
	return (c && c->up ? rtt * 8 / 5 : rtt * 4) + GN_OV_HEDGE;
}

struct gn_ov_request *gn_ov_request_get(struct gn_overlay *ov, uint64_t id)
{
	struct gn_ov_request **at = gn_map_get(&ov->requests, &id);
	return at ? *at : NULL;
}

void gn_ov_requests_init(struct gn_overlay *ov)
{
	const struct gn_share_config c = {.total = GN_OV_REQUESTS_OTHERS,
					  .per_key = GN_OV_REQUESTS_OTHERS / GN_OV_REQUEST_KEY_PART,
					  .per_prefix =
						  GN_OV_REQUESTS_OTHERS / GN_OV_REQUEST_PREFIX_PART,
					  .crowded = GN_OV_REQUESTS_OTHERS / 2,
					  .holders_max = GN_OV_REQUESTS_OTHERS,
					  .count_local = ov->cfg.count_local};
	const struct gn_share_config relays = {.total = GN_OV_RELAYS_MAX,
					       .per_key = GN_OV_RELAYS_MAX / GN_OV_RELAY_KEY_PART,
					       .per_prefix =
						       GN_OV_RELAYS_MAX / GN_OV_RELAY_PREFIX_PART,
					       .crowded = GN_OV_RELAYS_MAX / 2,
					       .holders_max = GN_OV_RELAYS_MAX,
					       .count_local = ov->cfg.count_local};
	gn_map_init(&ov->requests, &ov->env, 8, sizeof(void *), GN_OV_REQUESTS_MAX);
	gn_share_init(&ov->request_places, &ov->env, &c);
	gn_share_init(&ov->relay_places, &ov->env, &relays);
}

void gn_ov_requests_fini(struct gn_overlay *ov)
{
	while (ov->requests.count)
		gn_ov_request_free(ov, GN_MAP_AT(&ov->requests, struct gn_ov_request *, 0));
	gn_map_fini(&ov->requests);
	gn_share_fini(&ov->request_places);
	gn_share_fini(&ov->relay_places);
}

static bool by_peers(const struct gn_ov_request *r)
{
	return r->kind == GN_FB_OVERLAY_BODY_PUSH || r->kind == GN_FB_OVERLAY_BODY_DIGEST;
}

static bool take_place(struct gn_overlay *ov, struct gn_ov_request *r)
{
	GN_ASSERT(!r->shared);
	const struct gn_holder who = gn_ov_holder_of(&r->to);
	r->shared = by_peers(r) && gn_share_take(&ov->request_places, &who, 1) == GN_OK;
	return r->shared || !by_peers(r);
}

static void give_place(struct gn_overlay *ov, struct gn_ov_request *r)
{
	const struct gn_holder who = gn_ov_holder_of(&r->to);
	if (r->shared)
		gn_share_give(&ov->request_places, &who, 1);
	r->shared = false;
	if (r->placed)
		gn_share_give(&ov->relay_places, &r->asker, 1);
	r->placed = false;
}

/* What every request has, and when it is looked at next: its hedge, or its end. */
static struct gn_ov_request *begin(struct gn_overlay *ov, uint8_t kind, const struct gn_contact *to,
				   gn_time hedge, gn_time dead, gn_time now)
{
	GN_ASSERT(to->addr_count <= GN_CONTACT_ADDRS);
	struct gn_ov_request *r = GN_NEW(ov->env.alloc, struct gn_ov_request);
	if (!r)
		goto fail;
	r->id = ov->next_request++;
	r->kind = kind;
	r->to = *to;
	if (!take_place(ov, r))
		goto fail;
	r->sent = now;
	r->dead_at = now + dead;
	gn_ov_timer_init(&r->timer, GN_OV_TIMER_REQUEST);
	gn_time at = gn_ov_of_lookup(kind) ? gn_time_min(now + hedge, r->dead_at) : r->dead_at;
	if (gn_ov_timer_set(ov, &r->timer, at) != GN_OK)
		goto fail;
	struct gn_ov_request **slot = gn_map_put(&ov->requests, &r->id);
	if (!slot) {
		gn_heap_remove(&ov->timers, &r->timer.node);
		goto fail;
	}
	*slot = r;
	if (gn_ov_of_lookup(kind) && ++ov->recent_asked >= 256) {
		ov->recent_asked /= 2;
		ov->recent_lost /= 2;
	}
	return r;
fail:
	if (r)
		give_place(ov, r);
	gn_mem_free(ov->env.alloc, r);
	ov->count.requests_full++;
	return NULL;
}

struct gn_ov_request *gn_ov_request_new(struct gn_overlay *ov, uint8_t kind,
					const struct gn_contact *to, gn_time now)
{
	struct gn_ov_contact *c = gn_ov_contact_get(ov, &to->pk);
	if (c && !gn_ov_dial(ov, c, now))
		return NULL;
	struct gn_ov_request *r =
		begin(ov, kind, to, hedge_after(ov, c), gn_ov_dead_after(ov, c), now);
	if (r)
		r->cold = !c || !c->up;
	return r;
}

struct gn_ov_request *gn_ov_request_through(struct gn_overlay *ov, uint8_t kind,
					    const struct gn_contact *to, const struct gn_pk *via,
					    gn_time rtt, gn_time now)
{
	GN_ASSERT(gn_ov_of_lookup(kind) && !gn_pk_eq(&to->pk, via));
	gn_time dead = 3 * rtt > GN_OV_RELAY_MIN ? 3 * rtt : GN_OV_RELAY_MIN;
	struct gn_ov_request *r = begin(ov, kind, to, rtt * 8 / 5 + GN_OV_HEDGE, dead, now);
	if (!r)
		return NULL;
	r->cold = r->relayed = true;
	r->via = *via;
	return r;
}

struct gn_ov_request *gn_ov_request_for(struct gn_overlay *ov, const struct gn_holder *asker,
					const struct gn_contact *to, gn_time now)
{
	GN_ASSERT(!gn_pk_eq(&asker->key, &to->pk));
	if (gn_share_take(&ov->relay_places, asker, 1) != GN_OK)
		return NULL;
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_RELAY, to, now);
	if (!r) {
		gn_share_give(&ov->relay_places, asker, 1);
		return NULL;
	}
	r->asker = *asker;
	r->placed = true;
	return r;
}

/* ---- the line ---- */

gn_time gn_ov_line_time(const struct gn_overlay *ov, uint64_t bytes)
{
	uint64_t kib = bytes > GN_OV_LINE_FREE ? (bytes - GN_OV_LINE_FREE + 1023) / 1024 : 0;
	return kib < GN_OV_LINE_MAX / GN_MSEC ? gn_time_min((gn_time)kib * ov->line, GN_OV_LINE_MAX)
					      : GN_OV_LINE_MAX;
}

void gn_ov_request_load(struct gn_overlay *ov, struct gn_ov_request *r, size_t bytes,
			gn_time dead_at)
{
	GN_ASSERT(r->bytes == 0 && bytes > 0);
	ov->out_bytes += bytes;
	r->bytes = (uint32_t)bytes;
	r->ahead = ov->out_bytes;
	r->carried = ov->carried;
	r->dead_at = dead_at;
	gn_err err = gn_ov_timer_set(ov, &r->timer, dead_at);
	GN_ASSERT(err == GN_OK);
}

static void unload_line(struct gn_overlay *ov, struct gn_ov_request *r)
{
	GN_ASSERT(ov->out_bytes >= r->bytes);
	ov->out_bytes -= r->bytes;
	r->bytes = 0;
}

static uint64_t with_it(const struct gn_overlay *ov, const struct gn_ov_request *r)
{
	return r->ahead > ov->out_bytes ? r->ahead : ov->out_bytes;
}

gn_time gn_ov_request_end(const struct gn_overlay *ov, const struct gn_ov_request *r)
{
	GN_ASSERT(r->id != 0);
	return r->bytes ? r->dead_at + gn_ov_line_time(ov, with_it(ov, r)) : r->dead_at;
}

/* What was answered while this one was on its way, itself included, took the line so long. No
 * longer than the slowest line, and believed sooner when it is less: a slow peer does not pass
 * for a slow line. */
static void line_timed(struct gn_overlay *ov, const struct gn_ov_request *r, gn_time now)
{
	GN_ASSERT(ov->carried >= r->carried);
	ov->carried += r->bytes;
	uint64_t bytes = ov->carried - r->carried;
	if (r->bytes == 0 || bytes <= GN_OV_LINE_FREE)
		return;
	gn_time each = gn_time_min((now - r->sent) / (gn_time)(bytes / 1024), GN_OV_LINE_SLOW);
	ov->line += (each - ov->line) / (each < ov->line ? 2 : 8);
}

void gn_ov_request_free(struct gn_overlay *ov, struct gn_ov_request *r)
{
	unload_line(ov, r);
	bool there = gn_map_remove(&ov->requests, &r->id);
	GN_ASSERT(there);
	gn_heap_remove(&ov->timers, &r->timer.node);
	give_place(ov, r);
	gn_mem_free(ov->env.alloc, r->offered);
	gn_mem_free(ov->env.alloc, r);
}

bool gn_ov_answers(uint8_t kind, uint8_t asked, bool prove)
{
	bool lookup = asked == GN_FB_OVERLAY_BODY_FIND || asked == GN_FB_OVERLAY_BODY_GET,
	     store = asked == GN_FB_OVERLAY_BODY_PUT || asked == GN_FB_OVERLAY_BODY_PUSH;
	switch (kind) {
	case GN_FB_OVERLAY_BODY_HELLO: return asked == GN_FB_OVERLAY_BODY_HELLO;
	case GN_FB_OVERLAY_BODY_LINK_OK:
	case GN_FB_OVERLAY_BODY_LINK_NO: return asked == GN_FB_OVERLAY_BODY_LINK;
	case GN_FB_OVERLAY_BODY_PONG: return asked == GN_FB_OVERLAY_BODY_PING;
	case GN_FB_OVERLAY_BODY_NODES: return lookup;
	case GN_FB_OVERLAY_BODY_VALUE: return asked == GN_FB_OVERLAY_BODY_GET;
	case GN_FB_OVERLAY_BODY_ACK: return store || prove;
	case GN_FB_OVERLAY_BODY_STALE: return store;
	case GN_FB_OVERLAY_BODY_NOT_MINE: return asked == GN_FB_OVERLAY_BODY_PUT;
	case GN_FB_OVERLAY_BODY_WANT: return asked == GN_FB_OVERLAY_BODY_DIGEST;
	case GN_FB_OVERLAY_BODY_BUSY:
	case GN_FB_OVERLAY_BODY_REFUSED:
		return lookup || store || asked == GN_FB_OVERLAY_BODY_DIGEST ||
		       asked == GN_FB_OVERLAY_BODY_HELLO;
	default: return false;
	}
}

struct gn_ov_request *gn_ov_request_answered(struct gn_overlay *ov, const struct gn_ov_from *from,
					     gn_time now)
{
	struct gn_ov_request *r = from->request ? gn_ov_request_get(ov, from->request) : NULL;
	if (!r || (!r->any && !gn_pk_eq(&r->to.pk, &from->c.pk)) ||
	    r->relayed != (from->via != NULL) || !gn_ov_answers(from->kind, r->kind, r->prove)) {
		ov->count.answers_unasked++;
		ov->caused.unasked++;
		return NULL;
	}
	line_timed(ov, r, now);
	unload_line(ov, r);
	/* A PUT waits for a disk. A resent question may be answered for its first or its last
	 * copy: good for a first guess. */
	bool timed =
		!r->cold && r->kind != GN_FB_OVERLAY_BODY_PUT && r->kind != GN_FB_OVERLAY_BODY_PUSH;
	bool clean = timed && from->contact && (r->tries == 0 || from->contact->srtt == 0);
	if (clean)
		gn_ov_contact_rtt(ov, from->contact, now - r->sent);
	return r;
}

/* The session is there: what waits for it starts waiting for an answer. */
void gn_ov_requests_warm(struct gn_overlay *ov, const struct gn_pk *pk, gn_time now)
{
	for (uint32_t i = 0; i < ov->requests.count; i++) {
		struct gn_ov_request *r = GN_MAP_AT(&ov->requests, struct gn_ov_request *, i);
		if (!r->relayed && gn_pk_eq(&r->to.pk, pk) && r->dead_at < now + GN_OV_COLD_MIN / 2)
			/* its timer rings too early and then goes on */
			r->dead_at = now + GN_OV_COLD_MIN / 2;
	}
}

void gn_ov_requests_fail(struct gn_overlay *ov, const struct gn_pk *pk, gn_time now)
{
	/* Ends them at the next tick, in the order of their numbers: handlers may ask anew. */
	for (uint32_t i = 0; i < ov->requests.count; i++) {
		struct gn_ov_request *r = GN_MAP_AT(&ov->requests, struct gn_ov_request *, i);
		if (r->any || !gn_pk_eq(r->relayed ? &r->via : &r->to.pk, pk))
			continue;
		unload_line(ov, r);
		r->dead_at = now;
		gn_err err = gn_ov_timer_set(ov, &r->timer, now);
		GN_ASSERT(err == GN_OK);
	}
}
