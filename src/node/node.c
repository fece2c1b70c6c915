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

enum { ALLOC_JET, ALLOC_OVERLAY, ALLOC_KV, ALLOC_BLOCKS, ALLOC_SERVICES, ALLOC_NODE };

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

static bool pump_jet(struct gn_node *node)
{
	struct gn_jet_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_jet_next_event(node->jet, &e);
	     i++, any = true)
		gn_node_peers_event(node, &e);
	return any;
}

static void remember_lookup(struct gn_node *node, const struct gn_overlay_event *e)
{
	struct gn_node_lookup *l = &node->lookups[node->lookup_count++ % GN_NODE_LOOKUPS];
	*l = (struct gn_node_lookup){.op = e->op,
				     .kind = e->op_kind,
				     .key = e->key,
				     .err = e->err,
				     .hops = e->hops,
				     .started = e->started,
				     .took = e->took,
				     .at = gn_node_unix(node)};
	l->step_count = e->step_count < GN_NODE_STEPS ? e->step_count : GN_NODE_STEPS;
	if (l->step_count)
		memcpy(l->steps, e->steps, l->step_count * sizeof *l->steps);
	gn_node_publish(node, "lookup",
			json_pack("{sI ss si sf}", "op", (json_int_t)l->op, "err",
				  gn_err_name(l->err), "hops", (int)l->hops, "took_ms",
				  (double)l->took / GN_MSEC));
}

static void overlay_event(struct gn_node *node, const struct gn_overlay_event *e)
{
	switch (e->kind) {
	case GN_OVERLAY_DONE:
		remember_lookup(node, e);
		if (!gn_names_overlay_event(node->names, e, node->now) &&
		    !gn_bundles_overlay_event(node->bundles, e, node->now))
			gn_node_request_event(node, GN_OP_OVERLAY, e->op, e);
		break;
	case GN_OVERLAY_LINKED:
	case GN_OVERLAY_UNLINKED:
		gn_node_peers_link(node, &e->peer.pk, e->kind == GN_OVERLAY_LINKED);
		if (node->told_alone && e->kind == GN_OVERLAY_LINKED) {
			gn_node_log(node, GN_LOG_INFO, "found", "a node answers: no longer alone");
			node->told_alone = false;
		}
		gn_node_publish(node, e->kind == GN_OVERLAY_LINKED ? "link" : "unlink",
				json_pack("{so}", "id", gn_node_json_hex(e->peer.id.b, 32)));
		break;
	case GN_OVERLAY_SERVER:
		gn_node_log(node, GN_LOG_INFO, "server", "this node answers for keys from now on");
		gn_node_publish(node, "server", json_object());
		break;
	case GN_OVERLAY_JOINED:
		node->told_alone = gn_node_reach(node) == GN_REACH_ALONE;
		if (node->told_alone)
			gn_node_log(node, GN_LOG_WARN, "alone", "no node answers; still trying");
		else
			gn_node_log(node, GN_LOG_INFO, "joined",
				    "the network around this node is "
				    "known");
		break;
	case GN_OVERLAY_ISOLATED:
		gn_node_log(node, GN_LOG_WARN, "isolated", "no node can be reached; still trying");
		node->told_alone = true;
		gn_node_reach_isolated(node);
		gn_node_publish(node, "isolated", json_object());
		break;
	}
}

static void store_request(struct gn_node *node, const struct gn_overlay_store *s)
{
	gn_err err;
	switch (s->kind) {
	case GN_STORE_PUT:
		err = gn_kv_put(node->kv, &s->key, s->value, s->token, node->now);
		if (err)
			gn_overlay_stored(node->overlay, s->token, err, node->now);
		break;
	case GN_STORE_LOAD:
		err = gn_kv_load(node->kv, &s->key, s->token, node->now);
		if (err)
			gn_overlay_loaded(node->overlay, s->token, err, gn_slice(NULL, 0),
					  node->now);
		break;
	case GN_STORE_DROP: (void)!gn_kv_drop(node->kv, &s->key, 0, node->now); break;
	}
}

static bool pump_overlay(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_overlay_store s;
	struct gn_overlay_event e;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_overlay_next_message(node->overlay, &m);
	     i++, any = true) {
		gn_node_answered(node, &m.to.pk, m.bytes);
		gn_node_peers_send(node, &m, GN_JET_INTERACTIVE);
	}
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_overlay_next_store(node->overlay, &s);
	     i++, any = true)
		store_request(node, &s);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_overlay_next_event(node->overlay, &e);
	     i++, any = true)
		overlay_event(node, &e);
	return any;
}

