/* Made by tools/fbc from app_agent.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_AGENT_FB_H
#define GN_WIRE_APP_AGENT_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"
#include "wire/generated/app_wallet_fb.h"

enum gn_fb_agent_state {
	GN_FB_AGENT_STATE_NEW = 0,
	GN_FB_AGENT_STATE_LOCKED = 1,
	GN_FB_AGENT_STATE_OPEN = 2,
};

static const struct gn_fb_word gn_fbwords_agent_state[] = {{"new", 0}, {"locked", 1}, {"open", 2}, {NULL, 0}};

enum gn_fb_contact_state {
	GN_FB_CONTACT_STATE_NONE = 0,
	GN_FB_CONTACT_STATE_ASKED = 1,
	GN_FB_CONTACT_STATE_REQUEST = 2,
	GN_FB_CONTACT_STATE_ACCEPTED = 3,
	GN_FB_CONTACT_STATE_REFUSED = 4,
};

static const struct gn_fb_word gn_fbwords_contact_state[] = {{"none", 0}, {"asked", 1}, {"request", 2}, {"accepted", 3}, {"refused", 4}, {NULL, 0}};

enum gn_fb_trust {
	GN_FB_TRUST_UNKNOWN = 0,
	GN_FB_TRUST_BY_NAME = 1,
	GN_FB_TRUST_INTRODUCED = 2,
	GN_FB_TRUST_LINKED = 3,
	GN_FB_TRUST_MET = 4,
};

static const struct gn_fb_word gn_fbwords_trust[] = {{"unknown", 0}, {"by-name", 1}, {"introduced", 2}, {"linked", 3}, {"met", 4}, {NULL, 0}};

enum gn_fb_switch {
	GN_FB_SWITCH_SAME = 0,
	GN_FB_SWITCH_ON = 1,
	GN_FB_SWITCH_OFF = 2,
};

static const struct gn_fb_word gn_fbwords_switch[] = {{"same", 0}, {"on", 1}, {"off", 2}, {NULL, 0}};

enum gn_fb_file_state {
	/* `done` of `size` bytes; copies; the message is said; one of somebody's; it ended. */
	GN_FB_FILE_STATE_UPLOADING = 0,
	GN_FB_FILE_STATE_SPREADING = 1,
	GN_FB_FILE_STATE_SENT = 2,
	GN_FB_FILE_STATE_RECEIVED = 3,
	GN_FB_FILE_STATE_FAILED = 4,
};

static const struct gn_fb_word gn_fbwords_file_state[] = {{"uploading", 0}, {"spreading", 1}, {"sent", 2}, {"received", 3}, {"failed", 4}, {NULL, 0}};

enum gn_fb_send_state {
	GN_FB_SEND_STATE_WAITING = 0,
	GN_FB_SEND_STATE_STORED = 1,
	GN_FB_SEND_STATE_DELIVERED = 2,
	GN_FB_SEND_STATE_READ = 3,
	GN_FB_SEND_STATE_FAILED = 4,
};

static const struct gn_fb_word gn_fbwords_send_state[] = {{"waiting", 0}, {"stored", 1}, {"delivered", 2}, {"read", 3}, {"failed", 4}, {NULL, 0}};

/* As ContentBody of content.fbs; a gap, where messages have not arrived; a line of the agent's own. */
enum gn_fb_message_kind {
	GN_FB_MESSAGE_KIND_OTHER = 0,
	GN_FB_MESSAGE_KIND_TEXT = 1,
	GN_FB_MESSAGE_KIND_EDIT = 2,
	GN_FB_MESSAGE_KIND_DELETE = 3,
	GN_FB_MESSAGE_KIND_REACTION = 4,
	GN_FB_MESSAGE_KIND_FILE = 5,
	GN_FB_MESSAGE_KIND_CONTACT = 6,
	GN_FB_MESSAGE_KIND_RECEIPT = 7,
	GN_FB_MESSAGE_KIND_TYPING = 8,
	GN_FB_MESSAGE_KIND_PAYMENT = 9,
	GN_FB_MESSAGE_KIND_JOB = 10,
	GN_FB_MESSAGE_KIND_SYNC = 11,
	GN_FB_MESSAGE_KIND_BOX = 12,
	GN_FB_MESSAGE_KIND_RESEND = 13,
	GN_FB_MESSAGE_KIND_SYSTEM = 14,
	GN_FB_MESSAGE_KIND_GAP = 64,
	GN_FB_MESSAGE_KIND_LINE = 65,
};

static const struct gn_fb_word gn_fbwords_message_kind[] = {{"other", 0}, {"text", 1}, {"edit", 2}, {"delete", 3}, {"reaction", 4}, {"file", 5}, {"contact", 6}, {"receipt", 7}, {"typing", 8}, {"payment", 9}, {"job", 10}, {"sync", 11}, {"box", 12}, {"resend", 13}, {"system", 14}, {"gap", 64}, {"line", 65}, {NULL, 0}};

/* Invisible is only ever an own one: to others it is Offline. */
enum gn_fb_presence_state {
	GN_FB_PRESENCE_STATE_OFFLINE = 0,
	GN_FB_PRESENCE_STATE_ONLINE = 1,
	GN_FB_PRESENCE_STATE_AWAY = 2,
	GN_FB_PRESENCE_STATE_BUSY = 3,
	GN_FB_PRESENCE_STATE_INVISIBLE = 4,
};

static const struct gn_fb_word gn_fbwords_presence_state[] = {{"offline", 0}, {"online", 1}, {"away", 2}, {"busy", 3}, {"invisible", 4}, {NULL, 0}};

enum gn_fb_app_agent_body {
	GN_FB_APP_AGENT_BODY_NONE = 0,
	GN_FB_APP_AGENT_BODY_AGENT_STATUS = 1,
	GN_FB_APP_AGENT_BODY_AGENT_STATUS_IS = 2,
	GN_FB_APP_AGENT_BODY_AGENT_START = 3,
	GN_FB_APP_AGENT_BODY_UNLOCK = 4,
	GN_FB_APP_AGENT_BODY_LOCK = 5,
	GN_FB_APP_AGENT_BODY_AGENT_STOP = 6,
	GN_FB_APP_AGENT_BODY_AGENT_RENEW = 7,
	GN_FB_APP_AGENT_BODY_CLIENTS_LIST = 8,
	GN_FB_APP_AGENT_BODY_CLIENTS_IS = 9,
	GN_FB_APP_AGENT_BODY_CLIENT_ADD = 10,
	GN_FB_APP_AGENT_BODY_CLIENT_MADE = 11,
	GN_FB_APP_AGENT_BODY_CLIENT_REMOVE = 12,
	GN_FB_APP_AGENT_BODY_APPROVAL_ASKED = 13,
	GN_FB_APP_AGENT_BODY_APPROVAL_GIVE = 14,
	GN_FB_APP_AGENT_BODY_AGENT_BACKUP = 15,
	GN_FB_APP_AGENT_BODY_BACKUP_IS = 16,
	GN_FB_APP_AGENT_BODY_AGENT_PASSPHRASE = 17,
	GN_FB_APP_AGENT_BODY_CLIENT_PAIR = 18,
	GN_FB_APP_AGENT_BODY_CLIENT_PAIR_IS = 19,
	GN_FB_APP_AGENT_BODY_CLIENT_CLAIM = 20,
};

enum gn_fb_app_contact_body {
	GN_FB_APP_CONTACT_BODY_NONE = 0,
	GN_FB_APP_CONTACT_BODY_PERSON = 1,
	GN_FB_APP_CONTACT_BODY_CONTACTS_LIST = 2,
	GN_FB_APP_CONTACT_BODY_CONTACTS_IS = 3,
	GN_FB_APP_CONTACT_BODY_CONTACT_ADD = 4,
	GN_FB_APP_CONTACT_BODY_CONTACT_GET = 5,
	GN_FB_APP_CONTACT_BODY_CONTACT_ANSWER = 6,
	GN_FB_APP_CONTACT_BODY_CONTACT_SET = 7,
	GN_FB_APP_CONTACT_BODY_CONTACT_REMOVE = 8,
	GN_FB_APP_CONTACT_BODY_INVITE_NEW = 9,
	GN_FB_APP_CONTACT_BODY_INVITE = 10,
	GN_FB_APP_CONTACT_BODY_INVITES_LIST = 11,
	GN_FB_APP_CONTACT_BODY_INVITES_IS = 12,
	GN_FB_APP_CONTACT_BODY_INVITE_DROP = 13,
	GN_FB_APP_CONTACT_BODY_CONTACT_VERIFY = 14,
	GN_FB_APP_CONTACT_BODY_SAFETY_IS = 15,
	GN_FB_APP_CONTACT_BODY_PRESENCE_GET = 16,
	GN_FB_APP_CONTACT_BODY_PRESENCE_SET = 17,
	GN_FB_APP_CONTACT_BODY_PRESENCE_FOLLOW = 18,
	GN_FB_APP_CONTACT_BODY_PRESENCE_IS = 19,
};

enum gn_fb_app_chat_body {
	GN_FB_APP_CHAT_BODY_NONE = 0,
	GN_FB_APP_CHAT_BODY_CHATS_LIST = 1,
	GN_FB_APP_CHAT_BODY_CHATS_IS = 2,
	GN_FB_APP_CHAT_BODY_MESSAGE_SEND = 3,
	GN_FB_APP_CHAT_BODY_MESSAGE_EDIT = 4,
	GN_FB_APP_CHAT_BODY_MESSAGE_DELETE = 5,
	GN_FB_APP_CHAT_BODY_MESSAGE_REACT = 6,
	GN_FB_APP_CHAT_BODY_MESSAGE_READ = 7,
	GN_FB_APP_CHAT_BODY_MESSAGE_RETRY = 8,
	GN_FB_APP_CHAT_BODY_MESSAGE_IS = 9,
	GN_FB_APP_CHAT_BODY_HISTORY = 10,
	GN_FB_APP_CHAT_BODY_HISTORY_IS = 11,
	GN_FB_APP_CHAT_BODY_SEARCH = 12,
	GN_FB_APP_CHAT_BODY_SEARCH_IS = 13,
	GN_FB_APP_CHAT_BODY_MESSAGE_GET = 14,
	GN_FB_APP_CHAT_BODY_MESSAGE_SHOWN = 15,
	GN_FB_APP_CHAT_BODY_CHAT_FILE = 16,
	GN_FB_APP_CHAT_BODY_CHAT_FILE_SEND = 17,
	GN_FB_APP_CHAT_BODY_CHAT_FILE_GET = 18,
	GN_FB_APP_CHAT_BODY_CHAT_FILES_LIST = 19,
	GN_FB_APP_CHAT_BODY_CHAT_FILES_IS = 20,
	GN_FB_APP_CHAT_BODY_CHAT_FILE_DROP = 21,
};

enum gn_fb_app_job_body {
	GN_FB_APP_JOB_BODY_NONE = 0,
	GN_FB_APP_JOB_BODY_JOB_INFO = 1,
	GN_FB_APP_JOB_BODY_JOB_SUBMIT = 2,
	GN_FB_APP_JOB_BODY_JOB_IS = 3,
	GN_FB_APP_JOB_BODY_JOBS_LIST = 4,
	GN_FB_APP_JOB_BODY_JOBS_IS = 5,
	GN_FB_APP_JOB_BODY_JOB_GET = 6,
	GN_FB_APP_JOB_BODY_JOB_DROP = 7,
	GN_FB_APP_JOB_BODY_JOB_KEYS = 8,
	GN_FB_APP_JOB_BODY_JOB_KEYS_IS = 9,
	GN_FB_APP_JOB_BODY_JOB_GRANT = 10,
	GN_FB_APP_JOB_BODY_JOB_GRANT_IS = 11,
	GN_FB_APP_JOB_BODY_JOB_TAKE = 12,
	GN_FB_APP_JOB_BODY_JOB_KEEP = 13,
	GN_FB_APP_JOB_BODY_JOB_END = 14,
	GN_FB_APP_JOB_BODY_JOB_REFUSE = 15,
};

enum gn_fb_app_told_body {
	GN_FB_APP_TOLD_BODY_NONE = 0,
	GN_FB_APP_TOLD_BODY_TOLD_STATE = 1,
	GN_FB_APP_TOLD_BODY_TOLD_MESSAGE = 2,
	GN_FB_APP_TOLD_BODY_TOLD_CONTACT = 3,
	GN_FB_APP_TOLD_BODY_TOLD_TYPING = 4,
	GN_FB_APP_TOLD_BODY_TOLD_NOTICE = 5,
	GN_FB_APP_TOLD_BODY_TOLD_FILE = 6,
	GN_FB_APP_TOLD_BODY_TOLD_WALLET = 7,
};

