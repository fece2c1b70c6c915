/* geonet, the command line: one table of commands (main.c), options parsed by their declaration
 * (frame/args.c), the node's local API (frame/client.c), what people and programs read (frame/out.c), the
 * identity's key file (frame/keys.c), and one file per group of commands.
 *
 * A command returns the program's exit status. What goes to stdout is the answer; words about it
 * go to stderr. With --json stdout is one JSON document, an error too. Nothing secret is ever
 * printed but by `id new --show-phrase` and `id export`. */
#ifndef GEONET_CLI_H
#define GEONET_CLI_H

#include "base/base.h"
#include "crypto/crypto.h"
#include <jansson.h>
#include <stdio.h>

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_NO_NODE = 3,
	CLI_NOT_FOUND = 4,
	/* too few nodes answered or agreed, or not in time, or nobody can be reached */
	CLI_QUORUM = 5,
	CLI_UNKNOWN = 6, /* a payment was sent and its outcome is not known */
};

#define CLI_ARGS_MAX 256
#define CLI_GIVEN_MAX 128
#define CLI_PATH_MAX 4096

struct cli_option {
	const char *name;  /* without dashes */
	const char *value; /* placeholder in help; NULL: a flag */
	const char *help;
};

struct cli;
struct cli_command {
	const char *name; /* "up", or "id new" */
	const char *args; /* for the usage line */
	int min, max;     /* positional arguments; max -1: any number */
	const char *summary;
	const char *details;              /* may be NULL */
	const char *examples;             /* lines without "geonet", each with its own newline */
	const struct cli_option *options; /* ends with a NULL name; may be NULL */
	int (*run)(struct cli *cli);
};

struct cli {
	const struct cli_command *command;
	char data[CLI_PATH_MAX]; /* absolute */
	bool json, color, talks; /* talks: stderr is a terminal */
	const char *args[CLI_ARGS_MAX];
	int arg_count;
	struct {
		const struct cli_option *option;
		const char *value;
	} given[CLI_GIVEN_MAX];
	int given_count;
};

extern const struct cli_command cli_commands[];
extern const struct cli_option cli_global[];

/* ---- frame/args.c ---- */

/* Fills cli from the words; false after printing what is wrong, or with *help when help was
 * asked for. */
bool cli_parse(struct cli *cli, int argc, char **argv, bool *help);
/* The last value given, or NULL. The option must be declared. */
const char *cli_option(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);
/* The i-th value of an option that may repeat, or NULL. */
const char *cli_option_at(const struct cli *cli, const char *name, int i);
/* False after printing; *out keeps its value when the option is absent. */
bool cli_number(struct cli *cli, const char *name, uint64_t min, uint64_t max, uint64_t *out);
/* Prints a command's help, or all commands (NULL), or a group's ("id"). */
void cli_help(const struct cli *cli, const struct cli_command *command);
bool cli_help_group(const struct cli *cli, const char *group);
const struct cli_command *cli_find(const char *name);
int cmd_completion(struct cli *cli);

/* ---- frame/out.c ---- */

/* Prints a sentence to stderr (and {"error": ...} to stdout with --json); returns exit. */
int cli_fail(struct cli *cli, int exit, const char *code, const char *fmt, ...) GN_PRINTF(4, 5);
/* For an error of our own libraries: code and exit follow from it, its sentence is added. */
int cli_fail_err(struct cli *cli, gn_err err, const char *fmt, ...) GN_PRINTF(3, 4);
int cli_exit_of(gn_err err);
/* To stderr, for people; nothing with --json. */
void cli_note(const struct cli *cli, const char *fmt, ...) GN_PRINTF(2, 3);
/* To stderr always: what would hurt later. */
void cli_warn(const struct cli *cli, const char *fmt, ...) GN_PRINTF(2, 3);
/* Takes json over; CLI_OK. NULL: out of memory. */
int cli_json(struct cli *cli, json_t *json);
/* One line that is overwritten, on a terminal, once something has taken a second. Empty fmt
 * clears it. */
void cli_progress(const struct cli *cli, const char *fmt, ...) GN_PRINTF(2, 3);
void cli_progress_done(const struct cli *cli);
/* Rows of cells, printed in columns: the first row is the heading. */
struct table {
	char **cells;
	int columns, count, cap;
	uint64_t right; /* bit set: columns aligned right */
};
void table_init(struct table *t, int columns, uint64_t right);
void table_add(struct table *t, const char *fmt, ...) GN_PRINTF(2, 3);
void table_print(const struct cli *cli, struct table *t); /* and frees */
void table_free(struct table *t);
/* A line "name   value" of an overview. */
void out_pair(const struct cli *cli, const char *name, const char *fmt, ...) GN_PRINTF(3, 4);
/* Text of a stranger for a terminal: control characters, and those that turn the direction of
 * text, hide or break lines, become '?'. The result is one of 16 static buffers of 1090 bytes at
 * most. */
