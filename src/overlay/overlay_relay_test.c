/* RELAY among a few real engines: questions to somebody without a session go through the peer that
 * lists it, or through two; whoever does not pass them on costs one question, and who is asked in
 * vain is asked itself (RE-48). Who is linked with whom is laid by hand. */
#include "overlay/contact_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { A, B, C, P, NODES };

static struct net net;
static struct gn_sk alice;
static struct net_record record;
/* What went from whom to whom, by kind. */
static unsigned sent[NET_MAX][NET_MAX][GN_FB_OVERLAY_BODY_REFUSED + 1];
static int deaf_to_relay; /* node that drops each RELAY, -1: none */

static uint8_t kind_of(const struct net_message *q, struct gn_fb_overlay_message *m)
{
	return gn_fb_overlay_message_verify(gn_slice(q->bytes, q->len), m) == GN_OK
		       ? gn_fb_overlay_message_body_type(*m)
		       : 0;
}

/* No question goes farther than through two, nor back to who sent it. */
static void watch(struct net *n, struct net_message *q)
{
	struct gn_fb_overlay_message m;
	uint8_t kind = kind_of(q, &m);
	sent[q->from][q->to][kind]++;
	if (kind != GN_FB_OVERLAY_BODY_RELAY)
		return;
	struct gn_fb_relay x = gn_fb_overlay_message_body_as_relay(m);
	assert_true(gn_fb_relay_hops(x) <= GN_OV_RELAY_HOPS);
	assert_true(gn_fb_relay_hops(x) < 2 || q->from == A);
	if (gn_fb_relay_hops(x) && q->to == (unsigned)deaf_to_relay)
		memset(q->bytes, 0, q->len); /* as if it had not come */
	(void)n;
}

static const struct gn_pk *key(unsigned i)
{
	return &net.node[i].cfg.node_key.pk;
}

static struct gn_ov_contact *seen(unsigned by, unsigned of)
{
	return gn_ov_contact_get(net.node[by].ov, key(of));
}

static void half_link(unsigned a, unsigned b)
{
	struct gn_overlay *ov = net.node[a].ov;
	struct gn_ov_contact *c = gn_ov_contact_meet(ov, &net.node[b].ov->self, net.now);
	assert_non_null(c);
	struct gn_ov_link *l = gn_ov_link_new(ov, c, false, net.now);
	assert_non_null(l);
	gn_ov_link_up(ov, l, net.now);
	gn_overlay_rtt(ov, key(b), 2 * NET_DELAY, net.now);
	net_pump(&net, a);
}

static void link_two(unsigned a, unsigned b)
{
	half_link(a, b);
	half_link(b, a);
}

/* Node `by` has from `teller` that `of` is there; listed: and linked with the teller. They never
 * ask each other for a link. */
static void tell(unsigned by, unsigned teller, unsigned of, bool listed)
{
	struct gn_ov_link *l = seen(by, teller)->link;
	struct gn_ov_contact *k = gn_ov_contact_hear(net.node[by].ov, &net.node[of].ov->self, NULL,
						     0, key(teller), net.now);
	assert_non_null(k);
	k->refused_until = k->leaf_refused_until = GN_NEVER;
	if (listed)
		l->theirs[l->their_count++] = k->theta;
}

