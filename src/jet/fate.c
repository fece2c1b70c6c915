/* What becomes of a frame whose packet was acknowledged or lost: the aspect that wrote it is
 * told, and puts it up for sending again where that is its way. loss.c calls through jet->fate,
 * as it knows packets only.
 *
 * 1. A frame is lost at most once for each time it was sent, and acknowledged at most once; a
 *    probe timeout "loses" it without its packet being lost.
 * 2. What is not named here is not repeated: PING, ACK, challenges and answers, DATAGRAM,
 *    extensions but SEEN. */
#include "jet/ack_int.h"
#include "jet/cid_int.h"
#include "jet/grade_int.h"
#include "jet/handshake_int.h"
#include "jet/loss_int.h"
#include "jet/paths_int.h"
#include "jet/punch_int.h"
#include "jet/session_int.h"
#include "jet/stream_int.h"

static gn_err frame_acked(struct jet_session *s, enum jet_level level,
			  const struct jet_sent_frame *f)
{
	GN_ASSERT(level < JET_LEVELS);
	switch (f->type) {
	case JET_F_CRYPTO:
		return s->hs ? jet_sendbuf_acked(&s->hs->out[level], s->jet->env.alloc, f->offset,
						 f->len)
			     : GN_OK;
	case JET_F_STREAM:
	case JET_F_RESET_STREAM: return jet_stream_frame_acked(s, f);
	case JET_F_STREAM_COPY: { /* as good as what it repeats; its loss means nothing */
		struct jet_sent_frame original = *f;
		original.type = JET_F_STREAM;
		return jet_stream_frame_acked(s, &original);
	}
	case JET_F_CONFIRM: jet_hs_drop_ticket(s); return GN_OK;
	case JET_F_ACK: { /* what we reported is known: no need to repeat it */
		struct jet_path *p = level == JET_APP ? jet_path_find(s, (uint32_t)f->id) : NULL;
		if (p)
			jet_ack_known(&p->space, f->offset);
		return GN_OK;
	}
	default: return GN_OK;
	}
}

static gn_err frame_lost(struct jet_session *s, enum jet_level level,
			 const struct jet_sent_frame *f)
{
	GN_ASSERT(level < JET_LEVELS);
	switch (f->type) {
	case JET_F_CRYPTO:
		return s->hs ? jet_sendbuf_lost(&s->hs->out[level], s->jet->env.alloc, f->offset,
						f->len)
			     : GN_OK;
	case JET_F_STREAM:
	case JET_F_RESET_STREAM:
	case JET_F_STOP_SENDING:
	case JET_F_MAX_STREAM_DATA:
	case JET_F_STREAM_CLASS: return jet_stream_frame_lost(s, f);
	case JET_F_MAX_DATA: s->due |= JET_DUE_MAX_DATA; return GN_OK;
	case JET_F_MAX_STREAMS_BIDI: s->due |= JET_DUE_STREAMS_BIDI; return GN_OK;
	case JET_F_MAX_STREAMS_UNI: s->due |= JET_DUE_STREAMS_UNI; return GN_OK;
	case JET_F_CONFIRM: s->due |= JET_DUE_CONFIRM; return GN_OK;
	case JET_F_PASS: s->due |= JET_DUE_PASS; return GN_OK;
	case JET_F_NEW_CID:
	case JET_F_RETIRE_CID: jet_cid_frame_lost(s, f); return GN_OK;
	case JET_F_PATH_OFFER: jet_offer_lost(s); return GN_OK;
	case JET_F_PATH_STATUS:
	case JET_F_SEEN: jet_grade_frame_lost(s, f); return GN_OK;
	default: return GN_OK; /* not repeated */
	}
}

const struct jet_fate_ops jet_fate = {.acked = frame_acked, .lost = frame_lost};
