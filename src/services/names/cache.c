/* Record sets that were resolved a short while ago. Rule: docs/spec/services.md NA-12. */
#include "services/names/names_int.h"

void names_hash(const struct gn_name *name, struct gn_hash *out)
{
	struct gn_slice text = gn_name_text(name);
	gn_sha256(&text, 1, out);
}

static void cache_remove(struct gn_names *n, const struct gn_hash *key, struct names_cached *c)
{
	GN_ASSERT(c->bytes && n->cache_bytes >= c->len);
	n->cache_bytes -= c->len;
	gn_mem_free(n->env.alloc, c->bytes);
	(void)gn_map_remove(&n->cache, key);
}

void names_cache_drop(struct gn_names *n, const struct gn_name *name)
{
	struct gn_hash key;
	names_hash(name, &key);
	struct names_cached *c = gn_map_get(&n->cache, &key);
	if (c)
		cache_remove(n, &key, c);
}

const struct names_cached *names_cache_get(struct gn_names *n, const struct gn_name *name,
					   gn_time now)
{
	struct gn_hash key;
	names_hash(name, &key);
	struct names_cached *c = gn_map_get(&n->cache, &key);
	if (!c)
		return NULL;
	if (c->until <= now) {
		cache_remove(n, &key, c);
		return NULL;
	}
	n->count.cache_hits++;
	return c;
}

/* The one that would be too old first. */
static void cache_evict(struct gn_names *n)
{
	GN_ASSERT(n->cache.count > 0);
	uint32_t worst = 0;
	for (uint32_t i = 1; i < n->cache.count; i++) {
		const struct names_cached *a = gn_map_value_at(&n->cache, i),
					  *b = gn_map_value_at(&n->cache, worst);
		worst = a->until < b->until ? i : worst;
	}
	struct gn_hash key = *(const struct gn_hash *)gn_map_key_at(&n->cache, worst);
	cache_remove(n, &key, gn_map_value_at(&n->cache, worst));
}

void names_cache_put(struct gn_names *n, const struct gn_name *name,
		     const struct names_candidate *c, gn_time now)
{
	GN_ASSERT(c->bytes != NULL);
	struct gn_name_view v;
	struct gn_hash key;
	uint32_t ttl = NAMES_CACHE_TTL;
	if (gn_name_view(&c->record, &v) != GN_OK)
		return;
	for (uint32_t i = 0; i < v.entry_count; i++)
		ttl = gn_name_view_entry(&v, i).ttl < ttl ? gn_name_view_entry(&v, i).ttl : ttl;
	gn_time end = (gn_time)(c->record.created + c->record.ttl) * GN_SEC;
	struct names_cached entry = {.len = (uint32_t)c->record.bytes.len,
				     .holders = {c->holders[0], c->holders[1]},
				     .got = now,
				     .until = gn_time_min(now + ttl * GN_SEC, end)};
	names_cache_drop(n, name);
	if (entry.until <= now)
		return;
	while (n->cache.count && (n->cache.count == NAMES_CACHE_MAX ||
				  n->cache_bytes + entry.len > NAMES_CACHE_BYTES))
		cache_evict(n);
	entry.bytes = gn_mem_new(n->env.alloc, entry.len);
	names_hash(name, &key);
	struct names_cached *at = entry.bytes ? gn_map_put(&n->cache, &key) : NULL;
	if (!at) { /* a cache may forget */
		gn_mem_free(n->env.alloc, entry.bytes);
		n->count.nomem++;
		return;
	}
	memcpy(entry.bytes, c->record.bytes.p, entry.len);
	*at = entry;
	n->cache_bytes += entry.len;
}
