/* One TLS 1.3 handshake without a record layer: OpenSSL asks for bytes of the level being read
 * and gives bytes of the level being written, and secrets as it derives them
 * (SSL_set_quic_tls_cbs(3)); this file keeps them until the caller comes by.
 *
 *   WAITING -> DONE [finish]         both Finished messages verified, peer key, parameters and ALPN
 *                                    are as they must be
 *   WAITING, DONE -> FAILED [fail]   for good; secrets are wiped
 *
 * 1. `in` holds bytes of read_level only, and OpenSSL has read all of them when gn_tls_run
 *    returns GN_OK.
 * 2. `peer` is set with `done`, never before: a key is proven by the signature (or the ticket)
 *    and both Finished.
 * 3. OpenSSL holds no pointer into `in` between calls, so it may move.
 * 4. The error queue is empty after every call. */
#include "crypto/ossl_int.h"
#include "crypto/tls_int.h"
#include <openssl/core_dispatch.h>

/* ---- buffers ---- */

static bool append(struct tls_bytes *b, const uint8_t *p, size_t len)
{
	if (b->off) {
		memmove(b->p, b->p + b->off, b->len);
		b->off = 0;
	}
	if (len > TLS_LEVEL_MAX - b->len)
		return false;
	if (b->cap - b->len < len) {
		size_t cap = b->cap ? b->cap : 512;
		while (cap - b->len < len)
			cap *= 2;
		uint8_t *grown = OPENSSL_realloc(b->p, cap);
		if (!grown)
			return false;
		b->p = grown;
		b->cap = cap;
	}
	memcpy(b->p + b->len, p, len);
	b->len += len;
	return true;
}

static void drop(struct tls_bytes *b, size_t len)
{
	GN_ASSERT(len <= b->len);
	b->off += len;
	b->len -= len;
	if (b->len)
		return;
	OPENSSL_free(b->p); /* an idle session holds no buffers */
	*b = (struct tls_bytes){0};
}

/* ---- what OpenSSL calls; 0 ends the handshake ---- */

static int crypto_send(SSL *ssl, const unsigned char *p, size_t len, size_t *consumed, void *user)
{
	(void)ssl;
	struct gn_tls *tls = user;
	if (!append(&tls->out[tls->write_level], p, len))
		return 0;
	*consumed = len;
	return 1;
}

static int crypto_recv(SSL *ssl, const unsigned char **p, size_t *len, void *user)
{
	(void)ssl;
	struct gn_tls *tls = user;
	*p = tls->in.len ? tls->in.p + tls->in.off : NULL;
	*len = tls->in.len;
	return 1;
}

static int crypto_release(SSL *ssl, size_t len, void *user)
{
	(void)ssl;
	struct gn_tls *tls = user;
	drop(&tls->in, len);
	return 1;
}

static bool level_of(uint32_t protection, enum gn_tls_level *out)
{
	switch (protection) {
	case OSSL_RECORD_PROTECTION_LEVEL_NONE: *out = GN_TLS_INITIAL; return true;
	case OSSL_RECORD_PROTECTION_LEVEL_HANDSHAKE: *out = GN_TLS_HANDSHAKE; return true;
	case OSSL_RECORD_PROTECTION_LEVEL_APPLICATION: *out = GN_TLS_APP; return true;
	default: return false; /* CR-26: no early data */
	}
}

static bool suite_of(const SSL *ssl, struct tls_known_secret *s)
{
	const SSL_CIPHER *cipher = SSL_get_pending_cipher(ssl);
	uint16_t id = cipher ? SSL_CIPHER_get_protocol_id(cipher) : 0;
	if (id != 0x1302 && id != 0x1303) /* TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 */
		return false;
	s->alg = id == 0x1302 ? GN_AES_256_GCM : GN_CHACHA20_POLY1305;
	s->sha384 = id == 0x1302;
	return s->len == (s->sha384 ? 48 : 32);
}

