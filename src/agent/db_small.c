/* What is small: single values, registers of own devices, clients, events.
 *
 * 1. A register is replaced by a newer (time, device) alone; the same again changes nothing.
 * 2. Cursors ascend and are never used again, also when their events went.
 *
 * Spec: AG-36..39. */
#include "agent/db_int.h"

#include <stdio.h>

static bool name_fits(struct gn_slice s)
{
	return s.len > 0 && s.len <= AGENT_NAME_MAX;
}

/* ---- single values ---- */

gn_err gn_agent_meta_put(struct gn_agent_tx *tx, const char *name, struct gn_slice value)
{
	if (!name_fits(gn_str(name)) || value.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(tx, "INSERT OR REPLACE INTO meta(name, value) VALUES(?, ?)");
	agent_q_text(&q, gn_str(name));
	agent_q_blob(&q, value);
	return agent_q_run(&q);
}

gn_err gn_agent_meta_get(struct gn_agent_db *db, const char *name, struct gn_buf *out)
{
	struct agent_q q = agent_q(db, "SELECT value FROM meta WHERE name = ?");
	agent_q_text(&q, gn_str(name));
	gn_err err = agent_q_row(&q);
	if (!err)
		err = gn_buf_put(out, agent_q_bytes(&q, 0));
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_meta_delete(struct gn_agent_tx *tx, const char *name)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM meta WHERE name = ?");
	agent_q_text(&q, gn_str(name));
	return agent_q_run(&q);
}

gn_err gn_agent_meta_each(struct gn_agent_db *db, const char *prefix, gn_agent_meta_fn *fn,
			  void *user)
{
	char below[AGENT_NAME_MAX + 2];
	gn_err err;
	if (!name_fits(gn_str(prefix)))
		return GN_TOO_LARGE;
	snprintf(below, sizeof below, "%s\x7f", prefix); /* names are ASCII */
	struct agent_q q = agent_q(
		db, "SELECT name, value FROM meta WHERE name > ? AND name < ? ORDER BY name");
	agent_q_text(&q, gn_str(prefix));
	agent_q_text(&q, gn_str(below));
	while (!(err = agent_q_row(&q)))
		if (!fn(user, agent_q_bytes(&q, 0), agent_q_bytes(&q, 1)))
			break;
	return agent_q_over(&q, err);
}

/* ---- registers ---- */

/* Is what is there newer than r, or the same? */
static gn_err newer(const struct agent_q *q, const struct gn_agent_register *r)
{
	struct gn_pk device;
	uint64_t time = agent_q_get(q, 0);
	GN_TRY(agent_q_exact(q, 1, device.b, sizeof device.b));
	int order = memcmp(device.b, r->device.b, sizeof device.b);
	if (time == r->time_ms && order == 0)
		return gn_slice_eq(agent_q_bytes(q, 2), r->value) ? GN_EXISTS : GN_STALE;
	return time > r->time_ms || (time == r->time_ms && order > 0) ? GN_STALE : GN_OK;
}

gn_err gn_agent_register_put(struct gn_agent_tx *tx, const struct gn_agent_register *r)
{
	if (!name_fits(r->key) || r->value.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q =
		agent_q_tx(tx, "SELECT time, device, value FROM registers WHERE key = ?");
	agent_q_blob(&q, r->key);
	gn_err err = agent_q_row(&q);
	if (!err)
		err = newer(&q, r);
	agent_q_end(&q);
	if (err && err != GN_NOT_FOUND)
		return err == GN_EXISTS ? GN_OK : err;
	q = agent_q_tx(tx, "INSERT OR REPLACE INTO registers(key, value, time, device)"
			   " VALUES(?, ?, ?, ?)");
	agent_q_blob(&q, r->key);
	agent_q_blob(&q, r->value);
	agent_q_int(&q, r->time_ms);
	agent_q_blob(&q, GN_SLICE(r->device.b));
	return agent_q_run(&q);
}

static gn_err read_register(const struct agent_q *q, struct gn_agent_register *out)
{
	out->key = agent_q_bytes(q, 0);
	out->value = agent_q_bytes(q, 1);
	out->time_ms = agent_q_get(q, 2);
	return agent_q_exact(q, 3, out->device.b, sizeof out->device.b);
}

gn_err gn_agent_register_set(struct gn_agent_tx *tx, struct gn_slice key, struct gn_slice value)
{
	if (!name_fits(key) || value.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q =
		agent_q_tx(tx, "INSERT OR REPLACE INTO registers(key, value, time, device)"
			       " VALUES(?, ?, 0, zeroblob(32))");
	agent_q_blob(&q, key);
	agent_q_blob(&q, value);
	return agent_q_run(&q);
}

gn_err gn_agent_register_get(struct gn_agent_db *db, struct gn_slice key, gn_agent_register_fn *fn,
			     void *user)
{
	struct gn_agent_register r;
	struct agent_q q =
		agent_q(db, "SELECT key, value, time, device FROM registers WHERE key = ?");
	agent_q_blob(&q, key);
	gn_err err = agent_q_row(&q);
	if (!err && !(err = read_register(&q, &r)))
		(void)fn(user, &r);
	agent_q_end(&q);
	return err;
}

gn_err gn_agent_registers(struct gn_agent_db *db, struct gn_slice after, unsigned limit,
			  gn_agent_register_fn *fn, void *user, bool *more)
{
	struct gn_agent_register r;
	unsigned left = agent_limit(limit);
	struct agent_q q = agent_q(db, "SELECT key, value, time, device FROM registers"
				       " WHERE key > ? ORDER BY key LIMIT ?");
	agent_q_blob(&q, after);
	agent_q_int(&q, left + 1);
	gn_err err;
	*more = false;
	while (!(err = agent_q_row(&q))) {
		if ((*more = left-- == 0) || (err = read_register(&q, &r)) || !fn(user, &r))
			break;
	}
	return agent_q_over(&q, err);
}

/* ---- clients ---- */

gn_err gn_agent_client_put(struct gn_agent_tx *tx, const struct gn_agent_client *c)
{
	if (!name_fits(c->name) || c->rights.len > AGENT_RIGHTS_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(tx, "SELECT count(*) FROM clients WHERE id <> ?");
	agent_q_blob(&q, GN_SLICE(c->id.b));
	gn_err err = agent_q_row(&q);
	uint64_t others = err ? 0 : agent_q_get(&q, 0);
	agent_q_end(&q);
	if (err || others >= AGENT_CLIENTS_MAX)
		return err ? err : GN_LIMIT;
	q = agent_q_tx(tx, "INSERT OR REPLACE INTO clients(id, secret, name, rights, since, seen,"
			   " until) VALUES(?, ?, ?, ?, ?, ?, ?)");
	agent_q_blob(&q, GN_SLICE(c->id.b));
	agent_q_blob(&q, GN_SLICE(c->secret.b));
	agent_q_text(&q, c->name);
	agent_q_blob(&q, c->rights);
	agent_q_int(&q, c->since_ms);
	agent_q_int(&q, c->seen_ms);
	agent_q_int(&q, c->until_ms);
	return agent_q_run(&q);
}

gn_err gn_agent_client_delete(struct gn_agent_tx *tx, const struct gn_hash *id)
{
	struct agent_q q = agent_q_tx(tx, "DELETE FROM clients WHERE id = ?");
	agent_q_blob(&q, GN_SLICE(id->b));
	return agent_q_run(&q);
}

/* The rest of a statement that gives clients. */
static gn_err tell_clients(struct agent_q *q, gn_agent_client_fn *fn, void *user, unsigned *told)
{
	gn_err err;
	*told = 0;
	while (!(err = agent_q_row(q))) {
		struct gn_agent_client c = {.name = agent_q_bytes(q, 2),
					    .rights = agent_q_bytes(q, 3),
					    .since_ms = agent_q_get(q, 4),
					    .seen_ms = agent_q_get(q, 5),
					    .until_ms = agent_q_get(q, 6)};
		if ((err = agent_q_exact(q, 0, c.id.b, sizeof c.id.b)) ||
		    (err = agent_q_exact(q, 1, c.secret.b, sizeof c.secret.b)))
			break;
		++*told;
		if (!fn(user, &c))
			break;
	}
	return agent_q_over(q, err);
}

gn_err gn_agent_client_get(struct gn_agent_db *db, const struct gn_hash *id, gn_agent_client_fn *fn,
			   void *user)
{
	unsigned told;
	struct agent_q q =
		agent_q(db, "SELECT id, secret, name, rights, since, seen, until FROM clients"
			    " WHERE id = ?");
	agent_q_blob(&q, GN_SLICE(id->b));
	gn_err err = tell_clients(&q, fn, user, &told);
	return err ? err : told ? GN_OK : GN_NOT_FOUND;
}

gn_err gn_agent_clients(struct gn_agent_db *db, gn_agent_client_fn *fn, void *user)
{
	unsigned told;
	struct agent_q q =
		agent_q(db, "SELECT id, secret, name, rights, since, seen, until FROM clients"
			    " ORDER BY since, id");
	return tell_clients(&q, fn, user, &told);
}

/* ---- events ---- */

#define FIRST_EVENT "events" /* a single value: the first cursor that was not dropped */

/* The first cursor from which on none was dropped; 1: none ever was. */
static gn_err first_cursor(struct gn_agent_db *db, uint64_t *out)
{
	uint8_t bytes[8];
	struct gn_buf b = {bytes, 0, sizeof bytes};
	gn_err err = gn_agent_meta_get(db, FIRST_EVENT, &b);
	*out = err ? 1 : gn_be64(bytes);
	if (!err && b.len != sizeof bytes)
		return GN_CORRUPT;
	return err == GN_NOT_FOUND ? GN_OK : err;
}

static gn_err drop_old(struct gn_agent_tx *tx, uint64_t newest, uint64_t now_ms)
{
	uint8_t first[8];
	uint64_t upto = newest > AGENT_EVENTS_MAX ? newest - AGENT_EVENTS_MAX : 0;
	struct agent_q q =
		agent_q_tx(tx, "SELECT coalesce(max(cursor), 0) FROM events WHERE at < ?");
	agent_q_int(&q, now_ms > AGENT_EVENTS_MS ? now_ms - AGENT_EVENTS_MS : 0);
	gn_err err = agent_q_row(&q);
	if (!err && agent_q_get(&q, 0) > upto)
		upto = agent_q_get(&q, 0);
	agent_q_end(&q);
	if (err || !upto)
		return err;
	q = agent_q_tx(tx, "DELETE FROM events WHERE cursor <= ?");
	agent_q_int(&q, upto);
	GN_TRY(agent_q_run(&q));
	if (sqlite3_changes(tx->db->db) == 0)
		return GN_OK;
	gn_put_be64(first, upto + 1);
	return gn_agent_meta_put(tx, FIRST_EVENT, GN_SLICE(first));
}

gn_err gn_agent_event_add(struct gn_agent_tx *tx, const struct gn_agent_event *e, uint64_t *cursor)
{
	if (e->bytes.len > AGENT_BYTES_MAX)
		return GN_TOO_LARGE;
	struct agent_q q = agent_q_tx(tx, e->cursor ? "INSERT INTO events(at, kind, bytes, cursor)"
						      " VALUES(?, ?, ?, ?)"
						    : "INSERT INTO events(at, kind, bytes)"
						      " VALUES(?, ?, ?)");
	agent_q_int(&q, e->at_ms);
	agent_q_int(&q, e->kind);
	agent_q_blob(&q, e->bytes);
	if (e->cursor)
		agent_q_int(&q, e->cursor);
	GN_TRY(agent_q_run(&q));
	uint64_t made = (uint64_t)sqlite3_last_insert_rowid(tx->db->db);
	GN_TRY(drop_old(tx, made, e->at_ms));
	*cursor = made;
	return GN_OK;
}

gn_err gn_agent_events_newest(struct gn_agent_db *db, gn_agent_event_fn *fn, void *user,
			      uint64_t *first)
{
	struct agent_q q = agent_q(db, "SELECT max(cursor), max(at), kind, bytes FROM events"
				       " GROUP BY kind, bytes ORDER BY 1");
	gn_err err;
	while (!(err = agent_q_row(&q))) {
		struct gn_agent_event e = {.cursor = agent_q_get(&q, 0),
					   .at_ms = agent_q_get(&q, 1),
					   .kind = (uint16_t)agent_q_get(&q, 2),
					   .bytes = agent_q_bytes(&q, 3)};
		if (!fn(user, &e))
			break;
	}
	GN_TRY(agent_q_over(&q, err));
	return first_cursor(db, first);
}

static gn_err newest_cursor(struct gn_agent_db *db, uint64_t *out)
{
	*out = 0;
	gn_err err =
		agent_db_number(db, "SELECT seq FROM sqlite_sequence WHERE name = 'events'", out);
	return err == GN_NOT_FOUND ? GN_OK : err;
}

gn_err gn_agent_events_now(struct gn_agent_db *db, uint64_t *epoch, uint64_t *cursor)
{
	uint8_t bytes[8];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	uint64_t newest;
	GN_TRY(newest_cursor(db, &newest));
	gn_err err = gn_agent_meta_get(db, "epoch", &out);
	if (err || out.len != sizeof bytes)
		return err && err != GN_NOT_FOUND && err != GN_TOO_LARGE ? err : GN_CORRUPT;
	*epoch = gn_be64(bytes);
	*cursor = newest;
	return GN_OK;
}

gn_err gn_agent_events(struct gn_agent_db *db, uint64_t after, unsigned limit,
		       gn_agent_event_fn *fn, void *user, bool *gap, bool *more)
{
	uint64_t newest, first, last = after;
	unsigned left = agent_limit(limit);
	GN_TRY(newest_cursor(db, &newest));
	GN_TRY(first_cursor(db, &first));
	*gap = after > newest || after + 1 < first;
	*more = false;
	if (*gap)
		return GN_OK;
	struct agent_q q = agent_q(db, "SELECT cursor, at, kind, bytes FROM events"
				       " WHERE cursor > ? ORDER BY cursor LIMIT ?");
	agent_q_int(&q, after);
	agent_q_int(&q, left);
	gn_err err;
	size_t bytes = 0;
	while (!(err = agent_q_row(&q))) {
		struct gn_agent_event e = {.cursor = agent_q_get(&q, 0),
					   .at_ms = agent_q_get(&q, 1),
					   .kind = (uint16_t)agent_q_get(&q, 2),
					   .bytes = agent_q_bytes(&q, 3)};
		if (bytes && bytes + e.bytes.len > AGENT_PAGE_BYTES)
			break;
		bytes += e.bytes.len;
		last = e.cursor;
		if (!fn(user, &e))
			break;
	}
	*more = last < newest;
	return agent_q_over(&q, err);
}
