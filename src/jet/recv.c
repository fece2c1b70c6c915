/* Packets of sessions: from bytes to frames to effects.
 *
 * 1. Header, number, replay window, seal: only a packet that passes all four is looked into, and
 *    only then does anything change but counters.
 * 2. All frames are parsed before the first takes effect; one that does not parse ends the
 *    session (JT-52), unless the packet is an Initial, whose keys anybody can make: that is
 *    dropped.
 * 3. After a frame has ended the session the rest of the packet is ignored. */
#include "jet/ack_int.h"
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/datagram_int.h"
#include "jet/flow_int.h"
#include "jet/handshake_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/path_int.h"
#include "jet/paths_int.h"
#include "jet/recv_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"
#include "jet/token_int.h"

/* What the first pass over a packet's frames found. */
struct survey {
	bool eliciting, probing;
	const char *wrong; /* NULL: fine */
};

static struct survey look(struct gn_slice payload, enum jet_level level, bool incoming)
{
	struct survey v = {.probing = true};
	struct gn_reader r = gn_reader(payload);
	unsigned acks = 0, count = 0;
	for (; gn_reader_left(&r) > 0; count++) {
		struct jet_frame f;
		if (jet_frame_read(&r, &f) != GN_OK) {
			v.wrong = "a frame does not parse";
			return v;
		}
		acks += f.type == JET_F_ACK;
		if (level != JET_APP ? !jet_frame_in_handshake(f.type) : f.type == JET_F_CRYPTO)
			v.wrong = "a frame that does not belong into its packet";
		if (f.type == JET_F_CONFIRM && incoming)
			v.wrong = "a confirmation from the client";
		if (acks > JET_ACK_FRAMES_MAX)
			v.wrong = "too many acknowledgements in one packet";
		v.eliciting |= jet_frame_eliciting(f.type);
		v.probing &= jet_frame_probing(f.type);
	}
	if (count == 0)
		v.wrong = "a packet without frames";
	return v;
}

static gn_err apply_ack(struct jet_session *s, struct jet_path *p, enum jet_level level,
			const struct jet_frame *f, gn_time now)
{
	if (level != JET_APP)
		return jet_loss_ack(s, p, &s->hs->space[level], level, f, now);
	struct jet_path *about = f->id <= UINT32_MAX ? jet_path_find(s, (uint32_t)f->id) : NULL;
	if (!about) /* of a path that is gone */
		return GN_OK;
	GN_TRY(jet_loss_ack(s, about, &about->space, level, f, now));
	if (about == p)
		jet_path_acked(s, p, f->offset, now);
	return GN_OK;
}

static gn_err apply(struct jet_session *s, struct jet_path *p, enum jet_level level,
		    const struct jet_frame *f, const struct gn_addr *from, struct jet_effect *e,
		    gn_time now)
{
	switch (f->type) {
	case JET_F_PAD:
	case JET_F_PING: return GN_OK;
	case JET_F_ACK: return apply_ack(s, p, level, f, now);
	case JET_F_CRYPTO: return jet_hs_crypto(s, level, f, e, now);
	case JET_F_STREAM: return jet_stream_on_data(s, f, e, now);
	case JET_F_DATAGRAM: return jet_dgram_on_frame(s, f);
	case JET_F_RESET_STREAM: return jet_stream_on_reset(s, f, now);
	case JET_F_STOP_SENDING: return jet_stream_on_stop(s, f);
	case JET_F_MAX_DATA: return jet_flow_on_max_data(s, f);
	case JET_F_MAX_STREAM_DATA: return jet_stream_on_max(s, f);
	case JET_F_MAX_STREAMS_BIDI:
	case JET_F_MAX_STREAMS_UNI: return jet_stream_on_limit(s, f);
	case JET_F_STREAM_CLASS: return jet_stream_on_class(s, f);
	case JET_F_NEW_CID: return jet_cid_on_new(s, f);
	case JET_F_RETIRE_CID: return jet_path_on_retire(s, f);
	case JET_F_PATH_CHALLENGE: jet_path_on_challenge(s, p, from, f); return GN_OK;
	case JET_F_PATH_RESPONSE: jet_path_on_response(s, f, now); return GN_OK;
	case JET_F_PASS: jet_token_on_pass(s, f->data); return GN_OK;
	case JET_F_CONFIRM: return s->confirmed ? GN_OK : jet_hs_on_confirm(s, f->data, now);
	case JET_F_CLOSE:
	case JET_F_CLOSE_APP: jet_close_remote(s, f, now); return GN_CLOSED;
	default: jet_count(s->jet, JET_C_FRAME_UNKNOWN); return GN_OK;
	}
}

