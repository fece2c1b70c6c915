/* What the hub says about itself: who it is, health, metrics, integrity. */
#include "hub/hub_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* HB-45: whoever knows this key is the hub that listens at this address. */
static json_t *proof(const struct gn_hub *hub, const char *address, const char *nonce)
{
	char text[GN_OP_PROOF_MAX], sig64[89];
	struct gn_sig sig;
	gn_op_sign(&hub->sk, gn_op_proof_text(&hub->sk.pk, address, nonce, text), &sig);
	gn_err err = gn_base64(GN_SLICE(sig.b), false, sig64, sizeof sig64);
	GN_ASSERT(!err);
	return json_string(sig64);
}

/* 32 bytes in hex, "" when absent. */
static bool read_nonce(struct gn_hub_request *r, char nonce[65])
{
	uint8_t raw[32];
	if (!gn_hub_value(r, "nonce", nonce, 65))
		return false;
	return !*nonce || gn_unhex(gn_str(nonce), raw, sizeof raw) == GN_OK ||
	       gn_hub_refuse_value(r, "query", "nonce", "string_pattern_mismatch",
				   "must be 64 hexadecimal digits");
}

void gn_hub_api_hub(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	struct gn_ledger_settings s = {0};
	char key[45], nonce[65], address[32];
	if (!read_nonce(r, nonce))
		return;
	gn_err err = gn_base64(GN_SLICE(hub->sk.pk.b), false, key, sizeof key);
	GN_ASSERT(!err);
	snprintf(address, sizeof address, "127.0.0.1:%u", gn_http_port(hub->http));
	if (hub->ready)
		gn_ledger_settings(hub->ledger, &s);
	json_t *profiles =
		s.accept_v0 ? json_pack("[ss]", "geo-v1", "geo-v0") : json_pack("[s]", "geo-v1");
	gn_hub_json(r, 200,
		    json_pack("{ss ss ss so so si si ss so*}", "pid", hub->pid, "public_key", key,
			      "version", GEONET_VERSION, "profiles", profiles, "timestamp",
			      gn_history_time_json(hub->time), "max_hops", (int)s.max_hops,
			      "max_paths", (int)s.max_paths, "address", address, "proof",
			      *nonce ? proof(hub, address, nonce) : NULL));
}

/* What health says beside its status: nothing is wrong with the hub, but with the machine it
 * runs on. */
static void add_warning(const struct gn_hub *hub, json_t *json)
{
	uint64_t behind = gn_hub_clock_behind(hub);
	char disk[160] = "", set[320] = "", late[240] = "", text[800] = "";
	const char *const parts[] = {disk, set, late};
	gn_hub_clock_set(set, sizeof set);
	if (hub->space_short)
		snprintf(disk, sizeof disk,
			 "the disk is %u %% full: make room, for when it is full nothing is taken "
			 "any more",
			 gn_hub_space_used(hub));
	if (behind)
		snprintf(late, sizeof late,
			 "the clock is %llu s behind the last record: payments of this time are "
			 "recorded at the later time, daily limits and expiry run by it",
			 (unsigned long long)behind);
	for (size_t i = 0, n = 0; i < GN_COUNT(parts); n = strlen(text), i++)
		if (*parts[i])
			snprintf(text + n, sizeof text - n, "%s%s", n ? "; " : "", parts[i]);
	if (*text)
		json_object_set_new(json, "warning", json_string(text));
}

/* HB-51. */
static void add_space(const struct gn_hub *hub, json_t *json)
{
	const struct gn_hub_space *s = &hub->space;
	if (s->whole)
		json_object_set_new(
			json, "disk",
			json_pack("{sI sI sI sI sI si}", "journal_bytes", (json_int_t)s->journal,
				  "snapshot_bytes", (json_int_t)s->snapshots, "history_bytes",
				  (json_int_t)s->history, "free_bytes", (json_int_t)s->left,
				  "total_bytes", (json_int_t)s->whole, "used_percent",
				  (int)gn_hub_space_used(hub)));
}

void gn_hub_api_health(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	struct gn_hub_tail_info info;
	gn_hub_feed_info(hub->feed, &info);
	bool failed = gn_ledger_failed(hub->ledger), ok = hub->ready && !failed && !info.behind;
	json_t *j = json_pack("{ss ss ss sI so sb}", "status", ok ? "ok" : "degraded", "version",
			      GEONET_VERSION, "environment", "hub", "uptime_seconds",
			      (json_int_t)((hub->now - hub->started) / GN_SEC), "timestamp",
			      gn_history_time_json(hub->time), "ready", hub->ready);
	if (failed)
		json_object_set_new(j, "reason",
				    json_string("the journal could not be written; the hub takes "
						"nothing new until it is started again"));
	else if (info.behind)
		json_object_set_new(j, "reason",
				    json_string("the history lags and catches up; "
						"payments go on"));
	add_warning(hub, j);
	add_space(hub, j);
	gn_hub_json(r, ok ? 200 : 503, j);
}

