/* Made by tools/fbc from app_topic.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_TOPIC_FB_H
#define GN_WIRE_APP_TOPIC_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_app_topic_body {
	GN_FB_APP_TOPIC_BODY_NONE = 0,
	GN_FB_APP_TOPIC_BODY_TOPIC_PUBLISH = 1,
	GN_FB_APP_TOPIC_BODY_TOPIC_PUBLISHED = 2,
	GN_FB_APP_TOPIC_BODY_TOPIC_TAKE_BACK = 3,
	GN_FB_APP_TOPIC_BODY_TOPIC_FOLLOW = 4,
	GN_FB_APP_TOPIC_BODY_TOPIC_FOLLOWING = 5,
	GN_FB_APP_TOPIC_BODY_TOPIC_SAID = 6,
	GN_FB_APP_TOPIC_BODY_TOPIC_GAP = 7,
	GN_FB_APP_TOPIC_BODY_TOPIC_SIGN = 8,
	GN_FB_APP_TOPIC_BODY_TOPIC_SIGNED = 9,
};

/* ---- TopicPublish ---- */

/* Answered by TopicPublished. A will: it lasts, TopicPublished comes whenever it stands otherwise, and it is left to
 * lapse when the connection ends. */
struct gn_fb_topic_publish {
	struct gn_fbt t;
};
struct gn_fb_topic_publish_args {
	const struct gn_fb_key *owner;
	struct gn_slice label;
	/* A buffer whose root is BusSaid (bus.fbs). */
	struct gn_slice said;
	const struct gn_fb_sig *sig;
	struct gn_slice token;
	/* Roots that must have taken it; 0: 1. */
	uint8_t need;
	/* A will: what its `by` was made with, beside the key of this node. */
	const struct gn_fb_hash *salt;
	/* As of BoxSend. A will is this node's, which its `by` names: Fresh is UNSUPPORTED. */
	uint8_t session;
	uint64_t share;
};
static const struct gn_fb_field gn_fbfields_topic_publish[] = {
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_publish_args, owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_publish_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"said", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_topic_publish_args, said), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_topic_publish_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_topic_publish_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"need", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_topic_publish_args, need), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"salt", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_topic_publish_args, salt), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"session", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_topic_publish_args, session), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_session_as, false},
	{"share", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_topic_publish_args, share), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_publish = {"TopicPublish", NULL, gn_fbfields_topic_publish, 9};

