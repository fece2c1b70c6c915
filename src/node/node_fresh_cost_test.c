/* What fresh sessions cost, in virtual time with round trips of 40 ms: until a deposit is stored
 * and its reader has it, the first and the next; bytes of a context; packets and bytes of a node
 * that follows as many boxes as one may. The figures are printed for docs/benchmarks.md. */
#include "node/testing/boxed_world.h"

#include <stdio.h>
#include <time.h>

#define NODES 24

static gn_time slow(void *user, unsigned a, unsigned b)
{
	(void)user;
	(void)a;
	(void)b;
	return 20 * GN_MSEC;
}

struct cost {
	gn_time stored, shown;
};

static struct cost one(const struct gn_node_fresh_for *who, const char *item)
{
	gn_time began = w.now, until = w.now + 20 * GN_SEC;
	unsigned items = told.items;
	struct cost c = {0};
	told.stored = 0;
	deposit(writer, who, item);
	while (told.items == items && whole_step(&w, until))
		;
	c.shown = w.now - began;
	whole_run_for(&w, 5 * GN_SEC);
	c.stored = told.stored - began;
	assert_int_equal(told.items, items + 1);
	return c;
}

static void print(const char *what, const struct cost *first, const struct cost *next)
{
	printf("%s: stored %d, %d ms; shown %d, %d ms (first, next)\n", what,
	       (int)(first->stored / GN_MSEC), (int)(next->stored / GN_MSEC),
	       (int)(first->shown / GN_MSEC), (int)(next->shown / GN_MSEC));
}

static void a_deposit(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	grow(NODES, 31);
	w.opt.way = slow;
	whole_run_for(&w, 120 * GN_SEC); /* round trips are known */
	follow_of(asker, &who, &owner);
	whole_run_for(&w, 30 * GN_SEC);
	struct cost node1 = one(NULL, "a"), node2 = one(NULL, "b");
	struct cost fresh1 = one(&who, "c"), fresh2 = one(&who, "d");
	print("as the node", &node1, &node2);
	print("fresh", &fresh1, &fresh2);
	printf("bytes of a context: reader's %zu, with %u sessions; depositor's %zu, with %u\n",
	       context_at(asker, 0)->alloc.used, context_at(asker, 0)->peer_count,
	       context_at(writer, 0)->alloc.used, context_at(writer, 0)->peer_count);
	/* a circuit and a handshake by it come first: three round trips, each of two legs */
	assert_true(fresh1.stored < node1.stored + 600 * GN_MSEC);
	assert_true(fresh2.stored < node2.stored + 200 * GN_MSEC);
	assert_true(context_at(asker, 0)->alloc.used < 1 << 20);
	whole_free(&w);
}

/* Packets, bytes and CPU of ten minutes in which nothing comes. */
static void quiet(const char *what)
{
	const struct whole_node *n = w.nodes[asker];
	uint64_t packets = n->packets, bytes = n->bytes;
	clock_t began = clock();
	whole_run_for(&w, 600 * GN_SEC);
	printf("%s: %.1f packets, %.0f bytes a second; all %u nodes %.2f s of CPU\n", what,
	       (double)(n->packets - packets) / 600, (double)(n->bytes - bytes) / 600, w.count,
	       (double)(clock() - began) / CLOCKS_PER_SEC);
}

static void many_boxes_that_are_quiet(void **state)
{
	(void)state;
	grow(NODES, 32);
	whole_run_for(&w, 60 * GN_SEC);
	quiet("no box followed");
	for (uint64_t i = 1; i <= GN_BOX_FOLLOWS; i++) {
		struct gn_node_fresh_for who = {.user = i};
		follow_of(asker, &who, &owner);
	}
	whole_run_for(&w, 120 * GN_SEC);
	uint64_t sessions = whole_node(&w, asker)->fresh.count.sessions;
	quiet("64 followed, fresh");
	sessions = whole_node(&w, asker)->fresh.count.sessions - sessions;
	printf("in which %llu sessions began\n", (unsigned long long)sessions);
	assert_true(sessions < 2 * GN_BOX_FOLLOWS); /* those that watch stay */
	struct gn_node_fresh_info info;
	gn_node_fresh_info(whole_node(&w, asker), &info);
	printf("then: %u contexts, %u sessions, %zu KiB\n", info.contexts, info.sessions,
	       info.bytes >> 10);
	assert_int_equal(info.contexts, GN_BOX_FOLLOWS);
	assert_int_equal(info.direct, 0);
	whole_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_deposit),
	cmocka_unit_test(many_boxes_that_are_quiet),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
