/* Options by their declaration: "--name value", "--name=value", "--flag", "-o value" for the
 * one-letter forms, "--" ends options. Global options may stand anywhere. A word that is nearly
 * an option or a command is suggested. */
#include "geonet/frame/frame.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define CLI_GUESS_MAX 256 /* bytes: a few commands, with the program's name before each but one */

const struct cli_option cli_global[] = {
	{"data", "DIR",
	 "the node's data (default $GEONET_DATA, then $XDG_DATA_HOME/geonet, "
	 "~/.local/share/geonet)"},
	{"json", NULL, "print one JSON document instead of text"},
	{"help", NULL, "what a command does, its options, examples"},
	{0},
};

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

static void find_nearest(const struct cli_option *list, const char *word, const char **best,
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
	find_nearest(cli_global, plain, &best, &least);
	if (cli->command)
		find_nearest(cli->command->options, plain, &best, &least);
	free(plain);
	const char *of = cli->command ? cli->at.name : "";
	if (best)
		cli_fail(cli, CLI_USAGE, "usage", "there is no option '%.*s'; did you mean --%s?",
			 (int)strcspn(word, "="), word, best);
	else
		cli_fail(cli, CLI_USAGE, "usage", "there is no option '%.*s'; see %s %s%s--help",
			 (int)strcspn(word, "="), word, cli->program->name, of, *of ? " " : "");
	return false;
}

/* "publish": "id publish or geonet site publish"; "identity": the group it begins with. */
static void same_last_word(const struct cli_program *p, const char *word, char best[CLI_GUESS_MAX])
{
	size_t n = 0;
	for (struct cli_at at = {0}; cli_next(p, &at);) {
		size_t len = strlen(at.group->name);
		if (len && strcmp(at.command->name, word) == 0 && n < CLI_GUESS_MAX)
			n += (size_t)snprintf(best + n, CLI_GUESS_MAX - n, "%s%s%s%s",
					      n ? " or " : "", n ? p->name : "", n ? " " : "",
					      at.name);
		else if (!n && len && strncmp(word, at.group->name, len) == 0)
			snprintf(best, CLI_GUESS_MAX, "%s", at.group->name);
	}
}

static bool unknown_command(struct cli *cli, const char *first, const char *second)
{
	char best[CLI_GUESS_MAX] = "",
	     *word = cli_format("%s%s%s", first, second ? " " : "", second ? second : "");
	unsigned least = strlen(word) < 4 ? 2 : 3;
	for (struct cli_at at = {0}; cli_next(cli->program, &at);) {
		/* a group, or a command of one word */
		const char *one = *at.group->name ? at.group->name : at.command->name;
		unsigned whole = word_distance(at.name, word),
			 only = second ? UINT_MAX : word_distance(one, first);
		if (whole < least || only < least) {
			snprintf(best, sizeof best, "%s", whole <= only ? at.name : one);
			least = whole < only ? whole : only;
		}
	}
	if (!*best && !second)
		same_last_word(cli->program, first, best);
	if (*best)
		cli_fail(cli, CLI_USAGE, "usage", "there is no command '%s'; did you mean %s %s?",
			 word, cli->program->name, best);
	else
		cli_fail(cli, CLI_USAGE, "usage", "there is no command '%s'; %s %s lists all", word,
			 cli->program->name, cli->program->first ? "help" : "--help");
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

/* A word that is no option: part of the command's name, or an argument. */
static bool take_word(struct cli *cli, const char *word)
{
	const char *group = cli->at.group ? cli->at.group->name : NULL;
	if (cli->command) {
		if (cli->arg_count == CLI_ARGS_MAX) {
			cli_fail(cli, CLI_USAGE, "usage", "too many arguments");
			return false;
		}
		cli->args[cli->arg_count++] = word;
		return true;
	}
	if (!group && (cli->at.group = cli_group(cli->program, word)))
		return true;
	char *name = group ? cli_format("%s %s", group, word) : cli_format("%s", word);
	bool found = cli_find(cli->program, name, &cli->at);
	free(name);
	if (found)
		cli->command = cli->at.command;
	return found || unknown_command(cli, group ? group : word, group ? word : NULL);
}

static bool check_count(struct cli *cli)
{
	const struct cli_command *c = cli->command;
	const char *program = cli->program->name;
	if (cli->arg_count < c->min) {
		cli_fail(cli, CLI_USAGE, "usage", "an argument is missing: %s %s %s", program,
			 cli->at.name, c->args);
		return false;
	}
	if (c->max >= 0 && cli->arg_count > c->max) {
		cli_fail(cli, CLI_USAGE, "usage", "unexpected argument '%s': %s %s%s%s",
			 cli->args[c->max], program, cli->at.name, *c->args ? " " : "", c->args);
		return false;
	}
	return true;
}

int cli_parse(struct cli *cli, int argc, char **argv, bool *help)
{
	bool only_words = false;
	/* so that a wrong word is told in JSON if JSON is wanted anywhere */
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		cli->json |= strcmp(argv[i], "--json") == 0;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		bool ok;
		if (!only_words && strcmp(word, "--") == 0) {
			only_words = true;
			continue;
		}
		/* -3 is an amount, though a wrong one */
		if (!only_words && word[0] == '-' && word[1] && !(word[1] >= '0' && word[1] <= '9'))
			ok = take_option(cli, argc, argv, &i, help);
		else
			ok = take_word(cli, word);
		if (!ok)
			return CLI_USAGE;
	}
	if (!*help && !cli->at.group && cli->json)
		return cli_fail(cli, CLI_USAGE, "usage", "a command is missing; see %s --help",
				cli->program->name);
	if (*help || !cli->at.group)
		return CLI_OK;
	if (cli->command)
		return check_count(cli) ? CLI_OK : CLI_USAGE;
	if (!cli->json) /* its commands are listed then */
		return CLI_OK;
	return cli_fail(cli, CLI_USAGE, "usage", "%s %s needs one more word; see %s %s --help",
			cli->program->name, cli->at.group->name, cli->program->name,
			cli->at.group->name);
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
