/* The commands of the node: itself, records, what is one's own, and its guard. */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/node/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option up_options[] = {
	{"bootstrap", "HOST:PORT",
	 "a node to begin with, also wss://HOST or quic://ADDRESS:PORT; may be given 16 times"},
	{"port", "N", "UDP port for other nodes; 0 takes a free one (default 7777)"},
	{"http", "N",
	 "loopback port of page, API and gateway; 0 takes a free one, off none (default 7780)"},
	{"advertise", "HOST:PORT",
	 "how others reach this node, if not by this machine's addresses"},
	{"lan", "yes|no", "find nodes on the same local network, and be found there (default yes)"},
	{"fresh", "yes|strict|no",
	 "throwaway keys and relays for boxes, topics, records of people (default yes)"},
	{"nat-map", "yes|no", "ask the home's router to let others in (default yes)"},
	{"path", "RULE", "which ways sessions may take: any, or some of direct, lan, relay, tls"},
	{"nat-guess", "yes|no", "guess ports where a router gives each peer another (default yes)"},
	{"app-socket", "PATH", "also serve every user of this machine at this socket"},
	{"record-limit", "BYTES", "room for records, with K, M, G, T (default 1G)"},
	{"box-limit", "BYTES", "room for what waits in boxes, with K, M, G, T (default 1G)"},
	{"store-limit", "BYTES", "room for what is kept for others, with K, M, G, T (default 10G)"},
	{"probation", "SECONDS", "client mode after the start (default 600)"},
	{"pow-bits", "N", "proof of work of node keys, the same in the whole network (default 22)"},
	{"w", "N", "how many nodes must sign a record when nothing else is asked (default 5)"},
	{"guard", "on|cookie|off", "how strangers and peers are held to their share (default on)"},
	{"guard-local", "exempt|count",
	 "do loopback and private networks have shares too (default exempt)"},
	{"wss", "PORT|off",
	 "take connections by TLS there, for nodes whose network lets no UDP pass (default off)"},
	{"wss-behind", "yes|no", "a web server here passes them on to loopback (default no)"},
	{"wss-url", "wss://HOST", "where that port is reached from outside, told to others"},
	{"wss-cert", "FILE", "certificates (PEM) to show instead of one made at the start"},
	{"wss-key", "FILE", "its key, PEM"},
	{"quic", "PORT|off", "take connections by QUIC at this UDP port (default off)"},
	{"proxy", "URL", "the way out for such connections, http://HOST:PORT"},
	{"forward", "HOST:PORT",
	 "let other nodes connect to it from here, \"HOST:PORT KEY\" the node of that key alone; "
	 "may be given 32 times"},
	{"issuer", "KEY", "of the person whose tokens give rights at this node"},
	{"relay", "off|small|tokens|commons",
	 "what is passed on between nodes that do not reach each other (default small)"},
	{"relay-rate", "BYTES", "bytes a second of that, for each lane (default 1M)"},
	{"relay-month", "BYTES", "bytes of that in a month (default 50G)"},
	{"hold-nothing", "yes|no", "keep no records and blocks for others (default no)"},
	{"metered", "yes|no",
	 "bytes cost money here: give nothing but small control traffic (default no)"},
	{"stun", "on|off", "tell whoever asks by STUN which address they come from (default on)"},
	{"turn-server", "turn:HOST", "use an address at this TURN server, too (DATA/turn-login)"},
	{"turn", "on|off", "relay by TURN for those whom DATA/turn-users names (default off)"},
	{"turn-ports", "FIRST-LAST", "UDP ports of TURN's relays (default 49152-65535)"},
	{"turn-tcp", "N", "TCP port where TURN is served, too; 0: none (default 0)"},
	{"turn-cert", "FILE", "certificate of turn-tcp for TLS, PEM"},
	{"turn-key", "FILE", "its key, PEM"},
	{"turn-private", "on|off",
	 "let TURN's users reach private addresses and loopback, too (default off)"},
	{"config", "FILE", "settings as \"name = value\" lines"},
	{"log", "LEVEL", "debug, info, warn or error"},
	{"log-file", "FILE",
	 "write the log to the end of FILE instead of stderr; SIGHUP opens it anew"},
	{"foreground", NULL, "become the node instead of starting it in the background"},
	{0},
};

