/* Requests to be paid: the address geo://pay/..., written and read, and its QR code. What does
 * not fit is refused, never cut: a cut amount or note would be signed as something else than was
 * meant. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/wallet/commands.h"
#include "geonet/wallet/wallet.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- parts ---- */

int request_note(struct cli *cli, const char *note, struct request *out)
{
	uint8_t quoted[OP_TEXT_MAX + 2];
	struct gn_buf buf = {quoted, 0, sizeof quoted};
	size_t len = strlen(note ? note : "");
	if (!gn_utf8_ok(gn_str(note ? note : "")))
		return cli_fail(cli, CLI_USAGE, "E009",
				"the note is not UTF-8 text. Nothing was signed");
	if (gn_json_put_string(&buf, gn_str(note ? note : "")) !=
	    GN_OK) /* the ledger counts the text as it is signed: with its escapes */
		return cli_fail(cli, CLI_USAGE, "E009",
				"the note has %zu bytes; at most %u fit (a letter beyond ASCII "
				"takes 2 to 4, a quote or backslash 2). Nothing was signed",
				len, OP_TEXT_MAX);
	memmove(out->note, note ? note : "", len + 1); /* may be out's own */
	return CLI_OK;
}

int request_words(struct cli *cli, const char *amount, const char *equivalent, struct request *out)
{
	if (strlen(amount) >= sizeof out->amount || strlen(equivalent) >= sizeof out->equivalent)
		return cli_fail(cli, CLI_USAGE, "E009",
				"'%s' is not an amount, or '%s' no equivalent. Nothing was signed",
				wallet_brief(amount, 60), wallet_brief(equivalent, 60));
	snprintf(out->amount, sizeof out->amount, "%s", amount);
	snprintf(out->equivalent, sizeof out->equivalent, "%s", equivalent);
	return CLI_OK;
}

/* ---- the address ---- */

static char *request_text(const struct request *q)
{
	char *note = url_part(q->note);
	char *text = cli_format("geo://pay/%s?equivalent=%s%s%s&hub=%s%s%s%s%s", q->pid,
				q->equivalent, *q->amount ? "&amount=" : "", q->amount, q->hub,
				*note ? "&note=" : "", note, *q->id ? "&id=" : "", q->id);
	free(note);
	return text;
}