static int build(void **state)
{
	(void)state;
	memset(sent, 0, sizeof sent);
	deaf_to_relay = -1;
	net_init(&net, 61);
	net.ttl = 86400;
	gn_sk_new(&net.rand, &alice);
	for (unsigned i = 0; i < NODES; i++)
		net_add(&net);
	for (unsigned i = 0; i < NODES; i++)
		net_start_alone(&net, i);
	net_run(&net, 10 * GN_SEC); /* each is a server by itself */
	net_record(&net, &record, &alice, 16, "x", 1, "body");
	net.tamper = watch;
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

/* C has it on its disk, nobody else. */
static void hold(unsigned i, const struct net_record *r)
{
	const struct gn_ov_origin from = {.how = GN_OV_BY_PUT};
	net_store(&net, i,
		  &(struct gn_overlay_store){
			  .kind = GN_STORE_PUT, .key = r->r.key, .value = r->r.bytes});
	assert_int_equal(gn_ov_held_set(net.node[i].ov, &r->r, &from, 0, net.now), GN_OK);
}

/* A - B - C, and A knows of C by B alone. */
static void chain(void)
{
	link_two(A, B);
	link_two(B, C);
	tell(A, B, C, true);
	tell(C, B, A, true);
	hold(C, &record);
}

static unsigned direct(void)
{
	unsigned n = 0;
	for (unsigned k = 0; k <= GN_FB_OVERLAY_BODY_REFUSED; k++)
		n += sent[A][C][k];
	return n;
}

static void a_get_goes_through_who_lists_it(void **state)
{
	(void)state;
	chain();
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(direct(), 0);
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 1);
	assert_int_equal(sent[B][C][GN_FB_OVERLAY_BODY_GET], 1);
	assert_int_equal(sent[C][B][GN_FB_OVERLAY_BODY_VALUE], 1);
	assert_int_equal(sent[B][A][GN_FB_OVERLAY_BODY_RELAY], 1);
	assert_int_equal(net_counter(&net, A, "relayed"), 1);
	assert_int_equal(net_counter(&net, B, "relays"), 1);
	assert_int_equal(seen(A, C)->direct, 0); /* it is hearsay still */
	assert_false(seen(A, C)->up);
}

static void a_put_goes_so_and_its_receipt_counts(void **state)
{
	static struct net_record other;
	(void)state;
	chain();
	net_record(&net, &other, &alice, 16, "y", 1, "body");
	assert_int_equal(net_put(&net, A, &other, 3), GN_OK);
	assert_int_equal(net.result.receipts, 3);
	/* B and C would have one voice: C was looked up itself, and the session is there then */
	assert_int_equal(direct(), 2);
	assert_int_equal(sent[A][C][GN_FB_OVERLAY_BODY_FIND], 1);
}

/* A PUT whose lookup has found C, who is not B's voice. */
static struct gn_ov_op *storing(const struct net_record *r)
{
	struct gn_overlay *ov = net.node[A].ov;
	struct gn_ov_op *op;
	assert_int_equal(gn_ov_op_new(ov, GN_OV_PUT, GN_OV_USER, &r->r.key, net.now, &op), GN_OK);
	op->bytes = gn_mem_new(ov->env.alloc, r->r.bytes.len);
	memcpy(op->bytes, r->r.bytes.p, r->r.bytes.len);
	assert_int_equal(gn_wire_record_parse(gn_slice(op->bytes, r->r.bytes.len), &op->record),
			 GN_OK);
	gn_ov_lookup_add(ov, op, &seen(A, C)->c, NULL, 1);
	op->w = 1;
	op->relays = op->storing = true;
	op->cands[0].state = GN_OV_ANSWERED;
	gn_ov_op_wake(ov, op);
	return op;
}

/* Where it is we know by B alone: for prefixes its receipt counts as B's. */
static void a_put_through_another_is_where_that_one_is(void **state)
{
	static struct net_record other;
	(void)state;
	chain();
	net_record(&net, &other, &alice, 16, "y", 1, "body");
	struct gn_ov_op *op = storing(&other);
	gn_op id = op->id;
	gn_ov_lookup_add(net.node[A].ov, op, &seen(A, B)->c, NULL, 1);
	assert_int_equal(op->cand_count, 2);
	for (unsigned i = 0; i < 2; i++) /* B was not asked: it is to say something for C */
		if (gn_pk_eq(&op->cands[i].c.pk, key(B)))
			op->cands[i].put = GN_OV_DECLINED;
	op->count = op->w = 2;
	gn_ov_settle(net.node[A].ov, net.now);
	for (unsigned i = 0; i < 2; i++) /* it goes on until that comes */
		if (gn_pk_eq(&op->cands[i].c.pk, key(B)))
			op->cands[i].put = GN_OV_SENT;
	net_pump(&net, A);
	net_run(&net, 5 * NET_DELAY);
	assert_int_equal(op->receipt_count, 1);
	assert_true(gn_addr_eq(&op->receipt_addrs[0], &net.node[B].cfg.addrs[0]));
	op->w = 1;
	gn_ov_op_wake(net.node[A].ov, op);
	gn_ov_settle(net.node[A].ov, net.now);
	net_wait(&net, id, A);
	assert_int_equal(direct(), 0);
	assert_int_equal(sent[B][C][GN_FB_OVERLAY_BODY_PUT], 1);
	assert_int_equal(net.result.receipts, 1);
	assert_true(net_counter(&net, A, "relayed") == 1);
}

