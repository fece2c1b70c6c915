/* A packet while it is written: what every aspect that has something to say appends to. */
#ifndef GN_JET_OUT_INT_H
#define GN_JET_OUT_INT_H

#include "jet/session_int.h"

#define JET_FRAME_ROOM 32u   /* bytes a packet must still have for another frame */
#define JET_PACKET_ROOM 128u /* bytes a datagram must still have for another packet */

struct jet_out {
	struct jet_session *s;
	struct jet_path *path;
	struct jet_space *space;
	struct gn_writer w; /* its end leaves room for the tag */
	gn_time now;
	uint64_t pn;
	size_t pn_offset, pn_len;
	enum jet_level level;
	bool eliciting, padded, probe, answer;
	uint8_t count;
	struct jet_sent_frame frames[JET_PACKET_FRAMES_MAX];
};

static inline struct gn_writer *jet_out_writer(struct jet_out *o)
{
	return &o->w;
}
static inline gn_time jet_out_now(const struct jet_out *o)
{
	return o->now;
}
/* No room for another frame. */
static inline bool jet_out_full(const struct jet_out *o)
{
	return gn_writer_left(&o->w) < JET_FRAME_ROOM || o->count == JET_PACKET_FRAMES_MAX;
}

/* room: what is left of the datagram. False when no packet can be made: no key, no connection id,
 * no room, too many packets remembered. */
bool jet_out_begin(struct jet_out *o, struct jet_session *s, struct jet_path *p,
		   enum jet_level level, struct gn_writer room, gn_time now);
/* Remembers a frame for acknowledgement or loss and marks the packet ack-eliciting. */
void jet_out_frame(struct jet_out *o, uint8_t type, uint64_t id, uint64_t offset, uint32_t len,
		   bool fin);
/* Nothing was written yet. */
bool jet_out_empty(const struct jet_out *o);
/* What a reader must skip, once in a session. */
void jet_out_grease(struct jet_out *o);
/* To a packet of so many bytes, as far as there is room. */
void jet_out_pad(struct jet_out *o, size_t packet_len);
/* Seals the packet; its length, or 0 when that ended the session. */
size_t jet_out_finish(struct jet_out *o);

#endif
