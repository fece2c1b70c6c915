/* The sender's files: how long each is and when it changed, what hash each block has; the manifest
 * of that; and the state, by which another process goes on without reading all again.
 *
 *   STAT -> HASH [all are files] -> SAVE [all are read] -> READY [the state is durable]
 *   any -> over [a file is gone, is none, or has changed meanwhile]
 *
 * What has changed is found by size and time when it is about to be sent, and by its hash when it
 * is read. Rule RE-62. */
#include "services/transfer/engine_int.h"

#include <stdlib.h>

/* bytes of a state beside its files: the manifest in pieces, the other records */
#define STATE_OTHER (TRANSFER_MANIFEST_MAX + (64u << 10))

void offer_changed(struct gn_transfer *t, uint32_t file)
{
	GN_ASSERT(file < t->count_files);
	transfer_end(t, GN_CONFLICT, t->give.files[file].path, "has changed since it was offered");
}

/* ---- the list ---- */

static int by_path(const void *a, const void *b)
{
	struct gn_slice x = ((const struct give_file *)a)->path,
			y = ((const struct give_file *)b)->path;
	int c = memcmp(x.p, y.p, x.len < y.len ? x.len : y.len);
	return c ? c : (x.len > y.len) - (x.len < y.len);
}

static gn_err refuse(char why[256], struct gn_slice path, const char *fault, gn_err err)
{
	char text[160];
	gn_plain(gn_slice_sub(path, 0, 100), text, sizeof text);
	struct gn_writer w = gn_writer(why, 255);
	gn_write_bytes(&w, gn_str(text));
	gn_write_bytes(&w, GN_LIT(": "));
	gn_write_bytes(&w, gn_str(fault));
	GN_ASSERT(!w.bad);
	*w.p = 0;
	return err;
}

static gn_err copy_file(struct gn_transfer *t, const struct gn_transfer_file *file,
			struct give_file *to, size_t *at, char why[256])
{
	char text[GN_PATH_MAX];
	size_t len = 0;
	const char *fault = transfer_path_fault(file->path);
	if (!fault && gn_bundle_path_nfc(file->path, text, &len) != GN_OK)
		fault = "the path is longer than 1,024 bytes in NFC";
	if (!fault && file->source.len > TRANSFER_SOURCE_MAX)
		fault = "the name is longer than 4,096 bytes";
	if (fault)
		return refuse(why, file->path, fault, GN_USAGE);
	to->path = gn_slice(t->give.arena + *at, len);
	memcpy(t->give.arena + *at, text, len);
	to->source = gn_slice(t->give.arena + *at + len, file->source.len);
	if (file->source.len)
		memcpy(t->give.arena + *at + len, file->source.p, file->source.len);
	*at += len + file->source.len;
	return GN_OK;
}

gn_err offer_new(struct gn_transfer *t, const struct gn_transfer_file *files, size_t count,
		 char why[256])
{
	size_t bytes = 1, at = 0, kept = 0;
	if (count == 0)
		return refuse(why, GN_LIT("files"), "there is nothing to send", GN_USAGE);
	if (count > GN_BUNDLE_FILES)
		return refuse(why, GN_LIT("files"), "there are more than 100,000", GN_LIMIT);
	/* NFC is three times as long at most (Unicode annex 15) */
	for (size_t i = 0; i < count; i++) {
		bytes += 3 * files[i].path.len + files[i].source.len;
		kept += SAVED_FILE_BYTES + files[i].source.len;
	}
	if (kept > TRANSFER_STATE_MAX - STATE_OTHER)
		return refuse(why, GN_LIT("files"), "their names are too long", GN_LIMIT);
	t->count_files = (uint32_t)count;
	t->give.files = GN_NEW_ARRAY(t->env.alloc, struct give_file, count);
	t->give.arena = gn_mem_new(t->env.alloc, bytes);
	if (!t->give.files || !t->give.arena)
		return GN_NOMEM;
	for (size_t i = 0; i < count; i++)
		GN_TRY(copy_file(t, &files[i], &t->give.files[i], &at, why));
	qsort(t->give.files, count, sizeof *t->give.files, by_path);
	t->step = STEP_DUE;
	return GN_OK;
}

