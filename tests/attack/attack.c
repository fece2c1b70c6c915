/* The endpoints of attack.h: plain sockets, one jet each, one loop with poll over all of them. */
#include "attack.h"
#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGE_MAX (96u << 10) /* bytes of one inbound message; longer ones are cut */

struct inbound_key {
	gn_jet_id id;
	gn_jet_stream stream;
};

struct inbound {
	uint8_t *bytes;
	size_t len;
};

void fail(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	fputs("geonet_attack: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(2);
}

void result(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	putchar('{');
	vprintf(format, ap);
	puts("}");
	fflush(stdout);
	va_end(ap);
}

struct gn_sk key_of(const struct attack *a, unsigned n)
{
	uint8_t seed[32];
	struct gn_hash h;
	struct gn_sk key;
	gn_put_be64(seed, a->seed);
	gn_put_be64(seed + 8, n);
	gn_sha256(&(struct gn_slice){seed, 16}, 1, &h);
	gn_sk_from_seed(h.b, &key);
	return key;
}

struct gn_addr endpoint_addr(const struct attack *a, unsigned number)
{
	if (a->prefixes == 0)
		return gn_addr_v4(127, 0, 0, 1, 0);
	unsigned n = number % a->prefixes;
	return gn_addr_v4(127, (uint8_t)(1 + n / 250), (uint8_t)(n % 250),
			  (uint8_t)(1 + number / a->prefixes % 250), 0);
}

static int open_socket(struct gn_addr *addr)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(addr->port)};
	socklen_t len = sizeof in;
	int size = 4 << 20, fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	memcpy(&in.sin_addr, addr->ip + 12, 4);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof in) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		fail("a socket on 127.%u.%u.%u: %s", addr->ip[13], addr->ip[14], addr->ip[15],
		     strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	addr->port = ntohs(in.sin_port);
	return fd;
}

struct endpoint *endpoint_new(struct attack *a, unsigned number, const struct gn_jet_config *config)
{
	struct endpoint *e = calloc(1, sizeof *e);
	struct gn_jet_config c = config ? *config : (struct gn_jet_config){0};
	if (!e || a->endpoint_count == ENDPOINTS_MAX)
		fail("no room for another endpoint");
	e->attack = a;
	e->number = number;
	e->key = key_of(a, number);
	for (uint64_t at = 0; gn_overlay_id_search(&e->key.pk, a->pow_bits, at, 1 << 16, e->nonce);
	     at += 1 << 16)
		;
	gn_overlay_id_make(&e->key.pk, e->nonce, &e->id);
	e->addr = endpoint_addr(a, number);
	e->fd = open_socket(&e->addr);
	c.node_key = e->key;
	if (gn_jet_new(&a->env, &c, &e->jet))
		fail("jet cannot be made");
	gn_map_init(&e->inbound, &a->env, sizeof(struct inbound_key), sizeof(struct inbound),
		    1 << 16);
	a->endpoints[a->endpoint_count++] = e;
	return e;
}

void endpoint_free(struct endpoint *e)
{
	struct attack *a = e->attack;
	for (uint32_t i = 0; i < e->inbound.count; i++)
		free(((struct inbound *)gn_map_value_at(&e->inbound, i))->bytes);
	gn_map_fini(&e->inbound);
	gn_overlay_free(e->overlay);
	gn_jet_free(e->jet);
	close(e->fd);
	for (unsigned i = 0; i < a->endpoint_count; i++)
		if (a->endpoints[i] == e)
			a->endpoints[i] = a->endpoints[--a->endpoint_count];
	free(e);
}

gn_jet_id endpoint_dial(struct endpoint *e, const struct gn_addr *addr)
{
	struct gn_way to = {.addr = *addr};
	gn_jet_id id;
	return gn_jet_connect(e->jet, &to, NULL, e->attack->now, &id) ? 0 : id;
}

void endpoint_send(struct endpoint *e, gn_jet_id id, struct gn_slice message, bool reliable)
{
	gn_jet_stream stream;
	size_t taken;
	if (!reliable && message.len <= gn_jet_datagram_max(e->jet, id)) {
		(void)!gn_jet_datagram(e->jet, id, GN_JET_INTERACTIVE, message, GN_NEVER);
		return;
	}
	if (gn_jet_stream_open(e->jet, id, true, GN_JET_INTERACTIVE, &stream) == GN_OK)
		(void)!gn_jet_stream_write(e->jet, id, stream, message, true, &taken);
}

/* ---- the loop ---- */

