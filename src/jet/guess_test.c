/* Guessing of ports (RE-23): which ports are tried, how often that is of use in boxes of the
 * simulator (RE-70), between which ends and how fast; and what a liar gets sent to others: nothing.
 * GN_SEEDS=n: so many runs of each row (40). */
#include "jet/guess_int.h"
#include "jet/punch_int.h"
#include "jet/session_int.h"
#include "jet/testing/relayed.h"
#include <stdlib.h>

/* ---- which ports ---- */

static struct gn_prng prng;
static struct gn_rand source;

static void draw_from(uint64_t seed)
{
	gn_prng_init(&prng, seed);
	source = gn_prng_rand(&prng);
}

static void test_ports_come_once(void **state)
{
	static const struct {
		uint16_t last;
		int16_t delta;
		uint16_t span;
	} of[] = {{40000, 0, 0}, {65535, 1, 0},  {1024, -3, 0}, {20500, 7, 999}, {1024, 0, 1},
		  {80, 0, 0},    {80, 0, 65535}, {65535, 0, 9}, {30000, 2, 4096}};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(of); i++) {
		struct jet_ports p;
		static bool seen[65536];
		memset(seen, 0, sizeof seen);
		draw_from(i);
		jet_ports_init(&p, of[i].last, of[i].delta, of[i].span);
		for (int k = 0; k < JET_GUESS_PORTS; k++) {
			uint16_t port = jet_ports_next(&p, &source);
			assert_true(port >= JET_GUESS_LEAST);
			assert_false(seen[port]);
			seen[port] = true;
		}
	}
}

/* First 32 in steps, then what is near, then any. */
static void test_the_order_of_ports(void **state)
{
	struct jet_ports p;
	(void)state;
	draw_from(1);
	jet_ports_init(&p, 20500, 2, 100);
	for (int i = 1; i <= JET_GUESS_STEPS; i++)
		assert_int_equal(jet_ports_next(&p, &source), 20500 + 2 * i);
	for (int i = 0; i < 2 * (100 + JET_GUESS_AROUND) + 1 - JET_GUESS_STEPS; i++)
		assert_in_range(jet_ports_next(&p, &source), 20500 - 100 - JET_GUESS_AROUND,
				20500 + 100 + JET_GUESS_AROUND);
	unsigned far = 0;
	for (int i = 0; i < 100; i++) {
		uint16_t port = jet_ports_next(&p, &source);
		far += port < 20000 || port > 21000;
	}
	assert_true(far > 90);
	/* past the last it goes on at the first */
	jet_ports_init(&p, 65534, 1, 0);
	assert_int_equal(jet_ports_next(&p, &source), 65535);
	assert_int_equal(jet_ports_next(&p, &source), JET_GUESS_LEAST);
	jet_ports_init(&p, 1025, -1, 0);
	assert_int_equal(jet_ports_next(&p, &source), JET_GUESS_LEAST);
	assert_int_equal(jet_ports_next(&p, &source), 65535);
}

/* ---- how often it is of use ---- */

/* k sockets behind a box that draws ports from `lo` to `hi`, n of the other end's behind one that
 * filters by port; as the engine does it, without its time. */
