/* Contacts and chats. A chat's messages go with it. A chat has a rank, counted over all chats: the
 * one in which something came last has the highest, so a list by rank goes on where it stopped.
 *
 * Spec: AG-30, AG-31. */
#include "agent/db_int.h"

/* ---- contacts ---- */

#define STATES 32u /* bits of a question for some */

gn_err gn_agent_contact_put(struct gn_agent_tx *tx, const struct gn_agent_contact *c)
{
	if (c->state >= STATES)
		return GN_RANGE;
	if (c->name.len > AGENT_NAME_MAX || c->bytes.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(
		tx, "INSERT INTO contacts(key, state, name, bytes) VALUES(?1, ?2, ?3, ?4)"
		    " ON CONFLICT(key) DO UPDATE SET state = ?2, name = ?3, bytes = ?4");
	agent_q_blob(&q, GN_SLICE(c->key.b));
	agent_q_int(&q, c->state);
	agent_q_text(&q, c->name);
	agent_q_blob(&q, c->bytes);
	return agent_q_run(&q);
}

gn_err gn_agent_contact_delete(struct gn_agent_tx *tx, const struct gn_pk *key)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM contacts WHERE key = ?");
	agent_q_blob(&q, GN_SLICE(key->b));
	return agent_q_run(&q);
}

static gn_err read_contact(const struct agent_q *q, struct gn_agent_contact *out)
{
	out->state = (uint8_t)agent_q_get(q, 1);
	out->name = agent_q_bytes(q, 2);
	out->bytes = agent_q_bytes(q, 3);
	return agent_q_exact(q, 0, out->key.b, sizeof out->key.b);
}

gn_err gn_agent_contact_get(struct gn_agent_db *db, const struct gn_pk *key,
			    gn_agent_contact_fn *fn, void *user)
{
	struct gn_agent_contact c;
	struct agent_q q =
		agent_q(db, "SELECT key, state, name, bytes FROM contacts WHERE key = ?");
	agent_q_blob(&q, GN_SLICE(key->b));
	gn_err err = agent_q_row(&q);
	if (!err && !(err = read_contact(&q, &c)))
		(void)fn(user, &c);
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_contacts(struct gn_agent_db *db, uint32_t states,
			 const struct gn_agent_contact *after, unsigned limit,
			 gn_agent_contact_fn *fn, void *user, bool *more)
{
	static const struct gn_agent_contact first;
	struct gn_agent_contact c;
	unsigned left = agent_limit(limit);
	size_t bytes = 0;
	struct agent_q q = agent_q(db, "SELECT key, state, name, bytes FROM contacts"
				       " WHERE (name, key) > (?, ?) AND (1 << state) & ?"
				       " ORDER BY name, key LIMIT ?");
	agent_q_text(&q, after ? after->name : first.name);
	agent_q_blob(&q, after ? GN_SLICE(after->key.b) : gn_slice("", 0));
	agent_q_int(&q, states ? states : UINT32_MAX);
	agent_q_int(&q, left + 1);
	gn_err err;
	*more = false;
	while (!(err = agent_q_row(&q))) {
		if ((err = read_contact(&q, &c)))
			break;
		size_t size = c.name.len + c.bytes.len;
		*more = left-- == 0 || (bytes && bytes + size > AGENT_PAGE_BYTES);
		bytes += size;
		if (*more || !fn(user, &c))
			break;
	}
	return agent_q_over(&q, err);
}

/* ---- chats ---- */

gn_err gn_agent_chat_put(struct gn_agent_tx *tx, const struct gn_agent_chat *c)
{
	if (c->bytes.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(
		tx, "INSERT INTO chats(chat, kind, rank, number, read, archived, bytes)"
		    " VALUES(?1, ?2, (SELECT coalesce(max(rank), 0) + 1 FROM chats), 0, ?3, ?4, ?5)"
		    " ON CONFLICT(chat) DO UPDATE SET kind = ?2, read = ?3, archived = ?4,"
		    " bytes = ?5");
	agent_q_blob(&q, GN_SLICE(c->id.b));
	agent_q_int(&q, c->kind);
	agent_q_int(&q, c->read);
	agent_q_int(&q, c->archived);
	agent_q_blob(&q, c->bytes);
	return agent_q_run(&q);
}

gn_err gn_agent_chat_delete(struct gn_agent_tx *tx, const struct gn_agent_chat_id *id)
{
	struct agent_q q = agent_q_tx(
		tx, "DELETE FROM messages WHERE chat = (SELECT id FROM chats WHERE chat = ?)");
	agent_q_blob(&q, GN_SLICE(id->b));
	GN_TRY(agent_q_run(&q));
	q = agent_q_tx(tx, "DELETE FROM chats WHERE chat = ?");
	agent_q_blob(&q, GN_SLICE(id->b));
	return agent_q_run(&q);
}

#define CHAT "chat, kind, archived, read, number, rank, bytes"

static gn_err read_chat(const struct agent_q *q, struct gn_agent_chat *out)
{
	out->kind = (uint8_t)agent_q_get(q, 1);
	out->archived = agent_q_get(q, 2) != 0;
	out->read = agent_q_get(q, 3);
	out->number = agent_q_get(q, 4);
	out->rank = agent_q_get(q, 5);
	out->bytes = agent_q_bytes(q, 6);
	return agent_q_exact(q, 0, out->id.b, sizeof out->id.b);
}

gn_err gn_agent_chat_get(struct gn_agent_db *db, const struct gn_agent_chat_id *id,
			 gn_agent_chat_fn *fn, void *user)
{
	struct gn_agent_chat c;
	struct agent_q q = agent_q(db, "SELECT " CHAT " FROM chats WHERE chat = ?");
	agent_q_blob(&q, GN_SLICE(id->b));
	gn_err err = agent_q_row(&q);
	if (!err && !(err = read_chat(&q, &c)))
		(void)fn(user, &c);
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_chats(struct gn_agent_db *db, bool archived, uint64_t below, unsigned limit,
		      gn_agent_chat_fn *fn, void *user, bool *more)
{
	struct gn_agent_chat c;
	unsigned left = agent_limit(limit);
	size_t bytes = 0;
	struct agent_q q = agent_q(db, "SELECT " CHAT " FROM chats WHERE rank < ? AND archived = ?"
				       " ORDER BY rank DESC LIMIT ?");
	agent_q_int(&q, below ? below : INT64_MAX);
	agent_q_int(&q, archived);
	agent_q_int(&q, left + 1);
	gn_err err;
	*more = false;
	while (!(err = agent_q_row(&q))) {
		if ((err = read_chat(&q, &c)))
			break;
		*more = left-- == 0 || (bytes && bytes + c.bytes.len > AGENT_PAGE_BYTES);
		bytes += c.bytes.len;
		if (*more || !fn(user, &c))
			break;
	}
	return agent_q_over(&q, err);
}
