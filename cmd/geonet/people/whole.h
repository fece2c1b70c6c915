/* A new file that is there whole or not at all, and replaces nothing. */
#ifndef GEONET_PEOPLE_WHOLE_H
#define GEONET_PEOPLE_WHOLE_H

#include "geonet/frame/cli.h"

struct whole {
	struct cli *cli;
	const char *path; /* borrowed */
	char *folder, *name;
	char *part; /* NULL: it has no name yet */
	int dir, fd;
};
/* All false after printing. Whatever came of it, whole_close. */
bool whole_open(struct cli *cli, const char *path, struct whole *out);
bool whole_write(struct whole *w, struct gn_slice data);
/* On the disk under its name; mode in octal. */
bool whole_finish(struct whole *w);
/* What was not finished goes. */
void whole_close(struct whole *w);

#endif
