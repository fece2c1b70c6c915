/* The time that is signed. */
#ifndef GEONET_CLOCK_H
#define GEONET_CLOCK_H

#include "geonet/frame/cli.h"

/* Unix seconds: this machine's clock, or the node's own (NO-19) once that was told and is more
 * than two minutes away. */
uint64_t cli_now(void);
void cli_now_is(const struct cli *cli, uint64_t seconds); /* the first time counts */

#endif
