/* What a transfer keeps on the disk: records in one file that only grows, each bound to all before
 * it, so that a tail that a kill or a power cut tore is not believed.
 *
 *   record: type 1, length 4, body, check 8
 *   check:  first bytes of chain = SHA-256(chain before || type || length || body), which begins
 *           as SHA-256("geonet/send/state/1")
 *
 *   type      body
 *   OFFER     files 4, note                      the sender's first
 *   FILE      size 8, mtime 8, source            one of each, in order of path
 *   MANIFEST  a piece of it
 *   READY     SHA-256 of the manifest            now it can be gone on with
 *   TAKING    SHA-256 of the manifest, note      the receiver's first
 *   PARTS     number 2 of each name              "name (number).part"; 0: "name.part"
 *   SECRET    id 16, key 32                      the last one counts
 *   RUNS      first block 4, blocks 4, ..        these are durable
 *   WHOLE                                        all are: files are being named
 *
 * Rule RE-62. */
#ifndef GN_TRANSFER_SAVED_INT_H
#define GN_TRANSFER_SAVED_INT_H

#include "services/transfer/transfer.h"

#define SAVED_ROOM (80u << 10)  /* bytes that are written at once */
#define SAVED_PIECE (64u << 10) /* of a manifest in one record */
#define SAVED_FILE_BYTES 29     /* of a file's record, beside its source */

enum saved_type {
	SAVED_OFFER = 1,
	SAVED_FILE,
	SAVED_MANIFEST,
	SAVED_READY,
	SAVED_TAKING,
	SAVED_PARTS,
	SAVED_SECRET,
	SAVED_RUNS,
	SAVED_WHOLE,
	SAVED_TYPES
};

/* IDLE -> WRITE -> WRITING -> (SYNC -> SYNCING ->) IDLE */
enum saved_step { SAVED_IDLE, SAVED_WRITE, SAVED_WRITING, SAVED_SYNC, SAVED_SYNCING };
struct transfer_saved {
	uint8_t *room; /* owned, SAVED_ROOM */
	size_t len;    /* of what is put and not written yet */
	uint64_t at;   /* where it goes */
	struct gn_hash chain;
	enum saved_step step;
	bool durable;
};

GN_MUST gn_err transfer_saved_init(struct transfer_saved *s, struct gn_alloc *alloc);
void transfer_saved_fini(struct transfer_saved *s, struct gn_alloc *alloc);
/* False: no room now (IDLE only): write first. */
bool transfer_saved_put(struct transfer_saved *s, enum saved_type type,
			const struct gn_slice *parts, size_t count);
/* What was put is written, and durable if so asked. */
void transfer_saved_flush(struct transfer_saved *s, bool durable);
bool transfer_saved_request(struct transfer_saved *s, struct gn_transfer_request *out);
/* The request's end, which was good. */
void transfer_saved_done(struct transfer_saved *s);

/* Records of a state, one after another; false at the end of what is whole. s takes up after it. */
bool transfer_saved_next(struct transfer_saved *s, struct gn_slice *state, enum saved_type *type,
			 struct gn_slice *body);

#endif
