/* geonet: the command table and the program's frame. */
#include "geonet/frame/frame.h"
#include "geonet/hub/commands.h"
#include "geonet/identity/commands.h"
#include "geonet/identity/own.h"
#include "geonet/name/commands.h"
#include "geonet/node/commands.h"
#include "geonet/site/commands.h"
#include "geonet/wallet/commands.h"
#include "os/os.h"

#include <curl/curl.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const struct cli_option cli_global[] = {
	{"data", "DIR",
	 "the node's data (default $GEONET_DATA, then $XDG_DATA_HOME/geonet, "
	 "~/.local/share/geonet)"},
	{"json", NULL, "print one JSON document instead of text"},
	{"help", NULL, "what a command does, its options, examples"},
	{0},
};

#define PASSPHRASE                                                                                 \
	{"passphrase-file", "FILE",                                                                \
	 "read the identity's passphrase from FILE (also $GEONET_PASSPHRASE_FILE)"}
#define W                                                                                          \
	{"w", "N",                                                                                 \
	 "how many nodes must sign that they keep it, 1 to 8 (default: the node's own --w, 5)"}
#define TTL {"ttl", "SECONDS", "how long it lives without renewal (default 30 days)"}
#define NONE {0}

static const struct cli_option up_options[] = {
	{"bootstrap", "HOST:PORT", "a node to begin with; may be given 16 times"},
	{"port", "N", "UDP port for other nodes; 0 takes a free one (default 7777)"},
	{"http", "N",
	 "loopback port of page, API and gateway; 0 takes a free one, off none "
	 "(default 7780)"},
	{"advertise", "HOST:PORT",
	 "how others reach this node, if not by this machine's addresses"},
	{"store-limit", "BYTES", "room for what is kept for others, with K, M, G, T (default 10G)"},
	{"probation", "SECONDS", "client mode after the start (default 600)"},
	{"pow-bits", "N", "proof of work of node keys, the same in the whole network (default 22)"},
	{"w", "N", "how many nodes must sign a record when nothing else is asked (default 5)"},
	{"guard", "on|cookie|off", "how strangers and peers are held to their share (default on)"},
	{"guard-local", "exempt|count",
	 "do loopback and private networks have shares too (default "
	 "exempt)"},
	{"config", "FILE", "settings as \"name = value\" lines"},
	{"log", "LEVEL", "debug, info, warn or error"},
	{"log-file", "FILE",
	 "write the log to the end of FILE instead of stderr; SIGHUP opens it "
	 "anew"},
	{"foreground", NULL, "become the node instead of starting it in the background"},
	NONE,
};
static const struct cli_option allow_options[] = {
	{"hours", "N", "for how long (default 1); 0 takes it back"},
	NONE,
};
static const struct cli_option peers_options[] = {{"all", NULL, "known nodes without a link too"},
						  NONE};
static const struct cli_option put_options[] = {
	{"label", "L", "the record's name among yours (default empty)"},
	{"type", "N", "its type, 16 or higher (default 16)"},
	{"ttl", "SECONDS", "how long it lives, 60 s to 30 days (default one day)"},
	{"seq", "N", "its version (default: the time in milliseconds)"},
	W,
	PASSPHRASE,
	NONE,
};
static const struct cli_option get_options[] = {
	{"quorum", "N", "how many holders must agree on the newest version"},
	{"type", "N", "the record's type (default 16)"},
	{"output", "FILE", "write to FILE instead of stdout; also -o"},
	PASSPHRASE,
	NONE,
};
static const struct cli_option trace_options[] = {{"count", "N",
						   "how many of the nearest nodes "
						   "(default 8)"},
						  NONE};
static const struct cli_option id_new_options[] = {
	{"no-passphrase", NULL, "protect the key file by its mode alone"},
	{"passphrase-file", "FILE",
	 "take the passphrase from FILE instead of asking (also "
	 "$GEONET_PASSPHRASE_FILE)"},
	{"show-phrase", NULL, "print the 24 words even when stdout is no terminal"},
	{"no-publish", NULL, "do not publish the identity record now"},
	NONE,
};
static const struct cli_option id_import_options[] = {
	{"no-passphrase", NULL, "protect the key file by its mode alone"},
	{"passphrase-file", "FILE",
	 "take the passphrase from FILE instead of asking (also "
	 "$GEONET_PASSPHRASE_FILE)"},
	{"no-publish", NULL, "do not publish the identity record now"},
	NONE,
};
static const struct cli_option id_publish_options[] = {
	{"name", "TEXT", "a display name"},
	{"vouch-node", NULL, "say that the running node is yours"},
	{"force", NULL, "publish even if a newer program's record says what would be lost"},
	TTL,
	W,
	PASSPHRASE,
	NONE,
};
static const struct cli_option pass_options[] = {PASSPHRASE, NONE};
static const struct cli_option name_edit_options[] = {
	{"site", "LABEL",
	 "point to your site of that label (\"\" is the default one), or "
	 "OWNER/LABEL"},
	{"txt", "TEXT", "a TXT entry; may repeat"},
	{"entry-ttl", "SECONDS", "how long resolvers may keep the entries (default 3600)"},
	TTL,
	W,
	PASSPHRASE,
	NONE,
};
static const struct cli_option resolve_options[] = {
	{"fresh", NULL, "ask the network, not the cache"}, NONE};
