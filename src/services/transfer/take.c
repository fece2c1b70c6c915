/* The receiver's stream: takes the manifest, says what is there, then takes blocks. Each chunk goes
 * into a slot, is hashed there, and from there to the disk; without a free slot nothing more is
 * taken of the stream, so that no more waits than TRANSFER_SLOTS.
 *
 * 1. Leaves are those of the block the manifest names, a chunk is its leaf, or the transfer ends:
 *    before a byte of it is written.
 * 2. A block counts when its last chunk is written; one whose stream is cut comes again whole.
 * 3. What there is said in a HAVE when nothing is on its way to the disk, so that no block is
 *    asked for that is there a moment later.
 * Rule RE-62. */
#include "services/transfer/engine_int.h"

void take_begin(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(k->stream == HEAR_NONE && !k->open && !k->filling);
	k->stream = HEAR_MANIFEST;
	k->have_file = 0;
}

void take_cut(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(!t->sends);
	if (k->filling)
		k->filling->state = SLOT_FREE;
	if (k->open)
		t->count.chunks_cut += k->open_chunk;
	k->filling = NULL;
	k->open = false;
	k->stream = HEAR_NONE;
}

void take_fini(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	gn_mem_free(t->env.alloc, k->parts);
	gn_mem_free(t->env.alloc, k->runs);
	gn_mem_free(t->env.alloc, k->bytes);
	gn_mem_free(t->env.alloc, k->pool);
}

bool take_busy(const struct gn_transfer *t)
{
	for (unsigned i = 0; i < TRANSFER_SLOTS; i++)
		if (t->take.slots[i].state != SLOT_FREE)
			return true;
	return false;
}

bool take_waits(const struct gn_transfer *t)
{
	const struct transfer_take *k = &t->take;
	bool room = k->filling != NULL;
	for (unsigned i = 0; i < TRANSFER_SLOTS; i++)
		room = room || k->slots[i].state == SLOT_FREE;
	return k->stream == HEAR_MANIFEST || (k->stream == HEAR_BLOCKS && room);
}

/* ---- to the disk ---- */

bool take_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token)
{
	for (unsigned i = 0; i < TRANSFER_SLOTS; i++) {
		struct transfer_slot *s = &t->take.slots[i];
		if (s->state != SLOT_DUE)
			continue;
		s->state = SLOT_OUT;
		out->op = GN_TRANSFER_WRITE;
		out->place = GN_TRANSFER_DEST;
		out->offset = s->offset;
		out->data = gn_slice(s->data, s->len);
		out->len = s->len;
		place_part(t, s->file, out->name);
		*token = i;
		return true;
	}
	return false;
}

void take_done(struct gn_transfer *t, uint64_t token, gn_time now)
{
	struct transfer_slot *s = &t->take.slots[token];
	GN_ASSERT(s->state == SLOT_OUT);
	s->state = SLOT_FREE;
	if (t->block[s->block] != BLOCK_RECEIVED)
		return;
	for (unsigned i = 0; i < TRANSFER_SLOTS; i++)
		if (t->take.slots[i].state != SLOT_FREE && t->take.slots[i].block == s->block)
			return;
	keep_written(t, s->block, now);
}

/* ---- what the sender says ---- */

uint32_t take_allowed(const struct gn_transfer *t)
{
	const struct transfer_take *k = &t->take;
	GN_ASSERT(!t->sends && !t->over);
	uint32_t some = FRAME_BIT(FRAME_STOP);
	if (k->stream == HEAR_MANIFEST)
		return some | FRAME_BIT(FRAME_MANIFEST);
	if (k->stream == HEAR_BLOCKS && k->open)
		return some | FRAME_BIT(FRAME_CHUNK);
	if (k->stream == HEAR_BLOCKS)
		return some | FRAME_BIT(FRAME_BLOCK) | FRAME_BIT(FRAME_DONE);
	return some;
}

static bool pool_made(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	if (k->pool)
		return true;
	k->pool = gn_mem_resize(t->env.alloc, NULL, (size_t)TRANSFER_SLOTS * GN_CHUNK);
	for (unsigned i = 0; k->pool && i < TRANSFER_SLOTS; i++)
		k->slots[i].data = k->pool + (size_t)i * GN_CHUNK;
	return k->pool != NULL;
}

