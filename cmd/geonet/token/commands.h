/* geonet token. */
#ifndef GEONET_TOKEN_COMMANDS_H
#define GEONET_TOKEN_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command token_commands[];

int cmd_token_grant(struct cli *cli);
int cmd_token_show(struct cli *cli);
int cmd_token_check(struct cli *cli);
int cmd_token_revoke(struct cli *cli);

#endif
