/* Bodies that are one table, made anew over the ones before. */
#ifndef GN_RECORDS_BODY_INT_H
#define GN_RECORDS_BODY_INT_H

#include "wire/wire.h"

struct gn_body {
	const struct gn_fb_type *type;
	const void *args;       /* of that type, without tables in it */
	uint64_t known;         /* slots that args speaks of */
	struct gn_slice before; /* the body that this one replaces, or absent */
};
/* The bytes of the body; what the one before says beyond `known` stays (WR-22). GN_TOO_LARGE;
 * GN_MALFORMED: before. */
GN_MUST gn_err gn_body_make(const struct gn_body *body, void *storage, size_t cap,
			    struct gn_slice *out);

#endif
