/* The wallet: trust lines and payments, signed here. Amounts are checked against the equivalent's precision before
 * anything is signed. */
#include "hub_client.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>

static int open_wallet(struct cli *cli, struct hub *hub)
{
	int exit = hub_open(cli, hub);
	return exit ? exit : hub_login(cli, hub, false);
}

static const char *who(const json_t *item, const char *name, const char *pid)
{
	const char *text = json_text(item, name);
	return *text ? out_text(text) : json_text(item, pid);
}

/* ---- join ---- */

int cmd_wallet_join(struct cli *cli)
{
	struct hub hub;
	json_t *answer;
	const char *name = cli_option(cli, "name"), *type = cli_option(cli, "type");
	if (!name)
		return cli_fail(cli, CLI_USAGE, "usage", "give the name that others will see: --name NAME");
	int exit = hub_open(cli, &hub);
	if (!exit)
		exit = hub_login(cli, &hub, true);
	if (!exit && *hub.token)
		exit = cli_fail(cli, CLI_FAILED, "E008", "this hub knows you already, as %s", hub.id.pid);
	if (!exit) {
		char *key = base64_text(GN_SLICE(hub.id.keys.sk.pk.b));
		json_t *body = json_pack("{ss ss ss}", "display_name", name, "public_key", key, "type",
					 type ? type : "person");
		free(key);
		json_t *request = hub_signed(cli, &hub, GN_OP_REGISTER, body, NULL);
		exit = request ? hub_call(cli, &hub, "POST", "/participants", request, &answer, "joining") : CLI_FAILED;
		if (!exit && cli->json)
			exit = cli_json(cli, answer);
		else if (!exit) {
			cli_note(cli, "You are %s on this hub: %s", out_text(json_text(answer, "display_name")),
				 json_text(answer, "pid"));
			json_decref(answer);
		}
	}
	hub_close(&hub);
	return exit;
}

/* ---- trust ---- */

static json_t *policy_of(struct cli *cli, const json_t *before)
{
	static const char *const kept[] = {"auto_clearing", "can_be_intermediate", "ask", "daily_limit",
					   "max_hop_usage"};
	json_t *p = json_object(), *blocked = json_array();
	const char *text;
	for (size_t i = 0; i < GN_COUNT(kept); i++) {
		json_t *v = json_object_get(before, kept[i]);
		if (v && !json_is_null(v))
			json_object_set(p, kept[i], v);
	}
	json_array_extend(blocked, json_object_get(before, "blocked_participants"));
	if (cli_flag(cli, "no-clearing"))
		json_object_set_new(p, "auto_clearing", json_false());
	if (cli_flag(cli, "no-routing"))
		json_object_set_new(p, "can_be_intermediate", json_false());
	if (cli_flag(cli, "ask"))
		json_object_set_new(p, "ask", json_true());
	if ((text = cli_option(cli, "daily-limit")))
		json_object_set_new(p, "daily_limit", json_string(text));
	if ((text = cli_option(cli, "hop-limit")))
		json_object_set_new(p, "max_hop_usage", json_string(text));
	for (int i = 0; (text = cli_option_at(cli, "block", i)); i++)
		json_array_append_new(blocked, json_string(text));
	if (json_array_size(blocked))
		json_object_set(p, "blocked_participants", blocked);
	json_decref(blocked);
	return p;
}

static bool changes_policy(struct cli *cli)
{
	return cli_flag(cli, "no-clearing") || cli_flag(cli, "no-routing") || cli_flag(cli, "ask") ||
	       cli_option(cli, "daily-limit") || cli_option(cli, "hop-limit") || cli_option(cli, "block");
}

/* The open line to pid, or NULL; borrowed from *lines. */
static int find_line(struct cli *cli, struct hub *hub, const char *pid, const char *equivalent, json_t **lines,
		     const json_t **out)
{
	json_t *item;
	*out = NULL;
	*lines = NULL;
	for (unsigned page = 1;; page++) {
		char path[160];
		size_t i, count;
		snprintf(path, sizeof path, "/trustlines?direction=outgoing&equivalent=%s&per_page=200&page=%u",
			 equivalent, page);
		json_decref(*lines);
		int exit = hub_call(cli, hub, "GET", path, NULL, lines, "your trust lines");
		if (exit)
			return exit;
		json_array_foreach(json_object_get(*lines, "items"), i,
				   item) if (strcmp(json_text(item, "to"), pid) == 0)
		{
			*out = item;
			return CLI_OK;
		}
		count = json_array_size(json_object_get(*lines, "items"));
		if (count < 200)
			return CLI_OK;
	}
}

