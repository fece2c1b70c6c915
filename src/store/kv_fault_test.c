/* The record log on a disk that damages, refuses and cannot be read. */
#include "store/testing/kv_rig.h"

/* ---- damage ---- */

/* A small log of several groups; returns the versions that are durable in r->keys. */
static void small_log(struct kv_rig *r)
{
	kv_rig_init(r, 9);
	r->config.segment_bytes = 1200;
	kv_rig_open(r);
	kv_rig_run(r);
	for (unsigned i = 0; i < 12; i++) {
		kv_rig_put(r, i);
		if (i % 5 == 4)
			kv_rig_put(r, i - 2);
		if (i % 5 == 3)
			kv_rig_drop(r, i - 3);
		if (i % 2)
			kv_rig_run(r);
	}
	kv_rig_run(r);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.compacted, 0);
	assert_true(info.segments >= 3);
	kv_rig_close(r);
}

static void reopen(struct kv_rig *r, struct kv_rig *from)
{
	struct disk_sim disk = r->disk;
	*r = *from;
	r->disk = disk;
	r->kv = NULL;
	gn_alloc_heap(&r->alloc, 64u << 20);
	r->rand = gn_prng_rand(&r->prng);
	r->env = (struct gn_env){&r->alloc, &r->rand, NULL};
	kv_rig_open(r);
	kv_rig_run(r);
	assert_true(r->ready && r->ready_err == GN_OK);
	/* whatever is handed out is a version that was once put, whole (version_of); it can be
	 * loaded again */
	for (unsigned k = 0; k < KEYS; k++) {
		if (r->seen[k])
			assert_true(r->seen[k] <= r->keys[k].newest &&
				    !kv_rig_is_drop(&r->keys[k], r->seen[k]));
		r->keys[k].durable = r->seen[k];
		r->keys[k].last = 0;
	}
	kv_rig_check_loads(r);
	/* and later writes work and last */
	kv_rig_put(r, 20);
	kv_rig_put(r, 0);
	kv_rig_run(r);
	assert_true(r->keys[20].durable && r->keys[0].durable == r->keys[0].newest);
	kv_rig_close(r);
	kv_rig_open(r);
	kv_rig_run(r);
	for (unsigned k = 0; k < KEYS; k++)
		assert_int_equal(r->seen[k], r->keys[k].durable);
}

static void a_flipped_bit_anywhere_is_refused_and_counted(void **state)
{
	struct kv_rig *base = *state;
	static struct kv_rig r;
	unsigned lost_keys = 0, flips = 0, stale = 0;
	small_log(base);
	for (size_t f = 0; f < base->disk.file_cap; f++) {
		for (size_t at = 0; at < base->disk.files[f].now.len; at++) {
			disk_sim_clone(&r.disk, &base->disk);
			r.disk.files[f].now.p[at] ^= (uint8_t)(1u << at % 8);
			disk_sim_copy(&r.disk.files[f].durable, &r.disk.files[f].now);
			reopen(&r, base);
			unsigned changed = 0;
			for (unsigned k = 0; k < KEYS; k++) {
				uint32_t was = base->keys[k].durable,
					 is = k == 0 || k == 20 ? was : r.seen[k];
				changed += is != was;
				stale += is != was && is != 0;
			}
			flips++;
			lost_keys += changed;
			kv_rig_fini(&r);
		}
	}
	/* one flip costs one entry; more only in the last group; an older version shows only
	 * where it was the header that broke */
	print_message("%u flips: %u keys changed, %u to an older version\n", flips, lost_keys,
		      stale);
	assert_true(flips > 3000);
	assert_true(lost_keys <= flips);
	assert_true(stale < flips / 10);
	disk_sim_fini(&base->disk);
}

