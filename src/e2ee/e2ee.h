/* End-to-end encryption between devices: set-up of sessions from published prekeys, a double
 * ratchet with sealed headers and a post-quantum one beside it, and the envelope that carries one
 * content to several devices. Pure: bytes, time and randomness in, bytes out. docs/spec/e2ee.md
 * (EE-n); names as there: a set a session up, b received it.
 *
 * One `struct gn_e2ee` is one device of ours: its keys, its prekeys' private halves, what it
 * believes of other devices, its sessions. Each call is all or nothing: what fails leaves the
 * device as it was, but for a counter. What a call changed is told by gn_e2ee_next_row, row by
 * row, so that a store writes a message and what it changed in one transaction; a crash before it
 * is as if the call had not been. Single-threaded.
 *
 * tests/e2ee_driver.c has all of it behind JSON lines (EE-35..37).
 *
 * Messages to a group (kind 1) are in e2ee/group.h; gn_e2ee_read refuses them. */
#ifndef GN_E2EE_E2EE_H
#define GN_E2EE_E2EE_H

#include "crypto/crypto.h"

struct gn_e2ee;

/* ---- limits that callers meet; the others are in limits.h ---- */
#define GN_E2EE_WRAPS 32           /* devices in one envelope */
#define GN_E2EE_FEW 4              /* prekeys besides `last` in a record */
#define GN_E2EE_HISTORY 64         /* versions that an identity's history names */
#define GN_E2EE_SIZE_LARGEST 61440 /* bytes of an envelope */

/* ---- own keys ---- */

struct gn_e2ee_own {
	struct gn_pk owner;        /* the person's identity key */
	struct gn_pk device;       /* this device's Ed25519 key */
	uint8_t dh[GN_X25519_LEN]; /* secret: its X25519 key */
	uint64_t seq;              /* of the newest own identity record, */
	struct gn_hash hash;       /* and its hash */
};

GN_MUST gn_err gn_e2ee_new(const struct gn_env *env, const struct gn_e2ee_own *own,
			   struct gn_e2ee **out);
void gn_e2ee_free(struct gn_e2ee *e);
/* A newer identity record. Another owner key is a rotation: set-ups to the one before are opened
 * while the halves published under it live (EE-11). */
void gn_e2ee_identity(struct gn_e2ee *e, const struct gn_pk *owner, uint64_t seq,
		      const struct gn_hash *hash);

struct gn_e2ee_prekey { /* a public half, as in a prekeys record */
	uint32_t id;
	uint8_t x25519[GN_X25519_LEN];
	uint8_t kem[GN_KEM_PK_LEN];
};
struct gn_e2ee_prekeys {
	struct gn_e2ee_prekey last, few[GN_E2EE_FEW];
	size_t few_count;
};
/* New ones: `last` gets the number id, the few those after it. Those of before stay as private
 * halves until they are erased. GN_RANGE: more than GN_E2EE_FEW; GN_EXISTS: a number is taken;
 * GN_LIMIT: erase some first; GN_NOMEM. */
GN_MUST gn_err gn_e2ee_prekeys_new(struct gn_e2ee *e, uint32_t id, size_t few,
				   struct gn_e2ee_prekeys *out);
/* The private halves with these numbers, and the set-ups that are remembered for want of others
 * alone (EE-10). Unknown numbers are fine. */
void gn_e2ee_prekeys_erase(struct gn_e2ee *e, const uint32_t *ids, size_t count);

/* ---- other devices ---- */

struct gn_e2ee_version {
	uint64_t seq;
	struct gn_hash hash;
};
/* What the caller believes of a device, having verified its identity and prekeys records (EE-9). */
struct gn_e2ee_peer {
	struct gn_pk owner, device;
	uint8_t dh[GN_X25519_LEN];
	struct gn_e2ee_version identity;
	const struct gn_e2ee_version *history; /* borrowed for the call; at most GN_E2EE_HISTORY */
	size_t history_count;
	struct gn_e2ee_prekeys prekeys;
};
/* Replaces what was believed before. GN_RANGE: counts; GN_USAGE: it is this device
 * itself; GN_KEY: an ML-KEM key is none; GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err gn_e2ee_believe(struct gn_e2ee *e, const struct gn_e2ee_peer *peer);
/* The device was revoked: what is believed of it and its sessions end. GN_NOT_FOUND. */
GN_MUST gn_err gn_e2ee_forget(struct gn_e2ee *e, const struct gn_pk *device);
/* Its sessions are read but not written again; the next message makes a set-up. (One of the peer's
 * is gone back to when the peer will keep to it, EE-30.) GN_NOT_FOUND. */
GN_MUST gn_err gn_e2ee_anew(struct gn_e2ee *e, const struct gn_pk *device);

/* ---- messages ---- */

