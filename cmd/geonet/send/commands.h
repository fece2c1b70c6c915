/* Files from one person to another, live. */
#ifndef GEONET_SEND_COMMANDS_H
#define GEONET_SEND_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command send_commands[];

int cmd_send(struct cli *cli);
int cmd_receive(struct cli *cli);

#endif
