/* Files on their way, and which messages carry some, so that they are listed without reading all
 * that was said.
 *
 *    none -> on its way [put with a state] -> carried by a message [put with 0]
 *         -> carried by a message [note]   -> none [delete, forget]
 *
 * Spec: AG-80, AG-85. */
#include "agent/db_messages_int.h"

gn_err gn_agent_file_put(struct gn_agent_tx *tx, const struct gn_agent_file *f)
{
	if (f->bytes.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(
		tx, "INSERT INTO files(chat, mine, content, state, at, bytes)"
		    " VALUES(?, ?, ?, ?, ?, ?)"
		    " ON CONFLICT(content, chat, mine) DO UPDATE SET state = excluded.state,"
		    " at = excluded.at, bytes = excluded.bytes");
	agent_q_blob(&q, GN_SLICE(f->chat.b));
	agent_q_int(&q, f->mine);
	agent_q_blob(&q, GN_SLICE(f->id.b));
	agent_q_int(&q, f->state);
	agent_q_int(&q, f->at_ms);
	agent_q_blob(&q, f->bytes);
	return agent_q_run(&q);
}

gn_err gn_agent_file_note(struct gn_agent_tx *tx, const struct gn_agent_file *f)
{
	struct agent_q q =
		agent_q_tx(tx, "INSERT OR IGNORE INTO files(chat, mine, content, state, at, bytes)"
			       " VALUES(?, ?, ?, 0, ?, x'')");
	agent_q_blob(&q, GN_SLICE(f->chat.b));
	agent_q_int(&q, f->mine);
	agent_q_blob(&q, GN_SLICE(f->id.b));
	agent_q_int(&q, f->at_ms);
	return agent_q_run(&q);
}

gn_err gn_agent_file_delete(struct gn_agent_tx *tx, const struct gn_agent_chat_id *chat, bool mine,
			    const struct gn_agent_message_id *id)
{
	struct agent_q q =
		agent_q_tx(tx, "DELETE FROM files WHERE content = ? AND chat = ? AND mine = ?");
	agent_q_blob(&q, GN_SLICE(id->b));
	agent_q_blob(&q, GN_SLICE(chat->b));
	agent_q_int(&q, mine);
	return agent_q_run(&q);
}

gn_err gn_agent_files_forget(struct gn_agent_tx *tx, const struct gn_agent_chat_id *chat)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM files WHERE chat = ?");
	agent_q_blob(&q, GN_SLICE(chat->b));
	return agent_q_run(&q);
}

static gn_err read_file(const struct agent_q *q, struct gn_agent_file *out)
{
	out->number = agent_q_get(q, 0);
	out->mine = agent_q_get(q, 2) != 0;
	out->state = (uint8_t)agent_q_get(q, 4);
	out->at_ms = agent_q_get(q, 5);
	out->bytes = agent_q_bytes(q, 6);
	GN_TRY(agent_q_exact(q, 1, out->chat.b, sizeof out->chat.b));
	return agent_q_exact(q, 3, out->id.b, sizeof out->id.b);
}

#define FILE_COLUMNS "id, chat, mine, content, state, at, bytes"

gn_err gn_agent_file_find(struct gn_agent_db *db, const struct gn_agent_message_id *id,
			  gn_agent_file_fn *fn, void *user)
{
	struct gn_agent_file f;
	bool any = false;
	struct agent_q q = agent_q(db, "SELECT " FILE_COLUMNS
				       " FROM files WHERE content = ? ORDER BY chat, mine");
	agent_q_blob(&q, GN_SLICE(id->b));
	gn_err err;
	while (!(err = agent_q_row(&q))) {
		any = true;
		if ((err = read_file(&q, &f)) || !fn(user, &f))
			break;
	}
	err = agent_q_over(&q, err);
	return err ? err : any ? GN_OK : GN_NOT_FOUND;
}

gn_err gn_agent_files(struct gn_agent_db *db, const struct gn_agent_files_page *page,
		      gn_agent_file_fn *fn, void *user, bool *more)
{
	struct agent_paging paging = {.left = agent_limit(page->limit)};
	struct gn_agent_file f;
	struct agent_q q =
		page->busy   ? agent_q(db, "SELECT " FILE_COLUMNS " FROM files WHERE state > 0"
					     " AND id < ? ORDER BY id DESC LIMIT ?")
		: page->chat ? agent_q(db, "SELECT " FILE_COLUMNS " FROM files WHERE chat = ?"
					   " AND id < ? ORDER BY id DESC LIMIT ?")
			     : agent_q(db, "SELECT " FILE_COLUMNS
					   " FROM files WHERE id < ? ORDER BY id DESC LIMIT ?");
	if (page->chat && !page->busy)
		agent_q_blob(&q, GN_SLICE(page->chat->b));
	agent_q_int(&q, page->below ? page->below : INT64_MAX);
	agent_q_int(&q, paging.left + 1);
	gn_err err;
	*more = false;
	while (!(err = agent_q_row(&q))) {
		if ((err = read_file(&q, &f)))
			break;
		*more = agent_page_full(&paging, f.bytes.len);
		if (*more || !fn(user, &f))
			break;
	}
	return agent_q_over(&q, err);
}
