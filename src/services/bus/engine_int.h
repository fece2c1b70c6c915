/* The engine's state, shared by its files; what its parts hold and do is in their own headers. */
#ifndef GN_SERVICES_BUS_ENGINE_INT_H
#define GN_SERVICES_BUS_ENGINE_INT_H

#include "services/bus/view_int.h"
#include "wire/token.h"

enum bus_find_kind { FIND_RULES, FIND_ROOTS, FIND_RECORD, FIND_APART };

struct bus_counts {
#define X(name) uint64_t name;
#include "services/bus/counters.def"
#undef X
};

struct gn_bus {
	struct gn_env env;
	struct gn_bus_config cfg;
	gn_time now, wake; /* of the last call; when to run although no timer is due */
	struct gn_frame frame;
	struct gn_heap held_timers, view_timers;
	struct gn_bus_caused caused;
	struct gn_token token; /* being checked */
	uint64_t bytes;        /* of blobs */

	/* root */
	struct gn_map held;     /* topic -> bus_held * */
	struct gn_share leases; /* subscribers, by peer and prefix; */
	struct gn_share topics; /* topics, by who asked first; */
	struct gn_share stored; /* bytes of values and wills, by who brought them */
	uint64_t round; /* of the lists, that those who wait for one were looked through in */
	uint32_t lookups, pending;
	size_t pending_bytes;
	struct bus_pending *ready_first, *ready_last;
	struct bus_serving *serving_first, *serving_last;
	uint32_t serving_count;
	gn_time sweep;

	/* subscriber, publisher */
	struct gn_map views;   /* topic -> bus_view * */
	struct gn_map asks;    /* number -> bus_ask */
	struct gn_ring askers; /* numbers, oldest first */
	struct gn_ring signs;  /* numbers not shown to the owner */
	size_t queue_bytes;
	struct bus_blob *shown;

	struct gn_frame_out out;
	struct bus_counts count;
};

/* Unix milliseconds by the clock of records; b->now runs the timers. */
static inline uint64_t bus_unix_ms(const struct gn_bus *b)
{
	return (uint64_t)(gn_overlay_time(b->cfg.overlay, b->now) / GN_MSEC);
}
static inline uint64_t bus_unix(const struct gn_bus *b)
{
	return bus_unix_ms(b) / 1000;
}
static inline void bus_wake(struct gn_bus *b)
{
	b->wake = b->now;
}
static inline gn_time bus_rtt(const struct gn_bus *b, const struct gn_pk *pk)
{
	gn_time rtt = b->cfg.rtt ? b->cfg.rtt(b->cfg.user, pk) : 0;
	return rtt > 0 ? rtt : BUS_RTT;
}
/* Until somebody else serves: 1.6 round trips and a little. */
static inline gn_time bus_patience(const struct gn_bus *b, const struct gn_pk *pk)
{
	return bus_rtt(b, pk) * 8 / 5 + BUS_SILENT;
}
static inline bool bus_room(const struct gn_bus *b, const struct gn_pk *pk, size_t bytes)
{
	return !b->cfg.room || gn_pk_eq(pk, &b->cfg.node) || b->cfg.room(b->cfg.user, pk) >= bytes;
}
static inline bool bus_exporter(const struct gn_bus *b, const struct gn_pk *peer, bool ours,
				uint8_t out[32])
{
	if (gn_pk_eq(peer, &b->cfg.node)) { /* no session leads to ourselves */
		memset(out, 0, 32);
		return true;
	}
	return b->cfg.exporter && b->cfg.exporter(b->cfg.user, peer, ours, out);
}

#endif
