/* Made by tools/fbc from app_wallet.fbs: change that and run the build target fbc. */
#ifndef GN_WIRE_APP_WALLET_FB_H
#define GN_WIRE_APP_WALLET_FB_H

#include "wire/fb.h"
#include "wire/generated/common_fb.h"

enum gn_fb_wallet_state {
	GN_FB_WALLET_STATE_UNDER_WAY = 0,
	GN_FB_WALLET_STATE_DONE = 1,
	GN_FB_WALLET_STATE_WAITING = 2,
	GN_FB_WALLET_STATE_NOTHING = 3,
	GN_FB_WALLET_STATE_UNKNOWN = 4,
};

static const struct gn_fb_word gn_fbwords_wallet_state[] = {{"under-way", 0}, {"done", 1}, {"waiting", 2}, {"nothing", 3}, {"unknown", 4}, {NULL, 0}};

enum gn_fb_wallet_what {
	GN_FB_WALLET_WHAT_PAY = 0,
	GN_FB_WALLET_WHAT_LINE = 1,
	GN_FB_WALLET_WHAT_ANSWER = 2,
	GN_FB_WALLET_WHAT_JOIN = 3,
	GN_FB_WALLET_WHAT_LEAVE = 4,
};

static const struct gn_fb_word gn_fbwords_wallet_what[] = {{"pay", 0}, {"line", 1}, {"answer", 2}, {"join", 3}, {"leave", 4}, {NULL, 0}};

/* Less: `amount` can arrive. AskRaise: `who` raises the line to `other` by `amount`; Raise: that line is one's
 * own. Line: nothing leads there, a line with `who` would. Wait: a limit of the day is used up. */
enum gn_fb_wallet_way_kind {
	GN_FB_WALLET_WAY_KIND_LESS = 0,
	GN_FB_WALLET_WAY_KIND_ASK_RAISE = 1,
	GN_FB_WALLET_WAY_KIND_RAISE = 2,
	GN_FB_WALLET_WAY_KIND_LINE = 3,
	GN_FB_WALLET_WAY_KIND_WAIT = 4,
};

static const struct gn_fb_word gn_fbwords_wallet_way_kind[] = {{"less", 0}, {"ask-raise", 1}, {"raise", 2}, {"line", 3}, {"wait", 4}, {NULL, 0}};

enum gn_fb_app_wallet_body {
	GN_FB_APP_WALLET_BODY_NONE = 0,
	GN_FB_APP_WALLET_BODY_WALLET_HUBS = 1,
	GN_FB_APP_WALLET_BODY_WALLET_HUBS_IS = 2,
	GN_FB_APP_WALLET_BODY_WALLET_JOIN = 3,
	GN_FB_APP_WALLET_BODY_WALLET_BALANCE = 4,
	GN_FB_APP_WALLET_BODY_WALLET_BALANCE_IS = 5,
	GN_FB_APP_WALLET_BODY_WALLET_LINES = 6,
	GN_FB_APP_WALLET_BODY_WALLET_LINES_IS = 7,
	GN_FB_APP_WALLET_BODY_WALLET_LINE_SET = 8,
	GN_FB_APP_WALLET_BODY_WALLET_QUOTE = 9,
	GN_FB_APP_WALLET_BODY_WALLET_QUOTE_IS = 10,
	GN_FB_APP_WALLET_BODY_WALLET_PAY = 11,
	GN_FB_APP_WALLET_BODY_WALLET_PAID = 12,
	GN_FB_APP_WALLET_BODY_WALLET_REQUEST = 13,
	GN_FB_APP_WALLET_BODY_WALLET_REQUEST_IS = 14,
	GN_FB_APP_WALLET_BODY_WALLET_HISTORY = 15,
	GN_FB_APP_WALLET_BODY_WALLET_HISTORY_IS = 16,
	GN_FB_APP_WALLET_BODY_WALLET_OFFERS = 17,
	GN_FB_APP_WALLET_BODY_WALLET_OFFERS_IS = 18,
};

/* Chosen by the client for one act, so that a repeat does it once. */
struct gn_fb_wallet_act {
	uint8_t b[16];
};
static const struct gn_fb_member gn_fbmembers_wallet_act[] = {
	{"b", offsetof(struct gn_fb_wallet_act, b), 0, 1, 16, GN_FB_UINT},
};
static const struct gn_fb_layout gn_fblayout_wallet_act = {gn_fbmembers_wallet_act, 1, sizeof(struct gn_fb_wallet_act), 16, 1};

/* ---- WalletHub ---- */

/* `old`: the newest read failed, for the reason `kind` (AG-146), `why`; what is told is of `at`. */
struct gn_fb_wallet_hub {
	struct gn_fbt t;
};
struct gn_fb_wallet_hub_args {
	struct gn_slice hub;
	struct gn_slice url;
	struct gn_slice name;
	struct gn_slice status;
	uint64_t at;
	bool old;
	struct gn_slice kind;
	struct gn_slice why;
};
static const struct gn_fb_field gn_fbfields_wallet_hub[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_hub_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"url", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_hub_args, url), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_hub_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"status", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_hub_args, status), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"at", GN_FB_SCALAR, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_hub_args, at), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"old", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_wallet_hub_args, old), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_hub_args, kind), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"why", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_hub_args, why), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_hub = {"WalletHub", NULL, gn_fbfields_wallet_hub, 8};

