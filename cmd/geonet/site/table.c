/* geonet site. */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/site/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option publish_options[] = {
	{"label", "L", "which of your sites (default: the default one, without a label)"},
	{"name", "NAME", "make this name point to it, claiming it if it is free"},
	{"copies", "N", "nodes that keep each block (default 3)"},
	{"entry", "PATH", "the file that opens first (default index.html)"},
	{"not-found", "PATH", "the page for what is not there (default 404.html)"},
	{"header", "RULE", "\"GLOB NAME: VALUE\", an HTTP header for matching paths; may repeat"},
	{"type", "RULE",
	 "\"GLOB TYPE\", the content type of matching paths; may repeat, the first counts"},
	{"hidden", NULL, "take files that begin with a dot too"},
	OPTION_TTL,
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option show_options[] = {
	{"version", "N", "an earlier version's files"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option site_get_options[] = {
	{"label", "L",
	 "the site of that label (default: the one that a name points to, or the default one)"},
	{"output", "PATH",
	 "where to (default: a folder called as the site; a single file goes to stdout); also -o"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option rollback_options[] = {
	{"copies", "N", "nodes that keep each block (default 3)"},
	OPTION_TTL,
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option remove_options[] = {
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command site_commands[] = {
	{"publish", "DIR", 1, 1, "publish a folder, or what changed in it",
	 "Files are hashed here, sent to the node and spread over the network; only when enough "
	 "nodes have signed for every block does the site\n"
	 "change, at once. Publishing again sends what is new. Links, devices and unusable names "
	 "are refused with their path.\n",
	 "  geonet site publish ./public --name alice\n"
	 "  geonet site publish ./blog --label blog --copies 5\n"
	 "  geonet site publish . --header \"*.html Cache-Control: no-store\"\n",
	 publish_options, cmd_site_publish},
	{"list", "", 0, 0, "the sites that this node keeps published",
	 NULL,
	 "  geonet site list\n",
	 NULL, cmd_site_list},
	{"show", "NAME|PID[/LABEL]|@LABEL", 1, 1, "a site's versions and files",
	 NULL,
	 "  geonet site show alice\n"
	 "  geonet site show @blog --version 3\n",
	 show_options, cmd_site_show},
	{"get", "NAME|PID[/PATH]", 1, 1, "fetch a site or a file of it, verified",
	 "With --label it is that site of whoever NAME or PID belongs to.\n",
	 "  geonet site get alice -o copy\n"
	 "  geonet site get alice/index.html | less\n"
	 "  geonet site get 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd/index.html --label blog\n",
	 site_get_options, cmd_site_get},
	{"rollback", "LABEL|- [VERSION]", 1, 2,
	 "put an earlier version of a site of yours on top again",
	 "\"-\" is the default site. Without VERSION: the one before.\n",
	 "  geonet site rollback - \n"
	 "  geonet site rollback blog 3\n",
	 rollback_options, cmd_site_rollback},
	{"remove", "LABEL|-", 1, 1, "take a site of yours down, and its blocks off this node",
	 "\"-\" is the default site. It can no longer be opened a minute later; copies that "
	 "others keep fade by themselves.\n"
	 "A site that has ended, or never came out whole, is forgotten by this too.\n",
	 "  geonet site remove -\n"
	 "  geonet site remove blog\n",
	 remove_options, cmd_site_remove},
	{0},
};
