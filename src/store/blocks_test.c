/* Blocks against a plain model, on a disk that loses, tears and damages what it was given. */
#include "store/testing/disk_sim.h"
#include "store/blocks_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FILES 10 /* blocks that the tests know */
#define NOW (1000 * GN_SEC)

/* Blocks of known bytes. Short chunks do not exist, so most have one or two, and few have all
 * sixteen. */
static const uint32_t lengths[FILES] = {1,
					100,
					GN_CHUNK,
					GN_CHUNK + 1,
					2 * GN_CHUNK,
					70000,
					3 * GN_CHUNK - 5,
					131,
					5 * GN_CHUNK + 77,
					GN_BLOCK};
static uint8_t bytes[FILES][GN_BLOCK];
static struct gn_hash leaves[FILES][GN_BLOCK_CHUNKS], roots[FILES];

static void make_blocks(void)
{
	struct gn_prng g;
	struct gn_rand rand = gn_prng_rand(&g);
	gn_prng_init(&g, 3);
	for (unsigned f = 0; f < FILES; f++) {
		gn_rand_fill(&rand, bytes[f], lengths[f]);
		uint32_t n = gn_block_chunks(lengths[f]);
		for (uint32_t i = 0; i < n; i++)
			gn_merkle_leaf(
				gn_slice(bytes[f] + i * GN_CHUNK, block_chunk_len(lengths[f], i)),
				&leaves[f][i]);
		gn_merkle_root(leaves[f], n, &roots[f]);
	}
}

struct rig {
	struct disk_sim disk;
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_blocks *b;
	struct gn_blocks_config config;
	gn_time now;
	struct gn_disk_request out[300];
	unsigned out_count;
	bool ready;
	gn_err ready_err;
	uint16_t durable[FILES]; /* chunks reported durable and not lost by removal */
	bool complete[FILES];    /* reported so */
	unsigned stored, failed, loaded, load_failed;
	gn_err last_err;
	bool last_complete;
};

static unsigned file_of(const struct gn_hash *h)
{
	for (unsigned f = 0; f < FILES; f++)
		if (memcmp(&roots[f], h, 32) == 0)
			return f;
	fail_msg("a block that was never stored");
	return 0;
}

static void rig_open(struct rig *r)
{
	assert_int_equal(gn_blocks_new(&r->env, &r->config, &r->b), GN_OK);
	r->out_count = 0;
	r->ready = false;
	gn_blocks_start(r->b, r->now);
}

static void rig_close(struct rig *r)
{
	gn_blocks_free(r->b);
	r->b = NULL;
	assert_int_equal(r->alloc.count, 0);
}

static void rig_init(struct rig *r, uint64_t seed)
{
	memset(r, 0, sizeof *r);
	disk_sim_init(&r->disk, seed);
	gn_prng_init(&r->prng, seed ^ 0x77);
	r->rand = gn_prng_rand(&r->prng);
	gn_alloc_heap(&r->alloc, 64u << 20);
	r->env = (struct gn_env){&r->alloc, &r->rand, NULL};
	r->config = (struct gn_blocks_config){.dir = "blocks", .bytes_max = UINT64_C(1) << 30};
	r->now = NOW;
}

static void rig_fini(struct rig *r)
{
	rig_close(r);
	disk_sim_fini(&r->disk);
}

static void handle(struct rig *r, const struct gn_blocks_event *e)
{
	if (e->kind == GN_BLOCKS_READY) {
		r->ready = true;
		r->ready_err = e->err;
		return;
	}
	unsigned f = file_of(&e->block);
	assert_int_equal(e->block_len, lengths[f]);
	r->last_err = e->err;
	r->last_complete = e->complete;
	if (e->kind == GN_BLOCKS_STORED) {
		r->stored += !e->err;
		r->failed += e->err != 0;
		if (!e->err)
			r->durable[f] |= (uint16_t)(1u << e->index);
		if (!e->err && e->complete)
			r->complete[f] = true;
		return;
	}
	r->loaded++;
	r->load_failed += e->err != 0;
	if (e->err)
		return;
	assert_int_equal(e->chunk.len, block_chunk_len(lengths[f], e->index));
	assert_memory_equal(e->chunk.p, bytes[f] + e->index * GN_CHUNK, e->chunk.len);
	assert_int_equal(gn_merkle_check(e->chunk, e->index, gn_block_chunks(lengths[f]), e->proof,
					 e->proof_len, &roots[f]),
			 GN_OK);
}

