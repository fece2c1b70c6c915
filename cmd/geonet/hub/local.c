/* The hub of this machine: make it, run it, prove its journal, carry it elsewhere. */
#include "geonet/frame/files.h"
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/hub/commands.h"
#include "hub/hub.h"
#include "os/os.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *hub_data(const struct cli *cli)
{
	return cli_format("%s/hub", cli->data);
}

int cmd_hub_init(struct cli *cli)
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

static bool configure(struct cli *cli, struct gn_hub_config *c)
{
	static const char *const passed[] = {
		"http",         "history",      "access-seconds", "refresh-seconds",
		"rate-key",     "rate-address", "rate-failed",    "rate-day",
		"registration", "trust-proxy",  "host-name",      "accept-v0",
		"memory-mib",   "log",          "log-file"};
	char why[GN_HUB_WHY] = "", *data = hub_data(cli),
	     *path = cli_option(cli, "config") ? cli_format("%s", cli_option(cli, "config"))
					       : cli_format("%s/hub.conf", data);
	uint8_t *text = NULL;
	size_t len;
	gn_hub_config_default(c);
	gn_err err = gn_hub_config_set(c, GN_LIT("data"), gn_str(data), why);
	if (!err && (cli_option(cli, "config") || access(path, F_OK) == 0 || errno != ENOENT)) {
		if (!read_input(cli, path, 65536, &text, &len)) {
			free(data);
			free(path);
			return false;
		}
		err = gn_hub_config_parse(c, gn_slice(text, len), why);
		if (err)
			cli_fail(cli, CLI_USAGE, "usage", "%s: %s", path, why);
	} else if (err) {
		cli_fail(cli, CLI_USAGE, "usage", "%s", why);
	}
	for (size_t i = 0; !err && i < GN_COUNT(passed); i++) {
		const char *value;
		for (int k = 0; !err && (value = cli_option_at(cli, passed[i], k)); k++)
			err = gn_hub_config_set(c, gn_str(passed[i]), gn_str(value), why);
		if (err)
			cli_fail(cli, CLI_USAGE, "usage", "--%s", why);
	}
	free(text);
	free(data);
	free(path);
	return !err;
}

int cmd_hub_run(struct cli *cli)
{
	struct gn_hub_config c;
	char why[GN_HUB_WHY] = "";
	uint64_t fd = UINT64_MAX;
	gn_os_process();
	if (!cli_number(cli, "ready-fd", 0, 1023, &fd) || !configure(cli, &c) ||
	    !make_folders(cli, c.data, 0700))
		return CLI_USAGE;
	gn_err err = gn_hub_run(&c, fd == UINT64_MAX ? -1 : (int)fd, why);
	if (err && *c.log_file) /* both: who started it, and who reads the log later */
		gn_os_log_write(NULL, GN_LOG_ERROR, "hub", "failed", why);
	return err ? cli_fail(cli, CLI_FAILED, gn_err_name(err), "%s", why) : CLI_OK;
}

static void on_progress(void *user, uint64_t done, uint64_t all)
{
	if (all)
		cli_progress(user, "checking the journal: %llu of %llu MiB",
			     (unsigned long long)done >> 20, (unsigned long long)all >> 20);
	else
		cli_progress(user, "importing the journal: %llu MiB",
			     (unsigned long long)done >> 20);
}

#define NOT_ASKED                                                                                  \
	"the running hub could not be asked (--as DIR: the directory of an officer's or "          \
	"participant's identity)"

