/* Messages to peers, and to ourselves: a node that is one of the roots publishes there as anywhere.
 * What several requests say in the same way. */
#ifndef GN_SERVICES_BUS_MESSAGE_INT_H
#define GN_SERVICES_BUS_MESSAGE_INT_H

#include "services/bus/bus.h"
#include "services/bus/limits.h"
#include "services/frame/frame.h"

struct bus_from { /* a request of a peer */
	struct gn_contact who;
	uint64_t request;
};

/* Why a request is not served. */
struct bus_refusal {
	gn_err err;
	const char *limit; /* its name in limits.h; NULL: none */
	uint32_t retry_ms;
};
/* The name of a limit that must be one. */
#define BUS_LIMIT(name) ((void)(name), #name)

void bus_message_init(struct gn_bus *b);
/* Begin gives a builder with room for a small message and `extra` bytes, NULL when it must be
 * dropped (counted); end queues it. */
struct gn_fbb *bus_message_begin(struct gn_bus *b, size_t extra);
void bus_message_end(struct gn_bus *b, const struct gn_contact *to, uint64_t request,
		     uint8_t body_type, gn_fbref body);
/* GN_LIMIT has no code of its own: others hold what there is now, so it is Busy, with the name. */
static inline uint8_t bus_wire_code(gn_err err)
{
	return (uint8_t)gn_wire_code(err == GN_LIMIT ? GN_BUSY : err);
}
/* GN_OK, or the refusal. Nothing is sent for a request without number. topic: for its roots, when
 * it is not here; may be NULL. */
void bus_send_done(struct gn_bus *b, const struct bus_from *to, const struct bus_refusal *why,
		   const struct gn_hash *topic);
/* The set of a topic as this node knows it; how many. */
unsigned bus_roots_of(struct gn_bus *b, const struct gn_hash *topic,
		      struct gn_contact out[BUS_ROOTS]);
bool bus_is_root_of(struct gn_bus *b, const struct gn_hash *topic, const struct gn_pk *pk);
/* As BusSubscribed.set. */
uint64_t bus_set_sum(const struct gn_contact *nodes, unsigned count);
/* Of one peer, for a list of them. */
gn_fbref bus_peer_put(struct gn_fbb *fbb, const struct gn_contact *c);
void bus_peer_get(struct gn_fb_bus_peer p, struct gn_contact *out);

static inline struct gn_contact bus_contact(const struct gn_pk *pk, const struct gn_addr *addr)
{
	struct gn_contact c = {.pk = *pk, .addr_count = addr && addr->port != 0};
	if (c.addr_count)
		c.addrs[0] = *addr;
	return c;
}
static inline struct gn_holder bus_holder(const struct gn_contact *who)
{
	return (struct gn_holder){who->pk,
				  who->addr_count ? who->addrs[0] : (struct gn_addr){.port = 0}};
}
static inline bool bus_hash_eq(const struct gn_hash *a, const struct gn_hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}
static inline bool bus_id_eq(const struct gn_fb_bus_id *a, const struct gn_fb_bus_id *b)
{
	return a->publisher8 == b->publisher8 && a->epoch == b->epoch && a->seq == b->seq;
}

#endif
