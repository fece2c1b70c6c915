/* The engine behind JSON lines, so that another implementation can be held against it byte by byte
 * (docs/spec/e2ee.md, EE-35..37). One object a line on stdin, one answer a line on stdout. All
 * randomness comes from a pool that `feed` fills: the same lines give the same answers.
 *
 * 1. An operation that fails leaves devices and pool as they were; when the pool may run dry in the
 *    middle of one, the device is saved before and put back.
 * 2. What was opened is kept by the hash of the envelope, with the device's state (EE-36). */
#include "e2ee_driver.h"
#include <stdio.h>
#include <stdlib.h>

#define DRAW_MAX 4096  /* bytes that one operation draws at most */
#define DEVICES_MAX 64 /* in one process */
#define STATE_MAX (64u << 20)

static struct pool {
	uint8_t *p;
	size_t at, len, cap;
	bool dry;
	bool aside; /* seeds of hash tables are no draws (EE-33) */
} pool;

static void draw(void *user, uint8_t *out, size_t len)
{
	struct pool *q = user;
	if (q->aside) {
		memset(out, 0, len);
		return;
	}
	if (q->len - q->at < len) {
		q->dry = true;
		memset(out, 0, len);
		return;
	}
	memcpy(out, q->p + q->at, len);
	q->at += len;
}

bool pool_has(size_t len)
{
	pool.dry |= pool.len - pool.at < len;
	return !pool.dry;
}

struct gn_rand rand_pool = {draw, &pool};
static struct gn_alloc heap;
struct gn_env env = {&heap, &rand_pool, NULL};

struct device {
	char name[32];
	struct gn_pk key;
	struct gn_e2ee *e;
	struct gn_hash *opened; /* envelopes */
	size_t opened_count, opened_cap;
};
static struct device devices[DEVICES_MAX];
static size_t device_count;

/* ---- fields of a request ---- */

gn_err hex_into(const json_t *o, const char *name, uint8_t *out, size_t len)
{
	const char *text = json_string_value(json_object_get(o, name));
	return text && gn_unhex(gn_str(text), out, len) == GN_OK ? GN_OK : GN_USAGE;
}

uint8_t *hex_any(const json_t *o, const char *name, size_t *len)
{
	const char *text = json_string_value(json_object_get(o, name));
	*len = text ? strlen(text) / 2 : 0;
	uint8_t *p = malloc(*len + 1);
	if (p && text && gn_unhex(gn_str(text), p, *len) == GN_OK)
		return p;
	free(p);
	return NULL;
}

gn_err number(const json_t *o, const char *name, uint64_t max, uint64_t *out)
{
	const json_t *v = json_object_get(o, name);
	json_int_t n = json_integer_value(v);
	if (!json_is_integer(v) || n < 0 || (uint64_t)n > max)
		return GN_USAGE;
	*out = (uint64_t)n;
	return GN_OK;
}

gn_err time_of(const json_t *in, gn_time *now)
{
	uint64_t seconds;
	GN_TRY(number(in, "now", INT64_MAX / (uint64_t)GN_SEC, &seconds));
	*now = (gn_time)seconds * GN_SEC;
	return GN_OK;
}

void put_hex(json_t *o, const char *name, const void *p, size_t len)
{
	char *text = malloc(2 * len + 1);
	GN_ASSERT(text);
	gn_hex(gn_slice(p, len), text);
	json_object_set_new(o, name, json_string(text));
	free(text);
}

static struct device *device_of(const json_t *in)
{
	const char *name = json_string_value(json_object_get(in, "dev"));
	for (size_t i = 0; name && i < device_count; i++)
		if (strcmp(devices[i].name, name) == 0)
			return &devices[i];
	return NULL;
}

/* ---- a device's state: what it opened, and the engine's ---- */

static gn_err save(const struct device *d, struct gn_buf *out)
{
	size_t opened = d->opened_count * sizeof *d->opened;
	*out = (struct gn_buf){.cap = 40 + opened + gn_e2ee_save_len(d->e)};
	if (!(out->p = malloc(out->cap)))
		return GN_NOMEM;
	gn_put_be64(out->p, d->opened_count);
	memcpy(out->p + 8, d->key.b, 32);
	if (opened)
		memcpy(out->p + 40, d->opened, opened);
	out->len = 40 + opened;
	return gn_e2ee_save(d->e, out);
}