/* The decoded value; "" when it is absent. False: twice, too long, or not text. */
static bool url_value(const char *query, const char *name, char *out, size_t cap)
{
	size_t len = strlen(name), n = 0;
	bool found = false;
	out[0] = 0;
	for (const char *p = query; p; p = strchr(p, '&') ? strchr(p, '&') + 1 : NULL) {
		if (strncmp(p, name, len) != 0 || p[len] != '=')
			continue;
		if (found)
			return false;
		found = true;
		for (p += len + 1; *p && *p != '&'; p++) {
			uint8_t byte;
			char c = *p;
			if (c == '%' && p[1] && p[2] &&
			    gn_unhex(gn_slice(p + 1, 2), &byte, 1) == GN_OK) {
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
		if (!gn_utf8_ok(gn_str(out)))
			return false;
	}
	return true;
}

static const char *wrong_in(const char *text, struct request *q)
{
	static const char prefix[] = "geo://pay/";
	char note[4 * OP_TEXT_MAX];
	struct gn_hash hash;
	memset(q, 0, sizeof *q);
	if (strncmp(text, prefix, sizeof prefix - 1) != 0)
		return "it does not begin with geo://pay/";
	text += sizeof prefix - 1;
	const char *mark = strchr(text, '?');
	size_t len = mark ? (size_t)(mark - text) : strlen(text);
	if (len >= sizeof q->pid)
		return "what follows geo://pay/ is not a PID";
	memcpy(q->pid, text, len);
	if (gn_pid_parse(gn_str(q->pid), &hash))
		return "what follows geo://pay/ is not a PID";
	const char *query = mark ? mark + 1 : "";
	if (!url_value(query, "amount", q->amount, sizeof q->amount))
		return "its amount is given twice or is none";
	if (!url_value(query, "equivalent", q->equivalent, sizeof q->equivalent) || !*q->equivalent)
		return "it names no equivalent, or two";
	if (!url_value(query, "hub", q->hub, sizeof q->hub) || gn_pid_parse(gn_str(q->hub), &hash))
		return "it names no hub, or two";
	if (!url_value(query, "id", q->id, sizeof q->id) ||
	    strspn(q->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-") !=
		    strlen(q->id))
		return "its id is given twice or is none";
	if (!url_value(query, "note", note, sizeof note) || strlen(note) > OP_TEXT_MAX)
		return "its note is too long, given twice, or no text";
	memcpy(q->note, note, strlen(note) + 1);
	return NULL;
}

int request_parse(struct cli *cli, const char *text, struct request *out)
{
	const char *wrong = wrong_in(text, out);
	if (wrong)
		return cli_fail(cli, CLI_USAGE, "usage",
				"this is not a payment request "
				"(geo://pay/PID?equivalent=CODE&amount=N&hub=PID&note=TEXT&id=ID): "
				"%s. Nothing was signed",
				wrong);
	return request_note(cli, out->note, out);
}

/* ---- the QR code ---- */

#define QUIET 4 /* modules around it that stay light: ISO/IEC 18004, 9.1 */

/* Two rows of modules per line of text; light modules are drawn. On a terminal both colours are
 * set, so that it can be scanned from light and dark ones; elsewhere there are only the blocks. */
static void print_qr(const struct cli *cli, const char *text)
{
	static const char *const cells[] = {" ", "▀", "▄", "█"}; /* light: upper 1, lower 2 */
	const char *term = getenv("TERM");
	bool colors = isatty(STDOUT_FILENO) && !(term && strcmp(term, "dumb") == 0);
	QRcode *qr = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	if (!qr) {
		cli_note(cli, "The request is too long for a QR code.");
		return;
	}
	for (int y = -QUIET; y < qr->width + QUIET; y += 2) {
		fputs(colors ? "\033[97;40m\033[38;5;231;48;5;16m" : "",
		      stdout); /* where 256 colours are unknown, the first ones hold */
		for (int x = -QUIET; x < qr->width + QUIET; x++) {
			int light = 0;
			for (int k = 0; k < 2; k++) {
				int row = y + k;
				bool inside =
					x >= 0 && row >= 0 && x < qr->width && row < qr->width;
				light |= inside && qr->data[row * qr->width + x] & 1 ? 0 : 1 << k;
			}
			fputs(cells[light], stdout);
		}
		fputs(colors ? "\033[0m\n" : "\n", stdout);
	}
	QRcode_free(qr);
}

/* ---- the command ---- */

static int tell_request(struct cli *cli, const struct request *q)
{
	char *text = request_text(q);
	int exit = CLI_OK;
	if (cli->json) {
		exit = cli_json(
			cli, json_pack("{ss ss so ss ss ss so}", "uri", text, "pid", q->pid,
				       "amount", *q->amount ? json_string(q->amount) : json_null(),
				       "equivalent", q->equivalent, "hub", q->hub, "note", q->note,
				       "id", *q->id ? json_string(q->id) : json_null()));
	} else {
		if (!cli_flag(cli, "no-qr"))
			print_qr(cli, text);
		printf("%s\n", text);
	}
	free(text);
	return exit;
}

/* What makes paying it twice be seen; without an amount it is for many payments. */
static void new_id(struct request *q)
{
	uint8_t b[8];
	struct gn_rand rand = gn_rand_system();
	gn_rand_fill(&rand, b, sizeof b);
	gn_hex(GN_SLICE(b), q->id);
}

int cmd_wallet_request(struct cli *cli)
{
	struct hub hub;
	static struct request q;
	gn_amount amount = 0;
	unsigned precision;
	bool open = cli->arg_count == 1; /* the payer chooses the amount */
	int exit = request_words(cli, open ? "" : cli->args[0], cli->args[!open], &q);
	if (!exit)
		exit = request_note(cli, cli_option(cli, "note"), &q);
	if (exit)
		return exit;
	exit = wallet_open(cli, &hub);
	if (!exit)
		exit = hub_amount(cli, &hub, q.equivalent, open ? NULL : q.amount, &amount,
				  &precision);
	if (!exit && !open && amount == 0)
		exit = cli_fail(cli, CLI_USAGE, "E009",
				"nothing is asked for: leave the amount out, and the payer chooses "
				"it");
	if (!exit) {
		if (!open) {
			gn_amount_text(amount, precision, q.amount);
			new_id(&q);
		}
		memcpy(q.pid, hub.id.pid, sizeof q.pid);
		memcpy(q.hub, hub.pid, sizeof q.hub);
		exit = tell_request(cli, &q);
	}
	hub_close(&hub);
	return exit;
}
