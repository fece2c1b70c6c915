/* Calls about what is said: sending, reading, the history, search. */
#include "agent/serve_int.h"

#include <stdlib.h>

#define CHAT_KIND(name) {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_##name}

static const struct gn_app_kind message_is = CHAT_KIND(MESSAGE_IS),
				history_is = CHAT_KIND(HISTORY_IS), chats_are = CHAT_KIND(CHATS_IS),
				search_is = CHAT_KIND(SEARCH_IS);

static struct gn_agent_chat_id chat_of(const struct gn_people_contact *c)
{
	struct gn_agent_chat_id id;
	memcpy(id.b, c->chat->b, sizeof id.b);
	return id;
}

/* ---- one message ---- */

struct putting {
	struct gn_fbb *b;
	gn_fbref refs[AGENT_LIMIT_MAX];
	size_t count;
	uint64_t last, now_ms;
};

bool agent_gap_is_young(uint64_t order, uint64_t now_ms)
{
	return order > now_ms ? order - now_ms < AGENT_GAP_SHOWN_MS
			      : now_ms - order < AGENT_GAP_SHOWN_MS;
}

static bool still_comes(const struct gn_agent_message *m, uint64_t now_ms)
{
	struct gn_people_message row;
	return gn_people_message_open(m->row, &row) == GN_OK && row.kind == GN_PEOPLE_GAP &&
	       agent_gap_is_young(row.order, now_ms);
}

static bool put_one(void *user, const struct gn_agent_message *m)
{
	struct putting *p = user;
	p->last = m->number;
	if (still_comes(m, p->now_ms))
		return true;
	gn_fbref ref = agent_put_message(p->b, &m->chat, m->row, m->content, m->number);
	if (ref && p->count < GN_COUNT(p->refs))
		p->refs[p->count++] = ref;
	return true;
}

static void answer_message(struct agent_request *r, const struct gn_agent_chat_id *chat,
			   const struct gn_agent_message_id *id)
{
	struct putting p = {.b = gn_host_answer_begin(&r->base), .now_ms = agent_unix_ms(r->agent)};
	gn_err err = gn_agent_message_find(r->agent->db, chat, true, id, put_one, &p);
	if (err || !p.count) {
		gn_host_error(&r->base, err ? err : GN_NOT_FOUND, "it is gone already");
		return;
	}
	struct gn_fb_message_is_args args = {.message = p.refs[0]};
	gn_host_answer(&r->base, message_is, gn_fb_message_is_make(p.b, &args));
}

/* ---- saying ---- */

/* Why the people engine took it not; c: as it was before. */
static const char *why_not(gn_err err, const struct gn_people_contact *c,
			   const struct gn_content *what)
{
	bool accepted = c->state == GN_PEOPLE_ACCEPTED;
	switch ((int)err) {
	case GN_USAGE:
		return !what->text.len ? "there is no text in it: write something"
		       : what->text.len > GN_CONTENT_TEXT_MAX
			       ? "it is too long: 16,384 bytes at most"
			       : "";
	case GN_DENIED:
		return c->blocked  ? "you have blocked them; first: geonet contacts unblock WHO"
		       : !accepted ? "until they accept they get one text of 600 bytes, and no file"
				   : "it is not yours to change, or it was deleted";
	case GN_KEY:
		return "sending is stopped: something about their key is wrong; "
		       "see `geonet contacts`";
	case GN_STATE:
		return c->state == GN_PEOPLE_REQUEST
			       ? "they asked to write to you; first: geonet contacts accept WHO"
		       : c->state == GN_PEOPLE_REFUSED
			       ? "you refused them; first: geonet contacts accept WHO"
			       : "they have not accepted yet";
	case GN_LIMIT:
		return accepted ? "too much waits for them already: they must take some of it "
				  "first"
				: "they have your request, one message, and have not accepted it "
				  "yet; another one can be sent a week after it";
	case GN_TOO_LARGE:
		return accepted ? "it is too long: 16,384 bytes at most"
				: "it is too long: 600 bytes at most until they accept";
	default: return "";
	}
}

/* Says it and answers with the message of that id. shown: the content's own, or the one it is
 * about. */
static gn_err say(struct agent_request *r, struct gn_slice who, struct gn_content *content,
		  const struct gn_content_id *shown)
{
	struct gn_agent *a = r->agent;
	struct gn_people_contact c;
	struct gn_agent_message_id id;
	if (!agent_who(r, who, &c))
		return GN_OK;
	struct gn_agent_chat_id chat = chat_of(&c);
	struct gn_pk owner = *c.owner;
	const struct gn_people_contact before = c;
	if (gn_is_zero(content->id.b, sizeof content->id.b))
		gn_rand_fill(&a->host.rand, content->id.b, sizeof content->id.b);
	memcpy(id.b, shown ? shown->b : content->id.b, sizeof id.b);
	gn_err err = gn_people_say(a->people, &owner, content, a->now);
	if (err && err != GN_EXISTS) {
		gn_host_error(&r->base, err, "%s", why_not(err, &before, content));
		return GN_OK;
	}
	agent_settle(a);
	agent_post_hurry(a);
	if (shown && content->kind != GN_CONTENT_EDIT)
		gn_host_answer_ok(&r->base);
	else
		answer_message(r, &chat, &id);
	return GN_OK;
}

