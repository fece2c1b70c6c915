/* Key files as a hostile disk could hold them: the input gets the magic and a right checksum, so
 * that the parser behind them is reached. Sealed files that ask for much work are opened without
 * a passphrase, to keep the target fast. */
#include "crypto/crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t file[GN_KEYFILE_MAX + 16], out[256];
	struct gn_buf secret = {out, 0, sizeof out};
	struct gn_hash h;
	if (len > GN_KEYFILE_MAX)
		len = GN_KEYFILE_MAX;
	(void)!gn_keyfile_open(gn_slice(data, len), "node", GN_LIT("p"), &secret);
	memcpy(file, "GEONETK\1", 8);
	memcpy(file + 8, data, len);
	len = len + 8 > GN_KEYFILE_MAX - 8 ? GN_KEYFILE_MAX - 8 : len + 8;
	gn_sha256(&(struct gn_slice){file, len}, 1, &h);
	memcpy(file + len, h.b, 8);
	/* sealed, kind "node": passes and memory follow at 14 and 18 */
	bool cheap = len < 22 || (!memcmp(file + 14, "\0\0\0", 3) && file[17] <= 2 &&
				  !memcmp(file + 18, "\0\0\0", 3));
	secret.len = 0;
	gn_err err = gn_keyfile_open(gn_slice(file, len + 8), "node",
				     cheap ? GN_LIT("p") : gn_slice(NULL, 0), &secret);
	GN_ASSERT(err == GN_OK || secret.len == 0);
	return 0;
}
