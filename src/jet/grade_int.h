/* Which of several proven paths carries (grade.c). */
#ifndef GN_JET_GRADE_INT_H
#define GN_JET_GRADE_INT_H

#include "jet/frame_int.h"
#include "jet/in_int.h"
#include "jet/paths_int.h"

struct jet_out;

/* The cheapest proven path but the main one that something came on lately; NULL: there is none. */
struct jet_path *jet_grade_spare(const struct jet_session *s, gn_time now);
/* What a path is chosen by; less is better. */
gn_time jet_grade_cost(const struct jet_session *s, const struct jet_path *p);
/* What p loses, in thousandths; UINT32_MAX: not known. */
uint32_t jet_grade_loss(const struct jet_path *p);
/* Something was measured: is another path better? */
gn_err jet_grade_look(struct jet_session *s, gn_time now);
/* A packet opened that came on in->path. */
gn_err jet_grade_heard(const struct jet_in *in);
/* p was challenged and has answered. `fresh`: for the first time. */
gn_err jet_grade_answered(struct jet_session *s, struct jet_path *p, bool fresh, gn_time now);
gn_err jet_grade_on_status(struct jet_session *s, const struct jet_frame *f, gn_time now);
gn_err jet_grade_on_seen(struct jet_session *s, const struct jet_frame *f);
/* Nothing is to be expected of p, for a reason of enum gn_jet_why. */
gn_err jet_grade_suspect(struct jet_session *s, struct jet_path *p, enum gn_jet_why why,
			 gn_time now);
/* p becomes the one that carries. */
gn_err jet_grade_take(struct jet_session *s, struct jet_path *p, enum gn_jet_why why, gn_time now);
/* All proven paths are challenged. */
void jet_grade_check(struct jet_session *s, gn_time now);
/* p's link may carry again: if p is suspect, it is asked at once. */
void jet_grade_back(struct jet_session *s, struct jet_path *p, gn_time now);
gn_err jet_grade_close(struct jet_session *s, struct jet_path *p);
bool jet_grade_pending(const struct jet_session *s);
void jet_grade_write(struct jet_session *s, struct jet_out *o);
void jet_grade_frame_lost(struct jet_session *s, const struct jet_sent_frame *f);
gn_time jet_grade_deadline(const struct jet_session *s);
gn_err jet_grade_tick(struct jet_session *s, gn_time now);

#endif
