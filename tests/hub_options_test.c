/* The tool shows the options of `geonet hub run` and looks for wrong ones without a hub linked to
 * it, so it has a list of its own: it is that of the hub's settings, word for word. */
#include "geonet/hub/commands.h"
#include "hub/hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct cli_option *run_options(void)
{
	const struct cli_command *c = hub_local_commands;
	while (strcmp(c->name, "run") != 0)
		c++;
	return c->options;
}

static void options_of_run_are_the_settings(void **state)
{
	const struct cli_option *o = run_options();
	char help[GN_HOST_WHY];
	(void)state;
	for (const struct gn_host_setting *s = gn_hub_settings; s->name; s++) {
		if (strcmp(s->name, "data") == 0)
			continue; /* the tool's own: the hub's is in it */
		assert_non_null(o->name);
		assert_string_equal(o->name, s->name);
		assert_string_equal(o->value, s->value);
		gn_host_setting_help(s, help, sizeof help);
		assert_string_equal(o->help, help);
		o++;
	}
	assert_null(o->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(options_of_run_are_the_settings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
