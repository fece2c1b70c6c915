/* Bounds of publishing, each at the limit and one past it: files taken in, blocks that are spread,
 * holders that answer late or never, own blocks that go. */
#include "services/bundles/engine_int.h"
#include "services/testing/world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;
static struct gn_bundles *b;

static void some(unsigned nodes)
{
	svc_network(&s, nodes, 64u << 20);
	s.validate = false;
	b = s.nodes[0].bundles;
}

static uint64_t count(const char *name)
{
	return svc_bundles_count(&s, 0, name);
}

static struct gn_slice hashes(const struct svc_wait *w)
{
	return gn_slice(w->blocks, w->blocks_len);
}

/* A file of so many bytes, taken in. */
static void have(size_t len, struct svc_wait *w)
{
	uint8_t *data = svc_random_bytes(len, len);
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, len), w), GN_OK);
	free(data);
}

static void files_taken_in_at_once(void **state)
{
	(void)state;
	some(1);
	gn_op op;
	for (unsigned i = 0; i < BUNDLES_INGESTS; i++)
		assert_int_equal(gn_bundles_ingest(b, s.now, &op), GN_OK);
	assert_int_equal(gn_bundles_ingest(b, s.now, &op), GN_LIMIT);
	svc_free(&s);
}

static void chunks_of_a_file_on_their_way_to_the_disk(void **state)
{
	(void)state;
	some(1);
	const size_t len = 3 * (size_t)GN_BLOCK;
	uint8_t *data = svc_random_bytes(len, 1);
	size_t taken;
	gn_op op;
	assert_int_equal(gn_bundles_ingest(b, s.now, &op), GN_OK);
	assert_int_equal(gn_bundles_ingest_data(b, op, gn_slice(data, len - 1), &taken, s.now),
			 GN_OK);
	const struct bundles_ingest *in = gn_frame_op_get(&b->frame, op, OP_INGEST);
	assert_int_equal(in->pending, BUNDLES_INGEST_PUTS); /* two blocks; nothing is stored yet */
	assert_int_equal(gn_bundles_ingest_data(b, op, gn_slice(data + len - 1, 1), &taken, s.now),
			 GN_OK); /* the third is full */
	assert_int_equal(in->pending, BUNDLES_INGEST_PUTS);
	assert_int_equal(in->put, 0);
	assert_int_equal(gn_bundles_ingest_data(b, op, gn_slice(data, 1), &taken, s.now), GN_AGAIN);
	free(data);
	svc_free(&s);
}

static void an_ingest_without_memory_fails(void **state)
{
	(void)state;
	some(1);
	size_t taken;
	gn_op op;
	assert_int_equal(gn_bundles_ingest(b, s.now, &op), GN_OK);
	s.nodes[0].bundles_alloc.fail_at = 1;
	assert_int_equal(gn_bundles_ingest_data(b, op, GN_LIT("x"), &taken, s.now), GN_NOMEM);
	assert_int_equal(count("ingest_failed"), 1);
	assert_int_equal(count("nomem"), 1);
	svc_free(&s);
}

static void publications_and_their_blocks(void **state)
{
	(void)state;
	struct svc_wait w;
	gn_op op;
	some(1);
	have(GN_BLOCK + 1, &w);
	uint64_t until = gn_unix(s.now) + 1000;
	b->spreads = BUNDLES_SPREADS;
	assert_int_equal(gn_bundles_spread(b, hashes(&w), 1, until, s.now, &op), GN_LIMIT);
	b->spreads--;
	assert_int_equal(gn_bundles_spread(b, hashes(&w), 1, until, s.now, &op), GN_OK);
	gn_bundles_cancel(b, op, s.now);
	b->spreads = 0;
	b->spread_blocks = BUNDLES_SPREAD_BLOCKS - 1;
	assert_int_equal(gn_bundles_spread(b, hashes(&w), 1, until, s.now, &op), GN_LIMIT);
	b->spread_blocks--;
	assert_int_equal(gn_bundles_spread(b, hashes(&w), 1, until, s.now, &op), GN_OK);
	gn_bundles_cancel(b, op, s.now);
	b->spread_blocks = 0;
	assert_int_equal(gn_bundles_spread(b, hashes(&w), BUNDLES_HOLDERS + 1, until, s.now, &op),
			 GN_USAGE);
	assert_int_equal(gn_bundles_spread(b, hashes(&w), BUNDLES_HOLDERS, until, s.now, &op),
			 GN_OK);
	svc_wait_free(&w);
	svc_free(&s);
}

static unsigned active_jobs(void)
{
	unsigned n = 0;
	for (unsigned j = 0; j < BUNDLES_JOBS; j++)
		n += b->jobs[j].active;
	return n;
}

static void blocks_spread_at_once(void **state)
{
	(void)state;
	static const struct {
		unsigned window, jobs;
	} table[] = {
		{BUNDLES_SPREAD_JOB_WINDOW - 1, 1},
		{BUNDLES_SPREAD_JOB_WINDOW, 2},
		{BUNDLES_SPREAD_WINDOW_MAX, BUNDLES_JOBS},
	};
	struct svc_wait w;
	gn_op op;
	some(2);
	assert_int_equal(b->spread_window, BUNDLES_SPREAD_WINDOW);
	have((BUNDLES_JOBS + 2) * (size_t)GN_BLOCK, &w);
	for (size_t i = 0; i < GN_COUNT(table); i++) {
		b->spread_window = table[i].window;
		assert_int_equal(
			gn_bundles_spread(b, hashes(&w), 2, gn_unix(s.now) + 1000, s.now, &op),
			GN_OK);
		assert_int_equal(active_jobs(), table[i].jobs);
		gn_bundles_cancel(b, op, s.now);
	}
	svc_wait_free(&w);
	svc_free(&s);
}

