/* What is asked of the disk for blocks. Chunks are written and read side by side; a sync waits
 * until a block's writes are done, a rename until it is synced and not being read, a removal
 * until nothing uses it.
 *
 * 1. A chunk counts as there only after a sync that followed its write.
 * 2. While a block waits for its new name no new read or write of it begins, so the wait ends.
 * 3. A file is named by block->disk at all times; only a successful rename changes that.
 *
 *   IDLE -> SYNC -> IDLE -> RENAME -> IDLE   doomed: IDLE -> REMOVE -> gone */
#include "store/blocks_int.h"

#include <stdio.h>

/* ---- names: dir/ab/<64 hex>.<8 hex length>.<class><16 hex until>[.part] ---- */

#define NAME_LEN 91u
static const char classes[] = "cho"; /* by enum gn_block_keep */

void block_name_text(const struct gn_blocks *b, const struct gn_hash *hash,
		     const struct block_name *name, char out[GN_DISK_NAME_MAX])
{
	char hex[65];
	gn_hex(GN_SLICE(hash->b), hex);
	int n = snprintf(out, GN_DISK_NAME_MAX, "%s/%.2s/%s.%08x.%c%016llx%s", b->dir, hex, hex,
			 name->len, classes[name->keep], (unsigned long long)name->until,
			 name->part ? ".part" : "");
	GN_ASSERT(n > 0 && n < GN_DISK_NAME_MAX);
}

bool block_name_parse(struct gn_slice text, struct gn_hash *hash, struct block_name *out)
{
	uint8_t len[4], until[8];
	bool part = text.len == NAME_LEN + 5 && memcmp(text.p + NAME_LEN, ".part", 5) == 0;
	if (text.len != NAME_LEN + (part ? 5 : 0) || text.p[64] != '.' || text.p[73] != '.')
		return false;
	const char *class = memchr(classes, text.p[74], 3);
	struct gn_hash h;
	for (size_t i = 0; i < NAME_LEN; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'Z')
			return false; /* only the spelling that block_name_text gives */
	if (!class || gn_unhex(gn_slice(text.p, 64), h.b, 32) ||
	    gn_unhex(gn_slice(text.p + 65, 8), len, 4) ||
	    gn_unhex(gn_slice(text.p + 75, 16), until, 8))
		return false;
	uint32_t length =
		(uint32_t)len[0] << 24 | (uint32_t)len[1] << 16 | (uint32_t)len[2] << 8 | len[3];
	if (length == 0 || length > GN_BLOCK)
		return false;
	*hash = h;
	*out = (struct block_name){.len = length,
				   .keep = (enum gn_block_keep)(class - classes),
				   .until = gn_be64(until),
				   .part = part};
	return true;
}

bool block_wants_rename(const struct block *k)
{
	if (k->doomed || !k->exists)
		return false;
	if (k->disk.part && block_full(k))
		return true;
	return !k->lapsed && (k->keep != k->disk.keep || k->until != k->disk.until);
}

/* ---- which block to look at ---- */

static struct block *next_block(struct gn_blocks *b)
{
	struct block *k = b->queue;
	GN_ASSERT(!k || k->queued);
	if (k) {
		b->queue = k->next;
		k->queued = false;
	}
	return k;
}

/* Puts that waited for the sync or the name. */
static void end_puts(struct gn_blocks *b, const struct block *k, enum block_op_state state,
		     gn_err err)
{
	for (uint32_t i = 0; i < BLOCKS_OPS; i++)
		if (b->ops[i].block == k && b->ops[i].state == state)
			block_op_done(b, &b->ops[i], err);
}

static void ask(struct gn_blocks *b, const struct block *k, enum gn_disk_op op,
		struct gn_disk_request *out)
{
	GN_ASSERT(k->len > 0 && k->len <= GN_BLOCK);
	*out = (struct gn_disk_request){.op = op, .token = ++b->serial};
	block_name_text(b, &k->hash, &k->disk, out->name);
}

static void begin(struct gn_blocks *b, struct block *k, enum block_phase phase, enum gn_disk_op op,
		  struct gn_disk_request *out)
{
	GN_ASSERT(k->phase == BLOCK_IDLE && phase != BLOCK_IDLE);
	ask(b, k, op, out);
	k->phase = phase;
	k->token = out->token;
	k->active = b->active;
	b->active = k;
}

/* A block in which nothing is and nothing comes: a first put that failed. */
static bool is_empty(const struct gn_blocks *b, const struct block *k)
{
	for (uint32_t i = 0; i < BLOCKS_OPS && b->ops_busy; i++)
		if (b->ops[i].block == k)
			return false;
	return k->have == 0;
}

static bool block_request(struct gn_blocks *b, struct block *k, struct gn_disk_request *out)
{
	if (k->phase != BLOCK_IDLE || k->writes)
		return false;
	if (!k->doomed && is_empty(b, k)) {
		k->exists = k->exists && !k->unread;
		block_doom(b, k);
		return false; /* it is in the queue again */
	}
	if (k->doomed) {
		if (k->reads)
			return false;
		if (k->exists) {
			begin(b, k, BLOCK_REMOVE, GN_DISK_REMOVE, out);
			return true;
		}
		block_forget(b, k);
		return false;
	}
	bool rename = block_wants_rename(k);
	if (k->dirty && (k->puts_wanted == 0 || rename)) {
		begin(b, k, BLOCK_SYNC, GN_DISK_SYNC, out);
		return true;
	}
	if (!rename || k->refused) {
		end_puts(b, k, OP_NAMED, rename ? GN_IO : GN_OK);
		return false;
	}
	if (k->dirty || k->reads)
		return false;
	begin(b, k, BLOCK_RENAME, GN_DISK_RENAME, out);
	k->target = (struct block_name){
		.len = k->len, .keep = k->keep, .until = k->until, .part = !block_full(k)};
	if (k->lapsed) {
		k->target.keep = k->disk.keep;
		k->target.until = k->disk.until;
	}
	block_name_text(b, &k->hash, &k->target, out->name2);
	return true;
}

