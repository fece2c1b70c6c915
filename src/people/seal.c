/* A file sealed piece by piece, and opened in parts.
 *
 *   piece    file bytes [65,520 i, 65,520 (i + 1)), the last one less, an empty file's none
 *   sealed   ChaCha20-Poly1305 under the file's key: nonce 0 (4) || i (8), AD "geonet/file/1" ||
 *            size (8)
 *   place    sealed pieces one after another: piece i is chunk i of the bundle
 *
 * 1. A piece opens in its place of a file of its size alone: not cut, not moved, not lengthened.
 * 2. Nothing of a piece is handed out before its tag verified.
 *
 * docs/spec/people.md PE-70..PE-74. */
#include "people/seal.h"
#include "people/limits.h"

_Static_assert(GN_CONTENT_FILE_BLOCKS == CONTENT_BLOCKS_MAX, "what a content can name");

/* ---- pieces ---- */

struct piece_seal {
	struct gn_aead aead;
	uint8_t nonce[GN_AEAD_NONCE], ad[13 + 8];
};

static gn_err begin(struct piece_seal *s, bool sealing, const struct gn_hash *key, uint64_t size,
		    uint64_t index)
{
	memcpy(s->ad, "geonet/file/1", 13);
	gn_put_be64(s->ad + 13, size);
	memset(s->nonce, 0, sizeof s->nonce);
	gn_put_be64(s->nonce + 4, index);
	return gn_aead_init(&s->aead, GN_CHACHA20_POLY1305, sealing, GN_SLICE(key->b),
			    gn_slice(NULL, 0));
}

static bool is_piece(uint64_t size, uint64_t index, size_t len)
{
	return size <= GN_CONTENT_FILE_MAX && index < gn_content_pieces(size) &&
	       len == gn_content_piece_len(size, index);
}

gn_err gn_content_seal(const struct gn_hash *key, uint64_t size, uint64_t index, uint8_t *piece,
		       size_t len)
{
	struct piece_seal s;
	if (!is_piece(size, index, len))
		return GN_RANGE;
	GN_TRY(begin(&s, true, key, size, index));
	gn_err err = gn_aead_seal(&s.aead, s.nonce, GN_SLICE(s.ad), piece, len);
	gn_aead_fini(&s.aead);
	return err;
}

gn_err gn_content_unseal(const struct gn_hash *key, uint64_t size, uint64_t index, uint8_t *piece,
			 size_t len)
{
	struct piece_seal s;
	if (len < GN_AEAD_TAG || !is_piece(size, index, len - GN_AEAD_TAG))
		return GN_RANGE;
	GN_TRY(begin(&s, false, key, size, index));
	gn_err err = gn_aead_open(&s.aead, s.nonce, GN_SLICE(s.ad), piece, len);
	gn_aead_fini(&s.aead);
	return err;
}

gn_err gn_content_file_bundle(const struct gn_content_file *f, struct gn_bundle_file *out)
{
	if (f->size > GN_CONTENT_FILE_MAX)
		return GN_TOO_LARGE;
	struct gn_bundle_file file = {
		.size = gn_content_sealed_size(f->size), .root = f->root, .blocks = f->blocks};
	if (!file.blocks.len && gn_tree_block_count(file.size) == 1)
		file.blocks = GN_SLICE(f->root.b); /* one block is its own root */
	if (!gn_merkle_file_ok(file.size, &file.root, file.blocks))
		return GN_HASH;
	*out = file;
	return GN_OK;
}

/* ---- names ---- */

/* May it stand in a name? A mark that turns what follows may not, nor what cannot be seen. */
static bool may_stand(struct gn_slice c)
{
	static const char *const marks[] = {"\xc2\xad", "\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f"};
	for (size_t i = 0; i < GN_COUNT(marks); i++)
		if (gn_slice_eq(c, gn_str(marks[i])))
			return false;
	return gn_plain_ok(c);
}

void gn_content_file_name(struct gn_slice name, char out[GN_CONTENT_FILE_NAME])
{
	size_t len = 0, step;
	if (!gn_utf8_ok(name))
		name.len = 0;
	for (size_t i = 0; i < name.len; i += step) {
		const uint8_t *p = name.p + i;
		step = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
		if (!may_stand(gn_slice(p, step)) || (*p == ' ' && !len))
			continue;
		if (len + step >= GN_CONTENT_FILE_NAME)
			break;
		memcpy(out + len, p, step);
		if (*p == '/' || *p == '\\' || *p == ':' || ((*p == '.' || *p == '-') && !len))
			out[len] = '_';
		len += step;
	}
	while (len && (out[len - 1] == ' ' || out[len - 1] == '.'))
		len--;
	if (!len) {
		memcpy(out, "file", 4);
		len = 4;
	}
	out[len] = 0;
}

/* ---- a part of a file ---- */

gn_err gn_content_opening(struct gn_content_opening *o, const struct gn_content_file *f,
			  uint64_t from, uint64_t count, uint64_t *at, uint64_t *len)
{
	if (f->size > GN_CONTENT_FILE_MAX || from > f->size || count > f->size - from)
		return GN_RANGE;
	o->key = f->key;
	o->size = f->size;
	o->from = from;
	o->to = count ? from + count : f->size;
	o->len = 0;
	o->index = from / GN_CONTENT_PIECE;
	if (o->from == o->to && o->size) { /* nothing is wanted, and nothing is to be given */
		o->index = gn_content_pieces(o->size);
		*at = *len = 0;
		return GN_OK;
	}
	uint64_t last = o->to ? (o->to - 1) / GN_CONTENT_PIECE : 0;
	uint64_t end = last * GN_CONTENT_SEALED + gn_content_piece_len(o->size, last) + GN_AEAD_TAG;
	*at = o->index * GN_CONTENT_SEALED;
	*len = end - *at;
	return GN_OK;
}

bool gn_content_opening_done(const struct gn_content_opening *o)
{
	return o->index >= gn_content_pieces(o->size) ||
	       (o->index && o->index * GN_CONTENT_PIECE >= o->to);
}

gn_err gn_content_opening_put(struct gn_content_opening *o, struct gn_slice in, size_t *taken,
			      struct gn_slice *out)
{
	*taken = 0;
	*out = gn_slice(NULL, 0);
	if (!in.len)
		return GN_OK;
	if (gn_content_opening_done(o))
		return GN_RANGE;
	size_t plain = gn_content_piece_len(o->size, o->index), whole = plain + GN_AEAD_TAG;
	GN_ASSERT(o->len < whole && whole <= sizeof o->piece);
	*taken = in.len < whole - o->len ? in.len : whole - o->len;
	memcpy(o->piece + o->len, in.p, *taken);
	o->len += *taken;
	if (o->len < whole)
		return GN_OK;
	GN_TRY(gn_content_unseal(&o->key, o->size, o->index, o->piece, whole));
	uint64_t base = o->index * GN_CONTENT_PIECE;
	size_t begin_at = o->from > base ? (size_t)(o->from - base) : 0;
	size_t end_at = o->to - base < plain ? (size_t)(o->to - base) : plain;
	*out = gn_slice(o->piece + begin_at, end_at - begin_at);
	o->index++;
	o->len = 0;
	return GN_OK;
}
