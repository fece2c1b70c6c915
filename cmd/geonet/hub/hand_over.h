/* What geonet-hub does, done by it. */
#ifndef GEONET_HAND_OVER_H
#define GEONET_HAND_OVER_H

#include "geonet/frame/cli.h"

/* Becomes geonet-hub with the words of this command; returns only when it cannot be started. */
int hub_hand_over(struct cli *cli);

#endif
