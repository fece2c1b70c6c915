/* What is wrong with a signed body, field by field, as clients of the reference read it: {"loc",
 * "msg", "type"}, in details.errors, or in details.validation for payments (HB-3). A body that
 * is right costs one reading; words are looked at one by one only when something was refused.
 *
 * loc is ["body", FIELD..] for the operation's fields in either profile, ["signed", FIELD] for
 * geo-v1's envelope. */
#include "hub/hub_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct judge {
	struct gn_hub_request *r;
	enum gn_op_kind kind;
	bool v1, absent; /* absent: some field names what this hub has not */
	struct gn_ledger_equivalent e;
	bool has_e;
	const char *path[4];
	unsigned depth;
	json_t *list;
};

static void wrong(struct judge *j, const char *type, const char *fmt, ...) GN_PRINTF(3, 4);
static void wrong(struct judge *j, const char *type, const char *fmt, ...)
{
	char text[256];
	json_t *loc = json_array();
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	for (unsigned i = 0; i < j->depth; i++)
		json_array_append_new(loc, json_string(j->path[i]));
	json_array_append_new(j->list,
			      json_pack("{so ss ss}", "loc", loc, "msg", text, "type", type));
}

/* ---- single fields ---- */

static const char *string_of(struct judge *j, const json_t *v)
{
	if (!json_is_string(v))
		wrong(j, "string_type", "must be a string");
	return json_string_value(v);
}

