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
 *    a session is up on it (gn_carrier.proven).
 * 3. Urls of others (urls.c) are begun at while fewer than CARRIERS_OPEN connections are under way;
 *    those of the settings always.
 * 4. While a session goes by a connection that this node dialled, UDP is tried each UDP_AGAIN; jet
 *    goes there as soon as it is answered (RE-5). */
#include "node/carriers.h"
#include "node/node_int.h"

static struct gn_node_begin *begin_of(struct gn_node *node, const struct gn_carrier *c)
{
	struct gn_node_carriers *k = &node->carriers;
	for (unsigned i = 0; i < k->begin_count; i++)
		if (k->begins[i].carrier == c && (!k->begins[i].open || /* else it is another's: */
						  k->begins[i].link == gn_node_ways_link(c)))
			return &k->begins[i];
	return NULL;
}

static struct gn_node_begin *second_of(struct gn_node *node, const struct gn_carrier *c)
{
	struct gn_node_carriers *k = &node->carriers;
	for (unsigned i = 0; i < k->begin_count; i++)
		if (k->begins[i].second == c &&
		    (!k->begins[i].second_link || /* else it is another's: */
		     k->begins[i].second_link == gn_node_ways_link(c)))
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
	gn_host_log(&node->host, GN_LOG_INFO, "wss.second", "another connection to %s: %s",
		    b->url.text, err ? gn_err_text(err) : "for what must not wait");
	if (err)
		second_close(node, b);
}

static void second_dial(struct gn_node *node, struct gn_node_begin *b, gn_jet_id session)
{
	b->crowded = session;
	b->second_link = 0;
	if (node->outside.dial(node, b->url.text, !gn_pk_is_zero(&b->pk), &b->second))
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

static void begin_opened(struct gn_node *node, struct gn_node_begin *b, struct gn_carrier *c)
{
	b->open = true;
	b->link = gn_node_ways_link(c);
	b->failures = 0;
	gn_host_log(&node->host, GN_LOG_INFO, "wss.open", "connected to %s", b->url.text);
	gn_node_peers_begin(node, &(struct gn_way){c->peer, b->link});
}

void gn_node_carriers_opened(struct gn_node *node, struct gn_carrier *c)
{
	struct gn_node_begin *b = begin_of(node, c), *of = second_of(node, c);
	struct gn_node_call call = gn_node_connect_over(node, c);
	gn_err err = call.link ? gn_node_ways_carrier_as(node, c, call.link)
			       : gn_node_ways_carrier(node, c);
	if (err) {
		c->close(c);
		if (b)
			b->carrier = NULL;
		if (of)
			of->second = NULL;
	} else if (b) {
		begin_opened(node, b, c);
	} else if (of) {
		second_opened(node, of);
	}
	if (call.link)
		gn_node_peers_circuit(node, &call.pk, call.link, err == GN_OK);
}

static void begin_closed(struct gn_node *node, struct gn_node_begin *b, gn_err why)
{
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
		    "%s: %s; still trying", b->url.text, gn_err_text(why));
	b->carrier = NULL;
	b->open = false;
	b->failures++;
	b->at = node->now + gn_time_min(wait, 60 * GN_SEC);
}