void gn_node_fail(struct gn_node *node, gn_err err, const char *why)
{
	if (node->failed)
		return;
	node->failed = err;
	snprintf(node->why_failed, sizeof node->why_failed, "%s", why);
	uv_stop(&node->loop);
}

/* A node that does not know what it holds answers wrongly and keeps nothing: it ends (NO-11). */
static void cannot_read(struct gn_node *node, const char *folder, gn_err err)
{
	char why[GN_HOST_WHY];
	if (!err)
		return;
	snprintf(why, sizeof why,
		 "cannot read what is in %.200s/%s: %s. Nothing was changed; see "
		 "to it and start again",
		 node->config.data, folder, gn_err_text(err));
	gn_node_fail(node, err, why);
}

static void kv_event(struct gn_node *node, const struct gn_kv_event *e)
{
	gn_err err;
	switch (e->kind) {
	case GN_KV_ENTRY:
		if ((err = gn_overlay_restore(node->overlay, e->value, node->now)))
			gn_node_log(node, GN_LOG_WARN, "record.dropped",
				    "a stored record is not "
				    "used: %s",
				    gn_err_text(err));
		break;
	case GN_KV_READY:
		cannot_read(node, "records", e->err);
		node->kv_ready = !e->err;
		break;
	case GN_KV_STORED: gn_overlay_stored(node->overlay, e->ticket, e->err, node->now); break;
	case GN_KV_LOADED:
		gn_overlay_loaded(node->overlay, e->ticket, e->err, e->value, node->now);
		break;
	}
}

static bool pump_store(struct gn_node *node)
{
	struct gn_kv_event k;
	struct gn_blocks_event b;
	bool any = gn_file_pump(&node->disk);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_kv_next_event(node->kv, &k);
	     i++, any = true)
		kv_event(node, &k);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_blocks_next_event(node->blocks, &b);
	     i++, any = true) {
		if (b.kind == GN_BLOCKS_READY) {
			cannot_read(node, "blocks", b.err);
			node->blocks_ready = !b.err;
		}
		(void)gn_bundles_blocks_event(node->bundles, &b, node->now);
	}
	return any;
}

static bool pump_services(struct gn_node *node)
{
	struct gn_overlay_message m;
	struct gn_names_event n;
	struct gn_bundles_event b;
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_bundles_next_message(node->bundles, &m);
	     i++, any = true) {
		gn_node_answered(node, &m.to.pk, m.bytes);
		gn_node_peers_send(node, &m, GN_JET_FILES);
	}
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_names_next_event(node->names, &n);
	     i++, any = true)
		gn_node_request_event(node, GN_OP_NAMES, n.op, &n);
	gn_node_check_pump(node);
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && gn_bundles_next_event(node->bundles, &b);
	     i++, any = true)
		gn_node_request_event(node, GN_OP_BUNDLES, b.op, &b);
	return any;
}

/* Sends until jet has nothing or the socket is full; a batch the socket refused is kept and goes
 * first next time. */