static void a_flip_in_a_value_costs_that_entry_only(void **state)
{
	struct kv_rig *base = *state;
	static struct kv_rig r;
	kv_rig_init(base, 10);
	base->config.segment_bytes = 1 << 20;
	kv_rig_open(base);
	kv_rig_run(base);
	for (unsigned k = 0; k < 10; k++) {
		kv_rig_put(base, k);
		kv_rig_put(base, k);
		kv_rig_run(base);
	}
	kv_rig_close(base);
	struct disk_sim_file *f = disk_sim_find(&base->disk, "kv/00000001.log");
	assert_non_null(f);
	/* version 2 of key 4: after 4 * 2 entries of other keys and one of its own */
	size_t at = LOG_HEADER_LEN;
	for (unsigned k = 0; k < 4; k++)
		at += log_stored((uint32_t)kv_rig_value_len(base, k, 1)) +
		      log_stored((uint32_t)kv_rig_value_len(base, k, 2));
	at += log_stored((uint32_t)kv_rig_value_len(base, 4, 1)) + LOG_ENTRY_LEN;
	for (size_t bit = 0; bit < kv_rig_value_len(base, 4, 2) * 8; bit += 3) {
		disk_sim_clone(&r.disk, &base->disk);
		disk_sim_find(&r.disk, f->name)->now.p[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
		struct disk_sim disk = r.disk;
		r = *base;
		r.disk = disk;
		r.rand = gn_prng_rand(&r.prng);
		r.env = (struct gn_env){&r.alloc, &r.rand, NULL};
		kv_rig_open(&r);
		kv_rig_run(&r);
		struct gn_kv_info info;
		gn_kv_info(r.kv, &info);
		assert_int_equal(info.corrupt, 1);
		assert_int_equal(info.torn, 0);
		for (unsigned k = 0; k < 10; k++)
			/* and version 1 of it does not come back */
			assert_int_equal(r.seen[k], k == 4 ? 0 : 2);
		kv_rig_fini(&r);
	}
	disk_sim_fini(&base->disk);
}

static void damage_after_the_start_is_found_by_the_load(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 11);
	kv_rig_open(r);
	kv_rig_run(r);
	kv_rig_put(r, 1);
	kv_rig_run(r);
	disk_sim_find(&r->disk, "kv/00000001.log")->now.p[LOG_HEADER_LEN + LOG_ENTRY_LEN + 3] ^= 4;
	struct gn_hash key = kv_rig_key_of(1);
	assert_int_equal(gn_kv_load(r->kv, &key, 5, GN_SEC), GN_OK);
	kv_rig_run(r);
	assert_int_equal(r->loaded, 1);
	assert_int_equal(r->load_err, GN_CORRUPT);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.corrupt, 1);
	kv_rig_fini(r);
}

static void any_truncation_recovers_to_what_is_left(void **state)
{
	struct kv_rig *base = *state;
	static struct kv_rig r;
	kv_rig_init(base, 12);
	base->config.segment_bytes = 1 << 20;
	kv_rig_open(base);
	kv_rig_run(base);
	/* one key per group: ends[i] is the log's length when i groups were durable */
	size_t ends[11];
	ends[0] = LOG_HEADER_LEN;
	for (unsigned k = 0; k < 10; k++) {
		kv_rig_put(base, k);
		kv_rig_run(base);
		ends[k + 1] = ends[k] + log_stored((uint32_t)kv_rig_value_len(base, k, 1));
	}
	kv_rig_close(base);
	size_t full = disk_sim_find(&base->disk, "kv/00000001.log")->now.len;
	assert_int_equal(full, ends[10]);
	for (size_t len = 0; len <= full; len++) {
		disk_sim_clone(&r.disk, &base->disk);
		disk_sim_resize(&disk_sim_find(&r.disk, "kv/00000001.log")->now, len);
		reopen(&r, base);
		for (unsigned k = 1; k < 10; k++) {
			bool whole = ends[k + 1] - 7 <= len; /* padding carries nothing */
			bool certain = ends[k + 1] <= len || ends[k + 1] - 7 > len;
			if (certain)
				assert_int_equal(r.seen[k], whole ? 1 : 0);
		}
		kv_rig_fini(&r);
	}
	disk_sim_fini(&base->disk);
}

/* The value of a key in the newest file is damaged on disk: offset is that of its entry. */
static void damage_value(struct kv_rig *r, const char *file, size_t offset)
{
	struct disk_sim_file *f = disk_sim_find(&r->disk, file);
	assert_non_null(f);
	f->now.p[offset + LOG_ENTRY_LEN + 9] ^= 8;
}

static size_t file_len(struct kv_rig *r, const char *file)
{
	struct disk_sim_file *f = disk_sim_find(&r->disk, file);
	return f ? f->now.len : 0;
}

static void an_unfinished_group_takes_no_key_away_not_even_later(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 17);
	r->config.segment_bytes = 1 << 20;
	kv_rig_open(r);
	kv_rig_run(r);
	kv_rig_put(r, 1);
	kv_rig_run(r);
	size_t group = file_len(r, "kv/00000001.log");
	kv_rig_put(r, 1);
	kv_rig_put(r, 2);
	kv_rig_run(r);
	kv_rig_close(r);
	/* as if the power had gone while the group was written */
	damage_value(r, "kv/00000001.log", group);
	for (unsigned life = 0; life < 4; life++) {
		kv_rig_open(r);
		kv_rig_run(r);
		assert_int_equal(r->seen[1], 1);
		assert_int_equal(r->seen[2], 1);
		kv_rig_put(r, 3 + life);
		kv_rig_run(r);
		kv_rig_close(r);
	}
	kv_rig_open(r);
	kv_rig_fini(r);
}

