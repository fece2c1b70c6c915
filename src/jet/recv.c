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
#include "jet/grade_int.h"
#include "jet/guess_int.h"
#include "jet/handshake_int.h"
#include "jet/loss_int.h"
#include "jet/mark_int.h"
#include "jet/park_int.h"
#include "jet/path_int.h"
#include "jet/paths_int.h"
#include "jet/punch_int.h"
#include "jet/recv_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"
#include "jet/token_int.h"
#include "jet/way_int.h"

/* What the first pass over a packet's frames found. */
struct survey {
	bool eliciting, probing;
	const char *wrong; /* NULL: fine */
};

static struct survey look_over(struct gn_slice payload, enum jet_level level, bool incoming)
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

static gn_err apply_ack(const struct jet_in *in, const struct jet_frame *f)
{
	GN_ASSERT(f->type == JET_F_ACK);
	struct jet_session *s = in->s;
	if (in->level != JET_APP)
		return jet_loss_ack(s, in->path, in->space, in->level, f, true, in->now);
	struct jet_path *about = f->id <= UINT32_MAX ? jet_path_find(s, (uint32_t)f->id) : NULL;
	if (!about) /* of a path that is gone */
		return GN_OK;
	bool same = about == in->path;
	GN_TRY(jet_loss_ack(s, about, &about->space, JET_APP, f, same || !s->multi, in->now));
	if (same)
		jet_path_acked(s, about, f->offset, in->now);
	return jet_grade_look(s, in->now);
}

static gn_err apply_response(const struct jet_in *in, const struct jet_frame *f)
{
	bool fresh;
	struct jet_path *p = in->path;
	if (!p->punching)
		p = jet_path_on_response(in, f, &fresh);
	else if (!jet_punch_answered(in, f, &fresh))
		p = NULL;
	return p ? jet_grade_answered(in->s, p, fresh, in->now) : GN_OK;
}

static gn_err apply_offer(const struct jet_in *in, const struct jet_frame *f)
{
	enum jet_offer_go go;
	GN_TRY(jet_offer_on_frame(in->s, f, &go));
	switch (go) {
	case JET_GO_PUNCH: return jet_punch_go(in->s, (uint32_t)f->id, in->now);
	case JET_GO_GUESS: return jet_guess_go(in->s, (uint32_t)f->id, in->now);
	case JET_GO_NOTHING: break;
	}
	return jet_punch_look(in->s, in->now);
}

static gn_err apply_frame(const struct jet_in *in, const struct jet_frame *f, struct jet_effect *e)
{
	struct jet_session *s = in->s;
	switch (f->type) {
	case JET_F_PAD:
	case JET_F_PING: return GN_OK;
	case JET_F_ACK: return apply_ack(in, f);
	case JET_F_CRYPTO: return jet_hs_crypto(s, in->level, f, e, in->now);
	case JET_F_STREAM: return jet_stream_on_data(s, f, e, in->now);
	case JET_F_DATAGRAM: return jet_dgram_on_frame(s, f);
	case JET_F_RESET_STREAM: return jet_stream_on_reset(s, f, in->now);
	case JET_F_STOP_SENDING: return jet_stream_on_stop(s, f);
	case JET_F_MAX_DATA: return jet_flow_on_max_data(s, f);
	case JET_F_MAX_STREAM_DATA: return jet_stream_on_max(s, f);
	case JET_F_MAX_STREAMS_BIDI:
	case JET_F_MAX_STREAMS_UNI: return jet_stream_on_limit(s, f);
	case JET_F_STREAM_CLASS: return jet_stream_on_class(s, f);
	case JET_F_NEW_CID: return jet_cid_on_new(s, f);
	case JET_F_RETIRE_CID: return jet_path_on_retire(s, f);
	case JET_F_PATH_CHALLENGE:
		jet_path_on_challenge(in, f);
		if (in->path->punching)
			jet_punch_heard(in);
		return GN_OK;
	case JET_F_PATH_OFFER: return apply_offer(in, f);
	case JET_F_PATH_RESPONSE: return apply_response(in, f);
	case JET_F_PATH_STATUS: return jet_grade_on_status(s, f, in->now);
	case JET_F_SEEN: return jet_grade_on_seen(s, f);
	case JET_F_PASS: jet_token_on_pass(s, f->data); return GN_OK;
	case JET_F_CONFIRM: return s->confirmed ? GN_OK : jet_hs_on_confirm(s, f->data, in->now);
	case JET_F_CLOSE:
	case JET_F_CLOSE_APP: jet_close_remote(s, f, in->now); return GN_CLOSED;
	default: jet_count(s->jet, JET_C_FRAME_UNKNOWN); return GN_OK;
	}
}

/* The packet's path, or its level of the handshake, is over. */
static bool place_gone(const struct jet_in *in)
{
	const struct jet_session *s = in->s;
	return in->level == JET_APP ? jet_path_find(s, in->path_id) != in->path
				    : !s->hs || !s->hs->rx[in->level].ready;
}

