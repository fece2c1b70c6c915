/* Steps of two honest ends, chosen by bytes: see state.h. */
#include "jet/testing/state.h"
#include "jet/memory_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"
#include "jet/testing/forge.h"

#define STATE_FLIGHT 300  /* datagrams under way per direction; more are lost */
#define STATE_CARRIER 5   /* a link that loses nothing, as TCP */
#define STATE_SPARES 100  /* links of sockets besides, from here on */
#define STATE_CARRIED 40  /* datagrams that it holds; it takes no more */
#define STATE_STREAMS 256 /* per run and end */
#define STATE_ROUNDS 4000 /* of the healed network */

struct state_stream {
	gn_jet_stream id;
	uint64_t written, read;
	bool fin, fin_read, acked; /* written to the end, read to the end, told so */
	bool cut;                  /* reset or stopped by one end: the bytes may end anywhere */
	struct jet_ranges flight;  /* sent and neither acknowledged nor lost */
	bool fin_flies;
};

struct state_datagram {
	struct gn_way from;
	uint16_t len;
	uint8_t data[JET_MTU_MAX];
};

static struct state_end {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_jet *jet;
	struct gn_way way;
	struct jet_session *session;
	gn_jet_id id;
	struct state_stream streams[STATE_STREAMS];
	unsigned stream_count;
	/* to the other end, oldest first */
	struct state_datagram flight[STATE_FLIGHT + STATE_CARRIED];
	unsigned flying, carried; /* all, and those on the carrier */
} state_ends[2];
static gn_time state_now;

static uint8_t state_byte(gn_jet_stream id, uint64_t o)
{
	return (uint8_t)(o * 131 + (o >> 8) * 17 + id * 59);
}

static struct state_stream *state_stream(struct state_end *e, gn_jet_stream id)
{
	for (unsigned i = e->stream_count; i-- > 0;)
		if (e->streams[i].id == id)
			return &e->streams[i];
	if (e->stream_count == STATE_STREAMS)
		return NULL;
	e->streams[e->stream_count] = (struct state_stream){.id = id};
	return &e->streams[e->stream_count++];
}

static bool state_writes(unsigned end, gn_jet_stream id)
{
	return !(id & 2) || (id & 1) == end; /* both ways, or its own: end 1 is the server */
}

/* ---- steps ---- */

static void state_read(struct state_end *e, struct state_stream *st, size_t most)
{
	uint8_t buf[512];
	size_t n = 0;
	gn_err err = GN_OK;
	for (bool fin = false; most && !fin; most -= n) {
		err = gn_jet_stream_read(e->jet, e->id, st->id, buf,
					 most < sizeof buf ? most : sizeof buf, &n, &fin);
		if (err != GN_OK)
			break;
		for (size_t i = 0; i < n; i++)
			GN_ASSERT(buf[i] == state_byte(st->id, st->read + i));
		st->read += n;
		st->fin_read = fin;
	}
	st->cut |= err == GN_CLOSED;
}

static void state_write(struct state_end *e, struct state_stream *st, size_t len, bool fin)
{
	uint8_t buf[2048];
	size_t taken = 0;
	len = len < sizeof buf ? len : sizeof buf;
	for (size_t i = 0; i < len; i++)
		buf[i] = state_byte(st->id, st->written + i);
	if (st->fin ||
	    gn_jet_stream_write(e->jet, e->id, st->id, gn_slice(buf, len), fin, &taken) != GN_OK)
		return;
	st->written += taken;
	st->fin = fin && taken == len;
}

/* Sockets for a guess, or none; what is sent by them comes as by the shared one. */
static void state_sockets(struct state_end *e, uint32_t count)
{
	static const struct gn_way_info spare = {.kind = GN_WAY_SPARE};
	count = state_now / GN_MSEC % 4 ? count : 0;
	for (uint32_t i = 0; i < count; i++) {
		gn_err err = gn_jet_way(e->jet, STATE_SPARES + i, &spare);
		GN_ASSERT(err == GN_OK);
	}
	gn_err err = gn_jet_guess(e->jet, e->id, STATE_SPARES, count, state_now);
	GN_ASSERT(err == GN_OK);
}

