/* The one deadline of a session and what happens when it comes: loss and probe timers,
 * acknowledgements, pacing, paths, keys, keep-alive, idle timeout, end of draining.
 *
 * 1. After jet_session_tick(now) and sending until GN_AGAIN, the deadline lies after now. */
#include "jet/ack_int.h"
#include "jet/close_int.h"
#include "jet/grade_int.h"
#include "jet/handshake_int.h"
#include "jet/loss_int.h"
#include "jet/park_int.h"
#include "jet/path_int.h"
#include "jet/punch_int.h"
#include "jet/send_int.h"
#include "jet/session_int.h"
#include "jet/timers_int.h"

static gn_time idle_deadline(const struct jet_session *s)
{
	GN_ASSERT(s->idle_timeout >= 0);
	gn_time least = 3 * jet_pto(s->path, JET_APP); /* RFC 9000 10.1 */
	gn_time most = jet_park_patience(s);
	return s->idle_at + (most > least ? most : least);
}

/* Whoever dials us and then brings nothing that the owner finds of use, holds a place for
 * nothing, PINGs or not. */
static gn_time unused_deadline(const struct jet_session *s)
{
	gn_time after = s->jet->config.unused_timeout;
	return s->incoming && !s->used && after ? s->since + after : GN_NEVER;
}

static gn_time keep_alive_deadline(const struct jet_session *s)
{
	gn_time every = s->jet->config.keep_alive;
	if (every == 0 || (s->due & JET_DUE_PING) || s->path->space.out)
		return GN_NEVER; /* something is on its way already */
	gn_time last =
		s->received_at > s->path->space.sent_at ? s->received_at : s->path->space.sent_at;
	return last + every;
}

/* Of what goes on while nothing comes. */
static gn_time parked_deadline(const struct jet_session *s)
{
	GN_ASSERT(jet_is_parked(s));
	gn_time at = gn_time_min(jet_park_deadline(s), jet_path_deadline(s));
	at = gn_time_min(at, gn_time_min(idle_deadline(s), unused_deadline(s)));
	at = gn_time_min(at, s->keys.old_until);
	return s->swept ? at : gn_time_min(at, s->active_at + JET_SWEEP_AFTER);
}

gn_time jet_session_deadline(const struct jet_session *s)
{
	GN_ASSERT(s->path != NULL);
	if (s->state == JET_S_CLOSING || s->state == JET_S_DRAINING)
		return s->id ? GN_NEVER : s->drain_at; /* not before the application was told */
	if (jet_is_parked(s))
		return parked_deadline(s);
	gn_time at = jet_loss_deadline(s);
	if (s->state == JET_S_HANDSHAKE)
		return gn_time_min(at, s->hs->timeout_at);
	at = gn_time_min(at, idle_deadline(s));
	at = gn_time_min(at, unused_deadline(s));
	at = gn_time_min(at, keep_alive_deadline(s));
	at = gn_time_min(at, jet_ack_deadline(s));
	at = gn_time_min(at, jet_path_deadline(s));
	at = gn_time_min(at, jet_grade_deadline(s));
	at = gn_time_min(at, jet_punch_deadline(s));
	at = gn_time_min(at, jet_park_deadline(s));
	at = gn_time_min(at, jet_send_deadline(s));
	at = gn_time_min(at, s->keys.old_until);
	at = gn_time_min(at, s->path->cc.ops->deadline(&s->path->cc));
	return s->swept ? at : gn_time_min(at, s->active_at + JET_SWEEP_AFTER);
}

static void tick_open(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	if (idle_deadline(s) <= now) {
		jet_close_silent(s, GN_TIMEOUT, now);
		return;
	}
	if (unused_deadline(s) <= now) {
		jet_count(s->jet, JET_C_SESSION_UNUSED);
		jet_close_local(s, GN_TIMEOUT, false, JET_E_TIMEOUT, "nothing of use came", now);
		return;
	}
	gn_err err = jet_path_tick(s, now);
	if (err == GN_OK)
		err = jet_park_tick(s, now);
	if (err != GN_OK) {
		jet_fail(s, err);
		return;
	}
	jet_app_keys_expire(&s->keys, now);
	if (!jet_is_parked(s) && keep_alive_deadline(s) <= now)
		s->due |= JET_DUE_PING;
	if (!s->swept && now - s->active_at >= JET_SWEEP_AFTER)
		jet_session_sweep(s);
}

void jet_session_tick(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state != JET_S_HANDSHAKE || s->hs);
	if (s->state == JET_S_HANDSHAKE && s->hs->timeout_at <= now)
		jet_close_silent(s, GN_TIMEOUT, now);
	if (s->state == JET_S_OPEN)
		tick_open(s, now);
	if (jet_alive(s) && !jet_is_parked(s)) {
		gn_err err = jet_loss_tick(s, now);
		if (err == GN_OK && s->state == JET_S_OPEN)
			err = jet_grade_tick(s, now);
		if (err == GN_OK && s->state == JET_S_OPEN)
			err = jet_punch_tick(s, now);
		if (err != GN_OK)
			jet_fail(s, err);
	}
}
