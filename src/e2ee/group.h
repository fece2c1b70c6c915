/* Messages of a group, and the secret of an epoch on its way to a device. docs/spec/e2ee.md EE-40
 * and after; who is in a group, and when an epoch begins, is for sync/chain and people.
 *
 * An epoch of a group has a secret that whoever changes membership makes. From it come a header key
 * and one chain per leaf (a device in the group, by number); then the secret is gone, so that no
 * state gives back what was read. `struct gn_e2ee_epoch` is one epoch as one device has it; a
 * device keeps some, for what comes late. All or nothing, as everywhere in this module; rows are
 * told of by gn_e2ee_epoch_next_row. Single-threaded. */
#ifndef GN_E2EE_GROUP_H
#define GN_E2EE_GROUP_H

#include "e2ee/e2ee.h" /* which ends with this header */

#define GN_E2EE_LEAVES 4096       /* devices in an epoch */
#define GN_E2EE_COMMITMENT 16     /* bytes that an epoch's entry in the log carries */
#define GN_E2EE_SEAL_SESSION 133  /* bytes of a seal to a device by its session, */
#define GN_E2EE_SEAL_LEAF 1172    /* and to its leaf key */
#define GN_E2EE_GROUP_ROOM 61310u /* bytes of content that the largest message holds */

/* ---- an epoch ---- */

struct gn_e2ee_epoch_of {
	struct gn_hash group;   /* SHA-256 of the log's first entry */
	uint32_t epoch;         /* from 1 */
	uint8_t secret[32];     /* secret: S_e; the caller wipes it */
	const uint32_t *leaves; /* rising; borrowed for the call */
	size_t count;           /* 1..GN_E2EE_LEAVES */
	uint32_t own;           /* which of them is this device's */
};
struct gn_e2ee_epoch;

/* First 16 of SHA-256("geonet/e2ee/commit/1" || secret): the log's entry has it, so that whoever
 * made the epoch cannot give two secrets to two members. */
void gn_e2ee_epoch_commitment(const uint8_t secret[32], uint8_t out[GN_E2EE_COMMITMENT]);
/* GN_RANGE: the epoch is 0, no leaves, too many, or not rising; GN_NOT_FOUND: `own` is none of
 * them; GN_NOMEM. */
GN_MUST gn_err gn_e2ee_epoch_new(const struct gn_env *env, const struct gn_e2ee_epoch_of *of,
				 struct gn_e2ee_epoch **out);
void gn_e2ee_epoch_free(struct gn_e2ee_epoch *ep);

struct gn_e2ee_epoch_info {
	struct gn_hash group;
	uint32_t epoch, own;
	size_t leaves, skipped;
	uint32_t next;     /* the number of this device's next message */
	uint64_t messages; /* that this device wrote or opened in it */
	uint64_t dropped;  /* skipped keys that gave way or grew too old */
};
void gn_e2ee_epoch_info(const struct gn_e2ee_epoch *ep, struct gn_e2ee_epoch_info *out);
/* The number that follows the highest opened (or written) of a leaf. GN_NOT_FOUND. */
GN_MUST gn_err gn_e2ee_epoch_next(const struct gn_e2ee_epoch *ep, uint32_t leaf, uint32_t *n);
/* Skipped keys that are too old go (EE-45). */
void gn_e2ee_epoch_expire(struct gn_e2ee_epoch *ep, gn_time now);
void gn_e2ee_epoch_validate(const struct gn_e2ee_epoch *ep);

/* ---- messages ---- */

/* Appends one message, signed by the device of the own leaf, and says its number. GN_TOO_LARGE: no
 * size holds it, or out does not; GN_LIMIT: the chain is used up; GN_NOMEM. Draws 16 bytes. */
GN_MUST gn_err gn_e2ee_epoch_write(struct gn_e2ee_epoch *ep, const struct gn_sk *device,
				   struct gn_slice content, struct gn_buf *out, uint32_t *n);

/* Is it a message to a group, and of which epoch (of whatever group)? */
bool gn_e2ee_group_epoch(struct gn_slice message, uint32_t *epoch);

/* Whose device is a leaf in this epoch: the log knows. NULL: nobody's. */
struct gn_e2ee_leaves {
	const struct gn_pk *(*device)(void *user, uint32_t leaf);
	void *user;
};
struct gn_e2ee_group_read {
	/* OPENED; UNKNOWN: the header does not open, it is another group's or epoch's; RESEND: no
	 * key of that number is left, or it is too far ahead, or the leaf is nobody's; REFUSED:
	 * bytes out of place, or what was sealed is not signed by the leaf's device */
	enum gn_e2ee_result result;
	uint32_t leaf, n; /* OPENED, RESEND; REFUSED: what the header says, if it opened */
	size_t len;       /* OPENED: bytes of content and its zeros, appended to out */
};
/* Changes nothing unless OPENED. GN_TOO_LARGE: out has less room than the message; GN_NOMEM. A
 * message opened before is RESEND. */
GN_MUST gn_err gn_e2ee_epoch_read(struct gn_e2ee_epoch *ep, struct gn_slice message,
				  const struct gn_e2ee_leaves *leaves, struct gn_buf *out,
				  struct gn_e2ee_group_read *result, gn_time now);

/* ---- seals of an epoch's secret ---- */

