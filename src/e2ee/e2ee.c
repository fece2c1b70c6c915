/* The device as a whole: made, told what its owner published and what to believe of others, asked,
 * checked.
 *
 * 1. Whoever it has a session with it believes something of: sessions are their peer's.
 * 2. Nothing here draws but new prekeys.
 *
 *    peer: unknown -> believed [gn_e2ee_believe] -> unknown [gn_e2ee_forget]
 *
 * Spec: EE-8..11, EE-29, EE-30. */
#include "e2ee/device_int.h"

gn_err gn_e2ee_new(const struct gn_env *env, const struct gn_e2ee_own *own, struct gn_e2ee **out)
{
	GN_ASSERT(env->alloc && env->rand);
	struct gn_e2ee *e = GN_NEW(env->alloc, struct gn_e2ee);
	if (!e)
		return GN_NOMEM;
	e->env = *env;
	e->own.is = *own;
	gn_x25519_public(own->dh, e->own.dh_pk);
	e->next_session = 1;
	e->own_changed = e->setups_changed = true;
	e2ee_prekeys_init(&e->prekeys, env);
	gn_map_init(&e->peers, env, sizeof(struct gn_pk), sizeof(struct e2ee_peer *),
		    E2EE_PEERS_MAX);
	*out = e;
	return GN_OK;
}

void gn_e2ee_free(struct gn_e2ee *e)
{
	if (!e)
		return;
	while (e->newest) {
		struct e2ee_session *s = e->newest;
		e->newest = s->older;
		e2ee_session_free(e, s);
	}
	for (uint32_t i = 0; i < e->peers.count; i++)
		gn_mem_free(e->env.alloc, GN_MAP_AT(&e->peers, struct e2ee_peer *, i));
	gn_map_fini(&e->peers);
	e2ee_prekeys_fini(&e->prekeys);
	gn_mem_free_secret(e->env.alloc, e);
}

void gn_e2ee_identity(struct gn_e2ee *e, const struct gn_pk *owner, uint64_t seq,
		      const struct gn_hash *hash)
{
	e->own.is.owner = *owner;
	e->own.is.seq = seq;
	e->own.is.hash = *hash;
	e->own_changed = true;
}

gn_err gn_e2ee_prekeys_new(struct gn_e2ee *e, uint32_t id, size_t few, struct gn_e2ee_prekeys *out)
{
	e->own_changed = true;
	return e2ee_prekeys_make(&e->prekeys, &e->own.is.owner, id, few, e->env.rand, out);
}

void gn_e2ee_prekeys_erase(struct gn_e2ee *e, const uint32_t *ids, size_t count)
{
	e->own_changed = e->setups_changed = true;
	e2ee_prekeys_erase(&e->prekeys, ids, count);
}

gn_err gn_e2ee_believe(struct gn_e2ee *e, const struct gn_e2ee_peer *peer)
{
	if (peer->prekeys.few_count > GN_E2EE_FEW || peer->history_count > GN_E2EE_HISTORY)
		return GN_RANGE;
	if (gn_pk_eq(&peer->device, &e->own.is.device))
		return GN_USAGE;
	GN_TRY(gn_kem_check(peer->prekeys.last.kem));
	for (size_t i = 0; i < peer->prekeys.few_count; i++)
		GN_TRY(gn_kem_check(peer->prekeys.few[i].kem));
	struct e2ee_peer *p = e2ee_peer_get(e, &peer->device);
	if (!p) {
		if (e->peers.count >= E2EE_PEERS_MAX)
			return GN_LIMIT;
		if (!(p = GN_NEW(e->env.alloc, struct e2ee_peer)))
			return GN_NOMEM;
		struct e2ee_peer **at = gn_map_put(&e->peers, peer->device.b);
		if (!at) {
			gn_mem_free(e->env.alloc, p);
			return GN_NOMEM;
		}
		*at = p;
	}
	p->is = *peer;
	if (peer->history_count)
		memmove(p->history, peer->history, peer->history_count * sizeof *p->history);
	p->is.history = p->history;
	e->peers_changed += !p->changed;
	p->changed = true;
	return GN_OK;
}

gn_err gn_e2ee_forget(struct gn_e2ee *e, const struct gn_pk *device)
{
	struct e2ee_peer *p = e2ee_peer_get(e, device);
	if (!p)
		return GN_NOT_FOUND;
	e2ee_sessions_end(e, p);
	e->peers_changed -= p->changed;
	gn_map_remove(&e->peers, device->b);
	gn_mem_free(e->env.alloc, p);
	return GN_OK;
}

gn_err gn_e2ee_anew(struct gn_e2ee *e, const struct gn_pk *device)
{
	struct e2ee_peer *p = e2ee_peer_get(e, device);
	if (!p)
		return GN_NOT_FOUND;
	e2ee_set_aside(e, p);
	return GN_OK;
}

bool gn_e2ee_counter(const struct gn_e2ee *e, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "e2ee/counters.def"
#undef X
	};
	return gn_counter_at(names, e->counters, E2EE_COUNTERS, i, out);
}

void gn_e2ee_expire(struct gn_e2ee *e, gn_time now)
{
	GN_ASSERT(now >= 0);
	for (struct e2ee_session *s = e->newest; s; s = s->older) {
		for (int i = 0; i < E2EE_SKIPS; i++) {
			uint64_t dropped = s->skips[i].dropped;
			e2ee_skips_commit(&s->skips[i], E2EE_NOT_SKIPPED, gn_unix(now));
			dropped = s->skips[i].dropped - dropped;
			e->counters[E2EE_C_SKIPPED_DROPPED] += dropped;
			s->skips_changed |= dropped > 0;
		}
		if (s->skips_changed)
			e2ee_session_changed(e, s);
	}
}

static void validate_peer(const struct e2ee_peer *p)
{
	bool found = p->written == NULL;
	GN_ASSERT(p->count <= E2EE_SESSIONS_MAX && p->is.history == p->history);
	for (unsigned i = 0; i < p->count; i++) {
		const struct e2ee_session *s = p->sessions[i];
		GN_ASSERT(s->peer == p && (i == 0 || p->sessions[i - 1]->id < s->id));
		e2ee_session_validate(s);
		GN_ASSERT(!s->state.lost || !p->written);
		found |= s == p->written;
	}
	GN_ASSERT(found);
	GN_ASSERT(!p->written || (!p->written->state.only_read && !p->written->state.unanswered));
}

void gn_e2ee_validate(const struct gn_e2ee *e)
{
	size_t in_order = 0, of_peers = 0;
	for (const struct e2ee_session *s = e->newest; s; s = s->older, in_order++) {
		GN_ASSERT(s->id < e->next_session && (s->older || s == e->oldest));
		GN_ASSERT(!s->older || s->older->newer == s);
		GN_ASSERT(!s->older || s->active > s->older->active ||
			  (s->active == s->older->active && s->id > s->older->id));
	}
	for (uint32_t i = 0; i < e->peers.count; i++) {
		const struct e2ee_peer *p = GN_MAP_AT(&e->peers, struct e2ee_peer *, i);
		validate_peer(p);
		of_peers += p->count;
	}
	GN_ASSERT(in_order == of_peers);
	GN_ASSERT(e->prekeys.count <= E2EE_PREKEYS_MAX);
}