/* Two groups fail after their bytes were written; what is written next must not bring parts of
 * them back. */
static void a_failed_group_is_gone_once_a_later_one_is_durable(void **state)
{
	struct kv_rig *r = *state;
	for (int mend_fails = 0; mend_fails < 2; mend_fails++) {
		kv_rig_init(r, 18);
		r->config.segment_bytes = 1 << 20;
		kv_rig_open(r);
		kv_rig_run(r);
		kv_rig_put(r, 2);
		kv_rig_run(r);
		uint64_t base = r->disk.requests;
		kv_rig_put(r, 1);
		kv_rig_put(r, 2);
		kv_rig_put(r, 4);
		r->disk.fail_at = base + 2; /* the sync */
		kv_rig_run(r);
		assert_int_equal(r->failed, 3);
		r->disk.fail_at = mend_fails ? r->disk.requests + 1 : 0; /* the truncation */
		kv_rig_put(r, 3);
		kv_rig_run(r);
		assert_int_equal(r->keys[3].durable, 1);
		kv_rig_close(r);
		assert_int_equal(disk_sim_find(&r->disk, "kv/00000002.log") != NULL, mend_fails);
		kv_rig_open(r);
		kv_rig_run(r);
		struct gn_kv_info info;
		gn_kv_info(r->kv, &info);
		assert_int_equal(info.torn + info.corrupt, 0);
		assert_int_equal(r->seen[1], 0);
		assert_int_equal(r->seen[2], 1);
		assert_int_equal(r->seen[3], 1);
		assert_int_equal(r->seen[4], 0);
		kv_rig_fini(r);
	}
}

static void bytes_of_a_stranger_never_become_entries(void **state)
{
	struct kv_rig *r = *state;
	kv_rig_init(r, 13);
	r->config.segment_bytes = 1 << 20;
	kv_rig_open(r);
	kv_rig_run(r);
	/* a value that is a whole sealed entry, right for its place but for the salt that its
	 * maker cannot know */
	uint8_t value[256] = {0}, salt[16] = {0};
	struct gn_hash bad = kv_rig_key_of(3), key = kv_rig_key_of(2);
	struct log_sum chain = {{0}};
	uint8_t tag[16];
	gn_put_be64(tag, 3ull << 32 | 1);
	log_entry_encode(LOG_PUT, &bad, GN_SLICE(tag), value);
	log_entry_seal(value, salt, 1, LOG_HEADER_LEN + LOG_ENTRY_LEN, LOG_HEADER_LEN, &chain);
	assert_int_equal(gn_kv_put(r->kv, &key, GN_SLICE(value), 1, GN_SEC), GN_OK);
	kv_rig_run(r);
	kv_rig_put(r, 5);
	kv_rig_run(r);
	kv_rig_close(r);
	/* the header before it is damaged, so the scan walks through its value */
	disk_sim_find(&r->disk, "kv/00000001.log")->now.p[LOG_HEADER_LEN + 5] ^= 1;
	kv_rig_open(r);
	kv_rig_run(r);
	assert_true(r->ready);
	assert_int_equal(r->entries, 1);
	assert_int_equal(r->seen[5], 1);
	kv_rig_fini(r);
}

static void a_lost_header_is_repaired_by_its_twin_and_by_its_siblings(void **state)
{
	struct kv_rig *base = *state;
	static struct kv_rig r;
	small_log(base);
	for (int copies = 1; copies <= 3; copies++) {
		disk_sim_clone(&r.disk, &base->disk);
		struct disk_sim_file *f = disk_sim_find(&r.disk, "kv/00000002.log");
		assert_non_null(f);
		if (copies & 1)
			memset(f->now.p, 0xee, LOG_COPY_LEN);
		if (copies & 2)
			memset(f->now.p + LOG_COPY_LEN, 0xee, LOG_COPY_LEN);
		disk_sim_copy(&f->durable, &f->now);
		reopen(&r, base);
		for (unsigned k = 1; k < 12; k++)
			assert_int_equal(r.seen[k], base->keys[k].durable);
		kv_rig_fini(&r);
	}
	disk_sim_fini(&base->disk);
}

