/* Streams (stream.c and the files beside it). */
#ifndef GN_JET_STREAM_INT_H
#define GN_JET_STREAM_INT_H

#include "jet/buffer_int.h"
#include "jet/flow_int.h"
#include "jet/jet.h"
#include "jet/list_int.h"
#include "jet/space_int.h"

struct jet_effect;
struct jet_out;
struct jet_session;

enum jet_stream_event {
	JET_EV_OPENED = 1,
	JET_EV_READABLE = 2,
	JET_EV_WRITABLE = 4,
	JET_EV_ACKED = 8
};
enum jet_stream_due { JET_DUE_RESET = 1, JET_DUE_STOP = 2, JET_DUE_MAX = 4, JET_DUE_CLASS = 8 };
enum jet_tx_state { JET_TX_NONE, JET_TX_OPEN, JET_TX_FIN, JET_TX_RESET, JET_TX_DONE };
enum jet_rx_state { JET_RX_NONE, JET_RX_OPEN, JET_RX_RESET, JET_RX_DONE };

/* tx: OPEN -> FIN [write fin] -> DONE [all acked]
 *     OPEN, FIN -> RESET [reset, STOP_SENDING] -> DONE [acked]
 * rx: OPEN -> DONE [read to the end]
 *     OPEN -> RESET [RESET_STREAM] -> DONE [read tells, or stopped] */
struct jet_stream {
	gn_jet_stream id;
	uint8_t class, tx_state, rx_state;
	uint8_t due;    /* enum jet_stream_due */
	uint8_t events; /* enum jet_stream_event, not told yet */
	bool fin_sent, fin_acked, fin_lost;
	bool write_blocked; /* tell WRITABLE */
	bool final_known, stopped;
	bool flow_blocked; /* in session.flow_blocked, not in its class */
	struct jet_sendbuf tx;
	uint64_t tx_credit; /* offset up to which the peer takes */
	uint32_t tx_code, stop_code;
	bool given_up; /* by the peer, with this code */
	uint32_t peer_code;
	struct jet_recvbuf rx;
	struct jet_window window;
	uint64_t rx_high; /* one past the highest byte seen */
	uint64_t rx_came; /* bytes of pieces put into its ring */
	uint64_t final_size;
	struct jet_link sched, control, event, writer;
};

/* ---- stream.c ---- */

#define JET_ID_SERVER 1u
#define JET_ID_ONE_WAY 2u
bool jet_stream_ours(const struct jet_session *s, gn_jet_stream id);
/* Of the n-th that we or the peer begin. */
gn_jet_stream jet_stream_id(const struct jet_session *s, bool ours, bool one_way, uint64_t n);
/* NULL: no memory. */
struct jet_stream *jet_stream_new(struct jet_session *s, gn_jet_stream id, unsigned class);
/* What was received is read, or nobody will. */
void jet_stream_drop_received(struct jet_session *s, struct jet_stream *st);
/* Nobody will read what is here and what may still come. */
void jet_stream_discard(struct jet_session *s, struct jet_stream *st, gn_time now);
/* Its sending side is given up, by us or because the peer asked for it. */
void jet_stream_reset(struct jet_session *s, struct jet_stream *st, uint32_t code);
struct jet_stream *jet_stream_find(const struct jet_session *s, gn_jet_stream id);
void jet_stream_free(struct jet_session *s, struct jet_stream *st);
/* Gives back buffers of streams that hold nothing. */
void jet_streams_trim(struct jet_session *s);
/* Frees it when both directions are over and everything was told. */
void jet_stream_settle(struct jet_session *s, struct jet_stream *st);
/* Room came free in the send buffer: wake writers. */
void jet_streams_wake_writers(struct jet_session *s);
void jet_streams_validate(const struct jet_session *s);

/* ---- stream_peer.c: what the peer does ---- */

gn_err jet_stream_on_data(struct jet_session *s, const struct jet_frame *f, struct jet_effect *e,
			  gn_time now);
gn_err jet_stream_on_reset(struct jet_session *s, const struct jet_frame *f, gn_time now);
gn_err jet_stream_on_stop(struct jet_session *s, const struct jet_frame *f);
gn_err jet_stream_on_max(struct jet_session *s, const struct jet_frame *f);
gn_err jet_stream_on_class(struct jet_session *s, const struct jet_frame *f);
gn_err jet_stream_on_limit(struct jet_session *s, const struct jet_frame *f);

/* ---- stream_sent.c: control frames, what became of what was sent ---- */

gn_err jet_stream_frame_acked(struct jet_session *s, const struct jet_sent_frame *f);
gn_err jet_stream_frame_lost(struct jet_session *s, const struct jet_sent_frame *f);
/* Writes due RESET, STOP, MAX_STREAM_DATA, CLASS frames. */
void jet_streams_write_control(struct jet_session *s, struct jet_out *o);

#endif
