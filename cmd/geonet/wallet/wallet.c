/* The wallet: joining a hub, looking at what stands and was, answering what one is asked. What
 * is signed is signed here. */
#include "geonet/wallet/wallet.h"
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/wallet/commands.h"

#include <stdio.h>
#include <stdlib.h>

int wallet_open(struct cli *cli, struct hub *hub)
{
	int exit = hub_open(cli, hub);
	return exit ? exit : hub_login(cli, hub, false);
}

const char *wallet_text(const json_t *item, const char *name)
{
	return out_text(json_text(item, name));
}

const char *wallet_brief(const char *text, size_t max)
{
	size_t n = strlen(text);
	if (n > max)
		for (n = max; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--;
	return out_text_slice(gn_slice(text, n));
}

const char *wallet_who(const json_t *item, const char *name, const char *pid)
{
	static char buffers[4][1200];
	static unsigned at;
	char *out = buffers[at++ % GN_COUNT(buffers)];
	const char *text = wallet_text(item, name), *key = wallet_text(item, pid);
	if (*text && *key)
		snprintf(out, sizeof buffers[0], "%s (%.60s)", text, key);
	else
		snprintf(out, sizeof buffers[0], "%s%s", text, key);
	return out;
}

/* ---- join ---- */

/* Joining again is no failure: what was wanted is so. */
static int joined_already(struct cli *cli, struct hub *hub, const char *name)
{
	json_t *me;
	int exit = hub_call(cli, hub, "GET", "/participants/me", NULL, &me, "your account");
	if (exit)
		return exit;
	const char *status = json_text(me, "status"), *is = wallet_text(me, "display_name");
	if (strcmp(status, "left") == 0 || strcmp(status, "deleted") == 0)
		exit = cli_fail(cli, CLI_FAILED, "E008",
				"you have %s this hub as %s; only its officers let you in again",
				strcmp(status, "left") == 0 ? "left" : "been deleted from",
				hub->id.pid);
	else if (cli_flag(cli, "print"))
		exit = cli_fail(cli, CLI_FAILED, "E008",
				"nothing is to be signed: you are %s on this hub already, as %s",
				is, hub->id.pid);
	else if (cli->json)
		return cli_json(cli, me);
	else {
		cli_note(cli, "You are %s on this hub already: %s%s%s", is, hub->id.pid,
			 *status ? ", " : "", status);
		if (strcmp(name, json_text(me, "display_name")) != 0)
			cli_note(cli, "The name stays; another one: geonet wallet profile --name "
				      "NAME");
	}
	json_decref(me);
	return exit;
}

/* HB-19, before anything is signed: CLI_OK, or CLI_USAGE after printing. */
static int check_name(struct cli *cli, const char *name)
{
	if (!gn_plain_ok(gn_str(name)))
		return cli_fail(cli, CLI_USAGE, "E009",
				"--name: the name is not UTF-8 text, or has a character that is "
				"not seen. Nothing was signed");
	if (!gn_op_name_ok(gn_str(name)))
		return cli_fail(cli, CLI_USAGE, "E009",
				"--name: a name is not empty and has no blank at its ends. Nothing "
				"was signed");
	return CLI_OK;
}

/* Takes request. Where officers let people in, what to do is told. */
static int join_hub(struct cli *cli, struct hub *hub, json_t *request, json_t **answer)
{
	long status = hub_try(cli, hub, "POST", "/participants", request, answer);
	bool officers = strcmp(json_text(json_object_get(*answer, "error"), "code"), "E006") == 0;
	if (status < 0)
		return CLI_NO_NODE;
	if (status >= 200 && status < 300 && *answer)
		return CLI_OK;
	int exit = hub_report(cli, status, *answer, "joining");
	if (officers && !cli->json)
		cli_note(cli,
			 "geonet wallet join --name NAME --print > FILE writes the signed text; an "
			 "officer brings it in with geonet hub admit FILE.");
	json_decref(*answer);
	return exit;
}

int cmd_wallet_join(struct cli *cli)
{
	struct hub hub;
	json_t *answer;
	const char *name = cli_option(cli, "name"), *type = cli_option(cli, "type");
	if (!name)
		return cli_fail(cli, CLI_USAGE, "usage",
				"give the name that others will see: --name NAME");
	int exit = check_name(cli, name);
	if (exit)
		return exit;
	exit = hub_open(cli, &hub);
	if (!exit)
		exit = hub_login(cli, &hub, true);
	if (!exit && *hub.token) {
		exit = joined_already(cli, &hub, name);
		hub_close(&hub);
		return exit;
	}
	if (!exit) {
		char *key = cli_base64(GN_SLICE(hub.id.keys.sk.pk.b));
		json_t *body = json_pack("{ss ss ss}", "display_name", name, "public_key", key,
					 "type", type ? type : "person");
		free(key);
		json_t *request = hub_signed(cli, &hub, GN_OP_REGISTER, body, NULL);
		if (request && cli_flag(cli, "print")) { /* for an officer's geonet hub admit */
			exit = cli_json(cli, request);
			hub_close(&hub);
			return exit;
		}
		exit = request ? join_hub(cli, &hub, request, &answer) : CLI_FAILED;
		if (!exit && cli->json)
			exit = cli_json(cli, answer);
		else if (!exit) {
			cli_note(cli, "You are %s on this hub: %s",
				 wallet_text(answer, "display_name"), wallet_text(answer, "pid"));
			json_decref(answer);
		}
	}
	hub_close(&hub);
	return exit;
}

/* ---- looking ---- */

int wallet_look(struct cli *cli, struct hub *hub, const char *path, json_t **out, const char *what)
{
	int exit = wallet_open(cli, hub);
	*out = NULL;
	if (!exit)
		exit = hub_call(cli, hub, "GET", path, NULL, out, what);
	if (!exit && cli->json) {
		exit = cli_json(cli, *out);
		*out = NULL;
	}
	return exit;
}

/* ---- profiles ---- */

/* The profile as it will be: what --set does not name stays. NULL after printing. */
static json_t *profile_of(struct cli *cli, const json_t *before)
{
	json_t *out = json_is_object(before) ? json_deep_copy(before) : json_object();
	const char *text;
	for (int i = 0; (text = cli_option_at(cli, "set", i)); i++) {
		const char *value = strchr(text, '=');
		char *key = value ? cli_format("%.*s", (int)(value - text), text) : NULL;
		if (!key || !*key) {
			free(key);
			json_decref(out);
			cli_fail(cli, CLI_USAGE, "usage",
				 "--set: '%s' is not KEY=TEXT. Nothing was signed", text);
			return NULL;
		}
		if (value[1])
			json_object_set_new(out, key, json_string(value + 1));
		else
			json_object_del(out, key);
		free(key);
	}
	return out;
}

static int change_profile(struct cli *cli, struct hub *hub, json_t **person)
{
	const char *name = cli_option(cli, "name");
	json_t *body = json_object(), *request, *profile, *answer;
	if (name)
		json_object_set_new(body, "display_name", json_string(name));
	if (cli_option(cli, "set")) {
		profile = profile_of(cli, json_object_get(*person, "profile"));
		if (!profile) {
			json_decref(body);
			return CLI_USAGE;
		}
		json_object_set_new(body, "profile", profile);
	}
	request = hub_signed(cli, hub, GN_OP_PROFILE, body, NULL);
	int exit = request ? hub_call(cli, hub, "PATCH", "/participants/me", request, &answer,
				      "the profile")
			   : CLI_FAILED;
	if (exit)
		return exit;
	json_decref(*person);
	*person = answer;
	return CLI_OK;
}

static void print_person(const struct cli *cli, json_t *person)
{
	static const char *const rows[] = {"display_name", "type", "status"};
	json_t *value;
	const char *key;
	out_pair(cli, "pid", "%s", wallet_text(person, "pid"));
	for (size_t i = 0; i < GN_COUNT(rows); i++)
		out_pair(cli, i ? rows[i] : "name", "%s", wallet_text(person, rows[i]));
	out_pair(cli, "verified", "level %llu",
		 (unsigned long long)json_number(person, "verification_level"));
	json_object_foreach(json_object_get(person, "profile"), key, value)
	{
		char *text = json_is_string(value)
				     ? NULL
				     : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		out_pair(cli, out_text(key), "%s",
			 out_text(text ? text : json_string_value(value)));
		free(text);
	}
}

int cmd_wallet_profile(struct cli *cli)
{
	struct hub hub;
	json_t *person = NULL;
	bool changes = cli_option(cli, "name") || cli_option(cli, "set"), own = cli->arg_count == 0;
	char pid[GN_PID_MAX], *path;
	if (changes && !own)
		return cli_fail(cli, CLI_USAGE, "usage",
				"only your own profile is yours to change");
	int exit = cli_option(cli, "name") ? check_name(cli, cli_option(cli, "name")) : CLI_OK;
	if (exit)
		return exit;
	exit = wallet_open(cli, &hub);
	if (!exit && !own)
		exit = hub_person(cli, &hub, cli->args[0], pid);
	if (!exit) {
		path = cli_format("/participants/%s", own ? "me" : pid);
		exit = hub_call(cli, &hub, "GET", path, NULL, &person, "the profile");
		free(path);
	}
	if (!exit && changes)
		exit = change_profile(cli, &hub, &person);
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(person));
	else if (!exit)
		print_person(cli, person);
	json_decref(person);
	hub_close(&hub);
	return exit;
}

