/* What could be paid and why not more (LG-36), as numbers and as words. */
#include "ledger/engine_int.h"
#include <stdio.h>

static gn_err nodes_of(const struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
		       struct lg_request *want)
{
	if (eq >= l->book.eq_count || payer >= l->book.participant_count ||
	    payee >= l->book.participant_count)
		return GN_NOT_FOUND;
	if (payer == payee)
		return GN_USAGE;
	const struct gn_ledger_settings *s = &l->book.settings;
	*want = (struct lg_request){.max_hops = s->max_hops,
				    .max_paths = s->max_paths,
				    .now = l->clock > l->book.time ? l->clock : l->book.time};
	if (lg_find_node(l->book.eqs[eq], payer, &want->payer) ||
	    lg_find_node(l->book.eqs[eq], payee, &want->payee))
		return GN_NO_ROUTE;
	return GN_OK;
}

gn_err gn_ledger_can_pay(struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
			 gn_amount amount, uint32_t *paths, uint32_t *hops)
{
	struct lg_request want;
	struct lg_routes routes;
	if (amount <= 0 || amount > GN_AMOUNT_MAX)
		return GN_RANGE;
	GN_TRY(nodes_of(l, eq, payer, payee, &want));
	want.amount = amount;
	bool second;
	GN_TRY(lg_find_routes_again(&l->router, &l->book, l->book.eqs[eq], &want,
				    l->book.settings.second_search, &routes, &second));
	if (paths)
		*paths = routes.count;
	for (uint32_t i = 0; hops && i < routes.count; i++)
		*hops = i == 0 || routes.route[i].path.count > *hops ? routes.route[i].path.count
								     : *hops;
	return GN_OK;
}

static gn_err flow_part(struct gn_ledger *l, const struct lg_eq *q, const struct lg_request *want,
			gn_amount amount, struct gn_ledger_why *out)
{
	GN_ASSERT(want->payer != want->payee);
	struct lg_flow_net f;
	GN_TRY(lg_flow_open(&f, l->env.alloc, &l->book, q, want, true));
	lg_flow_run(&f, GN_AMOUNT_MAX);
	out->max_flow = f.flow;
	lg_flow_cut(&f, out);
	out->raises_suffice = amount <= f.flow;
	gn_err err = amount > f.flow ? lg_flow_raises(&f, amount - f.flow, out) : GN_OK;
	lg_flow_close(&f);
	return err;
}

gn_err gn_ledger_why(struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
		     gn_amount amount, struct gn_ledger_why *out)
{
	struct lg_request want;
	struct lg_routes routes;
	struct gn_ledger_why why = {0};
	if (amount < 0 || amount > GN_AMOUNT_MAX)
		return GN_RANGE;
	gn_err err = nodes_of(l, eq, payer, payee, &want);
	if (err == GN_NO_ROUTE) {
		*out = why;
		return GN_OK;
	}
	GN_TRY(err);
	struct lg_eq *q = l->book.eqs[eq];
	want.amount = amount ? amount : GN_AMOUNT_MAX;
	GN_TRY(lg_connected(&l->router, &l->book, q, want.payer, want.payee, &why.connected));
	if (!why.connected)
		GN_TRY(lg_connected(&l->router, &l->book, q, want.payee, want.payer,
				    &why.reversed));
	GN_TRY(flow_part(l, q, &want, amount, &why));
	bool again = l->book.settings.second_search, second = false;
	if (amount)
		err = lg_find_routes_again(&l->router, &l->book, q, &want, again, &routes, &second);
	else
		err = GN_NO_CAPACITY;
	why.search = second ? GN_ROUTED_SECOND : GN_ROUTED_PATHS;
	if (err == GN_NO_CAPACITY)
		err = lg_most(&l->router, &l->book, q, &want, &routes);
	GN_TRY(err);
	why.can_pay = routes.total;
	why.routes = routes.count;
	for (uint32_t i = 0; i < routes.count; i++)
		why.hops = routes.route[i].path.count > why.hops ? routes.route[i].path.count
								 : why.hops;
	if (l->book.settings.maxflow && why.can_pay < amount) {
		why.search = GN_ROUTED_FLOW;
		why.can_pay = gn_amount_min(amount, why.max_flow);
	}
	*out = why;
	return GN_OK;
}

