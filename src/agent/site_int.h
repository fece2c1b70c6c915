/* Own sites: a folder published file by file, an earlier version put on top again, a site taken
 * away, and what there is.
 *
 *   site_upload.c  bytes to the node, hashed on their way
 *   site_draft.c   a draft: its files come, one after the other
 *   site_work.c    what is asked of the node, step by step: head, manifest, copies, records
 *   site_name.c    the name that leads to a site
 *   site_commit.c  publishing, rolling back, removing
 *   site_list.c    what there is
 *
 * A draft:
 *   OPEN [OwnSiteBegin] -> TAKING [OwnSiteFile] -> OPEN [all of it is at the node, or not]
 *        -> COMMITTING [OwnSiteCommit] -> gone [the head is put]
 *                                      -> OPEN [it failed: the version before stays]
 *        -> gone [dropped, its connection is closed, nothing for AGENT_SITE_IDLE, locked]
 *
 * 1. The head moves last, after every block has its copies: until then the version before stays.
 * 2. What is signed is signed before anything is spread; the key is wiped then.
 * 3. One work at a time puts a head of a label.
 *
 * Rules AG-130..AG-137. */
#ifndef GN_AGENT_SITE_INT_H
#define GN_AGENT_SITE_INT_H

#include "agent/serve_int.h"
#include "records/head.h"
#include "records/name.h"

#define SITE_READ_MS 30000u /* deadline of what the node looks up for us */

/* ---- site_upload.c ---- */

/* One file of the node's: FileAdd. Its owner's storage; `over` is told once, unless it was
 * dropped. */
struct agent_upload {
	struct gn_agent *agent;
	uint64_t call;          /* 0: none runs */
	uint64_t size;          /* that was said */
	struct gn_slice left;   /* of bytes in memory; borrowed */
	bool ended, from;       /* from: it is of memory */
	struct gn_hash *blocks; /* borrowed */
	struct gn_hash root;    /* when it ended */
	struct gn_tree_hasher hasher;
	void (*room)(void *user); /* it takes more; not of memory */
	void (*over)(void *user, gn_err err, struct gn_slice why);
	void *user;
};
/* GN_CLOSED, GN_LIMIT. blocks: room for what size needs. */
GN_MUST gn_err agent_upload_begin(struct agent_upload *u, uint64_t size, struct gn_hash *blocks);
/* All of it; bytes stay until it is over. */
GN_MUST gn_err agent_upload_bytes(struct agent_upload *u, struct gn_slice bytes,
				  struct gn_hash *blocks);
/* How many were taken. */
size_t agent_upload_put(struct agent_upload *u, struct gn_slice in);
void agent_upload_end(struct agent_upload *u);
void agent_upload_drop(struct agent_upload *u);

/* ---- site_draft.c ---- */

struct agent_draft_file {
	char *path, *mime; /* owned; mime "": not known yet */
	uint64_t size;
	struct gn_hash root;
	struct gn_hash *blocks; /* owned; NULL: packed, or empty */
	uint32_t pack, offset;  /* pack 0: not packed */
	bool have;
};
struct agent_site_work;
struct agent_draft {
	struct gn_agent *agent;
	uint64_t id;                    /* 0: a free place */
	const struct gn_host_link *via; /* whose it is; only compared */
	uint8_t program[32];
	char label[GN_RECORD_LABEL_MAX + 1];
	struct agent_draft_file *files; /* owned */
	uint32_t count, pack_count;
	uint64_t bytes;
	gn_time until;
	bool packing;
	uint8_t *pack; /* owned: the one that is filled; NULL: none yet */
	uint32_t pack_len;
	struct gn_bundle_pack *packs; /* owned */
	/* what comes now */
	struct agent_request *r; /* NULL: nothing */
	uint32_t index;
	uint64_t got;
	uint8_t look[GN_TYPE_LOOK];
	bool flushing;
	struct gn_hash pack_root; /* of the one that is being sent */
	struct agent_upload *up;  /* owned; NULL: nothing goes to the node */
	struct agent_site_work *work;
};
struct agent_sites {
	struct agent_draft drafts[AGENT_DRAFTS];
	struct agent_site_work *works[AGENT_SITE_WORKS]; /* owned */
};

/* Ends what moves and forgets it all. */
void agent_draft_free(struct agent_draft *d);
/* The last pack to the node; then w goes on. */
void agent_draft_flush(struct agent_draft *d, struct agent_site_work *w);
/* The draft of that number on this connection; NULL after answering. */
struct agent_draft *agent_draft_of(struct agent_request *r, uint64_t id);
/* The node has let go of it: all is to be sent again. */
void agent_draft_lost(struct agent_draft *d);

