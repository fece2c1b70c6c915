/* The endpoint: tells datagrams of all sessions apart, lets sessions send in turn, runs their
 * timers.
 *
 * 1. `cids` names every connection id that leads here; `ids` every session the application may
 *    name.
 * 2. A session that was touched is in `ready` until it had nothing to send; only then is its
 *    timer set. So a session's deadline is computed once per batch, not per packet.
 * 3. Sessions are freed in gn_jet_tick and gn_jet_free alone, and one that closes gives back its
 *    streams and paths when the call that closed it ends, so no pointer dies under who works on
 *    it. */
#include "jet/admit_int.h"
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/guess_int.h"
#include "jet/handshake_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/memory_int.h"
#include "jet/paths_int.h"
#include "jet/punch_int.h"
#include "jet/recv_int.h"
#include "jet/sched_int.h"
#include "jet/seats_int.h"
#include "jet/send_int.h"
#include "jet/session_int.h"
#include "jet/timers_int.h"
#include "jet/token_int.h"
#include "jet/way_int.h"

static void fill_defaults(struct gn_jet_config *c)
{
	c->idle_timeout = c->idle_timeout ? c->idle_timeout : JET_IDLE_TIMEOUT;
	c->linger = c->linger ? c->linger : JET_LINGER;
	c->handshake_timeout = c->handshake_timeout ? c->handshake_timeout : JET_HANDSHAKE_TIMEOUT;
	c->sessions_max = c->sessions_max ? c->sessions_max : JET_SESSIONS;
	c->sessions_per_key = c->sessions_per_key ? c->sessions_per_key : JET_SESSIONS_PER_KEY;
	c->sessions_strangers = c->sessions_strangers ? c->sessions_strangers : JET_STRANGERS;
	c->stream_window = c->stream_window ? c->stream_window : JET_STREAM_WINDOW;
	c->session_window = c->session_window ? c->session_window : JET_SESSION_WINDOW;
	c->send_buffer = c->send_buffer ? c->send_buffer : JET_SEND_BUFFER;
	c->stream_memory = c->stream_memory ? c->stream_memory : JET_STREAM_MEMORY;
	c->effort_max = c->effort_max ? c->effort_max : JET_EFFORT;
	c->paths = c->paths ? c->paths : JET_PATHS_MAX;
}

static uint32_t half_open_max(const struct gn_jet_config *c)
{
	uint32_t part = c->sessions_max / JET_HALF_OPEN_PART;
	return part > JET_HALF_OPEN_MIN ? part : JET_HALF_OPEN_MIN;
}

/* More sessions than there can be: incoming, half-open, own and lingering ones. */
static uint32_t places_max(const struct gn_jet_config *c)
{
	return 3 * c->sessions_max + JET_HALF_OPEN_MIN + 2 * JET_LINGER_MIN;
}

