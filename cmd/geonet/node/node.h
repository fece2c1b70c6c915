/* The node as a program, for doctor, which looks at it too. */
#ifndef GEONET_NODE_H
#define GEONET_NODE_H

#include "geonet/frame/cli.h"

#include "crypto/crypto.h"
#include <jansson.h>
#include <stdbool.h>

/* Are fewer nodes here than have to sign a record, by the node's status? */
bool status_few(const json_t *status);

/* The key of the node that is named by its key or id, or by the beginning of either if it is known
 * here; else printed. */
int node_key(struct cli *cli, const char *said, struct gn_pk *out);

#endif
