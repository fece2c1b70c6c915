/* Sockets besides: spares.h. Each is connected, so that the kernel lets in what comes from that
 * address alone; an epoll descriptor watches them.
 *
 * 1. Nothing waits here: what the kernel does not take is lost, as on a network.
 * 2. A socket that was closed is in no list and calls nobody. */
#include "net/spares.h"
#include "net/limits.h"
#include "os/os.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READY 64        /* sockets that one turn looks at, */
#define EACH 8          /* and datagrams of each */
#define DATAGRAM 2048u  /* bytes; longer ones are not jet's */
#define FULL (64 << 10) /* bytes that are said to be free: the kernel's own buffer has more */

struct spare {
	struct gn_carrier carrier;
	struct gn_spares *of;
	int fd; /* -1: closed */
};

struct gn_spares {
	int poll;
	unsigned count;
	struct gn_carrier_events events;
	struct spare each[GN_SPARES_MAX];
};

static void fill(const struct gn_addr *a, struct sockaddr_storage *out, socklen_t *len)
{
	memset(out, 0, sizeof *out);
	if (gn_addr_is_v4(a)) {
		struct sockaddr_in *v4 = (void *)out;
		v4->sin_family = AF_INET;
		v4->sin_port = htons(a->port);
		memcpy(&v4->sin_addr, a->ip + 12, 4);
		*len = sizeof *v4;
		return;
	}
	struct sockaddr_in6 *v6 = (void *)out;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(a->port);
	memcpy(&v6->sin6_addr, a->ip, 16);
	*len = sizeof *v6;
}

/* ---- one ---- */

static struct spare *spare_of(struct gn_carrier *c)
{
	return GN_CONTAINER(c, struct spare, carrier);
}

static gn_err spare_send(struct gn_carrier *c, const struct gn_addr *to, const struct gn_buf *data,
			 uint16_t segment, size_t *sent)
{
	const struct spare *x = spare_of(c);
	GN_ASSERT(x->fd >= 0 && data->len > 0);
	size_t each = segment ? segment : data->len;
	*sent = 0;
	if (!gn_addr_eq(to, &c->peer))
		return GN_UNREACHABLE;
	for (; *sent < data->len; *sent += each < data->len - *sent ? each : data->len - *sent) {
		size_t left = data->len - *sent;
		(void)!send(x->fd, data->p + *sent, each < left ? each : left, MSG_NOSIGNAL);
	}
	return GN_OK;
}

static size_t spare_room(const struct gn_carrier *c)
{
	(void)c;
	return FULL;
}

static void spare_close(struct gn_carrier *c)
{
	struct spare *x = spare_of(c);
	if (x->fd >= 0)
		close(x->fd); /* epoll forgets it */
	x->fd = -1;
}

static bool spare_open(struct gn_spares *s, struct spare *x, const struct gn_addr *to)
{
	static const struct gn_way_info info = {.kind = GN_WAY_SPARE};
	struct sockaddr_storage sa;
	socklen_t len;
	int probe4 = IP_PMTUDISC_PROBE, probe6 = IPV6_PMTUDISC_PROBE;
	fill(to, &sa, &len);
	x->fd = socket(sa.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (x->fd < 0)
		return false;
	/* jet finds the path's MTU itself */
	if (sa.ss_family == AF_INET)
		(void)setsockopt(x->fd, IPPROTO_IP, IP_MTU_DISCOVER, &probe4, sizeof probe4);
	else
		(void)setsockopt(x->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &probe6, sizeof probe6);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = x};
	if (connect(x->fd, (struct sockaddr *)&sa, len) ||
	    epoll_ctl(s->poll, EPOLL_CTL_ADD, x->fd, &e)) {
		spare_close(&x->carrier);
		return false;
	}
	x->of = s;
	x->carrier = (struct gn_carrier){.info = &info,
					 .peer = *to,
					 .send = spare_send,
					 .room = spare_room,
					 .close = spare_close};
	return true;
}

/* ---- all ---- */

gn_err gn_spares_open(const struct gn_addr *to, unsigned count,
		      const struct gn_carrier_events *events, struct gn_spares **out)
{
	GN_ASSERT(count > 0 && count <= GN_SPARES_MAX && events->received);
	struct gn_spares *s = calloc(1, sizeof *s);
	if (!s)
		return GN_NOMEM;
	s->events = *events;
	s->poll = epoll_create1(EPOLL_CLOEXEC);
	while (s->poll >= 0 && s->count < count && spare_open(s, &s->each[s->count], to))
		s->count++;
	if (!s->count) {
		gn_err err = gn_os_fail("a UDP socket");
		gn_spares_free(s);
		return err;
	}
	*out = s;
	return GN_OK;
}

void gn_spares_free(struct gn_spares *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->count; i++)
		spare_close(&s->each[i].carrier);
	if (s->poll >= 0)
		close(s->poll);
	free(s);
}

int gn_spares_fd(const struct gn_spares *s)
{
	return s->poll;
}

unsigned gn_spares_count(const struct gn_spares *s)
{
	return s->count;
}

struct gn_carrier *gn_spares_at(struct gn_spares *s, unsigned i)
{
	GN_ASSERT(i < s->count);
	return s->each[i].fd >= 0 ? &s->each[i].carrier : NULL;
}

/* The receiver may close it. */
static void read_one(struct gn_spares *s, struct spare *x)
{
	uint8_t bytes[DATAGRAM];
	for (int i = 0; i < EACH && x->fd >= 0; i++) {
		ssize_t n = recv(x->fd, bytes, sizeof bytes, MSG_TRUNC);
		if (n < 0 && errno != ECONNREFUSED && errno != EHOSTUNREACH && errno != ENETUNREACH)
			return;
		if (n > 0 && (size_t)n <= sizeof bytes)
			s->events.received(s->events.user, &x->carrier, &x->carrier.peer,
					   gn_slice(bytes, (size_t)n));
	}
}

void gn_spares_turn(struct gn_spares *s)
{
	struct epoll_event ready[READY];
	int n = epoll_wait(s->poll, ready, READY, 0);
	for (int i = 0; i < n; i++)
		read_one(s, ready[i].data.ptr);
}
