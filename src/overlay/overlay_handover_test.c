/* Letting go of copies: only to members known for long that have proven with a receipt and a
 * hash that they have the record; and receipts that count only when their signature holds. */
#include "overlay/ring_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HOUR (3600 * GN_SEC)

static struct net net;
static struct gn_sk alice;
static unsigned tampered, liar;

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

/* ---- what happens to messages on their way ---- */

static bool ack_of(const struct net_message *m, struct gn_fb_ack *out)
{
	struct gn_fb_overlay_message message;
	if (gn_fb_overlay_message_verify(gn_slice(m->bytes, m->len), &message) != GN_OK ||
	    gn_fb_overlay_message_body_type(message) != GN_FB_OVERLAY_BODY_ACK)
		return false;
	*out = gn_fb_overlay_message_body_as_ack(message);
	return true;
}

static void flip(struct net_message *m, const uint8_t *what, size_t len)
{
	for (size_t at = 0; at + len <= m->len; at++)
		if (memcmp(m->bytes + at, what, len) == 0) {
			m->bytes[at + len / 2] ^= 1;
			tampered++;
			return;
		}
	GN_ASSERT(false);
}

static void flip_signature(struct net *n, struct net_message *m)
{
	struct gn_fb_ack ack;
	struct gn_receipt r;
	(void)n;
	if (!ack_of(m, &ack) || !gn_fb_ack_has_receipt(ack) || (liar < NET_MAX && m->from != liar))
		return;
	gn_wire_receipt_get(gn_fb_ack_receipt(ack), &r);
	flip(m, r.sig.b, sizeof r.sig.b);
}

static void flip_proof(struct net *n, struct net_message *m)
{
	struct gn_fb_ack ack;
	(void)n;
	if (!ack_of(m, &ack) || !gn_fb_ack_has_proof(ack))
		return;
	struct gn_fb_hash proof = gn_fb_ack_proof(ack);
	flip(m, proof.b, sizeof proof.b);
}

/* A peer of the first version does not know the nonce: it answers with the record. */
static void forget_nonce(struct net *n, struct net_message *m)
{
	struct gn_fb_overlay_message message;
	(void)n;
	if (gn_fb_overlay_message_verify(gn_slice(m->bytes, m->len), &message) != GN_OK ||
	    gn_fb_overlay_message_body_type(message) != GN_FB_OVERLAY_BODY_GET)
		return;
	uint64_t nonce = gn_fb_get_nonce(gn_fb_overlay_message_body_as_get(message));
	uint8_t bytes[8];
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(nonce >> (8 * i));
	for (size_t at = 0; nonce && at + 8 <= m->len; at++)
		if (memcmp(m->bytes + at, bytes, 8) == 0) {
			memset(m->bytes + at, 0, 8);
			tampered++;
			return;
		}
}

/* ---- receipts of a PUT ---- */

static void a_forged_receipt_does_not_count(void **state)
{
	(void)state;
	struct net_record r;
	net_build(&net, 71, 5);
	gn_sk_new(&net.rand, &alice);
	net_record(&net, &r, &alice, 16, "forged receipt", 1, "body");
	net.tamper = flip_signature;
	liar = 3;
	tampered = 0;
	assert_int_equal(net_put(&net, 0, &r, 5), GN_QUORUM);
	assert_int_equal(tampered, 1);
	assert_int_equal(net.result.receipts, 4);
	for (unsigned i = 0; i < net.result.receipts; i++)
		assert_memory_not_equal(net.result.receipt[i].pk.b,
					net.node[liar].cfg.node_key.pk.b, 32);
	assert_int_equal(net_counter(&net, 0, "receipts_bad"), 1);
	net.tamper = NULL;
	assert_int_equal(net_put(&net, 0, &r, 5), GN_OK);
}

/* ---- hand-over ---- */

#define OLD 5 /* nodes that hold the record first */
#define ALL 14

/* Sets of 4; the others join at `later` and some of them are nearer. Returns a node that must
 * hand over. */
