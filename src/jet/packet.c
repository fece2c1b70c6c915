/* Packet bytes: see packet_int.h.
 *
 * 1. Nothing here keeps state; a packet is read into a struct jet_header and changed only in the
 *    caller's scratch copy.
 * 2. The nonce is IV xor (path id, packet number), so one key serves all paths of a session
 *    (JT-14). */
#include "jet/packet_int.h"

gn_err jet_header_read(struct gn_slice d, struct jet_header *out)
{
	struct jet_header h = {.len = d.len};
	struct gn_reader r = gn_reader(d);
	uint8_t flags = gn_read_u8(&r);
	if (r.bad || (flags & JET_FLAG_FIXED_MASK) != JET_FLAG_FIXED)
		return GN_MALFORMED;
	h.is_long = flags & JET_FLAG_LONG;
	if (h.is_long) {
		h.type = (enum jet_long)((flags & JET_FLAG_TYPE) >> 2);
		h.version = gn_read_be32(&r);
	}
	struct gn_slice dcid = gn_read_bytes(&r, JET_CID_LEN),
			scid = h.is_long ? gn_read_bytes(&r, JET_CID_LEN) : gn_slice(NULL, 0);
	if (r.bad)
		return GN_MALFORMED;
	memcpy(h.dcid, dcid.p, JET_CID_LEN);
	if (h.is_long)
		memcpy(h.scid, scid.p, JET_CID_LEN);
	if (!h.is_long) {
		h.pn_offset = JET_SHORT_HEADER;
	} else if (h.version != JET_VERSION || h.type == JET_LONG_RETRY) {
		h.token = gn_slice(r.p, gn_reader_left(&r));
	} else if (h.type == JET_LONG_VERSION) {
		return GN_MALFORMED; /* it has version 0 */
	} else {
		if (h.type == JET_LONG_INITIAL)
			h.token = gn_read_bytes(&r, gn_read_varint(&r));
		size_t rest = gn_read_be16(&r);
		h.pn_offset = (size_t)(r.p - d.p);
		if (r.bad || rest > gn_reader_left(&r))
			return GN_MALFORMED;
		h.len = h.pn_offset + rest;
	}
	*out = h;
	return GN_OK;
}

uint64_t jet_pn_decode(uint64_t expected, uint64_t truncated, unsigned bits)
{
	uint64_t window = UINT64_C(1) << bits, half = window / 2;
	uint64_t pn = (expected & ~(window - 1)) | truncated;
	if (pn + half <= expected && pn < (UINT64_C(1) << 62) - window)
		return pn + window;
	if (pn > expected + half && pn >= window)
		return pn - window;
	return pn;
}

size_t jet_pn_len(uint64_t pn, uint64_t acked_next)
{
	GN_ASSERT(pn >= acked_next);
	/* twice the margin of RFC 9000: late acks do no harm */
	return pn - acked_next < (1u << 14) ? 2 : 4;
}

bool jet_packet_unmask(struct gn_aead *hp, struct jet_sealed *x, bool is_long)
{
	if (x->len < x->pn_offset + 4 + JET_SAMPLE)
		return false;
	uint8_t mask[5], *at = x->p + x->pn_offset;
	gn_aead_mask(hp, at + 4, mask);
	x->p[0] ^= (uint8_t)(mask[0] & (is_long ? JET_PROTECT_LONG : JET_PROTECT_SHORT));
	x->pn_len = x->p[0] & JET_FLAG_PN4 ? 4 : 2;
	uint64_t pn = 0;
	for (size_t i = 0; i < x->pn_len; i++) {
		at[i] ^= mask[1 + i];
		pn = pn << 8 | at[i];
	}
	x->pn = pn;
	return true;
}

static void nonce_of(const struct jet_keys *k, uint32_t path, uint64_t pn,
		     uint8_t nonce[GN_AEAD_NONCE])
{
	memcpy(nonce, k->iv, GN_AEAD_NONCE);
	for (int i = 0; i < 4; i++)
		nonce[i] ^= (uint8_t)(path >> (24 - 8 * i));
	for (int i = 0; i < 8; i++)
		nonce[4 + i] ^= (uint8_t)(pn >> (56 - 8 * i));
}

gn_err jet_packet_open(struct jet_keys *k, const struct jet_sealed *x, struct gn_slice *payload)
{
	size_t header = x->pn_offset + x->pn_len;
	GN_ASSERT(k->ready && header <= x->len);
	if (x->len - header < GN_AEAD_TAG)
		return GN_AUTH;
	uint8_t nonce[GN_AEAD_NONCE];
	nonce_of(k, x->path, x->pn, nonce);
	GN_TRY(gn_aead_open(&k->aead, nonce, gn_slice(x->p, header), x->p + header,
			    x->len - header));
	*payload = gn_slice(x->p + header, x->len - header - GN_AEAD_TAG);
	return GN_OK;
}

