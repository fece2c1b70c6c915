/* What goes by the address at a TURN server: turn_way.h.
 *
 * 1. Of 32 channels half at most are for addresses that peers tell in offers: nobody keeps us from
 *    reaching whom we dial. A peer has two, a prefix four; one from where nothing comes is let go
 *    after 30 s, but counts until its channel has ended at the server, since it is taken there.
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

/* Has the server a channel for it still? */
static bool is_bound(const struct gn_node_turn_way *t, const struct gn_addr *addr, gn_time now)
{
	for (size_t i = 0; i < GN_TURN_PEERS_MAX; i++) {
		const struct gn_turn_client_peer *p = &t->client.peers[i];
		if (p->addr.port && gn_addr_eq(&p->addr, addr))
			return p->wanted || p->until > now;
	}
	return false;
}

static struct gn_node_turn_peer *place_for(struct gn_node_turn_way *t, const struct gn_addr *addr)
{
	struct gn_node_turn_peer *p = peer_of(t, addr);
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS && !p; i++)
		if (!t->peers[i].addr.port)
			p = &t->peers[i];
	return p;
}

static bool channel_to(struct gn_node *node, const struct gn_addr *addr)
{
	if (gn_turn_client_peer(&node->turn_way.client, addr, node->now) == GN_OK)
		return true;
	node->turn_way.count.full++;
	return false;
}

static void let_in(struct gn_node *node, const struct gn_addr *addr)
{
	struct gn_node_turn_peer *p = place_for(&node->turn_way, addr);
	if (!p)
		node->turn_way.count.full++;
	if (!p || !channel_to(node, addr))
		return;
	*p = (struct gn_node_turn_peer){.addr = *addr, .used = node->now};
	gn_node_turn_way_say(node);
}

/* Rule 1. */
static bool has_share(struct gn_node_turn_way *t, const struct gn_pk *owner, uint64_t prefix)
{
	unsigned all = 0, own = 0, beside = 0;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++) {
		const struct gn_node_turn_peer *p = &t->peers[i];
		bool told = p->addr.port && p->told;
		all += told;
		own += told && gn_pk_eq(&p->owner, owner);
		beside += told && p->prefix == prefix;
	}
	bool full = all >= GN_NODE_TURN_TOLD,
	     over = own >= GN_NODE_TURN_TOLD_EACH || beside >= GN_NODE_TURN_TOLD_PREFIX;
	t->count.full += full;
	t->count.share += !full && over;
	return !full && !over;
}

void gn_node_turn_way_told(struct gn_node *node, const struct gn_pk *owner, uint64_t prefix,
			   const struct gn_addr *addr)
{
	struct gn_node_turn_way *t = &node->turn_way;
	struct gn_node_turn_peer *p = place_for(t, addr);
	if (p && p->addr.port && !(p->over && gn_pk_eq(&p->owner, owner)))
		return; /* it has one, ours or another's who was first */
	if (p && !p->addr.port && !has_share(t, owner, prefix))
		return;
	if (!p || !channel_to(node, addr))
		return;
	*p = (struct gn_node_turn_peer){
		.addr = *addr, .used = node->now, .told = true, .owner = *owner, .prefix = prefix};
	gn_node_turn_way_say(node);
}

void gn_node_turn_way_sweep(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	for (unsigned i = 0; i < GN_NODE_TURN_PEERS; i++) {
		struct gn_node_turn_peer *p = &t->peers[i];
		gn_time idle =
			p->told && !p->heard ? GN_NODE_TURN_TOLD_WAIT : GN_NODE_TURN_PEER_IDLE;
		if (!p->addr.port)
			continue;
		if (!p->over && node->now - p->used >= idle) {
			gn_turn_client_peer_gone(&t->client, &p->addr);
			p->over = true;
		}
		if (p->over && (!p->told || !is_bound(t, &p->addr, node->now)))
			p->addr.port = 0;
	}
}

void gn_node_turn_way_offered(struct gn_node *node, uint64_t session, uint64_t prefix)
{
	struct gn_jet_offer o;
	struct gn_jet_info info;
	unsigned n = 0;
	if (!node->turn_way.link || gn_jet_offered(node->jet, session, &o) ||
	    gn_jet_info(node->jet, session, &info))
		return;
	for (uint32_t i = 0; i < o.count && n < GN_NODE_TURN_TOLD_EACH; i++) {
		const struct gn_jet_candidate *c = &o.list[i];
		if (gn_addr_is_private(&c->addr) || !gn_addr_is_v4(&c->addr))
			continue;
		gn_node_turn_way_told(node, &info.peer, prefix, &c->addr);
		n++;
	}
}

void gn_node_turn_way_heard(struct gn_node *node, const struct gn_addr *from)
{
	struct gn_node_turn_peer *p = peer_of(&node->turn_way, from);
	node->turn_way.count.got++;
	if (!p)
		return;
	p->used = node->now;
	p->heard = true;
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
		let_in(node, to);
		return;
	}
	if (p && (!p->told || p->heard)) /* what we send keeps none that was only told */
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