static uint32_t chunk_len(const struct gn_transfer *t)
{
	const struct transfer_take *k = &t->take;
	struct gn_bundle_file f;
	GN_ASSERT(k->open && k->open_chunk < k->open_chunks);
	gn_manifest_at(t->manifest, k->open_file, &f);
	uint32_t len = gn_tree_block_len(f.size, k->open_block - t->first[k->open_file]);
	return k->open_chunk + 1 < k->open_chunks ? GN_CHUNK
						  : len - (k->open_chunks - 1) * GN_CHUNK;
}

static uint8_t *chunk_room(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	if (k->filling)
		return k->filling->data;
	gn_err err = t->in.len != chunk_len(t) ? GN_PROTOCOL : pool_made(t) ? GN_OK : GN_NOMEM;
	if (err) {
		transfer_end(t, err, gn_slice(NULL, 0), NULL);
		return NULL;
	}
	for (unsigned i = 0; i < TRANSFER_SLOTS && !k->filling; i++)
		if (k->slots[i].state == SLOT_FREE)
			k->filling = &k->slots[i];
	if (!k->filling)
		return NULL;
	k->filling->state = SLOT_FILLING;
	k->filling->block = k->open_block;
	return k->filling->data;
}

/* Room for what of the manifest has come and is about to. */
static uint8_t *manifest_room(struct gn_transfer *t, size_t more)
{
	struct transfer_take *k = &t->take;
	size_t want = t->in.got + more < t->in.len ? t->in.got + more : t->in.len;
	if (want > k->bytes_cap) {
		size_t cap = want < 2 * k->bytes_cap ? 2 * k->bytes_cap : want;
		cap = cap < t->in.len ? cap : t->in.len;
		uint8_t *bytes = gn_mem_resize(t->env.alloc, k->bytes, cap);
		if (!bytes) {
			transfer_end(t, GN_NOMEM, gn_slice(NULL, 0), NULL);
			return NULL;
		}
		k->bytes = bytes;
		k->bytes_cap = cap;
	}
	return k->bytes ? k->bytes : t->small; /* an empty one needs no room */
}

uint8_t *take_room(struct gn_transfer *t, size_t more)
{
	if (t->in.type == FRAME_MANIFEST)
		return manifest_room(t, more);
	return t->in.type == FRAME_CHUNK ? chunk_room(t) : t->small;
}

static gn_err heard_manifest(struct gn_transfer *t, struct gn_slice bytes)
{
	struct transfer_take *k = &t->take;
	struct gn_hash hash;
	gn_sha256(&bytes, 1, &hash);
	if (t->manifest)
		return gn_hash_eq(&hash, &t->manifest_hash) ? GN_OK : GN_CONFLICT;
	if (k->resumed && !gn_hash_eq(&hash, &k->wanted))
		return GN_CONFLICT;
	t->manifest_hash = hash;
	gn_err err = gn_manifest_open(t->env.alloc, bytes, &t->manifest);
	return err ? err : transfer_index(t);
}

static void take_manifest(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	bool first = !t->manifest;
	gn_err err = heard_manifest(t, gn_slice(k->bytes, t->in.len));
	gn_mem_free(t->env.alloc, k->bytes);
	k->bytes = NULL;
	k->bytes_cap = 0;
	if (err) {
		transfer_end(t, err, gn_slice(NULL, 0),
			     err == GN_CONFLICT ? "this is not what was being received"
			     : err == GN_LIMIT  ? "there are too many names or bytes"
			     : err == GN_NOMEM  ? NULL
						: "the list of files is not allowed");
		return;
	}
	k->stream = HEAR_HAVE;
	if (first)
		place_begin(t);
}

static void take_block(struct gn_transfer *t, struct gn_slice body)
{
	struct transfer_take *k = &t->take;
	GN_ASSERT(!k->open && !k->filling);
	struct gn_bundle_file f;
	struct gn_hash root;
	uint32_t file = body.len < 8 ? UINT32_MAX : gn_be32(body.p),
		 block = body.len < 8 ? UINT32_MAX : gn_be32(body.p + 4);
	if (file >= t->count_files || block >= t->first[file + 1] - t->first[file] ||
	    t->block[t->first[file] + block] != BLOCK_MISSING) {
		transfer_end(t, GN_PROTOCOL, gn_slice(NULL, 0), NULL);
		return;
	}
	gn_manifest_at(t->manifest, file, &f);
	uint32_t n = (gn_tree_block_len(f.size, block) + GN_CHUNK - 1) / GN_CHUNK;
	if (body.len != 8 + (size_t)n * 32) {
		transfer_end(t, GN_PROTOCOL, f.path, NULL);
		return;
	}
	memcpy(k->leaves, body.p + 8, (size_t)n * 32);
	gn_merkle_root(k->leaves, n, &root);
	if (memcmp(root.b, f.blocks.p + (size_t)block * 32, 32) != 0) {
		transfer_end(t, GN_HASH, f.path, "the sender's leaves are not those of its list");
		return;
	}
	k->open = true;
	k->open_file = file;
	k->open_block = t->first[file] + block;
	k->open_chunk = 0;
	k->open_chunks = n;
}