gn_err gn_jet_new(const struct gn_env *env, const struct gn_jet_config *config, struct gn_jet **out)
{
	const struct jet_cc_ops *cc = jet_cc_find(config->cc);
	if (!cc || config->idle_timeout < 0 || config->linger < 0 || config->keep_alive < 0 ||
	    config->handshake_timeout < 0 || config->unused_timeout < 0 ||
	    config->sessions_max > UINT32_MAX / 64 ||
	    config->stream_window > JET_STREAM_WINDOW_MAX ||
	    config->session_window > JET_SESSION_WINDOW_MAX ||
	    config->send_buffer > JET_SEND_BUFFER_MAX || config->paths > JET_PATHS_MAX)
		return GN_USAGE;
	struct gn_jet *jet = GN_NEW(env->alloc, struct gn_jet);
	if (!jet)
		return GN_NOMEM;
	jet->env = *env;
	jet->config = *config;
	jet->config.cc = NULL; /* borrowed from the caller: not kept */
	fill_defaults(&jet->config);
	jet->cc = cc;
	jet->fate = &jet_fate;
	jet->next_id = 1;
	jet->key_update_packets = JET_KEY_UPDATE_PACKETS;
	jet->seal_max = JET_SEAL_MAX;
	jet->open_failed_max = JET_OPEN_FAILED_MAX;
	jet_list_init(&jet->ready);
	jet_list_init(&jet->events);
	jet_list_init(&jet->starved);
	jet_list_init(&jet->closed);
	gn_heap_init(&jet->timers, env->alloc);
	gn_ring_init(&jet->stateless, env->alloc, sizeof(struct jet_stateless),
		     JET_STATELESS_QUEUE);
	gn_ring_init(&jet->guessed, env->alloc, sizeof(struct jet_guessed), JET_GUESS_PEERS);
	gn_ring_init(&jet->punched, env->alloc, sizeof(struct jet_punched), JET_PUNCH_ALL);
	gn_map_init(&jet->ids, &jet->env, sizeof(gn_jet_id), sizeof(struct jet_session *),
		    places_max(&jet->config));
	gn_map_init(&jet->cids, &jet->env, JET_CID_LEN, sizeof(struct jet_cid_ref),
		    (JET_PATHS_MAX + 1) * places_max(&jet->config));
	gn_map_init(&jet->ways, &jet->env, sizeof(uint32_t), sizeof(struct jet_link_state),
		    JET_WAYS);
	gn_map_init(&jet->passes, &jet->env, sizeof(struct gn_pk), GN_PASS_LEN, JET_PASSES);
	gn_map_init(&jet->waiting_by_cid, &jet->env, JET_CID_LEN, sizeof(uint32_t),
		    GN_GUARD_WAITING);
	jet_list_init(&jet->solving);
	jet_seats_init(&jet->half, jet, half_open_max(&jet->config), UINT32_MAX);
	jet_seats_init(&jet->open, jet, jet->config.sessions_max, jet->config.sessions_per_key);
	jet_parked_init(jet);
	jet_memory_init(jet, places_max(&jet->config));
	jet->guard = config->guard;
	gn_err err = GN_OK;
	if (!jet->guard) {
		err = gn_guard_new(env, &(struct gn_guard_config){.off = true}, &jet->guard_owned);
		jet->guard = jet->guard_owned;
	}
	if (err == GN_OK)
		err = gn_tls_ctx_new(&jet->config.node_key, &jet->tls);
	if (err != GN_OK) {
		gn_jet_free(jet);
		return err;
	}
	*out = jet;
	return GN_OK;
}

void gn_jet_free(struct gn_jet *jet)
{
	if (!jet)
		return;
	for (struct gn_heap_node *n; (n = gn_heap_first(&jet->timers));)
		jet_session_free(GN_CONTAINER(n, struct jet_session, timer));
	GN_ASSERT(jet->session_count == 0 && jet->half_open == 0 && jet->cids.count == 0 &&
		  jet->ids.count == 0);
	GN_ASSERT(jet->dials == 0);
	jet_seats_fini(&jet->half, jet);
	jet_seats_fini(&jet->open, jet);
	jet_parked_fini(jet);
	jet_memory_fini(jet);
	gn_heap_fini(&jet->timers);
	gn_ring_fini(&jet->stateless);
	gn_ring_fini(&jet->guessed);
	gn_ring_fini(&jet->punched);
	gn_map_fini(&jet->ids);
	gn_map_fini(&jet->cids);
	gn_map_fini(&jet->ways);
	gn_mem_free(jet->env.alloc, jet->told);
	gn_tls_ctx_free(jet->tls);
	jet_admit_fini(jet);
	gn_map_fini(&jet->passes);
	gn_guard_free(jet->guard_owned);
	gn_sk_wipe(&jet->config.node_key);
	gn_mem_free_secret(jet->env.alloc, jet);
}

/* Ends every call that may have closed a session. */
static void strip_closed(struct gn_jet *jet)
{
	for (struct jet_link *l; (l = jet_list_first(&jet->closed));)
		jet_session_strip(GN_CONTAINER(l, struct jet_session, closed));
}

