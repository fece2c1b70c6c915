/* Guessing of ports: one end's router gives each address that is sent to another port (it is
 * "hard"), the other's lets in only what comes from a port that was sent to. The hard end sends
 * from many sockets, so that many ports of its router are open for the other; that one tries ports
 * until one of them is among these (RE-23).
 *
 *   VOLLEY -> ASKED [nobody answered, and we are hard: the owner opens sockets]
 *          -> GUESS [.. and the peer is]
 *   ASKED  -> GUESS [gn_jet_guess: a challenge goes from each]   -> PAUSE [there are none]
 *   GUESS  -> BOUND [one has answered]                           -> PAUSE [none has]
 *
 * 1. Not a packet goes to an address that the peer alone tells: who carries the session must have
 *    seen it there (gn_way_info.peer). One guess at a time in all; in ten minutes one with a key,
 *    one to an address, and few to a prefix.
 * 2. Whose ports are guessed, and who guesses, follows from both offers; both ends must allow it,
 *    and nothing may be metered.
 * 3. What goes on a guess is not remembered as sent: that nearly all of it is lost says nothing of
 *    the path. Where somebody was heard it goes again. */
#include "jet/cid_int.h"
#include "jet/guess_int.h"
#include "jet/mark_int.h"
#include "jet/path_int.h"
#include "jet/punch_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

#define HEARD_AGAIN (200 * GN_MSEC)
/* until the sockets of the other end are open: it has heard of it, and asked its owner */
#define OPENING (100 * GN_MSEC)

bool jet_guess_is_hard(enum gn_jet_nat mapping)
{
	return mapping == GN_JET_NAT_ADDR || mapping == GN_JET_NAT_PORT;
}

/* One end hard, the other known not to be. */
static bool is_one_hard(const struct jet_punch *u)
{
	return jet_guess_is_hard(u->own.mapping)
		       ? u->peer.mapping == GN_JET_NAT_NONE
		       : u->own.mapping == GN_JET_NAT_NONE && jet_guess_is_hard(u->peer.mapping);
}

static bool is_metered(const struct jet_session *s)
{
	bool metered = jet_way_info(s->jet, s->path->way.link)->metered;
	for (uint32_t i = 0; i < s->punch->own.count; i++)
		metered |= s->punch->own.list[i].metered;
	for (uint32_t i = 0; i < s->punch->peer.count; i++)
		metered |= s->punch->peer.list[i].metered;
	return metered;
}

/* What the peer says that is where the relay sees it; NULL: nothing. */
static const struct gn_addr *confirmed(const struct jet_session *s)
{
	const struct gn_addr *seen = &jet_way_info(s->jet, s->path->way.link)->peer;
	const struct jet_punch *u = s->punch;
	if (!seen->port || !gn_addr_is_v4(seen) || gn_addr_is_private(seen) ||
	    jet_punch_is_nobodys(seen))
		return NULL;
	for (uint32_t i = 0; i < u->peer.count; i++)
		if (!u->peer.list[i].turn && /* whose ports are others' */
		    memcmp(u->peer.list[i].addr.ip, seen->ip, sizeof seen->ip) == 0)
			return &u->peer.list[i].addr;
	return NULL;
}

/* May one more be made, with whom and to where nobody was guessed lately? It is noted if so. */
static bool may_note(struct jet_session *s, const struct gn_addr *to, gn_time now)
{
	struct gn_ring *last = &s->jet->guessed;
	struct jet_guessed mine = {.peer = s->peer, .prefix = gn_addr_prefix(to), .at = now}, old;
	memcpy(mine.ip, to->ip, sizeof mine.ip);
	for (const struct jet_guessed *at;
	     (at = gn_ring_at(last, 0)) && now - at->at >= JET_GUESS_AGAIN;)
		gn_ring_pop(last, &old);
	bool known = s->jet->guessing != NULL;
	unsigned beside = 0;
	for (uint32_t i = 0; i < last->count && !known; i++) {
		const struct jet_guessed *at = gn_ring_at(last, i);
		known = memcmp(&at->peer, &mine.peer, sizeof mine.peer) == 0 ||
			memcmp(at->ip, mine.ip, sizeof mine.ip) == 0;
		beside += at->prefix == mine.prefix;
	}
	if (!known && beside < JET_GUESS_PREFIX && gn_ring_push(last, &mine) == GN_OK)
		return true;
	jet_count(s->jet, JET_C_GUESS_LIMIT);
	return false;
}

