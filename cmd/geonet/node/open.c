/* The address of the node's page for its owner: the token goes in the fragment, which browsers
 * send to nobody. */
#include "geonet/frame/client.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/node/commands.h"

#include <stdio.h>
#include <stdlib.h>

int cmd_open(struct cli *cli)
{
	struct reply r;
	uint8_t *token = NULL;
	size_t len = 0;
	int exit = client_status(cli, &r, "the node's status");
	unsigned long long port = json_number(r.json, "http");
	char *path = cli_format("%s/token", cli->data);
	reply_free(&r);
	if (!exit && !port)
		exit = cli_fail(cli, CLI_FAILED, "state",
				"this node serves no page: it was started with --http off");
	if (!exit && !read_input(cli, path, 64, &token, &len))
		exit = CLI_FAILED;
	free(path);
	if (exit)
		return exit;
	char *url = cli_format("http://localhost:%llu/#token=%.*s", port, (int)len,
			       (const char *)token);
	gn_wipe(token, len);
	free(token);
	if (cli->json)
		exit = cli_json(cli, json_pack("{ss}", "url", url));
	else
		printf("%s\n", url);
	free(url);
	return exit;
}
