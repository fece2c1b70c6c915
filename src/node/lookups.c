/* The last lookups, as the status page shows them. */
#include "node/api.h"
#include "node/node_int.h"

void gn_node_lookup_keep(struct gn_node_lookup *l, const struct gn_overlay_event *e)
{
	l->step_count = e->step_count < GN_NODE_STEPS ? e->step_count : GN_NODE_STEPS;
	if (l->step_count)
		memcpy(l->steps, e->steps, l->step_count * sizeof *l->steps);
	l->holder_count =
		e->contact_count < GN_NODE_LOOKUP_SET ? e->contact_count : GN_NODE_LOOKUP_SET;
	for (uint32_t i = 0; i < l->holder_count; i++)
		l->holders[i] = e->contacts[i].id;
}

void gn_node_lookup_add(struct gn_node *node, const struct gn_overlay_event *e)
{
	GN_ASSERT(e->kind == GN_OVERLAY_DONE);
	struct gn_node_lookup *l = &node->lookups[node->lookup_count++ % GN_NODE_LOOKUPS];
	*l = (struct gn_node_lookup){.op = e->op,
				     .kind = e->op_kind,
				     .key = e->key,
				     .err = e->err,
				     .hops = e->hops,
				     .started = e->started,
				     .took = e->took,
				     .at = gn_node_unix(node)};
	gn_node_lookup_keep(l, e);
	gn_node_publish(node, "lookup",
			json_pack("{sI ss si sf}", "op", (json_int_t)l->op, "err",
				  gn_err_name(l->err), "hops", (int)l->hops, "took_ms",
				  (double)l->took / GN_MSEC));
}

json_t *gn_node_json_steps(const struct gn_overlay_step *steps, uint32_t count, gn_time start)
{
	static const struct gn_node_id nobody;
	json_t *array = json_array();
	for (uint32_t i = 0; i < count; i++) {
		char addr[GN_ADDR_TEXT_MAX];
		gn_addr_text(&steps[i].addr, addr);
		json_t *step = json_pack("{so ss si ss sf sf}", "id",
					 gn_host_json_hex(steps[i].id.b, 32), "addr", addr, "depth",
					 steps[i].depth, "outcome", gn_err_name(steps[i].outcome),
					 "at_ms", gn_host_ms(steps[i].sent - start), "rtt_ms",
					 gn_host_ms(steps[i].rtt));
		if (memcmp(steps[i].by.b, nobody.b, sizeof nobody.b) != 0)
			json_object_set_new(step, "named_by", gn_host_json_hex(steps[i].by.b, 32));
		json_array_append_new(array, step);
	}
	return array;
}

static json_t *lookup_json(const struct gn_node_lookup *l)
{
	return json_pack("{sI ss so ss si sf sI so}", "op", (json_int_t)l->op, "kind", l->kind,
			 "key", gn_host_json_hex(l->key.b, 32), "err", gn_err_name(l->err), "hops",
			 (int)l->hops, "took_ms", gn_host_ms(l->took), "at", (json_int_t)l->at,
			 "steps", gn_node_json_steps(l->steps, l->step_count, l->started));
}

gn_err gn_node_api_lookups(struct gn_node_request *r)
{
	const struct gn_node *node = r->node;
	json_t *list = json_array();
	uint64_t n = node->lookup_count < GN_NODE_LOOKUPS ? node->lookup_count : GN_NODE_LOOKUPS;
	for (uint64_t i = 0; i < n; i++)
		json_array_append_new(
			list,
			lookup_json(
				&node->lookups[(node->lookup_count - 1 - i) % GN_NODE_LOOKUPS]));
	gn_host_json(&r->base, 200, json_pack("{so}", "lookups", list));
	return GN_OK;
}