int cmd_wallet_balance(struct cli *cli)
{
	struct hub hub;
	struct table t;
	json_t *answer, *item;
	size_t i;
	int exit = wallet_look(cli, &hub, "/balance", &answer, "your balance");
	if (answer) {
		table_init(&t, 6, 0x3e);
		static const char *const heading[] = {"EQUIVALENT", "OWED TO YOU", "YOU OWE",
						      "NET",        "CAN SPEND",   "CAN RECEIVE"};
		for (i = 0; i < GN_COUNT(heading); i++)
			table_add(&t, "%s", heading[i]);
		json_array_foreach(json_object_get(answer, "equivalents"), i, item)
		{
			table_add(&t, "%s", wallet_text(item, "code"));
			table_add(&t, "%s", wallet_text(item, "total_credit"));
			table_add(&t, "%s", wallet_text(item, "total_debt"));
			table_add(&t, "%s", wallet_text(item, "net_balance"));
			table_add(&t, "%s", wallet_text(item, "available_to_spend"));
			table_add(&t, "%s", wallet_text(item, "available_to_receive"));
		}
		table_print(cli, &t);
		json_decref(answer);
	}
	hub_close(&hub);
	return exit;
}

int cmd_wallet_debts(struct cli *cli)
{
	struct hub hub;
	json_t *answer, *item;
	size_t i;
	const char *equivalent = cli_option(cli, "equivalent");
	char *part = url_part(equivalent ? equivalent : ""),
	     *path = cli_format("/balance/debts?equivalent=%s", part);
	int exit = wallet_look(cli, &hub, path, &answer, "your debts");
	if (answer) {
		json_array_foreach(json_object_get(answer, "outgoing"), i, item)
			printf("you owe %s %s to %s\n", wallet_text(item, "amount"),
			       wallet_text(item, "equivalent"),
			       wallet_who(item, "creditor_name", "creditor"));
		json_array_foreach(json_object_get(answer, "incoming"), i, item)
			printf("%s owes you %s %s\n", wallet_who(item, "debtor_name", "debtor"),
			       wallet_text(item, "amount"), wallet_text(item, "equivalent"));
		if (!json_array_size(json_object_get(answer, "outgoing")) &&
		    !json_array_size(json_object_get(answer, "incoming")))
			cli_note(cli, "Nobody owes anybody.");
		json_decref(answer);
	}
	free(part);
	free(path);
	hub_close(&hub);
	return exit;
}

