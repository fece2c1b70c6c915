/* State of the block store, shared by its files: block.c (one block among the others),
 * blocks_disk.c (requests), blocks_start.c, blocks.c (calls, events). */
#ifndef GN_STORE_BLOCKS_INT_H
#define GN_STORE_BLOCKS_INT_H

#include "store/limits.h"
#include "store/store.h"

#define BLOCK_PROOF_LEN (GN_PROOF_MAX * 32u) /* bytes before each chunk in the file */
/* chunk i is at i * BLOCK_SLOT, behind its proof */
#define BLOCK_SLOT (BLOCK_PROOF_LEN + GN_CHUNK)
#define BLOCK_FILE_MAX (GN_BLOCK_CHUNKS * BLOCK_SLOT) /* bytes */

/* What the name of a block's file says. */
struct block_name {
	uint32_t len; /* of the block, bytes */
	enum gn_block_keep keep;
	uint64_t until; /* Unix seconds; 0 unless HELD */
	bool part;      /* not complete */
};

enum block_phase { BLOCK_IDLE, BLOCK_SYNC, BLOCK_RENAME, BLOCK_REMOVE };

struct block {
	struct gn_hash hash;
	uint32_t len;
	uint16_t have; /* chunks that are durable, bit i = chunk i */
	enum gn_block_keep keep;
	uint64_t until;
	struct block_name disk, target; /* the name it has; the one it is being given */
	enum block_phase phase;         /* request out */
	uint64_t token;
	uint32_t reads, writes, puts_wanted; /* requests out; puts not begun */
	bool exists;                         /* a file may be there */
	bool dirty;                          /* chunks are written and not synced */
	bool doomed;                         /* to be removed; no longer counted */
	bool lapsed;                         /* HELD no longer, though its name still says so */
	/* chunks could not be read at the start: the file is not to go */
	bool unread;
	bool refused; /* the last rename failed: not before retry_at */
	bool queued;  /* in the queue of blocks to look at */
	gn_time retry_at;
	/* since when its promise seems to be over; 0: it is not */
	gn_time over;
	struct gn_heap_node timer;
	struct block *older, *newer; /* CACHE only, by last use */
	struct block *next;          /* queue */
	struct block *active;        /* list of those with a request out */
};

enum block_op_state { OP_FREE, OP_WANTED, OP_OUT, OP_WRITTEN, OP_NAMED, OP_DONE, OP_POLLED };

/* A put or load under way. put: WANTED -> OUT -> WRITTEN (waits for the sync) -> NAMED (waits
 * for the name) -> DONE -> FREE */
struct block_op {
	enum block_op_state state;
	bool put;
	struct block *block; /* NULL once DONE */
	uint32_t index;
	uint64_t ticket, token, serial;
	uint8_t *data; /* owned: proof, padded, then chunk */
	uint32_t data_len;
	gn_err err; /* DONE: the event */
	struct gn_hash hash;
	uint32_t block_len;
	bool complete;
};

enum blocks_state {
	BLOCKS_NEW,
	BLOCKS_LIST,
	BLOCKS_FOLDERS,
	BLOCKS_VERIFY,
	BLOCKS_READY,
	BLOCKS_FAILED
};

struct gn_blocks {
	struct gn_env env;
	char dir[BLOCKS_DIR_MAX + 1];
	uint64_t bytes_max, bytes;
	uint64_t cached_max, cached; /* of the blocks in the list below */
	gn_time clock;               /* of promises, less `now` */
	enum blocks_state state;
	gn_err failed;
	bool ready_polled;
	uint64_t serial;
	struct gn_map map; /* gn_hash -> struct block * */
	struct gn_heap timers;
	struct block *oldest, *newest;
	struct block *queue, *queue_last; /* blocks whose next request is to be found */
	struct block *active;             /* those whose phase is not IDLE */
	struct block *strays;             /* doomed blocks that are not in the map, by `older` */
	struct block_op ops[BLOCKS_OPS];
	uint32_t ops_busy;
	uint64_t corrupt, evicted;
	/* start */
	bool start_wanted, start_out;
	uint64_t start_token;
	uint8_t folders[32]; /* bit f: folder f exists */
	uint32_t start_at;   /* folder, or block */
	uint32_t start_chunk;
};

/* ---- block.c ---- */

uint32_t block_chunk_len(uint32_t len, uint32_t index);
/* Bytes of the whole file of a block of len bytes. */
uint64_t block_file_len(uint32_t len);
bool block_full(const struct block *k);
bool block_complete(const struct block *k);
/* Hashes on the way from chunk i of n to the block's. */
size_t block_path_len(uint32_t i, uint32_t n);
/* slot: proof and chunk as they lie in the file. GN_HASH. */
gn_err block_slot_check(const struct block *k, uint32_t index, struct gn_slice slot);
struct block *block_find(const struct gn_blocks *b, const struct gn_hash *hash);
/* NULL when memory is out or BLOCKS_MAX is reached. */
struct block *block_add(struct gn_blocks *b, const struct gn_hash *hash,
			const struct block_name *name);
/* Is it in the list of cached blocks? */
bool block_listed(const struct gn_blocks *b, const struct block *k);
/* Used now: last to go. Blocks of another class leave the list. */
void block_touch(struct gn_blocks *b, struct block *k);
/* When its promise ends, as far as the clock of promises can tell now. */
gn_time block_end(const struct gn_blocks *b, const struct block *k);
void block_arm(struct gn_blocks *b, struct block *k);
/* What has to be asked of the disk for it is to be found. */
void block_poke(struct gn_blocks *b, struct block *k);
void block_op_done(struct gn_blocks *b, struct block_op *op, gn_err err);
/* The block is no more: its file goes as soon as nothing uses it. */
void block_doom(struct gn_blocks *b, struct block *k);
void block_forget(struct gn_blocks *b, struct block *k);
/* Requests of it are out, or puts and loads wait. */
bool block_in_use(const struct gn_blocks *b, const struct block *k);
/* Dooms cached blocks, least recently used first, until `room` more bytes fit, of a cached block or
 * of another, or none is left. */
void blocks_evict(struct gn_blocks *b, uint64_t room, bool cached);
/* True when blocks_evict would succeed. */
bool blocks_can_evict(const struct gn_blocks *b, uint64_t room, bool cached);

/* ---- blocks_disk.c ---- */

bool block_wants_rename(const struct block *k);
void block_name_text(const struct gn_blocks *b, const struct gn_hash *hash,
		     const struct block_name *name, char out[GN_DISK_NAME_MAX]);
bool block_name_parse(struct gn_slice text, struct gn_hash *hash, struct block_name *out);
bool blocks_disk_request(struct gn_blocks *b, struct gn_disk_request *out);
void blocks_disk_done(struct gn_blocks *b, uint64_t token, gn_err err, struct gn_slice data,
		      gn_time now);

/* ---- blocks_start.c ---- */

bool blocks_start_request(struct gn_blocks *b, struct gn_disk_request *out);
void blocks_start_done(struct gn_blocks *b, gn_err err, struct gn_slice data);

#endif
