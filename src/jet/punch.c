/* Through NATs: both ends send to all addresses of the other at the same time, so that each NAT
 * has seen a packet go out before the other's comes in (RE-18, RE-20, RE-21).
 *
 *   IDLE   -> AGREED [the client has both offers, and the session runs over somebody else]
 *          -> VOLLEY [the server heard `go`]
 *   AGREED -> VOLLEY [half a round trip later: about when the server hears it]
 *   VOLLEY -> BOUND  [an address has answered]   -> PAUSE [none has]
 *   BOUND  -> IDLE   [a better one has had its time; from here on it is a path as any: grade.c]
 *   PAUSE  -> IDLE   [later, or a newer offer]
 *
 * 1. Not a packet goes to a candidate before the volley: a NAT that has dropped a stranger's keeps
 *    it as a flow, and gives ours another port (RE-21).
 * 2. A try has a path id of its own; its path has no address until one has answered.
 * 3. What is a TURN server's goes with the last volleys alone: it answers where nothing else does.
 * 4. The peer's word sends 64 bytes, seven times, to 16 addresses at most, not again within 5 s,
 *    none of them multicast or this machine's own, and a private one only where both ends look the
 *    same from outside. All sessions of a key, and of a prefix, count together at who was
 *    dialled. */
#include "jet/cid_int.h"
#include "jet/mark_int.h"
#include "jet/path_int.h"
#include "jet/punch_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

static const gn_time volleys[] = {0,
				  50 * GN_MSEC,
				  100 * GN_MSEC,
				  200 * GN_MSEC,
				  400 * GN_MSEC,
				  800 * GN_MSEC,
				  1600 * GN_MSEC};

/* ---- which addresses ---- */

static bool is_outer(const struct gn_jet_candidate *c)
{
	return !gn_addr_is_private(&c->addr);
}

/* Both ends are seen as the same address: they may share a network. */
static bool look_the_same(const struct jet_punch *u)
{
	for (uint32_t i = 0; i < u->own.count; i++)
		for (uint32_t k = 0; k < u->peer.count; k++)
			if (is_outer(&u->own.list[i]) && !u->own.list[i].turn &&
			    memcmp(u->own.list[i].addr.ip, u->peer.list[k].addr.ip, 16) == 0)
				return true;
	return false;
}

/* This machine, or many. */
static bool is_nobodys(const struct gn_addr *a)
{
	static const uint8_t any[16];
	if (gn_addr_is_loopback(a) || memcmp(a->ip, any, sizeof any) == 0)
		return true;
	return gn_addr_is_v4(a) ? a->ip[12] >= 224 || a->ip[12] == 0 : a->ip[0] == 0xff;
}

#define RANK_TURN 3 /* a relay's, of either side */

/* Own network first, then IPv6, then the rest in the order told. */
static uint8_t rank_of(const struct gn_addr *a)
{
	return gn_addr_is_private(a) ? 0 : !gn_addr_is_v4(a) ? 1 : 2;
}

static void add_way(struct jet_punch *u, struct gn_way way, uint8_t rank, uint32_t most)
{
	GN_ASSERT(most <= JET_PUNCH_WAYS);
	for (uint32_t i = 0; i < u->count; i++)
		if (gn_way_eq(&u->ways[i].way, &way))
			return;
	if (u->count >= most)
		return;
	/* in the order of ranks */
	uint32_t at = u->count++;
	for (; at > 0 && u->ways[at - 1].rank > rank; at--)
		u->ways[at] = u->ways[at - 1];
	u->ways[at] = (struct jet_punch_way){.way = way, .rank = rank};
}

static void gather_ways(struct jet_punch *u)
{
	bool same = look_the_same(u);
	u->count = 0;
	for (uint32_t i = 0; i < u->peer.count; i++) {
		const struct gn_jet_candidate *c = &u->peer.list[i];
		if ((is_outer(c) || same) && !is_nobodys(&c->addr))
			add_way(u, (struct gn_way){.addr = c->addr},
				c->turn ? RANK_TURN : rank_of(&c->addr), JET_PUNCH_TOLD);
	}
}

/* ---- a try ---- */

