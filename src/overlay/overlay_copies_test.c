/* Limits of copies and of the store: pushes, offers, sums, repair, handing over, accounts; each
 * at the limit and one past it. Time is what a test says it is. */
#include "overlay/contact_int.h"
#include "overlay/message_int.h"
#include "overlay/op_int.h"
#include "overlay/repair_int.h"
#include "overlay/request_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;
static struct gn_sk alice;
static struct net_record record;

static int build(void **state)
{
	(void)state;
	net_build(&net, 75, 2);
	gn_sk_new(&net.rand, &alice);
	net.node[0].ov->cfg.owner_records_max = UINT32_MAX;
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

/* The record of this number is held by node 0; it is not on its disk. */
static struct gn_ov_held *hold(unsigned i)
{
	char label[16];
	(void)snprintf(label, sizeof label, "%u", i);
	assert_true(
		net_hold(&net, GN_OV_BY_PUT, &(struct gn_holder){0}, &alice, 16, label, &record));
	return gn_ov_held_get(net.node[0].ov, &record.r.key);
}

static bool within(gn_time at, gn_time want, unsigned percent)
{
	return at >= want - want * percent / 100 && at <= want + want * percent / 100;
}

static gn_time repair_at(void)
{
	return net.node[0].ov->tasks[GN_OV_TASK_REPAIR].node.at;
}

/* No more answer for a key than the nearest, now as before. */
static void at_time(gn_time now)
{
	struct gn_overlay *ov = net.node[0].ov;
	ov->now_seen = ov->reach_at = now;
	ov->reach_n = ov->n_est;
	ov->reach = 0;
}

/* ---- pushes ---- */

static void records_to_be_pushed_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_hash key = {{1}};
	ov->push_loads = GN_OV_PUSH_LOADS; /* the disk is busy: they wait */
	for (unsigned i = 0; i < GN_OV_PUSHES_MAX; i++) {
		struct gn_pk to = {{(uint8_t)(i % GN_OV_REQUEST_KEY_PART + 1)}};
		assert_true(gn_ov_push(ov, &key, &to, net.now));
	}
	assert_int_equal(ov->pushes.count, GN_OV_PUSHES_MAX);
	assert_int_equal(net_counter(&net, 0, "pushes_full"), 0);
	assert_false(gn_ov_push(ov, &key, &(struct gn_pk){{99}}, net.now));
	assert_int_equal(net_counter(&net, 0, "pushes_full"), 1);
	assert_int_equal(ov->pushes.count, GN_OV_PUSHES_MAX);
}

static void a_few_are_read_from_the_disk_at_once(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (unsigned i = 0; i < GN_OV_PUSH_LOADS + 1; i++) {
		assert_int_equal(ov->push_loads, i);
		assert_true(gn_ov_push(ov, &hold(i)->key, &net.node[1].cfg.node_key.pk, net.now));
	}
	assert_int_equal(ov->push_loads, GN_OV_PUSH_LOADS);
	assert_int_equal(ov->pushes.count, 1);
}

static void a_push_is_waited_for_as_long_as_a_disk_may_need(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *to = gn_ov_contact_get(ov, &net.node[1].cfg.node_key.pk);
	(void)hold(1);
	gn_ov_push_loaded(ov, &to->c, &record.r, net.now);
	const struct gn_ov_request *r =
		GN_MAP_AT(&ov->requests, struct gn_ov_request *, ov->requests.count - 1);
	assert_int_equal(r->kind, GN_FB_OVERLAY_BODY_PUSH);
	assert_int_equal(r->dead_at, net.now + 5 * GN_SEC + GN_OV_STORE_TIME);
}

static void a_put_is_waited_for_as_long_as_a_disk_may_need(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_ov_request *put = NULL;
	gn_op op;
	net_record(&net, &record, &alice, 16, "put", 1, "x");
	assert_int_equal(gn_overlay_put(ov, record.r.bytes, 2, net.now, &op), GN_OK);
	net_pump(&net, 0);
	for (unsigned k = 0; k < 100 && !put; k++) {
		net_run(&net, GN_MSEC);
		for (uint32_t i = 0; i < ov->requests.count && !put; i++) {
			put = GN_MAP_AT(&ov->requests, struct gn_ov_request *, i);
			put = put->kind == GN_FB_OVERLAY_BODY_PUT ? put : NULL;
		}
	}
	assert_non_null(put);
	struct gn_ov_request *usual =
		gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_PUT, &put->to, put->sent);
	assert_non_null(usual);
	assert_int_equal(put->dead_at - put->sent,
			 2 * (usual->dead_at - put->sent) + GN_OV_STORE_TIME);
	gn_ov_request_free(ov, usual);
}

