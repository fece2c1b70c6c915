/* What rtnetlink's messages say (RE-15): messages as the kernel writes them, made here, and what is
 * cut, beyond a limit or of no use. */
#include "os/netlink_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cmocka.h>

/* ---- messages ---- */

static uint8_t bytes[65536];
static size_t at, head;

static void put(const void *p, size_t len)
{
	assert_true(at + len + 4 <= sizeof bytes);
	memcpy(bytes + at, p, len);
	memset(bytes + at + len, 0, 4);
	at += (len + 3) & ~(size_t)3;
	uint32_t whole = (uint32_t)(at - head);
	memcpy(bytes + head, &whole, 4);
}

static void begin(uint16_t type, uint16_t flags)
{
	struct nlmsghdr h = {.nlmsg_type = type, .nlmsg_flags = flags};
	head = at;
	put(&h, sizeof h);
}

static void attr(uint16_t type, const void *p, size_t len)
{
	struct rtattr a = {(unsigned short)(sizeof a + len), type};
	uint8_t both[256];
	memcpy(both, &a, sizeof a);
	memcpy(both + sizeof a, p, len);
	put(both, sizeof a + len);
}

static void attr32(uint16_t type, uint32_t n)
{
	attr(type, &n, sizeof n);
}

static void route(uint8_t family, uint32_t oif, uint32_t metric, const char *gateway, size_t len)
{
	struct rtmsg r = {.rtm_family = family, .rtm_type = RTN_UNICAST};
	begin(RTM_NEWROUTE, 0);
	put(&r, sizeof r);
	attr32(RTA_OIF, oif);
	attr32(RTA_PRIORITY, metric);
	if (len)
		attr(RTA_GATEWAY, gateway, len);
}

#define UP (IFF_UP | IFF_RUNNING)

static void link_is(int index, unsigned flags, const char *kind)
{
	struct ifinfomsg m = {.ifi_index = index, .ifi_flags = flags};
	begin(RTM_NEWLINK, 0);
	put(&m, sizeof m);
	attr(IFLA_IFNAME, "eth0", 5);
	if (kind) {
		uint8_t nested[32];
		struct rtattr a = {(unsigned short)(sizeof a + strlen(kind) + 1), IFLA_INFO_KIND};
		memcpy(nested, &a, sizeof a);
		strcpy((char *)nested + sizeof a, kind);
		attr(IFLA_LINKINFO | NLA_F_NESTED, nested, a.rta_len);
	}
}

static void addr_is(uint32_t index, const struct gn_addr *a, uint32_t flags)
{
	bool v4 = gn_addr_is_v4(a);
	struct ifaddrmsg m = {.ifa_family = v4 ? AF_INET : AF_INET6,
			      .ifa_flags = (uint8_t)flags,
			      .ifa_index = index};
	begin(RTM_NEWADDR, 0);
	put(&m, sizeof m);
	attr(IFA_ADDRESS, v4 ? a->ip + 12 : a->ip, v4 ? 4 : 16);
	attr32(IFA_FLAGS, flags);
}

static struct gn_addr v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return gn_addr_v4(a, b, c, d, 0);
}

static struct gn_addr v6(uint8_t first, uint8_t second, uint8_t last)
{
	return (struct gn_addr){.ip = {first, second, [15] = last}};
}

static struct gn_os_net net;
static struct net_scan scan;

static int start(void **state)
{
	(void)state;
	at = 0;
	memset(&scan, 0, sizeof scan);
	return 0;
}

static void read_all(void)
{
	begin(NLMSG_DONE, 0);
	assert_int_equal(net_read(&scan, gn_slice(bytes, at)), NET_DONE);
	net_snapshot(&scan, &net);
}

/* ---- which addresses ---- */

