/* The record log against a plain map, on a disk that loses, tears and damages what it was given. */
#include "store/testing/disk_sim.h"
#include "store/log_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define KEYS 24

/* What a key may be worth. Puts and drops of a key are numbered from 1; the value of a put tells
 * its key and number. */
struct belief {
	uint32_t durable;   /* the version that is there for certain, 0 = absent */
	uint32_t last;      /* number of the last put or drop that was reported durable */
	uint32_t newest;    /* number of the last one given to the log */
	uint32_t drops[64]; /* versions that are drops, 0 = end */
	uint32_t drop_count;
};

struct rig {
	struct disk_sim disk;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_kv *kv;
	struct gn_kv_config config;
	struct belief keys[KEYS];
	struct gn_disk_request out[80]; /* requests under way */
	unsigned out_count;
	bool ready;
	gn_err ready_err;
	uint32_t entries; /* ENTRY events of this start */
	uint32_t seen[KEYS];
	unsigned stored, failed, loaded;
	uint32_t load_version;
	gn_err load_err;
	bool values_large;
};

static struct gn_hash key_of(unsigned k)
{
	struct gn_hash h = {{0}};
	h.b[0] = (uint8_t)k;
	h.b[31] = 0x5a;
	return h;
}

static size_t value_len(const struct rig *r, unsigned k, uint32_t version)
{
	size_t len = 8 + (k * 37 + version * 101) % 300;
	return r->values_large && version % 5 == 0 ? KV_VALUE_MAX - version % 7 : len;
}

/* Fills value and says how long it is. */
static size_t make_value(const struct rig *r, unsigned k, uint32_t version, uint8_t *out)
{
	size_t len = value_len(r, k, version);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(i * 7 + k + version);
	gn_put_be64(out, (uint64_t)k << 32 | version);
	return len;
}

static uint8_t scratch[KV_VALUE_MAX];

/* The version that these bytes are, whole and unchanged; fails the test otherwise. */
static uint32_t version_of(const struct rig *r, const struct gn_hash *key, struct gn_slice value)
{
	assert_true(value.len >= 8);
	uint64_t tag = gn_be64(value.p);
	assert_int_equal(tag >> 32, key->b[0]);
	size_t len = make_value(r, key->b[0], (uint32_t)tag, scratch);
	assert_int_equal(len, value.len);
	assert_memory_equal(scratch, value.p, len);
	return (uint32_t)tag;
}

static void rig_open(struct rig *r)
{
	assert_int_equal(gn_kv_new(&r->env, &r->config, &r->kv), GN_OK);
	r->out_count = 0;
	r->ready = false;
	r->entries = 0;
	memset(r->seen, 0, sizeof r->seen);
	gn_kv_start(r->kv, GN_SEC);
}

static void rig_close(struct rig *r)
{
	gn_kv_free(r->kv);
	r->kv = NULL;
	assert_int_equal(r->alloc.count, 0);
	assert_int_equal(r->alloc.used, 0);
}

static void rig_init(struct rig *r, uint64_t seed)
{
	memset(r, 0, sizeof *r);
	disk_sim_init(&r->disk, seed);
	gn_prng_init(&r->prng, seed ^ 0xabcdef);
	r->rand = gn_prng_rand(&r->prng);
	gn_alloc_heap(&r->alloc, 64u << 20);
	r->env = (struct gn_env){&r->alloc, &r->rand, NULL};
	r->config = (struct gn_kv_config){
		.dir = "kv", .segment_bytes = 3000, .value_max = KV_VALUE_MAX, .entries_max = KEYS};
}

static void rig_fini(struct rig *r)
{
	rig_close(r);
	disk_sim_fini(&r->disk);
}

static bool is_drop(const struct belief *b, uint32_t version)
{
	for (uint32_t i = 0; i < b->drop_count; i++)
		if (b->drops[i] == version)
			return true;
	return false;
}

