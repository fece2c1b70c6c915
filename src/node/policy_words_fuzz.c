/* Rules about paths in words: what is taken means the same when it is written and read again. */
#include "node/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_policy p, again;
	char why[GN_HOST_WHY], text[GN_NODE_POLICY_TEXT];
	if (gn_node_policy_parse(gn_slice(data, len), &p, why)) {
		GN_ASSERT(strlen(why) > 0);
		return 0;
	}
	gn_node_policy_text(&p, text);
	gn_err err = gn_node_policy_parse(gn_str(text), &again, why);
	GN_ASSERT(err == GN_OK && memcmp(&p, &again, sizeof p) == 0);
	return 0;
}
