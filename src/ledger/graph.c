/* One equivalent's graph: nodes (participants that have a line in it), pairs, and adjacency that
 * routing scans.
 *
 * 1. A node's half-edges lie together in a slab of a power of two; their order is the order in
 *    which pairs were opened (LG-37).
 * 2. half[i] shows the quantised capacities of half_pair[i] as lg_pair_settle left them; nothing
 *    else changes capacities.
 * 3. Pairs and nodes are never removed, so numbers stay good for ever. */
#include "ledger/book_int.h"

/* Log-quantised, rounded down: 5 bits of exponent, 11 of mantissa; exact below 2048, monotone,
 * saturates at 2^42 (LG-34). */
uint16_t lg_quantise(gn_amount cap)
{
	GN_ASSERT(cap >= 0);
	if (cap < 2048)
		return (uint16_t)cap;
	unsigned exponent = 53 - (unsigned)__builtin_clzll((unsigned long long)cap);
	if (exponent > 31)
		return UINT16_MAX;
	return (uint16_t)(exponent << 11 | ((uint64_t)cap >> (exponent - 1) & 2047));
}

/* ---- finding ---- */

static uint64_t participant_hash(const void *user, uint32_t node)
{
	const struct lg_eq *q = user;
	return lg_mix(q->nodes[node].participant);
}

static uint64_t ends_hash(uint32_t a, uint32_t b)
{
	return lg_mix((uint64_t)(a < b ? a : b) << 32 | (a < b ? b : a));
}

static uint64_t pair_hash(const void *user, uint32_t pair)
{
	const struct lg_eq *q = user;
	return ends_hash(q->pairs[pair].node[0], q->pairs[pair].node[1]);
}

static uint64_t extra_hash(const void *user, uint32_t i)
{
	const struct lg_eq *q = user;
	return lg_mix(q->extras[i].line);
}

gn_err lg_find_node(const struct lg_eq *q, uint32_t participant, uint32_t *out)
{
	const struct lg_index *x = &q->by_participant;
	for (uint32_t s = x->slots ? lg_index_first(x, lg_mix(participant)) : 0, n;
	     lg_index_at(x, s, &n); s = lg_index_after(x, s))
		if (q->nodes[n].participant == participant) {
			*out = n;
			return GN_OK;
		}
	return GN_NOT_FOUND;
}

gn_err lg_find_pair(const struct lg_eq *q, uint32_t a, uint32_t b, uint32_t *out)
{
	const struct lg_index *x = &q->by_ends;
	uint32_t lower = a < b ? a : b, higher = a < b ? b : a;
	for (uint32_t s = x->slots ? lg_index_first(x, ends_hash(a, b)) : 0, i;
	     lg_index_at(x, s, &i); s = lg_index_after(x, s))
		if (q->pairs[i].node[0] == lower && q->pairs[i].node[1] == higher) {
			*out = i;
			return GN_OK;
		}
	return GN_NOT_FOUND;
}

gn_err lg_find_line(const struct lg_eq *q, uint32_t from, uint32_t to, uint32_t *pair,
		    unsigned *side)
{
	uint32_t a, b;
	GN_TRY(lg_find_node(q, from, &a));
	GN_TRY(lg_find_node(q, to, &b));
	GN_TRY(lg_find_pair(q, a, b, pair));
	*side = a > b;
	return GN_OK;
}

bool lg_place_line(const struct lg_eq *q, uint32_t from, uint32_t to, uint32_t *pair,
		   unsigned *side)
{
	uint32_t a, z;
	if (lg_find_line(q, from, to, pair, side) == GN_OK)
		return true;
	if (lg_find_node(q, from, &a))
		a = q->node_count;
	if (lg_find_node(q, to, &z))
		z = q->node_count + 1;
	*pair = q->pair_count;
	*side = a > z;
	return false;
}

struct lg_extra *lg_find_extra(const struct lg_eq *q, uint32_t line)
{
	const struct lg_index *x = &q->by_line;
	for (uint32_t s = x->slots ? lg_index_first(x, lg_mix(line)) : 0, i; lg_index_at(x, s, &i);
	     s = lg_index_after(x, s))
		if (q->extras[i].line == line)
			return &q->extras[i];
	return NULL;
}

uint32_t lg_line_born(const struct lg_eq *q, uint32_t line)
{
	const struct lg_extra *e = lg_find_extra(q, line);
	return e && e->born ? e->born : 1;
}

/* ---- slabs ---- */

static unsigned room_after(const struct lg_node *n)
{
	GN_ASSERT(n->room < 31);
	return n->degree == 0 ? 0 : n->room + 1u;
}

