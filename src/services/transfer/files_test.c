/* What a transfer does to people's files: names, what is there already, what changes meanwhile,
 * disks and memory that fail; limits of it at and one past. Rule RE-62. */
#include "services/transfer/testing/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct rig rig, *g = &rig;

static int start(void **state)
{
	(void)state;
	rig_init(g, 11);
	return 0;
}

static int end(void **state)
{
	(void)state;
	rig_fini(g);
	return 0;
}

static void put(const char *name)
{
	rig_disk_put(&g->r.disk, name, "mine", 4);
}

static bool is_mine(const char *name)
{
	const struct rig_file *f = rig_disk_find(&g->r.disk, name);
	return f && gn_slice_eq(gn_buf_slice(&f->now), GN_LIT("mine"));
}

/* ---- names ---- */

static void again(void)
{
	end(NULL);
	start(NULL);
}

static void numbers(void **state)
{
	static const struct {
		const char *sent, *is_there, *comes;
	} cases[] = {
		{"file.txt", "file.txt", "file (1).txt"},
		{"file", "file", "file (1)"},
		{"a.tar.gz", "a.tar.gz", "a.tar (1).gz"},
		{"d/x.txt", "d/other", "d (1)/x.txt"},
		{"d.e/x", "d.e/x", "d.e (1)/x"},
		{".ssh/config", "nothing", "_ssh/config"},
		{".profile", "_profile", "_profile (1)"},
		{"file.txt", "file.txt.part", "file.txt"},
		{"d/x", "d.part/x", "d/x"},
	};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(cases); i++) {
		char there[64];
		snprintf(there, sizeof there, "dst/%s", cases[i].is_there);
		put(there);
		rig_send_one(g, cases[i].sent, 100);
		rig_finished(g);
		assert_true(is_mine(there));
		if (!rig_same(g, 0, cases[i].comes))
			fail_msg("%s is not there as %s", cases[i].sent, cases[i].comes);
		struct gn_slice name;
		char made[GN_TRANSFER_NAME_MAX];
		gn_transfer_top(g->r.t, 0, &name, made);
		assert_memory_equal(made, cases[i].comes, strlen(made));
		assert_memory_equal(name.p, cases[i].sent, name.len);
		again();
	}
}

static void nothing_in_it(void **state)
{
	(void)state;
	rig_send_one(g, "d/empty", 0);
	rig_finished(g);
	assert_true(rig_same(g, 0, "d/empty"));
}

/* What appears while it comes is not overwritten either. */
static void appears(void **state)
{
	(void)state;
	rig_send_one(g, "x.bin", 2 * GN_BLOCK);
	for (unsigned i = 0; i < 30; i++)
		(void)rig_step(g);
	assert_false(g->r.finished);
	put("dst/x.bin");
	put("dst/x (1).bin");
	rig_finished(g);
	assert_true(is_mine("dst/x.bin") && is_mine("dst/x (1).bin"));
	assert_true(rig_same(g, 0, "x (2).bin"));
}

static void two_names_are_one(void **state)
{
	static const char *const paths[] = {".a", "_a"};
	(void)state;
	rig_source(g, 0, 10);
	rig_source(g, 1, 20);
	rig_send_ready(g, paths, 2);
	rig_receive(g);
	rig_connect(g);
	rig_finished(g);
	assert_true(rig_same(g, 0, "_a") && rig_same(g, 1, "_a (1)"));
}