static bool made_of(const char *s, size_t most, const char *extra)
{
	size_t n = strlen(s);
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= '0' && s[i] <= '9') ||
		      ((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z') || strchr(extra, s[i])))
			return false;
	return n > 0 && n <= most;
}

static gn_amount amount(struct judge *j, const json_t *v)
{
	unsigned precision = j->has_e ? j->e.precision : GN_PRECISION_MAX;
	gn_amount a = -1;
	char most[GN_AMOUNT_TEXT_MAX];
	if (!json_is_string(v)) {
		wrong(j, "string_type", "must be a string of digits, such as \"10.00\"");
	} else if (gn_amount_parse(gn_slice(json_string_value(v), json_string_length(v)), precision,
				   &a)) {
		gn_amount_text(GN_AMOUNT_MAX, precision, most);
		wrong(j, "value_error",
		      "must be digits, at most %u of them after a point, from 0 to %s; no sign, "
		      "exponent, blank or "
		      "superfluous zero before",
		      precision, most);
	}
	return a;
}

static void check_amount(struct judge *j, const json_t *v)
{
	if (amount(j, v) == 0)
		wrong(j, "greater_than", "must be more than 0");
}

static void check_limit(struct judge *j, const json_t *v)
{
	(void)amount(j, v);
}

static void check_maybe_limit(struct judge *j, const json_t *v)
{
	if (!json_is_null(v))
		(void)amount(j, v);
}

static void check_number(struct judge *j, const json_t *v, json_int_t least, json_int_t most)
{
	if (!json_is_integer(v))
		wrong(j, "int_type", "must be an integer from %lld to %lld", (long long)least,
		      (long long)most);
	else if (json_integer_value(v) < least || json_integer_value(v) > most)
		wrong(j, json_integer_value(v) < least ? "greater_than_equal" : "less_than_equal",
		      "must be from %lld to %lld", (long long)least, (long long)most);
}

static void check_flag(struct judge *j, const json_t *v)
{
	if (!json_is_boolean(v))
		wrong(j, "bool_type", "must be true or false");
}

static void check_pids(struct judge *j, const json_t *v, size_t most)
{
	struct gn_hash pid;
	size_t i;
	json_t *item;
	if (!json_is_array(v) || json_array_size(v) > most) {
		wrong(j, "list_type", "must be a list of at most %zu PIDs", most);
		return;
	}
	json_array_foreach(v, i, item) if (!json_is_string(item) ||
					   gn_pid_parse(gn_str(json_string_value(item)), &pid))
		wrong(j, "value_error", "entry %zu is not a PID: 43 or 44 characters of base58", i);
}

static void check_choice(struct judge *j, const json_t *v, const char *const *names,
			 const char *allowed)
{
	const char *s = string_of(j, v);
	for (; s && *names; names++)
		if (strcmp(s, *names) == 0)
			return;
	if (s)
		wrong(j, "literal_error", "must be %s", allowed);
}

static void check_to(struct judge *j, const json_t *v)
{
	struct gn_ledger_participant p;
	struct gn_hash pid;
	const char *s = string_of(j, v);
	if (!s)
		return;
	bool is_pid = gn_pid_parse(gn_str(s), &pid) == GN_OK;
	if (!is_pid || gn_ledger_find_participant(j->r->hub->ledger, &pid, &p)) {
		j->absent = true;
		wrong(j, "value_error",
		      is_pid ? "must be the PID of a participant, and nobody on this hub has this "
			       "one"
			     : "must be the PID of a participant: 43 or 44 characters of base58");
	} else if (memcmp(&pid, &j->r->pid, sizeof pid) == 0) {
		wrong(j, "value_error",
		      j->kind == GN_OP_PAYMENT ? "nobody can pay himself"
					       : "a trust line leads to "
						 "somebody else");
	}
}

static void check_code(struct judge *j, const json_t *v)
{
	const char *s = string_of(j, v);
	if (s && !made_of(s, 16, "_"))
		wrong(j, "string_pattern_mismatch", "must be 1 to 16 of A-Z, a-z, 0-9 and _");
	else if (s && !j->has_e) {
		j->absent = true;
		wrong(j, "value_error", "this hub has no equivalent of this code");
	}
}

static void check_tx_id(struct judge *j, const json_t *v)
{
	const char *s = string_of(j, v);
	if (s && !made_of(s, OP_TX_ID_MAX, "._:-"))
		wrong(j, "string_pattern_mismatch", "must be 1 to %u of A-Z, a-z, 0-9 and ._:-",
		      OP_TX_ID_MAX);
}

static void check_id(struct judge *j, const json_t *v)
{
	struct gn_line_id id;
	const char *s = string_of(j, v);
	if (s && gn_line_id_parse(gn_str(s), &id))
		wrong(j, "value_error", "must be the id of a trust line as it was listed");
	else if (s && strcmp(s, j->r->args[0]) != 0)
		wrong(j, "value_error", "must be the id in the path");
}

static void check_name(struct judge *j, const json_t *v)
{
	const char *s = string_of(j, v);
	size_t points = 0;
	for (const char *p = s ? s : ""; *p; p++)
		points += ((unsigned char)*p & 0xc0) != 0x80;
	if (s && (points == 0 || points > OP_NAME_MAX))
		wrong(j, points ? "string_too_long" : "string_too_short",
		      "must have 1 to %u "
		      "characters",
		      OP_NAME_MAX);
}

static void check_description(struct judge *j, const json_t *v)
{
	if (string_of(j, v) && json_string_length(v) > OP_TEXT_MAX)
		wrong(j, "string_too_long", "must be at most %u bytes of UTF-8", OP_TEXT_MAX);
}

static void check_key(struct judge *j, const json_t *v)
{
	uint8_t key[32];
	const char *s = string_of(j, v);
	if (s && gn_unbase64_exact(gn_str(s), false, key, sizeof key))
		wrong(j, "value_error",
		      "must be an Ed25519 key: 32 bytes in base64, 44 characters");
}

static void check_type(struct judge *j, const json_t *v)
{
	static const char *const names[] = {"person", "business", "hub", NULL};
	check_choice(j, v, names, "person, business or hub");
}

static void check_object(struct judge *j, const json_t *v)
{
	if (!json_is_object(v))
		wrong(j, "dict_type", "must be an object");
}

static void check_status(struct judge *j, const json_t *v)
{
	static const char *const names[] = {"active", "frozen", NULL};
	check_choice(j, v, names, "active or frozen");
}

static void check_answer(struct judge *j, const json_t *v)
{
	static const char *const names[] = {"yes", "no", NULL};
	check_choice(j, v, names, "yes or no");
}

static void check_initiator(struct judge *j, const json_t *v)
{
	struct gn_hash pid;
	const char *s = string_of(j, v);
	if (s && gn_pid_parse(gn_str(s), &pid))
		wrong(j, "value_error", "must be the payer's PID: 43 or 44 characters of base58");
}

static void check_version(struct judge *j, const json_t *v)
{
	check_number(j, v, 1, UINT32_MAX);
}

static void check_blocked(struct judge *j, const json_t *v)
{
	check_pids(j, v, OP_BLOCKED_MAX);
}

static void check_avoid(struct judge *j, const json_t *v)
{
	check_pids(j, v, OP_AVOID_MAX);
}

static void check_hops(struct judge *j, const json_t *v)
{
	check_number(j, v, 1, ROUTE_HOPS_MAX);
}

static void check_paths(struct judge *j, const json_t *v)
{
	check_number(j, v, 1, ROUTE_PATHS_MAX);
}

static void check_timeout(struct judge *j, const json_t *v)
{
	check_number(j, v, 1, OP_TIMEOUT_MS_MAX);
}

static void check_policy(struct judge *j, const json_t *v);
static void check_constraints(struct judge *j, const json_t *v);

/* ---- tables: the same fields as ledger/op.c has ---- */

#define K(kind) (1u << GN_OP_##kind)
#define ALL UINT16_MAX

struct word {
	const char *name;
	uint16_t needed, allowed; /* masks of operations */
	bool v1_only;
	void (*check)(struct judge *j, const json_t *v);
};

static const struct word words[] = {
	{"amount", K(PAYMENT), K(PAYMENT), false, check_amount},
	{"answer", K(VOTE) | K(CONSENT), K(VOTE) | K(CONSENT), true, check_answer},
	{"constraints", 0, K(PAYMENT), false, check_constraints},
	{"description", 0, K(PAYMENT), false, check_description},
	{"display_name", K(REGISTER), K(REGISTER) | K(PROFILE), false, check_name},
	{"equivalent", K(LINE_CREATE) | K(PAYMENT), K(LINE_CREATE) | K(PAYMENT), false, check_code},
	{"equivalent", 0, K(LINE_UPDATE) | K(LINE_CLOSE), true, check_code},
	{"id", K(LINE_UPDATE) | K(LINE_CLOSE), K(LINE_UPDATE) | K(LINE_CLOSE), false, check_id},
	{"initiator", K(VOTE), K(VOTE), true, check_initiator},
	{"limit", K(LINE_CREATE), K(LINE_CREATE) | K(LINE_UPDATE), false, check_limit},
	{"policy", 0, K(LINE_CREATE) | K(LINE_UPDATE), false, check_policy},
	{"profile", 0, K(REGISTER) | K(PROFILE), false, check_object},
	{"public_key", K(REGISTER), K(REGISTER), false, check_key},
	{"status", 0, K(LINE_UPDATE), true, check_status},
	{"to", K(LINE_CREATE) | K(PAYMENT), K(LINE_CREATE) | K(PAYMENT), false, check_to},
	{"to", 0, K(LINE_UPDATE) | K(LINE_CLOSE), true, check_to},
	{"tx_id", K(PAYMENT) | K(VOTE) | K(CONSENT), K(PAYMENT) | K(VOTE) | K(CONSENT), false,
	 check_tx_id},
	{"type", K(REGISTER), K(REGISTER), false, check_type},
	{"version", 0, K(LINE_UPDATE) | K(LINE_CLOSE), true, check_version},
	{"when_repaid", 0, K(LINE_CLOSE), true, check_flag},
	{NULL, 0, 0, false, NULL},
};

static const struct word policy_words[] = {
	{"auto_clearing", 0, ALL, false, check_flag},
	{"can_be_intermediate", 0, ALL, false, check_flag},
	{"ask", 0, ALL, true, check_flag},
	{"daily_limit", 0, ALL, false, check_maybe_limit},
	{"max_hop_usage", 0, ALL, false, check_maybe_limit},
	{"blocked_participants", 0, ALL, false, check_blocked},
	{NULL, 0, 0, false, NULL},
};

static const struct word constraint_words[] = {
	{"avoid", 0, ALL, false, check_avoid},
	{"max_hops", 0, ALL, false, check_hops},
	{"max_paths", 0, ALL, false, check_paths},
	{"timeout_ms", 0, ALL, false, check_timeout},
	{NULL, 0, 0, false, NULL},
};

static const struct word *find(const struct judge *j, const struct word *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0 && table->allowed & 1u << j->kind &&
		    (j->v1 || !table->v1_only))
			return table;
	return NULL;
}

