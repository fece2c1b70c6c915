/* What is wrong with a signed body, field by field, as clients of the reference read it: {"loc",
 * "msg", "type"}, in details.errors, or in details.validation for payments (HB-3). What a field
 * must be is the ledger's to say (gn_op_check); here its faults are printed, and what only the hub
 * knows is looked at: who asks, which path, which participants and equivalents there are.
 *
 * loc is ["body", FIELD..] for the operation's fields in either profile, ["signed", FIELD] for
 * geo-v1's envelope. */
#include "hub/hub_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct body_errors {
	struct gn_hub_request *r;
	const struct gn_op *op;
	const struct gn_op_faults *faults;
	gn_err err;  /* the parser's */
	bool absent; /* some field names what this hub has not */
	struct gn_ledger_equivalent e;
	bool has_e;
	json_t *list;
};

/* ---- the list ---- */

/* A raw name of JSON text as it is read. */
static json_t *name_json(struct gn_slice raw)
{
	uint8_t text[512];
	struct gn_buf out = {text, 0, sizeof text};
	if (raw.len > sizeof text || gn_json_unescape(raw, &out))
		return json_stringn((const char *)raw.p, raw.len);
	return json_stringn((const char *)text, out.len);
}

static json_t *loc_json(const struct gn_op_fault *f)
{
	json_t *loc = json_array();
	json_array_append_new(loc, json_string(f->envelope ? "signed" : "body"));
	for (unsigned i = 0; i < f->depth; i++)
		json_array_append_new(loc, name_json(f->path[i]));
	return loc;
}

static void add_error(struct body_errors *b, const struct gn_op_fault *at, const char *type,
		      const char *fmt, ...) GN_PRINTF(4, 5);
static void add_error(struct body_errors *b, const struct gn_op_fault *at, const char *type,
		      const char *fmt, ...)
{
	char text[256];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	json_array_append_new(
		b->list, json_pack("{so ss ss}", "loc", loc_json(at), "msg", text, "type", type));
}

/* The place of a field, for what the hub finds itself. */
static struct gn_op_fault field_at(const char *name)
{
	return (struct gn_op_fault){.depth = 1, .path = {gn_str(name)}};
}

static struct gn_op_fault member_at(const char *name)
{
	return (struct gn_op_fault){.envelope = true, .depth = 1, .path = {gn_str(name)}};
}

/* ---- what the ledger's parser found ---- */

static const char *const types[GN_OP_REASONS] = {
	[GN_OP_MISSING] = "missing",
	[GN_OP_UNKNOWN] = "extra_forbidden",
	[GN_OP_NOT_STRING] = "string_type",
	[GN_OP_NOT_NUMBER] = "int_type",
	[GN_OP_NOT_FLAG] = "bool_type",
	[GN_OP_NOT_OBJECT] = "dict_type",
	[GN_OP_NOT_LIST] = "list_type",
	[GN_OP_ENTRY] = "value_error",
	[GN_OP_TOO_SHORT] = "string_too_short",
	[GN_OP_TOO_LONG] = "string_too_long",
	[GN_OP_TOO_LOW] = "greater_than_equal",
	[GN_OP_TOO_HIGH] = "less_than_equal",
	[GN_OP_CHARACTERS] = "string_pattern_mismatch",
	[GN_OP_WORD] = "literal_error",
	[GN_OP_NOT_PID] = "value_error",
	[GN_OP_VALUE] = "value_error",
	[GN_OP_NO_CHANGE] = "value_error",
	[GN_OP_TWICE] = "value_error",
};

static const char stands_twice[] = "stands there twice: each key once";

#define PID_FORM "43 or 44 characters of base58"

