/* Under which addresses others may reach this machine, and when that changes: interfaces, addresses
 * and default routes as the kernel tells them (rtnetlink). Rule RE-15.
 *
 * Two halves: what messages say is pure (netlink.c: bytes in, a snapshot out); the sockets are
 * behind gn_os_net_watch (netlink_socket.c). The owner polls one descriptor:
 *
 *   QUIET -> TOLD  [something that may matter changed; more follows, as a rule]
 *   TOLD  -> QUIET [200 ms later all is read anew; true when the snapshot is another one] */
#ifndef GN_OS_NETLINK_H
#define GN_OS_NETLINK_H

#include "base/base.h"

#define GN_OS_NET_MAX 16       /* addresses of a snapshot, the best ones */
#define GN_OS_NET_GLOBAL_MAX 3 /* of these, global ones of IPv6 (RE-15) */
#define GN_OS_NET_WAIT (200 * GN_MSEC)
#define GN_OS_NET_AGAIN (5 * GN_SEC) /* when the kernel could not be asked */

struct gn_os_net_addr {
	struct gn_addr addr; /* port 0 */
	uint32_t interface;
	bool lan;       /* private IPv4 or unique-local IPv6: of use on this network only */
	bool temporary; /* of IPv6 (RFC 8981) */
	bool routed;    /* its interface has a default route */
};

struct gn_os_net_router {
	uint32_t interface;     /* 0: no default route */
	uint32_t metric;        /* the least is used */
	struct gn_addr gateway; /* port 0; zeros: the link itself. Link-local in IPv6 */
};

/* Addresses of interfaces that are up: none of loopback, none link-local, none of a bridge or veth
 * without default route, of IPv6 none that is deprecated or not ready. Global ones first, then
 * those with a default route, temporary ones before others. */
struct gn_os_net {
	size_t count;
	struct gn_os_net_addr addrs[GN_OS_NET_MAX];
	struct gn_os_net_router routers[2]; /* IPv4, IPv6: the default route that is used */
};

bool gn_os_net_eq(const struct gn_os_net *a, const struct gn_os_net *b);

struct gn_os_net_watch;
/* With a first snapshot. GN_IO, GN_NOMEM; gn_os_why has the sentence. */
GN_MUST gn_err gn_os_net_watch_open(struct gn_os_net_watch **out);
/* NULL is fine. */
void gn_os_net_watch_close(struct gn_os_net_watch *w);
int gn_os_net_watch_fd(const struct gn_os_net_watch *w); /* for reading; borrowed */
gn_time gn_os_net_watch_deadline(const struct gn_os_net_watch *w);
/* When the descriptor is readable and at the deadline. True: the snapshot is another one now. */
bool gn_os_net_watch_turn(struct gn_os_net_watch *w, gn_time now);
/* Valid until the next turn. */
const struct gn_os_net *gn_os_net_watch_now(const struct gn_os_net_watch *w);

#endif
