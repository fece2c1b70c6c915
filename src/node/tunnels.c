/* Tunnels, as tunnels.h says.
 *
 *   dial:     DIALLING -> ASKED [a session: the head is written] -> OPEN [answered] -> OVER
 *                      <- ASKED [the session ended, or another one is up and nothing comes]
 *   listen:   LISTENING -> OPEN [a head asks for it] -> OVER
 *   incoming: HEAD [the peer opened a stream] -> a listener's, which is OPEN | OFFERED (the node's
 *             own services) -> OPEN | refused and gone
 *
 * 1. A tunnel with a stream is in by_stream, and its session is held: it does not end as idle.
 * 2. Nothing of a stream is read before its head is judged but the head, and nothing of one that is
 *    OPEN but what its owner asks for: so jet's windows hold the other end back.
 * 3. What others open is counted in the share from the first byte until it is gone.
 * 4. OVER is told once, to who dialled, listened or accepted; then the number is dead.
 *
 * Ownership: by_id owns all. */
#include "node/tunnels_int.h"

#include <stdlib.h>

#define ONE_WAY 2u /* of a stream's number (jet.h) */

/* ---- who begins one ---- */

gn_err gn_node_tunnel_dial(struct gn_node *node, const struct gn_tunnel_dial *dial, uint64_t *id)
{
	const struct tunnel_head head = {dial->service, dial->token};
	uint8_t room[TUNNEL_HEAD];
	struct gn_buf out = {room, 0, sizeof room};
	GN_TRY(tunnel_head_put(&head, &out));
	if (dial->class != GN_JET_INTERACTIVE && dial->class != GN_JET_FILES)
		return GN_RANGE;
	if (node->tunnels.mine >= GN_NODE_TUNNELS)
		return GN_LIMIT;
	uint8_t *kept = malloc(out.len);
	struct tunnel *t = kept ? tunnel_new(node, TUNNEL_DIALLING) : NULL;
	if (!t) {
		free(kept);
		return GN_NOMEM;
	}
	memcpy(kept, room, out.len);
	t->head = kept;
	t->head_len = t->head_cap = out.len;
	t->opened = t->mine = true;
	node->tunnels.mine++;
	t->pk = dial->pk;
	t->class = dial->class;
	t->until = node->now + dial->patience;
	tunnel_keep_service(t, dial->service);
	*id = t->id;
	return GN_OK;
}

gn_err gn_node_tunnel_listen(struct gn_node *node, struct gn_slice service,
			     const struct gn_pk *from, const void *user, uint64_t *id)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	if (!service.len || service.len > TUNNEL_SERVICE)
		return GN_RANGE;
	if (gn_node_tunnel_is_own(service))
		return GN_DENIED;
	if (ts->mine >= GN_NODE_TUNNELS)
		return GN_LIMIT;
	for (uint32_t i = 0; i < ts->by_id.count; i++) {
		const struct tunnel *o = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (o->state == TUNNEL_LISTENING && o->user != user &&
		    gn_slice_eq(tunnel_service(o), service))
			return GN_EXISTS;
	}
	struct tunnel *t = tunnel_new(node, TUNNEL_LISTENING);
	if (!t)
		return GN_NOMEM;
	t->user = user;
	t->mine = true;
	ts->mine++;
	if (from)
		t->pk = *from;
	tunnel_keep_service(t, service);
	*id = t->id;
	return GN_OK;
}

void gn_node_tunnel_rule(struct gn_node *node, uint64_t id, uint64_t hold)
{
	struct tunnel *t = tunnel_of(node, id);
	if (t && t->state == TUNNEL_LISTENING)
		t->hold = hold;
}

/* ---- dialling ---- */

