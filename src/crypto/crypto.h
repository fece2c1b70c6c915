/* OpenSSL (>= 3.5) wrapped once: hashes, key derivation, sealing, signatures, the TLS 1.3
 * handshake as bytes in / bytes out, and the texts of keys. Nothing here allocates through the
 * engines' budgets; OpenSSL's own objects are owned by the structs named below and freed by
 * their fini. Private keys never leave as text except through gn_phrase_* and gn_keyfile_*. All
 * functions are safe to call from several threads on different objects. */
#ifndef GN_CRYPTO_CRYPTO_H
#define GN_CRYPTO_CRYPTO_H

#include "base/base.h"

/* ---- hashes, key derivation, comparison ---- */

struct gn_hash {
	uint8_t b[32];
};

/* SHA-256 over the parts in order (FIPS 180-4); at most 16 parts, here and in gn_sign. */
void gn_sha256(const struct gn_slice *parts, size_t count, struct gn_hash *out);
/* The same again and again, as who searches for a proof of work needs it: no memory is taken for
 * each. The caller frees it. */
struct gn_hasher;
struct gn_hasher *gn_hasher_new(void);
void gn_hasher_sha256(struct gn_hasher *hasher, const struct gn_slice *parts, size_t count,
		      struct gn_hash *out);
void gn_hasher_hmac_sha256(struct gn_hasher *hasher, struct gn_slice key, struct gn_slice msg,
			   struct gn_hash *out);
/* The same of what comes in pieces, however many. */
void gn_hasher_begin(struct gn_hasher *hasher);
void gn_hasher_add(struct gn_hasher *hasher, struct gn_slice part);
void gn_hasher_end(struct gn_hasher *hasher, struct gn_hash *out);
/* What `begun` was given and then `last`; `begun` stays as it is, for the next one. */
void gn_hasher_after(struct gn_hasher *hasher, const struct gn_hasher *begun, struct gn_slice last,
		     struct gn_hash *out);
void gn_hasher_free(struct gn_hasher *hasher);
/* SHA-256(domain || msg) with the domain as the bytes of the C string, without terminator. */
void gn_sha256_tagged(const char *domain, struct gn_slice msg, struct gn_hash *out);
void gn_hmac_sha256(struct gn_slice key, struct gn_slice msg, struct gn_hash *out);
/* RFC 2104 over the parts in order; at most 15. */
void gn_hmac_sha256_parts(struct gn_slice key, const struct gn_slice *parts, size_t count,
			  uint8_t out[32]);
/* For STUN and TURN alone, whose protocol says so (RFC 8489): nothing of ours rests on them. */
void gn_hmac_sha1(struct gn_slice key, const struct gn_slice *parts, size_t count, uint8_t out[20]);
void gn_md5(const struct gn_slice *parts, size_t count, uint8_t out[16]);
/* RFC 5869 with SHA-256; len at most 255 * 32. An absent salt is zeros. */
void gn_hkdf(struct gn_slice ikm, struct gn_slice salt, struct gn_slice info, uint8_t *out,
	     size_t len);
/* HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1) with an empty context; sha384 chooses the
 * hash of the suite. */
void gn_hkdf_expand_label(struct gn_slice secret, bool sha384, const char *label, uint8_t *out,
			  size_t len);
/* Argon2id (RFC 9106), one lane; memory in KiB. GN_RANGE outside 1..64 passes, 8 KiB..1 GiB,
 * salts under 8 bytes; GN_NOMEM. */
GN_MUST gn_err gn_argon2id(struct gn_slice pass, struct gn_slice salt, uint32_t passes,
			   uint32_t memory_kib, uint8_t *out, size_t len);
/* True when equal, in time that depends on the length alone. */
bool gn_equal_ct(const void *a, const void *b, size_t len);
/* The operating system's randomness through OpenSSL; for nodes and tools, never for a
 * simulation. */
struct gn_rand gn_rand_system(void);

static inline bool gn_hash_eq(const struct gn_hash *a, const struct gn_hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}
static inline bool gn_hash_is_zero(const struct gn_hash *h)
{
	return gn_is_zero(h->b, sizeof h->b);
}
/* Leading zero bits of a hash, 0..256: what a proof of work is measured by. */
unsigned gn_hash_zero_bits(const struct gn_hash *h);

/* ---- signatures ---- */

