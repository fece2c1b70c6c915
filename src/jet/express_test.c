/* A second connection for what must not wait (RE-8): on one, class 1 waits for all that TCP holds;
 * on its own it waits for the line alone. In virtual time. */
#include "jet/express_int.h"
#include "jet/testing/wires.h"
#include <stdlib.h>

#define SECOND 2
#define MESSAGES 150

/* 40 ms there and back, and a queue of 100 ms */
static const struct jet_sim_link_config tcp = {
	.delay = 20 * GN_MSEC, .rate = 20000000, .queue = 250000, .reliable = true};
static const struct jet_sim_link_config udp = {.delay = 20 * GN_MSEC};

static struct world *start(void)
{
	struct world *w = world_new(1, &udp, &tcp, NULL, SECOND);
	w->p.sim.validate = true;
	return w;
}

static void end(struct world *w)
{
	for (int i = 0; i < 2; i++)
		assert_int_equal(w->p.app[i].closed, 0);
	world_free(w);
}

/* The client's owner has another connection to there. */
static void open_second(struct world *w)
{
	struct gn_way to = jet_sim_wire_to(w->wire[SECOND], 1);
	open_path(w, &to);
}

static int by_time(const void *a, const void *b)
{
	const gn_time *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* What most of so many messages from one end take to the other. */
static gn_time most_take(struct world *w, int from, enum gn_jet_class class)
{
	static gn_time took[MESSAGES];
	for (int i = 0; i < MESSAGES; i++) {
		gn_time began = w->p.sim.now;
		gn_jet_stream id = app_send(&w->p.sim, from, 200, true, class);
		jet_sim_flush(&w->p.sim, from);
		const struct app_stream *got = app_stream(&w->p.app[1 - from], id);
		while (!got->fin_read && w->p.sim.now < began + 10 * GN_SEC)
			run(w, GN_MSEC);
		took[i] = w->p.sim.now - began;
		run(w, 10 * GN_MSEC);
	}
	qsort(took, MESSAGES, sizeof took[0], by_time);
	return took[MESSAGES * 99 / 100];
}

static void test_class_1_goes_aside(void **state)
{
	(void)state;
	for (int from = 0; from < 2; from++)
		for (enum gn_jet_class class = GN_JET_CRITICAL; class <= GN_JET_INTERACTIVE;
		     class ++) {
			struct world *w = start();
			app_send(&w->p.sim, from, 60000000, true, GN_JET_FILES);
			jet_sim_flush(&w->p.sim, from);
			run(w, GN_SEC);
			gn_time one = most_take(w, from, class);
			assert_int_equal(w->p.app[0].crowded, 1);
			assert_int_equal(w->p.app[1].crowded, 0); /* it cannot open any */
			assert_int_equal(jet_sim_counter(&w->p.sim, from, "paths-crowded"), 1);
			open_second(w);
			run(w, GN_SEC);
			assert_non_null(jet_express_path(session(w, from)));
			const struct jet_path *main = session(w, from)->path;
			gn_time two = most_take(w, from, class);
			print_message("end %d, class %d beside bulk, p99: %d ms, then %d ms\n",
				      from, (int)class, (int)(one / GN_MSEC), (int)(two / GN_MSEC));
			assert_true(one > 100 * GN_MSEC);
			assert_true(two < 30 * GN_MSEC);
			/* bulk stays where it is: the other is no better for it */
			assert_ptr_equal(session(w, from)->path, main);
			end(w);
		}
}

/* Nothing heavy, or nothing urgent, wants no second one. */
static void test_who_wants_none(void **state)
{
	(void)state;
	struct world *w = start();
	assert_true(most_take(w, 0, GN_JET_CRITICAL) < 30 * GN_MSEC);
	app_send(&w->p.sim, 0, 5000000, true, GN_JET_INTERACTIVE);
	jet_sim_flush(&w->p.sim, 0);
	run(w, 10 * GN_SEC);
	app_send(&w->p.sim, 0, 5000000, true, GN_JET_BACKGROUND);
	jet_sim_flush(&w->p.sim, 0);
	run(w, 10 * GN_SEC);
	assert_int_equal(w->p.app[0].crowded, 0);
	end(w);
}

/* So late, and not a nanosecond less. */
static void test_how_late_is_late(void **state)
{
	(void)state;
	for (int less = 1; less >= 0; less--) {
		struct world *w = start();
		struct jet_session *s = session(w, 0);
		app_send(&w->p.sim, 0, 60000000, true, GN_JET_FILES);
		app_send(&w->p.sim, 0, 200, true, GN_JET_CRITICAL);
		jet_sim_flush(&w->p.sim, 0);
		const struct gn_ring *all = &s->path->space.sent;
		gn_time now = w->p.sim.now;
		for (uint32_t i = 0; i < all->count; i++) {
			struct jet_sent sent = *(const struct jet_sent *)gn_ring_at(all, i);
			sent.at = now - s->path->rtt.min - JET_CROWDED - JET_ACK_DELAY + less;
			jet_express_acked(s, s->path, &sent, now);
		}
		assert_int_equal(s->crowded_until, less ? 0 : now + JET_CROWDED_AGAIN);
		end(w);
	}
}

/* It is said once in JET_CROWDED_AGAIN. */
static void test_it_is_not_said_often(void **state)
{
	(void)state;
	struct world *w = start();
	app_send(&w->p.sim, 0, 400000000, true, GN_JET_FILES);
	jet_sim_flush(&w->p.sim, 0);
	run(w, GN_SEC);
	most_take(w, 0, GN_JET_CRITICAL);
	gn_time again = session(w, 0)->crowded_until;
	while (w->p.sim.now < again - GN_SEC)
		run(w, GN_SEC);
	app_send(&w->p.sim, 0, 200, true, GN_JET_CRITICAL);
	jet_sim_flush(&w->p.sim, 0);
	jet_sim_run(&w->p.sim, again);
	assert_int_equal(w->p.app[0].crowded, 1);
	app_send(&w->p.sim, 0, 200, true, GN_JET_CRITICAL);
	jet_sim_flush(&w->p.sim, 0);
	run(w, GN_SEC);
	assert_int_equal(w->p.app[0].crowded, 2);
	end(w);
}

/* When it breaks, all goes on the first, and nothing is lost; and when the first does. */
static void test_one_breaks(void **state)
{
	(void)state;
	for (uint32_t link = WSS; link <= SECOND; link++) {
		struct world *w = start();
		app_send(&w->p.sim, 0, 6000000, true, GN_JET_FILES);
		open_second(w);
		run(w, GN_SEC);
		for (int i = 0; i < 20; i++) {
			app_send(&w->p.sim, 0, 5000, true, GN_JET_CRITICAL);
			jet_sim_flush(&w->p.sim, 0);
			run(w, 20 * GN_MSEC);
			if (i != 10)
				continue;
			for (int k = 0; k < 2; k++)
				w->p.sim.links[w->wire[link]->links[k]].down = true;
			for (int k = 0; k < 2; k++) {
				gn_jet_way_gone(w->p.sim.nodes[k].jet, link, w->p.sim.now);
				jet_sim_flush(&w->p.sim, k);
			}
			assert_null(jet_express_path(session(w, 0)));
		}
		assert_true(
			jet_sim_run_until(&w->p.sim, pair_all_done, w->p.sim.now + 60 * GN_SEC));
		pair_check(&w->p);
		end(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_class_1_goes_aside),
		cmocka_unit_test(test_who_wants_none),
		cmocka_unit_test(test_how_late_is_late),
		cmocka_unit_test(test_it_is_not_said_often),
		cmocka_unit_test(test_one_breaks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