static int verify(struct cli *cli, bool ask)
{
	struct gn_hub_progress progress = {on_progress, cli};
	static const char *const compared[] = {"nothing", "history", "checkpoint", "hub"};
	struct gn_hub_report r;
	struct gn_hub_live live;
	struct gn_pk pk;
	char why[GN_HUB_WHY] = "", pid[GN_PID_MAX], state[65], *data = hub_data(cli);
	/* asked first: what the hub tells is durable, so the journal read afterwards has it */
	bool told = ask && gn_hub_key(data, &pk) == GN_OK &&
		    hub_state(cli, &pk, &live.seq, &live.state);
	gn_err err = gn_hub_verify(data, told ? &live : NULL, &progress, &r, why);
	cli_progress_done(cli);
	free(data);
	if (err)
		return cli_fail(cli, CLI_FAILED, gn_err_name(err), "%s", why);
	/* HB-21: imported (!ask) it was compared with the file, which tells its length and
	 * hashes */
	bool must = ask && cli_option(cli, "hub"),
	     proved = !ask || (r.end_known && (told || !must));
	gn_pid(&r.hub, pid);
	gn_hex(GN_SLICE(r.state.b), state);
	if (cli->json) {
		int exit = cli_json(cli, json_pack("{ss sI sI sI sI sI ss sI sb sb ss sI}", "hub",
						   pid, "records", (json_int_t)r.records, "files",
						   (json_int_t)r.files, "bytes",
						   (json_int_t)r.bytes, "torn", (json_int_t)r.torn,
						   "history", (json_int_t)r.watermark, "state_hash",
						   state, "last", (json_int_t)(r.last / GN_SEC),
						   "copy", r.copied, "end_known", r.end_known,
						   "compared_with", compared[r.compared],
						   "compared_at", (json_int_t)r.compared_at));
		return exit ? exit : proved ? CLI_OK : CLI_FAILED;
	}
	printf(proved ? "The journal holds: every signature, checkpoint and invariant from the "
			"first record on.\n"
		      : "Every signature, checkpoint and invariant that is there is right, but it "
			"is not proved:\n");
	out_pair(cli, "hub", "%s", pid);
	out_pair(cli, "records", "%llu in %s, %s", (unsigned long long)r.records,
		 out_count(r.files, "file", "files"), out_bytes(r.bytes));
	if (r.torn)
		out_pair(cli, "tail", "%llu bytes behind record %llu are a torn tail or damage; %s",
			 (unsigned long long)r.torn, (unsigned long long)r.records,
			 r.watermark ? "the history knows nothing of them"
				     : "there is no history to say whether they were ever durable");
	out_pair(cli, "state", "%s", state);
	out_pair(cli, "last", "%s", out_time(gn_unix(r.last)));
	if (!ask)
		out_pair(cli, "compared",
			 "with the file that was imported, which has the same "
			 "records to the last");
	else if (r.compared == GN_HUB_LIVE)
		out_pair(cli, "compared",
			 "with the running hub, whose state at record %llu is the "
			 "same",
			 (unsigned long long)r.compared_at);
	else if (r.compared == GN_HUB_HISTORY)
		out_pair(cli, "compared", "with the history, which knows record %llu; %s",
			 (unsigned long long)r.compared_at,
			 r.copied ? NOT_ASKED : "the hub does not run");
	else if (r.compared == GN_HUB_CHECKPOINT)
		out_pair(cli, "compared", "with the last checkpoint, record %llu; %s",
			 (unsigned long long)r.compared_at,
			 r.copied ? NOT_ASKED : "the hub does not run");
	else
		out_pair(cli, "compared",
			 "with nothing: there is no checkpoint yet, and the hub %s",
			 r.copied ? "could not be asked (--as DIR: the identity of an officer or "
				    "participant)"
				  : "does not run");
	if (r.copied)
		cli_note(cli, "The hub is running; a copy of its journal was read.");
	if (proved)
		return CLI_OK;
	if (must && !told)
		return cli_fail(
			cli, CLI_FAILED, "not-compared",
			"nothing was compared with the hub at %s: it does not answer, is another "
			"hub, or does not "
			"let this key ask (an officer's or a participant's; --as DIR names the "
			"directory of the "
			"identity)",
			cli_option(cli, "hub"));
	return cli_fail(
		cli, CLI_FAILED, "not-compared",
		"nothing here tells how far the journal should go, there being no history (a "
		"journal that was imported "
		"has none; geonet hub import has compared it with its file): records at its end "
		"may be gone. "
		"Compare it with the running hub: --hub URL --as DIR, DIR being the directory of "
		"an identity that the "
		"hub knows");
}

int cmd_hub_verify(struct cli *cli)
{
	return verify(cli, true);
}

/* ---- export, import ---- */

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
	on_progress(s->cli, s->done, 0);
	return n;
}

int cmd_hub_export(struct cli *cli)
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

int cmd_hub_import(struct cli *cli)
{
	char why[GN_HUB_WHY] = "", *data = hub_data(cli);
	FILE *f = strcmp(cli->args[0], "-") == 0 ? stdin : fopen(cli->args[0], "rb");
	if (!f) {
		free(data);
		return cli_fail(cli, CLI_FAILED, "io", "%s: %s", cli->args[0], strerror(errno));
	}
	struct source source = {cli, f, 0};
	gn_err err =
		make_folders(cli, data, 0700) ? gn_hub_import(data, get_file, &source, why) : GN_IO;
	cli_progress_done(cli);
	free(data);
	if (f != stdin)
		fclose(f);
	return err ? cli_fail(cli, cli_exit_of(err), gn_err_name(err), "%s", why)
		   : verify(cli, false);
}
