/* Programs of ours started in the background. */
#ifndef GEONET_DETACH_H
#define GEONET_DETACH_H

#include "geonet/frame/cli.h"

struct detach {
	char **words;        /* of its command line, with --ready-fd 3; ends with NULL */
	const char *folder;  /* where its log lies, which is there */
	const char *log;     /* its name; what it prints goes there */
	const char *program; /* "geonetd": what its last words begin with */
	const char *what;    /* "node" */
	const char *progress;
};

/* Until it says that it is ready: CLI_OK; else why it did not start is printed. */
int detach_start(struct cli *cli, const struct detach *d);
/* The last line of a file that is not empty, from a place on; "" if there is none. */
void last_line(const char *path, long from, char *out, size_t cap);

#endif