static const struct cli_option renew_all_options[] = {
	{"all", NULL,
	 "the identity record, all names claimed from here, all sites of yours that "
	 "the node keeps"},
	{"force", NULL, "also what is not past half of its term"},
	{"quiet", NULL, "print nothing when nothing was renewed"},
	TTL,
	W,
	PASSPHRASE,
	NONE,
};
static const struct cli_option renew_options[] = {TTL, W, PASSPHRASE, NONE};
static const struct cli_option transfer_options[] = {
	{"output", "FILE", "write the transfer to FILE instead of stdout; also -o"},
	PASSPHRASE,
	NONE};
static const struct cli_option accept_options[] = {W, PASSPHRASE, NONE};
static const struct cli_option publish_options[] = {
	{"label", "L", "which of your sites (default: the default one, without a label)"},
	{"name", "NAME", "make this name point to it, claiming it if it is free"},
	{"copies", "N", "nodes that keep each block (default 3)"},
	{"entry", "PATH", "the file that opens first (default index.html)"},
	{"not-found", "PATH", "the page for what is not there (default 404.html)"},
	{"header", "RULE", "\"GLOB NAME: VALUE\", an HTTP header for matching paths; may repeat"},
	{"type", "RULE",
	 "\"GLOB TYPE\", the content type of matching paths; may repeat, the first "
	 "counts"},
	{"hidden", NULL, "take files that begin with a dot too"},
	TTL,
	W,
	PASSPHRASE,
	NONE,
};
static const struct cli_option show_options[] = {
	{"version", "N", "an earlier version's files"}, PASSPHRASE, NONE};
static const struct cli_option site_get_options[] = {
	{"label", "L",
	 "the site of that label (default: the one that a name points to, or the "
	 "default one)"},
	{"output", "PATH",
	 "where to (default: a folder called as the site; a single file goes to "
	 "stdout); also -o"},
	PASSPHRASE,
	NONE};
static const struct cli_option rollback_options[] = {
	{"copies", "N", "nodes that keep each block (default 3)"}, TTL, W, PASSPHRASE, NONE};

static const struct cli_option remove_options[] = {W, PASSPHRASE, NONE};

#define HUB {"hub", "URL", "the hub (default $GEONET_HUB, then http://127.0.0.1:7790)"}
#define REASON {"reason", "TEXT", "why, for the audit log"}

static const struct cli_option hub_run_options[] = {
	{"http", "N", "loopback port of the API; 0 takes a free one (default 7790)"},
	{"history", "WHERE", "sqlite (default), or \"postgresql CONNECTION-STRING\""},
	{"config", "FILE",
	 "settings as \"name = value\" lines (default DATA/hub/hub.conf if it is "
	 "there)"},
	{"accept-v0", "yes|no",
	 "a new ledger takes the old signature profile geo-v0 too (default "
	 "no)"},
	{"access-seconds", "N", "life of an access token (default 3600)"},
	{"refresh-seconds", "N", "life of a refresh token (default 30 days)"},
	{"rate-key", "N",
	 "requests a minute of one key, a tenth at once, 0 no bound (default 6000)"},
	{"rate-address", "N",
	 "requests a minute of one address without a token, a tenth at once "
	 "(default 600)"},
	{"rate-failed", "N", "payments a minute of one key that may fail, 0 no bound (default 60)"},
	{"rate-day", "N",
	 "payments and other signed operations a day of one key, 0 no bound "
	 "(default 20000)"},
	{"registration", "open|officers",
	 "who lets newcomers in: anybody himself, or an operator "
	 "with hub admit (default open)"},
	{"trust-proxy", "yes|no",
	 "believe X-Forwarded-For: only behind a proxy that sets it "
	 "(default no)"},
	{"host-name", "NAME",
	 "a name under which a proxy asks the hub, besides localhost; may be "
	 "given 8 times"},
	{"memory-mib", "N", "memory of the ledger (default 4096)"},
	{"log", "LEVEL", "debug, info, warn or error"},
	{"log-file", "FILE",
	 "write the log to the end of FILE instead of stderr; SIGHUP opens it "
	 "anew"},
	{"ready-fd", "N", "write \"ready PORT\" to this file descriptor once the API answers"},
	NONE,
};
static const struct cli_option hub_options[] = {HUB, NONE};
static const struct cli_option hub_equivalent_options[] = {
	{"precision", "N", "decimals, 0 to 8 (default 2)"},
	{"description", "TEXT", "what it stands for"},
	{"symbol", "TEXT", "its sign"},
	{"metadata", "JSON", "an object of whatever else belongs to it, whole"},
	REASON,
	HUB,
	PASSPHRASE,
	NONE};
static const struct cli_option hub_role_options[] = {
	{"name", "TEXT", "the officer's name"}, REASON, HUB, PASSPHRASE, NONE};
static const struct cli_option hub_verify_options[] = {{"as", "DIR",
							"the directory of the "
							"identity that asks the hub "
							"(default DATA)"},
						       HUB,
						       PASSPHRASE,
						       NONE};
static const struct cli_option hub_act_options[] = {REASON, HUB, PASSPHRASE, NONE};
static const struct cli_option hub_end_options[] = {
	{"end", NULL, "take it back"}, REASON, HUB, PASSPHRASE, NONE};
static const struct cli_option hub_abort_options[] = {{"initiator", "PID",
						       "who signed it, when it "
						       "is named by its tx_id"},
						      REASON,
						      HUB,
						      PASSPHRASE,
						      NONE};