static void state_events(struct state_end *e)
{
	struct gn_jet_event v;
	while (gn_jet_next_event(e->jet, &v)) {
		GN_ASSERT(v.kind != GN_JET_CLOSED);
		if (v.kind == GN_JET_OPENED)
			state_stream(e, v.stream);
		if (v.kind == GN_JET_ACKED)
			state_stream(e, v.stream)->acked = true;
		if (v.kind == GN_JET_GUESS)
			state_sockets(e, v.count);
	}
}

static bool state_flies(const struct state_datagram *d)
{
	return d->from.link != STATE_CARRIER;
}

/* The datagram that is to come when the i-th is meant: the carrier keeps order. */
static unsigned state_pick(const struct state_end *e, unsigned i)
{
	unsigned first = 0;
	if (state_flies(&e->flight[i]))
		return i;
	while (state_flies(&e->flight[first]))
		first++;
	return first;
}

/* False: there is no room in flight for one more on the link. */
static bool state_room(const struct state_end *e, uint32_t link)
{
	return link == STATE_CARRIER ? e->carried < STATE_CARRIED
				     : e->flying - e->carried < STATE_FLIGHT;
}

/* The carrier takes a packet, or none. */
static void state_tell_room(struct state_end *e)
{
	size_t room = state_room(e, STATE_CARRIER) ? JET_MTU_MAX : 0;
	gn_jet_way_room(e->jet, STATE_CARRIER, room, state_now);
}

static void state_send(struct state_end *e)
{
	static uint8_t bytes[64000];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_jet_batch batch;
	state_tell_room(e);
	for (; gn_jet_send(e->jet, &out, &batch, state_now) == GN_OK; state_tell_room(e))
		for (size_t at = 0; at < out.len; at += batch.segment) {
			size_t n = out.len - at < batch.segment ? out.len - at : batch.segment;
			GN_ASSERT(n <= JET_MTU_MAX);
			bool room = state_room(e, batch.to.link);
			GN_ASSERT(room || batch.to.link != STATE_CARRIER);
			if (!room)
				continue;
			e->carried += batch.to.link == STATE_CARRIER;
			struct state_datagram *d = &e->flight[e->flying++];
			d->len = (uint16_t)n;
			d->from = e->way;
			d->from.link = batch.to.link < STATE_SPARES ? batch.to.link : 0;
			memcpy(d->data, out.p + at, n);
		}
}

static void state_drop(struct state_end *e, unsigned i)
{
	e->carried -= !state_flies(&e->flight[i]);
	e->flying--;
	memmove(&e->flight[i], &e->flight[i + 1], (e->flying - i) * sizeof e->flight[0]);
}

/* True: it was lost. */
static bool state_lose(struct state_end *e, unsigned i)
{
	bool flies = state_flies(&e->flight[i]);
	if (flies)
		state_drop(e, i);
	return flies;
}

/* The connection breaks, and another is made. */
static void state_break(void)
{
	static const struct gn_way_info carrier = {.kind = GN_WAY_WSS, .reliable = true};
	for (int k = 0; k < 2; k++) {
		struct state_end *e = &state_ends[k];
		for (unsigned i = e->flying; i-- > 0;)
			if (!state_flies(&e->flight[i]))
				state_drop(e, i);
		gn_jet_way_gone(e->jet, STATE_CARRIER, state_now);
		gn_err err = gn_jet_way(e->jet, STATE_CARRIER, &carrier);
		GN_ASSERT(err == GN_OK);
	}
}

/* Delivers one of e's datagrams; keep: it stays in flight and comes again; port: that it comes
 * from, when it is not e's. */
