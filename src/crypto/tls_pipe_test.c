/* TLS over a stream: what is said comes through and is not seen on the way, however the bytes are
 * cut; a hello without end, a key that is another's and another protocol are refused (RE-45). */
#include "crypto/crypto.h"
#include "crypto/limits.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW (INT64_C(1790000000) * GN_SEC)
#define CANARY "the canary sings in clear"

static struct gn_tls_pipe_ctx *client_ctx, *server_ctx;

static int set_up(void **state)
{
	(void)state;
	assert_int_equal(gn_tls_pipe_client(&client_ctx), GN_OK);
	assert_int_equal(gn_tls_pipe_server(GN_LIT(""), GN_LIT(""), NOW, &server_ctx), GN_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_tls_pipe_ctx_free(client_ctx);
	gn_tls_pipe_ctx_free(server_ctx);
	gn_tls_pipe_ctx_free(NULL);
	return 0;
}

static bool holds(struct gn_slice s, struct gn_slice what)
{
	for (size_t i = 0; i + what.len <= s.len; i++)
		if (memcmp(s.p + i, what.p, what.len) == 0)
			return true;
	return false;
}

/* What from says reaches to, by pieces; what `to` reads is appended to got. */
static gn_err move(struct gn_tls_pipe *from, struct gn_tls_pipe *to, size_t piece,
		   struct gn_buf *got)
{
	static uint8_t wire[1 << 16];
	struct gn_buf w = {wire, 0, sizeof wire};
	gn_err err = GN_AGAIN;
	gn_tls_pipe_take(from, &w);
	assert_false(holds(gn_buf_slice(&w), GN_LIT(CANARY)));
	for (size_t at = 0; at < w.len && err == GN_AGAIN; at += piece) {
		err = gn_tls_pipe_recv(to, gn_slice_sub(gn_buf_slice(&w), at, piece));
		while (!err)
			err = gn_tls_pipe_read(to, got);
	}
	return err;
}

static void both_ways_however_cut(void **state)
{
	(void)state;
	static const size_t pieces[] = {1, 100, 16000};
	for (unsigned i = 0; i < GN_COUNT(pieces); i++) {
		struct gn_tls_pipe *c, *s;
		uint8_t a[300], b[300];
		struct gn_buf to_c = {a, 0, sizeof a}, to_s = {b, 0, sizeof b};
		assert_int_equal(gn_tls_pipe_new(client_ctx, "host.example", &c), GN_OK);
		assert_int_equal(gn_tls_pipe_new(server_ctx, NULL, &s), GN_OK);
		for (unsigned turn = 0; turn < 3; turn++) {
			assert_int_equal(move(c, s, pieces[i], &to_s), GN_AGAIN);
			assert_int_equal(move(s, c, pieces[i], &to_c), GN_AGAIN);
		}
		assert_true(gn_tls_pipe_open(c) && gn_tls_pipe_open(s));
		assert_int_equal(gn_tls_pipe_write(c, GN_LIT(CANARY)), GN_OK);
		assert_int_equal(gn_tls_pipe_write(s, GN_LIT("back" CANARY)), GN_OK);
		assert_true(gn_tls_pipe_pending(c) > strlen(CANARY));
		assert_int_equal(move(c, s, pieces[i], &to_s), GN_AGAIN);
		assert_int_equal(move(s, c, pieces[i], &to_c), GN_AGAIN);
		assert_true(gn_slice_eq(gn_buf_slice(&to_s), GN_LIT(CANARY)));
		assert_true(gn_slice_eq(gn_buf_slice(&to_c), GN_LIT("back" CANARY)));
		gn_tls_pipe_end(c);
		assert_int_equal(move(c, s, pieces[i], &to_s), GN_CLOSED);
		assert_int_equal(gn_tls_pipe_recv(s, GN_LIT("x")), GN_CLOSED);
		assert_int_equal(gn_tls_pipe_write(s, GN_LIT("x")), GN_CLOSED);
		gn_tls_pipe_free(c);
		gn_tls_pipe_free(s);
	}
	gn_tls_pipe_free(NULL);
}

/* Records that begin and do not end: the limit is taken, one byte more is not. */
static void a_hello_without_end(void **state)
{
	(void)state;
	static uint8_t record[TLS_PIPE_PIECE_MAX] = {22, 3, 1, 0x3f, 0xff, 1, 0, 0xff, 0xff};
	uint8_t text[100];
	struct gn_buf got = {text, 0, sizeof text};
	struct gn_tls_pipe *s;
	assert_int_equal(gn_tls_pipe_new(server_ctx, NULL, &s), GN_OK);
	for (size_t n = 0; n < TLS_PIPE_HELLO_MAX; n += sizeof record)
		assert_int_equal(gn_tls_pipe_recv(s, GN_SLICE(record)), GN_OK);
	assert_int_equal(gn_tls_pipe_recv(s, gn_slice(record, 1)), GN_TOO_LARGE);
	assert_int_equal(gn_tls_pipe_read(s, &got), GN_TOO_LARGE);
	gn_tls_pipe_free(s);
}

static void what_is_no_tls(void **state)
{
	(void)state;
	uint8_t text[100], wire[100];
	struct gn_buf got = {text, 0, sizeof text}, out = {wire, 0, sizeof wire};
	struct gn_tls_pipe *s;
	assert_int_equal(gn_tls_pipe_new(server_ctx, NULL, &s), GN_OK);
	assert_int_equal(gn_tls_pipe_recv(s, GN_LIT("GET / HTTP/1.1\r\n\r\n")), GN_OK);
	assert_int_equal(gn_tls_pipe_read(s, &got), GN_CRYPTO);
	gn_tls_pipe_end(s);
	gn_tls_pipe_take(s, &out);
	assert_int_equal(got.len, 0);
	gn_tls_pipe_free(s);
}

/* A stranger's client, by OpenSSL itself. */
static gn_err stranger(const char *alpn, int version, const char **chosen)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	struct gn_tls_pipe *s;
	uint8_t bytes[8192];
	static char text[32];
	struct gn_buf got = {bytes, 0, sizeof bytes};
	gn_err err = GN_AGAIN;
	SSL_set_max_proto_version(ssl, version);
	SSL_set_alpn_protos(ssl, (const unsigned char *)alpn, (unsigned)strlen(alpn));
	SSL_set_bio(ssl, in, out);
	SSL_set_connect_state(ssl);
	assert_int_equal(gn_tls_pipe_new(server_ctx, NULL, &s), GN_OK);
	for (unsigned i = 0; i < 3 && err == GN_AGAIN; i++) {
		(void)SSL_do_handshake(ssl);
		int n = BIO_read(out, bytes, sizeof bytes);
		if (n > 0)
			assert_int_equal(gn_tls_pipe_recv(s, gn_slice(bytes, (size_t)n)), GN_OK);
		err = gn_tls_pipe_read(s, &got);
		got.len = 0;
		gn_tls_pipe_take(s, &got);
		BIO_write(in, bytes, (int)got.len);
		got.len = 0;
	}
	const unsigned char *p;
	unsigned len;
	SSL_get0_alpn_selected(ssl, &p, &len);
	assert_true(len < sizeof text);
	if (len)
		memcpy(text, p, len);
	text[len] = 0;
	*chosen = text;
	gn_tls_pipe_free(s);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	return err;
}

