/* The context of one node key: what every handshake of that key has in common, and the tickets
 * that let it resume.
 *
 * 1. Everything that decides security is set here and not left to openssl.cnf: versions, groups,
 *    suites, signature schemes, certificate types, who is verified (CR-20..CR-24).
 * 2. A ticket is stored under the peer key that its session proved, and used at most once. */
#include "crypto/ossl_int.h"
#include "crypto/tls_int.h"

bool gn_tls_raw_key(EVP_PKEY *key, struct gn_pk *out)
{
	struct gn_pk pk;
	size_t len = sizeof pk.b;
	if (!key || !EVP_PKEY_is_a(key, "ED25519") ||
	    EVP_PKEY_get_raw_public_key(key, pk.b, &len) <= 0 || len != sizeof pk.b ||
	    gn_crypto_small_order(&pk))
		return false;
	*out = pk;
	return true;
}

/* CR-21: the key itself is the identity; there is no chain to build. The verdict tells a wrong
 * key from a broken handshake. */
static int verify_peer(X509_STORE_CTX *store, void *user)
{
	(void)user;
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct gn_tls *tls = SSL_get_app_data(ssl);
	struct gn_pk pk;
	bool ok = gn_tls_raw_key(X509_STORE_CTX_get0_rpk(store), &pk) &&
		  (!tls->has_expected || gn_equal_ct(&pk, &tls->expected, sizeof pk));
	if (!ok)
		tls->verdict = GN_KEY;
	X509_STORE_CTX_set_error(store, ok ? X509_V_OK : X509_V_ERR_RPK_UNTRUSTED);
	return ok;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
		       const unsigned char *in, unsigned int len, void *user)
{
	(void)ssl, (void)user;
	static const unsigned char ours[] = TLS_ALPN;
	for (unsigned i = 0; i < len; i += 1u + in[i]) /* OpenSSL checked the list's form */
		if (in[i] == ours[0] && len - i > ours[0] &&
		    !memcmp(in + i + 1, ours + 1, ours[0])) {
			*out = in + i + 1;
			*out_len = in[i];
			return SSL_TLSEXT_ERR_OK;
		}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void store_ticket(struct gn_tls_ctx *ctx, const struct gn_pk *peer, SSL_SESSION *session)
{
	SSL_SESSION *old = session; /* what falls out: the new one if there is no place for it */
	OSSL_MUST(CRYPTO_THREAD_write_lock(ctx->lock));
	if (!ctx->tickets)
		ctx->tickets = OPENSSL_zalloc(TLS_TICKETS_MAX * sizeof *ctx->tickets);
	if (ctx->tickets) {
		unsigned i = 0;
		while (i < ctx->ticket_count && !gn_pk_eq(&ctx->tickets[i].peer, peer))
			i++;
		if (i == TLS_TICKETS_MAX)
			i = ctx->ticket_oldest++ % TLS_TICKETS_MAX;
		else if (i == ctx->ticket_count)
			ctx->tickets[ctx->ticket_count++].session = NULL;
		old = ctx->tickets[i].session;
		ctx->tickets[i] = (struct tls_ticket){*peer, session};
	}
	CRYPTO_THREAD_unlock(ctx->lock);
	SSL_SESSION_free(old);
}

SSL_SESSION *gn_tls_ctx_take_ticket(struct gn_tls_ctx *ctx, const struct gn_pk *peer)
{
	SSL_SESSION *found = NULL;
	OSSL_MUST(CRYPTO_THREAD_write_lock(ctx->lock));
	for (unsigned i = 0; i < ctx->ticket_count; i++)
		if (gn_pk_eq(&ctx->tickets[i].peer, peer)) {
			found = ctx->tickets[i].session;
			ctx->tickets[i] = ctx->tickets[--ctx->ticket_count];
			break;
		}
	CRYPTO_THREAD_unlock(ctx->lock);
	return found;
}

/* OpenSSL calls this on a client when a ticket came, which is after the server was proven. 1:
 * the session is ours now. */
static int ticket_came(SSL *ssl, SSL_SESSION *session)
{
	struct gn_tls *tls = SSL_get_app_data(ssl);
	if (tls->server || !tls->done || !SSL_SESSION_is_resumable(session))
		return 0;
	store_ticket(tls->ctx, &tls->peer, session);
	return 1;
}

/* CR-20, CR-22..CR-24. */
static bool configure(SSL_CTX *ssl, EVP_PKEY *key)
{
	static const unsigned char raw[] = {TLSEXT_cert_type_rpk}, alpn[] = TLS_ALPN;
	const char *suites = gn_aead_best() == GN_AES_256_GCM
				     ? "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
				     : "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
	/* If either side prefers ChaCha20, it has no fast AES, and the link is as fast as its
	 * slower end. */
	SSL_CTX_set_options(ssl, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ssl, verify_peer, NULL);
	SSL_CTX_set_alpn_select_cb(ssl, choose_alpn, NULL);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ssl, ticket_came);
	SSL_CTX_set_timeout(ssl, TLS_TICKET_SECONDS);
	SSL_CTX_set_security_level(ssl, 2);
	return SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) > 0 &&
	       SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) > 0 &&
	       SSL_CTX_set1_groups_list(ssl, "X25519MLKEM768:X25519") > 0 &&
	       SSL_CTX_set_ciphersuites(ssl, suites) > 0 &&
	       SSL_CTX_set1_sigalgs_list(ssl, "ed25519") > 0 &&
	       SSL_CTX_set1_client_sigalgs_list(ssl, "ed25519") > 0 &&
	       SSL_CTX_set1_client_cert_type(ssl, raw, sizeof raw) > 0 &&
	       SSL_CTX_set1_server_cert_type(ssl, raw, sizeof raw) > 0 &&
	       SSL_CTX_use_PrivateKey(ssl, key) > 0 && SSL_CTX_set_num_tickets(ssl, 1) > 0 &&
	       SSL_CTX_set_session_id_context(ssl, alpn + 1, alpn[0]) > 0 &&
	       /* 0 is success here alone */
	       SSL_CTX_set_alpn_protos(ssl, alpn, sizeof alpn - 1) == 0;
}

