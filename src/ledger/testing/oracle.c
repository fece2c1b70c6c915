/* The rules read literally, for twelve people. */
#include "ledger/testing/oracle.h"

/* ---- the rules ---- */

static gn_amount or_cap(const struct oracle *o, unsigned p, unsigned q)
{
	const struct or_line *l = &o->line[q][p];
	gn_amount limit = l->open && !l->frozen && !l->dispute && o->active ? l->limit : 0;
	gn_amount cap = limit - o->debt[p][q] + o->debt[q][p] - o->reserved[p][q];
	return cap > 0 && o->standing[p] && o->standing[q] ? cap : 0;
}

static void or_hop(struct oracle *o, unsigned p, unsigned q, gn_amount a)
{
	gn_amount net = a < o->debt[q][p] ? a : o->debt[q][p];
	o->debt[q][p] -= net;
	o->debt[p][q] += a - net;
}

static void or_closing(struct oracle *o)
{
	for (unsigned p = 0; p < o->people; p++)
		for (unsigned q = 0; q < o->people; q++) {
			struct or_line *l = &o->line[p][q];
			gn_amount left = o->debt[q][p] + o->reserved[q][p];
			if (!l->closing)
				continue;
			if (l->limit > left)
				l->limit = left;
			if (left == 0)
				*l = (struct or_line){.daily = -1,
						      .usage = -1,
						      .used = l->used,
						      .day = l->day,
						      .version = l->version,
						      .born = l->born};
		}
}

static gn_amount or_used(const struct oracle *o, const struct or_line *l, gn_time t)
{
	(void)o;
	return l->day == t / (86400 * GN_SEC) ? l->used : 0;
}

/* Most that one payment may move over a hop by its line's policy. */
static gn_amount or_policy(const struct oracle *o, unsigned p, unsigned q, unsigned payee,
			   gn_time t)
{
	const struct or_line *l = &o->line[q][p];
	gn_amount most = INT64_MAX;
	if (l->usage >= 0 && q != payee)
		most = l->usage;
	if (l->daily >= 0 && l->daily - or_used(o, l, t) < most)
		most = l->daily - or_used(o, l, t);
	return most < 0 ? 0 : most;
}

static bool or_middle(const struct oracle *o, unsigned p, unsigned q, unsigned payer,
		      unsigned payee)
{
	return (p == payer || !o->line[p][q].no_middle) && (q == payee || !o->line[q][p].no_middle);
}

/* ---- reading records ---- */

static void or_ends(const struct oracle *o, struct gn_hop hop, unsigned *p, unsigned *q)
{
	uint32_t lower, higher;
	gn_amount x;
	assert_int_equal(gn_ledger_pair(o->h->l, 0, hop.pair, &lower, &higher, &x), GN_OK);
	*p = hop.dir ? higher : lower;
	*q = hop.dir ? lower : higher;
}

/* Net hops of all routes; each route runs from payer to payee, within bounds and policies. */
static unsigned or_routes(const struct oracle *o, const struct gn_record_view *r,
			  struct or_hop *net)
{
	gn_amount flow[OR_PEOPLE][OR_PEOPLE] = {{0}}, amount, total = 0;
	struct gn_slice routes = r->u.payment.routes;
	struct gn_ledger_settings s;
	struct gn_hops hops;
	struct gn_hop hop;
	unsigned n = 0, count = 0;
	gn_ledger_settings(o->h->l, &s);
	for (; gn_rec_next_route(&routes, &amount, &hops); count++) {
		unsigned at = r->u.payment.payer, p, q, middle = 0, blocked = 0;
		assert_true(r->u.payment.mode == GN_ROUTED_FLOW ||
			    hops.count <= (r->u.payment.mode ? ROUTE_HOPS_MAX : s.max_hops));
		while (gn_rec_next_hop(&hops, &hop)) {
			or_ends(o, hop, &p, &q);
			assert_int_equal(p, at);
			assert_true(or_middle(o, p, q, r->u.payment.payer, r->u.payment.payee));
			blocked |= o->line[q][p].blocked;
			at = q;
			if (q != r->u.payment.payee) {
				assert_false(middle >> q & 1);
				middle |= 1u << q;
			}
			flow[p][q] += amount;
		}
		assert_int_equal(at, r->u.payment.payee);
		assert_false(middle & blocked);
		total += amount;
	}
	assert_int_equal(total, r->u.payment.amount);
	assert_true(r->u.payment.mode == GN_ROUTED_FLOW ||
		    count <= (r->u.payment.mode ? ROUTE_PATHS_MAX : s.max_paths));
	for (unsigned p = 0; p < o->people; p++)
		for (unsigned q = 0; q < o->people; q++)
			if (flow[p][q] > flow[q][p])
				net[n++] = (struct or_hop){p, q, flow[p][q] - flow[q][p]};
	return n;
}

