/* Messages: contacts go through unchanged, bad ones stay outside and are counted, sizes keep to
 * the datagram, link lists travel as differences, what is not known is answered so. */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/request_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;

static int build(void **state)
{
	(void)state;
	net_build(&net, 21, 3);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static struct gn_contact stranger(uint8_t last, unsigned addrs)
{
	struct gn_sk sk;
	struct gn_contact c = {.class = 1,
			       .load = 9,
			       .mode = GN_FB_NODE_MODE_SERVER,
			       .addr_count = (uint8_t)addrs};
	gn_sk_new(&net.rand, &sk);
	c.pk = sk.pk;
	for (unsigned i = 0; i < addrs; i++)
		c.addrs[i] = gn_addr_v4(20, (uint8_t)i, 2, last, 7000);
	gn_err err = gn_overlay_id_search(&c.pk, NET_POW, 0, 100000, c.nonce);
	GN_ASSERT(err == GN_OK);
	gn_overlay_id_make(&c.pk, c.nonce, &c.id);
	return c;
}

/* The contact as bytes, read back by another engine. */
static bool through(const struct gn_contact *c, const struct gn_ov_coord *coord,
		    const struct gn_addr *teller, struct gn_ov_told *out)
{
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact known = {.c = *c, .coord = *coord, .heard = net.now - 90 * GN_SEC};
	struct gn_fbb b = gn_ov_builder(ov);
	struct gn_slice bytes;
	struct gn_fb_contact t;
	gn_fbref root = gn_ov_put_contact(ov, &b, &known, net.now);
	assert_int_equal(gn_fbb_finish(&b, root, NULL, &bytes), GN_OK);
	assert_int_equal(gn_fb_contact_verify(bytes, &t), GN_OK);
	return gn_ov_get_contact(net.node[1].ov, t, teller, out);
}

static void contacts_go_through_unchanged(void **state)
{
	(void)state;
	struct gn_addr teller = gn_addr_v4(20, 9, 9, 9, 1);
	struct gn_ov_coord coord = {12, -34, 5, 0.25};
	for (unsigned addrs = 1; addrs <= GN_CONTACT_ADDRS; addrs++) {
		struct gn_contact c = stranger(7, addrs);
		struct gn_ov_told told;
		assert_true(through(&c, &coord, &teller, &told));
		assert_memory_equal(told.c.id.b, c.id.b, 32);
		assert_memory_equal(told.c.pk.b, c.pk.b, 32);
		assert_memory_equal(told.c.nonce, c.nonce, 8);
		assert_int_equal(told.c.addr_count, addrs);
		for (unsigned i = 0; i < addrs; i++)
			assert_true(gn_addr_eq(&told.c.addrs[i], &c.addrs[i]));
		assert_int_equal(told.c.load, 9);
		assert_int_equal(told.c.mode, GN_FB_NODE_MODE_SERVER);
		assert_true(told.coord.x == 12 && told.coord.y == -34 && told.coord.h == 5);
		assert_true(told.age == 90 * GN_SEC);
	}
}

static void contacts_without_work_or_address_stay_outside(void **state)
{
	(void)state;
	struct gn_addr far = gn_addr_v4(20, 9, 9, 9, 1), near = gn_addr_v4(127, 0, 0, 1, 1);
	struct gn_ov_coord coord = {0, 0, 1, 1};
	struct gn_ov_told told;
	struct gn_contact c = stranger(7, 1);
	struct gn_node_id id;
	uint64_t before = net_counter(&net, 1, "pow_refused");
	do {
		c.nonce[0]++;
		gn_overlay_id_make(&c.pk, c.nonce, &id);
	} while (gn_overlay_id_work(&id) >= NET_POW);
	assert_false(through(&c, &coord, &far, &told));
	assert_int_equal(net_counter(&net, 1, "pow_refused"), before + 1);
	c = stranger(8, 1);
	c.addrs[0] = gn_addr_v4(127, 0, 0, 1, 7000); /* loopback is worth nothing from afar */
	uint64_t refused = net_counter(&net, 1, "address_refused");
	assert_false(through(&c, &coord, &far, &told));
	assert_int_equal(net_counter(&net, 1, "address_refused"), refused + 1);
	assert_true(through(&c, &coord, &near, &told));
	assert_int_equal(net_counter(&net, 1, "address_refused"), refused + 1);
	c.addrs[0] = gn_addr_v4(20, 1, 1, 1, 0);
	assert_false(through(&c, &coord, &far, &told));
	c.addrs[0] = gn_addr_v4(0, 0, 0, 0, 5);
	assert_false(through(&c, &coord, &far, &told));
}

/* Sends a message of node 0 to node 1 at once; the error of recv. */
static gn_err give(uint8_t type, gn_fbref body, struct gn_fbb *b, uint64_t request)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = request, .body_type = type, .body = body});
	gn_err err = gn_fbb_finish(b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes);
	GN_ASSERT(err == GN_OK);
	err = gn_overlay_recv(net.node[1].ov, &net.node[0].cfg.node_key.pk,
			      &net.node[0].cfg.addrs[0], bytes, net.now);
	gn_overlay_validate(net.node[1].ov);
	return err;
}

