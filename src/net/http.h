/* The HTTP/1.1 server at the edge (RFC 9110, 9112): libuv on the node's loop, on a loopback port
 * and a Unix socket. It parses and frames; what a request means is decided by its owner.
 * Single-threaded: every call and callback is on the loop's thread. Callbacks come from the loop
 * alone, never from inside a call of the owner's (gn_http_free excepted), so nothing re-enters.
 *
 * States of a request: HEAD -> BODY* -> END -> [respond | start -> write* -> end] -> closed
 * on_request is called at HEAD (the body may follow); the owner may answer at any time after it.
 * END comes once, also for a request without a body, unless the answer was finished before it:
 * then the rest of the body is read and thrown away. The last call is always on_closed: when the
 * answer has left, when the client went away, when a timeout or gn_http_abort cut it. Until then
 * the pointer is good and calls on a request whose client is gone do nothing. A request that
 * breaks the protocol or a limit is answered here (4xx, 5xx, JSON as in docs/api.md) and its
 * owner never hears. */
#ifndef GN_NET_HTTP_H
#define GN_NET_HTTP_H

#include "base/base.h"

struct uv_loop_s;
struct gn_http;
struct gn_http_request;

enum gn_http_method {
	GN_HTTP_GET,
	GN_HTTP_HEAD,
	GN_HTTP_POST,
	GN_HTTP_PUT,
	GN_HTTP_PATCH,
	GN_HTTP_DELETE,
	GN_HTTP_OPTIONS,
	GN_HTTP_OTHER
};

#define GN_HTTP_ID_MAX 65 /* characters of a request's id and a terminator */
/* bytes a second: who takes less of an answer gives way to others. A slow line's client is below
 * it and ends only when others wait; who keeps 64 of them busy takes 8 MiB/s */
#define GN_HTTP_ANSWER_RATE (128u * 1024)

struct gn_http_handler {
	void (*on_request)(void *user, struct gn_http_request *r);
	/* Body bytes; *taken may be less than all: the rest is offered again after
	 * gn_http_body_resume. */
	void (*on_body)(void *user, struct gn_http_request *r, struct gn_slice data, size_t *taken);
	void (*on_body_end)(void *user, struct gn_http_request *r);
	/* Queued answer bytes fell below the low-water mark: write more. */
	void (*on_drain)(void *user, struct gn_http_request *r);
	void (*on_closed)(void *user, struct gn_http_request *r);
	void *user;
	/* A connection of the Unix socket whose first byte is 0 speaks no HTTP: from now on it is
	 * a stream of bytes both ways, as after gn_http_upgrade, under a request without a head.
	 * NULL: such a byte is a malformed head. */
	void (*on_raw)(void *user, struct gn_http_request *r);
};

struct gn_http_config {
	struct uv_loop_s *loop; /* borrowed */
	/* NULL: none; made 0600, a stale socket file is replaced */
	const char *unix_path;
	/* the same once more, under another name; and for all users of this machine, 0666 */
	const char *unix_also, *unix_open;
	uint16_t port; /* 0: a free one; loopback only (127.0.0.1 and ::1 when there) */
	bool no_port;
	/* default 256 at once; with those that are being refused at most half of the files that
	 * may be open. Over it the connection that has been without a whole request for longest
	 * gives way, else the one that is furthest behind in taking its answer */
	uint32_t requests_max;
	/* connections that speak another protocol (on_raw), not counted above; default 256, and a
	 * quarter of the files above at least. Who gives way among them is the owner's affair
	 * (gn_http_raw_max) */
	uint32_t raw_max;
	/* queued answer bytes above which writing should stop; default 256 KiB; low = a quarter */
	uint32_t write_high;
	/* bytes: request target with its query; one header line; all of the head; 414 and 431
	 * above */
	struct gn_http_limits {
		uint32_t path, header, headers;
		/* defaults 4096, 16384 (cookies of every program on localhost), 32768 */
	} limits;
	struct gn_http_timeouts { /* milliseconds */
		uint32_t head;    /* from a head's first byte to its last; 408; default 10 s */
		uint32_t idle;    /* between requests of a connection; default 60 s */
		/* without a byte of a body that we want, or behind 1 KiB/s in taking an answer;
		 * default 60 s */
		uint32_t stall;
		/* behind GN_HTTP_ANSWER_RATE, after which it gives way to others over
		 * requests_max; default 2 s */
		uint32_t give;
		/* for a body in all, beside one second per KiB that came; default 30 s */
		uint32_t body;
	} timeouts;
	/* whole header lines of every answer, each with its CRLF; static; NULL: none */
	const char *always;
	/* X-Request-ID of answers that are made here; r: the request whose body broke, NULL when
	 * there is none, and user the handler's. NULL: they have no such field */
	void (*request_id)(void *user, struct gn_http_request *r, char out[GN_HTTP_ID_MAX]);
	/* how answers made here name an error; default gn_err_name */
	const char *(*error_code)(gn_err err);
};

