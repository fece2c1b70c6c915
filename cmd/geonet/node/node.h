/* The node as a program, for doctor, which looks at it too. */
#ifndef GEONET_NODE_H
#define GEONET_NODE_H

#include "geonet/frame/cli.h"

#include "crypto/crypto.h"
#include <jansson.h>
#include <stdbool.h>

/* Are fewer nodes here than have to sign a record, by the node's status? */
bool status_few(const json_t *status);

/* What a node that is joined and answers for no keys is: in probation, or told to hold nothing. */
const char *status_client(struct cli *cli);

/* Was it told to hold nothing for others? */
bool give_nothing(struct cli *cli);
/* Of options of `up` that do not count, since `geonet give` said something else. */
void give_warn(struct cli *cli);

/* The key of the node that is named by its key or id, or by the beginning of either if it is known
 * here; else printed. */
int node_key(struct cli *cli, const char *said, struct gn_pk *out);
/* What went wrong with that node; also, where nobody here knows what was taken for its key, that it
 * may be none. */
const char *node_doubt(const char *what);
/* What --path says; empty: nothing. */
struct gn_slice node_rule(const struct cli *cli);
/* What a person reads of a word of RE-12, in the language of their terminal. */
const char *node_reason(bool not, const char *word);

#endif
