/* Signed bytes from anywhere, in both profiles: what parses is canonical, complete, and made of parts of the bytes. */
#include "ledger/op_admin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(struct gn_slice bytes, struct gn_slice part)
{
	GN_ASSERT(!part.p || (part.p >= bytes.p && part.p + part.len <= bytes.p + bytes.len));
}

static void check_command(struct gn_slice body)
{
	struct gn_op_admin c;
	if (gn_op_admin_parse(body, &c))
		return;
	GN_ASSERT(c.command < GN_COMMANDS && c.status <= GN_PARTICIPANT_DELETED && c.role <= GN_ROLE_ADMIN);
	inside(body, c.reason);
	inside(body, c.code);
	inside(body, c.info);
	inside(body, c.name);
}

static void check(const struct gn_op *op)
{
	const struct gn_slice parts[] = {op->body, op->tx_id, op->display_name, op->description, op->equivalent, op->amount, op->limit, op->line_id,
					 op->type, op->to_text, op->initiator_text, op->user_profile, op->policy.daily_limit, op->policy.max_hop_usage};
	gn_amount a;
	for (size_t i = 0; i < GN_COUNT(parts); i++)
		inside(op->bytes, parts[i]);
	GN_ASSERT(gn_json_check(op->bytes, NULL) == GN_OK && op->body.len > 0);
	GN_ASSERT(op->policy.blocked_count <= OP_BLOCKED_MAX && op->avoid_count <= OP_AVOID_MAX);
	if (op->amount.p && gn_amount_parse(op->amount, 2, &a) == GN_OK)
		GN_ASSERT(a >= 0 && a <= GN_AMOUNT_MAX);
	if (op->kind == GN_OP_ADMIN)
		check_command(op->body);
	if (op->profile == GN_PROFILE_V1)
		GN_ASSERT((op->seq != 0) == (op->tx_id.p == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_op op;
	for (unsigned kind = 0; kind < GN_OP_VOTE; kind++)
		if (gn_op_parse(GN_PROFILE_V0, (enum gn_op_kind)kind, gn_slice(data, len), &op) == GN_OK)
			check(&op);
	if (gn_op_parse(GN_PROFILE_V1, GN_OP_KINDS, gn_slice(data, len), &op) == GN_OK)
		check(&op);
	return 0;
}