/* GN_PORT_TAKEN (also: somebody answers on unix_path), GN_IO, GN_NOMEM. */
GN_MUST gn_err gn_http_new(const struct gn_http_config *config,
			   const struct gn_http_handler *handler, struct gn_http **out);
/* Closes everything; on_closed for each open request first. libuv closes handles in the loop, so
 * the last memory goes when the loop has turned once more: run it before uv_loop_close. NULL is
 * fine. */
void gn_http_free(struct gn_http *http);
uint16_t gn_http_port(const struct gn_http *http);
/* "requests", "connections", "open" and one for each reason of refusing; false past the last. */
bool gn_http_counter_at(const struct gn_http *http, size_t i, struct gn_counter *out);

/* What was asked. Slices live as long as the request. */
enum gn_http_method gn_http_method(const struct gn_http_request *r);
/* as sent, percent-encoded, without the query */
struct gn_slice gn_http_path(const struct gn_http_request *r);
struct gn_slice gn_http_query(const struct gn_http_request *r); /* without '?'; empty when none */
/* Lower-case name; p NULL when absent; the first when a list is sent in several lines: host,
 * range, if-none-match, if-range, authorization, origin, referer, content-type, content-length,
 * accept, accept-encoding, cookie, sec-fetch-site, -mode and -dest, sec-purpose, purpose, x-moz,
 * x-request-id, x-admin-token, x-forwarded-for, upgrade and sec-websocket-key, -version,
 * -protocol. Any other name gives NULL too. */
struct gn_slice gn_http_header(const struct gn_http_request *r, const char *name);
bool gn_http_is_unix(const struct gn_http_request *r); /* came over the Unix socket */
/* The user whose process connected; false: it did not come over a Unix socket, or who it was is not
 * known. */
bool gn_http_peer_uid(const struct gn_http_request *r, uint32_t *uid);
/* The same of a connection over loopback, as the kernel knows who owns its other end. */
bool gn_http_loopback_uid(const struct gn_http_request *r, uint32_t *uid);
/* How many connections may be in on_raw at once. */
uint32_t gn_http_raw_max(const struct gn_http *http);
/* A browser fetches what nobody has asked for yet: Sec-Purpose, and what older ones say instead.
 * A page of any origin has it done so (speculation rules), and Sec-Fetch-Site is `none` then. */
bool gn_http_is_prefetch(const struct gn_http_request *r);
/* A browser says that a page of another origin asks, or may have had it asked: by
 * Sec-Fetch-Site, a prefetch, or by an Origin that is not http://HOST, with tls also
 * https://HOST (a proxy may stand before us), HOST being the Host header as it came. */
bool gn_http_is_foreign(const struct gn_http_request *r, bool tls);
/* The client's address; zeros on the Unix socket. */
void gn_http_peer(const struct gn_http_request *r, struct gn_addr *out);
/* A body follows the head, or its rest is still to come. */
bool gn_http_has_body(const struct gn_http_request *r);
/* The head lists `word` in its Connection header. */
bool gn_http_connection_has(const struct gn_http_request *r, const char *word);
void gn_http_set_user(struct gn_http_request *r, void *user);
void *gn_http_user(const struct gn_http_request *r);

