/* What the files of name records share. */
#ifndef GN_RECORDS_NAME_INT_H
#define GN_RECORDS_NAME_INT_H

#include "records/limits.h"
#include "records/name.h"

/* A name that is written exactly as it is normalised: what a record's label must be. GN_TEXT. */
GN_MUST gn_err gn_name_parse_exact(struct gn_slice label, struct gn_name *out);

/* name_script.c: the label in code points; false when it cannot be read. At most 63. */
bool gn_name_letters(struct gn_slice label, uint32_t out[64], size_t *count);

#endif
