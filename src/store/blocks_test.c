/* Blocks against a plain model: plain use, classes and room. */
#include "store/testing/blocks_rig.h"

/* ---- plain use ---- */

static void chunks_come_back_with_their_proofs(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 1);
	blocks_rig_open_ready(r);
	for (unsigned f = 0; f < FILES; f++) {
		assert_false(gn_blocks_have(r->b, &rig_roots[f], NULL));
		assert_int_equal(blocks_rig_load(r, f, 0), GN_NOT_FOUND);
		blocks_rig_put_all(r, f, GN_BLOCK_CACHE, 0);
		blocks_rig_run(r);
		assert_true(r->complete[f]);
	}
	for (int again = 0; again < 2; again++) {
		unsigned want = 0;
		r->loaded = 0;
		for (unsigned f = 0; f < FILES; f++) {
			uint32_t len = 0;
			assert_true(gn_blocks_have(r->b, &rig_roots[f], &len));
			assert_int_equal(len, rig_lengths[f]);
			for (uint32_t i = 0; i < gn_block_chunks(rig_lengths[f]); i++, want++)
				assert_int_equal(blocks_rig_load(r, f, i), GN_OK);
			assert_int_equal(blocks_rig_load(r, f, gn_block_chunks(rig_lengths[f])),
					 GN_NOT_FOUND);
		}
		blocks_rig_run(r);
		assert_int_equal(r->loaded, want);
		assert_int_equal(r->load_failed, 0);
		blocks_rig_reopen(r);
	}
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.blocks, FILES);
	assert_int_equal(info.bytes, disk_sim_bytes(&r->disk));
	assert_true(gn_blocks_idle(r->b));
	blocks_rig_fini(r);
}

static void incomplete_blocks_serve_what_they_have_and_survive(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 2);
	blocks_rig_open_ready(r);
	assert_int_equal(blocks_rig_put(r, 9, 3, GN_BLOCK_CACHE, 0), GN_OK);
	assert_int_equal(blocks_rig_put(r, 9, 15, GN_BLOCK_CACHE, 0), GN_OK);
	blocks_rig_run(r);
	assert_false(r->last_complete);
	blocks_rig_reopen(r);
	assert_false(gn_blocks_have(r->b, &rig_roots[9], NULL));
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(gn_blocks_have_chunk(r->b, &rig_roots[9], i), i == 3 || i == 15);
	assert_int_equal(blocks_rig_load(r, 9, 15), GN_OK);
	blocks_rig_run(r);
	assert_int_equal(r->loaded, 1);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(blocks_rig_put(r, 9, i, GN_BLOCK_CACHE, 0), GN_OK);
	blocks_rig_run(r);
	assert_true(r->complete[9] && gn_blocks_have(r->b, &rig_roots[9], NULL));
	blocks_rig_fini(r);
}

/* What a folder still to be listed has of it, or the proofs still to be read, would come back. */
static void nothing_is_dropped_before_the_start_is_over(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 3);
	blocks_rig_open_ready(r);
	assert_int_equal(blocks_rig_put(r, 9, 3, GN_BLOCK_OWN, 0), GN_OK);
	blocks_rig_run(r);
	blocks_rig_close(r);
	blocks_rig_open(r);
	while (!r->ready) {
		assert_int_equal(gn_blocks_drop(r->b, &rig_roots[9]), GN_STATE);
		gn_blocks_validate(r->b);
		blocks_rig_step(r);
	}
	assert_true(gn_blocks_have_chunk(r->b, &rig_roots[9], 3));
	assert_int_equal(gn_blocks_drop(r->b, &rig_roots[9]), GN_OK);
	blocks_rig_run(r);
	assert_null(blocks_rig_file_on_disk(r, 9));
	blocks_rig_fini(r);
}

