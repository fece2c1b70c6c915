/* Every allocation fails once: whatever the engine was doing is dropped and counted, its state
 * stays whole, and the next attempt works. */
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;

/* Starts an operation; GN_NOMEM is an answer too. */
static void put(struct net_record *r)
{
	gn_op op;
	gn_err err = gn_overlay_put(net.node[0].ov, r->r.bytes, 3, net.now, &op);
	if (err != GN_OK) {
		assert_int_equal(err, GN_NOMEM);
		return;
	}
	net_wait(&net, op, 0);
}

static void get(const struct gn_hash *key)
{
	struct gn_get_options o = {.quorum = 2};
	gn_op op;
	gn_err err = gn_overlay_get(net.node[0].ov, key, &o, net.now, &op);
	if (err != GN_OK) {
		assert_int_equal(err, GN_NOMEM);
		return;
	}
	net_wait(&net, op, 0);
}

/* True while the failure was reached. */
static bool run(uint64_t fail_at)
{
	struct net_record r;
	struct gn_sk owner;
	net_init(&net, 99);
	for (unsigned i = 0; i < 3; i++)
		net_add(&net);
	net_start(&net, 1);
	net_start(&net, 2);
	net_run(&net, 10 * GN_SEC);
	struct net_node *x = &net.node[0];
	gn_alloc_heap(&x->alloc, 64u << 20);
	x->alloc.fail_at = fail_at;
	x->rand = gn_prng_rand(&x->prng);
	x->env = (struct gn_env){.alloc = &x->alloc, .rand = &x->rand};
	gn_err err = gn_overlay_new(&x->env, &x->cfg, net.now, &x->ov);
	if (err != GN_OK) {
		assert_int_equal(err, GN_NOMEM);
		assert_int_equal(x->alloc.count, 0);
		assert_int_equal(gn_overlay_new(&x->env, &x->cfg, net.now, &x->ov), GN_OK);
	}
	(void)!gn_overlay_bootstrap(x->ov, &net.node[1].cfg.addrs[0], NULL, net.now);
	net_pump(&net, 0);
	net_run(&net, 20 * GN_SEC);
	gn_sk_new(&net.rand, &owner);
	net_record(&net, &r, &owner, 16, "x", 1, "body");
	put(&r);
	get(&r.r.key);
	net_record(&net, &r, &owner, 16, "x", 2, "another body");
	put(&r);
	net_run(&net, 60 * GN_SEC);
	bool reached = x->alloc.fail_at == 0;
	x->alloc.fail_at = 0;
	net_run(&net, 130 * GN_SEC); /* a fill check later all is well */
	assert_int_equal(net_put(&net, 0, &r, 3), GN_OK);
	assert_int_equal(net_get(&net, 0, &r.r.key, 3), GN_OK);
	net_free(&net);
	return reached;
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	uint64_t k = 1;
	while (run(k))
		k += k < 60 ? 1 : 7;
	assert_true(k > 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
