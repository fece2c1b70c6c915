/* The TLS 1.3 handshake between two of our ends: what it agrees on, and with whom. */
#include "crypto/testing/tls_pair.h"

/* ---- good handshakes ---- */

static void one_round_trip_with_the_hybrid_group(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	assert_string_equal(gn_tls_group(p.client.tls), "");
	tls_pair_assert_good(&p);
	assert_string_equal(gn_tls_group(p.client.tls), "X25519MLKEM768");
	assert_string_equal(gn_tls_group(p.server.tls), "X25519MLKEM768");
	const char *suite = gn_aead_best() == GN_AES_256_GCM ? "TLS_AES_256_GCM_SHA384"
							     : "TLS_CHACHA20_POLY1305_SHA256";
	assert_string_equal(gn_tls_suite(p.client.tls), suite);
	assert_string_equal(gn_tls_suite(p.server.tls), suite);
	assert_false(gn_tls_resumed(p.client.tls));
	uint8_t ours[32], theirs[32], other[32];
	assert_int_equal(gn_tls_export(p.client.tls, "EXPORTER-one", ours), GN_OK);
	assert_int_equal(gn_tls_export(p.server.tls, "EXPORTER-one", theirs), GN_OK);
	assert_memory_equal(ours, theirs, sizeof ours);
	assert_int_equal(gn_tls_export(p.server.tls, "EXPORTER-two", other), GN_OK);
	assert_memory_not_equal(ours, other, sizeof ours);
	assert_int_equal(gn_tls_alert(p.client.tls), -1);
	tls_pair_teardown(&p);
}

static void fragments_of_any_size_give_the_same(void **state)
{
	(void)state;
	static const size_t chunks[] = {1, 3, 100, 1000};
	for (size_t i = 0; i < GN_COUNT(chunks); i++) {
		struct tls_pair p;
		tls_pair_setup(&p);
		tls_pair_open_both(&p);
		assert_int_equal(tls_pair_run(&p.client), GN_OK);
		assert_int_equal(tls_pair_flow(&p.client, &p.server, chunks[i]), GN_OK);
		assert_int_equal(tls_pair_flow(&p.server, &p.client, chunks[i]), GN_OK);
		assert_true(gn_tls_done(p.client.tls) && !gn_tls_done(p.server.tls));
		assert_int_equal(tls_pair_flow(&p.client, &p.server, chunks[i]), GN_OK);
		assert_true(gn_tls_done(p.server.tls));
		tls_pair_teardown(&p);
	}
}

static void a_server_without_the_hybrid_group_costs_a_round_trip(void **state)
{
	(void)state;
	struct tls_pair p;
	unsigned flights;
	tls_pair_setup(&p);
	assert_true(SSL_CTX_set1_groups_list(p.server.ctx->ssl, "X25519"));
	tls_pair_open_both(&p);
	assert_int_equal(tls_pair_shake(&p, &flights), GN_OK);
	assert_true(gn_tls_done(p.client.tls) && gn_tls_done(p.server.tls));
	assert_int_equal(flights, 5);
	assert_string_equal(gn_tls_group(p.server.tls), "x25519"); /* OpenSSL's spelling */
	tls_pair_teardown(&p);
}

static void no_other_group_is_spoken(void **state)
{
	(void)state;
	struct tls_pair p;
	unsigned flights;
	tls_pair_setup(&p);
	assert_true(SSL_CTX_set1_groups_list(p.client.ctx->ssl, "secp256r1:MLKEM768"));
	tls_pair_open_both(&p);
	assert_int_equal(tls_pair_shake(&p, &flights), GN_PROTOCOL);
	assert_int_equal(gn_tls_alert(p.server.tls), SSL_AD_HANDSHAKE_FAILURE);
	tls_pair_teardown(&p);
}

