/* Boxes that translate addresses (RE-70) against a model that is slow and plain: a list of flows,
 * and a question to all of them for each packet. Every pair of rules, each way to choose ports,
 * small and large tables, drawn from seeds (GN_SEED=n for one, GN_SEEDS=n for more). The model
 * takes what is random, the port of a new mapping, from the box, once it may be that. */
#include "jet/testing/nat_sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define STEPS 3000
#define INNER 4u
#define FAR 9u

struct flow {
	struct gn_addr inner, far, first; /* first: whom its mapping was made for */
	uint16_t port;
	bool outward, stray, replied, sent, lasts, apart;
	gn_time began, ends;
};

struct model {
	struct jet_sim_nat nat;
	struct flow flows[64];
	size_t count;
	uint16_t last_port;
};

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand source;
static struct jet_sim_boxes boxes;
static struct jet_sim_box *box;
static struct model m;
static gn_time now;

static bool same(const struct gn_addr *a, const struct gn_addr *b)
{
	return gn_addr_eq(a, b);
}

static bool looks_same(enum jet_sim_nat_rule rule, const struct gn_addr *a, const struct gn_addr *b)
{
	bool ip = memcmp(a->ip, b->ip, sizeof a->ip) == 0;
	return rule == JET_SIM_NAT_ANY || (ip && (rule == JET_SIM_NAT_ADDR || a->port == b->port));
}

static void drop(size_t i)
{
	m.flows[i] = m.flows[--m.count];
}

static void forget(void)
{
	for (size_t i = 0; i < m.count;)
		if (m.flows[i].ends <= now)
			drop(i);
		else
			i++;
}

static bool room(void)
{
	size_t victim = m.count;
	if (m.count < m.nat.table)
		return true;
	for (size_t i = 0; i < m.count; i++)
		if (!m.flows[i].lasts &&
		    (victim == m.count || m.flows[i].ends < m.flows[victim].ends))
			victim = i;
	if (victim == m.count)
		return false;
	drop(victim);
	return true;
}

static void pass(struct flow *f, bool outward)
{
	bool spoken = f->replied;
	f->replied |= outward != f->outward;
	f->sent |= outward;
	f->lasts |= spoken && now - f->began > 2 * GN_SEC;
	f->ends = now + (f->lasts ? m.nat.replied : m.nat.unreplied);
}

static void add(const struct flow *like)
{
	assert_true(m.count < GN_COUNT(m.flows));
	struct flow *f = &m.flows[m.count++];
	*f = *like;
	f->began = now;
	pass(f, f->outward);
}

/* The oldest flow from inside to there: it may be two, one begun by either side. */
static struct flow *by_inner(const struct gn_addr *inner, const struct gn_addr *far)
{
	struct flow *found = NULL;
	for (size_t i = 0; i < m.count; i++) {
		struct flow *f = &m.flows[i];
		if (!f->stray && same(&f->inner, inner) && same(&f->far, far) &&
		    (!found || f->began < found->began))
			found = f;
	}
	return found;
}

static struct flow *by_outer(uint16_t port, const struct gn_addr *far)
{
	for (size_t i = 0; i < m.count; i++)
		if (m.flows[i].port == port && same(&m.flows[i].far, far))
			return &m.flows[i];
	return NULL;
}

/* A flow of the mapping that a packet from there to that port would be for. */
static struct flow *owner(uint16_t port, const struct gn_addr *far)
{
	enum jet_sim_nat_rule rule =
		m.nat.mapping < m.nat.filtering ? m.nat.mapping : m.nat.filtering;
	for (size_t i = 0; i < m.count; i++) {
		struct flow *f = &m.flows[i];
		if (!f->stray && !f->apart && f->port == port && looks_same(rule, &f->first, far))
			return f;
	}
	return NULL;
}

static bool is_free(uint16_t port, const struct gn_addr *far)
{
	return !owner(port, far) && !by_outer(port, far);
}

/* Whether the box may have chosen that port. */
static void check_choice(uint16_t port, const struct gn_addr *inner, const struct gn_addr *far)
{
	const struct flow *newest = NULL;
	for (size_t i = 0; i < m.count; i++)
		if (!m.flows[i].stray && same(&m.flows[i].inner, inner) &&
		    (!newest || m.flows[i].began > newest->began))
			newest = &m.flows[i];
	assert_true(is_free(port, far));
	if (m.nat.ports == JET_SIM_PRESERVE && m.nat.mapping == JET_SIM_NAT_PORT && newest &&
	    is_free(newest->port, far))
		assert_int_equal(port, newest->port);
	else if (m.nat.ports == JET_SIM_PRESERVE && is_free(inner->port, far))
		assert_int_equal(port, inner->port);
	else if (m.nat.ports == JET_SIM_DELTA) {
		do
			m.last_port = (uint16_t)(m.last_port + m.nat.delta);
		while (!is_free(m.last_port, far));
		assert_int_equal(port, m.last_port);
	} else
		assert_in_range(port, m.nat.lo, m.nat.hi);
}

