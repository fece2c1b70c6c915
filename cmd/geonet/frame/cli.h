/* geonet, the command line: one table of commands, options parsed by their declaration (args.c),
 * and what every command stands on: out.h, util.h, clock.h, files.h, lists.h, client.h, keys.h.
 *
 * A command returns the program's exit status. What goes to stdout is the answer; words about it
 * go to stderr. With --json stdout is one JSON document, an error too. Nothing secret is ever
 * printed but by `id new --show-phrase` and `id export`. */
#ifndef GEONET_CLI_H
#define GEONET_CLI_H

#include "base/base.h"

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

#endif
