/* What the files of the transfer engine share: transfer.h.
 *
 *   offer.c   sender: reads and hashes all, makes the manifest, keeps the state; or takes it up
 *   give.c    sender: the stream
 *   place.c   receiver: names, what is there already, the end
 *   keep.c    receiver: what is durable, and its record; or takes it up
 *   take.c    receiver: the stream
 *   stream.c  of both: frames out, the manifest's blocks, ends */
#ifndef GN_TRANSFER_ENGINE_INT_H
#define GN_TRANSFER_ENGINE_INT_H

#include "records/manifest.h"
#include "services/transfer/frame_int.h"
#include "services/transfer/saved_int.h"

#define SAVED_TOKEN 64u
#define KEEP_TOKEN 65u
#define STEP_TOKEN 66u

struct transfer_counts {
#define X(name) uint64_t name;
#include "services/transfer/counters.def"
#undef X
};

/* One request after another: NONE -> DUE -> OUT -> NONE. */
enum step { STEP_NONE, STEP_DUE, STEP_OUT };

/* The frame that goes out: its head, with a BLOCK's body, and the body behind it. */
struct transfer_out {
	uint8_t head[FRAME_HEAD + BLOCK_MAX];
	size_t head_len, head_at, body_len, body_at;
	const uint8_t *body; /* borrowed until the next frame */
};

/* ---- sender ---- */

/* STAT -> HASH -> SAVE -> READY; by gn_transfer_again READY at once */
enum offer_phase { OFFER_STAT, OFFER_HASH, OFFER_SAVE, OFFER_READY };
/* NONE -> MANIFEST -> HAVE -> BLOCKS -> END; any -> NONE [cut] */
enum give_stream { GIVE_NONE, GIVE_MANIFEST, GIVE_HAVE, GIVE_BLOCKS, GIVE_END };

struct give_file { /* in order of path */
	struct gn_slice path, source;
	uint64_t size;
	int64_t mtime;
};
/* FREE -> DUE -> OUT -> FULL -> FREE [all is sent, or hashed]; stale: the stream of it is cut */
enum read_state { READ_FREE, READ_DUE, READ_OUT, READ_FULL };
struct transfer_read {
	enum read_state state;
	bool stale;
	uint32_t file, block, len; /* block of the file, and its bytes */
	uint8_t *data;             /* owned, GN_BLOCK */
	struct gn_hash leaves[GN_BLOCK_CHUNKS];
};
struct transfer_give {
	struct give_file *files; /* owned; sources and paths in arena */
	uint8_t *arena;          /* owned */
	enum offer_phase phase;
	uint32_t file, block;   /* STAT, HASH: the next; SAVE: the next file */
	size_t piece;           /* SAVE: bytes of the manifest that are put */
	struct gn_hash *hashes; /* HASH: owned; of all blocks */
	enum give_stream stream;
	uint32_t heard_file; /* HAVE: files below were told of */
	uint32_t next;       /* of all blocks, the next to be read */
	uint32_t checked;    /* files below are as they were offered: in this stream */
	struct transfer_read reads[TRANSFER_AHEAD];
	unsigned head, busy; /* reads that are in order of blocks */
	uint32_t said;       /* of the first: 0 nothing, 1 + chunks */
};

/* ---- receiver ---- */

/* NONE -> ASK -> NAMES -> HEAD -> MAKE -> TAKE -> EMPTY -> DRAIN -> SYNC -> WHOLE -> RENAME ->
 * ENDED;
 * a state was there: NONE -> CHECK -> TAKE, or from WHOLE on at once */
enum take_phase {
	TAKE_NONE,
	TAKE_ASK,
	TAKE_NAMES, /* STAT: whose "name.part" is free */
	TAKE_HEAD,  /* the state begins */
	TAKE_MAKE,
	TAKE_CHECK, /* what is there after a kill */
	TAKE_TAKE,
	TAKE_EMPTY, /* files without bytes */
	TAKE_DRAIN, /* keep.c does what it has to do */
	TAKE_SYNC,  /* names, too */
	TAKE_WHOLE, /* the record of it */
	TAKE_RENAME,
	TAKE_ENDED
};
/* NONE -> MANIFEST -> HAVE -> BLOCKS -> TOLD [DONE]; any -> NONE [cut] */
enum hear_stream { HEAR_NONE, HEAR_MANIFEST, HEAR_HAVE, HEAR_BLOCKS, HEAR_TOLD };

