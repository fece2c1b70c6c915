/* Files on their way: sealed blocks -> the node -> copies at others -> the message; and which of
 * them are in work. file_int.h has the states; a slot's go on:
 *
 *   SEALED -> SENDING [the node has it] -> TAKEN [those before it are too] -> FREE
 *          -> SEALED  [the node went, or was busy] */
#include "agent/file_int.h"

#include <stdlib.h>

#define FILE_KIND(name) {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_##name}

static const struct gn_app_kind add_kind = FILE_KIND(FILE_ADD),
				spread_kind = FILE_KIND(BLOCKS_SPREAD);

/* ---- places ---- */

static void wait_longer(struct agent_file *f)
{
	gn_time most =
		f->state == AGENT_FILE_UPLOADING ? AGENT_FILE_WAIT_NODE : AGENT_FILE_WAIT_MAX;
	f->wait = f->wait ? gn_time_min(2 * f->wait, most) : AGENT_FILE_WAIT;
	f->due = f->agent->now + f->wait;
}

static void end_calls(struct agent_file *f)
{
	for (unsigned i = 0; i < AGENT_FILE_SLOTS; i++) {
		struct agent_file_slot *s = &f->slots[i];
		gn_agent_link_drop(f->agent->link, s->call);
		s->call = 0;
	}
	gn_agent_link_drop(f->agent->link, f->spread);
	f->spread = 0;
}

static void unload(struct agent_file *f)
{
	struct agent_files *files = f->agent->files;
	end_calls(f);
	if (f->client)
		f->gone(f->client);
	for (unsigned i = 0; i < AGENT_FILES; i++)
		if (files->at[i] == f)
			files->at[i] = NULL;
	files->look = true;
	agent_file_free(f);
}

/* A free place; for one somebody waits for, also that of one that waits for a better time. */
static struct agent_file **place(struct gn_agent *a, bool pressing)
{
	struct agent_files *files = a->files;
	for (unsigned i = 0; i < AGENT_FILES; i++)
		if (!files->at[i])
			return &files->at[i];
	for (unsigned i = 0; pressing && i < AGENT_FILES; i++) {
		struct agent_file *f = files->at[i];
		if (f->state != AGENT_FILE_SPREADING || f->client || f->spread)
			continue;
		unload(f);
		return &files->at[i];
	}
	return NULL;
}

static struct agent_file *loaded(const struct gn_agent *a, const struct gn_content_id *id)
{
	for (unsigned i = 0; i < AGENT_FILES; i++)
		if (a->files->at[i] && gn_content_id_eq(&a->files->at[i]->head.id, id))
			return a->files->at[i];
	return NULL;
}

/* It is over for now; serve_file.c tells who sends it, and lets go. */
static void stop(struct agent_file *f, gn_err err)
{
	f->err = f->err ? f->err : err;
	f->moved = true;
}

/* ---- to the node ---- */

/* Those that the node has, as far as none is missing before them. */
static void count_taken(struct agent_file *f)
{
	for (unsigned n = 0; n < AGENT_FILE_SLOTS; n++) /* each may be the next one */
		for (unsigned i = 0; i < AGENT_FILE_SLOTS; i++) {
			struct agent_file_slot *s = &f->slots[i];
			if (s->state != SLOT_TAKEN || s->block != f->head.done)
				continue;
			s->state = SLOT_FREE;
			f->head.done++;
			f->room = true;
		}
	f->moved = true;
	if (f->head.done < agent_file_blocks(f))
		return;
	f->state = AGENT_FILE_SPREADING;
	f->wait = 0;
	f->due = f->agent->now;
	agent_file_keep(f);
}

/* It does better another time. */
static bool passes(gn_err err)
{
	return err == GN_CLOSED || err == GN_TIMEOUT || err == GN_CANCELLED || err == GN_LIMIT ||
	       gn_err_class(err) == GN_CLASS_AGAIN;
}

static void push(struct agent_file_slot *s)
{
	struct gn_agent *a = s->file->agent;
	struct gn_host_client *client = gn_agent_link_client(a->link);
	size_t room;
	if (!client || s->state != SLOT_SENDING || s->sent == s->len)
		return;
	while (s->sent < s->len && (room = gn_host_client_room(client, s->call)) > 0) {
		size_t n = s->len - s->sent < room ? s->len - s->sent : room;
		gn_host_client_send(client, s->call, gn_slice(s->bytes + s->sent, n), a->now);
		s->sent += n;
	}
	if (s->sent == s->len)
		gn_host_client_send_end(client, s->call, GN_OK, a->now);
}

