/* What every program of this frame could have: words about itself. */
#include "geonet/frame/cli.h"
#include "geonet/frame/help.h"

#include <stddef.h>

/* clang-format off */

const struct cli_command own_commands[] = {
	{"completion", "bash|zsh|fish", 1, 1, "print a script that completes commands and options",
	 NULL,
	 "  geonet completion bash > /etc/bash_completion.d/geonet\n"
	 "  geonet completion fish > ~/.config/fish/completions/geonet.fish\n",
	 NULL, cmd_completion},
	{"help", "[COMMAND...]", 0, 2, "all commands, or one",
	 NULL,
	 "  geonet help\n"
	 "  geonet help site publish\n",
	 NULL, cmd_help},
	{"version", "", 0, 0, "the version of this program",
	 NULL,
	 "  geonet version\n",
	 NULL, cmd_version},
	{0},
};
