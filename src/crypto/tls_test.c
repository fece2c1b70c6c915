/* The handshake with both ends in memory: what a good one gives, and that no other one ends
 * well. The ends of bad handshakes are made from good ones by turning off, in OpenSSL, what
 * tls_ctx.c turned on. */
#include "crypto/tls_int.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include <cmocka.h>

/* ---- two ends ---- */

struct end {
	struct gn_sk key;
	struct gn_tls_ctx *ctx;
	struct gn_tls *tls;
	uint8_t secrets[GN_TLS_LEVELS][2][TLS_SECRET_LEN_MAX]; /* [level][write] */
	unsigned secret_count;
};

struct pair {
	struct end client, server;
};

static void setup(struct pair *p)
{
	memset(p, 0, sizeof *p);
	uint8_t seed[32] = {1};
	gn_sk_from_seed(seed, &p->client.key);
	seed[0] = 2;
	gn_sk_from_seed(seed, &p->server.key);
	assert_int_equal(gn_tls_ctx_new(&p->client.key, &p->client.ctx), GN_OK);
	assert_int_equal(gn_tls_ctx_new(&p->server.key, &p->server.ctx), GN_OK);
}

static void open_end(struct end *e, bool server, const struct gn_pk *expected)
{
	gn_tls_free(e->tls);
	e->secret_count = 0;
	memset(e->secrets, 0, sizeof e->secrets);
	assert_int_equal(gn_tls_new(e->ctx, server, expected,
				    server ? GN_LIT("server params") : GN_LIT("client"), &e->tls),
			 GN_OK);
}

static void open_both(struct pair *p)
{
	open_end(&p->client, false, &p->server.key.pk);
	open_end(&p->server, true, NULL);
}

static void teardown(struct pair *p)
{
	gn_tls_free(p->client.tls);
	gn_tls_free(p->server.tls);
	gn_tls_ctx_free(p->client.ctx);
	gn_tls_ctx_free(p->server.ctx);
}

static gn_err run(struct end *e)
{
	gn_err err = gn_tls_run(e->tls);
	gn_tls_validate(e->tls);
	assert_int_equal(ERR_peek_error(), 0);
	struct gn_tls_secret s;
	while (gn_tls_next_secret(e->tls, &s)) {
		assert_int_equal(s.secret.len, s.sha384 ? 48 : 32);
		memcpy(e->secrets[s.level][s.write], s.secret.p, s.secret.len);
		e->secret_count++;
	}
	return err;
}

/* Everything pending goes over, level by level, at most `chunk` bytes a time; stops at the first
 * error. */
static gn_err flow(struct end *from, struct end *to, size_t chunk)
{
	for (int level = 0; level < GN_TLS_LEVELS; level++)
		for (;;) {
			struct gn_slice s = gn_slice_sub(
				gn_tls_pending(from->tls, (enum gn_tls_level)level), 0, chunk);
			if (!s.len)
				break;
			GN_TRY(gn_tls_recv(to->tls, (enum gn_tls_level)level, s));
			gn_tls_take(from->tls, (enum gn_tls_level)level, s.len);
			GN_TRY(run(to));
		}
	return GN_OK;
}

/* Flights in turn until nothing moves; the first error of either end, and how many flights it
 * took. */
static gn_err shake(struct pair *p, unsigned *flights)
{
	gn_err err = run(&p->client);
	*flights = 0;
	for (int turn = 0; err == GN_OK && turn < 6; turn++) {
		struct end *from = turn % 2 ? &p->server : &p->client,
			   *to = turn % 2 ? &p->client : &p->server;
		bool done = gn_tls_done(p->client.tls) && gn_tls_done(p->server.tls);
		err = flow(from, to, SIZE_MAX);
		if (!done)
			++*flights;
	}
	return err;
}

