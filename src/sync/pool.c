/* Entries that came and are not taken yet. Whoever is let into the chain's box can leave anything
 * there, so what waits is bounded, and nothing is taken but on the way to a head.
 *
 * 1. Each entry is there once, by its hash, with a signature that is its device's.
 * 2. Those of devices that are not known to write take at most GN_CHAIN_WAITING_OTHERS places.
 * 3. The way is walked from the head back: at most as many steps as entries wait.
 *
 * Spec: SY-6, SY-7. */
#include "sync/sync.h"

struct waiting {
	uint8_t *bytes; /* owned */
	size_t len;
	struct gn_hash prev;
	uint64_t seq;
	bool known;
};

struct gn_chain_pool {
	struct gn_env env;
	struct gn_map at; /* hash -> struct waiting */
	size_t bytes, others;
};

gn_err gn_chain_pool_new(const struct gn_env *env, struct gn_chain_pool **out)
{
	struct gn_chain_pool *p = GN_NEW(env->alloc, struct gn_chain_pool);
	GN_ASSERT(env->alloc && env->rand);
	if (!p)
		return GN_NOMEM;
	p->env = *env;
	gn_map_init(&p->at, env, sizeof(struct gn_hash), sizeof(struct waiting), GN_CHAIN_WAITING);
	*out = p;
	return GN_OK;
}

void gn_chain_pool_free(struct gn_chain_pool *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->at.count; i++)
		gn_mem_free(p->env.alloc, GN_MAP_AT(&p->at, struct waiting, i).bytes);
	gn_map_fini(&p->at);
	gn_mem_free(p->env.alloc, p);
}

gn_err gn_chain_pool_put(struct gn_chain_pool *p, const struct gn_chain_at *at,
			 struct gn_slice bytes, bool known)
{
	struct gn_chain_entry e;
	GN_TRY(gn_chain_open(bytes, &e));
	if (e.seq <= at->seq)
		return GN_STALE;
	if (gn_map_get(&p->at, e.hash.b))
		return GN_EXISTS;
	if (p->at.count >= GN_CHAIN_WAITING || bytes.len > GN_CHAIN_WAITING_BYTES - p->bytes ||
	    (!known && p->others >= GN_CHAIN_WAITING_OTHERS))
		return GN_LIMIT;
	gn_err err = gn_chain_verify(&e, &at->id, NULL);
	if (err && err != GN_PENDING)
		return err;
	uint8_t *copy = gn_mem_new(p->env.alloc, bytes.len);
	struct waiting *w = copy ? gn_map_put(&p->at, e.hash.b) : NULL;
	if (!w) {
		gn_mem_free(p->env.alloc, copy);
		return GN_NOMEM;
	}
	memcpy(copy, bytes.p, bytes.len);
	*w = (struct waiting){copy, bytes.len, e.prev, e.seq, known};
	p->bytes += bytes.len;
	p->others += !known;
	return GN_OK;
}

gn_err gn_chain_pool_next(const struct gn_chain_pool *p, const struct gn_chain_at *at,
			  const struct gn_hash *head, struct gn_chain_entry *out,
			  struct gn_hash *missing)
{
	struct gn_hash h = *head;
	uint64_t above = UINT64_MAX;
	if (gn_hash_eq(&h, &at->head))
		return GN_EXISTS;
	for (uint32_t i = 0; i <= p->at.count; i++) {
		const struct waiting *w = gn_map_get(&p->at, h.b);
		if (!w) {
			*missing = h;
			return GN_NOT_FOUND;
		}
		if (w->seq <= at->seq || (above != UINT64_MAX && w->seq != above - 1))
			return GN_CONFLICT;
		if (w->seq == at->seq + 1) {
			if (!gn_hash_eq(&w->prev, &at->head))
				return GN_CONFLICT;
			gn_err err = gn_chain_open(gn_slice(w->bytes, w->len), out);
			GN_ASSERT(err == GN_OK);
			return GN_OK;
		}
		above = w->seq;
		h = w->prev;
	}
	GN_ASSERT(false); /* seqs fall, so the walk ends */
	return GN_CONFLICT;
}

void gn_chain_pool_trim(struct gn_chain_pool *p, const struct gn_chain_at *at)
{
	for (uint32_t i = p->at.count; i-- > 0;) {
		struct waiting w = GN_MAP_AT(&p->at, struct waiting, i);
		struct gn_hash key;
		if (w.seq > at->seq)
			continue;
		memcpy(key.b, gn_map_key_at(&p->at, i), sizeof key.b);
		p->bytes -= w.len;
		p->others -= !w.known;
		gn_map_remove(&p->at, key.b);
		gn_mem_free(p->env.alloc, w.bytes);
	}
}

size_t gn_chain_pool_count(const struct gn_chain_pool *p)
{
	return p->at.count;
}

void gn_chain_pool_validate(const struct gn_chain_pool *p)
{
	size_t bytes = 0, others = 0;
	for (uint32_t i = 0; i < p->at.count; i++) {
		const struct waiting *w = gn_map_value_at(&p->at, i);
		bytes += w->len;
		others += !w->known;
	}
	GN_ASSERT(bytes == p->bytes && others == p->others && p->at.count <= GN_CHAIN_WAITING);
}
