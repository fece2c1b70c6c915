/* Talking to a hub. The hub never sees a private key: texts are built, made canonical and signed
 * here, and the text of a login names the hub, so that what one hub is given opens no other. A
 * hub is known by its key from the first contact on, and proves each time that it has it, before
 * anything else is sent there (HB-45). */
#include "geonet/hub/client.h"
#include "hub/hub.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* bytes of all that a hub sends to one command: PAGES_MAX of a kilobyte an item */
#define ANSWERS_MAX (128u << 20)
/* of one list, of 200 items: nobody has 100,000 lines or questions */
#define PAGES_MAX 500u

struct answer {
	size_t *received;
	char *data;
	size_t len, cap;
};

static size_t on_data(char *p, size_t size, size_t count, void *user)
{
	struct answer *a = user;
	size_t n = size * count;
	if ((*a->received += n) > ANSWERS_MAX)
		return 0;
	if (a->len + n >= a->cap) {
		a->cap = (a->len + n + 1) * 2;
		a->data = cli_grow(a->data, a->cap);
	}
	memcpy(a->data + a->len, p, n);
	a->len += n;
	a->data[a->len] = 0;
	return n;
}

static struct curl_slist *headers_of(const struct hub *hub)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	char line[640];
	list = curl_slist_append(list, "Content-Type: application/json");
	if (*hub->token) {
		snprintf(line, sizeof line, "Authorization: Bearer %s", hub->token);
		list = curl_slist_append(list, line);
	} else if (*hub->admin) {
		snprintf(line, sizeof line, "X-Admin-Token: %s", hub->admin);
		list = curl_slist_append(list, line);
	}
	return list;
}

/* So that a slow hub is seen to be waited for. */
static int on_wait(void *user, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
		   curl_off_t up)
{
	const struct cli *cli = user;
	(void)down_all;
	(void)up_all;
	(void)up;
	if (down)
		cli_progress(cli, "the hub answers: %lld KiB", (long long)down >> 10);
	else
		cli_progress(cli, "waiting for the hub");
	return 0;
}

/* HB-45: who answers on a new connection has proved nothing. */
static curl_socket_t one_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct hub *hub = user;
	(void)purpose;
	return hub->opened++ ? CURL_SOCKET_BAD
			     : socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static void end_line(struct hub *hub)
{
	curl_easy_cleanup(hub->line);
	hub->line = NULL;
	hub->opened = 0;
}

long hub_try(struct cli *cli, struct hub *hub, const char *method, const char *path, json_t *body,
	     json_t **out)
{
	char why[CURL_ERROR_SIZE] = "", *text = body ? json_dumps(body, JSON_COMPACT) : NULL,
	     *url = cli_format("%s/api/v1%s", hub->url, path);
	struct answer a = {.received = &hub->received};
	long status = -1;
	CURL *curl = hub->line ? hub->line : curl_easy_init();
	struct curl_slist *headers = headers_of(hub);
	*out = NULL;
	json_decref(body);
	if (!curl) {
		cli_fail(cli, CLI_FAILED, "nomem", "libcurl cannot be set up");
		goto end;
	}
	curl_easy_reset(curl); /* but for its connection */
	if (hub->line) {
		curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, one_socket);
		curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, hub);
	}
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_wait);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, cli);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &a);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	if (strncmp(hub->url, "http://127.", 11) == 0 ||
	    strncmp(hub->url, "http://localhost", 16) == 0)
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (text)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
	CURLcode code = curl_easy_perform(curl);
	if (code == CURLE_OK) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		*out = a.len ? json_loadb(a.data, a.len, JSON_DECODE_ANY, NULL) : json_object();
	} else if (hub->quiet) {
		status = -1;
	} else if (hub->received > ANSWERS_MAX) {
		cli_fail(cli, CLI_FAILED, "limit",
			 "the hub at %s sends more than %u MiB; nothing "
			 "more is read",
			 hub->url, ANSWERS_MAX >> 20);
	} else if (code == CURLE_COULDNT_CONNECT) {
		cli_fail(cli, CLI_NO_NODE, "no-hub",
			 "no hub answers at %s; name another with --hub URL, or start one on its "
			 "machine with: geonet "
			 "hub run",
			 hub->url);
	} else {
		cli_fail(cli, CLI_FAILED, "io", "the hub at %s cannot be asked: %s", hub->url,
			 *why ? why : curl_easy_strerror(code));
	}
