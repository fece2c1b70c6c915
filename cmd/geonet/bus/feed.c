/* A feed: what a device says, line by line, as long as it lives, and what is said of it afterwards.
 * All of it is one epoch of one publisher, on one connection: the will stands with the roots while
 * this command runs, and is taken back when its input ends. When it is killed, or its machine, the
 * will is told to who follows once its lease lapsed (docs/spec/bus.md BS-11). */
#include "geonet/bus/bus.h"
#include "geonet/bus/commands.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/token/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KIND(name) GN_FB_APP_TOPIC_BODY_##name
#define WILL_UNTIL (7u * 86400u) /* seconds, as BS-3 allows */

struct feed {
	struct cli *cli;
	struct topic topic;
	struct identity id;
	struct token_text token;
	bool has_token, stands, ended;
	uint64_t epoch, seq, retain, lease;
	struct gn_fb_key owner, publisher;
	/* lines that are read, and the next to be said */
	char text[2 * GN_SAID_PAYLOAD];
	size_t len;
	/* being said */
	uint8_t said[GN_SAID_MAX];
	struct gn_fb_sig sig;
	struct gn_fb_hash salt;
	struct gn_fb_topic_publish_args args;
	struct gn_fb_topic_take_back_args back;
};

static gn_err make(struct feed *f, const struct gn_said *said)
{
	struct gn_buf out = {f->said, 0, sizeof f->said};
	struct gn_sig sig;
	GN_TRY(gn_said_make(&f->id.keys.sk, &f->topic.key, said, &out, &sig));
	memcpy(f->sig.b, sig.b, sizeof f->sig.b);
	f->args = (struct gn_fb_topic_publish_args){.owner = &f->owner,
						    .label = gn_str(f->topic.label),
						    .said = gn_buf_slice(&out),
						    .sig = &f->sig,
						    .token = f->has_token ? f->token.token.bytes
									  : gn_slice(NULL, 0)};
	return GN_OK;
}

/* The will names the node that renews it. False after printing. */
static bool make_will(struct feed *f)
{
	const char *text = cli_option(f->cli, "will"), *subject = cli_option(f->cli, "subject");
	struct gn_rand random = gn_rand_system();
	struct gn_hash salt;
	struct gn_pk node;
	struct reply r;
	if (client_status(f->cli, &r, "the node's key is not known") != CLI_OK)
		return false;
	const json_t *json = json_object_get(r.json, "node");
	gn_err err = gn_unhex(gn_str(json_text(json, "key")), node.b, sizeof node.b);
	reply_free(&r);
	struct gn_said said = {.subject = gn_str(subject ? subject : ""),
			       .epoch = f->epoch,
			       .seq = GN_SAID_WILL,
			       .time = f->epoch,
			       .flags = GN_FB_BUS_FLAG_WILL | GN_FB_BUS_FLAG_RETAINED,
			       .until = cli_now() + WILL_UNTIL,
			       .payload = gn_str(text ? text : "gone"),
			       .lease = (uint16_t)f->lease};
	gn_rand_fill(&random, salt.b, sizeof salt.b);
	gn_said_by(&node, &salt, &said.by);
	memcpy(f->salt.b, salt.b, sizeof f->salt.b);
	err = err ? err : make(f, &said);
	f->args.salt = &f->salt;
	if (err)
		cli_fail_err(f->cli, err, "the will cannot be made");
	return err == GN_OK;
}

/* ---- lines ---- */

static bool on_input(void *user)
{
	struct feed *f = user;
	char *end = f->len == sizeof f->text ? memchr(f->text, '\n', f->len) : NULL;
	if (f->len == sizeof f->text) { /* nobody can be told yet: the oldest line goes */
		f->len -= end ? (size_t)(end + 1 - f->text) : f->len;
		if (end)
			memmove(f->text, end + 1, f->len);
		cli_note(f->cli, "A line was passed over: too many wait, or it is too long.");
	}
	ssize_t n = read(STDIN_FILENO, f->text + f->len, sizeof f->text - f->len);
	f->len += n > 0 ? (size_t)n : 0;
	f->ended = n <= 0;
	if (f->ended && f->len && f->text[f->len - 1] != '\n')
		f->text[f->len++] = '\n'; /* the last line may be without; there is room */
	return !f->ended;
}

