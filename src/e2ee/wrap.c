/* A wrap is the same for a message, a message with a chunk and a set-up but for its length, and its
 * length is that of nothing else.
 *
 * 1. Each of the four lengths belongs to one type: what does not fit is refused before anything is
 *    tried (EE-14).
 * 2. The header's nonce is random and serves the inner seal too, under another key: a device that
 *    was put back to an older state repeats no pair of key and nonce.
 *
 * Spec: EE-14, EE-15. */
#include "e2ee/wrap_int.h"

bool e2ee_wrap_next(struct gn_reader *r, struct e2ee_wrap *out)
{
	struct gn_reader in = gn_reader(gn_read_bytes(r, gn_read_be16(r)));
	out->hint = gn_read_bytes(&in, E2EE_HINT).p;
	uint8_t type = gn_read_u8(&in);
	out->first = type == E2EE_WRAP_SETUP ? gn_read_bytes(&in, E2EE_FIRST).p : NULL;
	out->header = gn_read_bytes(&in, E2EE_HEADER).p;
	out->sealed = gn_read_bytes(&in, gn_reader_left(&in));
	if (r->bad || in.bad || type > E2EE_WRAP_MESSAGE)
		return false;
	out->type = (enum e2ee_wrap_type)type;
	return out->sealed.len == E2EE_INNER || out->sealed.len == E2EE_INNER + E2EE_CHUNK;
}

void e2ee_hint(const uint8_t secret[32], const struct gn_pk *device, const uint8_t nonce[16],
	       uint8_t out[E2EE_HINT])
{
	uint8_t msg[32 + 16];
	struct gn_hash h;
	memcpy(msg, device->b, 32);
	memcpy(msg + 32, nonce, 16);
	gn_hmac_sha256(gn_slice(secret, 32), GN_SLICE(msg), &h);
	memcpy(out, h.b, E2EE_HINT);
}

static struct gn_slice associated(const struct e2ee_around *a, uint8_t ad[2 * 32 + E2EE_HEADER])
{
	memcpy(ad, a->t, 32);
	memcpy(ad + 32, a->header, E2EE_HEADER);
	memcpy(ad + 32 + E2EE_HEADER, a->bh, 32);
	return gn_slice(ad, 2 * 32 + E2EE_HEADER);
}

gn_err e2ee_inner_seal(const struct e2ee_around *around, const struct e2ee_inner *in, uint8_t *out)
{
	uint8_t ad[2 * 32 + E2EE_HEADER];
	size_t chunk = in->kind == E2EE_CHUNK_NONE ? 0 : E2EE_CHUNK;
	memcpy(out, in->content_key, E2EE_KEY);
	out[E2EE_KEY] = (uint8_t)in->kind;
	out[E2EE_KEY + 1] = in->index;
	memcpy(out + E2EE_KEY + 2, in->chunk, chunk);
	return e2ee_seal(around->mk, around->header, associated(around, ad), out,
			 E2EE_KEY + 2 + chunk);
}

gn_err e2ee_inner_open(const struct e2ee_around *around, struct gn_slice sealed,
		       struct e2ee_inner *out)
{
	uint8_t ad[2 * 32 + E2EE_HEADER], data[E2EE_INNER + E2EE_CHUNK];
	GN_ASSERT(sealed.len == E2EE_INNER || sealed.len == sizeof data);
	memcpy(data, sealed.p, sealed.len);
	gn_err err =
		e2ee_open(around->mk, around->header, associated(around, ad), data, sealed.len);
	uint8_t kind = data[E2EE_KEY], index = data[E2EE_KEY + 1];
	bool chunk = sealed.len == sizeof data;
	if (err)
		goto out;
	err = GN_MALFORMED;
	if (kind > E2EE_CHUNK_CT || chunk != (kind != E2EE_CHUNK_NONE) ||
	    (chunk ? index >= E2EE_CHUNK_INDICES : index != 0))
		goto out;
	memcpy(out->content_key, data, E2EE_KEY);
	out->kind = (enum e2ee_chunk_kind)kind;
	out->index = index;
	if (chunk)
		memcpy(out->chunk, data + E2EE_KEY + 2, E2EE_CHUNK);
	err = GN_OK;
out:
	gn_wipe(data, sizeof data);
	return err;
}
