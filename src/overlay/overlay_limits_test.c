/* Limits of the overlay, each at the limit and one past it, and what counts the drop. */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/link_int.h"
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

static int build(void **state)
{
	(void)state;
	net_build(&net, 71, 2);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static struct gn_ov_contact *hear(uint32_t i, gn_time age)
{
	struct gn_contact c = net_somebody(i);
	return gn_ov_contact_hear(net.node[0].ov, &c, NULL, age, NULL, net.now);
}

/* ---- what the owner gives ---- */

static void settings_have_bounds(void **state)
{
	(void)state;
	struct gn_overlay_config cfg = net.node[0].cfg;
	struct gn_overlay *ov;
	cfg.l = GN_OV_L_MAX;
	cfg.r = GN_OV_R_MAX;
	assert_int_equal(gn_overlay_new(&net.node[0].env, &cfg, net.now, &ov), GN_OK);
	assert_int_equal(ov->cfg.keep_expired, GN_OV_KEEP_EXPIRED);
	assert_int_equal(ov->cfg.probation, GN_OV_PROBATION);
	gn_overlay_free(ov);
	cfg = net.node[0].cfg;
	cfg.l = GN_OV_L_MAX + 1;
	cfg.r = GN_OV_R_MAX;
	assert_int_equal(gn_overlay_new(&net.node[0].env, &cfg, net.now, &ov), GN_RANGE);
	cfg = net.node[0].cfg;
	cfg.l = GN_OV_L_MAX;
	cfg.r = GN_OV_R_MAX + 1;
	assert_int_equal(gn_overlay_new(&net.node[0].env, &cfg, net.now, &ov), GN_RANGE);
}

static void places_to_begin_at_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (uint32_t i = ov->boot_count; i < GN_OV_BOOTSTRAPS_MAX; i++) {
		struct gn_contact c = net_somebody(i);
		assert_int_equal(gn_overlay_bootstrap(ov, &c.addrs[0], NULL, net.now), GN_OK);
	}
	struct gn_contact more = net_somebody(GN_OV_BOOTSTRAPS_MAX);
	assert_int_equal(gn_overlay_bootstrap(ov, &more.addrs[0], NULL, net.now), GN_LIMIT);
	assert_int_equal(ov->boot_count, GN_OV_BOOTSTRAPS_MAX);
}

static void a_node_begins_when_nobody_was_named_for_a_moment(void **state)
{
	(void)state;
	struct gn_overlay *ov;
	struct gn_overlay_info info;
	assert_int_equal(gn_overlay_new(&net.node[0].env, &net.node[0].cfg, net.now, &ov), GN_OK);
	gn_overlay_tick(ov, net.now + GN_OV_BEGIN - 1);
	gn_overlay_info(ov, &info);
	assert_false(info.joined);
	gn_overlay_tick(ov, net.now + GN_OV_BEGIN);
	gn_overlay_info(ov, &info);
	assert_true(info.joined);
	gn_overlay_free(ov);
}

/* ---- what goes to the owner ---- */

static void messages_to_the_owner_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_contact to = net_somebody(1);
	uint64_t sent = ov->count.sent, bytes = net_counter(&net, 0, "sent_bytes");
	for (unsigned i = 0; i < GN_OV_MESSAGES_MAX; i++)
		assert_int_equal(gn_ov_out_message(ov, &to, gn_str("12345")), GN_OK);
	assert_int_equal(net_counter(&net, 0, "messages_dropped"), 0);
	assert_int_not_equal(gn_ov_out_message(ov, &to, gn_str("12345")), GN_OK);
	assert_int_equal(net_counter(&net, 0, "messages_dropped"), 1);
	assert_int_equal(ov->count.sent - sent, GN_OV_MESSAGES_MAX);
	assert_int_equal(net_counter(&net, 0, "sent_bytes") - bytes, 5 * GN_OV_MESSAGES_MAX);
}

