/* The journal: batches of records behind segment headers, written at the end of one file at a
 * time (LG-48..LG-52). Emits disk requests, learns of their completion; the engine above decides
 * what is a record and what to do when one is durable. */
#ifndef GN_LEDGER_JOURNAL_INT_H
#define GN_LEDGER_JOURNAL_INT_H

#include "ledger/book_int.h"

#define SEGMENT_HEADER (2u * JOURNAL_ALIGN)
#define SEGMENT_FIELDS 120u
#define BATCH_HEADER 104u
#define SNAP_HEADER JOURNAL_ALIGN

struct lg_segment {
	uint32_t number; /* from 1 */
	uint64_t first_seq;
	uint8_t salt[16];
	struct gn_pk hub;
	struct gn_hash chain; /* of the batch before */
};
void lg_segment_encode(const struct lg_segment *s, uint8_t out[SEGMENT_HEADER]);
/* in: the beginning of a file. GN_CORRUPT when neither copy holds. */
GN_MUST gn_err lg_segment_decode(struct gn_slice in, struct lg_segment *out);

struct lg_batch {
	uint32_t count;
	uint64_t payload_len, first_seq;
	struct gn_hash prev, chain;
};
/* Bytes a batch takes in the file. */
static inline uint64_t lg_batch_stored(uint64_t payload_len)
{
	return (BATCH_HEADER + payload_len + JOURNAL_ALIGN - 1) / JOURNAL_ALIGN * JOURNAL_ALIGN;
}
/* p: header room, then the payload. */
void lg_batch_seal(uint8_t *p, const uint8_t salt[16], struct lg_batch *b);
/* The header alone; GN_CORRUPT. */
GN_MUST gn_err lg_batch_decode(struct gn_slice in, const uint8_t salt[16], struct lg_batch *out);
/* Does the payload behind it belong to this header? */
bool lg_batch_holds(const uint8_t *p, const uint8_t salt[16], const struct lg_batch *b);

struct lg_snap {
	uint64_t seq, len;
	struct gn_hash chain, state; /* of the journal and of the state at seq */
};
void lg_snap_encode(const struct lg_snap *s, uint8_t out[SNAP_HEADER]);
GN_MUST gn_err lg_snap_decode(struct gn_slice in, struct lg_snap *out);

/* Records on their way to the disk. */
struct lg_group {
	struct gn_buf buf; /* owned; BATCH_HEADER bytes of room first */
	uint32_t count;
	uint64_t first_seq;
};

enum lg_write_phase { LG_IDLE, LG_HEADER_WRITE, LG_HEADER_SYNC, LG_BATCH_WRITE, LG_BATCH_SYNC };

struct lg_journal {
	struct gn_alloc *alloc;
	const char *dir;
	uint64_t segment_bytes;
	struct lg_segment segment; /* the file being written; chain is that of its beginning */
	struct gn_hash chain;      /* of the last batch sealed */
	/* where the next batch goes; 0: the header must be written first */
	uint64_t offset;
	/* being filled, being written, durable and being told */
	struct lg_group open, flight, told;
	bool telling;
	enum lg_write_phase phase;
	bool out;         /* the phase's request was handed out */
	uint8_t *header;  /* owned, SEGMENT_HEADER bytes */
	uint64_t durable; /* seq */
	uint64_t bytes, batches;
};
void lg_journal_init(struct lg_journal *j, struct gn_alloc *alloc, const char *dir,
		     uint64_t segment_bytes);
void lg_journal_fini(struct lg_journal *j);
/* Room for a record of this size. GN_BUSY when too much waits for the disk, GN_TOO_LARGE,
 * GN_NOMEM. */
GN_MUST gn_err lg_journal_reserve(struct lg_journal *j, size_t size);
/* The record's place in the open group. */
void lg_journal_append(struct lg_journal *j, const struct gn_record_view *r, uint32_t *off,
		       uint32_t *len);
/* Begins a batch if there is something and nothing is in flight; true when one was sealed (its
 * last seq is then *sealed). */
bool lg_journal_begin(struct lg_journal *j, uint64_t *sealed);
bool lg_journal_request(struct lg_journal *j, struct gn_ledger_io *out);
/* The request that is out was done; true when a batch became durable: `told` holds it until
 * lg_journal_drop. */
bool lg_journal_done(struct lg_journal *j);
void lg_journal_drop(struct lg_journal *j);
void lg_journal_name(const struct lg_journal *j, uint32_t number, char out[GN_LEDGER_NAME_MAX]);
void lg_journal_validate(const struct lg_journal *j);

#endif
