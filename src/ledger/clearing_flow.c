/* As much flow as there is from who has excess to who lacks, along arcs of reduced cost 0 (all
 * arcs when rounding). Those arcs, a third of all, are copied into a graph of their own: it is
 * searched many times. Shortest augmenting paths: level[n] is at most n's distance to who lacks;
 * a node without an arc to the level below rises; after some work all levels are taken anew.
 *
 * 1. Levels only rise between two calls of lg_tight_levels, and a path goes down one level at
 *    each arc.
 * 2. flow_to's ARC_OUT and ARC_IN say the same as those of `to`.
 * 3. Work per lg_tight_send is bounded by its stop, apart from one source's last path. */
#include "ledger/clearing_int.h"

#define SEEN (LG_NONE - 1) /* on the stack, or somebody who lacks */

/* Depth first from who lacks, so that chains, of which such graphs are made, lie together. Arcs
 * to nodes that reach nobody are listed with the others first. */
static void collect_nodes(struct gn_clearing *c)
{
	uint32_t tail = 0, count = 0, depth = 0;
	for (uint32_t n = 0; n < c->nodes; n++)
		c->id[n] = c->excess[n] < 0 ? SEEN : LG_NONE;
	for (uint32_t root = 0; root < c->nodes; root++) {
		if (c->excess[root] >= 0)
			continue;
		c->stack[depth++] = root;
		while (depth > 0) {
			uint32_t n = c->stack[--depth];
			c->id[n] = tail;
			c->node_of[tail] = n;
			c->flow_first[tail++] = count;
			for (uint32_t a = c->first[n]; a < c->first[n + 1]; a++) {
				uint32_t to = c->to[a] & ARC_NODE, id = c->id[to];
				/* no branches: nobody can predict them */
				bool listed = c->rounding | (lg_reduced(c, n, a) == 0);
				bool new = (id == LG_NONE) & ((c->to[a] & ARC_IN) != 0) & listed;
				c->flow_to[count] = c->to[a] & ~ARC_DEBT;
				c->flow_arc[count] = a;
				count += listed;
				c->id[to] = new ? SEEN : id;
				c->stack[depth] = to;
				depth += new;
			}
		}
	}
	c->flow_nodes = tail;
	c->flow_first[tail] = count;
	c->work += c->nodes + 2 * (uint64_t)c->kept;
}

/* Peels off who is no end of any flow and has one neighbour at most. count[n] is the number of
 * neighbours, id of what goes LG_NONE. */
static void peel(struct gn_clearing *c)
{
	GN_ASSERT(c->flow_nodes <= c->nodes);
	uint32_t tail = 0;
	for (uint32_t n = 0; n < c->flow_nodes; n++) {
		c->count[n] = 0;
		for (uint32_t i = c->flow_first[n]; i < c->flow_first[n + 1]; i++)
			c->count[n] += c->id[c->flow_to[i] & ARC_NODE] != LG_NONE;
		if (c->count[n] <= 1 && c->excess[c->node_of[n]] == 0)
			c->queue[tail++] = n;
	}
	for (uint32_t head = 0; head < tail; head++) {
		uint32_t n = c->queue[head];
		c->id[c->node_of[n]] = LG_NONE;
		for (uint32_t i = c->flow_first[n]; i < c->flow_first[n + 1]; i++) {
			uint32_t other = c->id[c->flow_to[i] & ARC_NODE];
			if (other != LG_NONE && --c->count[other] == 1 &&
			    c->excess[c->node_of[other]] == 0)
				c->queue[tail++] = other;
		}
	}
	c->work += c->flow_first[c->flow_nodes];
}

