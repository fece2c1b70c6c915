/* RELAY by hand, from the side that asks: what the word of somebody who passes on counts, and when
 * it is not listened to (RE-48, OV-38). */
#include "overlay/testing/relay_hand.h"

#define OTHERS 3

static struct gn_ov_contact *by, *other[OTHERS];
static struct net_record record;

/* We know of three by their being listed. */
static void listed(void)
{
	struct gn_sk alice;
	gn_sk_new(&net.rand, &alice);
	net_record(&net, &record, &alice, 16, "x", 1, "body");
	by = peer(1);
	for (uint32_t i = 0; i < OTHERS; i++) {
		struct gn_contact c = net_somebody(10 + i);
		other[i] = gn_ov_contact_hear(ov, &c, NULL, 0, &by->c.pk, net.now);
		assert_non_null(other[i]);
		other[i]->refused_until = other[i]->leaf_refused_until = GN_NEVER;
		by->link->theirs[by->link->their_count++] = other[i]->theta;
	}
	(void)look(0);
}

/* The answer to `request`: the record, or that there is nothing. */
static struct gn_slice answer(uint64_t request, bool has)
{
	static uint8_t storage[8192];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body =
		has ? gn_fb_value_make(&b, &(struct gn_fb_value_args){.record = record.r.bytes})
		    : gn_fb_nodes_make(&b, &(struct gn_fb_nodes_args){.mine = true});
	return message(&b, request, has ? GN_FB_OVERLAY_BODY_VALUE : GN_FB_OVERLAY_BODY_NODES,
		       body);
}

/* As `by` says that `origin` said. NULL: nobody. */
static void say_of(const struct gn_ov_contact *origin, uint64_t request, struct gn_slice inner)
{
	static uint8_t storage[16384];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce = {{0}};
	struct gn_fb_hash h = {{0}};
	gn_fbref o = 0;
	if (origin) {
		memcpy(pk.b, origin->c.pk.b, 32);
		o = gn_fb_contact_make(&b,
				       &(struct gn_fb_contact_args){.pk = &pk, .nonce = &nonce});
	}
	gn_fbref body = gn_fb_relay_make(
		&b, &(struct gn_fb_relay_args){.target = &h, .inner = inner, .origin = o});
	hear(by, message(&b, request, GN_FB_OVERLAY_BODY_RELAY, body));
}

/* Answers all that is asked until nothing is; how many were asked themselves. */
static unsigned answer_all(bool by_has, bool they_have)
{
	struct gn_overlay_message m;
	struct gn_fb_overlay_message v;
	unsigned themselves = 0;
	static uint8_t copy[GN_OV_MESSAGE_MAX];
	while (gn_overlay_next_message(ov, &m)) {
		memcpy(copy, m.bytes.p, m.bytes.len); /* answering it is another call */
		assert_int_equal(gn_fb_overlay_message_verify(gn_slice(copy, m.bytes.len), &v),
				 GN_OK);
		uint64_t request = gn_fb_overlay_message_request(v);
		const struct gn_ov_contact *to = gn_ov_contact_get(ov, &m.to.pk);
		struct gn_fb_hash target = {{0}};
		if (gn_fb_overlay_message_body_type(v) == GN_FB_OVERLAY_BODY_RELAY)
			target = gn_fb_relay_target(gn_fb_overlay_message_body_as_relay(v));
		else if (gn_fb_overlay_message_body_type(v) != GN_FB_OVERLAY_BODY_GET)
			continue;
		for (unsigned i = 0; i < OTHERS; i++) {
			if (memcmp(other[i]->c.id.b, target.b, 32) == 0)
				say_of(other[i], request, answer(7, they_have));
			if (to == other[i]) {
				themselves++;
				hear(other[i], answer(request, they_have));
			}
		}
		if (to == by && gn_fb_overlay_message_body_type(v) == GN_FB_OVERLAY_BODY_GET)
			hear(by, answer(request, by_has));
	}
	return themselves;
}

static gn_err get(unsigned quorum, unsigned *themselves)
{
	const struct gn_get_options o = {.quorum = quorum, .no_local = true};
	struct gn_overlay_event e;
	gn_op op;
	assert_int_equal(gn_overlay_get(ov, &record.r.key, &o, net.now, &op), GN_OK);
	*themselves = answer_all(false, quorum != 0);
	while (gn_overlay_next_event(ov, &e))
		if (e.kind == GN_OVERLAY_DONE) {
			net_done(&net, &e);
			return e.err;
		}
	return GN_PENDING;
}

static void nothing_is_said_for_several_by_one(void **state)
{
	(void)state;
	unsigned themselves;
	listed();
	const struct gn_get_options o = {.quorum = 1, .no_local = true};
	struct gn_overlay_event e;
	gn_op op;
	assert_int_equal(gn_overlay_get(ov, &record.r.key, &o, net.now, &op), GN_OK);
	themselves = answer_all(false, false);
	assert_int_equal(themselves, OTHERS); /* `by` had its own voice */
	gn_err err = GN_OK;
	while (gn_overlay_next_event(ov, &e))
		err = e.kind == GN_OVERLAY_DONE ? e.err : err;
	assert_int_equal(err, GN_NOT_FOUND);
}