static int yield_secret(SSL *ssl, uint32_t protection, int write, const unsigned char *secret,
			size_t len, void *user)
{
	struct gn_tls *tls = user;
	struct tls_known_secret s = {.write = write, .len = len};
	if (tls->secret_count == TLS_SECRETS_MAX || !level_of(protection, &s.level) ||
	    !suite_of(ssl, &s))
		return 0;
	memcpy(s.bytes, secret, len);
	*(write ? &tls->write_level : &tls->read_level) = s.level;
	tls->secrets[tls->secret_count++] = s;
	gn_wipe(&s, sizeof s);
	return 1;
}

static int got_params(SSL *ssl, const unsigned char *p, size_t len, void *user)
{
	(void)ssl;
	struct gn_tls *tls = user;
	if (len > sizeof tls->peer_params)
		return 0;
	if (len)
		memcpy(tls->peer_params, p, len);
	tls->peer_params_len = len;
	tls->got_params = true;
	return 1;
}

static int alert(SSL *ssl, unsigned char code, void *user)
{
	(void)ssl;
	struct gn_tls *tls = user;
	if (tls->alert < 0)
		tls->alert = code;
	return 1;
}

static const OSSL_DISPATCH callbacks[] = {
	{OSSL_FUNC_SSL_QUIC_TLS_CRYPTO_SEND, (void (*)(void))crypto_send},
	{OSSL_FUNC_SSL_QUIC_TLS_CRYPTO_RECV_RCD, (void (*)(void))crypto_recv},
	{OSSL_FUNC_SSL_QUIC_TLS_CRYPTO_RELEASE_RCD, (void (*)(void))crypto_release},
	{OSSL_FUNC_SSL_QUIC_TLS_YIELD_SECRET, (void (*)(void))yield_secret},
	{OSSL_FUNC_SSL_QUIC_TLS_GOT_TRANSPORT_PARAMS, (void (*)(void))got_params},
	{OSSL_FUNC_SSL_QUIC_TLS_ALERT, (void (*)(void))alert},
	{0, NULL},
};

/* ---- lifecycle ---- */

static bool start(struct gn_tls *tls)
{
	tls->ssl = SSL_new(tls->ctx->ssl);
	if (!tls->ssl)
		return false;
	SSL_set_app_data(tls->ssl, tls);
	if (tls->server)
		SSL_set_accept_state(tls->ssl);
	else
		SSL_set_connect_state(tls->ssl);
	if (!SSL_set_quic_tls_cbs(tls->ssl, callbacks, tls) ||
	    !SSL_set_quic_tls_transport_params(tls->ssl, tls->params, tls->params_len))
		return false;
	if (!tls->server && tls->has_expected) {
		SSL_SESSION *ticket = gn_tls_ctx_take_ticket(tls->ctx, &tls->expected);
		if (ticket)
			/* without it the handshake is a full one */
			(void)SSL_set_session(tls->ssl, ticket);
		SSL_SESSION_free(ticket);
	}
	return true;
}

gn_err gn_tls_new(struct gn_tls_ctx *ctx, bool server, const struct gn_pk *expected,
		  struct gn_slice params, struct gn_tls **out)
{
	if (params.len > TLS_PARAMS_MAX)
		return GN_TOO_LARGE;
	struct gn_tls *tls = OPENSSL_zalloc(sizeof *tls);
	if (!tls)
		return GN_NOMEM;
	gn_tls_ctx_ref(ctx);
	tls->ctx = ctx;
	tls->server = server;
	tls->alert = -1;
	if (expected) {
		tls->expected = *expected;
		tls->has_expected = true;
	}
	if (params.len)
		memcpy(tls->params, params.p, params.len);
	tls->params_len = params.len;
	if (!start(tls)) {
		gn_tls_free(tls);
		ERR_clear_error();
		return GN_NOMEM;
	}
	*out = tls;
	return GN_OK;
}

