/* path: by which ways sessions with a node may go, said anew while the node runs (RE-11). */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"
#include "geonet/node/node.h"

#include "wire/generated/app_node_fb.h"

#include <string.h>

static void print_rules(const struct cli *cli, const json_t *j, bool one)
{
	const json_t *rules = json_object_get(j, "rules");
	size_t i;
	json_t *r;
	if (!one)
		out_pair(cli, "node", "%s", out_text(json_text(j, "own")));
	json_array_foreach(rules, i, r)
	{
		char pid[GN_PID_MAX] = "";
		struct gn_pk person;
		if (gn_unhex(gn_str(json_text(r, "contact")), person.b, sizeof person.b) == GN_OK)
			gn_pid(&person, pid);
		out_pair(cli, one ? "path" : "", "%.16s  %s%s%s", json_text(r, "key"),
			 out_text(json_text(r, "rule")), *pid ? "  of contact " : "", pid);
	}
	if (one && !json_array_size(rules))
		out_pair(cli, "path", "any");
}

int cmd_path(struct cli *cli)
{
	struct gn_pk pk = {{0}};
	struct gn_fb_key key;
	struct reply r;
	bool one = cli->arg_count > 0;
	int exit = one ? node_key(cli, cli->args[0], &pk) : CLI_OK;
	if (exit)
		return exit;
	memcpy(key.b, pk.b, sizeof key.b);
	struct gn_fb_node_path_args args = {.key = one ? &key : NULL,
					    .rule = gn_str(cli->arg_count > 1 ? cli->args[1] : "")};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_PATH},
			  .args = &args};
	exit = client_ask_must(cli, &ask, &r, "the rule was not taken");
	if (exit || cli->json)
		exit = exit ? exit : cli_json(cli, json_incref(r.json));
	else
		print_rules(cli, r.json, one);
	reply_free(&r);
	return exit;
}
