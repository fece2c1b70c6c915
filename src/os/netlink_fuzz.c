/* Messages of rtnetlink, as they never come: whatever they say, what is made of it is within its
 * limits and of use. */
#include "os/netlink_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct net_scan scan;
	struct gn_os_net net;
	unsigned global = 0;
	struct gn_reader r = gn_reader(gn_slice(data, len));
	memset(&scan, 0, sizeof scan);
	while (!r.bad && gn_reader_left(&r)) { /* datagrams, each behind its length */
		struct gn_slice d = gn_read_bytes(&r, gn_read_be16(&r));
		enum net_end end = net_read(&scan, d);
		GN_ASSERT(end == NET_MORE || end == NET_DONE || end == NET_CHANGED ||
			  end == NET_FAILED);
		(void)net_matters(d);
	}
	net_snapshot(&scan, &net);
	GN_ASSERT(net.count <= GN_OS_NET_MAX && gn_os_net_eq(&net, &net));
	for (size_t i = 0; i < net.count; i++) {
		const struct gn_os_net_addr *a = &net.addrs[i];
		GN_ASSERT(a->interface && a->addr.port == 0 && !gn_addr_is_loopback(&a->addr));
		global += !a->lan && !gn_addr_is_v4(&a->addr);
	}
	GN_ASSERT(global <= GN_OS_NET_GLOBAL_MAX);
	return 0;
}
