/* Visitors of a gateway: one process plays many, each on a connection of its own, without
 * threads.
 *
 *   visitors honest|flood PORT HOST SECONDS [SEED [KINDS]]
 *
 * honest: a GET every 20 ms on a new connection from 127.0.0.1, whole within 5 s. flood: the
 * kinds below, each visitor from an address of its own in 127.0.0.0/8; who is cut comes again.
 * Prints one line of JSON. The page asked for must end with </html>, /big.bin is what slow
 * readers read. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MSEC INT64_C(1000000)
#define SEC (1000 * MSEC)
#define TURN (2 * MSEC)
#define HONEST_EVERY (20 * MSEC)
#define HONEST_MAX (5 * SEC)
#define VISITORS 512

enum kind { HONEST, SLOW_HEAD, SLOW_BODY, SLOW_READ, RANGES, STEADY, FRESH, JUNK, IDLE, KINDS };

/* How many visitors of each kind there are in a flood, and how long one waits between two acts. */
static const struct {
	const char *name;
	unsigned count;
	int64_t pause;
} kinds[KINDS] = {
	[HONEST] = {"honest", 0, 0},
	[SLOW_HEAD] = {"slow-head", 60, SEC}, /* a header line a second, without end */
	[SLOW_BODY] = {"slow-body", 40, SEC}, /* a byte a second of a megabyte */
	[SLOW_READ] = {"slow-read", 60, SEC}, /* takes 256 bytes a second of a large file */
	[RANGES] = {"ranges", 20, SEC / 10},  /* asks for a thousand ranges */
	[STEADY] = {"steady", 50, 0},         /* the page again and again on one connection */
	/* the page again and again, each on a new connection */
	[FRESH] = {"fresh", 25, 0},
	[JUNK] = {"junk", 10, SEC / 20}, /* what is no HTTP */
	[IDLE] = {"idle", 30, SEC},      /* connects and says nothing */
};

struct visitor {
	enum kind kind;
	int fd; /* -1: not connected */
	bool asked;
	int64_t at, began; /* next act; of the request */
	uint32_t number;
	char tail[8]; /* last bytes of the answer */
	bool good;    /* the answer began with a 200 */
	bool any;     /* of the answer came something */
};

struct crowd {
	int epoll;
	uint16_t port;
	const char *host;
	struct visitor all[VISITORS];
	unsigned count;
	uint64_t seed;
	unsigned long asked[KINDS], answered[KINDS];
	double *ms;
	unsigned long measured;
};

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SEC + t.tv_nsec;
}

static uint32_t draw(struct crowd *c)
{
	c->seed = c->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(c->seed >> 33);
}

static void hang_up(struct visitor *v, int64_t at)
{
	if (v->fd >= 0)
		close(v->fd);
	v->fd = -1;
	v->asked = false;
	v->at = at;
}

