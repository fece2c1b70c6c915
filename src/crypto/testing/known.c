/* As known.h says. */
#include "crypto/testing/known.h"

void assert_hex(const void *got, const char *want)
{
	size_t len = strlen(want) / 2;
	uint8_t bytes[256];
	assert_true(len <= sizeof bytes);
	assert_int_equal(gn_unhex(gn_str(want), bytes, len), GN_OK);
	assert_memory_equal(got, bytes, len);
}

void assert_sha256(struct gn_slice got, const char *want)
{
	struct gn_hash h;
	gn_sha256(&got, 1, &h);
	assert_hex(h.b, want);
}