static void ask(struct gn_node *node, struct tunnel *t, gn_jet_id session)
{
	gn_jet_stream stream;
	if (gn_jet_stream_open(node->jet, session, false, t->class, &stream))
		return; /* as many as the peer takes, or no memory: again later */
	if (!tunnel_join(node, t, session, stream)) {
		tunnel_give_up(node, session, stream, GN_NOMEM);
		return;
	}
	tunnel_set(node, t, TUNNEL_ASKED);
	t->asked = node->now;
	t->head_at = 0;
	t->answer_len = 0;
	tunnel_write_rest(node, t);
}

static void look_at_dial(struct gn_node *node, struct tunnel *t)
{
	gn_jet_id session = gn_node_peers_session(node, &t->pk);
	if (t->state == TUNNEL_ASKED && session && session != t->session &&
	    node->now >= t->asked + GN_NODE_TUNNEL_ANEW) {
		tunnel_part(node, t, GN_CANCELLED); /* it may be of the peer's life before */
		tunnel_set(node, t, TUNNEL_DIALLING);
	}
	if (t->state == TUNNEL_DIALLING && node->now >= t->again) {
		t->again = node->now + GN_NODE_TUNNEL_TRY;
		(void)!gn_node_peers_reach(node, &t->pk);
	}
	if (t->state == TUNNEL_DIALLING && session)
		ask(node, t, session);
}

static void look(struct gn_node *node, struct tunnel *t)
{
	bool head = t->state == TUNNEL_HEAD_COMES;
	if (node->now >= t->until) {
		node->tunnels.count.refused_head += head;
		tunnel_end(node, t, GN_TIMEOUT, t->asked ? GN_TIMEOUT : GN_UNREACHABLE);
	} else if (!head) {
		look_at_dial(node, t);
	}
}

/* What had no memory tries again. */
static void unstick(struct gn_node *node)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	ts->stuck = 0;
	for (uint32_t i = 0; i < ts->by_id.count; i++) {
		struct tunnel *t = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (!t->stuck)
			continue;
		t->stuck = false;
		if (t->session)
			tunnel_write_rest(node, t);
		t->tell_room = true;
		if (t->state == TUNNEL_OPEN)
			tunnel_list(node, t);
	}
}

void gn_node_tunnels_tick(struct gn_node *node)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	/* removal moves the last one, which was looked at */
	for (uint32_t i = ts->waiting ? ts->by_id.count : 0; i-- > 0;) {
		struct tunnel *t = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (tunnel_is_waiting(t))
			look(node, t);
	}
	if (ts->stuck && node->now >= ts->stuck)
		unstick(node);
}

gn_time gn_node_tunnels_deadline(const struct gn_node *node)
{
	const struct gn_node_tunnels *ts = &node->tunnels;
	gn_time at = ts->told ? node->now : ts->stuck ? ts->stuck : GN_NEVER;
	for (uint32_t i = ts->waiting ? ts->by_id.count : 0; i-- > 0;) {
		const struct tunnel *t = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (tunnel_is_waiting(t))
			at = gn_time_min(at, t->until);
		if (t->state == TUNNEL_DIALLING || t->state == TUNNEL_ASKED)
			at = gn_time_min(at, node->now + GN_NODE_TUNNEL_TRY);
	}
	return at;
}

/* The answer comes. */
static void read_answer(struct gn_node *node, struct tunnel *t)
{
	size_t n = 0;
	bool fin = false;
	gn_err err = gn_jet_stream_read(node->jet, t->session, t->stream, t->answer + t->answer_len,
					TUNNEL_ANSWER - t->answer_len, &n, &fin);
	if (err == GN_AGAIN)
		return;
	t->answer_len += (unsigned)n;
	if (!err && t->answer_len < TUNNEL_ANSWER && !fin)
		return;
	if (err || t->answer_len < TUNNEL_ANSWER)
		err = GN_PROTOCOL;
	else
		err = tunnel_answer_get(t->answer);
	t->ended_early = fin; /* who took it has nothing to say */
	if (err) {
		tunnel_end(node, t, GN_CLOSED, err);
		return;
	}
	free(t->head);
	t->head = NULL;
	t->answer_len = 0;
	node->tunnels.count.opened++;
	tunnel_set(node, t, TUNNEL_OPEN);
	gn_node_peers_used(node, t->session);
	gn_node_peers_prepare(node, t->session);
	t->tell_open = t->tell_room = t->tell_readable = true;
	tunnel_list(node, t);
}

