/* What both ends of a transfer do alike: how it ends, which blocks a manifest has, what a path may
 * be. Blocks are numbered through all files, in the manifest's order. Rule RE-62. */
#include "services/transfer/engine_int.h"

#include <stdio.h>

/* ---- ends ---- */

void transfer_tell(struct gn_transfer *t, enum gn_transfer_event_kind kind)
{
	t->told |= 1u << kind;
}

void transfer_end(struct gn_transfer *t, gn_err err, struct gn_slice file, const char *sentence)
{
	int shown = file.len < 200 ? (int)file.len : 200;
	char text[GN_TRANSFER_WHY];
	GN_ASSERT(err != GN_OK);
	if (t->over)
		return;
	t->over = true;
	t->err = err;
	t->stop_due = t->give.stream != GIVE_NONE || t->take.stream != HEAR_NONE;
	t->stop_code = transfer_stop_code(err);
	t->count.stopped++;
	snprintf(text, sizeof text, "%.*s%s%s", shown, (const char *)file.p,
		 file.len > 200 ? "...: "
		 : file.len     ? ": "
				: "",
		 sentence ? sentence : gn_err_text(err));
	gn_plain(gn_str(text), t->why, sizeof t->why);
	transfer_tell(t, GN_TRANSFER_STOPPED);
}

void transfer_heard_stop(struct gn_transfer *t, struct gn_slice body)
{
	GN_ASSERT(!t->over);
	if (body.len == 0) {
		transfer_end(t, GN_PROTOCOL, gn_slice(NULL, 0), NULL);
		return;
	}
	t->over = t->by_peer = true;
	t->err = transfer_stop_err(body.p[0]);
	t->count.stopped_by_peer++;
	gn_plain(gn_slice_sub(body, 1, body.len - 1), t->why, sizeof t->why);
	transfer_tell(t, GN_TRANSFER_STOPPED);
}

void transfer_say(struct gn_transfer *t, enum frame_type type, struct gn_slice head,
		  struct gn_slice body)
{
	struct transfer_out *o = &t->out;
	GN_ASSERT(head.len <= BLOCK_MAX && o->head_at == o->head_len && o->body_at == o->body_len);
	transfer_frame_write(o->head, type, head.len + body.len);
	if (head.len)
		memcpy(o->head + FRAME_HEAD, head.p, head.len);
	o->head_len = FRAME_HEAD + head.len;
	o->head_at = o->body_at = 0;
	o->body = body.p;
	o->body_len = body.len;
}

/* ---- what a manifest has ---- */

static struct gn_slice part_of(struct gn_slice path, size_t at)
{
	size_t end = at;
	while (end < path.len && path.p[end] != '/')
		end++;
	return gn_slice_sub(path, at, end - at);
}

const char *transfer_path_fault(struct gn_slice path)
{
	const char *why = NULL;
	if (gn_bundle_path_check(path, &why) != GN_OK)
		return why;
	if (part_of(path, 0).len > TRANSFER_TOP_MAX)
		return "the first name is longer than 244 bytes";
	for (size_t at = 0; at < path.len;) {
		struct gn_slice part = part_of(path, at);
		if (part.len > TRANSFER_PART_MAX)
			return "a name is longer than 255 bytes";
		at += part.len + 1;
	}
	return NULL;
}

/* As senders make it: two forms of one name would be one file where the disk has its own form. */
static bool is_composed(struct gn_slice path)
{
	char text[GN_PATH_MAX];
	size_t len;
	return gn_bundle_path_nfc(path, text, &len) == GN_OK &&
	       gn_slice_eq(path, gn_slice(text, len));
}

struct gn_slice transfer_top_name(const struct gn_transfer *t, const struct transfer_top *top)
{
	struct gn_bundle_file f;
	GN_ASSERT(top->file < t->count_files);
	gn_manifest_at(t->manifest, top->file, &f);
	return gn_slice_sub(f.path, 0, top->name_len);
}

