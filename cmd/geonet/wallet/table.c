/* geonet wallet. */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/wallet/commands.h"

#include <stddef.h>

/* clang-format off */

static const struct cli_option wallet_options[] = {
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option wallet_join_options[] = {
	{"name", "NAME", "the name that others see"},
	{"type", "TYPE", "person (default), business or hub"},
	{"print", NULL, "write the signed request out instead of sending it; good for a day"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option wallet_profile_options[] = {
	{"name", "NAME", "the name that others see, from now on"},
	{"set", "KEY=TEXT", "a line of the profile; without TEXT it goes; may repeat"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

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
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option wallet_pay_options[] = {
	{"note", "TEXT", "what it is for, at most 1024 bytes; payer, payee and hub see it"},
	{"wait", "SECONDS",
	 "how long those who are asked may take, at most a day and what the hub allows; without "
	 "it the hub's (60)"},
	{"tx-id", "ID",
	 "the payment's id, made when absent: the same id cannot be paid twice; 1 to 64 of A-Z "
	 "a-z 0-9 . _ : -"},
	{"again", NULL, "pay a request once more that you paid before"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option wallet_request_options[] = {
	{"note", "TEXT", "what it is for, at most 1024 bytes"},
	{"no-qr", NULL, "the address alone"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option wallet_list_options[] = {
	{"equivalent", "CODE", "of this equivalent alone"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

static const struct cli_option wallet_history_options[] = {
	{"equivalent", "CODE", "of this equivalent alone"},
	{"count", "N", "at most so many (default 50)"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command wallet_commands[] = {
	{"join", "", 0, 0, "register your key with a hub",
	 "The hub's key is remembered in DATA/hubs.json; another key at the same address is "
	 "refused, and so is whoever does not prove that they have it.\n"
	 "With --print the signed request is written out for an officer of a hub that is not open "
	 "to all (geonet hub admit).\n",
	 "  geonet wallet join --name Alice\n"
	 "  geonet wallet join --name Alice --print > alice.json\n"
	 "  geonet wallet join --name \"Corner Bakery\" --type business --hub "
	 "https://hub.example.net\n",
	 wallet_join_options, cmd_wallet_join},
	{"trust", "WHO [LIMIT] EQUIVALENT", 2, 3,
	 "let WHO owe you up to LIMIT, or change that line",
	 "WHO is a PID. Without LIMIT the limit stays. What no option names stays as it is.\n",
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 500 UAH\n"
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd UAH --no-routing "
	 "--daily-limit 100\n"
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd UAH --routing "
	 "--daily-limit none\n"
	 "  geonet wallet trust 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd UAH --close\n",
	 wallet_trust_options, cmd_wallet_trust},
	{"lines", "", 0, 0, "your trust lines, given and received",
	 "Limit, used, available, status and policies of each.\n",
	 "  geonet wallet lines\n"
	 "  geonet wallet lines --equivalent UAH --json | jq '.given[].to'\n",
	 wallet_list_options, cmd_wallet_lines},
	{"pay", "WHO AMOUNT EQUIVALENT | geo://... [AMOUNT]", 1, 3, "pay over the trust lines",
	 "The payment is signed here; the hub finds the way. A request that names its amount "
	 "takes no other, and is paid once:\n"
	 "a repeat is told when it was paid, unless --again is given.\n"
	 "Exit 0: paid (or waiting for those who are asked), 1: nothing was paid, 6: the outcome "
	 "is not known, since the answer was lost or the hub\n"
	 "failed. The same command with the tx_id that was printed then tells it, or pays; it "
	 "cannot pay twice.\n",
	 "  geonet wallet pay 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 25.50 UAH --note "
	 "\"bread\"\n"
	 "  geonet wallet pay 'geo://pay/2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd"
	 "?equivalent=UAH&hub=...' 25.50\n"
	 "  geonet wallet pay 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 25.50 UAH --tx-id "
	 "invoice-2026-117\n",
	 wallet_pay_options, cmd_wallet_pay},
	{"request", "[AMOUNT] EQUIVALENT", 1, 2, "ask to be paid: a geo:// address and its QR code",
	 "Without AMOUNT the payer chooses it, and may pay many times; with it everybody who has "
	 "the address pays it once.\n",
	 "  geonet wallet request 25.50 UAH --note \"bread\"\n"
	 "  geonet wallet request UAH --no-qr\n",
	 wallet_request_options, cmd_wallet_request},
	{"balance", "", 0, 0, "what you owe and are owed, can spend and receive",
	 NULL,
	 "  geonet wallet balance\n"
	 "  geonet wallet balance --json | jq '.equivalents[].net_balance'\n",
	 wallet_options, cmd_wallet_balance},
	{"debts", "", 0, 0, "who owes whom how much",
	 NULL,
	 "  geonet wallet debts --equivalent UAH\n",
	 wallet_list_options, cmd_wallet_debts},
	{"profile", "[PID]", 0, 1, "who you are to others, or who another is; change it",
	 "Everybody on the hub sees a profile.\n",
	 "  geonet wallet profile\n"
	 "  geonet wallet profile --name \"Anna B.\" --set city=Lviv --set phone=\n"
	 "  geonet wallet profile 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd\n",
	 wallet_profile_options, cmd_wallet_profile},
	{"leave", "", 0, 0, "leave the hub: you owe and are owed nothing",
	 "Your trust lines are closed first. An officer may let you in again.\n",
	 "  geonet wallet leave\n",
	 wallet_options, cmd_wallet_leave},
	{"history", "", 0, 0, "your payments, failed ones too",
	 NULL,
	 "  geonet wallet history --count 10\n",
	 wallet_history_options, cmd_wallet_history},
	{"clearings", "", 0, 0, "what clearing took off your debts",
	 NULL,
	 "  geonet wallet clearings\n",
	 wallet_options, cmd_wallet_clearings},
	{"asked", "", 0, 0, "payments and clearing offers that wait for your answer",
	 NULL,
	 "  geonet wallet asked\n",
	 wallet_options, cmd_wallet_asked},
	{"answer", "KEY yes|no", 2, 2, "answer yes or no to one of them",
	 "KEY is from `geonet wallet asked`; the answer is signed here.\n",
	 "  geonet wallet answer 0123456789abcdef0123456789abcdef yes\n",
	 wallet_options, cmd_wallet_answer},
	{"why", "WHO AMOUNT EQUIVALENT", 3, 3,
	 "could this be paid, and if not, which lines are in the way",
	 "Exit 0: it could, 1: it could not; with --json too.\n",
	 "  geonet wallet why 2KagShR4Usj2uARXJeDw7XJEKvQ3XDr84dC47hUB3Uyd 1000 UAH\n",
	 wallet_options, cmd_wallet_why},
	{0},
};
