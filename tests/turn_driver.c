/* TURN's engines (src/nat) on real sockets of loopback, for programs that nobody here wrote:
 * turn_test.py. Nothing of GeoNet runs like this; the node has its own sockets.
 *
 *   turn_driver serve one|two         a server with the user ann, password secret, over UDP and
 *                                     TCP, with one or two ports of UDP, until standard input ends;
 *                                     says its ports at first, its counters at last
 *   turn_driver relay udp|tcp HOST:PORT USER PASSWORD COUNT SECONDS
 *                                     a client: COUNT datagrams to an echo behind the relay and
 *                                     back; then SECONDS pass, whatever the client does in them
 *                                     waited for, and as many go again */
#include "crypto/crypto.h"
#include "nat/turn_client.h"
#include "nat/turn_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DATAGRAM_MAX 65536

static gn_time skipped; /* time that has passed without us */

static gn_time now(void)
{
	static gn_time start;
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	gn_time real = (gn_time)t.tv_sec * GN_SEC + t.tv_nsec;
	if (!start)
		start = real;
	return 1700000000 * GN_SEC + real - start + skipped;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "turn_driver: it failed: %s\n", what);
	exit(1);
}

/* ---- sockets ---- */

static struct sockaddr_in to_os(const struct gn_addr *a)
{
	struct sockaddr_in s = {.sin_family = AF_INET, .sin_port = htons(a->port)};
	memcpy(&s.sin_addr, a->ip + 12, 4);
	return s;
}

static struct gn_addr from_os(const struct sockaddr_in *s)
{
	uint8_t ip[4];
	memcpy(ip, &s->sin_addr, 4);
	return gn_addr_v4(ip[0], ip[1], ip[2], ip[3], ntohs(s->sin_port));
}

static int open_at(int type, struct gn_addr *a)
{
	struct sockaddr_in s = to_os(a);
	socklen_t len = sizeof s;
	int fd = socket(AF_INET, type, 0), one = 1;
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    bind(fd, (struct sockaddr *)&s, sizeof s) ||
	    getsockname(fd, (struct sockaddr *)&s, &len)) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*a = from_os(&s);
	return fd;
}

static void send_to(int fd, const struct gn_addr *to, struct gn_slice bytes)
{
	struct sockaddr_in s = to_os(to);
	if (sendto(fd, bytes.p, bytes.len, 0, (struct sockaddr *)&s, sizeof s) < 0)
		fprintf(stderr, "turn_driver: sendto: %s\n", strerror(errno));
}

static void send_all(int fd, struct gn_slice bytes)
{
	while (bytes.len) {
		ssize_t n = send(fd, bytes.p, bytes.len, MSG_NOSIGNAL);
		if (n <= 0)
			return; /* its end is read */
		bytes = gn_slice_sub(bytes, (size_t)n, SIZE_MAX);
	}
}

static struct gn_slice receive(int fd, struct gn_addr *from)
{
	static uint8_t bytes[DATAGRAM_MAX];
	struct sockaddr_in s = {.sin_family = AF_INET};
	socklen_t len = sizeof s;
	ssize_t n = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&s, &len);
	if (from)
		*from = from_os(&s);
	return gn_slice(n < 0 ? NULL : bytes, n < 0 ? 0 : (size_t)n);
}

/* ---- the server ---- */

enum { CONNS = 32, RELAYS = 64, FDS = 4 + CONNS + RELAYS };

static struct {
	struct gn_turn_server *s;
	struct gn_turn_room room;
	int udp[2], tcp;
	struct conn {
		int fd;
		struct gn_turn_from from;
		struct gn_turn_stream in;
	} conns[CONNS];
	struct relay {
		int fd;
		uint32_t id;
	} relays[RELAYS];
	uint32_t serial;
} srv;

static void give(const struct gn_turn_out *out)
{
	if (out->to == GN_TURN_PEER) {
		for (size_t i = 0; i < RELAYS; i++)
			if (srv.relays[i].fd >= 0 && srv.relays[i].id == out->relay)
				send_to(srv.relays[i].fd, &out->peer, out->bytes);
	} else if (out->to == GN_TURN_CLIENT && out->client.conn == 0) {
		send_to(srv.udp[out->client.at], &out->client.addr, out->bytes);
	} else if (out->to == GN_TURN_CLIENT) {
		for (size_t i = 0; i < CONNS; i++)
			if (srv.conns[i].fd >= 0 && srv.conns[i].from.conn == out->client.conn)
				send_all(srv.conns[i].fd, out->bytes);
	}
}

