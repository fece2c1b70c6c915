/* Deposits and readers in a network: what is stored is read, once, by every device, whoever of the
 * holders lies, dies or loses messages.
 * Rules BX-1, BX-3, BX-4, BX-13, BX-16, BX-19, BX-25, BX-27, BX-46. */
#include "services/testing/boxes.h"

#include "records/topic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct svc s;
static struct svc_box x;
static uint8_t item[61440];

static struct gn_slice item_of(uint8_t number, size_t len)
{
	memset(item, number, len);
	return gn_slice(item, len);
}

static struct gn_box_id id_of(struct gn_slice bytes)
{
	struct gn_hash hash;
	struct gn_box_id id;
	gn_sha256(&bytes, 1, &hash);
	memcpy(id.b, hash.b, sizeof id.b);
	return id;
}

static void network(unsigned nodes, uint8_t kind, unsigned devices)
{
	svc_init(&s, &(struct svc_options){.seed = 7, .nodes = nodes, .box_bytes = 64u << 20});
	svc_box_make(&s, &x, (uint8_t)(kind + 1), kind, devices);
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
}

static void a_contact_s_item_is_stored_by_all_and_read_once(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE, 1);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	assert_true(x.stored);
	assert_int_equal(x.custodies, 8);
	assert_int_equal(svc_box_held(&x, item_of(1, 896), NULL), 8);
	gn_op op = svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(x.got_count, 1);
	assert_int_equal(svc_box_times(&x, 2, item_of(1, 896)), 1);
	/* a watch brings the next one at once */
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(2, 61440)), GN_OK);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(svc_box_times(&x, 2, item_of(2, 61440)), 1);
	assert_int_equal(x.got_count, 2);
	/* taken: it goes everywhere, and who deposited it is told */
	struct gn_box_id id = id_of(item_of(1, 896));
	assert_int_equal(gn_box_ack(s.nodes[2].box, op, &id, s.now), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_box_held(&x, item_of(1, 896), NULL), 0);
	assert_int_equal(svc_box_sum(&s, "taken_by_all"), 8);
	assert_true(svc_box_sum(&s, "watch_items") >= 1);
	assert_int_equal(svc_box_check(&x, 1, 0, item_of(1, 896)), GN_OK);
	assert_int_equal(x.last.taken, 8);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_EXISTS);
	svc_free(&s);
}

/* Its slowest member keeps the set unknown for a while: three others have it long before, and that
 * one gets it, too. A writer that has found nobody looks again when it is linked. */
static void the_slowest_is_not_waited_for(void **state)
{
	(void)state;
	network(8, GN_FB_BOX_KIND_PRIVATE, 1);
	struct gn_box_deposit d = {
		.place = svc_box_place(&x), .item = item_of(1, 896), .ttl = 1000};
	svc_box_proof(&x, 0, d.item, &d.proof);
	s.slow_node = 5 + 1;
	s.slow = 700 * GN_MSEC;
	assert_int_equal(gn_box_deposit(s.nodes[1].box, &d, s.now, &x.op), GN_OK);
	x.op_node = 1;
	x.stored = x.over = false;
	svc_pump(&s, 1);
	svc_run_for(&s, 500 * GN_MSEC);
	assert_true(x.stored);
	assert_false(x.over);
	assert_int_equal(svc_box_wait(&x, 60 * GN_SEC), GN_OK);
	assert_int_equal(x.custodies, 8);
	svc_free(&s);
}

/* Who has reason to think that holders lie asks two more, as readers list them too (AG-65). */
static void a_wide_deposit_goes_to_two_more(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE, 1);
	struct gn_box_deposit d = {
		.place = svc_box_place(&x), .item = item_of(1, 896), .ttl = 1000, .wide = true};
	svc_box_proof(&x, 0, d.item, &d.proof);
	assert_int_equal(gn_box_deposit(s.nodes[1].box, &d, s.now, &x.op), GN_OK);
	x.op_node = 1;
	x.stored = x.over = false;
	assert_int_equal(svc_box_wait(&x, 60 * GN_SEC), GN_OK);
	assert_true(x.last.asked >= GN_BOX_SET + 2); /* who is no holder is replaced */
	svc_free(&s);
}

