/* geonet-hub, a community's hub on its own machine: made, run, its journal proved and carried
 * elsewhere. It is called by itself (`geonet-hub run`), or by the tool, which becomes it with
 * its own words (`geonet hub run`): the words, the answers and the exit status are the same. */
#include "geonet-hub/local.h"
#include "geonet/frame/cli.h"
#include "geonet/hub/commands.h"

#define ABOUT                                                                                      \
	"A community's hub: a ledger of who trusts whom and who owes whom, and its API. Others "   \
	"reach it with: geonet hub, geonet wallet."
#define EXAMPLES                                                                                   \
	"  geonet-hub run                   make a hub in DATA/hub if there is none, and run it\n" \
	"  geonet-hub run --http 0 --log debug\n"                                                  \
	"  geonet-hub verify                prove its journal\n"                                   \
	"  geonet-hub COMMAND --help        more about a command\n"
#define ENVIRONMENT                                                                                \
	"Exit status: 0 done, 1 failed, 2 wrong usage, 4 not found.\n"                             \
	"Environment: GEONET_DATA, XDG_DATA_HOME, GEONET_HUB, GEONET_PASSPHRASE_FILE, NO_COLOR.\n"

static const struct {
	const char *name;
	int (*run)(struct cli *cli);
} commands[] = {
	{"run", local_run},       {"init", local_init},     {"verify", local_verify},
	{"export", local_export}, {"import", local_import},
};

static int run_local(struct cli *cli)
{
	for (size_t i = 0; i < GN_COUNT(commands); i++)
		if (strcmp(commands[i].name, cli->command->name) == 0)
			return commands[i].run(cli);
	GN_UNREACHABLE("a command of the table that nothing does");
}

static bool is_tool(const char *word)
{
	const char *slash = strrchr(word, '/');
	return strcmp(slash ? slash + 1 : word, "geonet") == 0;
}

int main(int argc, char **argv)
{
	static const struct cli_group own[] = {{"", NULL, hub_local_commands, run_local}, {0}},
				      tool[] = {{"hub", ABOUT, hub_local_commands, run_local}, {0}};
	static const struct cli_program programs[] = {
		{"geonet-hub", ABOUT, own, NULL, EXAMPLES, ENVIRONMENT, NULL, NULL},
		{"geonet", ABOUT, tool, NULL, EXAMPLES, ENVIRONMENT, NULL, NULL},
	};
	return cli_run(&programs[argc > 0 && is_tool(argv[0])], argc, argv);
}
