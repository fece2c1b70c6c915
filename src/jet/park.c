/* Sessions that outlast their peer's silence, because somebody has a stream open: the peer sleeps,
 * or is on a train in a tunnel (RE-10). One that was reset or stopped here is nobody's.
 *
 *   as ever -> parked  [a stream is open, and for 30 s nothing has answered]
 *   parked  -> as ever [a packet opened | the network changed]
 *           -> closed  [the linger time is over | others need its place: parked.c]
 *
 * 1. While it is parked nothing goes out but a challenge on each proven path, seldom; no other
 *    timer runs, and writes wait.
 * 2. What was in flight goes again on waking: whoever slept has heard none of it. */
#include "jet/close_int.h"
#include "jet/grade_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/park_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"

/* Both ends know how, and there may be something to wait for. */
static bool may_linger(const struct jet_session *s)
{
	return s->linger > 0 && s->multi && s->confirmed && s->streams.count > 0;
}

/* Somebody reads or writes it, or waits until what was written has arrived. */
static bool is_wanted(const struct jet_stream *st)
{
	return st->tx_state == JET_TX_OPEN || st->tx_state == JET_TX_FIN ||
	       (st->rx_state == JET_RX_OPEN && !st->stopped);
}

static bool any_wanted(const struct jet_session *s)
{
	for (uint32_t i = 0; i < s->streams.count; i++)
		if (is_wanted(*(struct jet_stream *const *)gn_map_value_at(&s->streams, i)))
			return true;
	return false;
}

gn_time jet_park_patience(const struct jet_session *s)
{
	GN_ASSERT(s->linger >= 0);
	if (!may_linger(s) || s->linger <= s->idle_timeout)
		return s->idle_timeout;
	/* streams are looked through in silence alone: this is asked per batch */
	bool silent = s->jet->now - s->idle_at >= gn_time_min(JET_PARK_AFTER, s->idle_timeout);
	return !silent || any_wanted(s) ? s->linger : s->idle_timeout;
}

/* When it has been silent for long enough; GN_NEVER while nothing waits for an answer. */
static gn_time silent_at(const struct jet_session *s)
{
	GN_ASSERT(!jet_is_parked(s));
	if (!may_linger(s) || !s->sent_since)
		return GN_NEVER;
	return (s->idle_at > s->woken_at ? s->idle_at : s->woken_at) + JET_PARK_AFTER;
}

/* The next one need not wait for its end. */
static void drop_check(struct jet_path *p)
{
	GN_ASSERT(!p->probe.check || p->validated);
	if (p->probe.check)
		p->probe.at = GN_NEVER;
}

static gn_err park(struct jet_session *s, gn_time now)
{
	GN_ASSERT(may_linger(s));
	struct jet_session *leaves;
	gn_err err;
	if (!any_wanted(s)) { /* what is left need not arrive: the idle timeout holds */
		s->woken_at = now;
		return GN_OK;
	}
	while ((err = jet_parked_take(s, &leaves)) == GN_BUSY) {
		jet_count(s->jet, JET_C_PARKED_LEFT);
		jet_close_silent(leaves, GN_TIMEOUT, now);
	}
	if (err != GN_OK) {
		jet_count(s->jet, JET_C_PARKED_LEFT);
		return err == GN_NOMEM ? err : GN_TIMEOUT;
	}
	jet_count(s->jet, JET_C_PARKED);
	s->probe_every = JET_PARK_PROBE;
	s->probe_at = now + s->probe_every;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p)
			continue;
		p->suspect = true; /* the first to be heard is taken */
		p->space.probes = 0;
		drop_check(p);
	}
	return GN_OK;
}

gn_err jet_park_wake(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	s->woken_at = now;
	if (!jet_is_parked(s))
		return GN_OK;
	jet_parked_give(s);
	s->suspected = false; /* where it is suspect still, the owner is told anew */
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p)
			continue;
		p->pto_count = 0;
		drop_check(p);
		GN_TRY(jet_loss_all(s, p, &p->space, JET_APP));
	}
	jet_streams_wake_writers(s);
	jet_wake(s);
	return GN_OK;
}

gn_time jet_park_deadline(const struct jet_session *s)
{
	return jet_is_parked(s) ? s->probe_at : silent_at(s);
}

gn_err jet_park_tick(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	if (jet_park_deadline(s) > now)
		return GN_OK;
	if (!jet_is_parked(s))
		return park(s, now);
	jet_grade_check(s, now);
	s->probe_every = gn_time_min(2 * s->probe_every, JET_PARK_PROBE_MAX);
	s->probe_at = now + s->probe_every;
	return GN_OK;
}
