/* The composition root: makes the engines, runs the loop, stops cleanly.
 *
 * One turn of the loop: bytes, completions and HTTP requests come in as they are ready; before
 * the loop sleeps, turn() has every engine's outputs moved to whoever they are for until nothing
 * moves (pump.c), sends packets, and says when the earliest deadline is.
 *
 *   Start: data directory and lock -> node key (made once, with its proof of work) -> lists ->
 *          socket -> engines -> stored records and blocks are read (RESTORING) ->
 *          bootstrap, API and gateway (READY)
 *   Stop:  sessions say goodbye, the log is flushed */
#include "node/api.h"
#include "node/call.h"
#include "node/charge.h"
#include "node/forward.h"
#include "node/node_int.h"
#include "node/reach.h"
#include "node/request.h"
#include "node/turn.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- the loop ---- */

static void on_datagram(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	const struct gn_way way = {.addr = *from};
	gn_node_recv(user, &way, datagram);
}

static void udp_ready(uv_poll_t *poll, int status, int events)
{
	struct gn_node *node = poll->data;
	(void)status;
	gn_node_woken(node);
	if (events & UV_WRITABLE)
		node->udp_blocked = false;
	for (unsigned i = 0;
	     i < GN_NODE_UDP_ROUNDS && gn_udp_recv(node->udp, on_datagram, node) == GN_OK; i++)
		gn_node_pump_jet(node); /* keep jet's event queue short */
}

static gn_err send_packets(struct gn_node *node, const struct gn_addr *to, struct gn_slice packets,
			   uint16_t segment, size_t *sent)
{
	return gn_udp_send(node->udp, to, packets, segment, sent);
}

static gn_err dial_url(struct gn_node *node, const char *url, bool by_others,
		       struct gn_carrier **out)
{
	const char *proxy = *node->config.proxy ? node->config.proxy : NULL;
	if (strncmp(url, "quic://", 7) == 0)
		return by_others ? GN_UNSUPPORTED : gn_node_quic_dial(node, url, out);
	return by_others ? gn_wss_dial_others(node->carriers.wss, url, proxy, out)
			 : gn_wss_dial(node->carriers.wss, url, proxy, out);
}

static bool move_disk(struct gn_node *node)
{
	return gn_host_disk_pump(&node->disk);
}

static void send_second(struct gn_node *node, const struct gn_addr *to, struct gn_slice packet)
{
	size_t sent;
	if (node->second) /* what does not leave at once is lost, as in a network */
		(void)!gn_udp_send(node->second, to, packet, (uint16_t)packet.len, &sent);
}

static void on_second(void *user, const struct gn_addr *from, struct gn_slice datagram)
{
	struct gn_node *node = user;
	gn_dialback_packet(node->dialback, from, true, datagram, node->now);
}

static void second_ready(uv_poll_t *poll, int status, int events)
{
	struct gn_node *node = poll->data;
	(void)status;
	(void)events;
	gn_node_woken(node);
	(void)!gn_udp_recv(node->second, on_second, node); /* more wakes us again */
}

static gn_err read_kept(struct gn_node *node, const char *name, struct gn_buf *out)
{
	return gn_os_file_read(node->host.dir, name, out);
}

static gn_err write_kept(struct gn_node *node, const char *name, struct gn_slice bytes)
{
	return gn_os_file_write(node->host.dir, name, bytes);
}

static const struct gn_node_outside outside = {.send = send_packets,
					       .send_second = send_second,
					       .send_spare = gn_node_lifetime_send,
					       .dial = dial_url,
					       .disk = move_disk,
					       .kept = read_kept,
					       .keep = write_kept,
					       .work = gn_node_check_pump,
					       .cpu = gn_os_thread_cpu,
					       .overlay = gn_node_told_overlay,
					       .names = gn_node_told_names,
					       .bundles = gn_node_told_bundles,
					       .box = gn_node_told_box,
					       .bus = gn_node_told_bus,
					       .tunnel = gn_node_told_tunnel};

/* Records and blocks are read back: join, and answer. */
static void restored(struct gn_node *node)
{
	gn_node_saved_load(node);
	if (node->host.failed)
		return;
	gn_node_give_restored(node);
	node->running = true;
	gn_node_sites_load(node);
	gn_node_reach_start(node);
	gn_node_lan_start(node);
	struct gn_overlay_info info;
	gn_overlay_info(node->overlay, &info);
	char id[17];
	gn_hex(gn_slice(info.self.id.b, 8), id);
	uint16_t http = node->http ? gn_http_port(node->http) : 0;
	gn_host_log(&node->host, GN_LOG_INFO, "ready",
		    "node %s on UDP port %u, HTTP port %u, %u records", id, gn_udp_port(node->udp),
		    http, info.records);
	gn_host_ready(&node->host, "ready %u %u\n", gn_udp_port(node->udp), http);
}

