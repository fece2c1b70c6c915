/* The node's side of guard: who is charged for what. */
#include "node/node_int.h"

void gn_node_charge(struct gn_node *node, const struct gn_pk *pk, uint64_t work)
{
	(void)node;
	(void)pk;
	(void)work;
}