static void state_deliver(struct state_end *e, unsigned i, bool keep, uint16_t port)
{
	struct state_end *to = &state_ends[e == state_ends];
	i = state_pick(e, i);
	struct state_datagram d = e->flight[i];
	if (port && state_flies(&d))
		d.from.addr.port = port;
	if (!keep || !state_flies(&d))
		state_drop(e, i);
	gn_jet_recv(to->jet, &d.from, gn_slice(d.data, d.len), state_now);
	state_events(to);
}

static void state_pass(gn_time time)
{
	state_now += time;
	for (int i = 0; i < 2; i++) {
		gn_jet_tick(state_ends[i].jet, state_now);
		state_events(&state_ends[i]);
	}
}

/* What e may say of paths at any time, whether or not it makes sense. */
static void state_forge_path(struct state_end *e, struct gn_writer *w, unsigned arg)
{
	static const uint8_t challenge[8] = {1};
	struct jet_session *s = e->session;
	if (arg & 0x80) {
		uint64_t v[] = {arg & 7, ++s->status_seq, (arg >> 3 & 3) % 3};
		jet_write_numbers(w, JET_F_PATH_STATUS, v, 3);
		gn_write_u8(w, (uint8_t)(arg >> 5 & 3));
	} else if (arg & 0x40) {
		gn_write_varint(w, JET_F_SEEN);
		gn_write_varint(w, 19);
		gn_write_varint(w, arg & 15);
		gn_write_bytes(w, GN_SLICE(e->way.addr.ip));
		gn_write_be16(w, 9);
	} else {
		jet_write_path(w, arg & 0x20 ? JET_F_PATH_RESPONSE : JET_F_PATH_CHALLENGE,
			       challenge);
	}
}

/* A frame of e's as it might well send it: a PING, or bytes of a stream again, cut otherwise. */
static void state_forge(struct state_end *e, struct state_stream *st, unsigned arg)
{
	uint8_t frames[128], packet[2048];
	struct gn_writer w = gn_writer(frames, sizeof frames);
	const struct jet_stream *tx = st ? jet_stream_find(e->session, st->id) : NULL;
	gn_write_varint(&w, JET_F_PING);
	if (tx && tx->tx.next && (tx->tx_state == JET_TX_OPEN || tx->tx_state == JET_TX_FIN)) {
		uint64_t offset = tx->tx.next * (arg & 0xff) / 256, len = tx->tx.next - offset;
		len = len < 20 ? len : 20;
		jet_write_stream(&w, st->id, offset, len, true, false);
		for (uint64_t i = 0; i < len; i++)
			gn_write_u8(&w, state_byte(st->id, offset + i));
	}
	GN_ASSERT(!w.bad);
	struct jet_path *on = e->session->path, *other = e->session->paths[arg & 7];
	if (e->session->multi)
		state_forge_path(e, &w, arg);
	GN_ASSERT(!w.bad);
	e->jet->now = state_now;
	if (e->session->multi && other && other->validated && arg & 1)
		on = other;
	if (!state_room(e, on->way.link))
		return;
	struct jet_path *main = e->session->path;
	e->session->path = on;
	size_t len = forge_packet(e->session, gn_slice(frames, gn_writer_len(&w)), packet);
	e->session->path = main;
	e->flight[e->flying].len = (uint16_t)len;
	e->flight[e->flying].from = (struct gn_way){e->way.addr, on->way.link};
	memcpy(e->flight[e->flying++].data, packet, len);
	e->carried += on->way.link == STATE_CARRIER;
}

/* An address that answers, or none does. The session counts as relayed, so that it is tried. */
static gn_err state_offer(struct state_end *e, unsigned arg)
{
	const struct gn_way_info relay = {.kind = GN_WAY_RELAY,
					  .peer = gn_addr_v4(198, 51, 100, (uint8_t)arg, 9)};
	struct gn_jet_offer offer = {.count = 1 + arg % 3,
				     .guess = arg & 8,
				     .mapping = (enum gn_jet_nat)(arg >> 1 & 3),
				     .delta = (int16_t)(arg & 2),
				     .span = (uint16_t)(arg & 16)};
	for (uint32_t i = 0; i < offer.count; i++)
		offer.list[i].addr = gn_addr_v4(198, 51, 100, (uint8_t)(arg + i), 7);
	uint32_t link = e->session->path->way.link;
	if (link && link != STATE_CARRIER) {
		gn_err err = gn_jet_way(e->jet, link, &relay);
		GN_ASSERT(err == GN_OK);
	}
	return gn_jet_offer(e->jet, e->id, &offer, state_now);
}

