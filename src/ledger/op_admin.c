/* Officers' commands as text: one table says which field belongs to which command and whether it
 * must be there. */
#include "ledger/op_admin.h"
#include "ledger/op_int.h"

#include <stdio.h>

static const struct {
	const char *name;
	enum gn_role role;
} commands[GN_COMMANDS] = {
	[GN_COMMAND_SETTINGS] = {"settings", GN_ROLE_ADMIN},
	[GN_COMMAND_EQUIVALENT] = {"equivalent", GN_ROLE_ADMIN},
	[GN_COMMAND_PARTICIPANT] = {"participant", GN_ROLE_OPERATOR},
	[GN_COMMAND_LINE] = {"line", GN_ROLE_OPERATOR},
	[GN_COMMAND_ABORT] = {"abort", GN_ROLE_OPERATOR},
	[GN_COMMAND_ROLE] = {"role", GN_ROLE_ADMIN},
	[GN_COMMAND_CLEAR] = {"clear", GN_ROLE_OPERATOR},
	[GN_COMMAND_SNAPSHOT] = {"snapshot", GN_ROLE_OPERATOR},
};

const char *gn_command_name(enum gn_command command)
{
	return command < GN_COMMANDS ? commands[command].name : NULL;
}

enum gn_role gn_command_role(enum gn_command command)
{
	GN_ASSERT(command < GN_COMMANDS);
	return commands[command].role;
}

/* ---- settings ---- */

static const struct gn_setting_form forms[GN_SETTINGS] = {
	[GN_SETTING_HOPS] = {"routing.max_hops", false, 1, 10},
	[GN_SETTING_PATHS] = {"routing.max_paths", false, 1, 10},
	[GN_SETTING_MAXFLOW] = {"routing.maxflow", true, 0, 1},
	[GN_SETTING_SECOND] = {"routing.second_search", true, 0, 1},
	[GN_SETTING_INLINE] = {"clearing.inline", true, 0, 1},
	[GN_SETTING_V0] = {"profiles.geo_v0", true, 0, 1},
	[GN_SETTING_CYCLE5] = {"clearing.cycle5_s", false, 0, 31536000},
	[GN_SETTING_CYCLE6] = {"clearing.cycle6_s", false, 0, 31536000},
	[GN_SETTING_EXACT] = {"clearing.exact_s", false, 0, 31536000},
	[GN_SETTING_EXPIRY] = {"payments.expiry_s", false, 1, 86400},
	[GN_SETTING_EXPIRY_MAX] = {"payments.expiry_s_max", false, 1, 86400},
	[GN_SETTING_RATE_KEY] = {"rate.key_per_minute", false, 0, 1000000},
	[GN_SETTING_RATE_ADDRESS] = {"rate.address_per_minute", false, 0, 1000000},
	[GN_SETTING_RATE_DAY] = {"rate.key_per_day", false, 0, 100000000},
};

const struct gn_setting_form *gn_setting_form(enum gn_setting s)
{
	GN_ASSERT(s < GN_SETTINGS);
	return &forms[s];
}

enum gn_setting gn_setting_find(struct gn_slice name)
{
	unsigned k = 0;
	while (k < GN_SETTINGS && !gn_slice_eq(name, gn_str(forms[k].name)))
		k++;
	return (enum gn_setting)k;
}

int64_t gn_setting_get(const struct gn_ledger_settings *s, enum gn_setting k)
{
	switch (k) {
	case GN_SETTING_HOPS: return s->max_hops;
	case GN_SETTING_PATHS: return s->max_paths;
	case GN_SETTING_MAXFLOW: return s->maxflow;
	case GN_SETTING_SECOND: return s->second_search;
	case GN_SETTING_INLINE: return s->inline_clearing;
	case GN_SETTING_V0: return s->accept_v0;
	case GN_SETTING_CYCLE5: return s->cycle5_s;
	case GN_SETTING_CYCLE6: return s->cycle6_s;
	case GN_SETTING_EXACT: return s->exact_s;
	case GN_SETTING_EXPIRY: return s->expiry_s;
	case GN_SETTING_EXPIRY_MAX: return s->expiry_s_max;
	case GN_SETTING_RATE_KEY:
	case GN_SETTING_RATE_ADDRESS:
	case GN_SETTING_RATE_DAY:
	case GN_SETTINGS:
	default: return 0;
	}
}