static gn_err load(struct device *d, struct gn_slice state)
{
	struct gn_e2ee *e;
	uint64_t count = state.len >= 40 ? gn_be64(state.p) : UINT64_MAX;
	if (count > STATE_MAX || state.len - 40 < count * sizeof *d->opened)
		return GN_CORRUPT;
	size_t opened = (size_t)count * sizeof *d->opened;
	pool.aside = true;
	gn_err err = gn_e2ee_load(&env, gn_slice_sub(state, 40 + opened, SIZE_MAX), &e);
	pool.aside = false;
	GN_TRY(err);
	free(d->opened);
	d->opened = malloc(opened + 1);
	GN_ASSERT(d->opened);
	memcpy(d->key.b, state.p + 8, 32);
	memcpy(d->opened, state.p + 40, opened);
	d->opened_count = d->opened_cap = (size_t)count;
	gn_e2ee_free(d->e);
	d->e = e;
	return GN_OK;
}

static bool was_opened(const struct device *d, const struct gn_hash *h)
{
	for (size_t i = d->opened_count; i-- > 0;)
		if (gn_hash_eq(&d->opened[i], h))
			return true;
	return false;
}

static void remember(struct device *d, const struct gn_hash *h)
{
	if (d->opened_count == d->opened_cap) {
		d->opened_cap = 2 * d->opened_cap + 16;
		d->opened = realloc(d->opened, d->opened_cap * sizeof *d->opened);
		GN_ASSERT(d->opened);
	}
	d->opened[d->opened_count++] = *h;
}

/* ---- operations: GN_OK with what they answer in `out` ---- */

static gn_err op_init(struct device *d, const json_t *in, json_t *out)
{
	(void)d, (void)in;
	for (size_t i = 0; i < device_count; i++) {
		gn_e2ee_free(devices[i].e);
		free(devices[i].opened);
	}
	group_forget();
	memset(devices, 0, sizeof devices);
	device_count = 0;
	pool.at = pool.len = 0;
	json_object_set_new(out, "version", json_integer(1));
	return GN_OK;
}

static gn_err op_feed(struct device *d, const json_t *in, json_t *out)
{
	(void)d, (void)out;
	size_t len;
	uint8_t *p = hex_any(in, "bytes", &len);
	if (!p)
		return GN_USAGE;
	memmove(pool.p, pool.p + pool.at, pool.len - pool.at);
	pool.len -= pool.at;
	pool.at = 0;
	if (pool.cap < pool.len + len) {
		pool.cap = 2 * (pool.len + len);
		pool.p = realloc(pool.p, pool.cap);
		GN_ASSERT(pool.p);
	}
	memcpy(pool.p + pool.len, p, len);
	pool.len += len;
	free(p);
	return GN_OK;
}

static gn_err op_identity(struct device *d, const json_t *in, json_t *out)
{
	const char *name = json_string_value(json_object_get(in, "dev"));
	struct gn_e2ee_own own;
	uint8_t device_seed[32], pq_seed[GN_PQ_SEED_LEN], pq_pk[GN_PQ_PK_LEN], dh_pk[32];
	struct gn_sk sk;
	GN_TRY(hex_into(in, "owner", own.owner.b, 32));
	GN_TRY(hex_into(in, "device_seed", device_seed, 32));
	GN_TRY(hex_into(in, "mldsa_seed", pq_seed, sizeof pq_seed));
	GN_TRY(hex_into(in, "dh", own.dh, 32));
	GN_TRY(hex_into(in, "hash", own.hash.b, 32));
	GN_TRY(number(in, "seq", INT64_MAX, &own.seq));
	GN_TRY(gn_pq_public(pq_seed, pq_pk));
	gn_sk_from_seed(device_seed, &sk);
	own.device = sk.pk;
	gn_x25519_public(own.dh, dh_pk);
	if (!name || strlen(name) >= sizeof d->name)
		return GN_USAGE;
	if (d && gn_pk_eq(&d->key, &own.device)) {
		gn_e2ee_identity(d->e, &own.owner, own.seq, &own.hash);
	} else {
		struct gn_e2ee *e;
		if (!d && device_count == DEVICES_MAX)
			return GN_LIMIT;
		pool.aside = true;
		gn_err err = gn_e2ee_new(&env, &own, &e);
		pool.aside = false;
		GN_TRY(err);
		if (!d)
			d = &devices[device_count++];
		gn_e2ee_free(d->e);
		free(d->opened);
		*d = (struct device){.key = own.device, .e = e};
		memcpy(d->name, name, strlen(name));
	}
	put_hex(out, "device", own.device.b, 32);
	put_hex(out, "dh", dh_pk, 32);
	put_hex(out, "mldsa", pq_pk, sizeof pq_pk);
	return GN_OK;
}

