/* Completion scripts, made from the command table, so that they never lag behind it. */
#include "geonet/frame/frame.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_first_of_group(const struct cli_command *c)
{
	size_t len = strcspn(c->name, " ");
	for (const struct cli_command *d = cli_commands; d < c; d++)
		if (strncmp(d->name, c->name, len) == 0 && (d->name[len] == ' ' || !d->name[len]))
			return false;
	return true;
}

static void print_first_words(void)
{
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (is_first_of_group(c))
			printf("%s%.*s", c == cli_commands ? "" : " ", (int)strcspn(c->name, " "),
			       c->name);
}

static void print_second_words(const char *group, size_t len)
{
	const char *space = "";
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (strncmp(c->name, group, len) == 0 && c->name[len] == ' ') {
			printf("%s%s", space, c->name + len + 1);
			space = " ";
		}
}

static void print_option_words(const struct cli_command *c)
{
	const struct cli_option *lists[] = {c->options, cli_global};
	const char *space = "";
	for (size_t i = 0; i < GN_COUNT(lists); i++)
		for (const struct cli_option *o = lists[i]; o && o->name; o++) {
			printf("%s--%s", space, o->name);
			space = " ";
		}
}

/* "--a|--b" of all options that take a value, each once. */
static void print_valued_options(void)
{
	const char *bar = "";
	for (const struct cli_command *c = cli_commands; c->name; c++)
		for (const struct cli_option *o = c == cli_commands ? cli_global : c->options;
		     o && o->name; o++) {
			bool seen = !o->value;
			for (const struct cli_command *d = cli_commands; d < c && !seen; d++)
				for (const struct cli_option *e = d == cli_commands ? cli_global
										    : d->options;
				     e && e->name && !seen; e++)
					seen = e->value && strcmp(e->name, o->name) == 0;
			if (seen)
				continue;
			printf("%s--%s", bar, o->name);
			bar = "|";
		}
}

static void print_bash(void)
{
	printf("# bash completion of geonet; made by: geonet completion bash\n"
	       "_geonet() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=() w "
	       "skip= names= "
	       "options=\n"
	       "\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	       "\t\tif [ \"$skip\" ]; then skip=; continue; fi\n"
	       "\t\tcase $w in ");
	print_valued_options();
	printf(") skip=y ;; -*) ;; *) words+=(\"$w\") ;; esac\n"
	       "\tdone\n"
	       "\tcase $prev in --data|--output|-o|--passphrase-file|--config) "
	       "COMPREPLY=($(compgen -f -- \"$cur\")); "
	       "return ;; esac\n"
	       "\tcase \"${words[0]} ${words[1]}\" in\n");
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		printf("\t'%s'%s) options='", c->name, strchr(c->name, ' ') ? "" : "' '*");
		print_option_words(c);
		printf("' ;;\n");
	}
	printf("\tesac\n\tcase ${words[0]} in\n\t'') names='");
	print_first_words();
	printf("' ;;\n");
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		size_t len = strcspn(c->name, " ");
		if (!c->name[len] || !is_first_of_group(c))
			continue;
		printf("\t%.*s) [ ${#words[@]} = 1 ] && names='", (int)len, c->name);
		print_second_words(c->name, len);
		printf("' ;;\n");
	}
	printf("\tesac\n"
	       "\tif [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"${options:-");
	print_option_words(&(struct cli_command){0});
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

static void print_zsh(void)
{
	printf("#compdef geonet\n# zsh completion of geonet; made by: geonet completion zsh\n"
	       "_geonet() {\n\tlocal -a names\n\tlocal command=${words[2]} n=2\n");
	printf("\tcase $command in\n");
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		size_t len = strcspn(c->name, " ");
		if (!c->name[len] || !is_first_of_group(c))
			continue;
		printf("\t%.*s)\n\t\tif (( CURRENT == 3 )); then names=(", (int)len, c->name);
		for (const struct cli_command *d = c; d->name; d++)
			if (strncmp(d->name, c->name, len) == 0 && d->name[len] == ' ') {
				char *item = cli_format("%s:%s", d->name + len + 1, d->summary);
				putchar(' ');
				print_quoted(item);
				free(item);
			}
		printf(" ); _describe command names; return; fi\n\t\tcommand=\"$command "
		       "${words[3]}\"; n=3 ;;\n");
	}
	printf("\tesac\n\tif (( CURRENT == 2 )); then names=(");
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (is_first_of_group(c)) {
			size_t len = strcspn(c->name, " ");
			char *item = c->name[len] ? cli_format("%.*s:commands about it", (int)len,
							       c->name)
						  : cli_format("%s:%s", c->name, c->summary);
			putchar(' ');
			print_quoted(item);
			free(item);
		}
	printf(" ); _describe command names; return; fi\n\tshift $((n - 1)) words; (( CURRENT -= n "
	       "- 1 ))\n\tcase "
	       "$command in\n");
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		printf("\t'%s') _arguments", c->name);
		print_zsh_options(c->options);
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

static void print_fish(void)
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
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		size_t len = strcspn(c->name, " ");
		if (is_first_of_group(c)) {
			printf("complete -c geonet -f -n '__geonet_at' -a %.*s -d ", (int)len,
			       c->name);
			print_quoted(c->name[len] ? "commands about it" : c->summary);
			putchar('\n');
		}
		if (c->name[len]) {
			printf("complete -c geonet -f -n '__geonet_at %.*s' -a %s -d ", (int)len,
			       c->name, c->name + len + 1);
			print_quoted(c->summary);
			putchar('\n');
		}
		char *condition = cli_format("__geonet_in %s", c->name);
		print_fish_options(condition, c->options);
		free(condition);
	}
	print_fish_options("true", cli_global);
}

int cmd_completion(struct cli *cli)
{
	const char *shell = cli->args[0];
	if (strcmp(shell, "bash") == 0)
		print_bash();
	else if (strcmp(shell, "zsh") == 0)
		print_zsh();
	else if (strcmp(shell, "fish") == 0)
		print_fish();
	else
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is not bash, zsh or fish", shell);
	return CLI_OK;
}