/* ---- one that is open ---- */

/* The peer gave it up: it is over. */
static bool look_given_up(struct gn_node *node, struct tunnel *t)
{
	uint32_t code;
	if (!gn_jet_stream_given_up(node->jet, t->session, t->stream, &code))
		return false;
	tunnel_end(node, t, GN_CLOSED, tunnel_code(code));
	return true;
}

static void settle(struct gn_node *node, struct tunnel *t)
{
	if (t->read_all && t->acked)
		tunnel_end(node, t, GN_OK, GN_OK);
}

static struct tunnel *open_of(const struct gn_node *node, uint64_t id)
{
	struct tunnel *t = tunnel_of(node, id);
	return t && t->state == TUNNEL_OPEN ? t : NULL;
}

static gn_err write_some(struct gn_node *node, struct tunnel *t, struct gn_slice data, bool fin,
			 size_t *taken)
{
	*taken = 0;
	tunnel_write_rest(node, t);
	if (t->answer_len)
		return GN_OK;
	gn_err err = gn_jet_stream_write(node->jet, t->session, t->stream, data, fin, taken);
	if (err != GN_NOMEM)
		return err;
	tunnel_stuck(node, t);
	return GN_OK;
}

gn_err gn_node_tunnel_write(struct gn_node *node, uint64_t id, struct gn_slice data, size_t *taken)
{
	struct tunnel *t = open_of(node, id);
	*taken = 0;
	if (!t)
		return GN_NOT_FOUND;
	if (look_given_up(node, t))
		return GN_CLOSED;
	return write_some(node, t, data, false, taken);
}

bool gn_node_tunnel_end(struct gn_node *node, uint64_t id)
{
	struct tunnel *t = open_of(node, id);
	size_t taken;
	if (!t)
		return true;
	(void)!write_some(node, t, gn_slice(NULL, 0), true, &taken);
	return t->answer_len == 0;
}

gn_err gn_node_tunnel_read(struct gn_node *node, uint64_t id, uint8_t *out, size_t cap, size_t *len,
			   bool *end_of)
{
	struct tunnel *t = open_of(node, id);
	*len = 0;
	*end_of = false;
	if (!t)
		return GN_NOT_FOUND;
	if (look_given_up(node, t))
		return GN_CLOSED;
	if (t->read_all)
		return GN_AGAIN;
	if (t->ended_early) {
		*end_of = t->read_all = true;
		settle(node, t);
		return GN_OK;
	}
	gn_err err = gn_jet_stream_read(node->jet, t->session, t->stream, out, cap, len, end_of);
	if (err)
		return err;
	t->read_all = *end_of;
	settle(node, t);
	return GN_OK;
}

void gn_node_tunnel_reset(struct gn_node *node, uint64_t id, gn_err code)
{
	struct tunnel *t = tunnel_of(node, id);
	if (!t)
		return;
	tunnel_part(node, t, code);
	tunnel_forget(node, t);
}

/* ---- what happens ---- */

static void on_stream(struct gn_node *node, struct tunnel *t, const struct gn_jet_event *e)
{
	bool talks = t->state == TUNNEL_ASKED || t->state == TUNNEL_OPEN;
	if (e->kind == GN_JET_ACKED) {
		t->acked = true;
		settle(node, t);
	} else if (t->state == TUNNEL_HEAD_COMES) {
		tunnel_in_read(node, t);
	} else if (talks && look_given_up(node, t)) {
		return;
	} else if (e->kind == GN_JET_WRITABLE) {
		tunnel_write_rest(node, t);
		t->tell_room = true;
		tunnel_list(node, t);
	} else if (t->state == TUNNEL_ASKED) {
		read_answer(node, t);
	} else {
		t->tell_readable = true;
		tunnel_list(node, t);
	}
}

