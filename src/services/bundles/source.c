/* Where blocks are: the nodes nearest to a block's hash, found once and remembered for all
 * readers of it, with what each of them said. The nearest few are asked for chunks directly; one
 * that lacks the block says so, and the next nearest takes its place.
 *
 *   NEW -> FINDING [need] -> FOUND [contacts]
 *   FOUND -> WAITING [nobody is left] -> NEW, wide [due] -> FINDING -> FOUND
 *   FOUND, wide -> NONE [nobody is left]
 *   FOUND -> NEW [BUNDLES_SOURCE_TTL]
 *   NONE -> NEW [BUNDLES_BUSY_WAIT: for whoever asks later]
 *
 * Rule: docs/spec/services.md BU-12. */
#include "services/bundles/engine_int.h"

struct bundles_source *bundles_source_get(const struct gn_bundles *b, const struct gn_hash *block)
{
	struct bundles_source **at = gn_map_get(&b->sources, block);
	return at ? *at : NULL;
}

void bundles_source_free(struct gn_bundles *b, struct bundles_source *s)
{
	GN_ASSERT((s->find != 0) == (s->state == SOURCE_FINDING));
	if (s->find) {
		gn_frame_find_drop(&b->frame, &s->find);
		b->finds_out--;
	}
	gn_heap_remove(&b->timers, &s->timer.node);
	(void)gn_map_remove(&b->sources, &s->block);
	gn_mem_free(b->env.alloc, s->holders);
	gn_mem_free(b->env.alloc, s);
}

static void evict_oldest(struct gn_bundles *b)
{
	GN_ASSERT(b->sources.count > 0);
	struct bundles_source *oldest = NULL;
	for (uint32_t i = 0; i < b->sources.count; i++) {
		struct bundles_source *s = GN_MAP_AT(&b->sources, struct bundles_source *, i);
		if (!oldest || s->used < oldest->used)
			oldest = s;
	}
	bundles_source_free(b, oldest);
}

static void start_find(struct gn_bundles *b, struct bundles_source *s)
{
	GN_ASSERT(s->state == SOURCE_NEW && !s->find);
	gn_op op;
	if (b->finds_out >= BUNDLES_FINDS)
		return; /* the end of one of them runs us again */
	gn_err err = gn_overlay_find(b->cfg.overlay, &s->block,
				     s->wide ? BUNDLES_HOLDERS_WIDE : BUNDLES_HOLDERS, b->now, &op);
	if (err == GN_OK)
		err = bundles_find_add(b, op, FIND_SOURCE, s);
	if (err != GN_OK) { /* too many lookups by others, or no memory: later */
		b->wake = gn_time_min(b->wake, b->now + BUNDLES_BUSY_WAIT);
		return;
	}
	b->count.finds++;
	b->finds_out++;
	s->find = op;
	s->state = SOURCE_FINDING;
}

struct bundles_source *bundles_source_need(struct gn_bundles *b, const struct gn_hash *block)
{
	struct bundles_source *s = bundles_source_get(b, block);
	if (!s) {
		if (b->sources.count == BUNDLES_SOURCES)
			evict_oldest(b);
		s = GN_NEW(b->env.alloc, struct bundles_source);
		struct bundles_source **at = s ? gn_map_put(&b->sources, block) : NULL;
		if (!at) {
			gn_mem_free(b->env.alloc, s);
			b->count.nomem++;
			return NULL;
		}
		*at = s;
		s->block = *block;
		s->timer.kind = TIMER_SOURCE;
	}
	if (b->now - s->used > BUNDLES_REFUSED)
		s->refused = 0; /* nobody asked meanwhile */
	s->used = b->now;
	if ((s->state == SOURCE_FOUND && b->now - s->found > BUNDLES_SOURCE_TTL) ||
	    (s->state == SOURCE_NONE && b->now - s->found > BUNDLES_BUSY_WAIT)) {
		s->state = SOURCE_NEW;
		s->wide = false;
		s->err = GN_OK;
		s->refused = 0;
	}
	if (s->state == SOURCE_NEW)
		start_find(b, s);
	return s;
}

