/* What a run prints, and the expectations it counts. */
#include "sim.h"

#include <stdarg.h>
#include <stdlib.h>

static int failures, rows;

void sim_expect(struct sim *s, bool ok, const char *fmt, ...)
{
	va_list args;
	if (ok)
		return;
	failures++;
	fprintf(stderr, "FAILED (seed %llu, nodes %u): ", (unsigned long long)s->opt.seed,
		s->opt.nodes);
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

void sim_row_stats(struct sim *s, const char *name, const struct sim_stats *st)
{
	sim_row(s, name,
		"%llu of %llu exact, %llu failed; hops %.2f mean, %u p99, %u max; %.2f RPCs; %.0f "
		"ms mean, %.0f ms max",
		(unsigned long long)st->exact, (unsigned long long)st->count,
		(unsigned long long)st->failed, per(st->hops_sum, st->ok), sim_percentile(st, 990),
		sim_percentile(st, 1000), per(st->rpcs_sum, st->count),
		per((uint64_t)st->took_sum, st->ok) / 1e6, (double)st->took_max / 1e6);
}

void sim_row_handshakes(struct sim *s, const char *name, const struct sim_stats *st)
{
	sim_row(s, name, "%.2f %% of them needed one; %.3f each, of %.2f requests",
		100 * per(st->with_handshake, st->count), per(st->handshakes, st->count),
		per(st->rpcs_sum, st->count));
}

void sim_row_network(struct sim *s)
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
		"%u nodes, links %.1f mean, %u max; %.0f contacts known; N estimated %.0f; hops "
		"predicted %.2f",
		alive, links / alive, most, known / alive, estimate / alive,
		gn_ov_hops_mean(alive));
}

void sim_row_traffic(struct sim *s, const char *name)
{
	double sum = 0, most = 0, packets = 0, seconds = (double)(s->now - s->mark_at) / 1e9;
	unsigned alive = 0;
	for (unsigned i = 0; i < s->count; i++) {
		if (!sim_alive(s, i))
			continue;
		double bytes = (double)(s->nodes[i].bytes_out - s->nodes[i].bytes_mark) / seconds;
		packets +=
			(double)(s->nodes[i].datagrams_out - s->nodes[i].datagrams_mark) / seconds;
		sum += bytes;
		most = bytes > most ? bytes : most;
		alive++;
	}
	sim_row(s, name, "%.0f B/s per node sent (%.0f most), %.2f datagrams/s, headers included",
		sum / alive, most, packets / alive);
}

void sim_row_sets(struct sim *s, const char *name, const struct sim_sets *sets)
{
	sim_row(s, name, "%u of %u exact, %u of %u slots filled, %u extra copies, %u lost",
		sets->exact, sets->records, sets->filled, sets->slots, sets->extra, sets->lost);
}

static int in_order(const void *a, const void *b)
{
	gn_time x = *(const gn_time *)a, y = *(const gn_time *)b;
	return (x > y) - (x < y);
}

gn_time sim_row_times(struct sim *s, const char *name, gn_time *all, size_t count)
{
	static const unsigned which[] = {500, 950, 990, 1000};
	gn_time quantile[GN_COUNT(which)];
	qsort(all, count, sizeof *all, in_order);
	for (size_t k = 0; k < GN_COUNT(which); k++)
		quantile[k] = count ? all[(count * which[k] + 999) / 1000 - 1] : 0;
	sim_row(s, name, "%zu; p50 %.0f, p95 %.0f, p99 %.0f, most %.0f ms", count,
		(double)quantile[0] / 1e6, (double)quantile[1] / 1e6, (double)quantile[2] / 1e6,
		(double)quantile[3] / 1e6);
	return quantile[2];
}
