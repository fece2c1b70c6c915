/* The commands of this group. */
#ifndef GEONET_HUB_COMMANDS_H
#define GEONET_HUB_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command hub_commands[];
extern const struct cli_command hub_local_commands[];

int cmd_hub_status(struct cli *cli);
int cmd_hub_equivalent(struct cli *cli);
int cmd_hub_role(struct cli *cli);
int cmd_hub_admit(struct cli *cli);
int cmd_hub_suspend(struct cli *cli);
int cmd_hub_delete(struct cli *cli);
int cmd_hub_gap(struct cli *cli);
int cmd_hub_tx(struct cli *cli);
int cmd_hub_level(struct cli *cli);
int cmd_hub_dispute(struct cli *cli);
int cmd_hub_abort(struct cli *cli);
int cmd_hub_clear(struct cli *cli);
int cmd_hub_offer(struct cli *cli);
int cmd_hub_settings(struct cli *cli);
int cmd_hub_snapshot(struct cli *cli);
int cmd_hub_log(struct cli *cli);
int cmd_hub_people(struct cli *cli);

#endif