static void health_db_told(struct gn_hub_request *r, json_t *answer)
{
	struct gn_hub_tail_info info;
	if (!answer)
		return;
	gn_hub_feed_info(r->hub->feed, &info);
	gn_hub_json(r, 200,
		    json_pack("{ss ss sI sI sI so}", "status", "ok", "backend",
			      strncmp(r->hub->config.history, "sqlite", 6) == 0 ? "sqlite"
										: "postgresql",
			      "watermark", (json_int_t)info.watermark, "journal_seq",
			      (json_int_t)gn_ledger_durable_seq(r->hub->ledger), "waiting_bytes",
			      (json_int_t)info.waiting_bytes, "timestamp",
			      gn_history_time_json(r->hub->time)));
}

void gn_hub_api_health_db(struct gn_hub_request *r)
{
	if (!r->hub->ready)
		gn_hub_api_health(r);
	else
		gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_NOTHING}, health_db_told);
}

/* ---- Prometheus ---- */

struct text {
	char *p;
	size_t len, cap;
};

static void add_text(struct text *t, const char *fmt, ...) GN_PRINTF(2, 3);
static void add_text(struct text *t, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(t->p + t->len, t->cap - t->len, fmt, args);
	va_end(args);
	if (n > 0 && (size_t)n < t->cap - t->len)
		t->len += (size_t)n;
}

static void add_metric(struct text *t, const char *type, const char *name, const char *help,
		       uint64_t value)
{
	add_text(t, "# HELP geonet_hub_%s %s\n# TYPE geonet_hub_%s %s\ngeonet_hub_%s %llu\n", name,
		 help, name, type, name, (unsigned long long)value);
}

void gn_hub_api_metrics(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	struct gn_hub_tail_info feed, replica;
	struct gn_ledger_info l;
	struct text t = {malloc(16384), 0, 16384};
	if (!t.p) {
		gn_hub_fail(r, GN_NOMEM, NULL, "%s", "");
		return;
	}
	gn_hub_feed_info(hub->feed, &feed);
	gn_hub_replica_info(hub->replica, &replica);
	gn_ledger_info(hub->ledger, &l);
	add_metric(&t, "gauge", "up", "the ledger takes commands",
		   hub->ready && !gn_ledger_failed(hub->ledger));
	add_metric(&t, "counter", "requests_total", "HTTP requests", hub->count.requests);
	add_text(&t, "# HELP geonet_hub_answers_total answers by class of status\n# TYPE "
		     "geonet_hub_answers_total counter\n");
	for (int i = 2; i <= 5; i++)
		add_text(&t, "geonet_hub_answers_total{class=\"%dxx\"} %llu\n", i,
			 (unsigned long long)hub->count.answers[i]);
	add_metric(&t, "counter", "refused_auth_total", "requests without the right to it",
		   hub->count.refused_auth);
	add_metric(&t, "counter", "refused_rate_total", "requests over a rate",
		   hub->count.refused_rate);
	add_metric(&t, "counter", "refused_body_total", "bodies too large",
		   hub->count.refused_body);
	add_metric(&t, "counter", "flows_total", "max-flows looked for on the copy, for payments",
		   hub->count.flows);
	add_metric(&t, "counter", "signatures_total", "signatures checked", hub->count.verified);
	add_metric(&t, "counter", "signatures_bad_total", "signatures that did not verify",
		   hub->count.bad_signatures);
	add_metric(&t, "counter", "records_total", "journal records since the start", l.records);
	add_metric(&t, "counter", "batches_total", "journal batches since the start", l.batches);
	add_metric(&t, "counter", "journal_bytes_total", "journal bytes since the start", l.bytes);
	add_metric(&t, "counter", "committed_total", "payments committed since the start",
		   l.committed);
	add_metric(&t, "counter", "failed_total", "payments that could not be routed", l.failed);
	add_metric(&t, "counter", "refused_total", "commands refused by the ledger", l.refused);
	add_metric(&t, "counter", "gave_way_total",
		   "payments that waited for an answer and let a newcomer have the place (LG-66)",
		   l.gave_way);
	add_metric(&t, "counter", "expired_total", "reservations and offers that expired",
		   l.expired);
	add_metric(&t, "counter", "clearings_total", "clearings committed since the start",
		   l.clearings);
	add_metric(&t, "counter", "torn_total", "torn tails cut at the start", l.torn);
	add_metric(&t, "gauge", "inbox", "commands that wait", l.inbox);
	add_metric(&t, "gauge", "open_transactions", "prepared payments and open offers",
		   l.open_tx);
	add_metric(&t, "gauge", "participants", "participants",
		   hub->ready ? gn_ledger_participant_count(hub->ledger) : 0);
	add_metric(&t, "gauge", "ledger_bytes", "memory of the ledger", l.memory);
	add_metric(&t, "gauge", "resident_bytes", "memory of the process", gn_os_rss());
	add_metric(&t, "gauge", "journal_stored_bytes", "files of the journal", hub->space.journal);
	add_metric(&t, "gauge", "snapshot_stored_bytes", "snapshots", hub->space.snapshots);
	add_metric(&t, "gauge", "history_stored_bytes", "the history, when it is SQLite's",
		   hub->space.history);
	add_metric(&t, "gauge", "disk_free_bytes", "what is left on the disk", hub->space.left);
	add_metric(&t, "gauge", "disk_bytes", "the disk", hub->space.whole);
	add_metric(&t, "gauge", "history_watermark", "last record in the history", feed.watermark);
	add_metric(&t, "gauge", "history_waiting_bytes", "records on their way into the history",
		   feed.waiting_bytes);
	add_metric(&t, "counter", "history_failures_total", "failed statements of the history",
		   feed.failures);
	add_metric(&t, "counter", "history_caught_up_total",
		   "records the history read back from the journal", feed.caught_up);
	add_metric(&t, "gauge", "replica_watermark",
		   "last record in the copy that answers long questions", replica.watermark);
	add_metric(&t, "gauge", "replica_waiting_bytes", "records on their way into the copy",
		   replica.waiting_bytes);
	add_metric(&t, "gauge", "long_questions", "long questions that wait or run",
		   hub->longs.count);
	add_metric(&t, "gauge", "history_pages", "pages of the history that are asked for",
		   hub->pages.count);
	add_metric(&t, "gauge", "history_questions",
		   "single rows of the history that are asked for", hub->asks.count);
	add_metric(&t, "gauge", "websockets", "open WebSockets", hub->ws_count);
	add_metric(&t, "counter", "events_total", "events sent to WebSockets",
		   hub->count.events_sent);
	add_metric(&t, "counter", "disk_failures_total", "failed disk requests",
		   hub->disk.pool.failed);
	gn_hub_text(r, "text/plain; version=0.0.4", gn_slice(t.p, t.len));
	free(t.p);
}

