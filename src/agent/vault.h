/* A person's keys in their directory (docs/spec/agent.md, "Vault"): the identity's, which the tool
 * made or the vault makes, and those of this device.
 *
 *   DATA/identity.key         the phrase's entropy, from which the identity follows: the tool's
 *   DATA/identity.pub         its public key
 *   DATA/agent.lock           one agent at a time
 *   DATA/agent/device.key     this device's secrets, under the same passphrase
 *   DATA/agent/reader.key     what reads boxes and removes nothing: never under a passphrase
 *   DATA/agent/boxes          which boxes to read while locked
 *
 * States: NEW (there is no device.key) -> create -> OPEN; LOCKED -> unlock -> OPEN -> lock ->
 * LOCKED. Without a passphrase the vault opens itself. Secrets are wiped when it locks and closes.
 *
 * Calls that take a passphrase take 0.1 to 1 s and 64 MiB (Argon2id): on a worker where that
 * matters, one at a time. `now` is a steady clock's (gn_os_steady). One thread. */
#ifndef GN_AGENT_VAULT_H
#define GN_AGENT_VAULT_H

#include "agent/db.h"
#include "crypto/crypto.h"
#include "os/os.h"

#define GN_AGENT_DIR "agent"
#define GN_AGENT_STORE GN_AGENT_DIR "/store.db"

struct gn_agent_vault;
enum gn_agent_vault_state { GN_AGENT_NEW, GN_AGENT_LOCKED, GN_AGENT_OPEN };

/* Makes the directory if it is not there, takes its lock, and ends a change of passphrase that was
 * cut off. GN_BUSY: another agent is running on it; GN_DENIED: it, or a file, is another user's or
 * open to others; GN_CORRUPT, GN_VERSION. why says what to do. */
GN_MUST gn_err gn_agent_vault_open(const char *data, struct gn_rand *rand,
				   struct gn_agent_vault **out, char why[GN_AGENT_WHY]);
/* Wipes. NULL is fine. The store must be closed. */
void gn_agent_vault_close(struct gn_agent_vault *v);
/* The sentence of the last failure. */
const char *gn_agent_vault_why(const struct gn_agent_vault *v);
enum gn_agent_vault_state gn_agent_vault_state(const struct gn_agent_vault *v);
/* A backup was being put back, and it was cut off (restore.h): NEW, whatever lies there. */
bool gn_agent_vault_restoring(const struct gn_agent_vault *v);
/* Are device.key and identity.key under a passphrase? */
bool gn_agent_vault_sealed(const struct gn_agent_vault *v);
/* The open directory, for the store and others' files. */
const struct gn_os_dir *gn_agent_vault_dir(const struct gn_agent_vault *v);
const char *gn_agent_vault_root(const struct gn_agent_vault *v);

/* ---- made, opened, locked ---- */

/* Makes the device's keys, and an identity where there is none: of this entropy, or (NULL) a new
 * one. An identity.key that is there is kept; the passphrase must open it, and one that had none
 * gets it. An empty passphrase: none. OPEN then. GN_EXISTS: not NEW, or entropy is given and there
 * is an identity; GN_PASSPHRASE, GN_TOO_LARGE. */
GN_MUST gn_err gn_agent_vault_create(struct gn_agent_vault *v, const uint8_t entropy[32],
				     struct gn_slice passphrase, gn_time now);
/* GN_PASSPHRASE: wrong; after some the next must wait, GN_BUSY (gn_agent_vault_wait_ms). GN_STATE:
 * NEW. An open one: is it the right one? */
GN_MUST gn_err gn_agent_vault_unlock(struct gn_agent_vault *v, struct gn_slice passphrase,
				     gn_time now);
/* Milliseconds until a passphrase may be tried. */
uint64_t gn_agent_vault_wait_ms(const struct gn_agent_vault *v, gn_time now);
/* Wipes all secrets; close the store first, which has its key. Without a passphrase too: unlock
 * with an empty one. */
void gn_agent_vault_lock(struct gn_agent_vault *v);
/* Both files at once: a crash leaves both under the old or both under the new one. Empty: none.
 * The state stays. */
