/* What others open: a stream whose first bytes say for whom it is (tunnel_head.h). It becomes a
 * listener's, or the node's own, or is refused at once. Heads that are not whole have a deadline,
 * count in the share of who opened them, and the oldest gives way when all is full: a class goes
 * ahead of a head, so of many that are dialled at once most are known before they are whole. */
#include "node/tunnels_int.h"

#include <stdlib.h>

#define OWN_SERVICE "forward/"

bool gn_node_tunnel_is_own(struct gn_slice service)
{
	const struct gn_slice own = GN_LIT(OWN_SERVICE);
	return service.len >= own.len && memcmp(service.p, own.p, own.len) == 0;
}

static void refuse(struct gn_node *node, struct tunnel *t, gn_err code)
{
	size_t taken = 0;
	gn_jet_id session = t->session;
	gn_jet_stream stream = t->stream;
	tunnel_answer_put(code, t->answer);
	gn_err err =
		gn_jet_stream_write(node->jet, session, stream, GN_SLICE(t->answer), true, &taken);
	if (err || taken < TUNNEL_ANSWER)
		(void)!gn_jet_stream_reset(node->jet, session, stream, (uint32_t)code);
	(void)!gn_jet_stream_stop(node->jet, session, stream, (uint32_t)code);
	tunnel_part(node, t, GN_OK);
	tunnel_forget(node, t);
}

static void open_incoming(struct gn_node *node, struct tunnel *t)
{
	tunnel_answer_put(GN_OK, t->answer);
	t->answer_len = TUNNEL_ANSWER;
	node->tunnels.count.opened++;
	tunnel_set(node, t, TUNNEL_OPEN);
	free(t->head);
	t->head = NULL;
	gn_node_peers_used(node, t->session);
	gn_node_peers_prepare(node, t->session);
	tunnel_write_rest(node, t);
	t->tell_open = t->tell_room = t->tell_readable = true;
	tunnel_list(node, t);
}

/* The listener that has waited longest; NULL: *code says why. */
static struct tunnel *listener_for(const struct gn_node *node, struct gn_slice service,
				   const struct gn_pk *from, gn_err *code)
{
	const struct gn_node_tunnels *ts = &node->tunnels;
	struct tunnel *best = NULL;
	*code = GN_NOT_FOUND;
	for (uint32_t i = 0; i < ts->by_id.count; i++) {
		struct tunnel *o = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (!gn_slice_eq(tunnel_service(o), service) || o->opened || o->own)
			continue;
		if (o->state == TUNNEL_OPEN)
			*code = GN_BUSY; /* somebody serves it, and takes no more now */
		if (o->state == TUNNEL_LISTENING &&
		    (gn_pk_is_zero(&o->pk) || gn_pk_eq(&o->pk, from)) &&
		    (!best || o->id < best->id))
			best = o;
	}
	return best;
}

/* The stream of t is the listener's from now on. */
static void hand_over(struct gn_node *node, struct tunnel *t, struct tunnel *to)
{
	struct inbound_key key = tunnel_key(t);
	struct tunnel **at = gn_map_get(&node->tunnels.by_stream, &key);
	GN_ASSERT(at && *at == t && to->state == TUNNEL_LISTENING && t->shared);
	*at = to;
	to->session = t->session;
	to->stream = t->stream;
	to->pk = t->pk;
	to->payer = t->payer;
	to->shared = true;
	t->shared = false;
	t->session = 0;
	tunnel_forget(node, t);
	open_incoming(node, to);
}

/* The listener's rule is for who comes from now on. Its session keeps to it, or ends with a word:
 * then the other end dials once more, by a way that is let. */
static bool keeps_rule(struct gn_node *node, const struct tunnel *t, const struct tunnel *to)
{
	if (!to->hold)
		return true;
	gn_node_policy_turn(node, to->hold, &t->pk);
	return gn_node_policy_session(node, t->session, &t->pk) == GN_OK;
}

