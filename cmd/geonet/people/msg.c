/* Messages: sent, read, followed, found. */
#include "geonet/frame/client.h"
#include "geonet/frame/frame.h"
#include "geonet/people/commands.h"
#include "geonet/people/pages.h"
#include "wire/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHAT(member) {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_##member}
#define TEXT_MAX 16384u /* bytes of one message */
#define READ_PAGE 25    /* messages looked at at once for what is new */

/* ---- one message as lines ---- */

const char *msg_state(const json_t *m)
{
	static char text[64];
	if (json_is(m, "state", "failed"))
		return "not delivered";
	if (!json_is(m, "state", "stored"))
		return json_text(m, "state");
	snprintf(text, sizeof text, "stored %llu of %llu",
		 (unsigned long long)json_number(m, "held"),
		 (unsigned long long)json_number(m, "of"));
	return text;
}

static const char *time_text(uint64_t ms)
{
	static char text[32];
	time_t t = (time_t)(ms / 1000);
	struct tm tm;
	if (!localtime_r(&t, &tm) || !strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm))
		text[0] = 0;
	return text;
}

/* What nobody said begins with two hyphens, and what goes on stands deeper than what begins: so no
 * text looks like a line of ours, or like another message. in: before all of it. */
static void print_message(const struct cli *cli, const char *in, const char *who, const json_t *m)
{
	bool mine = json_is_true(json_object_get(m, "mine"));
	const char *deeper = *in ? "        " : "    ";
	size_t i;
	json_t *file;
	if (json_is(m, "kind", "gap")) {
		printf("%s%s-- %s did not arrive%s\n", in, out_dim(cli),
		       out_count(json_number(m, "missing"), "message", "messages"), out_plain(cli));
		return;
	}
	if (json_is(m, "kind", "line")) {
		printf("%s%s-- %s%s\n", in, out_dim(cli), out_text(json_text(m, "reason")),
		       out_plain(cli));
		return;
	}
	printf("%s%s%s%s  %s%s%s  ", in, out_dim(cli), time_text(json_number(m, "sent")),
	       out_plain(cli), out_bold(cli), mine ? "you" : out_text(who), out_plain(cli));
	if (json_is_true(json_object_get(m, "deleted")))
		printf("%s(deleted)%s", out_dim(cli), out_plain(cli));
	else if (!*json_text(m, "text") && json_array_size(json_object_get(m, "files")))
		printf("%s(a file)%s", out_dim(cli), out_plain(cli));
	else
		out_lines(json_text(m, "text"), deeper);
	if (json_is_true(json_object_get(m, "edited")))
		printf(" %s(edited)%s", out_dim(cli), out_plain(cli));
	if (mine)
		printf("  %s[%s]%s", out_dim(cli), msg_state(m), out_plain(cli));
	putchar('\n');
	json_array_foreach(json_object_get(m, "files"), i, file)
		printf("%s-- %s, %s: geonet file get %s\n", in, out_text(json_text(file, "name")),
		       out_bytes(json_number(file, "size")), json_text(m, "id"));
	if (mine && *json_text(m, "reason"))
		printf("%s-- %s; %s\n", in, json_text(m, "reason"), json_text(m, "next"));
}

/* ---- sending ---- */

/* All of stdin, without the newline at its end, or the words of the command line; NULL was told. */
static char *read_words(struct cli *cli)
{
	char *text = cli_format("%s", cli->args[1]);
	if (cli->arg_count == 2 && strcmp(text, "-") == 0) {
		free(text);
		text = cli_alloc(TEXT_MAX + 3); /* and one past it, a newline */
		size_t len = fread(text, 1, TEXT_MAX + 2, stdin);
		bool zero = memchr(text, 0, len) != NULL;
		text[len && text[len - 1] == '\n' ? len - 1 : len] = 0;
		if (!zero)
			return text;
		free(text);
		cli_fail(cli, CLI_USAGE, gn_err_name(GN_TEXT),
			 "the text has a zero byte in it, so it is none; send it as a file: geonet "
			 "file send");
		return NULL;
	}
	for (int i = 2; i < cli->arg_count; i++) {
		char *more = cli_format("%s %s", text, cli->args[i]);
		free(text);
		text = more;
	}
	return text;
}

