/* Peers: messages of the overlay and of bundles over jet sessions. A message is one datagram, or one one-way stream
 * that holds it whole and ends; the receiver tells kinds apart by the FlatBuffers identifier in it.
 *
 * Invariants
 *  1. a peer has at most one session that it sends on (the newest); older ones are read until they fall idle;
 *  2. a message waits in exactly one peer's queue; queues and unfinished inbound messages are bounded;
 *  3. the overlay hears peer_up for every session and peer_down when a peer's last one is gone.
 *
 * States of a peer:  IDLE -> CONNECTING [gn_peers_send] -> UP [GN_JET_CONNECTED] -> IDLE [GN_JET_CLOSED]
 * Ownership: by_key and the nameless list own peers; peers own their outgoing messages; `inbound` owns unfinished ones.
 */
#include "node/node_int.h"

#include <stdlib.h>

struct outgoing {
	struct outgoing *next;
	gn_jet_stream stream;
	bool opened;
	enum gn_jet_class class;
	size_t off, len;
	uint8_t bytes[];
};

struct queue {
	struct outgoing *head, **tail;
};

struct peer {
	struct peer *next; /* nameless list */
	struct gn_pk pk;
	bool named, linked;
	gn_jet_id session; /* 0: none */
	bool up;
	struct gn_addr addrs[GN_CONTACT_ADDRS + 1];
	unsigned addr_count, addr_next;
	struct queue urgent, bulk;
	uint32_t queued;
	size_t queued_bytes;
};

struct session {
	struct peer *peer; /* NULL: incoming, key not proven yet */
	bool up;
	gn_time used;
	struct gn_addr addr;
};

struct inbound_key {
	gn_jet_id session;
	gn_jet_stream stream;
};

struct inbound {
	uint8_t *bytes;
	size_t len, cap;
};

void gn_peers_init(struct gn_node *node)
{
	struct gn_peers *p = &node->peers;
	gn_map_init(&p->by_key, &node->env, sizeof(struct gn_pk), sizeof(struct peer *), GN_NODE_PEERS);
	gn_map_init(&p->by_session, &node->env, sizeof(gn_jet_id), sizeof(struct session), 2 * GN_NODE_PEERS);
	gn_map_init(&p->inbound, &node->env, sizeof(struct inbound_key), sizeof(struct inbound), GN_NODE_INBOUND_COUNT);
}

static void queue_clear(struct queue *q)
{
	for (struct outgoing *o = q->head, *next; o; o = next) {
		next = o->next;
		free(o);
	}
	q->head = NULL;
	q->tail = &q->head;
}

static void peer_clear(struct peer *peer)
{
	queue_clear(&peer->urgent);
	queue_clear(&peer->bulk);
	peer->queued = 0;
	peer->queued_bytes = 0;
}

static void peer_free(struct peer *peer)
{
	peer_clear(peer);
	free(peer);
}

void gn_peers_fini(struct gn_node *node)
{
	struct gn_peers *p = &node->peers;
	for (uint32_t i = 0; i < p->inbound.count; i++)
		free(((struct inbound *)gn_map_value_at(&p->inbound, i))->bytes);
	for (uint32_t i = 0; i < p->by_key.count; i++)
		peer_free(*(struct peer **)gn_map_value_at(&p->by_key, i));
	for (struct peer *peer = p->nameless, *next; peer; peer = next) {
		next = peer->next;
		peer_free(peer);
	}
	gn_map_fini(&p->inbound);
	gn_map_fini(&p->by_session);
	gn_map_fini(&p->by_key);
}

static struct peer *peer_new(void)
{
	struct peer *peer = calloc(1, sizeof *peer);
	if (peer)
		peer_clear(peer);
	return peer;
}

static struct peer *peer_of(const struct gn_node *node, const struct gn_pk *pk)
{
	struct peer **at = gn_map_get(&node->peers.by_key, pk);
	return at ? *at : NULL;
}

static struct peer *peer_make(struct gn_node *node, const struct gn_pk *pk)
{
	struct peer *peer = peer_of(node, pk);
	if (peer)
		return peer;
	struct peer **at = gn_map_put(&node->peers.by_key, pk);
	if (!at)
		return NULL;
	if (!(*at = peer_new())) {
		gn_map_remove(&node->peers.by_key, pk);
		return NULL;
	}
	(*at)->pk = *pk;
	(*at)->named = true;
	return *at;
}

static struct peer *nameless_at(const struct gn_node *node, const struct gn_addr *addr)
{
	struct peer *peer = node->peers.nameless;
	while (peer && !gn_addr_eq(&peer->addrs[0], addr))
		peer = peer->next;
	return peer;
}