const char *out_text(const char *s);
const char *out_text_slice(struct gn_slice s);
/* "1.5 MiB", "3 h 20 min", "2026-11-21 07:00": one of the same buffers. */
const char *out_bytes(uint64_t n);
const char *out_duration(uint64_t seconds);
/* "1 file", "2 files". */
const char *out_count(uint64_t n, const char *one, const char *many);
/* Two counts of a JSON array in words: where[0] of both when they are equal, else where[1] of
 * the first and where[2] of the second. */
const char *out_two(const json_t *pair, const char *one, const char *many,
		    const char *const where[3]);
const char *out_time(uint64_t unix_seconds); /* "2026-11-28T14:51:26Z", as hubs and logs write it */
const char *out_hex(const void *p, size_t len);
/* Does stdout show colours? Codes are empty strings when not. */
const char *out_bold(const struct cli *cli);
const char *out_dim(const struct cli *cli);
const char *out_plain(const struct cli *cli);

/* ---- frame/util.c ---- */

void *cli_alloc(size_t size); /* ends the program when memory is out */
void *cli_grow(void *p, size_t size);
char *cli_format(const char *fmt, ...) GN_PRINTF(1, 2); /* the caller frees */
char *base64_text(struct gn_slice s);
/* NULL when it is not base64; the caller frees. */
uint8_t *base64_bytes(const char *text, size_t *len);
bool base64_key(const char *text, struct gn_pk *out); /* exactly 32 bytes in base64 */
json_t *json_hex(const void *p, size_t len);
json_t *json_slice(struct gn_slice s);
const char *json_text(const json_t *object, const char *name); /* "" when absent */
uint64_t json_number(const json_t *object, const char *name);  /* 0 when absent */
double json_double(const json_t *object, const char *name);
/* Percent-encodes what is not unreserved, '/' too; the caller frees. */
char *url_part(const char *s);
/* Unix seconds: this machine's clock, or the node's own (NO-19) once that was told and is more
 * than two minutes away. */
uint64_t cli_now(void);
void cli_now_is(const struct cli *cli, uint64_t seconds); /* the first time counts */
/* Levenshtein distance, for suggestions. */
unsigned word_distance(const char *a, const char *b);

/* ---- frame/files.c ---- */

/* The whole file or, for "-", stdin. False after printing; the caller frees. */
bool read_input(struct cli *cli, const char *path, size_t max, uint8_t **out, size_t *len);
/* A file of the tool itself. Atomic: a temporary file beside it, renamed; mode in octal. replace
 * false: fails when it exists. */
bool write_file(struct cli *cli, const char *path, struct gn_slice data, unsigned mode,
		bool replace);
bool make_folders(struct cli *cli, const char *path, unsigned mode);

/* Where an answer goes. path: NULL, "-" and whatever leads to /dev/stdout are stdout; links are
 * followed; a device, FIFO or
 *  /dev/fd/N is written into; a regular file, or none yet, is replaced at once by output_close.
 *  replace false: a regular file
 * that is there is refused. */
struct output {
	struct cli *cli;
	FILE *f; /* to be written to by the command */
	const char *name;
	char *target, *temp; /* owned; temp NULL: written into as it is */
	bool replace;
};
/* false after printing */
bool output_open(struct cli *cli, const char *path, bool replace, struct output *out);
/* Ends it, and gives the exit status: what is told here when the bytes could not be written,
 * else `exit`; unless that is CLI_OK nothing takes the target's place. */
int output_close(struct output *o, int exit);
int output_bytes(struct cli *cli, const char *path, struct gn_slice data); /* all three */
bool output_is_stdout(const char *path);

/* Lists that the tool keeps in DATA, one JSON object each. read: NULL when there is none; one
 * that is damaged or cannot be read ends the tool. load: any JSON; NULL and a sentence when it
 * is damaged. Between own_lock, which ends the tool when it cannot, and own_unlock no other tool
 * writes one. */
#define OWN_WHY 160
json_t *own_load(struct cli *cli, const char *name, char why[OWN_WHY]);
json_t *own_read(struct cli *cli, const char *name);
bool own_write(struct cli *cli, const char *name, const json_t *list); /* false after printing */
int own_lock(struct cli *cli);
void own_unlock(int lock);

/* ---- frame/client.c ---- */

