/* Token bucket: see pacer_int.h.
 *
 * 1. tokens <= depth = max(2 quanta, 10 packets); tokens > -(one packet) after a send that
 *    jet_pacer_ready allowed.
 * 2. Sending may start again when one quantum has gathered, so that batches form;
 *    jet_pacer_ready itself asks for one byte, so a caller that comes by anyway is served. */
#include "jet/limits.h"
#include "jet/pacer_int.h"

uint64_t jet_pacer_quantum(const struct jet_pacer *p)
{
	uint64_t q = p->rate / 1000, min = 2u * p->mtu;
	return q < min ? min : q > JET_QUANTUM_MAX ? JET_QUANTUM_MAX : q;
}

static int64_t depth_of(const struct jet_pacer *p)
{
	int64_t two = 2 * (int64_t)jet_pacer_quantum(p),
		initial = (int64_t)JET_CWND_INITIAL_PACKETS * p->mtu;
	return two > initial ? two : initial;
}

void jet_pacer_init(struct jet_pacer *p, uint32_t mtu, gn_time now)
{
	*p = (struct jet_pacer){.mtu = mtu, .at = now};
	jet_pacer_set(p, (uint64_t)JET_CWND_INITIAL_PACKETS * mtu, JET_RTT_INITIAL, true, now);
	p->tokens = depth_of(p);
}

static void fill_tokens(struct jet_pacer *p, gn_time now)
{
	GN_ASSERT(p->rate > 0);
	if (now <= p->at)
		return;
	/* whole bytes only; the rest stays in `at` */
	double gained = (double)(now - p->at) * 1e-9 * (double)p->rate;
	int64_t most = depth_of(p);
	if (gained >= (double)(most - p->tokens)) {
		p->tokens = most;
		p->at = now;
	} else if (gained >= 1) {
		p->tokens += (int64_t)gained;
		p->at += (gn_time)((double)(int64_t)gained / (double)p->rate * 1e9);
		p->at = gn_time_min(p->at, now);
	}
}

void jet_pacer_set(struct jet_pacer *p, uint64_t cwnd, gn_time srtt, bool slow_start, gn_time now)
{
	if (p->rate)
		fill_tokens(p, now);
	double rate = (double)cwnd * (slow_start ? 2.0 : 1.25) * 1e9 /
		      (double)(srtt > GN_USEC ? srtt : GN_USEC);
	p->rate = rate < JET_MTU_BASE ? JET_MTU_BASE : (uint64_t)rate;
}

bool jet_pacer_ready(struct jet_pacer *p, gn_time now)
{
	fill_tokens(p, now);
	return p->tokens > 0;
}

void jet_pacer_sent(struct jet_pacer *p, uint64_t bytes)
{
	p->tokens -= (int64_t)bytes;
}

gn_time jet_pacer_deadline(const struct jet_pacer *p)
{
	int64_t missing = (int64_t)jet_pacer_quantum(p) - p->tokens;
	return missing <= 0 ? p->at
			    : p->at + (gn_time)((double)missing * 1e9 / (double)p->rate) + 1;
}
