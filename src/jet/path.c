/* Paths: addresses proven by challenge, moving to another one, the peer's rebinding (RFC 9000
 * sections 8 and 9, JT-80 on).
 *
 *   new path (ours):   made [gn_jet_migrate] -> validated -> current
 *   new path (peer's): made [first packet on its id] -> validated
 *                      -> current when the peer sends data there
 *   current -> left    [another became current]
 *   left -> retired    3 PTO after the peer answered on the new one
 *   left -> current    again, when the peer is lost on the new one and is heard on the old
 *   rebinding:         the newest packet of a path comes from elsewhere
 *                      -> that address is probed -> the path's address
 *
 * 1. Data goes only to the current path's proven address; the old one carries until the new one
 *    is proven.
 * 2. An address we did not choose gets at most three times the bytes that came from it until it
 *    answers a challenge.
 * 3. A path id is used once; its numbers and nonces never come back.
 * 4. A path that the peer began lives until the peer retires it: the peer may have moved there
 *    for good while our probes were lost.
 * 5. When both ends move at once, the server follows the client: a client that moved ignores
 *    data on other paths until the server has answered on its own.
 * 6. Nobody gives up a path on which the other may still be: packets of different paths have no
 *    order, so a late one can lead an end to where the other is no more. It finds no answer
 *    there, and comes back to where it hears something. */
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/path_int.h"
#include "jet/paths_int.h"
#include "jet/session_int.h"
#include "jet/way_int.h"

void jet_path_probe(struct jet_session *s, struct jet_path *p, const struct gn_way *way, bool ours,
		    gn_time now)
{
	GN_ASSERT(p == s->paths[jet_slot(s, p->id)]);
	p->probe = (struct jet_probe){.way = *way, .at = now, .ours = ours, .len = JET_MTU_BASE};
	/* a carrier loses none */
	p->probe.most = jet_way_info(s->jet, way->link)->reliable ? 1 : JET_PROBE_TRIES;
	gn_rand_fill(s->jet->env.rand, p->probe.data, sizeof p->probe.data);
	jet_wake(s);
}

/* Make p the path that data takes. */
static void move_to(struct jet_session *s, struct jet_path *p, gn_time now)
{
	struct jet_path *old = s->path;
	GN_ASSERT(p->validated && p != old);
	s->path = p;
	p->wanted = p->left = false;
	p->retire_at = GN_NEVER;
	p->unanswered = true;
	p->moved_pn = p->space.pn_next;
	p->pto_count = 0;
	old->left = true;
	old->probe.at = GN_NEVER;
	s->due |= JET_DUE_PING; /* something to be answered */
	jet_mtu_start(p, now);
	jet_count(s->jet, JET_C_PATHS_MOVED);
	jet_session_event(s, JET_EV_MOVED);
}

void jet_path_acked(struct jet_session *s, struct jet_path *p, uint64_t largest, gn_time now)
{
	GN_ASSERT(p == s->paths[jet_slot(s, p->id)]);
	if (p != s->path || !p->unanswered || largest < p->moved_pn)
		return;
	p->unanswered = false;
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i]->left)
			s->paths[i]->retire_at = now + 3 * jet_pto(s->paths[i], JET_APP);
}

/* The path's own address changed under it: what we learned of the network may be void (RFC 9000
 * 9.4). */
static void rebind_path(struct jet_session *s, struct jet_path *p, gn_time now)
{
	GN_ASSERT(p->validated);
	bool other_host = p->way.link != p->probe.way.link ||
			  memcmp(p->way.addr.ip, p->probe.way.addr.ip, 16) != 0;
	p->way = p->probe.way;
	p->pto_count = 0;
	p->see_due = s->paths_due = true;
	/* what went to the old address is found lost by a fresh timer */
	p->space.sent_at = now;
	if (other_host) {
		jet_path_begin(s, p, now);
		jet_mtu_start(p, now);
	}
	if (p == s->path) {
		s->why = GN_JET_WHY_REBOUND;
		jet_count(s->jet, JET_C_PATHS_MOVED);
		jet_session_event(s, JET_EV_MOVED);
	}
}

/* Which try of the probe the response is to; JET_PROBE_TRIES: none. */
static unsigned try_of(const struct jet_probe *probe, const uint8_t response[8])
{
	unsigned n = probe->data[7] ^ response[7];
	bool ours = memcmp(probe->data, response, 7) == 0 && n < probe->tries;
	return probe->at != GN_NEVER && ours ? n : JET_PROBE_TRIES;
}