static void model_out(const struct gn_addr *inner, const struct gn_addr *far, bool got,
		      uint16_t port)
{
	forget();
	struct flow *f = by_inner(inner, far), *mapped = NULL;
	if (f) {
		assert_true(got);
		assert_int_equal(port, f->port);
		pass(f, true);
		return;
	}
	if (!room()) {
		assert_false(got);
		return;
	}
	for (size_t i = 0; i < m.count && !mapped; i++)
		if (!m.flows[i].stray && !m.flows[i].apart && same(&m.flows[i].inner, inner) &&
		    looks_same(m.nat.mapping, &m.flows[i].first, far))
			mapped = &m.flows[i];
	struct flow new = {.inner = *inner, .far = *far, .outward = true};
	new.apart = mapped &&by_outer(mapped->port, far);
	new.first = mapped ? mapped->first : *far;
	new.port = mapped && !new.apart ? mapped->port : port;
	assert_true(got);
	assert_int_equal(port, new.port);
	if (!mapped || new.apart)
		check_choice(port, inner, far);
	add(&new);
}

static bool sent_there(uint16_t port, const struct gn_addr *far)
{
	for (size_t i = 0; i < m.count; i++)
		if (m.flows[i].sent && !m.flows[i].apart && m.flows[i].port == port &&
		    looks_same(JET_SIM_NAT_ADDR, &m.flows[i].far, far))
			return true;
	return false;
}

static void model_in(const struct gn_addr *far, uint16_t port, bool got, const struct gn_addr *whom)
{
	forget();
	struct flow *f = by_outer(port, far);
	if (f) {
		pass(f, false);
		assert_int_equal(got, !f->stray);
		if (got)
			assert_true(same(whom, &f->inner));
		return;
	}
	f = owner(port, far);
	bool lets = f && (m.nat.filtering == JET_SIM_NAT_ANY ||
			  (m.nat.filtering == JET_SIM_NAT_ADDR && sent_there(port, far)));
	struct flow new = {.far = *far, .port = port, .stray = !lets};
	if ((!lets && !m.nat.stray_keep) || !room()) {
		assert_false(got);
		return;
	}
	f = lets ? owner(port, far) : NULL;
	assert_int_equal(got, f != NULL);
	if (lets && !f)
		return;
	new.inner = f ? f->inner : (struct gn_addr){0};
	new.first = f ? f->first : (struct gn_addr){0};
	if (got)
		assert_true(same(whom, &new.inner));
	add(&new);
}

/* ---- runs ---- */

static uint64_t below(uint64_t n)
{
	return gn_rand_below(&source, n);
}

static struct gn_addr any_far(void)
{
	uint64_t i = below(FAR);
	return gn_addr_v4(9, 9, 9, (uint8_t)(1 + i / 3), (uint16_t)(1 + i % 3));
}

static void step(uint16_t *ports)
{
	struct gn_addr far = any_far();
	if (below(2)) {
		unsigned i = (unsigned)below(INNER);
		/* two of them with the same port */
		struct gn_addr inner = jet_sim_box_inside(box, i, (uint16_t)(7000 + i / 2));
		struct jet_sim_flight f = {inner, far, box};
		bool got = jet_sim_up(&f, now);
		model_out(&inner, &far, got, f.from.port);
		if (got)
			ports[below(8)] = f.from.port;
	} else {
		uint16_t port = ports[below(8)];
		struct jet_sim_flight f = {far, box->outer, NULL};
		f.to.port = port;
		bool got = jet_sim_down(&boxes, &f, now);
		model_in(&far, port, got, &f.to);
	}
}

static void draw_nat(struct jet_sim_nat *nat)
{
	static const uint32_t tables[] = {3, 8, 60};
	*nat = (struct jet_sim_nat){.mapping = (enum jet_sim_nat_rule)(1 + below(3)),
				    .filtering = (enum jet_sim_nat_rule)(1 + below(3)),
				    .ports = (enum jet_sim_nat_ports)below(3),
				    .delta = (int)below(2) * 6 - 3,
				    .stray_keep = below(2),
				    .table = tables[below(3)]};
	if (nat->ports == JET_SIM_RANDOM && below(2)) {
		nat->lo = 20000;
		nat->hi = 20199; /* of which 60 are used at most: 128 tries find one */
	}
}

static void run(uint64_t seed)
{
	uint16_t ports[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct jet_sim_nat nat;
	gn_alloc_heap(&alloc, (size_t)1 << 28);
	gn_prng_init(&prng, seed);
	source = gn_prng_rand(&prng);
	jet_sim_boxes_init(&boxes, &(struct gn_env){.alloc = &alloc, .rand = &source});
	now = 1000 * GN_SEC;
	draw_nat(&nat);
	struct gn_addr outer = gn_addr_v4(203, 0, 113, 1, 0);
	box = jet_sim_box_add(&boxes, &nat, NULL, &outer, 0);
	m = (struct model){.nat = box->nat, .last_port = box->last_port = 30000};
	gn_time pause = below(2) ? 3 * GN_SEC : 20 * GN_SEC;
	for (int i = 0; i < STEPS; i++) {
		now += 1 + (below(3) ? 0 : (gn_time)below((uint64_t)pause));
		step(ports);
		jet_sim_box_validate(box);
		assert_int_equal(m.count, jet_sim_box_flows(box));
	}
	jet_sim_box_flush(box);
	jet_sim_boxes_fini(&boxes);
	assert_int_equal(alloc.count, 0);
}

static void a_box_does_what_the_slow_model_does(void **state)
{
	const char *one = getenv("GN_SEED"), *many = getenv("GN_SEEDS");
	uint64_t from = one ? strtoull(one, NULL, 10) : 1;
	uint64_t count = one ? 1 : many ? strtoull(many, NULL, 10) : 300;
	(void)state;
	for (uint64_t seed = from; seed < from + count; seed++) {
		if (one || many)
			print_message("seed %llu\n", (unsigned long long)seed);
		run(seed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_box_does_what_the_slow_model_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
