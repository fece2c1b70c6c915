/* The record log against a plain map: plain use, compaction, crashes. */
#include "store/testing/kv_rig.h"

/* ---- plain use ---- */

static void puts_are_read_back_after_a_restart(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 1);
	r->values_large = true;
	kv_rig_open(r);
	kv_rig_run(r);
	assert_true(r->ready && r->ready_err == GN_OK);
	for (unsigned round = 0; round < 6; round++) {
		kv_rig_some_work(r, 60);
		kv_rig_run(r);
		kv_rig_check_loads(r);
		kv_rig_close(r);
		kv_rig_open(r);
		kv_rig_run(r);
		assert_true(r->ready);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
	}
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.corrupt + info.torn, 0);
	assert_int_equal(r->failed, 0);
	assert_true(r->stored > 100);
	kv_rig_fini(r);
}

static void puts_in_flight_become_one_group(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 2);
	r->config.segment_bytes = 1 << 20;
	kv_rig_open(r);
	kv_rig_run(r);
	kv_rig_put(r, 0);
	kv_rig_step(r); /* the first group is out */
	uint64_t before = r->disk.requests;
	for (unsigned k = 1; k < KEYS; k++)
		kv_rig_put(r, k);
	kv_rig_run(r);
	assert_int_equal(r->stored, KEYS);
	/* rest of the first (header written; its sync, write, sync) and one write and one sync
	 * for all others */
	assert_true(r->disk.requests - before <= 5);
	kv_rig_fini(r);
}

static void limits_are_refused_one_past_them(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 3);
	r->config.value_max = 100;
	r->config.entries_max = 2;
	kv_rig_open(r);
	struct gn_hash a = kv_rig_key_of(0), b = kv_rig_key_of(1), c = kv_rig_key_of(2);
	uint8_t v[101] = {0};
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 100), 1, GN_SEC), GN_STATE);
	struct gn_kv_event e;
	while (!gn_kv_next_event(r->kv, &e))
		kv_rig_step(r);
	assert_int_equal(e.kind, GN_KV_READY);
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 101), 1, GN_SEC), GN_TOO_LARGE);
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 100), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &b, gn_slice(v, 0), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_NO_SPACE);
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 1), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_drop(r->kv, &c, 0, GN_SEC), GN_NOT_FOUND);
	assert_int_equal(gn_kv_drop(r->kv, &b, 0, GN_SEC), GN_OK);
	gn_kv_validate(r->kv);
	kv_rig_run(r);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_OK);
	kv_rig_run(r);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.entries, 2);
	kv_rig_close(r);
	/* the same log with a smaller limit does not open, and is not touched */
	r->config.entries_max = 1;
	uint64_t bytes = disk_sim_bytes(&r->disk);
	assert_int_equal(gn_kv_new(&r->env, &r->config, &r->kv), GN_OK);
	gn_kv_start(r->kv, GN_SEC);
	while (!gn_kv_next_event(r->kv, &e))
		kv_rig_step(r);
	assert_int_equal(e.kind, GN_KV_READY);
	assert_int_equal(e.err, GN_LIMIT);
	assert_int_equal(disk_sim_bytes(&r->disk), bytes);
	assert_int_equal(gn_kv_load(r->kv, &a, 1, GN_SEC), GN_STATE);
	kv_rig_fini(r);
}

static void bytes_max_is_kept(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 4);
	r->config.bytes_max = 2 * log_stored(1000);
	kv_rig_open(r);
	kv_rig_run(r);
	uint8_t v[1000] = {0};
	struct gn_hash a = kv_rig_key_of(0), b = kv_rig_key_of(1), c = kv_rig_key_of(2);
	assert_int_equal(gn_kv_put(r->kv, &a, GN_SLICE(v), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &b, GN_SLICE(v), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_NO_SPACE);
	kv_rig_run(r);
	assert_int_equal(gn_kv_put(r->kv, &b, GN_SLICE(v), 0, GN_SEC), GN_OK);
	kv_rig_run(r);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_NO_SPACE);
	kv_rig_fini(r);
}

/* ---- compaction ---- */

static void compaction_keeps_the_files_within_twice_the_live_bytes(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 5);
	kv_rig_open(r);
	kv_rig_run(r);
	for (unsigned i = 0; i < 2000; i++) {
		kv_rig_put(r, (unsigned)gn_rand_below(&r->rand, KEYS));
		if (i % 3 == 0)
			kv_rig_run(r);
	}
	kv_rig_run(r);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.entries, KEYS);
	assert_true(info.compacted > 50);
	assert_true(info.file_bytes <= 2 * info.live_bytes + 2 * 3500);
	assert_true(disk_sim_bytes(&r->disk) == info.file_bytes);
	kv_rig_check_loads(r);
	for (unsigned k = 0; k < KEYS; k++)
		kv_rig_drop(r, k);
	kv_rig_run(r);
	for (unsigned i = 0; i < 30; i++) { /* drops go too once nothing older is left */
		kv_rig_put(r, 0);
		kv_rig_run(r);
	}
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.entries, 1);
	assert_true(info.file_bytes < 8000);
	kv_rig_fini(r);
}

