/* What a transfer does to people's files: names, what is there already, what changes meanwhile,
 * disks that fail, what is kept and gone on with; limits of it at and one past. Rule RE-62. */
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

static void send_ready(const char *const *paths, size_t count)
{
	rig_send(g, paths, count);
	rig_run(g);
	assert_true(g->s.ready);
}

static void send_one(const char *path, size_t len)
{
	rig_source(g, 0, len);
	send_ready(&path, 1);
	rig_receive(g);
	rig_connect(g);
}

static void finished(void)
{
	rig_run(g);
	if (!g->r.finished || !g->s.finished)
		fail_msg("sender: %s; receiver: %s", g->s.stop.why, g->r.stop.why);
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
		send_one(cases[i].sent, 100);
		finished();
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

/* What appears while it comes is not overwritten either. */
static void appears(void **state)
{
	(void)state;
	send_one("x.bin", 2 * GN_BLOCK);
	for (unsigned i = 0; i < 30; i++)
		(void)rig_step(g);
	assert_false(g->r.finished);
	put("dst/x.bin");
	put("dst/x (1).bin");
	finished();
	assert_true(is_mine("dst/x.bin") && is_mine("dst/x (1).bin"));
	assert_true(rig_same(g, 0, "x (2).bin"));
}

static void two_names_are_one(void **state)
{
	static const char *const paths[] = {".a", "_a"};
	(void)state;
	rig_source(g, 0, 10);
	rig_source(g, 1, 20);
	send_ready(paths, 2);
	rig_receive(g);
	rig_connect(g);
	finished();
	assert_true(rig_same(g, 0, "_a") && rig_same(g, 1, "_a (1)"));
}

static void number_limit(void **state)
{
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		struct gn_transfer_request r;
		struct gn_transfer_result none = {.size = 0};
		unsigned asked = 0, most = TRANSFER_NUMBER + past;
		send_one("x", 1);
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
		send_ready(paths, 2);
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
	send_one("x", 100);
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
		send_one("x", 4 * GN_BLOCK);
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
		finished();
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
	send_one(path, 10);
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
		send_one("d/x", 2 * GN_BLOCK);
		g->r.disk.fail_err = GN_DISK_FULL;
		g->r.disk.fail_ops = 1u << ops[i];
		rig_run(g);
		assert_true(g->r.stopped && g->r.stop.err == GN_DISK_FULL && !g->r.finished);
		assert_true(g->s.stopped && g->s.stop.by_peer && g->s.stop.err == GN_IO);
		again();
	}
	send_one("d/x", 2 * GN_BLOCK);
	g->s.disk.fail_err = GN_IO;
	g->s.disk.fail_ops = 1u << GN_TRANSFER_READ;
	rig_run(g);
	assert_true(g->s.stopped && g->s.stop.err == GN_IO && g->r.stopped);
}

/* ---- what is kept ---- */

/* A sender that was killed reads nothing again to know what it offers. */
static void sender_goes_on(void **state)
{
	struct gn_transfer_secret secret;
	(void)state;
	send_one("d/x", 3 * GN_BLOCK);
	for (unsigned i = 0; i < 20; i++)
		(void)rig_step(g);
	while (g->s.t->saved.step != SAVED_IDLE || g->s.t->secret_due)
		assert_true(rig_step(g));
	uint64_t reads = g->s.disk.reads;
	rig_kill(g, &g->s, true);
	assert_non_null(g->s.t);
	struct gn_transfer_info info;
	gn_transfer_info(g->s.t, &info);
	assert_true(info.sends && info.files == 1 && info.hashed == info.bytes);
	assert_int_equal(info.bytes, 3 * GN_BLOCK);
	assert_int_equal(g->s.disk.reads, reads);
	assert_true(gn_slice_eq(gn_transfer_source(g->s.t, 0), GN_LIT("0")));
	assert_true(gn_slice_eq(gn_transfer_note(g->s.t), GN_LIT("sender's note")));
	assert_true(gn_transfer_secret(g->s.t, &secret));
	assert_memory_equal(&secret, &g->secret, sizeof secret);
	rig_connect(g);
	finished();
}

