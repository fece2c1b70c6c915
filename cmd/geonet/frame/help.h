/* Help and completion, made from a program's tables. */
#ifndef GEONET_HELP_H
#define GEONET_HELP_H

#include "geonet/frame/cli.h"

extern const struct cli_command own_commands[]; /* completion, help, version */

/* What --help prints of a program, a group (the place's, when it has no command) or a command. */
void cli_help(const struct cli *cli, const struct cli_at *at);
/* All commands. */
void cli_help_all(const struct cli *cli);
int cmd_help(struct cli *cli);
int cmd_version(struct cli *cli);
int cmd_completion(struct cli *cli);

#endif