/* ---- datagrams in ---- */

bool gn_jet_is_packet(struct gn_slice datagram)
{
	return datagram.len > 0 && (datagram.p[0] & JET_FLAG_FIXED_MASK) == JET_FLAG_FIXED;
}

bool gn_jet_is_hello(struct gn_slice datagram)
{
	return gn_jet_is_packet(datagram) && (datagram.p[0] & JET_FLAG_LONG);
}

bool gn_jet_leads(const struct gn_jet *jet, struct gn_slice datagram)
{
	struct jet_header h;
	return gn_jet_is_packet(datagram) && jet_header_read(datagram, &h) == GN_OK &&
	       gn_map_get(&jet->cids, h.dcid) != NULL;
}

uint64_t gn_jet_stranger_steps(const struct gn_jet *jet)
{
	return jet->stranger_steps;
}

/* The client's session that a Retry or Version packet may still be an answer to. */
static bool expects_answer(const struct jet_cid_ref *ref)
{
	const struct jet_session *s = ref ? ref->session : NULL;
	return s && s->state == JET_S_HANDSHAKE && !s->incoming && s->hs->retries < JET_RETRIES &&
	       !s->hs->owed && s->hs->space[JET_INITIAL].replay.next == 0;
}

static gn_err on_retry(struct gn_jet *jet, const struct jet_cid_ref *ref, struct gn_slice packet,
		       const struct jet_header *h, gn_time now)
{
	GN_ASSERT(h->type == JET_LONG_RETRY);
	if (!expects_answer(ref) || !jet_retry_ok(packet, ref->session->cid_tx[0].cid)) {
		jet_count(jet, JET_C_RETRY_BAD);
		return GN_AUTH;
	}
	gn_err err = jet_hs_retry(ref->session, h->scid,
				  gn_slice_sub(h->token, 0, h->token.len - JET_RETRY_TAG), now);
	if (err != GN_OK)
		return jet_fail(ref->session, err);
	jet_wake(ref->session);
	return GN_OK;
}

static gn_err on_version(struct gn_jet *jet, const struct jet_cid_ref *ref,
			 const struct jet_header *h, gn_time now)
{
	GN_ASSERT(h->version == 0);
	struct gn_reader r = gn_reader(h->token);
	bool ours = false;
	while (gn_reader_left(&r) >= 4)
		ours |= gn_read_be32(&r) == JET_VERSION;
	if (!expects_answer(ref) || ours ||
	    memcmp(h->scid, ref->session->cid_tx[0].cid, JET_CID_LEN) != 0) {
		jet_count(jet, JET_C_PACKET_UNEXPECTED);
		return GN_STATE;
	}
	jet_close_silent(ref->session, GN_VERSION, now);
	return GN_VERSION;
}

static gn_err dispatch_packet(struct gn_jet *jet, struct jet_in *in, size_t left)
{
	const struct jet_header *h = in->header;
	const struct jet_cid_ref *ref = gn_map_get(&jet->cids, h->dcid);
	if (h->is_long && h->version == 0)
		return on_version(jet, ref, h, in->now);
	if (h->is_long && h->version != JET_VERSION) {
		jet_send_version(jet, in->from, h, in->datagram_len);
		return GN_VERSION;
	}
	if (h->is_long && h->type == JET_LONG_RETRY)
		return on_retry(jet, ref, gn_slice(in->bytes, left), h, in->now);
	if (ref)
		return jet_recv_packet(in, ref->session, ref->path);
	if (h->is_long && h->type == JET_LONG_INITIAL && in->datagram_len)
		return jet_admit(jet, in);
	jet_count(jet, JET_C_PACKET_UNKNOWN);
	return GN_NOT_FOUND;
}

