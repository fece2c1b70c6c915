/* Two ends of a handshake with keys of their own, and what carries bytes between them. */
#ifndef GN_CRYPTO_TLS_PAIR_H
#define GN_CRYPTO_TLS_PAIR_H

#include "crypto/tls_int.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* ---- two ends ---- */

struct tls_end {
	struct gn_sk key;
	struct gn_tls_ctx *ctx;
	struct gn_tls *tls;
	uint8_t secrets[GN_TLS_LEVELS][2][TLS_SECRET_LEN_MAX]; /* [level][write] */
	unsigned secret_count;
};

struct tls_pair {
	struct tls_end client, server;
};
void tls_pair_setup(struct tls_pair *p);
void tls_pair_open_end(struct tls_end *e, bool server, const struct gn_pk *expected);
void tls_pair_open_both(struct tls_pair *p);
void tls_pair_teardown(struct tls_pair *p);
gn_err tls_pair_run(struct tls_end *e);

/* Everything pending goes over, level by level, at most `chunk` bytes a time; stops at the first
 * error. */
gn_err tls_pair_flow(struct tls_end *from, struct tls_end *to, size_t chunk);

/* Flights in turn until nothing moves; the first error of either end, and how many flights it
 * took. */
gn_err tls_pair_shake(struct tls_pair *p, unsigned *flights);
void tls_pair_assert_good(struct tls_pair *p);

#endif
