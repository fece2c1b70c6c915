/* Calls of app/1, whichever way they come: over a connection that speaks it, or as their twin in
 * JSON, POST /api/v1/<area>/<call>. The program's handler reads r->table, may wait like any
 * request, and answers once; it sees no difference.
 *
 *   frame -> gn_host_app -> gn_host_request -> route's handler -> gn_host_answer -> frame
 *   JSON  -> table ------->                                                      -> JSON
 *
 * Rules: docs/spec/app.md. */
#ifndef GN_HOST_CALL_H
#define GN_HOST_CALL_H

#include "host/app.h"
#include "host/request.h"

struct gn_host_call_route {      /* first member of the program's own, which says what runs */
	struct gn_app_kind kind; /* area 0 ends the table */
	unsigned flags;          /* the program's */
};

struct gn_host_calls {
	const void *routes; /* of the program's own struct */
	size_t route_size;
	enum gn_fb_app_role role;
	const char *software;
	uint64_t epoch;
	uint64_t (*unix_ms)(void *user); /* our estimate; user: the api's */
	/* An error is answered with its own sentence. */
	gn_err (*run)(struct gn_host_request *r);
};

/* The builder of this request's answer: children first, then its table. */
struct gn_fbb *gn_host_answer_begin(struct gn_host_request *r);
/* The whole answer; nothing once it was answered or the asker is gone. */
void gn_host_answer(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table);
/* The route of a kind; NULL: it is not served. */
const struct gn_host_call_route *gn_host_call_find(const struct gn_host_calls *calls,
						   struct gn_app_kind kind);

/* Runs the call that a POST names in its two args; a route with GN_HOST_ROUTE_BODY. Errors are
 * answered. */
void gn_host_twin(struct gn_host_request *r);
/* "record", "get": AppRecord and RecordGet, or without the area's name before it. */
bool gn_host_call_named(struct gn_slice area, struct gn_slice call, struct gn_app_kind *out);

/* ---- connections ---- */

/* Speaks app/1 on connections of the Unix socket whose first byte says so. */
void gn_host_links_handler(struct gn_http_handler *out);
/* Moves what waits: late calls, bytes that find room now. When it is to be called again. */
gn_time gn_host_links_pump(struct gn_host_api *api, gn_time now);
/* The program ends: every connection is told. */
void gn_host_links_end(struct gn_host_api *api, gn_time now);

#endif
