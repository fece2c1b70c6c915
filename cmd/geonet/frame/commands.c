/* A program's commands, one after the other. */
#include "geonet/frame/cli.h"

#include <stdio.h>

bool cli_next(const struct cli_program *program, struct cli_at *at)
{
	if (!at->group) {
		at->group = program->groups;
		at->command = at->group->commands;
	} else {
		at->command++;
	}
	while (!at->command->name) {
		at->group++;
		if (!at->group->commands)
			return false;
		at->command = at->group->commands;
	}
	snprintf(at->name, sizeof at->name, "%s%s%s", at->group->name, *at->group->name ? " " : "",
		 at->command->name);
	return true;
}

bool cli_find(const struct cli_program *program, const char *name, struct cli_at *out)
{
	for (struct cli_at at = {0}; cli_next(program, &at);)
		if (strcmp(at.name, name) == 0) {
			*out = at;
			return true;
		}
	return false;
}

const struct cli_group *cli_group(const struct cli_program *program, const char *name)
{
	for (const struct cli_group *g = program->groups; g->commands; g++)
		if (*g->name && g->about && strcmp(g->name, name) == 0)
			return g;
	return NULL;
}

bool cli_is_first(const struct cli_program *program, const struct cli_at *at)
{
	for (struct cli_at b = {0}; cli_next(program, &b) && b.command != at->command;)
		if (*b.group->name && strcmp(b.group->name, at->group->name) == 0)
			return false;
	return true;
}
