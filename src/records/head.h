/* Site heads (records.md type 2): where a site's manifest is, and where the last sixteen were. */
#ifndef GN_RECORDS_HEAD_H
#define GN_RECORDS_HEAD_H

#include "records/manifest.h"

#define GN_BUNDLE_TTL (30u * 86400u)
#define GN_HEAD_HISTORY 16

/* one version of a site: where its manifest is */
struct gn_head_version {
	uint64_t version, total_size, manifest_size; /* bytes of all files, of the manifest */
	struct gn_hash manifest;                     /* root of the manifest as a file */
	struct gn_slice manifest_blocks;             /* n * 32 bytes */
};
struct gn_head {
	struct gn_pk owner;
	struct gn_slice label;
	uint64_t seq, created;
	uint32_t ttl;
	struct gn_head_version now;
	struct gn_head_version previous[GN_HEAD_HISTORY]; /* latest first */
	size_t previous_count;
	/* the head that this one replaces; what it says beyond these fields stays (BU-7) */
	struct gn_before before;
};
/* Puts `next` on top: what was now becomes the first of previous, the oldest falls out; seq + 1.
 * next->version 0 takes the number after the highest. Rolling back is this with an old manifest. */
void gn_head_advance(struct gn_head *head, const struct gn_head_version *next);
/* The version as a file for gn_bundles_read. */
void gn_head_file(const struct gn_head_version *version, struct gn_bundle_file *out);
void gn_head_key(const struct gn_pk *owner, struct gn_slice label, struct gn_hash *key);
GN_MUST gn_err gn_head_record(const struct gn_sk *owner, const struct gn_head *head,
			      struct gn_buf *out);
/* Borrows from record; before is this record. open is for what comes from outside, parse for
 * what open, or the overlay's GET, has let through: it checks no signature (WR-23). */
GN_MUST gn_err gn_head_open(struct gn_slice record, struct gn_head *out);
GN_MUST gn_err gn_head_parse(struct gn_slice record, struct gn_head *out);

#endif
