/* What a command reads, and where its answer goes. */
#ifndef GEONET_FILES_H
#define GEONET_FILES_H

#include "geonet/frame/cli.h"
#include <stdio.h>

/* The whole file or, for "-", stdin. False after printing; the caller frees. */
bool read_input(struct cli *cli, const char *path, size_t max, uint8_t **out, size_t *len);
/* A file of the tool itself. Atomic: a temporary file beside it, renamed; mode in octal. replace
 * false: fails when it exists. */
bool write_file(struct cli *cli, const char *path, struct gn_slice data, unsigned mode,
		bool replace);
bool make_folders(struct cli *cli, const char *path, unsigned mode);

/* Where an answer goes. path: NULL, "-" and whatever leads to /dev/stdout are stdout; links are
 * followed; a device, FIFO or /dev/fd/N is written into; a regular file, or none yet, is replaced
 * at once by output_close. replace false: a regular file that is there is refused. */
struct output {
	struct cli *cli;
	FILE *f; /* to be written to by the command */
	const char *name;
	char *target, *temp; /* owned; NULL: stdout, and what is written into as it is */
	bool replace;
};
/* false after printing */
bool output_open(struct cli *cli, const char *path, bool replace, struct output *out);
/* Ends it, and gives the exit status: what is told here when the bytes could not be written,
 * else `exit`; unless that is CLI_OK nothing takes the target's place. */
int output_close(struct output *o, int exit);
int output_bytes(struct cli *cli, const char *path, struct gn_slice data); /* all three */
bool output_is_stdout(const char *path);

#endif