static void protocols_and_versions(void **state)
{
	(void)state;
	const char *chosen;
	assert_int_equal(stranger("\x02h2\x08http/1.1", 0, &chosen), GN_AGAIN);
	assert_string_equal(chosen, "http/1.1");
	assert_int_equal(stranger("", 0, &chosen), GN_AGAIN);
	assert_string_equal(chosen, "");
	assert_int_equal(stranger("\x02h2", 0, &chosen), GN_CRYPTO);
	assert_int_equal(stranger("\x08http/1.1", TLS1_2_VERSION, &chosen), GN_CRYPTO);
}

/* A key and `count` certificates of it, as files have them. */
static void make_pem(unsigned count, struct gn_buf *cert, struct gn_buf *key)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	assert_true(X509_set_pubkey(x, pkey) && X509_sign(x, pkey, EVP_sha256()) > 0);
	assert_true(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL));
	key->len = (size_t)BIO_read(bio, key->p, (int)key->cap);
	for (unsigned i = 0; i < count; i++)
		assert_true(PEM_write_bio_X509(bio, x));
	cert->len = (size_t)BIO_read(bio, cert->p, (int)cert->cap);
	BIO_free(bio);
	X509_free(x);
	EVP_PKEY_free(pkey);
}

static void a_given_pair_and_its_chain(void **state)
{
	(void)state;
	static uint8_t c[1 << 15], k[4096], k2[4096];
	struct gn_buf cert = {c, 0, sizeof c}, key = {k, 0, sizeof k}, other = {k2, 0, sizeof k2};
	struct gn_tls_pipe_ctx *ctx;
	make_pem(1, &cert, &other);
	make_pem(TLS_PIPE_CHAIN_MAX + 1, &cert, &key);
	assert_int_equal(gn_tls_pipe_server(gn_buf_slice(&cert), gn_buf_slice(&key), NOW, &ctx),
			 GN_OK);
	gn_tls_pipe_ctx_free(ctx);
	assert_int_equal(gn_tls_pipe_server(gn_buf_slice(&cert), gn_buf_slice(&other), NOW, &ctx),
			 GN_KEY);
	make_pem(TLS_PIPE_CHAIN_MAX + 2, &cert, &key);
	assert_int_equal(gn_tls_pipe_server(gn_buf_slice(&cert), gn_buf_slice(&key), NOW, &ctx),
			 GN_KEY);
}

static void what_is_no_pair(void **state)
{
	(void)state;
	static char big[TLS_PIPE_PEM_MAX + 1];
	struct gn_tls_pipe_ctx *ctx;
	assert_int_equal(gn_tls_pipe_server(GN_LIT("no"), GN_LIT("pem"), NOW, &ctx), GN_KEY);
	assert_int_equal(gn_tls_pipe_server(gn_slice(big, TLS_PIPE_PEM_MAX), GN_LIT(""), NOW, &ctx),
			 GN_KEY);
	assert_int_equal(gn_tls_pipe_server(GN_SLICE(big), GN_LIT(""), NOW, &ctx), GN_TOO_LARGE);
	assert_int_equal(gn_tls_pipe_server(GN_LIT(""), GN_SLICE(big), NOW, &ctx), GN_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_however_cut),
		cmocka_unit_test(a_hello_without_end),
		cmocka_unit_test(what_is_no_tls),
		cmocka_unit_test(protocols_and_versions),
		cmocka_unit_test(what_is_no_pair),
		cmocka_unit_test(a_given_pair_and_its_chain),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
