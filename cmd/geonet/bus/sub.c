/* Following: messages as they come, each with its signature looked at here, too. Where a topic asks
 * who follows, a root's question is answered with the identity's key. */
#include "geonet/bus/bus.h"
#include "geonet/bus/commands.h"
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/token/token.h"
#include "os/os.h"
#include "records/box_proof.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FILTERS 64
#define LEASE_WAIT (5 * GN_SEC)
#define KIND(name) GN_FB_APP_TOPIC_BODY_##name

static const struct gn_app_kind box_follow = {GN_FB_APP_BODY_APP_BOX,
					      GN_FB_APP_BOX_BODY_BOX_FOLLOW};

struct following {
	struct cli *cli;
	struct topic topic;
	/* its box, where we may read it; record: what rec borrows from, owned */
	struct gn_topicrec rec;
	uint8_t *record;
	bool has_box;
	enum { READ_NOT, READ_EARLY, READ_WHOLE } was_read; /* WHOLE: since we follow */
	gn_time read_at;                                    /* without a lease */
	struct gn_sk reader;
	struct gn_fb_key box, read;
	struct gn_fb_box_follow_args reads;
	struct heard *heard; /* owned; NULL: it has no box */
	uint64_t left;       /* messages until it ends; 0: never */
	bool shows;          /* who follows */
	json_t *names;       /* owned: of contacts, by PID; NULL: none are known */
	struct identity id;
	struct token_text token;
	bool began;
	/* an answer to a root, or to a holder of the box */
	bool answers, answers_holder;
	struct gn_fb_sig sig;
	struct gn_fb_topic_signed_args signs;
	struct gn_fb_box_signed_args signs_holder;
};

/* As app/1's twin in JSON: readers use doubles. */
static json_t *number_json(uint64_t v)
{
	char text[24];
	if (v <= UINT64_C(1) << 53)
		return json_integer((json_int_t)v);
	snprintf(text, sizeof text, "%" PRIu64, v);
	return json_string(text);
}

/* What the agent, where one runs, calls whom. */
static json_t *names_known(struct cli *cli)
{
	struct reply r;
	struct gn_fb_contacts_list_args args = {.limit = 500};
	struct ask ask = {
		.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACTS_LIST},
		.args = &args,
		.timeout = 5,
		.agent = true,
		.quiet = true};
	json_t *names = json_object(), *p;
	struct gn_pk own;
	char pid[GN_PID_MAX];
	size_t i;
	if (client_agent_alive(cli) && client_ask(cli, &ask, &r) == CLI_OK) {
		json_array_foreach(json_object_get(r.json, "contacts"), i, p)
		{
			const char *name = *json_text(p, "petname") ? json_text(p, "petname")
								    : json_text(p, "name");
			if (*name && json_is(p, "state", "accepted"))
				json_object_set_new(names, json_text(p, "pid"), json_string(name));
		}
		reply_free(&r);
	}
	if (identity_exists(cli) && identity_public(cli, &own)) {
		gn_pid(&own, pid);
		json_object_set_new(names, pid, json_string("you"));
	}
	return names;
}

/* When it was said, of what lay in the box. */
static const char *said_at(const struct gn_said *said, char text[64])
{
	snprintf(text, 64, " %s", out_time(said->time / 1000));
	return text;
}