/* MISSING -> RECEIVED [all chunks were right] -> WRITTEN -> SYNCING -> SYNCED */
enum block_state { BLOCK_MISSING, BLOCK_RECEIVED, BLOCK_WRITTEN, BLOCK_SYNCING, BLOCK_SYNCED };
#define BLOCK_SKIPPED BLOCK_SYNCED /* sender: the receiver has it */

enum slot_state { SLOT_FREE, SLOT_FILLING, SLOT_DUE, SLOT_OUT };
struct transfer_slot {
	enum slot_state state;
	uint32_t block, file, len; /* block of all */
	uint64_t offset;
	uint8_t *data; /* in pool */
};
enum keep_step { KEEP_IDLE, KEEP_DUE, KEEP_OUT, KEEP_RECORD };
struct transfer_top {
	uint32_t file, name_len; /* the first of it */
	uint16_t part, made;     /* numbers: of "name.part", and of what it became */
	bool is_folder, renamed;
};
struct transfer_take {
	enum take_phase phase;
	enum hear_stream stream;
	bool resumed;          /* a state was there, */
	bool whole;            /* which says that all is durable; */
	bool recorded;         /* this one says so */
	struct gn_hash wanted; /* and of which manifest */
	uint16_t *parts;       /* and these numbers: owned, part_count */
	uint8_t *runs;         /* and what was durable: owned, run_bytes */
	size_t part_count, run_bytes;
	uint32_t top, file, block; /* cursors of phases */
	uint32_t number;
	uint32_t file_blocks; /* CHECK: whole ones in the file; UINT32_MAX: not known */
	uint8_t *bytes;       /* owned: the manifest as it comes */
	size_t bytes_cap;
	uint8_t *pool;
	struct transfer_slot slots[TRANSFER_SLOTS];
	struct transfer_slot *filling;
	/* the block that comes: */
	bool open;
	uint32_t open_block, open_file, open_chunk, open_chunks;
	struct gn_hash leaves[GN_BLOCK_CHUNKS];
	uint32_t have_file;     /* HAVE: the next to be told of */
	uint8_t bits[HAVE_MAX]; /* of it */
	uint32_t missing;       /* blocks below WRITTEN */
	enum keep_step keep;
	uint64_t unsynced; /* bytes */
	gn_time keep_at;
};

struct gn_transfer {
	struct gn_env env;
	bool sends, over;
	struct transfer_counts count;
	uint8_t note[TRANSFER_NOTE_MAX];
	size_t note_len;
	struct gn_transfer_secret secret;
	bool paired, secret_due; /* secret_due: not in the state yet */

	struct gn_transfer_frame in;
	uint8_t small[HAVE_MAX]; /* a body but MANIFEST and CHUNK */
	struct transfer_out out;
	bool stop_due;
	uint8_t stop_code;

	uint32_t told; /* events that wait, by kind */
	gn_err err;
	bool by_peer;
	char why[GN_TRANSFER_WHY];

	struct gn_manifest *manifest; /* owned */
	struct gn_hash manifest_hash;
	uint32_t count_files, blocks, top_count;
	uint32_t *first; /* owned: count_files + 1: the first block of each file, of all */
	uint8_t *block;  /* owned: enum block_state of all */
	struct transfer_top *tops; /* owned */
	uint64_t bytes, hashed, done;

	struct transfer_saved saved;
	enum step step;
	bool step_stale; /* what is out is of a stream that is cut */
	struct transfer_give give;
	struct transfer_take take;
};

/* ---- stream.c ---- */

/* It is over: err is told to the owner, and, if a stream is there, to the other. file: which it is
 * about, or empty; sentence: NULL: err's. */
void transfer_end(struct gn_transfer *t, gn_err err, struct gn_slice file, const char *sentence);
void transfer_heard_stop(struct gn_transfer *t, struct gn_slice body);
void transfer_tell(struct gn_transfer *t, enum gn_transfer_event_kind kind);
/* The next frame that goes out. */
void transfer_say(struct gn_transfer *t, enum frame_type type, struct gn_slice head,
		  struct gn_slice body);
