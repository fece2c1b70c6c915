/* Lifetimes of flows, as lifetime.h says.
 *
 *   a network is known -> [nothing is known of it, or for a day] measured -> kept in the file
 *   `lifetimes` -> jet (gn_jet_keep_alive)
 *
 * 1. Nothing is measured of a node that is reached directly: nothing before it forgets.
 * 2. What died in silence though it was kept alive says that what was measured is wrong: it is
 *    forgotten, and half is used until it is measured again. */
#include "node/lifetime.h"
#include "node/node_int.h"

#include "os/os.h"
#include <stdio.h>
#include <stdlib.h>

#define FILE_NAME "lifetimes"
#define TEXT_MAX (64 + GN_NODE_LIFETIMES * 64)

struct lifetime_spare {
	struct gn_node *node;
	struct gn_spares *sockets; /* owned: one */
	struct gn_addr to;
	uv_poll_t poll;
};

/* ---- what is used ---- */

static void use(struct gn_node *node, gn_time keep)
{
	keep = keep > GN_NODE_KEEP_MIN ? keep : GN_NODE_KEEP_MIN;
	keep = keep < GN_NODE_KEEP_MAX ? keep : GN_NODE_KEEP_MAX;
	if (node->lifetimes.keep == keep)
		return;
	node->lifetimes.keep = keep;
	gn_jet_keep_alive(node->jet, keep, node->now);
}

const struct gn_node_lifetime_of *gn_node_lifetime_now(const struct gn_node *node)
{
	return gn_map_get(&node->lifetimes.nets, &node->lifetimes.net);
}

static void use_known(struct gn_node *node)
{
	const struct gn_node_lifetime_of *l = gn_node_lifetime_now(node);
	use(node, l ? l->seconds * GN_SEC / 10 * 7 : GN_NODE_KEEP_ALIVE);
}

void gn_node_lifetime_network(struct gn_node *node, const struct gn_addr *seen)
{
	struct gn_node_lifetimes *s = &node->lifetimes;
	uint64_t net = gn_addr_prefix(seen);
	if (net == s->net)
		return;
	s->net = net;
	gn_dialback_life_stop(node->dialback, node->now);
	use_known(node);
	s->due = node->now + GN_NODE_LIFETIME_SOON;
}

/* One that we have left, and by which nothing came for nearly as long as it was let be. */
static bool died_in_silence(const struct gn_node *node, gn_jet_id id)
{
	struct gn_jet_path_info p;
	gn_time least = node->lifetimes.keep / 4 * 3;
	for (unsigned i = 0; gn_jet_path_at(node->jet, id, i, &p); i++)
		if (p.way.link == 0 && p.silent != GN_NEVER && node->now - p.heard >= least)
			return true;
	return false;
}

void gn_node_lifetime_event(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_node_lifetimes *s = &node->lifetimes;
	if (e->kind != GN_JET_MOVED || e->err || e->why != GN_JET_WHY_SUSPECT || !s->net ||
	    !died_in_silence(node, e->id))
		return;
	gn_map_remove(&s->nets, &s->net);
	use(node, s->keep / 2);
	s->due = node->now + GN_NODE_LIFETIME_SOON;
}

/* ---- the file ---- */

/* "prefix in hex = seconds since" */
static gn_err set_line(void *user, struct gn_slice name, struct gn_slice value, char *why,
		       size_t cap)
{
	struct gn_node_lifetimes *s = user;
	uint8_t prefix[8];
	char text[32] = "", *end = text;
	memcpy(text, value.p, value.len < sizeof text - 1 ? value.len : sizeof text - 1);
	unsigned long seconds = strtoul(text, &end, 10);
	unsigned long long at = strtoull(end, &end, 10);
	if (gn_unhex(name, prefix, sizeof prefix) || *end || !seconds || seconds > 3600 || !at) {
		snprintf(why, cap, "a line is no network and how long flows live in it");
		return GN_TEXT;
	}
	uint64_t net = gn_be64(prefix);
	struct gn_node_lifetime_of *l = gn_map_put(&s->nets, &net);
	if (l)
		*l = (struct gn_node_lifetime_of){(uint32_t)seconds, at};
	return GN_OK;
}

