/* Made by tools/fbc from token.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_TOKEN_FB_H
#define GN_WIRE_TOKEN_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

/* What a right allows. Unknown bits are kept and grant nothing. */
enum gn_fb_action {
	GN_FB_ACTION_READ = 1,
	GN_FB_ACTION_WRITE = 2,
	GN_FB_ACTION_ADMIN = 4,
	GN_FB_ACTION_HOLD = 8,
	GN_FB_ACTION_PUBLISH = 16,
	GN_FB_ACTION_SUBSCRIBE = 32,
	GN_FB_ACTION_DEPOSIT = 64,
	GN_FB_ACTION_LEASE = 128,
	GN_FB_ACTION_ACK = 256,
	GN_FB_ACTION_USE = 512,
	GN_FB_ACTION_SEND = 1024,
	GN_FB_ACTION_SIGN = 2048,
	GN_FB_ACTION_PAY = 4096,
	GN_FB_ACTION_LIST = 8192,
	GN_FB_ACTION_DELEGATE = 16384,
};

/* What a limit counts. */
enum gn_fb_limit_of {
	GN_FB_LIMIT_OF_BYTES = 0,
	GN_FB_LIMIT_OF_OPS = 1,
	GN_FB_LIMIT_OF_DEPTH = 2,
	GN_FB_LIMIT_OF_CPU_MS = 3,
	GN_FB_LIMIT_OF_JOBS = 4,
	GN_FB_LIMIT_OF_MESSAGES = 5,
	GN_FB_LIMIT_OF_STREAMS = 6,
	GN_FB_LIMIT_OF_CONSUMERS = 7,
	GN_FB_LIMIT_OF_MONEY = 8,
	GN_FB_LIMIT_OF_MEMORY = 9,
	GN_FB_LIMIT_OF_OUTSTANDING = 10,
};

static const struct gn_fb_word gn_fbwords_limit_of[] = {{"bytes", 0}, {"ops", 1}, {"depth", 2}, {"cpu-ms", 3}, {"jobs", 4}, {"messages", 5}, {"streams", 6}, {"consumers", 7}, {"money", 8}, {"memory", 9}, {"outstanding", 10}, {NULL, 0}};

struct gn_fb_token_limit {
	uint64_t amount;
	/* Seconds; 0: in all. */
	uint32_t per;
	/* LimitOf; unknown kinds refuse the token. */
	uint16_t of;
	uint16_t reserved;
};
static const struct gn_fb_member gn_fbmembers_token_limit[] = {
	{"amount", offsetof(struct gn_fb_token_limit, amount), 0, 8, 1, GN_FB_UINT},
	{"per", offsetof(struct gn_fb_token_limit, per), 8, 4, 1, GN_FB_UINT},
	{"of", offsetof(struct gn_fb_token_limit, of), 12, 2, 1, GN_FB_UINT},
	{"reserved", offsetof(struct gn_fb_token_limit, reserved), 14, 2, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_token_limit = {gn_fbmembers_token_limit, 4, sizeof(struct gn_fb_token_limit), 16, 8};

/* ---- TokenRight ---- */

struct gn_fb_token_right {
	struct gn_fbt t;
};
struct gn_fb_token_right_args {
	/* A path of the first issuer's, e.g. "topic/news"; a last part "*" stands for one or more parts. */
	struct gn_slice resource;
	/* Bits: Action. */
	uint64_t actions;
};
static const struct gn_fb_field gn_fbfields_token_right[] = {
	{"resource", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_token_right_args, resource), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"actions", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_token_right_args, actions), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_token_right = {"TokenRight", NULL, gn_fbfields_token_right, 2};

GN_MUST static inline gn_err gn_fb_token_right_verify(struct gn_slice in, struct gn_fb_token_right *out)
{
	return gn_fb_verify(in, &gn_fbtype_token_right, &out->t);
}
static inline gn_fbref gn_fb_token_right_make(struct gn_fbb *b, const struct gn_fb_token_right_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_token_right, args);
}
static inline bool gn_fb_token_right_has_resource(struct gn_fb_token_right t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_token_right_resource(struct gn_fb_token_right t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_token_right_actions(struct gn_fb_token_right t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}

/* ---- TokenBlock ---- */

struct gn_fb_token_block {
	struct gn_fbt t;
};
struct gn_fb_token_block_args {
	const struct gn_fb_key *issuer;
	const struct gn_fb_key *audience;
	struct {
		const gn_fbref *p;
		size_t count;
	} rights; /* TokenRight */
	struct {
		const struct gn_fb_token_limit *p;
		size_t count;
	} limits;
	/* Unix seconds. */
	uint64_t not_before;
	uint64_t expires;
	const struct gn_fb_nonce *nonce;
	/* Id of the block before: SHA-256 of its `block` bytes. Absent in the first. */
	const struct gn_fb_hash *parent;
	/* How many further blocks may follow. */
	uint8_t depth;
};
static const struct gn_fb_field gn_fbfields_token_block[] = {
	{"issuer", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_token_block_args, issuer), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"audience", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_token_block_args, audience), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"rights", GN_FB_TABLES, GN_FB_UINT, 2, offsetof(struct gn_fb_token_block_args, rights), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_token_right}, NULL, false},
	{"limits", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_token_block_args, limits), 0, 0, false, UINT64_C(0x0), &gn_fblayout_token_limit, NULL, NULL, false},
	{"not_before", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_token_block_args, not_before), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_token_block_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"nonce", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_token_block_args, nonce), 0, 0, false, UINT64_C(0x0), &gn_fblayout_nonce, NULL, NULL, false},
	{"parent", GN_FB_STRUCT, GN_FB_UINT, 7, offsetof(struct gn_fb_token_block_args, parent), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"depth", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_token_block_args, depth), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_token_block = {"TokenBlock", NULL, gn_fbfields_token_block, 9};