/* Sockets that are asked for: fewer where our ports lie near each other. */
static uint32_t sockets_of(const struct jet_punch *u)
{
	return u->own.span && u->own.span <= JET_GUESS_SPAN_FEW ? JET_GUESS_SOCKETS_FEW
								: JET_GUESS_SOCKETS;
}

uint32_t jet_guess_sockets(const struct jet_session *s)
{
	GN_ASSERT(s->punch && s->punch->guess);
	return sockets_of(s->punch);
}

static void start(struct jet_session *s, const struct gn_addr *to, gn_time now)
{
	struct jet_punch *u = s->punch;
	struct jet_guess *g = u->guess;
	g->hard = jet_guess_is_hard(u->own.mapping);
	g->to = *to;
	g->again = GN_NEVER;
	u->count = 0;
	u->volley = 0;
	u->missed = true; /* until it hits */
	s->jet->guessing = s;
	jet_count(s->jet, JET_C_GUESSES);
	if (g->hard) {
		u->state = JET_PUNCH_ASKED;
		u->at = now + JET_GUESS_OPEN;
		jet_session_event(s, JET_EV_GUESS);
		return;
	}
	jet_ports_init(&g->ports, to->port, u->peer.delta, u->peer.span);
	g->next = now + (s->incoming ? 0 : s->path->rtt.smoothed + OPENING);
	g->until = g->next + JET_GUESS_PORTS * JET_GUESS_EVERY + JET_PUNCH_WAIT;
	u->state = JET_PUNCH_GUESS;
	u->guess_due = !s->incoming;
	u->at = g->next;
	jet_wake(s);
}

static gn_err try_on(struct jet_session *s, uint32_t path, gn_time now)
{
	struct jet_punch *u = s->punch;
	const struct gn_addr *to = confirmed(s);
	GN_ASSERT(!u->guess);
	if (!u->own.guess || !u->peer.guess || !is_one_hard(u) || is_metered(s) ||
	    (s->forbidden & GN_JET_ALLOW_DIRECT))
		return GN_OK;
	if (!to) {
		jet_count(s->jet, JET_C_GUESS_UNNAMED);
		return GN_OK;
	}
	u->limited = !may_note(s, to, now);
	if (u->limited)
		return GN_OK;
	u->guess = GN_NEW(s->jet->env.alloc, struct jet_guess);
	if (!u->guess)
		return GN_NOMEM;
	gn_err err = jet_punch_begin(s, path, now, now);
	if (err)
		return err; /* the session ends, and the guess with it */
	start(s, to, now);
	return GN_OK;
}

gn_err jet_guess_begin(struct jet_session *s, gn_time now)
{
	GN_ASSERT(!s->incoming && s->punch->state == JET_PUNCH_PAUSE);
	uint32_t path = jet_cid_unused(s);
	return path ? try_on(s, path, now) : GN_OK;
}

gn_err jet_guess_go(struct jet_session *s, uint32_t path, gn_time now)
{
	struct jet_punch *u = s->punch;
	GN_ASSERT(s->incoming && u);
	if (u->state == JET_PUNCH_VOLLEY) /* the client's has ended: it waits for no answer more */
		jet_punch_give_up(s, now);
	if (u->state != JET_PUNCH_PAUSE || !jet_punch_usable(s, path)) {
		jet_count(s->jet, JET_C_PUNCH_REFUSED);
		return GN_OK;
	}
	return try_on(s, path, now);
}

