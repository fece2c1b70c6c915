/* Provider records, as provider.h says. */
#include "records/provider.h"
#include "wire/generated/bodies_fb.h"

#include <stdio.h>

void gn_provider_code(uint16_t place, char label[GN_PROVIDER_LABEL])
{
	snprintf(label, GN_PROVIDER_LABEL, "code/%u", place);
}

void gn_provider_key(struct gn_slice label, unsigned place, struct gn_hash *key)
{
	GN_ASSERT(place < GN_PROVIDER_PLACES);
	gn_wire_record_key(GN_FB_RECORD_TYPE_PROVIDER, NULL, label, (uint8_t)place, key);
}

gn_err gn_provider_record(const struct gn_sk *owner, struct gn_slice label, unsigned place,
			  const struct gn_provider *in, struct gn_buf *out)
{
	uint8_t storage[128];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_key node = gn_wire_key(&in->node);
	struct gn_fb_provider_body_args args = {.node = &node};
	struct gn_slice body;
	GN_ASSERT(place < GN_PROVIDER_PLACES);
	if (in->ttl > GN_PROVIDER_TTL)
		return GN_RANGE;
	GN_TRY(gn_fbb_finish(&b, gn_fb_provider_body_make(&b, &args), NULL, &body));
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_PROVIDER,
					  .salt = (uint8_t)place,
					  .label = label,
					  .body = body,
					  .seq = 1,
					  .created = in->created,
					  .ttl = in->ttl};
	return gn_wire_record_make(owner, NULL, &fields, out);
}

static gn_err view(const struct gn_record *r, struct gn_provider *out)
{
	struct gn_fb_provider_body body;
	if (r->type != GN_FB_RECORD_TYPE_PROVIDER || r->salt >= GN_PROVIDER_PLACES)
		return GN_MALFORMED;
	GN_TRY(gn_fb_provider_body_verify(r->body, &body));
	if (r->ttl > GN_PROVIDER_TTL)
		return GN_RANGE;
	*out = (struct gn_provider){.node = gn_wire_key_get(gn_fb_provider_body_node(body)),
				    .created = r->created,
				    .ttl = r->ttl};
	return GN_OK;
}

gn_err gn_provider_open(struct gn_slice record, struct gn_provider *out)
{
	struct gn_record r;
	GN_TRY(gn_wire_record_open(record, &r));
	return view(&r, out);
}

gn_err gn_provider_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			 gn_time now)
{
	struct gn_provider p;
	(void)names;
	GN_TRY(view(in, &p));
	GN_TRY(gn_record_fresh(in, gn_unix(now)));
	if (held && !gn_pk_eq(&held->owner, &in->owner))
		return GN_EXISTS;
	return held && gn_record_compare(in, held) < 0 ? GN_STALE : GN_OK;
}