gn_err gn_node_lifetime_read(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_buf text = {malloc(TEXT_MAX), 0, TEXT_MAX};
	char wrong[GN_HOST_WHY];
	gn_err err = text.p ? node->outside.kept(node, FILE_NAME, &text) : GN_NOMEM;
	if (err == GN_OK &&
	    gn_os_settings(gn_buf_slice(&text), set_line, &node->lifetimes, wrong, sizeof wrong))
		err = gn_node_list_set_aside(node, FILE_NAME, wrong, why);
	else if (err == GN_NOT_FOUND)
		err = GN_OK;
	else if (err)
		(void)!gn_host_why(why, err, "the file %s cannot be read", FILE_NAME);
	free(text.p);
	return err;
}

static void keep_file(struct gn_node *node)
{
	const struct gn_map *all = &node->lifetimes.nets;
	char text[TEXT_MAX];
	int len = snprintf(text, sizeof text, "# How long quiet flows live, by network.\n");
	for (uint32_t i = 0; i < all->count; i++) {
		const struct gn_node_lifetime_of *l = gn_map_value_at(all, i);
		len += snprintf(text + len, sizeof text - (size_t)len, "%016llx = %u %llu\n",
				*(const unsigned long long *)gn_map_key_at(all, i), l->seconds,
				(unsigned long long)l->at);
		GN_ASSERT(len > 0 && (size_t)len < sizeof text);
	}
	/* what cannot be written is measured again one day */
	(void)!node->outside.keep(node, FILE_NAME, gn_slice(text, (size_t)len));
}

/* The oldest gives way. */
static struct gn_node_lifetime_of *place_of(struct gn_map *nets, uint64_t net)
{
	struct gn_node_lifetime_of *l = gn_map_put(nets, &net);
	if (l || !nets->count)
		return l;
	uint32_t oldest = 0;
	for (uint32_t i = 1; i < nets->count; i++)
		if (GN_MAP_AT(nets, struct gn_node_lifetime_of, i).at <
		    GN_MAP_AT(nets, struct gn_node_lifetime_of, oldest).at)
			oldest = i;
	uint64_t key = *(const uint64_t *)gn_map_key_at(nets, oldest);
	gn_map_remove(nets, &key);
	return gn_map_put(nets, &net);
}

/* ---- measuring ---- */

static bool is_behind(const struct gn_node *node)
{
	return node->homes.reached == GN_OVERLAY_REACH_EASY ||
	       node->homes.reached == GN_OVERLAY_REACH_HARD;
}

void gn_node_lifetime_found(struct gn_node *node, const struct gn_dialback_life *l)
{
	struct gn_node_lifetimes *s = &node->lifetimes;
	struct gn_node_lifetime_of *at = NULL;
	if (l->why == GN_DIALBACK_LIFE_KNOWN && s->net)
		at = place_of(&s->nets, s->net);
	s->due = node->now + (at ? GN_NODE_LIFETIME_EVERY : GN_NODE_LIFETIME_AGAIN);
	if (!at)
		return;
	*at = (struct gn_node_lifetime_of){(uint32_t)(l->lifetime / GN_SEC), gn_node_unix(node)};
	use_known(node);
	keep_file(node);
	gn_host_log(&node->host, GN_LOG_INFO, "lifetime",
		    "a quiet flow lives for %u s in the router here; kept alive each %u s",
		    at->seconds, (unsigned)(s->keep / GN_SEC));
}

void gn_node_lifetime_tick(struct gn_node *node)
{
	struct gn_node_lifetimes *s = &node->lifetimes;
	struct gn_dialback_life l;
	if (gn_dialback_life_event(node->dialback, &l)) {
		gn_node_lifetime_stop(node);
		gn_node_lifetime_found(node, &l);
	}
	if (!s->net || node->now < s->due || !node->outside.send_spare)
		return;
	const struct gn_node_lifetime_of *known = gn_node_lifetime_now(node);
	uint64_t now = gn_node_unix(node);
	bool fresh = known && now >= known->at &&
		     now - known->at < GN_NODE_LIFETIME_EVERY / (uint64_t)GN_SEC;
	s->due = node->now + GN_NODE_LIFETIME_AGAIN;
	if (is_behind(node) && !fresh)
		(void)gn_dialback_life_start(node->dialback, node->now);
}

