/* What is sent: files and folders as they were named, with all that is in them. */
#ifndef GEONET_SEND_WALK_H
#define GEONET_SEND_WALK_H

#include "geonet/frame/cli.h"
#include "services/transfer/transfer.h"

struct walk {
	struct gn_transfer_file
		*files; /* owned, with their texts; sorted by path once all are in */
	size_t count, cap;
	uint64_t bytes;
	size_t skipped; /* links and the like, in folders */
};

/* All of the words. False after printing. */
bool walk_all(struct cli *cli, const char *const *words, int count, struct walk *out);
/* A name for these files, the same again and again: 16 hex digits. */
void walk_name(const struct walk *w, char name[17]);
void walk_free(struct walk *w);

#endif