/* Rights are signed once per session and role: four items and a question cost one signature a
 * holder. */
static void a_double_costs_nothing_and_rights_are_shown_once(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE, 1);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
		assert_int_equal(x.custodies, 8);
	}
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(2, 896)), GN_OK);
	assert_int_equal(svc_box_check(&x, 1, 0, item_of(2, 896)), GN_OK);
	assert_int_equal(x.last.held, 8);
	assert_int_equal(x.signs, 8 - (s.nodes[1].sessions[1] != 0));
	assert_int_equal(svc_box_sum(&s, "deposits_again"), 8);
	/* somebody else is told no more than that it is held */
	struct gn_box_place place = svc_box_place(&x);
	struct gn_hash hash;
	struct gn_slice two = item_of(2, 896);
	gn_sha256(&two, 1, &hash);
	x.op_node = 3;
	x.over = false;
	assert_int_equal(gn_box_check(s.nodes[3].box, &place, &hash, NULL, s.now, &x.op), GN_OK);
	assert_int_equal(svc_box_wait(&x, 20 * GN_SEC), GN_OK);
	assert_int_equal(x.last.held, 8);
	svc_free(&s);
}

/* The first device's word makes it taken, the last one's lets it go. */
static void each_device_gets_it(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE, 2);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(3, 2048)), GN_OK);
	gn_op first = svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 10 * GN_SEC);
	struct gn_box_id id = id_of(item_of(3, 2048));
	assert_int_equal(gn_box_ack(s.nodes[2].box, first, &id, s.now), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_box_held(&x, item_of(3, 2048), NULL), 8);
	assert_int_equal(svc_box_check(&x, 1, 0, item_of(3, 2048)), GN_OK);
	assert_int_equal(x.last.taken, 8);
	gn_op second = svc_box_follow(&x, 4, 1);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(svc_box_times(&x, 4, item_of(3, 2048)), 1);
	assert_int_equal(gn_box_ack(s.nodes[4].box, second, &id, s.now), GN_OK);
	svc_pump(&s, 4);
	svc_run_for(&s, 5 * GN_SEC);
	assert_int_equal(svc_box_held(&x, item_of(3, 2048), NULL), 0);
	assert_int_equal(x.got_count, 2);
	/* what was acknowledged is not offered again */
	gn_box_cancel(s.nodes[2].box, first, s.now);
	(void)svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(x.got_count, 2);
	svc_free(&s);
}

static void a_front_box_lies_at_two_places(void **state)
{
	(void)state;
	network(16, GN_FB_BOX_KIND_FRONT, 1);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 4096)), GN_OK);
	assert_true(svc_box_held(&x, item_of(1, 4096), NULL) >= 8);
	(void)svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(x.got_count, 1);
	/* work, by somebody whom nobody invited */
	struct gn_box_proof p = {.way = GN_BOX_WORK,
				 .work.day = (uint32_t)(gn_unix(s.now) / 86400)};
	struct gn_slice two = item_of(2, 896);
	struct gn_hash hash;
	gn_sha256(&two, 1, &hash);
	struct gn_work_tries tries = {0, UINT64_C(1) << 27};
	assert_int_equal(svc_box_deposit_by(&x, 3, &p, two), GN_PROOF_OF_WORK);
	assert_int_equal(x.last.bits, GN_BOXREC_WORK_BITS);
	assert_int_equal(gn_boxrec_work_find(&x.sk.pk, &hash, GN_BOXREC_WORK_BITS, tries, &p.work),
			 GN_OK);
	assert_int_equal(svc_box_deposit_by(&x, 3, &p, two), GN_OK);
	svc_run_for(&s, GN_SEC);
	assert_int_equal(svc_box_times(&x, 2, two), 1);
	/* an invite that was never open */
	struct gn_box_proof q = {.way = GN_BOX_INVITE, .invite = x.contact[0].pk};
	gn_boxrec_invite_sign(&x.contact[0], &x.sk.pk, &hash, &q.sig);
	assert_int_equal(svc_box_deposit_by(&x, 3, &q, item_of(3, 896)), GN_DENIED);
	/* the item is too large for such a box */
	svc_box_proof(&x, 0, item_of(4, 16385), &p);
	assert_int_equal(svc_box_deposit_by(&x, 3, &p, item_of(4, 16385)), GN_TOO_LARGE);
	assert_string_equal(x.limit, "BOX_ITEM_MAX");
	svc_free(&s);
}

