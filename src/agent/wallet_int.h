/* The wallet, while the agent is open: hubs that were joined, what was said to be signed (quotes),
 * what was signed (acts).
 *
 *   quote: made of a hub's answers [agent_ask] -> signed [WalletPay] -> an act; or over in 10 min
 *   act:   UnderWay (stored, then sent; sent again until it is known)
 *          -> Done | Nothing | Unknown (known that it cannot be known)
 *          -> Waiting (others are asked) -> Done | Nothing
 *
 * 1. An act is in the store, with the text and its signature, before its request leaves; after a
 *    crash the same bytes are sent again. "Nothing" is what src/wallet/pay.h is certain of.
 * 2. One piece of work at a time for one hub, on a thread (wallet_ask.h); others wait in turn.
 * 3. What counts against a client's limit is stored with the act that uses it up.
 *
 * Rules: AG-140..AG-149. */
#ifndef GN_AGENT_WALLET_INT_H
#define GN_AGENT_WALLET_INT_H

#include "agent/clients_int.h"
#include "agent/serve_int.h"
#include "agent/wallet_ask.h"
#include "host/table.h"
#include "wallet/line.h"
#include "wallet/pay.h"

struct agent_wallet_hub {
	bool used;
	struct gn_wallet_hub its;
	char url[512], token[2048], refresh[1024]; /* tokens: secret */
	json_t *seen;     /* what it said last: "at", "me", "balance", .. ; owned, NULL: nothing */
	const char *kind; /* why the last look failed; NULL */
	char why[AGENT_ASK_WHY];
	uint64_t seq;      /* the highest signed, or heard of */
	gn_time due, wait; /* when it is looked at again */
	gn_time token_at;
	bool looks, leaves;
	struct agent_ask *first; /* the one at work, and those that wait; owned */
	unsigned count;
};

struct agent_quote {
	uint8_t id[32];
	gn_time until;       /* 0: a free place */
	uint8_t program[32]; /* whose */
	json_t *act;         /* as it will be stored; owned */
	char *text;          /* to be signed; owned */
	char *says;          /* what it says; owned */
};

struct agent_wallet {
	struct agent_wallet_hub hubs[AGENT_WALLET_HUBS];
	struct agent_ask *visit; /* at a hub that is not joined; owned; NULL */
	struct agent_quote quotes[AGENT_WALLET_QUOTES];
	json_t *acts;    /* {hex of the id: act}; owned */
	json_t *dues;    /* {the same: when it is sent again}; owned */
	struct gn_sk sk; /* secret: kept while a client may pay unasked (AG-145) */
	bool has_sk;
};

/* ---- wallet_keep.c: the store ---- */

struct agent_wallet_hub *agent_wallet_hub_of(struct gn_agent *a, const char *pid);
/* A place for it, or its own, at this address now; not stored yet. NULL: there are as many as there
 * may be. */
struct agent_wallet_hub *agent_wallet_add_hub(struct gn_agent *a, const struct gn_wallet_hub *its,
					      const char *url);

GN_MUST gn_err agent_wallet_load(struct gn_agent *a);
/* The hub with its tokens; what it said. */
GN_MUST gn_err agent_wallet_keep_hub(struct gn_agent *a, const struct agent_wallet_hub *h);
GN_MUST gn_err agent_wallet_keep_seen(struct gn_agent *a, struct agent_wallet_hub *h);
GN_MUST gn_err agent_wallet_drop_hub(struct gn_agent *a, struct agent_wallet_hub *h);
/* An act as it is now; spends: {client, unit, amount} are counted in the same transaction, or with
 * back given back. */
enum agent_spends { AGENT_SPENDS_NOT, AGENT_SPENDS, AGENT_SPENDS_BACK };
GN_MUST gn_err agent_wallet_keep_act(struct gn_agent *a, const char *id, json_t *act,
				     enum agent_spends spends);
/* What a client has paid today at this hub, at GN_PRECISION_MAX. */
gn_amount agent_wallet_spent(struct gn_agent *a, const char *client, const char *hub,
			     const char *unit);