/* ---- integrity ---- */

static json_t *invariant(bool passed, const char *value)
{
	return json_pack("{sb ss si s{}}", "passed", passed, "value", value, "violations",
			 passed ? 0 : 1, "details");
}

static json_t *invariants_json(const struct gn_ledger_integrity *in, unsigned precision)
{
	char net[GN_AMOUNT_TEXT_MAX], lines[24], debts[24];
	gn_amount_text(in->net, precision, net);
	snprintf(lines, sizeof lines, "%llu", (unsigned long long)in->lines);
	snprintf(debts, sizeof debts, "%llu", (unsigned long long)in->debts);
	return json_pack("{so so so so}", "zero_sum", invariant(in->zero_sum, net), "trust_limits",
			 invariant(in->limits, lines), "debt_symmetry",
			 invariant(in->one_direction, debts), "reservations",
			 invariant(in->reservations, debts));
}

static json_t *integrity_of(const struct gn_hub_query *q, const struct gn_hub_view *v,
			    const struct gn_ledger_equivalent *e, bool *healthy)
{
	struct gn_ledger_integrity in;
	char checksum[65];
	if (gn_ledger_integrity(v->ledger, e->number, &in))
		return json_null();
	gn_hex(GN_SLICE(in.checksum.b), checksum);
	bool ok = in.zero_sum && in.limits && in.one_direction && in.reservations;
	*healthy = *healthy && ok;
	return json_pack("{ss ss so so}", "status", ok ? "healthy" : "critical", "checksum",
			 checksum, "last_verified", gn_history_time_json(q->time), "invariants",
			 invariants_json(&in, e->precision));
}

static void run_integrity(struct gn_hub_query *q, struct gn_hub_view *v)
{
	json_t *list = json_object(), *alerts = json_array();
	bool healthy = true;
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(v->ledger); eq++) {
		struct gn_ledger_equivalent e;
		if (gn_ledger_equivalent(v->ledger, eq, &e) == GN_OK &&
		    (q->eq == UINT32_MAX || q->eq == eq))
			json_object_set_new(list, e.code, integrity_of(q, v, &e, &healthy));
	}
	if (!healthy)
		json_array_append_new(
			alerts, json_string("an invariant does not hold: stop the hub and run "
					    "geonet hub verify"));
	q->json = json_pack("{ss so so so}", "status", healthy ? "healthy" : "critical",
			    q->flag ? "checked_at" : "last_check", gn_history_time_json(q->time),
			    "equivalents", list, "alerts", alerts);
}