end:
	cli_progress_done(cli);
	if (curl != hub->line)
		curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	free(a.data);
	free(text);
	free(url);
	return status;
}

int hub_report(struct cli *cli, long status, const json_t *answer, const char *what)
{
	const json_t *error = json_object_get(answer, "error");
	const char *code = json_text(error, "code"), *message = json_text(error, "message");
	int exit = status == 404   ? CLI_NOT_FOUND
		   : status == 504 ? CLI_QUORUM
		   : status == 422 ? CLI_USAGE /* a word of the request is wrong: HB-3 */
				   : CLI_FAILED;
	return cli_fail(cli, exit, *code ? code : "io", "%s: %s%s%s%s", what,
			*message ? message : "the hub's answer cannot be read", *code ? " (" : "",
			code, *code ? ")" : "");
}

int hub_call(struct cli *cli, struct hub *hub, const char *method, const char *path, json_t *body,
	     json_t **out, const char *what)
{
	long status = hub_try(cli, hub, method, path, body, out);
	if (status < 0)
		return CLI_NO_NODE;
	if (status >= 200 && status < 300 && *out)
		return CLI_OK;
	int exit = hub_report(cli, status, *out, what);
	json_decref(*out);
	*out = NULL;
	return exit;
}

int hub_list(struct cli *cli, struct hub *hub, const char *path, json_t *list, const char *what)
{
	size_t before = json_array_size(list), count = 1;
	uint64_t total = UINT64_MAX;
	for (unsigned page = 0; count && json_array_size(list) - before < total; page++) {
		json_t *answer = NULL;
		if (page == PAGES_MAX)
			return cli_fail(cli, CLI_FAILED, "limit",
					"%s: the hub at %s has no end of them; no more than %u "
					"pages are read",
					what, hub->url, PAGES_MAX);
		char *at =
			cli_format("%s&limit=200&offset=%zu", path, json_array_size(list) - before);
		int exit = hub_call(cli, hub, "GET", at, NULL, &answer, what);
		free(at);
		if (exit)
			return exit;
		count = json_array_size(json_object_get(answer, "items"));
		if (json_object_get(answer, "total"))
			total = json_number(answer, "total");
		else if (count < 200)
			total = 0;
		json_array_extend(list, json_object_get(answer, "items"));
		json_decref(answer);
	}
	return CLI_OK;
}

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
				"that is right, remove "
				"its line from %s/" OWN_HUBS,
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
				"--hub: '%s' is not an http:// or "
				"https:// address",
				url);
	snprintf(hub->url, sizeof hub->url, "%.*s", (int)len, url);
	return CLI_OK;
}

static bool take_key(struct hub *hub, const json_t *about)
{
	if (!base64_key(json_text(about, "public_key"), &hub->pk))
		return false;
	gn_pid(&hub->pk, hub->pid);
	return true;
}

static bool proof_holds(struct hub *hub, const json_t *about, const char *nonce)
{
	size_t len = 0;
	char text[GN_HUB_PROOF_MAX];
	struct gn_sig sig;
	uint8_t *raw = base64_bytes(json_text(about, "proof"), &len);
	bool ok = raw && len == sizeof sig.b;
	if (ok)
		memcpy(sig.b, raw, len);
	free(raw);
	snprintf(hub->address, sizeof hub->address, "%s", json_text(about, "address"));
	return ok && gn_op_verify(&hub->pk, gn_hub_proof(&hub->pk, hub->address, nonce, text),
				  &sig) == GN_OK;
}

/* HB-45: what answers has the key that it names, now; a text that anybody can repeat proves
 * nothing. Whose key it is, the caller looks at. */
static int prove(struct cli *cli, struct hub *hub)
{
	struct gn_rand rand = gn_rand_system();
	uint8_t raw[32];
	char nonce[65], *path;
	json_t *about;
	gn_rand_fill(&rand, raw, sizeof raw);
	gn_hex(GN_SLICE(raw), nonce);
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
			"older than this "
			"tool (upgrade it and start it again), or something else listens there. "
			"Nothing else "
			"was sent to it",
			hub->url, hub->pid);
	else if (!proof_holds(hub, about, nonce))
		exit = cli_fail(cli, CLI_FAILED, "key",
				"what answers at %s says that it is hub %s and has not its key: "
				"something else listens "
				"there. Nothing else was sent to it; see that the hub runs, and "
				"what --hub and "
				"$GEONET_HUB name",
				hub->url, hub->pid);
	json_decref(about);
	return exit;
}

