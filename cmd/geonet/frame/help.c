/* What --help and help print: of the program the commands to begin with and the groups, of a
 * group its commands, of a command its options and examples; `help` alone lists every command. */
#include "geonet/frame/help.h"
#include "geonet/frame/frame.h"

#include <stdio.h>
#include <stdlib.h>

static void print_command(const struct cli_at *at)
{
	char left[80];
	const struct cli_command *c = at->command;
	snprintf(left, sizeof left, "%s%s%s", at->name, *c->args ? " " : "", c->args);
	printf("  %-34s %s\n", left, c->summary);
}

static void print_options(const struct cli_option *list, const char *title)
{
	if (!list || !list->name)
		return;
	printf("\n%s:\n", title);
	for (; list->name; list++) {
		char left[64];
		snprintf(left, sizeof left, "--%s%s%s", list->name, list->value ? " " : "",
			 list->value ? list->value : "");
		printf("  %-24s %s\n", left, list->help);
	}
}

static void print_usage(const struct cli *cli)
{
	printf("usage: %s COMMAND [OPTION...] [ARGUMENT...]\n%s\n\n", cli->program->name,
	       cli->program->about);
}

static void print_end(const struct cli *cli)
{
	print_options(cli_global, "Everywhere");
	printf("\n%sExamples:%s\n%s\n%s", out_bold(cli), out_plain(cli), cli->program->examples,
	       cli->program->environment);
}

void cli_help_all(const struct cli *cli)
{
	print_usage(cli);
	for (struct cli_at at = {0}; cli_next(cli->program, &at);)
		print_command(&at);
	print_end(cli);
}

static bool is_among_first(const struct cli_program *p, const char *name)
{
	for (const char *const *f = p->first; *f; f++)
		if (strcmp(*f, name) == 0)
			return true;
	return false;
}

/* The commands of one word that are not among the first, as words in a line. */
static void print_others(const struct cli_program *p)
{
	const char *comma = "";
	printf("\nOthers, which %s COMMAND --help explains:\n  ", p->name);
	for (struct cli_at at = {0}; cli_next(p, &at);)
		if (!*at.group->name && !is_among_first(p, at.name)) {
			printf("%s%s", comma, at.name);
			comma = ", ";
		}
	putchar('\n');
}

static void print_program(const struct cli *cli)
{
	const struct cli_program *p = cli->program;
	struct cli_at at = {0};
	print_usage(cli);
	printf("To begin with:\n");
	for (const char *const *f = p->first; *f; f++)
		if (cli_find(p, *f, &at))
			print_command(&at);
	printf("\nGroups, whose commands %s GROUP --help lists:\n", p->name);
	for (const struct cli_group *g = p->groups; g->commands; g++)
		if (*g->name && g->about)
			printf("  %-34s %s\n", g->name, g->about);
	print_others(p);
	print_end(cli);
}

static void print_group(const struct cli *cli, const char *name)
{
	printf("usage: %s %s COMMAND [OPTION...] [ARGUMENT...]\n\n", cli->program->name, name);
	for (struct cli_at at = {0}; cli_next(cli->program, &at);)
		if (strcmp(at.group->name, name) == 0)
			print_command(&at);
	printf("\n%s %s COMMAND --help tells more.\n", cli->program->name, name);
}

static void print_whole_command(const struct cli *cli, const struct cli_at *at)
{
	const struct cli_command *c = at->command;
	const char *stop = c->summary[strlen(c->summary) - 1] == '?' ? "" : ".";
	printf("usage: %s %s%s%s%s\n%c%s%s\n", cli->program->name, at->name,
	       c->options && c->options->name ? " [OPTION...]" : "", *c->args ? " " : "", c->args,
	       c->summary[0] - 'a' + 'A', c->summary + 1, stop);
	if (c->details)
		printf("\n%s", c->details);
	print_options(c->options, "Options");
	print_options(cli_global, "Everywhere");
	printf("\n%sExamples:%s\n%s", out_bold(cli), out_plain(cli), c->examples);
}

void cli_help(const struct cli *cli, const struct cli_at *at)
{
	if (at->command)
		print_whole_command(cli, at);
	else if (at->group)
		print_group(cli, at->group->name);
	else if (cli->program->first)
		print_program(cli);
	else
		cli_help_all(cli);
}

int cmd_help(struct cli *cli)
{
	struct cli_at at = {0};
	if (cli->arg_count == 0) {
		cli_help_all(cli);
		return CLI_OK;
	}
	char *name = cli->arg_count == 2 ? cli_format("%s %s", cli->args[0], cli->args[1])
					 : cli_format("%s", cli->args[0]);
	int exit = CLI_OK;
	if (cli_find(cli->program, name, &at) || (at.group = cli_group(cli->program, name)))
		cli_help(cli, &at);
	else
		exit = cli_fail(cli, CLI_USAGE, "usage",
				"there is no command '%s'; %s help lists all", name,
				cli->program->name);
	free(name);
	return exit;
}

int cmd_version(struct cli *cli)
{
	if (cli->json)
		return cli_json(cli, json_pack("{ss}", "version", GEONET_VERSION));
	printf("%s %s\n", cli->program->name, GEONET_VERSION);
	return CLI_OK;
}