static bool is_full(const struct lg_node *n)
{
	return n->degree == 0 || n->degree == UINT32_C(1) << n->room;
}

static uint32_t slab_take(struct lg_eq *q, unsigned room)
{
	GN_ASSERT(room < GN_COUNT(q->free_slab));
	uint32_t off = q->free_slab[room];
	if (off) {
		q->free_slab[room] = q->half[off - 1].to;
		return off - 1;
	}
	off = q->half_count;
	q->half_count += UINT32_C(1) << room;
	GN_ASSERT(q->half_count <= q->half_cap && q->half_count <= q->half_pair_cap);
	return off;
}

static void node_append(struct lg_eq *q, uint32_t node, uint32_t neighbour, uint32_t pair,
			unsigned side)
{
	GN_ASSERT(node < q->node_count && neighbour < q->node_count && side < 2);
	struct lg_node *n = &q->nodes[node];
	if (is_full(n)) {
		unsigned room = room_after(n);
		uint32_t off = slab_take(q, room);
		if (n->degree > 0) {
			memcpy(q->half + off, q->half + n->off, n->degree * sizeof *q->half);
			memcpy(q->half_pair + off, q->half_pair + n->off,
			       n->degree * sizeof *q->half_pair);
			q->half[n->off].to = q->free_slab[n->room];
			q->free_slab[n->room] = n->off + 1;
		}
		n->off = off;
		n->room = (uint8_t)room;
	}
	q->half[n->off + n->degree] = (struct lg_half){.to = neighbour};
	q->half_pair[n->off + n->degree] = pair;
	q->pairs[pair].slot[side] = n->degree << 8;
	n->degree++;
}

/* ---- adding ---- */

gn_err lg_pair_reserve(struct lg_book *b, struct lg_eq *q, uint32_t from, uint32_t to)
{
	GN_ASSERT(from != to);
	struct gn_alloc *a = b->env.alloc;
	const uint32_t who[2] = {from, to};
	uint64_t halves = q->half_count;
	for (int i = 0; i < 2; i++) {
		struct lg_node fresh = {0};
		uint32_t at;
		const struct lg_node *n = lg_find_node(q, who[i], &at) ? &fresh : &q->nodes[at];
		if (n->degree == BOOK_DEGREE_MAX - 1)
			return GN_LIMIT;
		if (is_full(n))
			halves += UINT64_C(1) << room_after(n);
	}
	GN_TRY(lg_grow(a, &q->half, &q->half_cap, halves, UINT32_MAX, sizeof *q->half));
	GN_TRY(lg_grow(a, &q->half_pair, &q->half_pair_cap, halves, UINT32_MAX,
		       sizeof *q->half_pair));
	GN_TRY(lg_grow(a, &q->nodes, &q->node_cap, (uint64_t)q->node_count + 2, BOOK_NODES_MAX,
		       sizeof *q->nodes));
	GN_TRY(lg_grow(a, &q->pairs, &q->pair_cap, (uint64_t)q->pair_count + 1, BOOK_PAIRS_MAX,
		       sizeof *q->pairs));
	GN_TRY(lg_index_reserve(&q->by_participant, a, 2, participant_hash, q));
	return lg_index_reserve(&q->by_ends, a, 1, pair_hash, q);
}

static uint32_t node_add(struct lg_eq *q, uint32_t participant)
{
	GN_ASSERT(q->node_count < q->node_cap);
	q->nodes[q->node_count] = (struct lg_node){.participant = participant};
	lg_index_add(&q->by_participant, lg_mix(participant), q->node_count);
	return q->node_count++;
}

gn_err lg_node_add(struct lg_book *b, struct lg_eq *q, uint32_t participant)
{
	GN_ASSERT(participant < b->participant_count);
	GN_TRY(lg_grow(b->env.alloc, &q->nodes, &q->node_cap, (uint64_t)q->node_count + 1,
		       BOOK_NODES_MAX, sizeof *q->nodes));
	GN_TRY(lg_index_reserve(&q->by_participant, b->env.alloc, 1, participant_hash, q));
	node_add(q, participant);
	return GN_OK;
}

static uint32_t node_of(struct lg_eq *q, uint32_t participant)
{
	uint32_t n;
	return lg_find_node(q, participant, &n) == GN_OK ? n : node_add(q, participant);
}

