/* RELAY by hand: one engine, and peers that are linked with it and ask it what they like. What is
 * passed on for whom, at each limit and one past it (RE-48). */
#include "overlay/testing/relay_hand.h"

/* A question of the kind; long: with zeros behind it up to so many bytes. */
static struct gn_slice question(uint8_t kind, size_t len)
{
	static uint8_t storage[4096], padded[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash h = {{9}};
	struct gn_slice out;
	gn_fbref body;
	switch (kind) {
	case GN_FB_OVERLAY_BODY_FIND:
		body = gn_fb_find_make(
			&b, &(struct gn_fb_find_args){.theta = 77, .target = &h, .limit = 3});
		break;
	case GN_FB_OVERLAY_BODY_GET:
		body = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &h, .min_seq = 5});
		break;
	case GN_FB_OVERLAY_BODY_PUT:
		body = gn_fb_put_make(&b, &(struct gn_fb_put_args){.record = gn_str("record"),
								   .compare = true,
								   .compare_seq = 4});
		break;
	case GN_FB_OVERLAY_BODY_PUSH:
		body = gn_fb_push_make(&b, &(struct gn_fb_push_args){.record = gn_str("record")});
		break;
	case GN_FB_OVERLAY_BODY_RELAY:
		body = gn_fb_relay_make(&b, &(struct gn_fb_relay_args){
						    .target = &h, .inner = gn_str("x"), .hops = 1});
		break;
	default: body = gn_fb_ping_make(&b, &(struct gn_fb_ping_args){.load = 1});
	}
	out = message(&b, 1, kind, body);
	if (out.len >= len)
		return out;
	memset(padded, 0, sizeof padded);
	memcpy(padded, out.p, out.len);
	return gn_slice(padded, len);
}

static void relay_to(const struct gn_ov_contact *asker, const uint8_t target[32],
		     struct gn_slice inner, uint8_t hops, uint64_t request)
{
	static uint8_t storage[8192];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash h;
	memcpy(h.b, target, 32);
	gn_fbref body = gn_fb_relay_make(
		&b, &(struct gn_fb_relay_args){.target = &h, .inner = inner, .hops = hops});
	hear(asker, message(&b, request, GN_FB_OVERLAY_BODY_RELAY, body));
}

/* Is it passed on as a question of this kind to `to`? One message at most comes of it. */
static bool passes(const struct gn_ov_contact *asker, const struct gn_ov_contact *to, uint8_t kind)
{
	relay_to(asker, to->c.id.b, question(kind, 0), 1, 41);
	assert_int_equal(look(0), 1);
	if (said.kind == kind) {
		assert_true(gn_pk_eq(&said.to.pk, &to->c.pk));
		return true;
	}
	assert_int_equal(said.kind, GN_FB_OVERLAY_BODY_REFUSED);
	assert_true(gn_pk_eq(&said.to.pk, &asker->c.pk) && said.request == 41);
	return false;
}

static uint8_t code(void)
{
	assert_int_equal(said.kind, GN_FB_OVERLAY_BODY_REFUSED);
	return gn_fb_refused_code(gn_fb_overlay_message_body_as_refused(said.m));
}

