/* What officers read: participants, equivalents, lines, graph, reports. */
#include "hub/hub_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- participants ---- */

void gn_hub_api_admin_participants(struct gn_hub_request *r)
{
	gn_hub_list_people(r, true);
}

static void run_stats(struct gn_hub_query *q, struct gn_hub_view *v)
{
	uint32_t count = gn_ledger_participant_count(v->ledger), by_status[4] = {0},
		 by_kind[3] = {0};
	for (uint32_t i = 0; i < count; i++) {
		struct gn_ledger_participant p;
		if (gn_ledger_participant(v->ledger, i, &p))
			continue;
		by_status[p.status & 3]++;
		by_kind[p.kind % 3]++;
	}
	q->json = json_pack("{sI s{sI sI sI sI} s{sI sI sI}}", "total", (json_int_t)count,
			    "by_status", "active", (json_int_t)by_status[0], "suspended",
			    (json_int_t)by_status[1], "left", (json_int_t)by_status[2], "deleted",
			    (json_int_t)by_status[3], "by_type", "person", (json_int_t)by_kind[0],
			    "business", (json_int_t)by_kind[1], "hub", (json_int_t)by_kind[2]);
}

void gn_hub_api_admin_participant_stats(struct gn_hub_request *r)
{
	gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_stats});
}

void gn_hub_api_admin_participant_metrics(struct gn_hub_request *r)
{
	struct gn_ledger_participant p;
	json_t *list = json_array();
	if (!gn_hub_participant_at(r, "path", "pid", r->base.args[0], &p)) {
		json_decref(list);
		return;
	}
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(r->hub->ledger); eq++) {
		struct gn_ledger_equivalent e;
		struct gn_ledger_balance b;
		if (gn_ledger_equivalent(r->hub->ledger, eq, &e) ||
		    gn_ledger_balance(r->hub->ledger, eq, p.number, &b))
			continue;
		json_t *item = json_pack("{ss}", "equivalent", e.code);
		gn_history_amount_json(item, "total_debt", b.debt, e.precision);
		gn_history_amount_json(item, "total_credit", b.credit, e.precision);
		gn_history_amount_json(item, "net_balance", b.credit - b.debt, e.precision);
		gn_history_amount_json(item, "trust_given", b.trust_given, e.precision);
		gn_history_amount_json(item, "trust_received", b.trust_received, e.precision);
		gn_history_amount_json(item, "can_spend", b.can_spend, e.precision);
		gn_history_amount_json(item, "can_receive", b.can_receive, e.precision);
		json_array_append_new(list, item);
	}
	gn_hub_json(r, 200,
		    json_pack("{ss ss so}", "pid", r->base.args[0], "display_name",
			      gn_hub_name(&r->hub->view, p.number), "equivalents", list));
}

/* ---- equivalents ---- */

/* Checkpoints are of the whole state, so none is an equivalent's. */
static void run_usage(struct gn_hub_query *q, struct gn_hub_view *v)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_integrity in;
	q->err = gn_ledger_equivalent(v->ledger, q->eq, &e);
	if (!q->err)
		q->err = gn_ledger_integrity(v->ledger, q->eq, &in);
	if (!q->err)
		q->json = json_pack("{ss sI sI si}", "code", e.code, "trustlines",
				    (json_int_t)e.open_lines, "debts", (json_int_t)in.debts,
				    "integrity_checkpoints", 0);
}

void gn_hub_api_admin_equivalent_usage(struct gn_hub_request *r)
{
	struct gn_ledger_equivalent e;
	if (gn_hub_equivalent_at(r, "path", "code", r->base.args[0], &e))
		gn_hub_ask_copy(r, &(struct gn_hub_query){.run = run_usage, .eq = e.number});
}

/* ---- lines and the graph ---- */

