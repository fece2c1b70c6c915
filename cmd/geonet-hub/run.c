/* The hub made and run. */
#include "geonet-hub/local.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "hub/hub.h"
#include "os/os.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

char *hub_data(const struct cli *cli)
{
	return cli_format("%s/hub", cli->data);
}

int local_init(struct cli *cli)
{
	char why[GN_HUB_WHY] = "", pid[GN_PID_MAX], *data = hub_data(cli);
	struct gn_pk pk;
	gn_err err = gn_hub_init(data, &pk, why);
	int exit = CLI_OK;
	if (err) {
		exit = cli_fail(cli, cli_exit_of(err), gn_err_name(err), "%s", why);
	} else {
		gn_pid(&pk, pid);
		if (cli->json)
			exit = cli_json(cli, json_pack("{ss ss}", "pid", pid, "data", data));
		else
			cli_note(cli, "The hub %s is in %s. Start it with: geonet hub run", pid,
				 data);
	}
	free(data);
	return exit;
}

/* Every option of run is a setting, but for what is of the command line alone. */
static bool is_setting(const char *name)
{
	const struct gn_host_setting *s = gn_host_setting_find(gn_hub_settings, gn_str(name));
	return !s || s->kind != GN_HOST_FLAG; /* who knows none says so */
}

static bool read_config(struct cli *cli, struct gn_hub_config *c)
{
	char why[GN_HUB_WHY] = "", *data = hub_data(cli),
	     *path = cli_option(cli, "config") ? cli_format("%s", cli_option(cli, "config"))
					       : cli_format("%s/hub.conf", data);
	uint8_t *text = NULL;
	size_t len;
	gn_host_settings_default(gn_hub_settings, c, sizeof *c);
	gn_err err = gn_host_setting_set(gn_hub_settings, c, GN_LIT("data"), gn_str(data), why);
	if (!err && (cli_option(cli, "config") || access(path, F_OK) == 0 || errno != ENOENT)) {
		if (!read_input(cli, path, 65536, &text, &len)) {
			free(data);
			free(path);
			return false;
		}
		err = gn_host_settings_parse(gn_hub_settings, c, sizeof *c, gn_slice(text, len),
					     why);
		if (err)
			cli_fail(cli, CLI_USAGE, "usage", "%s: %s", path, why);
	} else if (err) {
		cli_fail(cli, CLI_USAGE, "usage", "%s", why);
	}
	for (const struct cli_option *o = cli->command->options; !err && o->name; o++) {
		const char *value;
		for (int k = 0;
		     !err && is_setting(o->name) && (value = cli_option_at(cli, o->name, k)); k++)
			err = gn_host_setting_set(gn_hub_settings, c, gn_str(o->name),
						  gn_str(value), why);
		if (err)
			cli_fail(cli, CLI_USAGE, "usage", "--%s", why);
	}
	free(text);
	free(data);
	free(path);
	return !err;
}

int local_run(struct cli *cli)
{
	struct gn_hub_config c;
	char why[GN_HUB_WHY] = "";
	uint64_t fd = UINT64_MAX;
	gn_os_process();
	if (!cli_number(cli, "ready-fd", 0, 1023, &fd) || !read_config(cli, &c) ||
	    !make_folders(cli, c.data, 0700))
		return CLI_USAGE;
	gn_err err = gn_hub_run(&c, fd == UINT64_MAX ? -1 : (int)fd, why);
	if (err && *c.log_file) /* both: who started it, and who reads the log later */
		gn_os_log_write(NULL, GN_LOG_ERROR, "hub", "failed", why);
	return err ? cli_fail(cli, CLI_FAILED, gn_err_name(err), "%s", why) : CLI_OK;
}
