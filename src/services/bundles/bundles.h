/* Bundles: directories as signed, content-addressed, streamable sites (records.md Sites and
 * files).
 *
 *   file -> 64 KiB chunks -> blocks of 16 -> root; files -> manifest; site head record (owner,
 *   label) -> manifest
 *
 * Pure functions build and check manifests and head records (the command line signs with them;
 * private keys are never in the engine). The engine keeps and serves blocks, spreads them to the
 * C nodes nearest to their hash, and reads any range of any file as a stream of verified bytes,
 * from this node's blocks or other nodes'. It uses the overlay to find nodes, the block store to
 * keep bytes, and speaks messages of its own ("GNBK", one chunk at a time) to peers. */
#ifndef GN_SERVICES_BUNDLES_H
#define GN_SERVICES_BUNDLES_H

#include "overlay/overlay.h"
#include "store/store.h"

/* ---- pure part: files, manifests, heads ---- */

#define GN_PATH_MAX 1024 /* bytes */
#define GN_BUNDLE_FILES 100000
#define GN_BUNDLE_COPIES 3 /* default nodes that keep a block */
#define GN_BUNDLE_TTL (30u * 86400u)
#define GN_MANIFEST_BLOCKS 64 /* a manifest is a file of at most 64 MiB */
#define GN_FILE_BLOCKS 65536  /* 64 GiB */
#define GN_HEAD_HISTORY 16
#define GN_BUNDLE_RULES 32 /* header rules that count */
#define GN_GLOB_MAX 256    /* bytes of a rule's glob */
/* bytes of all rules' names and values: one answer may carry them all in its head */
#define GN_BUNDLE_HEADERS 8192
#define GN_PACK_FILE GN_CHUNK /* bytes of a file that is worth packing at most */

/* Relative UTF-8, no "..", no empty part, no control character; *why names the rule broken. */
GN_MUST gn_err gn_bundle_path_check(struct gn_slice path, const char **why);
/* The path in Unicode's form NFC, as a site has it (BU-1), into out; *len its length. GN_TEXT:
 * no UTF-8; GN_TOO_LARGE. */
GN_MUST gn_err gn_bundle_path_nfc(struct gn_slice path, char out[GN_PATH_MAX], size_t *len);
/* '*' any run of bytes, '?' one; a glob over GN_GLOB_MAX matches nothing (BU-5). */
bool gn_bundle_glob_matches(struct gn_slice glob, struct gn_slice path);
/* By file name suffix; "application/octet-stream" when unknown. */
const char *gn_bundle_mime(struct gn_slice path);

/* Incremental hashing of one file: feed bytes, get block hashes as they complete, then the root.
 * Fixed storage. */
struct gn_file_hasher {
	struct gn_hash leaves[GN_BLOCK_CHUNKS];
	struct gn_hash *blocks; /* caller's array */
	uint8_t chunk[GN_CHUNK];
	size_t chunk_len, leaf_count, block_count, block_cap;
	uint64_t size;
};
void gn_file_hasher_init(struct gn_file_hasher *h, struct gn_hash *blocks, size_t cap);
/* GN_TOO_LARGE past cap blocks */
GN_MUST gn_err gn_file_hasher_put(struct gn_file_hasher *h, struct gn_slice data);
/* An empty file has no block and the root SHA-256(0x00). */
void gn_file_hasher_end(struct gn_file_hasher *h, struct gn_hash *root);