/* "paid", "received", "waiting", "failed E002": what failed moved nothing. */
static const char *state_of(const json_t *item, bool sent)
{
	static char failed[40];
	const char *status = json_text(item, "status");
	if (strcmp(status, "COMMITTED") == 0)
		return sent ? "paid" : "received";
	if (strcmp(status, "ABORTED") != 0)
		return "waiting";
	snprintf(failed, sizeof failed, "failed %s",
		 wallet_brief(json_text(json_object_get(item, "error"), "code"), 30));
	return failed;
}

int cmd_wallet_history(struct cli *cli)
{
	struct hub hub;
	struct table t;
	json_t *answer, *item;
	size_t i;
	uint64_t count = 50;
	const char *equivalent = cli_option(cli, "equivalent");
	if (!cli_number(cli, "count", 1, 200, &count))
		return CLI_USAGE;
	char *part = url_part(equivalent ? equivalent : ""),
	     *path = cli_format("/payments?equivalent=%s&limit=%llu", part,
				(unsigned long long)count);
	int exit = wallet_look(cli, &hub, path, &answer, "your payments");
	if (answer) {
		table_init(&t, 6, 1 << 2);
		static const char *const heading[] = {"TIME", "STATE", "AMOUNT",
						      "",     "WITH",  "NOTE"};
		for (i = 0; i < GN_COUNT(heading); i++)
			table_add(&t, "%s", heading[i]);
		json_array_foreach(json_object_get(answer, "items"), i, item)
		{
			bool sent = strcmp(json_text(item, "from"), hub.id.pid) == 0;
			table_add(&t, "%s", wallet_text(item, "created_at"));
			bool moved = strcmp(json_text(item, "status"), "COMMITTED") == 0;
			table_add(&t, "%s", state_of(item, sent));
			table_add(&t, "%s%s",
				  !moved ? ""
				  : sent ? "-"
					 : "+",
				  wallet_text(item, "amount"));
			table_add(&t, "%s", wallet_text(item, "equivalent"));
			/* of what moved nothing no sign tells the direction, and the reason is
			 * what it was for */
			const char *way = sent ? "to" : "from";
			table_add(&t, "%s%s%s", moved ? "" : way, moved ? "" : " ",
				  wallet_text(item, way));
			const json_t *error = json_object_get(item, "error");
			const char *reason = wallet_text(error, "message"),
				   *note = wallet_text(item, "description");
			table_add(&t, "%s%s%s", reason, *reason && *note ? "; " : "", note);
		}
		table_print(cli, &t);
		json_decref(answer);
	}
	free(part);
	free(path);
	hub_close(&hub);
	return exit;
}

