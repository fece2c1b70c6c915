/* What goes by the address at a TURN server: turn_way.h.
 *
 * 1. Of 32 channels half at most are for addresses that peers tell in offers, two for each: nobody
 *    keeps us from reaching whom we dial.
 * 2. A packet to who has no channel asks for one and is lost; jet says it again.
 * 3. Nothing waits here: what the line does not take is lost, as in a network. */
#include "node/turn_way.h"
#include "node/node_int.h"

uint32_t gn_node_turn_way_dials(const struct gn_node *node)
{
	return node->turn_way.instead ? node->turn_way.link : 0;
}

bool gn_node_turn_way_is(const struct gn_node *node, uint32_t link)
{
	return link != 0 && link == node->turn_way.link;
}

void gn_node_turn_way_say(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	struct gn_slice message;
	while (t->line && gn_turn_client_next(&t->client, node->now, &message))
		if (!t->line->send(t->line, message))
			t->count.lost++;
}

/* ---- channels ---- */

static struct gn_node_turn_peer *peer_of(struct gn_node_turn_way *t, const struct gn_addr *addr)
{
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++)
		if (t->peers[i].addr.port && gn_addr_eq(&t->peers[i].addr, addr))
			return &t->peers[i];
	return NULL;
}

static unsigned told_count(const struct gn_node_turn_way *t)
{
	unsigned n = 0;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++)
		n += t->peers[i].addr.port && t->peers[i].told;
	return n;
}

static void let_in(struct gn_node *node, const struct gn_addr *addr, bool told)
{
	struct gn_node_turn_way *t = &node->turn_way;
	struct gn_node_turn_peer *p = peer_of(t, addr);
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS && !p; i++)
		if (!t->peers[i].addr.port)
			p = &t->peers[i];
	bool mine = p && p->addr.port; /* it has a place already */
	if (!p || (!mine && told && told_count(t) >= GN_NODE_TURN_TOLD) ||
	    gn_turn_client_peer(&t->client, addr, node->now)) {
		t->count.full++;
		return;
	}
	*p = (struct gn_node_turn_peer){*addr, node->now, told && (!mine || p->told)};
	gn_node_turn_way_say(node);
}

void gn_node_turn_way_sweep(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++) {
		struct gn_node_turn_peer *p = &t->peers[i];
		if (!p->addr.port || node->now - p->used < GN_NODE_TURN_PEER_IDLE)
			continue;
		gn_turn_client_peer_gone(&t->client, &p->addr);
		p->addr.port = 0;
	}
}

void gn_node_turn_way_offered(struct gn_node *node, uint64_t session)
{
	struct gn_jet_offer o;
	unsigned n = 0;
	if (!node->turn_way.link || gn_jet_offered(node->jet, session, &o))
		return;
	for (uint32_t i = 0; i < o.count && n < GN_NODE_TURN_TOLD_EACH; i++) {
		const struct gn_jet_candidate *c = &o.list[i];
		if (gn_addr_is_private(&c->addr) || !gn_addr_is_v4(&c->addr))
			continue;
		let_in(node, &c->addr, true);
		n++;
	}
}

void gn_node_turn_way_heard(struct gn_node *node, const struct gn_addr *from)
{
	struct gn_node_turn_peer *p = peer_of(&node->turn_way, from);
	node->turn_way.count.got++;
	if (p)
		p->used = node->now;
}

/* ---- packets ---- */

static void send_one(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet)
{
	struct gn_node_turn_way *t = &node->turn_way;
	struct gn_node_turn_peer *p = peer_of(t, to);
	struct gn_turn_room room;
	struct gn_slice message;
	if (gn_turn_client_send(&t->client, to, packet, node->now, &room, &message)) {
		t->count.early++;
		let_in(node, to, false);
		return;
	}
	if (p)
		p->used = node->now;
	bool sent = t->line->send(t->line, message);
	*(sent ? &t->count.sent : &t->count.lost) += 1;
}

gn_err gn_node_turn_way_send(struct gn_node *node, const struct gn_addr *to,
			     struct gn_slice packets, uint16_t segment, size_t *sent)
{
	size_t each = segment ? segment : packets.len;
	*sent = 0;
	if (!node->turn_way.line)
		return GN_UNREACHABLE;
	for (; *sent < packets.len; *sent += each) {
		size_t left = packets.len - *sent;
		send_one(node, to, gn_slice(packets.p + *sent, left < each ? left : each));
		if (left <= each) {
			*sent = packets.len;
			break;
		}
	}
	return GN_OK;
}

bool gn_node_turn_way_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "node/turn_way_counters.def"
#undef X
	};
	return gn_counter_at(names, (const uint64_t *)&node->turn_way.count, GN_COUNT(names), i,
			     out);
}
