/* As kv_rig.h says. */
#include "store/testing/kv_rig.h"

uint8_t kv_rig_scratch[KV_VALUE_MAX];

struct gn_hash kv_rig_key_of(unsigned k)
{
	struct gn_hash h = {{0}};
	h.b[0] = (uint8_t)k;
	h.b[31] = 0x5a;
	return h;
}

size_t kv_rig_value_len(const struct kv_rig *r, unsigned k, uint32_t version)
{
	size_t len = 8 + (k * 37 + version * 101) % 300;
	return r->values_large && version % 5 == 0 ? KV_VALUE_MAX - version % 7 : len;
}

/* Fills value and says how long it is. */
static size_t make_value(const struct kv_rig *r, unsigned k, uint32_t version, uint8_t *out)
{
	size_t len = kv_rig_value_len(r, k, version);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(i * 7 + k + version);
	gn_put_be64(out, (uint64_t)k << 32 | version);
	return len;
}

/* The version that these bytes are, whole and unchanged; fails the test otherwise. */
static uint32_t version_of(const struct kv_rig *r, const struct gn_hash *key, struct gn_slice value)
{
	assert_true(value.len >= 8);
	uint64_t tag = gn_be64(value.p);
	assert_int_equal(tag >> 32, key->b[0]);
	size_t len = make_value(r, key->b[0], (uint32_t)tag, kv_rig_scratch);
	assert_int_equal(len, value.len);
	assert_memory_equal(kv_rig_scratch, value.p, len);
	return (uint32_t)tag;
}

void kv_rig_open(struct kv_rig *r)
{
	assert_int_equal(gn_kv_new(&r->env, &r->config, &r->kv), GN_OK);
	r->out_count = 0;
	r->ready = false;
	r->entries = 0;
	memset(r->seen, 0, sizeof r->seen);
	gn_kv_start(r->kv, GN_SEC);
}

void kv_rig_close(struct kv_rig *r)
{
	gn_kv_free(r->kv);
	r->kv = NULL;
	assert_int_equal(r->alloc.count, 0);
	assert_int_equal(r->alloc.used, 0);
}

void kv_rig_init(struct kv_rig *r, uint64_t seed)
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

void kv_rig_fini(struct kv_rig *r)
{
	kv_rig_close(r);
	disk_sim_fini(&r->disk);
}

bool kv_rig_is_drop(const struct kv_belief *b, uint32_t version)
{
	for (uint32_t i = 0; i < b->drop_count; i++)
		if (b->drops[i] == version)
			return true;
	return false;
}

static void handle(struct kv_rig *r, const struct gn_kv_event *e)
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
			r->keys[k].durable = kv_rig_is_drop(&r->keys[k], version) ? 0 : version;
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

bool kv_rig_step(struct kv_rig *r)
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

void kv_rig_run(struct kv_rig *r)
{
	for (int idle = 0; idle < 3 && !r->disk.crashed;)
		idle = kv_rig_step(r) ? 0 : idle + 1;
}

void kv_rig_put(struct kv_rig *r, unsigned k)
{
	static uint8_t value[KV_VALUE_MAX];
	struct gn_hash key = kv_rig_key_of(k);
	uint32_t version = ++r->keys[k].newest;
	size_t len = make_value(r, k, version, value);
	gn_err err = gn_kv_put(r->kv, &key, gn_slice(value, len), version, GN_SEC);
	if (err)
		r->keys[k].newest--;
}

void kv_rig_drop(struct kv_rig *r, unsigned k)
{
	struct gn_hash key = kv_rig_key_of(k);
	struct kv_belief *b = &r->keys[k];
	if (b->drop_count == GN_COUNT(b->drops) || gn_kv_drop(r->kv, &key, b->newest + 1, GN_SEC))
		return;
	b->drops[b->drop_count++] = ++b->newest;
}

void kv_rig_check_recovered(struct kv_rig *r)
{
	for (unsigned k = 0; k < KEYS; k++) {
		struct kv_belief *b = &r->keys[k];
		uint32_t v = b->last;
		while (v <= b->newest && r->seen[k] != (kv_rig_is_drop(b, v) ? 0 : v))
			v++;
		assert_true(v <= b->newest);
		b->last = v;
		b->durable = r->seen[k];
		struct gn_hash key = kv_rig_key_of(k);
		assert_int_equal(gn_kv_have(r->kv, &key, NULL), r->seen[k] != 0);
	}
}

void kv_rig_check_loads(struct kv_rig *r)
{
	for (unsigned k = 0; k < KEYS; k++) {
		struct gn_hash key = kv_rig_key_of(k);
		unsigned before = r->loaded;
		gn_err err = gn_kv_load(r->kv, &key, 1, GN_SEC);
		assert_int_equal(err, r->keys[k].durable ? GN_OK : GN_NOT_FOUND);
		kv_rig_run(r);
		if (err)
			continue;
		assert_int_equal(r->loaded, before + 1);
		assert_int_equal(r->load_err, GN_OK);
		assert_int_equal(r->load_version, r->keys[k].durable);
	}
}

void kv_rig_some_work(struct kv_rig *r, unsigned count)
{
	for (unsigned i = 0; i < count && !r->disk.crashed; i++) {
		unsigned k = (unsigned)gn_rand_below(&r->rand, KEYS);
		switch (gn_rand_below(&r->rand, 8)) {
		case 0: kv_rig_drop(r, k); break;
		case 1: kv_rig_run(r); break;
		case 2: {
			struct gn_hash key = kv_rig_key_of(k);
			(void)!gn_kv_load(r->kv, &key, 2, GN_SEC);
			break;
		}
		case 3:
		case 4: kv_rig_step(r); break;
		default: kv_rig_put(r, k);
		}
		gn_kv_validate(r->kv);
	}
}
