/* Messages that wait to leave: a queue for each peer, urgent ones before bulk, all of them
 * within one budget with a share for each key and each prefix (NO-14).
 *
 * Invariants
 *  1. a message waits in exactly one peer's queue; at most one message of each queue has begun
 *     to leave;
 *  2. a peer whose queue gives up no whole message for GN_NODE_QUEUE_STALL loses the queue and
 *     its session; the time in which GN_NODE_LINE_RATE leave does not count;
 *  3. a stream that the peer stops, or that cannot go on, loses its message, never the queue
 *     behind it.
 *
 * Chunks of files are not queued ahead: who gives them asks first how much of them would leave
 * (gn_node_peers_room). */
#include "node/peers_int.h"

#include <stdlib.h>

void peers_out_init(struct gn_node *node)
{
	const struct gn_share_config share = {
		.total = GN_NODE_QUEUES_BYTES,
		.per_key = GN_NODE_QUEUE_BYTES,
		.per_prefix = GN_NODE_QUEUES_PREFIX,
		.crowded = GN_NODE_QUEUES_BYTES / 4 * 3,
		.holders_max = GN_NODE_PEERS,
		.count_local = node->config.guard_count_local,
	};
	gn_share_init(&node->peers.queue_share, &node->env, &share);
}

void peers_out_fini(struct gn_node *node)
{
	gn_share_fini(&node->peers.queue_share);
}

static size_t queue_cost(size_t len)
{
	return len + GN_NODE_QUEUE_EACH;
}

static void queue_pop(struct gn_node *node, struct peer *peer, struct queue *q)
{
	struct outgoing *o = q->head;
	GN_ASSERT(o && peer->queued > 0 && peer->queued_bytes >= o->len);
	q->head = o->next;
	if (!q->head)
		q->tail = &q->head;
	peer->queued--;
	peer->queued_bytes -= o->len;
	peer->pace = (struct pace){0};
	gn_share_give(&node->peers.queue_share, &peer->payer, queue_cost(o->len));
	free(o);
}

static void queue_clear(struct gn_node *node, struct peer *peer, struct queue *q)
{
	while (q->head) {
		if (q->head->opened && peer->up)
			(void)!gn_jet_stream_reset(node->jet, peer->session, q->head->stream, 0);
		queue_pop(node, peer, q);
	}
}

void peers_out_clear(struct gn_node *node, struct peer *peer)
{
	queue_clear(node, peer, &peer->urgent);
	queue_clear(node, peer, &peer->bulk);
}

/* ---- adding ---- */

static struct worth worth_of(const struct gn_node *node, const struct peer *peer,
			     const struct gn_holder *payer)
{
	return (struct worth){peers_standing(peer), gn_share_held(&node->peers.queue_share, payer)};
}

/* All is full: the peer worth least loses its queue. False when that is this peer. */
static bool make_room(struct gn_node *node, const struct peer *peer, const struct gn_holder *payer)
{
	struct gn_node_peers *p = &node->peers;
	struct peer *least = NULL;
	struct worth mine = worth_of(node, peer, payer), worst = mine;
	for (uint32_t i = 0; i < p->by_key.count; i++) {
		struct peer *other = *(struct peer **)gn_map_value_at(&p->by_key, i);
		struct worth w = other->queued ? worth_of(node, other, &other->payer) : mine;
		if (worth_less(&w, &worst)) {
			worst = w;
			least = other;
		}
	}
	if (!least)
		return false;
	peers_out_clear(node, least);
	p->count.gave_way_queue++;
	return true;
}

static gn_err take_room(struct gn_node *node, struct peer *peer, size_t amount)
{
	struct gn_holder payer = peer->payer;
	if (!peer->queued) {
		const struct session *s = gn_map_get(&node->peers.by_session, &peer->session);
		payer = (struct gn_holder){.key = peer->pk};
		if (s || peer->addr_count)
			payer.addr = s ? s->addr : peer->addrs[0];
	}
	gn_err err = gn_share_take(&node->peers.queue_share, &payer, amount);
	while (err == GN_NO_SPACE && make_room(node, peer, &payer))
		err = gn_share_take(&node->peers.queue_share, &payer, amount);
	if (!err)
		peer->payer = payer;
	return err;
}

