/* Messages of chats, numbered once by the store as they come, shown in the order of their places.
 * The index of their texts is kept by the schema's triggers.
 *
 * 1. A content is in a chat once: (chat, mine, id).
 * 2. What is deleted is gone from its page (secure_delete); the index is tidied (gn_agent_db_tidy).
 * 3. A chat's rank rises when something new is shown in it.
 *
 * Spec: AG-32, AG-33. */
#include "agent/db_messages_int.h"

gn_err agent_message_read(const struct agent_q *q, struct gn_agent_message *out)
{
	out->number = agent_q_get(q, 1);
	out->mine = agent_q_get(q, 2) != 0;
	out->order = agent_q_get(q, 4);
	out->sent_ms = agent_q_get(q, 5);
	out->due_ms = agent_q_get(q, 6);
	out->shown = agent_q_get(q, 7) != 0;
	out->unread = agent_q_get(q, 8) != 0;
	out->text = agent_q_bytes(q, 9);
	out->row = agent_q_bytes(q, 10);
	out->content = agent_q_bytes(q, 11);
	GN_TRY(agent_q_exact(q, 0, out->chat.b, sizeof out->chat.b));
	return agent_q_exact(q, 3, out->id.b, sizeof out->id.b);
}

gn_err agent_chat_row(struct gn_agent_db *db, const struct gn_agent_chat_id *id, uint64_t *row)
{
	struct agent_q q = agent_q(db, "SELECT id FROM chats WHERE chat = ?");
	agent_q_blob(&q, GN_SLICE(id->b));
	gn_err err = agent_q_row(&q);
	if (!err)
		*row = agent_q_get(&q, 0);
	agent_q_end(&q);
	return err;
}

/* One message of a statement, lent to fn. */
static gn_err tell_one(struct agent_q *q, gn_agent_message_fn *fn, void *user)
{
	struct gn_agent_message m;
	gn_err err = agent_q_row(q);
	if (!err && !(err = agent_message_read(q, &m)))
		(void)fn(user, &m);
	agent_q_end(q);
	return err;
}

/* ---- writing ---- */

