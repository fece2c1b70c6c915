/* The bundles engine in small networks: files in, spread, read; bounds, senseless messages,
 * missing memory. */
#include "services/testing/world.h"
#include "wire/generated/blocks_fb.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "services/bundles/limits.h"

static struct svc s;

/* The seam of the smallest useful test: a file published on one node is read on another, byte by
 * byte. */
static void published_file_is_read_where_none_of_it_is(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, GN_CHUNK, GN_BLOCK + 1, 5 * GN_BLOCK / 2};
	svc_network(&s, 8, 64u << 20);
	uint8_t *data = svc_random_bytes(3 * GN_BLOCK, 1);
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		struct svc_wait w;
		uint64_t got;
		struct gn_bundle_file f = svc_publish(&s, data, sizes[i], 3, &w);
		for (size_t k = 0; k < w.blocks_len; k += 32)
			assert_in_range(svc_holders(&s, w.blocks + k, NULL), 3,
					4); /* ours counts only when it is among the nearest */
		unsigned reader = sizes[i] ? svc_without(&s, &w) : 3;
		uint64_t reads = svc_bundles_count(&s, reader, "reads"),
			 finds = svc_bundles_count(&s, reader, "finds");
		assert_int_equal(svc_read(&s, reader, &f, 0, f.size, data, &got, NULL), GN_OK);
		assert_int_equal(got, sizes[i]);
		/* what has no bytes is nowhere, and is not looked for */
		assert_int_equal(svc_bundles_count(&s, reader, "reads"), reads + 1);
		assert_int_equal(svc_bundles_count(&s, reader, "finds") > finds, sizes[i] > 0);
		data[0]++; /* another file next time */
		svc_wait_free(&w);
	}
	free(data);
	svc_free(&s);
}

static void ingest_names_a_file_as_the_hasher_does(void **state)
{
	(void)state;
	static const size_t sizes[] = {0,
				       1,
				       GN_CHUNK - 1,
				       GN_CHUNK + 1,
				       GN_BLOCK - 1,
				       GN_BLOCK,
				       GN_BLOCK + 1,
				       GN_BLOCK * 7 / 2};
	static struct gn_tree_hasher h;
	svc_network(&s, 1, 0);
	uint8_t *data = svc_random_bytes(4 * GN_BLOCK, 2);
	for (size_t i = 0; i < GN_COUNT(sizes); i++) {
		struct svc_wait w;
		struct gn_hash blocks[4], root;
		gn_tree_hasher_init(&h, blocks, 4);
		assert_int_equal(gn_tree_hasher_put(&h, gn_slice(data, sizes[i])), GN_OK);
		gn_tree_hasher_end(&h, &root);
		assert_int_equal(svc_ingest(&s, 0, gn_slice(data, sizes[i]), &w), GN_OK);
		assert_memory_equal(&w.root, &root, 32);
		assert_int_equal(w.blocks_len, h.block_count * 32);
		if (w.blocks_len)
			assert_memory_equal(w.blocks, blocks, w.blocks_len);
		svc_wait_free(&w);
	}
	free(data);
	svc_free(&s);
}

