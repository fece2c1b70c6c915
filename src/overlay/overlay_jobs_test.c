/* Work in hand: what one peer may have of jobs, reads and requests, and how many operations
 * there are at once (OV-71, OV-97). */
#include "overlay/contact_int.h"
#include "overlay/job_int.h"
#include "overlay/link_int.h"
#include "overlay/message_int.h"
#include "overlay/repair_int.h"
#include "overlay/ring_int.h"
#include "overlay/store_int.h"
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

/* OV-94: storage that does not answer, one peer that asks for more and more. */
static void one_peer_has_a_share_of_the_jobs(void **state)
{
	(void)state;
	net_build(&net, 15, 3);
	struct gn_overlay *ov = net.node[0].ov;
	static struct net_record r;
	struct gn_sk owner;
	gn_sk_new(&net.rand, &owner);
	const unsigned share = GN_OV_JOBS_MAX / GN_OV_JOB_KEY_PART;
	for (unsigned i = 0; i < GN_OV_JOBS_MAX; i++) {
		char label[8];
		snprintf(label, sizeof label, "%u", i);
		net_record(&net, &r, &owner, 16, label, 1, "body");
		gn_ov_job_put(ov, &(struct gn_ov_asker){&net.node[1].ov->self, 1000 + i, 0, 0},
			      false, &r.r, net.now);
		assert_int_equal(ov->jobs.count, i < share ? i + 1 : share);
	}
	assert_int_equal(net_counter(&net, 0, "jobs_full"), GN_OV_JOBS_MAX - share);
	net_record(&net, &r, &owner, 16, "other", 1, "body");
	gn_ov_job_put(ov, &(struct gn_ov_asker){&net.node[2].ov->self, 7, 0, 0}, false, &r.r,
		      net.now);
	assert_int_equal(ov->jobs.count, share + 1);
	gn_overlay_validate(ov);
}

static unsigned in_state(const struct gn_overlay *ov, enum gn_ov_job_state state)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < ov->jobs.count; i++)
		n += (GN_MAP_AT(&ov->jobs, struct gn_ov_job *, i))->state == state;
	return n;
}

/* OV-97: a slow disk, and one peer that asks for more than it gives at once. */
static void reads_of_one_peer_leave_the_disk_to_others(void **state)
{
	(void)state;
	net_build(&net, 16, 3);
	struct gn_overlay *ov = net.node[0].ov;
	struct net_record r, old;
	struct gn_sk owner;
	struct gn_overlay_store s;
	const unsigned share = GN_OV_READS_OTHERS / GN_OV_READ_KEY_PART;
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &old, &owner, 16, "read", 1, "old");
	net_record(&net, &r, &owner, 16, "read", 2, "body");
	assert_int_equal(net_put(&net, 1, &r, 3), GN_OK);
	net_run(&net, 60 * GN_SEC);
	const struct gn_contact *one = &net.node[1].ov->self, *two = &net.node[2].ov->self;
	gn_ov_begin(ov, net.now);
	for (unsigned i = 0; i < 2 * share; i++) {
		assert_int_equal(gn_ov_job_load(ov, GN_OV_JOB_GET,
						&(struct gn_ov_asker){one, 1000 + i, 0, 0},
						&r.r.key, net.now),
				 GN_OK);
		assert_int_equal(in_state(ov, GN_OV_JOB_LOADING), i < share ? i + 1 : share);
	}
	/* the version that is here is to be shown */
	gn_ov_job_put(ov, &(struct gn_ov_asker){one, 2000, 0, 0}, false, &old.r, net.now);
	assert_int_equal(in_state(ov, GN_OV_JOB_QUEUED), share + 1);
	assert_int_equal(gn_ov_job_load(ov, GN_OV_JOB_GET, &(struct gn_ov_asker){two, 1, 0, 0},
					&r.r.key, net.now),
			 GN_OK);
	assert_int_equal(in_state(ov, GN_OV_JOB_LOADING), share + 1);
	gn_overlay_validate(ov);
	const struct net_file *f = net_file(&net.node[0], &r.r.key);
	for (unsigned left = 2 * share + 2; left > 0; left--) { /* one comes, the next is read */
		assert_true(gn_overlay_next_store(ov, &s) && s.kind == GN_STORE_LOAD);
		gn_overlay_loaded(ov, s.token, GN_OK, gn_slice(f->bytes, f->len), net.now);
		assert_int_equal(ov->jobs.count, left - 1);
		assert_true(in_state(ov, GN_OV_JOB_LOADING) >=
			    (left - 1 < share ? left - 1 : share));
	}
	gn_overlay_validate(ov);
	ov->repair_left = false;
	net.dead_disk = 1;
	assert_true(gn_ov_push(ov, &r.r.key, &one->pk, net.now));
	net_pump(&net, 0);
	assert_true(ov->repair_left); /* a push that the disk could not give is made later */
	net.dead_disk = 0;
}

/* A client that has a record from before asks others when no place is free to read it. */
static void what_cannot_be_read_here_is_asked_of_others(void **state)
{
	(void)state;
	static const struct gn_holder nobody;
	static struct net_record r;
	struct gn_sk owner;
	net_build(&net, 17, 4);
	struct gn_overlay *ov = net.node[1].ov;
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "x", 1, "body");
	assert_int_equal(net_put(&net, 0, &r, 4), GN_OK);
	assert_non_null(gn_ov_held_get(ov, &r.r.key));
	ov->server = false;
	ov->self.mode = GN_FB_NODE_MODE_CLIENT;
	gn_ov_ring_touch(ov);
	uint64_t places = GN_OV_JOBS_MAX - ov->job_places.used;
	assert_int_equal(gn_share_take(&ov->job_places, &nobody, places), GN_OK);
	assert_int_equal(net_get(&net, 1, &r.r.key, 2), GN_OK);
	gn_share_give(&ov->job_places, &nobody, places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(one_peer_has_a_share_of_the_jobs, take_down),
		cmocka_unit_test_teardown(reads_of_one_peer_leave_the_disk_to_others, take_down),
		cmocka_unit_test_teardown(what_cannot_be_read_here_is_asked_of_others, take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
