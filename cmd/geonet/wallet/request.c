/* Requests to be paid: what is wrong with one, in a sentence, and its QR code. The address itself
 * is src/wallet/link.h's. */
#include "geonet/frame/frame.h"
#include "geonet/hub/client.h"
#include "geonet/wallet/commands.h"
#include "geonet/wallet/wallet.h"

#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- parts ---- */

int request_note(struct cli *cli, const char *note, struct gn_wallet_request *out)
{
	const char *text = note ? note : "";
	size_t len = strlen(text);
	gn_err err = gn_wallet_note_ok(text);
	if (err == GN_TEXT)
		return cli_fail(cli, CLI_USAGE, "E009",
				"the note is not UTF-8 text. Nothing was signed");
	if (err)
		return cli_fail(cli, CLI_USAGE, "E009",
				"the note has %zu bytes; at most %u fit (a letter beyond ASCII "
				"takes 2 to 4, a quote or backslash 2). Nothing was signed",
				len, OP_TEXT_MAX);
	memmove(out->note, text, len + 1); /* may be out's own */
	return CLI_OK;
}

int request_words(struct cli *cli, const char *amount, const char *equivalent,
		  struct gn_wallet_request *out)
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

int request_parse(struct cli *cli, const char *text, struct gn_wallet_request *out)
{
	const char *wrong = gn_wallet_link_read(text, out);
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

static int tell_request(struct cli *cli, const struct gn_wallet_request *q)
{
	char text[GN_WALLET_LINK_MAX];
	gn_err err = gn_wallet_link_write(q, GN_WALLET_OLD, text, sizeof text);
	int exit = CLI_OK;
	GN_ASSERT(!err); /* its parts are bounded */
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
	return exit;
}

int cmd_wallet_request(struct cli *cli)
{
	struct hub hub;
	static struct gn_wallet_request q;
	struct gn_rand rand = gn_rand_system();
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
			/* paying it twice is seen; without an amount it is for many */
			gn_wallet_request_id_new(&rand, &q);
		}
		memcpy(q.pid, hub.id.pid, sizeof q.pid);
		memcpy(q.hub, hub.pid, sizeof q.hub);
		exit = tell_request(cli, &q);
	}
	hub_close(&hub);
	return exit;
}
