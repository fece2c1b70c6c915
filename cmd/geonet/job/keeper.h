/* Who stands between the tool and a program: program.c forks it for one job. */
#ifndef GEONET_JOB_KEEPER_H
#define GEONET_JOB_KEEPER_H

#include <sys/types.h>

/* In a child of `parent`: starts what `run` becomes, and waits for its end, for SIGTERM or for its
 * parent's. Then nothing that came of it is left, and its wait status is written to `fd`. */
_Noreturn void job_keep(pid_t parent, int fd, void (*run)(void *user), void *user);

#endif
