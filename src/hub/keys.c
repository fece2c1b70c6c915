/* The hub's secrets in its data directory: hub.key (its identity), tokens.key (what access
 * tokens are sealed with), admin-token (for the beginning, HB-6). Each is made once, 0600. */
#include "hub/keys.h"
#include "hub/why.h"
#include "ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gn_err make_file(struct gn_os_dir *dir, struct gn_rand *rand, const char *name,
			const char *kind, uint8_t secret[32])
{
	uint8_t file[GN_KEYFILE_MAX];
	struct gn_buf out = {file, 0, sizeof file};
	gn_rand_fill(rand, secret, 32);
	gn_err err = gn_keyfile_seal(rand, kind, gn_slice(secret, 32), gn_slice(NULL, 0), &out);
	if (!err)
		err = gn_os_file_write(dir, name, gn_buf_slice(&out));
	gn_wipe(file, sizeof file);
	return err;
}

static gn_err load_file(struct gn_os_dir *dir, struct gn_rand *rand, const char *name,
			const char *kind, bool make, uint8_t secret[32])
{
	uint8_t file[GN_KEYFILE_MAX], plain[256];
	struct gn_buf in = {file, 0, sizeof file}, out = {plain, 0, sizeof plain};
	gn_err err = gn_os_file_read(dir, name, &in);
	if (err == GN_NOT_FOUND && make)
		return make_file(dir, rand, name, kind, secret);
	if (!err)
		err = gn_keyfile_open(gn_buf_slice(&in), kind, gn_slice(NULL, 0), &out);
	if (!err && out.len != 32)
		err = GN_CORRUPT;
	if (!err)
		memcpy(secret, plain, 32);
	gn_wipe(file, sizeof file);
	gn_wipe(plain, sizeof plain);
	return err;
}

gn_err gn_hub_key(const char *data, struct gn_pk *out)
{
	char path[700];
	uint8_t head[GN_JOURNAL_FILE_HEAD];
	struct gn_journal_file file;
	snprintf(path, sizeof path, "%s/journal/%08x.log", data, 1u);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return GN_NOT_FOUND;
	ssize_t n = pread(fd, head, sizeof head, 0);
	close(fd);
	GN_TRY(gn_journal_file(gn_slice(head, n > 0 ? (size_t)n : 0), &file));
	*out = file.hub;
	return GN_OK;
}

/* A journal names its hub: another key can neither go on with it nor stand beside it. key NULL:
 * there is none. */
static gn_err check_journal(const char *data, const struct gn_pk *key, char why[GN_HUB_WHY])
{
	struct gn_pk pk;
	struct stat st;
	char path[700], pid[GN_PID_MAX], other[GN_PID_MAX];
	snprintf(path, sizeof path, "%s/journal/%08x.log", data, 1u);
	if (stat(path, &st) != 0) {
		if (errno == ENOENT)
			return GN_OK;
		FAIL(GN_IO, "the journal in %s/journal cannot be read: %s. Nothing was made", data,
		     strerror(errno));
	}
	if (st.st_size == 0 && key)
		return GN_OK;
	if (gn_hub_key(data, &pk)) {
		if (key)
			return GN_OK; /* recovery says what is wrong with it */
		FAIL(GN_NOT_FOUND,
		     "there is a journal in %s/journal but no hub.key: the key of its hub is "
		     "needed in %s/hub.key. Nothing was made",
		     data, data);
	}
	if (key && memcmp(&pk, key, sizeof pk) == 0)
		return GN_OK;
	gn_pid(&pk, pid);
	if (!key)
		FAIL(GN_NOT_FOUND,
		     "the key of hub %s is needed (%s/hub.key): the journal in %s/journal is its. "
		     "Nothing was made",
		     pid, data, data);
	gn_pid(key, other);
	FAIL(GN_KEY,
	     "the key of hub %s is needed (hub.key): the journal in %s/journal is its, and "
	     "%s/hub.key is that of %s",
	     pid, data, data, other);
}

/* Made once; what an owner wrote himself is taken as it is or refused, never written over. A
 * last line end is an editor's. */