static void on_added(void *user, const struct gn_host_client_event *e)
{
	struct agent_file_slot *s = user;
	struct agent_file *f = s->file;
	struct gn_fb_file_added t = {e->table};
	if (e->what == GN_HOST_CLIENT_ROOM) {
		push(s);
		return;
	}
	if (e->what == GN_HOST_CLIENT_FAILED) {
		gn_host_log(&f->agent->host, GN_LOG_DEBUG, "file", "block %u: %s", s->block,
			    gn_err_text(e->fault.err));
		s->call = 0;
		s->state = SLOT_SEALED;
		wait_longer(f);
		if (!passes(e->fault.err))
			stop(f, e->fault.err);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER || e->more)
		return;
	s->call = 0;
	bool added = e->kind.area == add_kind.area &&
		     e->kind.member == GN_FB_APP_FILE_BODY_FILE_ADDED &&
		     gn_fb_file_added_has_root(t);
	struct gn_fb_hash root = {0};
	if (added)
		root = gn_fb_file_added_root(t);
	if (memcmp(root.b, f->blocks[s->block].b, sizeof root.b) != 0) {
		stop(f, GN_HASH);
		return;
	}
	s->state = SLOT_TAKEN;
	f->wait = 0;
	count_taken(f);
}

static void send_block(struct agent_file_slot *s)
{
	struct gn_agent *a = s->file->agent;
	struct gn_fb_file_add_args args = {.size = s->len};
	struct gn_fbb *b = gn_agent_link_builder(a->link);
	gn_err err = gn_agent_link_call(a->link, add_kind, gn_fb_file_add_make(b, &args),
					GN_HOST_CLIENT_LASTS, on_added, s, &s->call);
	if (err) {
		s->call = 0;
		wait_longer(s->file);
		return;
	}
	s->sent = 0;
	s->state = SLOT_SENDING;
	push(s);
}

/* ---- the message ---- */

/* Of what cannot be said now: again later, or never. */
static void not_said(struct agent_file *f, gn_err err)
{
	f->head.code = (uint16_t)err;
	f->moved = true;
	if (err == GN_LIMIT || err == GN_KEY || err == GN_STATE) {
		wait_longer(f);
		return;
	}
	f->state = AGENT_FILE_FAILED;
	agent_file_keep(f);
}

/* Says it, in one transaction with the end of its sending. */
static void say(struct agent_file *f)
{
	struct gn_agent *a = f->agent;
	struct agent_file_words w = agent_file_words(f);
	uint32_t count = agent_file_blocks(f);
	struct gn_agent_tx tx = {0};
	struct gn_content c = {.kind = GN_CONTENT_FILE, .id = f->head.id, .text = w.text};
	struct gn_content_file *file = &c.u.files.at[0];
	c.ref.id = f->head.reply;
	c.u.files.count = 1;
	*file = (struct gn_content_file){.key = f->head.key,
					 .size = f->head.size,
					 .name = w.name,
					 .mime = w.mime,
					 .preview = w.preview};
	gn_merkle_root(f->blocks, count, &file->root);
	if (count > 1)
		file->blocks = gn_slice(f->blocks, count * sizeof *f->blocks);
	gn_err err = gn_people_say(a->people, &f->head.owner, &c, a->now);
	gn_wipe(&c, sizeof c);
	if (err && err != GN_EXISTS) {
		if (err == GN_NOMEM)
			agent_fail(a, err);
		else
			not_said(f, err);
		return;
	}
	f->state = AGENT_FILE_DONE;
	f->moved = true;
	err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_keep(a, &tx);
	if (!err)
		err = agent_file_put(f, &tx);
	if (!err)
		err = gn_agent_tx_commit(&tx);
	if (!err) {
		agent_post_hurry(a);
		return;
	}
	gn_agent_tx_abort(&tx);
	agent_fail(a, err);
}

/* ---- copies ---- */

