/* The composition root: makes the ledger, the history and the API, runs the loop, pumps between
 * them, stops cleanly.
 *
 * One turn of the loop: requests and completions come in as they are ready; before the loop
 * sleeps, turn() sequences what waits, moves disk requests, records and results to whoever they
 * are for until nothing moves, and says when the earliest deadline is.
 *
 * Start: data directory and lock -> keys -> history and its watermark -> ledger recovers,
 * handing out the records that the history lacks (the API answers 503) -> READY. Stop: nothing
 * new, what was taken becomes durable, the history is fed. */
#include "hub/hub_int.h"
#include "hub/keys.h"
#include "hub/why.h"

#include <stdio.h>
#include <stdlib.h>

#define STOP_MAX (10 * GN_SEC) /* for the last writes */
#define PUMP_ROUNDS 64u

/* ---- pump ---- */

static void say_unusable(struct gn_hub *hub, gn_err err)
{
	uint64_t last = gn_ledger_durable_seq(hub->ledger);
	bool is_short = hub->fed_to > last && (!err || err == GN_TRUNCATED); /* HB-11 */
	char why[GN_HOST_WHY];
	/* recovery changes nothing before it found the journal sound */
	const char *kept = gn_err_class(err) == GN_CLASS_IO ? "" : " Nothing was changed;";
	if (is_short)
		snprintf(why, sizeof why,
			 "the history knows record %llu, but only %llu records of the journal in "
			 "%.250s/journal hold: durable ones "
			 "are gone or damaged. Nothing was changed. Restore the journal from a "
			 "copy (geonet hub verify says "
			 "more); only if the loss is meant, remove history.db and start again",
			 (unsigned long long)hub->fed_to, (unsigned long long)last,
			 hub->config.data);
	else if (err == GN_NOMEM)
		snprintf(why, sizeof why,
			 "the ledger in %.250s/journal does not fit into the memory that it may "
			 "take, %llu MiB. Nothing was "
			 "changed; start it with more: --memory-mib %llu",
			 hub->config.data, (unsigned long long)(hub->config.memory >> 20),
			 (unsigned long long)(hub->config.memory >> 19));
	else
		snprintf(why, sizeof why,
			 "the journal in %s/journal cannot be used: %s.%s geonet hub verify says "
			 "more",
			 hub->config.data, gn_err_text(err), kept);
	gn_host_log(&hub->host, GN_LOG_ERROR, is_short ? "journal.short" : "journal.failed", "%s",
		    why);
	gn_host_fail(&hub->host, err ? err : GN_TRUNCATED, why);
}

static void ledger_ready(struct gn_hub *hub, gn_err err)
{
	struct gn_ledger_info info;
	if (err || hub->fed_to > gn_ledger_durable_seq(hub->ledger)) {
		say_unusable(hub, err);
		return;
	}
	gn_ledger_info(hub->ledger, &info);
	gn_hub_replica_start(hub);
	hub->ready = true;
	gn_host_log(&hub->host, GN_LOG_INFO, "ready",
		    "hub %s on port %u, %u participants, record %llu%s", hub->pid,
		    gn_http_port(hub->http), gn_ledger_participant_count(hub->ledger),
		    (unsigned long long)gn_ledger_seq(hub->ledger),
		    info.torn ? ", a torn tail was "
				"cut"
			      : "");
	if (gn_hub_clock_behind(hub))
		gn_host_log(&hub->host, GN_LOG_WARN, "clock.behind",
			    "the clock is %llu s behind the last record: payments of this time are "
			    "recorded at the "
			    "later time, "
			    "daily limits and expiry run by it. Is the machine's clock right?",
			    (unsigned long long)gn_hub_clock_behind(hub));
	gn_host_ready(&hub->host, "ready %u\n", gn_http_port(hub->http));
}

static void ledger_event(struct gn_hub *hub, const struct gn_ledger_event *e)
{
	switch (e->kind) {
	case GN_LEDGER_READY: ledger_ready(hub, e->err); break;
	case GN_LEDGER_RECORDS:
		gn_hub_feed_records(hub->feed, e->payload, e->first_seq, e->count);
		gn_hub_replica_records(hub->replica, e->payload, e->first_seq, e->count);
		gn_hub_live_records(hub, e->payload, e->first_seq, e->count);
		break;
	case GN_LEDGER_RESULT: gn_hub_result(hub, e); break;
	case GN_LEDGER_STOPPED:
		gn_host_log(&hub->host, GN_LOG_ERROR, "journal.stopped",
			    "the journal cannot be written (%s): nothing new is taken, %u requests "
			    "have an unknown "
			    "outcome; "
			    "free or mend the disk and start the hub again",
			    gn_err_text(e->err), hub->tickets.count);
		gn_hub_tickets_end(hub);
		break;
	}
}

