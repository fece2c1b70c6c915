/* What the node does for others: one place where the engines learn what they may give, and where
 * what they gave is counted (RE-64). */
#ifndef GN_NODE_GIVE_H
#define GN_NODE_GIVE_H

#include "node/giving.h"
#include "node/request.h"

struct gn_record;

struct gn_node_give {
	struct giving g;
	struct gn_map refused; /* gn_hash -> uint8_t */
	uint64_t turn;         /* bytes since they were counted, */
	uint64_t turn_all;     /* and in all */
	uint64_t month_end;    /* Unix seconds */
	uint32_t month;        /* now; 0: nothing was told to the engines yet */
	gn_time look, saved;
	bool unsaved;
	struct {
#define X(name, text) uint64_t name;
#include "node/give_counters.def"
#undef X
	} count;
};

/* The settings', then what the files say, before anything is written (NO-11). */
void gn_node_give_init(struct gn_node *node);
GN_MUST gn_err gn_node_give_read(struct gn_node *node, char why[GN_HOST_WHY]);
void gn_node_give_fini(struct gn_node *node);
/* Counts, tells the engines when something changed, saves. */
void gn_node_give_tick(struct gn_node *node);
gn_time gn_node_give_deadline(const struct gn_node *node);
/* What was given until now is in the month. */
void gn_node_give_count(struct gn_node *node);
/* As at the end: all that was counted is saved. */
void gn_node_give_store(struct gn_node *node);
/* The stores are read: what is refused and was kept goes. */
void gn_node_give_restored(struct gn_node *node);

/* The level that others have now. */
static inline enum gn_relay_give_level gn_node_give_level(const struct gn_node_give *v)
{
	return v->g.wish.metered ? GN_RELAY_OFF : v->g.wish.relay;
}
/* May TURN's users have so many bytes more? Then they count. 0: may they have any? */
bool gn_node_give_turn(struct gn_node *node, size_t bytes);
/* Hooks of overlay and bundles. */
bool gn_node_refuses_record(void *user, const struct gn_hash *key, const struct gn_record *in);
bool gn_node_refuses_hash(void *user, const struct gn_hash *hash);

/* What `geonet give` says. GN_USAGE with why. */
GN_MUST gn_err gn_node_give_set(struct gn_node *node, struct gn_slice name, struct gn_slice value,
				char why[GN_HOST_WHY]);
/* GN_LIMIT: as many are refused as may be; GN_NOT_FOUND: it was not. */
GN_MUST gn_err gn_node_give_refuse(struct gn_node *node, const struct gn_hash *hash, bool end);

#endif
