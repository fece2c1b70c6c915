/* One packet while it is written: begun with its header, filled by the aspects that have
 * something to say, sealed where it lies in the batch, remembered.
 *
 * 1. What an aspect appended and named (jet_out_frame) is remembered with the packet, and comes
 *    back to it when the packet is acknowledged or lost (fate.c).
 * 2. An aspect asks jet_out_full before each frame: what fits into JET_FRAME_ROOM needs no other
 *    check.
 * 3. A packet that was sealed is remembered, counted and sent: no step after sealing can refuse
 *    it but running out of memory, which ends the session. */
#include "jet/cid_int.h"
#include "jet/close_int.h"
#include "jet/handshake_int.h"
#include "jet/out_int.h"
#include "jet/paths_int.h"

void jet_out_frame(struct jet_out *o, uint8_t type, uint64_t id, uint64_t offset, uint32_t len,
		   bool fin)
{
	GN_ASSERT(o->count < JET_PACKET_FRAMES_MAX && !o->w.bad);
	o->frames[o->count++] = (struct jet_sent_frame){
		.id = id, .offset = offset, .len = len, .type = type, .fin = fin};
	o->eliciting |= jet_frame_eliciting(type);
}

static struct jet_keys *tx_keys(struct jet_session *s, enum jet_level level)
{
	if (level == JET_APP)
		return &s->keys.tx;
	return s->hs ? &s->hs->tx[level] : NULL;
}

static void write_header(struct jet_out *o, const uint8_t dcid[JET_CID_LEN])
{
	GN_ASSERT(o->pn_len == 2 || o->pn_len == 4);
	const struct jet_session *s = o->s;
	unsigned pn4 = o->pn_len == 4 ? JET_FLAG_PN4 : 0;
	if (o->level == JET_APP) {
		gn_write_u8(&o->w, (uint8_t)(JET_FLAG_FIXED |
					     (s->keys.tx_phase ? JET_FLAG_PHASE : 0) | pn4));
		gn_write_bytes(&o->w, gn_slice(dcid, JET_CID_LEN));
	} else {
		unsigned type = o->level == JET_INITIAL ? JET_LONG_INITIAL : JET_LONG_HANDSHAKE;
		gn_write_u8(&o->w, (uint8_t)(JET_FLAG_FIXED | JET_FLAG_LONG | type << 2 | pn4));
		gn_write_be32(&o->w, JET_VERSION);
		gn_write_bytes(&o->w, gn_slice(dcid, JET_CID_LEN));
		gn_write_bytes(&o->w, GN_SLICE(s->cid_rx[0].cid));
		if (o->level == JET_INITIAL) {
			gn_write_varint(&o->w, s->hs->token_len);
			gn_write_bytes(&o->w, gn_slice(s->hs->token, s->hs->token_len));
		}
		gn_write_be16(&o->w, 0); /* length: set when known */
	}
	o->pn_offset = gn_writer_len(&o->w);
	if (o->pn_len == 2)
		gn_write_be16(&o->w, (uint16_t)o->pn);
	else
		gn_write_be32(&o->w, (uint32_t)o->pn);
}

bool jet_out_begin(struct jet_out *o, struct jet_session *s, struct jet_path *p,
		   enum jet_level level, struct gn_writer room, gn_time now)
{
	GN_ASSERT(jet_alive(s) || s->state == JET_S_CLOSING);
	const struct jet_keys *keys = tx_keys(s, level);
	const struct jet_cid *cid = &s->cid_tx[jet_slot(s, p->id)];
	if (!keys || !keys->ready || !cid->set || cid->path != p->id ||
	    gn_writer_left(&room) < JET_PACKET_ROOM)
		return false;
	o->s = s;
	o->path = p;
	o->space = level == JET_APP ? &p->space : &s->hs->space[level];
	o->w = room;
	o->w.end -= GN_AEAD_TAG;
	o->now = now;
	o->level = level;
	o->eliciting = o->padded = o->probe = o->answer = false;
	o->count = 0;
	gn_err err = jet_space_next(o->space, s->jet, &o->pn);
	if (err == GN_NOMEM)
		jet_fail(s, err);
	if (err != GN_OK)
		return false;
	o->pn_len = jet_pn_len(o->pn, o->space->acked_next);
	write_header(o, cid->cid);
	return true;
}