static void who_is_refused_gets_nothing_in(void **state)
{
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE, 1);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	x.rec.refused[x.rec.refused_count++] = x.contact[0].pk;
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(2, 896)), GN_DENIED);
	assert_int_equal(svc_box_held(&x, item_of(2, 896), NULL), 0);
	assert_int_equal(svc_box_deposit(&x, 1, 1, item_of(2, 896)), GN_OK);
	/* a certificate that another box signed */
	struct gn_box_proof p;
	svc_box_proof(&x, 2, item_of(3, 896), &p);
	gn_boxcert_make(&x.contact[2], &p.certificate);
	assert_int_equal(svc_box_deposit_by(&x, 4, &p, item_of(3, 896)), GN_SIGNATURE);
	/* an item that its key did not sign */
	svc_box_proof(&x, 1, item_of(5, 896), &p);
	assert_int_equal(svc_box_deposit_by(&x, 1, &p, item_of(4, 896)), GN_SIGNATURE);
	assert_true(svc_box_sum(&s, "refused_proof") >= 8);
	/* an agent that does not sign */
	x.no_signs = true;
	assert_int_equal(svc_box_deposit(&x, 5, 3, item_of(6, 896)), GN_DENIED);
	/* a box that is nowhere */
	x.no_signs = false;
	x.sk = x.contact[0];
	assert_int_equal(svc_box_deposit(&x, 5, 1, item_of(6, 896)), GN_NOT_FOUND);
	assert_true(svc_box_sum(&s, "not_here") >= 8);
	svc_free(&s);
}

static void two_of_eight_are_no_quorum(void **state)
{
	(void)state;
	network(8, GN_FB_BOX_KIND_PRIVATE, 1);
	for (unsigned i = 2; i < 8; i++)
		s.nodes[i].lies = SVC_BOX_FORGED; /* a custody that nobody signed is none */
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_QUORUM);
	assert_false(x.stored);
	assert_int_equal(x.last.held, 2);
	assert_int_equal(x.custodies, 2);
	s.nodes[2].lies = 0;
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	assert_int_equal(x.last.held, 3);
	svc_free(&s);
}

/* Every holder but three does harm of its own, and a fifth of all messages are lost. */
static void it_arrives_whoever_lies(void **state)
{
	static const unsigned lies[] = {SVC_BOX_MUTE, SVC_BOX_FALSE_ITEMS, SVC_BOX_FALSE_IDS,
					SVC_BOX_ALL_HELD, SVC_BOX_MIXED};
	(void)state;
	network(12, GN_FB_BOX_KIND_PRIVATE, 1);
	for (unsigned i = 0; i < 9; i++)
		s.nodes[3 + i].lies = lies[i % GN_COUNT(lies)];
	s.box_loss = 0.1;
	(void)svc_box_follow(&x, 2, 0);
	for (uint8_t n = 1; n <= 20; n++) {
		gn_err err = svc_box_deposit(&x, 1, 0, item_of(n, 896));
		for (unsigned i = 0; i < 5 && err != GN_OK; i++)
			err = svc_box_deposit(&x, 1, 0, item_of(n, 896));
		assert_int_equal(err, GN_OK);
	}
	svc_run_for(&s, 3600 * GN_SEC);
	for (uint8_t n = 1; n <= 20; n++)
		assert_int_equal(svc_box_times(&x, 2, item_of(n, 896)), 1);
	assert_int_equal(x.got_count, 20);
	svc_free(&s);
}

