/* Discovery (RE-44): engines on a link that loses, delays and repeats messages, in simulated time,
 * from seeds. */
#include "net/testing/mdns_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const uint8_t here[4] = {1, 2, 3, 4}, elsewhere[4] = {1, 2, 3, 5};

/* ---- a link with several engines ---- */

#define NODES 4
#define FLIGHTS 256

struct flight {
	gn_time at; /* 0: a free place */
	int from, to;
	bool v6;
	size_t len;
	uint8_t bytes[MDNS_SAID_MAX];
};

struct world {
	struct gn_prng g;
	struct gn_rand rand;
	gn_time now;
	unsigned loss; /* percent */
	struct gn_mdns m[NODES];
	struct gn_mdns_found found[NODES][256];
	size_t count[NODES];
	struct flight flights[FLIGHTS];
	uint64_t said[NODES][2]; /* queries, answers */
};

static struct world w;

static void world_begin(uint64_t seed, unsigned loss)
{
	memset(&w, 0, sizeof w);
	w.now = MDNS_RIG_START;
	w.loss = loss;
	gn_prng_init(&w.g, seed);
	w.rand = gn_prng_rand(&w.g);
}

static void join(int i, const uint8_t network[4], bool v4, bool v6)
{
	struct gn_mdns_interface on = mdns_rig_interface((uint8_t)(i + 1), v4, v6);
	gn_mdns_init(&w.m[i], &w.rand, network, (uint16_t)(7000 + i));
	gn_mdns_interfaces(&w.m[i], &on, 1, w.now);
}

static void fly(int from, const struct gn_mdns_out *out)
{
	w.said[from][out->message.p[2] >> 7]++;
	assert_true(out->message.len <= MDNS_SAID_MAX);
	assert_int_equal(out->interface, MDNS_RIG_LINK);
	for (int to = 0; to < NODES; to++)
		/* everybody hears everybody, and itself */
		for (int copies = 1; copies > 0 && w.m[to].port; copies--) {
			struct flight *f = w.flights;
			if (gn_rand_below(&w.rand, 100) < w.loss)
				continue;
			copies += gn_rand_below(&w.rand, 20) == 0;
			while (f->at)
				f++;
			assert_true(f < w.flights + FLIGHTS);
			f->at = w.now + 1 + (gn_time)gn_rand_below(&w.rand, 5 * GN_MSEC);
			f->from = from;
			f->to = to;
			f->v6 = out->v6;
			f->len = out->message.len;
			memcpy(f->bytes, out->message.p, f->len);
		}
}

static void land(struct flight *f)
{
	struct gn_addr from = f->v6 ? mdns_rig_link_local((uint8_t)(f->from + 1))
				    : gn_addr_v4(192, 168, 1, (uint8_t)(f->from + 1), GN_MDNS_PORT);
	struct gn_mdns_from in = {MDNS_RIG_LINK, from, MDNS_HOPS};
	gn_err err = gn_mdns_recv(&w.m[f->to], &in, gn_slice(f->bytes, f->len), w.now);
	assert_true(err == GN_OK || err == GN_STALE || err == GN_STATE);
	f->at = 0;
}

static void run(gn_time until)
{
	while (w.now < until) {
		gn_time next = until;
		for (int i = 0; i < NODES; i++)
			if (w.m[i].port)
				next = gn_time_min(next, gn_mdns_deadline(&w.m[i]));
		for (size_t i = 0; i < FLIGHTS; i++)
			if (w.flights[i].at)
				next = gn_time_min(next, w.flights[i].at);
		w.now = next > w.now ? next : w.now;
		for (size_t i = 0; i < FLIGHTS; i++)
			if (w.flights[i].at && w.flights[i].at <= w.now)
				land(&w.flights[i]);
		for (int i = 0; i < NODES; i++) {
			uint8_t room[MDNS_SAID_MAX];
			struct gn_mdns_out out;
			while (w.m[i].port && gn_mdns_send(&w.m[i], room, w.now, &out))
				fly(i, &out);
			while (w.m[i].port && gn_mdns_next(&w.m[i], &w.found[i][w.count[i]]))
				assert_true(++w.count[i] < 256);
		}
	}
}

/* Does i know an address with the port of j? */
static bool knows(int i, int j)
{
	for (size_t n = 0; n < MDNS_FOUND_MAX; n++)
		if (w.m[i].peers[n].until > w.now && w.m[i].peers[n].found.addr.port == 7000 + j)
			return true;
	return false;
}

static bool told(int i, int j)
{
	for (size_t n = 0; n < w.count[i]; n++)
		if (w.found[i][n].addr.port == 7000 + j)
			return true;
	return false;
}

