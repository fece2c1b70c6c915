/* What tries have in common: the addresses that a peer told, the path of a try, what a challenge
 * says of its address. When a try is made is punch.c and guess.c. */
#include "jet/cid_int.h"
#include "jet/mark_int.h"
#include "jet/path_int.h"
#include "jet/punch_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

/* ---- which addresses ---- */

static bool is_outer(const struct gn_jet_candidate *c)
{
	return !gn_addr_is_private(&c->addr);
}

/* Both ends are seen as the same address: they may share a network. */
static bool look_the_same(const struct jet_punch *u)
{
	GN_ASSERT(u->own.count <= GN_JET_CANDIDATES);
	for (uint32_t i = 0; i < u->own.count; i++)
		for (uint32_t k = 0; k < u->peer.count; k++)
			if (is_outer(&u->own.list[i]) && !u->own.list[i].turn &&
			    memcmp(u->own.list[i].addr.ip, u->peer.list[k].addr.ip, 16) == 0)
				return true;
	return false;
}

bool jet_punch_allowed(const struct jet_session *s)
{
	const unsigned both = GN_JET_ALLOW_DIRECT | GN_JET_ALLOW_LAN;
	return (s->forbidden & both) != both &&
	       !(s->punch && (s->punch->own.relayed || s->punch->peer.relayed));
}

/* This machine, or many. */
bool jet_punch_is_nobodys(const struct gn_addr *a)
{
	static const uint8_t any[16];
	if (gn_addr_is_loopback(a) || memcmp(a->ip, any, sizeof any) == 0)
		return true;
	return gn_addr_is_v4(a) ? a->ip[12] >= 224 || a->ip[12] == 0 : a->ip[0] == 0xff;
}

/* Own network first, then IPv6, then the rest in the order told. */
static uint8_t rank_of(const struct gn_addr *a)
{
	return gn_addr_is_private(a) ? 0 : !gn_addr_is_v4(a) ? 1 : 2;
}

void jet_punch_add_way(struct jet_punch *u, const struct gn_way *way, bool turn, uint32_t most)
{
	GN_ASSERT(most <= JET_PUNCH_WAYS);
	uint8_t rank = turn ? JET_RANK_TURN : rank_of(&way->addr);
	for (uint32_t i = 0; i < u->count; i++)
		if (gn_way_eq(&u->ways[i].way, way))
			return;
	if (u->count >= most)
		return;
	/* in the order of ranks */
	uint32_t at = u->count++;
	for (; at > 0 && u->ways[at - 1].rank > rank; at--)
		u->ways[at] = u->ways[at - 1];
	u->ways[at] = (struct jet_punch_way){.way = *way, .rank = rank};
}

/* As many of its network as may be are tried already: what a peer names may be somebody else's. */
static bool is_crowded(const struct jet_punch *u, const struct gn_addr *a)
{
	uint32_t same = 0;
	GN_ASSERT(u->count <= JET_PUNCH_WAYS);
	for (uint32_t i = 0; i < u->count; i++)
		same += gn_addr_prefix(&u->ways[i].way.addr) == gn_addr_prefix(a);
	return same >= JET_PUNCH_SAME;
}

static void gather_ways(struct jet_session *s)
{
	struct jet_punch *u = s->punch;
	GN_ASSERT(u->peer.count <= GN_JET_CANDIDATES);
	bool same = look_the_same(u);
	u->count = 0;
	for (uint32_t i = 0; i < u->peer.count; i++) {
		const struct gn_jet_candidate *c = &u->peer.list[i];
		const struct gn_way way = {.addr = c->addr};
		if (c->metered && (s->forbidden & GN_JET_ALLOW_METERED))
			continue;
		if ((is_outer(c) || same) && !jet_punch_is_nobodys(&c->addr) &&
		    jet_way_allowed(s, &way) && !is_crowded(u, &c->addr))
			jet_punch_add_way(u, &way, c->turn, JET_PUNCH_TOLD);
	}
}

/* ---- a try ---- */

bool jet_punch_usable(const struct jet_session *s, uint32_t path)
{
	const struct jet_cid *tx = &s->cid_tx[jet_slot(s, path)],
			     *rx = &s->cid_rx[jet_slot(s, path)];
	return path % 2 && tx->set && tx->path == path && rx->set && rx->path == path &&
	       !s->paths[jet_slot(s, path)];
}

gn_err jet_punch_begin(struct jet_session *s, uint32_t path, gn_time at, gn_time now)
{
	struct jet_punch *u = s->punch;
	struct jet_path *p;
	static const struct gn_way nowhere;
	GN_ASSERT(u && !s->paths[jet_slot(s, path)]);
	GN_TRY(jet_path_new(s, path, &nowhere, now, &p));
	p->punching = true;
	p->ours = !s->incoming;
	gather_ways(s);
	gn_rand_fill(s->jet->env.rand, u->secret, sizeof u->secret);
	u->path = path;
	u->main = s->path->id;
	u->volley = 0;
	u->began = u->at = at;
	u->tried_own = u->own_epoch;
	u->tried_peer = u->peer_epoch;
	jet_count(s->jet, JET_C_PUNCHES);
	jet_wake(s);
	return GN_OK;
}

void jet_punch_token(const struct jet_punch *u, const struct gn_way *way, uint8_t out[8])
{
	uint8_t tag[32];
	uint8_t port[2] = {(uint8_t)(way->addr.port >> 8), (uint8_t)way->addr.port};
	struct gn_slice parts[] = {GN_SLICE(way->addr.ip), GN_SLICE(port)};
	gn_hmac_sha256_parts(GN_SLICE(u->secret), parts, GN_COUNT(parts), tag);
	memcpy(out, tag, 8);
}

/* Nobody answered. The client's path goes; the server's goes with it. */
void jet_punch_give_up(struct jet_session *s, gn_time now)
{
	struct jet_punch *u = s->punch;
	struct jet_path *p = jet_path_find(s, u->path);
	GN_ASSERT(p != s->path && !u->guess);
	u->state = JET_PUNCH_PAUSE;
	u->at = s->incoming ? GN_NEVER : now + u->again_after;
	if (p)
		p->punching = false;
	if (!p || s->incoming)
		return;
	jet_cid_retire(s, p->id);
	jet_path_free(s, p);
}
