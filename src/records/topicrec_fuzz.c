/* Bodies of topic records behind a label, any bytes, signed by their owner: refused, or within the
 * limits, and then made again to the same. The first byte is the label's length. */
#include "records/limits.h"
#include "records/topic.h"

#define T0 UINT64_C(1767225600)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[2][GN_RECORD_MAX];
	struct gn_buf made = {room[0], 0, GN_RECORD_MAX}, again = {room[1], 0, GN_RECORD_MAX};
	struct gn_sk key;
	struct gn_record r;
	struct gn_topicrec t, u;
	if (len == 0 || len - 1 < data[0] || len > TOPIC_BODY_MAX + 300)
		return 0;
	gn_sk_from_seed((const uint8_t[32]){5}, &key);
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_TOPIC,
					  .label = gn_slice(data + 1, data[0]),
					  .seq = 2,
					  .created = T0,
					  .ttl = 86400,
					  .body = gn_slice(data + 1 + data[0], len - 1 - data[0])};
	if (gn_wire_record_make(&key, NULL, &fields, &made) != GN_OK)
		return 0;
	gn_err err = gn_wire_record_parse(gn_buf_slice(&made), &r);
	GN_ASSERT(err == GN_OK);
	gn_err admit = gn_topicrec_admit(&r, &r, 0, (gn_time)T0 * GN_SEC);
	err = gn_topicrec_open(gn_buf_slice(&made), &t);
	GN_ASSERT(err == admit);
	if (err != GN_OK)
		return 0;
	GN_ASSERT(t.rate > 0 && t.rate <= TOPIC_RATE_MAX && t.rate_all > 0);
	GN_ASSERT(t.payload_max > 0 && t.payload_max <= GN_TOPICREC_PAYLOAD);
	GN_ASSERT(t.key_count <= GN_TOPICREC_KEYS && gn_topicrec_publishes(&t, &key.pk));
	err = gn_topicrec_record(&key, &t, &again);
	GN_ASSERT(err == GN_OK || err == GN_TOO_LARGE);
	/* fields that are kept unseen may lie over others */
	struct gn_fb_topic_body body;
	bool known = gn_fb_topic_body_verify(r.body, &body) == GN_OK &&
		     !gn_fbt_beyond(body.t, GN_FB_SLOT(9) - 1);
	if (err == GN_OK && known) {
		err = gn_topicrec_open(gn_buf_slice(&again), &u);
		GN_ASSERT(err == GN_OK && u.key_count == t.key_count && u.rate == t.rate);
		GN_ASSERT(memcmp(u.keys, t.keys, sizeof u.keys) == 0);
	}
	return 0;
}
