/* Signed operations read back: one table says which field belongs to which operation, of what
 * type, and whether it must be there; a field that the table does not know is refused, so a
 * signature never covers words nobody reads.
 *
 * 1. Bytes are canonical before anything is read from them.
 * 2. What is parsed borrows the signed bytes; nothing is encoded again.
 * 3. Text fields that name things (ids, codes, amounts, PIDs) hold no escapes, so their raw text
 *    is their value.
 * 4. The first fault ends the reading, unless faults are collected: then the reader goes on behind
 *    each, and a field that is wrong stays as if it was not there. */
#include "ledger/op_int.h"

struct reader {
	const struct gn_json *j;
	struct gn_op *op;
	struct gn_op_faults *faults; /* NULL: the first one ends it */
	struct gn_op_fault at;       /* the path of what is read, and what it must be */
	gn_err first;
};

/* ---- faults ---- */

static gn_err note_bounds(struct reader *rd, gn_err err, enum gn_op_reason reason, int64_t least,
			  int64_t most)
{
	struct gn_op_faults *list = rd->faults;
	if (!rd->first)
		rd->first = err;
	if (!list)
		return err;
	if (list->count < OP_FAULTS_MAX) {
		struct gn_op_fault *f = &list->list[list->count++];
		*f = rd->at;
		f->reason = reason;
		f->least = least;
		f->most = most;
	}
	return GN_OK;
}

static gn_err note_fault(struct reader *rd, gn_err err, enum gn_op_reason reason)
{
	return note_bounds(rd, err, reason, 0, 0);
}

static void enter_field(struct reader *rd, struct gn_slice name, const char *form)
{
	GN_ASSERT(rd->at.depth < OP_FAULT_DEPTH);
	rd->at.path[rd->at.depth++] = name;
	rd->at.form = form;
}

static void leave_field(struct reader *rd)
{
	GN_ASSERT(rd->at.depth > 0);
	rd->at.depth--;
	rd->at.form = NULL;
}

/* ---- single fields ---- */

static bool is_plain(struct gn_slice s, size_t max, const char *extra)
{
	if (s.len == 0 || s.len > max)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		if (!alnum && (c == 0 || !strchr(extra, c)))
			return false;
	}
	return true;
}

