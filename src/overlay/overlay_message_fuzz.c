/* Messages of proven peers into a live, joined engine. Odd first byte: the rest is a message as
 * it is. Even: the rest are the fields of a well-formed message, so that the rules behind the
 * verifier are reached as well. */
#include "overlay/contact_int.h"
#include "overlay/testing/net.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* then a fresh one: an input's effect must not hang on a long past */
#define INPUTS_PER_NETWORK 200

static struct net net;
static unsigned inputs;
static struct net_record stored, newer, foreign;
static struct gn_contact far; /* whom node 1 lists, and nobody else knows */

static void setup(void)
{
	struct gn_sk owner, other;
	if (inputs)
		net_free(&net);
	net_build(&net, 5, 3);
	gn_sk_new(&net.rand, &owner);
	gn_sk_new(&net.rand, &other);
	net_record(&net, &stored, &owner, 16, "x", 1, "stored");
	net_record(&net, &newer, &owner, 16, "x", 2, "newer");
	net_record(&net, &foreign, &other, 16, "x", 1, "somebody else's");
	gn_err err = net_put(&net, 0, &stored, 3);
	GN_ASSERT(err == GN_OK);
	far = net_somebody(9);
	struct gn_ov_link *l =
		gn_ov_contact_get(net.node[0].ov, &net.node[1].cfg.node_key.pk)->link;
	GN_ASSERT(l && l->their_count < GN_OV_DELTA_MAX);
	l->theirs[l->their_count++] = gn_ov_theta(far.id.b);
}

/* It is asked through node 1, whatever became of that before. */
static void know_far(void)
{
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *k =
		gn_ov_contact_hear(ov, &far, NULL, 0, &net.node[1].cfg.node_key.pk, net.now);
	if (!k || k->link)
		return;
	k->refused_until = k->leaf_refused_until = GN_NEVER;
	k->tomb_until = k->dialled = 0;
	k->relay_fails = 0;
	k->up = false;
}

static struct gn_slice some_record(struct gn_reader *r)
{
	switch (gn_read_u8(r) % 4) {
	case 0: return stored.r.bytes;
	case 1: return newer.r.bytes;
	case 2: return foreign.r.bytes;
	default: return gn_read_bytes(r, gn_reader_left(r) / 2);
	}
}

static gn_fbref some_contact(struct gn_fbb *b, struct gn_reader *r)
{
	unsigned who = gn_read_u8(r) % 5;
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_fb_addr addrs[2];
	memset(&pk, (int)who, sizeof pk);
	memset(&nonce, gn_read_u8(r), sizeof nonce);
	if (who < net.count) {
		memcpy(pk.b, net.node[who].cfg.node_key.pk.b, 32);
		memcpy(nonce.b, net.node[who].cfg.nonce, 8);
	}
	for (unsigned i = 0; i < 2; i++) {
		struct gn_addr a = gn_addr_v4(gn_read_u8(r), 0, 0, gn_read_u8(r), gn_read_be16(r));
		addrs[i] = gn_wire_addr(&a, gn_read_u8(r) % 3);
	}
	struct gn_fb_vivaldi v = {.x = (int16_t)gn_read_be16(r),
				  .y = (int16_t)gn_read_be16(r),
				  .h = (int16_t)gn_read_be16(r),
				  .err = 9};
	return gn_fb_contact_make(b,
				  &(struct gn_fb_contact_args){.pk = &pk,
							       .nonce = &nonce,
							       .addrs = {addrs, gn_read_u8(r) % 3u},
							       .vivaldi = &v,
							       .age = gn_read_be16(r),
							       .mode = gn_read_u8(r)});
}

static gn_fbref some_hello(struct gn_fbb *b, struct gn_reader *r, unsigned from)
{
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	memcpy(pk.b, net.node[from].cfg.node_key.pk.b, 32);
	memcpy(nonce.b, net.node[from].cfg.nonce, 8);
	nonce.b[0] ^= gn_read_u8(r) % 2;
	return gn_fb_hello_make(b, &(struct gn_fb_hello_args){.pk = &pk,
							      .nonce = &nonce,
							      .version = GN_OV_VERSION,
							      .mode = gn_read_u8(r),
							      .class = gn_read_u8(r),
							      .reply = gn_read_u8(r) % 2});
}

static gn_fbref some_delta(struct gn_fbb *b, struct gn_reader *r)
{
	gn_fbref add[4];
	uint64_t del[3];
	unsigned adds = gn_read_u8(r) % 5, dels = gn_read_u8(r) % 4;
	for (unsigned i = 0; i < adds; i++)
		add[i] = some_contact(b, r);
	for (unsigned i = 0; i < dels; i++)
		del[i] = i < net.count ? gn_ov_theta(net.node[i].id.b) : gn_read_be64(r);
	return gn_fb_delta_make(b, &(struct gn_fb_delta_args){.from_version = gn_read_u8(r) % 8u,
							      .to_version = gn_read_u8(r),
							      .add = {add, adds},
							      .del = {del, dels}});
}

