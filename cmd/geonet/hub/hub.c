/* The hub as a program: make it, run it, prove its journal, govern it. */
#include "hub/hub.h"
#include "geonet/hub/client.h"
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

/* ---- looking and governing, over the API ---- */

int cmd_hub_status(struct cli *cli)
{
	struct hub hub;
	json_t *health = NULL, *who = NULL;
	int exit = hub_open(cli, &hub);
	if (!exit && hub_try(cli, &hub, "GET", "/health", NULL, &health) < 0)
		exit = CLI_NO_NODE;
	if (!exit)
		exit = hub_call(cli, &hub, "GET", "/hub", NULL, &who, "the hub");
	if (!exit && cli->json) {
		json_object_update(health, who);
		exit = cli_json(cli, json_incref(health));
	} else if (!exit) {
		const json_t *disk = json_object_get(health, "disk");
		out_pair(cli, "hub", "%s", hub.pid);
		out_pair(cli, "address", "%s", hub.url);
		out_pair(cli, "status", "%s%s%s", json_text(health, "status"),
			 *json_text(health, "reason") ? ": " : "",
			 out_text(json_text(health, "reason")));
		if (*json_text(health, "warning"))
			out_pair(cli, "warning", "%s", out_text(json_text(health, "warning")));
		if (disk)
			out_pair(cli, "disk",
				 "journal %s, snapshots %s, history %s; %s left, %llu "
				 "%% full",
				 out_bytes(json_number(disk, "journal_bytes")),
				 out_bytes(json_number(disk, "snapshot_bytes")),
				 out_bytes(json_number(disk, "history_bytes")),
				 out_bytes(json_number(disk, "free_bytes")),
				 (unsigned long long)json_number(disk, "used_percent"));
		out_pair(cli, "up", "%s", out_duration(json_number(health, "uptime_seconds")));
		out_pair(cli, "version", "%s", out_text(json_text(health, "version")));
	}
	json_decref(health);
	json_decref(who);
	hub_close(&hub);
	return exit;
}

static int print_equivalents(struct cli *cli, json_t *answer)
{
	json_t *item;
	size_t i;
	if (cli->json)
		return cli_json(cli, answer);
	json_array_foreach(json_object_get(answer, "items"), i, item)
		printf("%-16s %llu decimals%s  %s\n", json_text(item, "code"),
		       (unsigned long long)json_number(item, "precision"),
		       json_is_true(json_object_get(item, "is_active")) ? "" : ", inactive",
		       out_text(json_text(item, "description")));
	json_decref(answer);
	return CLI_OK;
}

/* What --metadata says, a JSON object; NULL after printing, or when it says nothing. */
static json_t *read_metadata(struct cli *cli, int *exit)
{
	const char *text = cli_option(cli, "metadata");
	json_t *out = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
	if (!text || json_is_object(out))
		return out;
	json_decref(out);
	*exit = cli_fail(cli, CLI_USAGE, "usage", "--metadata: '%s' is not a JSON object", text);
	return NULL;
}

enum equivalent_verb { EQ_ADD, EQ_SET, EQ_END };

/* The whole of what the equivalent will be: what no option names stays. NULL after printing. */
static json_t *equivalent_command(struct cli *cli, struct hub *hub, const char *code,
				  enum equivalent_verb verb, uint64_t precision, json_t *metadata)
{
	static const char *const names[] = {"description", "symbol", "metadata"};
	json_t *answer, *item, *old = NULL, *info = json_object();
	const char *reason = cli_option(cli, "reason");
	size_t i;
	if (hub_call(cli, hub, "GET", "/admin/equivalents", NULL, &answer, "the equivalents")) {
		json_decref(info);
		return NULL;
	}
	json_array_foreach(json_object_get(answer, "items"), i,
			   item) if (strcmp(json_text(item, "code"), code) == 0) old = item;
	for (i = 0; i < GN_COUNT(names); i++) {
		json_t *was = json_object_get(old, names[i]);
		const char *text = i < 2 ? cli_option(cli, names[i]) : NULL;
		if (text)
			json_object_set_new(info, names[i], json_string(text));
		else if (i == 2 && metadata)
			json_object_set(info, names[i], metadata);
		else if (was && !json_is_null(was))
			json_object_set(info, names[i], was);
	}
	if (verb == EQ_END || (verb == EQ_SET && !cli_option(cli, "precision")))
		precision = json_number(old, "precision");
	json_t *body = json_pack(
		"{ss ss sb so sI ss}", "command", "equivalent", "code", code, "active",
		verb == EQ_ADD ||
			(verb == EQ_SET && json_is_true(json_object_get(old, "is_active"))),
		"info", info, "precision", (json_int_t)precision, "reason", reason ? reason : "");
	json_decref(answer);
	return body;
}

