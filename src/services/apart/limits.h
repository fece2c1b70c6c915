/* Every bound of the records that are asked for apart, with its unit and its reason; a drop has a
 * counter. */
#ifndef GN_APART_LIMITS_H
#define GN_APART_LIMITS_H

#include "base/base.h"

#define APART_OPS 32   /* operations of one engine: all that a person has put is fewer */
#define APART_SET 8    /* nodes that hold a record, */
#define APART_NODES 12 /* and as many as are tried: some are gone, or know others that are nearer */
#define APART_TIME (60 * GN_SEC) /* of an operation, its lookup too */
/* For one node: as long as its carrier tries other ways to it (node/limits.h: four of 3 s), which
 * says itself that there is none, and a record on a slow line. */
#define APART_ANSWER (20 * GN_SEC)
#define APART_CONTROL_BYTES (64u << 10) /* questions that wait: as many as all operations have */

#endif