bool gn_node_lifetime_measure(struct gn_node *node)
{
	const struct gn_node_lifetime_of *known = gn_node_lifetime_now(node);
	uint64_t now = gn_node_unix(node);
	bool lately = known && now >= known->at && now - known->at < 3600;
	return is_behind(node) && node->lifetimes.net && node->outside.send_spare && !lately &&
	       gn_dialback_life_start(node->dialback, node->now);
}

const char *gn_node_lifetime_why(const struct gn_node *node)
{
	struct gn_dialback_life l;
	gn_dialback_life(node->dialback, &l);
	return is_behind(node) ? gn_dialback_life_text(l.why) : "no-router";
}

gn_time gn_node_lifetime_deadline(const struct gn_node *node)
{
	return node->lifetimes.net && node->outside.send_spare ? node->lifetimes.due : GN_NEVER;
}

/* ---- the socket ---- */

static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	struct gn_node *node = user;
	(void)c;
	gn_dialback_life_packet(node->dialback, from, datagram, node->now);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
	struct lifetime_spare *s = poll->data;
	(void)status;
	(void)events;
	gn_node_woken(s->node);
	gn_spares_turn(s->sockets);
}

static void on_freed(uv_handle_t *handle)
{
	free(handle->data);
}

void gn_node_lifetime_stop(struct gn_node *node)
{
	struct lifetime_spare *s = node->lifetimes.spare;
	if (!s)
		return;
	node->lifetimes.spare = NULL;
	uv_poll_stop(&s->poll);
	gn_spares_free(s->sockets);
	uv_close((uv_handle_t *)&s->poll, on_freed);
}

static struct lifetime_spare *spare_to(struct gn_node *node, const struct gn_addr *to)
{
	const struct gn_carrier_events events = {.received = on_received, .user = node};
	struct lifetime_spare *s = node->lifetimes.spare;
	if (s && gn_addr_eq(&s->to, to))
		return s;
	gn_node_lifetime_stop(node);
	if (!(s = calloc(1, sizeof *s)))
		return NULL;
	if (gn_spares_open(to, 1, &events, &s->sockets)) {
		free(s);
		return NULL;
	}
	if (uv_poll_init(&node->host.loop, &s->poll, gn_spares_fd(s->sockets))) {
		gn_spares_free(s->sockets);
		free(s);
		return NULL;
	}
	s->node = node;
	s->to = *to;
	s->poll.data = s;
	uv_poll_start(&s->poll, UV_READABLE, on_ready);
	return node->lifetimes.spare = s;
}

void gn_node_lifetime_send(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet)
{
	struct lifetime_spare *s = spare_to(node, to);
	struct gn_carrier *c = s ? gn_spares_at(s->sockets, 0) : NULL;
	uint8_t bytes[GN_DIALBACK_BYTES];
	struct gn_buf out = {bytes, packet.len, sizeof bytes};
	size_t sent;
	GN_ASSERT(packet.len <= sizeof bytes);
	memcpy(bytes, packet.p, packet.len);
	if (c) /* what does not leave is lost, as in a network */
		(void)!c->send(c, to, &out, (uint16_t)packet.len, &sent);
}

/* ---- life ---- */

void gn_node_lifetime_init(struct gn_node *node)
{
	struct gn_node_lifetimes *s = &node->lifetimes;
	gn_map_init(&s->nets, &node->env, sizeof(uint64_t), sizeof(struct gn_node_lifetime_of),
		    GN_NODE_LIFETIMES);
	s->keep = GN_NODE_KEEP_ALIVE;
	s->due = GN_NEVER;
}

void gn_node_lifetime_fini(struct gn_node *node)
{
	gn_map_fini(&node->lifetimes.nets);
}