void gn_tls_free(struct gn_tls *tls)
{
	if (!tls)
		return;
	/* Without a shutdown alert, which is not sent here, OpenSSL would call the session
	 * broken and void its ticket. */
	if (tls->done && tls->err == GN_OK)
		SSL_set_shutdown(tls->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(tls->ssl);
	OPENSSL_free(tls->in.p);
	for (int i = 0; i < GN_TLS_LEVELS; i++)
		OPENSSL_free(tls->out[i].p);
	gn_tls_ctx_free(tls->ctx);
	OPENSSL_clear_free(tls, sizeof *tls);
	ERR_clear_error();
}

/* ---- inputs ---- */

gn_err gn_tls_recv(struct gn_tls *tls, enum gn_tls_level level, struct gn_slice in)
{
	GN_ASSERT(level < GN_TLS_LEVELS);
	if (tls->err != GN_OK)
		return tls->err;
	if (in.len == 0)
		return GN_OK;
	if (level != tls->read_level) /* CR-25 */
		return GN_PROTOCOL;
	if (in.len > TLS_LEVEL_MAX - tls->received[level])
		return GN_TOO_LARGE;
	if (!append(&tls->in, in.p, in.len))
		return GN_NOMEM;
	tls->received[level] += in.len;
	return GN_OK;
}

static gn_err fail(struct gn_tls *tls, gn_err err)
{
	GN_ASSERT(err != GN_OK);
	tls->err = err;
	gn_wipe(tls->secrets, sizeof tls->secrets);
	tls->secret_count = tls->secret_next = 0;
	for (int i = 0; i < GN_TLS_LEVELS; i++)
		drop(&tls->out[i], tls->out[i].len);
	return err;
}

/* The alert we were about to send says what the peer did (RFC 8446 section 6.2). */
static gn_err judge(const struct gn_tls *tls)
{
	if (tls->verdict != GN_OK)
		return tls->verdict;
	if (ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE)
		return GN_NOMEM;
	switch (tls->alert) {
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_CERTIFICATE_REQUIRED: return GN_KEY;
	default: return GN_PROTOCOL;
	}
}

/* CR-21, CR-24: OpenSSL is content; what it does not check is checked here. A resumed session
 * skips verify_peer, so the key is looked at again. */
static gn_err finish(struct gn_tls *tls)
{
	const unsigned char *alpn = NULL;
	unsigned alpn_len = 0;
	struct gn_pk pk;
	if (!gn_tls_raw_key(SSL_get0_peer_rpk(tls->ssl), &pk) ||
	    (tls->has_expected && !gn_equal_ct(&pk, &tls->expected, sizeof pk))) {
		tls->alert = SSL_AD_BAD_CERTIFICATE;
		return GN_KEY;
	}
	SSL_get0_alpn_selected(tls->ssl, &alpn, &alpn_len);
	if (!alpn_len || !tls->got_params) {
		tls->alert = alpn_len ? SSL_AD_MISSING_EXTENSION : SSL_AD_NO_APPLICATION_PROTOCOL;
		return GN_PROTOCOL;
	}
	tls->peer = pk;
	tls->done = true;
	return GN_OK;
}

gn_err gn_tls_run(struct gn_tls *tls)
{
	if (tls->err != GN_OK)
		return tls->err;
	ERR_clear_error(); /* SSL_get_error() reads the queue */
	gn_err err = GN_OK;
	int r = tls->done ? SSL_read(tls->ssl, NULL, 0) : SSL_do_handshake(tls->ssl);
	if (r <= 0 && SSL_get_error(tls->ssl, r) != SSL_ERROR_WANT_READ)
		err = judge(tls);
	else if (r > 0 && !tls->done)
		err = finish(tls);
	if (err != GN_OK)
		fail(tls, err);
	ERR_clear_error();
	return err;
}

/* ---- outputs ---- */

int gn_tls_alert(const struct gn_tls *tls)
{
	return tls->alert;
}

struct gn_slice gn_tls_pending(struct gn_tls *tls, enum gn_tls_level level)
{
	GN_ASSERT(level < GN_TLS_LEVELS);
	const struct tls_bytes *b = &tls->out[level];
	return b->len ? gn_slice(b->p + b->off, b->len) : gn_slice(NULL, 0);
}

void gn_tls_take(struct gn_tls *tls, enum gn_tls_level level, size_t len)
{
	GN_ASSERT(level < GN_TLS_LEVELS);
	drop(&tls->out[level], len);
}

bool gn_tls_next_secret(struct gn_tls *tls, struct gn_tls_secret *out)
{
	if (tls->secret_next) /* what was handed over last time */
		gn_wipe(tls->secrets[tls->secret_next - 1].bytes, TLS_SECRET_LEN_MAX);
	if (tls->secret_next == tls->secret_count)
		return false;
	const struct tls_known_secret *s = &tls->secrets[tls->secret_next++];
	*out = (struct gn_tls_secret){s->level, s->write, s->alg, s->sha384,
				      gn_slice(s->bytes, s->len)};
	return true;
}

/* ---- queries ---- */

bool gn_tls_done(const struct gn_tls *tls)
{
	return tls->done;
}

bool gn_tls_peer(const struct gn_tls *tls, struct gn_pk *out)
{
	if (!tls->done)
		return false;
	*out = tls->peer;
	return true;
}

struct gn_slice gn_tls_peer_params(const struct gn_tls *tls)
{
	return tls->got_params ? gn_slice(tls->peer_params, tls->peer_params_len)
			       : gn_slice(NULL, 0);
}

bool gn_tls_resumed(const struct gn_tls *tls)
{
	return tls->done && SSL_session_reused(tls->ssl);
}

gn_err gn_tls_export(const struct gn_tls *tls, const char *label, uint8_t out[32])
{
	GN_ASSERT(label && *label);
	if (!gn_tls_done(tls))
		return GN_STATE;
	return SSL_export_keying_material(tls->ssl, out, 32, label, strlen(label), NULL, 0, 0) == 1
		       ? GN_OK
		       : GN_CRYPTO;
}

const char *gn_tls_group(const struct gn_tls *tls)
{
	const char *name = tls->read_level == GN_TLS_INITIAL ? NULL : SSL_get0_group_name(tls->ssl);
	return name ? name : "";
}

const char *gn_tls_suite(const struct gn_tls *tls)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(tls->ssl);
	return cipher ? SSL_CIPHER_get_name(cipher) : "";
}

void gn_tls_validate(const struct gn_tls *tls)
{
	GN_ASSERT(tls->read_level < GN_TLS_LEVELS && tls->write_level < GN_TLS_LEVELS);
	GN_ASSERT(tls->secret_next <= tls->secret_count && tls->secret_count <= TLS_SECRETS_MAX);
	GN_ASSERT(tls->in.off + tls->in.len <= tls->in.cap &&
		  (tls->in.len == 0) == (tls->in.p == NULL));
	for (int i = 0; i < GN_TLS_LEVELS; i++) {
		const struct tls_bytes *b = &tls->out[i];
		GN_ASSERT(b->off + b->len <= b->cap && (b->len == 0) == (b->p == NULL));
		GN_ASSERT(tls->received[i] <= TLS_LEVEL_MAX);
	}
	GN_ASSERT(tls->params_len <= TLS_PARAMS_MAX && tls->peer_params_len <= TLS_PARAMS_MAX);
	GN_ASSERT(!tls->done || tls->got_params);
	GN_ASSERT(!tls->done || !tls->has_expected ||
		  gn_equal_ct(&tls->peer, &tls->expected, sizeof tls->peer));
	GN_ASSERT(tls->err == GN_OK || tls->secret_count == 0);
}