static bool pump_packets(struct gn_node *node)
{
	bool any = false;
	for (unsigned i = 0; i < GN_NODE_PUMP_ROUNDS && !node->udp_blocked; i++) {
		if (!node->packet_waiting) {
			node->packet_buf = (struct gn_buf){node->packet, 0, GN_NODE_BATCH};
			if (gn_jet_send(node->jet, &node->packet_buf, &node->packet_batch,
					node->now))
				break;
			node->packet_waiting = true;
		}
		any = true;
		size_t sent = 0;
		gn_err err = gn_udp_send(node->udp, &node->packet_batch.to,
					 gn_buf_slice(&node->packet_buf),
					 node->packet_batch.segment, &sent);
		node->packet_buf.p += sent;
		node->packet_buf.len -= sent;
		node->packet_buf.cap -= sent;
		node->udp_blocked = err == GN_AGAIN;
		/* other errors lose the packets, as a network may */
		node->packet_waiting = err == GN_AGAIN;
	}
	return any;
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
		moved |= (unsigned)pump_jet(node);
		moved |= (unsigned)pump_store(node);
		moved |= (unsigned)pump_overlay(node);
		moved |= (unsigned)pump_services(node);
		moved |= (unsigned)pump_packets(node);
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
		pump_jet(node); /* keep jet's event queue short */
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

static gn_err make_key(struct gn_node *node, char why[GN_HOST_WHY])
{
	uint8_t secret[40], file[GN_KEYFILE_MAX];
	struct gn_buf out = {file, 0, sizeof file};
	bool tty = isatty(STDERR_FILENO);
	gn_rand_fill(&node->rand, secret, 32);
	gn_sk_from_seed(secret, &node->key);
	gn_err err = GN_AGAIN;
	for (uint64_t start = 0; err == GN_AGAIN; start += 200000) {
		err = gn_node_id_search(&node->key.pk, node->config.pow_bits, start, 200000,
					node->nonce);
		if (tty && err == GN_AGAIN)
			fprintf(stderr,
				"\rmaking this node's identity: %llu tries (about %llu "
				"expected)",
				(unsigned long long)(start + 200000),
				1ull << node->config.pow_bits);
	}
	if (tty)
		fprintf(stderr, "\r\033[K");
	memcpy(secret + 32, node->nonce, 8);
	if (!err)
		err = gn_keyfile_seal(&node->rand, "node", gn_slice(secret, sizeof secret),
				      gn_slice(NULL, 0), &out);
	if (!err)
		err = gn_os_file_write(node->dir, "node.key", gn_buf_slice(&out));
	gn_wipe(secret, sizeof secret);
	gn_wipe(file, sizeof file);
	if (err)
		FAIL(err, "the node key cannot be written to %s/node.key: %s", node->config.data,
		     gn_err_text(err));
	return GN_OK;
}

static gn_err load_key(struct gn_node *node, char why[GN_HOST_WHY])
{
	uint8_t secret[256], file[GN_KEYFILE_MAX];
	struct gn_buf in = {file, 0, sizeof file}, out = {secret, 0, sizeof secret};
	struct gn_node_id id;
	gn_err err = gn_os_file_read(node->dir, "node.key", &in);
	if (err == GN_NOT_FOUND)
		return make_key(node, why);
	if (!err)
		err = gn_keyfile_open(gn_buf_slice(&in), "node", gn_slice(NULL, 0), &out);
	if (!err && out.len != 40)
		err = GN_CORRUPT;
	if (!err) {
		gn_sk_from_seed(secret, &node->key);
		memcpy(node->nonce, secret + 32, 8);
		gn_node_id_make(&node->key.pk, node->nonce, &id);
		if (gn_node_id_work(&id) < node->config.pow_bits)
			err = GN_PROOF_OF_WORK;
	}
	gn_wipe(secret, sizeof secret);
	gn_wipe(file, sizeof file);
	if (err)
		FAIL(err,
		     "%s/node.key cannot be used: %s (moving it away makes a new node; records "
		     "then move to it by "
		     "themselves)",
		     node->config.data, gn_err_text(err));
	return GN_OK;
}

/* Anew at each start: who took our port while we were away, and was sent the last one by a page
 * left open, has nothing (NO-25). What should not be there is not written over. */
static gn_err make_token(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_buf last = {(uint8_t *)node->token, 0, 64};
	uint8_t raw[32];
	gn_err err = gn_os_file_read(node->dir, "token", &last);
	if (err && err != GN_NOT_FOUND && err != GN_TOO_LARGE)
		FAIL(err,
		     "cannot read %.200s/%.200s. It was left as it is; if it is removed, a "
		     "new one is made",
		     node->config.data, gn_os_why());
	gn_rand_fill(&node->rand, raw, sizeof raw);
	gn_hex(GN_SLICE(raw), node->token);
	gn_wipe(raw, sizeof raw);
	err = gn_os_file_write(node->dir, "token", gn_str(node->token));
	if (err)
		FAIL(err, "%s/token cannot be written: %s", node->config.data, gn_err_text(err));
	return GN_OK;
}

static struct gn_env env_of(struct gn_node *node, int alloc)
{
	return (struct gn_env){&node->alloc[alloc], &node->rand, &node->log};
}

static void own_addrs(const struct gn_node *node, struct gn_overlay_config *c)
{
	struct gn_addr found[16];
	size_t count = 0;
	if (*node->config.advertise &&
	    gn_addr_parse(gn_str(node->config.advertise), found) == GN_OK) {
		c->addrs[c->addr_count++] = found[0];
		return;
	}
	gn_os_local_addrs(found, GN_COUNT(found), &count);
	for (size_t i = 0; i < count && c->addr_count < GN_CONTACT_ADDRS; i++) {
		found[i].port = gn_udp_port(node->udp);
		c->addrs[c->addr_count++] = found[i];
	}
}

static size_t room_for(void *user, const struct gn_pk *peer)
{
	return gn_node_peers_room(user, peer);
}

static bool record_room(void *user, const struct gn_pk *peer, size_t bytes)
{
	return gn_node_peers_takes(user, peer, bytes);
}

static gn_err make_engines(struct gn_node *node)
{
	static const size_t budgets[] = {
		[ALLOC_JET] = 512u << 20,      [ALLOC_OVERLAY] = 256u << 20,
		[ALLOC_KV] = 128u << 20,       [ALLOC_BLOCKS] = 256u << 20,
		[ALLOC_SERVICES] = 256u << 20, [ALLOC_NODE] = 64u << 20};
	struct gn_env env[GN_COUNT(budgets)];
	for (int i = 0; i < (int)GN_COUNT(budgets); i++) {
		gn_alloc_heap(&node->alloc[i], budgets[i]);
		env[i] = env_of(node, i);
	}
	node->env = env[ALLOC_NODE];
	gn_node_peers_init(node);
	GN_TRY(gn_node_guard_new(node, &env[ALLOC_JET]));
	struct gn_jet_config jet = {.node_key = node->key,
				    .keep_alive = 25 * GN_SEC,
				    .unused_timeout = 15 * GN_SEC,
				    .guard = node->guard,
				    .count_local = node->config.guard_count_local,
				    .always_retry = node->config.guard == GN_NODE_GUARD_COOKIE};
	GN_TRY(gn_jet_new(&env[ALLOC_JET], &jet, &node->jet));
	struct gn_overlay_config overlay = {
		.node_key = node->key,
		.pow_bits = node->config.pow_bits,
		.w = node->config.w,
		.probation = node->config.probation * GN_SEC,
		.probation_off = node->config.probation == 0,
		.awaits_bootstrap = node->config.bootstrap_count > 0,
		.count_local = node->config.guard_count_local,
		.room = record_room,
		.user = node,
		.bytes_max = node->config.record_limit,
		.records_max = (uint32_t)(node->config.record_limit / GN_NODE_RECORD_PLACE)};
	memcpy(overlay.nonce, node->nonce, sizeof overlay.nonce);
	overlay.admit[1] = gn_identity_admit;
	overlay.admit[3] = gn_name_admit;
	overlay.grace[3] = gn_name_grace;
	own_addrs(node, &overlay);
	GN_TRY(gn_overlay_new(&env[ALLOC_OVERLAY], &overlay, node->now, &node->overlay));
	struct gn_kv_config kv = {.dir = "records"};
	GN_TRY(gn_kv_new(&env[ALLOC_KV], &kv, &node->kv));
	struct gn_blocks_config blocks = {.dir = "blocks",
					  .bytes_max = UINT64_MAX / 2,
					  .cached_max = node->config.store_limit};
	GN_TRY(gn_blocks_new(&env[ALLOC_BLOCKS], &blocks, &node->blocks));
	GN_TRY(gn_names_new(&env[ALLOC_SERVICES], node->overlay, &node->names));
	struct gn_bundles_config bundles = {.overlay = node->overlay,
					    .blocks = node->blocks,
					    .node_key = node->key,
					    .peer_bytes_max = node->config.store_limit,
					    .count_local = node->config.guard_count_local,
					    .no_cache = node->config.store_limit == 0,
					    .reads_max = GN_NODE_READERS + GN_NODE_READERS_SMALL +
							 GN_NODE_OPENS,
					    .room = room_for,
					    .user = node};
	gn_err err = gn_bundles_new(&env[ALLOC_SERVICES], &bundles, &node->bundles);
	gn_sk_wipe(&jet.node_key); /* each has its own copy and wipes it */
	gn_sk_wipe(&overlay.node_key);
	gn_sk_wipe(&bundles.node_key);
	return err;
}

static void free_engines(struct gn_node *node)
{
	gn_bundles_free(node->bundles);
	gn_names_free(node->names);
	gn_blocks_free(node->blocks);
	gn_kv_free(node->kv);
	gn_overlay_free(node->overlay);
	gn_node_peers_fini(node);
	gn_jet_free(node->jet);
	gn_guard_free(node->guard);
}

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
	GN_TRY(load_key(node, why));
	GN_TRY(gn_node_saved_read(node, why));
	GN_TRY(make_token(node, why));
	err = gn_udp_open(node->config.port, &node->udp);
	if (err == GN_PORT_TAKEN)
		FAIL(err,
		     "UDP port %u is taken: give another with --port PORT (0 for a free one), or "
		     "stop what uses it",
		     node->config.port);
	if (err)
		FAIL(err, "UDP port %u cannot be opened: %s", node->config.port, gn_os_why());
	if (!(node->packet = malloc(GN_NODE_BATCH)) || make_engines(node))
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
		free_engines(&node);
	gn_udp_close(node.udp);
	gn_os_dir_close(node.dir);
	gn_sk_wipe(&node.key);
	gn_wipe(node.token, sizeof node.token);
	free(node.packet);
	uv_loop_close(&node.loop);
	return err;
}
