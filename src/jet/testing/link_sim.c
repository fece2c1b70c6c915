/* Simulated links: see link_sim.h. One heap of datagrams on their way; time jumps to the next
 * arrival or deadline.
 *
 * 1. Order on a link is kept unless a packet is chosen for reordering.
 * 2. A reliable link loses nothing: it is late. What it takes is what its queue has free, told to
 *    the sender after each of its turns, and again when half of the queue is.
 * 3. Nothing depends on memory addresses or on the contents of packets, so equal seeds give
 *    equal traces although TLS draws its own randomness. */
#include "jet/testing/link_sim.h"

struct packet {
	struct gn_heap_node node;
	struct jet_sim_flight flight;
	uint32_t link; /* of jet, at both ends: 0, or a wire's */
	size_t len;
	uint8_t data[];
};

#define BOX_SEED 0x6e6174u
#define SPARE_PORT 30000u                    /* of the socket of link 1000 */
#define RETRANSMIT (200 * GN_MSEC)           /* and a round trip, as TCP's first */
#define START (INT64_C(1767225600) * GN_SEC) /* 2026-01-01 */

void jet_sim_init(struct jet_sim *sim, uint64_t seed)
{
	*sim = (struct jet_sim){.seed = seed, .now = START, .trace = 14695981039346656037u};
	gn_alloc_heap(&sim->alloc, (size_t)1 << 30);
	gn_prng_init(&sim->prng, seed);
	sim->rand = gn_prng_rand(&sim->prng);
	gn_heap_init(&sim->packets, &sim->alloc);
	gn_prng_init(&sim->box_prng, seed ^ BOX_SEED);
	sim->box_rand = gn_prng_rand(&sim->box_prng);
	jet_sim_boxes_init(&sim->boxes,
			   &(struct gn_env){.alloc = &sim->alloc, .rand = &sim->box_rand});
}

void jet_sim_fini(struct jet_sim *sim)
{
	for (struct gn_heap_node *n; (n = gn_heap_first(&sim->packets));) {
		gn_heap_remove(&sim->packets, n);
		gn_mem_free(&sim->alloc, GN_CONTAINER(n, struct packet, node));
	}
	gn_heap_fini(&sim->packets);
	jet_sim_boxes_fini(&sim->boxes);
	for (int i = 0; i < sim->node_count; i++) {
		gn_jet_free(sim->nodes[i].jet);
		GN_ASSERT(sim->nodes[i].alloc.count == 0);
	}
	GN_ASSERT(sim->alloc.count == 0);
}

int jet_sim_node(struct jet_sim *sim, const struct gn_jet_config *config)
{
	GN_ASSERT(sim->node_count < JET_SIM_NODES);
	int i = sim->node_count++;
	struct jet_sim_node *n = &sim->nodes[i];
	struct gn_jet_config c = config ? *config : (struct gn_jet_config){0};
	gn_alloc_heap(&n->alloc, (size_t)1 << 30);
	gn_prng_init(&n->prng, gn_prng_next(&sim->prng));
	n->rand = gn_prng_rand(&n->prng);
	n->way.addr = gn_addr_v4(10, 0, 0, (uint8_t)(i + 1), 4433);
	gn_sk_new(&n->rand, &c.node_key);
	n->pk = c.node_key.pk;
	struct gn_env env = {&n->alloc, &n->rand, NULL};
	gn_err err = gn_jet_new(&env, &c, &n->jet);
	GN_ASSERT(err == GN_OK);
	return i;
}

int jet_sim_link(struct jet_sim *sim, const struct jet_sim_link_config *config)
{
	GN_ASSERT(sim->link_count < JET_SIM_LINKS);
	sim->links[sim->link_count] = (struct jet_sim_link){.config = *config, .room_at = GN_NEVER};
	return sim->link_count++;
}

void jet_sim_route(struct jet_sim *sim, int from, int to, int link)
{
	sim->route[from][to] = link + 1;
}

void jet_sim_join(struct jet_sim *sim, int a, int b, const struct jet_sim_link_config *config)
{
	jet_sim_route(sim, a, b, jet_sim_link(sim, config));
	jet_sim_route(sim, b, a, jet_sim_link(sim, config));
}