static int tell_line(struct cli *cli, json_t *line)
{
	if (cli->json)
		return cli_json(cli, line);
	if (*json_text(line, "message"))
		cli_note(cli, "%s", out_text(json_text(line, "message")));
	else
		cli_note(cli, "%s may owe you up to %s %s; %s of it is used", who(line, "to_display_name", "to"),
			 json_text(line, "limit"), json_text(line, "equivalent"), json_text(line, "used"));
	json_decref(line);
	return CLI_OK;
}

static int change_line(struct cli *cli, struct hub *hub, const char *pid, const char *limit, const char *equivalent)
{
	json_t *lines, *answer, *body;
	const json_t *line;
	int exit = find_line(cli, hub, pid, equivalent, &lines, &line);
	if (exit)
		return exit;
	bool close = cli_flag(cli, "close"), frozen = cli_flag(cli, "freeze"), thaw = cli_flag(cli, "unfreeze");
	if (!line && (close || frozen || thaw)) {
		json_decref(lines);
		return cli_fail(cli, CLI_NOT_FOUND, "E001", "you have no open trust line to %s in %s", pid, equivalent);
	}
	char *path = line ? cli_format("/trustlines/%s", json_text(line, "id")) : cli_format("/trustlines");
	const char *method = !line ? "POST" : close ? "DELETE" : "PATCH";
	enum gn_op_kind kind = !line ? GN_OP_LINE_CREATE : close ? GN_OP_LINE_CLOSE : GN_OP_LINE_UPDATE;
	if (!line) {
		body = json_pack("{ss ss ss}", "to", pid, "equivalent", equivalent, "limit", limit);
	} else {
		body = json_pack("{ss sI}", "id", json_text(line, "id"), "version",
				 (json_int_t)json_number(line, "version"));
		if (close)
			json_object_set_new(body, "when_repaid", json_true());
		else
			json_object_set_new(body, "limit", json_string(limit ? limit : json_text(line, "limit")));
		if (frozen || thaw)
			json_object_set_new(body, "status", json_string(frozen ? "frozen" : "active"));
	}
	if (!close && changes_policy(cli))
		json_object_set_new(body, "policy", policy_of(cli, json_object_get(line, "policy")));
	json_decref(lines);
	json_t *request = hub_signed(cli, hub, kind, body, NULL);
	exit = request ? hub_call(cli, hub, method, path, request, &answer, "the trust line") : CLI_FAILED;
	free(path);
	return exit ? exit : tell_line(cli, answer);
}

int cmd_wallet_trust(struct cli *cli)
{
	struct hub hub;
	char pid[GN_PID_MAX];
	gn_amount amount;
	unsigned precision;
	bool bare = cli->arg_count == 2; /* WHO EQUIVALENT: the limit stays */
	const char *limit = bare ? NULL : cli->args[1], *equivalent = bare ? cli->args[1] : cli->args[2];
	if (bare && !cli_flag(cli, "close") && !cli_flag(cli, "freeze") && !cli_flag(cli, "unfreeze") &&
	    !changes_policy(cli))
		return cli_fail(cli, CLI_USAGE, "usage", "how much? geonet wallet trust WHO LIMIT EQUIVALENT");
	int exit = open_wallet(cli, &hub);
	if (!exit)
		exit = hub_amount(cli, &hub, equivalent, limit, &amount, &precision);
	if (!exit)
		exit = hub_person(cli, &hub, cli->args[0], pid);
	if (!exit)
		exit = change_line(cli, &hub, pid, limit, equivalent);
	hub_close(&hub);
	return exit;
}

/* ---- requests: geo:// ---- */

struct request {
	char pid[GN_PID_MAX], amount[48], equivalent[20], hub[GN_PID_MAX], note[400];
};

static char *request_text(const struct request *q)
{
	char *note = url_part(q->note);
	char *text = cli_format("geo://pay/%s?equivalent=%s%s%s&hub=%s%s%s", q->pid, q->equivalent,
				*q->amount ? "&amount=" : "", q->amount, q->hub, *note ? "&note=" : "", note);
	free(note);
	return text;
}