struct gn_http_field {
	const char *name;
	struct gn_slice value;
};

/* The whole answer at once (body copied). A HEAD request sends the fields and no body. Date,
 * Connection, Content-Length and Transfer-Encoding are the server's: such fields are left out,
 * and so are those whose name or value would break the head. */
void gn_http_respond(struct gn_http_request *r, int status, const struct gn_http_field *fields,
		     size_t count, struct gn_slice body);
/* A streamed answer; length UINT64_MAX: unknown (chunked). For HEAD, 204 and 304 what is written
 * after it is dropped. */
void gn_http_start(struct gn_http_request *r, int status, const struct gn_http_field *fields,
		   size_t count, uint64_t length);
/* Copies. False once queued bytes are above the high-water mark (the data was taken all the
 * same): wait for on_drain. False also when the client is gone: on_closed follows. More than the
 * announced length is the owner's bug (assert). */
bool gn_http_write(struct gn_http_request *r, struct gn_slice data);
/* For who has more to write: is there room for it in this turn of the loop, whoever wrote what
 * there was? When not, wait for on_drain. False also when the client is gone. */
bool gn_http_more(struct gn_http_request *r);
/* How far the client is behind GN_HTTP_ANSWER_RATE, ms: 0 while it takes all that it is given,
 * as of the last second. What lies in this machine's buffers is not taken; what the owner has
 * not written yet is not missed. */
uint64_t gn_http_behind(const struct gn_http_request *r);
/* Fewer bytes than announced: as gn_http_abort. */
void gn_http_end(struct gn_http_request *r);
/* Give up a started answer: the connection is cut so that the client sees a broken transfer, not
 * a short file. */
void gn_http_abort(struct gn_http_request *r);
/* Answers 101: from now on the connection is a stream of bytes both ways. What comes is given to
 * on_body (all of it must be taken), what gn_http_write gets goes out as it is; gn_http_end ends
 * it after the last byte. Nothing of it is timed but an answer that the client does not take.
 * The request must have had no body. */
void gn_http_upgrade(struct gn_http_request *r, const char *protocol,
		     const struct gn_http_field *fields, size_t count);
/* Offer again what on_body did not take. */
void gn_http_body_resume(struct gn_http_request *r);

/* ---- pure helpers, fuzzed ---- */

/* "bytes=a-b", "bytes=a-", "bytes=-n" (RFC 9110 section 14.1.2), one range. GN_OK: [*first,
 * *last] clipped to size; GN_RANGE: none of it is satisfiable (416); GN_UNSUPPORTED: several
 * ranges, another unit or not a range at all (send the whole). */
GN_MUST gn_err gn_http_range(struct gn_slice value, uint64_t size, uint64_t *first, uint64_t *last);
/* True when the If-None-Match list has the tag ("abc" or W/"abc" or *). etag with its quotes. */
bool gn_http_etag_match(struct gn_slice list, struct gn_slice etag);
/* Percent-decoding of a path; GN_TEXT on a bad escape or %00. '+' stays. */
GN_MUST gn_err gn_http_unescape(struct gn_slice in, struct gn_buf *out);
/* One value of a query, percent- and '+'-decoded; GN_NOT_FOUND when the name is absent. */
GN_MUST gn_err gn_http_query_value(struct gn_slice query, const char *name, struct gn_buf *out);
/* "welcome.geo.localhost:7780" -> host in lower case without the port, *port 0 when there is
 * none; GN_TEXT when it is not a host. */
GN_MUST gn_err gn_http_host(struct gn_slice value, struct gn_buf *out, uint16_t *port);
/* Such a host is this machine: localhost, 127.0.0.1, [::1]. Any other name may be one that a web
 * site bound anew to 127.0.0.1, so that its pages reach us as their own (NO-5, HB-54). */
bool gn_http_is_local(struct gn_slice host);

#endif
