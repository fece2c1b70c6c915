/* What is kept of a transfer and gone on with: states of senders and receivers, whole and torn,
 * what is believed and what is hashed anew, when it is synced. Rule RE-62. */
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

static void again(void)
{
	end(NULL);
	start(NULL);
}

/* A sender that was killed reads nothing again to know what it offers. */
static void sender_goes_on(void **state)
{
	struct gn_transfer_secret secret;
	(void)state;
	rig_send_one(g, "d/x", 3 * GN_BLOCK);
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
	rig_finished(g);
}

/* Whoever has a state can resume: the secret is durable at the sender before a receiver is
 * asked. */
static void secret_first(void **state)
{
	struct gn_transfer_secret secret;
	uint8_t byte;
	(void)state;
	rig_source(g, 0, 10);
	static const char *const path = "x";
	rig_send_ready(g, &path, 1);
	assert_int_equal(gn_transfer_begin(g->s.t, &g->secret, g->now), GN_OK);
	while (gn_transfer_send(g->s.t, &byte, 1) == 0)
		assert_true(rig_step(g));
	rig_kill(g, &g->s, true);
	assert_true(g->s.t && gn_transfer_secret(g->s.t, &secret));
	assert_memory_equal(&secret, &g->secret, sizeof secret);
}

/* All is there, and the word of it was lost: it is said again, and nothing else. */
static void last_word(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		rig_send_one(g, "d/x", GN_BLOCK + 1);
		/* the receiver's process ends before or after the names are made */
		while (g->r.t->take.phase < (i ? TAKE_ENDED : TAKE_RENAME))
			assert_true(rig_step(g));
		assert_true(g->r.finished == (i == 1));
		rig_kill(g, &g->r, true);
		assert_non_null(g->r.t);
		assert_true(gn_slice_eq(gn_transfer_note(g->r.t), GN_LIT("receiver's note")));
		g->r.finished = g->s.finished = false;
		rig_connect(g);
		rig_finished(g);
		assert_true(rig_same(g, 0, "d/x"));
		assert_int_equal(g->r.t->count.blocks_taken, 0);
		again();
	}
}

/* A receiver whose sender is gone tells its person all the same. */
static void nobody_to_tell(void **state)
{
	(void)state;
	rig_send_one(g, "d/x", GN_BLOCK + 1);
	while (g->r.t->count.blocks_taken < 2)
		assert_true(rig_step(g));
	rig_cut(g);
	rig_run(g);
	struct gn_transfer_info info;
	gn_transfer_info(g->r.t, &info);
	assert_true(g->r.finished && !info.over && !g->s.finished);
	assert_true(rig_same(g, 0, "d/x"));
	rig_connect(g);
	rig_finished(g);
	gn_transfer_info(g->r.t, &info);
	assert_true(info.over);
	assert_int_equal(g->s.t->count.blocks_sent + g->s.t->count.blocks_skipped, 4);
}

static void another_transfer(void **state)
{
	static const char *const path = "x";
	(void)state;
	rig_send_one(g, "x", GN_BLOCK);
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
	rig_send_ready(g, &path, 1);
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
		rig_send_one(g, "x", 5 * GN_BLOCK);
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
		rig_finished(g);
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
	rig_send_one(g, "x", 3 * GN_BLOCK);
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

/* What was written while a sync was under way is for the next one. */
static void later_than_the_sync(void **state)
{
	uint8_t blocks[] = {BLOCK_SYNCING, BLOCK_SYNCING, BLOCK_WRITTEN, BLOCK_MISSING};
	struct gn_transfer t = {.env = g->r.env, .blocks = 4, .block = blocks};
	(void)state;
	assert_int_equal(transfer_saved_init(&t.saved, &g->r.mem), GN_OK);
	t.take.keep = KEEP_OUT;
	keep_done(&t);
	assert_true(blocks[0] == BLOCK_SYNCED && blocks[1] == BLOCK_SYNCED);
	assert_true(blocks[2] == BLOCK_WRITTEN && blocks[3] == BLOCK_MISSING);
	assert_memory_equal(t.saved.room, "\x8\0\0\0\x8\0\0\0\0\0\0\0\2", 13);
	transfer_saved_fini(&t.saved, &g->r.mem);
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
	rig_send_one(g, "d/x", 2 * GN_BLOCK);
	rig_finished(g);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sender_goes_on, start, end),
		cmocka_unit_test_setup_teardown(secret_first, start, end),
		cmocka_unit_test_setup_teardown(last_word, start, end),
		cmocka_unit_test_setup_teardown(nobody_to_tell, start, end),
		cmocka_unit_test_setup_teardown(another_transfer, start, end),
		cmocka_unit_test_setup_teardown(after_a_kill, start, end),
		cmocka_unit_test_setup_teardown(syncs, start, end),
		cmocka_unit_test_setup_teardown(later_than_the_sync, start, end),
		cmocka_unit_test_setup_teardown(runs, start, end),
		cmocka_unit_test_setup_teardown(torn_states, start, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