static bool has_end(uint32_t owner, uint32_t debtor, uint32_t who)
{
	return owner == who || debtor == who;
}

void gn_ledger_why_for(struct gn_ledger_why *why, uint32_t who)
{
	GN_ASSERT(why->cut_count <= GN_COUNT(why->cut));
	uint32_t cuts = 0, raises = 0;
	for (uint32_t i = 0; i < why->cut_count; i++) {
		struct gn_ledger_cut c = why->cut[i];
		if (has_end(c.owner, c.debtor, who))
			why->cut[cuts++] = c;
		else
			why->elsewhere[c.cause]++;
	}
	for (uint32_t i = 0; i < why->raise_count; i++) {
		struct gn_ledger_raise r = why->raises[i];
		if (has_end(r.owner, r.debtor, who))
			why->raises[raises++] = r;
		else
			why->raises_elsewhere++;
	}
	why->cut_count = cuts;
	why->raise_count = raises;
}

/* ---- words ---- */

struct text {
	struct gn_buf *out;
	bool full;
};

static void say_text(struct text *t, const char *s)
{
	if (gn_buf_put(t->out, gn_str(s)))
		t->full = true;
}

static void say_amount(struct text *t, const struct lg_eq *q, gn_amount a)
{
	char number[GN_AMOUNT_TEXT_MAX];
	gn_amount_text(a, q->precision, number);
	say_text(t, number);
	say_text(t, " ");
	say_text(t, q->code);
}

static void say_number(struct text *t, uint32_t n)
{
	char number[16];
	snprintf(number, sizeof number, "%u", n);
	say_text(t, number);
}

static void say_raises(struct text *t, const struct lg_eq *q, const struct gn_ledger_why *why,
		       const char *(*name)(void *, uint32_t), void *user)
{
	say_text(t, why->raises_suffice ? " It would go through if "
					: " It would take more than this: ");
	for (uint32_t i = 0; i < why->raise_count; i++) {
		const struct gn_ledger_raise *r = &why->raises[i];
		say_text(t, i == 0                                                ? ""
			    : i + 1 == why->raise_count && !why->raises_elsewhere ? " and "
										  : ", ");
		say_text(t, name(user, r->owner));
		say_text(t, " let ");
		say_text(t, name(user, r->debtor));
		say_text(t, " owe ");
		say_amount(t, q, r->raise);
		say_text(t, " more (now up to ");
		say_amount(t, q, r->limit);
		say_text(t, ")");
	}
	if (why->raises_elsewhere) {
		say_text(t, why->raise_count ? " and if " : "");
		say_number(t, why->raises_elsewhere);
		say_text(t, why->raises_elsewhere == 1 ? " line between others were raised"
						       : " lines between others were raised");
	}
	say_text(t, ".");
}

/* Between others: what is in the way there, each class once. */
static void say_elsewhere(struct text *t, const struct gn_ledger_why *why)
{
	const char *between = " Between others: ";
	for (unsigned k = 0; k < GN_CAUSES; k++) {
		if (!why->elsewhere[k])
			continue;
		say_text(t, between);
		say_text(t, gn_ledger_cause_words((enum gn_ledger_cause)k));
		between = ", ";
	}
	say_text(t, *between == ',' ? "." : "");
}

const char *gn_ledger_routed_name(unsigned mode)
{
	static const char *const names[] = {[GN_ROUTED_PATHS] = "paths",
					    [GN_ROUTED_FLOW] = "maxflow",
					    [GN_ROUTED_SECOND] = "second_search"};
	return mode < GN_COUNT(names) ? names[mode] : "paths";
}

