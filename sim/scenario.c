/* Named runs. Each builds a network, does something to it, and states what must hold afterwards. */
#include "sim.h"

/* With loss some link is always between a false alarm and its return. */
static void rings(struct sim *s)
{
	unsigned wrong = sim_check_rings(s), allowed = s->opt.loss > 0 ? 2 + s->count / 50 : 0;
	sim_expect(s, wrong <= allowed, "%u nodes do not have their true neighbours", wrong);
}

/* Joins one by one; two leaf periods after the last every lookup finds the true nearest (before
 * that one in 1,000 may not know of the newest: of 14 seeds one, a minute after it). */
static void build(struct sim *s)
{
	sim_join_all(s, s->opt.nodes);
	sim_run_for(s, 120 * GN_SEC);
	rings(s);
	sim_row_network(s);
}

/* missed: of 200 lookups, so many may miss the true nearest. */
static void look_but(struct sim *s, unsigned missed)
{
	struct sim_stats st;
	if (!s->opt.lookups)
		return;
	sim_lookups(s, s->opt.lookups, 20, &st);
	sim_row_stats(s, "lookups", &st);
	sim_expect(s, st.count - st.exact <= missed * st.count / 200,
		   "%llu of %llu lookups did not find the true nearest (last error: %s)",
		   (unsigned long long)(st.count - st.exact), (unsigned long long)st.count,
		   gn_err_name(st.last_err));
}

static void look(struct sim *s)
{
	look_but(s, s->opt.loss > 0); /* all copies of a question can be lost */
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
	sim_row_stats(s, "puts", &st);
	sim_expect(s, st.ok == st.count, "%llu puts failed (last: %s)",
		   (unsigned long long)st.failed, gn_err_name(st.last_err));
	return r;
}

static void get_all(struct sim *s, struct sim_record *r, unsigned quorum, const char *name,
		    unsigned per_mille)
{
	struct sim_stats st;
	sim_gets(s, r, s->opt.records, quorum, &st);
	sim_row_stats(s, name, &st);
	sim_row_handshakes(s, "  handshakes for them", &st);
	sim_expect(s, st.exact * 1000 >= st.count * per_mille,
		   "%s: %llu of %llu records found "
		   "(last error: %s)",
		   name, (unsigned long long)st.exact, (unsigned long long)st.count,
		   gn_err_name(st.last_err));
}

