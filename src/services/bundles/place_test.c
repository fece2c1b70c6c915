/* Places for blocks on their way: strangers that take them, fill them and leave them (BU-9). */
#include "services/bundles/engine_int.h"
#include "services/testing/strangers.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;

static uint64_t count(const char *name)
{
	return svc_bundles_count(&s, 0, name);
}

/* ---- places ---- */

static void a_prefix_does_not_take_all_places(void **state)
{
	(void)state;
	unsigned got = 0;
	svc_network(&s, 1, 512u << 20);
	for (unsigned k = 0; k < 8; k++) {
		struct stranger t = stranger_of(k, 1);
		got += stranger_reserve(&s, &t, 100 * k, 20);
	}
	assert_int_equal(got, BUNDLES_INCOMING / 2);
	struct stranger other = stranger_of(50, 2);
	assert_int_equal(stranger_store(&s, &other, 9000, 4096), GN_OK);
	assert_int_equal(stranger_reserve(&s, &other, 9100, 20), BUNDLES_INCOMING_PEER);
	svc_free(&s);
}

/* The same from addresses that have no prefix share: what brings nothing gives way to who brings
 * something. */
static void empty_places_give_way(void **state)
{
	(void)state;
	unsigned got = 0;
	svc_network(&s, 1, 512u << 20);
	for (unsigned k = 0; k < 8; k++) {
		struct stranger t = stranger_of(k, 300);
		got += stranger_reserve(&s, &t, 100 * k, 20);
	}
	assert_int_equal(got, BUNDLES_INCOMING);
	struct stranger honest = stranger_of(50, 300);
	assert_int_equal(stranger_store(&s, &honest, 9000, 4096),
			 GN_BUSY); /* all of them are young */
	svc_run_for(&s, BUNDLES_INCOMING_GRACE);
	for (unsigned i = 0; i < 50; i++) {
		assert_int_equal(stranger_store(&s, &honest, 9000 + i, 4096), GN_OK);
		for (unsigned k = 0; k < 8; k++) { /* who had it takes it back at once */
			struct stranger t = stranger_of(k, 300);
			stranger_reserve(&s, &t, 10000 + 1000 * k + 10 * i, 4);
		}
	}
	assert_in_range(count("keep_gave_way"), 50, 200);
	svc_free(&s);
}

static void a_place_that_brings_something_stays(void **state)
{
	(void)state;
	static uint8_t data[GN_BLOCK];
	svc_network(&s, 1, 512u << 20);
	struct stranger honest = stranger_of(50, 300);
	struct gn_hash leaves[GN_BLOCK_CHUNKS], proof[GN_PROOF_MAX], block;
	for (unsigned i = 0; i < GN_BLOCK_CHUNKS; i++)
		gn_merkle_leaf(gn_slice(data + i * GN_CHUNK, GN_CHUNK), &leaves[i]);
	gn_merkle_root(leaves, GN_BLOCK_CHUNKS, &block);
	assert_int_equal(stranger_keep(&s, &honest, &block, GN_BLOCK), GN_AGAIN);
	for (unsigned i = 0; i < GN_BLOCK_CHUNKS; i++) {
		static uint8_t storage[GN_CHUNK + 2048];
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		struct gn_fb_hash hash, path[GN_PROOF_MAX];
		size_t n = gn_merkle_proof(leaves, GN_BLOCK_CHUNKS, i, proof);
		memcpy(hash.b, block.b, sizeof hash.b);
		memcpy(path, proof, sizeof path);
		gn_fbref chunk = gn_fb_chunk_make(
			&b, &(struct gn_fb_chunk_args){.block = &hash,
						       .index = i,
						       .chunks = GN_BLOCK_CHUNKS,
						       .block_len = GN_BLOCK,
						       .proof = {path, n},
						       .data = gn_slice(data, GN_CHUNK)});
		stranger_say(
			&s, &honest, &b, GN_FB_BLOCK_BODY_CHUNK_PUT,
			gn_fb_chunk_put_make(&b, &(struct gn_fb_chunk_put_args){.chunk = chunk}));
		svc_run_for(&s, GN_SEC / 2); /* 128 KiB a second */
		for (unsigned k = 0; k < 9; k++) {
			struct stranger t = stranger_of(k, 300);
			stranger_reserve(&s, &t, 1000 * i + 100 * k, 20);
		}
	}
	assert_true(gn_blocks_have(s.nodes[0].blocks, &block, NULL));
	svc_free(&s);
}

static void a_slow_block_is_given_up(void **state)
{
	(void)state;
	svc_network(&s, 1, 512u << 20);
	struct stranger t = stranger_of(1, 1);
	assert_int_equal(stranger_reserve(&s, &t, 1, 1), 1);
	svc_run_for(&s, BUNDLES_INCOMING_TIME - GN_SEC);
	assert_int_equal(count("keep_slow"), 0);
	svc_run_for(&s, 2 * GN_SEC);
	assert_int_equal(count("keep_slow"), 1);
	gn_bundles_validate(s.nodes[0].bundles);
	svc_free(&s);
}

/* A peer that knows a block's hash takes its place before its publisher and brings nothing, says
 * another length, or sends what is false: the publisher brings the block all the same, and has
 * the receipt for it. */
