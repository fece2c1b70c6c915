/* Who a STUN message is from: MESSAGE-INTEGRITY by HMAC-SHA1 and MESSAGE-INTEGRITY-SHA256, and the
 * keys of long-term credentials. SHA-1 and MD5 are what the protocol says (RFC 8489 section 9.2 and
 * 14.5): nothing of ours rests on them. Rule RE-50. */
#include "nat/stun_int.h"

void stun_mac(struct gn_slice before, size_t len, bool sha256, struct gn_slice key,
	      uint8_t out[STUN_SHA256])
{
	uint8_t head[4];
	struct gn_writer w = gn_writer(head, sizeof head);
	GN_ASSERT(before.len >= STUN_HEAD && before.len - STUN_HEAD + 4 + len <= UINT16_MAX);
	gn_write_bytes(&w, gn_slice(before.p, 2));
	gn_write_be16(&w, (uint16_t)(before.len - STUN_HEAD + 4 + len));
	struct gn_slice parts[] = {GN_SLICE(head), gn_slice_sub(before, 4, SIZE_MAX)};
	if (sha256)
		gn_hmac_sha256_parts(key, parts, GN_COUNT(parts), out);
	else
		gn_hmac_sha1(key, parts, GN_COUNT(parts), out);
}

gn_err gn_stun_check(const struct gn_stun *m, bool sha256, struct gn_slice key)
{
	uint32_t at = sha256 ? m->sha256_at : m->sha1_at;
	uint8_t mac[STUN_SHA256];
	if (!at)
		return GN_NOT_FOUND;
	GN_ASSERT(at + 4 <= m->bytes.len);
	size_t len = (size_t)(m->bytes.p[at + 2] << 8 | m->bytes.p[at + 3]);
	stun_mac(gn_slice_sub(m->bytes, 0, at), len, sha256, key, mac);
	bool same = gn_equal_ct(mac, m->bytes.p + at + 4, len); /* parsed: no longer than it is */
	gn_wipe(mac, sizeof mac);
	return same ? GN_OK : GN_SIGNATURE;
}

void gn_stun_key_md5(struct gn_slice user, struct gn_slice realm, struct gn_slice password,
		     uint8_t out[16])
{
	struct gn_slice parts[] = {user, GN_LIT(":"), realm, GN_LIT(":"), password};
	gn_md5(parts, GN_COUNT(parts), out);
}

void gn_stun_key_sha256(struct gn_slice user, struct gn_slice realm, struct gn_slice password,
			uint8_t out[32])
{
	struct gn_slice parts[] = {user, GN_LIT(":"), realm, GN_LIT(":"), password};
	struct gn_hash hash;
	gn_sha256(parts, GN_COUNT(parts), &hash);
	memcpy(out, hash.b, sizeof hash.b);
	gn_wipe(&hash, sizeof hash);
}