static void number_limit(void **state)
{
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		struct gn_transfer_request r;
		struct gn_transfer_result none = {.size = 0};
		unsigned asked = 0, most = TRANSFER_NUMBER + past;
		rig_send_one(g, "x", 1);
		/* the disk by hand: each name up to that one is taken */
		while (g->r.t->take.phase != TAKE_NAMES)
			assert_true(rig_step(g));
		g->r.out_count = 0;
		for (asked = 0; asked <= most && !g->r.t->over; asked++) {
			if (g->r.t->step == STEP_DUE)
				assert_true(gn_transfer_next_request(g->r.t, &r));
			else /* the rig has it */
				r.token = STEP_TOKEN;
			gn_transfer_done(g->r.t, r.token, asked == most ? GN_NOT_FOUND : GN_OK,
					 &none, g->now);
		}
		rig_events(g, &g->r);
		assert_int_equal(g->r.stopped, past);
		if (past)
			assert_int_equal(g->r.stop.err, GN_EXISTS);
		else
			assert_int_equal(g->r.t->tops[0].part, TRANSFER_NUMBER);
		again();
	}
}

/* ---- what changes ---- */

static void stops_for(const char *word)
{
	rig_run(g);
	assert_true(g->s.stopped && !g->s.stop.by_peer);
	assert_int_equal(g->s.stop.err, GN_CONFLICT);
	assert_true(strstr(g->s.stop.why, word) != NULL);
	/* the receiver is told which */
	assert_true(g->r.stopped && g->r.stop.by_peer && !g->r.finished);
	assert_int_equal(g->r.stop.err, GN_CONFLICT);
	assert_string_equal(g->r.stop.why, g->s.stop.why);
	assert_int_equal(g->r.t->count.stopped_by_peer, 1);
}

static void changed(void **state)
{
	static const char *const paths[] = {"d/a", "d/b"};
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		rig_source(g, 0, 10);
		rig_source(g, 1, 2 * GN_BLOCK);
		rig_send_ready(g, paths, 2);
		struct rig_file *f = rig_disk_find(&g->s.disk, "src/1");
		if (i == 0)
			f->mtime++;
		else if (i == 1)
			f->now.len--;
		else if (i == 2)
			f->now.p[GN_BLOCK + 5] ^= 1; /* neither size nor time tell */
		else if (i == 3)
			rig_disk_remove(&g->s.disk, "src/1");
		else
			f->folder = true;
		rig_receive(g);
		rig_connect(g);
		stops_for("d/b: has changed");
		again();
	}
}

static void changes_while_hashed(void **state)
{
	static const char *const path = "x";
	(void)state;
	rig_source(g, 0, 5 * GN_BLOCK);
	rig_send(g, &path, 1);
	for (unsigned i = 0; i < 3; i++)
		(void)rig_step(g);
	rig_disk_find(&g->s.disk, "src/0")->now.len = 0;
	rig_run(g);
	assert_true(g->s.stopped && g->s.stop.err == GN_CONFLICT && !g->s.ready);
	again();
	rig_source(g, 0, 10);
	rig_disk_find(&g->s.disk, "src/0")->folder = true;
	rig_send(g, &path, 1);
	rig_run(g);
	assert_true(g->s.stopped && g->s.stop.err == GN_UNSUPPORTED);
	assert_true(strstr(g->s.stop.why, "x: is not a plain file") != NULL);
}

/* ---- people ---- */

static void says_no(void **state)
{
	(void)state;
	g->accept = false;
	rig_send_one(g, "x", 100);
	rig_run(g);
	assert_true(g->r.offered);
	gn_transfer_stop(g->r.t, GN_DENIED);
	rig_run(g);
	assert_true(g->s.stopped && g->s.stop.by_peer && g->s.stop.err == GN_DENIED);
	assert_int_equal(g->r.disk.writes, 0);
	assert_int_equal(gn_transfer_accept(g->r.t), GN_STATE);
	assert_int_equal(gn_transfer_begin(g->r.t, &g->secret, g->now), GN_STATE);
}

