/* Streams and datagrams over simulated links: integrity under every impairment, goodput,
 * fairness, determinism. */
#include "jet/testing/pair.h"
#include <stdlib.h>

static void test_streams_and_datagrams_both_ways(void **state)
{
	(void)state;
	struct pair p;
	struct jet_sim_link_config link = {.delay = 10 * GN_MSEC};
	pair_init(&p, 1, NULL, NULL, &link);
	pair_connect(&p);
	app_send(&p.sim, 0, 100000, false, GN_JET_INTERACTIVE);
	app_send(&p.sim, 0, 1, true, GN_JET_CRITICAL);
	app_send(&p.sim, 1, 300000, true, GN_JET_FILES);
	assert_int_equal(gn_jet_datagram(p.sim.nodes[0].jet, p.id, GN_JET_INTERACTIVE,
					 GN_LIT("hello"), GN_NEVER),
			 GN_OK);
	assert_true(jet_sim_run_until(&p.sim, pair_all_done, p.sim.now + 5 * GN_SEC));
	pair_check(&p);
	assert_int_equal(p.app[1].datagrams, 1);
	pair_fini(&p);
}

/* One short run on a link drawn from the seed: up to 30 % loss, duplication, reordering,
 * corruption, a small queue. */
static void run_seed(uint64_t seed, uint64_t *trace)
{
	struct pair *p = calloc(1, sizeof *p);
	struct gn_prng g;
	gn_prng_init(&g, seed);
	struct gn_rand r = gn_prng_rand(&g);
	struct jet_sim_link_config link = {
		.delay = (gn_time)gn_rand_below(&r, 100) * GN_MSEC + GN_USEC,
		.jitter = gn_rand_below(&r, 2) ? (gn_time)gn_rand_below(&r, 20) * GN_MSEC : 0,
		.rate = gn_rand_below(&r, 3) ? (1 + gn_rand_below(&r, 50)) * 1000000 : 0,
		.queue = (uint32_t)(8000 + gn_rand_below(&r, 200000)),
		.loss = gn_rand_below(&r, 2) ? (uint32_t)gn_rand_below(&r, 300000) : 0,
		.duplicate = gn_rand_below(&r, 3) ? 0 : 100000,
		.reorder = gn_rand_below(&r, 3) ? 0 : 100000,
		.reorder_delay = 30 * GN_MSEC,
		.corrupt = gn_rand_below(&r, 3) ? 0 : 50000,
		.mtu = gn_rand_below(&r, 3) ? 0 : (uint32_t)(1200 + gn_rand_below(&r, 252)),
	};
	struct gn_jet_config config = {.handshake_timeout = 120 * GN_SEC,
				       .idle_timeout = 300 * GN_SEC};
	config.always_retry = gn_rand_below(&r, 4) == 0;
	pair_init(p, seed, &config, &config, &link);
	pair_dial(p, &p->sim.nodes[1].pk);
	if (!jet_sim_run_until(&p->sim, pair_is_connected, p->sim.now + 120 * GN_SEC)) {
		pair_dump(p);
		fail_msg("GN_SEED=%llu does not connect", (unsigned long long)seed);
	}
	p->app[0].echo_close = p->app[1].echo_close = true;
	for (int i = 0; i < 6; i++) {
		uint64_t total = 1 + gn_rand_below(&r, gn_rand_below(&r, 2) ? 100000 : 3000);
		app_send(&p->sim, (int)gn_rand_below(&r, 2), total, gn_rand_below(&r, 2),
			 (enum gn_jet_class)(1 + gn_rand_below(&r, 4)));
	}
	if (!jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 200 * GN_SEC)) {
		pair_dump(p);
		fail_msg("GN_SEED=%llu does not finish", (unsigned long long)seed);
	}
	pair_check(p);
	*trace = p->sim.trace;
	pair_fini(p);
	free(p);
}

static void test_every_byte_arrives_whatever_the_link_does(void **state)
{
	(void)state;
	const char *one = getenv("GN_SEED");
	uint64_t first = one ? strtoull(one, NULL, 0) : 1000,
		 count = one                  ? 1
			 : getenv("GN_SEEDS") ? strtoull(getenv("GN_SEEDS"), NULL, 0)
					      : 200,
		 trace;
	for (uint64_t seed = first; seed < first + count; seed++) {
		run_seed(seed, &trace);
	}
}

static void test_equal_seeds_give_equal_traces(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		uint64_t a, b, c;
		run_seed(seed, &a);
		run_seed(seed, &b);
		run_seed(seed + 100, &c);
		assert_int_equal(a, b);
		assert_int_not_equal(a, c);
	}
}

