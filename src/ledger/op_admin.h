/* What an officer may command (LG-57): the body of a geo-v1 operation "admin", read like every
 * other signed body: a field that nobody knows is refused, so a signature never covers words
 * nobody reads. Plain functions without state; safe from any thread. */
#ifndef GN_LEDGER_OP_ADMIN_H
#define GN_LEDGER_OP_ADMIN_H

#include "ledger/record.h"

enum gn_command {
	GN_COMMAND_SETTINGS,    /* settings {NAME: value} */
	GN_COMMAND_EQUIVALENT,  /* code, precision, active, info */
	GN_COMMAND_PARTICIPANT, /* pid, [status], [level] */
	GN_COMMAND_LINE,        /* equivalent, from, to, frozen */
	GN_COMMAND_ABORT,       /* key */
	GN_COMMAND_ROLE,        /* public_key, role, [name] */
	GN_COMMAND_CLEAR,       /* equivalent, mode, [max_len], [budget_ms] */
	GN_COMMAND_SNAPSHOT,
	GN_COMMANDS,
};
/* "settings", "line"; NULL past the end. */
const char *gn_command_name(enum gn_command command);
/* The least role that may give it. */
enum gn_role gn_command_role(enum gn_command command);

/* Settings by name; those from GN_SETTING_RATE_KEY on are the hub's own and stand in no record
 * but a NOTE. */
enum gn_setting {
	GN_SETTING_HOPS,
	GN_SETTING_PATHS,
	GN_SETTING_MAXFLOW,
	GN_SETTING_SECOND,
	GN_SETTING_INLINE,
	GN_SETTING_V0,
	GN_SETTING_CYCLE5,
	GN_SETTING_CYCLE6,
	GN_SETTING_EXACT,
	GN_SETTING_EXPIRY,
	GN_SETTING_EXPIRY_MAX,
	GN_SETTING_RATE_KEY,
	GN_SETTING_RATE_ADDRESS,
	GN_SETTING_RATE_DAY,
	GN_SETTINGS,
};
struct gn_setting_form {
	const char *name;
	bool flag; /* true or false; else an integer from least to most */
	int64_t least, most;
};
const struct gn_setting_form *gn_setting_form(enum gn_setting s);
/* GN_SETTINGS: there is none of this name. */
enum gn_setting gn_setting_find(struct gn_slice name);
int64_t gn_setting_get(const struct gn_ledger_settings *s, enum gn_setting k);
void gn_setting_put(struct gn_ledger_settings *s, enum gn_setting k, int64_t value);

enum gn_clear_mode { GN_CLEAR_CYCLES, GN_CLEAR_EXACT, GN_CLEAR_OFFER };

struct gn_op_admin {
	enum gn_command command;
	struct gn_slice body;         /* the whole canonical body */
	struct gn_slice reason, name; /* raw JSON text, a name without escapes; p NULL: not given */
	struct gn_slice code;         /* an equivalent's */
	struct gn_slice info;         /* canonical JSON object */
	uint8_t precision;
	bool active, frozen, has_status, has_level;
	uint8_t status, level;
	struct gn_hash pid, pid2; /* LINE: from, to */
	struct gn_tx_key key;
	struct gn_pk officer;
	uint8_t role;          /* enum gn_role; NONE takes it away */
	uint8_t mode, max_len; /* enum gn_clear_mode; 3..6 */
	bool has_budget;       /* CLEAR exact: take what is found when the time is over */
	uint32_t budget_ms;    /* 0: one look */
	uint32_t set;          /* bits of enum gn_setting */
	int64_t value[GN_SETTINGS];
	/* when it does not parse: the word that is missing or wrong; empty: none alone */
	struct gn_slice wrong;
};
#define GN_OP_FORM_MAX 80
/* What this word of a command, or this setting, must be: "true or false", "a number from 1 to
 * 10". */
void gn_op_admin_form(struct gn_slice word, char out[GN_OP_FORM_MAX]);
/* body: canonical JSON, borrowed by out, of which only `wrong` means something when it fails.
 * GN_UNSUPPORTED: a command, field or setting nobody knows; GN_USAGE: missing or of a wrong
 * type; GN_RANGE; errors of gn_json_check. */
GN_MUST gn_err gn_op_admin_parse(struct gn_slice body, struct gn_op_admin *out);

#endif
