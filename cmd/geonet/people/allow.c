/* Calls that a person must allow (AG-92): with the passphrase, or by saying yes to what the agent
 * says it would do. */
#include "geonet/people/allow.h"

#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "os/os.h"
#include "wire/app.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_S 300 /* for a yes elsewhere: as long as the agent keeps the question */

#define AGENT(member) {GN_FB_APP_BODY_APP_AGENT, GN_FB_APP_AGENT_BODY_##member}

/* "yes", whole, from a terminal. */
static bool says_yes(struct cli *cli, const char *text)
{
	char line[16];
	if (cli_flag(cli, "yes"))
		return true;
	if (!gn_os_is_terminal(STDIN_FILENO)) {
		cli_fail(cli, CLI_USAGE, "usage",
			 "your agent asks whether it may %s. Say yes with --yes", out_text(text));
		return false;
	}
	fprintf(stderr,
		"Your agent asks whether it may %s.\nType yes to allow it: ", out_text(text));
	fflush(stderr);
	if (fgets(line, sizeof line, stdin) && strcmp(line, "yes\n") == 0)
		return true;
	cli_fail(cli, CLI_FAILED, gn_err_name(GN_DENIED), "not allowed: nothing was done");
	return false;
}

static int give(struct cli *cli, uint64_t id, bool yes)
{
	struct gn_fb_approval_give_args args = {.id = id, .yes = yes};
	struct reply r;
	struct ask ask = {
		.kind = (struct gn_app_kind)AGENT(APPROVAL_GIVE), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "it was not allowed");
	reply_free(&r);
	return exit;
}

static bool is_question(const struct reply *r)
{
	return r->kind.area == GN_FB_APP_BODY_APP_AGENT &&
	       r->kind.member == GN_FB_APP_AGENT_BODY_APPROVAL_ASKED;
}

/* Until somebody else said yes. */
static int wait_for(struct cli *cli, const struct ask *ask, struct reply *r)
{
	struct timespec second = {1, 0};
	int exit = CLI_FAILED;
	for (int i = 0; i < WAIT_S; i++) {
		exit = client_ask(cli, ask, r);
		if (!exit || r->err != GN_PENDING)
			break;
		reply_free(r);
		nanosleep(&second, NULL);
	}
	return exit;
}

static int ask_person(struct cli *cli, const struct ask *ask, struct reply *r, uint64_t *approval)
{
	bool here = json_is_true(json_object_get(r->json, "here"));
	*approval = json_number(r->json, "id");
	if (here) {
		if (!says_yes(cli, json_text(r->json, "text"))) {
			(void)give(cli, *approval, false);
			return CLI_FAILED;
		}
		if (give(cli, *approval, true))
			return CLI_FAILED;
	} else {
		cli_note(cli, "Another client must allow it: geonet agent approve %llu",
			 (unsigned long long)*approval);
	}
	reply_free(r);
	return wait_for(cli, ask, r);
}

int allow_ask(struct cli *cli, const struct ask *ask, struct reply *r, const char *what,
	      struct gn_slice *passphrase, uint64_t *approval)
{
	char word[PASSPHRASE_MAX] = "";
	int exit = client_ask(cli, ask, r);
	if (exit && r->err == GN_PASSPHRASE && !passphrase->len) {
		reply_free(r);
		if (!passphrase_old(cli, cli_option(cli, "passphrase-file"), word))
			return CLI_FAILED;
		*passphrase = gn_str(word);
		exit = client_ask(cli, ask, r);
		*passphrase = gn_slice(NULL, 0);
		gn_wipe(word, sizeof word);
	} else if (!exit && is_question(r)) {
		exit = ask_person(cli, ask, r, approval);
	}
	if (exit && r->err)
		client_report(cli, r, what);
	return exit;
}

int cmd_agent_approve(struct cli *cli)
{
	uint64_t id;
	if (!gn_os_setting_number(cli->args[0], 1, UINT64_MAX >> 1, false, &id))
		return cli_fail(cli, CLI_USAGE, "usage", "'%s' is not the number of a question",
				out_text(cli->args[0]));
	int exit = give(cli, id, !cli_flag(cli, "refuse"));
	if (!exit && cli->json)
		return cli_json(cli, json_pack("{sb}", "allowed", !cli_flag(cli, "refuse")));
	if (!exit)
		cli_note(cli, cli_flag(cli, "refuse") ? "Refused." : "Allowed, once.");
	return exit;
}
