/* A router that says anything at any time: what is held is never without a port or an end, and
 * something is always due but after the end. */
#include "nat/limits.h"
#include "nat/pcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gn_prng prng;
	struct gn_rand source;
	struct gn_pcp p;
	uint8_t room[GN_PCP_MAX], bytes[GN_PCP_MAX];
	struct gn_addr local = gn_addr_v4(192, 168, 1, 2, 7777);
	struct gn_reader r = gn_reader(gn_slice(data, size));
	gn_time now = GN_SEC;
	gn_prng_init(&prng, 1);
	source = gn_prng_rand(&prng);
	gn_pcp_init(&p, &source, &local, now);
	while (!r.bad && gn_reader_left(&r)) {
		struct gn_slice out = gn_slice(NULL, 0);
		uint8_t what = gn_read_u8(&r);
		now += (gn_time)(what >> 2) * GN_SEC;
		if (what & 1) {
			while (gn_pcp_next(&p, room, sizeof room, now, &out))
				GN_ASSERT(out.len <= sizeof room);
			continue;
		}
		struct gn_slice in = gn_read_bytes(&r, gn_read_u8(&r));
		memcpy(bytes, in.p ? in.p : data, in.len);
		if (what & 2 && in.len == 60) { /* as if it were an answer to ours */
			memcpy(bytes + 24, p.nonce, sizeof p.nonce);
			bytes[36] = 17;
			bytes[40] = 7777 >> 8;
			bytes[41] = 7777 & 0xff;
		}
		gn_err err = gn_pcp_recv(&p, gn_slice(bytes, in.len), now);
		GN_ASSERT(err == GN_OK || err == GN_MALFORMED || err == GN_STALE);
		GN_ASSERT(p.state != GN_PCP_HELD ||
			  (p.external.port && p.until <= now + PCP_LEASE_MAX * (gn_time)GN_SEC));
		GN_ASSERT(gn_pcp_deadline(&p) != GN_NEVER);
	}
	gn_pcp_stop(&p, now);
	return 0;
}
