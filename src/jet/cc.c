/* The table of congestion controllers. */
#include "jet/cc_int.h"
#include "jet/limits.h"

static const struct jet_cc_ops *const table[] = {&jet_cc_cubic};

const struct jet_cc_ops *jet_cc_find(const char *name)
{
	if (!name || !*name)
		return table[0];
	for (size_t i = 0; i < GN_COUNT(table); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}

void jet_cc_init(struct jet_cc *cc, const struct jet_cc_ops *ops, uint32_t mtu, gn_time now)
{
	GN_ASSERT(ops && mtu >= JET_MTU_BASE);
	uint64_t in_flight = cc->in_flight;
	*cc = (struct jet_cc){.ops = ops, .mtu = mtu, .in_flight = in_flight};
	cc->cwnd = (uint64_t)JET_CWND_INITIAL_PACKETS * mtu;
	cc->ssthresh = UINT64_MAX;
	ops->init(cc, now);
}

void jet_cc_validate(const struct jet_cc *cc)
{
	GN_ASSERT(cc->ops && cc->cwnd >= (uint64_t)JET_CWND_MIN_PACKETS * JET_MTU_BASE &&
		  cc->cwnd <= JET_CWND_MAX);
}