/* An equivalent that is named and unknown has no lines. */
static bool query_eq(struct gn_hub_request *r, uint32_t *eq)
{
	char code[32];
	struct gn_ledger_equivalent e = {.number = UINT32_MAX};
	if (!gn_hub_value(r, "equivalent", code, sizeof code))
		return false;
	if (*code && gn_ledger_find_equivalent(r->hub->ledger, gn_str(code), &e))
		e.number = UINT32_MAX - 1;
	*eq = e.number;
	return true;
}

/* Of nobody here there are no lines. */
static bool query_pid(struct gn_hub_request *r, const char *name, char *out, size_t cap)
{
	struct gn_hash pid;
	return gn_hub_value(r, name, out, cap) &&
	       (!*out || gn_pid_parse(gn_str(out), &pid) == GN_OK ||
		gn_hub_refuse_value(r, "query", name, "value_error",
				    "must be a PID: 43 or 44 characters of base58"));
}

/* Filters of a question about lines, as numbers: UINT32_MAX any, one less nobody. */
struct line_filter {
	uint32_t creditor, debtor;
	int status; /* -1: any but closed */
};

static uint32_t number_of(const struct gn_hub_view *v, const char *pid)
{
	struct gn_hash hash;
	struct gn_ledger_participant p;
	if (!*pid)
		return UINT32_MAX;
	return gn_pid_parse(gn_str(pid), &hash) || gn_ledger_find_participant(v->ledger, &hash, &p)
		       ? UINT32_MAX - 1
		       : p.number;
}

static bool line_fits(const struct gn_hub_query *q, const struct line_filter *f,
		      const struct gn_ledger_line *line)
{
	if (line->status == GN_LINE_NONE || (line->status == GN_LINE_CLOSED && f->status < 0))
		return false;
	if (q->flag) /* bottlenecks: used at least 80 % of the limit */
		return line->status == GN_LINE_ACTIVE && line->limit > 0 &&
		       line->used >= line->limit - line->limit / 5;
	return (f->creditor == UINT32_MAX || f->creditor == line->from) &&
	       (f->debtor == UINT32_MAX || f->debtor == line->to) &&
	       (f->status < 0 ||
		(line->disputed ? (int)GN_LINE_FROZEN : (int)line->status) == f->status);
}

/* Lines in order of their pairs; those from offset on, at most limit of them, are written, all
 * are counted. */
static json_t *all_lines(const struct gn_hub_query *q, const struct gn_hub_view *v, uint64_t *total)
{
	static const char *const statuses[] = {"none", "active", "frozen", "closing", "closed"};
	struct line_filter f = {number_of(v, q->creditor), number_of(v, q->debtor),
				*q->status ? 99 : -1};
	json_t *list = json_array();
	struct gn_ledger_equivalent e;
	uint64_t n = 0;
	for (int i = 0; i < (int)GN_COUNT(statuses); i++)
		if (strcmp(q->status, statuses[i]) == 0)
			f.status = i;
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(v->ledger); eq++) {
		uint32_t ends[2];
		gn_amount x;
		if ((q->eq != UINT32_MAX && q->eq != eq) || gn_ledger_equivalent(v->ledger, eq, &e))
			continue;
		for (uint32_t pair = 0;
		     gn_ledger_pair(v->ledger, eq, pair, &ends[0], &ends[1], &x) == GN_OK; pair++)
			for (uint8_t side = 0; side < 2; side++) {
				struct gn_ledger_line line;
				struct gn_line_id id = {
					.eq = (uint16_t)eq, .pair = pair, .side = side};
				if (gn_ledger_line_by_id(v->ledger, &id, &line) ||
				    !line_fits(q, &f, &line))
					continue;
				if (n >= q->offset && n < q->offset + q->limit)
					json_array_append_new(list, gn_hub_line_json(v, &e, &line));
				n++;
			}
	}
	*total = n;
	return list;
}

static void strip_list(json_t *list)
{
	size_t i;
	json_t *item;
	json_array_foreach(list, i, item) json_object_del(item, "_key");
}

