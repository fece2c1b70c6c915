/* What rtnetlink's messages say, without a socket. */
#ifndef GN_OS_NETLINK_INT_H
#define GN_OS_NETLINK_INT_H

#include "os/limits.h"
#include "os/netlink.h"

/* All is read in this order: routes, links, addresses. */
struct net_scan {
	size_t defaults, links, addrs;
	struct net_default {
		bool v6;
		struct gn_os_net_router to;
	} default_at[NET_DEFAULTS_MAX];
	struct net_link {
		uint32_t index;
		bool routed;
	} link_at[NET_LINKS_MAX];
	struct gn_os_net_addr addr_at[NET_ADDRS_MAX];
};

enum net_end { NET_MORE, NET_DONE, NET_CHANGED, NET_FAILED };

/* One datagram of an answer. NET_DONE: it was the last; NET_CHANGED: and what it says is not of one
 * moment; NET_FAILED: the kernel refuses, or the bytes are none of its. */
enum net_end net_read(struct net_scan *s, struct gn_slice datagram);
void net_snapshot(struct net_scan *s, struct gn_os_net *out);
/* May one of these messages change a snapshot? */
bool net_matters(struct gn_slice datagram);

#endif
