/* Signed operations: one table says which field belongs to which operation, of what type, and
 * whether it must be there; a field that the table does not know is refused, so a signature
 * never covers words nobody reads.
 *
 * 1. Bytes are canonical before anything is read from them.
 * 2. What is parsed borrows the signed bytes; nothing is encoded again.
 * 3. Text fields that name things (ids, codes, amounts, PIDs) hold no escapes, so their raw text
 *    is their value. */
#include "ledger/op_int.h"
#include <stdio.h>

static const char *const op_names[GN_OP_KINDS] = {
	"participant.register", "participant.profile", "line.create",
	"line.update",          "line.close",          "payment",
	"payment.vote",         "clearing.consent",    "admin",
	"participant.leave",
};

const char *gn_op_name(enum gn_op_kind kind)
{
	return kind < GN_OP_KINDS ? op_names[kind] : NULL;
}

/* ---- single fields ---- */

static bool plain(struct gn_slice s, size_t max, const char *extra)
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

static size_t points(struct gn_slice s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

static int base64_digit(uint8_t c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* 44 characters of padded base64 <-> 32 bytes, one text per key. */
gn_err lg_op_read_key(struct gn_slice text, struct gn_pk *out)
{
	uint8_t bytes[33];
	if (text.len != 44 || text.p[43] != '=')
		return GN_USAGE;
	for (size_t i = 0; i < 11; i++) {
		uint32_t v = 0;
		for (size_t k = 0; k < 4; k++) {
			int d = 4 * i + k == 43 ? 0 : base64_digit(text.p[4 * i + k]);
			if (d < 0)
				return GN_USAGE;
			v = v << 6 | (uint32_t)d;
		}
		bytes[3 * i] = (uint8_t)(v >> 16);
		bytes[3 * i + 1] = (uint8_t)(v >> 8);
		bytes[3 * i + 2] = (uint8_t)v;
	}
	if (bytes[32] != 0)
		return GN_USAGE;
	memcpy(out->b, bytes, 32);
	return GN_OK;
}

static gn_err read_u32(const struct gn_json_value *v, uint32_t min, uint32_t max, uint32_t *out)
{
	if (v->kind != GN_JSON_INT || v->integer < min || v->integer > max)
		return GN_USAGE;
	*out = (uint32_t)v->integer;
	return GN_OK;
}

static gn_err read_bool(const struct gn_json_value *v, bool *out)
{
	if (v->kind != GN_JSON_TRUE && v->kind != GN_JSON_FALSE)
		return GN_USAGE;
	*out = v->kind == GN_JSON_TRUE;
	return GN_OK;
}

static gn_err read_pids(const struct gn_json_value *v, struct gn_hash *out, unsigned max,
			uint8_t *count)
{
	if (v->kind != GN_JSON_ARRAY || v->count > max)
		return GN_USAGE;
	for (uint16_t i = 0; i < v->count; i++) {
		const struct gn_json_value *e = v + 1 + i; /* strings have no children */
		if (e->kind != GN_JSON_STRING || gn_pid_parse(e->text, &out[i]))
			return GN_USAGE;
	}
	*count = (uint8_t)v->count;
	return GN_OK;
}

/* ---- compound fields ---- */

static bool is(const struct gn_json_value *v, const char *key)
{
	return gn_slice_eq(v->key, gn_str(key));
}

/* null stands for "not set" as in the reference implementation. */
static gn_err read_limit(const struct gn_json_value *v, struct gn_slice *out)
{
	if (v->kind == GN_JSON_NULL)
		return GN_OK;
	if (v->kind != GN_JSON_STRING)
		return GN_USAGE;
	*out = v->text;
	return GN_OK;
}

static gn_err read_policy(const struct gn_json *j, const struct gn_json_value *v, bool v1,
			  struct gn_op *op)
{
	struct gn_op_policy *p = &op->policy;
	*p = (struct gn_op_policy){
		.present = true, .auto_clearing = true, .can_be_intermediate = true};
	if (v->kind != GN_JSON_OBJECT)
		return GN_USAGE;
	uint16_t at = gn_json_index(j, v), i = (uint16_t)(at + 1);
	for (uint16_t n = 0; n < v->count; n++, i = j->values[i].next) {
		const struct gn_json_value *m = &j->values[i];
		if (is(m, "auto_clearing"))
			GN_TRY(read_bool(m, &p->auto_clearing));
		else if (is(m, "can_be_intermediate"))
			GN_TRY(read_bool(m, &p->can_be_intermediate));
		else if (is(m, "ask") && v1)
			GN_TRY(read_bool(m, &p->ask));
		else if (is(m, "daily_limit"))
			GN_TRY(read_limit(m, &p->daily_limit));
		else if (is(m, "max_hop_usage"))
			GN_TRY(read_limit(m, &p->max_hop_usage));
		else if (is(m, "blocked_participants"))
			GN_TRY(read_pids(m, p->blocked, OP_BLOCKED_MAX, &p->blocked_count));
		else
			return GN_UNSUPPORTED;
	}
	op->has_policy = true;
	return GN_OK;
}

static gn_err read_constraints(const struct gn_json *j, const struct gn_json_value *v,
			       struct gn_op *op)
{
	if (v->kind != GN_JSON_OBJECT)
		return GN_USAGE;
	uint32_t number;
	uint16_t i = (uint16_t)(gn_json_index(j, v) + 1);
	for (uint16_t n = 0; n < v->count; n++, i = j->values[i].next) {
		const struct gn_json_value *m = &j->values[i];
		if (is(m, "avoid")) {
			GN_TRY(read_pids(m, op->avoid, OP_AVOID_MAX, &op->avoid_count));
		} else if (is(m, "max_hops")) {
			GN_TRY(read_u32(m, 1, ROUTE_HOPS_MAX, &number));
			op->max_hops = (uint8_t)number;
		} else if (is(m, "max_paths")) {
			GN_TRY(read_u32(m, 1, ROUTE_PATHS_MAX, &number));
			op->max_paths = (uint8_t)number;
		} else if (is(m, "timeout_ms")) {
			GN_TRY(read_u32(m, 1, OP_TIMEOUT_MS_MAX, &op->timeout_ms));
		} else {
			return GN_UNSUPPORTED;
		}
	}
	return GN_OK;
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

#define K(kind) (1u << GN_OP_##kind)

static const struct field {
	const char *name;
	uint8_t type;
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

static gn_err read_string(const struct gn_json_value *v, enum field_type type, struct gn_op *op)
{
	struct gn_slice s = v->text;
	if (v->kind != GN_JSON_STRING)
		return GN_USAGE;
	switch (type) {
	case F_NAME:
		op->display_name = s;
		return s.len >= 1 && points(s) <= OP_NAME_MAX ? GN_OK : GN_USAGE;
	case F_TEXT: op->description = s; return s.len <= OP_TEXT_MAX ? GN_OK : GN_USAGE;
	case F_CODE: op->equivalent = s; return plain(s, 16, "_") ? GN_OK : GN_USAGE;
	case F_TX_ID: op->tx_id = s; return plain(s, OP_TX_ID_MAX, "._:-") ? GN_OK : GN_USAGE;
	case F_LINE_ID: op->line_id = s; return plain(s, GN_LINE_ID_LEN, "-") ? GN_OK : GN_USAGE;
	case F_KEY: return lg_op_read_key(s, &op->public_key);
	case F_KIND:
		op->type = s;
		return gn_slice_eq(s, GN_LIT("person")) || gn_slice_eq(s, GN_LIT("business")) ||
				       gn_slice_eq(s, GN_LIT("hub"))
			       ? GN_OK
			       : GN_USAGE;
	case F_TO:
		op->to_text = s;
		if (gn_pid_parse(s, &op->to))
			memset(op->to.b, 0, sizeof op->to.b);
		return plain(s, OP_TX_ID_MAX, "") ? GN_OK : GN_USAGE;
	case F_INITIATOR:
		op->initiator_text = s;
		return gn_pid_parse(s, &op->initiator) ? GN_USAGE : GN_OK;
	case F_STATUS:
		op->has_status = true;
		op->frozen = gn_slice_eq(s, GN_LIT("frozen"));
		return op->frozen || gn_slice_eq(s, GN_LIT("active")) ? GN_OK : GN_USAGE;
	case F_ANSWER:
		op->yes = gn_slice_eq(s, GN_LIT("yes"));
		return op->yes || gn_slice_eq(s, GN_LIT("no")) ? GN_OK : GN_USAGE;
	case F_AMOUNT:
	case F_OBJECT:
	case F_POLICY:
	case F_CONSTRAINTS:
	case F_VERSION:
	case F_WHEN_REPAID:
	default: return GN_USAGE;
	}
}

static gn_err read_field(const struct gn_json *j, const struct gn_json_value *v,
			 const struct field *f, struct gn_op *op)
{
	switch ((enum field_type)f->type) {
	case F_AMOUNT:
		if (v->kind != GN_JSON_STRING)
			return GN_AMOUNT;
		if (f->name[0] == 'a')
			op->amount = v->text;
		else
			op->limit = v->text;
		return GN_OK;
	case F_OBJECT:
		op->user_profile = v->text;
		return v->kind == GN_JSON_OBJECT ? GN_OK : GN_USAGE;
	case F_POLICY: return read_policy(j, v, op->profile == GN_PROFILE_V1, op);
	case F_CONSTRAINTS: return read_constraints(j, v, op);
	case F_VERSION: op->has_version = true; return read_u32(v, 1, UINT32_MAX, &op->version);
	case F_WHEN_REPAID: return read_bool(v, &op->when_repaid);
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
	default: return read_string(v, (enum field_type)f->type, op);
	}
}

static gn_err read_body(const struct gn_json *j, uint16_t body, struct gn_op *op)
{
	const struct gn_json_value *b = &j->values[body];
	uint32_t seen = 0, mask = 1u << op->kind;
	if (b->kind != GN_JSON_OBJECT)
		return GN_USAGE;
	op->body = b->text;
	if (op->kind == GN_OP_ADMIN)
		return GN_OK;
	uint16_t i = (uint16_t)(body + 1);
	for (uint16_t n = 0; n < b->count; n++, i = j->values[i].next) {
		size_t f = 0;
		while (f < GN_COUNT(fields) &&
		       !((fields[f].allowed & mask) && is(&j->values[i], fields[f].name)))
			f++;
		if (f == GN_COUNT(fields) || (fields[f].v1_only && op->profile == GN_PROFILE_V0))
			return GN_UNSUPPORTED;
		GN_TRY(read_field(j, &j->values[i], &fields[f], op));
		seen |= 1u << f;
	}
	for (size_t f = 0; f < GN_COUNT(fields); f++)
		if ((fields[f].needed & mask) && !(seen & 1u << f))
			return GN_USAGE;
	bool changes = op->display_name.p || op->user_profile.p || op->limit.p || op->has_policy ||
		       op->has_status;
	if ((op->kind == GN_OP_PROFILE || op->kind == GN_OP_LINE_UPDATE) && !changes)
		return GN_USAGE;
	return GN_OK;
}

/* ---- the envelope ---- */

static gn_err envelope_kind(struct gn_slice name, enum gn_op_kind *out)
{
	for (unsigned k = 0; k < GN_OP_KINDS; k++)
		if (gn_slice_eq(name, gn_str(op_names[k]))) {
			*out = (enum gn_op_kind)k;
			return GN_OK;
		}
	return GN_UNSUPPORTED;
}

static bool has_tx_id(enum gn_op_kind kind)
{
	return kind == GN_OP_PAYMENT || kind == GN_OP_VOTE || kind == GN_OP_CONSENT;
}

static gn_err read_envelope(const struct gn_json *j, enum gn_op_kind expected, struct gn_op *op)
{
	const struct gn_json_value *body = gn_json_get(j, 0, "body"),
				   *domain = gn_json_get(j, 0, "domain"),
				   *hub = gn_json_get(j, 0, "hub"), *name = gn_json_get(j, 0, "op"),
				   *seq = gn_json_get(j, 0, "seq"),
				   *signer = gn_json_get(j, 0, "signer"),
				   *ts = gn_json_get(j, 0, "ts"),
				   *tx_id = gn_json_get(j, 0, "tx_id");
	if (j->values[0].kind != GN_JSON_OBJECT || !body || !domain || !hub || !name || !signer ||
	    !ts || !seq == !tx_id)
		return GN_USAGE;
	if (j->values[0].count != 7)
		return GN_UNSUPPORTED;
	if (domain->kind != GN_JSON_STRING || name->kind != GN_JSON_STRING ||
	    ts->kind != GN_JSON_INT || ts->integer < 0)
		return GN_USAGE;
	if (!gn_slice_eq(domain->text, GN_LIT("geo/v1")))
		return GN_UNSUPPORTED;
	GN_TRY(envelope_kind(name->text, &op->kind));
	if ((expected != GN_OP_KINDS && op->kind != expected) ||
	    has_tx_id(op->kind) != (tx_id != NULL))
		return GN_USAGE;
	if (hub->kind != GN_JSON_STRING || gn_pid_parse(hub->text, &op->hub))
		return GN_USAGE;
	if (signer->kind != GN_JSON_STRING || gn_pid_parse(signer->text, &op->signer))
		return GN_USAGE;
	if (seq && (seq->kind != GN_JSON_INT || seq->integer <= 0))
		return GN_USAGE;
	if (seq && seq->integer > OP_SEQ_MAX)
		return GN_RANGE;
	op->seq = seq ? (uint64_t)seq->integer : 0;
	op->ts = ts->integer;
	GN_TRY(read_body(j, gn_json_index(j, body), op));
	if (tx_id && (tx_id->kind != GN_JSON_STRING || !gn_slice_eq(tx_id->text, op->tx_id)))
		return GN_USAGE;
	return GN_OK;
}

gn_err gn_op_parse(enum gn_op_profile profile, enum gn_op_kind kind, struct gn_slice bytes,
		   struct gn_op *out)
{
	struct gn_json j;
	GN_TRY(gn_json_check(bytes, &j));
	*out = (struct gn_op){.profile = profile, .kind = kind, .bytes = bytes};
	if (profile == GN_PROFILE_V1)
		return read_envelope(&j, kind, out);
	GN_ASSERT(kind < GN_OP_VOTE);
	return read_body(&j, 0, out);
}

gn_err gn_op_wrap(const struct gn_op_envelope *e, struct gn_slice body, struct gn_buf *out)
{
	char hub[GN_PID_MAX], signer[GN_PID_MAX], middle[256], tail[160];
	gn_pid(&e->hub, hub);
	gn_pid(&e->signer, signer);
	GN_ASSERT(e->kind < GN_OP_KINDS && e->tx_id.len <= OP_TX_ID_MAX);
	int m = snprintf(middle, sizeof middle,
			 ",\"domain\":\"geo/v1\",\"hub\":\"%s\",\"op\":\"%s\"", hub,
			 op_names[e->kind]);
	int t = has_tx_id(e->kind)
			? snprintf(tail, sizeof tail,
				   ",\"signer\":\"%s\",\"ts\":%lld,\"tx_id\":\"%.*s\"}", signer,
				   (long long)e->ts, (int)e->tx_id.len, (const char *)e->tx_id.p)
			: snprintf(tail, sizeof tail,
				   ",\"seq\":%llu,\"signer\":\"%s\",\"ts\":%lld}",
				   (unsigned long long)e->seq, signer, (long long)e->ts);
	GN_ASSERT(m > 0 && (size_t)m < sizeof middle && t > 0 && (size_t)t < sizeof tail);
	if (out->cap - out->len < 8 + body.len + (size_t)m + (size_t)t)
		return GN_TOO_LARGE;
	GN_TRY(gn_buf_put(out, GN_LIT("{\"body\":")));
	GN_TRY(gn_buf_put(out, body));
	GN_TRY(gn_buf_put(out, gn_slice(middle, (size_t)m)));
	return gn_buf_put(out, gn_slice(tail, (size_t)t));
}

/* ---- signatures and names ---- */

bool gn_op_name_ok(struct gn_slice text)
{
	return text.len && text.p[0] != ' ' && text.p[text.len - 1] != ' ' && gn_plain_ok(text);
}

gn_err gn_op_verify(const struct gn_pk *signer, struct gn_slice bytes, const struct gn_sig *sig)
{
	return gn_verify(signer, "", &bytes, 1, sig);
}

void gn_op_sign(const struct gn_sk *sk, struct gn_slice bytes, struct gn_sig *out)
{
	gn_sign(sk, "", &bytes, 1, out);
}

gn_err gn_op_login_text(enum gn_op_profile profile, const struct gn_pk *hub,
			struct gn_slice challenge, struct gn_buf *out)
{
	char text[16 + GN_PID_MAX + 4] = "", pid[GN_PID_MAX];
	gn_pid(hub, pid);
	if (profile == GN_PROFILE_V1)
		snprintf(text, sizeof text, "geo/v1/login\n%s\n", pid);
	if (out->cap - out->len < strlen(text) + challenge.len)
		return GN_TOO_LARGE;
	GN_TRY(gn_buf_put(out, gn_str(text)));
	return gn_buf_put(out, challenge);
}

struct gn_slice gn_op_proof_text(const struct gn_pk *hub, const char *address, const char *nonce,
				 char text[GN_OP_PROOF_MAX])
{
	char pid[GN_PID_MAX];
	gn_pid(hub, pid);
	snprintf(text, GN_OP_PROOF_MAX, "geo/v1/hub\n%s\n%.30s\n%.64s", pid, address, nonce);
	return gn_str(text);
}

void gn_tx_key(const struct gn_pk *initiator, struct gn_slice tx_id, struct gn_tx_key *out)
{
	struct gn_hash h;
	gn_sha256((struct gn_slice[]){GN_LIT("geonet/ledger/tx"), GN_SLICE(initiator->b), tx_id}, 3,
		  &h);
	memcpy(out->b, h.b, sizeof out->b);
}

/* PPPPPPPP-EEEE-8000-800S-000000VVVVVV: pair, equivalent, side, version. */
void gn_line_id_text(const struct gn_line_id *id, char out[GN_LINE_ID_LEN + 1])
{
	GN_ASSERT(id->side <= 1 && id->version <= BOOK_VERSION_MAX);
	int n = snprintf(out, GN_LINE_ID_LEN + 1, "%08x-%04x-8000-800%u-000000%06x", id->pair,
			 id->eq, id->side, id->version);
	GN_ASSERT(n == GN_LINE_ID_LEN);
}

gn_err gn_line_id_parse(struct gn_slice text, struct gn_line_id *out)
{
	uint8_t b[16];
	struct gn_line_id id;
	char hex[33], again[GN_LINE_ID_LEN + 1];
	size_t n = 0;
	if (text.len != GN_LINE_ID_LEN)
		return GN_TEXT;
	for (size_t i = 0; i < text.len; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash != (text.p[i] == '-'))
			return GN_TEXT;
		if (!dash)
			hex[n++] = (char)text.p[i];
	}
	GN_TRY(gn_unhex(gn_slice(hex, 32), b, sizeof b));
	id.pair = (uint32_t)(gn_be64(b) >> 32);
	id.eq = (uint16_t)(b[4] << 8 | b[5]);
	id.side = b[9] & 1;
	id.version = (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15];
	gn_line_id_text(&id, again);
	if (!gn_slice_eq(text, gn_str(again)))
		return GN_TEXT;
	*out = id;
	return GN_OK;
}
