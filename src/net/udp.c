/* UDP with batches. Sending: one sendmsg with UDP_SEGMENT for up to 64 equal packets, sendmmsg
 * where the kernel or the device refuses that. Receiving: recvmmsg into buffers that hold a GRO
 * train each, split by the segment size the kernel tells.
 *
 * 1. GSO is given up for good only when the same packets went out singly: a segment that is too
 *    large proves nothing.
 * 2. Whatever way the packets take, the other side sees the same datagrams. */
#define _GNU_SOURCE /* recvmmsg */
#include "net/udp.h"
#include "os/os.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h */
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define TRAINS 8           /* receive buffers a call */
#define TRAIN_BYTES 65536u /* the largest GRO train */
#define SEGMENTS 64u       /* UDP_MAX_SEGMENTS of the first kernels that had it */
#define TRAIN_SENT 65000u  /* bytes of one GSO send: a UDP payload, rounded down */
/* bytes: some 3,000 packets; the kernel caps it at its own maximum */
#define SOCKET_BUFFER (4 << 20)

struct gn_udp {
	int fd;
	uint16_t port;
	unsigned trains; /* TRAINS, or 1 */
	struct gn_udp_info info;
	uint8_t *buffers; /* trains * TRAIN_BYTES */
};

static socklen_t to_sockaddr(const struct gn_udp *udp, const struct gn_addr *a,
			     struct sockaddr_storage *out)
{
	memset(out, 0, sizeof *out);
	if (udp->info.v6) {
		struct sockaddr_in6 *v6 = (void *)out;
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(a->port);
		memcpy(&v6->sin6_addr, a->ip, 16);
		return sizeof *v6;
	}
	struct sockaddr_in *v4 = (void *)out;
	v4->sin_family = AF_INET;
	v4->sin_port = htons(a->port);
	memcpy(&v4->sin_addr, a->ip + 12, 4);
	return sizeof *v4;
}

/* Best effort all: large buffers; and packets go as they are or not at all, since jet finds the
 * path's MTU itself. */
static void tune(int fd, bool v6)
{
	int size = SOCKET_BUFFER, probe4 = IP_PMTUDISC_PROBE, probe6 = IPV6_PMTUDISC_PROBE, on = 1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	/* of mapped IPv4 too */
	(void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe4, sizeof probe4);
	if (v6) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe6, sizeof probe6);
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_DONTFRAG, &on, sizeof on);
	}
}

/* A socket of the family bound there, or -1 with errno; only: without the other family. */
static int bound(struct gn_udp *udp, bool v6, const struct gn_addr *at, int only)
{
	struct sockaddr_storage sa;
	udp->info.v6 = v6;
	socklen_t len = to_sockaddr(udp, at, &sa);
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if ((v6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only)) ||
	    bind(fd, (struct sockaddr *)&sa, len) ||
	    getsockname(fd, (struct sockaddr *)&sa, &len)) {
		int e = errno;
		close(fd);
		errno = e;
		return -1;
	}
	struct gn_addr own;
	(void)gn_os_addr((const struct sockaddr *)&sa, &own);
	udp->port = own.port;
	return fd;
}

static struct gn_udp *udp_new(unsigned trains)
{
	struct gn_udp *udp = calloc(1, sizeof *udp);
	uint8_t *buffers = malloc((size_t)trains * TRAIN_BYTES);
	if (!udp || !buffers) {
		free(udp);
		free(buffers);
		return NULL;
	}
	udp->buffers = buffers;
	udp->trains = trains;
	return udp;
}

static gn_err not_bound(struct gn_udp *udp, uint16_t port)
{
	char what[32];
	snprintf(what, sizeof what, "UDP port %u", port);
	gn_err err = gn_os_fail(what);
	gn_udp_close(udp);
	return err;
}

