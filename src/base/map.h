/* A hash map from fixed-size keys to fixed-size values. Entries lie densely in insertion order
 * (removal moves the last into the hole), so walking them is the same on every machine and for
 * every hash seed. The seed is drawn from the environment, so a peer cannot aim at one bucket. */
#ifndef GN_BASE_MAP_H
#define GN_BASE_MAP_H

#include "base/env.h"

struct gn_map {
	struct gn_alloc *alloc;
	uint8_t *entries; /* count * (key_size + value_size), keys first */
	uint32_t *slots;  /* open addressing: entry index + 1, 0 = free; size is a power of two */
	uint64_t seed;
	uint32_t count, capacity, slot_count, limit;
	uint32_t key_size, value_size; /* bytes; the value starts at the next multiple of 8 */
};

/* limit: the most entries it will hold. Allocates nothing before the first put. */
void gn_map_init(struct gn_map *m, const struct gn_env *env, uint32_t key_size, uint32_t value_size,
		 uint32_t limit);
void gn_map_fini(struct gn_map *m);
/* The value, or NULL. Valid until the next put or remove. */
void *gn_map_get(const struct gn_map *m, const void *key);
/* The value of the key, zeroed if it is new; NULL when the limit is reached or memory is out. */
void *gn_map_put(struct gn_map *m, const void *key);
bool gn_map_remove(struct gn_map *m, const void *key);
/* i in 0..count-1, in storage order. */
const void *gn_map_key_at(const struct gn_map *m, uint32_t i);
void *gn_map_value_at(const struct gn_map *m, uint32_t i);
/* The i-th value of a map whose values are of `type`, as that: GN_MAP_AT(&m, struct x *, i). */
#define GN_MAP_AT(map, type, i) (*(type *)gn_map_value_at(map, i))
void gn_map_validate(const struct gn_map *m);

#endif
