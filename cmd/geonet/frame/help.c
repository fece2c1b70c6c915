/* What --help and help print: of the program the commands to begin with and the groups, of a
 * group its commands, of a command its options and examples; `help` alone lists every command. */
#include "geonet/frame/help.h"
#include "geonet/frame/frame.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

/* columns: the terminal's, as far as they read well; 80 for a pager */
#define WIDTH_MIN 60
#define WIDTH_MAX 100

static size_t page_width(void)
{
	unsigned n = gn_os_columns(1);
	return n < WIDTH_MIN ? WIDTH_MIN : n > WIDTH_MAX ? WIDTH_MAX : n;
}

/* Words from column `at` on, and from `indent` on in the lines that follow. A line that ends in
 * the text goes on; an empty one separates paragraphs. */
static void print_words(const char *text, size_t at, size_t indent)
{
	size_t width = page_width();
	bool first = true;
	while (*text) {
		size_t blanks = strspn(text, " \n"), len = strcspn(text + blanks, " \n");
		bool paragraph = blanks > 1 && text[0] == '\n' && text[1] == '\n';
		text += blanks;
		if (len == 0)
			break;
		if (!first && (paragraph || at + 1 + len > width)) {
			printf("%s\n%*s", paragraph ? "\n" : "", (int)indent, "");
			at = indent;
		} else if (!first) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)len, text);
		at += len;
		text += len;
		first = false;
	}
	putchar('\n');
}

/* "  LEFT   words", the words below a left part that is too long to stand beside them. */
static void print_row(const char *left, size_t column, const char *words)
{
	size_t len = strlen(left);
	printf("  %s", left);
	if (len + 3 > column)
		printf("\n%*s", (int)column, "");
	else
		printf("%*s", (int)(column - len - 2), "");
	print_words(words, column, column);
}

static void print_command(const struct cli_at *at)
{
	char left[80];
	const struct cli_command *c = at->command;
	snprintf(left, sizeof left, "%s%s%s", at->name, *c->args ? " " : "", c->args);
	print_row(left, 37, c->summary);
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
		print_row(left, 27, list->help);
	}
}

static void print_usage(const struct cli *cli)
{
	printf("usage: %s COMMAND [OPTION...] [ARGUMENT...]\n", cli->program->name);
	print_words(cli->program->about, 0, 0);
	putchar('\n');
}

static void print_end(const struct cli *cli)
{
	print_options(cli_global, "Everywhere");
	printf("\n%sExamples:%s\n%s\n", out_bold(cli), out_plain(cli), cli->program->examples);
	print_words(cli->program->environment, 0, 0);
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

/* The commands of one word that are not among the first, as words in lines. */
static void print_others(const struct cli_program *p)
{
	size_t at_column = 0;
	printf("\nOthers (%s COMMAND --help explains one):", p->name);
	for (struct cli_at at = {0}; cli_next(p, &at);) {
		if (*at.group->name || is_among_first(p, at.name))
			continue;
		size_t len = strlen(at.name);
		bool next = at_column == 0 || at_column + 2 + len + 1 > page_width();
		printf("%s%s%s", at_column ? "," : "", next ? "\n  " : " ", at.name);
		at_column = (next ? 2 : at_column + 2) + len;
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
	printf("\nGroups (%s GROUP lists the commands of one):\n", p->name);
	for (const struct cli_group *g = p->groups; g->commands; g++)
		if (*g->name && g->about)
			print_row(g->name, 37, g->about);
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
	if (c->details) {
		putchar('\n');
		print_words(c->details, 0, 0);
	}
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