static void field_words(const struct gn_op_fault *f, char *out, size_t cap)
{
	long long least = f->least, most = f->most;
	switch (f->reason) {
	case GN_OP_MISSING: snprintf(out, cap, "is required"); break;
	case GN_OP_UNKNOWN: snprintf(out, cap, "nobody knows this field"); break;
	case GN_OP_NOT_NUMBER:
		if (most)
			snprintf(out, cap, "must be an integer from %lld to %lld", least, most);
		else
			snprintf(
				out, cap,
				"must be no number with a point or exponent, or beyond 64 bits; an "
				"amount is a string of digits");
		break;
	case GN_OP_NOT_FLAG: snprintf(out, cap, "must be true or false"); break;
	case GN_OP_NOT_OBJECT: snprintf(out, cap, "must be an object"); break;
	case GN_OP_NOT_LIST: snprintf(out, cap, "must be a list of at most %lld PIDs", most); break;
	case GN_OP_ENTRY: snprintf(out, cap, "entry %lld is not a PID: " PID_FORM, least); break;
	case GN_OP_TOO_SHORT:
	case GN_OP_TOO_LONG:
		if (least)
			snprintf(out, cap, "must have %lld to %lld characters", least, most);
		else
			snprintf(out, cap, "must be at most %lld bytes of UTF-8", most);
		break;
	case GN_OP_TOO_LOW:
	case GN_OP_TOO_HIGH: snprintf(out, cap, "must be from %lld to %lld", least, most); break;
	case GN_OP_CHARACTERS:
		snprintf(out, cap, "must be %lld to %lld of A-Z, a-z, 0-9 and %s", least, most,
			 f->form);
		break;
	case GN_OP_NOT_PID: snprintf(out, cap, "must be %s: " PID_FORM, f->form); break;
	case GN_OP_NO_CHANGE: snprintf(out, cap, "must change something"); break;
	case GN_OP_TWICE: snprintf(out, cap, "%s", stands_twice); break;
	case GN_OP_NOT_STRING:
	case GN_OP_WORD:
	case GN_OP_VALUE:
	case GN_OP_REASONS:
	default: snprintf(out, cap, "must be %s", f->form ? f->form : "a string"); break;
	}
}

/* What a member of the envelope must be, to the one who asks. */
static void member_form(const struct body_errors *b, struct gn_slice name, char *out, size_t cap)
{
	const struct gn_hub *hub = b->r->hub;
	char me[64];
	if (gn_slice_eq(name, GN_LIT("body")))
		snprintf(out, cap, "an object");
	else if (gn_slice_eq(name, GN_LIT("domain")))
		snprintf(out, cap, "\"geo/v1\"");
	else if (gn_slice_eq(name, GN_LIT("hub")))
		snprintf(out, cap, "this hub's PID, %s", hub->pid);
	else if (gn_slice_eq(name, GN_LIT("op")))
		snprintf(out, cap, "\"%s\"", gn_op_name(b->r->kind));
	else if (gn_slice_eq(name, GN_LIT("ts")))
		snprintf(out, cap,
			 "Unix seconds, at most %d h before and %d s after the hub's clock, which "
			 "shows %lld",
			 OP_AGE_MAX / 3600, OP_AHEAD_MAX, (long long)gn_unix(hub->time));
	else if (gn_slice_eq(name, GN_LIT("tx_id")))
		snprintf(out, cap, "the body's tx_id");
	else if (gn_slice_eq(name, GN_LIT("seq")))
		snprintf(out, cap,
			 "a number above that of your last operation, by at most 2^32, and at most "
			 "2^62 - 1");
	else if (b->r->kind == GN_OP_REGISTER || gn_base58(GN_SLICE(b->r->pid.b), me, sizeof me))
		snprintf(out, cap, "the signer's PID");
	else
		snprintf(out, cap, "your PID, %s", me);
}

static void add_member(struct body_errors *b, const struct gn_op_fault *f)
{
	char form[200];
	member_form(b, f->path[0], form, sizeof form);
	if (f->reason == GN_OP_UNKNOWN)
		add_error(b, f, types[f->reason], "does not belong here");
	else if (f->reason == GN_OP_TWICE)
		add_error(b, f, types[f->reason], "%s", stands_twice);
	else if (f->reason == GN_OP_MISSING)
		add_error(b, f, types[f->reason], "is required: %s", form);
	else
		add_error(b, f, types[f->reason], "must be %s", form);
}

static bool is_at(const struct gn_op_fault *f, bool envelope, const char *name)
{
	return f->envelope == envelope && f->depth == 1 && gn_slice_eq(f->path[0], gn_str(name));
}

static bool is_named(const struct body_errors *b, bool envelope, const char *name)
{
	for (unsigned i = 0; i < b->faults->count; i++)
		if (is_at(&b->faults->list[i], envelope, name))
			return true;
	return false;
}

static void add_faults(struct body_errors *b)
{
	char text[200] = "";
	for (unsigned i = 0; i < b->faults->count; i++) {
		const struct gn_op_fault *f = &b->faults->list[i];
		GN_ASSERT(f->reason < GN_OP_REASONS);
		if (f->envelope) {
			add_member(b, f);
			continue;
		}
		field_words(f, text, sizeof text);
		add_error(b, f, types[f->reason], "%s", text);
		b->absent |= f->reason == GN_OP_NOT_PID && is_at(f, false, "to");
	}
}

