/* The sender's stream: the manifest, then what the receiver says it has, then the rest, a block at
 * a time: its leaves, then its chunks. TRANSFER_AHEAD blocks are read ahead; they go out in the
 * order of blocks.
 *
 * 1. A file is looked at (size, time) before the first of its blocks is read in a stream, and each
 *    block hashed again when it is read: what goes out is what was offered.
 * 2. A stream begins when the secret by which its ends resume is durable here: the other end has it
 *    in no state before.
 * 3. A HAVE costs at most a pass over its bits; files come in rising order, so each once.
 * Rule RE-62. */
#include "services/transfer/engine_int.h"

void give_begin(struct gn_transfer *t)
{
	struct transfer_give *g = &t->give;
	GN_ASSERT(g->phase == OFFER_READY && g->stream == GIVE_NONE);
	memset(t->block, BLOCK_MISSING, t->blocks);
	t->done = 0;
	g->stream = GIVE_MANIFEST;
	g->heard_file = g->next = g->checked = 0;
	g->head = g->busy = g->said = 0;
}

/* Reads that are out come back to nobody; the next stream waits for them. */
void give_cut(struct gn_transfer *t)
{
	GN_ASSERT(t->sends);
	for (unsigned i = 0; i < TRANSFER_AHEAD; i++) {
		struct transfer_read *r = &t->give.reads[i];
		if (r->state == READ_OUT)
			r->stale = true;
		else
			r->state = READ_FREE;
	}
	t->give.stream = GIVE_NONE;
	t->step_stale = t->step == STEP_OUT;
	if (t->step == STEP_DUE)
		t->step = STEP_NONE;
}

/* ---- what is read ahead ---- */

static bool any_stale(const struct transfer_give *g)
{
	for (unsigned i = 0; i < TRANSFER_AHEAD; i++)
		if (g->reads[i].stale)
			return true;
	return false;
}

static bool room_for(struct gn_transfer *t, struct transfer_read *r)
{
	GN_ASSERT(r->state == READ_FREE && !r->stale);
	if (!r->data)
		r->data = gn_mem_resize(t->env.alloc, NULL, GN_BLOCK);
	if (!r->data)
		transfer_end(t, GN_NOMEM, gn_slice(NULL, 0), NULL);
	return r->data != NULL;
}

/* The next blocks that the receiver has not are due to be read. */
static void plan_reads(struct gn_transfer *t)
{
	struct transfer_give *g = &t->give;
	while (g->busy < TRANSFER_AHEAD && t->step == STEP_NONE && !any_stale(g)) {
		while (g->next < t->blocks && t->block[g->next] == BLOCK_SKIPPED)
			g->next++;
		if (g->next == t->blocks)
			return;
		uint32_t file = transfer_file_of(t, g->next);
		if (file >= g->checked) { /* is it what it was? */
			g->checked = file;
			t->step = STEP_DUE;
			return;
		}
		struct transfer_read *r = &g->reads[(g->head + g->busy) % TRANSFER_AHEAD];
		GN_ASSERT(r->state == READ_FREE);
		if (!room_for(t, r))
			return;
		r->state = READ_DUE;
		r->file = file;
		r->block = g->next++ - t->first[file];
		r->len = gn_tree_block_len(g->files[file].size, r->block);
		g->busy++;
	}
}

void give_step(struct gn_transfer *t)
{
	if (t->give.stream == GIVE_BLOCKS)
		plan_reads(t);
}

bool give_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token)
{
	if (t->step == STEP_DUE && t->give.phase == OFFER_READY) {
		out->place = GN_TRANSFER_SOURCE;
		out->op = GN_TRANSFER_STAT;
		out->file = t->give.checked;
		*token = STEP_TOKEN;
		t->step = STEP_OUT;
		return true;
	}
	return offer_request(t, out, token);
}

static void take_stat(struct gn_transfer *t, gn_err err, const struct gn_transfer_result *r)
{
	struct transfer_give *g = &t->give;
	const struct give_file *f = &g->files[g->checked];
	GN_ASSERT(t->step == STEP_OUT && g->checked < t->count_files);
	t->step = STEP_NONE;
	if (t->step_stale) {
		t->step_stale = false;
		return;
	}
	if (err != GN_OK && err != GN_NOT_FOUND)
		transfer_end(t, err, f->path, NULL);
	else if (err != GN_OK || r->kind != GN_TRANSFER_FILE || r->size != f->size ||
		 r->mtime != f->mtime)
		offer_changed(t, g->checked);
	else
		g->checked++;
}

static void take_block(struct gn_transfer *t, struct transfer_read *r, gn_err err,
		       const struct gn_transfer_result *result)
{
	struct gn_bundle_file f;
	GN_ASSERT(r->state == READ_OUT && r->file < t->count_files);
	r->state = READ_FREE;
	if (r->stale) {
		r->stale = false;
		return;
	}
	gn_manifest_at(t->manifest, r->file, &f);
	if (err != GN_OK && err != GN_NOT_FOUND) {
		transfer_end(t, err, f.path, NULL);
	} else if (err != GN_OK || !transfer_block_right(&f, r->block, result->data, r->leaves)) {
		offer_changed(t, r->file);
	} else {
		memcpy(r->data, result->data.p, r->len);
		r->state = READ_FULL;
	}
}

void give_done(struct gn_transfer *t, uint64_t token, gn_err err,
	       const struct gn_transfer_result *result)
{
	if (token == STEP_TOKEN)
		take_stat(t, err, result);
	else if (token < TRANSFER_AHEAD)
		take_block(t, &t->give.reads[token], err, result);
}

