/* HB-20, an export: "GNEXPORT1\n", then per file "<name> <length> <hash>\n" and its bytes, then
 * "end\n". The hash is h = SHA-256(h || piece) over pieces of 1 MiB, from zeros, in hex. */
#include "hub/proof_int.h"
#include "ledger/ledger.h"
#include "net/net.h"
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gn_err hash_file(const struct gn_os_dir *dir, const char *name, uint64_t size,
			gn_err (*put)(void *, struct gn_slice), void *user, struct gn_hash *out)
{
	/* SHA-256 over the SHA-256 of each MiB: pieces are hashed as they pass */
	uint8_t *piece = malloc(PIECE);
	struct gn_hash chain = {{0}};
	gn_err err = piece ? GN_OK : GN_NOMEM;
	for (uint64_t at = 0; !err && at < size; at += PIECE) {
		struct gn_buf buf = {piece, 0, size - at < PIECE ? (size_t)(size - at) : PIECE};
		size_t want = buf.cap;
		err = gn_os_read_at(dir, name, at, &buf);
		if (!err && buf.len != want)
			err = GN_TRUNCATED;
		struct gn_slice parts[] = {GN_SLICE(chain.b), gn_buf_slice(&buf)};
		if (!err)
			gn_sha256(parts, 2, &chain);
		if (!err && put)
			err = put(user, gn_buf_slice(&buf));
	}
	free(piece);
	*out = chain;
	return err;
}

static gn_err export_file(const struct gn_os_dir *dir, const struct file *f,
			  gn_err (*put)(void *, struct gn_slice), void *user)
{
	char name[80], line[200], hex[65];
	struct gn_hash hash;
	snprintf(name, sizeof name, "journal/%s", f->name);
	GN_TRY(hash_file(dir, name, f->size, NULL, NULL, &hash));
	gn_hex(GN_SLICE(hash.b), hex);
	int n = snprintf(line, sizeof line, "%s %llu %s\n", f->name, (unsigned long long)f->size,
			 hex);
	GN_TRY(put(user, gn_slice(line, (size_t)n)));
	return hash_file(dir, name, f->size, put, user, &hash);
}

gn_err gn_hub_export(const char *data, gn_err (*put)(void *user, struct gn_slice bytes), void *user,
		     char why[GN_HUB_WHY])
{
	struct source s;
	struct file *files = NULL;
	size_t count = 0;
	GN_TRY(gn_hub_proof_open(data, &s, why));
	gn_err err = gn_hub_proof_list(s.dir, &files, &count);
	if (!err && count == 0)
		err = GN_NOT_FOUND;
	if (!err)
		err = put(user, GN_LIT("GNEXPORT1\n"));
	for (size_t i = 0; !err && i < count; i++)
		err = export_file(s.dir, &files[i], put, user);
	if (!err)
		err = put(user, GN_LIT("end\n"));
	free(files);
	gn_hub_proof_close(&s);
	if (err)
		snprintf(why, GN_HUB_WHY, "%s: %s", data,
			 err == GN_NOT_FOUND ? "there is no journal" : gn_err_text(err));
	return err;
}

struct import {
	size_t (*get)(void *user, uint8_t *out, size_t cap);
	void *user;
	uint8_t *piece;
	size_t at, len;
};

static int next_byte(struct import *in)
{
	if (in->at == in->len) {
		in->at = 0;
		in->len = in->get(in->user, in->piece, PIECE);
		if (in->len == 0)
			return -1;
	}
	return in->piece[in->at++];
}

static bool next_line(struct import *in, char *out, size_t cap)
{
	size_t n = 0;
	int c;
	while ((c = next_byte(in)) >= 0 && c != '\n' && n + 1 < cap)
		out[n++] = (char)c;
	out[n] = 0;
	return c == '\n';
}

static gn_err import_file(struct import *in, struct gn_os_dir *dir, const char *name, uint64_t size,
			  const uint8_t hash[32])
{
	uint8_t *piece = malloc(PIECE);
	struct gn_hash chain = {{0}};
	gn_err err = piece ? GN_OK : GN_NOMEM;
	for (uint64_t at = 0; !err && at < size;) {
		size_t want = size - at < PIECE ? (size_t)(size - at) : PIECE, n = 0;
		int c = 0;
		while (n < want && (c = next_byte(in)) >= 0)
			piece[n++] = (uint8_t)c;
		if (n < want)
			err = GN_TRUNCATED;
		struct gn_slice parts[] = {GN_SLICE(chain.b), gn_slice(piece, n)};
		if (!err)
			gn_sha256(parts, 2, &chain);
		if (!err)
			err = gn_os_write_at(dir, name, at, gn_slice(piece, n));
		at += n;
	}
	free(piece);
	if (!err && memcmp(chain.b, hash, 32) != 0)
		err = GN_HASH;
	return err ? err : gn_os_sync(dir, name);
}

/* "<name> <length> <hash>", and nothing else; line begins with the name then. */
static bool read_entry(char *line, uint64_t *size, uint8_t hash[32])
{
	char *number = strchr(line, ' '), *end;
	if (!number || number[1] < '0' || number[1] > '9')
		return false;
	*number = 0;
	*size = strtoull(number + 1, &end, 10);
	return *end == ' ' && *size <= INT64_MAX && gn_hub_proof_is_log(line) &&
	       gn_unhex(gn_str(end + 1), hash, 32) == GN_OK;
}

static gn_err import_all(struct import *in, struct gn_os_dir *dir)
{
	char line[200], name[80];
	uint64_t size;
	if (!next_line(in, line, sizeof line) || strcmp(line, "GNEXPORT1") != 0)
		return GN_MALFORMED;
	for (;;) {
		uint8_t hash[32];
		if (!next_line(in, line, sizeof line))
			return GN_TRUNCATED;
		if (strcmp(line, "end") == 0)
			return GN_OK;
		if (!read_entry(line, &size, hash))
			return GN_MALFORMED;
		snprintf(name, sizeof name, "journal/%.12s", line);
		GN_TRY(import_file(in, dir, name, size, hash));
	}
}

gn_err gn_hub_import(const char *data, size_t (*get)(void *user, uint8_t *out, size_t cap),
		     void *user, char why[GN_HUB_WHY])
{
	struct gn_os_dir *dir;
	struct file *files = NULL;
	size_t count = 0;
	struct import in = {get, user, malloc(PIECE), 0, 0};
	gn_err err = in.piece ? gn_os_dir_open(data, &dir) : GN_NOMEM;
	if (err) {
		free(in.piece);
		FAIL(err, "%s%s", gn_os_why(),
		     err == GN_BUSY ? "; import into an empty directory" : "");
	}
	err = gn_hub_proof_list(dir, &files, &count);
	free(files);
	if (!err && count)
		err = GN_EXISTS;
	bool ours = !err;
	if (!err)
		err = import_all(&in, dir);
	if (err && ours && gn_hub_proof_list(dir, &files, &count) == GN_OK) {
		/* half a journal is worse than none */
		for (size_t i = 0; i < count; i++) {
			char name[80];
			snprintf(name, sizeof name, "journal/%s", files[i].name);
			(void)!gn_os_remove(dir, name);
		}
		free(files);
	}
	gn_os_dir_close(dir);
	free(in.piece);
	if (err)
		FAIL(err, "%s: %s", data,
		     err == GN_EXISTS ? "there is a journal already; import into an empty directory"
				      : gn_err_text(err));
	return GN_OK;
}
