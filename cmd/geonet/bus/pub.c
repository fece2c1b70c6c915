/* Publishing: a message is signed here with the identity's key, and the node brings it to the
 * roots. Each command is a publisher that starts anew: its epoch is now. */
#include "geonet/bus/bus.h"
#include "geonet/bus/commands.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/token/token.h"

#include <stdio.h>
#include <stdlib.h>

struct publication {
	struct topic topic;
	struct gn_said said;
	struct token_text token;
	bool has_token, quorum;
	uint64_t need;
	uint8_t *text;
	/* of --quorum */
	struct gn_topicrec rec;
	uint8_t *record;
	unsigned held, of;
};

/* The words of the command line, or all of stdin for "-". False after printing. */
static bool take_payload(struct cli *cli, struct publication *p)
{
	size_t len = 0, cap = GN_SAID_PAYLOAD + 1;
	p->text = cli_alloc(cap);
	if (cli->arg_count == 2 && strcmp(cli->args[1], "-") == 0) {
		len = fread(p->text, 1, cap, stdin);
	} else {
		for (int i = 1; i < cli->arg_count && len < cap; i++) {
			int n = snprintf((char *)p->text + len, cap - len, "%s%s", i > 1 ? " " : "",
					 cli->args[i]);
			len += n > 0 ? (size_t)n : 0;
		}
	}
	p->said.payload = gn_slice(p->text, len);
	if (len <= GN_SAID_PAYLOAD)
		return true;
	cli_fail(cli, CLI_USAGE, "too-large", "a message has 16 KiB at most");
	return false;
}

/* The record names a box. False after printing. */
static bool has_box(struct cli *cli, struct publication *p, int *exit)
{
	*exit = topic_record(cli, &p->topic, &p->rec, &p->record, "nobody was told");
	if (*exit == CLI_OK && gn_pk_is_zero(&p->rec.box))
		*exit = cli_fail(cli, CLI_FAILED, gn_err_name(GN_UNSUPPORTED),
				 "nobody was told: this topic has no box for those who are away; "
				 "its owner makes one with: geonet bus topic %s --box",
				 out_text(p->topic.label));
	return *exit == CLI_OK;
}

static bool read_publication(struct cli *cli, struct publication *p, int *exit)
{
	const char *subject = cli_option(cli, "subject"), *token = cli_option(cli, "token");
	uint64_t retain = 0;
	if (!topic_of(cli, cli->args[0], &p->topic, exit))
		return false;
	*exit = CLI_USAGE;
	if (!cli_number(cli, "retain", 1, 7u * 86400u, &retain) ||
	    !cli_number(cli, "roots", 1, 8, &p->need) || !take_payload(cli, p))
		return false;
	if (!p->said.payload.len && !retain) {
		cli_fail(cli, CLI_USAGE, gn_err_name(GN_USAGE),
			 "there is no text to tell; with --retain an empty one takes the place of "
			 "what was retained before");
		return false;
	}
	p->said.subject = gn_str(subject ? subject : "");
	if (gn_subject_ok(p->said.subject, false) != GN_OK) {
		cli_fail(cli, CLI_USAGE, "text",
			 "'%s' is no subject: words joined by dots, without * and >",
			 out_text(subject));
		return false;
	}
	if (p->quorum)
		p->said.flags |= GN_FB_BUS_FLAG_QUORUM;
	p->said.epoch = p->said.time = topic_now_ms();
	p->said.seq = 1;
	if (retain) {
		p->said.flags |= GN_FB_BUS_FLAG_RETAINED;
		p->said.until = cli_now() + retain;
	}
	*exit = CLI_FAILED;
	p->has_token = token;
	if (token && !token_read(cli, token, &p->token))
		return false;
	return !p->quorum || has_box(cli, p, exit);
}

static int tell(struct cli *cli, struct publication *p, struct reply *r)
{
	struct gn_fb_sig sig;
	struct gn_fb_key owner;
	memcpy(sig.b, p->said.sig.b, sizeof sig.b);
	memcpy(owner.b, p->topic.owner.b, sizeof owner.b);
	struct gn_fb_topic_publish_args args = {.owner = &owner,
						.label = gn_str(p->topic.label),
						.said = p->said.bytes,
						.sig = &sig,
						.token = p->has_token ? p->token.token.bytes
								      : gn_slice(NULL, 0),
						.need = (uint8_t)p->need};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_TOPIC, GN_FB_APP_TOPIC_BODY_TOPIC_PUBLISH},
			  .args = &args};
	return topic_ask(cli, &p->topic, &ask, r, "nobody was told");
}

static int keep(struct cli *cli, struct publication *p, const struct gn_sk *publisher)
{
	struct topic_deposit d = {.topic = &p->topic,
				  .rec = &p->rec,
				  .publisher = publisher,
				  .said = &p->said,
				  .chain = p->has_token ? p->token.token.bytes : gn_slice(NULL, 0)};
	return topic_deposit(cli, &d, &p->held, &p->of);
}

static int done(struct cli *cli, const struct publication *p, const json_t *json)
{
	if (cli->json) {
		json_t *all = json_deep_copy(json);
		if (p->quorum)
			json_object_update_new(all, json_pack("{si si}", "held", (int)p->held,
							      "kept_of", (int)p->of));
		return cli_json(cli, all);
	}
	const char *who = out_count(json_number(json, "subscribers"), "subscriber", "subscribers");
	if (p->quorum)
		cli_note(cli, "Published; %s, and %u of %u nodes keep it for a week.", who, p->held,
			 p->of);
	else
		cli_note(cli, "Published; %s.", who);
	return CLI_OK;
}

/* Live first: who may not publish is told so by the roots, and leaves nothing. */
static int publish(struct cli *cli, struct publication *p)
{
	uint8_t bytes[GN_SAID_MAX];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_sig sig;
	struct identity id;
	struct reply r = {0};
	int exit = CLI_FAILED;
	if (!identity_load(cli, &id))
		return CLI_FAILED;
	gn_err err = gn_said_make(&id.keys.sk, &p->topic.key, &p->said, &out, &sig);
	p->said.bytes = gn_buf_slice(&out);
	p->said.sig = sig;
	if (err)
		exit = cli_fail_err(cli, err, "the message cannot be made");
	else
		exit = tell(cli, p, &r);
	if (exit == CLI_OK && p->quorum)
		exit = keep(cli, p, &id.keys.sk);
	if (exit == CLI_OK)
		exit = done(cli, p, r.json);
	identity_wipe(&id);
	reply_free(&r);
	return exit;
}

int cmd_bus_pub(struct cli *cli)
{
	struct publication *p = cli_alloc(sizeof *p);
	int exit;
	memset(p, 0, sizeof *p);
	p->quorum = cli_flag(cli, "quorum");
	client_time(cli);
	if (read_publication(cli, p, &exit))
		exit = publish(cli, p);
	free(p->text);
	free(p->record);
	free(p);
	return exit;
}
