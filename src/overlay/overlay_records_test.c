/* Records: receipts, quorums, versions, equivocation, expiry, damage on the disk, cancelling. */
#include "overlay/contact_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;
static struct gn_sk alice, bob;

static int build(void **state)
{
	(void)state;
	net_build(&net, 42, 5);
	gn_sk_new(&net.rand, &alice);
	gn_sk_new(&net.rand, &bob);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

/* Of all nodes. */
static uint64_t sum_of(const char *counter)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < net.count; i++)
		sum += net_counter(&net, i, counter);
	return sum;
}

static void put_gives_signed_receipts_of_distinct_holders(void **state)
{
	(void)state;
	struct net_record r;
	uint64_t stored = sum_of("records_stored"), puts = sum_of("asked_put"),
		 finds = sum_of("asked_find");
	net_record(&net, &r, &alice, 16, "a", 1, "one");
	assert_int_equal(net_put(&net, 2, &r, 5), GN_OK);
	assert_int_equal(sum_of("records_stored"), stored + 5);
	assert_int_equal(sum_of("asked_put"), puts + 4); /* itself it need not ask */
	assert_int_equal(sum_of("asked_find"), finds + 4);
	assert_int_equal(net.result.receipts, 5);
	for (unsigned i = 0; i < 5; i++) {
		struct gn_receipt check = {.key = r.r.key,
					   .seq = 1,
					   .hash = r.r.hash,
					   .held_until = net.result.receipt[i].held_until,
					   .holder_key = net.result.receipt[i].pk,
					   .sig = net.result.receipt[i].sig};
		memcpy(check.holder.b, net.result.receipt[i].holder.b, 32);
		assert_int_equal(gn_wire_receipt_verify(&check), GN_OK);
		assert_int_equal(check.held_until, r.r.created + r.r.ttl);
		for (unsigned k = 0; k < i; k++)
			assert_memory_not_equal(net.result.receipt[k].holder.b, check.holder.b, 32);
		assert_non_null(net_file(&net.node[i], &r.r.key));
	}
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(net_get(&net, i, &r.r.key, 4), GN_OK);
		assert_int_equal(net.result.value_len, r.r.bytes.len);
		assert_memory_equal(net.result.value, r.r.bytes.p, r.r.bytes.len);
		assert_true(net.result.holders >= 4);
	}
}

static void more_receipts_than_nodes_is_no_quorum_and_keeps_what_there_was(void **state)
{
	(void)state;
	struct net_record r;
	net_record(&net, &r, &alice, 16, "quorum", 1, "one");
	assert_int_equal(net_put(&net, 0, &r, 6), GN_QUORUM);
	assert_int_equal(net.result.receipts, 5);
	assert_int_equal(net_put(&net, 0, &r, 9), GN_RANGE); /* above R nobody could ever answer */
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	struct gn_hash key;
	gn_wire_record_key(16, &bob.pk, gn_str("nothing"), 0, &key);
	assert_int_equal(net_get(&net, 1, &key, 1), GN_NOT_FOUND);
	assert_int_equal(net_get(&net, 1, &key, 0), GN_NOT_FOUND);
}

static void newer_versions_win_and_older_are_stale(void **state)
{
	(void)state;
	struct net_record one, two;
	net_record(&net, &one, &alice, 16, "versions", 1, "one");
	net_record(&net, &two, &alice, 16, "versions", 2, "two");
	assert_int_equal(net_put(&net, 0, &one, 5), GN_OK);
	assert_int_equal(net_put(&net, 1, &two, 5), GN_OK);
	uint64_t stale = sum_of("record_stale");
	assert_int_equal(net_put(&net, 2, &one, 5), GN_STALE);
	assert_int_equal(sum_of("record_stale"), stale + 5);
	assert_int_equal(net.result.values, 1); /* the newer one is shown */
	assert_memory_equal(net.result.value, two.r.bytes.p, two.r.bytes.len);
	/* the same again: receipts, nothing stored */
	assert_int_equal(net_put(&net, 3, &two, 5), GN_OK);
	assert_int_equal(net_get(&net, 4, &one.r.key, 4), GN_OK);
	assert_memory_equal(net.result.value, two.r.bytes.p, two.r.bytes.len);
	struct gn_get_options o = {.quorum = 1, .min_seq = 3};
	gn_op op;
	assert_int_equal(gn_overlay_get(net.node[4].ov, &one.r.key, &o, net.now, &op), GN_OK);
	net_wait(&net, op, 4);
	assert_int_equal(net.result.err, GN_NOT_FOUND);
}

