/* The watch of addresses (RE-15) in a network namespace of its own, where addresses, interfaces and
 * the default route come and go; and sleep (RE-10) in a time namespace. Needs root; else what does
 * is skipped and says why. */
#define _GNU_SOURCE
#include "os/netlink_int.h"
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

#define PATIENCE (20 * GN_SEC) /* only a broken test waits as long */

static bool sh(const char *command)
{
	return system(command) == 0; /* NOLINT(cert-env33-c): texts of this file */
}

static struct gn_os_net_watch *watch;

/* Until the snapshot is another one; false: it was not, for as long as patience lasts. */
static bool changes(void)
{
	for (gn_time end = gn_os_steady() + PATIENCE; gn_os_steady() < end;) {
		struct pollfd p = {gn_os_net_watch_fd(watch), POLLIN, 0};
		(void)poll(&p, 1, 10);
		if (gn_os_net_watch_turn(watch, gn_os_steady()))
			return true;
	}
	return false;
}

static bool has(const char *text)
{
	const struct gn_os_net *net = gn_os_net_watch_now(watch);
	for (size_t i = 0; i < net->count; i++) {
		struct gn_addr a = net->addrs[i].addr;
		char is[GN_ADDR_TEXT_MAX];
		a.port = 1;
		gn_addr_text(&a, is);
		if (!strcmp(is, text))
			return true;
	}
	return false;
}

/* Runs a command and waits until the snapshot says so: it may come in several. */
#define AFTER(command, says)                                                                       \
	do {                                                                                       \
		assert_true(sh(command));                                                          \
		while (!(says))                                                                    \
			assert_true(changes());                                                    \
	} while (0)

static size_t count(void)
{
	return gn_os_net_watch_now(watch)->count;
}

static const struct gn_os_net_router *router(void)
{
	return &gn_os_net_watch_now(watch)->routers[0];
}

/* A namespace with a pair of devices, out0 and out1, which is up; without IPv6 where nothing is to
 * happen by itself. */
static void enter(bool v6)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNET) ||
	    !sh("ip link set lo up && ip link add out0 type veth peer name out1 2>/dev/null") ||
	    (!v6 && !sh("echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6")) ||
	    !sh("ip link set out1 up")) {
		print_message("skipped: a network namespace needs root and the ip command\n");
		skip();
	}
}

static void addresses_come_and_go(void **state)
{
	(void)state;
	enter(true);
	if (access("/proc/net/if_inet6", F_OK) != 0) {
		print_message("skipped: this kernel has no IPv6\n");
		skip();
	}
	assert_true(sh("ip link add in0 type veth peer name in1 && ip link set in1 up"));
	assert_int_equal(gn_os_net_watch_open(&watch), GN_OK);
	assert_int_equal(count(), 0); /* loopback is none */

	/* a veth counts with its default route */
	AFTER("ip link set out0 up && ip addr add 192.168.7.2/24 dev out0 && "
	      "ip route add default via 192.168.7.1",
	      has("192.168.7.2:1"));
	assert_int_equal(count(), 1);
	assert_true(gn_os_net_watch_now(watch)->addrs[0].lan);
	assert_int_equal(router()->interface, if_nametoindex("out0"));
	assert_int_equal(router()->gateway.ip[15], 1);

	/* an address more, of either family, and one less; link-local ones are none */
	AFTER("ip addr add 192.168.7.3/24 dev out0", has("192.168.7.3:1"));
	assert_int_equal(count(), 2);
	AFTER("ip -6 addr add 2001:db8::5/64 dev out0 nodad", has("[2001:db8::5]:1"));
	assert_int_equal(count(), 3);
	assert_false(gn_os_net_watch_now(watch)->addrs[0].lan);
	AFTER("ip addr del 192.168.7.3/24 dev out0", !has("192.168.7.3:1"));
	assert_int_equal(count(), 2);

	/* deprecated: no more */
	AFTER("ip -6 addr change 2001:db8::5/64 dev out0 preferred_lft 0", !has("[2001:db8::5]:1"));
	assert_int_equal(count(), 1);

	/* the default route moves to another interface, and with it what counts */
	AFTER("ip link set in0 up && ip addr add 10.9.0.2/24 dev in0 && "
	      "ip route replace default via 10.9.0.1 dev in0",
	      has("10.9.0.2:1"));
	assert_false(has("192.168.7.2:1"));
	assert_int_equal(router()->interface, if_nametoindex("in0"));

	/* the same way to another router is a change, too */
	AFTER("ip route replace default via 10.9.0.7 dev in0", router()->gateway.ip[15] == 7);

	/* the cable is pulled, and put in again; the interface goes */
	AFTER("ip link set in1 down", !has("10.9.0.2:1"));
	assert_int_equal(router()->interface, 0);
	AFTER("ip link set in1 up", has("10.9.0.2:1"));
	AFTER("ip link set in0 down", !has("10.9.0.2:1"));
	AFTER("ip link set in0 up && ip route replace default via 10.9.0.7 dev in0",
	      has("10.9.0.2:1"));
	AFTER("ip link del in0", count() == 0);
	gn_os_net_watch_close(watch);
}

