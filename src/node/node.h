/* The node: the composition root. It owns the loop, creates the engines, and pumps bytes, timers
 * and disk completions between them; the local API and the gateway are its face. Engines never
 * meet anywhere else. */
#ifndef GN_NODE_NODE_H
#define GN_NODE_NODE_H

#include "host/setting.h"

#define GN_NODE_BOOTSTRAP 16
#define GN_NODE_FORWARDS 32

#include "services/relay/relay.h"

/* Throwaway keys for boxes and topics that are asked for so (fresh.h): YES: by a relay, and where
 * none is known directly; STRICT: by a relay or not at all; NO: such requests are refused. */
enum gn_node_fresh_level { GN_NODE_FRESH_YES, GN_NODE_FRESH_STRICT, GN_NODE_FRESH_NO };

enum gn_node_guard { GN_NODE_GUARD_ON, GN_NODE_GUARD_COOKIE, GN_NODE_GUARD_OFF };

struct gn_node_config {
	char data[128]; /* data directory; a socket's path in it must fit a sockaddr_un */
	uint16_t port;  /* UDP; 0: a free one */
	uint16_t http;  /* loopback HTTP; 0: a free one */
	bool http_off;
	char app_socket[100]; /* a socket for every user of this machine; empty: none */
	char bootstrap[GN_NODE_BOOTSTRAP][128]; /* HOST:PORT */
	unsigned bootstrap_count;
	char path[64];         /* a rule about paths (policy.h); empty: none */
	bool lan_off;          /* who is on the same link is not looked for */
	bool nat_map_off;      /* the router is asked for nothing */
	bool nat_guess_off;    /* ports are not guessed (RE-23) */
	const char *upnp;      /* a program that is geonetd --upnp; NULL: UPnP is not spoken */
	char advertise[128];   /* HOST:PORT told to others; empty: the addresses of this machine */
	uint32_t probation;    /* seconds in client mode after the start */
	uint64_t record_limit; /* bytes of records held; each counts for 10 KiB at least */
	uint64_t box_limit;    /* bytes of items in others' boxes; 0: none is held */
	uint64_t store_limit;  /* bytes kept for others; 0: no block is kept for others or cached */
	uint8_t pow_bits;      /* the network's constant */
	/* receipts that make a record stored when a request names no number, 1 to 8 */
	uint8_t w;
	enum gn_log_level log;
	char log_file[256]; /* empty: stderr */
	/* ON; COOKIE: every stranger proves its address, nothing is counted; OFF */
	enum gn_node_guard guard;
	uint16_t wss;  /* TCP port for connections where UDP is blocked; 0: none are taken */
	uint16_t quic; /* UDP port for connections by QUIC; 0: none are taken */
	bool quic_off;
	bool wss_off, wss_behind;
	char wss_url[128]; /* where that port is reached from outside; empty: not told */
	char wss_cert[256], wss_key[256], proxy[256];
	/* "HOST:PORT" or "HOST:PORT KEY": to where others, or the node of that key, may have this
	 * one connect (RE-63) */
	char forward[GN_NODE_FORWARDS][328];
	unsigned forward_count;
	char issuer[65]; /* hex: whose tokens give rights here; empty: nobody's */
	enum gn_relay_give_level
		relay;        /* what it relays for others (RE-64), until it is said anew: */
	uint32_t relay_rate;  /* bytes a second of each lane, */
	uint64_t relay_month; /* bytes of a month */
	bool hold_nothing, metered;
	enum gn_node_fresh_level fresh;
	bool guard_count_local; /* loopback and private prefixes have shares like any other */
	char turn_server[160];  /* whose address is a way of ours; empty: none (turn_way.h) */
	bool stun;              /* whoever asks is told where they come from */
	bool turn;              /* whom DATA/turn-users names may relay */
	bool turn_private;      /* also to loopback and private addresses */
	char turn_ports[12];    /* "FIRST-LAST" of relays */
	uint16_t turn_tcp;      /* also over TCP, and TLS with a certificate; 0: not */
	char turn_cert[256], turn_key[256];
};

/* The table of its members: gn_host_settings_default, _set, _parse. */
extern const struct gn_host_setting gn_node_settings[];

/* Runs until SIGTERM, SIGINT or POST /api/v1/shutdown. On failure why is a sentence with what to
 * do. ready_fd >= 0 gets one line "ready PORT HTTP-PORT\n" once the API answers, and is closed. */
GN_MUST gn_err gn_node_run(const struct gn_node_config *config, int ready_fd,
			   char why[GN_HOST_WHY]);

#endif