void endpoint_throw(struct endpoint *e, const struct gn_addr *to, struct gn_slice datagram)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(to->port)};
	memcpy(&in.sin_addr, to->ip + 12, 4);
	if (sendto(e->fd, datagram.p, datagram.len, 0, (struct sockaddr *)&in, sizeof in) ==
	    (ssize_t)datagram.len) {
		e->datagrams_out++;
		e->datagram_bytes_out += datagram.len;
	}
}

static void transmit(struct endpoint *e)
{
	static uint8_t storage[64000];
	struct gn_buf out = {storage, 0, sizeof storage};
	struct gn_jet_batch batch;
	while (gn_jet_send(e->jet, &out, &batch, e->attack->now) == GN_OK) {
		for (size_t at = 0; at < out.len; at += batch.segment) {
			size_t len = out.len - at < batch.segment ? out.len - at : batch.segment;
			endpoint_throw(e, &batch.to.addr, gn_slice(storage + at, len));
		}
	}
}

static void receive(struct endpoint *e)
{
	uint8_t in[2048];
	struct sockaddr_in from;
	for (int i = 0; i < 256; i++) {
		socklen_t len = sizeof from;
		ssize_t n = recvfrom(e->fd, in, sizeof in, 0, (struct sockaddr *)&from, &len);
		if (n < 0)
			return;
		const uint8_t *ip = (const uint8_t *)&from.sin_addr;
		struct gn_way way = {
			.addr = gn_addr_v4(ip[0], ip[1], ip[2], ip[3], ntohs(from.sin_port))};
		e->datagrams_in++;
		e->datagram_bytes_in += (uint64_t)n;
		e->relayed += in[0] == 0x10 ? (uint64_t)n : 0;
		if (!e->deaf || (in[0] & 0x3c) == 0x38) /* a long header of type Retry */
			(void)gn_jet_recv(e->jet, &way, gn_slice(in, (size_t)n), e->attack->now);
	}
}

static void deliver(struct endpoint *e, gn_jet_id id, struct gn_slice message)
{
	struct gn_jet_info info;
	e->messages++;
	if (e->on_message && gn_jet_info(e->jet, id, &info) == GN_OK)
		e->on_message(e, id, &info.peer, message);
}

static void read_stream(struct endpoint *e, const struct gn_jet_event *event)
{
	struct inbound_key key = {event->id, event->stream};
	struct inbound *in = gn_map_put(&e->inbound, &key);
	bool fin = false;
	size_t len;
	if (!in || (!in->bytes && !(in->bytes = malloc(MESSAGE_MAX))))
		fail("no memory for a message");
	while (!fin && gn_jet_stream_read(e->jet, event->id, event->stream, in->bytes + in->len,
					  MESSAGE_MAX - in->len, &len, &fin) == GN_OK)
		in->len += len;
	if (!fin)
		return;
	struct inbound whole = *in;
	gn_map_remove(&e->inbound, &key);
	deliver(e, event->id, gn_slice(whole.bytes, whole.len));
	free(whole.bytes);
}

static void events(struct endpoint *e)
{
	for (struct gn_jet_event event; gn_jet_next_event(e->jet, &event);) {
		e->connected += event.kind == GN_JET_CONNECTED;
		if (event.kind == GN_JET_CLOSED) {
			e->closed++;
			e->last_code = event.code;
			snprintf(e->last_reason, sizeof e->last_reason, "%.*s", (int)event.data.len,
				 event.data.len ? (const char *)event.data.p : "");
		}
		if (event.kind == GN_JET_DATAGRAM)
			deliver(e, event.id, event.data);
		else if ((event.kind == GN_JET_OPENED || event.kind == GN_JET_READABLE) && !e->mute)
			read_stream(e, &event);
		else if (e->on_event)
			e->on_event(e, &event);
	}
}

bool run(struct attack *a, gn_time limit, bool (*done)(struct attack *a))
{
	static struct pollfd fds[ENDPOINTS_MAX];
	gn_time end = gn_os_now() + limit;
	for (;;) {
		gn_time at = end;
		a->now = gn_os_now();
		for (unsigned i = 0; i < a->endpoint_count; i++) {
			struct endpoint *e = a->endpoints[i];
			receive(e);
			gn_jet_tick(e->jet, a->now);
			events(e);
			transmit(e);
			at = gn_time_min(at, gn_jet_deadline(e->jet));
			fds[i] = (struct pollfd){.fd = e->fd, .events = POLLIN};
		}
		if (done && done(a))
			return true;
		if (a->now >= end)
			return false;
		gn_time wait = at > a->now ? (at - a->now + GN_MSEC - 1) / GN_MSEC : 0;
		poll(fds, a->endpoint_count, wait > 100 ? 100 : (int)wait);
	}
}