struct jet_path *jet_path_on_response(const struct jet_in *in, const struct jet_frame *f,
				      bool *fresh)
{
	struct jet_session *s = in->s;
	gn_time now = in->now;
	GN_ASSERT(f->type == JET_F_PATH_RESPONSE && f->data.len == 8);
	*fresh = false;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		unsigned n = p ? try_of(&p->probe, f->data.p) : JET_PROBE_TRIES;
		if (n == JET_PROBE_TRIES)
			continue;
		bool ours = p->probe.ours, known = p->validated;
		p->probe.at = GN_NEVER;
		if (s->multi && in->path == p)
			jet_rtt_sample(&p->rtt, now - p->probe.sent_at[n], 0);
		if (known && !gn_way_eq(&p->way, &p->probe.way))
			rebind_path(s, p, now);
		p->validated = true;
		*fresh = !known;
		if (!known && p != s->path && (ours || p->wanted) && !s->multi)
			move_to(s, p, now);
		return p;
	}
	return NULL;
}

void jet_path_on_challenge(const struct jet_in *in, const struct jet_frame *f)
{
	struct jet_path *p = in->path;
	GN_ASSERT(f->type == JET_F_PATH_CHALLENGE && f->data.len == 8);
	if (p->space.answers >= JET_ANSWERS) {
		jet_count(in->s->jet, JET_C_ANSWERS_LIMIT);
		return;
	}
	p->responding = true; /* one answer at a time: a newer challenge replaces an older one */
	p->response_to = *in->from;
	p->response_len = JET_MTU_BASE;
	if (in->s->multi && in->header->len < JET_MTU_BASE)
		p->response_len = (uint16_t)in->header->len;
	memcpy(p->response, f->data.p, 8);
	jet_wake(in->s);
}

/* An address that the peer came from is asked, and does not answer: the peer comes from another one
 * by now, as when a router changes twice. Who comes from both by turns is not asked anew each time.
 */
static bool is_left_behind(const struct jet_path *p, gn_time now)
{
	const struct jet_probe *probe = &p->probe;
	GN_ASSERT(p->validated);
	return probe->at != GN_NEVER && !probe->ours && now - probe->heard >= jet_pto(p, JET_APP);
}

/* Does data of the peer on p lead us there? */
static bool follows_to(const struct jet_session *s, const struct jet_path *p)
{
	GN_ASSERT(p != s->path);
	const struct jet_path *here = s->path;
	/* by the peer, who is not there */
	bool retired = s->cid_rx[jet_slot(s, here->id)].path != here->id;
	if (retired || here->pto_count >= JET_LOST_PTOS)
		return true;
	return !p->left && (s->incoming || !here->unanswered);
}

void jet_path_heard(const struct jet_in *in, bool probing, bool newest)
{
	GN_ASSERT(in->level == JET_APP && in->path);
	struct jet_session *s = in->s;
	struct jet_path *p = in->path;
	const struct gn_way *from = in->from;
	size_t bytes = in->datagram_len;
	gn_time now = in->now;
	if (p->punching) /* it has no address, or may get a better one: punch.c */
		return;
	bool probed = p->probe.at != GN_NEVER && gn_way_eq(&p->probe.way, from);
	if (probed) {
		p->probe.rx += bytes;
		p->probe.heard = now;
	}
	if (!p->validated && p->probe.at == GN_NEVER) {
		/* the peer's path, that did not answer when it was probed */
		p->way = *from;
		jet_path_probe(s, p, from, false, now);
		p->rx += bytes;
		p->probe.rx = bytes;
	} else if (gn_way_eq(&p->way, from)) {
		p->rx += bytes;
	} else if (!probed && p->validated && newest && (s->multi || !probing) &&
		   (p->probe.at == GN_NEVER || p->probe.check ||
		    (s->multi && is_left_behind(p, now)))) {
		jet_path_probe(s, p, from, false, now);
		p->probe.rx = bytes;
		p->probe.heard = now;
	}
	if (s->multi || probing || p == s->path || !newest || !follows_to(s, p))
		return;
	p->wanted = true;
	if (p->validated)
		move_to(s, p, now);
}