void offer_fini(struct gn_transfer *t)
{
	for (unsigned i = 0; i < TRANSFER_AHEAD; i++)
		gn_mem_free(t->env.alloc, t->give.reads[i].data);
	gn_mem_free(t->env.alloc, t->give.files);
	gn_mem_free(t->env.alloc, t->give.arena);
	gn_mem_free(t->env.alloc, t->give.hashes);
}

/* ---- lengths and times ---- */

/* What STAT says of the next file. */
static void take_stat(struct gn_transfer *t, gn_err err, const struct gn_transfer_result *r)
{
	GN_ASSERT(t->step == STEP_OUT && t->give.file < t->count_files);
	struct give_file *f = &t->give.files[t->give.file];
	if (err != GN_OK || r->kind != GN_TRANSFER_FILE) {
		transfer_end(t, err ? err : GN_UNSUPPORTED, f->path,
			     err ? NULL : "is not a plain file");
		return;
	}
	f->size = r->size;
	f->mtime = r->mtime;
	t->bytes += f->size;
	if (f->size > (uint64_t)GN_FILE_BLOCKS * GN_BLOCK)
		transfer_end(t, GN_TOO_LARGE, f->path, "is larger than 64 GiB");
	t->give.file++;
	t->step = STEP_DUE;
}

/* All are known: room for the hashes, and reading begins. */
static void begin_hash(struct gn_transfer *t)
{
	struct transfer_give *g = &t->give;
	uint64_t blocks = 0;
	GN_ASSERT(g->phase == OFFER_STAT && !g->hashes);
	t->step = STEP_NONE;
	for (uint32_t i = 0; i < t->count_files; i++)
		blocks += gn_tree_block_count(g->files[i].size);
	if (blocks > TRANSFER_BLOCKS) {
		transfer_end(t, GN_TOO_LARGE, gn_slice(NULL, 0), "these are more than 1 TiB");
		return;
	}
	g->hashes = GN_NEW_ARRAY(t->env.alloc, struct gn_hash, (size_t)blocks + 1);
	t->first = GN_NEW_ARRAY(t->env.alloc, uint32_t, t->count_files + 1);
	if (!g->hashes || !t->first) {
		transfer_end(t, GN_NOMEM, gn_slice(NULL, 0), NULL);
		return;
	}
	for (uint32_t i = 0; i < t->count_files; i++)
		t->first[i + 1] = t->first[i] + (uint32_t)gn_tree_block_count(g->files[i].size);
	t->blocks = (uint32_t)blocks;
	g->file = g->block = 0;
	g->phase = OFFER_HASH;
}

/* ---- hashes ---- */

/* The next block to read goes to a read that is free. */
static void plan_reads(struct gn_transfer *t)
{
	struct transfer_give *g = &t->give;
	for (unsigned i = 0; i < TRANSFER_AHEAD; i++) {
		while (g->file < t->count_files &&
		       g->block == t->first[g->file + 1] - t->first[g->file]) {
			g->file++;
			g->block = 0;
		}
		if (g->file == t->count_files)
			return;
		if (g->reads[i].state != READ_FREE)
			continue;
		g->reads[i].state = READ_DUE;
		g->reads[i].file = g->file;
		g->reads[i].block = g->block;
		g->reads[i].len = gn_tree_block_len(g->files[g->file].size, g->block);
		g->block++;
	}
}

static bool reads_are_free(const struct transfer_give *g)
{
	for (unsigned i = 0; i < TRANSFER_AHEAD; i++)
		if (g->reads[i].state != READ_FREE)
			return false;
	return true;
}

