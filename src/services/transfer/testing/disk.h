/* A disk in memory for the requests of a transfer: what was not synced is lost or torn when the
 * power goes, stays when only the process is killed, and everything follows from one seed. Folders
 * are there by what is in them. Names of places: "src/N", "dst/...", "state". */
#ifndef GN_TRANSFER_TESTING_DISK_H
#define GN_TRANSFER_TESTING_DISK_H

#include "records/tree.h"
#include "services/transfer/transfer.h"

#define RIG_FILES 40
#define RIG_PIECE 4096 /* bytes that a torn write keeps or loses together */

struct rig_file {
	char name[GN_TRANSFER_NAME_MAX + 8]; /* "": free */
	struct gn_buf now, durable;
	bool folder, synced; /* synced: its name is durable */
	int64_t mtime;
};
struct rig_disk {
	struct rig_file files[RIG_FILES];
	struct gn_prng prng;
	uint8_t *answer; /* of the last READ */
	uint64_t reads, writes, syncs;
	uint32_t fail_ops; /* bit per enum gn_transfer_op: fails with fail_err */
	gn_err fail_err;
};

void rig_disk_init(struct rig_disk *d, uint64_t seed);
void rig_disk_fini(struct rig_disk *d);
struct rig_file *rig_disk_find(struct rig_disk *d, const char *name);
/* Puts a file there, durable. */
struct rig_file *rig_disk_put(struct rig_disk *d, const char *name, const void *bytes, size_t len);
/* Removes the file, or the folder with all in it. */
void rig_disk_remove(struct rig_disk *d, const char *name);
gn_err rig_disk_do(struct rig_disk *d, const struct gn_transfer_request *r,
		   struct gn_transfer_result *result);
/* The power goes and comes again. */
void rig_disk_power(struct rig_disk *d);

#endif
