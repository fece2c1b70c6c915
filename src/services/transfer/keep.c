/* What the receiver has for good. Chunks that are written may be lost in a power cut until they
 * are synced, each TRANSFER_SYNC_BYTES or TRANSFER_SYNC_TIME; then the state says so, and after a
 * kill that is believed. What was written and is not in the state is hashed anew.
 *
 *   IDLE -> DUE [enough, or old enough] -> OUT -> RECORD [synced] -> IDLE [the state is durable]
 *
 * A block is recorded only when it was written before the sync was asked for. Rule RE-62. */
#include "services/transfer/engine_int.h"

static uint32_t block_len(const struct gn_transfer *t, uint32_t block)
{
	struct gn_bundle_file f;
	uint32_t file = transfer_file_of(t, block);
	gn_manifest_at(t->manifest, file, &f);
	return gn_tree_block_len(f.size, block - t->first[file]);
}

void keep_written(struct gn_transfer *t, uint32_t block, gn_time now)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(t->block[block] < BLOCK_WRITTEN && k->missing > 0);
	t->block[block] = BLOCK_WRITTEN;
	k->missing--;
	if (k->unsynced == 0)
		k->keep_at = now + TRANSFER_SYNC_TIME;
	k->unsynced += block_len(t, block);
}

bool keep_idle(const struct gn_transfer *t)
{
	return t->take.keep == KEEP_IDLE && t->take.unsynced == 0;
}

static void sync_begin(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(k->keep == KEEP_IDLE && k->unsynced > 0);
	for (uint32_t i = 0; i < t->blocks; i++)
		if (t->block[i] == BLOCK_WRITTEN)
			t->block[i] = BLOCK_SYNCING;
	k->unsynced = 0;
	k->keep_at = GN_NEVER;
	k->keep = KEEP_DUE;
}

/* What was synced is so; in the state as far as there is room. */
static void record(struct gn_transfer *t)
{
	uint8_t runs[TRANSFER_RUNS * 8];
	uint32_t count = 0;
	GN_ASSERT(t->take.keep == KEEP_RECORD);
	for (uint32_t i = 0; i < t->blocks; i++) {
		uint32_t begin = i;
		for (; i < t->blocks && t->block[i] == BLOCK_SYNCING; i++)
			t->block[i] = BLOCK_SYNCED;
		if (i == begin)
			continue;
		if (count == TRANSFER_RUNS) {
			t->count.runs_dropped++;
			continue;
		}
		gn_put_be32(runs + (size_t)count * 8, begin);
		gn_put_be32(runs + (size_t)count++ * 8 + 4, i - begin);
	}
	if (count == 0) { /* files without bytes */
		t->take.keep = KEEP_IDLE;
		return;
	}
	struct gn_slice all = gn_slice(runs, (size_t)count * 8);
	bool put = transfer_saved_put(&t->saved, SAVED_RUNS, &all, 1);
	GN_ASSERT(put);
	transfer_saved_flush(&t->saved, true);
}

void keep_step(struct gn_transfer *t, gn_time now)
{
	struct transfer_take *k = &t->take;
	bool wanted =
		k->unsynced >= TRANSFER_SYNC_BYTES || now >= k->keep_at || k->phase == TAKE_DRAIN;
	if (k->phase < TAKE_TAKE || k->phase > TAKE_DRAIN)
		return;
	if (k->keep == KEEP_RECORD && t->saved.step == SAVED_IDLE)
		k->keep = KEEP_IDLE;
	if (k->keep == KEEP_IDLE && !transfer_secret_save(t) && wanted && k->unsynced &&
	    t->saved.step == SAVED_IDLE)
		sync_begin(t);
}

bool keep_request(struct gn_transfer *t, struct gn_transfer_request *out)
{
	if (t->take.keep != KEEP_DUE)
		return false;
	out->op = GN_TRANSFER_SYNC;
	out->place = GN_TRANSFER_DEST;
	t->take.keep = KEEP_OUT;
	return true;
}

void keep_done(struct gn_transfer *t)
{
	GN_ASSERT(t->take.keep == KEEP_OUT && t->saved.step == SAVED_IDLE);
	t->count.syncs++;
	t->take.keep = KEEP_RECORD;
	record(t);
}

/* ---- the state ---- */