/* The files of a folder follow each other: they begin with its name and '/'. */
static gn_err count_tops(struct gn_transfer *t)
{
	struct gn_slice last = gn_slice(NULL, 0);
	t->top_count = 0;
	for (uint32_t i = 0; i < t->count_files; i++) {
		struct gn_bundle_file f;
		gn_manifest_at(t->manifest, i, &f);
		struct gn_slice name = part_of(f.path, 0);
		if (t->top_count && gn_slice_eq(name, last))
			continue;
		if (t->top_count == TRANSFER_TOPS)
			return GN_LIMIT;
		t->tops[t->top_count++] = (struct transfer_top){.file = i,
								.name_len = (uint32_t)name.len,
								.is_folder = name.len < f.path.len};
		last = name;
	}
	return GN_OK;
}

/* Folders of a path that the one before it in the list is not in. */
static uint64_t new_folders(struct gn_slice before, struct gn_slice path)
{
	uint64_t folders = 0;
	bool same = true;
	for (size_t i = 0; i < path.len; i++) {
		same = same && i < before.len && before.p[i] == path.p[i];
		folders += !same && path.p[i] == '/';
	}
	return folders;
}

gn_err transfer_index(struct gn_transfer *t)
{
	struct gn_manifest_args info;
	struct gn_slice before = gn_slice(NULL, 0);
	uint64_t blocks = 0, folders = 0;
	GN_ASSERT(t->manifest && !t->first && !t->block);
	gn_manifest_info(t->manifest, &info);
	t->count_files = (uint32_t)info.file_count;
	if (info.pack_count || info.file_count == 0)
		return GN_PROTOCOL;
	t->first = GN_NEW_ARRAY(t->env.alloc, uint32_t, info.file_count + 1);
	t->tops = GN_NEW_ARRAY(t->env.alloc, struct transfer_top, TRANSFER_TOPS);
	if (!t->first || !t->tops)
		return GN_NOMEM;
	for (uint32_t i = 0; i < t->count_files; i++) {
		struct gn_bundle_file f;
		gn_manifest_at(t->manifest, i, &f);
		if (transfer_path_fault(f.path) || !is_composed(f.path))
			return GN_PROTOCOL;
		t->first[i] = (uint32_t)blocks;
		blocks += gn_tree_block_count(f.size);
		t->bytes += f.size;
		folders += new_folders(before, f.path);
		before = f.path;
		if (blocks > TRANSFER_BLOCKS || folders > TRANSFER_FOLDERS)
			return GN_LIMIT;
	}
	t->blocks = t->first[t->count_files] = (uint32_t)blocks;
	t->block = gn_mem_new(t->env.alloc, blocks + 1);
	return t->block ? count_tops(t) : GN_NOMEM;
}

uint32_t transfer_file_of(const struct gn_transfer *t, uint32_t block)
{
	uint32_t low = 0, high = t->count_files;
	GN_ASSERT(block < t->blocks);
	while (high - low > 1) { /* first[low] <= block < first[high] */
		uint32_t middle = low + (high - low) / 2;
		if (t->first[middle] <= block)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void transfer_hash(struct gn_slice data, struct gn_hash leaves[GN_BLOCK_CHUNKS],
		   struct gn_hash *root)
{
	size_t n = 0;
	GN_ASSERT(data.len > 0 && data.len <= GN_BLOCK);
	for (size_t at = 0; at < data.len; at += GN_CHUNK)
		gn_merkle_leaf(gn_slice_sub(data, at, GN_CHUNK), &leaves[n++]);
	gn_merkle_root(leaves, n, root);
}

bool transfer_block_right(const struct gn_bundle_file *file, uint32_t block, struct gn_slice data,
			  struct gn_hash leaves[GN_BLOCK_CHUNKS])
{
	struct gn_hash root;
	if (data.len != gn_tree_block_len(file->size, block))
		return false;
	transfer_hash(data, leaves, &root);
	return memcmp(root.b, file->blocks.p + (size_t)block * 32, 32) == 0;
}

bool transfer_secret_save(struct gn_transfer *t)
{
	struct gn_slice parts[] = {GN_SLICE(t->secret.id), GN_SLICE(t->secret.key)};
	if (!t->secret_due || t->saved.step != SAVED_IDLE)
		return false;
	t->secret_due = false;
	bool put = transfer_saved_put(&t->saved, SAVED_SECRET, parts, 2);
	GN_ASSERT(put);
	transfer_saved_flush(&t->saved, true);
	return true;
}
