/* What fresh sessions cost, in virtual time with round trips of 40 ms: until a deposit is stored
 * and its reader has it, a topic is followed, what is said in it is heard, a record is put, the
 * first and the next; bytes of a context; packets and bytes of a node that follows as many boxes as
 * one may. The figures are printed for docs/benchmarks.md. */
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

/* ---- topics and records ---- */

static gn_time since(gn_time began, const unsigned *what, unsigned wanted)
{
	gn_time until = w.now + 20 * GN_SEC;
	while (*what != wanted && whole_step(&w, until))
		;
	assert_int_equal(*what, wanted);
	return (w.now - began) / GN_MSEC;
}

struct topic_cost {
	gn_time put, again, followed, taken[2], heard[2];
};

static struct topic_cost topic_as(const struct gn_node_fresh_for *who, uint8_t number)
{
	struct topic_cost c;
	struct gn_sk topic = secret(number);
	gn_op op;
	for (unsigned i = 0; i < 2; i++) {
		gn_time began = w.now;
		unsigned put = told.put;
		assert_int_equal(try_put(writer, who, topic_record(&topic, false)), GN_OK);
		*(i ? &c.again : &c.put) = since(began, &told.put, put + 1);
		whole_run_for(&w, 5 * GN_SEC);
	}
	whole_run_for(&w, 150 * GN_SEC); /* nothing is left of it */
	gn_time began = w.now;
	told.roots = 0;
	assert_int_equal(try_hear(asker, who, &topic, false, &op), GN_OK);
	c.followed = since(began, &told.roots, 1);
	whole_run_for(&w, 10 * GN_SEC);
	for (unsigned i = 0; i < 2; i++) {
		unsigned said = told.said, published = told.published;
		began = w.now;
		assert_int_equal(try_say(writer, who, &topic, i + 1, 0), GN_OK);
		c.taken[i] = since(began, &told.published, published + 1);
		(void)since(began, &told.said, said + 1);
		c.heard[i] = (told.heard - began) / GN_MSEC;
		whole_run_for(&w, 5 * GN_SEC);
	}
	return c;
}

static void print_topic(const char *what, const struct topic_cost *c)
{
	printf("%s: put %d, %d ms; followed %d ms; taken %d, %d ms; heard %d, %d ms (first, "
	       "next)\n",
	       what, (int)c->put, (int)c->again, (int)c->followed, (int)c->taken[0],
	       (int)c->taken[1], (int)c->heard[0], (int)c->heard[1]);
}

static void a_topic(void **state)
{
	struct gn_node_fresh_for who = mine();
	(void)state;
	grow(NODES, 33);
	w.opt.way = slow;
	whole_run_for(&w, 120 * GN_SEC); /* round trips are known */
	struct topic_cost node = topic_as(NULL, 41), fresh = topic_as(&who, 42);
	print_topic("topic as the node", &node);
	print_topic("topic fresh", &fresh);
	const struct fresh *f = context_at(asker, 0);
	printf("bytes of a context that follows a topic: %zu, with %u sessions\n", f->alloc.used,
	       f->peer_count);
	/* each a lookup, and a circuit and a handshake by it: three round trips of two legs */
	assert_true(fresh.put < node.put + 600);
	assert_true(fresh.followed < node.followed + 1000);
	assert_true(fresh.heard[0] < node.heard[0] + 1000);
	assert_true(fresh.heard[1] < node.heard[1] + 200);
	assert_true(f->alloc.used < 1 << 20);
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
	cmocka_unit_test(a_topic),
	cmocka_unit_test(many_boxes_that_are_quiet),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
