/* Bodies of chain heads, any bytes, signed by their owner: refused, or within the limits, and then
 * made again to the same. */
#include "records/chainrec.h"
#include "records/limits.h"

#define T0 UINT64_C(1767225600)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t room[2][GN_RECORD_MAX];
	struct gn_buf made = {room[0], 0, GN_RECORD_MAX}, again = {room[1], 0, GN_RECORD_MAX};
	struct gn_sk key;
	struct gn_record r;
	struct gn_chainrec c, d;
	if (len > CHAIN_BODY_MAX + 100)
		return 0;
	gn_sk_from_seed((const uint8_t[32]){5}, &key);
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_CHAIN,
					  .seq = 2,
					  .created = T0,
					  .ttl = 86400,
					  .body = gn_slice(data, len)};
	if (gn_wire_record_make(&key, NULL, &fields, &made) != GN_OK)
		return 0;
	gn_err err = gn_wire_record_parse(gn_buf_slice(&made), &r);
	GN_ASSERT(err == GN_OK);
	gn_err admit = gn_chainrec_admit(NULL, &r, 0, (gn_time)T0 * GN_SEC);
	err = gn_chainrec_open(gn_buf_slice(&made), &c);
	GN_ASSERT(err == admit);
	if (err != GN_OK)
		return 0;
	GN_ASSERT(c.block_count <= CHAIN_BLOCKS_MAX && c.at > 0);
	err = gn_chainrec_record(&key, &c, &again);
	GN_ASSERT(err == GN_OK || err == GN_TOO_LARGE);
	if (err == GN_OK) {
		err = gn_chainrec_open(gn_buf_slice(&again), &d);
		GN_ASSERT(err != GN_OK || (gn_hash_eq(&d.head, &c.head) && d.at == c.at));
	}
	return 0;
}
