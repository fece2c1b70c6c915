/* RESERVE: who keeps a session here so that circuits to them can be opened. One for each key, as
 * long as they said and their session lasts. Rules RE-31, RE-34. */
#include "services/relay/engine_int.h"

static void remove_at(struct gn_relay *r, const struct gn_pk *key)
{
	const struct relay_reserved *at = gn_map_get(&r->reserved, key);
	GN_ASSERT(at);
	struct gn_holder holder = relay_holder(&at->who);
	gn_share_give(&r->places, &holder, 1);
	(void)gn_map_remove(&r->reserved, key);
}

static struct relay_refusal no_place(bool prefix)
{
	return (struct relay_refusal){
		GN_LIMIT, prefix ? RELAY_LIMIT(RELAY_RESERVED_PART) : RELAY_LIMIT(RELAY_RESERVED),
		(uint32_t)(RELAY_RESERVE_AGAIN / GN_MSEC)};
}

/* All are taken: of the prefix that has most who asked longest ago loses it, and is told so in
 * answer to that. */
static bool make_place(struct gn_relay *r, const struct gn_holder *newcomer)
{
	const struct relay_reserved *oldest = NULL;
	const struct relay_refusal why = no_place(false);
	uint64_t prefix;
	if (!gn_share_most(&r->places, newcomer, &prefix))
		return false;
	for (uint32_t i = 0; i < r->reserved.count; i++) {
		const struct relay_reserved *at = gn_map_value_at(&r->reserved, i);
		if (at->who.addr_count && gn_addr_prefix(&at->who.addrs[0]) == prefix &&
		    (!oldest || at->asked < oldest->asked))
			oldest = at;
	}
	GN_ASSERT(oldest);
	const struct relay_from from = {
		.who = oldest->who, .session = oldest->session, .request = oldest->request};
	remove_at(r, &from.who.pk);
	relay_send_refused(r, &from, &why, NULL);
	r->n.reserved_full++;
	return true;
}

static gn_err take_place(struct gn_relay *r, const struct gn_contact *who,
			 struct relay_reserved **out, struct relay_refusal *why)
{
	struct gn_holder holder = relay_holder(who);
	GN_ASSERT(!gn_map_get(&r->reserved, &who->pk));
	gn_err err = gn_share_take(&r->places, &holder, 1);
	if (err == GN_NO_SPACE && make_place(r, &holder))
		err = gn_share_take(&r->places, &holder, 1);
	if (err) {
		bool prefix = err == GN_LIMIT;
		*why = no_place(prefix);
		r->n.reserve_prefix += prefix;
		r->n.reserve_full += !prefix;
		return GN_LIMIT;
	}
	*out = gn_map_put(&r->reserved, &who->pk);
	if (*out)
		return GN_OK;
	gn_share_give(&r->places, &holder, 1);
	r->n.nomem++;
	return GN_NOMEM;
}

static gn_err keep(struct gn_relay *r, const struct relay_from *from, uint32_t ttl, bool show,
		   struct relay_refusal *why)
{
	struct relay_reserved *at = gn_map_get(&r->reserved, &from->who.pk);
	GN_ASSERT(ttl > 0 && ttl <= RELAY_TTL);
	if (at) { /* from where it is now */
		struct gn_holder old = relay_holder(&at->who), here = relay_holder(&from->who);
		gn_err err = gn_share_move(&r->places, &old, &here, 1);
		if (err == GN_NOMEM || err == GN_NO_SPACE)
			return err; /* it counts on where it was */
	} else {
		GN_TRY(take_place(r, &from->who, &at, why));
	}
	*at = (struct relay_reserved){.session = from->session,
				      .request = from->request,
				      .asked = r->now,
				      .until = r->now + (gn_time)ttl * GN_SEC,
				      .who = from->who,
				      .show = show};
	r->n.reserved++;
	return GN_OK;
}

void relay_on_reserve(struct gn_relay *r, const struct relay_from *from,
		      struct gn_fb_relay_reserve m)
{
	struct relay_refusal why = {.err = GN_OK};
	uint32_t ttl = gn_fb_relay_reserve_ttl(m);
	ttl = ttl < RELAY_TTL ? ttl : RELAY_TTL;
	r->caused += GN_RELAY_UNITS_OPEN;
	if (ttl == 0) {
		if (gn_map_get(&r->reserved, &from->who.pk))
			remove_at(r, &from->who.pk);
	} else if (!from->who.addr_count) { /* as for OPEN */
		why.err = GN_DENIED;
		r->n.over_others++;
	} else {
		why.err = relay_gives(r, false, false, &why);
		r->n.reserve_off += why.err != GN_OK;
		if (!why.err)
			why.err = keep(r, from, ttl, gn_fb_relay_reserve_show(m), &why);
	}
	if (why.err) {
		relay_send_refused(r, from, &why, NULL);
		return;
	}
	struct gn_fb_addr you = {.port = 0};
	struct gn_fbb *fbb = from->request ? relay_message_begin(r, 0) : NULL;
	if (!fbb)
		return;
	if (from->who.addr_count)
		you = gn_wire_addr(&from->who.addrs[0], GN_FB_CARRIER_UDP);
	struct gn_fb_relay_reserved_args args = {.ttl = ttl,
						 .you = from->who.addr_count ? &you : NULL};
	relay_message_end(r, &from->who, from->request, GN_FB_RELAY_FRAME_BODY_RELAY_RESERVED,
			  gn_fb_relay_reserved_make(fbb, &args));
}

static void remove_if(struct gn_relay *r, uint64_t session, gn_time until)
{
	for (uint32_t i = r->reserved.count; i-- > 0;) { /* from the end: see sweeps */
		const struct relay_reserved *at = gn_map_value_at(&r->reserved, i);
		GN_ASSERT(at->session);
		if (at->session != session && at->until > until)
			continue;
		struct gn_pk key = at->who.pk;
		remove_at(r, &key);
		r->n.reserved_over++;
	}
}

void relay_reserved_down(struct gn_relay *r, uint64_t session)
{
	remove_if(r, session, 0);
}

void relay_reserved_sweep(struct gn_relay *r)
{
	remove_if(r, 0, r->now);
}
