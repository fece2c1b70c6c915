/* Passphrases and the terminal, for frame/keys.c and identity/identity.c. */
#ifndef GEONET_KEYS_H
#define GEONET_KEYS_H

#include "geonet/frame/cli.h"

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