static void events_to_the_owner_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_contact who = net_somebody(1);
	for (unsigned i = 0; i < GN_OV_EVENTS_MAX; i++)
		gn_ov_out_event(ov, GN_OVERLAY_LINKED, &who);
	assert_int_equal(net_counter(&net, 0, "events_dropped"), 0);
	gn_ov_out_event(ov, GN_OVERLAY_LINKED, &who);
	assert_int_equal(net_counter(&net, 0, "events_dropped"), 1);
}

static void storage_requests_to_the_owner_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_hash key = {{7}};
	for (unsigned i = 0; i < GN_OV_STORES_MAX; i++)
		assert_int_equal(gn_ov_out_store(ov, GN_STORE_DROP, 0, &key, gn_slice(NULL, 0)),
				 GN_OK);
	uint64_t full = ov->count.jobs_full;
	assert_int_not_equal(gn_ov_out_store(ov, GN_STORE_DROP, 0, &key, gn_slice(NULL, 0)), GN_OK);
	assert_int_equal(ov->count.jobs_full, full + 1);
}

/* ---- who we know ---- */

static void contacts_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	for (uint32_t i = 0; ov->contact_count < GN_OV_CONTACTS_MAX; i++)
		assert_non_null(hear(i, 0));
	assert_int_equal(net_counter(&net, 0, "contacts_full"), 0);
	assert_non_null(hear(GN_OV_CONTACTS_MAX, 0));
	assert_int_equal(net_counter(&net, 0, "contacts_full"), 1);
	assert_int_equal(ov->contact_count, GN_OV_CONTACTS_MAX);
	gn_overlay_validate(ov);
}

static void a_contact_is_fresh_for_some_pings(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *c = hear(1, 0);
	gn_time fresh = GN_OV_FRESH_PINGS * ov->cfg.ping_long;
	assert_true(gn_ov_contact_usable(ov, c, net.now + fresh));
	assert_false(gn_ov_contact_usable(ov, c, net.now + fresh + 1));
}

static void the_last_few_stale_ones_are_kept(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	uint32_t before = ov->contact_count, many = GN_OV_CACHE_KEEP + 10;
	for (uint32_t i = 0; i < many; i++)
		assert_non_null(hear(i, 0));
	gn_ov_contact_sweep(ov, net.now + GN_OV_FORGET);
	assert_int_equal(ov->contact_count, before + many);
	gn_ov_contact_sweep(ov, net.now + GN_OV_FORGET + 1);
	assert_int_equal(ov->contact_count, before + GN_OV_CACHE_KEEP);
}

static void a_dial_is_one_attempt(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *c = hear(1, 0);
	assert_true(gn_ov_dial(ov, c, net.now));
	assert_true(gn_ov_dialable(ov, c, net.now + GN_OV_DIAL_TIME - 1));
	assert_false(gn_ov_dialable(ov, c, net.now + GN_OV_DIAL_TIME));
	assert_false(gn_ov_dialable(ov, c, net.now + GN_OV_TOMB - 1));
	assert_true(gn_ov_dialable(ov, c, net.now + GN_OV_TOMB));
}

static void dials_are_remembered_in_a_ring(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *first = hear(0, 0);
	ov->dial_next = 0;
	assert_true(gn_ov_dial(ov, first, net.now));
	for (uint32_t i = 1; i < GN_OV_DIALS_MAX; i++)
		assert_true(gn_ov_dial(ov, hear(i, 0), net.now));
	assert_true(gn_pk_eq(&ov->dials[0].pk, &first->c.pk));
	assert_true(gn_ov_dial(ov, hear(GN_OV_DIALS_MAX, 0), net.now));
	assert_false(gn_pk_eq(&ov->dials[0].pk, &first->c.pk));
}