static const struct cli_option hub_clear_options[] = {
	{"cycles", NULL, "only cycles of at most six, as the schedule does"},
	{"budget-ms", "N", "take what is found in this time, at most 600000 (default: to the end)"},
	REASON,
	HUB,
	PASSPHRASE,
	NONE};
static const struct cli_option hub_log_options[] = {{"count", "N",
						     "the last N, at most 200 "
						     "(default 50)"},
						    HUB,
						    PASSPHRASE,
						    NONE};
static const struct cli_option hub_tx_options[] = {
	{"type", "TYPE",
	 "PAYMENT, TRUST_LINE_CREATE, TRUST_LINE_UPDATE, TRUST_LINE_CLOSE or "
	 "CLEARING"},
	{"state", "STATE",
	 "NEW, ROUTED, PREPARE_IN_PROGRESS, PROPOSED, WAITING_CONFIRMATIONS, "
	 "COMMITTED, ABORTED or REJECTED"},
	{"equivalent", "CODE", "of this equivalent alone"},
	{"initiator", "PID", "signed by this participant"},
	{"tx-id", "ID", "this one"},
	{"from", "DATE", "not before this day or moment (UTC)"},
	{"to", "DATE", "not after it"},
	{"count", "N", "so many of a page, at most 200 (default 50)"},
	{"page", "N", "this page (default 1)"},
	HUB,
	PASSPHRASE,
	NONE};
static const struct cli_option wallet_options[] = {HUB, PASSPHRASE, NONE};
static const struct cli_option wallet_join_options[] = {
	{"name", "NAME", "the name that others see"},
	{"type", "TYPE",
	 "person (default), business "
	 "or hub"},
	{"print", NULL, "write the signed request out instead of sending it; good for a day"},
	HUB,
	PASSPHRASE,
	NONE};
static const struct cli_option wallet_profile_options[] = {
	{"name", "NAME", "the name that others see, from now on"},
	{"set", "KEY=TEXT", "a line of the profile; without TEXT it goes; may repeat"},
	HUB,
	PASSPHRASE,
	NONE};
static const struct cli_option wallet_trust_options[] = {
	{"clearing", NULL, "debts on this line are cleared without asking me (the default)"},
	{"no-clearing", NULL, "ask me before debts on this line are cleared"},
	{"routing", NULL, "payments of others may pass through me over this line (the default)"},
	{"no-routing", NULL, "no payment of others passes through me over this line"},
	{"ask", NULL, "ask me for every payment over this line"},
	{"no-ask", NULL, "do not ask me (the default)"},
	{"daily-limit", "AMOUNT|none", "the most that may move over it in one day (UTC)"},
	{"max-hop", "AMOUNT|none", "the most that one payment of others may move over it"},
	{"block", "PID", "no path over this line has this participant in it; may repeat"},
	{"unblock", "PID|all", "take that back; may repeat"},
	{"freeze", NULL, "no new debt for now"},
	{"unfreeze", NULL, "new debt again"},
	{"close", NULL, "no new debt, and closed once it is repaid"},
	HUB,
	PASSPHRASE,
	NONE,
};
static const struct cli_option wallet_pay_options[] = {
	{"note", "TEXT", "what it is for, at most 1024 bytes; payer, payee and hub see it"},
	{"wait", "SECONDS",
	 "how long those who are asked may take, at most a day and what the hub "
	 "allows; without it the hub's (60)"},
	{"tx-id", "ID",
	 "the payment's id, made when absent: the same id cannot be paid twice; 1 "
	 "to 64 of A-Z a-z 0-9 . _ : -"},
	{"again", NULL, "pay a request once more that you paid before"},
	HUB,
	PASSPHRASE,
	NONE,
};
static const struct cli_option wallet_request_options[] = {
	{"note", "TEXT", "what it is for, at most 1024 bytes"},
	{"no-qr", NULL, "the address alone"},
	HUB,
	PASSPHRASE,
	NONE};
static const struct cli_option wallet_list_options[] = {{"equivalent", "CODE",
							 "of this equivalent "
							 "alone"},
							HUB,
							PASSPHRASE,
							NONE};
static const struct cli_option wallet_history_options[] = {
	{"equivalent", "CODE", "of this equivalent alone"},
	{"count", "N",
	 "at most so many "
	 "(default 50)"},
	HUB,
	PASSPHRASE,
	NONE};

static int cmd_help(struct cli *cli);
static int cmd_version(struct cli *cli);

