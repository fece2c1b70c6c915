/* The node as a program, for doctor, which looks at it too. */
#ifndef GEONET_NODE_H
#define GEONET_NODE_H

#include <jansson.h>
#include <stdbool.h>

/* The last line of a log after `from`; empty when there is none. */
/* Are fewer nodes here than have to sign a record, by the node's status? */
bool status_few(const json_t *status);

#endif
