/* Homes: relays at which a node that is not reached directly has a place, told in its node record;
 * and the node records of others, looked up for who knows a key and no address. */
#ifndef GN_NODE_HOMES_H
#define GN_NODE_HOMES_H

#include "node/limits.h"
#include "overlay/overlay.h"
#include "records/noderec.h"
#include "services/relay/relay.h"

struct gn_node;

#define GN_NODE_PLACES 4 /* two homes, and those before for a minute */

struct gn_node_homes {
	enum gn_overlay_reached reached;
	bool own; /* others see it under its own address */
	struct gn_relay_homes chosen;
	struct gn_node_place {
		struct gn_pk relay;
		gn_op op;   /* 0: none is here */
		bool ready; /* the relay has said so */
	} places[GN_NODE_PLACES];
	gn_time look;      /* at who is linked */
	gn_time published; /* the record; 0: never */
	gn_time before;    /* the one before; 0: none */
	gn_time changed;   /* since when it does not say what it should; 0: it does */
	uint64_t seq;
	gn_op put;
	struct gn_node_barred {
		struct gn_pk relay;
		gn_time until;
	} barred[GN_NODE_BARRED];
	unsigned barred_next;
	struct gn_map finds; /* overlay's op -> key of the node that is looked up */
};

void gn_node_homes_init(struct gn_node *node);
void gn_node_homes_fini(struct gn_node *node);
/* What we are told of our addresses has changed: as long as nothing is measured it says how this
 * node is reached. */
void gn_node_homes_guess(struct gn_node *node);
/* What is guessed of how this node is reached: it has homes, and stays what it is. */
void gn_node_homes_reached(struct gn_node *node, enum gn_overlay_reached reached);
/* What was measured: others are told, and who is not reached directly holds no keys (OV-7). Were
 * that so of a guess, nobody would call, and nothing be measured. */
void gn_node_homes_sure(struct gn_node *node, enum gn_overlay_reached reached);
/* What it does for others is another thing than before: they are told. */
void gn_node_homes_can(struct gn_node *node);
void gn_node_homes_tick(struct gn_node *node);
/* A relay at which this node has a place; NULL: none. */
const struct gn_pk *gn_node_homes_place(const struct gn_node *node);
/* Is it one of its homes, or was a minute ago? */
bool gn_node_homes_is(const struct gn_node *node, const struct gn_pk *relay);
gn_time gn_node_homes_deadline(const struct gn_node *node);
void gn_node_homes_event(struct gn_node *node, const struct gn_relay_event *e);
/* Looks the node's record up. GN_LIMIT: too many are looked up; else what the overlay says. */
GN_MUST gn_err gn_node_homes_find(struct gn_node *node, const struct gn_pk *pk);
/* What a node's record says; counts 0: there is none, or it is not to be had. */
struct gn_node_found {
	struct gn_pk pk; /* zeros: the operation was this node's own record being put */
	unsigned addr_count, url_count, home_count;
	struct gn_addr addrs[GN_CONTACT_ADDRS];
	struct gn_noderec_url urls[GN_NODEREC_URLS];
	struct gn_contact homes[GN_NODE_HOMES];
	struct gn_noderec_url home_urls[GN_NODE_HOMES];
};
/* True: the operation was of here, and is over. */
bool gn_node_homes_overlay_event(struct gn_node *node, const struct gn_overlay_event *e,
				 struct gn_node_found *out);

#endif
