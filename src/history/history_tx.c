/* Every transaction, of all five types, as the source names its parts: tx_id, type, initiator,
 * payload, signatures, state, created_at (HB-44). Payments and lines lie in one table, clearings
 * in another; a clearing that an offer led to is the offer's transaction. */
#include "history/history_int.h"

#include <stdio.h>
#include <stdlib.h>

struct listing {
	struct gn_history *h;
	json_t *items;
	int64_t who, total; /* -1: sees everything */
};

struct edges {
	struct gn_history *h;
	json_t *payload; /* borrowed */
};

static int64_t number_or(const char *text, int64_t other)
{
	return text ? strtoll(text, NULL, 10) : other;
}

/* What was signed: the body alone. */
static json_t *body_of(const char *text, bool v1)
{
	json_t *whole = text ? json_loads(text, 0, NULL) : NULL,
	       *body = v1 ? json_incref(json_object_get(whole, "body")) : json_incref(whole);
	json_decref(whole);
	return body ? body : json_object();
}

static json_t *signature_json(const char *signer, const char *text, const char *signature)
{
	return json_pack("{ss ss ss}", "signer", signer, "signed", text ? text : "", "signature",
			 signature ? signature : "");
}

static void row_tx(void *user, const char *const *c, int n)
{
	static const char *const modes[] = {"inline", "periodic", "exact", "consent"};
	struct listing *l = user;
	const struct equivalent_note *e =
		gn_history_equivalent(l->h, (uint32_t)number_or(c[5], UINT32_MAX));
	bool clearing = c[12] != NULL;
	char hub[GN_PID_MAX], id[32];
	(void)n;
	gn_pid(&l->h->hub, hub);
	snprintf(id, sizeof id, "clearing-%s", c[0]);
	const char *initiator =
		clearing ? hub : gn_history_pid(l->h, (uint32_t)number_or(c[4], UINT32_MAX));
	json_t *payload =
		clearing ? json_pack("{ss ss ss s[]}", "equivalent", e ? e->code : "", "mode",
				     modes[number_or(c[12], 0) & 3], "total", c[13], "edges")
			 : body_of(c[8], number_or(c[10], 1) == GN_PROFILE_V1);
	json_t *routes = c[11] ? json_loads(c[11], 0, NULL) : NULL;
	if (routes)
		json_object_set_new(payload, "routes", routes);
	json_t *signatures = json_array();
	if (!clearing)
		json_array_append_new(signatures, signature_json(initiator, c[8], c[9]));
	json_array_append_new(l->items,
			      json_pack("{ss ss ss so so ss so sI ss? sI}", "tx_id",
					!clearing ? c[2]
					: c[3]    ? c[3]
						  : id,
					"type", c[1], "initiator", initiator, "payload", payload,
					"signatures", signatures, "state", c[6], "created_at",
					gn_history_time_json(number_or(c[7], 0)), "seq",
					(json_int_t)number_or(c[0], 0), "_key", c[3], "_edges",
					clearing ? (json_int_t)number_or(c[14], 0) : 0));
}

static void row_total(void *user, const char *const *c, int n)
{
	(void)n;
	((struct listing *)user)->total = number_or(c[0], 0);
}

/* Votes and consents; to a participant his own, and to whom the payment is made or who makes it
 * all of them (HB-9). */
static void row_answer(void *user, const char *const *c, int n)
{
	json_t **one = user;
	(void)n;
	json_array_append_new(json_object_get(one[0], "signatures"),
			      signature_json(c[0], c[1], c[2]));
}

static void row_edge(void *user, const char *const *c, int n)
{
	struct edges *to = user;
	const struct equivalent_note *e =
		gn_history_equivalent(to->h, (uint32_t)number_or(c[3], UINT32_MAX));
	(void)n;
	json_t *edge =
		json_pack("{ss ss}", "debtor", gn_history_pid(to->h, (uint32_t)number_or(c[0], 0)),
			  "creditor", gn_history_pid(to->h, (uint32_t)number_or(c[1], 0)));
	gn_history_amount_json(edge, "amount", number_or(c[2], 0), e ? e->precision : 0);
	json_array_append_new(json_object_get(to->payload, "edges"), edge);
}

/* What else belongs to an item: those who answered, and a clearing's edges. */
static gn_err complete(struct listing *l, json_t *item)
{
	const char *key = json_string_value(json_object_get(item, "_key"));
	int64_t edges = json_integer_value(json_object_get(item, "_edges"));
	struct edges to = {l->h, json_object_get(item, "payload")};
	int64_t whose = edges ? l->who : -1;
	if (key)
		GN_TRY(GN_SQL_RUN(
			l->h->sql,
			"SELECT p.pid, a.signed, a.signature FROM answers a JOIN participants p ON "
			"p.number = "
			"a.participant WHERE a.tx_key = $1 AND ($2 < 0 OR a.participant = $3) "
			"ORDER BY a.seq",
			row_answer, &item, GN_SQL_T(gn_str(key)), GN_SQL_I(whose),
			GN_SQL_I(whose)));
	if (edges)
		GN_TRY(GN_SQL_RUN(
			l->h->sql,
			"SELECT e.debtor, e.creditor, e.amount, c.eq FROM clearing_edges e JOIN "
			"clearings c ON "
			"c.seq = e.seq WHERE e.seq = $1 AND ($2 < 0 OR e.debtor = $3 OR e.creditor "
			"= $4) "
			"ORDER BY e.debtor, e.creditor",
			row_edge, &to, GN_SQL_I(edges), GN_SQL_I(l->who), GN_SQL_I(l->who),
			GN_SQL_I(l->who)));
	if (edges && l->who >= 0)
		json_object_del(to.payload, "total"); /* the others' (HB-35 tells sums of offers) */
	json_object_del(item, "_edges");
	return GN_OK;
}

