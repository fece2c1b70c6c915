/* The table of congestion controllers, and the one that is none. */
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

static void start_carrier(struct jet_cc *cc, gn_time now)
{
	(void)now;
	cc->cwnd = JET_RELIABLE_FLIGHT;
}

static void note_bytes(struct jet_cc *cc, uint64_t bytes, gn_time now)
{
	GN_ASSERT(cc->cwnd == JET_RELIABLE_FLIGHT);
	(void)bytes, (void)now;
}

static void note_ack(struct jet_cc *cc, const struct jet_cc_ack *ack, gn_time now)
{
	GN_ASSERT(cc->cwnd == JET_RELIABLE_FLIGHT);
	(void)ack, (void)now;
}

static void note_loss(struct jet_cc *cc, uint64_t bytes, gn_time newest, bool persistent,
		      gn_time now)
{
	GN_ASSERT(cc->cwnd == JET_RELIABLE_FLIGHT);
	(void)bytes, (void)newest, (void)persistent, (void)now;
}

static void note_time(struct jet_cc *cc, gn_time at, gn_time now)
{
	GN_ASSERT(cc->cwnd == JET_RELIABLE_FLIGHT);
	(void)at, (void)now;
}

static void note_nothing(struct jet_cc *cc, gn_time now)
{
	(void)cc, (void)now;
}

static gn_time never(const struct jet_cc *cc)
{
	(void)cc;
	return GN_NEVER;
}

const struct jet_cc_ops jet_cc_carrier = {.name = "carrier",
					  .init = start_carrier,
					  .sent = note_bytes,
					  .acked = note_ack,
					  .lost = note_loss,
					  .ecn = note_time,
					  .spurious = note_nothing,
					  .idle = note_time,
					  .deadline = never};

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