static gn_fbref some_body(struct gn_fbb *b, struct gn_reader *r, uint8_t type, unsigned from);
static uint64_t some_request(struct gn_reader *r);

/* A question to be passed on, or what it was answered; of the node that is linked, or of far. */
static gn_fbref some_relay(struct gn_fbb *b, struct gn_reader *r, unsigned from)
{
	static const uint8_t kinds[] = {GN_FB_OVERLAY_BODY_FIND,  GN_FB_OVERLAY_BODY_GET,
					GN_FB_OVERLAY_BODY_PUT,   GN_FB_OVERLAY_BODY_NODES,
					GN_FB_OVERLAY_BODY_VALUE, GN_FB_OVERLAY_BODY_STALE,
					GN_FB_OVERLAY_BODY_PING,  GN_FB_OVERLAY_BODY_REFUSED};
	static uint8_t storage[1 << 14];
	struct gn_slice inner = gn_read_bytes(r, gn_read_u8(r) % 8);
	struct gn_fbb in = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash target;
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce = {{0}};
	uint8_t kind = kinds[gn_read_u8(r) % GN_COUNT(kinds)], who = gn_read_u8(r) % 4;
	gn_fbref body = some_body(&in, r, kind, from);
	gn_fbref root = gn_fb_overlay_message_make(
		&in, &(struct gn_fb_overlay_message_args){
			     .request = 1, .body_type = kind, .body = body});
	if (gn_read_u8(r) % 8)
		(void)!gn_fbb_finish(&in, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &inner);
	memcpy(target.b, who < net.count ? net.node[who].id.b : far.id.b, 32);
	memcpy(pk.b, who < net.count ? net.node[who].cfg.node_key.pk.b : far.pk.b, 32);
	gn_fbref origin =
		gn_fb_contact_make(b, &(struct gn_fb_contact_args){.pk = &pk, .nonce = &nonce});
	return gn_fb_relay_make(b,
				&(struct gn_fb_relay_args){.target = &target,
							   .inner = inner.p ? inner : GN_LIT("x"),
							   .hops = gn_read_u8(r) % 4,
							   .origin = origin});
}

static gn_fbref some_body(struct gn_fbb *b, struct gn_reader *r, uint8_t type, unsigned from)
{
	struct gn_fb_hash key;
	gn_fbref contacts[3];
	memcpy(key.b, gn_read_u8(r) % 2 ? stored.r.key.b : foreign.r.key.b, 32);
	unsigned n = gn_read_u8(r) % 4;
	switch (type) {
	case GN_FB_OVERLAY_BODY_HELLO: return some_hello(b, r, from);
	case GN_FB_OVERLAY_BODY_PING:
		return gn_fb_ping_make(b, &(struct gn_fb_ping_args){.list_version = gn_read_u8(r),
								    .mode = gn_read_u8(r),
								    .load = 3});
	case GN_FB_OVERLAY_BODY_PONG: {
		gn_fbref d = some_delta(b, r);
		return gn_fb_pong_make(b, &(struct gn_fb_pong_args){.list_version = gn_read_u8(r),
								    .mode = gn_read_u8(r),
								    .delta = d});
	}
	case GN_FB_OVERLAY_BODY_DELTA: return some_delta(b, r);
	case GN_FB_OVERLAY_BODY_LINK: {
		gn_fbref h = some_hello(b, r, from);
		return gn_fb_link_make(
			b, &(struct gn_fb_link_args){.kind = gn_read_u8(r), .hello = n ? h : 0});
	}
	case GN_FB_OVERLAY_BODY_LINK_OK: {
		gn_fbref h = some_hello(b, r, from), d = some_delta(b, r);
		return gn_fb_link_ok_make(
			b, &(struct gn_fb_link_ok_args){.hello = n ? h : 0, .delta = d});
	}
	case GN_FB_OVERLAY_BODY_UNLINK:
		return gn_fb_unlink_make(b,
					 &(struct gn_fb_unlink_args){.code = gn_read_u8(r) % 20});
	case GN_FB_OVERLAY_BODY_FIND:
		return gn_fb_find_make(b, &(struct gn_fb_find_args){.theta = gn_read_be64(r),
								    .limit = gn_read_u8(r)});
	case GN_FB_OVERLAY_BODY_GET:
		return gn_fb_get_make(b, &(struct gn_fb_get_args){.key = &key,
								  .min_seq = gn_read_u8(r) % 3u,
								  .version = n == 2});
	case GN_FB_OVERLAY_BODY_VALUE:
		return gn_fb_value_make(b, &(struct gn_fb_value_args){.record = some_record(r)});
	case GN_FB_OVERLAY_BODY_PUT:
		return gn_fb_put_make(b, &(struct gn_fb_put_args){.record = some_record(r),
								  .compare = n == 3,
								  .compare_seq = 1});
	case GN_FB_OVERLAY_BODY_PUSH:
		return gn_fb_push_make(b, &(struct gn_fb_push_args){.record = some_record(r)});
	case GN_FB_OVERLAY_BODY_STALE:
		return gn_fb_stale_make(b, &(struct gn_fb_stale_args){.record = some_record(r),
								      .code = gn_read_u8(r) % 20});
	case GN_FB_OVERLAY_BODY_DIGEST: {
		struct gn_fb_key_seq e[2] = {{gn_be64(key.b), gn_read_u8(r) % 3u, gn_read_be64(r)},
					     {gn_read_be64(r), 1, 2}};
		return gn_fb_digest_make(
			b, &(struct gn_fb_digest_args){.held = {e, n % 3}, .count = gn_read_u8(r)});
	}
	case GN_FB_OVERLAY_BODY_WANT: {
		uint64_t keys[2] = {gn_be64(key.b), gn_read_be64(r)};
		return gn_fb_want_make(
			b, &(struct gn_fb_want_args){.keys = {keys, n % 3}, .all = n == 3});
	}
	case GN_FB_OVERLAY_BODY_RELAY: return some_relay(b, r, from);
	case GN_FB_OVERLAY_BODY_REFUSED:
		return gn_fb_refused_make(b, &(struct gn_fb_refused_args){.code = gn_read_u8(r)});
	case GN_FB_OVERLAY_BODY_NOT_MINE:
		for (unsigned i = 0; i < n; i++)
			contacts[i] = some_contact(b, r);
		return gn_fb_not_mine_make(
			b, &(struct gn_fb_not_mine_args){.contacts = {contacts, n}});
	default:
		for (unsigned i = 0; i < n; i++)
			contacts[i] = some_contact(b, r);
		return gn_fb_nodes_make(
			b, &(struct gn_fb_nodes_args){.contacts = {contacts, n}, .mine = n == 1});
	}
}