const struct cli_command cli_commands[] = {
	{"up", "", 0, 0, "start the node in the background and wait until it answers",
	 "geonetd is looked for beside this program, then in PATH. Its log is DATA/geonetd.log. A "
	 "node that runs "
	 "already is left alone.\n",
	 "  geonet up                                      a node with all defaults\n"
	 "  geonet up --bootstrap seed.example.net:7777    join a network\n"
	 "  geonet up --data /tmp/n1 --port 0 --http 0 --probation 0   one for experiments\n",
	 up_options, cmd_up},
	{"down", "", 0, 0, "stop the node after it has written everything", NULL,
	 "  geonet down\n  geonet down --data /tmp/n1\n", NULL, cmd_down},
	{"status", "", 0, 0, "the node in one look", NULL,
	 "  geonet status\n  geonet status "
	 "--json | jq .node.id\n",
	 NULL, cmd_status},
	{"doctor", "", 0, 0, "what is wrong here, and what to do about it",
	 "Looks at node, network, clock, ports and disk, at what ends soon of what is yours, and "
	 "whether the hubs that the wallet knows answer (or the one that\n"
	 "--hub or $GEONET_HUB names). Each finding is a sentence and a next step. Nothing is "
	 "written. Exit 0: all is well, 1: something is not.\n",
	 "  geonet doctor\n  geonet doctor --json | jq -r '.findings[].next'\n", hub_options,
	 cmd_doctor},
	{"peers", "", 0, 0, "the nodes that this one has links with", NULL,
	 "  geonet peers\n  "
	 "geonet peers --all\n",
	 peers_options, cmd_peers},
	{"open", "", 0, 0,
	 "print the address of the node's page, with the key that shows its "
	 "owner everything",
	 "The part after # stays in your browser. Whoever has the address may do everything with "
	 "the node.\n",
	 "  geonet open\n  xdg-open \"$(geonet open)\"\n", NULL, cmd_open},
	{"guard status", "", 0, 0, "how much strangers ask of the node, and what they owe", NULL,
	 "  geonet guard status\n  geonet guard status --json | jq .effort\n", NULL,
	 cmd_guard_status},
	{"guard list", "", 0, 0, "who asks most, and who is allowed anything",
	 "Work is in units of 1 us of this machine's CPU or 1 KiB of its memory for a second.\n",
	 "  geonet guard list\n", NULL, cmd_guard_list},
	{"guard why", "WHO", 1, 1, "is WHO refused, by which limit, and until when",
	 "WHO is an address (with or without a port), a prefix, or the key or id of a node: 8 hex "
	 "digits or more.\n",
	 "  geonet guard why 203.0.113.7\n  geonet guard why 1a2b3c4d\n", NULL, cmd_guard_why},
	{"guard allow", "WHO", 1, 1, "no limit for WHO for a while", "It is kept over a restart.\n",
	 "  geonet guard allow 203.0.113.0/24 --hours 12\n"
	 "  geonet guard allow 1a2b3c4d --hours 0\n",
	 allow_options, cmd_guard_allow},
	{"guard forgive", "WHO", 1, 1, "what WHO has asked for is forgotten", NULL,
	 "  geonet guard forgive 203.0.113.7\n", NULL, cmd_guard_forgive},
	{"id new", "", 0, 0, "make your identity and its 24 words",
	 "The key file is DATA/identity.key, sealed by a passphrase. The words are shown once, on "
	 "a terminal or with "
	 "--show-phrase. When a node is\n"
	 "running the identity record is published.\n",
	 "  geonet id new\n  geonet id new --no-passphrase --show-phrase    for a machine that "
	 "nobody sits at\n",
	 id_new_options, cmd_id_new},
	{"id show", "[PID|NAME]", 0, 1, "your identity, or what another's says of itself", NULL,
	 "  geonet id show\n  geonet id show alice.geo\n", pass_options, cmd_id_show},
	{"id publish", "", 0, 0, "publish your identity record again, renewed",
	 "What it said before is kept unless an option changes it.\n",
	 "  geonet id publish\n  geonet id publish --name \"Alice\" --vouch-node\n",
	 id_publish_options, cmd_id_publish},
	{"id export", "", 0, 0, "print your 24 words", "Whoever reads them is you.\n",
	 "  geonet id export\n", pass_options, cmd_id_export},
	{"id import", "[FILE|-]", 0, 1, "make the key file from 24 words",
	 "The words are read from FILE, from stdin, or asked for on the terminal.\n",
	 "  geonet id import\n  geonet id import --no-passphrase words.txt\n", id_import_options,
	 cmd_id_import},
	{"put", "FILE|-", 1, 1, "store a record signed by you",
	 "Prints the record's key. OWNER/LABEL finds it too. At most 65024 bytes; sites take what "
	 "is larger. A node keeps 256 records and\n"
	 "1 MiB of one owner, until they expire.\n",
	 "  echo hello | geonet put --label greeting -\n  geonet put --w 5 --ttl 3600 note.txt\n",
	 put_options, cmd_put},
	{"get", "KEY|OWNER/LABEL|@LABEL", 1, 1, "print a record's content, verified",
	 "OWNER is a PID, a name or a key in hex; @LABEL is your own. Nothing but the content goes "
	 "to stdout.\n",
	 "  geonet get alice.geo/greeting\n  geonet get --quorum 4 -o note.txt @note\n",
	 get_options, cmd_get},
	{"name claim", "NAME [TYPE=VALUE...]", 1, -1, "claim a free name, with what it points to",
	 "A claim carries a puzzle that takes a second or two. The name is yours for 30 days and "
	 "must be renewed "
	 "before; after that there are 30\n"
	 "days in which only you can renew it. When it looks like another name that this node has "
	 "seen (rn like m, 1 like l) you are warned. What a global name cannot promise is told in "
	 "docs/spec/services.md.\n",
	 "  geonet name claim alice --site \"\"\n  geonet name claim alice A=203.0.113.7 "
	 "TXT=hello\n",
	 name_edit_options, cmd_name_claim},
	{"name set", "NAME [TYPE=VALUE...]", 1, -1, "change what a name of yours points to",
	 "A type that is named replaces all its entries; TYPE= removes them. Names below one of "
	 "yours (blog.alice) and "
	 "your PID need no claim.\n",
	 "  geonet name set alice TXT=one TXT=two A=\n  geonet name set blog.alice --site blog\n",
	 name_edit_options, cmd_name_set},
	{"name resolve", "NAME [TYPE]", 1, 2, "what a name points to, and whose it is",
	 "With TYPE only the values are printed, one in a line. For five minutes at most a node "
	 "answers from what it found before, and says how old that is.\n",
	 "  geonet name resolve alice\n  geonet name resolve alice.geo TXT\n", resolve_options,
	 cmd_name_resolve},
	{"name renew", "NAME", 1, 1, "keep a name for another term", NULL,
	 "  geonet name renew "
	 "alice\n",
	 renew_options, cmd_name_renew},
	{"name transfer", "NAME OWNER", 2, 2, "sign a name over to another (first of two steps)",
	 "OWNER is a PID, a name or a key in hex. Give the file that this makes to the new owner, "
	 "who takes the name "
	 "with `geonet name accept`.\n"
	 "Its entries, SITE among them, stay as they are until the new owner sets others; take out "
	 "before what he shall not have:\n"
	 "geonet name set NAME SITE=\n",
	 "  geonet name transfer alice 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd -o "
	 "alice.transfer\n",
	 transfer_options, cmd_name_transfer},
	{"name accept", "FILE|-", 1, 1, "take a name that was signed over to you (second step)",
	 "It points where the owner before had it until you set other entries.\n",
	 "  geonet name accept alice.transfer\n", accept_options, cmd_name_accept},
	{"name list", "", 0, 0, "the names that were claimed from here", NULL,
	 "  geonet name "
	 "list\n",
	 NULL, cmd_name_list},
	{"name forget", "NAME", 1, 1, "take a name off that list: it is renewed from here no more",
	 "Nothing else changes: a name that is yours stays so to the end of its term. Needs no "
	 "node.\n",
	 "  geonet name forget alice\n", NULL, cmd_name_forget},
	{"site publish", "DIR", 1, 1, "publish a folder, or what changed in it",
	 "Files are hashed here, sent to the node and spread over the network; only when enough "
	 "nodes have signed for "
	 "every block does the site\n"
	 "change, at once. Publishing again sends what is new. Links, devices and unusable names "
	 "are refused with "
	 "their path.\n",
	 "  geonet site publish ./public --name alice\n  geonet site publish ./blog --label blog "
	 "--copies 5\n"
	 "  geonet site publish . --header \"*.html Cache-Control: no-store\"\n",
	 publish_options, cmd_site_publish},
	{"site list", "", 0, 0, "the sites that this node keeps published", NULL,
	 "  geonet site list\n", NULL, cmd_site_list},
	{"site show", "NAME|PID[/LABEL]|@LABEL", 1, 1, "a site's versions and files", NULL,
	 "  geonet site show alice\n  geonet site show @blog --version 3\n", show_options,
	 cmd_site_show},
	{"site get", "NAME|PID[/PATH]", 1, 1, "fetch a site or a file of it, verified",
	 "With --label it is that site of whoever NAME or PID belongs to.\n",
	 "  geonet site get alice -o copy\n  geonet site get alice/index.html | less\n"
	 "  geonet site get 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd/index.html --label blog\n",
	 site_get_options, cmd_site_get},
	{"site rollback", "LABEL|- [VERSION]", 1, 2,
	 "put an earlier version of a site of yours on "
	 "top again",
	 "\"-\" is the default site. Without VERSION: the one before.\n",
	 "  geonet site rollback - \n  geonet site rollback blog 3\n", rollback_options,
	 cmd_site_rollback},
	{"site remove", "LABEL|-", 1, 1, "take a site of yours down, and its blocks off this node",
	 "\"-\" is the default site. It can no longer be opened a minute later; copies that others "
	 "keep fade by themselves.\n"
	 "A site that has ended, or never came out whole, is forgotten by this too.\n",
	 "  geonet site remove -\n  geonet site remove blog\n", remove_options, cmd_site_remove},
	{"renew", "[NAME|@LABEL|id...]", 0, -1,
	 "keep what is yours for another term: identity, "
	 "names, sites",
	 "What is past half of its term is signed anew and put again, the rest is left alone; "
	 "nothing else changes. For a timer: once a day "
	 "is plenty.\n"
	 "With --all a name that you handed over and a site that never came out whole are told of "
	 "and skipped; the name is no longer listed after that.\n"
	 "Exit 0: all is well, 1: something could not be renewed (the others were).\n",
	 "  geonet renew --all\n  geonet renew alice @blog id\n"
	 "  17 4 * * *  GEONET_PASSPHRASE_FILE=$HOME/.geonet-pass geonet renew --all --quiet    in "
	 "a crontab\n",
	 renew_all_options, cmd_renew},
	{"trace", "KEY|NAME|PID", 1, 1, "the way a lookup takes through the network", NULL,
	 "  geonet trace alice.geo\n", trace_options, cmd_trace},
	{"hub run", "", 0, 0, "run a community's hub: its ledger and API",
	 "Runs until SIGTERM. Its data is DATA/hub, made at the first start. Put a TLS proxy "
	 "before it to serve others; docs/spec/hub.md.\n",
	 "  geonet hub run\n"
	 "  geonet hub run --http 0 --history \"postgresql host=db dbname=hub\"\n",
	 hub_run_options, cmd_hub_run},
	{"hub init", "", 0, 0, "make a hub's keys without running it", NULL, "  geonet hub init\n",
	 NULL, cmd_hub_init},
	{"hub status", "", 0, 0, "is the hub well?", NULL, "  geonet hub status\n", hub_options,
	 cmd_hub_status},
	{"hub verify", "", 0, 0, "replay the hub's journal and prove it",
	 "From the first record: every signature, checkpoint and invariant. Of a running hub a "
	 "copy of the journal is read.\n"
	 "It is compared with the running hub (which an officer or participant may ask: --as DIR), "
	 "else with its history and last checkpoint. When nothing tells how far it\n"
	 "should go, or --hub was given and could not be asked, the exit status is 1.\n",
	 "  geonet hub verify\n  geonet hub verify --json | jq .state_hash\n  geonet hub verify "
	 "--data /srv/hub --hub https://hub.example.net --as ~/.geonet\n",
	 hub_verify_options, cmd_hub_verify},
	{"hub export", "FILE|-", 1, 1, "write the journal to one file",
	 "It holds what participants signed, no secret of the hub.\n",
	 "  geonet hub export "
	 "journal.gnx\n",
	 NULL, cmd_hub_export},
	{"hub import", "FILE|-", 1, 1,
	 "bring an exported journal into an empty directory, and "
	 "prove it",
	 NULL, "  geonet hub import --data /srv/audit journal.gnx\n", NULL, cmd_hub_import},
	{"hub equivalent", "ACTION [CODE]", 1, 2,
	 "the units of account of the hub: list, add "
	 "CODE, set CODE, end CODE",
	 "What no option of set names stays as it is. An equivalent that was ended takes nothing "
	 "new, for good; debts in it can be repaid.\n",
	 "  geonet hub equivalent add HOUR --precision 2 --description \"an hour of work\"\n  "
	 "geonet hub equivalent set HOUR --metadata '{\"type\":\"time\"}'\n  geonet hub equivalent "
	 "list\n",
	 hub_equivalent_options, cmd_hub_equivalent},
	{"hub role", "ACTION [PID|KEY] [ROLE]", 1, 3,
	 "who governs the hub: list, grant PID ROLE, "
	 "revoke PID",
	 "ROLE is admin, operator or auditor. The first grant uses the bootstrap token on the "
	 "hub's own machine; from the first admin on, officers log in with their keys.\n",
	 "  geonet hub role grant 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd admin --reason "
	 "\"founder\"\n  geonet hub role list\n",
	 hub_role_options, cmd_hub_role},
	{"hub admit", "FILE|-", 1, 1, "let somebody in whose request wallet join --print wrote",
	 "For hubs with registration = officers: the newcomer signs, an operator or admin brings "
	 "it.\n",
	 "  geonet hub admit alice.json\n", wallet_options, cmd_hub_admit},
	{"hub suspend", "PID", 1, 1, "suspend a participant, or take that back",
	 "Whoever is suspended pays nothing, changes nothing and is passed by no payment.\n",
	 "  geonet hub suspend 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd --reason \"lost his "
	 "key\"\n  geonet hub suspend 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd --end\n",
	 hub_end_options, cmd_hub_suspend},
	{"hub delete", "PID", 1, 1, "delete a participant who owes and is owed nothing, for good",
	 "His name and what he did stay in the journal.\n",
	 "  geonet hub delete 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd --reason \"moved "
	 "away\"\n",
	 hub_act_options, cmd_hub_delete},
	{"hub level", "PID LEVEL", 2, 2, "say how well a participant is known to the hub, 0 to 255",
	 NULL,
	 "  geonet hub level 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 2 --reason \"came with a "
	 "passport\"\n",
	 hub_act_options, cmd_hub_level},
	{"hub dispute", "LINE", 1, 1, "freeze a trust line that is disputed, or take that back",
	 "LINE is the line's id, as wallet lines and hub tx show it. Its owner cannot end it.\n",
	 "  geonet hub dispute 00000001-0000-8000-8000-000000000001 --reason \"both were here\"\n",
	 hub_end_options, cmd_hub_dispute},
	{"hub abort", "KEY|TX_ID", 1, 1, "end a transaction that is still open",
	 "Nothing takes a committed one back.\n",
	 "  geonet hub abort 0123456789abcdef0123456789abcdef\n  geonet hub abort rent-11 "
	 "--initiator 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd\n",
	 hub_abort_options, cmd_hub_abort},
	{"hub clear", "EQUIVALENT", 1, 1,
	 "clear the most that can be cleared without asking "
	 "anybody",
	 NULL,
	 "  geonet hub clear HOUR --reason monthly\n  geonet hub clear HOUR --budget-ms 5000\n  "
	 "geonet hub clear HOUR --cycles\n",
	 hub_clear_options, cmd_hub_clear},
	{"hub offer", "EQUIVALENT", 1, 1, "offer a clearing to those who want to be asked", NULL,
	 "  geonet hub offer HOUR --reason monthly\n", hub_act_options, cmd_hub_offer},
	{"hub settings", "[NAME=VALUE...]", 0, -1, "the hub's settings, or change some",
	 "VALUE is a number, yes or no.\n",
	 "  geonet hub settings\n  geonet hub settings routing.max_hops=5 clearing.inline=no "
	 "--reason \"assembly of May\"\n",
	 hub_act_options, cmd_hub_settings},
	{"hub snapshot", "", 0, 0, "write a snapshot, so that the next start is short", NULL,
	 "  geonet hub snapshot\n", hub_act_options, cmd_hub_snapshot},
	{"hub log", "", 0, 0, "what officers did, the last first", NULL,
	 "  geonet hub log\n  "
	 "geonet hub log --json "
	 "--count 200\n",
	 hub_log_options, cmd_hub_log},
	{"hub tx", "", 0, 0, "transactions, the newest first: your own, or all for officers",
	 "With --json each as the source names its parts: tx_id, type, initiator, payload, "
	 "signatures, state, created_at.\n",
	 "  geonet hub tx\n  geonet hub tx --type CLEARING --state COMMITTED --count 10\n  geonet "
	 "hub tx --from 2026-11-01 --to 2026-11-30 --json\n",
	 hub_tx_options, cmd_hub_tx},
	{"hub gap", "EQUIVALENT", 1, 1,
	 "how much of the debts would clear now, and what cleared "
	 "so far",
	 NULL, "  geonet hub gap HOUR\n", wallet_options, cmd_hub_gap},
	{"hub people", "[TEXT]", 0, 1, "find people of the hub by their name",
	 "A name proves "
	 "nothing: money "
	 "goes by the PID "
	 "beside it.\n",
	 "  geonet hub people\n  geonet hub people bakery\n", wallet_options, cmd_hub_people},
	{"wallet join", "", 0, 0, "register your key with a hub",
	 "The hub's key is remembered in DATA/hubs.json; another key at the same address is "
	 "refused, and so is whoever does not prove that he has it.\n"
	 "With --print the signed request is written out for an officer of a hub that is not open "
	 "to all (geonet hub admit).\n",
	 "  geonet wallet join --name Alice\n  geonet wallet join --name Alice --print > "
	 "alice.json\n  geonet wallet join --name \"Corner Bakery\" --type business --hub "
	 "https://hub.example.net\n",
	 wallet_join_options, cmd_wallet_join},
	{"wallet trust", "WHO [LIMIT] EQUIVALENT", 2, 3,
	 "let WHO owe you up to LIMIT, or change "
	 "that line",
	 "WHO is a PID. Without LIMIT the limit stays. What no option names stays as it is.\n",
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 500 UAH\n"
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd UAH --no-routing "
	 "--daily-limit 100\n"
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd UAH --routing "
	 "--daily-limit none\n"
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd UAH --close\n",
	 wallet_trust_options, cmd_wallet_trust},
	{"wallet lines", "", 0, 0, "your trust lines, given and received",
	 "Limit, used, "
	 "available, status and "
	 "policies of each.\n",
	 "  geonet wallet lines\n"
	 "  geonet wallet lines --equivalent UAH --json | jq '.given[].to'\n",
	 wallet_list_options, cmd_wallet_lines},
	{"wallet pay", "WHO AMOUNT EQUIVALENT | geo://... [AMOUNT]", 1, 3,
	 "pay over the trust "
	 "lines",
	 "The payment is signed here; the hub finds the way. A request that names its amount takes "
	 "no other, and is paid once:\n"
	 "a repeat is told when it was paid, unless --again is given.\n"
	 "Exit 0: paid (or waiting for those who are asked), 1: nothing was paid, 6: the outcome "
	 "is not known, since the answer was lost or the hub\n"
	 "failed. The same command with the tx_id that was printed then tells it, or pays; it "
	 "cannot pay twice.\n",
	 "  geonet wallet pay 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 25.50 UAH --note "
	 "\"bread\"\n"
	 "  geonet wallet pay "
	 "'geo://pay/2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd?equivalent=UAH&hub=...' 25.50\n"
	 "  geonet wallet pay 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 25.50 UAH --tx-id "
	 "invoice-2026-117\n",
	 wallet_pay_options, cmd_wallet_pay},
	{"wallet request", "[AMOUNT] EQUIVALENT", 1, 2,
	 "ask to be paid: a geo:// address and its "
	 "QR code",
	 "Without AMOUNT the payer "
	 "chooses it, and may pay many "
	 "times; with it everybody who "
	 "has the address pays it once.\n",
	 "  geonet wallet request 25.50 UAH --note \"bread\"\n"
	 "  geonet wallet request UAH --no-qr\n",
	 wallet_request_options, cmd_wallet_request},
	{"wallet balance", "", 0, 0, "what you owe and are owed, can spend and receive", NULL,
	 "  geonet wallet balance\n  geonet wallet balance --json | jq "
	 "'.equivalents[].net_balance'\n",
	 wallet_options, cmd_wallet_balance},
	{"wallet debts", "", 0, 0, "who owes whom how much", NULL,
	 "  geonet wallet debts "
	 "--equivalent UAH\n",
	 wallet_list_options, cmd_wallet_debts},
	{"wallet profile", "[PID]", 0, 1, "who you are to others, or who another is; change it",
	 "Everybody on the hub sees a profile.\n",
	 "  geonet wallet profile\n  geonet wallet profile --name \"Anna B.\" --set city=Lviv "
	 "--set phone=\n  geonet wallet profile 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd\n",
	 wallet_profile_options, cmd_wallet_profile},
	{"wallet leave", "", 0, 0, "leave the hub: you owe and are owed nothing",
	 "Your trust lines are closed first. An officer may let you in again.\n",
	 "  geonet wallet leave\n", wallet_options, cmd_wallet_leave},
	{"wallet history", "", 0, 0, "your payments, failed ones too", NULL,
	 "  geonet wallet "
	 "history --count 10\n",
	 wallet_history_options, cmd_wallet_history},
	{"wallet clearings", "", 0, 0, "what clearing took off your debts", NULL,
	 "  geonet wallet clearings\n", wallet_options, cmd_wallet_clearings},
	{"wallet asked", "", 0, 0, "payments and clearing offers that wait for your answer", NULL,
	 "  geonet wallet asked\n", wallet_options, cmd_wallet_asked},
	{"wallet answer", "KEY yes|no", 2, 2, "answer yes or no to one of them",
	 "KEY is from `geonet wallet asked`; the answer is signed here.\n",
	 "  geonet wallet answer 0123456789abcdef0123456789abcdef yes\n", wallet_options,
	 cmd_wallet_answer},
	{"wallet why", "WHO AMOUNT EQUIVALENT", 3, 3,
	 "could this be paid, and if not, which lines "
	 "are in the way",
	 "Exit 0: it could, 1: it could not; with --json too.\n",
	 "  geonet wallet why "
	 "2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 1000 UAH\n",
	 wallet_options, cmd_wallet_why},
	{"completion", "bash|zsh|fish", 1, 1, "print a script that completes commands and options",
	 NULL,
	 "  geonet completion bash > /etc/bash_completion.d/geonet\n  geonet completion fish > "
	 "~/.config/fish/completions/geonet.fish\n",
	 NULL, cmd_completion},
	{"help", "[COMMAND...]", 0, 2, "all commands, or one", NULL,
	 "  geonet help\n  geonet help "
	 "site publish\n",
	 NULL, cmd_help},
	{"version", "", 0, 0, "the version of this program", NULL, "  geonet version\n", NULL,
	 cmd_version},
	{0},
};