static gn_err load_admin_token(struct gn_os_dir *dir, const char *data, struct gn_rand *rand,
			       struct gn_hub_keys *out, char why[GN_HUB_WHY])
{
	uint8_t raw[32], file[66];
	struct gn_buf in = {file, 0, sizeof file};
	gn_err err = gn_os_file_read(dir, "admin-token", &in);
	if (err == GN_NOT_FOUND) {
		gn_rand_fill(rand, raw, sizeof raw);
		gn_hex(GN_SLICE(raw), out->admin_token);
		if ((err = gn_os_file_write(dir, "admin-token", gn_str(out->admin_token))))
			FAIL(err, "%s/admin-token cannot be written: %s", data, gn_err_text(err));
		return GN_OK;
	}
	if (!err && in.len == 65 && file[64] == '\n')
		in.len = 64;
	if (!err && (in.len != 64 || memchr(file, 0, 64)))
		err = GN_CORRUPT;
	if (!err)
		memcpy(out->admin_token, file, 64);
	gn_wipe(file, sizeof file);
	if (err)
		FAIL(err,
		     "%s/admin-token cannot be used: it must be 64 bytes. It was left as it is; "
		     "remove it, and a new one is made",
		     data);
	return GN_OK;
}

/* Not there, or as a database is that nobody wrote to. */
static bool is_lost(const char *data, const char *name)
{
	struct stat st;
	char path[700];
	snprintf(path, sizeof path, "%s/%s", data, name);
	return stat(path, &st) == 0 ? S_ISREG(st.st_mode) && st.st_size == 0 : errno == ENOENT;
}

gn_err gn_hub_keys_load(struct gn_os_dir *dir, const char *data, struct gn_rand *rand, bool make,
			struct gn_hub_keys *out, char why[GN_HUB_WHY])
{
	uint8_t seed[32], file[GN_KEYFILE_MAX];
	struct gn_buf there = {file, 0, sizeof file};
	if (make && gn_os_file_read(dir, "hub.key", &there) == GN_NOT_FOUND)
		GN_TRY(check_journal(data, NULL, why));
	gn_wipe(file, sizeof file);
	gn_err err = load_file(dir, rand, "hub.key", "hub", make, seed);
	if (err == GN_NOT_FOUND)
		FAIL(err, "there is no hub in %s: make one with geonet hub init", data);
	if (err)
		FAIL(err, "%s/hub.key cannot be used: %s", data, gn_err_text(err));
	gn_sk_from_seed(seed, &out->sk);
	gn_wipe(seed, sizeof seed);
	if ((err = check_journal(data, &out->sk.pk, why)))
		return err;
	/* what was used is not known: no token of before counts */
	if (make && is_lost(data, "tokens.db"))
		err = make_file(dir, rand, "tokens.key", "hub tokens", out->jwt_key);
	else
		err = load_file(dir, rand, "tokens.key", "hub tokens", true, out->jwt_key);
	if (err)
		FAIL(err, "%s/tokens.key cannot be used: %s (without it everybody logs in again)",
		     data, gn_err_text(err));
	return load_admin_token(dir, data, rand, out, why);
}

void gn_hub_keys_wipe(struct gn_hub_keys *keys)
{
	gn_sk_wipe(&keys->sk);
	gn_wipe(keys, sizeof *keys);
}

gn_err gn_hub_init(const char *data, struct gn_pk *pk, char why[GN_HUB_WHY])
{
	struct gn_os_dir *dir;
	struct gn_rand rand = gn_rand_system();
	struct gn_hub_keys keys = {0};
	uint8_t file[GN_KEYFILE_MAX];
	struct gn_buf in = {file, 0, sizeof file};
	gn_err err = gn_os_dir_open(data, &dir);
	if (err)
		FAIL(err, "%s", gn_os_why());
	if (gn_os_file_read(dir, "hub.key", &in) == GN_OK) {
		gn_os_dir_close(dir);
		FAIL(GN_EXISTS, "there is a hub in %s already", data);
	}
	err = gn_hub_keys_load(dir, data, &rand, true, &keys, why);
	if (!err)
		*pk = keys.sk.pk;
	gn_hub_keys_wipe(&keys);
	gn_os_dir_close(dir);
	return err;
}
