/* A topic with its owner, for tests: keys, record; events collected; rights shown by whoever has
 * the key, as agents do. */
#ifndef GN_SERVICES_TESTING_BUSES_H
#define GN_SERVICES_TESTING_BUSES_H

#include "services/testing/world.h"

#define SVC_BUS_GOT 4096
#define SVC_BUS_KEYS 4

struct svc_bus {
	struct svc *s;
	struct gn_sk owner, key[SVC_BUS_KEYS];
	struct gn_topicrec rec;
	struct gn_hash topic;
	uint64_t epoch[SVC_BUS_KEYS], seq[SVC_BUS_KEYS]; /* of the next message */
	unsigned will_node;                              /* that wills name */
	bool no_signs;
	const struct gn_sk *mute;   /* whose agent does not sign */
	const struct gn_sk *silent; /* whose agent answers nothing */
	unsigned signs;
	/* what came: node, first 4 bytes of the payload, seq */
	struct svc_bus_got {
		unsigned node;
		gn_op op;
		uint64_t number, seq;
		uint8_t flags;
	} got[SVC_BUS_GOT];
	unsigned got_count, gaps, following, ended;
	uint64_t gap_count;
	uint32_t subscribers;
	gn_err ended_err;
	/* the operation waited for */
	gn_op op;
	unsigned op_node;
	bool over;
	struct gn_bus_event last;
	char limit[32];
};

/* The record says what rec says; 0: all that is usual. */
void svc_bus_make(struct svc *s, struct svc_bus *x, uint8_t seed, const struct gn_topicrec *rec);
gn_err svc_bus_put(struct svc_bus *x, unsigned node);
struct gn_bus_topic svc_bus_topic(const struct svc_bus *x);
/* key 0 is the owner, others are 1..; filter NULL: all. */
gn_op svc_bus_sub(struct svc_bus *x, unsigned node, const char *filter);
gn_err svc_bus_sub_as(struct svc_bus *x, unsigned node, const struct gn_sk *key,
		      struct gn_slice token, gn_op *op);
/* The next message of a key: its payload is the number. */
void svc_bus_say(struct svc_bus *x, unsigned key, const char *subject, uint32_t number,
		 uint8_t flags, struct gn_bus_publish *out);
/* The same, published; waits for the end. */
gn_err svc_bus_pub(struct svc_bus *x, unsigned node, unsigned key, const char *subject,
		   uint32_t number, uint8_t flags);
gn_err svc_bus_pub_this(struct svc_bus *x, unsigned node, const struct gn_bus_publish *p);
gn_err svc_bus_will(struct svc_bus *x, unsigned node, unsigned key, uint32_t number, gn_op *op);
/* How often this node got it. */
unsigned svc_bus_times(const struct svc_bus *x, unsigned node, uint32_t number);
uint64_t svc_bus_count(const struct svc *s, unsigned node, const char *name);
uint64_t svc_bus_sum(const struct svc *s, const char *name);
/* The roots by brute force, nearest first; how many. */
unsigned svc_bus_roots(const struct svc_bus *x, unsigned out[8]);
const struct gn_sk *svc_bus_key(const struct svc_bus *x, unsigned key);

#endif
