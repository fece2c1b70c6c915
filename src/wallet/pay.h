/* What became of a payment (HB-23, HB-24). A payment ends in one of three ways, and only what is
 * certain is said to be so:
 *
 *     the hub's outcome    COMMITTED, or waiting for those who are asked   DONE
 *     a definite refusal   a 4xx with the ledger's code, or ABORTED        NOTHING was paid
 *     anything else        5xx, no answer, one that cannot be read         UNKNOWN
 *
 * A repeat is not judged by a refusal of the repeat (LOOK): what the hub keeps under the tx_id
 * decides (gn_wallet_judge_kept), and the same payment is one that says the same in other words.
 * Pure: answers in, judgement out. */
#ifndef GN_WALLET_PAY_H
#define GN_WALLET_PAY_H

#include "wallet/hub.h"
#include "wallet/link.h"

struct gn_wallet_payment {
	const char *payer; /* PID */
	const char *tx_id;
	const struct gn_wallet_request *q; /* to whom, what, how much, the note */
	bool repeats;                      /* it may have been sent before */
};

enum gn_wallet_end {
	GN_WALLET_DONE,
	GN_WALLET_NOTHING,
	GN_WALLET_TAKEN, /* by another payment, or by this one, which failed: by this, nothing */
	GN_WALLET_LOOK,  /* ask for what the hub keeps, then gn_wallet_judge_kept */
	GN_WALLET_UNKNOWN,
};
enum gn_wallet_doubt {                       /* of UNKNOWN: why */
		       GN_WALLET_LOST,       /* no answer came */
		       GN_WALLET_TROUBLE,    /* the hub says something that decides nothing */
		       GN_WALLET_UNREADABLE, /* not even that */
		       GN_WALLET_REFUSED,    /* the repeat, and what is kept does not decide */
};
struct gn_wallet_verdict {
	enum gn_wallet_end end;
	enum gn_wallet_doubt doubt;
	bool before;       /* DONE, or NOTHING: what was found is of an earlier time */
	const char *words; /* NOTHING: what is certain, static */
};

/* The body of POST /payments, to be signed under the tx_id; wait_s: for who is asked, 0: the hub's.
 * NULL: no memory. */
json_t *gn_wallet_pay_body(const struct gn_wallet_payment *p, uint64_t wait_s);
/* The tx_id of the nth attempt at a request: 1 its id, 2 to GN_WALLET_TRIES with ":n" behind. */
void gn_wallet_attempt(const struct gn_wallet_request *q, unsigned n, char out[OP_TX_ID_MAX + 1]);
/* Is what the hub keeps under a tx_id (its answer to GET /payments/TX) a payment of ours that
 * failed, so that the next attempt is meant? */
bool gn_wallet_failed(const struct gn_wallet_payment *p, long status, const json_t *kept);
/* The answer to POST /payments; status -1: none came. */
struct gn_wallet_verdict gn_wallet_judge(const struct gn_wallet_payment *p, long status,
					 const json_t *answer);
/* After LOOK: what GET /payments/TX answered; and the refusal that led there. */
struct gn_wallet_verdict gn_wallet_judge_kept(const struct gn_wallet_payment *p, long refused_as,
					      const json_t *refusal, long status,
					      const json_t *kept);
/* The same payee, equivalent, amount and note? */
bool gn_wallet_same(const struct gn_wallet_payment *p, const json_t *kept);

#endif
