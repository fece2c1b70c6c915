/* A secret as a file, sealed under a passphrase or open (CR-34).
 *
 *   bytes   field
 *   8       "GEONETK" and the version, 1
 *   1       1 sealed, 0 open
 *   1 + k   kind: length 1..32 and text
 *   4 4 16  sealed only: Argon2id passes, memory in KiB, salt
 *   2       n: bytes of the next field
 *   n       the secret, or sealed: ChaCha20-Poly1305 of it (tag last) with all of the above as
 *           associated data
 *   8       the first bytes of SHA-256 of all of the above
 *
 * 1. The checksum tells damage from a wrong passphrase; what authenticates is the tag.
 * 2. The key and the nonce are both Argon2id's output, and the salt is fresh, so no pair is used
 *    twice.
 * 3. What a file may cost to open is bounded before a byte is allocated. */
#include "crypto/crypto.h"
#include "crypto/limits.h"

#define SUM_LEN 8
#define SALT_LEN 16
static const uint8_t magic[] = {'G', 'E', 'O', 'N', 'E', 'T', 'K', 1};

_Static_assert(sizeof magic + 2 + KEYFILE_KIND_MAX + 8 + SALT_LEN + 2 + KEYFILE_SECRET_MAX +
			       GN_AEAD_TAG + SUM_LEN <=
		       GN_KEYFILE_MAX,
	       "crypto.h promises that every key file fits");

struct parsed {
	bool sealed;
	struct gn_slice kind, salt, head, body;
	uint32_t passes, memory_kib;
};

static void sum(struct gn_slice bytes, uint8_t out[SUM_LEN])
{
	struct gn_hash h;
	gn_sha256(&bytes, 1, &h);
	memcpy(out, h.b, SUM_LEN);
}

static gn_err keyed(struct gn_slice passphrase, const struct parsed *f, bool sealing,
		    struct gn_aead *a, uint8_t nonce[GN_AEAD_NONCE])
{
	uint8_t key[32 + GN_AEAD_NONCE];
	gn_err err = gn_argon2id(passphrase, f->salt, f->passes, f->memory_kib, key, sizeof key);
	if (err == GN_OK)
		err = gn_aead_init(a, GN_CHACHA20_POLY1305, sealing, gn_slice(key, 32),
				   gn_slice(NULL, 0));
	memcpy(nonce, key + 32, GN_AEAD_NONCE);
	gn_wipe(key, sizeof key);
	return err;
}

gn_err gn_keyfile_seal(struct gn_rand *rand, const char *kind, struct gn_slice secret,
		       struct gn_slice passphrase, struct gn_buf *out)
{
	struct gn_slice name = gn_str(kind);
	if (name.len == 0 || name.len > KEYFILE_KIND_MAX)
		return GN_USAGE;
	if (secret.len > KEYFILE_SECRET_MAX || passphrase.len > KEYFILE_PASSPHRASE_MAX)
		return GN_TOO_LARGE;
	uint8_t file[GN_KEYFILE_MAX], salt[SALT_LEN], nonce[GN_AEAD_NONCE];
	struct parsed f = {.sealed = passphrase.len > 0,
			   .passes = KEYFILE_PASSES,
			   .memory_kib = KEYFILE_MEMORY_KIB,
			   .salt = GN_SLICE(salt)};
	struct gn_writer w = gn_writer(file, sizeof file);
	gn_write_bytes(&w, GN_SLICE(magic));
	gn_write_u8(&w, f.sealed);
	gn_write_u8(&w, (uint8_t)name.len);
	gn_write_bytes(&w, name);
	if (f.sealed) {
		gn_rand_fill(rand, salt, sizeof salt);
		gn_write_be32(&w, f.passes);
		gn_write_be32(&w, f.memory_kib);
		gn_write_bytes(&w, f.salt);
	}
	size_t body_len = secret.len + (f.sealed ? GN_AEAD_TAG : 0);
	gn_write_be16(&w, (uint16_t)body_len);
	f.head = gn_slice(file, gn_writer_len(&w));
	gn_write_bytes(&w, secret);
	GN_ASSERT(!w.bad);
	gn_err err = GN_OK;
	if (f.sealed) {
		struct gn_aead a = {0};
		err = keyed(passphrase, &f, true, &a, nonce);
		if (err == GN_OK)
			err = gn_aead_seal(&a, nonce, f.head, file + f.head.len, secret.len);
		gn_aead_fini(&a);
	}
	size_t len = f.head.len + body_len;
	sum(gn_slice(file, len), file + len);
	if (err == GN_OK)
		err = gn_buf_put(out, gn_slice(file, len + SUM_LEN));
	gn_wipe(file, sizeof file);
	gn_wipe(nonce, sizeof nonce);
	return err;
}

