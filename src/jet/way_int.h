/* Links and what jet knows of them (way.c). */
#ifndef GN_JET_WAY_INT_H
#define GN_JET_WAY_INT_H

#include "jet/jet.h"

struct jet_session;

/* Of a link that is gone, or was never told: as the shared socket. */
const struct gn_way_info *jet_way_info(const struct gn_jet *jet, uint32_t link);
/* Whom packets on a way count for. */
const struct gn_addr *jet_way_whom(const struct gn_jet *jet, const struct gn_way *way);
/* What a way costs besides its round trip (RE-5). */
gn_time jet_way_cost(const struct gn_jet *jet, const struct gn_way *way);
/* The part of it that is what a full packet takes at the rate that the link is said to have. */
gn_time jet_way_rate_cost(const struct gn_jet *jet, uint32_t link);
/* The link takes a full packet now. known: it was there once, and may be gone. */
bool jet_way_ready(const struct gn_jet *jet, uint32_t link, bool known);
/* Bytes that the link takes now; UINT64_MAX of one that is not reliable. */
uint64_t jet_way_room(const struct gn_jet *jet, uint32_t link);
/* It takes so many now; true: and did not before. */
bool jet_way_give(struct gn_jet *jet, uint32_t link, size_t bytes);
/* A batch of so many bytes goes there. */
void jet_way_took(struct gn_jet *jet, uint32_t link, size_t bytes, gn_time now);
/* So many bytes came there, with what lay before each packet. */
void jet_way_passed(struct gn_jet *jet, uint32_t link, size_t bytes, gn_time now);
/* When streams may send there: not before what drops above a rate would let it through. */
gn_time jet_way_rate_at(const struct gn_jet *jet, uint32_t link);
/* Bytes that it lets through at once; UINT64_MAX of one that counts nothing. */
uint64_t jet_way_rate_left(const struct gn_jet *jet, uint32_t link, gn_time now);
/* gn_jet_allow lets packets of the session go there. */
bool jet_way_allowed(const struct jet_session *s, const struct gn_way *way);
/* The peer's packets come straight from its socket: an address there is worth telling. */
bool jet_way_direct(const struct gn_jet *jet, const struct gn_way *way);

#endif
