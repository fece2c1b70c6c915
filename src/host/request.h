/* A request over HTTP from its head to its last byte, the same for every program: which route,
 * who may ask (the program says), its body, what it waits for, the answer. A program has a struct
 * of its own for a request, which begins with a gn_host_request, and hooks that say what is
 * particular to it.
 *
 *   HEAD [begin, admit] -> (body) -> RUN [run] -> WAIT [gn_host_wait] -> answered -> closed
 *        -> refused [refuse] -> closed                                -> closed by the client
 *
 * 1. A request lives until it is closed and nothing works for it any more (refs).
 * 2. It is answered once; what comes later is dropped.
 * 3. It waits for at most one thing, by its owner's number and a ticket.
 * 4. What is read of a body that nobody waits for is forgotten. */
#ifndef GN_HOST_REQUEST_H
#define GN_HOST_REQUEST_H

#include "host/json.h"
#include "host/route.h"
#include "host/told.h"
#include "host/who.h"
#include "net/net.h"
#include "wire/app.h"

struct gn_host_request;

struct gn_host_api {
	struct gn_host_paths paths;
	size_t request_size; /* of the program's struct */
	size_t body_max;     /* bytes of a body that is gathered; over it GN_TOO_LARGE */
	/* The head is there. False: no route is looked for, somebody else answers. May be NULL. */
	bool (*begin)(struct gn_host_request *r);
	/* Is there such a route, and may it be asked? False after answering. */
	bool (*admit)(struct gn_host_request *r, bool other_method);
	void (*run)(struct gn_host_request *r);
	/* Sends a whole answer with the program's fields; at last by gn_host_respond. */
	void (*answer)(struct gn_host_request *r, int status, const char *type,
		       struct gn_slice body);
	/* Answers with an error; text "": the error's own sentence. */
	void (*refuse)(struct gn_host_request *r, gn_err err, const char *text);
	/* The sentence of an error as whoever asks reads it, and retry_s, whichever way it goes
	 * out. NULL: text, or the error's own. */
	void (*explain)(struct gn_host_request *r, gn_err err, const char *text, char *out,
			size_t cap);
	/* Its connection is gone: what it waits for is given up. May be NULL. */
	void (*closed)(struct gn_host_request *r);
	/* Its last breath: what the program's part of it owns. May be NULL. */
	void (*fini)(struct gn_host_request *r);
	void (*no_memory)(void *user, struct gn_http_request *http); /* for a request: answers */
	const char *unwritten;             /* JSON of the answer that could not be written */
	const struct gn_host_calls *calls; /* of app/1 (host/call.h); NULL: it is not spoken */
	struct gn_host_link *links;        /* connections that speak it */
	unsigned links_max;                /* at once: gn_http_raw_max */
	struct gn_host_whos whos;          /* of which users */
	struct gn_host_told *told;         /* events that they may be told; NULL: there are none */
	uint64_t epoch;                    /* of them, random: another in each life */
	bool moved;                        /* a call began or got more bytes: pump again */
	/* A call of app/1 was made; before it runs. May be NULL. */
	void (*born)(struct gn_host_request *r);
	void *user;
	struct gn_host_request *requests; /* all, the newest first */
};

struct gn_host_request {
	struct gn_host_api *api;
	struct gn_http_request *http;      /* NULL once it is closed */
	const struct gn_host_route *route; /* NULL: none */
	gn_host_args args;
	uint8_t *body; /* owned */
	size_t body_len, body_cap;
	unsigned refs; /* what works for it: workers, engines */
	/* whole; or the program keeps it back until it may be told, then clears this and sends */
	bool answered;
	bool streaming;   /* its answer began: an error cuts it */
	uint32_t retry_s; /* of a refusal: when the same may do better; 0: unknown */
	const char *kind; /* of a refusal: one word for programs, static; NULL: it has none */
	unsigned waits;   /* whom it waits for, the program's number; 0: nobody */
	uint64_t ticket;  /* what of them */
	void *state;      /* gn_host_state; owned, wiped in the end: keys and invites are in some */
	size_t state_size;
	struct gn_ws *ws; /* owned; then the body is its */
	/* A call of app/1, or its twin in JSON (host/call.h). */
	const struct gn_host_call_route *asked; /* NULL: it is none */
	struct gn_fbt table; /* what is asked; borrows frame, or its link's bytes */
	uint8_t *frame;      /* owned */
	size_t frame_cap;
	bool in_work;             /* counted as such */
	bool paused, resumed;     /* its handler did not take all of its stream; wants the rest */
	gn_err gave_up;           /* why it ended before it was answered, for `closed` */
	bool stranger;            /* another user of this machine than its owner asks (AP-14) */
	struct gn_host_link *via; /* NULL: it came over HTTP */
	uint64_t call;
	struct gn_fbb builder; /* of an answer over HTTP, in room */
	uint8_t *room;         /* owned */
	/* Instead of the api's; may be NULL. */
	void (*refuse)(struct gn_host_request *r, gn_err err, const char *text);
	void (*reply)(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table,
		      bool more);
	void (*gone)(struct gn_host_request *r); /* its connection is closed */
	/* Of a streamed answer or body; may be NULL. */
	void (*drain)(struct gn_host_request *r); /* there is room to write */
	gn_err (*data)(struct gn_host_request *r, struct gn_slice in, size_t *taken);
	void (*data_end)(struct gn_host_request *r);
	struct gn_host_request *next, **link;
};

void gn_host_api_handler(struct gn_host_api *api, struct gn_http_handler *out);

/* ---- life ---- */

/* Nobody's: the program asks itself. One reference, for gn_host_release. NULL: no memory. */
struct gn_host_request *gn_host_request_new(struct gn_host_api *api);
void gn_host_hold(struct gn_host_request *r); /* something works for it */
void gn_host_release(struct gn_host_request *r);
/* Whom it waits for, not 0, and what: gn_host_waiting finds it then, until it is answered. */
void gn_host_wait(struct gn_host_request *r, unsigned whom, uint64_t ticket);
void gn_host_wait_end(struct gn_host_request *r);
struct gn_host_request *gn_host_waiting(const struct gn_host_api *api, unsigned whom,
					uint64_t ticket);
/* What a route keeps over a wait, in a struct of its own: zeros the first time. NULL: no memory. */
void *gn_host_state(struct gn_host_request *r, size_t size);

/* ---- what was asked ---- */

/* A number of the query; fallback when it is absent; GN_RANGE above max or when it is none. */
GN_MUST gn_err gn_host_number(const struct gn_host_request *r, const char *name, uint64_t fallback,
			      uint64_t max, uint64_t *out);
struct gn_slice gn_host_body(const struct gn_host_request *r);

/* ---- answers ---- */

/* The whole answer; nothing once it was answered or the client is gone. */
void gn_host_respond(struct gn_host_request *r, int status, const struct gn_http_field *fields,
		     size_t count, struct gn_slice body);
/* Takes json. */
void gn_host_json(struct gn_host_request *r, int status, json_t *json);
/* fmt "": the error's own sentence. */
void gn_host_error(struct gn_host_request *r, gn_err err, const char *fmt, ...) GN_PRINTF(3, 4);

#endif