static struct peer *nameless_make(struct gn_node *node, const struct gn_addr *addr)
{
	struct peer *peer = nameless_at(node, addr);
	if (!peer && (peer = peer_new())) {
		peer->addrs[0] = *addr;
		peer->addr_count = 1;
		peer->next = node->peers.nameless;
		node->peers.nameless = peer;
	}
	return peer;
}

static void nameless_remove(struct gn_node *node, struct peer *peer)
{
	struct peer **at = &node->peers.nameless;
	while (*at != peer)
		at = &(*at)->next;
	*at = peer->next;
}

gn_jet_id gn_peers_session(const struct gn_node *node, const struct gn_pk *pk)
{
	const struct peer *peer = peer_of(node, pk);
	return peer && peer->up ? peer->session : 0;
}

/* ---- connecting ---- */

static void learn_addr(struct peer *peer, const struct gn_addr *addr)
{
	if (addr->port == 0)
		return;
	for (unsigned i = 0; i < peer->addr_count; i++)
		if (gn_addr_eq(&peer->addrs[i], addr))
			return;
	if (peer->addr_count < GN_COUNT(peer->addrs))
		peer->addrs[peer->addr_count++] = *addr;
	else
		peer->addrs[GN_COUNT(peer->addrs) - 1] = *addr;
}

/* The overlay is told; what was queued is lost, as with any message to a dead peer. */
static void peer_failed(struct gn_node *node, struct peer *peer, gn_err why)
{
	peer_clear(peer);
	peer->up = false;
	peer->session = 0;
	peer->addr_next = 0;
	if (peer->named) {
		gn_overlay_peer_down(node->overlay, &peer->pk, why, node->now);
		gn_bundles_peer_down(node->bundles, &peer->pk, why, node->now);
		return;
	}
	struct gn_addr addr = peer->addrs[0];
	nameless_remove(node, peer);
	peer_free(peer);
	gn_overlay_addr_down(node->overlay, &addr, why, node->now);
}

/* Tries the next address not tried in this attempt; GN_UNREACHABLE when there is none left. */
static gn_err connect_next(struct gn_node *node, struct peer *peer)
{
	while (peer->addr_next < peer->addr_count) {
		const struct gn_addr *to = &peer->addrs[peer->addr_next++];
		gn_jet_id id;
		if (gn_jet_connect(node->jet, to, peer->named ? &peer->pk : NULL, node->now, &id))
			continue;
		struct session *s = gn_map_put(&node->peers.by_session, &id);
		if (!s) {
			(void)!gn_jet_close(node->jet, id, 0, "", node->now);
			return GN_LIMIT;
		}
		*s = (struct session){.peer = peer, .used = node->now, .addr = *to};
		peer->session = id;
		return GN_OK;
	}
	return GN_UNREACHABLE;
}

/* ---- sending ---- */

/* False when the stream or the session takes no more now. */
static bool push(struct gn_node *node, struct peer *peer, struct outgoing *o)
{
	if (!o->opened && gn_jet_stream_open(node->jet, peer->session, true, o->class, &o->stream))
		return false;
	o->opened = true;
	size_t taken = 0;
	if (gn_jet_stream_write(node->jet, peer->session, o->stream, gn_slice(o->bytes + o->off, o->len - o->off), true,
				&taken))
		return false;
	o->off += taken;
	return o->off == o->len;
}

static void flush_queue(struct gn_node *node, struct peer *peer, struct queue *q)
{
	while (q->head && push(node, peer, q->head)) {
		struct outgoing *o = q->head;
		q->head = o->next;
		if (!q->head)
			q->tail = &q->head;
		peer->queued--;
		peer->queued_bytes -= o->len;
		free(o);
	}
}

static void flush(struct gn_node *node, struct peer *peer)
{
	if (!peer->up)
		return;
	flush_queue(node, peer, &peer->urgent);
	flush_queue(node, peer, &peer->bulk);
}

static gn_err enqueue(struct peer *peer, struct gn_slice bytes, enum gn_jet_class class)
{
	if (peer->queued == GN_NODE_QUEUE_COUNT || peer->queued_bytes + bytes.len > GN_NODE_QUEUE_BYTES)
		return GN_LIMIT;
	struct outgoing *o = malloc(sizeof *o + bytes.len);
	if (!o)
		return GN_NOMEM;
	*o = (struct outgoing){.class = class, .len = bytes.len};
	memcpy(o->bytes, bytes.p, bytes.len);
	struct queue *q = class <= GN_JET_INTERACTIVE ? &peer->urgent : &peer->bulk;
	*q->tail = o;
	q->tail = &o->next;
	peer->queued++;
	peer->queued_bytes += bytes.len;
	return GN_OK;
}

