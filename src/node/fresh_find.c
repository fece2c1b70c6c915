/* Which context, which of its nodes: what stands below the others. */
#include "node/fresh_int.h"

struct fresh *fresh_at(const struct gn_node *node, uint32_t serial)
{
	struct fresh **at = gn_map_get(&node->fresh.contexts, &serial);
	return at ? *at : NULL;
}

struct fresh *fresh_index(const struct gn_node *node, uint32_t i)
{
	return *(struct fresh **)gn_map_value_at(&node->fresh.contexts, i);
}

struct fresh_peer *fresh_peer_of(const struct fresh *f, const struct gn_pk *pk)
{
	struct fresh_peer *p = f->peers;
	while (p && !gn_pk_eq(&p->pk, pk))
		p = p->next;
	return p;
}

void fresh_touch(struct fresh *f)
{
	f->of.touched = true;
}
