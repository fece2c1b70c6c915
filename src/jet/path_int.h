/* How paths are proven, taken and left (path.c). */
#ifndef GN_JET_PATH_INT_H
#define GN_JET_PATH_INT_H

#include "jet/frame_int.h"
#include "jet/in_int.h"
#include "jet/paths_int.h"

/* An application packet opened; probing: it holds only probing frames; newest: it has the largest
 * number. */
void jet_path_heard(const struct jet_in *in, bool probing, bool newest);
/* What we sent on p, up to `largest`, was acknowledged by a packet that came on p. */
void jet_path_acked(struct jet_session *s, struct jet_path *p, uint64_t largest, gn_time now);
void jet_path_on_challenge(const struct jet_in *in, const struct jet_frame *f);
gn_err jet_path_on_retire(struct jet_session *s, const struct jet_frame *f);
/* The path whose challenge it answers; NULL: none. *fresh: it was not proven before. */
struct jet_path *jet_path_on_response(const struct jet_in *in, const struct jet_frame *f,
				      bool *fresh);
void jet_path_probe(struct jet_session *s, struct jet_path *p, const struct gn_way *way, bool ours,
		    gn_time now);
gn_time jet_path_deadline(const struct jet_session *s);
gn_err jet_path_tick(struct jet_session *s, gn_time now);

#endif
