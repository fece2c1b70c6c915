/* Connections, as carriers.h says.
 *
 *   begin: WAITS -> [alone for CARRIER_ALONE, or nothing else to begin at] -> DIALLED -> OPEN
 *          OPEN, DIALLED -> WAITS [closed: a second later, twice as late each time, up to a minute]
 *
 *   second: none -> DIALLED [CROWDED: what must not wait waits behind others on the first]
 *           -> OPEN [a path of the session] -> none [closed, or the session has ended]
 *
 * 1. A carrier is lent by net until its `closed`, or until it is closed here; ways.c knows it from
 *    `opened` on.
 * 2. What comes in takes no place for long that no key proves: net counts it as a stranger's until
 *    a session is up on it (gn_wss_proven). */
#include "node/carriers.h"
#include "node/node_int.h"

static struct gn_node_begin *begin_of(struct gn_node *node, const struct gn_carrier *c)
{
	struct gn_node_carriers *k = &node->carriers;
	for (unsigned i = 0; i < k->begin_count; i++)
		if (k->begins[i].carrier == c)
			return &k->begins[i];
	return NULL;
}

static struct gn_node_begin *second_of(struct gn_node *node, const struct gn_carrier *c)
{
	struct gn_node_carriers *k = &node->carriers;
	for (unsigned i = 0; i < k->begin_count; i++)
		if (k->begins[i].second == c)
			return &k->begins[i];
	return NULL;
}

/* ---- another connection ---- */

/* It may have been ended by ways.c. */
static void second_look(const struct gn_node *node, struct gn_node_begin *b)
{
	if (!b->second_link || gn_node_ways_carrier_of(node, b->second_link))
		return;
	b->second = NULL;
	b->second_link = 0;
}

static void second_close(struct gn_node *node, struct gn_node_begin *b)
{
	struct gn_carrier *c = b->second;
	b->second = NULL;
	if (!c)
		return;
	if (b->second_link)
		gn_node_ways_carrier_end(node, b->second_link);
	else
		c->close(c);
	b->second_link = 0;
}

static void second_opened(struct gn_node *node, struct gn_node_begin *b)
{
	const struct gn_way to = {b->second->peer, gn_node_ways_link(b->second)};
	b->second_link = to.link;
	gn_err err = gn_jet_path_open(node->jet, b->crowded, &to, node->now);
	gn_host_log(&node->host, GN_LOG_INFO, "wss.second", "another connection to %s: %s", b->url,
		    err ? gn_err_text(err) : "for what must not wait");
	if (err)
		second_close(node, b);
}

static void second_dial(struct gn_node *node, struct gn_node_begin *b, gn_jet_id session)
{
	const char *proxy = *node->config.proxy ? node->config.proxy : NULL;
	b->crowded = session;
	b->second_link = 0;
	if (node->carriers.dial(node->carriers.wss, b->url, proxy, &b->second))
		b->second = NULL;
}

void gn_node_carriers_event(struct gn_node *node, const struct gn_jet_event *e)
{
	struct gn_node_carriers *k = &node->carriers;
	for (unsigned i = 0; i < k->begin_count; i++) {
		struct gn_node_begin *b = &k->begins[i];
		second_look(node, b);
		bool refused = e->kind == GN_JET_MOVED && e->err && b->second_link &&
			       e->way.link == b->second_link; /* it led to another machine */
		if (e->kind == GN_JET_CROWDED && b->open && b->link == e->way.link && !b->second)
			second_dial(node, b, e->id);
		else if (b->second && b->crowded == e->id && (e->kind == GN_JET_CLOSED || refused))
			second_close(node, b);
	}
}

/* ---- what net tells ---- */

void gn_node_carriers_opened(struct gn_node *node, struct gn_carrier *c)
{
	struct gn_node_begin *b = begin_of(node, c), *of = second_of(node, c);
	if (gn_node_ways_carrier(node, c)) {
		c->close(c);
		if (b)
			b->carrier = NULL;
		if (of)
			of->second = NULL;
		return;
	}
	if (of)
		second_opened(node, of);
	if (!b)
		return;
	b->open = true;
	b->link = gn_node_ways_link(c);
	b->failures = 0;
	gn_host_log(&node->host, GN_LOG_INFO, "wss.open", "connected to %s", b->url);
	gn_node_peers_begin(node, &(struct gn_way){c->peer, gn_node_ways_link(c)});
}

static void on_opened(void *user, struct gn_carrier *c)
{
	gn_node_woken(user);
	gn_node_carriers_opened(user, c);
}

static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	struct gn_node *node = user;
	const struct gn_way way = {*from, gn_node_ways_link(c)};
	gn_node_woken(node);
	if (way.link)
		gn_node_recv(node, &way, datagram);
}

static void on_room(void *user, struct gn_carrier *c)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	if (gn_node_ways_link(c))
		gn_node_ways_room(node, c);
}

