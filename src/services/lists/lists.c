/* The engine. An entry is made when a list is first asked for, and stays until its place is needed
 * or memory for its ids is not there. */
#include "services/lists/lists_int.h"

gn_err gn_lists_new(const struct gn_env *env, const struct gn_lists_config *config,
		    struct gn_lists **out)
{
	GN_ASSERT(config->overlay);
	struct gn_lists *l = GN_NEW(env->alloc, struct gn_lists);
	struct gn_share_config places = {.total = LISTS_KIB,
					 .per_key = LISTS_KIB_PEER,
					 .per_prefix = LISTS_KIB / LISTS_PREFIX_PART,
					 .crowded = LISTS_KIB / 2,
					 .holders_max = LISTS_KIB,
					 .count_local = config->count_local};
	if (!l)
		return GN_NOMEM;
	l->env = *env;
	l->overlay = config->overlay;
	gn_frame_init(&l->frame, env, config->overlay, 1, LISTS_LOOKUPS);
	gn_map_init(&l->lists, env, sizeof(struct gn_pk), sizeof(void *), LISTS_KIB + LISTS_OWN);
	gn_share_init(&l->places, env, &places);
	*out = l;
	return GN_OK;
}

static void drop(struct gn_lists *l, struct lists_list *e)
{
	GN_ASSERT(e->kib > 0);
	if (e->get) {
		gn_frame_find_drop(&l->frame, &e->get);
		l->lookups--;
	}
	if (e->own)
		l->own--;
	else
		gn_share_give(&l->places, &e->by, e->kib);
	(void)gn_map_remove(&l->lists, &e->issuer);
	gn_mem_free(l->env.alloc, e->ids);
	gn_mem_free(l->env.alloc, e);
}

void gn_lists_free(struct gn_lists *l)
{
	if (!l)
		return;
	while (l->lists.count)
		drop(l, GN_MAP_AT(&l->lists, struct lists_list *, 0));
	GN_ASSERT(l->places.used == 0 && l->own == 0 && l->lookups == 0);
	gn_share_fini(&l->places);
	gn_map_fini(&l->lists);
	gn_frame_fini(&l->frame);
	gn_mem_free(l->env.alloc, l);
}

void gn_lists_chain_of(const struct gn_token *t, struct gn_lists_chain *out)
{
	GN_ASSERT(t->count > 0);
	*out = (struct gn_lists_chain){.owner = *gn_token_owner(t)};
	if (gn_token_life(t) <= LISTS_LIFE)
		return;
	out->count = (uint32_t)t->count;
	for (size_t i = 0; i < t->count; i++)
		out->ids[i] = t->blocks[i].id;
}

/* ---- places ---- */

static struct lists_list *get(const struct gn_lists *l, const struct gn_pk *issuer)
{
	struct lists_list **at = gn_map_get(&l->lists, issuer);
	return at ? *at : NULL;
}

/* The one unused for longest, of those of strangers or of our own. */
static bool make_place(struct gn_lists *l, bool own, const struct lists_list *but)
{
	GN_ASSERT(own || l->places.used > 0);
	struct lists_list *oldest = NULL;
	for (uint32_t i = 0; i < l->lists.count; i++) {
		struct lists_list *e = GN_MAP_AT(&l->lists, struct lists_list *, i);
		if (e->own == own && !e->get && e != but && (!oldest || e->used < oldest->used))
			oldest = e;
	}
	if (!oldest)
		return false;
	l->count.gave_way++;
	drop(l, oldest);
	return true;
}

/* So much more for this one. GN_QUOTA, GN_LIMIT, GN_NO_SPACE, GN_NOMEM. */
static gn_err take_kib(struct gn_lists *l, struct lists_list *e, uint64_t kib)
{
	GN_ASSERT(kib > 0);
	gn_err err = e->own ? GN_OK : gn_share_take(&l->places, &e->by, kib);
	while (err == GN_NO_SPACE && make_place(l, false, e))
		err = gn_share_take(&l->places, &e->by, kib);
	l->count.refused += err != GN_OK;
	e->kib += err == GN_OK ? kib : 0;
	return err;
}

static struct gn_holder holder_of(const struct gn_contact *by)
{
	struct gn_holder who = {.key = by->pk};
	if (by->addr_count)
		who.addr = by->addrs[0];
	return who;
}

/* Its place is another's, who has room for it: else who asks first and has none would keep it from
 * everybody. */