struct gn_bundle_file {
	struct gn_slice path, mime;
	uint64_t size;
	struct gn_hash root;
	struct gn_slice blocks; /* n * 32 bytes; of a packed file the pack's hash alone */
	/* BU-18. 0: blocks are its own; else it is size bytes from offset on of the packs[pack -
	 * 1], which has pack_len bytes. */
	uint32_t pack, pack_len, offset;
};
/* A block that many small files share. */
struct gn_bundle_pack {
	struct gn_hash root;
	uint32_t len;
};
struct gn_bundle_header {
	struct gn_slice glob, name, value;
};
struct gn_manifest_args {
	struct gn_pk owner;
	struct gn_slice label;
	uint64_t seq, created;
	const struct gn_bundle_file *files; /* any order; sorted by path inside */
	size_t file_count;
	/* a manifest with packs is of version 2: older nodes refuse it with GN_VERSION */
	const struct gn_bundle_pack *packs;
	size_t pack_count;
	/* paths; defaults index.html and 404.html when such files exist */
	struct gn_slice entry, not_found;
	const struct gn_bundle_header *headers;
	size_t header_count;
	struct gn_hash prev;            /* root of the manifest replaced; all zero: none */
	const struct gn_slice *deleted; /* paths of the previous version that are gone */
	size_t deleted_count;
};
/* Bytes of storage that always suffice for gn_manifest_make. */
size_t gn_manifest_make_max(const struct gn_manifest_args *args);
/* GN_USAGE with why naming the path: bad path, duplicate, names that differ only by case on one
 * level, a file where a folder is, blocks that do not fit size or root, a header that may not be
 * set; GN_LIMIT: too many files; GN_TOO_LARGE: out's capacity. out->len bytes at out->p. alloc:
 * for sorting, freed on return. */
GN_MUST gn_err gn_manifest_make(struct gn_alloc *alloc, const struct gn_manifest_args *args,
				struct gn_buf *out, char why[256]);

struct gn_manifest; /* verified, indexed by path */
/* Copies bytes. GN_MALFORMED. */
GN_MUST gn_err gn_manifest_open(struct gn_alloc *alloc, struct gn_slice bytes,
				struct gn_manifest **out);
void gn_manifest_free(struct gn_alloc *alloc, struct gn_manifest *m);
size_t gn_manifest_count(const struct gn_manifest *m);
/* sorted by path */
void gn_manifest_at(const struct gn_manifest *m, size_t i, struct gn_bundle_file *out);
/* By its name in either of Unicode's forms: sites were published from systems that write é as e
 * and an accent (BU-1). */
GN_MUST gn_err gn_manifest_find(const struct gn_manifest *m, struct gn_slice path,
				struct gn_bundle_file *out);
/* What a web server would send for a URL path ("/", "/docs/", "/a%20b"), without the query: a
 * file or the entry of a directory with *status 200, the not-found page with 404, and with 301
 * *redirect when "/docs" must become "/docs/". GN_NOT_FOUND when the site has no such page and
 * no not-found page, GN_USAGE when the path is not well encoded. */
GN_MUST gn_err gn_manifest_resolve(const struct gn_manifest *m, struct gn_slice url_path,
				   struct gn_bundle_file *out, int *status, bool *redirect);
/* The next header whose glob ('*' any run, '?' one byte) matches the path; *at is where to look,
 * 0 at first. False past the last. One pass over all rules costs at most GN_BUNDLE_RULES *
 * GN_PATH_MAX steps of a few words. */
bool gn_manifest_header_next(const struct gn_manifest *m, struct gn_slice path, size_t *at,
			     struct gn_bundle_header *out);
/* May a site set this header? Not what frames the answer, names its type, keeps sites apart in a
 * browser or leads it to another server (BU-5). Letters of any case. */
bool gn_bundle_header_allowed(struct gn_slice name);
/* Rules of an older manifest that have no effect: those past GN_BUNDLE_RULES, and globs over
 * GN_GLOB_MAX (BU-5). */
size_t gn_manifest_rules_ignored(const struct gn_manifest *m);
struct gn_slice gn_manifest_bytes(const struct gn_manifest *m);
/* Pack i of info's pack_count. */
void gn_manifest_pack_at(const struct gn_manifest *m, size_t i, struct gn_bundle_pack *out);
/* Everything but files, packs, headers and deleted paths; slices borrow from m. */
void gn_manifest_info(const struct gn_manifest *m, struct gn_manifest_args *out);

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

/* ---- the engine ---- */

