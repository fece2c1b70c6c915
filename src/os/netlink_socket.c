/* rtnetlink's sockets: netlink.h. One hears what changes; for each snapshot another asks, and is
 * closed again.
 *
 * 1. What changed is never put together from events: when something may have, all is read anew. So
 *    an event that was lost (ENOBUFS) costs nothing but a reading.
 * 2. The kernel answers while it is asked, so reading does not wait; a second is its bound. */
#include "os/netlink_int.h"
#include "os/os_int.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define NET_DATAGRAM 32768 /* bytes of one answer (the kernel's own bound) */
/* Datagrams of one answer: a router of the Internet has 10^6 routes, the default ones first. */
#define NET_DUMP_MAX 1024
#define NET_EVENTS_MAX 64 /* told at a time, so that a storm leaves the loop to others */
#define NET_TRIES 3       /* when it changed while it was read */

struct gn_os_net_watch {
	int fd;
	gn_time due; /* GN_NEVER: nothing was told */
	struct gn_os_net net;
	struct net_scan scan;
	uint8_t datagram[NET_DATAGRAM];
};

static int netlink(unsigned groups, int flags)
{
	struct sockaddr_nl sa = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&sa, sizeof sa)) {
		int e = errno;
		close(fd);
		errno = e;
		return -1;
	}
	return fd;
}

/* One datagram; -1 with errno. What another process sent is none: EAGAIN. */
static ssize_t receive(int fd, uint8_t *room)
{
	struct sockaddr_nl sa = {.nl_family = AF_NETLINK};
	socklen_t len = sizeof sa;
	ssize_t n;
	do
		n = recvfrom(fd, room, NET_DATAGRAM, 0, (struct sockaddr *)&sa, &len);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && sa.nl_pid != 0) {
		errno = EAGAIN;
		return -1;
	}
	return n;
}

/* All that the kernel has of one kind, into the scan. */
static enum net_end dump(struct gn_os_net_watch *w, int fd, uint16_t type)
{
	struct {
		struct nlmsghdr head;
		struct rtgenmsg body;
	} ask = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtgenmsg)),
			  .nlmsg_type = type,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		 .body = {.rtgen_family = AF_UNSPEC}};
	bool changed = false;
	if (send(fd, &ask, ask.head.nlmsg_len, 0) < 0)
		return NET_FAILED;
	for (int i = 0; i < NET_DUMP_MAX; i++) {
		ssize_t n = receive(fd, w->datagram);
		if (n < 0)
			return NET_FAILED;
		enum net_end end = net_read(&w->scan, gn_slice(w->datagram, (size_t)n));
		changed |= end == NET_CHANGED;
		if (end == NET_FAILED || end == NET_DONE)
			return end == NET_DONE && changed ? NET_CHANGED : end;
	}
	return NET_DONE; /* default routes come before the others */
}

/* A snapshot, all of one moment. */
static bool take(struct gn_os_net_watch *w, struct gn_os_net *out)
{
	static const uint16_t types[] = {RTM_GETROUTE, RTM_GETLINK, RTM_GETADDR};
	struct timeval patience = {.tv_sec = 1};
	enum net_end end = NET_CHANGED;
	for (int i = 0; i < NET_TRIES && end == NET_CHANGED; i++) {
		w->scan = (struct net_scan){.defaults = 0};
		end = NET_DONE;
		for (size_t t = 0; t < GN_COUNT(types) && end == NET_DONE; t++) {
			int fd = netlink(0, 0); /* a cut answer goes with its socket */
			if (fd < 0)
				return false;
			(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
			end = dump(w, fd, types[t]);
			int e = errno;
			close(fd);
			errno = e;
		}
	}
	if (end == NET_FAILED)
		return false;
	net_snapshot(&w->scan, out);
	return end == NET_DONE;
}

gn_err gn_os_net_watch_open(struct gn_os_net_watch **out)
{
	struct gn_os_net_watch *w = calloc(1, sizeof *w);
	if (!w)
		return GN_NOMEM;
	w->due = GN_NEVER;
	/* first the ear, so that nothing falls between it and the snapshot */
	w->fd = netlink(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
				RTMGRP_IPV6_ROUTE,
			SOCK_NONBLOCK);
	if (w->fd < 0 || !take(w, &w->net)) {
		gn_err err = gn_os_fail("netlink");
		gn_os_net_watch_close(w);
		return err;
	}
	*out = w;
	return GN_OK;
}

void gn_os_net_watch_close(struct gn_os_net_watch *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

int gn_os_net_watch_fd(const struct gn_os_net_watch *w)
{
	return w->fd;
}

gn_time gn_os_net_watch_deadline(const struct gn_os_net_watch *w)
{
	return w->due;
}

bool gn_os_net_watch_turn(struct gn_os_net_watch *w, gn_time now)
{
	bool matters = false;
	for (int i = 0; i < NET_EVENTS_MAX; i++) {
		ssize_t n = receive(w->fd, w->datagram);
		if (n < 0 && errno != ENOBUFS)
			break;
		matters |= n < 0 || net_matters(gn_slice(w->datagram, (size_t)n));
	}
	if (matters && w->due == GN_NEVER)
		w->due = now + GN_OS_NET_WAIT;
	if (w->due > now)
		return false;
	struct gn_os_net net;
	if (!take(w, &net)) { /* it still changes, or the kernel has no room: later */
		w->due = now + GN_OS_NET_AGAIN;
		return false;
	}
	w->due = GN_NEVER;
	bool changed = !gn_os_net_eq(&w->net, &net);
	w->net = net;
	return changed;
}

const struct gn_os_net *gn_os_net_watch_now(const struct gn_os_net_watch *w)
{
	return &w->net;
}
