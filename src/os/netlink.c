/* rtnetlink's messages (rtnetlink(7)), in the byte order of the machine:
 *
 *   message: length 4 | type 2 | flags 2 | sequence 4 | port 4 | body; the next at a multiple of 4
 *   body: ifinfomsg, ifaddrmsg or rtmsg, then attributes: length 2 | type 2 | data
 *
 * 1. Routes are read first, then interfaces, then addresses: an interface is kept if it may be
 *    used, an address if its interface is kept.
 * 2. What is cut or does not fit its length is not looked at; what is beyond a limit is dropped.
 * 3. A snapshot is in an order of its own, so that two of the same state are equal. */
#include "os/netlink_int.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/socket.h>

#define TYPE_BITS 0x3fffu /* of an attribute; above are flags (NLA_TYPE_MASK, as unsigned) */

bool gn_os_net_eq(const struct gn_os_net *a, const struct gn_os_net *b)
{
	bool same = a->count == b->count;
	for (size_t i = 0; same && i < a->count; i++) {
		const struct gn_os_net_addr *x = &a->addrs[i], *y = &b->addrs[i];
		same = gn_addr_eq(&x->addr, &y->addr) && x->interface == y->interface &&
		       x->lan == y->lan && x->temporary == y->temporary && x->routed == y->routed;
	}
	for (int i = 0; same && i < 2; i++)
		same = a->routers[i].interface == b->routers[i].interface &&
		       a->routers[i].metric == b->routers[i].metric &&
		       gn_addr_eq(&a->routers[i].gateway, &b->routers[i].gateway);
	return same;
}

/* ---- messages and attributes ---- */

struct message {
	uint16_t type, flags;
	struct gn_slice body;
};

/* The first message of *rest, which goes on behind it; false: none is whole. */
static bool next_message(struct gn_slice *rest, struct message *out)
{
	struct nlmsghdr h;
	if (rest->len < sizeof h)
		return false;
	memcpy(&h, rest->p, sizeof h);
	if (h.nlmsg_len < sizeof h || h.nlmsg_len > rest->len)
		return false;
	*out = (struct message){h.nlmsg_type, h.nlmsg_flags,
				gn_slice_sub(*rest, sizeof h, h.nlmsg_len - sizeof h)};
	*rest = gn_slice_sub(*rest, ((size_t)h.nlmsg_len + 3) & ~(size_t)3, rest->len);
	return true;
}

static bool next_attribute(struct gn_slice *rest, uint16_t *type, struct gn_slice *data)
{
	struct rtattr a;
	if (rest->len < sizeof a)
		return false;
	memcpy(&a, rest->p, sizeof a);
	if (a.rta_len < sizeof a || a.rta_len > rest->len)
		return false;
	*type = a.rta_type & TYPE_BITS;
	*data = gn_slice_sub(*rest, sizeof a, a.rta_len - sizeof a);
	*rest = gn_slice_sub(*rest, ((size_t)a.rta_len + 3) & ~(size_t)3, rest->len);
	return true;
}

/* The data of the last attribute of that type; absent: there is none. */
static struct gn_slice attribute(struct gn_slice rest, unsigned wanted)
{
	struct gn_slice found = gn_slice(NULL, 0), data;
	uint16_t type;
	while (next_attribute(&rest, &type, &data))
		if (type == wanted)
			found = data;
	return found;
}

static uint32_t number(struct gn_slice data, uint32_t absent)
{
	uint32_t n = absent;
	if (data.len == sizeof n)
		memcpy(&n, data.p, sizeof n);
	return n;
}

/* An address of the family; false: none. */
static bool address(struct gn_slice data, bool v6, struct gn_addr *out)
{
	if (!data.p || data.len != (v6 ? 16 : 4))
		return false;
	*out = v6 ? (struct gn_addr){.port = 0}
		  : gn_addr_v4(data.p[0], data.p[1], data.p[2], data.p[3], 0);
	if (v6)
		memcpy(out->ip, data.p, 16);
	return true;
}

/* ---- routes, interfaces, addresses ---- */

