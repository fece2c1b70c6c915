/* A disk in memory for the ledger's tests: what was written, and what of it is safe. A test says
 * what a crash leaves and which request fails.
 *
 * store/testing/disk_sim is not this one: it draws from its seed what a crash leaves, where the
 * crash tests here try every way at every request, and it has no link that leads nowhere. */
#ifndef GN_LEDGER_TESTING_DISK_H
#define GN_LEDGER_TESTING_DISK_H

#include "ledger/ledger.h"

#define SIM_FILES 64
#define SIM_SECTOR 512u

struct sim_file {
	char name[GN_LEDGER_NAME_MAX];
	uint8_t *now, *safe;
	size_t now_len, safe_len;
};
struct sim_disk {
	struct sim_file files[SIM_FILES];
	unsigned count;
	uint64_t writes, syncs, fail_at; /* fail_at: the Nth request fails (1 = next), 0 = off */
	const char *gone;                /* is listed, and cannot be found; NULL: none */
};
/* NULL: there is none of this name. */
struct sim_file *sim_find(struct sim_disk *d, const char *name);
void sim_resize(uint8_t **p, size_t *len, size_t to);
void sim_drop(struct sim_disk *d, struct sim_file *f);
void sim_free(struct sim_disk *d);
/* Whatever `to` had goes. */
void sim_copy(struct sim_disk *to, const struct sim_disk *from);

enum sim_crash { SIM_LOSE_ALL, SIM_KEEP_ALL, SIM_MIX, SIM_PREFIX };
/* Power fails: of what was written since the last sync, nothing, all, some sectors, or the first
 * sectors have reached the disk. */
void sim_crash(struct sim_disk *d, enum sim_crash mode, struct gn_rand *rand);
/* Performs one request; data of reads lies in *answer (freed by the caller). */
gn_err sim_perform(struct sim_disk *d, const struct gn_ledger_io *q, struct gn_slice *answer,
		   uint8_t **owned);

#endif