static bool found(uint64_t seed, uint16_t lo, uint16_t hi, uint32_t k, uint32_t n, bool known)
{
	const struct jet_sim_nat hard = {.mapping = JET_SIM_NAT_PORT,
					 .filtering = JET_SIM_NAT_PORT,
					 .ports = JET_SIM_RANDOM,
					 .lo = lo,
					 .hi = hi},
				 easy = {.mapping = JET_SIM_NAT_ANY, .filtering = JET_SIM_NAT_PORT};
	struct gn_alloc alloc;
	struct jet_sim_boxes boxes;
	gn_alloc_heap(&alloc, (size_t)1 << 28);
	draw_from(seed);
	jet_sim_boxes_init(&boxes, &(struct gn_env){.alloc = &alloc, .rand = &source});
	struct gn_addr out[2] = {gn_addr_v4(198, 51, 100, 1, 0), gn_addr_v4(203, 0, 113, 1, 0)};
	struct jet_sim_box *b[2] = {jet_sim_box_add(&boxes, &hard, NULL, &out[0], 0),
				    jet_sim_box_add(&boxes, &easy, NULL, &out[1], 0)};
	struct gn_addr me = jet_sim_box_inside(b[1], 0, 7780), seen[3];
	gn_time now = 1000 * GN_SEC;
	/* what three servers see of the hard one: how far its ports lie apart */
	for (uint16_t i = 0; i < 3; i++) {
		struct jet_sim_flight f = {jet_sim_box_inside(b[0], 0, 7780),
					   gn_addr_v4(9, 9, 9, (uint8_t)i, 1), b[0]};
		assert_true(jet_sim_up(&f, now));
		seen[i] = f.from;
	}
	uint16_t least = 65535, most = 0;
	for (int i = 0; i < 3; i++) {
		least = seen[i].port < least ? seen[i].port : least;
		most = seen[i].port > most ? seen[i].port : most;
	}
	struct jet_sim_flight f = {me, gn_addr_v4(9, 9, 9, 9, 1), b[1]};
	assert_true(jet_sim_up(&f, now));
	struct gn_addr easy_at = f.from;
	for (uint32_t i = 0; i < k; i++) {
		f = (struct jet_sim_flight){jet_sim_box_inside(b[0], 0, (uint16_t)(30000 + i)),
					    easy_at, b[0]};
		assert_true(jet_sim_up(&f, now) && !jet_sim_down(&boxes, &f, now));
	}
	struct jet_ports ports;
	jet_ports_init(&ports, seen[2].port, 0, known ? (uint16_t)(most - least) : 0);
	bool hit = false;
	for (uint32_t i = 0; i < n && !hit; i++, now += JET_GUESS_EVERY) {
		struct gn_addr to = out[0];
		to.port = jet_ports_next(&ports, &source);
		f = (struct jet_sim_flight){me, to, b[1]};
		hit = jet_sim_up(&f, now) && jet_sim_down(&boxes, &f, now);
	}
	jet_sim_boxes_fini(&boxes);
	return hit;
}

static void test_how_often(void **state)
{
	static const struct {
		uint16_t lo, hi;
		uint32_t k, n;
		double least; /* of the runs: far below what is computed */
	} rows[] = {{1024, 65535, 256, 256, 0.40},
		    {1024, 65535, 256, 512, 0.70},
		    {1024, 65535, 256, 1024, 0.85},
		    {20000, 20999, 64, 64, 0.75}};
	const char *seeds = getenv("GN_SEEDS");
	int runs = seeds ? atoi(seeds) : 40;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(rows); i++) {
		double missed = 1;
		int hits = 0;
		unsigned ports = rows[i].hi - rows[i].lo + 1u;
		for (uint32_t n = 0; n < rows[i].n; n++)
			missed *= 1 - (double)rows[i].k / (ports - n);
		for (int seed = 0; seed < runs; seed++)
			hits += found((uint64_t)seed, rows[i].lo, rows[i].hi, rows[i].k, rows[i].n,
				      ports < 64512);
		print_message("%u ports, %u sockets, %u tried: computed %.2f, found %d of %d\n",
			      ports, rows[i].k, rows[i].n, 1 - missed, hits, runs);
		assert_true(hits >= rows[i].least * runs);
	}
}

/* ---- between which ends ---- */

