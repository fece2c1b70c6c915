/* Frame codec: see frame_int.h.
 *
 * 1. jet_frame_read accepts exactly what the spec's layouts allow; every number it hands out is
 *    below 2^62, every slice lies in the packet, offset + length stays below 2^62, ACK ranges
 *    are disjoint, descending and not below zero.
 * 2. It changes nothing but the reader. */
#include "jet/frame_int.h"
#include "jet/limits.h"

bool jet_frame_eliciting(uint64_t type)
{
	return type != JET_F_PAD && type != JET_F_ACK && type != JET_F_ACK_ECN &&
	       type != JET_F_CLOSE && type != JET_F_CLOSE_APP;
}

bool jet_frame_probing(uint64_t type)
{
	return type == JET_F_PAD || type == JET_F_PATH_CHALLENGE || type == JET_F_PATH_RESPONSE ||
	       type == JET_F_NEW_CID;
}

bool jet_frame_in_handshake(uint64_t type)
{
	return type == JET_F_PAD || type == JET_F_PING || type == JET_F_ACK ||
	       type == JET_F_CRYPTO || type == JET_F_CLOSE;
}

struct jet_ack_iter jet_ack_iter(const struct jet_frame *ack)
{
	return (struct jet_ack_iter){.r = gn_reader(ack->data), .next = ack->offset, .first = true};
}

/* Ranges on the wire: length - 1 of the first; then pairs of (packets missing - 1, length - 1),
 * as RFC 9000 19.3.1. */
bool jet_ack_next(struct jet_ack_iter *it, uint64_t *lo, uint64_t *hi)
{
	if (!it->first) {
		if (gn_reader_left(&it->r) == 0)
			return false;
		uint64_t gap = gn_read_varint(&it->r);
		if (gap + 2 > it->next) {
			it->r.bad = true;
			return false;
		}
		it->next -= gap + 2;
	}
	uint64_t len = gn_read_varint(&it->r);
	if (it->r.bad || len > it->next) {
		it->r.bad = true;
		return false;
	}
	it->first = false;
	*lo = it->next - len;
	*hi = it->next + 1;
	it->next = *lo;
	return true;
}

static gn_err read_ack(struct gn_reader *r, struct jet_frame *f)
{
	f->id = gn_read_varint(r);
	f->offset = gn_read_varint(r);
	f->value = gn_read_varint(r);
	f->time_us = gn_read_varint(r);
	uint64_t more = gn_read_varint(r);
	if (r->bad || more > gn_reader_left(r) / 2)
		return GN_MALFORMED;
	const uint8_t *start = r->p;
	for (uint64_t i = 0; i < 1 + 2 * more; i++)
		gn_read_varint(r);
	if (r->bad)
		return GN_MALFORMED;
	f->data = gn_slice(start, (size_t)(r->p - start));
	struct jet_ack_iter it = jet_ack_iter(f);
	uint64_t lo, hi;
	while (jet_ack_next(&it, &lo, &hi))
		;
	if (it.r.bad)
		return GN_MALFORMED;
	if (f->type == JET_F_ACK_ECN) { /* three counts: not used yet */
		for (int i = 0; i < 3; i++)
			gn_read_varint(r);
		f->type = JET_F_ACK;
	}
	return r->bad ? GN_MALFORMED : GN_OK;
}

static void read_stream(struct gn_reader *r, struct jet_frame *f)
{
	uint64_t bits = f->type;
	f->type = JET_F_STREAM;
	f->fin = bits & JET_F_STREAM_FIN;
	f->id = gn_read_varint(r);
	f->offset = bits & JET_F_STREAM_OFF ? gn_read_varint(r) : 0;
	f->data = gn_read_bytes(r, bits & JET_F_STREAM_LEN ? gn_read_varint(r) : gn_reader_left(r));
	r->bad |= f->data.len > JET_OFFSET_MAX - f->offset;
}

static void read_close(struct gn_reader *r, struct jet_frame *f)
{
	f->value = gn_read_varint(r);
	uint64_t len = gn_read_varint(r);
	r->bad |= len > JET_REASON_MAX || f->value > UINT32_MAX;
	f->data = gn_read_bytes(r, len);
}

