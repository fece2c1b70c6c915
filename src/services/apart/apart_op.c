/* One operation, once its nodes are known: a PUT asks the APART_SET nearest at once, a GET as many
 * as have to answer, and the next for each that is of no use, APART_NODES in all. The record itself
 * is asked of one, of the others which version they have, and for that where nobody has shown it: a
 * record is up to 64 KiB, and goes over circuits that carry 2 KiB/s (RE-33).
 *
 *   PUT: over when the receipts count as `need` (OV-56), or nobody is left to answer
 *   GET: over when `need` have shown a record, or nobody is left: who has nothing does not count
 *        while others still can answer (OV-51)
 *
 * A receipt or a record that is not good is no answer of its node. */
#include "services/apart/apart_int.h"

void apart_end(struct gn_apart *a, struct apart_op *o, gn_err err)
{
	GN_ASSERT(!o->op.ended);
	gn_frame_find_drop(&a->frame, &o->find);
	o->op.ended = true;
	o->op.err = err;
	o->took = a->now - o->started;
	gn_frame_tell(&a->frame, &o->op);
}

gn_time apart_due(const struct apart_op *o)
{
	gn_time at = o->started + APART_TIME;
	if (o->op.ended)
		return GN_NEVER;
	for (unsigned i = 0; i < o->count; i++)
		if (o->at[i].state == APART_ASKED)
			at = gn_time_min(at, o->at[i].due);
	return at;
}

/* ---- whom it asks ---- */

static unsigned with(const struct apart_op *o, enum apart_state state)
{
	unsigned n = 0;
	for (unsigned i = 0; i < o->count; i++)
		n += o->at[i].state == state;
	return n;
}

/* Who may still be asked: of a GET those nearest APART_SET that are not down, all of a PUT. */
static struct apart_node *next_node(struct apart_op *o)
{
	unsigned rank = 0;
	for (unsigned i = 0; i < o->count; i++) {
		if (o->at[i].state == APART_NEW)
			return &o->at[i];
		rank += o->at[i].state != APART_DOWN && (!o->put || o->at[i].state != APART_NONE);
		if (rank >= APART_SET)
			return NULL;
	}
	return NULL;
}

static void ask(struct gn_apart *a, struct apart_op *o, struct apart_node *n, bool whole)
{
	n->request = gn_rand_u64(a->env.rand) | 1;
	n->due = a->now + APART_ANSWER;
	n->whole = whole;
	bool asked = apart_ask(a, o, &o->set[n - o->at], n->request, whole);
	n->state = asked ? APART_ASKED : APART_DOWN;
}

/* Is the record itself on its way? */
static bool is_coming(const struct apart_op *o)
{
	bool is = false;
	for (unsigned i = 0; i < o->count; i++)
		is = is || (o->at[i].state == APART_ASKED && o->at[i].whole);
	return is;
}

static void ask_next(struct gn_apart *a, struct apart_op *o)
{
	GN_ASSERT(o->running && !o->op.ended);
	unsigned wanted = o->put ? APART_SET : o->need;
	struct apart_node *n;
	while (with(o, APART_ASKED) + with(o, APART_SAID) + with(o, APART_GOOD) < wanted &&
	       (n = next_node(o)))
		ask(a, o, n, o->put || !(o->found_count || is_coming(o)));
}

static struct apart_found *found_of(struct apart_op *o, const struct gn_hash *version)
{
	for (unsigned i = 0; i < o->found_count; i++)
		if (gn_hash_eq(&o->found[i].record.hash, version))
			return &o->found[i];
	return NULL;
}

/* Who said which version they have: that was shown, or they are asked for it, one at a time. */
static void settle_said(struct gn_apart *a, struct apart_op *o)
{
	bool coming = is_coming(o);
	for (unsigned i = 0; i < o->count; i++) {
		struct apart_node *n = &o->at[i];
		if (n->state != APART_SAID)
			continue;
		struct apart_found *same = found_of(o, &n->version);
		if (same) {
			same->holders++;
			n->state = APART_GOOD;
		} else if (!coming) {
			ask(a, o, n, true);
			coming = n->state == APART_ASKED;
		}
	}
}

