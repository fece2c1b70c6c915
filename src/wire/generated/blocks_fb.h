/* Made by tools/fbc from blocks.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_BLOCKS_FB_H
#define GN_WIRE_BLOCKS_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_block_body {
	GN_FB_BLOCK_BODY_NONE = 0,
	GN_FB_BLOCK_BODY_CHUNK_GET = 1,
	GN_FB_BLOCK_BODY_CHUNK = 2,
	GN_FB_BLOCK_BODY_CHUNK_PUT = 3,
	GN_FB_BLOCK_BODY_CHUNK_ACK = 4,
	GN_FB_BLOCK_BODY_BLOCK_HAVE = 5,
	GN_FB_BLOCK_BODY_BLOCK_HAS = 6,
	GN_FB_BLOCK_BODY_BLOCK_KEEP = 7,
};

/* ---- ChunkGet ---- */

/* Asks for chunks [first, first + count); each comes as its own Chunk with the request's number, or one ChunkAck says why not. */
struct gn_fb_chunk_get {
	struct gn_fbt t;
};
struct gn_fb_chunk_get_args {
	const struct gn_fb_hash *block;
	uint32_t first;
	uint32_t count;
};
static const struct gn_fb_field gn_fbfields_chunk_get[] = {
	{"block", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chunk_get_args, block), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"first", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chunk_get_args, first), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_chunk_get_args, count), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chunk_get = {"ChunkGet", NULL, gn_fbfields_chunk_get, 3};

GN_MUST static inline gn_err gn_fb_chunk_get_verify(struct gn_slice in, struct gn_fb_chunk_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_chunk_get, &out->t);
}
static inline gn_fbref gn_fb_chunk_get_make(struct gn_fbb *b, const struct gn_fb_chunk_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chunk_get, args);
}
static inline bool gn_fb_chunk_get_has_block(struct gn_fb_chunk_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_chunk_get_block(struct gn_fb_chunk_get t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint32_t gn_fb_chunk_get_first(struct gn_fb_chunk_get t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_chunk_get_count(struct gn_fb_chunk_get t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}

/* ---- Chunk ---- */

struct gn_fb_chunk {
	struct gn_fbt t;
};
struct gn_fb_chunk_args {
	const struct gn_fb_hash *block;
	uint32_t index;
	/* Chunks of the block. */
	uint32_t chunks;
	/* Bytes of the block. */
	uint32_t block_len;
	/* Siblings from the leaf up to the block's root. */
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} proof;
	struct gn_slice data;
};
static const struct gn_fb_field gn_fbfields_chunk[] = {
	{"block", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chunk_args, block), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"index", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chunk_args, index), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"chunks", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_chunk_args, chunks), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"block_len", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_chunk_args, block_len), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"proof", GN_FB_STRUCTS, GN_FB_UINT, 4, offsetof(struct gn_fb_chunk_args, proof), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"data", GN_FB_SCALARS, GN_FB_UINT, 5, offsetof(struct gn_fb_chunk_args, data), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chunk = {"Chunk", NULL, gn_fbfields_chunk, 6};

