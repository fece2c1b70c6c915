/* The vault: which keys are open, for how long, and how often a passphrase may be tried.
 *
 *    NEW -> OPEN [create]    LOCKED -> OPEN [unlock]    OPEN -> LOCKED [lock]
 *    identity: shut -> open for 60 s [identity] -> shut [done, tick, lock, identity_get too late]
 *
 * 1. While LOCKED no secret is in memory but the reader's root, which lies open on the disk too.
 * 2. Who tries wrong passphrases waits longer each time, whatever they are tried on: unlock,
 *    identity and change share one count. A right one sets it back. It does not outlive the
 *    process: who can start it again can read the files and guess without it.
 * 3. All further keys come from the device's root by HKDF, each with its purpose in the info.
 *
 * Spec: AG-1..10. */
#include "agent/vault_int.h"

#include <stdio.h>
#include <stdlib.h>

struct gn_agent_vault {
	struct agent_files files;
	enum gn_agent_vault_state state;
	bool sealed, restoring;
	uint8_t reader[AGENT_SECRET_LEN];
	struct gn_agent_device device;     /* secret; zeros unless OPEN */
	uint8_t root[32];                  /* secret; zeros unless OPEN */
	struct gn_agent_identity identity; /* secret; zeros unless open */
	gn_time identity_until;            /* 0: shut */
	unsigned wrong;
	gn_time tried; /* when the last wrong one was */
};

/* ---- trying passphrases ---- */

uint64_t gn_agent_vault_wait_ms(const struct gn_agent_vault *v, gn_time now)
{
	uint64_t delay = AGENT_DELAY_FIRST_MS;
	if (v->wrong < AGENT_TRIES_FREE)
		return 0;
	for (unsigned i = AGENT_TRIES_FREE; i < v->wrong && delay < AGENT_DELAY_MAX_MS; i++)
		delay *= 2;
	delay = delay < AGENT_DELAY_MAX_MS ? delay : AGENT_DELAY_MAX_MS;
	uint64_t gone = now > v->tried ? (uint64_t)((now - v->tried) / GN_MSEC) : 0;
	return gone < delay ? delay - gone : 0;
}

static gn_err may_try(struct gn_agent_vault *v, gn_time now)
{
	uint64_t ms = gn_agent_vault_wait_ms(v, now);
	if (!ms)
		return GN_OK;
	snprintf(v->files.why, sizeof v->files.why,
		 "too many wrong passphrases: the next can be tried in %llu s",
		 (unsigned long long)((ms + 999) / 1000));
	return GN_BUSY;
}

static gn_err tried(struct gn_agent_vault *v, gn_err err, gn_time now)
{
	if (err == GN_PASSPHRASE) {
		v->wrong += v->wrong < UINT32_MAX;
		v->tried = now;
	} else if (!err) {
		v->wrong = 0;
	}
	return err;
}

/* ---- what is in device.key ---- */

static gn_err use_device(struct gn_agent_vault *v, const uint8_t secret[AGENT_DEVICE_LEN])
{
	struct gn_agent_device d = {.pq_hash = {{0}}};
	memcpy(d.pq_seed, secret + 32, sizeof d.pq_seed);
	memcpy(d.dh, secret + 64, sizeof d.dh);
	gn_sk_from_seed(secret, &d.sk);
	gn_x25519_public(d.dh, d.dh_pk);
	gn_err err = gn_pq_public(d.pq_seed, d.pq_pk);
	if (!err) {
		gn_sha256(&GN_SLICE(d.pq_pk), 1, &d.pq_hash);
		v->device = d;
		memcpy(v->root, secret + 96, sizeof v->root);
		v->state = GN_AGENT_OPEN;
	}
	gn_wipe(&d, sizeof d);
	return err;
}

static gn_err load_device(struct gn_agent_vault *v, const struct gn_slice *passphrase,
			  uint8_t secret[AGENT_DEVICE_LEN])
{
	return agent_files_load(&v->files, AGENT_DEVICE, "device", passphrase, secret,
				AGENT_DEVICE_LEN);
}

static gn_err load_identity(struct gn_agent_vault *v, const struct gn_slice *passphrase,
			    uint8_t entropy[AGENT_SECRET_LEN])
{
	return agent_files_load(&v->files, AGENT_IDENTITY, "identity", passphrase, entropy,
				AGENT_SECRET_LEN);
}