void gn_hub_api_integrity_status(struct gn_hub_request *r)
{
	gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_integrity, .eq = UINT32_MAX});
}

static void verify_noted(struct gn_hub_request *r, const struct gn_ledger_event *e)
{
	if (e->err)
		gn_hub_fail(r, e->err, NULL, "%s", "");
	else
		gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_integrity,
							  .eq = r->wait.check.eq,
							  .flag = true});
}

/* HB-48: who asked is in the journal before it is done. */
void gn_hub_api_integrity_verify(struct gn_hub_request *r)
{
	struct gn_hub *hub = r->hub;
	json_t *in = gn_hub_body(r);
	const char *code = json_string_value(json_object_get(in, "equivalent"));
	struct gn_ledger_equivalent e = {.number = UINT32_MAX};
	uint32_t wait;
	if (!in || (code && !gn_hub_equivalent_at(r, "body", "equivalent", code, &e)))
		return;
	if (!gn_hub_may_leave(r))
		return;
	if (!gn_hub_rate_take(&hub->rate_failed, r->pid.b, hub->now, &wait)) {
		gn_hub_too_fast(r, wait, "too many verifications");
		return;
	}
	struct gn_ledger_admin a = {.kind = GN_ADMIN_VERIFY,
				    .pk = r->is_participant ? r->me.pk : r->actor,
				    .code = gn_str(code ? e.code : "")};
	r->wait.check.eq = e.number;
	uint64_t ticket = gn_hub_ticket(r, verify_noted);
	gn_err err = ticket ? gn_ledger_admin(hub->ledger, &a, ticket, hub->time) : GN_BUSY;
	if (!err)
		return;
	if (ticket)
		gn_hub_drop_ticket(r);
	gn_hub_fail(r, err, NULL, "%s", "");
}

static void run_checksum(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_integrity in;
	struct gn_hash state;
	char checksum[65], hash[65];
	q->err = gn_ledger_equivalent(v->ledger, q->eq, &e);
	if (!q->err)
		q->err = gn_ledger_integrity(v->ledger, q->eq, &in);
	if (q->err)
		return;
	gn_ledger_state_hash(v->ledger, &state);
	gn_hex(GN_SLICE(in.checksum.b), checksum);
	gn_hex(GN_SLICE(state.b), hash);
	q->json = json_pack("{ss ss so so ss sI}", "equivalent", e.code, "checksum", checksum,
			    "created_at", gn_history_time_json(q->time), "invariants_status",
			    invariants_json(&in, e.precision), "state_hash", hash, "seq",
			    (json_int_t)gn_ledger_seq(v->ledger));
}

void gn_hub_api_integrity_checksum(struct gn_hub_request *r)
{
	struct gn_ledger_equivalent e;
	if (gn_hub_equivalent_at(r, "path", "equivalent", r->base.args[0], &e))
		gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_checksum, .eq = e.number});
}

static void audit_told(struct gn_hub_request *r, json_t *answer)
{
	if (answer)
		gn_hub_json(r, 200,
			    gn_hub_page_json_counted(json_incref(json_object_get(answer, "items")),
						     r->wait.page.limit, r->wait.page.offset,
						     (uint64_t)json_integer_value(
							     json_object_get(answer, "total"))));
}

void gn_hub_api_integrity_audit(struct gn_hub_request *r)
{
	struct gn_history_query q = {.kind = GN_HQ_AUDIT};
	uint64_t limit, offset;
	if (!gn_hub_page(r, 50, HUB_PAGE_MAX, &limit, &offset))
		return;
	if (r->role < GN_ROLE_AUDITOR)
		gn_hub_pid(&r->hub->view, r->me.number, q.text);
	r->wait.page.limit = limit;
	r->wait.page.offset = offset;
	q.limit = (int64_t)limit;
	q.offset = (int64_t)offset;
	gn_hub_ask(r, &q, audit_told);
}

/* HB-12: what the reference repairs cannot be written down here; the command says so instead of
 * changing anything. */
void gn_hub_api_repair(struct gn_hub_request *r)
{
	static const char *const repairs[][2] = {{"net-mutual-debts", "netted_pairs"},
						 {"cap-debts-to-trust-limits", "scanned"}};
	for (size_t i = 0; i < GN_COUNT(repairs); i++)
		if (strcmp(r->base.args[0], repairs[i][0]) == 0) {
			gn_hub_json(r, 200,
				    json_pack("{sb ss si si si}", "ok", 1, "action",
					      r->base.args[0], repairs[i][1], 0, "updated", 0,
					      "deleted", 0));
			return;
		}
	gn_hub_fail(r, GN_NOT_FOUND, NULL,
		    "there is no such repair: net-mutual-debts, cap-debts-to-trust-limits");
}