/* Is this payment within what the client may pay today? NULL: the person's own tool may nothing
 * unasked. */
bool agent_wallet_within(struct gn_agent *a, const uint8_t *client, const json_t *act);

/* ---- wallet_show.c: what is told ---- */

/* New objects in the form of the tables of app_wallet.fbs. */
json_t *agent_wallet_show_hub(const struct agent_wallet_hub *h);
json_t *agent_wallet_show_sums(const struct agent_wallet_hub *h);
json_t *agent_wallet_show_lines(const struct gn_agent *a, const struct agent_wallet_hub *h,
				const char *unit);
json_t *agent_wallet_show_payments(const struct gn_agent *a, const struct agent_wallet_hub *h,
				   size_t most);
json_t *agent_wallet_show_offers(const struct agent_wallet_hub *h);
json_t *agent_wallet_show_act(const char *id, const json_t *act);
/* Adds "cut" and "ways" of a hub's explanation. */
void agent_wallet_explain(const struct gn_agent *a, json_t *to, const json_t *details,
			  const char *payee);
/* What a text that is to be signed says, in a sentence: read from the text itself. The caller frees;
 * NULL: it is none, or there is no memory. */
char *agent_wallet_says(const char *text, const char *name, const json_t *item);

/* ---- wallet_tell.c: answers and events ---- */

/* What is kept of a hub: in.member says which table. */
void agent_wallet_show(struct agent_request *r, struct agent_wallet_hub *h, const json_t *in);
/* What came of a piece of work, for who asked. */
void agent_wallet_answer(struct gn_agent *a, struct agent_wallet_hub *h, struct agent_ask *q);
void agent_wallet_tell(struct gn_agent *a, const char *hub, const char *id, const json_t *act);
void agent_wallet_paid(struct agent_request *r, const char *id, const json_t *act);
void agent_wallet_quote_free(struct agent_quote *q);
/* Refuses with a kind (AG-146), and answers. */
void agent_wallet_refuse(struct agent_request *r, gn_err err, const char *kind, const char *fmt,
			 ...) GN_PRINTF(4, 5);
/* An answer of the area. Takes json. */
void agent_wallet_reply(struct agent_request *r, uint8_t member, json_t *json);

/* ---- wallet.c ---- */

/* Takes in; r: whom it answers, or NULL. NULL: no room or no memory, in is freed. */
struct agent_ask *agent_wallet_ask(struct gn_agent *a, struct agent_wallet_hub *h,
				   enum agent_ask_what what, json_t *in, struct agent_request *r);
/* The same of a hub that is not joined yet. NULL: one is being asked. */
struct agent_ask *agent_wallet_visit(struct gn_agent *a, const char *url, json_t *in,
				     struct agent_request *r);
/* Sends what is stored, as soon as its turn comes; r is answered then. NULL: nobody. */
void agent_wallet_send(struct gn_agent *a, const char *id, struct agent_request *r);
/* It is asked no more; what it said goes. */
void agent_wallet_forget(struct gn_agent *a, struct agent_wallet_hub *h);

/* Opens the key for an act: NULL, or locked. Borrowed for the turn. */
const struct gn_sk *agent_wallet_key(struct gn_agent *a);
gn_err agent_wallet_open(struct gn_agent *a);
void agent_wallet_close(struct gn_agent *a);
gn_time agent_wallet_pump(struct gn_agent *a);

/* ---- serve_wallet.c ---- */

gn_err agent_call_wallet_hubs(struct agent_request *r);
gn_err agent_call_wallet_join(struct agent_request *r);
gn_err agent_call_wallet_balance(struct agent_request *r);
gn_err agent_call_wallet_lines(struct agent_request *r);
gn_err agent_call_wallet_line_set(struct agent_request *r);
gn_err agent_call_wallet_quote(struct agent_request *r);
gn_err agent_call_wallet_pay(struct agent_request *r);
gn_err agent_call_wallet_request(struct agent_request *r);
gn_err agent_call_wallet_history(struct agent_request *r);
gn_err agent_call_wallet_offers(struct agent_request *r);

#endif
