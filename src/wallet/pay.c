/* Judging what a hub says of a payment: pay.h.
 *
 * Rules: HB-23, HB-24. */
#include "wallet/pay.h"
#include "wallet/limits.h"

#include <stdio.h>

json_t *gn_wallet_pay_body(const struct gn_wallet_payment *p, uint64_t wait_s)
{
	json_t *body = json_pack("{ss ss ss ss}", "tx_id", p->tx_id, "to", p->q->pid, "equivalent",
				 p->q->equivalent, "amount", p->q->amount);
	if (*p->q->note)
		json_object_set_new(body, "description", json_string(p->q->note));
	if (wait_s)
		json_object_set_new(body, "constraints",
				    json_pack("{sI}", "timeout_ms", (json_int_t)wait_s * 1000));
	return body;
}

void gn_wallet_attempt(const struct gn_wallet_request *q, unsigned n, char out[OP_TX_ID_MAX + 1])
{
	GN_ASSERT(n >= 1 && n <= GN_WALLET_TRIES);
	if (n == 1)
		snprintf(out, OP_TX_ID_MAX + 1, "%s", q->id);
	else
		snprintf(out, OP_TX_ID_MAX + 1, "%s:%u", q->id, n);
}

/* ---- what is what ---- */

/* A payment of ours under this tx_id, in a state that is none of ABORTED. */
static bool is_outcome(const struct gn_wallet_payment *p, const json_t *answer)
{
	static const char *const states[] = {"COMMITTED", "PREPARE_IN_PROGRESS", "ROUTED", "NEW"};
	if (strcmp(gn_wallet_text(answer, "tx_id"), p->tx_id) != 0)
		return false;
	for (size_t i = 0; i < GN_COUNT(states); i++)
		if (strcmp(gn_wallet_text(answer, "status"), states[i]) == 0)
			return true;
	return false;
}

static bool is_aborted(const json_t *answer)
{
	const json_t *details = json_object_get(json_object_get(answer, "error"), "details");
	return gn_wallet_has_code(answer) &&
	       strcmp(gn_wallet_text(details, "status"), "ABORTED") == 0;
}

bool gn_wallet_same(const struct gn_wallet_payment *p, const json_t *kept)
{
	gn_amount a, b;
	const struct gn_wallet_request *q = p->q;
	return strcmp(gn_wallet_text(kept, "to"), q->pid) == 0 &&
	       strcmp(gn_wallet_text(kept, "equivalent"), q->equivalent) == 0 &&
	       strcmp(gn_wallet_text(kept, "description"), q->note) == 0 &&
	       gn_amount_parse(gn_str(q->amount), GN_PRECISION_MAX, &a) == GN_OK &&
	       gn_amount_parse(gn_str(gn_wallet_text(kept, "amount")), GN_PRECISION_MAX, &b) ==
		       GN_OK &&
	       a == b;
}

/* Rates and tokens are judged before the payment is looked at, so such a refusal says nothing about
 * an earlier one. */
static bool about_payment(long status)
{
	return status == 400 || status == 404 || status == 409 || status == 422;
}

static bool is_mine(const struct gn_wallet_payment *p, long status, const json_t *kept)
{
	return status == 200 && strcmp(gn_wallet_text(kept, "from"), p->payer) == 0;
}

bool gn_wallet_failed(const struct gn_wallet_payment *p, long status, const json_t *kept)
{
	return is_mine(p, status, kept) && strcmp(gn_wallet_text(kept, "status"), "ABORTED") == 0;
}

/* ---- judging ---- */

static struct gn_wallet_verdict unknown(enum gn_wallet_doubt doubt)
{
	return (struct gn_wallet_verdict){.end = GN_WALLET_UNKNOWN, .doubt = doubt};
}

static struct gn_wallet_verdict nothing(const char *words, bool before)
{
	return (struct gn_wallet_verdict){
		.end = GN_WALLET_NOTHING, .words = words, .before = before};
}

struct gn_wallet_verdict gn_wallet_judge(const struct gn_wallet_payment *p, long status,
					 const json_t *answer)
{
	const json_t *error = json_object_get(answer, "error"),
		     *details = json_object_get(error, "details");
	bool kept = *gn_wallet_text(answer, "signed") ||
		    json_is_true(json_object_get(answer, "repeated"));
	if (status >= 200 && status < 300 && is_outcome(p, answer))
		return (struct gn_wallet_verdict){.end = GN_WALLET_DONE,
						  .before = p->repeats && kept};
	if (is_aborted(answer)) {
		bool before = p->repeats && *gn_wallet_text(details, "tx_id");
		return nothing(before ? "this payment was made before and failed; nothing was paid"
				      : "nothing was paid",
			       before);
	}
	if (status >= 400 && status < 500 && gn_wallet_has_code(answer))
		return p->repeats ? (struct gn_wallet_verdict){.end = GN_WALLET_LOOK}
				  : nothing("nothing was paid", false);
	if (status < 0)
		return unknown(GN_WALLET_LOST);
	return unknown(*gn_wallet_text(error, "message") ? GN_WALLET_TROUBLE
							 : GN_WALLET_UNREADABLE);
}

struct gn_wallet_verdict gn_wallet_judge_kept(const struct gn_wallet_payment *p, long refused_as,
					      const json_t *refusal, long status,
					      const json_t *kept)
{
	const json_t *error = json_object_get(refusal, "error");
	/* the text that was signed is another */
	bool conflict = strcmp(gn_wallet_text(error, "code"), "E008") == 0,
	     mine = is_mine(p, status, kept);
	bool none = !mine && (status == 404 ? gn_wallet_has_code(kept)
					    : status == 200 && *gn_wallet_text(kept, "from"));
	if (mine && gn_wallet_same(p, kept) && is_outcome(p, kept))
		return (struct gn_wallet_verdict){.end = GN_WALLET_DONE, .before = true};
	if (mine)
		return (struct gn_wallet_verdict){.end = GN_WALLET_TAKEN};
	if (none && !conflict && about_payment(refused_as))
		return nothing("nothing was paid, neither before nor now", false);
	return unknown(GN_WALLET_REFUSED);
}
