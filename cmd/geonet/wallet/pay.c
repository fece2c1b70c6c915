/* Paying. A payment ends in one of three ways, and only what is certain is said to be so:
 *
 *     the hub's outcome    COMMITTED, or waiting for those who are asked  exit 0
 *     a definite refusal   a 4xx with the ledger's code, or ABORTED       exit 1, nothing was paid
 *     anything else        5xx, no answer, one that cannot be read        exit 6, it is unknown
 *
 * A repeat (--tx-id) is not judged by a refusal of the repeat: what the hub keeps under the
 * tx_id decides, and the same payment is one that says the same in other words (1 or 1.00,
 * another --wait): HB-24. A request with an id is paid once by everybody: its id is the tx_id,
 * followed by :2, :3.. after attempts that failed (HB-23). Which of them it is is asked for
 * before anything is signed, and one command signs one payment, whatever is said of it. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/wallet/commands.h"
#include "geonet/wallet/wallet.h"

#include <stdio.h>
#include <stdlib.h>

#define REQUEST_TRIES 9u /* attempts at one request: its id, then :2 to :9 behind it */

struct payment {
	struct cli *cli;
	struct hub *hub;
	const struct request *q;
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

/* A payment of ours under this tx_id, in a state that is none of ABORTED. */
static bool is_outcome(const struct payment *p, const json_t *answer)
{
	static const char *const states[] = {"COMMITTED", "PREPARE_IN_PROGRESS", "ROUTED", "NEW"};
	if (strcmp(json_text(answer, "tx_id"), p->tx_id) != 0)
		return false;
	for (size_t i = 0; i < GN_COUNT(states); i++)
		if (strcmp(json_text(answer, "status"), states[i]) == 0)
			return true;
	return false;
}

static bool has_code(const json_t *answer)
{
	const char *code = json_text(json_object_get(answer, "error"), "code");
	/* E010 is the hub's own trouble */
	return strlen(code) == 4 && strncmp(code, "E00", 3) == 0;
}

static bool is_aborted(const json_t *answer)
{
	const json_t *details = json_object_get(json_object_get(answer, "error"), "details");
	return has_code(answer) && strcmp(json_text(details, "status"), "ABORTED") == 0;
}

static bool same_payment(const struct payment *p, const json_t *stored)
{
	gn_amount a, b;
	const char *typed = p->q->amount, *kept = json_text(stored, "amount");
	return strcmp(json_text(stored, "to"), p->q->pid) == 0 &&
	       strcmp(json_text(stored, "equivalent"), p->q->equivalent) == 0 &&
	       strcmp(json_text(stored, "description"), p->q->note) == 0 &&
	       gn_amount_parse(gn_str(typed), 8, &a) == GN_OK &&
	       gn_amount_parse(gn_str(kept), 8, &b) == GN_OK && a == b;
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
	bool other = !same_payment(p, stored);
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

/* Rates and tokens are judged before the payment is looked at, so such a refusal says nothing
 * about an earlier one. */
static bool about_payment(long status)
{
	return status == 400 || status == 404 || status == 409 || status == 422;
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

static bool is_mine(const struct payment *p, long status, const json_t *stored)
{
	return status == 200 && strcmp(json_text(stored, "from"), p->hub->id.pid) == 0;
}

/* The hub refused a repeat: what does it keep under this tx_id? */
static int look_up(const struct payment *p, long refused_as, const json_t *refusal)
{
	const json_t *error = json_object_get(refusal, "error");
	/* the text that was signed is another */
	bool conflict = strcmp(json_text(error, "code"), "E008") == 0;
	char *cause = cli_format("the hub does not take the repeat: %s",
				 wallet_brief(json_text(error, "message"), 200));
	json_t *stored;
	long status = get_stored(p, &stored);
	bool mine = is_mine(p, status, stored);
	bool none = !mine && (status == 404 ? has_code(stored)
					    : status == 200 && *json_text(stored, "from"));
	int exit;
	if (mine && same_payment(p, stored) && is_outcome(p, stored))
		exit = tell_outcome(p, stored, true);
	else if (mine)
		exit = end_taken(p, stored);
	else if (none && !conflict && about_payment(refused_as))
		exit = end_refused(p, refusal, "nothing was paid, neither before nor now");
	else
		exit = end_unknown(p, cause);
	json_decref(stored);
	free(cause);
	return exit;
}

static int judge_answer(const struct payment *p, long status, json_t *answer)
{
	const json_t *error = json_object_get(answer, "error"),
		     *details = json_object_get(error, "details");
	bool stored =
		*json_text(answer, "signed") || json_is_true(json_object_get(answer, "repeated"));
	char cause[1600];
	if (status >= 200 && status < 300 && is_outcome(p, answer))
		return tell_outcome(p, answer, p->repeats && stored);
	if (is_aborted(answer))
		return end_refused(
			p, answer,
			p->repeats && *json_text(details, "tx_id")
				? "this payment was made before and failed; nothing was paid"
				: "nothing was paid");
	if (status >= 400 && status < 500 && has_code(answer))
		return p->repeats ? look_up(p, status, answer)
				  : end_refused(p, answer, "nothing was paid");
	if (status < 0)
		snprintf(cause, sizeof cause, "the hub's answer did not come");
	else if (*json_text(error, "message"))
		snprintf(cause, sizeof cause, "the hub answered %ld: %s (%s)", status,
			 wallet_text(error, "message"), wallet_text(error, "code"));
	else
		snprintf(cause, sizeof cause, "the hub's answer (%ld) cannot be read", status);
	return end_unknown(p, cause);
}

/* ---- pay ---- */

static void new_tx_id(char out[OP_TX_ID_MAX + 1])
{
	uint8_t b[16];
	char hex[33];
	struct gn_rand rand = gn_rand_system();
	gn_rand_fill(&rand, b, sizeof b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* UUID version 4 (RFC 9562) */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	gn_hex(GN_SLICE(b), hex);
	snprintf(out, OP_TX_ID_MAX + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		 hex + 16, hex + 20);
}

static int take_tx_id(struct cli *cli, struct payment *p)
{
	const char *given = cli_option(cli, "tx-id");
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-";
	p->repeats = given != NULL;
	if (!given) {
		new_tx_id(p->tx_id);
		return CLI_OK;
	}
	size_t len = strlen(given);
	if (len < 1 || len > OP_TX_ID_MAX || strspn(given, allowed) != len)
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
	const struct request *q = p->q;
	json_t *answer = NULL, *body = json_pack("{ss ss ss ss}", "tx_id", p->tx_id, "to", q->pid,
						 "equivalent", q->equivalent, "amount", q->amount);
	if (*q->note)
		json_object_set_new(body, "description", json_string(q->note));
	if (p->wait_s)
		json_object_set_new(body, "constraints",
				    json_pack("{sI}", "timeout_ms", (json_int_t)p->wait_s * 1000));
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
	json_t *stored;
	long status = get_stored(p, &stored);
	bool failed =
		is_mine(p, status, stored) && strcmp(json_text(stored, "status"), "ABORTED") == 0;
	json_decref(stored);
	return failed;
}

/* A tx_id stands for one attempt, so the request's next attempt needs another, the same one at
 * every repeat. What is said of an attempt after it was signed leads to no other: that is for
 * another command. */
static int pay_request(struct payment *p)
{
	p->by_request = p->repeats = true;
	snprintf(p->tx_id, sizeof p->tx_id, "%s", p->q->id);
	for (unsigned n = 2; n <= REQUEST_TRIES && has_failed(p); n++)
		snprintf(p->tx_id, sizeof p->tx_id, "%s:%u", p->q->id, n);
	return pay_once(p);
}

/* The words after "wallet pay" as one request; is_address: the first is geo:... */
static int read_request(struct cli *cli, bool is_address, struct request *q)
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
	static struct request q;
	struct payment p = {.cli = cli, .hub = &hub, .q = &q};
	gn_amount amount;
	unsigned precision;
	bool is_address = strncmp(cli->args[0], "geo:", 4) == 0;
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
