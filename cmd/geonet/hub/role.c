/* Who governs a hub, and who is let in: the roles of officers, and requests to join that they
 * bring. */
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/hub/commands.h"
#include "geonet/wallet/wallet.h"

#include <stdio.h>
#include <stdlib.h>

/* KEY in hex or base64, or PID of a participant. CLI_OK or a printed failure. */
static int officer_key(struct cli *cli, struct hub *hub, const char *text, struct gn_pk *out)
{
	char pid[GN_PID_MAX];
	if (gn_unhex(gn_str(text), out->b, sizeof out->b) == GN_OK ||
	    gn_unbase64_exact(gn_str(text), false, out->b, sizeof out->b) == GN_OK)
		return CLI_OK;
	int exit = hub_person(cli, hub, text, pid);
	return exit ? exit : hub_key_of(cli, hub, pid, "whose key?", out);
}

/* The key of an officer. CLI_OK or a printed failure. */
static int role_key(struct cli *cli, struct hub *hub, const char *pid, struct gn_pk *out)
{
	json_t *answer, *item, *found = NULL;
	size_t i;
	int exit = hub_call(cli, hub, "GET", "/admin/roles", NULL, &answer, "the roles");
	if (exit)
		return exit;
	json_array_foreach(json_object_get(answer, "items"), i,
			   item) if (strcmp(json_text(item, "pid"), pid) == 0) found = item;
	exit = found ? hub_take_key(cli, found, pid, out)
		     : cli_fail(cli, CLI_NOT_FOUND, "E001", "no officer has the PID %s", pid);
	json_decref(answer);
	return exit;
}

static int role_change(struct cli *cli, struct hub *hub, bool grant)
{
	const char *reason = cli_option(cli, "reason"), *name = cli_option(cli, "name"),
		   *role = grant ? cli->args[2] : "none";
	struct gn_pk pk;
	json_t *answer, *body;
	char pid[GN_PID_MAX], *path;
	int exit = grant ? officer_key(cli, hub, cli->args[1], &pk)
			 : role_key(cli, hub, cli->args[1], &pk);
	if (exit)
		return exit;
	gn_pid(&pk, pid); /* what is signed for, whatever the answer says */
	char *key = cli_base64(GN_SLICE(pk.b));
	body = json_pack("{ss ss ss ss}", "command", "role", "reason", reason ? reason : "",
			 "public_key", key, "role", role);
	free(key);
	if (grant)
		json_object_set_new(body, "name", json_string(name ? name : ""));
	path = grant ? cli_format("/admin/roles") : cli_format("/admin/roles/%s", pid);
	exit = hub_command(cli, hub, grant ? "POST" : "DELETE", path, body, &answer, "the role");
	free(path);
	if (exit)
		return exit;
	if (cli->json)
		return cli_json(cli, answer);
	if (grant)
		cli_note(cli, "%s is %s now", pid, role);
	else
		cli_note(cli, "%s has no role any more", pid);
	json_decref(answer);
	return CLI_OK;
}

int cmd_hub_admit(struct cli *cli)
{
	struct hub hub;
	uint8_t *text;
	size_t len;
	json_error_t wrong;
	json_t *request, *answer;
	if (!read_input(cli, cli->args[0], 65536, &text, &len))
		return CLI_FAILED;
	request = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, &wrong);
	free(text);
	if (!json_is_object(request) || !json_is_string(json_object_get(request, "signed"))) {
		json_decref(request);
		return cli_fail(cli, CLI_USAGE, "usage",
				"%s is not what geonet wallet join --print writes", cli->args[0]);
	}
	int exit = hub_open_officer(cli, &hub);
	if (exit)
		json_decref(request);
	else if ((exit = hub_call(cli, &hub, "POST", "/participants", request, &answer,
				  "admitting")) == CLI_OK) {
		if (cli->json) {
			exit = cli_json(cli, answer);
		} else {
			cli_note(cli, "%s is on the hub now: %s",
				 out_text(json_text(answer, "display_name")),
				 out_text(json_text(answer, "pid")));
			json_decref(answer);
		}
	}
	hub_close(&hub);
	return exit;
}

int cmd_hub_role(struct cli *cli)
{
	struct hub hub;
	json_t *answer, *item;
	size_t i;
	const char *verb = cli->args[0];
	bool list = strcmp(verb, "list") == 0, grant = strcmp(verb, "grant") == 0,
	     revoke = strcmp(verb, "revoke") == 0;
	if ((!list && !grant && !revoke) || (grant && cli->arg_count != 3) ||
	    (revoke && cli->arg_count != 2))
		return cli_fail(cli, CLI_USAGE, "usage",
				"geonet hub role list | grant PID|KEY admin|operator|auditor | "
				"revoke PID");
	if (grant && strcmp(cli->args[2], "admin") != 0 && strcmp(cli->args[2], "operator") != 0 &&
	    strcmp(cli->args[2], "auditor") != 0)
		return cli_fail(cli, CLI_USAGE, "usage",
				"'%s' is no role: admin, operator or auditor", cli->args[2]);
	int exit = hub_open_officer(cli, &hub);
	if (!exit && !list)
		exit = role_change(cli, &hub, grant);
	else if (!exit && (exit = hub_call(cli, &hub, "GET", "/admin/roles", NULL, &answer,
					   "the roles")) == CLI_OK) {
		if (cli->json) {
			exit = cli_json(cli, answer);
		} else {
			json_array_foreach(json_object_get(answer, "items"), i, item)
				printf("%-10s %s  %s\n", out_text(json_text(item, "role")),
				       out_text(json_text(item, "pid")),
				       out_text(json_text(item, "name")));
			json_decref(answer);
		}
	}
	hub_close(&hub);
	return exit;
}