static bool is_zero(const struct gn_pk *pk)
{
	static const struct gn_pk zero;
	return memcmp(pk, &zero, sizeof zero) == 0;
}

void gn_peers_send(struct gn_node *node, const struct gn_overlay_message *m, enum gn_jet_class class)
{
	bool nameless = is_zero(&m->to.pk);
	struct peer *peer = nameless ? nameless_make(node, &m->to.addrs[0]) : peer_make(node, &m->to.pk);
	if (!peer || m->bytes.len > GN_NODE_MESSAGE) {
		node->peers.dropped_large++;
		return;
	}
	for (unsigned i = 0; i < m->to.addr_count && !nameless; i++)
		learn_addr(peer, &m->to.addrs[i]);
	if (peer->up) {
		struct session *s = gn_map_get(&node->peers.by_session, &peer->session);
		s->used = node->now;
		if (!m->reliable && m->bytes.len <= gn_jet_datagram_max(node->jet, peer->session)) {
			if (gn_jet_datagram(node->jet, peer->session, class, m->bytes, node->now + 2 * GN_SEC))
				node->peers.dropped_queue++;
			return;
		}
	}
	if (enqueue(peer, m->bytes, class)) {
		node->peers.dropped_queue++;
		return;
	}
	if (peer->up)
		flush(node, peer);
	else if (!peer->session && connect_next(node, peer))
		peer_failed(node, peer, GN_UNREACHABLE);
}

/* ---- receiving ---- */

static void dispatch(struct gn_node *node, const struct session *s, struct gn_slice message)
{
	const struct gn_pk *from = &s->peer->pk;
	if (message.len >= 8 && memcmp(message.p + 4, "GNOV", 4) == 0)
		(void)gn_overlay_recv(node->overlay, from, &s->addr, message, node->now);
	else if (message.len >= 8 && memcmp(message.p + 4, "GNBK", 4) == 0)
		(void)gn_bundles_recv(node->bundles, from, &s->addr, message, node->now);
	else
		node->peers.dropped_kind++;
}

static void inbound_drop(struct gn_node *node, const struct inbound_key *key)
{
	struct inbound *in = gn_map_get(&node->peers.inbound, key);
	if (!in)
		return;
	node->peers.inbound_bytes -= in->cap;
	free(in->bytes);
	gn_map_remove(&node->peers.inbound, key);
}

static bool inbound_grow(struct gn_node *node, struct inbound *in)
{
	size_t cap = in->cap ? in->cap * 4 : 2048;
	cap = cap > GN_NODE_MESSAGE ? GN_NODE_MESSAGE : cap;
	if (cap == in->cap || node->peers.inbound_bytes + (cap - in->cap) > GN_NODE_INBOUND_BYTES)
		return false;
	uint8_t *grown = realloc(in->bytes, cap);
	if (!grown)
		return false;
	node->peers.inbound_bytes += cap - in->cap;
	in->bytes = grown;
	in->cap = cap;
	return true;
}

/* Reads what the stream has; the whole message is handed on at its end. */
static void read_stream(struct gn_node *node, struct session *s, const struct gn_jet_event *e)
{
	struct inbound_key key = {e->id, e->stream};
	struct inbound *in = gn_map_put(&node->peers.inbound, &key);
	bool fin = false;
	while (in && !fin) {
		if (in->len == in->cap && !inbound_grow(node, in)) {
			in = NULL;
			break;
		}
		size_t len = 0;
		gn_err err = gn_jet_stream_read(node->jet, e->id, e->stream, in->bytes + in->len, in->cap - in->len,
						&len, &fin);
		in->len += len;
		if (err == GN_AGAIN)
			return;
		if (err) {
			inbound_drop(node, &key);
			return;
		}
	}
	if (!in) {
		node->peers.refused_inbound++;
		(void)!gn_jet_stream_stop(node->jet, e->id, e->stream, GN_LIMIT);
		inbound_drop(node, &key);
		return;
	}
	dispatch(node, s, gn_slice(in->bytes, in->len));
	inbound_drop(node, &key);
}

/* ---- session events ---- */

