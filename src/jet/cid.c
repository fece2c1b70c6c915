/* Connection ids: one per path and direction, issued ahead so that a path can begin at any
 * moment (JT-85).
 *
 * 1. Ours (cid_rx) are in the endpoint's map while the peer may use them; the peer's (cid_tx)
 *    are kept until we retire them.
 * 2. Id n + slots is issued only after the peer retired n, so that many slots are enough on both
 *    sides. */
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/mark_int.h"
#include "jet/out_int.h"

/* a clash of 64 random bits does not happen; a broken source of randomness must not loop */
#define DRAW_TRIES 8

gn_err jet_cid_issue(struct jet_session *s, uint32_t path, const uint8_t *cid)
{
	struct jet_cid *slot = &s->cid_rx[jet_slot(s, path)];
	struct jet_cid made = {.set = true, .path = path};
	GN_ASSERT(!slot->set);
	for (int i = 0; i < DRAW_TRIES; i++) {
		if (cid)
			memcpy(made.cid, cid, JET_CID_LEN);
		else
			gn_rand_fill(s->jet->env.rand, made.cid, JET_CID_LEN);
		if (!gn_map_get(&s->jet->cids, made.cid)) {
			struct jet_cid_ref *ref = gn_map_put(&s->jet->cids, made.cid);
			if (!ref)
				return GN_NOMEM;
			*ref = (struct jet_cid_ref){s, path};
			*slot = made;
			return GN_OK;
		}
	}
	return GN_BUSY;
}

void jet_cid_issue_ahead(struct jet_session *s)
{
	GN_ASSERT(s->new_cid_due == 0);
	for (uint32_t path = 1; path < s->slots; path++)
		/* without memory there is no migration, nothing worse */
		if (jet_cid_issue(s, path, NULL) == GN_OK)
			s->new_cid_due |= (uint8_t)(1u << path);
}

void jet_cid_forget(struct jet_session *s, struct jet_cid *slot)
{
	GN_ASSERT(slot >= s->cid_rx && slot < s->cid_rx + JET_PATHS_MAX);
	if (slot->set)
		gn_map_remove(&s->jet->cids, slot->cid);
	slot->set = false;
}

void jet_cid_forget_all(struct jet_session *s)
{
	for (int i = 0; i < JET_PATHS_MAX; i++)
		jet_cid_forget(s, &s->cid_rx[i]);
	if (s->first_dcid_set)
		gn_map_remove(&s->jet->cids, s->first_dcid);
	s->first_dcid_set = false;
}

uint32_t jet_cid_unused(const struct jet_session *s)
{
	GN_ASSERT(s->slots <= JET_PATHS_MAX);
	uint32_t least = 0;
	for (int i = 0; i < s->slots; i++) {
		const struct jet_cid *tx = &s->cid_tx[i], *rx = &s->cid_rx[i];
		bool ours = (tx->path % 2 == 0) == s->incoming && tx->path != 0;
		bool unused = tx->set && rx->set && rx->path == tx->path && !s->paths[i];
		if (ours && unused && (!least || tx->path < least))
			least = tx->path;
	}
	return least;
}

gn_err jet_cid_on_new(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_NEW_CID && f->data.len == JET_CID_LEN);
	struct jet_cid *slot = &s->cid_tx[jet_slot(s, f->id)];
	if (slot->set) {
		if (slot->path == f->id ? memcmp(slot->cid, f->data.p, JET_CID_LEN) != 0
					: slot->path < f->id)
			return jet_fault(s, JET_E_CID, "a connection id more than allowed");
		return GN_OK;
	}
	if (f->id < slot->path ||
	    (f->id == slot->path && s->retire_path[jet_slot(s, f->id)] == f->id))
		return GN_OK; /* a late copy of one that is retired; 0 is never told */
	slot->set = true;
	slot->path = (uint32_t)f->id;
	memcpy(slot->cid, f->data.p, JET_CID_LEN);
	return GN_OK;
}

void jet_cid_retire(struct jet_session *s, uint32_t path)
{
	struct jet_cid *slot = &s->cid_tx[jet_slot(s, path)];
	if (!slot->set || slot->path != path)
		return;
	slot->set = false;
	s->retire_path[jet_slot(s, path)] = path;
	s->retire_due |= (uint8_t)(1u << jet_slot(s, path));
	jet_wake(s);
}

void jet_cid_remind(struct jet_session *s, uint32_t path)
{
	const struct jet_cid *slot = &s->cid_tx[jet_slot(s, path)];
	if (slot->set || slot->path != path)
		return;
	s->retire_due |= (uint8_t)(1u << jet_slot(s, path));
	jet_wake(s);
}

void jet_cid_write(struct jet_session *s, struct jet_out *o)
{
	for (uint32_t i = 0; i < JET_PATHS_MAX && !jet_out_full(o); i++) {
		const struct jet_cid *slot = &s->cid_rx[i];
		uint64_t path = s->retire_path[i];
		if (s->retire_due >> i & 1) {
			jet_write_numbers(jet_out_writer(o), JET_F_RETIRE_CID, &path, 1);
			jet_out_frame(o, JET_F_RETIRE_CID, path, 0, 0, false);
			s->retire_due &= (uint8_t)~(1u << i);
		}
		if ((s->new_cid_due >> i & 1) && !jet_out_full(o)) {
			if (slot->set) {
				jet_write_new_cid(jet_out_writer(o), slot->path, slot->cid);
				jet_out_frame(o, JET_F_NEW_CID, slot->path, 0, 0, false);
			}
			s->new_cid_due &= (uint8_t)~(1u << i);
		}
	}
}

void jet_cid_frame_lost(struct jet_session *s, const struct jet_sent_frame *f)
{
	GN_ASSERT(f->type == JET_F_NEW_CID || f->type == JET_F_RETIRE_CID);
	uint32_t i = jet_slot(s, f->id);
	if (f->type == JET_F_NEW_CID && s->cid_rx[i].set && s->cid_rx[i].path == f->id)
		s->new_cid_due |= (uint8_t)(1u << i);
	if (f->type == JET_F_RETIRE_CID && s->retire_path[i] == f->id)
		s->retire_due |= (uint8_t)(1u << i);
}
