/* ChannelData, and messages out of a stream: turn_frame.h.
 *
 * 1. A message that lies whole in what was fed is handed out where it lies; else its pieces are put
 *    together in GN_TURN_FRAME_MAX bytes, and nothing longer is waited for.
 * 2. What is neither STUN nor ChannelData ends the stream: there is no place to go on from. Rule
 *    RE-51. */
#include "nat/turn_frame.h"

#include "nat/limits.h"

#define HEAD 4 /* bytes that say how long it is, of both */

void gn_turn_stream_init(struct gn_turn_stream *s)
{
	s->in = gn_slice(NULL, 0);
	s->len = 0;
	s->whole = false;
}

void gn_turn_stream_feed(struct gn_turn_stream *s, struct gn_slice in)
{
	GN_ASSERT(s->in.len == 0);
	s->in = in;
}

static size_t be16(const uint8_t *p)
{
	return (size_t)(p[0] << 8 | p[1]);
}

/* Of the message that begins so: its bytes, and those with its padding. */
static gn_err measure(struct gn_slice head, size_t *len, size_t *total)
{
	if (head.len < HEAD)
		return GN_AGAIN;
	size_t said = be16(head.p + 2);
	if (gn_turn_is_channel(head))
		*len = HEAD + said;
	else if (!(head.p[0] & 0xc0) && said % 4 == 0)
		*len = STUN_HEAD + said;
	else
		return GN_MALFORMED;
	*total = (*len + 3) & ~(size_t)3;
	return *total > GN_TURN_FRAME_MAX ? GN_TOO_LARGE : GN_OK;
}

/* Up to `until` bytes of the message that is being put together. */
static void gather(struct gn_turn_stream *s, size_t until)
{
	GN_ASSERT(until <= sizeof s->b && s->len <= until);
	struct gn_slice part = gn_slice_sub(s->in, 0, until - s->len);
	if (part.len)
		memcpy(s->b + s->len, part.p, part.len);
	s->len += part.len;
	s->in = gn_slice_sub(s->in, part.len, SIZE_MAX);
}

gn_err gn_turn_stream_next(struct gn_turn_stream *s, struct gn_slice *message)
{
	size_t len, total;
	if (s->whole)
		s->len = 0;
	s->whole = false;
	if (!s->len) {
		gn_err err = measure(s->in, &len, &total);
		if (err == GN_OK && s->in.len >= total) {
			*message = gn_slice_sub(s->in, 0, len);
			s->in = gn_slice_sub(s->in, total, SIZE_MAX);
			return GN_OK;
		}
	}
	if (s->len < HEAD)
		gather(s, HEAD);
	GN_TRY(measure(gn_slice(s->b, s->len), &len, &total));
	gather(s, total);
	if (s->len < total)
		return GN_AGAIN;
	*message = gn_slice(s->b, len);
	s->whole = true;
	return GN_OK;
}

bool gn_turn_is_channel(struct gn_slice message)
{
	return message.len > 0 && message.p[0] >> 6 == 1;
}

gn_err gn_turn_channel_read(struct gn_slice message, uint16_t *number, struct gn_slice *data)
{
	if (message.len < HEAD || !gn_turn_is_channel(message))
		return GN_MALFORMED;
	size_t len = be16(message.p + 2), rest = message.len - HEAD;
	if (len > rest || rest - len > 3) /* over UDP padding may be there */
		return GN_MALFORMED;
	*number = (uint16_t)be16(message.p);
	*data = gn_slice(message.p + HEAD, len);
	return GN_OK;
}

void gn_turn_channel_write(struct gn_turn_room *room, uint16_t number, struct gn_slice data,
			   bool stream, struct gn_slice *out)
{
	size_t padding = stream ? (4 - data.len % 4) % 4 : 0;
	GN_ASSERT(data.len <= TURN_DATA_MAX && number >= GN_TURN_CHANNEL_FIRST &&
		  number <= GN_TURN_CHANNEL_LAST);
	if (data.len)
		memmove(room->b + HEAD, data.p, data.len);
	struct gn_writer w = gn_writer(room->b, HEAD);
	gn_write_be16(&w, number);
	gn_write_be16(&w, (uint16_t)data.len);
	memset(room->b + HEAD + data.len, 0, padding);
	*out = gn_slice(room->b, HEAD + data.len + padding);
}