struct gn_bundles;
struct gn_bundles_config {
	struct gn_overlay *overlay;
	struct gn_blocks *blocks;
	struct gn_sk node_key; /* signs receipts of kept blocks */
	/* kept for others; 0: refuses to keep blocks (GN_NO_SPACE to the sender) */
	uint64_t peer_bytes_max;
	uint32_t reads_max; /* default 64 readers */
	uint32_t ahead;     /* chunks fetched before they are taken, per reader; default 24 */
	/* peers on loopback and private addresses have prefix shares too (BU-19) */
	bool count_local;
	bool no_cache;    /* do not keep what readers fetch as GN_BLOCK_CACHE */
	gn_time respread; /* between two rounds of what was spread; default 1 h */
	/* Bytes that would leave for a peer at once if they were given now: a chunk is read from
	 * the disk only when it would (BU-10). NULL: there is always room. */
	size_t (*room)(void *user, const struct gn_pk *peer);
	void *user;
};
GN_MUST gn_err gn_bundles_new(const struct gn_env *env, const struct gn_bundles_config *config,
			      struct gn_bundles **out);
/* Before the overlay and the block store that it uses. */
void gn_bundles_free(struct gn_bundles *b);

gn_err gn_bundles_recv(struct gn_bundles *b, const struct gn_pk *from, const struct gn_addr *addr,
		       struct gn_slice message, gn_time now);
void gn_bundles_peer_down(struct gn_bundles *b, const struct gn_pk *pk, gn_err why, gn_time now);
/* The peer may take more than when config.room was last asked: it is looked at in the next tick
 * (BU-10). */
void gn_bundles_room(struct gn_bundles *b, const struct gn_pk *pk, gn_time now);
bool gn_bundles_overlay_event(struct gn_bundles *b, const struct gn_overlay_event *event,
			      gn_time now);
bool gn_bundles_blocks_event(struct gn_bundles *b, const struct gn_blocks_event *event,
			     gn_time now);
void gn_bundles_tick(struct gn_bundles *b, gn_time now);
gn_time gn_bundles_deadline(const struct gn_bundles *b);
/* To peers; always reliable. False when none. */
bool gn_bundles_next_message(struct gn_bundles *b, struct gn_overlay_message *out);

/* Put a local file's bytes into the block store, pinned: begin, data (GN_AGAIN: wait for an
 * INGEST event and give the rest again: *taken tells how much was taken), end. The INGESTED
 * event carries root, blocks and size. */
GN_MUST gn_err gn_bundles_ingest(struct gn_bundles *b, gn_time now, gn_op *op);
GN_MUST gn_err gn_bundles_ingest_data(struct gn_bundles *b, gn_op op, struct gn_slice data,
				      size_t *taken, gn_time now);
GN_MUST gn_err gn_bundles_ingest_end(struct gn_bundles *b, gn_op op, gn_time now);

/* BU-20. These blocks (n * 32 bytes) belong to a version that is kept: counted, and never let go
 * while they are. Disown takes the count back; what nobody needs then and no publication has
 * just taken in goes at once. The same slice for both. GN_USAGE, GN_NOMEM. */
GN_MUST gn_err gn_bundles_own(struct gn_bundles *b, struct gn_slice blocks, gn_time now);
void gn_bundles_disown(struct gn_bundles *b, struct gn_slice blocks, gn_time now);
/* Every version that is kept has been named: from now on own blocks that nobody needs go, a day
 * after they were taken in. all: those of older programs too, whose names do not say when that
 * was. */
void gn_bundles_collect(struct gn_bundles *b, bool all, gn_time now);

/* Send blocks (n * 32 bytes, all here and complete) to the `copies` nearest nodes that keep
 * them, with receipts. PROGRESS events, then SPREAD: GN_OK when every block has its copies (this
 * node counts when it is among the nearest and keeps blocks), GN_QUORUM when too few nodes could
 * be found or would keep it: done / total says how many copies there are. After that the same is
 * done again every config.respread until keep_until (Unix seconds; holders promise at most 30
 * days at a time), without events, until the op is cancelled. GN_NOT_FOUND a block is not here,
 * GN_LIMIT. */
GN_MUST gn_err gn_bundles_spread(struct gn_bundles *b, struct gn_slice blocks, unsigned copies,
				 uint64_t keep_until, gn_time now, gn_op *op);

/* Read [off, off + len) of a file known by its root, blocks and size. READABLE events; take
 * bytes with read_next. */
GN_MUST gn_err gn_bundles_read(struct gn_bundles *b, const struct gn_bundle_file *file,
			       uint64_t off, uint64_t len, gn_time now, gn_op *op);
/* The next verified bytes in order (at most a chunk), valid until the next call on b. GN_AGAIN:
 * wait for READABLE. GN_OK with len 0: the end, and the reader is gone. Any other error: it
 * failed and is gone. */
