/* geonet-sim: runs a scenario and prints what it found. The command it prints replays it
 * exactly. */
#include "sim.h"

#include <stdlib.h>

static const char usage[] =
	"geonet-sim: the overlay of a whole network in one process, in virtual time, from one "
	"seed\n"
	"\n"
	"usage: geonet-sim [options]\n"
	"  --scenario NAME    what happens (default basic); see below\n"
	"  --nodes N          nodes that join one by one (default 100)\n"
	"  --seed S           everything random follows from it (default 1)\n"
	"  --lookups N        lookups of random keys (default 1000)\n"
	"  --records N        records put and read back (default 100)\n"
	"  --kill PERCENT     of the nodes, in scenario kill (default 30)\n"
	"  --trips N          round trips of a session's handshake (default 2)\n"
	"  --loss PERCENT     of unreliable datagrams (default 0)\n"
	"  --pow BITS         proof of work (default 4)\n"
	"  --leaf-ping SEC    period of leaf pings (default 60)\n"
	"  --split SEC        how long the halves are apart, in scenario split (default 600)\n"
	"  --sybils N         in scenario sybil (default one in twenty)\n"
	"  --keep             they keep and prove what they hide from readers\n"
	"  --ttl SEC          of records (default 86400)\n"
	"  --boxes N          in scenario boxes, a letter for each (default 600)\n"
	"  --churn SEC        how long nodes come and go in scenario boxes, and a flood lasts in\n"
	"                     scenario front (default 3600)\n"
	"  --flood N          in scenario front: deposits of strangers (default 1000)\n"
	"  --nat KIND:PERCENT,...   in scenario nodes: so many of a hundred stand behind a box\n"
	"                     that translates: full, addr, port, sym, small, cg, blocked, 443\n"
	"  --no-relay         nobody asks through others: a GET to a stranger costs a handshake\n"
	"  --flat             all delays 10 ms one way instead of the geographic model\n"
	"  --validate         check every engine's invariants after every step\n"
	"  --json             the table as JSON\n"
	"  --quiet            failures only\n"
	"  --help\n"
	"\n"
	"examples:\n"
	"  geonet-sim --nodes 267 --lookups 10000\n"
	"  geonet-sim --scenario kill --nodes 100 --kill 30 --records 500\n"
	"  geonet-sim --scenario basic --nodes 5 --seed 42 --json\n"
	"\n"
	"Exit 0: everything held; 1: something did not (said on stderr with the seed); 2: usage.\n"
	"\n"
	"scenarios:\n";

static void help(FILE *out)
{
	fputs(usage, out);
	for (size_t i = 0; i < sim_scenario_count; i++)
		fprintf(out, "  %-18s %s\n", sim_scenarios[i].name, sim_scenarios[i].what);
}

static _Noreturn void refuse(const char *what, const char *value)
{
	fprintf(stderr, "geonet-sim: %s%s%s; --help lists what there is\n", what, value ? ": " : "",
		value ? value : "");
	exit(2);
}

static double number(const char *option, const char *value, double max)
{
	char *end;
	if (!value)
		refuse("a value is missing after", option);
	double v = strtod(value, &end);
	if (*end || end == value || !(v >= 0) || v > max)
		refuse("not a number in range", value);
	return v;
}

static const struct sim_scenario *scenario(const char *name)
{
	for (size_t i = 0; name && i < sim_scenario_count; i++)
		if (strcmp(sim_scenarios[i].name, name) == 0)
			return &sim_scenarios[i];
	refuse("no such scenario", name ? name : "(none)");
}

