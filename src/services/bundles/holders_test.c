/* Reads from holders that die, lie, refuse or are slow (BU-12..BU-14), and publications to them. */
#include "services/testing/world.h"
#include "wire/generated/blocks_fb.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/bundles/engine_int.h"
#include "services/bundles/limits.h"

static struct svc s;

/* ---- holders that die, lie, refuse ---- */

static const struct svc_wait *victim_file;
static unsigned victim_reader, killed;

static void kill_a_holder(struct svc *x, uint64_t got)
{
	bool holds[SVC_NODES];
	if (killed || got < GN_BLOCK)
		return;
	svc_holders(x, victim_file->blocks + 64, holds); /* of the third block, still to come */
	for (unsigned i = 1; i < x->count; i++)
		if (holds[i] && i != victim_reader) {
			svc_stop(x, i);
			killed = i;
			return;
		}
}

static void killing_a_holder_in_the_middle_is_not_seen(void **state)
{
	(void)state;
	const size_t size = 6 * GN_BLOCK;
	svc_network(&s, 10, 64u << 20);
	uint8_t *data = svc_random_bytes(size, 4);
	struct svc_wait w;
	uint64_t got;
	struct gn_bundle_file f = svc_publish(&s, data, size, 3, &w);
	victim_file = &w;
	victim_reader = svc_without(&s, &w);
	killed = 0;
	svc_stop(&s, 0); /* the publisher too */
	assert_int_equal(svc_read(&s, victim_reader, &f, 0, size, data, &got, kill_a_holder),
			 GN_OK);
	assert_int_equal(got, size);
	assert_true(killed);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void liars_are_caught_and_others_asked(void **state)
{
	(void)state;
	static const unsigned lies[] = {SVC_FLIP_CHUNK, SVC_FLIP_PROOF, SVC_WRONG_BLOCK};
	for (size_t k = 0; k < GN_COUNT(lies); k++) {
		const size_t size = 2 * GN_BLOCK;
		bool holds[SVC_NODES];
		svc_network(&s, 8, 64u << 20);
		uint8_t *data = svc_random_bytes(size, 5 + k);
		struct svc_wait w;
		uint64_t got;
		struct gn_bundle_file f = svc_publish(&s, data, size, 3, &w);
		unsigned reader = svc_without(&s, &w), liars = 0;
		svc_stop(&s, 0);
		svc_holders(&s, w.blocks, holds);
		for (unsigned i = 1; i < s.count && liars < 1; i++)
			if (holds[i]) {
				s.nodes[i].lies = lies[k];
				liars++;
			}
		assert_int_equal(svc_read(&s, reader, &f, 0, size, data, &got, NULL), GN_OK);
		assert_int_equal(got, size);
		assert_true(svc_bundles_count(&s, reader, "chunks_bad") >= 1);
		assert_int_equal(svc_bundles_count(&s, reader, "holders_bad"), 1);

		for (unsigned i = 1; i < s.count; i++) /* all of them */
			s.nodes[i].lies = i == reader ? 0 : lies[k];
		unsigned other = reader;
		for (unsigned i = 1; i < s.count; i++) {
			svc_holders(&s, w.blocks, holds);
			if (i != reader && !holds[i])
				other = i;
		}
		assert_int_not_equal(other, reader);
		svc_stop(&s, reader); /* it has an honest copy by now */
		assert_int_equal(svc_read(&s, other, &f, 0, size, data, &got, NULL), GN_HASH);
		assert_int_equal(got, 0);
		free(data);
		svc_wait_free(&w);
		svc_free(&s);
	}
}

/* Flips a bit in the middle of each of the node's block files. */
static void damage_disk(unsigned node)
{
	struct svc_node *n = &s.nodes[node];
	for (size_t i = 0; i < n->disk.file_cap; i++) {
		struct gn_buf *now = &n->disk.files[i].now;
		if (n->disk.files[i].name[0] && now->len > GN_CHUNK)
			now->p[now->len / 2] ^= 0x10;
	}
}

static void damaged_disks_serve_nothing_false(void **state)
{
	(void)state;
	bool holds[SVC_NODES];
	svc_network(&s, 8, 64u << 20);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 8);
	struct svc_wait w;
	uint64_t got;
	struct gn_bundle_file f = svc_publish(&s, data, GN_BLOCK, 3, &w);
	unsigned reader = svc_without(&s, &w), damaged = 0;
	svc_holders(&s, w.blocks, holds);
	for (unsigned i = 0; i < s.count && damaged < 2; i++)
		if (holds[i]) {
			damage_disk(i);
			damaged++;
		}
	assert_int_equal(svc_read(&s, reader, &f, 0, GN_BLOCK, data, &got, NULL), GN_OK);
	/* its own copy is damaged too */
	assert_int_equal(svc_read(&s, 0, &f, 0, GN_BLOCK, data, &got, NULL), GN_OK);
	assert_int_equal(got, GN_BLOCK);
	uint64_t refused = 0;
	for (unsigned i = 0; i < s.count; i++) {
		struct gn_blocks_info info;
		gn_blocks_info(s.nodes[i].blocks, &info);
		refused += info.corrupt;
		/* it never left the holder */
		assert_int_equal(svc_bundles_count(&s, i, "chunks_bad"), 0);
	}
	assert_true(refused >= 1);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void silent_holders_cost_time_only(void **state)
{
	(void)state;
	bool holds[SVC_NODES];
	svc_network(&s, 8, 64u << 20);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 9);
	struct svc_wait w;
	uint64_t got;
	struct gn_bundle_file f = svc_publish(&s, data, GN_BLOCK, 4, &w);
	gn_time before = s.now;
	unsigned reader = svc_without(&s, &w), silent = 0;
	svc_stop(&s, 0);
	svc_holders(&s, w.blocks, holds);
	for (unsigned i = 1; i < s.count && silent < 2; i++)
		if (holds[i]) {
			s.nodes[i].lies = SVC_SILENT;
			silent++;
		}
	assert_int_equal(svc_read(&s, reader, &f, 0, GN_BLOCK, data, &got, NULL), GN_OK);
	assert_true(svc_bundles_count(&s, reader, "timeouts") >= 1);
	assert_true(s.now - before < 5 * GN_SEC); /* others' chunks say that the line is not slow */
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

/* BU-12: for a minute the others may really have too much to do. */
static void holders_that_only_say_busy_end_a_read(void **state)
{
	(void)state;
	svc_network(&s, 8, 64u << 20);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 10);
	struct svc_wait w;
	uint64_t got;
	struct gn_bundle_file f = svc_publish(&s, data, GN_BLOCK, 4, &w);
	unsigned reader = svc_without(&s, &w);
	for (unsigned i = 0; i < s.count; i++)
		s.nodes[i].lies = i == reader ? 0 : SVC_BUSY;
	for (unsigned i = 0; i < 2; i++) {
		gn_time before = s.now;
		assert_int_equal(svc_read(&s, reader, &f, 0, GN_BLOCK, data, &got, NULL),
				 GN_TIMEOUT);
		assert_int_equal(got, 0);
		assert_in_range(s.now - before, BUNDLES_REFUSED, BUNDLES_REFUSED + 20 * GN_SEC);
		svc_run_for(&s, GN_SEC); /* whoever asks at once is told the same at once */
	}
	/* and who says nothing at all does not make it longer */
	for (unsigned i = 0; i < s.count; i += 2)
		s.nodes[i].lies = i == reader ? 0 : SVC_SILENT;
	gn_time start = s.now;
	assert_int_equal(svc_read(&s, reader, &f, 0, GN_BLOCK, data, &got, NULL), GN_TIMEOUT);
	assert_in_range(s.now - start, BUNDLES_REFUSED, BUNDLES_REFUSED + 30 * GN_SEC);
	svc_run_for(&s, BUNDLES_TIMEOUT_LINE + BUNDLES_LATE);
	for (unsigned i = 0; i < s.count; i++)
		s.nodes[i].lies = i == reader ? 0 : SVC_BUSY;
	gn_op op;
	struct gn_slice bytes;
	struct gn_bundles *b = s.nodes[reader].bundles;
	assert_int_equal(gn_bundles_read(b, &f, 0, GN_BLOCK, s.now, &op), GN_OK);
	svc_pump(&s, reader);
	svc_run_for(&s, BUNDLES_REFUSED - 10 * GN_SEC);
	gn_bundles_cancel(b, op, s.now);
	svc_run_for(&s, BUNDLES_REFUSED + GN_SEC); /* nobody wants it: that does not count */
	assert_int_equal(gn_bundles_read(b, &f, 0, GN_BLOCK, s.now, &op), GN_OK);
	svc_pump(&s, reader);
	svc_run_for(&s, BUNDLES_REFUSED - 10 * GN_SEC);
	assert_int_equal(gn_bundles_read_next(b, op, &bytes, s.now), GN_AGAIN);
	for (unsigned i = 0; i < s.count; i++)
		s.nodes[i].lies = 0;
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(gn_bundles_read_next(b, op, &bytes, s.now), GN_OK);
	assert_int_equal(bytes.len, GN_CHUNK);
	gn_bundles_cancel(b, op, s.now);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

/* 3 MB over 256 kbit/s to 1 Mbit/s from holders that were never asked before: it takes minutes,
 * no chunk is asked for twice, and nobody passes for dead (BU-13). */
static void a_slow_line_reads_too(void **state)
{
	(void)state;
	static const double rates[] = {32000, 48000, 125000};
	const size_t size = 3000000;
	for (unsigned i = 0; i < GN_COUNT(rates); i++) {
		svc_network(&s, 16, 64u << 20);
		uint8_t *data = svc_random_bytes(size, 15);
		struct svc_wait w;
		uint64_t got;
		struct gn_bundle_file f = svc_publish(&s, data, size, 3, &w);
		unsigned reader = svc_without(&s, &w);
		s.down_node = reader + 1;
		s.down_rate = rates[i];
		gn_time before = s.now;
		assert_int_equal(svc_read(&s, reader, &f, 0, size, data, &got, NULL), GN_OK);
		print_message("%.0f bytes a second: %lld s\n", rates[i],
			      (long long)((s.now - before) / GN_SEC));
		assert_int_equal(svc_bundles_count(&s, reader, "timeouts"), 0);
		assert_int_equal(svc_bundles_count(&s, reader, "chunks_got"),
				 (size + GN_CHUNK - 1) / GN_CHUNK);
		free(data);
		svc_wait_free(&w);
		svc_free(&s);
	}
}

static void what_nobody_has_is_not_found(void **state)
{
	(void)state;
	svc_network(&s, 5, 64u << 20);
	struct gn_hash block = {{1, 2, 3}};
	struct gn_bundle_file f = {.size = 100, .root = block, .blocks = GN_SLICE(block.b)};
	uint64_t got;
	assert_int_equal(svc_read(&s, 2, &f, 0, 100, NULL, &got, NULL), GN_NOT_FOUND);
	assert_int_equal(svc_bundles_count(&s, 2, "reads_failed"), 1);
	assert_int_equal(got, 0);
	svc_free(&s);
}

static void nodes_without_room_are_passed_over(void **state)
{
	(void)state;
	/* nobody keeps anything */
	svc_init(&s, &(struct svc_options){.seed = 5, .nodes = 8, .peer_bytes_max = 0});
	uint8_t *data = svc_random_bytes(GN_BLOCK, 10);
	struct svc_wait w, spread;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, GN_BLOCK), &w), GN_OK);
	assert_int_equal(svc_spread(&s, 0, gn_slice(w.blocks, 32), 3, &spread), GN_QUORUM);
	assert_int_equal(spread.done, 0);
	assert_int_equal(spread.total, 3);
	assert_true(svc_bundles_count(&s, 0, "spread_refused") >= 7);
	svc_wait_free(&w);
	svc_free(&s);

	svc_network(&s, 6, 16u << 20); /* a quarter for one peer: four blocks each */
	struct gn_hash blocks[20];
	for (unsigned i = 0; i < 20; i++) {
		data[0] = (uint8_t)i;
		assert_int_equal(svc_ingest(&s, 0, gn_slice(data, GN_BLOCK), &w), GN_OK);
		memcpy(&blocks[i], w.blocks, 32);
		svc_wait_free(&w);
	}
	assert_int_equal(svc_spread(&s, 0, gn_slice(blocks, sizeof blocks), 2, &spread), GN_QUORUM);
	/* 5 nodes keep 4 each at most; some blocks count our own copy */
	assert_in_range(spread.done, 20, 39);
	for (unsigned i = 1; i < 6; i++)
		assert_true(svc_bundles_count(&s, i, "keep_taken") <= 4);
	free(data);
	svc_free(&s);
}

