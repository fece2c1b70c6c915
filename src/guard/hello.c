/* Hellos of strangers: the order of admission, and the places where they wait for capacity.
 *
 *   no token -> [quiet, bucket of the unproven address, capacity] -> ADMIT | COOKIE
 *   cookie   -> [pass, or the effort owed] -> [bucket of the proven prefix]
 *            -> [capacity of the lane] -> ADMIT | WAIT
 *   WAIT     -> ADMIT [gn_guard_next, highest effort first] | forgotten [overflow, five seconds]
 *
 * 1. What costs us nothing to check comes first, and nothing is kept of who has not proven the
 *    address.
 * 2. An answer or a pass is used up when its hello is let in, so a hello that was dropped may
 *    come again.
 * 3. Capacity: each lane has its share, and what nobody used goes round. A lane may be served
 *    while its own bucket or that of all is not empty; both are charged, so who lives on others'
 *    leavings is the first to wait when they come. Rules: GU-11 to GU-16. */
#include "guard/guard_int.h"

#define COOKIE_LOAD 500 /* thousandths above which an address must be proven */

static const uint32_t lane_share[GN_LANES] = {50, 30, 20}; /* percent: strangers, passes, tokens */

/* ---- capacity ---- */

static struct gn_rate lane_rate(const struct gn_guard *g, uint32_t percent)
{
	uint64_t rate = (uint64_t)g->config.capacity * percent / 100;
	return (struct gn_rate){rate ? (uint32_t)rate : 1, GN_LANE_BURST};
}

static bool lane_ready(const struct gn_guard *g, enum gn_lane lane, gn_time now)
{
	return gn_gcra_ready(g->lanes.full_at[lane], GN_LANE_BURST, now) ||
	       gn_gcra_ready(g->lanes.total_full_at, GN_LANE_BURST, now);
}

/* The hello comes in: its cost is taken from lane and prefix. */
static void let_in(struct gn_guard *g, enum gn_lane lane, const struct gn_addr *from, bool proven,
		   gn_time now)
{
	struct gn_lanes *l = &g->lanes;
	uint64_t cost = g->load.cost;
	if (gn_gcra_ready(l->full_at[lane], GN_LANE_BURST, now))
		l->full_at[lane] =
			gn_gcra_take(l->full_at[lane], lane_rate(g, lane_share[lane]), cost, now);
	l->total_full_at = gn_gcra_take(l->total_full_at, lane_rate(g, 100), cost, now);
	gn_prefix_take(g, from, proven, cost, now);
	gn_load_note(&g->load, lane == GN_LANE_STRANGER);
	gn_guard_count(g, GN_GUARD_C_ADMITTED);
	if (proven) /* GU-13 */
		gn_guard_note_addr(g, from, cost, false, now);
}

/* ---- waiting ---- */

static void leave(struct gn_guard *g, struct gn_waiting *w)
{
	GN_ASSERT(w->used && g->lanes.waiting[w->lane] > 0);
	g->lanes.waiting[w->lane]--;
	w->used = false;
}

/* a is worth less than b: less effort, then younger. */
static bool lesser(const struct gn_waiting *a, const struct gn_waiting *b)
{
	return a->effort != b->effort ? a->effort < b->effort : a->order > b->order;
}

/* The best or the worst of a lane; NULL when nobody waits there. */
static struct gn_waiting *pick(struct gn_guard *g, enum gn_lane lane, bool best)
{
	struct gn_waiting *found = NULL;
	for (struct gn_waiting *w = g->t->wait; w < g->t->wait + GN_GUARD_WAITING; w++)
		if (w->used && w->lane == lane && (!found || lesser(w, found) != best))
			found = w;
	return found;
}

static void forget_late(struct gn_guard *g, gn_time now)
{
	for (struct gn_waiting *w = g->t->wait; w < g->t->wait + GN_GUARD_WAITING; w++)
		if (w->used && now - w->since > GN_GUARD_WAIT_MAX) {
			leave(g, w);
			gn_guard_count(g, GN_GUARD_C_WAITING_LATE);
		}
}

