/* Every bound of the module: unit and reason. */
#ifndef GN_CRYPTO_LIMITS_H
#define GN_CRYPTO_LIMITS_H

/* Parts of one hash or signature; callers put together a handful of fields. */
#define HASH_PARTS_MAX 16
/* Bytes signed at once, domain included: a record is 64 KiB, and what is larger is signed by its
 * hash. */
#define SIGNED_MAX (1u << 20)
/* Bytes of a signed message that are put together on the stack before OpenSSL's heap is used. */
#define SIGNED_ON_STACK 1024

/* Argon2id: RFC 9106 asks for 8 KiB per lane; above 1 GiB or 64 passes a damaged key file would
 * hang the machine. */
#define ARGON2_MEMORY_MIN_KIB 8u
#define ARGON2_MEMORY_MAX_KIB (1u << 20)
#define ARGON2_PASSES_MAX 64u

/* Handshake bytes of the peer per level and in one session: the largest honest flight is 1.5 KiB
 * (hybrid key share), and a few tickets follow; what OpenSSL keeps for the peer stays below
 * twice this. */
#define TLS_LEVEL_MAX 16384
/* Transport parameters, bytes each way. */
#define TLS_PARAMS_MAX 256
/* Secrets not yet fetched: two directions of handshake, application and early data, rounded up. */
#define TLS_SECRETS_MAX 8
/* Bytes of a traffic secret: SHA-384. */
#define TLS_SECRET_LEN_MAX 48
/* Tickets a context keeps for sessions it opened, one per peer (about 1.5 KiB each); the oldest
 * makes room. */
#define TLS_TICKETS_MAX 256
/* Seconds a ticket is good for: a key that lost its rights comes back without a fresh proof for
 * that long at most. */
#define TLS_TICKET_SECONDS 3600

/* Bytes of a peer before its TLS over a stream is open: an honest hello has 2 KiB, a chain of
 * certificates 10; and at once. */
#define TLS_PIPE_HELLO_MAX 32768
#define TLS_PIPE_PIECE_MAX 16384
#define TLS_PIPE_PEM_MAX 65536 /* bytes of a certificate's or key's file */
#define TLS_PIPE_CHAIN_MAX 8   /* certificates between ours and a root */

/* Bytes that base58 takes in (a signature, two hashes); its work grows with the square. */
#define BASE58_BYTES_MAX 64
/* Characters of 64 bytes in base58: ceil(64 * log 256 / log 58). */
#define BASE58_CHARS_MAX 88
/* Characters of a phrase as typed, white space included. */
#define PHRASE_TEXT_MAX 1024

/* Places of codes that people read to each other: four digits (RE-60). */
#define CODE_PLACES 10000
/* Bytes of a code as typed: the longest has 22, the rest is spaces and what went wrong. */
#define CODE_TEXT_MAX 128
/* Letters by which a word may be cut: no two of the list begin with the same four. */
#define CODE_PREFIX 4

/* Key file: bytes of the secret, of the kind's name, of the passphrase. */
#define KEYFILE_SECRET_MAX 256
#define KEYFILE_KIND_MAX 32
#define KEYFILE_PASSPHRASE_MAX 1024
/* What new files use: the second choice of RFC 9106 section 4 with one lane. 0.1-0.2 s on a
 * laptop. */
#define KEYFILE_PASSES 3u
#define KEYFILE_MEMORY_KIB 65536u
/* What a file may ask of who opens it. */
#define KEYFILE_PASSES_MAX 16u
#define KEYFILE_MEMORY_MAX_KIB (1u << 19)

#endif
