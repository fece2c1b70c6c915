/* What is signed for a hub. The hub never sees a private key: texts are built, made canonical
 * and signed here, and nothing that a hub says is signed unlooked at: keys, numbers, amounts. */
#include "geonet/frame/frame.h"
#include "geonet/frame/lists.h"
#include "geonet/hub/client.h"

#include <stdio.h>
#include <stdlib.h>

int hub_take_key(struct cli *cli, const json_t *answer, const char *pid, struct gn_pk *out)
{
	char its[GN_PID_MAX];
	if (gn_wallet_key_of(answer, pid, out, its))
		return CLI_OK;
	return cli_fail(cli, CLI_FAILED, "key",
			"the hub names another's key for %s: its PID is %s. Nothing was signed",
			pid, its);
}

int hub_key_of(struct cli *cli, struct hub *hub, const char *pid, const char *what,
	       struct gn_pk *out)
{
	json_t *answer;
	char *part = url_part(pid), *path = cli_format("/participants/%s", part);
	int exit = hub_call(cli, hub, "GET", path, NULL, &answer, what);
	free(part);
	free(path);
	if (exit)
		return exit;
	exit = hub_take_key(cli, answer, pid, out);
	json_decref(answer);
	return exit;
}

int hub_command(struct cli *cli, struct hub *hub, const char *method, const char *path,
		json_t *body, json_t **out, const char *what)
{
	if (!*hub->admin)
		body = hub_signed(cli, hub, GN_OP_ADMIN, body, NULL);
	return body ? hub_call(cli, hub, method, path, body, out, what) : CLI_FAILED;
}

/* HB-60: the last number is what the hub says, or who stands between. A step as far as a hub
 * takes one (LG-67) is no lie; the next number is noted before it is signed. */
static bool take_seq(struct cli *cli, const struct hub *hub)
{
	int lock = own_lock(cli);
	const char *as = hub->officer ? "officer" : "participant";
	json_t *all = own_read(cli, OWN_SEQS), *mine = json_object_get(all, hub->pid);
	uint64_t known = json_number(mine, as), next = gn_wallet_next_seq(known, hub->seq);
	bool ok = next != 0;
	if (!ok) {
		cli_fail(cli, CLI_FAILED, "seq",
			 "the hub says that your last signed number is %llu, and from here it was "
			 "%llu: either the hub, or somebody between, lies, and such a signature "
			 "could use your account up; or another program of yours counts that way, "
			 "then write the number into %s/" OWN_SEQS ". Nothing was signed",
			 (unsigned long long)hub->seq, (unsigned long long)known, cli->data);
	} else if (next > known) {
		all = all ? all : json_object();
		mine = mine ? json_incref(mine) : json_object();
		json_object_set_new(mine, as, json_integer((json_int_t)next));
		json_object_set_new(all, hub->pid, mine);
		ok = own_write(cli, OWN_SEQS, all);
	}
	json_decref(all);
	own_unlock(lock);
	return ok;
}

json_t *hub_signed(struct cli *cli, struct hub *hub, enum gn_op_kind kind, json_t *body,
		   const char *tx_id)
{
	struct gn_wallet_hub its = hub_its(hub);
	struct gn_wallet_op op = {kind, &its, tx_id, hub->seq + 1, cli_now()};
	gn_err err;
	if (!tx_id && !take_seq(cli, hub)) {
		json_decref(body);
		return NULL;
	}
	json_t *request = gn_wallet_sign(&op, &hub->id.keys.sk, body, &err);
	json_decref(body);
	if (!request)
		cli_fail_err(cli, err, "this cannot be signed");
	else if (!tx_id)
		hub->seq++;
	return request;
}

int hub_amount(struct cli *cli, struct hub *hub, const char *equivalent, const char *text,
	       gn_amount *out, unsigned *precision)
{
	json_t *answer;
	int exit =
		hub_call(cli, hub, "GET", "/equivalents", NULL, &answer, "the hub's equivalents");
	if (exit)
		return exit;
	enum gn_wallet_amount is = gn_wallet_amount(answer, equivalent, text, out, precision);
	json_decref(answer);
	char most[GN_AMOUNT_TEXT_MAX];
	switch (is) {
	case GN_WALLET_AMOUNT_OK: return CLI_OK;
	case GN_WALLET_NO_EQUIVALENT:
		return cli_fail(cli, CLI_NOT_FOUND, "E001", "this hub has no equivalent %s",
				equivalent);
	case GN_WALLET_PRECISION:
		return cli_fail(cli, CLI_FAILED, "io",
				"the hub gives %s %u decimals; there are at most %u", equivalent,
				*precision, GN_PRECISION_MAX);
	case GN_WALLET_DECIMALS:
		return cli_fail(cli, CLI_USAGE, "E009",
				"%s has %zu decimals; %s has %u. Nothing was signed", text,
				strlen(strchr(text, '.') + 1), equivalent, *precision);
	case GN_WALLET_TOO_MUCH:
		gn_amount_text(GN_AMOUNT_MAX, *precision, most);
		return cli_fail(cli, CLI_USAGE, "E009",
				"%.40s%s is too large: the most is %s %s. Nothing was signed", text,
				strlen(text) > 40 ? "..." : "", most, equivalent);
	case GN_WALLET_NO_AMOUNT: break;
	}
	return cli_fail(cli, CLI_USAGE, "E009",
			"'%s' is not an amount: digits, a point if need be, at most %u decimals, "
			"no sign and no exponent. Nothing was signed",
			text, *precision);
}

int hub_person(struct cli *cli, struct hub *hub, const char *text, char pid[GN_PID_MAX])
{
	struct gn_hash hash;
	json_t *answer, *item;
	size_t i;
	char list[400] = "";
	if (gn_pid_parse(gn_str(text), &hash) == GN_OK) {
		snprintf(pid, GN_PID_MAX, "%s", text);
		return CLI_OK;
	}
	char *part = url_part(text), *path = cli_format("/participants?q=%s&limit=5", part);
	int exit = hub_call(cli, hub, "GET", path, NULL, &answer, "the participants");
	free(part);
	free(path);
	if (exit)
		return exit;
	json_array_foreach(json_object_get(answer, "items"), i, item)
	{
		size_t n = strlen(list);
		snprintf(list + n, sizeof list - n, "%s%s %s", *list ? ", " : "",
			 json_text(item, "pid"), out_text(json_text(item, "display_name")));
	}
	json_decref(answer);
	if (*list)
		return cli_fail(cli, CLI_USAGE, "usage",
				"names are not unique, so money goes by PID: %s", list);
	return cli_fail(cli, CLI_NOT_FOUND, "E001",
			"'%s' is not a PID, and nobody on this hub has that name", text);
}
