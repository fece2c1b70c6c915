/* geonet id. */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/identity/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option id_new_options[] = {
	{"no-passphrase", NULL, "protect the key file by its mode alone"},
	{"passphrase-file", "FILE",
	 "take the passphrase from FILE instead of asking (also $GEONET_PASSPHRASE_FILE)"},
	{"show-phrase", NULL, "print the 24 words even when stdout is no terminal"},
	{"no-publish", NULL, "do not publish the identity record now"},
	{0},
};

static const struct cli_option id_import_options[] = {
	{"no-passphrase", NULL, "protect the key file by its mode alone"},
	{"passphrase-file", "FILE",
	 "take the passphrase from FILE instead of asking (also $GEONET_PASSPHRASE_FILE)"},
	{"no-publish", NULL, "do not publish the identity record now"},
	{0},
};

static const struct cli_option id_publish_options[] = {
	{"name", "TEXT", "a display name"},
	{"vouch-node", NULL, "say that the running node is yours"},
	{"force", NULL, "publish even if a newer program's record says what would be lost"},
	OPTION_TTL,
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option pass_options[] = {
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command id_commands[] = {
	{"new", "", 0, 0, "make your identity and its 24 words",
	 "The key file is DATA/identity.key, sealed by a passphrase. The words are shown once, on "
	 "a terminal or with --show-phrase. When a node is\n"
	 "running the identity record is published.\n",
	 "  geonet id new\n"
	 "  geonet id new --no-passphrase --show-phrase    for a machine that nobody sits at\n",
	 id_new_options, cmd_id_new},
	{"show", "[PID|NAME]", 0, 1, "your identity, or what another's says of itself",
	 NULL,
	 "  geonet id show\n"
	 "  geonet id show alice.geo\n",
	 pass_options, cmd_id_show},
	{"publish", "", 0, 0, "publish your identity record again, renewed",
	 "What it said before is kept unless an option changes it.\n",
	 "  geonet id publish\n"
	 "  geonet id publish --name \"Alice\" --vouch-node\n",
	 id_publish_options, cmd_id_publish},
	{"export", "", 0, 0, "print your 24 words",
	 "Whoever reads them is you.\n",
	 "  geonet id export\n",
	 pass_options, cmd_id_export},
	{"import", "[FILE|-]", 0, 1, "make the key file from 24 words",
	 "The words are read from FILE, from stdin, or asked for on the terminal.\n",
	 "  geonet id import\n"
	 "  geonet id import --no-passphrase words.txt\n",
	 id_import_options, cmd_id_import},
	{0},
};