/* Numbers who is left, turns ends into numbers, drops what leads out. */
static void renumber(struct gn_clearing *c)
{
	GN_ASSERT(c->flow_nodes <= c->nodes);
	uint32_t kept = 0, nodes = 0, i = 0;
	for (uint32_t n = 0; n < c->flow_nodes; n++)
		if (c->id[c->node_of[n]] != LG_NONE)
			c->id[c->node_of[n]] = nodes++;
	nodes = 0;
	for (uint32_t n = 0; n < c->flow_nodes; n++) {
		uint32_t end = c->flow_first[n + 1], node = c->node_of[n];
		if (c->id[node] == LG_NONE) {
			i = end;
			continue;
		}
		c->node_of[nodes] = node;
		c->flow_first[nodes++] = kept;
		for (; i < end; i++) {
			uint32_t to = c->flow_to[i], id = c->id[to & ARC_NODE];
			if (id == LG_NONE)
				continue;
			c->flow_to[kept] = id | (to & ~ARC_NODE);
			c->flow_arc[kept] = c->flow_arc[i];
			c->flow_of[c->flow_arc[i]] = kept++;
		}
	}
	c->work += c->flow_first[c->flow_nodes];
	c->flow_nodes = nodes;
	c->flow_first[nodes] = kept;
}

void lg_tight_open(struct gn_clearing *c)
{
	GN_ASSERT(c->step == LG_OPEN);
	collect_nodes(c);
	peel(c);
	renumber(c);
	c->source_count = 0;
	c->sink_count = 0;
	for (uint32_t n = 0; n < c->flow_nodes; n++) {
		if (c->excess[c->node_of[n]] > 0)
			c->sources[c->source_count++] = n;
		if (c->excess[c->node_of[n]] < 0)
			/* from the end: nobody is both */
			c->sources[c->nodes - ++c->sink_count] = n;
	}
}

bool lg_tight_levels(struct gn_clearing *c)
{
	GN_ASSERT(c->step == LG_LEVELS);
	uint32_t tail = 0, kept = 0;
	for (uint32_t n = 0; n < c->flow_nodes; n++) {
		c->level[n] = LG_NONE;
		c->next[n] = c->flow_first[n];
		c->count[n] = 0;
	}
	c->count[c->flow_nodes] = 0;
	for (uint32_t k = 1; k <= c->sink_count; k++) {
		uint32_t n = c->sources[c->nodes - k];
		if (c->excess[c->node_of[n]] < 0) {
			c->level[n] = 1;
			c->queue[tail++] = n;
		}
	}
	for (uint32_t head = 0; head < tail; head++) {
		uint32_t n = c->queue[head], level = c->level[n];
		c->count[level]++;
		for (uint32_t i = c->flow_first[n]; i < c->flow_first[n + 1]; i++) {
			uint32_t from = c->flow_to[i] & ARC_NODE, old = c->level[from];
			bool new = (old == LG_NONE) & ((c->flow_to[i] & ARC_IN) != 0);
			/* without a branch that nobody can predict */
			c->level[from] = new ? level + 1 : old;
			c->queue[tail] = from;
			tail += new;
		}
		c->work += c->flow_first[n + 1] - c->flow_first[n];
	}
	for (uint32_t i = 0; i < c->source_count; i++) {
		uint32_t n = c->sources[i];
		if (c->level[n] != LG_NONE && c->excess[c->node_of[n]] > 0)
			c->sources[kept++] = n;
	}
	c->source_count = kept;
	c->at_source = 0;
	c->gap = c->flow_nodes + 1;
	c->work += c->flow_nodes;
	c->levels_until = c->work + 2 * (uint64_t)c->flow_first[c->flow_nodes];
	return kept > 0;
}

/* One above the lowest that n has an arc to. When a level empties nobody above it reaches who
 * lacks. */
static void raise_node(struct gn_clearing *c, uint32_t n)
{
	GN_ASSERT(n < c->flow_nodes && c->level[n] <= c->gap);
	uint32_t lowest = LG_NONE, old = c->level[n], arc = c->next[n];
	for (uint32_t i = c->flow_first[n]; i < c->flow_first[n + 1]; i++) {
		uint32_t level = c->level[c->flow_to[i] & ARC_NODE];
		bool lower = (level < lowest) & ((c->flow_to[i] & ARC_OUT) != 0);
		lowest = lower ? level : lowest;
		arc = lower ? i : arc;
	}
	c->next[n] = arc;
	c->work += c->flow_first[n + 1] - c->flow_first[n];
	if (--c->count[old] == 0 && old < c->gap)
		c->gap = old;
	c->level[n] = lowest < c->gap ? lowest + 1 : LG_NONE;
	if (lowest < c->gap)
		c->count[lowest + 1]++;
}

