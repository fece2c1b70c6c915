/* Ways, as ways.h says: links of circuits, the index of who sends from where, and the first byte.
 *
 * 1. A link's number is given once.
 * 2. An address leads to the peer whose session was proven there last; a session that ends takes
 *    its own entries with it and no other's.
 * 3. A relayed packet is taken from the shared socket alone, and what is in it is jet's: nothing
 *    is relayed twice (RE-30).
 * 4. Nothing here answers: what is not understood moves a counter (RE-2). */
#include "node/ways_int.h"

#include "wire/token.h"

#define WAYS_OF 4 /* proven paths that a session keeps */

struct gn_node_from { /* a session */
	uint64_t era;
	unsigned count;
	struct gn_way ways[WAYS_OF];
};

void gn_node_ways_init(struct gn_node *node)
{
	struct gn_node_ways *w = &node->ways;
	gn_map_init(&w->circuits, &node->env, sizeof(uint32_t), sizeof(struct gn_node_circuit),
		    GN_NODE_LINKS);
	gn_map_init(&w->links, &node->env, sizeof(gn_op), sizeof(uint32_t), GN_NODE_LINKS);
	gn_map_init(&w->carriers, &node->env, sizeof(uint32_t), sizeof(struct gn_node_lent),
		    GN_NODE_CARRIERS);
	gn_map_init(&w->eras, &node->env, sizeof(uint64_t), sizeof(struct gn_node_era),
		    GN_NODE_PEERS);
	gn_map_init(&w->sessions, &node->env, sizeof(gn_jet_id), sizeof(struct gn_node_from),
		    2 * GN_NODE_PEERS);
	gn_map_init(&w->from, &node->env, sizeof(struct gn_way), sizeof(uint64_t),
		    2 * GN_NODE_PEERS * WAYS_OF);
}

void gn_node_ways_fini(struct gn_node *node)
{
	struct gn_node_ways *w = &node->ways;
	gn_map_fini(&w->circuits);
	gn_map_fini(&w->links);
	gn_map_fini(&w->carriers);
	gn_map_fini(&w->eras);
	gn_map_fini(&w->sessions);
	gn_map_fini(&w->from);
}

/* ---- whose packets come from where ---- */

struct gn_way ways_key(const struct gn_way *way)
{
	struct gn_way key;
	memset(&key, 0, sizeof key);
	memcpy(key.addr.ip, way->addr.ip, sizeof key.addr.ip);
	key.addr.port = way->addr.port;
	key.link = way->link;
	return key;
}

static void forget_ways(struct gn_node *node, struct gn_node_from *f)
{
	for (unsigned i = 0; i < f->count; i++) {
		const uint64_t *era = gn_map_get(&node->ways.from, &f->ways[i]);
		if (era && *era == f->era)
			gn_map_remove(&node->ways.from, &f->ways[i]);
	}
	f->count = 0;
}

uint64_t gn_node_ways_up(struct gn_node *node, const struct gn_pk *pk)
{
	uint64_t era = node->ways.last_era + 1;
	struct gn_node_era *e = gn_map_put(&node->ways.eras, &era);
	if (!e)
		return 0;
	*e = (struct gn_node_era){.pk = *pk};
	return node->ways.last_era = era;
}

void gn_node_ways_use(struct gn_node *node, uint64_t era, gn_jet_id session)
{
	struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	if (e)
		e->session = session;
}

void gn_node_ways_moved(struct gn_node *node, uint64_t era, gn_jet_id session)
{
	struct gn_node_ways *w = &node->ways;
	struct gn_way ways[WAYS_OF];
	struct gn_node_from *f = gn_map_put(&w->sessions, &session);
	if (!f)
		return;
	forget_ways(node, f);
	f->era = era;
	unsigned count = gn_jet_ways(node->jet, session, ways, WAYS_OF);
	for (unsigned i = 0; i < count; i++) {
		if (ways[i].link && gn_map_get(&w->circuits, &ways[i].link)) {
			gn_node_ways_proven(node, ways[i].link);
			continue; /* nothing is relayed out of a circuit */
		}
		struct gn_way key = ways_key(&ways[i]);
		uint64_t *at = gn_map_put(&w->from, &key);
		if (!at)
			return;
		*at = era;
		f->ways[f->count++] = key;
		struct gn_carrier *c = gn_node_ways_carrier_of(node, key.link);
		if (c && c->incoming) /* also one that stands by is somebody's */
			c->proven(c);
	}
}

