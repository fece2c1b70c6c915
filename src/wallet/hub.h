/* Who a hub is, what it is told, and what its answers prove (HB-22, HB-45, HB-55, HB-60). The hub
 * never sees a private key: texts are built, made canonical and signed here, and nothing that a hub
 * says is signed unlooked at. Answers are JSON as the hub sent it; NULL is none. Pure. */
#ifndef GN_WALLET_HUB_H
#define GN_WALLET_HUB_H

#include "ledger/ledger.h"
#include <jansson.h>

struct gn_wallet_hub {
	struct gn_pk pk;
	char pid[GN_PID_MAX];
	char address[32]; /* where it listens itself, as it signed */
};

/* The text of a member; "" when it is none. */
const char *gn_wallet_text(const json_t *object, const char *name);
/* The number; 0 when it is none, or below. */
uint64_t gn_wallet_number(const json_t *object, const char *name);
/* Of a refusal's envelope: its code is one of E001 to E009, the ledger's own (E010 is the hub's
 * own trouble). */
bool gn_wallet_has_code(const json_t *answer);

/* The key that GET /hub names. False: it names none. */
bool gn_wallet_hub_named(struct gn_wallet_hub *hub, const json_t *about);
/* HB-45: whoever answered has that key, now: `proof` signs the nonce (64 hex digits). Notes the
 * address. A text that anybody can repeat proves nothing. */
bool gn_wallet_hub_proved(struct gn_wallet_hub *hub, const json_t *about, const char *nonce);
/* A nonce for that, terminated. */
void gn_wallet_nonce(struct gn_rand *rand, char out[65]);

/* The body of POST /auth/login; NULL: what the hub sent is no challenge. The text that is signed
 * names the hub, so that what one hub is given opens no other. */
json_t *gn_wallet_login(const struct gn_wallet_hub *hub, const struct gn_sk *sk,
			const char *challenge, const char *platform);

/* HB-55: an answer's public_key, if its hash is the PID that was asked for. False: its owner's PID
 * stands in `its`, or "no key's". */
bool gn_wallet_key_of(const json_t *answer, const char *pid, struct gn_pk *out,
		      char its[GN_PID_MAX]);
/* HB-55: does this transaction of this payer stand under this key (32 hex digits)? */
bool gn_wallet_tx_key_is(const struct gn_pk *payer, const char *tx_id, const char *key);

/* HB-60: the number after `said`, what the hub says was the last; `known`, the highest from here.
 * 0: it lies too far above that, and is not signed. */
uint64_t gn_wallet_next_seq(uint64_t known, uint64_t said);

/* {"signed", "signature"} of a geo-v1 operation. tx_id NULL: seq stands in its place. body is
 * borrowed. NULL: *err says why it cannot be signed. */
struct gn_wallet_op {
	enum gn_op_kind kind;
	const struct gn_wallet_hub *hub;
	const char *tx_id;
	uint64_t seq;
	uint64_t unix_now;
};
json_t *gn_wallet_sign(const struct gn_wallet_op *op, const struct gn_sk *sk, const json_t *body,
		       gn_err *err);
/* The text alone, for who signs later: appended to out. */
GN_MUST gn_err gn_wallet_op_text(const struct gn_wallet_op *op, const struct gn_pk *signer,
				 const json_t *body, struct gn_buf *out);
/* The request of that text. NULL: no memory. */
json_t *gn_wallet_sign_text(const struct gn_sk *sk, struct gn_slice text);

/* What is wrong with an amount as typed, by the hub's list of equivalents. */
enum gn_wallet_amount {
	GN_WALLET_AMOUNT_OK,
	GN_WALLET_NO_EQUIVALENT,
	GN_WALLET_PRECISION, /* the hub says a precision that there is not */
	GN_WALLET_DECIMALS,  /* more than it has */
	GN_WALLET_TOO_MUCH,
	GN_WALLET_NO_AMOUNT,
};
/* text NULL: of the equivalent alone. list: GET /equivalents. precision: where it is known. */
enum gn_wallet_amount gn_wallet_amount(const json_t *list, const char *equivalent, const char *text,
				       gn_amount *out, unsigned *precision);

#endif