/* The caller frees; NULL was told. */
static char *take_text(struct cli *cli)
{
	char *text = read_words(cli);
	if (!text)
		return NULL;
	if (strlen(text) > TEXT_MAX)
		cli_fail(cli, CLI_USAGE, gn_err_name(GN_TOO_LARGE),
			 "the text is too long: 16,384 bytes at most; send it as a file: geonet "
			 "file send");
	else if (text[strspn(text, " \t\r\n")] == 0)
		cli_fail(cli, CLI_USAGE, gn_err_name(GN_USAGE),
			 "there is no text to send: say it after the name, or - to read it from "
			 "stdin");
	else
		return text;
	free(text);
	return NULL;
}

int cmd_msg_send(struct cli *cli)
{
	struct reply r;
	char *text = take_text(cli);
	if (!text)
		return CLI_USAGE;
	struct gn_fb_message_send_args args = {.who = gn_str(cli->args[0]), .text = gn_str(text)};
	struct ask ask = {
		.kind = (struct gn_app_kind)CHAT(MESSAGE_SEND), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "it was not sent");
	const json_t *m = json_object_get(r.json, "message");
	if (!exit && cli->json)
		exit = cli_json(cli, json_incref(json_object_get(r.json, "message")));
	else if (!exit)
		cli_note(cli, "On its way (%s); geonet msg show %s tells what became of it.",
			 msg_state(m), json_text(m, "id"));
	reply_free(&r);
	free(text);
	return exit;
}

/* ---- reading ---- */

static int mark_read(struct cli *cli, uint64_t order)
{
	struct reply r;
	struct gn_fb_message_read_args args = {.who = gn_str(cli->args[0]), .order = order};
	struct ask ask = {
		.kind = (struct gn_app_kind)CHAT(MESSAGE_READ), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "it could not be marked as read");
	reply_free(&r);
	return exit;
}

/* The name that a contact is shown by; what is wrong about them is told. */
static char *shown_name(struct cli *cli, const char *who)
{
	struct reply r;
	struct gn_fb_contact_get_args args = {.who = gn_str(who)};
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACT_GET},
			  .args = &args,
			  .quiet = true,
			  .agent = true};
	char *name = NULL;
	if (client_ask(cli, &ask, &r) == CLI_OK) {
		contact_alarm(cli, r.json);
		name = cli_format("%s", contact_name(r.json));
	}
	reply_free(&r);
	return name ? name : cli_format("%s", who);
}

static int fetch_page(struct cli *cli, uint64_t limit, uint64_t before, struct reply *r)
{
	struct gn_fb_history_args args = {
		.who = gn_str(cli->args[0]), .limit = (uint16_t)limit, .before = before};
	struct ask ask = {.kind = (struct gn_app_kind)CHAT(HISTORY), .args = &args, .agent = true};
	return client_ask_must(cli, &ask, r, "the messages could not be read");
}

/* The messages, the oldest first. */
static int print_all(struct cli *cli, json_t *all, bool more, const char *none)
{
	size_t i;
	json_t *m;
	if (cli->json)
		return cli_json(cli, json_pack("{sO sb}", "messages", all, "more", more));
	char *name = shown_name(cli, cli->args[0]);
	json_array_foreach(all, i, m) print_message(cli, "", name, m);
	if (!json_array_size(all))
		cli_note(cli, "%s", none);
	free(name);
	return CLI_OK;
}

/* ---- what is new ---- */

struct unread {
	json_t *chosen; /* owned; the oldest first */
	json_t *lines;  /* owned; that nobody said, older than what was looked at last: the same */
	uint64_t newest;
	bool over; /* what was looked at last is read */
};

/* They are new with what is beside them. */
static void take_lines(struct unread *u)
{
	json_array_extend(u->lines, u->chosen);
	json_t *chosen = u->chosen;
	u->chosen = u->lines;
	json_array_clear(chosen);
	u->lines = chosen;
}

