/*
 * Exits 0 when the OpenSSL it was linked with has what GeoNet needs. tools/setup compiles and
 * runs it against each candidate: a version number does not tell, because a distribution may
 * switch any of this off. */
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/ssl.h>

int main(void)
{
	static const OSSL_DISPATCH no_callbacks[] = {OSSL_DISPATCH_END};
	SSL_CTX *ctx = SSL_CTX_new(TLS_method());
	SSL *ssl = ctx ? SSL_new(ctx) : NULL;

	if (!ssl || !SSL_CTX_set1_groups_list(ctx, "X25519MLKEM768:X25519"))
		return 1;
	if (!EVP_KEM_fetch(NULL, "ML-KEM-768", NULL) ||
	    !EVP_SIGNATURE_fetch(NULL, "ML-DSA-65", NULL))
		return 2;
	if (!EVP_KDF_fetch(NULL, "ARGON2ID", NULL) || !EVP_SIGNATURE_fetch(NULL, "ED25519", NULL))
		return 3;
	/* need only link: TLS 1.3 as bytes in, bytes out */
	SSL_set_quic_tls_cbs(ssl, no_callbacks, NULL);
	return 0;
}