/* A lane that holds more places than its share of them gives way before one that does not. */
static enum gn_lane crowded_lane(const struct gn_guard *g, enum gn_lane mine)
{
	enum gn_lane most = mine;
	int64_t excess = INT64_MIN;
	for (enum gn_lane lane = 0; lane < GN_LANES; lane++) {
		int64_t over = (int64_t)g->lanes.waiting[lane] * 100 -
			       (int64_t)lane_share[lane] * GN_GUARD_WAITING;
		over += lane == mine ? 100 : 0; /* with the one that comes */
		if (over > excess) {
			excess = over;
			most = lane;
		}
	}
	return most;
}

/* A place for `mine`, whose older holder is forgotten; NULL when all others there are worth
 * more. */
static struct gn_waiting *place_for(struct gn_guard *g, const struct gn_waiting *mine)
{
	for (struct gn_waiting *w = g->t->wait; w < g->t->wait + GN_GUARD_WAITING; w++)
		if (!w->used)
			return w;
	struct gn_waiting *worst = pick(g, crowded_lane(g, mine->lane), false);
	if (!worst || (worst->lane == mine->lane && !lesser(worst, mine)))
		return NULL;
	leave(g, worst);
	return worst;
}

static void wait_for(struct gn_guard *g, struct gn_waiting *mine, struct gn_guard_verdict *v)
{
	mine->used = true;
	mine->order = ++g->lanes.order;
	struct gn_waiting *w = place_for(g, mine);
	v->err = GN_BUSY;
	if (!w) {
		gn_guard_count(g, GN_GUARD_C_WAITING_FULL);
		v->answer = GN_GUARD_REFUSE;
		v->limit = "guard-waiting-full";
		return;
	}
	*w = *mine;
	g->lanes.waiting[mine->lane]++;
	gn_guard_count(g, GN_GUARD_C_WAITED);
	v->answer = GN_GUARD_WAIT;
	v->slot = (uint32_t)(w - g->t->wait);
}

/* The lane whose turn it is: one with capacity of its own, else whoever waits while there is
 * some left. */
static struct gn_waiting *next_in_turn(struct gn_guard *g, gn_time now)
{
	static const enum gn_lane turn[GN_LANES] = {GN_LANE_TOKEN, GN_LANE_PASS, GN_LANE_STRANGER};
	for (int own = 1; own >= 0; own--)
		for (int i = 0; i < GN_LANES; i++) {
			enum gn_lane lane = turn[i];
			gn_time full_at = own ? g->lanes.full_at[lane] : g->lanes.total_full_at;
			if (g->lanes.waiting[lane] && gn_gcra_ready(full_at, GN_LANE_BURST, now))
				return pick(g, lane, true);
		}
	return NULL;
}

bool gn_guard_next(struct gn_guard *g, gn_time now, uint32_t *slot)
{
	if (!g->t)
		return false;
	gn_load_tick(&g->load, g->config.capacity, now);
	forget_late(g, now);
	for (struct gn_waiting *w; (w = next_in_turn(g, now));) {
		const char *limit;
		gn_time until;
		leave(g, w);
		if (gn_prefix_ready(g, &w->from, true, now, &limit, &until) != GN_OK) {
			/* others of it were let in */
			gn_guard_count(g, GN_GUARD_C_HELLO_PREFIX);
			continue;
		}
		if (w->single_use)
			gn_once_mark(&g->t->once, w->print);
		let_in(g, w->lane, &w->from, true, now);
		*slot = (uint32_t)(w - g->t->wait);
		return true;
	}
	return false;
}

bool gn_guard_waits(const struct gn_guard *g, uint32_t slot)
{
	return g->t && slot < GN_GUARD_WAITING && g->t->wait[slot].used;
}

