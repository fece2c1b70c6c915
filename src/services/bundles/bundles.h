/* Bundles: directories as signed, content-addressed, streamable sites (records.md Sites and
 * files).
 *
 *   file -> 64 KiB chunks -> blocks of 16 -> root
 *   files -> manifest
 *   site head record (owner, label) -> manifest
 *
 * Manifests and head records are made and checked by records/manifest.h and records/head.h (the
 * command line signs with them; private keys are never in the engine). The engine keeps and serves
 * blocks, spreads them to the C nodes nearest to their hash, and reads any range of any file as a
 * stream of verified bytes, from this node's blocks or other nodes'. It uses the overlay to find
 * nodes, the block store to keep bytes, and speaks messages of its own ("GNBK", one chunk at a
 * time) to peers. */
#ifndef GN_SERVICES_BUNDLES_H
#define GN_SERVICES_BUNDLES_H

#include "overlay/overlay.h"
#include "records/head.h"
#include "records/manifest.h"
#include "store/store.h"

struct gn_bundles;
struct gn_bundles_config {
	struct gn_overlay *overlay;
	struct gn_blocks *blocks;
	struct gn_sk node_key; /* signs receipts of kept blocks */
	/* kept for others; 0: refuses to keep blocks (GN_NO_SPACE to the sender) */
	uint64_t peer_bytes_max;
	uint32_t reads_max; /* default 64 readers */
	uint32_t ahead;     /* chunks fetched before they are taken, per reader; default 24 */
	/* peers on loopback and private addresses have prefix shares too (BU-19) */
	bool count_local;
	bool no_cache;    /* do not keep what readers fetch as GN_BLOCK_CACHE */
	gn_time respread; /* between two rounds of what was spread; default 1 h */
	/* Bytes that would leave for a peer at once if they were given now: a chunk is read from
	 * the disk only when it would (BU-10). NULL: there is always room. */
	size_t (*room)(void *user, const struct gn_pk *peer);
	/* Does the owner refuse this block, file or site: neither kept nor given (BU-28)? NULL: it
	 * refuses none. */
	bool (*refuses)(void *user, const struct gn_hash *hash);
	void *user;
};
GN_MUST gn_err gn_bundles_new(const struct gn_env *env, const struct gn_bundles_config *config,
			      struct gn_bundles **out);
/* Before the overlay and the block store that it uses. */
void gn_bundles_free(struct gn_bundles *b);

gn_err gn_bundles_recv(struct gn_bundles *b, const struct gn_pk *from, const struct gn_addr *addr,
		       struct gn_slice message, gn_time now);
void gn_bundles_peer_down(struct gn_bundles *b, const struct gn_pk *pk, gn_err why, gn_time now);
/* The peer may take more than when config.room was last asked: it is looked at in the next tick
 * (BU-10). */
void gn_bundles_room(struct gn_bundles *b, const struct gn_pk *pk, gn_time now);
bool gn_bundles_overlay_event(struct gn_bundles *b, const struct gn_overlay_event *event,
			      gn_time now);
bool gn_bundles_blocks_event(struct gn_bundles *b, const struct gn_blocks_event *event,
			     gn_time now);
void gn_bundles_tick(struct gn_bundles *b, gn_time now);
gn_time gn_bundles_deadline(const struct gn_bundles *b);
/* From now on so many bytes are kept for others; what was promised stays until its end. serves:
 * false: of blocks that are not our own nobody gets any (BU-28). */
void gn_bundles_give(struct gn_bundles *b, uint64_t peer_bytes_max, bool serves, gn_time now);
/* The owner refuses this hash: a block of it goes, even if it was promised. One that a kept version
 * of ours needs stays, and is not given. */
void gn_bundles_forget(struct gn_bundles *b, const struct gn_hash *hash, gn_time now);
uint64_t gn_bundles_held_bytes(const struct gn_bundles *b); /* promised to others */
/* To peers; always reliable. False when none. */
bool gn_bundles_next_message(struct gn_bundles *b, struct gn_overlay_message *out);

/* Put a local file's bytes into the block store, pinned: begin, data (GN_AGAIN: wait for an
 * INGEST event and give the rest again: *taken tells how much was taken), end. The INGESTED
 * event carries root, blocks and size. */
GN_MUST gn_err gn_bundles_ingest(struct gn_bundles *b, gn_time now, gn_op *op);
GN_MUST gn_err gn_bundles_ingest_data(struct gn_bundles *b, gn_op op, struct gn_slice data,
				      size_t *taken, gn_time now);
GN_MUST gn_err gn_bundles_ingest_end(struct gn_bundles *b, gn_op op, gn_time now);

/* BU-20. These blocks (n * 32 bytes) belong to a version that is kept: counted, and never let go
 * while they are. Disown takes the count back; what nobody needs then and no publication has
 * just taken in goes at once: not to be called before every version that is kept has been named.
 * The same slice for both. GN_USAGE, GN_NOMEM. */
GN_MUST gn_err gn_bundles_own(struct gn_bundles *b, struct gn_slice blocks, gn_time now);
void gn_bundles_disown(struct gn_bundles *b, struct gn_slice blocks, gn_time now);
/* Every version that is kept has been named: from now on own blocks that nobody needs go, a day
 * after they were taken in. all: those of older programs too, whose names do not say when that
 * was. */
void gn_bundles_collect(struct gn_bundles *b, bool all, gn_time now);