struct gn_pk {
	uint8_t b[32]; /* Ed25519 public key (RFC 8032) */
};
static inline bool gn_pk_eq(const struct gn_pk *a, const struct gn_pk *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}
static inline bool gn_pk_is_zero(const struct gn_pk *pk)
{
	return gn_is_zero(pk->b, sizeof pk->b);
}
struct gn_sig {
	uint8_t b[64];
};
struct gn_sk {
	uint8_t seed[32]; /* secret: wipe with gn_sk_wipe */
	struct gn_pk pk;
};

void gn_sk_from_seed(const uint8_t seed[32], struct gn_sk *out);
void gn_sk_new(struct gn_rand *rand, struct gn_sk *out);
void gn_sk_wipe(struct gn_sk *sk);
/* Ed25519 over domain || parts, at most 1 MiB in all. The domain separates uses and ends up in
 * the signed bytes as it is. */
void gn_sign(const struct gn_sk *sk, const char *domain, const struct gn_slice *parts, size_t count,
	     struct gn_sig *out);
/* GN_SIGNATURE when it does not verify or the key has small order, GN_TOO_LARGE above 1 MiB. */
GN_MUST gn_err gn_verify(const struct gn_pk *pk, const char *domain, const struct gn_slice *parts,
			 size_t count, const struct gn_sig *sig);

#define GN_PQ_PK_LEN 1952  /* ML-DSA-65 (FIPS 204) public key, bytes */
#define GN_PQ_SIG_LEN 3309 /* ML-DSA-65 signature, bytes */
#define GN_PQ_SEED_LEN 32

/* All three: GN_NOMEM besides what is said. Public key of the key pair that the 32-byte seed
 * gives (FIPS 204 KeyGen_internal). */
GN_MUST gn_err gn_pq_public(const uint8_t seed[GN_PQ_SEED_LEN], uint8_t pk[GN_PQ_PK_LEN]);
/* Deterministic ML-DSA-65 over domain || msg, empty context. Messages up to 1 MiB, GN_TOO_LARGE. */
GN_MUST gn_err gn_pq_sign(const uint8_t seed[GN_PQ_SEED_LEN], const char *domain,
			  struct gn_slice msg, uint8_t sig[GN_PQ_SIG_LEN]);
/* GN_SIGNATURE when it does not verify. */
GN_MUST gn_err gn_pq_verify(const uint8_t pk[GN_PQ_PK_LEN], const char *domain, struct gn_slice msg,
			    const uint8_t sig[GN_PQ_SIG_LEN]);

/* ---- key agreement ---- */

#define GN_X25519_LEN 32
void gn_x25519_public(const uint8_t secret[GN_X25519_LEN], uint8_t pk[GN_X25519_LEN]);
/* RFC 7748; GN_KEY when the peer's point has small order (the shared secret would be zeros).
 * Hash the result before use. */
GN_MUST gn_err gn_x25519(const uint8_t secret[GN_X25519_LEN], const uint8_t peer[GN_X25519_LEN],
			 uint8_t shared[GN_X25519_LEN]);

#define GN_KEM_SEED_LEN 64 /* ML-KEM-768 (FIPS 203): d || z */
#define GN_KEM_PK_LEN 1184
#define GN_KEM_CT_LEN 1088
#define GN_KEM_SHARED_LEN 32
GN_MUST gn_err gn_kem_public(const uint8_t seed[GN_KEM_SEED_LEN], uint8_t pk[GN_KEM_PK_LEN]);
/* Is pk an encoded key (FIPS 203 section 7.2)? GN_KEY when not. */
GN_MUST gn_err gn_kem_check(const uint8_t pk[GN_KEM_PK_LEN]);
/* A fresh shared secret and its ciphertext for the holder of pk. GN_KEY when pk is not an
 * encoded key (FIPS 203 section 7.2). */
GN_MUST gn_err gn_kem_encap(struct gn_rand *rand, const uint8_t pk[GN_KEM_PK_LEN],
			    uint8_t ct[GN_KEM_CT_LEN], uint8_t shared[GN_KEM_SHARED_LEN]);
/* A changed ciphertext gives another secret, not an error (implicit rejection). GN_NOMEM alone. */
GN_MUST gn_err gn_kem_decap(const uint8_t seed[GN_KEM_SEED_LEN], const uint8_t ct[GN_KEM_CT_LEN],
			    uint8_t shared[GN_KEM_SHARED_LEN]);

/* ---- sealing ---- */