GN_MUST static inline gn_err gn_fb_wallet_hub_verify(struct gn_slice in, struct gn_fb_wallet_hub *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_hub, &out->t);
}
static inline gn_fbref gn_fb_wallet_hub_make(struct gn_fbb *b, const struct gn_fb_wallet_hub_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_hub, args);
}
static inline bool gn_fb_wallet_hub_has_hub(struct gn_fb_wallet_hub t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_hub_hub(struct gn_fb_wallet_hub t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_hub_has_url(struct gn_fb_wallet_hub t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_hub_url(struct gn_fb_wallet_hub t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_wallet_hub_has_name(struct gn_fb_wallet_hub t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_hub_name(struct gn_fb_wallet_hub t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_hub_has_status(struct gn_fb_wallet_hub t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_hub_status(struct gn_fb_wallet_hub t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline uint64_t gn_fb_wallet_hub_at(struct gn_fb_wallet_hub t)
{
	return (uint64_t)gn_fbt_bits(t.t, 4, 8, UINT64_C(0x0));
}
static inline bool gn_fb_wallet_hub_old(struct gn_fb_wallet_hub t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_hub_has_kind(struct gn_fb_wallet_hub t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_hub_kind(struct gn_fb_wallet_hub t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_hub_has_why(struct gn_fb_wallet_hub t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_hub_why(struct gn_fb_wallet_hub t)
{
	return gn_fbt_bytes(t.t, 7);
}

/* ---- WalletHubs ---- */

struct gn_fb_wallet_hubs {
	struct gn_fbt t;
};
struct gn_fb_wallet_hubs_args {
	uint8_t empty_; /* a C struct has a member */
};
static const struct gn_fb_type gn_fbtype_wallet_hubs = {"WalletHubs", NULL, NULL, 0};

GN_MUST static inline gn_err gn_fb_wallet_hubs_verify(struct gn_slice in, struct gn_fb_wallet_hubs *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_hubs, &out->t);
}
static inline gn_fbref gn_fb_wallet_hubs_make(struct gn_fbb *b, const struct gn_fb_wallet_hubs_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_hubs, args);
}

/* ---- WalletHubsIs ---- */

struct gn_fb_wallet_hubs_is {
	struct gn_fbt t;
};
struct gn_fb_wallet_hubs_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} hubs; /* WalletHub */
};
static const struct gn_fb_field gn_fbfields_wallet_hubs_is[] = {
	{"hubs", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_hubs_is_args, hubs), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_hub}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_hubs_is = {"WalletHubsIs", NULL, gn_fbfields_wallet_hubs_is, 1};

GN_MUST static inline gn_err gn_fb_wallet_hubs_is_verify(struct gn_slice in, struct gn_fb_wallet_hubs_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_hubs_is, &out->t);
}
static inline gn_fbref gn_fb_wallet_hubs_is_make(struct gn_fbb *b, const struct gn_fb_wallet_hubs_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_hubs_is, args);
}
static inline bool gn_fb_wallet_hubs_is_has_hubs(struct gn_fb_wallet_hubs_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_wallet_hubs_is_hubs_len(struct gn_fb_wallet_hubs_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_wallet_hub gn_fb_wallet_hubs_is_hubs_at(struct gn_fb_wallet_hubs_is t, uint32_t i)
{
	return (struct gn_fb_wallet_hub){gn_fbt_table_at(t.t, 0, i)};
}

/* ---- WalletJoin ---- */

/* Where one is a participant already: WalletHubsIs; else WalletQuoteIs to be signed. leave: of a hub joined;
 * `forget`: it is not asked any more, and nothing is signed. */
struct gn_fb_wallet_join {
	struct gn_fbt t;
};
struct gn_fb_wallet_join_args {
	struct gn_slice url;
	struct gn_slice name;
	struct gn_slice hub;
	bool leave;
	bool forget;
	struct gn_slice passphrase;
};
static const struct gn_fb_field gn_fbfields_wallet_join[] = {
	{"url", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_join_args, url), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_join_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hub", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_join_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"leave", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_wallet_join_args, leave), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"forget", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_wallet_join_args, forget), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_join_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_join = {"WalletJoin", NULL, gn_fbfields_wallet_join, 6};

GN_MUST static inline gn_err gn_fb_wallet_join_verify(struct gn_slice in, struct gn_fb_wallet_join *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_join, &out->t);
}
static inline gn_fbref gn_fb_wallet_join_make(struct gn_fbb *b, const struct gn_fb_wallet_join_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_join, args);
}
static inline bool gn_fb_wallet_join_has_url(struct gn_fb_wallet_join t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_join_url(struct gn_fb_wallet_join t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_join_has_name(struct gn_fb_wallet_join t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_join_name(struct gn_fb_wallet_join t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_wallet_join_has_hub(struct gn_fb_wallet_join t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_join_hub(struct gn_fb_wallet_join t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_join_leave(struct gn_fb_wallet_join t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_join_forget(struct gn_fb_wallet_join t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_join_has_passphrase(struct gn_fb_wallet_join t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_join_passphrase(struct gn_fb_wallet_join t)
{
	return gn_fbt_bytes(t.t, 5);
}

/* ---- WalletSum ---- */

struct gn_fb_wallet_sum {
	struct gn_fbt t;
};
struct gn_fb_wallet_sum_args {
	struct gn_slice hub;
	struct gn_slice equivalent;
	uint8_t precision;
	struct gn_slice owed;
	struct gn_slice owing;
	struct gn_slice net;
	struct gn_slice can_pay;
	struct gn_slice can_receive;
};
static const struct gn_fb_field gn_fbfields_wallet_sum[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_sum_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_sum_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"precision", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_sum_args, precision), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"owed", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_sum_args, owed), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"owing", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_sum_args, owing), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"net", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_sum_args, net), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"can_pay", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_sum_args, can_pay), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"can_receive", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_sum_args, can_receive), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_sum = {"WalletSum", NULL, gn_fbfields_wallet_sum, 8};

GN_MUST static inline gn_err gn_fb_wallet_sum_verify(struct gn_slice in, struct gn_fb_wallet_sum *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_sum, &out->t);
}
static inline gn_fbref gn_fb_wallet_sum_make(struct gn_fbb *b, const struct gn_fb_wallet_sum_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_sum, args);
}
static inline bool gn_fb_wallet_sum_has_hub(struct gn_fb_wallet_sum t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_sum_hub(struct gn_fb_wallet_sum t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_sum_has_equivalent(struct gn_fb_wallet_sum t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_sum_equivalent(struct gn_fb_wallet_sum t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline uint8_t gn_fb_wallet_sum_precision(struct gn_fb_wallet_sum t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_wallet_sum_has_owed(struct gn_fb_wallet_sum t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_sum_owed(struct gn_fb_wallet_sum t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_sum_has_owing(struct gn_fb_wallet_sum t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_sum_owing(struct gn_fb_wallet_sum t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_sum_has_net(struct gn_fb_wallet_sum t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_sum_net(struct gn_fb_wallet_sum t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_sum_has_can_pay(struct gn_fb_wallet_sum t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_sum_can_pay(struct gn_fb_wallet_sum t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_sum_has_can_receive(struct gn_fb_wallet_sum t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_sum_can_receive(struct gn_fb_wallet_sum t)
{
	return gn_fbt_bytes(t.t, 7);
}

/* ---- WalletBalance ---- */

/* fresh: the hub is asked first. hub absent: of all. */
struct gn_fb_wallet_balance {
	struct gn_fbt t;
};
struct gn_fb_wallet_balance_args {
	struct gn_slice hub;
	bool fresh;
};
static const struct gn_fb_field gn_fbfields_wallet_balance[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_balance_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_wallet_balance_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_balance = {"WalletBalance", NULL, gn_fbfields_wallet_balance, 2};

GN_MUST static inline gn_err gn_fb_wallet_balance_verify(struct gn_slice in, struct gn_fb_wallet_balance *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_balance, &out->t);
}
static inline gn_fbref gn_fb_wallet_balance_make(struct gn_fbb *b, const struct gn_fb_wallet_balance_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_balance, args);
}
static inline bool gn_fb_wallet_balance_has_hub(struct gn_fb_wallet_balance t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_balance_hub(struct gn_fb_wallet_balance t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_balance_fresh(struct gn_fb_wallet_balance t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}

/* ---- WalletBalanceIs ---- */

struct gn_fb_wallet_balance_is {
	struct gn_fbt t;
};
struct gn_fb_wallet_balance_is_args {
	struct {
		const gn_fbref *p;
		size_t count;
	} hubs; /* WalletHub */
	struct {
		const gn_fbref *p;
		size_t count;
	} sums; /* WalletSum */
};
static const struct gn_fb_field gn_fbfields_wallet_balance_is[] = {
	{"hubs", GN_FB_TABLES, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_balance_is_args, hubs), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_hub}, NULL, false},
	{"sums", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_balance_is_args, sums), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_sum}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_balance_is = {"WalletBalanceIs", NULL, gn_fbfields_wallet_balance_is, 2};

GN_MUST static inline gn_err gn_fb_wallet_balance_is_verify(struct gn_slice in, struct gn_fb_wallet_balance_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_balance_is, &out->t);
}
static inline gn_fbref gn_fb_wallet_balance_is_make(struct gn_fbb *b, const struct gn_fb_wallet_balance_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_balance_is, args);
}
static inline bool gn_fb_wallet_balance_is_has_hubs(struct gn_fb_wallet_balance_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline uint32_t gn_fb_wallet_balance_is_hubs_len(struct gn_fb_wallet_balance_is t)
{
	return gn_fbt_count(t.t, 0);
}
static inline struct gn_fb_wallet_hub gn_fb_wallet_balance_is_hubs_at(struct gn_fb_wallet_balance_is t, uint32_t i)
{
	return (struct gn_fb_wallet_hub){gn_fbt_table_at(t.t, 0, i)};
}
static inline bool gn_fb_wallet_balance_is_has_sums(struct gn_fb_wallet_balance_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_wallet_balance_is_sums_len(struct gn_fb_wallet_balance_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_wallet_sum gn_fb_wallet_balance_is_sums_at(struct gn_fb_wallet_balance_is t, uint32_t i)
{
	return (struct gn_fb_wallet_sum){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- WalletLine ---- */

struct gn_fb_wallet_line {
	struct gn_fbt t;
};
struct gn_fb_wallet_line_args {
	struct gn_slice id;
	bool given;
	struct gn_slice peer;
	struct gn_slice name;
	struct gn_slice equivalent;
	struct gn_slice limit;
	struct gn_slice used;
	struct gn_slice available;
	struct gn_slice status;
	bool disputed;
	bool asks;
};
static const struct gn_fb_field gn_fbfields_wallet_line[] = {
	{"id", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_line_args, id), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"given", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_wallet_line_args, given), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peer", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_line_args, peer), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_line_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_line_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_line_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"used", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_line_args, used), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"available", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_line_args, available), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"status", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_wallet_line_args, status), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"disputed", GN_FB_SCALAR, GN_FB_BOOL, 9, offsetof(struct gn_fb_wallet_line_args, disputed), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"asks", GN_FB_SCALAR, GN_FB_BOOL, 10, offsetof(struct gn_fb_wallet_line_args, asks), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_line = {"WalletLine", NULL, gn_fbfields_wallet_line, 11};

GN_MUST static inline gn_err gn_fb_wallet_line_verify(struct gn_slice in, struct gn_fb_wallet_line *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_line, &out->t);
}
static inline gn_fbref gn_fb_wallet_line_make(struct gn_fbb *b, const struct gn_fb_wallet_line_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_line, args);
}
static inline bool gn_fb_wallet_line_has_id(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_line_id(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_line_given(struct gn_fb_wallet_line t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_line_has_peer(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_line_peer(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_line_has_name(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_line_name(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_line_has_equivalent(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_line_equivalent(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_line_has_limit(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_line_limit(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_line_has_used(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_line_used(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_line_has_available(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_line_available(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_wallet_line_has_status(struct gn_fb_wallet_line t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_wallet_line_status(struct gn_fb_wallet_line t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_wallet_line_disputed(struct gn_fb_wallet_line t)
{
	return gn_fbt_bits(t.t, 9, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_line_asks(struct gn_fb_wallet_line t)
{
	return gn_fbt_bits(t.t, 10, 1, UINT64_C(0x0)) != 0;
}

/* ---- WalletLines ---- */

struct gn_fb_wallet_lines {
	struct gn_fbt t;
};
struct gn_fb_wallet_lines_args {
	struct gn_slice hub;
	bool fresh;
	struct gn_slice equivalent;
};
static const struct gn_fb_field gn_fbfields_wallet_lines[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_lines_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_wallet_lines_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_lines_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_lines = {"WalletLines", NULL, gn_fbfields_wallet_lines, 3};

GN_MUST static inline gn_err gn_fb_wallet_lines_verify(struct gn_slice in, struct gn_fb_wallet_lines *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_lines, &out->t);
}
static inline gn_fbref gn_fb_wallet_lines_make(struct gn_fbb *b, const struct gn_fb_wallet_lines_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_lines, args);
}
static inline bool gn_fb_wallet_lines_has_hub(struct gn_fb_wallet_lines t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_lines_hub(struct gn_fb_wallet_lines t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_lines_fresh(struct gn_fb_wallet_lines t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_lines_has_equivalent(struct gn_fb_wallet_lines t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_lines_equivalent(struct gn_fb_wallet_lines t)
{
	return gn_fbt_bytes(t.t, 2);
}

/* ---- WalletLinesIs ---- */

struct gn_fb_wallet_lines_is {
	struct gn_fbt t;
};
struct gn_fb_wallet_lines_is_args {
	gn_fbref of; /* WalletHub */
	struct {
		const gn_fbref *p;
		size_t count;
	} lines; /* WalletLine */
	bool more;
};
static const struct gn_fb_field gn_fbfields_wallet_lines_is[] = {
	{"of", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_lines_is_args, of), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_hub}, NULL, false},
	{"lines", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_lines_is_args, lines), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_line}, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_wallet_lines_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_lines_is = {"WalletLinesIs", NULL, gn_fbfields_wallet_lines_is, 3};

GN_MUST static inline gn_err gn_fb_wallet_lines_is_verify(struct gn_slice in, struct gn_fb_wallet_lines_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_lines_is, &out->t);
}
static inline gn_fbref gn_fb_wallet_lines_is_make(struct gn_fbb *b, const struct gn_fb_wallet_lines_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_lines_is, args);
}
static inline bool gn_fb_wallet_lines_is_has_of(struct gn_fb_wallet_lines_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_wallet_hub gn_fb_wallet_lines_is_of(struct gn_fb_wallet_lines_is t)
{
	return (struct gn_fb_wallet_hub){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_wallet_lines_is_has_lines(struct gn_fb_wallet_lines_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_wallet_lines_is_lines_len(struct gn_fb_wallet_lines_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_wallet_line gn_fb_wallet_lines_is_lines_at(struct gn_fb_wallet_lines_is t, uint32_t i)
{
	return (struct gn_fb_wallet_line){gn_fbt_table_at(t.t, 1, i)};
}
static inline bool gn_fb_wallet_lines_is_more(struct gn_fb_wallet_lines_is t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- WalletLineSet ---- */

/* Opens the line to `peer` or changes it; close: once it is repaid. limit absent: it stays. */
struct gn_fb_wallet_line_set {
	struct gn_fbt t;
};
struct gn_fb_wallet_line_set_args {
	struct gn_slice hub;
	struct gn_slice peer;
	struct gn_slice equivalent;
	struct gn_slice limit;
	bool close;
	bool freeze;
	bool unfreeze;
};
static const struct gn_fb_field gn_fbfields_wallet_line_set[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_line_set_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peer", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_line_set_args, peer), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_line_set_args, equivalent), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_line_set_args, limit), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"close", GN_FB_SCALAR, GN_FB_BOOL, 4, offsetof(struct gn_fb_wallet_line_set_args, close), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"freeze", GN_FB_SCALAR, GN_FB_BOOL, 5, offsetof(struct gn_fb_wallet_line_set_args, freeze), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"unfreeze", GN_FB_SCALAR, GN_FB_BOOL, 6, offsetof(struct gn_fb_wallet_line_set_args, unfreeze), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_line_set = {"WalletLineSet", NULL, gn_fbfields_wallet_line_set, 7};

GN_MUST static inline gn_err gn_fb_wallet_line_set_verify(struct gn_slice in, struct gn_fb_wallet_line_set *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_line_set, &out->t);
}
static inline gn_fbref gn_fb_wallet_line_set_make(struct gn_fbb *b, const struct gn_fb_wallet_line_set_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_line_set, args);
}
static inline bool gn_fb_wallet_line_set_has_hub(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_line_set_hub(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_line_set_has_peer(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_line_set_peer(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_wallet_line_set_has_equivalent(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_line_set_equivalent(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_line_set_has_limit(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_line_set_limit(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_line_set_close(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_bits(t.t, 4, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_line_set_freeze(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_bits(t.t, 5, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_line_set_unfreeze(struct gn_fb_wallet_line_set t)
{
	return gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0)) != 0;
}

/* ---- WalletQuote ---- */

/* A link, with `amount` where it has none; or whom (PID or contact), equivalent, amount. again: a request that
 * was paid before. */
struct gn_fb_wallet_quote {
	struct gn_fbt t;
};
struct gn_fb_wallet_quote_args {
	struct gn_slice link;
	struct gn_slice whom;
	struct gn_slice hub;
	struct gn_slice equivalent;
	struct gn_slice amount;
	struct gn_slice note;
	bool again;
};
static const struct gn_fb_field gn_fbfields_wallet_quote[] = {
	{"link", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_quote_args, link), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"whom", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_quote_args, whom), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"hub", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_quote_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_quote_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"amount", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_quote_args, amount), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_quote_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"again", GN_FB_SCALAR, GN_FB_BOOL, 6, offsetof(struct gn_fb_wallet_quote_args, again), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_quote = {"WalletQuote", NULL, gn_fbfields_wallet_quote, 7};

GN_MUST static inline gn_err gn_fb_wallet_quote_verify(struct gn_slice in, struct gn_fb_wallet_quote *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_quote, &out->t);
}
static inline gn_fbref gn_fb_wallet_quote_make(struct gn_fbb *b, const struct gn_fb_wallet_quote_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_quote, args);
}
static inline bool gn_fb_wallet_quote_has_link(struct gn_fb_wallet_quote t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_quote_link(struct gn_fb_wallet_quote t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_quote_has_whom(struct gn_fb_wallet_quote t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_quote_whom(struct gn_fb_wallet_quote t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_wallet_quote_has_hub(struct gn_fb_wallet_quote t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_quote_hub(struct gn_fb_wallet_quote t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_quote_has_equivalent(struct gn_fb_wallet_quote t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_quote_equivalent(struct gn_fb_wallet_quote t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_quote_has_amount(struct gn_fb_wallet_quote t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_quote_amount(struct gn_fb_wallet_quote t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_quote_has_note(struct gn_fb_wallet_quote t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_quote_note(struct gn_fb_wallet_quote t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_quote_again(struct gn_fb_wallet_quote t)
{
	return gn_fbt_bits(t.t, 6, 1, UINT64_C(0x0)) != 0;
}

/* ---- WalletCut ---- */

/* A line in the way: its ends, whose doing (`by`), and why (the ledger's word). */
struct gn_fb_wallet_cut {
	struct gn_fbt t;
};
struct gn_fb_wallet_cut_args {
	struct gn_slice owner;
	struct gn_slice owner_name;
	struct gn_slice debtor;
	struct gn_slice debtor_name;
	struct gn_slice by;
	struct gn_slice by_name;
	struct gn_slice cause;
	struct gn_slice available;
	struct gn_slice left_today;
};
static const struct gn_fb_field gn_fbfields_wallet_cut[] = {
	{"owner", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_cut_args, owner), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"owner_name", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_cut_args, owner_name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"debtor", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_cut_args, debtor), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"debtor_name", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_cut_args, debtor_name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"by", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_cut_args, by), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"by_name", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_cut_args, by_name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cause", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_cut_args, cause), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"available", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_cut_args, available), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"left_today", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_wallet_cut_args, left_today), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_cut = {"WalletCut", NULL, gn_fbfields_wallet_cut, 9};

GN_MUST static inline gn_err gn_fb_wallet_cut_verify(struct gn_slice in, struct gn_fb_wallet_cut *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_cut, &out->t);
}
static inline gn_fbref gn_fb_wallet_cut_make(struct gn_fbb *b, const struct gn_fb_wallet_cut_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_cut, args);
}
static inline bool gn_fb_wallet_cut_has_owner(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_cut_owner(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_cut_has_owner_name(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_cut_owner_name(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_wallet_cut_has_debtor(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_cut_debtor(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_cut_has_debtor_name(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_cut_debtor_name(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_cut_has_by(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_cut_by(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_cut_has_by_name(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_cut_by_name(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_cut_has_cause(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_cut_cause(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_cut_has_available(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_cut_available(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_wallet_cut_has_left_today(struct gn_fb_wallet_cut t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_wallet_cut_left_today(struct gn_fb_wallet_cut t)
{
	return gn_fbt_bytes(t.t, 8);
}

/* ---- WalletWay ---- */

struct gn_fb_wallet_way {
	struct gn_fbt t;
};
struct gn_fb_wallet_way_args {
	uint8_t kind;
	struct gn_slice who;
	struct gn_slice name;
	struct gn_slice other;
	struct gn_slice other_name;
	struct gn_slice amount;
};
static const struct gn_fb_field gn_fbfields_wallet_way[] = {
	{"kind", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_way_args, kind), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_wallet_way_kind, false},
	{"who", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_way_args, who), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_way_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"other", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_way_args, other), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"other_name", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_way_args, other_name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"amount", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_way_args, amount), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_way = {"WalletWay", NULL, gn_fbfields_wallet_way, 6};

GN_MUST static inline gn_err gn_fb_wallet_way_verify(struct gn_slice in, struct gn_fb_wallet_way *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_way, &out->t);
}
static inline gn_fbref gn_fb_wallet_way_make(struct gn_fbb *b, const struct gn_fb_wallet_way_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_way, args);
}
static inline uint8_t gn_fb_wallet_way_kind(struct gn_fb_wallet_way t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, UINT64_C(0x0));
}
static inline bool gn_fb_wallet_way_has_who(struct gn_fb_wallet_way t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_way_who(struct gn_fb_wallet_way t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_wallet_way_has_name(struct gn_fb_wallet_way t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_way_name(struct gn_fb_wallet_way t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_way_has_other(struct gn_fb_wallet_way t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_way_other(struct gn_fb_wallet_way t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_way_has_other_name(struct gn_fb_wallet_way t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_way_other_name(struct gn_fb_wallet_way t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_way_has_amount(struct gn_fb_wallet_way t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_way_amount(struct gn_fb_wallet_way t)
{
	return gn_fbt_bytes(t.t, 5);
}

/* ---- WalletQuoteIs ---- */

/* `signs`: the very text. `says`: what it says, in a sentence. free: within this client's limit, nobody is asked.
 * most: what can arrive, missing: what cannot. */
struct gn_fb_wallet_quote_is {
	struct gn_fbt t;
};
struct gn_fb_wallet_quote_is_args {
	const struct gn_fb_hash *id;
	uint8_t what;
	struct gn_slice hub;
	struct gn_slice peer;
	struct gn_slice name;
	struct gn_slice amount;
	struct gn_slice equivalent;
	struct gn_slice note;
	struct gn_slice signs;
	struct gn_slice says;
	uint64_t until;
	bool can;
	struct gn_slice most;
	struct gn_slice missing;
	struct {
		const gn_fbref *p;
		size_t count;
	} cut; /* WalletCut */
	struct {
		const gn_fbref *p;
		size_t count;
	} ways; /* WalletWay */
	bool free;
	uint32_t elsewhere;
};
static const struct gn_fb_field gn_fbfields_wallet_quote_is[] = {
	{"id", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_quote_is_args, id), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"what", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_quote_is_args, what), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_wallet_what, false},
	{"hub", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_quote_is_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peer", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_quote_is_args, peer), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_quote_is_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"amount", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_quote_is_args, amount), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_quote_is_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_quote_is_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"signs", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_wallet_quote_is_args, signs), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"says", GN_FB_STRING, GN_FB_UINT, 9, offsetof(struct gn_fb_wallet_quote_is_args, says), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_wallet_quote_is_args, until), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"can", GN_FB_SCALAR, GN_FB_BOOL, 11, offsetof(struct gn_fb_wallet_quote_is_args, can), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"most", GN_FB_STRING, GN_FB_UINT, 12, offsetof(struct gn_fb_wallet_quote_is_args, most), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"missing", GN_FB_STRING, GN_FB_UINT, 13, offsetof(struct gn_fb_wallet_quote_is_args, missing), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cut", GN_FB_TABLES, GN_FB_UINT, 14, offsetof(struct gn_fb_wallet_quote_is_args, cut), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_cut}, NULL, false},
	{"ways", GN_FB_TABLES, GN_FB_UINT, 15, offsetof(struct gn_fb_wallet_quote_is_args, ways), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_way}, NULL, false},
	{"free", GN_FB_SCALAR, GN_FB_BOOL, 16, offsetof(struct gn_fb_wallet_quote_is_args, free), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"elsewhere", GN_FB_SCALAR, GN_FB_UINT, 17, offsetof(struct gn_fb_wallet_quote_is_args, elsewhere), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_quote_is = {"WalletQuoteIs", NULL, gn_fbfields_wallet_quote_is, 18};

GN_MUST static inline gn_err gn_fb_wallet_quote_is_verify(struct gn_slice in, struct gn_fb_wallet_quote_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_quote_is, &out->t);
}
static inline gn_fbref gn_fb_wallet_quote_is_make(struct gn_fbb *b, const struct gn_fb_wallet_quote_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_quote_is, args);
}
static inline bool gn_fb_wallet_quote_is_has_id(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_hash gn_fb_wallet_quote_is_id(struct gn_fb_wallet_quote_is t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_hash, &v);
	return v;
}
static inline uint8_t gn_fb_wallet_quote_is_what(struct gn_fb_wallet_quote_is t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline bool gn_fb_wallet_quote_is_has_hub(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_quote_is_hub(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_quote_is_has_peer(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_quote_is_peer(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_quote_is_has_name(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_quote_is_name(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_quote_is_has_amount(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_quote_is_amount(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_quote_is_has_equivalent(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_quote_is_equivalent(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_quote_is_has_note(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_quote_is_note(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_wallet_quote_is_has_signs(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_wallet_quote_is_signs(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_wallet_quote_is_has_says(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_wallet_quote_is_says(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 9);
}
static inline uint64_t gn_fb_wallet_quote_is_until(struct gn_fb_wallet_quote_is t)
{
	return (uint64_t)gn_fbt_bits(t.t, 10, 8, UINT64_C(0x0));
}
static inline bool gn_fb_wallet_quote_is_can(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bits(t.t, 11, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_quote_is_has_most(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_slice gn_fb_wallet_quote_is_most(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 12);
}
static inline bool gn_fb_wallet_quote_is_has_missing(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_slice gn_fb_wallet_quote_is_missing(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bytes(t.t, 13);
}
static inline bool gn_fb_wallet_quote_is_has_cut(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 14);
}
static inline uint32_t gn_fb_wallet_quote_is_cut_len(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_count(t.t, 14);
}
static inline struct gn_fb_wallet_cut gn_fb_wallet_quote_is_cut_at(struct gn_fb_wallet_quote_is t, uint32_t i)
{
	return (struct gn_fb_wallet_cut){gn_fbt_table_at(t.t, 14, i)};
}
static inline bool gn_fb_wallet_quote_is_has_ways(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_has(t.t, 15);
}
static inline uint32_t gn_fb_wallet_quote_is_ways_len(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_count(t.t, 15);
}
static inline struct gn_fb_wallet_way gn_fb_wallet_quote_is_ways_at(struct gn_fb_wallet_quote_is t, uint32_t i)
{
	return (struct gn_fb_wallet_way){gn_fbt_table_at(t.t, 15, i)};
}
static inline bool gn_fb_wallet_quote_is_free(struct gn_fb_wallet_quote_is t)
{
	return gn_fbt_bits(t.t, 16, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_wallet_quote_is_elsewhere(struct gn_fb_wallet_quote_is t)
{
	return (uint32_t)gn_fbt_bits(t.t, 17, 4, UINT64_C(0x0));
}

/* ---- WalletPay ---- */

/* Signs a quote and sends it. A repeat with the same `act` does it once and tells how it stands. */
struct gn_fb_wallet_pay {
	struct gn_fbt t;
};
struct gn_fb_wallet_pay_args {
	const struct gn_fb_wallet_act *act;
	const struct gn_fb_hash *quote;
	struct gn_slice passphrase;
	uint64_t approval;
};
static const struct gn_fb_field gn_fbfields_wallet_pay[] = {
	{"act", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_pay_args, act), 0, 0, true, UINT64_C(0x0), &gn_fblayout_wallet_act, NULL, NULL, false},
	{"quote", GN_FB_STRUCT, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_pay_args, quote), 0, 0, false, UINT64_C(0x0), &gn_fblayout_hash, NULL, NULL, false},
	{"passphrase", GN_FB_SCALARS, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_pay_args, passphrase), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"approval", GN_FB_SCALAR, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_pay_args, approval), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_pay = {"WalletPay", NULL, gn_fbfields_wallet_pay, 4};

GN_MUST static inline gn_err gn_fb_wallet_pay_verify(struct gn_slice in, struct gn_fb_wallet_pay *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_pay, &out->t);
}
static inline gn_fbref gn_fb_wallet_pay_make(struct gn_fbb *b, const struct gn_fb_wallet_pay_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_pay, args);
}
static inline bool gn_fb_wallet_pay_has_act(struct gn_fb_wallet_pay t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_wallet_act gn_fb_wallet_pay_act(struct gn_fb_wallet_pay t)
{
	struct gn_fb_wallet_act v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_wallet_act, &v);
	return v;
}
static inline bool gn_fb_wallet_pay_has_quote(struct gn_fb_wallet_pay t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_hash gn_fb_wallet_pay_quote(struct gn_fb_wallet_pay t)
{
	struct gn_fb_hash v;
	gn_fbt_struct(t.t, 1, &gn_fblayout_hash, &v);
	return v;
}
static inline bool gn_fb_wallet_pay_has_passphrase(struct gn_fb_wallet_pay t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_pay_passphrase(struct gn_fb_wallet_pay t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline uint64_t gn_fb_wallet_pay_approval(struct gn_fb_wallet_pay t)
{
	return (uint64_t)gn_fbt_bits(t.t, 3, 8, UINT64_C(0x0));
}

/* ---- WalletDone ---- */

/* Something that was signed. kind, code, reason: why nothing came of it, or why it is not known. */
struct gn_fb_wallet_done {
	struct gn_fbt t;
};
struct gn_fb_wallet_done_args {
	const struct gn_fb_wallet_act *act;
	uint8_t state;
	uint8_t what;
	struct gn_slice hub;
	struct gn_slice peer;
	struct gn_slice name;
	struct gn_slice amount;
	struct gn_slice equivalent;
	struct gn_slice note;
	struct gn_slice tx;
	uint64_t at;
	bool before;
	struct gn_slice kind;
	struct gn_slice code;
	struct gn_slice reason;
	struct {
		const gn_fbref *p;
		size_t count;
	} cut; /* WalletCut */
	struct {
		const gn_fbref *p;
		size_t count;
	} ways; /* WalletWay */
};
static const struct gn_fb_field gn_fbfields_wallet_done[] = {
	{"act", GN_FB_STRUCT, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_done_args, act), 0, 0, false, UINT64_C(0x0), &gn_fblayout_wallet_act, NULL, NULL, false},
	{"state", GN_FB_SCALAR, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_done_args, state), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_wallet_state, false},
	{"what", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_done_args, what), 0, 1, false, UINT64_C(0x0), NULL, NULL, gn_fbwords_wallet_what, false},
	{"hub", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_done_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peer", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_done_args, peer), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"name", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_done_args, name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"amount", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_done_args, amount), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_done_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_wallet_done_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"tx", GN_FB_STRING, GN_FB_UINT, 9, offsetof(struct gn_fb_wallet_done_args, tx), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"at", GN_FB_SCALAR, GN_FB_UINT, 10, offsetof(struct gn_fb_wallet_done_args, at), 0, 8, false, UINT64_C(0x0), NULL, NULL, NULL, true},
	{"before", GN_FB_SCALAR, GN_FB_BOOL, 11, offsetof(struct gn_fb_wallet_done_args, before), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"kind", GN_FB_STRING, GN_FB_UINT, 12, offsetof(struct gn_fb_wallet_done_args, kind), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_STRING, GN_FB_UINT, 13, offsetof(struct gn_fb_wallet_done_args, code), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 14, offsetof(struct gn_fb_wallet_done_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"cut", GN_FB_TABLES, GN_FB_UINT, 15, offsetof(struct gn_fb_wallet_done_args, cut), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_cut}, NULL, false},
	{"ways", GN_FB_TABLES, GN_FB_UINT, 16, offsetof(struct gn_fb_wallet_done_args, ways), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_way}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_done = {"WalletDone", NULL, gn_fbfields_wallet_done, 17};

GN_MUST static inline gn_err gn_fb_wallet_done_verify(struct gn_slice in, struct gn_fb_wallet_done *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_done, &out->t);
}
static inline gn_fbref gn_fb_wallet_done_make(struct gn_fbb *b, const struct gn_fb_wallet_done_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_done, args);
}
static inline bool gn_fb_wallet_done_has_act(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_wallet_act gn_fb_wallet_done_act(struct gn_fb_wallet_done t)
{
	struct gn_fb_wallet_act v;
	gn_fbt_struct(t.t, 0, &gn_fblayout_wallet_act, &v);
	return v;
}
static inline uint8_t gn_fb_wallet_done_state(struct gn_fb_wallet_done t)
{
	return (uint8_t)gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0));
}
static inline uint8_t gn_fb_wallet_done_what(struct gn_fb_wallet_done t)
{
	return (uint8_t)gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0));
}
static inline bool gn_fb_wallet_done_has_hub(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_done_hub(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_done_has_peer(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_done_peer(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_done_has_name(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_done_name(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_done_has_amount(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_done_amount(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_done_has_equivalent(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_done_equivalent(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_wallet_done_has_note(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_wallet_done_note(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_wallet_done_has_tx(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_wallet_done_tx(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 9);
}
static inline uint64_t gn_fb_wallet_done_at(struct gn_fb_wallet_done t)
{
	return (uint64_t)gn_fbt_bits(t.t, 10, 8, UINT64_C(0x0));
}
static inline bool gn_fb_wallet_done_before(struct gn_fb_wallet_done t)
{
	return gn_fbt_bits(t.t, 11, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_done_has_kind(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 12);
}
static inline struct gn_slice gn_fb_wallet_done_kind(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 12);
}
static inline bool gn_fb_wallet_done_has_code(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 13);
}
static inline struct gn_slice gn_fb_wallet_done_code(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 13);
}
static inline bool gn_fb_wallet_done_has_reason(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 14);
}
static inline struct gn_slice gn_fb_wallet_done_reason(struct gn_fb_wallet_done t)
{
	return gn_fbt_bytes(t.t, 14);
}
static inline bool gn_fb_wallet_done_has_cut(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 15);
}
static inline uint32_t gn_fb_wallet_done_cut_len(struct gn_fb_wallet_done t)
{
	return gn_fbt_count(t.t, 15);
}
static inline struct gn_fb_wallet_cut gn_fb_wallet_done_cut_at(struct gn_fb_wallet_done t, uint32_t i)
{
	return (struct gn_fb_wallet_cut){gn_fbt_table_at(t.t, 15, i)};
}
static inline bool gn_fb_wallet_done_has_ways(struct gn_fb_wallet_done t)
{
	return gn_fbt_has(t.t, 16);
}
static inline uint32_t gn_fb_wallet_done_ways_len(struct gn_fb_wallet_done t)
{
	return gn_fbt_count(t.t, 16);
}
static inline struct gn_fb_wallet_way gn_fb_wallet_done_ways_at(struct gn_fb_wallet_done t, uint32_t i)
{
	return (struct gn_fb_wallet_way){gn_fbt_table_at(t.t, 16, i)};
}

/* ---- WalletPaid ---- */

struct gn_fb_wallet_paid {
	struct gn_fbt t;
};
struct gn_fb_wallet_paid_args {
	gn_fbref done; /* WalletDone */
};
static const struct gn_fb_field gn_fbfields_wallet_paid[] = {
	{"done", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_paid_args, done), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_done}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_paid = {"WalletPaid", NULL, gn_fbfields_wallet_paid, 1};

GN_MUST static inline gn_err gn_fb_wallet_paid_verify(struct gn_slice in, struct gn_fb_wallet_paid *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_paid, &out->t);
}
static inline gn_fbref gn_fb_wallet_paid_make(struct gn_fbb *b, const struct gn_fb_wallet_paid_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_paid, args);
}
static inline bool gn_fb_wallet_paid_has_done(struct gn_fb_wallet_paid t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_wallet_done gn_fb_wallet_paid_done(struct gn_fb_wallet_paid t)
{
	return (struct gn_fb_wallet_done){gn_fbt_table(t.t, 0)};
}

/* ---- WalletRequest ---- */

/* A link that others pay; amount absent: they choose it. */
struct gn_fb_wallet_request {
	struct gn_fbt t;
};
struct gn_fb_wallet_request_args {
	struct gn_slice hub;
	struct gn_slice equivalent;
	struct gn_slice amount;
	struct gn_slice note;
};
static const struct gn_fb_field gn_fbfields_wallet_request[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_request_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_request_args, equivalent), 0, 0, true, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"amount", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_request_args, amount), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_request_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_request = {"WalletRequest", NULL, gn_fbfields_wallet_request, 4};

GN_MUST static inline gn_err gn_fb_wallet_request_verify(struct gn_slice in, struct gn_fb_wallet_request *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_request, &out->t);
}
static inline gn_fbref gn_fb_wallet_request_make(struct gn_fbb *b, const struct gn_fb_wallet_request_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_request, args);
}
static inline bool gn_fb_wallet_request_has_hub(struct gn_fb_wallet_request t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_request_hub(struct gn_fb_wallet_request t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_request_has_equivalent(struct gn_fb_wallet_request t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_slice gn_fb_wallet_request_equivalent(struct gn_fb_wallet_request t)
{
	return gn_fbt_bytes(t.t, 1);
}
static inline bool gn_fb_wallet_request_has_amount(struct gn_fb_wallet_request t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_request_amount(struct gn_fb_wallet_request t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_request_has_note(struct gn_fb_wallet_request t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_request_note(struct gn_fb_wallet_request t)
{
	return gn_fbt_bytes(t.t, 3);
}

/* ---- WalletRequestIs ---- */

struct gn_fb_wallet_request_is {
	struct gn_fbt t;
};
struct gn_fb_wallet_request_is_args {
	struct gn_slice link;
};
static const struct gn_fb_field gn_fbfields_wallet_request_is[] = {
	{"link", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_request_is_args, link), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_request_is = {"WalletRequestIs", NULL, gn_fbfields_wallet_request_is, 1};

GN_MUST static inline gn_err gn_fb_wallet_request_is_verify(struct gn_slice in, struct gn_fb_wallet_request_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_request_is, &out->t);
}
static inline gn_fbref gn_fb_wallet_request_is_make(struct gn_fbb *b, const struct gn_fb_wallet_request_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_request_is, args);
}
static inline bool gn_fb_wallet_request_is_has_link(struct gn_fb_wallet_request_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_request_is_link(struct gn_fb_wallet_request_is t)
{
	return gn_fbt_bytes(t.t, 0);
}

/* ---- WalletHistory ---- */

/* What this agent signed and is not over comes first. */
struct gn_fb_wallet_history {
	struct gn_fbt t;
};
struct gn_fb_wallet_history_args {
	struct gn_slice hub;
	bool fresh;
	uint16_t limit;
};
static const struct gn_fb_field gn_fbfields_wallet_history[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_history_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_wallet_history_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"limit", GN_FB_SCALAR, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_history_args, limit), 0, 2, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_history = {"WalletHistory", NULL, gn_fbfields_wallet_history, 3};

GN_MUST static inline gn_err gn_fb_wallet_history_verify(struct gn_slice in, struct gn_fb_wallet_history *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_history, &out->t);
}
static inline gn_fbref gn_fb_wallet_history_make(struct gn_fbb *b, const struct gn_fb_wallet_history_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_history, args);
}
static inline bool gn_fb_wallet_history_has_hub(struct gn_fb_wallet_history t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_history_hub(struct gn_fb_wallet_history t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_history_fresh(struct gn_fb_wallet_history t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline uint16_t gn_fb_wallet_history_limit(struct gn_fb_wallet_history t)
{
	return (uint16_t)gn_fbt_bits(t.t, 2, 2, UINT64_C(0x0));
}

/* ---- WalletPayment ---- */

/* `out`: paid by this person. status, code, reason: as the hub has them. */
struct gn_fb_wallet_payment {
	struct gn_fbt t;
};
struct gn_fb_wallet_payment_args {
	struct gn_slice tx;
	bool out;
	struct gn_slice peer;
	struct gn_slice amount;
	struct gn_slice equivalent;
	struct gn_slice note;
	struct gn_slice status;
	struct gn_slice created;
	struct gn_slice code;
	struct gn_slice reason;
};
static const struct gn_fb_field gn_fbfields_wallet_payment[] = {
	{"tx", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_payment_args, tx), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"out", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_wallet_payment_args, out), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"peer", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_payment_args, peer), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"amount", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_payment_args, amount), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_payment_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_payment_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"status", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_payment_args, status), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"created", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_payment_args, created), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"code", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_wallet_payment_args, code), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"reason", GN_FB_STRING, GN_FB_UINT, 9, offsetof(struct gn_fb_wallet_payment_args, reason), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_payment = {"WalletPayment", NULL, gn_fbfields_wallet_payment, 10};

GN_MUST static inline gn_err gn_fb_wallet_payment_verify(struct gn_slice in, struct gn_fb_wallet_payment *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_payment, &out->t);
}
static inline gn_fbref gn_fb_wallet_payment_make(struct gn_fbb *b, const struct gn_fb_wallet_payment_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_payment, args);
}
static inline bool gn_fb_wallet_payment_has_tx(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_payment_tx(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_payment_out(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_payment_has_peer(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_payment_peer(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_payment_has_amount(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_payment_amount(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_payment_has_equivalent(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_payment_equivalent(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_payment_has_note(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_payment_note(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_payment_has_status(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_payment_status(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_payment_has_created(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_payment_created(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_wallet_payment_has_code(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_wallet_payment_code(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_wallet_payment_has_reason(struct gn_fb_wallet_payment t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_wallet_payment_reason(struct gn_fb_wallet_payment t)
{
	return gn_fbt_bytes(t.t, 9);
}

/* ---- WalletHistoryIs ---- */

struct gn_fb_wallet_history_is {
	struct gn_fbt t;
};
struct gn_fb_wallet_history_is_args {
	gn_fbref of; /* WalletHub */
	struct {
		const gn_fbref *p;
		size_t count;
	} open; /* WalletDone */
	struct {
		const gn_fbref *p;
		size_t count;
	} payments; /* WalletPayment */
	bool more;
};
static const struct gn_fb_field gn_fbfields_wallet_history_is[] = {
	{"of", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_history_is_args, of), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_hub}, NULL, false},
	{"open", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_history_is_args, open), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_done}, NULL, false},
	{"payments", GN_FB_TABLES, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_history_is_args, payments), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_payment}, NULL, false},
	{"more", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_wallet_history_is_args, more), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_history_is = {"WalletHistoryIs", NULL, gn_fbfields_wallet_history_is, 4};

GN_MUST static inline gn_err gn_fb_wallet_history_is_verify(struct gn_slice in, struct gn_fb_wallet_history_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_history_is, &out->t);
}
static inline gn_fbref gn_fb_wallet_history_is_make(struct gn_fbb *b, const struct gn_fb_wallet_history_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_history_is, args);
}
static inline bool gn_fb_wallet_history_is_has_of(struct gn_fb_wallet_history_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_wallet_hub gn_fb_wallet_history_is_of(struct gn_fb_wallet_history_is t)
{
	return (struct gn_fb_wallet_hub){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_wallet_history_is_has_open(struct gn_fb_wallet_history_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_wallet_history_is_open_len(struct gn_fb_wallet_history_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_wallet_done gn_fb_wallet_history_is_open_at(struct gn_fb_wallet_history_is t, uint32_t i)
{
	return (struct gn_fb_wallet_done){gn_fbt_table_at(t.t, 1, i)};
}
static inline bool gn_fb_wallet_history_is_has_payments(struct gn_fb_wallet_history_is t)
{
	return gn_fbt_has(t.t, 2);
}
static inline uint32_t gn_fb_wallet_history_is_payments_len(struct gn_fb_wallet_history_is t)
{
	return gn_fbt_count(t.t, 2);
}
static inline struct gn_fb_wallet_payment gn_fb_wallet_history_is_payments_at(struct gn_fb_wallet_history_is t, uint32_t i)
{
	return (struct gn_fb_wallet_payment){gn_fbt_table_at(t.t, 2, i)};
}
static inline bool gn_fb_wallet_history_is_more(struct gn_fb_wallet_history_is t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}

/* ---- WalletOffers ---- */

/* Without key: what waits for an answer. With: WalletQuoteIs of the answer. */
struct gn_fb_wallet_offers {
	struct gn_fbt t;
};
struct gn_fb_wallet_offers_args {
	struct gn_slice hub;
	bool fresh;
	struct gn_slice key;
	bool accept;
};
static const struct gn_fb_field gn_fbfields_wallet_offers[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_offers_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"fresh", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_wallet_offers_args, fresh), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"key", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_offers_args, key), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"accept", GN_FB_SCALAR, GN_FB_BOOL, 3, offsetof(struct gn_fb_wallet_offers_args, accept), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_offers = {"WalletOffers", NULL, gn_fbfields_wallet_offers, 4};

GN_MUST static inline gn_err gn_fb_wallet_offers_verify(struct gn_slice in, struct gn_fb_wallet_offers *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_offers, &out->t);
}
static inline gn_fbref gn_fb_wallet_offers_make(struct gn_fbb *b, const struct gn_fb_wallet_offers_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_offers, args);
}
static inline bool gn_fb_wallet_offers_has_hub(struct gn_fb_wallet_offers t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_offers_hub(struct gn_fb_wallet_offers t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_offers_fresh(struct gn_fb_wallet_offers t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_offers_has_key(struct gn_fb_wallet_offers t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_offers_key(struct gn_fb_wallet_offers t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_offers_accept(struct gn_fb_wallet_offers t)
{
	return gn_fbt_bits(t.t, 3, 1, UINT64_C(0x0)) != 0;
}

/* ---- WalletOffer ---- */

/* A payment over one's line (from, to), or an offer to clear. */
struct gn_fb_wallet_offer {
	struct gn_fbt t;
};
struct gn_fb_wallet_offer_args {
	struct gn_slice key;
	bool clearing;
	struct gn_slice from;
	struct gn_slice from_name;
	struct gn_slice to;
	struct gn_slice to_name;
	struct gn_slice amount;
	struct gn_slice equivalent;
	struct gn_slice gain;
	struct gn_slice note;
	struct gn_slice until;
	bool answered;
	uint32_t asked;
};
static const struct gn_fb_field gn_fbfields_wallet_offer[] = {
	{"key", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_offer_args, key), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"clearing", GN_FB_SCALAR, GN_FB_BOOL, 1, offsetof(struct gn_fb_wallet_offer_args, clearing), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"from", GN_FB_STRING, GN_FB_UINT, 2, offsetof(struct gn_fb_wallet_offer_args, from), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"from_name", GN_FB_STRING, GN_FB_UINT, 3, offsetof(struct gn_fb_wallet_offer_args, from_name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"to", GN_FB_STRING, GN_FB_UINT, 4, offsetof(struct gn_fb_wallet_offer_args, to), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"to_name", GN_FB_STRING, GN_FB_UINT, 5, offsetof(struct gn_fb_wallet_offer_args, to_name), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"amount", GN_FB_STRING, GN_FB_UINT, 6, offsetof(struct gn_fb_wallet_offer_args, amount), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"equivalent", GN_FB_STRING, GN_FB_UINT, 7, offsetof(struct gn_fb_wallet_offer_args, equivalent), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"gain", GN_FB_STRING, GN_FB_UINT, 8, offsetof(struct gn_fb_wallet_offer_args, gain), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"note", GN_FB_STRING, GN_FB_UINT, 9, offsetof(struct gn_fb_wallet_offer_args, note), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"until", GN_FB_STRING, GN_FB_UINT, 10, offsetof(struct gn_fb_wallet_offer_args, until), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"answered", GN_FB_SCALAR, GN_FB_BOOL, 11, offsetof(struct gn_fb_wallet_offer_args, answered), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"asked", GN_FB_SCALAR, GN_FB_UINT, 12, offsetof(struct gn_fb_wallet_offer_args, asked), 0, 4, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_offer = {"WalletOffer", NULL, gn_fbfields_wallet_offer, 13};

GN_MUST static inline gn_err gn_fb_wallet_offer_verify(struct gn_slice in, struct gn_fb_wallet_offer *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_offer, &out->t);
}
static inline gn_fbref gn_fb_wallet_offer_make(struct gn_fbb *b, const struct gn_fb_wallet_offer_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_offer, args);
}
static inline bool gn_fb_wallet_offer_has_key(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_wallet_offer_key(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_wallet_offer_clearing(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bits(t.t, 1, 1, UINT64_C(0x0)) != 0;
}
static inline bool gn_fb_wallet_offer_has_from(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 2);
}
static inline struct gn_slice gn_fb_wallet_offer_from(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 2);
}
static inline bool gn_fb_wallet_offer_has_from_name(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 3);
}
static inline struct gn_slice gn_fb_wallet_offer_from_name(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 3);
}
static inline bool gn_fb_wallet_offer_has_to(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 4);
}
static inline struct gn_slice gn_fb_wallet_offer_to(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 4);
}
static inline bool gn_fb_wallet_offer_has_to_name(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 5);
}
static inline struct gn_slice gn_fb_wallet_offer_to_name(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 5);
}
static inline bool gn_fb_wallet_offer_has_amount(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 6);
}
static inline struct gn_slice gn_fb_wallet_offer_amount(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 6);
}
static inline bool gn_fb_wallet_offer_has_equivalent(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 7);
}
static inline struct gn_slice gn_fb_wallet_offer_equivalent(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 7);
}
static inline bool gn_fb_wallet_offer_has_gain(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 8);
}
static inline struct gn_slice gn_fb_wallet_offer_gain(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 8);
}
static inline bool gn_fb_wallet_offer_has_note(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 9);
}
static inline struct gn_slice gn_fb_wallet_offer_note(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 9);
}
static inline bool gn_fb_wallet_offer_has_until(struct gn_fb_wallet_offer t)
{
	return gn_fbt_has(t.t, 10);
}
static inline struct gn_slice gn_fb_wallet_offer_until(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bytes(t.t, 10);
}
static inline bool gn_fb_wallet_offer_answered(struct gn_fb_wallet_offer t)
{
	return gn_fbt_bits(t.t, 11, 1, UINT64_C(0x0)) != 0;
}
static inline uint32_t gn_fb_wallet_offer_asked(struct gn_fb_wallet_offer t)
{
	return (uint32_t)gn_fbt_bits(t.t, 12, 4, UINT64_C(0x0));
}

/* ---- WalletOffersIs ---- */

struct gn_fb_wallet_offers_is {
	struct gn_fbt t;
};
struct gn_fb_wallet_offers_is_args {
	gn_fbref of; /* WalletHub */
	struct {
		const gn_fbref *p;
		size_t count;
	} offers; /* WalletOffer */
};
static const struct gn_fb_field gn_fbfields_wallet_offers_is[] = {
	{"of", GN_FB_TABLE, GN_FB_UINT, 0, offsetof(struct gn_fb_wallet_offers_is_args, of), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_hub}, NULL, false},
	{"offers", GN_FB_TABLES, GN_FB_UINT, 1, offsetof(struct gn_fb_wallet_offers_is_args, offers), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_offer}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_wallet_offers_is = {"WalletOffersIs", NULL, gn_fbfields_wallet_offers_is, 2};

GN_MUST static inline gn_err gn_fb_wallet_offers_is_verify(struct gn_slice in, struct gn_fb_wallet_offers_is *out)
{
	return gn_fb_verify(in, &gn_fbtype_wallet_offers_is, &out->t);
}
static inline gn_fbref gn_fb_wallet_offers_is_make(struct gn_fbb *b, const struct gn_fb_wallet_offers_is_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_wallet_offers_is, args);
}
static inline bool gn_fb_wallet_offers_is_has_of(struct gn_fb_wallet_offers_is t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_fb_wallet_hub gn_fb_wallet_offers_is_of(struct gn_fb_wallet_offers_is t)
{
	return (struct gn_fb_wallet_hub){gn_fbt_table(t.t, 0)};
}
static inline bool gn_fb_wallet_offers_is_has_offers(struct gn_fb_wallet_offers_is t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint32_t gn_fb_wallet_offers_is_offers_len(struct gn_fb_wallet_offers_is t)
{
	return gn_fbt_count(t.t, 1);
}
static inline struct gn_fb_wallet_offer gn_fb_wallet_offers_is_offers_at(struct gn_fb_wallet_offers_is t, uint32_t i)
{
	return (struct gn_fb_wallet_offer){gn_fbt_table_at(t.t, 1, i)};
}

/* ---- ToldWallet ---- */

/* Event: what became of something signed; or (`moved`) what is told of the hub has changed. */
struct gn_fb_told_wallet {
	struct gn_fbt t;
};
struct gn_fb_told_wallet_args {
	struct gn_slice hub;
	gn_fbref done; /* WalletDone */
	bool moved;
};
static const struct gn_fb_field gn_fbfields_told_wallet[] = {
	{"hub", GN_FB_STRING, GN_FB_UINT, 0, offsetof(struct gn_fb_told_wallet_args, hub), 0, 0, false, UINT64_C(0x0), NULL, NULL, NULL, false},
	{"done", GN_FB_TABLE, GN_FB_UINT, 1, offsetof(struct gn_fb_told_wallet_args, done), 1, 0, false, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_done}, NULL, false},
	{"moved", GN_FB_SCALAR, GN_FB_BOOL, 2, offsetof(struct gn_fb_told_wallet_args, moved), 0, 1, false, UINT64_C(0x0), NULL, NULL, NULL, false},
};
static const struct gn_fb_type gn_fbtype_told_wallet = {"ToldWallet", NULL, gn_fbfields_told_wallet, 3};

GN_MUST static inline gn_err gn_fb_told_wallet_verify(struct gn_slice in, struct gn_fb_told_wallet *out)
{
	return gn_fb_verify(in, &gn_fbtype_told_wallet, &out->t);
}
static inline gn_fbref gn_fb_told_wallet_make(struct gn_fbb *b, const struct gn_fb_told_wallet_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_told_wallet, args);
}
static inline bool gn_fb_told_wallet_has_hub(struct gn_fb_told_wallet t)
{
	return gn_fbt_has(t.t, 0);
}
static inline struct gn_slice gn_fb_told_wallet_hub(struct gn_fb_told_wallet t)
{
	return gn_fbt_bytes(t.t, 0);
}
static inline bool gn_fb_told_wallet_has_done(struct gn_fb_told_wallet t)
{
	return gn_fbt_has(t.t, 1);
}
static inline struct gn_fb_wallet_done gn_fb_told_wallet_done(struct gn_fb_told_wallet t)
{
	return (struct gn_fb_wallet_done){gn_fbt_table(t.t, 1)};
}
static inline bool gn_fb_told_wallet_moved(struct gn_fb_told_wallet t)
{
	return gn_fbt_bits(t.t, 2, 1, UINT64_C(0x0)) != 0;
}

/* ---- AppWallet ---- */

struct gn_fb_app_wallet {
	struct gn_fbt t;
};
struct gn_fb_app_wallet_args {
	uint8_t body_type; /* GN_FB_APP_WALLET_BODY_... */
	gn_fbref body;
};
static const struct gn_fb_field gn_fbfields_app_wallet[] = {
	{"body_type", GN_FB_SCALAR, GN_FB_UINT, 0, offsetof(struct gn_fb_app_wallet_args, body_type), 0, 1, false, 0, NULL, NULL, NULL, false},
	{"body", GN_FB_UNION, GN_FB_UINT, 1, offsetof(struct gn_fb_app_wallet_args, body), 18, 0, true, UINT64_C(0x0), NULL, (const struct gn_fb_type *const[]){&gn_fbtype_wallet_hubs, &gn_fbtype_wallet_hubs_is, &gn_fbtype_wallet_join, &gn_fbtype_wallet_balance, &gn_fbtype_wallet_balance_is, &gn_fbtype_wallet_lines, &gn_fbtype_wallet_lines_is, &gn_fbtype_wallet_line_set, &gn_fbtype_wallet_quote, &gn_fbtype_wallet_quote_is, &gn_fbtype_wallet_pay, &gn_fbtype_wallet_paid, &gn_fbtype_wallet_request, &gn_fbtype_wallet_request_is, &gn_fbtype_wallet_history, &gn_fbtype_wallet_history_is, &gn_fbtype_wallet_offers, &gn_fbtype_wallet_offers_is}, NULL, false},
};
static const struct gn_fb_type gn_fbtype_app_wallet = {"AppWallet", NULL, gn_fbfields_app_wallet, 2};

GN_MUST static inline gn_err gn_fb_app_wallet_verify(struct gn_slice in, struct gn_fb_app_wallet *out)
{
	return gn_fb_verify(in, &gn_fbtype_app_wallet, &out->t);
}
static inline gn_fbref gn_fb_app_wallet_make(struct gn_fbb *b, const struct gn_fb_app_wallet_args *args)
{
	return gn_fbb_table(b, &gn_fbtype_app_wallet, args);
}
static inline bool gn_fb_app_wallet_has_body(struct gn_fb_app_wallet t)
{
	return gn_fbt_has(t.t, 1);
}
static inline uint8_t gn_fb_app_wallet_body_type(struct gn_fb_app_wallet t)
{
	return (uint8_t)gn_fbt_bits(t.t, 0, 1, 0);
}
static inline struct gn_fb_wallet_hubs gn_fb_app_wallet_body_as_wallet_hubs(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_hubs){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_HUBS)};
}
static inline struct gn_fb_wallet_hubs_is gn_fb_app_wallet_body_as_wallet_hubs_is(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_hubs_is){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_HUBS_IS)};
}
static inline struct gn_fb_wallet_join gn_fb_app_wallet_body_as_wallet_join(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_join){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_JOIN)};
}
static inline struct gn_fb_wallet_balance gn_fb_app_wallet_body_as_wallet_balance(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_balance){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_BALANCE)};
}
static inline struct gn_fb_wallet_balance_is gn_fb_app_wallet_body_as_wallet_balance_is(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_balance_is){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_BALANCE_IS)};
}
static inline struct gn_fb_wallet_lines gn_fb_app_wallet_body_as_wallet_lines(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_lines){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_LINES)};
}
static inline struct gn_fb_wallet_lines_is gn_fb_app_wallet_body_as_wallet_lines_is(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_lines_is){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_LINES_IS)};
}
static inline struct gn_fb_wallet_line_set gn_fb_app_wallet_body_as_wallet_line_set(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_line_set){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_LINE_SET)};
}
static inline struct gn_fb_wallet_quote gn_fb_app_wallet_body_as_wallet_quote(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_quote){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_QUOTE)};
}
static inline struct gn_fb_wallet_quote_is gn_fb_app_wallet_body_as_wallet_quote_is(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_quote_is){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_QUOTE_IS)};
}
static inline struct gn_fb_wallet_pay gn_fb_app_wallet_body_as_wallet_pay(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_pay){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_PAY)};
}
static inline struct gn_fb_wallet_paid gn_fb_app_wallet_body_as_wallet_paid(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_paid){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_PAID)};
}
static inline struct gn_fb_wallet_request gn_fb_app_wallet_body_as_wallet_request(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_request){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_REQUEST)};
}
static inline struct gn_fb_wallet_request_is gn_fb_app_wallet_body_as_wallet_request_is(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_request_is){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_REQUEST_IS)};
}
static inline struct gn_fb_wallet_history gn_fb_app_wallet_body_as_wallet_history(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_history){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_HISTORY)};
}
static inline struct gn_fb_wallet_history_is gn_fb_app_wallet_body_as_wallet_history_is(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_history_is){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_HISTORY_IS)};
}
static inline struct gn_fb_wallet_offers gn_fb_app_wallet_body_as_wallet_offers(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_offers){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_OFFERS)};
}
static inline struct gn_fb_wallet_offers_is gn_fb_app_wallet_body_as_wallet_offers_is(struct gn_fb_app_wallet t)
{
	return (struct gn_fb_wallet_offers_is){gn_fbt_member(t.t, 1, GN_FB_APP_WALLET_BODY_WALLET_OFFERS_IS)};
}

/* Every table of the schema, for tests and tools. */
static const struct gn_fb_type *const gn_fbtypes_app_wallet[] = {
	&gn_fbtype_wallet_hub,
	&gn_fbtype_wallet_hubs,
	&gn_fbtype_wallet_hubs_is,
	&gn_fbtype_wallet_join,
	&gn_fbtype_wallet_sum,
	&gn_fbtype_wallet_balance,
	&gn_fbtype_wallet_balance_is,
	&gn_fbtype_wallet_line,
	&gn_fbtype_wallet_lines,
	&gn_fbtype_wallet_lines_is,
	&gn_fbtype_wallet_line_set,
	&gn_fbtype_wallet_quote,
	&gn_fbtype_wallet_cut,
	&gn_fbtype_wallet_way,
	&gn_fbtype_wallet_quote_is,
	&gn_fbtype_wallet_pay,
	&gn_fbtype_wallet_done,
	&gn_fbtype_wallet_paid,
	&gn_fbtype_wallet_request,
	&gn_fbtype_wallet_request_is,
	&gn_fbtype_wallet_history,
	&gn_fbtype_wallet_payment,
	&gn_fbtype_wallet_history_is,
	&gn_fbtype_wallet_offers,
	&gn_fbtype_wallet_offer,
	&gn_fbtype_wallet_offers_is,
	&gn_fbtype_told_wallet,
	&gn_fbtype_app_wallet,
};

#endif
