/* UDP on loopback: every way the packets can take gives the other side the same datagrams. The
 * system calls of sending go through this file, which can make them fail. */
#define _GNU_SOURCE
#include "net/udp.h"
#include "os/os.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- system calls that fail on demand ---- */

static struct {
	int train;        /* errno of a send with control data (GSO) */
	int once;         /* errno of the next send of any kind */
	unsigned after;   /* sends that still work before `once` */
	unsigned partial; /* packets that sendmmsg takes at most; 0: all */
	int receive;      /* errno of the next receive */
	bool no_v6;
} fault;

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	errno = m->msg_controllen ? fault.train : 0;
	if (!errno && fault.once && fault.after-- == 0) {
		errno = fault.once;
		fault.once = 0;
	}
	return errno ? -1 : syscall(SYS_sendmsg, fd, m, flags);
}

int sendmmsg(int fd, struct mmsghdr *m, unsigned n, int flags)
{
	if (fault.once && fault.after-- == 0) {
		errno = fault.once;
		fault.once = 0;
		return -1;
	}
	return (int)syscall(SYS_sendmmsg, fd, m,
			    fault.partial && n > fault.partial ? fault.partial : n, flags);
}

int recvmmsg(int fd, struct mmsghdr *m, unsigned n, int flags, struct timespec *t)
{
	errno = fault.receive;
	fault.receive = 0;
	return errno ? -1 : (int)syscall(SYS_recvmmsg, fd, m, n, flags, t);
}

int socket(int family, int type, int protocol)
{
	errno = EAFNOSUPPORT;
	return family == AF_INET6 && fault.no_v6 ? -1
						 : (int)syscall(SYS_socket, family, type, protocol);
}

/* ---- two ends ---- */

static struct gn_udp *a, *b;

static int open_both(void **state)
{
	(void)state;
	memset(&fault, 0, sizeof fault);
	return gn_udp_open(0, &a) || gn_udp_open(0, &b);
}

static int close_both(void **state)
{
	(void)state;
	gn_udp_close(a);
	gn_udp_close(b);
	return 0;
}

static struct gn_addr at(const struct gn_udp *udp)
{
	return gn_addr_v4(127, 0, 0, 1, gn_udp_port(udp));
}

/* What came: datagrams are numbered by their first 4 bytes; the rest follows from the number. */
struct inbox {
	unsigned count, wrong;
	uint32_t next;
	size_t bytes;
	struct gn_addr from;
	size_t lengths[256];
};

static void make_packet(uint32_t number, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = i < 4 ? (uint8_t)(number >> 8 * i) : (uint8_t)(number * 31 + i);
}

static void receive(void *user, const struct gn_addr *from, struct gn_slice d)
{
	struct inbox *in = user;
	static uint8_t want[65536];
	make_packet(in->next++, want, d.len);
	in->wrong += memcmp(want, d.p, d.len) != 0;
	if (in->count < GN_COUNT(in->lengths))
		in->lengths[in->count] = d.len;
	in->count++;
	in->bytes += d.len;
	in->from = *from;
}

/* Everything that is there; waits until at least `count` came, or nothing more does. */
static void collect(struct gn_udp *udp, struct inbox *in, unsigned count)
{
	struct pollfd p = {gn_udp_fd(udp), POLLIN, 0};
	while (gn_udp_recv(udp, receive, in) == GN_OK ||
	       (in->count < count && poll(&p, 1, 2000) > 0))
		;
}

static uint8_t batch[256 * 1024];

static struct gn_slice make_batch(uint32_t first, size_t len, uint16_t segment)
{
	for (size_t i = 0; i < len; i += segment)
		make_packet(first + (uint32_t)(i / segment), batch + i,
			    len - i < segment ? len - i : segment);
	return gn_slice(batch, len);
}

static void ports_are_free_or_taken(void **state)
{
	(void)state;
	struct gn_udp *other;
	char want[64];
	assert_true(gn_udp_port(a) != 0 && gn_udp_port(a) != gn_udp_port(b));
	assert_int_equal(gn_udp_open(gn_udp_port(a), &other), GN_PORT_TAKEN);
	snprintf(want, sizeof want, "UDP port %u: the port is taken", gn_udp_port(a));
	assert_non_null(strstr(gn_os_why(), want));
	uint16_t port = gn_udp_port(b);
	gn_udp_close(b);
	assert_int_equal(gn_udp_open(port, &b), GN_OK);
	assert_int_equal(gn_udp_port(b), port);
	struct inbox in = {0};
	assert_int_equal(gn_udp_recv(a, receive, &in), GN_AGAIN);
	gn_udp_close(NULL);
}