static void move_to(struct gn_lists *l, struct lists_list *e, const struct gn_contact *by,
		    gn_time now)
{
	GN_ASSERT(e->poor && !e->own);
	struct gn_holder who = holder_of(by);
	if (gn_pk_eq(&by->pk, &e->by.key) || gn_share_take(&l->places, &who, e->kib) != GN_OK)
		return;
	gn_share_give(&l->places, &e->by, e->kib);
	e->by = who;
	e->poor = false;
	e->again = now;
}

static struct lists_list *need(struct gn_lists *l, const struct gn_pk *issuer,
			       const struct gn_contact *by)
{
	GN_ASSERT(!get(l, issuer));
	if (!by && l->own >= LISTS_OWN && !make_place(l, true, NULL))
		return NULL;
	struct lists_list *e = GN_NEW(l->env.alloc, struct lists_list);
	if (!e) {
		l->count.nomem++;
		return NULL;
	}
	*e = (struct lists_list){.issuer = *issuer, .own = !by};
	if (by)
		e->by = holder_of(by);
	struct lists_list **at = take_kib(l, e, 1) == GN_OK ? gn_map_put(&l->lists, issuer) : NULL;
	if (!at) {
		if (e->kib && by)
			gn_share_give(&l->places, &e->by, e->kib);
		gn_mem_free(l->env.alloc, e);
		return NULL;
	}
	*at = e;
	l->own += e->own;
	return e;
}

/* ---- looking it up ---- */

/* Is one more lookup within the share of those who asked for this list? Issuers can be chosen whose
 * lists take long to be looked up. */
static bool within_share(const struct gn_lists *l, const struct lists_list *e)
{
	uint32_t all = 0, key = 0, same = 0; /* of others; of this peer; of its prefix, too */
	for (uint32_t i = 0; i < l->lists.count && !e->own; i++) {
		const struct lists_list *x = GN_MAP_AT(&l->lists, struct lists_list *, i);
		if (!x->get || x->own)
			continue;
		all++;
		key += gn_pk_eq(&x->by.key, &e->by.key);
		same += !gn_share_apart(&l->places, &x->by, &e->by);
	}
	return all < LISTS_LOOKUPS_THEIRS && key < LISTS_LOOKUPS_PEER &&
	       (all < LISTS_LOOKUPS_THEIRS / 2 || same < LISTS_LOOKUPS_PEER);
}

static gn_err start(struct gn_lists *l, struct lists_list *e, gn_time now)
{
	GN_ASSERT(!e->get);
	struct gn_get_options options = {.type = GN_FB_RECORD_TYPE_REVOCATION};
	struct gn_hash key;
	gn_err err = l->lookups < LISTS_LOOKUPS && within_share(l, e) ? GN_OK : GN_BUSY;
	if (err == GN_OK && !e->own)
		err = gn_overlay_room(l->overlay);
	gn_revocation_key(&e->issuer, &key);
	if (err == GN_OK)
		err = gn_overlay_get(l->overlay, &key, &options, now, &e->get);
	if (err == GN_OK)
		err = gn_frame_find_add(&l->frame, e->get, FIND_LIST, e);
	if (err != GN_OK) {
		e->get = 0;
		l->count.busy++;
		return GN_BUSY;
	}
	l->lookups++;
	l->caused++;
	l->count.lookups++;
	return GN_OK;
}

static bool younger(const struct lists_list *e, gn_time span, gn_time now)
{
	return e->known && now - e->checked <= span;
}

gn_err gn_lists_look(struct gn_lists *l, const struct gn_pk *issuer, const struct gn_contact *by,
		     gn_time now)
{
	struct lists_list *e = l ? get(l, issuer) : NULL;
	if (!l)
		return GN_OK;
	if (!e)
		e = need(l, issuer, by);
	if (!e)
		return GN_BUSY;
	if (e->poor && by)
		move_to(l, e, by, now);
	e->used = now;
	bool due = !younger(e, LISTS_AHEAD, now) && !e->get && now >= e->again;
	if (due && start(l, e, now) != GN_OK)
		e->again = now + GN_SEC;
	if (younger(e, LISTS_FRESH, now))
		return GN_OK;
	if (e->get)
		return GN_PENDING;
	return younger(e, LISTS_KEPT, now) ? GN_OK : GN_BUSY;
}

static bool lists_it(const struct lists_list *e, const struct gn_hash *id)
{
	uint32_t low = 0, high = e->count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		int order = memcmp(e->ids[mid].b, id->b, sizeof id->b);
		if (order == 0)
			return true;
		low = order < 0 ? mid + 1 : low;
		high = order < 0 ? high : mid;
	}
	return false;
}

