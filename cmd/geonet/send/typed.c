/* Where the code of geonet receive comes from, as typed.h says. */
#include "geonet/send/typed.h"

#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "os/os.h"
#include "services/transfer/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char **kept; /* to the end, for what is said */

void typed_hide(struct cli *cli)
{
	size_t count = 0;
	while (cli->words[count])
		count++;
	char **words = kept = cli_alloc((count + 1) * sizeof *words);
	for (size_t i = 0; i < count; i++) {
		words[i] = cli->words[i];
		for (int k = 0; k < cli->arg_count; k++) {
			if (cli->args[k] != cli->words[i])
				continue;
			words[i] = cli_format("%s", cli->words[i]);
			cli->args[k] = words[i];
			memset(cli->words[i], '*', strlen(cli->words[i]));
			break;
		}
	}
	words[count] = NULL;
	cli->words = words;
}

char *typed_code(struct cli *cli)
{
	char line[GN_CODE_MAX + 64];
	char *given = getenv("GEONET_CODE");
	if (cli->arg_count == 1 && strcmp(cli->args[0], "-") == 0)
		return cli_format("%s", fgets(line, sizeof line, stdin) ? line : "");
	if (cli->arg_count)
		return cli_format("%s %s %s", cli->args[0], cli->arg_count > 1 ? cli->args[1] : "",
				  cli->arg_count > 2 ? cli->args[2] : "");
	if (!given || !*given)
		return NULL;
	char *text = cli_format("%s", given);
	gn_wipe(given, strlen(given));
	unsetenv("GEONET_CODE");
	return text;
}

char *typed_ask(const struct cli *cli)
{
	char line[GN_CODE_MAX + 64];
	if (cli->json || !gn_os_is_terminal(STDIN_FILENO) ||
	    !terminal_ask("The code that they read to you: ", false, line, sizeof line) || !*line)
		return NULL;
	return cli_format("%s", line);
}
