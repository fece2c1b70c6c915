/* The paths that a session has: made, found, given back. How they come to be used is path.c.
 *
 * 1. Path id n lies in slot n % slots, so at most that many are alive; a slot is emptied
 *    before the next id takes it. */
#include "jet/paths_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

gn_err jet_path_new(struct jet_session *s, uint32_t id, const struct gn_way *way, gn_time now,
		    struct jet_path **out)
{
	struct jet_path **slot = &s->paths[jet_slot(s, id)];
	GN_ASSERT(!*slot);
	struct jet_path *p = GN_NEW(s->jet->env.alloc, struct jet_path);
	if (!p)
		return GN_NOMEM;
	p->id = id;
	p->way = *way;
	p->retire_at = p->probe.at = GN_NEVER;
	p->reorder_packets = JET_REORDER_PACKETS;
	p->reorder_eighths = 1;
	p->ack_every = JET_ACK_EVERY_MIN;
	p->ack_window_at = p->heard_at = p->spare_since = now;
	p->told = true; /* that it is a spare one need not be said */
	p->see_due = s->paths_due = true;
	jet_space_init(&p->space, s->jet);
	jet_path_begin(s, p, now);
	*slot = p;
	*out = p;
	return GN_OK;
}

void jet_path_begin(struct jet_session *s, struct jet_path *p, gn_time now)
{
	const struct gn_way_info *info = jet_way_info(s->jet, p->way.link);
	GN_ASSERT(info->mtu == 0 || info->mtu >= JET_MTU_BASE);
	p->reliable = info->reliable;
	p->mtu.most = info->mtu;
	jet_rtt_init(&p->rtt);
	jet_mtu_init(p);
	jet_cc_init(&p->cc, p->reliable ? &jet_cc_carrier : s->jet->cc, p->mtu.size, now);
	jet_pacer_init(&p->pacer, p->mtu.size, now);
}

bool jet_path_ready(const struct jet_session *s, const struct jet_path *p)
{
	return jet_path_ready_to(s, p, &p->way);
}

bool jet_path_ready_to(const struct jet_session *s, const struct jet_path *p,
		       const struct gn_way *to)
{
	return jet_way_ready(s->jet, to->link, p->reliable && to->link == p->way.link);
}

bool jet_path_paced(const struct jet_session *s, struct jet_path *p, gn_time now)
{
	GN_ASSERT(s->paths[jet_slot(s, p->id)] == p);
	return p->reliable ||
	       (jet_way_rate_at(s->jet, p->way.link) <= now && jet_pacer_ready(&p->pacer, now));
}

gn_time jet_path_paced_at(const struct jet_session *s, const struct jet_path *p)
{
	GN_ASSERT(!p->reliable);
	gn_time paced = jet_pacer_deadline(&p->pacer),
		through = jet_way_rate_at(s->jet, p->way.link);
	return paced > through ? paced : through;
}

void jet_path_free(struct jet_session *s, struct jet_path *p)
{
	if (!p)
		return;
	GN_ASSERT(s->paths[jet_slot(s, p->id)] == p);
	s->paths[jet_slot(s, p->id)] = NULL;
	jet_space_fini(&p->space, s->jet);
	gn_mem_free(s->jet->env.alloc, p);
}

struct jet_path *jet_path_find(const struct jet_session *s, uint32_t id)
{
	struct jet_path *p = s->paths[jet_slot(s, id)];
	return p && p->id == id ? p : NULL;
}

uint64_t jet_path_allowance(const struct jet_path *p)
{
	GN_ASSERT(p->mtu.size >= JET_MTU_BASE);
	uint64_t most = JET_AMPLIFICATION * p->rx;
	if (p->validated)
		return UINT64_MAX;
	return most > p->tx ? most - p->tx : 0;
}
