/* A folder as a site: its regular files in sorted order, hashed as they are sent. What a site
 * cannot hold is refused with its path, before anything is sent. */
#include "geonet/site/site.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 64
#define READ_PIECE 262144

static bool refuse(struct cli *cli, const char *path, const char *why)
{
	cli_fail(cli, CLI_FAILED, "usage", "%s: %s", path, why);
	return false;
}

static bool add_file(struct cli *cli, struct site_folder *f, char *path, char *full, uint64_t size)
{
	const char *why = "";
	bool ok = gn_bundle_path_check(gn_str(path), &why) == GN_OK;
	if (ok && f->count == GN_BUNDLE_FILES) {
		ok = false;
		why = "a site has at most 100,000 files";
	}
	if (ok && size > (uint64_t)GN_FILE_BLOCKS * GN_BLOCK) {
		ok = false;
		why = "a file of a site has at most 64 GiB";
	}
	if (!ok) {
		refuse(cli, full, why);
		free(path);
		free(full);
		return false;
	}
	if (f->count == f->cap) {
		f->cap = f->cap * 2 + 64;
		f->files = cli_grow(f->files, f->cap * sizeof *f->files);
	}
	f->files[f->count++] = (struct site_file){.path = path, .full = full, .size = size};
	f->bytes += size;
	return true;
}

/* prefix and name as the site has them: in NFC, whatever the file system writes (BU-1). What
 * cannot be a path stays as it is, and is refused. */
static char *site_path(const char *prefix, const char *name)
{
	char *path = cli_format("%s%s", prefix, name), text[GN_PATH_MAX];
	size_t len;
	if (gn_bundle_path_nfc(gn_str(path), text, &len))
		return path;
	free(path);
	return cli_format("%.*s", (int)len, text);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool walk(struct cli *cli, const char *dir, const char *prefix, bool hidden, unsigned depth,
		 struct site_folder *out);

static bool take_entry(struct cli *cli, const char *dir, const char *prefix, const char *name,
		       bool hidden, unsigned depth, struct site_folder *out)
{
	struct stat st;
	char *full = cli_format("%s/%s", dir, name), *path = site_path(prefix, name);
	bool ok = false;
	if (lstat(full, &st) != 0) {
		refuse(cli, full, strerror(errno));
	} else if (S_ISREG(st.st_mode)) {
		return add_file(cli, out, path, full, (uint64_t)st.st_size); /* takes both texts */
	} else if (S_ISDIR(st.st_mode)) {
		char *inner = cli_format("%s/", path);
		ok = depth < DEPTH_MAX ? walk(cli, full, inner, hidden, depth + 1, out)
				       : refuse(cli, full, "the folders are nested too deep");
		free(inner);
	} else {
		refuse(cli, full,
		       S_ISLNK(st.st_mode) ? "a symbolic link; a site has files and folders only"
					   : "neither a file nor a folder");
	}
	free(full);
	free(path);
	return ok;
}

static bool walk(struct cli *cli, const char *dir, const char *prefix, bool hidden, unsigned depth,
		 struct site_folder *out)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, by_bytes);
	bool ok = n >= 0;
	if (!ok)
		return refuse(cli, dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && ok) {
			if (name[0] == '.' && !hidden && strcmp(name, ".well-known") != 0)
				out->hidden++;
			else
				ok = take_entry(cli, dir, prefix, name, hidden, depth, out);
		}
		free(list[i]);
	}
	free(list);
	return ok;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct site_file *)a)->path, ((const struct site_file *)b)->path);
}

