/* How paths are proven, taken and left (path.c). */
#ifndef GN_JET_PATH_INT_H
#define GN_JET_PATH_INT_H

#include "jet/frame_int.h"
#include "jet/paths_int.h"

/* A packet opened on path p from `from`; probing: it held only probing frames; newest: it has
 * the largest number; bytes: of its datagram, 0 if they were counted with another packet of it. */
void jet_path_heard(struct jet_session *s, struct jet_path *p, const struct gn_addr *from,
		    bool probing, bool newest, size_t bytes, gn_time now);
/* What we sent on p, up to `largest`, was acknowledged by a packet that came on p. */
void jet_path_acked(struct jet_session *s, struct jet_path *p, uint64_t largest, gn_time now);
void jet_path_on_challenge(struct jet_session *s, struct jet_path *p, const struct gn_addr *from,
			   const struct jet_frame *f);
gn_err jet_path_on_retire(struct jet_session *s, const struct jet_frame *f);
void jet_path_on_response(struct jet_session *s, const struct jet_frame *f, gn_time now);
void jet_path_probe(struct jet_session *s, struct jet_path *p, const struct gn_addr *addr,
		    bool ours, gn_time now);
gn_time jet_path_deadline(const struct jet_session *s);
gn_err jet_path_tick(struct jet_session *s, gn_time now);

#endif
