/* A reflector: one linked peer lists 96 invented nodes at a third party's addresses, so that the
 * node dials those; or many identities say of themselves that they are there too. The third
 * party is a set of sockets of ours that only count what comes.
 *
 *   --arg one all at one address --arg many each at a port of its own --count N lists, one every
 *   second (3) --arg own --count identities greet as servers, each with three such addresses
 *   beside its own, and are gone */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIST 96
#define OWN 3

struct reflector {
	int sinks[LIST];
	struct gn_addr addrs[LIST];
	unsigned sink_count;
	uint64_t datagrams, bytes;
	gn_jet_id id;
	bool linked;
	unsigned answered;
};

static uint8_t storage[1 << 16];

static struct gn_slice message(struct gn_fbb *b, uint64_t request, uint8_t type, gn_fbref body)
{
	struct gn_slice out;
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = request, .body_type = type, .body = body});
	if (gn_fbb_finish(b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &out))
		fail("a message does not fit its storage");
	return out;
}

static void sink_open(struct reflector *r)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	in.sin_addr.s_addr = htonl(0x7f090909);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, sizeof in) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		fail("a socket on 127.9.9.9: %s", strerror(errno));
	r->addrs[r->sink_count] = gn_addr_v4(127, 9, 9, 9, ntohs(in.sin_port));
	r->sinks[r->sink_count++] = fd;
}

static void sink_read(struct reflector *r)
{
	uint8_t in[2048];
	for (unsigned i = 0; i < r->sink_count; i++)
		for (ssize_t n; (n = recv(r->sinks[i], in, sizeof in, 0)) >= 0;) {
			r->datagrams++;
			r->bytes += (uint64_t)n;
		}
}

/* A server's word about itself: its key, and these addresses. */
static gn_fbref hello(struct gn_fbb *b, const struct endpoint *e, const struct gn_fb_addr *addrs,
		      size_t count)
{
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	memcpy(pk.b, e->key.pk.b, 32);
	memcpy(nonce.b, e->nonce, 8);
	return gn_fb_hello_make(b, &(struct gn_fb_hello_args){.pk = &pk,
							      .nonce = &nonce,
							      .class = 1,
							      .mode = GN_FB_NODE_MODE_SERVER,
							      .addrs = {addrs, count},
							      .version = 1});
}

static void ask_link(struct endpoint *e, gn_jet_id id)
{
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_addr addr = gn_wire_addr(&e->addr, GN_FB_CARRIER_UDP);
	gn_fbref h = hello(&b, e, &addr, 1);
	endpoint_send(
		e, id,
		message(&b, 1, GN_FB_OVERLAY_BODY_LINK,
			gn_fb_link_make(&b, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LEAF,
								      .hello = h})),
		false);
}

/* 96 keys with their work, made on the spot. */
static void lie(struct attack *a, struct endpoint *e, struct reflector *r, unsigned round)
{
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref add[LIST];
	for (unsigned i = 0; i < LIST; i++) {
		struct gn_sk sk = key_of(a, 1000 + round * LIST + i);
		struct gn_fb_key pk;
		struct gn_fb_nonce nonce;
		struct gn_fb_vivaldi v = {.h = 1, .err = 1}; /* very near, it says */
		struct gn_fb_addr addr =
			gn_wire_addr(&r->addrs[i % r->sink_count], GN_FB_CARRIER_UDP);
		for (uint64_t at = 0;
		     gn_overlay_id_search(&sk.pk, a->pow_bits, at, 1 << 16, nonce.b); at += 1 << 16)
			;
		memcpy(pk.b, sk.pk.b, 32);
		add[i] = gn_fb_contact_make(
			&b, &(struct gn_fb_contact_args){.pk = &pk,
							 .nonce = &nonce,
							 .addrs = {&addr, 1},
							 .vivaldi = &v,
							 .class = 1,
							 .mode = GN_FB_NODE_MODE_SERVER});
	}
	endpoint_send(
		e, r->id,
		message(&b, 0, GN_FB_OVERLAY_BODY_DELTA,
			gn_fb_delta_make(&b, &(struct gn_fb_delta_args){.to_version = 1000 + round,
									.add = {add, LIST}})),
		true);
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct reflector *r = e->attack->user;
	struct gn_fb_overlay_message m;
	(void)id;
	(void)from;
	if (gn_fb_overlay_message_verify(bytes, &m) == GN_OK &&
	    gn_fb_overlay_message_body_type(m) == GN_FB_OVERLAY_BODY_LINK_OK)
		r->linked = true;
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	if (event->kind == GN_JET_CONNECTED)
		ask_link(e, event->id);
}

