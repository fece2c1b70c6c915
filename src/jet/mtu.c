/* Path MTU discovery by padded probes (RFC 8899): 1200 -> 1400 -> 1452, back to 1200 when a
 * raised size goes dark: timeouts in a row, or of all packets above the base, in rounds each begun
 * after the last one was found lost, none has passed, while smaller ones did.
 *
 *   BASE -> SEARCHING [start] -> size raised [probe acked] -> next size ...
 *        -> COMPLETE [largest, or probes lost] -> SEARCHING [timer]
 *
 * 1. size is one that the path has carried (1200 is assumed).
 * 2. A lost probe is no sign of congestion.
 * 3. On a reliable way there is nothing to find out: the largest that its link takes goes
 *    (RE-8). */
#include "jet/paths_int.h"
#include "jet/session_int.h"

static const uint16_t sizes[] = {1400, JET_MTU_MAX};

void jet_mtu_init(struct jet_path *p)
{
	p->mtu = (struct jet_mtu){.size = JET_MTU_BASE, .at = GN_NEVER, .most = p->mtu.most};
	if (p->reliable)
		p->mtu.size = p->mtu.most && p->mtu.most < JET_MTU_MAX ? p->mtu.most : JET_MTU_MAX;
}

/* The next size to try, or wait for the raise timer. */
static void plan_probe(struct jet_path *p, gn_time now)
{
	GN_ASSERT(p->mtu.size >= JET_MTU_BASE);
	struct jet_mtu *m = &p->mtu;
	m->tries = 0;
	m->in_flight = false;
	for (size_t i = 0; i < GN_COUNT(sizes); i++)
		if (sizes[i] > m->size && (m->limit == 0 || sizes[i] < m->limit) &&
		    (m->most == 0 || sizes[i] <= m->most)) {
			m->probing = sizes[i];
			m->at = now;
			return;
		}
	m->probing = 0;
	m->at = m->size < JET_MTU_MAX ? now + JET_MTU_RETRY : GN_NEVER;
}

void jet_mtu_start(struct jet_path *p, gn_time now)
{
	p->mtu.limit = 0;
	if (!p->reliable)
		plan_probe(p, now);
}

bool jet_mtu_due(const struct jet_path *p, gn_time now)
{
	return p->mtu.probing && !p->mtu.in_flight && p->mtu.at <= now;
}

void jet_mtu_sent(struct jet_path *p, uint64_t pn)
{
	GN_ASSERT(p->mtu.probing && !p->mtu.in_flight);
	p->mtu.pn = pn;
	p->mtu.in_flight = true;
	p->mtu.at = GN_NEVER;
	p->mtu.tries++;
}

static void set_size(struct jet_path *p, uint16_t size)
{
	GN_ASSERT(size >= JET_MTU_BASE && size <= JET_MTU_MAX);
	p->mtu.size = size;
	p->cc.mtu = size;
	p->pacer.mtu = size;
}

void jet_mtu_acked(struct jet_session *s, struct jet_path *p, uint64_t pn, gn_time now)
{
	if (!p->mtu.in_flight || pn != p->mtu.pn)
		return;
	set_size(p, p->mtu.probing);
	jet_count(s->jet, JET_C_MTU_RAISED);
	plan_probe(p, now);
}

void jet_mtu_lost(struct jet_path *p, uint64_t pn, gn_time now)
{
	struct jet_mtu *m = &p->mtu;
	if (!m->in_flight || pn != m->pn)
		return;
	m->in_flight = false;
	m->at = now;
	if (m->tries >= JET_MTU_TRIES) {
		m->limit = m->probing;
		plan_probe(p, now);
	}
}

void jet_mtu_passed(struct jet_path *p, uint16_t size)
{
	if (size > JET_MTU_BASE)
		p->mtu.dark = 0;
}

void jet_mtu_dark(struct jet_session *s, struct jet_path *p, uint16_t size, uint64_t pn,
		  gn_time now)
{
	struct jet_mtu *m = &p->mtu;
	if (size <= JET_MTU_BASE || (m->dark && pn < m->dark_pn))
		return;
	m->dark++;
	m->dark_pn = p->space.pn_next;
	if (m->dark >= JET_BLACKHOLE_ROUNDS)
		jet_mtu_blackhole(s, p, now);
}

void jet_mtu_blackhole(struct jet_session *s, struct jet_path *p, gn_time now)
{
	struct jet_mtu *m = &p->mtu;
	if (m->size == JET_MTU_BASE || p->reliable)
		return;
	jet_count(s->jet, JET_C_MTU_FALLEN);
	m->limit = m->size;
	set_size(p, JET_MTU_BASE);
	m->dark = 0;
	m->probing = 0;
	m->in_flight = false;
	m->at = now + JET_MTU_RETRY;
}
