/* The node's side of guard: who pays for what, whom the operator allowed. */
#ifndef GN_NODE_CHARGE_H
#define GN_NODE_CHARGE_H

#include "guard/guard.h"
#include <jansson.h>

struct gn_node;

/* ---- guard.c ---- */

GN_MUST gn_err gn_node_guard_new(struct gn_node *node, const struct gn_env *env);
/* jet's recv and tick, with what strangers' handshakes took told to guard. */
void gn_node_jet_recv(struct gn_node *node, const struct gn_way *from, struct gn_slice datagram);
void gn_node_tick_jet(struct gn_node *node);
/* Before a message of a proven peer is served: GN_QUOTA or GN_LIMIT when its key, or under
 * pressure its prefix, has asked for enough. */
GN_MUST gn_err gn_node_admit(struct gn_node *node, const struct gn_pk *pk, struct gn_slice message);
/* The same of anything that is so much work. */
GN_MUST gn_err gn_node_admit_work(struct gn_node *node, const struct gn_pk *pk, uint64_t cost);
/* A message of the overlay leaves for pk: when it is an answer, who asked pays for its length. */
void gn_node_caused(struct gn_node *node, const struct gn_pk *pk);
/* May what is deposited under this key cost something now (box.md BX-45)? As gn_box_config.pays. */
gn_err gn_node_token_pays(void *node, const struct gn_pk *by, bool many);
/* The same of what a message about boxes made us do (box.md BX-32). */
void gn_node_caused_by_box(struct gn_node *node, const struct gn_pk *pk);
void gn_node_caused_by_bus(struct gn_node *node, const struct gn_pk *pk);   /* bus.md BS-17 */
void gn_node_caused_by_relay(struct gn_node *node, const struct gn_pk *pk); /* reach.md RE-34 */
void gn_node_answered(struct gn_node *node, const struct gn_pk *pk, struct gn_slice message);
/* Work that a proven peer caused, in units of 1 us of CPU or 1 KiB s of memory. */
void gn_node_charge(struct gn_node *node, const struct gn_pk *pk, uint64_t work);

/* ---- who.c ---- */

/* "203.0.113.7", "203.0.113.0/24", or 8 and more digits of a node's key or id. GN_USAGE,
 * GN_NOT_FOUND, GN_EXISTS: several. */
GN_MUST gn_err gn_node_guard_who(const struct gn_node *node, const char *text,
				 struct gn_guard_subject *out);
json_t *gn_node_guard_who_json(const struct gn_guard_subject *who);
/* The id of the node with this key, as in the list of peers; NULL when none is known. */
json_t *gn_node_guard_id_json(const struct gn_node *node, const struct gn_guard_subject *who);

/* ---- allowed.c ---- */

/* Once jet and overlay are there; allowed: what guard.json says. */
void gn_node_guard_load(struct gn_node *node, const json_t *allowed);
void gn_node_guard_store(struct gn_node *node);
void gn_node_guard_allowed_store(struct gn_node *node);
json_t *gn_node_guard_allowed_json(const struct gn_node *node);

#endif