/* Chosen by the client that says it, so that a repeat says nothing twice. */
struct gn_fb_message_id {
	uint8_t b[16];
};
static const struct gn_fb_member gn_fbmembers_message_id[] = {
	{"b", offsetof(struct gn_fb_message_id, b), 0, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_message_id = {gn_fbmembers_message_id, 1, sizeof(struct gn_fb_message_id), 16, 1};

/* SHA-256 of the owner key that the other was met with. */
struct gn_fb_chat_id {
	uint8_t b[32];
};
static const struct gn_fb_member gn_fbmembers_chat_id[] = {
	{"b", offsetof(struct gn_fb_chat_id, b), 0, 1, 32, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_chat_id = {gn_fbmembers_chat_id, 1, sizeof(struct gn_fb_chat_id), 32, 1};

/* Of calls that a person must allow: the passphrase where there is one, or the number of what they
 * allowed (ApprovalGive) and the same call again. */
struct gn_fb_client_id {
	uint8_t b[16];
};
static const struct gn_fb_member gn_fbmembers_client_id[] = {
	{"b", offsetof(struct gn_fb_client_id, b), 0, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_client_id = {gn_fbmembers_client_id, 1, sizeof(struct gn_fb_client_id), 16, 1};

/* ---- AgentStatus ---- */

struct gn_fb_agent_status {
	struct gn_fbt t;
};
struct gn_fb_agent_status_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_agent_status = {"AgentStatus", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_agent_status_verify(struct gn_slice in, struct gn_fb_agent_status *out)
{
	return gn_fb_verify(in, &gn_fbtype_agent_status, &out->t);
}
static inline gn_fbref gn_fb_agent_status_make(struct gn_fbb *b, const struct gn_fb_agent_status_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_agent_status, args);
}

/* ---- AgentStatusIs ---- */

struct gn_fb_agent_status_is {
	struct gn_fbt t;
};
struct gn_fb_agent_status_is_args {
	uint8_t state;
	struct gn_slice version;
	struct gn_slice pid;
	struct gn_slice name;
	/* The node answers; its `reach` word, its links. `why`: why there is none, or why too few nodes
	 * keep what is published. */
	bool online;
	struct gn_slice reach;
	uint32_t nodes;
	struct gn_slice why;
	/* The own records and boxes are where others find them. */
	bool published;
	uint32_t unread;
	/* Items fetched and not opened, while locked. */
	uint32_t waiting;
	uint32_t requests;
	/* Contents on their way. */
	uint32_t sending;
	/* The identity record must be signed anew: unlock with the passphrase, if there is one. */
	bool identity_wanted;
	/* Another device of the person took this one out of their identity. */
	bool revoked;
	/* The owner's, which `pid` names; absent of a new one. */
	const struct gn_fb_key *key;
};
static const struct gn_fb_field gn_fbfields_agent_status_is[] = {
	{"state", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_agent_status_is_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_agent_state, false},
	{"version", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_agent_status_is_args, version), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pid", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_agent_status_is_args, pid), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_agent_status_is_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"online", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_agent_status_is_args, online), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reach", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_agent_status_is_args, reach), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"nodes", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_agent_status_is_args, nodes), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_agent_status_is_args, why), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"published", GN_FB_SCALAR, GN_FB_BOOL, 8, offsetof(struct gn_fb_agent_status_is_args, published), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"unread", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_agent_status_is_args, unread), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"waiting", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_agent_status_is_args, waiting), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"requests", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_agent_status_is_args, requests), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sending", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_agent_status_is_args, sending), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"identity_wanted", GN_FB_SCALAR, GN_FB_BOOL, 13, offsetof(struct gn_fb_agent_status_is_args, identity_wanted), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"revoked", GN_FB_SCALAR, GN_FB_BOOL, 14, offsetof(struct gn_fb_agent_status_is_args, revoked), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRUCT, GN_FB_UINT, 15, offsetof(struct gn_fb_agent_status_is_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_agent_status_is = {"AgentStatusIs", NULL, gn_fbfields_agent_status_is, 16};

GN_MUST static inline gn_err gn_fb_agent_status_is_verify(struct gn_slice in, struct gn_fb_agent_status_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_agent_status_is, &out->t);
}
static inline gn_fbref gn_fb_agent_status_is_make(struct gn_fbb *b, const struct gn_fb_agent_status_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_agent_status_is, args);
}
static inline uint8_t gn_fb_agent_status_is_state(struct gn_fb_agent_status_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_agent_status_is_has_version(struct gn_fb_agent_status_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_agent_status_is_version(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_agent_status_is_has_pid(struct gn_fb_agent_status_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_agent_status_is_pid(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_agent_status_is_has_name(struct gn_fb_agent_status_is t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_agent_status_is_name(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_agent_status_is_online(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_agent_status_is_has_reach(struct gn_fb_agent_status_is t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_agent_status_is_reach(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline uint32_t gn_fb_agent_status_is_nodes(struct gn_fb_agent_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}
static inline bool gn_fb_agent_status_is_has_why(struct gn_fb_agent_status_is t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_agent_status_is_why(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_agent_status_is_published(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_agent_status_is_unread(struct gn_fb_agent_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 9, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_agent_status_is_waiting(struct gn_fb_agent_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 10, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_agent_status_is_requests(struct gn_fb_agent_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 11, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_agent_status_is_sending(struct gn_fb_agent_status_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 12, 4, UINT64_C(0x0));
}
static inline bool gn_fb_agent_status_is_identity_wanted(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bits(t.t, 13, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_agent_status_is_revoked(struct gn_fb_agent_status_is t)
{
	return gn_fbt_bits(t.t, 14, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_agent_status_is_has_key(struct gn_fb_agent_status_is t)
{
	return gn_fbt_has(t.t, 15);
}
static inline struct gn_fb_key gn_fb_agent_status_is_key(struct gn_fb_agent_status_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 15, &gn_fblayout_key, &v);
	return v;
}

/* ---- AgentStart ---- */

/* Of a new one: makes the device's keys, and an identity where there is none. */
struct gn_fb_agent_start {
	struct gn_fbt t;
};
struct gn_fb_agent_start_args {
	struct gn_slice passphrase;
	struct gn_slice name;
};
static const struct gn_fb_field gn_fbfields_agent_start[] = {
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_agent_start_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_agent_start_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_agent_start = {"AgentStart", NULL, gn_fbfields_agent_start, 2};

GN_MUST static inline gn_err gn_fb_agent_start_verify(struct gn_slice in, struct gn_fb_agent_start *out)
{
	return gn_fb_verify(in, &gn_fbtype_agent_start, &out->t);
}
static inline gn_fbref gn_fb_agent_start_make(struct gn_fbb *b, const struct gn_fb_agent_start_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_agent_start, args);
}
static inline bool gn_fb_agent_start_has_passphrase(struct gn_fb_agent_start t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_agent_start_passphrase(struct gn_fb_agent_start t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_agent_start_has_name(struct gn_fb_agent_start t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_agent_start_name(struct gn_fb_agent_start t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- Unlock ---- */

/* Wrong passphrases cost time (AGENT_TRIES_FREE). */
struct gn_fb_unlock {
	struct gn_fbt t;
};
struct gn_fb_unlock_args {
	struct gn_slice passphrase;
};
static const struct gn_fb_field gn_fbfields_unlock[] = {
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_unlock_args, passphrase), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_unlock = {"Unlock", NULL, gn_fbfields_unlock, 1};

GN_MUST static inline gn_err gn_fb_unlock_verify(struct gn_slice in, struct gn_fb_unlock *out)
{
	return gn_fb_verify(in, &gn_fbtype_unlock, &out->t);
}
static inline gn_fbref gn_fb_unlock_make(struct gn_fbb *b, const struct gn_fb_unlock_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_unlock, args);
}
static inline bool gn_fb_unlock_has_passphrase(struct gn_fb_unlock t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_unlock_passphrase(struct gn_fb_unlock t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- Lock ---- */

struct gn_fb_lock {
	struct gn_fbt t;
};
struct gn_fb_lock_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_lock = {"Lock", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_lock_verify(struct gn_slice in, struct gn_fb_lock *out)
{
	return gn_fb_verify(in, &gn_fbtype_lock, &out->t);
}
static inline gn_fbref gn_fb_lock_make(struct gn_fbb *b, const struct gn_fb_lock_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_lock, args);
}

/* ---- AgentPassphrase ---- */

/* Both key files under another passphrase; without one, or to take it away, it is empty. */
struct gn_fb_agent_passphrase {
	struct gn_fbt t;
};
struct gn_fb_agent_passphrase_args {
	struct gn_slice before;
	struct gn_slice after;
};
static const struct gn_fb_field gn_fbfields_agent_passphrase[] = {
	{"before", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_agent_passphrase_args, before), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"after", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_agent_passphrase_args, after), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_agent_passphrase = {"AgentPassphrase", NULL, gn_fbfields_agent_passphrase, 2};

GN_MUST static inline gn_err gn_fb_agent_passphrase_verify(struct gn_slice in, struct gn_fb_agent_passphrase *out)
{
	return gn_fb_verify(in, &gn_fbtype_agent_passphrase, &out->t);
}
static inline gn_fbref gn_fb_agent_passphrase_make(struct gn_fbb *b, const struct gn_fb_agent_passphrase_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_agent_passphrase, args);
}
static inline bool gn_fb_agent_passphrase_has_before(struct gn_fb_agent_passphrase t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_agent_passphrase_before(struct gn_fb_agent_passphrase t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_agent_passphrase_has_after(struct gn_fb_agent_passphrase t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_agent_passphrase_after(struct gn_fb_agent_passphrase t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- AgentStop ---- */

struct gn_fb_agent_stop {
	struct gn_fbt t;
};
struct gn_fb_agent_stop_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_agent_stop = {"AgentStop", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_agent_stop_verify(struct gn_slice in, struct gn_fb_agent_stop *out)
{
	return gn_fb_verify(in, &gn_fbtype_agent_stop, &out->t);
}
static inline gn_fbref gn_fb_agent_stop_make(struct gn_fbb *b, const struct gn_fb_agent_stop_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_agent_stop, args);
}

/* ---- AgentRenew ---- */

/* New prekeys and another private box, now: as every week, and after an own device was lost. */
struct gn_fb_agent_renew {
	struct gn_fbt t;
};
struct gn_fb_agent_renew_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_agent_renew = {"AgentRenew", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_agent_renew_verify(struct gn_slice in, struct gn_fb_agent_renew *out)
{
	return gn_fb_verify(in, &gn_fbtype_agent_renew, &out->t);
}
static inline gn_fbref gn_fb_agent_renew_make(struct gn_fbb *b, const struct gn_fb_agent_renew_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_agent_renew, args);
}

/* ---- Person ---- */

struct gn_fb_person {
	struct gn_fbt t;
};
struct gn_fb_person_args {
	const struct gn_fb_key *key;
	struct gn_slice pid;
	struct gn_slice name;
	struct gn_slice petname;
	uint8_t state;
	uint8_t trust;
	bool blocked;
	/* Sending is stopped until somebody looked at it: why. */
	struct gn_slice alarm;
	const struct gn_fb_chat_id *chat;
	uint32_t devices;
	/* Said and not receipted by any device; said by them and not here. */
	uint32_t outstanding;
	uint64_t missing;
	bool reads;
	uint32_t expire;
	uint64_t seq;
	/* A request of which nothing but the key is known: accepting it looks them up. */
	bool unseen;
	/* Unix ms: when the person compared the safety number and found it equal; 0: never. `changed`: it
	 * is another one now. */
	uint64_t verified;
	bool changed;
	/* Which ways the node's sessions with their nodes may take (docs/spec/reach.md RE-11); empty: any. */
	struct gn_slice path;
};
static const struct gn_fb_field gn_fbfields_person[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_person_args, key), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"pid", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_person_args, pid), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_person_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"petname", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_person_args, petname), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_person_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_contact_state, false},
	{"trust", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_person_args, trust), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_trust, false},
	{"blocked", GN_FB_SCALAR, GN_FB_BOOL, 6, offsetof(struct gn_fb_person_args, blocked), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"alarm", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_person_args, alarm), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"chat", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_person_args, chat), 0, 0, false, UINT64_C(0x0), &gn_fblayout_chat_id, NULL, NULL, false},
	{"devices", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_person_args, devices), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"outstanding", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_person_args, outstanding), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"missing", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_person_args, missing), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reads", GN_FB_SCALAR, GN_FB_BOOL, 12, offsetof(struct gn_fb_person_args, reads), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expire", GN_FB_SCALAR, GN_FB_UINT, 13, offsetof(struct gn_fb_person_args, expire), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"seq", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_person_args, seq), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"unseen", GN_FB_SCALAR, GN_FB_BOOL, 15, offsetof(struct gn_fb_person_args, unseen), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"verified", GN_FB_SCALAR, GN_FB_UINT, 16, offsetof(struct gn_fb_person_args, verified), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"changed", GN_FB_SCALAR, GN_FB_BOOL, 17, offsetof(struct gn_fb_person_args, changed), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"path", GN_FB_STRING, GN_FB_UINT, 18, offsetof(struct gn_fb_person_args, path), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_person = {"Person", NULL, gn_fbfields_person, 19};

GN_MUST static inline gn_err gn_fb_person_verify(struct gn_slice in, struct gn_fb_person *out)
{
	return gn_fb_verify(in, &gn_fbtype_person, &out->t);
}
static inline gn_fbref gn_fb_person_make(struct gn_fbb *b, const struct gn_fb_person_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_person, args);
}
static inline bool gn_fb_person_has_key(struct gn_fb_person t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_person_key(struct gn_fb_person t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_person_has_pid(struct gn_fb_person t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_person_pid(struct gn_fb_person t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_person_has_name(struct gn_fb_person t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_person_name(struct gn_fb_person t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_person_has_petname(struct gn_fb_person t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_person_petname(struct gn_fb_person t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint8_t gn_fb_person_state(struct gn_fb_person t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_person_trust(struct gn_fb_person t)
{
	return (uint8_t)gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0));
}
static inline bool gn_fb_person_blocked(struct gn_fb_person t)
{
	return gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_person_has_alarm(struct gn_fb_person t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_person_alarm(struct gn_fb_person t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_person_has_chat(struct gn_fb_person t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_chat_id gn_fb_person_chat(struct gn_fb_person t)
{
	struct gn_fb_chat_id v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_chat_id, &v);
	return v;
}
static inline uint32_t gn_fb_person_devices(struct gn_fb_person t)
{
	return (uint32_t)gn_fbt_bits(t.t, 9, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_person_outstanding(struct gn_fb_person t)
{
	return (uint32_t)gn_fbt_bits(t.t, 10, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_person_missing(struct gn_fb_person t)
{
	return (uint64_t)gn_fbt_bits(t.t, 11, 8, UINT64_C(0x0));
}
static inline bool gn_fb_person_reads(struct gn_fb_person t)
{
	return gn_fbt_bits(t.t, 12, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_person_expire(struct gn_fb_person t)
{
	return (uint32_t)gn_fbt_bits(t.t, 13, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_person_seq(struct gn_fb_person t)
{
	return (uint64_t)gn_fbt_bits(t.t, 14, 8, UINT64_C(0x0));
}
static inline bool gn_fb_person_unseen(struct gn_fb_person t)
{
	return gn_fbt_bits(t.t, 15, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_person_verified(struct gn_fb_person t)
{
	return (uint64_t)gn_fbt_bits(t.t, 16, 8, UINT64_C(0x0));
}
static inline bool gn_fb_person_changed(struct gn_fb_person t)
{
	return gn_fbt_bits(t.t, 17, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_person_has_path(struct gn_fb_person t)
{
	return gn_fbt_has(t.t, 18);
}
static inline struct gn_slice gn_fb_person_path(struct gn_fb_person t)
{
	return gn_fbt_bytes(t.t, 18);
}

/* ---- ContactsList ---- */

/* `after`: that of the page before. */
struct gn_fb_contacts_list {
	struct gn_fbt t;
};
struct gn_fb_contacts_list_args {
	uint32_t after;
	uint16_t limit;
};
static const struct gn_fb_field gn_fbfields_contacts_list[] = {
	{"after", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_contacts_list_args, after), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_contacts_list_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contacts_list = {"ContactsList", NULL, gn_fbfields_contacts_list, 2};

GN_MUST static inline gn_err gn_fb_contacts_list_verify(struct gn_slice in, struct gn_fb_contacts_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_contacts_list, &out->t);
}
static inline gn_fbref gn_fb_contacts_list_make(struct gn_fbb *b, const struct gn_fb_contacts_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contacts_list, args);
}
static inline uint32_t gn_fb_contacts_list_after(struct gn_fb_contacts_list t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint16_t gn_fb_contacts_list_limit(struct gn_fb_contacts_list t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}

/* ---- ContactsIs ---- */

struct gn_fb_contacts_is {
	struct gn_fbt t;
};
struct gn_fb_contacts_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} contacts; /* Person */
	uint32_t after;
	bool more;
};
static const struct gn_fb_field gn_fbfields_contacts_is[] = {
	{"contacts", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_contacts_is_args, contacts), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_contacts_is_args, after), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_contacts_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contacts_is = {"ContactsIs", NULL, gn_fbfields_contacts_is, 3};

GN_MUST static inline gn_err gn_fb_contacts_is_verify(struct gn_slice in, struct gn_fb_contacts_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_contacts_is, &out->t);
}
static inline gn_fbref gn_fb_contacts_is_make(struct gn_fbb *b, const struct gn_fb_contacts_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contacts_is, args);
}
static inline bool gn_fb_contacts_is_has_contacts(struct gn_fb_contacts_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_contacts_is_contacts_len(struct gn_fb_contacts_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_person gn_fb_contacts_is_contacts_at(struct gn_fb_contacts_is t, uint32_t i)
{
	return (struct gn_fb_person){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint32_t gn_fb_contacts_is_after(struct gn_fb_contacts_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_contacts_is_more(struct gn_fb_contacts_is t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- ContactAdd ---- */

/* A PID, a name (alice.geo), a link geonet:hi/.. */
struct gn_fb_contact_add {
	struct gn_fbt t;
};
struct gn_fb_contact_add_args {
	struct gn_slice who;
	struct gn_slice petname;
};
static const struct gn_fb_field gn_fbfields_contact_add[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_add_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"petname", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_contact_add_args, petname), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact_add = {"ContactAdd", NULL, gn_fbfields_contact_add, 2};

GN_MUST static inline gn_err gn_fb_contact_add_verify(struct gn_slice in, struct gn_fb_contact_add *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact_add, &out->t);
}
static inline gn_fbref gn_fb_contact_add_make(struct gn_fbb *b, const struct gn_fb_contact_add_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact_add, args);
}
static inline bool gn_fb_contact_add_has_who(struct gn_fb_contact_add t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_contact_add_who(struct gn_fb_contact_add t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_contact_add_has_petname(struct gn_fb_contact_add t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_contact_add_petname(struct gn_fb_contact_add t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- ContactGet ---- */

struct gn_fb_contact_get {
	struct gn_fbt t;
};
struct gn_fb_contact_get_args {
	struct gn_slice who;
};
static const struct gn_fb_field gn_fbfields_contact_get[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_get_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact_get = {"ContactGet", NULL, gn_fbfields_contact_get, 1};

GN_MUST static inline gn_err gn_fb_contact_get_verify(struct gn_slice in, struct gn_fb_contact_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact_get, &out->t);
}
static inline gn_fbref gn_fb_contact_get_make(struct gn_fbb *b, const struct gn_fb_contact_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact_get, args);
}
static inline bool gn_fb_contact_get_has_who(struct gn_fb_contact_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_contact_get_who(struct gn_fb_contact_get t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- ContactAnswer ---- */

/* Of a request. */
struct gn_fb_contact_answer {
	struct gn_fbt t;
};
struct gn_fb_contact_answer_args {
	struct gn_slice who;
	bool accept;
};
static const struct gn_fb_field gn_fbfields_contact_answer[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_answer_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"accept", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_contact_answer_args, accept), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact_answer = {"ContactAnswer", NULL, gn_fbfields_contact_answer, 2};

GN_MUST static inline gn_err gn_fb_contact_answer_verify(struct gn_slice in, struct gn_fb_contact_answer *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact_answer, &out->t);
}
static inline gn_fbref gn_fb_contact_answer_make(struct gn_fbb *b, const struct gn_fb_contact_answer_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact_answer, args);
}
static inline bool gn_fb_contact_answer_has_who(struct gn_fb_contact_answer t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_contact_answer_who(struct gn_fb_contact_answer t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_contact_answer_accept(struct gn_fb_contact_answer t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- ContactSet ---- */

struct gn_fb_contact_set {
	struct gn_fbt t;
};
struct gn_fb_contact_set_args {
	struct gn_slice who;
	struct gn_slice petname;
	uint8_t block;
	uint8_t reads;
	bool met;
	bool cleared;
	/* A rule about paths, "any" ends it; absent: as it is. Alone: with it nothing else is set. */
	struct gn_slice path;
};
static const struct gn_fb_field gn_fbfields_contact_set[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_set_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"petname", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_contact_set_args, petname), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"block", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_contact_set_args, block), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_switch, false},
	{"reads", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_contact_set_args, reads), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_switch, false},
	{"met", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_contact_set_args, met), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cleared", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_contact_set_args, cleared), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"path", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_contact_set_args, path), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact_set = {"ContactSet", NULL, gn_fbfields_contact_set, 7};

GN_MUST static inline gn_err gn_fb_contact_set_verify(struct gn_slice in, struct gn_fb_contact_set *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact_set, &out->t);
}
static inline gn_fbref gn_fb_contact_set_make(struct gn_fbb *b, const struct gn_fb_contact_set_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact_set, args);
}
static inline bool gn_fb_contact_set_has_who(struct gn_fb_contact_set t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_contact_set_who(struct gn_fb_contact_set t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_contact_set_has_petname(struct gn_fb_contact_set t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_contact_set_petname(struct gn_fb_contact_set t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_contact_set_block(struct gn_fb_contact_set t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_contact_set_reads(struct gn_fb_contact_set t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_contact_set_met(struct gn_fb_contact_set t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_contact_set_cleared(struct gn_fb_contact_set t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_contact_set_has_path(struct gn_fb_contact_set t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_contact_set_path(struct gn_fb_contact_set t)
{
	return gn_fbt_bytes(t.t, 6);
}

/* ---- ContactVerify ---- */

/* Without a number: what it is. With one: is it the same? Then it is marked as compared. */
struct gn_fb_contact_verify {
	struct gn_fbt t;
};
struct gn_fb_contact_verify_args {
	struct gn_slice who;
	struct gn_slice number;
};
static const struct gn_fb_field gn_fbfields_contact_verify[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_verify_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"number", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_contact_verify_args, number), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact_verify = {"ContactVerify", NULL, gn_fbfields_contact_verify, 2};

GN_MUST static inline gn_err gn_fb_contact_verify_verify(struct gn_slice in, struct gn_fb_contact_verify *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact_verify, &out->t);
}
static inline gn_fbref gn_fb_contact_verify_make(struct gn_fbb *b, const struct gn_fb_contact_verify_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact_verify, args);
}
static inline bool gn_fb_contact_verify_has_who(struct gn_fb_contact_verify t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_contact_verify_who(struct gn_fb_contact_verify t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_contact_verify_has_number(struct gn_fb_contact_verify t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_contact_verify_number(struct gn_fb_contact_verify t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- SafetyIs ---- */

struct gn_fb_safety_is {
	struct gn_fbt t;
};
struct gn_fb_safety_is_args {
	gn_fbref contact; /* Person */
	/* 60 digits; what their QR codes have. */
	struct gn_slice number;
	const struct gn_fb_hash *qr;
	/* Of a call with a number. */
	bool equal;
};
static const struct gn_fb_field gn_fbfields_safety_is[] = {
	{"contact", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_safety_is_args, contact), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
	{"number", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_safety_is_args, number), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"qr", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_safety_is_args, qr), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"equal", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_safety_is_args, equal), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_safety_is = {"SafetyIs", NULL, gn_fbfields_safety_is, 4};

GN_MUST static inline gn_err gn_fb_safety_is_verify(struct gn_slice in, struct gn_fb_safety_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_safety_is, &out->t);
}
static inline gn_fbref gn_fb_safety_is_make(struct gn_fbb *b, const struct gn_fb_safety_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_safety_is, args);
}
static inline bool gn_fb_safety_is_has_contact(struct gn_fb_safety_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_person gn_fb_safety_is_contact(struct gn_fb_safety_is t)
{
	return (struct gn_fb_person){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_safety_is_has_number(struct gn_fb_safety_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_safety_is_number(struct gn_fb_safety_is t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_safety_is_has_qr(struct gn_fb_safety_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_safety_is_qr(struct gn_fb_safety_is t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_safety_is_equal(struct gn_fb_safety_is t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}

/* ---- ContactRemove ---- */

struct gn_fb_contact_remove {
	struct gn_fbt t;
};
struct gn_fb_contact_remove_args {
	struct gn_slice who;
};
static const struct gn_fb_field gn_fbfields_contact_remove[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_contact_remove_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_contact_remove = {"ContactRemove", NULL, gn_fbfields_contact_remove, 1};

GN_MUST static inline gn_err gn_fb_contact_remove_verify(struct gn_slice in, struct gn_fb_contact_remove *out)
{
	return gn_fb_verify(in, &gn_fbtype_contact_remove, &out->t);
}
static inline gn_fbref gn_fb_contact_remove_make(struct gn_fbb *b, const struct gn_fb_contact_remove_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_contact_remove, args);
}
static inline bool gn_fb_contact_remove_has_who(struct gn_fb_contact_remove t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_contact_remove_who(struct gn_fb_contact_remove t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- InviteNew ---- */

struct gn_fb_invite_new {
	struct gn_fbt t;
};
struct gn_fb_invite_new_args {
	uint32_t uses;
	uint32_t ttl;
	struct gn_slice name;
};
static const struct gn_fb_field gn_fbfields_invite_new[] = {
	{"uses", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_invite_new_args, uses), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ttl", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_invite_new_args, ttl), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_invite_new_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_invite_new = {"InviteNew", NULL, gn_fbfields_invite_new, 3};

GN_MUST static inline gn_err gn_fb_invite_new_verify(struct gn_slice in, struct gn_fb_invite_new *out)
{
	return gn_fb_verify(in, &gn_fbtype_invite_new, &out->t);
}
static inline gn_fbref gn_fb_invite_new_make(struct gn_fbb *b, const struct gn_fb_invite_new_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_invite_new, args);
}
static inline uint32_t gn_fb_invite_new_uses(struct gn_fb_invite_new t)
{
	return (uint32_t)gn_fbt_bits(t.t, 0, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_invite_new_ttl(struct gn_fb_invite_new t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_invite_new_has_name(struct gn_fb_invite_new t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_invite_new_name(struct gn_fb_invite_new t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- Invite ---- */

struct gn_fb_invite {
	struct gn_fbt t;
};
struct gn_fb_invite_args {
	struct gn_slice link;
	uint32_t uses;
	uint32_t used;
	uint64_t until;
};
static const struct gn_fb_field gn_fbfields_invite[] = {
	{"link", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_invite_args, link), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"uses", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_invite_args, uses), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"used", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_invite_args, used), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_invite_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
};
static const struct gn_fb_type gn_fbtype_invite = {"Invite", NULL, gn_fbfields_invite, 4};

GN_MUST static inline gn_err gn_fb_invite_verify(struct gn_slice in, struct gn_fb_invite *out)
{
	return gn_fb_verify(in, &gn_fbtype_invite, &out->t);
}
static inline gn_fbref gn_fb_invite_make(struct gn_fbb *b, const struct gn_fb_invite_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_invite, args);
}
static inline bool gn_fb_invite_has_link(struct gn_fb_invite t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_invite_link(struct gn_fb_invite t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint32_t gn_fb_invite_uses(struct gn_fb_invite t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_invite_used(struct gn_fb_invite t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_invite_until(struct gn_fb_invite t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- InvitesList ---- */

struct gn_fb_invites_list {
	struct gn_fbt t;
};
struct gn_fb_invites_list_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_invites_list = {"InvitesList", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_invites_list_verify(struct gn_slice in, struct gn_fb_invites_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_invites_list, &out->t);
}
static inline gn_fbref gn_fb_invites_list_make(struct gn_fbb *b, const struct gn_fb_invites_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_invites_list, args);
}

/* ---- InvitesIs ---- */

struct gn_fb_invites_is {
	struct gn_fbt t;
};
struct gn_fb_invites_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} invites; /* Invite */
};
static const struct gn_fb_field gn_fbfields_invites_is[] = {
	{"invites", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_invites_is_args, invites), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_invite}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_invites_is = {"InvitesIs", NULL, gn_fbfields_invites_is, 1};

GN_MUST static inline gn_err gn_fb_invites_is_verify(struct gn_slice in, struct gn_fb_invites_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_invites_is, &out->t);
}
static inline gn_fbref gn_fb_invites_is_make(struct gn_fbb *b, const struct gn_fb_invites_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_invites_is, args);
}
static inline bool gn_fb_invites_is_has_invites(struct gn_fb_invites_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_invites_is_invites_len(struct gn_fb_invites_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_invite gn_fb_invites_is_invites_at(struct gn_fb_invites_is t, uint32_t i)
{
	return (struct gn_fb_invite){gn_fbt_table_at(t.t, 0, i)};
}

/* ---- InviteDrop ---- */

struct gn_fb_invite_drop {
	struct gn_fbt t;
};
struct gn_fb_invite_drop_args {
	struct gn_slice link;
};
static const struct gn_fb_field gn_fbfields_invite_drop[] = {
	{"link", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_invite_drop_args, link), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_invite_drop = {"InviteDrop", NULL, gn_fbfields_invite_drop, 1};

GN_MUST static inline gn_err gn_fb_invite_drop_verify(struct gn_slice in, struct gn_fb_invite_drop *out)
{
	return gn_fb_verify(in, &gn_fbtype_invite_drop, &out->t);
}
static inline gn_fbref gn_fb_invite_drop_make(struct gn_fbb *b, const struct gn_fb_invite_drop_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_invite_drop, args);
}
static inline bool gn_fb_invite_drop_has_link(struct gn_fb_invite_drop t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_invite_drop_link(struct gn_fb_invite_drop t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- ChatFile ---- */

/* A file of a message, or on its way to be one: then `id` is what the message will have. */
struct gn_fb_chat_file {
	struct gn_fbt t;
};
struct gn_fb_chat_file_args {
	const struct gn_fb_message_id *id;
	const struct gn_fb_chat_id *chat;
	bool mine;
	/* Which of the message's. */
	uint8_t index;
	/* As it may be shown and saved. */
	struct gn_slice name;
	struct gn_slice mime;
	uint64_t size;
	struct gn_slice preview;
	uint8_t state;
	/* Bytes that need not be sent again, or that come. */
	uint64_t done;
	/* Copies of blocks, of how many. */
	uint64_t copies;
	uint64_t wanted;
	/* What is wrong, of err.def, why, and what to do. */
	uint16_t code;
	struct gn_slice reason;
	struct gn_slice next;
	uint64_t sent;
	struct gn_slice text;
	/* For pages: ChatFilesList below it. */
	uint64_t number;
	/* Whose chat. */
	struct gn_slice pid;
	struct gn_slice contact;
};
static const struct gn_fb_field gn_fbfields_chat_file[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chat_file_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"chat", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_chat_file_args, chat), 0, 0, false, UINT64_C(0x0), &gn_fblayout_chat_id, NULL, NULL, false},
	{"mine", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_chat_file_args, mine), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"index", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_chat_file_args, index), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_chat_file_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_chat_file_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_chat_file_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"preview", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_chat_file_args, preview), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_chat_file_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_file_state, false},
	{"done", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_chat_file_args, done), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"copies", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_chat_file_args, copies), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wanted", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_chat_file_args, wanted), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_chat_file_args, code), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 13, offsetof(struct gn_fb_chat_file_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"next", GN_FB_STRING, GN_FB_UINT, 14, offsetof(struct gn_fb_chat_file_args, next), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sent", GN_FB_SCALAR, GN_FB_UINT, 15, offsetof(struct gn_fb_chat_file_args, sent), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 16, offsetof(struct gn_fb_chat_file_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"number", GN_FB_SCALAR, GN_FB_UINT, 17, offsetof(struct gn_fb_chat_file_args, number), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"pid", GN_FB_STRING, GN_FB_UINT, 18, offsetof(struct gn_fb_chat_file_args, pid), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"contact", GN_FB_STRING, GN_FB_UINT, 19, offsetof(struct gn_fb_chat_file_args, contact), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chat_file = {"ChatFile", NULL, gn_fbfields_chat_file, 20};

GN_MUST static inline gn_err gn_fb_chat_file_verify(struct gn_slice in, struct gn_fb_chat_file *out)
{
	return gn_fb_verify(in, &gn_fbtype_chat_file, &out->t);
}
static inline gn_fbref gn_fb_chat_file_make(struct gn_fbb *b, const struct gn_fb_chat_file_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chat_file, args);
}
static inline bool gn_fb_chat_file_has_id(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message_id gn_fb_chat_file_id(struct gn_fb_chat_file t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_chat_file_has_chat(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_chat_id gn_fb_chat_file_chat(struct gn_fb_chat_file t)
{
	struct gn_fb_chat_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_chat_id, &v);
	return v;
}
static inline bool gn_fb_chat_file_mine(struct gn_fb_chat_file t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline uint8_t gn_fb_chat_file_index(struct gn_fb_chat_file t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_chat_file_has_name(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_chat_file_name(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_chat_file_has_mime(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_chat_file_mime(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline uint64_t gn_fb_chat_file_size(struct gn_fb_chat_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chat_file_has_preview(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_chat_file_preview(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline uint8_t gn_fb_chat_file_state(struct gn_fb_chat_file t)
{
	return (uint8_t)gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_chat_file_done(struct gn_fb_chat_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 9, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_chat_file_copies(struct gn_fb_chat_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 10, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_chat_file_wanted(struct gn_fb_chat_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 11, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_chat_file_code(struct gn_fb_chat_file t)
{
	return (uint16_t)gn_fbt_bits(t.t, 12, 2, UINT64_C(0x0));
}
static inline bool gn_fb_chat_file_has_reason(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_slice gn_fb_chat_file_reason(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 13);
}
static inline bool gn_fb_chat_file_has_next(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 14);
}
static inline struct gn_slice gn_fb_chat_file_next(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 14);
}
static inline uint64_t gn_fb_chat_file_sent(struct gn_fb_chat_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 15, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chat_file_has_text(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 16);
}
static inline struct gn_slice gn_fb_chat_file_text(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 16);
}
static inline uint64_t gn_fb_chat_file_number(struct gn_fb_chat_file t)
{
	return (uint64_t)gn_fbt_bits(t.t, 17, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chat_file_has_pid(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 18);
}
static inline struct gn_slice gn_fb_chat_file_pid(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 18);
}
static inline bool gn_fb_chat_file_has_contact(struct gn_fb_chat_file t)
{
	return gn_fbt_has(t.t, 19);
}
static inline struct gn_slice gn_fb_chat_file_contact(struct gn_fb_chat_file t)
{
	return gn_fbt_bytes(t.t, 19);
}

/* ---- MessageReaction ---- */

struct gn_fb_message_reaction {
	struct gn_fbt t;
};
struct gn_fb_message_reaction_args {
	bool mine;
	struct gn_slice emoji;
};
static const struct gn_fb_field gn_fbfields_message_reaction[] = {
	{"mine", GN_FB_SCALAR, GN_FB_BOOL, 0, offsetof(struct gn_fb_message_reaction_args, mine), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"emoji", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_message_reaction_args, emoji), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_reaction = {"MessageReaction", NULL, gn_fbfields_message_reaction, 2};

GN_MUST static inline gn_err gn_fb_message_reaction_verify(struct gn_slice in, struct gn_fb_message_reaction *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_reaction, &out->t);
}
static inline gn_fbref gn_fb_message_reaction_make(struct gn_fbb *b, const struct gn_fb_message_reaction_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_reaction, args);
}
static inline bool gn_fb_message_reaction_mine(struct gn_fb_message_reaction t)
{
	return gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_message_reaction_has_emoji(struct gn_fb_message_reaction t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_message_reaction_emoji(struct gn_fb_message_reaction t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- MessageReceipt ---- */

struct gn_fb_message_receipt {
	struct gn_fbt t;
};
struct gn_fb_message_receipt_args {
	/* Short name of the device (docs/spec/people.md); Unix ms, when the receipt came. */
	uint64_t device;
	bool read;
	uint64_t time;
};
static const struct gn_fb_field gn_fbfields_message_receipt[] = {
	{"device", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_message_receipt_args, device), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"read", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_message_receipt_args, read), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"time", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_message_receipt_args, time), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_receipt = {"MessageReceipt", NULL, gn_fbfields_message_receipt, 3};

GN_MUST static inline gn_err gn_fb_message_receipt_verify(struct gn_slice in, struct gn_fb_message_receipt *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_receipt, &out->t);
}
static inline gn_fbref gn_fb_message_receipt_make(struct gn_fbb *b, const struct gn_fb_message_receipt_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_receipt, args);
}
static inline uint64_t gn_fb_message_receipt_device(struct gn_fb_message_receipt t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_message_receipt_read(struct gn_fb_message_receipt t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_message_receipt_time(struct gn_fb_message_receipt t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- Message ---- */

struct gn_fb_message {
	struct gn_fbt t;
};
struct gn_fb_message_args {
	const struct gn_fb_message_id *id;
	const struct gn_fb_chat_id *chat;
	bool mine;
	uint8_t kind;
	struct gn_slice text;
	uint64_t sent;
	uint64_t received;
	/* Its place in the chat. */
	uint64_t order;
	bool edited;
	bool deleted;
	const struct gn_fb_message_id *reply;
	struct {
		const gn_fbref *p;
		size_t count;
	} reactions; /* MessageReaction */
	/* Of one that came in: delivered, or read here. */
	uint8_t state;
	/* Stored: so many hold it of how many. */
	uint8_t held;
	uint8_t of;
	/* Failed: why, and what to do. */
	struct gn_slice reason;
	struct gn_slice next;
	bool read;
	uint64_t expires;
	/* Gap: so many have not arrived. */
	uint64_t missing;
	struct {
		const gn_fbref *p;
		size_t count;
	} receipts; /* MessageReceipt */
	/* For pages: History before and after it. */
	uint64_t number;
	struct {
		const gn_fbref *p;
		size_t count;
	} files; /* ChatFile */
};
static const struct gn_fb_field gn_fbfields_message[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_message_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"chat", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_message_args, chat), 0, 0, false, UINT64_C(0x0), &gn_fblayout_chat_id, NULL, NULL, false},
	{"mine", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_message_args, mine), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_message_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_message_kind, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_message_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"sent", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_message_args, sent), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"received", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_message_args, received), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"order", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_message_args, order), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"edited", GN_FB_SCALAR, GN_FB_BOOL, 8, offsetof(struct gn_fb_message_args, edited), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"deleted", GN_FB_SCALAR, GN_FB_BOOL, 9, offsetof(struct gn_fb_message_args, deleted), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reply", GN_FB_STRUCT, GN_FB_UINT, 10, offsetof(struct gn_fb_message_args, reply), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"reactions", GN_FB_TABLES, GN_FB_UINT, 11, offsetof(struct gn_fb_message_args, reactions), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message_reaction}, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_message_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_send_state, false},
	{"held", GN_FB_SCALAR, GN_FB_UINT, 13, offsetof(struct gn_fb_message_args, held), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_SCALAR, GN_FB_UINT, 14, offsetof(struct gn_fb_message_args, of), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 15, offsetof(struct gn_fb_message_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"next", GN_FB_STRING, GN_FB_UINT, 16, offsetof(struct gn_fb_message_args, next), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"read", GN_FB_SCALAR, GN_FB_BOOL, 17, offsetof(struct gn_fb_message_args, read), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"expires", GN_FB_SCALAR, GN_FB_UINT, 18, offsetof(struct gn_fb_message_args, expires), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"missing", GN_FB_SCALAR, GN_FB_UINT, 19, offsetof(struct gn_fb_message_args, missing), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"receipts", GN_FB_TABLES, GN_FB_UINT, 20, offsetof(struct gn_fb_message_args, receipts), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message_receipt}, NULL, false},
	{"number", GN_FB_SCALAR, GN_FB_UINT, 21, offsetof(struct gn_fb_message_args, number), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"files", GN_FB_TABLES, GN_FB_UINT, 22, offsetof(struct gn_fb_message_args, files), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chat_file}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message = {"Message", NULL, gn_fbfields_message, 23};

GN_MUST static inline gn_err gn_fb_message_verify(struct gn_slice in, struct gn_fb_message *out)
{
	return gn_fb_verify(in, &gn_fbtype_message, &out->t);
}
static inline gn_fbref gn_fb_message_make(struct gn_fbb *b, const struct gn_fb_message_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message, args);
}
static inline bool gn_fb_message_has_id(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message_id gn_fb_message_id(struct gn_fb_message t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_message_has_chat(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_chat_id gn_fb_message_chat(struct gn_fb_message t)
{
	struct gn_fb_chat_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_chat_id, &v);
	return v;
}
static inline bool gn_fb_message_mine(struct gn_fb_message t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline uint8_t gn_fb_message_kind(struct gn_fb_message t)
{
	return (uint8_t)gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0));
}
static inline bool gn_fb_message_has_text(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_message_text(struct gn_fb_message t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline uint64_t gn_fb_message_sent(struct gn_fb_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_message_received(struct gn_fb_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_message_order(struct gn_fb_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
}
static inline bool gn_fb_message_edited(struct gn_fb_message t)
{
	return gn_fbt_bits(t.t, 8, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_message_deleted(struct gn_fb_message t)
{
	return gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_message_has_reply(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 10);
}
static inline struct gn_fb_message_id gn_fb_message_reply(struct gn_fb_message t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 10, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_message_has_reactions(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 11);
}
static inline uint32_t gn_fb_message_reactions_len(struct gn_fb_message t)
{
	return gn_fbt_count(t.t, 11);
}
static inline struct gn_fb_message_reaction gn_fb_message_reactions_at(struct gn_fb_message t, uint32_t i)
{
	return (struct gn_fb_message_reaction){gn_fbt_table_at(t.t, 11, i)};
}
static inline uint8_t gn_fb_message_state(struct gn_fb_message t)
{
	return (uint8_t)gn_fbt_bits(t.t, 12, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_message_held(struct gn_fb_message t)
{
	return (uint8_t)gn_fbt_bits(t.t, 13, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_message_of(struct gn_fb_message t)
{
	return (uint8_t)gn_fbt_bits(t.t, 14, 1, UINT64_C(0x0));
}
static inline bool gn_fb_message_has_reason(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 15);
}
static inline struct gn_slice gn_fb_message_reason(struct gn_fb_message t)
{
	return gn_fbt_bytes(t.t, 15);
}
static inline bool gn_fb_message_has_next(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 16);
}
static inline struct gn_slice gn_fb_message_next(struct gn_fb_message t)
{
	return gn_fbt_bytes(t.t, 16);
}
static inline bool gn_fb_message_read(struct gn_fb_message t)
{
	return gn_fbt_bits(t.t, 17, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_message_expires(struct gn_fb_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 18, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_message_missing(struct gn_fb_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 19, 8, UINT64_C(0x0));
}
static inline bool gn_fb_message_has_receipts(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 20);
}
static inline uint32_t gn_fb_message_receipts_len(struct gn_fb_message t)
{
	return gn_fbt_count(t.t, 20);
}
static inline struct gn_fb_message_receipt gn_fb_message_receipts_at(struct gn_fb_message t, uint32_t i)
{
	return (struct gn_fb_message_receipt){gn_fbt_table_at(t.t, 20, i)};
}
static inline uint64_t gn_fb_message_number(struct gn_fb_message t)
{
	return (uint64_t)gn_fbt_bits(t.t, 21, 8, UINT64_C(0x0));
}
static inline bool gn_fb_message_has_files(struct gn_fb_message t)
{
	return gn_fbt_has(t.t, 22);
}
static inline uint32_t gn_fb_message_files_len(struct gn_fb_message t)
{
	return gn_fbt_count(t.t, 22);
}
static inline struct gn_fb_chat_file gn_fb_message_files_at(struct gn_fb_message t, uint32_t i)
{
	return (struct gn_fb_chat_file){gn_fbt_table_at(t.t, 22, i)};
}

/* ---- Chat ---- */

struct gn_fb_chat {
	struct gn_fbt t;
};
struct gn_fb_chat_args {
	const struct gn_fb_chat_id *id;
	gn_fbref contact; /* Person */
	uint32_t unread;
	gn_fbref last; /* Message */
};
static const struct gn_fb_field gn_fbfields_chat[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chat_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_chat_id, NULL, NULL, false},
	{"contact", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_chat_args, contact), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
	{"unread", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_chat_args, unread), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"last", GN_FB_TABLE, GN_FB_UINT, 3, offsetof(struct gn_fb_chat_args, last), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chat = {"Chat", NULL, gn_fbfields_chat, 4};

GN_MUST static inline gn_err gn_fb_chat_verify(struct gn_slice in, struct gn_fb_chat *out)
{
	return gn_fb_verify(in, &gn_fbtype_chat, &out->t);
}
static inline gn_fbref gn_fb_chat_make(struct gn_fbb *b, const struct gn_fb_chat_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chat, args);
}
static inline bool gn_fb_chat_has_id(struct gn_fb_chat t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_chat_id gn_fb_chat_id(struct gn_fb_chat t)
{
	struct gn_fb_chat_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_chat_id, &v);
	return v;
}
static inline bool gn_fb_chat_has_contact(struct gn_fb_chat t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_person gn_fb_chat_contact(struct gn_fb_chat t)
{
	return (struct gn_fb_person){gn_fbt_table(t.t, 1)};
}
static inline uint32_t gn_fb_chat_unread(struct gn_fb_chat t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline bool gn_fb_chat_has_last(struct gn_fb_chat t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_message gn_fb_chat_last(struct gn_fb_chat t)
{
	return (struct gn_fb_message){gn_fbt_table(t.t, 3)};
}

/* ---- ChatsList ---- */

struct gn_fb_chats_list {
	struct gn_fbt t;
};
struct gn_fb_chats_list_args {
	uint64_t after;
	uint16_t limit;
};
static const struct gn_fb_field gn_fbfields_chats_list[] = {
	{"after", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_chats_list_args, after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chats_list_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chats_list = {"ChatsList", NULL, gn_fbfields_chats_list, 2};

GN_MUST static inline gn_err gn_fb_chats_list_verify(struct gn_slice in, struct gn_fb_chats_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_chats_list, &out->t);
}
static inline gn_fbref gn_fb_chats_list_make(struct gn_fbb *b, const struct gn_fb_chats_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chats_list, args);
}
static inline uint64_t gn_fb_chats_list_after(struct gn_fb_chats_list t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_chats_list_limit(struct gn_fb_chats_list t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}

/* ---- ChatsIs ---- */

struct gn_fb_chats_is {
	struct gn_fbt t;
};
struct gn_fb_chats_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} chats; /* Chat */
	uint64_t after;
	bool more;
};
static const struct gn_fb_field gn_fbfields_chats_is[] = {
	{"chats", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_chats_is_args, chats), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chat}, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chats_is_args, after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_chats_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chats_is = {"ChatsIs", NULL, gn_fbfields_chats_is, 3};

GN_MUST static inline gn_err gn_fb_chats_is_verify(struct gn_slice in, struct gn_fb_chats_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_chats_is, &out->t);
}
static inline gn_fbref gn_fb_chats_is_make(struct gn_fbb *b, const struct gn_fb_chats_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chats_is, args);
}
static inline bool gn_fb_chats_is_has_chats(struct gn_fb_chats_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_chats_is_chats_len(struct gn_fb_chats_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_chat gn_fb_chats_is_chats_at(struct gn_fb_chats_is t, uint32_t i)
{
	return (struct gn_fb_chat){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint64_t gn_fb_chats_is_after(struct gn_fb_chats_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chats_is_more(struct gn_fb_chats_is t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- MessageSend ---- */

/* `id` absent: the agent makes one. */
struct gn_fb_message_send {
	struct gn_fbt t;
};
struct gn_fb_message_send_args {
	struct gn_slice who;
	struct gn_slice text;
	const struct gn_fb_message_id *id;
	const struct gn_fb_message_id *reply;
};
static const struct gn_fb_field gn_fbfields_message_send[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_message_send_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_message_send_args, text), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_message_send_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"reply", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_message_send_args, reply), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_send = {"MessageSend", NULL, gn_fbfields_message_send, 4};

GN_MUST static inline gn_err gn_fb_message_send_verify(struct gn_slice in, struct gn_fb_message_send *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_send, &out->t);
}
static inline gn_fbref gn_fb_message_send_make(struct gn_fbb *b, const struct gn_fb_message_send_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_send, args);
}
static inline bool gn_fb_message_send_has_who(struct gn_fb_message_send t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_message_send_who(struct gn_fb_message_send t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_message_send_has_text(struct gn_fb_message_send t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_message_send_text(struct gn_fb_message_send t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_message_send_has_id(struct gn_fb_message_send t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_message_id gn_fb_message_send_id(struct gn_fb_message_send t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_message_send_has_reply(struct gn_fb_message_send t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_message_id gn_fb_message_send_reply(struct gn_fb_message_send t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_message_id, &v);
	return v;
}

/* ---- MessageEdit ---- */

struct gn_fb_message_edit {
	struct gn_fbt t;
};
struct gn_fb_message_edit_args {
	struct gn_slice who;
	const struct gn_fb_message_id *of;
	struct gn_slice text;
	const struct gn_fb_message_id *id;
};
static const struct gn_fb_field gn_fbfields_message_edit[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_message_edit_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_message_edit_args, of), 0, 0, true, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_message_edit_args, text), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_message_edit_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_edit = {"MessageEdit", NULL, gn_fbfields_message_edit, 4};

GN_MUST static inline gn_err gn_fb_message_edit_verify(struct gn_slice in, struct gn_fb_message_edit *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_edit, &out->t);
}
static inline gn_fbref gn_fb_message_edit_make(struct gn_fbb *b, const struct gn_fb_message_edit_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_edit, args);
}
static inline bool gn_fb_message_edit_has_who(struct gn_fb_message_edit t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_message_edit_who(struct gn_fb_message_edit t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_message_edit_has_of(struct gn_fb_message_edit t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_message_id gn_fb_message_edit_of(struct gn_fb_message_edit t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_message_edit_has_text(struct gn_fb_message_edit t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_message_edit_text(struct gn_fb_message_edit t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_message_edit_has_id(struct gn_fb_message_edit t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_message_id gn_fb_message_edit_id(struct gn_fb_message_edit t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_message_id, &v);
	return v;
}

/* ---- MessageDelete ---- */

/* For both. */
struct gn_fb_message_delete {
	struct gn_fbt t;
};
struct gn_fb_message_delete_args {
	struct gn_slice who;
	const struct gn_fb_message_id *of;
};
static const struct gn_fb_field gn_fbfields_message_delete[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_message_delete_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_message_delete_args, of), 0, 0, true, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_delete = {"MessageDelete", NULL, gn_fbfields_message_delete, 2};

GN_MUST static inline gn_err gn_fb_message_delete_verify(struct gn_slice in, struct gn_fb_message_delete *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_delete, &out->t);
}
static inline gn_fbref gn_fb_message_delete_make(struct gn_fbb *b, const struct gn_fb_message_delete_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_delete, args);
}
static inline bool gn_fb_message_delete_has_who(struct gn_fb_message_delete t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_message_delete_who(struct gn_fb_message_delete t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_message_delete_has_of(struct gn_fb_message_delete t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_message_id gn_fb_message_delete_of(struct gn_fb_message_delete t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_message_id, &v);
	return v;
}

/* ---- MessageReact ---- */

struct gn_fb_message_react {
	struct gn_fbt t;
};
struct gn_fb_message_react_args {
	struct gn_slice who;
	const struct gn_fb_message_id *of;
	bool mine;
	struct gn_slice emoji;
};
static const struct gn_fb_field gn_fbfields_message_react[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_message_react_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_message_react_args, of), 0, 0, true, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"mine", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_message_react_args, mine), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"emoji", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_message_react_args, emoji), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_react = {"MessageReact", NULL, gn_fbfields_message_react, 4};

GN_MUST static inline gn_err gn_fb_message_react_verify(struct gn_slice in, struct gn_fb_message_react *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_react, &out->t);
}
static inline gn_fbref gn_fb_message_react_make(struct gn_fbb *b, const struct gn_fb_message_react_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_react, args);
}
static inline bool gn_fb_message_react_has_who(struct gn_fb_message_react t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_message_react_who(struct gn_fb_message_react t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_message_react_has_of(struct gn_fb_message_react t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_message_id gn_fb_message_react_of(struct gn_fb_message_react t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_message_react_mine(struct gn_fb_message_react t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_message_react_has_emoji(struct gn_fb_message_react t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_message_react_emoji(struct gn_fb_message_react t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- MessageRead ---- */

/* All up to this place. */
struct gn_fb_message_read {
	struct gn_fbt t;
};
struct gn_fb_message_read_args {
	struct gn_slice who;
	uint64_t order;
};
static const struct gn_fb_field gn_fbfields_message_read[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_message_read_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"order", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_message_read_args, order), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_read = {"MessageRead", NULL, gn_fbfields_message_read, 2};

GN_MUST static inline gn_err gn_fb_message_read_verify(struct gn_slice in, struct gn_fb_message_read *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_read, &out->t);
}
static inline gn_fbref gn_fb_message_read_make(struct gn_fbb *b, const struct gn_fb_message_read_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_read, args);
}
static inline bool gn_fb_message_read_has_who(struct gn_fb_message_read t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_message_read_who(struct gn_fb_message_read t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_message_read_order(struct gn_fb_message_read t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}

/* ---- MessageRetry ---- */

struct gn_fb_message_retry {
	struct gn_fbt t;
};
struct gn_fb_message_retry_args {
	struct gn_slice who;
	const struct gn_fb_message_id *id;
};
static const struct gn_fb_field gn_fbfields_message_retry[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_message_retry_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_message_retry_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_retry = {"MessageRetry", NULL, gn_fbfields_message_retry, 2};

GN_MUST static inline gn_err gn_fb_message_retry_verify(struct gn_slice in, struct gn_fb_message_retry *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_retry, &out->t);
}
static inline gn_fbref gn_fb_message_retry_make(struct gn_fbb *b, const struct gn_fb_message_retry_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_retry, args);
}
static inline bool gn_fb_message_retry_has_who(struct gn_fb_message_retry t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_message_retry_who(struct gn_fb_message_retry t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_message_retry_has_id(struct gn_fb_message_retry t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_message_id gn_fb_message_retry_id(struct gn_fb_message_retry t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_message_id, &v);
	return v;
}

/* ---- MessageIs ---- */

struct gn_fb_message_is {
	struct gn_fbt t;
};
struct gn_fb_message_is_args {
	gn_fbref message; /* Message */
};
static const struct gn_fb_field gn_fbfields_message_is[] = {
	{"message", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_message_is_args, message), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_is = {"MessageIs", NULL, gn_fbfields_message_is, 1};

GN_MUST static inline gn_err gn_fb_message_is_verify(struct gn_slice in, struct gn_fb_message_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_is, &out->t);
}
static inline gn_fbref gn_fb_message_is_make(struct gn_fbb *b, const struct gn_fb_message_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_is, args);
}
static inline bool gn_fb_message_is_has_message(struct gn_fb_message_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message gn_fb_message_is_message(struct gn_fb_message_is t)
{
	return (struct gn_fb_message){gn_fbt_table(t.t, 0)};
}

/* ---- MessageGet ---- */

/* One message by its id, of any chat; own ones first. */
struct gn_fb_message_get {
	struct gn_fbt t;
};
struct gn_fb_message_get_args {
	const struct gn_fb_message_id *id;
};
static const struct gn_fb_field gn_fbfields_message_get[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_message_get_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_get = {"MessageGet", NULL, gn_fbfields_message_get, 1};

GN_MUST static inline gn_err gn_fb_message_get_verify(struct gn_slice in, struct gn_fb_message_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_get, &out->t);
}
static inline gn_fbref gn_fb_message_get_make(struct gn_fbb *b, const struct gn_fb_message_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_get, args);
}
static inline bool gn_fb_message_get_has_id(struct gn_fb_message_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message_id gn_fb_message_get_id(struct gn_fb_message_get t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_message_id, &v);
	return v;
}

/* ---- MessageItem ---- */

/* An envelope with it that went out. Custodies are kept as long as they hold, and 30 days more. */
struct gn_fb_message_item {
	struct gn_fbt t;
};
struct gn_fb_message_item_args {
	const struct gn_fb_key *box;
	bool front;
	const struct gn_fb_hash *item;
	/* Unix ms: sealed, and first held by enough nodes. */
	uint64_t made;
	uint64_t held;
	/* Unix seconds: when nobody keeps it any more. */
	uint64_t until;
	/* It is looked after: no device has receipted it. */
	bool looked_after;
	struct {
		const gn_fbref *p;
		size_t count;
	} custodies; /* Custody */
};
static const struct gn_fb_field gn_fbfields_message_item[] = {
	{"box", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_message_item_args, box), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"front", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_message_item_args, front), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"item", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_message_item_args, item), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"made", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_message_item_args, made), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"held", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_message_item_args, held), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_message_item_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"looked_after", GN_FB_SCALAR, GN_FB_BOOL, 6, offsetof(struct gn_fb_message_item_args, looked_after), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"custodies", GN_FB_TABLES, GN_FB_UINT, 7, offsetof(struct gn_fb_message_item_args, custodies), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_custody}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_item = {"MessageItem", NULL, gn_fbfields_message_item, 8};

GN_MUST static inline gn_err gn_fb_message_item_verify(struct gn_slice in, struct gn_fb_message_item *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_item, &out->t);
}
static inline gn_fbref gn_fb_message_item_make(struct gn_fbb *b, const struct gn_fb_message_item_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_item, args);
}
static inline bool gn_fb_message_item_has_box(struct gn_fb_message_item t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_message_item_box(struct gn_fb_message_item t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_message_item_front(struct gn_fb_message_item t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_message_item_has_item(struct gn_fb_message_item t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_hash gn_fb_message_item_item(struct gn_fb_message_item t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_hash, &v);
	return v;
}
static inline uint64_t gn_fb_message_item_made(struct gn_fb_message_item t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_message_item_held(struct gn_fb_message_item t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_message_item_until(struct gn_fb_message_item t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline bool gn_fb_message_item_looked_after(struct gn_fb_message_item t)
{
	return gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_message_item_has_custodies(struct gn_fb_message_item t)
{
	return gn_fbt_has(t.t, 7);
}
static inline uint32_t gn_fb_message_item_custodies_len(struct gn_fb_message_item t)
{
	return gn_fbt_count(t.t, 7);
}
static inline struct gn_fb_custody gn_fb_message_item_custodies_at(struct gn_fb_message_item t, uint32_t i)
{
	return (struct gn_fb_custody){gn_fbt_table_at(t.t, 7, i)};
}

/* ---- MessageShown ---- */

struct gn_fb_message_shown {
	struct gn_fbt t;
};
struct gn_fb_message_shown_args {
	gn_fbref message; /* Message */
	gn_fbref contact; /* Person */
	struct {
		const gn_fbref *p;
		size_t count;
	} items; /* MessageItem */
};
static const struct gn_fb_field gn_fbfields_message_shown[] = {
	{"message", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_message_shown_args, message), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message}, NULL, false},
	{"contact", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_message_shown_args, contact), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
	{"items", GN_FB_TABLES, GN_FB_UINT, 2, offsetof(struct gn_fb_message_shown_args, items), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message_item}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_message_shown = {"MessageShown", NULL, gn_fbfields_message_shown, 3};

GN_MUST static inline gn_err gn_fb_message_shown_verify(struct gn_slice in, struct gn_fb_message_shown *out)
{
	return gn_fb_verify(in, &gn_fbtype_message_shown, &out->t);
}
static inline gn_fbref gn_fb_message_shown_make(struct gn_fbb *b, const struct gn_fb_message_shown_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_message_shown, args);
}
static inline bool gn_fb_message_shown_has_message(struct gn_fb_message_shown t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message gn_fb_message_shown_message(struct gn_fb_message_shown t)
{
	return (struct gn_fb_message){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_message_shown_has_contact(struct gn_fb_message_shown t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_person gn_fb_message_shown_contact(struct gn_fb_message_shown t)
{
	return (struct gn_fb_person){gn_fbt_table(t.t, 1)};
}
static inline bool gn_fb_message_shown_has_items(struct gn_fb_message_shown t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_message_shown_items_len(struct gn_fb_message_shown t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_message_item gn_fb_message_shown_items_at(struct gn_fb_message_shown t, uint32_t i)
{
	return (struct gn_fb_message_item){gn_fbt_table_at(t.t, 2, i)};
}

/* ---- History ---- */

/* Newest first, from before the message of that number. */
struct gn_fb_history {
	struct gn_fbt t;
};
struct gn_fb_history_args {
	struct gn_slice who;
	uint64_t before;
	uint16_t limit;
	uint64_t after;
};
static const struct gn_fb_field gn_fbfields_history[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_history_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"before", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_history_args, before), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_history_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_history_args, after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_history = {"History", NULL, gn_fbfields_history, 4};

GN_MUST static inline gn_err gn_fb_history_verify(struct gn_slice in, struct gn_fb_history *out)
{
	return gn_fb_verify(in, &gn_fbtype_history, &out->t);
}
static inline gn_fbref gn_fb_history_make(struct gn_fbb *b, const struct gn_fb_history_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_history, args);
}
static inline bool gn_fb_history_has_who(struct gn_fb_history t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_history_who(struct gn_fb_history t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_history_before(struct gn_fb_history t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline uint16_t gn_fb_history_limit(struct gn_fb_history t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_history_after(struct gn_fb_history t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- HistoryIs ---- */

struct gn_fb_history_is {
	struct gn_fbt t;
};
struct gn_fb_history_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} messages; /* Message */
	bool more;
};
static const struct gn_fb_field gn_fbfields_history_is[] = {
	{"messages", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_history_is_args, messages), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message}, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_history_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_history_is = {"HistoryIs", NULL, gn_fbfields_history_is, 2};

GN_MUST static inline gn_err gn_fb_history_is_verify(struct gn_slice in, struct gn_fb_history_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_history_is, &out->t);
}
static inline gn_fbref gn_fb_history_is_make(struct gn_fbb *b, const struct gn_fb_history_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_history_is, args);
}
static inline bool gn_fb_history_is_has_messages(struct gn_fb_history_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_history_is_messages_len(struct gn_fb_history_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_message gn_fb_history_is_messages_at(struct gn_fb_history_is t, uint32_t i)
{
	return (struct gn_fb_message){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_history_is_more(struct gn_fb_history_is t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- Search ---- */

struct gn_fb_search {
	struct gn_fbt t;
};
struct gn_fb_search_args {
	struct gn_slice text;
	struct gn_slice who;
	uint16_t limit;
	uint64_t below;
};
static const struct gn_fb_field gn_fbfields_search[] = {
	{"text", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_search_args, text), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"who", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_search_args, who), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_search_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"below", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_search_args, below), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_search = {"Search", NULL, gn_fbfields_search, 4};

GN_MUST static inline gn_err gn_fb_search_verify(struct gn_slice in, struct gn_fb_search *out)
{
	return gn_fb_verify(in, &gn_fbtype_search, &out->t);
}
static inline gn_fbref gn_fb_search_make(struct gn_fbb *b, const struct gn_fb_search_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_search, args);
}
static inline bool gn_fb_search_has_text(struct gn_fb_search t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_search_text(struct gn_fb_search t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_search_has_who(struct gn_fb_search t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_search_who(struct gn_fb_search t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint16_t gn_fb_search_limit(struct gn_fb_search t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_search_below(struct gn_fb_search t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- Found ---- */

struct gn_fb_found {
	struct gn_fbt t;
};
struct gn_fb_found_args {
	gn_fbref message; /* Message */
	struct gn_slice snippet;
	gn_fbref contact; /* Person */
};
static const struct gn_fb_field gn_fbfields_found[] = {
	{"message", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_found_args, message), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message}, NULL, false},
	{"snippet", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_found_args, snippet), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"contact", GN_FB_TABLE, GN_FB_UINT, 2, offsetof(struct gn_fb_found_args, contact), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_found = {"Found", NULL, gn_fbfields_found, 3};

GN_MUST static inline gn_err gn_fb_found_verify(struct gn_slice in, struct gn_fb_found *out)
{
	return gn_fb_verify(in, &gn_fbtype_found, &out->t);
}
static inline gn_fbref gn_fb_found_make(struct gn_fbb *b, const struct gn_fb_found_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_found, args);
}
static inline bool gn_fb_found_has_message(struct gn_fb_found t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message gn_fb_found_message(struct gn_fb_found t)
{
	return (struct gn_fb_message){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_found_has_snippet(struct gn_fb_found t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_found_snippet(struct gn_fb_found t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_found_has_contact(struct gn_fb_found t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_person gn_fb_found_contact(struct gn_fb_found t)
{
	return (struct gn_fb_person){gn_fbt_table(t.t, 2)};
}

/* ---- SearchIs ---- */

struct gn_fb_search_is {
	struct gn_fbt t;
};
struct gn_fb_search_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} found; /* Found */
	uint64_t below;
	bool more;
};
static const struct gn_fb_field gn_fbfields_search_is[] = {
	{"found", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_search_is_args, found), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_found}, NULL, false},
	{"below", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_search_is_args, below), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_search_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_search_is = {"SearchIs", NULL, gn_fbfields_search_is, 3};

GN_MUST static inline gn_err gn_fb_search_is_verify(struct gn_slice in, struct gn_fb_search_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_search_is, &out->t);
}
static inline gn_fbref gn_fb_search_is_make(struct gn_fbb *b, const struct gn_fb_search_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_search_is, args);
}
static inline bool gn_fb_search_is_has_found(struct gn_fb_search_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_search_is_found_len(struct gn_fb_search_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_found gn_fb_search_is_found_at(struct gn_fb_search_is t, uint32_t i)
{
	return (struct gn_fb_found){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint64_t gn_fb_search_is_below(struct gn_fb_search_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_search_is_more(struct gn_fb_search_is t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- ChatFileSend ---- */

/* `id` is the message's, chosen by the client, so that it can go on with it; `mark`: what the file was
 * when it began. Answered by a ChatFile; from its `done` on the bytes come on this call's stream; then
 * by others as copies are made, the last one when the message is said. */
struct gn_fb_chat_file_send {
	struct gn_fbt t;
};
struct gn_fb_chat_file_send_args {
	struct gn_slice who;
	const struct gn_fb_message_id *id;
	struct gn_slice name;
	struct gn_slice mime;
	uint64_t size;
	uint64_t mark;
	struct gn_slice text;
	struct gn_slice preview;
	const struct gn_fb_message_id *reply;
};
static const struct gn_fb_field gn_fbfields_chat_file_send[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_chat_file_send_args, who), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"id", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_chat_file_send_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_chat_file_send_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mime", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_chat_file_send_args, mime), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"size", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_chat_file_send_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"mark", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_chat_file_send_args, mark), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_chat_file_send_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"preview", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_chat_file_send_args, preview), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reply", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_chat_file_send_args, reply), 0, 0, false, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chat_file_send = {"ChatFileSend", NULL, gn_fbfields_chat_file_send, 9};

GN_MUST static inline gn_err gn_fb_chat_file_send_verify(struct gn_slice in, struct gn_fb_chat_file_send *out)
{
	return gn_fb_verify(in, &gn_fbtype_chat_file_send, &out->t);
}
static inline gn_fbref gn_fb_chat_file_send_make(struct gn_fbb *b, const struct gn_fb_chat_file_send_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chat_file_send, args);
}
static inline bool gn_fb_chat_file_send_has_who(struct gn_fb_chat_file_send t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_chat_file_send_who(struct gn_fb_chat_file_send t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_chat_file_send_has_id(struct gn_fb_chat_file_send t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_message_id gn_fb_chat_file_send_id(struct gn_fb_chat_file_send t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_chat_file_send_has_name(struct gn_fb_chat_file_send t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_chat_file_send_name(struct gn_fb_chat_file_send t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_chat_file_send_has_mime(struct gn_fb_chat_file_send t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_chat_file_send_mime(struct gn_fb_chat_file_send t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint64_t gn_fb_chat_file_send_size(struct gn_fb_chat_file_send t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_chat_file_send_mark(struct gn_fb_chat_file_send t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chat_file_send_has_text(struct gn_fb_chat_file_send t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_chat_file_send_text(struct gn_fb_chat_file_send t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_chat_file_send_has_preview(struct gn_fb_chat_file_send t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_chat_file_send_preview(struct gn_fb_chat_file_send t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_chat_file_send_has_reply(struct gn_fb_chat_file_send t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_message_id gn_fb_chat_file_send_reply(struct gn_fb_chat_file_send t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_message_id, &v);
	return v;
}

/* ---- ChatFileGet ---- */

/* A ChatFile, the bytes from `offset` on (`count` 0: to the end) on this call's stream, AppOk. `large`:
 * it is wanted although it is large. */
struct gn_fb_chat_file_get {
	struct gn_fbt t;
};
struct gn_fb_chat_file_get_args {
	const struct gn_fb_message_id *id;
	struct gn_slice who;
	uint8_t index;
	uint64_t offset;
	uint64_t count;
	bool large;
};
static const struct gn_fb_field gn_fbfields_chat_file_get[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chat_file_get_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
	{"who", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_chat_file_get_args, who), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"index", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_chat_file_get_args, index), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"offset", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_chat_file_get_args, offset), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"count", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_chat_file_get_args, count), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"large", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_chat_file_get_args, large), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chat_file_get = {"ChatFileGet", NULL, gn_fbfields_chat_file_get, 6};

GN_MUST static inline gn_err gn_fb_chat_file_get_verify(struct gn_slice in, struct gn_fb_chat_file_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_chat_file_get, &out->t);
}
static inline gn_fbref gn_fb_chat_file_get_make(struct gn_fbb *b, const struct gn_fb_chat_file_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chat_file_get, args);
}
static inline bool gn_fb_chat_file_get_has_id(struct gn_fb_chat_file_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message_id gn_fb_chat_file_get_id(struct gn_fb_chat_file_get t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_message_id, &v);
	return v;
}
static inline bool gn_fb_chat_file_get_has_who(struct gn_fb_chat_file_get t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_chat_file_get_who(struct gn_fb_chat_file_get t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_chat_file_get_index(struct gn_fb_chat_file_get t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_chat_file_get_offset(struct gn_fb_chat_file_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_chat_file_get_count(struct gn_fb_chat_file_get t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chat_file_get_large(struct gn_fb_chat_file_get t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}

/* ---- ChatFilesList ---- */

struct gn_fb_chat_files_list {
	struct gn_fbt t;
};
struct gn_fb_chat_files_list_args {
	struct gn_slice who;
	uint16_t limit;
	uint64_t below;
};
static const struct gn_fb_field gn_fbfields_chat_files_list[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_chat_files_list_args, who), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chat_files_list_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"below", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_chat_files_list_args, below), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chat_files_list = {"ChatFilesList", NULL, gn_fbfields_chat_files_list, 3};

GN_MUST static inline gn_err gn_fb_chat_files_list_verify(struct gn_slice in, struct gn_fb_chat_files_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_chat_files_list, &out->t);
}
static inline gn_fbref gn_fb_chat_files_list_make(struct gn_fbb *b, const struct gn_fb_chat_files_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chat_files_list, args);
}
static inline bool gn_fb_chat_files_list_has_who(struct gn_fb_chat_files_list t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_chat_files_list_who(struct gn_fb_chat_files_list t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint16_t gn_fb_chat_files_list_limit(struct gn_fb_chat_files_list t)
{
	return (uint16_t)gn_fbt_bits(t.t, 1, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_chat_files_list_below(struct gn_fb_chat_files_list t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}

/* ---- ChatFilesIs ---- */

struct gn_fb_chat_files_is {
	struct gn_fbt t;
};
struct gn_fb_chat_files_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} files; /* ChatFile */
	uint64_t below;
	bool more;
};
static const struct gn_fb_field gn_fbfields_chat_files_is[] = {
	{"files", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_chat_files_is_args, files), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chat_file}, NULL, false},
	{"below", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_chat_files_is_args, below), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_chat_files_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chat_files_is = {"ChatFilesIs", NULL, gn_fbfields_chat_files_is, 3};

GN_MUST static inline gn_err gn_fb_chat_files_is_verify(struct gn_slice in, struct gn_fb_chat_files_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_chat_files_is, &out->t);
}
static inline gn_fbref gn_fb_chat_files_is_make(struct gn_fbb *b, const struct gn_fb_chat_files_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chat_files_is, args);
}
static inline bool gn_fb_chat_files_is_has_files(struct gn_fb_chat_files_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_chat_files_is_files_len(struct gn_fb_chat_files_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_chat_file gn_fb_chat_files_is_files_at(struct gn_fb_chat_files_is t, uint32_t i)
{
	return (struct gn_fb_chat_file){gn_fbt_table_at(t.t, 0, i)};
}
static inline uint64_t gn_fb_chat_files_is_below(struct gn_fb_chat_files_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_chat_files_is_more(struct gn_fb_chat_files_is t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- ChatFileDrop ---- */

/* Gives up one that is being sent. */
struct gn_fb_chat_file_drop {
	struct gn_fbt t;
};
struct gn_fb_chat_file_drop_args {
	const struct gn_fb_message_id *id;
};
static const struct gn_fb_field gn_fbfields_chat_file_drop[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_chat_file_drop_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_message_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_chat_file_drop = {"ChatFileDrop", NULL, gn_fbfields_chat_file_drop, 1};

GN_MUST static inline gn_err gn_fb_chat_file_drop_verify(struct gn_slice in, struct gn_fb_chat_file_drop *out)
{
	return gn_fb_verify(in, &gn_fbtype_chat_file_drop, &out->t);
}
static inline gn_fbref gn_fb_chat_file_drop_make(struct gn_fbb *b, const struct gn_fb_chat_file_drop_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_chat_file_drop, args);
}
static inline bool gn_fb_chat_file_drop_has_id(struct gn_fb_chat_file_drop t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message_id gn_fb_chat_file_drop_id(struct gn_fb_chat_file_drop t)
{
	struct gn_fb_message_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_message_id, &v);
	return v;
}

/* ---- ToldState ---- */

struct gn_fb_told_state {
	struct gn_fbt t;
};
struct gn_fb_told_state_args {
	gn_fbref state; /* AgentStatusIs */
};
static const struct gn_fb_field gn_fbfields_told_state[] = {
	{"state", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_told_state_args, state), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_agent_status_is}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_told_state = {"ToldState", NULL, gn_fbfields_told_state, 1};

GN_MUST static inline gn_err gn_fb_told_state_verify(struct gn_slice in, struct gn_fb_told_state *out)
{
	return gn_fb_verify(in, &gn_fbtype_told_state, &out->t);
}
static inline gn_fbref gn_fb_told_state_make(struct gn_fbb *b, const struct gn_fb_told_state_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_told_state, args);
}
static inline bool gn_fb_told_state_has_state(struct gn_fb_told_state t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_agent_status_is gn_fb_told_state_state(struct gn_fb_told_state t)
{
	return (struct gn_fb_agent_status_is){gn_fbt_table(t.t, 0)};
}

/* ---- ToldMessage ---- */

/* Of whose chat, too. */
struct gn_fb_told_message {
	struct gn_fbt t;
};
struct gn_fb_told_message_args {
	gn_fbref message; /* Message */
	bool fresh;
	gn_fbref contact; /* Person */
};
static const struct gn_fb_field gn_fbfields_told_message[] = {
	{"message", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_told_message_args, message), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_message}, NULL, false},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_told_message_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"contact", GN_FB_TABLE, GN_FB_UINT, 2, offsetof(struct gn_fb_told_message_args, contact), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_told_message = {"ToldMessage", NULL, gn_fbfields_told_message, 3};

GN_MUST static inline gn_err gn_fb_told_message_verify(struct gn_slice in, struct gn_fb_told_message *out)
{
	return gn_fb_verify(in, &gn_fbtype_told_message, &out->t);
}
static inline gn_fbref gn_fb_told_message_make(struct gn_fbb *b, const struct gn_fb_told_message_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_told_message, args);
}
static inline bool gn_fb_told_message_has_message(struct gn_fb_told_message t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_message gn_fb_told_message_message(struct gn_fb_told_message t)
{
	return (struct gn_fb_message){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_told_message_fresh(struct gn_fb_told_message t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_told_message_has_contact(struct gn_fb_told_message t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_person gn_fb_told_message_contact(struct gn_fb_told_message t)
{
	return (struct gn_fb_person){gn_fbt_table(t.t, 2)};
}

/* ---- ToldContact ---- */

struct gn_fb_told_contact {
	struct gn_fbt t;
};
struct gn_fb_told_contact_args {
	gn_fbref contact; /* Person */
	bool gone;
};
static const struct gn_fb_field gn_fbfields_told_contact[] = {
	{"contact", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_told_contact_args, contact), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
	{"gone", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_told_contact_args, gone), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_told_contact = {"ToldContact", NULL, gn_fbfields_told_contact, 2};

GN_MUST static inline gn_err gn_fb_told_contact_verify(struct gn_slice in, struct gn_fb_told_contact *out)
{
	return gn_fb_verify(in, &gn_fbtype_told_contact, &out->t);
}
static inline gn_fbref gn_fb_told_contact_make(struct gn_fbb *b, const struct gn_fb_told_contact_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_told_contact, args);
}
static inline bool gn_fb_told_contact_has_contact(struct gn_fb_told_contact t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_person gn_fb_told_contact_contact(struct gn_fb_told_contact t)
{
	return (struct gn_fb_person){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_told_contact_gone(struct gn_fb_told_contact t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- ToldFile ---- */

struct gn_fb_told_file {
	struct gn_fbt t;
};
struct gn_fb_told_file_args {
	gn_fbref file; /* ChatFile */
};
static const struct gn_fb_field gn_fbfields_told_file[] = {
	{"file", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_told_file_args, file), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chat_file}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_told_file = {"ToldFile", NULL, gn_fbfields_told_file, 1};

GN_MUST static inline gn_err gn_fb_told_file_verify(struct gn_slice in, struct gn_fb_told_file *out)
{
	return gn_fb_verify(in, &gn_fbtype_told_file, &out->t);
}
static inline gn_fbref gn_fb_told_file_make(struct gn_fbb *b, const struct gn_fb_told_file_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_told_file, args);
}
static inline bool gn_fb_told_file_has_file(struct gn_fb_told_file t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_chat_file gn_fb_told_file_file(struct gn_fb_told_file t)
{
	return (struct gn_fb_chat_file){gn_fbt_table(t.t, 0)};
}

/* ---- ToldTyping ---- */

struct gn_fb_told_typing {
	struct gn_fbt t;
};
struct gn_fb_told_typing_args {
	const struct gn_fb_chat_id *chat;
	bool on;
};
static const struct gn_fb_field gn_fbfields_told_typing[] = {
	{"chat", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_told_typing_args, chat), 0, 0, false, UINT64_C(0x0), &gn_fblayout_chat_id, NULL, NULL, false},
	{"on", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_told_typing_args, on), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_told_typing = {"ToldTyping", NULL, gn_fbfields_told_typing, 2};

GN_MUST static inline gn_err gn_fb_told_typing_verify(struct gn_slice in, struct gn_fb_told_typing *out)
{
	return gn_fb_verify(in, &gn_fbtype_told_typing, &out->t);
}
static inline gn_fbref gn_fb_told_typing_make(struct gn_fbb *b, const struct gn_fb_told_typing_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_told_typing, args);
}
static inline bool gn_fb_told_typing_has_chat(struct gn_fb_told_typing t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_chat_id gn_fb_told_typing_chat(struct gn_fb_told_typing t)
{
	struct gn_fb_chat_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_chat_id, &v);
	return v;
}
static inline bool gn_fb_told_typing_on(struct gn_fb_told_typing t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- ToldNotice ---- */

struct gn_fb_told_notice {
	struct gn_fbt t;
};
struct gn_fb_told_notice_args {
	uint8_t level;
	struct gn_slice text;
	struct gn_slice next;
};
static const struct gn_fb_field gn_fbfields_told_notice[] = {
	{"level", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_told_notice_args, level), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_told_notice_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"next", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_told_notice_args, next), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_told_notice = {"ToldNotice", NULL, gn_fbfields_told_notice, 3};

GN_MUST static inline gn_err gn_fb_told_notice_verify(struct gn_slice in, struct gn_fb_told_notice *out)
{
	return gn_fb_verify(in, &gn_fbtype_told_notice, &out->t);
}
static inline gn_fbref gn_fb_told_notice_make(struct gn_fbb *b, const struct gn_fb_told_notice_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_told_notice, args);
}
static inline uint8_t gn_fb_told_notice_level(struct gn_fb_told_notice t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_told_notice_has_text(struct gn_fb_told_notice t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_told_notice_text(struct gn_fb_told_notice t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_told_notice_has_next(struct gn_fb_told_notice t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_told_notice_next(struct gn_fb_told_notice t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- Client ---- */

struct gn_fb_client {
	struct gn_fbt t;
};
struct gn_fb_client_args {
	const struct gn_fb_client_id *id;
	struct gn_slice name;
	struct {
		const struct gn_slice *p;
		size_t count;
	} rights;
	/* Unix seconds; until 0: for ever. */
	uint64_t since;
	uint64_t seen;
	uint64_t until;
};
static const struct gn_fb_field gn_fbfields_client[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_client_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_client_id, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_client_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rights", GN_FB_STRINGS, GN_FB_UINT, 2, offsetof(struct gn_fb_client_args, rights), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"since", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_client_args, since), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"seen", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_client_args, seen), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_client_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
};
static const struct gn_fb_type gn_fbtype_client = {"Client", NULL, gn_fbfields_client, 6};

GN_MUST static inline gn_err gn_fb_client_verify(struct gn_slice in, struct gn_fb_client *out)
{
	return gn_fb_verify(in, &gn_fbtype_client, &out->t);
}
static inline gn_fbref gn_fb_client_make(struct gn_fbb *b, const struct gn_fb_client_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_client, args);
}
static inline bool gn_fb_client_has_id(struct gn_fb_client t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_client_id gn_fb_client_id(struct gn_fb_client t)
{
	struct gn_fb_client_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_client_id, &v);
	return v;
}
static inline bool gn_fb_client_has_name(struct gn_fb_client t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_client_name(struct gn_fb_client t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_client_has_rights(struct gn_fb_client t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_client_rights_len(struct gn_fb_client t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_slice gn_fb_client_rights_at(struct gn_fb_client t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 2, i);
}
static inline uint64_t gn_fb_client_since(struct gn_fb_client t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_client_seen(struct gn_fb_client t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_client_until(struct gn_fb_client t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}

/* ---- ClientsList ---- */

struct gn_fb_clients_list {
	struct gn_fbt t;
};
struct gn_fb_clients_list_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_clients_list = {"ClientsList", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_clients_list_verify(struct gn_slice in, struct gn_fb_clients_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_clients_list, &out->t);
}
static inline gn_fbref gn_fb_clients_list_make(struct gn_fbb *b, const struct gn_fb_clients_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_clients_list, args);
}

/* ---- ClientsIs ---- */

struct gn_fb_clients_is {
	struct gn_fbt t;
};
struct gn_fb_clients_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} clients; /* Client */
};
static const struct gn_fb_field gn_fbfields_clients_is[] = {
	{"clients", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_clients_is_args, clients), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_client}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_clients_is = {"ClientsIs", NULL, gn_fbfields_clients_is, 1};

GN_MUST static inline gn_err gn_fb_clients_is_verify(struct gn_slice in, struct gn_fb_clients_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_clients_is, &out->t);
}
static inline gn_fbref gn_fb_clients_is_make(struct gn_fbb *b, const struct gn_fb_clients_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_clients_is, args);
}
static inline bool gn_fb_clients_is_has_clients(struct gn_fb_clients_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_clients_is_clients_len(struct gn_fb_clients_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_client gn_fb_clients_is_clients_at(struct gn_fb_clients_is t, uint32_t i)
{
	return (struct gn_fb_client){gn_fbt_table_at(t.t, 0, i)};
}

/* ---- ClientAdd ---- */

struct gn_fb_client_add {
	struct gn_fbt t;
};
struct gn_fb_client_add_args {
	struct gn_slice name;
	struct {
		const struct gn_slice *p;
		size_t count;
	} rights;
	uint64_t until;
	struct gn_slice passphrase;
	uint64_t approval;
};
static const struct gn_fb_field gn_fbfields_client_add[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_client_add_args, name), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"rights", GN_FB_STRINGS, GN_FB_UINT, 1, offsetof(struct gn_fb_client_add_args, rights), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_client_add_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_client_add_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"approval", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_client_add_args, approval), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_client_add = {"ClientAdd", NULL, gn_fbfields_client_add, 5};

GN_MUST static inline gn_err gn_fb_client_add_verify(struct gn_slice in, struct gn_fb_client_add *out)
{
	return gn_fb_verify(in, &gn_fbtype_client_add, &out->t);
}
static inline gn_fbref gn_fb_client_add_make(struct gn_fbb *b, const struct gn_fb_client_add_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_client_add, args);
}
static inline bool gn_fb_client_add_has_name(struct gn_fb_client_add t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_client_add_name(struct gn_fb_client_add t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_client_add_has_rights(struct gn_fb_client_add t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_client_add_rights_len(struct gn_fb_client_add t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_slice gn_fb_client_add_rights_at(struct gn_fb_client_add t, uint32_t i)
{
	return gn_fbt_string_at(t.t, 1, i);
}
static inline uint64_t gn_fb_client_add_until(struct gn_fb_client_add t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_client_add_has_passphrase(struct gn_fb_client_add t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_client_add_passphrase(struct gn_fb_client_add t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint64_t gn_fb_client_add_approval(struct gn_fb_client_add t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}

/* ---- ClientMade ---- */

/* The secret is told once. */
struct gn_fb_client_made {
	struct gn_fbt t;
};
struct gn_fb_client_made_args {
	const struct gn_fb_client_id *id;
	const struct gn_fb_hash *secret;
	gn_fbref client; /* Client */
};
static const struct gn_fb_field gn_fbfields_client_made[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_client_made_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_client_id, NULL, NULL, false},
	{"secret", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_client_made_args, secret), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"client", GN_FB_TABLE, GN_FB_UINT, 2, offsetof(struct gn_fb_client_made_args, client), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_client}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_client_made = {"ClientMade", NULL, gn_fbfields_client_made, 3};

GN_MUST static inline gn_err gn_fb_client_made_verify(struct gn_slice in, struct gn_fb_client_made *out)
{
	return gn_fb_verify(in, &gn_fbtype_client_made, &out->t);
}
static inline gn_fbref gn_fb_client_made_make(struct gn_fbb *b, const struct gn_fb_client_made_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_client_made, args);
}
static inline bool gn_fb_client_made_has_id(struct gn_fb_client_made t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_client_id gn_fb_client_made_id(struct gn_fb_client_made t)
{
	struct gn_fb_client_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_client_id, &v);
	return v;
}
static inline bool gn_fb_client_made_has_secret(struct gn_fb_client_made t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_client_made_secret(struct gn_fb_client_made t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_client_made_has_client(struct gn_fb_client_made t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_client gn_fb_client_made_client(struct gn_fb_client_made t)
{
	return (struct gn_fb_client){gn_fbt_table(t.t, 2)};
}

/* ---- ClientRemove ---- */

struct gn_fb_client_remove {
	struct gn_fbt t;
};
struct gn_fb_client_remove_args {
	const struct gn_fb_client_id *id;
};
static const struct gn_fb_field gn_fbfields_client_remove[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_client_remove_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_client_id, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_client_remove = {"ClientRemove", NULL, gn_fbfields_client_remove, 1};

GN_MUST static inline gn_err gn_fb_client_remove_verify(struct gn_slice in, struct gn_fb_client_remove *out)
{
	return gn_fb_verify(in, &gn_fbtype_client_remove, &out->t);
}
static inline gn_fbref gn_fb_client_remove_make(struct gn_fbb *b, const struct gn_fb_client_remove_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_client_remove, args);
}
static inline bool gn_fb_client_remove_has_id(struct gn_fb_client_remove t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_client_id gn_fb_client_remove_id(struct gn_fb_client_remove t)
{
	struct gn_fb_client_id v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_client_id, &v);
	return v;
}

/* ---- ApprovalAsked ---- */

/* Instead of the answer: a person must say yes to this text. `here`: in this client, as there is no
 * other. */
struct gn_fb_approval_asked {
	struct gn_fbt t;
};
struct gn_fb_approval_asked_args {
	uint64_t id;
	struct gn_slice text;
	bool here;
};
static const struct gn_fb_field gn_fbfields_approval_asked[] = {
	{"id", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_approval_asked_args, id), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"text", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_approval_asked_args, text), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"here", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_approval_asked_args, here), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_approval_asked = {"ApprovalAsked", NULL, gn_fbfields_approval_asked, 3};

GN_MUST static inline gn_err gn_fb_approval_asked_verify(struct gn_slice in, struct gn_fb_approval_asked *out)
{
	return gn_fb_verify(in, &gn_fbtype_approval_asked, &out->t);
}
static inline gn_fbref gn_fb_approval_asked_make(struct gn_fbb *b, const struct gn_fb_approval_asked_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_approval_asked, args);
}
static inline uint64_t gn_fb_approval_asked_id(struct gn_fb_approval_asked t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_approval_asked_has_text(struct gn_fb_approval_asked t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_approval_asked_text(struct gn_fb_approval_asked t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_approval_asked_here(struct gn_fb_approval_asked t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- ApprovalGive ---- */

struct gn_fb_approval_give {
	struct gn_fbt t;
};
struct gn_fb_approval_give_args {
	uint64_t id;
	bool yes;
};
static const struct gn_fb_field gn_fbfields_approval_give[] = {
	{"id", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_approval_give_args, id), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"yes", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_approval_give_args, yes), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_approval_give = {"ApprovalGive", NULL, gn_fbfields_approval_give, 2};

GN_MUST static inline gn_err gn_fb_approval_give_verify(struct gn_slice in, struct gn_fb_approval_give *out)
{
	return gn_fb_verify(in, &gn_fbtype_approval_give, &out->t);
}
static inline gn_fbref gn_fb_approval_give_make(struct gn_fbb *b, const struct gn_fb_approval_give_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_approval_give, args);
}
static inline uint64_t gn_fb_approval_give_id(struct gn_fb_approval_give t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline bool gn_fb_approval_give_yes(struct gn_fb_approval_give t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- ClientPair ---- */

/* Of the person's own tool: a code for the app, good once and for 5 minutes (AG-121). `port`: where the
 * app is served on loopback; `url`: http://localhost:PORT/#pair=CODE. */
struct gn_fb_client_pair {
	struct gn_fbt t;
};
struct gn_fb_client_pair_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_client_pair = {"ClientPair", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_client_pair_verify(struct gn_slice in, struct gn_fb_client_pair *out)
{
	return gn_fb_verify(in, &gn_fbtype_client_pair, &out->t);
}
static inline gn_fbref gn_fb_client_pair_make(struct gn_fbb *b, const struct gn_fb_client_pair_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_client_pair, args);
}

/* ---- ClientPairIs ---- */

struct gn_fb_client_pair_is {
	struct gn_fbt t;
};
struct gn_fb_client_pair_is_args {
	struct gn_slice code;
	struct gn_slice url;
	uint16_t port;
	uint64_t until;
};
static const struct gn_fb_field gn_fbfields_client_pair_is[] = {
	{"code", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_client_pair_is_args, code), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"url", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_client_pair_is_args, url), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"port", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_client_pair_is_args, port), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_client_pair_is_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
};
static const struct gn_fb_type gn_fbtype_client_pair_is = {"ClientPairIs", NULL, gn_fbfields_client_pair_is, 4};

GN_MUST static inline gn_err gn_fb_client_pair_is_verify(struct gn_slice in, struct gn_fb_client_pair_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_client_pair_is, &out->t);
}
static inline gn_fbref gn_fb_client_pair_is_make(struct gn_fbb *b, const struct gn_fb_client_pair_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_client_pair_is, args);
}
static inline bool gn_fb_client_pair_is_has_code(struct gn_fb_client_pair_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_client_pair_is_code(struct gn_fb_client_pair_is t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_client_pair_is_has_url(struct gn_fb_client_pair_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_client_pair_is_url(struct gn_fb_client_pair_is t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint16_t gn_fb_client_pair_is_port(struct gn_fb_client_pair_is t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}
static inline uint64_t gn_fb_client_pair_is_until(struct gn_fb_client_pair_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- ClientClaim ---- */

/* Of a connection that proved a code: a client of its own, for ClientMade. The code is used up. */
struct gn_fb_client_claim {
	struct gn_fbt t;
};
struct gn_fb_client_claim_args {
	struct gn_slice name;
	struct gn_slice passphrase;
};
static const struct gn_fb_field gn_fbfields_client_claim[] = {
	{"name", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_client_claim_args, name), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_client_claim_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_client_claim = {"ClientClaim", NULL, gn_fbfields_client_claim, 2};

GN_MUST static inline gn_err gn_fb_client_claim_verify(struct gn_slice in, struct gn_fb_client_claim *out)
{
	return gn_fb_verify(in, &gn_fbtype_client_claim, &out->t);
}
static inline gn_fbref gn_fb_client_claim_make(struct gn_fbb *b, const struct gn_fb_client_claim_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_client_claim, args);
}
static inline bool gn_fb_client_claim_has_name(struct gn_fb_client_claim t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_client_claim_name(struct gn_fb_client_claim t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_client_claim_has_passphrase(struct gn_fb_client_claim t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_client_claim_passphrase(struct gn_fb_client_claim t)
{
	return gn_fbt_bytes(t.t, 1);
}

/* ---- AgentBackup ---- */

/* A sealed copy of all that is kept: `BackupIs` as it is made, then its bytes on this call's stream,
 * then BackupIs again. */
struct gn_fb_agent_backup {
	struct gn_fbt t;
};
struct gn_fb_agent_backup_args {
	struct gn_slice passphrase;
	uint64_t approval;
};
static const struct gn_fb_field gn_fbfields_agent_backup[] = {
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_agent_backup_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"approval", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_agent_backup_args, approval), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_agent_backup = {"AgentBackup", NULL, gn_fbfields_agent_backup, 2};

GN_MUST static inline gn_err gn_fb_agent_backup_verify(struct gn_slice in, struct gn_fb_agent_backup *out)
{
	return gn_fb_verify(in, &gn_fbtype_agent_backup, &out->t);
}
static inline gn_fbref gn_fb_agent_backup_make(struct gn_fbb *b, const struct gn_fb_agent_backup_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_agent_backup, args);
}
static inline bool gn_fb_agent_backup_has_passphrase(struct gn_fb_agent_backup t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_agent_backup_passphrase(struct gn_fb_agent_backup t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint64_t gn_fb_agent_backup_approval(struct gn_fb_agent_backup t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}

/* ---- BackupIs ---- */

/* Bytes; `done`: of the copy, then of the stream. `passphrase`: it opens with that, too. */
struct gn_fb_backup_is {
	struct gn_fbt t;
};
struct gn_fb_backup_is_args {
	uint64_t size;
	uint64_t done;
	bool copied;
	bool passphrase;
};
static const struct gn_fb_field gn_fbfields_backup_is[] = {
	{"size", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_backup_is_args, size), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"done", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_backup_is_args, done), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"copied", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_backup_is_args, copied), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"passphrase", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_backup_is_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_backup_is = {"BackupIs", NULL, gn_fbfields_backup_is, 4};

GN_MUST static inline gn_err gn_fb_backup_is_verify(struct gn_slice in, struct gn_fb_backup_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_backup_is, &out->t);
}
static inline gn_fbref gn_fb_backup_is_make(struct gn_fbb *b, const struct gn_fb_backup_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_backup_is, args);
}
static inline uint64_t gn_fb_backup_is_size(struct gn_fb_backup_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 0, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_backup_is_done(struct gn_fb_backup_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 1, 8, UINT64_C(0x0));
}
static inline bool gn_fb_backup_is_copied(struct gn_fb_backup_is t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_backup_is_passphrase(struct gn_fb_backup_is t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}

/* ---- JobInfo ---- */

struct gn_fb_job_info {
	struct gn_fbt t;
};
struct gn_fb_job_info_args {
	const struct gn_fb_hash *id;
	/* 16 bytes: its name in the queue. */
	struct gn_slice item;
	struct gn_slice kind;
	struct gn_slice recipe;
	uint8_t class;
	/* Unix seconds. */
	uint64_t deposited;
	uint64_t not_after;
	uint64_t until;
	/* waiting, running, done, dead */
	struct gn_slice state;
	uint32_t attempts;
	/* Dead: why, a sentence. Running: seconds of its lease. */
	struct gn_slice reason;
	uint32_t lease;
	const struct gn_fb_key *worker;
	/* Of its result: what the program said, and what it gave. */
	struct gn_slice note;
	struct gn_slice output;
	uint32_t wall_ms;
	const struct gn_fb_key *requester;
	/* How long its program may run; 0: not said. */
	uint32_t limit_ms;
};
static const struct gn_fb_field gn_fbfields_job_info[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_info_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"item", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_job_info_args, item), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_job_info_args, kind), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"recipe", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_job_info_args, recipe), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_job_info_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"deposited", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_job_info_args, deposited), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"not_after", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_job_info_args, not_after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_job_info_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"state", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_job_info_args, state), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"attempts", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_job_info_args, attempts), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 10, offsetof(struct gn_fb_job_info_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 11, offsetof(struct gn_fb_job_info_args, lease), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 12, offsetof(struct gn_fb_job_info_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 13, offsetof(struct gn_fb_job_info_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"output", GN_FB_SCALARS, GN_FB_UINT, 14, offsetof(struct gn_fb_job_info_args, output), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wall_ms", GN_FB_SCALAR, GN_FB_UINT, 15, offsetof(struct gn_fb_job_info_args, wall_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"requester", GN_FB_STRUCT, GN_FB_UINT, 16, offsetof(struct gn_fb_job_info_args, requester), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"limit_ms", GN_FB_SCALAR, GN_FB_UINT, 17, offsetof(struct gn_fb_job_info_args, limit_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_info = {"JobInfo", NULL, gn_fbfields_job_info, 18};

GN_MUST static inline gn_err gn_fb_job_info_verify(struct gn_slice in, struct gn_fb_job_info *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_info, &out->t);
}
static inline gn_fbref gn_fb_job_info_make(struct gn_fbb *b, const struct gn_fb_job_info_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_info, args);
}
static inline bool gn_fb_job_info_has_id(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_job_info_id(struct gn_fb_job_info t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_job_info_has_item(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_job_info_item(struct gn_fb_job_info t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_job_info_has_kind(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_job_info_kind(struct gn_fb_job_info t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_job_info_has_recipe(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_job_info_recipe(struct gn_fb_job_info t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint8_t gn_fb_job_info_class(struct gn_fb_job_info t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_info_deposited(struct gn_fb_job_info t)
{
	return (uint64_t)gn_fbt_bits(t.t, 5, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_info_not_after(struct gn_fb_job_info t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_info_until(struct gn_fb_job_info t)
{
	return (uint64_t)gn_fbt_bits(t.t, 7, 8, UINT64_C(0x0));
}
static inline bool gn_fb_job_info_has_state(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_job_info_state(struct gn_fb_job_info t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline uint32_t gn_fb_job_info_attempts(struct gn_fb_job_info t)
{
	return (uint32_t)gn_fbt_bits(t.t, 9, 4, UINT64_C(0x0));
}
static inline bool gn_fb_job_info_has_reason(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 10);
}
static inline struct gn_slice gn_fb_job_info_reason(struct gn_fb_job_info t)
{
	return gn_fbt_bytes(t.t, 10);
}
static inline uint32_t gn_fb_job_info_lease(struct gn_fb_job_info t)
{
	return (uint32_t)gn_fbt_bits(t.t, 11, 4, UINT64_C(0x0));
}
static inline bool gn_fb_job_info_has_worker(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_fb_key gn_fb_job_info_worker(struct gn_fb_job_info t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 12, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_info_has_note(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_slice gn_fb_job_info_note(struct gn_fb_job_info t)
{
	return gn_fbt_bytes(t.t, 13);
}
static inline bool gn_fb_job_info_has_output(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 14);
}
static inline struct gn_slice gn_fb_job_info_output(struct gn_fb_job_info t)
{
	return gn_fbt_bytes(t.t, 14);
}
static inline uint32_t gn_fb_job_info_wall_ms(struct gn_fb_job_info t)
{
	return (uint32_t)gn_fbt_bits(t.t, 15, 4, UINT64_C(0x0));
}
static inline bool gn_fb_job_info_has_requester(struct gn_fb_job_info t)
{
	return gn_fbt_has(t.t, 16);
}
static inline struct gn_fb_key gn_fb_job_info_requester(struct gn_fb_job_info t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 16, &gn_fblayout_key, &v);
	return v;
}
static inline uint32_t gn_fb_job_info_limit_ms(struct gn_fb_job_info t)
{
	return (uint32_t)gn_fbt_bits(t.t, 17, 4, UINT64_C(0x0));
}

/* ---- JobSubmit ---- */

/* Which queue, in calls below: absent is this agent's own, else whose owner gave `token`, with the
 * key of the owner's own worker.
 * `nonce` of 16 bytes makes two equal ones two; the same once more is the same job. */
struct gn_fb_job_submit {
	struct gn_fbt t;
};
struct gn_fb_job_submit_args {
	struct gn_slice kind;
	struct gn_slice recipe;
	struct gn_slice nonce;
	/* Unix seconds. */
	uint64_t not_after;
	uint8_t class;
	uint32_t wall_ms;
	const struct gn_fb_key *queue;
	struct gn_slice token;
	const struct gn_fb_key *worker;
};
static const struct gn_fb_field gn_fbfields_job_submit[] = {
	{"kind", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_job_submit_args, kind), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"recipe", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_job_submit_args, recipe), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"nonce", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_job_submit_args, nonce), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"not_after", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_job_submit_args, not_after), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"class", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_job_submit_args, class), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wall_ms", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_job_submit_args, wall_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"queue", GN_FB_STRUCT, GN_FB_UINT, 6, offsetof(struct gn_fb_job_submit_args, queue), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 7, offsetof(struct gn_fb_job_submit_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 8, offsetof(struct gn_fb_job_submit_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_submit = {"JobSubmit", NULL, gn_fbfields_job_submit, 9};

GN_MUST static inline gn_err gn_fb_job_submit_verify(struct gn_slice in, struct gn_fb_job_submit *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_submit, &out->t);
}
static inline gn_fbref gn_fb_job_submit_make(struct gn_fbb *b, const struct gn_fb_job_submit_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_submit, args);
}
static inline bool gn_fb_job_submit_has_kind(struct gn_fb_job_submit t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_job_submit_kind(struct gn_fb_job_submit t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_job_submit_has_recipe(struct gn_fb_job_submit t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_job_submit_recipe(struct gn_fb_job_submit t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_job_submit_has_nonce(struct gn_fb_job_submit t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_job_submit_nonce(struct gn_fb_job_submit t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint64_t gn_fb_job_submit_not_after(struct gn_fb_job_submit t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}
static inline uint8_t gn_fb_job_submit_class(struct gn_fb_job_submit t)
{
	return (uint8_t)gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0));
}
static inline uint32_t gn_fb_job_submit_wall_ms(struct gn_fb_job_submit t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}
static inline bool gn_fb_job_submit_has_queue(struct gn_fb_job_submit t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_fb_key gn_fb_job_submit_queue(struct gn_fb_job_submit t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 6, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_submit_has_token(struct gn_fb_job_submit t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_job_submit_token(struct gn_fb_job_submit t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_job_submit_has_worker(struct gn_fb_job_submit t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_fb_key gn_fb_job_submit_worker(struct gn_fb_job_submit t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 8, &gn_fblayout_key, &v);
	return v;
}

/* ---- JobIs ---- */

struct gn_fb_job_is {
	struct gn_fbt t;
};
struct gn_fb_job_is_args {
	gn_fbref job; /* JobInfo */
	uint8_t held;
	uint8_t of;
};
static const struct gn_fb_field gn_fbfields_job_is[] = {
	{"job", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_job_is_args, job), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_job_info}, NULL, false},
	{"held", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_job_is_args, held), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"of", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_job_is_args, of), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_is = {"JobIs", NULL, gn_fbfields_job_is, 3};

GN_MUST static inline gn_err gn_fb_job_is_verify(struct gn_slice in, struct gn_fb_job_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_is, &out->t);
}
static inline gn_fbref gn_fb_job_is_make(struct gn_fbb *b, const struct gn_fb_job_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_is, args);
}
static inline bool gn_fb_job_is_has_job(struct gn_fb_job_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_job_info gn_fb_job_is_job(struct gn_fb_job_is t)
{
	return (struct gn_fb_job_info){gn_fbt_table(t.t, 0)};
}
static inline uint8_t gn_fb_job_is_held(struct gn_fb_job_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_job_is_of(struct gn_fb_job_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}

/* ---- JobsList ---- */

struct gn_fb_jobs_list {
	struct gn_fbt t;
};
struct gn_fb_jobs_list_args {
	uint16_t limit;
	const struct gn_fb_key *queue;
	struct gn_slice token;
	const struct gn_fb_key *worker;
};
static const struct gn_fb_field gn_fbfields_jobs_list[] = {
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_jobs_list_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"queue", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_jobs_list_args, queue), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_jobs_list_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_jobs_list_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_jobs_list = {"JobsList", NULL, gn_fbfields_jobs_list, 4};

GN_MUST static inline gn_err gn_fb_jobs_list_verify(struct gn_slice in, struct gn_fb_jobs_list *out)
{
	return gn_fb_verify(in, &gn_fbtype_jobs_list, &out->t);
}
static inline gn_fbref gn_fb_jobs_list_make(struct gn_fbb *b, const struct gn_fb_jobs_list_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_jobs_list, args);
}
static inline uint16_t gn_fb_jobs_list_limit(struct gn_fb_jobs_list t)
{
	return (uint16_t)gn_fbt_bits(t.t, 0, 2, UINT64_C(0x0));
}
static inline bool gn_fb_jobs_list_has_queue(struct gn_fb_jobs_list t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_jobs_list_queue(struct gn_fb_jobs_list t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_jobs_list_has_token(struct gn_fb_jobs_list t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_jobs_list_token(struct gn_fb_jobs_list t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_jobs_list_has_worker(struct gn_fb_jobs_list t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_jobs_list_worker(struct gn_fb_jobs_list t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}

/* ---- JobsIs ---- */

struct gn_fb_jobs_is {
	struct gn_fbt t;
};
struct gn_fb_jobs_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} jobs; /* JobInfo */
	bool more;
};
static const struct gn_fb_field gn_fbfields_jobs_is[] = {
	{"jobs", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_jobs_is_args, jobs), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_job_info}, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_jobs_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_jobs_is = {"JobsIs", NULL, gn_fbfields_jobs_is, 2};

GN_MUST static inline gn_err gn_fb_jobs_is_verify(struct gn_slice in, struct gn_fb_jobs_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_jobs_is, &out->t);
}
static inline gn_fbref gn_fb_jobs_is_make(struct gn_fbb *b, const struct gn_fb_jobs_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_jobs_is, args);
}
static inline bool gn_fb_jobs_is_has_jobs(struct gn_fb_jobs_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_jobs_is_jobs_len(struct gn_fb_jobs_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_job_info gn_fb_jobs_is_jobs_at(struct gn_fb_jobs_is t, uint32_t i)
{
	return (struct gn_fb_job_info){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_jobs_is_more(struct gn_fb_jobs_is t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- JobGet ---- */

struct gn_fb_job_get {
	struct gn_fbt t;
};
struct gn_fb_job_get_args {
	const struct gn_fb_hash *id;
	const struct gn_fb_key *queue;
	struct gn_slice token;
	const struct gn_fb_key *worker;
};
static const struct gn_fb_field gn_fbfields_job_get[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_get_args, id), 0, 0, true, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"queue", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_job_get_args, queue), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_job_get_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 3, offsetof(struct gn_fb_job_get_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_get = {"JobGet", NULL, gn_fbfields_job_get, 4};

GN_MUST static inline gn_err gn_fb_job_get_verify(struct gn_slice in, struct gn_fb_job_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_get, &out->t);
}
static inline gn_fbref gn_fb_job_get_make(struct gn_fbb *b, const struct gn_fb_job_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_get, args);
}
static inline bool gn_fb_job_get_has_id(struct gn_fb_job_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_job_get_id(struct gn_fb_job_get t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_job_get_has_queue(struct gn_fb_job_get t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_job_get_queue(struct gn_fb_job_get t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_get_has_token(struct gn_fb_job_get t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_job_get_token(struct gn_fb_job_get t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_job_get_has_worker(struct gn_fb_job_get t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_fb_key gn_fb_job_get_worker(struct gn_fb_job_get t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 3, &gn_fblayout_key, &v);
	return v;
}

/* ---- JobDrop ---- */

/* One that waits is called off; one that ended is forgotten. */
struct gn_fb_job_drop {
	struct gn_fbt t;
};
struct gn_fb_job_drop_args {
	struct gn_slice item;
};
static const struct gn_fb_field gn_fbfields_job_drop[] = {
	{"item", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_job_drop_args, item), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_drop = {"JobDrop", NULL, gn_fbfields_job_drop, 1};

GN_MUST static inline gn_err gn_fb_job_drop_verify(struct gn_slice in, struct gn_fb_job_drop *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_drop, &out->t);
}
static inline gn_fbref gn_fb_job_drop_make(struct gn_fbb *b, const struct gn_fb_job_drop_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_drop, args);
}
static inline bool gn_fb_job_drop_has_item(struct gn_fb_job_drop t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_job_drop_item(struct gn_fb_job_drop t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- JobKeys ---- */

/* This agent's queue and the key by which it works for others. */
struct gn_fb_job_keys {
	struct gn_fbt t;
};
struct gn_fb_job_keys_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_job_keys = {"JobKeys", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_job_keys_verify(struct gn_slice in, struct gn_fb_job_keys *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_keys, &out->t);
}
static inline gn_fbref gn_fb_job_keys_make(struct gn_fbb *b, const struct gn_fb_job_keys_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_keys, args);
}

/* ---- JobKeysIs ---- */

struct gn_fb_job_keys_is {
	struct gn_fbt t;
};
struct gn_fb_job_keys_is_args {
	const struct gn_fb_key *queue;
	const struct gn_fb_key *worker;
	bool ready;
};
static const struct gn_fb_field gn_fbfields_job_keys_is[] = {
	{"queue", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_keys_is_args, queue), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_job_keys_is_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"ready", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_job_keys_is_args, ready), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_keys_is = {"JobKeysIs", NULL, gn_fbfields_job_keys_is, 3};

GN_MUST static inline gn_err gn_fb_job_keys_is_verify(struct gn_slice in, struct gn_fb_job_keys_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_keys_is, &out->t);
}
static inline gn_fbref gn_fb_job_keys_is_make(struct gn_fbb *b, const struct gn_fb_job_keys_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_keys_is, args);
}
static inline bool gn_fb_job_keys_is_has_queue(struct gn_fb_job_keys_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_job_keys_is_queue(struct gn_fb_job_keys_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_keys_is_has_worker(struct gn_fb_job_keys_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_key gn_fb_job_keys_is_worker(struct gn_fb_job_keys_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_keys_is_ready(struct gn_fb_job_keys_is t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- JobGrant ---- */

/* Lets somebody take jobs, put them in, or both: a chain for their key. */
struct gn_fb_job_grant {
	struct gn_fbt t;
};
struct gn_fb_job_grant_args {
	const struct gn_fb_key *worker;
	uint32_t seconds;
	bool work;
	bool submit;
	/* At most so many at once, and as many again in so many seconds; no seconds: no limit (WR-37). */
	uint64_t jobs;
	uint32_t jobs_s;
	uint64_t bytes;
	uint32_t bytes_s;
	uint64_t ops;
	uint32_t ops_s;
};
static const struct gn_fb_field gn_fbfields_job_grant[] = {
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_grant_args, worker), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"seconds", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_job_grant_args, seconds), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"work", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_job_grant_args, work), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"submit", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_job_grant_args, submit), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"jobs", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_job_grant_args, jobs), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"jobs_s", GN_FB_SCALAR, GN_FB_UINT, 5, offsetof(struct gn_fb_job_grant_args, jobs_s), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_job_grant_args, bytes), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"bytes_s", GN_FB_SCALAR, GN_FB_UINT, 7, offsetof(struct gn_fb_job_grant_args, bytes_s), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ops", GN_FB_SCALAR, GN_FB_UINT, 8, offsetof(struct gn_fb_job_grant_args, ops), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"ops_s", GN_FB_SCALAR, GN_FB_UINT, 9, offsetof(struct gn_fb_job_grant_args, ops_s), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_grant = {"JobGrant", NULL, gn_fbfields_job_grant, 10};

GN_MUST static inline gn_err gn_fb_job_grant_verify(struct gn_slice in, struct gn_fb_job_grant *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_grant, &out->t);
}
static inline gn_fbref gn_fb_job_grant_make(struct gn_fbb *b, const struct gn_fb_job_grant_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_grant, args);
}
static inline bool gn_fb_job_grant_has_worker(struct gn_fb_job_grant t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_job_grant_worker(struct gn_fb_job_grant t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline uint32_t gn_fb_job_grant_seconds(struct gn_fb_job_grant t)
{
	return (uint32_t)gn_fbt_bits(t.t, 1, 4, UINT64_C(0x0));
}
static inline bool gn_fb_job_grant_work(struct gn_fb_job_grant t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_job_grant_submit(struct gn_fb_job_grant t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline uint64_t gn_fb_job_grant_jobs(struct gn_fb_job_grant t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_job_grant_jobs_s(struct gn_fb_job_grant t)
{
	return (uint32_t)gn_fbt_bits(t.t, 5, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_grant_bytes(struct gn_fb_job_grant t)
{
	return (uint64_t)gn_fbt_bits(t.t, 6, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_job_grant_bytes_s(struct gn_fb_job_grant t)
{
	return (uint32_t)gn_fbt_bits(t.t, 7, 4, UINT64_C(0x0));
}
static inline uint64_t gn_fb_job_grant_ops(struct gn_fb_job_grant t)
{
	return (uint64_t)gn_fbt_bits(t.t, 8, 8, UINT64_C(0x0));
}
static inline uint32_t gn_fb_job_grant_ops_s(struct gn_fb_job_grant t)
{
	return (uint32_t)gn_fbt_bits(t.t, 9, 4, UINT64_C(0x0));
}

/* ---- JobGrantIs ---- */

struct gn_fb_job_grant_is {
	struct gn_fbt t;
};
struct gn_fb_job_grant_is_args {
	const struct gn_fb_key *queue;
	struct gn_slice token;
	const struct gn_fb_key *worker;
};
static const struct gn_fb_field gn_fbfields_job_grant_is[] = {
	{"queue", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_grant_is_args, queue), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_job_grant_is_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"worker", GN_FB_STRUCT, GN_FB_UINT, 2, offsetof(struct gn_fb_job_grant_is_args, worker), 0, 0, false, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_grant_is = {"JobGrantIs", NULL, gn_fbfields_job_grant_is, 3};

GN_MUST static inline gn_err gn_fb_job_grant_is_verify(struct gn_slice in, struct gn_fb_job_grant_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_grant_is, &out->t);
}
static inline gn_fbref gn_fb_job_grant_is_make(struct gn_fbb *b, const struct gn_fb_job_grant_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_grant_is, args);
}
static inline bool gn_fb_job_grant_is_has_queue(struct gn_fb_job_grant_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_job_grant_is_queue(struct gn_fb_job_grant_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_grant_is_has_token(struct gn_fb_job_grant_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_job_grant_is_token(struct gn_fb_job_grant_is t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_job_grant_is_has_worker(struct gn_fb_job_grant_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_fb_key gn_fb_job_grant_is_worker(struct gn_fb_job_grant_is t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 2, &gn_fblayout_key, &v);
	return v;
}

/* ---- JobRefuse ---- */

/* What this key was granted counts no more. */
struct gn_fb_job_refuse {
	struct gn_fbt t;
};
struct gn_fb_job_refuse_args {
	const struct gn_fb_key *key;
	bool undo;
};
static const struct gn_fb_field gn_fbfields_job_refuse[] = {
	{"key", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_refuse_args, key), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"undo", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_job_refuse_args, undo), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_refuse = {"JobRefuse", NULL, gn_fbfields_job_refuse, 2};

GN_MUST static inline gn_err gn_fb_job_refuse_verify(struct gn_slice in, struct gn_fb_job_refuse *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_refuse, &out->t);
}
static inline gn_fbref gn_fb_job_refuse_make(struct gn_fbb *b, const struct gn_fb_job_refuse_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_refuse, args);
}
static inline bool gn_fb_job_refuse_has_key(struct gn_fb_job_refuse t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_job_refuse_key(struct gn_fb_job_refuse t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_refuse_undo(struct gn_fb_job_refuse t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- JobTake ---- */

/* Work for one program: one job, or Again after so long without. It says every 15 s at least that it
 * lives (JobKeep), and at last what became of it (JobEnd). */
struct gn_fb_job_take {
	struct gn_fbt t;
};
struct gn_fb_job_take_args {
	const struct gn_fb_key *queue;
	struct gn_slice token;
	uint32_t wait_ms;
	/* Seconds of its lease; 0: as the queue says. */
	uint32_t lease;
};
static const struct gn_fb_field gn_fbfields_job_take[] = {
	{"queue", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_job_take_args, queue), 0, 0, true, UINT64_C(0x0), &gn_fblayout_key, NULL, NULL, false},
	{"token", GN_FB_SCALARS, GN_FB_UINT, 1, offsetof(struct gn_fb_job_take_args, token), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wait_ms", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_job_take_args, wait_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"lease", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_job_take_args, lease), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_take = {"JobTake", NULL, gn_fbfields_job_take, 4};

GN_MUST static inline gn_err gn_fb_job_take_verify(struct gn_slice in, struct gn_fb_job_take *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_take, &out->t);
}
static inline gn_fbref gn_fb_job_take_make(struct gn_fbb *b, const struct gn_fb_job_take_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_take, args);
}
static inline bool gn_fb_job_take_has_queue(struct gn_fb_job_take t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_key gn_fb_job_take_queue(struct gn_fb_job_take t)
{
	struct gn_fb_key v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_key, &v);
	return v;
}
static inline bool gn_fb_job_take_has_token(struct gn_fb_job_take t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_job_take_token(struct gn_fb_job_take t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint32_t gn_fb_job_take_wait_ms(struct gn_fb_job_take t)
{
	return (uint32_t)gn_fbt_bits(t.t, 2, 4, UINT64_C(0x0));
}
static inline uint32_t gn_fb_job_take_lease(struct gn_fb_job_take t)
{
	return (uint32_t)gn_fbt_bits(t.t, 3, 4, UINT64_C(0x0));
}

/* ---- JobKeep ---- */

struct gn_fb_job_keep {
	struct gn_fbt t;
};
struct gn_fb_job_keep_args {
	struct gn_slice item;
};
static const struct gn_fb_field gn_fbfields_job_keep[] = {
	{"item", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_job_keep_args, item), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_keep = {"JobKeep", NULL, gn_fbfields_job_keep, 1};

GN_MUST static inline gn_err gn_fb_job_keep_verify(struct gn_slice in, struct gn_fb_job_keep *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_keep, &out->t);
}
static inline gn_fbref gn_fb_job_keep_make(struct gn_fbb *b, const struct gn_fb_job_keep_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_keep, args);
}
static inline bool gn_fb_job_keep_has_item(struct gn_fb_job_keep t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_job_keep_item(struct gn_fb_job_keep t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- JobEnd ---- */

struct gn_fb_job_end {
	struct gn_fbt t;
};
struct gn_fb_job_end_args {
	struct gn_slice item;
	/* JobFault of job.fbs; 0: it is done. */
	uint8_t fault;
	struct gn_slice note;
	struct gn_slice output;
	uint32_t wall_ms;
	struct gn_slice tool;
	/* Seconds before another tries. */
	uint32_t after;
};
static const struct gn_fb_field gn_fbfields_job_end[] = {
	{"item", GN_FB_SCALARS, GN_FB_UINT, 0, offsetof(struct gn_fb_job_end_args, item), 0, 1, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fault", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_job_end_args, fault), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_job_end_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"output", GN_FB_SCALARS, GN_FB_UINT, 3, offsetof(struct gn_fb_job_end_args, output), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"wall_ms", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_job_end_args, wall_ms), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"tool", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_job_end_args, tool), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"after", GN_FB_SCALAR, GN_FB_UINT, 6, offsetof(struct gn_fb_job_end_args, after), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_job_end = {"JobEnd", NULL, gn_fbfields_job_end, 7};

GN_MUST static inline gn_err gn_fb_job_end_verify(struct gn_slice in, struct gn_fb_job_end *out)
{
	return gn_fb_verify(in, &gn_fbtype_job_end, &out->t);
}
static inline gn_fbref gn_fb_job_end_make(struct gn_fbb *b, const struct gn_fb_job_end_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_job_end, args);
}
static inline bool gn_fb_job_end_has_item(struct gn_fb_job_end t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_job_end_item(struct gn_fb_job_end t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline uint8_t gn_fb_job_end_fault(struct gn_fb_job_end t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_job_end_has_note(struct gn_fb_job_end t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_job_end_note(struct gn_fb_job_end t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_job_end_has_output(struct gn_fb_job_end t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_job_end_output(struct gn_fb_job_end t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint32_t gn_fb_job_end_wall_ms(struct gn_fb_job_end t)
{
	return (uint32_t)gn_fbt_bits(t.t, 4, 4, UINT64_C(0x0));
}
static inline bool gn_fb_job_end_has_tool(struct gn_fb_job_end t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_job_end_tool(struct gn_fb_job_end t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline uint32_t gn_fb_job_end_after(struct gn_fb_job_end t)
{
	return (uint32_t)gn_fbt_bits(t.t, 6, 4, UINT64_C(0x0));
}

/* ---- PresenceOf ---- */

/* Of a contact. `until`: Unix seconds, when they are offline unless heard of again. Without `followed` nothing is
 * known of them; `told`: they have told us where theirs is. */
struct gn_fb_presence_of {
	struct gn_fbt t;
};
struct gn_fb_presence_of_args {
	gn_fbref contact; /* Person */
	uint8_t state;
	uint64_t until;
	bool told;
	bool followed;
};
static const struct gn_fb_field gn_fbfields_presence_of[] = {
	{"contact", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_presence_of_args, contact), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person}, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_presence_of_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_presence_state, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_presence_of_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"told", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_presence_of_args, told), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"followed", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_presence_of_args, followed), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_presence_of = {"PresenceOf", NULL, gn_fbfields_presence_of, 5};

GN_MUST static inline gn_err gn_fb_presence_of_verify(struct gn_slice in, struct gn_fb_presence_of *out)
{
	return gn_fb_verify(in, &gn_fbtype_presence_of, &out->t);
}
static inline gn_fbref gn_fb_presence_of_make(struct gn_fbb *b, const struct gn_fb_presence_of_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_presence_of, args);
}
static inline bool gn_fb_presence_of_has_contact(struct gn_fb_presence_of t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_person gn_fb_presence_of_contact(struct gn_fb_presence_of t)
{
	return (struct gn_fb_person){gn_fbt_table(t.t, 0)};
}
static inline uint8_t gn_fb_presence_of_state(struct gn_fb_presence_of t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint64_t gn_fb_presence_of_until(struct gn_fb_presence_of t)
{
	return (uint64_t)gn_fbt_bits(t.t, 2, 8, UINT64_C(0x0));
}
static inline bool gn_fb_presence_of_told(struct gn_fb_presence_of t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_presence_of_followed(struct gn_fb_presence_of t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}

/* ---- PresenceGet ---- */

/* `who`: of that contact alone, and they are among those that are followed from now on. */
struct gn_fb_presence_get {
	struct gn_fbt t;
};
struct gn_fb_presence_get_args {
	struct gn_slice who;
};
static const struct gn_fb_field gn_fbfields_presence_get[] = {
	{"who", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_presence_get_args, who), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_presence_get = {"PresenceGet", NULL, gn_fbfields_presence_get, 1};

GN_MUST static inline gn_err gn_fb_presence_get_verify(struct gn_slice in, struct gn_fb_presence_get *out)
{
	return gn_fb_verify(in, &gn_fbtype_presence_get, &out->t);
}
static inline gn_fbref gn_fb_presence_get_make(struct gn_fbb *b, const struct gn_fb_presence_get_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_presence_get, args);
}
static inline bool gn_fb_presence_get_has_who(struct gn_fb_presence_get t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_presence_get_who(struct gn_fb_presence_get t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- PresenceSet ---- */

struct gn_fb_presence_set {
	struct gn_fbt t;
};
struct gn_fb_presence_set_args {
	uint8_t state;
};
static const struct gn_fb_field gn_fbfields_presence_set[] = {
	{"state", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_presence_set_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_presence_state, false},
};
static const struct gn_fb_type gn_fbtype_presence_set = {"PresenceSet", NULL, gn_fbfields_presence_set, 1};

GN_MUST static inline gn_err gn_fb_presence_set_verify(struct gn_slice in, struct gn_fb_presence_set *out)
{
	return gn_fb_verify(in, &gn_fbtype_presence_set, &out->t);
}
static inline gn_fbref gn_fb_presence_set_make(struct gn_fbb *b, const struct gn_fb_presence_set_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_presence_set, args);
}
static inline uint8_t gn_fb_presence_set_state(struct gn_fb_presence_set t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}

/* ---- PresenceFollow ---- */

/* Lasts until it is cancelled: PresenceIs, then another whenever that of somebody changes, with them alone. */
struct gn_fb_presence_follow {
	struct gn_fbt t;
};
struct gn_fb_presence_follow_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_presence_follow = {"PresenceFollow", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_presence_follow_verify(struct gn_slice in, struct gn_fb_presence_follow *out)
{
	return gn_fb_verify(in, &gn_fbtype_presence_follow, &out->t);
}
static inline gn_fbref gn_fb_presence_follow_make(struct gn_fbb *b, const struct gn_fb_presence_follow_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_presence_follow, args);
}

/* ---- PresenceIs ---- */

struct gn_fb_presence_is {
	struct gn_fbt t;
};
struct gn_fb_presence_is_args {
	uint8_t own;
	struct {
		const gn_fbref *p;
		size_t count;
	} people; /* PresenceOf */
};
static const struct gn_fb_field gn_fbfields_presence_is[] = {
	{"own", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_presence_is_args, own), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_presence_state, false},
	{"people", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_presence_is_args, people), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_presence_of}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_presence_is = {"PresenceIs", NULL, gn_fbfields_presence_is, 2};

GN_MUST static inline gn_err gn_fb_presence_is_verify(struct gn_slice in, struct gn_fb_presence_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_presence_is, &out->t);
}
static inline gn_fbref gn_fb_presence_is_make(struct gn_fbb *b, const struct gn_fb_presence_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_presence_is, args);
}
static inline uint8_t gn_fb_presence_is_own(struct gn_fb_presence_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_presence_is_has_people(struct gn_fb_presence_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_presence_is_people_len(struct gn_fb_presence_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_presence_of gn_fb_presence_is_people_at(struct gn_fb_presence_is t, uint32_t i)
{
	return (struct gn_fb_presence_of){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- AppAgent ---- */

struct gn_fb_app_agent {
	struct gn_fbt t;
};
struct gn_fb_app_agent_args {
	uint8_t body_type; /* GN_FB_APP_AGENT_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_agent[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_agent_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_agent_args, body), 20, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_agent_status, &gn_fbtype_agent_status_is, &gn_fbtype_agent_start, &gn_fbtype_unlock, &gn_fbtype_lock, &gn_fbtype_agent_stop, &gn_fbtype_agent_renew, &gn_fbtype_clients_list, &gn_fbtype_clients_is, &gn_fbtype_client_add, &gn_fbtype_client_made, &gn_fbtype_client_remove, &gn_fbtype_approval_asked, &gn_fbtype_approval_give, &gn_fbtype_agent_backup, &gn_fbtype_backup_is, &gn_fbtype_agent_passphrase, &gn_fbtype_client_pair, &gn_fbtype_client_pair_is, &gn_fbtype_client_claim}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_agent = {"AppAgent", NULL, gn_fbfields_app_agent, 2};

GN_MUST static inline gn_err gn_fb_app_agent_verify(struct gn_slice in, struct gn_fb_app_agent *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_agent, &out->t);
}
static inline gn_fbref gn_fb_app_agent_make(struct gn_fbb *b, const struct gn_fb_app_agent_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_agent, args);
}
static inline bool gn_fb_app_agent_has_body(struct gn_fb_app_agent t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_agent_body_type(struct gn_fb_app_agent t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_agent_status gn_fb_app_agent_body_as_agent_status(struct gn_fb_app_agent t)
{
	return (struct gn_fb_agent_status){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_AGENT_STATUS)};
}
static inline struct gn_fb_agent_status_is gn_fb_app_agent_body_as_agent_status_is(struct gn_fb_app_agent t)
{
	return (struct gn_fb_agent_status_is){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_AGENT_STATUS_IS)};
}
static inline struct gn_fb_agent_start gn_fb_app_agent_body_as_agent_start(struct gn_fb_app_agent t)
{
	return (struct gn_fb_agent_start){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_AGENT_START)};
}
static inline struct gn_fb_unlock gn_fb_app_agent_body_as_unlock(struct gn_fb_app_agent t)
{
	return (struct gn_fb_unlock){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_UNLOCK)};
}
static inline struct gn_fb_lock gn_fb_app_agent_body_as_lock(struct gn_fb_app_agent t)
{
	return (struct gn_fb_lock){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_LOCK)};
}
static inline struct gn_fb_agent_stop gn_fb_app_agent_body_as_agent_stop(struct gn_fb_app_agent t)
{
	return (struct gn_fb_agent_stop){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_AGENT_STOP)};
}
static inline struct gn_fb_agent_renew gn_fb_app_agent_body_as_agent_renew(struct gn_fb_app_agent t)
{
	return (struct gn_fb_agent_renew){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_AGENT_RENEW)};
}
static inline struct gn_fb_clients_list gn_fb_app_agent_body_as_clients_list(struct gn_fb_app_agent t)
{
	return (struct gn_fb_clients_list){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENTS_LIST)};
}
static inline struct gn_fb_clients_is gn_fb_app_agent_body_as_clients_is(struct gn_fb_app_agent t)
{
	return (struct gn_fb_clients_is){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENTS_IS)};
}
static inline struct gn_fb_client_add gn_fb_app_agent_body_as_client_add(struct gn_fb_app_agent t)
{
	return (struct gn_fb_client_add){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENT_ADD)};
}
static inline struct gn_fb_client_made gn_fb_app_agent_body_as_client_made(struct gn_fb_app_agent t)
{
	return (struct gn_fb_client_made){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENT_MADE)};
}
static inline struct gn_fb_client_remove gn_fb_app_agent_body_as_client_remove(struct gn_fb_app_agent t)
{
	return (struct gn_fb_client_remove){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENT_REMOVE)};
}
static inline struct gn_fb_approval_asked gn_fb_app_agent_body_as_approval_asked(struct gn_fb_app_agent t)
{
	return (struct gn_fb_approval_asked){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_APPROVAL_ASKED)};
}
static inline struct gn_fb_approval_give gn_fb_app_agent_body_as_approval_give(struct gn_fb_app_agent t)
{
	return (struct gn_fb_approval_give){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_APPROVAL_GIVE)};
}
static inline struct gn_fb_agent_backup gn_fb_app_agent_body_as_agent_backup(struct gn_fb_app_agent t)
{
	return (struct gn_fb_agent_backup){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_AGENT_BACKUP)};
}
static inline struct gn_fb_backup_is gn_fb_app_agent_body_as_backup_is(struct gn_fb_app_agent t)
{
	return (struct gn_fb_backup_is){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_BACKUP_IS)};
}
static inline struct gn_fb_agent_passphrase gn_fb_app_agent_body_as_agent_passphrase(struct gn_fb_app_agent t)
{
	return (struct gn_fb_agent_passphrase){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_AGENT_PASSPHRASE)};
}
static inline struct gn_fb_client_pair gn_fb_app_agent_body_as_client_pair(struct gn_fb_app_agent t)
{
	return (struct gn_fb_client_pair){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENT_PAIR)};
}
static inline struct gn_fb_client_pair_is gn_fb_app_agent_body_as_client_pair_is(struct gn_fb_app_agent t)
{
	return (struct gn_fb_client_pair_is){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENT_PAIR_IS)};
}
static inline struct gn_fb_client_claim gn_fb_app_agent_body_as_client_claim(struct gn_fb_app_agent t)
{
	return (struct gn_fb_client_claim){gn_fbt_member(t.t, 1, GN_FB_APP_AGENT_BODY_CLIENT_CLAIM)};
}

/* ---- AppContact ---- */

struct gn_fb_app_contact {
	struct gn_fbt t;
};
struct gn_fb_app_contact_args {
	uint8_t body_type; /* GN_FB_APP_CONTACT_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_contact[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_contact_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_contact_args, body), 19, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_person, &gn_fbtype_contacts_list, &gn_fbtype_contacts_is, &gn_fbtype_contact_add, &gn_fbtype_contact_get, &gn_fbtype_contact_answer, &gn_fbtype_contact_set, &gn_fbtype_contact_remove, &gn_fbtype_invite_new, &gn_fbtype_invite, &gn_fbtype_invites_list, &gn_fbtype_invites_is, &gn_fbtype_invite_drop, &gn_fbtype_contact_verify, &gn_fbtype_safety_is, &gn_fbtype_presence_get, &gn_fbtype_presence_set, &gn_fbtype_presence_follow, &gn_fbtype_presence_is}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_contact = {"AppContact", NULL, gn_fbfields_app_contact, 2};

GN_MUST static inline gn_err gn_fb_app_contact_verify(struct gn_slice in, struct gn_fb_app_contact *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_contact, &out->t);
}
static inline gn_fbref gn_fb_app_contact_make(struct gn_fbb *b, const struct gn_fb_app_contact_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_contact, args);
}
static inline bool gn_fb_app_contact_has_body(struct gn_fb_app_contact t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_contact_body_type(struct gn_fb_app_contact t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_person gn_fb_app_contact_body_as_person(struct gn_fb_app_contact t)
{
	return (struct gn_fb_person){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_PERSON)};
}
static inline struct gn_fb_contacts_list gn_fb_app_contact_body_as_contacts_list(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contacts_list){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACTS_LIST)};
}
static inline struct gn_fb_contacts_is gn_fb_app_contact_body_as_contacts_is(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contacts_is){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACTS_IS)};
}
static inline struct gn_fb_contact_add gn_fb_app_contact_body_as_contact_add(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contact_add){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACT_ADD)};
}
static inline struct gn_fb_contact_get gn_fb_app_contact_body_as_contact_get(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contact_get){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACT_GET)};
}
static inline struct gn_fb_contact_answer gn_fb_app_contact_body_as_contact_answer(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contact_answer){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACT_ANSWER)};
}
static inline struct gn_fb_contact_set gn_fb_app_contact_body_as_contact_set(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contact_set){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACT_SET)};
}
static inline struct gn_fb_contact_remove gn_fb_app_contact_body_as_contact_remove(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contact_remove){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACT_REMOVE)};
}
static inline struct gn_fb_invite_new gn_fb_app_contact_body_as_invite_new(struct gn_fb_app_contact t)
{
	return (struct gn_fb_invite_new){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_INVITE_NEW)};
}
static inline struct gn_fb_invite gn_fb_app_contact_body_as_invite(struct gn_fb_app_contact t)
{
	return (struct gn_fb_invite){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_INVITE)};
}
static inline struct gn_fb_invites_list gn_fb_app_contact_body_as_invites_list(struct gn_fb_app_contact t)
{
	return (struct gn_fb_invites_list){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_INVITES_LIST)};
}
static inline struct gn_fb_invites_is gn_fb_app_contact_body_as_invites_is(struct gn_fb_app_contact t)
{
	return (struct gn_fb_invites_is){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_INVITES_IS)};
}
static inline struct gn_fb_invite_drop gn_fb_app_contact_body_as_invite_drop(struct gn_fb_app_contact t)
{
	return (struct gn_fb_invite_drop){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_INVITE_DROP)};
}
static inline struct gn_fb_contact_verify gn_fb_app_contact_body_as_contact_verify(struct gn_fb_app_contact t)
{
	return (struct gn_fb_contact_verify){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_CONTACT_VERIFY)};
}
static inline struct gn_fb_safety_is gn_fb_app_contact_body_as_safety_is(struct gn_fb_app_contact t)
{
	return (struct gn_fb_safety_is){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_SAFETY_IS)};
}
static inline struct gn_fb_presence_get gn_fb_app_contact_body_as_presence_get(struct gn_fb_app_contact t)
{
	return (struct gn_fb_presence_get){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_PRESENCE_GET)};
}
static inline struct gn_fb_presence_set gn_fb_app_contact_body_as_presence_set(struct gn_fb_app_contact t)
{
	return (struct gn_fb_presence_set){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_PRESENCE_SET)};
}
static inline struct gn_fb_presence_follow gn_fb_app_contact_body_as_presence_follow(struct gn_fb_app_contact t)
{
	return (struct gn_fb_presence_follow){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_PRESENCE_FOLLOW)};
}
static inline struct gn_fb_presence_is gn_fb_app_contact_body_as_presence_is(struct gn_fb_app_contact t)
{
	return (struct gn_fb_presence_is){gn_fbt_member(t.t, 1, GN_FB_APP_CONTACT_BODY_PRESENCE_IS)};
}

/* ---- AppChat ---- */

struct gn_fb_app_chat {
	struct gn_fbt t;
};
struct gn_fb_app_chat_args {
	uint8_t body_type; /* GN_FB_APP_CHAT_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_chat[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_chat_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_chat_args, body), 21, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_chats_list, &gn_fbtype_chats_is, &gn_fbtype_message_send, &gn_fbtype_message_edit, &gn_fbtype_message_delete, &gn_fbtype_message_react, &gn_fbtype_message_read, &gn_fbtype_message_retry, &gn_fbtype_message_is, &gn_fbtype_history, &gn_fbtype_history_is, &gn_fbtype_search, &gn_fbtype_search_is, &gn_fbtype_message_get, &gn_fbtype_message_shown, &gn_fbtype_chat_file, &gn_fbtype_chat_file_send, &gn_fbtype_chat_file_get, &gn_fbtype_chat_files_list, &gn_fbtype_chat_files_is, &gn_fbtype_chat_file_drop}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_chat = {"AppChat", NULL, gn_fbfields_app_chat, 2};

GN_MUST static inline gn_err gn_fb_app_chat_verify(struct gn_slice in, struct gn_fb_app_chat *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_chat, &out->t);
}
static inline gn_fbref gn_fb_app_chat_make(struct gn_fbb *b, const struct gn_fb_app_chat_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_chat, args);
}
static inline bool gn_fb_app_chat_has_body(struct gn_fb_app_chat t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_chat_body_type(struct gn_fb_app_chat t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_chats_list gn_fb_app_chat_body_as_chats_list(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chats_list){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHATS_LIST)};
}
static inline struct gn_fb_chats_is gn_fb_app_chat_body_as_chats_is(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chats_is){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHATS_IS)};
}
static inline struct gn_fb_message_send gn_fb_app_chat_body_as_message_send(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_send){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_SEND)};
}
static inline struct gn_fb_message_edit gn_fb_app_chat_body_as_message_edit(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_edit){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_EDIT)};
}
static inline struct gn_fb_message_delete gn_fb_app_chat_body_as_message_delete(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_delete){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_DELETE)};
}
static inline struct gn_fb_message_react gn_fb_app_chat_body_as_message_react(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_react){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_REACT)};
}
static inline struct gn_fb_message_read gn_fb_app_chat_body_as_message_read(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_read){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_READ)};
}
static inline struct gn_fb_message_retry gn_fb_app_chat_body_as_message_retry(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_retry){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_RETRY)};
}
static inline struct gn_fb_message_is gn_fb_app_chat_body_as_message_is(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_is){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_IS)};
}
static inline struct gn_fb_history gn_fb_app_chat_body_as_history(struct gn_fb_app_chat t)
{
	return (struct gn_fb_history){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_HISTORY)};
}
static inline struct gn_fb_history_is gn_fb_app_chat_body_as_history_is(struct gn_fb_app_chat t)
{
	return (struct gn_fb_history_is){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_HISTORY_IS)};
}
static inline struct gn_fb_search gn_fb_app_chat_body_as_search(struct gn_fb_app_chat t)
{
	return (struct gn_fb_search){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_SEARCH)};
}
static inline struct gn_fb_search_is gn_fb_app_chat_body_as_search_is(struct gn_fb_app_chat t)
{
	return (struct gn_fb_search_is){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_SEARCH_IS)};
}
static inline struct gn_fb_message_get gn_fb_app_chat_body_as_message_get(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_get){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_GET)};
}
static inline struct gn_fb_message_shown gn_fb_app_chat_body_as_message_shown(struct gn_fb_app_chat t)
{
	return (struct gn_fb_message_shown){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_MESSAGE_SHOWN)};
}
static inline struct gn_fb_chat_file gn_fb_app_chat_body_as_chat_file(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chat_file){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHAT_FILE)};
}
static inline struct gn_fb_chat_file_send gn_fb_app_chat_body_as_chat_file_send(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chat_file_send){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHAT_FILE_SEND)};
}
static inline struct gn_fb_chat_file_get gn_fb_app_chat_body_as_chat_file_get(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chat_file_get){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHAT_FILE_GET)};
}
static inline struct gn_fb_chat_files_list gn_fb_app_chat_body_as_chat_files_list(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chat_files_list){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHAT_FILES_LIST)};
}
static inline struct gn_fb_chat_files_is gn_fb_app_chat_body_as_chat_files_is(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chat_files_is){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHAT_FILES_IS)};
}
static inline struct gn_fb_chat_file_drop gn_fb_app_chat_body_as_chat_file_drop(struct gn_fb_app_chat t)
{
	return (struct gn_fb_chat_file_drop){gn_fbt_member(t.t, 1, GN_FB_APP_CHAT_BODY_CHAT_FILE_DROP)};
}

/* ---- AppJob ---- */

struct gn_fb_app_job {
	struct gn_fbt t;
};
struct gn_fb_app_job_args {
	uint8_t body_type; /* GN_FB_APP_JOB_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_job[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_job_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_job_args, body), 15, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_job_info, &gn_fbtype_job_submit, &gn_fbtype_job_is, &gn_fbtype_jobs_list, &gn_fbtype_jobs_is, &gn_fbtype_job_get, &gn_fbtype_job_drop, &gn_fbtype_job_keys, &gn_fbtype_job_keys_is, &gn_fbtype_job_grant, &gn_fbtype_job_grant_is, &gn_fbtype_job_take, &gn_fbtype_job_keep, &gn_fbtype_job_end, &gn_fbtype_job_refuse}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_job = {"AppJob", NULL, gn_fbfields_app_job, 2};

GN_MUST static inline gn_err gn_fb_app_job_verify(struct gn_slice in, struct gn_fb_app_job *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_job, &out->t);
}
static inline gn_fbref gn_fb_app_job_make(struct gn_fbb *b, const struct gn_fb_app_job_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_job, args);
}
static inline bool gn_fb_app_job_has_body(struct gn_fb_app_job t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_job_body_type(struct gn_fb_app_job t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_job_info gn_fb_app_job_body_as_job_info(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_info){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_INFO)};
}
static inline struct gn_fb_job_submit gn_fb_app_job_body_as_job_submit(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_submit){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_SUBMIT)};
}
static inline struct gn_fb_job_is gn_fb_app_job_body_as_job_is(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_is){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_IS)};
}
static inline struct gn_fb_jobs_list gn_fb_app_job_body_as_jobs_list(struct gn_fb_app_job t)
{
	return (struct gn_fb_jobs_list){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOBS_LIST)};
}
static inline struct gn_fb_jobs_is gn_fb_app_job_body_as_jobs_is(struct gn_fb_app_job t)
{
	return (struct gn_fb_jobs_is){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOBS_IS)};
}
static inline struct gn_fb_job_get gn_fb_app_job_body_as_job_get(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_get){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_GET)};
}
static inline struct gn_fb_job_drop gn_fb_app_job_body_as_job_drop(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_drop){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_DROP)};
}
static inline struct gn_fb_job_keys gn_fb_app_job_body_as_job_keys(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_keys){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_KEYS)};
}
static inline struct gn_fb_job_keys_is gn_fb_app_job_body_as_job_keys_is(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_keys_is){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_KEYS_IS)};
}
static inline struct gn_fb_job_grant gn_fb_app_job_body_as_job_grant(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_grant){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_GRANT)};
}
static inline struct gn_fb_job_grant_is gn_fb_app_job_body_as_job_grant_is(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_grant_is){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_GRANT_IS)};
}
static inline struct gn_fb_job_take gn_fb_app_job_body_as_job_take(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_take){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_TAKE)};
}
static inline struct gn_fb_job_keep gn_fb_app_job_body_as_job_keep(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_keep){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_KEEP)};
}
static inline struct gn_fb_job_end gn_fb_app_job_body_as_job_end(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_end){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_END)};
}
static inline struct gn_fb_job_refuse gn_fb_app_job_body_as_job_refuse(struct gn_fb_app_job t)
{
	return (struct gn_fb_job_refuse){gn_fbt_member(t.t, 1, GN_FB_APP_JOB_BODY_JOB_REFUSE)};
}

/* ---- AppTold ---- */

struct gn_fb_app_told {
	struct gn_fbt t;
};
struct gn_fb_app_told_args {
	uint8_t body_type; /* GN_FB_APP_TOLD_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_told[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_told_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_told_args, body), 7, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_told_state, &gn_fbtype_told_message, &gn_fbtype_told_contact, &gn_fbtype_told_typing, &gn_fbtype_told_notice, &gn_fbtype_told_file, &gn_fbtype_told_wallet}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_told = {"AppTold", NULL, gn_fbfields_app_told, 2};

GN_MUST static inline gn_err gn_fb_app_told_verify(struct gn_slice in, struct gn_fb_app_told *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_told, &out->t);
}
static inline gn_fbref gn_fb_app_told_make(struct gn_fbb *b, const struct gn_fb_app_told_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_told, args);
}
static inline bool gn_fb_app_told_has_body(struct gn_fb_app_told t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_told_body_type(struct gn_fb_app_told t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_told_state gn_fb_app_told_body_as_told_state(struct gn_fb_app_told t)
{
	return (struct gn_fb_told_state){gn_fbt_member(t.t, 1, GN_FB_APP_TOLD_BODY_TOLD_STATE)};
}
static inline struct gn_fb_told_message gn_fb_app_told_body_as_told_message(struct gn_fb_app_told t)
{
	return (struct gn_fb_told_message){gn_fbt_member(t.t, 1, GN_FB_APP_TOLD_BODY_TOLD_MESSAGE)};
}
static inline struct gn_fb_told_contact gn_fb_app_told_body_as_told_contact(struct gn_fb_app_told t)
{
	return (struct gn_fb_told_contact){gn_fbt_member(t.t, 1, GN_FB_APP_TOLD_BODY_TOLD_CONTACT)};
}
static inline struct gn_fb_told_typing gn_fb_app_told_body_as_told_typing(struct gn_fb_app_told t)
{
	return (struct gn_fb_told_typing){gn_fbt_member(t.t, 1, GN_FB_APP_TOLD_BODY_TOLD_TYPING)};
}
static inline struct gn_fb_told_notice gn_fb_app_told_body_as_told_notice(struct gn_fb_app_told t)
{
	return (struct gn_fb_told_notice){gn_fbt_member(t.t, 1, GN_FB_APP_TOLD_BODY_TOLD_NOTICE)};
}
static inline struct gn_fb_told_file gn_fb_app_told_body_as_told_file(struct gn_fb_app_told t)
{
	return (struct gn_fb_told_file){gn_fbt_member(t.t, 1, GN_FB_APP_TOLD_BODY_TOLD_FILE)};
}
static inline struct gn_fb_told_wallet gn_fb_app_told_body_as_told_wallet(struct gn_fb_app_told t)
{
	return (struct gn_fb_told_wallet){gn_fbt_member(t.t, 1, GN_FB_APP_TOLD_BODY_TOLD_WALLET)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_agent[] = {
	&gn_fbtype_agent_status,
	&gn_fbtype_agent_status_is,
	&gn_fbtype_agent_start,
	&gn_fbtype_unlock,
	&gn_fbtype_lock,
	&gn_fbtype_agent_passphrase,
	&gn_fbtype_agent_stop,
	&gn_fbtype_agent_renew,
	&gn_fbtype_person,
	&gn_fbtype_contacts_list,
	&gn_fbtype_contacts_is,
	&gn_fbtype_contact_add,
	&gn_fbtype_contact_get,
	&gn_fbtype_contact_answer,
	&gn_fbtype_contact_set,
	&gn_fbtype_contact_verify,
	&gn_fbtype_safety_is,
	&gn_fbtype_contact_remove,
	&gn_fbtype_invite_new,
	&gn_fbtype_invite,
	&gn_fbtype_invites_list,
	&gn_fbtype_invites_is,
	&gn_fbtype_invite_drop,
	&gn_fbtype_chat_file,
	&gn_fbtype_message_reaction,
	&gn_fbtype_message_receipt,
	&gn_fbtype_message,
	&gn_fbtype_chat,
	&gn_fbtype_chats_list,
	&gn_fbtype_chats_is,
	&gn_fbtype_message_send,
	&gn_fbtype_message_edit,
	&gn_fbtype_message_delete,
	&gn_fbtype_message_react,
	&gn_fbtype_message_read,
	&gn_fbtype_message_retry,
	&gn_fbtype_message_is,
	&gn_fbtype_message_get,
	&gn_fbtype_message_item,
	&gn_fbtype_message_shown,
	&gn_fbtype_history,
	&gn_fbtype_history_is,
	&gn_fbtype_search,
	&gn_fbtype_found,
	&gn_fbtype_search_is,
	&gn_fbtype_chat_file_send,
	&gn_fbtype_chat_file_get,
	&gn_fbtype_chat_files_list,
	&gn_fbtype_chat_files_is,
	&gn_fbtype_chat_file_drop,
	&gn_fbtype_told_state,
	&gn_fbtype_told_message,
	&gn_fbtype_told_contact,
	&gn_fbtype_told_file,
	&gn_fbtype_told_typing,
	&gn_fbtype_told_notice,
	&gn_fbtype_client,
	&gn_fbtype_clients_list,
	&gn_fbtype_clients_is,
	&gn_fbtype_client_add,
	&gn_fbtype_client_made,
	&gn_fbtype_client_remove,
	&gn_fbtype_approval_asked,
	&gn_fbtype_approval_give,
	&gn_fbtype_client_pair,
	&gn_fbtype_client_pair_is,
	&gn_fbtype_client_claim,
	&gn_fbtype_agent_backup,
	&gn_fbtype_backup_is,
	&gn_fbtype_job_info,
	&gn_fbtype_job_submit,
	&gn_fbtype_job_is,
	&gn_fbtype_jobs_list,
	&gn_fbtype_jobs_is,
	&gn_fbtype_job_get,
	&gn_fbtype_job_drop,
	&gn_fbtype_job_keys,
	&gn_fbtype_job_keys_is,
	&gn_fbtype_job_grant,
	&gn_fbtype_job_grant_is,
	&gn_fbtype_job_refuse,
	&gn_fbtype_job_take,
	&gn_fbtype_job_keep,
	&gn_fbtype_job_end,
	&gn_fbtype_presence_of,
	&gn_fbtype_presence_get,
	&gn_fbtype_presence_set,
	&gn_fbtype_presence_follow,
	&gn_fbtype_presence_is,
	&gn_fbtype_app_agent,
	&gn_fbtype_app_contact,
	&gn_fbtype_app_chat,
	&gn_fbtype_app_job,
	&gn_fbtype_app_told,
};

#endif
