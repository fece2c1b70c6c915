/* A transfer's files: its state, which is one process's at a time, and its requests, of which what
 * syncs is done on a thread. */
#ifndef GEONET_SEND_DISK_H
#define GEONET_SEND_DISK_H

#include "files/files.h"
#include "geonet/frame/cli.h"

#include <poll.h>
#include <pthread.h>

struct disk {
	struct gn_files files; /* files.t is the owner's to set */
	int lock;              /* the state, open and held; -1: none */
	char *name;            /* owned: of the state */
	bool syncing;
	uint64_t token; /* of what syncs */
	gn_err err;     /* of it */
	int wake[2];    /* a byte: it is done */
	pthread_t thread;
};

/* dest, state_in: folders, taken over; dest -1: a sender. name: taken over. GN_BUSY: another
 * process has the state. GN_IO: errno. */
gn_err disk_open(struct disk *d, int dest, int state_in, char *name);
/* What the state holds: owned by the caller, NULL when it is new or empty. */
uint8_t *disk_state(const struct disk *d, size_t *len);
/* An empty state in its place. False: errno. */
bool disk_state_begin(struct disk *d);
void disk_state_remove(struct disk *d);
/* Does what the transfer asks, not all of it at once. How much that was. */
unsigned disk_pump(struct disk *d, struct gn_transfer *t, gn_time now);
void disk_close(struct disk *d);

#endif