uint32_t lg_pair_add(struct lg_book *b, struct lg_eq *q, uint32_t from, uint32_t to)
{
	GN_ASSERT(from != to && q->pair_count < q->pair_cap);
	uint32_t a = node_of(q, from), z = node_of(q, to), pair = q->pair_count++;
	struct lg_pair *p = &q->pairs[pair];
	*p = (struct lg_pair){.node = {a < z ? a : z, a < z ? z : a}};
	lg_index_add(&q->by_ends, pair_hash(q, pair), pair);
	node_append(q, p->node[0], p->node[1], pair, 0);
	node_append(q, p->node[1], p->node[0], pair, 1);
	if (b->participants[from].status != GN_PARTICIPANT_ACTIVE ||
	    b->participants[to].status != GN_PARTICIPANT_ACTIVE)
		p->slot[0] |= PAIR_END_INACTIVE;
	return pair;
}

gn_err lg_extra_reserve(struct lg_book *b, struct lg_eq *q)
{
	GN_ASSERT(q->extra_count <= q->extra_cap);
	GN_TRY(lg_grow(b->env.alloc, &q->extras, &q->extra_cap, (uint64_t)q->extra_count + 1,
		       BOOK_PAIRS_MAX, sizeof *q->extras));
	return lg_index_reserve(&q->by_line, b->env.alloc, 1, extra_hash, q);
}

struct lg_extra *lg_extra_add(struct lg_eq *q, uint32_t line)
{
	GN_ASSERT(q->extra_count < q->extra_cap);
	q->extras[q->extra_count] =
		(struct lg_extra){.line = line, .daily_limit = -1, .max_hop_usage = -1};
	lg_index_add(&q->by_line, lg_mix(line), q->extra_count);
	return &q->extras[q->extra_count++];
}

/* ---- settling ---- */

/* LG-9 */
static void closing_follows(struct lg_eq *q, struct lg_pair *p, unsigned side)
{
	GN_ASSERT(side < 2);
	unsigned d = 1 - side;
	gn_amount left = gn_amount_max(0, lg_debt(p, d)) + p->reserved[d];
	if (!(lg_line_flags(p, side) & LINE_CLOSING))
		return;
	p->limit[side] = gn_amount_min(p->limit[side], left);
	if (left == 0) {
		p->limit[side] = 0;
		p->version[side] &= ~UINT32_C(255); /* its policies end with it */
		GN_ASSERT(q->open_lines > 0);
		q->open_lines--;
	}
}

void lg_pair_settle(struct lg_eq *q, uint32_t pair)
{
	GN_ASSERT(pair < q->pair_count);
	closing_follows(q, &q->pairs[pair], 0);
	closing_follows(q, &q->pairs[pair], 1);
	lg_pair_show(q, pair);
}

void lg_pair_show(struct lg_eq *q, uint32_t pair)
{
	GN_ASSERT(pair < q->pair_count);
	const struct lg_pair *p = &q->pairs[pair];
	const unsigned routing = LINE_NO_MIDDLE | LINE_ASK | LINE_EXTRA;
	uint32_t flags = ((p->version[0] | p->version[1]) & routing) ? HALF_SPECIAL : 0;
	uint16_t cap[2] = {lg_quantise(lg_cap(q, p, 0)), lg_quantise(lg_cap(q, p, 1))};
	uint32_t owes =
		lg_clearable(q, p, p->x < 0, false) > 0 ? (p->x > 0 ? HALF_OWES : HALF_OWED) : 0;
	uint32_t owed = owes ? owes ^ (HALF_OWES | HALF_OWED) : 0;
	q->half[q->nodes[p->node[0]].off + (p->slot[0] >> 8)] =
		(struct lg_half){p->node[1] | flags | owes, cap[0], cap[1]};
	q->half[q->nodes[p->node[1]].off + (p->slot[1] >> 8)] =
		(struct lg_half){p->node[0] | flags | owed, cap[1], cap[0]};
}

void lg_node_settle(struct lg_eq *q, uint32_t node)
{
	GN_ASSERT(node < q->node_count);
	const struct lg_node *n = &q->nodes[node];
	for (uint32_t i = n->off; i < n->off + n->degree; i++)
		lg_pair_settle(q, q->half_pair[i]);
}

void lg_eq_free(struct lg_book *b, struct lg_eq *q)
{
	struct gn_alloc *a = b->env.alloc;
	for (uint32_t i = 0; i < q->extra_count; i++)
		gn_mem_free(a, q->extras[i].blocked);
	gn_mem_free(a, q->extras);
	gn_mem_free(a, q->pairs);
	gn_mem_free(a, q->nodes);
	gn_mem_free(a, q->half);
	gn_mem_free(a, q->half_pair);
	gn_mem_free(a, q->info.p);
	lg_index_fini(&q->by_ends, a);
	lg_index_fini(&q->by_participant, a);
	lg_index_fini(&q->by_line, a);
	gn_mem_free(a, q);
}