static void wrong_chunks_are_refused(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 3);
	blocks_rig_open_ready(r);
	struct gn_hash proof[GN_PROOF_MAX];
	size_t len = gn_merkle_proof(rig_leaves[9], 16, 2, proof);
	struct gn_slice chunk = gn_slice(rig_bytes[9] + 2 * GN_CHUNK, GN_CHUNK),
			other = gn_slice(rig_bytes[9], GN_CHUNK);
	struct gn_blocks *b = r->b;
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK, 2, proof, len, other,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_HASH);
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK, 3, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_HASH);
	assert_int_equal(gn_blocks_put(b, &rig_roots[8], GN_BLOCK, 2, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_HASH);
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK, 2, proof, len - 1, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_HASH);
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], 0, 0, proof, len, chunk, GN_BLOCK_CACHE, 0,
				       1, r->now),
			 GN_RANGE);
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK + 1, 2, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_RANGE);
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK, 16, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_RANGE);
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK, 2, proof, len,
				       gn_slice(chunk.p, 100), GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_RANGE);
	blocks_rig_run(r);
	assert_int_equal(disk_sim_bytes(&r->disk), 0);
	/* a length that nothing has proven gives way to another */
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK - 1, 2, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_OK);
	while (gn_blocks_have_chunk(b, &rig_roots[9], 2) == false) {
		struct gn_disk_request q;
		struct gn_slice data;
		while (gn_blocks_next_request(b, &q)) {
			gn_err err = disk_sim_perform(&r->disk, &q, &data);
			gn_blocks_done(b, q.token, err, data, r->now);
		}
	}
	struct gn_blocks_event e;
	while (gn_blocks_next_event(b, &e))
		assert_int_equal(e.err, GN_OK);
	assert_int_equal(blocks_rig_put(r, 9, 2, GN_BLOCK_CACHE, 0), GN_BUSY);
	blocks_rig_run(r);
	blocks_rig_put_all(r, 9, GN_BLOCK_CACHE, 0);
	blocks_rig_run(r);
	assert_true(gn_blocks_have(b, &rig_roots[9], NULL));
	/* and a proven one does not */
	assert_int_equal(gn_blocks_put(b, &rig_roots[9], GN_BLOCK - 1, 2, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_HASH);
	blocks_rig_fini(r);
}

/* ---- classes and room ---- */

static void room_is_made_by_the_least_recently_read_cache(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 4);
	/* room for blocks 0, 1, 2 and 7 and not for 3 beside them */
	r->config.bytes_max = block_file_len(rig_lengths[0]) + block_file_len(rig_lengths[1]) +
			      block_file_len(rig_lengths[2]) + block_file_len(rig_lengths[7]) + 200;
	blocks_rig_open_ready(r);
	blocks_rig_put_all(r, 2, GN_BLOCK_CACHE, 0);
	blocks_rig_put_all(r, 0, GN_BLOCK_CACHE, 0);
	blocks_rig_run(r);
	blocks_rig_put_all(r, 1, GN_BLOCK_OWN, 0);
	blocks_rig_put_all(r, 7, GN_BLOCK_HELD, 2000);
	blocks_rig_run(r);
	/* block 0 is the oldest now, but too small to help */
	assert_int_equal(blocks_rig_load(r, 2, 0), GN_OK);
	blocks_rig_run(r);
	assert_int_equal(blocks_rig_put(r, 4, 0, GN_BLOCK_CACHE, 0), GN_NO_SPACE);
	assert_true(gn_blocks_have(r->b, &rig_roots[0], NULL) &&
		    gn_blocks_have(r->b, &rig_roots[2], NULL)); /* nothing went for nothing */
	assert_int_equal(blocks_rig_put(r, 3, 0, GN_BLOCK_CACHE, 0), GN_OK);
	blocks_rig_run(r);
	assert_false(gn_blocks_have(r->b, &rig_roots[0], NULL));
	assert_false(gn_blocks_have(r->b, &rig_roots[2], NULL));
	assert_true(gn_blocks_have(r->b, &rig_roots[1], NULL) &&
		    gn_blocks_have(r->b, &rig_roots[7], NULL));
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.evicted, 2);
	assert_int_equal(info.own, 1);
	assert_int_equal(info.held, 1);
	assert_int_equal(info.partial, 1);
	assert_true(info.bytes <= info.bytes_max);
	assert_null(blocks_rig_file_on_disk(r, 0));
	blocks_rig_fini(r);
}

static void cached_blocks_have_a_bound_of_their_own(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 6);
	r->config.cached_max = block_file_len(rig_lengths[2]) + block_file_len(rig_lengths[0]);
	blocks_rig_open_ready(r);
	blocks_rig_put_all(r, 2, GN_BLOCK_CACHE, 0);
	blocks_rig_put_all(r, 0, GN_BLOCK_CACHE, 0);
	blocks_rig_run(r);
	blocks_rig_put_all(r, 1, GN_BLOCK_OWN, 0); /* does not count */
	blocks_rig_put_all(r, 7, GN_BLOCK_HELD, 2000);
	blocks_rig_run(r);
	assert_true(gn_blocks_have(r->b, &rig_roots[2], NULL) &&
		    gn_blocks_have(r->b, &rig_roots[0], NULL));
	/* alone larger than the bound */
	assert_int_equal(blocks_rig_put(r, 4, 0, GN_BLOCK_CACHE, 0), GN_NO_SPACE);
	assert_int_equal(gn_blocks_keep(r->b, &rig_roots[1], GN_BLOCK_CACHE, 0, r->now), GN_OK);
	blocks_rig_run(r);
	/* the bound is kept when the next block comes */
	assert_int_equal(blocks_rig_put(r, 6, 0, GN_BLOCK_OWN, 0), GN_OK);
	blocks_rig_run(r);
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_true(info.cached <= r->config.cached_max);
	assert_true(gn_blocks_have(r->b, &rig_roots[7], NULL));
	blocks_rig_fini(r);
}