static bool step(struct rig *r)
{
	struct gn_blocks_event e;
	bool busy = false;
	while (r->out_count < GN_COUNT(r->out) &&
	       gn_blocks_next_request(r->b, &r->out[r->out_count]))
		r->out_count++;
	while (gn_blocks_next_event(r->b, &e)) {
		handle(r, &e);
		busy = true;
	}
	if (gn_blocks_deadline(r->b) <= r->now)
		gn_blocks_tick(r->b, r->now);
	if (r->out_count == 0)
		return busy;
	unsigned i = (unsigned)gn_rand_below(&r->rand, r->out_count);
	struct gn_disk_request q = r->out[i];
	r->out[i] = r->out[--r->out_count];
	struct gn_slice data;
	gn_err err = disk_sim_perform(&r->disk, &q, &data);
	if (r->disk.crashed)
		return false;
	gn_blocks_done(r->b, q.token, err, data, r->now);
	gn_blocks_validate(r->b);
	return true;
}

static void run(struct rig *r)
{
	for (int idle = 0; idle < 3 && !r->disk.crashed;)
		idle = step(r) ? 0 : idle + 1;
}

static gn_err put(struct rig *r, unsigned f, uint32_t i, enum gn_block_keep keep, uint64_t until)
{
	struct gn_hash proof[GN_PROOF_MAX];
	uint32_t n = gn_block_chunks(lengths[f]);
	size_t len = gn_merkle_proof(leaves[f], n, i, proof);
	struct gn_slice chunk = gn_slice(bytes[f] + i * GN_CHUNK, block_chunk_len(lengths[f], i));
	gn_err err = gn_blocks_put(r->b, &roots[f], lengths[f], i, proof, len, chunk, keep, until,
				   1, r->now);
	gn_blocks_validate(r->b);
	return err;
}

static void put_all(struct rig *r, unsigned f, enum gn_block_keep keep, uint64_t until)
{
	for (uint32_t i = 0; i < gn_block_chunks(lengths[f]); i++)
		assert_int_equal(put(r, f, i, keep, until), GN_OK);
}

static gn_err load(struct rig *r, unsigned f, uint32_t i)
{
	return gn_blocks_load(r->b, &roots[f], i, 2, r->now);
}

static struct disk_sim_file *file_on_disk(struct rig *r, unsigned f)
{
	char hex[65];
	gn_hex(GN_SLICE(roots[f].b), hex);
	for (int i = 0; i < DISK_SIM_FILES; i++)
		if (strstr(r->disk.files[i].name, hex))
			return &r->disk.files[i];
	return NULL;
}

static void open_ready(struct rig *r)
{
	rig_open(r);
	run(r);
	assert_true(r->ready && r->ready_err == GN_OK);
}

static void reopen(struct rig *r)
{
	rig_close(r);
	open_ready(r);
}

/* ---- plain use ---- */