const char *gn_ledger_cause_words(enum gn_ledger_cause cause)
{
	static const char *const words[GN_CAUSES] = {
		[GN_CAUSE_FULL] = "a trust line has too little left",
		[GN_CAUSE_FROZEN] = "a trust line is frozen by its owner",
		[GN_CAUSE_DISPUTE] = "a trust line is in dispute",
		[GN_CAUSE_SUSPENDED] = "a participant on the way is suspended",
		[GN_CAUSE_INACTIVE] = "the equivalent takes no new debt",
		[GN_CAUSE_NO_MIDDLE] =
			"a participant on the way does not pass on payments of others",
		[GN_CAUSE_DAILY] = "a trust line moves no more than its limit of the day",
		[GN_CAUSE_HOP] = "a trust line limits what one payment may move",
		[GN_CAUSE_CLOSING] = "a trust line is closing and takes no new debt"};
	return words[cause];
}

const char *gn_ledger_cause_name(enum gn_ledger_cause cause)
{
	static const char *const names[GN_CAUSES] = {"full",      "frozen",   "dispute",
						     "suspended", "inactive", "no_middle",
						     "daily",     "hop",      "closing"};
	return names[cause];
}

static void say_one_cut(struct text *t, const struct lg_eq *q, const struct gn_ledger_cut *c,
			const char *(*name)(void *, uint32_t), void *user)
{
	static const char *const of_line[GN_CAUSES] = {
		[GN_CAUSE_FROZEN] = " is frozen",
		[GN_CAUSE_DISPUTE] = " is in dispute",
		[GN_CAUSE_CLOSING] = " is closing and takes no new debt",
		[GN_CAUSE_DAILY] = " moves no more than its limit of the day",
		[GN_CAUSE_HOP] = " limits what one payment may move",
	};
	switch (c->cause) {
	case GN_CAUSE_SUSPENDED:
	case GN_CAUSE_NO_MIDDLE:
		say_text(t, name(user, c->by));
		say_text(t, c->cause == GN_CAUSE_SUSPENDED ? " is suspended"
							   : " does not pass on "
							     "payments of others");
		break;
	case GN_CAUSE_INACTIVE:
		say_text(t, q->code);
		say_text(t, " takes no new debt");
		break;
	case GN_CAUSE_FROZEN:
	case GN_CAUSE_DISPUTE:
	case GN_CAUSE_DAILY:
	case GN_CAUSE_HOP:
	case GN_CAUSE_CLOSING:
		say_text(t, "the line from ");
		say_text(t, name(user, c->owner));
		say_text(t, " to ");
		say_text(t, name(user, c->debtor));
		say_text(t, of_line[c->cause]);
		break;
	case GN_CAUSE_FULL:
	case GN_CAUSES:
	default:
		say_text(t, name(user, c->debtor));
		say_text(t, " owes ");
		say_text(t, name(user, c->owner));
		say_text(t, " ");
		say_amount(t, q, c->used);
		say_text(t, " of at most ");
		say_amount(t, q, c->limit);
	}
}

static void say_cut(struct text *t, const struct lg_eq *q, const struct gn_ledger_why *why,
		    const char *(*name)(void *, uint32_t), void *user)
{
	uint32_t rest = why->cut_total; /* neither named here nor told by class */
	if (why->cut_count > 0)
		say_text(t, " The way is closed where ");
	for (uint32_t i = 0; i < why->cut_count && i < 3; i++) {
		say_text(t, i == 0 ? "" : ", ");
		say_one_cut(t, q, &why->cut[i], name, user);
		rest--;
	}
	for (unsigned k = 0; k < GN_CAUSES; k++)
		rest -= why->elsewhere[k];
	if (why->cut_count > 0 && rest > 0) {
		say_text(t, ", and at ");
		say_number(t, rest);
		say_text(t, " more lines");
	}
	say_text(t, why->cut_count > 0 ? "." : "");
	say_elsewhere(t, why);
}

static void say_reversed(struct text *t, uint32_t payer, uint32_t payee,
			 const char *(*name)(void *, uint32_t), void *user)
{
	say_text(t, " The lines run the other way, so that ");
	say_text(t, name(user, payee));
	say_text(t, " can pay ");
	say_text(t, name(user, payer));
	say_text(t, ": ");
	say_text(t, name(user, payee));
	say_text(t, " must let ");
	say_text(t, name(user, payer));
	say_text(t, " owe, directly or over others.");
}