/* `lie`: the relay does not see the second end where that says it is. */
static void tell_both(struct world *w, const char *const kinds[2], bool lie)
{
	for (int i = 0; i < 2; i++) {
		struct gn_way_info info = {
			.kind = GN_WAY_RELAY, .prefix = 9, .peer = w->app[1 - i].seen[0]};
		if (lie && i == 0)
			info.peer = gn_addr_v4(192, 0, 2, 77, 9);
		assert_int_equal(gn_jet_way(jet(w, i), RELAY, &info), GN_OK);
	}
	for (int i = 0; i < 2; i++) {
		bool hard = strcmp(kinds[i], "sym") == 0 || strcmp(kinds[i], "small") == 0;
		relayed_tell(
			w, i,
			(struct gn_jet_offer){.guess = true,
					      .mapping = hard ? GN_JET_NAT_ADDR : GN_JET_NAT_NONE,
					      .span = strcmp(kinds[i], "small") == 0 ? 700 : 0});
	}
}

static struct world *world_of(uint64_t seed, const char *a, const char *b, bool lie)
{
	const char *const kinds[2] = {a, b};
	struct world *w = relayed_start(seed, a, b, false);
	tell_both(w, kinds, lie);
	return w;
}

static void test_pairs(void **state)
{
	static const char *const hard[] = {"sym", "small"}, *const easy[] = {"port", "cg"};
	(void)state;
	for (int h = 0; h < 2; h++)
		for (int e = 0; e < 2; e++)
			for (int turned = 0; turned < 2; turned++) {
				int direct = 0;
				for (uint64_t seed = 0; seed < 5; seed++) {
					struct world *w =
						world_of(seed, turned ? easy[e] : hard[h],
							 turned ? hard[h] : easy[e], false);
					bool got = jet_sim_run_until(&w->sim, relayed_direct,
								     w->sim.now + 12 * GN_SEC);
					direct += got;
					const struct app *a = &w->app[turned];
					assert_int_equal(a->sockets, h ? JET_GUESS_SOCKETS_FEW
								       : JET_GUESS_SOCKETS);
					assert_int_equal(w->app[!turned].sockets, 0);
					for (int i = 0; got && i < 2; i++)
						assert_int_equal(
							jet_sim_counter(&w->sim, i, "guess-hits"),
							1);
					relayed_end(w);
				}
				print_message("%s, %s: %d of 5\n", turned ? easy[e] : hard[h],
					      turned ? hard[h] : easy[e], direct);
				assert_true(direct >= 4);
			}
}

/* The session goes on by it, for both, and the other sockets are given back; when the one is lost,
 * by the relay again. */
static void test_the_session_moves(void **state)
{
	(void)state;
	struct world *w = world_of(3, "port", "sym", false);
	jet_sim_run(&w->sim, w->sim.now + 5 * GN_SEC);
	app_send(&w->sim, 0, 3000000, true, GN_JET_FILES);
	jet_sim_flush(&w->sim, 0);
	jet_sim_run(&w->sim, w->sim.now + 25 * GN_SEC);
	assert_int_equal(relayed(w, 0)->path->way.link, 0);
	assert_int_equal(relayed(w, 1)->path->way.link, w->sim.nodes[1].spare_first);
	assert_int_equal(w->sim.nodes[1].spare_count, 1);
	assert_int_equal(w->app[1].guessed, 1);
	assert_int_equal(w->app[1].received, 3000000);
	for (int i = 0; i < 2; i++) {
		struct gn_jet_info info;
		assert_int_equal(gn_jet_info(jet(w, i), w->app[i].id, &info), GN_OK);
		assert_int_equal(info.indirect, GN_JET_INDIRECT_NOT);
		assert_null(jet(w, i)->guessing);
	}
	jet_sim_spares_close(&w->sim, 1, 0);
	app_send(&w->sim, 0, 1000, true, GN_JET_FILES);
	jet_sim_flush(&w->sim, 0);
	jet_sim_run(&w->sim, w->sim.now + 10 * GN_SEC);
	assert_int_equal(relayed(w, 1)->path->way.link, RELAY);
	assert_int_equal(w->app[1].received, 3001000);
	relayed_end(w);
}

/* ---- what is sent to whom ---- */

/* Datagrams of 64 bytes besides the relay's, by who sends; those of one that guesses, in time. */
static struct {
	uint64_t count[2];
	gn_time last, closest; /* of 20 in a row */
	gn_time at[20];
} went;

