/* Lifecycle of a session: making, stripping it when it closes, giving back empty buffers,
 * freeing.
 *
 * 1. A session is in the endpoint's timer heap from new to free; its id is in the map until
 *    CLOSED was told.
 * 2. An idle session owns itself, one path, its keys: no buffers, no handshake. */
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/datagram_int.h"
#include "jet/flow_int.h"
#include "jet/handshake_int.h"
#include "jet/paths_int.h"
#include "jet/punch_int.h"
#include "jet/sched_int.h"
#include "jet/seats_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"
#include "jet/token_int.h"
#include "jet/way_int.h"

gn_err jet_session_new(struct gn_jet *jet, bool incoming, const struct gn_way *way, gn_time now,
		       struct jet_session **out)
{
	struct jet_session *s = GN_NEW(jet->env.alloc, struct jet_session), **at;
	struct jet_leaver leaver = {0};
	if (!s)
		return GN_NOMEM;
	s->jet = jet;
	s->incoming = incoming;
	s->id = jet->next_id;
	s->slots = JET_PATHS;
	s->since = s->received_at = s->idle_at = s->active_at = now;
	s->idle_timeout = jet->config.idle_timeout;
	s->keys.old_until = GN_NEVER;
	s->drain_at = GN_NEVER;
	s->limit_peer[0] = s->limit_peer[1] = s->told_peer[0] = s->told_peer[1] = JET_STREAMS;
	jet_list_init(&s->control);
	jet_list_init(&s->stream_events);
	jet_list_init(&s->writers);
	jet_list_init(&s->dgrams_in);
	jet_sched_init(s);
	jet_window_init(&s->window, jet->config.session_window, JET_SESSION_WINDOW_MAX);
	gn_map_init(&s->streams, &jet->env, sizeof(gn_jet_stream), sizeof(struct jet_stream *),
		    8 * JET_STREAMS);
	gn_err err = gn_heap_set(&jet->timers, &s->timer, GN_NEVER);
	if (err == GN_OK)
		err = jet_path_new(s, 0, way, now, &s->path);
	if (err == GN_OK)
		err = jet_cid_issue(s, 0, NULL);
	if (err == GN_OK) {
		at = gn_map_put(&jet->ids, &s->id);
		err = at ? GN_OK : GN_NOMEM;
		if (at)
			*at = s;
	}
	jet->session_count++;
	s->holder.addr = *jet_way_whom(jet, way);
	if (err == GN_OK && incoming)
		err = jet_seat_take(&jet->half, s, now, &leaver);
	if (err != GN_OK) {
		jet_session_free(s);
		return err;
	}
	jet_close_leaver(&leaver, now);
	jet->next_id++;
	if (incoming) {
		s->half_open = true;
		jet->half_open++;
	} else {
		s->dial = true;
		jet->dials++;
	}
	*out = s;
	return GN_OK;
}

void jet_session_strip(struct jet_session *s)
{
	while (s->streams.count)
		jet_stream_free(s, *(struct jet_stream **)gn_map_value_at(&s->streams,
									  s->streams.count - 1));
	gn_map_fini(&s->streams);
	jet_dgrams_fini(s);
	jet_hs_drop_ticket(s);
	jet_token_drop(s);
	jet_punch_free(s);
	s->due = s->new_cid_due = s->retire_due = 0;
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] != s->path)
			jet_path_free(s, s->paths[i]);
	if (s->hs) {
		gn_tls_free(s->hs->tls);
		s->hs->tls = NULL;
	}
	jet_list_remove(&s->closed);
}

void jet_session_free(struct jet_session *s)
{
	GN_ASSERT(s->jet->session_count > 0);
	struct gn_jet *jet = s->jet;
	jet_close_leave(s);
	jet_session_strip(s);
	jet_cid_forget_all(s);
	if (s->path)
		jet_hs_free(s);
	jet_path_free(s, s->path);
	jet_app_keys_fini(&s->keys);
	gn_wipe(s->exporter, sizeof s->exporter);
	jet_list_remove(&s->ready);
	jet_list_remove(&s->event);
	jet_list_remove(&s->starved);
	GN_ASSERT(!jet_is_parked(s));
	GN_ASSERT(!jet_linked(&s->solve));
	gn_heap_remove(&jet->timers, &s->timer);
	if (s->id)
		gn_map_remove(&jet->ids, &s->id);
	jet->session_count--;
	gn_mem_free_secret(jet->env.alloc, s);
}

static void sweep_space(struct jet_space *sp)
{
	GN_ASSERT(sp->out <= sp->sent.count);
	if (sp->out)
		return;
	jet_space_pop(sp, GN_NEVER);
	if (sp->sent.count == 0) {
		gn_ring_fini(&sp->sent);
		gn_ring_fini(&sp->frames);
	}
}

void jet_session_sweep(struct jet_session *s)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	s->swept = true;
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i])
			sweep_space(&s->paths[i]->space);
	jet_streams_trim(s);
}

static void path_validate(const struct jet_session *s, const struct jet_path *p)
{
	uint64_t in_flight = 0;
	jet_space_validate(&p->space);
	jet_cc_validate(&p->cc);
	for (uint32_t i = 0; i < p->space.sent.count; i++) {
		const struct jet_sent *sent = gn_ring_at(&p->space.sent, i);
		in_flight += sent->state == JET_SENT_OUT ? sent->size : 0;
	}
	if (!s->hs && s->state == JET_S_OPEN)
		GN_ASSERT(in_flight == p->cc.in_flight);
	GN_ASSERT(in_flight <= p->cc.in_flight || s->state != JET_S_OPEN);
	GN_ASSERT(p->mtu.size >= JET_MTU_BASE && p->mtu.size <= JET_MTU_MAX);
	GN_ASSERT(p == s->path ? !p->left
			       : p->id != s->path->id && (p->left || p->retire_at == GN_NEVER));
}

void jet_session_validate(const struct jet_session *s)
{
	GN_ASSERT(s->path && s->paths[jet_slot(s, s->path->id)] == s->path);
	GN_ASSERT(s->timer.place != 0);
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		if (s->paths[i])
			path_validate(s, s->paths[i]);
		if (s->cid_rx[i].set) {
			const struct jet_cid_ref *ref = gn_map_get(&s->jet->cids, s->cid_rx[i].cid);
			GN_ASSERT(ref && ref->session == s && ref->path == s->cid_rx[i].path);
		}
	}
	GN_ASSERT(!s->confirmed || !s->hs);
	GN_ASSERT(s->state != JET_S_HANDSHAKE || s->hs);
	jet_streams_validate(s);
}