struct jet_sim_wire *jet_sim_wire(struct jet_sim *sim, int a, int b, uint32_t link,
				  const struct jet_sim_link_config *config)
{
	GN_ASSERT(sim->wire_count < JET_SIM_WIRES && link != 0);
	struct jet_sim_wire *w = &sim->wires[sim->wire_count++];
	*w = (struct jet_sim_wire){.node = {a, b}, .link = link};
	for (int k = 0; k < 2; k++) {
		w->addr[k] = gn_addr_v4(203, 0, 113, (uint8_t)(w->node[k] + 1), (uint16_t)link);
		w->links[k] = jet_sim_link(sim, config);
	}
	return w;
}

struct gn_way jet_sim_wire_to(const struct jet_sim_wire *w, int end)
{
	return (struct gn_way){.addr = w->addr[end], .link = w->link};
}

/* The wire that leads to an address, and which end is there; NULL: none does. */
static const struct jet_sim_wire *wire_to(const struct jet_sim *sim, uint32_t link,
					  const struct gn_addr *to, int *end)
{
	for (int i = 0; link && i < sim->wire_count; i++)
		for (*end = 0; *end < 2; ++*end)
			if (sim->wires[i].link == link && gn_addr_eq(&sim->wires[i].addr[*end], to))
				return &sim->wires[i];
	return NULL;
}

struct jet_sim_box *jet_sim_nat(struct jet_sim *sim, const struct jet_sim_nat *nat,
				struct jet_sim_box *up, int site)
{
	unsigned n = sim->boxes.count;
	struct gn_addr outer = up ? jet_sim_box_inside(up, 100 + n, 0)
				  : gn_addr_v4(198, 51, 100, (uint8_t)(n + 1), 0);
	return jet_sim_box_add(&sim->boxes, nat, up, &outer, (unsigned)site);
}

void jet_sim_behind(struct jet_sim *sim, int node, struct jet_sim_box *box)
{
	struct jet_sim_node *n = &sim->nodes[node];
	n->box = box;
	n->alias_count = 0;
	n->way.addr = jet_sim_box_inside(box, (unsigned)node, n->way.addr.port);
}

/* ---- sockets besides ---- */

void jet_sim_spares(struct jet_sim *sim, int node, uint32_t first, uint32_t count)
{
	static const struct gn_way_info info = {.kind = GN_WAY_SPARE};
	struct jet_sim_node *n = &sim->nodes[node];
	GN_ASSERT(first && !n->spare_count);
	n->spare_first = first;
	n->spare_count = count;
	for (uint32_t i = 0; i < count; i++) {
		gn_err err = gn_jet_way(n->jet, first + i, &info);
		GN_ASSERT(err == GN_OK);
	}
}

void jet_sim_spares_close(struct jet_sim *sim, int node, uint32_t but)
{
	struct jet_sim_node *n = &sim->nodes[node];
	for (uint32_t i = 0; i < n->spare_count; i++)
		if (n->spare_first + i != but)
			gn_jet_way_gone(n->jet, n->spare_first + i, sim->now);
	n->spare_first = but;
	n->spare_count = but != 0;
}

static bool is_spare(const struct jet_sim_node *n, uint32_t link)
{
	return link && link >= n->spare_first && link - n->spare_first < n->spare_count;
}

static struct gn_addr spare_addr(const struct jet_sim_node *n, uint32_t link)
{
	struct gn_addr a = n->way.addr;
	a.port = (uint16_t)(SPARE_PORT + link % 1000);
	return a;
}

/* The link of the socket that has this address; 0: none has. */
static uint32_t spare_at(const struct jet_sim_node *n, const struct gn_addr *addr)
{
	for (uint32_t link = n->spare_first; is_spare(n, link); link++) {
		struct gn_addr a = spare_addr(n, link);
		if (gn_addr_eq(&a, addr))
			return link;
	}
	return 0;
}

