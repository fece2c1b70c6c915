/* For tests and fuzz targets: frames of our choice in an authentic packet, as a peer that breaks
 * rules would send them. */
#ifndef GN_JET_TESTING_FORGE_H
#define GN_JET_TESTING_FORGE_H

#include "jet/cid_int.h"
#include "jet/seats_int.h"
#include "jet/session_int.h"

/* The only session of an endpoint, or the first made. */
struct jet_session *forge_session(const struct gn_jet *jet);
/* NULL: there is none. */
struct jet_session *forge_find(const struct gn_jet *jet, gn_jet_id id);
/* Seals `frames` with the keys of `from`'s session, which counts the packet as sent. Returns its
 * length. */
size_t forge_packet(struct jet_session *from, struct gn_slice frames, uint8_t out[2048]);
/* An open session without a handshake, with keys from fixed secrets; made at both ends it is a
 * working pair. The first connection ids must then be exchanged by forge_meet. */
struct jet_session *forge_open(struct gn_jet *jet, bool incoming, const struct gn_way *peer,
			       gn_time now);
void forge_meet(struct jet_session *a, struct jet_session *b);

/* What it begins or takes from now on knows one path, as before there were several. */
void forge_single(struct gn_jet *jet);
/* As if both ends had given the parameter `paths`; before forge_meet. */
void forge_several(struct jet_session *s);
/* A path that is proven, and was never measured. */
struct jet_path *forge_path(struct jet_session *s, uint32_t id, const struct gn_way *way);

#endif
