/* Links: what net says of the carriers that it made (RE-1). jet sends to ways and never asks what
 * is behind them; what a carrier needs it says here once, as data.
 *
 * 1. Link 0, the shared UDP socket, is always there, and is what an unknown link counts as: its
 *    paths are being left.
 * 2. A reliable link gets no more bytes than its owner said that it takes (RE-8). Sessions that
 *    wait for that are in jet->starved.
 * 3. What drops above a rate is not found out by losses: the same bucket is kept here, by what goes
 *    and what comes, and streams wait for it. What is small and urgent (acknowledgements, probes,
 *    handshakes) goes all the same, and is counted. */
#include "jet/session_int.h"
#include "jet/way_int.h"

/* RE-5, in the order of enum gn_way_kind */
static const gn_time kind_cost[] = {0, 30 * GN_MSEC, 40 * GN_MSEC, 20 * GN_MSEC, 40 * GN_MSEC, 0};
#define LAN_GAIN (20 * GN_MSEC)
#define IPV6_GAIN (5 * GN_MSEC)
#define METERED_COST GN_SEC

const char *gn_way_kind_text(unsigned kind)
{
	static const char *const texts[] = {"udp", "relay", "wss", "turn", "quic", "udp"};
	_Static_assert(GN_COUNT(texts) == GN_WAY_KINDS, "a word for each kind");
	return kind < GN_WAY_KINDS ? texts[kind] : "?";
}

const struct gn_way_info *jet_way_info(const struct gn_jet *jet, uint32_t link)
{
	static const struct gn_way_info shared_socket;
	const struct jet_link_state *l = link ? gn_map_get(&jet->ways, &link) : NULL;
	return l ? &l->info : &shared_socket;
}

const struct gn_addr *jet_way_whom(const struct gn_jet *jet, const struct gn_way *way)
{
	const struct gn_way_info *info = jet_way_info(jet, way->link);
	return info->via.port ? &info->via : &way->addr;
}

bool jet_way_direct(const struct gn_jet *jet, const struct gn_way *way)
{
	enum gn_way_kind kind = jet_way_info(jet, way->link)->kind;
	return kind == GN_WAY_UDP || kind == GN_WAY_SPARE;
}

unsigned gn_jet_needs(const struct gn_jet *jet, const struct gn_way *way)
{
	static const uint8_t kinds[] = {GN_JET_ALLOW_DIRECT, GN_JET_ALLOW_RELAY,
					GN_JET_ALLOW_TLS,    GN_JET_ALLOW_RELAY,
					GN_JET_ALLOW_TLS,    GN_JET_ALLOW_DIRECT};
	const struct gn_way_info *info = jet_way_info(jet, way->link);
	_Static_assert(GN_COUNT(kinds) == GN_WAY_KINDS, "what each kind needs");
	unsigned need = kinds[info->kind];
	if (need == GN_JET_ALLOW_DIRECT &&
	    (gn_addr_is_private(&way->addr) || gn_addr_is_loopback(&way->addr)))
		need = GN_JET_ALLOW_LAN;
	return need | (info->metered ? GN_JET_ALLOW_METERED : 0);
}

bool jet_way_allowed(const struct jet_session *s, const struct gn_way *way)
{
	return !s->forbidden || !(gn_jet_needs(s->jet, way) & s->forbidden);
}

#define RATE_PACKET 1452u /* bytes: what a packet takes at the link's rate */

gn_time jet_way_rate_cost(const struct gn_jet *jet, uint32_t link)
{
	uint32_t rate = jet_way_info(jet, link)->rate.rate;
	return rate ? (gn_time)(RATE_PACKET * (uint64_t)GN_SEC / rate) : 0;
}

