/* Rows of clearings and of the debts that they changed. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

static gn_err put_edge(struct gn_history *h, uint64_t seq, uint32_t eq, struct gn_hop debt,
		       gn_amount amount)
{
	const struct equivalent_note *e = gn_history_equivalent(h, eq);
	if (!e || debt.pair >= e->pair_count)
		return GN_CORRUPT;
	uint32_t lower = e->pairs[debt.pair].lower, higher = e->pairs[debt.pair].higher;
	return GN_SQL_RUN(h->sql,
			  "INSERT INTO clearing_edges (seq, debtor, creditor, amount) VALUES ($1, "
			  "$2, $3, $4) ON "
			  "CONFLICT (seq, debtor, creditor) DO UPDATE "
			  "SET amount = clearing_edges.amount + excluded.amount",
			  NULL, NULL, GN_SQL_I(seq), GN_SQL_I(debt.dir ? higher : lower),
			  GN_SQL_I(debt.dir ? lower : higher), GN_SQL_I(amount));
}

/* What an offer brings beyond what clears without asking: as text, and in 1/10000 of that. */
struct gain {
	char without[GN_AMOUNT_TEXT_MAX], more[GN_AMOUNT_TEXT_MAX];
	int64_t myriad; /* -1: without asking nothing clears */
};

static void gain_of(const struct gn_record_view *r, unsigned precision, struct gain *g)
{
	gn_amount_sum without = r->u.clearing.without, more = r->u.clearing.total - without;
	gn_amount_text(without, precision, g->without);
	gn_amount_text(more, precision, g->more);
	g->myriad = without > 0
			    ? (int64_t)(more / without * 10000 + more % without * 10000 / without)
			    : -1;
}

gn_err gn_history_feed_clearing(struct gn_history *h, const struct gn_record_view *r)
{
	const struct equivalent_note *e = gn_history_equivalent(h, r->eq);
	char key[33], total[GN_AMOUNT_TEXT_MAX], certificate[65];
	struct gn_slice cycles = r->u.clearing.cycles, edges = r->u.clearing.edges;
	bool offer = r->type == GN_REC_PROPOSE,
	     answers_offer = !offer && !gn_is_zero(&r->key, sizeof r->key);
	bool proven = !gn_is_zero(&r->u.clearing.certificate, sizeof r->u.clearing.certificate);
	struct gain gain;
	struct gn_hops hops;
	struct gn_hop hop;
	gn_amount amount;
	if (!e)
		return GN_CORRUPT;
	gn_hex(GN_SLICE(r->key.b), key);
	gn_hex(GN_SLICE(r->u.clearing.certificate.b), certificate);
	gn_amount_text(r->u.clearing.total, e->precision, total);
	gain_of(r, e->precision, &gain);
	if (offer)
		GN_TRY(gn_history_put_asked(h, r, r->u.clearing.asked));
	if (answers_offer)
		GN_TRY(GN_SQL_RUN(
			h->sql,
			"UPDATE clearings SET state = 'COMMITTED', decided = $1 WHERE tx_key = $2 "
			"AND decided IS NULL",
			NULL, NULL, GN_SQL_I(r->time), GN_SQL_T(gn_str(key))));
	GN_TRY(GN_SQL_RUN(
		h->sql,
		"INSERT INTO clearings (seq, eq, mode, total, without_, gain, gain_myriad, cause, "
		"certificate, "
		"tx_key, state, code, created, decided) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
		"$9, $10, "
		"$11, 0, $12, $13)",
		NULL, NULL, GN_SQL_I(r->seq), GN_SQL_I(r->eq),
		GN_SQL_I(offer ? GN_CLEARING_CONSENT : r->u.clearing.mode), GN_SQL_T(gn_str(total)),
		offer ? GN_SQL_T(gn_str(gain.without)) : GN_SQL_N,
		offer ? GN_SQL_T(gn_str(gain.more)) : GN_SQL_N,
		offer && gain.myriad >= 0 ? GN_SQL_I(gain.myriad) : GN_SQL_N,
		GN_SQL_I(r->u.clearing.cause), proven ? GN_SQL_T(gn_str(certificate)) : GN_SQL_N,
		offer || answers_offer ? GN_SQL_T(gn_str(key)) : GN_SQL_N,
		GN_SQL_T(gn_str(gn_tx_state_name(offer ? GN_TX_WAITING : GN_TX_COMMITTED))),
		GN_SQL_I(r->time), offer ? GN_SQL_N : GN_SQL_I(r->time)));
	while (gn_rec_next_route(&cycles, &amount, &hops))
		while (gn_rec_next_hop(&hops, &hop))
			GN_TRY(put_edge(h, r->seq, r->eq, hop, amount));
	while (gn_rec_next_edge(&edges, &hop, &amount))
		GN_TRY(put_edge(h, r->seq, r->eq, hop, amount));
	return GN_OK;
}
