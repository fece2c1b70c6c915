/* Records of nodes, any bytes: read within the limits or refused, and what was read can be made
 * again and is read as the same. */
#include "records/noderec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t whole[GN_RECORD_MAX], again[GN_RECORD_MAX];
	struct gn_buf buf = {whole, 0, sizeof whole}, out = {again, 0, sizeof again};
	struct gn_noderec r, same;
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){1}, &sk);
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_NODE,
					  .body = gn_slice(data, len),
					  .seq = 1,
					  .created = 1,
					  .ttl = 60};
	if (gn_wire_record_make(&sk, NULL, &fields, &buf) ||
	    gn_noderec_open(gn_buf_slice(&buf), &r))
		return 0;
	GN_ASSERT(r.addr_count <= GN_NODEREC_ADDRS && r.home_count <= GN_NODEREC_HOMES &&
		  r.url_count <= GN_NODEREC_URLS);
	GN_ASSERT(gn_noderec_record(&sk, &r, &out) == GN_OK);
	GN_ASSERT(gn_noderec_open(gn_buf_slice(&out), &same) == GN_OK);
	GN_ASSERT(same.addr_count == r.addr_count && same.home_count == r.home_count &&
		  same.url_count == r.url_count);
	return 0;
}
