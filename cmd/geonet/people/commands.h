/* Commands about people: their agent, contacts, messages. */
#ifndef GEONET_PEOPLE_COMMANDS_H
#define GEONET_PEOPLE_COMMANDS_H

#include "geonet/frame/cli.h"

extern const struct cli_command agent_commands[], contacts_commands[], msg_commands[];

int cmd_agent_up(struct cli *cli);
int cmd_agent_down(struct cli *cli);
int cmd_agent_status(struct cli *cli);
int cmd_agent_start(struct cli *cli);
int cmd_agent_unlock(struct cli *cli);
int cmd_agent_lock(struct cli *cli);

int cmd_agent_clients(struct cli *cli);
int cmd_agent_approve(struct cli *cli);

int cmd_contacts_list(struct cli *cli);
int cmd_contacts_add(struct cli *cli);
int cmd_contacts_accept(struct cli *cli);
int cmd_contacts_refuse(struct cli *cli);
int cmd_contacts_name(struct cli *cli);
int cmd_contacts_block(struct cli *cli);
int cmd_contacts_unblock(struct cli *cli);
int cmd_contacts_remove(struct cli *cli);
int cmd_contacts_invite(struct cli *cli);

int cmd_msg_send(struct cli *cli);
int cmd_msg_read(struct cli *cli);
int cmd_msg_history(struct cli *cli);
int cmd_msg_follow(struct cli *cli);
int cmd_msg_search(struct cli *cli);
int cmd_msg_chats(struct cli *cli);

#endif
