/* Own addresses, put together: gather.h.
 *
 * 1. The offer is made anew of all that is known, so it depends on that alone.
 * 2. What peers say makes an address where voices of two prefixes tell its IP. Its port is the one
 *    that most of them tell, of equals the newest: behind a box that gives each peer another port
 *    the IP is of use yet, since who filters by address is opened by it.
 * 3. A private address is believed of who is in the same private network, a public one of who is
 *    outside, IPv4 of IPv4 alone.
 * 4. Of two who would have one place, who lives goes before who has ended, and whom we dialled
 *    before who dialled us: strangers choose where to come from, not whom we dial. */
#include "node/gather.h"

void gather_init(struct gather *g)
{
	*g = (struct gather){.due = GN_NEVER};
}

static void told(struct gather *g, gn_time now)
{
	g->due = gn_time_min(g->due, now + GATHER_SETTLE);
}

/* ---- what is told ---- */

void gather_net(struct gather *g, const struct gn_os_net *net, uint16_t port, gn_time now)
{
	GN_ASSERT(net->count <= GN_OS_NET_MAX && port != 0);
	g->net = *net;
	g->port = port;
	told(g, now);
}

void gather_configured(struct gather *g, const struct gn_addr *addr, gn_time now)
{
	g->configured = addr ? *addr : (struct gn_addr){.port = 0};
	told(g, now);
}

void gather_mapped(struct gather *g, const struct gn_addr *addr, gn_time until, gn_time now)
{
	g->mapped = *addr;
	g->mapped_until = until;
	told(g, now);
}

void gather_relayed(struct gather *g, const struct gn_addr *addr, gn_time now)
{
	g->turn = addr ? *addr : (struct gn_addr){.port = 0};
	told(g, now);
}

/* Which private network it is of; 0: of none. */
static unsigned network_of(const struct gn_addr *a)
{
	if (!gn_addr_is_private(a))
		return 0;
	return gn_addr_is_v4(a) ? a->ip[12] : 256u + (a->ip[0] & 0xfeu);
}

static bool can_know(const struct gather_seen *s)
{
	return s->addr.port && gn_addr_is_v4(&s->addr) == gn_addr_is_v4(&s->peer) &&
	       network_of(&s->addr) == network_of(&s->peer) && !gn_addr_is_loopback(&s->addr);
}

/* What a voice is worth against others that want its place. */
static unsigned worth(const struct gather_voice *v)
{
	return !v->taken ? 0 : v->session == 0 ? 1 : v->dialled ? 3 : 2;
}

/* The place of the prefix; else the one worth least, of equals the oldest. */
static struct gather_voice *place_of(struct gather *g, uint64_t prefix)
{
	struct gather_voice *least = &g->voices[0];
	for (unsigned i = 0; i < GATHER_VOICES; i++) {
		struct gather_voice *v = &g->voices[i];
		if (v->taken && v->prefix == prefix)
			return v;
		if (worth(v) < worth(least) ||
		    (worth(v) == worth(least) && v->order < least->order))
			least = v;
	}
	return least;
}

gn_err gather_seen(struct gather *g, const struct gather_seen *s, gn_time now)
{
	GN_ASSERT(s->session != 0);
	struct gather_voice voice = {.taken = true,
				     .dialled = s->dialled,
				     .prefix = gn_addr_prefix(&s->peer),
				     .session = s->session,
				     .order = g->order + 1,
				     .seen = s->addr};
	if (!can_know(s)) {
		g->count.seen_far++;
		return GN_DENIED;
	}
	struct gather_voice *at = place_of(g, voice.prefix);
	bool same = at->taken && at->prefix == voice.prefix;
	if (!(same && at->session == s->session) && worth(at) > 1 && worth(at) >= worth(&voice)) {
		*(same ? &g->count.seen_again : &g->count.seen_full) += 1;
		return same ? GN_EXISTS : GN_LIMIT;
	}
	g->order++;
	*at = voice;
	told(g, now);
	return GN_OK;
}

