/* Publishing: files taken in, blocks that are spread. */
#ifndef GN_SERVICES_BUNDLES_PUBLISH_INT_H
#define GN_SERVICES_BUNDLES_PUBLISH_INT_H

#include "services/bundles/timer_int.h"
#include "wire/generated/blocks_fb.h"

struct bundles_ingest {
	struct gn_frame_op op;
	struct bundles_ingest *next;
	uint8_t *data;     /* owned: the block being filled or stored */
	uint32_t len, put; /* bytes in it; chunks of it handed to the store */
	bool storing, ending,
		/* the block is being handed over; no more data comes; the owner waits for an
		 * event */
		stalled;
	struct gn_hash leaves[GN_BLOCK_CHUNKS], block;
	unsigned pending;       /* chunks on their way to the disk */
	struct gn_hash *blocks; /* owned */
	bool *was_own;          /* owned: pinned before, so not ours to unpin */
	size_t count, cap;
	uint64_t size;
	struct gn_hash root;
};

enum bundles_target_state {
	TARGET_NEW,
	TARGET_ASKED,
	TARGET_SENDING,
	TARGET_WAITING,
	TARGET_KEPT,
	TARGET_REFUSED
};
struct bundles_target {
	struct bundles_timer timer;
	struct bundles_job *job;
	struct gn_contact contact;
	enum bundles_target_state state;
	uint64_t request;
	uint32_t missing, inflight; /* bits of chunks to send; chunks not acknowledged */
	/* times it said so; that all was sent and no receipt came */
	unsigned busy, rounds;
	/* last sign of it; of each chunk on its way, else 0 */
	gn_time heard, sent[GN_BLOCK_CHUNKS];
	gn_err err;
};
struct bundles_job { /* one block on its way */
	struct bundles_spread *spread;
	uint64_t id;
	struct gn_hash block;
	uint32_t len;
	gn_op find; /* 0: found */
	bool loading, active;
	unsigned kept; /* copies with receipt, our own among them */
	uint32_t target_count;
	struct bundles_target targets[BUNDLES_HOLDERS];
};
struct bundles_spread {
	struct gn_frame_op op;
	struct bundles_spread *next_spread;
	struct bundles_timer timer; /* next round */
	uint8_t *blocks;            /* owned */
	size_t count, next;         /* blocks; next to get a job */
	unsigned copies, jobs;
	uint64_t keep_until;
	uint64_t done; /* copies made in this round */
	gn_err round_err;
	bool running, silent; /* a round is on; rounds after the first have no events */
};

/* ---- ingest ---- */

void bundles_ingests_run(struct gn_bundles *b);
void bundles_ingest_stored(struct gn_bundles *b, const struct gn_blocks_event *e);
/* Not ended: what it pinned is let go. */
void bundles_ingest_free(struct gn_bundles *b, struct bundles_ingest *in);

/* ---- spread ---- */

GN_MUST gn_err bundles_spread_start(struct gn_bundles *b, struct gn_slice blocks, unsigned copies,
				    uint64_t keep_until, gn_op *op);
void bundles_spread_run(struct gn_bundles *b);
void bundles_spread_due(struct gn_bundles *b, struct bundles_spread *s);
void bundles_spread_free(struct gn_bundles *b, struct bundles_spread *s);
void bundles_job_found(struct gn_bundles *b, struct bundles_job *job,
		       const struct gn_overlay_event *e);
void bundles_job_loaded(struct gn_bundles *b, const struct gn_blocks_event *e);
void bundles_target_due(struct gn_bundles *b, struct bundles_target *t);
struct bundles_target *bundles_target_get(const struct gn_bundles *b, uint64_t request,
					  const struct gn_pk *from);
void bundles_on_target_ack(struct gn_bundles *b, struct bundles_target *t,
			   struct gn_fb_chunk_ack m);
void bundles_on_target_has(struct gn_bundles *b, struct bundles_target *t,
			   struct gn_fb_block_has m);
void bundles_spread_peer_lost(struct gn_bundles *b, const struct gn_pk *pk);

#endif
