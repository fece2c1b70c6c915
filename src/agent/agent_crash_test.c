/* What ends a writer: kill -9, a full disk, a disk that fails, a power cut. What was acknowledged
 * is there afterwards, what was not is whole or not there, and the store is sound (AG-22, AG-27).
 *
 *   GN_KILLS=n, GN_CUTS=n   how many of each (25, 60)
 *   GN_SEED=n               of the random moments
 *   GN_FULL_DIR=path        a small file system to fill, where the test cannot mount one */
#include "agent/db_int.h"
#include "agent/testing/flaky.h"
#include "agent/testing/nest.h"

#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct nest nest;
static struct gn_prng prng;
static const struct agent_schema schema = {.version = GN_AGENT_DB_VERSION, .sql = agent_schema};

static unsigned setting(const char *name, unsigned usual)
{
	const char *s = getenv(name);
	return s ? (unsigned)strtoul(s, NULL, 10) : usual;
}

static int set_up(void **state)
{
	(void)state;
	nest_make(&nest, NULL);
	gn_prng_init(&prng, setting("GN_SEED", 1));
	flaky_set(0, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	nest_remove(&nest);
	flaky_forget();
	return 0;
}

/* All that one message changes: itself, a session's row, the outbox, a count, an event. */
static gn_err step(struct gn_agent_db *db, unsigned i)
{
	char text[96];
	uint8_t count[4], row[3000];
	struct gn_agent_message m = nest_message(0, i, text);
	struct gn_agent_out o = {.kind = 1, .due_ms = i};
	struct gn_e2ee_row r = {.kind = GN_E2EE_ROW_SESSION, .session = i % 5};
	struct gn_agent_event e = {.at_ms = 1700000000000 + i, .kind = 1, .bytes = GN_LIT("new")};
	struct gn_agent_tx tx;
	uint64_t number, id;
	memset(row, (int)i, sizeof row);
	gn_put_be32(count, i);
	GN_TRY(gn_agent_tx_begin(db, &tx));
	gn_err err = gn_agent_chat_put(&tx, &(struct gn_agent_chat){.id = m.chat});
	if (!err)
		err = gn_agent_message_put(&tx, &m, false, &number);
	if (!err)
		err = gn_agent_row_put(&tx, &r, GN_SLICE(row));
	if (!err)
		err = gn_agent_out_put(&tx, &o, &id);
	if (!err)
		err = gn_agent_meta_put(&tx, "count", GN_SLICE(count));
	if (!err)
		err = gn_agent_event_add(&tx, &e, &number);
	if (!err)
		return gn_agent_tx_commit(&tx);
	gn_agent_tx_abort(&tx);
	return err;
}

static uint64_t number_of(struct gn_agent_db *db, const char *sql)
{
	uint64_t n = 0;
	assert_ok(agent_db_number(db, sql, &n));
	return n;
}

/* At least `acknowledged` steps are there, and none in part; how many. */
static unsigned check(struct gn_agent_db *db, unsigned acknowledged)
{
	uint8_t count[4] = {0};
	struct gn_buf out = {count, 0, sizeof count};
	gn_err err = gn_agent_meta_get(db, "count", &out);
	assert_true(err == GN_OK || err == GN_NOT_FOUND);
	unsigned there = gn_be32(count);
	assert_true(there >= acknowledged);
	assert_int_equal(number_of(db, "SELECT count(*) FROM messages"), there);
	assert_int_equal(number_of(db, "SELECT coalesce(max(number), 0) FROM messages"), there);
	assert_int_equal(number_of(db, "SELECT count(*) FROM outbox"), there);
	assert_int_equal(number_of(db, "SELECT count(*) FROM events"), there);
	assert_int_equal(number_of(db, "SELECT count(*) FROM e2ee"), there > 5 ? 5 : there);
	err = gn_agent_db_check(db);
	if (err)
		fprintf(stderr, "%s\n", gn_agent_db_why(db));
	assert_ok(err);
	return there;
}

/* ---- kill -9 ---- */

static void write_for_ever(int fd)
{
	struct gn_agent_db *db;
	char why[GN_AGENT_WHY];
	uint8_t count[4] = {0};
	struct gn_buf out = {count, 0, sizeof count};
	if (gn_agent_db_open(&nest.place, true, &db, why))
		_exit(1);
	(void)!gn_agent_meta_get(db, "count", &out);
	for (uint32_t i = gn_be32(count) + 1;; i++)
		if (step(db, i) || write(fd, &i, sizeof i) != sizeof i)
			_exit(2);
}

/* early: maybe before it wrote anything. */
static unsigned write_and_die(unsigned before, bool early)
{
	int ends[2], status;
	uint32_t last = before, i;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		write_for_ever(ends[1]);
	}
	close(ends[1]);
	if (!early && read(ends[0], &i, sizeof i) == sizeof i)
		last = i;
	long us = (long)(gn_prng_next(&prng) % 120000);
	nanosleep(&(struct timespec){0, us * 1000}, NULL);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	while (read(ends[0], &i, sizeof i) == sizeof i)
		last = i;
	close(ends[0]);
	return last;
}