/* ---- messages ---- */

static struct gn_slice finish(struct gn_fbb *b, uint64_t request, uint8_t type, gn_fbref body)
{
	struct gn_slice out;
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = request, .body_type = type, .body = body});
	if (gn_fbb_finish(b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &out))
		fail("a message does not fit its storage");
	return out;
}

static gn_fbref make_hello(const struct endpoint *e, struct gn_fbb *b, enum gn_fb_node_mode mode,
			   bool reply)
{
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_fb_addr addr = gn_wire_addr(&e->addr, GN_FB_CARRIER_UDP);
	memcpy(pk.b, e->key.pk.b, 32);
	memcpy(nonce.b, e->nonce, 8);
	return gn_fb_hello_make(
		b, &(struct gn_fb_hello_args){.pk = &pk,
					      .nonce = &nonce,
					      .class = 1,
					      .mode = (uint8_t)mode,
					      .addrs = {&addr, 1},
					      .version = 1,
					      .since = gn_unix(e->attack->start) - 86400,
					      .reply = reply});
}

struct gn_slice message_hello(struct endpoint *e, enum gn_fb_node_mode mode, bool reply,
			      uint64_t request, uint8_t *out, size_t cap)
{
	struct gn_fbb b = gn_fbb(out, cap);
	return finish(&b, request, GN_FB_OVERLAY_BODY_HELLO, make_hello(e, &b, mode, reply));
}

void send_link(struct endpoint *e, gn_jet_id id, enum gn_fb_node_mode mode)
{
	uint8_t out[1024];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	gn_fbref hello = make_hello(e, &b, mode, false);
	gn_fbref link = gn_fb_link_make(
		&b, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LEAF, .hello = hello});
	endpoint_send(e, id, finish(&b, ++e->requests, GN_FB_OVERLAY_BODY_LINK, link), false);
}

void send_unlink(struct endpoint *e, gn_jet_id id)
{
	uint8_t out[256];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	gn_fbref body =
		gn_fb_unlink_make(&b, &(struct gn_fb_unlink_args){.code = GN_FB_CODE_NOT_FOUND});
	endpoint_send(e, id, finish(&b, 0, GN_FB_OVERLAY_BODY_UNLINK, body), false);
}

void send_ping(struct endpoint *e, gn_jet_id id, enum gn_fb_node_mode mode)
{
	uint8_t out[256];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	gn_fbref body = gn_fb_ping_make(&b, &(struct gn_fb_ping_args){.mode = (uint8_t)mode});
	endpoint_send(e, id, finish(&b, ++e->requests, GN_FB_OVERLAY_BODY_PING, body), false);
}

void send_pong(struct endpoint *e, gn_jet_id id, uint64_t request, enum gn_fb_node_mode mode)
{
	uint8_t out[256];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	gn_fbref delta = gn_fb_delta_make(&b, &(struct gn_fb_delta_args){.to_version = 1});
	gn_fbref body = gn_fb_pong_make(
		&b, &(struct gn_fb_pong_args){.delta = delta, .mode = (uint8_t)mode});
	endpoint_send(e, id, finish(&b, request, GN_FB_OVERLAY_BODY_PONG, body), false);
}

void send_digest(struct endpoint *e, gn_jet_id id, const struct gn_fb_key_seq *entries,
		 unsigned count)
{
	uint8_t out[4096];
	struct gn_fbb b = gn_fbb(out, sizeof out);
	const struct gn_fb_digest_args args = {.to = UINT64_MAX,
					       .count = count ? 0 : 1,
					       .sum = count ? 0 : 7,
					       .held = {entries, count}};
	gn_fbref body = gn_fb_digest_make(&b, &args);
	endpoint_send(e, id, finish(&b, ++e->requests, GN_FB_OVERLAY_BODY_DIGEST, body), false);
}

struct gn_slice message_put(struct gn_slice record, uint64_t request, uint8_t *out, size_t cap)
{
	struct gn_fbb b = gn_fbb(out, cap);
	return finish(&b, request, GN_FB_OVERLAY_BODY_PUT,
		      gn_fb_put_make(&b, &(struct gn_fb_put_args){.record = record}));
}

struct gn_slice message_push(struct gn_slice record, uint64_t request, uint8_t *out, size_t cap)
{
	struct gn_fbb b = gn_fbb(out, cap);
	return finish(&b, request, GN_FB_OVERLAY_BODY_PUSH,
		      gn_fb_push_make(&b, &(struct gn_fb_push_args){.record = record}));
}

