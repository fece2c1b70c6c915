/* Calls to a hub's API by libcurl, within bounds: of one answer's bytes, of a list's pages. What
 * goes wrong on the way is told here, in a sentence. */
#include "geonet/hub/client.h"
#include "geonet/frame/frame.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

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

void hub_line_end(struct hub *hub)
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
			 "the hub at %s sends more than %u MiB; nothing more is read", hub->url,
			 ANSWERS_MAX >> 20);
	} else if (code == CURLE_COULDNT_CONNECT) {
		cli_fail(cli, CLI_NO_NODE, "no-hub",
			 "no hub answers at %s; name another with --hub URL, or start one on its "
			 "machine with: geonet hub run",
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
