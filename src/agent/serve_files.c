/* Files that messages carry: fetched, listed. What is looked up next would change what is being
 * read, so rows are copied first. Rules AG-83, AG-85. */
#include "agent/file_int.h"
#include "agent/serve_int.h"

#include <stdlib.h>

#define CHAT_KIND(name) {GN_FB_APP_BODY_APP_CHAT, GN_FB_APP_CHAT_BODY_##name}

static const struct gn_app_kind file_is = CHAT_KIND(CHAT_FILE),
				files_are = CHAT_KIND(CHAT_FILES_IS);

/* ---- one ---- */

struct where {
	struct gn_agent *agent;
	const struct gn_agent_chat_id *chat; /* NULL: any */
	gn_agent_message_fn *fn;
	void *user;
	struct {
		struct gn_agent_chat_id chat;
		bool mine;
	} at[4];
	unsigned count;
};

static bool note_place(void *user, const struct gn_agent_file *f)
{
	struct where *w = user;
	if (w->chat && memcmp(w->chat->b, f->chat.b, sizeof f->chat.b) != 0)
		return true;
	w->at[w->count].chat = f->chat;
	w->at[w->count].mine = f->mine;
	return ++w->count < GN_COUNT(w->at);
}

/* Calls fn with the message of that id, in a chat or whichever. GN_NOT_FOUND. */
static gn_err find_message(struct where *w, const struct gn_agent_message_id *id)
{
	gn_err err = gn_agent_file_find(w->agent->db, id, note_place, w);
	if (!err && !w->count)
		err = GN_NOT_FOUND;
	for (unsigned i = 0; i < w->count && !err; i++) {
		err = gn_agent_message_find(w->agent->db, &w->at[i].chat, w->at[i].mine, id, w->fn,
					    w->user);
		if (!err)
			return GN_OK;
		if (err == GN_NOT_FOUND && i + 1 < w->count)
			err = GN_OK;
	}
	return err;
}

struct getting {
	struct agent_request *r;
	bool answered;
};

static void too_large(struct agent_request *r, uint64_t size)
{
	gn_host_error(&r->base, GN_TOO_LARGE,
		      "it has %llu MiB: fetch it with --large if you want it",
		      (unsigned long long)(size >> 20));
}

static bool get_one(void *user, const struct gn_agent_message *m)
{
	struct getting *g = user;
	struct agent_request *r = g->r;
	struct gn_fb_chat_file_get t = {r->base.table};
	struct gn_people_message row;
	struct gn_content c;
	unsigned index = gn_fb_chat_file_get_index(t);
	if (gn_people_message_open(m->row, &row) != GN_OK || row.deleted || row.expired ||
	    !m->content.len || gn_content_open(m->content, &c, NULL) != GN_OK ||
	    c.kind != GN_CONTENT_FILE || index >= c.u.files.count)
		return false;
	g->answered = true;
	const struct gn_content_file *file = &c.u.files.at[index];
	uint64_t offset = gn_fb_chat_file_get_offset(t), count = gn_fb_chat_file_get_count(t);
	if (!m->mine && file->size > AGENT_FILE_LARGE && !gn_fb_chat_file_get_large(t)) {
		too_large(r, file->size);
		return false;
	}
	struct agent_file_of of = {.chat = &m->chat,
				   .id = &row.id,
				   .mine = m->mine,
				   .index = index,
				   .sent = m->sent_ms,
				   .text = c.text,
				   .named = true,
				   .whole = true};
	gn_host_answer_more(&r->base, file_is,
			    agent_put_file(gn_host_answer_begin(&r->base), r->agent, &of, file));
	gn_err err = r->base.answered ? GN_OK : agent_file_fetch(r, file, offset, count);
	if (err)
		gn_host_error(&r->base, err, "%s",
			      err == GN_RANGE  ? "it has no such part"
			      : err == GN_HASH ? "the message does not say rightly what its file is"
					       : "");
	return false;
}

gn_err agent_call_file_get(struct agent_request *r)
{
	struct gn_fb_chat_file_get t = {r->base.table};
	struct getting g = {.r = r};
	struct where w = {.agent = r->agent, .fn = get_one, .user = &g};
	struct gn_agent_message_id id;
	struct gn_agent_chat_id chat;
	struct gn_people_contact c;
	if (!agent_file_may(r))
		return GN_OK;
	if (gn_fb_chat_file_get_has_who(t)) {
		if (!agent_who(r, gn_fb_chat_file_get_who(t), &c))
			return GN_OK;
		memcpy(chat.b, c.chat->b, sizeof chat.b);
		w.chat = &chat;
	}
	memcpy(id.b, gn_fb_chat_file_get_id(t).b, sizeof id.b);
	gn_err err = find_message(&w, &id);
	if (g.answered || (err && err != GN_NOT_FOUND))
		return err;
	gn_host_error(&r->base, GN_NOT_FOUND,
		      "no message of that id has such a file; see `geonet file list`");
	return GN_OK;
}