static void assert_good(struct pair *p)
{
	unsigned flights;
	assert_int_equal(shake(p, &flights), GN_OK);
	assert_int_equal(flights, 3); /* 1 RTT: the client may send with its third flight */
	assert_true(gn_tls_done(p->client.tls) && gn_tls_done(p->server.tls));
	struct gn_pk pk;
	assert_true(gn_tls_peer(p->client.tls, &pk));
	assert_memory_equal(&pk, &p->server.key.pk, sizeof pk);
	assert_true(gn_tls_peer(p->server.tls, &pk));
	assert_memory_equal(&pk, &p->client.key.pk, sizeof pk);
	assert_int_equal(p->client.secret_count, 4);
	assert_int_equal(p->server.secret_count, 4);
	for (int level = GN_TLS_HANDSHAKE; level <= GN_TLS_APP; level++)
		for (int write = 0; write < 2; write++)
			assert_memory_equal(p->client.secrets[level][write],
					    p->server.secrets[level][!write], TLS_SECRET_LEN_MAX);
	assert_memory_not_equal(p->client.secrets[GN_TLS_APP][0], p->client.secrets[GN_TLS_APP][1],
				TLS_SECRET_LEN_MAX);
	assert_true(gn_slice_eq(gn_tls_peer_params(p->client.tls), GN_LIT("server params")));
	assert_true(gn_slice_eq(gn_tls_peer_params(p->server.tls), GN_LIT("client")));
}

/* ---- good handshakes ---- */

static void one_round_trip_with_the_hybrid_group(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	assert_string_equal(gn_tls_group(p.client.tls), "");
	assert_good(&p);
	assert_string_equal(gn_tls_group(p.client.tls), "X25519MLKEM768");
	assert_string_equal(gn_tls_group(p.server.tls), "X25519MLKEM768");
	const char *suite = gn_aead_best() == GN_AES_256_GCM ? "TLS_AES_256_GCM_SHA384"
							     : "TLS_CHACHA20_POLY1305_SHA256";
	assert_string_equal(gn_tls_suite(p.client.tls), suite);
	assert_string_equal(gn_tls_suite(p.server.tls), suite);
	assert_false(gn_tls_resumed(p.client.tls));
	assert_int_equal(gn_tls_alert(p.client.tls), -1);
	teardown(&p);
}

static void fragments_of_any_size_give_the_same(void **state)
{
	(void)state;
	static const size_t chunks[] = {1, 3, 100, 1000};
	for (size_t i = 0; i < GN_COUNT(chunks); i++) {
		struct pair p;
		setup(&p);
		open_both(&p);
		assert_int_equal(run(&p.client), GN_OK);
		assert_int_equal(flow(&p.client, &p.server, chunks[i]), GN_OK);
		assert_int_equal(flow(&p.server, &p.client, chunks[i]), GN_OK);
		assert_true(gn_tls_done(p.client.tls) && !gn_tls_done(p.server.tls));
		assert_int_equal(flow(&p.client, &p.server, chunks[i]), GN_OK);
		assert_true(gn_tls_done(p.server.tls));
		teardown(&p);
	}
}

static void a_server_without_the_hybrid_group_costs_a_round_trip(void **state)
{
	(void)state;
	struct pair p;
	unsigned flights;
	setup(&p);
	assert_true(SSL_CTX_set1_groups_list(p.server.ctx->ssl, "X25519"));
	open_both(&p);
	assert_int_equal(shake(&p, &flights), GN_OK);
	assert_true(gn_tls_done(p.client.tls) && gn_tls_done(p.server.tls));
	assert_int_equal(flights, 5);
	assert_string_equal(gn_tls_group(p.server.tls), "x25519"); /* OpenSSL's spelling */
	teardown(&p);
}

static void no_other_group_is_spoken(void **state)
{
	(void)state;
	struct pair p;
	unsigned flights;
	setup(&p);
	assert_true(SSL_CTX_set1_groups_list(p.client.ctx->ssl, "secp256r1:MLKEM768"));
	open_both(&p);
	assert_int_equal(shake(&p, &flights), GN_PROTOCOL);
	assert_int_equal(gn_tls_alert(p.server.tls), SSL_AD_HANDSHAKE_FAILURE);
	teardown(&p);
}