static json_t *prekey_json(const struct gn_e2ee_prekey *k)
{
	json_t *o = json_object();
	json_object_set_new(o, "id", json_integer(k->id));
	put_hex(o, "x25519", k->x25519, sizeof k->x25519);
	put_hex(o, "kem", k->kem, sizeof k->kem);
	return o;
}

static gn_err op_prekeys(struct device *d, const json_t *in, json_t *out)
{
	static struct gn_e2ee_prekeys keys;
	uint64_t id, few;
	gn_time now;
	GN_TRY(time_of(in, &now));
	GN_TRY(number(in, "id", UINT32_MAX, &id));
	GN_TRY(number(in, "few", GN_E2EE_FEW, &few));
	GN_TRY(gn_e2ee_prekeys_new(d->e, (uint32_t)id, (size_t)few, &keys));
	json_t *list = json_array();
	for (size_t i = 0; i < keys.few_count; i++)
		json_array_append_new(list, prekey_json(&keys.few[i]));
	json_object_set_new(out, "last", prekey_json(&keys.last));
	json_object_set_new(out, "few", list);
	return GN_OK;
}

static gn_err op_erase(struct device *d, const json_t *in, json_t *out)
{
	(void)out;
	const json_t *ids = json_object_get(in, "ids");
	if (!json_is_array(ids))
		return GN_USAGE;
	for (size_t i = 0; i < json_array_size(ids); i++) {
		json_int_t n = json_integer_value(json_array_get(ids, i));
		uint32_t id = (uint32_t)n;
		if (n >= 0 && n <= UINT32_MAX)
			gn_e2ee_prekeys_erase(d->e, &id, 1);
	}
	return GN_OK;
}

static gn_err prekey_of(const json_t *o, struct gn_e2ee_prekey *k)
{
	uint64_t id;
	GN_TRY(number(o, "id", UINT32_MAX, &id));
	k->id = (uint32_t)id;
	GN_TRY(hex_into(o, "x25519", k->x25519, sizeof k->x25519));
	return hex_into(o, "kem", k->kem, sizeof k->kem);
}

static gn_err op_peer(struct device *d, const json_t *in, json_t *out)
{
	(void)out;
	static struct gn_e2ee_peer p;
	static struct gn_e2ee_version history[GN_E2EE_HISTORY];
	const json_t *few = json_object_get(in, "few"), *past = json_object_get(in, "history");
	p = (struct gn_e2ee_peer){.history = history, .history_count = json_array_size(past)};
	GN_TRY(hex_into(in, "owner", p.owner.b, 32));
	GN_TRY(hex_into(in, "device", p.device.b, 32));
	GN_TRY(hex_into(in, "dh", p.dh, 32));
	GN_TRY(number(in, "seq", INT64_MAX, &p.identity.seq));
	GN_TRY(hex_into(in, "hash", p.identity.hash.b, 32));
	GN_TRY(prekey_of(json_object_get(in, "last"), &p.prekeys.last));
	p.prekeys.few_count = json_array_size(few);
	if (p.prekeys.few_count > GN_E2EE_FEW || p.history_count > GN_E2EE_HISTORY)
		return GN_RANGE;
	for (size_t i = 0; i < p.prekeys.few_count; i++)
		GN_TRY(prekey_of(json_array_get(few, i), &p.prekeys.few[i]));
	for (size_t i = 0; i < p.history_count; i++) {
		const json_t *v = json_array_get(past, i);
		const char *hash = json_string_value(json_array_get(v, 1));
		history[i].seq = (uint64_t)json_integer_value(json_array_get(v, 0));
		if (!hash || gn_unhex(gn_str(hash), history[i].hash.b, 32) != GN_OK)
			return GN_USAGE;
	}
	return gn_e2ee_believe(d->e, &p);
}