/* Nobody is left to ask: look again wider, or give up. */
static void holders_exhausted(struct gn_bundles *b, struct bundles_source *s)
{
	GN_ASSERT(s->state == SOURCE_FOUND);
	if (!s->wide && bundles_timer_set(b, &s->timer, b->now + BUNDLES_SOURCE_RETRY) == GN_OK) {
		s->wide = true;
		s->state = SOURCE_WAITING;
		return;
	}
	s->state = SOURCE_NONE;
	s->found = b->now;
	if (s->err == GN_OK)
		s->err = GN_NOT_FOUND;
	b->count.finds_failed++;
}

void bundles_source_due(struct gn_bundles *b, struct bundles_source *s)
{
	GN_ASSERT(s->state == SOURCE_WAITING);
	gn_heap_remove(&b->timers, &s->timer.node);
	s->state = SOURCE_NEW;
	start_find(b, s);
}

void bundles_source_found(struct gn_bundles *b, struct bundles_source *s,
			  const struct gn_overlay_event *e)
{
	GN_ASSERT(s->find == e->op && b->finds_out > 0);
	s->find = 0;
	b->finds_out--;
	gn_mem_free(b->env.alloc, s->holders);
	s->holder_count = 0;
	s->holders = e->contact_count
			     ? GN_NEW_ARRAY(b->env.alloc, struct bundles_holder, e->contact_count)
			     : NULL;
	for (uint32_t i = 0; i < e->contact_count && s->holders; i++)
		if (!gn_pk_eq(&e->contacts[i].pk, &b->cfg.node_key.pk))
			s->holders[s->holder_count++].contact = e->contacts[i];
	s->found = b->now;
	s->state = SOURCE_FOUND;
	if (s->holder_count == 0) {
		if (e->err != GN_OK)
			s->err = e->err;
		holders_exhausted(b, s);
	}
}

struct bundles_holder *bundles_source_holder(struct bundles_source *s, const struct gn_pk *pk)
{
	for (uint32_t i = 0; i < s->holder_count; i++)
		if (gn_pk_eq(&s->holders[i].contact.pk, pk))
			return &s->holders[i];
	return NULL;
}

bool bundles_source_refused(const struct gn_bundles *b, struct bundles_source *s)
{
	GN_ASSERT(s->refused <= b->now);
	if (!s->refused)
		s->refused = b->now;
	return b->now - s->refused >= BUNDLES_REFUSED;
}

/* Expected time until an answer; who is known to have the block comes first. */
static gn_time ask_cost(const struct bundles_peer *p, const struct bundles_holder *h)
{
	GN_ASSERT(p->inflight < p->window);
	gn_time each = p->srtt ? p->srtt : BUNDLES_UNTIMED;
	return each * (gn_time)(p->inflight + 1) * (h->state == HOLDER_HAS ? 1 : 2);
}

struct bundles_peer *bundles_source_pick(struct gn_bundles *b, struct bundles_source *s, bool asked,
					 gn_err *err)
{
	struct bundles_peer *best = NULL;
	const struct bundles_holder *best_holder = NULL;
	unsigned usable = 0;
	*err = GN_AGAIN;
	if (s->state == SOURCE_NONE)
		*err = s->err;
	if (s->state != SOURCE_FOUND)
		return NULL;
	for (uint32_t i = 0; i < s->holder_count && usable < BUNDLES_PROBE; i++) {
		const struct bundles_holder *h = &s->holders[i];
		struct bundles_peer *p =
			h->state < HOLDER_LACKS ? bundles_peer_need(b, &h->contact, best) : NULL;
		if (p && p->bad && b->now < p->wait_until) {
			s->err = GN_HASH;
			continue;
		}
		if (!p)
			continue;
		p->bad = false;
		usable++;
		if (b->now < p->wait_until)
			b->wake = gn_time_min(b->wake, p->wait_until);
		if (bundles_peer_can(b, p) &&
		    (!best || ask_cost(p, h) < ask_cost(best, best_holder))) {
			best = p;
			best_holder = h;
		}
	}
	if (usable == 0 && !asked) {
		holders_exhausted(b, s);
		if (s->state == SOURCE_NONE)
			*err = s->err;
	}
	return best;
}
