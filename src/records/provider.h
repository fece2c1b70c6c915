/* Provider records (type 15): which node gives what strangers look for by a word of it, its label:
 * "code/4821" (RE-60). One label has eight places, each of which is whoever's came first, until its
 * ten minutes are over. Signed by a key of the record's own: nothing says who gives it. Pure. */
#ifndef GN_RECORDS_PROVIDER_H
#define GN_RECORDS_PROVIDER_H

#include "wire/wire.h"

#define GN_PROVIDER_PLACES 8u
#define GN_PROVIDER_TTL 600u /* seconds, at most: as long as a code lives */
#define GN_PROVIDER_LABEL 16 /* bytes of a code's label, with its zero */

struct gn_provider {
	struct gn_pk node;
	uint64_t created; /* Unix seconds */
	uint32_t ttl;
};

/* The label of a code's place. */
void gn_provider_code(uint16_t place, char label[GN_PROVIDER_LABEL]);
void gn_provider_key(struct gn_slice label, unsigned place, struct gn_hash *key);
/* GN_RANGE: ttl; GN_TOO_LARGE: no room. */
GN_MUST gn_err gn_provider_record(const struct gn_sk *owner, struct gn_slice label, unsigned place,
				  const struct gn_provider *in, struct gn_buf *out);
/* Form, limits, signature; what it is about is the caller's to see by its key. GN_MALFORMED,
 * GN_RANGE, and what gn_wire_record_open says; *out is then untouched. */
GN_MUST gn_err gn_provider_open(struct gn_slice record, struct gn_provider *out);
/* The holder's rule (admit.h). GN_EXISTS: another's is there. */
gn_err gn_provider_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now);

#endif