static gn_err fits(const struct gn_agent_message *m)
{
	if (m->text.len > AGENT_TEXT_MAX || m->row.len > AGENT_BYTES_MAX ||
	    m->content.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	/* what the row would refuse is refused before the chat counts it */
	if (!gn_utf8_ok(m->text) || (m->text.len && memchr(m->text.p, 0, m->text.len)))
		return GN_TEXT;
	return (m->order | m->sent_ms | m->due_ms) > INT64_MAX ? GN_RANGE : GN_OK;
}

struct held { /* a message that is there */
	uint64_t row, number;
	bool shown;
};

static gn_err find_held(struct gn_agent_tx *tx, uint64_t chat, const struct gn_agent_message *m,
			struct held *out)
{
	struct agent_q q = agent_q_tx(tx, "SELECT id, number, shown FROM messages"
					  " WHERE chat = ? AND mine = ? AND content = ?");
	agent_q_int(&q, chat);
	agent_q_int(&q, m->mine);
	agent_q_blob(&q, GN_SLICE(m->id.b));
	gn_err err = agent_q_row(&q);
	if (!err)
		*out = (struct held){agent_q_get(&q, 0), agent_q_get(&q, 1),
				     agent_q_get(&q, 2) != 0};
	agent_q_end(&q);
	return err;
}

static gn_err insert(struct gn_agent_tx *tx, uint64_t chat, const struct gn_agent_message *m)
{
	struct agent_q q = agent_q_tx(
		tx, "INSERT INTO messages(chat, number, mine, content, place, sent, due, shown,"
		    " unread, text, row, bytes)"
		    " SELECT id, number, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM chats WHERE id = ?");
	agent_q_int(&q, m->mine);
	agent_q_blob(&q, GN_SLICE(m->id.b));
	agent_q_int(&q, m->order);
	agent_q_int(&q, m->sent_ms);
	agent_q_int(&q, m->due_ms);
	agent_q_int(&q, m->shown);
	agent_q_int(&q, m->unread);
	agent_q_text(&q, m->text);
	agent_q_blob(&q, m->row);
	agent_q_blob(&q, m->content);
	agent_q_int(&q, chat);
	return agent_q_run(&q);
}

static gn_err replace(struct gn_agent_tx *tx, uint64_t row, const struct gn_agent_message *m,
		      bool keep)
{
	struct agent_q q = agent_q_tx(
		tx, "UPDATE messages SET place = ?, sent = ?, due = ?, shown = ?, unread = ?,"
		    " text = ?, row = ?, bytes = iif(?, bytes, ?) WHERE id = ?");
	agent_q_int(&q, m->order);
	agent_q_int(&q, m->sent_ms);
	agent_q_int(&q, m->due_ms);
	agent_q_int(&q, m->shown);
	agent_q_int(&q, m->unread);
	agent_q_text(&q, m->text);
	agent_q_blob(&q, m->row);
	agent_q_int(&q, keep);
	agent_q_blob(&q, keep ? gn_slice(NULL, 0) : m->content);
	agent_q_int(&q, row);
	return agent_q_run(&q);
}

/* The chat's next number. */
static gn_err count_up(struct gn_agent_tx *tx, uint64_t chat, uint64_t *number)
{
	struct agent_q q = agent_q_tx(tx, "UPDATE chats SET number = number + 1 WHERE id = ?"
					  " RETURNING number");
	agent_q_int(&q, chat);
	gn_err err = agent_q_row(&q);
	uint64_t n = err ? 0 : agent_q_get(&q, 0);
	if (!err)
		err = agent_q_run(&q);
	if (!err)
		*number = n;
	return err;
}

/* Its rank is the highest. */
static gn_err rank_up(struct gn_agent_tx *tx, uint64_t chat)
{
	struct agent_q q = agent_q_tx(
		tx, "UPDATE chats SET rank = (SELECT max(rank) + 1 FROM chats) WHERE id = ?");
	agent_q_int(&q, chat);
	return agent_q_run(&q);
}

gn_err gn_agent_message_put(struct gn_agent_tx *tx, const struct gn_agent_message *m, bool keep,
			    uint64_t *number)
{
	uint64_t chat, n;
	struct held held = {0};
	GN_TRY(fits(m));
	if (!tx->db)
		return GN_STATE;
	GN_TRY(agent_chat_row(tx->db, &m->chat, &chat));
	gn_err err = find_held(tx, chat, m, &held);
	if (err == GN_OK) {
		n = held.number;
		err = replace(tx, held.row, m, keep);
	} else if (err == GN_NOT_FOUND) {
		GN_TRY(count_up(tx, chat, &n));
		err = insert(tx, chat, m);
	}
	if (!err && m->shown && !held.shown)
		err = rank_up(tx, chat);
	if (!err)
		*number = n;
	return err;
}

gn_err gn_agent_message_delete(struct gn_agent_tx *tx, const struct gn_agent_chat_id *chat,
			       bool mine, const struct gn_agent_message_id *id)
{
	struct agent_q q = agent_q_tx(
		tx, "DELETE FROM messages WHERE chat = (SELECT id FROM chats WHERE chat = ?)"
		    " AND mine = ? AND content = ?");
	agent_q_blob(&q, GN_SLICE(chat->b));
	agent_q_int(&q, mine);
	agent_q_blob(&q, GN_SLICE(id->b));
	return agent_q_run(&q);
}

/* ---- one of them ---- */

gn_err gn_agent_message_find(struct gn_agent_db *db, const struct gn_agent_chat_id *chat, bool mine,
			     const struct gn_agent_message_id *id, gn_agent_message_fn *fn,
			     void *user)
{
	struct agent_q q =
		agent_q(db, "SELECT " AGENT_MESSAGE " FROM chats c JOIN messages m ON m.chat = c.id"
			    " WHERE c.chat = ? AND m.mine = ? AND m.content = ?");
	agent_q_blob(&q, GN_SLICE(chat->b));
	agent_q_int(&q, mine);
	agent_q_blob(&q, GN_SLICE(id->b));
	return tell_one(&q, fn, user);
}

gn_err gn_agent_message_due(struct gn_agent_db *db, const struct gn_agent_message *after,
			    gn_agent_message_fn *fn, void *user)
{
	uint64_t chat = 0; /* one that is gone: before all others */
	gn_err err = agent_chat_row(db, &after->chat, &chat);
	if (err && err != GN_NOT_FOUND)
		return err;
	struct agent_q q =
		agent_q(db, "SELECT " AGENT_MESSAGE " FROM messages m JOIN chats c ON c.id = m.chat"
			    " WHERE m.due > 0 AND (m.due, m.chat, m.mine, m.content) > (?, ?, ?, ?)"
			    " ORDER BY m.due, m.chat, m.mine, m.content LIMIT 1");
	agent_q_int(&q, after->due_ms);
	agent_q_int(&q, chat);
	agent_q_int(&q, after->mine);
	agent_q_blob(&q, GN_SLICE(after->id.b));
	return tell_one(&q, fn, user);
}

gn_err gn_agent_message_unread(struct gn_agent_db *db, const struct gn_agent_message *after,
			       gn_agent_message_fn *fn, void *user)
{
	uint64_t chat;
	GN_TRY(agent_chat_row(db, &after->chat, &chat));
	struct agent_q q = agent_q(
		db, "SELECT " AGENT_MESSAGE " FROM messages m JOIN chats c ON c.id = m.chat"
		    " WHERE m.chat = ? AND m.unread AND (m.place, m.sent, m.content) > (?, ?, ?)"
		    " ORDER BY m.place, m.sent, m.content LIMIT 1");
	agent_q_int(&q, chat);
	agent_q_int(&q, after->order);
	agent_q_int(&q, after->sent_ms);
	agent_q_blob(&q, GN_SLICE(after->id.b));
	return tell_one(&q, fn, user);
}

gn_err gn_agent_unread_count(struct gn_agent_db *db, const struct gn_agent_chat_id *chat,
			     uint64_t *count)
{
	uint64_t row;
	if (!chat)
		return agent_db_number(db, "SELECT count(*) FROM messages WHERE unread", count);
	GN_TRY(agent_chat_row(db, chat, &row));
	struct agent_q q = agent_q(db, "SELECT count(*) FROM messages WHERE chat = ? AND unread");
	agent_q_int(&q, row);
	gn_err err = agent_q_row(&q);
	if (!err)
		*count = agent_q_get(&q, 0);
	agent_q_end(&q);
	return err;
}

/* ---- pages ---- */

/* The place of a number; 0: past all. */
static gn_err place_of(struct gn_agent_db *db, uint64_t chat, uint64_t number,
		       struct gn_agent_message *out)
{
	*out = (struct gn_agent_message){.order = INT64_MAX, .sent_ms = INT64_MAX};
	if (number == 0)
		return GN_OK;
	struct agent_q q = agent_q(
		db, "SELECT place, sent, content FROM messages WHERE chat = ? AND number = ?");
	agent_q_int(&q, chat);
	agent_q_int(&q, number);
	gn_err err = agent_q_row(&q);
	if (!err) {
		out->order = agent_q_get(&q, 0);
		out->sent_ms = agent_q_get(&q, 1);
		err = agent_q_exact(&q, 2, out->id.b, sizeof out->id.b);
	}
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_history(struct gn_agent_db *db, const struct gn_agent_page *page,
			gn_agent_message_fn *fn, void *user, bool *more)
{
	struct agent_paging paging = {.left = agent_limit(page->limit)};
	struct gn_agent_message m, from;
	uint64_t chat;
	*more = false;
	GN_TRY(agent_chat_row(db, &page->chat, &chat));
	GN_TRY(place_of(db, chat, page->after ? page->after : page->before, &from));
	struct agent_q q =
		page->after
			? agent_q(db, "SELECT " AGENT_MESSAGE
				      " FROM messages m JOIN chats c ON c.id = m.chat"
				      " WHERE m.chat = ? AND m.shown"
				      " AND (m.place, m.sent, m.content) > (?, ?, ?)"
				      " ORDER BY m.place, m.sent, m.content LIMIT ?")
			: agent_q(db,
				  "SELECT " AGENT_MESSAGE
				  " FROM messages m JOIN chats c ON c.id = m.chat"
				  " WHERE m.chat = ? AND m.shown"
				  " AND (m.place, m.sent, m.content) < (?, ?, ?)"
				  " ORDER BY m.place DESC, m.sent DESC, m.content DESC LIMIT ?");
	agent_q_int(&q, chat);
	agent_q_int(&q, from.order);
	agent_q_int(&q, from.sent_ms);
	agent_q_blob(&q, GN_SLICE(from.id.b));
	agent_q_int(&q, paging.left + 1);
	gn_err err;
	while (!(err = agent_q_row(&q))) {
		if ((err = agent_message_read(&q, &m)))
			break;
		*more = agent_page_full(&paging, agent_message_bytes(&m));
		if (*more || !fn(user, &m))
			break;
	}
	return agent_q_over(&q, err);
}

/* ---- what was written into which item ---- */

gn_err gn_agent_written_put(struct gn_agent_tx *tx, const struct gn_agent_written *w)
{
	struct agent_q q =
		agent_q_tx(tx, "INSERT OR REPLACE INTO written(item, chat, content, until)"
			       " VALUES(?, ?, ?, ?)");
	agent_q_blob(&q, GN_SLICE(w->item.b));
	agent_q_blob(&q, GN_SLICE(w->chat.b));
	agent_q_blob(&q, GN_SLICE(w->id.b));
	agent_q_int(&q, w->until_ms);
	return agent_q_run(&q);
}

gn_err gn_agent_written_get(struct gn_agent_db *db, const struct gn_hash *item,
			    struct gn_agent_written *out)
{
	struct agent_q q = agent_q(db, "SELECT chat, content, until FROM written WHERE item = ?");
	agent_q_blob(&q, GN_SLICE(item->b));
	gn_err err = agent_q_row(&q);
	if (!err) {
		*out = (struct gn_agent_written){.item = *item, .until_ms = agent_q_get(&q, 2)};
		err = agent_q_exact(&q, 0, out->chat.b, sizeof out->chat.b);
		if (!err)
			err = agent_q_exact(&q, 1, out->id.b, sizeof out->id.b);
	}
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_written_prune(struct gn_agent_tx *tx, uint64_t now_ms)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM written WHERE until <= ?");
	agent_q_int(&q, now_ms);
	return agent_q_run(&q);
}
