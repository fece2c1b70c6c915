/* For the tests of the TLS carrier: two ends on loopback, a tiny proxy between them that sees every
 * byte, and sockets that say nothing. One thread turns the loop and moves the proxy's bytes in
 * between. */
#ifndef GN_NET_WSS_HARNESS_H
#define GN_NET_WSS_HARNESS_H

#include "net/wss_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define CANARY "the canary sings in clear"
#define PATIENCE 30000 /* turns of 1 ms, when nothing happens */

struct end {
	struct gn_wss *wss;
	struct gn_carrier *carriers[16];
	unsigned count, opened, closed, rooms, received;
	gn_err why;
	uint64_t bytes, sum;
	uint8_t last[WSS_MESSAGE_MAX];
	size_t last_len;
	struct gn_addr from;
	bool proves, closes_on_open, closes_on_receive, frees_on_open, frees_on_close;
};

extern uv_loop_t loop;
extern struct gn_rand source;
extern struct end server, client;

struct gn_wss_config server_config(void);
void open_client(const struct gn_wss_config *like); /* its times; NULL: the defaults */
void open_server(const struct gn_wss_config *config);
uint64_t counted(const struct end *e, const char *name);

extern struct tiny_proxy {
	int fd;
	uint16_t port;
	const char *basic; /* NULL: everyone may */
	bool frozen, deaf; /* nothing moves; nothing moves from the client on */
	unsigned joined, refused;
	struct pair {
		int fd[2]; /* the client's, the server's */
		struct gn_buf held[2];
		uint8_t bytes[2][16384];
		bool joined;
	} pairs[4];
	struct gn_buf tap;
	uint8_t tap_bytes[1 << 20];
} proxy;
const char *proxy_url(const char *user); /* "me:password@" or "" */
bool tapped(const char *what);           /* did it pass after the CONNECT? */

int listen_at(uint16_t *port);
/* From 127.0.net.1, so that prefixes differ. */
int dial_from(uint8_t net, uint16_t port);
bool is_closed(int fd);
void close_all(const int *fds, unsigned count);

void turn(void);
#define UNTIL(condition)                                                                           \
	do {                                                                                       \
		unsigned turns_ = 0;                                                               \
		while (!(condition)) {                                                             \
			assert_true(turns_++ < PATIENCE);                                          \
			turn();                                                                    \
		}                                                                                  \
	} while (0)

struct gn_carrier *dial(const char *host, uint16_t port, const char *through);
/* Both ends, joined directly or through the proxy. */
struct gn_carrier *joined(bool proxied);
/* `count` packets of n bytes, the last of one; returns how many bytes were taken. */
extern uint8_t batch_bytes[64 * (WSS_PREFIX_CLIENT + WSS_MESSAGE_MAX)];
size_t send_batch(struct gn_carrier *c, unsigned count, size_t n, gn_err *err);
gn_err send_text(struct gn_carrier *c, const char *text);

int set_up(void **state);
int tear_down(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
