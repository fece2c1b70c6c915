/* Does a message get in? Cheapest first: form, seen before, the prefix's rate, then the signature,
 * the right, the time, what its token's limits allow, and what the key and the topic may a second.
 * A rate is charged only for what is signed, but the prefix's, which pays for forgeries too.
 *
 * Invariant: what was refused leaves no trace but in counters and the prefix's rate. Rules BS-3,
 * BS-6, BS-7, BS-20. */
#include "services/bus/engine_int.h"

bool bus_rate(gn_time *bucket, uint32_t a_second, gn_time now, uint32_t *retry_ms)
{
	GN_ASSERT(*bucket <= now + GN_SEC);
	gn_time each = GN_SEC / (a_second ? a_second : 1);
	gn_time from = *bucket > now ? *bucket : now;
	if (from - now > GN_SEC - each) {
		*retry_ms = (uint32_t)((from - now - GN_SEC + each) / GN_MSEC) + 1;
		return false;
	}
	*bucket = from + each;
	return true;
}

/* Its bucket; those that are full again give way. NULL: all are in use. */
static gn_time *prefix_bucket(const struct gn_bus *b, struct bus_held *h, const uint8_t net[8])
{
	GN_ASSERT(h->prefix_count <= BUS_PREFIXES);
	struct bus_prefix *free = NULL;
	for (unsigned i = 0; i < h->prefix_count; i++) {
		if (memcmp(h->prefixes[i].net, net, 8) == 0)
			return &h->prefixes[i].rate;
		if (!free && h->prefixes[i].rate <= b->now)
			free = &h->prefixes[i];
	}
	if (h->prefix_count < BUS_PREFIXES)
		free = &h->prefixes[h->prefix_count++];
	if (!free)
		return NULL;
	memcpy(free->net, net, 8);
	free->rate = 0;
	return &free->rate;
}

/* BS-7: of an open topic's rate a prefix has a quarter. */
static gn_err prefix_rate(struct gn_bus *b, struct bus_held *h, const struct gn_contact *from,
			  struct bus_refusal *why)
{
	GN_ASSERT(h->rules);
	uint8_t net[8];
	if (h->rules->publish != GN_FB_TOPIC_ADMISSION_OPEN || !from->addr_count ||
	    gn_share_exempt(&from->addrs[0], b->cfg.count_local))
		return GN_OK;
	bus_net_of(&from->addrs[0], net);
	gn_time *bucket = prefix_bucket(b, h, net);
	uint32_t share = h->rules->rate_all / BUS_PREFIX_SHARE;
	why->retry_ms = 1000;
	if (bucket && bus_rate(bucket, share ? share : 1, b->now, &why->retry_ms))
		return GN_OK;
	why->limit = bucket ? BUS_LIMIT(BUS_PREFIX_SHARE) : BUS_LIMIT(BUS_PREFIXES);
	b->count.rate_prefix++;
	return GN_LIMIT;
}

static gn_err own_rates(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p,
			struct bus_refusal *why)
{
	GN_ASSERT(h->rules && p);
	gn_time one = p->rate;
	if (!bus_rate(&one, h->rules->rate, b->now, &why->retry_ms)) {
		why->limit = "rate";
		b->count.rate_publisher++;
		return GN_QUOTA;
	}
	if (!bus_rate(&h->rate, h->rules->rate_all, b->now, &why->retry_ms)) {
		why->limit = "rate_all";
		b->count.rate_topic++;
		return GN_LIMIT;
	}
	p->rate = one;
	return GN_OK;
}

/* Signature, right, time. */
static gn_err check(struct gn_bus *b, struct bus_held *h, bool fetched, struct bus_entry *e)
{
	GN_ASSERT(h->rules && !e->by);
	struct bus_token none = {.bytes = NULL};
	b->caused.checks++;
	if (gn_said_verify(&h->topic, &e->said) != GN_OK) {
		b->count.refused_sig++;
		return GN_SIGNATURE;
	}
	gn_err err = bus_said_timely(b, &e->said);
	if (err != GN_OK) {
		b->count.refused_time++;
		return err;
	}
	/* who has no right gets no place either */
	struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&e->said.publisher));
	bool known = p && gn_pk_eq(&p->pk, &e->said.publisher);
	err = bus_right(b, h->rules, &e->said.publisher, GN_FB_ACTION_PUBLISH, e->token,
			known ? &p->token : &none);
	if (err == GN_OK) {
		err = bus_revoked(b, known ? &p->token : &none);
		/* the root that it was asked of has looked: it waits for no list */
		err = err == GN_BUSY && fetched ? GN_OK : err;
	}
	if (err != GN_OK) {
		bus_token_drop(b, &none);
		b->count.refused_right++;
		return err == GN_NOMEM || err == GN_EXPIRED || err == GN_BUSY ? err : GN_DENIED;
	}
	err = bus_publisher_need(b, h, &e->said.publisher, &e->by);
	if (err == GN_OK && none.bytes) {
		bus_token_drop(b, &e->by->token);
		e->by->token = none;
	} else if (none.bytes) {
		bus_token_drop(b, &none);
	}
	return err;
}

gn_err bus_admit(struct gn_bus *b, struct bus_held *h, const struct gn_contact *from,
		 struct gn_fb_bus_message m, bool fetched, struct bus_entry *e,
		 struct bus_refusal *why)
{
	GN_ASSERT(h->rules);
	*e = (struct bus_entry){.by = NULL};
	gn_err err = bus_said_get(m, &e->said, &e->token);
	if (err != GN_OK) {
		b->count.refused_form++;
		return err;
	}
	if (e->said.payload.len > h->rules->payload_max) {
		b->count.refused_size++;
		why->limit = "payload_max";
		return GN_TOO_LARGE;
	}
	struct bus_publisher *p = bus_publisher_get(h, gn_said_key8(&e->said.publisher));
	bool will = e->said.flags & GN_FB_BUS_FLAG_WILL;
	if (p && gn_pk_eq(&p->pk, &e->said.publisher) && !will) {
		if (e->said.epoch <= p->ended)
			return GN_STALE;
		switch (bus_window_look(&p->window, e->said.epoch, e->said.seq)) {
		case BUS_AGAIN: b->count.published_again++; return GN_EXISTS;
		case BUS_TOO_OLD:
			if (!fetched)
				return GN_STALE;
			break; /* a value may be */
		case BUS_NEW: break;
		}
	}
	if (!fetched)
		GN_TRY(prefix_rate(b, h, from, why));
	GN_TRY(check(b, h, fetched, e));
	/* a will when it is kept */
	bool by_token = !fetched && !will && !gn_topicrec_publishes(h->rules, &e->said.publisher);
	if (by_token)
		GN_TRY(bus_limits(b, &e->by->token, &e->said, from, false, why));
	if (!fetched && !will)
		GN_TRY(own_rates(b, h, e->by, why));
	if (by_token)
		GN_TRY(bus_limits(b, &e->by->token, &e->said, from, true, why));
	e->by->used = b->now;
	return GN_OK;
}