/* "SUBJECT TEXT"; false: it is none, and said so. */
static bool make_line(struct feed *f, const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	size_t head = space ? (size_t)(space - line) : len;
	struct gn_said said = {.subject = gn_slice(line, head),
			       .epoch = f->epoch,
			       .seq = ++f->seq,
			       .time = topic_now_ms(),
			       .flags = f->retain ? GN_FB_BUS_FLAG_RETAINED : 0,
			       .until = f->retain ? cli_now() + f->retain : 0,
			       .payload = space ? gn_slice(space + 1, len - head - 1)
						: gn_slice(NULL, 0)};
	gn_err err = head && gn_subject_ok(said.subject, false) == GN_OK ? make(f, &said) : GN_TEXT;
	if (!head)
		cli_note(f->cli, "A line was passed over: it has no subject. It is SUBJECT TEXT.");
	else if (err == GN_TEXT)
		cli_note(f->cli,
			 "A line was passed over: '%s' is no subject, which is words joined "
			 "by dots, without * and >. It is SUBJECT TEXT.",
			 out_text_slice(said.subject));
	else if (err)
		cli_note(f->cli, "A line was passed over: %s.", gn_err_text(err));
	f->seq -= err != GN_OK;
	return err == GN_OK;
}

static bool then(void *user, struct gn_app_kind *kind, const void **args)
{
	struct feed *f = user;
	char *end;
	while (f->stands && (end = memchr(f->text, '\n', f->len)) != NULL) {
		size_t len = (size_t)(end - f->text);
		bool made = make_line(f, f->text, len);
		f->len -= len + 1;
		memmove(f->text, end + 1, f->len); /* what was in it is in `said` by now */
		*kind = (struct gn_app_kind){GN_FB_APP_BODY_APP_TOPIC, KIND(TOPIC_PUBLISH)};
		*args = &f->args;
		if (made)
			return true;
	}
	if (!f->ended || !f->stands)
		return false;
	f->ended = false;
	f->back = (struct gn_fb_topic_take_back_args){
		.owner = &f->owner, .label = gn_str(f->topic.label), .publisher = &f->publisher};
	*kind = (struct gn_app_kind){GN_FB_APP_BODY_APP_TOPIC, KIND(TOPIC_TAKE_BACK)};
	*args = &f->back;
	return true;
}

static bool on_event(void *user, struct gn_app_kind kind, const json_t *json)
{
	struct feed *f = user;
	if (kind.area != GN_FB_APP_BODY_APP_TOPIC || kind.member != KIND(TOPIC_PUBLISHED))
		return true;
	if (!f->stands && json_number(json, "code") == 0)
		cli_note(f->cli, "The will stands at %s.",
			 out_count(json_number(json, "roots"), "node", "nodes"));
	f->stands = f->stands || json_number(json, "code") == 0;
	return true;
}

static int run(struct feed *f)
{
	struct reply r;
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_TOPIC, KIND(TOPIC_PUBLISH)},
			  .args = &f->args,
			  .lasts = true,
			  .event = on_event,
			  .then = then,
			  .input = on_input,
			  .user = f};
	memcpy(f->owner.b, f->topic.owner.b, sizeof f->owner.b);
	memcpy(f->publisher.b, f->id.keys.sk.pk.b, sizeof f->publisher.b);
	f->epoch = topic_now_ms();
	if (!make_will(f))
		return CLI_FAILED;
	int exit = topic_ask(f->cli, &f->topic, &ask, &r, "nobody was told");
	reply_free(&r);
	return exit;
}

int cmd_bus_feed(struct cli *cli)
{
	struct feed *f = cli_alloc(sizeof *f);
	const char *token = cli_option(cli, "token");
	int exit;
	memset(f, 0, sizeof *f);
	f->cli = cli;
	f->lease = 90;
	f->retain = 3600;
	client_time(cli);
	if (topic_of(cli, cli->args[0], &f->topic, &exit)) {
		f->has_token = token != NULL;
		if (!cli_number(cli, "retain", 0, WILL_UNTIL, &f->retain) ||
		    !cli_number(cli, "lease", GN_SAID_LEASE_MIN, GN_SAID_LEASE_MAX, &f->lease))
			exit = CLI_USAGE;
		else if ((token && !token_read(cli, token, &f->token)) ||
			 !identity_load(cli, &f->id))
			exit = CLI_FAILED;
		else
			exit = run(f);
	}
	identity_wipe(&f->id);
	free(f);
	return exit;
}
