/* The life of the address at a TURN server: turn_way.h.
 *
 * 1. The password is read at the start, kept for the next try, and wiped at the end; nothing here
 *    writes it anywhere.
 * 2. After a 437 (this way was another's) and where the server names another one, a new line is
 *    made at once; else a failure is followed by a pause that doubles.
 * 3. jet hears of a link's end before another begins. */
#include "node/node_int.h"
#include "node/turn_way.h"

/* ---- life ---- */

static void told_open(void *user, const struct gn_addr *server)
{
	gn_node_woken(user);
	gn_node_turn_way_open(user, server);
}

static void told_got(void *user, struct gn_slice message)
{
	gn_node_woken(user);
	gn_node_turn_way_got(user, message);
}

static void told_lost(void *user, gn_err why)
{
	gn_node_woken(user);
	gn_node_turn_way_lost(user, why);
}

static gn_err dial_server(struct gn_node *node, const struct gn_addr *at,
			  struct gn_node_turn_line **out)
{
	const struct gn_node_turn_told told = {told_open, told_got, told_lost, node};
	return gn_node_turn_line(&node->host.loop, &node->turn_way.server, at, &told, out);
}

static bool put_text(struct gn_turn_text *t, struct gn_slice s)
{
	if (!s.len || s.len > sizeof t->b)
		return false;
	memcpy(t->b, s.p, s.len);
	t->len = (uint8_t)s.len;
	return true;
}

/* NAME:PASSWORD, one line. */
static bool take_login(struct gn_node_turn_way *t, struct gn_slice text)
{
	while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\r'))
		text.len--;
	const uint8_t *colon = text.len ? memchr(text.p, ':', text.len) : NULL;
	size_t at = colon ? (size_t)(colon - text.p) : 0;
	return colon && !memchr(text.p, '\n', text.len) &&
	       put_text(&t->user, gn_slice(text.p, at)) &&
	       put_text(&t->password, gn_slice(colon + 1, text.len - at - 1));
}

static gn_err read_login(struct gn_node *node, char why[GN_HOST_WHY])
{
	uint8_t bytes[GN_NODE_TURN_LOGIN];
	struct gn_buf text = {bytes, 0, sizeof bytes};
	gn_err err = gn_os_file_read(node->host.dir, "turn-login", &text);
	bool good = !err && take_login(&node->turn_way, gn_buf_slice(&text));
	gn_wipe(bytes, sizeof bytes);
	if (err && err != GN_NOT_FOUND)
		return gn_host_why(why, err, "cannot read %.200s/%.200s", node->config.data,
				   gn_os_why());
	return good ? GN_OK
		    : gn_host_why(why, GN_USAGE,
				  "turn-server needs %.200s/turn-login, with your NAME:PASSWORD "
				  "there in one line, which nobody but its owner may read (chmod "
				  "600)",
				  node->config.data);
}

gn_err gn_node_turn_way_new(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_node_turn_way *t = &node->turn_way;
	if (!*node->config.turn_server)
		return GN_OK;
	bool good = gn_node_turn_server(node->config.turn_server, &t->server);
	GN_ASSERT(good); /* the table took it */
	GN_TRY(read_login(node, why));
	t->dial = dial_server;
	t->state = GN_NODE_TURN_WAIT;
	return GN_OK;
}

void gn_node_turn_way_begin(struct gn_node *node, struct gn_slice user, struct gn_slice password)
{
	struct gn_node_turn_way *t = &node->turn_way;
	bool good = put_text(&t->user, user) && put_text(&t->password, password);
	GN_ASSERT(good && t->dial);
	t->state = GN_NODE_TURN_WAIT;
}

static void line_close(struct gn_node_turn_way *t)
{
	struct gn_node_turn_line *line = t->line;
	t->line = NULL;
	if (line)
		line->close(line);
}

/* jet, and others, no longer count on it. */
static void link_over(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	uint32_t link = t->link;
	if (!link)
		return;
	t->link = 0;
	memset(t->peers, 0, sizeof t->peers);
	gather_relayed(&node->offers.gather, NULL, node->now);
	gn_jet_way_gone(node->jet, link, node->now);
}

static const char *words_of(gn_err why)
{
	return why == GN_DENIED ? "the server does not take the name and password of turn-login"
				: gn_err_text(why);
}

static void over(struct gn_node *node, gn_err why)
{
	struct gn_node_turn_way *t = &node->turn_way;
	gn_time wait = GN_NODE_TURN_AGAIN_FIRST << (t->failures < 6 ? t->failures : 6);
	bool was_live = t->state == GN_NODE_TURN_LIVE;
	link_over(node);
	line_close(t);
	if (t->begun)
		gn_turn_client_fini(&t->client);
	t->begun = false;
	t->state = GN_NODE_TURN_WAIT;
	t->why = why;
	t->at = node->now + (why == GN_CONFLICT && !t->failures
				     ? 0
				     : gn_time_min(wait, GN_NODE_TURN_AGAIN_LAST));
	t->count.ended++;
	t->failures++;
	node->status_moved = true;
	gn_host_log(&node->host, was_live || t->failures == 1 ? GN_LOG_WARN : GN_LOG_DEBUG,
		    "turn.lost", "%s:%u: %s; still trying", t->server.host, t->server.port,
		    words_of(why));
}

static void dial(struct gn_node *node, const struct gn_addr *at)
{
	struct gn_node_turn_way *t = &node->turn_way;
	t->state = GN_NODE_TURN_OPENING;
	t->at = node->now + GN_NODE_TURN_OPEN;
	gn_err err = t->dial(node, at, &t->line);
	if (err)
		over(node, err);
}