/* kept: out of the box, said before. */
static void print_said(const struct following *f, const struct gn_said *said, bool kept)
{
	char pid[GN_PID_MAX], when[64];
	gn_pid(&said->publisher, pid);
	char *text = cli_format("%.*s", (int)said->payload.len,
				said->payload.len ? (const char *)said->payload.p : "");
	char *subject = cli_format("%.*s", (int)said->subject.len,
				   said->subject.len ? (const char *)said->subject.p : "");
	if (f->cli->json) {
		char *payload = cli_base64(said->payload);
		json_t *line =
			json_pack("{ss ss so so so ss sb sb}", "publisher", pid, "subject", subject,
				  "epoch", number_json(said->epoch), "seq", number_json(said->seq),
				  "time", number_json(said->time), "payload", payload, "retained",
				  (said->flags & GN_FB_BUS_FLAG_RETAINED) != 0, "will",
				  (said->flags & GN_FB_BUS_FLAG_WILL) != 0);
		json_object_set_new(line, "name", json_string(json_text(f->names, pid)));
		json_object_set_new(line, "kept", json_boolean(kept));
		if (line && gn_utf8_ok(said->payload))
			json_object_set_new(line, "text", json_string(text));
		char *out = json_dumps(line, JSON_COMPACT);
		printf("%s\n", out ? out : "");
		free(out);
		free(payload);
		json_decref(line);
	} else {
		const char *name = json_text(f->names, pid);
		printf("%s%.*s%s%s%s%s%s%s%s%s\n    ", out_dim(f->cli), *name ? 64 : 8,
		       *name ? out_text(name) : pid, out_plain(f->cli), *subject ? " " : "",
		       out_bold(f->cli), *subject ? out_text(subject) : "", out_plain(f->cli),
		       out_dim(f->cli), kept ? said_at(said, when) : "", out_plain(f->cli));
		out_lines(text, "    ");
		putchar('\n');
	}
	free(text);
	free(subject);
}

/* Quorum messages are told once, whichever way they come; what is retained is told to whoever
 * comes, as ever. */
static bool is_news(const struct following *f, const struct gn_said *said, bool kept)
{
	bool now = !kept && said->flags & GN_FB_BUS_FLAG_RETAINED;
	return !f->heard || !(said->flags & GN_FB_BUS_FLAG_QUORUM) ||
	       !heard_has(f->heard, said, now);
}

/* True: the last one. */
static bool tell(struct following *f, const struct gn_said *said, bool kept)
{
	if (!is_news(f, said, kept))
		return false;
	print_said(f, said, kept);
	if (fflush(stdout) != 0) /* not told, so not noted; the program ends with the reason */
		return true;
	if (f->heard && said->flags & GN_FB_BUS_FLAG_QUORUM)
		heard_add(f->heard, said);
	return f->left && --f->left == 0;
}

static bool passes(const struct following *f, const struct gn_said *said)
{
	const char *filter;
	for (int i = 0; (filter = cli_option_at(f->cli, "filter", i)); i++)
		if (gn_subject_ok(gn_str(filter), true) == GN_OK &&
		    gn_subject_matches(gn_str(filter), said->subject))
			return true;
	return !cli_option_at(f->cli, "filter", 0);
}

/* An item of the box; true: the last one. */
static bool take_got(struct following *f, const json_t *json)
{
	size_t len;
	uint8_t *bytes = cli_unbase64(json_text(json, "item"), &len);
	struct gn_said said;
	struct gn_pk by;
	bool last =
		bytes && gn_unhex(gn_str(json_text(json, "by")), by.b, sizeof by.b) == GN_OK &&
		gn_topicrec_kept(&f->rec, gn_slice(bytes, len), &by, cli_now(), &said) == GN_OK &&
		passes(f, &said) && tell(f, &said, true);
	free(bytes);
	return last;
}

/* True: the last one. */
static bool take_said(struct following *f, const json_t *json)
{
	size_t len, sig_len;
	uint8_t *bytes = cli_unbase64(json_text(json, "said"), &len);
	uint8_t sig[64];
	struct gn_said said;
	sig_len = strlen(json_text(json, "sig"));
	bool ok = bytes && sig_len == 128 &&
		  gn_unhex(gn_str(json_text(json, "sig")), sig, sizeof sig) == GN_OK;
	if (ok) {
		memcpy(said.sig.b, sig, sizeof sig);
		ok = gn_said_parse(gn_slice(bytes, len), &said) == GN_OK &&
		     gn_said_verify(&f->topic.key, &said) == GN_OK;
	}
	bool last = ok && tell(f, &said, false);
	free(bytes);
	return last;
}

static void take_sign(struct following *f, const json_t *json)
{
	struct gn_said_show show = {.topic = f->topic.key};
	struct gn_sig sig;
	f->answers = f->shows &&
		     gn_unhex(gn_str(json_text(json, "root")), show.root.b, 32) == GN_OK &&
		     gn_unhex(gn_str(json_text(json, "exporter")), show.exporter, 32) == GN_OK;
	if (!f->answers)
		return;
	gn_said_show_sign(&f->id.keys.sk, &show, &sig);
	memcpy(f->sig.b, sig.b, sizeof f->sig.b);
	f->signs =
		(struct gn_fb_topic_signed_args){.sign = json_number(json, "sign"), .sig = &f->sig};
}