/* ---- the machine fails ---- */

static void a_full_disk_refuses_and_recovers(void **state)
{
	struct kv_rig *r = *state;
	for (uint64_t room = 0; room < 2000; room += 37) {
		kv_rig_init(r, 14 + room);
		r->disk.bytes_max = room + 1;
		kv_rig_open(r);
		kv_rig_run(r);
		kv_rig_some_work(r, 50);
		kv_rig_run(r);
		assert_true(r->failed > 0);
		r->disk.bytes_max = 0;
		kv_rig_some_work(r, 50);
		kv_rig_run(r);
		kv_rig_check_loads(r);
		kv_rig_close(r);
		disk_sim_crash(&r->disk);
		disk_sim_restart(&r->disk);
		kv_rig_open(r);
		kv_rig_run(r);
		kv_rig_check_recovered(r);
		kv_rig_fini(r);
	}
}

static void reads_that_fail_delete_nothing(void **state)
{
	struct kv_rig *r = *state;
	for (uint64_t n = 1; n < 40; n++) {
		kv_rig_init(r, 15);
		r->config.segment_bytes = 900;
		kv_rig_open(r);
		kv_rig_run(r);
		kv_rig_some_work(r, 120);
		kv_rig_run(r);
		kv_rig_close(r);
		r->disk.fail_at = r->disk.requests + n;
		r->disk.fail_err = GN_IO;
		kv_rig_open(r);
		kv_rig_run(r);
		assert_true(r->ready);
		bool hit = r->disk.requests >= r->disk.fail_at;
		if (r->ready_err == GN_OK) {
			kv_rig_put(r, KEYS - 1);
			kv_rig_run(r);
		}
		kv_rig_close(r);
		r->disk.fail_at = 0;
		struct gn_hash last = kv_rig_key_of(KEYS - 1);
		(void)last;
		kv_rig_open(r); /* the disk reads again: all is there */
		kv_rig_run(r);
		assert_int_equal(r->ready_err, GN_OK);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
		kv_rig_fini(r);
		if (!hit)
			break;
	}
}

static void memory_that_fails_loses_nothing(void **state)
{
	struct kv_rig *r = *state;
	for (uint64_t n = 1; n < 120; n++) {
		kv_rig_init(r, 16);
		r->config.segment_bytes = 900;
		kv_rig_open(r);
		kv_rig_run(r);
		kv_rig_some_work(r, 40);
		r->alloc.fail_at = n;
		kv_rig_some_work(r, 80);
		kv_rig_run(r);
		r->alloc.fail_at = 0;
		kv_rig_run(r);
		kv_rig_check_loads(r);
		kv_rig_close(r);
		/* and at the start */
		r->alloc.fail_at = 1 + n % 20;
		if (gn_kv_new(&r->env, &r->config, &r->kv) == GN_OK) {
			r->ready = false;
			r->out_count = 0;
			memset(r->seen, 0, sizeof r->seen);
			gn_kv_start(r->kv, GN_SEC);
			kv_rig_run(r);
			assert_true(r->ready);
			assert_true(r->ready_err == GN_OK || r->ready_err == GN_NOMEM);
			kv_rig_close(r);
		}
		r->alloc.fail_at = 0;
		kv_rig_open(r);
		kv_rig_run(r);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
		kv_rig_fini(r);
	}
}

int main(void)
{
	static struct kv_rig rig;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(a_flipped_bit_anywhere_is_refused_and_counted, &rig),
		cmocka_unit_test_prestate(a_flip_in_a_value_costs_that_entry_only, &rig),
		cmocka_unit_test_prestate(damage_after_the_start_is_found_by_the_load, &rig),
		cmocka_unit_test_prestate(any_truncation_recovers_to_what_is_left, &rig),
		cmocka_unit_test_prestate(an_unfinished_group_takes_no_key_away_not_even_later,
					  &rig),
		cmocka_unit_test_prestate(a_failed_group_is_gone_once_a_later_one_is_durable, &rig),
		cmocka_unit_test_prestate(bytes_of_a_stranger_never_become_entries, &rig),
		cmocka_unit_test_prestate(a_lost_header_is_repaired_by_its_twin_and_by_its_siblings,
					  &rig),
		cmocka_unit_test_prestate(a_full_disk_refuses_and_recovers, &rig),
		cmocka_unit_test_prestate(reads_that_fail_delete_nothing, &rig),
		cmocka_unit_test_prestate(memory_that_fails_loses_nothing, &rig),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
