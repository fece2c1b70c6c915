/* What the disk keeps of a record besides the record: who brought it, and whether a receipt of
 * ours stands for it. Without that a restart makes what strangers pushed as good as what was
 * promised, and their shares free again (OV-95).
 *
 * A stored value is the record and a tail behind it:
 *
 *   | from the record's end | bytes | field                                                   |
 *   | 0                     | 1     | enum gn_ov_how; others than 0 were one to earlier       |
 *   |                       |       | releases                                                |
 *   | 1                     | 32    | node key of who brought it; zeros: ourselves, or not    |
 *   |                       |       | known                                                   |
 *   | 33                    | 16    | its address, without the port                           |
 *   | 49                    | 16    | tag: HMAC-SHA256 by our node key's seed over            |
 *   |                       |       | domain || hash of the record || the 49 bytes            |
 *
 * 1. Earlier releases wrote the record alone, and read one with a tail. A value whose last bytes
 *    have no tag of ours is a record alone: nobody can bring one that names another as its
 *    putter.
 * 2. A record is stored again before the first receipt for it is given, so that no restart
 *    forgets a promise. */
#include "overlay/store_int.h"

#define ORIGIN_DOMAIN "geonet/held/1"
enum { AT_KEY = 1, AT_ADDR = 33, AT_TAG = 49, TAG_LEN = GN_OV_ORIGIN_LEN - AT_TAG };

bool gn_ov_origin_eq(const struct gn_ov_origin *a, const struct gn_ov_origin *b)
{
	return a->how == b->how && memcmp(&a->by, &b->by, sizeof a->by) == 0;
}

static void tag_of(const struct gn_overlay *ov, const struct gn_hash *record, const uint8_t *tail,
		   uint8_t out[TAG_LEN])
{
	enum { DOMAIN_LEN = sizeof ORIGIN_DOMAIN - 1 };
	uint8_t msg[DOMAIN_LEN + 32 + AT_TAG];
	struct gn_hash h;
	memcpy(msg, ORIGIN_DOMAIN, DOMAIN_LEN);
	memcpy(msg + DOMAIN_LEN, record->b, 32);
	memcpy(msg + DOMAIN_LEN + 32, tail, AT_TAG);
	gn_hmac_sha256(GN_SLICE(ov->cfg.node_key.seed), GN_SLICE(msg), &h);
	memcpy(out, h.b, TAG_LEN);
}

void gn_ov_origin_put(const struct gn_overlay *ov, const struct gn_record *r,
		      const struct gn_ov_origin *from, uint8_t tail[GN_OV_ORIGIN_LEN])
{
	GN_ASSERT(from->how < GN_OV_HOWS);
	tail[0] = (uint8_t)from->how;
	memcpy(tail + AT_KEY, from->by.key.b, 32);
	memcpy(tail + AT_ADDR, from->by.addr.ip, 16);
	tag_of(ov, &r->hash, tail, tail + AT_TAG);
}

/* The record before a tail of ours. */
static bool with_tail(const struct gn_overlay *ov, struct gn_slice value, struct gn_record *r,
		      struct gn_ov_origin *from)
{
	uint8_t tag[TAG_LEN];
	if (value.len <= GN_OV_ORIGIN_LEN)
		return false;
	const uint8_t *tail = value.p + value.len - GN_OV_ORIGIN_LEN;
	if (gn_wire_record_parse(gn_slice_sub(value, 0, value.len - GN_OV_ORIGIN_LEN), r) != GN_OK)
		return false;
	tag_of(ov, &r->hash, tail, tag);
	if (memcmp(tag, tail + AT_TAG, TAG_LEN) != 0)
		return false;
	from->how = tail[0] < GN_OV_HOWS ? (enum gn_ov_how)tail[0] : GN_OV_BY_PUSH;
	memcpy(from->by.key.b, tail + AT_KEY, 32);
	memcpy(from->by.addr.ip, tail + AT_ADDR, 16);
	return true;
}

gn_err gn_ov_origin_get(const struct gn_overlay *ov, struct gn_slice value, struct gn_record *r,
			struct gn_ov_origin *from)
{
	*from = (struct gn_ov_origin){0};
	return with_tail(ov, value, r, from) ? GN_OK : gn_wire_record_parse(value, r);
}
