/* Whose turn it is to read: downloads of the gateway have GN_NODE_READERS slots, those above them wait in order
 * (NO-15).
 *
 *   opened -> reading [a slot is free] -> end        reading -> cut [its client takes nothing, and others wait]
 *          -> waiting [none is] -> reading           waiting -> 503 [GN_NODE_READ_WAIT]
 *
 * 1. `slot` counts in node->readers until readers_leave; a request never leaves twice.
 * 2. Of those who wait the one whose site has the fewest slots is next, the one that waits longest among equals: a page
 *    that opens a hundred downloads stands behind itself.
 * 3. Who is cut was owed nothing by the network: its client has not taken what is here for GN_NODE_READ_STALL. */
#include "node/gateway_int.h"

static bool waits(const struct gn_request *r)
{
	return r->gateway && r->gateway->waiting && r->http;
}

static bool any_waits(const struct gn_node *node)
{
	const struct gn_request *r = node->requests;
	while (r && !waits(r))
		r = r->next;
	return r != NULL;
}

bool readers_enter(struct gn_request *r)
{
	if (r->gateway->slot)
		return true;
	if (r->node->readers >= GN_NODE_READERS || any_waits(r->node)) {
		readers_wait(r);
		return false;
	}
	r->gateway->slot = true;
	r->node->readers++;
	return true;
}

void readers_leave(struct gn_request *r)
{
	if (!r->gateway->slot)
		return;
	r->gateway->slot = false;
	r->node->readers--;
}

void readers_wait(struct gn_request *r)
{
	readers_leave(r);
	r->engine = GN_OP_NONE;
	if (r->gateway->waiting)
		return;
	r->gateway->waiting = true;
	r->gateway->moved = r->node->now;
	r->node->reads_waited++;
}

static unsigned slots_of(const struct gn_node *node, const struct gn_name *name)
{
	unsigned n = 0;
	for (const struct gn_request *r = node->requests; r; r = r->next)
		n += r->gateway && r->gateway->slot && strcmp(r->gateway->at.name.text, name->text) == 0;
	return n;
}

static struct gn_request *next_waiting(const struct gn_node *node)
{
	struct gn_request *best = NULL;
	unsigned fewest = 0;
	for (struct gn_request *r = node->requests; r; r = r->next) {
		if (!waits(r))
			continue;
		unsigned n = slots_of(node, &r->gateway->at.name);
		if (!best || n < fewest || (n == fewest && r->gateway->moved < best->gateway->moved)) {
			best = r;
			fewest = n;
		}
	}
	return best;
}

/* The one whose client has taken nothing for longest, NULL when all take. */
static struct gn_request *find_stalled(const struct gn_node *node)
{
	struct gn_request *worst = NULL;
	for (struct gn_request *r = node->requests; r; r = r->next)
		if (r->http && r->gateway && r->gateway->slot && r->gateway->blocked &&
		    node->now - r->gateway->moved > GN_NODE_READ_STALL &&
		    (!worst || r->gateway->moved < worst->gateway->moved))
			worst = r;
	return worst;
}

static void cut(struct gn_request *r)
{
	r->node->reads_cut++;
	gn_bundles_cancel(r->node->bundles, r->gateway->read, r->node->now);
	r->engine = GN_OP_NONE;
	readers_leave(r);
	gn_http_abort(r->http);
}

/* False when nobody else can be let in now. */
static bool admit_next(struct gn_node *node, struct gn_request *r)
{
	if (node->readers >= GN_NODE_READERS) {
		struct gn_request *stalled = find_stalled(node);
		if (!stalled)
			return false;
		cut(stalled);
	}
	r->gateway->waiting = false;
	r->gateway->slot = true;
	node->readers++;
	gateway_open(r);
	return !r->gateway->waiting;
}

gn_time gn_readers_tick(struct gn_node *node)
{
	struct gn_request *r;
	for (r = node->requests; r; r = r->next)
		if (waits(r) && node->now - r->gateway->moved > GN_NODE_READ_WAIT) {
			r->gateway->waiting = false;
			gateway_busy(r);
		}
	while ((r = next_waiting(node)) && admit_next(node, r))
		;
	return r ? node->now + GN_NODE_READ_LOOK : GN_NEVER;
}