static void forged_receipts_do_not_count(void **state)
{
	(void)state;
	svc_network(&s, 6, 64u << 20);
	uint8_t *data = svc_random_bytes(1000, 11);
	struct svc_wait w, spread;
	for (unsigned i = 1; i < 6; i++)
		s.nodes[i].lies = SVC_FORGED_RECEIPT;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, 1000), &w), GN_OK);
	gn_err err = svc_spread(&s, 0, gn_slice(w.blocks, 32), 3, &spread);
	assert_int_equal(err, GN_QUORUM);
	assert_true(spread.done <= 1);
	assert_true(svc_bundles_count(&s, 0, "spread_bad_receipts") >= 3);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

/* BU-11: they take every chunk, sign nothing, and want it all again. */
static void who_takes_a_block_and_signs_nothing_is_passed_over(void **state)
{
	(void)state;
	svc_network(&s, 7, 64u << 20);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 12);
	struct svc_wait w, spread;
	for (unsigned i = 1; i < 4; i++)
		s.nodes[i].lies = SVC_THIRSTY;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, GN_BLOCK), &w), GN_OK);
	uint64_t before = s.nodes[0].sent;
	assert_int_equal(svc_spread(&s, 0, gn_slice(w.blocks, 32), 3, &spread), GN_OK);
	assert_in_range(s.nodes[0].sent - before, 2 * GN_BLOCK,
			(3 + 3 * BUNDLES_TARGET_ROUNDS) * GN_BLOCK * 11 / 10);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

