/* The commands of this group. */
#ifndef GEONET_NODE_COMMANDS_H
#define GEONET_NODE_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command node_commands[];
extern const struct cli_command guard_commands[];

int cmd_up(struct cli *cli);
int cmd_down(struct cli *cli);
int cmd_status(struct cli *cli);
int cmd_peers(struct cli *cli);
int cmd_path(struct cli *cli);
int cmd_ping(struct cli *cli);
int cmd_netcheck(struct cli *cli);
int cmd_pipe(struct cli *cli);
int cmd_forward(struct cli *cli);
int cmd_give(struct cli *cli);
int cmd_doctor(struct cli *cli);
int cmd_open(struct cli *cli);
int cmd_guard_status(struct cli *cli);
int cmd_guard_list(struct cli *cli);
int cmd_guard_why(struct cli *cli);
int cmd_guard_allow(struct cli *cli);
int cmd_guard_forgive(struct cli *cli);
int cmd_put(struct cli *cli);
int cmd_get(struct cli *cli);
int cmd_trace(struct cli *cli);
int cmd_renew(struct cli *cli);

#endif
