/* Signed membership chains: who may do what in a group, and later in a space, is what its chain of
 * entries says. Here is what every chain has, whatever its entries mean: bytes, signatures, order,
 * forks, and the way from where a reader stands to the head that a record names. What an entry does
 * is for who reads it (people/grouplog). Pure. docs/spec/sync.md (SY-n). */
#ifndef GN_SYNC_SYNC_H
#define GN_SYNC_SYNC_H

#include "crypto/crypto.h"
#include "wire/generated/group_fb.h"

#define GN_CHAIN_ENTRY_MAX 57344 /* bytes of a signed entry: it fits an item of the chain's box */
#define GN_CHAIN_SNAPSHOT_EVERY 256
#define GN_CHAIN_WAITING 512 /* entries that wait for what is before them, */
#define GN_CHAIN_WAITING_BYTES (8u << 20)
#define GN_CHAIN_WAITING_OTHERS 64 /* of them, by devices that are not known to write there */

/* Where a reader stands. seq 0: before the first entry; id is then zero, or what it has to be. */
struct gn_chain_at {
	struct gn_hash id;   /* the first entry's name, and so the chain's */
	struct gn_hash head; /* of the newest */
	uint64_t seq;
};

struct gn_chain_entry {        /* borrows from its bytes */
	struct gn_slice bytes; /* as signed: a ChainSigned */
	struct gn_slice entry; /* what is signed */
	struct gn_hash hash;   /* SHA-256(entry): its name */
	struct gn_hash prev;
	uint64_t seq, time; /* time: Unix ms, as its author has it */
	struct gn_pk device, person;
	struct gn_sig sig;
	struct gn_slice pq_sig; /* GN_PQ_SIG_LEN bytes, or absent */
	struct gn_fb_chain_entry view;
};

/* Form and lengths (SY-1). GN_MALFORMED, GN_TOO_LARGE. */
GN_MUST gn_err gn_chain_open(struct gn_slice bytes, struct gn_chain_entry *out);
/* Does it need the ML-DSA signature, too (SY-3)? */
bool gn_chain_needs_pq(const struct gn_chain_entry *e);
/* Signatures, for the chain named id (of the first entry: not looked at). pq_pk: of the device, or
 * NULL when the entry needs none. GN_SIGNATURE; GN_PENDING: pq_pk is not there, and has to be. */
GN_MUST gn_err gn_chain_verify(const struct gn_chain_entry *e, const struct gn_hash *id,
			       const uint8_t *pq_pk);
/* Is it the next one after `at`? GN_STALE: it, or another of its seq, is there already, and that is
 * not new; GN_CONFLICT: the next by seq, and it names another before it, or has the seq of the head
 * and is not it: a fork; GN_PENDING: some are missing between. */
GN_MUST gn_err gn_chain_follows(const struct gn_chain_at *at, const struct gn_chain_entry *e);
/* It is, and was taken. */
void gn_chain_step(struct gn_chain_at *at, const struct gn_chain_entry *e);

/* What is signed where the author stands; act as made into a builder by `make`. */
struct gn_chain_author {
	const struct gn_sk *device;
	const uint8_t *pq_seed; /* of the device; NULL: signed once */
	struct gn_pk person;
	uint64_t time; /* Unix ms */
};
struct gn_chain_act {
	uint8_t type; /* enum gn_fb_chain_act */
	gn_fbref (*make)(struct gn_fbb *b, const void *args);
	const void *args;
};
/* Appends the signed entry; scratch: GN_CHAIN_ENTRY_MAX bytes of the caller's. GN_TOO_LARGE,
 * GN_NOMEM; GN_USAGE: it needs pq_seed. */
GN_MUST gn_err gn_chain_sign(const struct gn_chain_at *at, const struct gn_chain_author *author,
			     const struct gn_chain_act *act, uint8_t *scratch, struct gn_buf *out);

/* ---- entries that wait ---- */

/* Entries that came, in any order and more than once. Only those on the way to a head that a record
 * names are taken: of two with one prev the head decides (SY-6). */
struct gn_chain_pool;
GN_MUST gn_err gn_chain_pool_new(const struct gn_env *env, struct gn_chain_pool **out);
void gn_chain_pool_free(struct gn_chain_pool *p);
/* Verifies the Ed25519 signature and keeps a copy. known: its device may write in this chain as the
 * reader sees it. GN_EXISTS; GN_STALE: not after `at`; GN_LIMIT: too many wait; as gn_chain_open
 * and _verify; GN_NOMEM. */
GN_MUST gn_err gn_chain_pool_put(struct gn_chain_pool *p, const struct gn_chain_at *at,
				 struct gn_slice bytes, bool known);
/* The next entry on the way from `at` to the head. GN_NOT_FOUND: one is missing, *missing is its
 * hash; GN_CONFLICT: the way to it leads past `at`, a fork; GN_EXISTS: `at` is the head. *out
 * borrows until the pool changes. */
GN_MUST gn_err gn_chain_pool_next(const struct gn_chain_pool *p, const struct gn_chain_at *at,
				  const struct gn_hash *head, struct gn_chain_entry *out,
				  struct gn_hash *missing);
/* Entries that are not after `at` any more go. */
void gn_chain_pool_trim(struct gn_chain_pool *p, const struct gn_chain_at *at);
size_t gn_chain_pool_count(const struct gn_chain_pool *p);
void gn_chain_pool_validate(const struct gn_chain_pool *p);

#endif
