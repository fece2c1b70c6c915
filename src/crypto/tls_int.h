/* What the two halves of the handshake share: tls_ctx.c (one per node key: configuration and
 * tickets) and tls.c (one per session: the state machine). */
#ifndef GN_CRYPTO_TLS_INT_H
#define GN_CRYPTO_TLS_INT_H

#include "crypto/crypto.h"
#include "crypto/limits.h"
#include <openssl/crypto.h>
#include <openssl/ssl.h>

/* The protocol named in both hellos (RFC 7301): a handshake of another protocol on the same key
 * never ends as ours. */
#define TLS_ALPN "\x08geonet/1"

struct tls_ticket {
	struct gn_pk peer;
	SSL_SESSION *session; /* owned */
};

struct gn_tls_ctx {
	SSL_CTX *ssl; /* owned */
	CRYPTO_RWLOCK *lock;
	int refs; /* the owner and each gn_tls */
	/* owned; one per peer; TLS_TICKETS_MAX, allocated with the first; under lock */
	struct tls_ticket *tickets;
	unsigned ticket_count, ticket_oldest;
};

struct tls_bytes {
	uint8_t *p; /* owned */
	size_t off, len, cap;
};

struct gn_tls {
	struct gn_tls_ctx *ctx; /* shared */
	SSL *ssl;               /* owned */
	struct gn_pk expected, peer;
	bool server, has_expected, done, got_params;
	gn_err err;     /* sticky */
	gn_err verdict; /* of our callbacks; GN_OK: none */
	int alert;      /* -1: none */
	enum gn_tls_level read_level, write_level;
	struct tls_bytes in;                 /* at read_level */
	struct tls_bytes out[GN_TLS_LEVELS]; /* not yet taken */
	size_t received[GN_TLS_LEVELS];      /* bytes ever */
	uint8_t params[TLS_PARAMS_MAX], peer_params[TLS_PARAMS_MAX];
	size_t params_len, peer_params_len;
	struct tls_known_secret {
		enum gn_tls_level level;
		bool write, sha384;
		enum gn_aead_alg alg;
		size_t len;
		uint8_t bytes[TLS_SECRET_LEN_MAX];
	} secrets[TLS_SECRETS_MAX];
	unsigned secret_count, secret_next;
};

void gn_tls_ctx_ref(struct gn_tls_ctx *ctx);
/* A ticket for a session with this peer, moved to the caller, or NULL. */
SSL_SESSION *gn_tls_ctx_take_ticket(struct gn_tls_ctx *ctx, const struct gn_pk *peer);
/* The Ed25519 key in a raw public key; false for any other kind. */
bool gn_tls_raw_key(EVP_PKEY *key, struct gn_pk *out);

#endif