static void a_place_keeps_nobody_from_bringing_the_block(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK], other[GN_CHUNK];
	struct gn_hash block;
	svc_network(&s, 1, 512u << 20);
	struct stranger squatter = stranger_of(1, 1), honest = stranger_of(50, 2);
	for (uint32_t i = 0; i < 3; i++) {
		stranger_block(i, 4096, data, &block);
		assert_int_equal(stranger_keep(&s, &squatter, &block,
					       i == 1   ? GN_BLOCK
					       : i == 2 ? 4097
							: 4096),
				 GN_AGAIN);
		assert_int_equal(stranger_keep(&s, &honest, &block, 4096), GN_AGAIN);
		stranger_put(&s, &squatter, &block, 4096, other);
		stranger_put(&s, &honest, &block, 4096, data);
		svc_run_for(&s, 20 * GN_MSEC);
		assert_int_equal(stranger_keep(&s, &honest, &block, 4096), GN_OK);
		/* counted once, promised to both */
		assert_int_equal(stranger_keep(&s, &squatter, &block, 4096), GN_OK);
	}
	assert_int_equal(count("keep_bad"), 3);
	gn_bundles_validate(s.nodes[0].bundles);
	svc_free(&s);
}

/* Half of a block came with its true length, whose last chunk proved it. */
static void a_proven_length_is_not_taken_back(void **state)
{
	(void)state;
	static uint8_t data[2 * GN_CHUNK];
	struct gn_hash leaves[2], block;
	data[GN_CHUNK] = 1;
	svc_network(&s, 1, 512u << 20);
	struct stranger squatter = stranger_of(1, 1), honest = stranger_of(50, 2);
	for (unsigned i = 0; i < 2; i++)
		gn_merkle_leaf(gn_slice(data + i * GN_CHUNK, GN_CHUNK), &leaves[i]);
	gn_merkle_root(leaves, 2, &block);
	assert_int_equal(stranger_keep(&s, &squatter, &block, sizeof data), GN_AGAIN);
	stranger_put_part(&s, &squatter, &block, sizeof data, 1, 2, &leaves[0], data + GN_CHUNK);
	/* false: its place goes, the chunk stays */
	stranger_put_part(&s, &squatter, &block, sizeof data, 0, 2, &leaves[0], data);
	svc_run_for(&s, 20 * GN_MSEC);
	assert_int_equal(count("keep_bad"), 1);
	assert_int_equal(stranger_keep(&s, &squatter, &block, sizeof data - 1), GN_HASH);
	assert_int_equal(stranger_keep(&s, &squatter, &block, GN_CHUNK), GN_HASH);
	assert_int_equal(stranger_keep(&s, &honest, &block, sizeof data), GN_AGAIN);
	stranger_put_part(&s, &honest, &block, sizeof data, 0, 2, &leaves[1], data);
	svc_run_for(&s, 20 * GN_MSEC);
	assert_int_equal(stranger_keep(&s, &honest, &block, sizeof data), GN_OK);
	svc_free(&s);
}

/* Two who ask in turn keep an empty place no longer than twice its time. */
static void a_place_passed_on_and_back_is_given_up(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK];
	struct gn_hash block;
	svc_network(&s, 1, 512u << 20);
	struct stranger one = stranger_of(1, 1), two = stranger_of(2, 2);
	stranger_block(7, 4096, data, &block);
	for (gn_time t = 0; t < 3 * BUNDLES_INCOMING_TIME; t += 4 * GN_SEC) {
		assert_int_equal(stranger_keep(&s, t / GN_SEC % 8 ? &one : &two, &block, 4096),
				 GN_AGAIN);
		svc_pump(&s, 0);
		svc_run_for(&s, 4 * GN_SEC);
	}
	assert_int_equal(count("keep_slow"), 1);
	svc_free(&s);
}

/* A place that has been slow is the next asker's, with 30 s of its own. */
static void a_slow_place_is_passed_on(void **state)
{
	(void)state;
	static uint8_t data[GN_CHUNK];
	struct gn_hash block;
	svc_network(&s, 1, 512u << 20);
	struct stranger squatter = stranger_of(1, 1), honest = stranger_of(50, 2);
	stranger_block(7, 4096, data, &block);
	assert_int_equal(stranger_keep(&s, &squatter, &block, 4096), GN_AGAIN);
	svc_run_for(&s, BUNDLES_INCOMING_TIME - GN_SEC);
	assert_int_equal(stranger_keep(&s, &honest, &block, 4096), GN_AGAIN);
	assert_int_equal(count("keep_passed_on"), 1);
	svc_pump(&s, 0);
	svc_run_for(&s, BUNDLES_INCOMING_TIME - GN_SEC);
	assert_int_equal(count("keep_slow"), 0);
	stranger_put(&s, &honest, &block, 4096, data);
	svc_run_for(&s, 20 * GN_MSEC);
	assert_true(gn_blocks_have(s.nodes[0].blocks, &block, NULL));
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_prefix_does_not_take_all_places),
		cmocka_unit_test(empty_places_give_way),
		cmocka_unit_test(a_place_that_brings_something_stays),
		cmocka_unit_test(a_slow_block_is_given_up),
		cmocka_unit_test(a_place_keeps_nobody_from_bringing_the_block),
		cmocka_unit_test(a_proven_length_is_not_taken_back),
		cmocka_unit_test(a_slow_place_is_passed_on),
		cmocka_unit_test(a_place_passed_on_and_back_is_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
