/* Storage engines: a keyed record log with group commit, and content-addressed blocks. Pure:
 * they emit disk requests and take completions; the node performs them on worker threads, the
 * simulator on a disk that fails. All files lie under one data directory; a crash at any write
 * loses nothing that was reported durable, and damaged bytes are found by their checksum or
 * hash, counted, and never handed out. */
#ifndef GN_STORE_STORE_H
#define GN_STORE_STORE_H

#include "base/base.h"
#include "crypto/crypto.h"
#include "records/tree.h"

/* ---- disk requests: all that are out at one time may be performed at once and in any order
 * ---- */

enum gn_disk_op {
	/* entries of a directory, folders too, as lines "size name\n"; a missing directory is
	 * empty */
	GN_DISK_LIST,
	/* up to len bytes at offset; a short answer is the end of the file; a missing file is
	 * GN_NOT_FOUND */
	GN_DISK_READ,
	GN_DISK_WRITE,    /* all of data at offset; creates file (0600) and directories (0700) */
	GN_DISK_SYNC,     /* the file's data and its directory entry are durable */
	GN_DISK_TRUNCATE, /* to len bytes */
	GN_DISK_RENAME,   /* name -> name2, replaces name2, atomic; then durable */
	GN_DISK_REMOVE,   /* a missing file is no error; then durable */
};

#define GN_DISK_NAME_MAX 128 /* bytes with terminator; relative, '/' separated, no '..' */

struct gn_disk_request {
	enum gn_disk_op op;
	uint64_t token; /* names the completion; unique within the engine that asked */
	char name[GN_DISK_NAME_MAX], name2[GN_DISK_NAME_MAX];
	uint64_t offset, len;
	struct gn_slice data; /* WRITE: borrowed until its completion */
};

/* ---- the record log: 32-byte key -> value, newest wins ---- */

struct gn_kv;

struct gn_kv_config {
	const char *dir; /* folder under the data directory; borrowed */
	/* 0 takes the default. */
	/* 16 MiB; past it the log goes on in a new file. While half of the log is dead, the
	 * oldest is compacted away */
	uint64_t segment_bytes;
	uint32_t value_max;   /* 72 KiB */
	uint32_t entries_max; /* 200,000 */
	uint64_t bytes_max;   /* live bytes; 2 GiB; the files take up to twice that */
};

GN_MUST gn_err gn_kv_new(const struct gn_env *env, const struct gn_kv_config *config,
			 struct gn_kv **out);
void gn_kv_free(struct gn_kv *kv);
/* Begins recovery: ENTRY events for every live value, then READY. Torn tails are cut, damaged
 * entries counted and skipped. READY with an error (the folder cannot be listed, more entries
 * than entries_max, no memory): nothing was changed on disk and every call below answers
 * GN_STATE, as it does before READY. */
void gn_kv_start(struct gn_kv *kv, gn_time now);
/* Queued and written together with others (group commit); ends in a STORED event with `ticket`
 * once durable, or with the error of the disk; then it is unknown whether a restart finds the
 * value (the old one stays in use until then). The value is copied. GN_TOO_LARGE over value_max,
 * GN_NO_SPACE over entries_max or bytes_max, GN_BUSY when too much is queued. */
GN_MUST gn_err gn_kv_put(struct gn_kv *kv, const struct gn_hash *key, struct gn_slice value,
			 uint64_t ticket, gn_time now);
/* What is durable now. GN_NOT_FOUND at once, GN_BUSY; else ends in LOADED: the value, GN_CORRUPT
 * or the disk's error. */
GN_MUST gn_err gn_kv_load(struct gn_kv *kv, const struct gn_hash *key, uint64_t ticket,
			  gn_time now);
/* True when a durable value is there; len may be NULL. */
bool gn_kv_have(const struct gn_kv *kv, const struct gn_hash *key, uint32_t *len);
/* As a put: ends in STORED. ticket 0: no event. GN_NOT_FOUND when there is neither a value nor a
 * put of it on its way. */
