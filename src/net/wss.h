/* The carrier where UDP is blocked (RE-45): WebSocket over TLS 1.3 on TCP, dialled as
 * wss://host[:443]/geonet/1, through a proxy where there is one, and taken in, alone or behind a
 * web server. A binary message is a datagram. Nobody believes the certificate: who the other side
 * is jet proves inside.
 *
 * Loss is TCP's affair, so info says no more than a kind; what waits here is WSS_QUEUE_MAX at most.
 * A second connection to the same host is a second carrier (RE-8). */
#ifndef GN_NET_WSS_H
#define GN_NET_WSS_H

#include "net/carrier.h"

struct uv_loop_s;
struct gn_wss;

struct gn_wss_config {
	struct uv_loop_s *loop; /* borrowed */
	struct gn_rand *rand;   /* borrowed */
	gn_time now;            /* for the certificate that is made */
	struct gn_carrier_events events;
	bool listen;
	struct gn_addr at; /* ip of zeros: all interfaces; port 0: a free one */
	/* on loopback alone: a web server speaks plain HTTP to us and names who asks in
	 * X-Forwarded-For */
	bool behind;
	const char *cert_file, *key_file; /* PEM; NULL both: made now */
	bool metered;                     /* as info says it of what is dialled */
	/* 0: the default of limits.h; tests have smaller ones */
	uint32_t connections, per_prefix, strangers, hellos_prefix;
	struct {
		uint32_t connect, dial, tls, upgrade, proof, ping, idle, stall, linger;
	} ms;
};

/* GN_PORT_TAKEN, GN_DENIED, GN_IO (gn_os_why has the sentence), GN_KEY: the files are no
 * certificate and its key, GN_RANGE: behind, and not on loopback, GN_NOMEM. */
GN_MUST gn_err gn_wss_new(const struct gn_wss_config *config, struct gn_wss **out);
/* Closes everything without an event. libuv closes handles in the loop, so the last memory goes
 * when the loop has turned once more: run it before uv_loop_close. NULL is fine. */
void gn_wss_free(struct gn_wss *wss);
uint16_t gn_wss_port(const struct gn_wss *wss); /* 0: not listening */
/* Newcomers get the files' present certificate; on an error the old one stays. */
GN_MUST gn_err gn_wss_certificate(struct gn_wss *wss, const char *cert_file, const char *key_file);

/* url: "wss://host[:443]/geonet/1". proxy: "http://[user:password@]host:port"; NULL: what
 * https_proxy or HTTPS_PROXY names unless no_proxy spares the host; "": none. Copies both. *out can
 * send once events.opened came; else events.closed says why: GN_NOT_FOUND no such name, or none of
 * ours there, GN_DENIED by the proxy, GN_UNREACHABLE, GN_TIMEOUT, GN_CRYPTO, GN_PROTOCOL.
 * GN_TEXT, GN_UNSUPPORTED: an address that is none. */
GN_MUST gn_err gn_wss_dial(struct gn_wss *wss, const char *url, const char *proxy,
			   struct gn_carrier **out);
/* The same where somebody else says the url: this machine and private networks are not dialled, by
 * whatever name: GN_DENIED. (What a proxy does with a name is its affair.) */
GN_MUST gn_err gn_wss_dial_others(struct gn_wss *wss, const char *url, const char *proxy,
				  struct gn_carrier **out);

/* "wss-opened" and one for each reason of refusing; false past the last. */
bool gn_wss_counter_at(const struct gn_wss *wss, size_t i, struct gn_counter *out);

#endif