static gn_err op_write(struct device *d, const json_t *in, json_t *out)
{
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_buf envelope = {bytes, 0, sizeof bytes};
	struct gn_pk to[GN_E2EE_WRAPS];
	const json_t *list = json_object_get(in, "to");
	struct gn_e2ee_write w = {.to = to, .to_count = json_array_size(list)};
	gn_time now;
	GN_TRY(time_of(in, &now));
	GN_TRY(hex_into(in, "box", w.box.b, 32));
	GN_TRY(hex_into(in, "hint", w.hint, 32));
	if (w.to_count > GN_E2EE_WRAPS)
		return GN_USAGE;
	for (size_t i = 0; i < w.to_count; i++) {
		const char *key = json_string_value(json_array_get(list, i));
		if (!key || gn_unhex(gn_str(key), to[i].b, 32) != GN_OK)
			return GN_USAGE;
	}
	size_t len;
	uint8_t *content = hex_any(in, "content", &len);
	if (!content)
		return GN_USAGE;
	w.content = gn_slice(content, len);
	gn_err err = gn_e2ee_write(d->e, &w, &envelope, now);
	free(content);
	if (!err)
		put_hex(out, "envelope", envelope.p, envelope.len);
	return err;
}

static void put_claim(json_t *out, const struct gn_e2ee_read *r)
{
	const struct gn_e2ee_claim *c = &r->claim;
	if (r->result == GN_E2EE_OPENED || r->result == GN_E2EE_WAIT)
		put_hex(out, "owner", c->owner.b, 32);
	put_hex(out, "device", c->device.b, 32);
	if (r->result != GN_E2EE_WAIT)
		return;
	put_hex(out, "dh", c->dh, sizeof c->dh);
	json_object_set_new(out, "seq", json_integer((json_int_t)c->identity.seq));
	put_hex(out, "hash", c->identity.hash.b, 32);
}

static gn_err op_read(struct device *d, const json_t *in, json_t *out)
{
	static const char *const words[] = {
		[GN_E2EE_OPENED] = "opened",   [GN_E2EE_NONE] = "none",
		[GN_E2EE_WAIT] = "wait",       [GN_E2EE_RESEND] = "resend",
		[GN_E2EE_UNKNOWN] = "unknown", [GN_E2EE_REFUSED] = "refused"};
	static uint8_t bytes[GN_E2EE_SIZE_LARGEST];
	struct gn_buf padded = {bytes, 0, sizeof bytes};
	struct gn_e2ee_read r;
	struct gn_hash name;
	uint8_t hint[32];
	gn_time now;
	GN_TRY(time_of(in, &now));
	GN_TRY(hex_into(in, "hint", hint, sizeof hint));
	size_t len, before = pool.at;
	uint8_t *envelope = hex_any(in, "envelope", &len);
	if (!envelope)
		return GN_USAGE;
	gn_sha256((struct gn_slice[]){gn_slice(envelope, len)}, 1, &name);
	if (was_opened(d, &name)) {
		free(envelope);
		json_object_set_new(out, "result", json_string("again"));
		return GN_OK;
	}
	gn_err err = gn_e2ee_read(d->e, hint, gn_slice(envelope, len), &padded, &r, now);
	free(envelope);
	if (err)
		return err;
	json_object_set_new(out, "result", json_string(words[r.result]));
	if (r.result == GN_E2EE_OPENED || r.result == GN_E2EE_WAIT || r.result == GN_E2EE_RESEND)
		put_claim(out, &r);
	if (r.result != GN_E2EE_OPENED) {
		pool.at = before;
		return GN_OK;
	}
	json_object_set_new(out, "setup", json_boolean(r.setup));
	put_hex(out, "padded", padded.p, padded.len);
	if (!pool.dry)
		remember(d, &name);
	return GN_OK;
}

static gn_err op_save(struct device *d, const json_t *in, json_t *out)
{
	(void)in;
	struct gn_buf state;
	gn_err err = save(d, &state);
	if (!err)
		put_hex(out, "state", state.p, state.len);
	free(state.p);
	return err;
}

static gn_err op_load(struct device *d, const json_t *in, json_t *out)
{
	(void)out;
	size_t len;
	uint8_t *state = hex_any(in, "state", &len);
	const char *name = json_string_value(json_object_get(in, "dev"));
	gn_err err = GN_USAGE;
	if (state && name && strlen(name) < sizeof d->name) {
		bool made = !d && device_count < DEVICES_MAX;
		if (made)
			d = &devices[device_count];
		err = d ? load(d, gn_slice(state, len)) : GN_LIMIT;
		if (made && !err) {
			memcpy(d->name, name, strlen(name) + 1);
			device_count++;
		}
	}
	free(state);
	return err;
}

