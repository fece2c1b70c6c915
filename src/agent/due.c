/* When rows of the outbox come up: done with, later again, or at once. */
#include "agent/outbox_int.h"

void agent_post_hurry(struct gn_agent *a)
{
	a->post_due = a->now;
}

struct finding {
	uint64_t id;
	uint8_t kind;
};

static bool note_kind(void *user, const struct gn_agent_out *o)
{
	struct finding *f = user;
	f->kind = o->id == f->id ? o->kind : f->kind;
	return o->id != f->id;
}

uint8_t agent_out_kind(struct gn_agent *a, uint64_t id, const struct gn_content_id *ref)
{
	struct finding f = {.id = id};
	gn_err err = gn_agent_out_of(a->db, ref->b, note_kind, &f);
	if (err)
		agent_fail(a, err);
	return f.kind;
}

gn_err agent_out_open_due(struct gn_agent *a)
{
	struct gn_agent_tx tx;
	uint64_t now_ms = agent_unix_ms(a);
	GN_TRY(gn_agent_tx_begin(a->db, &tx));
	gn_err err = gn_agent_out_no_later(&tx, AGENT_OUT_PROOF, now_ms + 2 * AGENT_HELD_CHECK_MS,
					   now_ms);
	err = err ? err : gn_agent_tx_commit(&tx);
	if (err)
		gn_agent_tx_abort(&tx);
	return err;
}

void agent_out_done(struct gn_agent *a, uint64_t id)
{
	struct gn_agent_tx tx;
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_out_delete(&tx, id);
	if (!err)
		err = agent_keep(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

static void due_in(struct gn_agent *a, uint64_t id, uint64_t wait_ms, uint32_t tries)
{
	struct gn_agent_tx tx;
	a->post_due = gn_time_min(a->post_due, a->now + (gn_time)wait_ms * GN_MSEC);
	gn_err err = gn_agent_tx_begin(a->db, &tx);
	if (!err)
		err = gn_agent_out_later(&tx, id, agent_unix_ms(a) + wait_ms, tries);
	if (!err)
		err = agent_keep(a, &tx);
	(void)agent_tx_end(a, &tx, err);
}

void agent_out_later(struct gn_agent *a, uint64_t id, uint32_t tries)
{
	uint64_t wait = AGENT_POST_WAIT_MS << (tries < 10 ? tries : 10);
	due_in(a, id, wait < AGENT_POST_WAIT_MAX_MS ? wait : AGENT_POST_WAIT_MAX_MS, tries + 1);
}

void agent_out_wait(struct gn_agent *a, uint64_t id, uint64_t wait_ms)
{
	due_in(a, id, wait_ms, 0);
}
