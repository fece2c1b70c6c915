/* Completion scripts, made from the command table, so that they never lag behind it. */
#include "geonet/frame/frame.h"
#include "geonet/frame/help.h"

#include <stdio.h>
#include <stdlib.h>

/* Its first word: the group's name, or its own. */
static const char *first_word(const struct cli_at *at)
{
	return *at->group->name ? at->group->name : at->command->name;
}

static bool begins_group(const struct cli_program *p, const struct cli_at *at)
{
	return *at->group->name && cli_is_first(p, at);
}

static void print_first_words(const struct cli_program *p)
{
	const char *space = "";
	for (struct cli_at at = {0}; cli_next(p, &at);)
		if (cli_is_first(p, &at)) {
			printf("%s%s", space, first_word(&at));
			space = " ";
		}
}

static void print_second_words(const struct cli_program *p, const char *group)
{
	const char *space = "";
	for (struct cli_at at = {0}; cli_next(p, &at);)
		if (strcmp(at.group->name, group) == 0) {
			printf("%s%s", space, at.command->name);
			space = " ";
		}
}

static void print_option_words(const struct cli_option *own)
{
	const struct cli_option *lists[] = {own, cli_global};
	const char *space = "";
	for (size_t i = 0; i < GN_COUNT(lists); i++)
		for (const struct cli_option *o = lists[i]; o && o->name; o++) {
			printf("%s--%s", space, o->name);
			space = " ";
		}
}

/* Prints the options of this list that take a value and stand in none of the lists before. */
static void print_new_valued(const struct cli_program *p, const struct cli_option *list,
			     const struct cli_command *end, const char **bar)
{
	for (const struct cli_option *o = list; o && o->name; o++) {
		bool seen = !o->value;
		for (const struct cli_option *e = end ? cli_global : NULL; e && e->name; e++)
			seen = seen || (e->value && strcmp(e->name, o->name) == 0);
		for (struct cli_at at = {0}; end && cli_next(p, &at) && at.command != end;)
			for (const struct cli_option *e = at.command->options; e && e->name; e++)
				seen = seen || (e->value && strcmp(e->name, o->name) == 0);
		if (!seen) {
			printf("%s--%s", *bar, o->name);
			*bar = "|";
		}
	}
}

/* "--a|--b" of all options that take a value, each once. */
static void print_valued_options(const struct cli_program *p)
{
	const char *bar = "";
	print_new_valued(p, cli_global, NULL, &bar);
	for (struct cli_at at = {0}; cli_next(p, &at);)
		print_new_valued(p, at.command->options, at.command, &bar);
}

/* "on|off": words to choose from, as they are typed. */
static bool is_choice(const char *value)
{
	return value && strchr(value, '|') &&
	       strspn(value, "abcdefghijklmnopqrstuvwxyz|-") == strlen(value);
}

/* "on off" */
static void print_choices(const char *value)
{
	for (; *value; value++)
		putchar(*value == '|' ? ' ' : *value);
}

/* After an option whose value is one of a few words, these. */
static void print_bash_values(const struct cli_program *p)
{
	for (struct cli_at at = {0}; cli_next(p, &at);)
		for (const struct cli_option *o = at.command->options; o && o->name; o++)
			if (is_choice(o->value)) {
				printf("\t--%s) COMPREPLY=($(compgen -W '", o->name);
				print_choices(o->value);
				printf("' -- \"$cur\")); return ;;\n");
			}
}