/* Links of a node of this class, one more than it may have. */
static void links_of(uint8_t class, uint32_t most)
{
	struct gn_overlay *ov = net.node[0].ov;
	ov->cfg.class = class;
	for (uint32_t i = 0; ov->link_count < most; i++)
		assert_non_null(gn_ov_link_new(ov, hear(i, 0), false, net.now));
	assert_int_equal(net_counter(&net, 0, "links_full"), 0);
	assert_null(gn_ov_link_new(ov, hear(most, 0), false, net.now));
	assert_int_equal(net_counter(&net, 0, "links_full"), 1);
	gn_overlay_validate(ov);
}

static void links_are_bounded(void **state)
{
	(void)state;
	links_of(1, GN_OV_LINKS_MAX);
}

static void links_of_a_large_node_are_bounded(void **state)
{
	(void)state;
	links_of(2, GN_OV_LINKS_MAX_2);
}

static void who_is_silent_is_asked_three_times(void **state)
{
	(void)state;
	uint64_t pings = net_counter(&net, 0, "pings"),
		 dead = net_counter(&net, 0, "contacts_dead");
	assert_int_equal(net_counter(&net, 0, "links_made"), 1);
	net.node[1].deaf = true;
	while (net_counter(&net, 0, "links_lost") == 0)
		net_run(&net, GN_SEC);
	assert_int_equal(net_counter(&net, 0, "pings_missed"), GN_OV_TRIES);
	assert_true(net_counter(&net, 0, "pings") >= pings + GN_OV_TRIES);
	assert_int_equal(net_counter(&net, 0, "contacts_dead"), dead + 1);
	assert_true(net_counter(&net, 0, "requests_timeout") >= GN_OV_TRIES);
}

static void flips_come_a_few_at_once_and_then_one_by_one(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact *c = hear(1, 0);
	assert_non_null(gn_ov_link_new(ov, c, false, net.now));
	for (unsigned i = 0; i < GN_OV_FLIPS; i++) {
		assert_true(gn_ov_next_flip(c) <= net.now);
		gn_ov_flip(c, net.now);
	}
	assert_int_equal(gn_ov_next_flip(c), net.now + GN_OV_FLIP_EVERY);
}

/* ---- messages ---- */

static gn_err said(struct gn_slice bytes)
{
	return gn_overlay_recv(net.node[0].ov, &net.node[1].cfg.node_key.pk,
			       &net.node[1].cfg.addrs[0], bytes, net.now);
}

static void longer_messages_are_malformed(void **state)
{
	(void)state;
	static uint8_t bytes[GN_OV_MESSAGE_MAX + 1];
	struct gn_fbb b = gn_ov_builder(net.node[1].ov);
	struct gn_slice m;
	gn_fbref body = gn_fb_unlink_make(&b, &(struct gn_fb_unlink_args){.code = 0});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){
			    .request = 9, .body_type = GN_FB_OVERLAY_BODY_UNLINK, .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &m), GN_OK);
	memcpy(bytes, m.p, m.len);
	uint64_t got = net_counter(&net, 0, "received_bytes"),
		 bad = net_counter(&net, 0, "messages_malformed");
	assert_int_equal(said(gn_slice(bytes, GN_OV_MESSAGE_MAX)), GN_OK);
	assert_int_equal(net_counter(&net, 0, "messages_malformed"), bad);
	assert_int_equal(said(gn_slice(bytes, GN_OV_MESSAGE_MAX + 1)), GN_MALFORMED);
	assert_int_equal(net_counter(&net, 0, "messages_malformed"), bad + 1);
	assert_int_equal(net_counter(&net, 0, "received_bytes") - got, 2 * GN_OV_MESSAGE_MAX + 1);
}

static void say_delta(uint32_t dels)
{
	static uint64_t del[GN_OV_DELTA_MAX + 1];
	struct gn_fbb b = gn_ov_builder(net.node[1].ov);
	struct gn_slice m;
	gn_fbref body = gn_fb_delta_make(
		&b, &(struct gn_fb_delta_args){.to_version = 9, .del = {del, dels}});
	gn_fbref root = gn_fb_overlay_message_make(
		&b, &(struct gn_fb_overlay_message_args){.body_type = GN_FB_OVERLAY_BODY_DELTA,
							 .body = body});
	assert_int_equal(gn_fbb_finish(&b, root, GN_FB_OVERLAY_MESSAGE_IDENTIFIER, &m), GN_OK);
	(void)said(m);
}