static void nodes_fit_one_datagram(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[1].ov;
	for (unsigned i = 0; i < 60; i++) {
		struct gn_contact c = stranger((uint8_t)i, 1 + i % 4);
		struct gn_ov_contact *k = gn_ov_contact_hear(ov, &c, NULL, 0, NULL, net.now);
		assert_non_null(k);
		gn_ov_contact_alive(ov, k, net.now); /* else it would not be passed on */
	}
	static uint8_t storage[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_find_make(&b, &(struct gn_fb_find_args){.theta = 5, .limit = 255});
	struct gn_overlay_message m;
	while (gn_overlay_next_message(ov, &m))
		;
	assert_int_equal(give(GN_FB_OVERLAY_BODY_FIND, body, &b, 9), GN_OK);
	assert_true(gn_overlay_next_message(ov, &m));
	struct gn_fb_overlay_message answer;
	assert_true(m.bytes.len <= GN_OV_DATAGRAM_MAX && !m.reliable);
	assert_int_equal(gn_fb_overlay_message_verify(m.bytes, &answer), GN_OK);
	assert_int_equal(gn_fb_overlay_message_request(answer), 9);
	uint32_t n = gn_fb_nodes_contacts_len(gn_fb_overlay_message_body_as_nodes(answer));
	assert_true(n >= 6 && n <= GN_OV_REPLY_CONTACTS);
}

static void what_is_not_known_is_answered_so(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[1].ov;
	struct gn_overlay_message m;
	static uint8_t storage[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash h = {{1}};
	uint8_t inner[3] = {1, 2, 3};
	while (gn_overlay_next_message(ov, &m))
		;
	gn_fbref body = gn_fb_relay_make(
		&b, &(struct gn_fb_relay_args){.target = &h, .inner = GN_SLICE(inner)});
	uint64_t unknown = net_counter(&net, 1, "messages_unknown");
	ov->cfg.relay_off = true; /* as nodes before it */
	assert_int_equal(give(GN_FB_OVERLAY_BODY_RELAY, body, &b, 5), GN_UNSUPPORTED);
	ov->cfg.relay_off = false;
	assert_int_equal(net_counter(&net, 1, "messages_unknown"), unknown + 1);
	assert_true(gn_overlay_next_message(ov, &m));
	struct gn_fb_overlay_message answer;
	assert_int_equal(gn_fb_overlay_message_verify(m.bytes, &answer), GN_OK);
	assert_int_equal(gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(answer)),
			 GN_FB_CODE_UNSUPPORTED);
	uint64_t before = net_counter(&net, 1, "messages_malformed");
	uint8_t junk[40] = {9};
	for (size_t n = 0; n <= sizeof junk; n++)
		assert_int_equal(gn_overlay_recv(ov, &net.node[0].cfg.node_key.pk,
						 &net.node[0].cfg.addrs[0], gn_slice(junk, n),
						 net.now),
				 GN_MALFORMED);
	assert_int_equal(net_counter(&net, 1, "messages_malformed"), before + sizeof junk + 1);
}

static void answers_to_nothing_move_a_counter_only(void **state)
{
	(void)state;
	static uint8_t storage[4096];
	uint64_t before = net_counter(&net, 1, "answers_unasked");
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_pong_make(&b, &(struct gn_fb_pong_args){.list_version = 4});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_PONG, body, &b, 12345), GN_OK);
	b = gn_fbb(storage, sizeof storage);
	body = gn_fb_nodes_make(&b, &(struct gn_fb_nodes_args){.mine = true});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_NODES, body, &b, 54321), GN_OK);
	b = gn_fbb(storage, sizeof storage);
	body = gn_fb_want_make(&b, &(struct gn_fb_want_args){.all = true});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_WANT, body, &b, 0), GN_OK);
	b = gn_fbb(storage, sizeof storage);
	body = gn_fb_relay_make(&b, &(struct gn_fb_relay_args){.target = &(struct gn_fb_hash){{1}},
							       .inner = gn_str("x")});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_RELAY, body, &b, 7), GN_OK);
	assert_int_equal(net_counter(&net, 1, "answers_unasked"), before + 4);
	assert_int_equal(gn_overlay_caused(net.node[1].ov).unasked, 4); /* and cost who gave them */
}

