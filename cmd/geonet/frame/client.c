/* What commands say of the node: that it is alone, what it refused, what time it is there. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"

#include <stdlib.h>

#define SITES_PAGE 500u /* sites asked for at once */
#define QUIET_S 10u     /* for an answer that only adds to others */

char *client_alone(struct cli *cli, const json_t *status)
{
	struct reply r = {0};
	size_t i;
	json_t *entry;
	char *text = NULL;
	if (!status && client_status(cli, &r, NULL) == CLI_OK)
		status = r.json;
	const json_t *hosts = json_object_get(status, "bootstrap");
	bool answered = false;
	json_array_foreach(hosts, i, entry) answered |=
		json_is_true(json_object_get(entry, "answered"));
	if (strcmp(json_text(status, "reach"), "alone") == 0 &&
	    json_is_true(json_object_get(status, "other_work"))) {
		text = cli_format(
			"alone: who answers is of a network with other proofs of work than this "
			"node's, whose --pow-bits is %llu",
			(unsigned long long)json_number(status, "pow_bits"));
	} else if (strcmp(json_text(status, "reach"), "alone") == 0 && answered) {
		text = cli_format("not joined yet, though a node that it begins with answers; try "
				  "again in a moment");
	} else if (strcmp(json_text(status, "reach"), "alone") == 0) {
		text = cli_format(json_array_size(hosts) ? "alone: none of these answers:"
							 : "alone: no node that it knew answers");
		json_array_foreach(hosts, i, entry)
		{
			char *more =
				cli_format("%s%s %s", text, i ? "," : "", json_text(entry, "host"));
			free(text);
			text = more;
		}
	}
	reply_free(&r);
	return text;
}

int client_report(struct cli *cli, const struct reply *reply, const char *what)
{
	char *alone = reply->err == GN_UNREACHABLE || reply->err == GN_QUORUM
			      ? client_alone(cli, NULL)
			      : NULL;
	if (alone) {
		int exit = cli_fail(cli, CLI_QUORUM, gn_err_name(GN_UNREACHABLE),
				    "%s: this node is %s", what, alone);
		free(alone);
		return exit;
	}
	/* the node began with the same words */
	bool named = strncmp(reply->message, what, strlen(what)) == 0;
	return cli_fail(cli, client_exit_of(reply), gn_err_name(reply->err), "%s%s%s",
			named ? "" : what, named || !*reply->message ? "" : ": ", reply->message);
}

int client_must(struct cli *cli, struct call call, struct reply *reply, const char *what)
{
	int exit = client_call(cli, call, reply);
	if (exit && reply->err)
		client_report(cli, reply, what);
	return exit;
}

int client_status(struct cli *cli, struct reply *reply, const char *what)
{
	static const struct gn_fb_node_status_args none = {0};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_NODE, GN_FB_APP_NODE_BODY_NODE_STATUS},
			  .args = &none};
	int exit = client_ask(cli, &ask, reply);
	if (exit && reply->err && what)
		client_report(cli, reply, what);
	return exit;
}

int client_sites(struct cli *cli, struct reply *reply, const char *what, bool quiet)
{
	struct gn_fb_sites_list_args args = {.limit = SITES_PAGE};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_SITES_LIST},
			  .args = &args,
			  .timeout = quiet ? QUIET_S : 0,
			  .quiet = quiet};
	int exit = client_ask(cli, &ask, reply);
	json_t *all = json_object_get(reply->json, "sites");
	while (!exit && reply->more) {
		struct reply page;
		args.from = (uint32_t)json_array_size(all);
		exit = client_ask(cli, &ask, &page);
		json_array_extend(all, json_object_get(page.json, "sites"));
		reply->more = page.more && json_array_size(all) > args.from;
		reply_free(&page);
	}
	if (exit && reply->err && what)
		client_report(cli, reply, what);
	return exit;
}

int client_ask_must(struct cli *cli, const struct ask *ask, struct reply *reply, const char *what)
{
	int exit = client_ask(cli, ask, reply);
	if (exit && reply->err)
		client_report(cli, reply, what);
	return exit;
}

void client_time(struct cli *cli)
{
	static bool asked;
	struct reply r = {0};
	if (asked || !client_alive(cli))
		return;
	asked = true;
	(void)client_status(cli, &r, NULL);
	const json_t *clock = json_object_get(r.json, "clock");
	if (json_is_true(json_object_get(clock, "used"))) /* else cli_now has warned */
		cli_warn(cli, "%s; what is signed now bears this machine's time",
			 json_text(clock, "text"));
	reply_free(&r);
}
