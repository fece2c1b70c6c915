/* What people and programs read: sentences, JSON, tables, progress, texts of strangers. */
#ifndef GEONET_OUT_H
#define GEONET_OUT_H

#include "geonet/frame/cli.h"
#include <jansson.h>

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
/* The same, printed, however long it is: each line but the first begins with `indent`. */
void out_lines(const char *s, const char *indent);
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

#endif