static void a_link_list_has_as_many_as_there_are_links(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	say_delta(GN_OV_DELTA_MAX);
	assert_int_equal(ov->count.messages_refused + ov->count.messages_malformed, 0);
	say_delta(GN_OV_DELTA_MAX + 1);
	assert_int_equal(ov->count.messages_refused + ov->count.messages_malformed, 1);
}

/* ---- lookups ---- */

static void candidates_are_bounded(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_hash key = {{0}};
	struct gn_ov_op *op;
	assert_int_equal(gn_ov_op_new(ov, GN_OV_FIND, GN_OV_FOR_HEAL, &key, net.now, &op), GN_OK);
	for (uint32_t i = 0; i < GN_OV_CANDS_MAX; i++) {
		struct gn_contact c = net_somebody(i);
		gn_ov_lookup_add(ov, op, &c, NULL, 1);
	}
	assert_int_equal(op->cand_count, GN_OV_CANDS_MAX);
	assert_int_equal(net_counter(&net, 0, "cands_full"), 0);
	struct gn_contact c = net_somebody(GN_OV_CANDS_MAX);
	gn_ov_lookup_add(ov, op, &c, NULL, 1);
	assert_int_equal(op->cand_count, GN_OV_CANDS_MAX);
	assert_int_equal(net_counter(&net, 0, "cands_full"), 1);
}

static void a_lookup_starts_from_a_part_of_what_is_known(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_hash key = {{0}};
	struct gn_ov_op *op;
	for (uint32_t i = 0; i < 2 * GN_OV_START_CANDS; i++)
		assert_non_null(hear(i, 0));
	assert_int_equal(gn_ov_op_new(ov, GN_OV_FIND, GN_OV_FOR_HEAL, &key, net.now, &op), GN_OK);
	gn_ov_lookup_start(ov, op, NULL, net.now);
	/* and from the one who has answered before, wherever it is */
	uint32_t proven = gn_ov_cand_of(op, &net.node[1].cfg.node_key.pk) != NULL;
	assert_int_equal(proven, 1);
	assert_true(op->cand_count == GN_OV_START_CANDS || op->cand_count == GN_OV_START_CANDS + 1);
}

/* ---- waiting ---- */

static void answers_are_waited_for_by_what_is_known_of_the_way(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct gn_ov_contact c = {.up = true, .srtt = GN_OV_DEAD_MIN / 3, .coord = {0, 0, 1, 1}};
	struct gn_contact to = net_somebody(1);
	assert_int_equal(gn_ov_rtt_hat(ov, NULL, NULL), GN_OV_RTT_GUESS);
	assert_int_equal(gn_ov_dead_after(ov, NULL), GN_OV_COLD_MIN);
	assert_int_equal(gn_ov_dead_after(ov, &c), GN_OV_DEAD_MIN);
	c.srtt = GN_OV_DEAD_MIN;
	assert_int_equal(gn_ov_dead_after(ov, &c), 3 * GN_OV_DEAD_MIN);
	c.up = false;
	c.srtt = GN_OV_COLD_MIN;
	assert_int_equal(gn_ov_dead_after(ov, &c), 5 * GN_OV_COLD_MIN);
	struct gn_ov_request *r = gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_FIND, &to, net.now);
	assert_non_null(r);
	assert_int_equal(r->timer.node.at - net.now, 4 * GN_OV_RTT_GUESS + GN_OV_HEDGE);
	gn_ov_request_free(ov, r);
}

