/* Who the hub is, and who we are to it. The text of a login names the hub, so that what one hub
 * is given opens no other. A hub is known by its key from the first contact on, and proves each
 * time that it has it, before anything else is sent there (HB-45). */
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/frame/lists.h"
#include "geonet/hub/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- who the hub is ---- */

/* The PID of this URL at the first contact; another one later is another hub. Only a list that
 * was read, or is not there, says that it is the first. */
static int check_pin(struct cli *cli, const struct hub *hub)
{
	int lock = -1, exit = CLI_OK;
	json_t *pins = own_read(cli, OWN_HUBS);
	if (!json_object_get(pins, hub->url)) {
		lock = own_lock(cli);
		json_decref(pins);
		pins = own_read(cli, OWN_HUBS); /* another tool may have been quicker */
	}
	const char *known = json_text(pins, hub->url);
	if (!json_object_get(pins, hub->url)) {
		pins = pins ? pins : json_object();
		json_object_set_new(pins, hub->url, json_string(hub->pid));
		exit = own_write(cli, OWN_HUBS, pins) ? CLI_OK : CLI_FAILED;
	} else if (strcmp(known, hub->pid) != 0) {
		exit = cli_fail(cli, CLI_FAILED, "key",
				"the hub at %s has another key than before (was %s, is %s); if "
				"that is right, remove its line from %s/" OWN_HUBS,
				hub->url, *known ? known : "no key", hub->pid, cli->data);
	}
	json_decref(pins);
	if (lock >= 0)
		own_unlock(lock);
	return exit;
}

static int find_hub(struct cli *cli, struct hub *hub)
{
	const char *url = cli_option(cli, "hub"), *own = getenv("GEONET_HUB");
	memset(hub, 0, sizeof *hub);
	if (!url)
		url = own && *own ? own : "http://127.0.0.1:7790";
	size_t len = strlen(url);
	while (len && url[len - 1] == '/')
		len--;
	if (len >= sizeof hub->url ||
	    (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0))
		return cli_fail(cli, CLI_USAGE, "usage",
				"--hub: '%s' is not an http:// or https:// address", url);
	snprintf(hub->url, sizeof hub->url, "%.*s", (int)len, url);
	return CLI_OK;
}

static bool take_key(struct hub *hub, const json_t *about)
{
	struct gn_wallet_hub its;
	if (!gn_wallet_hub_named(&its, about))
		return false;
	hub->pk = its.pk;
	memcpy(hub->pid, its.pid, sizeof hub->pid);
	return true;
}

static bool proof_holds(struct hub *hub, const json_t *about, const char *nonce)
{
	struct gn_wallet_hub its = hub_its(hub);
	bool ok = gn_wallet_hub_proved(&its, about, nonce);
	memcpy(hub->address, its.address, sizeof hub->address);
	return ok;
}

/* HB-45: what answers has the key that it names, now; a text that anybody can repeat proves
 * nothing. Whose key it is, the caller looks at. */
static int prove_key(struct cli *cli, struct hub *hub)
{
	struct gn_rand rand = gn_rand_system();
	char nonce[65], *path;
	json_t *about;
	gn_wallet_nonce(&rand, nonce);
	path = cli_format("/hub?nonce=%s", nonce);
	long status = hub_try(cli, hub, "GET", path, NULL, &about);
	int exit = CLI_OK;
	free(path);
	if (status < 0)
		return CLI_NO_NODE;
	if (status != 200 && status != 404)
		exit = hub->quiet ? CLI_FAILED : hub_report(cli, status, about, "the hub");
	else if (status == 404 || !take_key(hub, about))
		exit = hub->quiet ? CLI_FAILED
				  : cli_fail(cli, CLI_FAILED, "io",
					     "what answers at %s is not a hub; see what --hub and "
					     "$GEONET_HUB name",
					     hub->url);
	else if (!json_object_get(about, "proof"))
		exit = cli_fail(
			cli, CLI_FAILED, "key",
			"what answers at %s does not prove that it is hub %s: either the hub is "
			"older than this tool (upgrade it and start it again), or something else "
			"listens there. Nothing else was sent to it",
			hub->url, hub->pid);
	else if (!proof_holds(hub, about, nonce))
		exit = cli_fail(cli, CLI_FAILED, "key",
				"what answers at %s says that it is hub %s and has not its key: "
				"something else listens there. Nothing else was sent to it; see "
				"that the hub runs, and what --hub and $GEONET_HUB name",
				hub->url, hub->pid);
	json_decref(about);
	return exit;
}

static bool is_path(const char *form)
{
	return strncmp(form, "FILE", 4) == 0 || strcmp(form, "DIR") == 0;
}

/* Words go to the hub as JSON, which has no place for other bytes: they would be left out of what
 * is signed. */