/* From the newest on. True: it is unread. */
static bool look_at(struct unread *u, json_t *m)
{
	bool line = json_is(m, "kind", "line") || json_is(m, "kind", "gap");
	if (json_is_true(json_object_get(m, "mine")) && !line)
		return false;
	if (line) {
		if (!u->over)
			json_array_insert(u->lines, 0, m);
		return false;
	}
	bool is = !json_is_true(json_object_get(m, "read")) &&
		  !json_is_true(json_object_get(m, "deleted"));
	if (is || (json_array_size(u->chosen) && !u->over))
		take_lines(u);
	json_array_clear(u->lines);
	u->over = !is;
	if (is)
		json_array_insert(u->chosen, 0, m);
	if (is && json_number(m, "order") > u->newest)
		u->newest = json_number(m, "order");
	return is;
}

/* Pages, until one has nothing unread: all that is marked as read is printed. */
int cmd_msg_read(struct cli *cli)
{
	struct unread u = {.chosen = json_array(), .lines = json_array()};
	bool more = true, any = true;
	uint64_t before = 0;
	int exit = CLI_OK;
	while (!exit && more && any) {
		struct reply r;
		size_t i;
		json_t *m;
		exit = fetch_page(cli, READ_PAGE, before, &r);
		any = false;
		json_array_foreach(json_object_get(r.json, "messages"), i, m)
		{
			any = look_at(&u, m) || any;
			before = json_number(m, "number");
		}
		more = json_is_true(json_object_get(r.json, "more"));
		reply_free(&r);
	}
	if (!exit && json_array_size(u.chosen) && !u.over)
		take_lines(&u);
	if (!exit)
		exit = print_all(cli, u.chosen, false, "Nothing new.");
	json_decref(u.chosen);
	json_decref(u.lines);
	return exit || !u.newest ? exit : mark_read(cli, u.newest);
}

static int print_history(struct cli *cli, uint64_t limit, uint64_t before)
{
	struct reply r;
	int exit = fetch_page(cli, limit, before, &r);
	const json_t *list = json_object_get(r.json, "messages");
	json_t *all = json_array();
	for (size_t i = json_array_size(list); !exit && i-- > 0;)
		json_array_append(all, json_array_get(list, i));
	if (!exit)
		exit = print_all(cli, all, json_is_true(json_object_get(r.json, "more")),
				 "Nothing was said yet.");
	json_decref(all);
	reply_free(&r);
	return exit;
}

int cmd_msg_history(struct cli *cli)
{
	uint64_t limit = 50, before = 0;
	if (!cli_number(cli, "limit", 1, 500, &limit) ||
	    !cli_number(cli, "before", 1, UINT64_MAX / 2, &before))
		return CLI_USAGE;
	return print_history(cli, limit, before);
}

/* A stranger whose message is sealed yet has no chat. */
static void say_none(struct cli *cli)
{
	static const struct gn_fb_agent_status_args none;
	struct reply r;
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_AGENT, GN_FB_APP_AGENT_BODY_AGENT_STATUS},
			  .args = &none,
			  .quiet = true,
			  .agent = true};
	uint64_t requests =
		client_ask(cli, &ask, &r) == CLI_OK ? json_number(r.json, "requests") : 0;
	reply_free(&r);
	if (requests)
		cli_note(cli, "No chats yet, but %s: geonet contacts list",
			 out_count(requests, "request", "requests"));
	else
		cli_note(cli, "No chats yet: geonet msg send WHO TEXT");
}

int cmd_msg_chats(struct cli *cli)
{
	json_t *all;
	int exit = people_chats(cli, "the chats could not be read", &all);
	if (!exit && cli->json) {
		exit = cli_json(cli, json_incref(all));
	} else if (!exit) {
		size_t i;
		json_t *c;
		json_array_foreach(json_object_get(all, "chats"), i, c)
		{
			const char *name = contact_name(json_object_get(c, "contact"));
			printf("%s%s%s  %llu unread\n", out_bold(cli), out_text(name),
			       out_plain(cli), (unsigned long long)json_number(c, "unread"));
			if (json_object_get(c, "last"))
				print_message(cli, "    ", name, json_object_get(c, "last"));
		}
		if (!json_array_size(json_object_get(all, "chats")))
			say_none(cli);
	}
	json_decref(all);
	return exit;
}