static void the_slower_end_chooses_the_suite(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		struct pair p;
		setup(&p);
		SSL_CTX *weak = who ? p.server.ctx->ssl : p.client.ctx->ssl,
			*strong = who ? p.client.ctx->ssl : p.server.ctx->ssl;
		assert_true(SSL_CTX_set_ciphersuites(
			weak, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"));
		assert_true(SSL_CTX_set_ciphersuites(
			strong, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"));
		open_both(&p);
		assert_good(&p);
		assert_string_equal(gn_tls_suite(p.client.tls), "TLS_CHACHA20_POLY1305_SHA256");
		teardown(&p);
	}
}

static void parameters_up_to_their_limit_go_over(void **state)
{
	(void)state;
	uint8_t bytes[257];
	memset(bytes, 0x5a, sizeof bytes);
	static const size_t lens[] = {0, 1, 256};
	for (size_t i = 0; i < GN_COUNT(lens); i++) {
		struct pair p;
		unsigned flights;
		setup(&p);
		assert_int_equal(gn_tls_new(p.client.ctx, false, NULL, gn_slice(bytes, lens[i]),
					    &p.client.tls),
				 GN_OK);
		assert_int_equal(gn_tls_new(p.server.ctx, true, NULL, gn_slice(bytes, lens[i]),
					    &p.server.tls),
				 GN_OK);
		assert_int_equal(shake(&p, &flights), GN_OK);
		assert_true(gn_tls_done(p.server.tls));
		assert_true(
			gn_slice_eq(gn_tls_peer_params(p.server.tls), gn_slice(bytes, lens[i])));
		assert_non_null(gn_tls_peer_params(p.client.tls).p);
		struct gn_tls *none = NULL;
		assert_int_equal(gn_tls_new(p.client.ctx, false, NULL, GN_SLICE(bytes), &none),
				 GN_TOO_LARGE);
		assert_null(none);
		teardown(&p);
	}
}

static void a_context_may_go_before_its_handshakes(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	gn_tls_ctx_free(p.client.ctx);
	gn_tls_ctx_free(p.server.ctx);
	p.client.ctx = p.server.ctx = NULL;
	assert_good(&p);
	teardown(&p);
}

/* ---- whose key ---- */

static void a_wrong_server_key_is_refused(void **state)
{
	(void)state;
	struct pair p;
	unsigned flights;
	setup(&p);
	open_both(&p);
	open_end(&p.client, false, &p.client.key.pk);
	assert_int_equal(shake(&p, &flights), GN_KEY);
	assert_false(gn_tls_done(p.client.tls) || gn_tls_done(p.server.tls));
	struct gn_pk pk;
	assert_false(gn_tls_peer(p.client.tls, &pk));
	/* at once: a wrong server must not learn who called */
	assert_int_equal(p.client.tls->verdict, GN_KEY);
	assert_true(gn_tls_alert(p.client.tls) > 0);
	assert_int_equal(gn_tls_run(p.client.tls), GN_KEY); /* for good */
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_APP, GN_LIT("x")), GN_KEY);
	struct gn_tls_secret s;
	assert_false(gn_tls_next_secret(p.client.tls, &s));
	teardown(&p);
}

static void a_wrong_client_key_is_refused(void **state)
{
	(void)state;
	struct pair p;
	unsigned flights;
	setup(&p);
	open_both(&p);
	open_end(&p.server, true, &p.server.key.pk);
	assert_int_equal(shake(&p, &flights), GN_KEY);
	assert_false(gn_tls_done(p.server.tls));
	teardown(&p);
}

static void a_client_without_a_key_is_refused(void **state)
{
	(void)state;
	struct pair p;
	unsigned flights;
	setup(&p);
	open_both(&p);
	SSL_certs_clear(p.client.tls->ssl);
	assert_int_equal(shake(&p, &flights), GN_KEY);
	assert_int_equal(gn_tls_alert(p.server.tls), SSL_AD_CERTIFICATE_REQUIRED);
	assert_false(gn_tls_done(p.server.tls));
	teardown(&p);
}

/* Both ends are made to speak ECDSA, so that only our own check of the key's kind is left. */
static void a_key_that_is_not_ed25519_is_refused(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		struct pair p;
		unsigned flights;
		setup(&p);
		open_both(&p);
		open_end(&p.client, false, NULL);
		SSL *bad = who ? p.server.tls->ssl : p.client.tls->ssl;
		EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
		assert_true(
			SSL_set1_sigalgs_list(p.client.tls->ssl, "ed25519:ecdsa_secp256r1_sha256"));
		assert_true(
			SSL_set1_sigalgs_list(p.server.tls->ssl, "ed25519:ecdsa_secp256r1_sha256"));
		assert_true(SSL_set1_client_sigalgs_list(p.client.tls->ssl,
							 "ed25519:ecdsa_secp256r1_sha256"));
		assert_true(SSL_set1_client_sigalgs_list(p.server.tls->ssl,
							 "ed25519:ecdsa_secp256r1_sha256"));
		SSL_certs_clear(bad);
		assert_true(SSL_use_PrivateKey(bad, key));
		EVP_PKEY_free(key);
		assert_int_equal(shake(&p, &flights), GN_KEY);
		assert_int_equal((who ? p.client : p.server).tls->verdict, GN_KEY);
		teardown(&p);
	}
}

