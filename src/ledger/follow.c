/* A copy of the ledger for questions (LG-55), and the journal's files read while they grow
 * (LG-56). The copy is the same state machine fed with the same durable records, so whoever
 * holds it may search, hash and walk it on a thread of their own as long as they like.
 *
 * 1. A follower takes no commands and asks for no disk: config.verify keeps it from both.
 * 2. It is at the end of some batch whenever it is asked: records of one batch are applied
 *    together. */
#include "ledger/engine_int.h"

_Static_assert(GN_JOURNAL_FILE_HEAD == SEGMENT_HEADER && GN_JOURNAL_BATCH_HEAD == BATCH_HEADER,
	       "one layout");

gn_err gn_ledger_state(const struct gn_ledger *l, struct gn_alloc *alloc, struct gn_buf *out)
{
	struct lg_book book = l->book; /* read only; the bytes are the caller's */
	if (l->state != LG_RUNNING)
		return GN_STATE;
	book.env.alloc = alloc;
	return lg_state_write(&book, out);
}

gn_err gn_ledger_follower(const struct gn_env *env, struct gn_slice state, struct gn_ledger **out)
{
	struct gn_ledger_config c = {.dir = "", .feed_from = UINT64_MAX, .verify = true};
	struct gn_ledger *l;
	GN_TRY(gn_ledger_new(env, &c, &l));
	gn_err err = lg_state_read(&l->book, state);
	if (err) {
		gn_ledger_free(l);
		return err;
	}
	l->state = LG_RUNNING;
	l->journal.durable = l->book.seq;
	*out = l;
	return GN_OK;
}

gn_err gn_ledger_follow(struct gn_ledger *f, struct gn_slice payload, uint64_t first_seq,
			uint32_t count)
{
	size_t off = 0;
	GN_ASSERT(f->config.verify && f->state == LG_RUNNING);
	if (first_seq > f->book.seq + 1)
		return GN_NOT_FOUND;
	for (uint32_t i = 0; i < count; i++) {
		struct gn_record_view r;
		GN_TRY(gn_rec_next(payload, &off, first_seq + i, &r));
		if (r.seq > f->book.seq)
			GN_TRY(lg_apply(&f->book, &r));
	}
	f->journal.durable = f->book.seq;
	return GN_OK;
}

/* ---- files ---- */

gn_err gn_journal_file(struct gn_slice head, struct gn_journal_file *out)
{
	struct lg_segment s;
	GN_TRY(lg_segment_decode(head, &s));
	*out = (struct gn_journal_file){.number = s.number, .first_seq = s.first_seq, .hub = s.hub};
	memcpy(out->salt, s.salt, sizeof out->salt);
	return GN_OK;
}

gn_err gn_journal_batch(const struct gn_journal_file *file, struct gn_slice head,
			struct gn_journal_batch *out)
{
	struct lg_batch b;
	GN_TRY(lg_batch_decode(head, file->salt, &b));
	if (b.payload_len > JOURNAL_GROUP_MAX + (uint64_t)JOURNAL_RECORD_MAX)
		return GN_CORRUPT;
	*out = (struct gn_journal_batch){.first_seq = b.first_seq,
					 .count = b.count,
					 .payload_len = b.payload_len,
					 .stored = lg_batch_stored(b.payload_len)};
	return GN_OK;
}

gn_err gn_journal_payload(const struct gn_journal_file *file, struct gn_slice batch,
			  struct gn_slice *out)
{
	struct lg_batch b;
	GN_TRY(lg_batch_decode(batch, file->salt, &b));
	if (b.payload_len > batch.len - BATCH_HEADER)
		return GN_TRUNCATED;
	if (!lg_batch_holds(batch.p, file->salt, &b))
		return GN_CORRUPT;
	*out = gn_slice(batch.p + BATCH_HEADER, b.payload_len);
	return GN_OK;
}
