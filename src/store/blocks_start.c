/* What is on disk at the start: folders are listed, names say what the files are, and of files
 * that were never completed each chunk is read and proven, one at a time. Complete files are
 * taken by their name and size: every later read proves itself.
 *
 * 1. A complete file of the wrong size is damage: counted and removed. One that cannot be read
 *    is not: it stays.
 * 2. Of two files of one block the complete one stays, of two complete ones that of the higher
 *    class (a removal that failed can leave the other).
 *
 *   LIST -> FOLDERS (00..ff) -> VERIFY (each .part, chunk by chunk) -> READY   any -> FAILED */
#include "store/blocks_int.h"

#include <stdio.h>

void gn_blocks_start(struct gn_blocks *b, gn_time now)
{
	(void)now;
	GN_ASSERT(b->state == BLOCKS_NEW);
	b->state = BLOCKS_LIST;
	b->start_wanted = true;
}

static void fail(struct gn_blocks *b, gn_err err)
{
	GN_ASSERT(err != GN_OK && b->state != BLOCKS_READY);
	b->state = BLOCKS_FAILED;
	b->failed = err;
	gn_log(b->env.log, GN_LOG_ERROR, "store", "blocks.failed", "%s: %s", b->dir,
	       gn_err_text(err));
}

static bool has_folder(const struct gn_blocks *b, uint32_t f)
{
	return b->folders[f / 8] >> f % 8 & 1;
}

/* Cuts the next "size name" off lines; false at the end. size and name are untouched when the
 * line is none. */
static bool next_line(struct gn_slice *lines, uint64_t *size, struct gn_slice *name)
{
	while (lines->len > 0) {
		const uint8_t *end = memchr(lines->p, '\n', lines->len);
		struct gn_slice line =
			gn_slice(lines->p, end ? (size_t)(end - lines->p) : lines->len);
		*lines = gn_slice_sub(*lines, line.len + 1, lines->len);
		uint64_t v = 0;
		size_t i = 0;
		while (i < line.len && i < 15 && line.p[i] >= '0' && line.p[i] <= '9')
			v = v * 10 + (uint64_t)(line.p[i++] - '0');
		if (i == 0 || i == line.len || line.p[i] != ' ')
			continue;
		*size = v;
		*name = gn_slice_sub(line, i + 1, line.len);
		return true;
	}
	return false;
}

static void next_folder(struct gn_blocks *b)
{
	GN_ASSERT(b->state == BLOCKS_FOLDERS);
	while (b->start_at < 256 && !has_folder(b, b->start_at))
		b->start_at++;
	b->start_wanted = true;
	if (b->start_at < 256)
		return;
	b->state = BLOCKS_VERIFY;
	b->start_at = b->start_chunk = 0;
}

static void folders_done(struct gn_blocks *b, struct gn_slice data)
{
	uint64_t size;
	struct gn_slice name;
	while (next_line(&data, &size, &name)) {
		uint8_t f;
		if (name.len == 2 && gn_unhex(name, &f, 1) == GN_OK &&
		    !memchr("ABCDEF", name.p[0], 6) && !memchr("ABCDEF", name.p[1], 6))
			b->folders[f / 8] |= (uint8_t)(1u << f % 8);
	}
	b->state = BLOCKS_FOLDERS;
	b->start_at = 0;
	next_folder(b);
}

/* A file that has to go, beside the map. */
static gn_err add_stray(struct gn_blocks *b, const struct gn_hash *hash,
			const struct block_name *name)
{
	GN_ASSERT(name->len > 0 && name->len <= GN_BLOCK);
	struct block *k = GN_NEW(b->env.alloc, struct block);
	if (!k)
		return GN_NOMEM;
	k->hash = *hash;
	k->len = name->len;
	k->disk = *name;
	k->doomed = k->exists = true;
	k->older = b->strays;
	b->strays = k;
	block_poke(b, k);
	return GN_OK;
}

