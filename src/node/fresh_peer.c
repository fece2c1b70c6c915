/* Sessions of a context: to each node that its engines say something to one, over a circuit of a
 * relay. States are those of fresh.h.
 *
 * 1. A session is begun when the turn is over in which it was wanted, so that it is known then whom
 *    else this context asks, and no relay is drawn that is one of them if there are others.
 * 2. Whatever goes wrong before it is up costs one relay; afterwards the engine is told that the
 *    node is down, and asks again by itself, which begins at another relay. */
#include "node/fresh_int.h"

/* What it has of jet and of the relay is given back; no event of it is heard any more. */
static void let_go(struct fresh *f, struct fresh_peer *p)
{
	gn_jet_id id = p->id;
	uint32_t link = p->link;
	p->id = 0;
	p->link = 0;
	if (id)
		(void)!gn_jet_close(f->of.jet, id, 0, "", f->node->now);
	if (link)
		gn_node_ways_close(f->node, link);
}

static void remove_peer(struct fresh *f, struct fresh_peer *p)
{
	struct fresh_peer **at = &f->peers;
	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	let_go(f, p);
	fresh_out_drop(f, p);
	f->peer_count--;
	gn_mem_free(&f->alloc, p);
}

void fresh_peers_free(struct fresh *f)
{
	while (f->peers)
		remove_peer(f, f->peers);
}

/* Nothing leads to it now, or what did has ended. */
static void is_down(struct fresh *f, struct fresh_peer *p, gn_err why)
{
	struct gn_pk pk = p->pk;
	remove_peer(f, p);
	gn_box_peer_down(f->box, &pk, why, f->node->now);
	if (f->bus)
		gn_bus_peer_down(f->bus, &pk, why, f->node->now);
	if (f->apart)
		gn_apart_peer_down(f->apart, &pk, f->node->now);
}

/* ---- beginning ---- */

static gn_err dial(struct fresh *f, struct fresh_peer *p, const struct gn_way *to)
{
	GN_TRY(gn_jet_connect(f->of.jet, to, &p->pk, f->node->now, &p->id));
	p->state = FRESH_DIALLED;
	p->due = f->node->now + GN_NODE_FRESH_TRY;
	return GN_OK;
}

/* Without a relay: nobody is known who could be one, or none leads there (RE-32). */
static gn_err dial_direct(struct fresh *f, struct fresh_peer *p)
{
	struct gn_way to = {.addr = p->addr};
	if (f->node->config.fresh != GN_NODE_FRESH_YES || gn_node_policy_hidden(f->node) ||
	    !p->addr.port)
		return GN_UNREACHABLE;
	f->of.direct = true;
	GN_TRY(dial(f, p, &to));
	p->direct = true;
	return GN_OK;
}

/* May it be of a release before, to which no relay leads? */
static bool may_be_before(const struct fresh *f, const struct fresh_peer *p)
{
	const struct gn_node *node = f->node;
	if (p->told_new || p->unknown < p->tried_count || !gn_node_peers_mixed(node))
		return false;
	return gn_node_peers_before(node, &p->pk) ||
	       (p->unknown && !gn_node_peers_session(node, &p->pk));
}

static void begin(struct fresh *f, struct fresh_peer *p)
{
	struct gn_node *node = f->node;
	bool none = false;
	gn_err err = GN_NOT_FOUND;
	if (!p->tried_count && may_be_before(f, p) && dial_direct(f, p) == GN_OK)
		return;
	while (p->tried_count < GN_NODE_FRESH_TRIES) {
		err = fresh_relay_choose(f, p, &p->relay, &none);
		if (err)
			break;
		err = gn_node_ways_open(node, &f->of, &p->relay, &p->pk, NULL, &p->link);
		if (err == GN_LIMIT || err == GN_NOMEM) { /* others are being asked */
			p->due = node->now + GN_NODE_FRESH_AGAIN;
			return;
		}
		p->tried[p->tried_count++] = p->relay;
		if (!err)
			break;
	}
	if (!err) {
		p->state = FRESH_ASKED;
		p->due = node->now + GN_NODE_FRESH_TRY;
	} else if (!((none && !p->tried_count) || may_be_before(f, p)) || dial_direct(f, p)) {
		node->fresh.count.unreached++;
		is_down(f, p, GN_UNREACHABLE);
	}
}

/* This relay did not do. One that does not know a node is none the worse for it while many are
 * such that nobody knows. */
static void try_next(struct fresh *f, struct fresh_peer *p, gn_err why)
{
	if (p->direct) {
		is_down(f, p, GN_UNREACHABLE);
		return;
	}
	p->unknown += why == GN_NOT_FOUND;
	if (why != GN_NOT_FOUND || !gn_node_peers_mixed(f->node))
		fresh_relay_left(f, &p->relay);
	let_go(f, p);
	p->state = FRESH_WANTED;
	p->due = 0;
}

void fresh_peer_circuit(struct fresh *f, uint32_t link, gn_err err)
{
	struct fresh_peer *p = f->peers;
	while (p && p->link != link)
		p = p->next;
	const struct gn_node_circuit *c = gn_node_ways_circuit(f->node, link);
	if (!p) {
		gn_node_ways_close(f->node, link);
		return;
	}
	if (!err && c) {
		struct gn_way to = gn_node_ways_way(c);
		if (p->state != FRESH_ASKED || dial(f, p, &to))
			try_next(f, p, GN_UNREACHABLE);
		return;
	}
	p->link = 0;
	if (p->state == FRESH_UP) /* the other end may have ended it */
		is_down(f, p, GN_CLOSED);
	else
		try_next(f, p, p->state == FRESH_ASKED ? err : GN_UNREACHABLE);
}

