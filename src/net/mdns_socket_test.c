/* Sockets of discovery (RE-44) in a network namespace of their own: two machines joined by a pair
 * of virtual Ethernet devices, one process in each. Needs root; else it is skipped and says why. */
#define _GNU_SOURCE
#include "net/mdns_socket.h"
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE 20000 /* ms: only a broken test waits as long */

static const uint8_t network[4] = {1, 2, 3, 4};

static bool sh(const char *command)
{
	return system(command) == 0; /* NOLINT(cert-env33-c): texts of this file */
}

/* One end of the link: an engine and its sockets. */
struct end {
	struct gn_rand rand;
	struct gn_prng g;
	struct gn_mdns m;
	struct gn_mdns_socket *s;
	struct gn_mdns_interface on;
};

static void end_begin(struct end *e, const char *device, int number, bool v4, bool v6)
{
	gn_prng_init(&e->g, (uint64_t)number + 100);
	e->rand = gn_prng_rand(&e->g);
	e->on = (struct gn_mdns_interface){.index = if_nametoindex(device), .v4 = v4, .v6 = v6};
	if (v4)
		e->on.addrs[e->on.count++] = gn_addr_v4(10, 55, 0, (uint8_t)number, 0);
	if (v6)
		e->on.addrs[e->on.count++] =
			(struct gn_addr){.ip = {0xfd, 0, [15] = (uint8_t)number}};
	gn_mdns_init(&e->m, &e->rand, network, (uint16_t)(7000 + number));
	gn_mdns_interfaces(&e->m, &e->on, 1, gn_os_steady());
	assert_int_equal(gn_mdns_socket_open(&e->s), GN_OK);
	assert_int_equal(gn_mdns_socket_interfaces(e->s, &e->on, 1), GN_OK);
}

/* Until an address with that port was found, or for as long as patience lasts. */
static bool end_finds(struct end *e, uint16_t port, struct gn_mdns_found *found)
{
	for (gn_time end = gn_os_steady() + PATIENCE * GN_MSEC; gn_os_steady() < end;) {
		struct pollfd p = {gn_mdns_socket_fd(e->s), POLLIN, 0};
		gn_time now = gn_os_steady(), at = gn_mdns_deadline(&e->m);
		(void)poll(&p, 1, at <= now ? 0 : at - now > 50 * GN_MSEC ? 50 : 1);
		gn_mdns_socket_turn(e->s, &e->m, gn_os_steady());
		while (gn_mdns_next(&e->m, found))
			if (found->addr.port == port)
				return true;
	}
	return false;
}

static void end_stop(struct end *e)
{
	gn_mdns_stop(&e->m);
	gn_mdns_socket_turn(e->s, &e->m, gn_os_steady());
	gn_mdns_socket_close(e->s);
}

/* The other end, in a namespace of its own, which gets the device's other half; it ends when it is
 * told to. */
struct other {
	pid_t pid;
	int go[2], back[2];
};

static void other_main(const struct other *o, bool v4, bool v6)
{
	char byte = 'n';
	struct end e;
	struct gn_mdns_found found;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
	close(o->go[1]);
	if (unshare(CLONE_NEWNET) || write(o->back[1], &byte, 1) != 1 ||
	    read(o->go[0], &byte, 1) != 1)
		_exit(1);
	if (!sh("ip link set lo up && ip addr add 10.55.0.2/24 dev gnb && "
		"ip -6 addr add fd00::2/64 dev gnb nodad && ip link set gnb up"))
		_exit(2);
	end_begin(&e, "gnb", 2, v4, v6);
	bool good = end_finds(&e, 7001, &found);
	if (write(o->back[1], good ? "y" : "n", 1) != 1)
		_exit(3);
	/* goes on answering until it is told to stop */
	for (struct pollfd p[2] = {{o->go[0], POLLIN, 0}, {gn_mdns_socket_fd(e.s), POLLIN, 0}};;) {
		(void)poll(p, 2, 20);
		if (p[0].revents)
			break;
		gn_mdns_socket_turn(e.s, &e.m, gn_os_steady());
	}
	end_stop(&e);
	_exit(0);
}