static void run_all_lines(struct gn_hub_query *q, struct gn_hub_view *v)
{
	uint64_t total;
	json_t *list = all_lines(q, v, &total);
	if (!q->then)
		strip_list(list);
	q->json = gn_hub_page_json_of(list, q->limit, q->offset, total);
}

void gn_hub_api_admin_lines(struct gn_hub_request *r)
{
	struct gn_hub_query q = {.run = run_all_lines, .then = gn_hub_tell_lines};
	int status;
	if (!query_eq(r, &q.eq) || !query_pid(r, "creditor", q.creditor, sizeof q.creditor) ||
	    !query_pid(r, "debtor", q.debtor, sizeof q.debtor) ||
	    !gn_hub_choice(r, "status", gn_hub_line_statuses, &status) ||
	    !gn_hub_page(r, 50, HUB_PAGE_MAX, &q.limit, &q.offset))
		return;
	if (status >= 0)
		snprintf(q.status, sizeof q.status, "%s", gn_hub_line_statuses[status]);
	gn_hub_ask_copy(r, &q);
}

void gn_hub_api_admin_bottlenecks(struct gn_hub_request *r)
{
	struct gn_hub_query q = {.run = run_all_lines, .flag = true};
	if (query_eq(r, &q.eq) && gn_hub_page(r, 50, HUB_PAGE_MAX, &q.limit, &q.offset))
		gn_hub_ask_copy(r, &q);
}

static json_t *node_json(const struct gn_hub_view *v, uint32_t number)
{
	static const char *const statuses[] = {"active", "suspended", "left", "deleted"};
	struct gn_ledger_participant p;
	char pid[GN_PID_MAX];
	if (gn_ledger_participant(v->ledger, number, &p))
		return json_null();
	gn_pid(&p.pk, pid);
	return json_pack("{ss ss ss}", "pid", pid, "display_name", gn_hub_name(v, number), "status",
			 statuses[p.status & 3]);
}

/* Lines, and participants, of one page of a graph: 50 ms of the replica, so that others get
 * their turn (HB-15). */
#define GRAPH_PAGE 2000u

/* One more of a list: does the page show it? */
static bool on_page(const struct gn_hub_query *q, uint64_t *seen)
{
	uint64_t at = (*seen)++;
	return at >= q->offset && at < q->offset + q->limit;
}

static json_t *graph_json(const struct gn_hub_query *q, const struct gn_hub_view *v, json_t *nodes,
			  uint64_t node_total, json_t *lines, uint64_t total)
{
	strip_list(lines);
	json_t *j = gn_hub_page_json_of(lines, q->limit, q->offset, total);
	json_object_set(j, "trustlines", lines);
	json_object_del(j, "items");
	json_object_set_new(j, "participants", nodes);
	json_object_set_new(j, "total_participants", json_integer((json_int_t)node_total));
	json_object_set_new(j, "generated_at", gn_history_time_json(q->time));
	json_object_set_new(j, "seq", json_integer((json_int_t)gn_ledger_seq(v->ledger)));
	return j;
}

static void run_graph(struct gn_hub_query *q, struct gn_hub_view *v)
{
	uint32_t count = gn_ledger_participant_count(v->ledger);
	uint64_t total;
	json_t *nodes = json_array(), *lines = all_lines(q, v, &total);
	for (uint64_t i = q->offset; i < count && i < q->offset + q->limit; i++)
		json_array_append_new(nodes, node_json(v, (uint32_t)i));
	q->json = graph_json(q, v, nodes, count, lines, total);
}

void gn_hub_api_admin_graph(struct gn_hub_request *r)
{
	struct gn_hub_query q = {.run = run_graph};
	if (query_eq(r, &q.eq) && gn_hub_page(r, GRAPH_PAGE, GRAPH_PAGE, &q.limit, &q.offset))
		gn_hub_ask_copy(r, &q);
}