gn_err gn_udp_open(uint16_t port, struct gn_udp **out)
{
	struct gn_addr v4 = gn_addr_v4(0, 0, 0, 0, port), v6 = {.port = port};
	struct gn_udp *udp = udp_new(TRAINS);
	if (!udp)
		return GN_NOMEM;
	udp->fd = bound(udp, true, &v6, 0);
	if (udp->fd < 0 && errno != EADDRINUSE)
		udp->fd = bound(udp, false, &v4, 0);
	if (udp->fd < 0)
		return not_bound(udp, port);
	tune(udp->fd, udp->info.v6);
	gn_udp_offload(udp, true, true);
	*out = udp;
	return GN_OK;
}

gn_err gn_udp_open_at(const struct gn_addr *at, struct gn_udp **out)
{
	struct gn_udp *udp = udp_new(1);
	int never = IP_PMTUDISC_DONT;
	if (!udp)
		return GN_NOMEM;
	udp->fd = bound(udp, !gn_addr_is_v4(at), at, 1);
	if (udp->fd < 0)
		return not_bound(udp, at->port);
	(void)setsockopt(udp->fd, IPPROTO_IP, IP_MTU_DISCOVER, &never, sizeof never);
	*out = udp;
	return GN_OK;
}

void gn_udp_close(struct gn_udp *udp)
{
	if (!udp)
		return;
	if (udp->fd >= 0)
		close(udp->fd);
	free(udp->buffers);
	free(udp);
}

int gn_udp_fd(const struct gn_udp *udp)
{
	return udp->fd;
}

uint16_t gn_udp_port(const struct gn_udp *udp)
{
	return udp->port;
}

void gn_udp_info(const struct gn_udp *udp, struct gn_udp_info *out)
{
	*out = udp->info;
}

void gn_udp_offload(struct gn_udp *udp, bool gso, bool gro)
{
	int on = gro;
	udp->info.gso = gso;
	udp->info.gro = setsockopt(udp->fd, IPPROTO_UDP, UDP_GRO, &on, sizeof on) == 0 && gro;
}

/* ---- sending ---- */

/* Up to SEGMENTS packets as one; the number of bytes taken, or -1 with errno. */
static ssize_t send_train(struct gn_udp *udp, struct sockaddr_storage *to, socklen_t to_len,
			  struct gn_slice data, uint16_t segment)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof segment)] = {0};
	size_t count = TRAIN_SENT / segment < SEGMENTS ? TRAIN_SENT / segment : SEGMENTS;
	struct gn_slice part = gn_slice_sub(data, 0, count * segment);
	struct iovec iov = {(void *)(uintptr_t)part.p, part.len};
	struct msghdr m = {.msg_name = to,
			   .msg_namelen = to_len,
			   .msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control,
			   .msg_controllen = sizeof control};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = IPPROTO_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof segment);
	memcpy(CMSG_DATA(c), &segment, sizeof segment);
	return sendmsg(udp->fd, &m, 0) < 0 ? -1 : (ssize_t)part.len;
}

/* Up to SEGMENTS packets one by one, in one call; the same result. */
static ssize_t send_singly(struct gn_udp *udp, struct sockaddr_storage *to, socklen_t to_len,
			   struct gn_slice data, uint16_t segment)
{
	struct mmsghdr messages[SEGMENTS];
	struct iovec iov[SEGMENTS];
	unsigned count = 0;
	size_t bytes = 0;
	for (; count < SEGMENTS && (bytes < data.len || count == 0); count++) {
		struct gn_slice packet = gn_slice_sub(data, bytes, segment);
		iov[count] = (struct iovec){(void *)(uintptr_t)packet.p, packet.len};
		messages[count] = (struct mmsghdr){.msg_hdr = {.msg_name = to,
							       .msg_namelen = to_len,
							       .msg_iov = &iov[count],
							       .msg_iovlen = 1}};
		bytes += packet.len;
	}
	int sent = sendmmsg(udp->fd, messages, count, 0);
	if (sent < 0)
		return -1;
	return sent == (int)count ? (ssize_t)bytes : (ssize_t)sent * segment;
}

