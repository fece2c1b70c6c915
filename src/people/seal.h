/* Files' bytes, sealed before they leave this person's devices: a file is cut into pieces, each
 * sealed under the file's key with its number as the nonce; sealed, a whole piece is one chunk of a
 * bundle, so what is verified at once is opened at once. Pure; nothing is allocated that stays.
 * docs/spec/people.md PE-70..PE-74. */
#ifndef GN_PEOPLE_SEAL_H
#define GN_PEOPLE_SEAL_H

#include "people/content.h"
#include "records/manifest.h"

#define GN_CONTENT_SEALED GN_CHUNK                /* bytes of a whole piece, sealed */
#define GN_CONTENT_PIECE (GN_CHUNK - GN_AEAD_TAG) /* and of the file in it */
#define GN_CONTENT_FILE_BLOCKS 512                /* of 1 MiB, sealed: what a content can name */
#define GN_CONTENT_FILE_MAX                                                                        \
	((uint64_t)GN_CONTENT_FILE_BLOCKS * GN_BLOCK_CHUNKS * GN_CONTENT_PIECE) /* bytes */
#define GN_CONTENT_FILE_NAME 256 /* bytes of a name with its zero */

/* Pieces of a file of this size: an empty one has one too. */
static inline uint64_t gn_content_pieces(uint64_t size)
{
	return size ? (size - 1) / GN_CONTENT_PIECE + 1 : 1;
}
/* Bytes of piece `index` before it is sealed. */
static inline size_t gn_content_piece_len(uint64_t size, uint64_t index)
{
	uint64_t left = size - index * GN_CONTENT_PIECE;
	return left < GN_CONTENT_PIECE ? (size_t)left : GN_CONTENT_PIECE;
}
static inline uint64_t gn_content_sealed_size(uint64_t size)
{
	return size + gn_content_pieces(size) * GN_AEAD_TAG;
}

/* In place: piece has len bytes, those of its place, and room for GN_AEAD_TAG more. A key is for
 * one file: the same piece may be sealed again, another one in its place never. GN_RANGE: there is
 * no such piece; GN_NOMEM. */
GN_MUST gn_err gn_content_seal(const struct gn_hash *key, uint64_t size, uint64_t index,
			       uint8_t *piece, size_t len);
/* In place: len sealed bytes. GN_RANGE: there is no such piece, or it has another length; GN_AUTH:
 * it is not what was sealed, and piece is undefined; GN_NOMEM. */
GN_MUST gn_err gn_content_unseal(const struct gn_hash *key, uint64_t size, uint64_t index,
				 uint8_t *piece, size_t len);

/* The sealed bundle of a content's file; borrows f. GN_TOO_LARGE; GN_HASH: its hashes are not of
 * one bundle of its size. */
GN_MUST gn_err gn_content_file_bundle(const struct gn_content_file *f, struct gn_bundle_file *out);

/* A name that can stand in a folder and in a line of text, whatever the sender wrote; "file" when
 * nothing is left of it. */
void gn_content_file_name(struct gn_slice name, char out[GN_CONTENT_FILE_NAME]);

/* ---- a part of a file, opened as its sealed bytes come ---- */

struct gn_content_opening {
	struct gn_hash key; /* secret: gn_wipe it all */
	uint64_t size;
	uint64_t from, to; /* the bytes that are wanted */
	uint64_t index;    /* of the piece that comes */
	size_t len;        /* what has come of it */
	uint8_t piece[GN_CONTENT_SEALED];
};
/* [from, from + count); count 0: to its end. *at, *len: the sealed bytes to be given, whole pieces.
 * GN_RANGE: the file has none of them. */
GN_MUST gn_err gn_content_opening(struct gn_content_opening *o, const struct gn_content_file *f,
				  uint64_t from, uint64_t count, uint64_t *at, uint64_t *len);
/* Takes some of in; once a piece is whole, *out is what is wanted of it, good until the next call.
 * GN_AUTH; GN_RANGE: more than was asked for. */
GN_MUST gn_err gn_content_opening_put(struct gn_content_opening *o, struct gn_slice in,
				      size_t *taken, struct gn_slice *out);
bool gn_content_opening_done(const struct gn_content_opening *o);

#endif