void gather_gone(struct gather *g, gn_jet_id session, gn_time now)
{
	for (unsigned i = 0; session && i < GATHER_VOICES; i++) {
		struct gather_voice *v = &g->voices[i];
		if (v->session != session)
			continue;
		v->session = 0;
		v->ended = now;
		told(g, now); /* what it says of the mapping does not count any more */
	}
}

/* ---- the offer ---- */

static void add(struct gn_jet_offer *o, enum gn_jet_origin origin, const struct gn_addr *addr)
{
	for (uint32_t i = 0; i < o->count; i++)
		if (gn_addr_eq(&o->list[i].addr, addr))
			return;
	if (o->count < GN_JET_CANDIDATES)
		o->list[o->count++] = (struct gn_jet_candidate){.origin = origin, .addr = *addr};
}

static void add_own(const struct gather *g, bool lan, struct gn_jet_offer *o)
{
	unsigned left = lan ? GN_JET_CANDIDATES : GATHER_HOSTS;
	for (size_t i = 0; i < g->net.count && left; i++) {
		struct gn_addr addr = g->net.addrs[i].addr;
		addr.port = g->port;
		if (g->net.addrs[i].lan != lan)
			continue;
		add(o, lan ? GN_JET_LAN : GN_JET_HOST, &addr);
		left--;
	}
}