static void only_ed25519_keys_are_read(void **state)
{
	(void)state;
	static const char *const kinds[] = {"X25519", "ED448", "ML-DSA-65"};
	struct gn_pk pk;
	assert_false(gn_tls_raw_key(NULL, &pk));
	for (size_t i = 0; i < GN_COUNT(kinds); i++) {
		EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, kinds[i]);
		assert_non_null(key);
		assert_false(gn_tls_raw_key(key, &pk));
		EVP_PKEY_free(key);
	}
	EVP_PKEY *weak =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const uint8_t[32]){1}, 32);
	assert_false(gn_tls_raw_key(weak, &pk));
	EVP_PKEY_free(weak);
}

/* An end that speaks our TLS but wants X.509. */
static void certificates_are_not_spoken(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		struct pair p;
		unsigned flights;
		setup(&p);
		open_both(&p);
		SSL *bad = who ? p.server.tls->ssl : p.client.tls->ssl;
		SSL_set1_client_cert_type(bad, NULL, 0);
		SSL_set1_server_cert_type(bad, NULL, 0);
		gn_err err = shake(&p, &flights);
		assert_true(err == GN_KEY || err == GN_PROTOCOL);
		assert_false(gn_tls_done(p.client.tls) && gn_tls_done(p.server.tls));
		assert_false(gn_tls_done((who ? p.client : p.server).tls));
		teardown(&p);
	}
}

static void another_protocol_is_refused(void **state)
{
	(void)state;
	static const unsigned char other[] = "\x08geonet/2";
	for (int what = 0; what < 3; what++) {
		struct pair p;
		unsigned flights;
		setup(&p);
		open_both(&p);
		if (what == 0)
			SSL_set_alpn_protos(p.client.tls->ssl, other, sizeof other - 1);
		else if (what == 1)
			SSL_set_alpn_protos(p.client.tls->ssl, NULL, 0);
		else
			SSL_CTX_set_alpn_select_cb(p.server.ctx->ssl, NULL, NULL);
		assert_int_equal(shake(&p, &flights), GN_PROTOCOL);
		assert_false(gn_tls_done((what == 2 ? p.client : p.server).tls));
		/* a client without ALPN notices first that it agreed on none */
		assert_int_equal(gn_tls_alert((what ? p.client : p.server).tls),
				 SSL_AD_NO_APPLICATION_PROTOCOL);
		teardown(&p);
	}
}

/* OpenSSL always sends the extension, so that it is missing has to be made believe. */
static void missing_parameters_are_refused(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	assert_int_equal(run(&p.client), GN_OK);
	assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	assert_int_equal(flow(&p.server, &p.client, SIZE_MAX), GN_OK);
	p.server.tls->got_params = false;
	assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_PROTOCOL);
	assert_int_equal(gn_tls_alert(p.server.tls), SSL_AD_MISSING_EXTENSION);
	teardown(&p);
}

/* ---- damage ---- */

/* Plays a handshake in which byte `at` of flight `flight` (0 client hello, 1 server's, 2
 * client's last) is changed. */
