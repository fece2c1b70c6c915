/* The commands of this group. */
#ifndef GEONET_IDENTITY_COMMANDS_H
#define GEONET_IDENTITY_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command id_commands[];

int cmd_id_new(struct cli *cli);
int cmd_id_show(struct cli *cli);
int cmd_id_publish(struct cli *cli);
int cmd_id_export(struct cli *cli);
int cmd_id_import(struct cli *cli);

#endif