/* All is there, and the word of it was lost: it is said again, and nothing else. */
static void last_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		send_one("d/x", GN_BLOCK + 1);
		/* the receiver's process ends before or after the names are made */
		while (i ? !g->r.t->over : g->r.t->take.phase < TAKE_RENAME)
			assert_true(rig_step(g));
		assert_true(g->r.finished == (i == 1));
		rig_kill(g, &g->r, true);
		assert_non_null(g->r.t);
		assert_true(gn_slice_eq(gn_transfer_note(g->r.t), GN_LIT("receiver's note")));
		g->r.finished = g->s.finished = false;
		rig_connect(g);
		finished();
		assert_true(rig_same(g, 0, "d/x"));
		assert_int_equal(g->r.t->count.blocks_taken, 0);
		again();
	}
}

/* A receiver whose sender is gone tells its person all the same. */
static void nobody_to_tell(void **state)
{
	(void)state;
	send_one("d/x", GN_BLOCK + 1);
	while (g->r.t->count.blocks_taken < 2)
		assert_true(rig_step(g));
	rig_cut(g);
	rig_run(g);
	struct gn_transfer_info info;
	gn_transfer_info(g->r.t, &info);
	assert_true(g->r.finished && !info.over && !g->s.finished);
	assert_true(rig_same(g, 0, "d/x"));
	rig_connect(g);
	finished();
	gn_transfer_info(g->r.t, &info);
	assert_true(info.over);
	assert_int_equal(g->s.t->count.blocks_sent + g->s.t->count.blocks_skipped, 4);
}

static void another_transfer(void **state)
{
	static const char *const path = "x";
	(void)state;
	send_one("x", GN_BLOCK);
	while (g->r.t->take.phase < TAKE_TAKE)
		assert_true(rig_step(g));
	rig_kill(g, &g->r, false);
	rig_cut(g);
	gn_transfer_free(g->s.t);
	g->s.t = NULL;
	g->s.out_count = 0;
	g->s.ready = false;
	rig_disk_remove(&g->s.disk, "state");
	rig_source(g, 0, GN_BLOCK);
	send_ready(&path, 1);
	rig_connect(g);
	rig_run(g);
	assert_true(g->r.stopped && g->r.stop.err == GN_CONFLICT && g->s.stopped);
}

/* After a kill what was durable is believed, what was not is hashed, and what is gone or wrong
 * comes again. */
static void after_a_kill(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		send_one("x", 5 * GN_BLOCK);
		while (g->r.t->count.blocks_taken < 3)
			assert_true(rig_step(g));
		rig_cut(g);
		while (take_busy(g->r.t))
			assert_true(rig_step(g));
		for (unsigned n = 0; n < 3 && i >= 2; n++) /* the sync */
			g->now += TRANSFER_SYNC_TIME;
		while (i >= 2 && rig_step(g))
			;
		assert_int_equal(g->r.t->count.syncs, i >= 2);
		struct rig_file *f = rig_disk_find(&g->r.disk, "dst/x.part");
		rig_kill(g, &g->r, false);
		if (i == 1)
			f->now.p[GN_BLOCK + 9] ^= 1;
		if (i == 3)
			f->now.len = 2 * GN_BLOCK + 1;
		rig_connect(g);
		finished();
		assert_true(rig_same(g, 0, "x"));
		const struct transfer_counts *c = &g->r.t->count;
		assert_int_equal(c->blocks_found, i == 0 ? 3 : i == 1 ? 2 : 0);
		assert_int_equal(c->blocks_taken, i == 0 || i == 2 ? 2 : 3);
		assert_int_equal(c->blocks_lost, c->blocks_taken);
		again();
	}
}

/* Each 5 s, or 64 MiB, what was written is synced; not before. */
static void syncs(void **state)
{
	(void)state;
	send_one("x", 3 * GN_BLOCK);
	while (g->r.t->count.blocks_taken < 2)
		assert_true(rig_step(g));
	rig_cut(g);
	while (take_busy(g->r.t))
		assert_true(rig_step(g));
	struct transfer_take *k = &g->r.t->take;
	gn_time due = gn_transfer_deadline(g->r.t);
	assert_true(due != GN_NEVER && due <= g->now + TRANSFER_SYNC_TIME);
	gn_transfer_tick(g->r.t, due - 1);
	assert_int_equal(k->keep, KEEP_IDLE);
	k->unsynced = TRANSFER_SYNC_BYTES - 1;
	gn_transfer_tick(g->r.t, due - 1);
	assert_int_equal(k->keep, KEEP_IDLE);
	k->unsynced = TRANSFER_SYNC_BYTES;
	gn_transfer_tick(g->r.t, due - 1);
	assert_int_equal(k->keep, KEEP_DUE);
	rig_run(g);
	assert_int_equal(g->r.t->count.syncs, 1);
	assert_true(gn_transfer_deadline(g->r.t) == GN_NEVER);
}

