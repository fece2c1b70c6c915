/* As blocks_rig.h says. */
#include "store/testing/blocks_rig.h"

const uint32_t rig_lengths[FILES] = {1,
				     100,
				     GN_CHUNK,
				     GN_CHUNK + 1,
				     2 * GN_CHUNK,
				     70000,
				     3 * GN_CHUNK - 5,
				     131,
				     5 * GN_CHUNK + 77,
				     GN_BLOCK};

uint8_t rig_bytes[FILES][GN_BLOCK];

struct gn_hash rig_leaves[FILES][GN_BLOCK_CHUNKS], rig_roots[FILES];

void blocks_rig_make_blocks(void)
{
	struct gn_prng g;
	struct gn_rand rand = gn_prng_rand(&g);
	gn_prng_init(&g, 3);
	for (unsigned f = 0; f < FILES; f++) {
		gn_rand_fill(&rand, rig_bytes[f], rig_lengths[f]);
		uint32_t n = gn_block_chunks(rig_lengths[f]);
		for (uint32_t i = 0; i < n; i++)
			gn_merkle_leaf(gn_slice(rig_bytes[f] + i * GN_CHUNK,
						block_chunk_len(rig_lengths[f], i)),
				       &rig_leaves[f][i]);
		gn_merkle_root(rig_leaves[f], n, &rig_roots[f]);
	}
}

unsigned blocks_rig_file_of(const struct gn_hash *h)
{
	for (unsigned f = 0; f < FILES; f++)
		if (memcmp(&rig_roots[f], h, 32) == 0)
			return f;
	fail_msg("a block that was never stored");
	return 0;
}

void blocks_rig_open(struct blocks_rig *r)
{
	assert_int_equal(gn_blocks_new(&r->env, &r->config, &r->b), GN_OK);
	r->out_count = 0;
	r->ready = false;
	gn_blocks_start(r->b, r->now);
}

void blocks_rig_close(struct blocks_rig *r)
{
	gn_blocks_free(r->b);
	r->b = NULL;
	assert_int_equal(r->alloc.count, 0);
}

void blocks_rig_init(struct blocks_rig *r, uint64_t seed)
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

void blocks_rig_fini(struct blocks_rig *r)
{
	blocks_rig_close(r);
	disk_sim_fini(&r->disk);
}

void blocks_rig_handle(struct blocks_rig *r, const struct gn_blocks_event *e)
{
	if (e->kind == GN_BLOCKS_READY) {
		r->ready = true;
		r->ready_err = e->err;
		return;
	}
	unsigned f = blocks_rig_file_of(&e->block);
	assert_int_equal(e->block_len, rig_lengths[f]);
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
	assert_int_equal(e->chunk.len, block_chunk_len(rig_lengths[f], e->index));
	assert_memory_equal(e->chunk.p, rig_bytes[f] + e->index * GN_CHUNK, e->chunk.len);
	assert_int_equal(gn_merkle_check(e->chunk, e->index, gn_block_chunks(rig_lengths[f]),
					 e->proof, e->proof_len, &rig_roots[f]),
			 GN_OK);
}

bool blocks_rig_step(struct blocks_rig *r)
{
	struct gn_blocks_event e;
	bool busy = false;
	while (r->out_count < GN_COUNT(r->out) &&
	       gn_blocks_next_request(r->b, &r->out[r->out_count]))
		r->out_count++;
	while (gn_blocks_next_event(r->b, &e)) {
		blocks_rig_handle(r, &e);
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

void blocks_rig_run(struct blocks_rig *r)
{
	for (int idle = 0; idle < 3 && !r->disk.crashed;)
		idle = blocks_rig_step(r) ? 0 : idle + 1;
}

gn_err blocks_rig_put(struct blocks_rig *r, unsigned f, uint32_t i, enum gn_block_keep keep,
		      uint64_t until)
{
	struct gn_hash proof[GN_PROOF_MAX];
	uint32_t n = gn_block_chunks(rig_lengths[f]);
	size_t len = gn_merkle_proof(rig_leaves[f], n, i, proof);
	struct gn_slice chunk =
		gn_slice(rig_bytes[f] + i * GN_CHUNK, block_chunk_len(rig_lengths[f], i));
	gn_err err = gn_blocks_put(r->b, &rig_roots[f], rig_lengths[f], i, proof, len, chunk, keep,
				   until, 1, r->now);
	gn_blocks_validate(r->b);
	return err;
}

void blocks_rig_put_all(struct blocks_rig *r, unsigned f, enum gn_block_keep keep, uint64_t until)
{
	for (uint32_t i = 0; i < gn_block_chunks(rig_lengths[f]); i++)
		assert_int_equal(blocks_rig_put(r, f, i, keep, until), GN_OK);
}

gn_err blocks_rig_load(struct blocks_rig *r, unsigned f, uint32_t i)
{
	return gn_blocks_load(r->b, &rig_roots[f], i, 2, r->now);
}

struct disk_sim_file *blocks_rig_file_on_disk(struct blocks_rig *r, unsigned f)
{
	char hex[65];
	gn_hex(GN_SLICE(rig_roots[f].b), hex);
	for (size_t i = 0; i < r->disk.file_cap; i++)
		if (strstr(r->disk.files[i].name, hex))
			return &r->disk.files[i];
	return NULL;
}

void blocks_rig_open_ready(struct blocks_rig *r)
{
	blocks_rig_open(r);
	blocks_rig_run(r);
	assert_true(r->ready && r->ready_err == GN_OK);
}

void blocks_rig_reopen(struct blocks_rig *r)
{
	blocks_rig_close(r);
	blocks_rig_open_ready(r);
}
