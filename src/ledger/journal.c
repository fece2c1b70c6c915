/* The journal's bytes and its writer. One batch is in flight at a time: sealed, written, synced,
 * then told; meanwhile records gather in the open group for the next one (group commit).
 *
 * 1. A batch starts where the one before ended, at a multiple of JOURNAL_ALIGN, and is written
 *    once it is sealed, as a whole.
 * 2. No batch is written to a file whose header is not durable, and none before the one before
 *    it is durable.
 * 3. IDLE -> [HEADER_WRITE -> HEADER_SYNC ->] BATCH_WRITE -> BATCH_SYNC -> IDLE
 *    [lg_journal_done]. */
#include "ledger/journal_int.h"
#include <stdio.h>

static const char segment_magic[8] = "GNLEDGER", batch_magic[4] = "GNLB",
		  snap_magic[8] = "GNLSNAP1";
#define VERSION 1u
#define TOKEN 1u /* one request of the writer is out at a time */

/* ---- bytes ---- */

static void hash_parts(struct gn_slice a, struct gn_slice b, struct gn_slice c, struct gn_hash *out)
{
	gn_sha256((struct gn_slice[]){a, b, c}, 3, out);
}

void lg_segment_encode(const struct lg_segment *s, uint8_t out[SEGMENT_HEADER])
{
	struct gn_hash check;
	memset(out, 0, SEGMENT_HEADER);
	struct gn_writer w = gn_writer(out, SEGMENT_FIELDS);
	gn_write_bytes(&w, gn_slice(segment_magic, 8));
	gn_write_be32(&w, VERSION);
	gn_write_be32(&w, s->number);
	gn_write_be64(&w, s->first_seq);
	gn_write_bytes(&w, GN_SLICE(s->salt));
	gn_write_bytes(&w, GN_SLICE(s->hub.b));
	gn_write_bytes(&w, GN_SLICE(s->chain.b));
	gn_sha256(&(struct gn_slice){out, gn_writer_len(&w)}, 1, &check);
	gn_write_bytes(&w, gn_slice(check.b, 16));
	GN_ASSERT(!w.bad && gn_writer_left(&w) == 0);
	memcpy(out + JOURNAL_ALIGN, out, SEGMENT_FIELDS);
}

gn_err lg_segment_decode(struct gn_slice in, struct lg_segment *out)
{
	for (size_t at = 0; at < SEGMENT_HEADER; at += JOURNAL_ALIGN) {
		struct gn_slice copy = gn_slice_sub(in, at, SEGMENT_FIELDS);
		struct gn_hash check;
		if (copy.len < SEGMENT_FIELDS || memcmp(copy.p, segment_magic, 8) != 0)
			continue;
		gn_sha256(&(struct gn_slice){copy.p, SEGMENT_FIELDS - 16}, 1, &check);
		struct gn_reader r = gn_reader(copy);
		gn_read_bytes(&r, 8);
		if (memcmp(check.b, copy.p + SEGMENT_FIELDS - 16, 16) != 0 ||
		    gn_read_be32(&r) != VERSION)
			continue;
		out->number = gn_read_be32(&r);
		out->first_seq = gn_read_be64(&r);
		memcpy(out->salt, gn_read_bytes(&r, 16).p, 16);
		memcpy(out->hub.b, gn_read_bytes(&r, 32).p, 32);
		memcpy(out->chain.b, gn_read_bytes(&r, 32).p, 32);
		return GN_OK;
	}
	return GN_CORRUPT;
}

static void batch_check(const uint8_t *p, const uint8_t salt[16], uint8_t out[16])
{
	struct gn_hash h;
	hash_parts(gn_slice(salt, 16), gn_slice(p, 88), gn_slice(NULL, 0), &h);
	memcpy(out, h.b, 16);
}

void lg_batch_seal(uint8_t *p, const uint8_t salt[16], struct lg_batch *b)
{
	GN_ASSERT(b->count > 0);
	struct gn_writer w = gn_writer(p, BATCH_HEADER);
	gn_write_bytes(&w, gn_slice(batch_magic, 4));
	gn_write_be32(&w, b->count);
	gn_write_be64(&w, b->payload_len);
	gn_write_be64(&w, b->first_seq);
	gn_write_bytes(&w, GN_SLICE(b->prev.b));
	hash_parts(gn_slice(salt, 16), gn_slice(p, 56), gn_slice(p + BATCH_HEADER, b->payload_len),
		   &b->chain);
	gn_write_bytes(&w, GN_SLICE(b->chain.b));
	batch_check(p, salt, p + 88);
}

