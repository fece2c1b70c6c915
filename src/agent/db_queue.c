/* What is on its way: the outbox, and items of boxes that were seen or wait.
 *
 *    item: unseen -> waits [put with bytes] -> seen [put without] -> forgotten [prune, at its end]
 *
 * Spec: AG-35. */
#include "agent/db_messages_int.h"

/* ---- the outbox ---- */

static void bind_out(struct agent_q *q, const struct gn_agent_out *o)
{
	agent_q_int(q, o->kind);
	agent_q_int(q, o->due_ms);
	agent_q_int(q, o->until_ms);
	agent_q_int(q, o->tries);
	agent_q_blob(q, GN_SLICE(o->target));
	agent_q_blob(q, GN_SLICE(o->ref));
	agent_q_blob(q, o->bytes);
}

gn_err gn_agent_out_put(struct gn_agent_tx *tx, const struct gn_agent_out *o, uint64_t *id)
{
	if (o->bytes.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q =
		o->id ? agent_q_tx(tx, "UPDATE outbox SET kind = ?, due = ?, until = ?, tries = ?,"
				       " target = ?, ref = ?, bytes = ? WHERE id = ?")
		      : agent_q_tx(tx, "INSERT INTO outbox(kind, due, until, tries, target, ref,"
				       " bytes) VALUES(?, ?, ?, ?, ?, ?, ?)");
	bind_out(&q, o);
	if (o->id)
		agent_q_int(&q, o->id);
	GN_TRY(agent_q_run(&q));
	if (o->id && !sqlite3_changes(tx->db->db))
		return GN_NOT_FOUND;
	*id = o->id ? o->id : (uint64_t)sqlite3_last_insert_rowid(tx->db->db);
	return GN_OK;
}

gn_err gn_agent_out_later(struct gn_agent_tx *tx, uint64_t id, uint64_t due_ms, uint32_t tries)
{
	struct agent_q q = agent_q_tx(tx, "UPDATE outbox SET due = ?, tries = ? WHERE id = ?");
	agent_q_int(&q, due_ms);
	agent_q_int(&q, tries);
	agent_q_int(&q, id);
	GN_TRY(agent_q_run(&q));
	return sqlite3_changes(tx->db->db) ? GN_OK : GN_NOT_FOUND;
}

gn_err gn_agent_out_delete(struct gn_agent_tx *tx, uint64_t id)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM outbox WHERE id = ?");
	agent_q_int(&q, id);
	return agent_q_run(&q);
}

gn_err gn_agent_out_no_later(struct gn_agent_tx *tx, uint8_t but, uint64_t latest_ms,
			     uint64_t now_ms)
{
	struct agent_q q = agent_q_tx(tx, "UPDATE outbox SET due = ? WHERE kind != ? AND due > ?");
	agent_q_int(&q, now_ms);
	agent_q_int(&q, but);
	agent_q_int(&q, latest_ms);
	return agent_q_run(&q);
}

gn_err gn_agent_out_hurry(struct gn_agent_tx *tx, uint8_t kind, const uint8_t target[32],
			  uint64_t due_ms)
{
	struct agent_q q = agent_q_tx(tx, "UPDATE outbox SET due = ? WHERE target = ?"
					  " AND kind = ? AND due > ?");
	agent_q_int(&q, due_ms);
	agent_q_blob(&q, gn_slice(target, 32));
	agent_q_int(&q, kind);
	agent_q_int(&q, due_ms);
	return agent_q_run(&q);
}

static gn_err read_out(const struct agent_q *q, struct gn_agent_out *out)
{
	out->id = agent_q_get(q, 0);
	out->kind = (uint8_t)agent_q_get(q, 1);
	out->due_ms = agent_q_get(q, 2);
	out->until_ms = agent_q_get(q, 3);
	out->tries = (uint32_t)agent_q_get(q, 4);
	out->bytes = agent_q_bytes(q, 7);
	GN_TRY(agent_q_exact(q, 5, out->target, sizeof out->target));
	return agent_q_exact(q, 6, out->ref, sizeof out->ref);
}

gn_err gn_agent_outbox(struct gn_agent_db *db, uint64_t now_ms, unsigned limit, gn_agent_out_fn *fn,
		       void *user, uint64_t *next_ms)
{
	struct agent_paging paging = {.left = agent_limit(limit)};
	struct gn_agent_out o;
	struct agent_q q = agent_q(db, "SELECT id, kind, due, until, tries, target, ref, bytes"
				       " FROM outbox ORDER BY due, id LIMIT ?");
	agent_q_int(&q, paging.left + 1);
	gn_err err;
	*next_ms = 0;
	while (!(err = agent_q_row(&q))) {
		if ((err = read_out(&q, &o)))
			break;
		if (o.due_ms > now_ms || agent_page_full(&paging, o.bytes.len)) {
			*next_ms = o.due_ms;
			break;
		}
		if (!fn(user, &o))
			break;
	}
	return agent_q_over(&q, err);
}