gn_err gn_tls_ctx_new(const struct gn_sk *node_key, struct gn_tls_ctx **out)
{
	struct gn_tls_ctx *ctx = OPENSSL_zalloc(sizeof *ctx);
	if (!ctx)
		return GN_NOMEM;
	ctx->refs = 1;
	ctx->lock = CRYPTO_THREAD_lock_new();
	ctx->ssl = SSL_CTX_new_ex(gn_crypto_algs()->lib, NULL, TLS_method());
	EVP_PKEY *key = gn_crypto_ed25519_pair(node_key);
	bool ok = ctx->lock && ctx->ssl && key && configure(ctx->ssl, key);
	EVP_PKEY_free(key);
	if (!ok) {
		SSL_CTX_free(ctx->ssl);
		CRYPTO_THREAD_lock_free(ctx->lock);
		OPENSSL_free(ctx);
		ERR_clear_error();
		return GN_NOMEM;
	}
	*out = ctx;
	return GN_OK;
}

void gn_tls_ctx_ref(struct gn_tls_ctx *ctx)
{
	int now;
	OSSL_MUST(CRYPTO_atomic_add(&ctx->refs, 1, &now, ctx->lock));
	GN_ASSERT(now > 1);
}

void gn_tls_ctx_free(struct gn_tls_ctx *ctx)
{
	int now;
	if (!ctx)
		return;
	OSSL_MUST(CRYPTO_atomic_add(&ctx->refs, -1, &now, ctx->lock));
	GN_ASSERT(now >= 0);
	if (now > 0)
		return;
	for (unsigned i = 0; i < ctx->ticket_count; i++)
		SSL_SESSION_free(ctx->tickets[i].session);
	OPENSSL_free(ctx->tickets);
	SSL_CTX_free(ctx->ssl);
	CRYPTO_THREAD_lock_free(ctx->lock);
	OPENSSL_free(ctx);
}