static bool watch(struct jet_sim *sim, int from, int to, uint8_t *data, size_t len)
{
	(void)to, (void)data;
	if (len != JET_CHECK_LEN || from == SERVER || to == SERVER)
		return true;
	went.count[from]++;
	if (!sim->nodes[from].spare_count) { /* its ports are not those that are guessed */
		memmove(went.at, went.at + 1, sizeof went.at - sizeof went.at[0]);
		went.at[GN_COUNT(went.at) - 1] = sim->now;
		if (went.at[0])
			went.closest = gn_time_min(went.closest, sim->now - went.at[0]);
	}
	return false;
}

static void run_on(struct world *w, int seconds)
{
	for (; seconds; seconds--) { /* it must not fall idle */
		app_send(&w->sim, 0, 100, true, GN_JET_FILES);
		jet_sim_run(&w->sim, w->sim.now + GN_SEC);
	}
}

#define VOLLEYS 7u /* to one address: the other is a private one */

/* When nobody answers: one packet from each socket, 1,024 ports, 400 of them a second; and later
 * volleys alone. */
static void test_at_most_so_much(void **state)
{
	(void)state;
	for (int hard = 0; hard < 2; hard++) {
		struct world *w = world_of(1, hard ? "port" : "sym", hard ? "sym" : "port", false);
		memset(&went, 0, sizeof went);
		went.closest = GN_NEVER;
		w->sim.tap = watch;
		run_on(w, 12);
		assert_int_equal(went.count[hard], VOLLEYS + JET_GUESS_SOCKETS);
		assert_int_equal(went.count[!hard], VOLLEYS + JET_GUESS_PORTS);
		assert_true(went.closest >= (19 - JET_GUESS_BURST) * JET_GUESS_EVERY);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(jet_sim_counter(&w->sim, i, "guesses"), 1);
			assert_null(jet(w, i)->guessing);
		}
		struct gn_jet_info info;
		assert_int_equal(gn_jet_info(jet(w, 0), w->app[0].id, &info), GN_OK);
		assert_int_equal(info.indirect, GN_JET_INDIRECT_GUESS_MISSED);
		run_on(w, 35);
		assert_int_equal(went.count[hard], 2 * VOLLEYS + JET_GUESS_SOCKETS);
		assert_int_equal(went.count[!hard], 2 * VOLLEYS + JET_GUESS_PORTS);
		assert_int_equal(jet_sim_counter(&w->sim, 0, "guess-limit"), 1);
		relayed_end(w);
	}
}

/* Who says that it is where a third one is gets nothing sent there. */
static void test_a_liar_gets_nothing_sent(void **state)
{
	(void)state;
	for (int turned = 0; turned < 2; turned++) {
		struct world *w =
			world_of(2, turned ? "sym" : "port", turned ? "port" : "sym", true);
		memset(&went, 0, sizeof went);
		w->sim.tap = watch;
		run_on(w, 12);
		assert_int_equal(jet_sim_counter(&w->sim, 0, "guesses"), 0);
		assert_int_equal(jet_sim_counter(&w->sim, 0, "guess-unnamed"), 1);
		assert_int_equal(w->app[0].sockets, 0);
		assert_int_equal(went.count[0], VOLLEYS);
		relayed_end(w);
	}
}

/* ---- when none is made ---- */

static uint64_t guesses_of(struct world *w)
{
	jet_sim_run(&w->sim, w->sim.now + 8 * GN_SEC);
	uint64_t n = jet_sim_counter(&w->sim, 0, "guesses");
	relayed_end(w);
	return n;
}

