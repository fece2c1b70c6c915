/* What people and sessions changed goes into the store, row by row, in the transaction of what it
 * was for; what people looks up comes from there.
 *
 * Of people's rows: OWN is the single value "people"; CONTACT a contact under its chat's id; CHAT a
 * chat; MESSAGE a message; REGISTER a register. */
#include "agent/backup_int.h"
#include "agent/events_int.h"

#include <stdio.h>
#include <stdlib.h>

/* What was asked for is not kept, whatever its handler says of it now. */
static void refuse_failed(struct gn_host_request *r, gn_err err, const char *text)
{
	const struct gn_agent *a = r->api->user;
	(void)err;
	(void)text;
	r->refuse = a->refuse;
	gn_host_error(r, a->failed_by,
		      "%s, so this is not kept and the agent has ended; when that is put right: "
		      "geonet agent up",
		      gn_err_text(a->failed_by));
}

static void reply_failed(struct gn_host_request *r, struct gn_app_kind kind, gn_fbref table,
			 bool more)
{
	(void)kind;
	(void)table;
	(void)more;
	refuse_failed(r, GN_OK, "");
}

void agent_fail(struct gn_agent *a, gn_err err)
{
	if (a->failed)
		return;
	char why[GN_HOST_WHY];
	const char *said = a->db ? gn_agent_db_why(a->db) : "";
	a->failed = true;
	snprintf(why, sizeof why, "%.100s%s%.400s", gn_err_text(err),
		 *said ? "; of the store: " : "", said);
	a->failed_by = err;
	if (a->runs) {
		a->refuse = a->runs->refuse;
		a->runs->refuse = refuse_failed;
		a->runs->reply = reply_failed;
	}
	gn_host_fail(&a->host, err, why);
}

gn_err agent_tx_end(struct gn_agent *a, struct gn_agent_tx *tx, gn_err err)
{
	if (!err)
		err = gn_agent_tx_commit(tx);
	if (err) {
		gn_agent_tx_abort(tx);
		agent_fail(a, err);
	}
	return err;
}

/* ---- single values ---- */

gn_err agent_meta(struct gn_agent *a, const char *name, void *out, size_t len)
{
	struct gn_buf b = {out, 0, len};
	GN_TRY(gn_agent_meta_get(a->db, name, &b));
	return b.len == len ? GN_OK : GN_CORRUPT;
}

gn_err agent_meta_put(struct gn_agent_tx *tx, const char *name, const void *p, size_t len)
{
	return gn_agent_meta_put(tx, name, gn_slice(p, len));
}

bool agent_put_back(struct gn_agent *a)
{
	uint8_t set = 0;
	return agent_meta(a, AGENT_RESTORED, &set, sizeof set) == GN_OK && set;
}

/* ---- what people looks up ---- */

static bool lend(uint8_t **room, size_t *cap, struct gn_slice in, struct gn_slice *out)
{
	if (in.len > *cap) {
		uint8_t *grown = realloc(*room, in.len);
		if (!grown)
			return false;
		*room = grown;
		*cap = in.len;
	}
	if (in.len)
		memcpy(*room, in.p, in.len);
	*out = gn_slice(*room, in.len);
	return true;
}

struct lending {
	struct gn_agent *agent;
	struct gn_people_found *out;
	bool whole, done;
};

static bool lend_message(void *user, const struct gn_agent_message *m)
{
	struct lending *l = user;
	struct gn_agent *a = l->agent;
	l->done = lend(&a->found_row, &a->found_cap, m->row, &l->out->bytes) &&
		  lend(&a->found_content, &a->found_content_cap,
		       l->whole ? m->content : gn_slice(NULL, 0), &l->out->content);
	return false;
}

static bool lend_register(void *user, const struct gn_agent_register *r)
{
	struct lending *l = user;
	struct gn_agent *a = l->agent;
	l->done = lend(&a->found_row, &a->found_cap, r->value, &l->out->bytes);
	return false;
}

static struct gn_agent_chat_id chat_of(const struct gn_hash *chat)
{
	struct gn_agent_chat_id id;
	memcpy(id.b, chat->b, sizeof id.b);
	return id;
}

static struct gn_agent_message_id id_of(const struct gn_content_id *id)
{
	struct gn_agent_message_id out;
	memcpy(out.b, id->b, sizeof out.b);
	return out;
}

