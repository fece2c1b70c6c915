/* A participant's totals: summed over all equivalents, as the reference tells them, and per
 * equivalent beside that. A sum over unlike units is a number without a unit: it tells that
 * something is there, and the lists tell what. */
#include "hub/hub_int.h"

enum { INCOMING, OUTGOING, DEBT, CREDIT, NET, TOTALS };
static const char *const names[TOTALS] = {"total_incoming_trust", "total_outgoing_trust",
					  "total_debt", "total_credit", "net_balance"};

struct sums {
	gn_amount_sum of[TOTALS]; /* in units of 10^-precision */
	unsigned precision;       /* the largest of the equivalents in which anything is there */
};

static gn_amount_sum scaled(gn_amount_sum a, unsigned from, unsigned to)
{
	for (; from < to; from++)
		a *= 10;
	return a;
}

static void add_sums(struct sums *s, const gn_amount_sum one[TOTALS], unsigned precision)
{
	unsigned p = precision > s->precision ? precision : s->precision;
	bool any = false;
	for (unsigned i = 0; i < TOTALS; i++)
		any |= one[i] != 0;
	if (!any)
		return;
	for (unsigned i = 0; i < TOTALS; i++)
		s->of[i] = scaled(s->of[i], s->precision, p) + scaled(one[i], precision, p);
	s->precision = p;
}

void gn_hub_stats_json(const struct gn_hub_view *v, uint32_t who, bool own, json_t *person)
{
	unsigned count = own ? TOTALS : INCOMING + 1;
	struct sums all = {.precision = 0};
	json_t *list = json_array(), *total = json_object();
	for (uint32_t eq = 0; eq < gn_ledger_equivalent_count(v->ledger); eq++) {
		struct gn_ledger_equivalent e;
		struct gn_ledger_balance b;
		if (gn_ledger_equivalent(v->ledger, eq, &e) ||
		    gn_ledger_balance(v->ledger, eq, who, &b))
			continue;
		gn_amount_sum one[TOTALS] = {b.trust_received, b.trust_given, b.debt, b.credit,
					     b.credit - b.debt};
		json_t *item = json_pack("{ss}", "equivalent", e.code);
		for (unsigned i = 0; i < count; i++)
			gn_history_amount_json(item, names[i], one[i], e.precision);
		json_array_append_new(list, item);
		add_sums(&all, one, e.precision);
	}
	gn_history_amount_json(json_object_get(person, "public_stats"), names[INCOMING],
			       all.of[INCOMING], all.precision);
	for (unsigned i = 0; i < count; i++)
		gn_history_amount_json(total, names[i], all.of[i], all.precision);
	json_object_set_new(person, own ? "stats_by_equivalent" : "public_stats_by_equivalent",
			    list);
	if (own)
		json_object_set(person, "stats", total);
	json_decref(total);
}
