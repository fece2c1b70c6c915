/* The carrier where UDP is let through but looked at (RE-46): QUIC (RFC 9000) with ALPN h3, each of
 * jet's packets one DATAGRAM frame (RFC 9221). Pure: datagrams, time and randomness in;
 * datagrams, a deadline and a carrier's events out. Who owns it has the socket. Nobody believes
 * the certificate: who the other side is jet proves inside.
 *
 *   dialled: HELLO -> OPEN [handshake]              -> CLOSED
 *   came in: RETRY [no state] -> HELLO [its address is proven] -> OPEN -> CLOSED
 *
 * The first packet of a stranger is answered by a Retry that is shorter, and nothing is kept. */
#ifndef GN_NET_QUIC_H
#define GN_NET_QUIC_H

#include "net/carrier.h"

struct gn_quic;

struct gn_quic_config {
	gn_time now; /* for the certificate that is made */
	bool listen; /* connections are taken */
	bool metered;
	struct gn_carrier_events events;
};

GN_MUST gn_err gn_quic_new(const struct gn_env *env, const struct gn_quic_config *config,
			   struct gn_quic **out);
/* Without an event. NULL is fine. */
void gn_quic_free(struct gn_quic *q);

/* A datagram that came to the socket. */
void gn_quic_recv(struct gn_quic *q, const struct gn_addr *from, struct gn_slice datagram,
		  gn_time now);
/* Has it an answer to a stranger, which is the next? There is room for one. */
bool gn_quic_answers(const struct gn_quic *q);
/* The next that is to be sent, borrowed until the next call; false: none now. */
bool gn_quic_next(struct gn_quic *q, gn_time now, struct gn_addr *to, struct gn_slice *packet);
gn_time gn_quic_deadline(const struct gn_quic *q);
void gn_quic_tick(struct gn_quic *q, gn_time now);

/* name: of the host, said in the hello; NULL: none. *out carries once events.opened came; else
 * events.closed says why. GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err gn_quic_dial(struct gn_quic *q, const struct gn_addr *to, const char *name,
			    gn_time now, struct gn_carrier **out);
/* false past the last */
bool gn_quic_counter_at(const struct gn_quic *q, size_t i, struct gn_counter *out);

#endif