gn_err gn_jet_recv(struct gn_jet *jet, const struct gn_way *from, struct gn_slice datagram,
		   gn_time now)
{
	gn_err first = GN_MALFORMED;
	now = jet_clock(jet, now);
	jet_count(jet, JET_C_DATAGRAMS_IN);
	jet->counters[JET_C_BYTES_IN] += datagram.len;
	jet_way_passed(jet, from->link, jet_way_info(jet, from->link)->prefix + datagram.len, now);
	if (datagram.len > JET_DATAGRAM_IN_MAX) {
		jet_count(jet, JET_C_DATAGRAM_TOO_LARGE);
		return GN_TOO_LARGE;
	}
	if (datagram.len)
		memcpy(jet->scratch, datagram.p, datagram.len);
	for (size_t at = 0, n = 0; at < datagram.len && n < JET_PACKETS_PER_DATAGRAM; n++) {
		struct gn_slice left = gn_slice(jet->scratch + at, datagram.len - at);
		struct jet_header h;
		struct jet_in in = {.from = from,
				    .header = &h,
				    .bytes = jet->scratch + at,
				    .datagram_len = n == 0 ? datagram.len : 0,
				    .now = now};
		if (n > 0 && !gn_jet_is_packet(left))
			break; /* padding behind the last packet */
		gn_err err = jet_header_read(left, &h);
		if (err != GN_OK)
			jet_count(jet, JET_C_PACKET_MALFORMED);
		else
			err = dispatch_packet(jet, &in, left.len);
		first = n == 0 ? err : first;
		at += err == GN_MALFORMED ? left.len : h.len;
	}
	strip_closed(jet);
	return first;
}

/* ---- datagrams out, timers ---- */

static gn_err send_stateless(struct gn_jet *jet, struct gn_buf *out, struct gn_jet_batch *batch,
			     gn_time now)
{
	struct jet_stateless answer;
	do {
		if (!gn_ring_pop(&jet->stateless, &answer))
			return GN_AGAIN;
		if (jet_way_ready(jet, answer.to.link, false))
			break;
		jet_count(jet, JET_C_STATELESS_LIMIT); /* who dials again is answered again */
	} while (true);
	uint8_t prefix = jet_way_info(jet, answer.to.link)->prefix;
	memcpy(out->p + prefix, answer.data, answer.len);
	out->len = (size_t)prefix + answer.len;
	*batch = (struct gn_jet_batch){
		.to = answer.to, .segment = (uint16_t)out->len, .prefix = prefix};
	jet_count(jet, JET_C_DATAGRAMS_OUT);
	jet->counters[JET_C_BYTES_OUT] += out->len;
	jet_way_took(jet, answer.to.link, out->len, now);
	return GN_OK;
}

gn_err gn_jet_send(struct gn_jet *jet, struct gn_buf *out, struct gn_jet_batch *batch, gn_time now)
{
	GN_ASSERT(out->cap >= 1500);
	now = jet_clock(jet, now);
	out->len = 0;
	if (send_stateless(jet, out, batch, now) == GN_OK)
		return GN_OK;
	for (struct jet_link *l; (l = jet_list_first(&jet->ready));) {
		struct jet_session *s = GN_CONTAINER(l, struct jet_session, ready);
		jet_list_remove(l);
		gn_err sent = jet_session_send(s, out, batch, now);
		strip_closed(jet);
		if (sent == GN_OK) {
			/* behind the others: sessions take turns */
			jet_list_append(&jet->ready, l);
			return GN_OK;
		}
		gn_err err = gn_heap_set(&jet->timers, &s->timer, jet_session_deadline(s));
		GN_ASSERT(err == GN_OK); /* it is in already: moving needs no memory */
	}
	return GN_AGAIN;
}

gn_time gn_jet_deadline(const struct gn_jet *jet)
{
	if (!jet_list_empty(&jet->ready) || jet->stateless.count)
		return jet->now;
	gn_time at = gn_time_min(jet_admit_deadline(jet), jet_token_deadline(jet));
	return gn_time_min(at, gn_heap_deadline(&jet->timers));
}