GN_MUST gn_err gn_bundles_read_next(struct gn_bundles *b, gn_op op, struct gn_slice *out,
				    gn_time now);

/* The newest head of a site (cached for 30 s unless fresh) and its manifest. version 0: the
 * newest; else one of head.previous. OPENED event: GN_NOT_FOUND no such site or version,
 * GN_QUORUM, GN_TIMEOUT, GN_MALFORMED, GN_BUSY it gave way to others (BU-27). GN_LIMIT: no
 * place, and none gave way. */
GN_MUST gn_err gn_bundles_open(struct gn_bundles *b, const struct gn_pk *owner,
			       struct gn_slice label, uint64_t version, bool fresh, gn_time now,
			       gn_op *op);
/* A head that the network has just taken from here: the newest known, unless a newer one is
 * cached. What does not verify is nothing. */
void gn_bundles_head_put(struct gn_bundles *b, struct gn_slice record, gn_time now);
/* Until when (Unix seconds) the last head of the site that was seen here is good; 0: none was. */
uint64_t gn_bundles_head_expires(const struct gn_bundles *b, const struct gn_pk *owner,
				 struct gn_slice label);
void gn_bundles_cancel(struct gn_bundles *b, gn_op op, gn_time now);

/* Checking a large manifest takes seconds and touches nothing of the engine: the owner takes it
 * out, runs it where it stops nobody (a worker thread), and gives it back. The smallest first,
 * BUNDLES_WORKS out at a time. All must be back before gn_bundles_free. */
struct gn_bundles_work;
/* NULL: none, or enough are out */
struct gn_bundles_work *gn_bundles_next_work(struct gn_bundles *b);
void gn_bundles_work_run(struct gn_bundles_work *work); /* on any thread */
void gn_bundles_work_done(struct gn_bundles *b, struct gn_bundles_work *work, gn_time now);

/* Who is charged for what is kept for others, to be known again after a restart (BU-24): the
 * owner keeps the bytes in a file, writes them when `changes` has changed, and loads them once
 * the block store is READY. Save needs _len bytes of room in out; a file has _max at most. Load:
 * GN_MALFORMED, GN_VERSION; what was read before the fault stands. */
uint64_t gn_bundles_brought_changes(const struct gn_bundles *b);
size_t gn_bundles_brought_len(const struct gn_bundles *b);
size_t gn_bundles_brought_max(const struct gn_bundles *b);
void gn_bundles_brought_save(struct gn_bundles *b, gn_time now, struct gn_buf *out);
GN_MUST gn_err gn_bundles_brought_load(struct gn_bundles *b, struct gn_slice in, gn_time now);

enum gn_bundles_event_kind {
	GN_BUNDLES_INGEST,
	GN_BUNDLES_INGESTED,
	GN_BUNDLES_PROGRESS,
	GN_BUNDLES_SPREAD,
	GN_BUNDLES_READABLE,
	GN_BUNDLES_OPENED
};
struct gn_bundles_event {
	enum gn_bundles_event_kind kind;
	gn_op op;
	gn_err err;
	struct gn_hash root;    /* INGESTED */
	struct gn_slice blocks; /* INGESTED, valid until the next call */
	uint64_t size;          /* INGESTED */
	uint64_t done, total;   /* PROGRESS, SPREAD: copies of blocks with receipt; wanted */
	const struct gn_manifest
		/* OPENED: borrowed, valid until the engine's next tick or open; find files at
		 * once */
		*manifest;
	struct gn_slice head; /* OPENED: the head record's bytes */
	/* OPENED: of the head, when it is the cache's; 0: the network has just said so */
	gn_time age;
};
bool gn_bundles_next_event(struct gn_bundles *b, struct gn_bundles_event *out);

struct gn_bundles_counter {
	const char *name;
	uint64_t value;
};
bool gn_bundles_counter_at(const struct gn_bundles *b, size_t i, struct gn_bundles_counter *out);
/* What peers share here, to be shown; false past the last. */
bool gn_bundles_share_at(const struct gn_bundles *b, size_t i, struct gn_share_view *out);
void gn_bundles_validate(const struct gn_bundles *b);

#endif