static unsigned displaced(struct net_record *r, gn_time before)
{
	net_init(&net, 72);
	net.ttl = 8 * 3600;
	for (unsigned i = 0; i < ALL; i++) {
		net_add(&net);
		net.node[i].cfg.r = 4;
		net.node[i].cfg.w = 3;
		net.node[i].cfg.rq = 2;
	}
	for (unsigned i = 0; i < OLD; i++)
		net_start(&net, i);
	net_run(&net, 30 * GN_SEC);
	gn_sk_new(&net.rand, &alice);
	net_record(&net, r, &alice, 16, "moving", 1, "body");
	assert_int_equal(net_put(&net, 0, r, 3), GN_OK);
	net_run(&net, before);
	for (unsigned i = OLD; i < ALL; i++)
		net_start(&net, i);
	net_run(&net, 60 * GN_SEC);
	for (unsigned i = 0; i < OLD; i++) {
		struct gn_ov_held *h = gn_ov_held_get(net.node[i].ov, &r->r.key);
		if (h && !gn_ov_answers_for(net.node[i].ov, gn_ov_theta(r->r.key.b)))
			return i;
	}
	fail();
	return 0;
}

static bool holds(unsigned i, const struct net_record *r)
{
	return net_file(&net.node[i], &r->r.key) != NULL;
}

static unsigned members_with(const struct net_record *r, unsigned as_seen_by)
{
	struct gn_ov_member set[GN_OV_R_MAX];
	unsigned n = 0;
	uint32_t count = gn_ov_set_of(net.node[as_seen_by].ov, gn_ov_theta(r->r.key.b), set, 4);
	for (uint32_t k = 0; k < count; k++)
		for (unsigned i = 0; i < ALL; i++)
			if (set[k].contact &&
			    memcmp(set[k].contact->c.id.b, net.node[i].id.b, 32) == 0)
				n += holds(i, r);
	return n;
}

static void
a_copy_goes_when_half_its_life_is_over_and_known_members_have_proven_theirs(void **state)
{
	(void)state;
	struct net_record r;
	unsigned i = displaced(&r, 30 * GN_SEC);
	net_run(&net, 2 * HOUR); /* the members have stood for long and hold it, but it is young */
	assert_int_equal(members_with(&r, i), 4);
	assert_true(holds(i, &r));
	assert_int_equal(net_counter(&net, i, "records_handed_over"), 0);
	net_run(&net, 3 * HOUR);
	assert_false(holds(i, &r));
	assert_int_equal(net_counter(&net, i, "records_handed_over"), 1);
	assert_int_equal(net_counter(&net, i, "proofs_bad"), 0);
	assert_int_equal(members_with(&r, i), 4);
	assert_int_equal(net_get(&net, i, &r.r.key, 2), GN_OK);
}

static void a_copy_goes_early_when_room_is_short(void **state)
{
	(void)state;
	struct net_record r;
	unsigned i = displaced(&r, 30 * GN_SEC);
	net.node[i].ov->cfg.records_max = 1;
	net_run(&net, 50 * 60 * GN_SEC); /* newcomers do not count, room or not */
	assert_true(holds(i, &r));
	net_run(&net, 2 * HOUR);
	assert_false(holds(i, &r));
	assert_int_equal(members_with(&r, i), 4);
}

static void newcomers_do_not_count(void **state)
{
	(void)state;
	struct net_record r;
	unsigned i = displaced(&r, 5 * HOUR); /* half its life is over already */
	net_run(&net, 50 * 60 * GN_SEC);
	assert_int_equal(members_with(&r, i), 4);
	assert_true(holds(i, &r));
	net_run(&net, HOUR);
	assert_false(holds(i, &r));
}

static void kept_for_ever(void (*tamper)(struct net *, struct net_message *), bool bad)
{
	struct net_record r;
	unsigned i = displaced(&r, 30 * GN_SEC);
	net.tamper = tamper;
	tampered = 0;
	liar = NET_MAX;
	net_run(&net, 7 * HOUR + 1800 * GN_SEC);
	assert_true(tampered > 0);
	assert_true(holds(i, &r));
	assert_int_equal(net_counter(&net, i, "records_handed_over"), 0);
	assert_true(!bad || net_counter(&net, i, "proofs_bad") > 0);
}

static void a_wrong_proof_does_not_count(void **state)
{
	(void)state;
	kept_for_ever(flip_proof, true);
}

static void a_forged_receipt_does_not_count_for_dropping(void **state)
{
	(void)state;
	kept_for_ever(flip_signature, true);
}

static void a_peer_of_the_first_version_does_not_count(void **state)
{
	(void)state;
	kept_for_ever(forget_nonce, false);
}