static void take_block(struct gn_transfer *t, struct transfer_read *r, gn_err err,
		       const struct gn_transfer_result *result)
{
	GN_ASSERT(r->state == READ_OUT && r->file < t->count_files);
	r->state = READ_FREE;
	if (err != GN_OK && err != GN_NOT_FOUND)
		transfer_end(t, err, t->give.files[r->file].path, NULL);
	else if (err != GN_OK || result->data.len != r->len)
		offer_changed(t, r->file);
	if (t->over)
		return;
	transfer_hash(result->data, r->leaves, &t->give.hashes[t->first[r->file] + r->block]);
	t->hashed += r->len;
	transfer_tell(t, GN_TRANSFER_PROGRESS);
}

/* ---- the manifest ---- */

static void set_root(struct gn_bundle_file *f, const struct gn_hash *hashes, uint32_t blocks)
{
	if (blocks)
		gn_merkle_root(hashes, blocks, &f->root);
	else
		gn_merkle_leaf(gn_slice(NULL, 0), &f->root);
	f->blocks = gn_slice(hashes, (size_t)blocks * sizeof *hashes);
}

static gn_err make_manifest(struct gn_transfer *t, gn_time now, char why[256])
{
	struct gn_manifest_args args = {.created = gn_unix(now), .file_count = t->count_files};
	struct gn_bundle_file *files =
		GN_NEW_ARRAY(t->env.alloc, struct gn_bundle_file, t->count_files);
	struct gn_buf bytes = {.p = NULL};
	gn_err err = files ? GN_OK : GN_NOMEM;
	for (uint32_t i = 0; i < t->count_files && !err; i++) {
		files[i].path = t->give.files[i].path;
		files[i].size = t->give.files[i].size;
		set_root(&files[i], t->give.hashes + t->first[i], t->first[i + 1] - t->first[i]);
	}
	args.files = files;
	if (!err) {
		bytes.cap = gn_manifest_make_max(&args);
		bytes.p = gn_mem_new(t->env.alloc, bytes.cap);
		err = bytes.p ? gn_manifest_make(t->env.alloc, &args, &bytes, why) : GN_NOMEM;
	}
	gn_mem_free(t->env.alloc, files);
	if (!err && bytes.len > TRANSFER_MANIFEST_MAX)
		err = GN_TOO_LARGE;
	if (!err)
		err = gn_manifest_open(t->env.alloc, gn_buf_slice(&bytes), &t->manifest);
	gn_mem_free(t->env.alloc, bytes.p);
	return err;
}

/* The manifest is there: its blocks are counted, its hash is known. */
static gn_err use_manifest(struct gn_transfer *t)
{
	struct gn_slice bytes = gn_manifest_bytes(t->manifest);
	GN_ASSERT(t->sends && !t->block);
	gn_mem_free(t->env.alloc, t->first);
	t->first = NULL;
	t->bytes = 0;
	gn_sha256(&bytes, 1, &t->manifest_hash);
	return transfer_index(t);
}

static void end_hash(struct gn_transfer *t, gn_time now)
{
	char why[256] = "";
	GN_ASSERT(t->give.phase == OFFER_HASH && reads_are_free(&t->give));
	gn_err err = make_manifest(t, now, why);
	gn_mem_free(t->env.alloc, t->give.hashes);
	t->give.hashes = NULL;
	if (!err)
		err = use_manifest(t);
	if (!err)
		err = transfer_saved_init(&t->saved, t->env.alloc);
	if (err) {
		transfer_end(t, err, gn_slice(NULL, 0), why[0] ? why : NULL);
		return;
	}
	uint8_t count[4];
	gn_put_be32(count, t->count_files);
	bool put = transfer_saved_put(
		&t->saved, SAVED_OFFER,
		(struct gn_slice[]){GN_SLICE(count), gn_slice(t->note, t->note_len)}, 2);
	GN_ASSERT(put);
	t->give.file = 0;
	t->give.phase = OFFER_SAVE;
}

