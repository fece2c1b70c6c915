/* Whose key a topic is followed with. A root gives a node one lease for a topic, by one key; but
 * several people of one machine may follow it, each with a right of their own. So one of their keys
 * is shown to the roots, who judge it; the others are judged here, as a root would, by the record
 * and their token, and hear what comes by that lease.
 *
 *   local:  waits -> hears [bus_keys_look: its key is the view's, or has the right]
 *           waits, hears -> ended [no right by a record that was looked up since it began]
 *   view:   one's key -> the next one's [bus_keys_next: its roots refuse it, or its owner does not
 *           sign; bus_keys_gone: nobody follows with it any more]
 *
 * 1. Who hears has a right that is looked at each time a lease is renewed. What still comes by a
 *    lease that was another's is not for whom the roots are shown now, until one says yes to them.
 * 2. Who has no right, or does not sign, keeps nobody else out. Rule BS-21. */
#include "services/bus/engine_int.h"

#include <stdio.h>

/* Is it the key that the roots are shown, by the token that it was given? */
static bool is_shown(const struct bus_view *v, const struct bus_local *l)
{
	return gn_pk_eq(&l->key, &v->key) &&
	       gn_slice_eq(l->given, gn_slice(v->token.bytes, v->token.len));
}

bool bus_keys_hears(const struct bus_view *v, const struct bus_local *l)
{
	bool open = v->rec && v->rec->subscribe == GN_FB_TOPIC_ADMISSION_OPEN;
	return open || l->may || (is_shown(v, l) && !v->anothers);
}

void bus_local_end(struct gn_bus *b, struct bus_local *l, gn_err err, struct gn_slice limit)
{
	if (l->op.ended)
		return;
	l->op.ended = true;
	l->op.err = err;
	snprintf(l->limit, sizeof l->limit, "%.*s", (int)limit.len,
		 limit.len ? (const char *)limit.p : "");
	gn_frame_tell(&b->frame, &l->op);
}

gn_err bus_keys_take(struct gn_bus *b, struct bus_view *v, const struct bus_local *l)
{
	GN_ASSERT(l->given.len <= BUS_TOKEN_MAX);
	uint8_t *bytes = l->given.len ? gn_mem_new(b->env.alloc, l->given.len) : NULL;
	if (l->given.len && !bytes)
		return GN_NOMEM;
	bus_token_drop(b, &v->token);
	if (bytes)
		memcpy(bytes, l->given.p, l->given.len);
	v->token.bytes = bytes;
	v->token.len = (uint32_t)l->given.len;
	v->key = l->key;
	for (unsigned i = 0; i < v->root_count; i++) {
		struct bus_root *r = &v->roots[i];
		v->anothers = v->anothers || r->leased;
		r->asked_before = r->asked;
		r->bad_until = r->denied ? 0 : r->bad_until;
		r->denied = r->signed_here = false;
		r->tries = 0;
		r->sign = 0;
		r->renew = b->now;
	}
	bus_view_wake(b, v, b->now);
	return GN_OK;
}

/* Who is not shown; after `from` or, where there is none, from the first on. */
static const struct bus_local *other(const struct bus_view *v, const struct bus_local *from,
				     bool may)
{
	for (const struct bus_local *l = from ? from->next : v->locals; l; l = l->next)
		if (!l->op.ended && !is_shown(v, l) && (l->may || !may))
			return l;
	return from ? other(v, NULL, may) : NULL;
}

bool bus_keys_next(struct gn_bus *b, struct bus_view *v)
{
	const struct bus_local *last = NULL;
	for (const struct bus_local *l = v->locals; l; l = l->next)
		if (is_shown(v, l))
			last = l;
	const struct bus_local *next = other(v, last, true); /* who has the right, as far as */
	next = next ? next : other(v, last, false);          /* is known here */
	return next && bus_keys_take(b, v, next) == GN_OK;
}

void bus_keys_refused(struct gn_bus *b, struct bus_view *v, gn_err err, struct gn_slice limit)
{
	for (struct bus_local *l = v->locals; l; l = l->next)
		if (is_shown(v, l))
			bus_local_end(b, l, err, limit);
	(void)bus_keys_next(b, v);
}

void bus_keys_gone(struct gn_bus *b, struct bus_view *v)
{
	for (const struct bus_local *l = v->locals; l; l = l->next)
		if (!l->op.ended && is_shown(v, l))
			return;
	(void)bus_keys_next(b, v);
}

/* It may: by the record as it is known, and nothing that was taken back. GN_BUSY: the list of that
 * is not known yet. */
static gn_err right_of(struct gn_bus *b, const struct bus_view *v, struct bus_local *l)
{
	GN_ASSERT(v->rec);
	GN_TRY(bus_right(b, v->rec, &l->key, GN_FB_ACTION_SUBSCRIBE, l->given, &l->right));
	gn_err err = bus_revoked(b, &l->right);
	if (err == GN_BUSY)
		(void)!gn_lists_look(b->cfg.lists, &v->rec->owner, NULL, b->now);
	return err;
}

/* It is new here: what is kept is given to it too. */
static void begins(struct gn_bus *b, struct bus_view *v, struct bus_local *l)
{
	l->may = l->changed = true;
	l->fresh = b->now + BUS_FRESH;
	v->again = true;
	for (unsigned i = 0; i < v->root_count; i++)
		if (v->roots[i].role == 1)
			v->roots[i].renew = b->now;
	gn_frame_tell(&b->frame, &l->op);
}

gn_time bus_keys_look(struct gn_bus *b, struct bus_view *v)
{
	gn_time next = GN_NEVER;
	if (!v->rec || v->rec->subscribe == GN_FB_TOPIC_ADMISSION_OPEN)
		return next;
	for (struct bus_local *l = v->locals; l; l = l->next) {
		if (l->op.ended || is_shown(v, l))
			continue;
		if (l->look > b->now) {
			next = gn_time_min(next, l->look);
			continue;
		}
		gn_err err = right_of(b, v, l);
		l->look = b->now + (err == GN_BUSY ? GN_SEC : BUS_RENEW);
		next = gn_time_min(next, l->look);
		if (err == GN_OK && !l->may)
			begins(b, v, l);
		else if (err != GN_OK && err != GN_BUSY && v->rec_at > l->began)
			bus_local_end(b, l, err == GN_EXPIRED ? err : GN_DENIED, gn_slice(NULL, 0));
		else if (err != GN_OK && err != GN_BUSY)
			bus_view_look_soon(b, v, b->now); /* it may be a new right */
		l->may = l->may && err == GN_OK;
	}
	return next;
}