static void id_in(struct gn_content_id *out, struct gn_fb_message_id in)
{
	memcpy(out->b, in.b, sizeof out->b);
}

gn_err agent_call_message_send(struct agent_request *r)
{
	struct gn_fb_message_send t = {r->base.table};
	struct gn_content c = {.kind = GN_CONTENT_TEXT, .text = gn_fb_message_send_text(t)};
	if (gn_fb_message_send_has_id(t))
		id_in(&c.id, gn_fb_message_send_id(t));
	if (gn_fb_message_send_has_reply(t))
		id_in(&c.ref.id, gn_fb_message_send_reply(t));
	return say(r, gn_fb_message_send_who(t), &c, NULL);
}

gn_err agent_call_message_edit(struct agent_request *r)
{
	struct gn_fb_message_edit t = {r->base.table};
	struct gn_content c = {.kind = GN_CONTENT_EDIT, .text = gn_fb_message_edit_text(t)};
	id_in(&c.ref.id, gn_fb_message_edit_of(t));
	return say(r, gn_fb_message_edit_who(t), &c, &c.ref.id);
}

gn_err agent_call_message_delete(struct agent_request *r)
{
	struct gn_fb_message_delete t = {r->base.table};
	struct gn_fb_message_id of = gn_fb_message_delete_of(t);
	struct gn_content c = {.kind = GN_CONTENT_DELETE, .ids = {of.b, 1}};
	struct gn_content_id id;
	id_in(&id, of);
	return say(r, gn_fb_message_delete_who(t), &c, &id);
}

gn_err agent_call_message_react(struct agent_request *r)
{
	struct gn_fb_message_react t = {r->base.table};
	struct gn_content c = {.kind = GN_CONTENT_REACTION};
	id_in(&c.ref.id, gn_fb_message_react_of(t));
	if (gn_fb_message_react_mine(t))
		c.ref.sender = r->agent->owner;
	else {
		struct gn_people_contact who;
		if (!agent_who(r, gn_fb_message_react_who(t), &who))
			return GN_OK;
		c.ref.sender = *who.owner;
	}
	c.u.emoji = gn_fb_message_react_emoji(t);
	return say(r, gn_fb_message_react_who(t), &c, &c.ref.id);
}

gn_err agent_call_message_read(struct agent_request *r)
{
	struct gn_fb_message_read t = {r->base.table};
	struct gn_people_contact c;
	uint64_t order = gn_fb_message_read_order(t);
	if (!agent_who(r, gn_fb_message_read_who(t), &c))
		return GN_OK;
	struct gn_pk owner = *c.owner;
	GN_TRY(gn_people_read(r->agent->people, &owner, order ? order : c.order, r->agent->now));
	agent_settle(r->agent);
	agent_post_hurry(r->agent);
	gn_host_answer_ok(&r->base);
	return GN_OK;
}

gn_err agent_call_message_retry(struct agent_request *r)
{
	struct gn_fb_message_retry t = {r->base.table};
	struct gn_people_contact c;
	struct gn_content_id id;
	struct gn_agent_message_id row;
	if (!agent_who(r, gn_fb_message_retry_who(t), &c))
		return GN_OK;
	struct gn_hash chat = *c.chat;
	struct gn_agent_chat_id chat_id = chat_of(&c);
	id_in(&id, gn_fb_message_retry_id(t));
	memcpy(row.b, id.b, sizeof row.b);
	gn_err err = gn_people_retry(r->agent->people, &chat, &id, r->agent->now);
	/* what did not fail and has not arrived is looked after now */
	if ((err == GN_NOT_FOUND || err == GN_STATE) && agent_held_hurry(r->agent, &chat, &id))
		err = GN_OK;
	if (err == GN_NOT_FOUND || err == GN_STATE) {
		gn_host_error(&r->base, err,
			      "there is no message of that id that is not delivered");
		return GN_OK;
	}
	GN_TRY(err);
	agent_settle(r->agent);
	agent_post_hurry(r->agent);
	answer_message(r, &chat_id, &row);
	return GN_OK;
}

/* ---- looking ---- */

gn_err agent_call_history(struct agent_request *r)
{
	struct gn_fb_history t = {r->base.table};
	struct gn_people_contact c;
	bool more = false;
	if (!agent_who(r, gn_fb_history_who(t), &c))
		return GN_OK;
	struct gn_agent_page page = {.chat = chat_of(&c),
				     .before = gn_fb_history_before(t),
				     .after = gn_fb_history_after(t),
				     .limit = gn_fb_history_limit(t)};
	struct putting *p = malloc(sizeof *p);
	if (!p)
		return GN_NOMEM;
	*p = (struct putting){.b = gn_host_answer_begin(&r->base),
			      .now_ms = agent_unix_ms(r->agent)};
	gn_err err = gn_agent_history(r->agent->db, &page, put_one, p, &more);
	if (err == GN_NOT_FOUND && !page.before && !page.after)
		err = GN_OK; /* nothing was said yet */
	struct gn_fb_history_is_args args = {.messages = {p->refs, p->count}, .more = more};
	if (!err)
		gn_host_answer(&r->base, history_is, gn_fb_history_is_make(p->b, &args));
	free(p);
	return err;
}