/* ---- opening the directory ---- */

static gn_err look(struct gn_agent_vault *v)
{
	uint8_t secret[AGENT_DEVICE_LEN];
	GN_TRY(agent_files_recover(&v->files));
	v->restoring = agent_files_has(&v->files, AGENT_RESTORING);
	if (v->restoring)
		return GN_OK;
	if (!agent_files_has(&v->files, AGENT_DEVICE))
		return GN_OK;
	v->state = GN_AGENT_LOCKED;
	GN_TRY(agent_files_load(&v->files, AGENT_READER, "reader", NULL, v->reader,
				sizeof v->reader));
	gn_err err = load_device(v, NULL, secret);
	if (!err)
		err = use_device(v, secret);
	else if (err == GN_PASSPHRASE) {
		v->sealed = true;
		err = GN_OK;
	}
	gn_wipe(secret, sizeof secret);
	return err;
}

gn_err gn_agent_vault_open(const char *data, struct gn_rand *rand, struct gn_agent_vault **out,
			   char why[GN_AGENT_WHY])
{
	struct gn_agent_vault *v = calloc(1, sizeof *v);
	snprintf(why, GN_AGENT_WHY, "%s", gn_err_text(GN_NOMEM));
	if (!v)
		return GN_NOMEM;
	v->files.rand = rand;
	gn_err err = GN_OK;
	if (snprintf(v->files.root, sizeof v->files.root, "%s", data) + 96 >=
	    (int)sizeof v->files.root)
		err = agent_files_refuse(&v->files, GN_USAGE, "", "the path is too long");
	else if ((err = gn_os_dir_open_as(data, "agent.lock", &v->files.dir)))
		snprintf(v->files.why, sizeof v->files.why, "%s%s", gn_os_why(),
			 err == GN_BUSY ? " as its agent: one is enough for all programs" : "");
	if (!err)
		err = look(v);
	if (!err) {
		*out = v;
		return GN_OK;
	}
	snprintf(why, GN_AGENT_WHY, "%s", v->files.why[0] ? v->files.why : gn_err_text(err));
	gn_agent_vault_close(v);
	return err;
}

void gn_agent_vault_close(struct gn_agent_vault *v)
{
	if (!v)
		return;
	gn_os_dir_close(v->files.dir);
	gn_wipe(v, sizeof *v);
	free(v);
}

const char *gn_agent_vault_why(const struct gn_agent_vault *v)
{
	return v->files.why;
}
enum gn_agent_vault_state gn_agent_vault_state(const struct gn_agent_vault *v)
{
	return v->state;
}
bool gn_agent_vault_restoring(const struct gn_agent_vault *v)
{
	return v->restoring;
}
bool gn_agent_vault_sealed(const struct gn_agent_vault *v)
{
	return v->sealed;
}
const struct gn_os_dir *gn_agent_vault_dir(const struct gn_agent_vault *v)
{
	return v->files.dir;
}
const char *gn_agent_vault_root(const struct gn_agent_vault *v)
{
	return v->files.root;
}

/* ---- made, opened, locked ---- */

/* What becomes of identity.key: it stays, gets the passphrase, or is made. */
enum identity_file { FILE_KEPT, FILE_SEALED, FILE_MADE };

/* The identity that is there, opened, or a new one. */
static gn_err find_identity(struct gn_agent_vault *v, const uint8_t *given,
			    struct gn_slice passphrase, uint8_t entropy[32],
			    enum identity_file *file)
{
	*file = FILE_MADE;
	if (!agent_files_has(&v->files, AGENT_IDENTITY)) {
		if (given)
			memcpy(entropy, given, 32);
		else
			gn_rand_fill(v->files.rand, entropy, 32);
		return GN_OK;
	}
	if (given)
		return agent_files_refuse(&v->files, GN_EXISTS, AGENT_IDENTITY,
					  "there is an identity already; it is never overwritten "
					  "(another one needs another directory)");
	gn_err err = load_identity(v, NULL, entropy);
	if (!err || err != GN_PASSPHRASE) {
		*file = passphrase.len > 0 ? FILE_SEALED : FILE_KEPT;
		return err;
	}
	*file = FILE_KEPT;
	return load_identity(v, &passphrase, entropy);
}

