/* What every signed operation must hold, whatever it asks for: hub, profile, time, sequence. */
#include "ledger/engine_int.h"

gn_err lg_check_age(const struct gn_op *op, gn_time clock)
{
	GN_ASSERT(op->kind < GN_OP_KINDS);
	uint64_t now = gn_unix(clock), ts = (uint64_t)op->ts;
	return op->profile == GN_PROFILE_V1 && (ts > now + OP_AHEAD_MAX || ts + OP_AGE_MAX < now)
		       ? GN_EXPIRED
		       : GN_OK;
}

gn_err lg_check_jump(const struct gn_op *op, uint64_t last)
{
	return op->seq > last && op->seq - last > OP_SEQ_JUMP_MAX ? GN_RANGE : GN_OK;
}

gn_err lg_check_envelope(const struct lg_book *b, const struct gn_op *op, uint64_t now)
{
	GN_ASSERT(op->kind < GN_OP_KINDS);
	if (op->profile == GN_PROFILE_V0)
		return b->settings.accept_v0 ? GN_OK : GN_DENIED;
	if (!gn_hash_eq(&b->hub_pid, &op->hub))
		return GN_SIGNATURE; /* made for another hub */
	if ((uint64_t)op->ts > now + OP_AHEAD_MAX || (uint64_t)op->ts + OP_LAG_MAX < now)
		return GN_EXPIRED;
	return GN_OK;
}