void gn_node_ways_closed(struct gn_node *node, gn_jet_id session)
{
	struct gn_node_from *f = gn_map_get(&node->ways.sessions, &session);
	if (!f)
		return;
	forget_ways(node, f);
	gn_map_remove(&node->ways.sessions, &session);
}

void gn_node_ways_down(struct gn_node *node, uint64_t era)
{
	const struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	if (!e)
		return;
	struct gn_pk pk = e->pk;
	gn_map_remove(&node->ways.eras, &era);
	gn_relay_down(node->relay, &pk, era, node->now);
}

bool gn_node_ways_busy(const struct gn_node *node, uint64_t era)
{
	const struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	return e && e->relayed && node->now - e->relayed < GN_NODE_RELAYED_LIFE;
}

/* ---- links ---- */

struct gn_node_circuit *ways_circuit_new(struct gn_node *node, gn_op op)
{
	struct gn_node_ways *w = &node->ways;
	uint32_t link = w->last_link + 1;
	struct gn_node_circuit *c = gn_map_put(&w->circuits, &link);
	uint32_t *of = c ? gn_map_put(&w->links, &op) : NULL;
	if (!of) {
		gn_map_remove(&w->circuits, &link);
		gn_relay_cancel(node->relay, op, node->now);
		return NULL;
	}
	*of = w->last_link = link;
	*c = (struct gn_node_circuit){.link = link, .op = op, .used = node->now};
	return c;
}

static struct gn_jet *jet_of(const struct gn_node *node, const struct gn_node_circuit *c)
{
	return c->of ? c->of->jet : node->jet;
}

/* It is not asked for any more. */
static void asked_over(struct gn_node *node, const struct gn_node_circuit *c)
{
	node->ways.asked -= !c->called && !c->of;
	node->ways.asked_of -= c->of != NULL;
}

/* Not known to jet any more, nor here; the relay has been told, or told us. */
static void circuit_drop(struct gn_node *node, uint32_t link, enum gn_jet_why why)
{
	const struct gn_node_circuit *c = gn_map_get(&node->ways.circuits, &link);
	gn_op op = c->op;
	struct gn_jet *jet = jet_of(node, c);
	bool known = c->circuit != 0;
	struct gn_node_era *e = c->called ? gn_map_get(&node->ways.eras, &c->era) : NULL;
	node->ways.calls -= c->called;
	if (e)
		e->calls--;
	node->ways.spares -= c->spare != 0;
	if (!known)
		asked_over(node, c);
	if (c->of)
		c->of->touched = true;
	gn_map_remove(&node->ways.circuits, &link);
	gn_map_remove(&node->ways.links, &op);
	if (known)
		gn_jet_way_left(jet, link, why, node->now);
}

bool gn_node_ways_asks(const struct gn_node *node, const struct gn_pk *relay)
{
	return !gn_node_policy_hidden(node) || gn_node_peers_own(node, relay);
}

static gn_err open_circuit(struct gn_node *node, struct gn_node_ways_of *of,
			   const struct gn_pk *relay, const struct gn_pk *target,
			   const struct gn_pk *via, uint8_t lanes, uint32_t *link)
{
	uint8_t bytes[GN_TOKEN_MAX], via_bytes[GN_TOKEN_MAX];
	struct gn_buf token = {bytes, 0, sizeof bytes}, given = {via_bytes, 0, sizeof via_bytes};
	struct gn_relay_open o = {.relay = *relay,
				  .target = *target,
				  .via = via ? *via : (struct gn_pk){{0}},
				  .show = !of && !gn_node_policy_hides(node, target),
				  .lanes = lanes};
	gn_op op;
	if (!of && (gn_node_ways_blamed(node, relay, target) || !gn_node_ways_asks(node, relay)))
		return GN_DENIED;
	if (gn_node_peers_before(node, relay))
		return GN_UNSUPPORTED;
	uint32_t *asked = of ? &node->ways.asked_of : &node->ways.asked;
	if (*asked >= (of ? GN_NODE_FRESH_ASKED : GN_NODE_ASKED))
		return GN_LIMIT;
	if (!of && gn_node_right_for(node, relay, &token)) /* it names who gave it */
		o.token = gn_buf_slice(&token);
	if (!of && via && gn_node_right_given(node, via, relay, &given))
		o.via_token = gn_buf_slice(&given);
	GN_TRY(gn_relay_open(node->relay, &o, node->now, &op));
	struct gn_node_circuit *c = ways_circuit_new(node, op);
	if (!c)
		return GN_LIMIT;
	c->of = of;
	c->relay = *relay;
	c->target = *target;
	c->chained = via != NULL;
	++*asked;
	*link = c->link;
	return GN_OK;
}