static void dial(struct crowd *c, struct visitor *v)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)},
			   to = {.sin_family = AF_INET,
				 .sin_port = htons(c->port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int small = 2048, one = 1;
	if (v->kind != HONEST)
		from.sin_addr.s_addr = htonl(0x7f100001u + (v->number << 8));
	v->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	setsockopt(v->fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, sizeof one);
	if (v->kind == SLOW_READ)
		setsockopt(v->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	if (v->fd < 0 || bind(v->fd, (struct sockaddr *)&from, sizeof from) ||
	    (connect(v->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)) {
		hang_up(v, now_ns() + 100 * MSEC);
		return;
	}
	struct epoll_event e = {.events = v->kind == SLOW_READ ? 0 : EPOLLIN | EPOLLRDHUP,
				.data.ptr = v};
	epoll_ctl(c->epoll, EPOLL_CTL_ADD, v->fd, &e);
}

/* False: not now. */
static bool say(struct visitor *v, const char *text, size_t len)
{
	return send(v->fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static size_t write_request(const struct crowd *c, const struct visitor *v, char *out, size_t cap)
{
	const char *path = v->kind == SLOW_READ || v->kind == RANGES ? "/big.bin" : "/";
	int n = snprintf(out, cap, "%s %s HTTP/1.1\r\nHost: %s:%u\r\n%s",
			 v->kind == SLOW_BODY ? "POST" : "GET", path, c->host, (unsigned)c->port,
			 v->kind == HONEST || v->kind == FRESH ? "Connection: close\r\n" : "");
	if (v->kind == SLOW_BODY)
		n += snprintf(out + n, cap - (size_t)n, "Content-Length: 1000000\r\n");
	if (v->kind == RANGES) {
		n += snprintf(out + n, cap - (size_t)n, "Range: bytes=0-");
		for (int i = 1; i < 1000; i++)
			n += snprintf(out + n, cap - (size_t)n, ",5-%d", i);
		n += snprintf(out + n, cap - (size_t)n, "\r\n");
	}
	if (v->kind != SLOW_HEAD)
		n += snprintf(out + n, cap - (size_t)n, "\r\n");
	return (size_t)n;
}

static void ask(struct crowd *c, struct visitor *v, int64_t now)
{
	static char text[16384];
	static const char *const junk[] = {
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "GET / HTTP/9.9\r\n\r\n",
		"\r\n\r\nOPTIONS sip:nm SIP/2.0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"};
	size_t len = write_request(c, v, text, sizeof text);
	bool sent = v->kind == IDLE;
	if (v->kind == JUNK) {
		const char *what = junk[draw(c) % 5];
		sent = say(v, what, strlen(what));
	} else if (v->kind != IDLE) {
		sent = say(v, text, len);
	}
	v->at = now + (sent ? kinds[v->kind].pause : TURN);
	if (!sent)
		return;
	v->asked = true;
	v->any = v->good = false;
	v->began = v->kind == HONEST ? v->began : now;
	c->asked[v->kind] += v->kind != HONEST;
}

static void act(struct crowd *c, struct visitor *v, int64_t now)
{
	char some[256];
	if (v->fd < 0)
		dial(c, v);
	if (v->fd < 0)
		return;
	if (!v->asked) {
		ask(c, v, now);
		return;
	}
	v->at = now + (kinds[v->kind].pause ? kinds[v->kind].pause : SEC);
	bool alive = true;
	if (v->kind == SLOW_HEAD)
		alive = say(v, "X-A: b\r\n", 8) || errno == EAGAIN;
	else if (v->kind == SLOW_BODY)
		alive = say(v, "x", 1) || errno == EAGAIN;
	else if (v->kind == SLOW_READ)
		alive = recv(v->fd, some, sizeof some, 0) > 0 || errno == EAGAIN;
	else if (v->kind == HONEST && now - v->began > HONEST_MAX)
		alive = false; /* it counts as asked and as never answered */
	if (!alive)
		hang_up(v, v->kind == HONEST ? INT64_MAX : now + 100 * MSEC);
}

static void done(struct crowd *c, struct visitor *v, int64_t now)
{
	c->answered[v->kind]++;
	if (v->kind == HONEST)
		c->ms[c->measured++] = (double)(now - v->began) / 1e6;
	v->asked = false;
	v->at = now;
}

static void hear(struct crowd *c, struct visitor *v)
{
	static char bytes[65536];
	ssize_t n = recv(v->fd, bytes, sizeof bytes, 0);
	if (n < 0 && errno == EAGAIN)
		return;
	int64_t now = now_ns();
	if (n <= 0) {
		hang_up(v, v->kind == HONEST ? INT64_MAX
					     : now + (kinds[v->kind].pause ? 100 * MSEC : TURN));
		return;
	}
	if (!v->any)
		v->good = n > 12 && memcmp(bytes + 9, "200", 3) == 0;
	v->any = true;
	size_t keep = (size_t)n < sizeof v->tail ? (size_t)n : sizeof v->tail;
	memmove(v->tail, v->tail + keep, sizeof v->tail - keep);
	memcpy(v->tail + sizeof v->tail - keep, bytes + n - keep, keep);
	if ((v->kind != HONEST && v->kind != STEADY && v->kind != FRESH) ||
	    memcmp(v->tail, "</html>\n", 8) != 0)
		return;
	if (v->good)
		done(c, v, now);
	if (v->kind != STEADY)
		hang_up(v, v->kind == HONEST ? INT64_MAX : now);
	else
		ask(c, v, now);
}

static void begin_honest(struct crowd *c, int64_t at)
{
	for (unsigned i = 0; i < VISITORS; i++)
		if (c->all[i].fd < 0 && c->all[i].at == INT64_MAX) {
			c->all[i].at = at;
			c->all[i].began = at;
			c->asked[HONEST]++;
			return;
		}
	c->asked[HONEST]++; /* all places wait for answers */
}

static int by_number(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void print(struct crowd *c)
{
	if (c->count == 0) {
		qsort(c->ms, c->measured, sizeof *c->ms, by_number);
		unsigned long n = c->measured;
		printf("{\"asked\": %lu, \"served\": %lu, \"p50\": %.3f, \"p99\": %.3f, \"max\": "
		       "%.3f}\n",
		       c->asked[HONEST], n, n ? c->ms[n / 2] : 0, n ? c->ms[n * 99 / 100] : 0,
		       n ? c->ms[n - 1] : 0);
		return;
	}
	for (int k = 1; k < KINDS; k++)
		printf("%s\"%s\": [%lu, %lu]", k == 1 ? "{" : ", ", kinds[k].name, c->asked[k],
		       c->answered[k]);
	printf("}\n");
}

static void run(struct crowd *c, int64_t until, bool honest)
{
	struct epoll_event events[256];
	int64_t next = now_ns();
	for (int64_t now; (now = now_ns()) < until;) {
		for (; honest && now >= next && next < until - HONEST_MAX; next += HONEST_EVERY)
			begin_honest(c, next);
		int64_t first = honest ? next : now + TURN;
		for (unsigned i = 0; i < VISITORS; i++) {
			struct visitor *v = &c->all[i];
			if ((honest || i < c->count) && v->at <= now)
				act(c, v, now);
			if ((honest || i < c->count) && v->at < first)
				first = v->at;
		}
		int64_t wait = first - now_ns();
		struct timespec t = {.tv_nsec = wait < 0 ? 0 : wait < TURN ? wait : TURN};
		int n = epoll_pwait2(c->epoll, events, 256, &t, NULL);
		for (int i = 0; i < n; i++)
			hear(c, events[i].data.ptr);
	}
}

int main(int argc, char **argv)
{
	static struct crowd c;
	if (argc < 5) {
		fprintf(stderr, "usage: visitors honest|flood PORT HOST SECONDS [SEED [KINDS]]\n");
		return 2;
	}
	bool honest = strcmp(argv[1], "honest") == 0;
	int64_t seconds = strtoll(argv[4], NULL, 10);
	c.epoll = epoll_create1(0);
	c.port = (uint16_t)strtoul(argv[2], NULL, 10);
	c.host = argv[3];
	c.seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1;
	c.ms = calloc((size_t)seconds * (SEC / HONEST_EVERY) + 1, sizeof *c.ms);
	int64_t now = now_ns();
	for (unsigned i = 0; i < VISITORS; i++)
		c.all[i] = (struct visitor){.fd = -1, .at = INT64_MAX, .number = i};
	for (enum kind k = SLOW_HEAD; !honest && k < KINDS; k++)
		for (unsigned i = 0;
		     i < kinds[k].count && (argc < 7 || strstr(argv[6], kinds[k].name));
		     i++, c.count++) {
			c.all[c.count].kind = k;
			c.all[c.count].at = now + draw(&c) % SEC;
		}
	run(&c, now + seconds * SEC + (honest ? HONEST_MAX : 0), honest);
	print(&c);
	return 0;
}