GN_MUST static inline gn_err gn_fb_chunk_verify(struct gn_slice in, struct gn_fb_chunk *out)
{
	return gn_fb_verify(in, &gn_fbtype_chunk, &out->t);
}
static inline gn_fbref gn_fb_chunk_make(struct gn_fbb *b, const struct gn_fb_chunk_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chunk, args);
}
static inline bool gn_fb_chunk_has_block(struct gn_fb_chunk t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_chunk_block(struct gn_fb_chunk t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint32_t gn_fb_chunk_index(struct gn_fb_chunk t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_chunk_chunks(struct gn_fb_chunk t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_chunk_block_len(struct gn_fb_chunk t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline bool gn_fb_chunk_has_proof(struct gn_fb_chunk t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_chunk_proof_len(struct gn_fb_chunk t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_chunk_proof_at(struct gn_fb_chunk t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 4, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_chunk_proof_bytes(struct gn_fb_chunk t)
{
	return gn_fbt_elements(t.t, 4, 32);
}
static inline bool gn_fb_chunk_has_data(struct gn_fb_chunk t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_chunk_data(struct gn_fb_chunk t)
{
	return gn_fbt_bytes(t.t, 5);
}

/* ---- ChunkPut ---- */

struct gn_fb_chunk_put {
	struct gn_fbt t;
};
struct gn_fb_chunk_put_args {
	gn_fbref chunk; /* Chunk */
	/* Seconds the block is wanted for. */
	uint32_t ttl;
	/* Capability token chain. */
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_chunk_put[] = {
	{"chunk", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_chunk_put_args, chunk), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chunk}, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chunk_put_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_chunk_put_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chunk_put = {"ChunkPut", NULL, gn_fbfields_chunk_put, 3};

GN_MUST static inline gn_err gn_fb_chunk_put_verify(struct gn_slice in, struct gn_fb_chunk_put *out)
{
	return gn_fb_verify(in, &gn_fbtype_chunk_put, &out->t);
}
static inline gn_fbref gn_fb_chunk_put_make(struct gn_fbb *b, const struct gn_fb_chunk_put_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chunk_put, args);
}
static inline bool gn_fb_chunk_put_has_chunk(struct gn_fb_chunk_put t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_chunk gn_fb_chunk_put_chunk(struct gn_fb_chunk_put t)
{
	return (struct gn_fb_chunk){gn_fbt_table(t.t, 0)};
}
static inline uint32_t gn_fb_chunk_put_ttl(struct gn_fb_chunk_put t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_chunk_put_has_token(struct gn_fb_chunk_put t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_chunk_put_token(struct gn_fb_chunk_put t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- ChunkAck ---- */

/* Answers each ChunkPut, and a ChunkGet that is not served. The receipt comes with the chunk that completes the block. */
struct gn_fb_chunk_ack {
	struct gn_fbt t;
};
struct gn_fb_chunk_ack_args {
	const struct gn_fb_hash *block;
	uint32_t index;
	uint8_t code;
	gn_fbref receipt; /* Receipt */
};
static const struct gn_fb_field gn_fbfields_chunk_ack[] = {
	{"block", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chunk_ack_args, block), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"index", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chunk_ack_args, index), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_chunk_ack_args, code), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_code, false},
	{"receipt", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_chunk_ack_args, receipt), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_receipt}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chunk_ack = {"ChunkAck", NULL, gn_fbfields_chunk_ack, 4};

GN_MUST static inline gn_err gn_fb_chunk_ack_verify(struct gn_slice in, struct gn_fb_chunk_ack *out)
{
	return gn_fb_verify(in, &gn_fbtype_chunk_ack, &out->t);
}
static inline gn_fbref gn_fb_chunk_ack_make(struct gn_fbb *b, const struct gn_fb_chunk_ack_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chunk_ack, args);
}
static inline bool gn_fb_chunk_ack_has_block(struct gn_fb_chunk_ack t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_chunk_ack_block(struct gn_fb_chunk_ack t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint32_t gn_fb_chunk_ack_index(struct gn_fb_chunk_ack t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint8_t gn_fb_chunk_ack_code(struct gn_fb_chunk_ack t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_chunk_ack_has_receipt(struct gn_fb_chunk_ack t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_receipt gn_fb_chunk_ack_receipt(struct gn_fb_chunk_ack t)
{
	return (struct gn_fb_receipt){gn_fbt_table(t.t, 3)};
}

/* ---- BlockHave ---- */

/* Asks whether the other side holds a block. */
struct gn_fb_block_have {
	struct gn_fbt t;
};
struct gn_fb_block_have_args {
	const struct gn_fb_hash *block;
};
static const struct gn_fb_field gn_fbfields_block_have[] = {
	{"block", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_block_have_args, block), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_block_have = {"BlockHave", NULL, gn_fbfields_block_have, 1};

GN_MUST static inline gn_err gn_fb_block_have_verify(struct gn_slice in, struct gn_fb_block_have *out)
{
	return gn_fb_verify(in, &gn_fbtype_block_have, &out->t);
}
static inline gn_fbref gn_fb_block_have_make(struct gn_fbb *b, const struct gn_fb_block_have_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_block_have, args);
}
static inline bool gn_fb_block_have_has_block(struct gn_fb_block_have t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_block_have_block(struct gn_fb_block_have t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}

/* ---- BlockHas ---- */

struct gn_fb_block_has {
	struct gn_fbt t;
};
struct gn_fb_block_has_args {
	const struct gn_fb_hash *block;
	/* Bytes of the block; 0 when not known. */
	uint32_t block_len;
	/* Bit i: chunk i is here. */
	uint32_t held;
};
static const struct gn_fb_field gn_fbfields_block_has[] = {
	{"block", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_block_has_args, block), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"block_len", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_block_has_args, block_len), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_block_has_args, held), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_block_has = {"BlockHas", NULL, gn_fbfields_block_has, 3};

GN_MUST static inline gn_err gn_fb_block_has_verify(struct gn_slice in, struct gn_fb_block_has *out)
{
	return gn_fb_verify(in, &gn_fbtype_block_has, &out->t);
}
static inline gn_fbref gn_fb_block_has_make(struct gn_fbb *b, const struct gn_fb_block_has_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_block_has, args);
}
static inline bool gn_fb_block_has_has_block(struct gn_fb_block_has t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_block_has_block(struct gn_fb_block_has t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint32_t gn_fb_block_has_block_len(struct gn_fb_block_has t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_block_has_held(struct gn_fb_block_has t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}

/* ---- BlockKeep ---- */

/* Asks the other side to keep a block. Answered by ChunkAck with a receipt when it is there complete, by ChunkAck with a code
 * when it will not, else by BlockHas: the missing chunks may come as ChunkPut. */
struct gn_fb_block_keep {
	struct gn_fbt t;
};
struct gn_fb_block_keep_args {
	const struct gn_fb_hash *block;
	/* Bytes of the block. */
	uint32_t block_len;
	/* Seconds the block is wanted for. */
	uint32_t ttl;
	/* Capability token chain. */
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_block_keep[] = {
	{"block", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_block_keep_args, block), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"block_len", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_block_keep_args, block_len), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_block_keep_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_block_keep_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_block_keep = {"BlockKeep", NULL, gn_fbfields_block_keep, 4};

GN_MUST static inline gn_err gn_fb_block_keep_verify(struct gn_slice in, struct gn_fb_block_keep *out)
{
	return gn_fb_verify(in, &gn_fbtype_block_keep, &out->t);
}
static inline gn_fbref gn_fb_block_keep_make(struct gn_fbb *b, const struct gn_fb_block_keep_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_block_keep, args);
}
static inline bool gn_fb_block_keep_has_block(struct gn_fb_block_keep t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_block_keep_block(struct gn_fb_block_keep t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint32_t gn_fb_block_keep_block_len(struct gn_fb_block_keep t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_block_keep_ttl(struct gn_fb_block_keep t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline bool gn_fb_block_keep_has_token(struct gn_fb_block_keep t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_block_keep_token(struct gn_fb_block_keep t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- BlockMessage ---- */

struct gn_fb_block_message {
	struct gn_fbt t;
};
struct gn_fb_block_message_args {
	/* Chosen by who asks; the answer repeats it. */
	uint64_t request;
	uint8_t body_type; /* GN_FB_BLOCK_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_block_message[] = {
	{"request", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_block_message_args, request), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_block_message_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 2, offsetof(struct gn_fb_block_message_args, body), 7, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chunk_get, &gn_fbtype_chunk, &gn_fbtype_chunk_put, &gn_fbtype_chunk_ack, &gn_fbtype_block_have, &gn_fbtype_block_has, &gn_fbtype_block_keep}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_block_message = {"BlockMessage", "GNBK", gn_fbfields_block_message, 3};

#define GN_FB_BLOCK_MESSAGE_IDENTIFIER "GNBK"

GN_MUST static inline gn_err gn_fb_block_message_verify(struct gn_slice in, struct gn_fb_block_message *out)
{
	return gn_fb_verify(in, &gn_fbtype_block_message, &out->t);
}
static inline gn_fbref gn_fb_block_message_make(struct gn_fbb *b, const struct gn_fb_block_message_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_block_message, args);
}
static inline uint64_t gn_fb_block_message_request(struct gn_fb_block_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_block_message_has_body(struct gn_fb_block_message t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint8_t gn_fb_block_message_body_type(struct gn_fb_block_message t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, 0);
}
static inline struct gn_fb_chunk_get gn_fb_block_message_body_as_chunk_get(struct gn_fb_block_message t)
{
	return (struct gn_fb_chunk_get){gn_fbt_member(t.t, 2, GN_FB_BLOCK_BODY_CHUNK_GET)};
}
static inline struct gn_fb_chunk gn_fb_block_message_body_as_chunk(struct gn_fb_block_message t)
{
	return (struct gn_fb_chunk){gn_fbt_member(t.t, 2, GN_FB_BLOCK_BODY_CHUNK)};
}
static inline struct gn_fb_chunk_put gn_fb_block_message_body_as_chunk_put(struct gn_fb_block_message t)
{
	return (struct gn_fb_chunk_put){gn_fbt_member(t.t, 2, GN_FB_BLOCK_BODY_CHUNK_PUT)};
}
static inline struct gn_fb_chunk_ack gn_fb_block_message_body_as_chunk_ack(struct gn_fb_block_message t)
{
	return (struct gn_fb_chunk_ack){gn_fbt_member(t.t, 2, GN_FB_BLOCK_BODY_CHUNK_ACK)};
}
static inline struct gn_fb_block_have gn_fb_block_message_body_as_block_have(struct gn_fb_block_message t)
{
	return (struct gn_fb_block_have){gn_fbt_member(t.t, 2, GN_FB_BLOCK_BODY_BLOCK_HAVE)};
}
static inline struct gn_fb_block_has gn_fb_block_message_body_as_block_has(struct gn_fb_block_message t)
{
	return (struct gn_fb_block_has){gn_fbt_member(t.t, 2, GN_FB_BLOCK_BODY_BLOCK_HAS)};
}
static inline struct gn_fb_block_keep gn_fb_block_message_body_as_block_keep(struct gn_fb_block_message t)
{
	return (struct gn_fb_block_keep){gn_fbt_member(t.t, 2, GN_FB_BLOCK_BODY_BLOCK_KEEP)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_blocks[] = {
	&gn_fbtype_chunk_get,
	&gn_fbtype_chunk,
	&gn_fbtype_chunk_put,
	&gn_fbtype_chunk_ack,
	&gn_fbtype_block_have,
	&gn_fbtype_block_has,
	&gn_fbtype_block_keep,
	&gn_fbtype_block_message,
};

#endif