int hub_open(struct cli *cli, struct hub *hub)
{
	int exit = find_hub(cli, hub);
	if (!exit)
		exit = prove(cli, hub);
	return exit ? exit : check_pin(cli, hub);
}

void hub_close(struct hub *hub)
{
	if (hub->loaded)
		identity_wipe(&hub->id);
	end_line(hub);
	gn_wipe(hub, sizeof *hub);
}

/* ---- login ---- */

static int login_answer(struct cli *cli, struct hub *hub, const char *challenge)
{
	uint8_t text[256];
	struct gn_buf buf = {text, 0, sizeof text};
	struct gn_sig sig;
	json_t *answer;
	gn_err err = gn_op_login_text(GN_PROFILE_V1, &hub->pk, gn_str(challenge), &buf);
	if (err || strlen(challenge) != 43)
		return cli_fail(cli, CLI_FAILED, "io", "the hub's challenge is not one");
	gn_op_sign(&hub->id.keys.sk, gn_buf_slice(&buf), &sig);
	char *sig64 = base64_text(GN_SLICE(sig.b));
	json_t *body = json_pack("{ss ss ss s{ss ss}}", "pid", hub->id.pid, "challenge", challenge,
				 "signature", sig64, "device_info", "platform", "cli",
				 "app_version", GEONET_VERSION);
	free(sig64);
	int exit = hub_call(cli, hub, "POST", "/auth/login", body, &answer, "the login");
	if (!exit)
		snprintf(hub->token, sizeof hub->token, "%s", json_text(answer, "access_token"));
	json_decref(answer);
	return exit;
}

static int login(struct cli *cli, struct hub *hub, bool unknown_ok, bool *known)
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
	int exit = login(cli, hub, register_ok, &known);
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

/* The hub that proved its key is the one whose directory is DATA/hub. */
static bool is_own(struct cli *cli, const struct hub *hub)
{
	struct gn_pk pk;
	char *data = cli_format("%s/hub", cli->data);
	bool own = gn_hub_key(data, &pk) == GN_OK && memcmp(&pk, &hub->pk, sizeof pk) == 0;
	free(data);
	return own;
}

/* The bootstrap token of DATA/hub: 200 while it counts, -1 when the hub does not answer. It goes
 * to the hub of DATA/hub alone, to the address that this one signed, whatever lies between, and
 * over the very connection on which it proved its key there (HB-45). */
static long bootstrap(struct cli *cli, struct hub *hub)
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
	bool proved = hub->line && prove(cli, hub) == CLI_OK;
	if (proved && !is_own(cli, hub)) {
		cli_fail(cli, CLI_FAILED, "key",
			 "what answers at %s is another hub than that of "
			 "%s/hub",
			 hub->url, cli->data);
	} else if (proved) {
		memcpy(hub->admin, token, n + 1);
		status = hub_try(cli, hub, "GET", "/admin/whoami", NULL, &answer);
	}
	json_decref(answer);
	gn_wipe(token, sizeof token);
	if (status != 200) {
		end_line(hub);
		*hub = before;
	}
	gn_wipe(&before, sizeof before);
	return status;
}

