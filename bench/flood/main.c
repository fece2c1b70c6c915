/* Runs each attack against each mode and prints the share of what honest clients asked for that
 * was served.
 *
 *   flood [--short | --full | --cost] [--seed N] [--attack NAME] [--mode NAME]
 *
 * Every process is a child of this one, lives as long as its row, and is ended by its id. */
#define _GNU_SOURCE
#include "flood.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const mode_names[MODES] = {"off", "cookie", "on"};
static const char *const attack_names[ATTACKS] = {"none",     "spoofed", "hellos",
						  "finished", "held",    "costly"};
static const char *const attack_texts[ATTACKS] = {"none",
						  "spoofed hellos",
						  "hellos from 2,000 addresses",
						  "finished handshakes, 200 networks",
						  "sessions held open",
						  "costly requests, 50 keys"};

int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * GN_SEC + t.tv_nsec;
}

static void sleep_until(int64_t at)
{
	struct timespec t = {.tv_sec = at / GN_SEC, .tv_nsec = at % GN_SEC};
	while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* On which core, and how meek. */
static void settle(int cpu, int meek)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
	if (meek)
		(void)!nice(meek); /* to what this program was started with */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void end(pid_t child)
{
	if (child <= 0)
		return;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static pid_t start_server(struct flood *f)
{
	int ready[2];
	if (pipe(ready))
		return -1;
	pid_t child = fork();
	if (child == 0) {
		settle(0, 0);
		server_run(f, ready[1]);
		_exit(1);
	}
	close(ready[1]);
	if (read(ready[0], &f->port, sizeof f->port) != sizeof f->port) {
		fprintf(stderr, "flood: the server did not start\n");
		exit(1);
	}
	close(ready[0]);
	return child;
}

static pid_t start_client(const struct flood *f, void (*run)(const struct flood *f), int meek)
{
	pid_t child = fork();
	if (child == 0) {
		settle(1, meek);
		run(f);
		_exit(0);
	}
	return child;
}

static int by_number(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
	return (x > y) - (x < y);
}

static void print_row(const struct flood *f, double seconds, double cpu)
{
	struct shared *s = f->shared;
	static unsigned latency[LATENCIES];
	size_t n = s->served < LATENCIES ? (size_t)s->served : LATENCIES;
	size_t middle = n / 2, late = n * 95 / 100;
	for (size_t i = 0; i < n; i++)
		latency[i] = s->latency_us[i];
	qsort(latency, n, sizeof *latency, by_number);
	printf("| %s | %s | %.0f | %.2f | %.2f | %.0f / %.0f | %.2f | %u | %u | %.0f |\n",
	       attack_texts[f->attack], mode_names[f->mode], (double)s->attacks / seconds,
	       s->began ? (double)s->served / (double)s->began : 0,
	       s->asked ? (double)s->answered / (double)s->asked : 0, n ? latency[middle] / 1e3 : 0,
	       n ? latency[late] / 1e3 : 0, cpu, (unsigned)s->effort_max, (unsigned)s->sessions,
	       (double)s->memory / 1048576.0);
	fflush(stdout);
}

static void run_row(struct flood *f, int seconds)
{
	pid_t server = start_server(f), honest = start_client(f, honest_run, 0), attacker = -1;
	sleep_until(now_ns() + GN_SEC);
	if (f->attack != ATTACK_NONE)
		attacker = start_client(f, attack_run, 10);
	sleep_until(now_ns() + 2 * GN_SEC); /* it begins, guard sees it */
	struct shared *s = f->shared;
	unsigned long long attacks = s->attacks, cpu = s->cpu_ns;
	int64_t from = now_ns(), until = from + seconds * GN_SEC;
	s->until = until;
	s->from = from;
	sleep_until(until);
	double used = (double)(s->cpu_ns - cpu) / 1e9 / seconds;
	attacks = s->attacks - attacks;
	sleep_until(until + GN_SEC); /* the attack goes on until the last ones had their second */
	s->attacks = attacks;
	end(attacker);
	end(honest);
	end(server);
	print_row(f, seconds, used);
}

static int choice(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	fprintf(stderr, "flood: no such thing: %s\n", name);
	exit(2);
}

static void print_machine(uint64_t seed)
{
	char day[32];
	time_t now = time(NULL);
	struct utsname u;
	uname(&u);
	strftime(day, sizeof day, "%Y-%m-%d", gmtime(&now));
	printf("%s, %s %s, %ld cores, seed %llu", day, u.sysname, u.machine,
	       sysconf(_SC_NPROCESSORS_ONLN), (unsigned long long)seed);
}

static void print_head(uint64_t seed, int seconds)
{
	print_machine(seed);
	printf(", %d s a row; server on core 0, clients and attacker on core 1\n\n", seconds);
	printf("| attack | guard | begun/s | handshakes served | requests served | handshake ms, "
	       "median / 95 %% | "
	       "server's core | "
	       "effort | sessions | MiB |\n|---|---|---|---|---|---|---|---|---|---|\n");
}

int main(int argc, char **argv)
{
	struct flood f = {.seed = 1};
	int seconds = 7, only_attack = -1, only_mode = -1;
	bool cost = false;
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";
		if (strcmp(argv[i], "--short") == 0) {
			seconds = 7; /* ten with its start and end */
		} else if (strcmp(argv[i], "--full") == 0) {
			seconds = 60;
		} else if (strcmp(argv[i], "--cost") == 0) {
			cost = true;
		} else if (strcmp(argv[i], "--seed") == 0) {
			f.seed = strtoull(value, NULL, 10);
			i++;
		} else if (strcmp(argv[i], "--attack") == 0) {
			only_attack = choice(attack_names, ATTACKS, value);
			i++;
		} else if (strcmp(argv[i], "--mode") == 0) {
			only_mode = choice(mode_names, MODES, value);
			i++;
		} else {
			printf("flood [--short | --full | --cost] [--seed N] [--attack "
			       "none|spoofed|hellos|finished|held|costly] "
			       "[--mode off|cookie|on]\n");
			return strcmp(argv[i], "--help") != 0;
		}
	}
	if (cost) {
		print_machine(f.seed);
		printf("; CPU time of the shortest of 60 rounds\n\n");
		cost_run(f.seed);
		return 0;
	}
	f.shared = mmap(NULL, sizeof *f.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (f.shared == MAP_FAILED)
		return 1;
	print_head(f.seed, seconds);
	for (int attack = 0; attack < ATTACKS; attack++)
		for (int mode = 0; mode < MODES; mode++) {
			if ((only_attack >= 0 && attack != only_attack) ||
			    (only_mode >= 0 && mode != only_mode))
				continue;
			memset((void *)f.shared, 0, sizeof *f.shared);
			f.attack = (enum attack)attack;
			f.mode = (enum mode)mode;
			f.port = 0;
			run_row(&f, seconds);
		}
	return 0;
}