struct gn_e2ee_seal_of {
	struct gn_hash group;
	uint32_t epoch;
};
/* First 2 of HMAC(group, device || first 16 of SHA-256("geonet/group/seal/1" || group || e)): by
 * it a member finds its seals among all, sorted. */
void gn_e2ee_seal_hint(const struct gn_e2ee_seal_of *of, const struct gn_pk *device,
		       uint8_t out[2]);

/* By the session written in: appends GN_E2EE_SEAL_SESSION bytes. GN_NOT_FOUND: there is none in
 * which the device ever answered: take its leaf key; GN_TOO_LARGE: out; GN_LIMIT, GN_NOMEM. Draws
 * 12. */
GN_MUST gn_err gn_e2ee_seal_session(struct gn_e2ee *e, const struct gn_pk *device,
				    const struct gn_e2ee_seal_of *of, const uint8_t secret[32],
				    struct gn_buf *out);
/* A device's leaf key, as the log has it. */
struct gn_e2ee_leaf_key {
	struct gn_pk device;
	uint8_t x25519[GN_X25519_LEN];
	uint8_t kem[GN_KEM_PK_LEN];
};
struct gn_e2ee_leaf_secret { /* secret: wipe it */
	uint8_t x25519[GN_X25519_LEN];
	uint8_t seed[GN_KEM_SEED_LEN];
};
/* Draws 32 and 64. */
GN_MUST gn_err gn_e2ee_leaf_new(struct gn_rand *rand, const struct gn_pk *device,
				struct gn_e2ee_leaf_secret *secret, struct gn_e2ee_leaf_key *key);
/* Appends GN_E2EE_SEAL_LEAF bytes. GN_KEY: the key is of no use; GN_TOO_LARGE, GN_NOMEM. Draws 32
 * and 32. */
GN_MUST gn_err gn_e2ee_seal_leaf(struct gn_rand *rand, const struct gn_e2ee_leaf_key *key,
				 const struct gn_e2ee_seal_of *of, const uint8_t secret[32],
				 struct gn_buf *out);

/* What kind of seal its length says it is; false: of none. */
enum gn_e2ee_seal_kind { GN_E2EE_BY_SESSION, GN_E2EE_BY_LEAF };
struct gn_e2ee_seal { /* borrowed from the bytes */
	enum gn_e2ee_seal_kind kind;
	const uint8_t *hint; /* 2 bytes */
	struct gn_slice bytes;
};
/* Takes the next of several; false: the end, or a length out of place (r->bad). */
bool gn_e2ee_seal_next(struct gn_reader *r, struct gn_e2ee_seal *out);

/* Opens one; the commitment is that of the log's entry. By session: GN_NOT_FOUND, of no session of
 * ours; GN_STATE, no key is left; the session moves only if all was right. By leaf: key is ours,
 * with its private halves. Both: GN_AUTH, GN_MALFORMED; GN_HASH, it is another secret than the log
 * promised; GN_NOMEM. */
GN_MUST gn_err gn_e2ee_unseal_session(struct gn_e2ee *e, const struct gn_e2ee_seal_of *of,
				      const uint8_t commitment[GN_E2EE_COMMITMENT],
				      struct gn_slice seal, uint8_t secret[32], gn_time now);
GN_MUST gn_err gn_e2ee_unseal_leaf(const struct gn_e2ee_leaf_key *key,
				   const struct gn_e2ee_leaf_secret *own,
				   const struct gn_e2ee_seal_of *of,
				   const uint8_t commitment[GN_E2EE_COMMITMENT],
				   struct gn_slice seal, uint8_t secret[32]);

/* ---- state ---- */

enum gn_e2ee_epoch_row_kind {
	GN_E2EE_EPOCH_HEAD = 1, /* group, epoch, header key: once */
	GN_E2EE_EPOCH_CHAINS,   /* of 64 leaves: what a message changes, 2.6 KiB */
	GN_E2EE_EPOCH_SKIPPED,  /* keys of messages that have not come */
};
struct gn_e2ee_epoch_row {
	enum gn_e2ee_epoch_row_kind kind;
	uint32_t block; /* CHAINS: from 0 */
};
/* As gn_e2ee_next_row and gn_e2ee_row_save. */
bool gn_e2ee_epoch_next_row(struct gn_e2ee_epoch *ep, struct gn_e2ee_epoch_row *out);
size_t gn_e2ee_epoch_row_len(const struct gn_e2ee_epoch *ep, const struct gn_e2ee_epoch_row *row);
GN_MUST gn_err gn_e2ee_epoch_row_save(const struct gn_e2ee_epoch *ep,
				      const struct gn_e2ee_epoch_row *row, struct gn_buf *out);
/* From its HEAD; then every block of CHAINS, then SKIPPED if there is one; then _loaded, which
 * says whether all came. GN_CORRUPT, GN_NOMEM: free it. */
GN_MUST gn_err gn_e2ee_epoch_open(const struct gn_env *env, struct gn_slice head,
				  struct gn_e2ee_epoch **out);
GN_MUST gn_err gn_e2ee_epoch_row_load(struct gn_e2ee_epoch *ep, enum gn_e2ee_epoch_row_kind kind,
				      struct gn_slice row);
GN_MUST gn_err gn_e2ee_epoch_loaded(struct gn_e2ee_epoch *ep);

#endif
