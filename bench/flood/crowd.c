/* Many clients on one socket. A jet endpoint names its peer by address alone; here the peer's
 * address stands for our own: a session "to" 127.1.2.3 goes to the server from 127.1.2.3, by
 * IP_PKTINFO, and what comes back there belongs to it. The last byte of an address tells its
 * key. */
#define _GNU_SOURCE
#include "flood.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

void crowd_send_from(struct msghdr *msg, uint32_t address)
{
	struct cmsghdr *h = CMSG_FIRSTHDR(msg);
	struct in_pktinfo info = {.ipi_spec_dst.s_addr = address};
	h->cmsg_len = CMSG_LEN(sizeof info);
	h->cmsg_level = IPPROTO_IP;
	h->cmsg_type = IP_PKTINFO;
	memcpy(CMSG_DATA(h), &info, sizeof info);
}

void crowd_init(struct crowd *c, const struct flood *f, uint32_t keys, uint64_t seed,
		const struct gn_jet_config *config)
{
	int on = 1, size = 4 << 20;
	struct sockaddr_in any = {.sin_family = AF_INET};
	*c = (struct crowd){.server = f->port, .keys = keys};
	c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&any, sizeof any) ||
	    setsockopt(c->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on))
		die("socket");
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	gn_alloc_heap(&c->alloc, (size_t)2 << 30);
	gn_prng_init(&c->prng, seed);
	c->rand = gn_prng_rand(&c->prng);
	struct gn_env env = {&c->alloc, &c->rand, NULL};
	for (uint32_t i = 0; i < keys; i++) {
		struct gn_jet_config mine = *config;
		gn_sk_new(&c->rand, &mine.node_key);
		if (gn_jet_new(&env, &mine, &c->jets[i]) != GN_OK)
			die("endpoint");
	}
}

gn_err crowd_connect(struct crowd *c, const struct gn_addr *from, gn_jet_id *out)
{
	struct gn_way way = {.addr = *from};
	return gn_jet_connect(c->jets[from->ip[15] % c->keys], &way, NULL, now_ns(), out);
}

static void send_from(struct crowd *c, const struct gn_addr *from, const uint8_t *data, size_t len)
{
	union {
		struct cmsghdr h;
		uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = {0};
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(c->server),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct iovec iov = {(void *)(uintptr_t)data, len};
	struct msghdr msg = {.msg_name = &to,
			     .msg_namelen = sizeof to,
			     .msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof control};
	uint32_t address;
	memcpy(&address, from->ip + 12, sizeof address);
	crowd_send_from(&msg, address);
	if (sendmsg(c->fd, &msg, 0) < 0)
		return; /* lost, as on any network */
}

static bool receive(struct crowd *c)
{
	uint8_t data[2048];
	union {
		struct cmsghdr h;
		uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control;
	struct iovec iov = {data, sizeof data};
	struct msghdr msg = {.msg_iov = &iov,
			     .msg_iovlen = 1,
			     .msg_control = &control,
			     .msg_controllen = sizeof control};
	ssize_t n = recvmsg(c->fd, &msg, 0);
	if (n < 0)
		return false;
	struct cmsghdr *h = CMSG_FIRSTHDR(&msg);
	struct in_pktinfo info;
	if (n == 0 || !h || h->cmsg_type != IP_PKTINFO ||
	    (c->retry_only && (data[0] & 0x3c) != 0x38))
		return true;
	memcpy(&info, CMSG_DATA(h), sizeof info);
	const uint8_t *ip = (const uint8_t *)&info.ipi_addr;
	GN_ASSERT(c->keys > 0);
	struct gn_way from = {.addr = gn_addr_v4(ip[0], ip[1], ip[2], ip[3], 1)};
	gn_jet_recv(c->jets[ip[3] % c->keys], &from, gn_slice(data, (size_t)n), now_ns());
	return true;
}

static void pump(struct crowd *c, uint32_t key)
{
	static uint8_t bytes[64000];
	struct gn_buf out = {bytes, 0, sizeof bytes};
	struct gn_jet_batch batch;
	struct gn_jet_event e;
	gn_jet_tick(c->jets[key], now_ns());
	for (int i = 0; i < 256 && gn_jet_next_event(c->jets[key], &e); i++)
		c->on_event(c, key, &e);
	for (int i = 0; i < 256 && gn_jet_send(c->jets[key], &out, &batch, now_ns()) == GN_OK; i++)
		for (size_t at = 0; at < out.len; at += batch.segment)
			send_from(c, &batch.to.addr, bytes + at,
				  out.len - at < batch.segment ? out.len - at : batch.segment);
}

void crowd_turn(struct crowd *c, int64_t wait_ns)
{
	int64_t at = now_ns() + wait_ns;
	for (uint32_t key = 0; key < c->keys; key++) {
		pump(c, key);
		gn_time deadline = gn_jet_deadline(c->jets[key]);
		at = deadline < at ? deadline : at;
	}
	int64_t wait = at - now_ns();
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	struct timespec t = {.tv_nsec = wait > 0 ? wait : 0};
	ppoll(&p, 1, &t, NULL);
	for (int i = 0; i < 512 && receive(c); i++)
		;
}