static gn_fbref empty_answer(struct gn_fbb *b, uint8_t kind)
{
	static const uint8_t nothing[1];
	switch (kind) {
	case GN_FB_OVERLAY_BODY_HELLO: return gn_ov_put_hello(net.node[0].ov, b, true);
	case GN_FB_OVERLAY_BODY_PONG:
		return gn_fb_pong_make(b, &(struct gn_fb_pong_args){.list_version = 1});
	case GN_FB_OVERLAY_BODY_LINK_OK:
		return gn_fb_link_ok_make(b, &(struct gn_fb_link_ok_args){.list_version = 1});
	case GN_FB_OVERLAY_BODY_LINK_NO:
		return gn_fb_link_no_make(b, &(struct gn_fb_link_no_args){.wait = 1});
	case GN_FB_OVERLAY_BODY_NODES:
		return gn_fb_nodes_make(b, &(struct gn_fb_nodes_args){.mine = true});
	case GN_FB_OVERLAY_BODY_VALUE:
		return gn_fb_value_make(b, &(struct gn_fb_value_args){.record = GN_SLICE(nothing)});
	case GN_FB_OVERLAY_BODY_ACK:
		return gn_fb_ack_make(b, &(struct gn_fb_ack_args){.leaf_digest = 1});
	case GN_FB_OVERLAY_BODY_STALE:
		return gn_fb_stale_make(b, &(struct gn_fb_stale_args){.record = GN_SLICE(nothing)});
	case GN_FB_OVERLAY_BODY_NOT_MINE:
		return gn_fb_not_mine_make(b, &(struct gn_fb_not_mine_args){.leaf_digest = 1});
	case GN_FB_OVERLAY_BODY_WANT:
		return gn_fb_want_make(b, &(struct gn_fb_want_args){.all = false});
	case GN_FB_OVERLAY_BODY_BUSY: return gn_fb_busy_make(b, &(struct gn_fb_busy_args){0});
	default:
		return gn_fb_refused_make(b, &(struct gn_fb_refused_args){.code = GN_FB_CODE_BUSY});
	}
}

#define KIND(name) (1u << GN_FB_OVERLAY_BODY_##name)
#define NO (KIND(BUSY) | KIND(REFUSED))

/* OV-10: an answer is one of the kinds that answer what was asked, and one is all there is; any
 * other costs, and the question waits on. */