static int open_port(struct gn_addr *at, bool even)
{
	int fd = -1;
	for (int tries = 0; tries < 64 && fd < 0; tries++) {
		at->port = 0;
		fd = open_at(SOCK_DGRAM, at);
		if (fd < 0 || !even || at->port % 2 == 0)
			break;
		close(fd);
		fd = -1;
	}
	return fd;
}

static void open_relay(uint32_t id, bool even)
{
	struct gn_turn_out out;
	struct gn_addr at = gn_addr_v4(127, 0, 0, 1, 0);
	size_t i = 0;
	while (i < RELAYS && srv.relays[i].fd >= 0)
		i++;
	int fd = i < RELAYS ? open_port(&at, even) : -1;
	gn_err err = gn_turn_server_opened(srv.s, id, fd < 0 ? NULL : &at, now(), &srv.room, &out);
	if (fd >= 0 && err == GN_OK)
		srv.relays[i] = (struct relay){fd, id};
	else if (fd >= 0)
		close(fd);
	give(&out);
}

static void take_events(void)
{
	struct gn_turn_server_event e;
	while (gn_turn_server_event(srv.s, &e)) {
		if (e.tell == GN_TURN_OPEN)
			open_relay(e.relay, e.even);
		for (size_t i = 0; i < RELAYS && e.tell == GN_TURN_CLOSE; i++) {
			if (srv.relays[i].fd < 0 || srv.relays[i].id != e.relay)
				continue;
			close(srv.relays[i].fd);
			srv.relays[i].fd = -1;
		}
	}
}

static gn_err from_client(const struct gn_turn_from *from, struct gn_slice in)
{
	struct gn_turn_out out;
	gn_err err = gn_turn_server_recv(srv.s, from, in, now(), &srv.room, &out);
	give(&out);
	take_events();
	return err;
}

static void accept_one(void)
{
	struct sockaddr_in s;
	socklen_t len = sizeof s;
	size_t i = 0;
	int fd = accept(srv.tcp, (struct sockaddr *)&s, &len);
	while (i < CONNS && srv.conns[i].fd >= 0)
		i++;
	if (fd < 0 || i == CONNS) {
		if (fd >= 0)
			close(fd);
		return;
	}
	srv.conns[i].fd = fd;
	srv.conns[i].from = (struct gn_turn_from){.addr = from_os(&s), .conn = ++srv.serial};
	gn_turn_stream_init(&srv.conns[i].in);
}

static void from_conn(struct conn *c)
{
	struct gn_slice message, in = receive(c->fd, NULL);
	gn_err err = GN_CLOSED;
	if (in.len) {
		gn_turn_stream_feed(&c->in, in);
		while ((err = gn_turn_stream_next(&c->in, &message)) == GN_OK)
			if (from_client(&c->from, message) == GN_MALFORMED) {
				err = GN_MALFORMED;
				break;
			}
	}
	if (err == GN_AGAIN)
		return;
	gn_turn_server_gone(srv.s, &c->from);
	take_events();
	close(c->fd);
	c->fd = -1;
}

static void start_server(bool two)
{
	static struct gn_alloc alloc;
	static struct gn_rand rand;
	static struct gn_env env = {&alloc, &rand, NULL};
	struct gn_turn_server_config config = {.v4 = true, .private_peers = true};
	gn_alloc_heap(&alloc, 16 << 20);
	rand = gn_rand_system();
	for (int tries = 0; tries < 20; tries++) { /* UDP and TCP of one port */
		config.stun.at[0] = gn_addr_v4(127, 0, 0, 1, 0);
		config.stun.at[1] = gn_addr_v4(127, 0, 0, 1, 0);
		srv.udp[0] = open_at(SOCK_DGRAM, &config.stun.at[0]);
		srv.tcp = open_at(SOCK_STREAM, &config.stun.at[0]);
		if (srv.udp[0] >= 0 && srv.tcp >= 0)
			break;
		close(srv.udp[0]);
	}
	srv.udp[1] = open_at(SOCK_DGRAM, &config.stun.at[1]);
	if (srv.udp[0] < 0 || srv.udp[1] < 0 || srv.tcp < 0 || listen(srv.tcp, 16))
		fail("sockets");
	if (!two)
		config.stun.at[1].port = 0;
	for (size_t i = 0; i < CONNS; i++)
		srv.conns[i].fd = -1;
	for (size_t i = 0; i < RELAYS; i++)
		srv.relays[i].fd = -1;
	if (gn_turn_server_new(&env, &config, &srv.s) != GN_OK ||
	    gn_turn_server_user(srv.s, GN_LIT("ann"), GN_LIT("secret")) != GN_OK)
		fail("the server");
	printf("PORTS %d %d\n", config.stun.at[0].port, config.stun.at[1].port);
	fflush(stdout);
}