static void a_laptop(void **state)
{
	(void)state;
	const struct gn_addr want[] = {v6(0x20, 1, 9), v6(0x20, 1, 1),     v4(8, 8, 8, 8),
				       v6(0xfd, 0, 1), v4(192, 168, 1, 2), v4(10, 9, 0, 1)};
	route(AF_INET, 2, 600, "\300\250\1\1", 4);
	route(AF_INET, 3, 100, "\12\0\0\1", 4); /* of an interface that is down */
	route(AF_INET6, 2, 600, "\376\200\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	link_is(1, UP | IFF_LOOPBACK, NULL);
	link_is(2, UP, NULL);
	link_is(3, IFF_UP, NULL);
	link_is(4, UP, "bridge");
	link_is(5, UP, "veth");
	link_is(6, UP, "wireguard");
	struct gn_addr loop = v4(127, 0, 0, 1), down = v4(10, 0, 0, 5), docker = v4(172, 17, 0, 1),
		       inner = v4(172, 18, 0, 1), local4 = v4(169, 254, 1, 1),
		       local6 = v6(0xfe, 0x80, 1), old = v6(0x20, 1, 8), new6 = v6(0x20, 1, 7),
		       twice = v6(0x20, 1, 6);
	addr_is(1, &loop, 0);
	addr_is(3, &down, 0);
	addr_is(4, &docker, 0);
	addr_is(5, &inner, 0);
	addr_is(2, &local4, 0);
	addr_is(2, &local6, 0);
	addr_is(2, &old, IFA_F_DEPRECATED | IFA_F_TEMPORARY);
	addr_is(2, &new6, IFA_F_TENTATIVE);
	addr_is(2, &twice, IFA_F_DADFAILED);
	addr_is(2, &want[4], IFA_F_SECONDARY); /* the bit that says temporary in IPv6 */
	addr_is(6, &want[5], 0);
	addr_is(2, &want[3], 0);
	addr_is(2, &want[1], 0);
	addr_is(2, &want[0], IFA_F_TEMPORARY);
	addr_is(2, &want[2], 0);
	addr_is(99, &want[2], 0); /* of no interface */
	read_all();
	assert_int_equal(net.count, GN_COUNT(want));
	for (size_t i = 0; i < net.count; i++) {
		assert_true(gn_addr_eq(&net.addrs[i].addr, &want[i]));
		assert_int_equal(net.addrs[i].lan, i >= 3);
		assert_int_equal(net.addrs[i].temporary, i == 0);
		assert_int_equal(net.addrs[i].routed, i != 5);
		assert_int_equal(net.addrs[i].interface, i == 5 ? 6 : 2);
	}
	struct gn_addr gateway = v4(192, 168, 1, 1), gateway6 = v6(0xfe, 0x80, 1);
	assert_int_equal(net.routers[0].interface, 2);
	assert_int_equal(net.routers[0].metric, 600);
	assert_true(gn_addr_eq(&net.routers[0].gateway, &gateway));
	assert_true(gn_addr_eq(&net.routers[1].gateway, &gateway6));
}

static void a_bridge_with_a_default_route_counts(void **state)
{
	(void)state;
	struct gn_addr a = v4(192, 168, 1, 2);
	for (int with = 0; with < 2; with++) {
		start(NULL);
		if (with)
			route(AF_INET, 4, 0, NULL, 0);
		link_is(4, UP, "bridge");
		addr_is(4, &a, 0);
		read_all();
		assert_int_equal(net.count, with);
		assert_int_equal(net.routers[0].interface, with ? 4 : 0);
	}
}

static void the_route_of_least_metric_is_used(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		route(AF_INET, 10 + i, 300 - 100 * (i % 2), NULL, 0);
	for (int i = 0; i < 3; i++)
		link_is(10 + i, UP, NULL);
	read_all();
	assert_int_equal(net.routers[0].interface, 11);
	assert_int_equal(net.routers[0].metric, 200);
	assert_int_equal(net.routers[1].interface, 0);
}

static void routes_to_nowhere_are_none(void **state)
{
	(void)state;
	struct rtmsg unreachable = {.rtm_family = AF_INET6, .rtm_type = RTN_UNREACHABLE},
		     narrow = {.rtm_family = AF_INET, .rtm_type = RTN_UNICAST, .rtm_dst_len = 1},
		     other = {.rtm_family = AF_PACKET, .rtm_type = RTN_UNICAST};
	struct rtmsg *t[] = {&unreachable, &narrow, &other};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		begin(RTM_NEWROUTE, 0);
		put(t[i], sizeof *t[i]);
		attr32(RTA_OIF, 2);
	}
	link_is(2, UP, NULL);
	read_all();
	assert_int_equal(scan.defaults, 0);
}

