/* Frames as they come and go: frame_int.h. A length is judged with the head, before a byte of the
 * body is taken. Rules RE-61, RE-62. */
#include "services/transfer/frame_int.h"

static const uint32_t most[FRAME_TYPES] = {
	[FRAME_SHARE] = GN_SPAKE2_MESSAGE + GN_SPAKE2_CONFIRM,
	[FRAME_CONFIRM] = GN_SPAKE2_CONFIRM,
	[FRAME_RESUME] = 16 + 32,
	[FRAME_MANIFEST] = TRANSFER_MANIFEST_MAX,
	[FRAME_HAVE] = HAVE_MAX,
	[FRAME_BLOCK] = BLOCK_MAX,
	[FRAME_CHUNK] = GN_CHUNK,
	[FRAME_DONE] = 0,
	[FRAME_STOP] = 1 + TRANSFER_REASON_MAX,
};

gn_err transfer_frame_head(struct gn_transfer_frame *f, struct gn_slice *in, uint32_t allowed)
{
	GN_ASSERT(f->head_len <= FRAME_HEAD);
	while (f->head_len < FRAME_HEAD && in->len) {
		f->head[f->head_len++] = in->p[0];
		*in = gn_slice_sub(*in, 1, in->len - 1);
		if (f->head_len == 1 &&
		    (f->head[0] >= FRAME_TYPES || !(FRAME_BIT(f->head[0]) & allowed)))
			return GN_PROTOCOL;
	}
	if (f->head_len < FRAME_HEAD)
		return GN_AGAIN;
	f->type = f->head[0];
	f->len = gn_be32(f->head + 1);
	return f->len > most[f->type] ? GN_PROTOCOL : GN_OK;
}

bool transfer_frame_body(struct gn_transfer_frame *f, struct gn_slice *in, uint8_t *body)
{
	GN_ASSERT(f->head_len == FRAME_HEAD && f->got <= f->len);
	size_t n = f->len - f->got < in->len ? f->len - f->got : in->len;
	if (n) {
		memcpy(body + f->got, in->p, n);
		f->got += (uint32_t)n;
		*in = gn_slice_sub(*in, n, in->len - n);
	}
	return f->got == f->len;
}

void transfer_frame_next(struct gn_transfer_frame *f)
{
	GN_ASSERT(f->got <= f->len);
	*f = (struct gn_transfer_frame){.head_len = 0};
}

void transfer_frame_write(uint8_t head[FRAME_HEAD], enum frame_type type, size_t len)
{
	GN_ASSERT(type < FRAME_TYPES && len <= most[type]);
	head[0] = (uint8_t)type;
	gn_put_be32(head + 1, (uint32_t)len);
}

static const gn_err stops[STOP_CODES] = {
	[STOP_CANCELLED] = GN_CANCELLED,
	[STOP_REFUSED] = GN_DENIED,
	[STOP_AUTH] = GN_AUTH,
	[STOP_BUSY] = GN_BUSY,
	[STOP_GONE] = GN_EXPIRED,
	[STOP_CHANGED] = GN_CONFLICT,
	[STOP_DISK] = GN_IO,
	[STOP_FAULT] = GN_PROTOCOL,
	[STOP_LIMIT] = GN_LIMIT,
};

gn_err transfer_stop_err(uint8_t code)
{
	return code && code < STOP_CODES ? stops[code] : GN_REMOTE;
}

uint8_t transfer_stop_code(gn_err err)
{
	for (unsigned code = 1; code < STOP_CODES; code++)
		if (stops[code] == err)
			return (uint8_t)code;
	switch (gn_err_class(err)) {
	case GN_CLASS_IO: return STOP_DISK;
	case GN_CLASS_LIMIT:
	case GN_CLASS_NOMEM: return STOP_LIMIT;
	case GN_CLASS_USAGE: return STOP_REFUSED;
	case GN_CLASS_OK:
	case GN_CLASS_AGAIN:
	case GN_CLASS_PEER:
	case GN_CLASS_CRYPTO:
	case GN_CLASS_CORRUPT:
	case GN_CLASS_INTERNAL: return STOP_FAULT;
	}
	return STOP_FAULT;
}
