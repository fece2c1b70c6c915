/* Recovery of a log from arbitrary files. The input is up to four segments, each led by its length (be16; the last one
 * takes the rest); then the log is used: loads, a put, compaction, a second start. Nothing may be handed out that a sum
 * does not prove (the engine's own asserts and the sanitizers watch), and what was put is there after the second start.
 */
#include "../../sim/disk_sim.h"

static struct disk_sim disk;

static gn_err pump(struct gn_kv *kv, struct gn_hash *keys, unsigned *count)
{
	gn_err ready = GN_PENDING;
	for (int idle = 0; idle < 2;) {
		struct gn_disk_request q;
		struct gn_kv_event e;
		struct gn_slice data;
		idle++;
		while (gn_kv_next_request(kv, &q)) {
			gn_err err = disk_sim_perform(&disk, &q, &data);
			gn_kv_done(kv, q.token, err, data, GN_SEC);
			idle = 0;
		}
		while (gn_kv_next_event(kv, &e)) {
			idle = 0;
			if (e.kind == GN_KV_READY)
				ready = e.err;
			if (e.kind == GN_KV_ENTRY && *count < 16)
				keys[(*count)++] = e.key;
		}
		if (gn_kv_deadline(kv) <= GN_SEC)
			gn_kv_tick(kv, GN_SEC);
		gn_kv_validate(kv);
	}
	return ready;
}

static void load_files(const uint8_t *data, size_t len)
{
	for (unsigned i = 1; i <= 4 && len > 0; i++) {
		size_t n = len;
		if (i < 4 && len >= 2) {
			n = (size_t)(data[0] << 8 | data[1]);
			data += 2;
			len -= 2;
			n = n < len ? n : len;
		}
		char name[GN_DISK_NAME_MAX];
		snprintf(name, sizeof name, "f/%08x.log", i);
		struct disk_sim_file *f = disk_sim_create(&disk, name);
		disk_sim_resize(&f->now, n);
		if (n)
			memcpy(f->now.p, data, n);
		data += n;
		len -= n;
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
	struct gn_kv_config config = {.dir = "f", .segment_bytes = 2000, .entries_max = 64};
	struct gn_kv *kv;
	disk_sim_init(&disk, 1);
	load_files(data, len);
	struct gn_hash keys[16], mine = {{0xfe}};
	for (int life = 0; life < 2; life++) {
		unsigned count = 0;
		if (gn_kv_new(&env, &config, &kv))
			break;
		gn_kv_start(kv, GN_SEC);
		gn_err ready = pump(kv, keys, &count);
		GN_ASSERT(ready == GN_OK || ready == GN_LIMIT);
		GN_ASSERT(life == 0 || ready != GN_OK || gn_kv_have(kv, &mine, NULL));
		for (unsigned i = 0; i < count; i++)
			(void)!gn_kv_load(kv, &keys[i], i, GN_SEC);
		for (unsigned i = 0; ready == GN_OK && i < 40; i++) {
			if (gn_kv_put(kv, &mine, gn_slice(&i, sizeof i), i, GN_SEC) == GN_NO_SPACE)
				(void)!gn_kv_drop(kv, &keys[0], 0, GN_SEC);
			pump(kv, keys, &count);
		}
		bool stored = ready == GN_OK && gn_kv_have(kv, &mine, NULL);
		gn_kv_free(kv);
		if (!stored)
			break;
	}
	GN_ASSERT(alloc.count == 0);
	disk_sim_fini(&disk);
	return 0;
}