static void read_pad(struct gn_reader *r)
{
	while (r->p < r->end && *r->p == JET_F_PAD)
		r->p++;
}

static void read_numbers(struct gn_reader *r, struct jet_frame *f)
{
	switch (f->type) {
	case JET_F_RESET_STREAM:
		f->id = gn_read_varint(r);
		f->value = gn_read_varint(r);
		f->offset = gn_read_varint(r);
		r->bad |= f->value > UINT32_MAX;
		return;
	case JET_F_STOP_SENDING:
		f->id = gn_read_varint(r);
		f->value = gn_read_varint(r);
		r->bad |= f->value > UINT32_MAX;
		return;
	case JET_F_MAX_STREAM_DATA:
		f->id = gn_read_varint(r);
		f->value = gn_read_varint(r);
		return;
	case JET_F_STREAM_CLASS:
		f->id = gn_read_varint(r);
		f->value = gn_read_varint(r);
		r->bad |= f->value < 1 || f->value > 4;
		return;
	case JET_F_MAX_DATA: f->value = gn_read_varint(r); return;
	case JET_F_MAX_STREAMS_BIDI:
	case JET_F_MAX_STREAMS_UNI:
		f->value = gn_read_varint(r);
		r->bad |= f->value > JET_OFFSET_MAX >> 2;
		return;
	case JET_F_RETIRE_CID:
		f->id = gn_read_varint(r);
		r->bad |= f->id > UINT32_MAX;
		return;
	}
	r->bad = true;
}

/* epoch | flags 1 | path | mapping and filtering 1 | 2 | 2 | count | count x (kind 1, flags 1,
 * address 16, port 2; of a relay its key 32; of wss a name, length 1): only how long it is. */
static void read_offer(struct gn_reader *r, struct jet_frame *f)
{
	const uint8_t *start = r->p;
	gn_read_varint(r);
	uint8_t flags = gn_read_u8(r);
	f->id = gn_read_varint(r);
	gn_read_bytes(r, 5);
	uint64_t count = gn_read_varint(r);
	r->bad |= count > JET_OFFER_COUNT || f->id > UINT32_MAX || flags > 2;
	for (uint64_t i = 0; i < count && !r->bad; i++) {
		uint8_t kind = gn_read_u8(r) & 15;
		gn_read_bytes(r, 19);
		if (kind == JET_OFFER_RELAY)
			gn_read_bytes(r, 32);
		else if (kind == JET_OFFER_WSS)
			gn_read_bytes(r, gn_read_u8(r));
	}
	if (!r->bad)
		f->data = gn_slice(start, (size_t)(r->p - start));
}

gn_err jet_frame_read(struct gn_reader *r, struct jet_frame *out)
{
	struct jet_frame f = {.type = gn_read_varint(r)};
	if (r->bad)
		return GN_MALFORMED;
	if (f.type >= JET_F_EXTENSION) {
		f.data = gn_read_bytes(r, gn_read_varint(r));
	} else if (f.type >= JET_F_STREAM && f.type <= (JET_F_STREAM | 7)) {
		read_stream(r, &f);
	} else {
		switch (f.type) {
		case JET_F_PAD: read_pad(r); break;
		case JET_F_PING: break;
		case JET_F_CONFIRM: f.data = gn_read_bytes(r, gn_read_varint(r)); break;
		case JET_F_ACK:
		case JET_F_ACK_ECN: GN_TRY(read_ack(r, &f)); break;
		case JET_F_CRYPTO:
			f.offset = gn_read_varint(r);
			f.data = gn_read_bytes(r, gn_read_varint(r));
			r->bad |= f.data.len > JET_OFFSET_MAX - f.offset;
			break;
		case JET_F_NEW_CID:
			f.id = gn_read_varint(r);
			f.data = gn_read_bytes(r, JET_CID_LEN);
			r->bad |= f.id > UINT32_MAX;
			break;
		case JET_F_PATH_OFFER: read_offer(r, &f); break;
		case JET_F_PATH_STATUS:
			f.id = gn_read_varint(r);
			f.offset = gn_read_varint(r);
			f.value = gn_read_varint(r);
			f.data = gn_read_bytes(r, 1);
			r->bad |= f.value > 2;
			break;
		case JET_F_PATH_CHALLENGE:
		case JET_F_PATH_RESPONSE: f.data = gn_read_bytes(r, 8); break;
		case JET_F_CLOSE:
		case JET_F_CLOSE_APP: read_close(r, &f); break;
		case JET_F_DATAGRAM: f.data = gn_read_bytes(r, gn_reader_left(r)); break;
		case JET_F_DATAGRAM | 1:
			f.type = JET_F_DATAGRAM;
			f.data = gn_read_bytes(r, gn_read_varint(r));
			break;
		default: read_numbers(r, &f);
		}
	}
	if (r->bad)
		return GN_MALFORMED;
	*out = f;
	return GN_OK;
}

