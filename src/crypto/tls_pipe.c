/* TLS 1.3 over a stream of bytes: what the web speaks, as a coat for packets that are sealed
 * already.
 *
 *     HELLO -> OPEN [both Finished] -> OVER [close_notify, an alert, bytes that are no TLS]
 *
 * 1. The certificate is believed by nobody (RE-45): whoever needs to know who the other side is
 *    proves it inside.
 * 2. No session is resumed and no early data taken: nothing is kept of a connection that ended.
 * 3. Before OPEN no more than TLS_PIPE_HELLO_MAX bytes are taken, so that a stranger's hello
 *    bounds what is held for him. */
#include "crypto/limits.h"
#include "crypto/ossl_int.h"

#include <ngtcp2/ngtcp2_crypto_ossl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#define ALPN "\x08http/1.1"
#define ALPN_QUIC "\x02h3"

struct gn_tls_pipe_ctx {
	SSL_CTX *ssl; /* owned; counted by OpenSSL */
	bool server;
};

struct gn_tls_pipe {
	SSL *ssl; /* owned, and its BIOs with it */
	BIO *in, *out;
	size_t hello; /* bytes taken before OPEN */
	gn_err err;   /* sticky */
};

/* ---- a context ---- */

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
		       const unsigned char *in, unsigned int len, void *user)
{
	(void)ssl, (void)user;
	static const unsigned char ours[] = ALPN;
	unsigned char *chosen;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* OTHERS: a client of servers of other makes; QUIC: TLS without a stream of its own. */
enum role { SERVER, CLIENT, OTHERS, QUIC_SERVER, QUIC_CLIENT };

static int choose_h3(SSL *ssl, const unsigned char **out, unsigned char *out_len,
		     const unsigned char *in, unsigned int len, void *user)
{
	(void)ssl, (void)user;
	static const unsigned char ours[] = ALPN_QUIC;
	unsigned char *chosen;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof ours - 1, in, len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static struct gn_tls_pipe_ctx *fresh(enum role role)
{
	static const unsigned char alpn[] = ALPN, h3[] = ALPN_QUIC;
	int oldest = role == OTHERS ? TLS1_2_VERSION : TLS1_3_VERSION;
	bool server = role == SERVER || role == QUIC_SERVER,
	     quic = role == QUIC_SERVER || role == QUIC_CLIENT;
	struct gn_tls_pipe_ctx *ctx = OPENSSL_zalloc(sizeof *ctx);
	if (!ctx)
		return NULL;
	ctx->server = server;
	ctx->ssl = SSL_CTX_new_ex(gn_crypto_algs()->lib, NULL,
				  server ? TLS_server_method() : TLS_client_method());
	if (!ctx->ssl || SSL_CTX_set_min_proto_version(ctx->ssl, oldest) <= 0 ||
	    SSL_CTX_set_max_proto_version(ctx->ssl, TLS1_3_VERSION) <= 0 ||
	    SSL_CTX_set_num_tickets(ctx->ssl, 0) <= 0 ||
	    /* 0 is success here alone */
	    (role == CLIENT && SSL_CTX_set_alpn_protos(ctx->ssl, alpn, sizeof alpn - 1) != 0) ||
	    (role == QUIC_CLIENT && SSL_CTX_set_alpn_protos(ctx->ssl, h3, sizeof h3 - 1) != 0)) {
		gn_tls_pipe_ctx_free(ctx);
		ERR_clear_error();
		return NULL;
	}
	SSL_CTX_set_verify(ctx->ssl, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_options(ctx->ssl, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(ctx->ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx->ssl, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_max_cert_list(ctx->ssl, TLS_PIPE_HELLO_MAX);
	if (server)
		SSL_CTX_set_alpn_select_cb(ctx->ssl, quic ? choose_h3 : choose_alpn, NULL);
	return ctx;
}

static gn_err client_new(enum role role, struct gn_tls_pipe_ctx **out)
{
	struct gn_tls_pipe_ctx *ctx = fresh(role);
	if (!ctx)
		return GN_NOMEM;
	*out = ctx;
	return GN_OK;
}

gn_err gn_tls_pipe_client(struct gn_tls_pipe_ctx **out)
{
	return client_new(CLIENT, out);
}

gn_err gn_tls_pipe_others(struct gn_tls_pipe_ctx **out)
{
	return client_new(OTHERS, out);
}

/* Nobody believes it, so it says nothing: no name, a random number, ten years. */
static X509 *self_signed(EVP_PKEY *key, gn_time now)
{
	X509 *x = X509_new_ex(gn_crypto_algs()->lib, NULL);
	time_t from = (time_t)(now / GN_SEC) - 86400, until = from + (time_t)86400 * 3650;
	uint8_t number[16];
	BIGNUM *serial = NULL;
	if (!x || RAND_bytes_ex(gn_crypto_algs()->lib, number, sizeof number, 0) <= 0)
		goto fail;
	number[0] &= 0x7f;
	serial = BN_bin2bn(number, sizeof number, NULL);
	X509_NAME *name = X509_get_subject_name(x);
	if (!serial || !BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) ||
	    !X509_set_version(x, X509_VERSION_3) || !ASN1_TIME_set(X509_getm_notBefore(x), from) ||
	    !ASN1_TIME_set(X509_getm_notAfter(x), until) ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
					(const unsigned char *)"localhost", -1, -1, 0) ||
	    !X509_set_issuer_name(x, name) || !X509_set_pubkey(x, key) ||
	    X509_sign(x, key, EVP_sha256()) <= 0)
		goto fail;
	BN_free(serial);
	return x;
fail:
	BN_free(serial);
	X509_free(x);
	return NULL;
}

static int no_passphrase(char *buf, int size, int rwflag, void *user)
{
	(void)buf, (void)size, (void)rwflag, (void)user;
	return -1; /* and not OpenSSL's question at the terminal */
}

static X509 *next_certificate(BIO *bio)
{
	X509 *x = X509_new_ex(gn_crypto_algs()->lib, NULL);
	if (x && !PEM_read_bio_X509(bio, &x, no_passphrase, NULL)) {
		X509_free(x);
		x = NULL;
	}
	return x;
}

/* The first certificate of pem is ours, the others stand between it and a root. */
static bool use_chain(SSL_CTX *ssl, struct gn_slice pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.len);
	X509 *x = bio ? next_certificate(bio) : NULL;
	bool ok = x && SSL_CTX_use_certificate(ssl, x) > 0;
	X509_free(x);
	for (unsigned i = 0; ok && (x = next_certificate(bio)) != NULL; i++) {
		ok = i < TLS_PIPE_CHAIN_MAX && SSL_CTX_add1_chain_cert(ssl, x) > 0;
		X509_free(x);
	}
	BIO_free(bio);
	return ok;
}

static bool use_given(SSL_CTX *ssl, struct gn_slice cert, struct gn_slice key)
{
	BIO *bio = BIO_new_mem_buf(key.p, (int)key.len);
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey_ex(bio, NULL, no_passphrase, NULL,
							  gn_crypto_algs()->lib, NULL)
			     : NULL;
	bool ok = pkey && use_chain(ssl, cert) && SSL_CTX_use_PrivateKey(ssl, pkey) > 0 &&
		  SSL_CTX_check_private_key(ssl) > 0;
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	return ok;
}

static bool use_own(SSL_CTX *ssl, gn_time now)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(gn_crypto_algs()->lib, NULL, "EC", "P-256");
	X509 *x = key ? self_signed(key, now) : NULL;
	bool ok = x && SSL_CTX_use_certificate(ssl, x) > 0 && SSL_CTX_use_PrivateKey(ssl, key) > 0;
	X509_free(x);
	EVP_PKEY_free(key);
	return ok;
}

static gn_err server_new(enum role role, struct gn_slice cert, struct gn_slice key, gn_time now,
			 struct gn_tls_pipe_ctx **out)
{
	bool given = cert.len || key.len;
	if (cert.len > TLS_PIPE_PEM_MAX || key.len > TLS_PIPE_PEM_MAX)
		return GN_TOO_LARGE;
	struct gn_tls_pipe_ctx *ctx = fresh(role);
	if (!ctx)
		return GN_NOMEM;
	bool ok = given ? use_given(ctx->ssl, cert, key) : use_own(ctx->ssl, now);
	ERR_clear_error();
	if (!ok) {
		gn_tls_pipe_ctx_free(ctx);
		return given ? GN_KEY : GN_NOMEM;
	}
	*out = ctx;
	return GN_OK;
}

gn_err gn_tls_pipe_server(struct gn_slice cert, struct gn_slice key, gn_time now,
			  struct gn_tls_pipe_ctx **out)
{
	return server_new(SERVER, cert, key, now, out);
}

/* ---- QUIC's ---- */

gn_err gn_tls_quic_server(gn_time now, struct gn_tls_pipe_ctx **out)
{
	const struct gn_slice none = gn_slice(NULL, 0);
	return ngtcp2_crypto_ossl_init() ? GN_NOMEM : server_new(QUIC_SERVER, none, none, now, out);
}

gn_err gn_tls_quic_client(struct gn_tls_pipe_ctx **out)
{
	return ngtcp2_crypto_ossl_init() ? GN_NOMEM : client_new(QUIC_CLIENT, out);
}

void gn_tls_quic_free(void *handle)
{
	SSL *ssl = handle ? ngtcp2_crypto_ossl_ctx_get_ssl(handle) : NULL;
	if (ssl)
		SSL_set_app_data(ssl, NULL);
	ngtcp2_crypto_ossl_ctx_del(handle);
	SSL_free(ssl);
}

static bool say_name(SSL *ssl, const char *name);

gn_err gn_tls_quic_new(struct gn_tls_pipe_ctx *ctx, const char *name, void *ref, void **handle)
{
	SSL *ssl = SSL_new(ctx->ssl);
	ngtcp2_crypto_ossl_ctx *made = NULL;
	bool ok = ssl && ngtcp2_crypto_ossl_ctx_new(&made, ssl) == 0;
	if (ok && ctx->server)
		ok = ngtcp2_crypto_ossl_configure_server_session(ssl) == 0;
	else if (ok)
		ok = ngtcp2_crypto_ossl_configure_client_session(ssl) == 0 &&
		     (!name || say_name(ssl, name));
	ERR_clear_error();
	if (!ok) {
		ngtcp2_crypto_ossl_ctx_del(made);
		SSL_free(ssl);
		return GN_NOMEM;
	}
	SSL_set_app_data(ssl, ref);
	if (ctx->server)
		SSL_set_accept_state(ssl);
	else
		SSL_set_connect_state(ssl);
	*handle = made;
	return GN_OK;
}

void gn_tls_pipe_ctx_free(struct gn_tls_pipe_ctx *ctx)
{
	if (!ctx)
		return;
	SSL_CTX_free(ctx->ssl);
	OPENSSL_free(ctx);
}

/* ---- a pipe ---- */

/* What OpenSSL said of a call that gave no bytes. */
static gn_err verdict(struct gn_tls_pipe *pipe, int result)
{
	int why = SSL_get_error(pipe->ssl, result);
	ERR_clear_error();
	if (why == SSL_ERROR_WANT_READ)
		return GN_AGAIN;
	return pipe->err = why == SSL_ERROR_ZERO_RETURN ? GN_CLOSED : GN_CRYPTO;
}

/* SSL_set_tlsext_host_name, whose macro casts const away. */
static bool say_name(SSL *ssl, const char *name)
{
	return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
			(void *)(uintptr_t)name) > 0;
}

