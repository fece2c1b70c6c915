/* The work of one command on one site. */
#ifndef GEONET_PUBLICATION_H
#define GEONET_PUBLICATION_H

#include "geonet/site/site.h"

#define MANIFEST_MEMORY (1u << 30) /* bytes that making or reading a manifest may take */

struct publication {
	struct cli *cli;
	struct identity id;
	struct gn_alloc alloc;
	const char *label;
	uint64_t copies, ttl, w;
	struct site_folder folder;
	struct gn_head head;          /* the present one, then the next */
	uint8_t *record;              /* which head borrows from */
	struct gn_manifest *previous; /* NULL: none, or it could not be read */
	bool kept;                    /* this node keeps the blocks of previous */
	uint8_t *manifest;
	struct gn_head_version next;
	struct gn_hash *manifest_blocks;
	size_t manifest_block_count, uploaded, unchanged, deleted;
	uint64_t receipts, block_count;
};

/* For a label of one's own, with --w, or also --copies and --ttl, looked at; NULL after
 * printing. */
struct publication *publication_of(struct cli *cli, const char *label);
struct publication *publication_new(struct cli *cli, const char *label);
void publication_free(struct publication *p);
/* The head moves to p->next. */
int publication_move(struct publication *p);

#endif
