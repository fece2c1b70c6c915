/* The commands of this group. */
#ifndef GEONET_SITE_COMMANDS_H
#define GEONET_SITE_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command site_commands[];

int cmd_site_publish(struct cli *cli);
int cmd_site_list(struct cli *cli);
int cmd_site_show(struct cli *cli);
int cmd_site_get(struct cli *cli);
int cmd_site_rollback(struct cli *cli);
int cmd_site_remove(struct cli *cli);

#endif
