/* geonet hub, but for what geonet-hub does (programs.c). */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/hub/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option hub_options[] = {
	OPTION_HUB,
	{0},
};

static const struct cli_option hub_equivalent_options[] = {
	{"precision", "N", "decimals, 0 to 8 (default 2)"},
	{"description", "TEXT", "what it stands for"},
	{"symbol", "TEXT", "its sign"},
	{"metadata", "JSON", "an object of whatever else belongs to it, whole"},
	OPTION_REASON,
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_role_options[] = {
	{"name", "TEXT", "the officer's name"},
	OPTION_REASON,
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_act_options[] = {
	OPTION_REASON,
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_end_options[] = {
	{"end", NULL, "take it back"},
	OPTION_REASON,
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_abort_options[] = {
	{"initiator", "PID", "who signed it, when it is named by its tx_id"},
	OPTION_REASON,
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_clear_options[] = {
	{"cycles", NULL, "only cycles of at most six, as the schedule does"},
	{"budget-ms", "N", "take what is found in this time, at most 600000 (default: to the end)"},
	OPTION_REASON,
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_log_options[] = {
	{"count", "N", "the last N, at most 200 (default 50)"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option hub_tx_options[] = {
	{"type", "TYPE",
	 "PAYMENT, TRUST_LINE_CREATE, TRUST_LINE_UPDATE, TRUST_LINE_CLOSE or CLEARING"},
	{"state", "STATE",
	 "NEW, ROUTED, PREPARE_IN_PROGRESS, PROPOSED, WAITING_CONFIRMATIONS, COMMITTED, ABORTED "
	 "or REJECTED"},
	{"equivalent", "CODE", "of this equivalent alone"},
	{"initiator", "PID", "signed by this participant"},
	{"tx-id", "ID", "this one"},
	{"from", "DATE", "not before this day or moment (UTC)"},
	{"to", "DATE", "not after it"},
	{"count", "N", "so many of a page, at most 200 (default 50)"},
	{"page", "N", "this page (default 1)"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option wallet_options[] = {
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command hub_commands[] = {
	{"status", "", 0, 0, "is the hub well?",
	 NULL,
	 "  geonet hub status\n",
	 hub_options, cmd_hub_status},
	{"equivalent", "ACTION [CODE]", 1, 2,
	 "the units of account of the hub: list, add CODE, set CODE, end CODE",
	 "What no option of set names stays as it is. An equivalent that was ended takes nothing "
	 "new, for good; debts in it can be repaid.\n",
	 "  geonet hub equivalent add HOUR --precision 2 --description \"an hour of work\"\n"
	 "  geonet hub equivalent set HOUR --metadata '{\"type\":\"time\"}'\n"
	 "  geonet hub equivalent list\n",
	 hub_equivalent_options, cmd_hub_equivalent},
	{"role", "ACTION [PID|KEY] [ROLE]", 1, 3,
	 "who governs the hub: list, grant PID ROLE, revoke PID",
	 "ROLE is admin, operator or auditor. The first grant uses the bootstrap token on the "
	 "hub's own machine; from the first admin on, officers log in with their keys.\n",
	 "  geonet hub role grant 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd admin --reason "
	 "\"founder\"\n"
	 "  geonet hub role list\n",
	 hub_role_options, cmd_hub_role},
	{"admit", "FILE|-", 1, 1, "let somebody in whose request wallet join --print wrote",
	 "For hubs with registration = officers: the newcomer signs, an operator or admin brings "
	 "it.\n",
	 "  geonet hub admit alice.json\n",
	 wallet_options, cmd_hub_admit},
	{"suspend", "PID", 1, 1, "suspend a participant, or take that back",
	 "Whoever is suspended pays nothing, changes nothing and is passed by no payment.\n",
	 "  geonet hub suspend 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd --reason \"lost the "
	 "key\"\n"
	 "  geonet hub suspend 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd --end\n",
	 hub_end_options, cmd_hub_suspend},
	{"delete", "PID", 1, 1, "delete a participant who owes and is owed nothing, for good",
	 "Their name and what they did stay in the journal.\n",
	 "  geonet hub delete 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd --reason \"moved "
	 "away\"\n",
	 hub_act_options, cmd_hub_delete},
	{"level", "PID LEVEL", 2, 2, "say how well a participant is known to the hub, 0 to 255",
	 NULL,
	 "  geonet hub level 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 2 --reason \"came with "
	 "a passport\"\n",
	 hub_act_options, cmd_hub_level},
	{"dispute", "LINE", 1, 1, "freeze a trust line that is disputed, or take that back",
	 "LINE is the line's id, as wallet lines and hub tx show it. Its owner cannot end it.\n",
	 "  geonet hub dispute 00000001-0000-8000-8000-000000000001 --reason \"both were here\"\n",
	 hub_end_options, cmd_hub_dispute},
	{"abort", "KEY|TX_ID", 1, 1, "end a transaction that is still open",
	 "Nothing takes a committed one back.\n",
	 "  geonet hub abort 0123456789abcdef0123456789abcdef\n"
	 "  geonet hub abort rent-11 --initiator 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd\n",
	 hub_abort_options, cmd_hub_abort},
	{"clear", "EQUIVALENT", 1, 1, "clear the most that can be cleared without asking anybody",
	 NULL,
	 "  geonet hub clear HOUR --reason monthly\n"
	 "  geonet hub clear HOUR --budget-ms 5000\n"
	 "  geonet hub clear HOUR --cycles\n",
	 hub_clear_options, cmd_hub_clear},
	{"offer", "EQUIVALENT", 1, 1, "offer a clearing to those who want to be asked",
	 NULL,
	 "  geonet hub offer HOUR --reason monthly\n",
	 hub_act_options, cmd_hub_offer},
	{"settings", "[NAME=VALUE...]", 0, -1, "the hub's settings, or change some",
	 "VALUE is a number, yes or no.\n",
	 "  geonet hub settings\n"
	 "  geonet hub settings routing.max_hops=5 clearing.inline=no --reason \"assembly of "
	 "May\"\n",
	 hub_act_options, cmd_hub_settings},
	{"snapshot", "", 0, 0, "write a snapshot, so that the next start is short",
	 NULL,
	 "  geonet hub snapshot\n",
	 hub_act_options, cmd_hub_snapshot},
	{"log", "", 0, 0, "what officers did, the last first",
	 NULL,
	 "  geonet hub log\n"
	 "  geonet hub log --json --count 200\n",
	 hub_log_options, cmd_hub_log},
	{"tx", "", 0, 0, "transactions, the newest first: your own, or all for officers",
	 "With --json each as the source names its parts: tx_id, type, initiator, payload, "
	 "signatures, state, created_at.\n",
	 "  geonet hub tx\n"
	 "  geonet hub tx --type CLEARING --state COMMITTED --count 10\n"
	 "  geonet hub tx --from 2026-11-01 --to 2026-11-30 --json\n",
	 hub_tx_options, cmd_hub_tx},
	{"gap", "EQUIVALENT", 1, 1,
	 "how much of the debts would clear now, and what cleared so far",
	 NULL,
	 "  geonet hub gap HOUR\n",
	 wallet_options, cmd_hub_gap},
	{"people", "[TEXT]", 0, 1, "find people of the hub by their name",
	 "A name proves nothing: money goes by the PID beside it.\n",
	 "  geonet hub people\n"
	 "  geonet hub people bakery\n",
	 wallet_options, cmd_hub_people},
	{0},
};