static void compaction_that_fails_is_tried_again_and_loses_nothing(void **state)
{
	struct kv_rig *r = *state;
	for (uint64_t seed = 1; seed < 12; seed++) {
		kv_rig_init(r, seed);
		kv_rig_open(r);
		kv_rig_run(r);
		for (unsigned round = 0; round < 25; round++) {
			r->disk.fail_at = r->disk.requests + 1 + gn_rand_below(&r->rand, 12);
			r->disk.fail_err = round % 2 ? GN_DISK_FULL : GN_IO;
			kv_rig_some_work(r, 30);
			kv_rig_run(r);
			r->disk.fail_at = 0;
			kv_rig_run(r);
		}
		kv_rig_close(r);
		kv_rig_open(r);
		kv_rig_run(r);
		kv_rig_check_recovered(r);
		kv_rig_check_loads(r);
		kv_rig_fini(r);
	}
}

/* ---- crashes ---- */

/* A random history cut by a crash at request n, for every n; then recovery, more work, a clean
 * restart. */
static void crash_everywhere(struct kv_rig *r, uint64_t seed, unsigned work, uint64_t segment_bytes)
{
	uint64_t last = 0;
	for (uint64_t n = 1; n == 1 || n <= last; n++) {
		kv_rig_init(r, seed);
		r->config.segment_bytes = segment_bytes;
		r->disk.crash_at = n;
		kv_rig_open(r);
		kv_rig_run(r);
		kv_rig_some_work(r, work);
		kv_rig_run(r);
		last = n == 1 ? work * 3 : last;
		if (!r->disk.crashed)
			last = r->disk.requests;
		for (int again = 0; again < 2; again++) {
			/* the second time without any work between */
			kv_rig_close(r);
			disk_sim_restart(&r->disk);
			if (again)
				r->disk.crash_at =
					r->disk.requests + 1 + disk_sim_below(&r->disk, 6);
			kv_rig_open(r);
			kv_rig_run(r);
			if (r->disk.crashed)
				continue;
			assert_true(r->ready && r->ready_err == GN_OK);
			kv_rig_check_recovered(r);
		}
		kv_rig_close(r);
		disk_sim_restart(&r->disk);
		kv_rig_open(r);
		kv_rig_run(r);
		assert_true(r->ready && r->ready_err == GN_OK);
		kv_rig_check_recovered(r);
		kv_rig_some_work(r, work / 2);
		kv_rig_run(r);
		kv_rig_check_loads(r);
		kv_rig_close(r);
		kv_rig_open(r);
		kv_rig_run(r);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
		kv_rig_fini(r);
	}
}

static void a_crash_at_any_request_loses_nothing_durable(void **state)
{
	for (uint64_t seed = 100; seed < 108; seed++)
		crash_everywhere(*state, seed, 60, 3000);
}

static void a_crash_during_compaction_loses_nothing_durable(void **state)
{
	for (uint64_t seed = 200; seed < 204; seed++)
		crash_everywhere(*state, seed, 200, 700);
}

static void crashes_one_after_another_lose_nothing_durable(void **state)
{
	struct kv_rig *r = *state;
	for (uint64_t seed = 300; seed < 330; seed++) {
		kv_rig_init(r, seed);
		for (int life = 0; life < 20; life++) {
			disk_sim_restart(&r->disk);
			r->disk.crash_at = r->disk.requests + 1 + gn_rand_below(&r->rand, 40);
			kv_rig_open(r);
			kv_rig_run(r);
			if (r->ready) {
				assert_int_equal(r->ready_err, GN_OK);
				kv_rig_check_recovered(r);
				kv_rig_some_work(r, 40);
				kv_rig_run(r);
			}
			kv_rig_close(r);
			if (!r->disk.crashed)
				disk_sim_crash(&r->disk);
		}
		kv_rig_open(r);
		kv_rig_fini(r);
	}
}

int main(void)
{
	static struct kv_rig rig;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(puts_are_read_back_after_a_restart, &rig),
		cmocka_unit_test_prestate(puts_in_flight_become_one_group, &rig),
		cmocka_unit_test_prestate(limits_are_refused_one_past_them, &rig),
		cmocka_unit_test_prestate(bytes_max_is_kept, &rig),
		cmocka_unit_test_prestate(compaction_keeps_the_files_within_twice_the_live_bytes,
					  &rig),
		cmocka_unit_test_prestate(compaction_that_fails_is_tried_again_and_loses_nothing,
					  &rig),
		cmocka_unit_test_prestate(a_crash_at_any_request_loses_nothing_durable, &rig),
		cmocka_unit_test_prestate(a_crash_during_compaction_loses_nothing_durable, &rig),
		cmocka_unit_test_prestate(crashes_one_after_another_lose_nothing_durable, &rig),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