void gn_setting_put(struct gn_ledger_settings *s, enum gn_setting k, int64_t value)
{
	switch (k) {
	case GN_SETTING_HOPS: s->max_hops = (uint8_t)value; break;
	case GN_SETTING_PATHS: s->max_paths = (uint8_t)value; break;
	case GN_SETTING_MAXFLOW: s->maxflow = value != 0; break;
	case GN_SETTING_SECOND: s->second_search = value != 0; break;
	case GN_SETTING_INLINE: s->inline_clearing = value != 0; break;
	case GN_SETTING_V0: s->accept_v0 = value != 0; break;
	case GN_SETTING_CYCLE5: s->cycle5_s = (uint32_t)value; break;
	case GN_SETTING_CYCLE6: s->cycle6_s = (uint32_t)value; break;
	case GN_SETTING_EXACT: s->exact_s = (uint32_t)value; break;
	case GN_SETTING_EXPIRY: s->expiry_s = (uint32_t)value; break;
	case GN_SETTING_EXPIRY_MAX: s->expiry_s_max = (uint32_t)value; break;
	case GN_SETTING_RATE_KEY:
	case GN_SETTING_RATE_ADDRESS:
	case GN_SETTING_RATE_DAY:
	case GN_SETTINGS:
	default: break;
	}
}

/* ---- fields ---- */

static gn_err read_settings(const struct gn_json *j, const struct gn_json_value *v,
			    struct gn_op_admin *out)
{
	if (v->kind != GN_JSON_OBJECT || v->count == 0)
		return GN_USAGE;
	uint16_t i = (uint16_t)(gn_json_index(j, v) + 1);
	for (uint16_t n = 0; n < v->count; n++, i = j->values[i].next) {
		const struct gn_json_value *m = &j->values[i];
		enum gn_setting k = gn_setting_find(m->key);
		out->wrong = m->key;
		if (k == GN_SETTINGS)
			return GN_UNSUPPORTED;
		bool is_flag = m->kind == GN_JSON_TRUE || m->kind == GN_JSON_FALSE;
		if (forms[k].flag ? !is_flag : m->kind != GN_JSON_INT)
			return GN_USAGE;
		out->value[k] = is_flag ? m->kind == GN_JSON_TRUE : m->integer;
		if (out->value[k] < forms[k].least || out->value[k] > forms[k].most)
			return GN_RANGE;
		out->set |= 1u << k;
	}
	return GN_OK;
}

/* The text's place in a list that ends with NULL. */
static gn_err read_choice(const struct gn_json_value *v, const char *const *list, uint8_t *out)
{
	if (v->kind != GN_JSON_STRING)
		return GN_USAGE;
	for (*out = 0; list[*out]; ++*out)
		if (gn_slice_eq(v->text, gn_str(list[*out])))
			return GN_OK;
	return GN_USAGE;
}

static gn_err read_text(const struct gn_json_value *v, size_t max, struct gn_slice *out)
{
	*out = v->text;
	return v->kind == GN_JSON_STRING && v->text.len <= max ? GN_OK : GN_USAGE;
}

static gn_err read_number(const struct gn_json_value *v, int64_t least, int64_t most, uint8_t *out)
{
	if (v->kind != GN_JSON_INT)
		return GN_USAGE;
	*out = (uint8_t)v->integer;
	return v->integer < least || v->integer > most ? GN_RANGE : GN_OK;
}

static gn_err read_flag(const struct gn_json_value *v, bool *out)
{
	*out = v->kind == GN_JSON_TRUE;
	return *out || v->kind == GN_JSON_FALSE ? GN_OK : GN_USAGE;
}

static gn_err read_pid(const struct gn_json_value *v, struct gn_hash *out)
{
	return v->kind == GN_JSON_STRING && gn_pid_parse(v->text, out) == GN_OK ? GN_OK : GN_USAGE;
}