gn_err gn_node_ways_open(struct gn_node *node, struct gn_node_ways_of *of,
			 const struct gn_pk *relay, const struct gn_pk *target,
			 const struct gn_pk *via, uint32_t *link)
{
	return open_circuit(node, of, relay, target, via,
			    GN_FB_RELAY_LANE_BULK | GN_FB_RELAY_LANE_SMALL, link);
}

gn_err gn_node_ways_open_bulk(struct gn_node *node, const struct gn_pk *relay,
			      const struct gn_pk *target, gn_jet_id session, uint32_t *link)
{
	GN_TRY(open_circuit(node, NULL, relay, target, NULL, GN_FB_RELAY_LANE_BULK, link));
	struct gn_node_circuit *c = gn_map_get(&node->ways.circuits, link);
	c->bulk = true;
	c->spare = session;
	node->ways.spares++;
	node->ways.count.bulk_asked++;
	return GN_OK;
}

void gn_node_ways_know(struct gn_node *node, struct gn_node_ways_of *of)
{
	of->next = node->ways.of;
	node->ways.of = of;
}

void gn_node_ways_forget(struct gn_node *node, struct gn_node_ways_of *of)
{
	struct gn_node_ways_of **at = &node->ways.of;
	while (*at != of)
		at = &(*at)->next;
	*at = of->next;
}

uint64_t gn_node_ways_prefix(const struct gn_node *node, gn_jet_id session)
{
	struct gn_way way;
	if (gn_jet_ways(node->jet, session, &way, 1) == 0)
		return 0;
	const struct gn_node_circuit *c = gn_map_get(&node->ways.circuits, &way.link);
	const struct gn_addr *at = c ? &c->peer : &way.addr;
	return at->port ? gn_addr_prefix(at) : 0;
}

const struct gn_node_circuit *gn_node_ways_circuit(const struct gn_node *node, uint32_t link)
{
	return gn_map_get(&node->ways.circuits, &link);
}

void gn_node_ways_proven(struct gn_node *node, uint32_t link)
{
	struct gn_node_circuit *c = gn_map_get(&node->ways.circuits, &link);
	if (c)
		c->proven = true;
}

/* Sessions that moved off a connection, or ended elsewhere, say nothing of it. */
static void sweep_carriers(struct gn_node *node)
{
	struct gn_node_ways *w = &node->ways;
	for (uint32_t i = 0; i < w->sessions.count; i++) {
		const struct gn_node_from *f = gn_map_value_at(&w->sessions, i);
		for (unsigned k = 0; k < f->count; k++) {
			struct gn_node_lent *l = gn_map_get(&w->carriers, &f->ways[k].link);
			if (l)
				l->used = node->now;
		}
	}
	for (uint32_t i = w->carriers.count; i-- > 0;) {
		const struct gn_node_lent *l = gn_map_value_at(&w->carriers, i);
		if (l->carrier->info->kind != GN_WAY_SPARE && /* guess.c's */
		    node->now - l->used >= GN_NODE_CARRIER_UNUSED)
			gn_node_ways_carrier_end(node, gn_node_ways_link(l->carrier));
	}
}

/* A relay may let callers in that never prove a key, and never say that they are gone. */
void gn_node_ways_sweep(struct gn_node *node)
{
	struct gn_node_ways *w = &node->ways;
	if (node->now - w->swept < GN_NODE_SWEEP_IDLE)
		return;
	w->swept = node->now;
	sweep_carriers(node);
	for (uint32_t i = w->circuits.count; i-- > 0;) {
		const struct gn_node_circuit *c = gn_map_value_at(&w->circuits, i);
		gn_time most = c->called && !c->proven ? GN_NODE_CALL_PROOF : GN_NODE_CIRCUIT_IDLE;
		if (c->circuit && node->now - c->used >= most)
			gn_node_ways_close(node, c->link);
	}
}

struct gn_way gn_node_ways_way(const struct gn_node_circuit *c)
{
	return (struct gn_way){c->at, c->link};
}

void gn_node_ways_close(struct gn_node *node, uint32_t link)
{
	const struct gn_node_circuit *c = gn_map_get(&node->ways.circuits, &link);
	if (!c)
		return;
	gn_relay_cancel(node->relay, c->op, node->now);
	circuit_drop(node, link, GN_JET_WHY_WAY_GONE);
}

void gn_node_ways_back(struct gn_node *node, uint64_t era)
{
	const struct gn_map *all = &node->ways.circuits;
	for (uint32_t i = 0; i < all->count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(all, i);
		if (c->circuit && c->era == era)
			gn_jet_way_back(jet_of(node, c), c->link, node->now);
	}
}