/* Where the packet is to arrive, inside of its realm. */
static int node_at(const struct jet_sim *sim, const struct jet_sim_flight *flight)
{
	const struct gn_addr *addr = &flight->to;
	for (int i = 0; i < sim->node_count; i++) {
		const struct jet_sim_node *n = &sim->nodes[i];
		if (n->box != flight->realm)
			continue;
		if (gn_addr_eq(&n->way.addr, addr) || spare_at(n, addr))
			return i;
		for (int k = 0; k < n->alias_count; k++)
			if (gn_addr_eq(&n->aliases[k].addr, addr))
				return i;
	}
	return -1;
}

/* Who is nearest to where it goes: the routes know nodes only. */
static int site_of(const struct jet_sim *sim, const struct jet_sim_flight *flight)
{
	const struct jet_sim_box *box = jet_sim_next_box(&sim->boxes, flight);
	return box ? (int)box->site : node_at(sim, flight);
}

static bool chance(struct jet_sim *sim, uint32_t ppm)
{
	return ppm && gn_rand_below(&sim->rand, 1000000) < ppm;
}

static void put(struct jet_sim *sim, const struct jet_sim_flight *flight, uint32_t link,
		struct gn_slice data, gn_time at)
{
	struct packet *p = gn_mem_resize(&sim->alloc, NULL, sizeof *p + data.len);
	GN_ASSERT(p != NULL);
	*p = (struct packet){.flight = *flight, .link = link, .len = data.len};
	memcpy(p->data, data.p, data.len);
	gn_err err = gn_heap_set(&sim->packets, &p->node, at);
	GN_ASSERT(err == GN_OK);
}

static uint64_t waiting_in(const struct jet_sim *sim, const struct jet_sim_link *l)
{
	gn_time for_time = l->free_at > sim->now ? l->free_at - sim->now : 0;
	return (uint64_t)((double)for_time * 1e-9 * (double)l->config.rate / 8);
}

/* When the last bit leaves the queue, or GN_NEVER when the queue is full. */
static gn_time through_queue(struct jet_sim *sim, struct jet_sim_link *l, size_t len)
{
	if (l->config.rate == 0)
		return sim->now;
	gn_time start = l->free_at > sim->now ? l->free_at : sim->now;
	if (l->config.queue && waiting_in(sim, l) + len > l->config.queue)
		return GN_NEVER;
	l->free_at = start + (gn_time)((double)len * 8e9 / (double)l->config.rate);
	return l->free_at;
}

static void over_link(struct jet_sim *sim, struct jet_sim_link *l,
		      const struct jet_sim_flight *flight, uint32_t link, uint8_t *data, size_t len)
{
	const struct jet_sim_link_config *c = &l->config;
	bool lost = chance(sim, c->loss);
	if (l->down || (lost && !c->reliable) || (c->mtu && len > c->mtu)) {
		l->lost++;
		return;
	}
	gn_time at = through_queue(sim, l, len);
	if (at == GN_NEVER) {
		l->overflowed++;
		return;
	}
	l->packets++;
	l->bytes += len;
	at += c->delay + (c->jitter ? (gn_time)gn_rand_below(&sim->rand, (uint64_t)c->jitter) : 0);
	if (lost)
		at += RETRANSMIT + 2 * c->delay;
	if (chance(sim, c->reorder)) {
		at += (gn_time)gn_rand_below(&sim->rand, (uint64_t)c->reorder_delay + 1);
	} else {
		at = at <= l->last_at ? l->last_at + 1 : at;
		l->last_at = at;
	}
	if (chance(sim, c->corrupt))
		data[gn_rand_below(&sim->rand, len)] ^=
			(uint8_t)(1u << gn_rand_below(&sim->rand, 8));
	put(sim, flight, link, gn_slice(data, len), at);
	if (chance(sim, c->duplicate))
		put(sim, flight, link, gn_slice(data, len),
		    at + 1 + (gn_time)gn_rand_below(&sim->rand, (uint64_t)c->delay + GN_MSEC));
}

static void trace(struct jet_sim *sim, uint64_t v)
{
	for (int i = 0; i < 8; i++, v >>= 8)
		sim->trace = (sim->trace ^ (v & 0xff)) * 1099511628211u;
}

