/* Key files of the vault (CR-34), each replaced whole. identity.key and device.key have one
 * passphrase; both change as one:
 *
 *    1 identity.key.next written   2 device.key.next written
 *    3 identity.key.next renamed to identity.key: from here on it is done
 *    4 device.key.next renamed to device.key
 *
 * 1. After a crash: both .next are there, or the first alone: not done, they go. The second alone:
 *    done, it is renamed.
 * 2. The secrets are the same before and after, so a copy of an old file opens the same store.
 *
 * Spec: AG-1..6. */
#include "agent/vault_int.h"

#include <stdio.h>

#define IDENTITY_NEXT AGENT_IDENTITY ".next"
#define DEVICE_NEXT AGENT_DEVICE ".next"

gn_err agent_files_refuse(struct agent_files *f, gn_err err, const char *name, const char *text)
{
	snprintf(f->why, sizeof f->why, "%.300s/%s: %.160s", f->root, name, text);
	return err;
}

static gn_err os_failed(struct agent_files *f, gn_err err)
{
	if (err)
		snprintf(f->why, sizeof f->why, "%.250s/%.250s", f->root, gn_os_why());
	return err;
}

bool agent_files_has(struct agent_files *f, const char *name)
{
	uint8_t nothing;
	struct gn_buf none = {&nothing, 0, 0};
	return gn_os_read_at(f->dir, name, 0, &none) != GN_NOT_FOUND;
}

/* The secret in each form of the passphrase, once; each takes 0.1 s. */
static gn_err open_forms(struct gn_slice file, const char *kind, struct gn_slice passphrase,
			 struct gn_buf *out)
{
	struct agent_passphrase tried[AGENT_FORMS];
	gn_err err = GN_PASSPHRASE;
	for (int form = 0; form < AGENT_FORMS && err == GN_PASSPHRASE; form++) {
		struct agent_passphrase *p = &tried[form];
		p->len = 0;
		bool known = !agent_passphrase_form(passphrase, (enum agent_form)form, p);
		for (int i = 0; i < form; i++)
			known |= gn_slice_eq(gn_slice(tried[i].b, tried[i].len),
					     gn_slice(p->b, p->len));
		if (!known)
			err = gn_keyfile_open(file, kind, gn_slice(p->b, p->len), out);
	}
	gn_wipe(tried, sizeof tried);
	return err;
}

static const char *reason(gn_err err)
{
	switch ((int)err) {
	case GN_PASSPHRASE: return "the passphrase does not open it";
	case GN_VERSION: return "a newer GeoNet wrote it: use that one";
	case GN_USAGE: return "it is a key of another kind: it was put here by mistake";
	default: return "it is damaged: put back a copy of it, or begin anew with the 24 words";
	}
}

gn_err agent_files_load(struct agent_files *f, const char *name, const char *kind,
			const struct gn_slice *passphrase, uint8_t *secret, size_t len)
{
	uint8_t bytes[GN_KEYFILE_MAX + 1], plain[256];
	struct gn_buf file = {bytes, 0, sizeof bytes}, out = {plain, 0, sizeof plain};
	gn_err err = os_failed(f, gn_os_file_read(f->dir, name, &file));
	if (err == GN_TOO_LARGE)
		err = agent_files_refuse(f, GN_CORRUPT, name, reason(GN_CORRUPT));
	if (err)
		goto out;
	err = passphrase && passphrase->len
		      ? open_forms(gn_buf_slice(&file), kind, *passphrase, &out)
		      : gn_keyfile_open(gn_buf_slice(&file), kind, gn_slice(NULL, 0), &out);
	if (!err && out.len != len)
		err = GN_CORRUPT;
	if (err)
		(void)agent_files_refuse(f, err, name, reason(err));
	else
		memcpy(secret, plain, len);
	if (err == GN_USAGE)
		err = GN_CORRUPT;
out:
	gn_wipe(bytes, sizeof bytes);
	gn_wipe(plain, sizeof plain);
	return err;
}

typedef gn_err put_fn(const struct gn_os_dir *dir, const char *name, struct gn_slice data);

