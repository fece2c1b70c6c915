/* Signed bytes from anywhere, in both profiles: what parses is canonical, complete, made of
 * parts of the bytes, and a record can hold it. */
#include "ledger/book_int.h"
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
	GN_ASSERT(c.command < GN_COMMANDS && c.status <= GN_PARTICIPANT_DELETED &&
		  c.role <= GN_ROLE_ADMIN);
	inside(body, c.reason);
	inside(body, c.code);
	inside(body, c.info);
	inside(body, c.name);
}

/* As a PROFILE, and as an officer's NOTE. */
static void check_written(const struct gn_op *op, enum gn_record_type type)
{
	static uint8_t bytes[4096 + JSON_TEXT_MAX];
	struct gn_record_view again,
		r = {.type = type,
		     .sign = {.profile = (uint8_t)op->profile, .seq = op->seq, .bytes = op->bytes},
		     .admin = {.seq = op->seq, .bytes = op->bytes}};
	struct gn_writer w = gn_writer(bytes, sizeof bytes);
	lg_rec_write(&r, &w);
	GN_ASSERT(lg_rec_read(gn_slice(bytes, gn_writer_len(&w)), 1, &again) == GN_OK);
	GN_ASSERT(type == GN_REC_NOTE ? again.admin.seq == op->seq : again.sign.seq == op->seq);
}

static void check(const struct gn_op *op)
{
	const struct gn_slice parts[] = {op->body,
					 op->tx_id,
					 op->display_name,
					 op->description,
					 op->equivalent,
					 op->amount,
					 op->limit,
					 op->line_id,
					 op->type,
					 op->to_text,
					 op->initiator_text,
					 op->user_profile,
					 op->policy.daily_limit,
					 op->policy.max_hop_usage};
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
	check_written(op, GN_REC_PROFILE);
	check_written(op, GN_REC_NOTE);
}

/* Collecting faults changes no verdict, and every fault is of these bytes and of their form. */
static gn_err parse(enum gn_op_profile profile, enum gn_op_kind kind, struct gn_slice bytes,
		    struct gn_op *out)
{
	struct gn_op_faults faults;
	struct gn_op seen;
	gn_err err = gn_op_parse(profile, kind, bytes, out);
	GN_ASSERT(gn_op_check(profile, kind, bytes, &seen, &faults) == err);
	GN_ASSERT(faults.count <= OP_FAULTS_MAX && (err || faults.count == 0));
	for (unsigned i = 0; i < faults.count; i++)
		GN_ASSERT(faults.list[i].depth <= OP_FAULT_DEPTH &&
			  faults.list[i].reason < GN_OP_REASONS);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_op op;
	for (unsigned kind = 0; kind < GN_OP_VOTE; kind++)
		if (parse(GN_PROFILE_V0, (enum gn_op_kind)kind, gn_slice(data, len), &op) == GN_OK)
			check(&op);
	if (parse(GN_PROFILE_V1, GN_OP_KINDS, gn_slice(data, len), &op) == GN_OK)
		check(&op);
	return 0;
}