static void send_datagram(struct jet_sim *sim, int from, const struct gn_way *to, uint8_t *data,
			  size_t len)
{
	int end;
	const struct jet_sim_wire *w = wire_to(sim, to->link, &to->addr, &end);
	struct jet_sim_flight flight = {w ? w->addr[1 - end] : sim->nodes[from].way.addr, to->addr,
					w ? NULL : sim->nodes[from].box};
	bool spare = is_spare(&sim->nodes[from], to->link);
	if (spare)
		flight.from = spare_addr(&sim->nodes[from], to->link);
	if (!w && !jet_sim_up(&flight, sim->now))
		return;
	int node = w ? w->node[end] : to->link && !spare ? -1 : site_of(sim, &flight);
	trace(sim, (uint64_t)(sim->now - START));
	trace(sim, (uint64_t)from << 32 | (uint64_t)(uint32_t)node);
	trace(sim, len);
	if (node < 0 || (w ? w->node[1 - end] != from : !sim->route[from][node])) {
		sim->unroutable++;
		return;
	}
	if (sim->tap && !sim->tap(sim, from, node, data, len))
		return;
	int link = w ? w->links[1 - end] : sim->route[from][node] - 1;
	over_link(sim, &sim->links[link], &flight, spare ? 0 : to->link, data, len);
}

void jet_sim_inject(struct jet_sim *sim, int from_node, const struct gn_way *from,
		    const struct gn_way *to, struct gn_slice data)
{
	uint8_t copy[2048];
	GN_ASSERT(data.len <= sizeof copy && from->link == 0 && to->link == 0);
	struct jet_sim_flight flight = {from->addr, to->addr, NULL};
	int node = site_of(sim, &flight);
	memcpy(copy, data.p, data.len);
	if (from_node >= 0 && node >= 0)
		over_link(sim, &sim->links[sim->route[from_node][node] - 1], &flight, 0, copy,
			  data.len);
	else
		put(sim, &flight, 0, data, sim->now);
}

/* The reliable link that a node sends on over its n-th wire; NULL: there is none. */
static struct jet_sim_link *carrier_of(struct jet_sim *sim, int node, int n)
{
	const struct jet_sim_wire *w = &sim->wires[n];
	int end = w->node[0] == node ? 0 : 1;
	struct jet_sim_link *l = &sim->links[w->links[end]];
	return w->node[end] == node && l->config.reliable ? l : NULL;
}

static void tell_room(struct jet_sim *sim, int node)
{
	for (int i = 0; i < sim->wire_count; i++) {
		const struct jet_sim_link *l = carrier_of(sim, node, i);
		if (!l)
			continue;
		uint64_t waiting = waiting_in(sim, l), queue = l->config.queue;
		size_t room = l->down || waiting >= queue ? 0 : (size_t)(queue - waiting);
		gn_jet_way_room(sim->nodes[node].jet, sim->wires[i].link, room, sim->now);
	}
}

/* When half of a queue will be free. */
static void plan_room(struct jet_sim *sim, int node)
{
	for (int i = 0; i < sim->wire_count; i++) {
		struct jet_sim_link *l = carrier_of(sim, node, i);
		if (!l)
			continue;
		uint64_t half = l->config.queue / 2;
		l->room_at = GN_NEVER;
		if (!l->down && waiting_in(sim, l) > half)
			l->room_at = l->free_at -
				     (gn_time)((double)half * 8e9 / (double)l->config.rate) +
				     GN_USEC;
	}
}

/* When a node has room again on its carriers; GN_NEVER. */
static gn_time room_at(struct jet_sim *sim, int node)
{
	gn_time at = GN_NEVER;
	for (int i = 0; i < sim->wire_count && !sim->nodes[node].asleep; i++) {
		const struct jet_sim_link *l = carrier_of(sim, node, i);
		at = l ? gn_time_min(at, l->room_at) : at;
	}
	return at;
}