/* ---- the list ---- */

struct listing {
	struct gn_agent *agent;
	struct gn_fbb *b;
	gn_fbref refs[AGENT_LIMIT_MAX];
	size_t count;
	struct listed { /* copied: what is looked up next is the store's too */
		struct gn_agent_chat_id chat;
		struct gn_agent_message_id id;
		bool mine;
		uint8_t state;
		uint64_t number;
	} rows[AGENT_LIMIT_MAX];
	size_t row_count;
	uint64_t number; /* of the row that is put */
};

static bool list_row(void *user, const struct gn_agent_file *f)
{
	struct listing *l = user;
	l->rows[l->row_count++] = (struct listed){f->chat, f->id, f->mine, f->state, f->number};
	return l->row_count < GN_COUNT(l->rows);
}

static bool list_message(void *user, const struct gn_agent_message *m)
{
	struct listing *l = user;
	struct gn_people_message row;
	struct gn_content c;
	if (gn_people_message_open(m->row, &row) != GN_OK || row.deleted || row.expired ||
	    !m->content.len || gn_content_open(m->content, &c, NULL) != GN_OK ||
	    c.kind != GN_CONTENT_FILE)
		return false;
	for (unsigned i = 0; i < c.u.files.count; i++) {
		struct agent_file_of of = {.chat = &m->chat,
					   .id = &row.id,
					   .mine = m->mine,
					   .index = i,
					   .sent = m->sent_ms,
					   .number = l->number,
					   .named = true};
		gn_fbref ref = agent_put_file(l->b, l->agent, &of, &c.u.files.at[i]);
		if (ref)
			l->refs[l->count++] = ref;
	}
	return false;
}

static gn_err list_sending(struct listing *l, const struct listed *at)
{
	struct gn_content_id id;
	struct agent_file *f = NULL;
	memcpy(id.b, at->id.b, sizeof id.b);
	for (unsigned i = 0; i < AGENT_FILES; i++)
		if (l->agent->files->at[i] &&
		    gn_content_id_eq(&l->agent->files->at[i]->head.id, &id))
			f = l->agent->files->at[i];
	bool own = !f; /* read for this answer alone */
	if (own)
		GN_TRY(agent_file_peek(l->agent, &id, &f));
	gn_fbref ref = f ? agent_put_sending(l->b, l->agent, f) : 0;
	if (ref)
		l->refs[l->count++] = ref;
	if (own)
		agent_file_free(f);
	return GN_OK;
}

gn_err agent_call_files_list(struct agent_request *r)
{
	struct gn_agent *a = r->agent;
	struct gn_fb_chat_files_list t = {r->base.table};
	struct gn_people_contact c;
	struct gn_agent_chat_id chat;
	unsigned limit = gn_fb_chat_files_list_limit(t);
	struct gn_agent_files_page page = {
		.below = gn_fb_chat_files_list_below(t),
		.limit = limit && limit < AGENT_FILES_LISTED ? limit : AGENT_FILES_LISTED};
	bool more = false;
	if (gn_fb_chat_files_list_has_who(t)) {
		if (!agent_who(r, gn_fb_chat_files_list_who(t), &c))
			return GN_OK;
		memcpy(chat.b, c.chat->b, sizeof chat.b);
		page.chat = &chat;
	}
	struct listing *l = calloc(1, sizeof *l);
	if (!l)
		return GN_NOMEM;
	l->agent = a;
	l->b = gn_host_answer_begin(&r->base);
	gn_err err = gn_agent_files(a->db, &page, list_row, l, &more);
	for (size_t i = 0; !err && i < l->row_count; i++) {
		const struct listed *at = &l->rows[i];
		if (l->count + GN_CONTENT_FILES_MAX > GN_COUNT(l->refs)) {
			more = true; /* a message may have many: the rest is asked for next */
			break;
		}
		l->number = at->number;
		if (at->state) {
			err = list_sending(l, at);
			continue;
		}
		err = gn_agent_message_find(a->db, &at->chat, at->mine, &at->id, list_message, l);
		err = err == GN_NOT_FOUND ? GN_OK : err;
	}
	struct gn_fb_chat_files_is_args args = {
		.files = {l->refs, l->count}, .below = l->number, .more = more};
	if (!err)
		gn_host_answer(&r->base, files_are, gn_fb_chat_files_is_make(l->b, &args));
	free(l);
	return err;
}