/* ---- being asked ---- */

static void print_asked_payment(const json_t *item, const json_t *p, const char *done)
{
	printf("%s  %s pays %s %s to %s over your line%s, until %s\n", wallet_text(item, "key"),
	       wallet_who(p, "from_name", "from"), wallet_text(p, "amount"),
	       wallet_text(p, "equivalent"), wallet_who(p, "to_name", "to"), done,
	       wallet_text(item, "expires_at"));
	if (*json_text(p, "description"))
		printf("    note: %s\n", wallet_text(p, "description"));
}

/* What the hub does not tell is left out. */
static void print_offer(const json_t *item, const char *done)
{
	const char *amount = wallet_text(item, "amount"), *gain = wallet_text(item, "gain"),
		   *unit = wallet_text(item, "equivalent");
	uint64_t asked = json_number(item, "asked_count");
	printf("%s  a clearing offer%s", wallet_text(item, "key"), done);
	if (*amount)
		printf(": %s%s%s of what you owe or are owed would be cleared", amount,
		       *unit ? " " : "", unit);
	if (*gain)
		printf("%s %s more among all than without asking", *amount ? "," : ":", gain);
	if (asked)
		printf("; %llu %s asked", (unsigned long long)asked,
		       asked == 1 ? "person is" : "people are");
	printf(", until %s\n", wallet_text(item, "expires_at"));
}

/* {"items"}: all pages. What ends meanwhile moves the rest up, so one may be missed until the
 * next time. */
static int list_asked(struct cli *cli, struct hub *hub, json_t **out)
{
	json_t *all = json_array();
	int exit = wallet_open(cli, hub);
	if (!exit)
		exit = hub_list(cli, hub, "/payments/asked?", all, "what waits for your answer");
	*out = json_pack("{so}", "items", all);
	return exit;
}

int cmd_wallet_asked(struct cli *cli)
{
	struct hub hub;
	json_t *answer, *item;
	size_t i;
	int exit = list_asked(cli, &hub, &answer);
	if (!exit && cli->json) {
		exit = cli_json(cli, json_incref(answer));
	} else if (!exit) {
		json_array_foreach(json_object_get(answer, "items"), i, item)
		{
			const json_t *p = json_object_get(item, "payment");
			const char *done = json_is_true(json_object_get(item, "answered"))
						   ? " (you have answered)"
						   : "";
			if (json_is_object(p))
				print_asked_payment(item, p, done);
			else
				print_offer(item, done);
		}
		if (!json_array_size(json_object_get(answer, "items")))
			cli_note(cli, "Nothing waits for your answer.");
	}
	json_decref(answer);
	hub_close(&hub);
	return exit;
}