static void chunks_come_back_with_their_proofs(void **state)
{
	struct rig *r = *state;
	rig_init(r, 1);
	open_ready(r);
	for (unsigned f = 0; f < FILES; f++) {
		assert_false(gn_blocks_have(r->b, &roots[f], NULL));
		assert_int_equal(load(r, f, 0), GN_NOT_FOUND);
		put_all(r, f, GN_BLOCK_CACHE, 0);
		run(r);
		assert_true(r->complete[f]);
	}
	for (int again = 0; again < 2; again++) {
		unsigned want = 0;
		r->loaded = 0;
		for (unsigned f = 0; f < FILES; f++) {
			uint32_t len = 0;
			assert_true(gn_blocks_have(r->b, &roots[f], &len));
			assert_int_equal(len, lengths[f]);
			for (uint32_t i = 0; i < gn_block_chunks(lengths[f]); i++, want++)
				assert_int_equal(load(r, f, i), GN_OK);
			assert_int_equal(load(r, f, gn_block_chunks(lengths[f])), GN_NOT_FOUND);
		}
		run(r);
		assert_int_equal(r->loaded, want);
		assert_int_equal(r->load_failed, 0);
		reopen(r);
	}
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.blocks, FILES);
	assert_int_equal(info.bytes, disk_sim_bytes(&r->disk));
	assert_true(gn_blocks_idle(r->b));
	rig_fini(r);
}

static void incomplete_blocks_serve_what_they_have_and_survive(void **state)
{
	struct rig *r = *state;
	rig_init(r, 2);
	open_ready(r);
	assert_int_equal(put(r, 9, 3, GN_BLOCK_CACHE, 0), GN_OK);
	assert_int_equal(put(r, 9, 15, GN_BLOCK_CACHE, 0), GN_OK);
	run(r);
	assert_false(r->last_complete);
	reopen(r);
	assert_false(gn_blocks_have(r->b, &roots[9], NULL));
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(gn_blocks_have_chunk(r->b, &roots[9], i), i == 3 || i == 15);
	assert_int_equal(load(r, 9, 15), GN_OK);
	run(r);
	assert_int_equal(r->loaded, 1);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(put(r, 9, i, GN_BLOCK_CACHE, 0), GN_OK);
	run(r);
	assert_true(r->complete[9] && gn_blocks_have(r->b, &roots[9], NULL));
	rig_fini(r);
}

static void wrong_chunks_are_refused(void **state)
{
	struct rig *r = *state;
	rig_init(r, 3);
	open_ready(r);
	struct gn_hash proof[GN_PROOF_MAX];
	size_t len = gn_merkle_proof(leaves[9], 16, 2, proof);
	struct gn_slice chunk = gn_slice(bytes[9] + 2 * GN_CHUNK, GN_CHUNK),
			other = gn_slice(bytes[9], GN_CHUNK);
	struct gn_blocks *b = r->b;
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK, 2, proof, len, other, GN_BLOCK_CACHE,
				       0, 1, r->now),
			 GN_HASH);
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK, 3, proof, len, chunk, GN_BLOCK_CACHE,
				       0, 1, r->now),
			 GN_HASH);
	assert_int_equal(gn_blocks_put(b, &roots[8], GN_BLOCK, 2, proof, len, chunk, GN_BLOCK_CACHE,
				       0, 1, r->now),
			 GN_HASH);
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK, 2, proof, len - 1, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_HASH);
	assert_int_equal(
		gn_blocks_put(b, &roots[9], 0, 0, proof, len, chunk, GN_BLOCK_CACHE, 0, 1, r->now),
		GN_RANGE);
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK + 1, 2, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_RANGE);
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK, 16, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_RANGE);
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK, 2, proof, len,
				       gn_slice(chunk.p, 100), GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_RANGE);
	run(r);
	assert_int_equal(disk_sim_bytes(&r->disk), 0);
	/* a length that nothing has proven gives way to another */
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK - 1, 2, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_OK);
	while (gn_blocks_have_chunk(b, &roots[9], 2) == false) {
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
	assert_int_equal(put(r, 9, 2, GN_BLOCK_CACHE, 0), GN_BUSY);
	run(r);
	put_all(r, 9, GN_BLOCK_CACHE, 0);
	run(r);
	assert_true(gn_blocks_have(b, &roots[9], NULL));
	/* and a proven one does not */
	assert_int_equal(gn_blocks_put(b, &roots[9], GN_BLOCK - 1, 2, proof, len, chunk,
				       GN_BLOCK_CACHE, 0, 1, r->now),
			 GN_HASH);
	rig_fini(r);
}

/* ---- classes and room ---- */