/* What B says of C against a PUT, C is asked itself. */
static void a_refusal_by_another_is_none(void **state)
{
	static struct net_record old, next;
	(void)state;
	chain();
	net_record(&net, &old, &alice, 16, "x", 2, "newer, C has it");
	hold(C, &old);
	net_record(&net, &next, &alice, 16, "x", 1, "older");
	gn_op id = storing(&next)->id;
	gn_ov_settle(net.node[A].ov, net.now);
	net_wait(&net, id, A);
	assert_int_equal(net.result.err, GN_STALE);
	assert_int_equal(sent[B][C][GN_FB_OVERLAY_BODY_PUT], 1);
	assert_int_equal(sent[A][C][GN_FB_OVERLAY_BODY_PUT], 1);
}

/* A - B - P - C, and B told A of C without listing it. */
static void long_chain(void)
{
	link_two(A, B);
	link_two(B, P);
	link_two(P, C);
	tell(A, B, C, false);
	tell(A, B, P, true);
	tell(B, P, C, true);
	tell(C, P, B, true);
	tell(P, B, A, true);
	hold(C, &record);
}

static void through_two_when_nobody_lists_it(void **state)
{
	(void)state;
	long_chain();
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(direct(), 0);
	assert_int_equal(sent[B][P][GN_FB_OVERLAY_BODY_RELAY], 1);
	assert_int_equal(sent[P][C][GN_FB_OVERLAY_BODY_GET], 1);
	assert_int_equal(seen(A, C)->relay_fails, 0);
	assert_int_equal(net_counter(&net, A, "relayed_in_vain"), 0);
}

static void not_through_three(void **state)
{
	(void)state;
	link_two(A, B);
	link_two(B, P);
	tell(A, B, C, false);
	tell(B, P, C, true); /* P had it, but has no link with it any more */
	hold(C, &record);
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(sent[B][P][GN_FB_OVERLAY_BODY_RELAY], 2);
	assert_int_equal(sent[A][C][GN_FB_OVERLAY_BODY_GET], 1); /* twice in vain: itself */
	assert_int_equal(net_counter(&net, A, "relayed_in_vain"), 2);
	assert_int_equal(net_counter(&net, P, "relays_refused"), 2);
}

static void who_does_not_know_it_is_asked_once(void **state)
{
	(void)state;
	chain();
	net.node[B].ov->cfg.relay_off = true;
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_true(net.result.took < GN_SEC); /* it says so: no time is lost */
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 1);
	assert_int_equal(sent[A][C][GN_FB_OVERLAY_BODY_GET], 1);
	seen(A, C)->up = false;
	seen(A, C)->relay_fails = 0;
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 1);
	net_run(&net, 3600 * GN_SEC); /* nor is it later, on this link */
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 1);
}

/* The same of nodes that neither pass on nor answer. */
static void silence_costs_one_question(void **state)
{
	(void)state;
	chain();
	deaf_to_relay = B;
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 1);
	assert_true(net.result.took <= GN_OV_RELAY_MIN + 10 * NET_DELAY);
	assert_int_equal(net_counter(&net, A, "relayed_in_vain"), 1);
	seen(A, C)->up = false;
	seen(A, C)->relay_fails = 0;
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 1);
	assert_true(seen(A, B)->link != NULL); /* it is a good peer otherwise */
}

