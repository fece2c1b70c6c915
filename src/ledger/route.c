/* Routes of a payment: the whole amount on one shortest path, else ever smaller parts on several
 * (LG-34). What earlier paths take is tried on the pairs themselves, so later searches see it at
 * no cost, and put back at the end.
 *
 * 1. Every function leaves all pairs and adjacency as they were.
 * 2. First with cancelling (a later path may undo part of an earlier one); if the result cannot
 *    be told as few short paths, again without, holding capacity as reservations do. */
#include "ledger/route_int.h"

/* One payment's search: what was taken so far, and what block lists have excluded. */
struct attempt {
	struct lg_router *r;
	struct lg_book *b;
	struct lg_eq *q;
	const struct lg_request *want;
	bool ask, cancel;
	unsigned tries;
	struct lg_delta taken[ROUTE_PATHS_MAX * ROUTE_HOPS_MAX];
	uint32_t taken_count;
	uint32_t avoid[OP_AVOID_MAX + ROUTE_TRIES_MAX], avoid_count;
	uint32_t banned[ROUTE_TRIES_MAX], banned_count;
};

static void try_hop(struct attempt *t, uint32_t hop, gn_amount a)
{
	GN_ASSERT(hop_pair(hop) < t->q->pair_count);
	struct lg_pair *p = &t->q->pairs[hop_pair(hop)];
	if (t->cancel)
		p->x += hop_dir(hop) ? -a : a;
	else
		p->reserved[hop_dir(hop)] += a;
	lg_pair_show(t->q, hop_pair(hop));
}

static void take_path(struct attempt *t, const struct lg_path *path, gn_amount a)
{
	for (uint32_t i = 0; i < path->count; i++) {
		GN_ASSERT(t->taken_count < GN_COUNT(t->taken));
		try_hop(t, path->hops[i], a);
		t->taken[t->taken_count++] = (struct lg_delta){path->hops[i], a};
	}
}

static void put_back(struct attempt *t)
{
	while (t->taken_count > 0) {
		t->taken_count--;
		try_hop(t, t->taken[t->taken_count].hop, -t->taken[t->taken_count].a);
	}
}

/* ---- one path ---- */

/* A shortest path for `amount` that no block list objects to. Who is blocked is avoided first;
 * if that leads nowhere, the line that blocks is. */
static gn_err find_path(struct attempt *t, gn_amount amount, struct lg_path *out, bool *found)
{
	GN_ASSERT(amount > 0 && t->tries <= ROUTE_TRIES_MAX);
	struct lg_query s = {.book = t->b,
			     .q = t->q,
			     .mode = LG_BY_CAPACITY,
			     .source = t->want->payer,
			     .target = t->want->payee,
			     .amount = amount,
			     .max_hops = t->want->max_hops,
			     .ask = t->ask,
			     .now = t->want->now,
			     .avoid = t->avoid,
			     .banned = t->banned,
			     .used = t->taken,
			     .used_count = t->taken_count};
	uint32_t kept = t->avoid_count, line = 0, node;
	bool avoiding = false;
	for (*found = false; t->tries < ROUTE_TRIES_MAX;) {
		t->tries++;
		s.avoid_count = t->avoid_count;
		s.banned_count = t->banned_count;
		GN_TRY(lg_search(t->r, &s, out, found));
		uint32_t blocks;
		if (*found && !lg_path_blocked(t->b, t->q, out->hops, out->count, &blocks, &node)) {
			t->avoid_count = kept;
			return GN_OK;
		}
		if (*found && (!avoiding || blocks == line) &&
		    t->avoid_count < GN_COUNT(t->avoid)) {
			line = blocks;
			avoiding = true;
			t->avoid[t->avoid_count++] = node;
		} else if ((*found || avoiding) && t->banned_count < GN_COUNT(t->banned)) {
			t->banned[t->banned_count++] = hop_line(avoiding ? line : blocks);
			t->avoid_count = kept;
			avoiding = false;
		} else {
			break;
		}
		*found = false;
	}
	t->avoid_count = kept;
	*found = false;
	return GN_OK;
}

/* What a path carries now, at least the amount it was found for. */
static gn_amount room_of(const struct attempt *t, const struct lg_path *path, gn_amount most)
{
	GN_ASSERT(path->count > 0 && path->count <= ROUTE_HOPS_MAX);
	for (uint32_t i = 0; i < path->count; i++) {
		uint32_t hop = path->hops[i];
		gn_amount policy = lg_policy_cap(t->q, hop_pair(hop), hop_dir(hop), t->want->payee,
						 t->want->now);
		for (uint32_t k = 0; k < t->taken_count && policy != INT64_MAX; k++)
			policy -= t->taken[k].hop == hop ? t->taken[k].a : 0;
		most = gn_amount_min(
			most, gn_amount_min(lg_cap(t->q, &t->q->pairs[hop_pair(hop)], hop_dir(hop)),
					    policy));
	}
	return most;
}