static void two_values_under_one_seq_keep_the_greater_hash_and_are_counted(void **state)
{
	(void)state;
	struct net_record a, b;
	net_record(&net, &a, &alice, 16, "twice", 7, "left");
	net_record(&net, &b, &alice, 16, "twice", 7, "right");
	const struct net_record *less = gn_record_compare(&a.r, &b.r) < 0 ? &a : &b,
				*more = less == &a ? &b : &a;
	uint64_t before = net_counter(&net, 3, "equivocations");
	assert_int_equal(net_put(&net, 0, less, 5), GN_OK);
	assert_int_equal(net_put(&net, 0, more, 5), GN_OK);
	assert_int_equal(net_put(&net, 0, less, 5), GN_STALE);
	assert_int_equal(net_get(&net, 2, &a.r.key, 4), GN_OK);
	assert_memory_equal(net.result.value, more->r.bytes.p, more->r.bytes.len);
	assert_int_equal(net_counter(&net, 3, "equivocations"), before + 2);
}

static void a_key_of_another_owner_is_refused(void **state)
{
	(void)state;
	struct net_record a, b;
	/* a name has one place whoever owns it */
	net_record(&net, &a, &alice, 3, "shop", 1, "hers");
	net_record(&net, &b, &bob, 3, "shop", 9, "his");
	assert_memory_equal(a.r.key.b, b.r.key.b, 32);
	assert_int_equal(net_put(&net, 0, &a, 5), GN_OK);
	uint64_t conflicts = sum_of("record_conflict");
	assert_int_equal(net_put(&net, 1, &b, 5), GN_EXISTS);
	assert_int_equal(sum_of("record_conflict"), conflicts + 5);
	assert_memory_equal(net.result.value, a.r.bytes.p, a.r.bytes.len);
	assert_int_equal(net.result.receipts, 0);
}

static void forged_and_dated_records_are_refused_before_anything_is_sent(void **state)
{
	(void)state;
	struct net_record r;
	gn_op op;
	net_record(&net, &r, &alice, 16, "forged", 1, "body");
	uint64_t sent = net.messages;
	for (size_t i = 0; i < r.r.signed_bytes.len; i += 7) {
		uint8_t *at = r.bytes + (r.r.signed_bytes.p - r.bytes) + i;
		*at ^= 0x20;
		assert_int_not_equal(gn_overlay_put(net.node[0].ov, r.r.bytes, 5, net.now, &op),
				     GN_OK);
		*at ^= 0x20;
	}
	assert_int_equal(gn_overlay_put(net.node[0].ov, r.r.bytes, 5, net.now + 3601 * GN_SEC, &op),
			 GN_EXPIRED);
	assert_int_equal(gn_overlay_put(net.node[0].ov, r.r.bytes, 5, net.now - 400 * GN_SEC, &op),
			 GN_RANGE);
	assert_int_equal(sent, net.messages);
}

static void acknowledgements_wait_for_the_disk(void **state)
{
	(void)state;
	struct net_record r;
	gn_op op;
	net_record(&net, &r, &alice, 16, "disk", 1, "slow");
	for (unsigned i = 0; i < 5; i++)
		net.node[i].hold = true;
	assert_int_equal(gn_overlay_put(net.node[0].ov, r.r.bytes, 3, net.now, &op), GN_OK);
	net.result.done = false;
	net_pump(&net, 0);
	net_run(&net, GN_SEC);
	assert_false(net.result.done); /* five disks are writing, nobody has promised anything */
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(net.node[i].held_count, 1);
		assert_null(gn_ov_held_get(net.node[i].ov, &r.r.key));
		net.node[i].hold = false;
	}
	for (unsigned i = 1; i < 4; i++) {
		gn_overlay_stored(net.node[i].ov, net.node[i].held[0], GN_OK, net.now);
		net_pump(&net, i);
	}
	net_run(&net, 100 * GN_MSEC);
	assert_true(net.result.done && net.result.op == op);
	assert_int_equal(net.result.err, GN_OK);
	assert_int_equal(net.result.receipts, 3);
	gn_overlay_stored(net.node[0].ov, net.node[0].held[0], GN_DISK_FULL,
			  net.now); /* refused, counted, not indexed */
	gn_overlay_stored(net.node[4].ov, net.node[4].held[0], GN_OK, net.now);
	/* twice: ours to ignore */
	gn_overlay_stored(net.node[4].ov, net.node[4].held[0], GN_OK, net.now);
	net_pump(&net, 0);
	net_pump(&net, 4);
	assert_int_equal(net_counter(&net, 0, "store_failed"), 1);
	for (unsigned i = 0; i < 5; i++)
		net.node[i].held_count = 0;
	net_run(&net, 60 * GN_SEC); /* the failed one gets it by repair */
	assert_non_null(gn_ov_held_get(net.node[0].ov, &r.r.key));
}