static void a_line_has_time_for_what_it_carries(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	assert_int_equal(ov->line, GN_OV_LINE_SLOW); /* until it is known */
	assert_int_equal(gn_ov_line_time(ov, GN_OV_LINE_FREE), 0);
	assert_int_equal(gn_ov_line_time(ov, GN_OV_LINE_FREE + 1), GN_OV_LINE_SLOW);
	uint64_t most = (uint64_t)(GN_OV_LINE_MAX / GN_OV_LINE_SLOW) * 1024;
	assert_int_equal(gn_ov_line_time(ov, GN_OV_LINE_FREE + most), GN_OV_LINE_MAX);
	assert_int_equal(gn_ov_line_time(ov, GN_OV_LINE_FREE + most + 1), GN_OV_LINE_MAX);
}

static void a_tick_serves_some_timers_and_leaves_the_rest(void **state)
{
	(void)state;
	struct gn_overlay *ov;
	struct gn_contact to = net_somebody(1);
	assert_int_equal(gn_overlay_new(&net.node[0].env, &net.node[0].cfg, net.now, &ov), GN_OK);
	for (unsigned i = 0; i < GN_OV_TICK_TIMERS + 1; i++) {
		struct gn_ov_request *r =
			gn_ov_request_new(ov, GN_FB_OVERLAY_BODY_FIND, &to, net.now);
		assert_non_null(r);
		r->dead_at = net.now;
		assert_int_equal(gn_ov_timer_set(ov, &r->timer, net.now), GN_OK);
	}
	gn_overlay_tick(ov, net.now);
	assert_int_equal(ov->requests.count, 1);
	assert_int_equal(ov->count.requests_timeout, GN_OV_TICK_TIMERS);
	gn_overlay_tick(ov, net.now);
	assert_int_equal(ov->requests.count, 0);
	gn_overlay_free(ov);
}

/* ---- what ends by time ---- */

static void a_lookup_that_reaches_nobody_has_failed(void **state)
{
	(void)state;
	const struct gn_hash key = {{1}};
	gn_op op;
	net.node[1].deaf = true;
	uint64_t failed = net_counter(&net, 0, "lookups_failed");
	assert_int_equal(gn_overlay_find(net.node[0].ov, &key, 8, net.now, &op), GN_OK);
	net_wait(&net, op, 0);
	assert_int_equal(net.result.err, GN_UNREACHABLE);
	assert_int_equal(net_counter(&net, 0, "lookups_failed"), failed + 1);
}

static void an_operation_that_waits_for_the_disk_ends_by_its_time(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk owner;
	gn_op op;
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "slow", 1, "x");
	net.node[0].hold = true; /* its disk says nothing */
	gn_time began = net.now;
	assert_int_equal(gn_overlay_put(net.node[0].ov, r.r.bytes, 2, net.now, &op), GN_OK);
	net_wait(&net, op, 0);
	assert_int_equal(net.result.err, GN_QUORUM);
	assert_int_equal(net.result.receipts, 1);
	assert_int_equal(net.result.took, GN_OV_OP_LIFE);
	assert_true(net.now - began >= GN_OV_OP_LIFE);
	assert_int_equal(net_counter(&net, 0, "ops_timeout"), 1);
}

static void healing_goes_on_for_ever(void **state)
{
	(void)state;
	uint64_t heals = net_counter(&net, 0, "heals"), digests = net_counter(&net, 0, "digests");
	net_run(&net, 3 * net.node[0].ov->cfg.heal);
	assert_true(net_counter(&net, 0, "heals") >= heals + 2);
	assert_true(net_counter(&net, 0, "digests") >= digests + 2); /* a period as long */
}