/* Many changes at one time are one; what matters nothing is none. Time is the test's here. */
static void changes_are_told_together(void **state)
{
	(void)state;
	enter(false);
	assert_int_equal(gn_os_net_watch_open(&watch), GN_OK);
	AFTER("ip link set out0 up && ip addr add 10.0.0.1/24 dev out0 && "
	      "ip route add default via 10.0.0.9",
	      has("10.0.0.1:1"));
	while (gn_os_net_watch_deadline(watch) != GN_NEVER)
		(void)gn_os_net_watch_turn(watch, gn_os_steady());
	gn_time start = gn_os_steady() + 1000 * GN_SEC, now = start;
	assert_false(gn_os_net_watch_turn(watch, now));
	assert_true(sh("ip addr add 10.0.1.1/24 dev out0"));
	assert_false(gn_os_net_watch_turn(watch, now));
	assert_int_equal(gn_os_net_watch_deadline(watch), start + GN_OS_NET_WAIT);
	for (int i = 0; i < 20; i++) {
		char command[64];
		snprintf(command, sizeof command, "ip addr add 10.0.2.%d/24 dev out0", i + 1);
		assert_true(sh(command));
		now += 5 * GN_MSEC;
		assert_false(gn_os_net_watch_turn(watch, now));
	}
	assert_int_equal(gn_os_net_watch_deadline(watch), start + GN_OS_NET_WAIT);
	assert_false(gn_os_net_watch_turn(watch, start + GN_OS_NET_WAIT - 1));
	assert_true(gn_os_net_watch_turn(watch, start + GN_OS_NET_WAIT));
	assert_int_equal(count(), GN_OS_NET_MAX);
	assert_int_equal(gn_os_net_watch_deadline(watch), GN_NEVER);
	/* other routes, and an address that comes and goes at once */
	now = start + GN_SEC;
	assert_true(sh("ip route add 10.77.0.0/16 via 10.0.0.9"));
	assert_false(gn_os_net_watch_turn(watch, now));
	assert_int_equal(gn_os_net_watch_deadline(watch), GN_NEVER);
	assert_true(sh("ip addr add 10.0.3.1/24 dev out0 && ip addr del 10.0.3.1/24 dev out0"));
	assert_false(gn_os_net_watch_turn(watch, now));
	assert_false(gn_os_net_watch_turn(watch, now + GN_OS_NET_WAIT));
	assert_int_equal(gn_os_net_watch_deadline(watch), GN_NEVER);
	gn_os_net_watch_close(watch);
}

/* More than an ear's buffer holds: what was lost is found by reading anew. */
static void lost_events_cost_nothing(void **state)
{
	(void)state;
	enter(false);
	assert_int_equal(gn_os_net_watch_open(&watch), GN_OK);
	AFTER("ip link set out0 up && ip addr add 10.200.0.1/24 dev out0 && "
	      "ip route add default dev out0",
	      has("10.200.0.1:1"));
	/* none of 4,096 is a default route; what comes behind them finds no room */
	assert_true(sh("i=0; while [ $i -lt 4096 ]; do "
		       "echo route add 10.$((i / 256)).$((i % 256)).0/24 dev out0; "
		       "i=$((i + 1)); done | ip -batch - && "
		       "ip addr add 192.168.9.9/24 dev out0"));
	assert_true(changes());
	assert_true(has("192.168.9.9:1"));
	gn_os_net_watch_close(watch);
}

/* Everybody may watch; NULL is fine. */
static void a_user_may_watch(void **state)
{
	(void)state;
	assert_int_equal(gn_os_net_watch_open(&watch), GN_OK);
	assert_false(gn_os_net_watch_turn(watch, 0));
	assert_true(gn_os_net_watch_now(watch)->count <= GN_OS_NET_MAX);
	gn_os_net_watch_close(watch);
	gn_os_net_watch_close(NULL);
}

/* A boot clock 600 s ahead of where it was, the monotonic one as it was: ten minutes slept. */
static void sleep_is_seen(void **state)
{
	(void)state;
	gn_time before = gn_os_slept();
	int offsets = -1;
	if (geteuid() == 0 && unshare(CLONE_NEWTIME) == 0)
		offsets = open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC);
	if (offsets < 0 || write(offsets, "boottime 600 0", 14) != 14) {
		print_message("skipped: a time namespace needs root\n");
		skip();
	}
	close(offsets);
	pid_t pid = fork(); /* children are in it */
	if (pid == 0) {
		gn_time slept = gn_os_slept() - before;
		_exit(slept > 590 * GN_SEC && slept < 610 * GN_SEC ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_may_watch),
		cmocka_unit_test(addresses_come_and_go),
		cmocka_unit_test(changes_are_told_together),
		cmocka_unit_test(lost_events_cost_nothing),
		cmocka_unit_test(sleep_is_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
