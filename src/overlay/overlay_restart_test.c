/* What a node knows of its records after a restart: who brought them, and which of them a
 * receipt stands for (OV-95). */
#include "overlay/job_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PLACES 64u

static struct net net;
static struct gn_sk alice;

/* Small stores; local prefixes count. The last is started when it is wanted. */
static int build(void **state)
{
	(void)state;
	net_init(&net, 71);
	gn_sk_new(&net.rand, &alice);
	for (unsigned i = 0; i < 3; i++) {
		net_add(&net);
		net.node[i].cfg.count_local = true;
		net.node[i].cfg.records_max = PLACES;
		net.node[i].cfg.bytes_max = PLACES * 4096;
	}
	net_start(&net, 0);
	net_start(&net, 1);
	net_run(&net, 30 * GN_SEC);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static void again(unsigned i)
{
	net_stop(&net, i);
	net_start(&net, i);
	net_run(&net, 30 * GN_SEC);
}

static struct gn_share_held brought(unsigned i, unsigned by, enum gn_ov_how how)
{
	struct gn_holder who = {net.node[by].cfg.node_key.pk, net.node[by].cfg.addrs[0]};
	return gn_share_held(&net.node[i].ov->brought[how], &who);
}

static bool is_pushed(unsigned i, const struct net_record *r)
{
	const struct gn_ov_held *h = gn_ov_held_get(net.node[i].ov, &r->r.key);
	assert_non_null(h);
	return gn_ov_copy(h);
}

/* OV-92, OV-95. */
static void a_putters_share_is_no_freer_after_a_restart(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk fresh;
	for (unsigned i = 0; i < PLACES / GN_OV_PUTTER_PART; i++) {
		gn_sk_new(&net.rand, &fresh);
		net_record(&net, &r, &fresh, 256, "junk", 1, "x");
		assert_int_equal(net_put(&net, 1, &r, 2), GN_OK);
	}
	struct gn_share_held before = brought(0, 1, GN_OV_BY_PUT);
	assert_int_equal(before.key, PLACES / GN_OV_PUTTER_PART * 4096);
	assert_int_equal(before.prefix, before.key);
	again(0);
	struct gn_share_held after = brought(0, 1, GN_OV_BY_PUT);
	assert_int_equal(after.key, before.key);
	assert_int_equal(after.prefix, before.prefix);
	assert_int_equal(after.used, before.used);
	gn_sk_new(&net.rand, &fresh);
	net_record(&net, &r, &fresh, 256, "junk", 1, "one more");
	assert_int_equal(net_put(&net, 1, &r, 2), GN_QUORUM);
	assert_int_equal(net_counter(&net, 0, "quota_putter"), 1);
}

static void what_was_pushed_is_hearsay_after_a_restart_too(void **state)
{
	(void)state;
	struct net_record r;
	net_record(&net, &r, &alice, 256, "pushed", 1, "x");
	assert_int_equal(net_put(&net, 0, &r, 2), GN_OK);
	net_start(&net, 2);
	net_run(&net, 60 * GN_SEC);
	assert_true(is_pushed(2, &r));
	assert_false(is_pushed(0, &r));
	assert_int_equal(
		brought(2, 0, GN_OV_BY_HANDOVER).key + brought(2, 1, GN_OV_BY_HANDOVER).key, 4096);
	unsigned by = brought(2, 1, GN_OV_BY_HANDOVER).key > 0;
	again(2);
	again(0);
	assert_true(is_pushed(2, &r));
	assert_false(is_pushed(0, &r));
	assert_int_equal(brought(2, by, GN_OV_BY_HANDOVER).key, 4096);
}

/* OV-57: it is on the disk before it is given. */
static void a_receipt_for_what_was_pushed_is_kept_over_a_restart(void **state)
{
	(void)state;
	struct net_record r;
	net_record(&net, &r, &alice, 256, "receipt", 1, "x");
	assert_int_equal(net_put(&net, 0, &r, 2), GN_OK);
	net_start(&net, 2);
	net_run(&net, 60 * GN_SEC);
	assert_true(is_pushed(2, &r));
	net.dead_disk = 2 + 1;
	assert_int_equal(net_put(&net, 0, &r, 3), GN_QUORUM);
	assert_int_equal(net.result.receipts, 2);
	assert_true(is_pushed(2, &r));
	net.dead_disk = 0;
	assert_int_equal(net_put(&net, 1, &r, 3), GN_OK);
	for (unsigned i = 0; i < 2; i++) { /* the receipt is of who asked for it */
		assert_false(is_pushed(2, &r));
		assert_int_equal(brought(2, 1, GN_OV_BY_PUT).key, 4096);
		assert_int_equal(net.node[2].ov->brought[GN_OV_BY_HANDOVER].used, 0);
		again(2);
	}
	assert_int_equal(net_get(&net, 2, &r.r.key, 1), GN_OK);
	assert_int_equal(net.result.value_len, r.r.bytes.len); /* without what stands behind it */
}

/* OV-68: so is the one that comes with a proof. */
static void a_proof_is_kept_over_a_restart(void **state)
{
	(void)state;
	struct net_record r;
	net_record(&net, &r, &alice, 256, "proof", 1, "x");
	assert_int_equal(net_put(&net, 0, &r, 2), GN_OK);
	net_start(&net, 2);
	net_run(&net, 60 * GN_SEC);
	assert_true(is_pushed(2, &r));
	struct gn_overlay *ov = net.node[2].ov;
	struct gn_contact to = net.node[0].ov->self;
	uint64_t signed_before = ov->count.receipts_signed;
	net.dead_disk = 2 + 1; /* loads fail too: nothing is answered */
	assert_int_equal(gn_ov_job_load(ov, GN_OV_JOB_GET, &(struct gn_ov_asker){&to, 7, 0, 1},
					&r.r.key, net.now),
			 GN_OK);
	net_pump(&net, 2);
	assert_int_equal(ov->count.receipts_signed, signed_before);
	net.dead_disk = 0;
	net.node[2].hold = true;
	assert_int_equal(gn_ov_job_load(ov, GN_OV_JOB_GET, &(struct gn_ov_asker){&to, 7, 0, 1},
					&r.r.key, net.now),
			 GN_OK);
	net_pump(&net, 2);
	assert_int_equal(net.node[2].held_count, 1);
	assert_int_equal(ov->count.receipts_signed, signed_before); /* it waits for the disk */
	net.node[2].hold = false;
	gn_overlay_stored(ov, net.node[2].held[0], GN_OK, net.now);
	net_pump(&net, 2);
	assert_int_equal(ov->count.receipts_signed, signed_before + 1);
	assert_false(is_pushed(2, &r));
	again(2);
	assert_false(is_pushed(2, &r));
	ov = net.node[2].ov;
	assert_int_equal(gn_ov_job_load(ov, GN_OV_JOB_GET, &(struct gn_ov_asker){&to, 7, 0, 1},
					&r.r.key, net.now),
			 GN_OK);
	net_pump(&net, 2);
	assert_int_equal(ov->count.receipts_signed, 1); /* nothing to be written any more */
}

static gn_err restore(struct gn_overlay *ov, const uint8_t *record, size_t len, const uint8_t *tail,
		      size_t tail_len)
{
	static uint8_t value[GN_RECORD_MAX + GN_OV_ORIGIN_LEN + 1];
	assert_true(len + tail_len <= sizeof value);
	memcpy(value, record, len);
	memcpy(value + len, tail, tail_len);
	return gn_overlay_restore(ov, gn_slice(value, len + tail_len), net.now);
}

/* A record alone is what earlier releases stored; whoever brought one then cannot have named
 * somebody as its putter. */
static void only_our_own_tail_counts(void **state)
{
	(void)state;
	struct net_record r, other;
	const struct net_node *x = &net.node[2];
	struct gn_ov_origin from = {{net.node[1].cfg.node_key.pk, net.node[1].cfg.addrs[0]}, true};
	uint8_t tail[GN_OV_ORIGIN_LEN], of_another[GN_OV_ORIGIN_LEN], by_another[GN_OV_ORIGIN_LEN];
	net_start_alone(&net, 2);
	net_record(&net, &r, &alice, 256, "tail", 1, "x");
	net_record(&net, &other, &alice, 256, "another", 1, "x");
	gn_ov_origin_put(x->ov, &r.r, &from, tail);
	gn_ov_origin_put(x->ov, &other.r, &from, of_another);
	gn_ov_origin_put(net.node[0].ov, &r.r, &from, by_another);
	const struct {
		const uint8_t *tail;
		size_t len;
		bool counts;
	} rows[] = {{tail, 0, false},
		    {of_another, GN_OV_ORIGIN_LEN, false},
		    {by_another, GN_OV_ORIGIN_LEN, false},
		    {tail, GN_OV_ORIGIN_LEN - 1, false},
		    {tail, GN_OV_ORIGIN_LEN, true}};
	for (unsigned i = 0; i < GN_COUNT(rows); i++) {
		assert_int_equal(
			restore(x->ov, r.r.bytes.p, r.r.bytes.len, rows[i].tail, rows[i].len),
			GN_OK);
		assert_int_equal(is_pushed(2, &r), rows[i].counts);
		/* without the tail */
		assert_int_equal(gn_ov_held_get(x->ov, &r.r.key)->len, r.r.bytes.len);
		assert_int_equal(brought(2, 1, GN_OV_BY_PUSH).key, rows[i].counts ? 4096 : 0);
		gn_ov_held_drop(x->ov, gn_ov_held_get(x->ov, &r.r.key), false);
	}
	tail[0] ^= 1;
	assert_int_equal(restore(x->ov, r.r.bytes.p, r.r.bytes.len, tail, sizeof tail), GN_OK);
	assert_int_equal(brought(2, 1, GN_OV_BY_PUSH).key, 0);
	gn_overlay_validate(x->ov);
}

static void the_largest_record_has_room_for_its_tail(void **state)
{
	(void)state;
	static uint8_t bytes[GN_RECORD_MAX], body[GN_RECORD_MAX];
	struct gn_ov_origin from = {{net.node[1].cfg.node_key.pk, net.node[1].cfg.addrs[0]}, true};
	struct gn_buf b = {bytes, 0, sizeof bytes};
	uint8_t tail[GN_OV_ORIGIN_LEN];
	struct gn_record r;
	struct gn_record_fields f = {.type = 256,
				     .label = gn_str("large"),
				     .body = GN_SLICE(body),
				     .seq = 1,
				     .created = gn_unix(net.now),
				     .ttl = net.ttl};
	while (gn_wire_record_make(&alice, NULL, &f, &b) != GN_OK)
		f.body.len -= 4;
	assert_int_equal(b.len, GN_RECORD_MAX);
	assert_int_equal(gn_wire_record_parse(gn_buf_slice(&b), &r), GN_OK);
	net_start_alone(&net, 2);
	gn_ov_origin_put(net.node[2].ov, &r, &from, tail);
	assert_int_equal(restore(net.node[2].ov, bytes, sizeof bytes, tail, sizeof tail), GN_OK);
	assert_int_equal(gn_ov_held_get(net.node[2].ov, &r.key)->len, GN_RECORD_MAX);
	assert_int_equal(brought(2, 1, GN_OV_BY_PUSH).key, GN_RECORD_MAX);
	/* and no room for more */
	assert_int_equal(restore(net.node[2].ov, bytes, sizeof bytes, tail, 1), GN_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_putters_share_is_no_freer_after_a_restart, build,
						take_down),
		cmocka_unit_test_setup_teardown(what_was_pushed_is_hearsay_after_a_restart_too,
						build, take_down),
		cmocka_unit_test_setup_teardown(
			a_receipt_for_what_was_pushed_is_kept_over_a_restart, build, take_down),
		cmocka_unit_test_setup_teardown(a_proof_is_kept_over_a_restart, build, take_down),
		cmocka_unit_test_setup_teardown(only_our_own_tail_counts, build, take_down),
		cmocka_unit_test_setup_teardown(the_largest_record_has_room_for_its_tail, build,
						take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