static void serve_ready(const struct pollfd *p)
{
	struct gn_turn_from from = {.conn = 0};
	struct gn_turn_out out;
	struct gn_addr peer;
	for (uint8_t at = 0; at < 2; at++)
		if (p[at].revents) {
			struct gn_slice in = receive(srv.udp[at], &from.addr);
			from.at = at;
			(void)!from_client(&from, in);
		}
	if (p[2].revents)
		accept_one();
	for (size_t i = 0; i < CONNS; i++)
		if (p[4 + i].revents && srv.conns[i].fd >= 0 && p[4 + i].fd == srv.conns[i].fd)
			from_conn(&srv.conns[i]);
	for (size_t i = 0; i < RELAYS; i++) {
		const struct pollfd *x = &p[4 + CONNS + i];
		if (!x->revents || x->fd < 0 || x->fd != srv.relays[i].fd)
			continue;
		struct gn_slice in = receive(x->fd, &peer);
		if (gn_turn_server_relayed(srv.s, srv.relays[i].id, &peer, in, now(), &srv.room,
					   &out) == GN_OK)
			give(&out);
	}
}

static int serve(bool two)
{
	struct gn_counter c;
	start_server(two);
	for (;;) {
		struct pollfd p[FDS] = {{srv.udp[0], POLLIN, 0},
					{srv.udp[1], POLLIN, 0},
					{srv.tcp, POLLIN, 0},
					{0, POLLIN, 0}};
		for (size_t i = 0; i < CONNS; i++)
			p[4 + i] = (struct pollfd){srv.conns[i].fd, POLLIN, 0};
		for (size_t i = 0; i < RELAYS; i++)
			p[4 + CONNS + i] = (struct pollfd){srv.relays[i].fd, POLLIN, 0};
		if (poll(p, FDS, 100) < 0 && errno != EINTR)
			fail("poll");
		if (p[3].revents)
			break;
		serve_ready(p);
		gn_turn_server_tick(srv.s, now());
		take_events();
		gn_turn_server_validate(srv.s);
	}
	for (size_t i = 0; gn_turn_server_counter_at(srv.s, i, &c); i++)
		printf("%s %llu\n", c.name, (unsigned long long)c.value);
	gn_turn_server_free(srv.s);
	return 0;
}

/* ---- the client ---- */

static struct {
	struct gn_turn_client c;
	struct gn_turn_stream in;
	struct gn_addr server, echo;
	int fd, echo_fd;
	unsigned wanted, sent, back, other;
	gn_time passes, until; /* how long is skipped, its end once it has begun */
	bool stream, bound, again;
} cli;

static void say(struct gn_slice bytes)
{
	if (cli.stream)
		send_all(cli.fd, bytes);
	else
		send_to(cli.fd, &cli.server, bytes);
}

/* The n-th datagram: of each length, none but that it can be told from others. */
static struct gn_slice nth(unsigned n)
{
	static uint8_t data[2000];
	memset(data, (int)(n & 0xff), sizeof data);
	gn_put_be32(data, n);
	return gn_slice(data, 4 + n * 37 % 1300);
}

static void next_datagram(void)
{
	static struct gn_turn_room room;
	struct gn_slice out;
	if (!cli.bound || cli.sent > cli.back || cli.sent == cli.wanted)
		return;
	if (gn_turn_client_send(&cli.c, &cli.echo, nth(cli.sent), now(), &room, &out) != GN_OK)
		fail("send");
	cli.sent++;
	say(out);
}

static void heard(const struct gn_addr *from, struct gn_slice data)
{
	if (!data.p)
		return;
	if (gn_addr_eq(from, &cli.echo) && gn_slice_eq(data, nth(cli.back)))
		cli.back++;
	else if (!gn_addr_eq(from, &cli.echo) && gn_slice_eq(data, GN_LIT("from another port")))
		cli.other++;
	else
		fail("other data came back");
}

static void from_server(void)
{
	struct gn_addr from;
	struct gn_slice data, message, in = receive(cli.fd, NULL);
	if (!cli.stream) {
		if (gn_turn_client_recv(&cli.c, in, now(), &from, &data) == GN_OK)
			heard(&from, data);
		return;
	}
	if (!in.len)
		fail("the server closed");
	gn_turn_stream_feed(&cli.in, in);
	gn_err err;
	while ((err = gn_turn_stream_next(&cli.in, &message)) == GN_OK)
		if (gn_turn_client_recv(&cli.c, message, now(), &from, &data) == GN_OK)
			heard(&from, data);
	if (err != GN_AGAIN)
		fail("the stream");
}

