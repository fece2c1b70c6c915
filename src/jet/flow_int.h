/* Windows: how much the peer may send and how much we may buffer (flow.c). */
#ifndef GN_JET_FLOW_INT_H
#define GN_JET_FLOW_INT_H

#include "base/base.h"
#include "jet/frame_int.h"

struct jet_out;
struct jet_session;
struct jet_stream;

/* A receive window, of a stream or of the session. */
struct jet_window {
	uint64_t max;      /* offset up to which the peer may send */
	uint64_t consumed; /* by the reader */
	uint32_t size, size_max;
	gn_time at; /* last time max moved */
};

void jet_window_init(struct jet_window *w, uint32_t size, uint32_t size_max);
/* The reader took `bytes`; true when the peer should be told a new max. */
bool jet_window_consumed(struct jet_window *w, uint64_t bytes, gn_time srtt, gn_time now);
void jet_flow_consumed(struct jet_session *s, struct jet_stream *st, uint64_t bytes, gn_time now);
gn_err jet_flow_on_max_data(struct jet_session *s, const struct jet_frame *f);
uint64_t jet_send_buffer_room(const struct jet_session *s, unsigned class);
/* So much of it is free that writers are told. */
bool jet_send_buffer_worth_an_event(const struct jet_session *s, unsigned class);
/* Writes due MAX_DATA and MAX_STREAMS frames. */
void jet_flow_write(struct jet_session *s, struct jet_out *o);

#endif