/* More runs than one record has are hashed anew, no more. */
static void runs(void **state)
{
	struct gn_transfer t = {.blocks = 2 * TRANSFER_RUNS + 2};
	(void)state;
	for (unsigned past = 0; past < 2; past++) {
		t.env = g->r.env;
		t.block = calloc(t.blocks, 1);
		assert_int_equal(transfer_saved_init(&t.saved, &g->r.mem), GN_OK);
		for (uint32_t i = 0; i < TRANSFER_RUNS + past; i++)
			t.block[2 * i] = BLOCK_SYNCING;
		t.take.keep = KEEP_OUT;
		keep_done(&t);
		assert_int_equal(t.count.runs_dropped, past);
		assert_int_equal(t.saved.step, SAVED_WRITE);
		free(t.block);
		transfer_saved_fini(&t.saved, &g->r.mem);
	}
}

/* A state whose tail is torn, at any byte, is believed up to there, or not at all. */
static void torn_states(void **state)
{
	(void)state;
	send_one("d/x", 2 * GN_BLOCK);
	finished();
	struct rig_end *ends[] = {&g->s, &g->r};
	for (unsigned i = 0; i < 2; i++) {
		struct gn_transfer *t;
		struct rig_file *f = rig_disk_find(&ends[i]->disk, "state");
		size_t good = 0;
		for (size_t len = 0; len <= f->now.len; len++) {
			gn_err err = gn_transfer_again(&ends[i]->env, gn_slice(f->now.p, len), &t);
			assert_true(err == GN_OK || err == GN_CORRUPT);
			good += err == GN_OK;
			if (err == GN_OK)
				gn_transfer_free(t);
		}
		assert_true(good > 0 && good < f->now.len);
		for (size_t at = 0; at < f->now.len; at += 7) {
			f->now.p[at] ^= 4;
			gn_err err = gn_transfer_again(&ends[i]->env, gn_buf_slice(&f->now), &t);
			struct gn_transfer_secret secret;
			assert_true(err == GN_OK || err == GN_CORRUPT);
			if (err == GN_OK && gn_transfer_secret(t, &secret))
				assert_memory_equal(&secret, &g->secret, sizeof secret);
			if (err == GN_OK)
				gn_transfer_free(t);
			f->now.p[at] ^= 4;
		}
	}
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
		cmocka_unit_test_setup_teardown(appears, start, end),
		cmocka_unit_test_setup_teardown(two_names_are_one, start, end),
		cmocka_unit_test_setup_teardown(number_limit, start, end),
		cmocka_unit_test_setup_teardown(changed, start, end),
		cmocka_unit_test_setup_teardown(changes_while_hashed, start, end),
		cmocka_unit_test_setup_teardown(says_no, start, end),
		cmocka_unit_test_setup_teardown(cancelled, start, end),
		cmocka_unit_test_setup_teardown(reason, start, end),
		cmocka_unit_test_setup_teardown(disk_fails, start, end),
		cmocka_unit_test_setup_teardown(sender_goes_on, start, end),
		cmocka_unit_test_setup_teardown(last_word, start, end),
		cmocka_unit_test_setup_teardown(nobody_to_tell, start, end),
		cmocka_unit_test_setup_teardown(another_transfer, start, end),
		cmocka_unit_test_setup_teardown(after_a_kill, start, end),
		cmocka_unit_test_setup_teardown(syncs, start, end),
		cmocka_unit_test_setup_teardown(runs, start, end),
		cmocka_unit_test_setup_teardown(torn_states, start, end),
		cmocka_unit_test_setup_teardown(owner_limits, start, end),
		cmocka_unit_test_setup_teardown(no_memory, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
