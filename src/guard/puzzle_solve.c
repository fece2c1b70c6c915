/* The puzzle sum8, as the one who owes it sees it. A nonce is tried in one step: 65,536 numbers,
 * sorted into the pairs whose low 15 bits agree, the fours whose next 15 do, the eights whose
 * last 30 do. About two answers a nonce; each has the effort e with probability 1/e.
 *
 *   values --join--> pairs --join--> fours --compare--> eights
 *
 * 1. The work of a step is bounded: a level that grows past ITEMS_MAX (it has 65,536 on average,
 *    and 2 % more already hardly ever) is cut.
 * 2. What is handed out passes gn_puzzle_check: both order the indices the same way. */
#include "guard/guard_int.h"

#define BINS (1u << PUZZLE_LEVEL)
#define ITEMS_MAX (PUZZLE_INDICES + PUZZLE_INDICES / 8)

/* A sum of some values, its low bits that are zero dropped, and the two of the level below that
 * make it. */
struct item {
	uint64_t sum;
	uint32_t left, right;
};

struct level {
	struct item *items;
	uint32_t count;
};

struct gn_solver {
	struct gn_alloc *alloc;
	uint8_t cookie[GN_COOKIE_LEN], cid[8];
	uint32_t effort;
	uint64_t nonce;
	struct gn_puzzle puzzle;
	struct level level[3]; /* values, pairs, fours */
	uint32_t *order;       /* items of a level by their low bits */
	uint32_t *bins;        /* where each of BINS starts in it; one more for the end */
};

gn_err gn_solver_new(const struct gn_env *env, const uint8_t cookie[GN_COOKIE_LEN],
		     const uint8_t cid[8], uint32_t effort, struct gn_solver **out)
{
	GN_ASSERT(effort > 0);
	struct gn_solver *s = GN_NEW(env->alloc, struct gn_solver);
	if (!s)
		return GN_NOMEM;
	s->alloc = env->alloc;
	memcpy(s->cookie, cookie, sizeof s->cookie);
	memcpy(s->cid, cid, sizeof s->cid);
	s->effort = effort;
	s->nonce = gn_rand_u64(env->rand);
	bool complete = true;
	for (int i = 0; i < 3; i++) {
		s->level[i].items = GN_NEW_ARRAY(env->alloc, struct item, ITEMS_MAX);
		complete &= s->level[i].items != NULL;
	}
	s->order = GN_NEW_ARRAY(env->alloc, uint32_t, ITEMS_MAX);
	s->bins = GN_NEW_ARRAY(env->alloc, uint32_t, BINS + 1);
	if (!complete || !s->order || !s->bins) {
		gn_solver_free(s);
		return GN_NOMEM;
	}
	*out = s;
	return GN_OK;
}

void gn_solver_free(struct gn_solver *s)
{
	if (!s)
		return;
	for (int i = 0; i < 3; i++)
		gn_mem_free(s->alloc, s->level[i].items);
	gn_mem_free(s->alloc, s->order);
	gn_mem_free(s->alloc, s->bins);
	gn_mem_free(s->alloc, s);
}

static uint32_t low(const struct item *it)
{
	return (uint32_t)it->sum & (BINS - 1);
}

/* order = the items by their low bits, bins = where each value of them starts: a counting sort. */
static void sort(struct gn_solver *s, const struct level *l)
{
	memset(s->bins, 0, (BINS + 1) * sizeof *s->bins);
	for (uint32_t i = 0; i < l->count; i++)
		s->bins[low(&l->items[i]) + 1]++;
	for (uint32_t b = 0; b < BINS; b++)
		s->bins[b + 1] += s->bins[b];
	/* from behind: each bin's start moves up to its end.. */
	for (uint32_t i = l->count; i-- > 0;)
		s->order[s->bins[low(&l->items[i])]++] = i;
	/* ..which is the start of the next */
	memmove(s->bins + 1, s->bins, BINS * sizeof *s->bins);
	s->bins[0] = 0;
}

