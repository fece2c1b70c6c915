/* The identity's key file, its passphrase, and the terminal that is asked for it. */
#ifndef GEONET_KEYS_H
#define GEONET_KEYS_H

#include "crypto/crypto.h"
#include "geonet/frame/cli.h"

struct identity {
	uint8_t entropy[32]; /* secret: identity_wipe */
	struct gn_identity_keys keys;
	char pid[GN_PID_MAX];
};
/* Is DATA/identity.key under a passphrase? False, too, where it cannot be read. */
bool identity_sealed(struct cli *cli);
/* Opens DATA/identity.key, asking for its passphrase when there is one. False after printing. */
bool identity_load(struct cli *cli, struct identity *out);
void identity_wipe(struct identity *id);
bool identity_derive(struct cli *cli, struct identity *id); /* from entropy */
bool identity_exists(const struct cli *cli);
/* The own public key, without a passphrase where it is known from before. */
bool identity_public(struct cli *cli, struct gn_pk *out);

#define PASSPHRASE_MAX 256 /* bytes with the terminator */

/* Asks on the terminal itself (/dev/tty), hiding what is typed; false when there is none. */
bool terminal_ask(const char *prompt, bool hide, char *out, size_t cap);
/* A new passphrase: from the file, or asked twice; "" with none. False after printing. */
bool passphrase_new(struct cli *cli, bool none, const char *file, char out[PASSPHRASE_MAX]);
/* The passphrase of the key file that is there. */
bool passphrase_old(struct cli *cli, const char *file, char out[PASSPHRASE_MAX]);
bool identity_store(struct cli *cli, const struct identity *id, const char *passphrase,
		    bool replace);

#endif
