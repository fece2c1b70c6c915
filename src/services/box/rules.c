/* The rules of a box are its descriptor, a record that this node holds because the box lies here.
 * They are read from the overlay's store once and kept until it holds another version; requests
 * that come in the meantime wait.
 *
 *   none -> reading [box_rules_get: the overlay holds a record]  -> known [box_rules_got]
 *                                                                -> none  [it could not be read]
 *   known -> reading [it holds another version]
 *
 * 1. A box whose record is not held here is not here, whatever items are.
 * 2. Nothing of a peer starts a lookup in the network: only what is held is read.
 * Rules BX-1, BX-2. */
#include "services/box/engine_int.h"

static bool held_version(const struct gn_box *b, const struct box_held *h, struct gn_hash *key,
			 uint64_t *seq)
{
	struct gn_overlay_held rec;
	for (unsigned salt = 0; salt < 2; salt++)
		if (gn_overlay_held_of(b->cfg.overlay, &h->place[salt], &rec) && rec.shown &&
		    rec.type == GN_FB_RECORD_TYPE_BOX) {
			*key = h->place[salt];
			*seq = rec.seq;
			return true;
		}
	return false;
}

static gn_err start_reading(struct gn_box *b, struct box_held *h, const struct gn_hash *key)
{
	GN_ASSERT(b->lookups <= BOX_LOOKUPS);
	struct gn_get_options options = {.quorum = 1, .type = GN_FB_RECORD_TYPE_BOX};
	if (h->get)
		return GN_PENDING;
	if (b->now < h->rules_failed || b->lookups >= BOX_LOOKUPS)
		return GN_BUSY;
	gn_err err = gn_overlay_get(b->cfg.overlay, key, &options, b->now, &h->get);
	if (err == GN_OK)
		err = gn_frame_find_add(&b->frame, h->get, FIND_RULES, h);
	if (err != GN_OK) {
		h->get = 0;
		return GN_BUSY;
	}
	b->lookups++;
	b->caused.hashed += BOX_RULES_COST; /* more boxes than are kept cost that each time */
	return GN_PENDING;
}

gn_err box_rules_get(struct gn_box *b, const struct gn_pk *box, struct box_held **out)
{
	struct box_held *h = box_held_get(b, box), probe;
	struct gn_hash key;
	uint64_t seq;
	if (!h) {
		probe = (struct box_held){.key = *box};
		gn_boxrec_key(box, 0, &probe.place[0]);
		gn_boxrec_key(box, 1, &probe.place[1]);
		if (!held_version(b, &probe, &key, &seq))
			return GN_NOT_FOUND;
		h = box_held_need(b, box);
		if (!h)
			return GN_BUSY;
	} else if (!held_version(b, h, &key, &seq)) {
		return GN_NOT_FOUND;
	}
	*out = h;
	h->rules_used = b->now;
	if (h->rules && h->rules_seq == seq)
		return GN_OK;
	return start_reading(b, h, &key);
}

