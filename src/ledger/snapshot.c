/* Snapshots (LG-52): the state as of a batch boundary, written aside while the journal goes on,
 * named once its last record is durable.
 *
 *   IDLE -> WRITE* [lg_snapshot_take] -> SYNC -> WAIT (for the journal) -> RENAME
 *        -> REMOVE (of the third newest) -> IDLE
 *
 * A CHECKPOINT record with the same hash follows in the journal, so the snapshot and every replay
 * can be checked against it (LG-53). */
#include "ledger/engine_int.h"
#include <stdio.h>

void lg_snapshot_take(struct gn_ledger *l, uint64_t seq, gn_time now)
{
	struct lg_snapshot *s = &l->snapshot;
	struct gn_buf state;
	GN_ASSERT(s->phase == LG_SNAP_IDLE && l->book.seq == seq);
	s->wanted = false;
	s->since = l->journal.bytes;
	if (lg_state_write(&l->book, &state)) {
		gn_log(l->env.log, GN_LOG_WARN, "ledger", "snapshot.memory",
		       "no memory for a snapshot of %u participants", l->book.participant_count);
		return;
	}
	s->head = (struct lg_snap){.seq = seq, .len = state.len, .chain = l->journal.chain};
	gn_sha256(&(struct gn_slice){state.p, state.len}, 1, &s->head.state);
	struct gn_record_view r = {.type = GN_REC_CHECKPOINT};
	r.u.state = s->head.state;
	l->book.own_checkpoint = true;
	gn_err err = lg_commit(l, &r, 0, GN_TX_NONE, now);
	l->book.own_checkpoint = false;
	if (err)
		gn_log(l->env.log, GN_LOG_WARN, "ledger", "checkpoint.failed",
		       "no room for a checkpoint record");
	s->state = state;
	s->written = 0;
	s->phase = LG_SNAP_WRITE;
}

static void temporary_name(const struct gn_ledger *l, char out[GN_LEDGER_NAME_MAX])
{
	snprintf(out, GN_LEDGER_NAME_MAX, "%s/new.snap", l->config.dir);
}

static void final_name(const struct gn_ledger *l, uint64_t seq, char out[GN_LEDGER_NAME_MAX])
{
	snprintf(out, GN_LEDGER_NAME_MAX, "%s/%016llx.snap", l->config.dir,
		 (unsigned long long)seq);
}

bool lg_snapshot_request(struct gn_ledger *l, struct gn_ledger_io *out)
{
	struct lg_snapshot *s = &l->snapshot;
	if (s->phase == LG_SNAP_WAIT && l->journal.durable >= s->head.seq)
		s->phase = LG_SNAP_RENAME;
	if (s->out || s->phase == LG_SNAP_IDLE || s->phase == LG_SNAP_WAIT)
		return false;
	*out = (struct gn_ledger_io){.op = GN_LIO_WRITE, .token = LG_TOKEN_SNAPSHOT};
	temporary_name(l, out->name);
	switch (s->phase) {
	case LG_SNAP_WRITE:
		if (s->written == 0) {
			lg_snap_encode(&s->head, s->header);
			out->data = gn_slice(s->header, SNAP_HEADER);
		} else {
			out->offset = s->written;
			out->data = gn_slice_sub(gn_buf_slice(&s->state), s->written - SNAP_HEADER,
						 JOURNAL_PIECE);
		}
		break;
	case LG_SNAP_SYNC: out->op = GN_LIO_SYNC; break;
	case LG_SNAP_RENAME:
		out->op = GN_LIO_RENAME;
		final_name(l, s->head.seq, out->name2);
		break;
	case LG_SNAP_REMOVE:
		out->op = GN_LIO_REMOVE;
		final_name(l, s->removing, out->name);
		break;
	case LG_SNAP_IDLE:
	case LG_SNAP_WAIT:
	default: GN_ASSERT(false);
	}
	out->len = out->data.len;
	s->out = true;
	return true;
}

static void note_named(struct gn_ledger *l)
{
	GN_ASSERT(l->snapshot.phase == LG_SNAP_RENAME);
	struct lg_snapshot *s = &l->snapshot;
	s->removing = s->kept[1];
	s->kept[1] = s->kept[0];
	s->kept[0] = s->head.seq;
	s->made++;
	s->phase = s->removing ? LG_SNAP_REMOVE : LG_SNAP_IDLE;
}

void lg_snapshot_done(struct gn_ledger *l)
{
	struct lg_snapshot *s = &l->snapshot;
	GN_ASSERT(s->out);
	s->out = false;
	switch (s->phase) {
	case LG_SNAP_WRITE:
		if (s->written == 0) {
			s->written = SNAP_HEADER;
		} else {
			uint64_t left = s->state.len - (s->written - SNAP_HEADER);
			s->written += left < JOURNAL_PIECE ? left : JOURNAL_PIECE;
		}
		if (s->written == SNAP_HEADER + s->state.len)
			s->phase = LG_SNAP_SYNC;
		break;
	case LG_SNAP_SYNC:
		gn_mem_free(l->env.alloc, s->state.p);
		s->state = (struct gn_buf){NULL, 0, 0};
		s->phase = LG_SNAP_WAIT;
		break;
	case LG_SNAP_RENAME: note_named(l); break;
	case LG_SNAP_REMOVE: s->phase = LG_SNAP_IDLE; break;
	case LG_SNAP_IDLE:
	case LG_SNAP_WAIT:
	default: GN_ASSERT(false);
	}
}

void lg_snapshot_fini(struct gn_ledger *l)
{
	gn_mem_free(l->env.alloc, l->snapshot.state.p);
}