static gn_err apply_all(const struct jet_in *in, struct gn_slice payload, struct jet_effect *e)
{
	struct jet_session *s = in->s;
	struct gn_reader r = gn_reader(payload);
	while (gn_reader_left(&r) > 0) {
		struct jet_frame f;
		gn_err err = jet_frame_read(&r, &f);
		GN_ASSERT(err == GN_OK);
		err = apply_frame(in, &f, e);
		if (err != GN_OK && jet_alive(s))
			jet_fail(s, err);
		if (!jet_alive(s))
			return err;
		if (place_gone(in)) /* what else it holds comes again or is not needed */
			return GN_OK;
	}
	return GN_OK;
}

/* What a packet that opened says about the peer, before its frames. */
static void note_opened(const struct jet_in *in)
{
	GN_ASSERT(in->path && jet_alive(in->s));
	struct jet_session *s = in->s;
	s->received_at = s->idle_at = s->active_at = in->now;
	s->sent_since = s->swept = s->knocks = false;
	s->packets_received++;
	s->bytes_received += in->header->len;
	jet_count(s->jet, JET_C_PACKETS_IN);
	if (in->level != JET_APP)
		in->path->rx += in->datagram_len;
	if (in->level == JET_INITIAL && !s->incoming && s->hs->space[0].replay.next == 0)
		/* from now on the server's own id */
		memcpy(s->cid_tx[0].cid, in->header->scid, JET_CID_LEN);
	if (in->level == JET_HANDSHAKE && s->incoming) {
		in->path->validated = true;
		jet_hs_discard(s, JET_INITIAL);
	}
}

static gn_err refuse_packet(struct jet_session *s, enum jet_counter counter, gn_err err)
{
	jet_count(s->jet, counter);
	return err;
}

/* Of all paths: a packet with the old key may be under way on the slowest. */
static gn_time longest_pto(const struct jet_session *s)
{
	gn_time most = jet_pto(s->path, JET_APP);
	for (int i = 0; i < JET_PATHS_MAX; i++) {
		gn_time pto = s->paths[i] ? jet_pto(s->paths[i], JET_APP) : 0;
		most = pto > most ? pto : most;
	}
	return most;
}

/* Opens the packet with the keys of its level. */
static gn_err open_packet(const struct jet_in *in, const struct jet_sealed *x,
			  struct gn_slice *payload)
{
	struct jet_session *s = in->s;
	gn_err err = in->level == JET_APP
			     ? jet_app_keys_open(&s->keys, x, 3 * longest_pto(s), in->now, payload)
			     : jet_packet_open(&s->hs->rx[in->level], x, payload);
	if (err != GN_OK && err != GN_AUTH)
		jet_fail(s, err);
	return err == GN_OK ? GN_OK : refuse_packet(s, JET_C_PACKET_AUTH, err);
}

/* The path a packet came on; made now if the peer begins it. */
static gn_err path_of(const struct jet_in *in, struct jet_path **p)
{
	struct jet_session *s = in->s;
	uint32_t id = in->path_id;
	*p = jet_path_find(s, id);
	if (*p)
		return GN_OK;
	const struct jet_cid *tx = &s->cid_tx[jet_slot(s, id)];
	bool theirs = (id % 2 == 1) == s->incoming;
	/* Before the handshake is confirmed its packets count on the first path, and there is no
	 * other. */
	if (!s->confirmed || !tx->set || tx->path != id || s->paths[jet_slot(s, id)] || !theirs) {
		jet_cid_remind(s, id);
		return refuse_packet(s, JET_C_PACKET_PATH, GN_STATE);
	}
	gn_err err = jet_path_new(s, id, in->from, in->now, p);
	if (err != GN_OK)
		return refuse_packet(s, JET_C_NOMEM, err);
	jet_path_probe(s, *p, in->from, false, in->now);
	return GN_OK;
}

static gn_err deliver_packet(const struct jet_in *in, struct gn_slice payload,
			     const struct survey *v)
{
	GN_ASSERT(in->path && in->space);
	struct jet_session *s = in->s;
	struct jet_effect e = {0};
	bool newest = in->pn >= in->space->replay.next;
	uint64_t had = in->level == JET_APP ? 0 : jet_hs_received(s->hs, in->level);
	jet_replay_mark(&in->space->replay, in->pn);
	gn_err err = GN_OK;
	if (in->level == JET_APP) {
		if (jet_is_parked(s))
			err = jet_park_wake(s, in->now);
		jet_path_heard(in, v->probing, newest);
		err = err == GN_OK ? jet_grade_heard(in) : err;
	}
	if (err == GN_OK)
		err = apply_all(in, payload, &e);
	else
		jet_fail(s, err);
	if (!jet_alive(s))
		return err;
	jet_streams_wake_writers(s);
	jet_wake(s);
	if (in->level == JET_APP ? jet_path_find(s, in->path_id) != in->path
				 : !s->hs || !s->hs->tx[in->level].ready)
		return GN_OK; /* its space is gone, and with it the need to acknowledge */
	if (e.refused)
		return GN_OK; /* not acknowledged, it comes again, when there may be room for it */
	if (in->level != JET_APP && v->eliciting && jet_hs_received(s->hs, in->level) == had)
		jet_hs_nudge(s);
	err = jet_ack_note(in, v->eliciting, e.urgent);
	return err == GN_OK ? GN_OK : jet_fail(s, err);
}