static void a_question_is_passed_on_as_our_own_and_its_answer_back(void **state)
{
	(void)state;
	struct gn_ov_contact *asker = peer(1), *to = peer(2);
	(void)look(0);
	assert_true(passes(asker, to, GN_FB_OVERLAY_BODY_GET));
	struct gn_fb_get get = gn_fb_overlay_message_body_as_get(said.m);
	assert_int_equal(gn_fb_get_key(get).b[0], 9);
	assert_int_equal(gn_fb_get_min_seq(get), 5);
	assert_true(passes(asker, to, GN_FB_OVERLAY_BODY_PUT));
	struct gn_fb_put put = gn_fb_overlay_message_body_as_put(said.m);
	assert_true(gn_slice_eq(gn_fb_put_record(put), gn_str("record")));
	assert_true(gn_fb_put_compare(put) && gn_fb_put_compare_seq(put) == 4);
	assert_true(passes(asker, to, GN_FB_OVERLAY_BODY_FIND));
	struct gn_fb_find find = gn_fb_overlay_message_body_as_find(said.m);
	assert_int_equal(gn_fb_find_theta(find), 77);
	assert_int_equal(gn_fb_find_limit(find), 3);
	assert_true(said.request != 1 && said.request != 41); /* its number is ours */

	uint8_t storage[512];
	for (unsigned twice = 0; twice < 2; twice++) {
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		gn_fbref body = gn_fb_nodes_make(&b, &(struct gn_fb_nodes_args){.mine = true});
		uint64_t unasked = net_counter(&net, 0, "answers_unasked");
		struct gn_slice answer = message(&b, said.request, GN_FB_OVERLAY_BODY_NODES, body);
		hear(to, answer);
		assert_int_equal(net_counter(&net, 0, "answers_unasked"), unasked + twice);
		uint64_t number = said.request;
		assert_int_equal(look(0), 1 - twice);
		if (twice)
			break;
		assert_int_equal(said.kind, GN_FB_OVERLAY_BODY_RELAY);
		assert_true(gn_pk_eq(&said.to.pk, &asker->c.pk) && said.request == 41);
		struct gn_fb_relay x = gn_fb_overlay_message_body_as_relay(said.m);
		assert_int_equal(gn_fb_relay_hops(x), 0);
		assert_true(gn_slice_eq(gn_fb_relay_inner(x), answer));
		assert_memory_equal(gn_fb_contact_pk(gn_fb_relay_origin(x)).b, to->c.pk.b, 32);
		said.request = number;
	}
	assert_int_equal(net_counter(&net, 0, "relays"), 3);
}

static void what_is_none_of_these_is_not_passed_on(void **state)
{
	(void)state;
	struct gn_ov_contact *asker = peer(1), *to = peer(2), *stranger = net_prove(&net, 3);
	static const uint8_t others[] = {GN_FB_OVERLAY_BODY_PUSH, GN_FB_OVERLAY_BODY_PING,
					 GN_FB_OVERLAY_BODY_RELAY};
	(void)look(0);
	stranger->up = true;
	assert_false(passes(stranger, to, GN_FB_OVERLAY_BODY_GET));
	assert_int_equal(code(), GN_FB_CODE_DENIED);
	for (unsigned i = 0; i < GN_COUNT(others); i++) {
		assert_false(passes(asker, to, others[i]));
		assert_int_equal(code(), GN_FB_CODE_DENIED);
	}
	/* a proof is for who is linked itself */
	static uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash h = {{9}};
	gn_fbref get = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &h, .nonce = 1});
	relay_to(asker, to->c.id.b, message(&b, 1, GN_FB_OVERLAY_BODY_GET, get), 1, 41);
	assert_int_equal(look(0), 1);
	assert_int_equal(code(), GN_FB_CODE_DENIED);
	relay_to(asker, to->c.id.b, gn_str("junk"), 1, 41);
	assert_int_equal(look(0), 1);
	assert_int_equal(code(), GN_FB_CODE_DENIED);
	relay_to(asker, to->c.id.b, question(GN_FB_OVERLAY_BODY_GET, 0), 1, 0); /* no number */
	assert_int_equal(look(0), 0);
	relay_to(asker, to->c.id.b, question(GN_FB_OVERLAY_BODY_GET, 0), GN_OV_RELAY_HOPS + 1, 41);
	assert_int_equal(look(0), 1);
	assert_int_equal(code(), GN_FB_CODE_DENIED);
	/* 900 bytes, and one more */
	for (unsigned past = 0; past < 2; past++) {
		relay_to(asker, to->c.id.b,
			 question(GN_FB_OVERLAY_BODY_GET, GN_OV_RELAY_INNER + past), 1, 41);
		assert_int_equal(look(0), 1);
		assert_int_equal(said.kind == GN_FB_OVERLAY_BODY_GET, !past);
	}
	gn_overlay_reach(ov, GN_OVERLAY_REACH_EASY, 0, net.now); /* a client's line is its own */
	(void)look(0);
	assert_false(passes(asker, to, GN_FB_OVERLAY_BODY_GET));
	assert_int_equal(code(), GN_FB_CODE_DENIED);
}