static void sets(struct sim *s, const struct sim_record *r, const char *name, bool exact)
{
	struct sim_sets out;
	sim_check_sets(s, r, s->opt.records, &out);
	sim_row_sets(s, name, &out);
	sim_expect(s, !exact || out.exact + out.lost == out.records,
		   "%s: %u of %u replica sets "
		   "are not exact",
		   name, out.records - out.exact - out.lost, out.records);
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
	sim_row_traffic(s, "idle");
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
	rings(s);
	look(s);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

/* Every network of up to five nodes: each holds all, two may die, a restarted one gets its
 * copies back. */
static int run_small(struct sim *s)
{
	struct sim_stats st;
	unsigned n = s->opt.nodes;
	s->opt.w = n;
	build(s);
	look(s);
	struct sim_record *r = put_all(s);
	sets(s, r, "replica sets", true);
	if (n < s->opt.r) { /* one receipt more than there are nodes */
		struct sim_record *more = sim_records_make(s, 5);
		sim_puts(s, more, 5, n + 1, &st);
		sim_expect(s, st.failed == 5 && st.last_err == GN_QUORUM,
			   "a put with w = %u was not refused with quorum", n + 1);
		for (unsigned i = 0; i < 5; i++)
			sim_expect(s, more[i].receipts == n, "%u receipts instead of %u",
				   more[i].receipts, n);
		sim_records_free(s, more, 5);
	}
	unsigned dead = n > 2 ? (n - 1) / 2 : 0;
	for (unsigned i = 0; i < dead; i++)
		sim_node_kill(s, i, i % 2 == 0);
	get_all(s, r, 1, "gets, first answer", 1000);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sim_run_for(s, 120 * GN_SEC);
	for (unsigned i = 0; i < dead; i++) {
		sim_node_start(s, i);
		sim_node_bootstrap(s, i, n - 1);
	}
	sim_run_for(s, 60 * GN_SEC);
	sets(s, r, "after the restart", true);
	rings(s);
	look(s);
	sim_mark(s);
	sim_run_for(s, 1800 * GN_SEC);
	sim_row_traffic(s, "idle");
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

static void restart_all_dead(struct sim *s)
{
	for (unsigned i = 0; i < s->count; i++) {
		if (sim_alive(s, i))
			continue;
		sim_node_start(s, i);
		for (unsigned b = 0; b < 3; b++)
			sim_node_bootstrap(s, i, (unsigned)gn_rand_below(&s->rand, s->count));
	}
}

/* Nodes die, half of them keep their disks; records change meanwhile; they come back with stale
 * disks, or none. */
static int run_restart(struct sim *s)
{
	struct sim_stats st;
	build(s);
	struct sim_record *r = put_all(s);
	sim_run_for(s, 60 * GN_SEC);
	unsigned want = s->count * s->opt.kill_percent / 100;
	for (unsigned k = 0; k < want;) {
		unsigned i = (unsigned)gn_rand_below(&s->rand, s->count);
		if (sim_alive(s, i))
			sim_node_kill(s, i, k++ % 2 == 0);
	}
	sim_run_for(s, 180 * GN_SEC);
	sim_records_renew(s, r, s->opt.records);
	sim_puts(s, r, s->opt.records, least(s->opt.w, s->count - want), &st);
	sim_row_stats(s, "puts of version 2", &st);
	sim_expect(s, st.ok == st.count, "%llu puts failed (last: %s)",
		   (unsigned long long)st.failed, gn_err_name(st.last_err));
	restart_all_dead(s);
	sim_run_for(s, 120 * GN_SEC);
	sets(s, r, "two minutes after the restart", true);
	rings(s);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	look_but(s, 1); /* so soon after */
	sim_run_for(s, 1800 * GN_SEC);
	look(s);
	sets(s, r, "half an hour later", true);
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

/* All nodes stop at once and start again at once, knowing only each other's addresses. */
static int run_blackout(struct sim *s)
{
	build(s);
	struct sim_record *r = put_all(s);
	sim_run_for(s, 60 * GN_SEC);
	for (unsigned i = 0; i < s->count; i++)
		sim_node_kill(s, i, false);
	restart_all_dead(s);
	sim_run_for(s, 300 * GN_SEC);
	rings(s);
	sim_row_network(s);
	look(s);
	sets(s, r, "replica sets", true);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

/* Two halves do not hear each other for a while; within two healing periods there is one ring
 * again. */
static int run_split(struct sim *s)
{
	build(s);
	struct sim_record *r = put_all(s);
	sim_run_for(s, 60 * GN_SEC);
	for (unsigned i = 0; i < s->count; i++)
		s->nodes[i].side = i % 2;
	s->split = true;
	sim_run_for(s, s->opt.split);
	sim_row(s, "split", "for %.0f s; %u of %u nodes miss neighbours of the whole ring",
		(double)s->opt.split / 1e9, sim_check_rings(s), s->count);
	s->split = false;
	gn_time healed = s->now;
	while (sim_check_rings(s) && s->now - healed < 2 * s->opt.heal)
		sim_run_for(s, 10 * GN_SEC);
	sim_row(s, "one ring after", "%.0f s", (double)(s->now - healed) / 1e9);
	sim_expect(s, sim_check_rings(s) == 0,
		   "%u nodes do not have their true neighbours after "
		   "two healing periods",
		   sim_check_rings(s));
	sim_run_for(s, 60 * GN_SEC);
	look(s);
	sets(s, r, "replica sets", true);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

/* A node whose only bootstrap address is dead joins when somebody answers there at last. */
static int run_late(struct sim *s)
{
	unsigned first = sim_node_add(s), second = sim_node_add(s);
	sim_node_start(s, second);
	sim_node_bootstrap(s, second, first);
	sim_run_for(s, 1800 * GN_SEC);
	sim_expect(s, s->nodes[second].server, "a node alone for half an hour is no server");
	sim_node_start(s, first);
	sim_run_for(s, 90 * GN_SEC);
	sim_expect(s, sim_check_rings(s) == 0, "the two did not find each other");
	struct sim_record *r = sim_records_make(s, s->opt.records);
	struct sim_stats st;
	sim_puts(s, r, s->opt.records, 2, &st);
	sim_row_stats(s, "puts", &st);
	sim_expect(s, st.ok == st.count, "%llu puts failed (last: %s)",
		   (unsigned long long)st.failed, gn_err_name(st.last_err));
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

/* Sessions of fifteen minutes for two hours: nodes die without a word and come back empty after
 * a minute. */
static int run_churn(struct sim *s)
{
	struct sim_sets out = {0};
	double covered = 0;
	unsigned samples = 0;
	build(s);
	struct sim_record *r = put_all(s);
	sim_run_for(s, 60 * GN_SEC);
	gn_time end = s->now + 7200 * GN_SEC, next_check = s->now;
	double per_second = s->count / 900.0;
	sim_mark(s);
	while (s->now < end) {
		sim_run_for(s, GN_SEC);
		if (gn_rand_unit(&s->rand) < per_second && s->now + 300 * GN_SEC < end) {
			unsigned i = sim_random_alive(s);
			sim_node_kill(s, i, true);
			s->nodes[i].back_at = s->now + 60 * GN_SEC;
		}
		for (unsigned i = 0; i < s->count; i++)
			if (!sim_alive(s, i) && s->now >= s->nodes[i].back_at) {
				sim_node_start(s, i);
				for (unsigned b = 0; b < 3; b++)
					sim_node_bootstrap(s, i, sim_random_alive(s));
			}
		if (s->now >= next_check) {
			sim_check_sets(s, r, s->opt.records, &out);
			covered += (double)out.filled / (out.slots ? out.slots : 1);
			samples++;
			next_check = s->now + 60 * GN_SEC;
		}
	}
	sim_row_traffic(s, "traffic under churn");
	sim_row(s, "replica slots filled", "%.3f on average", covered / samples);
	sim_expect(s, covered / samples >= 0.95, "replica slots filled %.3f on average",
		   covered / samples);
	sets(s, r, "five minutes after the last", true);
	sim_check_sets(s, r, s->opt.records, &out);
	sim_expect(s, out.lost == 0, "%u acknowledged records are lost", out.lost);
	look(s);
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

/* How the record of the key under attack is read: by ten honest nodes, and how many honest disks
 * have it. */
static void victim(struct sim *s, struct sim_record *r, const char *name)
{
	struct sim_stats st;
	struct sim_record many[10];
	unsigned copies = 0;
	for (unsigned i = 0; i < GN_COUNT(many); i++)
		many[i] = *r;
	for (unsigned i = 0; i < s->count; i++)
		copies += sim_alive(s, i) && sim_holds(s, i, &r->record.key, &r->record.hash);
	sim_gets(s, many, GN_COUNT(many), 1, &st);
	char text[64];
	snprintf(text, sizeof text, "%s: %u copies", name, copies);
	sim_row_stats(s, text, &st);
	/* the first answer may be an older version */
	sim_expect(s, st.ok == GN_COUNT(many),
		   "%s: %llu of 10 readers found the record (last "
		   "error: %s)",
		   name, (unsigned long long)st.ok, gn_err_name(st.last_err));
	sim_gets(s, many, GN_COUNT(many), s->opt.rq, &st);
	sim_expect(s, st.exact == GN_COUNT(many),
		   "%s: %llu of 10 readers with a quorum found the record (last error: %s)", name,
		   (unsigned long long)st.exact, gn_err_name(st.last_err));
}

static void with_sybils(struct sim *s, gn_time span)
{
	for (gn_time end = s->now + span; s->now < end;) {
		sim_run_for(s, 60 * GN_SEC);
		sim_sybils_link(s);
	}
}

/* One node in twenty lies, all of them nearer to one record than any honest node: they hide it,
 * promise to keep it, and do not. Every acknowledged record stays readable, old and new, while
 * they are there and when they have gone. */
static int run_sybil(struct sim *s)
{
	struct sim_stats st;
	unsigned liars = s->opt.sybils ? s->opt.sybils : (s->opt.nodes + 19) / 20;
	build(s);
	struct sim_record *r = put_all(s);
	sim_run_for(s, 1800 * GN_SEC);
	victim(s, &r[0], "before");
	sim_sybils_start(s, liars, gn_ov_theta(r[0].record.key.b), s->opt.keep);
	sim_run_for(s, 24 * GN_SEC);
	victim(s, &r[0], "24 s later");
	get_all(s, r, 1, "gets, first answer", 1000);
	with_sybils(s, 1920 * GN_SEC);
	victim(s, &r[0], "32 min later");
	get_all(s, r, 1, "gets, first answer", 1000);
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sim_records_renew(s, r, s->opt.records);
	sim_puts(s, r, s->opt.records, s->opt.w, &st);
	sim_row_stats(s, "puts of version 2", &st);
	sim_expect(s, st.ok == st.count, "%llu puts failed (last: %s)",
		   (unsigned long long)st.failed, gn_err_name(st.last_err));
	victim(s, &r[0], "version 2");
	/* now copies that are not ours may go */
	with_sybils(s, (gn_time)(s->opt.ttl / 2 + 900) * GN_SEC);
	victim(s, &r[0], "half its life later");
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	sets(s, r, "replica sets of the honest", false);
	sim_sybils_stop(s);
	sim_run_for(s, 1500 * GN_SEC); /* two digest periods and some */
	victim(s, &r[0], "the liars have gone");
	get_all(s, r, s->opt.rq, "gets, read quorum", 1000);
	rings(s);
	sets(s, r, "replica sets", true);
	sim_records_free(s, r, s->opt.records);
	return sim_failures();
}

const struct sim_scenario sim_scenarios[] = {
	{"basic", "joins one by one, lookups, puts, gets, half an hour of idling", run_basic},
	{"kill", "the same, then --kill percent die at one instant with their disks", run_kill},
	{"small", "for 1 to 5 nodes: w = N, quorum beyond, deaths, restarts", run_small},
	{"restart", "--kill percent die, records change, they come back with stale disks or none",
	 run_restart},
	{"blackout", "all nodes stop and start at one instant", run_blackout},
	{"split", "two halves apart for --split seconds, then one ring again", run_split},
	{"late", "a bootstrap address that answers after half an hour", run_late},
	{"sybil", "one node in twenty lies about one key: hides, promises, keeps nothing",
	 run_sybil},
	{"churn", "sessions of 15 minutes for two hours, disks lost", run_churn},
	{"bus", "a topic that everybody follows: healthy, --kill percent at one instant, churn",
	 sim_run_bus},
	{"nodes", "whole nodes: a record, a name, a file, --kill percent die and come back",
	 sim_run_nodes},
	{"boxes",
	 "a letter in each of --boxes; nodes come and go, --kill percent die, all are read",
	 sim_run_boxes},
	{"front", "--flood deposits of strangers in one front box, beside contacts and an invite",
	 sim_run_front},
};
const size_t sim_scenario_count = GN_COUNT(sim_scenarios);