/* A clearing that answers an offer has the offer's key and no `without_`: it is told with the
 * offer. */
/* clang-format off */
#define TX_CLEARING_SHOWN \
	"c.seq, 'CLEARING', '', c.tx_key, -1, c.eq, c.state, c.created, NULL, NULL, 1, NULL, " \
	"c.mode, COALESCE(k.total, c.total), COALESCE(k.seq, c.seq)"
#define TX_CLEARINGS(shown, whose) \
	"SELECT " shown " FROM clearings c " \
	"LEFT JOIN clearings k ON k.tx_key = c.tx_key AND k.without_ IS NULL " \
	"WHERE " whose " AND (c.tx_key IS NULL OR c.without_ IS NOT NULL) " \
	"AND ($2 < 0 OR c.eq = $3) AND ($4 = '' OR c.state = $5) " \
	"AND ($6 = '' OR $7 = 'CLEARING') AND ($8 = '' OR $9 = '' OR c.tx_key = $10) " \
	"AND ($11 < 0 OR $12 < 0) AND c.created >= $13 AND c.created < $14"
#define TX_OTHER_SHOWN \
	"t.seq, t.type, t.tx_id, t.tx_key, t.initiator, t.eq, t.state, t.created, t.signed, " \
	"t.signature, t.profile, t.routes, NULL, NULL, 0"
#define TX_OTHERS(shown, whose) \
	" UNION ALL SELECT " shown " FROM transactions t WHERE " whose \
	" AND ($2 < 0 OR t.eq = $3) AND ($4 = '' OR t.state = $5) " \
	"AND ($6 = '' OR t.type = $7) AND ($8 = '' OR t.tx_id = $9 OR t.tx_key = $10) " \
	"AND ($11 < 0 OR t.initiator = $12) AND t.created >= $13 AND t.created < $14"
/* Clearings with an edge of one's own, found by the edges; those of an offer lie with what
 * answered it, if that is there. */
#define TX_OWN_EDGES \
	"c.seq IN (SELECT COALESCE(o.seq, y.seq) FROM clearing_edges x " \
	"JOIN clearings y ON y.seq = x.seq " \
	"LEFT JOIN clearings o ON o.tx_key = y.tx_key AND o.without_ IS NOT NULL " \
	"WHERE x.debtor = $1 OR x.creditor = $1) " \
	"AND EXISTS (SELECT 1 FROM clearing_edges x WHERE x.seq = COALESCE(k.seq, c.seq) " \
	"AND (x.debtor = $1 OR x.creditor = $1))"
/* Each part by its own index, the newest first: what others did costs nothing (HB-58). */
#define TX_OWN(clearing, other) \
	TX_CLEARINGS(clearing, TX_OWN_EDGES) \
	TX_OTHERS(other, "t.initiator = $1") \
	TX_OTHERS(other, "t.other = $1 AND COALESCE(t.initiator, -1) <> $1")
#define TX_ALL(clearing, other) TX_CLEARINGS(clearing, "$1 < 0") TX_OTHERS(other, "$1 < 0")
#define TX_PAGE(rows) \
	rows(TX_CLEARING_SHOWN, TX_OTHER_SHOWN) " ORDER BY 1 DESC LIMIT $15 OFFSET $16"
#define TX_COUNT(rows) "SELECT COUNT(*) FROM (" rows("c.seq", "t.seq") " LIMIT $15) u"
#define TX_ARGS \
	GN_SQL_I(q->who), GN_SQL_I(q->eq), GN_SQL_I(q->eq), GN_SQL_T(gn_str(q->status)), \
	GN_SQL_T(gn_str(q->status)), GN_SQL_T(gn_str(q->type)), GN_SQL_T(gn_str(q->type)), \
	GN_SQL_T(gn_str(q->text)), GN_SQL_T(gn_str(q->text)), GN_SQL_T(gn_str(q->text)), \
	GN_SQL_I(q->initiator), GN_SQL_I(q->initiator), GN_SQL_I(q->from * GN_SEC), \
	GN_SQL_I(q->to ? q->to * GN_SEC : INT64_MAX)
/* clang-format on */

gn_err gn_history_transactions(struct gn_history *h, const struct gn_history_query *q, json_t **out)
{
	struct listing l = {.h = h, .items = json_array(), .who = q->who};
	bool all = q->who < 0;
	json_t *item;
	size_t i;
	gn_err err = GN_SQL_RUN(h->sql, all ? TX_PAGE(TX_ALL) : TX_PAGE(TX_OWN), row_tx, &l,
				TX_ARGS, GN_SQL_I(q->limit), GN_SQL_I(q->offset));
	if (!err)
		err = GN_SQL_RUN(h->sql, all ? TX_COUNT(TX_ALL) : TX_COUNT(TX_OWN), row_total, &l,
				 TX_ARGS, GN_SQL_I(HISTORY_COUNT_MAX + 1));
	json_array_foreach(l.items, i, item) if (!err) err = complete(&l, item);
	*out = json_pack("{so sI}", "items", l.items, "total", (json_int_t)l.total);
	return err;
}