static void records_of_another_time_are_counted_by_which(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	struct net_record r;
	struct gn_sk owner;
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "now", 1, "x");
	gn_time end = net.now + net.ttl * GN_SEC;
	assert_int_equal(gn_ov_admit(ov, &r.r, false, net.now), GN_OK);
	assert_int_equal(gn_ov_admit(ov, &r.r, false, end + GN_SEC), GN_EXPIRED);
	assert_int_equal(net_counter(&net, 0, "record_expired"), 1);
	gn_time early = net.now - (GN_RECORD_AHEAD_MAX + 1) * GN_SEC;
	assert_int_not_equal(gn_ov_admit(ov, &r.r, false, early), GN_OK);
	assert_int_equal(net_counter(&net, 0, "record_future"), 1);
	assert_int_equal(net_counter(&net, 0, "record_expired"), 1);
}

/* ---- who answers for a key ---- */

static void who_is_no_server_takes_no_record(void **state)
{
	(void)state;
	struct net_record r;
	struct gn_sk owner;
	struct gn_ov_contact *to = gn_ov_contact_get(net.node[1].ov, &net.node[0].cfg.node_key.pk);
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "pushed", 1, "x");
	net.node[0].ov->server = false;
	gn_ov_push_loaded(net.node[1].ov, &to->c, &r.r, net.now);
	net_pump(&net, 1);
	net_run(&net, GN_SEC);
	assert_int_equal(net_counter(&net, 0, "record_not_mine"), 1);
	assert_int_equal(net_counter(&net, 1, "pushes_refused"), 1);
	net.node[0].ov->server = true;
}

static void what_the_set_has_not_is_asked_for_around_it_and_behind_a_crowd(void **state)
{
	(void)state;
	struct gn_overlay *ov = net.node[0].ov;
	const struct gn_hash key = {{3}};
	gn_op op;
	ov->cfg.r = ov->cfg.rq = 1;    /* two are one more than the set .. */
	ov->reach = UINT64_C(1) << 63; /* .. and a crowd, wherever they are */
	ov->reach_at = net.now;
	ov->reach_n = ov->n_est;
	assert_int_equal(gn_overlay_get(ov, &key, NULL, net.now, &op), GN_OK);
	net_wait(&net, op, 0);
	assert_int_equal(net.result.err, GN_NOT_FOUND);
	assert_int_equal(net_counter(&net, 0, "widened"), 1);
	assert_int_equal(net_counter(&net, 0, "probed"), 1);
}

/* ---- shares ---- */

/* Of total, a key has 1/key_part; once half is taken a public prefix has 1/prefix_part. */
static void shares_of(struct gn_share *s, uint64_t total, unsigned key_part, unsigned prefix_part)
{
	uint64_t each = total / key_part, taken = 0;
	for (unsigned i = 0; i < key_part; i++) {
		struct gn_contact c = net_somebody(i);
		struct gn_holder who = gn_ov_holder_of(&c);
		if (2 * taken >= total) { /* from now on of one prefix */
			who.addr = gn_addr_v4(20, 1, 1, (uint8_t)(i + 1), 4000);
			uint64_t prefix = gn_share_held(s, &who).prefix;
			gn_err err = gn_share_take(s, &who, each);
			assert_int_equal(err == GN_OK, prefix + each <= total / prefix_part);
			taken += err == GN_OK ? each : 0;
			continue;
		}
		assert_int_equal(gn_share_take(s, &who, each), GN_OK);
		assert_int_not_equal(gn_share_take(s, &who, 1), GN_OK);
		taken += each;
	}
	assert_true(taken >= total / 2 && taken <= total / 2 + each + total / prefix_part);
}

static void work_for_peers_has_shares_by_key_and_prefix(void **state)
{
	(void)state;
	struct gn_overlay *ov;
	assert_int_equal(gn_overlay_new(&net.node[0].env, &net.node[0].cfg, net.now, &ov), GN_OK);
	shares_of(&ov->request_places, GN_OV_REQUESTS_OTHERS, GN_OV_REQUEST_KEY_PART,
		  GN_OV_REQUEST_PREFIX_PART);
	shares_of(&ov->job_places, GN_OV_JOBS_MAX, GN_OV_JOB_KEY_PART, GN_OV_JOB_PREFIX_PART);
	shares_of(&ov->job_bytes, GN_OV_JOB_BYTES_MAX, GN_OV_JOB_KEY_PART, GN_OV_JOB_PREFIX_PART);
	shares_of(&ov->job_reads, GN_OV_READS_OTHERS, GN_OV_READ_KEY_PART, GN_OV_READ_PREFIX_PART);
	shares_of(&ov->brought[GN_OV_BY_PUT], ov->cfg.bytes_max, GN_OV_PUTTER_PART,
		  GN_OV_PREFIX_PART);
	gn_overlay_free(ov);
}

