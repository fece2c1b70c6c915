/* Places of sessions whose peer is silent for now (parked.c). */
#ifndef GN_JET_PARKED_INT_H
#define GN_JET_PARKED_INT_H

#include "guard/share.h"
#include "jet/list_int.h"

struct gn_jet;
struct jet_session;

struct jet_parked {
	struct gn_share share; /* in sessions */
	struct jet_link list;  /* jet_session.parked, the one parked longest first */
	uint64_t bytes;        /* of their streams' buffers when they were parked */
};

void jet_parked_init(struct gn_jet *jet);
void jet_parked_fini(struct gn_jet *jet);
/* A place for s. GN_BUSY: *leaves must close first, then ask again. GN_LIMIT: there is none for so
 * many bytes. GN_NOMEM. */
GN_MUST gn_err jet_parked_take(struct jet_session *s, struct jet_session **leaves);
/* No-op when it has none. */
void jet_parked_give(struct jet_session *s);
void jet_parked_validate(const struct gn_jet *jet);

#endif