static void each_of_several_hops_is_a_way(void **state)
{
	(void)state;
	struct rtmsg r = {.rtm_family = AF_INET, .rtm_type = RTN_UNICAST};
	struct {
		struct rtnexthop h;
		struct rtattr a;
		uint8_t ip[4];
	} hops[2] = {{{sizeof hops[0], 0, 0, 7}, {8, RTA_GATEWAY}, {10, 0, 0, 1}},
		     {{sizeof hops[0], 0, 0, 8}, {8, RTA_GATEWAY}, {10, 0, 0, 2}}};
	struct gn_addr gateway = v4(10, 0, 0, 2), own = v4(10, 0, 0, 9);
	begin(RTM_NEWROUTE, 0);
	put(&r, sizeof r);
	attr(RTA_MULTIPATH, hops, sizeof hops);
	link_is(8, UP, "veth");
	addr_is(8, &own, 0);
	read_all();
	assert_int_equal(net.count, 1);
	assert_int_equal(net.routers[0].interface, 8);
	assert_true(gn_addr_eq(&net.routers[0].gateway, &gateway));
}

static void of_a_line_our_end_counts(void **state)
{
	(void)state;
	struct ifaddrmsg m = {.ifa_family = AF_INET, .ifa_index = 2};
	struct gn_addr ours = v4(10, 0, 0, 1);
	link_is(2, UP, NULL);
	begin(RTM_NEWADDR, 0);
	put(&m, sizeof m);
	attr(IFA_ADDRESS, "\12\0\0\2", 4);
	attr(IFA_LOCAL, "\12\0\0\1", 4);
	read_all();
	assert_int_equal(net.count, 1);
	assert_true(gn_addr_eq(&net.addrs[0].addr, &ours));
}

/* ---- limits ---- */

static void the_best_are_kept(void **state)
{
	(void)state;
	link_is(2, UP, NULL);
	for (unsigned i = 0; i < GN_OS_NET_GLOBAL_MAX + 2; i++) {
		struct gn_addr a = v6(0x20, 1, (uint8_t)(i + 1));
		addr_is(2, &a, i == 4 ? IFA_F_TEMPORARY : 0);
	}
	for (unsigned i = 0; i < GN_OS_NET_MAX; i++) {
		struct gn_addr a = v4(10, 0, 0, (uint8_t)(i + 1));
		addr_is(2, &a, 0);
	}
	read_all();
	assert_int_equal(net.count, GN_OS_NET_MAX);
	for (unsigned i = 0; i < net.count; i++)
		assert_int_equal(net.addrs[i].lan, i >= GN_OS_NET_GLOBAL_MAX);
	assert_int_equal(net.addrs[0].addr.ip[15], 5); /* the temporary one */
}

static void what_is_beyond_a_limit_is_dropped(void **state)
{
	(void)state;
	struct gn_addr a = v4(10, 0, 0, 1), last = v4(10, 0, 0, 2);
	for (uint32_t i = 0; i < NET_DEFAULTS_MAX + 1; i++)
		route(AF_INET, 100 + i, 1000 - i, NULL, 0);
	for (int i = 0; i < NET_LINKS_MAX + 1; i++)
		link_is(100 + i, UP, NULL);
	for (int i = 0; i < NET_ADDRS_MAX; i++)
		addr_is(100, &a, 0);
	addr_is(100, &last, 0);
	read_all();
	assert_int_equal(scan.defaults, NET_DEFAULTS_MAX);
	assert_int_equal(scan.links, NET_LINKS_MAX);
	assert_int_equal(scan.addrs, NET_ADDRS_MAX);
	assert_int_equal(net.routers[0].interface, 100 + NET_DEFAULTS_MAX - 1);
	for (size_t i = 0; i < net.count; i++)
		assert_false(gn_addr_eq(&net.addrs[i].addr, &last));
}

/* ---- answers and events ---- */

static void answers_end_or_are_none(void **state)
{
	(void)state;
	static const struct {
		uint16_t type, flags;
		enum net_end end;
	} t[] = {
		{RTM_NEWLINK, 0, NET_MORE},   {NLMSG_DONE, 0, NET_DONE},
		{NLMSG_ERROR, 0, NET_FAILED}, {NLMSG_DONE, NLM_F_DUMP_INTR, NET_CHANGED},
		{NLMSG_NOOP, 0, NET_MORE},    {RTM_NEWLINK, NLM_F_DUMP_INTR, NET_CHANGED},
		{RTM_NEWNEIGH, 0, NET_MORE},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		start(NULL);
		begin(t[i].type, t[i].flags);
		assert_int_equal(net_read(&scan, gn_slice(bytes, at)), t[i].end);
	}
	assert_int_equal(net_read(&scan, gn_slice(bytes, 0)), NET_FAILED);
	assert_int_equal(net_read(&scan, gn_slice(bytes, 15)), NET_FAILED);
}

