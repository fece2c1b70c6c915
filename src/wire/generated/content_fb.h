/* Made by tools/fbc from content.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_CONTENT_FB_H
#define GN_WIRE_CONTENT_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_receipt_kind {
	GN_FB_RECEIPT_KIND_DELIVERED = 0,
	GN_FB_RECEIPT_KIND_READ = 1,
};

static const struct gn_fb_word gn_fbwords_receipt_kind[] = {{"delivered", 0}, {"read", 1}, {NULL, 0}};

enum gn_fb_system_kind {
	GN_FB_SYSTEM_KIND_NONE = 0,
	/* number: 1, the sender tells and wants to be told what was read; 0, not. */
	GN_FB_SYSTEM_KIND_READS = 1,
	/* number: seconds after reading that what is said from now on stays; 0: for ever. */
	GN_FB_SYSTEM_KIND_EXPIRE = 2,
};

static const struct gn_fb_word gn_fbwords_system_kind[] = {{"none", 0}, {"reads", 1}, {"expire", 2}, {NULL, 0}};

enum gn_fb_content_body {
	GN_FB_CONTENT_BODY_NONE = 0,
	GN_FB_CONTENT_BODY_TEXT = 1,
	GN_FB_CONTENT_BODY_EDIT = 2,
	GN_FB_CONTENT_BODY_DELETE = 3,
	GN_FB_CONTENT_BODY_REACTION = 4,
	GN_FB_CONTENT_BODY_FILE_BODY = 5,
	GN_FB_CONTENT_BODY_CONTACT_CARD = 6,
	GN_FB_CONTENT_BODY_RECEIPT_BODY = 7,
	GN_FB_CONTENT_BODY_TYPING = 8,
	GN_FB_CONTENT_BODY_PAYMENT_REQUEST = 9,
	GN_FB_CONTENT_BODY_JOB_NOTE = 10,
	GN_FB_CONTENT_BODY_DEVICE_SYNC = 11,
	GN_FB_CONTENT_BODY_BOX_TOLD = 12,
	GN_FB_CONTENT_BODY_RESEND = 13,
	GN_FB_CONTENT_BODY_SYSTEM_NOTE = 14,
};

