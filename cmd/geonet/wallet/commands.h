/* The commands of this group. */
#ifndef GEONET_WALLET_COMMANDS_H
#define GEONET_WALLET_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command wallet_commands[];

int cmd_wallet_join(struct cli *cli);
int cmd_wallet_trust(struct cli *cli);
int cmd_wallet_lines(struct cli *cli);
int cmd_wallet_pay(struct cli *cli);
int cmd_wallet_request(struct cli *cli);
int cmd_wallet_balance(struct cli *cli);
int cmd_wallet_debts(struct cli *cli);
int cmd_wallet_leave(struct cli *cli);
int cmd_wallet_profile(struct cli *cli);
int cmd_wallet_history(struct cli *cli);
int cmd_wallet_clearings(struct cli *cli);
int cmd_wallet_why(struct cli *cli);
int cmd_wallet_asked(struct cli *cli);
int cmd_wallet_answer(struct cli *cli);

#endif
