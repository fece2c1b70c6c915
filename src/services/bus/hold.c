/* What a topic has at a root: subscribers, farthest first by their round trip when they last
 * renewed, publishers, and the last messages.
 *
 * 1. Each subscriber's lease is counted for its peer and prefix, as long as it is in the list.
 * 2. A publisher's index is its own until it is dropped, and no subscriber then claims to know its
 *    token.
 * 3. While a topic is served, places in the list move together with those who serve.
 * Rules BS-5, BS-12, BS-16. */
#include "services/bus/engine_int.h"

/* ---- topics ---- */

struct bus_held *bus_held_get(const struct gn_bus *b, const struct gn_hash *topic)
{
	struct bus_held **at = gn_map_get(&b->held, topic);
	return at ? *at : NULL;
}

void bus_held_wake(struct gn_bus *b, struct bus_held *h, gn_time at)
{
	if (h->timer.place && h->timer.at <= at)
		return;
	if (gn_heap_set(&b->held_timers, &h->timer, at) != GN_OK)
		b->count.nomem++; /* the next sweep looks */
}

/* ---- subscribers ---- */

struct bus_subscriber *bus_sub_get(const struct bus_held *h, const struct gn_pk *pk)
{
	struct bus_subscriber **at = gn_map_get(&h->by_peer, pk);
	return at ? *at : NULL;
}