static void push_flow(struct gn_clearing *c, uint32_t place, gn_amount a)
{
	uint32_t arc = c->flow_arc[place], twin = c->twin[arc], back = c->flow_of[twin];
	if (c->cap[twin] == 0) {
		c->to[twin] |= ARC_OUT;
		c->flow_to[back] |= ARC_OUT;
		c->to[arc] |= ARC_IN;
		c->flow_to[place] |= ARC_IN;
	}
	c->cap[arc] -= a;
	c->cap[twin] += a;
	if (c->cap[arc] == 0) {
		c->to[arc] &= ~ARC_OUT;
		c->flow_to[place] &= ~ARC_OUT;
		c->to[twin] &= ~ARC_IN;
		c->flow_to[back] &= ~ARC_IN;
	}
}

/* Sends what fits along stack[0..depth); returns the depth of the first arc that is full. */
static uint32_t augment_path(struct gn_clearing *c, uint32_t depth, gn_amount_sum *give,
			     gn_amount_sum *take)
{
	gn_amount a = GN_AMOUNT_MAX;
	uint32_t full = depth;
	for (uint32_t i = 0; i < depth; i++)
		a = gn_amount_min(a, c->cap[c->flow_arc[c->stack[i]]]);
	if (a > *give)
		a = (gn_amount)*give;
	if (a > -*take)
		a = (gn_amount) - *take;
	GN_ASSERT(a > 0);
	*give -= a;
	*take += a;
	c->left -= a;
	for (uint32_t i = depth; i-- > 0;) {
		push_flow(c, c->stack[i], a);
		if (!(c->flow_to[c->stack[i]] & ARC_OUT))
			full = i;
	}
	c->work += depth;
	return full;
}

/* The next arc of n to the level below; past its arcs when there is none. */
static uint32_t next_arc(struct gn_clearing *c, uint32_t n)
{
	uint32_t i = c->next[n], end = c->flow_first[n + 1], below = c->level[n] - 1;
	while (i < end &&
	       !((c->flow_to[i] & ARC_OUT) && c->level[c->flow_to[i] & ARC_NODE] == below))
		i++;
	c->work += i - c->next[n] + 1;
	c->next[n] = i;
	return i;
}

/* Sends from one source until it has nothing left, reaches nobody, or the work is used up.
 * queue[0..depth] is the path, stack its arcs. */
static bool discharge_node(struct gn_clearing *c, uint32_t source, uint64_t stop)
{
	GN_ASSERT(source < c->flow_nodes);
	gn_amount_sum *give = &c->excess[c->node_of[source]];
	uint32_t depth = 0;
	c->queue[0] = source;
	while (*give > 0) {
		uint32_t at = c->queue[depth];
		if (c->level[at] == 1 && c->excess[c->node_of[at]] < 0) {
			depth = augment_path(c, depth, give, &c->excess[c->node_of[at]]);
			continue;
		}
		if (depth == 0 && c->work >= stop)
			return false;
		uint32_t i = c->level[at] <= c->gap ? next_arc(c, at) : LG_NONE;
		if (i < c->flow_first[at + 1]) {
			c->stack[depth++] = i;
			c->queue[depth] = c->flow_to[i] & ARC_NODE;
			continue;
		}
		if (c->level[at] <= c->gap)
			raise_node(c, at);
		if (depth > 0)
			depth--;
		else if (c->level[at] > c->gap)
			return true;
	}
	return true;
}

void lg_tight_send(struct gn_clearing *c, uint64_t stop)
{
	GN_ASSERT(c->step == LG_SEND);
	uint64_t until = stop < c->levels_until ? stop : c->levels_until;
	while (c->at_source < c->source_count && c->work < until)
		c->at_source += discharge_node(c, c->sources[c->at_source], until);
	if (c->at_source == c->source_count || c->work >= c->levels_until)
		c->step = LG_LEVELS;
}