/* ---- following ---- */

struct following {
	struct cli *cli;
	const char *chat; /* hex; "": all */
	uint64_t left;    /* messages until it ends; 0: never */
};

static bool on_event(void *user, struct gn_app_kind kind, const json_t *json)
{
	struct following *f = user;
	json_t *m = json_object_get(json, "message");
	if (kind.area != GN_FB_APP_BODY_APP_TOLD || !m)
		return true;
	if (*f->chat && strcmp(f->chat, json_text(m, "chat")) != 0)
		return true;
	bool fresh = json_is_true(json_object_get(json, "fresh")) &&
		     !json_is_true(json_object_get(m, "mine"));
	if (f->cli->json) {
		json_object_set(m, "contact", json_object_get(json, "contact"));
		char *line = json_dumps(m, JSON_COMPACT);
		printf("%s\n", line ? line : "");
		free(line);
	} else if (fresh) {
		print_message(f->cli, "", contact_name(json_object_get(json, "contact")), m);
	}
	fflush(stdout);
	return !fresh || f->left == 0 || --f->left > 0;
}

int cmd_msg_follow(struct cli *cli)
{
	struct reply r;
	char *chat = cli_format("%s", "");
	struct following f = {.cli = cli};
	int exit = CLI_OK;
	if (!cli_number(cli, "count", 1, UINT32_MAX, &f.left)) {
		free(chat);
		return CLI_USAGE;
	}
	if (cli->arg_count) {
		struct gn_fb_contact_get_args get = {.who = gn_str(cli->args[0])};
		struct ask ask = {
			.kind = {GN_FB_APP_BODY_APP_CONTACT, GN_FB_APP_CONTACT_BODY_CONTACT_GET},
			.args = &get,
			.agent = true};
		exit = client_ask_must(cli, &ask, &r, "they cannot be followed");
		free(chat);
		chat = cli_format("%s", json_text(r.json, "chat"));
		reply_free(&r);
	}
	static const struct gn_fb_events_on_args all;
	f.chat = chat;
	struct ask ask = {.kind = {GN_FB_APP_BODY_APP_EVENT, GN_FB_APP_EVENT_BODY_EVENTS_ON},
			  .args = &all,
			  .agent = true,
			  .event = on_event,
			  .user = &f};
	if (!exit) {
		exit = client_ask_must(cli, &ask, &r, "nothing more is told");
		reply_free(&r);
	}
	free(chat);
	return exit;
}

/* ---- searching ---- */

int cmd_msg_search(struct cli *cli)
{
	struct reply r;
	uint64_t limit = 50;
	const char *who = cli_option(cli, "with");
	if (!cli_number(cli, "limit", 1, 500, &limit))
		return CLI_USAGE;
	struct gn_fb_search_args args = {.text = gn_str(cli->args[0]),
					 .who = who ? gn_str(who) : gn_slice(NULL, 0),
					 .limit = (uint16_t)limit};
	struct ask ask = {.kind = (struct gn_app_kind)CHAT(SEARCH), .args = &args, .agent = true};
	int exit = client_ask_must(cli, &ask, &r, "nothing could be searched");
	if (!exit && cli->json) {
		exit = cli_json(cli, json_incref(r.json));
	} else if (!exit) {
		size_t i;
		json_t *found;
		json_array_foreach(json_object_get(r.json, "found"), i, found)
		{
			print_message(cli, "", contact_name(json_object_get(found, "contact")),
				      json_object_get(found, "message"));
		}
		if (!json_array_size(json_object_get(r.json, "found")))
			cli_note(cli, "Nothing was found.");
	}
	reply_free(&r);
	return exit;
}