static void cancelled(void **state)
{
	(void)state;
	for (unsigned side = 0; side < 2; side++) {
		rig_send_one(g, "x", 4 * GN_BLOCK);
		for (unsigned i = 0; i < 40; i++)
			(void)rig_step(g);
		assert_false(g->r.finished);
		gn_transfer_stop(side ? g->r.t : g->s.t, GN_CANCELLED);
		rig_run(g);
		struct rig_end *other = side ? &g->s : &g->r;
		assert_true(other->stopped && other->stop.by_peer);
		assert_int_equal(other->stop.err, GN_CANCELLED);
		/* both can go on by their states */
		g->s.stopped = g->r.stopped = false;
		rig_kill(g, &g->s, false);
		rig_kill(g, &g->r, false);
		assert_true(g->s.t && g->r.t);
		rig_connect(g);
		rig_finished(g);
		assert_true(rig_same(g, 0, "x"));
		again();
	}
}

/* The longest sentence is told whole, a longer one is cut. */
static void reason(void **state)
{
	static char path[GN_PATH_MAX];
	(void)state;
	for (unsigned i = 0; i < 240; i++)
		path[i] = 'n';
	path[120] = '/';
	rig_send_one(g, path, 10);
	rig_disk_find(&g->s.disk, "src/0")->mtime++;
	rig_run(g);
	assert_true(g->r.stopped && strlen(g->r.stop.why) <= TRANSFER_REASON_MAX);
	assert_true(strlen(g->s.stop.why) > 200);
	assert_true(strstr(g->r.stop.why, "...: has changed") != NULL);
}

/* ---- disks that fail ---- */

static void disk_fails(void **state)
{
	static const enum gn_transfer_op ops[] = {GN_TRANSFER_STAT, GN_TRANSFER_MAKE,
						  GN_TRANSFER_WRITE, GN_TRANSFER_SYNC,
						  GN_TRANSFER_RENAME};
	(void)state;
	for (unsigned i = 0; i < GN_COUNT(ops); i++) {
		rig_send_one(g, "d/x", 2 * GN_BLOCK);
		g->r.disk.fail_err = GN_DISK_FULL;
		g->r.disk.fail_ops = 1u << ops[i];
		rig_run(g);
		assert_true(g->r.stopped && g->r.stop.err == GN_DISK_FULL && !g->r.finished);
		assert_true(g->s.stopped && g->s.stop.by_peer && g->s.stop.err == GN_IO);
		again();
	}
	rig_send_one(g, "d/x", 2 * GN_BLOCK);
	g->s.disk.fail_err = GN_IO;
	g->s.disk.fail_ops = 1u << GN_TRANSFER_READ;
	rig_run(g);
	assert_true(g->s.stopped && g->s.stop.err == GN_IO && g->r.stopped);
}

/* ---- limits of what the owner gives ---- */

