/* Why a payment would not go: which lines are in the way, and who could open them. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/wallet/commands.h"
#include "geonet/wallet/wallet.h"

#include <stdio.h>
#include <stdlib.h>

void wallet_raises(FILE *to, const json_t *details)
{
	json_t *item, *list = json_object_get(details, "raises");
	size_t i;
	uint64_t elsewhere = json_number(details, "raises_elsewhere");
	json_array_foreach(list, i, item)
	{
		fprintf(to, "  it would go if %s raised the line to %s by %s\n",
			wallet_who(item, "owner_name", "owner"),
			wallet_who(item, "debtor_name", "debtor"), wallet_text(item, "raise"));
	}
	if (elsewhere)
		fprintf(to, "  %s %llu line%s between others would have to be raised\n",
			json_array_size(list) ? "and" : "it would go, but",
			(unsigned long long)elsewhere, elsewhere == 1 ? "" : "s");
}

/* What stops a line, by the ledger's word for it (gn_ledger_cause_name): OWNER and DEBTOR are
 * its ends, BY who is meant, AVAILABLE and LEFT what it would take. */
static const struct {
	const char *cause, *sentence;
} causes[] = {
	{"full", "the line of OWNER to DEBTOR has AVAILABLE left"},
	{"frozen", "OWNER froze the line to DEBTOR: no new debt for now"},
	{"dispute", "an officer froze the line of OWNER to DEBTOR in a dispute"},
	{"suspended", "BY is suspended: neither pays, routes nor receives"},
	{"inactive", "the equivalent was ended: only debts in it can be repaid"},
	{"no_middle", "BY passes on no payments of others"},
	{"closing", "the line of OWNER to DEBTOR is closing: no new debt"},
	{"daily", "the line of OWNER to DEBTOR has a limit of the day, of which LEFT is left today "
		  "(UTC)"},
	{"hop", "OWNER lets one payment of others move less than this over the line to DEBTOR"},
};

static void print_cause(FILE *to, const json_t *item)
{
	const char *sentence = "CAUSE: the line of OWNER to DEBTOR";
	const struct {
		const char *word, *value;
	} words[] = {{"OWNER", wallet_who(item, "owner_name", "owner")},
		     {"DEBTOR", wallet_who(item, "debtor_name", "debtor")},
		     {"BY", wallet_who(item, "by_name", "by")},
		     {"AVAILABLE", *json_text(item, "available") ? wallet_text(item, "available")
								 : "too little"},
		     {"LEFT", *json_text(item, "left_today") ? wallet_text(item, "left_today")
							     : "too little"},
		     {"CAUSE", wallet_text(item, "cause")}};
	for (size_t i = 0; i < GN_COUNT(causes); i++)
		if (strcmp(json_text(item, "cause"), causes[i].cause) == 0)
			sentence = causes[i].sentence;
	fputs("  ", to);
	while (*sentence) {
		size_t k = 0;
		while (k < GN_COUNT(words) &&
		       strncmp(sentence, words[k].word, strlen(words[k].word)) != 0)
			k++;
		if (k == GN_COUNT(words)) {
			fputc(*sentence++, to);
			continue;
		}
		fputs(*words[k].value ? words[k].value : "somebody", to);
		sentence += strlen(words[k].word);
	}
	fputc('\n', to);
}

struct telling {
	FILE *to;
	bool explained;
};

static void tell_cause(void *user, const json_t *item)
{
	const struct telling *t = user;
	if (!(t->explained && strcmp(json_text(item, "cause"), "full") == 0))
		print_cause(t->to, item);
}

/* explained: words about full lines were printed already. */
void wallet_causes(FILE *to, const json_t *details, bool explained)
{
	struct telling t = {to, explained};
	gn_wallet_causes(details, tell_cause, &t);
}

static void tell_why(const json_t *a, const char *amount, const char *equivalent)
{
	bool can = json_is_true(json_object_get(a, "can_pay"));
	if (can)
		printf("yes: %s %s would go over %s, at most %s; at most %s could be paid\n",
		       amount, equivalent,
		       out_count(json_number(a, "routes_count"), "path", "paths"),
		       out_count(json_number(a, "estimated_hops"), "hop", "hops"),
		       wallet_text(a, "max_amount"));
	else
		printf("no: %s %s asked for, %s is the most that the trust lines carry\n", amount,
		       equivalent, wallet_text(a, "max_amount"));
	if (*json_text(a, "explanation"))
		printf("%s\n", wallet_text(a, "explanation"));
	else if (!json_is_true(json_object_get(a, "connected")))
		printf("no chain of trust lines leads there at all\n");
	if (can)
		return;
	wallet_causes(stdout, a, *json_text(a, "explanation"));
	wallet_causes(stdout, json_object_get(a, "details"), *json_text(a, "explanation"));
	wallet_raises(stdout, a);
}

int cmd_wallet_why(struct cli *cli)
{
	struct hub hub;
	char pid[GN_PID_MAX];
	gn_amount amount;
	unsigned precision;
	json_t *answer = NULL;
	int exit = wallet_open(cli, &hub);
	if (!exit)
		exit = hub_amount(cli, &hub, cli->args[2], cli->args[1], &amount, &precision);
	if (!exit)
		exit = hub_person(cli, &hub, cli->args[0], pid);
	if (!exit) {
		char *path = cli_format("/payments/capacity?to=%s&equivalent=%s&amount=%s", pid,
					cli->args[2], cli->args[1]);
		exit = hub_call(cli, &hub, "GET", path, NULL, &answer, "the capacity");
		free(path);
	}
	if (!exit) {
		if (cli->json)
			exit = cli_json(cli, json_incref(answer));
		else
			tell_why(answer, cli->args[1], cli->args[2]);
		if (!exit && !json_is_true(json_object_get(answer, "can_pay")))
			exit = CLI_FAILED;
	}
	json_decref(answer);
	hub_close(&hub);
	return exit;
}