static void batches_arrive_as_they_were_cut(void **state)
{
	(void)state;
	static const struct {
		size_t len;
		uint16_t segment;
	} shapes[] = {{1, 1200},
		      {1200, 1200},
		      {1201, 1200},
		      {5 * 1200 + 7, 1200},
		      {64 * 1000, 1000},
		      {64 * 1000 + 1, 1000},
		      {200 * 100 + 50, 100},
		      {130 * 20, 20},
		      {3 * 20000, 20000},
		      {2 * 40000, 40000},
		      {60000, 60000},
		      {200000, 1452}};
	for (int ways = 0; ways < 4; ways++) {
		gn_udp_offload(a, ways & 1, true);
		gn_udp_offload(b, true, ways & 2);
		for (unsigned i = 0; i < GN_COUNT(shapes); i++) {
			struct inbox in = {0};
			size_t sent, len = shapes[i].len, segment = shapes[i].segment;
			unsigned count = (unsigned)((len + segment - 1) / segment);
			struct gn_addr to = at(b);
			assert_int_equal(gn_udp_send(a, &to, make_batch(0, len, shapes[i].segment),
						     shapes[i].segment, &sent),
					 GN_OK);
			assert_int_equal(sent, len);
			collect(b, &in, count);
			assert_int_equal(in.count, count);
			assert_int_equal(in.bytes, len);
			assert_int_equal(in.wrong, 0);
			for (unsigned k = 0; k + 1 < count; k++)
				assert_int_equal(in.lengths[k], segment);
			to = at(a);
			assert_true(gn_addr_eq(&in.from, &to));
		}
	}
	struct gn_udp_info info;
	gn_udp_info(a, &info);
	assert_true(info.bytes_sent > info.packets_sent && info.packets_sent > info.send_calls);
	assert_int_equal(info.send_failed + info.send_full, 0);
}

static void both_families_share_the_socket(void **state)
{
	(void)state;
	struct gn_udp_info info;
	gn_udp_info(a, &info);
	if (!info.v6)
		skip();
	struct gn_addr to = {.ip = {[15] = 1}, .port = gn_udp_port(b)};
	struct inbox in = {0};
	size_t sent;
	gn_err err = gn_udp_send(a, &to, make_batch(0, 3000, 1000), 1000, &sent);
	if (err == GN_UNREACHABLE)
		skip(); /* no ::1 on this machine */
	assert_int_equal(err, GN_OK);
	collect(b, &in, 3);
	assert_int_equal(in.count, 3);
	to.port = gn_udp_port(a);
	assert_true(gn_addr_eq(&in.from, &to));
}

static void a_machine_without_ipv6_uses_ipv4(void **state)
{
	(void)state;
	struct gn_udp *v4;
	struct gn_udp_info info;
	struct inbox in = {0};
	size_t sent = 99;
	fault.no_v6 = true;
	assert_int_equal(gn_udp_open(0, &v4), GN_OK);
	fault.no_v6 = false;
	gn_udp_info(v4, &info);
	assert_false(info.v6);
	struct gn_addr to = at(b), six = {.ip = {0x20, 1, 0xd, 0xb8}, .port = gn_udp_port(b)};
	assert_int_equal(gn_udp_send(v4, &to, make_batch(0, 2500, 1000), 1000, &sent), GN_OK);
	collect(b, &in, 3);
	assert_int_equal(in.count, 3);
	to = at(v4);
	assert_true(gn_addr_eq(&in.from, &to));
	/* an IPv6 address is not cut down to something else */
	memcpy(six.ip + 12, (uint8_t[]){127, 0, 0, 1}, 4);
	assert_int_equal(gn_udp_send(v4, &six, make_batch(0, 100, 100), 100, &sent),
			 GN_UNREACHABLE);
	assert_int_equal(sent, 0);
	memset(&in, 0, sizeof in);
	assert_int_equal(gn_udp_recv(b, receive, &in), GN_AGAIN);
	gn_udp_close(v4);
}