static void a_broken_disk_costs_its_receipt_only(void **state)
{
	(void)state;
	struct net_record r;
	net_record(&net, &r, &alice, 16, "broken", 1, "x");
	net.dead_disk = 3 + 1;
	assert_int_equal(net_put(&net, 3, &r, 4), GN_OK);
	assert_int_equal(net_put(&net, 0, &r, 5), GN_QUORUM);
	assert_int_equal(net.result.receipts, 4);
	assert_int_equal(net_get(&net, 3, &r.r.key, 1), GN_OK);
	net.dead_disk = 0;
}

static void a_damaged_record_is_never_served_and_comes_back(void **state)
{
	(void)state;
	struct net_record r;
	net_record(&net, &r, &alice, 16, "flipped", 1, "right bytes");
	assert_int_equal(net_put(&net, 0, &r, 5), GN_OK);
	/* by now every holder knows that the others have it: only the sums can tell */
	net_run(&net, 60 * GN_SEC);
	struct net_file *f = net_file(&net.node[2], &r.r.key);
	size_t at = 0;
	while (memcmp(f->bytes + at, "right bytes", 11) != 0)
		at++;
	f->bytes[at] ^= 1; /* in the body: the record still parses */
	uint64_t before = net_counter(&net, 2, "load_corrupt");
	assert_int_equal(net_get(&net, 2, &r.r.key, 1), GN_OK); /* another holder answers */
	assert_memory_equal(net.result.value, r.r.bytes.p, r.r.bytes.len);
	assert_int_equal(net_counter(&net, 2, "load_corrupt"), before + 1);
	assert_null(net_file(&net.node[2], &r.r.key));
	net_run(&net, 1500 * GN_SEC); /* two digest periods and some */
	f = net_file(&net.node[2], &r.r.key);
	assert_non_null(f);
	assert_memory_equal(f->bytes, r.r.bytes.p, r.r.bytes.len);
}

/* OV-57: what gives way, or is over, does not take a version with it that is on its way to the
 * disk. */
static void a_drop_leaves_the_version_that_is_coming(void **state)
{
	(void)state;
	struct net_record one, two;
	struct net own;
	gn_op op;
	net_init(&own, 20);
	net_add(&own);
	net_start(&own, 0);
	net_run(&own, 10 * GN_SEC);
	net_record(&own, &one, &alice, 16, "drop", 1, "one");
	net_record(&own, &two, &alice, 16, "drop", 2, "two");
	assert_int_equal(net_put(&own, 0, &one, 1), GN_OK);
	struct net_node *x = &own.node[0];
	x->hold = true;
	assert_int_equal(gn_overlay_put(x->ov, two.r.bytes, 1, own.now, &op), GN_OK);
	net_pump(&own, 0);
	net_run(&own, GN_SEC);
	assert_int_equal(x->held_count, 1);
	gn_ov_held_drop(x->ov, gn_ov_held_get(x->ov, &one.r.key), true);
	net_pump(&own, 0);
	x->hold = false;
	gn_overlay_stored(x->ov, x->held[0], GN_OK, own.now);
	net_wait(&own, op, 0);
	assert_int_equal(own.result.err, GN_OK);
	assert_int_equal(net_get(&own, 0, &one.r.key, 1), GN_OK);
	assert_memory_equal(own.result.value, two.r.bytes.p, two.r.bytes.len);
	net_free(&own);
}

static gn_err one_each(const struct gn_record *held, const struct gn_record *in, uint32_t names,
		       gn_time now)
{
	(void)held, (void)in, (void)now;
	return names && names != GN_OVERLAY_PUSHED ? GN_PROOF_OF_WORK : GN_OK;
}

/* OV-57: a disk that cannot give what is held is asked once for each PUT, not for ever. */
static void a_disk_that_cannot_be_read_makes_busy(void **state)
{
	(void)state;
	struct net_record r, newer;
	struct net own;
	net_init(&own, 21);
	net_add(&own);
	own.node[0].cfg.admit[3] = one_each;
	net_start(&own, 0);
	net_run(&own, 10 * GN_SEC);
	net_record(&own, &r, &alice, 3, "name", 1, "x");
	net_record(&own, &newer, &alice, 3, "name", 2, "x");
	assert_int_equal(net_put(&own, 0, &r, 1), GN_OK);
	own.dead_disk = 1;
	assert_int_equal(net_put(&own, 0, &newer, 1), GN_BUSY);
	own.dead_disk = 0;
	assert_int_equal(net_put(&own, 0, &newer, 1), GN_OK);
	net_free(&own);
}