/* ---- when it is over ---- */

static gn_err why_put(const struct apart_op *o)
{
	if (o->exists)
		return GN_EXISTS;
	if (o->stale)
		return GN_STALE;
	bool all = o->refusal && (o->receipt_count == 0 || o->refusal == GN_PROOF_OF_WORK);
	if (all)
		return o->refusal;
	return with(o, APART_DOWN) == o->count ? GN_UNREACHABLE : GN_QUORUM;
}

static gn_err why_get(const struct apart_op *o)
{
	if (o->found_count)
		return GN_OK;
	return with(o, APART_NONE) ? GN_NOT_FOUND : GN_UNREACHABLE;
}

static bool is_enough(const struct gn_apart *a, const struct apart_op *o)
{
	if (o->put)
		return gn_overlay_distinct(a->overlay, o->receipt_addrs, o->receipt_count) >=
		       o->need;
	return with(o, APART_GOOD) >= o->need;
}

void apart_run(struct gn_apart *a, struct apart_op *o)
{
	if (o->op.ended)
		return;
	for (unsigned i = 0; i < o->count; i++)
		if (o->at[i].state == APART_ASKED && o->at[i].due <= a->now) {
			o->at[i].state = APART_DOWN;
			a->count->silent++;
		}
	bool late = o->started + APART_TIME <= a->now;
	if (!late)
		settle_said(a, o);
	if (o->running && is_enough(a, o)) {
		apart_end(a, o, GN_OK);
		return;
	}
	if (o->running && !late)
		ask_next(a, o);
	if (late || (o->running && with(o, APART_ASKED) == 0))
		apart_end(a, o, o->put ? why_put(o) : why_get(o));
}

/* ---- answers ---- */

static bool is_fresh(const struct gn_apart *a, const struct gn_record *r)
{
	return gn_record_fresh(r, gn_unix(gn_overlay_time(a->overlay, a->now))) == GN_OK ||
	       gn_record_fresh(r, gn_unix(gn_overlay_time_latest(a->overlay, a->now))) == GN_OK;
}

/* One more version, newest first; one past the bound: the oldest goes. */
static bool keep(struct gn_apart *a, struct apart_op *o, struct gn_slice bytes,
		 const struct gn_record *r)
{
	unsigned at = 0;
	GN_ASSERT(o->found_count <= GN_OVERLAY_VALUES);
	while (at < o->found_count && gn_record_compare(&o->found[at].record, r) > 0)
		at++;
	if (at == GN_OVERLAY_VALUES)
		return true;
	uint8_t *copy = gn_mem_new(a->env.alloc, bytes.len);
	if (!copy) {
		a->count->nomem++;
		return false;
	}
	if (o->found_count == GN_OVERLAY_VALUES)
		gn_mem_free(a->env.alloc, o->found[--o->found_count].bytes);
	memmove(&o->found[at + 1], &o->found[at], (o->found_count - at) * sizeof o->found[0]);
	o->found_count++;
	memcpy(copy, bytes.p, bytes.len);
	o->found[at] = (struct apart_found){.bytes = copy, .holders = 1};
	gn_err err = gn_wire_record_parse(gn_slice(copy, bytes.len), &o->found[at].record);
	GN_ASSERT(err == GN_OK);
	return true;
}

/* False: it is not good, or there is no memory. */
static bool show(struct gn_apart *a, struct apart_op *o, struct gn_slice bytes)
{
	struct gn_record r;
	bool good = gn_wire_record_parse(bytes, &r) == GN_OK && gn_hash_eq(&r.key, &o->key) &&
		    (!o->type || r.type == o->type) && r.seq >= o->min_seq && is_fresh(a, &r);
	struct apart_found *same = good ? found_of(o, &r.hash) : NULL;
	if (same) { /* it was verified then */
		same->holders++;
		return true;
	}
	if (!good || gn_wire_record_verify(&r) != GN_OK) {
		a->count->bad++;
		return false;
	}
	return keep(a, o, bytes, &r);
}

