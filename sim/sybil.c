/* Sybils: nodes without an engine that sit nearer to one key than any honest node, link to whom
 * they can, and lie. They have their proof of work and answer all questions in form, so that
 * nothing but what they say is wrong:
 *
 *   FIND, GET   "mine, nothing", and only each other as contacts
 *   PUT         a signed receipt, nothing is kept
 *   PUSH        ACK
 *   DIGEST      "I have all of these"
 *   RELAY       what is said above, in the name of whom it was for; and they list honest nodes as
 *               linked with them, to be asked it
 *
 * Those that keep (--keep) store what is pushed and prove it to holders who ask, but never show
 * it to a reader. */
#include "sim.h"

#include "wire/generated/overlay_fb.h"

#include <stdlib.h>

#define LIST_MAX 10  /* contacts in an answer: one datagram */
#define LINKS_MAX 96 /* in a list of links */

static uint8_t storage[1 << 17];

static void answer(struct sim *s, unsigned a, unsigned b, uint64_t request, struct gn_fbb *f,
		   uint8_t type, gn_fbref body)
{
	struct gn_overlay_message m = {.reliable = true};
	m.to.pk = s->nodes[b].sk.pk;
	gn_fbref root = gn_fb_overlay_message_make(
		f, &(struct gn_fb_overlay_message_args){
			   .request = request, .body_type = type, .body = body});
	gn_err err = gn_fbb_finish(f, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &m.bytes);
	GN_ASSERT(err == GN_OK);
	sim_message(s, a, &m);
}

static gn_fbref hello(const struct sim *s, const struct sim_node *n, struct gn_fbb *f, bool reply)
{
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_fb_addr addr = gn_wire_addr(&n->addr, GN_FB_CARRIER_UDP);
	memcpy(pk.b, n->sk.pk.b, 32);
	memcpy(nonce.b, n->nonce, 8);
	return gn_fb_hello_make(f, &(struct gn_fb_hello_args){.pk = &pk,
							      .nonce = &nonce,
							      .class = 1,
							      .mode = GN_FB_NODE_MODE_SERVER,
							      .addrs = {&addr, 1},
							      .version = 1,
							      .since = gn_unix(s->now) - 86400,
							      .reply = reply});
}

/* The others of us, or those that are none. */
static uint32_t contacts(const struct sim *s, unsigned self, bool honest, struct gn_fbb *f,
			 gn_fbref *out, uint32_t max)
{
	uint32_t n = 0;
	for (unsigned i = 0; i < s->count && n < max; i++) {
		const struct sim_node *x = &s->nodes[i];
		if (i == self || (honest ? !x->server : !x->sybil))
			continue;
		struct gn_fb_key pk;
		struct gn_fb_nonce nonce;
		struct gn_fb_addr addr = gn_wire_addr(&x->addr, GN_FB_CARRIER_UDP);
		memcpy(pk.b, x->sk.pk.b, 32);
		memcpy(nonce.b, x->nonce, 8);
		out[n++] = gn_fb_contact_make(
			f, &(struct gn_fb_contact_args){.pk = &pk,
							.nonce = &nonce,
							.addrs = {&addr, 1},
							.class = 1,
							.mode = GN_FB_NODE_MODE_SERVER});
	}
	return n;
}

static gn_fbref list(const struct sim *s, unsigned self, struct gn_fbb *f)
{
	gn_fbref refs[LINKS_MAX];
	uint32_t n = contacts(s, self, false, f, refs, SIM_NODES_SPARE);
	n += contacts(s, self, true, f, refs + n, LINKS_MAX - n);
	return gn_fb_delta_make(f, &(struct gn_fb_delta_args){.to_version = 1, .add = {refs, n}});
}

static void on_get(struct sim *s, unsigned a, unsigned b, uint64_t request, struct gn_fbb *f,
		   struct gn_fb_get m)
{
	struct gn_hash key;
	gn_fbref refs[LIST_MAX];
	memcpy(key.b, gn_fb_get_key(m).b, 32);
	const struct sim_stored *d = sim_disk_find(&s->nodes[a], &key);
	struct gn_record r;
	if (gn_fb_get_nonce(m) && d &&
	    gn_wire_record_parse(gn_slice(d->bytes, d->len), &r) == GN_OK) {
		struct gn_receipt receipt = sim_receipt(&s->nodes[a], &r);
		struct gn_hash h;
		struct gn_fb_hash proof;
		uint8_t nonce[8];
		gn_put_be64(nonce, gn_fb_get_nonce(m));
		const struct gn_slice parts[] = {gn_str("geonet/stored/1"), gn_slice(nonce, 8),
						 gn_slice(s->nodes[a].id.b, 32), r.bytes};
		gn_sha256(parts, GN_COUNT(parts), &h);
		memcpy(proof.b, h.b, 32);
		gn_fbref ref = gn_wire_receipt_put(f, &receipt);
		answer(s, a, b, request, f, GN_FB_OVERLAY_BODY_ACK,
		       gn_fb_ack_make(f,
				      &(struct gn_fb_ack_args){.receipt = ref, .proof = &proof}));
		return;
	}
	uint32_t n = contacts(s, a, false, f, refs, LIST_MAX);
	answer(s, a, b, request, f, GN_FB_OVERLAY_BODY_NODES,
	       gn_fb_nodes_make(f,
				&(struct gn_fb_nodes_args){.contacts = {refs, n}, .mine = true}));
}