void gn_node_carriers_closed(struct gn_node *node, struct gn_carrier *c, gn_err why)
{
	struct gn_node_begin *b = begin_of(node, c), *of = second_of(node, c);
	struct gn_node_call call = gn_node_connect_over(node, c);
	if (gn_node_ways_link(c))
		gn_node_ways_carrier_drop(node, c);
	if (of) {
		of->second = NULL;
		of->second_link = 0;
	}
	if (b)
		begin_closed(node, b, why);
	if (call.link)
		gn_node_peers_circuit(node, &call.pk, call.link, false);
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

static void on_closed(void *user, struct gn_carrier *c, gn_err why)
{
	gn_node_woken(user);
	gn_node_carriers_closed(user, c, why);
}

/* ---- dialling ---- */

static void dial(struct gn_node *node, struct gn_node_begin *b)
{
	gn_err err = node->outside.dial(node, b->url.text, !gn_pk_is_zero(&b->pk), &b->carrier);
	b->at = GN_NEVER;
	if (!err)
		return;
	b->carrier = NULL;
	b->at = node->now + 60 * GN_SEC;
	gn_host_log(&node->host, GN_LOG_WARN, "wss.refused", "%s cannot be dialled: %s",
		    b->url.text, gn_err_text(err));
}

/* Who is heard by such a connection alone says so. */
static void look_at_udp(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	bool open = gn_node_peers_turned(node);
	for (unsigned i = 0; i < k->begin_count; i++)
		open |= k->begins[i].open;
	if (gn_node_peers_heard(node))
		k->alone_since = 0;
	else if (!k->alone_since)
		k->alone_since = node->now;
	bool none = node->homes.reached == GN_OVERLAY_REACH_NO_UDP;
	if (!none && open && k->alone_since && node->now - k->alone_since >= GN_NODE_CARRIER_ALONE)
		gn_node_homes_sure(node, GN_OVERLAY_REACH_NO_UDP);
	else if (none && !k->alone_since)
		gn_node_dialback_anew(node);
}

/* What ended is dialled again some time; one of another's that is not there is forgotten. */
static void look_at_begins(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	for (unsigned i = k->begin_count; i-- > 0;) {
		struct gn_node_begin *b = &k->begins[i];
		second_look(node, b);
		if (b->open && !gn_node_ways_carrier_of(node, b->link)) {
			/* ended by ways.c or peers.c: nobody was there, or it took too little */
			second_close(node, b);
			b->open = false;
			b->carrier = NULL;
			b->at = node->now + 10 * GN_SEC;
		}
		if (i >= k->given && !b->carrier && b->failures >= GN_NODE_URL_FAILURES) {
			second_close(node, b);
			*b = k->begins[--k->begin_count];
		}
	}
}

static unsigned under_way(const struct gn_node_carriers *k)
{
	unsigned n = 0;
	for (unsigned i = 0; i < k->begin_count; i++)
		n += k->begins[i].carrier != NULL;
	return n;
}

/* Dials what is due. Those of the settings come first. */
static gn_time dial_due(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	bool only = k->given == node->config.bootstrap_count;
	gn_time due = !k->alone_since ? GN_NEVER
				      : k->alone_since + (only ? 0 : GN_NODE_CARRIER_ALONE),
		at = GN_NEVER;
	for (unsigned i = 0; i < k->begin_count; i++) {
		struct gn_node_begin *b = &k->begins[i];
		if (b->carrier || (i >= k->given && under_way(k) >= GN_NODE_CARRIERS_OPEN))
			continue;
		gn_time when = b->at > due ? b->at : due;
		if (when <= node->now)
			dial(node, b);
		else
			at = gn_time_min(at, when);
	}
	return at;
}

gn_time gn_node_carriers_tick(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	gn_time at = gn_time_min(gn_node_urls_tick(node), gn_node_quic_tick(node));
	if (node->now >= k->udp_at) {
		gn_node_peers_try_udp(node);
		k->udp_at = node->now + GN_NODE_UDP_AGAIN;
	}
	if (!k->begin_count && node->turn_way.state == GN_NODE_TURN_NONE)
		return at;
	look_at_udp(node);
	look_at_begins(node);
	at = gn_time_min(gn_time_min(at, k->udp_at), dial_due(node));
	return gn_time_min(at, node->now + GN_NODE_CARRIER_ALONE);
}

/* ---- life ---- */

void gn_node_carriers_begin(struct gn_node *node)
{
	struct gn_node_carriers *k = &node->carriers;
	const struct gn_node_config *c = &node->config;
	for (unsigned i = 0; i < c->bootstrap_count; i++)
		if (gn_node_carriers_url(c->bootstrap[i]) &&
		    gn_noderec_url(gn_str(c->bootstrap[i]), &k->begins[k->begin_count].url))
			k->begin_count++;
	k->given = k->begin_count;
}

gn_err gn_node_carriers_open(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_node_carriers *k = &node->carriers;
	const struct gn_node_config *c = &node->config;
	const struct gn_carrier_events events = {on_opened, on_received, on_room, on_closed, node};
	gn_node_carriers_begin(node);
	bool quic = c->quic != 0;
	for (unsigned i = 0; i < k->begin_count; i++)
		quic |= strncmp(k->begins[i].url.text, "quic://", 7) == 0;
	if (quic)
		GN_TRY(gn_node_quic_open(node, &events, why));
	struct gn_wss_config config = {.loop = &node->host.loop,
				       .rand = &node->host.rand,
				       .now = gn_os_wall(),
				       .events = events,
				       .listen = c->wss != 0,
				       .at = {.port = c->wss},
				       .behind = c->wss_behind,
				       .cert_file = *c->wss_cert ? c->wss_cert : NULL,
				       .key_file = *c->wss_key ? c->wss_key : NULL};
	if (c->wss_behind)
		config.at = gn_addr_v4(127, 0, 0, 1, c->wss);
	if (*c->wss_url && !c->wss)
		return gn_host_why(why, GN_USAGE,
				   "wss-url says where the port of wss is reached, and there is "
				   "none: give it with --wss PORT");
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
	gn_node_quic_close(node);
	gn_wss_free(node->carriers.wss);
	node->carriers.wss = NULL;
}