static void ranges_are_exact(void **state)
{
	(void)state;
	const size_t size = 3 * GN_BLOCK + 12345;
	svc_network(&s, 8, 64u << 20);
	uint8_t *data = svc_random_bytes(size, 3);
	struct svc_wait w;
	struct gn_bundle_file f = svc_publish(&s, data, size, 2, &w);
	unsigned reader = svc_without(&s, &w);
	struct gn_prng prng;
	gn_prng_init(&prng, 7);
	for (unsigned i = 0; i < 40; i++) {
		uint64_t off = i == 0   ? size - 1
			       : i == 1 ? GN_CHUNK
					: gn_prng_next(&prng) % size,
			 len = i < 2 ? 1 : gn_prng_next(&prng) % (size - off + 1), got;
		assert_int_equal(svc_read(&s, i % 2 ? reader : 0, &f, off, len, data, &got, NULL),
				 GN_OK);
		assert_int_equal(got, len);
	}
	gn_op op;
	assert_int_equal(gn_bundles_read(s.nodes[0].bundles, &f, size, 1, s.now, &op), GN_RANGE);
	assert_int_equal(gn_bundles_read(s.nodes[0].bundles, &f, 1, UINT64_MAX, s.now, &op),
			 GN_RANGE);
	f.blocks.len -= 32;
	assert_int_equal(gn_bundles_read(s.nodes[0].bundles, &f, 0, 1, s.now, &op), GN_USAGE);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static unsigned victim_reader;

/* ---- bounds ---- */

static size_t most;

static void watch_memory(struct svc *x, uint64_t got)
{
	(void)got;
	size_t used = x->nodes[victim_reader].bundles_alloc.used;
	most = used > most ? used : most;
}

static void memory_of_a_reader_is_bounded(void **state)
{
	(void)state;
	const size_t size = 64 * GN_BLOCK;
	svc_init(&s, &(struct svc_options){.seed = 6, .nodes = 6, .peer_bytes_max = 512u << 20});
	s.validate = false;
	uint8_t *data = svc_random_bytes(size, 12);
	struct svc_wait w;
	uint64_t got;
	struct gn_bundle_file f = svc_publish(&s, data, size, 2, &w);
	victim_reader = 0;
	for (unsigned i = 1; i < 6 && !victim_reader; i++) { /* the one that holds least */
		unsigned held = 0;
		bool holds[SVC_NODES];
		for (size_t k = 0; k < w.blocks_len; k += 32) {
			svc_holders(&s, w.blocks + k, holds);
			held += holds[i];
		}
		if (held < 40)
			victim_reader = i;
	}
	assert_true(victim_reader);
	most = 0;
	size_t before = s.nodes[victim_reader].bundles_alloc.used;
	gn_time start = s.now;
	assert_int_equal(svc_read(&s, victim_reader, &f, 0, size, data, &got, watch_memory), GN_OK);
	assert_int_equal(got, size);
	assert_in_range(most - before, 0, 3u << 20); /* 24 + 1 chunks of 64 KiB, and small change */
	double mb_per_s = (double)size / 1e6 / ((double)(s.now - start) / 1e9);
	print_message("64 MiB at %.0f MB/s of virtual time, at most %zu KiB in use\n", mb_per_s,
		      (most - before) >> 10);
	assert_true(mb_per_s > 50); /* lines of 100 MB/s and 10 ms: the windows keep them busy */
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void first_byte_comes_long_before_the_last(void **state)
{
	(void)state;
	const size_t size = 16 * GN_BLOCK;
	svc_init(&s,
		 &(struct svc_options){
			 .seed = 8, .nodes = 6, .peer_bytes_max = 512u << 20, .bytes_per_s = 10e6});
	s.validate = false;
	uint8_t *data = svc_random_bytes(size, 13);
	struct svc_wait w;
	struct gn_bundle_file f = svc_publish(&s, data, size, 2, &w);
	unsigned reader = 1 + (svc_holders(&s, w.blocks, NULL) == 6);
	gn_op op;
	gn_time start = s.now;
	assert_int_equal(gn_bundles_read(s.nodes[reader].bundles, &f, 0, size, s.now, &op), GN_OK);
	struct gn_slice bytes;
	gn_err err;
	while ((err = gn_bundles_read_next(s.nodes[reader].bundles, op, &bytes, s.now)) ==
	       GN_AGAIN) {
		svc_pump(&s, reader);
		assert_true(svc_step(&s, s.now + 10 * GN_SEC));
	}
	assert_int_equal(err, GN_OK);
	assert_true(s.now - start < GN_SEC / 2); /* the whole takes 1.6 s */
	gn_bundles_cancel(s.nodes[reader].bundles, op, s.now);
	assert_int_equal(gn_bundles_read_next(s.nodes[reader].bundles, op, &bytes, s.now),
			 GN_NOT_FOUND);
	svc_run_for(&s, 60 * GN_SEC); /* what was under way comes and is thrown away */
	gn_bundles_validate(s.nodes[reader].bundles);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void a_slow_network_is_waited_for(void **state)
{
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 9,
					   .nodes = 5,
					   .peer_bytes_max = 64u << 20,
					   .bytes_per_s = 200e3,
					   .delay = 400 * GN_MSEC});
	uint8_t *data = svc_random_bytes(GN_BLOCK, 14);
	struct svc_wait w;
	uint64_t got;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, GN_BLOCK), &w), GN_OK);
	struct gn_bundle_file f = svc_as_file(&w);
	struct svc_wait spread;
	assert_int_equal(svc_spread(&s, 0, gn_slice(w.blocks, 32), 1, &spread), GN_OK);
	for (unsigned i = 1; i < 5; i++)
		assert_int_equal(svc_read(&s, i, &f, 0, GN_BLOCK, data, &got, NULL), GN_OK);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

