/* Shared by quic.c (all connections, strangers) and quic_conn.c (one). */
#ifndef GN_NET_QUIC_INT_H
#define GN_NET_QUIC_INT_H

#include "base/map.h"
#include "net/limits.h"
#include "net/quic.h"

#include <netinet/in.h>
#include <ngtcp2/ngtcp2.h>
#include <ngtcp2/ngtcp2_crypto.h>

enum quic_counter {
#define X(name, text) GN_QUIC_C_##name,
#include "net/quic_counters.def"
#undef X
	GN_QUIC_COUNTERS
};

struct quic_cid {
	uint8_t b[QUIC_CID];
};

struct quic_datagram {
	struct quic_datagram *next;
	size_t len;
	uint8_t bytes[];
};

struct quic_conn {
	struct gn_carrier carrier; /* first */
	struct gn_way_info info;
	struct gn_quic *q;
	struct quic_conn *prev, *next; /* of all, the oldest first */
	ngtcp2_conn *conn;
	ngtcp2_crypto_conn_ref ref;
	void *tls;
	uint64_t prefix;
	gn_time since; /* it began */
	bool open, told, proven;
	bool tell_open;           /* to be told when ngtcp2 has returned */
	bool closing;             /* the owner let go of it */
	gn_err over;              /* it has ended, and why; GN_OK: it has not */
	uint8_t bye[QUIC_PACKET]; /* the last packet, that says so */
	size_t bye_len;
	struct quic_datagram *head, **tail; /* what waits */
	size_t queued;
};

struct gn_quic {
	struct gn_env env;
	struct gn_quic_config config;
	struct gn_tls_pipe_ctx *server, *client;
	struct gn_map cids;                    /* struct quic_cid -> struct quic_conn * */
	struct quic_conn *first, *last, *turn; /* turn: whose packet is asked for next */
	unsigned count;
	uint8_t secret[32]; /* of Retry's tokens */
	struct {
		gn_time since; /* this window began */
		uint32_t all;
		uint8_t of[QUIC_RETRY_SLOTS]; /* by prefix, with salt */
		uint64_t salt;
	} retries;
	gn_time now;
	bool busy; /* ngtcp2 is at work: nobody is freed */
	uint8_t out[QUIC_PACKET];
	struct gn_addr out_to; /* of a packet to a stranger */
	size_t out_len;        /* 0: none waits */
	uint64_t counters[GN_QUIC_COUNTERS];
};

static inline ngtcp2_tstamp quic_now(const struct gn_quic *q)
{
	return (ngtcp2_tstamp)q->now;
}

/* An address as ngtcp2 compares it; the local one is always the same. */
struct quic_path {
	struct sockaddr_in6 local, remote;
	ngtcp2_path path;
};
void quic_path_set(struct quic_path *p, const struct gn_addr *remote);

/* quic_conn.c */
/* hd: of the Initial whose token was good; NULL: we dial. odcid: what its first one was for. */
GN_MUST gn_err quic_conn_new(struct gn_quic *q, const struct gn_addr *remote, const char *name,
			     const ngtcp2_pkt_hd *hd, const ngtcp2_cid *odcid,
			     struct quic_conn **out);
void quic_conn_free(struct quic_conn *c);
void quic_conn_recv(struct quic_conn *c, const struct gn_addr *from, struct gn_slice datagram);
/* A packet of it in q->out; 0: none now. */
size_t quic_conn_next(struct quic_conn *c);
void quic_conn_end(struct quic_conn *c, gn_err why);
/* Tells what happened, once ngtcp2 has returned; true: it is gone. */
bool quic_conn_settle(struct quic_conn *c);

#endif