static void room_is_made_by_the_least_recently_read_cache(void **state)
{
	struct rig *r = *state;
	rig_init(r, 4);
	/* room for blocks 0, 1, 2 and 7 and not for 3 beside them */
	r->config.bytes_max = block_file_len(lengths[0]) + block_file_len(lengths[1]) +
			      block_file_len(lengths[2]) + block_file_len(lengths[7]) + 200;
	open_ready(r);
	put_all(r, 2, GN_BLOCK_CACHE, 0);
	put_all(r, 0, GN_BLOCK_CACHE, 0);
	run(r);
	put_all(r, 1, GN_BLOCK_OWN, 0);
	put_all(r, 7, GN_BLOCK_HELD, 2000);
	run(r);
	/* block 0 is the oldest now, but too small to help */
	assert_int_equal(load(r, 2, 0), GN_OK);
	run(r);
	assert_int_equal(put(r, 4, 0, GN_BLOCK_CACHE, 0), GN_NO_SPACE);
	assert_true(gn_blocks_have(r->b, &roots[0], NULL) &&
		    gn_blocks_have(r->b, &roots[2], NULL)); /* nothing went for nothing */
	assert_int_equal(put(r, 3, 0, GN_BLOCK_CACHE, 0), GN_OK);
	run(r);
	assert_false(gn_blocks_have(r->b, &roots[0], NULL));
	assert_false(gn_blocks_have(r->b, &roots[2], NULL));
	assert_true(gn_blocks_have(r->b, &roots[1], NULL) && gn_blocks_have(r->b, &roots[7], NULL));
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.evicted, 2);
	assert_int_equal(info.own, 1);
	assert_int_equal(info.held, 1);
	assert_int_equal(info.partial, 1);
	assert_true(info.bytes <= info.bytes_max);
	assert_null(file_on_disk(r, 0));
	rig_fini(r);
}

static void cached_blocks_have_a_bound_of_their_own(void **state)
{
	struct rig *r = *state;
	rig_init(r, 6);
	r->config.cached_max = block_file_len(lengths[2]) + block_file_len(lengths[0]);
	open_ready(r);
	put_all(r, 2, GN_BLOCK_CACHE, 0);
	put_all(r, 0, GN_BLOCK_CACHE, 0);
	run(r);
	put_all(r, 1, GN_BLOCK_OWN, 0); /* does not count */
	put_all(r, 7, GN_BLOCK_HELD, 2000);
	run(r);
	assert_true(gn_blocks_have(r->b, &roots[2], NULL) && gn_blocks_have(r->b, &roots[0], NULL));
	/* alone larger than the bound */
	assert_int_equal(put(r, 4, 0, GN_BLOCK_CACHE, 0), GN_NO_SPACE);
	assert_int_equal(gn_blocks_keep(r->b, &roots[1], GN_BLOCK_CACHE, 0, r->now), GN_OK);
	run(r);
	/* the bound is kept when the next block comes */
	assert_int_equal(put(r, 6, 0, GN_BLOCK_OWN, 0), GN_OK);
	run(r);
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_true(info.cached <= r->config.cached_max);
	assert_true(gn_blocks_have(r->b, &roots[7], NULL));
	rig_fini(r);
}

static void a_store_without_room_keeps_nothing(void **state)
{
	struct rig *r = *state;
	rig_init(r, 5);
	r->config.bytes_max = 0;
	open_ready(r);
	assert_int_equal(put(r, 0, 0, GN_BLOCK_OWN, 0), GN_NO_SPACE);
	r->config.bytes_max = block_file_len(lengths[1]);
	reopen(r);
	assert_int_equal(put(r, 2, 0, GN_BLOCK_CACHE, 0), GN_NO_SPACE);
	assert_int_equal(put(r, 1, 0, GN_BLOCK_CACHE, 0), GN_OK);
	run(r);
	r->config.bytes_max--; /* a smaller limit at the next start is kept too */
	reopen(r);
	run(r);
	assert_false(gn_blocks_have(r->b, &roots[1], NULL));
	assert_int_equal(disk_sim_bytes(&r->disk), 0);
	rig_fini(r);
}