gn_err lg_batch_decode(struct gn_slice in, const uint8_t salt[16], struct lg_batch *out)
{
	uint8_t check[16];
	if (in.len < BATCH_HEADER || memcmp(in.p, batch_magic, 4) != 0)
		return GN_CORRUPT;
	batch_check(in.p, salt, check);
	if (memcmp(check, in.p + 88, 16) != 0)
		return GN_CORRUPT;
	struct gn_reader r = gn_reader(in);
	gn_read_bytes(&r, 4);
	out->count = gn_read_be32(&r);
	out->payload_len = gn_read_be64(&r);
	out->first_seq = gn_read_be64(&r);
	memcpy(out->prev.b, gn_read_bytes(&r, 32).p, 32);
	memcpy(out->chain.b, gn_read_bytes(&r, 32).p, 32);
	return out->count > 0 &&
			       out->payload_len <= JOURNAL_GROUP_MAX + (uint64_t)JOURNAL_RECORD_MAX
		       ? GN_OK
		       : GN_CORRUPT;
}

bool lg_batch_holds(const uint8_t *p, const uint8_t salt[16], const struct lg_batch *b)
{
	struct gn_hash h;
	hash_parts(gn_slice(salt, 16), gn_slice(p, 56), gn_slice(p + BATCH_HEADER, b->payload_len),
		   &h);
	return gn_hash_eq(&h, &b->chain);
}

void lg_snap_encode(const struct lg_snap *s, uint8_t out[SNAP_HEADER])
{
	struct gn_hash check;
	memset(out, 0, SNAP_HEADER);
	struct gn_writer w = gn_writer(out, SNAP_HEADER);
	gn_write_bytes(&w, gn_slice(snap_magic, 8));
	gn_write_be64(&w, s->seq);
	gn_write_be64(&w, s->len);
	gn_write_bytes(&w, GN_SLICE(s->chain.b));
	gn_write_bytes(&w, GN_SLICE(s->state.b));
	gn_sha256(&(struct gn_slice){out, gn_writer_len(&w)}, 1, &check);
	gn_write_bytes(&w, GN_SLICE(check.b));
}

gn_err lg_snap_decode(struct gn_slice in, struct lg_snap *out)
{
	struct gn_hash check;
	struct gn_reader r = gn_reader(in);
	if (in.len < SNAP_HEADER || memcmp(gn_read_bytes(&r, 8).p, snap_magic, 8) != 0)
		return GN_CORRUPT;
	gn_sha256(&(struct gn_slice){in.p, 88}, 1, &check);
	if (memcmp(check.b, in.p + 88, sizeof check.b) != 0)
		return GN_CORRUPT;
	out->seq = gn_read_be64(&r);
	out->len = gn_read_be64(&r);
	memcpy(out->chain.b, gn_read_bytes(&r, 32).p, 32);
	memcpy(out->state.b, gn_read_bytes(&r, 32).p, 32);
	return GN_OK;
}

/* ---- groups ---- */

void lg_journal_init(struct lg_journal *j, struct gn_alloc *alloc, const char *dir,
		     uint64_t segment_bytes)
{
	*j = (struct lg_journal){.alloc = alloc,
				 .dir = dir,
				 .segment_bytes =
					 segment_bytes ? segment_bytes : JOURNAL_SEGMENT_DEFAULT};
}

void lg_journal_fini(struct lg_journal *j)
{
	gn_mem_free(j->alloc, j->open.buf.p);
	gn_mem_free(j->alloc, j->flight.buf.p);
	gn_mem_free(j->alloc, j->told.buf.p);
	gn_mem_free(j->alloc, j->header);
	*j = (struct lg_journal){0};
}

/* Whole batches with padding fit, so sealing needs no memory. */
static gn_err grow_group(struct lg_journal *j, struct gn_buf *b, size_t more)
{
	size_t used = b->len ? b->len : BATCH_HEADER;
	uint64_t need = lg_batch_stored(used - BATCH_HEADER + more);
	if (need <= b->cap)
		return GN_OK;
	uint64_t cap = b->cap ? (uint64_t)b->cap * 2 : 64u << 10;
	cap = cap < need ? need : cap;
	uint8_t *p = gn_mem_resize(j->alloc, b->p, cap);
	if (!p)
		return GN_NOMEM;
	b->p = p;
	b->cap = cap;
	return GN_OK;
}

gn_err lg_journal_reserve(struct lg_journal *j, size_t size)
{
	if (size > JOURNAL_RECORD_MAX)
		return GN_TOO_LARGE;
	if (j->open.count > 0 && j->open.buf.len + size > JOURNAL_GROUP_MAX)
		return GN_BUSY;
	if (!j->header) {
		j->header = gn_mem_new(j->alloc, SEGMENT_HEADER);
		if (!j->header)
			return GN_NOMEM;
	}
	return grow_group(j, &j->open.buf, size);
}

