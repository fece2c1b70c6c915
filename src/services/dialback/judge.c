/* What a measurement says. Two nodes that agree carry it, so that no one alone makes this node
 * direct: of those who had a third send, two whose packets came from somebody this node had not
 * sent to; but where the owner gave the address, one from anybody. It is not direct where those
 * whose packets did not come are two and more than the others. Strangers who called by themselves
 * are as good as those. Pure. */
#include "services/dialback/engine_int.h"

const char *gn_dialback_why_text(enum gn_dialback_why why)
{
	switch (why) {
	case GN_DIALBACK_WHY_NONE: return "";
	case GN_DIALBACK_WHY_NEVER: return "never";
	case GN_DIALBACK_WHY_NOBODY: return "nobody";
	case GN_DIALBACK_WHY_ALL_KNOW: return "all-know";
	case GN_DIALBACK_WHY_LOST: return "lost";
	case GN_DIALBACK_WHY_FILTERED: return "filtered";
	}
	return "";
}

struct tally {
	unsigned called;
	unsigned told, came, met, missed, strangers_missed; /* asks */
	unsigned second, first;                             /* packets 2, 3 came */
	unsigned answered;
	bool configured; /* to the owner's address a packet 1 came */
};

/* The port of ours that port n stands for. */
static uint16_t port_at(const struct dialback_ask *a, unsigned n)
{
	GN_ASSERT(n < a->ports.count);
	return a->ports.port[n] ? a->ports.port[n] : a->you.port;
}

static bool reached_at(const struct dialback_ask *a, const struct gn_addr *addr)
{
	for (unsigned n = 0; n < a->ports.count && dialback_same_ip(&a->you, addr); n++)
		if ((a->to[0] | a->to[1]) >> n & 1 && port_at(a, n) == addr->port)
			return true;
	return false;
}

static struct tally count(const struct gn_dialback *d)
{
	struct tally t = {0};
	for (unsigned i = 0; i < DIALBACK_CALLERS; i++)
		t.called += d->callers[i].at && d->now < d->callers[i].at + DIALBACK_CALLED;
	for (unsigned i = 0; i < d->run.count; i++) {
		const struct dialback_ask *a = &d->run.asks[i];
		bool any = a->came[0] || a->came[1];
		t.answered += a->you.port != 0;
		t.told += a->told;
		t.came += a->told && a->came[1];
		t.met += a->told && a->came[0] && !a->came[1];
		t.missed += a->told && !any;
		t.strangers_missed += a->told && !any && !a->known_third;
		t.second += a->came[2];
		t.first += a->came[3];
		t.configured = t.configured ||
			       (d->configured.port && a->you.port && reached_at(a, &d->configured));
	}
	return t;
}

enum gn_dialback_rule dialback_mapping(const struct gn_dialback *d)
{
	const struct dialback_run *r = &d->run;
	unsigned others = 0;
	bool by_port = false;
	GN_ASSERT(r->count <= DIALBACK_TRIES);
	for (unsigned i = 0; i < r->count; i++) {
		const struct dialback_ask *a = &r->asks[i];
		for (unsigned k = 0; k < i && a->you.port; k++) {
			if (gn_addr_eq(&r->asks[k].you, &a->you))
				return GN_DIALBACK_NONE;
			others += r->asks[k].you.port != 0;
		}
		by_port = by_port || (a->seen.port && a->seen.port != a->you.port);
	}
	if (!others)
		return GN_DIALBACK_UNKNOWN;
	return by_port ? GN_DIALBACK_PORT : GN_DIALBACK_ADDR;
}

/* Strangers get through. Who called by himself counts unless others did not get through. */
static bool is_open(const struct tally *t)
{
	return t->came >= DIALBACK_AGREE ||
	       (t->came + t->called >= DIALBACK_AGREE && t->missed <= t->came + t->met &&
		t->first + t->second > 0);
}

static enum gn_dialback_rule filtering_of(const struct tally *t)
{
	GN_ASSERT(t->strangers_missed <= t->missed);
	if (is_open(t))
		return GN_DIALBACK_NONE;
	/* those we knew say no more than that it is not by port */
	if (t->second > 0)
		return t->strangers_missed > t->came ? GN_DIALBACK_ADDR : GN_DIALBACK_UNKNOWN;
	return t->first >= DIALBACK_AGREE && t->missed > t->came + t->met ? GN_DIALBACK_PORT
									  : GN_DIALBACK_UNKNOWN;
}

/* Where most see us. */
static struct gn_addr seen_at(const struct dialback_run *r)
{
	struct gn_addr best = {.port = 0};
	unsigned most = 0;
	for (unsigned i = 0; i < r->count; i++) {
		unsigned n = 0;
		for (unsigned k = 0; k < r->count; k++)
			n += gn_addr_eq(&r->asks[k].you, &r->asks[i].you);
		if (r->asks[i].you.port && n > most) {
			most = n;
			best = r->asks[i].you;
		}
	}
	return best;
}

static struct gn_addr proven_at(const struct gn_dialback *d)
{
	for (unsigned i = 0; i < d->run.count; i++) {
		const struct dialback_ask *a = &d->run.asks[i];
		struct gn_addr at = a->you;
		for (unsigned n = 0; n < a->ports.count && a->told && at.port; n++) {
			at.port = port_at(a, n);
			if (a->to[1] >> n & 1)
				return at;
		}
	}
	return d->configured.port ? d->configured : seen_at(&d->run);
}

static enum gn_dialback_why why_not(const struct tally *t)
{
	GN_ASSERT(t->told >= t->missed);
	if (t->told < DIALBACK_AGREE)
		return GN_DIALBACK_WHY_NOBODY;
	return t->first + t->second == 0 ? GN_DIALBACK_WHY_LOST : GN_DIALBACK_WHY_ALL_KNOW;
}

void dialback_judge(const struct gn_dialback *d, struct gn_dialback_result *out)
{
	struct tally t = count(d);
	GN_ASSERT(d->run.began && t.told <= d->run.count);
	*out = (struct gn_dialback_result){.mapping = dialback_mapping(d),
					   .filtering = filtering_of(&t),
					   .asked = d->run.count,
					   .told = t.told,
					   .came = t.came,
					   .seen = seen_at(&d->run),
					   .at = d->now};
	if (is_open(&t) || t.configured) {
		out->reach = GN_DIALBACK_REACH_DIRECT;
		out->proven = proven_at(d);
	} else if (t.missed >= DIALBACK_AGREE && t.missed > t.came + t.met &&
		   t.first + t.second > 0) {
		out->why = GN_DIALBACK_WHY_FILTERED;
		out->reach = out->mapping > GN_DIALBACK_NONE ? GN_DIALBACK_REACH_HARD
							     : GN_DIALBACK_REACH_EASY;
	} else {
		out->why = why_not(&t);
	}
}
