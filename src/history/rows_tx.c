/* Rows of transactions: what participants signed, whatever its kind. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

/* A raw JSON string as plain text; out->len 0 when it is absent or too long. */
void gn_history_unescape(struct gn_slice raw, struct gn_buf *out)
{
	out->len = 0;
	if (raw.p && gn_json_unescape(raw, out))
		out->len = 0;
}

gn_err gn_history_put_tx(struct gn_history *h, const struct gn_record_view *r,
			 const struct gn_op *op, const struct tx_row *t)
{
	char key[33] = "", sig[96] = "",
	     *routes = t->routes ? json_dumps(t->routes, JSON_COMPACT) : NULL,
	     *details = t->details ? json_dumps(t->details, JSON_COMPACT) : NULL;
	uint8_t description[OP_TEXT_MAX + 1];
	struct gn_buf text = {description, 0, sizeof description};
	gn_hex(GN_SLICE(r->key.b), key);
	gn_err err = gn_base64(GN_SLICE(r->sign.sig.b), false, sig, sizeof sig);
	gn_history_unescape(op->description, &text);
	if (!err)
		err = GN_SQL_RUN(h->sql,
				 "INSERT INTO transactions (seq, type, tx_id, tx_key, initiator, "
				 "other, eq, amount, "
				 "state, code, description, routes, details, created, decided, "
				 "profile, signed, "
				 "signature) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, "
				 "$12, $13, $14, $15, "
				 "$16, $17, $18)",
				 NULL, NULL, GN_SQL_I(r->seq), GN_SQL_T(gn_str(t->type)),
				 GN_SQL_T(t->tx_id), t->has_key ? GN_SQL_T(gn_str(key)) : GN_SQL_N,
				 GN_SQL_I(r->sign.signer), GN_SQL_I(t->other), GN_SQL_I(t->eq),
				 GN_SQL_I(t->amount), GN_SQL_T(gn_str(t->state)), GN_SQL_I(t->code),
				 op->description.p ? GN_SQL_T(gn_buf_slice(&text)) : GN_SQL_N,
				 routes ? GN_SQL_T(gn_str(routes)) : GN_SQL_N,
				 details ? GN_SQL_T(gn_str(details)) : GN_SQL_N, GN_SQL_I(r->time),
				 t->decided ? GN_SQL_I(r->time) : GN_SQL_N,
				 GN_SQL_I(r->sign.profile), GN_SQL_T(r->sign.bytes),
				 GN_SQL_T(gn_str(sig)));
	free(routes);
	free(details);
	json_decref(t->routes);
	json_decref(t->details);
	return err;
}