enum gn_aead_alg { GN_AES_128_GCM, GN_AES_256_GCM, GN_CHACHA20_POLY1305 };
#define GN_AEAD_TAG 16
#define GN_AEAD_NONCE 12

/* One key, one direction. Holds OpenSSL contexts; set up once per key, only the nonce changes
 * per call. */
struct gn_aead {
	void *cipher; /* owned */
	void *hp;     /* owned: header-protection cipher */
	enum gn_aead_alg alg;
	bool sealing;
};

size_t gn_aead_key_len(enum gn_aead_alg alg);
/* AES-256-GCM where the CPU has AES instructions, else ChaCha20-Poly1305. */
enum gn_aead_alg gn_aead_best(void);
/* key and hp_key have gn_aead_key_len bytes; hp_key may be absent (no header protection). */
GN_MUST gn_err gn_aead_init(struct gn_aead *a, enum gn_aead_alg alg, bool sealing,
			    struct gn_slice key, struct gn_slice hp_key);
/* Another key of the same algorithm in its place, for who tries many; not for header protection. */
void gn_aead_rekey(struct gn_aead *a, struct gn_slice key);
void gn_aead_fini(struct gn_aead *a);
/* In place: data has len bytes of plaintext and room for GN_AEAD_TAG more. */
GN_MUST gn_err gn_aead_seal(struct gn_aead *a, const uint8_t nonce[GN_AEAD_NONCE],
			    struct gn_slice aad, uint8_t *data, size_t len);
/* In place: data has len bytes with the tag at its end; GN_AUTH leaves data undefined and must
 * not be used. */
GN_MUST gn_err gn_aead_open(struct gn_aead *a, const uint8_t nonce[GN_AEAD_NONCE],
			    struct gn_slice aad, uint8_t *data, size_t len);
/* Five mask bytes from a 16-byte sample of ciphertext (RFC 9001 section 5.4). */
void gn_aead_mask(struct gn_aead *a, const uint8_t sample[16], uint8_t mask[5]);

/* ---- TLS 1.3 handshake: bytes in, bytes out (SSL_set_quic_tls_cbs) ---- */

enum gn_tls_level { GN_TLS_INITIAL, GN_TLS_EARLY, GN_TLS_HANDSHAKE, GN_TLS_APP, GN_TLS_LEVELS };

/* Shared by all handshakes of one node key: raw public keys both ways (RFC 7250), X25519MLKEM768
 * preferred, TLS 1.3 only. Keeps the tickets of peers it connected to, so that a later session
 * is resumed (without 0-RTT). Thread-safe. Freeing it while handshakes live is fine: each holds
 * a reference. */
struct gn_tls_ctx;
GN_MUST gn_err gn_tls_ctx_new(const struct gn_sk *node_key, struct gn_tls_ctx **out);
void gn_tls_ctx_free(struct gn_tls_ctx *ctx);

struct gn_tls; /* one handshake and its key schedule; sans-I/O */

/* What the handshake hands over when a key becomes known. The secret is borrowed until the next
 * call on tls. */
struct gn_tls_secret {
	enum gn_tls_level level;
	bool write; /* ours for sending, else for receiving */
	enum gn_aead_alg alg;
	bool sha384; /* hash of the suite, for gn_hkdf_expand_label */
	struct gn_slice secret;
};

/* expected: the peer's node key, or NULL to accept any and report it. params: our transport
 * parameters, carried inside the handshake transcript, at most 256 bytes (GN_TOO_LARGE). A
 * client that has a ticket of the expected peer uses it up. */
GN_MUST gn_err gn_tls_new(struct gn_tls_ctx *ctx, bool server, const struct gn_pk *expected,
			  struct gn_slice params, struct gn_tls **out);
void gn_tls_free(struct gn_tls *tls);
/* Handshake bytes of the peer, in order, per level; buffered until gn_tls_run. GN_PROTOCOL when
 * the level is not the one being read now (run after each recv), GN_TOO_LARGE past 16 KiB on a
 * level: both leave tls as it was. A failed tls says its error again. */
GN_MUST gn_err gn_tls_recv(struct gn_tls *tls, enum gn_tls_level level, struct gn_slice in);
/* Drives the state machine (call once at the start of a client, then after each recv). GN_OK:
 * done or waiting for the peer. GN_KEY: a wrong, missing or non-Ed25519 peer key. GN_PROTOCOL:
 * anything else the peer did (gn_tls_alert says what). After an error tls is only good for
 * gn_tls_alert and gn_tls_free. */
