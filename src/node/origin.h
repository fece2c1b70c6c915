/* Where a site lives in a browser, and who asks for it. Pure: texts in, texts out; fuzzed by
 * api_fuzz.c. Rules: docs/spec/node.md NO-21, NO-22; reasons:
 * docs/decisions/130-origins-of-sites.md. */
#ifndef GN_NODE_ORIGIN_H
#define GN_NODE_ORIGIN_H

#include "services/names/names.h"

/* letters of the owner's PID in base32: 60 bits, too many to find a second key for */
#define GN_ORIGIN_TAG 12
/* bytes of an origin's host with terminator: two labels and ".localhost" */
#define GN_ORIGIN_MAX 160

struct gn_node_origin {
	bool own;            /* an origin, of this owner or of one before; false: the address */
	struct gn_name name; /* whose */
};

/* "welcome.geo.localhost", the address, or "geo-welcome-k3jf7q2xabcd.localhost", an origin: it
 * is the right one when it is what gn_node_origin_host says. host: in lower case, without port.
 * GN_NOT_FOUND: no host of a site; GN_TEXT: of something that is no name, *why tells. */
GN_MUST gn_err gn_node_origin_parse(struct gn_slice host, struct gn_node_origin *out,
				    const char **why);
/* The origin of what `owner` shows under the name. GN_TOO_LARGE: it does not fit into a label. */
GN_MUST gn_err gn_node_origin_host(const struct gn_name *name, const struct gn_pk *owner,
				   char out[GN_ORIGIN_MAX]);

enum gn_node_visitor {
	GN_VISITOR_TOOL,    /* no browser, or one too old to say */
	GN_VISITOR_VISIT,   /* a person goes to an address */
	GN_VISITOR_OWN,     /* a page of the same origin, or the browser itself, loads a part */
	GN_VISITOR_WORKER,  /* a service worker of the same origin is looked for */
	GN_VISITOR_FOREIGN, /* a page of another origin loads, frames or probes */
};
/* From Sec-Fetch-Site, -Mode and -Dest; p NULL where absent. */
enum gn_node_visitor gn_node_visitor(struct gn_slice site, struct gn_slice mode,
				     struct gn_slice dest);

#endif