gn_err gn_lists_judge(struct gn_lists *l, const struct gn_lists_chain *chain, gn_time now)
{
	if (!l || !chain || !chain->count)
		return GN_OK;
	struct lists_list *e = get(l, &chain->owner);
	if (e && gn_lists_look(l, &chain->owner, NULL, now) == GN_BUSY)
		e = NULL;
	if (!e || !younger(e, LISTS_KEPT, now)) {
		l->count.unknown++;
		return GN_BUSY;
	}
	for (uint32_t i = 0; i < chain->count; i++)
		if (lists_it(e, &chain->ids[i])) {
			l->count.hits++;
			return GN_DENIED;
		}
	return GN_OK;
}

/* ---- what was found ---- */

static gn_err take(struct gn_lists *l, struct lists_list *e, struct gn_slice record, uint64_t unix)
{
	struct gn_revocation *r = &l->open;
	GN_ASSERT(!e->get);
	GN_TRY(gn_revocation_open(record, r));
	if (!gn_pk_eq(&r->owner, &e->issuer))
		return GN_MALFORMED;
	if (e->known && r->seq <= e->seq && e->ends > unix)
		return GN_OK; /* the one that is known, or one that it replaced */
	uint64_t kib = 1 + (r->count * sizeof r->list[0].id + 1023) / 1024;
	struct gn_hash *ids = NULL;
	gn_err err = kib > e->kib ? take_kib(l, e, kib - e->kib) : GN_OK;
	e->poor = err == GN_QUOTA || err == GN_LIMIT;
	GN_TRY(err);
	ids = gn_mem_new(l->env.alloc, (r->count + 1) * sizeof *ids);
	if (!ids) {
		l->count.nomem++;
		return GN_NOMEM; /* its place stays taken */
	}
	if (kib < e->kib && !e->own)
		gn_share_give(&l->places, &e->by, e->kib - kib);
	e->kib = kib;
	for (size_t i = 0; i < r->count; i++)
		ids[i] = r->list[i].id;
	gn_mem_free(l->env.alloc, e->ids);
	e->ids = ids;
	e->count = (uint32_t)r->count;
	e->seq = r->seq;
	e->ends = r->created + r->ttl;
	return GN_OK;
}

bool gn_lists_overlay_event(struct gn_lists *l, const struct gn_overlay_event *ev, gn_time now)
{
	struct gn_frame_find f;
	if (!gn_frame_find_take(&l->frame, ev, &f))
		return false;
	struct lists_list *e = f.object;
	GN_ASSERT(e->get == ev->op && l->lookups > 0);
	e->get = 0;
	l->lookups--;
	l->round++;
	uint64_t unix = gn_unix(gn_overlay_time(l->overlay, now));
	gn_err err = ev->err;
	bool none = err == GN_NOT_FOUND || (err == GN_OK && !ev->value_count);
	if (none) {
		err = GN_OK;
		if (e->ends <= unix)
			e->count = 0;
	} else if (err == GN_OK) {
		err = take(l, e, ev->values[0].record, unix);
	}
	l->count.none += none;
	l->count.found += err == GN_OK && !none;
	l->count.failed += err != GN_OK;
	e->again = err == GN_OK ? now : now + LISTS_AGAIN;
	if (err == GN_OK) {
		e->known = true;
		e->checked = now;
	}
	return true;
}

/* ---- queries ---- */

uint64_t gn_lists_round(const struct gn_lists *l)
{
	return l ? l->round : 0;
}

uint32_t gn_lists_caused(struct gn_lists *l)
{
	uint32_t n = l ? l->caused : 0;
	if (l)
		l->caused = 0;
	return n;
}

bool gn_lists_counter_at(const struct gn_lists *l, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name) #name,
#include "services/lists/counters.def"
#undef X
	};
	return gn_counter_at(names, &l->count, GN_COUNT(names), i, out);
}

void gn_lists_validate(const struct gn_lists *l)
{
	uint64_t kib = 0;
	uint32_t own = 0, lookups = 0;
	gn_map_validate(&l->lists);
	gn_share_validate(&l->places);
	gn_frame_validate(&l->frame);
	for (uint32_t i = 0; i < l->lists.count; i++) {
		const struct lists_list *e = GN_MAP_AT(&l->lists, struct lists_list *, i);
		kib += e->own ? 0 : e->kib;
		own += e->own;
		lookups += e->get != 0;
		for (uint32_t k = 1; k < e->count; k++)
			GN_ASSERT(memcmp(e->ids[k - 1].b, e->ids[k].b, 32) < 0);
	}
	GN_ASSERT(kib == l->places.used && own == l->own && lookups == l->lookups);
}
