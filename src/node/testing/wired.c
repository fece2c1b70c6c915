/* Connections between whole nodes, as wired.h says. */
#include "node/testing/wired.h"

static struct wired *current; /* a node's hook has no room for more */

static gn_err send_to_other(struct gn_carrier *c, const struct gn_addr *to,
			    const struct gn_buf *data, uint16_t segment, size_t *sent)
{
	struct wired_end *e = (struct wired_end *)c;
	struct wired *all = e->all;
	size_t each = segment ? segment : data->len, prefix = e->info.prefix;
	(void)to;
	*sent = 0;
	if (e->refuses)
		return GN_AGAIN;
	for (size_t at = 0; at < data->len; at += each) {
		size_t len = data->len - at < each ? data->len - at : each;
		struct wired_flight *f = &all->line[all->last++ % WIRED_FLIGHTS];
		GN_ASSERT(all->last - all->first < WIRED_FLIGHTS);
		f->to = e->other;
		f->len = len - prefix;
		memcpy(f->bytes, data->p + at + prefix, f->len);
	}
	*sent = data->len;
	return GN_OK;
}

static size_t room_of(const struct gn_carrier *c)
{
	const struct wired_end *e = (const struct wired_end *)c;
	return e->open && !e->refuses ? WIRED_ROOM : 0;
}

static void close_end(struct gn_carrier *c)
{
	((struct wired_end *)c)->closed = true;
}

static void proven_end(struct gn_carrier *c)
{
	((struct wired_end *)c)->proven = true;
}

static struct wired_end *pair_new(struct wired *all, unsigned from, unsigned to)
{
	unsigned at = 0;
	while (at < all->count && !(all->ends[at].closed && all->ends[at + 1].closed))
		at += 2;
	GN_ASSERT(at + 2 <= WIRED_ENDS);
	struct wired_end *e = &all->ends[at];
	e[0].node = from;
	e[1].node = to;
	for (unsigned i = 0; i < 2; i++) {
		e[i] = (struct wired_end){.all = all, .node = e[i].node, .other = &e[!i]};
		e[i].info = (struct gn_way_info){
			.kind = GN_WAY_WSS, .reliable = true, .prefix = 8, .mtu = 1500};
		e[i].carrier = (struct gn_carrier){
			.info = &e[i].info,
			.peer = gn_addr_v4(90, (uint8_t)e[!i].node, 1, (uint8_t)(at + i + 1), 443),
			.incoming = i == 1,
			.send = send_to_other,
			.room = room_of,
			.close = close_end,
			.proven = proven_end};
	}
	all->count = at + 2 > all->count ? at + 2 : all->count;
	return e;
}

static gn_err dial_end_of(struct gn_node *node, const char *url, bool by_others,
			  struct gn_carrier **out)
{
	unsigned from = GN_CONTAINER(node, struct whole_node, node)->index;
	(void)by_others;
	if (strncmp(url, "wss://n", 7) != 0)
		return GN_UNSUPPORTED;
	*out = &pair_new(current, from, (unsigned)(url[7] - '0'))->carrier;
	return GN_OK;
}

void wired_init(struct wired *all, struct whole *w)
{
	*all = (struct wired){.w = w};
	current = all;
}

void wired_dials(struct wired *all, unsigned node)
{
	GN_ASSERT(all == current);
	whole_node(all->w, node)->outside.dial = dial_end_of;
}

struct wired_end *wired_connect(struct wired *all, unsigned from, unsigned to)
{
	struct wired_end *e = pair_new(all, from, to);
	for (unsigned i = 0; i < 2; i++) {
		whole_moved(all->w, e[i].node);
		e[i].open = true;
		gn_err err = gn_node_ways_carrier(whole_node(all->w, e[i].node), &e[i].carrier);
		GN_ASSERT(err == GN_OK);
	}
	return e;
}

/* ---- what happens to both ends ---- */

static struct gn_node *turn_to(struct wired_end *e)
{
	struct gn_node *node = whole_node(e->all->w, e->node);
	node->now = e->all->w->now;
	return node;
}

static void open_pair(struct wired_end *e)
{
	if (e->all->down) {
		e->closed = e->other->closed = true;
		gn_node_carriers_closed(turn_to(e), &e->carrier, GN_UNREACHABLE);
		whole_moved(e->all->w, e->node);
		return;
	}
	e[0].open = e[1].open = true;
	for (unsigned i = 2; i-- > 0;) {
		gn_node_carriers_opened(turn_to(&e[i]), &e[i].carrier);
		whole_moved(e->all->w, e[i].node);
	}
}

static void close_other(struct wired_end *e)
{
	e->closed = true;
	gn_node_carriers_closed(turn_to(e), &e->carrier, GN_CLOSED);
	whole_moved(e->all->w, e->node);
}

static void deliver(struct wired_flight *f)
{
	struct gn_node *node = turn_to(f->to);
	const struct gn_way from = {f->to->carrier.peer, gn_node_ways_link(&f->to->carrier)};
	if (from.link && !f->to->closed)
		gn_node_recv(node, &from, gn_slice(f->bytes, f->len));
	whole_moved(f->to->all->w, f->to->node);
}

void wired_move(struct wired *all)
{
	for (unsigned i = 0; i < all->count; i += 2) {
		struct wired_end *e = &all->ends[i];
		if (!e->open && !e->closed)
			open_pair(e);
	}
	while (all->first < all->last)
		deliver(&all->line[all->first++ % WIRED_FLIGHTS]);
	for (unsigned i = 0; i < all->count; i++) {
		struct wired_end *e = &all->ends[i];
		if (e->open && !e->closed && e->other->closed)
			close_other(e);
	}
}

/* As net tells of a connection that a network does not pass any more. */
static void cut(struct wired *all)
{
	for (unsigned i = 0; i < all->count && all->down; i++)
		if (all->ends[i].open && !all->ends[i].closed)
			close_other(&all->ends[i]);
}

void wired_run(struct wired *all, gn_time span)
{
	gn_time until = all->w->now + span, look = all->w->now;
	bool more = true;
	cut(all);
	while (more) {
		more = whole_step(all->w, until);
		wired_move(all);
		if (all->w->now < look)
			continue;
		look = all->w->now + GN_SEC / 2;
		for (unsigned i = 0; i < all->w->count; i++) {
			struct gn_node *node = whole_node(all->w, i);
			if (!node->outside.dial)
				continue;
			node->now = all->w->now;
			(void)gn_node_carriers_tick(node);
			whole_moved(all->w, i);
		}
		wired_move(all);
	}
}
