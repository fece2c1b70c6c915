/* Packets and sessions that nobody sent: see forge.h. */
#include "jet/testing/forge.h"
#include "jet/mark_int.h"

struct jet_session *forge_session(const struct gn_jet *jet)
{
	GN_ASSERT(jet->timers.count > 0);
	return GN_CONTAINER(jet->timers.nodes[0], struct jet_session, timer);
}

struct jet_session *forge_find(const struct gn_jet *jet, gn_jet_id id)
{
	return jet_find(jet, id);
}

size_t forge_packet(struct jet_session *from, struct gn_slice frames, uint8_t out[2048])
{
	struct jet_space *sp = &from->path->space;
	uint64_t pn;
	gn_err err = jet_space_next(sp, from->jet, &pn);
	GN_ASSERT(err == GN_OK && frames.len < 1400);
	struct gn_writer w = gn_writer(out, 2048);
	gn_write_u8(&w, (uint8_t)(JET_FLAG_FIXED | JET_FLAG_PN4 |
				  (from->keys.tx_phase ? JET_FLAG_PHASE : 0)));
	gn_write_bytes(&w, GN_SLICE(from->cid_tx[jet_slot(from, from->path->id)].cid));
	gn_write_be32(&w, (uint32_t)pn);
	gn_write_bytes(&w, frames);
	struct jet_sealed sealed = {.p = out,
				    .len = JET_SHORT_HEADER + 4 + frames.len + GN_AEAD_TAG,
				    .pn_offset = JET_SHORT_HEADER,
				    .pn_len = 4,
				    .path = from->path->id,
				    .pn = pn};
	err = jet_packet_seal(&from->keys.tx, &sealed);
	GN_ASSERT(err == GN_OK);
	err = jet_space_push(sp, (struct jet_sent){.at = from->jet->now, .state = JET_SENT_SILENT},
			     NULL);
	GN_ASSERT(err == GN_OK);
	return JET_SHORT_HEADER + 4 + frames.len + GN_AEAD_TAG;
}

struct jet_session *forge_open(struct gn_jet *jet, bool incoming, const struct gn_way *peer,
			       gn_time now)
{
	struct jet_session *s;
	uint8_t client[32] = {1}, server[32] = {2};
	jet->now = now;
	gn_err err = jet_session_new(jet, incoming, peer, now, &s);
	GN_ASSERT(err == GN_OK);
	err = jet_app_keys_install(&s->keys, true, GN_AES_256_GCM, false,
				   incoming ? GN_SLICE(server) : GN_SLICE(client));
	GN_ASSERT(err == GN_OK);
	err = jet_app_keys_install(&s->keys, false, GN_AES_256_GCM, false,
				   incoming ? GN_SLICE(client) : GN_SLICE(server));
	GN_ASSERT(err == GN_OK);
	s->state = JET_S_OPEN;
	s->confirmed = s->path->validated = true;
	s->half_open = false;
	jet->half_open -= incoming;
	jet_seat_give(s);
	s->tx_credit = 100000;
	s->peer_stream_window = 50000;
	s->limit_local[0] = s->limit_local[1] = 10;
	s->keys.since = now;
	jet_cid_issue_ahead(s);
	return s;
}

void forge_single(struct gn_jet *jet)
{
	jet->config.paths = 1;
}

void forge_several(struct jet_session *s)
{
	s->multi = true;
	s->linger = s->jet->config.linger;
	s->slots = JET_PATHS_MAX;
	for (uint32_t path = JET_PATHS; path < JET_PATHS_MAX; path++) {
		gn_err err = jet_cid_issue(s, path, NULL);
		GN_ASSERT(err == GN_OK);
	}
}

struct jet_path *forge_path(struct jet_session *s, uint32_t id, const struct gn_way *way)
{
	struct jet_path *p;
	gn_err err = jet_path_new(s, id, way, s->jet->now, &p);
	GN_ASSERT(err == GN_OK);
	p->validated = true;
	return p;
}

void forge_meet(struct jet_session *a, struct jet_session *b)
{
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		a->cid_tx[i] = b->cid_rx[i];
		b->cid_tx[i] = a->cid_rx[i];
	}
}
