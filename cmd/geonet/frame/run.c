/* A program from its first word to its exit status: what was typed, where the data is, the
 * command, and whether stdout took the answer. */
#include "geonet/frame/frame.h"
#include "geonet/frame/help.h"
#include "os/os.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --data, or where geonetd looks; absolute, because the node will run elsewhere. */
static bool choose_data(struct cli *cli)
{
	const char *given = NULL, *own = getenv("GEONET_DATA"), *xdg = getenv("XDG_DATA_HOME");
	char text[CLI_PATH_MAX], here[CLI_PATH_MAX] = "";
	for (int i = 0; i < cli->given_count; i++)
		if (strcmp(cli->given[i].option->name, "data") == 0)
			given = cli->given[i].value;
	int n;
	if (given || (own && *own))
		n = snprintf(text, sizeof text, "%s", given ? given : own);
	else if (xdg && *xdg)
		n = snprintf(text, sizeof text, "%s/geonet", xdg);
	else
		n = snprintf(text, sizeof text, "%s/.local/share/geonet", gn_os_home());
	if (n >= (int)sizeof text || (text[0] != '/' && !getcwd(here, sizeof here)) ||
	    strlen(here) + (size_t)n + 2 > sizeof cli->data || !*text) {
		cli_fail(cli, CLI_USAGE, "usage", "--data is not a usable path");
		return false;
	}
	while (n > 1 && text[n - 1] == '/')
		text[--n] = 0;
	char *path = text[0] == '/' ? cli_format("%s", text) : cli_format("%s/%s", here, text);
	memcpy(cli->data, path, strlen(path) + 1);
	free(path);
	return true;
}

/* Whoever only looks says it in its own words. */
static bool data_fits(struct cli *cli)
{
	struct stat st;
	if (stat(cli->data, &st) != 0 || S_ISDIR(st.st_mode))
		return true;
	cli_fail(cli, CLI_USAGE, "usage", "%s, where the data should be, is not a folder",
		 cli->data);
	return false;
}

static int run_command(struct cli *cli)
{
	int (*run)(struct cli *) = cli->at.group->run ? cli->at.group->run : cli->command->run;
	if (run != cli->program->looks && !data_fits(cli))
		return CLI_USAGE;
	if (cli->program->prepare && run != cli->program->looks)
		cli->program->prepare(cli);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	int exit = run(cli);
	cli_progress_done(cli);
	curl_global_cleanup();
	return exit;
}

int cli_run(const struct cli_program *program, int argc, char **argv)
{
	static struct cli cli;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	bool help = false;
	/* closed: what is written is to fail, not to go into a file that is opened later */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		int null = open("/dev/null", O_RDONLY);
		if (null >= 0 && null != STDOUT_FILENO) {
			(void)!dup2(null, STDOUT_FILENO);
			close(null);
		}
	}
	gn_os_harden();
	cli.program = program;
	cli.words = argv;
	cli.talks = isatty(2);
	cli.color = isatty(1) && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
	setvbuf(stdout, NULL, isatty(1) ? _IOLBF : _IOFBF, 65536);
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return cmd_version(&cli);
	int exit = cli_parse(&cli, argc, argv, &help);
	if (exit)
		return exit;
	if (help || !cli.command) {
		cli_help(&cli, &cli.at);
		exit = help ? CLI_OK : CLI_USAGE;
	} else {
		exit = choose_data(&cli) ? run_command(&cli) : CLI_USAGE;
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "%s: stdout cannot be written: %s\n", program->name,
			strerror(errno));
		return exit ? exit : CLI_FAILED;
	}
	return exit;
}
