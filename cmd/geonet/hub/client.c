/* Calls to a hub's API within bounds: of all answers' bytes, of a list's pages. What goes wrong on
 * the way is told here, in a sentence. */
#include "geonet/hub/client.h"
#include "geonet/frame/frame.h"

#include <stdio.h>
#include <stdlib.h>

/* bytes of all that a hub sends to one command: PAGES_MAX of a kilobyte an item */
#define ANSWERS_MAX (128u << 20)
/* of one list, of 200 items: nobody has 100,000 lines or questions */
#define PAGES_MAX 500u
#define ANSWER_S 60u /* seconds for one answer */

/* So that a slow hub is seen to be waited for. */
static bool on_wait(void *user, uint64_t bytes)
{
	const struct cli *cli = user;
	if (bytes)
		cli_progress(cli, "the hub answers: %lld KiB", (long long)bytes >> 10);
	else
		cli_progress(cli, "waiting for the hub");
	return true;
}

void hub_line_end(struct hub *hub)
{
	struct gn_wallet_http h = {.line = hub->line};
	gn_wallet_http_end(&h);
	hub->line = NULL;
	hub->opened = 0;
}

static void tell_fault(struct cli *cli, const struct hub *hub, const struct gn_wallet_http *h)
{
	if (h->fault == GN_WALLET_NO_MEMORY)
		cli_fail(cli, CLI_FAILED, "nomem", "libcurl cannot be set up");
	else if (hub->quiet)
		return;
	else if (h->fault == GN_WALLET_TOO_LARGE)
		cli_fail(cli, CLI_FAILED, "limit",
			 "the hub at %s sends more than %u MiB; nothing more is read", hub->url,
			 ANSWERS_MAX >> 20);
	else if (h->fault == GN_WALLET_NO_ANSWER)
		cli_fail(cli, CLI_NO_NODE, "no-hub",
			 "no hub answers at %s; name another with --hub URL, or start one on its "
			 "machine with: geonet hub run",
			 hub->url);
	else
		cli_fail(cli, CLI_FAILED, "io", "the hub at %s cannot be asked: %s", hub->url,
			 h->why);
}

long hub_try(struct cli *cli, struct hub *hub, const char *method, const char *path, json_t *body,
	     json_t **out)
{
	struct gn_wallet_http h = {.url = hub->url,
				   .token = hub->token,
				   .admin = hub->admin,
				   .most = ANSWERS_MAX,
				   .seconds = ANSWER_S,
				   .wait = on_wait,
				   .user = cli,
				   .line = hub->line,
				   .opened = hub->opened,
				   .received = hub->received};
	long status = gn_wallet_http(&h, method, path, body, out);
	hub->opened = h.opened;
	hub->received = h.received;
	json_decref(body);
	if (h.fault != GN_WALLET_FINE)
		tell_fault(cli, hub, &h);
	cli_progress_done(cli);
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