static void two_find_each_other(void **state)
{
	(void)state;
	world_begin(1, 0);
	join(0, here, true, false);
	run(MDNS_RIG_START + 10 * GN_SEC);
	join(1, here, true, false);
	run(MDNS_RIG_START + 10 * GN_SEC + 500 * GN_MSEC);
	for (int i = 0; i < 2; i++) {
		struct gn_addr other =
			gn_addr_v4(192, 168, 1, (uint8_t)(2 - i), (uint16_t)(7001 - i));
		assert_int_equal(w.count[i], 1);
		assert_true(gn_addr_eq(&w.found[i][0].addr, &other));
		assert_int_equal(w.found[i][0].interface, MDNS_RIG_LINK);
	}
	run(MDNS_RIG_START + 60 * GN_SEC);
	assert_int_equal(w.count[0], 1); /* once */
}

static void all_find_all_on_a_bad_link(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		world_begin(seed, 30);
		for (int i = 0; i < NODES; i++)
			join(i, here, seed % 3 != 0, seed % 3 != 1);
		run(MDNS_RIG_START + 4000 * GN_SEC); /* thirteen rounds */
		for (int i = 0; i < NODES; i++)
			for (int j = 0; j < NODES; j++)
				if (told(i, j) != (i != j))
					fail_msg("seed %u: %d, %d", (unsigned)seed, i, j);
	}
}

static void other_networks_are_others(void **state)
{
	(void)state;
	world_begin(2, 0);
	join(0, here, true, true);
	join(1, elsewhere, true, true);
	join(2, here, true, true);
	run(MDNS_RIG_START + 10 * GN_SEC);
	assert_true(told(0, 2) && told(2, 0));
	assert_false(told(0, 1) || told(1, 0) || told(1, 2) || told(2, 1));
	assert_true(w.m[0].count.foreign > 0);
}

static void it_asks_at_0_1_3_s_and_each_five_minutes(void **state)
{
	(void)state;
	static const gn_time at[] = {0, 1, 3, 303, 603};
	assert_int_equal(MDNS_EVERY, 300 * GN_SEC);
	world_begin(3, 0);
	join(0, here, true, false);
	gn_time first = w.m[0].links[0].query_at - MDNS_RIG_START;
	assert_true(first >= MDNS_DELAY && first <= MDNS_DELAY_MOST);
	for (size_t i = 0; i < GN_COUNT(at); i++) {
		run(MDNS_RIG_START + first + at[i] * GN_SEC - 1);
		assert_int_equal(w.said[0][0], i);
		run(MDNS_RIG_START + first + at[i] * GN_SEC + 1);
		assert_int_equal(w.said[0][0], i + 1);
	}
	assert_int_equal(w.said[0][1], MDNS_ANNOUNCED);
	/* a change asks anew; the same again does not */
	struct gn_mdns_interface on = mdns_rig_interface(1, true, false);
	gn_mdns_interfaces(&w.m[0], &on, 1, w.now);
	run(w.now + 10 * GN_SEC);
	assert_int_equal(w.said[0][0], 5);
	on.addrs[0].ip[15] = 77;
	gn_mdns_interfaces(&w.m[0], &on, 1, w.now);
	run(w.now + 10 * GN_SEC);
	assert_int_equal(w.said[0][0], 8);
	gn_mdns_interfaces(&w.m[0], NULL, 0, w.now);
	assert_int_equal(gn_mdns_deadline(&w.m[0]), GN_NEVER);
}

static void who_stops_says_goodbye(void **state)
{
	(void)state;
	world_begin(4, 0);
	join(0, here, true, true);
	join(1, here, true, true);
	run(MDNS_RIG_START + 5 * GN_SEC);
	assert_true(knows(0, 1) && knows(1, 0));
	gn_mdns_stop(&w.m[1]);
	run(w.now + 100 * GN_MSEC);
	assert_false(knows(0, 1));
	assert_int_equal(gn_mdns_deadline(&w.m[1]), GN_NEVER);
	struct gn_mdns_from from = {MDNS_RIG_LINK, gn_addr_v4(192, 168, 1, 1, GN_MDNS_PORT),
				    MDNS_HOPS};
	assert_int_equal(gn_mdns_recv(&w.m[1], &from, GN_LIT(""), w.now), GN_STATE);
	/* who has said nothing takes nothing back */
	join(2, here, true, true);
	gn_mdns_stop(&w.m[2]);
	assert_int_equal(gn_mdns_deadline(&w.m[2]), GN_NEVER);
}

static void who_is_silent_is_forgotten_and_found_again(void **state)
{
	(void)state;
	world_begin(5, 0);
	join(0, here, true, false);
	join(1, here, true, false);
	run(MDNS_RIG_START + 20 * GN_SEC);
	assert_true(knows(0, 1));
	run(MDNS_RIG_START + (20 + MDNS_TTL) * GN_SEC);
	assert_false(knows(0, 1));
	run(MDNS_RIG_START + 310 * GN_SEC);
	assert_true(knows(0, 1));
	assert_int_equal(w.count[0], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_find_each_other),
		cmocka_unit_test(all_find_all_on_a_bad_link),
		cmocka_unit_test(other_networks_are_others),
		cmocka_unit_test(it_asks_at_0_1_3_s_and_each_five_minutes),
		cmocka_unit_test(who_stops_says_goodbye),
		cmocka_unit_test(who_is_silent_is_forgotten_and_found_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
