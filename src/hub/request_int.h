/* An HTTP request of the hub: host's (host/request.h), and its route, its answers, what it says,
 * whom it waits for. */
#ifndef GN_HUB_REQUEST_INT_H
#define GN_HUB_REQUEST_INT_H

#include "guard/share.h"
#include "history/history.h"
#include "host/request.h"
#include "hub/hub.h"
#include "hub/limits.h"
#include "ledger/ledger.h"
#include "net/net.h"
#include "os/os.h"
#include <jansson.h>

struct gn_hub;
struct gn_hub_order;
struct gn_hub_request;

/* ---- routes, requests, answers ---- */

enum gn_hub_auth {
	GN_AUTH_NONE,
	GN_AUTH_USER,    /* a participant's access token */
	GN_AUTH_READ,    /* a participant's, or an auditor */
	GN_AUTH_AUDITOR, /* officers: the least role */
	GN_AUTH_OPERATOR,
	GN_AUTH_ADMIN,
};

enum { /* flags of a route, beside host's */
       /* HB-2: answered while the journal is not read yet, and when it cannot be written any
	* more */
       GN_ROUTE_ALWAYS = GN_HOST_ROUTE_OWN,
       /* HB-18: without a token, and still about the state */
       GN_ROUTE_REGISTERS = GN_HOST_ROUTE_OWN << 1,
       GN_ROUTE_READS = GN_HOST_ROUTE_OWN << 2, /* a POST that gives way as a question (HB-46) */
       /* HB-3: wrong values are 400, and in details.validation */
       GN_ROUTE_PAYMENT = GN_HOST_ROUTE_OWN << 3,
};

struct gn_hub_route {
	struct gn_host_route route;
	enum gn_hub_auth auth;
	void (*run)(struct gn_hub_request *r);
};

struct gn_hub_request {
	struct gn_host_request base;
	struct gn_hub *hub;
	struct { /* an answer, or `then`, that waits until what it tells is durable (HB-16) */
		struct gn_hub_request *next;
		uint64_t after; /* record */
		void (*then)(struct gn_hub_request *r);
		int status;
		const char *type; /* static */
		char *text;       /* owned; NULL: none waits */
		size_t len;
	} held;
	char id[HUB_REQUEST_ID_MAX + 1];
	json_t *in; /* the body, parsed on demand */
	/* who asks */
	uint8_t asker[16];  /* whose rates it draws on: the token's PID, else the address */
	struct gn_hash pid; /* of the token */
	bool is_participant;
	struct gn_ledger_participant me;
	enum gn_role role;
	struct gn_pk actor; /* the officer's key; zeros for the bootstrap token */
	/* a signed operation on its way (submit.c) */
	enum gn_op_profile profile;
	enum gn_op_kind kind;
	struct gn_pk signer;
	uint8_t *bytes; /* as signed */
	size_t bytes_len;
	struct gn_sig sig;
	gn_err verdict;
	bool taken;     /* the signature is good, and there is no durable record of it (HB-44) */
	bool leaves;    /* the record that it leaves counts against its asker's day (HB-50) */
	unsigned flows; /* max-flows looked for it on the copy */
	void (*verified)(struct gn_hub_request *r);
	struct gn_hub_request *verify_next;
	uint64_t ticket;
	void (*result)(struct gn_hub_request *r, const struct gn_ledger_event *e);
	struct gn_hub_order *order; /* an officer's command; owned */
	/* waiting for the history */
	void (*told)(struct gn_hub_request *r,
		     /* answer borrowed, NULL: it cannot be asked (answered already) */
		     json_t *answer);
	json_t *hold; /* what was made so far; owned */
	union {       /* what a route carries over its wait; one wait at a time, each has its own */
		struct {
			int status;
			uint32_t number;
		} person;
		struct {
			int status;
		} line;
		struct {
			bool is_shown; /* the answer has its numbers */
			uint64_t limit, offset;
		} page;
		struct {
			gn_err err;
		} failure; /* of a payment; hold: the details */
		struct {
			enum gn_tx_state state;
			gn_err err;
		} vote;
		struct {
			bool is_exact, is_optimal; /* nothing clears more; else the time was over */
		} clearing;
		struct {
			uint32_t eq; /* UINT32_MAX: all */
		} check;
	} wait;
	/* WebSocket */
	struct gn_holder holder; /* of its place among the WebSockets */
	bool has_place;
	unsigned events;      /* bits of enum gn_hub_event */
	gn_time heard, until; /* until: its access token's end */
};

