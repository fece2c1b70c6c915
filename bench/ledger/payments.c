/* Payments: in memory with clearing, durable by group size beside SQLite on the commit path, replay, signatures. */
#include "bench.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Payments of small amounts between neighbours of neighbours, as people pay. */
static void some_payment(struct world *w)
{
	uint32_t a = (uint32_t)below(w, w->people), b = (uint32_t)below(w, w->people);
	if (a == b)
		b = (a + 1) % w->people;
	gn_amount amount = 1 + (gn_amount)below(w, (uint64_t)w->median / 4);
	while (!world_pay(w, a, b, amount))
		world_run(w);
}

static void in_memory(uint64_t seed, uint32_t people, bool clearing, const char *target)
{
	struct world w;
	struct gn_ledger_info before, after;
	unsigned count = people > 10000 ? 200000 : 400000;
	char name[80];
	world_open(&w, seed, NULL, true);
	world_settings(&w, clearing, false);
	world_people(&w, people);
	world_lines(&w, 7);
	for (unsigned i = 0; i < count / 4; i++) /* debts appear */
		some_payment(&w);
	world_run(&w);
	gn_ledger_info(w.l, &before);
	/* requests are made before the clock starts, in pieces that the inbox holds */
	double took = 0, taking = 0;
	for (unsigned done = 0; done < count; done += 4000) {
		double at = cpu_seconds();
		for (unsigned i = 0; i < 4000; i++)
			some_payment(&w);
		taking += cpu_seconds() - at;
		at = cpu_seconds();
		world_run(&w);
		took += cpu_seconds() - at;
	}
	gn_ledger_info(w.l, &after);
	uint64_t paid = after.committed - before.committed, failed = after.failed - before.failed, cleared = after.clearings - before.clearings;
	snprintf(name, sizeof name, "payments in memory, %u participants%s", people, clearing ? ", clearing 3/4" : "");
	row(name, target, "%.0f k/s (%.1f us; %.0f %% paid, %.2f clearings each)", count / took / 1e3, took / count * 1e6, 100.0 * (double)paid / (double)(paid + failed),
	    (double)cleared / (double)paid);
	if (clearing)
		row("  and to make, parse and take the request", "-", "%.1f us", taking / count * 1e6);
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

static void durable_own(uint64_t seed, const char *folder, unsigned group, const char *target)
{
	struct world w;
	char name[80];
	unsigned count = group == 1 ? 600 : group == 16 ? 6000 : 120000;
	world_open(&w, seed, folder, false);
	world_settings(&w, true, false);
	world_people(&w, 2000);
	world_lines(&w, 7);
	double *took = malloc(sizeof *took * (count / group + 1)), start = seconds();
	unsigned rounds = 0;
	for (unsigned done = 0; done < count; done += group) {
		double at = seconds();
		for (unsigned i = 0; i < group; i++)
			some_payment(&w);
		world_run(&w);
		took[rounds++] = seconds() - at;
	}
	double total = seconds() - start, worst = 0;
	for (unsigned i = 0; i < rounds; i++)
		worst = took[i] > worst ? took[i] : worst;
	snprintf(name, sizeof name, "durable payments, %u per sync", group);
	row(name, target, "%.0f /s (slowest group %.1f ms)", count / total, worst * 1e3);
	free(took);
	world_close(&w);
}

static void must(int rc)
{
	GN_ASSERT(rc == SQLITE_OK || rc == SQLITE_DONE);
}

/* The same work the way a database application does it: two balances and one history row per payment, WAL, full sync. */
static void durable_sqlite(struct world *w, const char *folder, unsigned group)
{
	char path[512], name[80];
	sqlite3 *db;
	sqlite3_stmt *debt, *history;
	unsigned count = group == 1 ? 400 : group == 16 ? 4000 : 40000;
	snprintf(path, sizeof path, "%s/baseline-%u.db", folder, group);
	must(sqlite3_open(path, &db));
	must(sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE pair(id INTEGER PRIMARY KEY, x INTEGER);"
			      "CREATE TABLE tx(id TEXT PRIMARY KEY, payer INTEGER, payee INTEGER, amount INTEGER, body TEXT, sig BLOB)", NULL, NULL, NULL));
	must(sqlite3_prepare_v2(db, "INSERT INTO pair VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET x = x + ?2", -1, &debt, NULL));
	must(sqlite3_prepare_v2(db, "INSERT INTO tx VALUES(?, ?, ?, ?, ?, zeroblob(64))", -1, &history, NULL));
	double start = seconds();
	for (unsigned done = 0; done < count; done += group) {
		must(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL));
		for (unsigned i = 0; i < group; i++) {
			char tx[32], body[256];
			snprintf(tx, sizeof tx, "t%u", done + i);
			memset(body, 'x', 200);
			body[200] = 0;
			for (int k = 0; k < 3; k++) { /* hops of a usual path */
				sqlite3_bind_int64(debt, 1, (sqlite3_int64)below(w, 14000));
				sqlite3_bind_int64(debt, 2, 100);
				must(sqlite3_step(debt));
				must(sqlite3_reset(debt));
			}
			sqlite3_bind_text(history, 1, tx, -1, SQLITE_TRANSIENT);
			sqlite3_bind_int64(history, 2, (sqlite3_int64)below(w, 2000));
			sqlite3_bind_int64(history, 3, (sqlite3_int64)below(w, 2000));
			sqlite3_bind_int64(history, 4, 100);
			sqlite3_bind_text(history, 5, body, -1, SQLITE_TRANSIENT);
			must(sqlite3_step(history));
			must(sqlite3_reset(history));
		}
		must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
	}
	double total = seconds() - start;
	snprintf(name, sizeof name, "  the same in SQLite (WAL, FULL), %u per commit", group);
	row(name, "-", "%.0f /s", count / total);
	sqlite3_finalize(debt);
	sqlite3_finalize(history);
	sqlite3_close(db);
}

void bench_durable(uint64_t seed, const char *folder)
{
	static const struct {
		unsigned group;
		const char *target;
	} groups[] = {{1, ">= 300 /s"}, {16, "-"}, {256, ">= 50 k/s, <= 20 ms"}, {4096, ">= 50 k/s"}};
	struct world w = {.people = 1};
	gn_prng_init(&w.prng, seed);
	for (size_t i = 0; i < GN_COUNT(groups); i++) {
		durable_own(seed, folder, groups[i].group, groups[i].target);
		durable_sqlite(&w, folder, groups[i].group);
	}
}

void bench_replay(uint64_t seed)
{
	struct world w;
	unsigned count = 400000;
	world_open(&w, seed, NULL, false);
	world_settings(&w, true, false);
	world_people(&w, 2000);
	world_lines(&w, 7);
	for (unsigned i = 0; i < count; i++)
		some_payment(&w);
	world_run(&w);
	struct gn_hash before, after;
	GN_ASSERT(gn_ledger_state_hash(w.l, &before) == GN_OK);
	uint64_t records = gn_ledger_seq(w.l);
	double took = world_reopen(&w);
	GN_ASSERT(gn_ledger_state_hash(w.l, &after) == GN_OK && memcmp(before.b, after.b, 32) == 0);
	row("replay", ">= 1000 k records/s", "%.0f k/s (%llu records)", (double)records / took / 1e3, (unsigned long long)records);
	gn_ledger_snapshot(w.l);
	some_payment(&w);
	world_run(&w);
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
	row("signatures checked, one by one", ">= 8 k/s", "%.1f k/s", count / (cpu_seconds() - start) / 1e3);
}