/* ---- offers and sums ---- */

/* Node 1 says that its sum differs, and wants all. */
static void want_all(void)
{
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_fbb b = gn_ov_builder(net.node[1].ov);
	struct gn_slice m;
	gn_ov_digest_due(ov, net.now);
	const struct gn_ov_request *r =
		GN_MAP_AT(&ov->requests, struct gn_ov_request *, ov->requests.count - 1);
	assert_int_equal(r->kind, GN_FB_OVERLAY_BODY_DIGEST);
	gn_fbref body = gn_fb_want_make(&b, &(struct gn_fb_want_args){.all = true});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = r->id, .body_type = GN_FB_OVERLAY_BODY_WANT, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &m), GN_OK);
	assert_int_equal(gn_overlay_recv(ov, &net.node[1].cfg.node_key.pk,
					 &net.node[1].cfg.addrs[0], m, net.now),
			 GN_OK);
}

static void all_is_offered_up_to_some_at_once(void **state)
{
	(void)state;
	static struct gn_ov_held *many[(GN_OV_OFFERS_MAX + 1) * GN_OV_DIGEST_KEYS];
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_held *h = hold(1), **sorted = ov->sorted;
	for (unsigned i = 0; i < GN_COUNT(many); i++)
		many[i] = h; /* one for all: signing so many takes long */
	for (unsigned offers = GN_OV_OFFERS_MAX - 1; offers <= GN_OV_OFFERS_MAX + 1; offers++) {
		uint64_t before = net_counter(&net, 0, "digests");
		ov->sorted = many;
		ov->sorted_count = offers * GN_OV_DIGEST_KEYS;
		want_all();
		ov->sorted = sorted;
		ov->sorted_count = 1;
		assert_int_equal(net_counter(&net, 0, "digests") - before - 1,
				 offers < GN_OV_OFFERS_MAX ? offers : GN_OV_OFFERS_MAX);
	}
}

/* It asks for our sum: is it told? */
static bool is_summed(struct gn_ov_contact *c, gn_time now)
{
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_fbb b = gn_ov_builder(net.node[1].ov);
	struct gn_fb_overlay_message m;
	struct gn_slice bytes;
	gn_fbref body = gn_fb_digest_make(&b, &(struct gn_fb_digest_args){.to = UINT64_MAX});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 9, .body_type = GN_FB_OVERLAY_BODY_DIGEST, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &bytes), GN_OK);
	assert_int_equal(gn_fb_overlay_message_verify(bytes, &m), GN_OK);
	struct gn_ov_from from = {
		.c = c->c, .contact = c, .request = 9, .kind = GN_FB_OVERLAY_BODY_DIGEST};
	uint64_t before = ov->count.digest_equal + ov->count.digest_wanted;
	gn_ov_on_digest(ov, &from, gn_fb_overlay_message_body_as_digest(m), now);
	return ov->count.digest_equal + ov->count.digest_wanted == before + 1;
}

static void the_nearest_on_both_sides_may_ask_for_a_sum(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (uint32_t i = 0; i < 2 * GN_OV_SUM_NEAR + 2; i++)
		(void)net_link(&net, i);
	gn_ov_members_update(ov);
	uint32_t n = ov->member_count, self = 0;
	while (ov->members[self].contact)
		self++;
	for (uint32_t far = 1; far < n; far++) {
		struct gn_ov_contact *c = ov->members[(self + far) % n].contact;
		ov->sum_at = 0;
		assert_int_equal(is_summed(c, net.now),
				 far <= GN_OV_SUM_NEAR || n - far <= GN_OV_SUM_NEAR);
	}
}

static void sums_are_made_now_and_then(void **state)
{
	(void)state;
	struct gn_ov_contact *a = net_link(&net, 1), *b = net_link(&net, 2);
	assert_true(is_summed(a, net.now));
	assert_false(is_summed(b, net.now + GN_OV_SUM_ANY - 1));
	assert_true(is_summed(b, net.now + GN_OV_SUM_ANY));
}

/* ---- the passes ---- */

static void a_pass_looks_at_some_records_per_tick(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (unsigned i = 0; i < GN_OV_REPAIR_RECORDS; i++)
		(void)hold(i);
	gn_ov_repair_due(ov, net.now);
	assert_false(ov->repair_running);
	(void)hold(GN_OV_REPAIR_RECORDS);
	gn_ov_repair_due(ov, net.now);
	assert_true(ov->repair_running);
	assert_int_equal(ov->repair_cursor, GN_OV_REPAIR_RECORDS);
	assert_int_equal(repair_at(), net.now + GN_OV_REPAIR_PAUSE);
	gn_ov_repair_due(ov, net.now);
	assert_false(ov->repair_running);
}

