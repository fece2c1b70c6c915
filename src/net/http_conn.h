/* Inside the HTTP server: a connection and its request, shared by http.c (listening, timeouts),
 * http_conn.c (reading), http_turn.c (whose request is next) and http_answer.c (writing). The
 * states are drawn in http_conn.c. */
#ifndef GN_NET_HTTP_CONN_H
#define GN_NET_HTTP_CONN_H

#include "net/http_int.h"
#include <time.h>
#include <uv.h>

/* bytes read at once, and of pipelined requests kept while one is answered */
#define GN_HTTP_READ 65536
/* bytes read at once of a head, so that who waits for a turn holds little of a body */
#define GN_HTTP_HEAD_READ 8192
/* how long a closing connection waits for the client to close first, so that the answer arrives */
#define GN_HTTP_LINGER_MS 2000
/* a newcomer's time to say what it wants; in it those who are behind give way before it does */
#define GN_HTTP_SPEAK_MS 1000
/* connections over requests_max that still get a 503; more are closed without a word */
#define GN_HTTP_REFUSING_MAX 16
/* bytes a second that a body must come with and an answer be taken with on the whole */
#define GN_HTTP_LEAST_RATE 1024u
#define GN_HTTP_BACKLOG 128 /* connections waiting for accept */
#define GN_HTTP_TURNS 4     /* requests begun in one turn of the loop */
/* of answers in a turn of the loop, after which who has more waits for the next */
#define GN_HTTP_TURN_BYTES 65536u
#define GN_HTTP_TAGS 256    /* addresses whose last turn is remembered */
#define GN_HTTP_ALWAYS 128u /* bytes of the lines that every answer has */
/* bytes of an answer's head; fields that do not fit are left out */
#define GN_HTTP_ANSWER_HEAD 16384

#define GN_HTTP_COUNTERS(X)                                                                        \
	X(connections)                                                                             \
	X(requests)                                                                                \
	X(raw)                                                                                     \
	X(refused_head)                                                                            \
	X(refused_busy)                                                                            \
	X(refused_body)                                                                            \
	X(timeout_head)                                                                            \
	X(timeout_idle) X(timeout_stall) X(timeout_body) X(gave_way) X(gone) X(aborted) X(nomem)

enum http_lines { HTTP_AHEAD, HTTP_REST, HTTP_WRITERS, HTTP_LINES }; /* http_turn.c */
enum conn_state {
	CONN_HEAD,
	CONN_TURN,
	CONN_BODY,
	CONN_WAIT,
	CONN_TUNNEL,
	CONN_LINGER,
	CONN_CLOSING
};

struct conn {
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} io;
	struct gn_http *http;
	struct conn *prev, *next; /* all connections */
	struct conn *ready_next;  /* those with work for the next turn of the loop */
	/* those that wait in one line with it: in CONN_TURN, or with more to write */
	struct conn *line_next;
	/* the first round in which it is not ahead of others, and where that of its address is
	 * kept */
	uint64_t tag, *address_tag;
	enum conn_state state;
	bool is_unix, ready, reading;
	bool in_line;
	bool has_turn; /* the head that waited is begun now */
	bool raw;      /* speaks no HTTP: counted apart */
	bool has_uid;
	uint32_t uid; /* of a Unix socket's client */
	/* no other request after this one: asked for, announced, or half_closed */
	bool close_after;
	bool half_closed; /* the client sends no more */
	/* close by RST: the only way to say that an answer without a length is not whole */
	bool reset;
	bool broken;                     /* to be closed in the next turn */
	struct gn_http_request *request; /* owned; NULL in CONN_HEAD, CONN_TURN and CONN_LINGER */
	uint8_t *in;                     /* bytes read and not used yet */
	size_t in_len, in_cap, scanned;
	struct gn_http_chunks chunks;
	uint64_t body_left;
	size_t queued; /* answer bytes that libuv holds */
	/* answer bytes written, and that the client's machine had at the last sweep */
	uint64_t put, taken;
	/* ms that it is behind GN_HTTP_ANSWER_RATE and GN_HTTP_LEAST_RATE in taking them */
	uint64_t behind, late;
	uv_shutdown_t shutdown;
	uint64_t since; /* loop's ms: when the state began or last got on */
	uint64_t waits; /* loop's ms: since when there is no whole request */
	uint64_t swept; /* loop's ms: the last look at it, or its begin */
	/* bytes of this body that came, and how long that took without its owner's pauses */
	uint64_t body_in, body_ms;
};