/* On a slow line chunks wait for each other: no holder has more than its share on the way, and
 * the window of all does not grow past its end. */
static void chunks_on_their_way_to_holders(void **state)
{
	(void)state;
	struct svc_wait w, done = {0};
	unsigned most = 0;
	some(2);
	have(2 * (size_t)GN_BLOCK, &w);
	b->spread_window = BUNDLES_SPREAD_WINDOW_MAX - 1;
	assert_int_equal(
		gn_bundles_spread(b, hashes(&w), 2, gn_unix(s.now) + 1000, s.now, &done.op), GN_OK);
	svc_wait_add(&s, &done);
	svc_pump(&s, 0);
	for (gn_time until = s.now + 60 * GN_SEC; !done.over && svc_step(&s, until);)
		for (unsigned j = 0; j < BUNDLES_JOBS; j++)
			for (uint32_t i = 0; b->jobs[j].active && i < b->jobs[j].target_count; i++)
				most = b->jobs[j].targets[i].inflight > most
					       ? b->jobs[j].targets[i].inflight
					       : most;
	svc_wait_drop(&s, &done);
	assert_int_equal(most, BUNDLES_TARGET_WINDOW);
	assert_int_equal(b->spread_window, BUNDLES_SPREAD_WINDOW_MAX);
	assert_int_equal(count("spread_copies"), 2);
	svc_wait_free(&w);
	svc_free(&s);
}

/* Says BUSY for a chunk, as the target's node would. */
static void say_busy(struct bundles_target *t)
{
	uint8_t storage[256];
	struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash hash;
	struct gn_slice bytes;
	struct gn_fb_block_message m;
	memcpy(hash.b, t->job->block.b, sizeof hash.b);
	gn_fbref body = gn_fb_chunk_ack_make(
		&fbb,
		&(struct gn_fb_chunk_ack_args){.block = &hash, .code = gn_wire_code(GN_BUSY)});
	gn_fbref root = gn_fb_block_message_make(
		&fbb, &(struct gn_fb_block_message_args){.request = t->request,
							 .body_type = GN_FB_BLOCK_BODY_CHUNK_ACK,
							 .body = body});
	assert_int_equal(gn_fbb_finish(&fbb, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_fb_block_message_verify(bytes, &m), GN_OK);
	bundles_on_target_ack(b, t, gn_fb_block_message_body_as_chunk_ack(m));
}

static void holders_that_are_busy_or_silent(void **state)
{
	(void)state;
	struct svc_wait w;
	gn_op op;
	some(3);
	have(GN_BLOCK, &w);
	assert_int_equal(gn_bundles_spread(b, hashes(&w), 3, gn_unix(s.now) + 1000, s.now, &op),
			 GN_OK);
	svc_pump(&s, 0);
	while (!b->jobs[0].target_count)
		assert_true(svc_step(&s, s.now + GN_SEC));
	struct bundles_target *first = &b->jobs[0].targets[0], *second = &b->jobs[0].targets[1];
	assert_int_equal(b->jobs[0].target_count, 2);
	assert_true(first->state == TARGET_ASKED &&
		    first->timer.node.at == b->now + BUNDLES_TARGET_TIMEOUT);
	/* of the second nothing is heard, of the first that it is busy */
	second->state = TARGET_SENDING;
	second->inflight = 1;
	second->heard = b->now - BUNDLES_TARGET_SILENT + GN_SEC;
	for (unsigned i = 1; i <= BUNDLES_TARGET_BUSY; i++) {
		say_busy(first);
		assert_int_equal(first->state, TARGET_WAITING);
		assert_true(second->timer.node.at == b->now + GN_SEC);
	}
	second->heard = b->now;
	say_busy(first);
	assert_int_equal(first->state, TARGET_REFUSED);
	assert_true(second->timer.node.at == b->now + BUNDLES_TARGET_TIMEOUT);
	svc_wait_free(&w);
	svc_free(&s);
}

static void own_blocks_go_a_day_later_a_few_at_a_time(void **state)
{
	(void)state;
	struct svc_wait w;
	some(1);
	have(GN_CHUNK, &w);
	uint64_t until = bundles_fresh_until(b);
	assert_in_range(until, gn_unix(s.now) + BUNDLES_FRESH,
			gn_unix(s.now) + BUNDLES_FRESH + 3600);
	gn_bundles_collect(b, false, s.now);
	for (uint32_t past = 0; past < 2; past++) {
		b->own_sweep = s.now;
		b->own_at = BUNDLES_SWEEP_BLOCKS + past;
		gn_bundles_tick(b, s.now);
		assert_int_equal(b->own_at, past);
		assert_true(b->own_sweep == s.now + (past ? BUNDLES_SWEEP_PAUSE : BUNDLES_SWEEP));
	}
	svc_wait_free(&w);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_taken_in_at_once),
		cmocka_unit_test(chunks_of_a_file_on_their_way_to_the_disk),
		cmocka_unit_test(an_ingest_without_memory_fails),
		cmocka_unit_test(publications_and_their_blocks),
		cmocka_unit_test(blocks_spread_at_once),
		cmocka_unit_test(chunks_on_their_way_to_holders),
		cmocka_unit_test(holders_that_are_busy_or_silent),
		cmocka_unit_test(own_blocks_go_a_day_later_a_few_at_a_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
