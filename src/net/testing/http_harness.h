/* For the tests of the HTTP server: a small site and raw sockets as clients. One thread turns
 * the loop and moves the clients' bytes in between, so every run does the same. What a path of
 * the site does is said where it is handled. */
#ifndef GN_NET_HTTP_HARNESS_H
#define GN_NET_HTTP_HARNESS_H

#include "net/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

#define PATIENCE 200000 /* turns of the loop before a test gives up */

/* ---- the site ---- */

struct site {
	uv_loop_t loop;
	struct gn_http *http;
	struct gn_http_request *held; /* of /hold */
	unsigned opened, closed, drains;
	char dir[40], path[64];
};

struct job {               /* what a request of the site is at */
	uint64_t got, sum; /* body bytes, their position-dependent sum */
	uint64_t left;     /* of /gen */
	uint64_t at;
	unsigned bites; /* of /nibble */
	bool echo, nibble;
	bool stopped; /* /echo waits for on_drain */
};
uint8_t pattern(uint64_t i);
uint64_t pattern_sum(uint64_t n);

/* What serves the site; each request of it begins and ends in a site. */
extern const struct gn_http_handler site_handler;
void site_open(struct site *site, struct gn_http_config config);
void site_close(struct site *site);
uint64_t site_counter(const struct site *site, const char *name);

/* ---- clients ---- */

struct client {
	int fd;
	const char *out;
	size_t out_len;
	char *in;
	size_t in_len, in_cap;
	bool eof, reset, lazy; /* lazy: does not read */
};
void client_open(struct client *c, int fd);
int client_dial(uint16_t port);
int client_dial_unix(const char *path);
void client_close(struct client *c);
void client_move(struct client *c);
void site_turn(struct site *site);

/* Until the server closed. */
void client_finish(struct site *site, struct client *c);

/* Until n bytes are in. */
void client_expect(struct site *site, struct client *c, size_t n);
void client_say(struct client *c, const char *text);
int status_of(const struct client *c);
const char *body_of(const struct client *c);

/* Sends text on a new connection, reads to its end; the client is to be closed by the caller. */
void client_ask(struct site *site, struct client *c, const char *text);

#define CLOSE "Host: x\r\nConnection: close\r\n"

size_t dechunk(char *p);
void assert_pattern(const char *p, size_t n);

#endif
