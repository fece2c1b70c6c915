/* Readers, and the chunks that are asked for. */
#ifndef GN_SERVICES_BUNDLES_READER_INT_H
#define GN_SERVICES_BUNDLES_READER_INT_H

#include "services/bundles/source_int.h"

/* A chunk we asked for. */
struct bundles_request {
	struct bundles_timer timer; /* deadline, then the end of lateness */
	uint64_t id;
	struct gn_pk peer;
	gn_op reader;
	uint64_t chunk;         /* of the file */
	unsigned ahead;         /* chunks on their way when it was asked for, itself among them */
	gn_time sent, patience; /* that its peer has without them */
	bool late;
};

enum bundles_slot_state { SLOT_FREE, SLOT_WANTED, SLOT_LOADING, SLOT_ASKED, SLOT_READY };
struct bundles_slot {
	enum bundles_slot_state state;
	bool skip_local;  /* the own copy was damaged */
	uint64_t request; /* ASKED */
	uint8_t *data;    /* READY, owned (bundles_reader_memory) */
	uint32_t len;
};

struct bundles_reader {
	struct gn_frame_op op;
	uint64_t size;
	uint8_t *blocks; /* owned: hashes of the blocks from first_block on */
	uint64_t first_block, block_count;
	uint64_t start, at, end;    /* bytes: of the range, next to be given */
	uint64_t next, last;        /* chunks: next to get a slot, one past the last */
	uint64_t looked;            /* blocks whose holders are looked for: all before this one */
	struct bundles_slot *slots; /* owned; chunk c is in slot c % ahead */
	uint8_t *given;             /* owned: what read_next handed out last */
	bool hungry;                /* its owner waits for READABLE */
	/* size and blocks are those of the pack that the file lies in */
	bool packed;
	struct bundles_open *open; /* reads a manifest for it; NULL: for the engine's owner */
	struct {
		uint64_t block; /* + 1 */
		bool on;
	} caching[BUNDLES_CACHING]; /* by block: do its chunks go to the store */
};

/* ---- readers ---- */

GN_MUST gn_err bundles_reader_new(struct gn_bundles *b, const struct gn_bundle_file *file,
				  uint64_t off, uint64_t len, struct bundles_open *open,
				  struct bundles_reader **out);
void bundles_reader_free(struct gn_bundles *b, struct bundles_reader *r);
void bundles_reader_run(struct gn_bundles *b, struct bundles_reader *r);
void bundles_readers_run(struct gn_bundles *b);
/* Tells whoever reads that read_next has something to say. */
void bundles_reader_wake(struct gn_bundles *b, struct bundles_reader *r);
void bundles_reader_fail(struct gn_bundles *b, struct bundles_reader *r, gn_err err);
GN_MUST gn_err bundles_reader_take(struct gn_bundles *b, struct bundles_reader *r,
				   struct gn_slice *out);

const struct gn_hash *bundles_reader_block(const struct bundles_reader *r, uint64_t chunk);
/* The slot that waits for this chunk; NULL: not wanted. */
struct bundles_slot *bundles_reader_slot(struct gn_bundles *b, struct bundles_reader *r,
					 uint64_t chunk);
GN_MUST gn_err bundles_reader_fill(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
				   struct gn_slice data);
/* Checks a chunk from a peer, keeps it as cache when that is on; GN_HASH. */
GN_MUST gn_err bundles_reader_check(struct gn_bundles *b, struct bundles_reader *r, uint64_t chunk,
				    const struct gn_hash *proof, size_t proof_len,
				    struct gn_slice data);
void bundles_reader_loaded(struct gn_bundles *b, const struct gn_blocks_event *e);

/* ---- fetching ---- */

bool bundles_request_send(struct gn_bundles *b, struct bundles_peer *p, struct bundles_reader *r,
			  uint64_t chunk, const struct gn_hash *block);
void bundles_request_free(struct gn_bundles *b, struct bundles_request *q);
void bundles_request_due(struct gn_bundles *b, struct bundles_request *q);
void bundles_on_chunk(struct gn_bundles *b, const struct gn_pk *from, uint64_t request,
		      struct gn_fb_chunk chunk);
void bundles_on_get_ack(struct gn_bundles *b, struct bundles_request *q, gn_err err);
void bundles_peer_lost(struct gn_bundles *b, const struct gn_pk *pk);

#endif