/* ---- what the hub knows ---- */

static void check_amount(struct body_errors *b, struct gn_op_fault at, struct gn_slice text,
			 bool above_zero)
{
	unsigned precision = b->has_e ? b->e.precision : GN_PRECISION_MAX;
	char most[GN_AMOUNT_TEXT_MAX];
	gn_amount a;
	if (!text.p)
		return;
	if (gn_amount_parse(text, precision, &a)) {
		gn_amount_text(GN_AMOUNT_MAX, precision, most);
		add_error(b, &at, "value_error",
			  "must be digits, at most %u of them after a point, from 0 to %s; no "
			  "sign, exponent, blank or superfluous zero before",
			  precision, most);
	} else if (above_zero && a == 0) {
		add_error(b, &at, "greater_than", "must be more than 0");
	}
}

static void check_to(struct body_errors *b)
{
	struct gn_ledger_participant p;
	struct gn_op_fault at = field_at("to");
	if (!b->op->to_text.p)
		return;
	bool is_pid = !gn_hash_is_zero(&b->op->to);
	if (!is_pid || gn_ledger_find_participant(b->r->hub->ledger, &b->op->to, &p)) {
		b->absent = true;
		add_error(b, &at, "value_error",
			  is_pid ? "must be the PID of a participant, and nobody on this hub has "
				   "this one"
				 : "must be the PID of a participant: " PID_FORM);
	} else if (gn_hash_eq(&b->op->to, &b->r->pid)) {
		add_error(b, &at, "value_error",
			  b->r->kind == GN_OP_PAYMENT ? "nobody can pay themselves"
						      : "a trust line leads to somebody else");
	}
}

static void check_equivalent(struct body_errors *b)
{
	struct gn_op_fault at = field_at("equivalent");
	struct gn_ledger *ledger = b->r->hub->ledger;
	struct gn_line_id id;
	if (b->op->equivalent.p) {
		b->has_e = gn_ledger_find_equivalent(ledger, b->op->equivalent, &b->e) == GN_OK;
		if (b->has_e)
			return;
		b->absent = true;
		add_error(b, &at, "value_error", "this hub has no equivalent of this code");
	} else if (gn_line_id_parse(gn_str(b->r->base.args[0]), &id) == GN_OK) {
		b->has_e = gn_ledger_equivalent(ledger, id.eq, &b->e) == GN_OK;
	}
}

static void check_line_id(struct body_errors *b)
{
	struct gn_op_fault at = field_at("id");
	struct gn_line_id id;
	if (!b->op->line_id.p)
		return;
	if (gn_line_id_parse(b->op->line_id, &id))
		add_error(b, &at, "value_error", "must be the id of a trust line as it was listed");
	else if (!gn_slice_eq(b->op->line_id, gn_str(b->r->base.args[0])))
		add_error(b, &at, "value_error", "must be the id in the path");
}

static void check_fields(struct body_errors *b)
{
	const struct gn_op *op = b->op;
	struct gn_op_fault policy = {.depth = 2, .path = {GN_LIT("policy")}};
	check_equivalent(b);
	check_amount(b, field_at("amount"), op->amount, true);
	check_line_id(b);
	check_amount(b, field_at("limit"), op->limit, false);
	policy.path[1] = GN_LIT("daily_limit");
	check_amount(b, policy, op->policy.daily_limit, false);
	policy.path[1] = GN_LIT("max_hop_usage");
	check_amount(b, policy, op->policy.max_hop_usage, false);
	check_to(b);
}

static void check_member(struct body_errors *b, const char *name, bool ok)
{
	struct gn_op_fault at = member_at(name);
	at.reason = GN_OP_VALUE;
	if (!ok && !is_named(b, true, name))
		add_member(b, &at);
}

static void check_envelope(struct body_errors *b)
{
	const struct gn_op *op = b->op;
	const struct gn_hub *hub = b->r->hub;
	int64_t now = (int64_t)gn_unix(hub->time);
	struct gn_hash me;
	check_member(b, "hub",
		     gn_pid_parse(gn_str(hub->pid), &me) == GN_OK && gn_hash_eq(&op->hub, &me));
	check_member(b, "signer",
		     b->r->kind == GN_OP_REGISTER || gn_hash_eq(&op->signer, &b->r->pid));
	check_member(b, "ts", op->ts <= now + OP_AHEAD_MAX && op->ts >= now - OP_AGE_MAX);
	check_member(b, "seq", op->seq <= b->r->me.seq + OP_SEQ_JUMP_MAX);
}

