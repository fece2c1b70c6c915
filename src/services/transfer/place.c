/* The receiver's files: which names they have while they come, what of them is there after a kill,
 * and how they become what they are at the end. Every name of the first level, file or folder,
 * comes as "name.part" and is renamed once, when all of the transfer is durable; a folder with all
 * that is in it.
 *
 * 1. Nothing is overwritten: "name.part" is made where there was nothing, and RENAME replaces
 *    nothing. What is there already has its name; ours gets a number: "name (1).txt".
 * 2. A name that begins with a dot begins with '_': what comes is not hidden, and is no
 *    configuration of anything.
 * 3. The state says which names are ours before they are made, and that all is whole before the
 *    first is renamed.
 * Rule RE-62. */
#include "services/transfer/engine_int.h"

#include <stdio.h>

/* ---- names ---- */

/* "name", "name (2)"; of a file before its last dot: "name (2).txt". */
static size_t numbered(const struct gn_transfer *t, const struct transfer_top *top, unsigned number,
		       char out[GN_TRANSFER_NAME_MAX])
{
	struct gn_slice name = transfer_top_name(t, top);
	size_t dot = name.len;
	int n;
	for (size_t i = name.len; i-- > 1 && !top->is_folder;)
		if (name.p[i] == '.') {
			dot = i;
			break;
		}
	if (number)
		n = snprintf(out, GN_TRANSFER_NAME_MAX, "%.*s (%u)%.*s", (int)dot,
			     (const char *)name.p, number, (int)(name.len - dot),
			     (const char *)name.p + dot);
	else
		n = snprintf(out, GN_TRANSFER_NAME_MAX, "%.*s", (int)name.len,
			     (const char *)name.p);
	GN_ASSERT(n > 0 && n <= TRANSFER_TOP_MAX + 6);
	if (out[0] == '.')
		out[0] = '_';
	return (size_t)n;
}

static size_t part_name(const struct gn_transfer *t, const struct transfer_top *top,
			unsigned number, char out[GN_TRANSFER_NAME_MAX])
{
	size_t n = numbered(t, top, number, out);
	memcpy(out + n, ".part", sizeof ".part");
	return n + sizeof ".part" - 1;
}

void place_made(const struct gn_transfer *t, const struct transfer_top *top,
		char out[GN_TRANSFER_NAME_MAX])
{
	(void)numbered(t, top, top->made, out);
}

void place_part(const struct gn_transfer *t, uint32_t file, char out[GN_TRANSFER_NAME_MAX])
{
	struct gn_bundle_file f;
	uint32_t low = 0, high = t->top_count;
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;
		if (t->tops[middle].file <= file)
			low = middle;
		else
			high = middle;
	}
	const struct transfer_top *top = &t->tops[low];
	gn_manifest_at(t->manifest, file, &f);
	size_t n = part_name(t, top, top->part, out), rest = f.path.len - top->name_len;
	GN_ASSERT(n + rest < GN_TRANSFER_NAME_MAX);
	memcpy(out + n, f.path.p + top->name_len, rest);
	out[n + rest] = 0;
}

/* An earlier name of this transfer that comes under the same one. */
static bool is_taken(const struct gn_transfer *t, uint32_t top, unsigned number)
{
	char a[GN_TRANSFER_NAME_MAX], b[GN_TRANSFER_NAME_MAX];
	GN_ASSERT(top < t->top_count && number <= TRANSFER_NUMBER);
	(void)part_name(t, &t->tops[top], number, a);
	for (uint32_t i = 0; i < top; i++) {
		(void)part_name(t, &t->tops[i], t->tops[i].part, b);
		if (gn_same_word(gn_str(a), gn_str(b)))
			return true;
	}
	return false;
}

/* ---- phases ---- */

static void enter(struct gn_transfer *t, enum take_phase phase)
{
	struct transfer_take *k = &t->take;
	k->phase = phase;
	k->top = k->file = k->block = k->number = 0;
	k->file_blocks = UINT32_MAX;
	t->step = STEP_NONE;
}

void place_begin(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(k->phase == TAKE_NONE && t->top_count > 0);
	gn_err err = k->resumed ? keep_runs(t) : GN_OK;
	if (err) {
		transfer_end(t, err, gn_slice(NULL, 0), "the state does not fit what is offered");
		return;
	}
	k->missing = t->blocks;
	enter(t, k->whole ? TAKE_RENAME : k->resumed ? TAKE_CHECK : TAKE_ASK);
	transfer_tell(t, GN_TRANSFER_OFFERED);
	if (k->whole) {
		k->missing = 0;
		t->done = t->bytes;
	}
}