/* The promise is signed; whether it is kept is another matter. */
struct gn_receipt sim_receipt(const struct sim_node *n, const struct gn_record *r)
{
	struct gn_receipt out = {
		.key = r->key, .seq = r->seq, .hash = r->hash, .held_until = r->created + r->ttl};
	memcpy(out.holder.b, n->id.b, 32);
	gn_wire_receipt_sign(&n->sk, &out);
	return out;
}

static void on_record(struct sim *s, unsigned a, unsigned b, uint64_t request, struct gn_fbb *f,
		      struct gn_slice bytes, bool put)
{
	struct gn_record r;
	gn_fbref ref = 0;
	if (gn_wire_record_parse(bytes, &r) != GN_OK)
		return;
	if (s->nodes[a].keeps)
		sim_disk_put(s, &s->nodes[a], &r.key, bytes.p, bytes.len);
	if (put) {
		struct gn_receipt receipt = sim_receipt(&s->nodes[a], &r);
		ref = gn_wire_receipt_put(f, &receipt);
	}
	answer(s, a, b, request, f, GN_FB_OVERLAY_BODY_ACK,
	       gn_fb_ack_make(f, &(struct gn_fb_ack_args){.receipt = ref}));
}

static void on_digest(struct sim *s, unsigned a, unsigned b, uint64_t request, struct gn_fbb *f,
		      struct gn_fb_digest m)
{
	uint64_t keys[64];
	uint32_t n = 0;
	for (uint32_t i = 0;
	     s->nodes[a].keeps && i < gn_fb_digest_held_len(m) && n < GN_COUNT(keys); i++)
		keys[n++] = gn_fb_digest_held_at(m, i).key8;
	answer(s, a, b, request, f, GN_FB_OVERLAY_BODY_WANT,
	       gn_fb_want_make(f, &(struct gn_fb_want_args){.keys = {keys, n}}));
}

static void on_relay(struct sim *s, unsigned a, unsigned b, uint64_t request, struct gn_fb_relay m)
{
	static uint8_t inside[4096];
	struct gn_fbb in = gn_fbb(inside, sizeof inside), f = gn_fbb(storage, sizeof storage);
	gn_fbref refs[LIST_MAX];
	struct gn_slice bytes;
	struct gn_fb_hash target = gn_fb_relay_target(m);
	struct gn_fb_key pk = {{0}};
	struct gn_fb_nonce nonce = {{0}};
	for (unsigned i = 0; i < s->count; i++)
		if (memcmp(s->nodes[i].id.b, target.b, 32) == 0)
			memcpy(pk.b, s->nodes[i].sk.pk.b, 32);
	uint32_t n = contacts(s, a, false, &in, refs, LIST_MAX);
	gn_fbref nodes = gn_fb_nodes_make(
		&in, &(struct gn_fb_nodes_args){.contacts = {refs, n}, .mine = true});
	gn_fbref root = gn_fb_overlay_message_make(
		&in, &(struct gn_fb_overlay_message_args){
			     .request = 1, .body_type = GN_FB_OVERLAY_BODY_NODES, .body = nodes});
	gn_err err = gn_fbb_finish(&in, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes);
	GN_ASSERT(err == GN_OK);
	gn_fbref origin =
		gn_fb_contact_make(&f, &(struct gn_fb_contact_args){.pk = &pk, .nonce = &nonce});
	answer(s, a, b, request, &f, GN_FB_OVERLAY_BODY_RELAY,
	       gn_fb_relay_make(&f, &(struct gn_fb_relay_args){
					    .target = &target, .inner = bytes, .origin = origin}));
}

