/* geonet bus. */
#include "geonet/bus/commands.h"
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option topic_options[] = {
	{"publish", "open|owner|token", "who may: owner is you, and --with (the default)"},
	{"subscribe", "open|owner|token", "who may follow (default open)"},
	{"with", "WHO", "somebody else who may, where it says owner; may repeat"},
	{"rate", "N", "messages a second from one publisher, 1 to 1000 (default 20)"},
	{"rate-all", "N", "messages a second from all of them, 1 to 1000 (default 200)"},
	{"box", NULL, "with a box, where bus pub --quorum keeps messages for who is away"},
	{"mesh", NULL, "followers help each other: for large open topics"},
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option pub_options[] = {
	{"subject", "SUBJECT", "words joined by dots, which followers can filter by"},
	{"retain", "SECONDS", "keep it this long, as the newest of its subject, for whoever comes"},
	{"token", "TOKEN", "what lets you publish (a file, - or its text)"},
	{"quorum", NULL, "keep it a week in the topic's box, too, for who is away now"},
	{"roots", "N", "how many of the topic's nodes must have it, 1 to 8 (default 1)"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option feed_options[] = {
	{"will", "TEXT", "what is said when this command is gone (default: gone)"},
	{"subject", "SUBJECT", "the will's subject"},
	{"lease", "SECONDS", "the will is told after so long a silence, 10 to 3600 (default 90)"},
	{"retain", "SECONDS", "keep each this long, as the newest of its subject (0: not; default "
	 "3600)"},
	{"token", "TOKEN", "what lets you publish (a file, - or its text)"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option sub_options[] = {
	{"filter", "FILTER", "only these subjects: * is one word, > the rest; may repeat"},
	{"count", "N", "end after so many messages"},
	{"token", "TOKEN", "what lets you follow (a file, - or its text)"},
	{"show", NULL, "prove who you are, where the topic names those who may follow"},
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command bus_commands[] = {
	{"topic", "LABEL", 1, 1, "make a topic of yours, change or renew it",
	 "LABEL is words joined by dots. Others follow it as PID/LABEL or NAME/LABEL. It lasts for "
	 "30 days; each time, what you do not say again is as by default. A topic is signed and "
	 "not sealed: the nodes that carry it can read it.\n",
	 "  geonet bus topic news --box\n"
	 "  geonet bus topic chat.local --publish open --mesh\n",
	 topic_options, cmd_bus_topic},
	{"topics", "", 0, 0, "the topics that you made here, and until when they stand",
	 NULL,
	 "  geonet bus topics\n",
	 NULL, cmd_bus_topics},
	{"pub", "TOPIC TEXT...", 2, -1, "tell everybody who follows a topic now",
	 "TOPIC is a LABEL of yours, or WHO/LABEL. With - instead of TEXT, stdin is said; 16 KiB "
	 "at most. Whoever does not follow it now does not hear it, unless it is retained, or kept "
	 "in the topic's box with --quorum: then three nodes or more promise to keep it for a "
	 "week, and exit status 5 says that fewer did.\n",
	 "  geonet bus pub news The ferry is late\n"
	 "  sensors | geonet bus pub house - --subject room.1.heat --retain 3600\n"
	 "  geonet bus pub news The harbour is closed --quorum\n"
	 "  geonet bus pub alice.geo/chat.local Good morning\n",
	 pub_options, cmd_bus_pub},
	{"feed", "TOPIC", 1, 1, "say what is read from stdin, and leave a will",
	 "Each line is SUBJECT TEXT. When its input ends, the will is taken back; when it is "
	 "killed, or its machine is gone, whoever follows the topic is told the will. Two of the "
	 "topic's nodes that lie together can tell it too early.\n",
	 "  sensors | geonet bus feed house --will offline --subject state --lease 30\n",
	 feed_options, cmd_bus_feed},
	{"sub", "TOPIC", 1, 1, "print what is said in a topic, as it is said",
	 "What was kept in the topic's box while you were away is told once, when it begins. With "
	 "--json each message is a line.\n",
	 "  geonet bus sub alice.geo/news\n"
	 "  geonet bus sub house --filter 'room.*.heat' --json\n",
	 sub_options, cmd_bus_sub},
	{0},
};
