/* Any bytes as the sealed pieces of a file, in any cuts: nothing is handed out that was not sealed,
 * and never more than was asked for. The first bytes say the size, the part, and how much of it is
 * sealed rightly. Rules PE-70..PE-72. */
#include "people/seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint8_t sealed[5 * GN_CONTENT_SEALED]; /* of 2^18 - 1 bytes at most */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gn_content_opening o;
	struct gn_content_file f = {.key = {{1}}};
	char name[GN_CONTENT_FILE_NAME];
	uint64_t at, want, got = 0;
	if (len < 16)
		return 0;
	f.size = gn_be64(data) & 0x3ffff;
	uint64_t from = gn_be32(data + 8) & 0x3ffff, count = gn_be32(data + 12) & 0x3ffff;
	gn_content_file_name(gn_slice(data + 16, len - 16), name);
	GN_ASSERT(*name && *name != '.' && !strchr(name, '/') && gn_plain_ok(gn_str(name)));
	GN_ASSERT(strlen(name) < GN_CONTENT_FILE_NAME);
	if (gn_content_opening(&o, &f, from, count, &at, &want) != GN_OK)
		return 0;
	GN_ASSERT(at + want <= gn_content_sealed_size(f.size) && want <= sizeof sealed);
	for (uint64_t i = at / GN_CONTENT_SEALED; i * GN_CONTENT_SEALED < at + want; i++) {
		uint8_t *piece = sealed + i * GN_CONTENT_SEALED - at;
		size_t plain = gn_content_piece_len(f.size, i);
		memset(piece, (int)i + 1, plain);
		GN_ASSERT(gn_content_seal(&f.key, f.size, i, piece, plain) == GN_OK);
	}
	bool changed = false;
	size_t used = 16;
	for (uint64_t done = 0; done < want && used + 4 <= len; used += 4) {
		uint64_t cut = 1 + (((unsigned)data[used] << 8 | data[used + 1]) & 0xffff);
		struct gn_slice in =
			gn_slice(sealed + done, (size_t)(cut < want - done ? cut : want - done));
		GN_ASSERT(in.len > 0);
		if (data[used + 2] == 0xff) {
			sealed[done + data[used + 3] % in.len] ^= 1;
			changed = true;
		}
		done += in.len;
		while (in.len) {
			struct gn_slice out;
			size_t taken;
			gn_err err = gn_content_opening_put(&o, in, &taken, &out);
			GN_ASSERT(err == GN_OK || (err == GN_AUTH && changed));
			if (err)
				return 0;
			for (size_t i = 0; i < out.len;
			     i++) /* of the very piece that it stands in */
				GN_ASSERT(out.p[i] == (from + got + i) / GN_CONTENT_PIECE + 1);
			got += out.len;
			in = gn_slice_sub(in, taken, in.len - taken);
		}
		GN_ASSERT(got <= o.to - o.from);
		GN_ASSERT(done < want || (gn_content_opening_done(&o) && got == o.to - o.from));
	}
	return 0;
}
