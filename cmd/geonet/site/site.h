/* Sites: what is in a folder (walk.c, type.c), its way to the node (upload.c, pack.c), manifests
 * and heads to and from it (store.c). */
#ifndef GEONET_SITE_H
#define GEONET_SITE_H

#include "geonet/frame/keys.h"
#include "geonet/identity/own.h"
#include "records/head.h"

struct site_file {
	char *path; /* in the site */
	char *full; /* on this machine */
	uint64_t size;
	struct gn_hash root;
	struct gn_hash *blocks;
	size_t block_count;
	uint32_t pack, offset; /* pack 0: not packed */
};
struct site_folder {
	struct site_file *files; /* by path */
	size_t count, cap, hidden;
	uint64_t bytes;
	bool packing; /* small files go into packs */
	struct gn_bundle_pack *packs;
	size_t pack_count;
};

/* Prints "PATH: WHY"; false. */
bool site_refuse(struct cli *cli, const char *path, const char *why);
/* All files below dir in sorted order. False after printing the path that a site cannot have: a
 * link, a device, a bad name. */
bool site_walk(struct cli *cli, const char *dir, bool hidden, struct site_folder *out);
void site_folder_free(struct site_folder *folder);
/* Hashes file->full into root and blocks; upload: sends it to the node in the same pass and
 * compares what the node says. */
bool site_hash_file(struct cli *cli, struct site_file *file, bool upload, uint64_t done,
		    uint64_t total);
/* The same for bytes in memory. */
bool site_upload_bytes(struct cli *cli, struct gn_slice data, struct gn_hash *root,
		       struct gn_hash **blocks, size_t *block_count);

/* A site of more small files than this is packed; one of fewer is published as programs before
 * packs can read it. */
#define SITE_PACK_FROM 64
bool site_packs(const struct site_folder *folder);
/* This file goes into a pack. */
bool site_packed(const struct site_folder *folder, const struct site_file *f);
/* Hashes all small files, gives each its place in a pack, and sends the packs. previous: the
 * version before, whose packs the node keeps; NULL: none. *sent grows by the files that were
 * sent. */
bool site_pack(struct cli *cli, struct site_folder *folder, const struct gn_manifest *previous,
	       size_t *sent);

/* "/api/v1/sites/OWNER/LABEL" and rest; the caller frees. */
char *site_api_path(const struct gn_pk *owner, const char *label, const char *rest);
/* The newest head, verified; *record (to be freed) is what head borrows from. CLI_NOT_FOUND is
 * not printed. */
int site_head(struct cli *cli, const struct gn_pk *owner, const char *label, struct gn_head *head,
	      uint8_t **record);
/* The manifest of a version, fetched and checked against its root. quiet: prints nothing. */
int site_manifest(struct cli *cli, const struct gn_head *head,
		  const struct gn_head_version *version, bool quiet, struct gn_alloc *alloc,
		  struct gn_manifest **out);

/* A growing set of block hashes. */
struct hash_list {
	struct gn_hash *list;
	size_t count, cap;
};
void hash_add(struct hash_list *l, const void *hashes, size_t count);
void hash_unique(struct hash_list *l); /* sorts, drops repetitions */

/* Sends the blocks to `copies` nodes each and makes the node keep the site published; prints
 * unless GN_NOT_FOUND (the node lacks a block), which *missing tells. */
int site_spread(struct cli *cli, const struct hash_list *blocks, uint64_t copies,
		uint64_t keep_until, const struct gn_pk *owner, const char *label,
		const struct gn_hash *root, bool *missing);
/* Signs and puts the head; *receipts counts. */
int site_put_head(struct cli *cli, const struct identity *id, const struct gn_head *head,
		  uint64_t w, uint64_t *receipts);
/* "http://NAME.geo.localhost:PORT/" of the running node; NULL when it serves no port. The caller
 * frees. */
char *site_url(struct cli *cli, const char *name);
bool site_label_ok(struct cli *cli, const char *label);

/* What --type says of the file, else what its name or its first bytes say. The slice lives as
 * long as cli. */
struct gn_slice site_type(struct cli *cli, const struct site_file *file);
/* False after printing which --type is none. */
bool site_types_ok(struct cli *cli);

/* A site's head, with its blocks: for another term, unless less than half of this one is over. */
int site_renew(struct cli *cli, const struct identity *id, const char *label, uint64_t copies,
	       struct own_term term, uint64_t *expires, bool *done);

#endif