GN_MUST gn_err gn_tls_run(struct gn_tls *tls);
/* The TLS alert (RFC 8446 section 6) to tell the peer in the closing packet, or -1. */
int gn_tls_alert(const struct gn_tls *tls);
/* Bytes to send at a level, appended to what was not taken yet; the slice is valid until the
 * next call on tls. Taking is by gn_tls_take: the caller keeps its own copy for retransmission. */
struct gn_slice gn_tls_pending(struct gn_tls *tls, enum gn_tls_level level);
void gn_tls_take(struct gn_tls *tls, enum gn_tls_level level, size_t len);
/* Secrets in the order they became known; false when there is none. Valid until the next call on
 * tls. A server gets its application write secret before the client is proven: send nothing
 * private with it before gn_tls_done. */
bool gn_tls_next_secret(struct gn_tls *tls, struct gn_tls_secret *out);
/* Both ends are proven and the handshake is complete. A client keeps tls until the server's
 * ticket came at GN_TLS_APP (it follows at once), or frees it and forgoes resumption; a server
 * may free it when its APP bytes are taken. */
bool gn_tls_done(const struct gn_tls *tls);
/* The peer's node key, proven; false before gn_tls_done. */
bool gn_tls_peer(const struct gn_tls *tls, struct gn_pk *out);
/* The peer's transport parameters; p is NULL before they came. Not authenticated before
 * gn_tls_done. */
struct gn_slice gn_tls_peer_params(const struct gn_tls *tls);
/* Done by a ticket, without signatures. */
bool gn_tls_resumed(const struct gn_tls *tls);
/* 32 bytes that both ends of this handshake have and nobody else, by a label without context (RFC
 * 8446 7.5): what is signed over them is worth nothing in another session. GN_STATE before
 * gn_tls_done. */
GN_MUST gn_err gn_tls_export(const struct gn_tls *tls, const char *label, uint8_t out[32]);
/* "X25519MLKEM768" and "TLS_AES_256_GCM_SHA384", for status and tests; "" before they are
 * agreed. */
const char *gn_tls_group(const struct gn_tls *tls);
const char *gn_tls_suite(const struct gn_tls *tls);
void gn_tls_validate(const struct gn_tls *tls);

/* ---- TLS 1.3 over a stream of bytes, as the web speaks it ---- */

/* A coat for what is sealed already: neither side believes the other's certificate (RE-45). ALPN is
 * http/1.1; no session is resumed. */
struct gn_tls_pipe_ctx;
struct gn_tls_pipe;
GN_MUST gn_err gn_tls_pipe_client(struct gn_tls_pipe_ctx **out);
/* The same for servers of other makes: without ALPN, and TLS 1.2 does (coturn of Debian 12 has no
 * other). */
GN_MUST gn_err gn_tls_pipe_others(struct gn_tls_pipe_ctx **out);
/* cert and key: PEM, the certificate first, then those between it and a root; GN_KEY when they are
 * no such pair, GN_TOO_LARGE. Both empty: a key of P-256 made now and signed by itself. */
GN_MUST gn_err gn_tls_pipe_server(struct gn_slice cert, struct gn_slice key, gn_time now,
				  struct gn_tls_pipe_ctx **out);
/* The same for QUIC (RE-46), ALPN h3; the key of the server is made now. */
GN_MUST gn_err gn_tls_quic_server(gn_time now, struct gn_tls_pipe_ctx **out);
GN_MUST gn_err gn_tls_quic_client(struct gn_tls_pipe_ctx **out);
/* For ngtcp2: ref is its ngtcp2_crypto_conn_ref, handle what it calls the native one. */
GN_MUST gn_err gn_tls_quic_new(struct gn_tls_pipe_ctx *ctx, const char *name, void *ref,
			       void **handle);
void gn_tls_quic_free(void *handle); /* NULL is fine */
/* Pipes go on. NULL is fine. */
void gn_tls_pipe_ctx_free(struct gn_tls_pipe_ctx *ctx);

/* name: of the host, to be said in the hello (SNI); NULL: none, as for an address. */
GN_MUST gn_err gn_tls_pipe_new(struct gn_tls_pipe_ctx *ctx, const char *name,
			       struct gn_tls_pipe **out);
void gn_tls_pipe_free(struct gn_tls_pipe *pipe);
/* Bytes of the peer, TLS_PIPE_PIECE_MAX at most; then read until GN_AGAIN: that carries on the
 * handshake, too. GN_TOO_LARGE: a hello without end. Errors stay. */