bool agent_find(void *user, const struct gn_people_find *find, struct gn_people_found *out)
{
	struct gn_agent *a = user;
	struct lending l = {a, out, find->whole, false};
	struct gn_agent_message at = {.chat = chat_of(&find->chat),
				      .mine = find->mine,
				      .id = id_of(&find->id),
				      .due_ms = find->due,
				      .order = find->order,
				      .sent_ms = find->sent};
	struct gn_agent_written written;
	gn_err err = GN_INTERNAL;
	*out = (struct gn_people_found){0};
	switch (find->kind) {
	case GN_PEOPLE_FIND_MESSAGE:
		err = gn_agent_message_find(a->db, &at.chat, at.mine, &at.id, lend_message, &l);
		break;
	case GN_PEOPLE_FIND_REGISTER:
		err = gn_agent_register_get(a->db, find->key, lend_register, &l);
		break;
	case GN_PEOPLE_FIND_DUE: err = gn_agent_message_due(a->db, &at, lend_message, &l); break;
	case GN_PEOPLE_FIND_UNREAD:
		err = gn_agent_message_unread(a->db, &at, lend_message, &l);
		break;
	case GN_PEOPLE_FIND_ITEM:
		err = gn_agent_written_get(a->db, &find->item, &written);
		if (!err)
			err = gn_agent_message_find(a->db, &written.chat, true, &written.id,
						    lend_message, &l);
		break;
	}
	if (err && err != GN_NOT_FOUND)
		agent_fail(a, err);
	return !err && l.done;
}

/* ---- rows ---- */

/* What is searched for: what is shown of it as words. */
static struct gn_slice words_of(const struct gn_people_row *row)
{
	const struct gn_people_message *m = row->message;
	struct gn_content content;
	if (!gn_people_shown(m) || m->deleted || m->expired)
		return gn_slice(NULL, 0);
	if (m->edit.order)
		return m->edited;
	if (row->keep == GN_PEOPLE_PUT && gn_content_open(row->content, &content, NULL) == GN_OK)
		return content.text;
	return gn_slice(NULL, 0);
}

struct held_text {
	uint8_t *text;
	size_t len;
	gn_err err;
};

static bool copy_text(void *user, const struct gn_agent_message *m)
{
	struct held_text *h = user;
	h->text = malloc(m->text.len + 1);
	h->err = h->text ? GN_OK : GN_NOMEM;
	h->len = m->text.len;
	if (h->text && m->text.len)
		memcpy(h->text, m->text.p, m->text.len);
	return false;
}

/* Messages with files are listed by themselves (AG-85). */
static gn_err keep_file(struct gn_agent_tx *tx, const struct gn_people_row *row,
			const struct gn_agent_message *m)
{
	struct gn_agent_file file = {
		.chat = m->chat, .mine = m->mine, .id = m->id, .at_ms = m->sent_ms};
	if (row->message->kind != GN_CONTENT_FILE || row->message->early)
		return GN_OK;
	if (row->message->deleted || row->message->expired)
		return gn_agent_file_delete(tx, &m->chat, m->mine, &m->id);
	return gn_agent_file_note(tx, &file);
}

static gn_err keep_message(struct gn_agent *a, struct gn_agent_tx *tx,
			   const struct gn_people_row *row)
{
	const struct gn_people_message *m = row->message;
	struct gn_agent_message out = {.chat = chat_of(&row->chat),
				       .mine = m->mine,
				       .id = id_of(&m->id),
				       .order = m->order,
				       .sent_ms = m->sent,
				       .due_ms = gn_people_due(m),
				       .shown = gn_people_shown(m),
				       .unread = gn_people_unread(m),
				       .row = row->bytes,
				       .content = row->content};
	struct held_text held = {0};
	uint64_t number;
	if (row->gone) {
		GN_TRY(gn_agent_file_delete(tx, &out.chat, m->mine, &out.id));
		return gn_agent_message_delete(tx, &out.chat, m->mine, &out.id);
	}
	out.text = words_of(row);
	bool says = out.shown && !m->deleted && !m->expired && !m->edit.order;
	if (says && row->keep == GN_PEOPLE_KEEP) { /* its words are those that are there */
		gn_err err = gn_agent_message_find(a->db, &out.chat, out.mine, &out.id, copy_text,
						   &held);
		err = err == GN_NOT_FOUND ? GN_OK : err ? err : held.err;
		if (err)
			return err;
		out.text = gn_slice(held.text, held.len);
	}
	if (!gn_utf8_ok(out.text) || (out.text.len && memchr(out.text.p, 0, out.text.len)))
		out.text = gn_slice(NULL, 0); /* shown, not found */
	bool keep = row->keep == GN_PEOPLE_KEEP;
	gn_err err = gn_agent_message_put(tx, &out, keep, &number);
	if (err == GN_NOT_FOUND) { /* the chat's own row comes after it, in this transaction */
		err = gn_agent_chat_put(tx, &(struct gn_agent_chat){.id = out.chat});
		if (!err)
			err = gn_agent_message_put(tx, &out, keep, &number);
	}
	free(held.text);
	return err ? err : keep_file(tx, row, &out);
}

