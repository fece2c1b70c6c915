/* TURN beside STUN (RFC 8656): ChannelData, and how both are cut out of a stream (TCP, TLS).
 *
 *     01 | channel 14 | length 2 | data | over a stream zeros up to a multiple of 4
 *
 * A client of RFC 8656 takes channels that begin with 0100; one of RFC 5766 any of these.
 *
 * Server and client take whole messages: a datagram is one, of a stream gn_turn_stream makes them.
 * Rules RE-2, RE-51. */
#ifndef GN_NAT_TURN_FRAME_H
#define GN_NAT_TURN_FRAME_H

#include "base/base.h"

/* Bytes of a message that are taken from a stream or made: room for all there are. */
#define GN_TURN_FRAME_MAX 2048
#define GN_TURN_CHANNEL_FIRST 0x4000
#define GN_TURN_CHANNEL_LAST 0x7fff

/* Where messages are made. */
struct gn_turn_room {
	uint8_t b[GN_TURN_FRAME_MAX];
};

/* One direction of one connection. */
struct gn_turn_stream {
	struct gn_slice in; /* borrowed until it is used up */
	size_t len;         /* bytes of a message that began in an earlier `in` */
	bool whole;         /* it has been handed out */
	uint8_t b[GN_TURN_FRAME_MAX];
};

void gn_turn_stream_init(struct gn_turn_stream *s);
/* More bytes of the connection; what was fed before is used up. */
void gn_turn_stream_feed(struct gn_turn_stream *s, struct gn_slice in);
/* The next message, borrowed until the next call. GN_AGAIN: not all of it is here. GN_MALFORMED,
 * GN_TOO_LARGE: nothing can be read of this connection any more, it is to be closed. */
GN_MUST gn_err gn_turn_stream_next(struct gn_turn_stream *s, struct gn_slice *message);

/* By its first byte. */
bool gn_turn_is_channel(struct gn_slice message);
/* Borrows. GN_MALFORMED. */
GN_MUST gn_err gn_turn_channel_read(struct gn_slice message, uint16_t *number,
				    struct gn_slice *data);
/* data: TURN_DATA_MAX bytes at most; it may lie within the room. */
void gn_turn_channel_write(struct gn_turn_room *room, uint16_t number, struct gn_slice data,
			   bool stream, struct gn_slice *out);

#endif