/* ---- telling net flow as paths ---- */

/* Net of all hops taken, as at most ROUTE_PATHS_MAX * ROUTE_HOPS_MAX hops each once. */
static uint32_t net_hops(const struct attempt *t, struct lg_delta *out)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->taken_count; i++) {
		struct lg_delta d = t->taken[i];
		uint32_t k = 0;
		while (k < n && hop_pair(out[k].hop) != hop_pair(d.hop))
			k++;
		if (k == n)
			out[n++] = d;
		else if (out[k].hop == d.hop)
			out[k].a += d.a;
		else if (out[k].a >= d.a)
			out[k].a -= d.a;
		else
			out[k] = (struct lg_delta){d.hop, d.a - out[k].a};
	}
	return n;
}

/* One path from payer to payee along hops with a > 0; false when it is longer than allowed or
 * runs in a circle. */
static bool walk_path(const struct attempt *t, const struct lg_delta *net, uint32_t n,
		      struct lg_route *out)
{
	uint32_t at = t->want->payer;
	out->path.count = 0;
	out->amount = INT64_MAX;
	while (at != t->want->payee) {
		uint32_t k = 0;
		while (k < n && (net[k].a == 0 ||
				 t->q->pairs[hop_pair(net[k].hop)].node[hop_dir(net[k].hop)] != at))
			k++;
		if (k == n || out->path.count == t->want->max_hops)
			return false;
		out->path.hops[out->path.count++] = net[k].hop;
		out->amount = gn_amount_min(out->amount, net[k].a);
		at = t->q->pairs[hop_pair(net[k].hop)].node[1 - hop_dir(net[k].hop)];
		for (uint32_t i = 0; i + 1 < out->path.count; i++)
			if (t->q->pairs[hop_pair(out->path.hops[i])]
				    .node[hop_dir(out->path.hops[i])] == at)
				return false;
	}
	return true;
}

static bool tell_path(const struct attempt *t, gn_amount total, struct lg_routes *out)
{
	GN_ASSERT(total > 0);
	struct lg_delta net[GN_COUNT(t->taken)];
	uint32_t n = net_hops(t, net), line, node;
	gn_amount left = total;
	for (out->count = 0; left > 0; out->count++) {
		struct lg_route *r = &out->route[out->count];
		if (out->count == t->want->max_paths || !walk_path(t, net, n, r) ||
		    lg_path_blocked(t->b, t->q, r->path.hops, r->path.count, &line, &node))
			return false;
		left -= r->amount;
		for (uint32_t i = 0; i < r->path.count; i++)
			for (uint32_t k = 0; k < n; k++)
				net[k].a -= net[k].hop == r->path.hops[i] ? r->amount : 0;
	}
	for (uint32_t k = 0; k < n; k++)
		if (net[k].a != 0)
			return false;
	out->total = total;
	return true;
}

/* ---- several paths ---- */

static bool crosses(const struct attempt *t, const struct lg_path *path)
{
	for (uint32_t i = 0; i < path->count; i++)
		for (uint32_t k = 0; k < t->taken_count; k++)
			if (t->taken[k].hop == hop_line(path->hops[i]))
				return true;
	return false;
}

/* The largest part of `left` that one more path takes: all of it, then three quarters and so on
 * down to an even share. */
static gn_err next_part(struct attempt *t, gn_amount left, unsigned paths, struct lg_path *path,
			bool *found)
{
	GN_ASSERT(left > 0 && paths > 0);
	gn_amount share = (left + paths - 1) / paths;
	for (gn_amount part = left;;) {
		GN_TRY(find_path(t, part, path, found));
		if (*found || part == share || t->tries >= ROUTE_TRIES_MAX)
			return GN_OK;
		part = gn_amount_max(share, part - part / 4 - (part < 4));
	}
}

static gn_err several_paths(struct attempt *t, struct lg_routes *out, bool *found, bool *crossed)
{
	GN_ASSERT(t->taken_count == 0 && t->want->max_paths <= ROUTE_PATHS_MAX);
	gn_amount left = t->want->amount;
	*crossed = false;
	out->count = 0;
	out->total = left;
	for (unsigned paths = t->want->max_paths; left > 0 && paths > 0; paths--) {
		struct lg_route *r = &out->route[out->count];
		GN_TRY(next_part(t, left, paths, &r->path, found));
		if (!*found)
			return GN_OK;
		*crossed |= crosses(t, &r->path);
		r->amount = room_of(t, &r->path, left);
		GN_ASSERT(r->amount > 0);
		left -= r->amount;
		if (left > 0 || *crossed) /* later searches, or tell(), look at it */
			take_path(t, &r->path, r->amount);
		out->count++;
	}
	*found = left == 0 && (!*crossed || !t->cancel || tell_path(t, t->want->amount, out));
	return GN_OK;
}

