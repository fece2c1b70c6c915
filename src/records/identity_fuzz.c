/* Bodies of identity records, any bytes, behind the signatures that the overlay has checked:
 * read within the limits or refused. */
#include "records/identity.h"
#include "wire/generated/record_fb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_identity id;
	size_t at[GN_IDENTITY_DEVICES];
	struct gn_record r = {.type = GN_FB_RECORD_TYPE_IDENTITY,
			      .seq = 2,
			      .created = 1767225600,
			      .ttl = 86400,
			      .body = gn_slice(data, len)};
	struct gn_record held = {
		.type = GN_FB_RECORD_TYPE_IDENTITY, .seq = 1, .created = 1767225600, .ttl = 86400};
	gn_err err = gn_identity_admit(&held, &r, 0, (gn_time)1767225600 * GN_SEC);
	GN_ASSERT(err == GN_OK || gn_err_class(err) == GN_CLASS_PEER);
	if (gn_identity_open(gn_slice(data, len), &id) == GN_OK)
		GN_ASSERT(id.key_count <= GN_IDENTITY_KEYS &&
			  id.history_count <= GN_IDENTITY_HISTORY &&
			  gn_identity_devices(&id, id.created, at) <= GN_IDENTITY_DEVICES);
	return 0;
}
