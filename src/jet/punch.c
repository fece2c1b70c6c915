/* Through NATs: both ends send to all addresses of the other at the same time, so that each NAT
 * has seen a packet go out before the other's comes in (RE-18, RE-20, RE-21).
 *
 *   IDLE   -> AGREED [the client has both offers, and the session runs over somebody else]
 *          -> VOLLEY [the server heard `go`]
 *   AGREED -> VOLLEY [half a round trip later: about when the server hears it]
 *   VOLLEY -> BOUND  [an address has answered]   -> PAUSE [none has]
 *          -> ASKED, GUESS [likewise, and ports are guessed: guess.c]
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
 *    dialled.
 * 5. All tries of a session are at most three times what came in it: a `go` is 60 bytes. */
#include "jet/cid_int.h"
#include "jet/guess_int.h"
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

/* ---- a try ---- */

static bool is_newer(const struct jet_punch *u)
{
	return u->own_epoch != u->tried_own || u->peer_epoch != u->tried_peer;
}

/* A try failed, and an offer is newer: at once if it is our own; of the peer's so many, then one in
 * the shortest pause, or each would be 3 KB to whomever it names. */
static bool may_hurry(struct jet_punch *u, gn_time now)
{
	const gn_time ahead = (JET_PUNCH_HURRIES - 1) * JET_PUNCH_AGAIN;
	GN_ASSERT(u->state == JET_PUNCH_PAUSE && is_newer(u));
	if (u->own_epoch != u->tried_own)
		return true;
	if (u->hurried > now + ahead) {
		u->at = gn_time_min(u->at, u->hurried - ahead);
		return false;
	}
	u->hurried = (u->hurried > now ? u->hurried : now) + JET_PUNCH_AGAIN;
	return true;
}

gn_err jet_punch_look(struct jet_session *s, gn_time now)
{
	struct jet_punch *u = s->punch;
	if (!u || s->incoming || !u->own_epoch || !u->peer_epoch || !s->confirmed ||
	    jet_way_direct(s->jet, &s->path->way))
		return GN_OK;
	if (u->state == JET_PUNCH_PAUSE && is_newer(u) && may_hurry(u, now)) {
		u->state = JET_PUNCH_IDLE;
		u->again_after = JET_PUNCH_AGAIN;
	}
	if (u->state != JET_PUNCH_IDLE || !is_newer(u) || !jet_punch_allowed(s))
		return GN_OK;
	if (u->began && now < u->began + JET_PUNCH_EVERY) {
		u->at = u->began + JET_PUNCH_EVERY;
		jet_wake(s);
		return GN_OK;
	}
	uint32_t path = jet_cid_unused(s); /* the client's are odd */
	u->limited = !path;
	if (!path) {
		u->at = now + JET_PUNCH_EVERY;
		jet_wake(s);
		return GN_OK;
	}
	GN_TRY(jet_punch_begin(s, path, now + s->path->rtt.smoothed / 2, now));
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
	bool busy = u->state != JET_PUNCH_IDLE && u->state != JET_PUNCH_PAUSE;
	if (!jet_punch_allowed(s) || !jet_punch_usable(s, path) || busy || !u->own_epoch ||
	    (u->began && now < u->began + JET_PUNCH_EVERY / 2)) {
		jet_count(s->jet, JET_C_PUNCH_REFUSED);
		return GN_OK;
	}
	u->limited = !may_begin(s, now);
	if (u->limited)
		return GN_OK;
	GN_TRY(jet_punch_begin(s, path, now, now));
	u->state = JET_PUNCH_VOLLEY;
	return GN_OK;
}

/* ---- challenges and answers ---- */

/* Does what came in the session pay for one more challenge (RE-20)? */
static bool is_paid(struct jet_session *s)
{
	struct jet_punch *u = s->punch;
	if (u->spent + JET_PUNCH_COST > JET_AMPLIFICATION * s->bytes_received) {
		jet_count(s->jet, JET_C_PUNCH_LIMIT);
		return false;
	}
	u->spent += JET_PUNCH_COST;
	return true;
}