static void echo(void)
{
	struct gn_addr from, any = gn_addr_v4(127, 0, 0, 3, 0);
	struct gn_slice in = receive(cli.echo_fd, &from);
	send_to(cli.echo_fd, &from, in);
	if (cli.back + 1 != cli.wanted)
		return;
	int fd = open_at(SOCK_DGRAM, &any); /* and of another port, which has no channel */
	if (fd < 0)
		fail("a socket");
	send_to(fd, &from, GN_LIT("from another port"));
	close(fd);
}

static void client_events(void)
{
	struct gn_turn_client_event e;
	char text[GN_ADDR_TEXT_MAX];
	while (gn_turn_client_event(&cli.c, &e)) {
		if (e.tell == GN_TURN_ENDED) {
			printf("ENDED %s\n", gn_err_name(e.err));
			fflush(stdout);
			exit(e.err == GN_CANCELLED ? 0 : 3);
		} else if (e.tell == GN_TURN_READY) {
			gn_addr_text(&cli.c.relayed, text);
			printf("READY %s %s\n", text, cli.c.sha256 ? "sha256" : "md5");
			if (gn_turn_client_peer(&cli.c, &cli.echo, now()) != GN_OK)
				fail("peer");
		} else if (e.tell == GN_TURN_PEERED) {
			printf("PEER %s\n", gn_err_name(e.err));
			cli.bound = e.err == GN_OK;
		}
	}
}

static void connect_client(void)
{
	struct gn_addr any = gn_addr_v4(127, 0, 0, 1, 0);
	struct sockaddr_in s = to_os(&cli.server);
	cli.fd = cli.stream ? socket(AF_INET, SOCK_STREAM, 0) : open_at(SOCK_DGRAM, &any);
	cli.echo = gn_addr_v4(127, 0, 0, 3, 0);
	cli.echo_fd = open_at(SOCK_DGRAM, &cli.echo);
	if (cli.fd < 0 || cli.echo_fd < 0 ||
	    (cli.stream && connect(cli.fd, (struct sockaddr *)&s, sizeof s)))
		fail("sockets");
	gn_turn_stream_init(&cli.in);
}

/* To what the client waits for next; not while it waits for the server, whose clock is a real one
 * and may meanwhile find our nonce too old. */
static void skip(void)
{
	struct timespec moment = {0, 90000000};
	gn_time due = gn_time_min(gn_turn_client_deadline(&cli.c), cli.until), t = now();
	if (cli.c.method || due <= t)
		return;
	nanosleep(&moment, NULL);
	skipped += due - t;
}

static void relay_step(void)
{
	if (cli.back < cli.wanted || !cli.other || cli.c.state != GN_TURN_LIVE)
		return;
	if (!cli.until)
		cli.until = now() + cli.passes;
	if (now() < cli.until) {
		skip();
	} else if (cli.passes && !cli.again) {
		cli.again = true;
		cli.wanted *= 2;
		cli.other = 0;
	} else {
		printf("BACK %u OTHER %u\n", cli.back, cli.other);
		gn_turn_client_stop(&cli.c, now());
	}
}

static int relay(char **args)
{
	static struct gn_rand rand;
	struct gn_turn_client_config config = {.user = gn_str(args[2]),
					       .password = gn_str(args[3])};
	if (gn_addr_parse(gn_str(args[1]), &cli.server) != GN_OK)
		fail("an address");
	cli.stream = config.stream = strcmp(args[0], "tcp") == 0;
	config.server = cli.server;
	cli.wanted = (unsigned)strtoul(args[4], NULL, 10);
	cli.passes = strtol(args[5], NULL, 10) * GN_SEC;
	rand = gn_rand_system();
	connect_client();
	if (gn_turn_client_init(&cli.c, &rand, &config, now()) != GN_OK)
		fail("the client");
	for (;;) {
		struct pollfd p[] = {{cli.fd, POLLIN, 0}, {cli.echo_fd, POLLIN, 0}};
		struct gn_slice out;
		while (gn_turn_client_next(&cli.c, now(), &out))
			say(out);
		client_events();
		next_datagram();
		relay_step();
		gn_turn_client_validate(&cli.c);
		if (poll(p, 2, 5) < 0 && errno != EINTR)
			fail("poll");
		if (p[0].revents)
			from_server();
		if (p[1].revents)
			echo();
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(strcmp(argv[2], "two") == 0);
	if (argc == 8 && strcmp(argv[1], "relay") == 0)
		return relay(argv + 2);
	fprintf(stderr, "usage: turn_driver serve one|two\n"
			"       turn_driver relay udp|tcp HOST:PORT USER PASSWORD COUNT SECONDS\n");
	return 2;
}