static void only_to_linked_peers_that_are_alive_and_never_back(void **state)
{
	(void)state;
	struct gn_ov_contact *asker = peer(1), *to = peer(2), *third = peer(3);
	struct gn_ov_contact *far = net_prove(&net, 4);
	const struct gn_slice get = question(GN_FB_OVERLAY_BODY_GET, 0);
	(void)look(0);
	assert_false(passes(asker, asker, GN_FB_OVERLAY_BODY_GET));
	assert_int_equal(code(), GN_FB_CODE_NOT_FOUND);
	to->link->miss = 1;
	assert_false(passes(asker, to, GN_FB_OVERLAY_BODY_GET));
	to->link->miss = 0;
	to->up = false;
	assert_false(passes(asker, to, GN_FB_OVERLAY_BODY_GET));
	to->up = true;
	assert_true(passes(asker, to, GN_FB_OVERLAY_BODY_GET));
	far->up = true; /* a session is no link */
	assert_false(passes(asker, far, GN_FB_OVERLAY_BODY_GET));
	for (uint8_t hops = 1; hops <= GN_OV_RELAY_HOPS; hops++) {
		relay_to(asker, ov->self.id.b, get, hops, 41); /* nor to ourselves */
		assert_int_equal(look(0), 1);
		assert_int_equal(code(), GN_FB_CODE_NOT_FOUND);
	}
	/* who asks lists it itself: there is nobody else */
	asker->link->theirs[asker->link->their_count++] = far->theta;
	relay_to(asker, far->c.id.b, get, 2, 41);
	assert_int_equal(look(0), 1);
	assert_int_equal(code(), GN_FB_CODE_NOT_FOUND);
	third->link->theirs[third->link->their_count++] = far->theta;
	relay_to(asker, far->c.id.b, get, 1, 41); /* no hop to spare */
	assert_int_equal(look(0), 1);
	assert_int_equal(code(), GN_FB_CODE_NOT_FOUND);
	relay_to(asker, far->c.id.b, get, 2, 41);
	assert_int_equal(look(0), 1);
	assert_int_equal(said.kind, GN_FB_OVERLAY_BODY_RELAY);
	assert_true(gn_pk_eq(&said.to.pk, &third->c.pk));
	struct gn_fb_relay x = gn_fb_overlay_message_body_as_relay(said.m);
	assert_int_equal(gn_fb_relay_hops(x), 1);
	assert_true(gn_slice_eq(gn_fb_relay_inner(x), get));
	/* it says no: so do we, to who asked */
	uint8_t storage[128];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_refused_make(&b, &(struct gn_fb_refused_args){.code = 1});
	hear(third, message(&b, said.request, GN_FB_OVERLAY_BODY_REFUSED, body));
	assert_int_equal(look(0), 1);
	assert_int_equal(code(), GN_FB_CODE_NOT_FOUND);
	assert_true(gn_pk_eq(&said.to.pk, &asker->c.pk));
}

static void each_asks_and_is_asked_twenty_times_a_second(void **state)
{
	(void)state;
	struct gn_ov_contact *one = peer(1), *other = peer(2), *to = peer(3), *third = peer(4);
	(void)look(0);
	for (unsigned i = 0; i < GN_OV_RELAY_RATE; i++)
		assert_true(passes(one, i % 2 ? to : third, GN_FB_OVERLAY_BODY_GET));
	assert_false(passes(one, to, GN_FB_OVERLAY_BODY_GET));
	assert_int_equal(code(), GN_FB_CODE_BUSY);
	for (unsigned i = 0; i < GN_OV_RELAY_RATE / 2; i++) /* `to` has been asked ten times */
		assert_true(passes(other, to, GN_FB_OVERLAY_BODY_GET));
	assert_false(passes(other, to, GN_FB_OVERLAY_BODY_GET));
	assert_int_equal(code(), GN_FB_CODE_BUSY);
	net.now += GN_SEC / GN_OV_RELAY_RATE;
	assert_true(passes(one, third, GN_FB_OVERLAY_BODY_GET));
	assert_true(passes(other, to, GN_FB_OVERLAY_BODY_GET));
	assert_false(passes(one, third, GN_FB_OVERLAY_BODY_GET));
	assert_int_equal(net_counter(&net, 0, "relays_refused"), 3);
}