/* Ports at a TURN server's address are others'. */
static void test_none_at_a_turn_server(void **state)
{
	static const char *const kinds[2] = {"port", "sym"};
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct world *w = relayed_start(3, kinds[0], kinds[1], false);
		for (int i = 0; i < 2; i++) {
			struct gn_way_info info = {
				.kind = GN_WAY_RELAY, .prefix = 9, .peer = w->app[1 - i].seen[0]};
			struct gn_jet_offer offer = {
				.guess = true, .mapping = i ? GN_JET_NAT_ADDR : GN_JET_NAT_NONE};
			offer.list[0].turn = turn;
			assert_int_equal(gn_jet_way(jet(w, i), RELAY, &info), GN_OK);
			relayed_tell(w, i, offer);
		}
		assert_int_equal(guesses_of(w), !turn);
	}
}

static enum gn_jet_indirect why_of(struct world *w)
{
	struct gn_jet_info info;
	jet_sim_run(&w->sim, w->sim.now + 12 * GN_SEC);
	assert_int_equal(gn_jet_info(jet(w, 0), w->app[0].id, &info), GN_OK);
	relayed_end(w);
	return info.indirect;
}

static void test_when_none_is_made(void **state)
{
	(void)state;
	assert_int_equal(guesses_of(world_of(1, "port", "sym", false)), 1);
	assert_int_equal(guesses_of(world_of(1, "sym", "small", false)), 0);
	assert_int_equal(why_of(world_of(1, "sym", "small", false)), GN_JET_INDIRECT_BOTH_HARD);
	assert_int_equal(why_of(world_of(1, "port", "sym", true)), GN_JET_INDIRECT_NO_ANSWER);
	struct world *busy = world_of(1, "port", "sym", false);
	jet(busy, 0)->guessing = relayed(busy, 0); /* another one is under way */
	assert_int_equal(why_of(busy), GN_JET_INDIRECT_LIMIT);
	for (int what = 0; what < 6; what++) {
		struct world *w = world_of(1, "port", "sym", false);
		struct jet_punch *u = relayed(w, 0)->punch;
		if (what == 0)
			u->own.guess = false;
		else if (what == 1)
			relayed(w, 1)->punch->own.guess = false; /* told anew: */
		else if (what == 2)
			u->own.list[0].metered = true;
		else if (what == 3)
			u->own.mapping = GN_JET_NAT_UNKNOWN;
		else if (what == 4)
			jet(w, 0)->guessing = relayed(w, 0); /* another one is under way */
		if (what == 1) {
			struct gn_jet_offer o = relayed(w, 1)->punch->own;
			assert_int_equal(gn_jet_offer(jet(w, 1), w->app[1].id, &o, w->sim.now),
					 GN_OK);
			jet_sim_flush(&w->sim, 1);
		}
		if (what == 5) {
			struct gn_way_info info = {.kind = GN_WAY_RELAY,
						   .prefix = 9,
						   .metered = true,
						   .peer = w->app[1].seen[0]};
			assert_int_equal(gn_jet_way(jet(w, 0), RELAY, &info), GN_OK);
		}
		assert_int_equal(guesses_of(w), 0);
	}
}

/* The owner has no sockets, or says nothing for a second: as if it had missed. */
static void without_sockets(struct jet_sim *sim, int node, const struct gn_jet_event *e)
{
	struct app *a = sim->nodes[node].user;
	if (e->kind != GN_JET_GUESS) {
		app_event(sim, node, e);
		return;
	}
	a->sockets++;
	if (a->deaf)
		return;
	assert_int_equal(gn_jet_guess(sim->nodes[node].jet, e->id, 0, 0, sim->now), GN_OK);
}

/* Fewer sockets where ports lie within so much, not one past it; a second is waited for them. */
static void test_what_is_asked_for(void **state)
{
	(void)state;
	for (int past = 0; past < 2; past++) {
		struct world *w = world_of(1, "sym", "port", false);
		struct jet_punch *u = relayed(w, 0)->punch;
		u->own.span = JET_GUESS_SPAN_FEW + past;
		w->app[0].deaf = true;
		w->sim.nodes[0].on_event = without_sockets;
		while (u->state != JET_PUNCH_ASKED)
			jet_sim_run(&w->sim, w->sim.now + GN_MSEC);
		assert_int_equal(jet_guess_sockets(relayed(w, 0)),
				 past ? JET_GUESS_SOCKETS : JET_GUESS_SOCKETS_FEW);
		assert_in_range(u->at - w->sim.now, JET_GUESS_OPEN - GN_MSEC, JET_GUESS_OPEN);
		jet_sim_run(&w->sim, u->at - 1);
		assert_int_equal(u->state, JET_PUNCH_ASKED);
		jet_sim_run(&w->sim, w->sim.now + 1);
		assert_int_equal(u->state, JET_PUNCH_PAUSE);
		relayed_end(w);
	}
}