/* A default route of any table: one that sends what has no other way. */
static bool is_default(struct gn_slice body)
{
	struct rtmsg r;
	if (body.len < sizeof r)
		return false;
	memcpy(&r, body.p, sizeof r);
	return r.rtm_dst_len == 0 && r.rtm_src_len == 0 && r.rtm_type == RTN_UNICAST &&
	       (r.rtm_family == AF_INET || r.rtm_family == AF_INET6);
}

static void keep_default(struct net_scan *s, bool v6, const struct gn_os_net_router *to)
{
	if (to->interface && s->defaults < NET_DEFAULTS_MAX)
		s->default_at[s->defaults++] = (struct net_default){v6, *to};
}

/* Several next hops of one route (RTA_MULTIPATH): each is a way out. */
static void read_hops(struct net_scan *s, bool v6, struct gn_slice hops, uint32_t metric)
{
	struct rtnexthop h;
	while (hops.len >= sizeof h) {
		memcpy(&h, hops.p, sizeof h);
		if (h.rtnh_len < sizeof h || h.rtnh_len > hops.len)
			return;
		struct gn_slice rest = gn_slice_sub(hops, sizeof h, h.rtnh_len - sizeof h);
		struct gn_os_net_router to = {(uint32_t)h.rtnh_ifindex, metric, {.port = 0}};
		(void)!address(attribute(rest, RTA_GATEWAY), v6, &to.gateway);
		keep_default(s, v6, &to);
		hops = gn_slice_sub(hops, ((size_t)h.rtnh_len + 3) & ~(size_t)3, hops.len);
	}
}

static void read_route(struct net_scan *s, struct gn_slice body)
{
	struct rtmsg r;
	if (!is_default(body))
		return;
	memcpy(&r, body.p, sizeof r);
	struct gn_slice rest = gn_slice_sub(body, sizeof r, body.len);
	bool v6 = r.rtm_family == AF_INET6;
	struct gn_os_net_router to = {.interface = number(attribute(rest, RTA_OIF), 0),
				      .metric = number(attribute(rest, RTA_PRIORITY), 0)};
	(void)!address(attribute(rest, RTA_GATEWAY), v6, &to.gateway);
	keep_default(s, v6, &to);
	read_hops(s, v6, attribute(rest, RTA_MULTIPATH), to.metric);
}

/* Of machines in this machine, as a rule, not of the network. */
static bool is_inner(struct gn_slice rest)
{
	struct gn_slice kind = attribute(attribute(rest, IFLA_LINKINFO), IFLA_INFO_KIND);
	return kind.p &&
	       (gn_slice_eq(kind, GN_SLICE("bridge")) || gn_slice_eq(kind, GN_SLICE("veth")));
}

static void read_link(struct net_scan *s, struct gn_slice body)
{
	struct ifinfomsg m;
	if (body.len < sizeof m)
		return;
	memcpy(&m, body.p, sizeof m);
	struct net_link link = {.index = (uint32_t)m.ifi_index};
	for (size_t i = 0; i < s->defaults; i++)
		link.routed |= s->default_at[i].to.interface == link.index;
	bool up = (m.ifi_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
	if (!up || m.ifi_index <= 0 || m.ifi_flags & IFF_LOOPBACK || s->links == NET_LINKS_MAX ||
	    (!link.routed && is_inner(gn_slice_sub(body, sizeof m, body.len))))
		return;
	s->link_at[s->links++] = link;
}

static bool is_usable(const struct gn_addr *a)
{
	const uint8_t *b = a->ip + 12;
	if (gn_addr_is_loopback(a) || gn_is_zero(a->ip, sizeof a->ip))
		return false;
	if (gn_addr_is_v4(a)) /* link-local, multicast, none */
		return !(b[0] == 169 && b[1] == 254) && b[0] != 0 && b[0] < 224;
	return !(a->ip[0] == 0xfe && (a->ip[1] & 0xc0) == 0x80) && a->ip[0] != 0xff;
}

static void read_addr(struct net_scan *s, struct gn_slice body)
{
	struct ifaddrmsg m;
	if (body.len < sizeof m)
		return;
	memcpy(&m, body.p, sizeof m);
	struct gn_slice rest = gn_slice_sub(body, sizeof m, body.len);
	const struct net_link *link = NULL;
	for (size_t i = 0; i < s->links && !link; i++)
		if (s->link_at[i].index == m.ifa_index)
			link = &s->link_at[i];
	uint32_t flags = number(attribute(rest, IFA_FLAGS), m.ifa_flags);
	bool v6 = m.ifa_family == AF_INET6;
	struct gn_os_net_addr a = {.interface = m.ifa_index};
	if (!link || (!v6 && m.ifa_family != AF_INET) || s->addrs == NET_ADDRS_MAX ||
	    flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED) || (v6 && flags & IFA_F_DEPRECATED))
		return;
	/* of two ends of a line, IFA_LOCAL is ours */
	if ((!address(attribute(rest, IFA_LOCAL), v6, &a.addr) &&
	     !address(attribute(rest, IFA_ADDRESS), v6, &a.addr)) ||
	    !is_usable(&a.addr))
		return;
	a.lan = gn_addr_is_private(&a.addr);
	a.temporary = v6 && flags & IFA_F_TEMPORARY; /* IFA_F_SECONDARY in IPv4 */
	a.routed = link->routed;
	s->addr_at[s->addrs++] = a;
}