/* strict: what the table does not know is wrong (geo-v0 ignores it, outside of what is signed). */
static void check_fields(struct judge *j, const json_t *object, const struct word *table,
			 bool strict)
{
	const char *name;
	json_t *v;
	GN_ASSERT(j->depth < GN_COUNT(j->path));
	json_object_foreach((json_t *)(uintptr_t)object, name, v)
	{
		const struct word *w = find(j, table, name);
		j->path[j->depth++] = name;
		if (w && (j->v1 || !json_is_null(v) || j->depth > 2))
			w->check(j, v);
		else if (!w && strict)
			wrong(j, "extra_forbidden", "nobody knows this field");
		j->depth--;
	}
	for (; table->name; table++) {
		const json_t *there = json_object_get(object, table->name);
		/* by gn_hub_submit */
		bool added = !j->v1 && (table->check == check_id || table->check == check_type);
		if (added || !(table->needed & 1u << j->kind) ||
		    (there && (j->v1 || !json_is_null(there))))
			continue;
		j->path[j->depth++] = table->name;
		wrong(j, "missing", "is required");
		j->depth--;
	}
}

static void check_policy(struct judge *j, const json_t *v)
{
	check_object(j, v);
	if (json_is_object(v))
		check_fields(j, v, policy_words, true);
}