/* ---- site_work.c ---- */

struct agent_site_name;    /* site_name.c */
struct agent_site_listing; /* site_list.c */

struct agent_site_work {
	struct gn_agent *agent;
	struct agent_request *r; /* who waits; NULL: they are gone */
	uint8_t program[32];
	uint64_t call; /* of the node; 0: none */
	void (*next)(struct agent_site_work *w, gn_err err, struct gn_slice why);
	bool writes, putting; /* putting: it goes on without who asked */
	struct gn_sk sk;      /* secret: of the owner, until it is used */
	gn_time key_until;
	struct agent_draft *draft; /* borrowed; NULL: none */
	char label[GN_RECORD_LABEL_MAX + 1];
	struct gn_head head; /* seq 0: there was none; borrows record */
	uint8_t *record;     /* owned */
	uint8_t *in;         /* owned: a manifest that comes */
	size_t in_len, in_cap;
	struct gn_head_version want;  /* which */
	struct gn_manifest *manifest; /* owned: the one that came */
	uint8_t *made;                /* owned: the one that is published */
	size_t made_len;
	struct gn_hash made_blocks[GN_MANIFEST_BLOCKS];
	struct gn_hash root;    /* of the version that is spread */
	struct gn_hash *blocks; /* owned: of it */
	size_t block_count;
	uint8_t copies;
	uint64_t done, total, expires;
	uint8_t *signed_head; /* owned */
	size_t signed_len;
	uint32_t receipts, files;
	bool few;
	uint64_t from;                /* rolling back: to which */
	struct agent_upload *up;      /* owned */
	struct agent_site_name *name; /* owned; NULL: none is set */
	void (*name_free)(struct agent_site_name *n);
	gn_err name_err;
	char name_why[160];
	gn_time told;
	struct agent_site_listing *list; /* owned */
};
/* A work for r. NULL after answering. writes: it puts a head of this label. */
struct agent_site_work *agent_site_work(struct agent_request *r, struct gn_slice label,
					bool writes);
/* It failed: who waits is told, and it is gone. */
void agent_site_fail(struct agent_site_work *w, gn_err err, const char *fmt, ...) GN_PRINTF(3, 4);
void agent_site_free(struct agent_site_work *w);
void agent_site_tell(struct agent_site_work *w, uint8_t stage);

/* Each ends in w->next, or by itself in a failure (then w is gone). */
/* The newest head into w->head; GN_NOT_FOUND: there is none. */
void agent_site_head(struct agent_site_work *w);
/* The manifest of w->want into w->manifest. */
void agent_site_manifest(struct agent_site_work *w);
/* w->blocks to w->copies nodes, and kept by the node as w->root's; fewer where there are fewer. */
void agent_site_spread(struct agent_site_work *w);
void agent_site_put(struct agent_site_work *w, struct gn_slice record);
/* A call with a plain answer. */
struct gn_fbb *agent_site_builder(struct agent_site_work *w); /* NULL: it failed and is gone */
void agent_site_ask(struct agent_site_work *w, struct gn_app_kind kind, gn_fbref table,
		    uint32_t deadline_ms, gn_agent_link_fn *fn);
/* Does this event end the call? Then w->call is 0. */
bool agent_site_over(struct agent_site_work *w, const struct gn_host_client_event *e);
/* Adds hashes to w->blocks. */
GN_MUST gn_err agent_site_add(struct agent_site_work *w, const void *hashes, size_t count);

/* ---- site_name.c ---- */

/* The name for w->label: text, or what it has by itself. False after failing. */
bool agent_site_name_begin(struct agent_site_work *w, struct gn_slice text);
/* Its records; then its work, in turns; w->next. */
void agent_site_name_load(struct agent_site_work *w);
bool agent_site_name_works(const struct agent_site_work *w);
void agent_site_name_turn(struct agent_site_work *w);
GN_MUST gn_err agent_site_name_sign(struct agent_site_work *w);
void agent_site_name_put(struct agent_site_work *w);
/* As it is shown and in a browser; "": none. */
const char *agent_site_name_text(const struct agent_site_work *w);
/* What a label's site is called without a name of its own; false: it cannot be. */
bool agent_site_own_name(const struct gn_agent *a, const char *label, struct gn_name *out);
/* "" where the node serves no port. */
void agent_site_url(const struct gn_agent *a, const struct gn_name *name, char out[400]);

#endif
