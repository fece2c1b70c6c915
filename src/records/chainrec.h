/* Heads of membership chains (records.md type 9): a group's, whose newest entry is the one that
 * such a record names. Of two admins who append at once one gets its head to five of eight holders,
 * for each takes a head only in the place of the one it names. Pure. Rules: docs/spec/services.md
 * CH-1..CH-4. */
#ifndef GN_RECORDS_CHAINREC_H
#define GN_RECORDS_CHAINREC_H

#include "wire/generated/bodies_fb.h"
#include "wire/wire.h"

#define GN_CHAINREC_W 5       /* holders that make a head the head */
#define GN_CHAINREC_BLOCKS 32 /* of a snapshot's bundle */

struct gn_chainrec {
	struct gn_pk owner;    /* a key of the chain's admins */
	struct gn_slice label; /* "": a group */
	uint64_t seq, created; /* seq: of the record, one more than that of the head it replaces */
	uint32_t ttl;
	struct gn_hash head; /* SHA-256 of the newest entry, */
	uint64_t at;         /* and its seq in the chain */
	struct gn_hash root; /* sealed bundle: snapshot and entries since; zero: none yet */
	uint64_t root_len;
	struct gn_hash blocks[GN_CHAINREC_BLOCKS];
	size_t block_count;
	struct gn_pk box; /* where entries and messages lie; zero: none */
	struct gn_before before;
};

void gn_chainrec_key(const struct gn_pk *owner, struct gn_slice label, struct gn_hash *key);
/* The signed record at salt 0. GN_USAGE: beyond CH-2; GN_TOO_LARGE, GN_TEXT: the label; GN_RANGE:
 * ttl; GN_VERSION: before.beyond. */
GN_MUST gn_err gn_chainrec_record(const struct gn_sk *owner, const struct gn_chainrec *in,
				  struct gn_buf *out);
/* open: from outside; parse: of what was checked when it came. Borrows from record. GN_MALFORMED,
 * GN_TOO_LARGE, GN_SIGNATURE; *out is then untouched. */
GN_MUST gn_err gn_chainrec_open(struct gn_slice record, struct gn_chainrec *out);
GN_MUST gn_err gn_chainrec_parse(struct gn_slice record, struct gn_chainrec *out);
/* The holder's rule for type 9 (config.admit[9] of the overlay). GN_CONFLICT: it replaces another
 * than the one that is held. */
gn_err gn_chainrec_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now);

#endif
