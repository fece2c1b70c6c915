/* Block files whose names and bytes are arbitrary. The input is files, each led by a name's
 * length (u8), the name (it follows "b/") and its length (be16). The store starts, loads every
 * chunk it says it has, and each chunk that comes is proven again; then everything is pinned,
 * released and evicted by a start with no room. */
#include "store/blocks_int.h"
#include "store/testing/disk_sim.h"

static struct disk_sim disk;

static void pump(struct gn_blocks *b, gn_time now)
{
	for (int idle = 0; idle < 2;) {
		struct gn_disk_request q;
		struct gn_blocks_event e;
		struct gn_slice data;
		idle++;
		while (gn_blocks_next_request(b, &q)) {
			gn_err err = disk_sim_perform(&disk, &q, &data);
			gn_blocks_done(b, q.token, err, data, now);
			idle = 0;
		}
		while (gn_blocks_next_event(b, &e)) {
			idle = 0;
			if (e.kind == GN_BLOCKS_LOADED && e.err == GN_OK)
				GN_ASSERT(gn_merkle_check(e.chunk, e.index,
							  gn_block_chunks(e.block_len), e.proof,
							  e.proof_len, &e.block) == GN_OK);
		}
		if (gn_blocks_deadline(b) <= now)
			gn_blocks_tick(b, now);
		gn_blocks_validate(b);
	}
}

static void load_files(struct gn_slice in)
{
	struct gn_reader r = gn_reader(in);
	for (unsigned i = 0; i < 16 && gn_reader_left(&r) > 0; i++) {
		char name[GN_DISK_NAME_MAX] = "b/";
		size_t left, n = gn_read_u8(&r);
		n = n < sizeof name - 3 ? n : sizeof name - 3;
		left = gn_reader_left(&r);
		struct gn_slice text = gn_read_bytes(&r, n < left ? n : left);
		for (size_t k = 0; k < text.len; k++)
			name[2 + k] = text.p[k] ? (char)text.p[k] : '0';
		n = gn_read_be16(&r);
		left = gn_reader_left(&r);
		struct gn_slice body = gn_read_bytes(&r, n < left ? n : left);
		struct disk_sim_file *f = disk_sim_create(&disk, name);
		disk_sim_resize(&f->now, body.len);
		if (body.len)
			memcpy(f->now.p, body.p, body.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_prng prng;
	gn_prng_init(&prng, 1);
	struct gn_rand rand = gn_prng_rand(&prng);
	struct gn_alloc alloc;
	gn_alloc_heap(&alloc, 64u << 20);
	struct gn_env env = {&alloc, &rand, NULL};
	struct gn_blocks *b;
	disk_sim_init(&disk, 1);
	load_files(gn_slice(data, len));
	for (int life = 0; life < 2; life++) {
		struct gn_blocks_config config = {.dir = "b", .bytes_max = life ? 0 : 1 << 20};
		gn_time now = 1000 * GN_SEC;
		if (gn_blocks_new(&env, &config, &b))
			break;
		gn_blocks_start(b, now);
		pump(b, now);
		struct gn_hash hash;
		uint32_t block_len;
		enum gn_block_keep keep;
		for (uint32_t i = 0; gn_blocks_at(b, i, &hash, &block_len, &keep); i++)
			for (uint32_t c = 0; c < GN_BLOCK_CHUNKS; c++)
				(void)!gn_blocks_load(b, &hash, c, c, now);
		pump(b, now);
		for (uint32_t i = 0; gn_blocks_at(b, i, &hash, &block_len, &keep); i++)
			(void)!gn_blocks_keep(b, &hash, GN_BLOCK_HELD, 1001 + i, now);
		pump(b, now);
		pump(b, now + 5 * GN_SEC);
		gn_blocks_free(b);
	}
	GN_ASSERT(alloc.count == 0);
	disk_sim_fini(&disk);
	return 0;
}