/* Breadth-first over all equivalents (or one) from one participant. */
struct ego {
	const struct gn_hub_query *q;
	const struct gn_hub_view *v;
	uint8_t *far; /* distance + 1 */
	uint32_t *queue, head, tail, count;
	uint64_t node_total, line_total;
	json_t *nodes, *lines;
};

static void show_line(struct ego *g, const struct gn_ledger_equivalent *e,
		      const struct gn_ledger_line *line)
{
	if (line->status != GN_LINE_NONE && on_page(g->q, &g->line_total))
		json_array_append_new(g->lines, gn_hub_line_json(g->v, e, line));
}

static void visit_node(struct ego *g, uint32_t at, uint32_t eq)
{
	struct gn_ledger_equivalent e;
	struct gn_ledger_line mine, theirs;
	uint32_t walk = 0;
	if ((g->q->eq != UINT32_MAX && g->q->eq != eq) ||
	    gn_ledger_equivalent(g->v->ledger, eq, &e))
		return;
	while (gn_ledger_next_pair(g->v->ledger, eq, at, &walk, &mine, &theirs)) {
		uint32_t other = mine.status != GN_LINE_NONE ? mine.to : theirs.from;
		if (other >= g->count ||
		    (g->far[other] &&
		     (g->far[other] < g->far[at] || (g->far[other] == g->far[at] && other < at))))
			continue; /* the pair is shown from there */
		show_line(g, &e, &mine);
		show_line(g, &e, &theirs);
		if (!g->far[other]) {
			g->far[other] = (uint8_t)(g->far[at] + 1);
			g->queue[g->tail++] = other;
		}
	}
}

static void run_ego(struct gn_hub_query *q, struct gn_hub_view *v)
{
	char pid[GN_PID_MAX];
	uint32_t count = gn_ledger_participant_count(v->ledger);
	struct ego g = {
		.q = q, .v = v, .count = count, .far = calloc(count, 1), .nodes = json_array()};
	g.queue = malloc((count + 1) * sizeof *g.queue);
	g.lines = json_array();
	if (!g.far || !g.queue || q->who >= count) {
		q->err = q->who >= count ? GN_NOT_FOUND : GN_NOMEM;
		json_decref(g.nodes);
		json_decref(g.lines);
		goto out;
	}
	g.far[q->who] = 1;
	g.queue[g.tail++] = q->who;
	while (g.head < g.tail) {
		uint32_t at = g.queue[g.head++];
		if (on_page(q, &g.node_total))
			json_array_append_new(g.nodes, node_json(v, at));
		for (uint32_t eq = 0;
		     eq < gn_ledger_equivalent_count(v->ledger) && g.far[at] <= q->depth; eq++)
			visit_node(&g, at, eq);
	}
	gn_hub_pid(v, q->who, pid);
	q->json = graph_json(q, v, g.nodes, g.node_total, g.lines, g.line_total);
	json_object_set_new(q->json, "pid", json_string(pid));
	json_object_set_new(q->json, "depth", json_integer((json_int_t)q->depth));
out:
	free(g.far);
	free(g.queue);
}

void gn_hub_api_admin_ego(struct gn_hub_request *r)
{
	struct gn_hub_query q = {.run = run_ego};
	struct gn_ledger_participant p;
	char pid[64];
	if (!gn_hub_value(r, "pid", pid, sizeof pid) || !query_eq(r, &q.eq) ||
	    !gn_hub_number(r, "depth", 1, 0, 4, &q.depth) ||
	    !gn_hub_page(r, GRAPH_PAGE, GRAPH_PAGE, &q.limit, &q.offset) ||
	    !gn_hub_participant_at(r, "query", "pid", pid, &p))
		return;
	q.who = p.number;
	gn_hub_ask_copy(r, &q);
}

