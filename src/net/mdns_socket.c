/* Sockets of discovery: mdns_socket.h.
 *
 * 1. Each is bound to the group, not to any address: what is sent to this machine alone goes to the
 *    responder of the system, with which the port is shared.
 * 2. Each hears its own interface only, so where a message came from needs no look at it. */
#define _GNU_SOURCE /* struct ip_mreqn */
#include "net/mdns_socket.h"
#include "os/os.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29 /* linux/in6.h */
#endif

struct link {
	uint32_t index; /* 0: a free place */
	int fd[2];      /* IPv4, IPv6; -1: none */
};

struct gn_mdns_socket {
	int epoll;
	uint64_t failed;
	struct link links[MDNS_INTERFACES_MAX];
	uint8_t heard[MDNS_HEARD_MAX + 1]; /* one byte more says that it was longer */
};

static const uint8_t group4[4] = {224, 0, 0, 251};
static const uint8_t group6[16] = {0xff, 2, [15] = 0xfb};

gn_err gn_mdns_socket_open(struct gn_mdns_socket **out)
{
	struct gn_mdns_socket *s = calloc(1, sizeof *s);
	if (!s)
		return GN_NOMEM;
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++)
		s->links[i] = (struct link){0, {-1, -1}};
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0) {
		free(s);
		return gn_os_fail("epoll");
	}
	*out = s;
	return GN_OK;
}

static void close_link(struct link *link)
{
	for (int i = 0; i < 2; i++)
		if (link->fd[i] >= 0)
			close(link->fd[i]);
	*link = (struct link){0, {-1, -1}};
}

void gn_mdns_socket_close(struct gn_mdns_socket *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++)
		close_link(&s->links[i]);
	close(s->epoll);
	free(s);
}

int gn_mdns_socket_fd(const struct gn_mdns_socket *s)
{
	return s->epoll;
}

uint64_t gn_mdns_socket_failed(const struct gn_mdns_socket *s)
{
	return s->failed;
}

/* ---- interfaces ---- */

static bool set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/* Group and port, where both families' sockets are bound and send to. */
static socklen_t group(bool v6, uint32_t index, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (v6) {
		struct sockaddr_in6 *sa = (void *)out;
		sa->sin6_family = AF_INET6;
		sa->sin6_port = htons(GN_MDNS_PORT);
		sa->sin6_scope_id = index;
		memcpy(&sa->sin6_addr, group6, sizeof group6);
		return sizeof *sa;
	}
	struct sockaddr_in *sa = (void *)out;
	sa->sin_family = AF_INET;
	sa->sin_port = htons(GN_MDNS_PORT);
	memcpy(&sa->sin_addr, group4, sizeof group4);
	return sizeof *sa;
}

static bool join4(int fd, uint32_t index)
{
	struct ip_mreqn r = {.imr_ifindex = (int)index};
	memcpy(&r.imr_multiaddr, group4, sizeof group4);
	return set(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) &&
	       set(fd, IPPROTO_IP, IP_MULTICAST_TTL, MDNS_HOPS) &&
	       set(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 1) && set(fd, IPPROTO_IP, IP_RECVTTL, 1) &&
	       setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &r, sizeof r) == 0 &&
	       setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &r, sizeof r) == 0;
}

static bool join6(int fd, uint32_t index)
{
	struct ipv6_mreq r = {.ipv6mr_interface = index};
	memcpy(&r.ipv6mr_multiaddr, group6, sizeof group6);
	(void)set(fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0); /* Linux 4.20 */
	return set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, MDNS_HOPS) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1) &&
	       set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1) &&
	       set(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)index) &&
	       setsockopt(fd, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &r, sizeof r) == 0;
}

/* A socket of the family on the interface, in the epoll under its place; -1 with errno. */
static int join(struct gn_mdns_socket *s, uint32_t place, bool v6, uint32_t index)
{
	struct sockaddr_storage sa;
	socklen_t len = group(v6, index, &sa);
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = place};
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (set(fd, SOL_SOCKET, SO_REUSEADDR, 1) && set(fd, SOL_SOCKET, SO_REUSEPORT, 1) &&
	    (v6 ? join6 : join4)(fd, index) && bind(fd, (struct sockaddr *)&sa, len) == 0 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) == 0)
		return fd;
	int e = errno;
	close(fd);
	errno = e;
	return -1;
}

