/* Is the hub well? */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/hub/commands.h"

#include <stdlib.h>

int cmd_hub_status(struct cli *cli)
{
	struct hub hub;
	json_t *health = NULL, *who = NULL;
	int exit = hub_open(cli, &hub);
	if (!exit && hub_try(cli, &hub, "GET", "/health", NULL, &health) < 0)
		exit = CLI_NO_NODE;
	if (!exit)
		exit = hub_call(cli, &hub, "GET", "/hub", NULL, &who, "the hub");
	if (!exit && cli->json) {
		json_object_update(health, who);
		exit = cli_json(cli, json_incref(health));
	} else if (!exit) {
		const json_t *disk = json_object_get(health, "disk");
		out_pair(cli, "hub", "%s", hub.pid);
		out_pair(cli, "address", "%s", hub.url);
		out_pair(cli, "status", "%s%s%s", out_text(json_text(health, "status")),
			 *json_text(health, "reason") ? ": " : "",
			 out_text(json_text(health, "reason")));
		if (*json_text(health, "warning"))
			out_pair(cli, "warning", "%s", out_text(json_text(health, "warning")));
		if (disk)
			out_pair(cli, "disk",
				 "journal %s, snapshots %s, history %s; %s left, %llu %% full",
				 out_bytes(json_number(disk, "journal_bytes")),
				 out_bytes(json_number(disk, "snapshot_bytes")),
				 out_bytes(json_number(disk, "history_bytes")),
				 out_bytes(json_number(disk, "free_bytes")),
				 (unsigned long long)json_number(disk, "used_percent"));
		out_pair(cli, "up", "%s", out_duration(json_number(health, "uptime_seconds")));
		out_pair(cli, "version", "%s", out_text(json_text(health, "version")));
	}
	json_decref(health);
	json_decref(who);
	hub_close(&hub);
	return exit;
}
