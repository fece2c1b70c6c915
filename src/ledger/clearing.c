/* A clearing job: edges in, strongly connected parts (edges between parts never clear),
 * primal-dual, f and potentials out.
 *
 * 1. edges[].f is a circulation within 0..d whenever a call returns.
 * 2. When `proven`, pi satisfies LG-43 for every edge, those between parts too: parts are
 *    numbered sinks first and their labels are lifted above each other in that order. */
#include "ledger/clearing_int.h"

/* ---- strongly connected parts (Tarjan, with a stack of our own) ---- */

struct tarjan {
	uint32_t *low, *index, *edge_at, *stack, *call; /* per node */
	uint32_t *first, *to;                           /* adjacency of the caller's nodes */
};

static gn_err build_adjacency(struct gn_clearing *c, struct tarjan *t)
{
	GN_ASSERT(!t->first && !t->to);
	t->first = GN_NEW_ARRAY(c->alloc, uint32_t, (size_t)c->nodes + 2);
	t->to = GN_NEW_ARRAY(c->alloc, uint32_t, (size_t)c->edge_count + 1);
	if (!t->first || !t->to)
		return GN_NOMEM;
	for (uint32_t i = 0; i < c->edge_count; i++)
		t->first[c->edges[i].u + 2]++;
	for (uint32_t n = 2; n < c->nodes + 2; n++)
		t->first[n] += t->first[n - 1];
	for (uint32_t i = 0; i < c->edge_count; i++)
		t->to[t->first[c->edges[i].u + 1]++] = c->edges[i].v;
	return GN_OK;
}

/* Pops one part off the stack; its nodes get the next ranks. */
static void take_part(struct gn_clearing *c, struct tarjan *t, uint32_t root, uint32_t *stack_len,
		      uint32_t *rank)
{
	GN_ASSERT(*stack_len > 0 && *rank < c->nodes);
	uint32_t n;
	c->part[c->part_count++] = *rank;
	do {
		n = t->stack[--*stack_len];
		c->rank[n] = (*rank)++;
		t->low[n] = UINT32_MAX; /* off the stack */
	} while (n != root);
}

static void find_parts(struct gn_clearing *c, struct tarjan *t)
{
	uint32_t counter = 0, stack_len = 0, rank = 0;
	for (uint32_t start = 0; start < c->nodes; start++) {
		uint32_t depth = 0;
		if (t->index[start])
			continue;
		t->call[depth++] = start;
		while (depth > 0) {
			uint32_t n = t->call[depth - 1];
			if (!t->index[n]) {
				t->index[n] = t->low[n] = ++counter;
				t->stack[stack_len++] = n;
				t->edge_at[n] = t->first[n];
			}
			bool down = false;
			for (; t->edge_at[n] < t->first[n + 1] && !down; t->edge_at[n]++) {
				uint32_t to = t->to[t->edge_at[n]];
				if (!t->index[to]) {
					t->call[depth++] = to;
					down = true;
				} else if (t->low[to] != UINT32_MAX && t->index[to] < t->low[n]) {
					t->low[n] = t->index[to];
				}
			}
			if (down)
				continue;
			uint32_t low = t->low[n];
			if (low == t->index[n])
				take_part(c, t, n, &stack_len, &rank);
			depth--;
			if (depth > 0 && low < t->low[t->call[depth - 1]])
				t->low[t->call[depth - 1]] = low;
		}
	}
	c->part[c->part_count] = rank;
}

static gn_err split_parts(struct gn_clearing *c)
{
	GN_ASSERT(c->rank && c->part && c->part_count == 0);
	struct tarjan t = {0};
	size_t n = (size_t)c->nodes + 1;
	gn_err err = build_adjacency(c, &t);
	t.low = GN_NEW_ARRAY(c->alloc, uint32_t, n);
	t.index = GN_NEW_ARRAY(c->alloc, uint32_t, n);
	t.edge_at = GN_NEW_ARRAY(c->alloc, uint32_t, n);
	t.stack = GN_NEW_ARRAY(c->alloc, uint32_t, n);
	t.call = GN_NEW_ARRAY(c->alloc, uint32_t, n);
	if (!err && t.low && t.index && t.edge_at && t.stack && t.call)
		find_parts(c, &t);
	else
		err = GN_NOMEM;
	gn_mem_free(c->alloc, t.low);
	gn_mem_free(c->alloc, t.index);
	gn_mem_free(c->alloc, t.edge_at);
	gn_mem_free(c->alloc, t.stack);
	gn_mem_free(c->alloc, t.call);
	gn_mem_free(c->alloc, t.first);
	gn_mem_free(c->alloc, t.to);
	return err;
}

/* ---- arcs ---- */