bool site_walk(struct cli *cli, const char *dir, bool hidden, struct site_folder *out)
{
	*out = (struct site_folder){0};
	struct stat st;
	if (stat(dir, &st) != 0)
		return refuse(cli, dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return refuse(cli, dir, "not a folder");
	char *plain = cli_format("%s", dir);
	for (size_t n = strlen(plain); n > 1 && plain[n - 1] == '/'; n--)
		plain[n - 1] = 0;
	bool ok = walk(cli, plain, "", hidden, 0, out);
	free(plain);
	if (ok && out->count == 0)
		return refuse(cli, dir, "there is no file in it");
	if (ok)
		qsort(out->files, out->count, sizeof *out->files, by_path);
	for (size_t i = 1; ok && i < out->count; i++)
		if (strcmp(out->files[i - 1].path, out->files[i].path) == 0)
			return refuse(cli, out->files[i].full,
				      "another file has the same name, written with other code "
				      "points");
	out->packing = ok && site_packs(out);
	return ok;
}

void site_folder_free(struct site_folder *folder)
{
	for (size_t i = 0; i < folder->count; i++) {
		free(folder->files[i].path);
		free(folder->files[i].full);
		free(folder->files[i].blocks);
	}
	free(folder->files);
	free(folder->packs);
	*folder = (struct site_folder){0};
}

/* ---- hashing and sending in one pass ---- */

struct upload {
	struct cli *cli;
	const char *name; /* for sentences and progress */
	int fd;           /* -1: data */
	struct gn_slice data;
	struct gn_file_hasher *hasher;
	uint64_t left, done, total;
	bool failed;
};

static size_t next_piece(void *user, uint8_t *buf, size_t cap)
{
	struct upload *u = user;
	size_t want = u->left < cap ? (size_t)u->left : cap;
	ssize_t n = (ssize_t)want;
	if (want == 0)
		return 0;
	if (u->fd < 0) {
		memcpy(buf, u->data.p, want);
		u->data = gn_slice_sub(u->data, want, SIZE_MAX);
	} else {
		do
			n = read(u->fd, buf, want);
		while (n < 0 && errno == EINTR);
	}
	if (n <= 0) {
		refuse(u->cli, u->name,
		       n < 0 ? strerror(errno)
			     : "became shorter while it was "
			       "read; try again");
		u->failed = true;
		return SIZE_MAX;
	}
	if (gn_file_hasher_put(u->hasher, gn_slice(buf, (size_t)n)) != GN_OK) {
		refuse(u->cli, u->name, "became longer while it was read; try again");
		u->failed = true;
		return SIZE_MAX;
	}
	u->left -= (uint64_t)n;
	u->done += (uint64_t)n;
	if (u->total)
		cli_progress(u->cli, "reading and sending: %s of %s (%s)", out_bytes(u->done),
			     out_bytes(u->total), out_text(u->name));
	return (size_t)n;
}

/* The node must have come to the same root and blocks. */
static bool same_as_node(struct upload *u, const json_t *json, uint64_t size,
			 const struct gn_hash *root, const struct gn_hash *blocks, size_t count)
{
	const json_t *list = json_object_get(json, "blocks");
	struct gn_hash h;
	bool same = json_number(json, "size") == size && json_array_size(list) == count &&
		    gn_unhex(gn_str(json_text(json, "root")), h.b, 32) == GN_OK &&
		    memcmp(h.b, root->b, 32) == 0;
	for (size_t i = 0; same && i < count; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		same = text && gn_unhex(gn_str(text), h.b, 32) == GN_OK &&
		       memcmp(h.b, blocks[i].b, 32) == 0;
	}
	if (!same)
		cli_fail(u->cli, CLI_FAILED, "hash",
			 "%s: the node stored other bytes than were "
			 "sent",
			 u->name);
	return same;
}

static bool run(struct upload *u, uint64_t size, bool send, struct gn_hash *root,
		struct gn_hash **blocks, size_t *block_count)
{
	size_t cap = (size_t)((size + GN_BLOCK - 1) / GN_BLOCK);
	struct reply reply = {0};
	bool ok = true;
	u->hasher = cli_alloc(sizeof *u->hasher);
	u->left = size;
	free(*blocks);
	*blocks = cli_alloc(cap * sizeof **blocks);
	gn_file_hasher_init(u->hasher, *blocks, cap);
	if (send) {
		struct call call = {.method = "POST",
				    .path = cli_format("/api/v1/files"),
				    .read = next_piece,
				    .read_len = size,
				    .user = u};
		ok = client_must(u->cli, call, &reply, u->name) == CLI_OK;
	} else {
		uint8_t *piece = cli_alloc(READ_PIECE);
		while (u->left && ok)
			ok = next_piece(u, piece, READ_PIECE) != SIZE_MAX;
		free(piece);
	}
	ok = ok && !u->failed;
	if (ok) {
		gn_file_hasher_end(u->hasher, root);
		*block_count = u->hasher->block_count;
		ok = !send || same_as_node(u, reply.json, size, root, *blocks, *block_count);
	}
	reply_free(&reply);
	free(u->hasher);
	return ok;
}

bool site_hash_file(struct cli *cli, struct site_file *file, bool upload, uint64_t done,
		    uint64_t total)
{
	struct stat st;
	int fd = open(file->full, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return refuse(cli, file->full, strerror(errno));
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (ok) {
		struct upload u = {
			.cli = cli, .name = file->full, .fd = fd, .done = done, .total = total};
		file->size = (uint64_t)st.st_size;
		ok = run(&u, file->size, upload, &file->root, &file->blocks, &file->block_count);
	} else {
		refuse(cli, file->full, "no longer a file");
	}
	close(fd);
	return ok;
}

bool site_upload_bytes(struct cli *cli, struct gn_slice data, struct gn_hash *root,
		       struct gn_hash **blocks, size_t *block_count)
{
	struct upload u = {.cli = cli, .name = "the bytes to publish", .fd = -1, .data = data};
	*blocks = NULL;
	return run(&u, data.len, true, root, blocks, block_count);
}