gn_time jet_way_cost(const struct gn_jet *jet, const struct gn_way *way)
{
	const struct gn_way_info *info = jet_way_info(jet, way->link);
	_Static_assert(GN_COUNT(kind_cost) == GN_WAY_KINDS, "a cost for each kind");
	gn_time cost = kind_cost[info->kind] + (info->metered ? METERED_COST : 0);
	if (jet_way_direct(jet, way))
		cost -= gn_addr_is_private(&way->addr) ? LAN_GAIN
			: gn_addr_is_v4(&way->addr)    ? 0
						       : IPV6_GAIN;
	/* idle, a slow one looks better than one that is used */
	return cost + jet_way_rate_cost(jet, way->link);
}

gn_err gn_jet_way(struct gn_jet *jet, uint32_t link, const struct gn_way_info *info)
{
	GN_ASSERT(link != 0 && info->kind < GN_WAY_KINDS);
	GN_ASSERT(info->mtu == 0 || info->mtu >= JET_MTU_BASE);
	GN_ASSERT(info->rate.rate == 0 || info->rate.burst > 0);
	const struct jet_link_state *had = gn_map_get(&jet->ways, &link);
	GN_ASSERT(!had || had->info.reliable == info->reliable);
	struct jet_link_state *at = gn_map_put(&jet->ways, &link);
	if (!at)
		return jet->ways.count >= JET_WAYS ? GN_LIMIT : GN_NOMEM;
	at->info = *info;
	at->full_at = 0;
	return GN_OK;
}

bool gn_jet_way_is(const struct gn_jet *jet, uint32_t link)
{
	return link == 0 || gn_map_get(&jet->ways, &link);
}

/* ---- what a link lets through ---- */

static struct jet_link_state *rated(const struct gn_jet *jet, uint32_t link)
{
	struct jet_link_state *l = link ? gn_map_get(&jet->ways, &link) : NULL;
	return l && l->info.rate.rate ? l : NULL;
}

gn_time jet_way_rate_at(const struct gn_jet *jet, uint32_t link)
{
	const struct jet_link_state *l = rated(jet, link);
	return l ? gn_gcra_until(l->full_at, l->info.rate.burst) : 0;
}

uint64_t jet_way_rate_left(const struct gn_jet *jet, uint32_t link, gn_time now)
{
	const struct jet_link_state *l = rated(jet, link);
	return l ? gn_gcra_left(l->full_at, l->info.rate, now) : UINT64_MAX;
}

void jet_way_passed(struct gn_jet *jet, uint32_t link, size_t bytes, gn_time now)
{
	struct jet_link_state *l = rated(jet, link);
	if (l)
		l->full_at = gn_gcra_take(l->full_at, l->info.rate, bytes, now);
}

/* ---- what a reliable link takes ---- */

static bool has_room(const struct jet_link_state *l)
{
	return !l->info.reliable || l->room >= (size_t)l->info.prefix + JET_MTU_MAX;
}

bool jet_way_ready(const struct gn_jet *jet, uint32_t link, bool known)
{
	const struct jet_link_state *l = link ? gn_map_get(&jet->ways, &link) : NULL;
	return l ? has_room(l) : !known;
}

uint64_t jet_way_room(const struct gn_jet *jet, uint32_t link)
{
	const struct jet_link_state *l = link ? gn_map_get(&jet->ways, &link) : NULL;
	return l && l->info.reliable ? l->room : UINT64_MAX;
}

void jet_way_took(struct gn_jet *jet, uint32_t link, size_t bytes, gn_time now)
{
	jet_way_passed(jet, link, bytes, now);
	struct jet_link_state *l = link ? gn_map_get(&jet->ways, &link) : NULL;
	if (!l || !l->info.reliable)
		return;
	GN_ASSERT(l->room >= bytes);
	l->room -= bytes;
}

bool jet_way_give(struct gn_jet *jet, uint32_t link, size_t bytes)
{
	struct jet_link_state *l = gn_map_get(&jet->ways, &link);
	if (!l || !l->info.reliable)
		return false;
	bool had = has_room(l);
	l->room = bytes;
	return !had && has_room(l);
}