/* With a peer that knows one path: it moves. Else a path is opened or closed, or what is known of
 * ways changes. */
static gn_err state_path(struct state_end *e, const struct gn_way *peer, unsigned arg)
{
	struct gn_way to = {peer->addr, 1 + arg % 5};
	if (!e->session->multi)
		return gn_jet_migrate(e->jet, e->id, peer, state_now);
	if ((arg & 0xc0) == 0xc0 && e->session->streams.count > 2)
		gn_jet_network(e->jet, state_now);
	else if ((arg & 0xe0) == 0x80 && to.link == STATE_CARRIER)
		state_break();
	else if ((arg & 0xe0) == 0x80)
		gn_jet_way_gone(e->jet, to.link, state_now);
	else if ((arg & 0xe0) == 0xa0)
		return state_offer(e, arg);
	else if (arg & 0x20)
		return gn_jet_path_close(e->jet, e->id, arg % 12, state_now);
	else
		return gn_jet_path_open(e->jet, e->id, &to, state_now);
	return GN_OK;
}

/* ---- what must hold ---- */

/* What of each stream is under way. */
static void state_gather(struct state_end *e)
{
	for (unsigned i = 0; i < e->stream_count; i++) {
		e->streams[i].flight.count = 0;
		e->streams[i].fin_flies = false;
	}
	for (int p = 0; p < JET_PATHS_MAX; p++) {
		const struct jet_space *sp =
			e->session->paths[p] ? &e->session->paths[p]->space : NULL;
		for (uint32_t i = 0; sp && i < sp->sent.count; i++) {
			const struct jet_sent *sent = gn_ring_at(&sp->sent, i);
			for (uint8_t k = 0; sent->state == JET_SENT_OUT && k < sent->frames; k++) {
				const struct jet_sent_frame *f = jet_space_frame(sp, sent, k);
				struct state_stream *st =
					f->type == JET_F_STREAM ? state_stream(e, f->id) : NULL;
				if (!st)
					continue;
				st->fin_flies |= f->fin;
				gn_err err =
					f->len ? jet_ranges_add(&st->flight, &e->alloc, f->offset,
								f->offset + f->len, UINT32_MAX)
					       : GN_OK;
				GN_ASSERT(err == GN_OK);
			}
		}
	}
}

static bool state_covers(const struct jet_ranges *r, uint64_t *offset)
{
	uint32_t i = jet_ranges_find(r, *offset);
	if (i == r->count || r->r[i].lo > *offset)
		return false;
	*offset = r->r[i].hi;
	return true;
}

/* Nothing is forgotten: what was sent is acknowledged, put up again, or on its way. */
static void state_check_stream(const struct state_stream *flying, const struct jet_stream *st)
{
	const struct jet_sendbuf *b = &st->tx;
	for (uint64_t o = b->base; o < b->next;)
		GN_ASSERT(state_covers(&b->acked, &o) || state_covers(&b->lost, &o) ||
			  state_covers(&flying->flight, &o));
	if (st->fin_sent && !st->fin_acked && !st->fin_lost)
		GN_ASSERT(flying->fin_flies);
}

static void state_check(void)
{
	for (int i = 0; i < 2; i++) {
		const struct jet_session *s = state_ends[i].session;
		gn_jet_validate(state_ends[i].jet);
		GN_ASSERT(s->state == JET_S_OPEN);
		state_gather(&state_ends[i]);
		for (uint32_t k = 0; k < s->streams.count; k++) {
			const struct jet_stream *st =
				*(struct jet_stream **)gn_map_value_at(&s->streams, k);
			if (st->tx_state == JET_TX_OPEN || st->tx_state == JET_TX_FIN)
				state_check_stream(state_stream(&state_ends[i], st->id), st);
		}
	}
}

