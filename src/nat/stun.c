/* The frame of a STUN message: read in place, written into a room of the caller's.
 *
 *     0                   1                   2                   3
 *     0 0 | method and class | length without the head, a multiple of 4
 *     magic cookie 0x2112a442
 *     id of the transaction, 12 bytes
 *     attributes: type 2, length 2, value, padded to a multiple of 4
 *
 * 1. A message is taken whole or not at all; what is believed ends before what an integrity does
 *    not cover.
 * 2. Written: integrity covers all before it, the fingerprint all. Rule RE-50. */
#include "nat/stun_int.h"

#define FINGERPRINT_MIX 0x5354554eu /* RFC 8489 section 14.7 */

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static size_t padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* ISO 3309, reflected: a message of some hundred bytes needs no table. */
static uint32_t crc32_of(struct gn_slice s)
{
	uint32_t crc = UINT32_MAX;
	for (size_t i = 0; i < s.len; i++) {
		crc ^= s.p[i];
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* ---- reading ---- */

bool gn_stun_is(struct gn_slice datagram)
{
	return datagram.len >= STUN_HEAD && !(datagram.p[0] & 0xc0) &&
	       gn_be32(datagram.p + 4) == STUN_COOKIE;
}

/* What an attribute says of the message itself. */
static gn_err note_attribute(struct gn_stun *m, uint16_t type, size_t len, uint32_t at)
{
	switch (type) {
	case GN_STUN_INTEGRITY:
		if (len != STUN_SHA1)
			return GN_MALFORMED;
		if (!m->sha1_at && !m->sha256_at)
			m->sha1_at = at;
		break;
	case GN_STUN_INTEGRITY_SHA256:
		if (len < STUN_SHA256_LEAST || len > STUN_SHA256 || len % 4)
			return GN_MALFORMED;
		m->sha256_at = m->sha256_at ? m->sha256_at : at;
		break;
	case GN_STUN_FINGERPRINT:
		if (len != 4 || at + 8 != m->bytes.len)
			return GN_MALFORMED; /* it is the last */
		m->fingerprint_at = at;
		break;
	default: break;
	}
	return GN_OK;
}

gn_err gn_stun_parse(struct gn_slice datagram, struct gn_stun *out)
{
	struct gn_stun m = {.bytes = datagram};
	unsigned count = 0;
	if (!gn_stun_is(datagram) || datagram.len > UINT16_MAX ||
	    (size_t)be16(datagram.p + 2) + STUN_HEAD != datagram.len || datagram.len % 4)
		return GN_MALFORMED;
	uint16_t type = be16(datagram.p);
	m.kind = (enum gn_stun_class)((type >> 7 & 2) | (type >> 4 & 1));
	m.method = (uint16_t)((type & 0xf) | (type >> 1 & 0x70) | (type >> 2 & 0xf80));
	memcpy(m.id.b, datagram.p + 8, sizeof m.id.b);
	for (uint32_t at = STUN_HEAD; at < datagram.len;) {
		uint16_t len = be16(datagram.p + at + 2);
		if (datagram.len - at - 4 < padded(len))
			return GN_MALFORMED;
		if (++count > STUN_ATTRIBUTES_MAX)
			return GN_LIMIT;
		GN_TRY(note_attribute(&m, be16(datagram.p + at), len, at));
		at += 4 + (uint32_t)padded(len);
	}
	m.end = m.sha1_at ? m.sha1_at : m.sha256_at ? m.sha256_at : (uint32_t)datagram.len;
	if (m.sha256_at && m.sha256_at < m.end)
		m.end = m.sha256_at;
	if (m.fingerprint_at &&
	    gn_be32(datagram.p + m.fingerprint_at + 4) !=
		    (crc32_of(gn_slice(datagram.p, m.fingerprint_at)) ^ FINGERPRINT_MIX))
		return GN_MALFORMED;
	*out = m;
	return GN_OK;
}

/* The next one that is believed; false: that was the last. */
static bool next_attribute(const struct gn_stun *m, uint32_t *at, uint16_t *type,
			   struct gn_slice *value)
{
	GN_ASSERT(m->end <= m->bytes.len);
	if (*at >= m->end)
		return false;
	*type = be16(m->bytes.p + *at);
	*value = gn_slice(m->bytes.p + *at + 4, be16(m->bytes.p + *at + 2));
	*at += 4 + (uint32_t)padded(value->len);
	return true;
}

static bool get_at(const struct gn_stun *m, uint16_t type, size_t index, struct gn_slice *value)
{
	uint16_t its;
	for (uint32_t at = STUN_HEAD; next_attribute(m, &at, &its, value);)
		if (its == type && index-- == 0)
			return true;
	*value = gn_slice(NULL, 0);
	return false;
}

bool gn_stun_get(const struct gn_stun *m, uint16_t type, struct gn_slice *value)
{
	return get_at(m, type, 0, value);
}

/* The port by the cookie's first half, an IPv4 by the cookie, an IPv6 by cookie and id: both ways
 * the same. */
static void mix(const struct gn_stun_id *id, uint8_t *ip, size_t len, uint16_t *port)
{
	uint8_t with[16];
	GN_ASSERT(len == 4 || len == 16);
	gn_put_be32(with, STUN_COOKIE);
	memcpy(with + 4, id->b, sizeof id->b);
	for (size_t i = 0; i < len; i++)
		ip[i] ^= with[i];
	*port ^= STUN_COOKIE >> 16;
}

gn_err gn_stun_addr(const struct gn_stun *m, uint16_t type, bool mixed, struct gn_addr *out)
{
	return gn_stun_addr_at(m, type, mixed, 0, out);
}

gn_err gn_stun_addr_at(const struct gn_stun *m, uint16_t type, bool mixed, size_t index,
		       struct gn_addr *out)
{
	struct gn_slice v;
	uint8_t ip[16];
	if (!get_at(m, type, index, &v))
		return GN_NOT_FOUND;
	size_t len = v.len > 1 && v.p[1] == 2 ? 16 : 4;
	if (v.len != 4 + len || (v.p[1] != 1 && v.p[1] != 2))
		return GN_MALFORMED;
	uint16_t port = be16(v.p + 2);
	memcpy(ip, v.p + 4, len);
	if (mixed)
		mix(&m->id, ip, len, &port);
	if (len == 4) {
		*out = gn_addr_v4(ip[0], ip[1], ip[2], ip[3], port);
		return GN_OK;
	}
	*out = (struct gn_addr){.port = port};
	memcpy(out->ip, ip, sizeof ip);
	return GN_OK;
}

gn_err gn_stun_u32(const struct gn_stun *m, uint16_t type, uint32_t *out)
{
	struct gn_slice v;
	if (!gn_stun_get(m, type, &v))
		return GN_NOT_FOUND;
	if (v.len != 4)
		return GN_MALFORMED;
	*out = gn_be32(v.p);
	return GN_OK;
}

gn_err gn_stun_error(const struct gn_stun *m, uint16_t *code, struct gn_slice *reason)
{
	struct gn_slice v;
	if (!gn_stun_get(m, GN_STUN_ERROR_CODE, &v))
		return GN_NOT_FOUND;
	if (v.len < 4 || v.len > 4 + STUN_TEXT_MAX)
		return GN_MALFORMED;
	unsigned hundreds = v.p[2] & 7, rest = v.p[3];
	if (hundreds < 3 || hundreds > 6 || rest > 99)
		return GN_MALFORMED;
	*code = (uint16_t)(hundreds * 100 + rest);
	*reason = gn_slice_sub(v, 4, SIZE_MAX);
	return GN_OK;
}

size_t gn_stun_unknown(const struct gn_stun *m, const uint16_t *known, size_t known_count,
		       uint16_t *out)
{
	size_t count = 0;
	struct gn_slice value;
	uint16_t type;
	for (uint32_t at = STUN_HEAD; next_attribute(m, &at, &type, &value);) {
		bool is = type >= 0x8000;
		for (size_t i = 0; i < known_count && !is; i++)
			is = known[i] == type;
		for (size_t i = 0; i < count && !is; i++)
			is = out[i] == type; /* named already */
		if (!is && count < STUN_UNKNOWN_MAX)
			out[count++] = type;
	}
	return count;
}

/* ---- writing ---- */

void gn_stun_begin(struct gn_stun_maker *m, void *room, size_t cap, enum gn_stun_class kind,
		   uint16_t method, const struct gn_stun_id *id)
{
	unsigned k = kind, n = method; /* enum gn_stun_method, or a later one */
	GN_ASSERT(k <= GN_STUN_ERROR && n < 0x1000 && cap >= STUN_HEAD);
	m->w = gn_writer(room, cap < UINT16_MAX ? cap : UINT16_MAX);
	m->id = *id;
	gn_write_be16(&m->w, (uint16_t)((n & 0xf) | (n & 0x70) << 1 | (n & 0xf80) << 2 |
					(k & 1) << 4 | (k & 2) << 7));
	gn_write_be16(&m->w, 0); /* its length, at the end */
	gn_write_be32(&m->w, STUN_COOKIE);
	gn_write_bytes(&m->w, GN_SLICE(id->b));
}

void gn_stun_put(struct gn_stun_maker *m, uint16_t type, struct gn_slice value)
{
	static const uint8_t zeros[3];
	if (value.len > UINT16_MAX || gn_writer_left(&m->w) < 4 + padded(value.len))
		m->w.bad = true;
	gn_write_be16(&m->w, type);
	gn_write_be16(&m->w, (uint16_t)value.len);
	gn_write_bytes(&m->w, value);
	gn_write_bytes(&m->w, gn_slice(zeros, padded(value.len) - value.len));
}

void gn_stun_put_u32(struct gn_stun_maker *m, uint16_t type, uint32_t value)
{
	uint8_t bytes[4];
	gn_put_be32(bytes, value);
	gn_stun_put(m, type, GN_SLICE(bytes));
}

void gn_stun_put_addr(struct gn_stun_maker *m, uint16_t type, bool mixed,
		      const struct gn_addr *addr)
{
	bool v4 = gn_addr_is_v4(addr);
	size_t len = v4 ? 4 : 16;
	uint8_t ip[16], value[20];
	uint16_t port = addr->port;
	memcpy(ip, addr->ip + (v4 ? 12 : 0), len);
	if (mixed)
		mix(&m->id, ip, len, &port);
	struct gn_writer w = gn_writer(value, sizeof value);
	gn_write_u8(&w, 0);
	gn_write_u8(&w, v4 ? 1 : 2);
	gn_write_be16(&w, port);
	gn_write_bytes(&w, gn_slice(ip, len));
	gn_stun_put(m, type, gn_slice(value, gn_writer_len(&w)));
}

void gn_stun_put_error(struct gn_stun_maker *m, uint16_t code, const char *reason)
{
	uint8_t value[4 + 128];
	struct gn_slice text = gn_slice_sub(gn_str(reason), 0, 128);
	GN_ASSERT(code >= 300 && code < 700);
	struct gn_writer w = gn_writer(value, sizeof value);
	gn_write_be16(&w, 0);
	gn_write_u8(&w, (uint8_t)(code / 100));
	gn_write_u8(&w, (uint8_t)(code % 100));
	gn_write_bytes(&w, text);
	gn_stun_put(m, GN_STUN_ERROR_CODE, gn_slice(value, gn_writer_len(&w)));
}

void gn_stun_put_types(struct gn_stun_maker *m, const uint16_t *types, size_t count)
{
	uint8_t value[2 * STUN_UNKNOWN_MAX];
	GN_ASSERT(count <= STUN_UNKNOWN_MAX);
	struct gn_writer w = gn_writer(value, sizeof value);
	for (size_t i = 0; i < count; i++)
		gn_write_be16(&w, types[i]);
	gn_stun_put(m, GN_STUN_UNKNOWN_ATTRIBUTES, gn_slice(value, gn_writer_len(&w)));
}

void gn_stun_put_integrity(struct gn_stun_maker *m, bool sha256, struct gn_slice key)
{
	uint8_t mac[STUN_SHA256];
	size_t len = sha256 ? STUN_SHA256 : STUN_SHA1;
	if (m->w.bad || gn_writer_left(&m->w) < 4 + len) {
		m->w.bad = true;
		return;
	}
	stun_mac(gn_slice(m->w.start, gn_writer_len(&m->w)), len, sha256, key, mac);
	gn_stun_put(m, sha256 ? GN_STUN_INTEGRITY_SHA256 : GN_STUN_INTEGRITY, gn_slice(mac, len));
	gn_wipe(mac, sizeof mac);
}

gn_err gn_stun_end(struct gn_stun_maker *m, bool fingerprint, struct gn_slice *out)
{
	size_t len = gn_writer_len(&m->w) + (fingerprint ? 8 : 0);
	if (m->w.bad || (fingerprint && gn_writer_left(&m->w) < 8))
		return GN_TOO_LARGE;
	GN_ASSERT(len >= STUN_HEAD && len % 4 == 0);
	m->w.start[2] = (uint8_t)((len - STUN_HEAD) >> 8);
	m->w.start[3] = (uint8_t)(len - STUN_HEAD);
	if (fingerprint) {
		struct gn_slice all = gn_slice(m->w.start, gn_writer_len(&m->w));
		gn_stun_put_u32(m, GN_STUN_FINGERPRINT, crc32_of(all) ^ FINGERPRINT_MIX);
	}
	GN_ASSERT(!m->w.bad);
	*out = gn_slice(m->w.start, len);
	return GN_OK;
}
