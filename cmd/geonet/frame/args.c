/* Options by their declaration: "--name value", "--name=value", "--flag", "-o value" for the
 * one-letter forms, "--" ends options. Global options may stand anywhere. A word that is nearly
 * an option or a command is suggested. */
#include "geonet/frame/frame.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	char letter;
	const char *name;
} letters[] = {{'h', "help"}, {'o', "output"}, {'d', "data"}, {'j', "json"}};

static const struct cli_option *find_in(const struct cli_option *list, const char *name, size_t len)
{
	for (; list && list->name; list++)
		if (strlen(list->name) == len && memcmp(list->name, name, len) == 0)
			return list;
	return NULL;
}

static const struct cli_option *find_option(const struct cli_command *command, const char *name,
					    size_t len)
{
	const struct cli_option *o = find_in(cli_global, name, len);
	return o || !command ? o : find_in(command->options, name, len);
}

static void nearest(const struct cli_option *list, const char *word, const char **best,
		    unsigned *least)
{
	for (; list && list->name; list++) {
		unsigned d = word_distance(list->name, word);
		if (d < *least) {
			*least = d;
			*best = list->name;
		}
	}
}

static bool unknown_option(struct cli *cli, const char *word)
{
	const char *best = NULL, *name = word + strspn(word, "-");
	unsigned least = strlen(name) < 4 ? 2 : 3; /* nearer than that counts */
	char *plain = cli_format("%.*s", (int)strcspn(name, "="), name);
	nearest(cli_global, plain, &best, &least);
	if (cli->command)
		nearest(cli->command->options, plain, &best, &least);
	free(plain);
	const char *of = cli->command ? cli->command->name : "";
	if (best)
		cli_fail(cli, CLI_USAGE, "usage", "there is no option '%.*s'; did you mean --%s?",
			 (int)strcspn(word, "="), word, best);
	else
		cli_fail(cli, CLI_USAGE, "usage",
			 "there is no option '%.*s'; see geonet %s%s--help",
			 (int)strcspn(word, "="), word, of, *of ? " " : "");
	return false;
}

static bool unknown_command(struct cli *cli, const char *first, const char *second)
{
	const char *best = NULL;
	char *word = cli_format("%s%s%s", first, second ? " " : "", second ? second : "");
	unsigned least = strlen(word) < 4 ? 2 : 3;
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		size_t first_len = strcspn(c->name, " ");
		char *group = cli_format("%.*s", (int)first_len, c->name);
		unsigned whole = word_distance(c->name, word),
			 only = second ? UINT_MAX : word_distance(group, first);
		if (whole < least || only < least) {
			best = whole <= only ? c->name : NULL;
			least = whole < only ? whole : only;
			if (!best) { /* a group, or a command of one word */
				static char name[32];
				snprintf(name, sizeof name, "%s", group);
				best = name;
			}
		}
		free(group);
	}
	if (best)
		cli_fail(cli, CLI_USAGE, "usage",
			 "there is no command '%s'; did you mean geonet "
			 "%s?",
			 word, best);
	else
		cli_fail(cli, CLI_USAGE, "usage", "there is no command '%s'; geonet help lists all",
			 word);
	free(word);
	return false;
}