static void or_pay(struct oracle *o, const struct gn_record_view *r)
{
	struct or_hop net[OR_HOPS];
	unsigned n = or_routes(o, r, net), asked = 0;
	uint32_t who;
	for (unsigned i = 0; i < n; i++) {
		struct or_line *l = &o->line[net[i].q][net[i].p];
		assert_true(net[i].a <= or_cap(o, net[i].p, net[i].q));
		assert_true(net[i].a <=
			    or_policy(o, net[i].p, net[i].q, r->u.payment.payee, r->time));
		asked |= l->ask ? 1u << net[i].q : 0;
		if (l->day != r->time / (86400 * GN_SEC))
			l->used = 0;
		l->day = r->time / (86400 * GN_SEC);
		l->used += l->daily >= 0 || l->usage >= 0 || l->blocked ? net[i].a : 0;
	}
	for (struct gn_hops h = r->u.payment.asked; gn_rec_next_number(&h, &who);
	     asked &= ~(1u << who))
		assert_true(asked >> who & 1);
	assert_int_equal(asked, 0);
	if (r->type == GN_REC_PAYMENT) {
		for (unsigned i = 0; i < n; i++)
			or_hop(o, net[i].p, net[i].q, net[i].a);
		return;
	}
	struct or_open *t = &o->open[o->opens++];
	*t = (struct or_open){
		.key = r->key, .hops = n, .payer = r->u.payment.payer, .made = r->time};
	for (struct gn_hops h = r->u.payment.asked; gn_rec_next_number(&h, &who);)
		t->asked |= 1u << who;
	for (unsigned i = 0; i < n; i++) {
		t->hop[i] = net[i];
		o->reserved[net[i].p][net[i].q] += net[i].a;
	}
}

static struct or_open *or_find(struct oracle *o, const struct gn_tx_key *key)
{
	for (unsigned i = 0; i < o->opens; i++)
		if (memcmp(o->open[i].key.b, key->b, sizeof key->b) == 0)
			return &o->open[i];
	return NULL;
}

static void or_end(struct oracle *o, const struct gn_record_view *r)
{
	struct or_open *t = or_find(o, &r->key);
	bool commit = r->type == GN_REC_COMMIT;
	assert_non_null(t);
	assert_true(!commit || (t->yes == t->asked && !t->no));
	for (unsigned i = 0; i < t->hops && !t->offer; i++) {
		struct or_line *l = &o->line[t->hop[i].q][t->hop[i].p];
		o->reserved[t->hop[i].p][t->hop[i].q] -= t->hop[i].a;
		if (commit)
			or_hop(o, t->hop[i].p, t->hop[i].q, t->hop[i].a);
		else if (l->day == t->made / (86400 * GN_SEC) &&
			 (l->daily >= 0 || l->usage >= 0 || l->blocked))
			l->used = l->used > t->hop[i].a ? l->used - t->hop[i].a : 0;
	}
	*t = o->open[--o->opens];
}

static void or_clear(struct oracle *o, const struct gn_record_view *r)
{
	struct gn_slice cycles = r->u.clearing.cycles, edges = r->u.clearing.edges;
	gn_amount a, net[OR_PEOPLE] = {0}, falls[OR_PEOPLE][OR_PEOPLE] = {{0}};
	gn_amount_sum total = 0;
	struct gn_hops hops;
	struct gn_hop hop;
	unsigned u, v;
	bool consent = r->u.clearing.mode == GN_CLEARING_CONSENT;
	while (gn_rec_next_route(&cycles, &a, &hops))
		while (gn_rec_next_hop(&hops, &hop)) {
			or_ends(o, hop, &u, &v);
			falls[u][v] += a;
		}
	while (gn_rec_next_edge(&edges, &hop, &a)) {
		or_ends(o, hop, &u, &v);
		falls[u][v] += a;
	}
	for (u = 0; u < o->people; u++)
		for (v = 0; v < o->people; v++) {
			const struct or_line *l = &o->line[v][u];
			if (!falls[u][v])
				continue;
			assert_true(falls[u][v] <= o->debt[u][v] && falls[u][v] <= or_cap(o, v, u));
			assert_true(!l->dispute && (consent || !l->no_auto));
			net[u] -= falls[u][v];
			net[v] += falls[u][v];
			total += falls[u][v];
			if (r->type == GN_REC_CLEARING)
				o->debt[u][v] -= falls[u][v];
		}
	for (u = 0; u < o->people; u++)
		assert_int_equal(net[u], 0);
	assert_true(total == r->u.clearing.total && total > 0);
	if (r->type == GN_REC_PROPOSE) {
		struct or_open *t = &o->open[o->opens++];
		uint32_t who;
		*t = (struct or_open){.key = r->key, .offer = true};
		for (struct gn_hops h = r->u.clearing.asked; gn_rec_next_number(&h, &who);)
			t->asked |= 1u << who;
		return;
	}
	o->cleared += total;
	if (consent) {
		struct or_open *t = or_find(o, &r->key);
		assert_true(t && t->offer && t->yes == t->asked && !t->no);
		*t = o->open[--o->opens];
	}
}