/* What a kernel or a device that cannot do it says; a segment that is too large gives the same. */
static bool gso_refused(int e)
{
	return e == EINVAL || e == EIO || e == EMSGSIZE || e == ENOPROTOOPT || e == EOPNOTSUPP;
}

gn_err gn_udp_send(struct gn_udp *udp, const struct gn_addr *to, struct gn_slice data,
		   uint16_t segment, size_t *sent)
{
	struct sockaddr_storage sa;
	socklen_t sa_len = to_sockaddr(udp, to, &sa);
	bool refused = false;
	GN_ASSERT(segment > 0);
	*sent = 0;
	if (!udp->info.v6 && !gn_addr_is_v4(to)) {
		udp->info.send_failed++;
		return GN_UNREACHABLE;
	}
	while (*sent < data.len) {
		struct gn_slice rest = gn_slice_sub(data, *sent, data.len);
		bool train = udp->info.gso && !refused && rest.len > segment &&
			     segment <= TRAIN_SENT / 2;
		ssize_t n = (train ? send_train : send_singly)(udp, &sa, sa_len, rest, segment);
		udp->info.send_calls++;
		if (n >= 0) {
			udp->info.gso = udp->info.gso && !refused;
			*sent += (size_t)n;
			udp->info.bytes_sent += (size_t)n;
			udp->info.packets_sent += ((size_t)n + segment - 1) / segment;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
			udp->info.send_full++;
			return GN_AGAIN;
		} else if (train && gso_refused(errno)) {
			refused = true;
		} else if (errno != EINTR) {
			udp->info.send_failed++;
			return errno == EMSGSIZE ? GN_TOO_LARGE : GN_UNREACHABLE;
		}
	}
	return GN_OK;
}

/* ---- receiving ---- */

/* The segment size of a GRO train, or the whole length. */
static size_t segment_of(struct msghdr *m, size_t len)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
			int size;
			memcpy(&size, CMSG_DATA(c), sizeof size);
			return size > 0 ? (size_t)size : len;
		}
	return len;
}

gn_err gn_udp_recv(struct gn_udp *udp, gn_udp_received received, void *user)
{
	struct mmsghdr messages[TRAINS];
	struct iovec iov[TRAINS];
	struct sockaddr_storage from[TRAINS];
	_Alignas(struct cmsghdr) char control[TRAINS][CMSG_SPACE(sizeof(int))];
	memset(messages, 0, sizeof messages);
	for (unsigned i = 0; i < udp->trains; i++) {
		iov[i] = (struct iovec){udp->buffers + (size_t)i * TRAIN_BYTES, TRAIN_BYTES};
		messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
						      .msg_namelen = sizeof from[i],
						      .msg_iov = &iov[i],
						      .msg_iovlen = 1,
						      .msg_control = control[i],
						      .msg_controllen = sizeof control[i]};
	}
	int n;
	do
		n = recvmmsg(udp->fd, messages, udp->trains, 0, NULL);
	while (n < 0 && errno == EINTR);
	udp->info.receive_calls++;
	if (n <= 0)
		return n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != ECONNREFUSED
			       ? GN_IO
			       : GN_AGAIN;
	for (int i = 0; i < n; i++) {
		struct gn_addr addr;
		size_t len = messages[i].msg_len, segment = segment_of(&messages[i].msg_hdr, len);
		if (messages[i].msg_hdr.msg_flags & MSG_TRUNC) {
			udp->info.receive_truncated++;
			continue;
		}
		(void)gn_os_addr((const struct sockaddr *)&from[i], &addr);
		udp->info.bytes_received += len;
		for (size_t at = 0; at < len || len == 0; at += segment) {
			size_t part = len - at < segment ? len - at : segment;
			udp->info.packets_received++;
			received(user, &addr,
				 gn_slice(udp->buffers + (size_t)i * TRAIN_BYTES + at, part));
			if (len == 0)
				break;
		}
	}
	return GN_OK;
}
