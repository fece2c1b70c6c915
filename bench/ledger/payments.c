/* Payments: in memory with clearing, durable by group size beside SQLite on the commit path,
 * replay, signatures. */
#include "bench.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A payment of a small amount between any two. */
static void make_payment(struct world *w, struct made *out)
{
	uint32_t a = (uint32_t)below(w, w->people), b = (uint32_t)below(w, w->people);
	if (a == b)
		b = (a + 1) % w->people;
	world_make_payment(w, a, b, 1 + (gn_amount)below(w, (uint64_t)w->median / 4), out);
}

static void submit(struct world *w, const struct made *m)
{
	while (!world_submit(w, m))
		world_run(w);
}

static void some_payments(struct world *w, unsigned count)
{
	struct made m;
	for (unsigned i = 0; i < count; i++) {
		make_payment(w, &m);
		submit(w, &m);
	}
	world_run(w);
}

#define PIECE 4000u /* requests made beforehand; the inbox holds them */

static struct made *piece(void)
{
	struct made *m = malloc(PIECE * sizeof *m);
	GN_ASSERT(m);
	return m;
}

static void in_memory(uint64_t seed, uint32_t people, bool clearing, const char *target)
{
	struct world w;
	struct gn_ledger_info before, after;
	struct made *made = piece();
	unsigned count = people > 10000 ? 200000 : 400000;
	double took = 0, taking = 0, start;
	char name[80];
	world_open(&w, seed, NULL, true);
	world_settings(&w, clearing, false, false);
	world_people(&w, people);
	world_lines(&w, 7);
	some_payments(&w, count / 4); /* debts appear */
	gn_ledger_info(w.l, &before);
	for (unsigned done = 0; done < count; done += PIECE) {
		for (unsigned i = 0; i < PIECE; i++)
			make_payment(&w, &made[i]);
		start = cpu_seconds();
		for (unsigned i = 0; i < PIECE; i++)
			submit(&w, &made[i]);
		taking += cpu_seconds() - start;
		start = cpu_seconds();
		world_run(&w);
		took += cpu_seconds() - start;
	}
	gn_ledger_info(w.l, &after);
	uint64_t paid = after.committed - before.committed, failed = after.failed - before.failed,
		 cleared = after.clearings - before.clearings;
	snprintf(name, sizeof name, "payments in memory, %u participants%s", people,
		 clearing ? ", clearing 3/4" : "");
	row(name, target, "%.0f k/s (%.1f us; %.2f %% paid, %.2f clearings each)",
	    count / took / 1e3, took / count * 1e6, 100.0 * (double)paid / (double)(paid + failed),
	    (double)cleared / (double)paid);
	if (clearing)
		row("  and to parse and take the request", "-", "%.1f us", taking / count * 1e6);
	free(made);
	world_close(&w);
}

void bench_payments(uint64_t seed)
{
	in_memory(seed, 2000, true, ">= 200 k/s");
	in_memory(seed, 2000, false, "-");
	in_memory(seed, 50000, true, ">= 70 k/s");
	in_memory(seed, 50000, false, "-");
}

/* ---- durable ---- */