void gn_node_turn_way_open(struct gn_node *node, const struct gn_addr *server)
{
	struct gn_node_turn_way *t = &node->turn_way;
	const struct gn_turn_client_config config = {
		.server = *server,
		.stream = t->server.transport != GN_NODE_TURN_UDP,
		.user = gn_slice(t->user.b, t->user.len),
		.password = gn_slice(t->password.b, t->password.len)};
	if (t->state != GN_NODE_TURN_OPENING)
		return;
	t->state = GN_NODE_TURN_ASK;
	if (t->begun) { /* another server, that the first one named */
		gn_turn_client_go(&t->client, node->now);
		return;
	}
	gn_err err = gn_turn_client_init(&t->client, node->env.rand, &config, node->now);
	GN_ASSERT(err == GN_OK);
	t->begun = true;
}

static void live(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	const struct gn_way_info info = {.kind = GN_WAY_TURN};
	char text[GN_ADDR_TEXT_MAX];
	bool same = t->link && gn_addr_eq(&node->offers.gather.turn, &t->client.relayed);
	t->state = GN_NODE_TURN_LIVE;
	t->failures = 0;
	t->count.allocated++;
	if (same) /* allocated anew */
		return;
	link_over(node);
	t->link = gn_node_ways_number(node);
	gn_err err = gn_jet_way(node->jet, t->link, &info);
	if (err) {
		t->link = 0;
		over(node, err);
		return;
	}
	gather_relayed(&node->offers.gather, &t->client.relayed, node->now);
	node->status_moved = true;
	gn_addr_text(&t->client.relayed, text);
	gn_host_log(&node->host, GN_LOG_INFO, "turn.live", "%s:%u gave the address %s",
		    t->server.host, t->server.port, text);
}

/* What the client tells, until it tells nothing. */
static void take_events(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	struct gn_turn_client_event e;
	while (t->begun && gn_turn_client_event(&t->client, &e)) {
		switch (e.tell) {
		case GN_TURN_READY: live(node); break;
		case GN_TURN_TURN_TO: {
			const struct gn_addr to = t->client.server;
			line_close(t);
			dial(node, &to);
			break;
		}
		case GN_TURN_PEERED: break; /* who is refused is asked for again with a packet */
		case GN_TURN_ENDED: over(node, e.err); break;
		}
	}
}

void gn_node_turn_way_got(struct gn_node *node, struct gn_slice message)
{
	struct gn_node_turn_way *t = &node->turn_way;
	struct gn_way from = {.link = t->link};
	struct gn_slice data = gn_slice(NULL, 0);
	if (t->state < GN_NODE_TURN_ASK)
		return;
	if (gn_turn_client_recv(&t->client, message, node->now, &from.addr, &data))
		t->count.passed_over++;
	if (data.len && t->link) {
		gn_node_turn_way_heard(node, &from.addr);
		gn_node_recv(node, &from, data);
	}
	take_events(node);
	if (t->line && t->begun)
		gn_node_turn_way_say(node);
}

void gn_node_turn_way_lost(struct gn_node *node, gn_err why)
{
	if (node->turn_way.state > GN_NODE_TURN_WAIT)
		over(node, why);
}

gn_time gn_node_turn_way_tick(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	gn_time alone = node->carriers.alone_since;
	if (t->state == GN_NODE_TURN_NONE)
		return GN_NEVER;
	t->instead = alone && node->now - alone >= GN_NODE_CARRIER_ALONE;
	if (t->state == GN_NODE_TURN_WAIT && node->now >= t->at)
		dial(node, NULL);
	if (t->state == GN_NODE_TURN_OPENING && node->now >= t->at)
		over(node, GN_TIMEOUT);
	if (t->state < GN_NODE_TURN_ASK)
		return t->at;
	if (node->now - t->swept >= GN_NODE_SWEEP_IDLE) {
		t->swept = node->now;
		gn_node_turn_way_sweep(node);
	}
	gn_node_turn_way_say(node);
	take_events(node);
	return t->begun ? gn_time_min(gn_turn_client_deadline(&t->client),
				      t->swept + GN_NODE_SWEEP_IDLE)
			: t->at;
}

void gn_node_turn_way_free(struct gn_node *node)
{
	struct gn_node_turn_way *t = &node->turn_way;
	if (t->begun && t->line) {
		gn_turn_client_stop(&t->client, node->now);
		gn_node_turn_way_say(node);
	}
	line_close(t);
	if (t->begun)
		gn_turn_client_fini(&t->client);
	gn_wipe(&t->user, sizeof t->user);
	gn_wipe(&t->password, sizeof t->password);
	t->begun = false;
	t->state = GN_NODE_TURN_NONE;
}

const char *gn_node_turn_way_text(const struct gn_node *node)
{
	static const char *const texts[] = {"", "wait", "open", "ask", "live"};
	return texts[node->turn_way.state];
}

void gn_node_turn_way_addr(const struct gn_node *node, char out[GN_ADDR_TEXT_MAX])
{
	const struct gn_node_turn_way *t = &node->turn_way;
	*out = 0;
	if (t->link)
		gn_addr_text(&t->client.relayed, out);
}

const char *gn_node_turn_way_why(const struct gn_node *node)
{
	const struct gn_node_turn_way *t = &node->turn_way;
	return t->link || !t->why ? "" : words_of(t->why);
}