static void count_arcs(struct gn_clearing *c, const uint32_t *part_of)
{
	GN_ASSERT(c->kept == 0);
	for (uint32_t i = 0; i < c->edge_count; i++) {
		uint32_t u = c->rank[c->edges[i].u], v = c->rank[c->edges[i].v];
		c->arc_of[i] = LG_NONE;
		if (part_of[u] != part_of[v])
			continue;
		c->arc_of[i] = 0;
		c->first[u + 1]++;
		c->first[v + 1]++;
		c->kept++;
	}
	for (uint32_t n = 1; n <= c->nodes; n++)
		c->first[n] += c->first[n - 1];
}

static void build_arcs(struct gn_clearing *c)
{
	GN_ASSERT(c->to && c->cap);
	for (uint32_t n = 0; n < c->nodes; n++)
		c->next[n] = c->first[n];
	for (uint32_t i = 0; i < c->edge_count; i++) {
		if (c->arc_of[i] == LG_NONE)
			continue;
		uint32_t u = c->rank[c->edges[i].u], v = c->rank[c->edges[i].v], a = c->next[u]++,
			 b = c->next[v]++;
		gn_amount d = c->edges[i].d;
		c->to[a] = v | ARC_DEBT | ARC_OUT;
		c->to[b] = u | ARC_IN;
		c->twin[a] = b;
		c->twin[b] = a;
		c->cap[a] = d;
		c->excess[u] += d;
		c->excess[v] -= d;
		c->arc_of[i] = a;
	}
}

static bool allocate_nodes(struct gn_clearing *c)
{
	GN_ASSERT(!c->rank);
	size_t n = (size_t)c->nodes + 1;
	uint32_t **per_node[] = {&c->rank,  &c->part,  &c->next, &c->level,   &c->queue,
				 &c->stack, &c->count, &c->id,   &c->node_of, &c->sources};
	for (size_t i = 0; i < GN_COUNT(per_node); i++)
		if (!(*per_node[i] = GN_NEW_ARRAY(c->alloc, uint32_t, n)))
			return false;
	c->first = GN_NEW_ARRAY(c->alloc, uint32_t, n + 1);
	c->flow_first = GN_NEW_ARRAY(c->alloc, uint32_t, n + 1);
	c->bucket = GN_NEW_ARRAY(c->alloc, uint32_t, 2 * n);
	c->arc_of = GN_NEW_ARRAY(c->alloc, uint32_t, (size_t)c->edge_count + 1);
	c->p = GN_NEW_ARRAY(c->alloc, int32_t, n);
	c->pi = GN_NEW_ARRAY(c->alloc, int32_t, n);
	c->excess = GN_NEW_ARRAY(c->alloc, gn_amount_sum, n);
	return c->first && c->flow_first && c->bucket && c->arc_of && c->p && c->pi && c->excess;
}

static bool allocate_arcs(struct gn_clearing *c)
{
	GN_ASSERT(c->kept <= c->edge_count);
	size_t m = 2 * (size_t)c->kept + 1;
	uint32_t **per_arc[] = {&c->to, &c->twin, &c->flow_to, &c->flow_arc, &c->flow_of};
	for (size_t i = 0; i < GN_COUNT(per_arc); i++)
		if (!(*per_arc[i] = GN_NEW_ARRAY(c->alloc, uint32_t, m)))
			return false;
	c->cap = GN_NEW_ARRAY(c->alloc, gn_amount, m);
	return c->cap;
}

static gn_err build_graph(struct gn_clearing *c)
{
	if (!allocate_nodes(c))
		return GN_NOMEM;
	GN_TRY(split_parts(c));
	uint32_t *part_of = c->queue; /* not used yet */
	for (uint32_t k = 0; k < c->part_count; k++)
		for (uint32_t i = c->part[k]; i < c->part[k + 1]; i++)
			part_of[i] = k;
	count_arcs(c, part_of);
	if (!allocate_arcs(c))
		return GN_NOMEM;
	build_arcs(c);
	for (uint32_t n = 0; n < c->nodes; n++)
		c->left += c->excess[n] > 0 ? c->excess[n] : 0;
	c->bucket_top = 2 * c->nodes + 1;
	return GN_OK;
}