/* ---- sending ---- */

static struct fresh_peer *peer_new(struct fresh *f, const struct gn_contact *to)
{
	struct fresh_peer *p =
		f->peer_count < GN_NODE_FRESH_PEERS ? GN_NEW(&f->alloc, struct fresh_peer) : NULL;
	if (!p)
		return NULL;
	p->pk = to->pk;
	p->told_new = to->reach || to->can;
	if (to->addr_count)
		p->addr = to->addrs[0];
	p->last = &p->first;
	p->next = f->peers;
	f->peers = p;
	f->peer_count++;
	return p;
}

/* Invariant 5 of fresh.h. */
static void send_here(struct fresh *f, struct gn_slice message)
{
	struct gn_node *node = f->node;
	static const struct gn_addr relayed;
	GN_ASSERT(message.len >= 8);
	if (memcmp(message.p + 4, "GNBX", 4) == 0)
		(void)gn_box_recv(node->box, &f->pk, NULL, message, node->now);
	else if (memcmp(message.p + 4, "GNBS", 4) == 0)
		(void)gn_bus_recv(node->bus, &f->pk, NULL, message, node->now);
	else if (gn_overlay_recv(node->overlay, &f->pk, &relayed, message, node->now) == GN_OK)
		(void)gn_overlay_caused(node->overlay); /* nobody else pays for it */
}

void fresh_peer_send(struct fresh *f, const struct gn_overlay_message *m)
{
	struct gn_node *node = f->node;
	if (gn_pk_eq(&m->to.pk, &node->key.pk)) {
		send_here(f, m->bytes);
		return;
	}
	struct fresh_peer *p = fresh_peer_of(f, &m->to.pk);
	if (!p && !(p = peer_new(f, &m->to))) {
		node->fresh.count.dropped_queue++;
		return;
	}
	if (p->state == FRESH_UP)
		p->due = node->now;
	fresh_out_add(f, p, m);
	fresh_out_flush(f, p);
}

/* ---- what jet says ---- */

static void connected(struct fresh *f, struct fresh_peer *p, const struct gn_jet_event *e)
{
	struct gn_node *node = f->node;
	p->state = FRESH_UP;
	p->due = node->now;
	p->tried_count = p->unknown = 0;
	node->fresh.count.sessions++;
	node->fresh.count.direct += p->direct;
	gn_node_ways_proven(node, e->way.link);
	fresh_out_flush(f, p);
	gn_box_peer_up(f->box, &p->pk, node->now);
}

/* It ended, or nothing comes by it. */
static void ended(struct fresh *f, struct fresh_peer *p, bool silent)
{
	if (p->state != FRESH_UP) {
		try_next(f, p, GN_UNREACHABLE);
		return;
	}
	if (silent && !p->direct)
		fresh_relay_left(f, &p->relay);
	is_down(f, p, GN_CLOSED);
}

void fresh_peer_event(struct fresh *f, const struct gn_jet_event *e)
{
	struct fresh_peer *p = f->peers;
	while (p && p->id != e->id)
		p = p->next;
	if (!p) {
		if (e->kind != GN_JET_CLOSED)
			(void)!gn_jet_close(f->of.jet, e->id, 0, "", f->node->now);
		f->node->fresh.count.called += e->kind == GN_JET_CONNECTED && e->incoming;
		return;
	}
	switch (e->kind) {
	case GN_JET_CONNECTED: connected(f, p, e); break;
	case GN_JET_CLOSED:
		p->id = 0;
		ended(f, p, e->err == GN_TIMEOUT);
		break;
	case GN_JET_SUSPECT: ended(f, p, true); break;
	case GN_JET_OPENED:
	case GN_JET_READABLE: fresh_in_read(f, p, e->stream); break;
	case GN_JET_DATAGRAM: fresh_in_take(f, p, e->data); break;
	case GN_JET_WRITABLE:
	case GN_JET_STREAMS: fresh_out_flush(f, p); break;
	case GN_JET_MOVED:
	case GN_JET_PATHS:
	case GN_JET_CROWDED:
	case GN_JET_GUESS: /* it offers nothing: nobody guesses */
	case GN_JET_GUESSED:
	case GN_JET_OFFERED:
	case GN_JET_SEEN:
	case GN_JET_ACKED: break;
	}
}

/* ---- time ---- */

/* When it is due. */
static gn_time due_of(const struct fresh_peer *p)
{
	return p->state == FRESH_UP ? p->due + GN_NODE_FRESH_QUIET : p->due;
}

static void tick_one(struct fresh *f, struct fresh_peer *p)
{
	if (due_of(p) > f->node->now)
		return;
	switch (p->state) {
	case FRESH_WANTED: begin(f, p); break;
	case FRESH_ASKED:
	case FRESH_DIALLED: try_next(f, p, GN_TIMEOUT); break;
	case FRESH_UP: /* what is on its way is no end of it */
		if (p->queued || p->inbound)
			p->due = f->node->now;
		else
			is_down(f, p, GN_OK);
		break;
	}
}

gn_time fresh_peers_tick(struct fresh *f)
{
	gn_time at = GN_NEVER;
	for (struct fresh_peer *p = f->peers, *next; p; p = next) {
		next = p->next;
		tick_one(f, p);
	}
	for (const struct fresh_peer *p = f->peers; p; p = p->next)
		at = gn_time_min(at, due_of(p));
	return at;
}