bool jet_out_empty(const struct jet_out *o)
{
	GN_ASSERT(!o->w.bad);
	return gn_writer_len(&o->w) == o->pn_offset + o->pn_len;
}

void jet_out_pad(struct jet_out *o, size_t packet_len)
{
	GN_ASSERT(packet_len > GN_AEAD_TAG);
	size_t want = packet_len - GN_AEAD_TAG, have = gn_writer_len(&o->w),
	       cap = have + gn_writer_left(&o->w);
	want = want < cap ? want : cap;
	if (want <= have)
		return;
	memset(o->w.p, JET_F_PAD, want - have);
	o->w.p += want - have;
	o->padded = true;
}

static gn_err remember_sent(struct jet_out *o, size_t len)
{
	GN_ASSERT(o->pn == o->space->pn_next && len <= UINT16_MAX);
	struct jet_session *s = o->s;
	struct jet_path *p = o->path;
	struct jet_space *sp = o->space;
	struct jet_sent sent = {.at = o->now,
				.size = (uint16_t)len,
				.state = JET_SENT_SILENT,
				.probe = o->probe,
				.answer = o->answer};
	if (o->eliciting) {
		sent.state = JET_SENT_OUT;
		sent.frames = o->count;
	}
	if (sp->phase != s->keys.updates) {
		sp->phase = s->keys.updates;
		sp->phase_pn = o->pn;
	}
	GN_TRY(jet_space_push(sp, sent, o->frames));
	if (!o->eliciting) {
		jet_space_pop(sp, 0);
		return GN_OK;
	}
	if (p->cc.in_flight == 0 && sp->sent_at && o->now - sp->sent_at > jet_pto(p, o->level))
		p->cc.ops->idle(&p->cc, o->now - sp->sent_at, o->now);
	sp->out++;
	sp->answers += o->answer;
	sp->sent_at = o->now;
	if (p->asked_at <= p->heard_at && o->level == JET_APP)
		p->asked_at = o->now;
	p->cc.in_flight += len;
	p->cc.ops->sent(&p->cc, len, o->now);
	if (sp->probes)
		sp->probes--;
	if (s->hs)
		s->hs->anchor = o->now;
	if (!s->sent_since) {
		s->sent_since = true;
		s->idle_at = o->now;
	}
	return GN_OK;
}

void jet_out_grease(struct jet_out *o)
{
	struct jet_session *s = o->s;
	uint8_t noise[8];
	if (!(s->due & JET_DUE_GREASE) || jet_out_full(o))
		return;
	gn_rand_fill(s->jet->env.rand, noise, sizeof noise);
	gn_write_varint(&o->w, JET_F_EXTENSION + 27 +
				       /* readers must skip what they do not know */
				       31 * (uint64_t)(noise[0] & 63));
	gn_write_varint(&o->w, noise[1] & 7);
	gn_write_bytes(&o->w, gn_slice(noise, noise[1] & 7));
	jet_out_frame(o, 0xff, 0, 0, 0, false);
	s->due &= (uint8_t)~JET_DUE_GREASE;
}

size_t jet_out_finish(struct jet_out *o)
{
	struct jet_session *s = o->s;
	GN_ASSERT(!o->w.bad);
	while (gn_writer_len(&o->w) < o->pn_offset + 4)
		gn_write_u8(&o->w, JET_F_PAD);
	size_t len = gn_writer_len(&o->w) + GN_AEAD_TAG;
	if (o->level != JET_APP) {
		size_t rest = len - o->pn_offset;
		o->w.start[o->pn_offset - 2] = (uint8_t)(rest >> 8);
		o->w.start[o->pn_offset - 1] = (uint8_t)rest;
	}
	struct jet_sealed sealed = {.p = o->w.start,
				    .len = len,
				    .pn_offset = o->pn_offset,
				    .pn_len = o->pn_len,
				    .path = o->path->id,
				    .pn = o->pn};
	gn_err err = jet_packet_seal(tx_keys(s, o->level), &sealed);
	if (err == GN_OK)
		err = remember_sent(o, len);
	if (err != GN_OK) {
		jet_fail(s, err);
		return 0;
	}
	if (o->level == JET_APP)
		s->keys.sealed++;
	s->packets_sent++;
	s->bytes_sent += len;
	s->active_at = o->now;
	s->swept = false;
	jet_count(s->jet, JET_C_PACKETS_OUT);
	return len;
}