static void passes_go_on_while_somebody_lacks_something(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_held *h = hold(1);
	gn_ov_repair_soon(ov, net.now);
	gn_ov_repair_due(ov, net.now);
	assert_true(within(repair_at() - net.now, GN_OV_REPAIR_SECOND, 25));
	for (gn_time wait = GN_OV_REPAIR_AGAIN, i = 0; i < 12; i++) {
		assert_int_equal(ov->repair_backoff, wait);
		gn_ov_repair_due(ov, net.now);
		assert_true(within(repair_at() - net.now, wait, 25));
		wait = 2 * wait < ov->cfg.digest ? 2 * wait : ov->cfg.digest;
	}
	assert_int_equal(ov->repair_backoff, ov->cfg.digest);
	gn_ov_repair_soon(ov, net.now); /* something changed: from the beginning */
	assert_int_equal(ov->repair_backoff, GN_OV_REPAIR_AGAIN);
	gn_ov_synced_add(h, &net.node[1].id);
	gn_ov_repair_due(ov, net.now);
	assert_int_equal(repair_at(), GN_NEVER);
}

static void a_change_of_the_ring_is_followed_by_a_pass(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	(void)hold(1);
	gn_ov_task_set(ov, GN_OV_TASK_REPAIR, GN_NEVER);
	gn_ov_ring_touch(ov);
	gn_ov_settle(ov, net.now);
	assert_int_equal(repair_at(), net.now + GN_OV_REPAIR_DELAY);
}

static void what_came_is_spread_after_a_while(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	net_record(&net, &record, &alice, 16, "spread", 1, "x");
	for (unsigned i = 0; i < 20; i++) {
		gn_op op;
		struct gn_ov_held *h = gn_ov_held_get(ov, &record.r.key);
		if (h)
			gn_ov_held_drop(ov, h, true);
		gn_ov_task_set(ov, GN_OV_TASK_REPAIR, GN_NEVER);
		assert_int_equal(gn_overlay_put(ov, record.r.bytes, 1, net.now, &op), GN_OK);
		gn_time stored = net.now;
		while (net_counter(&net, 0, "records_stored") == i && net.now - stored < GN_SEC) {
			net_run(&net, NET_DELAY);
			net_pump(&net, 0);
		}
		assert_int_equal(net_counter(&net, 0, "records_stored"), i + 1);
		assert_true(within(repair_at() - net.now, GN_OV_SPREAD_DELAY, 26));
	}
}

/* ---- letting go ---- */

/* Sets of two, of servers known for long, without us; room is short. Held since `left`. */
static struct gn_ov_held *not_ours(unsigned i, gn_time left)
{
	struct gn_ov_held *h = hold(i);
	h->left = left;
	return h;
}

static void others_answer(void)
{
	struct gn_overlay *ov = net.node[0].ov;
	ov->cfg.r = 2;
	ov->cfg.w = 1;
	ov->cfg.records_max = 1;
	for (uint32_t i = 0; i < 40; i++)
		net_link(&net, i)->since = net.now - GN_OV_STANDING;
	at_time(net.now);
}

static void a_copy_that_is_not_ours_is_kept_for_a_while(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	gn_time now = net.now;
	struct gn_ov_held *h = not_ours(1, now - GN_OV_HAND_OVER + 1);
	others_answer();
	gn_ov_hand_over(ov, h, now);
	assert_int_equal(h->asked, 0);
	h->left = now - GN_OV_HAND_OVER;
	gn_ov_hand_over(ov, h, now);
	assert_int_equal(h->asked, now);
	gn_time again = now + GN_OV_PROVE_AGAIN;
	at_time(again);
	gn_ov_hand_over(ov, h, again - 1);
	assert_int_equal(h->asked, now);
	gn_ov_hand_over(ov, h, again);
	assert_int_equal(h->asked, again);
}

static void takers_of_some_records_are_asked_at_once(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	gn_time now = net.now, end = now + GN_OV_PROVE_TIME;
	struct gn_ov_held *h = NULL;
	for (unsigned i = 0; i < GN_OV_LEAVING_MAX + 1; i++)
		(void)not_ours(i, now - GN_OV_HAND_OVER);
	others_answer();
	for (unsigned i = 0; i < GN_OV_LEAVING_MAX + 1; i++) {
		h = GN_MAP_AT(&ov->held, struct gn_ov_held *, i);
		gn_ov_hand_over(ov, h, now);
		assert_int_equal(h->asked != 0, i < GN_OV_LEAVING_MAX);
	}
	at_time(end);
	gn_ov_hand_over(ov, h, end - 1);
	assert_int_equal(h->asked, 0);
	gn_ov_hand_over(ov, h, end);
	assert_int_equal(h->asked, end);
}