static gn_err begin(struct jet_session *s, uint32_t path, gn_time at, gn_time now)
{
	struct jet_punch *u = s->punch;
	struct jet_path *p;
	static const struct gn_way nowhere;
	GN_ASSERT(u && !s->paths[jet_slot(s, path)]);
	GN_TRY(jet_path_new(s, path, &nowhere, now, &p));
	p->punching = true;
	p->ours = !s->incoming;
	gather_ways(u);
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

static bool is_newer(const struct jet_punch *u)
{
	return u->own_epoch != u->tried_own || u->peer_epoch != u->tried_peer;
}

gn_err jet_punch_look(struct jet_session *s, gn_time now)
{
	struct jet_punch *u = s->punch;
	if (!u || s->incoming || !u->own_epoch || !u->peer_epoch || !s->confirmed ||
	    jet_way_direct(s->jet, &s->path->way))
		return GN_OK;
	if (u->state == JET_PUNCH_PAUSE && is_newer(u)) {
		u->state = JET_PUNCH_IDLE;
		u->again_after = JET_PUNCH_AGAIN;
	}
	if (u->state != JET_PUNCH_IDLE || !is_newer(u))
		return GN_OK;
	if (u->began && now < u->began + JET_PUNCH_EVERY) {
		u->at = u->began + JET_PUNCH_EVERY;
		jet_wake(s);
		return GN_OK;
	}
	uint32_t path = jet_cid_unused(s); /* the client's are odd */
	if (!path) {
		u->at = now + JET_PUNCH_EVERY;
		jet_wake(s);
		return GN_OK;
	}
	GN_TRY(begin(s, path, now + s->path->rtt.smoothed / 2, now));
	u->state = JET_PUNCH_AGREED;
	u->go_due = true;
	return GN_OK;
}

/* May who dialled us have another try? Each sends up to 9 KB to addresses that they name, so their
 * number is bounded for a key and a prefix, whatever sessions they have. It is noted if so. */
static bool may_begin(struct jet_session *s, gn_time now)
{
	struct gn_ring *last = &s->jet->punched;
	struct jet_punched mine = {s->holder, now}, old;
	bool local = gn_share_exempt(&mine.who.addr, s->jet->config.count_local);
	uint32_t key = 0, prefix = 0;
	for (const struct jet_punched *at;
	     (at = gn_ring_at(last, 0)) && now >= at->at + JET_PUNCH_EVERY / 2;)
		gn_ring_pop(last, &old);
	for (uint32_t i = 0; i < last->count; i++) {
		const struct gn_holder *who =
			&((const struct jet_punched *)gn_ring_at(last, i))->who;
		key += memcmp(&who->key, &mine.who.key, sizeof who->key) == 0;
		prefix += gn_addr_prefix(&who->addr) == gn_addr_prefix(&mine.who.addr);
	}
	if (key < JET_PUNCH_KEY && (local || prefix < JET_PUNCH_PREFIX) &&
	    gn_ring_push(last, &mine) == GN_OK)
		return true;
	jet_count(s->jet, JET_C_PUNCH_LIMIT);
	return false;
}

gn_err jet_punch_go(struct jet_session *s, uint32_t path, gn_time now)
{
	GN_ASSERT(s->incoming && s->punch);
	struct jet_punch *u = s->punch;
	const struct jet_cid *tx = &s->cid_tx[jet_slot(s, path)],
			     *rx = &s->cid_rx[jet_slot(s, path)];
	bool usable = path % 2 && tx->set && tx->path == path && rx->set && rx->path == path &&
		      !s->paths[jet_slot(s, path)];
	bool busy = u->state == JET_PUNCH_VOLLEY || u->state == JET_PUNCH_BOUND;
	if (!usable || busy || !u->own_epoch ||
	    (u->began && now < u->began + JET_PUNCH_EVERY / 2)) {
		jet_count(s->jet, JET_C_PUNCH_REFUSED);
		return GN_OK;
	}
	if (!may_begin(s, now))
		return GN_OK;
	GN_TRY(begin(s, path, now, now));
	u->state = JET_PUNCH_VOLLEY;
	return GN_OK;
}

/* ---- challenges and answers ---- */

static void token_of(const struct jet_punch *u, const struct gn_way *way, uint8_t out[8])
{
	uint8_t tag[32];
	uint8_t port[2] = {(uint8_t)(way->addr.port >> 8), (uint8_t)way->addr.port};
	struct gn_slice parts[] = {GN_SLICE(way->addr.ip), GN_SLICE(port)};
	gn_hmac_sha256_parts(GN_SLICE(u->secret), parts, GN_COUNT(parts), tag);
	memcpy(out, tag, 8);
}

bool jet_punch_next(struct jet_session *s, gn_time now, struct jet_path **p, struct gn_way *to,
		    uint8_t data[8])
{
	struct jet_punch *u = s->punch;
	if (!u || u->state != JET_PUNCH_VOLLEY || u->at > now)
		return false;
	*p = jet_path_find(s, u->path);
	for (uint32_t i = 0; *p && i < u->count; i++) {
		if (u->ways[i].tried > u->volley ||
		    (u->ways[i].rank == RANK_TURN && u->volley < JET_PUNCH_TURN))
			continue;
		u->ways[i].tried = (uint8_t)(u->volley + 1);
		*to = u->ways[i].way;
		token_of(u, to, data);
		return true;
	}
	u->volley++;
	u->at = u->began + (u->volley < GN_COUNT(volleys)
				    ? volleys[u->volley]
				    : volleys[GN_COUNT(volleys) - 1] + JET_PUNCH_WAIT);
	return false;
}

void jet_punch_heard(const struct jet_in *in)
{
	struct jet_punch *u = in->s->punch;
	GN_ASSERT(in->path->punching);
	bool turn = jet_way_info(in->s->jet, in->from->link)->kind == GN_WAY_TURN;
	if (!u || u->path != in->path->id || (in->from->link != 0 && !turn) ||
	    u->state == JET_PUNCH_BOUND)
		return;
	uint32_t before = u->count;
	add_way(u, *in->from, turn ? RANK_TURN : rank_of(&in->from->addr), JET_PUNCH_WAYS);
	if (u->count > before && u->volley > 0) {
		/* it is not among those that the volley of now has been to */
		u->volley--;
		for (uint32_t i = 0; i < u->count; i++)
			if (!gn_way_eq(&u->ways[i].way, in->from))
				u->ways[i].tried = (uint8_t)(u->volley + 1);
			else
				u->ways[i].tried = u->volley;
		u->at = in->now;
		jet_wake(in->s);
	}
}

bool jet_punch_answered(const struct jet_in *in, const struct jet_frame *f, bool *fresh)
{
	struct jet_session *s = in->s;
	struct jet_path *p = in->path;
	struct jet_punch *u = s->punch;
	*fresh = !p->validated;
	if (!u || u->path != p->id)
		return false;
	for (uint32_t i = 0; i < u->count; i++) {
		uint8_t token[8];
		token_of(u, &u->ways[i].way, token);
		if (memcmp(token, f->data.p, sizeof token) != 0)
			continue;
		if (p->validated && u->ways[i].rank >= u->rank)
			return false;
		p->way = u->ways[i].way;
		p->validated = true;
		p->see_due = s->paths_due = true;
		u->rank = u->ways[i].rank;
		if (*fresh) {
			u->state = JET_PUNCH_BOUND;
			u->at = in->now + JET_PUNCH_BETTER;
			jet_count(s->jet, JET_C_PUNCH_HITS);
		}
		return true;
	}
	return false;
}

/* ---- time ---- */

/* Another path carries: it may be one over others. */
static bool has_moved(const struct jet_session *s)
{
	return s->punch->state == JET_PUNCH_IDLE && s->punch->main != s->path->id;
}

gn_time jet_punch_deadline(const struct jet_session *s)
{
	const struct jet_punch *u = s->punch;
	return !u ? GN_NEVER : has_moved(s) ? 0 : u->at;
}

static gn_err give_up(struct jet_session *s, gn_time now)
{
	struct jet_punch *u = s->punch;
	struct jet_path *p = jet_path_find(s, u->path);
	u->state = JET_PUNCH_PAUSE;
	u->at = s->incoming ? GN_NEVER : now + u->again_after;
	u->again_after = gn_time_min(2 * u->again_after, JET_PUNCH_AGAIN_MAX);
	if (!p)
		return GN_OK;
	p->punching = false;
	if (s->incoming) /* the client retires it */
		return GN_OK;
	jet_cid_retire(s, p->id);
	jet_path_free(s, p);
	return GN_OK;
}

gn_err jet_punch_tick(struct jet_session *s, gn_time now)
{
	struct jet_punch *u = s->punch;
	if (u && has_moved(s)) {
		u->main = s->path->id;
		u->tried_own = 0; /* as if the offers were new */
		u->at = now;
	}
	if (!u || u->at > now)
		return GN_OK;
	struct jet_path *p = jet_path_find(s, u->path);
	switch (u->state) {
	case JET_PUNCH_IDLE: u->at = GN_NEVER; return jet_punch_look(s, now);
	case JET_PUNCH_AGREED: u->state = JET_PUNCH_VOLLEY; return GN_OK;
	case JET_PUNCH_VOLLEY:
		if (p && u->volley < GN_COUNT(volleys))
			return GN_OK; /* send.c asks for the next address */
		return give_up(s, now);
	case JET_PUNCH_BOUND:
		u->state = JET_PUNCH_IDLE;
		u->at = GN_NEVER;
		u->again_after = JET_PUNCH_AGAIN;
		if (p && p->validated) {
			p->punching = false;
			jet_path_probe(s, p, &p->way, true, now); /* does a full packet pass? */
			p->probe.check = true;
		}
		return GN_OK;
	case JET_PUNCH_PAUSE:
		u->state = JET_PUNCH_IDLE;
		u->tried_own = 0; /* as if the offers were new */
		u->at = GN_NEVER;
		return jet_punch_look(s, now);
	}
	GN_UNREACHABLE("a state of punching");
}