/* One that has passed on before gets a second chance, and another one ten minutes later. */
static void who_falls_silent_rests(void **state)
{
	(void)state;
	chain();
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	deaf_to_relay = B;
	assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 3);
	assert_int_equal(sent[A][C][GN_FB_OVERLAY_BODY_GET], 1);
	deaf_to_relay = -1;
	for (unsigned late = 0; late < 2; late++) {
		seen(A, C)->up = false;
		assert_int_equal(net_get(&net, A, &record.r.key, 1), GN_OK);
		assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 3 + late);
		net_run(&net, GN_OV_TOMB);
		seen(A, C)->heard = net.now;
	}
}

/* B does not hear C any more: it says that it was in vain, and that before A gives up on it. */
static void a_silent_target_is_asked_itself(void **state)
{
	(void)state;
	chain();
	net.node[C].deaf = true;
	gn_op op;
	const struct gn_get_options o = {.quorum = 1};
	assert_int_equal(gn_overlay_get(net.node[A].ov, &record.r.key, &o, net.now, &op), GN_OK);
	net_pump(&net, A);
	net_run(&net, GN_OV_RELAY_MIN - GN_MSEC);
	assert_int_equal(net_counter(&net, B, "relays_lost"), 1);
	assert_int_equal(seen(A, B)->link->relay_misses, 0); /* B is not at fault */
	assert_int_equal(seen(A, C)->relay_fails, 1);
	net_wait(&net, op, A);
	assert_int_equal(seen(A, C)->relay_fails, 2);
	assert_true(seen(A, C)->dialled != 0);
	assert_true(seen(B, C)->link == NULL || seen(B, C)->link->ping != 0); /* and it looks */
}

/* To be part of the ring, and for what is too long, we ask ourselves. */
static void some_questions_are_ours_alone(void **state)
{
	static struct net_record big;
	static char body[GN_OV_RELAY_RECORD + 1];
	(void)state;
	chain();
	gn_ov_find_theta(net.node[A].ov, 5, GN_OV_FOR_HEAL, NULL, net.now);
	gn_ov_settle(net.node[A].ov, net.now);
	net_pump(&net, A);
	assert_int_equal(sent[A][B][GN_FB_OVERLAY_BODY_RELAY], 0);
	assert_int_equal(sent[A][C][GN_FB_OVERLAY_BODY_FIND], 1);
	size_t n = 500;
	for (unsigned past = 0; past < 2; past++) {
		struct gn_ov_op *op;
		gn_op id;
		/* the longest that may, then the shortest that may not */
		size_t enough = past ? GN_OV_RELAY_RECORD : GN_OV_RELAY_RECORD - 8;
		do {
			memset(body, 'x', sizeof body);
			body[++n] = 0;
			net_record(&net, &big, &alice, 16, past ? "zz" : "z", 1, body);
		} while (big.r.bytes.len <= enough);
		assert_true(past == (big.r.bytes.len > GN_OV_RELAY_RECORD));
		assert_int_equal(gn_overlay_put(net.node[A].ov, big.r.bytes, 1, net.now, &id),
				 GN_OK);
		op = gn_ov_op_get(net.node[A].ov, id);
		assert_non_null(op);
		assert_int_equal(op->relays, !past);
		net_wait(&net, id, A);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, build, take_down)
	const struct CMUnitTest tests[] = {
		TEST(a_get_goes_through_who_lists_it),
		TEST(a_put_goes_so_and_its_receipt_counts),
		TEST(a_put_through_another_is_where_that_one_is),
		TEST(a_refusal_by_another_is_none),
		TEST(through_two_when_nobody_lists_it),
		TEST(not_through_three),
		TEST(who_does_not_know_it_is_asked_once),
		TEST(silence_costs_one_question),
		TEST(who_falls_silent_rests),
		TEST(a_silent_target_is_asked_itself),
		TEST(some_questions_are_ours_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
