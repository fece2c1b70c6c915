/* Files that are sent: the call, its bytes, giving up; and what is told of those on their way.
 *
 * A call that sends has its file (r->sends) and the file its call (f->client), until either ends:
 * the file goes on without its client once its bytes are at the node. Rules AG-80..AG-86. */
#include "agent/file_int.h"
#include "agent/serve_int.h"

#include <stdio.h>
#include <stdlib.h>

#define CHAT_KIND(name) {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_##name}

static const struct gn_app_kind file_is = CHAT_KIND(CHAT_FILE);

/* ---- one on its way as a table ---- */

/* What is wrong, and what to do. */
static const char *reason(gn_err err, const char **next)
{
	*next = "";
	switch ((int)err) {
	case GN_NO_SPACE:
	case GN_DISK_FULL:
		*next = "make room on the node's disk, and send the file again";
		return "the node has no room for it";
	case GN_QUOTA:
		*next = "wait, or use a node of your own, and send the file again";
		return "the node takes no more from this user now";
	case GN_DENIED:
		*next = "use a node of your own (geonet up), or look at the contact";
		return "it is refused: the node stores nothing for this user, or they are blocked";
	case GN_NOT_FOUND:
		*next = "send the file again: what is still there is not sent twice";
		return "the node has let go what it had of it";
	case GN_STATE:
		*next = "send it again: it begins anew";
		return "the file is not what it was when it began";
	case GN_RANGE:
		*next = "send it again when nobody writes to it";
		return "the file has another size than when it began";
	case GN_HASH: return "the node says that it has other bytes than it was given";
	case GN_QUORUM:
		*next = "nothing: it is tried again, also when you are gone";
		return "too few nodes would keep it so far: their rooms are full, or they know "
		       "this node too little";
	case GN_LIMIT:
		*next = "nothing: it is tried again";
		return "too much is on its way already";
	case GN_KEY:
		*next = "look at the contact: geonet contacts list";
		return "sending is stopped: something about their key is wrong";
	default: return gn_err_text(err);
	}
}

gn_fbref agent_put_sending(struct gn_fbb *b, struct gn_agent *a, struct agent_file *f)
{
	static const uint8_t states[] = {[AGENT_FILE_DONE] = GN_FB_FILE_STATE_SENT,
					 [AGENT_FILE_UPLOADING] = GN_FB_FILE_STATE_UPLOADING,
					 [AGENT_FILE_SPREADING] = GN_FB_FILE_STATE_SPREADING,
					 [AGENT_FILE_FAILED] = GN_FB_FILE_STATE_FAILED};
	struct agent_file_words w = agent_file_words(f);
	char name[GN_CONTENT_FILE_NAME], pid[GN_PID_MAX] = "";
	const char *next = "", *why = "";
	struct gn_fb_message_id id;
	struct gn_fb_chat_id chat;
	gn_err err = f->err ? f->err : (gn_err)f->head.code;
	bool wrong = err && f->state != AGENT_FILE_DONE;
	memcpy(id.b, f->head.id.b, sizeof id.b);
	memcpy(chat.b, f->head.chat.b, sizeof chat.b);
	gn_content_file_name(w.name, name);
	if (wrong)
		why = reason(err, &next);
	struct gn_fb_chat_file_args args = {.id = &id,
					    .chat = &chat,
					    .mine = true,
					    .name = gn_str(name),
					    .mime = w.mime,
					    .size = f->head.size,
					    .state = states[f->state],
					    .done = agent_file_from(f),
					    .copies = f->head.copies,
					    .wanted = f->head.wanted,
					    .code = wrong ? (uint16_t)err : 0,
					    .reason = gn_str(why),
					    .next = gn_str(next),
					    .sent = f->head.at_ms,
					    .text = w.text};
	agent_name_file(a, chat.b, pid, &args);
	return gn_fb_chat_file_make(b, &args);
}