/* Cut anywhere, or with a length that lies: what is not whole is not looked at. */
static void cut_messages_say_nothing(void **state)
{
	(void)state;
	struct gn_addr a = v4(10, 0, 0, 1);
	route(AF_INET, 2, 0, "\12\0\0\376", 4);
	link_is(2, UP, "veth");
	addr_is(2, &a, 0);
	size_t len = at;
	for (size_t cut = 0; cut < len; cut++) {
		memset(&scan, 0, sizeof scan);
		enum net_end end = net_read(&scan, gn_slice(bytes, cut));
		assert_true(end == NET_MORE || end == NET_FAILED);
		assert_int_equal(scan.addrs, 0);
	}
	memset(&scan, 0, sizeof scan);
	assert_int_equal(net_read(&scan, gn_slice(bytes, len)), NET_MORE);
	assert_int_equal(scan.addrs, 1);
	for (size_t i = 0; i < len; i++)
		for (int b = 0; b < 256; b += 15) {
			uint8_t was = bytes[i];
			bytes[i] = (uint8_t)b;
			memset(&scan, 0, sizeof scan);
			(void)net_read(&scan, gn_slice(bytes, len));
			net_snapshot(&scan, &net);
			assert_true(net.count <= 1);
			bytes[i] = was;
		}
}

static void what_may_change_a_snapshot(void **state)
{
	(void)state;
	static const struct {
		uint16_t type;
		uint8_t dst_len;
		bool matters;
	} t[] = {
		{RTM_NEWLINK, 0, true},   {RTM_DELLINK, 0, true},    {RTM_NEWADDR, 0, true},
		{RTM_DELADDR, 0, true},   {RTM_NEWROUTE, 0, true},   {RTM_DELROUTE, 0, true},
		{RTM_NEWROUTE, 8, false}, {RTM_DELROUTE, 24, false}, {RTM_NEWNEIGH, 0, false},
		{RTM_NEWRULE, 0, false},
	};
	for (size_t i = 0; i < GN_COUNT(t); i++) {
		struct rtmsg r = {.rtm_family = AF_INET,
				  .rtm_type = RTN_UNICAST,
				  .rtm_dst_len = t[i].dst_len};
		start(NULL);
		begin(RTM_NEWNEIGH, 0);
		begin(t[i].type, 0);
		put(&r, sizeof r);
		assert_int_equal(net_matters(gn_slice(bytes, at)), t[i].matters);
		assert_false(net_matters(gn_slice(bytes, at - 1)));
	}
}

/* The same in another order is the same; any difference is one. */
static void snapshots_are_compared_by_what_they_say(void **state)
{
	(void)state;
	struct gn_os_net first;
	for (int turn = 0; turn < 2; turn++) {
		start(NULL);
		route(AF_INET, 2, 5, "\12\0\0\1", 4);
		for (int i = 0; i < 2; i++)
			link_is(2 + (i ^ turn), UP, NULL);
		for (int i = 0; i < 2; i++) {
			struct gn_addr a = v4(10, 0, 0, (uint8_t)(2 + (i ^ turn)));
			addr_is((uint32_t)(2 + (i ^ turn)), &a, 0);
		}
		read_all();
		if (!turn)
			first = net;
	}
	assert_true(gn_os_net_eq(&first, &net));
	net.routers[0].gateway.ip[15]++;
	assert_false(gn_os_net_eq(&first, &net));
	net = first;
	net.routers[0].metric++;
	assert_false(gn_os_net_eq(&first, &net));
	net = first;
	net.addrs[1].addr.ip[15]++;
	assert_false(gn_os_net_eq(&first, &net));
	net = first;
	net.addrs[1].routed ^= true;
	assert_false(gn_os_net_eq(&first, &net));
	net = first;
	net.count--;
	assert_false(gn_os_net_eq(&first, &net));
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_laptop),
		TEST(a_bridge_with_a_default_route_counts),
		TEST(the_route_of_least_metric_is_used),
		TEST(routes_to_nowhere_are_none),
		TEST(each_of_several_hops_is_a_way),
		TEST(of_a_line_our_end_counts),
		TEST(the_best_are_kept),
		TEST(what_is_beyond_a_limit_is_dropped),
		TEST(answers_end_or_are_none),
		TEST(cut_messages_say_nothing),
		TEST(what_may_change_a_snapshot),
		TEST(snapshots_are_compared_by_what_they_say),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