static struct link *link_of(struct gn_mdns_socket *s, uint32_t index)
{
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++)
		if (s->links[i].index == index)
			return &s->links[i];
	return NULL;
}

gn_err gn_mdns_socket_interfaces(struct gn_mdns_socket *s, const struct gn_mdns_interface *list,
				 size_t count)
{
	gn_err err = GN_OK;
	count = count < MDNS_INTERFACES_MAX ? count : MDNS_INTERFACES_MAX;
	for (size_t i = 0; i < MDNS_INTERFACES_MAX; i++) {
		bool listed = false;
		for (size_t j = 0; j < count; j++)
			listed |= list[j].index == s->links[i].index;
		if (!listed)
			close_link(&s->links[i]);
	}
	for (size_t j = 0; j < count; j++) {
		struct link *link = link_of(s, list[j].index);
		link = link ? link : link_of(s, 0);
		GN_ASSERT(link != NULL && list[j].index);
		link->index = list[j].index;
		for (uint32_t v6 = 0; v6 < 2; v6++) {
			bool want = v6 ? list[j].v6 : list[j].v4;
			int *fd = &link->fd[v6];
			if (!want && *fd >= 0) {
				close(*fd);
				*fd = -1;
			} else if (want && *fd < 0) {
				*fd = join(s, (uint32_t)(link - s->links) * 2 + v6, v6,
					   list[j].index);
				if (*fd < 0)
					err = gn_os_fail("multicast DNS");
			}
		}
	}
	return err;
}

/* ---- both ways ---- */

static int hops_of(struct msghdr *m)
{
	int hops = -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
			memcpy(&hops, CMSG_DATA(c), sizeof hops);
	return hops;
}

/* False: nothing is there. */
static bool receive(struct gn_mdns_socket *s, int fd, uint32_t index, struct gn_mdns *m,
		    gn_time now)
{
	struct sockaddr_storage sa = {.ss_family = AF_UNSPEC};
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {s->heard, sizeof s->heard};
	struct msghdr msg = {.msg_name = &sa,
			     .msg_namelen = sizeof sa,
			     .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = control,
			     .msg_controllen = sizeof control};
	struct gn_mdns_from from = {.interface = index};
	ssize_t n = recvmsg(fd, &msg, 0);
	if (n < 0 || !gn_os_addr((const struct sockaddr *)&sa, &from.addr))
		return false;
	from.hops = hops_of(&msg);
	/* the engine counts what it refuses */
	(void)!gn_mdns_recv(m, &from, gn_slice(s->heard, (size_t)n), now);
	return true;
}

static void send_out(struct gn_mdns_socket *s, const struct gn_mdns_out *out)
{
	struct sockaddr_storage sa;
	struct link *link = link_of(s, out->interface);
	socklen_t len = group(out->v6, out->interface, &sa);
	int fd = link ? link->fd[out->v6] : -1;
	if (fd < 0 ||
	    sendto(fd, out->message.p, out->message.len, 0, (struct sockaddr *)&sa, len) < 0)
		s->failed++; /* a lost datagram: the next query is the repair */
}

void gn_mdns_socket_turn(struct gn_mdns_socket *s, struct gn_mdns *m, gn_time now)
{
	struct epoll_event ready[MDNS_BATCH];
	struct gn_mdns_out out;
	uint8_t room[MDNS_SAID_MAX];
	int n = epoll_wait(s->epoll, ready, MDNS_BATCH, 0);
	/* each socket in turn, so that a flood on one leaves room to the others */
	for (int read = 0, before = -1; n > 0 && read < MDNS_BATCH && before != read;) {
		before = read;
		for (int i = 0; i < n && read < MDNS_BATCH; i++) {
			struct link *link = &s->links[ready[i].data.u32 / 2];
			int fd = link->fd[ready[i].data.u32 % 2];
			read += fd >= 0 && receive(s, fd, link->index, m, now);
		}
	}
	while (gn_mdns_send(m, room, now, &out))
		send_out(s, &out);
}