/* device.key last: before it the directory is NEW, and all of this can be done again. An identity
 * that the tool made meanwhile, while the passphrase was stretched, is not overwritten: its words
 * have been shown. */
static gn_err make_files(struct gn_agent_vault *v, const uint8_t *entropy, enum identity_file file,
			 struct gn_slice passphrase, const uint8_t device[AGENT_DEVICE_LEN])
{
	struct gn_identity_keys keys;
	uint8_t reader[AGENT_SECRET_LEN];
	gn_err err = gn_identity_derive(entropy, 0, &keys);
	if (err)
		return err;
	if (file == FILE_MADE)
		err = agent_files_make(&v->files, AGENT_IDENTITY, "identity", passphrase, entropy,
				       AGENT_SECRET_LEN);
	else if (file == FILE_SEALED)
		err = agent_files_store(&v->files, AGENT_IDENTITY, "identity", passphrase, entropy,
					AGENT_SECRET_LEN);
	if (!err)
		err = agent_files_public_put(&v->files, &keys.sk.pk);
	gn_rand_fill(v->files.rand, reader, sizeof reader);
	if (!err)
		err = agent_files_store(&v->files, AGENT_READER, "reader", gn_slice(NULL, 0),
					reader, sizeof reader);
	if (!err)
		err = agent_files_store(&v->files, AGENT_DEVICE, "device", passphrase, device,
					AGENT_DEVICE_LEN);
	if (!err)
		memcpy(v->reader, reader, sizeof reader);
	gn_wipe(reader, sizeof reader);
	gn_identity_wipe(&keys);
	return err;
}

gn_err gn_agent_vault_create(struct gn_agent_vault *v, const uint8_t entropy[32],
			     struct gn_slice passphrase, gn_time now)
{
	uint8_t device[AGENT_DEVICE_LEN], whose[32];
	struct agent_passphrase p = {.len = 0};
	enum identity_file file;
	if (v->state != GN_AGENT_NEW)
		return agent_files_refuse(&v->files, GN_EXISTS, AGENT_DEVICE,
					  "this device has its keys already");
	gn_err err = may_try(v, now);
	if (!err && (err = agent_passphrase_new(passphrase, &p)))
		(void)agent_files_refuse(&v->files, err, AGENT_DEVICE,
					 "the passphrase is too long");
	if (!err)
		err = tried(v, find_identity(v, entropy, passphrase, whose, &file), now);
	if (!err) {
		gn_rand_fill(v->files.rand, device, sizeof device);
		err = make_files(v, whose, file, gn_slice(p.b, p.len), device);
	}
	if (!err)
		err = use_device(v, device);
	if (!err)
		v->sealed = p.len > 0;
	gn_wipe(device, sizeof device);
	gn_wipe(whose, sizeof whose);
	gn_wipe(&p, sizeof p);
	return err;
}

gn_err gn_agent_vault_unlock(struct gn_agent_vault *v, struct gn_slice passphrase, gn_time now)
{
	uint8_t secret[AGENT_DEVICE_LEN];
	if (v->state == GN_AGENT_NEW)
		return agent_files_refuse(&v->files, GN_STATE, AGENT_DEVICE,
					  "this device has no keys yet; first: geonet agent start");
	GN_TRY(may_try(v, now));
	gn_err err = tried(v, load_device(v, &passphrase, secret), now);
	if (!err && v->state != GN_AGENT_OPEN)
		err = use_device(v, secret);
	gn_wipe(secret, sizeof secret);
	return err;
}

void gn_agent_vault_lock(struct gn_agent_vault *v)
{
	gn_wipe(&v->device, sizeof v->device);
	gn_wipe(v->root, sizeof v->root);
	gn_agent_vault_identity_done(v);
	if (v->state == GN_AGENT_OPEN)
		v->state = GN_AGENT_LOCKED;
}