static gn_time turn(void *user)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	gn_node_clock_look(node);
	gn_time look = gn_node_moving_tick(node);
	gn_node_pump(node);
	gn_node_peers_sweep(node);
	look = gn_time_min(look, gn_node_readers_tick(node));
	if (node->running)
		look = gn_time_min(look, gn_node_reach_tick(node));
	look = gn_time_min(look, gn_node_lan_tick(node));
	look = gn_time_min(look, gn_node_map_tick(node));
	if (node->kv_ready && node->blocks_ready && node->box_ready && !node->running)
		restored(node);
	if (node->running) {
		gn_node_saved_tick(node);
		gn_node_sites_tick(node);
	}
	uv_poll_start(&node->udp_poll, UV_READABLE | (node->udp_blocked ? UV_WRITABLE : 0),
		      udp_ready);
	look = gn_time_min(look, gn_node_turn_tick(node));
	look = gn_time_min(look, gn_node_peers_deadline(node));
	look = gn_time_min(look, gn_node_call_tell_tick(node));
	look = gn_time_min(look, gn_node_call_ping_tick(node));
	if (node->running)
		look = gn_time_min(look, gn_node_carriers_tick(node));
	look = gn_time_min(look, gn_node_turn_way_tick(node));
	look = gn_time_min(look, gn_node_call_netcheck_tick(node));
	look = gn_time_min(look, gn_host_links_pump(&node->api, node->now));
	return gn_time_min(look, gn_node_deadline(node)) - node->now;
}

static gn_time say_goodbye(void *user)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	gn_host_log(&node->host, GN_LOG_INFO, "stopping", "saying goodbye");
	gn_node_peers_close(node);
	gn_node_lan_end(node);
	gn_node_map_end(node);
	gn_host_links_end(&node->api, node->now);
	return GN_NODE_GOODBYE;
}

static void tell_status(void *user, char *text, size_t cap)
{
	const struct gn_node *node = user;
	struct gn_overlay_info o;
	gn_overlay_info(node->overlay, &o);
	snprintf(text, cap, "up %llu s, %s, %u links, %u sessions, %u records, %llu MiB of memory",
		 (unsigned long long)((node->now - node->started) / GN_SEC),
		 !node->running ? "reading what it holds" : gn_node_reach_name(gn_node_reach(node)),
		 o.links, gn_jet_session_count(node->jet), o.records,
		 (unsigned long long)gn_os_rss() >> 20);
}

/* ---- start ---- */

static gn_err open_udp(struct gn_node *node, char why[GN_HOST_WHY])
{
	gn_err err = gn_udp_open(node->config.port, &node->udp);
	if (err == GN_PORT_TAKEN)
		return gn_host_why(why, err,
				   "UDP port %u is taken: give another with --port PORT (0 for a "
				   "free one), or stop what uses it",
				   node->config.port);
	return err ? gn_host_why(why, err, "UDP port %u cannot be opened: %s", node->config.port,
				 gn_os_why())
		   : GN_OK;
}

/* By which others are dialled back; without it that says less, and nothing else is lost. */
static void open_second(struct gn_node *node)
{
	if (gn_udp_open(0, &node->second) == GN_OK) {
		uv_poll_init(&node->host.loop, &node->second_poll, gn_udp_fd(node->second));
		node->second_poll.data = node;
		uv_poll_start(&node->second_poll, UV_READABLE, second_ready);
	}
	gn_node_dialback_ports(node, gn_udp_port(node->udp),
			       node->second ? gn_udp_port(node->second) : 0);
}

static gn_err cannot_open(const struct gn_node *node, gn_err err, char why[GN_HOST_WHY])
{
	if (err == GN_PORT_TAKEN)
		return gn_host_why(why, err,
				   "TCP port %u is taken: give another with --http PORT (0 for a "
				   "free one), or stop what uses it",
				   node->config.http);
	return gn_host_why(why, err, "the local API cannot be opened at %s/app.sock%s%s: %s",
			   node->config.data, *node->config.app_socket ? " and " : "",
			   node->config.app_socket, gn_err_text(err));
}

/* ---- what HTTP calls ---- */

static void on_request(void *user, struct gn_http_request *r)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	node->heard.on_request(node->heard.user, r);
}

static void on_body(void *user, struct gn_http_request *r, struct gn_slice data, size_t *taken)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	node->heard.on_body(node->heard.user, r, data, taken);
}

static void on_body_end(void *user, struct gn_http_request *r)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	node->heard.on_body_end(node->heard.user, r);
}

static void on_drain(void *user, struct gn_http_request *r)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	node->heard.on_drain(node->heard.user, r);
}

static void on_closed(void *user, struct gn_http_request *r)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	node->heard.on_closed(node->heard.user, r);
}

static void on_raw(void *user, struct gn_http_request *r)
{
	struct gn_node *node = user;
	gn_node_woken(node);
	node->heard.on_raw(node->heard.user, r);
}