void sim_sybil_message(struct sim *s, unsigned a, unsigned b, struct gn_slice bytes)
{
	struct gn_fb_overlay_message m;
	struct gn_fbb f = gn_fbb(storage, sizeof storage);
	if (gn_fb_overlay_message_verify(bytes, &m) != GN_OK)
		return;
	uint64_t request = gn_fb_overlay_message_request(m);
	gn_fbref refs[LIST_MAX];
	uint32_t n;
	switch (gn_fb_overlay_message_body_type(m)) {
	case GN_FB_OVERLAY_BODY_HELLO:
		if (request && !gn_fb_hello_reply(gn_fb_overlay_message_body_as_hello(m)))
			answer(s, a, b, request, &f, GN_FB_OVERLAY_BODY_HELLO,
			       hello(s, &s->nodes[a], &f, true));
		break;
	case GN_FB_OVERLAY_BODY_LINK: {
		gn_fbref delta = list(s, a, &f), h = hello(s, &s->nodes[a], &f, false);
		answer(s, a, b, request, &f, GN_FB_OVERLAY_BODY_LINK_OK,
		       gn_fb_link_ok_make(
			       &f, &(struct gn_fb_link_ok_args){.delta = delta,
								.hello = h,
								.kind = GN_FB_LINK_KIND_LEAF}));
		break;
	}
	case GN_FB_OVERLAY_BODY_PING: {
		gn_fbref delta = list(s, a, &f);
		answer(s, a, b, request, &f, GN_FB_OVERLAY_BODY_PONG,
		       gn_fb_pong_make(&f,
				       &(struct gn_fb_pong_args){.delta = delta,
								 .mode = GN_FB_NODE_MODE_SERVER}));
		break;
	}
	case GN_FB_OVERLAY_BODY_FIND:
		n = contacts(s, a, false, &f, refs, LIST_MAX);
		answer(s, a, b, request, &f, GN_FB_OVERLAY_BODY_NODES,
		       gn_fb_nodes_make(&f, &(struct gn_fb_nodes_args){.contacts = {refs, n},
								       .mine = true}));
		break;
	case GN_FB_OVERLAY_BODY_GET:
		on_get(s, a, b, request, &f, gn_fb_overlay_message_body_as_get(m));
		break;
	case GN_FB_OVERLAY_BODY_PUT:
		on_record(s, a, b, request, &f,
			  gn_fb_put_record(gn_fb_overlay_message_body_as_put(m)), true);
		break;
	case GN_FB_OVERLAY_BODY_PUSH:
		if (request)
			on_record(s, a, b, request, &f,
				  gn_fb_push_record(gn_fb_overlay_message_body_as_push(m)), false);
		break;
	case GN_FB_OVERLAY_BODY_RELAY:
		on_relay(s, a, b, request, gn_fb_overlay_message_body_as_relay(m));
		break;
	case GN_FB_OVERLAY_BODY_DIGEST:
		on_digest(s, a, b, request, &f, gn_fb_overlay_message_body_as_digest(m));
		break;
	default: break;
	}
}

/* Nearer to the key than the nearest honest node, by trying nonces. */
static void grind(struct sim *s, struct sim_node *n, uint64_t theta, uint64_t within)
{
	for (uint64_t nonce = gn_rand_u64(&s->rand);; nonce++) {
		gn_put_be64(n->nonce, nonce);
		gn_overlay_id_make(&n->sk.pk, n->nonce, &n->id);
		if (gn_ov_sep(gn_ov_theta(n->id.b), theta) < within &&
		    gn_overlay_id_work(&n->id) >= s->opt.pow_bits)
			return;
	}
}

void sim_sybils_start(struct sim *s, unsigned count, uint64_t theta, bool keep)
{
	unsigned nearest[1];
	(void)sim_nearest(s, theta, nearest, 1);
	uint64_t within = gn_ov_sep(gn_ov_theta(s->nodes[nearest[0]].id.b), theta);
	for (unsigned k = 0; k < count; k++) {
		struct sim_node *n = &s->nodes[sim_node_add(s)];
		grind(s, n, theta, within);
		n->sybil = true;
		n->keeps = keep;
		n->generation++;
	}
	sim_sybils_link(s);
}

/* To every honest node, as a leaf, which is never refused while there is room. */
void sim_sybils_link(struct sim *s)
{
	for (unsigned a = 0; a < s->count; a++)
		for (unsigned b = 0; s->nodes[a].sybil && b < s->count; b++) {
			if (!sim_alive(s, b))
				continue;
			struct gn_fbb f = gn_fbb(storage, sizeof storage);
			gn_fbref h = hello(s, &s->nodes[a], &f, false);
			answer(s, a, b, 1 + b, &f, GN_FB_OVERLAY_BODY_LINK,
			       gn_fb_link_make(
				       &f, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LEAF,
								     .hello = h}));
		}
}

void sim_sybils_stop(struct sim *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->nodes[i].sybil) {
			s->nodes[i].sybil = false;
			s->nodes[i].generation++;
		}
}
