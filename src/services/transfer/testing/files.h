/* Requests of a transfer on real files, each at once: what a program's disk driver does on threads.
 * DEST is below one folder; no link is followed there, on no level; RENAME replaces nothing. */
#ifndef GN_TRANSFER_TESTING_FILES_H
#define GN_TRANSFER_TESTING_FILES_H

#include "services/transfer/transfer.h"

struct files {
	int source, dest; /* folders, open; or -1 */
	int state_in;     /* the folder in which the state is, open, */
	const char *state;
	struct gn_transfer *t; /* whose sources are asked for */
	uint8_t *room;         /* GN_BLOCK, of the last READ */
};
gn_err files_do(struct files *f, const struct gn_transfer_request *r,
		struct gn_transfer_result *result);

#endif