static bool damaged_handshake_fails(struct pair *p, unsigned flight, size_t at, uint8_t mask,
				    size_t *flight_len)
{
	open_both(p);
	gn_err err = run(&p->client);
	for (unsigned turn = 0; turn < 4 && err == GN_OK; turn++) {
		struct end *from = turn % 2 ? &p->server : &p->client,
			   *to = turn % 2 ? &p->client : &p->server;
		if (turn == flight) {
			size_t off = 0;
			for (int level = 0; level < GN_TLS_APP;
			     level++) { /* tickets come after: no part of the transcript */
				struct tls_bytes *b = &from->tls->out[level];
				if (at >= off && at < off + b->len)
					b->p[b->off + at - off] ^= mask;
				off += b->len;
			}
			*flight_len = off;
		}
		err = flow(from, to, SIZE_MAX);
	}
	struct end *victim = flight == 1 ? &p->client : &p->server;
	bool both = gn_tls_done(p->client.tls) && gn_tls_done(p->server.tls);
	/* The client is done with its last flight, so only the server can see damage there. */
	return !both && (flight == 0 || !gn_tls_done(victim->tls));
}

static void no_changed_byte_of_any_flight_goes_unseen(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	for (unsigned flight = 0; flight < 3; flight++) {
		size_t len = 1;
		unsigned tried = 0;
		for (size_t at = 0; at < len; at += at < 80 ? 1 : 13, tried++) {
			/* forget tickets: each handshake is a full one */
			gn_tls_ctx_free(p.client.ctx);
			assert_int_equal(gn_tls_ctx_new(&p.client.key, &p.client.ctx), GN_OK);
			if (!damaged_handshake_fails(&p, flight, at, (uint8_t)(1 << at % 8), &len))
				fail_msg("flight %u, byte %zu", flight, at);
		}
		assert_true(tried > 80);
	}
	teardown(&p);
}

static void a_truncated_flight_waits_and_then_goes_on(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	for (size_t cut = 0; cut < 1300; cut += 61) {
		open_both(&p);
		assert_int_equal(run(&p.client), GN_OK);
		struct gn_slice hello = gn_tls_pending(p.client.tls, GN_TLS_INITIAL);
		assert_true(cut < hello.len);
		assert_int_equal(
			gn_tls_recv(p.server.tls, GN_TLS_INITIAL, gn_slice_sub(hello, 0, cut)),
			GN_OK);
		assert_int_equal(run(&p.server), GN_OK);
		assert_int_equal(gn_tls_pending(p.server.tls, GN_TLS_INITIAL).len, 0);
		assert_int_equal(p.server.secret_count, 0);
		gn_tls_take(p.client.tls, GN_TLS_INITIAL, cut);
		assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_OK);
		assert_int_equal(flow(&p.server, &p.client, SIZE_MAX), GN_OK);
		assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_OK);
		assert_true(gn_tls_done(p.server.tls));
	}
	teardown(&p);
}

static void bytes_of_another_level_are_refused(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	assert_int_equal(run(&p.client), GN_OK);
	for (int level = 0; level < GN_TLS_LEVELS; level++) {
		assert_int_equal(
			gn_tls_recv(p.server.tls, (enum gn_tls_level)level, gn_slice(NULL, 0)),
			GN_OK);
		if (level != GN_TLS_INITIAL)
			assert_int_equal(
				gn_tls_recv(p.server.tls, (enum gn_tls_level)level, GN_LIT("x")),
				GN_PROTOCOL);
	}
	assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	/* the server's second part before its first */
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_HANDSHAKE,
				     gn_tls_pending(p.server.tls, GN_TLS_HANDSHAKE)),
			 GN_PROTOCOL);
	/* all that did no harm */
	assert_int_equal(flow(&p.server, &p.client, SIZE_MAX), GN_OK);
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_INITIAL, GN_LIT("x")), GN_PROTOCOL);
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_HANDSHAKE, GN_LIT("x")), GN_PROTOCOL);
	assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	assert_true(gn_tls_done(p.server.tls));
	teardown(&p);
}