/* A holder of the box, or the node itself, asks whose key it is that reads. */
static void take_box_sign(struct following *f, const json_t *json)
{
	struct gn_boxrec_show show = {.box = f->rec.box, .role = GN_BOXREC_READER};
	struct gn_sig sig;
	struct gn_pk box;
	f->answers_holder =
		f->has_box && json_number(json, "role") == GN_BOXREC_READER &&
		gn_unhex(gn_str(json_text(json, "box")), box.b, 32) == GN_OK &&
		gn_pk_eq(&box, &show.box) &&
		gn_unhex(gn_str(json_text(json, "holder")), show.holder.b, 32) == GN_OK &&
		gn_unhex(gn_str(json_text(json, "exporter")), show.exporter, 32) == GN_OK;
	if (!f->answers_holder)
		return;
	gn_boxrec_show_sign(&f->reader, &show, &sig);
	memcpy(f->sig.b, sig.b, sizeof f->sig.b);
	f->signs_holder =
		(struct gn_fb_box_signed_args){.sign = json_number(json, "sign"), .sig = &f->sig};
}

static bool on_box(struct following *f, unsigned member, const json_t *json)
{
	if (member == GN_FB_APP_BOX_BODY_BOX_GOT)
		return !take_got(f, json);
	if (member == GN_FB_APP_BOX_BODY_BOX_SIGN)
		take_box_sign(f, json);
	return true;
}

static bool on_event(void *user, struct gn_app_kind kind, const json_t *json)
{
	struct following *f = user;
	if (kind.area == GN_FB_APP_BODY_APP_BOX)
		return on_box(f, kind.member, json);
	if (kind.area != GN_FB_APP_BODY_APP_TOPIC)
		return true;
	switch (kind.member) {
	case KIND(TOPIC_SAID): return !take_said(f, json);
	case KIND(TOPIC_SIGN): take_sign(f, json); break;
	case KIND(TOPIC_GAP):
		cli_note(f->cli, "%s did not arrive.",
			 out_count(json_number(json, "count"), "message", "messages"));
		break;
	case KIND(TOPIC_FOLLOWING):
		if (!f->began && json_number(json, "roots"))
			cli_note(f->cli, "Following; end with Ctrl C.");
		f->began = f->began || json_number(json, "roots");
		break;
	default: break;
	}
	return true;
}

/* With a lease, for what was said between reading and following would be heard by neither; before,
 * when there is none for a while: the roots may be gone, and what lies in the box is there. */
static bool is_time_to_read(const struct following *f)
{
	return f->began ? f->was_read != READ_WHOLE
			: f->was_read == READ_NOT && gn_os_steady() >= f->read_at;
}

static bool then(void *user, struct gn_app_kind *kind, const void **args)
{
	struct following *f = user;
	if (f->answers) {
		f->answers = false;
		*kind = (struct gn_app_kind){GN_FB_APP_BODY_APP_TOPIC, KIND(TOPIC_SIGNED)};
		*args = &f->signs;
		return true;
	}
	if (f->answers_holder) {
		f->answers_holder = false;
		*kind = (struct gn_app_kind){GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SIGNED};
		*args = &f->signs_holder;
		return true;
	}
	if (!f->has_box || !is_time_to_read(f))
		return false;
	f->was_read = f->began ? READ_WHOLE : READ_EARLY;
	*kind = box_follow;
	*args = &f->reads;
	return true;
}

/* The box, when the topic has one and we may read it: an open one everybody, its own the owner,
 * others by their token. */