static void records_end_with_their_ttl(void **state)
{
	(void)state;
	struct net_record r;
	net_record(&net, &r, &alice, 16, "short", 1, "gone in an hour");
	assert_int_equal(net_put(&net, 0, &r, 5), GN_OK);
	net_run(&net, 3590 * GN_SEC);
	assert_int_equal(net_get(&net, 1, &r.r.key, 4), GN_OK);
	net_run(&net, 20 * GN_SEC);
	assert_int_equal(net_get(&net, 1, &r.r.key, 1), GN_NOT_FOUND);
	for (unsigned i = 0; i < 5; i++) {
		struct gn_overlay_info info;
		gn_overlay_info(net.node[i].ov, &info);
		assert_int_equal(info.records, 0); /* nothing counts, something is kept */
		assert_true(info.expired > 0 && info.record_bytes == 0);
		assert_non_null(net_file(&net.node[i], &r.r.key));
		assert_true(net_counter(&net, i, "records_expired") > 0);
	}
	net_run(&net, 7 * 86400 * GN_SEC);
	for (unsigned i = 0; i < 5; i++) {
		assert_null(net_file(&net.node[i], &r.r.key));
		assert_true(net_counter(&net, i, "records_forgotten") > 0);
	}
}

static void cancelling_ends_an_operation_once(void **state)
{
	(void)state;
	struct gn_hash key = {{1}};
	gn_op op;
	assert_int_equal(gn_overlay_find(net.node[0].ov, &key, 8, net.now, &op), GN_OK);
	gn_overlay_cancel(net.node[0].ov, op);
	gn_overlay_cancel(net.node[0].ov, op);
	gn_overlay_cancel(net.node[0].ov, op + 1000);
	net_wait(&net, op, 0);
	assert_int_equal(net.result.err, GN_CLOSED);
	net.result.done = false;
	net_run(&net, 5 * GN_SEC); /* late answers find nobody */
	assert_false(net.result.done);
}

static void operations_are_bounded(void **state)
{
	(void)state;
	struct gn_hash key = {{2}};
	gn_op op;
	unsigned i = 0;
	while (gn_overlay_room(net.node[0].ov) == GN_OK) {
		assert_int_equal(gn_overlay_find(net.node[0].ov, &key, 8, net.now, &op), GN_OK);
		i++;
	}
	assert_int_equal(i, GN_OV_OPS_CLIENTS); /* of which others have no more */
	while (gn_overlay_find(net.node[0].ov, &key, 8, net.now, &op) == GN_OK)
		i++;
	assert_int_equal(i, GN_OV_OPS_MAX);
	uint64_t full = net_counter(&net, 0, "ops_full");
	assert_int_equal(gn_overlay_find(net.node[0].ov, &key, 8, net.now, &op), GN_LIMIT);
	assert_int_equal(net_counter(&net, 0, "ops_full"), full + 1);
	assert_int_equal(gn_overlay_find(net.node[0].ov, &key, 25, net.now, &op), GN_RANGE);
	assert_int_equal(gn_overlay_find(net.node[0].ov, &key, 0, net.now, &op), GN_RANGE);
	net_pump(&net, 0);
	net_run(&net, 10 * GN_SEC);
	assert_int_equal(net.node[0].ov->user_ops, 0);
	const struct gn_get_options visit = {.type = 16, .visitor = true};
	for (i = 0; gn_overlay_get(net.node[0].ov, &key, &visit, net.now, &op) == GN_OK; i++)
		;
	assert_int_equal(i, GN_OV_OPS_VISITORS); /* who have no more, whatever is free */
	assert_int_equal(gn_overlay_get(net.node[0].ov, &key, &visit, net.now, &op), GN_LIMIT);
	assert_int_equal(gn_overlay_room(net.node[0].ov), GN_OK);
	net_pump(&net, 0);
	net_run(&net, 10 * GN_SEC);
	assert_int_equal(net.node[0].ov->visitor_ops, 0);
}

/* Requests of one kind to a key that may be sent now. */
static unsigned asked(const struct gn_contact *to, uint8_t kind)
{
	unsigned n = 0;
	while (gn_ov_request_new(net.node[0].ov, kind, to, net.now))
		n++;
	return n;
}

static struct gn_contact stranger(uint8_t net_part, uint8_t host)
{
	struct gn_contact c = {.addr_count = 1, .addrs = {gn_addr_v4(20, net_part, 1, host, 7000)}};
	gn_rand_fill(&net.rand, c.pk.b, sizeof c.pk.b);
	return c;
}