static void handle(struct rig *r, const struct gn_kv_event *e)
{
	unsigned k = e->key.b[0];
	switch (e->kind) {
	case GN_KV_ENTRY:
		r->entries++;
		assert_true(k < KEYS && r->seen[k] == 0);
		r->seen[k] = version_of(r, &e->key, e->value);
		break;
	case GN_KV_READY:
		assert_false(r->ready);
		r->ready = true;
		r->ready_err = e->err;
		break;
	case GN_KV_STORED: {
		uint32_t version = (uint32_t)e->ticket;
		r->stored += !e->err;
		r->failed += e->err != 0;
		if (!e->err) {
			assert_true(version > r->keys[k].last);
			r->keys[k].last = version;
			r->keys[k].durable = is_drop(&r->keys[k], version) ? 0 : version;
		}
		break;
	}
	case GN_KV_LOADED:
		r->loaded++;
		r->load_err = e->err;
		r->load_version = e->err ? 0 : version_of(r, &e->key, e->value);
		break;
	}
}

/* One round: takes requests and events, performs one request at random. False when nothing was
 * to do. */
static bool step(struct rig *r)
{
	struct gn_kv_event e;
	bool busy = false;
	while (r->out_count < GN_COUNT(r->out) && gn_kv_next_request(r->kv, &r->out[r->out_count]))
		r->out_count++;
	while (gn_kv_next_event(r->kv, &e)) {
		handle(r, &e);
		busy = true;
	}
	if (gn_kv_deadline(r->kv) <= GN_SEC)
		gn_kv_tick(r->kv, GN_SEC);
	if (r->out_count == 0)
		return busy;
	unsigned i = (unsigned)gn_rand_below(&r->rand, r->out_count);
	struct gn_disk_request q = r->out[i];
	r->out[i] = r->out[--r->out_count];
	struct gn_slice data;
	gn_err err = disk_sim_perform(&r->disk, &q, &data);
	if (r->disk.crashed)
		return false;
	gn_kv_done(r->kv, q.token, err, data, GN_SEC);
	gn_kv_validate(r->kv);
	return true;
}

static void run(struct rig *r)
{
	for (int idle = 0; idle < 3 && !r->disk.crashed;)
		idle = step(r) ? 0 : idle + 1;
}

static void put(struct rig *r, unsigned k)
{
	static uint8_t value[KV_VALUE_MAX];
	struct gn_hash key = key_of(k);
	uint32_t version = ++r->keys[k].newest;
	size_t len = make_value(r, k, version, value);
	gn_err err = gn_kv_put(r->kv, &key, gn_slice(value, len), version, GN_SEC);
	if (err)
		r->keys[k].newest--;
}

static void drop(struct rig *r, unsigned k)
{
	struct gn_hash key = key_of(k);
	struct belief *b = &r->keys[k];
	if (b->drop_count == GN_COUNT(b->drops) || gn_kv_drop(r->kv, &key, b->newest + 1, GN_SEC))
		return;
	b->drops[b->drop_count++] = ++b->newest;
}

/* After a crash: each key is what its last durable put or drop left, or what a later one would
 * have left. */
static void check_recovered(struct rig *r)
{
	for (unsigned k = 0; k < KEYS; k++) {
		struct belief *b = &r->keys[k];
		uint32_t v = b->last;
		while (v <= b->newest && r->seen[k] != (is_drop(b, v) ? 0 : v))
			v++;
		assert_true(v <= b->newest);
		b->last = v;
		b->durable = r->seen[k];
		struct gn_hash key = key_of(k);
		assert_int_equal(gn_kv_have(r->kv, &key, NULL), r->seen[k] != 0);
	}
}

static void check_loads(struct rig *r)
{
	for (unsigned k = 0; k < KEYS; k++) {
		struct gn_hash key = key_of(k);
		unsigned before = r->loaded;
		gn_err err = gn_kv_load(r->kv, &key, 1, GN_SEC);
		assert_int_equal(err, r->keys[k].durable ? GN_OK : GN_NOT_FOUND);
		run(r);
		if (err)
			continue;
		assert_int_equal(r->loaded, before + 1);
		assert_int_equal(r->load_err, GN_OK);
		assert_int_equal(r->load_version, r->keys[k].durable);
	}
}

static void some_work(struct rig *r, unsigned count)
{
	for (unsigned i = 0; i < count && !r->disk.crashed; i++) {
		unsigned k = (unsigned)gn_rand_below(&r->rand, KEYS);
		switch (gn_rand_below(&r->rand, 8)) {
		case 0: drop(r, k); break;
		case 1: run(r); break;
		case 2: {
			struct gn_hash key = key_of(k);
			(void)!gn_kv_load(r->kv, &key, 2, GN_SEC);
			break;
		}
		case 3:
		case 4: step(r); break;
		default: put(r, k);
		}
		gn_kv_validate(r->kv);
	}
}