static void check_constraints(struct judge *j, const json_t *v)
{
	check_object(j, v);
	if (json_is_object(v))
		check_fields(j, v, constraint_words, true);
}

/* ---- the envelope of geo-v1 ---- */

static void check_member(struct judge *j, const json_t *in, const char *name, bool ok,
			 const char *fmt, ...) GN_PRINTF(5, 6);
static void check_member(struct judge *j, const json_t *in, const char *name, bool ok,
			 const char *fmt, ...)
{
	char text[200];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	j->path[1] = name;
	if (!json_object_get(in, name))
		wrong(j, "missing", "is required: %s", text);
	else if (!ok)
		wrong(j, "value_error", "must be %s", text);
}

static bool is_string(const json_t *in, const char *name, const char *want)
{
	const char *s = json_string_value(json_object_get(in, name));
	return s && (!want || strcmp(s, want) == 0);
}

static void check_envelope(struct judge *j, const json_t *in)
{
	static const char *const names[] = {"body", "domain", "hub", "op",
					    "seq",  "signer", "ts",  "tx_id"};
	const json_t *seq = json_object_get(in, "seq"), *ts = json_object_get(in, "ts");
	const char *name;
	char me[64];
	json_t *v;
	bool by_id = j->kind == GN_OP_PAYMENT || j->kind == GN_OP_VOTE || j->kind == GN_OP_CONSENT;
	int64_t now = (int64_t)gn_unix(j->r->hub->time);
	j->path[0] = "signed";
	j->depth = 2;
	json_object_foreach((json_t *)(uintptr_t)in, name, v)
	{
		size_t i = 0;
		while (i < GN_COUNT(names) && strcmp(names[i], name) != 0)
			i++;
		j->path[1] = name;
		if (i == GN_COUNT(names) || strcmp(name, by_id ? "seq" : "tx_id") == 0)
			wrong(j, "extra_forbidden", "does not belong here");
	}
	check_member(j, in, "body", json_is_object(json_object_get(in, "body")), "an object");
	check_member(j, in, "domain", is_string(in, "domain", "geo/v1"), "\"geo/v1\"");
	check_member(j, in, "hub", is_string(in, "hub", j->r->hub->pid), "this hub's PID, %s",
		     j->r->hub->pid);
	check_member(j, in, "op", is_string(in, "op", gn_op_name(j->kind)), "\"%s\"",
		     gn_op_name(j->kind));
	if (j->kind == GN_OP_REGISTER || gn_base58(GN_SLICE(j->r->pid.b), me, sizeof me))
		check_member(j, in, "signer", is_string(in, "signer", NULL), "the signer's PID");
	else
		check_member(j, in, "signer", is_string(in, "signer", me), "your PID, %s", me);
	check_member(j, in, "ts",
		     json_is_integer(ts) && json_integer_value(ts) <= now + OP_AHEAD_MAX &&
			     json_integer_value(ts) >= now - OP_AGE_MAX,
		     "Unix seconds, at most %d h before and %d s after the hub's clock, which "
		     "shows %lld",
		     OP_AGE_MAX / 3600, OP_AHEAD_MAX, (long long)now);
	if (by_id)
		check_member(j, in, "tx_id",
			     json_equal(json_object_get(in, "tx_id"),
					json_object_get(json_object_get(in, "body"), "tx_id")),
			     "the body's tx_id");
	else
		check_member(j, in, "seq",
			     json_is_integer(seq) && json_integer_value(seq) > 0 &&
				     json_integer_value(seq) <= OP_SEQ_MAX &&
				     (uint64_t)json_integer_value(seq) <=
					     j->r->me.seq + OP_SEQ_JUMP_MAX,
			     "a number above that of your last operation, by at most 2^32, and at "
			     "most 2^62 - 1");
	j->depth = 0;
}

/* ---- the whole ---- */

static void find_equivalent(struct judge *j, const json_t *body)
{
	const char *code = json_string_value(json_object_get(body, "equivalent"));
	struct gn_line_id id;
	if (code)
		j->has_e =
			gn_ledger_find_equivalent(j->r->hub->ledger, gn_str(code), &j->e) == GN_OK;
	else if (gn_line_id_parse(gn_str(j->r->args[0]), &id) == GN_OK)
		j->has_e = gn_ledger_equivalent(j->r->hub->ledger, id.eq, &j->e) == GN_OK;
}