static void a_proof_is_of_nonce_holder_and_bytes(void **state)
{
	(void)state;
	struct gn_node_id a = {{1}}, b = {{2}};
	struct gn_hash h, other;
	gn_ov_stored_proof(7, &a, gn_str("record"), &h);
	gn_ov_stored_proof(7, &a, gn_str("record"), &other);
	assert_memory_equal(h.b, other.b, 32);
	gn_ov_stored_proof(8, &a, gn_str("record"), &other);
	assert_memory_not_equal(h.b, other.b, 32);
	gn_ov_stored_proof(7, &b, gn_str("record"), &other);
	assert_memory_not_equal(h.b, other.b, 32);
	gn_ov_stored_proof(7, &a, gn_str("Record"), &other);
	assert_memory_not_equal(h.b, other.b, 32);
}

static void strangers_get_no_proof(void **state)
{
	(void)state;
	struct net_record r;
	net_build(&net, 73, 3);
	gn_sk_new(&net.rand, &alice);
	net_record(&net, &r, &alice, 16, "x", 1, "body");
	assert_int_equal(net_put(&net, 0, &r, 3), GN_OK);
	struct gn_sk stranger;
	gn_sk_new(&net.rand, &stranger);
	uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash key;
	struct gn_slice bytes;
	memcpy(key.b, r.r.key.b, 32);
	gn_fbref body = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &key, .nonce = 5});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 9, .body_type = GN_FB_OVERLAY_BODY_GET, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	uint64_t before = net_counter(&net, 1, "receipts_signed");
	struct gn_addr addr = gn_addr_v4(127, 0, 0, 9, 999);
	assert_int_equal(gn_overlay_recv(net.node[1].ov, &stranger.pk, &addr, bytes, net.now),
			 GN_OK);
	net_pump(&net, 1);
	assert_int_equal(net_counter(&net, 1, "receipts_signed"), before);
	assert_int_equal(gn_overlay_recv(net.node[1].ov, &net.node[0].cfg.node_key.pk,
					 &net.node[0].cfg.addrs[0], bytes, net.now),
			 GN_OK);
	net_pump(&net, 1);
	assert_int_equal(net_counter(&net, 1, "receipts_signed"), before + 1);
}

/* A GET as it comes from a linked peer, number 0 or not. */
static void get_from(const struct net_record *r, uint64_t request, uint64_t nonce)
{
	uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash key;
	struct gn_slice bytes;
	memcpy(key.b, r->r.key.b, 32);
	gn_fbref body = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &key, .nonce = nonce});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = request, .body_type = GN_FB_OVERLAY_BODY_GET, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_overlay_recv(net.node[1].ov, &net.node[0].cfg.node_key.pk,
					 &net.node[0].cfg.addrs[0], bytes, net.now),
			 GN_OK);
	net_pump(&net, 1);
}

/* Nobody could tell what the answer is to. */
static void a_question_without_a_number_gets_no_proof(void **state)
{
	(void)state;
	struct net_record r;
	net_build(&net, 73, 3);
	gn_sk_new(&net.rand, &alice);
	net_record(&net, &r, &alice, 16, "x", 1, "body");
	assert_int_equal(net_put(&net, 0, &r, 3), GN_OK);
	uint64_t signed_before = net_counter(&net, 1, "receipts_signed"),
		 refused = net_counter(&net, 1, "messages_refused");
	get_from(&r, 0, 5);
	get_from(&r, 0, 0);
	assert_int_equal(net_counter(&net, 1, "receipts_signed"), signed_before);
	assert_int_equal(net_counter(&net, 1, "messages_refused"), refused + 2);
	get_from(&r, 9, 5);
	assert_int_equal(net_counter(&net, 1, "receipts_signed"), signed_before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_forged_receipt_does_not_count, take_down),
		cmocka_unit_test_teardown(
			a_copy_goes_when_half_its_life_is_over_and_known_members_have_proven_theirs,
			take_down),
		cmocka_unit_test_teardown(a_copy_goes_early_when_room_is_short, take_down),
		cmocka_unit_test_teardown(newcomers_do_not_count, take_down),
		cmocka_unit_test_teardown(a_wrong_proof_does_not_count, take_down),
		cmocka_unit_test_teardown(a_forged_receipt_does_not_count_for_dropping, take_down),
		cmocka_unit_test_teardown(a_peer_of_the_first_version_does_not_count, take_down),
		cmocka_unit_test(a_proof_is_of_nonce_holder_and_bytes),
		cmocka_unit_test_teardown(strangers_get_no_proof, take_down),
		cmocka_unit_test_teardown(a_question_without_a_number_gets_no_proof, take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
