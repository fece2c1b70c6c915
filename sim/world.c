/* Events in time order; nodes with their disks; sessions between them: the first message opens
 * one (two round trips), an idle one without a link closes after a minute, one to a dead node
 * gives up after a while and says so. */
#include "records/box.h"
#include "sim.h"
#include "wire/generated/overlay_fb.h"

#include <stdlib.h>

#define SESSION_IDLE (60 * GN_SEC)
#define SESSION_GIVE_UP (10 * GN_SEC) /* a handshake or a retransmission into silence */
#define DATAGRAM_OVERHEAD 63          /* IP, UDP, jet header, frame, tag */

/* ---- event heap ---- */

static bool before(const struct sim_event *a, const struct sim_event *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

void *sim_need(void *p)
{
	if (!p) {
		fprintf(stderr, "geonet-sim: out of memory\n");
		exit(2);
	}
	return p;
}

static struct sim_event *event_add(struct sim *s, enum sim_kind kind, gn_time at, unsigned node)
{
	struct sim_event *e = sim_need(gn_mem_new(&s->alloc, sizeof *e));
	e->kind = kind;
	e->at = at > s->now ? at : s->now;
	e->order = s->order++;
	e->node = node;
	e->generation = s->nodes[node].generation;
	if (s->heap_count == s->heap_cap) {
		s->heap_cap = s->heap_cap ? 2 * s->heap_cap : 1024;
		s->heap =
			sim_need(gn_mem_resize(&s->alloc, s->heap, s->heap_cap * sizeof *s->heap));
	}
	size_t i = s->heap_count++;
	for (; i > 0 && before(e, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = e;
	return e;
}

static struct sim_event *event_pop(struct sim *s)
{
	struct sim_event *first = s->heap[0], *last = s->heap[--s->heap_count];
	size_t i = 0;
	for (size_t c; (c = 2 * i + 1) < s->heap_count; i = c) {
		c += c + 1 < s->heap_count && before(s->heap[c + 1], s->heap[c]);
		if (!before(s->heap[c], last))
			break;
		s->heap[i] = s->heap[c];
	}
	if (s->heap_count)
		s->heap[i] = last;
	return first;
}

static void event_free(struct sim *s, struct sim_event *e)
{
	gn_mem_free(&s->alloc, e->bytes);
	gn_mem_free(&s->alloc, e);
}

struct sim_event *sim_event_in(struct sim *s, enum sim_kind kind, unsigned node, gn_time span)
{
	return event_add(s, kind, s->now + span, node);
}

/* ---- life ---- */

void sim_init(struct sim *s, const struct sim_options *opt)
{
	*s = (struct sim){.opt = *opt, .now = SIM_EPOCH};
	gn_alloc_heap(&s->alloc, SIZE_MAX / 4);
	gn_prng_init(&s->prng, opt->seed);
	s->rand = gn_prng_rand(&s->prng);
	s->env = (struct gn_env){.alloc = &s->alloc, .rand = &s->rand};
	gn_map_init(&s->sessions, &s->env, 8, sizeof(struct sim_session), UINT32_MAX / 8);
	gn_map_init(&s->by_pk, &s->env, 32, sizeof(unsigned), opt->nodes + SIM_NODES_SPARE);
	gn_map_init(&s->by_addr, &s->env, 18, sizeof(unsigned), opt->nodes + SIM_NODES_SPARE);
	s->nodes = sim_need(
		gn_mem_new_array(&s->alloc, opt->nodes + SIM_NODES_SPARE, sizeof *s->nodes));
}

void sim_free(struct sim *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		sim_bused_stop(s, i);
		sim_boxed_stop(s, i, true);
		gn_overlay_free(s->nodes[i].ov);
		GN_ASSERT(s->nodes[i].alloc.count == 0);
		sim_disk_clear(s, &s->nodes[i]);
	}
	while (s->heap_count)
		event_free(s, event_pop(s));
	gn_mem_free(&s->alloc, s->heap);
	gn_mem_free(&s->alloc, s->nodes);
	gn_mem_free(&s->alloc, s->ops);
	sim_boxed_free(s);
	gn_map_fini(&s->sessions);
	gn_map_fini(&s->by_pk);
	gn_map_fini(&s->by_addr);
	GN_ASSERT(s->alloc.count == 0);
}

static void addr_key(const struct gn_addr *a, uint8_t out[18])
{
	memcpy(out, a->ip, 16);
	out[16] = (uint8_t)(a->port >> 8);
	out[17] = (uint8_t)a->port;
}

unsigned sim_node_add(struct sim *s)
{
	unsigned i = s->count++;
	uint8_t key[18];
	GN_ASSERT(i < s->opt.nodes + SIM_NODES_SPARE);
	struct sim_node *n = &s->nodes[i];
	*n = (struct sim_node){.addr = gn_addr_v4(20, (uint8_t)(i >> 14), (uint8_t)(i >> 6),
						  (uint8_t)(1 + i % 64), 7780)};
	gn_map_init(&n->disk, &s->env, 32, sizeof(struct sim_stored), 1u << 20);
	gn_sk_new(&s->rand, &n->sk);
	gn_err err = gn_overlay_id_search(&n->sk.pk, s->opt.pow_bits, 0, UINT64_MAX, n->nonce);
	GN_ASSERT(err == GN_OK);
	gn_overlay_id_make(&n->sk.pk, n->nonce, &n->id);
	gn_prng_init(&n->prng, gn_rand_u64(&s->rand));
	sim_place(s, n);
	*(unsigned *)sim_need(gn_map_put(&s->by_pk, n->sk.pk.b)) = i;
	addr_key(&n->addr, key);
	*(unsigned *)sim_need(gn_map_put(&s->by_addr, key)) = i;
	return i;
}

bool sim_alive(const struct sim *s, unsigned i)
{
	return s->nodes[i].ov != NULL;
}

void sim_node_start(struct sim *s, unsigned i)
{
	struct sim_node *n = &s->nodes[i];
	GN_ASSERT(!n->ov);
	gn_alloc_heap(&n->alloc, 512u << 20);
	n->rand = gn_prng_rand(&n->prng);
	n->env = (struct gn_env){.alloc = &n->alloc, .rand = &n->rand};
	n->generation++;
	n->started = s->now;
	n->joined_at = 0;
	n->server = false;
	n->tick_at = GN_NEVER;
	struct gn_overlay_config cfg = {
		.node_key = n->sk,
		.pow_bits = (uint8_t)s->opt.pow_bits,
		.pow_off = s->opt.pow_bits == 0,
		.addr_count = 1,
		.addrs = {n->addr},
		.probation_off = true,
		.r = (uint8_t)s->opt.r,
		.l = (uint8_t)s->opt.l,
		.w = (uint8_t)s->opt.w,
		.rq = (uint8_t)s->opt.rq,
		.ping_leaf = s->opt.ping_leaf,
		.heal = s->opt.heal,
		.digest = s->opt.digest,
		.prefix_cap = 255,
		.relay_off = s->opt.no_relay,
	};
	cfg.admit[GN_FB_RECORD_TYPE_BOX] = gn_boxrec_admit;
	memcpy(cfg.nonce, n->nonce, 8);
	gn_err err = gn_overlay_new(&n->env, &cfg, s->now, &n->ov);
	GN_ASSERT(err == GN_OK);
	for (uint32_t k = 0; k < n->disk.count; k++) {
		const struct sim_stored *d = gn_map_value_at(&n->disk, k);
		err = gn_overlay_restore(n->ov, gn_slice(d->bytes, d->len), s->now);
		GN_ASSERT(err == GN_OK);
	}
	sim_bused_start(s, i);
	sim_boxed_start(s, i);
	sim_pump(s, i);
}

void sim_node_kill(struct sim *s, unsigned i, bool lose_disk)
{
	struct sim_node *n = &s->nodes[i];
	sim_bused_stop(s, i);
	sim_boxed_stop(s, i, lose_disk);
	gn_overlay_free(n->ov);
	n->ov = NULL;
	n->server = false;
	GN_ASSERT(n->alloc.count == 0);
	if (lose_disk)
		sim_disk_clear(s, n);
	for (size_t k = 0; k < s->op_count;) /* nobody will answer */
		if (s->ops[k].node == i)
			s->ops[k] = s->ops[--s->op_count];
		else
			k++;
}

void sim_node_bootstrap(struct sim *s, unsigned i, unsigned at)
{
	gn_err err = gn_overlay_bootstrap(s->nodes[i].ov, &s->nodes[at].addr, NULL, s->now);
	GN_ASSERT(err == GN_OK);
	sim_pump(s, i);
}

/* ---- sessions and messages ---- */

static struct sim_session *session(struct sim *s, unsigned a, unsigned b, bool create)
{
	uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
	return create ? sim_need(gn_map_put(&s->sessions, &key)) : gn_map_get(&s->sessions, &key);
}

static bool session_good(const struct sim *s, const struct sim_session *x, unsigned a, unsigned b)
{
	unsigned low = a < b ? a : b, high = a < b ? b : a;
	return x->ready && x->a_generation == s->nodes[low].generation &&
	       x->b_generation == s->nodes[high].generation;
}

static bool reachable(const struct sim *s, unsigned a, unsigned b)
{
	return (sim_alive(s, b) || s->nodes[b].sybil) &&
	       (!s->split || s->nodes[a].side == s->nodes[b].side);
}

static void news(struct sim *s, enum sim_kind kind, gn_time at, unsigned node, unsigned peer,
		 const struct gn_addr *addr, gn_err err)
{
	struct sim_event *e = event_add(s, kind, at, node);
	e->peer = peer;
	e->peer_generation = s->nodes[peer].generation;
	if (addr)
		e->addr = *addr;
	e->err = err;
}

/* When a message of a may leave for b; 0: b cannot be had, which the carrier notices later. */
static gn_time session_open(struct sim *s, unsigned a, unsigned b, const struct gn_addr *dialled)
{
	struct sim_session *x = session(s, a, b, true);
	if (reachable(s, a, b) && session_good(s, x, a, b)) {
		x->used = s->now;
		x->failing = false;
		return x->ready > s->now ? x->ready : s->now;
	}
	if (!reachable(s, a, b)) {
		if (!x->failing) {
			x->failing = true;
			news(s, SIM_DOWN, s->now + SESSION_GIVE_UP, a, b, dialled, GN_UNREACHABLE);
		}
		return 0;
	}
	unsigned low = a < b ? a : b, high = a < b ? b : a;
	gn_time rtt = sim_rtt(s, a, b);
	*x = (struct sim_session){.a_generation = s->nodes[low].generation,
				  .b_generation = s->nodes[high].generation,
				  .ready = s->now + s->opt.trips * rtt,
				  .used = s->now,
				  .number = x->number + 1};
	news(s, SIM_UP, x->ready, a, b, dialled, GN_OK);
	news(s, SIM_UP, x->ready + rtt / 2, b, a, &s->nodes[a].addr, GN_OK);
	news(s, SIM_IDLE, x->ready + SESSION_IDLE, a, b, NULL, GN_OK);
	return x->ready;
}

bool sim_session_of(const struct sim *s, unsigned a, unsigned b, unsigned *number)
{
	uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
	const struct sim_session *x = gn_map_get(&s->sessions, &key);
	*number = x ? x->number : 0;
	return x && session_good(s, x, a, b) && x->ready <= s->now;
}

static void idle(struct sim *s, const struct sim_event *e)
{
	struct sim_session *x = session(s, e->node, e->peer, false);
	if (!x || !session_good(s, x, e->node, e->peer))
		return;
	if (x->linked || s->now - x->used < SESSION_IDLE) {
		news(s, SIM_IDLE, (x->linked ? s->now : x->used) + SESSION_IDLE, e->node, e->peer,
		     NULL, GN_OK);
		return;
	}
	x->ready = 0;
	news(s, SIM_DOWN, s->now, e->node, e->peer, NULL, GN_CLOSED);
	news(s, SIM_DOWN, s->now, e->peer, e->node, NULL, GN_CLOSED);
}

static void set_linked(struct sim *s, unsigned a, const struct gn_pk *pk, bool on)
{
	const unsigned *b = gn_map_get(&s->by_pk, pk->b);
	struct sim_session *x = b ? session(s, a, *b, false) : NULL;
	uint8_t bit = b && a < *b ? 1 : 2;
	if (x)
		x->linked = (uint8_t)(on ? x->linked | bit : x->linked & ~bit);
}

/* A GET to somebody without a session begins one, also if in vain. */
static void count_handshake(struct sim *s, unsigned a, unsigned b, struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	struct sim_session *x = session(s, a, b, false);
	if ((x && reachable(s, a, b) && session_good(s, x, a, b)) ||
	    gn_fb_overlay_message_verify(bytes, &m) != GN_OK ||
	    gn_fb_overlay_message_body_type(m) != GN_FB_OVERLAY_BODY_GET)
		return;
	for (size_t k = 0; k < s->op_count; k++)
		s->ops[k].handshakes += s->ops[k].node == a;
}

void sim_message(struct sim *s, unsigned a, const struct gn_overlay_message *m)
{
	static const struct gn_pk nobody;
	struct sim_node *n = &s->nodes[a];
	uint8_t key[18];
	const unsigned *to;
	addr_key(&m->to.addrs[0], key);
	to = memcmp(m->to.pk.b, nobody.b, 32) == 0 ? gn_map_get(&s->by_addr, key)
						   : gn_map_get(&s->by_pk, m->to.pk.b);
	uint64_t packets = m->bytes.len / 1200 + 1;
	n->bytes_out += m->bytes.len + packets * DATAGRAM_OVERHEAD;
	n->datagrams_out += packets;
	s->messages++;
	if (!to)
		return;
	unsigned b = *to;
	count_handshake(s, a, b, m->bytes);
	gn_time leave = session_open(s, a, b, &m->to.addrs[0]);
	if (!leave)
		return;
	gn_time way = sim_rtt(s, a, b) / 2;
	if (s->opt.loss > 0 && gn_rand_unit(&s->rand) < s->opt.loss) {
		s->lost++;
		if (!m->reliable)
			return;
		leave += 3 * way; /* sent again */
	}
	struct sim_event *e = event_add(s, SIM_MESSAGE, leave + way, b);
	e->peer = a;
	e->peer_generation = n->generation;
	e->bytes = sim_need(gn_mem_new(&s->alloc, m->bytes.len));
	e->len = m->bytes.len;
	memcpy(e->bytes, m->bytes.p, m->bytes.len);
}

static void storage(struct sim *s, unsigned i, const struct gn_overlay_store *r)
{
	struct sim_node *n = &s->nodes[i];
	if (r->kind == GN_STORE_DROP) {
		sim_disk_drop(s, n, &r->key);
		return;
	}
	bool put = r->kind == GN_STORE_PUT;
	gn_time delay =
		s->opt.flat ? GN_MSEC
			    : (gn_time)(gn_rand_unit(&s->rand) * (put ? 8e6 : 1e6)) + 200 * GN_USEC;
	struct sim_event *e = event_add(s, put ? SIM_STORED : SIM_LOADED, s->now + delay, i);
	e->token = r->token;
	e->key = r->key;
	if (put) {
		e->bytes = sim_need(gn_mem_new(&s->alloc, r->value.len));
		e->len = r->value.len;
		memcpy(e->bytes, r->value.p, r->value.len);
	}
}

static void done(struct sim *s, unsigned i, const struct gn_overlay_event *e)
{
	for (size_t k = 0; k < s->op_count; k++)
		if (s->ops[k].node == i && s->ops[k].op == e->op) {
			unsigned index = s->ops[k].index;
			s->handshakes = s->ops[k].handshakes;
			s->ops[k] = s->ops[--s->op_count];
			if (s->on_done)
				s->on_done(s, i, index, e, s->user);
			return;
		}
}

void sim_op_add(struct sim *s, unsigned node, gn_op op, unsigned index)
{
	if (s->op_count == s->op_cap) {
		s->op_cap = s->op_cap ? 2 * s->op_cap : 64;
		s->ops = sim_need(gn_mem_resize(&s->alloc, s->ops, s->op_cap * sizeof *s->ops));
	}
	s->ops[s->op_count++] = (struct sim_op){node, op, index, 0};
}

static void pump_overlay(struct sim *s, unsigned i)
{
	struct sim_node *n = &s->nodes[i];
	struct gn_overlay_message m;
	struct gn_overlay_store r;
	struct gn_overlay_event e;
	while (gn_overlay_next_message(n->ov, &m))
		sim_message(s, i, &m);
	while (gn_overlay_next_store(n->ov, &r))
		storage(s, i, &r);
	while (gn_overlay_next_event(n->ov, &e)) {
		if ((n->bus && gn_bus_overlay_event(n->bus, &e, s->now)) ||
		    (n->boxed && gn_box_overlay_event(n->boxed->box, &e, s->now)))
			continue;
		if (e.kind == GN_OVERLAY_DONE)
			done(s, i, &e);
		else if (e.kind == GN_OVERLAY_LINKED || e.kind == GN_OVERLAY_UNLINKED)
			set_linked(s, i, &e.peer.pk, e.kind == GN_OVERLAY_LINKED);
		else if (e.kind == GN_OVERLAY_JOINED)
			n->joined_at = s->now;
		else if (e.kind == GN_OVERLAY_SERVER)
			n->server = true;
	}
}

void sim_pump(struct sim *s, unsigned i)
{
	struct sim_node *n = &s->nodes[i];
	do
		pump_overlay(s, i);
	while ((n->boxed && sim_boxed_pump(s, i)) || (n->bus && sim_bused_pump(s, i)));
	if (s->opt.validate)
		gn_overlay_validate(n->ov);
	gn_time at = gn_time_min(gn_overlay_deadline(n->ov), sim_boxed_deadline(s, i));
	if (n->bus)
		at = gn_time_min(at, gn_bus_deadline(n->bus));
	if (at != GN_NEVER && (at < n->tick_at || n->tick_at <= s->now)) {
		n->tick_at = at > s->now ? at : s->now;
		event_add(s, SIM_TICK, n->tick_at, i);
	}
}

static void handle(struct sim *s, struct sim_event *e)
{
	struct sim_node *n = &s->nodes[e->node];
	if (n->sybil && e->kind == SIM_MESSAGE && n->generation == e->generation)
		sim_sybil_message(s, e->node, e->peer, gn_slice(e->bytes, e->len));
	if (!n->ov || n->generation != e->generation)
		return;
	const struct gn_pk *peer = &s->nodes[e->peer].sk.pk;
	const struct sim_stored *d;
	switch (e->kind) {
	case SIM_TICK:
		if (e->at != n->tick_at)
			return; /* a later one took its place */
		n->tick_at = GN_NEVER;
		gn_overlay_tick(n->ov, s->now);
		if (n->bus)
			gn_bus_tick(n->bus, s->now);
		sim_boxed_tick(s, e->node);
		break;
	case SIM_MESSAGE:
		if (!reachable(s, e->peer, e->node) && s->split)
			return;
		if (sim_boxed_recv(s, e->node, e->peer, gn_slice(e->bytes, e->len)))
			break;
		if (sim_bused_recv(s, e->node, e->peer, gn_slice(e->bytes, e->len)))
			break;
		(void)gn_overlay_recv(n->ov, peer, &s->nodes[e->peer].addr,
				      gn_slice(e->bytes, e->len), s->now);
		break;
	case SIM_STORED:
		sim_disk_put(s, n, &e->key, e->bytes, e->len);
		gn_overlay_stored(n->ov, e->token, GN_OK, s->now);
		break;
	case SIM_LOADED:
		d = sim_disk_find(n, &e->key);
		gn_overlay_loaded(n->ov, e->token, d ? GN_OK : GN_NOT_FOUND,
				  d ? gn_slice(d->bytes, d->len) : gn_slice(NULL, 0), s->now);
		break;
	case SIM_UP:
		gn_overlay_peer_up(n->ov, peer, &e->addr, s->now);
		if (n->boxed)
			gn_box_peer_up(n->boxed->box, peer, s->now);
		break;
	case SIM_DOWN:
		if (e->addr.port) {
			struct sim_session *x = session(s, e->node, e->peer, true);
			x->failing = false;
			gn_overlay_addr_down(n->ov, &e->addr, e->err, s->now);
		}
		gn_overlay_peer_down(n->ov, peer, e->err, s->now);
		if (n->bus)
			gn_bus_peer_down(n->bus, peer, e->err, s->now);
		if (n->boxed)
			gn_box_peer_down(n->boxed->box, peer, e->err, s->now);
		break;
	case SIM_ADDR_DOWN: gn_overlay_addr_down(n->ov, &e->addr, e->err, s->now); break;
	case SIM_IDLE: idle(s, e); break;
	case SIM_DISK: sim_boxed_disk(s, e->node, e); break;
	}
	sim_pump(s, e->node);
}

void sim_run(struct sim *s, gn_time until)
{
	while (s->heap_count && s->heap[0]->at <= until) {
		struct sim_event *e = event_pop(s);
		GN_ASSERT(e->at >= s->now);
		s->now = e->at;
		s->events++;
		handle(s, e);
		event_free(s, e);
	}
	if (until > s->now)
		s->now = until;
}

void sim_run_for(struct sim *s, gn_time span)
{
	sim_run(s, s->now + span);
}

unsigned sim_random_alive(struct sim *s)
{
	unsigned i;
	do
		i = (unsigned)gn_rand_below(&s->rand, s->count);
	while (!sim_alive(s, i) || !s->nodes[i].server);
	return i;
}

void sim_mark(struct sim *s)
{
	s->mark_at = s->now;
	for (unsigned i = 0; i < s->count; i++) {
		s->nodes[i].bytes_mark = s->nodes[i].bytes_out;
		s->nodes[i].datagrams_mark = s->nodes[i].datagrams_out;
		if (s->boxed)
			s->boxed[i].bytes_mark = s->boxed[i].bytes_out;
	}
}

uint64_t sim_counter(const struct sim *s, const char *name)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < s->count; i++) {
		struct gn_counter c;
		for (size_t k = 0; s->nodes[i].ov && gn_overlay_counter_at(s->nodes[i].ov, k, &c);
		     k++)
			if (strcmp(c.name, name) == 0)
				sum += c.value;
	}
	return sum;
}
