/* What both commands say: progress, lines of JSON, how it goes on. */
#ifndef GEONET_SEND_SAID_H
#define GEONET_SEND_SAID_H

#include "geonet/frame/cli.h"
#include "services/transfer/transfer.h"

#include <jansson.h>

struct said {
	gn_time since, line; /* of what goes on now; of the last line of JSON */
	uint64_t from;       /* bytes that were there at its beginning */
};

/* With --json: a line for programs, at once; takes json over. Else nothing. */
void said_line(struct cli *cli, json_t *json);
/* Something begins, of which so much is there. */
void said_begin(struct said *s, uint64_t done);
/* "photos: 12 MiB of 200 MiB (6 %), 31 MiB/s, 6 s left", on a terminal; a line of JSON a second. */
void said_progress(struct cli *cli, struct said *s, const char *doing, uint64_t done, uint64_t all);
/* "3 files, 20 MiB". */
const char *said_size(uint64_t files, uint64_t bytes);
/* The command as it was typed, as a shell takes it; one static buffer. */
const char *said_command(const struct cli *cli);

#endif
