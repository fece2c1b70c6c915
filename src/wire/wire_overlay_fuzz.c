/* Any bytes as an overlay message, read whole; the record in it, and the message in a relayed
 * one, too. */
#include "wire/generated/overlay_fb.h"
#include "wire/testing/random_fb.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_message(struct gn_slice in, unsigned depth)
{
	struct gn_fb_overlay_message m;
	struct gn_record r;
	if (gn_fb_overlay_message_verify(in, &m) != GN_OK)
		return;
	json_of(&gn_fbtype_overlay_message, m.t);
	if (gn_wire_record_parse(gn_fb_value_record(gn_fb_overlay_message_body_as_value(m)), &r) ==
	    GN_OK)
		GN_ASSERT(r.bytes.len <= GN_RECORD_MAX);
	if (depth < 2)
		read_message(gn_fb_relay_inner(gn_fb_overlay_message_body_as_relay(m)), depth + 1);
	struct gn_fb_nodes nodes = gn_fb_overlay_message_body_as_nodes(m);
	for (uint32_t i = 0; i < gn_fb_nodes_contacts_len(nodes); i++)
		GN_ASSERT(gn_fb_contact_has_pk(gn_fb_nodes_contacts_at(nodes, i)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	read_message(gn_slice(data, len), 0);
	return 0;
}