GN_MUST gn_err gn_kv_drop(struct gn_kv *kv, const struct gn_hash *key, uint64_t ticket,
			  gn_time now);
void gn_kv_tick(struct gn_kv *kv, gn_time now);
gn_time gn_kv_deadline(const struct gn_kv *kv);
bool gn_kv_next_request(struct gn_kv *kv, struct gn_disk_request *out);
/* Nothing is queued and no request is out, so that it may be freed without losing a put. */
bool gn_kv_idle(const struct gn_kv *kv);
/* data: READ and LIST answers, borrowed for the call. */
void gn_kv_done(struct gn_kv *kv, uint64_t token, gn_err err, struct gn_slice data, gn_time now);

enum gn_kv_event_kind { GN_KV_ENTRY, GN_KV_READY, GN_KV_STORED, GN_KV_LOADED };
struct gn_kv_event {
	enum gn_kv_event_kind kind;
	uint64_t ticket;
	gn_err err;
	struct gn_hash key;
	struct gn_slice value; /* ENTRY, LOADED; valid until the next call on kv */
};
bool gn_kv_next_event(struct gn_kv *kv, struct gn_kv_event *out);
struct gn_kv_info {
	uint64_t live_bytes, file_bytes;
	uint32_t entries, segments;
	uint64_t torn; /* unfinished tails that were cut at the start */
	/* entries, stretches and files found damaged since the start, and not used */
	uint64_t corrupt;
	uint64_t compacted; /* segments */
	bool ready;
};
void gn_kv_info(const struct gn_kv *kv, struct gn_kv_info *out);
void gn_kv_validate(const struct gn_kv *kv);

/* ---- chunks and blocks (records.md: 64 KiB chunks are leaves, 16 chunks are a block of 1 MiB
 * under its subtree root) ---- */

/* Chunks of a block of so many bytes; of 0 bytes 0. */
static inline uint32_t gn_block_chunks(uint32_t len)
{
	return (len + GN_CHUNK - 1) / GN_CHUNK;
}

/* Is this chunk `index` of the block of block_len bytes? GN_RANGE: no block has such a chunk;
 * GN_HASH: it does not prove itself. The last chunk so proves the length. */
GN_MUST gn_err gn_block_check(const struct gn_hash *block, uint32_t block_len, uint32_t index,
			      const struct gn_hash *proof, size_t proof_len, struct gn_slice chunk);

struct gn_blocks;

struct gn_blocks_config {
	const char *dir;
	uint64_t bytes_max;  /* of all blocks; 0: keeps no block at all */
	uint64_t cached_max; /* of cached ones among them; 0: no bound of their own */
};

enum gn_block_keep {
	GN_BLOCK_CACHE, /* may go when room is needed, least recently read first */
	GN_BLOCK_HELD,  /* promised to the network until keep_until */
	GN_BLOCK_OWN,   /* pinned by this node's own publications */
};

GN_MUST gn_err gn_blocks_new(const struct gn_env *env, const struct gn_blocks_config *config,
			     struct gn_blocks **out);
void gn_blocks_free(struct gn_blocks *b);
/* The clock that promises end by, less `now` (overlay: the time of records). However it moves, a
 * block held is kept for a week of running time after its promise seems to be over. */
void gn_blocks_clock(struct gn_blocks *b, gn_time clock);
/* Lists what is there, then READY. */
void gn_blocks_start(struct gn_blocks *b, gn_time now);
/* One chunk of a block of `block_len` bytes, verified here (GN_HASH when the proof fails) and
 * copied. All chunks but the last have GN_CHUNK bytes (GN_RANGE). Ends in STORED; `complete`
 * tells that every chunk of the block is durable now. GN_NO_SPACE when full and nothing may go,
 * GN_BUSY when too much is under way. A chunk that is there already ends at once. `keep` and
 * `keep_until` (Unix seconds; HELD: promised until, OWN: not asked about before) raise why the
 * block is kept, never lower it. */