/* A state that one of them invents does not make it taken or lost. */
static void liars_about_states_are_outvoted(void **state)
{
	(void)state;
	network(10, GN_FB_BOX_KIND_PRIVATE, 1);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	s.nodes[4].lies = SVC_BOX_ALL_HELD;
	assert_int_equal(svc_box_check(&x, 1, 0, item_of(9, 896)), GN_OK);
	assert_true(x.last.held <= 1);
	svc_free(&s);
}

/* One that has boxes of its own and lets 60,000 bytes into them again and again, from one address,
 * until every holder gives up something for each: what a contact left in a light box stays, what
 * another leaves is taken, and both are read (BX-13). */
static void who_fills_the_store_keeps_no_contact_out(void **state)
{
	static struct svc_box flood[3];
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 7, .nodes = 12, .box_bytes = 1u << 20});
	svc_box_make(&s, &x, 1, GN_FB_BOX_KIND_PRIVATE, 1);
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(200, 896)), GN_OK);
	for (unsigned i = 0; i < GN_COUNT(flood); i++) {
		svc_box_make(&s, &flood[i], (uint8_t)(5 + i), GN_FB_BOX_KIND_PRIVATE, 1);
		assert_int_equal(svc_box_put(&flood[i], 3), GN_OK);
	}
	for (uint8_t n = 0; n < 45; n++) {
		s.box_user = &flood[n % 3];
		assert_int_equal(svc_box_deposit(&flood[n % 3], 3, n / 3 % 4, item_of(n, 60000)),
				 GN_OK);
	}
	assert_true(svc_box_sum(&s, "room_gave_way") > 100);
	s.box_user = &x;
	assert_int_equal(svc_box_deposit(&x, 1, 1, item_of(201, 896)), GN_OK);
	assert_int_equal(svc_box_held(&x, item_of(200, 896), NULL), 8);
	(void)svc_box_follow(&x, 2, 0);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(svc_box_times(&x, 2, item_of(200, 896)), 1);
	assert_int_equal(svc_box_times(&x, 2, item_of(201, 896)), 1);
	svc_free(&s);
}

/* A custody is a promise over the power cut. */
static void a_power_cut_loses_nothing_promised(void **state)
{
	(void)state;
	network(10, GN_FB_BOX_KIND_PRIVATE, 2);
	gn_op op = svc_box_follow(&x, 2, 0);
	for (uint8_t n = 1; n <= 10; n++)
		assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(n, 8192)), GN_OK);
	svc_run_for(&s, 5 * GN_SEC);
	struct gn_box_id one = id_of(item_of(1, 8192));
	assert_int_equal(gn_box_ack(s.nodes[2].box, op, &one, s.now), GN_OK);
	svc_pump(&s, 2);
	svc_run_for(&s, 5 * GN_SEC);
	bool held[SVC_NODES];
	assert_int_equal(svc_box_held(&x, item_of(1, 8192), held), 8);
	for (unsigned i = 0; i < s.count; i++)
		svc_box_crash(&s, i);
	svc_run_for(&s, 60 * GN_SEC);
	for (uint8_t n = 1; n <= 10; n++) {
		bool now[SVC_NODES];
		(void)svc_box_held(&x, item_of(n, 8192), now);
		for (unsigned i = 0; i < s.count; i++)
			assert_true(now[i] || !held[i]);
	}
	/* and what was taken is known to be */
	assert_int_equal(svc_box_check(&x, 1, 0, item_of(1, 8192)), GN_OK);
	assert_true(x.last.taken >= 8);
	x.got_count = 0;
	(void)svc_box_follow(&x, 4, 1);
	svc_run_for(&s, 10 * GN_SEC);
	assert_int_equal(x.got_count, 10);
	svc_free(&s);
}

