/* Disks of nodes: records by key, kept when a node is killed unless its disk is lost. */
#include "sim.h"

void sim_disk_clear(struct sim *s, struct sim_node *n)
{
	for (uint32_t i = 0; i < n->disk.count; i++)
		gn_mem_free(&s->alloc, ((struct sim_stored *)gn_map_value_at(&n->disk, i))->bytes);
	gn_map_fini(&n->disk);
}

const struct sim_stored *sim_disk_find(const struct sim_node *n, const struct gn_hash *key)
{
	return gn_map_get(&n->disk, key->b);
}

void sim_disk_put(struct sim *s, struct sim_node *n, const struct gn_hash *key,
		  const uint8_t *bytes, size_t len)
{
	struct sim_stored *d = sim_need(gn_map_put(&n->disk, key->b));
	gn_mem_free(&s->alloc, d->bytes);
	d->bytes = sim_need(gn_mem_new(&s->alloc, len));
	d->len = len;
	memcpy(d->bytes, bytes, len);
}

void sim_disk_drop(struct sim *s, struct sim_node *n, const struct gn_hash *key)
{
	struct sim_stored *d = gn_map_get(&n->disk, key->b);
	if (!d)
		return;
	gn_mem_free(&s->alloc, d->bytes);
	(void)gn_map_remove(&n->disk, key->b);
}