/* With its sender the name of a content, for ever. */
struct gn_fb_content_id {
	uint8_t b[16];
};
static const struct gn_fb_member gn_fbmembers_content_id[] = {
	{"b", offsetof(struct gn_fb_content_id, b), 0, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_content_id = {gn_fbmembers_content_id, 1, sizeof(struct gn_fb_content_id), 16, 1};

/* A version of an identity record. */
struct gn_fb_identity_pin {
	uint64_t seq;
	/* First 16 bytes of the record's hash. */
	uint8_t hash[16];
};
static const struct gn_fb_member gn_fbmembers_identity_pin[] = {
	{"seq", offsetof(struct gn_fb_identity_pin, seq), 0, 8, 1, GN_FB_UINT},
	{"hash", offsetof(struct gn_fb_identity_pin, hash), 8, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_identity_pin = {gn_fbmembers_identity_pin, 2, sizeof(struct gn_fb_identity_pin), 24, 8};

/* The newest that the sender has of another device in this chat. */
struct gn_fb_seen {
	uint64_t seq;
	/* First 8 bytes of SHA-256 of the device's key, big-endian. */
	uint64_t device;
};
static const struct gn_fb_member gn_fbmembers_seen[] = {
	{"seq", offsetof(struct gn_fb_seen, seq), 0, 8, 1, GN_FB_UINT},
	{"device", offsetof(struct gn_fb_seen, device), 8, 8, 1, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_seen = {gn_fbmembers_seen, 2, sizeof(struct gn_fb_seen), 16, 8};

/* ---- Text ---- */

struct gn_fb_text {
	struct gn_fbt t;
};
struct gn_fb_text_args {
	struct gn_slice text;
	const struct gn_fb_content_id *reply;
	/* Owner key of who said what is replied to; absent: the sender. */
	const struct gn_fb_key *reply_sender;
	struct {
		const struct gn_fb_key *p;
		size_t count;
	} mentions;
};
static const struct gn_fb_field gn_fbfields_text[] = {
	{"text", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_text_args, text), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reply", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_text_args, reply), 0, 0, false, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
	{"reply_sender", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_text_args, reply_sender), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"mentions", GN_FB_STRUCTS, GN_FB_UINT, 3, offsetof(struct gn_fb_text_args, mentions), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_text = {"Text", NULL, gn_fbfields_text, 4};

GN_MUST static inline gn_err gn_fb_text_verify(struct gn_slice in, struct gn_fb_text *out)
{
	return gn_fb_verify(in, &gn_fbtype_text, &out->t);
}
static inline gn_fbref gn_fb_text_make(struct gn_fbb *b, const struct gn_fb_text_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_text, args);
}
static inline bool gn_fb_text_has_text(struct gn_fb_text t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_text_text(struct gn_fb_text t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_text_has_reply(struct gn_fb_text t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_content_id gn_fb_text_reply(struct gn_fb_text t)
{
	struct gn_fb_content_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_content_id, &v);
	return v;
}
static inline bool gn_fb_text_has_reply_sender(struct gn_fb_text t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_text_reply_sender(struct gn_fb_text t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_text_has_mentions(struct gn_fb_text t)
{
	return gn_fbt_has(t.t, 3);
}
static inline uint32_t gn_fb_text_mentions_len(struct gn_fb_text t)
{
	return gn_fbt_count(t.t, 3);
}
static inline struct gn_fb_key gn_fb_text_mentions_at(struct gn_fb_text t, uint32_t i)
{
	struct gn_fb_key v;
	gn_fbt_struct_at(t.t, 3, &gn_fblayout_key, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_text_mentions_bytes(struct gn_fb_text t)
{
	return gn_fbt_elements(t.t, 3, 32);
}

/* ---- Edit ---- */

/* Of the sender's own. */
struct gn_fb_edit {
	struct gn_fbt t;
};
struct gn_fb_edit_args {
	const struct gn_fb_content_id *of;
	struct gn_slice text;
};
static const struct gn_fb_field gn_fbfields_edit[] = {
	{"of", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_edit_args, of), 0, 0, true, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_edit_args, text), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_edit = {"Edit", NULL, gn_fbfields_edit, 2};

GN_MUST static inline gn_err gn_fb_edit_verify(struct gn_slice in, struct gn_fb_edit *out)
{
	return gn_fb_verify(in, &gn_fbtype_edit, &out->t);
}
static inline gn_fbref gn_fb_edit_make(struct gn_fbb *b, const struct gn_fb_edit_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_edit, args);
}
static inline bool gn_fb_edit_has_of(struct gn_fb_edit t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_content_id gn_fb_edit_of(struct gn_fb_edit t)
{
	struct gn_fb_content_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_content_id, &v);
	return v;
}
static inline bool gn_fb_edit_has_text(struct gn_fb_edit t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_edit_text(struct gn_fb_edit t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- Delete ---- */

/* Of the sender's own, for everybody. */
struct gn_fb_delete {
	struct gn_fbt t;
};
struct gn_fb_delete_args {
	struct {
		const struct gn_fb_content_id *p;
		size_t count;
	} of;
};
static const struct gn_fb_field gn_fbfields_delete[] = {
	{"of", GN_FB_STRUCTS, GN_FB_UINT, 0, offsetof(struct gn_fb_delete_args, of), 0, 0, true, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_delete = {"Delete", NULL, gn_fbfields_delete, 1};

GN_MUST static inline gn_err gn_fb_delete_verify(struct gn_slice in, struct gn_fb_delete *out)
{
	return gn_fb_verify(in, &gn_fbtype_delete, &out->t);
}
static inline gn_fbref gn_fb_delete_make(struct gn_fbb *b, const struct gn_fb_delete_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_delete, args);
}
static inline bool gn_fb_delete_has_of(struct gn_fb_delete t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_delete_of_len(struct gn_fb_delete t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_content_id gn_fb_delete_of_at(struct gn_fb_delete t, uint32_t i)
{
	struct gn_fb_content_id v;
	gn_fbt_struct_at(t.t, 0, &gn_fblayout_content_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_delete_of_bytes(struct gn_fb_delete t)
{
	return gn_fbt_elements(t.t, 0, 16);
}

/* ---- Reaction ---- */

struct gn_fb_reaction {
	struct gn_fbt t;
};
struct gn_fb_reaction_args {
	const struct gn_fb_content_id *of;
	/* Owner key of who said it; absent: the sender. */
	const struct gn_fb_key *sender;
	/* Absent: taken back. */
	struct gn_slice emoji;
};
static const struct gn_fb_field gn_fbfields_reaction[] = {
	{"of", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_reaction_args, of), 0, 0, true, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
	{"sender", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_reaction_args, sender), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"emoji", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_reaction_args, emoji), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_reaction = {"Reaction", NULL, gn_fbfields_reaction, 3};

GN_MUST static inline gn_err gn_fb_reaction_verify(struct gn_slice in, struct gn_fb_reaction *out)
{
	return gn_fb_verify(in, &gn_fbtype_reaction, &out->t);
}
static inline gn_fbref gn_fb_reaction_make(struct gn_fbb *b, const struct gn_fb_reaction_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_reaction, args);
}
static inline bool gn_fb_reaction_has_of(struct gn_fb_reaction t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_content_id gn_fb_reaction_of(struct gn_fb_reaction t)
{
	struct gn_fb_content_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_content_id, &v);
	return v;
}
static inline bool gn_fb_reaction_has_sender(struct gn_fb_reaction t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_reaction_sender(struct gn_fb_reaction t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_reaction_has_emoji(struct gn_fb_reaction t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_reaction_emoji(struct gn_fb_reaction t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- FileRef ---- */

struct gn_fb_file_ref {
	struct gn_fbt t;
};
struct gn_fb_file_ref_args {
	const struct gn_fb_hash *root;
	uint64_t size;
	/* Of the seal of its pieces. */
	const struct gn_fb_hash *key;
	struct gn_slice name;
	struct gn_slice mime;
	struct gn_slice preview;
	uint32_t width;
	uint32_t height;
	uint32_t ms;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} blocks;
};
static const struct gn_fb_field gn_fbfields_file_ref[] = {
	{"root", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_file_ref_args, root), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_file_ref_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_file_ref_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_file_ref_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_file_ref_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"preview", GN_FB_SCALARS, GN_FB_UINT, 5, offsetof(struct gn_fb_file_ref_args, preview), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"width", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_file_ref_args, width), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"height", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_file_ref_args, height), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ms", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_file_ref_args, ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"blocks", GN_FB_STRUCTS, GN_FB_UINT, 9, offsetof(struct gn_fb_file_ref_args, blocks), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_file_ref = {"FileRef", NULL, gn_fbfields_file_ref, 10};

GN_MUST static inline gn_err gn_fb_file_ref_verify(struct gn_slice in, struct gn_fb_file_ref *out)
{
	return gn_fb_verify(in, &gn_fbtype_file_ref, &out->t);
}
static inline gn_fbref gn_fb_file_ref_make(struct gn_fbb *b, const struct gn_fb_file_ref_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_file_ref, args);
}
static inline bool gn_fb_file_ref_has_root(struct gn_fb_file_ref t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_file_ref_root(struct gn_fb_file_ref t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_file_ref_size(struct gn_fb_file_ref t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_file_ref_has_key(struct gn_fb_file_ref t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_file_ref_key(struct gn_fb_file_ref t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_file_ref_has_name(struct gn_fb_file_ref t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_file_ref_name(struct gn_fb_file_ref t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_file_ref_has_mime(struct gn_fb_file_ref t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_file_ref_mime(struct gn_fb_file_ref t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_file_ref_has_preview(struct gn_fb_file_ref t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_file_ref_preview(struct gn_fb_file_ref t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline uint32_t gn_fb_file_ref_width(struct gn_fb_file_ref t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_file_ref_height(struct gn_fb_file_ref t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_file_ref_ms(struct gn_fb_file_ref t)
{
	return (uint32_t)gn_fbt_bits(t.t, 8, 4, UINT64_C(0x0));
}
static inline bool gn_fb_file_ref_has_blocks(struct gn_fb_file_ref t)
{
	return gn_fbt_has(t.t, 9);
}
static inline uint32_t gn_fb_file_ref_blocks_len(struct gn_fb_file_ref t)
{
	return gn_fbt_count(t.t, 9);
}
static inline struct gn_fb_hash gn_fb_file_ref_blocks_at(struct gn_fb_file_ref t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 9, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_file_ref_blocks_bytes(struct gn_fb_file_ref t)
{
	return gn_fbt_elements(t.t, 9, 32);
}

/* ---- FileBody ---- */

struct gn_fb_file_body {
	struct gn_fbt t;
};
struct gn_fb_file_body_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} files; /* FileRef */
	struct gn_slice text;
	const struct gn_fb_content_id *reply;
	const struct gn_fb_key *reply_sender;
};
static const struct gn_fb_field gn_fbfields_file_body[] = {
	{"files", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_file_body_args, files), 1, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_file_ref}, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_file_body_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reply", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_file_body_args, reply), 0, 0, false, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
	{"reply_sender", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_file_body_args, reply_sender), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_file_body = {"FileBody", NULL, gn_fbfields_file_body, 4};

GN_MUST static inline gn_err gn_fb_file_body_verify(struct gn_slice in, struct gn_fb_file_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_file_body, &out->t);
}
static inline gn_fbref gn_fb_file_body_make(struct gn_fbb *b, const struct gn_fb_file_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_file_body, args);
}
static inline bool gn_fb_file_body_has_files(struct gn_fb_file_body t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_file_body_files_len(struct gn_fb_file_body t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_file_ref gn_fb_file_body_files_at(struct gn_fb_file_body t, uint32_t i)
{
	return (struct gn_fb_file_ref){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_file_body_has_text(struct gn_fb_file_body t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_file_body_text(struct gn_fb_file_body t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_file_body_has_reply(struct gn_fb_file_body t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_content_id gn_fb_file_body_reply(struct gn_fb_file_body t)
{
	struct gn_fb_content_id v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_content_id, &v);
	return v;
}
static inline bool gn_fb_file_body_has_reply_sender(struct gn_fb_file_body t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_file_body_reply_sender(struct gn_fb_file_body t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}

/* ---- ContactCard ---- */

/* An introduction. */
struct gn_fb_contact_card {
	struct gn_fbt t;
};
struct gn_fb_contact_card_args {
	const struct gn_fb_key *person;
	struct gn_slice name;
	struct gn_slice record;
	struct gn_slice token;
};
static const struct gn_fb_field gn_fbfields_contact_card[] = {
	{"person", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_card_args, person), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_contact_card_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"record", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_contact_card_args, record), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_contact_card_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact_card = {"ContactCard", NULL, gn_fbfields_contact_card, 4};

GN_MUST static inline gn_err gn_fb_contact_card_verify(struct gn_slice in, struct gn_fb_contact_card *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact_card, &out->t);
}
static inline gn_fbref gn_fb_contact_card_make(struct gn_fbb *b, const struct gn_fb_contact_card_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact_card, args);
}
static inline bool gn_fb_contact_card_has_person(struct gn_fb_contact_card t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_contact_card_person(struct gn_fb_contact_card t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_contact_card_has_name(struct gn_fb_contact_card t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_contact_card_name(struct gn_fb_contact_card t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_contact_card_has_record(struct gn_fb_contact_card t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_contact_card_record(struct gn_fb_contact_card t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_contact_card_has_token(struct gn_fb_contact_card t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_contact_card_token(struct gn_fb_contact_card t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- ReceiptBody ---- */

/* No ids: a sign of life (PE-31). */
struct gn_fb_receipt_body {
	struct gn_fbt t;
};
struct gn_fb_receipt_body_args {
	uint8_t kind;
	struct {
		const struct gn_fb_content_id *p;
		size_t count;
	} ids;
};
static const struct gn_fb_field gn_fbfields_receipt_body[] = {
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_receipt_body_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_receipt_kind, false},
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_receipt_body_args, ids), 0, 0, false, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_receipt_body = {"ReceiptBody", NULL, gn_fbfields_receipt_body, 2};

GN_MUST static inline gn_err gn_fb_receipt_body_verify(struct gn_slice in, struct gn_fb_receipt_body *out)
{
	return gn_fb_verify(in, &gn_fbtype_receipt_body, &out->t);
}
static inline gn_fbref gn_fb_receipt_body_make(struct gn_fbb *b, const struct gn_fb_receipt_body_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_receipt_body, args);
}
static inline uint8_t gn_fb_receipt_body_kind(struct gn_fb_receipt_body t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_receipt_body_has_ids(struct gn_fb_receipt_body t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_receipt_body_ids_len(struct gn_fb_receipt_body t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_content_id gn_fb_receipt_body_ids_at(struct gn_fb_receipt_body t, uint32_t i)
{
	struct gn_fb_content_id v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_content_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_receipt_body_ids_bytes(struct gn_fb_receipt_body t)
{
	return gn_fbt_elements(t.t, 1, 16);
}

/* ---- Typing ---- */

struct gn_fb_typing {
	struct gn_fbt t;
};
struct gn_fb_typing_args {
	bool on;
};
static const struct gn_fb_field gn_fbfields_typing[] = {
	{"on", GN_FB_SCALAR, GN_FB_BOOL, 0, offsetof(struct gn_fb_typing_args, on), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_typing = {"Typing", NULL, gn_fbfields_typing, 1};

GN_MUST static inline gn_err gn_fb_typing_verify(struct gn_slice in, struct gn_fb_typing *out)
{
	return gn_fb_verify(in, &gn_fbtype_typing, &out->t);
}
static inline gn_fbref gn_fb_typing_make(struct gn_fbb *b, const struct gn_fb_typing_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_typing, args);
}
static inline bool gn_fb_typing_on(struct gn_fb_typing t)
{
	return gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0)) != 0;
}

/* ---- PaymentRequest ---- */

struct gn_fb_payment_request {
	struct gn_fbt t;
};
struct gn_fb_payment_request_args {
	struct gn_slice link;
};
static const struct gn_fb_field gn_fbfields_payment_request[] = {
	{"link", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_payment_request_args, link), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_payment_request = {"PaymentRequest", NULL, gn_fbfields_payment_request, 1};

GN_MUST static inline gn_err gn_fb_payment_request_verify(struct gn_slice in, struct gn_fb_payment_request *out)
{
	return gn_fb_verify(in, &gn_fbtype_payment_request, &out->t);
}
static inline gn_fbref gn_fb_payment_request_make(struct gn_fbb *b, const struct gn_fb_payment_request_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_payment_request, args);
}
static inline bool gn_fb_payment_request_has_link(struct gn_fb_payment_request t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_payment_request_link(struct gn_fb_payment_request t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- JobNote ---- */

struct gn_fb_job_note {
	struct gn_fbt t;
};
struct gn_fb_job_note_args {
	const struct gn_fb_hash *job;
	const struct gn_fb_key *box;
	struct gn_slice text;
};
static const struct gn_fb_field gn_fbfields_job_note[] = {
	{"job", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_note_args, job), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"box", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_job_note_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_job_note_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_note = {"JobNote", NULL, gn_fbfields_job_note, 3};

GN_MUST static inline gn_err gn_fb_job_note_verify(struct gn_slice in, struct gn_fb_job_note *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_note, &out->t);
}
static inline gn_fbref gn_fb_job_note_make(struct gn_fbb *b, const struct gn_fb_job_note_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_note, args);
}
static inline bool gn_fb_job_note_has_job(struct gn_fb_job_note t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_job_note_job(struct gn_fb_job_note t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_job_note_has_box(struct gn_fb_job_note t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_job_note_box(struct gn_fb_job_note t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_note_has_text(struct gn_fb_job_note t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_job_note_text(struct gn_fb_job_note t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- Register ---- */

/* Newer (time, device) wins. */
struct gn_fb_register {
	struct gn_fbt t;
};
struct gn_fb_register_args {
	struct gn_slice key;
	struct gn_slice value;
	/* Unix milliseconds. */
	uint64_t time;
	/* First 8 bytes of SHA-256 of the key of the device that set it, big-endian. */
	uint64_t device;
};
static const struct gn_fb_field gn_fbfields_register[] = {
	{"key", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_register_args, key), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"value", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_register_args, value), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_register_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"device", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_register_args, device), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_register = {"Register", NULL, gn_fbfields_register, 4};

GN_MUST static inline gn_err gn_fb_register_verify(struct gn_slice in, struct gn_fb_register *out)
{
	return gn_fb_verify(in, &gn_fbtype_register, &out->t);
}
static inline gn_fbref gn_fb_register_make(struct gn_fbb *b, const struct gn_fb_register_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_register, args);
}
static inline bool gn_fb_register_has_key(struct gn_fb_register t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_register_key(struct gn_fb_register t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_register_has_value(struct gn_fb_register t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_register_value(struct gn_fb_register t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint64_t gn_fb_register_time(struct gn_fb_register t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_register_device(struct gn_fb_register t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- DeviceSync ---- */

/* Between the devices of one person. */
struct gn_fb_device_sync {
	struct gn_fbt t;
};
struct gn_fb_device_sync_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} registers; /* Register */
	/* What another device said in a chat: length and buffer as they went to the other person. */
	struct gn_slice copy_of;
	/* That person's owner key. */
	const struct gn_fb_key *person;
};
static const struct gn_fb_field gn_fbfields_device_sync[] = {
	{"registers", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_device_sync_args, registers), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_register}, NULL, false},
	{"copy_of", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_device_sync_args, copy_of), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"person", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_device_sync_args, person), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_device_sync = {"DeviceSync", NULL, gn_fbfields_device_sync, 3};

GN_MUST static inline gn_err gn_fb_device_sync_verify(struct gn_slice in, struct gn_fb_device_sync *out)
{
	return gn_fb_verify(in, &gn_fbtype_device_sync, &out->t);
}
static inline gn_fbref gn_fb_device_sync_make(struct gn_fbb *b, const struct gn_fb_device_sync_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_device_sync, args);
}
static inline bool gn_fb_device_sync_has_registers(struct gn_fb_device_sync t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_device_sync_registers_len(struct gn_fb_device_sync t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_register gn_fb_device_sync_registers_at(struct gn_fb_device_sync t, uint32_t i)
{
	return (struct gn_fb_register){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_device_sync_has_copy_of(struct gn_fb_device_sync t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_device_sync_copy_of(struct gn_fb_device_sync t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_device_sync_has_person(struct gn_fb_device_sync t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_device_sync_person(struct gn_fb_device_sync t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}

/* ---- BoxTold ---- */

/* The sender's private box. */
struct gn_fb_box_told {
	struct gn_fbt t;
};
struct gn_fb_box_told_args {
	const struct gn_fb_key *box;
	/* 112 bytes (BX): {deposit key 32, until 8, items 4, KiB 4, signature by the box key 64}. */
	struct gn_slice certificate;
	/* Of the deposit key. */
	const struct gn_fb_hash *deposit_seed;
	/* The box's hint secret. */
	const struct gn_fb_hash *hint;
	/* Unix seconds. */
	uint64_t until;
};
static const struct gn_fb_field gn_fbfields_box_told[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_box_told_args, box), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"certificate", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_box_told_args, certificate), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"deposit_seed", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_box_told_args, deposit_seed), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"hint", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_box_told_args, hint), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_box_told_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_box_told = {"BoxTold", NULL, gn_fbfields_box_told, 5};

GN_MUST static inline gn_err gn_fb_box_told_verify(struct gn_slice in, struct gn_fb_box_told *out)
{
	return gn_fb_verify(in, &gn_fbtype_box_told, &out->t);
}
static inline gn_fbref gn_fb_box_told_make(struct gn_fbb *b, const struct gn_fb_box_told_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_box_told, args);
}
static inline bool gn_fb_box_told_has_box(struct gn_fb_box_told t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_box_told_box(struct gn_fb_box_told t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_box_told_has_certificate(struct gn_fb_box_told t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_box_told_certificate(struct gn_fb_box_told t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_box_told_has_deposit_seed(struct gn_fb_box_told t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_box_told_deposit_seed(struct gn_fb_box_told t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_box_told_has_hint(struct gn_fb_box_told t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_hash gn_fb_box_told_hint(struct gn_fb_box_told t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_box_told_until(struct gn_fb_box_told t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}

/* ---- Resend ---- */

/* envelopes: these could not be opened. ids: these came before, by what this answers. */
struct gn_fb_resend {
	struct gn_fbt t;
};
struct gn_fb_resend_args {
	struct {
		const struct gn_fb_content_id *p;
		size_t count;
	} ids;
	struct {
		const struct gn_fb_hash *p;
		size_t count;
	} envelopes;
};
static const struct gn_fb_field gn_fbfields_resend[] = {
	{"ids", GN_FB_STRUCTS, GN_FB_UINT, 0, offsetof(struct gn_fb_resend_args, ids), 0, 0, false, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
	{"envelopes", GN_FB_STRUCTS, GN_FB_UINT, 1, offsetof(struct gn_fb_resend_args, envelopes), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_resend = {"Resend", NULL, gn_fbfields_resend, 2};

GN_MUST static inline gn_err gn_fb_resend_verify(struct gn_slice in, struct gn_fb_resend *out)
{
	return gn_fb_verify(in, &gn_fbtype_resend, &out->t);
}
static inline gn_fbref gn_fb_resend_make(struct gn_fbb *b, const struct gn_fb_resend_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_resend, args);
}
static inline bool gn_fb_resend_has_ids(struct gn_fb_resend t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_resend_ids_len(struct gn_fb_resend t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_content_id gn_fb_resend_ids_at(struct gn_fb_resend t, uint32_t i)
{
	struct gn_fb_content_id v;
	gn_fbt_struct_at(t.t, 0, &gn_fblayout_content_id, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_resend_ids_bytes(struct gn_fb_resend t)
{
	return gn_fbt_elements(t.t, 0, 16);
}
static inline bool gn_fb_resend_has_envelopes(struct gn_fb_resend t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_resend_envelopes_len(struct gn_fb_resend t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_resend_envelopes_at(struct gn_fb_resend t, uint32_t i)
{
	struct gn_fb_hash v;
	gn_fbt_struct_at(t.t, 1, &gn_fblayout_hash, i, &v);
	return v;
}
static inline struct gn_slice gn_fb_resend_envelopes_bytes(struct gn_fb_resend t)
{
	return gn_fbt_elements(t.t, 1, 32);
}

/* ---- SystemNote ---- */

struct gn_fb_system_note {
	struct gn_fbt t;
};
struct gn_fb_system_note_args {
	uint8_t kind;
	struct gn_slice text;
	uint64_t number;
	struct gn_slice bytes;
};
static const struct gn_fb_field gn_fbfields_system_note[] = {
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_system_note_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_system_kind, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_system_note_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"number", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_system_note_args, number), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_system_note_args, bytes), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_system_note = {"SystemNote", NULL, gn_fbfields_system_note, 4};

GN_MUST static inline gn_err gn_fb_system_note_verify(struct gn_slice in, struct gn_fb_system_note *out)
{
	return gn_fb_verify(in, &gn_fbtype_system_note, &out->t);
}
static inline gn_fbref gn_fb_system_note_make(struct gn_fbb *b, const struct gn_fb_system_note_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_system_note, args);
}
static inline uint8_t gn_fb_system_note_kind(struct gn_fb_system_note t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_system_note_has_text(struct gn_fb_system_note t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_system_note_text(struct gn_fb_system_note t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint64_t gn_fb_system_note_number(struct gn_fb_system_note t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_system_note_has_bytes(struct gn_fb_system_note t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_system_note_bytes(struct gn_fb_system_note t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- Content ---- */

struct gn_fb_content {
	struct gn_fbt t;
};
struct gn_fb_content_args {
	const struct gn_fb_content_id *id;
	/* Unix milliseconds. */
	uint64_t sent;
	/* Number among what stays of this device in this chat, from 1, and the id before; 0: it does not
	 * stay. */
	uint64_t seq;
	const struct gn_fb_content_id *prev;
	struct {
		const struct gn_fb_seen *p;
		size_t count;
	} seen;
	/* The sender's and the receiver's record, as the sender sees them. */
	const struct gn_fb_identity_pin *me;
	const struct gn_fb_identity_pin *you;
	/* Seconds after reading; 0: stays. */
	uint32_t expire;
	uint8_t body_type; /* GN_FB_CONTENT_BODY_... */
	gn_fbref body;
	/* Milliseconds after `sent` at which it is placed: after all that the sender had of the chat. */
	uint64_t later;
};
static const struct gn_fb_field gn_fbfields_content[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_content_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
	{"sent", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_content_args, sent), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_content_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"prev", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_content_args, prev), 0, 0, false, UINT64_C(0x0), &gn_fblayout_content_id, NULL, NULL, false},
	{"seen", GN_FB_STRUCTS, GN_FB_UINT, 4, offsetof(struct gn_fb_content_args, seen), 0, 0, false, UINT64_C(0x0), &gn_fblayout_seen, NULL, NULL, false},
	{"me", GN_FB_STRUCT, GN_FB_UINT, 5, offsetof(struct gn_fb_content_args, me), 0, 0, false, UINT64_C(0x0), &gn_fblayout_identity_pin, NULL, NULL, false},
	{"you", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_content_args, you), 0, 0, false, UINT64_C(0x0), &gn_fblayout_identity_pin, NULL, NULL, false},
	{"expire", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_content_args, expire), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_content_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 9, offsetof(struct gn_fb_content_args, body), 14, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_text, &gn_fbtype_edit, &gn_fbtype_delete, &gn_fbtype_reaction, &gn_fbtype_file_body, &gn_fbtype_contact_card, &gn_fbtype_receipt_body, &gn_fbtype_typing, &gn_fbtype_payment_request, &gn_fbtype_job_note, &gn_fbtype_device_sync, &gn_fbtype_box_told, &gn_fbtype_resend, &gn_fbtype_system_note}, NULL, false},
	{"later", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_content_args, later), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_content = {"Content", NULL, gn_fbfields_content, 11};

GN_MUST static inline gn_err gn_fb_content_verify(struct gn_slice in, struct gn_fb_content *out)
{
	return gn_fb_verify(in, &gn_fbtype_content, &out->t);
}
static inline gn_fbref gn_fb_content_make(struct gn_fbb *b, const struct gn_fb_content_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_content, args);
}
static inline bool gn_fb_content_has_id(struct gn_fb_content t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_content_id gn_fb_content_id(struct gn_fb_content t)
{
	struct gn_fb_content_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_content_id, &v);
	return v;
}
static inline uint64_t gn_fb_content_sent(struct gn_fb_content t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_content_seq(struct gn_fb_content t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_content_has_prev(struct gn_fb_content t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_content_id gn_fb_content_prev(struct gn_fb_content t)
{
	struct gn_fb_content_id v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_content_id, &v);
	return v;
}
static inline bool gn_fb_content_has_seen(struct gn_fb_content t)
{
	return gn_fbt_has(t.t, 4);
}
static inline uint32_t gn_fb_content_seen_len(struct gn_fb_content t)
{
	return gn_fbt_count(t.t, 4);
}
static inline struct gn_fb_seen gn_fb_content_seen_at(struct gn_fb_content t, uint32_t i)
{
	struct gn_fb_seen v;
	gn_fbt_struct_at(t.t, 4, &gn_fblayout_seen, i, &v);
	return v;
}
static inline bool gn_fb_content_has_me(struct gn_fb_content t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_fb_identity_pin gn_fb_content_me(struct gn_fb_content t)
{
	struct gn_fb_identity_pin v;
	gn_fbt_struct(t.t, 5, &gn_fblayout_identity_pin, &v);
	return v;
}
static inline bool gn_fb_content_has_you(struct gn_fb_content t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_identity_pin gn_fb_content_you(struct gn_fb_content t)
{
	struct gn_fb_identity_pin v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_identity_pin, &v);
	return v;
}
static inline uint32_t gn_fb_content_expire(struct gn_fb_content t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}
static inline bool gn_fb_content_has_body(struct gn_fb_content t)
{
	return gn_fbt_has(t.t, 9);
}
static inline uint8_t gn_fb_content_body_type(struct gn_fb_content t)
{
	return (uint8_t)gn_fbt_bits(t.t, 8, 1, 0);
}
static inline struct gn_fb_text gn_fb_content_body_as_text(struct gn_fb_content t)
{
	return (struct gn_fb_text){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_TEXT)};
}
static inline struct gn_fb_edit gn_fb_content_body_as_edit(struct gn_fb_content t)
{
	return (struct gn_fb_edit){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_EDIT)};
}
static inline struct gn_fb_delete gn_fb_content_body_as_delete(struct gn_fb_content t)
{
	return (struct gn_fb_delete){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_DELETE)};
}
static inline struct gn_fb_reaction gn_fb_content_body_as_reaction(struct gn_fb_content t)
{
	return (struct gn_fb_reaction){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_REACTION)};
}
static inline struct gn_fb_file_body gn_fb_content_body_as_file_body(struct gn_fb_content t)
{
	return (struct gn_fb_file_body){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_FILE_BODY)};
}
static inline struct gn_fb_contact_card gn_fb_content_body_as_contact_card(struct gn_fb_content t)
{
	return (struct gn_fb_contact_card){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_CONTACT_CARD)};
}
static inline struct gn_fb_receipt_body gn_fb_content_body_as_receipt_body(struct gn_fb_content t)
{
	return (struct gn_fb_receipt_body){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_RECEIPT_BODY)};
}
static inline struct gn_fb_typing gn_fb_content_body_as_typing(struct gn_fb_content t)
{
	return (struct gn_fb_typing){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_TYPING)};
}
static inline struct gn_fb_payment_request gn_fb_content_body_as_payment_request(struct gn_fb_content t)
{
	return (struct gn_fb_payment_request){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_PAYMENT_REQUEST)};
}
static inline struct gn_fb_job_note gn_fb_content_body_as_job_note(struct gn_fb_content t)
{
	return (struct gn_fb_job_note){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_JOB_NOTE)};
}
static inline struct gn_fb_device_sync gn_fb_content_body_as_device_sync(struct gn_fb_content t)
{
	return (struct gn_fb_device_sync){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_DEVICE_SYNC)};
}
static inline struct gn_fb_box_told gn_fb_content_body_as_box_told(struct gn_fb_content t)
{
	return (struct gn_fb_box_told){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_BOX_TOLD)};
}
static inline struct gn_fb_resend gn_fb_content_body_as_resend(struct gn_fb_content t)
{
	return (struct gn_fb_resend){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_RESEND)};
}
static inline struct gn_fb_system_note gn_fb_content_body_as_system_note(struct gn_fb_content t)
{
	return (struct gn_fb_system_note){gn_fbt_member(t.t, 9, GN_FB_CONTENT_BODY_SYSTEM_NOTE)};
}
static inline uint64_t gn_fb_content_later(struct gn_fb_content t)
{
	return (uint64_t)gn_fbt_bits(t.t, 10, 8, UINT64_C(0x0));
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_content[] = {
	&gn_fbtype_text,
	&gn_fbtype_edit,
	&gn_fbtype_delete,
	&gn_fbtype_reaction,
	&gn_fbtype_file_ref,
	&gn_fbtype_file_body,
	&gn_fbtype_contact_card,
	&gn_fbtype_receipt_body,
	&gn_fbtype_typing,
	&gn_fbtype_payment_request,
	&gn_fbtype_job_note,
	&gn_fbtype_register,
	&gn_fbtype_device_sync,
	&gn_fbtype_box_told,
	&gn_fbtype_resend,
	&gn_fbtype_system_note,
	&gn_fbtype_content,
};

#endif
