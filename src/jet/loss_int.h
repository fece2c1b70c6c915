/* Loss detection and recovery (loss.c), and what it tells the writers of frames (fate.c). */
#ifndef GN_JET_LOSS_INT_H
#define GN_JET_LOSS_INT_H

#include "jet/frame_int.h"
#include "jet/paths_int.h"

struct jet_session;

/* What a frame's being acknowledged or lost means to who wrote it. */
struct jet_fate_ops {
	gn_err (*acked)(struct jet_session *s, enum jet_level level,
			const struct jet_sent_frame *f);
	gn_err (*lost)(struct jet_session *s, enum jet_level level, const struct jet_sent_frame *f);
};
extern const struct jet_fate_ops jet_fate;

/* timed: it came on the path that it is about, so it tells a round trip. */
gn_err jet_loss_ack(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
		    enum jet_level level, const struct jet_frame *ack, bool timed, gn_time now);
gn_time jet_loss_deadline(const struct jet_session *s);
gn_err jet_loss_tick(struct jet_session *s, gn_time now);
/* Everything in flight in sp counts as lost, without a word to congestion control. */
gn_err jet_loss_all(struct jet_session *s, struct jet_path *p, struct jet_space *sp,
		    enum jet_level level);
/* Puts frames in flight up for sending once more (probe data): of the oldest packets for which
 * that was not done yet, then of the oldest anew. What the peer will not keep now must not keep
 * the rest from it. */
gn_err jet_loss_probe_data(struct jet_session *s, struct jet_space *sp, enum jet_level level);

#endif