void lg_journal_append(struct lg_journal *j, const struct gn_record_view *r, uint32_t *off,
		       uint32_t *len)
{
	GN_ASSERT(j->header);
	struct lg_group *g = &j->open;
	if (g->count == 0) {
		g->buf.len = BATCH_HEADER;
		g->first_seq = r->seq;
	}
	GN_ASSERT(g->first_seq + g->count == r->seq);
	struct gn_writer w = gn_writer(g->buf.p + g->buf.len, g->buf.cap - g->buf.len);
	lg_rec_write(r, &w);
	*off = (uint32_t)(g->buf.len - BATCH_HEADER);
	*len = (uint32_t)gn_writer_len(&w);
	g->buf.len += *len;
	g->count++;
}

static void swap_groups(struct lg_group *a, struct lg_group *b)
{
	struct lg_group t = *a;
	*a = *b;
	*b = t;
}

bool lg_journal_begin(struct lg_journal *j, uint64_t *sealed)
{
	struct lg_group *g = &j->flight;
	if (j->phase != LG_IDLE || j->telling || j->open.count == 0)
		return false;
	swap_groups(&j->open, &j->flight);
	j->open.count = 0;
	j->open.buf.len = 0;
	if (j->offset >= j->segment_bytes) {
		j->segment.number++;
		j->offset = 0;
	}
	if (j->offset == 0) {
		j->segment.first_seq = g->first_seq;
		j->segment.chain = j->chain;
		lg_segment_encode(&j->segment, j->header);
	}
	struct lg_batch b = {.count = g->count,
			     .payload_len = g->buf.len - BATCH_HEADER,
			     .first_seq = g->first_seq,
			     .prev = j->chain};
	uint64_t stored = lg_batch_stored(b.payload_len);
	lg_batch_seal(g->buf.p, j->segment.salt, &b);
	GN_ASSERT(stored <= g->buf.cap);
	memset(g->buf.p + g->buf.len, 0, stored - g->buf.len);
	j->chain = b.chain;
	j->phase = j->offset == 0 ? LG_HEADER_WRITE : LG_BATCH_WRITE;
	*sealed = g->first_seq + g->count - 1;
	return true;
}

void lg_journal_name(const struct lg_journal *j, uint32_t number, char out[GN_LEDGER_NAME_MAX])
{
	int n = snprintf(out, GN_LEDGER_NAME_MAX, "%s/%08x.log", j->dir, number);
	GN_ASSERT(n > 0 && n < GN_LEDGER_NAME_MAX);
}

bool lg_journal_request(struct lg_journal *j, struct gn_ledger_io *out)
{
	if (j->phase == LG_IDLE || j->out)
		return false;
	*out = (struct gn_ledger_io){.op = GN_LIO_WRITE, .token = TOKEN, .offset = j->offset};
	lg_journal_name(j, j->segment.number, out->name);
	if (j->phase == LG_HEADER_WRITE)
		out->data = gn_slice(j->header, SEGMENT_HEADER);
	else if (j->phase == LG_BATCH_WRITE)
		out->data = gn_slice(j->flight.buf.p,
				     lg_batch_stored(j->flight.buf.len - BATCH_HEADER));
	else
		out->op = GN_LIO_SYNC;
	out->len = out->data.len;
	j->out = true;
	return true;
}

bool lg_journal_done(struct lg_journal *j)
{
	GN_ASSERT(j->out && j->phase != LG_IDLE);
	j->out = false;
	switch (j->phase) {
	case LG_HEADER_WRITE: j->phase = LG_HEADER_SYNC; return false;
	case LG_HEADER_SYNC:
		j->offset = SEGMENT_HEADER;
		j->phase = LG_BATCH_WRITE;
		return false;
	case LG_BATCH_WRITE: j->phase = LG_BATCH_SYNC; return false;
	case LG_IDLE:
	case LG_BATCH_SYNC:
	default: break;
	}
	uint64_t stored = lg_batch_stored(j->flight.buf.len - BATCH_HEADER);
	j->offset += stored;
	j->bytes += stored;
	j->batches++;
	j->durable = j->flight.first_seq + j->flight.count - 1;
	j->phase = LG_IDLE;
	j->telling = true;
	swap_groups(&j->flight, &j->told);
	return true;
}

void lg_journal_drop(struct lg_journal *j)
{
	GN_ASSERT(j->telling);
	j->telling = false;
	j->told.count = 0;
	if (j->told.buf.cap > 2u * JOURNAL_GROUP_MAX) {
		/* one huge record should not keep its memory */
		gn_mem_free(j->alloc, j->told.buf.p);
		j->told.buf = (struct gn_buf){NULL, 0, 0};
	}
}

void lg_journal_validate(const struct lg_journal *j)
{
	GN_ASSERT(j->offset % JOURNAL_ALIGN == 0 &&
		  (j->offset == 0 || j->offset >= SEGMENT_HEADER));
	GN_ASSERT(j->open.count == 0 || j->open.buf.len > BATCH_HEADER);
	GN_ASSERT(!j->out || j->phase != LG_IDLE);
	GN_ASSERT(j->phase == LG_IDLE || j->flight.count > 0);
}
