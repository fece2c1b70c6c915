/* Sockets for guesses: guess.h.
 *
 *   asked -> OPEN [GUESS: sockets, links, and jet is told] -> KEPT [GUESSED: one was of use]
 *   OPEN, KEPT -> closed [GUESSED: none was | the session has ended, or no path of it goes by it]
 *
 * 1. Links of one guess follow each other, so jet is told the first and how many.
 * 2. GN_NODE_GUESSES are kept; when they are, there are no sockets for one more. */
#include "node/node_int.h"
#include "node/ways.h"

#include <stdlib.h>

struct gn_node_guess {
	struct gn_node_guess *next;
	struct gn_node *node;
	struct gn_spares *sockets; /* owned */
	gn_jet_id session;
	uint32_t link; /* of the one that is kept; 0: it is not known yet */
	uv_poll_t poll;
};

static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	struct gn_node *node = user;
	const struct gn_way way = {*from, gn_node_ways_link(c)};
	if (way.link)
		gn_node_recv(node, &way, datagram);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct gn_node_guess *g = poll->data;
	(void)status;
	(void)events;
	gn_node_woken(g->node);
	gn_spares_turn(g->sockets);
}

static void on_freed(uv_handle_t *handle)
{
	free(handle->data);
}

/* ---- closing ---- */

/* All but that of `link`. */
static void close_links(struct gn_node *node, struct gn_node_guess *g, uint32_t but)
{
	for (unsigned i = 0; i < gn_spares_count(g->sockets); i++) {
		struct gn_carrier *c = gn_spares_at(g->sockets, i);
		uint32_t link = c ? gn_node_ways_link(c) : 0;
		if (!c || (but && link == but))
			continue;
		if (link)
			gn_node_ways_carrier_end(node, link);
		else
			c->close(c);
	}
}

static void end(struct gn_node *node, struct gn_node_guess *g)
{
	struct gn_node_guess **at = &node->guesses.first;
	close_links(node, g, 0);
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	node->guesses.count--;
	uv_poll_stop(&g->poll);
	gn_spares_free(g->sockets);
	g->sockets = NULL;
	uv_close((uv_handle_t *)&g->poll, on_freed);
}

void gn_node_guess_stop(struct gn_node *node)
{
	while (node->guesses.first)
		end(node, node->guesses.first);
}

/* ---- opening ---- */

static struct gn_node_guess *guess_new(struct gn_node *node, const struct gn_jet_event *e)
{
	const struct gn_carrier_events events = {.received = on_received, .user = node};
	if (!node->udp || node->guesses.count == GN_NODE_GUESSES) /* no loop: a simulated node */
		return NULL;
	struct gn_node_guess *g = calloc(1, sizeof *g);
	if (!g || gn_spares_open(&e->way.addr, e->count, &events, &g->sockets)) {
		free(g);
		return NULL;
	}
	if (uv_poll_init(&node->host.loop, &g->poll, gn_spares_fd(g->sockets))) {
		gn_spares_free(g->sockets);
		free(g);
		return NULL;
	}
	g->node = node;
	g->session = e->id;
	g->poll.data = g;
	g->next = node->guesses.first;
	node->guesses.first = g;
	node->guesses.count++;
	uv_poll_start(&g->poll, UV_READABLE, on_ready);
	return g;
}

static void open_sockets(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_node_guess *g = guess_new(node, e);
	uint32_t first = 0, count = 0;
	for (unsigned i = 0; g && i < gn_spares_count(g->sockets); i++, count++) {
		struct gn_carrier *c = gn_spares_at(g->sockets, i);
		if (gn_node_ways_carrier(node, c))
			break;
		first = first ? first : gn_node_ways_link(c);
	}
	gn_host_log(&node->host, GN_LOG_DEBUG, "guess.open", "%u sockets for a guess of ports",
		    count);
	if (gn_jet_guess(node->jet, e->id, first, count, node->now) && g)
		end(node, g);
}

/* ---- what jet says ---- */

/* The one of the session that is being made, or one that is kept. */
static struct gn_node_guess *guess_of(const struct gn_node *node, gn_jet_id session, bool kept)
{
	struct gn_node_guess *g = node->guesses.first;
	while (g && (g->session != session || (g->link != 0) != kept))
		g = g->next;
	return g;
}

/* Does a path of its session still go by it? */
static bool is_used(const struct gn_node *node, const struct gn_node_guess *g)
{
	struct gn_way ways[8];
	unsigned count = gn_jet_ways(node->jet, g->session, ways, GN_COUNT(ways));
	for (unsigned i = 0; i < count; i++)
		if (ways[i].link == g->link)
			return true;
	return false;
}

static void guessed(struct gn_node *node, struct gn_node_guess *g, uint32_t link)
{
	gn_host_log(&node->host, GN_LOG_INFO, "guess", "%s",
		    link ? "a direct path was found by guessing ports"
			 : "no direct path was found by guessing ports");
	if (!link) {
		end(node, g);
		return;
	}
	g->link = link;
	close_links(node, g, link);
}

void gn_node_guess_event(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_node_guess *g;
	if (e->kind == GN_JET_GUESS) {
		open_sockets(node, e);
	} else if (e->kind == GN_JET_GUESSED) {
		if ((g = guess_of(node, e->id, false)))
			guessed(node, g, e->way.link);
	} else if (e->kind == GN_JET_CLOSED || e->kind == GN_JET_PATHS || e->kind == GN_JET_MOVED) {
		if (e->kind == GN_JET_CLOSED && (g = guess_of(node, e->id, false)))
			end(node, g);
		struct gn_node_guess *next;
		for (g = node->guesses.first; g; g = next) {
			next = g->next;
			if (g->session == e->id && g->link && !is_used(node, g))
				end(node, g);
		}
	}
}