/* form: what no field shows is the text's form. */
static void look(struct judge *j, json_t *in, bool form)
{
	const char *text = json_string_value(json_object_get(in, "signed"));
	json_t *envelope =
		text ? json_loadb(text, json_string_length(json_object_get(in, "signed")),
				  JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL)
		     : NULL;
	json_t *body = j->v1 ? json_object_get(envelope, "body") : in;
	if (j->v1 && json_is_object(envelope))
		check_envelope(j, envelope);
	if (json_is_object(body)) {
		j->path[0] = "body";
		j->depth = 1;
		find_equivalent(j, body);
		check_fields(j, body, words, j->v1);
	}
	if (form && j->v1 && json_array_size(j->list) == 0) {
		j->path[0] = "body";
		j->path[1] = "signed";
		j->depth = 2;
		wrong(j, "value_error",
		      text ? "must be canonical JSON of the operation: keys sorted, no blanks, no "
			     "needless escapes, each key once, at least one change, 16 KiB"
			   : "must be a string: the text that was signed");
	}
	json_decref(envelope);
}

static void tell(struct judge *j, bool absent)
{
	bool payment = j->kind == GN_OP_PAYMENT;
	const json_t *first = json_array_get(j->list, 0), *loc = json_object_get(first, "loc");
	const char *field = json_string_value(json_array_get(loc, json_array_size(loc) - 1));
	char text[400];
	snprintf(text, sizeof text, "%s %s", made_of(field, 64, "_") ? field : "a field",
		 json_string_value(json_object_get(first, "msg")));
	json_t *details = json_pack("{sO}", payment ? "validation" : "errors", j->list);
	if (absent)
		gn_hub_fail(j->r, GN_NOT_FOUND, details, "%s", text);
	else
		gn_hub_fail_as(j->r, payment ? 400 : 422, "E009", details, "%s", text);
}

/* A text that is right in form; payee: and pays, or trusts, what looks like a PID. */
static bool reads(enum gn_op_kind kind, const json_t *signed_text, bool *payee)
{
	static const struct gn_hash zero;
	struct gn_op *op = malloc(sizeof *op);
	bool ok = op && json_is_string(signed_text) &&
		  gn_op_parse(
			  GN_PROFILE_V1, kind,
			  gn_slice(json_string_value(signed_text), json_string_length(signed_text)),
			  op) == GN_OK;
	*payee = !ok || (kind != GN_OP_PAYMENT && kind != GN_OP_LINE_CREATE) ||
		 memcmp(&op->to, &zero, sizeof zero) != 0;
	free(op);
	return ok;
}

bool gn_hub_words_ok(struct gn_hub_request *r, enum gn_op_kind kind)
{
	struct gn_ledger_settings s;
	json_t *in = gn_hub_body(r);
	bool payee = true;
	if (!in)
		return false;
	struct judge j = {.r = r, .kind = kind, .v1 = json_object_get(in, "signed") != NULL};
	gn_ledger_settings(r->hub->ledger, &s);
	if (j.v1 && reads(kind, json_object_get(in, "signed"), &payee) && payee)
		return true;
	j.list = json_array();
	if (!j.v1 && (!s.accept_v0 || kind == GN_OP_LEAVE)) {
		j.path[0] = "body";
		j.path[1] = "signed";
		j.depth = 2;
		wrong(&j, "missing",
		      "is required: this is taken in geo-v1 only, {\"signed\": TEXT, "
		      "\"signature\": BASE64}");
	} else {
		look(&j, in, true);
	}
	bool ok = json_array_size(j.list) == 0;
	if (!ok)
		tell(&j, j.absent && json_array_size(j.list) == 1);
	json_decref(j.list);
	return ok;
}

bool gn_hub_tell_wrong(struct gn_hub_request *r, gn_err err)
{
	json_t *in = r->in;
	struct judge j = {.r = r, .kind = r->kind, .v1 = r->profile == GN_PROFILE_V1};
	if (err != GN_AMOUNT && err != GN_USAGE && err != GN_RANGE && err != GN_NOT_FOUND &&
	    err != GN_EXPIRED)
		return false;
	j.list = json_array();
	look(&j, in, false);
	bool found = json_array_size(j.list) > 0 && (err != GN_NOT_FOUND || j.absent);
	if (found)
		tell(&j, err == GN_NOT_FOUND);
	json_decref(j.list);
	return found;
}