static bool url_value(const char *query, const char *name, char *out, size_t cap)
{
	size_t len = strlen(name), n = 0;
	for (const char *p = query; p; p = strchr(p, '&') ? strchr(p, '&') + 1 : NULL) {
		if (strncmp(p, name, len) != 0 || p[len] != '=')
			continue;
		for (p += len + 1; *p && *p != '&'; p++) {
			uint8_t byte;
			char c = *p;
			if (c == '%' && p[1] && p[2] && gn_unhex(gn_slice(p + 1, 2), &byte, 1) == GN_OK) {
				c = (char)byte;
				p += 2;
			} else if (c == '%') {
				return false;
			}
			if (n + 1 >= cap || !c)
				return false;
			out[n++] = c;
		}
		out[n] = 0;
		return gn_utf8_ok(gn_str(out));
	}
	out[0] = 0;
	return true;
}

static bool parse_request(const char *text, struct request *q)
{
	static const char prefix[] = "geo://pay/";
	struct gn_hash hash;
	memset(q, 0, sizeof *q);
	if (strncmp(text, prefix, sizeof prefix - 1) != 0)
		return false;
	text += sizeof prefix - 1;
	const char *mark = strchr(text, '?');
	if (!mark || (size_t)(mark - text) >= sizeof q->pid)
		return false;
	memcpy(q->pid, text, (size_t)(mark - text));
	return gn_pid_parse(gn_str(q->pid), &hash) == GN_OK &&
	       url_value(mark + 1, "amount", q->amount, sizeof q->amount) &&
	       url_value(mark + 1, "equivalent", q->equivalent, sizeof q->equivalent) &&
	       url_value(mark + 1, "hub", q->hub, sizeof q->hub) &&
	       url_value(mark + 1, "note", q->note, sizeof q->note);
}

/* Two rows of modules per line of text, with the quiet zone that readers want; light modules are drawn, so that it
 * works on dark terminals and, since both colours are set, on light ones. */
static void print_qr(const char *text)
{
	QRcode *qr = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	static const char *const cells[] = {" ", "▀", "▄", "█"}; /* light: upper 1, lower 2 */
	const int quiet = 2;
	if (!qr)
		return;
	for (int y = -quiet; y < qr->width + quiet; y += 2) {
		fputs("\033[97;40m", stdout);
		for (int x = -quiet; x < qr->width + quiet; x++) {
			int light = 0;
			for (int k = 0; k < 2; k++) {
				int row = y + k;
				bool inside = x >= 0 && row >= 0 && x < qr->width && row < qr->width;
				light |= inside && qr->data[row * qr->width + x] & 1 ? 0 : 1 << k;
			}
			fputs(cells[light], stdout);
		}
		fputs("\033[0m\n", stdout);
	}
	QRcode_free(qr);
}

int cmd_wallet_request(struct cli *cli)
{
	struct hub hub;
	struct request q = {0};
	gn_amount amount;
	unsigned precision;
	const char *note = cli_option(cli, "note");
	int exit = hub_open(cli, &hub);
	if (!exit && !identity_load(cli, &hub.id))
		exit = CLI_FAILED;
	else if (!exit)
		hub.loaded = true;
	if (!exit)
		exit = hub_login(cli, &hub, false);
	if (!exit)
		exit = hub_amount(cli, &hub, cli->args[1], cli->args[0], &amount, &precision);
	if (!exit) {
		char plain[GN_AMOUNT_TEXT_MAX];
		gn_amount_text(amount, precision, plain);
		memcpy(q.pid, hub.id.pid, sizeof q.pid);
		memcpy(q.hub, hub.pid, sizeof q.hub);
		snprintf(q.amount, sizeof q.amount, "%s", plain);
		snprintf(q.equivalent, sizeof q.equivalent, "%.16s", cli->args[1]);
		snprintf(q.note, sizeof q.note, "%s", note ? note : "");
		char *text = request_text(&q);
		if (cli->json) {
			exit = cli_json(cli, json_pack("{ss ss ss ss ss}", "uri", text, "pid", q.pid, "amount",
						       q.amount, "equivalent", q.equivalent, "note", q.note));
		} else {
			if (!cli_flag(cli, "no-qr"))
				print_qr(text);
			printf("%s\n", text);
		}
		free(text);
	}
	hub_close(&hub);
	return exit;
}

/* ---- pay ---- */

