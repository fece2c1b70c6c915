/* Addresses of Unix sockets whose paths may be longer than an address has room for. */
#ifndef GN_NET_LOCAL_H
#define GN_NET_LOCAL_H

#include "base/base.h"
#include <sys/un.h>

/* A path longer than sun_path is reached through its folder's descriptor, *dir, which is to be
 * closed after use; -1: there is none. False: it cannot be named. */
bool gn_local_address(const char *path, struct sockaddr_un *addr, int *dir);
/* Connects without waiting; *fd is the caller's, and does not block. GN_NOT_FOUND: no such socket;
 * GN_CLOSED: nobody listens there; GN_DENIED; GN_BUSY: too many wait; GN_RANGE: a path that cannot
 * be named; GN_IO. */
GN_MUST gn_err gn_local_dial(const char *path, int *fd);

#endif