/* ---- plain use ---- */

static void puts_are_read_back_after_a_restart(void **state)
{
	struct rig *r = *state;
	rig_init(r, 1);
	r->values_large = true;
	rig_open(r);
	run(r);
	assert_true(r->ready && r->ready_err == GN_OK);
	for (unsigned round = 0; round < 6; round++) {
		some_work(r, 60);
		run(r);
		check_loads(r);
		rig_close(r);
		rig_open(r);
		run(r);
		assert_true(r->ready);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
	}
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.corrupt + info.torn, 0);
	assert_int_equal(r->failed, 0);
	assert_true(r->stored > 100);
	rig_fini(r);
}

static void puts_in_flight_become_one_group(void **state)
{
	struct rig *r = *state;
	rig_init(r, 2);
	r->config.segment_bytes = 1 << 20;
	rig_open(r);
	run(r);
	put(r, 0);
	step(r); /* the first group is out */
	uint64_t before = r->disk.requests;
	for (unsigned k = 1; k < KEYS; k++)
		put(r, k);
	run(r);
	assert_int_equal(r->stored, KEYS);
	/* rest of the first (header written; its sync, write, sync) and one write and one sync
	 * for all others */
	assert_true(r->disk.requests - before <= 5);
	rig_fini(r);
}

static void limits_are_refused_one_past_them(void **state)
{
	struct rig *r = *state;
	rig_init(r, 3);
	r->config.value_max = 100;
	r->config.entries_max = 2;
	rig_open(r);
	struct gn_hash a = key_of(0), b = key_of(1), c = key_of(2);
	uint8_t v[101] = {0};
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 100), 1, GN_SEC), GN_STATE);
	struct gn_kv_event e;
	while (!gn_kv_next_event(r->kv, &e))
		step(r);
	assert_int_equal(e.kind, GN_KV_READY);
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 101), 1, GN_SEC), GN_TOO_LARGE);
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 100), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &b, gn_slice(v, 0), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_NO_SPACE);
	assert_int_equal(gn_kv_put(r->kv, &a, gn_slice(v, 1), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_drop(r->kv, &c, 0, GN_SEC), GN_NOT_FOUND);
	assert_int_equal(gn_kv_drop(r->kv, &b, 0, GN_SEC), GN_OK);
	gn_kv_validate(r->kv);
	run(r);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_OK);
	run(r);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.entries, 2);
	rig_close(r);
	/* the same log with a smaller limit does not open, and is not touched */
	r->config.entries_max = 1;
	uint64_t bytes = disk_sim_bytes(&r->disk);
	assert_int_equal(gn_kv_new(&r->env, &r->config, &r->kv), GN_OK);
	gn_kv_start(r->kv, GN_SEC);
	while (!gn_kv_next_event(r->kv, &e))
		step(r);
	assert_int_equal(e.kind, GN_KV_READY);
	assert_int_equal(e.err, GN_LIMIT);
	assert_int_equal(disk_sim_bytes(&r->disk), bytes);
	assert_int_equal(gn_kv_load(r->kv, &a, 1, GN_SEC), GN_STATE);
	rig_fini(r);
}

static void bytes_max_is_kept(void **state)
{
	struct rig *r = *state;
	rig_init(r, 4);
	r->config.bytes_max = 2 * log_stored(1000);
	rig_open(r);
	run(r);
	uint8_t v[1000] = {0};
	struct gn_hash a = key_of(0), b = key_of(1), c = key_of(2);
	assert_int_equal(gn_kv_put(r->kv, &a, GN_SLICE(v), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &b, GN_SLICE(v), 0, GN_SEC), GN_OK);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_NO_SPACE);
	run(r);
	assert_int_equal(gn_kv_put(r->kv, &b, GN_SLICE(v), 0, GN_SEC), GN_OK);
	run(r);
	assert_int_equal(gn_kv_put(r->kv, &c, gn_slice(v, 0), 0, GN_SEC), GN_NO_SPACE);
	rig_fini(r);
}