static gn_err keep_row(struct gn_agent *a, struct gn_agent_tx *tx, const struct gn_people_row *row)
{
	struct gn_agent_chat_id chat = chat_of(&row->chat);
	struct gn_agent_contact contact = {.name = gn_slice(NULL, 0), .bytes = row->bytes};
	memcpy(contact.key.b, row->chat.b, sizeof contact.key.b);
	switch (row->kind) {
	case GN_PEOPLE_ROW_OWN: return gn_agent_meta_put(tx, "people", row->bytes);
	case GN_PEOPLE_ROW_CONTACT:
		if (!row->gone)
			return gn_agent_contact_put(tx, &contact);
		GN_TRY(gn_agent_contact_delete(tx, &contact.key));
		GN_TRY(gn_agent_files_forget(tx, &chat));
		return gn_agent_chat_delete(tx, &chat);
	case GN_PEOPLE_ROW_CHAT:
		return gn_agent_chat_put(tx,
					 &(struct gn_agent_chat){.id = chat, .bytes = row->bytes});
	case GN_PEOPLE_ROW_MESSAGE: return keep_message(a, tx, row);
	case GN_PEOPLE_ROW_REGISTER:
		GN_TRY(agent_register_moved(a, row->key));
		return gn_agent_register_set(tx, row->key, row->bytes);
	}
	return GN_INTERNAL;
}

gn_err agent_keep_event(struct gn_agent *a, struct gn_agent_tx *tx, const struct gn_people_event *e)
{
	if (a->event_count == a->event_cap) {
		size_t cap = a->event_cap ? 2 * a->event_cap : 64;
		void *grown = realloc(a->events, cap * sizeof *a->events);
		if (!grown)
			return GN_NOMEM;
		a->events = grown;
		a->event_cap = cap;
	}
	struct agent_event *out = &a->events[a->event_count];
	out->said = *e;
	GN_TRY(agent_event_keep(a, tx, e, &out->cursor));
	a->event_count++;
	return GN_OK;
}

gn_err agent_keep(struct gn_agent *a, struct gn_agent_tx *tx)
{
	struct gn_people_row row;
	struct gn_people_send send;
	while (gn_people_next_row(a->people, &row))
		GN_TRY(keep_row(a, tx, &row));
	while (gn_people_next_send(a->people, &send))
		GN_TRY(agent_post_add(a, tx, &send));
	struct gn_people_event event;
	while (gn_people_next_event(a->people, &event))
		GN_TRY(agent_keep_event(a, tx, &event));
	return gn_agent_rows_save(tx, a->e2ee);
}

void agent_settle(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = agent_keep(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

/* ---- opening ---- */

struct loading {
	struct gn_agent *agent;
	gn_err err;
	struct gn_agent_contact after;
	uint8_t key[32];
};

static bool load_chat(void *user, const struct gn_agent_chat *c)
{
	struct loading *l = user;
	if (c->bytes.len) /* else a message was put there, and nothing of the chat itself */
		l->err = gn_people_load(l->agent->people, GN_PEOPLE_ROW_CHAT, c->bytes);
	return false;
}

static bool load_contact(void *user, const struct gn_agent_contact *c)
{
	struct loading *l = user;
	struct gn_agent_chat_id chat;
	memcpy(chat.b, c->key.b, sizeof chat.b);
	l->after.key = c->key;
	l->err = gn_people_load(l->agent->people, GN_PEOPLE_ROW_CONTACT, c->bytes);
	if (!l->err) {
		gn_err err = gn_agent_chat_get(l->agent->db, &chat, load_chat, l);
		if (err && err != GN_NOT_FOUND)
			l->err = err;
	}
	return !l->err;
}

gn_err agent_people_open(struct gn_agent *a)
{
	struct gn_people_config config = {.owner = a->owner,
					  .device = a->device.sk.pk,
					  .moved = agent_put_back(a),
					  .now = a->now,
					  .find = agent_find,
					  .user = a};
	uint8_t *room = malloc(AGENT_BYTES_MAX);
	struct gn_buf own = {room, 0, AGENT_BYTES_MAX};
	struct loading l = {.agent = a};
	bool more = true, first = true;
	if (!room)
		return GN_NOMEM;
	gn_err err = gn_people_new(&a->env, &config, &a->people);
	if (!err) {
		err = gn_agent_meta_get(a->db, "people", &own);
		err = err == GN_NOT_FOUND ? GN_OK
		      : err               ? err
			    : gn_people_load(a->people, GN_PEOPLE_ROW_OWN, gn_buf_slice(&own));
	}
	while (!err && more) {
		err = gn_agent_contacts(a->db, 0, first ? NULL : &l.after, AGENT_LIMIT_MAX,
					load_contact, &l, &more);
		err = err ? err : l.err;
		first = false;
	}
	free(room);
	return !err && config.moved ? gn_people_moved(a->people) : err;
}