/* ---- the state ---- */

/* Puts as many records as there is room for. True: that was all. */
static bool put_records(struct gn_transfer *t)
{
	struct transfer_give *g = &t->give;
	GN_ASSERT(g->phase == OFFER_SAVE && g->file <= t->count_files);
	struct gn_slice manifest = gn_manifest_bytes(t->manifest);
	for (; g->file < t->count_files; g->file++) {
		uint8_t head[16];
		gn_put_be64(head, g->files[g->file].size);
		gn_put_be64(head + 8, (uint64_t)g->files[g->file].mtime);
		if (!transfer_saved_put(
			    &t->saved, SAVED_FILE,
			    (struct gn_slice[]){GN_SLICE(head), g->files[g->file].source}, 2))
			return false;
	}
	for (; g->piece < manifest.len; g->piece += SAVED_PIECE) {
		struct gn_slice piece = gn_slice_sub(manifest, g->piece, SAVED_PIECE);
		if (!transfer_saved_put(&t->saved, SAVED_MANIFEST, &piece, 1))
			return false;
	}
	return transfer_saved_put(&t->saved, SAVED_READY,
				  (struct gn_slice[]){GN_SLICE(t->manifest_hash.b)}, 1);
}

void offer_step(struct gn_transfer *t, gn_time now)
{
	struct transfer_give *g = &t->give;
	GN_ASSERT(t->sends && !t->over);
	switch (g->phase) {
	case OFFER_STAT:
		if (g->file == t->count_files)
			begin_hash(t);
		if (g->phase == OFFER_HASH && !t->over)
			offer_step(t, now);
		return;
	case OFFER_HASH:
		plan_reads(t);
		if (g->file == t->count_files && reads_are_free(g))
			end_hash(t, now);
		if (g->phase == OFFER_SAVE && !t->over)
			offer_step(t, now);
		return;
	case OFFER_SAVE:
		if (t->saved.step == SAVED_IDLE && g->piece == SIZE_MAX) {
			g->phase = OFFER_READY;
			transfer_tell(t, GN_TRANSFER_READY);
		} else if (t->saved.step == SAVED_IDLE) {
			bool all = put_records(t);
			transfer_saved_flush(&t->saved, all);
			g->piece = all ? SIZE_MAX : g->piece;
		}
		return;
	case OFFER_READY: (void)transfer_secret_save(t); return;
	}
}

/* ---- requests ---- */

bool offer_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token)
{
	struct transfer_give *g = &t->give;
	out->place = GN_TRANSFER_SOURCE;
	if (t->step == STEP_DUE && g->phase == OFFER_STAT && g->file < t->count_files) {
		out->op = GN_TRANSFER_STAT;
		out->file = g->file;
		*token = STEP_TOKEN;
		t->step = STEP_OUT;
		return true;
	}
	for (unsigned i = 0; i < TRANSFER_AHEAD; i++) {
		struct transfer_read *r = &g->reads[i];
		if (r->state != READ_DUE)
			continue;
		r->state = READ_OUT;
		out->op = GN_TRANSFER_READ;
		out->file = r->file;
		out->offset = (uint64_t)r->block * GN_BLOCK;
		out->len = r->len;
		*token = i;
		return true;
	}
	return false;
}

void offer_done(struct gn_transfer *t, uint64_t token, gn_err err,
		const struct gn_transfer_result *result)
{
	if (token == STEP_TOKEN)
		take_stat(t, err, result);
	else if (token < TRANSFER_AHEAD)
		take_block(t, &t->give.reads[token], err, result);
}

/* ---- taking it up again ---- */

