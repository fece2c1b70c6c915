/* Provider records, any body: read, or refused; what was read is made again and read as the same.
 */
#include "records/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t whole[GN_RECORD_MAX], again[GN_RECORD_MAX];
	struct gn_buf buf = {whole, 0, sizeof whole}, out = {again, 0, sizeof again};
	struct gn_provider p, same;
	struct gn_sk sk;
	gn_sk_from_seed((const uint8_t[32]){1}, &sk);
	struct gn_record_fields fields = {.type = GN_FB_RECORD_TYPE_PROVIDER,
					  .body = gn_slice(data, len),
					  .seq = 1,
					  .created = 1,
					  .ttl = 60};
	if (gn_wire_record_make(&sk, NULL, &fields, &buf) ||
	    gn_provider_open(gn_buf_slice(&buf), &p))
		return 0;
	GN_ASSERT(gn_provider_record(&sk, GN_LIT("code/1"), 0, &p, &out) == GN_OK);
	GN_ASSERT(gn_provider_open(gn_buf_slice(&out), &same) == GN_OK);
	GN_ASSERT(gn_pk_eq(&p.node, &same.node) && p.ttl == same.ttl && p.created == same.created);
	return 0;
}