/* The head is whole, or none. */
static void judge_head(struct gn_node *node, struct tunnel *t)
{
	struct tunnel_head head;
	gn_err code = tunnel_head_parse(gn_slice(t->head, t->head_len), &head);
	if (code) {
		node->tunnels.count.refused_head++;
		gn_node_charge(node, &t->pk, GN_NODE_COST_REFUSED);
		refuse(node, t, code);
		return;
	}
	if (gn_node_tunnel_is_own(head.service)) {
		tunnel_keep_service(t, head.service);
		t->own = t->tell_offered = true;
		tunnel_set(node, t, TUNNEL_OFFERED);
		tunnel_list(node, t);
		return;
	}
	struct tunnel *to = listener_for(node, head.service, &t->pk, &code);
	if (to && keeps_rule(node, t, to)) {
		hand_over(node, t, to);
		return;
	}
	if (to) {
		node->tunnels.count.refused_rule++;
		tunnel_part(node, t, GN_OK);
		tunnel_forget(node, t);
		return;
	}
	node->tunnels.count.refused_nobody++;
	refuse(node, t, code);
}

void tunnel_in_read(struct gn_node *node, struct tunnel *t)
{
	size_t want;
	while ((want = tunnel_head_want(gn_slice(t->head, t->head_len))) > t->head_len) {
		size_t n = 0;
		bool fin = false;
		if (want > t->head_cap) { /* of what the first bytes say, TUNNEL_HEAD at most */
			uint8_t *grown = realloc(t->head, want);
			if (!grown) {
				refuse(node, t, GN_NOMEM);
				return;
			}
			t->head = grown;
			t->head_cap = want;
		}
		gn_err err =
			gn_jet_stream_read(node->jet, t->session, t->stream, t->head + t->head_len,
					   want - t->head_len, &n, &fin);
		if (err == GN_AGAIN)
			return;
		t->head_len += n;
		if (err || (fin && t->head_len < want)) {
			node->tunnels.count.refused_head++;
			refuse(node, t, GN_MALFORMED);
			return;
		}
	}
	judge_head(node, t);
}

/* All is full: the oldest head that is not whole gives way. */
static gn_err take_share(struct gn_node *node, const struct gn_holder *payer)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	struct tunnel *oldest = NULL;
	gn_err err = gn_share_take(&ts->share, payer, 1);
	if (err != GN_NO_SPACE)
		return err;
	for (uint32_t i = 0; ts->heads && i < ts->by_id.count; i++) {
		struct tunnel *o = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (o->state == TUNNEL_HEAD_COMES && (!oldest || o->id < oldest->id))
			oldest = o;
	}
	if (!oldest)
		return GN_BUSY;
	ts->count.gave_way_head++;
	refuse(node, oldest, GN_BUSY);
	return gn_share_take(&ts->share, payer, 1);
}

void tunnel_in_take(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	struct gn_holder payer = {e->peer, e->way.addr};
	gn_err err = gn_node_admit_work(node, &e->peer, GN_NODE_COST_ASK);
	if (!err)
		err = take_share(node, &payer);
	if (err) {
		ts->count.refused_share++;
		tunnel_give_up(node, e->id, e->stream, err);
		return;
	}
	struct tunnel *t = tunnel_new(node, TUNNEL_HEAD_COMES);
	if (!t || !tunnel_join(node, t, e->id, e->stream)) {
		gn_share_give(&ts->share, &payer, 1);
		if (t)
			tunnel_forget(node, t);
		tunnel_give_up(node, e->id, e->stream, GN_NOMEM);
		return;
	}
	t->pk = e->peer;
	t->payer = payer;
	t->shared = true;
	t->until = node->now + GN_NODE_TUNNEL_HEAD_TIME;
	tunnel_in_read(node, t);
}

void gn_node_tunnel_accept(struct gn_node *node, uint64_t id)
{
	struct tunnel *t = tunnel_of(node, id);
	if (t && t->state == TUNNEL_OFFERED)
		open_incoming(node, t);
}

void gn_node_tunnel_refuse(struct gn_node *node, uint64_t id, gn_err code)
{
	struct tunnel *t = tunnel_of(node, id);
	if (!t || t->state != TUNNEL_OFFERED)
		return;
	node->tunnels.count.refused_nobody++;
	refuse(node, t, code);
}
