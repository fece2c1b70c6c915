/* Which sessions a device has with another, and which of them it writes in.
 *
 * 1. A session is in its peer's list, made in this order, and in the device's order of trial: by
 *    `active`, then by id, falling.
 * 2. `written` is never an only-read one; it is the one in which the last message was opened, or a
 *    set-up that replaced the others (EE-30). While there is none, own unanswered set-ups are
 *    written in, each for its box.
 * 3. Of two set-ups that cross both sides keep to the smaller t; the other is read, and no message
 *    in it makes it the one written in, so neither side turns back. But it is taken up where else a
 *    new set-up would be made: the peer may never have seen ours.
 * 4. The first message in an own set-up makes it the one written in, whatever made it only read:
 *    the peer writes in it, and would be alone in it for ever. And who set up anew goes back to
 *    what the peer will prefer: its set-up, if it has the smaller t and messages in it still come.
 *
 *    session: written or waiting -> only read [replaced] -> gone [the fifth comes]
 *             own, only read -> written [its first message]
 *             new -> lost [crossed] -> written [e2ee_session_taken_up] | only read [none_lost]
 *
 * Spec: EE-29, EE-30. */
#include "e2ee/device_int.h"

struct e2ee_peer *e2ee_peer_get(const struct gn_e2ee *e, const struct gn_pk *device)
{
	struct e2ee_peer **p = gn_map_get(&e->peers, device->b);
	return p ? *p : NULL;
}

struct e2ee_session *e2ee_session_by_id(const struct gn_e2ee *e, uint64_t id)
{
	for (struct e2ee_session *s = e->newest; s; s = s->older)
		if (s->id == id)
			return s;
	return NULL;
}

struct e2ee_session *e2ee_session_for(const struct e2ee_peer *peer, const struct gn_pk *box)
{
	GN_ASSERT(!peer->written || !peer->written->state.only_read);
	if (peer->written)
		return peer->written;
	for (unsigned i = 0; i < peer->count; i++) {
		struct e2ee_session *s = peer->sessions[i];
		if (s->state.unanswered && !s->state.only_read && gn_pk_eq(&s->state.box, box))
			return s;
	}
	for (unsigned i = peer->count; i-- > 0;)
		if (peer->sessions[i]->state.lost)
			return peer->sessions[i];
	return NULL;
}

void e2ee_session_changed(struct gn_e2ee *e, struct e2ee_session *s)
{
	GN_ASSERT(s->peer && s->id > 0);
	if (s->changed)
		return;
	s->changed = true;
	s->next_changed = e->changed;
	e->changed = s;
}

/* What lost a crossing or was set aside is only read for good. */
static void none_lost(struct gn_e2ee *e, struct e2ee_peer *peer)
{
	for (unsigned i = 0; i < peer->count; i++) {
		struct e2ee_state *s = &peer->sessions[i]->state;
		if (!s->lost && !s->aside)
			continue;
		s->lost = s->aside = false;
		e2ee_session_changed(e, peer->sessions[i]);
	}
}

/* After a reset the next message makes a set-up: none that waits is written in (EE-27). */
static void none_waits(struct gn_e2ee *e, struct e2ee_peer *peer)
{
	none_lost(e, peer);
	for (unsigned i = 0; i < peer->count; i++) {
		struct e2ee_state *s = &peer->sessions[i]->state;
		if (!s->unanswered || s->only_read)
			continue;
		s->only_read = true;
		e2ee_session_changed(e, peer->sessions[i]);
	}
}

static void set_written(struct gn_e2ee *e, struct e2ee_peer *peer, struct e2ee_session *s)
{
	GN_ASSERT(!s || (s->peer == peer && !s->state.only_read));
	if (peer->written == s)
		return;
	none_lost(e, peer);
	if (peer->written)
		e2ee_session_changed(e, peer->written);
	if (s)
		e2ee_session_changed(e, s);
	peer->written = s;
}

