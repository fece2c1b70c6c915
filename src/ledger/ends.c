/* The end of an open transaction that is not its commit: expired, refused, or stopped by an
 * officer. */
#include "ledger/engine_int.h"

gn_err lg_end(struct gn_ledger *l, struct lg_open *o, enum gn_failure why,
	      const struct gn_rec_admin *who, uint64_t ticket, gn_time now)
{
	GN_ASSERT(why != GN_FAILURE_NONE && why <= GN_FAILURE_MAX);
	struct gn_record_view r = {.type = o->offer ? GN_REC_REJECT : GN_REC_ABORT, .key = o->key};
	r.u.end.code = (uint8_t)why;
	r.u.end.by_admin = who != NULL;
	if (who)
		r.admin = *who;
	return lg_commit(l, &r, ticket, o->offer ? GN_TX_REJECTED : GN_TX_ABORTED, now);
}
