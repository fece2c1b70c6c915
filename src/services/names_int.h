/* What the files of names share. */
#ifndef GN_SERVICES_NAMES_INT_H
#define GN_SERVICES_NAMES_INT_H

#include "services/limits.h"
#include "services/names.h"
#include "wire/generated/bodies_fb.h"

static inline struct gn_slice names_text(const struct gn_name *name)
{
	return gn_str(name->text);
}

/* A name that is written exactly as it is normalised: what a record's label must be. GN_TEXT. */
GN_MUST gn_err names_parse_exact(struct gn_slice label, struct gn_name *out);

/* A name record whose body is checked: form, entries, puzzle, transfer (NA-4..NA-8). The signature is the caller's. */
struct names_claim_view {
	struct gn_name name;
	uint64_t epoch;
	uint8_t puzzle[8];
	uint32_t entry_count;
	struct gn_fb_name_body body;
	bool transferred;
	struct gn_pk previous_owner;
	struct gn_sig previous_sig;
	uint64_t transfer_seq;
};
GN_MUST gn_err names_view(const struct gn_record *r, struct names_claim_view *out);
/* i < entry_count; borrows from the record. */
struct gn_name_entry names_view_entry(const struct names_claim_view *v, uint32_t i);
/* What equal counts fall to: SHA-256(name || owner || epoch be64), the smaller wins (NA-9). */
void names_tie(const struct gn_name *name, const struct gn_pk *owner, uint64_t epoch, struct gn_hash *out);

#endif
