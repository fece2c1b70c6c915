/* The newest own identity record that this agent knows, in the store. What nodes hold back, or give
 * of before, takes nothing from it: a version that follows is made of this one, and where the
 * network has none it is published again, as it came.
 *
 * 1. It never goes back to a lower version.
 *
 * Rule AG-54. */
#include "agent/own_int.h"

#include <stdlib.h>

#define RECORD_NAME "identity" /* a single value */

struct agent_own_record {
	struct gn_identity id; /* borrows bytes */
	uint8_t salt;
	size_t len;
	uint8_t bytes[];
};

static gn_err read_record(struct gn_slice record, struct agent_own_record **out)
{
	struct agent_own_record *r = malloc(sizeof *r + record.len);
	struct gn_record parsed;
	if (!r)
		return GN_NOMEM;
	r->len = record.len;
	memcpy(r->bytes, record.p, record.len);
	gn_err err = gn_wire_record_parse(gn_slice(r->bytes, r->len), &parsed);
	err = err ? err : gn_identity_open(gn_slice(r->bytes, r->len), &r->id);
	if (err) {
		free(r);
		return err;
	}
	r->salt = parsed.salt;
	*out = r;
	return GN_OK;
}

const struct gn_identity *agent_own_record(const struct gn_agent *a)
{
	return a->own_record ? &a->own_record->id : NULL;
}

void agent_own_record_keep(struct gn_agent *a, struct gn_slice record)
{
	struct agent_own_record *r;
	struct gn_agent_tx tx = {0};
	gn_err err = read_record(record, &r);
	if (err) {
		agent_fail(a, err); /* it was read before: there is no memory */
		return;
	}
	if (a->own_record && a->own_record->id.seq >= r->id.seq) {
		free(r);
		return;
	}
	free(a->own_record);
	a->own_record = r;
	err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_meta_put(&tx, RECORD_NAME, record);
	(void)agent_tx_end(a, &tx, err);
}

/* Where it was found, so that it is one record more of those that are kept published. */
void agent_own_record_publish(struct gn_agent *a)
{
	const struct agent_own_record *r = a->own_record;
	gn_err err = gn_agent_publish_set(a->publish, PLACE_IDENTITY + r->salt,
					  gn_slice(r->bytes, r->len), a->now);
	if (err)
		gn_host_log(&a->host, GN_LOG_WARN, "identity", "it cannot be published: %s",
			    gn_err_text(err));
}

void agent_own_record_close(struct gn_agent *a)
{
	free(a->own_record);
	a->own_record = NULL;
}

gn_err agent_own_record_open(struct gn_agent *a)
{
	uint8_t *room = malloc(GN_RECORD_MAX);
	struct gn_buf record = {room, 0, GN_RECORD_MAX};
	gn_err err = room ? gn_agent_meta_get(a->db, RECORD_NAME, &record) : GN_NOMEM;
	if (!err && record.len)
		err = read_record(gn_buf_slice(&record), &a->own_record);
	if (!err && a->own_record && !gn_pk_eq(&a->own_record->id.owner, &a->owner))
		agent_own_record_close(a);
	free(room);
	return err == GN_NOT_FOUND ? GN_OK : err;
}
