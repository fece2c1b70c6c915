/* Inside the TLS carrier: what is said over a connection (wss_wire.c, pure), who may come in
 * (wss_admit.c), a connection (wss_conn.c), and all of them (wss.c). */
#ifndef GN_NET_WSS_INT_H
#define GN_NET_WSS_INT_H

#include "crypto/crypto.h"
#include "net/http_int.h"
#include "net/limits.h"
#include "net/ws.h"
#include "net/wss.h"
#include <uv.h>

/* ---- wss_wire.c: texts ---- */

struct wss_host {
	char host[WSS_HOST_MAX + 3]; /* lower case; IPv6 in brackets */
	bool is_name;                /* and no address */
	uint16_t port;
};
struct wss_proxy {
	struct wss_host at;
	char basic[WSS_BASIC_MAX + 1]; /* "" or base64 of user:password; a secret */
};
/* "wss://host[:443]/geonet/1". GN_TEXT. */
GN_MUST gn_err wss_url_parse(struct gn_slice url, struct wss_host *out);
/* "[http://][user:password@]host[:80][/]". GN_TEXT; GN_UNSUPPORTED for another scheme. */
GN_MUST gn_err wss_proxy_parse(struct gn_slice text, struct wss_proxy *out);
/* Is the host in a list as no_proxy has it: "*", names, ends of names, addresses? */
bool wss_proxy_spared(struct gn_slice list, const struct wss_host *host);

/* ---- wss_wire.c: a connection's bytes ---- */

#define WSS_PREFIX_CLIENT 8 /* a frame's head, its mask */
#define WSS_PREFIX_SERVER 4
/* what out must have room for: the longest that is said at once */
#define WSS_SAY_MAX 2048

struct wss_wire {
	bool client;
	bool behind; /* a web server tells whose request it is */
	bool open, over;
	struct gn_rand *rand; /* borrowed; of masks and the key */
	struct gn_ws_parser parser;
	char accept[29]; /* client: what the answer must have */
	size_t head_len, scanned;
	struct gn_addr from;         /* behind: whom it named; port 0: nobody */
	uint8_t bytes[WSS_HEAD_MAX]; /* a head, later a message */
};
enum wss_kind { WSS_OPENED, WSS_DATAGRAM, WSS_HEARD };
struct wss_event {
	enum wss_kind kind;
	struct gn_slice datagram; /* good until the next call */
};

void wss_wire_init(struct wss_wire *w, bool client, bool behind, struct gn_rand *rand);
/* A client's words to a proxy, and what it answers: takes from in; GN_AGAIN, GN_OK, GN_DENIED (it
 * wants another user), GN_UNREACHABLE, GN_TOO_LARGE, GN_PROTOCOL. */
void wss_wire_connect(const struct wss_host *to, const struct wss_proxy *proxy, struct gn_buf *out);
GN_MUST gn_err wss_wire_connected(struct wss_wire *w, struct gn_slice *in);
/* A client's request. */
void wss_wire_ask(struct wss_wire *w, const struct wss_host *to, struct gn_buf *out);
/* Takes from in and answers into out, which has WSS_SAY_MAX free (what does not fit is not said).
 * GN_OK: an event; GN_AGAIN: all of in is taken; else it is over, and out may have last words:
 * GN_CLOSED by the peer, GN_NOT_FOUND nothing of ours was asked for, or is there, GN_TOO_LARGE,
 * GN_UNSUPPORTED a text, GN_PROTOCOL. */
GN_MUST gn_err wss_wire_next(struct wss_wire *w, struct gn_slice *in, struct gn_buf *out,
			     struct wss_event *event);
/* Makes a packet a frame: at has its prefix free, then len bytes, which a client masks. Returns how
 * many bytes of the prefix stay unused, at the front. */
size_t wss_wire_frame(struct wss_wire *w, uint8_t *at, size_t len);
void wss_wire_ping(struct wss_wire *w, struct gn_buf *out);
void wss_wire_close(struct wss_wire *w, uint16_t code, struct gn_buf *out); /* once */

/* ---- a connection ---- */

enum wss_state {
	WSS_RESOLVE,
	WSS_CONNECT,
	WSS_PROXY,
	WSS_TLS,
	WSS_UPGRADE,
	WSS_OPEN,
	WSS_LINGER,
	WSS_GONE
};