static gn_err open_http(struct gn_node *node, char why[GN_HOST_WHY])
{
	char path[sizeof node->config.data + 16], old[sizeof node->config.data + 16];
	snprintf(path, sizeof path, "%s/app.sock", node->config.data);
	snprintf(old, sizeof old, "%s/api.sock", node->config.data);
	struct gn_http_config config = {
		.loop = &node->host.loop,
		.unix_path = path,
		.unix_also = old,
		.unix_open = *node->config.app_socket ? node->config.app_socket : NULL,
		.port = node->config.http,
		.no_port = node->config.http_off,
		.limits.path = GN_NODE_TARGET,
		.always = "Cross-Origin-Resource-Policy: same-origin\r\n"
			  "Cross-Origin-Opener-Policy: same-origin\r\n"
			  "Origin-Agent-Cluster: ?1\r\n", /* NO-22 */
	};
	static const struct gn_http_handler woken = {on_request, on_body, on_body_end, on_drain,
						     on_closed,  NULL,    on_raw};
	struct gn_http_handler handler = woken;
	handler.user = node;
	gn_node_api_init(node);
	bool told = gn_node_call_tell_start(node);
	gn_host_api_handler(&node->api, &node->heard);
	gn_host_links_handler(&node->heard);
	gn_err err = told ? gn_http_new(&config, &handler, &node->http) : GN_NOMEM;
	if (err)
		return cannot_open(node, err, why);
	node->api.links_max = gn_http_raw_max(node->http);
	return GN_OK;
}

static gn_err start(struct gn_node *node, const struct gn_host_config *host, char why[GN_HOST_WHY])
{
	GN_TRY(gn_host_open(&node->host, host, why));
	gn_node_disk_init(node);
	GN_TRY(gn_node_key_load(node, why));
	GN_TRY(gn_node_saved_read(node, why));
	GN_TRY(gn_node_token_make(node, why));
	GN_TRY(open_udp(node, why));
	if (!(node->packet = malloc(GN_NODE_BATCH)) || gn_node_engines_new(node))
		return gn_host_why(why, GN_NOMEM, "not enough memory to start");
	GN_TRY(gn_node_give_read(node, why));
	GN_TRY(gn_node_policy_read(node, why));
	GN_TRY(gn_node_lifetime_read(node, why));
	GN_TRY(gn_node_turn_new(node, why));
	GN_TRY(gn_node_turn_way_new(node, why));
	uv_poll_init(&node->host.loop, &node->udp_poll, gn_udp_fd(node->udp));
	node->udp_poll.data = node;
	gn_node_map_start(node);
	gn_node_moving_start(node);
	open_second(node);
	GN_TRY(open_http(node, why));
	GN_TRY(gn_node_carriers_open(node, why));
	gn_host_start(&node->host);
	gn_kv_start(node->kv, node->now);
	gn_blocks_start(node->blocks, node->now);
	gn_kv_start(node->box_log, node->now);
	return GN_OK;
}

/* ---- stop ---- */

static bool is_writing(void *user)
{
	const struct gn_node *node = user;
	return node->disk.pool.running > 0;
}

/* The last writes reach the disk, bounded in time; then everything is freed in the opposite
 * order. */
static void finish(struct gn_node *node)
{
	gn_http_free(node->http);
	node->http = NULL;
	gn_node_carriers_close(node);
	gn_node_forward_close(node);
	gn_node_turn_way_free(node);
	if (node->running)
		gn_node_saved_store(node);
	gn_node_give_store(node);
	gn_host_drain(&node->host, is_writing, GN_NODE_STOP_MAX);
	gn_node_turn_free(node);
	gn_node_guess_stop(node);
	gn_host_end(&node->host);
	json_decref(node->sites);
}

gn_err gn_node_run(const struct gn_node_config *config, int ready_fd, char why[GN_HOST_WHY])
{
	static struct gn_node node; /* its loop and signals are the process's */
	memset(&node, 0, sizeof node);
	node.config = *config;
	node.outside = outside;
	node.now = node.started = node.saved = gn_os_steady();
	const struct gn_host_config host = {.name = "node",
					    .data = node.config.data,
					    .log_file = node.config.log_file,
					    .log = config->log,
					    .ready_fd = ready_fd,
					    .pump = turn,
					    .stop = say_goodbye,
					    .status = tell_status,
					    .user = &node};
	snprintf(why, GN_HOST_WHY, "cannot start");
	gn_err err = start(&node, &host, why);
	if (!err) {
		err = gn_host_run(&node.host, why);
		finish(&node);
	}
	gn_node_turn_free(&node);
	gn_node_turn_way_free(&node);
	if (node.jet)
		gn_node_engines_free(&node);
	gn_node_lan_stop(&node);
	gn_node_map_stop(&node);
	gn_node_moving_stop(&node);
	gn_udp_close(node.udp);
	gn_udp_close(node.second);
	gn_host_close(&node.host);
	gn_sk_wipe(&node.key);
	gn_wipe(node.token, sizeof node.token);
	free(node.packet);
	gn_host_told_free(node.api.told);
	return err;
}