static void a_record_ends_a_get_whoever_brings_it(void **state)
{
	(void)state;
	unsigned themselves;
	listed();
	assert_int_equal(get(1, &themselves), GN_OK);
	assert_int_equal(themselves, 0);
}

static void a_quorum_counts_one_voice_for_each_that_passes_on(void **state)
{
	(void)state;
	unsigned themselves;
	listed();
	/* `by` speaks for one, the others for themselves */
	assert_int_equal(get(OTHERS, &themselves), GN_OK);
	assert_int_equal(themselves, OTHERS - 1);
	assert_int_equal(net.result.holders, OTHERS);
	/* of four, one more is wanted: the one is asked itself, and counted once */
	for (unsigned i = 0; i < OTHERS; i++)
		other[i]->up = false;
	const struct gn_get_options o = {.quorum = OTHERS + 1, .no_local = true};
	struct gn_overlay_event e;
	gn_op op;
	assert_int_equal(gn_overlay_get(ov, &record.r.key, &o, net.now, &op), GN_OK);
	assert_int_equal(answer_all(true, true), OTHERS);
	while (gn_overlay_next_event(ov, &e))
		if (e.kind == GN_OVERLAY_DONE)
			net_done(&net, &e);
	assert_int_equal(net.result.err, GN_OK);
	assert_int_equal(net.result.holders, OTHERS + 1);
}

/* Should one speak for all, whatever we ask. */
static void a_voice_is_counted_once(void **state)
{
	(void)state;
	struct gn_ov_op *op;
	gn_op id;
	listed();
	const struct gn_get_options o = {.quorum = 2, .no_local = true};
	assert_int_equal(gn_overlay_get(ov, &record.r.key, &o, net.now, &id), GN_OK);
	op = gn_ov_op_get(ov, id);
	assert_true(gn_ov_values_add(ov, op, &record.r));
	unsigned n = 0;
	for (uint32_t i = 0; i < op->cand_count; i++) {
		struct gn_ov_cand *c = &op->cands[i];
		op->inflight -= c->state == GN_OV_ASKED;
		c->state = gn_pk_eq(&c->c.pk, &by->c.pk) ? GN_OV_SUSPECT : GN_OV_ANSWERED;
		c->has_value = c->state == GN_OV_ANSWERED;
		c->via = by->c.pk;
		n += c->has_value;
	}
	assert_int_equal(n, OTHERS);
	assert_false(gn_ov_get_done(ov, op, false, net.now));
	for (uint32_t i = 0; i < op->cand_count; i++) /* one by himself */
		if (op->cands[i].has_value && n-- == 1)
			op->cands[i].via = (struct gn_pk){0};
	assert_true(gn_ov_get_done(ov, op, false, net.now));
}

/* What answers no GET. */
static struct gn_slice wrong(uint8_t kind)
{
	static uint8_t storage[256];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash h = {{9}};
	gn_fbref body = kind == GN_FB_OVERLAY_BODY_PING
				? gn_fb_ping_make(&b, &(struct gn_fb_ping_args){.load = 1})
				: gn_fb_relay_make(&b, &(struct gn_fb_relay_args){
							       .target = &h, .inner = gn_str("x")});
	return message(&b, 1, kind, body);
}

/* One question through `by` is out; returns its number, and whom it is for. */
static uint64_t one_out(struct gn_ov_contact **of)
{
	const struct gn_get_options o = {.quorum = 1, .no_local = true};
	gn_op op;
	assert_int_equal(gn_overlay_get(ov, &record.r.key, &o, net.now, &op), GN_OK);
	assert_true(look(GN_FB_OVERLAY_BODY_RELAY) > 0);
	struct gn_fb_hash target = gn_fb_relay_target(gn_fb_overlay_message_body_as_relay(said.m));
	*of = NULL;
	for (unsigned i = 0; i < OTHERS; i++)
		if (memcmp(other[i]->c.id.b, target.b, 32) == 0)
			*of = other[i];
	GN_ASSERT(*of);
	return said.request;
}

static void what_is_no_answer_of_whom_we_asked_costs(void **state)
{
	(void)state;
	struct gn_ov_contact *of, *liar;
	listed();
	uint64_t number = one_out(&of);
	liar = peer(5);
	uint64_t unasked = net_counter(&net, 0, "answers_unasked");
	(void)gn_overlay_caused(ov);
	say_of(other[of == other[0]], number, answer(7, true)); /* another said so */
	say_of(NULL, number, answer(7, true));
	say_of(of, number, gn_str("junk"));
	say_of(of, number, wrong(GN_FB_OVERLAY_BODY_PING)); /* no answer to a GET */
	say_of(of, number, wrong(GN_FB_OVERLAY_BODY_RELAY));
	say_of(of, number + 1000, answer(7, true)); /* nothing asked so */
	hear(by, answer(number, true));             /* `by` was not asked itself */
	hear(of, answer(number, true));             /* nor the other by us */
	struct gn_ov_contact *was = by;
	by = liar;
	say_of(of, number, answer(7, true)); /* it did not go through this one */
	by = was;
	assert_int_equal(net_counter(&net, 0, "answers_unasked"), unasked + 9);
	assert_int_equal(gn_overlay_caused(ov).unasked, 9);
	say_of(of, number, answer(7, true));
	struct gn_overlay_event e;
	gn_err err = GN_PENDING;
	while (gn_overlay_next_event(ov, &e))
		err = e.kind == GN_OVERLAY_DONE ? e.err : err;
	assert_int_equal(err, GN_OK);
}

