/* geonet name. */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/name/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option name_edit_options[] = {
	{"site", "LABEL",
	 "point to your site of that label (\"\" is the default one), or OWNER/LABEL"},
	{"txt", "TEXT", "a TXT entry; may repeat"},
	{"entry-ttl", "SECONDS", "how long resolvers may keep the entries (default 3600)"},
	OPTION_TTL,
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option resolve_options[] = {
	{"fresh", NULL, "ask the network, not the cache"},
	{0},
};

static const struct cli_option renew_options[] = {
	OPTION_TTL,
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option transfer_options[] = {
	{"output", "FILE", "write the transfer to FILE instead of stdout; also -o"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option accept_options[] = {
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command name_commands[] = {
	{"claim", "NAME [TYPE=VALUE...]", 1, -1, "claim a free name, with what it points to",
	 "A claim carries a puzzle that takes a second or two. The name is yours for 30 days and "
	 "must be renewed before; after that there are 30\n"
	 "days in which only you can renew it. When it looks like another name that this node has "
	 "seen (rn like m, 1 like l) you are warned. What a global name cannot promise is told in "
	 "docs/spec/services.md.\n",
	 "  geonet name claim alice --site \"\"\n"
	 "  geonet name claim alice A=203.0.113.7 TXT=hello\n",
	 name_edit_options, cmd_name_claim},
	{"set", "NAME [TYPE=VALUE...]", 1, -1, "change what a name of yours points to",
	 "A type that is named replaces all its entries; TYPE= removes them. Names below one of "
	 "yours (blog.alice) and your PID need no claim.\n",
	 "  geonet name set alice TXT=one TXT=two A=\n"
	 "  geonet name set blog.alice --site blog\n",
	 name_edit_options, cmd_name_set},
	{"resolve", "NAME [TYPE]", 1, 2, "what a name points to, and whose it is",
	 "With TYPE only the values are printed, one in a line. For five minutes at most a node "
	 "answers from what it found before, and says how old that is.\n",
	 "  geonet name resolve alice\n"
	 "  geonet name resolve alice.geo TXT\n",
	 resolve_options, cmd_name_resolve},
	{"renew", "NAME", 1, 1, "keep a name for another term",
	 NULL,
	 "  geonet name renew alice\n",
	 renew_options, cmd_name_renew},
	{"transfer", "NAME OWNER", 2, 2, "sign a name over to another (first of two steps)",
	 "OWNER is a PID, a name or a key in hex. Give the file that this makes to the new owner, "
	 "who takes the name with `geonet name accept`.\n"
	 "Its entries, SITE among them, stay as they are until the new owner sets others; take "
	 "out before what they shall not have:\n"
	 "geonet name set NAME SITE=\n",
	 "  geonet name transfer alice 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd -o "
	 "alice.transfer\n",
	 transfer_options, cmd_name_transfer},
	{"accept", "FILE|-", 1, 1, "take a name that was signed over to you (second step)",
	 "It points where the owner before had it until you set other entries.\n",
	 "  geonet name accept alice.transfer\n",
	 accept_options, cmd_name_accept},
	{"list", "", 0, 0, "the names that were claimed from here",
	 NULL,
	 "  geonet name list\n",
	 NULL, cmd_name_list},
	{"forget", "NAME", 1, 1, "take a name off that list: it is renewed from here no more",
	 "Nothing else changes: a name that is yours stays so to the end of its term. Needs no "
	 "node.\n",
	 "  geonet name forget alice\n",
	 NULL, cmd_name_forget},
	{0},
};