void keep_head(struct gn_transfer *t)
{
	uint8_t parts[TRANSFER_TOPS * 2];
	GN_ASSERT(t->take.phase == TAKE_HEAD && t->top_count <= TRANSFER_TOPS);
	for (uint32_t i = 0; i < t->top_count; i++) {
		parts[2 * i] = (uint8_t)(t->tops[i].part >> 8);
		parts[2 * i + 1] = (uint8_t)t->tops[i].part;
	}
	bool put = transfer_saved_put(&t->saved, SAVED_TAKING,
				      (struct gn_slice[]){GN_SLICE(t->manifest_hash.b),
							  gn_slice(t->note, t->note_len)},
				      2) &&
		   transfer_saved_put(
			   &t->saved, SAVED_PARTS,
			   (struct gn_slice[]){gn_slice(parts, (size_t)t->top_count * 2)}, 1) &&
		   transfer_saved_put(
			   &t->saved, SAVED_SECRET,
			   (struct gn_slice[]){GN_SLICE(t->secret.id), GN_SLICE(t->secret.key)}, 2);
	GN_ASSERT(put);
	t->secret_due = false;
	transfer_saved_flush(&t->saved, true);
}

static gn_err again_begin(struct gn_transfer *t, struct gn_slice body, size_t bytes)
{
	struct transfer_take *k = &t->take;
	if (k->runs || body.len < 32 || body.len - 32 > TRANSFER_NOTE_MAX)
		return GN_CORRUPT;
	memcpy(k->wanted.b, body.p, 32);
	t->note_len = body.len - 32;
	memcpy(t->note, body.p + 32, t->note_len);
	k->runs = gn_mem_new(t->env.alloc, bytes); /* all runs are in the state */
	return k->runs ? GN_OK : GN_NOMEM;
}

static gn_err again_parts(struct gn_transfer *t, struct gn_slice body)
{
	struct transfer_take *k = &t->take;
	size_t count = body.len / 2;
	if (!k->runs || k->parts || body.len % 2 || count == 0 || count > TRANSFER_TOPS)
		return GN_CORRUPT;
	k->parts = GN_NEW_ARRAY(t->env.alloc, uint16_t, count);
	if (!k->parts)
		return GN_NOMEM;
	k->part_count = count;
	for (size_t i = 0; i < count; i++) {
		k->parts[i] = (uint16_t)(body.p[2 * i] << 8 | body.p[2 * i + 1]);
		if (k->parts[i] > TRANSFER_NUMBER)
			return GN_CORRUPT;
	}
	return GN_OK;
}

gn_err keep_again(struct gn_transfer *t, struct gn_slice state)
{
	struct transfer_take *k = &t->take;
	size_t bytes = state.len;
	enum saved_type type;
	struct gn_slice body;
	gn_err err = transfer_saved_init(&t->saved, t->env.alloc);
	while (!err && transfer_saved_next(&t->saved, &state, &type, &body)) {
		if (type == SAVED_TAKING) {
			err = again_begin(t, body, bytes);
		} else if (type == SAVED_PARTS) {
			err = again_parts(t, body);
		} else if (type == SAVED_SECRET && body.len == sizeof t->secret) {
			memcpy(t->secret.id, body.p, sizeof t->secret.id);
			memcpy(t->secret.key, body.p + sizeof t->secret.id, sizeof t->secret.key);
			t->paired = true;
		} else if (type == SAVED_RUNS && k->runs && body.len % 8 == 0) {
			if (body.len)
				memcpy(k->runs + k->run_bytes, body.p, body.len);
			k->run_bytes += body.len;
		} else if (type == SAVED_WHOLE) {
			k->whole = true;
		} else {
			err = GN_CORRUPT;
		}
	}
	k->resumed = true;
	return !err && (!k->parts || !t->paired) ? GN_CORRUPT : err;
}

gn_err keep_runs(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(k->resumed && k->run_bytes % 8 == 0);
	if (k->part_count != t->top_count)
		return GN_CORRUPT;
	for (uint32_t i = 0; i < t->top_count; i++)
		t->tops[i].part = k->parts[i];
	for (size_t at = 0; at < k->run_bytes; at += 8) {
		uint32_t begin = gn_be32(k->runs + at), count = gn_be32(k->runs + at + 4);
		if (begin > t->blocks || count > t->blocks - begin)
			return GN_CORRUPT;
		memset(t->block + begin, BLOCK_SYNCED, count);
	}
	if (k->whole)
		memset(t->block, BLOCK_SYNCED, t->blocks);
	return GN_OK;
}