/* Mbit/s of stream bytes that the reader got between two moments of one bulk transfer. */
static double goodput(const struct jet_sim_link_config *link, gn_time from, gn_time to)
{
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, link);
	p->sim.validate = false;
	pair_connect(p);
	gn_time start = p->sim.now;
	app_send(&p->sim, 0, UINT64_C(1) << 40, true, GN_JET_FILES);
	jet_sim_run(&p->sim, start + from);
	uint64_t before = p->app[1].received;
	jet_sim_run(&p->sim, start + to);
	double mbit =
		(double)(p->app[1].received - before) * 8 / ((double)(to - from) * 1e-9) / 1e6;
	struct gn_jet_info i;
	assert_int_equal(gn_jet_info(p->sim.nodes[0].jet, p->id, &i), GN_OK);
	print_message("  %.1f Mbit/s (lost %llu of %llu, srtt %.1f ms, cwnd %llu, spurious %llu, "
		      "pto %llu)\n",
		      mbit, (unsigned long long)i.packets_lost, (unsigned long long)i.packets_sent,
		      (double)i.srtt / 1e6, (unsigned long long)i.cwnd,
		      (unsigned long long)jet_sim_counter(&p->sim, 0, "packets-lost-spurious"),
		      (unsigned long long)jet_sim_counter(&p->sim, 0, "probe-timeouts"));
	assert_false(p->app[1].streams[0].wrong);
	pair_fini(p);
	free(p);
	return mbit;
}

static void test_goodput_on_100_mbit_40_ms(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {
		.delay = 20 * GN_MSEC, .rate = 100000000, .queue = 500000};
	assert_true(goodput(&link, 0, 5 * GN_SEC) >= 90);
	link.queue = 100000; /* a fifth of what is in flight */
	/* CUBIC's sawtooth spans longer than this run */
	assert_true(goodput(&link, GN_SEC, 6 * GN_SEC) >= 70);
}

static void test_goodput_with_loss_stays_usable(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {
		.delay = 20 * GN_MSEC, .rate = 100000000, .queue = 500000, .loss = 1000};
	assert_true(goodput(&link, 0, 5 * GN_SEC) >= 5);
	link.loss = 10000;
	assert_true(goodput(&link, 0, 5 * GN_SEC) >= 2);
	link.loss = 0;
	link.reorder = 10000;
	link.reorder_delay = 10 * GN_MSEC;
	assert_true(goodput(&link, GN_SEC, 6 * GN_SEC) >= 60); /* reordering is not loss */
}

/* CUBIC's slow start overshoots a short queue by hundreds of packets, so a retransmission near
 * the reader's place comes while many holes lie beyond. */
static void test_a_short_queue_on_a_long_path_loses_no_session(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {
		.delay = 100 * GN_MSEC, .rate = 100000000, .queue = 50000};
	struct pair *p = calloc(1, sizeof *p);
	pair_init(p, 1, NULL, NULL, &link);
	p->sim.validate = false;
	pair_connect(p);
	app_send(&p->sim, 0, 10000000, true, GN_JET_FILES);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 60 * GN_SEC));
	assert_int_equal(p->app[0].closed + p->app[1].closed, 0);
	pair_check(p);
	pair_fini(p);
	free(p);
}

static bool drop_every_other(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	static int n;
	(void)to, (void)data;
	return from != 0 || len > 100 || sim->tap_user == NULL || n++ % 2;
}

/* Hundreds of packets of one byte, every other one lost: more holes than bytes would excuse. */
static void test_lost_small_writes_lose_no_session(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {.delay = 100 * GN_MSEC};
	struct pair *p = calloc(1, sizeof *p);
	struct jet_sim *sim = &p->sim;
	gn_jet_stream id;
	pair_init(p, 5, NULL, NULL, &link);
	sim->tap = drop_every_other;
	pair_connect(p);
	jet_sim_run(sim, sim->now + GN_SEC);
	sim->tap_user = p;
	assert_int_equal(
		gn_jet_stream_open(sim->nodes[0].jet, p->id, true, GN_JET_INTERACTIVE, &id), GN_OK);
	struct app_stream *s = app_stream(&p->app[0], id);
	s->total = 300;
	for (size_t taken; s->written < s->total; s->written += taken) {
		uint8_t byte = app_byte(id, s->written);
		assert_int_equal(gn_jet_stream_write(sim->nodes[0].jet, p->id, id,
						     gn_slice(&byte, 1), s->written + 1 == s->total,
						     &taken),
				 GN_OK);
		jet_sim_flush(sim, 0);
		jet_sim_run(sim, sim->now + GN_MSEC / 10);
	}
	sim->tap_user = NULL;
	bool done = jet_sim_run_until(sim, pair_all_done, sim->now + 60 * GN_SEC);
	assert_true(jet_sim_counter(sim, 1, "stream-holes-limit") > 0);
	assert_int_equal(p->app[0].closed + p->app[1].closed, 0);
	assert_true(done);
	pair_check(p);
	pair_fini(p);
	free(p);
}

