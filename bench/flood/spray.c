/* Packets of one first byte at a rate, each from an address of its own in 127.0.0.0/8: what a node
 * gives to whoever forges addresses. What is answered comes back here, and is counted.
 *
 *   spray KIND PORT SECONDS RATE SEED
 *
 * KIND: relay, dial, stun, turn, hello, jet, channel, quic, other; tcp and tls: connections, each
 * from an address of its own, that say junk, or a hello of TLS.
 *
 * Prints "go" when it begins; at its end packets and bytes sent, packets and bytes that came. */
#define _GNU_SOURCE
#include "flood.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define HELLOS 4000
#define OPEN 512 /* connections at one time */

static struct gn_prng prng;
static uint8_t hellos[HELLOS][2][1500]; /* of two datagrams each */
static size_t hello_len[HELLOS][2];
static uint64_t sent, sent_bytes, came, came_bytes;

int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * GN_SEC + t.tv_nsec;
}

static void nothing(struct crowd *c, uint32_t key, const struct gn_jet_event *e)
{
	(void)c, (void)key, (void)e;
}

static void make_hellos(uint16_t port)
{
	static struct crowd c;
	static uint8_t bytes[64000];
	struct flood f = {.port = port, .seed = 5};
	struct gn_jet_config config = {.sessions_max = 2 * HELLOS};
	crowd_init(&c, &f, 1, f.seed, &config);
	c.on_event = nothing;
	for (int i = 0; i < HELLOS; i++) {
		struct gn_buf out = {bytes, 0, sizeof bytes};
		struct gn_jet_batch batch;
		struct gn_addr from = gn_addr_v4(127, 1, 1, 1, 1);
		gn_jet_id id;
		if (crowd_connect(&c, &from, &id) || gn_jet_send(c.jets[0], &out, &batch, now_ns()))
			exit(1);
		size_t each = batch.segment && batch.segment < out.len ? batch.segment : out.len;
		for (size_t k = 0; k < 2 && k * each < out.len; k++) {
			hello_len[i][k] = out.len - k * each < each ? out.len - k * each : each;
			memcpy(hellos[i][k], bytes + k * each, hello_len[i][k]);
		}
	}
}

/* RFC 9000 17.2.2: an Initial of version 1 without a token, as long as one must be. */
static size_t quic(uint8_t *p)
{
	static const uint8_t head[] = {0xc3, 0, 0, 0, 1, 8};
	memcpy(p, head, sizeof head);
	p[14] = 8;
	p[23] = 0;
	p[24] = 0x44; /* length: 1,200 less what stands before */
	p[25] = 0x96;
	return 1200;
}

/* Random but for what makes it of that kind; its length. */
static size_t make(const char *kind, uint8_t *p)
{
	for (size_t i = 0; i < 1200; i += 8) {
		uint64_t r = gn_prng_next(&prng);
		memcpy(p + i, &r, 8);
		if (i >= 96 && *kind != 'q')
			break;
	}
	if (strcmp(kind, "relay") == 0) {
		p[0] = 0x10;
		return 100;
	}
	if (strcmp(kind, "dial") == 0) {
		p[0] = 0x11;
		p[9] = 1;
		return 10;
	}
	if (strcmp(kind, "stun") == 0 || strcmp(kind, "turn") == 0) {
		static const uint8_t bind[] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42},
				     allocate[] = {0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42},
				     udp[] = {0, 0x19, 0, 4, 17, 0, 0, 0};
		bool turn = *(kind + 1) == 'u';
		memcpy(p, turn ? allocate : bind, 8);
		memcpy(p + 20, udp, sizeof udp);
		return turn ? 28 : 20;
	}
	if (strcmp(kind, "hello") == 0) {
		static unsigned n; /* both of one come after each other, from one address */
		size_t i = n / 2 % HELLOS, k = n % 2;
		n++;
		memcpy(p, hellos[i][k], hello_len[i][k]);
		return hello_len[i][k];
	}
	if (strcmp(kind, "quic") == 0)
		return quic(p);
	p[0] = (uint8_t)(strcmp(kind, "jet") == 0       ? 0x20 | (p[0] & 0x1f)
			 : strcmp(kind, "channel") == 0 ? 0x40
							: 0xf0);
	p[2] = 0;
	p[3] = 60;
	return 64;
}

static uint32_t address(void)
{
	return htonl(0x7f000000u | (1u << 16) | ((uint32_t)gn_prng_next(&prng) & 0x3fffff));
}

