/* The server's end of one app/1 connection: bytes and time in; calls, bytes and one deadline out.
 * It knows no call: it splits frames, greets, numbers, counts what the other end may use up, and
 * gives each call to its owner, who answers it by number. Pure.
 *
 *   HELLO -> READY [AppHello of a version we speak] -> BYE [AppBye, theirs or ours]
 *         -> PROOF [the same, where a secret is asked] -> READY [AppProof] -> BYE
 *         -> BYE   [anything else]
 *
 * 1. A call is answered once, by an answer without `more`, an error, its cancel or its deadline;
 *    what its owner says after that is dropped.
 * 2. Numbers of calls only go up, so one that was answered is never meant again.
 * 3. Of what the other end does not read at most GN_HOST_APP_UNREAD bytes wait, and none for longer
 *    than GN_HOST_APP_STALL: then it is cut.
 * 4. What breaks the protocol ends the connection with an AppBye that says why; a call that this
 *    version does not know is answered UNSUPPORTED, an unknown session message is ignored.
 *
 * 5. A call has a stream each way (AP-11): what came waits for its owner within a window that is
 *    granted anew as it takes; what goes waits for the other end's grants.
 *
 * Ownership: a call's table borrows bytes that live until the call ends. Rules: docs/spec/app.md
 * AP-5..AP-13. */
#ifndef GN_HOST_APP_H
#define GN_HOST_APP_H

#include "base/base.h"
#include "wire/app.h"

struct gn_host_app;

#define GN_HOST_CLIENT_RIGHTS_MAX 64u /* rights of one client: what a person can look over */

struct gn_host_app_config {
	enum gn_fb_app_role role; /* ours */
	const char *software;     /* "geonetd 0.1.0" */
	/* what this connection may do, for READY: resources as tokens have them; borrowed */
	const struct gn_slice *rights;
	size_t right_count;
	uint64_t epoch;   /* changes when we lose our memory */
	uint64_t cursor;  /* of the last event */
	uint64_t unix_ms; /* when it begins, by our estimate */
	gn_time now;
	/* Where a client's secret is asked for (AP-12): what we are bound to, at most
	 * GN_HOST_APP_ORIGIN bytes; NULL: it is not. */
	const char *origin;
	uint8_t nonce[32]; /* random */
	/* The secret of the client with this id; false: there is none. */
	bool (*secret)(void *user, const uint8_t id[32], uint8_t out[32]);
	/* What that client may do, for READY: into out, how many (cap at most); lent. NULL:
	 * rights. */
	size_t (*client_rights)(void *user, const uint8_t id[32], struct gn_slice *out, size_t cap);
	bool open; /* who names no client is let in as well: something else said who they are */
	void *user;
};

/* NULL: no memory. */
struct gn_host_app *gn_host_app_new(const struct gn_host_app_config *config);
void gn_host_app_free(struct gn_host_app *app); /* calls that live end without a word */

/* ---- in ---- */

/* Bytes as they came. GN_NOMEM: the connection is to be closed. */
GN_MUST gn_err gn_host_app_recv(struct gn_host_app *app, struct gn_slice in, gn_time now);
gn_time gn_host_app_deadline(const struct gn_host_app *app);
void gn_host_app_tick(struct gn_host_app *app, gn_time now);

/* ---- events ---- */

enum gn_host_app_said {
	GN_HOST_APP_CALL, /* to be answered by its number */
	GN_HOST_APP_GONE, /* a call was cancelled or is late: it is answered, stop working for it */
	GN_HOST_APP_DATA, /* more of its stream is there, or its end */
	GN_HOST_APP_ROOM, /* there is room to send, after gn_host_app_room said 0 */
};
struct gn_host_app_event {
	enum gn_host_app_said what;
	uint64_t call;
	gn_err why;                    /* of GONE: GN_CANCELLED, GN_TIMEOUT, GN_CLOSED */
	struct gn_app_kind kind;       /* of CALL */
	const struct gn_fb_type *type; /* never NULL */
	struct gn_fbt table;
	gn_time until; /* when it is late */
};
bool gn_host_app_next(struct gn_host_app *app, struct gn_host_app_event *out);

/* ---- out ---- */

/* A builder for an answer or event; one at a time, ended by gn_host_app_answer, _event. */
struct gn_fbb *gn_host_app_builder(struct gn_host_app *app);
/* GN_NOT_FOUND: no such call lives (any more); GN_TOO_LARGE: the builder ran full, and the call is
 * answered so. */
gn_err gn_host_app_answer(struct gn_host_app *app, uint64_t call, struct gn_app_kind kind,
			  gn_fbref table, bool more, gn_time now);
/* Of a call that failed: nothing was done, unless unknown. Texts may be NULL. */
struct gn_host_app_fault {
	gn_err err;
	const char *detail, *next; /* a sentence with the context; what to do */
	const char *limit;         /* which */
	uint32_t retry_ms;
	bool unknown;     /* it may have been done */
	const char *kind; /* one word for programs */
};
gn_err gn_host_app_refuse(struct gn_host_app *app, uint64_t call,
			  const struct gn_host_app_fault *fault, gn_time now);
/* An event: a whole frame with its length (host/told.h makes them). */
void gn_host_app_tell(struct gn_host_app *app, struct gn_slice frame, gn_time now);
/* Some before `first` are gone. */
void gn_host_app_gap(struct gn_host_app *app, uint64_t first, gn_time now);
/* It reads what it is sent: it may be told more. */
bool gn_host_app_listens(const struct gn_host_app *app);
/* A call that lasts until it is cancelled: it is never late. */
void gn_host_app_lasts(struct gn_host_app *app, uint64_t call);
/* We end it: the last frame says why. */
void gn_host_app_bye(struct gn_host_app *app, gn_err err, const char *detail, gn_time now);

/* ---- streams of calls ---- */

/* This call is late when nothing of its stream moves for GN_HOST_APP_STALL, not before. */
void gn_host_app_streams(struct gn_host_app *app, uint64_t call, gn_time now);

/* What came of it and was not taken; ended: nothing follows, err says whether it was given up.
 * Valid until the next call. */
struct gn_slice gn_host_app_data(struct gn_host_app *app, uint64_t call, bool *ended, gn_err *err);
/* So many bytes from the front are used up. */
void gn_host_app_taken(struct gn_host_app *app, uint64_t call, size_t len, gn_time now);
/* Bytes that may be sent now; 0: GN_HOST_APP_ROOM follows. */
size_t gn_host_app_room(struct gn_host_app *app, uint64_t call);
/* At most so many. */
void gn_host_app_send(struct gn_host_app *app, uint64_t call, struct gn_slice bytes, gn_time now);
/* Nothing follows; err: it is given up. */
void gn_host_app_send_end(struct gn_host_app *app, uint64_t call, gn_err err, gn_time now);

/* ---- bytes ---- */

/* What is to be sent now; valid until the next call. */
struct gn_slice gn_host_app_out(const struct gn_host_app *app);
void gn_host_app_sent(struct gn_host_app *app, size_t len, gn_time now);
/* Nothing more will be said: close it once gn_host_app_out is empty, at once when cut. */
bool gn_host_app_over(const struct gn_host_app *app, bool *cut);
/* The id of the client that proved its secret, 32 bytes; NULL: none was named, or not yet. */
const uint8_t *gn_host_app_client(const struct gn_host_app *app);
/* How many calls live. */
size_t gn_host_app_calls(const struct gn_host_app *app);

#endif
