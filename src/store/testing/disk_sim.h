/* A disk in memory for tests and simulations: it performs the requests of the storage engines,
 * forgets what was not synced when it crashes, and fails on demand. What a crash leaves of
 * unsynced writes is as bad as real disks allow: nothing, all, a prefix torn at any byte, or any
 * mixture of 64-byte pieces. Everything follows from one seed.
 *
 * RENAME and REMOVE are durable once performed; a file that was never synced may be gone after a
 * crash. */
#ifndef GN_STORE_DISK_SIM_H
#define GN_STORE_DISK_SIM_H

#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

#define DISK_SIM_FILES 512 /* at first; more when more are made */
#define DISK_SIM_PIECE 64  /* bytes that a torn write keeps or loses together */

struct disk_sim_file {
	char name[GN_DISK_NAME_MAX]; /* "" = free */
	struct gn_buf now, durable;
	bool synced; /* its directory entry is durable */
};
struct disk_sim {
	struct disk_sim_file *files; /* owned; those made move when there are more than file_cap */
	size_t file_cap;
	struct gn_prng prng;
	uint64_t requests; /* performed since the start */
	/* the power goes in the middle of this request (counted as above), 0 = never */
	uint64_t crash_at;
	/* this request fails with fail_err; a write may have been done in part */
	uint64_t fail_at;
	gn_err fail_err;
	/* bit per enum gn_disk_op: all of them fail with fail_err until this is cleared */
	uint32_t fail_ops;
	uint64_t bytes_max; /* of all files; GN_DISK_FULL past it; 0 = endless */
	/* the power is off: every request answers GN_IO until disk_sim_restart */
	bool crashed;
	struct gn_buf answer; /* of the last LIST or READ */
};
void disk_sim_resize(struct gn_buf *b, size_t len);
void disk_sim_copy(struct gn_buf *to, const struct gn_buf *from);
void disk_sim_init(struct disk_sim *d, uint64_t seed);

void disk_sim_fini(struct disk_sim *d);
struct disk_sim_file *disk_sim_find(struct disk_sim *d, const char *name);
struct disk_sim_file *disk_sim_create(struct disk_sim *d, const char *name);
uint64_t disk_sim_below(struct disk_sim *d, uint64_t n);

/* A full deep copy, to try several futures of one past. */
void disk_sim_clone(struct disk_sim *to, const struct disk_sim *from);

/* ---- power ---- */

/* The power goes: what was not synced is lost or torn. Answers GN_IO until the restart. */
void disk_sim_crash(struct disk_sim *d);
void disk_sim_restart(struct disk_sim *d);

/* ---- requests ---- */

uint64_t disk_sim_bytes(const struct disk_sim *d);

/* Performs one request; *data is valid until the next. Half of a request in whose middle the
 * power goes is done or not. */
gn_err disk_sim_perform(struct disk_sim *d, const struct gn_disk_request *r, struct gn_slice *data);

#endif