/* ---- datagrams ---- */

static void spray(int fd, const char *kind, const struct sockaddr_in *to)
{
	static uint8_t bytes[BATCH][1504];
	static uint8_t control[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))]
		__attribute__((aligned(8)));
	static struct mmsghdr msgs[BATCH];
	static struct iovec iov[BATCH];
	uint32_t at = 0;
	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){bytes[i], make(kind, bytes[i])};
		msgs[i].msg_hdr = (struct msghdr){.msg_name = (void *)(uintptr_t)to,
						  .msg_namelen = sizeof *to,
						  .msg_iov = &iov[i],
						  .msg_iovlen = 1,
						  .msg_control = control[i],
						  .msg_controllen = sizeof control[i]};
		at = i % 2 ? at : address();
		crowd_send_from(&msgs[i].msg_hdr, at);
	}
	int n = sendmmsg(fd, msgs, BATCH, 0);
	for (int i = 0; i < n; i++) {
		sent++;
		sent_bytes += iov[i].iov_len;
	}
}

static void count_answers(int fd)
{
	static uint8_t room[BATCH][2048];
	static struct mmsghdr msgs[BATCH];
	static struct iovec iov[BATCH];
	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){room[i], sizeof room[i]};
		msgs[i].msg_hdr = (struct msghdr){.msg_iov = &iov[i], .msg_iovlen = 1};
	}
	int n;
	while ((n = recvmmsg(fd, msgs, BATCH, MSG_DONTWAIT, NULL)) > 0)
		for (int i = 0; i < n; i++) {
			came++;
			came_bytes += msgs[i].msg_len;
		}
}

/* ---- connections ---- */

static void connect_one(const char *kind, const struct sockaddr_in *to, int fds[OPEN])
{
	static unsigned next;
	static const uint8_t hello[] = {0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3};
	uint8_t bytes[205], back[4096];
	int *at = &fds[next++ % OPEN];
	ssize_t n;
	if (*at > 0) {
		while ((n = recv(*at, back, sizeof back, MSG_DONTWAIT)) > 0)
			came_bytes += (uint64_t)n;
		close(*at);
	}
	*at = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = address()};
	struct linger reset = {1, 0};
	setsockopt(*at, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
	if (*at < 0 || bind(*at, (struct sockaddr *)&from, sizeof from) ||
	    connect(*at, (const struct sockaddr *)to, sizeof *to))
		return;
	make("other", bytes);
	if (strcmp(kind, "tls") == 0)
		memcpy(bytes, hello, sizeof hello);
	n = send(*at, bytes, strcmp(kind, "tls") == 0 ? sizeof bytes : 64, MSG_NOSIGNAL);
	sent++;
	sent_bytes += n > 0 ? (uint64_t)n : 0;
}

int main(int argc, char **argv)
{
	static int fds[OPEN];
	int64_t given[4]; /* PORT SECONDS RATE SEED */
	for (int i = 0; i < 4 && argc == 6; i++)
		given[i] = strtoll(argv[2 + i], NULL, 10);
	if (argc != 6 || given[2] <= 0) {
		printf("spray KIND PORT SECONDS RATE SEED\n");
		return 2;
	}
	const char *kind = argv[1];
	bool streams = strcmp(kind, "tcp") == 0 || strcmp(kind, "tls") == 0;
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)given[0]),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 8 << 20;
	gn_prng_init(&prng, (uint64_t)given[3]);
	if (strcmp(kind, "hello") == 0)
		make_hellos((uint16_t)given[0]);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any))
		return 1;
	puts("go");
	fflush(stdout);
	int64_t began = now_ns(), until = began + given[1] * GN_SEC;
	int64_t each = GN_SEC / given[2] * (streams ? 1 : BATCH);
	for (int64_t next = began, now; (now = now_ns()) < until;) {
		if (now < next) {
			struct timespec t = {0, next - now < GN_MSEC ? next - now : GN_MSEC};
			nanosleep(&t, NULL);
			continue;
		}
		next = (next < now - GN_SEC / 100 ? now : next) + each;
		if (streams)
			connect_one(kind, &to, fds);
		else
			spray(fd, kind, &to);
		if (!streams)
			count_answers(fd);
	}
	printf("%llu %llu %llu %llu\n", (unsigned long long)sent, (unsigned long long)sent_bytes,
	       (unsigned long long)came, (unsigned long long)came_bytes);
	return 0;
}
