/* A backup: one file, its head in the first page (backup_head.c), the store's pages after it. */
#ifndef GN_AGENT_BACKUP_INT_H
#define GN_AGENT_BACKUP_INT_H

#include "agent/limits.h"
#include "crypto/crypto.h"

/* A single value of a store that was put back, until a record lists its device. */
#define AGENT_RESTORED "restored"
/* Another: the newest own record took this device out. */
#define AGENT_TAKEN_OUT "own.taken"

struct agent_backup_head {
	struct gn_pk owner;
	uint64_t created; /* Unix seconds */
	uint8_t salt[32];
	uint32_t pages;
	uint8_t keyfile[GN_KEYFILE_MAX]; /* identity.key under the passphrase */
	size_t keyfile_len;              /* 0: there was none */
};
struct agent_backup_keys {
	uint8_t pages[32], mac[32]; /* secret */
};

/* From the phrase's entropy: whoever has the 24 words opens it. */
void agent_backup_keys(const uint8_t entropy[32], const uint8_t salt[32],
		       struct agent_backup_keys *out);
void agent_backup_head_put(const struct agent_backup_head *h, const struct agent_backup_keys *keys,
			   uint8_t out[AGENT_PAGE]);
/* GN_PROTOCOL: not a backup; GN_VERSION; GN_CORRUPT. Nothing is proven yet. */
GN_MUST gn_err agent_backup_head_parse(const uint8_t page[AGENT_PAGE],
				       struct agent_backup_head *out);
/* Are these the keys it was made with, and is no bit of the page another? */
bool agent_backup_head_right(const uint8_t page[AGENT_PAGE], const struct agent_backup_keys *keys);

#endif
