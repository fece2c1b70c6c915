/* Bodies of box descriptors, any bytes, signed by their box: refused, or within the limits, and
 * then made again to the same. The first byte is the place and what is held. */
#include "records/box.h"
#include "records/limits.h"

#define T0 (UINT64_C(20500) * 86400) /* of the corpus */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void within_limits(const struct gn_boxrec *b)
{
	const struct gn_boxrec_limits *max = gn_boxrec_limits(b->kind);
	GN_ASSERT(max && b->reader_count <= max->readers_max && b->items <= max->items);
	GN_ASSERT(b->bytes <= max->bytes && b->item_max <= max->item_max);
	GN_ASSERT(b->item_ttl <= max->ttl && b->effort >= GN_BOXREC_WORK_BITS);
	GN_ASSERT(b->invite_count <= GN_BOXREC_INVITES && b->refused_count <= GN_BOXREC_REFUSED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[3][GN_RECORD_MAX];
	struct gn_buf made = {room[0], 0, GN_RECORD_MAX}, again = {room[1], 0, GN_RECORD_MAX};
	struct gn_sk key;
	struct gn_record r;
	struct gn_boxrec b, c;
	if (len == 0 || len > BOX_BODY_MAX + 2)
		return 0;
	gn_sk_from_seed((const uint8_t[32]){5}, &key);
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_BOX,
					  .salt = data[0] & 3,
					  .seq = 2,
					  .created = T0,
					  .ttl = 86400,
					  .body = gn_slice(data + 1, len - 1)};
	if (gn_wire_record_make(&key, NULL, &fields, &made) != GN_OK)
		return 0;
	gn_err err = gn_wire_record_parse(gn_buf_slice(&made), &r);
	GN_ASSERT(err == GN_OK);
	gn_err admit = gn_boxrec_admit(data[0] & 4 ? &r : NULL, &r, 0, (gn_time)T0 * GN_SEC);
	if (gn_boxrec_open(gn_buf_slice(&made), &b) != GN_OK) {
		GN_ASSERT(admit != GN_OK);
		return 0;
	}
	GN_ASSERT(admit == GN_OK);
	within_limits(&b);
	err = gn_boxrec_record(&key, &b, data[0] & 3, &again);
	GN_ASSERT(err == GN_OK || err == GN_TOO_LARGE);
	/* fields that are kept unseen may lie over others */
	struct gn_fb_box_body body;
	bool known = gn_fb_box_body_verify(r.body, &body) == GN_OK &&
		     !gn_fbt_beyond(body.t, GN_FB_SLOT(16) - 1);
	if (err == GN_OK && known) {
		err = gn_boxrec_open(gn_buf_slice(&again), &c);
		GN_ASSERT(err == GN_OK && c.kind == b.kind && c.reader_count == b.reader_count);
		GN_ASSERT(memcmp(c.invites, b.invites, sizeof c.invites) == 0);
	}
	return 0;
}
