/* Inside the HTTP server: the parser of request heads and of chunked bodies. Both are pure:
 * bytes in, slices of them out. */
#ifndef GN_NET_HTTP_INT_H
#define GN_NET_HTTP_INT_H

#include "net/http.h"

#define GN_HTTP_FIELDS_MAX 100 /* header lines of one request; browsers send about 20 */
/* bytes of empty lines before a request; some old clients send one after a body */
#define GN_HTTP_BLANK_MAX 64
/* bytes that method, version and scheme may add to the target in the request line */
#define GN_HTTP_LINE_EXTRA 64

enum gn_http_header_id {
#define X(id, name, single) GN_HTTP_H_##id,
#include "net/http_headers.def"
#undef X
	GN_HTTP_H_COUNT
};
#define GN_HTTP_H_PUBLIC GN_HTTP_H_TRANSFER_ENCODING /* ids below it are for the owner */

struct gn_http_head {
	enum gn_http_method method;
	struct gn_slice path, query;
	struct gn_slice headers[GN_HTTP_H_COUNT]; /* p NULL: absent */
	uint64_t content_length;                  /* 0 when absent */
	bool chunked, expect_continue, keep_alive;
	bool old; /* HTTP/1.0: no chunks, one request per connection */
};

/* What a refused request is answered with. */
struct gn_http_refusal {
	int status;
	gn_err err;
	const char *text; /* static sentence */
};

/* Where the head that starts at in ends: the index after its empty line, or 0 when it is not
 * complete. *scanned (0 at first) remembers how far was searched, so that a head that comes byte
 * by byte costs linear time. */
size_t gn_http_head_end(struct gn_slice in, size_t *scanned);
/* A complete head, as found by gn_http_head_end; the slices of out borrow from in. False: why
 * tells what to answer. */
bool gn_http_head_parse(struct gn_slice in, const struct gn_http_limits *limits,
			struct gn_http_head *out, struct gn_http_refusal *why);
/* The same of an answer: "HTTP/1.1 200 reason" and its fields, of which out has the headers alone.
 * False: it is none. */
bool gn_http_answer_parse(struct gn_slice in, const struct gn_http_limits *limits, int *status,
			  struct gn_http_head *out);
/* Why a head that is not complete yet is too long already; status 0: it is not. */
struct gn_http_refusal gn_http_head_overrun(struct gn_slice in,
					    const struct gn_http_limits *limits);
/* Id of a lower-case name; GN_HTTP_H_COUNT when it is not in the table. */
enum gn_http_header_id gn_http_header_find(const char *name);
/* Is the lower-case word in the comma-separated list? */
bool gn_http_list_has(struct gn_slice list, const char *word);
/* A field that may be written into an answer's head: a token, and a value without control
 * characters. */
bool gn_http_field_ok(const struct gn_http_field *field);

/* How many ms a stream is behind its rate (bytes a second) after elapsed_ms more in which that
 * many bytes moved. Being early is not saved up. */
uint64_t gn_http_lag(uint64_t lag_ms, uint64_t elapsed_ms, uint64_t bytes, uint64_t rate);

/* Chunked bodies (RFC 9112 section 7.1); extensions and trailers are skipped, within limits. */
struct gn_http_chunks {
	enum {
		GN_CHUNK_SIZE,
		GN_CHUNK_EXT,
		GN_CHUNK_SIZE_LF,
		GN_CHUNK_DATA,
		GN_CHUNK_DATA_CR,
		GN_CHUNK_DATA_LF,
		GN_CHUNK_TRAILER,
		GN_CHUNK_TRAILER_LF,
		GN_CHUNK_END
	} state;
	/* GN_CHUNK_SIZE: the number so far; GN_CHUNK_DATA: bytes still to come of this chunk */
	uint64_t left;
	uint32_t digits;  /* of the size line */
	uint32_t skipped; /* bytes of this chunk's extensions, or of the trailers */
	uint32_t line;    /* bytes of the trailer line so far */
};
#define GN_HTTP_CHUNK_SKIP_MAX 4096 /* bytes of one chunk's extensions, and of all trailers */

/* Takes from in; *used tells how much, *data is the next piece of the body (may be empty; it is
 * counted in *used). Call again while *used is not 0. state GN_CHUNK_END: the body is over.
 * GN_MALFORMED. */
GN_MUST gn_err gn_http_chunks_next(struct gn_http_chunks *c, struct gn_slice in,
				   struct gn_slice *data, size_t *used);

#endif
