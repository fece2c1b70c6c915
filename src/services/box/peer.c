/* Peers with something here: rights shown in their session, items on their way to them. All of it
 * belongs to one session, by its exporter, and goes with it.
 *
 *   peer:  none -> here [box_peer_need] -> none [the session ends, or others need the place and
 *          nothing is on its way to it]
 *   feed:  resting <-> active [box_feed_wake, _rest] -> ended [box_feed_end] */
#include "services/box/engine_int.h"

bool box_exporter(const struct gn_box *b, const struct gn_pk *peer, bool ours, uint8_t out[32])
{
	if (gn_pk_eq(peer, &b->cfg.node_key.pk)) { /* no session leads to ourselves */
		memset(out, 0, 32);
		return true;
	}
	return b->cfg.exporter && b->cfg.exporter(b->cfg.user, peer, ours, out);
}

/* ---- feeds ---- */

void box_feed_wake(struct gn_box *b, struct box_feed *f)
{
	if (f->active)
		return;
	f->active = true;
	f->prev = b->feed_last;
	f->next = NULL;
	if (b->feed_last)
		b->feed_last->next = f;
	else
		b->feed_first = f;
	b->feed_last = f;
}

void box_feed_rest(struct gn_box *b, struct box_feed *f)
{
	if (!f->active)
		return;
	f->active = false;
	if (f->prev)
		f->prev->next = f->next;
	else
		b->feed_first = f->next;
	if (f->next)
		f->next->prev = f->prev;
	else
		b->feed_last = f->prev;
	f->next = f->prev = NULL;
}

static void unwatch(struct gn_box *b, struct box_feed *f)
{
	GN_ASSERT(f->kind == FEED_WATCH);
	struct box_held *h = box_held_get(b, &f->box);
	GN_ASSERT(h && h->watches > 0 && b->watches > 0);
	struct box_feed **at = &h->watch_first;
	while (*at != f)
		at = &(*at)->next_watch;
	*at = f->next_watch;
	h->watches--;
	b->watches--;
}

void box_feed_end(struct gn_box *b, struct box_feed *f)
{
	struct box_peer **p = gn_map_get(&b->peers, &f->to.pk);
	GN_ASSERT(p && (*p)->feeds > 0);
	box_feed_rest(b, f);
	(*p)->feeds--;
	struct gn_holder by = box_holder(&f->to);
	gn_share_give(&b->feeding, &by, 1);
	if (f->kind == FEED_WATCH)
		unwatch(b, f);
	(void)gn_map_remove(&b->feeds, &f->number);
	gn_mem_free(b->env.alloc, f->turn);
	gn_mem_free(b->env.alloc, f);
}

/* Those of an earlier session go with it. */
static void feeds_of_end(struct gn_box *b, const struct box_peer *p)
{
	for (uint32_t i = b->feeds.count; i-- > 0 && p->feeds;) {
		struct box_feed *f = GN_MAP_AT(&b->feeds, struct box_feed *, i);
		if (gn_pk_eq(&f->to.pk, &p->pk))
			box_feed_end(b, f);
	}
	GN_ASSERT(p->feeds == 0);
}

/* ---- peers ---- */

void box_show_drop(struct gn_box *b, struct box_show *s)
{
	gn_mem_free(b->env.alloc, s->token);
	gn_mem_free(b->env.alloc, s->chain);
	*s = (struct box_show){.number = 0};
}

static void forget_session(struct gn_box *b, struct box_peer *p)
{
	feeds_of_end(b, p);
	for (unsigned i = 0; i < BOX_SHOWS; i++)
		box_show_drop(b, &p->shows[i]);
	p->next = 0;
}

struct box_peer *box_peer_get(struct gn_box *b, const struct gn_pk *pk)
{
	struct box_peer **at = gn_map_get(&b->peers, pk);
	uint8_t exporter[32];
	if (!at)
		return NULL;
	struct box_peer *p = *at;
	bool same = box_exporter(b, pk, false, exporter) &&
		    memcmp(exporter, p->exporter, sizeof exporter) == 0;
	gn_wipe(exporter, sizeof exporter);
	if (!same) {
		forget_session(b, p);
		return NULL;
	}
	p->used = b->now;
	return p;
}

void box_peer_drop(struct gn_box *b, const struct gn_pk *pk)
{
	struct box_peer **at = gn_map_get(&b->peers, pk);
	if (!at)
		return;
	struct box_peer *p = *at;
	forget_session(b, p);
	(void)gn_map_remove(&b->peers, pk);
	gn_wipe(p->exporter, sizeof p->exporter);
	gn_mem_free(b->env.alloc, p);
}

/* The one without feeds that was silent for longest. */
static bool make_place(struct gn_box *b)
{
	GN_ASSERT(b->peers.count > 0);
	struct box_peer *oldest = NULL;
	for (uint32_t i = 0; i < b->peers.count; i++) {
		struct box_peer *p = GN_MAP_AT(&b->peers, struct box_peer *, i);
		if (p->feeds == 0 && (!oldest || p->used < oldest->used))
			oldest = p;
	}
	if (!oldest)
		return false;
	b->count.peers_gave_way++;
	struct gn_pk pk = oldest->pk;
	box_peer_drop(b, &pk);
	return true;
}

struct box_peer *box_peer_need(struct gn_box *b, const struct gn_pk *pk)
{
	struct box_peer **at = gn_map_get(&b->peers, pk), *p = at ? *at : NULL;
	uint8_t exporter[32];
	if (!box_exporter(b, pk, false, exporter))
		return NULL;
	if (!p) {
		if (b->peers.count >= BOX_PEERS && !make_place(b))
			return NULL;
		p = GN_NEW(b->env.alloc, struct box_peer);
		at = p ? gn_map_put(&b->peers, pk) : NULL;
		if (!at) {
			gn_mem_free(b->env.alloc, p);
			b->count.nomem++;
			return NULL;
		}
		*at = p;
		p->pk = *pk;
	} else if (memcmp(exporter, p->exporter, sizeof exporter) != 0) {
		forget_session(b, p);
	}
	memcpy(p->exporter, exporter, sizeof exporter);
	gn_wipe(exporter, sizeof exporter);
	p->used = b->now;
	return p;
}