gn_err gn_agent_vault_passphrase(struct gn_agent_vault *v, struct gn_slice before,
				 struct gn_slice after, gn_time now)
{
	uint8_t device[AGENT_DEVICE_LEN], entropy[32];
	struct agent_passphrase p = {.len = 0};
	if (v->state == GN_AGENT_NEW)
		return GN_STATE;
	bool identity = agent_files_has(&v->files, AGENT_IDENTITY);
	gn_err err = may_try(v, now);
	if (!err && (err = agent_passphrase_new(after, &p)))
		(void)agent_files_refuse(&v->files, err, AGENT_DEVICE,
					 "the passphrase is too long");
	if (!err)
		err = tried(v, load_device(v, &before, device), now);
	if (!err && identity)
		err = tried(v, load_identity(v, &before, entropy), now);
	if (!err)
		err = agent_files_both(&v->files, gn_slice(p.b, p.len), identity ? entropy : NULL,
				       device);
	if (!err)
		v->sealed = p.len > 0;
	gn_wipe(device, sizeof device);
	gn_wipe(entropy, sizeof entropy);
	gn_wipe(&p, sizeof p);
	return err;
}

/* ---- keys of the device ---- */

gn_err gn_agent_vault_device(const struct gn_agent_vault *v, const struct gn_agent_device **out)
{
	if (v->state != GN_AGENT_OPEN)
		return GN_LOCKED;
	*out = &v->device;
	return GN_OK;
}

/* info: "geonet/agent/" purpose "/1", zero, context. */
static void derive(const uint8_t root[32], const char *purpose, struct gn_slice context,
		   uint8_t out[32])
{
	uint8_t info[160];
	struct gn_writer w = gn_writer(info, sizeof info);
	gn_write_bytes(&w, GN_LIT("geonet/agent/"));
	gn_write_bytes(&w, gn_str(purpose));
	gn_write_bytes(&w, GN_LIT("/1\0"));
	gn_write_bytes(&w, context);
	GN_ASSERT(!w.bad);
	gn_hkdf(gn_slice(root, 32), gn_slice(NULL, 0), gn_slice(info, gn_writer_len(&w)), out, 32);
}

gn_err gn_agent_vault_derive(const struct gn_agent_vault *v, const char *purpose,
			     struct gn_slice context, uint8_t out[32])
{
	if (strlen(purpose) > 64 || context.len > 64)
		return GN_TOO_LARGE;
	if (v->state != GN_AGENT_OPEN)
		return GN_LOCKED;
	derive(v->root, purpose, context, out);
	return GN_OK;
}

gn_err gn_agent_vault_db_key(const struct gn_agent_vault *v, uint8_t key[GN_AGENT_DB_KEY])
{
	return gn_agent_vault_derive(v, "db", gn_slice(NULL, 0), key);
}

gn_err gn_agent_vault_ack(const struct gn_agent_vault *v, const struct gn_pk *box,
			  struct gn_sk *out)
{
	uint8_t seed[32];
	GN_TRY(gn_agent_vault_derive(v, "ack", GN_SLICE(box->b), seed));
	gn_sk_from_seed(seed, out);
	gn_wipe(seed, sizeof seed);
	return GN_OK;
}

/* ---- reading ---- */

gn_err gn_agent_vault_app(const struct gn_agent_vault *v, const char *purpose, struct gn_slice id,
			  uint8_t out[32])
{
	char whole[32];
	GN_ASSERT(strlen(purpose) < 16 && id.len <= 16);
	if (v->state == GN_AGENT_NEW)
		return GN_STATE;
	snprintf(whole, sizeof whole, "app/%s", purpose);
	derive(v->reader, whole, id, out);
	return GN_OK;
}

gn_err gn_agent_vault_reader(const struct gn_agent_vault *v, const struct gn_pk *box,
			     struct gn_sk *out)
{
	uint8_t seed[32];
	if (v->state == GN_AGENT_NEW)
		return GN_STATE;
	derive(v->reader, "reader", GN_SLICE(box->b), seed);
	gn_sk_from_seed(seed, out);
	gn_wipe(seed, sizeof seed);
	return GN_OK;
}

#define BOXES_SUM 8 /* bytes of a checksum at the file's end */
#define BOXES_HEAD 8
static const uint8_t boxes_magic[BOXES_HEAD] = {'G', 'E', 'O', 'N', 'E', 'T', 'B', 1};