static gn_err person_of(const json_t *o, struct gn_e2ee_person *p, uint8_t pq_pk[GN_PQ_PK_LEN])
{
	GN_TRY(hex_into(o, "ed25519", p->owner.b, 32));
	p->pq_pk = pq_pk;
	return hex_into(o, "mldsa", pq_pk, GN_PQ_PK_LEN);
}

static gn_err op_safety(struct device *d, const json_t *in, json_t *out)
{
	(void)d;
	uint8_t keys[2][GN_PQ_PK_LEN];
	struct gn_e2ee_person a, b;
	struct gn_e2ee_safety s;
	char qr[GN_BASE64_MAX(32)];
	GN_TRY(person_of(json_object_get(in, "a"), &a, keys[0]));
	GN_TRY(person_of(json_object_get(in, "b"), &b, keys[1]));
	gn_e2ee_safety(&a, &b, &s);
	GN_TRY(gn_base64(GN_SLICE(s.qr.b), true, qr, sizeof qr));
	json_object_set_new(out, "number", json_string(s.number));
	json_object_set_new(out, "qr", json_string(qr));
	return GN_OK;
}

static gn_err op_info(struct device *d, const json_t *in, json_t *out)
{
	struct gn_pk device;
	struct gn_e2ee_info info = {0};
	GN_TRY(hex_into(in, "device", device.b, 32));
	GN_TRY(gn_e2ee_info(d->e, &device, &info));
	json_object_set_new(out, "sessions", json_integer((json_int_t)info.sessions));
	json_object_set_new(out, "epoch", json_integer(info.epoch));
	json_object_set_new(out, "state_bytes", json_integer((json_int_t)info.state_bytes));
	json_object_set_new(out, "skipped", json_integer((json_int_t)info.skipped));
	return GN_OK;
}

static const struct op {
	const char *name;
	gn_err (*run)(struct device *d, const json_t *in, json_t *out);
	bool needs_device;
} ops[] = {
	{"init", op_init, false},         {"feed", op_feed, false},
	{"identity", op_identity, false}, {"prekeys", op_prekeys, true},
	{"erase", op_erase, true},        {"peer", op_peer, true},
	{"write", op_write, true},        {"read", op_read, true},
	{"save", op_save, true},          {"load", op_load, false},
	{"safety", op_safety, false},     {"info", op_info, true},
};

/* The operation, undone when it wanted more randomness than there was. */
static const char *run(const json_t *in, json_t *out)
{
	const char *name = json_string_value(json_object_get(in, "op"));
	struct device *d = device_of(in);
	struct gn_buf before = {0};
	size_t at = pool.at;
	for (size_t i = 0; name && i < GN_COUNT(ops); i++) {
		if (strcmp(name, ops[i].name) != 0)
			continue;
		if (ops[i].needs_device && !d)
			return "not-found";
		if (ops[i].needs_device && pool.len - pool.at < DRAW_MAX &&
		    save(d, &before) != GN_OK)
			return "nomem";
		gn_err err = ops[i].run(d, in, out);
		bool dry = pool.dry;
		pool.dry = false;
		if (dry && before.p) {
			gn_err put_back = load(d, gn_buf_slice(&before));
			GN_ASSERT(put_back == GN_OK);
		}
		free(before.p);
		if ((err || dry) && strcmp(name, "feed") != 0)
			pool.at = at;
		return dry ? "randomness" : err ? gn_err_name(err) : NULL;
	}
	gn_err err = name ? group_op(name, d ? d->e : NULL, in, out) : GN_USAGE;
	bool dry = pool.dry;
	pool.dry = false;
	if (err)
		pool.at = at;
	return dry ? "randomness" : err ? gn_err_name(err) : NULL;
}

int main(void)
{
	char *line = NULL;
	size_t cap = 0;
	gn_alloc_heap(&heap, SIZE_MAX / 2);
	pool.p = malloc(pool.cap = 1);
	while (getline(&line, &cap, stdin) > 0) {
		json_error_t error;
		json_t *in = json_loads(line, 0, &error), *out = json_object();
		const char *word = in ? run(in, out) : "malformed";
		if (word)
			json_object_clear(out);
		json_object_set_new(out, "ok", json_boolean(!word));
		if (word)
			json_object_set_new(out, "error", json_string(word));
		json_dumpf(out, stdout, JSON_COMPACT);
		fputc('\n', stdout);
		fflush(stdout);
		json_decref(in);
		json_decref(out);
	}
	free(line);
	json_t *none = json_object();
	op_init(NULL, none, none);
	json_decref(none);
	free(pool.p);
	return 0;
}
