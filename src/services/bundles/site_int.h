/* Sites being opened, and what is kept of those that were. */
#ifndef GN_SERVICES_BUNDLES_SITE_INT_H
#define GN_SERVICES_BUNDLES_SITE_INT_H

#include "services/bundles/reader_int.h"

struct bundles_head {   /* a cached head record */
	uint8_t *bytes; /* owned */
	uint32_t len;
	gn_time got;
};
/* A manifest to be checked, then one that was: it lives with the memory it was checked in. */
struct gn_bundles_work {
	struct gn_bundles_work *next; /* waiting */
	gn_op op;                     /* the open that wants it; it may be gone */
	struct gn_hash root;
	struct gn_alloc alloc; /* its own: no thread shares it */
	uint8_t *bytes;        /* owned, of open_alloc; NULL once checked */
	size_t len;
	struct gn_manifest *manifest; /* owned, of alloc */
	gn_err err;
};
struct bundles_kept_manifest {
	struct gn_bundles_work *work; /* owned */
	gn_time used;
};
struct bundles_open {
	struct gn_frame_op op;
	struct bundles_open *next;
	struct gn_pk owner;
	struct gn_hash key;
	uint64_t version;
	gn_op get;
	gn_time moved; /* when the last of it came */
	gn_time age;   /* of the head, when it is the cache's */
	uint8_t *head; /* owned: the record */
	uint32_t head_len;
	struct bundles_reader *reader; /* of the manifest */
	uint8_t *bytes;                /* owned, of open_alloc: the manifest as far as it came */
	size_t len, cap, size;
	struct gn_bundles_work *work; /* borrowed: waiting to be checked */
	bool readable;
	struct gn_hash root;
};

void bundles_open_got(struct gn_bundles *b, struct bundles_open *o,
		      const struct gn_overlay_event *e);
void bundles_opens_run(struct gn_bundles *b);
void bundles_open_free(struct gn_bundles *b, struct bundles_open *o);
/* with its event */
void bundles_open_end(struct gn_bundles *b, struct bundles_open *o, gn_err err);
void bundles_open_event(struct gn_bundles *b, struct bundles_open *o, struct gn_bundles_event *out);
void bundles_caches_free(struct gn_bundles *b);
void bundles_head_keep(struct gn_bundles *b, const struct gn_hash *key, const uint8_t *bytes,
		       uint32_t len);
/* Nobody waits for it any more. */
void bundles_work_drop(struct gn_bundles *b, struct gn_bundles_work *w);
/* Takes w; what the check said, or GN_NOMEM. */
GN_MUST gn_err bundles_manifest_keep(struct gn_bundles *b, struct gn_bundles_work *w);
/* A lookup is on, or all was at hand. */
GN_MUST gn_err bundles_open_start(struct gn_bundles *b, const struct gn_bundles_site *site,
				  struct bundles_open **out);

/* room for opens (BU-27). Memory as gn_mem_resize; NULL: o itself has to give way. */
void *bundles_open_memory(struct gn_bundles *b, struct bundles_open *o, void *p, size_t size);
/* A place for a site of this owner; GN_LIMIT. */
GN_MUST gn_err bundles_open_place(struct gn_bundles *b, const struct gn_pk *owner);

#endif