int hub_login_officer(struct cli *cli, struct hub *hub)
{
	json_t *who;
	bool known;
	long status = bootstrap(cli, hub);
	hub->officer = true;
	if (status == 200)
		return CLI_OK;
	if (status < 0)
		return CLI_NO_NODE;
	if (!identity_exists(cli) && is_own(cli, hub))
		return cli_fail(cli, CLI_FAILED, "E006",
				"this hub has an admin, so its bootstrap token no longer counts: "
				"an officer governs it "
				"with his own identity, --data DIR being the directory of that "
				"(and --hub %s)",
				hub->url);
	int exit = login(cli, hub, false, &known);
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

int hub_take_key(struct cli *cli, const json_t *answer, const char *pid, struct gn_pk *out)
{
	char its[GN_PID_MAX] = "no key's";
	if (base64_key(json_text(answer, "public_key"), out))
		gn_pid(out, its);
	if (strcmp(its, pid) == 0)
		return CLI_OK;
	return cli_fail(cli, CLI_FAILED, "key",
			"the hub names another's key for %s: its PID is "
			"%s. Nothing was signed",
			pid, its);
}

int hub_key_of(struct cli *cli, struct hub *hub, const char *pid, const char *what,
	       struct gn_pk *out)
{
	json_t *answer;
	char *part = url_part(pid), *path = cli_format("/participants/%s", part);
	int exit = hub_call(cli, hub, "GET", path, NULL, &answer, what);
	free(part);
	free(path);
	if (exit)
		return exit;
	exit = hub_take_key(cli, answer, pid, out);
	json_decref(answer);
	return exit;
}

int hub_login_reader(struct cli *cli, struct hub *hub)
{
	bool known;
	long status = bootstrap(cli, hub);
	return status == 200 ? CLI_OK : status < 0 ? CLI_NO_NODE : login(cli, hub, false, &known);
}

int hub_command(struct cli *cli, struct hub *hub, const char *method, const char *path,
		json_t *body, json_t **out, const char *what)
{
	if (!*hub->admin)
		body = hub_signed(cli, hub, GN_OP_ADMIN, body, NULL);
	return body ? hub_call(cli, hub, method, path, body, out, what) : CLI_FAILED;
}

static bool may_read(struct cli *cli, struct hub *hub)
{
	const char *as = cli_option(cli, "as");
	bool known = false, named = as || cli_option(cli, "hub") || getenv("GEONET_HUB");
	if (bootstrap(cli, hub) == 200)
		return true;
	struct cli who = *cli;
	who.json = false; /* why not is told on stderr: the report is the one document */
	if (as)           /* the identity's directory is not the hub's */
		snprintf(who.data, sizeof who.data, "%s", as);
	if (named && !identity_exists(&who)) {
		cli_note(&who,
			 "There is no identity in %s to ask the hub with; --as DIR names "
			 "another directory.",
			 who.data);
		return false;
	}
	return named && login(&who, hub, true, &known) == CLI_OK && known;
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
	ok = ok && prove(&told, &hub) == CLI_OK && memcmp(&hub.pk, pk, sizeof *pk) == 0 &&
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

/* ---- signed operations ---- */

/* HB-60: the last number is what the hub says, or who stands between. A step as far as a hub
 * takes one (LG-67) is no lie; the next number is noted before it is signed. */
static bool take_seq(struct cli *cli, const struct hub *hub)
{
	int lock = own_lock(cli);
	const char *as = hub->officer ? "officer" : "participant";
	json_t *all = own_read(cli, OWN_SEQS), *mine = json_object_get(all, hub->pid);
	uint64_t known = json_number(mine, as), next = hub->seq + 1;
	bool ok = next <= known + OP_SEQ_JUMP_MAX;
	if (!ok) {
		cli_fail(cli, CLI_FAILED, "seq",
			 "the hub says that your last signed number is %llu, and from here it was "
			 "%llu: either "
			 "the hub, or somebody between, lies, and such a signature could use your "
			 "account up; or "
			 "another program of yours counts that way, then write the number into "
			 "%s/" OWN_SEQS ". Nothing was signed",
			 (unsigned long long)hub->seq, (unsigned long long)known, cli->data);
	} else if (next > known) {
		all = all ? all : json_object();
		mine = mine ? json_incref(mine) : json_object();
		json_object_set_new(mine, as, json_integer((json_int_t)next));
		json_object_set_new(all, hub->pid, mine);
		ok = own_write(cli, OWN_SEQS, all);
	}
	json_decref(all);
	own_unlock(lock);
	return ok;
}

json_t *hub_signed(struct cli *cli, struct hub *hub, enum gn_op_kind kind, json_t *body,
		   const char *tx_id)
{
	static struct gn_json parsed;
	uint8_t canonical[JSON_TEXT_MAX], wrapped[JSON_TEXT_MAX];
	struct gn_buf text = {canonical, 0, sizeof canonical}, out = {wrapped, 0, sizeof wrapped};
	struct gn_op_envelope e = {
		kind,          hub->pk,           hub->id.keys.sk.pk, tx_id ? 0 : hub->seq + 1,
		gn_str(tx_id), (int64_t)cli_now()};
	struct gn_sig sig;
	char *plain = json_dumps(body, JSON_COMPACT);
	json_decref(body);
	if (!tx_id && !take_seq(cli, hub)) {
		free(plain);
		return NULL;
	}
	gn_err err = plain ? gn_json_parse(gn_str(plain), &parsed) : GN_NOMEM;
	if (!err)
		err = gn_json_write(&parsed, &text);
	if (!err)
		err = gn_op_wrap(&e, gn_buf_slice(&text), &out);
	free(plain);
	if (err) {
		cli_fail_err(cli, err, "this cannot be signed");
		return NULL;
	}
	gn_op_sign(&hub->id.keys.sk, gn_buf_slice(&out), &sig);
	if (!tx_id)
		hub->seq++;
	char *sig64 = base64_text(GN_SLICE(sig.b));
	json_t *j =
		json_pack("{so ss}", "signed", json_slice(gn_buf_slice(&out)), "signature", sig64);
	free(sig64);
	return j;
}

/* Digits, and perhaps a point with digits behind it; no zero before others. */
static bool is_decimal(const char *text)
{
	size_t whole = strspn(text, "0123456789"),
	       rest = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	return whole && !(text[0] == '0' && whole > 1) && !text[whole + (rest ? 1 + rest : 0)];
}

int hub_amount(struct cli *cli, struct hub *hub, const char *equivalent, const char *text,
	       gn_amount *out, unsigned *precision)
{
	json_t *answer, *item;
	size_t i;
	int exit =
		hub_call(cli, hub, "GET", "/equivalents", NULL, &answer, "the hub's equivalents");
	if (exit)
		return exit;
	bool found = false;
	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		if (strcmp(json_text(item, "code"), equivalent) != 0)
			continue;
		found = true;
		*precision = (unsigned)json_number(item, "precision");
	}
	json_decref(answer);
	if (!found)
		return cli_fail(cli, CLI_NOT_FOUND, "E001", "this hub has no equivalent %s",
				equivalent);
	if (*precision > GN_PRECISION_MAX)
		return cli_fail(cli, CLI_FAILED, "io",
				"the hub gives %s %u decimals; there are at "
				"most %u",
				equivalent, *precision, GN_PRECISION_MAX);
	if (text && gn_amount_parse(gn_str(text), *precision, out)) {
		const char *point = strchr(text, '.');
		if (point && strspn(point + 1, "0123456789") == strlen(point + 1) &&
		    strlen(point + 1) > *precision)
			return cli_fail(cli, CLI_USAGE, "E009",
					"%s has %zu decimals; %s has %u. "
					"Nothing was signed",
					text, strlen(point + 1), equivalent, *precision);
		if (is_decimal(text)) { /* so it was its size */
			char most[GN_AMOUNT_TEXT_MAX];
			gn_amount_text(GN_AMOUNT_MAX, *precision, most);
			return cli_fail(cli, CLI_USAGE, "E009",
					"%.40s%s is too large: the most is %s %s. Nothing was "
					"signed",
					text, strlen(text) > 40 ? "..." : "", most, equivalent);
		}
		return cli_fail(cli, CLI_USAGE, "E009",
				"'%s' is not an amount: digits, a point if need be, at most %u "
				"decimals, no sign and "
				"no exponent. Nothing was signed",
				text, *precision);
	}
	return CLI_OK;
}

int hub_person(struct cli *cli, struct hub *hub, const char *text, char pid[GN_PID_MAX])
{
	struct gn_hash hash;
	json_t *answer, *item;
	size_t i;
	char list[400] = "";
	if (gn_pid_parse(gn_str(text), &hash) == GN_OK) {
		snprintf(pid, GN_PID_MAX, "%s", text);
		return CLI_OK;
	}
	char *part = url_part(text), *path = cli_format("/participants?q=%s&limit=5", part);
	int exit = hub_call(cli, hub, "GET", path, NULL, &answer, "the participants");
	free(part);
	free(path);
	if (exit)
		return exit;
	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		size_t n = strlen(list);
		snprintf(list + n, sizeof list - n, "%s%s %s", *list ? ", " : "",
			 json_text(item, "pid"), out_text(json_text(item, "display_name")));
	}
	json_decref(answer);
	if (*list)
		return cli_fail(cli, CLI_USAGE, "usage",
				"names are not unique, so money goes by "
				"PID: %s",
				list);
	return cli_fail(cli, CLI_NOT_FOUND, "E001",
			"'%s' is not a PID, and nobody on this hub has "
			"that name",
			text);
}
