/* One tunnel: its life, its stream, and the list of those with something to tell. */
#include "node/tunnels_int.h"

#include <stdlib.h>

void gn_node_tunnels_init(struct gn_node *node)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	const struct gn_share_config share = {
		.total = GN_NODE_TUNNELS,
		.per_key = GN_NODE_TUNNELS_KEY,
		.per_prefix = GN_NODE_TUNNELS_PREFIX,
		.crowded = GN_NODE_TUNNELS / 2,
		.holders_max = GN_NODE_TUNNELS,
		.count_local = node->config.guard_count_local,
	};
	gn_share_init(&ts->share, &node->env, &share);
	gn_map_init(&ts->by_id, &node->env, sizeof(uint64_t), sizeof(struct tunnel *),
		    2 * GN_NODE_TUNNELS);
	gn_map_init(&ts->by_stream, &node->env, sizeof(struct inbound_key), sizeof(struct tunnel *),
		    2 * GN_NODE_TUNNELS);
	ts->told_end = &ts->told;
}

void gn_node_tunnels_fini(struct gn_node *node)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	for (uint32_t i = 0; i < ts->by_id.count; i++) {
		struct tunnel *t = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (t->shared)
			gn_share_give(&ts->share, &t->payer, 1);
		free(t->head);
		free(t);
	}
	gn_map_fini(&ts->by_id);
	gn_map_fini(&ts->by_stream);
	gn_share_fini(&ts->share);
}

struct tunnel *tunnel_of(const struct gn_node *node, uint64_t id)
{
	struct tunnel **at = gn_map_get(&node->tunnels.by_id, &id);
	return at ? *at : NULL;
}

bool tunnel_is_waiting(const struct tunnel *t)
{
	return t->state == TUNNEL_DIALLING || t->state == TUNNEL_ASKED ||
	       t->state == TUNNEL_HEAD_COMES;
}

void tunnel_set(struct gn_node *node, struct tunnel *t, enum tunnel_state state)
{
	node->tunnels.waiting -= tunnel_is_waiting(t);
	node->tunnels.heads -= t->state == TUNNEL_HEAD_COMES;
	t->state = state;
	node->tunnels.waiting += tunnel_is_waiting(t);
	node->tunnels.heads += t->state == TUNNEL_HEAD_COMES;
}

struct tunnel *tunnel_new(struct gn_node *node, enum tunnel_state state)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	struct tunnel *t = calloc(1, sizeof *t);
	uint64_t id = ++ts->last;
	struct tunnel **at = t ? gn_map_put(&ts->by_id, &id) : NULL;
	if (!at) {
		free(t);
		return NULL;
	}
	*at = t;
	t->id = id;
	tunnel_set(node, t, state);
	return t;
}

void tunnel_list(struct gn_node *node, struct tunnel *t)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	if (t->listed)
		return;
	t->listed = true;
	t->next = NULL;
	*ts->told_end = t;
	ts->told_end = &t->next;
}

void tunnel_unlist(struct gn_node *node, struct tunnel *t)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	struct tunnel **at = &ts->told;
	if (!t->listed)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	if (!*at)
		ts->told_end = at;
	t->listed = false;
}

/* ---- its stream ---- */

struct inbound_key tunnel_key(const struct tunnel *t)
{
	return (struct inbound_key){t->session, t->stream};
}

bool tunnel_join(struct gn_node *node, struct tunnel *t, gn_jet_id session, gn_jet_stream stream)
{
	struct inbound_key key = {session, stream};
	struct tunnel **at = gn_map_put(&node->tunnels.by_stream, &key);
	if (!at)
		return false;
	*at = t;
	t->session = session;
	t->stream = stream;
	gn_node_peers_hold(node, session, true);
	return true;
}

void tunnel_give_up(struct gn_node *node, gn_jet_id session, gn_jet_stream stream, gn_err code)
{
	(void)!gn_jet_stream_reset(node->jet, session, stream, (uint32_t)code);
	(void)!gn_jet_stream_stop(node->jet, session, stream, (uint32_t)code);
}

void tunnel_part(struct gn_node *node, struct tunnel *t, gn_err code)
{
	struct inbound_key key = tunnel_key(t);
	if (!t->session)
		return;
	gn_map_remove(&node->tunnels.by_stream, &key);
	gn_node_peers_hold(node, t->session, false);
	if (code)
		tunnel_give_up(node, t->session, t->stream, code);
	t->session = 0;
}

void tunnel_forget(struct gn_node *node, struct tunnel *t)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	GN_ASSERT(!t->session);
	tunnel_set(node, t, TUNNEL_OVER);
	tunnel_unlist(node, t);
	ts->mine -= t->mine;
	if (t->shared)
		gn_share_give(&ts->share, &t->payer, 1);
	gn_map_remove(&ts->by_id, &t->id);
	free(t->head);
	free(t);
}

void tunnel_end(struct gn_node *node, struct tunnel *t, gn_err code, gn_err err)
{
	GN_ASSERT(t->state != TUNNEL_OVER);
	tunnel_part(node, t, code);
	if (t->state == TUNNEL_HEAD_COMES) { /* nobody knows of it */
		tunnel_forget(node, t);
		return;
	}
	tunnel_set(node, t, TUNNEL_OVER);
	t->err = err;
	tunnel_list(node, t);
}

void tunnel_keep_service(struct tunnel *t, struct gn_slice service)
{
	GN_ASSERT(service.len <= TUNNEL_SERVICE);
	memcpy(t->service, service.p, service.len);
	t->service_len = (uint8_t)service.len;
}

struct gn_slice tunnel_service(const struct tunnel *t)
{
	return gn_slice(t->service, t->service_len);
}

void tunnel_stuck(struct gn_node *node, struct tunnel *t)
{
	t->stuck = true;
	if (!node->tunnels.stuck)
		node->tunnels.stuck = node->now + GN_NODE_TUNNEL_STUCK;
}

void tunnel_write_rest(struct gn_node *node, struct tunnel *t)
{
	size_t taken = 0;
	struct gn_slice rest =
		t->state == TUNNEL_ASKED
			? gn_slice(t->head + t->head_at, t->head_len - t->head_at)
			: gn_slice(t->answer + TUNNEL_ANSWER - t->answer_len, t->answer_len);
	gn_err err = rest.len ? gn_jet_stream_write(node->jet, t->session, t->stream, rest, false,
						    &taken)
			      : GN_OK;
	if (err == GN_NOMEM)
		tunnel_stuck(node, t);
	if (err)
		return;
	if (t->state == TUNNEL_ASKED)
		t->head_at += taken;
	else
		t->answer_len -= (unsigned)taken;
}
