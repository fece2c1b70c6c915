/* What a node keeps over restarts. */
#ifndef GN_NODE_SAVED_H
#define GN_NODE_SAVED_H

#include "host/setting.h"
#include "overlay/overlay.h"
#include <jansson.h>

struct gn_node;

/* What was read at the start, until it takes effect; NULL: there is none. */
struct gn_node_kept {
	json_t *contacts, *pins, *pins_before, *allowed;
};

/* ---- lists.c: small JSON files of the node's own ---- */

/* shared: another program may have written it, too. ok: what its entries must be besides, NULL for
 * those that are looked at one by one later. */
GN_MUST gn_err gn_node_list_read(struct gn_node *node, const char *name, bool shared,
				 bool (*ok)(const json_t *), json_t **out, char why[GN_HOST_WHY]);
/* What was read and is none is kept under a name that nothing has, and reported (NO-11). */
GN_MUST gn_err gn_node_list_set_aside(struct gn_node *node, const char *name, const char *wrong,
				      char why[GN_HOST_WHY]);
/* one was set aside, at whichever start */
bool gn_node_list_was_damaged(const struct gn_node *node, const char *name);
/* Whole and atomically. */
gn_err gn_node_list_write(struct gn_node *node, const char *name, json_t *json);

/* ---- sites.c: what this node keeps published (BU-21) ---- */

void gn_node_sites_load(struct gn_node *node);
/* Is a list that was read a table of sites? */
bool gn_node_sites_ok(const json_t *sites);
void gn_node_sites_tick(struct gn_node *node);
/* The blocks of a version are spread by op: kept from now on, pending until its head comes.
 * body: the request's JSON. */
GN_MUST gn_err gn_node_sites_spread(struct gn_node *node, struct gn_slice body, gn_op op);
/* The same by its parts; owner: hex. */
struct gn_node_spread_body;
GN_MUST gn_err gn_node_sites_keep(struct gn_node *node, const char *owner, const char *label,
				  const struct gn_hash *root, const struct gn_node_spread_body *s,
				  gn_op op);
/* A record was put through this node; a site's head says which versions are kept. */
void gn_node_sites_record(struct gn_node *node, struct gn_slice record);
GN_MUST gn_err gn_node_sites_remove(struct gn_node *node, const struct gn_pk *owner,
				    const char *label);
json_t *gn_node_sites_json(const struct gn_node *node); /* for the API and pages */

/* ---- saved.c: all the others ---- */

/* All the lists, before anything is written; an error says which cannot be read (NO-11). */
GN_MUST gn_err gn_node_saved_read(struct gn_node *node, char why[GN_HOST_WHY]);
/* What was read takes effect. */
void gn_node_saved_load(struct gn_node *node);
void gn_node_saved_tick(struct gn_node *node);  /* what changed, now and then */
void gn_node_saved_store(struct gn_node *node); /* all, at the end */

#endif