static int check_words(struct cli *cli)
{
	const char *wrong = NULL;
	for (int i = 0; i < cli->arg_count && !is_path(cli->command->args); i++)
		if (!gn_utf8_ok(gn_str(cli->args[i])))
			wrong = cli->args[i];
	for (int i = 0; i < cli->given_count; i++) {
		const char *form = cli->given[i].option->value, *value = cli->given[i].value;
		if (form && !is_path(form) && !gn_utf8_ok(gn_str(value)))
			wrong = value;
	}
	return wrong ? cli_fail(cli, CLI_USAGE, "usage", "'%s' is not UTF-8 text. Nothing was sent",
				wrong)
		     : CLI_OK;
}

int hub_open(struct cli *cli, struct hub *hub)
{
	int exit = find_hub(cli, hub);
	if (!exit)
		exit = check_words(cli);
	if (!exit)
		exit = prove_key(cli, hub);
	return exit ? exit : check_pin(cli, hub);
}

void hub_close(struct hub *hub)
{
	if (hub->loaded)
		identity_wipe(&hub->id);
	hub_line_end(hub);
	gn_wipe(hub, sizeof *hub);
}

/* ---- login ---- */

static int login_answer(struct cli *cli, struct hub *hub, const char *challenge)
{
	struct gn_wallet_hub its = hub_its(hub);
	json_t *answer, *body = gn_wallet_login(&its, &hub->id.keys.sk, challenge, "cli");
	if (!body)
		return cli_fail(cli, CLI_FAILED, "io", "the hub's challenge is not one");
	int exit = hub_call(cli, hub, "POST", "/auth/login", body, &answer, "the login");
	if (!exit)
		snprintf(hub->token, sizeof hub->token, "%s", json_text(answer, "access_token"));
	json_decref(answer);
	return exit;
}

static int login_as(struct cli *cli, struct hub *hub, bool unknown_ok, bool *known)
{
	json_t *answer;
	*known = false;
	if (!hub->loaded && !identity_load(cli, &hub->id))
		return CLI_FAILED;
	hub->loaded = true;
	long status = hub_try(cli, hub, "POST", "/auth/challenge",
			      json_pack("{ss}", "pid", hub->id.pid), &answer);
	int exit = CLI_OK;
	if (status < 0)
		return CLI_NO_NODE;
	if (status == 200) {
		*known = true;
		exit = login_answer(cli, hub, json_text(answer, "challenge"));
	} else if (status != 404) {
		exit = hub_report(cli, status, answer, "the login");
	} else if (!unknown_ok) {
		exit = cli_fail(cli, CLI_NOT_FOUND, "E001",
				"this hub does not know you; join it with: geonet wallet join "
				"--name NAME");
	}
	json_decref(answer);
	return exit;
}

int hub_login(struct cli *cli, struct hub *hub, bool register_ok)
{
	bool known;
	json_t *me;
	int exit = login_as(cli, hub, register_ok, &known);
	if (exit || !known)
		return exit;
	long status = hub_try(cli, hub, "GET", "/participants/me", NULL, &me);
	if (status < 0)
		exit = CLI_NO_NODE;
	else if (status == 403 && register_ok) /* an officer who is no participant */
		gn_wipe(hub->token, sizeof hub->token);
	else if (status != 200)
		exit = hub_report(cli, status, me, "your account");
	else
		hub->seq = json_number(me, "seq");
	json_decref(me);
	return exit;
}

/* The hub that proved its key is the one whose directory is DATA/hub: its journal names it. */
static bool is_own(struct cli *cli, const struct hub *hub)
{
	static uint8_t head[GN_JOURNAL_FILE_HEAD];
	struct gn_journal_file journal;
	char *path = cli_format("%s/hub/journal/%08x.log", cli->data, 1u);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	free(path);
	if (fd < 0)
		return false;
	ssize_t n = pread(fd, head, sizeof head, 0);
	close(fd);
	return gn_journal_file(gn_slice(head, n > 0 ? (size_t)n : 0), &journal) == GN_OK &&
	       gn_pk_eq(&journal.hub, &hub->pk);
}

/* The bootstrap token of DATA/hub: 200 while it counts, -1 when the hub does not answer. It goes
 * to the hub of DATA/hub alone, to the address that this one signed, whatever lies between, and
 * over the very connection on which it proved its key there (HB-45). */
static long login_bootstrap(struct cli *cli, struct hub *hub)
{
	char *path, token[sizeof hub->admin];
	struct hub before;
	FILE *f;
	json_t *answer = NULL;
	long status = -1;
	if (!is_own(cli, hub))
		return 0;
	path = cli_format("%s/hub/admin-token", cli->data);
	f = fopen(path, "r");
	if (!f && errno != ENOENT)
		cli_note(cli, "%s cannot be read: %s; trying your identity", path, strerror(errno));
	free(path);
	if (!f)
		return 0;
	size_t n = fread(token, 1, 64, f);
	token[n] = 0;
	fclose(f);
	before = *hub;
	snprintf(hub->url, sizeof hub->url, "http://%s", before.address);
	hub->line = curl_easy_init();
	bool proved = hub->line && prove_key(cli, hub) == CLI_OK;
	if (proved && !is_own(cli, hub)) {
		cli_fail(cli, CLI_FAILED, "key",
			 "what answers at %s is another hub than that of %s/hub", hub->url,
			 cli->data);
	} else if (proved) {
		memcpy(hub->admin, token, n + 1);
		status = hub_try(cli, hub, "GET", "/admin/whoami", NULL, &answer);
	}
	json_decref(answer);
	gn_wipe(token, sizeof token);
	if (status != 200) {
		hub_line_end(hub);
		*hub = before;
	}
	gn_wipe(&before, sizeof before);
	return status;
}

