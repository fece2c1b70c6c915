/* Boxes that translate addresses: see nat_sim.h.
 *
 * A flow is a pair of hosts, one inside, as conntrack keeps it: it ends 30 s after its last packet,
 * or 120 s, if that came after an answer and more than 2 s after the flow's first packet. A mapping
 * is what the flows of an inner address have in common, their outer port; it lives while one of
 * them does.
 *
 * 1. Of two flows no two have the outer port and the other side in common: an answer must find one.
 *    So who finds that pair taken by a stray flow gets another port (RE-21).
 * 2. Two mappings have the same outer port only where the filter tells them apart: they differ in
 *    what both the mapping and the filter look at (`owners`).
 * 3. A full table forgets the flow that would end first of those that do not last; when all last,
 *    nothing new comes in. */
#include "jet/testing/nat_sim.h"

#define STREAM_AFTER (2 * GN_SEC)
#define PORT_MIN 1024u
#define PORT_MAX 65535u
#define TRIES 128 /* as Linux looks for a free port */

struct mapping {
	struct gn_addr inner, remote; /* of the remote what the mapping looks at */
	uint16_t port;
	uint32_t flows;
};

struct flow {
	struct gn_heap_node node; /* at: its end */
	struct gn_addr inner, remote;
	uint16_t port;
	gn_time began;
	bool outward, stray; /* whether its first packet left; whether it ended at the box */
	bool replied, lasts;
	uint64_t order;          /* of beginning */
	bool doubled;            /* another has the same two hosts, by another port */
	bool sent;               /* a packet left by it: the filter by address asks that */
	struct mapping *mapping; /* NULL: strays, and who got another port because of one */
};

/* ---- keys of the tables ---- */

struct key {
	uint8_t b[2 * 18];
};

static void put_addr(uint8_t *out, const struct gn_addr *a, bool port)
{
	memcpy(out, a->ip, 16);
	out[16] = port ? (uint8_t)(a->port >> 8) : 0;
	out[17] = port ? (uint8_t)a->port : 0;
}

static struct key pair_key(const struct gn_addr *inner, const struct gn_addr *remote)
{
	struct key k;
	put_addr(k.b, inner, true);
	put_addr(k.b + 18, remote, true);
	return k;
}

/* Of an address what a rule looks at. */
static struct gn_addr seen_by(enum jet_sim_nat_rule rule, const struct gn_addr *a)
{
	if (rule == JET_SIM_NAT_ANY)
		return (struct gn_addr){0};
	struct gn_addr out = *a;
	out.port = rule == JET_SIM_NAT_PORT ? a->port : 0;
	return out;
}

/* An outer port with what a rule sees of the other side. */
static struct key outer_key(uint16_t port, enum jet_sim_nat_rule rule, const struct gn_addr *remote)
{
	struct gn_addr own = {.port = port};
	struct gn_addr far = seen_by(rule, remote);
	return pair_key(&own, &far);
}

static struct key owner_key(const struct jet_sim_box *b, uint16_t port,
			    const struct gn_addr *remote)
{
	const struct jet_sim_nat *n = &b->nat;
	return outer_key(port, n->mapping < n->filtering ? n->mapping : n->filtering, remote);
}

static void *look(const struct gn_map *m, struct key k)
{
	void **value = gn_map_get(m, k.b);
	return value ? *value : NULL;
}

static void enter(struct gn_map *m, struct key k, void *value)
{
	void **place = gn_map_put(m, k.b);
	GN_ASSERT(place != NULL && *place == NULL);
	*place = value;
}

static void leave(struct gn_map *m, struct key k, const void *value)
{
	bool was = look(m, k) == value && gn_map_remove(m, k.b);
	GN_ASSERT(was);
}

/* ---- boxes ---- */

void jet_sim_boxes_init(struct jet_sim_boxes *all, const struct gn_env *env)
{
	*all = (struct jet_sim_boxes){.env = *env};
}

static void fill_gaps(struct jet_sim_nat *n)
{
	n->unreplied = n->unreplied ? n->unreplied : 30 * GN_SEC;
	n->replied = n->replied ? n->replied : 120 * GN_SEC;
	n->table = n->table ? n->table : 4096;
	n->lo = n->lo ? n->lo : PORT_MIN;
	n->hi = n->hi ? n->hi : PORT_MAX;
	GN_ASSERT(n->mapping >= JET_SIM_NAT_ANY && n->filtering >= JET_SIM_NAT_ANY);
	GN_ASSERT(n->lo <= n->hi && n->unreplied <= n->replied);
}