static void tell(struct gn_agent *a, struct agent_file *f)
{
	static const struct gn_app_kind kind = {GN_FB_APP_BODY_APP_TOLD,
						GN_FB_APP_TOLD_BODY_TOLD_FILE};
	struct gn_fbb *b = gn_host_told_builder(a->api.told);
	struct gn_fb_told_file_args args = {.file = agent_put_sending(b, a, f)};
	if (args.file)
		agent_told_add(a, kind, gn_fb_told_file_make(b, &args), AGENT_TOLD_FILE,
			       gn_be64(f->head.id.b) | 1);
}

static void answer_client(struct agent_file *f, struct agent_request *r, bool last)
{
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	gn_fbref t = agent_put_sending(b, r->agent, f);
	if (!last)
		gn_host_answer_more(&r->base, file_is, t);
	else
		gn_host_answer(&r->base, file_is, t);
}

/* Its client hears the end of it, and is rid of it. */
static void end_client(struct agent_file *f)
{
	struct agent_request *r = f->client;
	const char *next = "", *why = f->err ? reason(f->err, &next) : "";
	if (!r)
		return;
	f->client = NULL;
	r->sends = NULL;
	if (f->err) {
		gn_host_error(&r->base, f->err, "%s%s%s", why, *next ? "; " : "", next);
		return;
	}
	answer_client(f, r, true);
}

static void look_at(struct gn_agent *a, struct agent_file *f)
{
	bool over = f->err || f->state == AGENT_FILE_DONE || f->state == AGENT_FILE_FAILED;
	/* who waits for copies hears that it goes on without them */
	bool alone =
		f->client && f->state == AGENT_FILE_SPREADING && f->head.code && f->due > a->now;
	if (f->room && f->client)
		gn_host_resume(&((struct agent_request *)f->client)->base);
	f->room = false;
	if (!f->moved || (!over && !alone && f->told + AGENT_FILE_TELL > a->now))
		return;
	f->moved = false;
	f->told = a->now;
	tell(a, f);
	if (over || alone) {
		end_client(f);
	} else if (f->client && f->state == AGENT_FILE_SPREADING) {
		answer_client(f, f->client, false);
	}
	if (!over)
		return;
	struct gn_content_id id = f->head.id;
	bool changed = f->err == GN_STATE && f->state == AGENT_FILE_UPLOADING;
	agent_file_leave(f);
	if (changed) { /* another key, from the beginning */
		gn_err err = agent_file_drop(a, &id);
		(void)err; /* an error ends the agent */
	}
}

gn_time agent_serve_files(struct gn_agent *a)
{
	gn_time next = GN_NEVER;
	for (unsigned i = 0; a->files && i < AGENT_FILES && !a->failed; i++) {
		if (a->files->at[i])
			look_at(a, a->files->at[i]);
		struct agent_file *f = a->files->at[i];
		if (f && f->moved)
			next = gn_time_min(next, f->told + AGENT_FILE_TELL);
	}
	return gn_time_min(next, agent_files_fetch(a));
}

/* ---- sending ---- */

static gn_err on_data(struct gn_host_request *base, struct gn_slice in, size_t *taken)
{
	struct agent_file *f = agent_request_of(base)->sends;
	*taken = in.len;
	if (!f)
		return GN_OK;
	gn_err err = agent_file_data(f, in, taken);
	if (err) {
		f->err = err;
		f->moved = true;
		*taken = in.len;
	}
	return GN_OK;
}

static void on_data_end(struct gn_host_request *base)
{
	struct agent_file *f = agent_request_of(base)->sends;
	if (!f)
		return;
	gn_host_lasts(base); /* copies take their time */
	gn_err err = f->state == AGENT_FILE_UPLOADING ? agent_file_data_end(f) : GN_OK;
	if (err && !f->err) {
		f->err = err;
		f->moved = true;
	}
}

void agent_file_closed(struct agent_request *r)
{
	struct agent_file *f = r->sends;
	r->sends = NULL;
	if (f)
		agent_file_leave(f);
}

/* Calls of one kind that this client has, but r. */
static unsigned at_once(const struct agent_request *r)
{
	unsigned n = 0;
	for (const struct gn_host_request *o = r->base.api->requests; o; o = o->next)
		n += o != &r->base && o->via == r->base.via && !o->answered &&
		     o->asked == r->base.asked;
	return n;
}