static void of_puts_one_takes_eight_and_then_64_an_hour(void **state)
{
	(void)state;
	struct gn_ov_contact *one = peer(1), *to = peer(3), *third = peer(4);
	(void)look(0);
	for (unsigned i = 0; i < GN_OV_RELAY_PUTS; i++)
		assert_true(passes(one, to, GN_FB_OVERLAY_BODY_PUT));
	assert_false(passes(one, to, GN_FB_OVERLAY_BODY_PUT));
	assert_true(passes(one, to, GN_FB_OVERLAY_BODY_GET));
	assert_true(passes(one, third, GN_FB_OVERLAY_BODY_PUT));
	net.now += GN_OV_RELAY_PUT_EVERY - 1;
	assert_false(passes(one, to, GN_FB_OVERLAY_BODY_PUT));
	net.now += 1;
	assert_true(passes(one, to, GN_FB_OVERLAY_BODY_PUT));
	assert_false(passes(one, to, GN_FB_OVERLAY_BODY_PUT));
}

static void places_have_shares(void **state)
{
	(void)state;
	const unsigned each = GN_OV_RELAYS_MAX / GN_OV_RELAY_KEY_PART;
	struct gn_ov_contact *askers[GN_OV_RELAY_KEY_PART + 1], *to[64];
	for (unsigned i = 0; i < GN_COUNT(askers); i++)
		askers[i] = peer(i);
	for (unsigned i = 0; i < GN_COUNT(to); i++)
		to[i] = peer(100 + i);
	(void)look(0);
	for (unsigned k = 0; k < each; k++) { /* none is answered */
		net.now += GN_SEC / GN_OV_RELAY_RATE;
		for (unsigned i = 0; i < GN_OV_RELAY_KEY_PART; i++)
			assert_true(passes(askers[i], to[(k * 5 + i) % GN_COUNT(to)],
					   GN_FB_OVERLAY_BODY_GET));
		if (k == each - 2) { /* the last but one of all */
			assert_int_equal(ov->relay_places.used,
					 GN_OV_RELAYS_MAX - GN_OV_RELAY_KEY_PART);
		}
	}
	net.now += GN_SEC;
	assert_false(passes(askers[0], to[0], GN_FB_OVERLAY_BODY_GET)); /* its own are taken */
	assert_false(passes(askers[GN_OV_RELAY_KEY_PART], to[0], GN_FB_OVERLAY_BODY_GET)); /* all */
	assert_int_equal(ov->relay_places.used, GN_OV_RELAYS_MAX);
	struct gn_holder who = {askers[0]->c.pk, askers[0]->c.addrs[0]};
	assert_int_equal(gn_share_held(&ov->relay_places, &who).key, each);
}

