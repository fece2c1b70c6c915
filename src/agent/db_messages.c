/* Messages of chats, numbered once by the store: in the order in which they came, never again, also
 * when they are gone. The index of their texts is kept by the schema's triggers.
 *
 * 1. A content is in a chat once: (chat, sender, id).
 * 2. What is deleted is gone from its page (secure_delete); the index is tidied (gn_agent_db_tidy).
 *
 * Spec: AG-32, AG-33. */
#include "agent/db_messages_int.h"

gn_err agent_message_read(const struct agent_q *q, struct gn_agent_message *out)
{
	out->number = agent_q_get(q, 1);
	out->sent_ms = agent_q_get(q, 5);
	out->received_ms = agent_q_get(q, 6);
	out->expires_ms = agent_q_get(q, 7);
	out->kind = (uint8_t)agent_q_get(q, 8);
	out->state = (uint8_t)agent_q_get(q, 9);
	out->text = agent_q_bytes(q, 10);
	out->bytes = agent_q_bytes(q, 11);
	GN_TRY(agent_q_exact(q, 0, out->chat.b, sizeof out->chat.b));
	GN_TRY(agent_q_exact(q, 2, out->id.b, sizeof out->id.b));
	GN_TRY(agent_q_exact(q, 3, out->sender.b, sizeof out->sender.b));
	return agent_q_exact(q, 4, out->device.b, sizeof out->device.b);
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

static gn_err fits(const struct gn_agent_message *m)
{
	return m->text.len > AGENT_TEXT_MAX || m->bytes.len > AGENT_BYTES_MAX ? GN_TOO_LARGE
									      : GN_OK;
}

/* The number of a message that is there. */
static gn_err find_number(struct gn_agent_tx *tx, uint64_t chat, const struct gn_agent_message *m,
			  uint64_t *number)
{
	struct agent_q q = agent_q_tx(
		tx, "SELECT number FROM messages WHERE content = ? AND sender = ? AND chat = ?");
	agent_q_blob(&q, GN_SLICE(m->id.b));
	agent_q_blob(&q, GN_SLICE(m->sender.b));
	agent_q_int(&q, chat);
	gn_err err = agent_q_row(&q);
	if (!err)
		*number = agent_q_get(&q, 0);
	agent_q_end(&q);
	return err;
}

static gn_err insert(struct gn_agent_tx *tx, uint64_t chat, const struct gn_agent_message *m)
{
	struct agent_q q = agent_q_tx(
		tx, "INSERT INTO messages(chat, number, content, sender, device, sent, received,"
		    " kind, state, expires, text, bytes)"
		    " SELECT id, number, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM chats WHERE id = ?");
	agent_q_blob(&q, GN_SLICE(m->id.b));
	agent_q_blob(&q, GN_SLICE(m->sender.b));
	agent_q_blob(&q, GN_SLICE(m->device.b));
	agent_q_int(&q, m->sent_ms);
	agent_q_int(&q, m->received_ms);
	agent_q_int(&q, m->kind);
	agent_q_int(&q, m->state);
	agent_q_int(&q, m->expires_ms);
	agent_q_text(&q, m->text);
	agent_q_blob(&q, m->bytes);
	agent_q_int(&q, chat);
	return agent_q_run(&q);
}

/* The chat's next number, and its new rank, which is the highest. */
static gn_err count_up(struct gn_agent_tx *tx, uint64_t chat, uint64_t *number)
{
	struct agent_q q = agent_q_tx(
		tx, "UPDATE chats SET number = number + 1,"
		    " rank = (SELECT max(rank) + 1 FROM chats) WHERE id = ? RETURNING number");
	agent_q_int(&q, chat);
	gn_err err = agent_q_row(&q);
	uint64_t n = err ? 0 : agent_q_get(&q, 0);
	if (!err)
		err = agent_q_run(&q);
	if (!err)
		*number = n;
	return err;
}

gn_err gn_agent_message_add(struct gn_agent_tx *tx, const struct gn_agent_message *m,
			    uint64_t *number)
{
	uint64_t chat, n;
	GN_TRY(fits(m));
	/* what the row would refuse is refused before the chat counts it */
	if (!gn_utf8_ok(m->text) || (m->text.len && memchr(m->text.p, 0, m->text.len)))
		return GN_TEXT;
	if ((m->sent_ms | m->received_ms | m->expires_ms) > INT64_MAX)
		return GN_RANGE;
	if (!tx->db)
		return GN_STATE;
	GN_TRY(agent_chat_row(tx->db, &m->chat, &chat));
	gn_err err = find_number(tx, chat, m, number);
	if (err != GN_NOT_FOUND)
		return err ? err : GN_EXISTS;
	GN_TRY(count_up(tx, chat, &n));
	GN_TRY(insert(tx, chat, m));
	*number = n;
	return GN_OK;
}

gn_err gn_agent_message_set(struct gn_agent_tx *tx, const struct gn_agent_message *m)
{
	GN_TRY(fits(m));
	struct agent_q q = agent_q_tx(
		tx, "UPDATE messages SET kind = ?, state = ?, expires = ?, text = ?, bytes = ?"
		    " WHERE chat = (SELECT id FROM chats WHERE chat = ?) AND number = ?");
	agent_q_int(&q, m->kind);
	agent_q_int(&q, m->state);
	agent_q_int(&q, m->expires_ms);
	agent_q_text(&q, m->text);
	agent_q_blob(&q, m->bytes);
	agent_q_blob(&q, GN_SLICE(m->chat.b));
	agent_q_int(&q, m->number);
	GN_TRY(agent_q_run(&q));
	return sqlite3_changes(tx->db->db) ? GN_OK : GN_NOT_FOUND;
}

gn_err gn_agent_message_delete(struct gn_agent_tx *tx, const struct gn_agent_chat_id *chat,
			       uint64_t number)
{
	struct agent_q q = agent_q_tx(
		tx, "DELETE FROM messages"
		    " WHERE chat = (SELECT id FROM chats WHERE chat = ?) AND number = ?");
	agent_q_blob(&q, GN_SLICE(chat->b));
	agent_q_int(&q, number);
	return agent_q_run(&q);
}

gn_err gn_agent_message_find(struct gn_agent_db *db, const struct gn_agent_chat_id *chat,
			     const struct gn_pk *sender, const struct gn_agent_message_id *id,
			     gn_agent_message_fn *fn, void *user)
{
	struct gn_agent_message m;
	struct agent_q q =
		agent_q(db, "SELECT " AGENT_MESSAGE " FROM messages m JOIN chats c ON c.id = m.chat"
			    " WHERE m.content = ? AND m.sender = ? AND c.chat = ?");
	agent_q_blob(&q, GN_SLICE(id->b));
	agent_q_blob(&q, GN_SLICE(sender->b));
	agent_q_blob(&q, GN_SLICE(chat->b));
	gn_err err = agent_q_row(&q);
	if (!err && !(err = agent_message_read(&q, &m)))
		(void)fn(user, &m);
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_history(struct gn_agent_db *db, const struct gn_agent_page *page,
			gn_agent_message_fn *fn, void *user, bool *more)
{
	struct agent_paging paging = {.left = agent_limit(page->limit)};
	struct gn_agent_message m;
	uint64_t chat;
	GN_TRY(agent_chat_row(db, &page->chat, &chat));
	struct agent_q q =
		page->after ? agent_q(db, "SELECT " AGENT_MESSAGE " FROM messages m"
					  " JOIN chats c ON c.id = m.chat WHERE m.chat = ?"
					  " AND m.number > ? ORDER BY m.number LIMIT ?")
			    : agent_q(db, "SELECT " AGENT_MESSAGE " FROM messages m"
					  " JOIN chats c ON c.id = m.chat WHERE m.chat = ?"
					  " AND m.number < ? ORDER BY m.number DESC LIMIT ?");
	agent_q_int(&q, chat);
	agent_q_int(&q, page->after ? page->after : page->before ? page->before : INT64_MAX);
	agent_q_int(&q, paging.left + 1);
	gn_err err;
	*more = false;
	while (!(err = agent_q_row(&q))) {
		if ((err = agent_message_read(&q, &m)))
			break;
		*more = agent_page_full(&paging, m.text.len + m.bytes.len);
		if (*more || !fn(user, &m))
			break;
	}
	return agent_q_over(&q, err);
}

gn_err gn_agent_expired(struct gn_agent_db *db, uint64_t now_ms, gn_agent_message_fn *fn,
			void *user, uint64_t *next_ms)
{
	struct agent_paging paging = {.left = AGENT_LIMIT_MAX};
	struct gn_agent_message m;
	struct agent_q q =
		agent_q(db, "SELECT " AGENT_MESSAGE " FROM messages m JOIN chats c ON c.id = m.chat"
			    " WHERE m.expires > 0 ORDER BY m.expires LIMIT ?");
	agent_q_int(&q, AGENT_LIMIT_MAX + 1);
	gn_err err;
	*next_ms = 0;
	while (!(err = agent_q_row(&q))) {
		if ((err = agent_message_read(&q, &m)))
			break;
		if (m.expires_ms > now_ms || agent_page_full(&paging, m.text.len + m.bytes.len)) {
			*next_ms = m.expires_ms;
			break;
		}
		if (!fn(user, &m))
			break;
	}
	return agent_q_over(&q, err);
}
