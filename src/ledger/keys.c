/* Payment keys that are remembered (LG-26): a ring in order of their records with an index on
 * top. Forgetting goes by whole days of record time, so replay forgets at the same record.
 *
 * 1. Entries lie at position & (capacity - 1) for positions in [head, tail); positions count
 *    modulo 2^31.
 * 2. days[] lists the days whose first key is still remembered, oldest first. */
#include "ledger/book_int.h"

static uint32_t next_place(uint32_t position)
{
	return (position + 1) & 0x7fffffffu;
}

static struct lg_key *key_at(const struct lg_keys *k, uint32_t position)
{
	GN_ASSERT(k->capacity > 0);
	return &k->ring[position & (k->capacity - 1)];
}

static uint64_t hash_of(const struct lg_keys *k, const struct gn_tx_key *key)
{
	return lg_mix(gn_be64(key->b) ^ k->seed);
}

static uint64_t entry_hash(const void *user, uint32_t position)
{
	const struct lg_keys *k = user;
	return hash_of(k, &key_at(k, position)->key);
}

void lg_keys_fini(struct lg_keys *k, struct gn_alloc *alloc)
{
	gn_mem_free(alloc, k->ring);
	lg_index_fini(&k->index, alloc);
	*k = (struct lg_keys){.seed = k->seed, .for_ever = k->for_ever};
}

struct lg_key *lg_keys_find(const struct lg_keys *k, const struct gn_tx_key *key)
{
	uint32_t position;
	if (!k->index.slots)
		return NULL;
	for (uint32_t s = lg_index_first(&k->index, hash_of(k, key));
	     lg_index_at(&k->index, s, &position); s = lg_index_after(&k->index, s))
		if (memcmp(key_at(k, position)->key.b, key->b, sizeof key->b) == 0)
			return key_at(k, position);
	return NULL;
}

static gn_err grow_ring(struct lg_keys *k, struct gn_alloc *alloc)
{
	GN_ASSERT(lg_keys_count(k) == k->capacity);
	uint32_t capacity = k->capacity ? k->capacity * 2 : 64;
	if (capacity > BOOK_KEYS_MAX)
		return GN_LIMIT;
	struct lg_key *ring = GN_NEW_ARRAY(alloc, struct lg_key, capacity);
	if (!ring)
		return GN_NOMEM;
	for (uint32_t p = k->head; p != k->tail; p = next_place(p))
		ring[p & (capacity - 1)] = *key_at(k, p);
	gn_mem_free(alloc, k->ring);
	k->ring = ring;
	k->capacity = capacity;
	return GN_OK;
}

gn_err lg_keys_reserve(struct lg_keys *k, struct gn_alloc *alloc, gn_time now)
{
	if (lg_keys_count(k) == k->capacity)
		GN_TRY(grow_ring(k, alloc));
	GN_ASSERT(k->for_ever || k->day_count < GN_COUNT(k->days) ||
		  k->days[k->day_count - 1].day == lg_day(now));
	return lg_index_reserve(&k->index, alloc, 1, entry_hash, k);
}

void lg_keys_add(struct lg_keys *k, const struct lg_key *entry, gn_time now)
{
	GN_ASSERT(lg_keys_count(k) < k->capacity);
	int64_t day = lg_day(now);
	if (!k->for_ever && (k->day_count == 0 || k->days[k->day_count - 1].day != day)) {
		k->days[k->day_count].day = day;
		k->days[k->day_count++].begin = k->tail;
	}
	*key_at(k, k->tail) = *entry;
	lg_index_add(&k->index, hash_of(k, &entry->key), k->tail);
	k->tail = next_place(k->tail);
}

void lg_keys_forget(struct lg_keys *k, gn_time now)
{
	GN_ASSERT(k->day_count <= GN_COUNT(k->days));
	uint32_t gone = 0;
	int64_t oldest = lg_day(now) - lg_day(BOOK_TX_KEEP);
	while (gone < k->day_count && k->days[gone].day < oldest)
		gone++;
	if (gone == 0)
		return;
	uint32_t upto = gone < k->day_count ? k->days[gone].begin : k->tail;
	for (; k->head != upto; k->head = next_place(k->head))
		lg_index_remove(&k->index, hash_of(k, &key_at(k, k->head)->key), k->head,
				entry_hash, k);
	k->day_count -= gone;
	memmove(k->days, k->days + gone, k->day_count * sizeof k->days[0]);
}

struct lg_key *lg_find_key(const struct lg_book *b, const struct gn_tx_key *key)
{
	struct lg_key *k = lg_keys_find(&b->keys, key);
	return k ? k : lg_keys_find(&b->keys_v0, key);
}

uint64_t lg_body_hash(struct gn_slice body)
{
	uint64_t h = body.len;
	for (size_t i = 0; i < body.len; i += 8) {
		uint64_t w = 0;
		for (size_t k = i; k < i + 8 && k < body.len; k++)
			w = w << 8 | body.p[k];
		h = lg_mix(h ^ w);
	}
	return h;
}

void lg_v0_key(const struct gn_pk *signer, struct gn_slice bytes, struct gn_tx_key *out)
{
	struct gn_hash h;
	gn_sha256((struct gn_slice[]){GN_LIT("geonet/ledger/v0"), GN_SLICE(signer->b), bytes}, 3,
		  &h);
	memcpy(out->b, h.b, sizeof out->b);
}

/* {"body":B,"domain":"geo/v1","hub":"PID","op":...: the last such tail, since nothing behind it
 * is free text. */
struct gn_slice lg_signed_body(uint8_t profile, struct gn_slice bytes)
{
	static const char tail[] = ",\"domain\":\"geo/v1\",\"hub\":\"";
	const size_t head = 8, len = sizeof tail - 1;
	if (profile == GN_PROFILE_V0 || bytes.len < head + len)
		return bytes;
	for (size_t i = bytes.len - len; i > head; i--)
		if (bytes.p[i] == ',' && memcmp(bytes.p + i, tail, len) == 0)
			return gn_slice(bytes.p + head, i - head);
	return bytes;
}