static void what_is_asked_is_answered_by_its_kinds_once(void **state)
{
	(void)state;
	static const struct {
		uint8_t asked;
		bool prove;
		uint32_t answers;
	} of[] = {
		{GN_FB_OVERLAY_BODY_HELLO, false, KIND(HELLO) | NO},
		{GN_FB_OVERLAY_BODY_PING, false, KIND(PONG)},
		{GN_FB_OVERLAY_BODY_LINK, false, KIND(LINK_OK) | KIND(LINK_NO)},
		{GN_FB_OVERLAY_BODY_FIND, false, KIND(NODES) | NO},
		{GN_FB_OVERLAY_BODY_GET, false, KIND(NODES) | KIND(VALUE) | NO},
		{GN_FB_OVERLAY_BODY_GET, true, KIND(NODES) | KIND(VALUE) | KIND(ACK) | NO},
		{GN_FB_OVERLAY_BODY_PUT, false, KIND(ACK) | KIND(STALE) | KIND(NOT_MINE) | NO},
		{GN_FB_OVERLAY_BODY_PUSH, false, KIND(ACK) | KIND(STALE) | NO},
		{GN_FB_OVERLAY_BODY_DIGEST, false, KIND(WANT) | NO},
	};
	const uint32_t all = KIND(HELLO) | KIND(PONG) | KIND(LINK_OK) | KIND(LINK_NO) |
			     KIND(NODES) | KIND(VALUE) | KIND(ACK) | KIND(STALE) | KIND(NOT_MINE) |
			     KIND(WANT) | NO;
	static uint8_t storage[4096];
	struct gn_overlay *ov = net.node[1].ov;
	const struct gn_contact *to = &gn_ov_contact_get(ov, &net.node[0].cfg.node_key.pk)->c;
	(void)gn_overlay_caused(ov);
	for (unsigned i = 0; i < GN_COUNT(of); i++)
		for (uint8_t kind = 1; kind < 32; kind++) {
			if (!(all >> kind & 1))
				continue;
			struct gn_ov_request *r = gn_ov_request_new(ov, of[i].asked, to, net.now);
			assert_non_null(r);
			r->prove = of[i].prove;
			uint64_t id = r->id;
			bool right = of[i].answers >> kind & 1;
			for (unsigned again = 0; again < 2; again++) {
				struct gn_fbb b = gn_fbb(storage, sizeof storage);
				gn_fbref body = empty_answer(&b, kind);
				assert_int_equal(give(kind, body, &b, id), GN_OK);
				assert_int_equal(gn_overlay_caused(ov).unasked, !right || again);
				assert_int_equal(gn_ov_request_get(ov, id) == NULL, right);
			}
			if (!right)
				gn_ov_request_free(ov, gn_ov_request_get(ov, id));
		}
}

/* Of what a linked peer says is gone only what it had listed is looked at. */
static void a_peer_forgets_only_what_it_listed(void **state)
{
	(void)state;
	static uint8_t storage[4096];
	struct gn_overlay *ov = net.node[1].ov;
	struct gn_contact c = stranger(90, 1);
	struct gn_ov_contact *k =
		gn_ov_contact_hear(ov, &c, NULL, 0, &net.node[2].cfg.node_key.pk, net.now);
	const struct gn_ov_contact *peer = gn_ov_contact_get(ov, &net.node[0].cfg.node_key.pk);
	assert_true(k && peer && peer->link);
	gn_time heard = k->heard;
	gn_ov_contact_bury(ov, k, net.now); /* or it would be linked with at once */
	peer->link->their_version = 7;      /* not the beginning: then the list is told whole */
	for (unsigned listed = 0; listed < 2; listed++) {
		uint64_t theta = k->theta;
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		if (listed)
			peer->link->theirs[peer->link->their_count++] = theta;
		gn_fbref body = gn_fb_delta_make(
			&b, &(struct gn_fb_delta_args){.from_version = peer->link->their_version,
						       .to_version = peer->link->their_version + 1,
						       .del = {&theta, 1}});
		assert_int_equal(give(GN_FB_OVERLAY_BODY_DELTA, body, &b, 0), GN_OK);
		assert_int_equal(k->heard < heard, listed);
	}
}