static void classes_survive_a_restart_and_promises_lapse(void **state)
{
	struct rig *r = *state;
	rig_init(r, 6);
	open_ready(r);
	put_all(r, 0, GN_BLOCK_CACHE, 0);
	put_all(r, 1, GN_BLOCK_HELD, 1500);
	put_all(r, 2, GN_BLOCK_OWN, 0);
	run(r);
	put_all(r, 0, GN_BLOCK_HELD, 1600); /* raised by a put of what is there */
	put_all(r, 2, GN_BLOCK_CACHE, 0);   /* never lowered by one */
	assert_int_equal(gn_blocks_keep(r->b, &roots[1], GN_BLOCK_HELD, 1200, r->now), GN_OK);
	assert_int_equal(gn_blocks_keep(r->b, &roots[3], GN_BLOCK_HELD, 1200, r->now),
			 GN_NOT_FOUND);
	run(r);
	for (int life = 0; life < 2; life++) {
		struct gn_hash h;
		uint32_t len;
		enum gn_block_keep keep;
		unsigned seen = 0;
		for (uint32_t i = 0; gn_blocks_at(r->b, i, &h, &len, &keep); i++, seen++) {
			static const enum gn_block_keep want[3] = {GN_BLOCK_HELD, GN_BLOCK_HELD,
								   GN_BLOCK_OWN};
			assert_int_equal(keep, want[file_of(&h)]);
			assert_int_equal(len, lengths[file_of(&h)]);
		}
		assert_int_equal(seen, 3);
		assert_int_equal(gn_blocks_deadline(r->b), 1200 * GN_SEC);
		reopen(r);
	}
	struct gn_blocks_info info;
	const gn_time week = 7 * 86400 * GN_SEC;
	r->now = 1200 * GN_SEC;
	run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 2);   /* one seems over now */
	gn_blocks_clock(r->b, -2 * week); /* the clock was wrong */
	r->now += week;
	run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 2);
	gn_blocks_clock(r->b, 0);
	r->now += 2 * week;
	run(r);
	r->now += week;
	run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 0);
	reopen(r); /* names say until when: a week of this run too */
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 2);
	run(r);
	r->now += week;
	run(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.held, 0);
	assert_int_equal(info.own, 1);
	assert_int_equal(gn_blocks_keep(r->b, &roots[2], GN_BLOCK_CACHE, 0, r->now), GN_OK);
	run(r);
	reopen(r);
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.own, 0);
	assert_int_equal(info.blocks, 3);
	rig_fini(r);
}

/* ---- damage ---- */

static void a_flipped_bit_is_refused_counted_and_removed(void **state)
{
	struct rig *r = *state;
	for (unsigned at = 0; at < 4 * BLOCK_PROOF_LEN; at += 5) {
		unsigned f = at % 2 ? 5 : 4;
		rig_init(r, 7);
		open_ready(r);
		put_all(r, f, GN_BLOCK_OWN, 0);
		run(r);
		struct disk_sim_file *file = file_on_disk(r, f);
		size_t pos = at < 2 * BLOCK_PROOF_LEN
				     ? at % BLOCK_PROOF_LEN + at / BLOCK_PROOF_LEN * BLOCK_SLOT
				     : (at * 1021u) % file->now.len;
		uint32_t chunk = (uint32_t)(pos / BLOCK_SLOT);
		bool unused = pos % BLOCK_SLOT >= 32 &&
			      /* two chunks: the proof is one hash */
			      pos % BLOCK_SLOT < BLOCK_PROOF_LEN;
		file->now.p[pos] ^= (uint8_t)(1u << at % 8);
		if (at % 3 == 0)
			reopen(r);
		assert_int_equal(load(r, f, 1 - chunk), GN_OK);
		run(r);
		assert_int_equal(r->load_failed, 0);
		assert_int_equal(load(r, f, chunk), GN_OK);
		run(r);
		struct gn_blocks_info info;
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.corrupt, !unused);
		assert_int_equal(r->load_failed, !unused);
		if (!unused) {
			assert_int_equal(r->last_err, GN_CORRUPT);
			assert_false(gn_blocks_have(r->b, &roots[f], NULL));
			assert_null(file_on_disk(r, f));
			assert_int_equal(info.bytes, 0);
			put_all(r, f, GN_BLOCK_OWN, 0); /* and can be stored again */
			run(r);
			assert_true(gn_blocks_have(r->b, &roots[f], NULL));
		}
		rig_fini(r);
	}
}

