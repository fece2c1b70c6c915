/* One record, from its making to its place in the journal, and outcomes on their way to whoever
 * asked.
 *
 * 1. Every change goes through lg_commit: room in the journal first, then lg_apply, then the bytes.
 *    So what is in memory and what is gathered for the disk never differ.
 * 2. Results leave in the order they were made, each when the record it stands on is durable
 *    (LG-27). */
#include "ledger/engine_int.h"

gn_err lg_scratch(struct gn_ledger *l, uint64_t need)
{
	return lg_grow(l->env.alloc, &l->scratch, &l->scratch_cap, need, JOURNAL_RECORD_MAX, 1);
}

void lg_stop(struct gn_ledger *l, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	if (l->state == LG_STOPPED)
		return;
	gn_log(l->env.log, GN_LOG_ERROR, "ledger", "stopped", "%s", gn_err_text(err));
	l->state = LG_STOPPED;
	l->stopped_by = err;
	l->tell_stopped = true;
}

void lg_answer(struct gn_ledger *l, const struct lg_result *r)
{
	gn_err err = gn_ring_push(&l->results, r);
	GN_ASSERT(err == GN_OK); /* gn_ledger_submit and lg_commit keep room */
}

gn_err lg_commit(struct gn_ledger *l, struct gn_record_view *r, uint64_t ticket,
		 enum gn_tx_state state, gn_time now)
{
	struct lg_result result = {.ticket = ticket, .key = r->key, .state = (uint8_t)state};
	if (l->state != LG_RUNNING || l->config.verify)
		return GN_STATE;
	size_t bound = lg_rec_bound(r);
	GN_TRY(lg_journal_reserve(&l->journal, bound));
	r->seq = l->book.seq + 1;
	r->time = now > l->book.time ? now : l->book.time;
	/* room first, besides that for the outcomes of what waits */
	if (ticket && (l->results.count + l->inbox.count >= l->results.limit ||
		       gn_ring_push(&l->results, &result)))
		return GN_BUSY;
	gn_err err = lg_apply(&l->book, r);
	struct lg_result *kept = ticket ? gn_ring_at(&l->results, l->results.count - 1) : NULL;
	if (err) {
		if (kept)
			l->results.count--; /* the newest: take it back */
		return err;
	}
	uint32_t off, len;
	lg_journal_append(&l->journal, r, &off, &len);
	GN_ASSERT(l->book.seq == r->seq && len <= bound);
	if (kept) {
		kept->seq = kept->after = r->seq;
		kept->off = off;
		kept->len = len;
	}
	l->info.records++;
	return GN_OK;
}

void lg_fill_signed(const struct lg_item *item, uint32_t signer, struct gn_rec_signed *out)
{
	GN_ASSERT(item->len <= JSON_TEXT_MAX);
	*out = (struct gn_rec_signed){.profile = (uint8_t)item->op.profile,
				      .present = true,
				      .signer = signer,
				      .seq = item->op.seq,
				      .bytes = item->op.bytes,
				      .sig = item->sig};
}

static gn_err write_genesis(struct gn_ledger *l, gn_time now)
{
	GN_ASSERT(l->book.seq == 0 && l->journal.open.count == 0);
	struct gn_record_view r = {.type = GN_REC_GENESIS};
	gn_rand_fill(l->env.rand, l->journal.segment.salt, sizeof l->journal.segment.salt);
	l->journal.segment.number = 1;
	l->journal.segment.hub = l->config.hub;
	r.u.genesis.version = 1;
	r.u.genesis.hub = l->config.hub;
	r.u.genesis.settings = l->config.settings;
	return lg_commit(l, &r, 0, GN_TX_NONE, now);
}

void lg_running(struct gn_ledger *l, gn_time now)
{
	GN_ASSERT(l->state == LG_RECOVERING);
	gn_err err = GN_OK;
	l->state = LG_RUNNING;
	if (l->recover.fresh && !l->config.verify)
		err = write_genesis(l, now);
	l->next5 = l->book.settings.cycle5_s ? now + l->book.settings.cycle5_s * GN_SEC : GN_NEVER;
	l->next6 = l->book.settings.cycle6_s ? now + l->book.settings.cycle6_s * GN_SEC : GN_NEVER;
	l->tell_ready = true;
	if (err)
		lg_stop(l, err);
}