static gn_err wait(struct gn_box *b, struct box_held *h, const struct gn_contact *from,
		   struct gn_slice message, enum box_waited waited)
{
	GN_ASSERT(h->get != 0 || h->listing);
	struct box_pending *p = NULL;
	if (b->pending < BOX_PENDING && b->pending_bytes + message.len <= BOX_PENDING_BYTES)
		p = gn_mem_resize(b->env.alloc, NULL, sizeof *p + message.len);
	if (!p) {
		b->count.pending_full++;
		return GN_BUSY;
	}
	*p = (struct box_pending){.from = *from, .waited = waited, .len = (uint32_t)message.len};
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

gn_err box_rules_wait(struct gn_box *b, struct box_held *h, const struct gn_contact *from,
		      struct gn_slice message)
{
	GN_ASSERT(h->get != 0);
	return wait(b, h, from, message, WAITED_RULES);
}

static unsigned waiting_of(const struct gn_box *b, const struct gn_pk *pk)
{
	unsigned n = 0;
	if (b->pending < BOX_PENDING_PEER)
		return 0;
	for (uint32_t i = 0; i < b->held.count; i++)
		for (const struct box_pending *p =
			     GN_MAP_AT(&b->held, struct box_held *, i)->pending_first;
		     p; p = p->next)
			n += gn_pk_eq(&p->from.pk, pk);
	return n;
}

gn_err box_rules_wait_list(struct gn_box *b, struct box_held *h, const struct gn_contact *from,
			   struct gn_slice message)
{
	/* a lookup takes longer than a read, and strangers can cause it */
	if (b->pending >= BOX_PENDING / 2 || waiting_of(b, &from->pk) >= BOX_PENDING_PEER) {
		b->count.pending_full++;
		return GN_BUSY;
	}
	h->listing = true;
	return wait(b, h, from, message, WAITED_LIST);
}

/* The descriptor unused for longest goes when there are too many. */
static void make_place(struct gn_box *b)
{
	struct box_held *oldest = NULL;
	if (b->rules_count < BOX_RULES)
		return;
	for (uint32_t i = 0; i < b->held.count; i++) {
		struct box_held *h = GN_MAP_AT(&b->held, struct box_held *, i);
		if (h->rules && !h->watches && (!oldest || h->rules_used < oldest->rules_used))
			oldest = h;
	}
	if (oldest)
		box_rules_drop(b, oldest);
}

static gn_err take_rules(struct gn_box *b, struct box_held *h, struct gn_slice record)
{
	GN_ASSERT(record.len > 0);
	struct gn_boxrec *r = h->rules;
	if (!r) {
		make_place(b);
		r = GN_NEW(b->env.alloc, struct gn_boxrec);
		if (!r)
			return GN_NOMEM;
		b->rules_count++;
		h->rules = r;
	}
	gn_err err = gn_boxrec_parse(record, r);
	if (err != GN_OK || !gn_pk_eq(&r->box, &h->key)) {
		box_rules_drop(b, h);
		return err != GN_OK ? err : GN_MALFORMED;
	}
	r->before = (struct gn_before){.beyond = false}; /* it borrows */
	h->rules_seq = r->seq;
	h->queue = r->kind == GN_FB_BOX_KIND_QUEUE;
	h->effort = r->effort < UINT8_MAX ? (uint8_t)r->effort : UINT8_MAX;
	box_weight_set(b, h);
	return GN_OK;
}

/* Those who wait, in line with those of other boxes. */
static void let_go_on(struct gn_box *b, struct box_held *h)
{
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

void box_rules_got(struct gn_box *b, struct box_held *h, const struct gn_overlay_event *e)
{
	GN_ASSERT(h->get == e->op && b->lookups > 0);
	h->get = 0;
	b->lookups--;
	gn_err err = e->value_count ? take_rules(b, h, e->values[0].record) : GN_NOT_FOUND;
	if (err == GN_OK) {
		b->count.rules_read++;
	} else {
		b->count.rules_failed++;
		h->rules_failed = b->now + BOX_RULES_AGAIN;
	}
	let_go_on(b, h);
}

void box_rules_listed(struct gn_box *b)
{
	uint64_t round = gn_lists_round(b->cfg.lists);
	if (round == b->round)
		return;
	b->round = round;
	for (uint32_t i = 0; i < b->held.count; i++) {
		struct box_held *h = GN_MAP_AT(&b->held, struct box_held *, i);
		const struct box_pending *p = h->pending_first;
		if (h->listing && !h->get &&
		    (!p || !h->rules ||
		     gn_lists_look(b->cfg.lists, box_issuer(h), &p->from, b->now) != GN_PENDING))
			let_go_on(b, h);
	}
}

struct box_pending *box_rules_ready(struct gn_box *b)
{
	struct box_pending *p = b->ready_first;
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