static bool take_receipt(struct gn_apart *a, struct apart_op *o, const struct gn_contact *of,
			 struct gn_fb_ack m)
{
	struct gn_receipt r = {0};
	GN_ASSERT(o->receipt_count < APART_NODES);
	if (gn_fb_ack_has_receipt(m))
		gn_wire_receipt_get(gn_fb_ack_receipt(m), &r);
	if (!gn_hash_eq(&r.key, &o->key) || r.seq != o->record.seq ||
	    !gn_hash_eq(&r.hash, &o->record.hash) ||
	    memcmp(r.holder.b, of->id.b, sizeof r.holder.b) != 0 ||
	    !gn_pk_eq(&r.holder_key, &of->pk) || gn_wire_receipt_verify(&r) != GN_OK) {
		a->count->bad++;
		return false;
	}
	struct gn_overlay_receipt *out = &o->receipts[o->receipt_count];
	*out = (struct gn_overlay_receipt){
		.pk = r.holder_key, .sig = r.sig, .held_until = r.held_until};
	memcpy(out->holder.b, r.holder.b, sizeof out->holder.b);
	o->receipt_addrs[o->receipt_count++] =
		of->addr_count ? of->addrs[0] : (struct gn_addr){.port = 0};
	return true;
}

/* Another version stands in the way. */
static void stands_against(struct gn_apart *a, struct apart_op *o, struct gn_fb_stale m)
{
	GN_ASSERT(o->put);
	bool exists = gn_wire_err(gn_fb_stale_code(m)) == GN_EXISTS;
	if (!show(a, o, gn_fb_stale_record(m)))
		return;
	o->exists = o->exists || exists;
	o->stale = o->stale || (!exists && gn_record_compare(&o->record, &o->found[0].record) < 0);
}

/* A version is taken from who was asked for it. */
static bool take_version(struct gn_apart *a, const struct apart_op *o, struct apart_node *n,
			 struct gn_fb_record_version m)
{
	GN_ASSERT(!o->put);
	if (n->whole || gn_fb_record_version_seq(m) < o->min_seq) {
		a->count->bad++;
		return false;
	}
	struct gn_fb_hash hash = gn_fb_record_version_hash(m);
	memcpy(n->version.b, hash.b, sizeof n->version.b);
	return true;
}

static void refuse(struct apart_op *o, gn_err err)
{
	if (o->refusal == GN_OK)
		o->refusal = err ? err : GN_REMOTE;
}

void apart_answer(struct gn_apart *a, struct apart_op *o, unsigned i,
		  struct gn_fb_overlay_message m)
{
	GN_ASSERT(i < o->count && o->at[i].state == APART_ASKED);
	bool good = false, none = true;
	enum apart_state as = APART_GOOD;
	switch (gn_fb_overlay_message_body_type(m)) {
	case GN_FB_OVERLAY_BODY_ACK:
		none = false;
		good = take_receipt(a, o, &o->set[i], gn_fb_overlay_message_body_as_ack(m));
		break;
	case GN_FB_OVERLAY_BODY_VALUE:
		none = false;
		good = show(a, o, gn_fb_value_record(gn_fb_overlay_message_body_as_value(m)));
		break;
	case GN_FB_OVERLAY_BODY_RECORD_VERSION:
		none = false;
		as = APART_SAID;
		good = take_version(a, o, &o->at[i],
				    gn_fb_overlay_message_body_as_record_version(m));
		break;
	case GN_FB_OVERLAY_BODY_STALE:
		stands_against(a, o, gn_fb_overlay_message_body_as_stale(m));
		break;
	case GN_FB_OVERLAY_BODY_REFUSED:
		refuse(o,
		       gn_wire_err(gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(m))));
		break;
	case GN_FB_OVERLAY_BODY_BUSY: refuse(o, GN_BUSY); break;
	default: break; /* it does not hold such keys */
	}
	o->at[i].state = good ? as : none ? APART_NONE : APART_DOWN;
}