static unsigned all_at_once(const struct agent_request *r)
{
	unsigned n = 0;
	for (const struct gn_host_request *o = r->base.api->requests; o; o = o->next)
		n += o != &r->base && !o->answered && o->asked == r->base.asked;
	return n;
}

bool agent_file_may(struct agent_request *r)
{
	if (at_once(r) >= AGENT_FILES_CLIENT)
		gn_host_error(&r->base, GN_LIMIT, "%u files at once are all that one client has",
			      AGENT_FILES_CLIENT);
	else if (all_at_once(r) >= AGENT_FILES)
		gn_host_error(&r->base, GN_LIMIT, "%u files are on their way already", AGENT_FILES);
	else
		return true;
	return false;
}

/* Why nothing can be sent to them; NULL: it can. */
static const char *refuses(const struct gn_people_contact *c)
{
	if (c->blocked)
		return "they are blocked";
	if (c->alarm != GN_PEOPLE_CALM)
		return "sending is stopped: something about their key is wrong; see "
		       "`geonet contacts list`";
	return c->state == GN_PEOPLE_ACCEPTED
		       ? NULL
		       : "files can be sent once they have accepted your request";
}

static gn_err check(struct agent_request *r, const struct agent_file_words *w, uint64_t size)
{
	struct gn_slice words[] = {w->name, w->mime, w->text};
	const size_t most[] = {GN_CONTENT_FILE_NAME - 1, 127, GN_CONTENT_TEXT_MAX};
	gn_err err = GN_OK;
	if (size > GN_CONTENT_FILE_MAX) {
		gn_host_error(&r->base, GN_TOO_LARGE,
			      "it has %llu bytes, and one file may have %llu: cut it, or publish "
			      "it as a site",
			      (unsigned long long)size, (unsigned long long)GN_CONTENT_FILE_MAX);
		return GN_TOO_LARGE;
	}
	for (size_t i = 0; i < GN_COUNT(words); i++)
		err = err                      ? err
		      : words[i].len > most[i] ? GN_TOO_LARGE
		      : !gn_utf8_ok(words[i])  ? GN_TEXT
					       : GN_OK;
	err = !err && w->preview.len > AGENT_FILE_PREVIEW ? GN_TOO_LARGE : err;
	if (err)
		gn_host_error(&r->base, err, "%s",
			      err == GN_TEXT
				      ? "its name, type and text are UTF-8"
				      : "its name has 255 bytes at most, its type 127, its text "
					"16,384, its preview 4,096");
	return err;
}

static bool found_one(void *user, const struct gn_agent_message *m)
{
	(void)m;
	*(bool *)user = true;
	return false;
}

static void taken_away(void *client)
{
	struct agent_request *r = client;
	r->sends = NULL;
	gn_host_error(&r->base, GN_CANCELLED, "the agent was locked, or ends; send it again");
}

static void attach(struct agent_request *r, struct agent_file *f)
{
	f->client = r;
	f->gone = taken_away;
	f->err = GN_OK;
	f->moved = false;
	r->sends = f;
	r->base.data = on_data;
	r->base.data_end = on_data_end;
	gn_host_streams(&r->base);
	if (f->state == AGENT_FILE_SPREADING) { /* at once, whatever it waited for */
		gn_host_lasts(&r->base);
		f->due = r->agent->now;
		f->wait = 0;
		f->head.code = 0;
	}
	answer_client(f, r, false);
	gn_host_resume(&r->base);
}