/* The node let some of it go: it must come again. Its hashes stay, so it is the same file. */
static void lost(struct agent_file *f)
{
	f->state = AGENT_FILE_UPLOADING;
	f->head.done = 0;
	agent_file_keep(f);
	stop(f, GN_NOT_FOUND);
}

static void spread_over(struct agent_file *f, gn_err err)
{
	f->spread = 0;
	f->moved = true;
	gn_host_log(&f->agent->host, GN_LOG_DEBUG, "file", "%llu of %llu copies: %s",
		    (unsigned long long)f->head.copies, (unsigned long long)f->head.wanted,
		    gn_err_text(err));
	f->head.code = (uint16_t)err;
	if (!err || (err == GN_QUORUM && f->head.copies >= agent_file_blocks(f)))
		say(f);
	else if (err == GN_NOT_FOUND)
		lost(f);
	else
		wait_longer(f);
}

static void on_spread(void *user, const struct gn_host_client_event *e)
{
	struct agent_file *f = user;
	struct gn_fb_progress t = {e->table};
	if (e->what == GN_HOST_CLIENT_FAILED) {
		spread_over(f, e->fault.err);
		return;
	}
	if (e->what != GN_HOST_CLIENT_ANSWER)
		return;
	if (e->kind.area != spread_kind.area || e->kind.member != GN_FB_APP_FILE_BODY_PROGRESS) {
		if (!e->more)
			spread_over(f, GN_CLOSED); /* no answer to what was asked */
		return;
	}
	f->head.copies = gn_fb_progress_done(t);
	f->head.wanted = gn_fb_progress_total(t);
	f->moved = true;
	uint16_t code = gn_fb_progress_code(t);
	if (!e->more)
		spread_over(f, code < GN_ERR_COUNT ? (gn_err)code : GN_INTERNAL);
}

static void spread(struct agent_file *f)
{
	struct gn_agent *a = f->agent;
	struct gn_fb_blocks_spread_args args = {
		.blocks = {(const struct gn_fb_hash *)(const void *)f->blocks,
			   agent_file_blocks(f)},
		.copies = AGENT_FILE_COPIES,
		.keep_until = agent_unix(a) + AGENT_FILE_TTL,
		.once = true};
	struct gn_fbb *b = gn_agent_link_builder(a->link);
	gn_err err = gn_agent_link_call(a->link, spread_kind, gn_fb_blocks_spread_make(b, &args),
					GN_HOST_CLIENT_LASTS, on_spread, f, &f->spread);
	if (err) {
		f->spread = 0;
		wait_longer(f);
	}
}

/* ---- the outside ---- */

struct finding {
	struct gn_agent *agent;
	struct agent_file *file;
	gn_err err;
};

static bool read_one(void *user, const struct gn_agent_file *row)
{
	struct finding *found = user;
	if (!row->mine || !row->state)
		return true;
	found->err = agent_file_read(found->agent, row, &found->file);
	return false;
}

gn_err agent_file_peek(struct gn_agent *a, const struct gn_content_id *id, struct agent_file **out)
{
	struct finding found = {.agent = a};
	struct gn_agent_message_id message;
	memcpy(message.b, id->b, sizeof message.b);
	gn_err err = gn_agent_file_find(a->db, &message, read_one, &found);
	*out = found.file;
	return err == GN_NOT_FOUND ? GN_OK : err ? err : found.err;
}

gn_err agent_file_resume(struct gn_agent *a, const struct gn_content_id *id,
			 struct agent_file **out)
{
	struct agent_file *f;
	*out = loaded(a, id);
	if (*out)
		return GN_OK;
	GN_TRY(agent_file_peek(a, id, &f));
	if (!f)
		return GN_OK;
	struct agent_file **at = place(a, true);
	if (!at) {
		agent_file_free(f);
		return GN_LIMIT;
	}
	f->due = a->now;
	*out = *at = f;
	return GN_OK;
}

gn_err agent_file_begin(struct gn_agent *a, const struct agent_file_head *head,
			const struct agent_file_words *words, struct agent_file **out)
{
	struct agent_file **at = place(a, true);
	if (!at)
		return GN_LIMIT;
	struct agent_file *f = agent_file_new(a, head, words);
	if (!f)
		return GN_NOMEM;
	*out = *at = f;
	agent_file_keep(f);
	return GN_OK;
}