/* The block came here while a holder was slow, and is being read from the disk when the holder's
 * chunk comes after all: there is one place for both. */
static void a_late_chunk_leaves_the_place_to_the_disk(void **state)
{
	(void)state;
	const size_t size = 3 * GN_CHUNK;
	struct svc_wait w;
	struct gn_slice got;
	gn_op op;
	svc_network(&s, 6, 64u << 20);
	uint8_t *data = svc_random_bytes(size, 21);
	struct gn_bundle_file f = svc_publish(&s, data, size, 2, &w);
	unsigned reader = svc_without(&s, &w);
	struct gn_bundles *b = s.nodes[reader].bundles;
	assert_int_equal(gn_bundles_read(b, &f, 0, size, s.now, &op), GN_OK);
	svc_pump(&s, reader);
	struct bundles_reader *r = b->readers[0];
	while (r->slots[0].state != SLOT_ASKED)
		assert_true(svc_step(&s, s.now + GN_MINUTE));
	r->slots[0].state = SLOT_LOADING;
	b->local_loads++;
	svc_run_for(&s, 20 * GN_SEC);
	struct gn_blocks_event e = {.kind = GN_BLOCKS_LOADED,
				    .ticket = gn_frame_ticket(TICKET_READ, op, 0),
				    .chunk = gn_slice(data, GN_CHUNK)};
	assert_true(gn_bundles_blocks_event(b, &e, s.now));
	assert_int_equal(gn_bundles_read_next(b, op, &got, s.now), GN_OK);
	assert_int_equal(got.len, GN_CHUNK);
	assert_memory_equal(got.p, data, GN_CHUNK);
	gn_bundles_cancel(b, op, s.now);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killing_a_holder_in_the_middle_is_not_seen),
		cmocka_unit_test(liars_are_caught_and_others_asked),
		cmocka_unit_test(damaged_disks_serve_nothing_false),
		cmocka_unit_test(silent_holders_cost_time_only),
		cmocka_unit_test(a_late_chunk_leaves_the_place_to_the_disk),
		cmocka_unit_test(holders_that_only_say_busy_end_a_read),
		cmocka_unit_test(a_slow_line_reads_too),
		cmocka_unit_test(what_nobody_has_is_not_found),
		cmocka_unit_test(nodes_without_room_are_passed_over),
		cmocka_unit_test(forged_receipts_do_not_count),
		cmocka_unit_test(who_takes_a_block_and_signs_nothing_is_passed_over),
	};
	return cmocka_run_group_tests_name("bundles", tests, NULL, NULL);
}