/* The next file with bytes, or without, from k->file on; false: no more. */
static bool next_file(struct gn_transfer *t, bool empty)
{
	struct transfer_take *k = &t->take;
	while (k->file < t->count_files && (t->first[k->file] == t->first[k->file + 1]) != empty)
		k->file++;
	return k->file < t->count_files;
}

static void lost(struct gn_transfer *t)
{
	GN_ASSERT(t->take.phase == TAKE_CHECK);
	t->block[t->first[t->take.file] + t->take.block] = BLOCK_MISSING;
	t->count.blocks_lost++;
	t->take.block++;
}

static void found(struct gn_transfer *t, uint32_t len)
{
	GN_ASSERT(len <= t->bytes - t->done);
	t->done += len;
	t->take.block++;
	transfer_tell(t, GN_TRANSFER_PROGRESS);
}

/* On through the files to what must be asked of the disk. False: all are looked at. */
static bool check_next(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	struct gn_bundle_file f;
	while (next_file(t, false)) {
		gn_manifest_at(t->manifest, k->file, &f);
		if (k->file_blocks == UINT32_MAX)
			return true; /* STAT */
		for (; k->block < t->first[k->file + 1] - t->first[k->file];) {
			uint8_t *b = &t->block[t->first[k->file] + k->block];
			uint32_t len = gn_tree_block_len(f.size, k->block);
			if (k->block >= k->file_blocks) {
				lost(t);
			} else if (*b == BLOCK_SYNCED) {
				k->missing--;
				found(t, len);
			} else {
				return true; /* READ */
			}
		}
		k->file++;
		k->block = 0;
		k->file_blocks = UINT32_MAX;
	}
	return false;
}

static void take_check(struct gn_transfer *t, gn_err err, const struct gn_transfer_result *r,
		       gn_time now)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(k->file < t->count_files);
	struct gn_hash leaves[GN_BLOCK_CHUNKS];
	struct gn_bundle_file f;
	gn_manifest_at(t->manifest, k->file, &f);
	if (err != GN_OK && err != GN_NOT_FOUND) {
		transfer_end(t, err, f.path, NULL);
	} else if (k->file_blocks == UINT32_MAX) {
		bool there = err == GN_OK && r->kind == GN_TRANSFER_FILE;
		k->file_blocks = !there              ? 0
				 : r->size >= f.size ? (uint32_t)gn_tree_block_count(f.size)
						     : (uint32_t)(r->size / GN_BLOCK);
	} else if (err == GN_OK && transfer_block_right(&f, k->block, r->data, leaves)) {
		keep_written(t, t->first[k->file] + k->block, now);
		t->count.blocks_found++;
		found(t, (uint32_t)r->data.len);
	} else {
		lost(t);
	}
}

/* The parts of NAMES and RENAME: this name is free, or another number is tried. */
static void take_name(struct gn_transfer *t, gn_err err)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(k->top < t->top_count && k->number <= TRANSFER_NUMBER);
	struct transfer_top *top = &t->tops[k->top];
	bool naming = k->phase == TAKE_NAMES;
	bool taken =
		naming ? err == GN_OK || (err == GN_NOT_FOUND && is_taken(t, k->top, k->number))
		       : err == GN_EXISTS;
	/* renamed before a kill */
	bool good = err == (naming ? GN_NOT_FOUND : GN_OK) ||
		    (!naming && k->whole && err == GN_NOT_FOUND);
	if (taken && k->number < TRANSFER_NUMBER) {
		k->number++;
		return;
	}
	if (taken || !good) {
		transfer_end(t, taken ? GN_EXISTS : err, transfer_top_name(t, top), NULL);
		return;
	}
	if (naming)
		top->part = (uint16_t)k->number;
	else
		top->made = (uint16_t)k->number;
	top->renamed = !naming;
	k->top++;
	k->number = 0;
}

/* Phases that ask the disk something, one after another; all else waits for keep.c. */
static bool asks(enum take_phase phase)
{
	return phase == TAKE_NAMES || phase == TAKE_MAKE || phase == TAKE_CHECK ||
	       phase == TAKE_EMPTY || phase == TAKE_SYNC || phase == TAKE_RENAME;
}

static void record_whole(struct gn_transfer *t)
{
	GN_ASSERT(t->take.missing == 0 && keep_idle(t));
	bool put = transfer_saved_put(&t->saved, SAVED_WHOLE, NULL, 0);
	GN_ASSERT(put);
	transfer_saved_flush(&t->saved, true);
	t->take.recorded = true;
}