bool jet_punch_next(struct jet_session *s, gn_time now, struct jet_path **p, struct gn_way *to,
		    uint8_t data[8])
{
	struct jet_punch *u = s->punch;
	if (u && u->state == JET_PUNCH_GUESS)
		return u->at <= now && jet_guess_next(s, now, p, to, data);
	if (!u || u->state != JET_PUNCH_VOLLEY || u->at > now)
		return false;
	*p = jet_path_find(s, u->path);
	for (uint32_t i = 0; *p && i < u->count; i++) {
		if (u->ways[i].tried > u->volley || !jet_way_allowed(s, &u->ways[i].way) ||
		    (u->ways[i].rank == JET_RANK_TURN && u->volley < JET_PUNCH_TURN))
			continue;
		u->ways[i].tried = (uint8_t)(u->volley + 1);
		if (!is_paid(s))
			continue;
		*to = u->ways[i].way;
		jet_punch_token(u, to, data);
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
	bool guess = u && u->state == JET_PUNCH_GUESS;
	bool turn = jet_way_info(in->s->jet, in->from->link)->kind == GN_WAY_TURN;
	if (!u || u->path != in->path->id || u->state == JET_PUNCH_BOUND ||
	    (guess ? !jet_guess_expects(in->s, in->from) : in->from->link != 0 && !turn))
		return;
	uint32_t before = u->count;
	jet_punch_add_way(u, in->from, turn, JET_PUNCH_WAYS);
	if (guess) {
		u->at = in->now;
		return;
	}
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

static void bind(struct jet_punch *u, struct jet_path *p, gn_time now)
{
	p->validated = true;
	u->state = JET_PUNCH_BOUND;
	u->at = now + JET_PUNCH_BETTER;
}

/* Whatever port of the peer it came from, or on whichever of our sockets. */
static bool guess_answered(const struct jet_in *in, const struct jet_frame *f)
{
	struct jet_punch *u = in->s->punch;
	struct jet_path *p = in->path;
	uint8_t token[8];
	jet_punch_token(u, in->from, token);
	if (!jet_guess_expects(in->s, in->from) || memcmp(token, f->data.p, sizeof token) != 0)
		return false;
	p->way = *in->from;
	p->see_due = in->s->paths_due = true;
	u->rank = 0; /* none is better */
	bind(u, p, in->now);
	u->missed = false;
	jet_count(in->s->jet, JET_C_GUESS_HITS);
	return true;
}

bool jet_punch_answered(const struct jet_in *in, const struct jet_frame *f, bool *fresh)
{
	struct jet_session *s = in->s;
	struct jet_path *p = in->path;
	struct jet_punch *u = s->punch;
	*fresh = !p->validated;
	if (!u || u->path != p->id)
		return false;
	if (u->state == JET_PUNCH_GUESS)
		return guess_answered(in, f);
	for (uint32_t i = 0; i < u->count; i++) {
		uint8_t token[8];
		jet_punch_token(u, &u->ways[i].way, token);
		if (memcmp(token, f->data.p, sizeof token) != 0)
			continue;
		if (p->validated && u->ways[i].rank >= u->rank)
			return false;
		p->way = u->ways[i].way;
		p->see_due = s->paths_due = true;
		u->rank = u->ways[i].rank;
		if (*fresh) {
			bind(u, p, in->now);
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
		jet_punch_give_up(s, now);
		return s->incoming ? GN_OK : jet_guess_begin(s, now);
	case JET_PUNCH_ASKED:
		jet_guess_end(s, 0);
		jet_punch_give_up(s, now);
		return GN_OK;
	case JET_PUNCH_GUESS:
		if (p && now < u->guess->until)
			return GN_OK; /* likewise */
		jet_guess_end(s, 0);
		jet_punch_give_up(s, now);
		return GN_OK;
	case JET_PUNCH_BOUND:
		u->state = JET_PUNCH_IDLE;
		u->at = GN_NEVER;
		u->again_after = JET_PUNCH_AGAIN;
		jet_guess_end(s, p ? p->way.link : 0);
		if (p && p->validated) {
			p->punching = false;
			jet_path_probe(s, p, &p->way, true, now); /* does a full packet pass? */
			p->probe.check = true;
		}
		return GN_OK;
	case JET_PUNCH_PAUSE:
		u->state = JET_PUNCH_IDLE;
		u->again_after = gn_time_min(2 * u->again_after, JET_PUNCH_AGAIN_MAX);
		u->tried_own = 0; /* as if the offers were new */
		u->at = GN_NEVER;
		return jet_punch_look(s, now);
	}
	GN_UNREACHABLE("a state of punching");
}

/* ---- in words ---- */

enum gn_jet_indirect jet_punch_why_not(const struct jet_session *s)
{
	const struct jet_punch *u = s->punch;
	if (jet_way_direct(s->jet, &s->path->way))
		return GN_JET_INDIRECT_NOT;
	if (!s->multi)
		return s->confirmed ? GN_JET_INDIRECT_PEER_OLD : GN_JET_INDIRECT_PENDING;
	if (!jet_punch_allowed(s))
		return GN_JET_INDIRECT_POLICY;
	if (!u || !u->own_epoch || !u->peer_epoch)
		return GN_JET_INDIRECT_PENDING;
	if (!u->own.count || !u->peer.count)
		return GN_JET_INDIRECT_NO_CANDIDATE;
	if (u->state != JET_PUNCH_PAUSE)
		return u->limited ? GN_JET_INDIRECT_LIMIT : GN_JET_INDIRECT_PENDING;
	if (jet_guess_is_hard(u->own.mapping) && jet_guess_is_hard(u->peer.mapping))
		return GN_JET_INDIRECT_BOTH_HARD;
	return u->missed    ? GN_JET_INDIRECT_GUESS_MISSED
	       : u->limited ? GN_JET_INDIRECT_LIMIT
			    : GN_JET_INDIRECT_NO_ANSWER;
}

const char *gn_jet_indirect_text(unsigned why)
{
	static const char *const texts[] = {
#define NOW(name, word, en, ru)
#define NOT(name, word, en, ru) [GN_JET_INDIRECT_##name] = (word),
#include "base/reason.def"
#undef NOW
#undef NOT
	};
	_Static_assert(GN_COUNT(texts) == GN_JET_INDIRECTS, "a word for each");
	return why < GN_JET_INDIRECTS ? texts[why] : "?";
}
