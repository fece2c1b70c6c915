/* Whose account a record is on: puts, pushes and proofs, prefixes, and who is trusted with
 * copies (OV-92, OV-94, OV-95). */
#include "overlay/contact_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;
static struct gn_sk alice;

static int build(void **state)
{
	(void)state;
	net_build(&net, 42, 5);
	gn_sk_new(&net.rand, &alice);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

/* OV-92: a stranger's node fills a holder with records of fresh owners; others still get in, and
 * stay. */
static void one_putter_takes_a_share_and_no_more(void **state)
{
	(void)state;
	struct net_record r, name;
	struct net small;
	struct gn_sk fresh;
	net_init(&small, 15);
	for (unsigned i = 0; i < 3; i++) {
		net_add(&small);
		small.node[i].cfg.records_max = 64;
		small.node[i].cfg.bytes_max = 64 * 8192;
	}
	for (unsigned i = 0; i < 3; i++)
		net_start(&small, i);
	net_run(&small, 30 * GN_SEC);
	for (unsigned i = 0; i < 20; i++) {
		gn_sk_new(&small.rand, &fresh);
		net_record(&small, &r, &fresh, 256, "junk", 1, "x");
		gn_err err = net_put(&small, 2, &r, 3); /* its own node takes all it likes */
		assert_int_equal(err, i < 64 / GN_OV_PUTTER_PART ? GN_OK : GN_QUORUM);
	}
	assert_true(net_counter(&small, 0, "quota_putter") > 0);
	net_record(&small, &name, &alice, 3, "honest", 1, "in");
	assert_int_equal(net_put(&small, 1, &name, 3), GN_OK);
	assert_int_equal(net_get(&small, 0, &name.r.key, 3), GN_OK);
	net_free(&small);
}

static bool hold_for(struct net *n, const struct gn_holder *by, const struct gn_sk *owner,
		     uint16_t type, const char *label, struct net_record *out)
{
	return net_hold(n, GN_OV_BY_PUT, by, owner, type, label, out);
}

/* Would this be taken? how: GN_OV_BY_PUSH, or what a receipt is asked by. With keep a receipt is
 * given. */
static gn_err take_as(struct net *n, enum gn_ov_how how, const struct gn_holder *by,
		      const struct gn_sk *owner, const char *label, bool keep)
{
	struct net_record r;
	struct gn_overlay *ov = n->node[0].ov;
	struct gn_ov_job j = {.to = {.pk = by->key, .addr_count = 1, .addrs = {by->addr}},
			      .pushed = how == GN_OV_BY_PUSH,
			      .nonce = how == GN_OV_BY_PROOF};
	net_record(n, &r, owner, 256, label, 1, "x");
	j.record = r.r;
	j.key = r.r.key;
	gn_err err = gn_ov_store_take(ov, &j);
	if (err != GN_OK)
		return err;
	gn_ov_store_came(ov, &j);
	if (keep)
		gn_ov_store_promise(ov, gn_ov_held_get(ov, &j.key), &j);
	gn_share_give(&ov->brought[j.from.how], &j.from.by, j.taken);
	gn_overlay_validate(ov);
	return GN_OK;
}

static gn_err take(struct net *n, const struct gn_holder *by, const struct gn_sk *owner,
		   const char *label)
{
	return take_as(n, GN_OV_BY_PUT, by, owner, label, false);
}

/* OV-92: what a node hands over takes nothing from its puts, and receipts for it are of who asks
 * for them. */
static void puts_pushes_and_proofs_have_accounts_of_their_own(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk owner;
	char label[16];
	const struct gn_holder giver = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)},
			       other = {{{2}}, gn_addr_v4(8, 8, 8, 8, 1)};
	struct gn_overlay *ov = net_small_store(&small, 41);
	gn_sk_new(&small.rand, &owner);
	for (unsigned i = 0; i < 13; i++) {
		snprintf(label, sizeof label, "%u", i);
		assert_true(net_hold(&small, GN_OV_BY_PUSH, &giver, &owner, 256, label, &r));
	}
	/* not linked */
	assert_int_equal(take_as(&small, GN_OV_BY_PUSH, &giver, &owner, "more", false), GN_QUOTA);
	assert_int_equal(take(&small, &giver, &owner, "own"), GN_OK);
	for (unsigned i = 0; i < 13; i++) {
		enum gn_ov_how how = i < 5 ? GN_OV_BY_PUT : i < 10 ? GN_OV_BY_PROOF : GN_OV_BY_PUT;
		const struct gn_holder *who = i < 10 ? &giver : &other;
		snprintf(label, sizeof label, "%u", i);
		assert_int_equal(take_as(&small, how, who, &owner, label, true),
				 i == 4 || i == 9 ? GN_QUOTA : GN_OK);
	}
	assert_int_equal(take(&small, &giver, &owner, "own"), GN_QUOTA);
	assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PUSH], &giver).key, 2 * 8192);
	assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PROOF], &giver).key, 4 * 8192);
	assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PUT], &giver).key, 4 * 8192);
	assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PUT], &other).key, 3 * 8192);
	net_free(&small);
}