static void a_truncated_file_is_refused_and_counted(void **state)
{
	struct rig *r = *state;
	for (uint32_t cut = 1; cut < 2 * BLOCK_SLOT; cut += 9973) {
		rig_init(r, 8);
		open_ready(r);
		put_all(r, 4, GN_BLOCK_CACHE, 0);
		run(r);
		struct disk_sim_file *file = file_on_disk(r, 4);
		disk_sim_resize(&file->now, file->now.len - cut);
		if (cut % 2) {
			assert_int_equal(load(r, 4, 1), GN_OK);
			run(r);
			assert_int_equal(r->load_failed, 1);
		} else {
			reopen(r);
		}
		struct gn_blocks_info info;
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.corrupt, 1);
		assert_int_equal(info.blocks + info.partial, 0);
		assert_null(file_on_disk(r, 4));
		rig_fini(r);
	}
}

static void damage_in_an_incomplete_file_costs_the_chunk(void **state)
{
	struct rig *r = *state;
	rig_init(r, 9);
	open_ready(r);
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(put(r, 9, i, GN_BLOCK_CACHE, 0), GN_OK);
	run(r);
	file_on_disk(r, 9)->now.p[5 * BLOCK_SLOT + 1000] ^= 1;
	reopen(r);
	for (uint32_t i = 0; i < 16; i++)
		assert_int_equal(gn_blocks_have_chunk(r->b, &roots[9], i), i < 8 && i != 5);
	rig_fini(r);
}

#define ZEROS "000000000000000000000000000000000000000000000000000000000000000"

static void strange_files_are_left_alone(void **state)
{
	struct rig *r = *state;
	rig_init(r, 10);
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
	open_ready(r);
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.blocks + info.partial + info.corrupt, 0);
	assert_int_equal(disk_sim_bytes(&r->disk), before);
	rig_fini(r);
}

static void of_two_files_of_a_block_the_complete_one_stays(void **state)
{
	struct rig *r = *state;
	for (int order = 0; order < 2; order++) {
		rig_init(r, 11);
		open_ready(r);
		put_all(r, 4, GN_BLOCK_OWN, 0);
		run(r);
		rig_close(r);
		char name[GN_DISK_NAME_MAX - 8];
		struct disk_sim_file *whole = file_on_disk(r, 4);
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
		open_ready(r);
		run(r);
		struct gn_blocks_info info;
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.own, 1);
		assert_int_equal(info.bytes, disk_sim_bytes(&r->disk));
		assert_string_equal(file_on_disk(r, 4)->name, name);
		rig_fini(r);
	}
}

/* ---- crashes and failures ---- */

static void some_work(struct rig *r, unsigned count)
{
	static const unsigned small[] = {0, 1, 3, 5, 7};
	for (unsigned i = 0; i < count && !r->disk.crashed; i++) {
		unsigned f = small[gn_rand_below(&r->rand, GN_COUNT(small))];
		uint32_t c = (uint32_t)gn_rand_below(&r->rand, gn_block_chunks(lengths[f]));
		switch (gn_rand_below(&r->rand, 8)) {
		case 0: run(r); break;
		case 1: (void)!load(r, f, c); break;
		case 2:
			(void)!gn_blocks_keep(r->b, &roots[f],
					      (enum gn_block_keep)gn_rand_below(&r->rand, 3), 3000,
					      r->now);
			break;
		case 3:
		case 4: step(r); break;
		default:
			(void)!put(r, f, c, (enum gn_block_keep)gn_rand_below(&r->rand, 3),
				   2000 + i);
		}
		gn_blocks_validate(r->b);
	}
}