/* What node 1 answers to such a GET of node 0, from its outputs; *said: of a version, its hash. */
static uint8_t answer_to(struct gn_fb_get_args get, const struct gn_hash *key, struct gn_hash *said)
{
	static uint8_t storage[512];
	struct gn_overlay *ov = net.node[1].ov;
	struct gn_overlay_store s;
	struct gn_overlay_message m;
	struct gn_fb_overlay_message answer;
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash k;
	memcpy(k.b, key->b, sizeof k.b);
	net_pump(&net, 1);
	get.key = &k;
	gn_fbref body = gn_fb_get_make(&b, &get);
	assert_int_equal(give(GN_FB_OVERLAY_BODY_GET, body, &b, 77), GN_OK);
	while (gn_overlay_next_store(ov, &s))
		net_store(&net, 1, &s);
	while (gn_overlay_next_message(ov, &m)) {
		assert_int_equal(gn_fb_overlay_message_verify(m.bytes, &answer), GN_OK);
		if (gn_fb_overlay_message_request(answer) != 77)
			continue;
		uint8_t type = gn_fb_overlay_message_body_type(answer);
		if (type == GN_FB_OVERLAY_BODY_RECORD_VERSION) {
			k = gn_fb_record_version_hash(
				gn_fb_overlay_message_body_as_record_version(answer));
			memcpy(said->b, k.b, sizeof said->b);
		}
		return type;
	}
	return GN_FB_OVERLAY_BODY_NONE;
}

static uint8_t answer_to_get(const struct gn_hash *key, uint64_t nonce)
{
	struct gn_hash said;
	return answer_to((struct gn_fb_get_args){.nonce = nonce}, key, &said);
}

/* OV-50: who asks which version is held gets that, and nobody reads a disk for it. */
static void a_version_is_said_without_the_record(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk owner;
	struct gn_hash said = {{0}};
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 256, "held", 7, "x");
	assert_int_equal(net_put(&net, 1, &r, 2), GN_OK);
	net.dead_disk = 1 + 1;
	assert_int_equal(
		answer_to((struct gn_fb_get_args){.version = true, .min_seq = 7}, &r.r.key, &said),
		GN_FB_OVERLAY_BODY_RECORD_VERSION);
	assert_true(gn_hash_eq(&said, &r.r.hash));
	net.dead_disk = 0;
	assert_int_equal(
		answer_to((struct gn_fb_get_args){.version = true, .min_seq = 8}, &r.r.key, &said),
		GN_FB_OVERLAY_BODY_NODES);
	/* a proof was asked for */
	assert_int_equal(
		answer_to((struct gn_fb_get_args){.version = true, .nonce = 9}, &r.r.key, &said),
		GN_FB_OVERLAY_BODY_ACK);
	(void)gn_overlay_caused(net.node[1].ov);
}

/* OV-61: a disk that cannot give a record now does not make it one that is not here. NO-18: a
 * proof costs what reading the record does. */
static void a_busy_disk_hides_nothing_and_a_proof_costs(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk owner;
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 256, "busy", 1, "x");
	assert_int_equal(net_put(&net, 1, &r, 2), GN_OK);
	(void)gn_overlay_caused(net.node[1].ov);
	assert_int_equal(answer_to_get(&r.r.key, 0), GN_FB_OVERLAY_BODY_VALUE);
	assert_int_equal(gn_overlay_caused(net.node[1].ov).records, 0);
	assert_int_equal(answer_to_get(&r.r.key, 7), GN_FB_OVERLAY_BODY_ACK);
	struct gn_overlay_caused caused = gn_overlay_caused(net.node[1].ov);
	assert_true(caused.records == 1 && caused.bytes == r.r.bytes.len);
	net.dead_disk = 1 + 1;
	assert_int_equal(answer_to_get(&r.r.key, 0), GN_FB_OVERLAY_BODY_REFUSED);
	net.dead_disk = 0;
	assert_int_equal(answer_to_get(&r.r.key, 0), GN_FB_OVERLAY_BODY_VALUE);
}