void e2ee_only_read(struct gn_e2ee *e, struct e2ee_peer *peer)
{
	for (unsigned i = 0; i < peer->count; i++) {
		peer->sessions[i]->state.only_read = true;
		e2ee_session_changed(e, peer->sessions[i]);
	}
	none_lost(e, peer);
	set_written(e, peer, NULL);
}

void e2ee_set_aside(struct gn_e2ee *e, struct e2ee_peer *peer)
{
	e2ee_only_read(e, peer);
	GN_ASSERT(!peer->written);
	for (unsigned i = 0; i < peer->count; i++)
		peer->sessions[i]->state.aside = !peer->sessions[i]->state.own;
}

/* A message came in a session that we set aside: has the peer an own set-up with a smaller t, of
 * which it knows no answer? Then it will not take ours, and we go back to it. */
static bool goes_back(const struct e2ee_peer *peer, const struct e2ee_session *s)
{
	bool ours = false;
	for (unsigned i = 0; i < peer->count && s->state.aside; i++) {
		const struct e2ee_state *other = &peer->sessions[i]->state;
		if (!other->unanswered || other->only_read)
			continue;
		if (memcmp(other->t, s->state.t, sizeof other->t) < 0)
			return false;
		ours = true;
	}
	return ours && !peer->written;
}

void e2ee_session_taken_up(struct gn_e2ee *e, struct e2ee_session *s)
{
	GN_ASSERT(!s->peer->written && !s->state.only_read && !s->state.own);
	set_written(e, s->peer, s);
}

struct e2ee_session *e2ee_session_new(const struct gn_e2ee *e)
{
	struct e2ee_session *s = GN_NEW(e->env.alloc, struct e2ee_session);
	for (int i = 0; s && i < E2EE_SKIPS; i++)
		e2ee_skips_init(&s->skips[i], e->env.alloc);
	return s;
}

void e2ee_session_free(const struct gn_e2ee *e, struct e2ee_session *s)
{
	for (int i = 0; s && i < E2EE_SKIPS; i++)
		e2ee_skips_fini(&s->skips[i]);
	gn_mem_free_secret(e->env.alloc, s);
}

static bool tried_before(const struct e2ee_session *a, const struct e2ee_session *b)
{
	return a->active != b->active ? a->active > b->active : a->id > b->id;
}

static void unlink_order(struct gn_e2ee *e, struct e2ee_session *s)
{
	GN_ASSERT(e->newest && e->oldest);
	*(s->newer ? &s->newer->older : &e->newest) = s->older;
	*(s->older ? &s->older->newer : &e->oldest) = s->newer;
	s->newer = s->older = NULL;
}

/* Most often at the front: the walk ends at once. */
static void link_order(struct gn_e2ee *e, struct e2ee_session *s)
{
	struct e2ee_session *next = e->newest;
	GN_ASSERT(!s->newer && !s->older && s->id < e->next_session);
	while (next && !tried_before(s, next))
		next = next->older;
	s->older = next;
	s->newer = next ? next->newer : e->oldest;
	*(s->newer ? &s->newer->older : &e->newest) = s;
	*(next ? &next->newer : &e->oldest) = s;
}

static void drop(struct gn_e2ee *e, struct e2ee_peer *peer, unsigned i)
{
	GN_ASSERT(i < peer->count);
	struct e2ee_session *s = peer->sessions[i];
	unlink_order(e, s);
	peer->count--;
	for (; i < peer->count; i++)
		peer->sessions[i] = peer->sessions[i + 1];
	if (peer->written == s)
		peer->written = NULL;
	for (struct e2ee_session **at = &e->changed; *at; at = &(*at)->next_changed) {
		if (*at == s) {
			*at = s->next_changed;
			break;
		}
	}
	if (e->gone_count < E2EE_GONE_MAX)
		e->gone[e->gone_count++] = s->id;
	else
		e->all_changed = true;
	e2ee_session_free(e, s);
}