GN_MUST static inline gn_err gn_fb_token_block_verify(struct gn_slice in, struct gn_fb_token_block *out)
{
	return gn_fb_verify(in, &gn_fbtype_token_block, &out->t);
}
static inline gn_fbref gn_fb_token_block_make(struct gn_fbb *b, const struct gn_fb_token_block_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_token_block, args);
}
static inline bool gn_fb_token_block_has_issuer(struct gn_fb_token_block t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_token_block_issuer(struct gn_fb_token_block t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_token_block_has_audience(struct gn_fb_token_block t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_token_block_audience(struct gn_fb_token_block t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_token_block_has_rights(struct gn_fb_token_block t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_token_block_rights_len(struct gn_fb_token_block t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_token_right gn_fb_token_block_rights_at(struct gn_fb_token_block t, uint32_t i)
{
	return (struct gn_fb_token_right){gn_fbt_table_at(t.t, 2, i)};
}
static inline bool gn_fb_token_block_has_limits(struct gn_fb_token_block t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_token_block_limits_len(struct gn_fb_token_block t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_token_limit gn_fb_token_block_limits_at(struct gn_fb_token_block t, uint32_t i)
{
	struct gn_fb_token_limit v;
	gn_fbt_struct_at(t.t, 3, &gn_fblayout_token_limit, i, &v);
	return v;
}
static inline uint64_t gn_fb_token_block_not_before(struct gn_fb_token_block t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_token_block_expires(struct gn_fb_token_block t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline bool gn_fb_token_block_has_nonce(struct gn_fb_token_block t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_nonce gn_fb_token_block_nonce(struct gn_fb_token_block t)
{
	struct gn_fb_nonce v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_nonce, &v);
	return v;
}
static inline bool gn_fb_token_block_has_parent(struct gn_fb_token_block t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_fb_hash gn_fb_token_block_parent(struct gn_fb_token_block t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 7, &gn_fblayout_hash, &v);
	return v;
}
static inline uint8_t gn_fb_token_block_depth(struct gn_fb_token_block t)
{
	return (uint8_t)gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0));
}

/* ---- TokenLink ---- */

struct gn_fb_token_link {
	struct gn_fbt t;
};
struct gn_fb_token_link_args {
	/* A buffer whose root is TokenBlock. */
	struct gn_slice block;
	/* Ed25519 by its issuer over "geonet/token/1" || block. */
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_token_link[] = {
	{"block", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_token_link_args, block), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_token_link_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_token_link = {"TokenLink", NULL, gn_fbfields_token_link, 2};

GN_MUST static inline gn_err gn_fb_token_link_verify(struct gn_slice in, struct gn_fb_token_link *out)
{
	return gn_fb_verify(in, &gn_fbtype_token_link, &out->t);
}
static inline gn_fbref gn_fb_token_link_make(struct gn_fbb *b, const struct gn_fb_token_link_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_token_link, args);
}
static inline bool gn_fb_token_link_has_block(struct gn_fb_token_link t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_token_link_block(struct gn_fb_token_link t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_token_link_has_sig(struct gn_fb_token_link t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_token_link_sig(struct gn_fb_token_link t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}

/* ---- Token ---- */

/* At most 8 links and 4,096 bytes. */
struct gn_fb_token {
	struct gn_fbt t;
};
struct gn_fb_token_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} links; /* TokenLink */
};
static const struct gn_fb_field gn_fbfields_token[] = {
	{"links", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_token_args, links), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_token_link}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_token = {"Token", "GNTK", gn_fbfields_token, 1};

#define GN_FB_TOKEN_IDENTIFIER "GNTK"

GN_MUST static inline gn_err gn_fb_token_verify(struct gn_slice in, struct gn_fb_token *out)
{
	return gn_fb_verify(in, &gn_fbtype_token, &out->t);
}
static inline gn_fbref gn_fb_token_make(struct gn_fbb *b, const struct gn_fb_token_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_token, args);
}
static inline bool gn_fb_token_has_links(struct gn_fb_token t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_token_links_len(struct gn_fb_token t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_token_link gn_fb_token_links_at(struct gn_fb_token t, uint32_t i)
{
	return (struct gn_fb_token_link){gn_fbt_table_at(t.t, 0, i)};
}

/* ---- TokenUse ---- */

/* Ed25519 by the last audience over "geonet/token-use/1" || id of the last block || verifier's node
 * key || session exporter 32 || SHA-256(request) || time be64. request: empty when shown for a session. */
struct gn_fb_token_use {
	struct gn_fbt t;
};
struct gn_fb_token_use_args {
	struct gn_slice token;
	uint64_t time;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_token_use[] = {
	{"token", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_token_use_args, token), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_token_use_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_token_use_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_token_use = {"TokenUse", NULL, gn_fbfields_token_use, 3};

GN_MUST static inline gn_err gn_fb_token_use_verify(struct gn_slice in, struct gn_fb_token_use *out)
{
	return gn_fb_verify(in, &gn_fbtype_token_use, &out->t);
}
static inline gn_fbref gn_fb_token_use_make(struct gn_fbb *b, const struct gn_fb_token_use_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_token_use, args);
}
static inline bool gn_fb_token_use_has_token(struct gn_fb_token_use t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_token_use_token(struct gn_fb_token_use t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_token_use_time(struct gn_fb_token_use t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_token_use_has_sig(struct gn_fb_token_use t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_sig gn_fb_token_use_sig(struct gn_fb_token_use t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_sig, &v);
	return v;
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_token[] = {
	&gn_fbtype_token_right,
	&gn_fbtype_token_block,
	&gn_fbtype_token_link,
	&gn_fbtype_token,
	&gn_fbtype_token_use,
};

#endif
