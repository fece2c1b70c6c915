/* Blocks on a disk that damages, tears, refuses and loses what it was given. */
#include "store/testing/blocks_rig.h"

/* ---- damage ---- */

static void a_flipped_bit_is_refused_counted_and_removed(void **state)
{
	struct blocks_rig *r = *state;
	for (unsigned at = 0; at < 4 * BLOCK_PROOF_LEN; at += 5) {
		unsigned f = at % 2 ? 5 : 4;
		blocks_rig_init(r, 7);
		blocks_rig_open_ready(r);
		blocks_rig_put_all(r, f, GN_BLOCK_OWN, 0);
		blocks_rig_run(r);
		struct disk_sim_file *file = blocks_rig_file_on_disk(r, f);
		size_t pos = at < 2 * BLOCK_PROOF_LEN
				     ? at % BLOCK_PROOF_LEN + at / BLOCK_PROOF_LEN * BLOCK_SLOT
				     : (at * 1021u) % file->now.len;
		uint32_t chunk = (uint32_t)(pos / BLOCK_SLOT);
		bool unused = pos % BLOCK_SLOT >= 32 &&
			      /* two chunks: the proof is one hash */
			      pos % BLOCK_SLOT < BLOCK_PROOF_LEN;
		file->now.p[pos] ^= (uint8_t)(1u << at % 8);
		if (at % 3 == 0)
			blocks_rig_reopen(r);
		assert_int_equal(blocks_rig_load(r, f, 1 - chunk), GN_OK);
		blocks_rig_run(r);
		assert_int_equal(r->load_failed, 0);
		assert_int_equal(blocks_rig_load(r, f, chunk), GN_OK);
		blocks_rig_run(r);
		struct gn_blocks_info info;
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.corrupt, !unused);
		assert_int_equal(r->load_failed, !unused);
		if (!unused) {
			assert_int_equal(r->last_err, GN_CORRUPT);
			assert_false(gn_blocks_have(r->b, &rig_roots[f], NULL));
			assert_null(blocks_rig_file_on_disk(r, f));
			assert_int_equal(info.bytes, 0);
			blocks_rig_put_all(r, f, GN_BLOCK_OWN, 0); /* and can be stored again */
			blocks_rig_run(r);
			assert_true(gn_blocks_have(r->b, &rig_roots[f], NULL));
		}
		blocks_rig_fini(r);
	}
}

static void a_truncated_file_is_refused_and_counted(void **state)
{
	struct blocks_rig *r = *state;
	for (uint32_t cut = 1; cut < 2 * BLOCK_SLOT; cut += 9973) {
		blocks_rig_init(r, 8);
		blocks_rig_open_ready(r);
		blocks_rig_put_all(r, 4, GN_BLOCK_CACHE, 0);
		blocks_rig_run(r);
		struct disk_sim_file *file = blocks_rig_file_on_disk(r, 4);
		disk_sim_resize(&file->now, file->now.len - cut);
		if (cut % 2) {
			assert_int_equal(blocks_rig_load(r, 4, 1), GN_OK);
			blocks_rig_run(r);
			assert_int_equal(r->load_failed, 1);
		} else {
			blocks_rig_reopen(r);
		}
		struct gn_blocks_info info;
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.corrupt, 1);
		assert_int_equal(info.blocks + info.partial, 0);
		assert_null(blocks_rig_file_on_disk(r, 4));
		blocks_rig_fini(r);
	}
}

static void damage_in_an_incomplete_file_costs_the_chunk(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 9);
	blocks_rig_open_ready(r);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(blocks_rig_put(r, 9, i, GN_BLOCK_CACHE, 0), GN_OK);
	blocks_rig_run(r);
	blocks_rig_file_on_disk(r, 9)->now.p[5 * BLOCK_SLOT + 1000] ^= 1;
	blocks_rig_reopen(r);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(gn_blocks_have_chunk(r->b, &rig_roots[9], i), i < 8 && i != 5);
	blocks_rig_fini(r);
}

#define ZEROS "000000000000000000000000000000000000000000000000000000000000000"