static void killed(void **state)
{
	(void)state;
	unsigned there = 0, kills = setting("GN_KILLS", 25);
	for (unsigned i = 0; i < kills; i++) {
		unsigned acknowledged = write_and_die(there, i % 4 == 3);
		nest_open(&nest);
		there = check(nest.db, acknowledged);
		assert_true(there <= acknowledged + 1);
		nest_close(&nest);
	}
	print_message("%u kills, %u messages\n", kills, there);
	assert_true(there > kills);
}

/* ---- a disk that fails ---- */

static gn_err open_flaky(bool make)
{
	return agent_db_open_as(&nest.place, make, &schema, flaky_name(), &nest.db, nest.why);
}

/* Steps until one fails; the number of the last that did not. */
static unsigned run_until(unsigned from, unsigned to, gn_err *err)
{
	for (unsigned i = from; i <= to; i++)
		if ((*err = step(nest.db, i)))
			return i - 1;
	return to;
}

/* Each write, sync and cut in turn fails, and all after it. */
static void every_write_fails(int code, gn_err want)
{
	unsigned there = 0, failures = 0;
	assert_ok(open_flaky(true));
	nest_close(&nest);
	for (uint64_t at = 0; at < 400; at += 1 + at / 40) {
		gn_err err = GN_OK;
		flaky_set(at, code);
		gn_err opened = open_flaky(false);
		unsigned last = opened ? there : run_until(there + 1, there + 6, &err);
		if (!opened && err) {
			failures++;
			assert_err(err, want);
			assert_true(gn_agent_db_why(nest.db)[0] != 0);
			/* and it stays usable for reading */
			assert_true(nest_count(&nest, 0) >= last);
		}
		nest_close(&nest);
		flaky_set(0, 0);
		assert_ok(open_flaky(false));
		there = check(nest.db, last);
		nest_close(&nest);
	}
	assert_true(failures > 10);
}

static void full(void **state)
{
	(void)state;
	every_write_fails(SQLITE_FULL, GN_DISK_FULL);
}

static void failing(void **state)
{
	(void)state;
	every_write_fails(SQLITE_IOERR, GN_IO);
}

/* ---- power cuts ---- */

static void cut(void **state)
{
	(void)state;
	unsigned there = 0, cuts = setting("GN_CUTS", 60);
	assert_ok(open_flaky(true));
	nest_close(&nest);
	flaky_forget(); /* a store that was made is there: os synced it */
	for (unsigned i = 0; i < cuts; i++) {
		gn_err err = GN_OK;
		flaky_set(gn_prng_next(&prng) % 300, SQLITE_IOERR);
		gn_err opened = open_flaky(false);
		unsigned last = opened ? there : run_until(there + 1, there + 200, &err);
		assert_true(opened || err);
		nest_close(&nest);
		flaky_cut(&prng);
		flaky_set(0, 0);
		gn_err after = open_flaky(false);
		if (after)
			fprintf(stderr, "cut %u: %s\n", i, nest.why);
		assert_ok(after);
		there = check(nest.db, last);
		assert_true(there <= last + 1);
		/* every second time the WAL stays, to be gone on with */
		flaky_set(0, i % 2 ? 0 : SQLITE_IOERR);
		nest_close(&nest);
		flaky_set(0, 0);
		flaky_forget();
	}
	print_message("%u power cuts, %u messages\n", cuts, there);
}

/* ---- a disk that is full in truth ---- */

static void full_disk(void **state)
{
	(void)state;
	const char *given = getenv("GN_FULL_DIR");
	char mounted[64] = "/tmp/gn_agent_full.XXXXXX";
	gn_err err = GN_OK;
	if (!given && (!mkdtemp(mounted) || mount("tmpfs", mounted, "tmpfs", 0, "size=1m"))) {
		print_message("no small disk: mounting one needs root (%s); the disk that is full "
			      "by word of a VFS was tested\n",
			      strerror(errno));
		rmdir(mounted);
		skip();
	}
	struct nest small;
	nest_make(&small, given ? given : mounted);
	nest_open(&small);
	unsigned last = 0;
	for (unsigned i = 1; i < 10000 && !err; i++)
		if (!(err = step(small.db, i)))
			last = i;
	assert_err(err, GN_DISK_FULL);
	assert_true(last > 5);
	check(small.db, last);
	nest_close(&small);
	nest_open(&small);
	assert_int_equal(check(small.db, last), last);
	nest_remove(&small);
	if (!given) {
		assert_int_equal(umount(mounted), 0);
		rmdir(mounted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(killed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(failing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(full_disk, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