/* ---- chunks ---- */

static bool may_start(const struct block *k, bool put)
{
	if (k->doomed || k->phase == BLOCK_RENAME || k->phase == BLOCK_REMOVE ||
	    (put && k->phase == BLOCK_SYNC))
		return false;
	return !block_wants_rename(k) || k->refused;
}

static bool op_request(struct gn_blocks *b, struct block_op *op, struct gn_disk_request *out)
{
	struct block *k = op->block;
	if (op->state != OP_WANTED || !may_start(k, op->put))
		return false;
	ask(b, k, op->put ? GN_DISK_WRITE : GN_DISK_READ, out);
	out->offset = (uint64_t)op->index * BLOCK_SLOT;
	out->len = op->data_len;
	op->token = out->token;
	op->state = OP_OUT;
	if (op->put) {
		out->data = gn_slice(op->data, op->data_len);
		k->exists = true;
		k->puts_wanted--;
		k->writes++;
	} else {
		k->reads++;
	}
	return true;
}

bool blocks_disk_request(struct gn_blocks *b, struct gn_disk_request *out)
{
	for (struct block *k; (k = next_block(b));)
		if (block_request(b, k, out))
			return true;
	for (uint32_t i = 0; i < BLOCKS_OPS && b->ops_busy; i++)
		if (op_request(b, &b->ops[i], out))
			return true;
	return false;
}

static void put_done(struct gn_blocks *b, struct block_op *op, gn_err err)
{
	struct block *k = op->block;
	GN_ASSERT(op->put && k->writes > 0);
	k->writes--;
	if (err || k->doomed) {
		block_op_done(b, op, err ? err : GN_BUSY);
	} else {
		op->state = OP_WRITTEN;
		k->dirty = true;
	}
	block_poke(b, k);
}

static void load_done(struct gn_blocks *b, struct block_op *op, gn_err err, struct gn_slice data)
{
	struct block *k = op->block;
	GN_ASSERT(!op->put && k->reads > 0);
	k->reads--;
	block_poke(b, k);
	bool damaged = err == GN_NOT_FOUND || (!err && block_slot_check(k, op->index, data));
	if (!err && !damaged)
		memcpy(op->data, data.p, data.len);
	block_op_done(b, op, damaged ? GN_CORRUPT : err);
	if (!damaged || k->doomed)
		return;
	char hex[65];
	gn_hex(GN_SLICE(k->hash.b), hex);
	gn_log(b->env.log, GN_LOG_WARN, "store", "block.corrupt",
	       "block %s, chunk %u: damaged, the block is removed", hex, op->index);
	b->corrupt++;
	block_doom(b, k);
}

/* ---- blocks ---- */

static void sync_done(struct gn_blocks *b, struct block *k, gn_err err)
{
	GN_ASSERT(k->dirty && k->writes == 0);
	k->dirty = false;
	for (uint32_t i = 0; i < BLOCKS_OPS; i++) {
		struct block_op *op = &b->ops[i];
		if (op->block != k || op->state != OP_WRITTEN)
			continue;
		if (err) {
			block_op_done(b, op, err);
			continue;
		}
		k->have |= (uint16_t)(1u << op->index);
		op->state = OP_NAMED;
	}
}

static void rename_done(struct gn_blocks *b, struct block *k, gn_err err, gn_time now)
{
	GN_ASSERT(k->phase == BLOCK_IDLE);
	if (!err) {
		k->disk = k->target;
		return;
	}
	gn_log(b->env.log, GN_LOG_WARN, "store", "block.rename", "%s", gn_err_text(err));
	end_puts(b, k, OP_NAMED, err);
	k->refused = true;
	k->retry_at = now + BLOCKS_RETRY;
	block_arm(b, k);
}

static void block_done(struct gn_blocks *b, struct block *k, gn_err err, gn_time now)
{
	GN_ASSERT(k->phase != BLOCK_IDLE);
	enum block_phase phase = k->phase;
	k->phase = BLOCK_IDLE;
	if (phase == BLOCK_REMOVE) {
		if (err) /* it stays on disk and is found again at the next start */
			gn_log(b->env.log, GN_LOG_WARN, "store", "block.remove", "%s",
			       gn_err_text(err));
		if (k->queued)
			k->exists = false; /* forgotten when its turn comes */
		else
			block_forget(b, k);
		return;
	}
	if (k->doomed)
		k->dirty = false;
	else if (phase == BLOCK_SYNC)
		sync_done(b, k, err);
	if (phase == BLOCK_RENAME)
		rename_done(b, k, err, now);
	block_poke(b, k);
}

void blocks_disk_done(struct gn_blocks *b, uint64_t token, gn_err err, struct gn_slice data,
		      gn_time now)
{
	for (uint32_t i = 0; i < BLOCKS_OPS && b->ops_busy; i++) {
		struct block_op *op = &b->ops[i];
		if (op->state != OP_OUT || op->token != token)
			continue;
		if (op->put)
			put_done(b, op, err);
		else
			load_done(b, op, err, data);
		return;
	}
	for (struct block **p = &b->active; *p; p = &(*p)->active) {
		struct block *k = *p;
		if (k->token != token)
			continue;
		*p = k->active;
		block_done(b, k, err, now);
		return;
	}
	GN_UNREACHABLE("a completion that was not asked for");
}