static void requests_that_peers_bring_about_have_shares(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	net_run(&net, 100 * GN_SEC);
	assert_int_equal(ov->request_places.used, 0);
	for (unsigned i = 0; i < GN_OV_REQUEST_KEY_PART; i++) {
		struct gn_contact to = stranger((uint8_t)i, 1);
		assert_int_equal(asked(&to, GN_FB_OVERLAY_BODY_PUSH),
				 GN_OV_REQUESTS_OTHERS / GN_OV_REQUEST_KEY_PART);
		assert_int_equal(asked(&to, GN_FB_OVERLAY_BODY_DIGEST), 0);
		assert_non_null(gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_FIND, &to, net.now));
	}
	struct gn_contact one_more = stranger(100, 1);
	assert_int_equal(asked(&one_more, GN_FB_OVERLAY_BODY_PUSH), 0);
	assert_int_equal(ov->request_places.used, GN_OV_REQUESTS_OTHERS);
	uint64_t full = net_counter(&net, 0, "requests_full");
	/* what we begin has the rest */
	assert_true(asked(&one_more, GN_FB_OVERLAY_BODY_FIND) > GN_OV_OPS_MAX);
	assert_int_equal(ov->requests.count, GN_OV_REQUESTS_MAX);
	assert_int_equal(net_counter(&net, 0, "requests_full"), full + 1);
	gn_overlay_validate(ov);
	net_run(&net, 60 * GN_SEC);
	assert_int_equal(ov->request_places.used, 0);
	for (unsigned i = 0; i < GN_OV_REQUEST_KEY_PART / 2; i++) {
		/* of one prefix: a half, no more */
		struct gn_contact to = stranger(7, (uint8_t)i);
		assert_int_equal(asked(&to, GN_FB_OVERLAY_BODY_PUSH),
				 GN_OV_REQUESTS_OTHERS / GN_OV_REQUEST_KEY_PART);
	}
	struct gn_contact of_it = stranger(7, 200);
	assert_int_equal(asked(&of_it, GN_FB_OVERLAY_BODY_PUSH), 0);
	assert_true(asked(&one_more, GN_FB_OVERLAY_BODY_PUSH) > 0);
	net_run(&net, 60 * GN_SEC);
}

static void read_repair_reaches_members_that_are_behind(void **state)
{
	(void)state;
	struct net_record one, two;
	net_record(&net, &one, &bob, 16, "repair", 1, "one");
	net_record(&net, &two, &bob, 16, "repair", 2, "two");
	assert_int_equal(net_put(&net, 0, &one, 5), GN_OK);
	net.node[4].deaf = true;
	assert_int_equal(net_put(&net, 0, &two, 4), GN_OK);
	net.node[4].deaf = false;
	uint64_t repairs = sum_of("read_repairs");
	assert_int_equal(net_get(&net, 0, &one.r.key, 5), GN_OK);
	assert_int_equal(sum_of("read_repairs"), repairs + 1);
	assert_memory_equal(net.result.value, two.r.bytes.p, two.r.bytes.len);
	net_run(&net, GN_SEC);
	const struct gn_ov_held *h = gn_ov_held_get(net.node[4].ov, &one.r.key);
	assert_non_null(h);
	assert_int_equal(h->seq, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_gives_signed_receipts_of_distinct_holders),
		cmocka_unit_test(more_receipts_than_nodes_is_no_quorum_and_keeps_what_there_was),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(newer_versions_win_and_older_are_stale),
		cmocka_unit_test(two_values_under_one_seq_keep_the_greater_hash_and_are_counted),
		cmocka_unit_test(a_key_of_another_owner_is_refused),
		cmocka_unit_test(forged_and_dated_records_are_refused_before_anything_is_sent),
		cmocka_unit_test(acknowledgements_wait_for_the_disk),
		cmocka_unit_test(a_broken_disk_costs_its_receipt_only),
		cmocka_unit_test(a_damaged_record_is_never_served_and_comes_back),
		cmocka_unit_test(a_drop_leaves_the_version_that_is_coming),
		cmocka_unit_test(cancelling_ends_an_operation_once),
		cmocka_unit_test(operations_are_bounded),
		cmocka_unit_test(requests_that_peers_bring_about_have_shares),
		cmocka_unit_test(read_repair_reaches_members_that_are_behind),
		cmocka_unit_test(a_disk_that_cannot_be_read_makes_busy),
		cmocka_unit_test(records_end_with_their_ttl),
	};
	return cmocka_run_group_tests(tests, build, take_down);
}