gn_err gn_tls_pipe_new(struct gn_tls_pipe_ctx *ctx, const char *name, struct gn_tls_pipe **out)
{
	struct gn_tls_pipe *pipe = OPENSSL_zalloc(sizeof *pipe);
	if (!pipe)
		return GN_NOMEM;
	pipe->ssl = SSL_new(ctx->ssl);
	pipe->in = BIO_new(BIO_s_mem());
	pipe->out = BIO_new(BIO_s_mem());
	if (!pipe->ssl || !pipe->in || !pipe->out) {
		BIO_free(pipe->in);
		BIO_free(pipe->out);
		SSL_free(pipe->ssl);
		OPENSSL_free(pipe);
		ERR_clear_error();
		return GN_NOMEM;
	}
	SSL_set_bio(pipe->ssl, pipe->in, pipe->out);
	if (ctx->server)
		SSL_set_accept_state(pipe->ssl);
	else
		SSL_set_connect_state(pipe->ssl);
	ERR_clear_error();
	gn_err err = name && !say_name(pipe->ssl, name) ? GN_NOMEM : GN_OK;
	if (!err && !ctx->server) /* the hello */
		err = verdict(pipe, SSL_do_handshake(pipe->ssl)) == GN_AGAIN ? GN_OK : GN_NOMEM;
	if (err) {
		ERR_clear_error();
		gn_tls_pipe_free(pipe);
		return err;
	}
	*out = pipe;
	return GN_OK;
}

