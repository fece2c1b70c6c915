/* Disk requests of engines on workers (net/disk.h): each engine gives its requests and takes what
 * became of them; the engines are asked in the order in which they were added. */
#ifndef GN_HOST_DISK_H
#define GN_HOST_DISK_H

#include "host/loop.h"
#include "net/net.h"

#define GN_HOST_DISK_USERS 4u /* engines with files of one program */

struct gn_host_disk_user {
	bool (*next)(void *engine, struct gn_file_task *out); /* false: none now */
	/* data: lent for the call */
	void (*done)(void *engine, uint64_t token, gn_err err, struct gn_slice data);
	void *engine;
};

struct gn_host_disk {
	struct gn_host *host;
	struct gn_file_pool pool;
	struct gn_host_disk_user users[GN_HOST_DISK_USERS];
	unsigned count;
};

/* Of an open host; most: tasks on workers at once. */
void gn_host_disk_init(struct gn_host_disk *d, struct gn_host *h, uint32_t most);
void gn_host_disk_add(struct gn_host_disk *d, const struct gn_host_disk_user *user);
/* True: something began, or ended. */
bool gn_host_disk_pump(struct gn_host_disk *d);

#endif