static int change_equivalent(struct cli *cli, struct hub *hub, const char *code,
			     enum equivalent_verb verb, uint64_t precision)
{
	static const char *const done[] = {"can be used now", "is changed",
					   "takes nothing new any "
					   "more"};
	json_t *answer, *metadata, *body;
	int exit = CLI_OK;
	metadata = read_metadata(cli, &exit);
	if (exit)
		return exit;
	body = equivalent_command(cli, hub, code, verb, precision, metadata);
	json_decref(metadata);
	char *part = url_part(code), *path = verb == EQ_ADD
						     ? cli_format("/admin/equivalents")
						     : cli_format("/admin/equivalents/%s", part);
	exit = body ? hub_command(cli, hub, verb == EQ_ADD ? "POST" : "PATCH", path, body, &answer,
				  "the equivalent")
		    : CLI_FAILED;
	free(part);
	free(path);
	if (exit)
		return exit;
	if (cli->json)
		return cli_json(cli, answer);
	cli_note(cli, "%s %s", code, done[verb]);
	json_decref(answer);
	return CLI_OK;
}

int cmd_hub_equivalent(struct cli *cli)
{
	static const char *const verbs[] = {"add", "set", "end"};
	struct hub hub;
	json_t *answer;
	uint64_t precision = 2;
	const char *verb = cli->args[0], *code = cli->arg_count > 1 ? cli->args[1] : "";
	bool list = strcmp(verb, "list") == 0;
	size_t k = 0;
	while (k < GN_COUNT(verbs) && strcmp(verb, verbs[k]) != 0)
		k++;
	if (!list && (k == GN_COUNT(verbs) || !*code))
		return cli_fail(cli, CLI_USAGE, "usage",
				"geonet hub equivalent list | add CODE | "
				"set CODE | end CODE");
	if (!cli_number(cli, "precision", 0, 8, &precision))
		return CLI_USAGE;
	int exit = hub_open(cli, &hub);
	if (!exit)
		exit = list ? hub_login_reader(cli, &hub) : hub_login_officer(cli, &hub);
	if (!exit && list)
		exit = hub_call(cli, &hub, "GET", "/equivalents", NULL, &answer, "the equivalents");
	if (!exit)
		exit = list ? print_equivalents(cli, answer)
			    : change_equivalent(cli, &hub, code, (enum equivalent_verb)k,
						precision);
	hub_close(&hub);
	return exit;
}

/* KEY in hex or base64, or PID of a participant. CLI_OK or a printed failure. */
static int officer_key(struct cli *cli, struct hub *hub, const char *text, struct gn_pk *out)
{
	char pid[GN_PID_MAX];
	if (gn_unhex(gn_str(text), out->b, sizeof out->b) == GN_OK || base64_key(text, out))
		return CLI_OK;
	int exit = hub_person(cli, hub, text, pid);
	return exit ? exit : hub_key_of(cli, hub, pid, "whose key?", out);
}

/* The key of an officer. CLI_OK or a printed failure. */
static int role_key(struct cli *cli, struct hub *hub, const char *pid, struct gn_pk *out)
{
	json_t *answer, *item, *found = NULL;
	size_t i;
	int exit = hub_call(cli, hub, "GET", "/admin/roles", NULL, &answer, "the roles");
	if (exit)
		return exit;
	json_array_foreach(json_object_get(answer, "items"), i,
			   item) if (strcmp(json_text(item, "pid"), pid) == 0) found = item;
	exit = found ? hub_take_key(cli, found, pid, out)
		     : cli_fail(cli, CLI_NOT_FOUND, "E001", "no officer has the PID %s", pid);
	json_decref(answer);
	return exit;
}