/* ---- messages that make no sense; memory that is not there ---- */

static void senseless_messages_only_count(void **state)
{
	(void)state;
	static uint8_t storage[GN_MESSAGE_MAX];
	struct gn_overlay_message m;
	svc_network(&s, 2, 64u << 20);
	struct gn_bundles *b = s.nodes[0].bundles;
	struct gn_fb_hash hash = {{9}};
	for (uint8_t type = 1; type <= 8; type++) {
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		gn_fbref body = 0;
		struct gn_slice bytes;
		gn_fbref chunk = gn_fb_chunk_make(
			&fbb, &(struct gn_fb_chunk_args){
				      .block = &hash, .index = 99, .data = GN_LIT("x")});
		switch (type) {
		case GN_FB_BLOCK_BODY_CHUNK_GET:
			body = gn_fb_chunk_get_make(
				&fbb, &(struct gn_fb_chunk_get_args){
					      .block = &hash, .first = 15, .count = 2});
			break;
		case GN_FB_BLOCK_BODY_CHUNK: body = chunk; break;
		case GN_FB_BLOCK_BODY_CHUNK_PUT:
			body = gn_fb_chunk_put_make(&fbb,
						    &(struct gn_fb_chunk_put_args){.chunk = chunk});
			break;
		case GN_FB_BLOCK_BODY_CHUNK_ACK:
			body = gn_fb_chunk_ack_make(&fbb,
						    &(struct gn_fb_chunk_ack_args){.block = &hash});
			break;
		case GN_FB_BLOCK_BODY_BLOCK_HAVE:
			body = gn_fb_block_have_make(
				&fbb, &(struct gn_fb_block_have_args){.block = &hash});
			break;
		case GN_FB_BLOCK_BODY_BLOCK_HAS:
			body = gn_fb_block_has_make(
				&fbb, &(struct gn_fb_block_has_args){.block = &hash, .held = 7});
			break;
		default:
			body = gn_fb_block_keep_make(
				&fbb, &(struct gn_fb_block_keep_args){
					      .block = &hash, .block_len = GN_BLOCK + 1, .ttl = 5});
			break;
		}
		gn_fbref root = gn_fb_block_message_make(
			&fbb, &(struct gn_fb_block_message_args){.request = 3,
								 .body_type = type < 8 ? type : 99,
								 .body = body});
		assert_int_equal(gn_fbb_finish(&fbb, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes),
				 GN_OK);
		gn_err err = gn_bundles_recv(b, &s.nodes[1].sk.pk, &s.nodes[1].addr, bytes, s.now);
		assert_int_equal(err, type < 8 ? GN_OK : GN_UNSUPPORTED);
		gn_bundles_validate(b);
		while (gn_bundles_next_message(b, &m)) {
			struct gn_fb_block_message answer;
			assert_int_equal(gn_fb_block_message_verify(m.bytes, &answer), GN_OK);
			assert_true(m.bytes.len < 400);
		}
	}
	assert_int_equal(gn_bundles_recv(b, &s.nodes[1].sk.pk, NULL, GN_LIT("nonsense"), s.now),
			 GN_MALFORMED);
	svc_free(&s);
}