void gn_tls_pipe_free(struct gn_tls_pipe *pipe)
{
	if (!pipe)
		return;
	SSL_free(pipe->ssl);
	OPENSSL_free(pipe);
}

bool gn_tls_pipe_open(const struct gn_tls_pipe *pipe)
{
	return SSL_is_init_finished(pipe->ssl);
}

gn_err gn_tls_pipe_recv(struct gn_tls_pipe *pipe, struct gn_slice in)
{
	if (pipe->err)
		return pipe->err;
	GN_ASSERT(in.len <= TLS_PIPE_PIECE_MAX);
	if (!gn_tls_pipe_open(pipe)) {
		pipe->hello += in.len;
		if (pipe->hello > TLS_PIPE_HELLO_MAX)
			return pipe->err = GN_TOO_LARGE;
	}
	if (in.len && BIO_write(pipe->in, in.p, (int)in.len) != (int)in.len) {
		ERR_clear_error();
		return pipe->err = GN_NOMEM;
	}
	return GN_OK;
}

gn_err gn_tls_pipe_read(struct gn_tls_pipe *pipe, struct gn_buf *out)
{
	size_t room = out->cap - out->len, n = 0;
	if (pipe->err)
		return pipe->err;
	GN_ASSERT(room > 0 && out->len <= out->cap);
	ERR_clear_error();
	int result = SSL_read_ex(pipe->ssl, out->p + out->len, room, &n);
	if (result <= 0)
		return verdict(pipe, result);
	out->len += n;
	return GN_OK;
}