void gn_node_ways_greet(struct gn_node *node)
{
	struct gn_node_ways *w = &node->ways;
	for (uint32_t i = 0; i < w->circuits.count; i++) {
		const struct gn_node_circuit *c = gn_map_value_at(&w->circuits, i);
		const struct gn_node_era *e = c->circuit ? gn_map_get(&w->eras, &c->era) : NULL;
		if (e)
			(void)!gn_jet_ping(node->jet, e->session, node->now);
	}
}

/* What a relay says that it lets through, less what the two ends' packets that meet on their way
 * may take of it. One that says less than a relay has to give is not believed. */
static struct gn_rate rate_of(const struct gn_relay_rate *said)
{
	uint32_t rate = said->rate - said->rate / 16, burst = said->burst;
	if (!said->rate)
		return (struct gn_rate){0, 0};
	rate = rate > GN_NODE_CIRCUIT_RATE ? rate : GN_NODE_CIRCUIT_RATE;
	burst = burst > 2 * GN_NODE_CIRCUIT_SPARE ? burst - GN_NODE_CIRCUIT_SPARE
						  : GN_NODE_CIRCUIT_SPARE;
	return (struct gn_rate){rate, (gn_time)(burst * (uint64_t)GN_SEC / rate)};
}

/* Says to jet what the circuit is. */
static gn_err tell_circuit(struct gn_node *node, const struct gn_node_circuit *c,
			   const struct gn_relay_rate *rate)
{
	const struct gn_way_info info = {.kind = GN_WAY_RELAY,
					 .prefix = GN_RELAY_PREFIX,
					 .mtu = GN_NODE_RELAYED_MTU,
					 .via = c->at,
					 .rate = rate_of(rate),
					 .peer = c->peer};
	return gn_jet_way(jet_of(node, c), c->link, &info);
}

gn_err ways_circuit_ready(struct gn_node *node, struct gn_node_circuit *c, uint64_t era,
			  uint64_t circuit, const struct gn_relay_rate *rate)
{
	const struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	struct gn_way main;
	if (!e || gn_jet_ways(node->jet, e->session, &main, 1) == 0)
		return GN_UNREACHABLE;
	asked_over(node, c);
	c->era = era;
	c->circuit = circuit;
	c->at = main.addr;
	return tell_circuit(node, c, rate);
}

/* Why it is over, as sessions that find another way show it. */
static enum gn_jet_why why_over(const struct gn_node *node, const struct gn_node_circuit *c,
				const struct gn_relay_event *e)
{
	bool full = e->why >= GN_FB_RELAY_WHY_FULL && e->why <= GN_FB_RELAY_WHY_MONTH;
	return gn_relay_is_bad(node->relay, &c->relay, node->now) ? GN_JET_WHY_RELAY_LEFT
	       : full                                             ? GN_JET_WHY_RELAY_FULL
								  : GN_JET_WHY_WAY_GONE;
}

enum gn_node_ways_news gn_node_ways_event(struct gn_node *node, const struct gn_relay_event *e,
					  struct gn_node_circuit *out)
{
	const uint32_t *link = gn_map_get(&node->ways.links, &e->op);
	struct gn_node_circuit *c = link ? gn_map_get(&node->ways.circuits, link) : NULL;
	if (!c)
		return GN_NODE_WAYS_NOTHING;
	*out = *c;
	if (e->target.port)
		c->peer = e->target;
	if (e->rate.rate && (e->kind == GN_RELAY_OPENED || e->kind == GN_RELAY_CALLED))
		c->small = e->rate.rate <= GN_NODE_CIRCUIT_SMALL;
	if (e->kind == GN_RELAY_OPENED) {
		if (ways_circuit_ready(node, c, e->session, e->circuit, &e->rate) == GN_OK)
			return GN_NODE_WAYS_OPEN;
		gn_node_ways_close(node, out->link);
		return GN_NODE_WAYS_OVER;
	}
	if (e->kind == GN_RELAY_CALLED && c->circuit) {
		(void)!tell_circuit(node, c, &e->rate); /* it is known: no memory is needed */
		node->ways.spare_at = node->now;
	}
	if (e->kind != GN_RELAY_ENDED)
		return GN_NODE_WAYS_NOTHING;
	circuit_drop(node, out->link, why_over(node, c, e));
	return GN_NODE_WAYS_OVER;
}

/* What jet has sent is lost only with the link (RE-8): one that does not take what it said that it
 * would is given up. */
