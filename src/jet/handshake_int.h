/* The handshake of a session, until it is confirmed (handshake.c). */
#ifndef GN_JET_HANDSHAKE_INT_H
#define GN_JET_HANDSHAKE_INT_H

#include "jet/buffer_int.h"
#include "jet/frame_int.h"
#include "jet/keys_int.h"
#include "jet/space_int.h"

struct jet_effect;
struct jet_session;

struct jet_hs {
	struct gn_tls *tls; /* NULL in a server until the whole hello is here */
	struct jet_space space[2];
	struct jet_keys rx[2], tx[2];
	struct jet_sendbuf out[2];
	struct jet_recvbuf in[2];
	/* of the client's first packet, or of the one that the last Retry answered */
	uint8_t original_dcid[JET_CID_LEN];
	uint8_t retry_scid[JET_CID_LEN];
	/* the client followed a Retry; the server saw a good cookie */
	bool retried;
	uint8_t retries;              /* followed by the client */
	bool heard;                   /* the client has opened a packet of the server */
	uint8_t token[JET_TOKEN_MAX]; /* cookie, then answer or pass or neither */
	uint8_t token_len;
	uint32_t owed; /* effort that is being solved; nothing is sent meanwhile */
	struct gn_pk expected;
	bool expects;
	gn_time anchor; /* of the client's PTO while nothing is in flight */
	gn_time timeout_at;
};

GN_MUST gn_err jet_hs_new(struct jet_session *s, const struct gn_pk *expected,
			  const uint8_t dcid[JET_CID_LEN], gn_time now);
void jet_hs_free(struct jet_session *s);
/* Client: TLS makes its hello. */
GN_MUST gn_err jet_hs_begin(struct jet_session *s);
/* CRYPTO data came. Failures close the session. */
gn_err jet_hs_crypto(struct jet_session *s, enum jet_level level, const struct jet_frame *f,
		     struct jet_effect *e, gn_time now);
/* Handshake bytes that came at a level, in order or not. */
uint64_t jet_hs_received(const struct jet_hs *hs, enum jet_level level);
/* The peer repeats itself, so it misses what we sent: send the oldest of it again, before our
 * timer (RFC 9002 6.2.3). */
void jet_hs_nudge(struct jet_session *s);
/* Client: start again with the cookie and the server's new id. */
GN_MUST gn_err jet_hs_retry(struct jet_session *s, const uint8_t scid[JET_CID_LEN],
			    struct gn_slice cookie, gn_time now);
/* Drop the keys and packets of a level. */
void jet_hs_discard(struct jet_session *s, enum jet_level level);
/* Client: the server has confirmed, with a ticket for the next time (may be empty). */
gn_err jet_hs_on_confirm(struct jet_session *s, struct gn_slice ticket, gn_time now);
void jet_hs_drop_ticket(struct jet_session *s);
/* Both ends know that both are done: frees the handshake. */
void jet_hs_confirmed(struct jet_session *s, gn_time now);

#endif