static void a_kernel_that_refuses_trains_is_remembered(void **state)
{
	(void)state;
	static const int codes[] = {EIO, EINVAL, ENOPROTOOPT, EOPNOTSUPP};
	struct gn_addr to = at(b);
	struct gn_udp_info info;
	for (unsigned i = 0; i < GN_COUNT(codes); i++) {
		struct inbox in = {0};
		size_t sent;
		gn_udp_offload(a, true, true);
		fault.train = codes[i];
		assert_int_equal(gn_udp_send(a, &to, make_batch(0, 10000, 1000), 1000, &sent),
				 GN_OK);
		fault.train = 0;
		assert_int_equal(sent, 10000);
		collect(b, &in, 10);
		assert_int_equal(in.count, 10);
		assert_int_equal(in.wrong, 0);
		gn_udp_info(a, &info);
		assert_false(info.gso);
	}
}

static void a_packet_too_large_is_no_reason_to_give_up_trains(void **state)
{
	(void)state;
	struct gn_addr to = at(b);
	struct gn_udp_info info;
	size_t sent;
	assert_int_equal(gn_udp_send(a, &to, gn_slice(batch, 65530), 65530, &sent), GN_TOO_LARGE);
	/* as a device with a small MTU says of a train, and of each packet */
	fault.train = EMSGSIZE;
	fault.once = EMSGSIZE;
	assert_int_equal(gn_udp_send(a, &to, gn_slice(batch, 3000), 1500, &sent), GN_TOO_LARGE);
	fault.train = 0;
	assert_int_equal(sent, 0);
	gn_udp_info(a, &info);
	assert_true(info.gso);
	assert_int_equal(info.send_failed, 2);
}

static void a_full_socket_says_how_far_it_came(void **state)
{
	(void)state;
	struct gn_addr to = at(b);
	static const int codes[] = {EAGAIN, ENOBUFS};
	for (unsigned way = 0; way < 4; way++) {
		struct inbox in = {0};
		size_t sent, more;
		gn_udp_offload(a, way & 1, true);
		fault.once = codes[way / 2];
		fault.after = 2;
		struct gn_slice data = make_batch(0, 200 * 1000 + 5, 1000);
		assert_int_equal(gn_udp_send(a, &to, data, 1000, &sent), GN_AGAIN);
		assert_int_equal(sent, 128 * 1000); /* two calls of 64 packets */
		assert_int_equal(
			gn_udp_send(a, &to, gn_slice_sub(data, sent, data.len), 1000, &more),
			GN_OK);
		assert_int_equal(sent + more, data.len);
		collect(b, &in, 201);
		assert_int_equal(in.count, 201);
		assert_int_equal(in.wrong, 0);
	}
	struct gn_udp_info info;
	gn_udp_info(a, &info);
	assert_int_equal(info.send_full, 4);
}

static void interrupted_and_partial_calls_go_on(void **state)
{
	(void)state;
	struct gn_addr to = at(b);
	struct inbox in = {0};
	size_t sent;
	fault.once = EINTR;
	assert_int_equal(gn_udp_send(a, &to, make_batch(0, 50 * 500, 500), 500, &sent), GN_OK);
	fault.partial = 3;
	gn_udp_offload(a, false, true);
	assert_int_equal(gn_udp_send(a, &to, make_batch(50, 50 * 500 + 1, 500), 500, &sent), GN_OK);
	assert_int_equal(sent, 50 * 500 + 1);
	fault.receive = EINTR;
	collect(b, &in, 101);
	assert_int_equal(in.count, 101);
	assert_int_equal(in.wrong, 0);
	fault.receive = ECONNREFUSED; /* an old packet's echo is no failure of the socket */
	assert_int_equal(gn_udp_recv(b, receive, &in), GN_AGAIN);
	fault.receive = EBADF;
	assert_int_equal(gn_udp_recv(b, receive, &in), GN_IO);
}