static unsigned payments_for(unsigned group)
{
	return group == 1 ? 2000 : group == 16 ? 16000 : group == 256 ? 102400 : 204800;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void print_groups(const char *name, const char *target, unsigned group, double *took,
			 unsigned groups)
{
	char text[80];
	double total = 0;
	for (unsigned i = 0; i < groups; i++)
		total += took[i];
	qsort(took, groups, sizeof *took, compare);
	snprintf(text, sizeof text, "%s, %u per sync", name, group);
	row(text, target, "%.0f /s (a group's p50 / p99 %.1f / %.1f ms)",
	    (double)group * groups / total, took[groups / 2] * 1e3, took[groups * 99 / 100] * 1e3);
}

/* `group` requests at a time from text to durable and told; real time, one thread, the disk's
 * part in it. */
static void durable_own(uint64_t seed, const char *folder, unsigned group, const char *target)
{
	struct world w;
	unsigned groups = payments_for(group) / group;
	struct made *made = malloc(group * sizeof *made);
	double *took = malloc(sizeof *took * groups);
	GN_ASSERT(made && took);
	world_open(&w, seed, folder, false);
	world_settings(&w, true, false, false);
	world_people(&w, 2000);
	world_lines(&w, 7);
	for (unsigned g = 0; g < groups; g++) {
		for (unsigned i = 0; i < group; i++)
			make_payment(&w, &made[i]);
		double start = seconds();
		for (unsigned i = 0; i < group; i++)
			submit(&w, &made[i]);
		world_run(&w);
		took[g] = seconds() - start;
	}
	print_groups("durable payments", target, group, took, groups);
	free(took);
	free(made);
	world_close(&w);
}

static void must(int rc)
{
	GN_ASSERT(rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW);
}

/* What a database application does for one payment: its history row, and each hop's balance
 * read, judged and written. */
static void pay_in_sqlite(struct world *w, const struct made *m, sqlite3_stmt *read,
			  sqlite3_stmt *write, sqlite3_stmt *history)
{
	struct gn_op op;
	uint32_t paths = 0, hops = 0;
	GN_ASSERT(gn_op_parse(GN_PROFILE_V1, GN_OP_PAYMENT, gn_slice(m->bytes, m->len), &op) ==
		  GN_OK);
	if (gn_ledger_can_pay(w->l, 0, m->payer, m->payee, m->amount, &paths, &hops))
		return; /* the ledger explains and records these; here they are free */
	for (uint32_t k = 0; k < hops; k++) {
		sqlite3_int64 pair = (sqlite3_int64)below(w, 14000), x = 0;
		sqlite3_bind_int64(read, 1, pair);
		int rc = sqlite3_step(read);
		must(rc);
		x = rc == SQLITE_ROW ? sqlite3_column_int64(read, 0) : 0;
		must(sqlite3_reset(read));
		sqlite3_bind_int64(write, 1, pair);
		sqlite3_bind_int64(write, 2, x + m->amount);
		must(sqlite3_step(write));
		must(sqlite3_reset(write));
	}
	sqlite3_bind_text(history, 1, (const char *)op.tx_id.p, (int)op.tx_id.len, SQLITE_STATIC);
	sqlite3_bind_int64(history, 2, m->payer);
	sqlite3_bind_int64(history, 3, m->payee);
	sqlite3_bind_int64(history, 4, m->amount);
	sqlite3_bind_text(history, 5, (const char *)m->bytes, (int)m->len, SQLITE_STATIC);
	must(sqlite3_step(history));
	must(sqlite3_reset(history));
}

/* The same requests parsed and routed by the same code, with balances and history in SQLite; no
 * clearing. */
static void durable_sqlite(uint64_t seed, const char *folder, unsigned group)
{
	struct world w;
	char path[512];
	sqlite3 *db;
	sqlite3_stmt *read, *write, *history;
	unsigned groups = payments_for(group) / group;
	struct made *made = malloc(group * sizeof *made);
	double *took = malloc(sizeof *took * groups);
	GN_ASSERT(made && took);
	snprintf(path, sizeof path, "%s/baseline-%u.db", folder, group);
	must(sqlite3_open(path, &db));
	must(sqlite3_exec(db,
			  "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE "
			  "pair(id INTEGER PRIMARY KEY, x INTEGER);"
			  "CREATE TABLE tx(payer INTEGER, id TEXT, payee INTEGER, amount "
			  "INTEGER, body TEXT, sig BLOB, PRIMARY KEY (payer, id)) WITHOUT ROWID",
			  NULL, NULL, NULL));
	must(sqlite3_prepare_v2(db, "SELECT x FROM pair WHERE id = ?", -1, &read, NULL));
	must(sqlite3_prepare_v2(db,
				"INSERT INTO pair VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET "
				"x = ?2",
				-1, &write, NULL));
	must(sqlite3_prepare_v2(db,
				"INSERT INTO tx(id, payer, payee, amount, body, sig) VALUES(?, "
				"?, ?, ?, ?, zeroblob(64))",
				-1, &history, NULL));
	world_open(&w, seed, NULL, true);
	world_people(&w, 2000);
	world_lines(&w, 7);
	for (unsigned g = 0; g < groups; g++) {
		for (unsigned i = 0; i < group; i++)
			make_payment(&w, &made[i]);
		double start = seconds();
		must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
		for (unsigned i = 0; i < group; i++)
			pay_in_sqlite(&w, &made[i], read, write, history);
		must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
		took[g] = seconds() - start;
	}
	print_groups("  balances and history in SQLite (WAL, FULL)", "-", group, took, groups);
	sqlite3_finalize(read);
	sqlite3_finalize(write);
	sqlite3_finalize(history);
	sqlite3_close(db);
	free(took);
	free(made);
	world_close(&w);
}

void bench_durable(uint64_t seed, const char *folder)
{
	static const struct {
		unsigned group;
		const char *target;
	} groups[] = {
		{1, ">= 300 /s"}, {16, "-"}, {256, ">= 50 k/s, <= 20 ms"}, {4096, ">= 50 k/s"}};
	for (size_t i = 0; i < GN_COUNT(groups); i++) {
		durable_own(seed, folder, groups[i].group, groups[i].target);
		durable_sqlite(seed, folder, groups[i].group);
	}
}

void bench_replay(uint64_t seed)
{
	struct world w;
	unsigned count = 400000;
	world_open(&w, seed, NULL, false);
	world_settings(&w, true, false, false);
	world_people(&w, 2000);
	world_lines(&w, 7);
	some_payments(&w, count);
	struct gn_hash before, after;
	gn_ledger_state_hash(w.l, &before);
	uint64_t records = gn_ledger_seq(w.l);
	double took = world_reopen(&w);
	gn_ledger_state_hash(w.l, &after);
	GN_ASSERT(gn_hash_eq(&before, &after));
	row("replay", ">= 1000 k records/s", "%.0f k/s (%llu records)",
	    (double)records / took / 1e3, (unsigned long long)records);
	gn_ledger_snapshot(w.l);
	some_payments(&w, 1);
	took = world_reopen(&w);
	row("  from a snapshot", "-", "%.0f ms", took * 1e3);
	world_close(&w);
}

void bench_signatures(uint64_t seed)
{
	struct gn_sk sk;
	struct gn_sig sig;
	uint8_t text[300];
	unsigned count = 4000;
	memset(text, (int)seed, sizeof text);
	gn_sk_from_seed((uint8_t[32]){1}, &sk);
	gn_op_sign(&sk, GN_SLICE(text), &sig);
	double start = cpu_seconds();
	for (unsigned i = 0; i < count; i++)
		GN_ASSERT(gn_op_verify(&sk.pk, GN_SLICE(text), &sig) == GN_OK);
	row("signatures checked, one by one", ">= 8 k/s", "%.1f k/s",
	    count / (cpu_seconds() - start) / 1e3);
}
