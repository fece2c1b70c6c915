/* Any bytes as an invite link: refused, or read, and then what is made of it reads the same. Rule
 * PE-60. */
#include "people/invite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t text[2 * GN_INVITE_LINK_MAX];
	struct gn_people_link link, again;
	struct gn_buf b = {text, 0, sizeof text};
	gn_err err = gn_people_link_open(gn_slice(data, len), &link);
	GN_ASSERT(err == GN_OK || err == GN_TEXT || err == GN_TOO_LARGE);
	if (err)
		return 0;
	GN_ASSERT(link.node_count <= GN_INVITE_NODES_MAX && gn_plain_ok(gn_str(link.name)));
	GN_ASSERT(gn_people_link_make(&link, &b) == GN_OK);
	GN_ASSERT(gn_people_link_open(gn_buf_slice(&b), &again) == GN_OK);
	GN_ASSERT(strcmp(link.name, again.name) == 0 && link.node_count == again.node_count);
	GN_ASSERT(gn_hash_eq(&link.person, &again.person) && link.invites == again.invites);
	return 0;
}