bool give_waits(const struct gn_transfer *t)
{
	const struct transfer_give *g = &t->give;
	const struct transfer_out *o = &t->out;
	bool full = o->head_at < o->head_len || o->body_at < o->body_len ||
		    (g->busy && g->reads[g->head].state == READ_FULL);
	return g->stream == GIVE_END || (g->stream == GIVE_BLOCKS && full);
}

/* ---- what the receiver says ---- */

uint32_t give_allowed(const struct gn_transfer *t)
{
	GN_ASSERT(t->sends && !t->over);
	return FRAME_BIT(FRAME_STOP) | (t->give.stream == GIVE_HAVE  ? FRAME_BIT(FRAME_HAVE)
					: t->give.stream == GIVE_END ? FRAME_BIT(FRAME_DONE)
								     : 0);
}

static gn_err heard_have(struct gn_transfer *t, struct gn_slice body)
{
	struct transfer_give *g = &t->give;
	GN_ASSERT(g->stream == GIVE_HAVE && g->heard_file <= t->count_files);
	uint32_t file = body.len < 4 ? UINT32_MAX : gn_be32(body.p);
	if (file > t->count_files || file < g->heard_file)
		return GN_PROTOCOL;
	if (file == t->count_files) {
		g->stream = GIVE_BLOCKS;
		transfer_tell(t, GN_TRANSFER_PROGRESS);
		return body.len == 4 ? GN_OK : GN_PROTOCOL;
	}
	uint32_t blocks = t->first[file + 1] - t->first[file];
	if (body.len != 4 + (blocks + 7) / 8 || (blocks % 8 && body.p[body.len - 1] >> blocks % 8))
		return GN_PROTOCOL;
	for (uint32_t i = 0; i < blocks; i++) {
		if (!(body.p[4 + i / 8] >> i % 8 & 1))
			continue;
		t->block[t->first[file] + i] = BLOCK_SKIPPED;
		t->done += gn_tree_block_len(g->files[file].size, i);
		t->count.blocks_skipped++;
	}
	g->heard_file = file + 1;
	return GN_OK;
}

void give_heard(struct gn_transfer *t)
{
	gn_err err = GN_OK;
	switch ((enum frame_type)t->in.type) {
	case FRAME_HAVE: err = heard_have(t, gn_slice(t->small, t->in.len)); break;
	case FRAME_DONE:
		t->give.stream = GIVE_NONE;
		t->over = true;
		transfer_tell(t, GN_TRANSFER_FINISHED);
		break;
	case FRAME_SHARE:
	case FRAME_CONFIRM:
	case FRAME_RESUME:
	case FRAME_MANIFEST:
	case FRAME_BLOCK:
	case FRAME_CHUNK:
	case FRAME_STOP:
	case FRAME_TYPES: GN_UNREACHABLE("a frame that is not allowed");
	}
	if (err)
		transfer_end(t, err, gn_slice(NULL, 0), "the receiver does not speak the protocol");
}

/* ---- what is said ---- */

static void say_block(struct gn_transfer *t, const struct transfer_read *r)
{
	uint8_t head[BLOCK_MAX];
	size_t n = (r->len + GN_CHUNK - 1) / GN_CHUNK;
	gn_put_be32(head, r->file);
	GN_ASSERT(r->state == READ_FULL && n <= GN_BLOCK_CHUNKS);
	gn_put_be32(head + 4, r->block);
	memcpy(head + 8, r->leaves, n * sizeof *r->leaves);
	transfer_say(t, FRAME_BLOCK, gn_slice(head, 8 + n * sizeof *r->leaves), gn_slice(NULL, 0));
}

/* The block of which all is said makes room. */
static void next_block(struct gn_transfer *t)
{
	struct transfer_give *g = &t->give;
	struct transfer_read *r = &g->reads[g->head];
	GN_ASSERT(g->busy > 0 && r->state == READ_FULL);
	r->state = READ_FREE;
	t->done += r->len;
	t->count.blocks_sent++;
	g->head = (g->head + 1) % TRANSFER_AHEAD;
	g->busy--;
	g->said = 0;
	transfer_tell(t, GN_TRANSFER_PROGRESS);
	give_step(t);
}

static bool say_of_blocks(struct gn_transfer *t)
{
	struct transfer_give *g = &t->give;
	struct transfer_read *r = &g->reads[g->head];
	if (g->busy && r->state == READ_FULL && g->said > (r->len + GN_CHUNK - 1) / GN_CHUNK) {
		next_block(t);
		r = &g->reads[g->head];
	}
	if (g->busy == 0 && g->next == t->blocks && t->step == STEP_NONE) {
		transfer_say(t, FRAME_DONE, gn_slice(NULL, 0), gn_slice(NULL, 0));
		g->stream = GIVE_END;
		return true;
	}
	if (g->busy == 0 || r->state != READ_FULL)
		return false;
	if (g->said == 0)
		say_block(t, r);
	else
		transfer_say(t, FRAME_CHUNK, gn_slice(NULL, 0),
			     gn_slice_sub(gn_slice(r->data, r->len),
					  (size_t)(g->said - 1) * GN_CHUNK, GN_CHUNK));
	g->said++;
	return true;
}

bool give_say(struct gn_transfer *t)
{
	GN_ASSERT(t->sends && !t->over);
	switch (t->give.stream) {
	case GIVE_MANIFEST:
		if (t->secret_due || t->saved.step != SAVED_IDLE)
			return false;
		t->give.stream = GIVE_HAVE;
		transfer_say(t, FRAME_MANIFEST, gn_slice(NULL, 0), gn_manifest_bytes(t->manifest));
		return true;
	case GIVE_BLOCKS: return say_of_blocks(t);
	case GIVE_NONE:
	case GIVE_HAVE:
	case GIVE_END: return false;
	}
	return false;
}
