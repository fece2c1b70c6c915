/* Memory that runs out at the Nth allocation, for every N: nothing crashes, nothing leaks, the
 * other end gets to know. */
#include "jet/testing/forge.h"
#include "jet/testing/pair.h"
#include <stdlib.h>

static void try_send(struct pair *p, int node, uint64_t total, enum gn_jet_class class)
{
	struct app *a = &p->app[node];
	gn_jet_stream id;
	if (gn_jet_stream_open(p->sim.nodes[node].jet, a->id, true, class, &id) != GN_OK)
		return;
	struct app_stream *s = app_stream(a, id);
	s->writes = true;
	s->total = total;
	app_pump(p->sim.nodes[node].jet, a, s);
	jet_sim_flush(&p->sim, node);
}

/* True when the allocation was reached. */
static bool run_with_failure(int node, uint64_t nth)
{
	struct pair *p = calloc(1, sizeof *p);
	struct jet_sim_link_config link = {
		.delay = 5 * GN_MSEC, .loss = 30000, .rate = 50000000, .queue = 100000};
	pair_init(p, 11, NULL, NULL, &link);
	struct gn_alloc *alloc = &p->sim.nodes[node].alloc;
	alloc->fail_at = nth;
	gn_err err = gn_jet_connect(p->sim.nodes[0].jet, &p->sim.nodes[1].way, NULL, p->sim.now,
				    &p->app[0].id);
	if (err == GN_OK) {
		jet_sim_run_until(&p->sim, pair_is_connected, p->sim.now + 3 * GN_SEC);
		try_send(p, 0, 60000, GN_JET_CRITICAL);
		try_send(p, 1, 60000, GN_JET_FILES);
		gn_err ignored = gn_jet_datagram(p->sim.nodes[0].jet, p->app[0].id, GN_JET_FILES,
						 GN_LIT("abc"), GN_NEVER);
		jet_sim_run(&p->sim, p->sim.now + GN_SEC);
		ignored = gn_jet_migrate(p->sim.nodes[0].jet, p->app[0].id, &p->sim.nodes[1].way,
					 p->sim.now);
		(void)ignored;
		jet_sim_run(&p->sim, p->sim.now + 2 * GN_SEC);
		if (p->app[node].closed)
			assert_true(p->app[node].err == GN_NOMEM ||
				    p->app[node].err == GN_TIMEOUT ||
				    p->app[node].err == GN_CLOSED);
		for (int i = 0; i < 2; i++)
			for (int k = 0; k < p->app[i].stream_count; k++)
				assert_false(p->app[i].streams[k].wrong);
	} else {
		assert_int_equal(err, GN_NOMEM);
		assert_int_equal(gn_jet_session_count(p->sim.nodes[0].jet), 0);
	}
	bool reached = alloc->fail_at == 0;
	pair_fini(p); /* asserts that everything was given back */
	free(p);
	return reached;
}

static void every_allocation(int node)
{
	uint64_t nth = 1;
	while (run_with_failure(node, nth))
		nth += nth < 150 ? 1 : 7;
	print_message("  %llu allocations failed one by one\n", (unsigned long long)nth - 1);
	assert_true(nth > 40);
}

static void test_client_without_memory(void **state)
{
	(void)state;
	every_allocation(0);
}

static void test_server_without_memory(void **state)
{
	(void)state;
	every_allocation(1);
}

static void test_endpoint_without_memory(void **state)
{
	(void)state;
	struct gn_prng g;
	struct gn_rand r;
	struct gn_alloc alloc;
	struct gn_jet_config config = {0};
	struct gn_jet *jet;
	gn_prng_init(&g, 1);
	r = gn_prng_rand(&g);
	gn_alloc_heap(&alloc, 1 << 20);
	alloc.fail_at = 1;
	struct gn_env env = {&alloc, &r, NULL};
	gn_sk_new(&r, &config.node_key);
	assert_int_equal(gn_jet_new(&env, &config, &jet), GN_NOMEM);
	config.cc = "no such controller";
	assert_int_equal(gn_jet_new(&env, &config, &jet), GN_USAGE);
	assert_int_equal(alloc.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_without_memory),
		cmocka_unit_test(test_server_without_memory),
		cmocka_unit_test(test_endpoint_without_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