gn_time gn_guard_deadline(const struct gn_guard *g)
{
	gn_time at = GN_NEVER;
	for (int lane = 0; g->t && lane < GN_LANES; lane++)
		if (g->lanes.waiting[lane]) {
			gn_time first = gn_time_min(g->lanes.full_at[lane], g->lanes.total_full_at);
			at = gn_time_min(at, gn_gcra_until(first, GN_LANE_BURST));
		}
	return at;
}

/* ---- the order of admission ---- */

/* The parts of a token: cookie, then an answer and a pass or one of them or none. */
struct parts {
	const uint8_t *cookie, *answer, *pass; /* NULL: absent */
};

static bool split(struct gn_slice token, struct parts *out)
{
	struct parts p = {0};
	struct gn_reader r = gn_reader(token);
	p.cookie = gn_read_bytes(&r, GN_COOKIE_LEN).p;
	size_t left = gn_reader_left(&r);
	if (left == GN_ANSWER_LEN || left == GN_ANSWER_LEN + GN_PASS_LEN)
		p.answer = gn_read_bytes(&r, GN_ANSWER_LEN).p;
	if (left == GN_PASS_LEN || left == GN_ANSWER_LEN + GN_PASS_LEN)
		p.pass = gn_read_bytes(&r, GN_PASS_LEN).p;
	*out = p;
	return !r.bad && gn_reader_left(&r) == 0;
}

static void ask(struct gn_guard *g, enum gn_guard_count why, gn_err err, struct gn_guard_verdict *v)
{
	gn_guard_count(g, why);
	v->answer = GN_GUARD_COOKIE;
	v->err = err;
	v->effort = g->t ? g->load.effort : 0;
}

static void refuse(struct gn_guard *g, enum gn_guard_count why, gn_err err, const char *limit,
		   struct gn_guard_verdict *v)
{
	gn_guard_count(g, why);
	v->answer = GN_GUARD_REFUSE;
	v->err = err;
	v->limit = limit;
}

static void hello_without(struct gn_guard *g, const struct gn_guard_hello *h, gn_time now,
			  struct gn_guard_verdict *v)
{
	const char *limit;
	gn_time until;
	bool prove = h->must_prove;
	if (g->t && !prove)
		prove = g->load.permille > COOKIE_LOAD || g->load.effort > 0 ||
			!lane_ready(g, GN_LANE_STRANGER, now) ||
			gn_prefix_ready(g, h->from, false, now, &limit, &until) != GN_OK;
	if (prove)
		ask(g, GN_GUARD_C_COOKIE_ASKED, GN_AGAIN, v);
	else if (g->t)
		let_in(g, GN_LANE_STRANGER, h->from, false, now);
}

/* A pass that is good and new: *w goes by its lane. */
static bool take_pass(struct gn_guard *g, const struct gn_guard_hello *h, const uint8_t *pass,
		      gn_time now, struct gn_waiting *w)
{
	uint64_t print;
	if (gn_pass_check(g->config.secret, h->from, pass, now, &print) != GN_OK) {
		gn_guard_count(g, GN_GUARD_C_PASS_BAD);
		return false;
	}
	if (gn_once_seen(&g->t->once, print)) {
		gn_guard_count(g, GN_GUARD_C_PASS_USED);
		return false;
	}
	gn_guard_count(g, GN_GUARD_C_PASSES);
	w->lane = GN_LANE_PASS;
	w->single_use = true;
	w->print = print;
	return true;
}

/* What a stranger owes: what his cookie says, or less if less is owed by now. False: he is asked
 * again. */
