/* Messages that come as streams: what has come of those that are not whole yet is kept here,
 * bounded for all of them, for each key and for each prefix, and each has to get on (NO-13).
 *
 * Invariants
 *  1. a message that comes whole at once is never stored: it goes from jet to its engine;
 *  2. what is counted is what came, and a fixed amount for each message; what is kept is at most
 *     half as much again;
 *  3. what is over a share is stopped, and so is what is late; the sender hears why, and pays.
 *
 * A session's messages share its link, so a message is late only when both it and its session
 * are. */
#include "node/peers_int.h"

#include <stdlib.h>

static _Alignas(
	/* one message and one byte too many; the loop's thread only */
	16) uint8_t scratch[GN_NODE_MESSAGE + 1];

void peers_in_init(struct gn_node *node)
{
	const struct gn_share_config share = {
		.total = GN_NODE_INBOUND_BYTES,
		.per_key = GN_NODE_INBOUND_KEY,
		.per_prefix = GN_NODE_INBOUND_PREFIX,
		.crowded = GN_NODE_INBOUND_BYTES / 4 * 3,
		.holders_max = GN_NODE_PEERS,
		.count_local = node->config.guard_count_local,
	};
	gn_share_init(&node->peers.inbound_share, &node->env, &share);
	gn_map_init(&node->peers.inbound, &node->env, sizeof(struct inbound_key),
		    sizeof(struct inbound *), GN_NODE_INBOUND_BYTES / GN_NODE_INBOUND_EACH);
}

static void inbound_drop(struct gn_node *node, struct session *s, struct inbound *in)
{
	struct gn_node_peers *p = &node->peers;
	size_t held = in->len + GN_NODE_INBOUND_EACH;
	GN_ASSERT(s->inbound && s->inbound_held >= held);
	gn_share_give(&p->inbound_share, &s->payer, held);
	s->inbound_held -= held;
	*(in->prev ? &in->prev->next : &s->inbound) = in->next;
	if (in->next)
		in->next->prev = in->prev;
	gn_map_remove(&p->inbound, &in->key);
	free(in->bytes);
	free(in);
}

void peers_in_drop_all(struct gn_node *node, struct session *s)
{
	while (s->inbound)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the next of a list is another one */
		inbound_drop(node, s, s->inbound);
}

void peers_in_fini(struct gn_node *node)
{
	struct gn_node_peers *p = &node->peers;
	for (uint32_t i = 0; i < p->by_session.count; i++)
		peers_in_drop_all(node, gn_map_value_at(&p->by_session, i));
	gn_map_fini(&p->inbound);
	gn_share_fini(&p->inbound_share);
}

static void stop_inbound(struct gn_node *node, struct session *s, struct inbound *in, gn_err why)
{
	(void)!gn_jet_stream_stop(node->jet, in->key.session, in->key.stream, (uint32_t)why);
	inbound_drop(node, s, in);
}

/* ---- room ---- */

static struct worth worth_of(const struct gn_node *node, const struct session *s)
{
	return (struct worth){peers_standing(s->peer),
			      gn_share_held(&node->peers.inbound_share, &s->payer)};
}

/* All is full: the session worth least loses what it has not finished. False when that is s
 * itself. */
static bool make_room(struct gn_node *node, const struct session *s)
{
	struct gn_node_peers *p = &node->peers;
	struct session *least = NULL;
	struct worth mine = worth_of(node, s), worst = mine;
	for (uint32_t i = 0; i < p->by_session.count; i++) {
		struct session *other = gn_map_value_at(&p->by_session, i);
		struct worth w = other->inbound ? worth_of(node, other) : mine;
		if (worth_less(&w, &worst)) {
			worst = w;
			least = other;
		}
	}
	while (least && least->inbound) {
		stop_inbound(node, least, least->inbound, GN_LIMIT);
		p->count.gave_way_inbound++;
	}
	return least != NULL;
}

static gn_err take_inbound(struct gn_node *node, struct session *s, size_t amount)
{
	gn_err err = gn_share_take(&node->peers.inbound_share, &s->payer, amount);
	while (err == GN_NO_SPACE && make_room(node, s))
		err = gn_share_take(&node->peers.inbound_share, &s->payer, amount);
	if (!err)
		s->inbound_held += amount;
	return err;
}

/* ---- keeping ---- */

static struct inbound *inbound_get(const struct gn_node *node, const struct inbound_key *key)
{
	struct inbound **at = gn_map_get(&node->peers.inbound, key);
	return at ? *at : NULL;
}

static struct inbound *inbound_new(struct gn_node *node, struct session *s,
				   const struct inbound_key *key)
{
	if (take_inbound(node, s, GN_NODE_INBOUND_EACH))
		return NULL;
	struct inbound *in = calloc(1, sizeof *in),
		       **at = in ? gn_map_put(&node->peers.inbound, key) : NULL;
	if (!at) {
		free(in);
		gn_share_give(&node->peers.inbound_share, &s->payer, GN_NODE_INBOUND_EACH);
		s->inbound_held -= GN_NODE_INBOUND_EACH;
		return NULL;
	}
	*at = in;
	in->key = *key;
	in->began = node->now;
	in->base = s->received;
	in->behind = s->pace.behind;
	in->next = s->inbound;
	if (in->next)
		in->next->prev = in;
	s->inbound = in;
	return in;
}

