/* A program of commands: its groups (table.c of each folder), options parsed by their declaration
 * (args.c), and what a command stands on: out.h, util.h, clock.h, files.h, lists.h, client.h,
 * keys.h. geonet is one, geonet-hub another.
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
	const char *name; /* without its group */
	const char *args; /* for the usage line */
	int min, max;     /* positional arguments; max -1: any number */
	const char *summary;
	const char *details;              /* may be NULL */
	const char *examples;             /* lines, each with its own newline */
	const struct cli_option *options; /* ends with a NULL name; may be NULL */
	int (*run)(struct cli *cli);      /* NULL: the group has one */
};

/* Commands behind one word, as "id" is of "id new", or of one word each ("up"). A word may have
 * several of these. */
struct cli_group {
	const char *name;                   /* "": none */
	const char *about;                  /* what they are about; of one name once */
	const struct cli_command *commands; /* ends with a NULL name */
	int (*run)(struct cli *cli);        /* instead of each command's own, or NULL */
};

struct cli_program {
	const char *name;
	const char *about;              /* a sentence */
	const struct cli_group *groups; /* ends with NULL commands */
	/* Names of commands to begin with, which ends with NULL: what --help shows beside the
	 * groups. NULL: it shows all. */
	const char *const *first;
	const char *examples, *environment; /* of --help */
	/* before a command that writes (NULL: nothing), and the one that does not */
	void (*prepare)(struct cli *cli);
	int (*looks)(struct cli *cli);
};

#define CLI_NAME_MAX 48

/* A place among a program's commands; begins as {0}. */
struct cli_at {
	const struct cli_group *group;
	const struct cli_command *command;
	char name[CLI_NAME_MAX]; /* "id new": the group's name and the command's */
};

struct cli {
	const struct cli_program *program;
	char **words;                      /* as the program was called */
	struct cli_at at;                  /* what was asked for */
	const struct cli_command *command; /* at.command */
	char data[CLI_PATH_MAX];           /* absolute */
	bool json, color, talks;           /* talks: stderr is a terminal */
	const char *args[CLI_ARGS_MAX];
	int arg_count;
	struct {
		const struct cli_option *option;
		const char *value;
	} given[CLI_GIVEN_MAX];
	int given_count;
};

extern const struct cli_option cli_global[];

/* ---- commands.c ---- */

/* The next command; false at the end. */
bool cli_next(const struct cli_program *program, struct cli_at *at);
bool cli_find(const struct cli_program *program, const char *name, struct cli_at *out);
/* The group of this name that says what they are about, or NULL. */
const struct cli_group *cli_group(const struct cli_program *program, const char *name);
/* Is it the first command of its group, or of one word? */
bool cli_is_first(const struct cli_program *program, const struct cli_at *at);

/* ---- args.c ---- */

/* Fills cli from the words: CLI_OK, or CLI_USAGE after printing what is wrong. *help: it was
 * asked for, of cli->at, whose group alone may be known, or of the program. */
int cli_parse(struct cli *cli, int argc, char **argv, bool *help);
/* The last value given, or NULL. The option must be declared. */
const char *cli_option(const struct cli *cli, const char *name);
bool cli_flag(const struct cli *cli, const char *name);
/* The i-th value of an option that may repeat, or NULL. */
const char *cli_option_at(const struct cli *cli, const char *name, int i);
/* False after printing; *out keeps its value when the option is absent. */
bool cli_number(struct cli *cli, const char *name, uint64_t min, uint64_t max, uint64_t *out);

/* ---- beside.c ---- */

/* The path of a program of ours: beside this one, else its name, for PATH. The caller frees. */
char *cli_beside(const char *program);

/* ---- run.c ---- */

/* A program's main: its exit status. */
int cli_run(const struct cli_program *program, int argc, char **argv);

#endif
