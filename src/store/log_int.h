/* The bytes of a record log: segment headers, chained entries, and a scan that finds its way
 * past damage (docs/spec/store.md). */
#ifndef GN_STORE_LOG_INT_H
#define GN_STORE_LOG_INT_H

#include "store/limits.h"
#include "store/store.h"

#define LOG_COPY_LEN 64u                  /* one copy of a segment's header */
#define LOG_HEADER_LEN (2 * LOG_COPY_LEN) /* a segment begins with two */
#define LOG_ENTRY_LEN 88u                 /* an entry before its value */
/* four bytes of an encoded entry that are free until it is sealed */
#define LOG_SCRATCH 64u
/* log_header.doubt: everything in the segment before was durable */
#define LOG_SURE UINT32_MAX

struct log_sum {
	uint8_t b[16];
};

struct log_header {
	uint32_t number; /* of the segment, from 1 */
	/* damaged entries of the segment before, from this offset on, may never have been
	 * durable */
	uint32_t doubt;
	uint8_t salt[16];    /* one per log: bytes that a stranger chose cannot pass for entries */
	struct log_sum prev; /* the last entry's sum when this segment began */
};

enum log_kind { LOG_PUT = 1, LOG_DROP = 2 };

struct log_entry {
	enum log_kind kind;
	uint32_t offset, stored; /* bytes; stored counts header, value and padding */
	/* offset of the first entry that was written together with this one */
	uint32_t group;
	struct gn_hash key;
	struct log_sum prev, sum;
	struct gn_slice value; /* borrowed from the piece; absent when the entry is damaged */
};

void log_header_encode(const struct log_header *h, uint8_t out[LOG_HEADER_LEN]);
/* in: the first bytes of a file, whole or not. GN_CORRUPT when neither copy holds for this
 * number. */
gn_err log_header_decode(struct gn_slice in, uint32_t number, struct log_header *out);

/* Header, value and padding of an entry. */
uint32_t log_stored(uint32_t value_len);
/* Kind, key and value into log_stored(value.len) bytes; the place is filled in by
 * log_entry_seal. */
void log_entry_encode(enum log_kind kind, const struct gn_hash *key, struct gn_slice value,
		      uint8_t *out);
/* Stored length of an encoded entry, its kind, key and value; for bytes of our own only. */
struct log_entry log_entry_peek(const uint8_t *p);
void log_entry_seal(uint8_t *p, const uint8_t salt[16], uint32_t number, uint32_t offset,
		    uint32_t group, struct log_sum *chain);
/* The entry at `offset`, whole in `in`: GN_CORRUPT unless header and value hold. */
gn_err log_entry_decode(struct gn_slice in, const uint8_t salt[16], uint32_t number,
			uint32_t offset, struct log_entry *out);

/* Walks one segment piece by piece. */
struct log_scan {
	uint8_t salt[16];
	uint32_t number;
	uint64_t offset, size; /* next byte to look at; bytes of the file */
	struct log_sum last;   /* what the next entry must continue */
	bool linked;           /* last is known */
	bool has_end;          /* `end` is where the next segment says that this one ended */
	struct log_sum end;
	bool in_gap; /* bytes from `gap` on do not parse */
	uint64_t gap;
	bool after_gap; /* the entry just found follows a gap that began at `gap` */
};

enum log_found {
	LOG_FOUND_ENTRY,   /* whole */
	LOG_FOUND_DAMAGED, /* the header holds, the value does not */
	/* call again with the bytes from scan->offset on, KV_PIECE of them or up to the end of
	 * the file */
	LOG_FOUND_MORE,
	LOG_FOUND_END, /* of the segment; in_gap: its last bytes did not parse */
};

/* Starts behind the header; `next` is the header of the segment after, or NULL. header NULL: it
 * was unreadable. */
void log_scan_init(struct log_scan *s, const uint8_t salt[16], uint32_t number, uint64_t size,
		   const struct log_sum *prev, const struct log_sum *end);
/* piece: the bytes from piece_offset on. */
enum log_found log_scan_step(struct log_scan *s, struct gn_slice piece, uint64_t piece_offset,
			     struct log_entry *out);

#endif
