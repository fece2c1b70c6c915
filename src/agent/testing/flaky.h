/* A VFS below the sealing one that fails, is full, or loses its power: what was not synced is then
 * there, or not, or half, sector by sector. */
#ifndef GN_AGENT_TESTING_FLAKY_H
#define GN_AGENT_TESTING_FLAKY_H

#include "agent/db_vfs_int.h"

/* Its name for agent_db_open_as; registered at the first call. */
const char *flaky_name(void);
/* Writes, syncs and cuts until each fails with this code of SQLite (0: never). */
void flaky_set(uint64_t after, int code);
uint64_t flaky_count(void); /* of such calls since then */
/* The power goes: of what was not synced sectors stay or not by this source. All files must be
 * closed, and calls must have failed since the cut was to be. Forgets them. */
void flaky_cut(struct gn_prng *g);
void flaky_forget(void);

#endif