/* ---- a run ---- */

static void state_make(unsigned i)
{
	struct state_end *e = &state_ends[i];
	struct gn_jet_config config = {.idle_timeout = 1000000 * GN_SEC,
				       .stream_window = 6000,
				       .session_window = 15000,
				       .send_buffer = 20000,
				       .stream_memory = 8192};
	gn_alloc_heap(&e->alloc, 64u << 20);
	gn_prng_init(&e->prng, i);
	e->rand = gn_prng_rand(&e->prng);
	e->way.addr = gn_addr_v4(10, 0, 0, (uint8_t)(i + 1), 1);
	gn_sk_new(&e->rand, &config.node_key);
	struct gn_env env = {&e->alloc, &e->rand, NULL};
	gn_err err = gn_jet_new(&env, &config, &e->jet);
	GN_ASSERT(err == GN_OK);
	/* so that there is often no more */
	e->jet->reserve[JET_IN] = e->jet->reserve[JET_OUT] = 4096;
}

static void state_begin(enum state_ways ways)
{
	state_now = GN_SEC;
	for (unsigned i = 0; i < 2; i++)
		if (!state_ends[i].jet)
			state_make(i);
	state_break();
	for (unsigned i = 0; i < 2; i++) {
		struct state_end *e = &state_ends[i];
		gn_prng_init(&e->prng, i);
		e->stream_count = e->flying = e->carried = 0;
		struct gn_way to = state_ends[1 - i].way;
		to.link = ways == STATE_CARRIED_FIRST ? STATE_CARRIER : 0;
		e->session = forge_open(e->jet, i, &to, state_now);
		e->session->tx_credit = 15000;
		e->session->peer_stream_window = 6000;
		e->id = e->session->id;
		if (ways != STATE_ONE)
			forge_several(e->session);
	}
	forge_meet(state_ends[0].session, state_ends[1].session);
}

static void state_end(void)
{
	for (int i = 0; i < 2; i++) {
		jet_session_free(state_ends[i].session);
		for (unsigned k = 0; k < state_ends[i].stream_count; k++)
			jet_ranges_fini(&state_ends[i].streams[k].flight, &state_ends[i].alloc);
	}
}

