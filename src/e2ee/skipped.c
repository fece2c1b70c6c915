/* The keys of messages that are still on their way. A message that opens may come late, twice or
 * never; a key is used once and the newest ones stay.
 *
 * 1. Keys lie in the order they were made; keys of one chain lie together.
 * 2. What is behind `count` belongs to a message that is being opened: commit or abort ends it.
 * 3. A place that a key left is wiped, and so is a block that grew or shrank.
 * 4. Between messages there is room for less than twice the keys, or for eight.
 *
 *    fresh -> kept [commit] | gone [abort];   kept -> used | gave way | too old [commit]
 *
 * Spec: EE-28. */
#include "e2ee/limits.h"
#include "e2ee/skipped_int.h"

void e2ee_skips_init(struct e2ee_skips *s, struct gn_alloc *alloc)
{
	*s = (struct e2ee_skips){.alloc = alloc};
}

void e2ee_skips_fini(struct e2ee_skips *s)
{
	gn_mem_free_secret(s->alloc, s->at);
	*s = (struct e2ee_skips){.alloc = s->alloc};
}

static bool too_old(const struct e2ee_skipped *k, uint64_t now)
{
	return now > k->made && now - k->made > E2EE_SKIPPED_SECONDS;
}

uint32_t e2ee_skips_find(const struct e2ee_skips *s, const uint8_t chain[E2EE_KEY], uint32_t n,
			 uint64_t now)
{
	for (uint32_t i = s->count; i-- > 0;) {
		const struct e2ee_skipped *k = &s->at[i];
		if (k->n == n && memcmp(k->chain, chain, E2EE_KEY) == 0)
			return too_old(k, now) ? E2EE_NOT_SKIPPED : i;
	}
	return E2EE_NOT_SKIPPED;
}

/* Room for so many and not twice as many; the old block is wiped, which a plain resize would not
 * do. */
static gn_err make_room(struct e2ee_skips *s, uint32_t need)
{
	uint32_t capacity = 8;
	while (capacity < need)
		capacity *= 2;
	struct e2ee_skipped *at = GN_NEW_ARRAY(s->alloc, struct e2ee_skipped, capacity);
	if (!at)
		return GN_NOMEM;
	if (s->at)
		memcpy(at, s->at, (s->count + s->fresh) * sizeof *at);
	gn_mem_free_secret(s->alloc, s->at);
	s->at = at;
	s->capacity = capacity;
	return GN_OK;
}

static gn_err reserve(struct e2ee_skips *s, uint32_t more)
{
	uint32_t need = s->count + s->fresh + more;
	return need <= s->capacity ? GN_OK : make_room(s, need);
}

/* What a run needed beyond the keys that are kept is given back, or a few messages of each session
 * would cost 1.4 MB for as long as it lives. */
static void give_back(struct e2ee_skips *s)
{
	GN_ASSERT(s->fresh == 0);
	if (s->count == 0) {
		gn_mem_free_secret(s->alloc, s->at);
		s->at = NULL;
		s->capacity = 0;
	} else if (s->capacity > 8 && s->capacity / 2 >= s->count) {
		gn_err err = make_room(s, s->count);
		(void)err; /* without memory it stays as it is */
	}
}

gn_err e2ee_skips_run(struct e2ee_skips *s, const uint8_t chain[E2EE_KEY], struct e2ee_chain *keys,
		      uint64_t until, uint64_t now)
{
	if (until <= keys->n)
		return GN_OK;
	if (until - keys->n > E2EE_JUMP_MAX || until >= UINT32_MAX)
		return GN_LIMIT;
	uint32_t count = (uint32_t)until - keys->n;
	uint32_t kept = count < E2EE_SKIPPED_MAX ? count : E2EE_SKIPPED_MAX;
	GN_TRY(reserve(s, kept));
	struct gn_hasher *hasher = gn_hasher_new();
	for (; keys->n < until - kept; s->passed++)
		e2ee_chain_step_by(hasher, keys, NULL);
	while (keys->n < until) {
		struct e2ee_skipped *k = &s->at[s->count + s->fresh++];
		memcpy(k->chain, chain, E2EE_KEY);
		k->n = keys->n;
		k->made = now;
		e2ee_chain_step_by(hasher, keys, k->key);
	}
	gn_hasher_free(hasher);
	GN_ASSERT(s->count + s->fresh <= s->capacity);
	return GN_OK;
}

static void remove_at(struct e2ee_skips *s, uint32_t from, uint32_t count)
{
	GN_ASSERT(from + count <= s->count);
	memmove(&s->at[from], &s->at[from + count], (s->count - from - count) * sizeof *s->at);
	s->count -= count;
	gn_wipe(&s->at[s->count], count * sizeof *s->at);
}

void e2ee_skips_commit(struct e2ee_skips *s, uint32_t used, uint64_t now)
{
	for (uint32_t i = 0; i < s->fresh; i++)
		s->at[s->count + i].serial = s->serial++;
	s->count += s->fresh;
	s->fresh = 0;
	if (used != E2EE_NOT_SKIPPED)
		remove_at(s, used, 1);
	uint32_t drop = s->count > E2EE_SKIPPED_MAX ? s->count - E2EE_SKIPPED_MAX : 0;
	while (drop < s->count && too_old(&s->at[drop], now))
		drop++;
	if (drop)
		remove_at(s, 0, drop);
	s->dropped += drop;
	s->dropped += s->passed;
	s->passed = 0;
	give_back(s);
}

void e2ee_skips_abort(struct e2ee_skips *s)
{
	if (s->fresh)
		gn_wipe(&s->at[s->count], s->fresh * sizeof *s->at);
	s->fresh = 0;
	s->passed = 0;
	give_back(s);
}

gn_err e2ee_skips_load(struct e2ee_skips *s, const struct e2ee_skipped *key)
{
	GN_ASSERT(s->fresh == 0);
	if (key->serial < s->serial || key->serial >= E2EE_SERIALS)
		return GN_CORRUPT;
	if (s->count >= E2EE_SKIPPED_MAX)
		return GN_LIMIT;
	GN_TRY(reserve(s, 1));
	s->at[s->count++] = *key;
	s->serial = key->serial + 1;
	return GN_OK;
}

void e2ee_skips_validate(const struct e2ee_skips *s)
{
	GN_ASSERT(s->fresh == 0 && s->count <= E2EE_SKIPPED_MAX && s->count <= s->capacity);
	for (uint32_t i = 0; i < s->count; i++)
		GN_ASSERT(s->at[i].serial < s->serial &&
			  (i == 0 || s->at[i - 1].serial < s->at[i].serial));
}