enum net_end net_read(struct net_scan *s, struct gn_slice datagram)
{
	struct message m;
	bool changed = false;
	if (datagram.len < sizeof(struct nlmsghdr))
		return NET_FAILED;
	while (next_message(&datagram, &m)) {
		changed |= (m.flags & NLM_F_DUMP_INTR) != 0;
		if (m.type == NLMSG_DONE)
			return changed ? NET_CHANGED : NET_DONE;
		if (m.type == NLMSG_ERROR)
			return NET_FAILED;
		if (m.type == RTM_NEWROUTE)
			read_route(s, m.body);
		else if (m.type == RTM_NEWLINK)
			read_link(s, m.body);
		else if (m.type == RTM_NEWADDR)
			read_addr(s, m.body);
	}
	return changed ? NET_CHANGED : NET_MORE;
}

bool net_matters(struct gn_slice datagram)
{
	struct message m;
	while (next_message(&datagram, &m))
		if (m.type == RTM_NEWLINK || m.type == RTM_DELLINK || m.type == RTM_NEWADDR ||
		    m.type == RTM_DELADDR ||
		    ((m.type == RTM_NEWROUTE || m.type == RTM_DELROUTE) && is_default(m.body)))
			return true;
	return false;
}

/* ---- snapshots ---- */

static int rank(const struct gn_os_net_addr *a)
{
	return (a->lan ? 8 : 0) + (a->routed ? 0 : 4) + (gn_addr_is_v4(&a->addr) ? 2 : 0) +
	       (a->temporary ? 0 : 1);
}

static int better(const void *a, const void *b)
{
	const struct gn_os_net_addr *x = a, *y = b;
	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (x->interface != y->interface)
		return x->interface < y->interface ? -1 : 1;
	return memcmp(x->addr.ip, y->addr.ip, sizeof x->addr.ip);
}

void net_snapshot(struct net_scan *s, struct gn_os_net *out)
{
	unsigned global = 0;
	*out = (struct gn_os_net){.count = 0};
	qsort(s->addr_at, s->addrs, sizeof s->addr_at[0], better);
	for (size_t i = 0; i < s->addrs && out->count < GN_OS_NET_MAX; i++) {
		const struct gn_os_net_addr *a = &s->addr_at[i];
		if (!a->lan && !gn_addr_is_v4(&a->addr) && global++ >= GN_OS_NET_GLOBAL_MAX)
			continue;
		out->addrs[out->count++] = *a;
	}
	for (size_t i = 0; i < s->defaults; i++) {
		const struct net_default *d = &s->default_at[i];
		struct gn_os_net_router *used = &out->routers[d->v6];
		bool up = false;
		for (size_t j = 0; j < s->links; j++)
			up |= s->link_at[j].index == d->to.interface;
		if (up && (!used->interface || d->to.metric < used->metric))
			*used = d->to;
	}
}