struct jet_sim_box *jet_sim_box_add(struct jet_sim_boxes *all, const struct jet_sim_nat *nat,
				    struct jet_sim_box *up, const struct gn_addr *outer,
				    unsigned site)
{
	struct gn_alloc *alloc = all->env.alloc;
	struct jet_sim_box *b = GN_NEW(alloc, struct jet_sim_box);
	struct jet_sim_box **box =
		gn_mem_resize(alloc, all->box, (all->count + 1) * sizeof *all->box);
	GN_ASSERT(b != NULL && box != NULL && gn_addr_is_v4(outer));
	all->box = box;
	all->box[all->count++] = b;
	*b = (struct jet_sim_box){.nat = *nat, .all = all, .up = up, .outer = *outer, .site = site};
	fill_gaps(&b->nat);
	b->outer.port = 0;
	struct gn_map *maps[] = {&b->by_inner, &b->by_outer, &b->mappings, &b->owners, &b->sent_to};
	for (size_t i = 0; i < GN_COUNT(maps); i++)
		gn_map_init(maps[i], &all->env, sizeof(struct key), sizeof(void *), b->nat.table);
	gn_heap_init(&b->young, alloc);
	gn_heap_init(&b->lasting, alloc);
	b->last_port = (uint16_t)(PORT_MIN + gn_rand_below(all->env.rand, PORT_MAX - PORT_MIN + 1));
	return b;
}

void jet_sim_boxes_fini(struct jet_sim_boxes *all)
{
	for (unsigned i = 0; i < all->count; i++) {
		struct jet_sim_box *b = all->box[i];
		jet_sim_box_flush(b);
		struct gn_map *maps[] = {&b->by_inner, &b->by_outer, &b->mappings, &b->owners,
					 &b->sent_to};
		for (size_t k = 0; k < GN_COUNT(maps); k++)
			gn_map_fini(maps[k]);
		gn_heap_fini(&b->young);
		gn_heap_fini(&b->lasting);
		gn_mem_free(all->env.alloc, b);
	}
	gn_mem_free(all->env.alloc, all->box);
}

struct gn_addr jet_sim_box_inside(const struct jet_sim_box *b, unsigned n, uint16_t port)
{
	GN_ASSERT(n < 200);
	return b->nat.carrier ? gn_addr_v4(100, 64, 0, (uint8_t)(n + 2), port)
			      : gn_addr_v4(192, 168, 1, (uint8_t)(n + 2), port);
}

static bool is_inside(const struct jet_sim_box *b, const struct gn_addr *a)
{
	const uint8_t *ip = a->ip + 12;
	return b->nat.carrier ? ip[0] == 100 && (ip[1] & 0xc0) == 64
			      : ip[0] == 192 && ip[1] == 168 && ip[2] == 1;
}

