/* Shared inside os: the open data directory, and how a failed call becomes an error and a
 * sentence. */
#ifndef GN_OS_OS_INT_H
#define GN_OS_OS_INT_H

#include "os/os.h"

#define PATH_TEXT 512 /* bytes of a path with its terminator */

struct gn_os_dir {
	int fd, lock; /* owned */
};

/* The failure is err, "what: text" its sentence. */
gn_err gn_os_refuse(gn_err err, const char *what, const char *text);
/* The open folder that holds name and the last part of it; make creates folders. Close with
 * gn_os_parent_close. */
gn_err gn_os_parent(const struct gn_os_dir *dir, const char *name, bool make, int *parent,
		    const char **leaf);
void gn_os_parent_close(const struct gn_os_dir *dir, int parent);

struct gn_os_clock {                /* zeros before the first read */
	gn_time steady, time, wall; /* at the last look at the wall clock */
	gn_time error;              /* what was still to be made up */
	/* steady when the wall clock was set to what it is not believed for, 0: it was not */
	gn_time since;
};
/* The time, from a steady clock and the wall's; never less than before. */
gn_time gn_os_clock_read(struct gn_os_clock *c, gn_time steady, gn_time wall);
/* How far the wall was ahead at the last look, when that is more than a step; else 0. */
gn_time gn_os_clock_off_of(const struct gn_os_clock *c);

#endif