struct wss_conn {
	struct gn_carrier carrier; /* first: a carrier's pointer is the connection's */
	struct gn_way_info info;
	struct gn_wss *wss;
	struct wss_conn *prev, *next; /* the oldest first */
	enum wss_state state;
	int fd;          /* -1: none */
	uv_poll_t *poll; /* of fd; libuv's until it is closed */
	uv_getaddrinfo_t resolve;
	uint8_t handles; /* who holds it: libuv, functions that tell the owner; GONE at 0: freed */
	bool resolving;
	bool proven;     /* somebody proved a key on it */
	bool want_room;  /* a send took less than all, or left less than half of the room */
	bool broken;     /* writing failed: to be closed in the next turn */
	bool told;       /* the owner knows it */
	bool by_others;  /* where it goes somebody else says: not into a private network */
	bool ended;      /* LINGER: our side is shut */
	bool pinged;     /* since something was heard */
	uint64_t prefix; /* of whom it counts for */
	/* loop's ms: the state's begin, the begin of all, the last message, the last byte taken */
	uint64_t since, born, heard, took;
	uint64_t round; /* of the sweep */
	struct wss_host to;
	struct wss_proxy proxy; /* at.host "": none */
	struct gn_addr at[WSS_ADDRESSES];
	unsigned at_count, at_next;
	struct gn_tls_pipe *tls; /* NULL before it, and behind a web server */
	struct wss_wire wire;
	struct gn_buf out;
	uint8_t out_bytes[WSS_QUEUE_MAX + WSS_SLACK];
};

enum wss_counter {
#define X(name, text) GN_WSS_C_##name,
#include "net/counters.def"
#undef X
	GN_WSS_COUNTERS
};

struct gn_wss {
	struct gn_wss_config config; /* defaults filled in; no texts */
	struct gn_tls_pipe_ctx *client_tls, *server_tls;
	struct wss_conn *first, *last;
	uint32_t handles;
	bool freeing, swept, paused; /* the timer runs; accepting waits for files */
	int fd;                      /* listening; -1: not */
	uint16_t port;
	uint64_t round;
	uv_poll_t poll;
	uv_timer_t sweep;
	uv_timer_cb on_sweep;
	uv_poll_cb on_poll; /* of a connection */
	struct {
		uint64_t second, salt;
		uint32_t all;
		uint8_t of[WSS_HELLO_SLOTS], came[WSS_CAME_SLOTS];
	} hellos;
	uint64_t counters[GN_WSS_COUNTERS];
};

/* ---- wss_life.c ---- */

void wss_release(struct gn_wss *wss);  /* one of its handles is closed */
void wss_sweep_on(struct gn_wss *wss); /* while there is what it looks at */

/* ---- wss_admit.c ---- */

/* May one more come from there in this second? It counts then. */
bool wss_admit_newcomer(struct gn_wss *wss, const struct gn_addr *from);
/* May a TLS handshake begin? It counts then. */
bool wss_admit_hello(struct gn_wss *wss, const struct gn_addr *from);
/* May one more come in from there? True with *gives_way: when that one is ended; ask again. but: it
 * is counted already, as another's, and has a place among strangers (behind a web server). */
bool wss_admit(struct gn_wss *wss, const struct gn_addr *from, const struct wss_conn *but,
	       struct wss_conn **gives_way);

/* ---- wss_send.c ---- */

size_t wss_waiting(const struct wss_conn *c); /* bytes that the kernel has not taken */
bool wss_reads(const struct wss_conn *c);     /* or waits until there is less to be taken */
void wss_poll_for(struct wss_conn *c);        /* what it waits for now */
void wss_flush(struct wss_conn *c);           /* as much as the kernel takes */
/* Words of the protocol: what there is no room for is not said (a pong that nobody reads). */
void wss_say(struct wss_conn *c, const struct gn_buf *words);
size_t wss_room(const struct gn_carrier *carrier);
gn_err wss_send(struct gn_carrier *carrier, const struct gn_addr *to, const struct gn_buf *data,
		uint16_t segment, size_t *sent);

/* ---- wss_conn.c ---- */

/* fd -1: to be dialled. NULL: out of memory, fd is still the caller's. */
struct wss_conn *wss_conn_new(struct gn_wss *wss, int fd, const struct gn_addr *peer);
/* The next address; GN_AGAIN when it is on its way, else why the last failed. */
GN_MUST gn_err wss_conn_dial(struct wss_conn *c);
GN_MUST gn_err wss_conn_begin(struct wss_conn *c); /* an accepted one */
/* wss_admit until nobody gives way any more. */
bool wss_conn_place(struct gn_wss *wss, const struct gn_addr *from, const struct wss_conn *but);
/* At once, without a word to anybody. */
void wss_conn_drop(struct wss_conn *c);
/* Last words, then the end, GN_LIMIT: at once; the owner is told if it knows it. */
void wss_conn_end(struct wss_conn *c, gn_err why);
void wss_conn_let_go(struct wss_conn *c);
/* Its deadlines; true when it ended, and the list is another. */
bool wss_conn_sweep(struct wss_conn *c, uint64_t now);

#endif