static bool same_ip(const struct gn_addr *a, const struct gn_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

struct votes {
	unsigned ip, port; /* voices that tell the IP, and the port, too */
};

static struct votes votes_for(const struct gather *g, const struct gn_addr *addr)
{
	struct votes n = {0};
	for (unsigned i = 0; i < GATHER_VOICES; i++) {
		const struct gather_voice *v = &g->voices[i];
		if (!v->taken || !same_ip(&v->seen, addr))
			continue;
		n.ip++;
		n.port += v->seen.port == addr->port;
	}
	return n;
}

/* Is b to be taken rather than a? */
static bool is_better(const struct gather *g, const struct gather_voice *a,
		      const struct gather_voice *b)
{
	struct votes x = votes_for(g, &a->seen), y = votes_for(g, &b->seen);
	if (x.ip != y.ip)
		return y.ip > x.ip;
	return x.port != y.port ? y.port > x.port : b->order > a->order;
}

/* The address of that family that most voices tell, none of those whose IP is in o as reflexive;
 * NULL: no two tell one. */
static const struct gather_voice *most_told(const struct gather *g, bool v4,
					    const struct gn_jet_offer *o)
{
	const struct gather_voice *best = NULL;
	for (unsigned i = 0; i < GATHER_VOICES; i++) {
		const struct gather_voice *v = &g->voices[i];
		bool known = !v->taken || gn_addr_is_v4(&v->seen) != v4 ||
			     votes_for(g, &v->seen).ip < GATHER_AGREE;
		for (uint32_t k = 0; k < o->count && !known; k++)
			known = o->list[k].origin == GN_JET_REFLEXIVE &&
				same_ip(&o->list[k].addr, &v->seen);
		if (!known && (!best || is_better(g, best, v)))
			best = v;
	}
	return best;
}

/* How the box before us maps, as far as voices that live tell it: a hint. */
static enum gn_jet_nat mapping_of(const struct gather *g)
{
	enum gn_jet_nat found = GN_JET_NAT_UNKNOWN;
	for (unsigned i = 0; i < GATHER_VOICES; i++) {
		const struct gather_voice *v = &g->voices[i];
		unsigned others = 0, equal = 0;
		for (unsigned k = 0; k < GATHER_VOICES; k++) {
			const struct gather_voice *w = &g->voices[k];
			bool counts = k != i && w->session && same_ip(&v->seen, &w->seen);
			others += counts;
			equal += counts && w->seen.port == v->seen.port;
		}
		if (!v->session || !gn_addr_is_v4(&v->seen) || !others)
			continue;
		if (equal)
			return GN_JET_NAT_NONE;
		found = GN_JET_NAT_ADDR;
	}
	return found;
}

/* How far ports lie apart that the box gave voices that live, and what each is more by than the one
 * before it: three of one IP at least, or it may be chance. */
static void ports_of(const struct gather *g, const struct gn_addr *ip, struct gn_jet_offer *o)
{
	uint16_t ports[GATHER_VOICES] = {0}, least = UINT16_MAX, most = 0;
	unsigned count = 0;
	for (uint64_t order = 0, next; count < GATHER_VOICES; order = next) {
		const struct gather_voice *v = NULL; /* the next older one */
		for (unsigned i = 0; i < GATHER_VOICES; i++)
			if (g->voices[i].session && g->voices[i].order > order &&
			    same_ip(&g->voices[i].seen, ip) &&
			    (!v || g->voices[i].order < v->order))
				v = &g->voices[i];
		if (!v)
			break;
		next = v->order;
		ports[count++] = v->seen.port;
		least = v->seen.port < least ? v->seen.port : least;
		most = v->seen.port > most ? v->seen.port : most;
	}
	if (count < GATHER_PORTS)
		return;
	o->span = (uint16_t)(most - least);
	int delta = ports[1] - ports[0];
	for (unsigned i = 2; i < count; i++)
		if (ports[i] - ports[i - 1] != delta)
			return;
	o->delta = delta >= -GATHER_DELTA && delta <= GATHER_DELTA ? (int16_t)delta : 0;
}

static void put_together(const struct gather *g, struct gn_jet_offer *o)
{
	static const unsigned reflexive[2] = {GATHER_REFLEXIVE_V6, GATHER_REFLEXIVE_V4};
	*o = (struct gn_jet_offer){.mapping = mapping_of(g)};
	if (g->configured.port)
		add(o, GN_JET_CONFIGURED, &g->configured);
	add_own(g, false, o);
	/* behind a second router it is of no use */
	if (g->mapped_until && !gn_addr_is_private(&g->mapped))
		add(o, GN_JET_MAPPED, &g->mapped);
	for (int v4 = 1; v4 >= 0; v4--) {
		struct gn_jet_offer heard = {.count = 0};
		const struct gather_voice *v;
		while (heard.count < reflexive[v4] && (v = most_told(g, v4, &heard)))
			add(&heard, GN_JET_REFLEXIVE, &v->seen);
		if (v4 && heard.count && o->mapping == GN_JET_NAT_ADDR)
			ports_of(g, &heard.list[0].addr, o);
		for (uint32_t i = 0; i < heard.count; i++)
			add(o, GN_JET_REFLEXIVE, &heard.list[i].addr);
	}
	uint32_t before = o->count;
	if (g->turn.port)
		add(o, GN_JET_MAPPED, &g->turn);
	if (o->count > before)
		o->list[before].turn = true;
	add_own(g, true, o);
}

static bool same_offer(const struct gn_jet_offer *a, const struct gn_jet_offer *b)
{
	bool same = a->count == b->count && a->mapping == b->mapping && a->delta == b->delta &&
		    a->span == b->span;
	for (uint32_t i = 0; same && i < a->count; i++)
		same = a->list[i].origin == b->list[i].origin &&
		       a->list[i].turn == b->list[i].turn &&
		       gn_addr_eq(&a->list[i].addr, &b->list[i].addr);
	return same;
}

static void forget_old(struct gather *g, gn_time now)
{
	for (unsigned i = 0; i < GATHER_VOICES; i++)
		if (g->voices[i].taken && !g->voices[i].session &&
		    now >= g->voices[i].ended + GATHER_AGE)
			g->voices[i] = (struct gather_voice){.taken = false};
	if (now >= g->mapped_until)
		g->mapped_until = 0;
}

bool gather_turn(struct gather *g, gn_time now)
{
	struct gn_jet_offer offer;
	if (gather_deadline(g) > now)
		return false;
	g->due = GN_NEVER;
	forget_old(g, now);
	put_together(g, &offer);
	bool changed = !same_offer(&g->offer, &offer);
	g->offer = offer;
	return changed;
}

gn_time gather_deadline(const struct gather *g)
{
	gn_time at = g->due;
	for (unsigned i = 0; i < GATHER_VOICES; i++)
		if (g->voices[i].taken && !g->voices[i].session)
			at = gn_time_min(at, g->voices[i].ended + GATHER_AGE);
	return g->mapped_until ? gn_time_min(at, g->mapped_until) : at;
}