static gn_err again_file(struct gn_transfer *t, struct gn_slice body, uint32_t i, size_t *at)
{
	struct gn_reader r = gn_reader(body);
	uint64_t size = gn_read_be64(&r), mtime = gn_read_be64(&r);
	struct gn_slice source = gn_read_bytes(&r, gn_reader_left(&r));
	if (r.bad || i >= t->count_files)
		return GN_CORRUPT;
	t->give.files[i] = (struct give_file){.size = size,
					      .mtime = (int64_t)mtime,
					      .source = gn_slice(t->give.arena + *at, source.len)};
	if (source.len)
		memcpy(t->give.arena + *at, source.p, source.len);
	*at += source.len;
	return GN_OK;
}

static gn_err again_begin(struct gn_transfer *t, struct gn_slice body, size_t bytes)
{
	if (body.len < 4 || body.len - 4 > TRANSFER_NOTE_MAX || t->give.files)
		return GN_CORRUPT;
	t->count_files = gn_be32(body.p);
	if (t->count_files == 0 || t->count_files > GN_BUNDLE_FILES)
		return GN_CORRUPT;
	t->note_len = body.len - 4;
	memcpy(t->note, body.p + 4, t->note_len);
	t->give.files = GN_NEW_ARRAY(t->env.alloc, struct give_file, t->count_files);
	t->give.arena = gn_mem_new(t->env.alloc, bytes); /* all sources are in the state */
	return t->give.files && t->give.arena ? GN_OK : GN_NOMEM;
}

static gn_err again_end(struct gn_transfer *t, struct gn_slice manifest, struct gn_slice body)
{
	struct gn_bundle_file f;
	gn_err err = gn_manifest_open(t->env.alloc, manifest, &t->manifest);
	if (err != GN_OK)
		return err == GN_NOMEM ? err : GN_CORRUPT;
	uint32_t count = t->count_files;
	if (use_manifest(t) != GN_OK || t->count_files != count ||
	    !gn_slice_eq(body, GN_SLICE(t->manifest_hash.b)))
		return GN_CORRUPT;
	for (uint32_t i = 0; i < count; i++) {
		gn_manifest_at(t->manifest, i, &f);
		t->give.files[i].path = f.path;
		if (t->give.files[i].size != f.size)
			return GN_CORRUPT;
	}
	t->give.phase = OFFER_READY;
	t->hashed = t->bytes;
	transfer_tell(t, GN_TRANSFER_READY);
	return GN_OK;
}

gn_err offer_again(struct gn_transfer *t, struct gn_slice state)
{
	size_t bytes = state.len, at = 0;
	GN_ASSERT(t->sends && !t->give.files);
	uint32_t files = 0;
	struct gn_buf manifest = {.p = gn_mem_new(t->env.alloc, bytes), .cap = bytes};
	enum saved_type type;
	struct gn_slice body;
	gn_err err = manifest.p ? transfer_saved_init(&t->saved, t->env.alloc) : GN_NOMEM;
	while (!err && transfer_saved_next(&t->saved, &state, &type, &body)) {
		bool ready = t->give.phase == OFFER_READY;
		if (type == SAVED_OFFER)
			err = again_begin(t, body, bytes);
		else if (type == SAVED_FILE && t->give.files && !ready)
			err = again_file(t, body, files++, &at);
		else if (type == SAVED_MANIFEST && !ready)
			err = gn_buf_put(&manifest, body);
		else if (type == SAVED_READY && t->give.files && files == t->count_files && !ready)
			err = again_end(t, gn_buf_slice(&manifest), body);
		else if (type == SAVED_SECRET && body.len == sizeof t->secret && ready) {
			memcpy(t->secret.id, body.p, sizeof t->secret.id);
			memcpy(t->secret.key, body.p + sizeof t->secret.id, sizeof t->secret.key);
			t->paired = true;
		} else
			err = GN_CORRUPT;
	}
	gn_mem_free(t->env.alloc, manifest.p);
	return !err && t->give.phase != OFFER_READY ? GN_CORRUPT : err;
}