/* The first that is not farther than this. */
static uint32_t first_of(const struct bus_held *h, gn_time rtt)
{
	uint32_t low = 0, high = h->sub_count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (h->subs[mid]->rtt > rtt)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

uint32_t bus_sub_at(const struct bus_held *h, const struct bus_subscriber *s)
{
	uint32_t at = first_of(h, s->rtt);
	while (h->subs[at] != s) {
		at++;
		GN_ASSERT(at < h->sub_count);
	}
	return at;
}

static struct gn_holder holder_of(const struct bus_subscriber *s)
{
	return (struct gn_holder){s->pk, s->addr};
}

/* BS-16: while a topic is crowded, too, a prefix has its share of it. */
static bool prefix_is_full(const struct gn_bus *b, const struct bus_held *h,
			   const struct gn_contact *who)
{
	GN_ASSERT(h->sub_count <= BUS_SUBSCRIBERS);
	uint32_t same = 0;
	if (h->sub_count < BUS_SUBSCRIBERS / 2)
		return false;
	for (uint32_t i = 0; i < h->sub_count; i++)
		same += bus_same_net(b, &h->subs[i]->addr, who);
	return same >= BUS_SUBSCRIBERS / BUS_SUBSCRIBED_PART;
}

gn_err bus_sub_add(struct gn_bus *b, struct bus_held *h, const struct gn_contact *who,
		   struct bus_subscriber **out, struct bus_refusal *why)
{
	GN_ASSERT(!bus_sub_get(h, &who->pk));
	struct gn_holder holder = bus_holder(who);
	why->limit = BUS_LIMIT(BUS_SUBSCRIBERS);
	if (h->sub_count >= BUS_SUBSCRIBERS)
		return GN_LIMIT;
	why->limit = BUS_LIMIT(BUS_SUBSCRIBED_PART);
	if (prefix_is_full(b, h, who))
		return GN_LIMIT;
	gn_err err = gn_share_ask(&b->leases, &holder, 1);
	why->limit = err == GN_QUOTA   ? BUS_LIMIT(BUS_SUBSCRIBED_PEER)
		     : err == GN_LIMIT ? BUS_LIMIT(BUS_SUBSCRIBED_PART)
				       : BUS_LIMIT(BUS_SUBSCRIBED);
	if (err != GN_OK)
		return err == GN_QUOTA ? GN_QUOTA : GN_LIMIT;
	if (h->sub_count == h->sub_cap) {
		uint32_t cap = h->sub_cap ? 2 * h->sub_cap : 8;
		void *p = gn_mem_resize(b->env.alloc, h->subs, cap * sizeof *h->subs);
		if (!p)
			return GN_NOMEM;
		h->subs = p;
		h->sub_cap = cap;
	}
	struct bus_subscriber *s = GN_NEW(b->env.alloc, struct bus_subscriber);
	struct bus_subscriber **by = s ? gn_map_put(&h->by_peer, &holder.key) : NULL;
	err = by ? gn_share_take(&b->leases, &holder, 1) : GN_NOMEM;
	if (err != GN_OK) {
		if (by)
			(void)gn_map_remove(&h->by_peer, &holder.key);
		gn_mem_free(b->env.alloc, s);
		return GN_NOMEM;
	}
	*by = s;
	why->limit = NULL;
	s->pk = holder.key;
	s->addr = holder.addr;
	h->subs[h->sub_count++] = s;
	*out = s;
	return GN_OK;
}

/* Those who serve, after the list changed at this place. */
static void servings_move(struct gn_bus *b, const struct bus_held *h, uint32_t at, bool added)
{
	for (struct bus_serving *v = b->serving_first; v; v = v->next)
		if (v->held == h && v->at > at)
			v->at = added ? v->at + 1 : v->at - 1;
}

static struct bus_subscriber *take_out(struct gn_bus *b, struct bus_held *h, uint32_t at)
{
	GN_ASSERT(at < h->sub_count);
	struct bus_subscriber *s = h->subs[at];
	memmove(&h->subs[at], &h->subs[at + 1], (--h->sub_count - at) * sizeof *h->subs);
	servings_move(b, h, at, false);
	return s;
}

void bus_sub_remove(struct gn_bus *b, struct bus_held *h, uint32_t at)
{
	GN_ASSERT(at < h->sub_count);
	struct bus_subscriber *s = take_out(b, h, at);
	struct gn_holder holder = holder_of(s);
	gn_share_give(&b->leases, &holder, 1);
	(void)gn_map_remove(&h->by_peer, &holder.key);
	bus_token_drop(b, &s->token);
	gn_mem_free(b->env.alloc, s->filters);
	gn_mem_free(b->env.alloc, s);
}

void bus_sub_place(struct gn_bus *b, struct bus_held *h, struct bus_subscriber *s, gn_time rtt)
{
	GN_ASSERT(rtt > 0 && h->sub_count > 0);
	if (rtt == s->rtt)
		return;
	(void)take_out(b, h, bus_sub_at(h, s));
	s->rtt = rtt;
	uint32_t low = first_of(h, rtt);
	memmove(&h->subs[low + 1], &h->subs[low], (h->sub_count++ - low) * sizeof *h->subs);
	h->subs[low] = s;
	servings_move(b, h, low, true);
}

/* ---- publishers ---- */

struct bus_publisher *bus_publisher_get(const struct bus_held *h, uint64_t key8)
{
	struct bus_publisher **at = gn_map_get(&h->publishers, &key8);
	return at ? *at : NULL;
}

void bus_publisher_drop(struct gn_bus *b, struct bus_held *h, struct bus_publisher *p)
{
	uint64_t key8 = gn_said_key8(&p->pk), mask = ~(UINT64_C(1) << p->index % 64);
	GN_ASSERT(p->retained == 0);
	h->index_used[p->index / 64] &= mask;
	for (uint32_t i = 0; i < h->sub_count; i++)
		h->subs[i]->knows[p->index / 64] &= mask;
	for (struct bus_serving *v = b->serving_first; v; v = v->next)
		v->by = v->by == p ? NULL : v->by;
	bus_store_give(b, p->will);
	bus_blob_drop(b, p->will);
	bus_token_drop(b, &p->token);
	(void)gn_map_remove(&h->publishers, &key8);
	gn_mem_free(b->env.alloc, p);
}

static bool publisher_gives_way(struct gn_bus *b, struct bus_held *h)
{
	GN_ASSERT(h->publishers.count >= BUS_PUBLISHERS);
	struct bus_publisher *oldest = NULL;
	for (uint32_t i = 0; i < h->publishers.count; i++) {
		struct bus_publisher *p = GN_MAP_AT(&h->publishers, struct bus_publisher *, i);
		if (!p->will && !p->retained && (!oldest || p->used < oldest->used))
			oldest = p;
	}
	if (!oldest)
		return false;
	b->count.publishers_gave_way++;
	bus_publisher_drop(b, h, oldest);
	return true;
}

gn_err bus_publisher_need(struct gn_bus *b, struct bus_held *h, const struct gn_pk *pk,
			  struct bus_publisher **out)
{
	GN_ASSERT(h->publishers.count <= BUS_PUBLISHERS);
	uint64_t key8 = gn_said_key8(pk);
	struct bus_publisher *p = bus_publisher_get(h, key8);
	if (p) {
		*out = p;
		return gn_pk_eq(&p->pk, pk) ? GN_OK : GN_DENIED;
	}
	if (h->publishers.count >= BUS_PUBLISHERS && !publisher_gives_way(b, h))
		return GN_BUSY;
	p = GN_NEW(b->env.alloc, struct bus_publisher);
	struct bus_publisher **at = p ? gn_map_put(&h->publishers, &key8) : NULL;
	if (!at) {
		b->count.nomem++;
		gn_mem_free(b->env.alloc, p);
		return GN_NOMEM;
	}
	*at = *out = p;
	p->pk = *pk;
	p->used = b->now;
	while (h->index_used[p->index / 64] >> p->index % 64 & 1)
		p->index++;
	GN_ASSERT(p->index < BUS_PUBLISHERS);
	h->index_used[p->index / 64] |= UINT64_C(1) << p->index % 64;
	return GN_OK;
}

/* ---- what is kept ---- */

struct bus_blob *bus_kept_find(const struct bus_held *h, const struct gn_fb_bus_id *id)
{
	for (unsigned i = h->kept_count; i-- > 0;) {
		struct gn_fb_bus_id kept = bus_blob_id(bus_kept_at(h, i));
		if (bus_id_eq(&kept, id))
			return bus_kept_at(h, i);
	}
	return NULL;
}

static void drop_oldest(struct gn_bus *b, struct bus_held *h)
{
	struct bus_blob *m = h->kept[h->kept_at];
	GN_ASSERT(h->kept_count > 0 && h->kept_bytes >= m->len);
	h->kept_bytes -= m->len;
	h->kept[h->kept_at] = NULL;
	h->kept_at = (h->kept_at + 1) % BUS_KEPT;
	h->kept_count--;
	bus_blob_drop(b, m);
}

/* Half of the longest history. */
static void make_room(struct gn_bus *b)
{
	struct bus_held *most = NULL;
	for (uint32_t i = 0; i < b->held.count; i++) {
		struct bus_held *h = GN_MAP_AT(&b->held, struct bus_held *, i);
		if (!most || h->kept_bytes > most->kept_bytes)
			most = h;
	}
	for (size_t half = most ? most->kept_bytes / 2 : 0; half && most->kept_bytes > half;) {
		b->count.kept_gave_way++;
		drop_oldest(b, most);
	}
}

void bus_kept_add(struct gn_bus *b, struct bus_held *h, struct bus_blob *m)
{
	GN_ASSERT(m->len <= BUS_KEPT_BYTES && h->kept_count <= BUS_KEPT);
	if (b->bytes > BUS_BYTES)
		make_room(b);
	while (h->kept_count &&
	       (h->kept_count == BUS_KEPT || h->kept_bytes + m->len > BUS_KEPT_BYTES))
		drop_oldest(b, h);
	h->kept[(h->kept_at + h->kept_count++) % BUS_KEPT] = bus_blob_ref(m);
	h->kept_bytes += m->len;
}

void bus_kept_sweep(struct gn_bus *b, struct bus_held *h, gn_time before)
{
	while (h->kept_count && h->kept[h->kept_at]->came < before)
		drop_oldest(b, h);
}