gn_err jet_packet_seal(struct jet_keys *k, const struct jet_sealed *x)
{
	size_t header = x->pn_offset + x->pn_len;
	GN_ASSERT(k->ready && (x->pn_len == 2 || x->pn_len == 4));
	GN_ASSERT(x->len >= x->pn_offset + 4 + GN_AEAD_TAG && x->len >= header + GN_AEAD_TAG);
	uint8_t nonce[GN_AEAD_NONCE], mask[5], *at = x->p + x->pn_offset;
	nonce_of(k, x->path, x->pn, nonce);
	GN_TRY(gn_aead_seal(&k->aead, nonce, gn_slice(x->p, header), x->p + header,
			    x->len - header - GN_AEAD_TAG));
	gn_aead_mask(&k->aead, at + 4, mask);
	x->p[0] ^= (uint8_t)(mask[0] &
			     (x->p[0] & JET_FLAG_LONG ? JET_PROTECT_LONG : JET_PROTECT_SHORT));
	for (size_t i = 0; i < x->pn_len; i++)
		at[i] ^= mask[1 + i];
	return GN_OK;
}

static const char retry_key[] = "geonet jet 1 retry";

static void retry_tag(struct gn_slice before, const uint8_t answered[8], uint8_t tag[JET_RETRY_TAG])
{
	uint8_t msg[JET_CID_LEN + JET_LONG_HEADER + JET_TOKEN_MAX];
	struct gn_hash h;
	GN_ASSERT(before.len <= sizeof msg - JET_CID_LEN);
	memcpy(msg, answered, JET_CID_LEN);
	memcpy(msg + JET_CID_LEN, before.p, before.len);
	gn_hmac_sha256(gn_str(retry_key), gn_slice(msg, JET_CID_LEN + before.len), &h);
	memcpy(tag, h.b, JET_RETRY_TAG);
}

static void write_long(struct gn_writer *w, enum jet_long type, uint8_t low, uint32_t version,
		       const uint8_t dcid[8], const uint8_t scid[8])
{
	gn_write_u8(w, (uint8_t)(JET_FLAG_FIXED | JET_FLAG_LONG | (unsigned)type << 2 | low));
	gn_write_be32(w, version);
	gn_write_bytes(w, gn_slice(dcid, JET_CID_LEN));
	gn_write_bytes(w, gn_slice(scid, JET_CID_LEN));
}

size_t jet_retry_write(uint8_t *out, size_t cap, const uint8_t dcid[8], const uint8_t scid[8],
		       const uint8_t answered[8], struct gn_slice cookie)
{
	GN_ASSERT(cookie.len <= JET_TOKEN_MAX);
	struct gn_writer w = gn_writer(out, cap);
	write_long(&w, JET_LONG_RETRY, 0, JET_VERSION, dcid, scid);
	gn_write_bytes(&w, cookie);
	uint8_t tag[JET_RETRY_TAG];
	retry_tag(gn_slice(out, gn_writer_len(&w)), answered, tag);
	gn_write_bytes(&w, GN_SLICE(tag));
	GN_ASSERT(!w.bad);
	return gn_writer_len(&w);
}

bool jet_retry_ok(struct gn_slice p, const uint8_t answered[8])
{
	if (p.len <= JET_LONG_HEADER + JET_RETRY_TAG ||
	    p.len > JET_LONG_HEADER + JET_TOKEN_MAX + JET_RETRY_TAG)
		return false;
	uint8_t tag[JET_RETRY_TAG];
	retry_tag(gn_slice(p.p, p.len - JET_RETRY_TAG), answered, tag);
	return gn_equal_ct(tag, p.p + p.len - JET_RETRY_TAG, JET_RETRY_TAG);
}

size_t jet_version_write(uint8_t *out, size_t cap, const uint8_t dcid[8], const uint8_t scid[8],
			 uint8_t grease)
{
	struct gn_writer w = gn_writer(out, cap);
	write_long(&w, JET_LONG_VERSION, 0, 0, dcid, scid);
	gn_write_be32(&w, JET_VERSION);
	gn_write_be32(&w, UINT32_C(0x0a0a0a0a) | (uint32_t)(grease & 0xf0)
							 /* readers must skip what they do not
							  * know */
							 << 24);
	GN_ASSERT(!w.bad);
	return gn_writer_len(&w);
}
