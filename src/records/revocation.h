/* Revocation lists (records.md type 7, docs/spec/wire.md WR-36): which blocks of capability tokens
 * their first issuer has taken back. Pure. */
#ifndef GN_RECORDS_REVOCATION_H
#define GN_RECORDS_REVOCATION_H

#include "wire/token.h"

#define GN_REVOKED_MAX 1024 /* entries: 40 KiB of a record's 64 */
#define GN_REVOCATION_TTL (30u * 86400u)

struct gn_revoked {
	struct gn_hash id; /* of the block */
	uint64_t expires;  /* Unix seconds: not needed after */
};
struct gn_revocation {
	struct gn_pk owner;
	uint64_t seq, created;
	uint32_t ttl;
	struct gn_revoked list[GN_REVOKED_MAX]; /* ascending by id */
	size_t count;
};

void gn_revocation_key(const struct gn_pk *owner, struct gn_hash *key);
/* Puts the block on the list, once; entries that have expired go. A block that has is not listed.
 * GN_LIMIT: the list is full. */
GN_MUST gn_err gn_revocation_add(struct gn_revocation *r, const struct gn_revoked *block,
				 uint64_t unix_now);
/* The signed record of the list at seq. GN_RECORD_MAX bytes of room suffice. */
GN_MUST gn_err gn_revocation_record(const struct gn_sk *owner, const struct gn_revocation *r,
				    struct gn_buf *out);
/* Form and signature. GN_MALFORMED: no list, or one that is not ascending. */
GN_MUST gn_err gn_revocation_open(struct gn_slice record, struct gn_revocation *out);
/* Which block of the chain is listed, from 0; -1: none. The list is that of the chain's owner. */
int gn_revocation_finds(const struct gn_revocation *r, const struct gn_token *t);

#endif
