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

enum { /* flags of a call; the program's own begin at GN_HOST_CALL_OWN and double */
       GN_HOST_CALL_STREAM = 1, /* it has a stream, so it has no twin */
       GN_HOST_CALL_OWN = 2
};

struct gn_host_call_route {      /* first member of the program's own, which says what runs */
	struct gn_app_kind kind; /* area 0 ends the table */
	unsigned flags;          /* the program's */
};

struct gn_host_calls {
	const void *routes; /* of the program's own struct */
	size_t route_size;
	enum gn_fb_app_role role;
	const char *software;
	uint64_t (*unix_ms)(void *user); /* our estimate; user: the api's */
	/* What users who do not own the program may do, as READY says it, and kinds of events that
	 * they may be told (bits); what a call asks for is the handler's to check. */
	const struct gn_slice *stranger_rights;
	size_t stranger_right_count;
	uint64_t stranger_kinds;
	/* Clients with a secret (AP-12), beside users by uid; all NULL: there are none. origin:
	 * what the socket is bound to, "" to know no client now. */
	const char *(*origin)(void *user);
	void (*random)(void *user, void *out, size_t len);
	bool (*secret)(void *user, const uint8_t id[32], uint8_t out[32]);
	size_t (*client_rights)(void *user, const uint8_t id[32], struct gn_slice *out, size_t cap);
	uint64_t (*client_kinds)(void *user, const uint8_t id[32]); /* of events, 0: none */
	/* What the program's port is bound to, "http://localhost:7781", for clients on WebSocket;
	 * NULL: there are none. */
	const char *(*web_origin)(void *user);
	/* An error is answered with its own sentence. */
	gn_err (*run)(struct gn_host_request *r);
};

/* The builder of this request's answer: children first, then its table. */
struct gn_fbb *gn_host_answer_begin(struct gn_host_request *r);
/* The whole answer; nothing once it was answered or the asker is gone. */
void gn_host_answer(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table);
/* One of several; the last is gn_host_answer's. Nothing over HTTP. */
void gn_host_answer_more(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table);
void gn_host_answer_ok(struct gn_host_request *r); /* AppOk */
/* The route of a kind; NULL: it is not served. */
const struct gn_host_call_route *gn_host_call_find(const struct gn_host_calls *calls,
						   struct gn_app_kind kind);

/* Runs the call that a POST names in its two args; a route with GN_HOST_ROUTE_BODY. Errors are
 * answered. */
void gn_host_twin(struct gn_host_request *r);
/* "record", "get": AppRecord and RecordGet, or without the area's name before it. */
bool gn_host_call_named(struct gn_slice area, struct gn_slice call, struct gn_app_kind *out);

/* The id of the client that made the call, 32 bytes; NULL: it named none. */
const uint8_t *gn_host_client(const struct gn_host_request *r);
/* The user whose process made the call, to be compared; NULL: it came over HTTP. */
const struct gn_host_who *gn_host_user(const struct gn_host_request *r);

/* ---- a call's stream (AP-11) ---- */

/* r->data is given what comes, r->data_end told of its end, r->drain of room to send. From now on
 * the call is late when nothing of its stream moves for GN_HOST_APP_STALL. */
void gn_host_streams(struct gn_host_request *r);
/* r->data is given again what it did not take; of a body over HTTP too. */
void gn_host_resume(struct gn_host_request *r);
/* Bytes that may be sent now; 0: r->drain follows. */
size_t gn_host_room(struct gn_host_request *r);
void gn_host_send(struct gn_host_request *r, struct gn_slice bytes); /* at most so many */
void gn_host_send_end(struct gn_host_request *r);
/* Milliseconds until this call is late, 1 at least; 0: it says nothing of that. */
uint32_t gn_host_left_ms(const struct gn_host_request *r);
/* A call that lasts until it is cancelled. */
void gn_host_lasts(struct gn_host_request *r);

/* ---- connections ---- */

/* Is it this program's own user, or root, at the other end of the Unix socket? *uid: who. */
bool gn_host_is_owner(const struct gn_http_request *http, uint32_t *uid);

/* Speaks app/1 on connections of the Unix socket whose first byte says so. */
void gn_host_links_handler(struct gn_http_handler *out);
/* Speaks app/1 on a WebSocket, binary messages, from now on; only clients with a secret are let in.
 * The owner of the api has admitted it: whoever may dial. Errors are answered. */
void gn_host_link_upgrade(struct gn_host_request *r);
/* Moves what waits: late calls, bytes that find room now. When it is to be called again. */
gn_time gn_host_links_pump(struct gn_host_api *api, gn_time now);
/* The log of events begins anew, in another epoch: who listens is told of a gap. */
void gn_host_links_forget(struct gn_host_api *api);
/* The program ends: every connection is told. */
void gn_host_links_end(struct gn_host_api *api, gn_time now);

#endif
