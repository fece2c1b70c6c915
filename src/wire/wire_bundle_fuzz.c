/* Any bytes as a manifest, as a block message, and as every construct of the sample schema, read
 * whole. */
#include "wire/generated/blocks_fb.h"
#include "wire/generated/bundle_fb.h"
#include "wire/testdata/generated/sample_fb.h"
#include "wire/testing/random_fb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct gn_fb_type *const types[] = {&gn_fbtype_manifest,
							 &gn_fbtype_block_message,
							 &gn_fbtype_sample, &gn_fbtype_branch};
	for (size_t i = 0; i < GN_COUNT(types); i++) {
		struct gn_fbt t;
		if (gn_fb_verify(gn_slice(data, len), types[i], &t) == GN_OK)
			json_of(types[i], t);
	}
	return 0;
}