static size_t count_points(struct gn_slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

static gn_err read_number(struct reader *rd, const struct gn_json_value *v, uint32_t most,
			  uint32_t *out)
{
	if (v->kind != GN_JSON_INT)
		return note_bounds(rd, GN_USAGE, GN_OP_NOT_NUMBER, 1, most);
	if (v->integer < 1 || v->integer > most)
		return note_bounds(rd, GN_USAGE, v->integer < 1 ? GN_OP_TOO_LOW : GN_OP_TOO_HIGH, 1,
				   most);
	*out = (uint32_t)v->integer;
	return GN_OK;
}

static gn_err read_count(struct reader *rd, const struct gn_json_value *v, uint8_t most,
			 uint8_t *out)
{
	uint32_t number = *out;
	GN_TRY(read_number(rd, v, most, &number));
	*out = (uint8_t)number;
	return GN_OK;
}

static gn_err read_flag(struct reader *rd, const struct gn_json_value *v, bool *out)
{
	if (v->kind != GN_JSON_TRUE && v->kind != GN_JSON_FALSE)
		return note_fault(rd, GN_USAGE, GN_OP_NOT_FLAG);
	*out = v->kind == GN_JSON_TRUE;
	return GN_OK;
}

static gn_err read_pids(struct reader *rd, const struct gn_json_value *v, struct gn_hash *out,
			uint8_t max, uint8_t *count)
{
	if (v->kind != GN_JSON_ARRAY || v->count > max)
		return note_bounds(rd, GN_USAGE, GN_OP_NOT_LIST, 0, max);
	for (uint16_t i = 0; i < v->count; i++) {
		const struct gn_json_value *e = v + 1 + i;
		/* strings have no children; behind any other entry the places are not these */
		if (e->kind != GN_JSON_STRING || gn_pid_parse(e->text, &out[i]))
			return note_bounds(rd, GN_USAGE, GN_OP_ENTRY, i, max);
	}
	*count = (uint8_t)v->count;
	return GN_OK;
}

/* An amount is judged later, when the precision is known; it is text. */
static gn_err read_amount(struct reader *rd, const struct gn_json_value *v, gn_err err,
			  struct gn_slice *out)
{
	rd->at.form = "a string of digits, such as \"10.00\"";
	if (v->kind != GN_JSON_STRING)
		return note_fault(rd, err, GN_OP_NOT_STRING);
	*out = v->text;
	return GN_OK;
}

/* null stands for "not set" as in the reference implementation. */
static gn_err read_limit(struct reader *rd, const struct gn_json_value *v, struct gn_slice *out)
{
	return v->kind == GN_JSON_NULL ? GN_OK : read_amount(rd, v, GN_USAGE, out);
}

/* ---- compound fields ---- */

static bool has_key(const struct gn_json_value *v, const char *key)
{
	return gn_slice_eq(v->key, gn_str(key));
}

static gn_err read_policy_word(struct reader *rd, const struct gn_json_value *m)
{
	struct gn_op_policy *p = &rd->op->policy;
	if (has_key(m, "auto_clearing"))
		return read_flag(rd, m, &p->auto_clearing);
	if (has_key(m, "can_be_intermediate"))
		return read_flag(rd, m, &p->can_be_intermediate);
	if (has_key(m, "ask") && rd->op->profile == GN_PROFILE_V1)
		return read_flag(rd, m, &p->ask);
	if (has_key(m, "daily_limit"))
		return read_limit(rd, m, &p->daily_limit);
	if (has_key(m, "max_hop_usage"))
		return read_limit(rd, m, &p->max_hop_usage);
	if (has_key(m, "blocked_participants"))
		return read_pids(rd, m, p->blocked, OP_BLOCKED_MAX, &p->blocked_count);
	return note_fault(rd, GN_UNSUPPORTED, GN_OP_UNKNOWN);
}

static gn_err read_constraint(struct reader *rd, const struct gn_json_value *m)
{
	struct gn_op *op = rd->op;
	if (has_key(m, "avoid"))
		return read_pids(rd, m, op->avoid, OP_AVOID_MAX, &op->avoid_count);
	if (has_key(m, "max_hops"))
		return read_count(rd, m, ROUTE_HOPS_MAX, &op->max_hops);
	if (has_key(m, "max_paths"))
		return read_count(rd, m, ROUTE_PATHS_MAX, &op->max_paths);
	if (has_key(m, "timeout_ms"))
		return read_number(rd, m, OP_TIMEOUT_MS_MAX, &op->timeout_ms);
	return note_fault(rd, GN_UNSUPPORTED, GN_OP_UNKNOWN);
}

static gn_err read_members(struct reader *rd, const struct gn_json_value *v,
			   gn_err (*read)(struct reader *, const struct gn_json_value *))
{
	uint16_t i = (uint16_t)(gn_json_index(rd->j, v) + 1);
	if (v->kind != GN_JSON_OBJECT)
		return note_fault(rd, GN_USAGE, GN_OP_NOT_OBJECT);
	for (uint16_t n = 0; n < v->count; n++, i = rd->j->values[i].next) {
		enter_field(rd, rd->j->values[i].key, NULL);
		GN_TRY(read(rd, &rd->j->values[i]));
		leave_field(rd);
	}
	return GN_OK;
}

static gn_err read_policy(struct reader *rd, const struct gn_json_value *v)
{
	rd->op->policy = (struct gn_op_policy){
		.present = true, .auto_clearing = true, .can_be_intermediate = true};
	rd->op->has_policy = true;
	return read_members(rd, v, read_policy_word);
}

/* ---- the table ---- */

enum field_type {
	F_NAME,   /* 1..255 characters of text */
	F_TEXT,   /* up to OP_TEXT_MAX bytes */
	F_CODE,   /* an equivalent */
	F_AMOUNT, /* judged later, when the precision is known */
	F_TX_ID,
	F_LINE_ID,
	F_KIND, /* person, business, hub */
	F_KEY,
	F_TO, /* any short text: an unknown payee is no syntax error */
	F_INITIATOR,
	F_OBJECT,
	F_POLICY,
	F_CONSTRAINTS,
	F_STATUS,
	F_VERSION,
	F_WHEN_REPAID,
	F_ANSWER,
};

/* What a text must be, where its reason alone does not say it. */
static const char *const forms[] = {
	[F_CODE] = "_",
	[F_TX_ID] = "._:-",
	[F_LINE_ID] = "the id of a trust line as it was listed",
	[F_KIND] = "person, business or hub",
	[F_KEY] = "an Ed25519 key: 32 bytes in base64, 44 characters",
	[F_TO] = "the PID of a participant",
	[F_INITIATOR] = "the payer's PID",
	[F_STATUS] = "active or frozen",
	[F_ANSWER] = "yes or no",
};

#define K(kind) (1u << GN_OP_##kind)

static const struct field {
	const char *name;
	enum field_type type;
	uint16_t needed, allowed; /* masks of operations */
	bool v1_only;
} fields[] = {
	{"amount", F_AMOUNT, K(PAYMENT), K(PAYMENT), false},
	{"answer", F_ANSWER, K(VOTE) | K(CONSENT), K(VOTE) | K(CONSENT), true},
	{"constraints", F_CONSTRAINTS, 0, K(PAYMENT), false},
	{"description", F_TEXT, 0, K(PAYMENT), false},
	{"display_name", F_NAME, K(REGISTER), K(REGISTER) | K(PROFILE), false},
	{"equivalent", F_CODE, K(LINE_CREATE) | K(PAYMENT), K(LINE_CREATE) | K(PAYMENT), false},
	{"equivalent", F_CODE, 0, K(LINE_UPDATE) | K(LINE_CLOSE), true},
	{"id", F_LINE_ID, K(LINE_UPDATE) | K(LINE_CLOSE), K(LINE_UPDATE) | K(LINE_CLOSE), false},
	{"initiator", F_INITIATOR, K(VOTE), K(VOTE), true},
	{"limit", F_AMOUNT, K(LINE_CREATE), K(LINE_CREATE) | K(LINE_UPDATE), false},
	{"policy", F_POLICY, 0, K(LINE_CREATE) | K(LINE_UPDATE), false},
	{"profile", F_OBJECT, 0, K(REGISTER) | K(PROFILE), false},
	{"public_key", F_KEY, K(REGISTER), K(REGISTER), false},
	{"status", F_STATUS, 0, K(LINE_UPDATE), true},
	{"to", F_TO, K(LINE_CREATE) | K(PAYMENT), K(LINE_CREATE) | K(PAYMENT), false},
	{"to", F_TO, 0, K(LINE_UPDATE) | K(LINE_CLOSE), true},
	{"tx_id", F_TX_ID, K(PAYMENT) | K(VOTE) | K(CONSENT), K(PAYMENT) | K(VOTE) | K(CONSENT),
	 false},
	{"type", F_KIND, K(REGISTER), K(REGISTER), false},
	{"version", F_VERSION, 0, K(LINE_UPDATE) | K(LINE_CLOSE), true},
	{"when_repaid", F_WHEN_REPAID, 0, K(LINE_CLOSE), true},
};

static gn_err take_text(struct reader *rd, struct gn_slice s, bool ok, enum gn_op_reason reason,
			struct gn_slice *out)
{
	if (!ok)
		return note_fault(rd, GN_USAGE, reason);
	*out = s;
	return GN_OK;
}

static gn_err take_plain(struct reader *rd, struct gn_slice s, size_t max, const char *extra,
			 struct gn_slice *out)
{
	if (!is_plain(s, max, extra))
		return note_bounds(rd, GN_USAGE, GN_OP_CHARACTERS, 1, (int64_t)max);
	*out = s;
	return GN_OK;
}

static gn_err read_name(struct reader *rd, struct gn_slice s)
{
	size_t points = count_points(s);
	if (points < 1 || points > OP_NAME_MAX)
		return note_bounds(rd, GN_USAGE, points ? GN_OP_TOO_LONG : GN_OP_TOO_SHORT, 1,
				   OP_NAME_MAX);
	rd->op->display_name = s;
	return GN_OK;
}

/* One of two words; *out: the first. */
static gn_err read_either(struct reader *rd, struct gn_slice s, struct gn_slice first,
			  struct gn_slice second, bool *out)
{
	*out = gn_slice_eq(s, first);
	return *out || gn_slice_eq(s, second) ? GN_OK : note_fault(rd, GN_USAGE, GN_OP_WORD);
}

static bool is_person_kind(struct gn_slice s)
{
	return gn_slice_eq(s, GN_LIT("person")) || gn_slice_eq(s, GN_LIT("business")) ||
	       gn_slice_eq(s, GN_LIT("hub"));
}

static gn_err read_string(struct reader *rd, const struct gn_json_value *v, enum field_type type)
{
	struct gn_slice s = v->text;
	struct gn_op *op = rd->op;
	if (v->kind != GN_JSON_STRING) {
		rd->at.form = NULL;
		return note_fault(rd, GN_USAGE, GN_OP_NOT_STRING);
	}
	switch (type) {
	case F_NAME: return read_name(rd, s);
	case F_TEXT:
		if (s.len > OP_TEXT_MAX)
			return note_bounds(rd, GN_USAGE, GN_OP_TOO_LONG, 0, OP_TEXT_MAX);
		op->description = s;
		return GN_OK;
	case F_CODE: return take_plain(rd, s, 16, forms[F_CODE], &op->equivalent);
	case F_TX_ID: return take_plain(rd, s, OP_TX_ID_MAX, forms[F_TX_ID], &op->tx_id);
	case F_LINE_ID:
		return take_text(rd, s, is_plain(s, GN_LINE_ID_LEN, "-"), GN_OP_VALUE,
				 &op->line_id);
	case F_KEY:
		return gn_unbase64_exact(s, false, op->public_key.b, sizeof op->public_key.b)
			       ? note_fault(rd, GN_USAGE, GN_OP_VALUE)
			       : GN_OK;
	case F_KIND: return take_text(rd, s, is_person_kind(s), GN_OP_WORD, &op->type);
	case F_TO:
		if (gn_pid_parse(s, &op->to))
			memset(op->to.b, 0, sizeof op->to.b);
		return take_text(rd, s, is_plain(s, OP_TX_ID_MAX, ""), GN_OP_NOT_PID, &op->to_text);
	case F_INITIATOR:
		return take_text(rd, s, gn_pid_parse(s, &op->initiator) == GN_OK, GN_OP_NOT_PID,
				 &op->initiator_text);
	case F_STATUS:
		op->has_status = true;
		return read_either(rd, s, GN_LIT("frozen"), GN_LIT("active"), &op->frozen);
	case F_ANSWER: return read_either(rd, s, GN_LIT("yes"), GN_LIT("no"), &op->yes);
	case F_AMOUNT:
	case F_OBJECT:
	case F_POLICY:
	case F_CONSTRAINTS:
	case F_VERSION:
	case F_WHEN_REPAID:
	default: return GN_USAGE;
	}
}

static gn_err read_field(struct reader *rd, const struct gn_json_value *v, const struct field *f)
{
	struct gn_op *op = rd->op;
	switch (f->type) {
	case F_AMOUNT:
		return read_amount(rd, v, GN_AMOUNT, f->name[0] == 'a' ? &op->amount : &op->limit);
	case F_OBJECT:
		if (v->kind != GN_JSON_OBJECT)
			return note_fault(rd, GN_USAGE, GN_OP_NOT_OBJECT);
		op->user_profile = v->text;
		return GN_OK;
	case F_POLICY: return read_policy(rd, v);
	case F_CONSTRAINTS: return read_members(rd, v, read_constraint);
	case F_VERSION: op->has_version = true; return read_number(rd, v, UINT32_MAX, &op->version);
	case F_WHEN_REPAID: return read_flag(rd, v, &op->when_repaid);
	case F_NAME:
	case F_TEXT:
	case F_CODE:
	case F_TX_ID:
	case F_LINE_ID:
	case F_KIND:
	case F_KEY:
	case F_TO:
	case F_INITIATOR:
	case F_STATUS:
	case F_ANSWER:
	default: return read_string(rd, v, f->type);
	}
}

static const char *form_of(const struct field *f)
{
	return f->type < GN_COUNT(forms) ? forms[f->type] : NULL;
}

static gn_err read_body_word(struct reader *rd, const struct gn_json_value *v, uint32_t *seen)
{
	uint32_t mask = 1u << rd->op->kind;
	size_t f = 0;
	while (f < GN_COUNT(fields) && !((fields[f].allowed & mask) && has_key(v, fields[f].name)))
		f++;
	if (f == GN_COUNT(fields) || (fields[f].v1_only && rd->op->profile == GN_PROFILE_V0))
		return note_fault(rd, GN_UNSUPPORTED, GN_OP_UNKNOWN);
	*seen |= 1u << f;
	rd->at.form = form_of(&fields[f]);
	return read_field(rd, v, &fields[f]);
}

static gn_err read_body(struct reader *rd, uint16_t body)
{
	struct gn_op *op = rd->op;
	const struct gn_json_value *b = &rd->j->values[body];
	uint32_t seen = 0, mask = 1u << op->kind;
	rd->at = (struct gn_op_fault){0};
	if (b->kind != GN_JSON_OBJECT)
		return note_fault(rd, GN_USAGE, GN_OP_NOT_OBJECT);
	op->body = b->text;
	if (op->kind == GN_OP_ADMIN)
		return GN_OK;
	uint16_t i = (uint16_t)(body + 1);
	for (uint16_t n = 0; n < b->count; n++, i = rd->j->values[i].next) {
		enter_field(rd, rd->j->values[i].key, NULL);
		GN_TRY(read_body_word(rd, &rd->j->values[i], &seen));
		leave_field(rd);
	}
	for (size_t f = 0; f < GN_COUNT(fields); f++) {
		if (!(fields[f].needed & mask) || (seen & 1u << f))
			continue;
		enter_field(rd, gn_str(fields[f].name), form_of(&fields[f]));
		GN_TRY(note_fault(rd, GN_USAGE, GN_OP_MISSING));
		leave_field(rd);
	}
	bool may_be_empty = op->kind != GN_OP_PROFILE && op->kind != GN_OP_LINE_UPDATE;
	bool changes = op->display_name.p || op->user_profile.p || op->limit.p || op->has_policy ||
		       op->has_status;
	return may_be_empty || changes || rd->first ? GN_OK
						    : note_fault(rd, GN_USAGE, GN_OP_NO_CHANGE);
}

/* ---- the envelope ---- */

/* Its members, in their order. */
enum member { BODY, DOMAIN, HUB, OP, SEQ, SIGNER, TS, TX_ID, MEMBERS };
static const char *const member_names[MEMBERS] = {"body", "domain", "hub", "op",
						  "seq",  "signer", "ts",  "tx_id"};

static gn_err note_member(struct reader *rd, struct gn_slice name, gn_err err,
			  enum gn_op_reason reason)
{
	rd->at = (struct gn_op_fault){.envelope = true, .depth = 1, .path = {name}};
	return note_fault(rd, err, reason);
}

static gn_err note_wrong(struct reader *rd, enum member m, gn_err err)
{
	return note_member(rd, gn_str(member_names[m]), err, GN_OP_VALUE);
}

/* Each member once, and none that does not belong there. */
static gn_err find_members(struct reader *rd, enum gn_op_kind expected,
			   const struct gn_json_value *found[MEMBERS])
{
	const struct gn_json *j = rd->j;
	for (unsigned m = 0; m < MEMBERS; m++)
		found[m] = gn_json_get(j, 0, member_names[m]);
	/* which of the two it is: what it says it is of, if nobody expects something */
	bool by_id = expected < GN_OP_KINDS ? lg_op_by_tx_id(expected) : !found[SEQ];
	enum member other = by_id ? SEQ : TX_ID;
	for (unsigned m = 0; m < MEMBERS; m++) {
		if (m == other && found[m])
			GN_TRY(note_member(rd, gn_str(member_names[m]), GN_USAGE, GN_OP_UNKNOWN));
		if (m != other && !found[m])
			GN_TRY(note_member(rd, gn_str(member_names[m]), GN_USAGE, GN_OP_MISSING));
	}
	found[other] = NULL;
	uint16_t i = 1;
	for (uint16_t n = 0; n < j->values[0].count; n++, i = j->values[i].next) {
		unsigned m = 0;
		while (m < MEMBERS && !has_key(&j->values[i], member_names[m]))
			m++;
		if (m == MEMBERS)
			GN_TRY(note_member(rd, j->values[i].key, GN_UNSUPPORTED, GN_OP_UNKNOWN));
	}
	return GN_OK;
}

static gn_err read_kind(struct reader *rd, const struct gn_json_value *v, enum gn_op_kind expected)
{
	unsigned k = 0;
	while (k < GN_OP_KINDS &&
	       (v->kind != GN_JSON_STRING || !gn_slice_eq(v->text, gn_str(gn_op_name(k)))))
		k++;
	if (k == GN_OP_KINDS)
		return note_wrong(rd, OP, v->kind == GN_JSON_STRING ? GN_UNSUPPORTED : GN_USAGE);
	if (expected != GN_OP_KINDS && k != expected)
		return note_wrong(rd, OP, GN_USAGE);
	rd->op->kind = (enum gn_op_kind)k;
	return GN_OK;
}

static gn_err read_member_pid(struct reader *rd, enum member m, const struct gn_json_value *v,
			      struct gn_hash *out)
{
	return v->kind != GN_JSON_STRING || gn_pid_parse(v->text, out) ? note_wrong(rd, m, GN_USAGE)
								       : GN_OK;
}

static gn_err read_seq(struct reader *rd, const struct gn_json_value *seq)
{
	if (seq->kind != GN_JSON_INT || seq->integer <= 0)
		return note_wrong(rd, SEQ, GN_USAGE);
	if (seq->integer > OP_SEQ_MAX)
		return note_wrong(rd, SEQ, GN_RANGE);
	rd->op->seq = (uint64_t)seq->integer;
	return GN_OK;
}

static gn_err read_time(struct reader *rd, const struct gn_json_value *ts)
{
	if (ts->kind != GN_JSON_INT || ts->integer < 0)
		return note_wrong(rd, TS, GN_USAGE);
	rd->op->ts = ts->integer;
	return GN_OK;
}

static gn_err read_envelope(struct reader *rd, enum gn_op_kind expected)
{
	const struct gn_json_value *found[MEMBERS];
	struct gn_op *op = rd->op;
	if (rd->j->values[0].kind != GN_JSON_OBJECT)
		return GN_USAGE;
	GN_TRY(find_members(rd, expected, found));
	const struct gn_json_value *domain = found[DOMAIN], *tx_id = found[TX_ID];
	if (domain && domain->kind != GN_JSON_STRING)
		GN_TRY(note_wrong(rd, DOMAIN, GN_USAGE));
	else if (domain && !gn_slice_eq(domain->text, GN_LIT("geo/v1")))
		GN_TRY(note_wrong(rd, DOMAIN, GN_UNSUPPORTED));
	if (found[TS])
		GN_TRY(read_time(rd, found[TS]));
	if (found[OP])
		GN_TRY(read_kind(rd, found[OP], expected));
	if (op->kind == GN_OP_KINDS) /* of a kind that is not known there is nothing to read */
		return rd->first;
	if (expected == GN_OP_KINDS && lg_op_by_tx_id(op->kind) != (tx_id != NULL))
		GN_TRY(note_wrong(rd, tx_id ? TX_ID : SEQ, GN_USAGE));
	if (found[HUB])
		GN_TRY(read_member_pid(rd, HUB, found[HUB], &op->hub));
	if (found[SIGNER])
		GN_TRY(read_member_pid(rd, SIGNER, found[SIGNER], &op->signer));
	if (found[SEQ])
		GN_TRY(read_seq(rd, found[SEQ]));
	if (found[BODY])
		GN_TRY(read_body(rd, gn_json_index(rd->j, found[BODY])));
	if (tx_id && (tx_id->kind != GN_JSON_STRING || !gn_slice_eq(tx_id->text, op->tx_id)))
		GN_TRY(note_wrong(rd, TX_ID, GN_USAGE));
	return rd->first;
}

/* ---- the whole ---- */

gn_err gn_op_check(enum gn_op_profile profile, enum gn_op_kind kind, struct gn_slice bytes,
		   struct gn_op *out, struct gn_op_faults *faults)
{
	struct gn_json j;
	gn_err err = gn_json_check(bytes, &j);
	if (faults)
		gn_op_json_fault(profile, &j, err, faults);
	if (err && faults)
		out->body = (struct gn_slice){0};
	if (err)
		return err;
	*out = (struct gn_op){.profile = profile, .kind = kind, .bytes = bytes};
	struct reader rd = {.j = &j, .op = out, .faults = faults};
	if (profile == GN_PROFILE_V1)
		return read_envelope(&rd, kind);
	GN_ASSERT(kind < GN_OP_VOTE);
	GN_TRY(read_body(&rd, 0));
	return rd.first;
}

gn_err gn_op_parse(enum gn_op_profile profile, enum gn_op_kind kind, struct gn_slice bytes,
		   struct gn_op *out)
{
	return gn_op_check(profile, kind, bytes, out, NULL);
}
