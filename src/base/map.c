/* Open addressing with linear probing over a dense entry array; deletion shifts back (no
 * tombstones). Invariants: every entry is reachable from its home slot without crossing a free
 * slot; slot_count >= 2 * count. */
#include "base/map.h"

static size_t value_offset(const struct gn_map *m)
{
	return ((size_t)m->key_size + 7) / 8 * 8;
}

static size_t stride(const struct gn_map *m)
{
	return value_offset(m) + ((size_t)m->value_size + 7) / 8 * 8;
}

static uint8_t *entry(const struct gn_map *m, uint32_t i)
{
	return m->entries + i * stride(m);
}

/* Multiply-and-fold over 8-byte words, seeded. */
static uint32_t home(const struct gn_map *m, const uint8_t *key)
{
	uint64_t h = m->seed ^ m->key_size;
	for (uint32_t i = 0; i < m->key_size; i += 8) {
		uint64_t w = 0;
		memcpy(&w, key + i, m->key_size - i < 8 ? m->key_size - i : 8);
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
		h = (h + m->seed) * UINT64_C(0xbf58476d1ce4e5b9);
		h ^= h >> 32;
	}
	return (uint32_t)h & (m->slot_count - 1);
}

void gn_map_init(struct gn_map *m, const struct gn_env *env, uint32_t key_size, uint32_t value_size,
		 uint32_t limit)
{
	GN_ASSERT(key_size > 0 && limit > 0 && limit < UINT32_MAX / 4);
	*m = (struct gn_map){.alloc = env->alloc,
			     .seed = gn_rand_u64(env->rand),
			     .key_size = key_size,
			     .value_size = value_size,
			     .limit = limit};
}

void gn_map_fini(struct gn_map *m)
{
	gn_mem_free(m->alloc, m->entries);
	gn_mem_free(m->alloc, m->slots);
	m->entries = NULL;
	m->slots = NULL;
	m->count = m->capacity = m->slot_count = 0;
}

/* The slot that holds the key, or the free slot where it would go. */
static uint32_t find(const struct gn_map *m, const void *key)
{
	uint32_t s = home(m, key);
	while (m->slots[s] && memcmp(entry(m, m->slots[s] - 1), key, m->key_size) != 0)
		s = (s + 1) & (m->slot_count - 1);
	return s;
}

void *gn_map_get(const struct gn_map *m, const void *key)
{
	if (m->count == 0)
		return NULL;
	uint32_t s = find(m, key);
	return m->slots[s] ? entry(m, m->slots[s] - 1) + value_offset(m) : NULL;
}

static bool grow(struct gn_map *m)
{
	uint32_t capacity = m->capacity ? m->capacity * 2 : 8;
	uint8_t *entries = gn_mem_resize(m->alloc, m->entries, capacity * stride(m));
	if (!entries)
		return false;
	m->entries = entries;
	uint32_t *slots = GN_NEW_ARRAY(m->alloc, uint32_t, capacity * 2);
	if (!slots)
		return false;
	gn_mem_free(m->alloc, m->slots);
	m->slots = slots;
	m->slot_count = capacity * 2;
	m->capacity = capacity;
	for (uint32_t i = 0; i < m->count; i++)
		slots[find(m, entry(m, i))] = i + 1;
	return true;
}

void *gn_map_put(struct gn_map *m, const void *key)
{
	void *there = gn_map_get(m, key);
	if (there)
		return there;
	if (m->count == m->limit || (m->count == m->capacity && !grow(m)))
		return NULL;
	uint32_t s = find(m, key);
	uint8_t *e = entry(m, m->count);
	memset(e, 0, stride(m));
	memcpy(e, key, m->key_size);
	m->slots[s] = ++m->count;
	return e + value_offset(m);
}

/* Closes the hole at slot s by pulling later members of the run whose home allows it. */
static void free_slot(struct gn_map *m, uint32_t s)
{
	uint32_t mask = m->slot_count - 1;
	m->slots[s] = 0;
	for (uint32_t t = (s + 1) & mask; m->slots[t]; t = (t + 1) & mask) {
		uint32_t h = home(m, entry(m, m->slots[t] - 1));
		if (((t - h) & mask) >= ((t - s) & mask)) {
			m->slots[s] = m->slots[t];
			m->slots[t] = 0;
			s = t;
		}
	}
}

bool gn_map_remove(struct gn_map *m, const void *key)
{
	if (m->count == 0)
		return false;
	uint32_t s = find(m, key);
	if (!m->slots[s])
		return false;
	uint32_t i = m->slots[s] - 1, last = m->count - 1;
	free_slot(m, s);
	if (i != last) {
		m->slots[find(m, entry(m, last))] = i + 1;
		memcpy(entry(m, i), entry(m, last), stride(m));
	}
	m->count = last;
	return true;
}

const void *gn_map_key_at(const struct gn_map *m, uint32_t i)
{
	GN_ASSERT(i < m->count);
	return entry(m, i);
}

void *gn_map_value_at(const struct gn_map *m, uint32_t i)
{
	GN_ASSERT(i < m->count);
	return entry(m, i) + value_offset(m);
}

void gn_map_validate(const struct gn_map *m)
{
	GN_ASSERT(m->count <= m->capacity && m->count <= m->limit);
	uint32_t used = 0;
	for (uint32_t s = 0; s < m->slot_count; s++)
		used += m->slots[s] != 0;
	GN_ASSERT(used == m->count);
	for (uint32_t i = 0; i < m->count; i++)
		GN_ASSERT(m->slots[find(m, entry(m, i))] == i + 1);
}