static bool inbound_append(struct gn_node *node, struct session *s, struct inbound *in,
			   struct gn_slice more)
{
	if (more.len == 0)
		return true;
	if (in->len + more.len > in->cap) {
		size_t cap = in->len + more.len + (in->len + more.len) / 2;
		cap = cap < GN_NODE_MESSAGE ? cap : GN_NODE_MESSAGE;
		uint8_t *grown = realloc(in->bytes, cap);
		if (!grown)
			return false;
		in->bytes = grown;
		in->cap = cap;
	}
	if (take_inbound(node, s, more.len))
		return false;
	memcpy(in->bytes + in->len, more.p, more.len);
	in->len += more.len;
	return true;
}

/* The message is not whole yet. */
static void inbound_keep(struct gn_node *node, struct session *s, const struct inbound_key *key,
			 struct inbound *in, struct gn_slice more)
{
	if (!in)
		in = inbound_new(node, s, key);
	if (in && inbound_append(node, s, in, more))
		return;
	node->peers.count.refused_inbound++;
	gn_node_charge(node, &s->peer->pk, GN_NODE_COST_REFUSED);
	(void)!gn_jet_stream_stop(node->jet, key->session, key->stream, GN_LIMIT);
	if (in)
		inbound_drop(node, s, in);
}

void peers_in_read(struct gn_node *node, struct session *s, const struct gn_jet_event *e)
{
	struct inbound_key key = {e->id, e->stream};
	GN_ASSERT(s->up && s->peer);
	struct inbound *in = inbound_get(node, &key);
	size_t had = in ? in->len : 0, len = had;
	bool fin = false;
	gn_err err = GN_OK;
	while (!fin && !err && len < sizeof scratch) {
		size_t n = 0;
		err = gn_jet_stream_read(node->jet, e->id, e->stream, scratch + len,
					 sizeof scratch - len, &n, &fin);
		len += n;
	}
	s->received += len - had;
	if (err && err != GN_AGAIN) {
		if (in)
			inbound_drop(node, s, in);
	} else if (len > GN_NODE_MESSAGE) {
		node->peers.count.refused_inbound++;
		(void)!gn_jet_stream_stop(node->jet, e->id, e->stream, GN_TOO_LARGE);
		if (in)
			inbound_drop(node, s, in);
	} else if (!fin) {
		inbound_keep(node, s, &key, in, gn_slice(scratch + had, len - had));
	} else {
		if (had)
			memcpy(scratch, in->bytes, had);
		if (in)
			inbound_drop(node, s, in);
		peers_dispatch(node, e->id, s, gn_slice(scratch, len));
	}
}

void peers_in_moved(struct gn_node *node, struct session *s, const struct gn_addr *addr)
{
	struct gn_holder to = {s->payer.key, *addr};
	gn_err err = gn_share_move(&node->peers.inbound_share, &s->payer, &to, s->inbound_held);
	if (err == GN_OK || err == GN_QUOTA || err == GN_LIMIT)
		s->payer = to; /* over the share it takes no more */
}

/* ---- lateness ---- */

/* A slow line may bring many messages at once, each of them slower still. The session's rate is
 * asked for only while half of the room is taken: an honest uplink may be slow, and shared by
 * many sessions. */
static bool is_late(const struct gn_node *node, const struct session *s, const struct inbound *in)
{
	const gn_time most = GN_NODE_INBOUND_GRACE + GN_NODE_INBOUND_TIME;
	gn_time over = node->now - in->began - GN_NODE_INBOUND_GRACE;
	if (over <= 0)
		return false;
	uint64_t owed = (uint64_t)(over / GN_MSEC) * GN_NODE_INBOUND_RATE / 1000;
	bool short_of_room = node->peers.inbound_share.used > GN_NODE_INBOUND_BYTES / 2;
	return over > GN_NODE_INBOUND_LIFE || (short_of_room && s->received - in->base < owed) ||
	       (in->pace.behind > most && s->pace.behind - in->behind > most);
}

void peers_in_sweep(struct gn_node *node, gn_time passed)
{
	struct gn_node_peers *p = &node->peers;
	for (uint32_t i = 0; p->inbound.count && i < p->by_session.count; i++) {
		struct session *s = gn_map_value_at(&p->by_session, i);
		if (s->inbound)
			pace_look(&s->pace, s->received, GN_NODE_INBOUND_SESSION, passed);
		for (struct inbound *in = s->inbound, *next; in; in = next) {
			next = in->next;
			pace_look(&in->pace, in->len, GN_NODE_LINE_RATE,
				  gn_time_min(passed, node->now - in->began));
			if (!is_late(node, s, in))
				continue;
			p->count.late_inbound++;
			gn_time age = node->now - in->began;
			gn_node_charge(node, &s->peer->pk,
				       GN_NODE_COST_REFUSED +
					       (in->len >> 10) * (uint64_t)(age / GN_SEC));
			stop_inbound(node, s, in, GN_TIMEOUT);
		}
	}
}
