/* The group `bus`: topics. */
#ifndef GEONET_BUS_COMMANDS_H
#define GEONET_BUS_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command bus_commands[];

int cmd_bus_topic(struct cli *cli);
int cmd_bus_topics(struct cli *cli);
int cmd_bus_pub(struct cli *cli);
int cmd_bus_feed(struct cli *cli);
int cmd_bus_sub(struct cli *cli);

#endif