static bool same_ip(const struct gn_addr *a, const struct gn_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

/* ---- flows ---- */

/* How many flows of mappings have sent by this port to this address: kept as a number in place of a
 * pointer. */
static void count_sent(struct jet_sim_box *b, const struct flow *f, bool more)
{
	struct key k = outer_key(f->port, JET_SIM_NAT_ADDR, &f->remote);
	uintptr_t *count = gn_map_put(&b->sent_to, k.b);
	GN_ASSERT(count != NULL && (more || *count > 0));
	*count += more ? 1 : (uintptr_t)-1;
	if (*count == 0)
		gn_map_remove(&b->sent_to, k.b);
}

static void mapping_release(struct jet_sim_box *b, struct mapping *m)
{
	GN_ASSERT(m->flows > 0);
	if (--m->flows)
		return;
	leave(&b->mappings, pair_key(&m->inner, &m->remote), m);
	leave(&b->owners, owner_key(b, m->port, &m->remote), m);
	gn_mem_free(b->all->env.alloc, m);
}

/* Who sends there goes on by the oldest flow that there is. */
static void find_double(struct jet_sim_box *b, const struct flow *gone)
{
	struct flow *oldest = NULL;
	for (uint32_t i = 0; i < b->by_outer.count; i++) {
		struct flow *f = GN_MAP_AT(&b->by_outer, struct flow *, i);
		if (!f->stray && gn_addr_eq(&f->inner, &gone->inner) &&
		    gn_addr_eq(&f->remote, &gone->remote) && (!oldest || f->order < oldest->order))
			oldest = f;
	}
	if (!oldest)
		return;
	oldest->doubled = true;
	enter(&b->by_inner, pair_key(&oldest->inner, &oldest->remote), oldest);
}

static void flow_end(struct jet_sim_box *b, struct flow *f)
{
	gn_heap_remove(f->lasts ? &b->lasting : &b->young, &f->node);
	leave(&b->by_outer, outer_key(f->port, JET_SIM_NAT_PORT, &f->remote), f);
	struct key inner = pair_key(&f->inner, &f->remote);
	if (!f->stray && look(&b->by_inner, inner) == f) {
		leave(&b->by_inner, inner, f);
		if (f->doubled)
			find_double(b, f);
	}
	if (f->mapping && f->sent)
		count_sent(b, f, false);
	if (f->mapping)
		mapping_release(b, f->mapping);
	gn_mem_free(b->all->env.alloc, f);
}

static struct flow *first_of(const struct gn_heap *h)
{
	struct gn_heap_node *n = gn_heap_first(h);
	return n ? GN_CONTAINER(n, struct flow, node) : NULL;
}

static void expire(struct jet_sim_box *b, gn_time now)
{
	struct gn_heap *heaps[] = {&b->young, &b->lasting};
	for (size_t i = 0; i < GN_COUNT(heaps); i++)
		for (struct flow *f; (f = first_of(heaps[i])) && f->node.at <= now;)
			flow_end(b, f);
}

void jet_sim_box_flush(struct jet_sim_box *b)
{
	expire(b, GN_NEVER);
	GN_ASSERT(b->by_outer.count == 0 && b->by_inner.count == 0 && b->mappings.count == 0);
	GN_ASSERT(b->owners.count == 0 && b->sent_to.count == 0);
}

uint32_t jet_sim_box_flows(const struct jet_sim_box *b)
{
	return b->by_outer.count;
}

static bool make_room(struct jet_sim_box *b)
{
	struct flow *victim = first_of(&b->young);
	if (b->by_outer.count < b->nat.table)
		return true;
	if (!victim) {
		b->full++;
		return false;
	}
	b->evicted++;
	flow_end(b, victim);
	return true;
}

/* A packet of the flow passes. */
static void touch(struct jet_sim_box *b, struct flow *f, bool outward, gn_time now)
{
	bool spoken = f->replied;
	f->replied |= outward != f->outward;
	if (outward && !f->sent) {
		f->sent = true;
		if (f->mapping)
			count_sent(b, f, true);
	}
	bool lasts = f->lasts || (spoken && now - f->began > STREAM_AFTER);
	if (lasts && !f->lasts)
		gn_heap_remove(&b->young, &f->node);
	f->lasts = lasts;
	gn_err err = gn_heap_set(lasts ? &b->lasting : &b->young, &f->node,
				 now + (lasts ? b->nat.replied : b->nat.unreplied));
	GN_ASSERT(err == GN_OK);
}

/* There is room for it. */
static struct flow *flow_begin(struct jet_sim_box *b, const struct flow *like, gn_time now)
{
	struct flow *f = GN_NEW(b->all->env.alloc, struct flow);
	GN_ASSERT(f != NULL);
	*f = *like;
	f->began = now;
	f->order = b->flows_begun++;
	enter(&b->by_outer, outer_key(f->port, JET_SIM_NAT_PORT, &f->remote), f);
	struct key inner = pair_key(&f->inner, &f->remote);
	struct flow *older = f->stray ? f : look(&b->by_inner, inner);
	if (older)
		older->doubled = true;
	else
		enter(&b->by_inner, inner, f);
	if (f->mapping)
		f->mapping->flows++;
	touch(b, f, f->outward, now);
	return f;
}

/* ---- ports ---- */

static bool is_free(const struct jet_sim_box *b, uint16_t port, const struct gn_addr *remote)
{
	return !look(&b->owners, owner_key(b, port, remote)) &&
	       !look(&b->by_outer, outer_key(port, JET_SIM_NAT_PORT, remote));
}

static uint16_t step_port(struct jet_sim_box *b)
{
	int span = (int)(PORT_MAX - PORT_MIN) + 1;
	int at = ((int)b->last_port - (int)PORT_MIN + b->nat.delta) % span;
	b->last_port = (uint16_t)((at < 0 ? at + span : at) + (int)PORT_MIN);
	return b->last_port;
}

/* Linux gives who has flows already the port of his newest, where that is free; also of one that
 * has ended and was not collected yet, up to a minute later, which is not done here. */
static struct flow *newest_of(const struct jet_sim_box *b, const struct gn_addr *inner)
{
	struct flow *newest = NULL;
	for (uint32_t i = 0; i < b->by_outer.count; i++) {
		struct flow *f = GN_MAP_AT(&b->by_outer, struct flow *, i);
		if (!f->stray && gn_addr_eq(&f->inner, inner) &&
		    (!newest || f->order > newest->order))
			newest = f;
	}
	return newest;
}

static bool choose_port(struct jet_sim_box *b, const struct gn_addr *inner,
			const struct gn_addr *remote, uint16_t *port)
{
	const struct jet_sim_nat *n = &b->nat;
	if (n->ports == JET_SIM_PRESERVE) {
		const struct flow *newest =
			n->mapping == JET_SIM_NAT_PORT ? newest_of(b, inner) : NULL;
		*port = newest ? newest->port : inner->port;
		if (is_free(b, *port, remote))
			return true;
		*port = inner->port;
		if (is_free(b, *port, remote))
			return true;
	}
	for (int i = 0; i < TRIES; i++) {
		*port = n->ports == JET_SIM_DELTA
				? step_port(b)
				: (uint16_t)(n->lo + gn_rand_below(b->all->env.rand,
								   (uint64_t)(n->hi - n->lo) + 1));
		if (is_free(b, *port, remote))
			return true;
	}
	b->no_port++;
	return false;
}

static struct mapping *mapping_begin(struct jet_sim_box *b, const struct gn_addr *inner,
				     const struct gn_addr *remote, uint16_t port)
{
	struct mapping *m = GN_NEW(b->all->env.alloc, struct mapping);
	GN_ASSERT(m != NULL);
	*m = (struct mapping){
		.inner = *inner, .remote = seen_by(b->nat.mapping, remote), .port = port};
	enter(&b->mappings, pair_key(&m->inner, &m->remote), m);
	enter(&b->owners, owner_key(b, m->port, &m->remote), m);
	return m;
}

/* The flow of the first packet to leave for `remote`. */
static struct flow *open_outward(struct jet_sim_box *b, const struct gn_addr *inner,
				 const struct gn_addr *remote, gn_time now)
{
	if (!make_room(b))
		return NULL; /* first: what makes room may be the mapping's last flow */
	struct gn_addr seen = seen_by(b->nat.mapping, remote);
	struct flow f = {.inner = *inner, .remote = *remote, .outward = true};
	f.mapping = look(&b->mappings, pair_key(inner, &seen));
	bool taken = f.mapping &&
		     look(&b->by_outer, outer_key(f.mapping->port, JET_SIM_NAT_PORT, remote));
	if (f.mapping && !taken) {
		f.port = f.mapping->port;
		return flow_begin(b, &f, now);
	}
	if (!choose_port(b, inner, remote, &f.port))
		return NULL;
	f.mapping = taken ? NULL : mapping_begin(b, inner, remote, f.port);
	return flow_begin(b, &f, now);
}

/* ---- packets ---- */

static bool may_pass(struct jet_sim_box *b, const struct gn_addr *remote)
{
	bool may =
		b->nat.udp == JET_SIM_UDP || (b->nat.udp == JET_SIM_UDP_443 && remote->port == 443);
	b->blocked += !may;
	return may;
}

static bool box_out(struct jet_sim_box *b, struct jet_sim_flight *p, gn_time now)
{
	expire(b, now);
	if (!may_pass(b, &p->to))
		return false;
	if (!b->nat.hairpin && same_ip(&p->to, &b->outer)) {
		b->no_hairpin++;
		return false;
	}
	struct flow *f = look(&b->by_inner, pair_key(&p->from, &p->to));
	if (f)
		touch(b, f, true, now);
	else
		f = open_outward(b, &p->from, &p->to, now);
	if (!f)
		return false;
	p->from = b->outer;
	p->from.port = f->port;
	return true;
}

/* The filter, for who has no flow. */
static bool lets_in(const struct jet_sim_box *b, const struct jet_sim_flight *p)
{
	struct key k = outer_key(p->to.port, JET_SIM_NAT_ADDR, &p->from);
	return b->nat.filtering == JET_SIM_NAT_ANY ||
	       (b->nat.filtering == JET_SIM_NAT_ADDR && look(&b->sent_to, k));
}

/* The flow of the first packet to come from there to that port; NULL: it may not, and leaves
 * nothing behind. */
static struct flow *open_inward(struct jet_sim_box *b, const struct jet_sim_flight *p, gn_time now)
{
	struct flow f = {.remote = p->from, .port = p->to.port};
	struct key owner = owner_key(b, p->to.port, &p->from);
	f.stray = !look(&b->owners, owner) || !lets_in(b, p);
	b->filtered += f.stray;
	if ((f.stray && !b->nat.stray_keep) || !make_room(b))
		return NULL;
	if (!f.stray) {
		f.mapping = look(&b->owners, owner); /* unless what made room was all of it */
		if (!f.mapping)
			return NULL;
		f.inner = f.mapping->inner;
	}
	return flow_begin(b, &f, now);
}

static bool box_in(struct jet_sim_box *b, struct jet_sim_flight *p, gn_time now)
{
	expire(b, now);
	if (!may_pass(b, &p->from))
		return false;
	struct flow *f = look(&b->by_outer, outer_key(p->to.port, JET_SIM_NAT_PORT, &p->from));
	if (f) {
		b->filtered += f->stray;
		touch(b, f, false, now);
	} else {
		f = open_inward(b, p, now);
	}
	if (!f || f->stray)
		return false;
	p->to = f->inner;
	return true;
}

bool jet_sim_up(struct jet_sim_flight *p, gn_time now)
{
	for (; p->realm && !is_inside(p->realm, &p->to); p->realm = p->realm->up)
		if (!gn_addr_is_v4(&p->to) || !box_out(p->realm, p, now))
			return false;
	return true;
}

struct jet_sim_box *jet_sim_next_box(const struct jet_sim_boxes *all,
				     const struct jet_sim_flight *p)
{
	for (unsigned i = 0; i < all->count; i++)
		if (all->box[i]->up == p->realm && same_ip(&all->box[i]->outer, &p->to))
			return all->box[i];
	return NULL;
}

bool jet_sim_down(const struct jet_sim_boxes *all, struct jet_sim_flight *p, gn_time now)
{
	for (struct jet_sim_box *b; (b = jet_sim_next_box(all, p)); p->realm = b)
		if (!box_in(b, p, now))
			return false;
	return true;
}

/* ---- invariants, kinds ---- */

void jet_sim_box_validate(const struct jet_sim_box *b)
{
	uint32_t of_mappings = 0, mapped = 0;
	GN_ASSERT(b->by_outer.count <= b->nat.table);
	GN_ASSERT(b->by_outer.count == b->young.count + b->lasting.count);
	GN_ASSERT(b->mappings.count == b->owners.count);
	for (uint32_t i = 0; i < b->by_outer.count; i++) {
		const struct flow *f = GN_MAP_AT(&b->by_outer, struct flow *, i);
		mapped += f->mapping != NULL;
		GN_ASSERT(!f->mapping || f->mapping->port == f->port);
		GN_ASSERT(f->stray || look(&b->by_inner, pair_key(&f->inner, &f->remote)));
	}
	for (uint32_t i = 0; i < b->mappings.count; i++) {
		const struct mapping *m = GN_MAP_AT(&b->mappings, struct mapping *, i);
		GN_ASSERT(look(&b->owners, owner_key(b, m->port, &m->remote)) == m);
		of_mappings += m->flows;
	}
	GN_ASSERT(of_mappings == mapped);
}

bool jet_sim_nat_named(struct gn_slice name, struct jet_sim_nat *nat)
{
	static const struct {
		const char *name;
		struct jet_sim_nat nat;
	} kinds[] = {
		{"full", {.mapping = JET_SIM_NAT_ANY, .filtering = JET_SIM_NAT_ANY}},
		{"addr", {.mapping = JET_SIM_NAT_ANY, .filtering = JET_SIM_NAT_ADDR}},
		{"port", {.mapping = JET_SIM_NAT_PORT, .filtering = JET_SIM_NAT_PORT}},
		{"cg", {.mapping = JET_SIM_NAT_PORT, .filtering = JET_SIM_NAT_PORT}},
		{"sym",
		 {.mapping = JET_SIM_NAT_PORT,
		  .filtering = JET_SIM_NAT_PORT,
		  .ports = JET_SIM_RANDOM}},
		{"small",
		 {.mapping = JET_SIM_NAT_PORT,
		  .filtering = JET_SIM_NAT_PORT,
		  .ports = JET_SIM_RANDOM,
		  .lo = 20000,
		  .hi = 20999}},
		{"blocked",
		 {.mapping = JET_SIM_NAT_PORT,
		  .filtering = JET_SIM_NAT_PORT,
		  .udp = JET_SIM_UDP_NONE}},
		{"443",
		 {.mapping = JET_SIM_NAT_PORT,
		  .filtering = JET_SIM_NAT_PORT,
		  .udp = JET_SIM_UDP_443}},
	};
	for (size_t i = 0; i < GN_COUNT(kinds); i++)
		if (gn_slice_eq(name, gn_str(kinds[i].name))) {
			*nat = kinds[i].nat;
			nat->stray_keep = nat->filtering == JET_SIM_NAT_PORT;
			return true;
		}
	return false;
}