static void state_step(struct gn_reader *r)
{
	unsigned op = gn_read_u8(r), arg = gn_reader_left(r) ? gn_read_u8(r) : 0, side = op & 1;
	struct state_end *e = &state_ends[side];
	struct state_stream *st = e->stream_count ? &e->streams[arg % e->stream_count] : NULL;
	gn_jet_stream id;
	gn_err err = GN_OK;
	switch (op >> 1 & 15) {
	case 0: /* open */
		err = gn_jet_stream_open(e->jet, e->id, arg & 1,
					 (enum gn_jet_class)(1 + (arg >> 1 & 3)), &id);
		if (err == GN_OK)
			state_stream(e, id);
		break;
	case 1: /* write, as its own packets or with what else waits */
	case 2:
		if (st && state_writes(side, st->id)) {
			state_write(e, st, op & 0x80 ? 1u + arg * 8u : 1u + arg % 40,
				    (op & 0x60) == 0x60);
			if (op & 0x20)
				state_send(e);
		}
		break;
	case 3: /* many small packets */
		for (unsigned n = 0; st && state_writes(side, st->id) && n < 1u + (op >> 5) * 20u;
		     n++) {
			state_write(e, st, 1 + arg % 3, false);
			state_send(e);
		}
		break;
	case 4: /* read */
		if (st && state_writes(1 - side, st->id))
			state_read(e, st, op & 0x80 ? 1000 : 1u + (op >> 5));
		break;
	case 5:
	case 6: /* one datagram, in whatever order */
		if (e->flying)
			state_deliver(e, arg % e->flying, op & 0x80,
				      e->session->multi && (op & 0x60) == 0x60 ? 7 + (arg & 1) : 0);
		break;
	case 7: /* so many, in order */
		for (unsigned n = arg % 50; n > 0 && e->flying; n--)
			state_deliver(e, 0, false, 0);
		break;
	case 8: /* loss */
		if (e->flying)
			state_lose(e, arg % e->flying);
		break;
	case 9: /* of every other one, or of all */
		for (unsigned i = 0; i < e->flying;)
			i += !state_lose(e, i) || !(op & 0x80);
		break;
	case 10: state_pass((gn_time)(1 + arg) * (op & 0x80 ? 10 * GN_MSEC : GN_MSEC / 10)); break;
	case 11: state_send(e); break;
	case 12: state_forge(e, st, arg); break;
	case 13: /* give up, seldom */
		if (!st || (op & 0xe0) != 0xe0)
			break;
		if (arg & 0x80)
			err = gn_jet_stream_reset(e->jet, e->id, st->id, 1);
		else
			err = gn_jet_stream_stop(e->jet, e->id, st->id, 1);
		if (err == GN_OK && state_stream(&state_ends[1 - side], st->id))
			st->cut = state_stream(&state_ends[1 - side], st->id)->cut = true;
		break;
	case 14: {
		static const uint8_t text[200];
		err = gn_jet_datagram(e->jet, e->id, GN_JET_INTERACTIVE,
				      gn_slice(text, 1 + arg % 200), GN_NEVER);
		break;
	}
	case 15: /* a new key, when one may be had; seldom a path, a link gone, a network */
		if ((op & 0xe0) == 0xe0)
			err = state_path(e, &state_ends[1 - side].way, arg);
		else
			jet_app_keys_update(&e->session->keys, state_now);
		break;
	}
	(void)err;
}

static bool state_done(void)
{
	return state_ends[0].session->streams.count == 0 &&
	       state_ends[1].session->streams.count == 0;
}

/* Everything is written to its end, read to its end, delivered in order. */
static void state_heal(void)
{
	for (int round = 0; !state_done(); round++) {
		GN_ASSERT(round < STATE_ROUNDS); /* a stream does not end */
		for (unsigned side = 0; side < 2; side++) {
			struct state_end *e = &state_ends[side];
			for (unsigned i = 0; i < e->stream_count; i++) {
				if (state_writes(side, e->streams[i].id))
					state_write(e, &e->streams[i], 0, true);
				if (state_writes(1 - side, e->streams[i].id))
					state_read(e, &e->streams[i], 100000);
			}
			state_send(e);
		}
		for (int side = 0; side < 2; side++)
			while (state_ends[side].flying)
				state_deliver(&state_ends[side], 0, false, 0);
		for (int side = 0; side < 2; side++)
			state_send(&state_ends[side]);
		state_pass(GN_MSEC); /* or two that answer each other keep it from moving */
		if (state_ends[0].flying + state_ends[1].flying == 0) {
			gn_time at = gn_time_min(gn_jet_deadline(state_ends[0].jet),
						 gn_jet_deadline(state_ends[1].jet));
			GN_ASSERT(at != GN_NEVER);
			state_pass(at > state_now ? at - state_now : 0);
		}
		state_check();
	}
	for (unsigned side = 0; side < 2; side++)
		for (unsigned i = 0; i < state_ends[side].stream_count; i++) {
			const struct state_stream *a = &state_ends[side].streams[i],
						  *b = state_stream(&state_ends[1 - side], a->id);
			if (!state_writes(side, a->id) || a->cut || (b && b->cut))
				continue;
			GN_ASSERT(a->fin && a->acked && b && b->fin_read && b->read == a->written);
		}
}

void state_run(const uint8_t *data, size_t len, enum state_ways ways)
{
	struct gn_reader r = gn_reader(gn_slice(data, len));
	state_begin(ways);
	while (gn_reader_left(&r) > 0) {
		state_step(&r);
		state_check();
	}
	state_heal();
	state_end();
}