struct gn_e2ee_write {
	struct gn_pk box;       /* an envelope belongs to one box */
	uint8_t hint[32];       /* the box's hint secret */
	const struct gn_pk *to; /* believed devices, each once; borrowed */
	size_t to_count;        /* 1..GN_E2EE_WRAPS */
	struct gn_slice content;
};
/* Appends one envelope. GN_NOT_FOUND: a device that is not believed; GN_USAGE: a device twice, or
 * none; GN_TOO_LARGE: no size holds it, or out does not; GN_KEY: a believed key is of no use;
 * GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err gn_e2ee_write(struct gn_e2ee *e, const struct gn_e2ee_write *w, struct gn_buf *out,
			     gn_time now);

enum gn_e2ee_result {
	GN_E2EE_OPENED,
	GN_E2EE_NONE,    /* no wrap has this device's hint */
	GN_E2EE_WAIT,    /* a set-up by a device that is not believed: `claim` says what it says */
	GN_E2EE_RESEND,  /* a header opened, but no key is left or the seal is wrong (EE-31) */
	GN_E2EE_UNKNOWN, /* no header opened */
	GN_E2EE_REFUSED, /* bytes out of place */
};
struct gn_e2ee_claim {
	struct gn_pk owner, device;
	uint8_t dh[GN_X25519_LEN];
	struct gn_e2ee_version identity;
};
struct gn_e2ee_read {
	enum gn_e2ee_result result;
	struct gn_e2ee_claim claim; /* OPENED, RESEND: owner (as the session was set up with) and
				       device; WAIT: all */
	bool setup;                 /* OPENED: by a session that this message set up */
	size_t len;                 /* OPENED: bytes of content and its zeros, appended to out */
};
/* Opens an envelope; draws nothing and changes nothing unless OPENED. GN_TOO_LARGE: out has less
 * room than the envelope; GN_NOMEM. An envelope that was opened before is RESEND or UNKNOWN: who
 * keeps items knows their ids. */
GN_MUST gn_err gn_e2ee_read(struct gn_e2ee *e, const uint8_t hint[32], struct gn_slice envelope,
			    struct gn_buf *out, struct gn_e2ee_read *result, gn_time now);

/* Has it a wrap that sets a session up? Of an envelope of ours, to know whether it is of use only
 * while the private halves are there that it was made for. */
bool gn_e2ee_sets_up(struct gn_slice envelope);

/* ---- state ---- */

/* Skipped keys that are too old go (EE-28), also of sessions in which nothing comes any more; once
 * a day is enough. */
void gn_e2ee_expire(struct gn_e2ee *e, gn_time now);

struct gn_e2ee_info {
	size_t sessions;    /* with that device */
	uint32_t epoch;     /* of the session written in, or the newest: the one it sends in, */
	size_t state_bytes; /* its row, */
	size_t skipped;     /* and its skipped keys */
};
/* GN_NOT_FOUND. */
GN_MUST gn_err gn_e2ee_info(const struct gn_e2ee *e, const struct gn_pk *device,
			    struct gn_e2ee_info *out);

/* Rows of a store: what changes together. */
enum gn_e2ee_row_kind {
	GN_E2EE_ROW_OWN = 1, /* own keys and private halves */
	GN_E2EE_ROW_SETUPS,  /* set-ups remembered, the next session's number */
	GN_E2EE_ROW_PEER,    /* what is believed of a device */
	GN_E2EE_ROW_SESSION, /* at most 4 KiB: what a message changes */
	GN_E2EE_ROW_SKIPPED, /* a session's keys of messages that have not come */
	GN_E2EE_ROW_ALL,     /* told alone: too much changed, store every row anew */
};
struct gn_e2ee_row {
	enum gn_e2ee_row_kind kind;
	struct gn_pk device; /* PEER */
	uint64_t session;    /* SESSION, SKIPPED */
	bool gone;           /* SESSION: delete it and its skipped keys */
};
/* What changed since it was told, one row a call; false: no more. Ask after each call that
 * succeeded, and store in one transaction with what that call was for. (The row of a device that
 * was forgotten is the caller's to delete.) */
bool gn_e2ee_next_row(struct gn_e2ee *e, struct gn_e2ee_row *out);
/* Appends the row's bytes, secrets included. GN_NOT_FOUND: there is no such row; GN_TOO_LARGE:
 * gn_e2ee_row_len is enough. */
size_t gn_e2ee_row_len(const struct gn_e2ee *e, const struct gn_e2ee_row *row);
GN_MUST gn_err gn_e2ee_row_save(const struct gn_e2ee *e, const struct gn_e2ee_row *row,
				struct gn_buf *out);
/* A device as it was stored: from its OWN row; then the others, kind by kind in that order.
 * GN_CORRUPT, GN_NOMEM, GN_LIMIT: free it, nothing of it is of use. */
GN_MUST gn_err gn_e2ee_open(const struct gn_env *env, struct gn_slice own, struct gn_e2ee **out);
GN_MUST gn_err gn_e2ee_row_load(struct gn_e2ee *e, enum gn_e2ee_row_kind kind, struct gn_slice row);

/* All rows as one piece: for moving a device, and for tests. */
size_t gn_e2ee_save_len(const struct gn_e2ee *e);
GN_MUST gn_err gn_e2ee_save(const struct gn_e2ee *e, struct gn_buf *out);
GN_MUST gn_err gn_e2ee_load(const struct gn_env *env, struct gn_slice state, struct gn_e2ee **out);

bool gn_e2ee_counter(const struct gn_e2ee *e, size_t i, struct gn_counter *out);
void gn_e2ee_validate(const struct gn_e2ee *e);

/* ---- verification: what people compare ---- */

struct gn_e2ee_person {
	struct gn_pk owner;
	const uint8_t *pq_pk; /* GN_PQ_PK_LEN bytes, borrowed */
};
struct gn_e2ee_safety {
	char number[61];   /* 60 digits, the smaller 30 first, and a terminator */
	struct gn_hash qr; /* 32 bytes of the QR code, the same for both */
};
/* Takes some 50 ms: 10,400 hashes of 2 KB. */
void gn_e2ee_safety(const struct gn_e2ee_person *one, const struct gn_e2ee_person *other,
		    struct gn_e2ee_safety *out);

#include "e2ee/group.h"

#endif
