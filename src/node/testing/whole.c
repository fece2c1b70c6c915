/* Whole nodes in virtual time, as whole.h says: events, and what lies outside of a node. */
#include "node/testing/whole.h"

#include "node/ways.h"

#include <stdlib.h>

#define PACKET_OVERHEAD 28 /* IPv4 and UDP */
#define HEAP_FIRST 1024u
#define BOX_SEED 0x6e6174u

enum whole_kind { WHOLE_TICK, WHOLE_PACKET, WHOLE_DISK_KV, WHOLE_DISK_BLOCKS, WHOLE_DISK_BOXES };

struct whole_event {
	gn_time at;
	uint64_t order;
	enum whole_kind kind;
	unsigned node, life;
	struct jet_sim_flight flight;   /* PACKET; who it goes to is known when it arrives */
	struct gn_disk_request request; /* DISK_*: its data is the engine's, which lives as long */
	size_t len;
	uint8_t bytes[]; /* PACKET */
};

static void *need_memory(void *p)
{
	GN_ASSERT(p != NULL);
	return p;
}

/* ---- events in the order of time ---- */

static bool comes_before(const struct whole_event *a, const struct whole_event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static struct whole_event *event_add(struct whole *w, enum whole_kind kind, gn_time at,
				     unsigned node, struct gn_slice bytes)
{
	struct whole_event *e = need_memory(calloc(1, sizeof *e + bytes.len));
	e->kind = kind;
	e->at = at > w->now ? at : w->now;
	e->order = w->order++;
	e->node = node;
	e->life = w->nodes[node]->life;
	e->len = bytes.len;
	if (bytes.len)
		memcpy(e->bytes, bytes.p, bytes.len);
	if (w->heap_count == w->heap_cap) {
		w->heap_cap = w->heap_cap ? 2 * w->heap_cap : HEAP_FIRST;
		w->heap = need_memory(realloc(w->heap, w->heap_cap * sizeof *w->heap));
	}
	size_t i = w->heap_count++;
	for (; i > 0 && comes_before(e, w->heap[(i - 1) / 2]); i = (i - 1) / 2)
		w->heap[i] = w->heap[(i - 1) / 2];
	w->heap[i] = e;
	return e;
}

static struct whole_event *event_take(struct whole *w)
{
	struct whole_event *first = w->heap[0], *last = w->heap[--w->heap_count];
	size_t i = 0;
	for (size_t c; (c = 2 * i + 1) < w->heap_count; i = c) {
		c += c + 1 < w->heap_count && comes_before(w->heap[c + 1], w->heap[c]);
		if (!comes_before(w->heap[c], last))
			break;
		w->heap[i] = w->heap[c];
	}
	if (w->heap_count)
		w->heap[i] = last;
	return first;
}

/* ---- what lies outside of a node ---- */

static struct whole_node *whole_of(struct gn_node *node)
{
	return GN_CONTAINER(node, struct whole_node, node);
}

/* The other socket's, one port above (dialback.h). */
static struct gn_addr second_of(const struct whole_node *n)
{
	struct gn_addr addr = n->addr;
	addr.port++;
	return addr;
}

/* That of flows (lifetime.h), one more. */
static struct gn_addr spare_of(const struct whole_node *n)
{
	struct gn_addr addr = second_of(n);
	addr.port++;
	return addr;
}

static bool is_of(const struct whole_node *n, const struct gn_addr *addr)
{
	struct gn_addr second = second_of(n), spare = spare_of(n);
	return gn_addr_eq(&n->addr, addr) || gn_addr_eq(&second, addr) || gn_addr_eq(&spare, addr);
}

static bool find_addr(const struct whole *w, const struct jet_sim_flight *flight, unsigned *out)
{
	for (unsigned i = 0; i < w->count; i++)
		if (w->nodes[i]->box == flight->realm && is_of(w->nodes[i], &flight->to)) {
			*out = i;
			return true;
		}
	return false;
}

/* Who it goes to, or stands at the box that it comes to first. */
static bool find_site(const struct whole *w, const struct jet_sim_flight *flight, unsigned *out)
{
	const struct jet_sim_box *box = jet_sim_next_box(&w->boxes, flight);
	if (!box)
		return find_addr(w, flight, out);
	*out = box->site;
	return true;
}

static void send_packet(struct whole_node *n, const struct gn_addr *from,
			const struct gn_addr *where, struct gn_slice packet)
{
	struct whole *w = n->world;
	const struct whole_hooks *h = &w->opt.hooks;
	struct jet_sim_flight flight = {*from, *where, n->box};
	if (h->sent)
		h->sent(h->user, n->index, where, packet);
	unsigned to;
	if (!jet_sim_up(&flight, w->now) || !find_site(w, &flight, &to))
		return;
	n->packets++;
	n->bytes += packet.len + PACKET_OVERHEAD;
	if (w->opt.loss > 0 && gn_rand_unit(&w->rand) < w->opt.loss) {
		w->lost++;
		return;
	}
	gn_time way = w->opt.way ? w->opt.way(w->opt.way_user, n->index, to) : 10 * GN_MSEC;
	event_add(w, WHOLE_PACKET, w->now + way, to, packet)->flight = flight;
}

/* The segments of a batch, each a packet of its own, as the kernel cuts them. */
static gn_err send_packets(struct gn_node *node, const struct gn_addr *to, struct gn_slice all,
			   uint16_t segment, size_t *sent)
{
	struct whole_node *n = whole_of(node);
	size_t each = segment ? segment : all.len;
	for (size_t at = 0; at < all.len; at += each) {
		size_t len = all.len - at < each ? all.len - at : each;
		send_packet(n, &n->addr, to, gn_slice(all.p + at, len));
	}
	*sent = all.len;
	return GN_OK;
}

static void send_second(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet)
{
	struct whole_node *n = whole_of(node);
	struct gn_addr from = second_of(n);
	send_packet(n, &from, to, packet);
}

static void send_spare(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet)
{
	struct whole_node *n = whole_of(node);
	struct gn_addr from = spare_of(n);
	send_packet(n, &from, to, packet);
}

static void ask_disk(struct whole_node *n, enum whole_kind kind, const struct gn_disk_request *q)
{
	struct whole *w = n->world;
	bool slow = q->op == GN_DISK_SYNC || q->op == GN_DISK_RENAME || q->op == GN_DISK_REMOVE;
	double most = slow ? (double)(w->opt.sync ? w->opt.sync : 8 * GN_MSEC) : (double)GN_MSEC;
	gn_time takes = 200 * GN_USEC + (gn_time)((slow ? 0.5 + gn_rand_unit(&w->rand) / 2
							: gn_rand_unit(&w->rand)) *
						  most);
	event_add(w, kind, w->now + takes, n->index, gn_slice(NULL, 0))->request = *q;
	n->disk_out++;
}

static bool move_disk(struct gn_node *node)
{
	struct whole_node *n = whole_of(node);
	struct gn_disk_request q;
	bool any = false;
	for (; n->disk_out < GN_NODE_JOBS && gn_kv_next_request(node->kv, &q); any = true)
		ask_disk(n, WHOLE_DISK_KV, &q);
	for (; n->disk_out < GN_NODE_JOBS && gn_blocks_next_request(node->blocks, &q); any = true)
		ask_disk(n, WHOLE_DISK_BLOCKS, &q);
	for (; n->disk_out < GN_NODE_JOBS && gn_kv_next_request(node->box_log, &q); any = true)
		ask_disk(n, WHOLE_DISK_BOXES, &q);
	return any;
}

static struct gn_buf *kept_file(struct whole_node *n, const char *name)
{
	static const char *const names[WHOLE_KEPT] = {"give",         "given", "refused",
						      "relay-tokens", "paths", "lifetimes"};
	unsigned i = 0;
	while (i < WHOLE_KEPT && strcmp(names[i], name) != 0)
		i++;
	GN_ASSERT(i < WHOLE_KEPT);
	return &n->kept[i];
}

static gn_err read_kept(struct gn_node *node, const char *name, struct gn_buf *out)
{
	const struct gn_buf *file = kept_file(whole_of(node), name);
	whole_of(node)->kept_reads++;
	if (!file->p)
		return GN_NOT_FOUND;
	if (file->len > out->cap)
		return GN_TOO_LARGE;
	memcpy(out->p, file->p, file->len);
	out->len = file->len;
	return GN_OK;
}

static gn_err write_kept(struct gn_node *node, const char *name, struct gn_slice bytes)
{
	struct whole_node *n = whole_of(node);
	struct gn_buf *file = kept_file(n, name);
	if (n->keep_fails)
		return GN_DISK_FULL;
	free(file->p);
	*file = (struct gn_buf){need_memory(malloc(bytes.len + 1)), bytes.len, bytes.len + 1};
	memcpy(file->p, bytes.p, bytes.len);
	return GN_OK;
}

static void do_work(struct gn_node *node)
{
	for (struct gn_bundles_work *work; (work = gn_bundles_next_work(node->bundles));) {
		gn_bundles_work_run(work);
		gn_bundles_work_done(node->bundles, work, node->now);
	}
}

/* Virtual time does not pass while a node works: strangers are no load. */
static gn_time no_cpu(void)
{
	return 0;
}

static void told_overlay(struct gn_node *node, const struct gn_overlay_event *e)
{
	const struct whole_node *n = whole_of(node);
	const struct whole_hooks *h = &n->world->opt.hooks;
	if (h->overlay)
		h->overlay(h->user, n->index, e);
}

static void told_names(struct gn_node *node, const struct gn_names_event *e)
{
	const struct whole_node *n = whole_of(node);
	const struct whole_hooks *h = &n->world->opt.hooks;
	if (h->names)
		h->names(h->user, n->index, e);
}

static void told_bundles(struct gn_node *node, const struct gn_bundles_event *e)
{
	const struct whole_node *n = whole_of(node);
	const struct whole_hooks *h = &n->world->opt.hooks;
	if (h->bundles)
		h->bundles(h->user, n->index, e);
}

static void told_box(struct gn_node *node, const struct gn_box_event *e)
{
	const struct whole_node *n = whole_of(node);
	const struct whole_hooks *h = &n->world->opt.hooks;
	if (h->box)
		h->box(h->user, n->index, e);
}

static void told_bus(struct gn_node *node, const struct gn_bus_event *e)
{
	const struct whole_node *n = whole_of(node);
	const struct whole_hooks *h = &n->world->opt.hooks;
	if (h->bus)
		h->bus(h->user, n->index, e);
}

static void told_tunnel(struct gn_node *node, const struct gn_tunnel_event *e)
{
	const struct whole_node *n = whole_of(node);
	const struct whole_hooks *h = &n->world->opt.hooks;
	if (h->tunnel)
		h->tunnel(h->user, n->index, e);
}

static const struct gn_node_outside outside = {.send = send_packets,
					       .send_second = send_second,
					       .send_spare = send_spare,
					       .disk = move_disk,
					       .kept = read_kept,
					       .keep = write_kept,
					       .work = do_work,
					       .cpu = no_cpu,
					       .overlay = told_overlay,
					       .names = told_names,
					       .bundles = told_bundles,
					       .box = told_box,
					       .bus = told_bus,
					       .tunnel = told_tunnel};

static void write_nothing(void *user, enum gn_log_level level, const char *module,
			  const char *event, const char *text)
{
	(void)user, (void)level, (void)module, (void)event, (void)text;
}

/* ---- life ---- */

void whole_init(struct whole *w, const struct whole_options *opt)
{
	*w = (struct whole){.opt = *opt, .now = WHOLE_EPOCH};
	gn_prng_init(&w->prng, opt->seed);
	w->rand = gn_prng_rand(&w->prng);
	w->nodes = need_memory(calloc(opt->nodes, sizeof(struct whole_node *)));
	gn_alloc_heap(&w->alloc, SIZE_MAX / 4);
	gn_prng_init(&w->box_prng, opt->seed ^ BOX_SEED);
	w->box_rand = gn_prng_rand(&w->box_prng);
	jet_sim_boxes_init(&w->boxes, &(struct gn_env){.alloc = &w->alloc, .rand = &w->box_rand});
}

static void node_end(struct whole_node *n)
{
	gn_node_engines_free(&n->node);
	for (size_t i = 0; i < GN_COUNT(n->node.alloc); i++)
		GN_ASSERT(n->node.alloc[i].count == 0);
	free(n->node.packet);
	n->node.packet = NULL;
	n->alive = false;
	n->life++;
	n->disk_out = 0;
}

void whole_free(struct whole *w)
{
	while (w->heap_count)
		free(event_take(w));
	for (unsigned i = 0; i < w->count; i++) {
		if (w->nodes[i]->alive)
			node_end(w->nodes[i]);
		disk_sim_fini(&w->nodes[i]->disk);
		for (unsigned k = 0; k < WHOLE_KEPT; k++)
			free(w->nodes[i]->kept[k].p);
		free(w->nodes[i]);
	}
	free(w->nodes);
	free(w->heap);
	jet_sim_boxes_fini(&w->boxes);
	GN_ASSERT(w->alloc.count == 0);
}

/* A home's box has the address that the node would have, or is behind the carrier's that has. */
static void put_behind(struct whole_node *n)
{
	struct whole *w = n->world;
	struct jet_sim_nat nat, carrier;
	bool has_carrier = false;
	struct jet_sim_box *up = NULL;
	struct gn_addr outer = n->addr;
	if (!w->opt.nat || !w->opt.nat(w->opt.nat_user, n->index, &nat, &has_carrier))
		return;
	if (has_carrier) {
		carrier = nat;
		carrier.carrier = true;
		up = jet_sim_box_add(&w->boxes, &carrier, NULL, &outer, n->index);
		outer = jet_sim_box_inside(up, 0, 0);
	}
	n->box = jet_sim_box_add(&w->boxes, &nat, up, &outer, n->index);
	n->addr = jet_sim_box_inside(n->box, 0, n->addr.port);
}

unsigned whole_add(struct whole *w)
{
	unsigned i = w->count;
	GN_ASSERT(i < w->opt.nodes);
	struct whole_node *n = need_memory(calloc(1, sizeof *n));
	w->nodes[w->count++] = n;
	n->world = w;
	n->index = i;
	/* each in a prefix of its own: their shares are not what is tried here */
	n->addr = gn_addr_v4((uint8_t)(20 + i / 250), (uint8_t)(1 + i % 250), 7, 1, 7780);
	n->told = n->addr;
	put_behind(n);
	gn_prng_init(&n->prng, gn_rand_u64(&w->rand));
	disk_sim_init(&n->disk, gn_rand_u64(&w->rand));
	gn_sk_new(&w->rand, &n->node.key);
	gn_err err = gn_overlay_id_search(&n->node.key.pk, w->opt.pow_bits, 0, UINT64_MAX,
					  n->node.nonce);
	GN_ASSERT(err == GN_OK);
	return i;
}

void whole_start(struct whole *w, unsigned i)
{
	struct whole_node *n = w->nodes[i];
	GN_ASSERT(!n->alive);
	struct gn_node *node = &n->node;
	struct gn_sk key = node->key;
	uint8_t nonce[sizeof node->nonce];
	char why[GN_HOST_WHY];
	memcpy(nonce, node->nonce, sizeof nonce);
	memset(node, 0, sizeof *node);
	node->key = key;
	memcpy(node->nonce, nonce, sizeof nonce);
	node->outside = outside;
	node->now = node->started = node->saved = w->now;
	gn_host_settings_default(gn_node_settings, &node->config, sizeof node->config);
	node->config.pow_bits = w->opt.pow_bits;
	node->config.probation = 0;
	gn_addr_text(&n->told, node->config.advertise);
	node->host.config.name = "node";
	node->host.rand = gn_prng_rand(&n->prng);
	node->host.log =
		w->opt.log ? *w->opt.log : (struct gn_log){write_nothing, NULL, GN_LOG_ERROR};
	node->packet = need_memory(malloc(GN_NODE_BATCH));
	gn_err err = gn_node_engines_new(node);
	err = err ? err : gn_node_give_read(node, why);
	err = err ? err : gn_node_policy_read(node, why);
	err = err ? err : gn_node_lifetime_read(node, why);
	GN_ASSERT(err == GN_OK);
	struct gn_os_net net = {.count = 1,
				.addrs[0] = {.addr = n->addr,
					     .interface = 1,
					     .lan = gn_addr_is_private(&n->addr),
					     .routed = true}};
	gather_net(&node->offers.gather, &net, n->addr.port, node->now);
	gn_node_dialback_ports(node, n->addr.port, (uint16_t)(n->addr.port + 1));
	n->alive = true;
	n->life++;
	n->tick_at = GN_NEVER;
	gn_kv_start(node->kv, node->now);
	gn_blocks_start(node->blocks, node->now);
	gn_kv_start(node->box_log, node->now);
	whole_moved(w, i);
}

void whole_kill(struct whole *w, unsigned i)
{
	struct whole_node *n = w->nodes[i];
	GN_ASSERT(n->alive);
	node_end(n);
	disk_sim_crash(&n->disk);
	disk_sim_restart(&n->disk);
}

void whole_bootstrap(struct whole *w, unsigned i, unsigned at)
{
	struct gn_node *node = whole_node(w, i);
	GN_ASSERT(node->running);
	gn_err err = gn_overlay_bootstrap(node->overlay, &w->nodes[at]->told, NULL, w->now);
	GN_ASSERT(err == GN_OK);
	whole_moved(w, i);
}

void whole_bootstrap_first(struct whole *w, unsigned i, unsigned count)
{
	for (unsigned at = 0; at < count && at < w->count; at++)
		if (at != i)
			(void)!gn_overlay_bootstrap(whole_node(w, i)->overlay, &w->nodes[at]->told,
						    NULL, w->now);
}

/* ---- running ---- */

/* As node.c's turn, but for what touches files and the machine's clock. */
void whole_moved(struct whole *w, unsigned i)
{
	struct whole_node *n = w->nodes[i];
	struct gn_node *node = &n->node;
	const struct whole_hooks *h = &w->opt.hooks;
	GN_ASSERT(n->alive);
	node->now = w->now;
	gn_node_pump(node);
	gn_node_peers_sweep(node);
	if (node->kv_ready && node->blocks_ready && node->box_ready && !node->running) {
		node->running = true;
		gn_node_give_restored(node);
		if (h->running)
			h->running(h->user, i);
		gn_node_pump(node);
	}
	if (h->turned)
		h->turned(h->user, i);
	gn_time at = gn_time_min(gn_node_deadline(node), gn_node_peers_deadline(node));
	at = at > w->now ? at : w->now;
	if (at < n->tick_at || n->tick_at <= w->now) {
		n->tick_at = at;
		event_add(w, WHOLE_TICK, at, i, gn_slice(NULL, 0));
	}
}

static void disk_done(struct whole_node *n, const struct whole_event *e)
{
	struct gn_slice data = {0};
	gn_err err = disk_sim_perform(&n->disk, &e->request, &data);
	n->disk_out--;
	if (e->kind == WHOLE_DISK_KV)
		gn_kv_done(n->node.kv, e->request.token, err, data, n->node.now);
	else if (e->kind == WHOLE_DISK_BOXES)
		gn_kv_done(n->node.box_log, e->request.token, err, data, n->node.now);
	else
		gn_blocks_done(n->node.blocks, e->request.token, err, data, n->node.now);
}

static void take_packet(struct whole_node *n, const struct jet_sim_flight *flight,
			struct gn_slice bytes)
{
	struct gn_addr spare = spare_of(n);
	if (gn_addr_eq(&flight->to, &n->addr))
		gn_node_recv(&n->node, &(struct gn_way){.addr = flight->from}, bytes);
	else if (gn_addr_eq(&flight->to, &spare))
		gn_dialback_life_packet(n->node.dialback, &flight->from, bytes, n->world->now);
	else
		gn_dialback_packet(n->node.dialback, &flight->from, true, bytes, n->world->now);
}

static void handle_event(struct whole *w, const struct whole_event *e)
{
	struct whole_node *n = w->nodes[e->node];
	struct jet_sim_flight flight = e->flight;
	if (e->kind == WHOLE_PACKET &&
	    (!jet_sim_down(&w->boxes, &flight, w->now) || !is_of(n, &flight.to)))
		return;
	if (!n->alive || n->life != e->life)
		return;
	n->node.now = w->now;
	switch (e->kind) {
	case WHOLE_TICK:
		if (e->at != n->tick_at)
			return; /* a nearer one took its place */
		n->tick_at = GN_NEVER;
		break;
	case WHOLE_PACKET: take_packet(n, &flight, gn_slice(e->bytes, e->len)); break;
	case WHOLE_DISK_KV:
	case WHOLE_DISK_BLOCKS:
	case WHOLE_DISK_BOXES: disk_done(n, e); break;
	}
	whole_moved(w, e->node);
}

bool whole_step(struct whole *w, gn_time until)
{
	if (!w->heap_count || w->heap[0]->at > until) {
		w->now = until > w->now ? until : w->now;
		return false;
	}
	struct whole_event *e = event_take(w);
	GN_ASSERT(e->at >= w->now);
	w->now = e->at;
	w->events++;
	handle_event(w, e);
	free(e);
	return true;
}

void whole_run_for(struct whole *w, gn_time span)
{
	gn_time until = w->now + span;
	while (whole_step(w, until))
		;
}

/* ---- looks ---- */

bool whole_takes_calls(const struct whole *w, unsigned i)
{
	const struct jet_sim_box *b = w->nodes[i]->box;
	return !b || (!b->up && b->nat.filtering == JET_SIM_NAT_ANY && b->nat.udp == JET_SIM_UDP);
}

bool whole_alive(const struct whole *w, unsigned i)
{
	return w->nodes[i]->alive;
}

struct gn_node *whole_node(const struct whole *w, unsigned i)
{
	GN_ASSERT(w->nodes[i]->alive);
	return &w->nodes[i]->node;
}

size_t whole_memory(const struct whole *w, unsigned i)
{
	const struct gn_node *node = whole_node(w, i);
	size_t sum = 0;
	for (size_t k = 0; k < GN_COUNT(node->alloc); k++)
		sum += node->alloc[k].used;
	return sum;
}