static int find_box(struct following *f)
{
	const struct gn_sk *own = f->shows ? &f->id.keys.sk : NULL;
	bool owner = own && gn_pk_eq(&own->pk, &f->topic.owner);
	struct cli quiet = *f->cli;
	quiet.json = false; /* without the box it is followed all the same */
	struct reply r;
	int exit = client_status(f->cli, &r, NULL);
	reply_free(&r);
	if (exit == CLI_NO_NODE)
		return exit;
	if (topic_record(&quiet, &f->topic, &f->rec, &f->record, NULL) != CLI_OK ||
	    gn_pk_is_zero(&f->rec.box))
		return CLI_OK;
	if (f->rec.subscribe == GN_FB_TOPIC_ADMISSION_OPEN || owner)
		topic_box_reader(&f->topic, &f->rec, own, &f->reader);
	else if (own && cli_option(f->cli, "token"))
		f->reader = *own;
	else
		return CLI_OK;
	bool by_token = f->rec.subscribe != GN_FB_TOPIC_ADMISSION_OPEN && !owner;
	f->has_box = true;
	f->read_at = gn_os_steady() + LEASE_WAIT;
	f->heard = heard_open(f->cli, &f->topic.key);
	memcpy(f->box.b, f->rec.box.b, sizeof f->box.b);
	memcpy(f->read.b, f->reader.pk.b, sizeof f->read.b);
	/* listed, not watched: what comes now comes from the roots */
	f->reads = (struct gn_fb_box_follow_args){.box = &f->box,
						  .read = &f->read,
						  .poll = true,
						  .token = by_token ? f->token.token.bytes
								    : gn_slice(NULL, 0)};
	return CLI_OK;
}

/* False after printing. */
static bool filters_right(struct cli *cli)
{
	const char *filter;
	for (int i = 0; (filter = cli_option_at(cli, "filter", i)); i++) {
		if (gn_subject_ok(gn_str(filter), true) != GN_OK) {
			cli_fail(cli, CLI_USAGE, "text",
				 "'%s' is no filter: words joined by dots, where * is one word and "
				 "> at the end all the rest",
				 out_text(filter));
			return false;
		}
		if (i == FILTERS) {
			cli_fail(cli, CLI_USAGE, "usage",
				 "%d filters at most: one with * or > does for many", FILTERS);
			return false;
		}
	}
	return true;
}

static int follow(struct following *f)
{
	struct gn_slice filters[FILTERS];
	size_t count = 0;
	struct gn_fb_key owner, key;
	struct reply r;
	memcpy(owner.b, f->topic.owner.b, sizeof owner.b);
	if (f->shows)
		memcpy(key.b, f->id.keys.sk.pk.b, sizeof key.b);
	for (; count < FILTERS && cli_option_at(f->cli, "filter", (int)count); count++)
		filters[count] = gn_str(cli_option_at(f->cli, "filter", (int)count));
	struct gn_fb_topic_follow_args args = {
		.owner = &owner,
		.label = gn_str(f->topic.label),
		.filters = {filters, count},
		.key = f->shows ? &key : NULL,
		.token = cli_option(f->cli, "token") ? f->token.token.bytes : gn_slice(NULL, 0)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_TOPIC, KIND(TOPIC_FOLLOW)},
			  .args = &args,
			  .lasts = true,
			  .event = on_event,
			  .then = then,
			  .also = box_follow,
			  .user = f};
	int exit = topic_ask(f->cli, &f->topic, &ask, &r, "the topic is not followed");
	reply_free(&r);
	return exit;
}

int cmd_bus_sub(struct cli *cli)
{
	struct following *f = cli_alloc(sizeof *f);
	int exit;
	memset(f, 0, sizeof *f);
	f->cli = cli;
	if (topic_of(cli, cli->args[0], &f->topic, &exit)) {
		const char *token = cli_option(cli, "token");
		f->shows = token || cli_flag(cli, "show");
		if (!cli_number(cli, "count", 1, UINT32_MAX, &f->left) || !filters_right(cli))
			exit = CLI_USAGE;
		else if ((token && !token_read(cli, token, &f->token)) ||
			 (f->shows && !identity_load(cli, &f->id)))
			exit = CLI_FAILED;
		else {
			f->names = names_known(cli);
			exit = find_box(f);
			exit = exit ? exit : follow(f);
			json_decref(f->names);
		}
	}
	if (f->shows)
		identity_wipe(&f->id);
	gn_sk_wipe(&f->reader);
	heard_free(f->heard);
	free(f->record);
	free(f);
	return exit;
}
