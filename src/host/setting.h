/* Settings as one table: name, kind, bounds, default and help of each, and where its value lands.
 * The file, the flags, --help, completion and the manual all read it. Pure: nothing here opens a
 * file or knows a program.
 *
 *     static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
 *     const struct gn_host_setting gn_x_settings[] = {
 *             {.name = "port", .kind = GN_HOST_NUMBER, .value = "N", .most = 65535,
 *              GN_HOST_FIELD(struct gn_x_config, port), .standard = "7777",
 *              .expected = "a UDP port, 0 for a free one", .help = "UDP port for others"},
 *             {.name = "log", .kind = GN_HOST_CHOICE, .value = "LEVEL", .words = levels, ...},
 *             {0},
 *     };
 *
 * 1. A bad value changes nothing.
 * 2. The default is written as a user would write it, and is set the same way. */
#ifndef GN_HOST_SETTING_H
#define GN_HOST_SETTING_H

#include "base/base.h"
#include "host/limits.h"

#include <stddef.h>
#include <stdio.h>

enum gn_host_kind {
	GN_HOST_TEXT,   /* char[size], of least to most bytes */
	GN_HOST_LIST,   /* char[][size]: up to `most` of them, one each time it is given */
	GN_HOST_NUMBER, /* unsigned, of 1, 2, 4 or 8 bytes, from least to most, then << shift */
	GN_HOST_BYTES,  /* the same, and may end in K, M, G or T */
	GN_HOST_CHOICE, /* an enum or a bool: the place of the word in `words` */
	GN_HOST_FLAG,   /* of the command line alone: no member, no line in the file */
};

struct gn_host_setting {
	const char *name;  /* in the file, and as a flag behind two dashes; NULL ends the table */
	const char *value; /* its value in the help: "N", "HOST:PORT", "on|off" */
	enum gn_host_kind kind;
	unsigned shift;
	uint64_t least, most;
	const char *const *words; /* end with NULL */
	size_t at, size;          /* GN_HOST_FIELD */
	size_t count_at;          /* LIST: the unsigned that counts them */
	size_t off_at; /* NUMBER: a bool that the word "off" sets and a number clears; 0: none */
	/* TEXT, LIST: writes what is kept of the value; false: it is none. NULL: all of it is */
	bool (*take)(const char *value, char *out, size_t cap);
	const char *standard; /* the default; NULL: zeros */
	const char *shown;    /* the default in the help, where that is another word */
	const char *expected; /* "port: 'x' is not ..." */
	const char *help;     /* without its default */
};

#define GN_HOST_FIELD(type, member)                                                                \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member)
#define GN_HOST_FIELDS(type, member, count)                                                        \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member[0]),                      \
	.most = sizeof(((type *)0)->member) / sizeof(((type *)0)->member[0]),                      \
	.count_at = offsetof(type, count)

/* What it is when nobody says anything; size: of the config's struct. */
void gn_host_settings_default(const struct gn_host_setting *table, void *config, size_t size);
/* NULL when there is none of that name. */
const struct gn_host_setting *gn_host_setting_find(const struct gn_host_setting *table,
						   struct gn_slice name);
/* One by its name. GN_USAGE with why. */
GN_MUST gn_err gn_host_setting_set(const struct gn_host_setting *table, void *config,
				   struct gn_slice name, struct gn_slice value,
				   char why[GN_HOST_WHY]);
/* A file, whole or not at all: "name = value" lines, '#' begins a comment (NO-1). GN_USAGE with
 * why, which names the line. */
GN_MUST gn_err gn_host_settings_parse(const struct gn_host_setting *table, void *config,
				      size_t size, struct gn_slice text, char why[GN_HOST_WHY]);
/* "UDP port for others (default 7777)", cut at cap. */
void gn_host_setting_help(const struct gn_host_setting *s, char *out, size_t cap);
/* All as --help shows them, in lines of 80 columns. */
void gn_host_settings_print(const struct gn_host_setting *table, FILE *out);

#endif
