/* Rows of payments, their answers and their ends. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

/* Who a prepared payment or an offer asks: they may know its outcome, whenever they ask (HB-9). */
gn_err gn_history_put_asked(struct gn_history *h, const struct gn_record_view *r,
			    struct gn_hops asked)
{
	char key[33];
	uint32_t who;
	gn_hex(GN_SLICE(r->key.b), key);
	while (gn_rec_next_number(&asked, &who))
		GN_TRY(GN_SQL_RUN(
			h->sql,
			"INSERT INTO asked (tx_key, participant) VALUES ($1, $2) ON CONFLICT "
			"(tx_key, participant) "
			"DO NOTHING",
			NULL, NULL, GN_SQL_T(gn_str(key)), GN_SQL_I(who)));
	return GN_OK;
}

gn_err gn_history_feed_payment(struct gn_history *h, const struct gn_record_view *r,
			       const struct gn_op *op)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	bool committed = r->type == GN_REC_PAYMENT;
	if (!e)
		return GN_CORRUPT;
	if (!committed)
		GN_TRY(gn_history_put_asked(h, r, r->u.payment.asked));
	json_t *routes = gn_history_routes_json(r->u.payment.routes, r->eq, e->precision,
						gn_history_pair, h);
	json_t *details = json_pack("{ss}", "search", gn_ledger_routed_name(r->u.payment.mode));
	if (!committed)
		json_object_set_new(details, "expires_at",
				    gn_history_time_json(r->u.payment.expiry));
	return gn_history_put_tx(
		h, r, op,
		&(struct tx_row){"PAYMENT",
				 gn_tx_state_name(committed ? GN_TX_COMMITTED : GN_TX_PREPARE),
				 op->tx_id, r->u.payment.payee, r->eq, r->u.payment.amount, 0,
				 routes, details, committed, true});
}

gn_err gn_history_feed_failed(struct gn_history *h, const struct gn_record_view *r,
			      const struct gn_op *op)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	struct gn_slice raises = r->u.failed.raises;
	struct gn_hop line;
	gn_amount raise;
	if (!e)
		return GN_CORRUPT;
	json_t *details = json_object(), *list = json_array();
	gn_history_amount_json(details, "requested", r->u.failed.amount, e->precision);
	gn_history_amount_json(details, "available", r->u.failed.available, e->precision);
	while (gn_rec_next_raise(&raises, &line, &raise)) {
		char end[2][GN_PID_MAX];
		if (!gn_history_pair(h, r->eq, line.pair, end[0], end[1]))
			continue;
		json_t *item =
			json_pack("{ss ss}", "owner", end[line.dir], "debtor", end[!line.dir]);
		gn_history_amount_json(item, "raise", raise, e->precision);
		json_array_append_new(list, item);
	}
	json_object_set_new(details, "raises", list);
	return gn_history_put_tx(h, r, op,
				 &(struct tx_row){"PAYMENT", gn_tx_state_name(GN_TX_ABORTED),
						  op->tx_id, r->u.failed.payee, r->eq,
						  r->u.failed.amount, r->u.failed.code, NULL,
						  details, true, true});
}

gn_err gn_history_feed_answer(struct gn_history *h, const struct gn_record_view *r)
{
	char key[33], sig[96];
	gn_hex(GN_SLICE(r->key.b), key);
	GN_TRY(gn_base64(GN_SLICE(r->sign.sig.b), false, sig, sizeof sig));
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO answers (seq, tx_key, participant, yes, at, signed, "
			  "signature) VALUES ($1, $2, "
			  "$3, $4, $5, $6, $7)",
			  NULL, NULL, GN_SQL_I(r->seq), GN_SQL_T(gn_str(key)),
			  GN_SQL_I(r->sign.signer), GN_SQL_I(r->u.answer.yes), GN_SQL_I(r->time),
			  GN_SQL_T(r->sign.bytes), GN_SQL_T(gn_str(sig)));
}

gn_err gn_history_feed_end(struct gn_history *h, const struct gn_record_view *r)
{
	char key[33];
	bool reject = r->type == GN_REC_REJECT;
	const char *state = gn_tx_state_name(r->type == GN_REC_COMMIT ? GN_TX_COMMITTED
					     : reject                 ? GN_TX_REJECTED
								      : GN_TX_ABORTED);
	gn_hex(GN_SLICE(r->key.b), key);
	if (r->type != GN_REC_COMMIT && r->u.end.by_admin)
		GN_TRY(gn_history_audit(h, r, reject ? "clearing.reject" : "payment.abort", key,
					NULL, NULL));
	if (reject)
		return GN_SQL_RUN(h->sql,
				  "UPDATE clearings SET state = $1, code = $2, decided = $3 WHERE "
				  "tx_key = $4 AND "
				  "decided IS NULL",
				  NULL, NULL, GN_SQL_T(gn_str(state)), GN_SQL_I(r->u.end.code),
				  GN_SQL_I(r->time), GN_SQL_T(gn_str(key)));
	return GN_SQL_RUN(
		h->sql,
		"UPDATE transactions SET state = $1, code = $2, decided = $3 WHERE tx_key = $4 AND "
		"decided IS NULL",
		NULL, NULL, GN_SQL_T(gn_str(state)), GN_SQL_I(r->u.end.code), GN_SQL_I(r->time),
		GN_SQL_T(gn_str(key)));
}
