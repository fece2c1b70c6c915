/* When to acknowledge and what to say (ack.c). */
#ifndef GN_JET_ACK_INT_H
#define GN_JET_ACK_INT_H

#include "jet/in_int.h"
#include "jet/paths_int.h"

struct jet_out;
struct jet_session;

/* A packet came: schedule its acknowledgement. GN_NOMEM. */
GN_MUST gn_err jet_ack_note(const struct jet_in *in, bool eliciting, bool urgent);
/* The peer knows what was reported below `offset`: it is not repeated. */
void jet_ack_known(struct jet_space *sp, uint64_t offset);
bool jet_ack_due(const struct jet_space *sp, gn_time now);
/* What comes on a spare path is acknowledged there, so that its round trip can be told. */
bool jet_ack_itself(const struct jet_session *s, const struct jet_path *p);
/* One that goes on the current path is due. */
bool jet_ack_any_due(const struct jet_session *s, gn_time now);
/* When one is due that can go. */
gn_time jet_ack_deadline(const struct jet_session *s);
/* Writes the ACK of sp into the packet. */
void jet_ack_write(struct jet_session *s, struct jet_out *o, struct jet_space *sp, uint32_t path);

#endif
