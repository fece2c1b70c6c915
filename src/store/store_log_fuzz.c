/* Recovery of a log from damaged and from arbitrary files. An input that starts with 'E' is a
 * list of edits (which file, where, how) of a good log that is written first; any other one is
 * up to four segments, each led by its length (be16; the last one takes the rest). Then the log
 * is started, loaded, written, compacted and started again. What is handed out from the good log
 * is whole and belongs to its key, whatever the edits; what is put later is there after the
 * second start. */
#include "store/testing/disk_sim.h"

#define KEYS 8

static struct disk_sim disk;
static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand rnd;
static bool edited; /* keys with a zero second byte are ours, and so are their values */

static size_t make_value(uint8_t key, uint8_t version, uint8_t *out)
{
	size_t len = (size_t)(key * 29 + version * 53) % 200;
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(key ^ version ^ i);
	return len;
}

static void check_value(const struct gn_hash *key, struct gn_slice value)
{
	uint8_t want[200];
	if (!edited || key->b[0] >= KEYS)
		return;
	for (uint8_t version = 0; version < 16; version++)
		if (value.len == make_value(key->b[0], version, want) &&
		    (value.len == 0 || memcmp(value.p, want, value.len) == 0))
			return;
	GN_UNREACHABLE("a value that was not put");
}

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
			if (e.kind == GN_KV_ENTRY || (e.kind == GN_KV_LOADED && !e.err))
				check_value(&e.key, e.value);
			if (e.kind == GN_KV_ENTRY && *count < 16)
				keys[(*count)++] = e.key;
		}
		if (gn_kv_deadline(kv) <= GN_SEC)
			gn_kv_tick(kv, GN_SEC);
		gn_kv_validate(kv);
	}
	return ready;
}

static struct gn_kv *open_log(gn_err *ready, struct gn_hash *keys, unsigned *count)
{
	struct gn_env env = {&alloc, &rnd, NULL};
	struct gn_kv_config config = {.dir = "f", .segment_bytes = 1500, .entries_max = 64};
	struct gn_kv *kv;
	gn_err err = gn_kv_new(&env, &config, &kv);
	GN_ASSERT(err == GN_OK);
	gn_kv_start(kv, GN_SEC);
	*count = 0;
	*ready = pump(kv, keys, count);
	return kv;
}

static void write_good_log(void)
{
	gn_err ready;
	struct gn_hash keys[16];
	unsigned count;
	struct gn_kv *kv = open_log(&ready, keys, &count);
	for (unsigned i = 0; i < 24; i++) {
		uint8_t value[200];
		struct gn_hash key = {{(uint8_t)(i * 5 % KEYS)}};
		if (i % 7 == 6)
			(void)!gn_kv_drop(kv, &key, 0, GN_SEC);
		else
			(void)!gn_kv_put(
				kv, &key,
				gn_slice(value, make_value(key.b[0], (uint8_t)(i / 2), value)), 0,
				GN_SEC);
		if (i % 3)
			pump(kv, keys, &count);
	}
	pump(kv, keys, &count);
	gn_kv_free(kv);
}

/* file, offset (be16), what: 0..247 xor at the offset, 248.. cut off, blank eight bytes, copy
 * eight, repeat the tail, swap files. */
static void edit(struct gn_reader *r)
{
	struct disk_sim_file *f = &disk.files[gn_read_u8(r) % 4];
	size_t at = gn_read_be16(r);
	uint8_t what = gn_read_u8(r);
	if (!f->name[0] || f->now.len < 16)
		return;
	at %= f->now.len - 8;
	size_t other = (at * 7 + what) % (f->now.len - 8) / 8 * 8;
	if (what < 248)
		f->now.p[at] ^= what;
	else if (what < 250)
		disk_sim_resize(&f->now, at);
	else if (what == 250)
		memset(f->now.p + at / 8 * 8, 0, 8);
	else if (what < 253)
		memmove(f->now.p + at / 8 * 8, f->now.p + other, 8);
	else if (what == 253)
		disk_sim_resize(&f->now, f->now.len + at);
	else {
		struct gn_buf swap = f->now;
		struct disk_sim_file *g = &disk.files[at % 4];
		if (g->name[0]) {
			f->now = g->now;
			g->now = swap;
		}
	}
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

/* True when the put of `mine` was durable. */
static bool use_log(bool again)
{
	struct gn_hash keys[16], mine = {{0xfe}};
	unsigned count;
	gn_err ready;
	struct gn_kv *kv = open_log(&ready, keys, &count);
	GN_ASSERT(ready == GN_OK || ready == GN_LIMIT);
	GN_ASSERT(!again || ready != GN_OK || gn_kv_have(kv, &mine, NULL));
	for (unsigned i = 0; i < count; i++)
		(void)!gn_kv_load(kv, &keys[i], i, GN_SEC);
	for (unsigned i = 0; ready == GN_OK && i < 30; i++) {
		if (gn_kv_put(kv, &mine, gn_slice(&i, sizeof i), i, GN_SEC) == GN_NO_SPACE && count)
			(void)!gn_kv_drop(kv, &keys[0], 0, GN_SEC);
		pump(kv, keys, &count);
	}
	bool stored = ready == GN_OK && gn_kv_have(kv, &mine, NULL);
	gn_kv_free(kv);
	return stored;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	gn_prng_init(&prng, 1);
	rnd = gn_prng_rand(&prng);
	gn_alloc_heap(&alloc, 64u << 20);
	disk_sim_init(&disk, 1);
	edited = len > 0 && data[0] == 'E';
	if (edited) {
		write_good_log();
		struct gn_reader r = gn_reader(gn_slice(data + 1, len - 1));
		for (unsigned i = 0; i < 64 && gn_reader_left(&r) >= 4; i++)
			edit(&r);
	} else {
		load_files(data, len);
	}
	if (use_log(false))
		use_log(true);
	GN_ASSERT(alloc.count == 0);
	disk_sim_fini(&disk);
	return 0;
}