/* Takes the option in argv[*i], and its value from the same or the next word. */
static bool take_option(struct cli *cli, int argc, char **argv, int *i, bool *help)
{
	const char *word = argv[*i], *name = word + 2, *equals = strchr(word, '=');
	size_t len = equals && word[1] == '-' ? (size_t)(equals - name)
		     : strlen(word) > 2       ? strlen(name)
					      : 0;
	if (word[1] != '-') { /* one letter */
		name = "";
		for (size_t k = 0; k < GN_COUNT(letters); k++)
			if (word[1] == letters[k].letter && !word[2])
				name = letters[k].name;
		len = strlen(name);
		equals = NULL;
	}
	const struct cli_option *o = find_option(cli->command, name, len);
	if (!o || len == 0)
		return unknown_option(cli, word);
	if (strcmp(o->name, "help") == 0) {
		*help = true;
		return true;
	}
	const char *value = equals ? equals + 1 : NULL;
	if (!o->value && value) {
		cli_fail(cli, CLI_USAGE, "usage", "--%s takes no value", o->name);
		return false;
	}
	if (o->value && !value && *i + 1 < argc)
		value = argv[++*i];
	if (o->value && !value) {
		cli_fail(cli, CLI_USAGE, "usage", "--%s needs a value: --%s %s", o->name, o->name,
			 o->value);
		return false;
	}
	if (cli->given_count == CLI_GIVEN_MAX) {
		cli_fail(cli, CLI_USAGE, "usage", "too many options");
		return false;
	}
	cli->given[cli->given_count].option = o;
	cli->given[cli->given_count++].value = value;
	cli->json |= strcmp(o->name, "json") == 0;
	return true;
}

const struct cli_command *cli_find(const char *name)
{
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static bool is_group(const char *word)
{
	size_t len = strlen(word);
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (strncmp(c->name, word, len) == 0 && c->name[len] == ' ')
			return true;
	return false;
}

/* A word that is no option: part of the command's name, or an argument. *group is the first word
 * of a two-word command. */
static bool take_word(struct cli *cli, const char *word, const char **group)
{
	if (cli->command) {
		if (cli->arg_count == CLI_ARGS_MAX) {
			cli_fail(cli, CLI_USAGE, "usage", "too many arguments");
			return false;
		}
		cli->args[cli->arg_count++] = word;
		return true;
	}
	if (!*group && is_group(word)) {
		*group = word;
		return true;
	}
	char *name = *group ? cli_format("%s %s", *group, word) : cli_format("%s", word);
	cli->command = cli_find(name);
	free(name);
	return cli->command || unknown_command(cli, *group ? *group : word, *group ? word : NULL);
}

static bool check_count(struct cli *cli)
{
	const struct cli_command *c = cli->command;
	if (cli->arg_count < c->min) {
		cli_fail(cli, CLI_USAGE, "usage", "a word is missing: geonet %s %s", c->name,
			 c->args);
		return false;
	}
	if (c->max >= 0 && cli->arg_count > c->max) {
		cli_fail(cli, CLI_USAGE, "usage", "'%s' is one word too many: geonet %s%s%s",
			 cli->args[c->max], c->name, *c->args ? " " : "", c->args);
		return false;
	}
	return true;
}

bool cli_parse(struct cli *cli, int argc, char **argv, bool *help)
{
	const char *group = NULL;
	bool only_words = false;
	/* so that a wrong word is told in JSON if JSON is wanted anywhere */
	for (int i = 1; i < argc; i++)
		cli->json |= strcmp(argv[i], "--json") == 0;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		bool ok;
		if (!only_words && strcmp(word, "--") == 0) {
			only_words = true;
			continue;
		}
		if (!only_words && word[0] == '-' && word[1])
			ok = take_option(cli, argc, argv, &i, help);
		else
			ok = take_word(cli, word, &group);
		if (!ok)
			return false;
	}
	if (*help && !cli->command && group) {
		cli_help_group(cli, group);
		return false;
	}
	if (*help || (!cli->command && !group))
		return true;
	if (!cli->command) {
		cli_fail(cli, CLI_USAGE, "usage",
			 "geonet %s needs one more word; see geonet %s "
			 "--help",
			 group, group);
		return false;
	}
	return check_count(cli);
}

const char *cli_option_at(const struct cli *cli, const char *name, int i)
{
	GN_ASSERT(find_option(cli->command, name, strlen(name)));
	for (int k = 0; k < cli->given_count; k++)
		if (strcmp(cli->given[k].option->name, name) == 0 && i-- == 0)
			return cli->given[k].value;
	return NULL;
}