/* ---- the whole ---- */

static bool is_word(const char *s)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++)
		if (!(s[i] >= '0' && s[i] <= '9') &&
		    !((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z') && s[i] != '_')
			return false;
	return n > 0 && n <= 64;
}

/* Answers with what is in the list. */
static void send_errors(struct gn_hub_request *r, json_t *list, bool absent)
{
	bool payment = r->kind == GN_OP_PAYMENT;
	const json_t *first = json_array_get(list, 0), *loc = json_object_get(first, "loc");
	const char *field = json_string_value(json_array_get(loc, json_array_size(loc) - 1));
	char text[400];
	snprintf(text, sizeof text, "%s %s", field && is_word(field) ? field : "a field",
		 json_string_value(json_object_get(first, "msg")));
	json_t *details = json_pack("{sO}", payment ? "validation" : "errors", list);
	if (absent)
		gn_hub_fail(r, GN_NOT_FOUND, details, "%s", text);
	else
		gn_hub_fail_as(r, payment ? 400 : 422, "E009", details, "%s", text);
}

void gn_hub_refuse_signed(struct gn_hub_request *r, const char *type, const char *what)
{
	struct body_errors b = {.r = r, .list = json_array()};
	struct gn_op_fault at = field_at("signed");
	add_error(&b, &at, type, "%s", what);
	send_errors(r, b.list, false);
	json_decref(b.list);
}

void gn_hub_send_faults(struct gn_hub_request *r, const struct gn_op_faults *faults)
{
	struct body_errors b = {.r = r, .faults = faults, .list = json_array()};
	add_faults(&b);
	send_errors(r, b.list, false);
	json_decref(b.list);
}

/* Both kinds of errors of r's bytes; what was read stands in op. */
static void look_at_body(struct body_errors *b, struct gn_op *op, struct gn_op_faults *faults)
{
	const struct gn_hub_request *r = b->r;
	b->err = gn_op_check(r->profile, r->kind, gn_slice(r->bytes, r->bytes_len), op, faults);
	b->op = op;
	b->faults = faults;
	b->list = json_array();
	add_faults(b);
	if (op->body.p) {
		check_fields(b);
		if (r->profile == GN_PROFILE_V1)
			check_envelope(b);
	}
}

/* It pays, or trusts, what looks like a PID. */
static bool has_payee(const struct gn_op *op)
{
	return (op->kind != GN_OP_PAYMENT && op->kind != GN_OP_LINE_CREATE) ||
	       !gn_hash_is_zero(&op->to);
}

bool gn_hub_read_signed(struct gn_hub_request *r, struct gn_op *op)
{
	struct gn_slice bytes = gn_slice(r->bytes, r->bytes_len);
	struct body_errors b = {.r = r};
	struct gn_op_faults faults;
	/* whether its time is over is the ledger's to say: it knows what was sent before */
	if (r->profile == GN_PROFILE_V1 && gn_op_parse(r->profile, r->kind, bytes, op) == GN_OK &&
	    has_payee(op))
		return true;
	look_at_body(&b, op, &faults);
	size_t count = json_array_size(b.list);
	if (count)
		send_errors(r, b.list, b.absent && count == 1);
	else if (b.err)
		gn_hub_refuse_signed(r, "value_error",
				     "must be canonical JSON of the operation: keys sorted, no "
				     "blanks, no needless escapes, each key once, 16 KiB");
	json_decref(b.list);
	return !count && !b.err;
}

bool gn_hub_name_fault(struct gn_hub_request *r, gn_err err)
{
	struct body_errors b = {.r = r};
	struct gn_op_faults faults;
	struct gn_op *op;
	if (err != GN_AMOUNT && err != GN_USAGE && err != GN_RANGE && err != GN_NOT_FOUND &&
	    err != GN_EXPIRED)
		return false;
	op = calloc(1, sizeof *op);
	if (!op)
		return false;
	look_at_body(&b, op, &faults);
	bool found = json_array_size(b.list) > 0 && (err != GN_NOT_FOUND || b.absent);
	if (found)
		send_errors(r, b.list, err == GN_NOT_FOUND);
	json_decref(b.list);
	free(op);
	return found;
}
