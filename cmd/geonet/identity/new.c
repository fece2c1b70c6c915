/* The identity made: from chance or from its 24-word phrase, and the phrase given out again. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/commands.h"
#include "geonet/identity/identity.h"
#include "geonet/identity/own.h"
#include "wire/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_phrase(const struct cli *cli, const char *phrase)
{
	char copy[GN_PHRASE_MAX];
	unsigned n = 0;
	snprintf(copy, sizeof copy, "%s", phrase);
	printf("%sThese 24 words are your identity. Write them on paper; whoever has them is you, "
	       "and nobody can give them back.%s\n"
	       "\n",
	       out_bold(cli), out_plain(cli));
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
		n++;
		printf("%2u. %-10s%s", n, word, n % 6 ? "" : "\n");
	}
	putchar('\n');
	gn_wipe(copy, sizeof copy);
}

/* After new and import: told, not failed, when it does not work; `id publish` can be said again. */
static bool try_publish(struct cli *cli, const struct identity *id, bool first)
{
	const struct id_change change = {.first = first};
	uint64_t seq;
	struct cli quiet = *cli;
	if (cli_flag(cli, "no-publish"))
		return false;
	if (!client_alive(cli)) {
		cli_note(cli, "No node is running; once one is, tell the network of you with: "
			      "geonet id publish");
		return false;
	}
	quiet.json = false; /* its troubles go to stderr: the answer is the identity */
	int exit = identity_publish(&quiet, id, &change,
				    (struct own_term){.ttl = GN_RECORD_TTL_MAX}, &seq);
	if (exit == CLI_OK || (exit == CLI_QUORUM && seq)) /* by few, as was said */
		return true;
	cli_note(cli, "The identity is made, but was not published; try later: geonet id publish");
	return false;
}

static int tell_new(struct cli *cli, const struct identity *id, bool first, const char *phrase)
{
	bool published = try_publish(cli, id, first);
	if (!cli->json) {
		printf("%s\n", id->pid);
		cli_note(cli,
			 published ? "This is your PID; it is published." : "This is your PID.");
		return CLI_OK;
	}
	json_t *json = json_pack("{ss so sb}", "pid", id->pid, "key",
				 json_hex(id->keys.sk.pk.b, 32), "published", published);
	if (phrase)
		json_object_set_new(json, "phrase", json_string(phrase));
	return cli_json(cli, json);
}

static bool refuse_second(struct cli *cli)
{
	if (identity_exists(cli))
		cli_fail(cli, CLI_FAILED, "exists",
			 "there is an identity in %s already; it is never overwritten (another one "
			 "needs another --data)",
			 cli->data);
	else
		return false;
	return true;
}

int cmd_id_new(struct cli *cli)
{
	struct identity id = {0};
	char passphrase[PASSPHRASE_MAX], phrase[GN_PHRASE_MAX] = "";
	struct gn_rand rand = gn_rand_system();
	bool show = cli_flag(cli, "show-phrase") || (isatty(1) && !cli->json);
	if (refuse_second(cli) || !passphrase_new(cli, cli_flag(cli, "no-passphrase"),
						  cli_option(cli, "passphrase-file"), passphrase))
		return CLI_FAILED;
	gn_rand_fill(&rand, id.entropy, sizeof id.entropy);
	int exit = identity_derive(cli, &id) && identity_store(cli, &id, passphrase, false)
			   ? CLI_OK
			   : CLI_FAILED;
	gn_wipe(passphrase, sizeof passphrase);
	if (exit == CLI_OK) {
		if (show)
			gn_phrase(id.entropy, phrase);
		if (show && !cli->json)
			print_phrase(cli, phrase);
		exit = tell_new(cli, &id, true, show ? phrase : NULL);
		if (!show)
			cli_note(cli, "Write down its 24 words, the only way back after a loss: "
				      "geonet id export");
	}
	gn_wipe(phrase, sizeof phrase);
	identity_wipe(&id);
	return exit;
}

int cmd_id_export(struct cli *cli)
{
	struct identity id;
	char phrase[GN_PHRASE_MAX];
	int exit = CLI_OK;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	gn_phrase(id.entropy, phrase);
	if (cli->json)
		exit = cli_json(cli, json_pack("{ss ss}", "pid", id.pid, "phrase", phrase));
	else
		printf("%s\n", phrase);
	gn_wipe(phrase, sizeof phrase);
	identity_wipe(&id);
	return exit;
}

int cmd_id_import(struct cli *cli)
{
	struct identity id = {0};
	char text[PHRASE_INPUT_MAX], passphrase[PASSPHRASE_MAX] = "";
	int exit = CLI_FAILED;
	if (refuse_second(cli))
		return CLI_FAILED;
	bool read = phrase_read(cli, text), right = read && phrase_parse(cli, text, id.entropy);
	if (read && !right)
		exit = CLI_USAGE; /* what is read in place of the command line */
	else if (right && identity_derive(cli, &id) &&
		 passphrase_new(cli, cli_flag(cli, "no-passphrase"),
				cli_option(cli, "passphrase-file"), passphrase) &&
		 identity_store(cli, &id, passphrase, false))
		exit = tell_new(cli, &id, false, NULL);
	gn_wipe(text, sizeof text);
	gn_wipe(passphrase, sizeof passphrase);
	identity_wipe(&id);
	return exit;
}