static void an_address_that_nothing_leads_to_is_an_error(void **state)
{
	(void)state;
	struct gn_addr to = at(b);
	size_t sent;
	static const int codes[] = {ENETUNREACH, EHOSTUNREACH, EPERM, EACCES};
	for (unsigned i = 0; i < GN_COUNT(codes); i++) {
		fault.once = codes[i];
		fault.after = 0;
		assert_int_equal(gn_udp_send(a, &to, make_batch(0, 100, 100), 100, &sent),
				 GN_UNREACHABLE);
		assert_int_equal(sent, 0);
	}
}

static void an_empty_datagram_is_one(void **state)
{
	(void)state;
	struct inbox in = {0};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(gn_udp_port(b)),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(sendto(fd, "", 0, 0, (struct sockaddr *)&to, sizeof to), 0);
	collect(b, &in, 1);
	assert_int_equal(in.count, 1);
	assert_int_equal(in.bytes, 0);
	close(fd);
}

static void one_address_is_bound_alone(void **state)
{
	struct gn_addr here = gn_addr_v4(127, 0, 0, 1, 0), beside = gn_addr_v4(127, 0, 0, 2, 0);
	struct gn_addr foreign = gn_addr_v4(192, 0, 2, 1, 0);
	struct gn_udp *one = NULL, *two = NULL;
	struct inbox in = {0};
	size_t sent;
	(void)state;
	assert_int_equal(gn_udp_open_at(&here, &one), GN_OK);
	here.port = beside.port = gn_udp_port(one);
	assert_int_equal(gn_udp_open_at(&here, &two), GN_PORT_TAKEN);
	assert_int_equal(gn_udp_open_at(&foreign, &two), GN_IO);
	assert_int_equal(gn_udp_send(a, &beside, make_batch(0, 100, 100), 100, &sent), GN_OK);
	assert_int_equal(gn_udp_send(a, &here, make_batch(0, 100, 100), 100, &sent), GN_OK);
	collect(one, &in, 2); /* the first went to nobody */
	assert_int_equal(in.count, 1);
	assert_int_equal(in.wrong, 0);
	assert_int_equal(gn_udp_open_at(&beside, &two), GN_OK); /* the same port elsewhere */
	assert_int_equal(gn_udp_send(two, &here, make_batch(1, 60000, 60000), 60000, &sent), GN_OK);
	collect(one, &in, 2);
	assert_int_equal(in.bytes, 60100);
	assert_true(gn_addr_eq(&in.from, &beside));
	gn_udp_close(one);
	gn_udp_close(two);
}

static void a_hundred_megabytes_arrive_in_order(void **state)
{
	(void)state;
	struct gn_addr to = at(b);
	struct inbox in = {0};
	uint32_t total = 0;
	/* read after each batch, so that the socket's buffer is never full and nothing is lost */
	while (in.bytes < 100u << 20) {
		size_t sent;
		gn_udp_offload(a, total % 3, true);
		assert_int_equal(
			gn_udp_send(a, &to, make_batch(total, 50 * 1200, 1200), 1200, &sent),
			GN_OK);
		total += 50;
		collect(b, &in, total);
		assert_int_equal(in.count, total);
	}
	assert_int_equal(in.wrong, 0);
	struct gn_udp_info info;
	gn_udp_info(b, &info);
	assert_int_equal(info.packets_received, total);
	assert_int_equal(info.bytes_received, in.bytes);
	assert_int_equal(info.receive_truncated, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ports_are_free_or_taken, open_both, close_both),
		cmocka_unit_test_setup_teardown(batches_arrive_as_they_were_cut, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(both_families_share_the_socket, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(a_machine_without_ipv6_uses_ipv4, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(a_kernel_that_refuses_trains_is_remembered,
						open_both, close_both),
		cmocka_unit_test_setup_teardown(a_packet_too_large_is_no_reason_to_give_up_trains,
						open_both, close_both),
		cmocka_unit_test_setup_teardown(a_full_socket_says_how_far_it_came, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(interrupted_and_partial_calls_go_on, open_both,
						close_both),
		cmocka_unit_test_setup_teardown(an_address_that_nothing_leads_to_is_an_error,
						open_both, close_both),
		cmocka_unit_test_setup_teardown(an_empty_datagram_is_one, open_both, close_both),
		cmocka_unit_test_setup_teardown(one_address_is_bound_alone, open_both, close_both),
		cmocka_unit_test_setup_teardown(a_hundred_megabytes_arrive_in_order, open_both,
						close_both),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
