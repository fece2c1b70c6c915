/* What the wallet's files share: wallet.c (joining, looking, answering), lines.c (trust lines),
 * request.c (requests to be paid), pay.c (payments), why.c (and why not). Whatever comes from a
 * hub or from another person goes to the terminal through wallet_text or wallet_who, never as it
 * is. */
#ifndef GEONET_WALLET_H
#define GEONET_WALLET_H

#include "geonet/hub/client.h"
#include "wallet/line.h"
#include "wallet/link.h"
#include "wallet/pay.h"
#include <stdio.h>

/* Finds the hub and logs in. CLI_OK or a printed failure. */
int wallet_open(struct cli *cli, struct hub *hub);
/* Opens, asks, and with --json prints; *out is NULL then. */
int wallet_look(struct cli *cli, struct hub *hub, const char *path, json_t **out, const char *what);
/* A member as text that is safe to print; one of the static buffers of out_text. */
const char *wallet_text(const json_t *item, const char *name);
/* At most max bytes of a text, whole characters, safe to print. */
const char *wallet_brief(const char *text, size_t max);
/* "Name (PID)": names are not unique and are chosen by their bearers. One of four static
 * buffers. */
const char *wallet_who(const json_t *item, const char *name, const char *pid);

/* CLI_OK, or CLI_USAGE after printing what is wrong. */
int request_parse(struct cli *cli, const char *text, struct gn_wallet_request *out);
/* Copies a note if the ledger takes it whole; else CLI_USAGE after printing. NULL is an empty
 * note. */
int request_note(struct cli *cli, const char *note, struct gn_wallet_request *out);
/* The same for what stands on the command line as amount and equivalent. */
int request_words(struct cli *cli, const char *amount, const char *equivalent,
		  struct gn_wallet_request *out);

/* Which lines would have to be raised, and what stops the others: a line of text each, of a
 * refusal's or an answer's details. explained: words about full lines were printed already. */
void wallet_raises(FILE *to, const json_t *details);
void wallet_causes(FILE *to, const json_t *details, bool explained);

#endif