static void strange_files_are_left_alone(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 10);
	static const char *const names[] = {"blocks/readme",
					    "blocks/zz/x",
					    "blocks/ab/short",
					    "blocks/AB/x",
					    "blocks/ab/" ZEROS "0.00000001.c0000000000000000",
					    "blocks/00/" ZEROS "A.00000001.c0000000000000000",
					    "blocks/00/" ZEROS "0.00200000.c0000000000000000",
					    "blocks/00/" ZEROS "0.00000001.x0000000000000000",
					    "blocks/00/" ZEROS "0.00000001.c0000000000000000.pa"};
	for (unsigned i = 0; i < GN_COUNT(names); i++)
		disk_sim_resize(&disk_sim_create(&r->disk, names[i])->now, 129);
	uint64_t before = disk_sim_bytes(&r->disk);
	blocks_rig_open_ready(r);
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.blocks + info.partial + info.corrupt, 0);
	assert_int_equal(disk_sim_bytes(&r->disk), before);
	blocks_rig_fini(r);
}

static void of_two_files_of_a_block_the_complete_one_stays(void **state)
{
	struct blocks_rig *r = *state;
	for (int order = 0; order < 2; order++) {
		blocks_rig_init(r, 11);
		blocks_rig_open_ready(r);
		blocks_rig_put_all(r, 4, GN_BLOCK_OWN, 0);
		blocks_rig_run(r);
		blocks_rig_close(r);
		char name[GN_DISK_NAME_MAX - 8];
		struct disk_sim_file *whole = blocks_rig_file_on_disk(r, 4);
		memcpy(name, whole->name, sizeof name);
		struct disk_sim_file *twin = disk_sim_create(&r->disk, "twin");
		disk_sim_copy(&twin->now, &whole->now);
		size_t at = strlen("blocks/00/") + 64 + 10; /* the class */
		if (order) {
			snprintf(twin->name, sizeof twin->name, "%s.part", name);
		} else {
			snprintf(twin->name, sizeof twin->name, "%s", name);
			snprintf(whole->name, sizeof whole->name, "%s.part", name);
		}
		twin->name[at] = whole->name[at] = 'o';
		blocks_rig_open_ready(r);
		blocks_rig_run(r);
		struct gn_blocks_info info;
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.own, 1);
		assert_int_equal(info.bytes, disk_sim_bytes(&r->disk));
		assert_string_equal(blocks_rig_file_on_disk(r, 4)->name, name);
		blocks_rig_fini(r);
	}
}

/* ---- crashes and failures ---- */

static void some_work(struct blocks_rig *r, unsigned count)
{
	static const unsigned small[] = {0, 1, 3, 5, 7};
	for (unsigned i = 0; i < count && !r->disk.crashed; i++) {
		unsigned f = small[gn_rand_below(&r->rand, GN_COUNT(small))];
		uint32_t c = (uint32_t)gn_rand_below(&r->rand, gn_block_chunks(rig_lengths[f]));
		switch (gn_rand_below(&r->rand, 8)) {
		case 0: blocks_rig_run(r); break;
		case 1: (void)!blocks_rig_load(r, f, c); break;
		case 2:
			(void)!gn_blocks_keep(r->b, &rig_roots[f],
					      (enum gn_block_keep)gn_rand_below(&r->rand, 3), 3000,
					      r->now);
			break;
		case 3:
		case 4: blocks_rig_step(r); break;
		default:
			(void)!blocks_rig_put(
				r, f, c, (enum gn_block_keep)gn_rand_below(&r->rand, 3), 2000 + i);
		}
		gn_blocks_validate(r->b);
	}
}

static void check_recovered(struct blocks_rig *r)
{
	for (unsigned f = 0; f < FILES; f++) {
		for (uint32_t i = 0; i < gn_block_chunks(rig_lengths[f]); i++) {
			bool have = gn_blocks_have_chunk(r->b, &rig_roots[f], i);
			assert_true(have || !(r->durable[f] >> i & 1));
			if (have)
				assert_int_equal(blocks_rig_load(r, f, i), GN_OK);
		}
		if (r->complete[f])
			assert_true(gn_blocks_have(r->b, &rig_roots[f], NULL));
		/* every chunk that is said to be there is there, whole: blocks_rig_handle() compares */
		blocks_rig_run(r);
	}
	assert_int_equal(r->load_failed, 0);
}