static gn_err apply_all(struct jet_session *s, struct jet_path *p, enum jet_level level,
			struct gn_slice payload, const struct gn_addr *from, struct jet_effect *e,
			gn_time now)
{
	struct gn_reader r = gn_reader(payload);
	uint32_t id = p->id;
	while (gn_reader_left(&r) > 0) {
		struct jet_frame f;
		gn_err err = jet_frame_read(&r, &f);
		GN_ASSERT(err == GN_OK);
		err = apply(s, p, level, &f, from, e, now);
		if (err != GN_OK && jet_alive(s))
			jet_fail(s, err);
		if (!jet_alive(s))
			return err;
		if (level == JET_APP ? jet_path_find(s, id) != p
				     : !s->hs || !s->hs->rx[level].ready)
			/* path or level is over: what else the packet holds comes again or is
			 * not needed */
			return GN_OK;
	}
	return GN_OK;
}

/* What a packet that opened says about the peer, before its frames. */
static void note_opened(struct jet_session *s, struct jet_path *p, enum jet_level level,
			const struct jet_header *h, size_t datagram_len, gn_time now)
{
	s->received_at = s->idle_at = s->active_at = now;
	s->sent_since = s->swept = s->knocks = false;
	s->packets_received++;
	s->bytes_received += h->len;
	jet_count(s->jet, JET_C_PACKETS_IN);
	if (level != JET_APP)
		p->rx += datagram_len;
	if (level == JET_INITIAL && !s->incoming && s->hs->space[0].replay.next == 0)
		/* from now on the server's own id */
		memcpy(s->cid_tx[0].cid, h->scid, JET_CID_LEN);
	if (level == JET_HANDSHAKE && s->incoming) {
		p->validated = true;
		jet_hs_discard(s, JET_INITIAL);
	}
}

static gn_err refuse(struct jet_session *s, enum jet_counter counter, gn_err err)
{
	jet_count(s->jet, counter);
	return err;
}

/* Opens the packet with the keys of its level. */
static gn_err open_packet(struct jet_session *s, enum jet_level level, uint32_t path, uint64_t pn,
			  uint8_t *packet, size_t len, size_t header, struct gn_slice *payload,
			  gn_time now)
{
	gn_err err = level == JET_APP
			     ? jet_app_keys_open(&s->keys, path, pn, packet, len, header,
						 3 * jet_pto(s->path, JET_APP), now, payload)
			     : jet_packet_open(&s->hs->rx[level], path, pn, packet, len, header,
					       payload);
	if (err != GN_OK && err != GN_AUTH)
		jet_fail(s, err);
	return err == GN_OK ? GN_OK : refuse(s, JET_C_PACKET_AUTH, err);
}

/* The path a packet came on; made now if the peer begins it. */
static gn_err path_of(struct jet_session *s, uint32_t id, const struct gn_addr *from, gn_time now,
		      struct jet_path **p)
{
	*p = jet_path_find(s, id);
	if (*p)
		return GN_OK;
	const struct jet_cid *tx = &s->cid_tx[id % JET_PATHS];
	bool theirs = (id % 2 == 1) == s->incoming;
	if (!tx->set || tx->path != id || s->paths[id % JET_PATHS] || !theirs) {
		jet_cid_remind(s, id);
		return refuse(s, JET_C_PACKET_PATH, GN_STATE);
	}
	gn_err err = jet_path_new(s, id, from, now, p);
	if (err != GN_OK)
		return refuse(s, JET_C_NOMEM, err);
	jet_path_probe(s, *p, from, false, now);
	return GN_OK;
}

