/* A file's way to the node: hashed and sent in one pass, and what the node says is compared with
 * what was sent. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/site/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_PIECE 262144

bool site_refuse(struct cli *cli, const char *path, const char *why)
{
	cli_fail(cli, CLI_FAILED, "usage", "%s: %s", path, why);
	return false;
}

struct upload {
	struct cli *cli;
	const char *name; /* for sentences and progress */
	int fd;           /* -1: data */
	struct gn_slice data;
	struct gn_tree_hasher *hasher;
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
		site_refuse(u->cli, u->name,
			    n < 0 ? strerror(errno)
				  : "became shorter while it was read; try again");
		u->failed = true;
		return SIZE_MAX;
	}
	if (gn_tree_hasher_put(u->hasher, gn_slice(buf, (size_t)n)) != GN_OK) {
		site_refuse(u->cli, u->name, "became longer while it was read; try again");
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
		    gn_hash_eq(&h, root);
	for (size_t i = 0; same && i < count; i++) {
		const char *text = json_string_value(json_array_get(list, i));
		same = text && gn_unhex(gn_str(text), h.b, 32) == GN_OK &&
		       gn_hash_eq(&h, &blocks[i]);
	}
	if (!same)
		cli_fail(u->cli, CLI_FAILED, "hash",
			 "%s: the node stored other bytes than were sent", u->name);
	return same;
}

static bool run_upload(struct upload *u, uint64_t size, bool send, struct gn_hash *root,
		       struct gn_hash **blocks, size_t *block_count)
{
	size_t cap = (size_t)((size + GN_BLOCK - 1) / GN_BLOCK);
	struct reply reply = {0};
	bool ok = true;
	u->hasher = cli_alloc(sizeof *u->hasher);
	u->left = size;
	free(*blocks);
	*blocks = cli_alloc(cap * sizeof **blocks);
	gn_tree_hasher_init(u->hasher, *blocks, cap);
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
		gn_tree_hasher_end(u->hasher, root);
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
		return site_refuse(cli, file->full, strerror(errno));
	bool ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (ok) {
		struct upload u = {
			.cli = cli, .name = file->full, .fd = fd, .done = done, .total = total};
		file->size = (uint64_t)st.st_size;
		ok = run_upload(&u, file->size, upload, &file->root, &file->blocks,
				&file->block_count);
	} else {
		site_refuse(cli, file->full, "no longer a file");
	}
	close(fd);
	return ok;
}

bool site_upload_bytes(struct cli *cli, struct gn_slice data, struct gn_hash *root,
		       struct gn_hash **blocks, size_t *block_count)
{
	struct upload u = {.cli = cli, .name = "the bytes to publish", .fd = -1, .data = data};
	*blocks = NULL;
	return run_upload(&u, data.len, true, root, blocks, block_count);
}