static void find_each_other(bool v4, bool v6)
{
	struct other o;
	char byte, command[200];
	struct end e;
	struct gn_mdns_found found;
	if (geteuid() != 0 || unshare(CLONE_NEWNET)) {
		print_message("skipped: a network namespace needs root\n");
		skip();
	}
	if (v6 && access("/proc/net/if_inet6", F_OK) != 0) {
		print_message("skipped: this kernel has no IPv6\n");
		skip();
	}
	if (!sh("ip link add gna type veth peer name gnb 2>/dev/null")) {
		print_message("skipped: no ip command, or no veth in this kernel\n");
		skip();
	}
	assert_int_equal(pipe(o.go), 0);
	assert_int_equal(pipe(o.back), 0);
	o.pid = fork();
	if (o.pid == 0)
		other_main(&o, v4, v6);
	assert_int_equal(read(o.back[0], &byte, 1), 1);
	snprintf(command, sizeof command,
		 "ip link set gnb netns %d && ip addr add 10.55.0.1/24 dev gna && "
		 "ip -6 addr add fd00::1/64 dev gna nodad && ip link set gna up",
		 (int)o.pid);
	assert_true(sh(command));
	assert_int_equal(write(o.go[1], "g", 1), 1);
	end_begin(&e, "gna", 1, v4, v6);
	assert_true(end_finds(&e, 7002, &found));
	assert_int_equal(found.interface, e.on.index);
	struct gn_addr want = v4 ? gn_addr_v4(10, 55, 0, 2, 7002)
				 : (struct gn_addr){.ip = {0xfd, 0, [15] = 2}, .port = 7002};
	if (!(v4 && v6))
		assert_true(gn_addr_eq(&found.addr, &want));
	/* the other finds us, too; we go on answering until it says so */
	for (struct pollfd p[2] = {{o.back[0], POLLIN, 0}, {gn_mdns_socket_fd(e.s), POLLIN, 0}};;) {
		(void)poll(p, 2, 20);
		if (p[0].revents)
			break;
		gn_mdns_socket_turn(e.s, &e.m, gn_os_steady());
	}
	assert_int_equal(read(o.back[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	/* its goodbye is heard */
	close(o.go[1]);
	unsigned held = 1;
	for (gn_time end = gn_os_steady() + PATIENCE * GN_MSEC; held && gn_os_steady() < end;) {
		struct pollfd p = {gn_mdns_socket_fd(e.s), POLLIN, 0};
		(void)poll(&p, 1, 20);
		gn_mdns_socket_turn(e.s, &e.m, gn_os_steady());
		held = 0;
		for (int i = 0; i < MDNS_FOUND_MAX; i++)
			held += e.m.peers[i].until != 0;
	}
	assert_int_equal(held, 0);
	assert_int_equal(e.m.count.far + e.m.count.malformed, 0);
	end_stop(&e);
	int status;
	assert_int_equal(waitpid(o.pid, &status, 0), o.pid);
	assert_int_equal(status, 0);
	close(o.go[0]);
	close(o.back[0]);
	close(o.back[1]);
}

static void two_machines_find_each_other_by_ipv4(void **state)
{
	(void)state;
	find_each_other(true, false);
}

static void two_machines_find_each_other_by_ipv6(void **state)
{
	(void)state;
	find_each_other(false, true);
}

static void two_machines_find_each_other_by_both(void **state)
{
	(void)state;
	find_each_other(true, true);
}

/* A responder has the port already, as Avahi does: any address, shared. We get in beside it, it
 * gets what is sent to the machine alone, and we hear a second node of the same machine. */
static void beside_a_responder(void **state)
{
	(void)state;
	struct end a, b;
	struct gn_mdns_found found;
	int on = 1, theirs = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
	    asker = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(GN_MDNS_PORT)};
	if (geteuid() != 0 || unshare(CLONE_NEWNET) ||
	    !sh("ip link set lo up && ip link add gna type veth peer name gnb 2>/dev/null && "
		"ip addr add 10.55.0.1/24 dev gna && ip link set gna up && ip link set gnb up")) {
		print_message("skipped: a network namespace needs root and the ip command\n");
		skip();
	}
	/* after the namespace, so that it is in it */
	close(theirs);
	close(asker);
	theirs = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	asker = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(setsockopt(theirs, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
	assert_int_equal(setsockopt(theirs, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on), 0);
	assert_int_equal(bind(theirs, (struct sockaddr *)&sa, sizeof sa), 0);
	end_begin(&a, "gna", 1, true, false);
	end_begin(&b, "gna", 3, true, false);
	sa.sin_addr.s_addr = htonl(0x0a370001);
	for (int i = 0; i < 20; i++)
		assert_int_equal(sendto(asker, "hello", 5, 0, (struct sockaddr *)&sa, sizeof sa),
				 5);
	gn_mdns_socket_turn(a.s, &a.m, gn_os_steady());
	gn_mdns_socket_turn(b.s, &b.m, gn_os_steady());
	char bytes[8];
	for (int i = 0; i < 20; i++)
		assert_int_equal(recv(theirs, bytes, sizeof bytes, 0), 5);
	assert_int_equal(a.m.count.heard + b.m.count.heard, 0);
	/* a flood is read by pieces */
	assert_int_equal(setsockopt(asker, IPPROTO_IP, IP_MULTICAST_IF,
				    &(struct ip_mreqn){.imr_ifindex = (int)a.on.index},
				    sizeof(struct ip_mreqn)),
			 0);
	sa.sin_addr.s_addr = htonl(0xe00000fb);
	for (int i = 0; i < MDNS_BATCH + 1; i++)
		assert_int_equal(sendto(asker, "hello", 5, 0, (struct sockaddr *)&sa, sizeof sa),
				 5);
	gn_mdns_socket_turn(a.s, &a.m, gn_os_steady());
	assert_int_equal(a.m.count.heard, MDNS_BATCH);
	gn_mdns_socket_turn(a.s, &a.m, gn_os_steady());
	assert_int_equal(a.m.count.heard, MDNS_BATCH + 1);
	assert_int_equal(a.m.count.far, MDNS_BATCH + 1); /* of another port */
	/* b speaks first, so that a has something to hear while it waits */
	gn_mdns_socket_turn(b.s, &b.m, gn_mdns_deadline(&b.m));
	assert_true(end_finds(&a, 7003, &found));
	end_stop(&a);
	end_stop(&b);
	close(theirs);
	close(asker);
}

/* An interface that is not there is an error, and the others are used. */
static void a_missing_interface_is_an_error(void **state)
{
	(void)state;
	struct gn_mdns_socket *s;
	struct gn_mdns_interface list[2] = {{.index = 0x7ffffff0, .v4 = true},
					    {.index = if_nametoindex("lo"), .v4 = true}};
	assert_int_equal(gn_mdns_socket_open(&s), GN_OK);
	assert_int_not_equal(gn_mdns_socket_interfaces(s, list, 2), GN_OK);
	assert_int_equal(gn_mdns_socket_interfaces(s, list + 1, 1), GN_OK);
	assert_int_equal(gn_mdns_socket_interfaces(s, NULL, 0), GN_OK);
	assert_int_equal(gn_mdns_socket_failed(s), 0);
	gn_mdns_socket_close(s);
	gn_mdns_socket_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_missing_interface_is_an_error),
		cmocka_unit_test(two_machines_find_each_other_by_ipv4),
		cmocka_unit_test(two_machines_find_each_other_by_ipv6),
		cmocka_unit_test(two_machines_find_each_other_by_both),
		cmocka_unit_test(beside_a_responder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