/* ---- the clock of records ---- */

static void a_clock_that_was_set_is_held_for_a_while(void **state)
{
	(void)state;
	struct gn_overlay *ov;
	gn_time now = net.now, wall = NET_START;
	assert_int_equal(gn_overlay_new(&net.node[0].env, &net.node[0].cfg, now, &ov), GN_OK);
	gn_overlay_clock(ov, wall, now);
	gn_time ahead = GN_OV_CLOCK_STEP + GN_SEC, set = now + GN_OV_CLOCK_LOOK;
	gn_overlay_clock(ov, wall + GN_OV_CLOCK_LOOK + ahead, set);
	assert_true(gn_overlay_time_own(ov, set) < wall + GN_OV_CLOCK_LOOK + ahead);
	gn_time end = set + GN_OV_CLOCK_HOLD;
	gn_overlay_clock(ov, wall + (end - 1 - now) + ahead, end - 1);
	assert_int_equal(gn_overlay_time_own(ov, end - 1), wall + (end - 1 - now));
	gn_overlay_clock(ov, wall + (end + GN_OV_CLOCK_LOOK - now) + ahead, end + GN_OV_CLOCK_LOOK);
	assert_int_equal(gn_overlay_time_own(ov, end), wall + (end - now) + ahead);
	gn_overlay_free(ov);
}

int main(void)
{
#define LIMIT(f) cmocka_unit_test_setup_teardown(f, build, take_down)
	const struct CMUnitTest tests[] = {
		LIMIT(settings_have_bounds),
		LIMIT(places_to_begin_at_are_bounded),
		LIMIT(a_node_begins_when_nobody_was_named_for_a_moment),
		LIMIT(messages_to_the_owner_are_bounded),
		LIMIT(events_to_the_owner_are_bounded),
		LIMIT(storage_requests_to_the_owner_are_bounded),
		LIMIT(contacts_are_bounded),
		LIMIT(a_contact_is_fresh_for_some_pings),
		LIMIT(the_last_few_stale_ones_are_kept),
		LIMIT(a_dial_is_one_attempt),
		LIMIT(dials_are_remembered_in_a_ring),
		LIMIT(links_are_bounded),
		LIMIT(links_of_a_large_node_are_bounded),
		LIMIT(who_is_silent_is_asked_three_times),
		LIMIT(flips_come_a_few_at_once_and_then_one_by_one),
		LIMIT(longer_messages_are_malformed),
		LIMIT(a_link_list_has_as_many_as_there_are_links),
		LIMIT(candidates_are_bounded),
		LIMIT(a_lookup_starts_from_a_part_of_what_is_known),
		LIMIT(answers_are_waited_for_by_what_is_known_of_the_way),
		LIMIT(a_line_has_time_for_what_it_carries),
		LIMIT(a_tick_serves_some_timers_and_leaves_the_rest),
		LIMIT(a_lookup_that_reaches_nobody_has_failed),
		LIMIT(an_operation_that_waits_for_the_disk_ends_by_its_time),
		LIMIT(healing_goes_on_for_ever),
		LIMIT(records_of_another_time_are_counted_by_which),
		LIMIT(who_is_no_server_takes_no_record),
		LIMIT(what_the_set_has_not_is_asked_for_around_it_and_behind_a_crowd),
		LIMIT(work_for_peers_has_shares_by_key_and_prefix),
		LIMIT(a_clock_that_was_set_is_held_for_a_while),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