GN_MUST gn_err gn_tls_pipe_recv(struct gn_tls_pipe *pipe, struct gn_slice in);
/* Appends what the peer said to out, which has room. GN_AGAIN, GN_CLOSED (the peer ended it in
 * order), GN_CRYPTO; there may be bytes to take after any of them. */
GN_MUST gn_err gn_tls_pipe_read(struct gn_tls_pipe *pipe, struct gn_buf *out);
bool gn_tls_pipe_open(const struct gn_tls_pipe *pipe); /* the handshake is done */
/* All of data, once open. */
GN_MUST gn_err gn_tls_pipe_write(struct gn_tls_pipe *pipe, struct gn_slice data);
/* Says that nothing more comes. */
void gn_tls_pipe_end(struct gn_tls_pipe *pipe);
/* Bytes for the peer that wait; moves what fits to out. */
size_t gn_tls_pipe_pending(const struct gn_tls_pipe *pipe);
void gn_tls_pipe_take(struct gn_tls_pipe *pipe, struct gn_buf *out);

/* ---- texts of keys ---- */

/* Bitcoin's base58 alphabet, leading zero bytes as '1'. in at most 64 bytes; cap counts the
 * terminator. GN_TOO_LARGE. */
GN_MUST gn_err gn_base58(struct gn_slice in, char *out, size_t cap);
/* Exactly len bytes must come out; GN_TEXT otherwise. */
GN_MUST gn_err gn_unbase58(struct gn_slice text, uint8_t *out, size_t len);

#define GN_PID_MAX 45 /* 43-44 characters and a terminator */
/* PID = base58(SHA-256(public key)) (records.md: 32 zero bytes as seed give
 * 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd). */
void gn_pid(const struct gn_pk *pk, char out[GN_PID_MAX]);
/* GN_TEXT unless text is a PID; out is SHA-256(public key). */
GN_MUST gn_err gn_pid_parse(struct gn_slice text, struct gn_hash *out);

#define GN_PHRASE_WORDS 24
#define GN_PHRASE_MAX 256 /* 24 words of at most 8 letters, spaces, terminator */

/* 32 bytes of entropy <-> 24 words (BIP-39, English list). Parsing folds case and white space;
 * GN_TEXT names nothing secret: *bad is the index (0..23) of the first unknown word, or 24 when
 * the checksum or the count is wrong. */
void gn_phrase(const uint8_t entropy[32], char out[GN_PHRASE_MAX]);
GN_MUST gn_err gn_phrase_parse(struct gn_slice text, uint8_t entropy[32], unsigned *bad);

/* All keys of a person, from the phrase's entropy alone: Ed25519 key number n by SLIP-0010 (path
 * m/74'/n' over the BIP-39 seed with empty passphrase), the ML-DSA-65 seed by HKDF(entropy, info
 * "geonet/pq/1" || n be32). n = 0 is the first identity key, n + 1 the next key whose hash the
 * record of n commits to. GN_RANGE from 2^31 on. Takes 2 ms. */
struct gn_identity_keys {
	struct gn_sk sk;
	uint8_t pq_seed[GN_PQ_SEED_LEN]; /* secret */
};
GN_MUST gn_err gn_identity_derive(const uint8_t entropy[32], uint32_t n,
				  struct gn_identity_keys *out);
void gn_identity_wipe(struct gn_identity_keys *keys);

#define GN_KEYFILE_MAX 512 /* bytes of a sealed key file */
/* A secret of at most 256 bytes as a file: magic, kind, and the secret itself, sealed by
 * Argon2id + AEAD when a passphrase is given (empty slice: not sealed, the file mode is its
 * protection). */
GN_MUST gn_err gn_keyfile_seal(struct gn_rand *rand, const char *kind, struct gn_slice secret,
			       struct gn_slice passphrase, struct gn_buf *out);
/* GN_PASSPHRASE when it is missing or wrong, GN_CORRUPT when the file is damaged, GN_USAGE when
 * it is of another kind, GN_VERSION when a newer program wrote it. Takes 0.1 s and 64 MiB when
 * sealed: not for an event loop. */
GN_MUST gn_err gn_keyfile_open(struct gn_slice file, const char *kind, struct gn_slice passphrase,
			       struct gn_buf *secret);

/* Short codes that one person reads to another, and the key two get from one. */
#include "crypto/code.h"
#include "crypto/spake2.h"

#endif