GN_MUST gn_err gn_blocks_put(struct gn_blocks *b, const struct gn_hash *block, uint32_t block_len,
			     uint32_t index, const struct gn_hash *proof, size_t proof_len,
			     struct gn_slice chunk, enum gn_block_keep keep, uint64_t keep_until,
			     uint64_t ticket, gn_time now);
/* GN_NOT_FOUND at once when the chunk is not there, GN_BUSY; else ends in LOADED with the chunk
 * and its proof, checked again against the block's hash after reading: GN_CORRUPT removes the
 * block. Chunks of incomplete blocks can be loaded too. */
GN_MUST gn_err gn_blocks_load(struct gn_blocks *b, const struct gn_hash *block, uint32_t index,
			      uint64_t ticket, gn_time now);
/* True when complete; len may be NULL. */
bool gn_blocks_have(const struct gn_blocks *b, const struct gn_hash *block, uint32_t *len);
/* True when chunk `index` is durable. */
bool gn_blocks_have_chunk(const struct gn_blocks *b, const struct gn_hash *block, uint32_t index);
/* The length of a block whose last chunk is durable: that chunk proves it. 0 when nothing does. */
uint32_t gn_blocks_proven_len(const struct gn_blocks *b, const struct gn_hash *block);
/* Why and until when (Unix seconds, 0 of cache; until may be NULL) a block is kept, complete or
 * not; false when there is none of it. */
bool gn_blocks_kept(const struct gn_blocks *b, const struct gn_hash *block,
		    enum gn_block_keep *keep, uint64_t *until);
/* Raises or lowers why a block is kept; durable soon after, without an event. GN_NOT_FOUND. */
GN_MUST gn_err gn_blocks_keep(struct gn_blocks *b, const struct gn_hash *block,
			      enum gn_block_keep keep, uint64_t keep_until, gn_time now);
/* Removes a block that nobody was promised and nobody needs: its file goes as soon as nothing
 * reads it. GN_NOT_FOUND, GN_STATE before READY. */
GN_MUST gn_err gn_blocks_drop(struct gn_blocks *b, const struct gn_hash *block);
/* Cached ones may take so many bytes from now on, 0: none; those above go. */
void gn_blocks_cached_max(struct gn_blocks *b, uint64_t bytes);
void gn_blocks_tick(struct gn_blocks *b, gn_time now);
gn_time gn_blocks_deadline(const struct gn_blocks *b);
bool gn_blocks_next_request(struct gn_blocks *b, struct gn_disk_request *out);
bool gn_blocks_idle(const struct gn_blocks *b);
void gn_blocks_done(struct gn_blocks *b, uint64_t token, gn_err err, struct gn_slice data,
		    gn_time now);

enum gn_blocks_event_kind { GN_BLOCKS_READY, GN_BLOCKS_STORED, GN_BLOCKS_LOADED };
struct gn_blocks_event {
	enum gn_blocks_event_kind kind;
	uint64_t ticket;
	gn_err err;
	struct gn_hash block;
	uint32_t index, block_len;
	bool complete;
	struct gn_slice chunk; /* valid until the next call on b */
	struct gn_hash proof[GN_PROOF_MAX];
	size_t proof_len;
};
bool gn_blocks_next_event(struct gn_blocks *b, struct gn_blocks_event *out);
struct gn_blocks_info {
	uint64_t bytes, bytes_max;  /* as on disk */
	uint64_t cached;            /* bytes that may go */
	uint32_t blocks, own, held; /* complete ones */
	uint32_t partial;
	uint64_t corrupt, evicted;
	bool ready;
};
void gn_blocks_info(const struct gn_blocks *b, struct gn_blocks_info *out);
/* Walks the blocks, i = 0..; false past the end. len is 0 for a block that is not complete.
 * Order changes with removals. */
bool gn_blocks_at(const struct gn_blocks *b, uint32_t i, struct gn_hash *block, uint32_t *len,
		  enum gn_block_keep *keep);
void gn_blocks_validate(const struct gn_blocks *b);

#endif