enum field {
	ACTIVE,
	BUDGET_MS,
	CODE,
	COMMAND,
	EQUIVALENT,
	FROM,
	FROZEN,
	INFO,
	KEY,
	LEVEL,
	MAX_LEN,
	MODE,
	NAME,
	PID,
	PRECISION,
	PUBLIC_KEY,
	REASON,
	ROLE,
	SETTINGS_,
	STATUS,
	TO,
	FIELDS
};

#define C(command) (1u << GN_COMMAND_##command)
#define ALL ((1u << GN_COMMANDS) - 1)

static const struct {
	const char *name;
	uint16_t needed, allowed; /* masks of commands */
	const char *form;
} fields[FIELDS] = {
	[ACTIVE] = {"active", C(EQUIVALENT), C(EQUIVALENT), "true or false"},
	[BUDGET_MS] = {"budget_ms", 0, C(CLEAR), "a number from 0 to 600000"},
	[CODE] = {"code", C(EQUIVALENT), C(EQUIVALENT), "a text of at most 16 bytes"},
	[COMMAND] = {"command", ALL, ALL, "the name of a command"},
	[EQUIVALENT] = {"equivalent", C(LINE) | C(CLEAR), C(LINE) | C(CLEAR),
			"a text of at most "
			"16 bytes"},
	[FROM] = {"from", C(LINE), C(LINE), "a PID"},
	[FROZEN] = {"frozen", C(LINE), C(LINE), "true or false"},
	[INFO] = {"info", C(EQUIVALENT), C(EQUIVALENT), "an object"},
	[KEY] = {"key", C(ABORT), C(ABORT), "32 hex digits"},
	[LEVEL] = {"level", 0, C(PARTICIPANT), "a number from 0 to 255"},
	[MAX_LEN] = {"max_len", 0, C(CLEAR), "a number from 3 to 6"},
	[MODE] = {"mode", C(CLEAR), C(CLEAR), "cycles, exact or offer (a budget goes with exact)"},
	[NAME] = {"name", 0, C(ROLE), "a text of at most 64 bytes, without quotes and backslashes"},
	[PID] = {"pid", C(PARTICIPANT), C(PARTICIPANT), "a PID"},
	[PRECISION] = {"precision", C(EQUIVALENT), C(EQUIVALENT), "a number from 0 to 8"},
	[PUBLIC_KEY] = {"public_key", C(ROLE), C(ROLE),
			"an Ed25519 key: 32 bytes in base64, 44 "
			"characters"},
	[REASON] = {"reason", 0, ALL, "a text of at most 1024 bytes"},
	[ROLE] = {"role", C(ROLE), C(ROLE), "admin, operator or auditor"},
	[SETTINGS_] = {"settings", C(SETTINGS), C(SETTINGS), "an object of settings"},
	[STATUS] = {"status", 0, C(PARTICIPANT), "active, suspended, left or deleted"},
	[TO] = {"to", C(LINE), C(LINE), "a PID"},
};