/* NULL, or what is wrong with the path for a receiver. */
const char *transfer_path_fault(struct gn_slice path);
/* Counts blocks, bytes and first names of t->manifest. GN_NOMEM, GN_LIMIT, GN_PROTOCOL (packs, a
 * path that is not allowed). */
GN_MUST gn_err transfer_index(struct gn_transfer *t);
/* Which file a block of all is of. */
uint32_t transfer_file_of(const struct gn_transfer *t, uint32_t block);
struct gn_slice transfer_top_name(const struct gn_transfer *t, const struct transfer_top *top);
/* The secret, if it is to be kept and the state is idle. True: it is on its way. */
bool transfer_secret_save(struct gn_transfer *t);
/* Hashes a block that was read; false: it is not that one. */
bool transfer_block_right(const struct gn_bundle_file *file, uint32_t block, struct gn_slice data,
			  struct gn_hash leaves[GN_BLOCK_CHUNKS]);
/* Of a block that was read: its leaves, and what it is. */
void transfer_hash(struct gn_slice data, struct gn_hash leaves[GN_BLOCK_CHUNKS],
		   struct gn_hash *root);

/* ---- offer.c ---- */

GN_MUST gn_err offer_new(struct gn_transfer *t, const struct gn_transfer_file *files, size_t count,
			 char why[256]);
GN_MUST gn_err offer_again(struct gn_transfer *t, struct gn_slice state);
void offer_step(struct gn_transfer *t, gn_time now);
bool offer_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token);
void offer_done(struct gn_transfer *t, uint64_t token, gn_err err,
		const struct gn_transfer_result *result);
void offer_fini(struct gn_transfer *t);
/* The file is not what it was. */
void offer_changed(struct gn_transfer *t, uint32_t file);

/* ---- give.c ---- */

void give_begin(struct gn_transfer *t);
void give_cut(struct gn_transfer *t);
void give_step(struct gn_transfer *t);
bool give_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token);
void give_done(struct gn_transfer *t, uint64_t token, gn_err err,
	       const struct gn_transfer_result *result);
bool give_waits(const struct gn_transfer *t); /* it is the receiver's turn */
uint32_t give_allowed(const struct gn_transfer *t);
void give_heard(struct gn_transfer *t);
/* False: no frame is to be said now. */
bool give_say(struct gn_transfer *t);

/* ---- place.c ---- */

void place_begin(struct gn_transfer *t); /* a manifest is there */
void place_accept(struct gn_transfer *t);
void place_step(struct gn_transfer *t);
bool place_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token);
void place_done(struct gn_transfer *t, gn_err err, const struct gn_transfer_result *result,
		gn_time now);
/* Where file's bytes are while it comes. */
void place_part(const struct gn_transfer *t, uint32_t file, char out[GN_TRANSFER_NAME_MAX]);
void place_made(const struct gn_transfer *t, const struct transfer_top *top,
		char out[GN_TRANSFER_NAME_MAX]);

/* ---- keep.c ---- */

/* A block is written now. */
void keep_written(struct gn_transfer *t, uint32_t block, gn_time now);
void keep_step(struct gn_transfer *t, gn_time now);
bool keep_request(struct gn_transfer *t, struct gn_transfer_request *out);
void keep_done(struct gn_transfer *t);
bool keep_idle(const struct gn_transfer *t);
/* The state's first records. */
void keep_head(struct gn_transfer *t);
GN_MUST gn_err keep_again(struct gn_transfer *t, struct gn_slice state);
/* What the state says was durable, now that the blocks are known. GN_CORRUPT. */
GN_MUST gn_err keep_runs(struct gn_transfer *t);

/* ---- take.c ---- */

void take_begin(struct gn_transfer *t);
void take_cut(struct gn_transfer *t);
bool take_busy(const struct gn_transfer *t);  /* chunks are on their way to the disk */
bool take_waits(const struct gn_transfer *t); /* it is the sender's turn, and there is room */
bool take_request(struct gn_transfer *t, struct gn_transfer_request *out, uint64_t *token);
void take_done(struct gn_transfer *t, uint64_t token, gn_time now);
uint32_t take_allowed(const struct gn_transfer *t);
/* Where the body goes of which more bytes come; NULL: not now. */
uint8_t *take_room(struct gn_transfer *t, size_t more);

void take_heard(struct gn_transfer *t);
bool take_say(struct gn_transfer *t);
void take_fini(struct gn_transfer *t);

#endif