static gn_err deliver(struct jet_session *s, struct jet_path *p, enum jet_level level, uint64_t pn,
		      struct gn_slice payload, const struct survey *v, const struct gn_addr *from,
		      size_t datagram_len, gn_time now)
{
	struct jet_space *sp = level == JET_APP ? &p->space : &s->hs->space[level];
	uint32_t id = p->id;
	struct jet_effect e = {0};
	bool newest = pn >= sp->replay.next;
	uint64_t had = level == JET_APP ? 0 : jet_hs_received(s->hs, level);
	jet_replay_mark(&sp->replay, pn);
	if (level == JET_APP)
		jet_path_heard(s, p, from, v->probing, newest, datagram_len, now);
	gn_err err = apply_all(s, p, level, payload, from, &e, now);
	if (!jet_alive(s))
		return err;
	jet_streams_wake_writers(s);
	jet_wake(s);
	if (level == JET_APP ? jet_path_find(s, id) != p : !s->hs || !s->hs->tx[level].ready)
		return GN_OK; /* its space is gone, and with it the need to acknowledge */
	if (e.refused)
		return GN_OK; /* not acknowledged, it comes again, when there may be room for it */
	if (level != JET_APP && v->eliciting && jet_hs_received(s->hs, level) == had)
		jet_hs_nudge(s);
	err = jet_ack_note(s, p, sp, level, pn, v->eliciting, e.urgent, now);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

gn_err jet_recv_packet(struct jet_session *s, uint32_t path, const struct gn_addr *from,
		       const struct jet_header *h, uint8_t *packet, size_t datagram_len,
		       gn_time now)
{
	enum jet_level level = !h->is_long                   ? JET_APP
			       : h->type == JET_LONG_INITIAL ? JET_INITIAL
							     : JET_HANDSHAKE;
	s->jet->stranger_steps += s->half_open;
	if (!jet_alive(s)) {
		s->close_heard++;
		if (s->state == JET_S_CLOSING && (s->close_heard & (s->close_heard - 1)) == 0) {
			s->close_due = true; /* the 1st, 2nd, 4th, 8th .. packet is answered */
			jet_wake(s);
		}
		return refuse(s, JET_C_PACKET_CLOSED, GN_CLOSED);
	}
	if (level == JET_APP ? s->state != JET_S_OPEN : !s->hs || !s->hs->rx[level].ready)
		return refuse(s, JET_C_PACKET_NO_KEY, GN_STATE);
	if (level != JET_APP && !gn_addr_eq(from, &s->path->addr))
		/* nobody moves during the handshake */
		return refuse(s, JET_C_PACKET_UNEXPECTED, GN_STATE);
	if (level != JET_APP && !s->incoming && s->hs->space[0].replay.next &&
	    memcmp(h->scid, s->cid_tx[0].cid, JET_CID_LEN) != 0)
		return refuse(s, JET_C_PACKET_UNEXPECTED, GN_MALFORMED);
	struct jet_path *p = jet_path_find(s, path);
	static const struct jet_replay nothing;
	const struct jet_replay *replay = level != JET_APP ? &s->hs->space[level].replay
					  : p              ? &p->space.replay
							   : &nothing;
	size_t pn_len;
	uint64_t pn;
	if (!jet_packet_unmask(level == JET_APP ? &s->keys.rx.aead : &s->hs->rx[level].aead, packet,
			       h->len, h->pn_offset, h->is_long, &pn_len, &pn))
		return refuse(s, JET_C_PACKET_MALFORMED, GN_MALFORMED);
	pn = jet_pn_decode(replay->next, pn, (unsigned)pn_len * 8);
	bool too_old;
	if (jet_replay_seen(replay, pn, &too_old))
		return refuse(s, too_old ? JET_C_PACKET_OLD : JET_C_PACKET_REPLAYED, GN_REPLAY);
	struct gn_slice payload;
	GN_TRY(open_packet(s, level, path, pn, packet, h->len, h->pn_offset + pn_len, &payload,
			   now));

	struct survey v = look(payload, level, s->incoming);
	uint8_t reserved =
		(uint8_t)(h->is_long ? JET_PROTECT_LONG & ~JET_FLAG_PN4
				     : JET_PROTECT_SHORT & ~(JET_FLAG_PN4 | JET_FLAG_PHASE));
	if (packet[0] & reserved)
		v.wrong = "reserved bits are set";
	if (v.wrong && level == JET_INITIAL)
		return refuse(s, JET_C_INITIAL_FRAMES, GN_MALFORMED);
	if (v.wrong)
		return jet_fault(s, JET_E_FRAME, v.wrong);
	GN_TRY(path_of(s, path, from, now, &p));
	note_opened(s, p, level, h, datagram_len, now);
	return deliver(s, p, level, pn, payload, &v, from, datagram_len, now);
}
