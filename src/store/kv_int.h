/* State of one record log, shared by its files: kv_index.c (places, segments), kv_scan.c,
 * kv_compact.c, kv_write.c (groups), kv_start.c (recovery), kv.c (calls, events). */
#ifndef GN_STORE_KV_INT_H
#define GN_STORE_KV_INT_H

#include "store/log_int.h"

enum kv_state {
	KV_NEW,
	KV_LISTING,
	KV_HEADERS,
	KV_TAIL,
	KV_INDEX,
	KV_ENTRIES,
	KV_READY,
	KV_FAILED
};

/* A request that one part of the engine may have out. */
enum kv_io { KV_IO_NONE, KV_IO_WANTED, KV_IO_OUT };

/* Where a key's durable value is. Kept for every key: 16 bytes beside the key's 32. */
struct kv_place {
	uint32_t segment, offset; /* segment 0: no durable value */
	uint32_t len;             /* bytes of the value */
	uint32_t pending;         /* puts and drops of the key that are queued or in flight */
};

struct kv_segment {
	uint32_t number, doubt; /* doubt, prev: as in its header */
	uint32_t readers;       /* loads under way */
	bool header_ok;
	bool scannable; /* its salt is known */
	struct log_sum prev;
	/* durable bytes of the file; bytes of entries that the index points to */
	uint64_t bytes, live;
};

struct kv_ticket {
	uint64_t ticket;
	struct gn_hash key;
	gn_err err;
};

enum kv_load_state { KV_LOAD_FREE, KV_LOAD_WANTED, KV_LOAD_OUT, KV_LOAD_DONE, KV_LOAD_POLLED };

struct kv_load {
	enum kv_load_state state;
	uint64_t ticket, token, serial;
	struct gn_hash key;
	uint32_t segment, offset, len;
	uint8_t *value; /* owned, len bytes */
	gn_err err;
};

enum kv_writer {
	KV_WRITER_IDLE,
	KV_WRITER_MEND,
	KV_WRITER_CREATE,
	KV_WRITER_CREATE_SYNC,
	KV_WRITER_WRITE,
	KV_WRITER_SYNC
};

enum kv_compact { KV_COMPACT_OFF, KV_COMPACT_READ, KV_COMPACT_COPY, KV_COMPACT_REMOVE };

struct gn_kv {
	struct gn_env env;
	struct gn_kv_config config;
	enum kv_state state;
	gn_err failed;     /* why recovery ended */
	bool ready_polled; /* the READY event was taken */
	uint64_t serial;   /* of requests: the upper part of tokens */

	struct gn_map index;         /* gn_hash -> kv_place */
	uint32_t holes;              /* entries of the index without a durable value */
	struct kv_segment *segments; /* by number; the last one is written to */
	uint32_t segment_count, segment_cap, next_number;
	uint64_t file_bytes, live_bytes;
	uint8_t salt[16];
	bool salted; /* salt is that of the files */
	/* something could not be read: nothing is compacted away in this run */
	bool suspect;
	struct log_sum last; /* of the last durable entry */

	/* writer */
	enum kv_writer writer;
	enum kv_io write_io;
	uint64_t write_token;
	bool mend;                      /* the active file has bytes behind its durable end */
	bool roll;                      /* the next group begins a new segment */
	uint32_t doubt;                 /* for the header of that segment */
	uint8_t header[LOG_HEADER_LEN]; /* lent to the disk during CREATE */
	struct gn_buf queue, flight;    /* encoded entries; flight is lent to the disk */
	bool flight_copies;             /* the flight is compaction's */
	bool copied_last;               /* the group before was compaction's */
	struct log_sum flight_last;
	/* struct kv_ticket: done ones, then those in flight, then queued ones */
	struct gn_ring tickets;
	uint32_t tickets_done, tickets_flight;

	/* recovery and compaction: they never run at one time */
	struct log_scan scan;
	enum kv_io scan_io;
	uint64_t scan_token;
	uint32_t scan_at;    /* index into segments */
	uint64_t piece_from; /* offset of the piece */
	uint8_t *piece;      /* owned, KV_PIECE bytes, during recovery */
	size_t piece_len;
	bool piece_ready;         /* the piece belongs to the scan */
	uint64_t tail_end;        /* KV_TAIL: end of the last whole entry */
	uint64_t tail_damage;     /* KV_TAIL: end of the last damaged stretch before it */
	uint64_t tail_pending;    /* KV_TAIL: end of the last damaged stretch at all */
	uint32_t tail_group;      /* KV_TAIL: where its group began */
	struct log_sum tail_last; /* KV_TAIL: its sum */

	enum kv_compact compact;
	gn_time compact_at;
	/* live entries of the piece, encoded; their old offset is at LOG_SCRATCH */
	struct gn_buf copies;
	bool compact_ended; /* the scan reached the end of the segment */
	/* number of the segment that is being removed at the start (torn creation), or 0 */
	uint32_t removing;

	struct kv_load loads[KV_LOADS];
	uint32_t loads_busy; /* not FREE */
	uint64_t torn, corrupt, compacted;
};

/* ---- kv_index.c ---- */

struct kv_segment *kv_segment_find(struct gn_kv *kv, uint32_t number);
GN_MUST gn_err kv_segment_push(struct gn_kv *kv, const struct kv_segment *s);
void kv_place_set(struct gn_kv *kv, struct kv_place *p, uint32_t segment, uint32_t offset,
		  uint32_t len);
void kv_place_clear(struct gn_kv *kv, const struct gn_hash *key, struct kv_place *p);
void kv_request(struct gn_kv *kv, enum gn_disk_op op, uint32_t segment, uint64_t offset,
		uint64_t len, struct gn_disk_request *out);
GN_MUST gn_err kv_buf_reserve(struct gn_kv *kv, struct gn_buf *b, size_t more);
void kv_buf_trim(struct gn_kv *kv, struct gn_buf *b);
void kv_fail(struct gn_kv *kv, gn_err err);

/* ---- kv_scan.c ---- */

struct log_scan kv_scan_of(const struct gn_kv *kv, uint32_t at);
struct gn_slice kv_scan_piece(struct gn_kv *kv, struct gn_slice data);

/* ---- kv_write.c ---- */

bool kv_write_request(struct gn_kv *kv, struct gn_disk_request *out);
void kv_write_done(struct gn_kv *kv, gn_err err, gn_time now);

/* ---- kv_start.c ---- */

bool kv_start_request(struct gn_kv *kv, struct gn_disk_request *out);
void kv_start_done(struct gn_kv *kv, gn_err err, struct gn_slice data, gn_time now);
bool kv_start_next_entry(struct gn_kv *kv, struct gn_kv_event *out);

/* ---- kv_compact.c ---- */

bool kv_compact_due(const struct gn_kv *kv);
void kv_compact_tick(struct gn_kv *kv, gn_time now);
bool kv_compact_request(struct gn_kv *kv, struct gn_disk_request *out);
void kv_compact_done(struct gn_kv *kv, gn_err err, struct gn_slice data, gn_time now);
bool kv_compact_take(struct gn_kv *kv);
void kv_compact_copied(struct gn_kv *kv, gn_err err, gn_time now);

#endif
