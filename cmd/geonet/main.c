/* geonet, the tool: the node, the hub and the wallet from the terminal. It is a table of groups
 * of commands; each folder is a group, frame/ is what all stand on. */
#include "geonet/bus/commands.h"
#include "geonet/frame/cli.h"
#include "geonet/frame/help.h"
#include "geonet/hub/commands.h"
#include "geonet/hub/hand_over.h"
#include "geonet/identity/commands.h"
#include "geonet/identity/own.h"
#include "geonet/job/commands.h"
#include "geonet/name/commands.h"
#include "geonet/node/commands.h"
#include "geonet/people/commands.h"
#include "geonet/send/commands.h"
#include "geonet/site/commands.h"
#include "geonet/token/commands.h"
#include "geonet/wallet/commands.h"

/* clang-format off */
static const struct cli_group groups[] = {
	{"", NULL, node_commands, NULL},
	{"", NULL, app_commands, NULL},
	{"guard", "how strangers and peers are held to their share", guard_commands, NULL},
	{"", NULL, send_commands, NULL},
	{"id", "your identity: a key from 24 words, and what it says of itself", id_commands, NULL},
	{"name", "names that lead to people and sites", name_commands, NULL},
	{"site", "folders published under your key", site_commands, NULL},
	{"agent", "your agent: it keeps your keys and messages", agent_commands, NULL},
	{"contacts", "the people you write to", contacts_commands, NULL},
	{"presence", "who is there now, and how you are seen", presence_commands, NULL},
	{"msg", "messages that only you and they can read", msg_commands, NULL},
	{"bus", "topics: what is said now, to whoever follows", bus_commands, NULL},
	{"file", "files for people, sealed as messages are", file_commands, NULL},
	{"job", "work put into a queue, and done by programs of yours", job_commands, NULL},
	{"box", "your queue: who may work at it, who may use it", box_commands, NULL},
	{"hub", "a community's hub: run, prove, govern it", hub_local_commands, hub_hand_over},
	{"hub", NULL, hub_commands, NULL},
	{"token", "what others may do with what is yours", token_commands, NULL},
	{"wallet", "what you owe and are owed at a hub, and paying", wallet_commands, NULL},
	{"", NULL, own_commands, NULL},
	{0},
};

static const char *const first[] = {
	"up", "status", "doctor", "open", "id new", "name resolve", "site publish", "renew",
	"agent up", "app", "msg send", "send", "wallet join", "wallet pay", NULL,
};
/* clang-format on */

int main(int argc, char **argv)
{
	static const struct cli_program geonet = {
		"geonet",
		"The tool of GeoNet: a network where people, sites and data are found by key or "
		"name, with no server in the middle.",
		groups,
		first,
		"  geonet up --bootstrap seed.example.net:7777    start a node and join a network\n"
		"  geonet id new                                  make your identity\n"
		"  geonet site publish ./public --name alice      publish a folder as alice.geo\n"
		"  geonet COMMAND --help                          more about a command\n"
		"  geonet help                                    all commands\n",
		"Exit status: 0 done, 1 failed, 2 wrong usage, 3 no node is running or no hub "
		"answers, 4 not found, 5 too few nodes answered or agreed in time, 6 it is not "
		"known whether a payment was made.\n\n"
		"Environment: GEONET_DATA, XDG_DATA_HOME, GEONET_HUB, GEONET_SOCKET, GEONET_AGENT, "
		"GEONET_CLIENT, "
		"GEONET_PASSPHRASE_FILE, "
		"NO_COLOR.\n",
		own_names_migrate,
		cmd_doctor,
	};
	return cli_run(&geonet, argc, argv);
}