/* The phase after this one, or this one as it is not over. */
static enum take_phase after(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	bool saved = t->saved.step == SAVED_IDLE, tops = k->top == t->top_count;
	switch (k->phase) {
	case TAKE_NAMES: return tops ? TAKE_HEAD : TAKE_NAMES;
	case TAKE_HEAD: return saved ? TAKE_MAKE : TAKE_HEAD;
	case TAKE_MAKE: return tops ? TAKE_TAKE : TAKE_MAKE;
	case TAKE_CHECK: return check_next(t) ? TAKE_CHECK : TAKE_TAKE;
	case TAKE_TAKE: return k->missing ? TAKE_TAKE : TAKE_EMPTY;
	case TAKE_EMPTY: return next_file(t, true) ? TAKE_EMPTY : TAKE_DRAIN;
	case TAKE_DRAIN: return keep_idle(t) ? TAKE_SYNC : TAKE_DRAIN;
	case TAKE_WHOLE:
		if (saved && !k->recorded)
			record_whole(t);
		else if (saved)
			return TAKE_RENAME;
		return TAKE_WHOLE;
	case TAKE_RENAME: return tops ? TAKE_ENDED : TAKE_RENAME;
	case TAKE_NONE:
	case TAKE_ASK:
	case TAKE_SYNC:
	case TAKE_ENDED: return k->phase;
	}
	return k->phase;
}

void place_step(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	while (t->step == STEP_NONE && !t->over) {
		enum take_phase next = after(t);
		if (next == k->phase) {
			t->step = asks(next) ? STEP_DUE : STEP_NONE;
			return;
		}
		enter(t, next);
		if (next == TAKE_HEAD)
			keep_head(t);
		if (next == TAKE_ENDED)
			transfer_tell(t, GN_TRANSFER_FINISHED);
	}
}

void place_accept(struct gn_transfer *t)
{
	GN_ASSERT(t->take.phase == TAKE_ASK);
	enter(t, TAKE_NAMES);
}

/* ---- requests ---- */

static void ask_of_file(const struct gn_transfer *t, struct gn_transfer_request *out)
{
	const struct transfer_take *k = &t->take;
	struct gn_bundle_file f;
	GN_ASSERT(k->file < t->count_files);
	gn_manifest_at(t->manifest, k->file, &f);
	place_part(t, k->file, out->name);
	if (k->phase == TAKE_EMPTY) {
		out->op = GN_TRANSFER_WRITE;
		return;
	}
	out->op = k->file_blocks == UINT32_MAX ? GN_TRANSFER_STAT : GN_TRANSFER_READ;
	if (out->op == GN_TRANSFER_READ) {
		out->offset = (uint64_t)k->block * GN_BLOCK;
		out->len = gn_tree_block_len(f.size, k->block);
	}
}

static void ask_of_top(const struct gn_transfer *t, struct gn_transfer_request *out)
{
	const struct transfer_take *k = &t->take;
	GN_ASSERT(k->top < t->top_count);
	const struct transfer_top *top = &t->tops[k->top];
	(void)part_name(t, top, k->phase == TAKE_NAMES ? k->number : top->part, out->name);
	out->op = k->phase == TAKE_NAMES  ? GN_TRANSFER_STAT
		  : k->phase == TAKE_MAKE ? GN_TRANSFER_MAKE
					  : GN_TRANSFER_RENAME;
	if (k->phase == TAKE_MAKE)
		out->len = top->is_folder;
	if (k->phase == TAKE_RENAME)
		(void)numbered(t, top, k->number, out->name2);
}

bool place_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token)
{
	if (t->step != STEP_DUE)
		return false;
	t->step = STEP_OUT;
	*token = STEP_TOKEN;
	out->place = GN_TRANSFER_DEST;
	if (t->take.phase == TAKE_SYNC)
		out->op = GN_TRANSFER_SYNC;
	else if (t->take.phase == TAKE_CHECK || t->take.phase == TAKE_EMPTY)
		ask_of_file(t, out);
	else
		ask_of_top(t, out);
	return true;
}

void place_done(struct gn_transfer *t, gn_err err, const struct gn_transfer_result *result,
		gn_time now)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(t->step == STEP_OUT);
	t->step = STEP_NONE;
	if (k->phase == TAKE_NAMES || k->phase == TAKE_RENAME)
		take_name(t, err);
	else if (k->phase == TAKE_CHECK)
		take_check(t, err, result, now);
	else if (err != GN_OK)
		transfer_end(t, err, gn_slice(NULL, 0), NULL);
	else if (k->phase == TAKE_MAKE)
		k->top++;
	else if (k->phase == TAKE_EMPTY)
		k->file++;
	else
		enter(t, TAKE_WHOLE);
}