static void a_greedy_peer_is_told_busy(void **state)
{
	(void)state;
	static uint8_t storage[256];
	svc_network(&s, 2, 64u << 20);
	uint8_t *data = svc_random_bytes(GN_BLOCK, 20);
	struct svc_wait w;
	assert_int_equal(svc_ingest(&s, 0, gn_slice(data, GN_BLOCK), &w), GN_OK);
	struct gn_fb_hash hash;
	memcpy(hash.b, w.blocks, 32);
	for (unsigned i = 0; i < 50; i++) {
		struct gn_fbb fbb = gn_fbb(storage, sizeof storage);
		struct gn_slice bytes;
		gn_fbref body = gn_fb_chunk_get_make(
			&fbb,
			&(struct gn_fb_chunk_get_args){.block = &hash, .first = 0, .count = 16});
		gn_fbref root = gn_fb_block_message_make(
			&fbb,
			&(struct gn_fb_block_message_args){.request = 1000 + i,
							   .body_type = GN_FB_BLOCK_BODY_CHUNK_GET,
							   .body = body});
		assert_int_equal(gn_fbb_finish(&fbb, root, GN_FB_BLOCK_MESSAGE_IDENTIFIER, &bytes),
				 GN_OK);
		assert_int_equal(gn_bundles_recv(s.nodes[0].bundles, &s.nodes[1].sk.pk,
						 &s.nodes[1].addr, bytes, s.now),
				 GN_OK);
	}
	/* 4 requests of 16 chunks fill its queue */
	assert_int_equal(svc_bundles_count(&s, 0, "serve_busy"), 46);
	svc_pump(&s, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(svc_bundles_count(&s, 0, "served"), 64);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void any_failed_allocation_is_survived(void **state)
{
	(void)state;
	const size_t size = GN_BLOCK + 100;
	uint8_t *data = svc_random_bytes(size, 21);
	unsigned failures = 0;
	svc_network(&s, 4, 64u << 20);
	struct svc_wait w;
	struct gn_bundle_file f = svc_publish(&s, data, size, 2, &w);
	for (uint64_t n = 1; n < 400; n += n < 60 ? 1 : 13) {
		uint64_t got;
		for (unsigned i = 1; i < 4; i++) { /* nothing is there before each try */
			svc_stop(&s, i);
			if (i == 3) {
				disk_sim_fini(&s.nodes[i].disk);
				disk_sim_init(&s.nodes[i].disk, i);
			}
			svc_start(&s, i);
		}
		svc_run_for(&s, 15 * GN_SEC);
		s.nodes[3].bundles_alloc.fail_at = n;
		gn_err err = svc_read(&s, 3, &f, 0, size, data, &got, NULL);
		bool hit = s.nodes[3].bundles_alloc.fail_at == 0;
		s.nodes[3].bundles_alloc.fail_at = 0;
		assert_true(err == GN_OK || err == GN_NOMEM);
		assert_true(hit || err == GN_OK);
		failures += hit;
		gn_bundles_validate(s.nodes[3].bundles);
		if (!hit)
			break;
	}
	assert_true(failures >= 20);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

static void many_readers_share_and_one_too_many_is_refused(void **state)
{
	(void)state;
	const size_t size = GN_BLOCK + 77;
	gn_op ops[64], op;
	uint64_t got[64] = {0};
	unsigned open = 64;
	svc_network(&s, 6, 64u << 20);
	s.validate = false;
	uint8_t *data = svc_random_bytes(size, 24);
	struct svc_wait w;
	struct gn_bundle_file f = svc_publish(&s, data, size, 3, &w);
	unsigned reader = svc_without(&s, &w);
	struct gn_bundles *b = s.nodes[reader].bundles;
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(gn_bundles_read(b, &f, 0, size, s.now, &ops[i]), GN_OK);
	assert_int_equal(gn_bundles_read(b, &f, 0, size, s.now, &op), GN_LIMIT);
	svc_pump(&s, reader);
	while (open) {
		for (unsigned i = 0; i < 64; i++) {
			struct gn_slice bytes;
			gn_err err = GN_AGAIN;
			if (ops[i])
				err = gn_bundles_read_next(b, ops[i], &bytes, s.now);
			if (err == GN_AGAIN)
				continue;
			assert_int_equal(err, GN_OK);
			if (bytes.len == 0) {
				assert_int_equal(got[i], size);
				ops[i] = 0;
				open--;
				continue;
			}
			assert_memory_equal(bytes.p, data + got[i], bytes.len);
			got[i] += bytes.len;
		}
		svc_pump(&s, reader);
		if (open)
			assert_true(svc_step(&s, s.now + 100 * GN_SEC));
	}
	assert_int_equal(gn_bundles_read(b, &f, 0, size, s.now, &op), GN_OK);
	free(data);
	svc_wait_free(&w);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_file_is_read_where_none_of_it_is),
		cmocka_unit_test(ingest_names_a_file_as_the_hasher_does),
		cmocka_unit_test(ranges_are_exact),
		cmocka_unit_test(memory_of_a_reader_is_bounded),
		cmocka_unit_test(first_byte_comes_long_before_the_last),
		cmocka_unit_test(a_slow_network_is_waited_for),
		cmocka_unit_test(senseless_messages_only_count),
		cmocka_unit_test(a_greedy_peer_is_told_busy),
		cmocka_unit_test(any_failed_allocation_is_survived),
		cmocka_unit_test(many_readers_share_and_one_too_many_is_refused),
	};
	return cmocka_run_group_tests_name("bundles", tests, NULL, NULL);
}