void agent_file_leave(struct agent_file *f)
{
	f->client = NULL;
	f->err = GN_OK; /* what its client did wrong keeps it from nobody */
	if (f->state != AGENT_FILE_SPREADING)
		unload(f);
}

static gn_err delete_row(struct gn_agent *a, const struct gn_agent_chat_id *chat,
			 const struct gn_content_id *id)
{
	struct gn_agent_tx tx = {0};
	struct gn_agent_message_id message;
	memcpy(message.b, id->b, sizeof message.b);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_file_delete(&tx, chat, true, &message);
	err = agent_tx_end(a, &tx, err);
	return err;
}

gn_err agent_file_drop(struct gn_agent *a, const struct gn_content_id *id)
{
	struct agent_file *f;
	GN_TRY(agent_file_resume(a, id, &f));
	if (!f)
		return GN_NOT_FOUND;
	struct gn_agent_chat_id chat = agent_file_chat(f);
	unload(f);
	return delete_row(a, &chat, id);
}

/* ---- the loop ---- */

struct looking {
	struct gn_agent *agent;
	unsigned count;
	struct gn_content_id ids[AGENT_LIMIT_MAX];
	struct gn_agent_chat_id chats[AGENT_LIMIT_MAX];
	uint8_t states[AGENT_LIMIT_MAX];
	uint64_t at[AGENT_LIMIT_MAX];
};

static bool note_one(void *user, const struct gn_agent_file *row)
{
	struct looking *l = user;
	memcpy(l->ids[l->count].b, row->id.b, sizeof l->ids[0].b);
	l->chats[l->count] = row->chat;
	l->states[l->count] = row->state;
	l->at[l->count] = row->at_ms;
	return ++l->count < AGENT_LIMIT_MAX;
}

/* Those that go on without a client get the free places; what nobody goes on with is forgotten. */
static void look(struct gn_agent *a)
{
	struct looking *l = calloc(1, sizeof *l);
	struct gn_agent_files_page page = {.busy = true, .limit = AGENT_LIMIT_MAX};
	bool more;
	a->files->look = false;
	if (!l)
		return;
	l->agent = a;
	gn_err err = gn_agent_files(a->db, &page, note_one, l, &more);
	for (unsigned i = 0; !err && i < l->count && !a->failed; i++) {
		struct agent_file *f = loaded(a, &l->ids[i]);
		if (f)
			continue;
		if (l->at[i] + AGENT_FILE_KEPT_MS < agent_unix_ms(a))
			err = delete_row(a, &l->chats[i], &l->ids[i]);
		else if (l->states[i] == AGENT_FILE_SPREADING && place(a, false))
			err = agent_file_resume(a, &l->ids[i], &f);
	}
	if (err)
		agent_fail(a, err);
	free(l);
	a->files->look = false;
	a->files->forget = a->now + AGENT_FILE_LOOK;
}

static void move(struct agent_file *f)
{
	if (f->err || f->due > f->agent->now || !gn_agent_link_is_up(f->agent->link))
		return;
	for (unsigned i = 0; f->state == AGENT_FILE_UPLOADING && i < AGENT_FILE_SLOTS; i++)
		if (f->slots[i].state == SLOT_SEALED)
			send_block(&f->slots[i]);
	if (f->state == AGENT_FILE_SPREADING && !f->spread)
		spread(f);
}

gn_time agent_files_pump(struct gn_agent *a)
{
	if (a->files->look || a->files->forget <= a->now)
		look(a);
	gn_time next = a->files->forget;
	for (unsigned i = 0; i < AGENT_FILES && !a->failed; i++) {
		struct agent_file *f = a->files->at[i];
		if (!f)
			continue;
		move(f);
		if (f->due > a->now)
			next = gn_time_min(next, f->due);
	}
	return next;
}

gn_err agent_files_open(struct gn_agent *a)
{
	a->files = calloc(1, sizeof *a->files);
	if (!a->files)
		return GN_NOMEM;
	a->files->look = true;
	return GN_OK;
}

void agent_files_close(struct gn_agent *a)
{
	for (unsigned i = 0; a->files && i < AGENT_FILES; i++)
		if (a->files->at[i])
			unload(a->files->at[i]);
	free(a->files);
	a->files = NULL;
}