void jet_write_ack(struct gn_writer *w, uint64_t path, const struct jet_ranges *received,
		   uint64_t delay_us, uint64_t time_us)
{
	GN_ASSERT(received->count > 0);
	const struct jet_range *r = received->r + received->count;
	uint32_t most = received->count < JET_ACK_RANGES_SENT ? received->count
							      : JET_ACK_RANGES_SENT,
		 n = 1;
	size_t len = 1 + gn_varint_len(path) + gn_varint_len(r[-1].hi - 1) +
		     gn_varint_len(delay_us) + gn_varint_len(time_us) + 1 +
		     gn_varint_len(r[-1].hi - 1 - r[-1].lo);
	for (; n < most; n++) {
		const struct jet_range *q = r - 1 - n;
		len += gn_varint_len(q[1].lo - q->hi - 1) + gn_varint_len(q->hi - q->lo - 1);
		if (len > gn_writer_left(w))
			break;
	}
	gn_write_varint(w, JET_F_ACK);
	gn_write_varint(w, path);
	gn_write_varint(w, r[-1].hi - 1);
	gn_write_varint(w, delay_us);
	gn_write_varint(w, time_us);
	gn_write_varint(w, n - 1);
	gn_write_varint(w, r[-1].hi - 1 - r[-1].lo);
	for (uint32_t i = 1; i < n; i++) {
		const struct jet_range *q = r - 1 - i;
		gn_write_varint(w, q[1].lo - q->hi - 1);
		gn_write_varint(w, q->hi - q->lo - 1);
	}
}

void jet_write_numbers(struct gn_writer *w, uint64_t type, const uint64_t *v, size_t count)
{
	GN_ASSERT(count <= 3);
	gn_write_varint(w, type);
	for (size_t i = 0; i < count; i++)
		gn_write_varint(w, v[i]);
}

void jet_write_crypto(struct gn_writer *w, uint64_t offset, uint64_t len)
{
	jet_write_numbers(w, JET_F_CRYPTO, (uint64_t[]){offset, len}, 2);
}

void jet_write_stream(struct gn_writer *w, uint64_t id, uint64_t offset, uint64_t len, bool has_len,
		      bool fin)
{
	gn_write_varint(w, (uint64_t)JET_F_STREAM | (offset ? JET_F_STREAM_OFF : 0u) |
				   (has_len ? JET_F_STREAM_LEN : 0u) |
				   (fin ? JET_F_STREAM_FIN : 0u));
	gn_write_varint(w, id);
	if (offset)
		gn_write_varint(w, offset);
	if (has_len)
		gn_write_varint(w, len);
}

void jet_write_new_cid(struct gn_writer *w, uint64_t path, const uint8_t cid[8])
{
	jet_write_numbers(w, JET_F_NEW_CID, &path, 1);
	gn_write_bytes(w, gn_slice(cid, JET_CID_LEN));
}

void jet_write_path(struct gn_writer *w, uint64_t type, const uint8_t data[8])
{
	gn_write_varint(w, type);
	gn_write_bytes(w, gn_slice(data, 8));
}

void jet_write_close(struct gn_writer *w, bool app, uint64_t code, struct gn_slice reason)
{
	jet_write_numbers(w, app ? JET_F_CLOSE_APP : JET_F_CLOSE, (uint64_t[]){code, reason.len},
			  2);
	gn_write_bytes(w, reason);
}
