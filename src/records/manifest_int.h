/* What the files of manifests share. */
#ifndef GN_RECORDS_MANIFEST_INT_H
#define GN_RECORDS_MANIFEST_INT_H

#include "records/limits.h"
#include "records/manifest.h"
#include "wire/generated/bundle_fb.h"

#define MANIFEST_PLAIN 1 /* of a manifest */
#define MANIFEST_PACKS 2 /* with packs (BU-18) */

/* Byte order of paths: the order of files in a manifest. */
int gn_bundle_path_order(struct gn_slice a, struct gn_slice b);
/* Order by folded case with '/' first: paths that clash are neighbours in it. Well-formed UTF-8
 * only. */
int gn_bundle_fold_order(struct gn_slice a, struct gn_slice b);
/* Equal, differing only by case in a part both reach, or a file where the other has a folder
 * (BU-2). */
bool gn_bundle_path_clash(struct gn_slice a, struct gn_slice b);
/* Simple case folding of a character beyond ASCII. */
uint32_t gn_bundle_fold(uint32_t c);

/* NULL when the file may stand in a manifest, else the rule broken (BU-1, BU-4). */
const char *gn_bundle_file_fault(const struct gn_bundle_file *file);
const char *gn_bundle_header_fault(const struct gn_bundle_header *header);
/* The path in NFC, or in NFD, in out; false when it is no UTF-8 or too long. ASCII is both. */
bool gn_bundle_path_form(struct gn_slice path, bool composed, char out[GN_PATH_MAX],
			 struct gn_slice *text);
/* Index array sorted by order(paths[i]); stable; scratch holds count too. */
typedef int (*gn_bundle_order)(struct gn_slice a, struct gn_slice b);
void gn_bundle_sort(const struct gn_slice *paths, uint32_t *index, uint32_t *scratch, size_t count,
		    gn_bundle_order order);
/* Looks for two that clash among count paths; GN_NOMEM, GN_EXISTS with the pair. */
GN_MUST gn_err gn_bundle_find_clash(struct gn_alloc *alloc, const struct gn_slice *paths,
				    size_t count, size_t clash[2]);

#endif