static void add_liquidity(const struct gn_hub_view *v, uint32_t eq, json_t *list)
{
	struct gn_ledger_equivalent e;
	gn_amount_sum limits = 0, used = 0, reserved = 0;
	uint32_t a, b;
	gn_amount x;
	if (gn_ledger_equivalent(v->ledger, eq, &e))
		return;
	for (uint32_t pair = 0; gn_ledger_pair(v->ledger, eq, pair, &a, &b, &x) == GN_OK; pair++)
		for (uint8_t side = 0; side < 2; side++) {
			struct gn_ledger_line line;
			struct gn_line_id id = {.eq = (uint16_t)eq, .pair = pair, .side = side};
			if (gn_ledger_line_by_id(v->ledger, &id, &line))
				continue;
			limits += line.status == GN_LINE_ACTIVE ? line.limit : 0;
			used += line.used;
			reserved += line.reserved;
		}
	json_t *item = json_pack("{ss sI sI}", "equivalent", e.code, "trustlines",
				 (json_int_t)e.open_lines, "participants", (json_int_t)e.nodes);
	gn_history_amount_json(item, "total_limit", limits, e.precision);
	gn_history_amount_json(item, "total_used", used, e.precision);
	gn_history_amount_json(item, "total_reserved", reserved, e.precision);
	json_array_append_new(list, item);
}

static void run_liquidity(struct gn_hub_query *q, struct gn_hub_view *v)
{
	json_t *list = json_array();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(v->ledger); eq++)
		if (q->eq == UINT32_MAX || q->eq == eq)
			add_liquidity(v, eq, list);
	q->json = json_pack("{so}", "items", list);
}

void gn_hub_api_admin_liquidity(struct gn_hub_request *r)
{
	struct gn_hub_query q = {.run = run_liquidity};
	if (query_eq(r, &q.eq))
		gn_hub_ask_copy(r, &q);
}

/* ---- reports ---- */

void gn_hub_api_admin_audit(struct gn_hub_request *r)
{
	gn_hub_api_integrity_audit(r);
}

static void incidents_told(struct gn_hub_request *r, json_t *answer)
{
	if (answer)
		gn_hub_json(r, 200,
			    json_pack("{so sO}", "items",
				      r->hold ? json_incref(r->hold) : json_array(), "transactions",
				      answer));
}

/* What stands open longer than it should, and what the machine said. */
void gn_hub_api_admin_incidents(struct gn_hub_request *r)
{
	struct gn_tx_key key;
	struct gn_ledger_tx tx;
	struct gn_hub_tail_info feed;
	r->hold = json_array();
	gn_hub_feed_info(r->hub->feed, &feed);
	for (uint32_t i = 0; gn_ledger_open_tx(r->hub->ledger, i, &key, &tx); i++) {
		char hex[33];
		gn_hex(GN_SLICE(key.b), hex);
		json_array_append_new(r->hold,
				      json_pack("{ss ss ss so}", "type", "open_transaction", "key",
						hex, "status", gn_tx_state_name(tx.state),
						"expires_at", gn_history_time_json(tx.expiry)));
	}
	if (feed.failures || feed.behind)
		json_array_append_new(r->hold, json_pack("{ss sI sb ss}", "type", "history",
							 "failures", (json_int_t)feed.failures,
							 "stale", feed.behind, "last", feed.why));
	if (r->hub->disk.pool.failed)
		json_array_append_new(r->hold, json_pack("{ss sI}", "type", "disk", "failures",
							 (json_int_t)r->hub->disk.pool.failed));
	gn_hub_ask(r, &(struct gn_history_query){.kind = GN_HQ_STATS}, incidents_told);
}

void gn_hub_api_admin_migrations(struct gn_hub_request *r)
{
	struct gn_hub_tail_info feed;
	gn_hub_feed_info(r->hub->feed, &feed);
	gn_hub_json(r, 200,
		    json_pack("{ss sI sI sb}", "schema", GN_HISTORY_SCHEMA, "watermark",
			      (json_int_t)feed.watermark, "journal_seq",
			      (json_int_t)gn_ledger_durable_seq(r->hub->ledger), "is_up_to_date",
			      !feed.behind));
}
