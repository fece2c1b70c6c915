/* Texts people type or paste: base58, PIDs, phrases. What parses must print as the same thing
 * again. */
#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_slice text = gn_slice(data, len);
	struct gn_hash id;
	uint8_t bytes[64], entropy[32], again[32];
	char out[90], phrase[GN_PHRASE_MAX];
	unsigned bad = 99;
	if (gn_pid_parse(text, &id) == GN_OK) {
		GN_ASSERT(gn_base58(GN_SLICE(id.b), out, sizeof out) == GN_OK);
		GN_ASSERT(gn_slice_eq(gn_str(out), text));
	}
	for (size_t n = 0; n <= sizeof bytes; n++)
		if (gn_unbase58(text, bytes, n) == GN_OK) {
			GN_ASSERT(gn_base58(gn_slice(bytes, n), out, sizeof out) == GN_OK);
			GN_ASSERT(gn_slice_eq(gn_str(out), text));
		}
	if (gn_phrase_parse(text, entropy, &bad) == GN_OK) {
		gn_phrase(entropy, phrase);
		GN_ASSERT(gn_phrase_parse(gn_str(phrase), again, &bad) == GN_OK);
		GN_ASSERT(gn_equal_ct(entropy, again, sizeof again));
	} else {
		GN_ASSERT(bad <= GN_PHRASE_WORDS);
	}
	return 0;
}