gn_err gn_agent_vault_boxes_put(struct gn_agent_vault *v, const struct gn_pk *boxes, size_t count)
{
	if (v->state == GN_AGENT_NEW || count > AGENT_BOXES_MAX)
		return v->state == GN_AGENT_NEW ? GN_STATE : GN_LIMIT;
	uint8_t bytes[BOXES_HEAD + AGENT_BOXES_MAX * 32 + BOXES_SUM];
	struct gn_writer w = gn_writer(bytes, sizeof bytes);
	struct gn_hash sum;
	gn_write_bytes(&w, GN_SLICE(boxes_magic));
	for (size_t i = 0; i < count; i++)
		gn_write_bytes(&w, GN_SLICE(boxes[i].b));
	gn_sha256(&(struct gn_slice){bytes, gn_writer_len(&w)}, 1, &sum);
	gn_write_bytes(&w, gn_slice(sum.b, BOXES_SUM));
	GN_ASSERT(!w.bad);
	gn_err err =
		gn_os_file_write(v->files.dir, AGENT_BOXES, gn_slice(bytes, gn_writer_len(&w)));
	return err ? agent_files_refuse(&v->files, err, AGENT_BOXES, gn_err_text(err)) : GN_OK;
}

gn_err gn_agent_vault_boxes(struct gn_agent_vault *v, struct gn_pk *out, size_t cap, size_t *count)
{
	uint8_t bytes[BOXES_HEAD + AGENT_BOXES_MAX * 32 + BOXES_SUM];
	struct gn_buf file = {bytes, 0, sizeof bytes};
	struct gn_hash sum;
	if (v->state == GN_AGENT_NEW)
		return GN_STATE;
	gn_err err = gn_os_file_read(v->files.dir, AGENT_BOXES, &file);
	if (err == GN_NOT_FOUND) {
		*count = 0;
		return GN_OK;
	}
	if (err && err != GN_TOO_LARGE)
		return agent_files_refuse(&v->files, err, AGENT_BOXES, gn_err_text(err));
	size_t end = file.len >= BOXES_SUM ? file.len - BOXES_SUM : 0;
	gn_sha256(&(struct gn_slice){bytes, end}, 1, &sum);
	if (err || end < BOXES_HEAD || (end - BOXES_HEAD) % 32 ||
	    memcmp(bytes, boxes_magic, BOXES_HEAD) != 0 ||
	    memcmp(bytes + end, sum.b, BOXES_SUM) != 0)
		return agent_files_refuse(&v->files, GN_CORRUPT, AGENT_BOXES,
					  "it is damaged: unlock, and it is made anew");
	if ((end - BOXES_HEAD) / 32 > cap)
		return GN_TOO_LARGE;
	*count = (end - BOXES_HEAD) / 32;
	for (size_t i = 0; i < *count; i++)
		memcpy(out[i].b, bytes + BOXES_HEAD + i * 32, 32);
	return GN_OK;
}

/* ---- the identity ---- */

gn_err gn_agent_vault_owner(const struct gn_agent_vault *v, struct gn_pk *out)
{
	struct agent_files files = v->files; /* its sentence is nobody's */
	return agent_files_public(&files, out) ? GN_NOT_FOUND : GN_OK;
}

bool gn_agent_vault_has_identity(struct gn_agent_vault *v)
{
	return agent_files_has(&v->files, AGENT_IDENTITY);
}

gn_err gn_agent_vault_identity(struct gn_agent_vault *v, struct gn_slice passphrase, gn_time now)
{
	struct gn_agent_identity id;
	GN_TRY(may_try(v, now));
	gn_err err = tried(v, load_identity(v, &passphrase, id.entropy), now);
	if (!err)
		err = gn_identity_derive(id.entropy, 0, &id.keys);
	if (!err) {
		v->identity = id;
		v->identity_until = now + AGENT_IDENTITY_MS * GN_MSEC;
	}
	gn_wipe(&id, sizeof id);
	return err;
}

gn_err gn_agent_vault_identity_get(struct gn_agent_vault *v, gn_time now,
				   const struct gn_agent_identity **out)
{
	gn_agent_vault_tick(v, now);
	if (!v->identity_until)
		return GN_LOCKED;
	*out = &v->identity;
	return GN_OK;
}

void gn_agent_vault_identity_done(struct gn_agent_vault *v)
{
	gn_wipe(&v->identity, sizeof v->identity);
	v->identity_until = 0;
}

gn_time gn_agent_vault_deadline(const struct gn_agent_vault *v)
{
	return v->identity_until ? v->identity_until : GN_NEVER;
}

void gn_agent_vault_tick(struct gn_agent_vault *v, gn_time now)
{
	if (v->identity_until && now >= v->identity_until)
		gn_agent_vault_identity_done(v);
}