static void a_store_without_room_keeps_nothing(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 5);
	r->config.bytes_max = 0;
	blocks_rig_open_ready(r);
	assert_int_equal(blocks_rig_put(r, 0, 0, GN_BLOCK_OWN, 0), GN_NO_SPACE);
	r->config.bytes_max = block_file_len(rig_lengths[1]);
	blocks_rig_reopen(r);
	assert_int_equal(blocks_rig_put(r, 2, 0, GN_BLOCK_CACHE, 0), GN_NO_SPACE);
	assert_int_equal(blocks_rig_put(r, 1, 0, GN_BLOCK_CACHE, 0), GN_OK);
	blocks_rig_run(r);
	r->config.bytes_max--; /* a smaller limit at the next start is kept too */
	blocks_rig_reopen(r);
	blocks_rig_run(r);
	assert_false(gn_blocks_have(r->b, &rig_roots[1], NULL));
	assert_int_equal(disk_sim_bytes(&r->disk), 0);
	blocks_rig_fini(r);
}

static void classes_survive_a_restart_and_promises_lapse(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 6);
	blocks_rig_open_ready(r);
	blocks_rig_put_all(r, 0, GN_BLOCK_CACHE, 0);
	blocks_rig_put_all(r, 1, GN_BLOCK_HELD, 1500);
	blocks_rig_put_all(r, 2, GN_BLOCK_OWN, 0);
	blocks_rig_run(r);
	blocks_rig_put_all(r, 0, GN_BLOCK_HELD, 1600); /* raised by a put of what is there */
	blocks_rig_put_all(r, 2, GN_BLOCK_CACHE, 0);   /* never lowered by one */
	assert_int_equal(gn_blocks_keep(r->b, &rig_roots[1], GN_BLOCK_HELD, 1200, r->now), GN_OK);
	assert_int_equal(gn_blocks_keep(r->b, &rig_roots[3], GN_BLOCK_HELD, 1200, r->now),
			 GN_NOT_FOUND);
	blocks_rig_run(r);
	for (int life = 0; life < 2; life++) {
		struct gn_hash h;
		uint32_t len;
		enum gn_block_keep keep;
		unsigned seen = 0;
		for (uint32_t i = 0; gn_blocks_at(r->b, i, &h, &len, &keep); i++, seen++) {
			static const enum gn_block_keep want[3] = {GN_BLOCK_HELD, GN_BLOCK_HELD,
								   GN_BLOCK_OWN};
			assert_int_equal(keep, want[blocks_rig_file_of(&h)]);
			assert_int_equal(len, rig_lengths[blocks_rig_file_of(&h)]);
		}
		assert_int_equal(seen, 3);
		assert_int_equal(gn_blocks_deadline(r->b), 1200 * GN_SEC);
		blocks_rig_reopen(r);
	}
	struct gn_blocks_info info;
	const gn_time week = 7 * 86400 * GN_SEC;
	r->now = 1200 * GN_SEC;
	blocks_rig_run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 2);   /* one seems over now */
	gn_blocks_clock(r->b, -2 * week); /* the clock was wrong */
	r->now += week;
	blocks_rig_run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 2);
	gn_blocks_clock(r->b, 0);
	r->now += 2 * week;
	blocks_rig_run(r);
	r->now += week;
	blocks_rig_run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 0);
	blocks_rig_reopen(r); /* names say until when: a week of this run too */
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 2);
	blocks_rig_run(r);
	r->now += week;
	blocks_rig_run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 0);
	assert_int_equal(info.own, 1);
	assert_int_equal(gn_blocks_keep(r->b, &rig_roots[2], GN_BLOCK_CACHE, 0, r->now), GN_OK);
	blocks_rig_run(r);
	blocks_rig_reopen(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.own, 0);
	assert_int_equal(info.blocks, 3);
	blocks_rig_fini(r);
}

int main(void)
{
	static struct blocks_rig rig;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(chunks_come_back_with_their_proofs, &rig),
		cmocka_unit_test_prestate(incomplete_blocks_serve_what_they_have_and_survive, &rig),
		cmocka_unit_test_prestate(nothing_is_dropped_before_the_start_is_over, &rig),
		cmocka_unit_test_prestate(wrong_chunks_are_refused, &rig),
		cmocka_unit_test_prestate(room_is_made_by_the_least_recently_read_cache, &rig),
		cmocka_unit_test_prestate(cached_blocks_have_a_bound_of_their_own, &rig),
		cmocka_unit_test_prestate(a_store_without_room_keeps_nothing, &rig),
		cmocka_unit_test_prestate(classes_survive_a_restart_and_promises_lapse, &rig),
	};
	blocks_rig_make_blocks();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
