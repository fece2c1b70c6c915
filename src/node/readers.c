/* Whose turn it is to read: downloads of the gateway have GN_NODE_READERS slots, what fits into
 * an answer's queue as a whole has GN_NODE_READERS_SMALL of its own, and what is above them
 * waits in order (NO-15). So no number of downloads that go on for hours keeps anybody from a
 * page.
 *
 *   opened  -> reading [a slot is free]
 *           -> waiting [none is]
 *   waiting -> reading
 *           -> 503 [GN_NODE_READ_WAIT, GN_NODE_READS_WAITING]
 *           -> opened -> waiting [the site cannot be opened yet: it has waited since it came]
 *   reading -> end
 *           -> cut [its client is behind, or it stands still]
 *
 * 1. `slot` counts in node->readers[small] until readers_leave; a request never leaves twice.
 * 2. Of those who wait the one whose site has the fewest slots is next, the one that waits
 *    longest among equals: a page that opens a hundred downloads stands behind itself.
 * 3. While others wait, who gives way is one whose client has not taken what is here at the pace
 *    that others may ask for (gn_http_behind): of the site with the most slots the one furthest
 *    behind. When all keep up, one for which nothing came for GN_NODE_READ_STILL: of the site
 *    with the most slots, if that leaves it more than the next has. */
#include "node/gateway.h"
#include "node/node_int.h"

static const unsigned slots[] = {GN_NODE_READERS, GN_NODE_READERS_SMALL};

static bool is_waiting(const struct gn_node_request *r)
{
	return r->gateway && r->gateway->waiting && r->base.http;
}

static bool any_waits(const struct gn_node *node, bool small)
{
	const struct gn_node_request *r = gn_node_request_first(node);
	while (r && !(is_waiting(r) && r->gateway->small == small))
		r = gn_node_request_next(r);
	return r != NULL;
}

bool readers_enter(struct gn_node_request *r)
{
	struct gn_node_gateway *g = r->gateway;
	bool small = g->left <= GN_NODE_READ_SMALL;
	if (g->slot && g->small == small)
		return true;
	readers_leave(r);
	g->small = small;
	if (r->node->readers[small] >= slots[small] || any_waits(r->node, small)) {
		readers_wait(r);
		return false;
	}
	g->slot = true;
	r->node->readers[small]++;
	return true;
}

void readers_leave(struct gn_node_request *r)
{
	if (!r->gateway->slot)
		return;
	r->gateway->slot = false;
	GN_ASSERT(r->node->readers[r->gateway->small] > 0);
	r->node->readers[r->gateway->small]--;
}

static unsigned slots_of(const struct gn_node *node, const struct gn_name *name)
{
	unsigned n = 0;
	for (const struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r))
		n += r->gateway && r->gateway->slot &&
		     strcmp(r->gateway->at.name.text, name->text) == 0;
	return n;
}

static unsigned waiting_of(const struct gn_node *node, const struct gn_name *name)
{
	unsigned n = 0;
	for (const struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r))
		n += is_waiting(r) && (!name || strcmp(r->gateway->at.name.text, name->text) == 0);
	return n;
}

static void refuse_turn(struct gn_node_request *r)
{
	r->gateway->waiting = false;
	gateway_busy(r);
}

/* Of the site that has the most of those who wait the one that came last. */
static struct gn_node_request *last_of_most(const struct gn_node *node)
{
	struct gn_node_request *best = NULL;
	unsigned most = 0;
	for (struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r)) { /* the newest first */
		unsigned n = is_waiting(r) ? waiting_of(node, &r->gateway->at.name) : 0;
		if (n > most) {
			best = r;
			most = n;
		}
	}
	return best;
}

void readers_wait(struct gn_node_request *r)
{
	readers_leave(r);
	gn_host_wait_end(&r->base);
	if (r->gateway->waiting)
		return;
	r->gateway->waiting = true;
	if (r->gateway->since == 0) {
		r->gateway->since = r->node->now;
		r->node->reads_waited++;
	}
	if (waiting_of(r->node, NULL) > GN_NODE_READS_WAITING)
		refuse_turn(last_of_most(r->node));
}

static struct gn_node_request *next_waiting(const struct gn_node *node, bool small)
{
	struct gn_node_request *best = NULL;
	unsigned fewest = 0;
	for (struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r)) {
		if (!is_waiting(r) || r->gateway->small != small)
			continue;
		unsigned n = slots_of(node, &r->gateway->at.name);
		if (!best || n < fewest ||
		    (n == fewest && r->gateway->since < best->gateway->since)) {
			best = r;
			fewest = n;
		}
	}
	return best;
}

/* How long its client is behind, ms, and how long nothing of it came; 0: not for so long that it
 * has to give way. */
static uint64_t behind(const struct gn_node_request *r)
{
	uint64_t ms = gn_http_behind(r->base.http);
	return ms >= GN_NODE_READ_BEHIND ? ms : 0;
}

static uint64_t still(const struct gn_node_request *r)
{
	gn_time t = r->base.streaming ? r->node->now - r->gateway->moved : 0;
	return t >= GN_NODE_READ_STILL ? (uint64_t)t : 0;
}

/* Of the site with the most slots, `least` of them or more, the worst one; NULL: none has to
 * give way. */
static struct gn_node_request *find_worst(const struct gn_node *node, bool small, unsigned least,
					  uint64_t (*bad)(const struct gn_node_request *))
{
	struct gn_node_request *worst = NULL;
	unsigned most = least;
	for (struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r)) {
		if (!r->base.http || !r->gateway || !r->gateway->slot ||
		    r->gateway->small != small || !bad(r))
			continue;
		unsigned n = slots_of(node, &r->gateway->at.name);
		if (n > most || (n == most && (!worst || bad(r) >= bad(worst)))) {
			worst = r;
			most = n;
		}
	}
	return worst;
}

static void cut_read(struct gn_node_request *r)
{
	r->node->reads_cut++;
	gn_bundles_cancel(r->node->bundles, r->gateway->read, r->node->now);
	gn_host_wait_end(&r->base);
	readers_leave(r);
	gn_http_abort(r->base.http);
}

/* False when nobody else can be let in now. */
static bool admit_next(struct gn_node *node, struct gn_node_request *r)
{
	bool small = r->gateway->small;
	GN_ASSERT(r->gateway->waiting && !r->gateway->slot);
	if (node->readers[small] >= slots[small]) {
		struct gn_node_request *away = find_worst(node, small, 0, behind);
		away = away ? away
			    : find_worst(node, small, slots_of(node, &r->gateway->at.name) + 2,
					 still);
		if (!away)
			return false;
		cut_read(away);
	}
	r->gateway->waiting = false;
	r->gateway->slot = true;
	node->readers[small]++;
	r->gateway->go_on(r);
	return !r->gateway->waiting;
}

/* Does one still wait? */
static bool admit_all(struct gn_node *node, bool small)
{
	struct gn_node_request *r;
	while ((r = next_waiting(node, small)) && admit_next(node, r))
		;
	return r != NULL;
}

gn_time gn_node_readers_tick(struct gn_node *node)
{
	for (struct gn_node_request *r = gn_node_request_first(node); r;
	     r = gn_node_request_next(r))
		if (is_waiting(r) && node->now - r->gateway->since > GN_NODE_READ_WAIT)
			refuse_turn(r);
	bool small = admit_all(node, true), large = admit_all(node, false);
	return small || large ? node->now + GN_NODE_READ_LOOK : GN_NEVER;
}