gn_err gn_jet_migrate(struct gn_jet *jet, gn_jet_id id, const struct gn_way *to, gn_time now)
{
	struct jet_session *s = jet_find(jet, id);
	struct jet_path *p;
	now = jet_clock(jet, now);
	if (!s)
		return GN_NOT_FOUND;
	if (s->state != JET_S_OPEN || !s->confirmed)
		return s->state == JET_S_OPEN || s->state == JET_S_HANDSHAKE ? GN_STATE : GN_CLOSED;
	if (s->multi)
		return GN_STATE; /* gn_jet_path_open */
	if (!jet_way_allowed(s, to))
		return GN_POLICY;
	/* Odd ids are begun by the client, even ones by the server, so both may move at once. */
	uint32_t next = s->path_last + (s->path_last ? 2 : s->incoming ? 2 : 1);
	const struct jet_cid *tx = &s->cid_tx[jet_slot(s, next)],
			     *rx = &s->cid_rx[jet_slot(s, next)];
	if (!tx->set || tx->path != next || !rx->set || rx->path != next ||
	    s->paths[jet_slot(s, next)])
		return GN_BUSY; /* the last move is not settled yet */
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i]->probe.at != GN_NEVER && s->paths[i]->probe.ours)
			return GN_BUSY;
	GN_TRY(jet_path_new(s, next, to, now, &p));
	s->path_last = next;
	p->ours = true;
	jet_path_probe(s, p, to, true, now);
	return GN_OK;
}

static void probe_failed(struct jet_session *s, struct jet_path *p)
{
	GN_ASSERT(p->probe.tries >= p->probe.most);
	p->probe.at = GN_NEVER;
	jet_count(s->jet, JET_C_PROBE_FAILED);
	if (p->probe.check)
		p->suspect = true; /* grade.c */
	if (p->validated || !p->probe.ours)
		/* the rebinding was none: stay where we were; or the peer's path: its next
		 * packet has it tried again */
		return;
	s->failed_way = p->probe.way;
	jet_session_event(s, JET_EV_MOVE_FAILED);
	if (s->multi && s->incoming) { /* the client may be there already: grade.c */
		p->unwanted = s->paths_due = true;
		p->told = false;
		return;
	}
	jet_cid_retire(s, p->id);
	jet_path_free(s, p);
}

gn_err jet_path_on_retire(struct jet_session *s, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_RETIRE_CID);
	uint32_t path = (uint32_t)f->id;
	struct jet_cid *slot = &s->cid_rx[jet_slot(s, path)];
	if (!slot->set || slot->path != path)
		return slot->path >= path ? GN_OK
					  : jet_fault(s, JET_E_CID,
						      "retired a connection id that "
						      "was not issued");
	struct jet_path *p = jet_path_find(s, path);
	if (p && p != s->path) { /* the one we still use lives until another is proven */
		if (p->probe.at != GN_NEVER && p->probe.ours && !p->validated) {
			s->failed_way = p->probe.way;
			jet_session_event(s, JET_EV_MOVE_FAILED);
		}
		gn_err err = jet_loss_all(s, p, &p->space, JET_APP);
		if (err != GN_OK)
			return jet_fail(s, err);
		if (s->multi && p->validated) {
			jet_count(s->jet, JET_C_PATHS_CLOSED);
			jet_session_event(s, JET_EV_PATHS);
		}
		jet_path_free(s, p);
	}
	if (!p || p != s->path)
		jet_cid_retire(s, path);
	jet_cid_forget(s, slot);
	if (path <= UINT32_MAX - s->slots && jet_cid_issue(s, path + s->slots, NULL) == GN_OK)
		s->new_cid_due |= (uint8_t)(1u << jet_slot(s, path));
	return GN_OK;
}

gn_time jet_path_deadline(const struct jet_session *s)
{
	gn_time at = GN_NEVER;
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		const struct jet_path *p = s->paths[i];
		if (!p)
			continue;
		at = gn_time_min(at, p->retire_at);
		if (p->probe.tries >= p->probe.most || jet_path_ready_to(s, p, &p->probe.way))
			at = gn_time_min(at, p->probe.at);
	}
	return gn_time_min(at, s->path->mtu.probing
				       ? GN_NEVER
				       /* a probe itself waits for the window: send.c */
				       : s->path->mtu.at);
}

gn_err jet_path_tick(struct jet_session *s, gn_time now)
{
	GN_ASSERT(s->state == JET_S_OPEN);
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		struct jet_path *p = s->paths[i];
		if (!p)
			continue;
		if (p->probe.at <= now && p->probe.tries >= p->probe.most) {
			probe_failed(s, p);
		} else if (p->retire_at <= now) {
			GN_TRY(jet_loss_all(s, p, &p->space, JET_APP));
			jet_cid_retire(s, p->id);
			jet_path_free(s, p);
		}
	}
	if (!s->path->mtu.probing && s->path->mtu.at <= now)
		jet_mtu_start(s->path, now);
	return GN_OK;
}
