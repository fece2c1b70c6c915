/* A transfer's requests (services/transfer) on real files: each is done at once, blocking, by
 * whoever calls, and one that only syncs may be done on another thread meanwhile.
 *
 * 1. DEST is below one folder: no link is followed there, on no level, and nothing is replaced,
 *    also where the file system cannot promise that at once (NFS; only in a race is a file that
 *    another made there then lost).
 * 2. The state is one file, 0600; one that is another user's, or that others may write, is refused
 *    (GN_DENIED), since it says what is written where.
 * 3. A SOURCE is opened by the owner's own name for it, absolute or below `source`; a link is none.
 *
 * Rule RE-62. */
#ifndef GN_FILES_H
#define GN_FILES_H

#include "services/transfer/transfer.h"

struct gn_files {
	int source, dest; /* folders, open; or -1 */
	int state_in;     /* the folder in which the state is, open, */
	const char *state;
	struct gn_transfer *t; /* whose sources are asked for */
	uint8_t *room;         /* GN_BLOCK, of the last READ */
	bool plain;            /* renameat2 knows no flags there: it was tried */
};
/* result: borrowed until the next call. */
gn_err gn_files_do(struct gn_files *f, const struct gn_transfer_request *r,
		   struct gn_transfer_result *result);
/* All that was written below the folder is durable, names too: a SYNC of DEST. */
gn_err gn_files_sync(int dest);
/* Is that open file one by rule 2? */
bool gn_files_is_ours(int fd);
/* Bytes that are free there, for this user; UINT64_MAX: not known. */
uint64_t gn_files_free(int folder);

#endif