static inline struct gn_hub_request *gn_hub_request_of(struct gn_host_request *r)
{
	return r ? GN_CONTAINER(r, struct gn_hub_request, base) : NULL;
}
/* NULL: none. */
static inline const struct gn_hub_route *gn_hub_route_of(const struct gn_hub_request *r)
{
	return (const void *)r->base.route; /* its first member */
}
/* All of them, the newest first. */
struct gn_hub_request *gn_hub_request_first(const struct gn_hub *hub);
struct gn_hub_request *gn_hub_request_next(const struct gn_hub_request *r);

extern const struct gn_hub_route gn_hub_routes[];
void gn_hub_api_init(struct gn_hub *hub);
/* host's hooks: every answer, which may wait (HB-16), and every refusal that host makes. */
void gn_hub_answer(struct gn_host_request *r, int status, const char *type, struct gn_slice body);
void gn_hub_refuse(struct gn_host_request *r, gn_err err, const char *text);
/* Takes json. */
void gn_hub_json(struct gn_hub_request *r, int status, json_t *json);
void gn_hub_text(struct gn_hub_request *r, const char *type, struct gn_slice text); /* 200 */
/* {"items": list}; takes list. */
void gn_hub_items(struct gn_hub_request *r, json_t *list);
/* {"items", "page", "per_page", "total"} of a whole list, cut here; takes list. */
json_t *gn_hub_page_json(json_t *list, uint64_t limit, uint64_t offset);
/* The same of items that are cut already; takes them. */
json_t *gn_hub_page_json_of(json_t *items, uint64_t limit, uint64_t offset, uint64_t total);
/* Of a total that was counted up to HISTORY_COUNT_MAX and one: what is more is told as
 * `total_more`. */
json_t *gn_hub_page_json_counted(json_t *items, uint64_t limit, uint64_t offset, uint64_t total);
/* The envelope: code and status follow from err; details is taken, may be NULL; fmt "" is the
 * error's own sentence. */
void gn_hub_fail(struct gn_hub_request *r, gn_err err, json_t *details, const char *fmt, ...)
	GN_PRINTF(4, 5);
/* With a status of its own. */
void gn_hub_fail_as(struct gn_hub_request *r, int status, const char *code, json_t *details,
		    const char *fmt, ...) GN_PRINTF(5, 6);
int gn_hub_status_of(gn_err err);
/* gn_ledger_code, and for the HTTP server's own answers */
const char *gn_hub_error_code(gn_err err);
/* The body as a JSON object; NULL after answering. Borrowed from r. */
json_t *gn_hub_body(struct gn_hub_request *r);
/* A member that must be a string; NULL after answering 422. */
const char *gn_hub_body_text(struct gn_hub_request *r, const char *name);
/* ---- request.c ---- */

void gn_hub_new_id(struct gn_hub *hub, char out[GN_HTTP_ID_MAX]);
/* Its id: an echo of what the client sent when that is harmless, else a new one. */
void gn_hub_take_id(struct gn_hub_request *r);
/* What the hub asks of itself: nobody gets its answer. With one reference, for gn_host_release.
 * NULL: no memory. */
struct gn_hub_request *gn_hub_own_request(struct gn_hub *hub);
/* What waited for records that are durable now is answered or goes on; if the ledger stopped,
 * the rest is refused. */
