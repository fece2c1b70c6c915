/* Bodies of prekeys records, any bytes, behind the signatures that the overlay has checked: read
 * within the limits or refused, and believed of nobody by themselves. */
#include "records/prekeys.h"

#define T0 UINT64_C(1767225600)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gn_identity nobody;
	struct gn_prekeys p;
	struct gn_record r = {.type = GN_FB_RECORD_TYPE_PREKEYS,
			      .seq = 2,
			      .created = T0,
			      .ttl = 86400,
			      .body = gn_slice(data, len),
			      .bytes = gn_slice(data, len)};
	gn_err err = gn_prekeys_admit(len & 1 ? &r : NULL, &r, 0, (gn_time)T0 * GN_SEC);
	GN_ASSERT(err == GN_OK || gn_err_class(err) == GN_CLASS_PEER || err == GN_TOO_LARGE);
	if (gn_prekeys_open(gn_slice(data, len), &p) == GN_OK) {
		GN_ASSERT(p.few_count <= GN_PREKEYS_FEW && p.ttl <= GN_PREKEYS_TTL);
		nobody.owner = p.identity;
		GN_ASSERT(gn_prekeys_judge(&p, &nobody, &p.identity, p.created) != GN_OK);
	}
	return 0;
}