static int role_change(struct cli *cli, struct hub *hub, bool grant)
{
	const char *reason = cli_option(cli, "reason"), *name = cli_option(cli, "name"),
		   *role = grant ? cli->args[2] : "none";
	struct gn_pk pk;
	json_t *answer, *body;
	char pid[GN_PID_MAX], *path;
	int exit = grant ? officer_key(cli, hub, cli->args[1], &pk)
			 : role_key(cli, hub, cli->args[1], &pk);
	if (exit)
		return exit;
	gn_pid(&pk, pid); /* what is signed for, whatever the answer says */
	char *key = base64_text(GN_SLICE(pk.b));
	body = json_pack("{ss ss ss ss}", "command", "role", "reason", reason ? reason : "",
			 "public_key", key, "role", role);
	free(key);
	if (grant)
		json_object_set_new(body, "name", json_string(name ? name : ""));
	path = grant ? cli_format("/admin/roles") : cli_format("/admin/roles/%s", pid);
	exit = hub_command(cli, hub, grant ? "POST" : "DELETE", path, body, &answer, "the role");
	free(path);
	if (exit)
		return exit;
	if (cli->json)
		return cli_json(cli, answer);
	if (grant)
		cli_note(cli, "%s is %s now", pid, role);
	else
		cli_note(cli, "%s has no role any more", pid);
	json_decref(answer);
	return CLI_OK;
}

int cmd_hub_admit(struct cli *cli)
{
	struct hub hub;
	uint8_t *text;
	size_t len;
	json_error_t wrong;
	json_t *request, *answer;
	if (!read_input(cli, cli->args[0], 65536, &text, &len))
		return CLI_FAILED;
	request = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, &wrong);
	free(text);
	if (!json_is_object(request) || !json_is_string(json_object_get(request, "signed"))) {
		json_decref(request);
		return cli_fail(cli, CLI_USAGE, "usage",
				"%s is not what geonet wallet join "
				"--print writes",
				cli->args[0]);
	}
	int exit = hub_open_officer(cli, &hub);
	if (exit)
		json_decref(request);
	else if ((exit = hub_call(cli, &hub, "POST", "/participants", request, &answer,
				  "admitting")) == CLI_OK) {
		if (cli->json) {
			exit = cli_json(cli, answer);
		} else {
			cli_note(cli, "%s is on the hub now: %s",
				 out_text(json_text(answer, "display_name")),
				 json_text(answer, "pid"));
			json_decref(answer);
		}
	}
	hub_close(&hub);
	return exit;
}

int cmd_hub_role(struct cli *cli)
{
	struct hub hub;
	json_t *answer, *item;
	size_t i;
	const char *verb = cli->args[0];
	bool list = strcmp(verb, "list") == 0, grant = strcmp(verb, "grant") == 0,
	     revoke = strcmp(verb, "revoke") == 0;
	if ((!list && !grant && !revoke) || (grant && cli->arg_count != 3) ||
	    (revoke && cli->arg_count != 2))
		return cli_fail(cli, CLI_USAGE, "usage",
				"geonet hub role list | grant PID|KEY admin|operator|auditor | "
				"revoke PID");
	if (grant && strcmp(cli->args[2], "admin") != 0 && strcmp(cli->args[2], "operator") != 0 &&
	    strcmp(cli->args[2], "auditor") != 0)
		return cli_fail(cli, CLI_USAGE, "usage",
				"'%s' is no role: admin, operator or "
				"auditor",
				cli->args[2]);
	int exit = hub_open_officer(cli, &hub);
	if (!exit && !list)
		exit = role_change(cli, &hub, grant);
	else if (!exit && (exit = hub_call(cli, &hub, "GET", "/admin/roles", NULL, &answer,
					   "the roles")) == CLI_OK) {
		if (cli->json) {
			exit = cli_json(cli, answer);
		} else {
			json_array_foreach(json_object_get(answer, "items"), i, item)
				printf("%-10s %s  %s\n", json_text(item, "role"),
				       json_text(item, "pid"), out_text(json_text(item, "name")));
			json_decref(answer);
		}
	}
	hub_close(&hub);
	return exit;
}
