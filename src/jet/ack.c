/* When to acknowledge and what to say (RFC 9000 13.2, JT-70 on): every ack_every ack-eliciting
 * packets or after min(RTT / 4, 25 ms), at once when a packet came out of order, for class 1,
 * and during the handshake. On a reliable way every 64 packets or after 25 ms (RE-8).
 *
 * 1. `received` holds what may still be reported: the newest JET_ACK_RANGES ranges above what
 *    the peer knows we reported. */
#include "jet/ack_int.h"
#include "jet/out_int.h"
#include "jet/paths_int.h"

#define ACK_ROOM 42u /* with one range: type, count, and five numbers of up to 8 bytes */

/* An eighth of what arrives in a round trip, so that the sender's window hears of itself eight
 * times. */
static void adapt_frequency(struct jet_path *p, gn_time now)
{
	GN_ASSERT(p->ack_every >= JET_ACK_EVERY_MIN);
	p->ack_window++;
	if (now - p->ack_window_at < p->rtt.smoothed)
		return;
	uint32_t every = p->ack_window / 8;
	p->ack_every = every < JET_ACK_EVERY_MIN   ? JET_ACK_EVERY_MIN
		       : every > JET_ACK_EVERY_MAX ? JET_ACK_EVERY_MAX
						   : every;
	p->ack_window = 0;
	p->ack_window_at = now;
}

gn_err jet_ack_note(const struct jet_in *in, bool eliciting, bool urgent)
{
	GN_ASSERT(in->path && in->space);
	struct gn_alloc *alloc = in->s->jet->env.alloc;
	struct jet_path *p = in->path;
	struct jet_space *sp = in->space;
	struct jet_ranges *got = &sp->received;
	gn_time now = in->now;
	uint64_t pn = in->pn;
	uint64_t next = got->count ? got->r[got->count - 1].hi : pn;
	gn_err err = jet_ranges_add(got, alloc, pn, pn + 1, JET_ACK_RANGES);
	if (err == GN_LIMIT) { /* the oldest was told often enough */
		if (pn < got->r[0].lo)
			return GN_OK;
		jet_ranges_drop_below(got, got->r[0].hi);
		err = jet_ranges_add(got, alloc, pn, pn + 1, JET_ACK_RANGES);
	}
	GN_TRY(err);
	if (pn >= next)
		sp->largest_at = now;
	if (!eliciting)
		return GN_OK;
	sp->unacked++;
	if (p->reliable && in->level == JET_APP) { /* nobody waits to learn of a loss */
		sp->ack_at = sp->unacked >= JET_RELIABLE_ACK_EVERY
				     ? 0
				     : gn_time_min(sp->ack_at, now + JET_ACK_DELAY);
		return GN_OK;
	}
	adapt_frequency(p, now);
	gn_time delay = gn_time_min(p->rtt.smoothed / 4, JET_ACK_DELAY);
	if (urgent || in->level != JET_APP || pn != next || sp->unacked >= p->ack_every)
		sp->ack_at = 0;
	else
		sp->ack_at = gn_time_min(sp->ack_at, now + delay);
	return GN_OK;
}

void jet_ack_known(struct jet_space *sp, uint64_t offset)
{
	GN_ASSERT(sp->received.count <= JET_ACK_RANGES);
	jet_ranges_drop_below(&sp->received, offset);
	if (sp->received.count)
		return;
	/* a late one below it is as good as lost: nothing can be said of it any more */
	sp->unacked = 0;
	sp->ack_at = GN_NEVER;
}

bool jet_ack_due(const struct jet_space *sp, gn_time now)
{
	return sp->ack_at <= now && sp->received.count > 0;
}

bool jet_ack_itself(const struct jet_session *s, const struct jet_path *p)
{
	return s->multi && p != s->path && p->validated && !p->suspect;
}

bool jet_ack_any_due(const struct jet_session *s, gn_time now)
{
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && !jet_ack_itself(s, s->paths[i]) &&
		    jet_ack_due(&s->paths[i]->space, now))
			return true;
	return false;
}

gn_time jet_ack_deadline(const struct jet_session *s)
{
	gn_time at = GN_NEVER;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		const struct jet_path *p = s->paths[i];
		if (p && jet_path_ready(s, jet_ack_itself(s, p) ? p : s->path))
			at = gn_time_min(at, p->space.ack_at);
	}
	return at;
}

void jet_ack_write(struct jet_session *s, struct jet_out *o, struct jet_space *sp, uint32_t path)
{
	GN_ASSERT(sp->largest_at <= jet_out_now(o));
	if (jet_out_full(o) || gn_writer_left(jet_out_writer(o)) < ACK_ROOM ||
	    sp->received.count == 0)
		return;
	gn_time now = jet_out_now(o);
	uint64_t delay = (uint64_t)((now - sp->largest_at) / GN_USEC);
	uint64_t time = (uint64_t)((sp->largest_at - s->since) / GN_USEC);
	jet_write_ack(jet_out_writer(o), path, &sp->received, delay, time);
	jet_out_frame(o, JET_F_ACK, path, sp->received.r[sp->received.count - 1].hi, 0, false);
	sp->unacked = 0;
	sp->ack_at = GN_NEVER;
}