void gn_jet_tick(struct gn_jet *jet, gn_time now)
{
	now = jet_clock(jet, now);
	jet_admit_tick(jet, now);
	jet_token_tick(jet, now);
	strip_closed(jet);
	for (struct gn_heap_node *n; (n = gn_heap_first(&jet->timers)) && n->at <= now;) {
		struct jet_session *s = GN_CONTAINER(n, struct jet_session, timer);
		if (s->drain_at <= now && s->id == 0) {
			jet_session_free(s);
			continue;
		}
		/* set anew when it has nothing to send */
		gn_err err = gn_heap_set(&jet->timers, n, GN_NEVER);
		GN_ASSERT(err == GN_OK);
		jet_session_tick(s, now);
		strip_closed(jet);
		jet_wake(s);
	}
}

/* ---- sessions ---- */

static gn_err dial_out(struct gn_jet *jet, const struct gn_way *to, const struct gn_pk *expected,
		       bool knock, gn_time now, gn_jet_id *out)
{
	struct jet_session *s;
	uint8_t dcid[JET_CID_LEN];
	now = jet_clock(jet, now);
	if (jet->dials >= jet->config.sessions_max) {
		jet_count(jet, JET_C_SESSION_LIMIT);
		return GN_LIMIT;
	}
	GN_TRY(jet_session_new(jet, false, to, now, &s));
	gn_rand_fill(jet->env.rand, dcid, sizeof dcid);
	s->cid_tx[0].set = true;
	memcpy(s->cid_tx[0].cid, dcid, JET_CID_LEN);
	s->path->validated = true; /* we chose the address */
	s->knocks = knock;
	gn_err err = jet_hs_new(s, expected, dcid, now);
	if (err == GN_OK)
		err = jet_hs_begin(s);
	if (err != GN_OK) {
		jet_session_free(s);
		return err;
	}
	jet_count(jet, JET_C_SESSIONS_OUT);
	jet_wake(s);
	*out = s->id;
	return GN_OK;
}

gn_err gn_jet_connect(struct gn_jet *jet, const struct gn_way *to, const struct gn_pk *expected,
		      gn_time now, gn_jet_id *out)
{
	return dial_out(jet, to, expected, false, now, out);
}

gn_err gn_jet_knock(struct gn_jet *jet, const struct gn_way *to, const struct gn_pk *expected,
		    gn_time now, gn_jet_id *out)
{
	return dial_out(jet, to, expected, true, now, out);
}

gn_err gn_jet_ping(struct gn_jet *jet, gn_jet_id id, gn_time now)
{
	struct jet_session *s = jet_find(jet, id);
	(void)jet_clock(jet, now);
	if (!s)
		return GN_NOT_FOUND;
	if (s->state != JET_S_OPEN)
		return GN_STATE;
	s->due |= JET_DUE_PING;
	jet_wake(s);
	return GN_OK;
}

gn_err gn_jet_close(struct gn_jet *jet, gn_jet_id id, uint32_t code, const char *reason,
		    gn_time now)
{
	struct jet_session *s = jet_find(jet, id);
	now = jet_clock(jet, now);
	if (!s)
		return GN_NOT_FOUND;
	if (!jet_alive(s))
		return GN_CLOSED;
	jet_close_local(s, GN_OK, true, code, reason, now);
	strip_closed(jet);
	return GN_OK;
}

/* ---- queries ---- */

gn_err gn_jet_exporter(const struct gn_jet *jet, gn_jet_id id, uint8_t out[32])
{
	const struct jet_session *s = jet_find(jet, id);
	if (!s)
		return GN_NOT_FOUND;
	if (s->state != JET_S_OPEN)
		return GN_STATE;
	memcpy(out, s->exporter, sizeof s->exporter);
	return GN_OK;
}