void jet_sim_flush(struct jet_sim *sim, int node)
{
	struct jet_sim_node *n = &sim->nodes[node];
	struct gn_buf out = {sim->batch, 0, 64000};
	struct gn_jet_batch b;
	tell_room(sim, node);
	while (gn_jet_send(n->jet, &out, &b, sim->now) == GN_OK) {
		GN_ASSERT(out.len > 0 && b.segment > b.prefix);
		for (size_t at = 0; at < out.len; at += b.segment) {
			size_t len = out.len - at < b.segment ? out.len - at : b.segment;
			send_datagram(sim, node, &b.to, out.p + at + b.prefix, len - b.prefix);
		}
	}
	plan_room(sim, node);
}

static void events(struct jet_sim *sim, int node)
{
	struct gn_jet_event e;
	while (gn_jet_next_event(sim->nodes[node].jet, &e))
		if (sim->nodes[node].on_event)
			sim->nodes[node].on_event(sim, node, &e);
}

static void settle(struct jet_sim *sim, int node)
{
	if (sim->nodes[node].asleep)
		return;
	events(sim, node);
	jet_sim_flush(sim, node);
	events(sim, node);
	jet_sim_flush(sim, node);
	if (sim->validate)
		gn_jet_validate(sim->nodes[node].jet);
}

/* What was under way has come, or comes no more. */
static bool is_broken(const struct jet_sim_link *l)
{
	return l->config.reliable && l->down;
}

/* All arrivals and timers of the next moment; false when nothing is to come until `until`. */
static bool step(struct jet_sim *sim, gn_time until)
{
	gn_time next = gn_heap_deadline(&sim->packets);
	bool touched[JET_SIM_NODES] = {false};
	for (int i = 0; i < sim->node_count; i++)
		if (!sim->nodes[i].asleep)
			next = gn_time_min(next, gn_time_min(room_at(sim, i),
							     gn_jet_deadline(sim->nodes[i].jet)));
	if (next > until)
		return false;
	sim->stuck = next <= sim->now ? sim->stuck + 1 : 0;
	/* a deadline that stays in the past would burn a node's CPU */
	GN_ASSERT(sim->stuck < 1000);
	sim->now = next > sim->now ? next : sim->now;
	for (struct gn_heap_node *n; (n = gn_heap_first(&sim->packets)) && n->at <= sim->now;) {
		struct packet *p = GN_CONTAINER(n, struct packet, node);
		int end;
		const struct jet_sim_wire *w = wire_to(sim, p->link, &p->flight.to, &end);
		bool passed = w || jet_sim_down(&sim->boxes, &p->flight, sim->now);
		int node = w ? w->node[end] : passed ? node_at(sim, &p->flight) : -1;
		bool heard = node >= 0 && !sim->nodes[node].asleep &&
			     !(w && is_broken(&sim->links[w->links[1 - end]]));
		gn_heap_remove(&sim->packets, n);
		if (heard) {
			struct gn_way from = {.addr = p->flight.from, .link = p->link};
			if (!w)
				from.link = spare_at(&sim->nodes[node], &p->flight.to);
			gn_jet_recv(sim->nodes[node].jet, &from, gn_slice(p->data, p->len),
				    sim->now);
			touched[node] = true;
		} else {
			sim->unroutable += passed && node < 0;
		}
		gn_mem_free(&sim->alloc, p);
	}
	for (int i = 0; i < sim->node_count; i++) {
		if (!sim->nodes[i].asleep && gn_jet_deadline(sim->nodes[i].jet) <= sim->now) {
			gn_jet_tick(sim->nodes[i].jet, sim->now);
			touched[i] = true;
		}
		if (touched[i] || room_at(sim, i) <= sim->now)
			settle(sim, i);
	}
	return true;
}

bool jet_sim_run_until(struct jet_sim *sim, bool (*done)(struct jet_sim *sim), gn_time until)
{
	for (int i = 0; i < sim->node_count; i++)
		settle(sim, i);
	while (!done || !done(sim))
		if (!step(sim, until)) {
			sim->now = until;
			return done && done(sim);
		}
	return true;
}

void jet_sim_run(struct jet_sim *sim, gn_time until)
{
	jet_sim_run_until(sim, NULL, until);
}

uint64_t jet_sim_counter(const struct jet_sim *sim, int node, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_jet_counter_at(sim->nodes[node].jet, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	GN_UNREACHABLE("an unknown counter");
}
