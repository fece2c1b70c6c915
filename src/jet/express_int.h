/* A second connection for what must not wait (express.c). */
#ifndef GN_JET_EXPRESS_INT_H
#define GN_JET_EXPRESS_INT_H

#include "jet/paths_int.h"

/* p is another connection to where the main path leads: classes 1 and 2 go by it. */
bool jet_express_is(const struct jet_session *s, const struct jet_path *p);
/* The one there is; NULL: none. */
struct jet_path *jet_express_path(const struct jet_session *s);
/* A packet of the main path was acknowledged: did what is urgent in it wait? */
void jet_express_acked(struct jet_session *s, const struct jet_path *p, const struct jet_sent *sent,
		       gn_time now);
/* Another connection is of use: the client's owner is told, or the client. */
void jet_express_want(struct jet_session *s, gn_time now);

#endif