static gn_time turn(void *user)
{
	struct gn_hub *hub = user;
	struct gn_ledger_event e;
	gn_hub_look_at_clocks(hub);
	gn_hub_verify_pump(hub);
	gn_ledger_tick(hub->ledger, hub->time);
	for (unsigned i = 0, moved = 1; i < PUMP_ROUNDS && moved; i++) {
		moved = 0; /* events first: nothing is written before READY was judged */
		for (unsigned k = 0; k < 256 && gn_ledger_next_event(hub->ledger, &e);
		     k++, moved = 1)
			ledger_event(hub, &e);
		if (hub->host.failed)
			break;
		moved |= gn_host_disk_pump(&hub->disk);
	}
	gn_hub_held(hub);
	gn_hub_live_tick(hub);
	gn_hub_clear_tick(hub);
	gn_hub_space_tick(hub);
	gn_hub_clock_tick(hub);
	return gn_time_min(gn_ledger_deadline(hub->ledger) - hub->time, 5 * GN_SEC);
}

static gn_time tell_stop(void *user)
{
	struct gn_hub *hub = user;
	gn_host_log(&hub->host, GN_LOG_INFO, "stopping",
		    "what was taken becomes durable, then the hub ends");
	return 0; /* finish_hub() waits for it */
}

static void tell_status(void *user, char *text, size_t cap)
{
	const struct gn_hub *hub = user;
	snprintf(text, cap,
		 "up %llu s, %s, record %llu, %u participants, %u requests wait, %llu MiB of "
		 "memory",
		 (unsigned long long)((hub->now - hub->started) / GN_SEC),
		 !hub->ready                     ? "reading its journal"
		 : gn_ledger_failed(hub->ledger) ? "its journal cannot be written"
						 : "well",
		 (unsigned long long)gn_ledger_seq(hub->ledger),
		 gn_ledger_participant_count(hub->ledger), hub->tickets.count,
		 (unsigned long long)gn_os_rss() >> 20);
}

/* ---- start ---- */

static gn_err load_keys(struct gn_hub *hub, char why[GN_HUB_WHY])
{
	struct gn_hub_keys keys = {0};
	gn_err err = gn_hub_keys_load(hub->host.dir, hub->config.data, &hub->host.rand, true, &keys,
				      why);
	if (!err) {
		hub->sk = keys.sk;
		memcpy(hub->jwt_key, keys.jwt_key, sizeof hub->jwt_key);
		memcpy(hub->admin_token, keys.admin_token, sizeof hub->admin_token);
		gn_pid(&hub->sk.pk, hub->pid);
	}
	gn_hub_keys_wipe(&keys);
	return err;
}

static gn_err make_ledger(struct gn_hub *hub)
{
	struct gn_env env = gn_host_env(&hub->host, &hub->alloc[0]);
	hub->fed_to = gn_hub_feed_watermark(hub->feed);
	struct gn_ledger_config c = {
		.hub = hub->sk.pk, .dir = "journal", .feed_from = hub->fed_to + 1};
	gn_ledger_settings_default(&c.settings);
	c.settings.accept_v0 = hub->config.accept_v0;
	return gn_ledger_new(&env, &c, &hub->ledger);
}

static void load_names(struct gn_hub *hub)
{
	json_t *names = gn_hub_feed_names(hub->feed), *name;
	size_t i;
	json_array_foreach(names, i, name)
		gn_hub_set_name(&hub->view, (uint32_t)i,
				gn_slice(json_string_value(name), json_string_length(name)));
	json_decref(names);
}

static gn_err make_http(struct gn_hub *hub, char why[GN_HUB_WHY])
{
	struct gn_http_config config = {.loop = &hub->host.loop,
					.port = hub->config.http,
					.requests_max = HUB_REQUESTS_MAX,
					.request_id = gn_hub_request_id,
					.error_code = gn_hub_error_code};
	struct gn_http_handler handler;
	gn_hub_api_init(hub);
	gn_host_api_handler(&hub->api, &handler);
	gn_err err = gn_http_new(&config, &handler, &hub->http);
	if (err == GN_PORT_TAKEN)
		FAIL(err,
		     "TCP port %u is taken: give another with --http PORT (0 for a free one), or "
		     "stop what uses it",
		     hub->config.http);
	if (err)
		FAIL(err, "the API cannot be opened: %s", gn_err_text(err));
	return GN_OK;
}

