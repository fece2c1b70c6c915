/* Prints a table of figure, target, measured.
 *
 *   usage: ledger_bench [--seed N] [--large] [--dir FOLDER] [part ...]
 *
 *   parts    routes success memory payments durable replay signatures clearing failing topology;
 *            all of them without arguments
 *   --large  adds a million participants and firms (8 GB, some minutes)
 *   --dir    where durable payments are written (default: a new folder under /tmp) */
#include "bench.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double at(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double seconds(void)
{
	return at(CLOCK_MONOTONIC);
}

double cpu_seconds(void)
{
	return at(CLOCK_PROCESS_CPUTIME_ID);
}

void row(const char *what, const char *target, const char *fmt, ...)
{
	va_list args;
	printf("| %-52s | %-22s | ", what, target);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf(" |\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static const char *const parts[] = {"routes",  "success", "memory",     "payments",
					    "durable", "replay",  "signatures", "clearing",
					    "failing", "topology"};
	uint64_t seed = 1;
	bool large = false, chosen[GN_COUNT(parts)] = {false}, any = false;
	char made[] = "/tmp/ledger-bench-XXXXXX", remove[600];
	const char *folder = NULL;
	for (int i = 1; i < argc; i++) {
		size_t k = 0;
		while (k < GN_COUNT(parts) && strcmp(argv[i], parts[k]) != 0)
			k++;
		if (k < GN_COUNT(parts)) {
			chosen[k] = any = true;
		} else if (strcmp(argv[i], "--large") == 0) {
			large = true;
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			seed = strtoull(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) {
			folder = argv[++i];
		} else {
			fprintf(stderr, "usage: ledger_bench [--seed N] [--large] [--dir FOLDER] "
					"[routes success memory payments durable replay signatures "
					"clearing failing topology]\n");
			return 2;
		}
	}
	printf("seed %llu\n| figure | target | measured |\n|---|---|---|\n",
	       (unsigned long long)seed);
	for (size_t k = 0; k < GN_COUNT(parts); k++) {
		if (any && !chosen[k])
			continue;
		switch (k) {
		case 0: bench_routes(seed, large); break;
		case 1: bench_success(seed); break;
		case 2: bench_memory(seed, large); break;
		case 3: bench_payments(seed); break;
		case 4:
			if (!folder && !mkdtemp(made))
				return 1;
			bench_durable(seed, folder ? folder : made);
			if (!folder) {
				snprintf(remove, sizeof remove, "rm -r %s", made);
				/* NOLINTNEXTLINE(cert-env33-c): a path that we made */
				if (system(remove))
					return 1;
			}
			break;
		case 5: bench_replay(seed); break;
		case 6: bench_signatures(seed); break;
		case 7: bench_clearing(seed, large); break;
		case 8: bench_failing(seed); break;
		case 9: bench_topology(seed); break;
		}
	}
	return 0;
}
