/* Named runs. Each builds a network, does something to it, and states what must hold afterwards. */
#include "sim.h"

#include <stdarg.h>

static int failures, rows;

void sim_expect(struct sim *s, bool ok, const char *fmt, ...)
{
	va_list args;
	if (ok)
		return;
	failures++;
	fprintf(stderr, "FAILED (seed %llu, nodes %u): ", (unsigned long long)s->opt.seed, s->opt.nodes);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

int sim_failures(void)
{
	return failures;
}

void sim_row(struct sim *s, const char *name, const char *fmt, ...)
{
	char text[256];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (s->opt.json)
		printf("%s  \"%s\": \"%s\"", rows++ ? ",\n" : "{\n", name, text);
	else if (!s->opt.quiet)
		printf("%-28s %s\n", name, text);
	fflush(stdout);
}

void sim_report_end(struct sim *s)
{
	if (s->opt.json && rows)
		printf("\n}\n");
}

static double per(uint64_t sum, uint64_t n)
{
	return n ? (double)sum / (double)n : 0;
}

static void row_stats(struct sim *s, const char *name, const struct sim_stats *st)
{
	sim_row(s, name,
		"%llu of %llu exact, %llu failed; hops %.2f mean, %u p99, %u max; %.2f RPCs; %.0f ms mean, %.0f ms max",
		(unsigned long long)st->exact, (unsigned long long)st->count, (unsigned long long)st->failed,
		per(st->hops_sum, st->ok), sim_percentile(st, 990), sim_percentile(st, 1000),
		per(st->rpcs_sum, st->count), per((uint64_t)st->took_sum, st->ok) / 1e6, (double)st->took_max / 1e6);
}

static void row_network(struct sim *s)
{
	double links = 0, known = 0, estimate = 0;
	unsigned alive = 0, most = 0;
	struct gn_overlay_info info = {0};
	for (unsigned i = 0; i < s->count; i++) {
		if (!sim_alive(s, i))
			continue;
		gn_overlay_info(s->nodes[i].ov, &info);
		links += info.links;
		most = info.links > most ? info.links : most;
		known += info.known;
		estimate += info.n_estimate;
		alive++;
	}
	sim_row(s, "network",
		"%u nodes, links %.1f mean, %u max; %.0f contacts known; N estimated %.0f; hops predicted %.2f", alive,
		links / alive, most, known / alive, estimate / alive, gn_hops_mean(alive));
}

static void row_traffic(struct sim *s, const char *name)
{
	double sum = 0, most = 0, packets = 0, seconds = (double)(s->now - s->mark_at) / 1e9;
	unsigned alive = 0;
	for (unsigned i = 0; i < s->count; i++) {
		if (!sim_alive(s, i))
			continue;
		double bytes = (double)(s->nodes[i].bytes_out - s->nodes[i].bytes_mark) / seconds;
		packets += (double)(s->nodes[i].datagrams_out - s->nodes[i].datagrams_mark) / seconds;
		sum += bytes;
		most = bytes > most ? bytes : most;
		alive++;
	}
	sim_row(s, name, "%.0f B/s per node sent (%.0f most), %.2f datagrams/s, headers included", sum / alive, most,
		packets / alive);
}

static void row_sets(struct sim *s, const char *name, const struct sim_sets *sets)
{
	sim_row(s, name, "%u of %u exact, %u of %u slots filled, %u extra copies, %u lost", sets->exact, sets->records,
		sets->filled, sets->slots, sets->extra, sets->lost);
}

/* Joins one by one, then every lookup finds the true nearest. */
static void build(struct sim *s)
{
	sim_join_all(s, s->opt.nodes);
	sim_run_for(s, 5 * GN_SEC);
	sim_expect(s, sim_check_rings(s) == 0, "%u nodes do not have their true neighbours", sim_check_rings(s));
	row_network(s);
}

static void look(struct sim *s)
{
	struct sim_stats st;
	if (!s->opt.lookups)
		return;
	sim_lookups(s, s->opt.lookups, 20, &st);
	row_stats(s, "lookups", &st);
	sim_expect(s, st.exact == st.count, "%llu of %llu lookups did not find the true nearest (last error: %s)",
		   (unsigned long long)(st.count - st.exact), (unsigned long long)st.count, gn_err_name(st.last_err));
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static struct sim_record *put_all(struct sim *s)
{
	struct sim_stats st;
	struct sim_record *r = sim_records_make(s, s->opt.records);
	sim_puts(s, r, s->opt.records, least(s->opt.w, s->count), &st);
	row_stats(s, "puts", &st);
	sim_expect(s, st.ok == st.count, "%llu puts failed (last: %s)", (unsigned long long)st.failed,
		   gn_err_name(st.last_err));
	return r;
}

static void get_all(struct sim *s, struct sim_record *r, unsigned quorum, const char *name, unsigned per_mille)
{
	struct sim_stats st;
	sim_gets(s, r, s->opt.records, quorum, &st);
	row_stats(s, name, &st);
	sim_expect(s, st.exact * 1000 >= st.count * per_mille, "%s: %llu of %llu records found (last error: %s)", name,
		   (unsigned long long)st.exact, (unsigned long long)st.count, gn_err_name(st.last_err));
}

static void sets(struct sim *s, const struct sim_record *r, const char *name, bool exact)
{
	struct sim_sets out;
	sim_check_sets(s, r, s->opt.records, &out);
	row_sets(s, name, &out);
	sim_expect(s, !exact || out.exact + out.lost == out.records, "%s: %u of %u replica sets are not exact", name,
		   out.records - out.exact - out.lost, out.records);
}

static int run_basic(struct sim *s)
{
	build(s);
	look(s);
	struct sim_record *r = put_all(s);
	sim_run_for(s, 60 * GN_SEC);
	sets(s, r, "replica sets", true);
	get_all(s, r, 1, "gets, first answer", 1000);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sim_mark(s);
	sim_run_for(s, 1800 * GN_SEC);
	row_traffic(s, "idle");
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

static int run_kill(struct sim *s)
{
	build(s);
	look(s);
	struct sim_record *r = put_all(s);
	sim_run_for(s, 60 * GN_SEC);
	sets(s, r, "before the kill", true);
	unsigned killed = sim_kill_percent(s, s->opt.kill_percent);
	sim_row(s, "killed", "%u of %u nodes at one instant, disks lost", killed, s->count);
	get_all(s, r, 1, "gets right after", 999);
	sim_run_for(s, 3 * s->opt.ping_leaf);
	sets(s, r, "three leaf periods later", true);
	sim_expect(s, sim_check_rings(s) == 0, "%u nodes do not have their true neighbours", sim_check_rings(s));
	look(s);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

const struct sim_scenario sim_scenarios[] = {
	{"basic", "joins one by one, lookups, puts, gets, idle traffic", run_basic},
	{"kill", "the same, then --kill percent die at one instant", run_kill},
};
const size_t sim_scenario_count = GN_COUNT(sim_scenarios);