static bool take_answer(struct gn_guard *g, const struct gn_guard_hello *h, const struct parts *p,
			uint32_t owed, struct gn_waiting *w, struct gn_guard_verdict *v)
{
	owed = owed < g->load.effort ? owed : g->load.effort;
	if (!p->answer) {
		if (owed)
			ask(g, GN_GUARD_C_PUZZLE_OWED, GN_PROOF_OF_WORK, v);
		return !owed;
	}
	gn_err err = gn_puzzle_check(p->cookie, h->cid, p->answer, &w->effort, &w->print);
	if (err != GN_OK || w->effort < owed) {
		ask(g, GN_GUARD_C_PUZZLE_WRONG, GN_PROOF_OF_WORK, v);
		return false;
	}
	if (gn_once_seen(&g->t->once, w->print)) {
		ask(g, GN_GUARD_C_PUZZLE_USED, GN_REPLAY, v);
		return false;
	}
	gn_guard_count(g, GN_GUARD_C_ANSWERS);
	w->single_use = true;
	return true;
}

/* The address is proven, the effort met. */
static void come_in(struct gn_guard *g, struct gn_waiting *w, gn_time now,
		    struct gn_guard_verdict *v)
{
	gn_err err = gn_prefix_ready(g, &w->from, true, now, &v->limit, &v->until);
	if (err != GN_OK) {
		gn_guard_note_addr(g, &w->from, 0, true, now);
		refuse(g, GN_GUARD_C_HELLO_PREFIX, err, v->limit, v);
		return;
	}
	if (g->lanes.waiting[w->lane] || !lane_ready(g, w->lane, now)) {
		wait_for(g, w, v);
		return;
	}
	if (w->single_use)
		gn_once_mark(&g->t->once, w->print);
	let_in(g, w->lane, &w->from, true, now);
}

void gn_guard_hello(struct gn_guard *g, const struct gn_guard_hello *h, gn_time now,
		    struct gn_guard_verdict *out)
{
	struct gn_guard_verdict v = {.answer = GN_GUARD_ADMIT, .limit = ""};
	struct gn_waiting w = {.lane = GN_LANE_STRANGER, .since = now, .from = *h->from};
	struct parts p = {0};
	uint32_t owed = 0;
	gn_guard_count(g, GN_GUARD_C_HELLOS);
	if (g->t)
		gn_load_tick(&g->load, g->config.capacity, now);
	if (h->token.len == 0) {
		hello_without(g, h, now, &v);
	} else if (!split(h->token, &p)) {
		refuse(g, GN_GUARD_C_COOKIE_BAD, GN_AUTH, "guard-cookie-bad", &v);
	} else {
		gn_err err = gn_cookie_check(g->secret, h->from, h->cid, p.cookie, now, v.payload,
					     &owed);
		v.proven = err == GN_OK;
		if (err == GN_EXPIRED) /* a slow but honest client: once more */
			ask(g, GN_GUARD_C_COOKIE_EXPIRED, err, &v);
		else if (err != GN_OK)
			refuse(g, GN_GUARD_C_COOKIE_BAD, err, "guard-cookie-bad", &v);
		else if (g->t && ((p.pass && take_pass(g, h, p.pass, now, &w)) ||
				  take_answer(g, h, &p, owed, &w, &v)))
			come_in(g, &w, now, &v);
	}
	*out = v;
}

void gn_guard_cookie(const struct gn_guard *g, const struct gn_addr *to, const uint8_t bound[8],
		     const uint8_t payload[8], uint32_t effort, gn_time now,
		     uint8_t out[GN_COOKIE_LEN])
{
	gn_cookie_make(g->secret, to, bound, payload, effort, now, out);
}

void gn_guard_pass(struct gn_guard *g, const struct gn_addr *to, gn_time now,
		   uint8_t out[GN_PASS_LEN])
{
	gn_pass_make(g->config.secret, to, ++g->passes, now, out);
}

void gn_guard_force(struct gn_guard *g, uint32_t effort, gn_time free_at, gn_time now)
{
	g->load.effort = effort;
	g->load.window_at = now;
	if (free_at)
		g->lanes.total_full_at = g->lanes.full_at[GN_LANE_STRANGER] =
			free_at + GN_LANE_BURST;
}