static void a_hello_for_another_key_or_version_is_refused(void **state)
{
	(void)state;
	static uint8_t storage[4096];
	struct gn_contact c = stranger(1, 1);
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	uint64_t refused = net_counter(&net, 1, "messages_refused"),
		 version = net_counter(&net, 1, "version_refused");
	memcpy(pk.b, c.pk.b, 32);
	memcpy(nonce.b, c.nonce, 8);
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_hello_make(
		&b,
		&(struct gn_fb_hello_args){.pk = &pk, .nonce = &nonce, .version = GN_OV_VERSION});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_HELLO, body, &b, 1), GN_OK);
	assert_int_equal(net_counter(&net, 1, "messages_refused"), refused + 1);
	memcpy(pk.b, net.node[0].cfg.node_key.pk.b, 32);
	memcpy(nonce.b, net.node[0].cfg.nonce, 8);
	b = gn_fbb(storage, sizeof storage);
	body = gn_fb_hello_make(&b, &(struct gn_fb_hello_args){.pk = &pk,
							       .nonce = &nonce,
							       .version = GN_OV_VERSION + 1});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_HELLO, body, &b, 1), GN_OK);
	assert_int_equal(net_counter(&net, 1, "version_refused"), version + 1);
}

static struct gn_ov_link *link_between(unsigned a, unsigned b)
{
	struct gn_ov_contact *c = gn_ov_contact_get(net.node[a].ov, &net.node[b].cfg.node_key.pk);
	assert_non_null(c);
	assert_non_null(c->link);
	return c->link;
}

static void link_lists_are_known_on_both_sides(void **state)
{
	(void)state;
	net_run(&net, 200 * GN_SEC);
	for (unsigned a = 0; a < 3; a++)
		for (unsigned b = 0; b < 3; b++) {
			if (a == b)
				continue;
			const struct gn_ov_link *here = link_between(a, b),
						*there = link_between(b, a);
			assert_int_equal(here->their_version, net.node[b].ov->list_version);
			/* the third: nobody is told of itself */
			assert_int_equal(here->their_count, 1);
			assert_true(there->pending_version == net.node[b].ov->list_version);
		}
	unsigned d = net_add(&net); /* a newcomer travels as a difference */
	net_start(&net, d);
	net_run(&net, 200 * GN_SEC);
	for (unsigned a = 0; a < 4; a++)
		for (unsigned b = 0; b < 4; b++)
			if (a != b)
				assert_int_equal(link_between(a, b)->their_count, 2);
	net_stop(&net, d);
	net_run(&net, 400 * GN_SEC);
	for (unsigned a = 0; a < 3; a++)
		for (unsigned b = 0; b < 3; b++)
			if (a != b)
				assert_int_equal(link_between(a, b)->their_count, 1);
}

static uint64_t give_sum(uint64_t request)
{
	static uint8_t storage[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_digest_make(
		&b, &(struct gn_fb_digest_args){.to = UINT64_MAX, .count = 1, .sum = 7});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_DIGEST, body, &b, request), GN_OK);
	return net_counter(&net, 1, "digest_wanted");
}

static void link_anew(void)
{
	static uint8_t storage[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body =
		gn_fb_unlink_make(&b, &(struct gn_fb_unlink_args){.code = GN_FB_CODE_NOT_FOUND});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_UNLINK, body, &b, 0), GN_OK);
	b = gn_fbb(storage, sizeof storage);
	gn_fbref hello = gn_ov_put_hello(net.node[0].ov, &b, false);
	body = gn_fb_link_make(
		&b, &(struct gn_fb_link_args){.kind = GN_FB_LINK_KIND_LEAF, .hello = hello});
	assert_int_equal(give(GN_FB_OVERLAY_BODY_LINK, body, &b, 4711), GN_OK);
}

/* OV-70: walking all records for a peer is not free again because its link is a new one; nor are
 * links. */
static void what_links_cost_is_counted_for_the_peer(void **state)
{
	(void)state;
	net_run(&net, 60 * GN_SEC);
	uint64_t before = net_counter(&net, 1, "digest_wanted");
	assert_int_equal(give_sum(1), before + 1);
	for (unsigned i = 0; i < GN_OV_FLIPS; i++) {
		link_anew();
		assert_int_equal(give_sum(2 + i), before + 1);
	}
	assert_int_equal(net_counter(&net, 1, "links_refused"), 0);
	link_anew();
	assert_int_equal(net_counter(&net, 1, "links_refused"), 1);
	net_run(&net, 2 * GN_OV_SUM_EVERY);
	link_between(1, 0);
	assert_int_equal(give_sum(99), before + 2);
}