struct gn_http_request {
	struct conn *conn;
	void *user;
	struct gn_http_head head;
	bool body_done, body_told; /* all bytes are in; on_body_end was called */
	bool paused;               /* on_body did not take all */
	bool resumed;              /* the owner wants the rest, in the next turn */
	bool started, ended;       /* the answer */
	bool silent;               /* HEAD, 204, 304: no body goes out */
	bool chunked_out, want_drain;
	bool tunnel;              /* answered 101: bytes both ways */
	uint64_t length, written; /* announced, so far */
	uint8_t text[];           /* the head, which its slices point into */
};

struct listener {
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} io;
	struct gn_http *http;
	struct listener *next;
	bool is_unix;
	char *path; /* owned; of the socket file that is ours, if dev and ino still say so */
	uint64_t dev, ino;
};

struct gn_http {
	struct gn_http_config config; /* defaults filled in; no paths */
	struct gn_http_handler handler;
	uint16_t port;
	struct listener *listeners;
	struct conn *conns, *ready;
	size_t spent; /* answer bytes of this turn of the loop */
	struct http_line {
		struct conn *first, *last;
	} lines[HTTP_LINES];
	uint64_t round, tags[GN_HTTP_TAGS]; /* tags: by address */
	uint32_t conn_count, raw_count, refusing_max;
	uint32_t handles; /* with libuv; memory goes at 0 */
	bool freeing;
	uv_timer_t sweep;
	uv_idle_t turn;
	uv_idle_cb on_turn; /* of turn: one turn of the loop */
	time_t date_at;
	char date[32];
	uint8_t read_buffer[GN_HTTP_READ];
	struct {
#define X(name) uint64_t name;
		GN_HTTP_COUNTERS(X)
#undef X
	} count;
};

/* ---- http_life.c ---- */

/* One of the server's handles is closed. */
void http_release(struct gn_http *http);
void conn_on_closed(uv_handle_t *handle); /* of a struct conn: frees it */
/* conn_run in the next turn of the loop. */
void conn_mark_ready(struct conn *c);
/* Those that speak no HTTP, have said all and only wait for their client's end give way, while
 * there are more than may be. */
void conn_raw_room(struct gn_http *http);
/* on_closed and the handle's end; c is dead to everyone but libuv. */
void conn_close(struct conn *c);
/* What is kept of what came goes; a passphrase may be in it. */
void conn_forget(struct conn *c);

/* ---- http_turn.c ---- */

/* The client's address; zeros on the Unix socket. */
void conn_peer(const struct conn *c, struct gn_addr *out);
void line_begin(struct conn *c);
/* Into its line, until conn_turn or conn_drain; not in one. */
void conn_line_up(struct conn *c);
void line_leave(struct conn *c);
bool line_waits(const struct gn_http *http);
/* Who begins its request as the n-th (from 0) in this turn of the loop, and who goes on writing;
 * NULL: nobody. */
struct conn *line_next_request(struct gn_http *http, unsigned n);
struct conn *line_next_writer(struct gn_http *http);

/* ---- http_answer.c ---- */

void conn_put(struct conn *c, const uv_buf_t *bufs, unsigned count);
/* r: whose body broke, or NULL. */
void conn_put_refusal(struct conn *c, struct gn_http_request *r, const struct gn_http_refusal *why);
/* Once there is room in the queue: who has more to write gets its turn. */
void conn_go_on_soon(struct conn *c);
void conn_drain(struct conn *c);
/* To be closed in the next turn; nothing more is written or told to the owner but on_closed. */
void conn_break(struct conn *c);

/* ---- http_conn.c ---- */

void conn_begin(struct conn *c);
/* The next turn of the loop after conn_mark_ready. */
void conn_run(struct conn *c);
/* Its turn has come: CONN_TURN -> CONN_HEAD and on. */
void conn_turn(struct conn *c);
/* Answers outside any request, then closes. */
void conn_refuse(struct conn *c, const struct gn_http_refusal *why);

#endif