/* The number of a question that is out, or a made-up one. */
static uint64_t some_request(struct gn_reader *r)
{
	uint8_t pick = gn_read_u8(r);
	const struct gn_map *out = &net.node[0].ov->requests;
	if (pick % 4 == 0 || out->count == 0)
		return pick;
	uint64_t id;
	memcpy(&id, gn_map_key_at(out, pick % out->count), sizeof id);
	return id;
}

static void deliver(unsigned from, struct gn_slice bytes)
{
	static const struct gn_pk nobody = {{77}};
	const struct gn_pk *pk = from < net.count ? &net.node[from].cfg.node_key.pk : &nobody;
	(void)gn_overlay_recv(net.node[0].ov, pk, &net.node[from % net.count].cfg.addrs[0], bytes,
			      net.now);
	net_pump(&net, 0);
}

static void structured(struct gn_reader *r, unsigned from)
{
	static uint8_t storage[1 << 16];
	struct gn_slice bytes;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	uint8_t type = (uint8_t)(1 + gn_read_u8(r) % GN_FB_OVERLAY_BODY_REFUSED);
	gn_fbref body = some_body(&b, r, type, from % net.count);
	if (type == GN_FB_OVERLAY_BODY_LINK_NO || type == GN_FB_OVERLAY_BODY_ACK ||
	    type == GN_FB_OVERLAY_BODY_BUSY)
		type = GN_FB_OVERLAY_BODY_NODES;
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = some_request(r), .body_type = type, .body = body});
	if (gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes) == GN_OK)
		deliver(from, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct gn_hash key;
	gn_op op;
	if (len < 2)
		return 0;
	if (inputs % INPUTS_PER_NETWORK == 0)
		setup();
	inputs++;
	know_far();
	/* Something is out, so that answers are answers. */
	memcpy(key.b, data[1] % 2 ? stored.r.key.b : foreign.r.key.b, 32);
	if (gn_overlay_get(net.node[0].ov, &key, NULL, net.now, &op) == GN_OK)
		net_pump(&net, 0);
	if (data[1] % 4 == 0 &&
	    gn_overlay_put(net.node[0].ov, newer.r.bytes, 3, net.now, &op) == GN_OK)
		net_pump(&net, 0);
	unsigned from = 1 + data[1] / 4 % 3; /* two neighbours and a stranger */
	if (data[0] % 2) {
		deliver(from, gn_slice(data + 2, len - 2));
	} else {
		struct gn_reader r = gn_reader(gn_slice(data + 2, len - 2));
		for (unsigned i = 0; i < 4 && gn_reader_left(&r) > 0; i++)
			structured(&r, from);
	}
	net_run(&net, 20 * GN_MSEC);
	return 0;
}