/* The server's answer grows at a level of which the caller has taken a part. */
static void bytes_are_added_behind_what_is_partly_taken(void **state)
{
	(void)state;
	struct pair p;
	uint8_t first[512];
	setup(&p);
	/* a hello retry request comes first */
	assert_true(SSL_CTX_set1_groups_list(p.server.ctx->ssl, "X25519"));
	open_both(&p);
	assert_int_equal(run(&p.client), GN_OK);
	assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	struct gn_slice retry = gn_tls_pending(p.server.tls, GN_TLS_INITIAL);
	size_t len = retry.len;
	assert_true(len > 10 && len < sizeof first);
	memcpy(first, retry.p, len);
	assert_int_equal(gn_tls_recv(p.client.tls, GN_TLS_INITIAL, retry), GN_OK);
	gn_tls_take(p.server.tls, GN_TLS_INITIAL, 10);
	assert_int_equal(run(&p.client), GN_OK);
	assert_int_equal(flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	struct gn_slice all = gn_tls_pending(p.server.tls, GN_TLS_INITIAL);
	assert_true(all.len > len - 10);
	assert_memory_equal(all.p, first + 10, len - 10);
	gn_tls_take(p.server.tls, GN_TLS_INITIAL, len - 10);
	assert_int_equal(flow(&p.server, &p.client, SIZE_MAX), GN_OK);
	assert_true(gn_tls_done(p.client.tls));
	teardown(&p);
}

static void bytes_after_a_level_ended_are_refused(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	assert_int_equal(run(&p.client), GN_OK);
	struct gn_slice hello = gn_tls_pending(p.client.tls, GN_TLS_INITIAL);
	assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, hello), GN_OK);
	assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, GN_LIT("more")), GN_OK);
	assert_int_equal(run(&p.server), GN_PROTOCOL);
	teardown(&p);
}

static void a_level_takes_16_kib_and_no_byte_more(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	/* A hello that announces 65,535 bytes and never ends. */
	uint8_t part[1024] = {1, 0, 0xff, 0xff};
	for (int i = 0; i < 16; i++) {
		assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, GN_SLICE(part)), GN_OK);
		assert_int_equal(run(&p.server), GN_OK);
		memset(part, 0, 4);
	}
	assert_int_equal(gn_tls_recv(p.server.tls, GN_TLS_INITIAL, gn_slice(part, 1)),
			 GN_TOO_LARGE);
	teardown(&p);
}

static void after_the_handshake_only_tickets_are_taken(void **state)
{
	(void)state;
	static const uint8_t key_update[] = {24, 0, 0, 1, 0}, finished[] = {20, 0, 0, 1, 0},
			     hello[] = {1, 0, 0, 1, 0};
	const struct gn_slice bad[] = {GN_SLICE(key_update), GN_SLICE(finished), GN_SLICE(hello)};
	for (size_t i = 0; i < 2 * GN_COUNT(bad); i++) {
		struct pair p;
		setup(&p);
		open_both(&p);
		assert_good(&p);
		struct end *e = i % 2 ? &p.client : &p.server;
		assert_int_equal(gn_tls_recv(e->tls, GN_TLS_APP, bad[i / 2]), GN_OK);
		assert_int_equal(run(e), GN_PROTOCOL);
		teardown(&p);
	}
}

/* ---- resumption ---- */

static void a_second_session_is_resumed_once_per_ticket(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	for (int i = 0; i < 4; i++) {
		open_both(&p);
		assert_int_equal(p.client.ctx->ticket_count, 0); /* used up, or not there yet */
		assert_good(&p);
		assert_int_equal(gn_tls_resumed(p.client.tls), i > 0);
		assert_int_equal(gn_tls_resumed(p.server.tls), i > 0);
		/* never without a fresh exchange */
		assert_string_equal(gn_tls_group(p.client.tls), "X25519MLKEM768");
		assert_int_equal(p.client.ctx->ticket_count, 1);
	}
	/* another peer gets none of it */
	open_end(&p.client, false, &p.client.key.pk);
	assert_int_equal(p.client.ctx->ticket_count, 1);
	teardown(&p);
}

static void a_resumed_client_is_still_the_expected_one(void **state)
{
	(void)state;
	struct pair p;
	unsigned flights;
	setup(&p);
	open_both(&p);
	assert_good(&p);
	open_both(&p);
	open_end(&p.server, true, &p.client.key.pk);
	assert_good(&p);
	assert_true(gn_tls_resumed(p.server.tls));
	open_both(&p);
	open_end(&p.server, true, &p.server.key.pk);
	assert_int_equal(shake(&p, &flights), GN_KEY);
	assert_false(gn_tls_done(p.server.tls));
	teardown(&p);
}