static void check_recovered(struct rig *r)
{
	for (unsigned f = 0; f < FILES; f++) {
		for (uint32_t i = 0; i < gn_block_chunks(lengths[f]); i++) {
			bool have = gn_blocks_have_chunk(r->b, &roots[f], i);
			assert_true(have || !(r->durable[f] >> i & 1));
			if (have)
				assert_int_equal(load(r, f, i), GN_OK);
		}
		if (r->complete[f])
			assert_true(gn_blocks_have(r->b, &roots[f], NULL));
		/* every chunk that is said to be there is there, whole: handle() compares */
		run(r);
	}
	assert_int_equal(r->load_failed, 0);
}

static void a_crash_at_any_request_loses_nothing_durable(void **state)
{
	struct rig *r = *state;
	for (uint64_t seed = 50; seed < 62; seed++) {
		uint64_t last = 1;
		for (uint64_t n = 1; n <= last; n++) {
			rig_init(r, seed);
			r->disk.crash_at = n;
			rig_open(r);
			run(r);
			if (r->ready)
				some_work(r, 30);
			run(r);
			last = r->disk.crashed ? n + 1 : 0;
			rig_close(r);
			disk_sim_restart(&r->disk);
			r->disk.crash_at =
				/* and while it recovers */
				r->disk.requests + 1 + disk_sim_below(&r->disk, 8);
			rig_open(r);
			run(r);
			rig_close(r);
			disk_sim_restart(&r->disk);
			open_ready(r);
			check_recovered(r);
			some_work(r, 20);
			run(r);
			check_recovered(r);
			struct gn_blocks_info info;
			gn_blocks_info(r->b, &info);
			assert_int_equal(info.corrupt, 0);
			rig_fini(r);
		}
	}
}

static void requests_that_fail_are_reported_and_nothing_else_breaks(void **state)
{
	struct rig *r = *state;
	for (uint64_t seed = 60; seed < 90; seed++) {
		rig_init(r, seed);
		open_ready(r);
		for (int round = 0; round < 12; round++) {
			r->disk.fail_at = r->disk.requests + 1 + gn_rand_below(&r->rand, 10);
			r->disk.fail_err = round % 2 ? GN_IO : GN_DISK_FULL;
			some_work(r, 12);
			run(r);
			r->disk.fail_at = 0;
			r->now += 11 * GN_SEC; /* renames are tried again */
			run(r);
		}
		r->load_failed = 0;
		check_recovered(r);
		disk_sim_crash(&r->disk);
		disk_sim_restart(&r->disk);
		reopen(r);
		check_recovered(r);
		rig_fini(r);
	}
}

static void a_name_that_the_disk_refuses_is_tried_again_later(void **state)
{
	struct rig *r = *state;
	rig_init(r, 93);
	open_ready(r);
	r->disk.fail_ops = 1u << GN_DISK_RENAME;
	put_all(r, 4, GN_BLOCK_CACHE, 0);
	run(r);
	assert_false(r->complete[4]);
	assert_false(gn_blocks_have(r->b, &roots[4],
				    /* nobody is promised a block that a restart would have to
				     * prove again */
				    NULL));
	assert_int_equal(r->failed, 2);
	assert_true(r->disk.requests < 10);
	assert_int_equal(load(r, 4, 1), GN_OK);
	run(r);
	assert_int_equal(r->loaded, 1);
	r->now = gn_blocks_deadline(r->b);
	assert_int_equal(r->now, NOW + BLOCKS_RETRY);
	run(r);
	assert_true(r->disk.requests < 12);
	r->disk.fail_ops = 0;
	r->now = gn_blocks_deadline(r->b);
	run(r);
	assert_true(gn_blocks_have(r->b, &roots[4], NULL));
	assert_int_equal(gn_blocks_deadline(r->b), GN_NEVER);
	/* a removal that fails leaves a file that the next start finds */
	r->disk.fail_ops = 1u << GN_DISK_REMOVE;
	file_on_disk(r, 4)->now.p[BLOCK_PROOF_LEN] ^= 1;
	assert_int_equal(load(r, 4, 0), GN_OK);
	run(r);
	assert_false(gn_blocks_have(r->b, &roots[4], NULL));
	assert_non_null(file_on_disk(r, 4));
	put_all(r, 4, GN_BLOCK_OWN, 0);
	run(r);
	r->disk.fail_ops = 0;
	reopen(r);
	struct gn_blocks_info info;
	gn_blocks_info(r->b, &info);
	assert_int_equal(info.own, 1);
	assert_int_equal(info.blocks, 1);
	run(r);
	assert_int_equal(disk_sim_bytes(&r->disk), info.bytes);
	rig_fini(r);
}

