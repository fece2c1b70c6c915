/* geonet token. */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/token/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option grant_options[] = {
	{"days", "N", "for how long, 1 to 400 (default 30)"},
	{"depth", "N", "how many times whoever has it may give it on, 0 to 7 (default 0)"},
	{"limit", "KIND=N/S", "at most N of a kind at once, and so many again in S seconds; may "
	 "repeat: bytes, ops (uses), jobs, messages"},
	{"from", "TOKEN", "give on what this token (a file, - or its text) gives you"},
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option check_options[] = {
	{"owner", "WHO", "whose resource it is (default: whoever gave the token first)"},
	{"offline", NULL, "do not ask the network whether it was revoked"},
	{0},
};

static const struct cli_option revoke_options[] = {
	{"block", "N",
	 "which block, counted from 1 (default: the first, and with it all that follow)"},
	OPTION_W,
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command token_commands[] = {
	{"grant", "WHO RESOURCE ACTIONS", 3, 3, "let somebody use something of yours",
	 "RESOURCE is a path such as topic/news or box/KEY; a last part * stands for one or "
	 "more parts. ACTIONS are words with commas:\n"
	 "read, write, admin, hold, publish, subscribe, deposit, lease, ack, use, send, sign, pay, "
	 "list, delegate. The token is printed on one line.\n"
	 "Limits are counted by each node that lets the token in: publish counts bytes, ops and "
	 "messages, deposit also jobs (in a queue), lease bytes, ops and jobs. What nobody would "
	 "count is refused. What they give on draws from your limit, too.\n",
	 "  geonet token grant alice.geo topic/news publish --days 7 --limit messages=100/3600\n"
	 "  geonet token grant PID topic/news subscribe --from mine.token > theirs.token\n",
	 grant_options, cmd_token_grant},
	{"show", "TOKEN", 1, 1, "what a token says, block by block",
	 "TOKEN is a file, - for stdin, or the text itself. Signatures are checked; whether it was "
	 "revoked is not (`geonet token check`).\n",
	 "  geonet token show theirs.token\n",
	 NULL, cmd_token_show},
	{"check", "TOKEN RESOURCE ACTIONS", 3, 3, "does a token allow this, now?",
	 "Exit status 0: yes; 1: no, and why.\n",
	 "  geonet token check theirs.token topic/news subscribe\n",
	 check_options, cmd_token_check},
	{"revoke", "TOKEN", 1, 1, "take back a token that you gave",
	 "The list of what you took back is a record of yours; whoever checks a token that lives "
	 "over a day, a node that serves a topic or a box too, sees it within minutes. The list "
	 "ends after 30 days: `geonet renew --all` keeps it.\n",
	 "  geonet token revoke theirs.token\n"
	 "  geonet token revoke theirs.token --block 2     what they gave on, not what you gave\n",
	 revoke_options, cmd_token_revoke},
	{0},
};