static void take_chunk(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	struct transfer_slot *s = k->filling;
	struct gn_bundle_file f;
	struct gn_hash leaf;
	GN_ASSERT(k->open && s && s->state == SLOT_FILLING);
	gn_manifest_at(t->manifest, k->open_file, &f);
	gn_merkle_leaf(gn_slice(s->data, t->in.len), &leaf);
	k->filling = NULL;
	if (!gn_hash_eq(&leaf, &k->leaves[k->open_chunk])) {
		s->state = SLOT_FREE;
		transfer_end(t, GN_HASH, f.path, "the sender's bytes are not those of its list");
		return;
	}
	s->state = SLOT_DUE;
	s->file = k->open_file;
	s->len = t->in.len;
	s->offset = (uint64_t)(k->open_block - t->first[k->open_file]) * GN_BLOCK +
		    (uint64_t)k->open_chunk * GN_CHUNK;
	if (++k->open_chunk < k->open_chunks)
		return;
	k->open = false;
	t->block[k->open_block] = BLOCK_RECEIVED;
	t->done += gn_tree_block_len(f.size, k->open_block - t->first[k->open_file]);
	t->count.blocks_taken++;
	transfer_tell(t, GN_TRANSFER_PROGRESS);
}

static void take_told(struct gn_transfer *t)
{
	for (uint32_t i = 0; i < t->blocks; i++)
		if (t->block[i] == BLOCK_MISSING) {
			transfer_end(t, GN_PROTOCOL, gn_slice(NULL, 0),
				     "the sender ended too early");
			return;
		}
	t->take.stream = HEAR_TOLD;
}

void take_heard(struct gn_transfer *t)
{
	switch ((enum frame_type)t->in.type) {
	case FRAME_MANIFEST: take_manifest(t); break;
	case FRAME_BLOCK: take_block(t, gn_slice(t->small, t->in.len)); break;
	case FRAME_CHUNK: take_chunk(t); break;
	case FRAME_DONE: take_told(t); break;
	case FRAME_SHARE:
	case FRAME_CONFIRM:
	case FRAME_RESUME:
	case FRAME_HAVE:
	case FRAME_STOP:
	case FRAME_TYPES: GN_UNREACHABLE("a frame that is not allowed");
	}
}

/* ---- what is said ---- */

/* The bits of a file; false: none of it is there. */
static bool bits_of(struct gn_transfer *t, uint32_t file, size_t *len)
{
	uint32_t blocks = t->first[file + 1] - t->first[file];
	uint8_t *bits = t->take.bits + 4;
	bool any = false;
	*len = (blocks + 7) / 8;
	memset(bits, 0, *len);
	for (uint32_t i = 0; i < blocks; i++) {
		if (t->block[t->first[file] + i] < BLOCK_WRITTEN)
			continue;
		bits[i / 8] |= (uint8_t)(1u << i % 8);
		any = true;
	}
	return any;
}

static void say_have(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	size_t len = 0;
	GN_ASSERT(k->stream == HEAR_HAVE);
	while (k->have_file < t->count_files && !bits_of(t, k->have_file, &len))
		k->have_file++;
	gn_put_be32(k->bits, k->have_file);
	if (k->have_file == t->count_files)
		k->stream = HEAR_BLOCKS;
	transfer_say(t, FRAME_HAVE, gn_slice(NULL, 0),
		     gn_slice(k->bits, 4 + (k->have_file < t->count_files ? len : 0)));
	k->have_file++;
}

bool take_say(struct gn_transfer *t)
{
	struct transfer_take *k = &t->take;
	if (k->stream == HEAR_HAVE && k->phase >= TAKE_TAKE && !take_busy(t)) {
		say_have(t);
		return true;
	}
	if (k->stream == HEAR_TOLD && k->phase == TAKE_ENDED) {
		transfer_say(t, FRAME_DONE, gn_slice(NULL, 0), gn_slice(NULL, 0));
		k->stream = HEAR_NONE;
		t->over = true;
		return true;
	}
	return false;
}