static void or_set_line(struct oracle *o, const struct gn_record_view *r)
{
	struct or_line *l = &o->line[r->u.line.from][r->u.line.to];
	const struct gn_rec_policy *p = &r->u.line.policy;
	gn_amount load =
		o->debt[r->u.line.to][r->u.line.from] + o->reserved[r->u.line.to][r->u.line.from];
	assert_int_equal(r->u.line.version, l->version + 1);
	assert_int_equal(r->u.line.from, r->sign.signer);
	l->version++;
	if (r->u.line.action >= GN_LINE_DO_CLOSE) {
		assert_true(l->open && (r->u.line.action == GN_LINE_DO_CLOSING || load == 0));
		l->open = false;
		l->closing = true;
		return;
	}
	assert_true(r->u.line.action == GN_LINE_DO_CREATE ? !l->open && !l->closing : l->open);
	assert_true(r->u.line.limit >= load - o->debt[r->u.line.from][r->u.line.to]);
	bool dispute = l->dispute && r->u.line.action == GN_LINE_DO_UPDATE;
	uint32_t born = r->u.line.action == GN_LINE_DO_CREATE ? l->version : l->born;
	gn_amount used = l->used;
	int64_t day = l->day;
	*l = (struct or_line){.open = true,
			      .frozen = r->u.line.status == GN_LINE_FROZEN,
			      .dispute = dispute,
			      .no_auto = !p->auto_clearing,
			      .no_middle = !p->can_be_intermediate,
			      .ask = p->ask,
			      .limit = r->u.line.limit,
			      .daily = p->daily_limit,
			      .usage = p->max_hop_usage,
			      .used = used,
			      .day = day,
			      .version = l->version,
			      .born = born};
	for (uint32_t i = 0; i < p->blocked_count; i++) {
		struct gn_ledger_participant m;
		struct gn_hash pid;
		memcpy(pid.b, p->blocked.p + 32 * i, 32);
		if (gn_ledger_find_participant(o->h->l, &pid, &m) == GN_OK)
			l->blocked |= 1u << m.number;
	}
}

static void or_answer(struct oracle *o, const struct gn_record_view *r)
{
	struct or_open *t = or_find(o, &r->key);
	unsigned bit = 1u << r->sign.signer;
	assert_true(t && (t->asked & bit) && !((t->yes | t->no) & bit));
	*(r->u.answer.yes ? &t->yes : &t->no) |= bit;
}

bool or_free(const struct oracle *o, unsigned who)
{
	for (unsigned q = 0; q < o->people; q++)
		if (o->debt[who][q] || o->debt[q][who] || o->reserved[who][q] ||
		    o->reserved[q][who] || o->line[who][q].open || o->line[who][q].closing)
			return false;
	return true;
}

void or_record(void *user, const struct gn_record_view *r)
{
	struct oracle *o = user;
	unsigned p, q;
	assert_true(r->time >= o->time);
	o->time = r->time;
	o->records++;
	switch (r->type) {
	case GN_REC_GENESIS:
		for (p = 0; p < OR_PEOPLE; p++)
			for (q = 0; q < OR_PEOPLE; q++)
				o->line[p][q] = (struct or_line){.daily = -1, .usage = -1};
		break;
	case GN_REC_EQUIVALENT: o->active = r->u.equivalent.active; break;
	case GN_REC_PARTICIPANT: o->standing[o->people++] = true; break;
	case GN_REC_STATUS:
		assert_false(o->deleted[r->u.status.participant]);
		assert_true(r->u.status.status < GN_PARTICIPANT_LEFT ||
			    or_free(o, r->u.status.participant));
		o->standing[r->u.status.participant] = r->u.status.status == GN_PARTICIPANT_ACTIVE;
		o->deleted[r->u.status.participant] = r->u.status.status == GN_PARTICIPANT_DELETED;
		break;
	case GN_REC_LEAVE:
		assert_true(o->standing[r->sign.signer] && or_free(o, r->sign.signer));
		o->standing[r->sign.signer] = false;
		break;
	case GN_REC_LINE: or_set_line(o, r); break;
	case GN_REC_DISPUTE:
		or_ends(o, (struct gn_hop){r->u.dispute.pair, r->u.dispute.side}, &p, &q);
		o->line[p][q].dispute = r->u.dispute.on;
		break;
	case GN_REC_PAYMENT:
	case GN_REC_PREPARE: or_pay(o, r); break;
	case GN_REC_VOTE:
	case GN_REC_ANSWER: or_answer(o, r); break;
	case GN_REC_COMMIT:
	case GN_REC_ABORT:
	case GN_REC_REJECT: or_end(o, r); break;
	case GN_REC_CLEARING:
	case GN_REC_PROPOSE: or_clear(o, r); break;
	default: break;
	}
	or_closing(o);
}

