/* What strangers send before they are known: tokens and base64. No bytes pass for a token of
 * ours, and decoding undoes encoding. */
#include "hub/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[32] = {42};
	static uint8_t bytes[4096], again[4096];
	static char text[8192];
	struct gn_hub_jwt t;
	struct gn_slice in = gn_slice(data, size < 2048 ? size : 2048);
	GN_ASSERT(gn_hub_jwt_open(key, in, false, 0, &t) != GN_OK);
	for (int url = 0; url < 2; url++) {
		struct gn_buf out = {bytes, 0, sizeof bytes};
		if (gn_unbase64(in, url, &out) == GN_OK) {
			GN_ASSERT(gn_base64(gn_buf_slice(&out), url, text, sizeof text) == GN_OK);
			GN_ASSERT(gn_slice_eq(gn_str(text), in));
		} else {
			GN_ASSERT(out.len == 0);
		}
		struct gn_buf back = {again, 0, sizeof again};
		GN_ASSERT(gn_base64(in, url, text, sizeof text) == GN_OK &&
			  gn_unbase64(gn_str(text), url, &back) == GN_OK &&
			  gn_slice_eq(gn_buf_slice(&back), in));
	}
	return 0;
}
