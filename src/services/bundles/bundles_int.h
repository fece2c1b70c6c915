/* What the files of bundles share: the pure part here, the engine's state in
 * bundles_engine_int.h. */
#ifndef GN_SERVICES_BUNDLES_INT_H
#define GN_SERVICES_BUNDLES_INT_H

#include "services/bundles/bundles.h"
#include "services/bundles/limits.h"
#include "wire/generated/bundle_fb.h"

#define BUNDLES_VERSION_PLAIN 1 /* of a manifest */
#define BUNDLES_VERSION_PACKS 2 /* with packs (BU-18) */

/* Byte order of paths: the order of files in a manifest. */
int bundles_path_order(struct gn_slice a, struct gn_slice b);
/* Order by folded case with '/' first: paths that clash are neighbours in it. Well-formed UTF-8
 * only. */
int bundles_fold_order(struct gn_slice a, struct gn_slice b);
/* Equal, differing only by case in a part both reach, or a file where the other has a folder
 * (BU-2). */
bool bundles_path_clash(struct gn_slice a, struct gn_slice b);
/* Equal but for the case of ASCII letters; b is in lower case. Any bytes. */
bool bundles_equal_ascii(struct gn_slice a, const char *b);
/* Simple case folding of a character beyond ASCII. */
uint32_t bundles_fold(uint32_t c);

/* NULL when the file may stand in a manifest, else the rule broken (BU-1, BU-4). */
const char *bundles_file_fault(const struct gn_bundle_file *file);
/* The same for what its reader stands on: as many blocks as its size needs, or its place in a
 * pack. The root is not counted again: who opened the manifest did it. */
const char *bundles_shape_fault(const struct gn_bundle_file *file);
const char *bundles_header_fault(const struct gn_bundle_header *header);
/* The path in NFC, or in NFD, in out; false when it is no UTF-8 or too long. ASCII is both. */
bool bundles_path_form(struct gn_slice path, bool composed, char out[GN_PATH_MAX],
		       struct gn_slice *text);
/* Blocks of a file of this size. */
static inline uint64_t bundles_block_count(uint64_t size)
{
	return size / GN_BLOCK + (size % GN_BLOCK != 0);
}
/* Bytes of block i of a file of this size. */
static inline uint32_t bundles_block_len(uint64_t size, uint64_t i)
{
	return size - i * GN_BLOCK < GN_BLOCK ? (uint32_t)(size - i * GN_BLOCK) : GN_BLOCK;
}
/* True when blocks fit size and give the root (BU-3). */
bool bundles_tree_ok(uint64_t size, const struct gn_hash *root, struct gn_slice blocks);

/* Index array sorted by order(paths[i]); stable; scratch holds count too. */
typedef int (*bundles_order)(struct gn_slice a, struct gn_slice b);
void bundles_sort(const struct gn_slice *paths, uint32_t *index, uint32_t *scratch, size_t count,
		  bundles_order order);
/* Looks for two that clash among count paths; GN_NOMEM, GN_EXISTS with the pair. */
GN_MUST gn_err bundles_find_clash(struct gn_alloc *alloc, const struct gn_slice *paths,
				  size_t count, size_t clash[2]);

#endif
