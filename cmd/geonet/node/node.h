/* The node as a program, for doctor, which looks at it too. */
#ifndef GEONET_NODE_H
#define GEONET_NODE_H

#include "geonet/frame/cli.h"

#include "crypto/crypto.h"
#include <jansson.h>
#include <stdbool.h>

/* The last line of a log after `from`; empty when there is none. */
/* Are fewer nodes here than have to sign a record, by the node's status? */
bool status_few(const json_t *status);

/* What --path says; empty: nothing. */
struct gn_slice node_rule(const struct cli *cli);
/* What a person reads of a word of RE-12, in the language of their terminal. */
const char *node_reason(bool not, const char *word);

/* A node's key: 64 digits, or the beginning of the id or key of one that is known. Else printed. */
int node_key(struct cli *cli, const char *who, struct gn_pk *out);

#endif