int hub_login_officer(struct cli *cli, struct hub *hub)
{
	json_t *who;
	bool known;
	long status = login_bootstrap(cli, hub);
	hub->officer = true;
	if (status == 200)
		return CLI_OK;
	if (status < 0)
		return CLI_NO_NODE;
	if (!identity_exists(cli) && is_own(cli, hub))
		return cli_fail(
			cli, CLI_FAILED, "E006",
			"this hub has an admin, so its bootstrap token no longer counts: "
			"an officer governs it with their own identity, --data DIR being the "
			"directory of that (and --hub %s)",
			hub->url);
	int exit = login_as(cli, hub, false, &known);
	if (!exit)
		exit = hub_call(cli, hub, "GET", "/admin/whoami", NULL, &who, "your role");
	if (exit)
		return exit;
	hub->seq = json_number(who, "seq");
	json_decref(who);
	return CLI_OK;
}

int hub_open_officer(struct cli *cli, struct hub *hub)
{
	int exit = hub_open(cli, hub);
	return exit ? exit : hub_login_officer(cli, hub);
}

int hub_login_reader(struct cli *cli, struct hub *hub)
{
	bool known;
	long status = login_bootstrap(cli, hub);
	return status == 200 ? CLI_OK
	       : status < 0  ? CLI_NO_NODE
			     : login_as(cli, hub, false, &known);
}

static bool may_read(struct cli *cli, struct hub *hub)
{
	const char *as = cli_option(cli, "as");
	bool known = false, named = as || cli_option(cli, "hub") || getenv("GEONET_HUB");
	if (login_bootstrap(cli, hub) == 200)
		return true;
	struct cli who = *cli;
	who.json = false; /* why not is told on stderr: the report is the one document */
	if (as)           /* the identity's directory is not the hub's */
		snprintf(who.data, sizeof who.data, "%s", as);
	if (named && !identity_exists(&who)) {
		cli_note(&who,
			 "There is no identity in %s to ask the hub with; --as DIR names another "
			 "directory.",
			 who.data);
		return false;
	}
	return named && login_as(&who, hub, true, &known) == CLI_OK && known;
}

bool hub_who(struct cli *cli, const char *url, char pid[GN_PID_MAX])
{
	struct hub hub = {.quiet = true};
	json_t *about = NULL;
	bool fits = (size_t)snprintf(hub.url, sizeof hub.url, "%s", url) < sizeof hub.url;
	bool ok = fits && hub_try(cli, &hub, "GET", "/hub", NULL, &about) == 200 &&
		  take_key(&hub, about);
	if (ok)
		memcpy(pid, hub.pid, GN_PID_MAX);
	json_decref(about);
	return ok;
}

json_t *hub_health(struct cli *cli, const char *url)
{
	struct hub hub = {.quiet = true};
	json_t *health = NULL;
	if ((size_t)snprintf(hub.url, sizeof hub.url, "%s", url) < sizeof hub.url)
		(void)hub_try(cli, &hub, "GET", "/health", NULL, &health);
	return health;
}

bool hub_state(struct cli *cli, const struct gn_pk *pk, uint64_t *seq, struct gn_hash *out)
{
	struct hub hub;
	struct cli told = *cli;
	json_t *list = NULL, *sum = NULL;
	bool ok = find_hub(cli, &hub) == CLI_OK;
	hub.quiet = true;
	told.json = false; /* as in may_read */
	ok = ok && prove_key(&told, &hub) == CLI_OK && gn_pk_eq(&hub.pk, pk) &&
	     may_read(cli, &hub) && hub_try(cli, &hub, "GET", "/equivalents", NULL, &list) == 200;
	const char *code = json_text(json_array_get(json_object_get(list, "items"), 0), "code");
	if (ok && *code) {
		char *path = cli_format("/integrity/checksum/%s", code);
		ok = hub_try(cli, &hub, "GET", path, NULL, &sum) == 200 &&
		     gn_unhex(gn_str(json_text(sum, "state_hash")), out->b, sizeof out->b) == GN_OK;
		*seq = json_number(sum, "seq");
		free(path);
	} else {
		ok = false;
	}
	json_decref(list);
	json_decref(sum);
	hub_close(&hub);
	return ok;
}
