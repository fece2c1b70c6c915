/* The journal carried elsewhere, as one file, and proved there. */
#include "geonet-hub/local.h"
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "hub/hub.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static gn_err put_file(void *user, struct gn_slice bytes)
{
	return fwrite(bytes.p, 1, bytes.len, user) == bytes.len ? GN_OK : GN_IO;
}

struct source {
	struct cli *cli;
	FILE *f;
	uint64_t done;
};

static size_t get_file(void *user, uint8_t *out, size_t cap)
{
	struct source *s = user;
	size_t n = fread(out, 1, cap, s->f);
	s->done += n;
	show_progress(s->cli, s->done, 0);
	return n;
}

int local_export(struct cli *cli)
{
	char why[GN_HUB_WHY] = "", *data = hub_data(cli);
	struct output out;
	if (!output_open(cli, cli->args[0], false, &out)) {
		free(data);
		return CLI_FAILED;
	}
	gn_err err = gn_hub_export(data, put_file, out.f, why);
	free(data);
	int exit = err && !ferror(out.f)
			   ? cli_fail(cli, cli_exit_of(err), gn_err_name(err), "%s", why)
			   : CLI_OK;
	exit = output_close(&out, exit); /* what could not be written it tells itself */
	if (exit)
		return exit;
	cli_note(cli, "exported; geonet hub import brings it into an empty directory and proves it "
		      "there");
	return CLI_OK;
}

int local_import(struct cli *cli)
{
	char why[GN_HUB_WHY] = "", *data = hub_data(cli);
	bool opened = strcmp(cli->args[0], "-") != 0;
	FILE *f = opened ? fopen(cli->args[0], "rb") : stdin;
	if (!f) {
		free(data);
		return cli_fail(cli, CLI_FAILED, "io", "%s: %s", cli->args[0], strerror(errno));
	}
	struct source source = {cli, f, 0};
	gn_err err =
		make_folders(cli, data, 0700) ? gn_hub_import(data, get_file, &source, why) : GN_IO;
	cli_progress_done(cli);
	free(data);
	if (opened)
		fclose(f);
	return err ? cli_fail(cli, cli_exit_of(err), gn_err_name(err), "%s", why)
		   : verify_journal(cli, false);
}