static void owner_limits(void **state)
{
	static uint8_t note[TRANSFER_NOTE_MAX + 1], source[TRANSFER_SOURCE_MAX + 1];
	static struct gn_transfer_file files[GN_BUNDLE_FILES + 1];
	struct gn_transfer_file one = {.path = GN_LIT("x")};
	struct gn_transfer *t;
	char why[256];
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		struct gn_slice n = gn_slice(note, TRANSFER_NOTE_MAX + past);
		gn_err err = gn_transfer_receive_new(&g->r.env, n, &t);
		assert_int_equal(err, past ? GN_TOO_LARGE : GN_OK);
		if (!err)
			gn_transfer_free(t);
		memset(source, 's', sizeof source);
		one.source = gn_slice(source, TRANSFER_SOURCE_MAX + past);
		err = gn_transfer_send_new(&g->s.env, &one, 1, n, g->now, &t, why);
		assert_int_equal(err, past ? GN_TOO_LARGE : GN_OK);
		if (!err)
			gn_transfer_free(t);
		err = gn_transfer_send_new(&g->s.env, &one, 1, gn_slice(note, 1), g->now, &t, why);
		assert_int_equal(err, past ? GN_USAGE : GN_OK);
		if (!err)
			gn_transfer_free(t);
		for (size_t i = 0; i < GN_COUNT(files); i++)
			files[i].path = GN_LIT("x");
		err = gn_transfer_send_new(&g->s.env, files, GN_BUNDLE_FILES + past,
					   gn_slice(NULL, 0), g->now, &t, why);
		assert_int_equal(err, past ? GN_LIMIT : GN_OK);
		if (!err)
			gn_transfer_free(t);
		/* a state that could be read again has room for these names, not for one more */
		size_t fit = ((40u << 20) - (64u << 10)) / (TRANSFER_SOURCE_MAX + 29);
		for (size_t i = 0; i <= fit; i++)
			files[i].source = gn_slice(source, TRANSFER_SOURCE_MAX);
		err = gn_transfer_send_new(&g->s.env, files, fit + past, gn_slice(NULL, 0), g->now,
					   &t, why);
		assert_int_equal(err, past ? GN_LIMIT : GN_OK);
		if (!err)
			gn_transfer_free(t);
		memset(files, 0, sizeof files);
		uint8_t *big = calloc(TRANSFER_STATE_MAX + 1, 1);
		err = gn_transfer_again(&g->s.env, gn_slice(big, TRANSFER_STATE_MAX + past), &t);
		assert_int_equal(err, past ? GN_TOO_LARGE : GN_CORRUPT);
		free(big);
	}
	assert_int_equal(
		gn_transfer_send_new(&g->s.env, files, 0, gn_slice(NULL, 0), g->now, &t, why),
		GN_USAGE);
	one.path = GN_LIT("../x");
	assert_int_equal(
		gn_transfer_send_new(&g->s.env, &one, 1, gn_slice(NULL, 0), g->now, &t, why),
		GN_USAGE);
	assert_true(strstr(why, "../x: ") == why);
}

/* Memory that fails, at each place in turn: it ends, and nothing is lost of it. */
static void no_memory(void **state)
{
	static const char *const paths[] = {"d/a", "d/b"};
	(void)state;
	for (uint64_t n = 1, clean = 0; !clean; n++) {
		rig_source(g, 0, GN_BLOCK + 5);
		rig_source(g, 1, 0);
		char why[256];
		struct gn_transfer_file files[] = {{.path = gn_str(paths[0])},
						   {.path = gn_str(paths[1])}};
		bool sender = n % 2;
		(sender ? &g->s : &g->r)->mem.fail_at = n / 2 + 1;
		gn_err err = gn_transfer_send_new(&g->s.env, files, 2, gn_slice(NULL, 0), g->now,
						  &g->s.t, why);
		if (!err)
			err = gn_transfer_receive_new(&g->r.env, gn_slice(NULL, 0), &g->r.t);
		assert_true(err == GN_OK || err == GN_NOMEM);
		if (!err) {
			rig_run(g);
			if (g->s.ready)
				rig_connect(g);
			rig_run(g);
			clean = g->s.finished && g->r.finished;
			assert_true(clean || g->s.stop.err == GN_NOMEM ||
				    g->r.stop.err == GN_NOMEM);
			clean = clean && n > 60;
		} else {
			gn_transfer_free(g->s.t);
			g->s.t = NULL;
		}
		g->s.mem.fail_at = g->r.mem.fail_at = 0;
		again();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers, start, end),
		cmocka_unit_test_setup_teardown(nothing_in_it, start, end),
		cmocka_unit_test_setup_teardown(appears, start, end),
		cmocka_unit_test_setup_teardown(two_names_are_one, start, end),
		cmocka_unit_test_setup_teardown(number_limit, start, end),
		cmocka_unit_test_setup_teardown(changed, start, end),
		cmocka_unit_test_setup_teardown(changes_while_hashed, start, end),
		cmocka_unit_test_setup_teardown(says_no, start, end),
		cmocka_unit_test_setup_teardown(cancelled, start, end),
		cmocka_unit_test_setup_teardown(reason, start, end),
		cmocka_unit_test_setup_teardown(disk_fails, start, end),
		cmocka_unit_test_setup_teardown(owner_limits, start, end),
		cmocka_unit_test_setup_teardown(no_memory, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