static void a_part_that_cannot_be_read_stays(void **state)
{
	struct rig *r = *state;
	struct gn_blocks_info info;
	rig_init(r, 94);
	open_ready(r);
	assert_int_equal(put(r, 4, 0, GN_BLOCK_OWN, 0), GN_OK);
	run(r);
	assert_non_null(file_on_disk(r, 4));
	for (int round = 0; round < 2; round++) {
		rig_close(r);
		r->disk.fail_ops = round == 0 ? 1u << GN_DISK_READ : 0;
		r->disk.fail_err = GN_IO;
		open_ready(r);
		run(r);
		gn_blocks_info(r->b, &info);
		assert_int_equal(info.partial, round); /* not known while it cannot be read */
		assert_non_null(file_on_disk(r, 4));
	}
	assert_int_equal(load(r, 4, 0), GN_OK);
	run(r);
	assert_int_equal(r->loaded, 1);
	rig_fini(r);
}

static void memory_that_fails_loses_nothing(void **state)
{
	struct rig *r = *state;
	for (uint64_t n = 1; n < 40; n++) {
		rig_init(r, 91);
		open_ready(r);
		some_work(r, 10);
		r->alloc.fail_at = n;
		some_work(r, 25);
		run(r);
		r->alloc.fail_at = 0;
		run(r);
		check_recovered(r);
		rig_close(r);
		r->alloc.fail_at = 1 + n % 12;
		if (gn_blocks_new(&r->env, &r->config, &r->b) == GN_OK) {
			r->out_count = 0;
			r->ready = false;
			gn_blocks_start(r->b, r->now);
			run(r);
			assert_true(r->ready &&
				    (r->ready_err == GN_OK || r->ready_err == GN_NOMEM));
			rig_close(r);
		}
		r->alloc.fail_at = 0;
		open_ready(r);
		check_recovered(r);
		rig_fini(r);
	}
}

static void too_much_at_once_is_refused(void **state)
{
	struct rig *r = *state;
	rig_init(r, 92);
	open_ready(r);
	unsigned taken = 0;
	gn_err err = GN_OK;
	while (taken < 1000 && (err = put(r, 9, taken % 16, GN_BLOCK_CACHE, 0)) == GN_OK)
		taken++;
	assert_int_equal(err, GN_BUSY);
	assert_int_equal(taken, BLOCKS_OPS);
	run(r);
	assert_int_equal(r->stored, BLOCKS_OPS);
	assert_true(r->complete[9]);
	rig_fini(r);
}

int main(void)
{
	static struct rig rig;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(chunks_come_back_with_their_proofs, &rig),
		cmocka_unit_test_prestate(incomplete_blocks_serve_what_they_have_and_survive, &rig),
		cmocka_unit_test_prestate(wrong_chunks_are_refused, &rig),
		cmocka_unit_test_prestate(room_is_made_by_the_least_recently_read_cache, &rig),
		cmocka_unit_test_prestate(cached_blocks_have_a_bound_of_their_own, &rig),
		cmocka_unit_test_prestate(a_store_without_room_keeps_nothing, &rig),
		cmocka_unit_test_prestate(classes_survive_a_restart_and_promises_lapse, &rig),
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
	make_blocks();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