static void print_bash(const struct cli_program *p)
{
	printf("# bash completion of geonet; made by: geonet completion bash\n"
	       "_geonet() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=() w "
	       "skip= names= options=\n"
	       "\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	       "\t\tif [ \"$skip\" ]; then skip=; continue; fi\n"
	       "\t\tcase $w in ");
	print_valued_options(p);
	printf(") skip=y ;; -*) ;; *) words+=(\"$w\") ;; esac\n"
	       "\tdone\n"
	       "\tcase $prev in\n"
	       "\t--data|--output|-o|--passphrase-file|--config) "
	       "COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
	print_bash_values(p);
	/* after "help" a command is wanted */
	printf("\tesac\n"
	       "\t[ \"${words[0]}\" = help ] && words=(\"${words[@]:1}\")\n"
	       "\tcase \"${words[0]} ${words[1]}\" in\n");
	for (struct cli_at at = {0}; cli_next(p, &at);) {
		printf("\t'%s'%s) options='", at.name, *at.group->name ? "" : "' '*");
		print_option_words(at.command->options);
		if (is_choice(at.command->args)) {
			printf("' names='");
			print_choices(at.command->args);
		}
		printf("' ;;\n");
	}
	printf("\tesac\n\tcase ${words[0]} in\n\t'') names='");
	print_first_words(p);
	printf("' ;;\n");
	for (struct cli_at at = {0}; cli_next(p, &at);) {
		if (!begins_group(p, &at))
			continue;
		printf("\t%s) [ ${#words[@]} = 1 ] && names='", at.group->name);
		print_second_words(p, at.group->name);
		printf("' ;;\n");
	}
	printf("\tesac\n"
	       "\tif [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"${options:-");
	print_option_words(NULL);
	printf("}\" -- \"$cur\"))\n"
	       "\telif [ \"$names\" ]; then COMPREPLY=($(compgen -W \"$names\" -- \"$cur\"))\n"
	       "\telse COMPREPLY=($(compgen -f -- \"$cur\")); fi\n"
	       "}\n"
	       "complete -o filenames -F _geonet geonet\n");
}

/* Texts in single quotes: a quote in them ends, escapes and begins again. */
static void print_quoted(const char *s)
{
	putchar('\'');
	for (; *s; s++)
		fputs(*s == '\'' ? "'\\''" : (char[]){*s, 0}, stdout);
	putchar('\'');
}

static void print_zsh_options(const struct cli_option *o)
{
	for (; o && o->name; o++) {
		char text[256];
		size_t n = 0;
		for (const char *p = o->help; *p && n < sizeof text - 3; p++) {
			/* ] [ : mean something to _arguments */
			if (strchr("[]:\\", *p))
				text[n++] = '\\';
			text[n++] = *p;
		}
		text[n] = 0;
		char *spec = o->value ? cli_format("*--%s=[%s]:%s:_files", o->name, text, o->value)
				      : cli_format("--%s[%s]", o->name, text);
		putchar(' ');
		print_quoted(spec);
		free(spec);
	}
}

/* " 'NAME:WHAT IT IS'" */
static void print_zsh_name(const char *name, const char *about)
{
	char *item = cli_format("%s:%s", name, about);
	putchar(' ');
	print_quoted(item);
	free(item);
}

static const char *first_about(const struct cli_at *at)
{
	return *at->group->name ? at->group->about : at->command->summary;
}

static void print_zsh(const struct cli_program *p)
{
	printf("#compdef geonet\n# zsh completion of geonet; made by: geonet completion zsh\n"
	       "_geonet() {\n\tlocal -a names\n\tlocal command=${words[2]} n=2\n"
	       "\tcase $command in\n");
	for (struct cli_at at = {0}; cli_next(p, &at);) {
		if (!begins_group(p, &at))
			continue;
		printf("\t%s)\n\t\tif (( CURRENT == 3 )); then names=(", at.group->name);
		for (struct cli_at b = {0}; cli_next(p, &b);)
			if (strcmp(b.group->name, at.group->name) == 0)
				print_zsh_name(b.command->name, b.command->summary);
		printf(" ); _describe command names; return; fi\n"
		       "\t\tcommand=\"$command ${words[3]}\"; n=3 ;;\n");
	}
	printf("\tesac\n\tif (( CURRENT == 2 )); then names=(");
	for (struct cli_at at = {0}; cli_next(p, &at);)
		if (cli_is_first(p, &at))
			print_zsh_name(first_word(&at), first_about(&at));
	printf(" ); _describe command names; return; fi\n"
	       "\tshift $((n - 1)) words; (( CURRENT -= n - 1 ))\n\tcase $command in\n");
	for (struct cli_at at = {0}; cli_next(p, &at);) {
		printf("\t'%s') _arguments", at.name);
		print_zsh_options(at.command->options);
		print_zsh_options(cli_global);
		printf(" '*:file:_files' ;;\n");
	}
	printf("\tesac\n}\n_geonet \"$@\"\n");
}

static void print_fish_options(const char *condition, const struct cli_option *o)
{
	for (; o && o->name; o++) {
		printf("complete -c geonet -n ");
		print_quoted(condition);
		printf(" -l %s%s -d ", o->name, o->value ? " -r" : "");
		print_quoted(o->help);
		putchar('\n');
	}
}

static void print_fish_name(const char *before, const char *name, const char *about)
{
	printf("complete -c geonet -f -n '__geonet_at%s%s' -a %s -d ", *before ? " " : "", before,
	       name);
	print_quoted(about);
	putchar('\n');
}

static void print_fish(const struct cli_program *p)
{
	printf("# fish completion of geonet; made by: geonet completion fish\n"
	       "function __geonet_at\n"
	       "\tset -l said (string match -v -- '-*' (commandline -opc)[2..-1])\n"
	       "\ttest \"$said\" = \"$argv\"\n"
	       "end\n"
	       "function __geonet_in\n"
	       "\tset -l said (string match -v -- '-*' (commandline -opc)[2..-1])\n"
	       "\tstring match -q -- \"$argv*\" \"$said \"\n"
	       "end\n");
	for (struct cli_at at = {0}; cli_next(p, &at);) {
		if (cli_is_first(p, &at))
			print_fish_name("", first_word(&at), first_about(&at));
		if (*at.group->name)
			print_fish_name(at.group->name, at.command->name, at.command->summary);
		char *condition = cli_format("__geonet_in %s", at.name);
		print_fish_options(condition, at.command->options);
		free(condition);
	}
	print_fish_options("true", cli_global);
}

int cmd_completion(struct cli *cli)
{
	const struct cli_program *p = cli->program;
	const char *shell = cli->args[0];
	if (strcmp(shell, "bash") == 0)
		print_bash(p);
	else if (strcmp(shell, "zsh") == 0)
		print_zsh(p);
	else if (strcmp(shell, "fish") == 0)
		print_fish(p);
	else
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is not bash, zsh or fish", shell);
	return CLI_OK;
}
