/* The hub of this machine is geonet-hub's: its engine, its database and its server are linked
 * there alone. This program becomes that one, with the words it was given, so that the process,
 * its signals and its exit status are the same. geonet-hub knows by the first word that it is
 * called as "geonet". */
#include "geonet/hub/hand_over.h"
#include "geonet/frame/frame.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int hub_hand_over(struct cli *cli)
{
	char *program = cli_beside("geonet-hub"), *slash = strrchr(cli->words[0], '/'), self[16];
	snprintf(self, sizeof self, "%s", cli->program->name);
	if (strcmp(slash ? slash + 1 : cli->words[0], self) != 0)
		cli->words[0] = self;
	execvp(program, cli->words);
	int exit = errno == ENOENT
			   ? cli_fail(cli, CLI_FAILED, "no-program",
				      "geonet %s needs the program geonet-hub, which is neither "
				      "beside geonet nor in PATH; install it there",
				      cli->at.name)
			   : cli_fail(cli, CLI_FAILED, "io", "%s cannot be started: %s", program,
				      strerror(errno));
	free(program);
	return exit;
}