static void test_no_sockets(void **state)
{
	(void)state;
	for (int silent = 0; silent < 2; silent++) {
		struct world *w = world_of(1, "sym", "port", false);
		w->sim.nodes[0].on_event = without_sockets;
		w->app[0].deaf = silent;
		assert_int_equal(gn_jet_guess(jet(w, 0), w->app[0].id, 5, 1, w->sim.now), GN_STATE);
		jet_sim_run(&w->sim, w->sim.now + 8 * GN_SEC);
		assert_int_equal(w->app[0].sockets, 1);
		assert_int_equal(w->app[0].guessed, 1);
		assert_null(jet(w, 0)->guessing);
		assert_int_equal(relayed(w, 0)->punch->state, JET_PUNCH_PAUSE);
		relayed_end(w);
	}
}

/* To addresses of one prefix four within ten minutes, whoever they are. */
static void test_a_prefix_has_a_share(void **state)
{
	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		struct world *w = world_of(1, "port", "sym", false);
		for (uint32_t i = 0; i < JET_GUESS_PREFIX - 1 + more; i++) {
			struct jet_guessed one = {.peer = relayed(w, 0)->peer,
						  .prefix = gn_addr_prefix(&w->app[1].seen[0]),
						  .at = w->sim.now};
			one.peer.b[0] ^= (uint8_t)(i + 1);
			memcpy(one.ip, w->app[1].seen[0].ip, sizeof one.ip);
			one.ip[15] ^= (uint8_t)(i + 1);
			assert_int_equal(gn_ring_push(&jet(w, 0)->guessed, &one), GN_OK);
		}
		assert_int_equal(guesses_of(w), !more);
	}
}

/* Not with the same key and not to the same address within ten minutes, and not with more than 64
 * in them. */
static void test_not_again_soon(void **state)
{
	(void)state;
	for (int what = 0; what < 5; what++) {
		struct world *w = world_of(1, "port", "sym", false);
		struct jet_guessed one = {.peer = relayed(w, 0)->peer,
					  .at = w->sim.now + GN_SEC - JET_GUESS_AGAIN};
		memcpy(one.ip, w->app[1].seen[0].ip, sizeof one.ip);
		if (what & 1)
			one.peer.b[0] ^= 1;
		if (what & 2)
			one.ip[15] ^= 1;
		for (uint32_t i = 0; i < (what == 3 ? JET_GUESS_PEERS : 1u); i++) {
			one.at += what == 3   ? 8 * GN_SEC
				  : what == 4 ? -JET_GUESS_AGAIN
					      : 8 * GN_SEC;
			assert_int_equal(gn_ring_push(&jet(w, 0)->guessed, &one), GN_OK);
			if (what == 3 && i == 0)
				one.at -= 8 * GN_SEC;
		}
		assert_int_equal(guesses_of(w), what == 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_come_once),
		cmocka_unit_test(test_the_order_of_ports),
		cmocka_unit_test(test_how_often),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_the_session_moves),
		cmocka_unit_test(test_at_most_so_much),
		cmocka_unit_test(test_a_liar_gets_nothing_sent),
		cmocka_unit_test(test_none_at_a_turn_server),
		cmocka_unit_test(test_when_none_is_made),
		cmocka_unit_test(test_what_is_asked_for),
		cmocka_unit_test(test_no_sockets),
		cmocka_unit_test(test_not_again_soon),
		cmocka_unit_test(test_a_prefix_has_a_share),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