/* OV-92: a stranger who put a copy of an owner's record first, and has filled its share, is not
 * in the way of the next version, which is larger. */
static void a_new_version_is_not_refused_for_anothers_share(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk owner;
	char label[16];
	const size_t larger = 3 * 8192;
	const struct gn_holder stranger = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)},
			       node = {{{2}}, gn_addr_v4(8, 8, 8, 8, 1)};
	struct gn_overlay *ov = net_small_store(&small, 59);
	gn_sk_new(&small.rand, &owner);
	for (unsigned i = 0; i < 64 / GN_OV_PUTTER_PART; i++) {
		snprintf(label, sizeof label, "%u", i);
		assert_true(hold_for(&small, &stranger, &owner, 256, label, &r));
	}
	for (unsigned pushed = 2; pushed-- > 0;) {
		struct gn_ov_job j = {.to = {.pk = node.key, .addr_count = 1, .addrs = {node.addr}},
				      .pushed = pushed};
		net_record(&small, &r, &owner, 256, "0", 2, "larger");
		j.record = r.r;
		j.record.bytes.len = larger; /* its place is all that is looked at */
		j.key = r.r.key;
		gn_err err = gn_ov_store_take(ov, &j);
		/* what is pushed has no receipt */
		assert_int_equal(err, pushed ? GN_QUOTA : GN_OK);
		assert_int_equal(j.taken, pushed ? 0 : larger);
		if (pushed)
			continue;
		assert_true(gn_pk_eq(&j.from.by.key, &node.key) && j.from.how == GN_OV_BY_PUT);
		gn_ov_store_came(ov, &j);
		j.record.bytes.len = r.r.bytes.len;
		assert_int_equal(gn_ov_held_set(ov, &j.record, &j.from, j.taken, small.now), GN_OK);
		assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PUT], &stranger).key,
				 3 * 8192);
		assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_PUT], &node).key, 8192);
	}
	gn_overlay_validate(ov);
	net_free(&small);
}

/* OV-92: a prefix has an eighth of all that has receipts, however they were asked for. */
static void a_prefix_has_one_share_of_promises(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk owner;
	char label[16];
	struct gn_overlay *ov = net_small_store(&small, 47);
	gn_sk_new(&small.rand, &owner);
	for (unsigned i = 0; i < 16; i++) { /* crowded: a quarter by others */
		const struct gn_holder by = {{{(uint8_t)(50 + i / 4)}},
					     gn_addr_v4(50, (uint8_t)(i / 4), 0, 1, 1)};
		snprintf(label, sizeof label, "put%u", i);
		assert_true(hold_for(&small, &by, &owner, 256, label, &r));
	}
	for (unsigned i = 0; i < 9; i++) {
		const struct gn_holder by = {{{(uint8_t)(1 + i / 4)}},
					     gn_addr_v4(9, 9, 9, (uint8_t)i, 1)};
		enum gn_ov_how how = i < 4 ? GN_OV_BY_PUT : GN_OV_BY_PROOF;
		snprintf(label, sizeof label, "near%u", i);
		assert_int_equal(take_as(&small, how, &by, &owner, label, false),
				 i < 8 ? GN_OK : GN_QUOTA);
		assert_int_equal(net_counter(&small, 0, "quota_prefix"), i / 8);
		if (i < 8)
			assert_true(net_hold(&small, how, &by, &owner, 256, label, &r));
	}
	gn_overlay_validate(ov);
	net_free(&small);
}