static int cmd_help(struct cli *cli)
{
	if (cli->arg_count == 0) {
		cli_help(cli, NULL);
		return CLI_OK;
	}
	char *name = cli->arg_count == 2 ? cli_format("%s %s", cli->args[0], cli->args[1])
					 : cli_format("%s", cli->args[0]);
	const struct cli_command *c = cli_find(name);
	int exit = CLI_OK;
	if (c)
		cli_help(cli, c);
	else if (cli->arg_count == 2 || !cli_help_group(cli, name))
		exit = cli_fail(cli, CLI_USAGE, "usage",
				"there is no command '%s'; geonet help "
				"lists all",
				name);
	free(name);
	return exit;
}

static int cmd_version(struct cli *cli)
{
	if (cli->json)
		return cli_json(cli, json_pack("{ss}", "version", GEONET_VERSION));
	printf("geonet %s\n", GEONET_VERSION);
	return CLI_OK;
}

/* --data, or where geonetd looks; absolute, because the node will run elsewhere. */
static bool choose_data(struct cli *cli)
{
	const char *given = NULL, *own = getenv("GEONET_DATA"), *xdg = getenv("XDG_DATA_HOME"),
		   *home = getenv("HOME");
	char text[CLI_PATH_MAX], here[CLI_PATH_MAX] = "";
	for (int i = 0; i < cli->given_count; i++)
		if (strcmp(cli->given[i].option->name, "data") == 0)
			given = cli->given[i].value;
	int n;
	if (given || (own && *own))
		n = snprintf(text, sizeof text, "%s", given ? given : own);
	else if (xdg && *xdg)
		n = snprintf(text, sizeof text, "%s/geonet", xdg);
	else
		n = snprintf(text, sizeof text, "%s/.local/share/geonet",
			     home && *home ? home : ".");
	if (n >= (int)sizeof text || (text[0] != '/' && !getcwd(here, sizeof here)) ||
	    strlen(here) + (size_t)n + 2 > sizeof cli->data || !*text) {
		cli_fail(cli, CLI_USAGE, "usage", "--data is not a usable path");
		return false;
	}
	while (n > 1 && text[n - 1] == '/')
		text[--n] = 0;
	char *path = text[0] == '/' ? cli_format("%s", text) : cli_format("%s/%s", here, text);
	memcpy(cli->data, path, strlen(path) + 1);
	free(path);
	return true;
}

int main(int argc, char **argv)
{
	static struct cli cli;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool help = false;
	gn_os_harden();
	cli.talks = isatty(2);
	cli.color = isatty(1) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
	setvbuf(stdout, NULL, isatty(1) ? _IOLBF : _IOFBF, 65536);
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return cmd_version(&cli);
	bool parsed = cli_parse(&cli, argc, argv, &help);
	if (!parsed)
		return help ? CLI_OK : CLI_USAGE;
	if (help || !cli.command) {
		cli_help(&cli, cli.command);
		return help ? CLI_OK : CLI_USAGE;
	}
	if (!choose_data(&cli))
		return CLI_USAGE;
	if (cli.command->run != cmd_doctor) /* which writes nothing */
		own_names_migrate(&cli);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	int exit = cli.command->run(&cli);
	cli_progress_done(&cli);
	curl_global_cleanup();
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "geonet: stdout cannot be written: %s\n", strerror(errno));
		return exit ? exit : CLI_FAILED;
	}
	return exit;
}