/* Its tunnels are over; those that are dialled go on with another. */
static void on_closed(struct gn_node *node, gn_jet_id session)
{
	struct gn_node_tunnels *ts = &node->tunnels;
	for (uint32_t i = ts->by_stream.count ? ts->by_id.count : 0; i-- > 0;) {
		struct tunnel *t = GN_MAP_AT(&ts->by_id, struct tunnel *, i);
		if (t->session != session)
			continue;
		if (t->state != TUNNEL_ASKED) {
			tunnel_end(node, t, GN_OK, GN_CLOSED);
			continue;
		}
		tunnel_part(node, t, GN_OK);
		tunnel_set(node, t, TUNNEL_DIALLING);
	}
}

bool gn_node_tunnels_jet(struct gn_node *node, const struct gn_jet_event *e)
{
	struct inbound_key key = {e->id, e->stream};
	struct tunnel **at;
	switch (e->kind) {
	case GN_JET_CLOSED: on_closed(node, e->id); return false;
	case GN_JET_OPENED:
	case GN_JET_READABLE:
	case GN_JET_WRITABLE:
	case GN_JET_ACKED:
		if (e->stream & ONE_WAY)
			return false;
		at = gn_map_get(&node->tunnels.by_stream, &key);
		if (at)
			on_stream(node, *at, e);
		else if (e->kind == GN_JET_OPENED)
			tunnel_in_take(node, e);
		return true;
	case GN_JET_CONNECTED:
	case GN_JET_DATAGRAM:
	case GN_JET_MOVED:
	case GN_JET_SUSPECT:
	case GN_JET_PATHS:
	case GN_JET_CROWDED:
	case GN_JET_GUESS:
	case GN_JET_GUESSED:
	case GN_JET_OFFERED:
	case GN_JET_SEEN:
	case GN_JET_STREAMS: break;
	}
	return false;
}

/* What it has to tell first. */
static void tell(struct gn_node *node, struct tunnel *t, struct gn_tunnel_event *out)
{
	*out = (struct gn_tunnel_event){
		.id = t->id, .own = t->own, .opened = t->opened, .pk = t->pk};
	out->service = tunnel_service(t);
	if (t->tell_offered) {
		struct tunnel_head head = {0};
		GN_ASSERT(tunnel_head_parse(gn_slice(t->head, t->head_len), &head) == GN_OK);
		out->what = GN_TUNNEL_OFFERED;
		out->token = head.token;
		t->tell_offered = false;
	} else if (t->tell_open && t->state == TUNNEL_OPEN) {
		out->what = GN_TUNNEL_OPEN;
		(void)!gn_jet_exporter(node->jet, t->session, out->exporter);
		t->tell_open = false;
	} else if (t->state == TUNNEL_OVER) {
		out->what = GN_TUNNEL_OVER;
		out->err = t->err;
		t->tell_room = t->tell_readable = false;
	} else if (t->tell_readable) {
		out->what = GN_TUNNEL_READABLE;
		t->tell_readable = false;
	} else {
		out->what = GN_TUNNEL_ROOM;
		t->tell_room = false;
	}
}

bool gn_node_tunnels_next(struct gn_node *node, struct gn_tunnel_event *out)
{
	struct tunnel *t = node->tunnels.told;
	if (!t)
		return false;
	tell(node, t, out);
	if (out->what == GN_TUNNEL_OVER) {
		tunnel_forget(node, t);
		out->service = gn_slice(NULL, 0);
	} else if (!t->tell_offered && !t->tell_open && !t->tell_readable && !t->tell_room) {
		tunnel_unlist(node, t);
	}
	return true;
}

bool gn_node_tunnels_counter_at(const struct gn_node *node, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "node/tunnels_counters.def"
#undef X
	};
	const uint64_t *values = (const uint64_t *)&node->tunnels.count;
	return gn_counter_at(names, values, GN_COUNT(names), i, out);
}