void gn_node_carriers_closed(struct gn_node *node, struct gn_carrier *c, gn_err why)
{
	struct gn_node_begin *b = begin_of(node, c);
	if (gn_node_ways_link(c))
		gn_node_ways_carrier_drop(node, c);
	struct gn_node_begin *of = second_of(node, c);
	if (of) {
		of->second = NULL;
		of->second_link = 0;
	}
	if (!b)
		return;
	second_look(node, b);
	if (b->second_link) { /* the session goes on by the other one */
		b->carrier = b->second;
		b->link = b->second_link;
		b->second = NULL;
		b->second_link = 0;
		return;
	}
	gn_time wait = GN_SEC << (b->failures < 6 ? b->failures : 6);
	gn_host_log(&node->host, b->failures ? GN_LOG_DEBUG : GN_LOG_WARN, "wss.closed",
		    "%s: %s; still trying", b->url, gn_err_text(why));
	b->carrier = NULL;
	b->open = false;
	b->failures++;
	b->at = node->now + gn_time_min(wait, 60 * GN_SEC);
}

static void on_closed(void *user, struct gn_carrier *c, gn_err why)
{
	gn_node_woken(user);
	gn_node_carriers_closed(user, c, why);
}

/* ---- dialling ---- */

/* Is a session up that goes over UDP? */
static bool is_heard(const struct gn_node *node)
{
	return node->peers.direct > 0;
}

static void dial(struct gn_node *node, struct gn_node_begin *b)
{
	const char *proxy = *node->config.proxy ? node->config.proxy : NULL;
	gn_err err = node->carriers.dial(node->carriers.wss, b->url, proxy, &b->carrier);
	b->at = GN_NEVER;
	if (!err)
		return;
	b->carrier = NULL;
	b->at = node->now + 60 * GN_SEC;
	gn_host_log(&node->host, GN_LOG_WARN, "wss.refused", "%s cannot be dialled: %s", b->url,
		    gn_err_text(err));
}

/* Who is heard by such a connection alone says so. */
static void look_at_udp(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	bool open = false;
	for (unsigned i = 0; i < k->begin_count; i++)
		open |= k->begins[i].open;
	if (is_heard(node))
		k->alone_since = 0;
	else if (!k->alone_since)
		k->alone_since = node->now;
	bool none = node->homes.reached == GN_OVERLAY_REACH_NO_UDP;
	if (!none && open && k->alone_since && node->now - k->alone_since >= GN_NODE_CARRIER_ALONE)
		gn_node_homes_sure(node, GN_OVERLAY_REACH_NO_UDP);
	else if (none && !k->alone_since)
		gn_node_dialback_anew(node);
}

gn_time gn_node_carriers_tick(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	if (!k->begin_count)
		return GN_NEVER;
	look_at_udp(node);
	bool only = k->begin_count == node->config.bootstrap_count;
	gn_time due = !k->alone_since ? GN_NEVER
				      : k->alone_since + (only ? 0 : GN_NODE_CARRIER_ALONE),
		at = GN_NEVER;
	for (unsigned i = 0; i < k->begin_count; i++) {
		struct gn_node_begin *b = &k->begins[i];
		second_look(node, b);
		if (b->open && !gn_node_ways_carrier_of(node, b->link)) {
			/* ended by ways.c or peers.c: nobody was there, or it took too little */
			second_close(node, b);
			*b = (struct gn_node_begin){.url = b->url, .at = node->now + 10 * GN_SEC};
		}
		if (b->carrier)
			continue;
		gn_time when = b->at > due ? b->at : due;
		if (when <= node->now)
			dial(node, b);
		else
			at = gn_time_min(at, when);
	}
	return gn_time_min(at, node->now + GN_NODE_CARRIER_ALONE);
}

/* ---- life ---- */

gn_err gn_node_carriers_open(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_node_carriers *k = &node->carriers;
	const struct gn_node_config *c = &node->config;
	k->dial = gn_wss_dial;
	for (unsigned i = 0; i < c->bootstrap_count; i++)
		if (gn_node_carriers_url(c->bootstrap[i]))
			k->begins[k->begin_count++].url = c->bootstrap[i];
	if (!k->begin_count && !c->wss)
		return GN_OK;
	struct gn_wss_config config = {.loop = &node->host.loop,
				       .rand = &node->host.rand,
				       .now = gn_os_wall(),
				       .events = {on_opened, on_received, on_room, on_closed, node},
				       .listen = c->wss != 0,
				       .at = {.port = c->wss},
				       .behind = c->wss_behind,
				       .cert_file = *c->wss_cert ? c->wss_cert : NULL,
				       .key_file = *c->wss_key ? c->wss_key : NULL};
	if (c->wss_behind)
		config.at = gn_addr_v4(127, 0, 0, 1, c->wss);
	gn_err err = gn_wss_new(&config, &k->wss);
	if (err == GN_PORT_TAKEN)
		return gn_host_why(why, err,
				   "TCP port %u is taken: give another with --wss PORT, or stop "
				   "what uses it",
				   c->wss);
	if (err == GN_DENIED)
		return gn_host_why(why, err,
				   "TCP port %u may not be opened by this user: give one above "
				   "1023 with --wss PORT, or the right CAP_NET_BIND_SERVICE",
				   c->wss);
	if (err == GN_KEY)
		return gn_host_why(why, err, "%s and %s are not a certificate and its key",
				   c->wss_cert, c->wss_key);
	return err ? gn_host_why(why, err, "connections by TLS cannot be taken: %s",
				 gn_err_text(err))
		   : GN_OK;
}

void gn_node_carriers_close(struct gn_node *node)
{
	gn_wss_free(node->carriers.wss);
	node->carriers.wss = NULL;
}
