/* Records on a slow line, and on a quick one with peers that are gone (OV-73). */
#include "overlay/testing/net.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct net net;
static struct gn_sk alice;
static uint8_t bytes[GN_RECORD_MAX], body[60000];
/* bytes a second of node 0's line, which all that it sends shares; 0: no end of them */
static uint64_t rate;
static gn_time line_free;

static void line(struct net *n, struct net_message *m)
{
	if (m->from != 0 || rate == 0)
		return;
	line_free = line_free > n->now ? line_free : n->now;
	line_free += (gn_time)(m->len * (uint64_t)GN_SEC / rate);
	m->at += line_free - n->now;
}

static int build(void **state)
{
	(void)state;
	net_build(&net, 46, 9);
	net.tamper = line;
	rate = 0;
	gn_sk_new(&net.rand, &alice);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	net_free(&net);
	return 0;
}

static gn_err put(uint64_t seq, unsigned w)
{
	struct gn_record_fields f = {.type = 256,
				     .body = GN_SLICE(body),
				     .seq = seq,
				     .created = gn_unix(net.now),
				     .ttl = net.ttl};
	struct gn_buf b = {bytes, 0, sizeof bytes};
	gn_op op;
	assert_int_equal(gn_wire_record_make(&alice, NULL, &f, &b), GN_OK);
	assert_int_equal(gn_overlay_put(net.node[0].ov, gn_buf_slice(&b), w, net.now, &op), GN_OK);
	net_wait(&net, op, 0);
	return net.result.err;
}

/* 64 kbit/s: the copies of a record of 60 kB take a minute. */
static void a_slow_line_is_waited_for(void **state)
{
	(void)state;
	rate = 8192;
	assert_int_equal(put(1, 7), GN_OK);
	assert_true(net.result.took > 30 * GN_SEC); /* six copies, and our own */
	net_run(&net, 60 * GN_SEC);
	assert_int_equal(net.node[0].ov->out_bytes, 0);
	assert_int_equal(put(2, 7), GN_OK);
}

/* Three times slower than the slowest: an end all the same. */
static void no_line_is_waited_for_for_ever(void **state)
{
	(void)state;
	rate = 2048;
	assert_int_equal(put(1, 8), GN_QUORUM);
	assert_true(net.result.took <= GN_OV_OP_LIFE + GN_OV_LINE_MAX);
	net_run(&net, 300 * GN_SEC);
	assert_int_equal(net.node[0].ov->out_bytes, 0);
}

/* Who is gone is not waited for on a quick line, once it is known to be one. */
static void a_quick_line_excuses_nobody(void **state)
{
	(void)state;
	assert_int_equal(put(1, 5), GN_OK);
	for (unsigned i = 5; i < 9; i++)
		net.node[i].deaf = true;
	assert_int_equal(put(2, 8), GN_QUORUM);
	assert_true(net.result.took < 20 * GN_SEC); /* two tries of four that are silent */
	assert_true(net.node[0].ov->line < 20 * GN_MSEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_slow_line_is_waited_for, build, take_down),
		cmocka_unit_test_setup_teardown(no_line_is_waited_for_for_ever, build, take_down),
		cmocka_unit_test_setup_teardown(a_quick_line_excuses_nobody, build, take_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
