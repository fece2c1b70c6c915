/* A client of one TURN server (RFC 8656): an address there, and a channel for each peer. What is
 * sent by it is jet's, and sealed: the server is believed in nothing but where it relays.
 *
 *   ASK   -> LIVE   [allocated: event READY]
 *         -> MOVED  [300: event MOVED; the owner turns to `server`, then gn_turn_client_go; once]
 *         -> GONE   [refused, or silent: event GONE, and why]
 *   MOVED -> ASK    [gn_turn_client_go]
 *   LIVE  -> ASK    [it knows nothing of us any more: allocated anew, channels too]
 *         -> GONE   [silent, or it refuses us now]
 *   any   -> STOP   [gn_turn_client_stop] -> GONE [told once, if there is something to give back]
 *
 * Whole messages and time in, messages, events and a deadline out. The owner has the socket, cuts a
 * stream by gn_turn_stream, and gives what came from the server alone. One request is on its way at
 * a time. Rules RE-47, RE-50. */
#ifndef GN_NAT_TURN_CLIENT_H
#define GN_NAT_TURN_CLIENT_H

#include "nat/stun.h"
#include "nat/turn_frame.h"

/* Bytes of a name, a password, a realm and a nonce: with all of them a request is 548 at most. */
#define GN_TURN_TEXT_MAX 128
#define GN_TURN_PEERS_MAX 32 /* as many channels as our own server gives to one */

struct gn_turn_client_config {
	struct gn_addr server;
	bool stream; /* TCP or TLS: nothing is said twice, and ChannelData is padded */
	bool v6;     /* an IPv6 address is wanted */
	struct gn_slice user, password; /* GN_TURN_TEXT_MAX bytes each; copied */
};

enum gn_turn_client_state { GN_TURN_ASK, GN_TURN_MOVED, GN_TURN_LIVE, GN_TURN_STOP, GN_TURN_GONE };

struct gn_turn_text {
	uint8_t b[GN_TURN_TEXT_MAX];
	uint8_t len;
};

/* A peer's place. */
struct gn_turn_client_peer {
	struct gn_addr addr; /* port 0: free */
	uint16_t number;
	bool wanted;
	bool asked; /* the owner waits for PEERED, */
	bool tell;  /* and gets it now: */
	gn_err err;
	gn_time until; /* the channel's end at the server; 0: there is none */
	gn_time due;   /* it is to be bound (anew) */
};

struct gn_turn_client {
	/* Shown */
	enum gn_turn_client_state state;
	struct gn_addr server;
	struct gn_addr relayed, mapped; /* LIVE: ours at the server; ours as it sees us */
	gn_err why;                     /* GONE */

	struct gn_rand *rand;
	bool stream, v6, moved, tell;
	struct gn_turn_text user, password, realm, nonce;
	struct gn_turn_text
		algorithms; /* of the password, as the server said them; none: RFC 5389 */
	bool sha256;        /* one of these is SHA-256 */
	uint16_t channel;   /* the last number that was given */
	gn_time since;      /* of the state */
	gn_time refresh, heard;
	unsigned lost; /* times that the server knew nothing of us, in a row */
	struct gn_turn_client_peer peers[GN_TURN_PEERS_MAX];

	/* The request on its way; method 0: none */
	uint16_t method;
	size_t peer;   /* whose ChannelBind it is */
	bool with_key; /* it is signed */
	struct gn_stun_id id;
	unsigned tries, nonces;
	gn_time due;
	size_t len;
	uint8_t bytes[548];
};

/* rand is borrowed for good. GN_TOO_LARGE: user or password; GN_RANGE: none. */
GN_MUST gn_err gn_turn_client_init(struct gn_turn_client *c, struct gn_rand *rand,
				   const struct gn_turn_client_config *config, gn_time now);
/* Wipes. */
void gn_turn_client_fini(struct gn_turn_client *c);

/* What is to be said to the server now; false: nothing. Borrowed until the next call. */
bool gn_turn_client_next(struct gn_turn_client *c, gn_time now, struct gn_slice *out);
/* A message of the server's. GN_OK: data of a peer's is in *data (borrowed) and *from, or it is
 * absent; GN_MALFORMED, GN_STALE, GN_SIGNATURE: it is passed over. */
GN_MUST gn_err gn_turn_client_recv(struct gn_turn_client *c, struct gn_slice in, gn_time now,
				   struct gn_addr *from, struct gn_slice *data);
gn_time gn_turn_client_deadline(const struct gn_turn_client *c);

/* Wants a channel to this one; event PEER when it stands or is refused. GN_STATE: not LIVE;
 * GN_LIMIT; GN_RANGE: not a peer's address, of this family. */
GN_MUST gn_err gn_turn_client_peer(struct gn_turn_client *c, const struct gn_addr *peer,
				   gn_time now);
/* No longer. Its place is free when the server's channel has ended. */
void gn_turn_client_peer_gone(struct gn_turn_client *c, const struct gn_addr *peer);
/* Data as it goes to the server: by the channel, or as an indication where only another port of
 * this IP has one. GN_STATE: neither stands; GN_TOO_LARGE. */
GN_MUST gn_err gn_turn_client_send(struct gn_turn_client *c, const struct gn_addr *peer,
				   struct gn_slice data, gn_time now, struct gn_turn_room *room,
				   struct gn_slice *out);

enum gn_turn_client_tell { GN_TURN_READY, GN_TURN_TURN_TO, GN_TURN_PEERED, GN_TURN_ENDED };
struct gn_turn_client_event {
	enum gn_turn_client_tell tell;
	struct gn_addr peer; /* PEERED */
	gn_err err;          /* PEERED: GN_OK, GN_DENIED, GN_LIMIT, GN_REMOTE; ENDED: why */
};
bool gn_turn_client_event(struct gn_turn_client *c, struct gn_turn_client_event *out);
/* The owner now reaches `server` (after TURN_TO). */
void gn_turn_client_go(struct gn_turn_client *c, gn_time now);
/* Gives the address back: one more message is to be said. */
void gn_turn_client_stop(struct gn_turn_client *c, gn_time now);
void gn_turn_client_validate(const struct gn_turn_client *c);

#endif
