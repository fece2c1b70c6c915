/* ping: is that node there, by which way, and how long does it take; one line a round trip, so that
 * the change from a relay to a direct path is seen as it happens. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"

#include "wire/generated/app_node_fb.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct gn_slice node_rule(const struct cli *cli)
{
	const char *rule = cli_option(cli, "path");
	return gn_str(rule ? rule : "");
}

/* "relay 5c1f0a2b (198.51.100.7:7777)": what the session goes by. */
static void print_reply(const json_t *j, uint64_t n, const char *who)
{
	const char *relay = json_text(j, "relay");
	double connect = json_double(j, "connect_ms");
	printf("%3llu  %.16s  %8.1f ms  %s%s%.8s  %s  %s", (unsigned long long)n, who,
	       json_double(j, "rtt_ms"), json_text(j, "carrier"), *relay ? " " : "", relay,
	       json_text(j, "addr"), json_text(j, "why"));
	const char *indirect = json_text(j, "indirect"), *rule = json_text(j, "rule");
	if (*indirect)
		printf("  (not direct: %s)", out_text(node_reason(true, indirect)));
	if (*rule)
		printf("  [%s]", out_text(rule));
	if (connect > 0)
		printf("  (connected in %.0f ms)", connect);
	printf("\n");
	fflush(stdout);
}

static int ping_once(struct cli *cli, const struct gn_pk *pk, uint64_t patience, struct reply *r)
{
	struct gn_fb_key key;
	memcpy(key.b, pk->b, sizeof key.b);
	struct gn_fb_node_ping_args args = {
		.key = &key, .patience_ms = (uint32_t)patience * 1000, .rule = node_rule(cli)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_PING},
			  .args = &args};
	int exit = client_ask(cli, &ask, r);
	const char *what = r->err == GN_USAGE ? "--path" : node_doubt("no answer");
	return exit && r->err ? client_report(cli, r, what) : exit;
}

int cmd_ping(struct cli *cli)
{
	struct gn_pk pk;
	uint64_t count = 4, patience = 15, n = 0;
	bool until = cli_flag(cli, "until-direct"), direct = false;
	json_t *all = json_array();
	if (!cli_number(cli, "count", 0, 1000000, &count) ||
	    !cli_number(cli, "patience", 1, 60, &patience))
		return CLI_USAGE;
	int exit = node_key(cli, cli->args[0], &pk);
	while (exit == CLI_OK && (count == 0 || n < count) && !(until && direct)) {
		static const struct timespec second = {1, 0};
		struct reply r;
		if (n++)
			nanosleep(&second, NULL);
		exit = ping_once(cli, &pk, patience, &r);
		if (exit == CLI_OK) {
			direct = !*json_text(r.json, "relay") &&
				 strcmp(json_text(r.json, "carrier"), "udp") == 0;
			if (cli->json)
				json_array_append(all, r.json);
			else
				print_reply(r.json, n, out_text(cli->args[0]));
		}
		reply_free(&r);
	}
	if (cli->json && exit == CLI_OK)
		return cli_json(cli, json_pack("{so}", "replies", all));
	json_decref(all);
	if (exit == CLI_OK && until && !direct)
		return cli_fail(cli, CLI_FAILED, "timeout",
				"no direct path in %llu tries: it goes by a relay",
				(unsigned long long)n);
	return exit;
}
