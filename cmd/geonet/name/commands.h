/* The commands of this group. */
#ifndef GEONET_NAME_COMMANDS_H
#define GEONET_NAME_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command name_commands[];

int cmd_name_claim(struct cli *cli);
int cmd_name_set(struct cli *cli);
int cmd_name_resolve(struct cli *cli);
int cmd_name_renew(struct cli *cli);
int cmd_name_transfer(struct cli *cli);
int cmd_name_accept(struct cli *cli);
int cmd_name_list(struct cli *cli);
int cmd_name_forget(struct cli *cli);

#endif