/* Send blocks (n * 32 bytes, all here and complete) to the `copies` nearest nodes that keep
 * them, with receipts. PROGRESS events, then SPREAD: GN_OK when every block has its copies (this
 * node counts when it is among the nearest and keeps blocks), GN_QUORUM when too few nodes could
 * be found or would keep it: done / total says how many copies there are. After that the same is
 * done again every config.respread until keep_until (Unix seconds; holders promise at most 30
 * days at a time), without events, until the op is cancelled. GN_NOT_FOUND a block is not here,
 * GN_LIMIT. */
GN_MUST gn_err gn_bundles_spread(struct gn_bundles *b, struct gn_slice blocks, unsigned copies,
				 uint64_t keep_until, gn_time now, gn_op *op);

/* Read [off, off + len) of a file known by its root, blocks and size. READABLE events; take
 * bytes with read_next. */
GN_MUST gn_err gn_bundles_read(struct gn_bundles *b, const struct gn_bundle_file *file,
			       uint64_t off, uint64_t len, gn_time now, gn_op *op);
/* The next verified bytes in order (at most a chunk), valid until the next call on b. GN_AGAIN:
 * wait for READABLE. GN_OK with len 0: the end, and the reader is gone. Any other error: it
 * failed and is gone. */
GN_MUST gn_err gn_bundles_read_next(struct gn_bundles *b, gn_op op, struct gn_slice *out,
				    gn_time now);

struct gn_bundles_site {
	const struct gn_pk *owner;
	struct gn_slice label;
	uint64_t version; /* 0: the newest; else one of head.previous */
	bool fresh;       /* no cached head */
};
/* The newest head of a site (cached for 30 s unless fresh) and the manifest of the version. OPENED
 * event: GN_NOT_FOUND no such site or version, GN_QUORUM, GN_TIMEOUT, GN_MALFORMED, GN_BUSY it gave
 * way to others (BU-27). GN_LIMIT: no place, and none gave way. */
GN_MUST gn_err gn_bundles_open(struct gn_bundles *b, const struct gn_bundles_site *site,
			       gn_time now, gn_op *op);
/* A head that the network has just taken from here: the newest known, unless a newer one is
 * cached. What does not verify is nothing. */
void gn_bundles_head_put(struct gn_bundles *b, struct gn_slice record, gn_time now);
/* Until when (Unix seconds) the last head of the site that was seen here is good; 0: none was. */
uint64_t gn_bundles_head_expires(const struct gn_bundles *b, const struct gn_pk *owner,
				 struct gn_slice label);
void gn_bundles_cancel(struct gn_bundles *b, gn_op op, gn_time now);

/* Checking a large manifest takes seconds and touches nothing of the engine: the owner takes it
 * out, runs it where it stops nobody (a worker thread), and gives it back. The smallest first,
 * BUNDLES_WORKS out at a time. All must be back before gn_bundles_free. */
struct gn_bundles_work;
/* NULL: none, or enough are out */
struct gn_bundles_work *gn_bundles_next_work(struct gn_bundles *b);
void gn_bundles_work_run(struct gn_bundles_work *work); /* on any thread */
void gn_bundles_work_done(struct gn_bundles *b, struct gn_bundles_work *work, gn_time now);

/* Who is charged for what is kept for others, to be known again after a restart (BU-24): the
 * owner keeps the bytes in a file, writes them when `changes` has changed, and loads them once
 * the block store is READY. Save needs _len bytes of room in out; a file has _max at most. Load:
 * GN_MALFORMED, GN_VERSION; what was read before the fault stands. */
uint64_t gn_bundles_brought_changes(const struct gn_bundles *b);
size_t gn_bundles_brought_len(const struct gn_bundles *b);
size_t gn_bundles_brought_max(const struct gn_bundles *b);
void gn_bundles_brought_save(struct gn_bundles *b, gn_time now, struct gn_buf *out);
GN_MUST gn_err gn_bundles_brought_load(struct gn_bundles *b, struct gn_slice in, gn_time now);

enum gn_bundles_event_kind {
	GN_BUNDLES_INGEST,
	GN_BUNDLES_INGESTED,
	GN_BUNDLES_PROGRESS,
	GN_BUNDLES_SPREAD,
	GN_BUNDLES_READABLE,
	GN_BUNDLES_OPENED
};
struct gn_bundles_event {
	enum gn_bundles_event_kind kind;
	gn_op op;
	gn_err err;
	struct gn_hash root;    /* INGESTED */
	struct gn_slice blocks; /* INGESTED, valid until the next call */
	uint64_t size;          /* INGESTED */
	uint64_t done, total;   /* PROGRESS, SPREAD: copies of blocks with receipt; wanted */
	const struct gn_manifest
		/* OPENED: borrowed, valid until the engine's next tick or open; find files at
		 * once */
		*manifest;
	struct gn_slice head; /* OPENED: the head record's bytes */
	/* OPENED: of the head, when it is the cache's; 0: the network has just said so */
	gn_time age;
};
bool gn_bundles_next_event(struct gn_bundles *b, struct gn_bundles_event *out);

bool gn_bundles_counter_at(const struct gn_bundles *b, size_t i, struct gn_counter *out);
/* What peers share here, to be shown; false past the last. */
bool gn_bundles_share_at(const struct gn_bundles *b, size_t i, struct gn_share_view *out);
void gn_bundles_validate(const struct gn_bundles *b);

#endif