static bool linked(struct attack *a)
{
	return ((struct reflector *)a->user)->linked;
}

/* ---- own words ---- */

static void on_greeted(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct reflector *r = e->attack->user;
	(void)from;
	(void)bytes;
	r->answered++;
	(void)!gn_jet_close(e->jet, id, 0, "", e->attack->now);
}

static void greet(struct endpoint *e, const struct gn_jet_event *event)
{
	struct reflector *r = e->attack->user;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_addr addrs[OWN];
	if (event->kind != GN_JET_CONNECTED)
		return;
	for (unsigned i = 0; i < OWN; i++)
		addrs[i] = gn_wire_addr(&r->addrs[i], GN_FB_CARRIER_UDP);
	endpoint_send(e, event->id,
		      message(&b, 1, GN_FB_OVERLAY_BODY_HELLO, hello(&b, e, addrs, OWN)), false);
}

static bool all_greeted(struct attack *a)
{
	return ((struct reflector *)a->user)->answered >= a->count;
}

static uint64_t say_own(struct attack *a, struct reflector *r)
{
	uint64_t sent = 0;
	for (unsigned i = 0; i < OWN; i++)
		sink_open(r);
	for (unsigned i = 0; i < a->count; i++) {
		struct endpoint *e = endpoint_new(a, 5000 + i, NULL);
		e->on_message = on_greeted;
		e->on_event = greet;
		(void)endpoint_dial(e, &a->node);
		(void)run(a, 5 * GN_MSEC, NULL);
	}
	if (!run(a, 10 * GN_SEC, all_greeted))
		fail("%u of %u identities were greeted", r->answered, a->count);
	(void)run(a, 200 * GN_MSEC, NULL);
	for (unsigned i = 0; i < a->endpoint_count; i++)
		sent += a->endpoints[i]->datagram_bytes_out;
	while (a->endpoint_count) /* nobody is there any more */
		endpoint_free(a->endpoints[a->endpoint_count - 1]);
	return sent;
}

/* ---- another's word ---- */

static uint64_t list_others(struct attack *a, struct reflector *r)
{
	for (unsigned i = 0; i < (a->arg && strcmp(a->arg, "one") == 0 ? 1 : LIST); i++)
		sink_open(r);
	struct endpoint *e = endpoint_new(a, 1, NULL);
	e->on_message = on_message;
	e->on_event = on_event;
	r->id = endpoint_dial(e, &a->node);
	if (!run(a, 10 * GN_SEC, linked))
		fail("the node does not link");
	uint64_t before = e->datagram_bytes_out;
	for (unsigned i = 0; i < (a->count ? a->count : 3); i++) {
		lie(a, e, r, i);
		(void)run(a, GN_SEC, NULL);
		sink_read(r);
	}
	return e->datagram_bytes_out - before;
}

int attack_reflector(struct attack *a)
{
	static struct reflector r;
	a->user = &r;
	uint64_t sent = a->arg && strcmp(a->arg, "own") == 0 ? say_own(a, &r) : list_others(a, &r);
	for (gn_time end = a->now + a->life; a->now < end; sink_read(&r))
		(void)run(a, 100 * GN_MSEC, NULL);
	result("\"bytes sent\": %llu, \"bytes to others\": %llu, \"datagrams to others\": %llu, "
	       "\"factor\": %.2f",
	       (unsigned long long)sent, (unsigned long long)r.bytes,
	       (unsigned long long)r.datagrams, sent ? (double)r.bytes / (double)sent : 0);
	for (unsigned i = 0; i < r.sink_count; i++)
		close(r.sinks[i]);
	return 0;
}