GN_MUST gn_err gn_agent_vault_passphrase(struct gn_agent_vault *v, struct gn_slice before,
					 struct gn_slice after, gn_time now);

/* ---- the device's, while OPEN: GN_LOCKED otherwise ---- */

struct gn_agent_device {
	struct gn_sk sk;                 /* Ed25519: secret */
	uint8_t pq_seed[GN_PQ_SEED_LEN]; /* ML-DSA-65: secret */
	uint8_t dh[GN_X25519_LEN];       /* X25519: secret */
	uint8_t pq_pk[GN_PQ_PK_LEN];
	struct gn_hash pq_hash; /* SHA-256(pq_pk) */
	uint8_t dh_pk[GN_X25519_LEN];
};
/* Borrowed until the vault locks. */
GN_MUST gn_err gn_agent_vault_device(const struct gn_agent_vault *v,
				     const struct gn_agent_device **out);
/* The store's key. The caller wipes it. */
GN_MUST gn_err gn_agent_vault_db_key(const struct gn_agent_vault *v, uint8_t key[GN_AGENT_DB_KEY]);
/* The key that acknowledges a box's items. The caller wipes it. */
GN_MUST gn_err gn_agent_vault_ack(const struct gn_agent_vault *v, const struct gn_pk *box,
				  struct gn_sk *out);
/* 32 bytes for a purpose of this device, the same each time: "settings/backup". Wiped by the
 * caller. */
GN_MUST gn_err gn_agent_vault_derive(const struct gn_agent_vault *v, const char *purpose,
				     struct gn_slice context, uint8_t out[32]);

/* ---- reading, locked or not: GN_STATE when NEW ---- */

/* The key that lists, fetches and watches a box, and can do nothing else: a box's own for each, or
 * boxes could be told to be one person's. The caller wipes it. */
GN_MUST gn_err gn_agent_vault_reader(const struct gn_agent_vault *v, const struct gn_pk *box,
				     struct gn_sk *out);
/* 32 bytes for a client that unlocks (pair.c), by a purpose and an id of at most 16 bytes. They lie
 * open on the disk, as the readers' root does. Wiped by the caller. */
GN_MUST gn_err gn_agent_vault_app(const struct gn_agent_vault *v, const char *purpose,
				  struct gn_slice id, uint8_t out[32]);
/* The boxes to read. Replaces, durable. GN_LIMIT: more than AGENT_BOXES_MAX. */
GN_MUST gn_err gn_agent_vault_boxes_put(struct gn_agent_vault *v, const struct gn_pk *boxes,
					size_t count);
GN_MUST gn_err gn_agent_vault_boxes(struct gn_agent_vault *v, struct gn_pk *out, size_t cap,
				    size_t *count);

/* ---- the identity ---- */

/* The public key, locked or not. GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_vault_owner(const struct gn_agent_vault *v, struct gn_pk *out);
/* Is the identity's key here at all, under a passphrase or not? */
bool gn_agent_vault_has_identity(struct gn_agent_vault *v);
/* Opens the identity's key for AGENT_IDENTITY_MS, for what a person just allowed. GN_PASSPHRASE,
 * GN_BUSY, GN_NOT_FOUND. */
GN_MUST gn_err gn_agent_vault_identity(struct gn_agent_vault *v, struct gn_slice passphrase,
				       gn_time now);
struct gn_agent_identity {
	uint8_t entropy[32];          /* secret */
	struct gn_identity_keys keys; /* secret */
};
/* Borrowed until the next call on v. GN_LOCKED: not opened, or its time is over. */
GN_MUST gn_err gn_agent_vault_identity_get(struct gn_agent_vault *v, gn_time now,
					   const struct gn_agent_identity **out);
/* Wipes it before its time. */
void gn_agent_vault_identity_done(struct gn_agent_vault *v);
/* When its time is over, or GN_NEVER; tick then wipes it. */
gn_time gn_agent_vault_deadline(const struct gn_agent_vault *v);
void gn_agent_vault_tick(struct gn_agent_vault *v, gn_time now);

#endif