/* Node 1 says it to node 0, as a request. */
static void say(struct net *n, struct gn_fbb *b, enum gn_fb_overlay_body type, gn_fbref body)
{
	struct gn_slice bytes;
	gn_fbref root = gn_fb_overlay_message_make(
		b, &(struct gn_fb_overlay_message_args){
			   .request = 9, .body_type = (uint8_t)type, .body = body});
	assert_int_equal(gn_fbb_finish(b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_overlay_recv(n->node[0].ov, &n->node[1].cfg.node_key.pk,
					 &n->node[1].cfg.addrs[0], bytes, n->now),
			 GN_OK);
	net_pump(n, 0);
	net_run(n, GN_SEC);
}

static void push(struct net *n, const struct gn_record *r)
{
	uint8_t storage[4096];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	gn_fbref body = gn_fb_push_make(&b, &(struct gn_fb_push_args){.record = r->bytes});
	say(n, &b, GN_FB_OVERLAY_BODY_PUSH, body);
}

static void ask_proof(struct net *n, const struct gn_hash *key)
{
	uint8_t storage[512];
	struct gn_fbb b = gn_fbb(storage, sizeof storage);
	struct gn_fb_hash k;
	memcpy(k.b, key->b, sizeof k.b);
	gn_fbref body = gn_fb_get_make(&b, &(struct gn_fb_get_args){.key = &k, .nonce = 7});
	say(n, &b, GN_FB_OVERLAY_BODY_GET, body);
}

static gn_err handed_over(const struct gn_record *held, const struct gn_record *in, uint32_t names,
			  gn_time now)
{
	(void)held, (void)in, (void)now;
	return names == GN_OVERLAY_PUSHED ? GN_OK : GN_PROOF_OF_WORK;
}

/* OV-68, OV-92: until a linked server has been known for an hour what it pushes is like
 * anybody's, and it makes no promise of it by asking for a proof. */
static void standing_takes_an_hour(void **state)
{
	(void)state;
	struct net_record r;
	struct net two;
	struct gn_sk owner;
	net_init(&two, 49);
	net_add(&two);
	net_add(&two);
	two.node[0].cfg.admit[3] = handed_over;
	net_start(&two, 0);
	net_run(&two, 3 * GN_OV_STANDING);
	net_start(&two, 1);
	net_run(&two, 60 * GN_SEC);
	struct gn_overlay *ov = two.node[0].ov;
	gn_sk_new(&two.rand, &owner);
	for (unsigned hour = 0; hour < 2; hour++) {
		uint64_t before = ov->count.receipts_signed;
		net_record(&two, &r, &owner, 256, hour ? "second" : "first", 1, "x");
		push(&two, &r.r);
		assert_int_equal(gn_ov_held_get(ov, &r.r.key)->from.how,
				 hour ? GN_OV_BY_HANDOVER : GN_OV_BY_PUSH);
		ask_proof(&two, &r.r.key);
		assert_int_equal(ov->count.receipts_signed - before, hour);
		net_record(&two, &r, &owner, 3, hour ? "second" : "first", 1, "x");
		push(&two, &r.r); /* NA-4: nor are its names taken for judged */
		assert_int_equal(gn_ov_held_get(ov, &r.r.key) != NULL, hour);
		net_run(&two, GN_OV_STANDING);
	}
	net_free(&two);
}

/* OV-92: with half of our uptime who links at once after our restart would be as good as the
 * neighbours of years. */
static void a_restart_makes_nobody_old(void **state)
{
	(void)state;
	struct net_record r;
	struct net two;
	struct gn_sk owner;
	net_init(&two, 53);
	net_add(&two);
	net_add(&two);
	net_start(&two, 0);
	net_start(&two, 1);
	net_run(&two, 60 * GN_SEC);
	gn_sk_new(&two.rand, &owner);
	net_record(&two, &r, &owner, 256, "founding", 1, "x");
	push(&two, &r.r);
	struct gn_overlay *ov = two.node[0].ov;
	assert_int_equal(gn_ov_held_get(ov, &r.r.key)->from.how,
			 GN_OV_BY_HANDOVER); /* a node without anything to lose */
	const struct gn_ov_contact *c = gn_ov_contact_get(ov, &two.node[1].cfg.node_key.pk);
	uint64_t all = ov->cfg.bytes_max;
	ov->cfg.bytes_max = 4 * ov->held_bytes;
	assert_false(gn_ov_trusted(ov, c, two.now));
	ov->cfg.bytes_max += 4;
	assert_true(gn_ov_trusted(ov, c, two.now));
	ov->cfg.bytes_max = all;
	net_stop(&two, 0);
	net_start(&two, 0);
	net_run(&two, 60 * GN_SEC);
	ov = two.node[0].ov;
	for (unsigned hour = 0; hour < 2; hour++) {
		net_record(&two, &r, &owner, 256, hour ? "second" : "first", 1, "x");
		push(&two, &r.r);
		assert_int_equal(gn_ov_held_get(ov, &r.r.key)->from.how,
				 hour ? GN_OV_BY_HANDOVER : GN_OV_BY_PUSH);
		net_run(&two, GN_OV_STANDING);
	}
	net_free(&two);
}

/* OV-92: whose new version of a copy it is: another's larger one is not counted for who handed
 * over the first. */
static void a_new_version_of_a_copy_is_of_who_pushes_it(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk owner;
	const struct gn_holder giver = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)},
			       liar = {{{2}}, gn_addr_v4(8, 8, 8, 8, 1)};
	struct gn_overlay *ov = net_small_store(&small, 51);
	gn_sk_new(&small.rand, &owner);
	assert_true(net_hold(&small, GN_OV_BY_HANDOVER, &giver, &owner, 256, "copy", &r));
	struct gn_ov_job j = {.to = {.pk = liar.key, .addr_count = 1, .addrs = {liar.addr}},
			      .request = 1,
			      .pushed = true};
	net_record(&small, &r, &owner, 256, "copy", 2, "larger");
	j.record = r.r;
	j.key = r.r.key;
	assert_int_equal(gn_ov_store_take(ov, &j), GN_OK);
	assert_true(gn_pk_eq(&j.from.by.key, &liar.key) && j.from.how == GN_OV_BY_PUSH);
	gn_ov_store_came(ov, &j);
	gn_share_give(&ov->brought[j.from.how], &j.from.by, j.taken);
	net_free(&small);
}