/* What an answer made of what it answers. */
static const char *answered_state(const json_t *told)
{
	const char *status = json_text(told, "status");
	return strcmp(status, "COMMITTED") == 0 ? "it is done now"
	       : strcmp(status, "ABORTED") == 0 || strcmp(status, "REJECTED") == 0
		       ? "nothing comes of it"
		       : "others are still asked";
}

static void tell_answered(const struct cli *cli, const char *word, const json_t *payment,
			  const json_t *told)
{
	if (json_is_object(payment))
		cli_note(cli, "answered %s to %s %s from %s to %s; %s", word,
			 wallet_text(payment, "amount"), wallet_text(payment, "equivalent"),
			 wallet_text(payment, "from"), wallet_text(payment, "to"),
			 answered_state(told));
	else
		cli_note(cli, "answered %s to the clearing offer; %s", word, answered_state(told));
}

/* The transaction that waits under this key is the one whose tx_id and initiator the hub names
 * (HB-55). */
static int check_key(struct cli *cli, struct hub *hub, const json_t *payment, const char *key)
{
	struct gn_pk pk;
	int exit = hub_key_of(cli, hub, json_text(payment, "from"), "who pays", &pk);
	if (exit)
		return exit;
	return gn_wallet_tx_key_is(&pk, json_text(payment, "tx_id"), key)
		       ? CLI_OK
		       : cli_fail(cli, CLI_FAILED, "key",
				  "the hub names another payment under the key %s. Nothing was "
				  "signed",
				  key);
}

int cmd_wallet_answer(struct cli *cli)
{
	struct hub hub;
	json_t *answer = NULL, *item, *found = NULL, *body, *told = NULL;
	size_t i;
	const char *key = cli->args[0], *word = cli->args[1];
	if (strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
		return cli_fail(cli, CLI_USAGE, "usage", "the answer is yes or no");
	int exit = list_asked(cli, &hub, &answer);
	json_array_foreach(json_object_get(answer, "items"), i,
			   item) if (strcmp(json_text(item, "key"), key) == 0) found = item;
	if (!exit && !found)
		exit = cli_fail(cli, CLI_NOT_FOUND, "E001",
				"nothing with this key waits for your answer; geonet wallet asked "
				"lists what does");
	if (!exit && json_is_object(json_object_get(found, "payment")))
		exit = check_key(cli, &hub, json_object_get(found, "payment"), key);
	if (!exit) {
		const json_t *p = json_object_get(found, "payment");
		bool payment = json_is_object(p);
		const char *tx_id = payment ? json_text(p, "tx_id") : key;
		body = json_pack("{ss ss}", "tx_id", tx_id, "answer", word);
		if (payment)
			json_object_set_new(body, "initiator", json_string(json_text(p, "from")));
		json_t *request =
			hub_signed(cli, &hub, payment ? GN_OP_VOTE : GN_OP_CONSENT, body, tx_id);
		exit = request ? hub_call(cli, &hub, "POST",
					  payment ? "/payments/vote" : "/clearing/consent", request,
					  &told, "your answer")
			       : CLI_FAILED;
	}
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(told));
	else if (!exit)
		tell_answered(cli, word, json_object_get(found, "payment"), told);
	json_decref(told);
	json_decref(answer);
	hub_close(&hub);
	return exit;
}

int cmd_wallet_clearings(struct cli *cli)
{
	struct hub hub;
	json_t *answer, *item, *edge;
	size_t i, k;
	int exit = wallet_look(cli, &hub, "/clearing?limit=100", &answer, "your clearings");
	if (answer) {
		json_array_foreach(json_object_get(answer, "items"), i, item)
		{
			printf("%s%s%s  %s, %s, %s\n", out_bold(cli),
			       wallet_text(item, "created_at"), out_plain(cli),
			       wallet_text(item, "equivalent"), wallet_text(item, "mode"),
			       wallet_text(item, "status"));
			json_array_foreach(json_object_get(item, "edges"), k, edge)
			{
				bool mine = strcmp(json_text(edge, "debtor"), hub.id.pid) == 0;
				printf("  %s %s %s\n",
				       mine ? "you owe less:" : "you are owed less:",
				       wallet_text(edge, "amount"),
				       wallet_text(edge, mine ? "creditor" : "debtor"));
			}
		}
		if (!json_array_size(json_object_get(answer, "items")))
			cli_note(cli, "No clearing has touched you yet.");
		json_decref(answer);
	}
	hub_close(&hub);
	return exit;
}