static void the_slower_end_chooses_the_suite(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		struct tls_pair p;
		tls_pair_setup(&p);
		SSL_CTX *weak = who ? p.server.ctx->ssl : p.client.ctx->ssl,
			*strong = who ? p.client.ctx->ssl : p.server.ctx->ssl;
		assert_true(SSL_CTX_set_ciphersuites(
			weak, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"));
		assert_true(SSL_CTX_set_ciphersuites(
			strong, "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"));
		tls_pair_open_both(&p);
		tls_pair_assert_good(&p);
		assert_string_equal(gn_tls_suite(p.client.tls), "TLS_CHACHA20_POLY1305_SHA256");
		tls_pair_teardown(&p);
	}
}

static void parameters_up_to_their_limit_go_over(void **state)
{
	(void)state;
	uint8_t bytes[257];
	memset(bytes, 0x5a, sizeof bytes);
	static const size_t lens[] = {0, 1, 256};
	for (size_t i = 0; i < GN_COUNT(lens); i++) {
		struct tls_pair p;
		unsigned flights;
		tls_pair_setup(&p);
		assert_int_equal(gn_tls_new(p.client.ctx, false, NULL, gn_slice(bytes, lens[i]),
					    &p.client.tls),
				 GN_OK);
		assert_int_equal(gn_tls_new(p.server.ctx, true, NULL, gn_slice(bytes, lens[i]),
					    &p.server.tls),
				 GN_OK);
		assert_int_equal(tls_pair_shake(&p, &flights), GN_OK);
		assert_true(gn_tls_done(p.server.tls));
		assert_true(
			gn_slice_eq(gn_tls_peer_params(p.server.tls), gn_slice(bytes, lens[i])));
		assert_non_null(gn_tls_peer_params(p.client.tls).p);
		struct gn_tls *none = NULL;
		assert_int_equal(gn_tls_new(p.client.ctx, false, NULL, GN_SLICE(bytes), &none),
				 GN_TOO_LARGE);
		assert_null(none);
		tls_pair_teardown(&p);
	}
}

static void a_context_may_go_before_its_handshakes(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	gn_tls_ctx_free(p.client.ctx);
	gn_tls_ctx_free(p.server.ctx);
	p.client.ctx = p.server.ctx = NULL;
	tls_pair_assert_good(&p);
	tls_pair_teardown(&p);
}

/* ---- whose key ---- */

static void a_wrong_server_key_is_refused(void **state)
{
	(void)state;
	struct tls_pair p;
	unsigned flights;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	tls_pair_open_end(&p.client, false, &p.client.key.pk);
	assert_int_equal(tls_pair_shake(&p, &flights), GN_KEY);
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
	tls_pair_teardown(&p);
}

static void a_wrong_client_key_is_refused(void **state)
{
	(void)state;
	struct tls_pair p;
	unsigned flights;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	tls_pair_open_end(&p.server, true, &p.server.key.pk);
	assert_int_equal(tls_pair_shake(&p, &flights), GN_KEY);
	assert_false(gn_tls_done(p.server.tls));
	tls_pair_teardown(&p);
}

static void a_client_without_a_key_is_refused(void **state)
{
	(void)state;
	struct tls_pair p;
	unsigned flights;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	SSL_certs_clear(p.client.tls->ssl);
	assert_int_equal(tls_pair_shake(&p, &flights), GN_KEY);
	assert_int_equal(gn_tls_alert(p.server.tls), SSL_AD_CERTIFICATE_REQUIRED);
	assert_false(gn_tls_done(p.server.tls));
	tls_pair_teardown(&p);
}

/* Both ends are made to speak ECDSA, so that only our own check of the key's kind is left. */
static void a_key_that_is_not_ed25519_is_refused(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		struct tls_pair p;
		unsigned flights;
		tls_pair_setup(&p);
		tls_pair_open_both(&p);
		tls_pair_open_end(&p.client, false, NULL);
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
		assert_int_equal(tls_pair_shake(&p, &flights), GN_KEY);
		assert_int_equal((who ? p.client : p.server).tls->verdict, GN_KEY);
		tls_pair_teardown(&p);
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
		struct tls_pair p;
		unsigned flights;
		tls_pair_setup(&p);
		tls_pair_open_both(&p);
		SSL *bad = who ? p.server.tls->ssl : p.client.tls->ssl;
		SSL_set1_client_cert_type(bad, NULL, 0);
		SSL_set1_server_cert_type(bad, NULL, 0);
		gn_err err = tls_pair_shake(&p, &flights);
		assert_true(err == GN_KEY || err == GN_PROTOCOL);
		assert_false(gn_tls_done(p.client.tls) && gn_tls_done(p.server.tls));
		assert_false(gn_tls_done((who ? p.client : p.server).tls));
		tls_pair_teardown(&p);
	}
}

static void another_protocol_is_refused(void **state)
{
	(void)state;
	static const unsigned char other[] = "\x08geonet/2";
	for (int what = 0; what < 3; what++) {
		struct tls_pair p;
		unsigned flights;
		tls_pair_setup(&p);
		tls_pair_open_both(&p);
		if (what == 0)
			SSL_set_alpn_protos(p.client.tls->ssl, other, sizeof other - 1);
		else if (what == 1)
			SSL_set_alpn_protos(p.client.tls->ssl, NULL, 0);
		else
			SSL_CTX_set_alpn_select_cb(p.server.ctx->ssl, NULL, NULL);
		assert_int_equal(tls_pair_shake(&p, &flights), GN_PROTOCOL);
		assert_false(gn_tls_done((what == 2 ? p.client : p.server).tls));
		/* a client without ALPN notices first that it agreed on none */
		assert_int_equal(gn_tls_alert((what ? p.client : p.server).tls),
				 SSL_AD_NO_APPLICATION_PROTOCOL);
		tls_pair_teardown(&p);
	}
}

/* OpenSSL always sends the extension, so that it is missing has to be made believe. */
static void missing_parameters_are_refused(void **state)
{
	(void)state;
	struct tls_pair p;
	tls_pair_setup(&p);
	tls_pair_open_both(&p);
	assert_int_equal(tls_pair_run(&p.client), GN_OK);
	assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_OK);
	assert_int_equal(tls_pair_flow(&p.server, &p.client, SIZE_MAX), GN_OK);
	p.server.tls->got_params = false;
	assert_int_equal(tls_pair_flow(&p.client, &p.server, SIZE_MAX), GN_PROTOCOL);
	assert_int_equal(gn_tls_alert(p.server.tls), SSL_AD_MISSING_EXTENSION);
	tls_pair_teardown(&p);
}

int main(void)
{
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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
