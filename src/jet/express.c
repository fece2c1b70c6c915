/* On one connection all waits for what is before it, in the kernel and on the way, whatever its
 * class. Where classes 1 and 2 wait so behind others, a second connection to the same place is a
 * path of their own (RE-8).
 *
 *   none -> wanted [an acknowledgement of class 1 or 2 was late, and others wait]
 *        -> there  [the client's owner opened it, and it is proven; both ends see it]
 *        -> none   [it is suspect, or gone: all goes on the main path]
 *
 * 1. Whether there is one follows from the paths alone; each end decides for what it sends.
 * 2. It is never the better main path: what was heavy there would be as heavy here. */
#include "jet/cid_int.h"
#include "jet/express_int.h"
#include "jet/mark_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"
#include "jet/way_int.h"

bool jet_express_is(const struct jet_session *s, const struct jet_path *p)
{
	const struct jet_path *m = s->path;
	if (!s->multi || !p || p == m || !p->reliable || !m->reliable)
		return false;
	const struct jet_cid *rx = &s->cid_rx[jet_slot(s, p->id)];
	return p->validated && !p->suspect && !p->unwanted && jet_way_allowed(s, &p->way) &&
	       rx->set && rx->path == p->id && p->way.link != m->way.link &&
	       memcmp(p->way.addr.ip, m->way.addr.ip, sizeof p->way.addr.ip) == 0 &&
	       s->jet->now - p->heard_at <= JET_CONSENT;
}

struct jet_path *jet_express_path(const struct jet_session *s)
{
	for (int i = 0; i < JET_PATHS_MAX && s->path->reliable; i++)
		if (jet_express_is(s, s->paths[i]))
			return s->paths[i];
	return NULL;
}

static bool is_urgent(const struct jet_session *s, const struct jet_path *p,
		      const struct jet_sent *sent)
{
	GN_ASSERT(p->reliable);
	for (uint8_t i = 0; i < sent->frames; i++) {
		const struct jet_sent_frame *f = jet_space_frame(&p->space, sent, i);
		const struct jet_stream *st =
			f->type == JET_F_STREAM ? jet_stream_find(s, f->id) : NULL;
		if (st && st->class <= GN_JET_INTERACTIVE)
			return true;
	}
	return false;
}

void jet_express_acked(struct jet_session *s, const struct jet_path *p, const struct jet_sent *sent,
		       gn_time now)
{
	gn_time late = now - sent->at;
	GN_ASSERT(late >= 0 && p == s->paths[jet_slot(s, p->id)]);
	if (p != s->path || !p->reliable || !s->multi || !p->rtt.sampled ||
	    late < p->rtt.min + JET_CROWDED + JET_ACK_DELAY)
		return;
	if (jet_sched_waits(s, JET_CLASSES_BULK) && is_urgent(s, p, sent))
		jet_express_want(s, now);
}

void jet_express_want(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->multi && s->path->validated);
	if (!s->path->reliable || now < s->crowded_until || jet_express_path(s))
		return;
	s->crowded_until = now + JET_CROWDED_AGAIN;
	jet_count(s->jet, JET_C_CROWDED);
	if (!s->incoming) {
		jet_session_event(s, JET_EV_CROWDED);
		return;
	}
	s->crowded_due = s->paths_due = true; /* the client can open one: grade.c says it */
	s->path->told = false;
	jet_wake(s);
}