static void who_is_told_of_so_is_hearsay_of_who_passed_it_on(void **state)
{
	(void)state;
	static uint8_t storage[2048];
	struct gn_ov_contact *of;
	struct gn_sk sk;
	struct gn_fb_key pk;
	struct gn_fb_nonce nonce;
	struct gn_fb_addr addr;
	uint8_t n[8];
	listed();
	uint64_t number = one_out(&of);
	gn_sk_new(&net.rand, &sk);
	assert_int_equal(gn_overlay_id_search(&sk.pk, NET_POW, 0, 100000, n), GN_OK);
	memcpy(pk.b, sk.pk.b, 32);
	memcpy(nonce.b, n, 8);
	const struct gn_addr at = gn_addr_v4(127, 8, 8, 8, 4000);
	addr = gn_wire_addr(&at, GN_FB_CARRIER_UDP);
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref c = gn_fb_contact_make(
		&b, &(struct gn_fb_contact_args){
			    .pk = &pk, .nonce = &nonce, .addrs = {&addr, 1}, .mode = 1});
	gn_fbref body = gn_fb_nodes_make(&b, &(struct gn_fb_nodes_args){.contacts = {&c, 1}});
	say_of(of, number, message(&b, 7, GN_FB_OVERLAY_BODY_NODES, body));
	const struct gn_ov_contact *k = gn_ov_contact_get(ov, &sk.pk);
	assert_non_null(k);
	assert_true(gn_pk_eq(&k->teller, &by->c.pk) && gn_ov_hearsay(k));
	assert_true(gn_ov_hearsay(of)); /* and whoever answered so is no more than before */
}

/* Twice in vain, and it is asked itself; until it has answered. */
static void refused_twice_it_is_asked_itself(void **state)
{
	(void)state;
	static uint8_t storage[128];
	struct gn_ov_contact *of;
	listed();
	for (unsigned i = 1; i < OTHERS; i++)
		other[i]->tomb_until = GN_NEVER;
	uint64_t number = one_out(&of);
	for (unsigned i = 0; i < GN_OV_RELAY_TRIES; i++) {
		struct gn_fbb b = gn_fbb(storage, sizeof storage);
		gn_fbref body = gn_fb_refused_make(
			&b, &(struct gn_fb_refused_args){.code = GN_FB_CODE_BUSY});
		hear(by, message(&b, number, GN_FB_OVERLAY_BODY_REFUSED, body));
		bool last = i == GN_OV_RELAY_TRIES - 1;
		assert_int_equal(look(last ? GN_FB_OVERLAY_BODY_GET : GN_FB_OVERLAY_BODY_RELAY), 1);
		assert_true(gn_pk_eq(&said.to.pk, last ? &of->c.pk : &by->c.pk));
		number = said.request;
	}
	assert_int_equal(net_counter(&net, 0, "relayed_in_vain"), GN_OV_RELAY_TRIES);
	assert_true(by->link->relay_after <= net.now); /* it knows what a RELAY is */
	hear(of, answer(number, true));
	assert_int_equal(of->relay_fails, 0);
}

/* A flood of ours is no flood of RELAYs. */
static void we_ask_one_twenty_times_a_second(void **state)
{
	(void)state;
	unsigned relayed = 0;
	listed();
	for (unsigned i = 0; i < 3 * GN_OV_RELAY_RATE; i++) {
		struct gn_hash key = {{0}};
		gn_op op;
		gn_rand_fill(&net.rand, key.b, 32);
		assert_int_equal(gn_overlay_get(ov, &key, NULL, net.now, &op), GN_OK);
		relayed += look(GN_FB_OVERLAY_BODY_RELAY);
	}
	assert_int_equal(relayed, GN_OV_RELAY_RATE);
	assert_int_equal(net_counter(&net, 0, "relayed"), GN_OV_RELAY_RATE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, build, take_down)
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_said_for_several_by_one),
		TEST(a_record_ends_a_get_whoever_brings_it),
		TEST(a_quorum_counts_one_voice_for_each_that_passes_on),
		TEST(a_voice_is_counted_once),
		TEST(what_is_no_answer_of_whom_we_asked_costs),
		TEST(who_is_told_of_so_is_hearsay_of_who_passed_it_on),
		TEST(refused_twice_it_is_asked_itself),
		TEST(we_ask_one_twenty_times_a_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