static void on_connected(struct gn_node *node, const struct gn_jet_event *e)
{
	struct session *s = gn_map_put(&node->peers.by_session, &e->id);
	struct peer *peer = s ? peer_make(node, &e->peer) : NULL;
	if (!peer || memcmp(&e->peer, &node->key.pk, sizeof e->peer) == 0) {
		(void)!gn_jet_close(node->jet, e->id, 0, peer ? "this is myself" : "too many peers", node->now);
		return;
	}
	struct peer *nameless = s->peer && !s->peer->named ? s->peer : NULL;
	*s = (struct session){.peer = peer, .up = true, .used = node->now, .addr = e->addr};
	if (nameless) { /* the address has a key now: its messages go on under the key */
		*peer->urgent.tail = nameless->urgent.head;
		peer->urgent.tail = nameless->urgent.head ? nameless->urgent.tail : peer->urgent.tail;
		peer->queued += nameless->queued;
		peer->queued_bytes += nameless->queued_bytes;
		nameless->urgent.head = NULL;
		nameless_remove(node, nameless);
		peer_free(nameless);
	}
	learn_addr(peer, &e->addr);
	peer->session = e->id;
	peer->up = true;
	peer->addr_next = 0;
	gn_overlay_peer_up(node->overlay, &peer->pk, &e->addr, node->now);
	struct gn_jet_info info;
	if (gn_jet_info(node->jet, e->id, &info) == GN_OK && info.srtt > 0)
		gn_overlay_rtt(node->overlay, &peer->pk, info.srtt, node->now);
	flush(node, peer);
}

/* Another session that is up takes over; else an attempt goes on with the next address; else the peer is down. */
static void on_closed(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_peers *p = &node->peers;
	for (uint32_t i = p->inbound.count; i-- > 0;) {
		struct inbound_key key = *(const struct inbound_key *)gn_map_key_at(&p->inbound, i);
		if (key.session == e->id)
			inbound_drop(node, &key);
	}
	struct session *s = gn_map_get(&p->by_session, &e->id);
	if (!s)
		return;
	struct peer *peer = s->peer;
	bool was_up = s->up;
	char addr[GN_ADDR_TEXT_MAX];
	gn_addr_text(&s->addr, addr);
	gn_node_log(node, GN_LOG_DEBUG, "session.closed", "%s: %s, code %u %.*s", addr, gn_err_name(e->err), e->code,
		    (int)e->data.len, e->data.len ? (const char *)e->data.p : "");
	gn_map_remove(&p->by_session, &e->id);
	if (!peer || peer->session != e->id)
		return;
	peer->session = 0;
	peer->up = false;
	for (uint32_t i = p->by_session.count; i-- > 0;) {
		s = gn_map_value_at(&p->by_session, i);
		if (s->peer == peer && s->up) {
			peer->session = *(const gn_jet_id *)gn_map_key_at(&p->by_session, i);
			peer->up = true;
			return;
		}
	}
	if (was_up || connect_next(node, peer))
		peer_failed(node, peer, e->err ? e->err : GN_CLOSED);
}

void gn_peers_event(struct gn_node *node, const struct gn_jet_event *e)
{
	if (e->kind == GN_JET_CONNECTED) {
		on_connected(node, e);
		return;
	}
	if (e->kind == GN_JET_CLOSED) {
		on_closed(node, e);
		return;
	}
	struct session *s = gn_map_get(&node->peers.by_session, &e->id);
	if (!s || !s->up)
		return;
	switch (e->kind) {
	case GN_JET_DATAGRAM:
		s->used = node->now;
		dispatch(node, s, e->data);
		break;
	case GN_JET_OPENED:
	case GN_JET_READABLE:
		s->used = node->now;
		read_stream(node, s, e);
		break;
	case GN_JET_WRITABLE:
	case GN_JET_STREAMS: flush(node, s->peer); break;
	case GN_JET_MOVED:
		if (!e->err)
			s->addr = e->addr;
		break;
	default: break;
	}
}

void gn_peers_link(struct gn_node *node, const struct gn_pk *pk, bool linked)
{
	struct peer *peer = peer_of(node, pk);
	if (peer)
		peer->linked = linked;
}

void gn_peers_sweep(struct gn_node *node)
{
	struct gn_peers *p = &node->peers;
	if (node->now < p->swept + 5 * GN_SEC)
		return;
	p->swept = node->now;
	for (uint32_t i = p->by_session.count; i-- > 0;) {
		const struct session *s = gn_map_value_at(&p->by_session, i);
		gn_jet_id id = *(const gn_jet_id *)gn_map_key_at(&p->by_session, i);
		bool needed = s->peer && ((s->peer->linked && s->peer->session == id) || s->peer->queued);
		if (s->up && !needed && node->now > s->used + GN_NODE_SESSION_IDLE)
			(void)!gn_jet_close(node->jet, id, 0, "idle", node->now);
	}
	for (uint32_t i = p->by_key.count; i-- > 0;) {
		struct peer *peer = *(struct peer **)gn_map_value_at(&p->by_key, i);
		flush(node, peer);
		if (!peer->session && !peer->linked && !peer->queued) {
			gn_map_remove(&p->by_key, &peer->pk);
			peer_free(peer);
		}
	}
}
