/* Sealing of pages and of WAL frames: what stands in the files. */
#ifndef GN_AGENT_DB_PAGE_INT_H
#define GN_AGENT_DB_PAGE_INT_H

#include "agent/limits.h"
#include "crypto/crypto.h"

#define AGENT_KEY 32u        /* bytes of the store's key */
#define AGENT_WAL_HEAD 32u   /* bytes of a WAL's header (SQLite file format 4.1) */
#define AGENT_FRAME_HEAD 24u /* bytes before each page in it */
#define AGENT_FRAME (AGENT_FRAME_HEAD + AGENT_PAGE)

/* One file's; not for several threads. */
struct agent_sealer {
	struct gn_aead seal, open; /* owned */
	uint8_t mark[4];           /* of the key: tells another key from damage */
	struct gn_rand *rand;      /* borrowed */
};

GN_MUST gn_err agent_sealer_init(struct agent_sealer *s, const uint8_t key[AGENT_KEY],
				 struct gn_rand *rand);
void agent_sealer_fini(struct agent_sealer *s);

/* In place, the page at this place of the file; its last AGENT_PAGE_RESERVED bytes must be zeros
 * (GN_USAGE), as SQLite leaves them. */
GN_MUST gn_err agent_page_seal(struct agent_sealer *s, uint64_t offset, uint8_t page[AGENT_PAGE]);
/* In place; the reserved bytes are zeros then. GN_AUTH: the page is undefined. */
GN_MUST gn_err agent_page_open(struct agent_sealer *s, uint64_t offset, uint8_t page[AGENT_PAGE]);
/* Has this page, sealed, the mark of this key? */
bool agent_page_marked(const struct agent_sealer *s, const uint8_t page[AGENT_PAGE]);

/* The same of a WAL's frame, header and page as one. round: how often the WAL was synced before it
 * was written. */
GN_MUST gn_err agent_frame_seal(struct agent_sealer *s, uint64_t offset, uint32_t round,
				uint8_t frame[AGENT_FRAME]);
GN_MUST gn_err agent_frame_open(struct agent_sealer *s, uint64_t offset, uint8_t frame[AGENT_FRAME],
				uint32_t *round);

#endif