gn_err peers_out_add(struct gn_node *node, struct peer *peer, struct gn_slice bytes,
		     enum gn_jet_class class)
{
	GN_ASSERT(bytes.len <= GN_NODE_MESSAGE);
	struct outgoing *o =
		peer->queued < GN_NODE_QUEUE_COUNT ? malloc(sizeof *o + bytes.len) : NULL;
	if (!o || take_room(node, peer, queue_cost(bytes.len))) {
		free(o);
		node->peers.count.dropped_queue++;
		return GN_LIMIT;
	}
	*o = (struct outgoing){.class = class, .len = bytes.len};
	memcpy(o->bytes, bytes.p, bytes.len);
	struct queue *q = class <= GN_JET_INTERACTIVE ? &peer->urgent : &peer->bulk;
	*q->tail = o;
	q->tail = &o->next;
	if (!peer->queued)
		peer->pace = (struct pace){0};
	peer->queued++;
	peer->queued_bytes += bytes.len;
	return GN_OK;
}

void peers_out_adopt(struct gn_node *node, struct peer *to, struct peer *from)
{
	for (struct outgoing *o = from->urgent.head; o; o = o->next)
		(void)!peers_out_add(node, to, gn_slice(o->bytes, o->len), o->class);
	peers_out_clear(node, from);
}

/* ---- leaving ---- */

void peers_out_restart(struct gn_node *node, struct peer *peer)
{
	struct outgoing *heads[] = {peer->urgent.head, peer->bulk.head};
	for (size_t i = 0; i < GN_COUNT(heads); i++) {
		if (!heads[i] || !heads[i]->opened)
			continue;
		(void)!gn_jet_stream_reset(node->jet, peer->session, heads[i]->stream, 0);
		heads[i]->opened = false;
		heads[i]->off = 0;
	}
}

/* False when the stream or the session takes no more now. */
static bool queue_push(struct gn_node *node, struct peer *peer, struct outgoing *o)
{
	if (!o->opened && gn_jet_stream_open(node->jet, peer->session, true, o->class, &o->stream))
		return false;
	o->opened = true;
	size_t taken = 0;
	gn_err err =
		gn_jet_stream_write(node->jet, peer->session, o->stream,
				    gn_slice(o->bytes + o->off, o->len - o->off), true, &taken);
	if (err == GN_NOMEM)
		return false;
	if (err) { /* the peer does not want it */
		node->peers.count.dropped_stream++;
		return true;
	}
	o->off += taken;
	return o->off == o->len;
}

static void flush_queue(struct gn_node *node, struct peer *peer, struct queue *q)
{
	while (q->head && queue_push(node, peer, q->head))
		queue_pop(node, peer, q);
}

bool peers_lost(const struct gn_node *node, const struct session *s)
{
	return !gn_jet_way_is(node->jet, s->link);
}

/* Nothing is given to a session whose way is gone: what waits here goes with the next one. */
void peers_out_flush(struct gn_node *node, struct peer *peer)
{
	const struct session *s = gn_map_get(&node->peers.by_session, &peer->session);
	if (!peer->up || (s && peers_lost(node, s)))
		return;
	flush_queue(node, peer, &peer->urgent);
	flush_queue(node, peer, &peer->bulk);
}

bool peers_out_stalled(struct peer *peer, gn_time passed)
{
	const struct outgoing *urgent = peer->urgent.head, *bulk = peer->bulk.head;
	if (!peer->queued || !peer->up)
		return false;
	pace_look(&peer->pace, (urgent ? urgent->off : 0) + (bulk ? bulk->off : 0),
		  GN_NODE_LINE_RATE, passed);
	return peer->pace.behind > GN_NODE_QUEUE_STALL;
}

size_t gn_node_peers_room(struct gn_node *node, const struct gn_pk *pk)
{
	struct peer **at = gn_map_get(&node->peers.by_key, pk), *peer = at ? *at : NULL;
	if (!peer || !peer->up)
		return 0;
	peers_out_flush(node, peer);
	return peer->queued ? 0 : gn_jet_room(node->jet, peer->session, true, GN_JET_FILES);
}

bool gn_node_peers_takes(const struct gn_node *node, const struct gn_pk *pk, size_t bytes)
{
	struct peer **at = gn_map_get(&node->peers.by_key, pk), *peer = at ? *at : NULL;
	if (!peer || !peer->queued)
		return true;
	gn_err err = gn_share_ask(&node->peers.queue_share, &peer->payer, queue_cost(bytes));
	bool fits = err == GN_OK || err == GN_NO_SPACE; /* who is worth less gives way */
	return fits && peer->queued < GN_NODE_QUEUE_COUNT;
}