gn_err gn_tls_pipe_write(struct gn_tls_pipe *pipe, struct gn_slice data)
{
	size_t n = 0;
	if (pipe->err)
		return pipe->err;
	GN_ASSERT(gn_tls_pipe_open(pipe) && data.len > 0);
	ERR_clear_error();
	int result = SSL_write_ex(pipe->ssl, data.p, data.len, &n);
	if (result <= 0) {
		ERR_clear_error();
		return pipe->err = GN_CRYPTO;
	}
	GN_ASSERT(n == data.len); /* a BIO of memory takes all */
	return GN_OK;
}

void gn_tls_pipe_end(struct gn_tls_pipe *pipe)
{
	if (pipe->err || !gn_tls_pipe_open(pipe))
		return;
	ERR_clear_error();
	(void)SSL_shutdown(pipe->ssl);
	ERR_clear_error();
}

size_t gn_tls_pipe_pending(const struct gn_tls_pipe *pipe)
{
	return BIO_ctrl_pending(pipe->out);
}

void gn_tls_pipe_take(struct gn_tls_pipe *pipe, struct gn_buf *out)
{
	size_t n = 0;
	if (out->len < out->cap && gn_tls_pipe_pending(pipe) &&
	    BIO_read_ex(pipe->out, out->p + out->len, out->cap - out->len, &n) > 0)
		out->len += n;
}