static gn_err add_file(struct gn_blocks *b, const struct gn_hash *hash, struct block_name *name,
		       uint64_t size)
{
	uint64_t whole = block_file_len(name->len);
	struct block *k = block_find(b, hash);
	if (name->part ? size > whole : size != whole) {
		b->corrupt++;
		gn_log(b->env.log, GN_LOG_WARN, "store", "block.size",
		       "a block's file has %llu bytes, not %llu: removed", (unsigned long long)size,
		       (unsigned long long)whole);
		return add_stray(b, hash, name);
	}
	if (k && (name->part || (!k->disk.part && name->keep <= k->disk.keep)))
		return add_stray(b, hash, name);
	if (k) {
		GN_TRY(add_stray(b, hash, &k->disk));
		b->bytes += whole - block_file_len(k->len);
		b->cached += block_listed(b, k) ? whole - block_file_len(k->len) : 0;
		k->len = name->len;
		k->keep = name->keep;
		k->until = name->until;
		k->disk = *name;
	} else if (!(k = block_add(b, hash, name))) {
		return b->map.count == BLOCKS_MAX ? GN_LIMIT : GN_NOMEM;
	}
	k->exists = true;
	k->have = (uint16_t)(name->part ? 0 : (1u << gn_block_chunks(k->len)) - 1);
	block_touch(b, k);
	block_arm(b, k);
	return GN_OK;
}

static void folder_done(struct gn_blocks *b, struct gn_slice data)
{
	uint64_t size;
	struct gn_slice name;
	while (next_line(&data, &size, &name)) {
		struct gn_hash hash;
		struct block_name what;
		if (!block_name_parse(name, &hash, &what) || hash.b[0] != b->start_at)
			continue;
		gn_err err = add_file(b, &hash, &what, size);
		if (err) {
			fail(b, err);
			return;
		}
	}
	b->start_at++;
	next_folder(b);
}

/* The incomplete block whose chunk is to be proven next, or NULL when all are. */
static struct block *to_verify(struct gn_blocks *b)
{
	for (; b->start_at < b->map.count; b->start_at++, b->start_chunk = 0) {
		struct block *k = *(struct block **)gn_map_value_at(&b->map, b->start_at);
		if (k->disk.part && b->start_chunk < gn_block_chunks(k->len))
			return k;
		block_poke(b, k); /* complete it, or remove it when nothing was found */
	}
	return NULL;
}

static void verify_done(struct gn_blocks *b, gn_err err, struct gn_slice data)
{
	struct block *k = to_verify(b);
	GN_ASSERT(k != NULL);
	if (!err && block_slot_check(k, b->start_chunk, data) == GN_OK)
		k->have |= (uint16_t)(1u << b->start_chunk);
	if (err && err != GN_NOT_FOUND && !k->unread) {
		k->unread = true;
		gn_log(b->env.log, GN_LOG_WARN, "store", "block.unread",
		       "%s: a block that is not whole cannot be read: %s", b->dir,
		       gn_err_text(err));
	}
	b->start_chunk++;
	b->start_wanted = true;
}

bool blocks_start_request(struct gn_blocks *b, struct gn_disk_request *out)
{
	if (!b->start_wanted || b->state == BLOCKS_FAILED)
		return false;
	*out = (struct gn_disk_request){.op = GN_DISK_LIST};
	if (b->state == BLOCKS_LIST) {
		snprintf(out->name, sizeof out->name, "%s", b->dir);
	} else if (b->state == BLOCKS_FOLDERS) {
		snprintf(out->name, sizeof out->name, "%s/%02x", b->dir, b->start_at);
	} else {
		struct block *k = to_verify(b);
		if (!k) {
			b->state = BLOCKS_READY;
			b->start_wanted = false;
			blocks_evict(b, 0, false);
			return blocks_disk_request(b, out);
		}
		out->op = GN_DISK_READ;
		out->offset = (uint64_t)b->start_chunk * BLOCK_SLOT;
		out->len = BLOCK_PROOF_LEN + block_chunk_len(k->len, b->start_chunk);
		block_name_text(b, &k->hash, &k->disk, out->name);
	}
	out->token = b->start_token = ++b->serial;
	b->start_wanted = false;
	b->start_out = true;
	return true;
}

void blocks_start_done(struct gn_blocks *b, gn_err err, struct gn_slice data)
{
	GN_ASSERT(b->state != BLOCKS_NEW && b->state != BLOCKS_READY);
	if (b->state == BLOCKS_VERIFY)
		verify_done(b, err, data);
	else if (err)
		fail(b, err);
	else if (b->state == BLOCKS_LIST)
		folders_done(b, data);
	else
		folder_done(b, data);
}