const char *cli_option(const struct cli *cli, const char *name)
{
	const char *value = NULL;
	GN_ASSERT(find_option(cli->command, name, strlen(name)));
	for (int k = 0; k < cli->given_count; k++)
		if (strcmp(cli->given[k].option->name, name) == 0)
			value = cli->given[k].value;
	return value;
}

bool cli_flag(const struct cli *cli, const char *name)
{
	GN_ASSERT(find_option(cli->command, name, strlen(name)));
	for (int k = 0; k < cli->given_count; k++)
		if (strcmp(cli->given[k].option->name, name) == 0)
			return true;
	return false;
}

bool cli_number(struct cli *cli, const char *name, uint64_t min, uint64_t max, uint64_t *out)
{
	const char *text = cli_option(cli, name);
	uint64_t v = 0;
	bool ok = text && *text;
	if (!text)
		return true;
	for (const char *p = text; *p && ok; p++) {
		ok = *p >= '0' && *p <= '9' && v <= (UINT64_MAX - 9) / 10;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (!ok || v < min || v > max) {
		cli_fail(cli, CLI_USAGE, "range", "--%s: '%s' is not a number from %llu to %llu",
			 name, text, (unsigned long long)min, (unsigned long long)max);
		return false;
	}
	*out = v;
	return true;
}

/* ---- help ---- */

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

void cli_help(const struct cli *cli, const struct cli_command *command)
{
	if (command) {
		const char *stop = command->summary[strlen(command->summary) - 1] == '?' ? "" : ".";
		printf("usage: geonet %s%s%s%s\n%c%s%s\n", command->name,
		       command->options && command->options->name ? " [OPTION...]" : "",
		       *command->args ? " " : "", command->args, command->summary[0] - 'a' + 'A',
		       command->summary + 1, stop);
		if (command->details)
			printf("\n%s", command->details);
		print_options(command->options, "Options");
		print_options(cli_global, "Everywhere");
		printf("\n%sExamples:%s\n%s", out_bold(cli), out_plain(cli), command->examples);
		return;
	}
	printf("usage: geonet COMMAND [OPTION...] [ARGUMENT...]\n"
	       "The tool of GeoNet: a network where people, sites and data are found by key or "
	       "name, with no server in "
	       "the middle.\n\n");
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		char left[80];
		snprintf(left, sizeof left, "%s%s%s", c->name, *c->args ? " " : "", c->args);
		printf("  %-34s %s\n", left, c->summary);
	}
	print_options(cli_global, "Everywhere");
	printf("\n%sExamples:%s\n"
	       "  geonet up --bootstrap seed.example.net:7777    start a node and join a network\n"
	       "  geonet id new                                  make your identity\n"
	       "  geonet site publish ./public --name alice      publish a folder as alice.geo\n"
	       "  geonet COMMAND --help                          more about a command\n\n"
	       "Exit status: 0 done, 1 failed, 2 wrong usage, 3 no node is running or no hub "
	       "answers, 4 not found, 5 too few nodes "
	       "answered or agreed in time, 6 it is not known whether a payment was made.\n"
	       "Environment: GEONET_DATA, XDG_DATA_HOME, GEONET_HUB, GEONET_PASSPHRASE_FILE, "
	       "NO_COLOR.\n",
	       out_bold(cli), out_plain(cli));
}

bool cli_help_group(const struct cli *cli, const char *group)
{
	size_t len = strlen(group);
	bool any = false;
	(void)cli;
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		char left[80];
		if (strncmp(c->name, group, len) != 0 || c->name[len] != ' ')
			continue;
		if (!any)
			printf("usage: geonet %s COMMAND [OPTION...] [ARGUMENT...]\n\n", group);
		any = true;
		snprintf(left, sizeof left, "%s%s%s", c->name, *c->args ? " " : "", c->args);
		printf("  %-34s %s\n", left, c->summary);
	}
	if (any)
		printf("\ngeonet %s COMMAND --help tells more.\n", group);
	return any;
}
