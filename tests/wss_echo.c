/* The TLS carrier as a program, for tests/wss_peer_test.py.
 *
 * usage: wss_echo serve [behind | CERT KEY]   prints its port; says back what it hears
 *        wss_echo dial URL [PROXY]            says "hello", prints what comes, then how it ended
 *
 * It ends with its standard input; a server prints its counters then. */
#include "crypto/crypto.h"
#include "net/net.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

static uv_loop_t loop;
static uv_pipe_t input;
static struct gn_wss *wss;
static bool serves;

static void on_closed(void *user, struct gn_carrier *c, gn_err why)
{
	(void)user, (void)c;
	printf("closed %s\n", gn_err_name(why));
	fflush(stdout);
	if (!serves)
		uv_stop(&loop);
}

static void say(struct gn_carrier *c, struct gn_slice text)
{
	uint8_t bytes[2000];
	size_t n = c->info->prefix + text.len, sent;
	if (!text.len)
		return;
	memcpy(bytes + c->info->prefix, text.p, text.len);
	gn_err err =
		c->send(c, &c->peer, &(struct gn_buf){bytes, n, sizeof bytes}, (uint16_t)n, &sent);
	if (err && err != GN_AGAIN) /* who does not read hears less */
		fprintf(stderr, "not said: %s\n", gn_err_name(err));
}

static void on_opened(void *user, struct gn_carrier *c)
{
	(void)user;
	if (c->incoming)
		c->proven(c);
	else
		say(c, GN_LIT("hello"));
}

static void on_received(void *user, struct gn_carrier *c, const struct gn_addr *from,
			struct gn_slice datagram)
{
	(void)user, (void)from;
	if (c->incoming) {
		say(c, datagram);
		return;
	}
	printf("heard %zu %.*s\n", datagram.len, datagram.len < 40 ? (int)datagram.len : 40,
	       (const char *)datagram.p);
	fflush(stdout);
}

static void on_room(void *user, struct gn_carrier *c)
{
	(void)user, (void)c;
}

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	static char bytes[64];
	(void)handle, (void)hint;
	*buf = uv_buf_init(bytes, sizeof bytes);
}

static void on_input(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	(void)stream, (void)buf;
	if (n < 0)
		uv_stop(&loop);
}

static gn_err start(int argc, char **argv, struct gn_wss_config *config)
{
	struct gn_carrier *c;
	config->listen = serves;
	config->at = gn_addr_v4(127, 0, 0, 1, 0);
	if (serves && argc == 3)
		config->behind = true;
	if (serves && argc == 4) {
		config->cert_file = argv[2];
		config->key_file = argv[3];
	}
	GN_TRY(gn_wss_new(config, &wss));
	if (!serves)
		return gn_wss_dial(wss, argv[2], argc > 3 ? argv[3] : "", &c);
	printf("%u\n", gn_wss_port(wss));
	fflush(stdout);
	return GN_OK;
}

int main(int argc, char **argv)
{
	struct gn_rand source = gn_rand_system();
	serves = argc > 1 && strcmp(argv[1], "serve") == 0;
	if (!serves && argc < 3)
		return 2;
	gn_os_process();
	uv_loop_init(&loop);
	struct gn_wss_config config = {.loop = &loop,
				       .rand = &source,
				       .now = gn_os_now(),
				       .events = {on_opened, on_received, on_room, on_closed, NULL},
				       .hellos_prefix = 200};
	config.ms.upgrade = config.ms.tls = 2000;
	gn_err err = start(argc, argv, &config);
	if (err) {
		printf("error %s\n", gn_err_name(err));
		return 1;
	}
	uv_pipe_init(&loop, &input, 0);
	uv_pipe_open(&input, 0);
	uv_read_start((uv_stream_t *)&input, on_alloc, on_input);
	uv_run(&loop, UV_RUN_DEFAULT);
	struct gn_counter counter;
	for (size_t i = 0; serves && gn_wss_counter_at(wss, i, &counter); i++)
		printf("%s %llu\n", counter.name, (unsigned long long)counter.value);
	gn_wss_free(wss);
	uv_close((uv_handle_t *)&input, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop) == 0 ? 0 : 1;
}
