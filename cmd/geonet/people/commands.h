/* Commands about people: their agent, contacts, messages, files. */
#ifndef GEONET_PEOPLE_COMMANDS_H
#define GEONET_PEOPLE_COMMANDS_H

#include "geonet/frame/cli.h"
#include <jansson.h>

extern const struct cli_command agent_commands[], contacts_commands[], msg_commands[],
	file_commands[], presence_commands[];

extern const struct cli_command app_commands[];

int cmd_app(struct cli *cli);
/* Starts the agent with what its settings say; a new one waits for its keys. CLI_OK once it is
 * ready. */
int agent_launch(struct cli *cli);
int cmd_agent_up(struct cli *cli);
int cmd_agent_down(struct cli *cli);
int cmd_agent_status(struct cli *cli);
int cmd_agent_start(struct cli *cli);
int cmd_agent_unlock(struct cli *cli);
int cmd_agent_lock(struct cli *cli);
int cmd_agent_renew(struct cli *cli);
int cmd_agent_passphrase(struct cli *cli);

int cmd_agent_clients(struct cli *cli);
int cmd_agent_devices(struct cli *cli);
int cmd_agent_remove_device(struct cli *cli);
int cmd_agent_approve(struct cli *cli);
int cmd_agent_backup(struct cli *cli);
int cmd_agent_restore(struct cli *cli);
int cmd_agent_export(struct cli *cli);
int cmd_agent_import(struct cli *cli);

int cmd_contacts_list(struct cli *cli);
int cmd_contacts_add(struct cli *cli);
int cmd_contacts_accept(struct cli *cli);
int cmd_contacts_refuse(struct cli *cli);
int cmd_contacts_name(struct cli *cli);
int cmd_contacts_path(struct cli *cli);
int cmd_contacts_block(struct cli *cli);
int cmd_contacts_unblock(struct cli *cli);
int cmd_contacts_remove(struct cli *cli);
int cmd_contacts_invite(struct cli *cli);
int cmd_contacts_verify(struct cli *cli);

int cmd_msg_send(struct cli *cli);
int cmd_msg_read(struct cli *cli);
int cmd_msg_history(struct cli *cli);
int cmd_msg_follow(struct cli *cli);
int cmd_msg_search(struct cli *cli);
int cmd_msg_chats(struct cli *cli);
int cmd_msg_show(struct cli *cli);
int cmd_msg_verify(struct cli *cli);
int cmd_msg_retry(struct cli *cli);

int cmd_presence_show(struct cli *cli);
int cmd_presence_set(struct cli *cli);
int cmd_presence_follow(struct cli *cli);

/* What they are called here, else by themselves, else their PID. */
const char *contact_name(const json_t *person);
/* What is wrong about them, as warnings; usually nothing. */
void contact_alarm(struct cli *cli, const json_t *person);
/* "stored 3 of 8": of an own message; one static buffer. */
const char *msg_state(const json_t *message);

int cmd_file_send(struct cli *cli);
int cmd_file_list(struct cli *cli);
int cmd_file_get(struct cli *cli);
int cmd_file_drop(struct cli *cli);

#endif
