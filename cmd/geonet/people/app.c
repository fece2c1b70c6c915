/* The app in a browser: the agent gives a code for it, and the page that holds the code is opened
 * from a file of this user's alone, since a command line is read by every user of the machine. */
#include "wire/app.h"
#include "geonet/frame/client.h"
#include "geonet/frame/detach.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/people/commands.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AGENT(member) {GN_FB_APP_BODY_APP_AGENT, GN_FB_APP_AGENT_BODY_##member}
#define LINK_MAX 2048 /* bytes of a link that the app is opened with */

static bool has_screen(void)
{
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");
	return (x && *x) || (wayland && *wayland);
}

/* Whatever the desktop opens pages with. */
static bool open_page(const char *path)
{
	char *const words[] = {"xdg-open", cli_format("%s", path), NULL};
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		execvp(words[0], words);
		_exit(127);
	}
	free(words[1]);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

/* A page that leads to the address, which has no letter that HTML or a script minds. */
static bool write_page(struct cli *cli, const char *path, const char *url)
{
	char *page = cli_format("<!doctype html><meta charset=\"utf-8\"><meta "
				"http-equiv=\"refresh\" content=\"0;url=%s\"><title>GeoNet</title>"
				"<a href=\"%s\">GeoNet</a>\n",
				url, url);
	bool ok = write_file(cli, path, gn_str(page), 0600, true);
	gn_wipe(page, strlen(page));
	free(page);
	return ok;
}

static int show(struct cli *cli, const char *url)
{
	if (cli->json)
		return cli_json(cli, json_pack("{ss}", "url", url));
	if (cli_flag(cli, "print") || !has_screen()) {
		char *line = cli_format("%s\n", url);
		int exit = output_bytes(cli, NULL, gn_str(line));
		gn_wipe(line, strlen(line));
		free(line);
		return exit;
	}
	char *path = cli_format("%s/agent/open.html", cli->data);
	bool opened = write_page(cli, path, url) && open_page(path);
	free(path);
	cli_note(cli, "%s%s", opened ? "The app is in your browser. If it is not: " : "", url);
	return CLI_OK;
}

int cmd_app(struct cli *cli)
{
	static const struct gn_fb_client_pair_args none;
	const char *link = cli->arg_count ? cli->args[0] : NULL;
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)AGENT(CLIENT_PAIR), .args = &none, .agent = true};
	if (link && (strlen(link) > LINK_MAX || (strncasecmp(link, "geonet:", 7) != 0 &&
						 strncasecmp(link, "web+geonet:", 11) != 0)))
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is no link of GeoNet: geonet:...",
				out_text(link));
	int exit = client_agent_alive(cli) ? CLI_OK : agent_launch(cli);
	if (exit)
		return exit;
	exit = client_ask_must(cli, &ask, &r, "the app cannot be opened");
	if (!exit) {
		char *part = link ? url_part(link) : NULL;
		char *url = cli_format("%s%s%s", json_text(r.json, "url"), part ? "&link=" : "",
				       part ? part : "");
		exit = show(cli, url);
		gn_wipe(url, strlen(url));
		free(url);
		free(part);
	}
	reply_free(&r);
	return exit;
}
