/* The composition root: makes the engines, runs the loop, pumps between them, stops cleanly.
 *
 * One turn of the loop: bytes, completions and HTTP requests come in as they are ready; before
 * the loop sleeps, pump() moves every engine's outputs to whoever they are for until nothing
 * moves, sends packets, and sets one timer to the earliest deadline.
 *
 *   Start: data directory and lock -> node key (made once, with its proof of work) -> lists ->
 *          socket -> engines -> stored records and blocks are read (RESTORING) ->
 *          bootstrap, API and gateway (READY)
 *   Stop:  sessions say goodbye, the log is flushed */
#include "node/node_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STOP_MAX (3 * GN_SEC) /* for goodbyes and the last writes */

void gn_node_log(struct gn_node *node, enum gn_log_level level, const char *event, const char *fmt,
		 ...)
{
	char text[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	gn_log(&node->log, level, "node", event, "%s", text);
}

/* ---- pump ---- */

void gn_node_fail(struct gn_node *node, gn_err err, const char *why)
{
	if (node->failed)
		return;
	node->failed = err;
	snprintf(node->why_failed, sizeof node->why_failed, "%s", why);
	uv_stop(&node->loop);
}

static void udp_ready(uv_poll_t *poll, int status, int events);

static void set_timer(struct gn_node *node);

static void restored(struct gn_node *node);

void gn_node_pump(struct gn_node *node)
{
	if (node->pumping)
		return;
	node->pumping = true;
	node->now = gn_os_steady();
	gn_node_clock_look(node);
	gn_node_tick_jet(node);
	if (node->running) /* before that it does not know what it holds */
		gn_overlay_tick(node->overlay, node->now);
	gn_kv_tick(node->kv, node->now);
	gn_blocks_tick(node->blocks, node->now);
	gn_names_tick(node->names, node->now);
	gn_bundles_tick(node->bundles, node->now);
	for (unsigned i = 0, moved = 1; i < GN_NODE_PUMP_ROUNDS && moved; i++) {
		moved = 0;
		moved |= (unsigned)gn_node_pump_jet(node);
		moved |= (unsigned)gn_node_pump_store(node);
		moved |= (unsigned)gn_node_pump_overlay(node);
		moved |= (unsigned)gn_node_pump_services(node);
		moved |= (unsigned)gn_node_pump_packets(node);
	}
	gn_node_peers_sweep(node);
	node->look = gn_node_readers_tick(node);
	if (node->running)
		node->look = gn_time_min(node->look, gn_node_reach_tick(node));
	if (node->kv_ready && node->blocks_ready && !node->running)
		restored(node);
	if (node->running) {
		gn_node_saved_tick(node);
		gn_node_sites_tick(node);
	}
	uv_poll_start(&node->udp_poll, UV_READABLE | (node->udp_blocked ? UV_WRITABLE : 0),
		      udp_ready);
	set_timer(node);
	node->pumping = false;
}

/* ---- the loop's callbacks ---- */

static void on_timer(uv_timer_t *timer)
{
	(void)timer; /* the pump runs before the loop sleeps again */
}

static void set_timer(struct gn_node *node)
{
	gn_time at = gn_time_min(gn_jet_deadline(node->jet), node->look);
	at = gn_time_min(at, node->running ? gn_overlay_deadline(node->overlay) : GN_NEVER);
	at = gn_time_min(at, gn_kv_deadline(node->kv));
	at = gn_time_min(at, gn_blocks_deadline(node->blocks));
	at = gn_time_min(at, gn_names_deadline(node->names));
	at = gn_time_min(at, gn_bundles_deadline(node->bundles));
	at = gn_time_min(
		at,
		node->now + (node->peers.inbound.count || node->peers.queue_share.used ? 1 : 5) *
				    GN_SEC);
	gn_time wait = at > node->now ? (at - node->now + GN_MSEC - 1) / GN_MSEC : 0;
	uv_timer_start(&node->timer, on_timer, (uint64_t)wait, 0);
}

static void on_prepare(uv_prepare_t *prepare)
{
	gn_node_pump(prepare->data);
}

static void on_datagram(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	gn_node_recv(user, from, datagram);
}

static void udp_ready(uv_poll_t *poll, int status, int events)
{
	struct gn_node *node = poll->data;
	(void)status;
	node->now = gn_os_steady();
	if (events & UV_WRITABLE)
		node->udp_blocked = false;
	for (unsigned i = 0; i < 16 && gn_udp_recv(node->udp, on_datagram, node) == GN_OK; i++)
		gn_node_pump_jet(node); /* keep jet's event queue short */
}

static void on_stop_timer(uv_timer_t *timer)
{
	uv_stop(timer->loop);
}

void gn_node_stop(struct gn_node *node)
{
	if (node->stopping)
		return;
	node->stopping = true;
	gn_node_log(node, GN_LOG_INFO, "stopping", "saying goodbye");
	/* one node per process: the loop and its signals are the process's */
	static uv_timer_t last;
	for (uint32_t i = 0; i < node->peers.by_session.count; i++)
		(void)!gn_jet_close(node->jet,
				    *(const gn_jet_id *)gn_map_key_at(&node->peers.by_session, i),
				    0, "going away", node->now);
	uv_timer_init(&node->loop, &last);
	uv_timer_start(&last, on_stop_timer, 300, 0);
}

static void on_stop(void *user)
{
	gn_node_stop(user);
}

static void on_status(void *user)
{
	struct gn_node *node = user;
	struct gn_overlay_info o;
	gn_overlay_info(node->overlay, &o);
	gn_node_log(node, GN_LOG_INFO, "status",
		    "up %llu s, %s, %u links, %u sessions, %u "
		    "records, %llu MiB of memory",
		    (unsigned long long)((node->now - node->started) / GN_SEC),
		    !node->running ? "reading what it holds"
				   : gn_node_reach_name(gn_node_reach(node)),
		    o.links, gn_jet_session_count(node->jet), o.records,
		    (unsigned long long)gn_os_rss() >> 20);
}

/* ---- start ---- */

#define FAIL(err, ...)                                                                             \
	do {                                                                                       \
		snprintf(why, GN_HOST_WHY, __VA_ARGS__);                                           \
		return (err);                                                                      \
	} while (0)

/* Records and blocks are read back: join, and answer. */
static void restored(struct gn_node *node)
{
	gn_node_saved_load(node);
	if (node->failed)
		return;
	node->running = true;
	gn_node_sites_load(node);
	gn_node_reach_start(node);
	struct gn_overlay_info info;
	gn_overlay_info(node->overlay, &info);
	char id[17];
	gn_hex(gn_slice(info.self.id.b, 8), id);
	uint16_t http = node->http ? gn_http_port(node->http) : 0;
	gn_node_log(node, GN_LOG_INFO, "ready", "node %s on UDP port %u, HTTP port %u, %u records",
		    id, gn_udp_port(node->udp), http, info.records);
	if (node->ready_fd >= 0) {
		char line[64];
		int n = snprintf(line, sizeof line, "ready %u %u\n", gn_udp_port(node->udp), http);
		if (write(node->ready_fd, line, (size_t)n) != n)
			gn_node_log(node, GN_LOG_WARN, "ready.unheard",
				    "whoever started this node "
				    "does not listen");
		close(node->ready_fd);
		node->ready_fd = -1;
	}
}

static gn_err make_http(struct gn_node *node, char why[GN_HOST_WHY])
{
	char path[sizeof node->config.data + 16];
	snprintf(path, sizeof path, "%s/api.sock", node->config.data);
	struct gn_http_config config = {
		.loop = &node->loop,
		.unix_path = path,
		.port = node->config.http,
		.no_port = node->config.http_off,
		.limits.path = GN_NODE_TARGET,
		.always = "Cross-Origin-Resource-Policy: "
			  "same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n"
			  "Origin-Agent-Cluster: ?1\r\n", /* NO-22 */
	};
	struct gn_http_handler handler;
	gn_node_handler(node, &handler);
	gn_err err = gn_http_new(&config, &handler, &node->http);
	if (err == GN_PORT_TAKEN)
		FAIL(err,
		     "TCP port %u is taken: give another with --http PORT (0 for a free one), or "
		     "stop what uses it",
		     node->config.http);
	if (err)
		FAIL(err, "the local API cannot be opened at %s: %s", path, gn_err_text(err));
	return GN_OK;
}

static gn_err start(struct gn_node *node, char why[GN_HOST_WHY])
{
	gn_err err = *node->config.log_file ? gn_os_log_open(node->config.log_file) : GN_OK;
	if (!err)
		err = gn_os_dir_open(node->config.data, &node->dir);
	if (err)
		FAIL(err, "%s", gn_os_why());
	gn_node_disk_init(node);
	GN_TRY(gn_node_key_load(node, why));
	GN_TRY(gn_node_saved_read(node, why));
	GN_TRY(gn_node_token_make(node, why));
	err = gn_udp_open(node->config.port, &node->udp);
	if (err == GN_PORT_TAKEN)
		FAIL(err,
		     "UDP port %u is taken: give another with --port PORT (0 for a free one), or "
		     "stop what uses it",
		     node->config.port);
	if (err)
		FAIL(err, "UDP port %u cannot be opened: %s", node->config.port, gn_os_why());
	if (!(node->packet = malloc(GN_NODE_BATCH)) || gn_node_engines_new(node))
		FAIL(GN_NOMEM, "not enough memory to start");
	uv_poll_init(&node->loop, &node->udp_poll, gn_udp_fd(node->udp));
	uv_timer_init(&node->loop, &node->timer);
	uv_prepare_init(&node->loop, &node->prepare);
	node->udp_poll.data = node->timer.data = node->prepare.data = node;
	GN_TRY(make_http(node, why));
	uv_prepare_start(&node->prepare, on_prepare);
	gn_signals_start(&node->signals, &node->loop);
	gn_kv_start(node->kv, node->now);
	gn_blocks_start(node->blocks, node->now);
	return GN_OK;
}

static void close_handle(uv_handle_t *handle, void *user)
{
	(void)user;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

/* The last writes reach the disk, bounded in time; then everything is freed in the opposite
 * order. */
static void finish(struct gn_node *node)
{
	gn_time until = gn_os_steady() + STOP_MAX;
	gn_http_free(node->http);
	node->http = NULL;
	if (node->running)
		gn_node_saved_store(node);
	while (node->disk.running && gn_os_steady() < until)
		uv_run(&node->loop, UV_RUN_ONCE);
	uv_prepare_stop(&node->prepare);
	uv_walk(&node->loop, close_handle, NULL);
	uv_run(&node->loop, UV_RUN_DEFAULT);
	json_decref(node->sites);
}

gn_err gn_node_run(const struct gn_node_config *config, int ready_fd, char why[GN_HOST_WHY])
{
	static struct gn_node node;
	memset(&node, 0, sizeof node);
	node.config = *config;
	node.ready_fd = ready_fd;
	node.now = node.started = node.saved = gn_os_steady();
	node.rand = gn_rand_system();
	node.log = (struct gn_log){gn_os_log_write, NULL, config->log};
	node.signals = (struct gn_signals){.stop = on_stop,
					   .status = on_status,
					   .user = &node,
					   .log = &node.log,
					   .log_file = node.config.log_file};
	snprintf(why, GN_HOST_WHY, "cannot start");
	uv_loop_init(&node.loop);
	gn_err err = start(&node, why);
	if (!err) {
		uv_run(&node.loop, UV_RUN_DEFAULT);
		finish(&node);
		if ((err = node.failed))
			memcpy(why, node.why_failed, GN_HOST_WHY);
	}
	if (node.jet)
		gn_node_engines_free(&node);
	gn_udp_close(node.udp);
	gn_os_dir_close(node.dir);
	gn_sk_wipe(&node.key);
	gn_wipe(node.token, sizeof node.token);
	free(node.packet);
	uv_loop_close(&node.loop);
	return err;
}
