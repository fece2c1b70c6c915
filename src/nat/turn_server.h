/* A TURN server (RFC 8656) over UDP, TCP and TLS, with STUN's (stun_server.h) in it: who is let in
 * by name and password has addresses here, from which and to which data is relayed.
 *
 * An allocation, one to a client's way here (5-tuple):
 *
 *   OPENING -> LIVE    [gn_turn_server_opened] the owner has bound a UDP socket for it
 *           -> none    [the owner could not, or said nothing for 10 s; its user or way is gone]
 *   LIVE    -> CLOSING [refreshed with 0, or not at all; its user or way is gone]
 *   CLOSING -> none    [gn_turn_server_event: CLOSE] the owner closes the socket
 *
 * Messages and time in; one message out at most, in a room of the caller's. Of a connection the
 * owner cuts messages by gn_turn_stream, and closes it when nothing can be read of it, or when
 * nothing was allocated by it for long. The owner limits rates; nothing here is held for a
 * stranger. Rules RE-51, RE-52. */
#ifndef GN_NAT_TURN_SERVER_H
#define GN_NAT_TURN_SERVER_H

#include "nat/stun_server.h"
#include "nat/turn_frame.h"

#define GN_TURN_REALM "geonet"

struct gn_turn_server;

struct gn_turn_server_config {
	struct gn_stun_server stun; /* our own places; what is asked at another but the first is
				     * STUN alone */
	bool v4, v6;                /* families of the addresses that can be had */
	bool private_peers;         /* data may go to and come from loopback and private ones */
};

/* A client's way to us. conn: the owner's number of a connection, 0: datagrams. */
struct gn_turn_from {
	struct gn_addr addr;
	uint32_t conn;
	uint8_t at; /* the place of stun.at that was asked */
};

enum gn_turn_to { GN_TURN_NOBODY, GN_TURN_CLIENT, GN_TURN_PEER };
struct gn_turn_out {
	enum gn_turn_to to;
	struct gn_turn_from client; /* CLIENT: to addr, from the place `at`; or by conn */
	uint32_t relay;             /* PEER: from the socket of this one, to peer */
	struct gn_addr peer;
	struct gn_slice bytes; /* borrowed of the room, or of what came in */
};

enum gn_turn_server_tell { GN_TURN_OPEN, GN_TURN_CLOSE };
struct gn_turn_server_event {
	enum gn_turn_server_tell tell;
	uint32_t relay; /* never 0, and not of another for a long time */
	bool v6;        /* OPEN: of this family, */
	bool even;      /* and with an even port */
};

GN_MUST gn_err gn_turn_server_new(const struct gn_env *env,
				  const struct gn_turn_server_config *config,
				  struct gn_turn_server **out);
void gn_turn_server_free(struct gn_turn_server *s);
/* Where we are now: the places, and addresses of this machine (their ports play no part). To these
 * nothing is relayed but what goes to another allocation. The last but TURN_OWN_MAX are not kept.
 * */
void gn_turn_server_moved(struct gn_turn_server *s, const struct gn_stun_server *stun,
			  const struct gn_addr *own, size_t count);

/* Lets one in, or gives them another password. GN_RANGE: no name, or too long a one; GN_LIMIT;
 * GN_NOMEM. */
GN_MUST gn_err gn_turn_server_user(struct gn_turn_server *s, struct gn_slice name,
				   struct gn_slice password);
/* And no longer: what they have here ends. */
void gn_turn_server_user_gone(struct gn_turn_server *s, struct gn_slice name);

/* A message of a client's. Other than GN_OK: it is passed over, or refused and out has why; of a
 * connection GN_MALFORMED is its end. */
GN_MUST gn_err gn_turn_server_recv(struct gn_turn_server *s, const struct gn_turn_from *from,
				   struct gn_slice in, gn_time now, struct gn_turn_room *room,
				   struct gn_turn_out *out);
/* A datagram that came to a relay's socket. Not GN_OK: it is passed over. */
GN_MUST gn_err gn_turn_server_relayed(struct gn_turn_server *s, uint32_t relay,
				      const struct gn_addr *peer, struct gn_slice data, gn_time now,
				      struct gn_turn_room *room, struct gn_turn_out *out);
/* What became of OPEN: the socket's address as the peers see it, or NULL. GN_NOT_FOUND: nobody
 * needs it any more, the owner closes it. */
GN_MUST gn_err gn_turn_server_opened(struct gn_turn_server *s, uint32_t relay,
				     const struct gn_addr *relayed, gn_time now,
				     struct gn_turn_room *room, struct gn_turn_out *out);
/* A connection has ended, or a socket of a relay broke. */
void gn_turn_server_gone(struct gn_turn_server *s, const struct gn_turn_from *from);
void gn_turn_server_lost(struct gn_turn_server *s, uint32_t relay);

bool gn_turn_server_event(struct gn_turn_server *s, struct gn_turn_server_event *out);
gn_time gn_turn_server_deadline(const struct gn_turn_server *s);
void gn_turn_server_tick(struct gn_turn_server *s, gn_time now);
/* Has this way an allocation? For who wonders whether a connection is of use. */
bool gn_turn_server_serves(const struct gn_turn_server *s, const struct gn_turn_from *from);
bool gn_turn_server_counter_at(const struct gn_turn_server *s, size_t i, struct gn_counter *out);
void gn_turn_server_validate(const struct gn_turn_server *s);

#endif
