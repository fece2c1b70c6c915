/* Connections to peers, being dialled for who wants a session (dial.c): carriers.h.
 *
 *   DIALLED -> a link of ways.c [opened] | over [closed, or nobody waits for it]
 *
 * The link's number is taken before there is one, so that who waits knows what for. */
#include "node/carriers.h"
#include "node/node_int.h"

static struct gn_node_call *call_of(struct gn_node *node, const struct gn_carrier *c)
{
	for (unsigned i = 0; i < GN_NODE_URL_CALLS; i++)
		if (node->carriers.calls[i].carrier == c)
			return &node->carriers.calls[i];
	return NULL;
}

struct gn_node_call gn_node_connect_over(struct gn_node *node, const struct gn_carrier *c)
{
	struct gn_node_call *call = call_of(node, c), was = {.link = 0};
	if (call) {
		was = *call;
		call->carrier = NULL;
	}
	return was;
}

gn_err gn_node_connect(struct gn_node *node, const struct gn_pk *pk, const char *url,
		       uint32_t *link)
{
	struct gn_node_call *call = call_of(node, NULL);
	if (!call || !node->outside.dial)
		return call ? GN_UNSUPPORTED : GN_LIMIT;
	GN_TRY(node->outside.dial(node, url, true, &call->carrier));
	call->pk = *pk;
	*link = call->link = gn_node_ways_number(node);
	return GN_OK;
}

void gn_node_connect_cancel(struct gn_node *node, uint32_t link)
{
	for (unsigned i = 0; i < GN_NODE_URL_CALLS; i++) {
		struct gn_node_call *call = &node->carriers.calls[i];
		if (!call->carrier || call->link != link)
			continue;
		call->carrier->close(call->carrier);
		call->carrier = NULL;
	}
}

const char *gn_node_connect_at(const struct gn_node *node, uint32_t link)
{
	const struct gn_node_carriers *k = &node->carriers;
	for (unsigned i = 0; i < k->begin_count; i++)
		if (k->begins[i].open && k->begins[i].link == link)
			return k->begins[i].url.text;
	return NULL;
}