struct gn_slice message_get(const struct gn_hash *key, uint64_t request, uint8_t *out, size_t cap)
{
	struct gn_fbb b = gn_fbb(out, cap);
	struct gn_fb_hash k;
	memcpy(k.b, key->b, 32);
	return finish(&b, request, GN_FB_OVERLAY_BODY_GET,
		      gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &k}));
}

struct gn_slice record_make(struct attack *a, unsigned owner, const char *label,
			    struct gn_slice body, uint32_t ttl, struct gn_hash *key, uint8_t *out,
			    size_t cap)
{
	struct gn_sk sk = key_of(a, owner);
	struct gn_buf buf = {out, 0, cap};
	struct gn_record_fields fields = {.type = 256,
					  .label = gn_str(label),
					  .body = body,
					  .seq = gn_unix(gn_os_now()),
					  .created = gn_unix(gn_os_now()),
					  .ttl = ttl};
	if (gn_wire_record_make(&sk, NULL, &fields, &buf))
		fail("a record cannot be made");
	if (key)
		gn_wire_record_key(256, &sk.pk, gn_str(label), 0, key);
	return gn_buf_slice(&buf);
}

/* ---- the program ---- */

static const struct {
	const char *name, *text;
	int (*start)(struct attack *a);
} attacks[] = {
#define X(name, text) {#name, text, attack_##name},
#include "attacks.def"
#undef X
};

static _Noreturn void usage(int code)
{
	FILE *to = code ? stderr : stdout;
	fprintf(to, "usage: geonet_attack NAME --node 127.0.0.1:PORT [--pow-bits N] [--count N] "
		    "[--prefixes N] "
		    "[--seconds N]\n"
		    "                          [--seed N] [--arg TEXT] [--hold]\n\nAttacks on a "
		    "node of this machine, "
		    "for tests:\n\n");
	for (size_t i = 0; i < GN_COUNT(attacks); i++)
		fprintf(to, "  %-12s %s\n", attacks[i].name, attacks[i].text);
	exit(code);
}

static void parse(struct attack *a, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
		if (strcmp(name, "--hold") == 0) {
			a->hold = true;
			continue;
		}
		if (!value)
			fail("%s needs a value", name);
		i++;
		if (strcmp(name, "--node") == 0) {
			if (gn_addr_parse(gn_str(value), &a->node) ||
			    !gn_addr_is_loopback(&a->node))
				fail("--node takes 127.x.y.z:PORT, not '%s'", value);
		} else if (strcmp(name, "--pow-bits") == 0) {
			a->pow_bits = (unsigned)strtoul(value, NULL, 10);
		} else if (strcmp(name, "--count") == 0) {
			a->count = (unsigned)strtoul(value, NULL, 10);
		} else if (strcmp(name, "--prefixes") == 0) {
			a->prefixes = (unsigned)strtoul(value, NULL, 10);
		} else if (strcmp(name, "--seconds") == 0) {
			a->life = (gn_time)strtoul(value, NULL, 10) * GN_SEC;
		} else if (strcmp(name, "--seed") == 0) {
			a->seed = strtoull(value, NULL, 10);
		} else if (strcmp(name, "--arg") == 0) {
			a->arg = value;
		} else {
			fail("unknown option %s", name);
		}
	}
	if (a->node.port == 0)
		fail("--node is missing");
}

/* Until the one who started us closes stdin, or the time is over. */
static void stay(struct attack *a)
{
	fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	while (gn_os_now() < a->start + a->life) {
		char byte;
		if (read(STDIN_FILENO, &byte, 1) == 0)
			return;
		run(a, 100 * GN_MSEC, NULL);
	}
}

int main(int argc, char **argv)
{
	static struct attack a = {.pow_bits = 12, .life = 20 * GN_SEC, .seed = 1};
	if (argc < 2 || strcmp(argv[1], "--help") == 0)
		usage(argc < 2 ? 2 : 0);
	parse(&a, argc, argv);
	gn_alloc_heap(&a.alloc, (size_t)4 << 30);
	gn_prng_init(&a.prng, a.seed);
	a.rand = gn_rand_system();
	a.env = (struct gn_env){&a.alloc, &a.rand, NULL};
	a.now = a.start = gn_os_now();
	for (size_t i = 0; i < GN_COUNT(attacks); i++) {
		if (strcmp(attacks[i].name, argv[1]))
			continue;
		int code = attacks[i].start(&a);
		if (a.hold)
			stay(&a);
		while (a.endpoint_count)
			endpoint_free(a.endpoints[a.endpoint_count - 1]);
		return code;
	}
	usage(2);
}
