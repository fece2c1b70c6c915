/* What geonet-hub does, for the hub of this machine. geonet has the same table, for its help, its
 * completion and to see wrong words, and hands right ones over (hand_over.c). */
#include "geonet/frame/cli.h"
#include "geonet/frame/options.h"
#include "geonet/hub/commands.h"

#include <stddef.h>

/* clang-format off */

/* Those of gn_hub_settings; tests/hub_options_test.c compares. */
static const struct cli_option hub_run_options[] = {
	{"http", "N", "loopback port of the API; 0 takes a free one (default 7790)"},
	{"history", "WHERE", "sqlite, or \"postgresql CONNECTION-STRING\" (default sqlite)"},
	{"config", "FILE",
	 "settings as \"name = value\" lines (default DATA/hub/hub.conf if it is there)"},
	{"accept-v0", "yes|no",
	 "a new ledger takes the old signature profile geo-v0 too (default no)"},
	{"access-seconds", "N", "life of an access token (default 3600)"},
	{"refresh-seconds", "N", "life of a refresh token (default 30 days)"},
	{"rate-key", "N",
	 "requests a minute of one key, a tenth at once, 0 no bound (default 6000)"},
	{"rate-address", "N",
	 "requests a minute of one address without a token, a tenth at once (default 600)"},
	{"rate-failed", "N", "payments a minute of one key that may fail, 0 no bound (default 60)"},
	{"rate-day", "N",
	 "payments and other signed operations a day of one key, 0 no bound (default 20000)"},
	{"registration", "open|officers",
	 "who lets newcomers in: anybody, or an operator with hub admit (default open)"},
	{"trust-proxy", "yes|no",
	 "believe X-Forwarded-For: only behind a proxy that sets it (default no)"},
	{"host-name", "NAME",
	 "a name under which a proxy asks the hub, besides localhost; may be given 8 times"},
	{"memory-mib", "N", "memory of the ledger (default 4096)"},
	{"history-queue-kib", "N",
	 "records that may wait for the history before it reads them from the journal "
	 "(default 65536)"},
	{"log", "LEVEL", "debug, info, warn or error (default info)"},
	{"log-file", "FILE",
	 "write the log to the end of FILE instead of stderr; SIGHUP opens it anew"},
	{"ready-fd", "N", "write \"ready PORT\" to this descriptor once the API answers"},
	{0},
};

static const struct cli_option hub_verify_options[] = {
	{"as", "DIR", "the directory of the identity that asks the hub (default DATA)"},
	OPTION_HUB,
	OPTION_PASSPHRASE,
	{0},
};

const struct cli_command hub_local_commands[] = {
	{"run", "", 0, 0, "run a community's hub: its ledger and API",
	 "Runs until SIGTERM. Its data is DATA/hub, made at the first start. Put a TLS proxy "
	 "before it to serve others; docs/spec/hub.md.\n",
	 "  geonet hub run\n"
	 "  geonet hub run --http 0 --history \"postgresql host=db dbname=hub\"\n",
	 hub_run_options, NULL},
	{"init", "", 0, 0, "make a hub's keys without running it",
	 NULL,
	 "  geonet hub init\n",
	 NULL, NULL},
	{"verify", "", 0, 0, "replay the hub's journal and prove it",
	 "From the first record: every signature, checkpoint and invariant. Of a running hub a "
	 "copy of the journal is read.\n"
	 "It is compared with the running hub (which an officer or participant may ask: --as "
	 "DIR), else with its history and last checkpoint. When nothing tells how far it\n"
	 "should go, or --hub was given and could not be asked, the exit status is 1.\n",
	 "  geonet hub verify\n"
	 "  geonet hub verify --json | jq .state_hash\n"
	 "  geonet hub verify --data /srv/hub --hub https://hub.example.net --as ~/.geonet\n",
	 hub_verify_options, NULL},
	{"export", "FILE|-", 1, 1, "write the journal to one file",
	 "It holds what participants signed, no secret of the hub.\n",
	 "  geonet hub export journal.gnx\n",
	 NULL, NULL},
	{"import", "FILE|-", 1, 1,
	 "bring an exported journal into an empty directory, and prove it",
	 NULL,
	 "  geonet hub import --data /srv/audit journal.gnx\n",
	 NULL, NULL},
	{0},
};