/* ---- compaction ---- */

static void compaction_keeps_the_files_within_twice_the_live_bytes(void **state)
{
	struct rig *r = *state;
	rig_init(r, 5);
	rig_open(r);
	run(r);
	for (unsigned i = 0; i < 2000; i++) {
		put(r, (unsigned)gn_rand_below(&r->rand, KEYS));
		if (i % 3 == 0)
			run(r);
	}
	run(r);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.entries, KEYS);
	assert_true(info.compacted > 50);
	assert_true(info.file_bytes <= 2 * info.live_bytes + 2 * 3500);
	assert_true(disk_sim_bytes(&r->disk) == info.file_bytes);
	check_loads(r);
	for (unsigned k = 0; k < KEYS; k++)
		drop(r, k);
	run(r);
	for (unsigned i = 0; i < 30; i++) { /* drops go too once nothing older is left */
		put(r, 0);
		run(r);
	}
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.entries, 1);
	assert_true(info.file_bytes < 8000);
	rig_fini(r);
}

static void compaction_that_fails_is_tried_again_and_loses_nothing(void **state)
{
	struct rig *r = *state;
	for (uint64_t seed = 1; seed < 12; seed++) {
		rig_init(r, seed);
		rig_open(r);
		run(r);
		for (unsigned round = 0; round < 25; round++) {
			r->disk.fail_at = r->disk.requests + 1 + gn_rand_below(&r->rand, 12);
			r->disk.fail_err = round % 2 ? GN_DISK_FULL : GN_IO;
			some_work(r, 30);
			run(r);
			r->disk.fail_at = 0;
			run(r);
		}
		rig_close(r);
		rig_open(r);
		run(r);
		check_recovered(r);
		check_loads(r);
		rig_fini(r);
	}
}

/* ---- crashes ---- */

/* A random history cut by a crash at request n, for every n; then recovery, more work, a clean
 * restart. */
static void crash_everywhere(struct rig *r, uint64_t seed, unsigned work, uint64_t segment_bytes)
{
	uint64_t last = 0;
	for (uint64_t n = 1; n == 1 || n <= last; n++) {
		rig_init(r, seed);
		r->config.segment_bytes = segment_bytes;
		r->disk.crash_at = n;
		rig_open(r);
		run(r);
		some_work(r, work);
		run(r);
		last = n == 1 ? work * 3 : last;
		if (!r->disk.crashed)
			last = r->disk.requests;
		for (int again = 0; again < 2; again++) {
			/* the second time without any work between */
			rig_close(r);
			disk_sim_restart(&r->disk);
			if (again)
				r->disk.crash_at =
					r->disk.requests + 1 + disk_sim_below(&r->disk, 6);
			rig_open(r);
			run(r);
			if (r->disk.crashed)
				continue;
			assert_true(r->ready && r->ready_err == GN_OK);
			check_recovered(r);
		}
		rig_close(r);
		disk_sim_restart(&r->disk);
		rig_open(r);
		run(r);
		assert_true(r->ready && r->ready_err == GN_OK);
		check_recovered(r);
		some_work(r, work / 2);
		run(r);
		check_loads(r);
		rig_close(r);
		rig_open(r);
		run(r);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
		rig_fini(r);
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
	struct rig *r = *state;
	for (uint64_t seed = 300; seed < 330; seed++) {
		rig_init(r, seed);
		for (int life = 0; life < 20; life++) {
			disk_sim_restart(&r->disk);
			r->disk.crash_at = r->disk.requests + 1 + gn_rand_below(&r->rand, 40);
			rig_open(r);
			run(r);
			if (r->ready) {
				assert_int_equal(r->ready_err, GN_OK);
				check_recovered(r);
				some_work(r, 40);
				run(r);
			}
			rig_close(r);
			if (!r->disk.crashed)
				disk_sim_crash(&r->disk);
		}
		rig_open(r);
		rig_fini(r);
	}
}

/* ---- damage ---- */

/* A small log of several groups; returns the versions that are durable in r->keys. */
static void small_log(struct rig *r)
{
	rig_init(r, 9);
	r->config.segment_bytes = 1200;
	rig_open(r);
	run(r);
	for (unsigned i = 0; i < 12; i++) {
		put(r, i);
		if (i % 5 == 4)
			put(r, i - 2);
		if (i % 5 == 3)
			drop(r, i - 3);
		if (i % 2)
			run(r);
	}
	run(r);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.compacted, 0);
	assert_true(info.segments >= 3);
	rig_close(r);
}