/* ---- the engine says the same ---- */

static void or_compare_waits(const struct oracle *o, unsigned who)
{
	unsigned paying = 0, asked = 0;
	uint32_t p, a;
	for (unsigned i = 0; i < o->opens; i++) {
		paying += !o->open[i].offer && o->open[i].payer == who;
		asked += o->open[i].asked >> who & 1;
	}
	gn_ledger_waits(o->h->l, who, &p, &a);
	assert_int_equal(p, paying);
	assert_int_equal(a, asked);
	assert_true(paying <= BOOK_OPEN_PAYER_MAX && asked <= BOOK_OPEN_ASKED_MAX);
}

void or_compare(const struct oracle *o)
{
	for (unsigned p = 0; p < o->people; p++)
		or_compare_waits(o, p);
	for (unsigned p = 0; p < o->people; p++)
		for (unsigned q = 0; q < o->people; q++) {
			struct gn_ledger_line l;
			const struct or_line *m = &o->line[p][q];
			if (p == q)
				continue;
			if (gn_ledger_line(o->h->l, 0, p, q, &l)) {
				assert_true(!m->open && !o->debt[q][p]);
				continue;
			}
			assert_false(o->debt[p][q] && o->debt[q][p]);
			assert_int_equal(l.used, o->debt[q][p]);
			assert_int_equal(l.reserved, o->reserved[q][p]);
			assert_int_equal(l.pay_capacity, or_cap(o, q, p));
			assert_int_equal(l.limit, m->open || m->closing ? m->limit : 0);
			assert_int_equal(l.version, m->version);
			assert_int_equal(l.id.version, m->born);
			assert_int_equal(l.disputed, m->dispute);
			assert_int_equal(l.status,
					 m->closing   ? GN_LINE_CLOSING
					 : m->open    ? (m->frozen || m->dispute ? GN_LINE_FROZEN
										 : GN_LINE_ACTIVE)
					 : m->version ? GN_LINE_CLOSED
						      : GN_LINE_NONE);
		}
}

gn_amount or_max_flow(const struct oracle *o, unsigned s, unsigned t, bool policies, gn_time now,
		      gn_amount enough)
{
	gn_amount c[OR_PEOPLE][OR_PEOPLE], flow = 0;
	for (unsigned p = 0; p < o->people; p++)
		for (unsigned q = 0; q < o->people; q++) {
			c[p][q] = or_cap(o, p, q);
			if (policies && c[p][q] > or_policy(o, p, q, t, now))
				c[p][q] = or_policy(o, p, q, t, now);
			if (policies && !or_middle(o, p, q, s, t))
				c[p][q] = 0;
		}
	while (flow < enough) {
		unsigned from[OR_PEOPLE] = {0}, queue[OR_PEOPLE], head = 0, tail = 0,
			 seen = 1u << s;
		queue[tail++] = s;
		while (head < tail && !(seen >> t & 1)) {
			unsigned p = queue[head++];
			for (unsigned q = 0; q < o->people; q++)
				if (c[p][q] > 0 && !(seen >> q & 1)) {
					seen |= 1u << q;
					from[q] = p;
					queue[tail++] = q;
				}
		}
		if (!(seen >> t & 1))
			break;
		gn_amount push = enough - flow;
		for (unsigned q = t; q != s; q = from[q])
			push = c[from[q]][q] < push ? c[from[q]][q] : push;
		for (unsigned q = t; q != s; q = from[q]) {
			c[from[q]][q] -= push;
			c[q][from[q]] += push;
		}
		flow += push;
	}
	return flow;
}

bool or_one_path(const struct oracle *o, unsigned at, unsigned s, unsigned t, gn_amount a,
		 unsigned hops, unsigned met, unsigned blocked, gn_time now)
{
	for (unsigned q = 0; hops > 0 && q < o->people; q++) {
		if ((met >> q & 1) || q == s || or_cap(o, at, q) < a ||
		    or_policy(o, at, q, t, now) < a || !or_middle(o, at, q, s, t))
			continue;
		unsigned more = blocked | o->line[q][at].blocked;
		if (q == t) {
			if (!(met & more))
				return true;
		} else if (or_one_path(o, q, s, t, a, hops - 1, met | 1u << q, more, now)) {
			return true;
		}
	}
	return false;
}
