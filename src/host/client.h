/* The calling end of one app/1 connection: bytes and time in; answers, events, bytes and one
 * deadline out. It knows no call: its owner builds tables and reads tables; it greets, numbers,
 * grants, and holds the server to what was promised. Pure: sockets are the owner's, randomness
 * comes with the config.
 *
 *   HELLO -> READY [AppReady] -> BYE [AppBye, theirs or ours; the connection's end]
 *         -> PROOF [AppChallenge that proves the secret] -> READY -> BYE
 *         -> BYE   [anything else, nothing in time]
 *
 * 1. A call ends once: by GN_HOST_CLIENT_ANSWER without `more`, or by GN_HOST_CLIENT_FAILED; that
 *    comes for every call that lives when the connection ends (GN_CLOSED, unknown).
 * 2. Frames are opened one at a time as the owner asks for them; what it does not ask for stays
 *    with the server, which then stops (AP-8).
 * 3. What a server sends that it may not ends the connection with AppBye PROTOCOL: answers to calls
 *    that were never made, more of a stream than was granted, a frame over frame_max.
 *
 *   c = gn_host_client_new(&config)
 *   loop: gn_host_client_recv -> gn_host_client_next until false -> gn_host_client_out, _sent
 *         -> sleep until gn_host_client_deadline -> gn_host_client_tick
 *
 * Ownership: what an event points to is good until the next gn_host_client_next or _recv. Rules:
 * docs/spec/app.md AP-5..AP-13. */
#ifndef GN_HOST_CLIENT_H
#define GN_HOST_CLIENT_H

#include "base/base.h"
#include "wire/app.h"

struct gn_host_client;

struct gn_host_client_config {
	enum gn_fb_app_role role;
	const char *software; /* "geonet 0.1.0" */
	uint8_t nonce[32];    /* random */
	/* With a secret (AP-12): its id, itself, and what was dialled; origin NULL: without. */
	uint8_t id[32], secret[32];
	const char *origin;
	uint32_t frame_max; /* bytes; 0: 1 MiB */
	/* A server that takes fewer calls at once, or smaller ones, is none for it. */
	uint32_t calls_least, frame_least;
	gn_time ping; /* between two pings; 0: none are sent */
	gn_time now;
};

/* NULL: no memory. */
struct gn_host_client *gn_host_client_new(const struct gn_host_client_config *config);
void gn_host_client_free(struct gn_host_client *c);

/* ---- in ---- */

/* How many bytes were taken; the rest is to be offered again after gn_host_client_next. */
size_t gn_host_client_recv(struct gn_host_client *c, struct gn_slice in, gn_time now);
/* The connection is gone. */
void gn_host_client_closed(struct gn_host_client *c, gn_time now);
gn_time gn_host_client_deadline(const struct gn_host_client *c);
void gn_host_client_tick(struct gn_host_client *c, gn_time now);

/* ---- events ---- */

enum gn_host_client_said {
	GN_HOST_CLIENT_READY,  /* calls may be made; table is an AppReady */
	GN_HOST_CLIENT_ANSWER, /* more: others of this call follow */
	GN_HOST_CLIENT_FAILED, /* it ended; see fault */
	GN_HOST_CLIENT_EVENT,  /* with its cursor */
	GN_HOST_CLIENT_GAP,    /* events before `cursor` are gone: read the state anew */
	GN_HOST_CLIENT_DATA,   /* bytes of a call's stream; gn_host_client_taken asks for more */
	GN_HOST_CLIENT_END,    /* its stream ended; fault.err: it was given up */
	GN_HOST_CLIENT_ROOM,   /* there is room to send, after gn_host_client_room said 0 */
	GN_HOST_CLIENT_OVER,   /* the last event, fault says why */
};
struct gn_host_client_fault {
	gn_err err; /* GN_INTERNAL for numbers this version does not know (AP-4) */
	uint16_t code;
	struct gn_slice detail, next, limit;
	uint32_t retry_ms;
	bool unknown; /* it may have been done */
};
struct gn_host_client_event {
	enum gn_host_client_said what;
	uint64_t call;
	bool more;
	struct gn_app_kind kind;
	const struct gn_fb_type *type; /* NULL: this version does not know it */
	struct gn_fbt table;
	uint64_t cursor;
	struct gn_slice bytes;
	struct gn_host_client_fault fault;
};
bool gn_host_client_next(struct gn_host_client *c, gn_time now, struct gn_host_client_event *out);

/* ---- calls ---- */

/* A builder for a call's table; one at a time, ended by gn_host_client_call. */
struct gn_fbb *gn_host_client_builder(struct gn_host_client *c);
/* deadline_ms 0: the default; GN_HOST_CLIENT_LASTS: it subscribes, and lasts until it is cancelled.
 * GN_AGAIN: not READY yet; GN_CLOSED; GN_LIMIT: as many live as the server takes; GN_TOO_LARGE. */
#define GN_HOST_CLIENT_LASTS UINT32_MAX
GN_MUST gn_err gn_host_client_call(struct gn_host_client *c, struct gn_app_kind kind,
				   gn_fbref table, uint32_t deadline_ms, gn_time now,
				   uint64_t *call);
/* Its one last answer still comes: its own, or FAILED GN_CANCELLED. */
void gn_host_client_cancel(struct gn_host_client *c, uint64_t call, gn_time now);
/* We end it. */
void gn_host_client_bye(struct gn_host_client *c, gn_err err, const char *detail, gn_time now);

/* ---- streams of calls (AP-11) ---- */

/* Bytes that may be sent now; 0: GN_HOST_CLIENT_ROOM follows. */
size_t gn_host_client_room(struct gn_host_client *c, uint64_t call);
/* At most so many. */
void gn_host_client_send(struct gn_host_client *c, uint64_t call, struct gn_slice bytes,
			 gn_time now);
void gn_host_client_send_end(struct gn_host_client *c, uint64_t call, gn_err err, gn_time now);
/* So many bytes of its DATA are used up. */
void gn_host_client_taken(struct gn_host_client *c, uint64_t call, size_t len, gn_time now);

/* ---- bytes ---- */

/* What is to be sent now; valid until the next call. */
struct gn_slice gn_host_client_out(const struct gn_host_client *c);
void gn_host_client_sent(struct gn_host_client *c, size_t len, gn_time now);
/* Nothing more comes or goes once gn_host_client_out is empty. */
bool gn_host_client_over(const struct gn_host_client *c);
size_t gn_host_client_calls(const struct gn_host_client *c);

#endif