struct call {
	const char *method; /* NULL: GET */
	char *path;         /* owned by the call: freed by client_call */
	struct gn_slice body;
	const char *type; /* Content-Type */
	/* A body that is read piece by piece instead: fills buf, returns how many bytes,
	 * SIZE_MAX to give up. */
	size_t (*read)(void *user, uint8_t *buf, size_t cap);
	uint64_t read_len;
	/* The answer's bytes as they come, instead of reply.data, once the status is 2xx; false
	 * to give up. */
	bool (*write)(void *user, struct gn_slice data);
	void *user;
	unsigned timeout; /* seconds without an answer; 0: 60; UINT_MAX: none */
	bool quiet;       /* what goes wrong between us and the node is not printed */
};
struct reply {
	long status;
	uint8_t *data; /* terminated */
	size_t len;
	json_t *json; /* NULL when it is not JSON */
	gn_err err;   /* of an error answer */
	const char *message;
};
/* CLI_OK for 2xx; CLI_NO_NODE and CLI_FAILED (transport; printed); else the exit status that the
 * node's error means, not printed. */
int client_call(struct cli *cli, struct call call, struct reply *reply);
/* The same, printing the node's error after `what` ("the name could not be resolved"). */
int client_must(struct cli *cli, struct call call, struct reply *reply, const char *what);
int client_report(struct cli *cli, const struct reply *reply, const char *what);
void reply_free(struct reply *reply);
/* Says that no node runs, and how to start one: CLI_NO_NODE. */
int client_none(struct cli *cli);
/* Is a node there? Prints nothing. */
bool client_alive(struct cli *cli);
/* Before something is signed: asks the node, if one runs, for its time (cli_now), and warns when
 * peers say another. */
void client_time(struct cli *cli);
/* When the node can reach nobody: "alone: none of these answers: HOST:PORT, ...", else NULL; the
 * caller frees. status: the node's, or NULL to ask it. */
char *client_alone(struct cli *cli, const json_t *status);

/* ---- frame/keys.c ---- */

struct identity {
	uint8_t entropy[32]; /* secret: identity_wipe */
	struct gn_identity_keys keys;
	char pid[GN_PID_MAX];
};
/* Opens DATA/identity.key, asking for its passphrase when there is one. False after printing. */
bool identity_load(struct cli *cli, struct identity *out);
void identity_wipe(struct identity *id);
bool identity_derive(struct cli *cli, struct identity *id); /* from entropy */
bool identity_exists(const struct cli *cli);
/* The own public key, without a passphrase where it is known from before. */
bool identity_public(struct cli *cli, struct gn_pk *out);

/* ---- identity/resolve.c: people and sites by the words a user types ---- */

/* "64 hex digits", a PID, or a name: the key of whoever it belongs to. False after printing;
 * *exit tells the status. */
bool owner_of(struct cli *cli, const char *text, struct gn_pk *out, int *exit);
/* What the node says of a name (GET names/NAME). Prints what is wrong, the end of a name of ours
 * too. */
struct gn_name;
int name_ask(struct cli *cli, const struct gn_name *name, bool fresh, struct reply *reply);
/* Warns of another owner than before, and of another name that looks like this one, when the
 * node's answer tells of it. */
void name_warn(struct cli *cli, const struct gn_name *name, const json_t *answer);
/* NAME (its SITE entry), PID, PID/LABEL, or LABEL of one's own after "@": owner, label (255
 * bytes and a terminator). */
bool site_of(struct cli *cli, const char *text, struct gn_pk *owner, char label[256], int *exit);
/* The newest record under a key, verified here: its bytes (the caller frees). CLI_NOT_FOUND is
 * not printed. */
int record_fetch(struct cli *cli, const struct gn_hash *key, unsigned type, unsigned quorum,
		 uint8_t **bytes, size_t *len, unsigned *holders);
/* Puts a record; what: the sentence's subject when that fails, which is printed. *reply as from
 * client_call when not NULL. */
int record_put(struct cli *cli, struct gn_slice record, uint64_t w, const char *what,
	       struct reply *reply);
/* Is it held, if by fewer nodes than was asked (CLI_QUORUM)? */
bool record_held(const struct reply *reply, int exit);
/* Says so: stored at `where`, by `least` nodes at least. CLI_QUORUM. */
int record_few(struct cli *cli, const char *what, const char *where, unsigned long long least);

/* ---- commands ---- */