static void test_a_long_outage_is_persistent_congestion_and_ends(void **state)
{
	(void)state;
	struct jet_sim_link_config link = {
		.delay = 20 * GN_MSEC, .rate = 20000000, .queue = 100000};
	struct pair *p = calloc(1, sizeof *p);
	struct gn_jet_info info;
	pair_init(p, 1, NULL, NULL, &link);
	pair_connect(p);
	app_send(&p->sim, 0, 8000000, true, GN_JET_FILES);
	jet_sim_run(&p->sim, p->sim.now + GN_SEC);
	p->sim.links[0].down = true;
	jet_sim_run(&p->sim, p->sim.now + 10 * GN_SEC);
	p->sim.links[0].down = false;
	assert_true(jet_sim_counter(&p->sim, 0, "probe-timeouts") >= 4);
	while (jet_sim_counter(&p->sim, 0, "persistent-congestion") == 0 &&
	       p->sim.now < INT64_MAX / 2 && !pair_all_done(&p->sim))
		jet_sim_run(&p->sim, p->sim.now + 10 * GN_MSEC);
	assert_int_equal(jet_sim_counter(&p->sim, 0, "persistent-congestion"), 1);
	assert_int_equal(gn_jet_info(p->sim.nodes[0].jet, p->id, &info), GN_OK);
	assert_true(info.cwnd <= 4 * JET_MTU_MAX);
	assert_true(jet_sim_run_until(&p->sim, pair_all_done, p->sim.now + 30 * GN_SEC));
	pair_check(p);
	pair_fini(p);
	free(p);
}

static void read_and_forget(struct jet_sim *sim, int node, const struct gn_jet_event *e)
{
	uint8_t buf[16384];
	size_t len;
	bool fin;
	while (e->kind == GN_JET_READABLE &&
	       gn_jet_stream_read(sim->nodes[node].jet, e->id, e->stream, buf, sizeof buf, &len,
				  &fin) == GN_OK)
		;
}

/* Two clients share one bottleneck to a server. */
static void test_two_flows_share_fairly(void **state)
{
	(void)state;
	static struct jet_sim sim;
	static struct app apps[3];
	struct jet_sim_link_config narrow = {.delay = 10 * GN_MSEC,
					     .rate = 20000000,
					     .queue = 100000},
				   back = {.delay = 10 * GN_MSEC};
	memset(apps, 0, sizeof apps);
	jet_sim_init(&sim, 3);
	for (int i = 0; i < 3; i++) {
		jet_sim_node(&sim, NULL);
		sim.nodes[i].on_event = app_event;
		sim.nodes[i].user = &apps[i];
	}
	int shared = jet_sim_link(&sim, &narrow), backward = jet_sim_link(&sim, &back);
	for (int i = 0; i < 2; i++) {
		jet_sim_route(&sim, i, 2, shared);
		jet_sim_route(&sim, 2, i, backward);
		assert_int_equal(gn_jet_connect(sim.nodes[i].jet, &sim.nodes[2].way, NULL, sim.now,
						&apps[i].id),
				 GN_OK);
	}
	sim.nodes[2].on_event = read_and_forget;
	jet_sim_run(&sim, sim.now + GN_SEC);
	uint64_t before[2], got[2];
	app_send(&sim, 0, UINT64_C(1) << 40, true, GN_JET_FILES);
	jet_sim_flush(&sim, 0);
	jet_sim_run(&sim, sim.now + GN_SEC); /* the second one comes later and must get its share */
	app_send(&sim, 1, UINT64_C(1) << 40, true, GN_JET_FILES);
	jet_sim_run(&sim, sim.now + 10 * GN_SEC);
	struct gn_jet_info info;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(gn_jet_info(sim.nodes[i].jet, apps[i].id, &info), GN_OK);
		before[i] = info.bytes_sent;
	}
	jet_sim_run(&sim, sim.now + 20 * GN_SEC);
	double sum = 0, squares = 0;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(gn_jet_info(sim.nodes[i].jet, apps[i].id, &info), GN_OK);
		got[i] = info.bytes_sent - before[i];
		sum += (double)got[i];
		squares += (double)got[i] * (double)got[i];
	}
	print_message("  %.1f and %.1f Mbit/s\n", (double)got[0] * 8 / 20e6,
		      (double)got[1] * 8 / 20e6);
	assert_true(sum * sum / (2 * squares) >= 0.9); /* Jain */
	assert_true(sum * 8 / 20e6 >= 18);
	jet_sim_fini(&sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_and_datagrams_both_ways),
		cmocka_unit_test(test_every_byte_arrives_whatever_the_link_does),
		cmocka_unit_test(test_equal_seeds_give_equal_traces),
		cmocka_unit_test(test_goodput_on_100_mbit_40_ms),
		cmocka_unit_test(test_goodput_with_loss_stays_usable),
		cmocka_unit_test(test_a_short_queue_on_a_long_path_loses_no_session),
		cmocka_unit_test(test_lost_small_writes_lose_no_session),
		cmocka_unit_test(test_a_long_outage_is_persistent_congestion_and_ends),
		cmocka_unit_test(test_two_flows_share_fairly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
