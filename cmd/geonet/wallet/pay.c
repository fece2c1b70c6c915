/* Paying: the words for what src/wallet/pay.h judges, and the command that repeats it. A request
 * with an id is paid once by everybody: its id is the tx_id, followed by :2, :3.. after attempts
 * that failed (HB-23). Which of them it is is asked for before anything is signed, and one command
 * signs one payment, whatever is said of it. Exit 0: the hub's outcome; 1: a definite refusal; 6:
 * anything else, it is unknown. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/wallet/commands.h"
#include "geonet/wallet/wallet.h"

#include <stdio.h>
#include <stdlib.h>

struct payment {
	struct cli *cli;
	struct hub *hub;
	const struct gn_wallet_request *q;
	char tx_id[OP_TX_ID_MAX + 1];
	bool repeats;    /* the tx_id was given: it may have been paid before */
	uint64_t wait_s; /* for those who are asked; 0: the hub's */
	bool by_request; /* the tx_id is the request's */
};

/* ---- words ---- */

static bool plain_word(const char *s)
{
	return *s &&
	       strspn(s,
		      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/@%+=,-") ==
		       strlen(s);
}

/* Appends " word" to *text as a shell reads it back; what a terminal must not see becomes
 * $'\x..'. */
static void add_word(char **text, const char *word)
{
	bool odd = strcmp(out_text(word), word) != 0 || strlen(word) > 1000;
	char *quoted = cli_alloc(4 * strlen(word) + 8), *p = quoted, *before = *text;
	p += sprintf(p, "%s", plain_word(word) ? "" : odd ? "$'" : "'");
	for (const char *s = word; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (odd && (c < 0x20 || c >= 0x7f || c == '\'' || c == '\\'))
			p += sprintf(p, "\\x%02x", c);
		else if (!odd && c == '\'')
			p += sprintf(p, "'\\''");
		else
			*p++ = *s;
	}
	if (!plain_word(word))
		*p++ = '\'';
	*p = 0;
	*text = cli_format("%s %s", before, quoted);
	free(before);
	free(quoted);
}

/* The command that sends the same payment again. */
static char *repeat_command(const struct payment *p)
{
	static const char *const kept[] = {"data", "passphrase-file", "wait"};
	char *text =
		cli_format("geonet wallet pay %s %s %s", p->q->pid, p->q->amount, p->q->equivalent);
	if (*p->q->note) {
		add_word(&text, "--note");
		add_word(&text, p->q->note);
	}
	add_word(&text, "--tx-id");
	add_word(&text, p->tx_id);
	add_word(&text, "--hub");
	add_word(&text, p->hub->url);
	for (size_t i = 0; i < GN_COUNT(kept); i++)
		if (cli_option(p->cli, kept[i])) {
			char *option = cli_format("--%s", kept[i]);
			add_word(&text, option);
			add_word(&text, i == 0 ? p->cli->data : cli_option(p->cli, kept[i]));
			free(option);
		}
	return text;
}

/* {"error": {"code", "message", "details"}} for programs, a sentence for people. Takes details
 * over. */
static int fail_with(struct cli *cli, int exit, const char *code, const char *message,
		     json_t *details)
{
	if (cli->json) {
		cli_json(cli, json_pack("{s{ss ss so}}", "error", "code", code, "message", message,
					"details", details));
		return exit;
	}
	json_decref(details);
	return cli_fail(cli, exit, code, "%s", message);
}

/* ---- the three ends ---- */

static int end_unknown(const struct payment *p, const char *cause)
{
	char *command = repeat_command(p);
	char *message = cli_format(
		"whether this was paid is not known: %s. Repeat it with the same tx_id: it cannot "
		"be paid twice",
		wallet_brief(cause, 300));
	fail_with(p->cli, CLI_UNKNOWN, "unknown", message,
		  json_pack("{ss ss}", "tx_id", p->tx_id, "repeat", command));
	if (!p->cli->json)
		fprintf(stderr, "  tx_id:  %s\n  repeat: %s\n", p->tx_id, command);
	free(message);
	free(command);
	return CLI_UNKNOWN;
}

static int end_refused(const struct payment *p, const json_t *answer, const char *what)
{
	const json_t *error = json_object_get(answer, "error"),
		     *details = json_object_get(error, "details");
	const char *code = json_text(error, "code");
	char *message = cli_format("%s: %s (%s)", what,
				   wallet_brief(json_text(error, "message"), 600), code);
	fail_with(p->cli, CLI_FAILED, code, message,
		  details ? json_incref((json_t *)(uintptr_t)details) : json_object());
	free(message);
	if (!p->cli->json) {
		wallet_raises(stderr, details);
		wallet_causes(stderr, details, false);
	}
	return CLI_FAILED;
}

static int tell_outcome(const struct payment *p, json_t *answer, bool before)
{
	const char *status = json_text(answer, "status");
	bool done = strcmp(status, "COMMITTED") == 0;
	json_t *route;
	size_t i;
	json_object_set_new(answer, "repeated", json_boolean(before));
	if (p->cli->json)
		return cli_json(p->cli, json_incref(answer));
	if (before && done)
		printf("this %s before, at %s; nothing more was paid: %s %s to %s%s\n",
		       p->by_request ? "request was paid" : "payment was made",
		       wallet_text(answer, "committed_at"), wallet_text(answer, "amount"),
		       wallet_text(answer, "equivalent"), wallet_text(answer, "to"),
		       p->by_request ? " (--again pays it once more)" : "");
	else
		printf("%s%s %s %s to %s\n", before ? "this payment was made before; " : "",
		       done ? "paid" : "waiting for those who are asked:",
		       wallet_text(answer, "amount"), wallet_text(answer, "equivalent"),
		       wallet_text(answer, "to"));
	if (!done && *json_text(answer, "expires_at"))
		printf("  they may answer until %s; if one says no, or not all have answered by "
		       "then, nothing is paid\n",
		       wallet_text(answer, "expires_at"));
	json_array_foreach(json_object_get(answer, "routes"), i, route)
	{
		size_t nodes = json_array_size(json_object_get(route, "path"));
		if (nodes)
			printf("  %s over %s\n", wallet_text(route, "amount"),
			       out_count(nodes - 1, "hop", "hops"));
	}
	return CLI_OK;
}

/* ---- judging answers ---- */

static struct gn_wallet_payment its(const struct payment *p)
{
	return (struct gn_wallet_payment){
		.payer = p->hub->id.pid, .tx_id = p->tx_id, .q = p->q, .repeats = p->repeats};
}

static const char *state_words(const json_t *stored)
{
	const char *status = json_text(stored, "status");
	return strcmp(status, "ABORTED") == 0     ? "failed"
	       : strcmp(status, "COMMITTED") == 0 ? "was made"
						  : "is under way";
}

/* The tx_id stands for a payment of ours that this command does not repeat. */
static int end_taken(const struct payment *p, json_t *stored)
{
	const char *note = json_text(stored, "description");
	const struct gn_wallet_payment payment = its(p);
	bool other = !gn_wallet_same(&payment, stored);
	char *message = cli_format(
		"the tx_id %s belongs to %s payment, of %s %s to %s%s%s%s, which %s. By this "
		"command nothing was paid%s",
		p->tx_id, other ? "another" : "this", wallet_text(stored, "amount"),
		wallet_text(stored, "equivalent"), wallet_text(stored, "to"), *note ? " (" : "",
		wallet_brief(note, 200), *note ? ")" : "", state_words(stored),
		p->by_request ? "; --again pays the request all the same" : "");
	int exit = fail_with(p->cli, CLI_FAILED, "E008", message,
			     json_pack("{ss sO}", "tx_id", p->tx_id, "payment", stored));
	free(message);
	return exit;
}

/* What the hub keeps under this tx_id; *stored is the caller's. */
static long get_stored(const struct payment *p, json_t **stored)
{
	char *part = url_part(p->tx_id), *path = cli_format("/payments/%s", part);
	*stored = NULL;
	p->hub->quiet = true;
	long status = hub_try(p->cli, p->hub, "GET", path, NULL, stored);
	p->hub->quiet = false;
	free(path);
	free(part);
	return status;
}

/* The hub refused a repeat: what does it keep under this tx_id? */
static int look_up(const struct payment *p, long refused_as, const json_t *refusal)
{
	const json_t *error = json_object_get(refusal, "error");
	char *cause = cli_format("the hub does not take the repeat: %s",
				 wallet_brief(json_text(error, "message"), 200));
	const struct gn_wallet_payment payment = its(p);
	json_t *stored;
	long status = get_stored(p, &stored);
	struct gn_wallet_verdict v =
		gn_wallet_judge_kept(&payment, refused_as, refusal, status, stored);
	int exit = v.end == GN_WALLET_DONE      ? tell_outcome(p, stored, true)
		   : v.end == GN_WALLET_TAKEN   ? end_taken(p, stored)
		   : v.end == GN_WALLET_NOTHING ? end_refused(p, refusal, v.words)
						: end_unknown(p, cause);
	json_decref(stored);
	free(cause);
	return exit;
}

static int judge_answer(const struct payment *p, long status, json_t *answer)
{
	const struct gn_wallet_payment payment = its(p);
	const json_t *error = json_object_get(answer, "error");
	struct gn_wallet_verdict v = gn_wallet_judge(&payment, status, answer);
	char cause[1600];
	if (v.end == GN_WALLET_DONE)
		return tell_outcome(p, answer, v.before);
	if (v.end == GN_WALLET_NOTHING)
		return end_refused(p, answer, v.words);
	if (v.end == GN_WALLET_LOOK)
		return look_up(p, status, answer);
	if (v.doubt == GN_WALLET_LOST)
		snprintf(cause, sizeof cause, "the hub's answer did not come");
	else if (v.doubt == GN_WALLET_TROUBLE)
		snprintf(cause, sizeof cause, "the hub answered %ld: %s (%s)", status,
			 wallet_text(error, "message"), wallet_text(error, "code"));
	else
		snprintf(cause, sizeof cause, "the hub's answer (%ld) cannot be read", status);
	return end_unknown(p, cause);
}

/* ---- pay ---- */

static int take_tx_id(struct cli *cli, struct payment *p)
{
	const char *given = cli_option(cli, "tx-id");
	struct gn_rand rand = gn_rand_system();
	p->repeats = given != NULL;
	if (!given) {
		gn_wallet_tx_id_new(&rand, p->tx_id);
		return CLI_OK;
	}
	size_t len = strlen(given);
	if (!gn_wallet_tx_id_ok(given))
		return cli_fail(cli, CLI_USAGE, "E009",
				"--tx-id: a tx_id is 1 to %u letters, digits, '.', '_', ':' and "
				"'-'; this one has %zu bytes%s. Nothing was signed",
				OP_TX_ID_MAX, len,
				len <= OP_TX_ID_MAX && len ? " and others among them" : "");
	memcpy(p->tx_id, given, len + 1);
	return CLI_OK;
}

static int pay_once(struct payment *p)
{
	const struct gn_wallet_request *q = p->q;
	const struct gn_wallet_payment payment = its(p);
	json_t *answer = NULL, *body = gn_wallet_pay_body(&payment, p->wait_s);
	json_t *request = hub_signed(p->cli, p->hub, GN_OP_PAYMENT, body, p->tx_id);
	if (!request)
		return CLI_FAILED;
	cli_note(p->cli, "payment %s: %s %s to %s%s%s", p->tx_id, q->amount, q->equivalent, q->pid,
		 *q->note ? ", " : "", out_text(q->note));
	p->hub->quiet = true; /* the cause of a lost answer is told with what to do about it */
	long status = hub_try(p->cli, p->hub, "POST", "/payments", request, &answer);
	p->hub->quiet = false;
	int exit = judge_answer(p, status, answer);
	json_decref(answer);
	return exit;
}

static bool has_failed(const struct payment *p)
{
	const struct gn_wallet_payment payment = its(p);
	json_t *stored;
	long status = get_stored(p, &stored);
	bool failed = gn_wallet_failed(&payment, status, stored);
	json_decref(stored);
	return failed;
}

/* A tx_id stands for one attempt, so the request's next attempt needs another, the same one at
 * every repeat. What is said of an attempt after it was signed leads to no other: that is for
 * another command. */
static int pay_request(struct payment *p)
{
	p->by_request = p->repeats = true;
	gn_wallet_attempt(p->q, 1, p->tx_id);
	for (unsigned n = 2; n <= GN_WALLET_TRIES && has_failed(p); n++)
		gn_wallet_attempt(p->q, n, p->tx_id);
	return pay_once(p);
}

/* The words after "wallet pay" as one request; is_address: the first is geo:... */
static int read_request(struct cli *cli, bool is_address, struct gn_wallet_request *q)
{
	const char *note = cli_option(cli, "note");
	int exit;
	if (!is_address) {
		if (cli_flag(cli, "again"))
			return cli_fail(
				cli, CLI_USAGE, "usage",
				"--again is for requests (geo://...) that were paid before");
		if (cli->arg_count != 3)
			return cli_fail(
				cli, CLI_USAGE, "usage",
				"geonet wallet pay WHO AMOUNT EQUIVALENT, or geonet wallet pay "
				"geo://... [AMOUNT]");
		exit = request_words(cli, cli->args[1], cli->args[2], q);
		return exit ? exit : request_note(cli, note, q);
	}
	exit = request_parse(cli, cli->args[0], q);
	if (exit)
		return exit;
	if (cli->arg_count > 2)
		return cli_fail(cli, CLI_USAGE, "usage",
				"unexpected argument '%s': the request names the equivalent. "
				"Nothing was signed",
				cli->args[2]);
	if (*q->amount && cli->arg_count > 1)
		return cli_fail(cli, CLI_USAGE, "usage",
				"the request is for %s %s already; leave '%s' out. Nothing was "
				"signed",
				q->amount, q->equivalent, cli->args[1]);
	if (!*q->amount && cli->arg_count < 2)
		return cli_fail(cli, CLI_USAGE, "usage",
				"the request leaves the amount to you: geonet wallet pay geo://... "
				"AMOUNT");
	if (*q->note && note && strcmp(q->note, note) != 0)
		return cli_fail(cli, CLI_USAGE, "usage",
				"the request has a note already ('%s'); leave --note out. Nothing "
				"was signed",
				wallet_brief(q->note, 200));
	if (!*q->amount) {
		char unit[sizeof q->equivalent];
		memcpy(unit, q->equivalent, sizeof unit);
		exit = request_words(cli, cli->args[1], unit, q);
	}
	return exit ? exit : request_note(cli, *q->note ? q->note : note, q);
}

int cmd_wallet_pay(struct cli *cli)
{
	struct hub hub;
	static struct gn_wallet_request q;
	struct payment p = {.cli = cli, .hub = &hub, .q = &q};
	gn_amount amount;
	unsigned precision;
	bool is_address = gn_wallet_is_link(cli->args[0]);
	int exit = take_tx_id(cli, &p);
	if (!exit && !cli_number(cli, "wait", 1, OP_TIMEOUT_MS_MAX / 1000, &p.wait_s))
		exit = CLI_USAGE;
	if (!exit)
		exit = read_request(cli, is_address, &q);
	if (exit)
		return exit;
	exit = wallet_open(cli, &hub);
	if (!exit && *q.hub && strcmp(q.hub, hub.pid) != 0)
		exit = cli_fail(cli, CLI_FAILED, "usage",
				"the request is for hub %s; this is %s. Name the right one with "
				"--hub URL",
				q.hub, hub.pid);
	if (!exit)
		exit = hub_amount(cli, &hub, q.equivalent, q.amount, &amount, &precision);
	if (!exit && amount == 0)
		exit = cli_fail(cli, CLI_USAGE, "E009",
				"%s %s is nothing to pay. Nothing was signed", q.amount,
				q.equivalent);
	if (!exit && !is_address)
		exit = hub_person(cli, &hub, cli->args[0], q.pid);
	if (!exit && strcmp(q.pid, hub.id.pid) == 0)
		exit = cli_fail(cli, CLI_USAGE, "usage",
				"this PID is your own: nobody pays themselves. Nothing was signed");
	if (!exit)
		exit = *q.id && !p.repeats && !cli_flag(cli, "again") ? pay_request(&p)
								      : pay_once(&p);
	hub_close(&hub);
	return exit;
}