static void new_tx_id(char out[37])
{
	uint8_t b[16];
	char hex[33];
	struct gn_rand rand = gn_rand_system();
	gn_rand_fill(&rand, b, sizeof b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* UUID version 4 (RFC 9562) */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	gn_hex(GN_SLICE(b), hex);
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static int fail_payment(struct cli *cli, long status, json_t *answer)
{
	const json_t *details = json_object_get(json_object_get(answer, "error"), "details");
	json_t *item;
	size_t i;
	int exit = hub_report(cli, status, answer, "nothing was paid");
	json_array_foreach(json_object_get(details, "raises"), i, item)
		cli_note(cli, "  it would go if %s raised the line to %s by %s", who(item, "owner_name", "owner"),
			 who(item, "debtor_name", "debtor"), json_text(item, "raise"));
	return exit;
}

static int pay(struct cli *cli, struct hub *hub, const struct request *q)
{
	char tx_id[37];
	const char *given = cli_option(cli, "tx-id");
	json_t *answer, *route;
	size_t i;
	new_tx_id(tx_id);
	if (given)
		snprintf(tx_id, sizeof tx_id, "%s", given);
	json_t *body = json_pack("{ss ss ss ss}", "tx_id", tx_id, "to", q->pid, "equivalent", q->equivalent, "amount",
				 q->amount);
	if (*q->note)
		json_object_set_new(body, "description", json_string(q->note));
	json_t *request = hub_signed(cli, hub, GN_OP_PAYMENT, body, tx_id);
	if (!request)
		return CLI_FAILED;
	cli_note(cli, "payment %s", tx_id);
	long status = hub_try(cli, hub, "POST", "/payments", request, &answer);
	if (status < 0)
		return cli_fail(cli, CLI_FAILED, "io",
				"whether it was paid is not known; repeat with --tx-id %s, which cannot pay twice",
				tx_id);
	int exit = CLI_OK;
	if (status != 200)
		exit = fail_payment(cli, status, answer);
	else if (cli->json)
		return cli_json(cli, answer);
	else {
		bool waits = strcmp(json_text(answer, "status"), "COMMITTED") != 0;
		printf("%s %s %s to %s\n", waits ? "waiting for those who are asked:" : "paid",
		       json_text(answer, "amount"), json_text(answer, "equivalent"), json_text(answer, "to"));
		json_array_foreach(json_object_get(answer, "routes"), i, route)
			printf("  %s over %zu hops\n", json_text(route, "amount"),
			       json_array_size(json_object_get(route, "path")) - 1);
	}
	json_decref(answer);
	return exit;
}

int cmd_wallet_pay(struct cli *cli)
{
	struct hub hub;
	struct request q = {0};
	gn_amount amount;
	unsigned precision;
	const char *note = cli_option(cli, "note");
	bool uri = strncmp(cli->args[0], "geo:", 4) == 0;
	if (uri && !parse_request(cli->args[0], &q))
		return cli_fail(cli, CLI_USAGE, "usage",
				"this is not a payment request: geo://pay/PID?equivalent=CODE&amount=N&hub=PID");
	if (uri && !*q.amount && cli->arg_count > 1)
		snprintf(q.amount, sizeof q.amount, "%s", cli->args[1]);
	if (!uri && cli->arg_count != 3)
		return cli_fail(cli, CLI_USAGE, "usage",
				"geonet wallet pay WHO AMOUNT EQUIVALENT, or geonet wallet pay geo://...");
	if (!uri) {
		if (strlen(cli->args[1]) >= sizeof q.amount || strlen(cli->args[2]) >= sizeof q.equivalent)
			return cli_fail(cli, CLI_USAGE, "E009", "'%s' is not an amount, or '%s' no equivalent",
					cli->args[1], cli->args[2]);
		snprintf(q.amount, sizeof q.amount, "%s", cli->args[1]);
		snprintf(q.equivalent, sizeof q.equivalent, "%s", cli->args[2]);
	}
	if (note)
		snprintf(q.note, sizeof q.note, "%s", note);
	int exit = open_wallet(cli, &hub);
	if (!exit && *q.hub && strcmp(q.hub, hub.pid) != 0)
		exit = cli_fail(cli, CLI_FAILED, "usage",
				"the request is for hub %s; this is %s. Name the right one with --hub URL", q.hub,
				hub.pid);
	if (!exit)
		exit = hub_amount(cli, &hub, q.equivalent, q.amount, &amount, &precision);
	if (!exit && !uri)
		exit = hub_person(cli, &hub, cli->args[0], q.pid);
	if (!exit)
		exit = pay(cli, &hub, &q);
	hub_close(&hub);
	return exit;
}

/* ---- looking ---- */

/* Opens, asks, and with --json prints; *out is NULL then. */
static int look(struct cli *cli, struct hub *hub, const char *path, json_t **out, const char *what)
{
	int exit = open_wallet(cli, hub);
	*out = NULL;
	if (!exit)
		exit = hub_call(cli, hub, "GET", path, NULL, out, what);
	if (!exit && cli->json) {
		exit = cli_json(cli, *out);
		*out = NULL;
	}
	return exit;
}

int cmd_wallet_balance(struct cli *cli)
{
	struct hub hub;
	struct table t;
	json_t *answer, *item;
	size_t i;
	int exit = look(cli, &hub, "/balance", &answer, "your balance");
	if (answer) {
		table_init(&t, 6, 0x3e);
		static const char *const heading[] = {"EQUIVALENT", "OWED TO YOU", "YOU OWE",
						      "NET",        "CAN SPEND",   "CAN RECEIVE"};
		for (i = 0; i < GN_COUNT(heading); i++)
			table_add(&t, "%s", heading[i]);
		json_array_foreach(json_object_get(answer, "equivalents"), i, item)
		{
			table_add(&t, "%s", json_text(item, "code"));
			table_add(&t, "%s", json_text(item, "total_credit"));
			table_add(&t, "%s", json_text(item, "total_debt"));
			table_add(&t, "%s", json_text(item, "net_balance"));
			table_add(&t, "%s", json_text(item, "available_to_spend"));
			table_add(&t, "%s", json_text(item, "available_to_receive"));
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
	char *part = url_part(equivalent ? equivalent : ""), *path = cli_format("/balance/debts?equivalent=%s", part);
	int exit = look(cli, &hub, path, &answer, "your debts");
	if (answer) {
		json_array_foreach(json_object_get(answer, "outgoing"), i, item)
			printf("you owe %s %s to %s\n", json_text(item, "amount"), json_text(item, "equivalent"),
			       who(item, "creditor_name", "creditor"));
		json_array_foreach(json_object_get(answer, "incoming"), i, item)
			printf("%s owes you %s %s\n", who(item, "debtor_name", "debtor"), json_text(item, "amount"),
			       json_text(item, "equivalent"));
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
	     *path = cli_format("/payments?equivalent=%s&limit=%llu", part, (unsigned long long)count);
	int exit = look(cli, &hub, path, &answer, "your payments");
	if (answer) {
		table_init(&t, 6, 1 << 2);
		static const char *const heading[] = {"TIME", "STATE", "AMOUNT", "", "WITH", "NOTE"};
		for (i = 0; i < GN_COUNT(heading); i++)
			table_add(&t, "%s", heading[i]);
		json_array_foreach(json_object_get(answer, "items"), i, item)
		{
			bool sent = strcmp(json_text(item, "from"), hub.id.pid) == 0;
			table_add(&t, "%.19s", json_text(item, "created_at"));
			table_add(&t, "%s", json_text(item, "status"));
			table_add(&t, "%s%s", sent ? "-" : "+", json_text(item, "amount"));
			table_add(&t, "%s", json_text(item, "equivalent"));
			table_add(&t, "%s", json_text(item, sent ? "to" : "from"));
			table_add(&t, "%s", out_text(json_text(item, "description")));
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

int cmd_wallet_asked(struct cli *cli)
{
	struct hub hub;
	json_t *answer, *item;
	size_t i;
	int exit = look(cli, &hub, "/payments/asked", &answer, "what waits for your answer");
	if (answer) {
		json_array_foreach(json_object_get(answer, "items"), i, item)
		{
			const json_t *p = json_object_get(item, "payment");
			bool done = json_is_true(json_object_get(item, "answered"));
			if (json_is_object(p))
				printf("%s  %s pays %s %s to %s over your line%s, until %s\n", json_text(item, "key"),
				       json_text(p, "from"), json_text(p, "amount"), json_text(p, "equivalent"),
				       json_text(p, "to"), done ? " (you have answered)" : "",
				       json_text(item, "expires_at"));
			else
				printf("%s  a clearing offer%s, until %s\n", json_text(item, "key"),
				       done ? " (you have answered)" : "", json_text(item, "expires_at"));
		}
		if (!json_array_size(json_object_get(answer, "items")))
			cli_note(cli, "Nothing waits for your answer.");
		json_decref(answer);
	}
	hub_close(&hub);
	return exit;
}

int cmd_wallet_answer(struct cli *cli)
{
	struct hub hub;
	json_t *answer = NULL, *item, *found = NULL, *body, *told = NULL;
	size_t i;
	const char *key = cli->args[0], *word = cli->args[1];
	if (strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
		return cli_fail(cli, CLI_USAGE, "usage", "the answer is yes or no");
	int exit = open_wallet(cli, &hub);
	if (!exit)
		exit = hub_call(cli, &hub, "GET", "/payments/asked", NULL, &answer, "what waits for your answer");
	json_array_foreach(json_object_get(answer, "items"), i, item) if (strcmp(json_text(item, "key"), key) == 0)
		found = item;
	if (!exit && !found)
		exit = cli_fail(cli, CLI_NOT_FOUND, "E001",
				"nothing with this key waits for your answer; geonet wallet asked lists what does");
	if (!exit) {
		const json_t *p = json_object_get(found, "payment");
		bool payment = json_is_object(p);
		const char *tx_id = payment ? json_text(p, "tx_id") : key;
		body = json_pack("{ss ss}", "tx_id", tx_id, "answer", word);
		if (payment)
			json_object_set_new(body, "initiator", json_string(json_text(p, "from")));
		json_t *request = hub_signed(cli, &hub, payment ? GN_OP_VOTE : GN_OP_CONSENT, body, tx_id);
		exit = request ? hub_call(cli, &hub, "POST", payment ? "/payments/vote" : "/clearing/consent", request,
					  &told, "your answer")
			       : CLI_FAILED;
	}
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(told));
	else if (!exit)
		cli_note(cli, "answered; it is %s now", json_text(told, "status"));
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
	int exit = look(cli, &hub, "/clearing?limit=100", &answer, "your clearings");
	if (answer) {
		json_array_foreach(json_object_get(answer, "items"), i, item)
		{
			printf("%s%.19s%s  %s, %s, %s\n", out_bold(cli), json_text(item, "created_at"), out_plain(cli),
			       json_text(item, "equivalent"), json_text(item, "mode"), json_text(item, "status"));
			json_array_foreach(json_object_get(item, "edges"), k, edge)
			{
				bool mine = strcmp(json_text(edge, "debtor"), hub.id.pid) == 0;
				printf("  %s %s %s\n",
				       mine ? "you owe less:" : "you are owed less:", json_text(edge, "amount"),
				       json_text(edge, mine ? "creditor" : "debtor"));
			}
		}
		if (!json_array_size(json_object_get(answer, "items")))
			cli_note(cli, "No clearing has touched you yet.");
		json_decref(answer);
	}
	hub_close(&hub);
	return exit;
}

static int tell_why(const json_t *a, const char *amount, const char *equivalent)
{
	json_t *item;
	size_t i;
	bool can = json_is_true(json_object_get(a, "can_pay"));
	if (can)
		printf("yes: %s %s would go over %llu paths, at most %llu hops; at most %s could be paid\n", amount,
		       equivalent, (unsigned long long)json_number(a, "routes_count"),
		       (unsigned long long)json_number(a, "estimated_hops"), json_text(a, "max_amount"));
	else
		printf("no: %s %s asked for, %s is the most that the trust lines carry\n", amount, equivalent,
		       json_text(a, "max_amount"));
	if (*json_text(a, "explanation"))
		printf("%s\n", out_text(json_text(a, "explanation")));
	else if (!json_is_true(json_object_get(a, "connected")))
		printf("no chain of trust lines leads there at all\n");
	if (can)
		return CLI_OK;
	json_array_foreach(json_object_get(a, "raises"), i, item)
		printf("  it would go if %s raised the line to %s by %s\n", who(item, "owner_name", "owner"),
		       who(item, "debtor_name", "debtor"), json_text(item, "raise"));
	return CLI_FAILED;
}

int cmd_wallet_why(struct cli *cli)
{
	struct hub hub;
	char pid[GN_PID_MAX];
	gn_amount amount;
	unsigned precision;
	json_t *answer = NULL;
	int exit = open_wallet(cli, &hub);
	if (!exit)
		exit = hub_amount(cli, &hub, cli->args[2], cli->args[1], &amount, &precision);
	if (!exit)
		exit = hub_person(cli, &hub, cli->args[0], pid);
	if (!exit) {
		char *path =
			cli_format("/payments/capacity?to=%s&equivalent=%s&amount=%s", pid, cli->args[2], cli->args[1]);
		exit = hub_call(cli, &hub, "GET", path, NULL, &answer, "the capacity");
		free(path);
	}
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(answer));
	else if (!exit)
		exit = tell_why(answer, cli->args[1], cli->args[2]);
	json_decref(answer);
	hub_close(&hub);
	return exit;
}
