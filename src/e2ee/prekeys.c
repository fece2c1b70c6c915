/* What others set sessions up with. A private half lives from its making until the caller erases
 * it; while it lives, a set-up that used it could be played again, so that one is remembered.
 *
 * 1. A number names one half, whichever record it was in.
 * 2. A set-up is forgotten only when neither of its halves is left (EE-10): then its bytes open
 *    nothing.
 *
 *    half:   made [e2ee_prekeys_make] -> erased [e2ee_prekeys_erase]
 *    set-up: remembered [session kept] -> forgotten [the last of its halves erased]
 *
 * Spec: EE-8, EE-10, EE-11. */
#include "e2ee/limits.h"
#include "e2ee/prekeys_int.h"

void e2ee_prekeys_init(struct e2ee_prekeys *p, const struct gn_env *env)
{
	*p = (struct e2ee_prekeys){.alloc = env->alloc};
	gn_map_init(&p->remembered, env, E2EE_KEY, sizeof(struct e2ee_remembered),
		    E2EE_REMEMBERED_MAX);
}

void e2ee_prekeys_fini(struct e2ee_prekeys *p)
{
	gn_mem_free_secret(p->alloc, p->at);
	gn_map_fini(&p->remembered);
	*p = (struct e2ee_prekeys){.alloc = p->alloc};
}

uint64_t e2ee_remembered_as(const struct gn_pk *owner)
{
	struct gn_reader r = gn_reader(GN_SLICE(owner->b));
	return gn_read_be64(&r);
}

bool e2ee_prekeys_have_room(const struct e2ee_prekeys *p, const struct gn_pk *owner)
{
	uint32_t theirs = 0;
	for (uint32_t i = 0; i < p->remembered.count; i++) {
		const struct e2ee_remembered *r = gn_map_value_at(&p->remembered, i);
		theirs += r->owner == e2ee_remembered_as(owner);
	}
	return p->remembered.count < E2EE_REMEMBERED_MAX && theirs < E2EE_REMEMBERED_OWNER_MAX;
}

const struct e2ee_prekey *e2ee_prekeys_get(const struct e2ee_prekeys *p, uint32_t id)
{
	for (uint32_t i = 0; i < p->count; i++)
		if (p->at[i].id == id)
			return &p->at[i];
	return NULL;
}

gn_err e2ee_prekeys_put(struct e2ee_prekeys *p, const struct e2ee_prekey *key)
{
	GN_ASSERT(p->count <= E2EE_PREKEYS_MAX && p->count <= p->capacity);
	if (e2ee_prekeys_get(p, key->id))
		return GN_EXISTS;
	if (p->count >= E2EE_PREKEYS_MAX)
		return GN_LIMIT;
	if (p->count == p->capacity) {
		uint32_t capacity = p->capacity ? 2 * p->capacity : 8;
		struct e2ee_prekey *at = GN_NEW_ARRAY(p->alloc, struct e2ee_prekey, capacity);
		if (!at)
			return GN_NOMEM;
		if (p->at)
			memcpy(at, p->at, p->count * sizeof *at);
		gn_mem_free_secret(p->alloc, p->at);
		p->at = at;
		p->capacity = capacity;
	}
	p->at[p->count++] = *key;
	return GN_OK;
}

/* One pair; draws 32 + 64. */
static gn_err make_one(struct gn_rand *rand, struct e2ee_prekey *key, struct gn_e2ee_prekey *out)
{
	struct gn_hash hash;
	gn_rand_fill(rand, key->secret, sizeof key->secret);
	gn_rand_fill(rand, key->seed, sizeof key->seed);
	gn_x25519_public(key->secret, key->x25519);
	GN_TRY(gn_kem_public(key->seed, out->kem));
	gn_sha256((struct gn_slice[]){GN_SLICE(out->kem)}, 1, &hash);
	memcpy(key->kem_hash, hash.b, sizeof key->kem_hash);
	memcpy(out->x25519, key->x25519, sizeof out->x25519);
	out->id = key->id;
	return GN_OK;
}

gn_err e2ee_prekeys_make(struct e2ee_prekeys *p, const struct gn_pk *owner, uint32_t id, size_t few,
			 struct gn_rand *rand, struct gn_e2ee_prekeys *out)
{
	if (few > E2EE_FEW_MAX || id > UINT32_MAX - E2EE_FEW_MAX)
		return GN_RANGE;
	uint32_t before = p->count;
	gn_err err = GN_OK;
	for (uint32_t i = 0; i <= few && !err; i++) {
		struct e2ee_prekey key = {.id = id + i, .last = i == 0, .owner = *owner};
		err = make_one(rand, &key, i ? &out->few[i - 1] : &out->last);
		if (!err)
			err = e2ee_prekeys_put(p, &key);
		gn_wipe(&key, sizeof key);
	}
	GN_ASSERT(p->count >= before);
	if (err && p->count > before) {
		gn_wipe(&p->at[before], (p->count - before) * sizeof *p->at);
		p->count = before;
	}
	out->few_count = few;
	return err;
}

void e2ee_prekeys_erase(struct e2ee_prekeys *p, const uint32_t *ids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (uint32_t j = 0; j < p->count; j++) {
			if (p->at[j].id != ids[i])
				continue;
			p->count--;
			memmove(&p->at[j], &p->at[j + 1], (p->count - j) * sizeof *p->at);
			gn_wipe(&p->at[p->count], sizeof *p->at);
			break;
		}
	}
	for (uint32_t i = p->remembered.count; i-- > 0;) {
		const struct e2ee_remembered *r = gn_map_value_at(&p->remembered, i);
		if (!e2ee_prekeys_get(p, r->last) && !e2ee_prekeys_get(p, r->other)) {
			uint8_t key[E2EE_KEY]; /* removal moves the entries */
			memcpy(key, gn_map_key_at(&p->remembered, i), sizeof key);
			gn_map_remove(&p->remembered, key);
		}
	}
}

bool e2ee_prekeys_find_last(const void *user, const uint8_t hash[E2EE_KEY],
			    uint8_t seed[GN_KEM_SEED_LEN])
{
	const struct e2ee_prekeys *p = user;
	for (uint32_t i = 0; i < p->count; i++) {
		const struct e2ee_prekey *k = &p->at[i];
		if (k->last && memcmp(k->kem_hash, hash, E2EE_KEY) == 0) {
			memcpy(seed, k->seed, sizeof k->seed);
			return true;
		}
	}
	return false;
}