static void a_server_that_restarted_shakes_hands_anew(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	assert_good(&p);
	gn_tls_ctx_free(p.server.ctx);
	assert_int_equal(gn_tls_ctx_new(&p.server.key, &p.server.ctx), GN_OK);
	open_both(&p);
	assert_good(&p);
	assert_false(gn_tls_resumed(p.client.tls));
	teardown(&p);
}

/* A ticket stored under one key but made by another's session: the client must notice. */
static void a_ticket_under_a_wrong_name_proves_nothing(void **state)
{
	(void)state;
	struct pair p;
	unsigned flights;
	setup(&p);
	open_both(&p);
	assert_good(&p);
	p.client.ctx->tickets[0].peer = p.client.key.pk;
	open_both(&p);
	open_end(&p.client, false, &p.client.key.pk);
	assert_int_equal(shake(&p, &flights), GN_KEY);
	assert_false(gn_tls_done(p.client.tls));
	teardown(&p);
}

static void tickets_are_bounded_and_one_per_peer(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	assert_good(&p);
	struct gn_tls_ctx *ctx = p.client.ctx;
	SSL_SESSION *one = ctx->tickets[0].session;
	/* fill the table by hand, with the same session under made-up names */
	while (ctx->ticket_count < TLS_TICKETS_MAX) {
		struct tls_ticket *t = &ctx->tickets[ctx->ticket_count];
		memset(&t->peer, 0, sizeof t->peer);
		t->peer.b[0] = (uint8_t)ctx->ticket_count++;
		t->peer.b[1] = 0xee;
		t->session = one;
		SSL_SESSION_up_ref(one);
	}
	for (int i = 0; i < 3; i++) {
		open_both(&p); /* takes the server's ticket out, the handshake puts a new one in */
		assert_int_equal(ctx->ticket_count, TLS_TICKETS_MAX - 1);
		assert_good(&p);
		assert_int_equal(ctx->ticket_count, TLS_TICKETS_MAX);
	}
	/* a full table: the oldest makes room */
	uint8_t seed[32] = {9};
	gn_sk_from_seed(seed, &p.server.key);
	gn_tls_ctx_free(p.server.ctx);
	assert_int_equal(gn_tls_ctx_new(&p.server.key, &p.server.ctx), GN_OK);
	open_both(&p);
	assert_good(&p);
	assert_int_equal(ctx->ticket_count, TLS_TICKETS_MAX);
	SSL_SESSION *mine = gn_tls_ctx_take_ticket(ctx, &p.server.key.pk);
	assert_non_null(mine);
	SSL_SESSION_free(mine);
	teardown(&p);
}

/* ---- threads ---- */

static void *many_handshakes(void *user)
{
	/* contexts are shared, handshakes are our own */
	struct pair p = *(const struct pair *)user;
	bool *ok = calloc(1, sizeof *ok);
	unsigned flights;
	for (int i = 0; ok && i < 30; i++) {
		p.client.tls = p.server.tls = NULL;
		p.client.secret_count = p.server.secret_count = 0;
		gn_err err = gn_tls_new(p.client.ctx, false, &p.server.key.pk, GN_LIT("c"),
					&p.client.tls);
		if (err == GN_OK)
			err = gn_tls_new(p.server.ctx, true, NULL, GN_LIT("s"), &p.server.tls);
		if (err == GN_OK)
			err = shake(&p, &flights);
		*ok = err == GN_OK && gn_tls_done(p.client.tls) && gn_tls_done(p.server.tls);
		gn_tls_free(p.client.tls);
		gn_tls_free(p.server.tls);
		if (!*ok)
			break;
	}
	return ok;
}

static void threads_share_a_context(void **state)
{
	(void)state;
	struct pair p;
	pthread_t threads[4];
	setup(&p);
	for (size_t i = 0; i < GN_COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, many_handshakes, &p), 0);
	for (size_t i = 0; i < GN_COUNT(threads); i++) {
		void *ok = NULL;
		assert_int_equal(pthread_join(threads[i], &ok), 0);
		assert_true(ok && *(bool *)ok);
		free(ok);
	}
	assert_int_equal(p.client.ctx->refs, 1);
	assert_int_equal(p.client.ctx->ticket_count, 1);
	teardown(&p);
}