/* Of one prefix a quarter, once half is taken. */
static void a_prefix_does_not_take_them_all(void **state)
{
	(void)state;
	struct gn_ov_contact *askers[16], *to[64];
	unsigned passed = 0;
	net_free(&net);
	net_init(&net, 63);
	net_add(&net);
	net.node[0].cfg.count_local = true;
	net_start(&net, 0);
	net_run(&net, 30 * GN_SEC);
	ov = net.node[0].ov;
	for (unsigned i = 0; i < GN_COUNT(askers); i++)
		askers[i] = peer(i);
	for (unsigned i = 0; i < GN_COUNT(to); i++)
		to[i] = peer(100 + i);
	struct gn_ov_contact *elsewhere = peer(1000);
	(void)look(0);
	for (unsigned k = 0; k < 64; k++) {
		net.now += GN_SEC / GN_OV_RELAY_RATE;
		for (unsigned i = 0; i < GN_COUNT(askers); i++)
			passed += passes(askers[i], to[(k * 5 + i) % GN_COUNT(to)],
					 GN_FB_OVERLAY_BODY_GET);
	}
	assert_int_equal(passed, GN_OV_RELAYS_MAX / 2);
	assert_true(passed > GN_OV_RELAYS_MAX / GN_OV_RELAY_PREFIX_PART);
	net.now += GN_SEC;
	assert_true(passes(elsewhere, to[0], GN_FB_OVERLAY_BODY_GET));
}

static void a_long_answer_is_fetched_directly(void **state)
{
	static uint8_t storage[GN_OV_RELAY_ANSWER + 64];
	(void)state;
	struct gn_ov_contact *asker = peer(1), *to = peer(2);
	(void)look(0);
	for (unsigned past = 0; past < 2; past++) {
		assert_true(passes(asker, to, GN_FB_OVERLAY_BODY_GET));
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		gn_fbref body = gn_fb_nodes_make(&b, &(struct gn_fb_nodes_args){.mine = true});
		struct gn_slice m = message(&b, said.request, GN_FB_OVERLAY_BODY_NODES, body);
		static uint8_t padded[GN_OV_RELAY_ANSWER + 1];
		memset(padded, 0, sizeof padded);
		memcpy(padded, m.p, m.len);
		hear(to, gn_slice(padded, GN_OV_RELAY_ANSWER + past));
		assert_int_equal(look(0), 1);
		assert_true(gn_pk_eq(&said.to.pk, &asker->c.pk));
		if (past)
			assert_int_equal(code(), GN_FB_CODE_TOO_LARGE);
		else
			assert_int_equal(said.kind, GN_FB_OVERLAY_BODY_RELAY);
	}
}

static void what_is_not_answered_is_told_and_who_left_is_told_nothing(void **state)
{
	(void)state;
	struct gn_ov_contact *asker = peer(1), *to = peer(2), *third = peer(3);
	(void)look(0);
	assert_true(passes(asker, to, GN_FB_OVERLAY_BODY_GET));
	net.now += GN_OV_DEAD_MIN;
	gn_overlay_tick(ov, net.now);
	assert_int_equal(look(GN_FB_OVERLAY_BODY_REFUSED), 1);
	assert_true(gn_pk_eq(&said.to.pk, &asker->c.pk) && said.request == 41);
	assert_true(to->link->ping != 0); /* and the silent one is looked after */
	assert_int_equal(net_counter(&net, 0, "relays_lost"), 1);
	assert_true(passes(asker, third, GN_FB_OVERLAY_BODY_GET));
	uint64_t number = said.request;
	gn_ov_link_drop(ov, asker, false, net.now);
	(void)look(0);
	uint8_t storage[128];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_nodes_make(&b, &(struct gn_fb_nodes_args){.mine = true});
	hear(third, message(&b, number, GN_FB_OVERLAY_BODY_NODES, body));
	assert_int_equal(look(GN_FB_OVERLAY_BODY_RELAY), 0);
	assert_int_equal(ov->relay_places.used, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, build, take_down)
	const struct CMUnitTest tests[] = {
		TEST(a_question_is_passed_on_as_our_own_and_its_answer_back),
		TEST(what_is_none_of_these_is_not_passed_on),
		TEST(only_to_linked_peers_that_are_alive_and_never_back),
		TEST(each_asks_and_is_asked_twenty_times_a_second),
		TEST(of_puts_one_takes_eight_and_then_64_an_hour),
		TEST(places_have_shares),
		TEST(a_prefix_does_not_take_them_all),
		TEST(a_long_answer_is_fetched_directly),
		TEST(what_is_not_answered_is_told_and_who_left_is_told_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