gn_err gn_ledger_why_text(const struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
			  gn_amount amount, const struct gn_ledger_why *why,
			  const char *(*name)(void *user, uint32_t participant), void *user,
			  struct gn_buf *out)
{
	struct text t = {out, false};
	size_t start = out->len;
	if (eq >= l->book.eq_count)
		return GN_NOT_FOUND;
	const struct lg_eq *q = l->book.eqs[eq];
	say_text(&t, name(user, payer));
	if (!why->connected && why->max_flow == 0) {
		say_text(&t, " cannot pay ");
		say_text(&t, name(user, payee));
		say_text(&t, " in ");
		say_text(&t, q->code);
		say_text(&t, ": no chain of trust lines leads there.");
		if (why->reversed)
			say_reversed(&t, payer, payee, name, user);
		goto end;
	}
	say_text(&t, " can pay ");
	say_text(&t, name(user, payee));
	say_text(&t, why->can_pay < amount || amount == 0 ? " at most " : " ");
	say_amount(&t, q, why->can_pay);
	if (amount > why->can_pay) {
		say_text(&t, " of the ");
		say_amount(&t, q, amount);
		say_text(&t, " asked for");
	}
	say_text(&t, ".");
	if (why->max_flow > why->can_pay && amount > why->can_pay) {
		say_text(&t, " Over any number of paths it would be ");
		say_amount(&t, q, why->max_flow);
		say_text(&t, ".");
	}
	if (amount > why->max_flow && why->cut_total > 0)
		say_cut(&t, q, why, name, user);
	if (amount > why->max_flow && why->raise_count + why->raises_elsewhere > 0)
		say_raises(&t, q, why, name, user);
end:
	if (t.full)
		out->len = start;
	return t.full ? GN_TOO_LARGE : GN_OK;
}

/* ---- max-flow as paths ---- */

struct path_teller {
	const struct gn_ledger *l;
	const struct lg_eq *q;
	uint32_t *participants;
	void (*path)(void *user, gn_amount amount, const uint32_t *participants, uint32_t count);
	void *user;
};

static bool tell_path(void *user, gn_amount amount, const uint32_t *hops, uint32_t count)
{
	struct path_teller *t = user;
	for (uint32_t i = 0; i < count; i++) {
		const struct lg_pair *p = &t->q->pairs[hop_pair(hops[i])];
		t->participants[i] = t->q->nodes[p->node[hop_dir(hops[i])]].participant;
		t->participants[i + 1] = t->q->nodes[p->node[1 - hop_dir(hops[i])]].participant;
	}
	t->path(t->user, amount, t->participants, count + 1);
	return true;
}

gn_err gn_ledger_max_flow(struct gn_ledger *l, uint32_t eq, uint32_t payer, uint32_t payee,
			  gn_amount *out,
			  void (*path)(void *user, gn_amount amount, const uint32_t *participants,
				       uint32_t count),
			  void *user)
{
	struct lg_request want;
	struct lg_flow_net f;
	gn_err err = nodes_of(l, eq, payer, payee, &want);
	if (err == GN_NO_ROUTE) {
		*out = 0;
		return GN_OK;
	}
	GN_TRY(err);
	struct path_teller t = {.l = l, .q = l->book.eqs[eq], .path = path, .user = user};
	t.participants = GN_NEW_ARRAY(l->env.alloc, uint32_t, (size_t)t.q->node_count + 1);
	if (!t.participants)
		return GN_NOMEM;
	err = lg_flow_open(&f, l->env.alloc, &l->book, t.q, &want, true);
	if (!err) {
		lg_flow_run(&f, GN_AMOUNT_MAX);
		gn_amount flow = f.flow;
		err = path ? lg_flow_paths(&f, tell_path, &t) : GN_OK;
		lg_flow_close(&f);
		if (!err)
			*out = flow;
	}
	gn_mem_free(l->env.alloc, t.participants);
	return err;
}