/* ---- memory ---- */

static long allocations_left = -1; /* -1: all succeed */

static bool allowed(void)
{
	if (allocations_left < 0)
		return true;
	if (allocations_left == 0)
		return false;
	allocations_left--;
	return true;
}
static void *failing_malloc(size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return allowed() ? malloc(n) : NULL;
}
static void *failing_realloc(void *p, size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return allowed() ? realloc(p, n) : NULL;
}
static void plain_free(void *p, const char *file, int line)
{
	(void)file, (void)line;
	free(p);
}

/* From the Nth allocation on all fail, for N over a whole handshake. */
static void out_of_memory_fails_and_leaks_nothing(void **state)
{
	(void)state;
	struct pair p;
	setup(&p);
	open_both(&p);
	assert_good(&p);
	unsigned failed = 0;
	bool done = false;
	for (long n = 0; !done; n += n < 200 ? 1 : 7) {
		gn_tls_free(p.client.tls);
		gn_tls_free(p.server.tls);
		p.client.tls = p.server.tls = NULL;
		allocations_left = n;
		gn_err err = gn_tls_new(p.client.ctx, false, &p.server.key.pk, GN_LIT("client"),
					&p.client.tls);
		if (err == GN_OK)
			err = gn_tls_new(p.server.ctx, true, NULL, GN_LIT("server params"),
					 &p.server.tls);
		unsigned flights;
		if (err == GN_OK)
			err = shake(&p, &flights);
		bool ran_out = allocations_left == 0;
		allocations_left = -1;
		failed += err != GN_OK;
		done = !ran_out;
		if (done)
			assert_true(gn_tls_done(p.server.tls));
	}
	assert_true(failed > 100);
	teardown(&p);
}

int main(void)
{
	CRYPTO_set_mem_functions(failing_malloc, failing_realloc, plain_free);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_round_trip_with_the_hybrid_group),
		cmocka_unit_test(fragments_of_any_size_give_the_same),
		cmocka_unit_test(a_server_without_the_hybrid_group_costs_a_round_trip),
		cmocka_unit_test(no_other_group_is_spoken),
		cmocka_unit_test(the_slower_end_chooses_the_suite),
		cmocka_unit_test(parameters_up_to_their_limit_go_over),
		cmocka_unit_test(a_context_may_go_before_its_handshakes),
		cmocka_unit_test(a_wrong_server_key_is_refused),
		cmocka_unit_test(a_wrong_client_key_is_refused),
		cmocka_unit_test(a_client_without_a_key_is_refused),
		cmocka_unit_test(a_key_that_is_not_ed25519_is_refused),
		cmocka_unit_test(only_ed25519_keys_are_read),
		cmocka_unit_test(certificates_are_not_spoken),
		cmocka_unit_test(another_protocol_is_refused),
		cmocka_unit_test(missing_parameters_are_refused),
		cmocka_unit_test(no_changed_byte_of_any_flight_goes_unseen),
		cmocka_unit_test(a_truncated_flight_waits_and_then_goes_on),
		cmocka_unit_test(bytes_of_another_level_are_refused),
		cmocka_unit_test(bytes_are_added_behind_what_is_partly_taken),
		cmocka_unit_test(bytes_after_a_level_ended_are_refused),
		cmocka_unit_test(a_level_takes_16_kib_and_no_byte_more),
		cmocka_unit_test(after_the_handshake_only_tickets_are_taken),
		cmocka_unit_test(a_second_session_is_resumed_once_per_ticket),
		cmocka_unit_test(a_resumed_client_is_still_the_expected_one),
		cmocka_unit_test(a_server_that_restarted_shakes_hands_anew),
		cmocka_unit_test(a_ticket_under_a_wrong_name_proves_nothing),
		cmocka_unit_test(tickets_are_bounded_and_one_per_peer),
		cmocka_unit_test(threads_share_a_context),
		cmocka_unit_test(out_of_memory_fails_and_leaks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
