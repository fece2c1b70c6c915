/* The vault's files, apart from what is done with their keys. */
#ifndef GN_AGENT_VAULT_INT_H
#define GN_AGENT_VAULT_INT_H

#include "agent/passphrase_int.h"
#include "agent/vault.h"

#define AGENT_IDENTITY "identity.key"
#define AGENT_PUBLIC "identity.pub"
#define AGENT_DEVICE GN_AGENT_DIR "/device.key"
#define AGENT_READER GN_AGENT_DIR "/reader.key"
#define AGENT_BOXES GN_AGENT_DIR "/boxes"
#define AGENT_RESTORING GN_AGENT_DIR "/restoring" /* a backup is being put back (AG-94) */
#define AGENT_DEVICE_LEN 128u /* Ed25519 seed, ML-DSA seed, X25519 secret, root: 32 each */
#define AGENT_SECRET_LEN 32u  /* identity: entropy; reader: root */

struct agent_files {
	struct gn_os_dir *dir; /* owned */
	char root[768];
	struct gn_rand *rand; /* borrowed */
	char why[GN_AGENT_WHY];
};

gn_err agent_files_refuse(struct agent_files *f, gn_err err, const char *name, const char *text);
bool agent_files_has(struct agent_files *f, const char *name);
/* Exactly len bytes of secret. passphrase NULL: is it open? GN_PASSPHRASE says that it is not. */
GN_MUST gn_err agent_files_load(struct agent_files *f, const char *name, const char *kind,
				const struct gn_slice *passphrase, uint8_t *secret, size_t len);
/* Whole, atomic, durable; passphrase as it is to be sealed, of no bytes: open. */
GN_MUST gn_err agent_files_store(struct agent_files *f, const char *name, const char *kind,
				 struct gn_slice passphrase, const uint8_t *secret, size_t len);
/* The same, for what must not be there: GN_EXISTS, when another program was quicker. */
GN_MUST gn_err agent_files_make(struct agent_files *f, const char *name, const char *kind,
				struct gn_slice passphrase, const uint8_t *secret, size_t len);

/* Both keys of one passphrase, written as one: see the file. entropy NULL: device.key alone. */
GN_MUST gn_err agent_files_both(struct agent_files *f, struct gn_slice passphrase,
				const uint8_t *entropy, const uint8_t device[AGENT_DEVICE_LEN]);
/* What a crash within that left. */
GN_MUST gn_err agent_files_recover(struct agent_files *f);

GN_MUST gn_err agent_files_public(struct agent_files *f, struct gn_pk *out);
GN_MUST gn_err agent_files_public_put(struct agent_files *f, const struct gn_pk *pk);

#endif
