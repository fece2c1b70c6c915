/* The runs of the local API's routes, by file. */
#ifndef GN_NODE_API_H
#define GN_NODE_API_H

#include "node/request.h"

/* The hooks of node->api. */
void gn_node_api_init(struct gn_node *node);

/* status.c */
gn_err gn_node_api_status(struct gn_node_request *r);
gn_err gn_node_api_peers(struct gn_node_request *r);
gn_err gn_node_api_counters(struct gn_node_request *r);
gn_err gn_node_api_metrics(struct gn_node_request *r);
gn_err gn_node_api_held(struct gn_node_request *r);
gn_err gn_node_api_page(struct gn_node_request *r);
gn_err gn_node_api_page_part(struct gn_node_request *r);
gn_err gn_node_api_page_mark(struct gn_node_request *r);
/* lookups.c */
gn_err gn_node_api_lookups(struct gn_node_request *r);
/* events.c */
gn_err gn_node_api_events(struct gn_node_request *r);
/* api_guard.c */
gn_err gn_node_api_guard(struct gn_node_request *r);
gn_err gn_node_api_guard_why(struct gn_node_request *r);
gn_err gn_node_api_guard_allow(struct gn_node_request *r);
gn_err gn_node_api_guard_forgive(struct gn_node_request *r);
/* api_records.c */
gn_err gn_node_api_find(struct gn_node_request *r);
gn_err gn_node_api_record_put(struct gn_node_request *r);
gn_err gn_node_api_record_get(struct gn_node_request *r);
gn_err gn_node_api_name_get(struct gn_node_request *r);
gn_err gn_node_api_name_put(struct gn_node_request *r);
/* api_sites.c */
gn_err gn_node_api_file_put(struct gn_node_request *r);
gn_err gn_node_api_spread(struct gn_node_request *r);
gn_err gn_node_api_sites(struct gn_node_request *r);
gn_err gn_node_api_site_get(struct gn_node_request *r);
gn_err gn_node_api_site_remove(struct gn_node_request *r);
gn_err gn_node_api_site_manifest(struct gn_node_request *r);
gn_err gn_node_api_shutdown(struct gn_node_request *r);
/* gateway.c */
gn_err gn_node_api_site_file(struct gn_node_request *r);

#endif