static gn_err read_field(const struct gn_json *j, const struct gn_json_value *v, enum field f,
			 struct gn_op_admin *out)
{
	static const char *const statuses[] = {"active", "suspended", "left", "deleted", NULL},
				 *const roles[] = {"none", "auditor", "operator", "admin", NULL},
				 *const modes[] = {"cycles", "exact", "offer", NULL};
	switch (f) {
	case ACTIVE: return read_flag(v, &out->active);
	case BUDGET_MS:
		out->has_budget = true;
		out->budget_ms = (uint32_t)v->integer;
		return v->kind != GN_JSON_INT                               ? GN_USAGE
		       : v->integer < 0 || v->integer > ADMIN_BUDGET_MS_MAX ? GN_RANGE
									    : GN_OK;
	case CODE:
	case EQUIVALENT: return read_text(v, 16, &out->code);
	case FROM:
	case PID: return read_pid(v, &out->pid);
	case TO: return read_pid(v, &out->pid2);
	case FROZEN: return read_flag(v, &out->frozen);
	case INFO: out->info = v->text; return v->kind == GN_JSON_OBJECT ? GN_OK : GN_USAGE;
	case KEY:
		return v->kind == GN_JSON_STRING &&
				       gn_unhex(v->text, out->key.b, sizeof out->key.b) == GN_OK
			       ? GN_OK
			       : GN_USAGE;
	case LEVEL: out->has_level = true; return read_number(v, 0, UINT8_MAX, &out->level);
	case MAX_LEN: return read_number(v, 3, 6, &out->max_len);
	case MODE: return read_choice(v, modes, &out->mode);
	case NAME: /* raw text is its value */
		GN_TRY(read_text(v, OFFICER_NAME_MAX, &out->name));
		return out->name.len && memchr(out->name.p, '\\', out->name.len) ? GN_USAGE : GN_OK;
	case PRECISION: return read_number(v, 0, GN_PRECISION_MAX, &out->precision);
	case PUBLIC_KEY:
		return v->kind == GN_JSON_STRING ? gn_unbase64_exact(v->text, false, out->officer.b,
								     sizeof out->officer.b)
						 : GN_USAGE;
	case REASON: return read_text(v, OP_TEXT_MAX, &out->reason);
	case ROLE: return read_choice(v, roles, &out->role);
	case SETTINGS_: return read_settings(j, v, out);
	case STATUS: out->has_status = true; return read_choice(v, statuses, &out->status);
	case COMMAND:
	case FIELDS:
	default: return GN_OK;
	}
}

void gn_op_admin_form(struct gn_slice word, char out[GN_OP_FORM_MAX])
{
	enum gn_setting k = gn_setting_find(word);
	unsigned f = 0;
	while (f < FIELDS && !gn_slice_eq(word, gn_str(fields[f].name)))
		f++;
	if (k < GN_SETTINGS && !forms[k].flag)
		snprintf(out, GN_OP_FORM_MAX, "a number from %lld to %lld",
			 (long long)forms[k].least, (long long)forms[k].most);
	else
		snprintf(out, GN_OP_FORM_MAX, "%s",
			 k < GN_SETTINGS ? "true or false"
			 : f < FIELDS    ? fields[f].form
					 : "left out");
}

gn_err gn_op_admin_parse(struct gn_slice body, struct gn_op_admin *out)
{
	struct gn_json j;
	unsigned command = 0;
	uint32_t seen = 0;
	*out = (struct gn_op_admin){0};
	GN_TRY(gn_json_check(body, &j));
	const struct gn_json_value *root = &j.values[0],
				   *name = root->kind == GN_JSON_OBJECT
						   ? gn_json_get(&j, 0, "command")
						   : NULL;
	if (!name || name->kind != GN_JSON_STRING)
		return GN_USAGE;
	while (command < GN_COMMANDS && !gn_slice_eq(name->text, gn_str(commands[command].name)))
		command++;
	if (command == GN_COMMANDS)
		return GN_UNSUPPORTED;
	*out = (struct gn_op_admin){
		.command = (enum gn_command)command, .body = body, .max_len = 6};
	uint16_t i = 1;
	for (uint16_t n = 0; n < root->count; n++, i = j.values[i].next) {
		unsigned f = 0;
		while (f < FIELDS && !gn_slice_eq(j.values[i].key, gn_str(fields[f].name)))
			f++;
		out->wrong = j.values[i].key;
		if (f == FIELDS || !(fields[f].allowed & 1u << command))
			return GN_UNSUPPORTED;
		GN_TRY(read_field(&j, &j.values[i], (enum field)f, out));
		seen |= 1u << f;
	}
	for (unsigned f = 0; f < FIELDS; f++)
		if ((fields[f].needed & 1u << command) && !(seen & 1u << f)) {
			out->wrong = gn_str(fields[f].name);
			return GN_USAGE;
		}
	out->wrong = (struct gn_slice){0};
	/* the others' work is bounded as it is */
	if (out->has_budget && out->mode != GN_CLEAR_EXACT)
		return GN_USAGE;
	return command == GN_COMMAND_PARTICIPANT && !out->has_status && !out->has_level ? GN_USAGE
											: GN_OK;
}
