/* Rows of e2ee in the store: what a message changed is written with it, and a device is made again
 * from all of them, kind by kind.
 *
 *    none -> rows [gn_agent_rows_save] -> one piece [e2ee told ROW_ALL] -> one piece for ever
 *
 * 1. When e2ee says that too much changed to be told, all of it is stored as one piece, of kind
 *    ALL, and no row beside it: rows of after could not be loaded over it. So it stays one piece.
 *    Who asks after each call, as gn_agent_rows_save is meant to be, does not meet this.
 * 2. Bytes on their way are secret: wiped.
 *
 * Spec: AG-40. */
#include "agent/db_int.h"

#include <stdlib.h>

static void bind_row(struct agent_q *q, const struct gn_e2ee_row *row)
{
	agent_q_int(q, row->kind);
	agent_q_blob(q, GN_SLICE(row->device.b));
	agent_q_int(q, row->session);
}

gn_err gn_agent_row_put(struct gn_agent_tx *tx, const struct gn_e2ee_row *row,
			struct gn_slice bytes)
{
	if (bytes.len > AGENT_ROW_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(
		tx, "INSERT INTO e2ee(kind, device, session, bytes) VALUES(?1, ?2, ?3, ?4)"
		    " ON CONFLICT(kind, device, session) DO UPDATE SET bytes = ?4");
	bind_row(&q, row);
	agent_q_blob(&q, bytes);
	return agent_q_run(&q);
}

gn_err gn_agent_row_get(struct gn_agent_db *db, const struct gn_e2ee_row *row, struct gn_buf *out)
{
	struct agent_q q =
		agent_q(db, "SELECT bytes FROM e2ee WHERE kind = ? AND device = ? AND session = ?");
	bind_row(&q, row);
	gn_err err = agent_q_row(&q);
	if (!err)
		err = gn_buf_put(out, agent_q_bytes(&q, 0));
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_row_delete(struct gn_agent_tx *tx, const struct gn_e2ee_row *row)
{
	struct agent_q q =
		agent_q_tx(tx, "DELETE FROM e2ee WHERE kind = ? AND device = ? AND session = ?");
	bind_row(&q, row);
	return agent_q_run(&q);
}

gn_err gn_agent_rows_forget(struct gn_agent_tx *tx, const struct gn_pk *device)
{
	return gn_agent_row_delete(
		tx, &(struct gn_e2ee_row){.kind = GN_E2EE_ROW_PEER, .device = *device});
}

static gn_err put_bytes(struct gn_agent_tx *tx, struct gn_e2ee *e, const struct gn_e2ee_row *row)
{
	size_t cap = gn_e2ee_row_len(e, row);
	struct gn_buf out = {malloc(cap ? cap : 1), 0, cap};
	if (!out.p)
		return GN_NOMEM;
	gn_err err = gn_e2ee_row_save(e, row, &out);
	if (!err)
		err = gn_agent_row_put(tx, row, gn_buf_slice(&out));
	gn_wipe(out.p, cap);
	free(out.p);
	return err;
}

static gn_err save_row(struct gn_agent_tx *tx, struct gn_e2ee *e, const struct gn_e2ee_row *row)
{
	struct gn_e2ee_row skipped = *row;
	if (!row->gone)
		return put_bytes(tx, e, row);
	skipped.kind = GN_E2EE_ROW_SKIPPED;
	GN_TRY(gn_agent_row_delete(tx, row));
	return gn_agent_row_delete(tx, &skipped);
}

static gn_err save_piece(struct gn_agent_tx *tx, struct gn_e2ee *e)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM e2ee");
	GN_TRY(agent_q_run(&q));
	return put_bytes(tx, e, &(struct gn_e2ee_row){.kind = GN_E2EE_ROW_ALL});
}

static gn_err has_piece(struct gn_agent_db *db, bool *out)
{
	uint64_t n;
	_Static_assert(GN_E2EE_ROW_ALL == 6, "as in the statement");
	GN_TRY(agent_db_number(db, "SELECT count(*) FROM e2ee WHERE kind = 6", &n));
	*out = n > 0;
	return GN_OK;
}

gn_err gn_agent_rows_save(struct gn_agent_tx *tx, struct gn_e2ee *e)
{
	struct gn_e2ee_row row;
	bool piece, any = false;
	gn_err err = GN_OK;
	if (!tx->db)
		return GN_STATE;
	GN_TRY(has_piece(tx->db, &piece));
	while (gn_e2ee_next_row(e, &row)) {
		any = true;
		piece |= row.kind == GN_E2EE_ROW_ALL;
		if (!piece && !err)
			err = save_row(tx, e, &row);
	}
	if (piece && any && !err)
		err = save_piece(tx, e);
	/* a row that is missing must not be committed */
	if (err && !tx->db->failed)
		tx->db->failed = err;
	return err;
}

static gn_err load_first(struct gn_agent_db *db, const struct gn_env *env, struct gn_e2ee **out,
			 bool *whole)
{
	struct agent_q q = agent_q(db, "SELECT bytes, kind FROM e2ee WHERE kind IN (1, 6)"
				       " ORDER BY kind DESC LIMIT 1");
	_Static_assert(GN_E2EE_ROW_OWN == 1, "as in the statement");
	gn_err err = agent_q_row(&q);
	if (!err) {
		*whole = agent_q_get(&q, 1) == GN_E2EE_ROW_ALL;
		err = *whole ? gn_e2ee_load(env, agent_q_bytes(&q, 0), out)
			     : gn_e2ee_open(env, agent_q_bytes(&q, 0), out);
	}
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_rows_load(struct gn_agent_db *db, const struct gn_env *env, struct gn_e2ee **out)
{
	struct gn_e2ee *e;
	bool whole;
	GN_TRY(load_first(db, env, &e, &whole));
	struct agent_q q = agent_q(db, "SELECT bytes, kind FROM e2ee WHERE kind > 1 AND kind < 6"
				       " ORDER BY kind, id");
	gn_err err;
	while (!(err = agent_q_row(&q))) {
		enum gn_e2ee_row_kind kind = (enum gn_e2ee_row_kind)agent_q_get(&q, 1);
		err = whole ? GN_CORRUPT : gn_e2ee_row_load(e, kind, agent_q_bytes(&q, 0));
		if (err)
			break;
	}
	err = agent_q_over(&q, err);
	if (err)
		gn_e2ee_free(e);
	else
		*out = e;
	return err;
}