gn_err gn_clearing_new(const struct gn_env *env, uint32_t nodes,
		       const struct gn_clearing_edge *edges, size_t count, struct gn_clearing **out)
{
	if (nodes >= ARC_NODE || count >= UINT32_MAX / 2 - 1)
		return GN_TOO_LARGE;
	struct gn_clearing *c = GN_NEW(env->alloc, struct gn_clearing);
	if (!c)
		return GN_NOMEM;
	*c = (struct gn_clearing){
		.alloc = env->alloc, .nodes = nodes, .edge_count = (uint32_t)count};
	c->edges = GN_NEW_ARRAY(env->alloc, struct gn_clearing_edge, count + 1);
	if (!c->edges)
		goto fail;
	for (size_t i = 0; i < count; i++) {
		GN_ASSERT(edges[i].u < nodes && edges[i].v < nodes && edges[i].u != edges[i].v &&
			  edges[i].d > 0 && edges[i].d <= GN_AMOUNT_MAX);
		c->edges[i] = edges[i];
		c->edges[i].f = 0;
	}
	if (build_graph(c))
		goto fail;
	*out = c;
	return GN_OK;
fail:
	gn_clearing_free(c);
	return GN_NOMEM;
}

void gn_clearing_free(struct gn_clearing *c)
{
	if (!c)
		return;
	void *owned[] = {c->edges,       c->arc_of,   c->rank,    c->part,    c->first,
			 c->to,          c->twin,     c->cap,     c->p,       c->pi,
			 c->excess,      c->bucket,   c->id,      c->node_of, c->flow_first,
			 c->flow_to,     c->flow_arc, c->flow_of, c->sources, c->level,
			 c->next,        c->queue,    c->stack,   c->count,   c->saved_cap,
			 c->saved_excess};
	for (size_t i = 0; i < GN_COUNT(owned); i++)
		gn_mem_free(c->alloc, owned[i]);
	gn_mem_free(c->alloc, c);
}

/* ---- running ---- */

void gn_clearing_set_anytime(struct gn_clearing *c, bool anytime)
{
	GN_ASSERT(c->work == 0);
	c->anytime = anytime;
}

/* Potentials for everybody: each part's labels lifted above all parts that it owes to; a label
 * is minus pi. */
static void lift_parts(struct gn_clearing *c)
{
	int64_t top = 0;
	for (uint32_t k = 0; k < c->part_count; k++) {
		int64_t low = INT64_MAX, high = INT64_MIN;
		for (uint32_t i = c->part[k]; i < c->part[k + 1]; i++) {
			low = -c->p[i] < low ? -c->p[i] : low;
			high = -c->p[i] > high ? -c->p[i] : high;
		}
		for (uint32_t i = c->part[k]; i < c->part[k + 1]; i++)
			c->p[i] = (int32_t)(-c->p[i] - low + top);
		top += high - low + 1;
		GN_ASSERT(top < INT32_MAX);
	}
	for (uint32_t n = 0; n < c->nodes; n++)
		c->pi[n] = c->p[c->rank[n]];
	c->proven = true;
}

gn_err gn_clearing_run(struct gn_clearing *c, uint64_t work)
{
	GN_ASSERT(!c->proven || c->step == LG_DONE);
	if (c->anytime && !c->saved_cap)
		c->saved_cap = GN_NEW_ARRAY(c->alloc, gn_amount, (size_t)c->edge_count + 1);
	if (c->anytime && !c->saved_excess)
		c->saved_excess = GN_NEW_ARRAY(c->alloc, gn_amount_sum, (size_t)c->nodes + 1);
	if (c->anytime && (!c->saved_cap || !c->saved_excess))
		return GN_NOMEM;
	lg_exact_run(c, work > UINT64_MAX - c->work ? UINT64_MAX : c->work + work);
	if (c->step == LG_DONE && !c->proven)
		lift_parts(c);
	return c->step == LG_DONE ? GN_OK : GN_AGAIN;
}

gn_amount_sum gn_clearing_total(const struct gn_clearing *c)
{
	return c->total;
}

const struct gn_clearing_edge *gn_clearing_edges(const struct gn_clearing *c, size_t *count)
{
	*count = c->edge_count;
	return c->edges;
}

const int32_t *gn_clearing_potentials(const struct gn_clearing *c)
{
	return c->proven ? c->pi : NULL;
}

void gn_clearing_validate(const struct gn_clearing *c)
{
	gn_amount_sum total = 0, *net = GN_NEW_ARRAY(c->alloc, gn_amount_sum, (size_t)c->nodes + 1);
	for (uint32_t i = 0; i < c->edge_count; i++) {
		const struct gn_clearing_edge *e = &c->edges[i];
		GN_ASSERT(e->f >= 0 && e->f <= e->d);
		total += e->f;
		if (net) {
			net[e->u] += e->f;
			net[e->v] -= e->f;
		}
		if (c->proven) {
			GN_ASSERT(e->f == e->d || c->pi[e->u] - c->pi[e->v] >= 1);
			GN_ASSERT(e->f == 0 || c->pi[e->u] - c->pi[e->v] <= 1);
		}
	}
	for (uint32_t n = 0; net && n < c->nodes; n++)
		GN_ASSERT(net[n] == 0);
	GN_ASSERT(total == c->total);
	gn_mem_free(c->alloc, net);
}