/* OV-93: puts push out what strangers pushed, and of what was handed over what is above a share,
 * but for a quarter of the store. */
static void a_quarter_of_copies_stays(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk owner;
	char label[16];
	unsigned got = 0;
	const struct gn_holder giver = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)};
	struct gn_overlay *ov = net_small_store(&small, 43);
	gn_sk_new(&small.rand, &owner);
	for (unsigned i = 0; i < 28; i++) {
		/* eight of them by two who stay within their share, whom nobody knows */
		const struct gn_holder by = {{{(uint8_t)(30 + i / 4)}},
					     gn_addr_v4(30, (uint8_t)(i / 4), 0, 1, 1)};
		snprintf(label, sizeof label, "copy%u", i);
		assert_true(net_hold(&small, i < 8 ? GN_OV_BY_PUSH : GN_OV_BY_HANDOVER,
				     i < 8 ? &by : &giver, &owner, 256, label, &r));
	}
	for (unsigned i = 0; i < 32; i++) {
		const struct gn_holder by = {{{(uint8_t)(50 + i / 4)}},
					     gn_addr_v4(50, (uint8_t)(i / 4), 0, 1, 1)};
		snprintf(label, sizeof label, "put%u", i);
		got += hold_for(&small, &by, &owner, 256, label, &r);
	}
	assert_int_equal(got, 16);
	assert_int_equal(gn_share_held(&ov->brought[GN_OV_BY_HANDOVER], &giver).key, 16 * 8192);
	assert_int_equal(ov->brought[GN_OV_BY_PUSH].used, 0); /* they went first */
	net_free(&small);
}

/* OV-92: who is over their share loses hidden ones of their own; of a neighbour only what has
 * surely ended, and of nobody what is in its grace. */
static void neighbours_do_not_lose_what_may_live(void **state)
{
	(void)state;
	struct net_record r;
	struct net small;
	struct gn_sk owner;
	char label[16];
	const struct gn_holder one = {{{1}}, gn_addr_v4(9, 9, 9, 9, 1)},
			       near = {{{2}}, gn_addr_v4(9, 9, 9, 8, 1)};
	struct gn_overlay *ov = net_small_store(&small, 37);
	gn_sk_new(&small.rand, &owner);
	small.ttl = 300;
	assert_true(hold_for(&small, &one, &owner, 3, "name", &r));
	assert_true(hold_for(&small, &one, &owner, 256, "ended", &r));
	small.ttl = 30 * 86400;
	for (unsigned i = 0; i < 64 / GN_OV_PUTTER_PART; i++) {
		snprintf(label, sizeof label, "%u", i);
		assert_true(hold_for(&small, &near, &owner, 256, label, &r));
	}
	net_run(&small, 500 * GN_SEC);
	assert_int_equal(ov->hidden_count, 2);
	assert_int_equal(take(&small, &near, &owner, "more"), GN_QUOTA);
	assert_int_equal(ov->hidden_count, 2); /* the clock is not sure */
	net_run(&small, GN_OV_CLOCK_SURE);
	assert_int_equal(take(&small, &near, &owner, "more"), GN_QUOTA);
	assert_int_equal(ov->hidden_count, 1); /* the name's grace is not over */
	net_free(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_putter_takes_a_share_and_no_more),
		cmocka_unit_test(neighbours_do_not_lose_what_may_live),
		cmocka_unit_test(puts_pushes_and_proofs_have_accounts_of_their_own),
		cmocka_unit_test(a_new_version_is_not_refused_for_anothers_share),
		cmocka_unit_test(a_prefix_has_one_share_of_promises),
		cmocka_unit_test(standing_takes_an_hour),
		cmocka_unit_test(a_restart_makes_nobody_old),
		cmocka_unit_test(a_new_version_of_a_copy_is_of_who_pushes_it),
		cmocka_unit_test(a_quarter_of_copies_stays),
	};
	return cmocka_run_group_tests(tests, build, take_down);
}
