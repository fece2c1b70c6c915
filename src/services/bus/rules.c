/* The rules of a topic are its record, which this node holds because the topic lies here. It is
 * read from the overlay's store once and kept until it holds another version; requests that come in
 * the meantime wait.
 *
 *   none -> reading [bus_rules_get: the overlay holds a record]  -> known [bus_rules_got]
 *                                                                -> none  [it could not be read]
 *   known -> reading [it holds another version]
 *
 * Invariant: nothing of a peer starts a lookup in the network: only what is held is read. Rule
 * BS-4. */
#include "services/bus/engine_int.h"

static gn_err start_reading(struct gn_bus *b, struct bus_held *h)
{
	GN_ASSERT(b->lookups <= BUS_LOOKUPS);
	struct gn_get_options options = {.quorum = 1, .type = GN_FB_RECORD_TYPE_TOPIC};
	if (h->get)
		return GN_PENDING;
	if (b->now < h->rules_failed || b->lookups >= BUS_LOOKUPS)
		return GN_BUSY;
	gn_err err = gn_overlay_get(b->cfg.overlay, &h->topic, &options, b->now, &h->get);
	if (err == GN_OK)
		err = gn_frame_find_add(&b->frame, h->get, FIND_RULES, h);
	if (err != GN_OK) {
		h->get = 0;
		return GN_BUSY;
	}
	b->lookups++;
	return GN_PENDING;
}

gn_err bus_rules_get(struct gn_bus *b, const struct gn_hash *topic, const struct gn_contact *from,
		     struct bus_held **out)
{
	struct gn_overlay_held rec;
	if (!gn_overlay_held_of(b->cfg.overlay, topic, &rec) || !rec.shown ||
	    rec.type != GN_FB_RECORD_TYPE_TOPIC)
		return GN_NOT_FOUND;
	struct bus_held *h = bus_held_need(b, topic, from);
	if (!h)
		return GN_BUSY;
	*out = h;
	h->used = b->now;
	if (h->rules && h->rules_seq == rec.seq)
		return GN_OK;
	return start_reading(b, h);
}

static unsigned waiting_of(const struct gn_bus *b, const struct gn_pk *pk)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < b->held.count; i++)
		for (const struct bus_pending *p =
			     GN_MAP_AT(&b->held, struct bus_held *, i)->pending_first;
		     p; p = p->next)
			n += gn_pk_eq(&p->from.pk, pk);
	return n;
}

static gn_err wait(struct gn_bus *b, struct bus_held *h, const struct gn_contact *from,
		   struct gn_slice message, enum bus_waited waited)
{
	GN_ASSERT(h->get != 0 || h->listing);
	struct bus_pending *p = NULL;
	bool share = b->pending < BUS_PENDING / 2 || waiting_of(b, &from->pk) < BUS_PENDING_PEER;
	if (share && b->pending < BUS_PENDING &&
	    b->pending_bytes + message.len <= BUS_PENDING_BYTES)
		p = gn_mem_resize(b->env.alloc, NULL, sizeof *p + message.len);
	if (!p) {
		b->count.pending_full++;
		return GN_BUSY;
	}
	*p = (struct bus_pending){.from = *from, .waited = waited, .len = (uint32_t)message.len};
	memcpy(p->bytes, message.p, message.len);
	if (h->pending_last)
		h->pending_last->next = p;
	else
		h->pending_first = p;
	h->pending_last = p;
	b->pending++;
	b->pending_bytes += message.len;
	return GN_OK;
}

gn_err bus_rules_wait(struct gn_bus *b, struct bus_held *h, const struct gn_contact *from,
		      struct gn_slice message)
{
	GN_ASSERT(h->get != 0);
	return wait(b, h, from, message, WAITED_RULES);
}

gn_err bus_rules_wait_list(struct gn_bus *b, struct bus_held *h, const struct gn_contact *from,
			   struct gn_slice message)
{
	/* a lookup takes longer than a read, and strangers can cause it */
	if (b->pending >= BUS_PENDING / 2 || waiting_of(b, &from->pk) >= BUS_PENDING_PEER) {
		b->count.pending_full++;
		return GN_BUSY;
	}
	h->listing = true;
	return wait(b, h, from, message, WAITED_LIST);
}

static gn_err take_rules(struct gn_bus *b, struct bus_held *h, struct gn_slice record)
{
	struct gn_topicrec t;
	struct gn_hash key;
	GN_TRY(gn_topicrec_parse(record, &t));
	gn_topicrec_key(&t.owner, t.label, &key);
	if (!bus_hash_eq(&key, &h->topic))
		return GN_MALFORMED;
	struct gn_topicrec *r = gn_mem_new(b->env.alloc, sizeof *r + t.label.len);
	if (!r)
		return GN_NOMEM;
	*r = t;
	if (t.label.len)
		memcpy(r + 1, t.label.p, t.label.len);
	r->label = gn_slice(r + 1, t.label.len);
	r->before = (struct gn_before){.beyond = false}; /* it borrows */
	gn_mem_free(b->env.alloc, h->rules);
	h->rules = r;
	h->rules_seq = r->seq;
	return GN_OK;
}

/* Those who wait, in line with those of other topics. */
static void let_go_on(struct gn_bus *b, struct bus_held *h)
{
	GN_ASSERT(!h->get);
	h->listing = false;
	if (!h->pending_first)
		return;
	if (b->ready_last)
		b->ready_last->next = h->pending_first;
	else
		b->ready_first = h->pending_first;
	b->ready_last = h->pending_last;
	h->pending_first = h->pending_last = NULL;
}

void bus_rules_got(struct gn_bus *b, struct bus_held *h, const struct gn_overlay_event *e)
{
	GN_ASSERT(h->get == e->op && b->lookups > 0);
	h->get = 0;
	b->lookups--;
	gn_err err = e->value_count ? take_rules(b, h, e->values[0].record) : GN_NOT_FOUND;
	if (err == GN_OK) {
		b->count.rules_read++;
		bus_sync_start(b, h);
	} else {
		b->count.rules_failed++;
		h->rules_failed = b->now + BUS_RULES_AGAIN;
	}
	let_go_on(b, h);
}

void bus_rules_listed(struct gn_bus *b)
{
	GN_ASSERT(b->cfg.lists);
	for (uint32_t i = 0; i < b->held.count; i++) {
		struct bus_held *h = GN_MAP_AT(&b->held, struct bus_held *, i);
		const struct bus_pending *p = h->pending_first;
		if (h->listing && !h->get &&
		    (!p || !h->rules ||
		     gn_lists_look(b->cfg.lists, &h->rules->owner, &p->from, b->now) != GN_PENDING))
			let_go_on(b, h);
	}
}

struct bus_pending *bus_rules_ready(struct gn_bus *b)
{
	struct bus_pending *p = b->ready_first;
	if (!p)
		return NULL;
	b->ready_first = p->next;
	if (!b->ready_first)
		b->ready_last = NULL;
	GN_ASSERT(b->pending > 0 && b->pending_bytes >= p->len);
	b->pending--;
	b->pending_bytes -= p->len;
	return p;
}