gn_err gn_agent_out_of(struct gn_agent_db *db, const uint8_t ref[16], gn_agent_out_fn *fn,
		       void *user)
{
	struct gn_agent_out o;
	struct agent_q q = agent_q(db, "SELECT id, kind, due, until, tries, target, ref, bytes"
				       " FROM outbox WHERE ref = ? ORDER BY id");
	agent_q_blob(&q, gn_slice(ref, 16));
	gn_err err;
	while (!(err = agent_q_row(&q)))
		if ((err = read_out(&q, &o)) || !fn(user, &o))
			break;
	return agent_q_over(&q, err);
}

/* ---- items ---- */

gn_err gn_agent_item_put(struct gn_agent_tx *tx, const struct gn_agent_item *i)
{
	if (i->bytes.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(tx, "INSERT OR REPLACE INTO items(item, box, until, waits,"
					  " bytes) VALUES(?, ?, ?, ?, ?)");
	agent_q_blob(&q, GN_SLICE(i->id));
	agent_q_blob(&q, GN_SLICE(i->box.b));
	agent_q_int(&q, i->until_ms);
	agent_q_int(&q, i->waits);
	agent_q_blob(&q, i->bytes);
	return agent_q_run(&q);
}

static gn_err read_item(const struct agent_q *q, struct gn_agent_item *out)
{
	out->until_ms = agent_q_get(q, 2);
	out->waits = agent_q_get(q, 3) != 0;
	out->bytes = agent_q_bytes(q, 4);
	GN_TRY(agent_q_exact(q, 0, out->id, sizeof out->id));
	return agent_q_exact(q, 1, out->box.b, sizeof out->box.b);
}

gn_err gn_agent_item_get(struct gn_agent_db *db, const struct gn_pk *box, const uint8_t id[16],
			 gn_agent_item_fn *fn, void *user)
{
	struct gn_agent_item i;
	struct agent_q q = agent_q(db, "SELECT item, box, until, waits, bytes FROM items"
				       " WHERE item = ? AND box = ?");
	agent_q_blob(&q, gn_slice(id, 16));
	agent_q_blob(&q, GN_SLICE(box->b));
	gn_err err = agent_q_row(&q);
	if (!err && !(err = read_item(&q, &i)))
		(void)fn(user, &i);
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_items_waiting(struct gn_agent_db *db, const struct gn_agent_item *after,
			      unsigned limit, gn_agent_item_fn *fn, void *user, bool *more)
{
	static const struct gn_agent_item first;
	struct agent_paging paging = {.left = agent_limit(limit)};
	const struct gn_agent_item *from = after ? after : &first;
	struct gn_agent_item i;
	struct agent_q q = agent_q(db, "SELECT item, box, until, waits, bytes FROM items"
				       " WHERE waits AND (until, item, box) > (?, ?, ?)"
				       " ORDER BY until, item, box LIMIT ?");
	agent_q_int(&q, from->until_ms);
	agent_q_blob(&q, GN_SLICE(from->id));
	agent_q_blob(&q, GN_SLICE(from->box.b));
	agent_q_int(&q, paging.left + 1);
	gn_err err;
	*more = false;
	while (!(err = agent_q_row(&q))) {
		if ((err = read_item(&q, &i)))
			break;
		*more = agent_page_full(&paging, i.bytes.len);
		if (*more || !fn(user, &i))
			break;
	}
	return agent_q_over(&q, err);
}

gn_err gn_agent_items_count(struct gn_agent_db *db, const struct gn_pk *box, uint64_t *out)
{
	struct agent_q q = agent_q(db, box ? "SELECT count(*) FROM items WHERE waits AND box = ?"
					   : "SELECT count(*) FROM items WHERE waits");
	if (box)
		agent_q_blob(&q, GN_SLICE(box->b));
	gn_err err = agent_q_row(&q);
	if (!err)
		*out = agent_q_get(&q, 0);
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_items_thin(struct gn_agent_tx *tx, const struct gn_pk *box)
{
	struct agent_q q =
		agent_q_tx(tx, "DELETE FROM items WHERE box = ?1 AND item = (SELECT item FROM items"
			       " WHERE waits AND box = ?1 ORDER BY random() LIMIT 1)");
	agent_q_blob(&q, GN_SLICE(box->b));
	return agent_q_run(&q);
}

gn_err gn_agent_items_prune(struct gn_agent_tx *tx, uint64_t now_ms)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM items WHERE until <= ?");
	agent_q_int(&q, now_ms);
	return agent_q_run(&q);
}