static gn_err start_hub(struct gn_hub *hub, const struct gn_host_config *host, char why[GN_HUB_WHY])
{
	char history[600], tokens[600];
	GN_TRY(gn_host_open(&hub->host, host, why));
	if (gn_os_files() < HUB_FILES_MIN)
		FAIL(GN_LIMIT,
		     "a hub needs at least %u open files, here are %u: raise the limit (ulimit -n)",
		     HUB_FILES_MIN, gn_os_files());
	gn_hub_disk_init(hub);
	GN_TRY(load_keys(hub, why));
	gn_alloc_heap(&hub->alloc[0], hub->config.memory);
	gn_alloc_heap(&hub->alloc[1], (size_t)256 << 20);
	hub->env = gn_host_env(&hub->host, &hub->alloc[1]);
	gn_map_init(&hub->tickets, &hub->env, sizeof(uint64_t), sizeof(struct gn_hub_request *),
		    2 * HUB_REQUESTS_MAX);
	gn_hub_live_init(hub);
	gn_map_init(&hub->prepared, &hub->env, sizeof(struct gn_tx_key), sizeof(json_t *),
		    BOOK_OPEN_MAX);
	gn_map_init(&hub->used, &hub->env, sizeof(struct gn_hash), sizeof(gn_time), HUB_LOGINS_MAX);
	gn_rand_fill(&hub->host.rand, hub->challenge_key, sizeof hub->challenge_key);
	gn_hub_rate_init(&hub->rate_failed, &hub->env, GN_RATE_MINUTE, hub->config.rate_failed);
	gn_hub_rate_init(&hub->rate_key, &hub->env, GN_RATE_MINUTE, hub->config.rate_key);
	gn_hub_rate_init(&hub->rate_address, &hub->env, GN_RATE_MINUTE, hub->config.rate_address);
	gn_hub_rate_init(&hub->rate_day, &hub->env, GN_RATE_DAY, hub->config.rate_day);
	GN_TRY(gn_hub_rates_load(hub, why));
	snprintf(history, sizeof history, "%s/history.db", hub->config.data);
	snprintf(tokens, sizeof tokens, "%s/tokens.db", hub->config.data);
	GN_TRY(gn_hub_feed_open(hub, history, tokens, &hub->feed, why));
	load_names(hub);
	if (make_ledger(hub))
		FAIL(GN_NOMEM, "not enough memory for the ledger");
	hub->view.ledger = hub->ledger;
	GN_TRY(make_http(hub, why));
	gn_hub_feed_start(hub->feed);
	gn_host_start(&hub->host);
	gn_ledger_start(hub->ledger, hub->time);
	return GN_OK;
}

/* ---- stop ---- */

static bool is_working(void *user)
{
	const struct gn_hub *hub = user;
	return hub->disk.pool.running || hub->verify_running || hub->space_looks || hub->jobs ||
	       hub->longs.count || hub->asks.count || hub->pages.count;
}

static bool is_writing(void *user)
{
	const struct gn_hub *hub = user;
	return !gn_ledger_failed(hub->ledger) &&
	       (is_working(user) || (hub->ready && !gn_ledger_idle(hub->ledger)));
}

/* What was taken becomes durable and is answered, bounded in time; then everything is freed in
 * the opposite order. */
static void finish_hub(struct gn_hub *hub)
{
	gn_hub_places_gone(hub, NULL);
	gn_hub_live_close(hub);
	gn_host_drain(&hub->host, is_writing, STOP_MAX);
	gn_host_pump_end(&hub->host);
	gn_hub_tickets_end(hub); /* in time there was none */
	hub->disk.pool.hurry = true;
	gn_host_drain(&hub->host, is_working, GN_NEVER); /* they hold what is about to be freed */
	gn_hub_replica_close(hub->replica);
	gn_hub_feed_close(hub->feed);
	gn_http_free(hub->http);
	gn_host_end(&hub->host);
	while (hub->api.requests) { /* whose outcome never came: the ledger stopped */
		struct gn_host_request *r = hub->api.requests;
		r->refs = 1;
		gn_host_release(r);
	}
}

static void free_hub(struct gn_hub *hub)
{
	gn_ledger_free(hub->ledger);
	gn_hub_view_fini(&hub->view);
	gn_hub_live_fini(hub);
	gn_map_fini(&hub->tickets);
	gn_map_fini(&hub->used);
	gn_hub_rate_fini(&hub->rate_failed);
	gn_hub_rate_fini(&hub->rate_key);
	gn_hub_rate_fini(&hub->rate_address);
	gn_hub_rate_fini(&hub->rate_day);
	gn_sk_wipe(&hub->sk);
	gn_wipe(hub->jwt_key, sizeof hub->jwt_key);
	gn_wipe(hub->challenge_key, sizeof hub->challenge_key);
	gn_wipe(hub->admin_token, sizeof hub->admin_token);
}

gn_err gn_hub_run(const struct gn_hub_config *config, int ready_fd, char why[GN_HUB_WHY])
{
	struct gn_hub *hub = calloc(1, sizeof *hub);
	snprintf(why, GN_HUB_WHY, "cannot start");
	if (!hub)
		return GN_NOMEM;
	json_object_seed(0); /* before a second thread makes objects */
	hub->config = *config;
	gn_hub_look_at_clocks(hub);
	hub->started = hub->now;
	hub->verify_last = &hub->verify_first;
	hub->held_last = &hub->held_first;
	const struct gn_host_config host = {.name = "hub",
					    .data = hub->config.data,
					    .log_file = hub->config.log_file,
					    .log = config->log,
					    .ready_fd = ready_fd,
					    .pump = turn,
					    .stop = tell_stop,
					    .status = tell_status,
					    .user = hub};
	gn_err err = start_hub(hub, &host, why);
	if (!err) {
		err = gn_host_run(&hub->host, why);
		finish_hub(hub);
	}
	free_hub(hub);
	gn_host_close(&hub->host);
	free(hub);
	return err;
}