static void a_crash_at_any_request_loses_nothing_durable(void **state)
{
	struct blocks_rig *r = *state;
	for (uint64_t seed = 50; seed < 62; seed++) {
		uint64_t last = 1;
		for (uint64_t n = 1; n <= last; n++) {
			blocks_rig_init(r, seed);
			r->disk.crash_at = n;
			blocks_rig_open(r);
			blocks_rig_run(r);
			if (r->ready)
				some_work(r, 30);
			blocks_rig_run(r);
			last = r->disk.crashed ? n + 1 : 0;
			blocks_rig_close(r);
			disk_sim_restart(&r->disk);
			r->disk.crash_at =
				/* and while it recovers */
				r->disk.requests + 1 + disk_sim_below(&r->disk, 8);
			blocks_rig_open(r);
			blocks_rig_run(r);
			blocks_rig_close(r);
			disk_sim_restart(&r->disk);
			blocks_rig_open_ready(r);
			check_recovered(r);
			some_work(r, 20);
			blocks_rig_run(r);
			check_recovered(r);
			struct gn_blocks_info info;
			gn_blocks_info(r->b, &info);
			assert_int_equal(info.corrupt, 0);
			blocks_rig_fini(r);
		}
	}
}

static void requests_that_fail_are_reported_and_nothing_else_breaks(void **state)
{
	struct blocks_rig *r = *state;
	for (uint64_t seed = 60; seed < 90; seed++) {
		blocks_rig_init(r, seed);
		blocks_rig_open_ready(r);
		for (int round = 0; round < 12; round++) {
			r->disk.fail_at = r->disk.requests + 1 + gn_rand_below(&r->rand, 10);
			r->disk.fail_err = round % 2 ? GN_IO : GN_DISK_FULL;
			some_work(r, 12);
			blocks_rig_run(r);
			r->disk.fail_at = 0;
			r->now += 11 * GN_SEC; /* renames are tried again */
			blocks_rig_run(r);
		}
		r->load_failed = 0;
		check_recovered(r);
		disk_sim_crash(&r->disk);
		disk_sim_restart(&r->disk);
		blocks_rig_reopen(r);
		check_recovered(r);
		blocks_rig_fini(r);
	}
}

static void a_name_that_the_disk_refuses_is_tried_again_later(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 93);
	blocks_rig_open_ready(r);
	r->disk.fail_ops = 1u << GN_DISK_RENAME;
	blocks_rig_put_all(r, 4, GN_BLOCK_CACHE, 0);
	blocks_rig_run(r);
	assert_false(r->complete[4]);
	assert_false(gn_blocks_have(r->b, &rig_roots[4],
				    /* nobody is promised a block that a restart would have to
				     * prove again */
				    NULL));
	assert_int_equal(r->failed, 2);
	assert_true(r->disk.requests < 10);
	assert_int_equal(blocks_rig_load(r, 4, 1), GN_OK);
	blocks_rig_run(r);
	assert_int_equal(r->loaded, 1);
	r->now = gn_blocks_deadline(r->b);
	assert_int_equal(r->now, NOW + BLOCKS_RETRY);
	blocks_rig_run(r);
	assert_true(r->disk.requests < 12);
	r->disk.fail_ops = 0;
	r->now = gn_blocks_deadline(r->b);
	blocks_rig_run(r);
	assert_true(gn_blocks_have(r->b, &rig_roots[4], NULL));
	assert_int_equal(gn_blocks_deadline(r->b), GN_NEVER);
	/* a removal that fails rig_leaves a file that the next start finds */
	r->disk.fail_ops = 1u << GN_DISK_REMOVE;
	blocks_rig_file_on_disk(r, 4)->now.p[BLOCK_PROOF_LEN] ^= 1;
	assert_int_equal(blocks_rig_load(r, 4, 0), GN_OK);
	blocks_rig_run(r);
	assert_false(gn_blocks_have(r->b, &rig_roots[4], NULL));
	assert_non_null(blocks_rig_file_on_disk(r, 4));
	blocks_rig_put_all(r, 4, GN_BLOCK_OWN, 0);
	blocks_rig_run(r);
	r->disk.fail_ops = 0;
	blocks_rig_reopen(r);
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.own, 1);
	assert_int_equal(info.blocks, 1);
	blocks_rig_run(r);
	assert_int_equal(disk_sim_bytes(&r->disk), info.bytes);
	blocks_rig_fini(r);
}