static gn_err by_chain(const struct gn_sk *issuer, const struct gn_sk *publisher, unsigned node,
		       struct gn_slice bytes)
{
	static uint8_t chain[GN_TOKEN_MAX];
	struct gn_buf buf = {chain, 0, sizeof chain};
	struct gn_hash hash;
	struct gn_token_right right = {GN_LIT("topic/news"), GN_FB_ACTION_PUBLISH};
	struct gn_token_fields f = {.audience = publisher->pk,
				    .rights = &right,
				    .right_count = 1,
				    .not_before = gn_unix(s.now),
				    .expires = gn_unix(s.now) + 1000};
	assert_int_equal(gn_token_issue(issuer, &f, &buf, NULL), GN_OK);
	struct gn_box_proof p = {.way = GN_BOX_TOKEN, .token = gn_buf_slice(&buf)};
	gn_sha256(&bytes, 1, &hash);
	gn_boxrec_deposit_sign(publisher, &x.sk.pk, &hash, &p.sig);
	return svc_box_deposit_by(&x, node, &p, bytes);
}

/* BX-46: by the owner's certificate and by a publisher's chain it comes to all of the set, and with
 * both who left something gone it is read, once each, by who knows the topic's name. */
static void a_topic_s_box_is_read_by_whoever_follows(void **state)
{
	struct gn_hash topic;
	(void)state;
	svc_init(&s, &(struct svc_options){.seed = 7, .nodes = 12, .box_bytes = 64u << 20});
	svc_box_make(&s, &x, 6, GN_FB_BOX_KIND_GROUP, 1);
	const struct gn_sk *issuer = &x.worker[1], *publisher = &x.worker[2];
	gn_topicrec_key(&issuer->pk, GN_LIT("news"), &topic);
	gn_topicrec_reader(&topic, &x.read[0]); /* as everybody makes it */
	x.rec.readers[0] = (struct gn_boxrec_reader){.read = x.read[0].pk};
	x.rec.issuer = issuer->pk;
	strcpy(x.rec.topic, "news");
	assert_int_equal(svc_box_put(&x, 0), GN_OK);
	assert_int_equal(svc_box_deposit(&x, 1, 0, item_of(1, 896)), GN_OK);
	assert_int_equal(x.custodies, 8);
	assert_int_equal(by_chain(issuer, publisher, 5, item_of(2, 896)), GN_OK);
	assert_int_equal(x.custodies, 8);
	assert_int_equal(by_chain(publisher, publisher, 5, item_of(3, 896)), GN_DENIED);
	svc_stop(&s, 1);
	svc_stop(&s, 5);
	for (unsigned node = 2; node < 4; node++) {
		struct gn_box_follow f = {
			.place = svc_box_place(&x), .read = x.read[0].pk, .poll = true};
		gn_op op;
		assert_int_equal(gn_box_follow(s.nodes[node].box, &f, s.now, &op), GN_OK);
		svc_pump(&s, node);
		svc_run_for(&s, 30 * GN_SEC);
		assert_int_equal(svc_box_times(&x, node, item_of(1, 896)), 1);
		assert_int_equal(svc_box_times(&x, node, item_of(2, 896)), 1);
	}
	assert_int_equal(x.got_count, 4);
	assert_int_equal(svc_box_sum(&s, "watches"), 0);
	svc_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_contact_s_item_is_stored_by_all_and_read_once),
		cmocka_unit_test(the_slowest_is_not_waited_for),
		cmocka_unit_test(a_wide_deposit_goes_to_two_more),
		cmocka_unit_test(a_double_costs_nothing_and_rights_are_shown_once),
		cmocka_unit_test(each_device_gets_it),
		cmocka_unit_test(a_front_box_lies_at_two_places),
		cmocka_unit_test(who_is_refused_gets_nothing_in),
		cmocka_unit_test(two_of_eight_are_no_quorum),
		cmocka_unit_test(it_arrives_whoever_lies),
		cmocka_unit_test(liars_about_states_are_outvoted),
		cmocka_unit_test(who_fills_the_store_keeps_no_contact_out),
		cmocka_unit_test(a_topic_s_box_is_read_by_whoever_follows),
		cmocka_unit_test(a_power_cut_loses_nothing_promised),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