static void reopen(struct rig *r, struct rig *from)
{
	struct disk_sim disk = r->disk;
	*r = *from;
	r->disk = disk;
	r->kv = NULL;
	gn_alloc_heap(&r->alloc, 64u << 20);
	r->rand = gn_prng_rand(&r->prng);
	r->env = (struct gn_env){&r->alloc, &r->rand, NULL};
	rig_open(r);
	run(r);
	assert_true(r->ready && r->ready_err == GN_OK);
	/* whatever is handed out is a version that was once put, whole (version_of); it can be
	 * loaded again */
	for (unsigned k = 0; k < KEYS; k++) {
		if (r->seen[k])
			assert_true(r->seen[k] <= r->keys[k].newest &&
				    !is_drop(&r->keys[k], r->seen[k]));
		r->keys[k].durable = r->seen[k];
		r->keys[k].last = 0;
	}
	check_loads(r);
	/* and later writes work and last */
	put(r, 20);
	put(r, 0);
	run(r);
	assert_true(r->keys[20].durable && r->keys[0].durable == r->keys[0].newest);
	rig_close(r);
	rig_open(r);
	run(r);
	for (unsigned k = 0; k < KEYS; k++)
		assert_int_equal(r->seen[k], r->keys[k].durable);
}

static void a_flipped_bit_anywhere_is_refused_and_counted(void **state)
{
	struct rig *base = *state;
	static struct rig r;
	unsigned lost_keys = 0, flips = 0, stale = 0;
	small_log(base);
	for (int f = 0; f < DISK_SIM_FILES; f++) {
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
			rig_fini(&r);
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
	struct rig *base = *state;
	static struct rig r;
	rig_init(base, 10);
	base->config.segment_bytes = 1 << 20;
	rig_open(base);
	run(base);
	for (unsigned k = 0; k < 10; k++) {
		put(base, k);
		put(base, k);
		run(base);
	}
	rig_close(base);
	struct disk_sim_file *f = disk_sim_find(&base->disk, "kv/00000001.log");
	assert_non_null(f);
	/* version 2 of key 4: after 4 * 2 entries of other keys and one of its own */
	size_t at = LOG_HEADER_LEN;
	for (unsigned k = 0; k < 4; k++)
		at += log_stored((uint32_t)value_len(base, k, 1)) +
		      log_stored((uint32_t)value_len(base, k, 2));
	at += log_stored((uint32_t)value_len(base, 4, 1)) + LOG_ENTRY_LEN;
	for (size_t bit = 0; bit < value_len(base, 4, 2) * 8; bit += 3) {
		disk_sim_clone(&r.disk, &base->disk);
		disk_sim_find(&r.disk, f->name)->now.p[at + bit / 8] ^= (uint8_t)(1u << bit % 8);
		struct disk_sim disk = r.disk;
		r = *base;
		r.disk = disk;
		r.rand = gn_prng_rand(&r.prng);
		r.env = (struct gn_env){&r.alloc, &r.rand, NULL};
		rig_open(&r);
		run(&r);
		struct gn_kv_info info;
		gn_kv_info(r.kv, &info);
		assert_int_equal(info.corrupt, 1);
		assert_int_equal(info.torn, 0);
		for (unsigned k = 0; k < 10; k++)
			/* and version 1 of it does not come back */
			assert_int_equal(r.seen[k], k == 4 ? 0 : 2);
		rig_fini(&r);
	}
	disk_sim_fini(&base->disk);
}

static void damage_after_the_start_is_found_by_the_load(void **state)
{
	struct rig *r = *state;
	rig_init(r, 11);
	rig_open(r);
	run(r);
	put(r, 1);
	run(r);
	disk_sim_find(&r->disk, "kv/00000001.log")->now.p[LOG_HEADER_LEN + LOG_ENTRY_LEN + 3] ^= 4;
	struct gn_hash key = key_of(1);
	assert_int_equal(gn_kv_load(r->kv, &key, 5, GN_SEC), GN_OK);
	run(r);
	assert_int_equal(r->loaded, 1);
	assert_int_equal(r->load_err, GN_CORRUPT);
	struct gn_kv_info info;
	gn_kv_info(r->kv, &info);
	assert_int_equal(info.corrupt, 1);
	rig_fini(r);
}

static void any_truncation_recovers_to_what_is_left(void **state)
{
	struct rig *base = *state;
	static struct rig r;
	rig_init(base, 12);
	base->config.segment_bytes = 1 << 20;
	rig_open(base);
	run(base);
	/* one key per group: ends[i] is the log's length when i groups were durable */
	size_t ends[11];
	ends[0] = LOG_HEADER_LEN;
	for (unsigned k = 0; k < 10; k++) {
		put(base, k);
		run(base);
		ends[k + 1] = ends[k] + log_stored((uint32_t)value_len(base, k, 1));
	}
	rig_close(base);
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
		rig_fini(&r);
	}
	disk_sim_fini(&base->disk);
}