gn_err gn_jet_guess(struct gn_jet *jet, gn_jet_id id, uint32_t first, uint32_t count, gn_time now)
{
	struct jet_session *s;
	now = jet_clock(jet, now);
	GN_TRY(jet_find_multi(jet, id, &s));
	struct jet_punch *u = s->punch;
	if (!u || u->state != JET_PUNCH_ASKED)
		return GN_STATE;
	GN_ASSERT(count <= JET_GUESS_SOCKETS && (!count || first));
	jet_wake(s);
	u->at = now; /* without sockets: at once as when nobody opened any */
	if (!count)
		return GN_OK;
	GN_ASSERT(u->guess->hard && !u->guess->count);
	u->guess->first = first;
	u->guess->count = count;
	u->guess->until = now + JET_GUESS_PORTS * JET_GUESS_EVERY + 2 * JET_PUNCH_WAIT;
	u->state = JET_PUNCH_GUESS;
	u->guess_due = !s->incoming;
	return GN_OK;
}

bool jet_guess_expects(const struct jet_session *s, const struct gn_way *from)
{
	const struct jet_guess *g = s->punch->guess;
	if (g->hard)
		return from->link >= g->first && from->link - g->first < g->count &&
		       gn_addr_eq(&from->addr, &g->to);
	return from->link == 0 && memcmp(from->addr.ip, g->to.ip, sizeof g->to.ip) == 0;
}

/* Somebody was heard there. */
static bool next_heard(struct jet_punch *u, gn_time now, struct gn_way *to)
{
	struct jet_guess *g = u->guess;
	GN_ASSERT(u->count <= JET_PUNCH_WAYS);
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < u->count; i++) {
			if (u->ways[i].tried > u->volley)
				continue;
			u->ways[i].tried = (uint8_t)(u->volley + 1);
			*to = u->ways[i].way;
			return true;
		}
		if (!u->count || now < g->again || u->volley == UINT8_MAX - 1)
			return false;
		u->volley++;
		g->again = now + HEARD_AGAIN;
	}
	return false;
}

static bool next_guess(struct jet_session *s, gn_time now, struct gn_way *to)
{
	struct jet_guess *g = s->punch->guess;
	GN_ASSERT(g->sent <= (g->hard ? g->count : JET_GUESS_PORTS));
	if (g->hard && g->sent < g->count) {
		*to = (struct gn_way){.addr = g->to, .link = g->first + g->sent++};
		return true;
	}
	if (g->hard || g->sent == JET_GUESS_PORTS || now < g->next)
		return false;
	gn_time late = now - JET_GUESS_BURST * JET_GUESS_EVERY;
	g->next = (g->next > late ? g->next : late) + JET_GUESS_EVERY;
	g->sent++;
	*to = (struct gn_way){.addr = g->to};
	to->addr.port = jet_ports_next(&g->ports, s->jet->env.rand);
	return true;
}

gn_time jet_guess_deadline(const struct jet_session *s)
{
	const struct jet_punch *u = s->punch;
	const struct jet_guess *g = u->guess;
	gn_time at = u->count ? gn_time_min(g->again, g->until) : g->until;
	return g->hard || g->sent == JET_GUESS_PORTS ? at : gn_time_min(at, g->next);
}

bool jet_guess_next(struct jet_session *s, gn_time now, struct jet_path **p, struct gn_way *to,
		    uint8_t data[8])
{
	struct jet_punch *u = s->punch;
	GN_ASSERT(u->state == JET_PUNCH_GUESS && u->guess);
	*p = jet_path_find(s, u->path);
	if (*p && (next_heard(u, now, to) || next_guess(s, now, to))) {
		jet_punch_token(u, to, data);
		return true;
	}
	u->at = jet_guess_deadline(s);
	return false;
}

void jet_guess_end(struct jet_session *s, uint32_t link)
{
	struct jet_punch *u = s->punch;
	if (!u->guess)
		return;
	GN_ASSERT(s->jet->guessing == s || s->jet->guessing == NULL);
	bool asked = u->guess->hard;
	s->jet->guessing = NULL;
	gn_mem_free(s->jet->env.alloc, u->guess);
	u->guess = NULL;
	u->guess_link = link;
	u->guess_due = false;
	if (asked)
		jet_session_event(s, JET_EV_GUESSED);
}