gn_err gn_jet_info(const struct gn_jet *jet, gn_jet_id id, struct gn_jet_info *out)
{
	const struct jet_session *s = jet_find(jet, id);
	if (!s)
		return GN_NOT_FOUND;
	const struct jet_path *p = s->path;
	*out = (struct gn_jet_info){
		.peer = s->peer,
		.way = p->way,
		.connected = s->state == JET_S_OPEN,
		.incoming = s->incoming,
		.srtt = p->rtt.sampled ? p->rtt.smoothed : 0,
		.rtt_min = p->rtt.sampled ? p->rtt.min : 0,
		.rtt_last = p->rtt.adjusted,
		.rtt_at = p->rtt.at,
		.since = s->since,
		.bytes_sent = s->bytes_sent,
		.bytes_received = s->bytes_received,
		.packets_sent = s->packets_sent,
		.packets_received = s->packets_received,
		.packets_lost = s->packets_lost,
		.cwnd = p->cc.cwnd,
		.in_flight = p->cc.in_flight,
		.pacing_rate = p->reliable ? 0 : p->pacer.rate,
		.mtu = p->mtu.size,
		.group = s->group,
		.suite = s->suite,
		.cc = p->cc.ops->name,
		.kind = jet_way_info(jet, p->way.link)->kind,
		.why = s->why,
		.indirect = jet_punch_why_not(s),
		.multipath = s->multi,
		.much_waits = jet_sched_waits(s, JET_CLASSES_BULK),
	};
	for (int i = 0; i < JET_PATHS_MAX; i++)
		if (s->paths[i] && s->paths[i]->validated)
			out->paths++;
	return GN_OK;
}

unsigned gn_jet_ways(const struct gn_jet *jet, gn_jet_id id, struct gn_way *out, unsigned max)
{
	const struct jet_session *s = jet_find(jet, id);
	unsigned n = 0;
	if (!s || s->state != JET_S_OPEN || max == 0)
		return 0;
	out[n++] = s->path->way;
	for (int i = 0; i < JET_PATHS_MAX && n < max; i++)
		if (s->paths[i] && s->paths[i] != s->path && s->paths[i]->validated)
			out[n++] = s->paths[i]->way;
	return n;
}

uint32_t gn_jet_session_count(const struct gn_jet *jet)
{
	return jet->session_count;
}

bool gn_jet_counter_at(const struct gn_jet *jet, size_t i, struct gn_counter *out)
{
	static const char *const names[] = {
#define X(name, text) text,
#include "counters.def"
#undef X
	};
	return gn_counter_at(names, jet->counters, JET_C_COUNT, i, out);
}

bool gn_jet_share_at(const struct gn_jet *jet, size_t i, struct gn_share_view *out)
{
	const struct gn_share_view views[] = {{"sessions", &jet->open.share, 1},
					      {"handshakes", &jet->half.share, 1},
					      {"parked", &jet->parked.share, 1},
					      {"received", &jet->memory[JET_IN], JET_MEMORY_STEP},
					      {"written", &jet->memory[JET_OUT], JET_MEMORY_STEP}};
	if (i >= GN_COUNT(views))
		return false;
	*out = views[i];
	return true;
}

void gn_jet_validate(const struct gn_jet *jet)
{
	uint32_t half_open = 0, dials = 0;
	gn_heap_validate(&jet->timers);
	gn_map_validate(&jet->ids);
	gn_map_validate(&jet->cids);
	gn_map_validate(&jet->ways);
	GN_ASSERT(jet->timers.count == jet->session_count && jet->ids.count <= jet->session_count);
	for (uint32_t i = 0; i < jet->timers.count; i++) {
		const struct jet_session *s =
			GN_CONTAINER(jet->timers.nodes[i], struct jet_session, timer);
		jet_session_validate(s);
		half_open += s->half_open;
		dials += s->dial;
	}
	GN_ASSERT(half_open == jet->half_open && dials == jet->dials);
	jet_seats_validate(&jet->half);
	jet_seats_validate(&jet->open);
	jet_parked_validate(jet);
	jet_memory_validate(jet);
}