static void a_copy_that_is_not_ours_is_compared_now_and_then(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	gn_time now = net.now;
	struct gn_ov_held *h = NULL;
	struct gn_ov_member set[GN_OV_SET_MAX];
	others_answer();
	for (unsigned i = 0; !h; i++) {
		h = hold(i);
		uint32_t n = gn_ov_holders_of(ov, gn_ov_theta(h->key.b), set);
		assert_int_equal(n, 2);
		if (set[0].contact && set[1].contact)
			break;
		gn_ov_held_drop(ov, h, false);
		h = NULL;
	}
	gn_ov_synced_add(h, &set[0].id);
	gn_ov_synced_add(h, &set[1].id);
	const gn_time at[] = {now, now + GN_OV_OFFER_AGAIN - 1, now + GN_OV_OFFER_AGAIN};
	const unsigned offers[] = {2, 0, 2};
	for (unsigned i = 0; i < GN_COUNT(at); i++) {
		uint64_t before = net_counter(&net, 0, "digests");
		at_time(at[i]);
		gn_ov_repair_due(ov, at[i]);
		assert_int_equal(net_counter(&net, 0, "digests") - before, offers[i]);
	}
}

/* ---- accounts ---- */

static void owners_with_an_account_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct net_record other;
	struct gn_sk bob;
	gn_sk_new(&net.rand, &bob);
	(void)hold(1);
	net_record(&net, &record, &alice, 16, "2", 1, "x");
	net_record(&net, &other, &bob, 16, "2", 1, "x");
	uint32_t count = ov->owners.count;
	ov->owners.count = GN_OV_OWNERS_MAX - 1; /* as if there were so many */
	gn_err before = gn_ov_store_room(ov, NULL, &other.r);
	ov->owners.count = GN_OV_OWNERS_MAX;
	gn_err new = gn_ov_store_room(ov, NULL, &other.r),
	       known = gn_ov_store_room(ov, NULL, &record.r);
	ov->owners.count = count;
	assert_int_equal(before, GN_OK);
	assert_int_equal(new, GN_NO_SPACE);
	assert_int_equal(known, GN_OK);
	assert_int_equal(net_counter(&net, 0, "quota_node"), 1);
}

static void putters_with_an_account_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov;
	assert_int_equal(gn_overlay_new(&net.node[0].env, &net.node[0].cfg, net.now, &ov), GN_OK);
	for (uint32_t i = 0; i < GN_OV_PUTTERS_MAX + 1; i++) {
		struct gn_contact c = net_somebody(i);
		struct gn_holder who = gn_ov_holder_of(&c);
		assert_int_equal(gn_share_take(&ov->brought[GN_OV_BY_PUT], &who, 1),
				 i < GN_OV_PUTTERS_MAX ? GN_OK : GN_NO_SPACE);
	}
	gn_overlay_free(ov);
}

static void each_kind_of_record_has_its_space(void **state)
{
	(void)state;
	bool seen[GN_OV_SPACES] = {false};
	for (uint16_t type = 0; type < 32; type++)
		for (uint32_t grace = 0; grace < 2; grace++) {
			unsigned space = gn_ov_space(type, grace);
			assert_true(space < GN_OV_SPACES);
			seen[space] = true;
		}
	for (unsigned i = 0; i < GN_OV_SPACES; i++)
		assert_true(seen[i]);
}

int main(void)
{
#define LIMIT(f) cmocka_unit_test_setup_teardown(f, build, take_down)
	const struct CMUnitTest tests[] = {
		LIMIT(records_to_be_pushed_are_bounded),
		LIMIT(a_few_are_read_from_the_disk_at_once),
		LIMIT(a_push_is_waited_for_as_long_as_a_disk_may_need),
		LIMIT(a_put_is_waited_for_as_long_as_a_disk_may_need),
		LIMIT(all_is_offered_up_to_some_at_once),
		LIMIT(the_nearest_on_both_sides_may_ask_for_a_sum),
		LIMIT(sums_are_made_now_and_then),
		LIMIT(a_pass_looks_at_some_records_per_tick),
		LIMIT(passes_go_on_while_somebody_lacks_something),
		LIMIT(a_change_of_the_ring_is_followed_by_a_pass),
		LIMIT(what_came_is_spread_after_a_while),
		LIMIT(a_copy_that_is_not_ours_is_kept_for_a_while),
		LIMIT(takers_of_some_records_are_asked_at_once),
		LIMIT(a_copy_that_is_not_ours_is_compared_now_and_then),
		LIMIT(owners_with_an_account_are_bounded),
		LIMIT(putters_with_an_account_are_bounded),
		LIMIT(each_kind_of_record_has_its_space),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