static void a_part_that_cannot_be_read_stays(void **state)
{
	struct blocks_rig *r = *state;
	struct gn_blocks_info info;
	blocks_rig_init(r, 94);
	blocks_rig_open_ready(r);
	assert_int_equal(blocks_rig_put(r, 4, 0, GN_BLOCK_OWN, 0), GN_OK);
	blocks_rig_run(r);
	assert_non_null(blocks_rig_file_on_disk(r, 4));
	for (int round = 0; round < 2; round++) {
		blocks_rig_close(r);
		r->disk.fail_ops = round == 0 ? 1u << GN_DISK_READ : 0;
		r->disk.fail_err = GN_IO;
		blocks_rig_open_ready(r);
		blocks_rig_run(r);
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.partial, round); /* not known while it cannot be read */
		assert_non_null(blocks_rig_file_on_disk(r, 4));
	}
	assert_int_equal(blocks_rig_load(r, 4, 0), GN_OK);
	blocks_rig_run(r);
	assert_int_equal(r->loaded, 1);
	blocks_rig_fini(r);
}

static void memory_that_fails_loses_nothing(void **state)
{
	struct blocks_rig *r = *state;
	for (uint64_t n = 1; n < 40; n++) {
		blocks_rig_init(r, 91);
		blocks_rig_open_ready(r);
		some_work(r, 10);
		r->alloc.fail_at = n;
		some_work(r, 25);
		blocks_rig_run(r);
		r->alloc.fail_at = 0;
		blocks_rig_run(r);
		check_recovered(r);
		blocks_rig_close(r);
		r->alloc.fail_at = 1 + n % 12;
		if (gn_blocks_new(&r->env, &r->config, &r->b) == GN_OK) {
			r->out_count = 0;
			r->ready = false;
			gn_blocks_start(r->b, r->now);
			blocks_rig_run(r);
			assert_true(r->ready &&
				    (r->ready_err == GN_OK || r->ready_err == GN_NOMEM));
			blocks_rig_close(r);
		}
		r->alloc.fail_at = 0;
		blocks_rig_open_ready(r);
		check_recovered(r);
		blocks_rig_fini(r);
	}
}

static void too_much_at_once_is_refused(void **state)
{
	struct blocks_rig *r = *state;
	blocks_rig_init(r, 92);
	blocks_rig_open_ready(r);
	unsigned taken = 0;
	gn_err err = GN_OK;
	while (taken < 1000 && (err = blocks_rig_put(r, 9, taken % 16, GN_BLOCK_CACHE, 0)) == GN_OK)
		taken++;
	assert_int_equal(err, GN_BUSY);
	assert_int_equal(taken, BLOCKS_OPS);
	blocks_rig_run(r);
	assert_int_equal(r->stored, BLOCKS_OPS);
	assert_true(r->complete[9]);
	blocks_rig_fini(r);
}

int main(void)
{
	static struct blocks_rig rig;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(a_flipped_bit_is_refused_counted_and_removed, &rig),
		cmocka_unit_test_prestate(a_truncated_file_is_refused_and_counted, &rig),
		cmocka_unit_test_prestate(damage_in_an_incomplete_file_costs_the_chunk, &rig),
		cmocka_unit_test_prestate(strange_files_are_left_alone, &rig),
		cmocka_unit_test_prestate(of_two_files_of_a_block_the_complete_one_stays, &rig),
		cmocka_unit_test_prestate(a_crash_at_any_request_loses_nothing_durable, &rig),
		cmocka_unit_test_prestate(requests_that_fail_are_reported_and_nothing_else_breaks,
					  &rig),
		cmocka_unit_test_prestate(a_name_that_the_disk_refuses_is_tried_again_later, &rig),
		cmocka_unit_test_prestate(a_part_that_cannot_be_read_stays, &rig),
		cmocka_unit_test_prestate(memory_that_fails_loses_nothing, &rig),
		cmocka_unit_test_prestate(too_much_at_once_is_refused, &rig),
	};
	blocks_rig_make_blocks();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