void e2ee_sessions_end(struct gn_e2ee *e, struct e2ee_peer *peer)
{
	while (peer->count)
		drop(e, peer, peer->count - 1);
}

/* Makes room for one more: the one longest without a message goes, the older of two. None of them
 * is written in: a session is made when there is no such one, or replaces it. */
static void make_room(struct gn_e2ee *e, struct e2ee_peer *peer)
{
	unsigned worst = 0;
	GN_ASSERT(!peer->written);
	if (peer->count < E2EE_SESSIONS_MAX)
		return;
	for (unsigned i = 1; i < peer->count; i++)
		if (peer->sessions[i]->active < peer->sessions[worst]->active)
			worst = i;
	drop(e, peer, worst);
	e->counters[E2EE_C_SESSIONS_DROPPED]++;
}

/* Is there an own set-up, not answered, that the arrived one has to give way to, or that gives way
 * to it? */
static bool crossed(const struct e2ee_peer *peer, const struct e2ee_session *arrived)
{
	if (peer->written)
		return false;
	for (unsigned i = 0; i < peer->count; i++) {
		const struct e2ee_state *s = &peer->sessions[i]->state;
		if (s->unanswered && !s->only_read &&
		    memcmp(s->t, arrived->state.t, sizeof s->t) < 0)
			return true;
	}
	return false;
}

void e2ee_session_keep(struct gn_e2ee *e, struct e2ee_peer *peer, struct e2ee_session *s,
		       bool arrived, uint64_t now)
{
	GN_ASSERT(s->id == 0 && (!s->peer || s->peer == peer));
	if (arrived && crossed(peer, s)) {
		s->state.only_read = s->state.lost = true;
	} else if (arrived) {
		e2ee_only_read(e, peer);
	}
	make_room(e, peer);
	GN_ASSERT(peer->count < E2EE_SESSIONS_MAX);
	s->id = e->next_session++;
	s->made = s->active = now;
	s->peer = peer;
	peer->sessions[peer->count++] = s;
	if (arrived && !s->state.only_read)
		set_written(e, peer, s);
	link_order(e, s);
	e2ee_session_changed(e, s);
	e->setups_changed = true;
}

void e2ee_session_opened(struct gn_e2ee *e, struct e2ee_session *s, bool reset, uint64_t now)
{
	struct e2ee_peer *peer = s->peer;
	GN_ASSERT(peer && !s->state.unanswered);
	if (s->active != now) {
		s->active = now;
		unlink_order(e, s);
		link_order(e, s);
	}
	if (goes_back(peer, s))
		s->state.only_read = s->state.aside = false;
	if (!s->state.only_read)
		set_written(e, peer, s);
	else if (peer->written == s)
		set_written(e, peer, NULL);
	if (reset)
		none_waits(e, peer);
	e2ee_session_changed(e, s);
}

gn_err e2ee_session_restore(struct gn_e2ee *e, struct e2ee_peer *peer, struct e2ee_session *s,
			    bool written)
{
	unsigned at = peer->count;
	GN_ASSERT(!s->peer);
	if (peer->count >= E2EE_SESSIONS_MAX || s->id == 0 || s->id >= e->next_session ||
	    (written && peer->written))
		return GN_CORRUPT;
	for (unsigned i = 0; i < peer->count; i++)
		if (peer->sessions[i]->state.lost && written)
			return GN_CORRUPT;
	if (s->state.lost && peer->written)
		return GN_CORRUPT;
	while (at > 0 && peer->sessions[at - 1]->id > s->id)
		at--;
	if (at > 0 && peer->sessions[at - 1]->id == s->id)
		return GN_CORRUPT;
	for (unsigned i = peer->count++; i > at; i--)
		peer->sessions[i] = peer->sessions[i - 1];
	peer->sessions[at] = s;
	s->peer = peer;
	if (written)
		peer->written = s;
	link_order(e, s);
	return GN_OK;
}