static void start_attempt(struct attempt *t, struct lg_router *r, struct lg_book *b,
			  struct lg_eq *q, const struct lg_request *want, bool ask, bool cancel)
{
	t->r = r;
	t->b = b;
	t->q = q;
	t->want = want;
	t->ask = ask;
	t->cancel = cancel;
	t->tries = 0;
	t->taken_count = t->banned_count = 0;
	t->avoid_count = 0;
	for (uint32_t i = 0; i < want->avoid_count && i < OP_AVOID_MAX; i++)
		if (want->avoid[i] != want->payer && want->avoid[i] != want->payee)
			t->avoid[t->avoid_count++] = want->avoid[i];
}

gn_err lg_find_routes(struct lg_router *r, struct lg_book *b, struct lg_eq *q,
		      const struct lg_request *want, struct lg_routes *out)
{
	struct attempt t;
	GN_ASSERT(want->max_paths >= 1 && want->max_paths <= ROUTE_PATHS_MAX && want->amount > 0);
	for (int ask = 0; ask < 2; ask++)
		for (int cancel = 1; cancel >= 0; cancel--) {
			bool found = false, crossed = false;
			start_attempt(&t, r, b, q, want, ask, cancel);
			gn_err err = several_paths(&t, out, &found, &crossed);
			put_back(&t);
			if (err || found)
				return err;
			if (!crossed)
				break; /* cancelling had no part in the failure */
		}
	return GN_NO_CAPACITY;
}

gn_err lg_find_routes_again(struct lg_router *r, struct lg_book *b, struct lg_eq *q,
			    struct lg_request *want, bool again, struct lg_routes *out,
			    bool *second)
{
	gn_err err = lg_find_routes(r, b, q, want, out);
	*second = err == GN_NO_CAPACITY && again &&
		  (want->max_hops < ROUTE_HOPS_MAX || want->max_paths < ROUTE_PATHS_MAX);
	if (!*second)
		return err;
	want->max_hops = ROUTE_HOPS_MAX;
	want->max_paths = ROUTE_PATHS_MAX;
	return lg_find_routes(r, b, q, want, out);
}

/* Between two amounts, in the middle of their logarithms while they differ there. */
static gn_amount middle(gn_amount low, gn_amount high)
{
	unsigned code = ((unsigned)lg_quantise(low) + lg_quantise(high) + 1) / 2;
	gn_amount mid = code < 2048 ? (gn_amount)code
				    : (gn_amount)(2048 + (code & 2047)) << ((code >> 11) - 1);
	return mid > low && mid <= high ? mid : low + (high - low + 1) / 2;
}

gn_err lg_most(struct lg_router *r, struct lg_book *b, struct lg_eq *q,
	       const struct lg_request *want, struct lg_routes *out)
{
	struct attempt t;
	gn_err err = GN_OK;
	start_attempt(&t, r, b, q, want, true, false);
	for (*out = (struct lg_routes){.count = 0};
	     out->count < want->max_paths && out->total < want->amount && !err;) {
		struct lg_route *best = &out->route[out->count];
		/* carries low, does not carry above high */
		gn_amount low = 0, high = want->amount - out->total;
		bool found;
		for (unsigned steps = 0; low < high && steps < 40 && !err; steps++) {
			struct lg_path path;
			gn_amount mid = steps == 0 ? high : steps == 1 ? 1 : middle(low, high);
			t.tries = t.banned_count = 0;
			err = find_path(&t, mid, &path, &found);
			if (!err && found) {
				best->path = path;
				low = best->amount = room_of(&t, &path, want->amount - out->total);
			} else {
				high = mid - 1;
			}
		}
		if (err || low == 0)
			break;
		take_path(&t, &best->path, best->amount);
		out->total += best->amount;
		out->count++;
	}
	put_back(&t);
	return err;
}

gn_err lg_connected(struct lg_router *r, struct lg_book *b, struct lg_eq *q, uint32_t payer,
		    uint32_t payee, bool *out)
{
	struct lg_query s = {.book = b,
			     .q = q,
			     .mode = LG_BY_LINES,
			     .source = payer,
			     .target = payee,
			     .max_hops = UINT32_MAX};
	return lg_search(r, &s, NULL, out);
}