/* OV-71: who offers old versions gets the newer ones, but not more at once than its share. */
static void pushes_that_wait_are_counted_for_whom_they_are_to(void **state)
{
	(void)state;
	static struct net_record r[GN_OV_DIGEST_KEYS];
	struct gn_fb_key_seq old[GN_OV_DIGEST_KEYS];
	struct gn_sk owner;
	gn_sk_new(&net.rand, &owner);
	for (unsigned i = 0; i < GN_OV_DIGEST_KEYS; i++) {
		char label[8];
		snprintf(label, sizeof label, "%u", i);
		net_record(&net, &r[i], &owner, 16, label, 5, "newer");
		assert_int_equal(net_put(&net, 1, &r[i], 2), GN_OK);
		old[i] = (struct gn_fb_key_seq){gn_be64(r[i].r.key.b), 4, 1};
	}
	uint64_t pushes = net_counter(&net, 1, "pushes");
	for (unsigned i = 0; i < 50; i++) {
		static uint8_t storage[4096];
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		gn_fbref body = gn_fb_digest_make(
			&b, &(struct gn_fb_digest_args){.to = UINT64_MAX,
							.held = {old, GN_OV_DIGEST_KEYS}});
		assert_int_equal(give(GN_FB_OVERLAY_BODY_DIGEST, body, &b, 500 + i), GN_OK);
	}
	struct gn_holder him = {net.node[0].cfg.node_key.pk, net.node[0].cfg.addrs[0]};
	struct gn_holder other = {net.node[2].cfg.node_key.pk, net.node[2].cfg.addrs[0]};
	struct gn_overlay *ov = net.node[1].ov;
	uint64_t most = GN_OV_REQUESTS_OTHERS / GN_OV_REQUEST_KEY_PART;
	assert_true(ov->pushes.count > 0 && gn_share_held(&ov->request_places, &him).key <= most);
	assert_true(net_counter(&net, 1, "pushes_full") > 0);
	struct gn_overlay_caused caused = gn_overlay_caused(ov); /* what that costs is told */
	assert_int_equal(caused.records,
			 50 * GN_OV_DIGEST_KEYS - net_counter(&net, 1, "pushes_full"));
	assert_true(caused.bytes >= caused.records * r[0].r.bytes.len &&
		    caused.bytes < caused.records * (r[0].r.bytes.len + 16));
	caused = gn_overlay_caused(ov);
	assert_int_equal(caused.records + caused.bytes + caused.unasked, 0);
	assert_int_equal(gn_share_ask(&ov->request_places, &other, most), GN_OK);
	net_run(&net, 120 * GN_SEC);
	assert_true(net_counter(&net, 1, "pushes") - pushes >= GN_OV_DIGEST_KEYS);
	assert_int_equal(gn_share_held(&ov->request_places, &him).key, 0);
}

static void pings_are_small(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_overlay_message m;
	while (gn_overlay_next_message(ov, &m))
		;
	gn_ov_link_probe(ov, link_between(0, 1), net.now);
	assert_true(gn_overlay_next_message(ov, &m));
	assert_true(m.bytes.len <= 96);
	net_run(&net, GN_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contacts_go_through_unchanged),
		cmocka_unit_test(contacts_without_work_or_address_stay_outside),
		cmocka_unit_test(what_is_not_known_is_answered_so),
		cmocka_unit_test(answers_to_nothing_move_a_counter_only),
		cmocka_unit_test(what_is_asked_is_answered_by_its_kinds_once),
		cmocka_unit_test(a_peer_forgets_only_what_it_listed),
		cmocka_unit_test(a_busy_disk_hides_nothing_and_a_proof_costs),
		cmocka_unit_test(a_version_is_said_without_the_record),
		cmocka_unit_test(a_hello_for_another_key_or_version_is_refused),
		cmocka_unit_test(link_lists_are_known_on_both_sides),
		cmocka_unit_test(pings_are_small),
		cmocka_unit_test(what_links_cost_is_counted_for_the_peer),
		cmocka_unit_test(pushes_that_wait_are_counted_for_whom_they_are_to),
		cmocka_unit_test(nodes_fit_one_datagram),
	};
	return cmocka_run_group_tests(tests, build, take_down);
}