GN_MUST static inline gn_err gn_fb_topic_publish_verify(struct gn_slice in, struct gn_fb_topic_publish *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_publish, &out->t);
}
static inline gn_fbref gn_fb_topic_publish_make(struct gn_fbb *b, const struct gn_fb_topic_publish_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_publish, args);
}
static inline bool gn_fb_topic_publish_has_owner(struct gn_fb_topic_publish t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_topic_publish_owner(struct gn_fb_topic_publish t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_topic_publish_has_label(struct gn_fb_topic_publish t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_topic_publish_label(struct gn_fb_topic_publish t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_topic_publish_has_said(struct gn_fb_topic_publish t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_topic_publish_said(struct gn_fb_topic_publish t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_topic_publish_has_sig(struct gn_fb_topic_publish t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_sig gn_fb_topic_publish_sig(struct gn_fb_topic_publish t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_topic_publish_has_token(struct gn_fb_topic_publish t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_topic_publish_token(struct gn_fb_topic_publish t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline uint8_t gn_fb_topic_publish_need(struct gn_fb_topic_publish t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline bool gn_fb_topic_publish_has_salt(struct gn_fb_topic_publish t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_hash gn_fb_topic_publish_salt(struct gn_fb_topic_publish t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_hash, &v);
	return v;
}
static inline uint8_t gn_fb_topic_publish_session(struct gn_fb_topic_publish t)
{
	return (uint8_t)gn_fbt_bits(t.t, 7, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_topic_publish_share(struct gn_fb_topic_publish t)
{
	return (uint64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x0));
}

/* ---- TopicPublished ---- */

struct gn_fb_topic_published {
	struct gn_fbt t;
};
struct gn_fb_topic_published_args {
	/* Number of base/err.def. */
	uint16_t code;
	uint8_t roots;
	uint8_t of;
	uint32_t subscribers;
	/* What a root said. */
	struct gn_slice limit;
	uint32_t retry_ms;
};
static const struct gn_fb_field gn_fbfields_topic_published[] = {
	{"code", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_published_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"roots", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_published_args, roots), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_topic_published_args, of), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"subscribers", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_topic_published_args, subscribers), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_topic_published_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"retry_ms", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_topic_published_args, retry_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_published = {"TopicPublished", NULL, gn_fbfields_topic_published, 6};

GN_MUST static inline gn_err gn_fb_topic_published_verify(struct gn_slice in, struct gn_fb_topic_published *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_published, &out->t);
}
static inline gn_fbref gn_fb_topic_published_make(struct gn_fbb *b, const struct gn_fb_topic_published_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_published, args);
}
static inline uint16_t gn_fb_topic_published_code(struct gn_fb_topic_published t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline uint8_t gn_fb_topic_published_roots(struct gn_fb_topic_published t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_topic_published_of(struct gn_fb_topic_published t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_topic_published_subscribers(struct gn_fb_topic_published t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}
static inline bool gn_fb_topic_published_has_limit(struct gn_fb_topic_published t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_topic_published_limit(struct gn_fb_topic_published t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline uint32_t gn_fb_topic_published_retry_ms(struct gn_fb_topic_published t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}

/* ---- TopicTakeBack ---- */

/* Of this connection: the will of that publisher is taken back, so that nobody hears it. */
struct gn_fb_topic_take_back {
	struct gn_fbt t;
};
struct gn_fb_topic_take_back_args {
	const struct gn_fb_key *owner;
	struct gn_slice label;
	const struct gn_fb_key *publisher;
};
static const struct gn_fb_field gn_fbfields_topic_take_back[] = {
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_take_back_args, owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_take_back_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"publisher", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_topic_take_back_args, publisher), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_take_back = {"TopicTakeBack", NULL, gn_fbfields_topic_take_back, 3};

GN_MUST static inline gn_err gn_fb_topic_take_back_verify(struct gn_slice in, struct gn_fb_topic_take_back *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_take_back, &out->t);
}
static inline gn_fbref gn_fb_topic_take_back_make(struct gn_fbb *b, const struct gn_fb_topic_take_back_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_take_back, args);
}
static inline bool gn_fb_topic_take_back_has_owner(struct gn_fb_topic_take_back t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_topic_take_back_owner(struct gn_fb_topic_take_back t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_topic_take_back_has_label(struct gn_fb_topic_take_back t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_topic_take_back_label(struct gn_fb_topic_take_back t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_topic_take_back_has_publisher(struct gn_fb_topic_take_back t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_topic_take_back_publisher(struct gn_fb_topic_take_back t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}

/* ---- TopicFollow ---- */

/* Lasts until it is cancelled: TopicFollowing whenever that changes, TopicSaid for each message, TopicGap. */
struct gn_fb_topic_follow {
	struct gn_fbt t;
};
struct gn_fb_topic_follow_args {
	const struct gn_fb_key *owner;
	struct gn_slice label;
	/* Subjects, `*` one token, `>` the rest; none: all. */
	struct {
		const struct gn_slice *p;
		size_t count;
	} filters;
	/* Where the topic asks: who follows, and the token. */
	const struct gn_fb_key *key;
	struct gn_slice token;
	uint8_t session;
	uint64_t share;
};
static const struct gn_fb_field gn_fbfields_topic_follow[] = {
	{"owner", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_follow_args, owner), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"label", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_follow_args, label), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"filters", GN_FB_STRINGS, GN_FB_UINT, 2, offsetof(struct gn_fb_topic_follow_args, filters), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_topic_follow_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 4, offsetof(struct gn_fb_topic_follow_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"session", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_topic_follow_args, session), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_session_as, false},
	{"share", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_topic_follow_args, share), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_follow = {"TopicFollow", NULL, gn_fbfields_topic_follow, 7};

GN_MUST static inline gn_err gn_fb_topic_follow_verify(struct gn_slice in, struct gn_fb_topic_follow *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_follow, &out->t);
}
static inline gn_fbref gn_fb_topic_follow_make(struct gn_fbb *b, const struct gn_fb_topic_follow_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_follow, args);
}
static inline bool gn_fb_topic_follow_has_owner(struct gn_fb_topic_follow t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_topic_follow_owner(struct gn_fb_topic_follow t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_topic_follow_has_label(struct gn_fb_topic_follow t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_topic_follow_label(struct gn_fb_topic_follow t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_topic_follow_has_filters(struct gn_fb_topic_follow t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_topic_follow_filters_len(struct gn_fb_topic_follow t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_slice gn_fb_topic_follow_filters_at(struct gn_fb_topic_follow t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 2, i);
}
static inline bool gn_fb_topic_follow_has_key(struct gn_fb_topic_follow t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_topic_follow_key(struct gn_fb_topic_follow t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_topic_follow_has_token(struct gn_fb_topic_follow t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_topic_follow_token(struct gn_fb_topic_follow t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline uint8_t gn_fb_topic_follow_session(struct gn_fb_topic_follow t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_topic_follow_share(struct gn_fb_topic_follow t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}

/* ---- TopicFollowing ---- */

struct gn_fb_topic_following {
	struct gn_fbt t;
};
struct gn_fb_topic_following_args {
	uint8_t roots;
	uint32_t subscribers;
};
static const struct gn_fb_field gn_fbfields_topic_following[] = {
	{"roots", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_following_args, roots), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"subscribers", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_following_args, subscribers), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_following = {"TopicFollowing", NULL, gn_fbfields_topic_following, 2};

GN_MUST static inline gn_err gn_fb_topic_following_verify(struct gn_slice in, struct gn_fb_topic_following *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_following, &out->t);
}
static inline gn_fbref gn_fb_topic_following_make(struct gn_fbb *b, const struct gn_fb_topic_following_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_following, args);
}
static inline uint8_t gn_fb_topic_following_roots(struct gn_fb_topic_following t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_topic_following_subscribers(struct gn_fb_topic_following t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}

/* ---- TopicSaid ---- */

struct gn_fb_topic_said {
	struct gn_fbt t;
};
struct gn_fb_topic_said_args {
	struct gn_slice said;
	const struct gn_fb_sig *sig;
	/* The publisher's, where the topic asks one. */
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_topic_said[] = {
	{"said", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_said_args, said), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_said_args, sig), 0, 0, false, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_topic_said_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_said = {"TopicSaid", NULL, gn_fbfields_topic_said, 3};

GN_MUST static inline gn_err gn_fb_topic_said_verify(struct gn_slice in, struct gn_fb_topic_said *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_said, &out->t);
}
static inline gn_fbref gn_fb_topic_said_make(struct gn_fbb *b, const struct gn_fb_topic_said_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_said, args);
}
static inline bool gn_fb_topic_said_has_said(struct gn_fb_topic_said t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_topic_said_said(struct gn_fb_topic_said t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_topic_said_has_sig(struct gn_fb_topic_said t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_topic_said_sig(struct gn_fb_topic_said t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}
static inline bool gn_fb_topic_said_has_token(struct gn_fb_topic_said t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_topic_said_token(struct gn_fb_topic_said t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- TopicGap ---- */

/* These did not come and will not; without publisher: who calls was too slow for so many. */
struct gn_fb_topic_gap {
	struct gn_fbt t;
};
struct gn_fb_topic_gap_args {
	const struct gn_fb_key *publisher;
	uint64_t epoch;
	uint64_t seq;
	uint64_t count;
};
static const struct gn_fb_field gn_fbfields_topic_gap[] = {
	{"publisher", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_gap_args, publisher), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"epoch", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_gap_args, epoch), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_topic_gap_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_topic_gap_args, count), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_gap = {"TopicGap", NULL, gn_fbfields_topic_gap, 4};

GN_MUST static inline gn_err gn_fb_topic_gap_verify(struct gn_slice in, struct gn_fb_topic_gap *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_gap, &out->t);
}
static inline gn_fbref gn_fb_topic_gap_make(struct gn_fbb *b, const struct gn_fb_topic_gap_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_gap, args);
}
static inline bool gn_fb_topic_gap_has_publisher(struct gn_fb_topic_gap t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_topic_gap_publisher(struct gn_fb_topic_gap t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint64_t gn_fb_topic_gap_epoch(struct gn_fb_topic_gap t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_topic_gap_seq(struct gn_fb_topic_gap t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_topic_gap_count(struct gn_fb_topic_gap t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- TopicSign ---- */

/* To who calls, within TopicFollow: sign "geonet/bus/show/1" || topic || root || exporter, answered by TopicSigned. */
struct gn_fb_topic_sign {
	struct gn_fbt t;
};
struct gn_fb_topic_sign_args {
	uint64_t sign;
	/* K of the record. */
	const struct gn_fb_hash *topic;
	const struct gn_fb_key *key;
	/* Node key of who checks. */
	const struct gn_fb_key *root;
	const struct gn_fb_hash *exporter;
};
static const struct gn_fb_field gn_fbfields_topic_sign[] = {
	{"sign", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_sign_args, sign), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"topic", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_sign_args, topic), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_topic_sign_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"root", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_topic_sign_args, root), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"exporter", GN_FB_STRUCT, GN_FB_UINT, 4, offsetof(struct gn_fb_topic_sign_args, exporter), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_sign = {"TopicSign", NULL, gn_fbfields_topic_sign, 5};

GN_MUST static inline gn_err gn_fb_topic_sign_verify(struct gn_slice in, struct gn_fb_topic_sign *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_sign, &out->t);
}
static inline gn_fbref gn_fb_topic_sign_make(struct gn_fbb *b, const struct gn_fb_topic_sign_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_sign, args);
}
static inline uint64_t gn_fb_topic_sign_sign(struct gn_fb_topic_sign t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_topic_sign_has_topic(struct gn_fb_topic_sign t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_topic_sign_topic(struct gn_fb_topic_sign t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_topic_sign_has_key(struct gn_fb_topic_sign t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_topic_sign_key(struct gn_fb_topic_sign t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_topic_sign_has_root(struct gn_fb_topic_sign t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_topic_sign_root(struct gn_fb_topic_sign t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_topic_sign_has_exporter(struct gn_fb_topic_sign t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_fb_hash gn_fb_topic_sign_exporter(struct gn_fb_topic_sign t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 4, &gn_fblayout_hash, &v);
	return v;
}

/* ---- TopicSigned ---- */

struct gn_fb_topic_signed {
	struct gn_fbt t;
};
struct gn_fb_topic_signed_args {
	uint64_t sign;
	const struct gn_fb_sig *sig;
};
static const struct gn_fb_field gn_fbfields_topic_signed[] = {
	{"sign", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_topic_signed_args, sign), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sig", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_topic_signed_args, sig), 0, 0, true, UINT64_C(0x0), &gn_fblayout_sig, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_topic_signed = {"TopicSigned", NULL, gn_fbfields_topic_signed, 2};

GN_MUST static inline gn_err gn_fb_topic_signed_verify(struct gn_slice in, struct gn_fb_topic_signed *out)
{
	return gn_fb_verify(in, &gn_fbtype_topic_signed, &out->t);
}
static inline gn_fbref gn_fb_topic_signed_make(struct gn_fbb *b, const struct gn_fb_topic_signed_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_topic_signed, args);
}
static inline uint64_t gn_fb_topic_signed_sign(struct gn_fb_topic_signed t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_topic_signed_has_sig(struct gn_fb_topic_signed t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_sig gn_fb_topic_signed_sig(struct gn_fb_topic_signed t)
{
	struct gn_fb_sig v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_sig, &v);
	return v;
}

/* ---- AppTopic ---- */

struct gn_fb_app_topic {
	struct gn_fbt t;
};
struct gn_fb_app_topic_args {
	uint8_t body_type; /* GN_FB_APP_TOPIC_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_topic[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_topic_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_topic_args, body), 9, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_topic_publish, &gn_fbtype_topic_published, &gn_fbtype_topic_take_back, &gn_fbtype_topic_follow, &gn_fbtype_topic_following, &gn_fbtype_topic_said, &gn_fbtype_topic_gap, &gn_fbtype_topic_sign, &gn_fbtype_topic_signed}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_topic = {"AppTopic", NULL, gn_fbfields_app_topic, 2};

GN_MUST static inline gn_err gn_fb_app_topic_verify(struct gn_slice in, struct gn_fb_app_topic *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_topic, &out->t);
}
static inline gn_fbref gn_fb_app_topic_make(struct gn_fbb *b, const struct gn_fb_app_topic_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_topic, args);
}
static inline bool gn_fb_app_topic_has_body(struct gn_fb_app_topic t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_topic_body_type(struct gn_fb_app_topic t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_topic_publish gn_fb_app_topic_body_as_topic_publish(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_publish){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_PUBLISH)};
}
static inline struct gn_fb_topic_published gn_fb_app_topic_body_as_topic_published(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_published){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_PUBLISHED)};
}
static inline struct gn_fb_topic_take_back gn_fb_app_topic_body_as_topic_take_back(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_take_back){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_TAKE_BACK)};
}
static inline struct gn_fb_topic_follow gn_fb_app_topic_body_as_topic_follow(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_follow){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_FOLLOW)};
}
static inline struct gn_fb_topic_following gn_fb_app_topic_body_as_topic_following(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_following){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_FOLLOWING)};
}
static inline struct gn_fb_topic_said gn_fb_app_topic_body_as_topic_said(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_said){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_SAID)};
}
static inline struct gn_fb_topic_gap gn_fb_app_topic_body_as_topic_gap(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_gap){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_GAP)};
}
static inline struct gn_fb_topic_sign gn_fb_app_topic_body_as_topic_sign(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_sign){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_SIGN)};
}
static inline struct gn_fb_topic_signed gn_fb_app_topic_body_as_topic_signed(struct gn_fb_app_topic t)
{
	return (struct gn_fb_topic_signed){gn_fbt_member(t.t, 1, GN_FB_APP_TOPIC_BODY_TOPIC_SIGNED)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_topic[] = {
	&gn_fbtype_topic_publish,
	&gn_fbtype_topic_published,
	&gn_fbtype_topic_take_back,
	&gn_fbtype_topic_follow,
	&gn_fbtype_topic_following,
	&gn_fbtype_topic_said,
	&gn_fbtype_topic_gap,
	&gn_fbtype_topic_sign,
	&gn_fbtype_topic_signed,
	&gn_fbtype_app_topic,
};

#endif