/* A session that has closed answers its 1st, 2nd, 4th, 8th .. packet. */
static gn_err after_close(struct jet_session *s)
{
	GN_ASSERT(!jet_alive(s));
	s->close_heard++;
	if (s->state == JET_S_CLOSING && (s->close_heard & (s->close_heard - 1)) == 0) {
		s->close_due = true;
		jet_wake(s);
	}
	return refuse_packet(s, JET_C_PACKET_CLOSED, GN_CLOSED);
}

/* What can be said before any key is used. */
static gn_err check_header(const struct jet_in *in)
{
	struct jet_session *s = in->s;
	if (in->level == JET_APP)
		return s->state == JET_S_OPEN ? GN_OK
					      : refuse_packet(s, JET_C_PACKET_NO_KEY, GN_STATE);
	if (!s->hs || !s->hs->rx[in->level].ready)
		return refuse_packet(s, JET_C_PACKET_NO_KEY, GN_STATE);
	if (in->path_id != 0) /* what it acknowledges is in flight on the first path */
		return refuse_packet(s, JET_C_PACKET_UNEXPECTED, GN_MALFORMED);
	if (!gn_way_eq(in->from, &s->path->way)) /* nobody moves during the handshake */
		return refuse_packet(s, JET_C_PACKET_UNEXPECTED, GN_STATE);
	if (!s->incoming && s->hs->space[0].replay.next &&
	    memcmp(in->header->scid, s->cid_tx[0].cid, JET_CID_LEN) != 0)
		return refuse_packet(s, JET_C_PACKET_UNEXPECTED, GN_MALFORMED);
	return GN_OK;
}

/* Number, replay window, seal. */
static gn_err open_checked(struct jet_in *in, struct gn_slice *payload)
{
	static const struct jet_replay nothing;
	struct jet_session *s = in->s;
	const struct jet_header *h = in->header;
	const struct jet_replay *replay = in->level != JET_APP ? &s->hs->space[in->level].replay
					  : in->path           ? &in->path->space.replay
							       : &nothing;
	struct gn_aead *hp = in->level == JET_APP ? &s->keys.rx.aead : &s->hs->rx[in->level].aead;
	struct jet_sealed x = {
		.p = in->bytes, .len = h->len, .pn_offset = h->pn_offset, .path = in->path_id};
	bool too_old;
	if (!jet_packet_unmask(hp, &x, h->is_long))
		return refuse_packet(s, JET_C_PACKET_MALFORMED, GN_MALFORMED);
	in->pn = x.pn = jet_pn_decode(replay->next, x.pn, (unsigned)x.pn_len * 8);
	if (in->pn > JET_OFFSET_MAX) /* no acknowledgement could name it */
		return refuse_packet(s, JET_C_PACKET_MALFORMED, GN_MALFORMED);
	bool seen = jet_replay_seen(replay, in->pn, &too_old);
	if (seen && !too_old && in->path && in->from->link == in->path->way.link)
		in->path->replays++;
	if (seen)
		return refuse_packet(s, too_old ? JET_C_PACKET_OLD : JET_C_PACKET_REPLAYED,
				     GN_REPLAY);
	return open_packet(in, &x, payload);
}

gn_err jet_recv_packet(struct jet_in *in, struct jet_session *s, uint32_t path_id)
{
	GN_ASSERT(in->header->len > 0 &&
		  in->header->version == (in->header->is_long ? JET_VERSION : 0));
	const struct jet_header *h = in->header;
	struct gn_slice payload;
	in->s = s;
	in->path_id = path_id;
	in->path = jet_path_find(s, path_id);
	in->level = !h->is_long                   ? JET_APP
		    : h->type == JET_LONG_INITIAL ? JET_INITIAL
						  : JET_HANDSHAKE;
	s->jet->stranger_steps += s->half_open;
	if (!jet_alive(s))
		return after_close(s);
	if (!jet_way_allowed(s, in->from))
		return refuse_packet(s, JET_C_PACKET_POLICY, GN_POLICY);
	GN_TRY(check_header(in));
	GN_TRY(open_checked(in, &payload));

	struct survey v = look_over(payload, in->level, s->incoming);
	uint8_t reserved =
		(uint8_t)(h->is_long ? JET_PROTECT_LONG & ~JET_FLAG_PN4
				     : JET_PROTECT_SHORT & ~(JET_FLAG_PN4 | JET_FLAG_PHASE));
	if (in->bytes[0] & reserved)
		v.wrong = "reserved bits are set";
	if (v.wrong && in->level == JET_INITIAL)
		return refuse_packet(s, JET_C_INITIAL_FRAMES, GN_MALFORMED);
	if (v.wrong)
		return jet_fault(s, JET_E_FRAME, v.wrong);
	GN_TRY(path_of(in, &in->path));
	in->space = in->level == JET_APP ? &in->path->space : &s->hs->space[in->level];
	note_opened(in);
	return deliver_packet(in, payload, &v);
}
