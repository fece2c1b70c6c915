/* Any bytes as a capability token. What opens holds to its limits, grants within its first block
 * alone, and can be narrowed by nobody but its bearer. */
#include "wire/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void judge_opened(const struct gn_token *t)
{
	const struct gn_token_block *rights = gn_token_rights(t), *limits = gn_token_limits(t);
	uint64_t amount;
	GN_ASSERT(t->count && t->count <= GN_TOKEN_BLOCKS_MAX && rights->right_count);
	GN_ASSERT(gn_token_life(t) && gn_token_life(t) <= GN_TOKEN_LIFE_MAX);
	for (size_t i = 0; i < rights->right_count; i++) {
		bool within = false;
		for (size_t k = 0; k < t->blocks[0].right_count; k++)
			within |= gn_token_covers(t->blocks[0].rights[k].resource,
						  rights->rights[i].resource);
		GN_ASSERT(within || !rights->rights[i].actions);
	}
	for (size_t i = 0; limits && i < limits->limit_count; i++)
		GN_ASSERT(gn_token_amount(t, (enum gn_fb_limit_of)limits->limits[i].of,
					  limits->limits[i].per, &amount));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gn_token t;
	struct gn_token_fault fault = {0};
	gn_err err = gn_token_open(gn_slice(data, len), &t, &fault);
	GN_ASSERT(err == GN_OK || fault.what);
	if (err == GN_OK)
		judge_opened(&t);
	struct gn_slice text = gn_slice(data, len);
	if (gn_token_resource_ok(text, true) == GN_OK)
		GN_ASSERT(gn_token_covers(gn_str("*"), text) && gn_token_covers(text, text));
	return 0;
}