static gn_err send_by_carrier(struct gn_node *node, struct gn_carrier *c,
			      const struct gn_jet_batch *batch, size_t *sent)
{
	gn_err err = c->send(c, &batch->to.addr, &node->packet_buf, batch->segment, sent);
	if (err == GN_OK) {
		gn_node_ways_room(node, c);
		return GN_OK;
	}
	node->ways.count.carrier_lost++;
	gn_node_ways_carrier_end(node, batch->to.link);
	return GN_UNREACHABLE;
}

/* Relayed packets, each with the carrier's own bytes before it. */
static gn_err copy_to_carrier(struct gn_node *node, struct gn_carrier *c, struct gn_slice packets,
			      size_t segment, size_t *sent)
{
	uint8_t bytes[GN_NODE_CARRIER_PREFIX + GN_RELAY_PREFIX + GN_NODE_RELAYED_MTU];
	size_t prefix = c->info->prefix, took;
	gn_err err = GN_OK;
	GN_ASSERT(prefix <= GN_NODE_CARRIER_PREFIX && segment + prefix <= sizeof bytes);
	for (*sent = 0; *sent < packets.len && !err;) {
		size_t len = packets.len - *sent < segment ? packets.len - *sent : segment;
		struct gn_buf buf = {bytes, prefix + len, sizeof bytes};
		memcpy(bytes + prefix, packets.p + *sent, len);
		err = c->send(c, &c->peer, &buf, (uint16_t)buf.len, &took);
		*sent += err ? 0 : len;
	}
	gn_node_ways_room(node, c);
	return err;
}

/* ---- sending ---- */

gn_err ways_send_to(struct gn_node *node, uint64_t era, struct gn_slice packets, uint16_t segment,
		    size_t *sent)
{
	struct gn_node_era *e = gn_map_get(&node->ways.eras, &era);
	struct gn_way main;
	struct gn_carrier *c = NULL;
	if (!e || gn_jet_ways(node->jet, e->session, &main, 1) == 0 ||
	    (main.link && !gn_node_turn_way_is(node, main.link) &&
	     !(c = gn_node_ways_carrier_of(node, main.link)))) {
		node->ways.count.relay_no_way++;
		return GN_UNREACHABLE;
	}
	e->relayed = node->now;
	if (!c && main.link)
		return gn_node_turn_way_send(node, &main.addr, packets, segment, sent);
	if (!c)
		return node->outside.send(node, &main.addr, packets, segment, sent);
	gn_err err = copy_to_carrier(node, c, packets, segment ? segment : packets.len, sent);
	return err == GN_AGAIN ? GN_UNREACHABLE : err; /* a circuit's packets may be lost */
}

static gn_err send_by_circuit(struct gn_node *node, struct gn_node_circuit *c,
			      const struct gn_jet_batch *batch, struct gn_slice packets,
			      size_t *sent)
{
	uint8_t *p = node->packet_buf.p;
	GN_ASSERT(batch->prefix == GN_RELAY_PREFIX && packets.p == p && packets.len > 0);
	size_t each = batch->segment ? batch->segment : packets.len;
	for (size_t at = 0; at < packets.len; at += each)
		p[at] = GN_RELAY_BYTE;
	gn_relay_write(p, each, (uint32_t)((packets.len + each - 1) / each), c->circuit);
	if (c->proven)
		c->used = node->now;
	return ways_send_to(node, c->era, packets, batch->segment, sent);
}

gn_err gn_node_ways_send(struct gn_node *node, const struct gn_jet_batch *batch,
			 struct gn_slice packets, size_t *sent)
{
	*sent = 0;
	if (batch->to.link == 0) {
		gn_dialback_sent(node->dialback, &batch->to.addr, node->now);
		return node->outside.send(node, &batch->to.addr, packets, batch->segment, sent);
	}
	struct gn_node_circuit *c = gn_map_get(&node->ways.circuits, &batch->to.link);
	if (c)
		return send_by_circuit(node, c, batch, packets, sent);
	if (gn_node_turn_way_is(node, batch->to.link))
		return gn_node_turn_way_send(node, &batch->to.addr, packets, batch->segment, sent);
	struct gn_carrier *carrier = gn_node_ways_carrier_of(node, batch->to.link);
	return carrier ? send_by_carrier(node, carrier, batch, sent) : GN_UNREACHABLE;
}

bool gn_node_ways_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "node/ways_counters.def"
#undef X
	};
	const uint64_t *values = (const uint64_t *)&node->ways.count;
	return gn_counter_at(names, values, GN_COUNT(names), i, out);
}
