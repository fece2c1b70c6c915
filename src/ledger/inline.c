/* Clearing of the cycles that a payment has closed, at once (LG-40), and how found cycles become a
 * record. */
#include "ledger/engine_int.h"

gn_err lg_commit_cycles(struct gn_ledger *l, uint32_t eq, enum gn_clearing_mode mode,
			uint64_t cause, uint64_t ticket, gn_time now)
{
	GN_ASSERT(eq < l->book.eq_count);
	struct lg_cycles *c = &l->cycles;
	struct gn_record_view r = {.type = GN_REC_CLEARING, .eq = eq};
	gn_err err = GN_OK;
	lg_cycles_undo(c, l->book.eqs[eq]);
	if (c->count > 0 || ticket) {
		r.u.clearing.mode = (uint8_t)mode;
		r.u.clearing.cause = cause;
		r.u.clearing.total = c->total;
		r.u.clearing.cycle_count = c->count;
		r.u.clearing.cycles = gn_slice(c->bytes, c->len);
		err = c->count > 0 ? lg_commit(l, &r, ticket, GN_TX_COMMITTED, now) : GN_AGAIN;
		l->info.clearings += !err;
	}
	lg_cycles_reset(c);
	return err;
}

void lg_clear_inline(struct gn_ledger *l, uint32_t eq, gn_time now)
{
	GN_ASSERT(eq < l->book.eq_count && l->touched_count <= l->touched_cap);
	uint64_t cause = l->book.seq;
	if (!l->book.settings.inline_clearing)
		return;
	gn_err err = GN_OK;
	for (uint32_t i = 0; i < l->touched_count && !err; i++)
		err = lg_cycles_through(&l->cycles, &l->router, &l->book, l->book.eqs[eq],
					l->touched[i], 4, CLEAR_WORK_INLINE);
	err = lg_commit_cycles(l, eq, GN_CLEARING_INLINE, cause, 0, now);
	if (err) /* the payment stands; a later sweep finds the cycle */
		gn_log(l->env.log, GN_LOG_WARN, "ledger", "clearing.skipped", "%s",
		       gn_err_text(err));
}