static const struct cli_option allow_options[] = {
	{"hours", "N", "for how long (default 1); 0 takes it back"},
	{0},
};

static const struct cli_option peers_options[] = {
	{"all", NULL, "known nodes without a link too"},
	{0},
};

static const struct cli_option put_options[] = {
	{"label", "L", "the record's name among yours (default empty)"},
	{"type", "N", "its type, 16 or higher (default 16)"},
	{"ttl", "SECONDS", "how long it lives, 60 s to 30 days (default one day)"},
	{"seq", "N", "its version (default: the time in milliseconds)"},
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option get_options[] = {
	{"quorum", "N", "how many holders must agree on the newest version"},
	{"type", "N", "the record's type (default 16)"},
	{"output", "FILE", "write to FILE instead of stdout; also -o"},
	OPTION_PASSPHRASE,
	{0},
};

#define PATH_OPTION                                                                                \
	{"path", "RULE", "by such ways alone: direct, lan, relay, tls (geonet path)"}
static const struct cli_option ping_options[] = {
	PATH_OPTION,
	{"count", "N", "stop after N answers (default 4; 0: never)"},
	{"patience", "SECONDS", "for each answer (default 15)"},
	{"until-direct", NULL, "stop at the first answer that came without a relay"},
	{0},
};

static const struct cli_option netcheck_options[] = {
	{"long", NULL, "also how long the router keeps a quiet flow: takes minutes"},
	{0},
};

static const struct cli_option pipe_options[] = {
	PATH_OPTION,
	{"name", "NAME", "of several between the same two nodes, the one of this name; ~NAME: of "
			 "any user there and here"},
	{"wait", "SECONDS", "for the other end (default: as long as it takes)"},
	{0},
};

static const struct cli_option forward_options[] = {
	PATH_OPTION,
	{"token", "FILE", "a token that lets this node reach it there"},
	{"any-user", NULL, "let every user of this machine come to PORT"},
	{0},
};

static const struct cli_option trace_options[] = {
	{"count", "N", "how many of the nearest nodes (default 8)"},
	{0},
};

static const struct cli_option renew_all_options[] = {
	{"all", NULL,
	 "the identity record, all names claimed from here, all sites of yours that the node "
	 "keeps"},
	{"force", NULL, "also what is not past half of its term"},
	{"quiet", NULL, "print nothing when nothing was renewed"},
	OPTION_TTL,
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_options[] = {
	OPTION_HUB,
	{0},
};

const struct cli_command node_commands[] = {
	{"up", "", 0, 0, "start the node in the background and wait until it answers",
	 "geonetd is looked for beside this program, then in PATH. Its log is DATA/geonetd.log. A "
	 "node that runs already is left alone.\n",
	 "  geonet up                                      a node with all defaults\n"
	 "  geonet up --bootstrap seed.example.net:7777    join a network\n"
	 "  geonet up --data /tmp/n1 --port 0 --http 0 --probation 0   one for experiments\n",
	 up_options, cmd_up},
	{"down", "", 0, 0, "stop the node after it has written everything",
	 NULL,
	 "  geonet down\n"
	 "  geonet down --data /tmp/n1\n",
	 NULL, cmd_down},
	{"status", "", 0, 0, "the node in one look",
	 NULL,
	 "  geonet status\n"
	 "  geonet status --json | jq -r .node.key      to give to others\n",
	 NULL, cmd_status},
	{"doctor", "", 0, 0, "what is wrong here, and what to do about it",
	 "Looks at node, network, clock, ports and disk, at what ends soon of what is yours, and "
	 "whether the hubs that the wallet knows answer (or the one that\n"
	 "--hub or $GEONET_HUB names). Each finding is a sentence and a next step. Nothing is "
	 "written. Exit 0: all is well, 1: something is not.\n",
	 "  geonet doctor\n"
	 "  geonet doctor --json | jq -r '.findings[].next'\n",
	 hub_options, cmd_doctor},
	{"peers", "", 0, 0, "the nodes that this one has links with",
	 NULL,
	 "  geonet peers\n"
	 "  geonet peers --all\n",
	 peers_options, cmd_peers},
	{"ping", "NODE", 1, 1, "is that node there, by which way, and how long does it take",
	 "NODE is a node's key or id, as geonet status shows them there, or the beginning of one "
	 "that geonet peers --all shows here; of a node that this network has not met, the key. A "
	 "session "
	 "is begun if there is none: directly, or by a relay at which\n"
	 "the node has a place. One line a second: the round trip, what carries it (udp, or relay "
	 "and its key), where it goes and why. Exit 5: no answer in time, 1: no way that "
	 "the rules about paths allow.\n",
	 "  geonet ping 5c1f\n"
	 "  geonet ping --until-direct --count 20 5c1f    wait for a path without a relay\n"
	 "  geonet ping --json --count 1 5c1f | jq .replies[0].rtt_ms\n",
	 ping_options, cmd_ping},
	{"path", "[NODE [RULE]]", 0, 2, "by which ways sessions with a node may go",
	 "RULE is any, or some of direct, lan (direct, on this network), relay and tls, with "
	 "commas between them; and metered=yes, ask or no (may it cost money), relays=1 or 2.\n"
	 "relay: that node is not shown this machine's address. It holds at once and after a "
	 "restart; of the node's own (setting path), this, that of a contact (geonet contacts "
	 "path) and an option --path the\n"
	 "narrowest wins. Without RULE the present one is shown, without NODE all of them.\n",
	 "  geonet path 5c1f relay\n"
	 "  geonet path 5c1f any\n"
	 "  geonet path --json | jq .rules\n",
	 NULL, cmd_path},
	{"netcheck", "", 0, 0, "how others reach this node, and what stands in the way",
	 "Other nodes are asked to send to this one, and what comes says how it is reached: "
	 "directly, or what the router before it lets in. Takes up to 5 seconds;\n"
	 "within a minute of the last time that is shown. Nothing is changed.\n",
	 "  geonet netcheck\n"
	 "  geonet netcheck --long --json | jq .lifetime_s\n"
	 "  geonet netcheck --json | jq -r .reached\n",
	 netcheck_options, cmd_netcheck},
	{"pipe", "NODE", 1, 1, "join two commands at two nodes: what goes in here comes out there",
	 "Both run it, each with the other's NODE (as for geonet ping), in any order: stdin goes "
	 "to the other's stdout, and back. A direction ends with its input,\n"
	 "the command when both have ended. Words about it go to stderr, with --json the sums. "
	 "Exit 1: the other end or the way to it went, 5: it did not come.\n",
	 "  tar c photos | geonet pipe 5c1f          here\n"
	 "  geonet pipe a07e < /dev/null | tar x     there\n",
	 pipe_options, cmd_pipe},
	{"forward", "PORT NODE [HOST:]PORT", 3, 3,
	 "listen on a port of this machine for something that NODE reaches",
	 "Each connection to 127.0.0.1:PORT becomes one that NODE makes to HOST:PORT (HOST: "
	 "localhost), 64 at once, until the command ends. NODE does that for whom\n"
	 "its setting forward names, or who has a token of forward/HOST/PORT to use by its issuer. "
	 "PORT 0 takes a free one.\n",
	 "  geonet forward 8080 5c1f 80              its web server, at http://localhost:8080/\n"
	 "  geonet up --forward localhost:80         there: what makes that allowed\n",
	 forward_options, cmd_forward},
	{"give", "[NAME VALUE | refuse add|remove HASH | refuse list]", 0, 3,
	 "what the node does for others, and how much it gave",
	 "NAME is relay (off, small, tokens, commons), rate (bytes a second of each lane), month "
	 "(bytes in all), hold (nothing, or bytes of others' blocks), turn (on, off)\n"
	 "or metered (yes, no). It holds at once and after a restart, and goes before the options "
	 "of geonet up and the file of settings. "
	 "At 90 % of the month bulk ends, at all of it the rest.\n"
	 "What is refused, by the hash of a block, file or site's manifest or the key of a record, "
	 "is neither held nor given.\n",
	 "  geonet give\n"
	 "  geonet give relay commons\n"
	 "  geonet give month 100G\n"
	 "  geonet give hold nothing\n"
	 "  geonet give refuse list\n"
	 "  geonet give --json | jq .months[0]\n",
	 NULL, cmd_give},
	{"open", "", 0, 0,
	 "print the address of the node's page, with the key that shows its owner everything",
	 "The part after # stays in your browser. Whoever has the address may do everything with "
	 "the node.\n",
	 "  geonet open\n"
	 "  xdg-open \"$(geonet open)\"\n",
	 NULL, cmd_open},
	{"put", "FILE|-", 1, 1, "store a record signed by you",
	 "Prints the record's key. OWNER/LABEL finds it too. At most 65024 bytes; sites take what "
	 "is larger. A node keeps 256 records and\n"
	 "1 MiB of one owner, until they expire.\n",
	 "  echo hello | geonet put --label greeting -\n"
	 "  geonet put --w 5 --ttl 3600 note.txt\n",
	 put_options, cmd_put},
	{"get", "KEY|OWNER/LABEL|@LABEL", 1, 1, "print a record's content, verified",
	 "OWNER is a PID, a name or a key in hex; @LABEL is your own. Nothing but the content "
	 "goes to stdout.\n",
	 "  geonet get alice.geo/greeting\n"
	 "  geonet get --quorum 4 -o note.txt @note\n",
	 get_options, cmd_get},
	{"trace", "KEY|NAME|PID", 1, 1, "the way a lookup takes through the network",
	 NULL,
	 "  geonet trace alice.geo\n",
	 trace_options, cmd_trace},
	{"renew", "[NAME|@LABEL|id...]", 0, -1,
	 "keep what is yours for another term: identity, names, sites",
	 "What is past half of its term is signed anew and put again, the rest is left alone; "
	 "nothing else changes. For a timer: once a day is plenty.\n"
	 "With --all the list of the tokens that you revoked is kept, too: without it they count "
	 "again.\n"
	 "With --all a name that you handed over and a site that never came out whole are told of "
	 "and skipped; the name is no longer listed after that.\n"
	 "Exit 0: all is well, 1: something could not be renewed (the others were).\n",
	 "  geonet renew --all\n"
	 "  geonet renew alice @blog id\n"
	 "  17 4 * * *  GEONET_PASSPHRASE_FILE=$HOME/.geonet-pass geonet renew --all --quiet    "
	 "in a crontab\n",
	 renew_all_options, cmd_renew},
	{0},
};

const struct cli_command guard_commands[] = {
	{"status", "", 0, 0, "how much strangers ask of the node, and what they owe",
	 NULL,
	 "  geonet guard status\n"
	 "  geonet guard status --json | jq .effort\n",
	 NULL, cmd_guard_status},
	{"list", "", 0, 0, "who asks most, and who is allowed anything",
	 "Work is in units of 1 us of this machine's CPU or 1 KiB of its memory for a second.\n",
	 "  geonet guard list\n",
	 NULL, cmd_guard_list},
	{"why", "WHO", 1, 1, "is WHO refused, by which limit, and until when",
	 "WHO is an address (with or without a port), a prefix, or the key or id of a node: 8 hex "
	 "digits or more.\n",
	 "  geonet guard why 203.0.113.7\n"
	 "  geonet guard why 1a2b3c4d\n",
	 NULL, cmd_guard_why},
	{"allow", "WHO", 1, 1, "no limit for WHO for a while",
	 "It is kept over a restart.\n",
	 "  geonet guard allow 203.0.113.0/24 --hours 12\n"
	 "  geonet guard allow 1a2b3c4d --hours 0\n",
	 allow_options, cmd_guard_allow},
	{"forgive", "WHO", 1, 1, "what WHO has asked for is forgotten",
	 NULL,
	 "  geonet guard forgive 203.0.113.7\n",
	 NULL, cmd_guard_forgive},
	{0},
};