void gn_hub_held(struct gn_hub *hub);
/* Goes on with the request once all that was sequenced so far is durable: at once, or at a later
 * turn. */
void gn_hub_when_durable(struct gn_hub_request *r, void (*then)(struct gn_hub_request *r));
/* ---- admission.c ---- */

/* Who asks is known and may. False after answering. */
bool gn_hub_admit(struct gn_hub_request *r);
/* The journal is read and can be written, or the route does without. False after answering. */
bool gn_hub_is_open(struct gn_hub_request *r);
/* HB-8: the last of X-Forwarded-For behind a trusted proxy, else the peer. */
void gn_hub_address(const struct gn_hub_request *r, struct gn_addr *out);
/* 429, to be tried again in wait seconds. */
void gn_hub_too_fast(struct gn_hub_request *r, uint32_t wait, const char *what);
/* The ledger stopped (LG-51, gn_ledger_failed): what was asked may have happened or not (HB-17). */
void gn_hub_stopped(struct gn_hub_request *r);
/* X-Request-ID of what the HTTP server answers by itself. user: host's api. */
void gn_hub_request_id(void *user, struct gn_http_request *http, char out[GN_HTTP_ID_MAX]);

/* ---- query_params.c: values of paths and queries; false after answering ---- */

/* 422 with details.errors: [{"loc": [where, name], "msg", "type"}]; false. where: "path",
 * "query", "body". */
bool gn_hub_refuse_value(struct gn_hub_request *r, const char *where, const char *name,
			 const char *type, const char *fmt, ...) GN_PRINTF(5, 6);
/* "" when absent. */
bool gn_hub_value(struct gn_hub_request *r, const char *name, char *out, size_t cap);
bool gn_hub_number(struct gn_hub_request *r, const char *name, uint64_t fallback, uint64_t least,
		   uint64_t most, uint64_t *out);
/* page, per_page (or limit, offset) -> limit, offset; usual: what limit is when nothing is said. */
bool gn_hub_page(struct gn_hub_request *r, uint64_t usual, uint64_t most, uint64_t *limit,
		 uint64_t *offset);
/* The value's place in names, which end with NULL; -1 when absent. */
bool gn_hub_choice(struct gn_hub_request *r, const char *name, const char *const *names, int *out);
/* Unix seconds, 0 when absent. end: the first second behind the day or moment that is named. */
bool gn_hub_date(struct gn_hub_request *r, const char *name, bool end, int64_t *out);
bool gn_hub_equivalent_at(struct gn_hub_request *r, const char *where, const char *name,
			  const char *code, struct gn_ledger_equivalent *out);
bool gn_hub_participant_at(struct gn_hub_request *r, const char *where, const char *name,
			   const char *pid, struct gn_ledger_participant *out);
/* The query's "equivalent", which must be there. */
bool gn_hub_query_equivalent(struct gn_hub_request *r, struct gn_ledger_equivalent *out);

/* ---- body_errors.c: what is wrong with a signed body, field by field ---- */

/* Reads r's bytes. False after answering 422, or 400 of payments, or 404: each field that is
 * wrong is named. */
bool gn_hub_read_signed(struct gn_hub_request *r, struct gn_op *op);
/* The ledger refused with err for what the body says: answers as above. False: it was not for
 * that. */
bool gn_hub_name_fault(struct gn_hub_request *r, gn_err err);
/* Answers so with these, of which there is one at least. */
void gn_hub_send_faults(struct gn_hub_request *r, const struct gn_op_faults *faults);
/* Answers so: "signed" itself is wrong. */
void gn_hub_refuse_signed(struct gn_hub_request *r, const char *type, const char *what);

/* The list of participants; officer: in pages, with a filter of status. */
void gn_hub_list_people(struct gn_hub_request *r, bool officer);
extern const char *const gn_hub_line_statuses[]; /* ends with NULL */

#endif