static gn_err parse(struct gn_slice file, struct parsed *out)
{
	struct parsed f = {0};
	uint8_t want[SUM_LEN];
	if (file.len < sizeof magic + SUM_LEN || file.len > GN_KEYFILE_MAX)
		return GN_CORRUPT;
	struct gn_slice content = gn_slice_sub(file, 0, file.len - SUM_LEN);
	sum(content, want);
	if (memcmp(want, file.p + content.len, SUM_LEN) != 0)
		return GN_CORRUPT;
	struct gn_reader r = gn_reader(content);
	struct gn_slice first = gn_read_bytes(&r, sizeof magic);
	if (memcmp(first.p, magic, sizeof magic - 1) != 0)
		return GN_CORRUPT;
	if (first.p[sizeof magic - 1] != magic[sizeof magic - 1])
		return GN_VERSION;
	uint8_t sealed = gn_read_u8(&r);
	f.sealed = sealed == 1;
	f.kind = gn_read_bytes(&r, gn_read_u8(&r));
	if (f.sealed) {
		f.passes = gn_read_be32(&r);
		f.memory_kib = gn_read_be32(&r);
		f.salt = gn_read_bytes(&r, SALT_LEN);
	}
	size_t body_len = gn_read_be16(&r);
	f.head = gn_slice_sub(content, 0, content.len - gn_reader_left(&r));
	f.body = gn_read_bytes(&r, body_len);
	size_t tag = f.sealed ? GN_AEAD_TAG : 0;
	if (r.bad || gn_reader_left(&r) || sealed > 1 || body_len < tag ||
	    body_len - tag > KEYFILE_SECRET_MAX)
		return GN_CORRUPT;
	if (f.sealed &&
	    (f.passes == 0 || f.passes > KEYFILE_PASSES_MAX ||
	     f.memory_kib < ARGON2_MEMORY_MIN_KIB || f.memory_kib > KEYFILE_MEMORY_MAX_KIB))
		return GN_CORRUPT;
	*out = f;
	return GN_OK;
}

gn_err gn_keyfile_open(struct gn_slice file, const char *kind, struct gn_slice passphrase,
		       struct gn_buf *secret)
{
	struct parsed f;
	GN_TRY(parse(file, &f));
	if (!gn_slice_eq(f.kind, gn_str(kind)))
		return GN_USAGE;
	if (!f.sealed)
		return gn_buf_put(secret, f.body);
	if (passphrase.len == 0 || passphrase.len > KEYFILE_PASSPHRASE_MAX)
		return GN_PASSPHRASE;
	uint8_t body[KEYFILE_SECRET_MAX + GN_AEAD_TAG], nonce[GN_AEAD_NONCE];
	struct gn_aead a = {0};
	memcpy(body, f.body.p, f.body.len);
	gn_err err = keyed(passphrase, &f, false, &a, nonce);
	if (err == GN_OK && gn_aead_open(&a, nonce, f.head, body, f.body.len) != GN_OK)
		err = GN_PASSPHRASE;
	if (err == GN_OK)
		err = gn_buf_put(secret, gn_slice(body, f.body.len - GN_AEAD_TAG));
	gn_aead_fini(&a);
	gn_wipe(body, sizeof body);
	gn_wipe(nonce, sizeof nonce);
	return err;
}
