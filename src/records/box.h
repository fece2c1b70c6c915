/* Boxes, as their records say it (type 5): a descriptor tells the holders of an Ed25519 key who may
 * read and remove what waits under it, how much may wait and for how long, and what a stranger must
 * do to leave something. Pure. What is signed and worked around a deposit: box_proof.h. Rules:
 * docs/spec/services.md BD-1..BD-5, BD-14. */
#ifndef GN_RECORDS_BOX_H
#define GN_RECORDS_BOX_H

#include "records/work.h"
#include "wire/generated/bodies_fb.h"
#include "wire/wire.h"

#define GN_BOXREC_READERS 8  /* devices of a person */
#define GN_BOXREC_INVITES 64 /* open at once; each is a key of a front box */
#define GN_BOXREC_REFUSED 64 /* then the box is replaced */
#define GN_BOXREC_WORKERS 64 /* of a queue, by key; others show a token */
/* Zero bits that a descriptor or a stranger's deposit has at least. The simulator of thousands of
 * boxes is built with fewer. */
#ifndef GN_BOXREC_WORK_BITS
#define GN_BOXREC_WORK_BITS 20
#endif
#define GN_BOXREC_ITEM_LARGEST 61440 /* bytes of an item in any box */

struct gn_boxrec_reader {  /* what one device made for this box */
	struct gn_pk read; /* lists, fetches, watches */
	struct gn_pk ack;  /* says that an item may go; of a group: nothing */
};
struct gn_boxrec {
	struct gn_pk box; /* the owner of the record */
	uint64_t seq, created;
	uint32_t ttl; /* seconds, of the record */
	uint8_t kind; /* enum gn_fb_box_kind */
	struct gn_boxrec_reader readers[GN_BOXREC_READERS];
	size_t reader_count;
	uint32_t item_ttl; /* seconds an item may stay */
	uint32_t items;    /* that nobody has taken, */
	uint64_t bytes;    /* and theirs */
	uint32_t item_max; /* bytes of one */
	uint8_t bits;      /* of a stranger's deposit; 0: strangers leave nothing */
	uint64_t epoch;    /* Unix day of the work */
	uint8_t nonce[8];
	unsigned effort; /* zero bits that the work has; not used when a record is made */
	struct gn_pk invites[GN_BOXREC_INVITES];
	size_t invite_count;
	struct gn_pk refused[GN_BOXREC_REFUSED];
	size_t refused_count;
	struct gn_pk successor; /* the box that follows; zero: none */
	uint32_t lease;         /* queue: seconds at most, */
	uint16_t deliveries;    /* and before an item is dead */
	struct gn_pk workers[GN_BOXREC_WORKERS];
	size_t worker_count;
	struct gn_pk issuer; /* whose tokens let in; zero: the box's own */
	/* of a group: label of the issuer's topic whose messages lie here; "": of none */
	char topic[GN_RECORD_LABEL_MAX + 1];
	struct gn_before before;
};

/* How much a descriptor of this kind may grant. NULL: the kind is not known. */
struct gn_boxrec_limits {
	uint32_t items, item_max, ttl; /* ttl: seconds */
	uint64_t bytes;
	uint8_t salts; /* places */
	uint8_t readers_min, readers_max;
};
const struct gn_boxrec_limits *gn_boxrec_limits(uint8_t kind);

/* Place on the disk: of the descriptor, and so of the box. */
void gn_boxrec_key(const struct gn_pk *box, uint8_t salt, struct gn_hash *key);
/* The work of a descriptor (BD-3): how many bits, and a search. GN_AGAIN: not among these. */
unsigned gn_boxrec_effort(const struct gn_pk *box, uint64_t epoch, const uint8_t nonce[8]);
GN_MUST gn_err gn_boxrec_puzzle(const struct gn_pk *box, uint64_t epoch, unsigned bits,
				struct gn_work_tries tries, uint8_t nonce[8]);
/* The signed record for a salt (a front box has 0 and 1, the others 0). in->box is the key that
 * signs. GN_USAGE: counts, keys, limits or places beyond BD-2; GN_PROOF_OF_WORK; GN_UNSUPPORTED:
 * the kind; GN_VERSION: before.beyond; GN_RANGE: ttl. */
GN_MUST gn_err gn_boxrec_record(const struct gn_sk *box, const struct gn_boxrec *in, uint8_t salt,
				struct gn_buf *out);
/* open: from outside; parse: of what was checked when it came (WR-23). before borrows from record.
 * GN_MALFORMED, GN_SIGNATURE, GN_PROOF_OF_WORK, GN_UNSUPPORTED; *out is then untouched. */
GN_MUST gn_err gn_boxrec_open(struct gn_slice record, struct gn_boxrec *out);
GN_MUST gn_err gn_boxrec_parse(struct gn_slice record, struct gn_boxrec *out);
/* The holder's rule for type 5 (config.admit[5] of the overlay). */
gn_err gn_boxrec_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
		       gn_time now);

/* Whose key is it? The number of the reader, or -1. */
int gn_boxrec_reader(const struct gn_boxrec *b, const struct gn_pk *key);
int gn_boxrec_remover(const struct gn_boxrec *b, const struct gn_pk *key);
bool gn_boxrec_invites(const struct gn_boxrec *b, const struct gn_pk *key);
bool gn_boxrec_refuses(const struct gn_boxrec *b, const struct gn_pk *key);
bool gn_boxrec_works(const struct gn_boxrec *b, const struct gn_pk *key);

#endif