/* The value of a key in the newest file is damaged on disk: offset is that of its entry. */
static void damage_value(struct rig *r, const char *file, size_t offset)
{
	struct disk_sim_file *f = disk_sim_find(&r->disk, file);
	assert_non_null(f);
	f->now.p[offset + LOG_ENTRY_LEN + 9] ^= 8;
}

static size_t file_len(struct rig *r, const char *file)
{
	struct disk_sim_file *f = disk_sim_find(&r->disk, file);
	return f ? f->now.len : 0;
}

static void an_unfinished_group_takes_no_key_away_not_even_later(void **state)
{
	struct rig *r = *state;
	rig_init(r, 17);
	r->config.segment_bytes = 1 << 20;
	rig_open(r);
	run(r);
	put(r, 1);
	run(r);
	size_t group = file_len(r, "kv/00000001.log");
	put(r, 1);
	put(r, 2);
	run(r);
	rig_close(r);
	/* as if the power had gone while the group was written */
	damage_value(r, "kv/00000001.log", group);
	for (unsigned life = 0; life < 4; life++) {
		rig_open(r);
		run(r);
		assert_int_equal(r->seen[1], 1);
		assert_int_equal(r->seen[2], 1);
		put(r, 3 + life);
		run(r);
		rig_close(r);
	}
	rig_open(r);
	rig_fini(r);
}

/* Two groups fail after their bytes were written; what is written next must not bring parts of
 * them back. */
static void a_failed_group_is_gone_once_a_later_one_is_durable(void **state)
{
	struct rig *r = *state;
	for (int mend_fails = 0; mend_fails < 2; mend_fails++) {
		rig_init(r, 18);
		r->config.segment_bytes = 1 << 20;
		rig_open(r);
		run(r);
		put(r, 2);
		run(r);
		uint64_t base = r->disk.requests;
		put(r, 1);
		put(r, 2);
		put(r, 4);
		r->disk.fail_at = base + 2; /* the sync */
		run(r);
		assert_int_equal(r->failed, 3);
		r->disk.fail_at = mend_fails ? r->disk.requests + 1 : 0; /* the truncation */
		put(r, 3);
		run(r);
		assert_int_equal(r->keys[3].durable, 1);
		rig_close(r);
		assert_int_equal(disk_sim_find(&r->disk, "kv/00000002.log") != NULL, mend_fails);
		rig_open(r);
		run(r);
		struct gn_kv_info info;
		gn_kv_info(r->kv, &info);
		assert_int_equal(info.torn + info.corrupt, 0);
		assert_int_equal(r->seen[1], 0);
		assert_int_equal(r->seen[2], 1);
		assert_int_equal(r->seen[3], 1);
		assert_int_equal(r->seen[4], 0);
		rig_fini(r);
	}
}