int main(int argc, char **argv)
{
	struct sim_options o = {.seed = 1,
				.nodes = 100,
				.lookups = 1000,
				.records = 100,
				.kill_percent = 30,
				.r = 8,
				.l = 8,
				.w = 5,
				.rq = 4,
				.pow_bits = 4,
				.ttl = 86400,
				.trips = 2,
				.ping_leaf = 60 * GN_SEC,
				.split = 600 * GN_SEC,
				.boxes = 600,
				.flood = 1000,
				.churn = 3600 * GN_SEC,
				.heal = 600 * GN_SEC,
				.digest = 600 * GN_SEC};
	const struct sim_scenario *sc = &sim_scenarios[0];
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : NULL;
		bool flag = false;
		if (strcmp(a, "--help") == 0) {
			help(stdout);
			return 0;
		}
		if (strcmp(a, "--scenario") == 0)
			sc = scenario(v);
		else if (strcmp(a, "--nodes") == 0)
			o.nodes = (unsigned)number(a, v, 100000);
		else if (strcmp(a, "--seed") == 0)
			o.seed = (uint64_t)number(a, v, 1e15);
		else if (strcmp(a, "--lookups") == 0)
			o.lookups = (unsigned)number(a, v, 1e7);
		else if (strcmp(a, "--records") == 0)
			o.records = (unsigned)number(a, v, 1e6);
		else if (strcmp(a, "--kill") == 0)
			o.kill_percent = (unsigned)number(a, v, 100);
		else if (strcmp(a, "--split") == 0)
			o.split = (gn_time)(number(a, v, 1e6) * 1e9);
		else if (strcmp(a, "--boxes") == 0)
			o.boxes = (unsigned)number(a, v, 1e6);
		else if (strcmp(a, "--flood") == 0)
			o.flood = (unsigned)number(a, v, 1e6);
		else if (strcmp(a, "--churn") == 0)
			o.churn = (gn_time)(number(a, v, 1e6) * 1e9);
		else if (strcmp(a, "--trips") == 0)
			o.trips = (unsigned)number(a, v, 10);
		else if (strcmp(a, "--sybils") == 0)
			o.sybils = (unsigned)number(a, v, SIM_NODES_SPARE);
		else if (strcmp(a, "--ttl") == 0)
			o.ttl = (uint32_t)number(a, v, 2592000);
		else if (strcmp(a, "--loss") == 0)
			o.loss = number(a, v, 100) / 100;
		else if (strcmp(a, "--pow") == 0)
			o.pow_bits = (unsigned)number(a, v, 24);
		else if (strcmp(a, "--nat") == 0) {
			if (!sim_nats_parse(v, &o.nats))
				refuse("not KIND:PERCENT,... with kinds of NAT", v);
		} else if (strcmp(a, "--leaf-ping") == 0)
			o.ping_leaf = (gn_time)(number(a, v, 3600) * 1e9);
		else
			flag = true;
		if (!flag) {
			i++;
			continue;
		}
		if (strcmp(a, "--flat") == 0)
			o.flat = true;
		else if (strcmp(a, "--keep") == 0)
			o.keep = true;
		else if (strcmp(a, "--plain") == 0)
			o.plain = true;
		else if (strcmp(a, "--no-relay") == 0)
			o.no_relay = true;
		else if (strcmp(a, "--validate") == 0)
			o.validate = true;
		else if (strcmp(a, "--json") == 0)
			o.json = true;
		else if (strcmp(a, "--quiet") == 0)
			o.quiet = true;
		else
			refuse("unknown option", a);
	}
	if (o.nodes == 0 || o.ping_leaf == 0)
		refuse("--nodes and --leaf-ping must be at least 1", NULL);
	static struct sim s;
	sim_init(&s, &o);
	sim_row(&s, "replay with",
		"geonet-sim --scenario %s --nodes %u --seed %llu --lookups %u --records %u --kill "
		"%u --loss %g --pow "
		"%u --trips %u"
		" --leaf-ping %g --split %g --sybils %u --ttl %u --boxes %u --churn %g "
		"--flood %u%s%s%s%s%s%s",
		sc->name, o.nodes, (unsigned long long)o.seed, o.lookups, o.records, o.kill_percent,
		o.loss * 100, o.pow_bits, o.trips, (double)o.ping_leaf / 1e9, (double)o.split / 1e9,
		o.sybils, o.ttl, o.boxes, (double)o.churn / 1e9, o.flood, o.flat ? " --flat" : "",
		o.keep ? " --keep" : "", o.plain ? " --plain" : "", o.no_relay ? " --no-relay" : "",
		o.nats.text ? " --nat " : "", o.nats.text ? o.nats.text : "");
	int failed = sc->run(&s);
	sim_row(&s, "simulated", "%.0f s, %llu events, %llu messages, %llu lost",
		(double)(s.now - SIM_EPOCH) / 1e9, (unsigned long long)s.events,
		(unsigned long long)s.messages, (unsigned long long)s.lost);
	sim_row(&s, "result", failed ? "%d expectations failed" : "everything held", failed);
	sim_report_end(&s);
	sim_free(&s);
	return failed ? 1 : 0;
}