static gn_err put(struct agent_files *f, put_fn *fn, const char *name, const char *kind,
		  struct gn_slice passphrase, struct gn_slice secret)
{
	uint8_t bytes[GN_KEYFILE_MAX];
	struct gn_buf file = {bytes, 0, sizeof bytes};
	gn_err err = gn_keyfile_seal(f->rand, kind, secret, passphrase, &file);
	if (err)
		(void)agent_files_refuse(f, err, name, gn_err_text(err));
	else
		err = os_failed(f, fn(f->dir, name, gn_buf_slice(&file)));
	gn_wipe(bytes, sizeof bytes);
	return err;
}

gn_err agent_files_store(struct agent_files *f, const char *name, const char *kind,
			 struct gn_slice passphrase, const uint8_t *secret, size_t len)
{
	return put(f, gn_os_file_write, name, kind, passphrase, gn_slice(secret, len));
}

gn_err agent_files_make(struct agent_files *f, const char *name, const char *kind,
			struct gn_slice passphrase, const uint8_t *secret, size_t len)
{
	return put(f, gn_os_file_make, name, kind, passphrase, gn_slice(secret, len));
}

gn_err agent_files_both(struct agent_files *f, struct gn_slice passphrase, const uint8_t *entropy,
			const uint8_t device[AGENT_DEVICE_LEN])
{
	if (!entropy)
		return agent_files_store(f, AGENT_DEVICE, "device", passphrase, device,
					 AGENT_DEVICE_LEN);
	gn_err err = agent_files_store(f, IDENTITY_NEXT, "identity", passphrase, entropy,
				       AGENT_SECRET_LEN);
	if (!err)
		err = agent_files_store(f, DEVICE_NEXT, "device", passphrase, device,
					AGENT_DEVICE_LEN);
	if (!err)
		err = os_failed(f, gn_os_rename(f->dir, IDENTITY_NEXT, AGENT_IDENTITY));
	if (!err)
		err = os_failed(f, gn_os_rename(f->dir, DEVICE_NEXT, AGENT_DEVICE));
	if (err) {
		char why[GN_AGENT_WHY];
		memcpy(why, f->why, sizeof why);
		(void)!agent_files_recover(f); /* what cannot be now is done at the next start */
		memcpy(f->why, why, sizeof why);
	}
	return err;
}

gn_err agent_files_recover(struct agent_files *f)
{
	bool first = agent_files_has(f, IDENTITY_NEXT), second = agent_files_has(f, DEVICE_NEXT);
	if (second && !first)
		return os_failed(f, gn_os_rename(f->dir, DEVICE_NEXT, AGENT_DEVICE));
	/* the second before the first, which must not be what is left */
	if (second)
		GN_TRY(os_failed(f, gn_os_remove(f->dir, DEVICE_NEXT)));
	return first ? os_failed(f, gn_os_remove(f->dir, IDENTITY_NEXT)) : GN_OK;
}

gn_err agent_files_public(struct agent_files *f, struct gn_pk *out)
{
	uint8_t text[66];
	struct gn_pk pk;
	struct gn_buf file = {text, 0, sizeof text};
	gn_err err = os_failed(f, gn_os_read_at(f->dir, AGENT_PUBLIC, 0, &file));
	if (!err &&
	    (file.len != 65 || text[64] != '\n' || gn_unhex(gn_slice(text, 64), pk.b, sizeof pk.b)))
		err = agent_files_refuse(f, GN_NOT_FOUND, AGENT_PUBLIC, "it is no public key");
	if (!err)
		*out = pk;
	return err;
}

gn_err agent_files_public_put(struct agent_files *f, const struct gn_pk *pk)
{
	char text[66];
	struct gn_pk old;
	if (!agent_files_public(f, &old) && gn_pk_eq(&old, pk))
		return GN_OK;
	gn_hex(GN_SLICE(pk->b), text);
	text[64] = '\n';
	return os_failed(f, gn_os_file_write(f->dir, AGENT_PUBLIC, gn_slice(text, 65)));
}
