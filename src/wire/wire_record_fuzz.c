/* Any bytes as a record: opened, parsed, its body read by its type. A record that opens also
 * parses, to the same values; what parses is what a builder makes of its parts (WR-24). */
#include "wire/generated/bodies_fb.h"
#include "wire/testing/random_fb.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_body(const struct gn_record *r)
{
	static const struct gn_fb_type *const bodies[] = {
		[GN_FB_RECORD_TYPE_IDENTITY] = &gn_fbtype_identity_body,
		[GN_FB_RECORD_TYPE_NODE] = &gn_fbtype_node_body,
		[GN_FB_RECORD_TYPE_NAME] = &gn_fbtype_name_body,
		[GN_FB_RECORD_TYPE_SITE] = &gn_fbtype_site_body,
		[GN_FB_RECORD_TYPE_BOX] = &gn_fbtype_box_body,
		[GN_FB_RECORD_TYPE_TOPIC] = &gn_fbtype_topic_body,
		[GN_FB_RECORD_TYPE_REVOCATION] = &gn_fbtype_revocation_body,
		[GN_FB_RECORD_TYPE_PREKEYS] = &gn_fbtype_prekeys_body,
		[GN_FB_RECORD_TYPE_CHAIN] = &gn_fbtype_chain_body};
	struct gn_fbt t;
	if (r->type < GN_COUNT(bodies) && bodies[r->type] &&
	    gn_fb_verify(r->body, bodies[r->type], &t) == GN_OK)
		json_of(bodies[r->type], t);
}

static void built_again(const struct gn_record *r)
{
	static uint8_t storage[2 * GN_RECORD_MAX];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_record_args args = {r->signed_bytes, GN_SLICE(r->sig.b), r->pq_sig};
	struct gn_slice out;
	b.align = r->seq || r->created ? 8 : 4;
	gn_err err = gn_fbb_finish(&b, gn_fb_record_make(&b, &args), GN_FB_RECORD_IDENTIFIER, &out);
	GN_ASSERT(err == GN_OK && gn_slice_eq(out, r->bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_record opened, parsed;
	struct gn_slice in = gn_slice(data, len);
	gn_err open = gn_wire_record_open(in, &opened), parse = gn_wire_record_parse(in, &parsed);
	GN_ASSERT(open != GN_OK || parse == GN_OK);
	if (parse != GN_OK)
		return 0;
	GN_ASSERT(parsed.label.len <= GN_RECORD_LABEL_MAX && parsed.ttl >= GN_RECORD_TTL_MIN);
	GN_ASSERT(open != GN_OK || memcmp(&opened.hash, &parsed.hash, sizeof opened.hash) == 0);
	built_again(&parsed);
	read_body(&parsed);
	return 0;
}