static void bytes_of_a_stranger_never_become_entries(void **state)
{
	struct rig *r = *state;
	rig_init(r, 13);
	r->config.segment_bytes = 1 << 20;
	rig_open(r);
	run(r);
	/* a value that is a whole sealed entry, right for its place but for the salt that its
	 * maker cannot know */
	uint8_t value[256] = {0}, salt[16] = {0};
	struct gn_hash bad = key_of(3), key = key_of(2);
	struct log_sum chain = {{0}};
	uint8_t tag[16];
	gn_put_be64(tag, 3ull << 32 | 1);
	log_entry_encode(LOG_PUT, &bad, GN_SLICE(tag), value);
	log_entry_seal(value, salt, 1, LOG_HEADER_LEN + LOG_ENTRY_LEN, LOG_HEADER_LEN, &chain);
	assert_int_equal(gn_kv_put(r->kv, &key, GN_SLICE(value), 1, GN_SEC), GN_OK);
	run(r);
	put(r, 5);
	run(r);
	rig_close(r);
	/* the header before it is damaged, so the scan walks through its value */
	disk_sim_find(&r->disk, "kv/00000001.log")->now.p[LOG_HEADER_LEN + 5] ^= 1;
	rig_open(r);
	run(r);
	assert_true(r->ready);
	assert_int_equal(r->entries, 1);
	assert_int_equal(r->seen[5], 1);
	rig_fini(r);
}

static void a_lost_header_is_repaired_by_its_twin_and_by_its_siblings(void **state)
{
	struct rig *base = *state;
	static struct rig r;
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
		rig_fini(&r);
	}
	disk_sim_fini(&base->disk);
}

/* ---- the machine fails ---- */

static void a_full_disk_refuses_and_recovers(void **state)
{
	struct rig *r = *state;
	for (uint64_t room = 0; room < 2000; room += 37) {
		rig_init(r, 14 + room);
		r->disk.bytes_max = room + 1;
		rig_open(r);
		run(r);
		some_work(r, 50);
		run(r);
		assert_true(r->failed > 0);
		r->disk.bytes_max = 0;
		some_work(r, 50);
		run(r);
		check_loads(r);
		rig_close(r);
		disk_sim_crash(&r->disk);
		disk_sim_restart(&r->disk);
		rig_open(r);
		run(r);
		check_recovered(r);
		rig_fini(r);
	}
}

static void reads_that_fail_delete_nothing(void **state)
{
	struct rig *r = *state;
	for (uint64_t n = 1; n < 40; n++) {
		rig_init(r, 15);
		r->config.segment_bytes = 900;
		rig_open(r);
		run(r);
		some_work(r, 120);
		run(r);
		rig_close(r);
		r->disk.fail_at = r->disk.requests + n;
		r->disk.fail_err = GN_IO;
		rig_open(r);
		run(r);
		assert_true(r->ready);
		bool hit = r->disk.requests >= r->disk.fail_at;
		if (r->ready_err == GN_OK) {
			put(r, KEYS - 1);
			run(r);
		}
		rig_close(r);
		r->disk.fail_at = 0;
		struct gn_hash last = key_of(KEYS - 1);
		(void)last;
		rig_open(r); /* the disk reads again: all is there */
		run(r);
		assert_int_equal(r->ready_err, GN_OK);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
		rig_fini(r);
		if (!hit)
			break;
	}
}

static void memory_that_fails_loses_nothing(void **state)
{
	struct rig *r = *state;
	for (uint64_t n = 1; n < 120; n++) {
		rig_init(r, 16);
		r->config.segment_bytes = 900;
		rig_open(r);
		run(r);
		some_work(r, 40);
		r->alloc.fail_at = n;
		some_work(r, 80);
		run(r);
		r->alloc.fail_at = 0;
		run(r);
		check_loads(r);
		rig_close(r);
		/* and at the start */
		r->alloc.fail_at = 1 + n % 20;
		if (gn_kv_new(&r->env, &r->config, &r->kv) == GN_OK) {
			r->ready = false;
			r->out_count = 0;
			memset(r->seen, 0, sizeof r->seen);
			gn_kv_start(r->kv, GN_SEC);
			run(r);
			assert_true(r->ready);
			assert_true(r->ready_err == GN_OK || r->ready_err == GN_NOMEM);
			rig_close(r);
		}
		r->alloc.fail_at = 0;
		rig_open(r);
		run(r);
		for (unsigned k = 0; k < KEYS; k++)
			assert_int_equal(r->seen[k], r->keys[k].durable);
		rig_fini(r);
	}
}

int main(void)
{
	static struct rig rig;
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