static void begin(struct agent_request *r, const struct agent_file_head *head,
		  const struct agent_file_words *w)
{
	struct gn_agent *a = r->agent;
	struct agent_file *f;
	gn_err err = agent_file_resume(a, &head->id, &f);
	if (!err && f && !gn_hash_eq(&f->head.chat, &head->chat)) {
		gn_host_error(&r->base, GN_EXISTS, "a file of that id goes to somebody else");
		return;
	}
	if (!err && f && f->state == AGENT_FILE_FAILED) {
		err = agent_file_drop(a, &head->id);
		f = NULL;
	}
	if (!err && f && f->client) {
		gn_host_error(&r->base, GN_BUSY, "it is being sent by another program already");
		return;
	}
	if (!err && f && (f->head.size != head->size || f->head.mark != head->mark)) {
		err = agent_file_drop(a, &head->id);
		gn_host_error(&r->base, err ? err : GN_STATE,
			      "the file is not what it was when it began; send it again: it begins "
			      "anew");
		return;
	}
	if (!err && !f)
		err = agent_file_begin(a, head, w, &f);
	if (err)
		gn_host_error(&r->base, err, "%s",
			      err == GN_LIMIT ? "too many files are on their way already" : "");
	else
		attach(r, f);
}

gn_err agent_call_file_send(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_chat_file_send t = {r->base.table};
	struct gn_people_contact c;
	struct agent_file_words w = {.name = gn_fb_chat_file_send_name(t),
				     .mime = gn_fb_chat_file_send_mime(t),
				     .text = gn_fb_chat_file_send_text(t),
				     .preview = gn_fb_chat_file_send_preview(t)};
	struct agent_file_head head = {.size = gn_fb_chat_file_send_size(t),
				       .mark = gn_fb_chat_file_send_mark(t),
				       .at_ms = agent_unix_ms(a)};
	struct gn_agent_chat_id chat;
	struct gn_agent_message_id message;
	bool said = false;
	if (!agent_file_may(r) || !agent_who(r, gn_fb_chat_file_send_who(t), &c) ||
	    check(r, &w, head.size) != GN_OK)
		return GN_OK;
	if (refuses(&c)) {
		gn_host_error(&r->base, GN_DENIED, "%s", refuses(&c));
		return GN_OK;
	}
	head.owner = *c.owner;
	head.chat = *c.chat;
	if (gn_fb_chat_file_send_has_id(t))
		memcpy(head.id.b, gn_fb_chat_file_send_id(t).b, sizeof head.id.b);
	if (gn_fb_chat_file_send_has_reply(t))
		memcpy(head.reply.b, gn_fb_chat_file_send_reply(t).b, sizeof head.reply.b);
	if (gn_is_zero(head.id.b, sizeof head.id.b))
		gn_rand_fill(&a->host.rand, head.id.b, sizeof head.id.b);
	gn_rand_fill(&a->host.rand, head.key.b, sizeof head.key.b);
	memcpy(chat.b, head.chat.b, sizeof chat.b);
	memcpy(message.b, head.id.b, sizeof message.b);
	gn_err err = gn_agent_message_find(a->db, &chat, true, &message, found_one, &said);
	if (said) { /* the same again */
		struct gn_content_file file = {.size = head.size, .name = w.name, .mime = w.mime};
		struct agent_file_of of = {
			.chat = &chat, .id = &head.id, .mine = true, .sent = head.at_ms};
		struct gn_fbb *b = gn_host_answer_begin(&r->base);
		gn_host_answer(&r->base, file_is, agent_put_file(b, a, &of, &file));
	} else if (!err || err == GN_NOT_FOUND) {
		begin(r, &head, &w);
		err = GN_OK;
	}
	gn_wipe(&head, sizeof head);
	return said ? GN_OK : err;
}

gn_err agent_call_file_drop(struct agent_request *r)
{
	struct gn_fb_chat_file_drop t = {r->base.table};
	struct gn_content_id id;
	struct agent_file *f;
	memcpy(id.b, gn_fb_chat_file_drop_id(t).b, sizeof id.b);
	gn_err err = agent_file_resume(r->agent, &id, &f);
	if (!err && f && f->client) {
		f->err = GN_CANCELLED;
		end_client(f);
	}
	err = err ? err : agent_file_drop(r->agent, &id);
	if (err)
		gn_host_error(&r->base, err, "%s",
			      err == GN_NOT_FOUND ? "no file of that id is on its way" : "");
	else
		gn_host_answer_ok(&r->base);
	return GN_OK;
}