int cmd_up(struct cli *cli);
int cmd_down(struct cli *cli);
int cmd_status(struct cli *cli);
int cmd_peers(struct cli *cli);
int cmd_doctor(struct cli *cli);
int cmd_open(struct cli *cli);
int cmd_guard_status(struct cli *cli);
int cmd_guard_list(struct cli *cli);
int cmd_guard_why(struct cli *cli);
int cmd_guard_allow(struct cli *cli);
int cmd_guard_forgive(struct cli *cli);
int cmd_put(struct cli *cli);
int cmd_get(struct cli *cli);
int cmd_trace(struct cli *cli);
int cmd_renew(struct cli *cli);
int cmd_id_new(struct cli *cli);
int cmd_id_show(struct cli *cli);
int cmd_id_publish(struct cli *cli);
int cmd_id_export(struct cli *cli);
int cmd_id_import(struct cli *cli);
int cmd_name_claim(struct cli *cli);
int cmd_name_set(struct cli *cli);
int cmd_name_resolve(struct cli *cli);
int cmd_name_renew(struct cli *cli);
int cmd_name_transfer(struct cli *cli);
int cmd_name_accept(struct cli *cli);
int cmd_name_list(struct cli *cli);
int cmd_name_forget(struct cli *cli);
int cmd_site_publish(struct cli *cli);
int cmd_site_list(struct cli *cli);
int cmd_site_show(struct cli *cli);
int cmd_site_get(struct cli *cli);
int cmd_site_rollback(struct cli *cli);
int cmd_site_remove(struct cli *cli);
int cmd_hub_run(struct cli *cli);
int cmd_hub_init(struct cli *cli);
int cmd_hub_status(struct cli *cli);
int cmd_hub_verify(struct cli *cli);
int cmd_hub_export(struct cli *cli);
int cmd_hub_import(struct cli *cli);
int cmd_hub_equivalent(struct cli *cli);
int cmd_hub_role(struct cli *cli);
int cmd_hub_admit(struct cli *cli);
int cmd_hub_suspend(struct cli *cli);
int cmd_hub_delete(struct cli *cli);
int cmd_hub_gap(struct cli *cli);
int cmd_hub_tx(struct cli *cli);
int cmd_hub_level(struct cli *cli);
int cmd_hub_dispute(struct cli *cli);
int cmd_hub_abort(struct cli *cli);
int cmd_hub_clear(struct cli *cli);
int cmd_hub_offer(struct cli *cli);
int cmd_hub_settings(struct cli *cli);
int cmd_hub_snapshot(struct cli *cli);
int cmd_hub_log(struct cli *cli);
int cmd_hub_people(struct cli *cli);
int cmd_wallet_join(struct cli *cli);
int cmd_wallet_trust(struct cli *cli);
int cmd_wallet_lines(struct cli *cli);
int cmd_wallet_pay(struct cli *cli);
int cmd_wallet_request(struct cli *cli);
int cmd_wallet_balance(struct cli *cli);
int cmd_wallet_debts(struct cli *cli);
int cmd_wallet_leave(struct cli *cli);
int cmd_wallet_profile(struct cli *cli);
int cmd_wallet_history(struct cli *cli);
int cmd_wallet_clearings(struct cli *cli);
int cmd_wallet_why(struct cli *cli);
int cmd_wallet_asked(struct cli *cli);
int cmd_wallet_answer(struct cli *cli);

/* ---- node/node.c: for node/doctor.c ---- */

/* The last line of a log after `from`; empty when there is none. */
void last_line(const char *path, long from, char *out, size_t cap);
/* Are fewer nodes here than have to sign a record, by the node's status? */
bool status_few(const json_t *status);

/* ---- identity/identity.c, site/publish.c: for node/renew.c ---- */

/* The identity record, its PID's record set with it, or a site's head, with its blocks: for
 * another term, unless less than half of this one is over. *expires: until when it is held now,
 * 0: it was never published (must: it is now). */
int id_renew(struct cli *cli, const struct identity *id, bool force, bool must, uint64_t ttl,
	     uint64_t w, uint64_t *expires, bool *done);
int site_renew(struct cli *cli, const struct identity *id, const char *label, uint64_t copies,
	       bool force, uint64_t ttl, uint64_t w, uint64_t *expires, bool *done);

/* ---- name/store.c ---- */

/* Takes the list of own names out of the file that the node once shared, before an older node
 * writes over it. */
void names_migrate(struct cli *cli);

/* Claims NAME or makes it point to the site. */
int name_point_to_site(struct cli *cli, const struct identity *id, const char *name,
		       const char *label, uint64_t w);
/* The record set of one's own PID, which leads from PID to key. first: there is none yet. */
int name_publish_pid(struct cli *cli, const struct identity *id, bool first, uint64_t w);

#endif