static bool last_only(void *user, const struct gn_agent_message *m)
{
	const struct putting *p = user;
	(void)put_one(user, m);
	return p->count == 0;
}

static gn_err put_chat(struct gn_agent *a, struct gn_fbb *b, const struct gn_people_contact *c,
		       gn_fbref *out)
{
	struct gn_agent_page page = {.chat = chat_of(c), .limit = 2};
	struct putting last = {.b = b, .now_ms = agent_unix_ms(a)};
	uint64_t unread = 0;
	bool more;
	gn_fbref person = agent_put_person(b, a, c);
	gn_err err = GN_OK;
	if (b->used < AGENT_CHATS_BYTES) /* the rest is shown without what was said last */
		err = gn_agent_history(a->db, &page, last_only, &last, &more);
	if (!err || err == GN_NOT_FOUND)
		err = gn_agent_unread_count(a->db, &page.chat, &unread);
	if (err && err != GN_NOT_FOUND)
		return err;
	struct gn_fb_chat_id id;
	memcpy(id.b, page.chat.b, sizeof id.b);
	struct gn_fb_chat_args args = {.id = &id,
				       .contact = person,
				       .unread = (uint32_t)unread,
				       .last = last.count ? last.refs[0] : 0};
	*out = gn_fb_chat_make(b, &args);
	return GN_OK;
}

static bool is_stranger(const struct gn_people_contact *c)
{
	return c->state != GN_PEOPLE_ACCEPTED && c->state != GN_PEOPLE_ASKED;
}

/* Contacts before requests, of which strangers may make as many as they like. A page goes on at
 * the place `after` in two walks through all people. */
gn_err agent_call_chats_list(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_chats_list t = {r->base.table};
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	uint64_t people = gn_people_contact_count(a->people), at = gn_fb_chats_list_after(t);
	uint16_t limit = gn_fb_chats_list_limit(t);
	gn_fbref refs[AGENT_CHATS_MAX];
	struct gn_people_contact c;
	size_t count = 0;
	bool more = false;
	limit = !limit || limit > AGENT_CHATS_MAX ? AGENT_CHATS_MAX : limit;
	for (; at < 2 * people && !more; at += !more) {
		if (!gn_people_at(a->people, (size_t)(at % people), &c) ||
		    is_stranger(&c) != (at >= people))
			continue;
		more = count == limit;
		if (!more)
			GN_TRY(put_chat(a, b, &c, &refs[count++]));
	}
	struct gn_fb_chats_is_args args = {.chats = {refs, count}, .after = at, .more = more};
	gn_host_answer(&r->base, chats_are, gn_fb_chats_is_make(b, &args));
	return GN_OK;
}

struct searching {
	struct gn_fbb *b;
	gn_fbref refs[AGENT_LIMIT_MAX];
	size_t count;
	uint64_t place;
	struct gn_agent *agent;
};

static bool put_found(void *user, const struct gn_agent_found *f)
{
	struct searching *s = user;
	const struct gn_agent_message *m = &f->message;
	struct gn_people_contact c;
	gn_fbref person = 0;
	for (size_t i = 0; !person && gn_people_at(s->agent->people, i, &c); i++)
		if (memcmp(c.chat->b, m->chat.b, sizeof m->chat.b) == 0)
			person = agent_put_person(s->b, s->agent, &c);
	struct gn_fb_found_args args = {
		.message = agent_put_message(s->b, &m->chat, m->row, m->content, m->number),
		.snippet = f->snippet,
		.contact = person};
	s->refs[s->count++] = gn_fb_found_make(s->b, &args);
	s->place = f->place;
	return s->count < GN_COUNT(s->refs);
}

gn_err agent_call_search(struct agent_request *r)
{
	struct gn_fb_search t = {r->base.table};
	struct gn_people_contact c;
	struct gn_agent_chat_id chat;
	struct gn_agent_search what = {.text = gn_fb_search_text(t),
				       .below = gn_fb_search_below(t),
				       .limit = gn_fb_search_limit(t)};
	bool more = false;
	if (gn_fb_search_has_who(t)) {
		if (!agent_who(r, gn_fb_search_who(t), &c))
			return GN_OK;
		chat = chat_of(&c);
		what.chat = &chat;
	}
	struct searching *s = malloc(sizeof *s);
	if (!s)
		return GN_NOMEM;
	*s = (struct searching){.b = gn_host_answer_begin(&r->base), .agent = r->agent};
	gn_err err = gn_agent_search(r->agent->db, &what, put_found, s, &more);
	struct gn_fb_search_is_args args = {
		.found = {s->refs, s->count}, .below = s->place, .more = more};
	if (!err)
		gn_host_answer(&r->base, search_is, gn_fb_search_is_make(s->b, &args));
	free(s);
	return err;
}