static void values(struct gn_solver *s)
{
	struct level *l = &s->level[0];
	for (uint32_t i = 0; i < PUZZLE_INDICES; i++)
		l->items[i] = (struct item){gn_puzzle_value(&s->puzzle, i), i, i};
	l->count = PUZZLE_INDICES;
}

/* The index that comes first in item i of a level. */
static uint32_t first(const struct gn_solver *s, int level, uint32_t i)
{
	for (; level > 0; level--)
		i = s->level[level].items[i].left;
	return i;
}

/* The items of the next level: two of this one whose low bits agree. */
static void join(struct gn_solver *s, int level)
{
	const struct level *from = &s->level[level];
	struct level *to = &s->level[level + 1];
	sort(s, from);
	to->count = 0;
	for (uint32_t b = 0; b < BINS; b++)
		for (uint32_t i = s->bins[b]; i < s->bins[b + 1]; i++)
			for (uint32_t k = i + 1; k < s->bins[b + 1] && to->count < ITEMS_MAX; k++) {
				uint32_t x = s->order[i], y = s->order[k];
				bool swap = first(s, level, x) > first(s, level, y);
				to->items[to->count++] = (struct item){
					(from->items[x].sum ^ from->items[y].sum) >> PUZZLE_LEVEL,
					swap ? y : x, swap ? x : y};
			}
}

static void expand(const struct gn_solver *s, int level, uint32_t i, uint16_t *out)
{
	if (level == 0) {
		*out = (uint16_t)i;
		return;
	}
	const struct item *it = &s->level[level].items[i];
	expand(s, level - 1, it->left, out); /* three levels deep */
	expand(s, level - 1, it->right, out + (1 << (level - 1)));
}

static bool distinct(const uint16_t picks[PUZZLE_PICKS])
{
	for (int i = 0; i < PUZZLE_PICKS; i++)
		for (int k = 0; k < i; k++)
			if (picks[i] == picks[k])
				return false;
	return true;
}

static bool try_eight(const struct gn_solver *s, uint32_t x, uint32_t y, uint8_t out[GN_ANSWER_LEN])
{
	uint16_t picks[PUZZLE_PICKS];
	struct gn_hash weight;
	bool swap = first(s, 2, x) > first(s, 2, y);
	expand(s, 2, swap ? y : x, picks);
	expand(s, 2, swap ? x : y, picks + PUZZLE_PICKS / 2);
	if (!distinct(picks))
		return false;
	gn_puzzle_weigh(&s->puzzle, picks, &weight);
	if (!gn_puzzle_meets(&weight, s->effort))
		return false;
	struct gn_writer w = gn_writer(out, GN_ANSWER_LEN);
	gn_write_be32(&w, s->effort);
	gn_write_be64(&w, s->nonce);
	for (int i = 0; i < PUZZLE_PICKS; i++)
		gn_write_be16(&w, picks[i]);
	GN_ASSERT(!w.bad && gn_writer_left(&w) == 0);
	return true;
}

static bool eights(struct gn_solver *s, uint8_t out[GN_ANSWER_LEN])
{
	const struct level *l = &s->level[2];
	sort(s, l);
	for (uint32_t b = 0; b < BINS; b++)
		for (uint32_t i = s->bins[b]; i < s->bins[b + 1]; i++)
			for (uint32_t k = i + 1; k < s->bins[b + 1]; k++)
				if (l->items[s->order[i]].sum == l->items[s->order[k]].sum &&
				    try_eight(s, s->order[i], s->order[k], out))
					return true;
	return false;
}

bool gn_solver_step(struct gn_solver *s, uint8_t out[GN_ANSWER_LEN])
{
	gn_puzzle_init(&s->puzzle, s->cookie, s->cid, s->nonce);
	values(s);
	join(s, 0);
	join(s, 1);
	if (eights(s, out))
		return true;
	s->nonce++;
	return false;
}
