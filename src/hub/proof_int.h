/* What reads a journal without a hub (proof*.c) shares: its files, and where they are read. */
#ifndef GN_HUB_PROOF_INT_H
#define GN_HUB_PROOF_INT_H

#include "hub/disk_int.h"
#include "hub/hub.h"
#include "hub/why.h"

#define PIECE ((size_t)1 << 20) /* bytes copied at once */

struct file {
	char name[64];
	uint64_t size;
};
struct source {
	struct gn_os_dir *dir;
	char copy[600]; /* a temporary directory to remove, or "" */
};

/* It is a log file's name, as the ledger reads them: from 00000001.log on. */
bool gn_hub_proof_is_log(const char *name);
/* Log files of data/journal in order; snapshots are made again. Read without the lock: plain
 * paths. *out is the caller's to free. */
GN_MUST gn_err gn_hub_proof_list(const struct gn_os_dir *dir, struct file **out, size_t *count);
GN_MUST gn_err gn_hub_proof_open(const char *data, struct source *s, char why[GN_HUB_WHY]);
void gn_hub_proof_close(struct source *s);

#endif
