/* Hosts behind boxes that translate addresses (RE-70): the pairs of RE-71, in which a plain puncher
 * with the times of RE-20 gets through or not, and when both must begin (RE-21); endpoints of
 * jet. */
#include "jet/testing/pair.h"

static struct gn_alloc alloc;
static struct gn_prng prng;
static struct gn_rand source;
static struct jet_sim_boxes boxes;
static gn_time now;

static struct jet_sim_nat kind(const char *name)
{
	struct jet_sim_nat nat = {0};
	assert_true(jet_sim_nat_named(gn_str(name), &nat));
	return nat;
}

/* ---- punching ---- */

static const gn_time sends[] = {0,
				50 * GN_MSEC,
				100 * GN_MSEC,
				200 * GN_MSEC,
				400 * GN_MSEC,
				800 * GN_MSEC,
				1600 * GN_MSEC};
#define WAY (20 * GN_MSEC)

struct puncher {
	struct jet_sim_box *realm;
	struct gn_addr own, told, heard; /* told: what a server saw; heard: who it answers */
	bool through;
	size_t sent;
	gn_time begins;
};

struct shot {
	gn_time at;
	struct jet_sim_flight flight;
	bool answer;
};

static struct shot shots[256];
static size_t shot_count;

static void shoot(const struct puncher *p, struct gn_addr to, bool answer)
{
	struct jet_sim_flight f = {p->own, to, p->realm};
	if (!jet_sim_up(&f, now))
		return;
	assert_true(shot_count < GN_COUNT(shots));
	shots[shot_count++] = (struct shot){now + WAY, f, answer};
}

static void land(struct puncher *p, struct shot s)
{
	if (!jet_sim_down(&boxes, &s.flight, now))
		return;
	for (int i = 0; i < 2; i++) {
		if (p[i].realm != s.flight.realm || !gn_addr_eq(&p[i].own, &s.flight.to))
			continue;
		p[i].through |= s.answer;
		if (s.answer)
			return;
		shoot(&p[i], s.flight.from, true);
		if (!gn_addr_eq(&p[i].heard, &s.flight.from)) {
			p[i].heard = s.flight.from;
			shoot(&p[i], s.flight.from, false);
		}
	}
}

/* Both send to what a server saw of the other, at the times of RE-20; whether both are
 * answered. */
static bool punch(struct puncher *p)
{
	gn_time began = now;
	shot_count = 0;
	for (; now < began + 2 * GN_SEC; now += GN_MSEC) {
		for (int i = 0; i < 2; i++)
			for (; p[i].sent < GN_COUNT(sends) &&
			       began + p[i].begins + sends[p[i].sent] <= now;
			     p[i].sent++)
				shoot(&p[i], p[1 - i].told, false);
		for (size_t i = 0; i < shot_count;) {
			if (shots[i].at > now) {
				i++;
				continue;
			}
			struct shot s = shots[i];
			shots[i] = shots[--shot_count];
			land(p, s);
		}
	}
	return p[0].through && p[1].through;
}

static void put_puncher(struct puncher *p, uint8_t number, const char *name, bool keep)
{
	*p = (struct puncher){.own = gn_addr_v4(9, 9, (uint8_t)(100 + number), 1, 7780)};
	p->told = p->own;
	if (strcmp(name, "open") == 0)
		return;
	struct jet_sim_nat nat = kind(name);
	struct gn_addr outer = gn_addr_v4(203, 0, (uint8_t)boxes.count, 1, 0);
	struct jet_sim_box *up = NULL;
	nat.stray_keep &= keep;
	if (strcmp(name, "cg") == 0) {
		struct jet_sim_nat carrier = nat;
		carrier.carrier = true;
		up = jet_sim_box_add(&boxes, &carrier, NULL, &outer, 0);
		outer = jet_sim_box_inside(up, 0, 0);
	}
	p->realm = jet_sim_box_add(&boxes, &nat, up, &outer, 0);
	p->own = jet_sim_box_inside(p->realm, 0, 7780);
	struct jet_sim_flight f = {p->own, gn_addr_v4(9, 9, 1, 1, 1), p->realm};
	p->told = jet_sim_up(&f, now) ? f.from : f.to; /* "blocked" has nothing to tell */
}

static bool pair_gets_through(const char *a, const char *b, bool keep, gn_time late)
{
	struct puncher p[2];
	gn_alloc_heap(&alloc, (size_t)1 << 28);
	gn_prng_init(&prng, 5);
	source = gn_prng_rand(&prng);
	jet_sim_boxes_init(&boxes, &(struct gn_env){.alloc = &alloc, .rand = &source});
	now = 1000 * GN_SEC;
	put_puncher(&p[0], 0, a, keep);
	put_puncher(&p[1], 1, b, keep);
	p[1].begins = late;
	bool through = punch(p);
	jet_sim_boxes_fini(&boxes);
	assert_int_equal(alloc.count, 0);
	return through;
}

/* RE-71: D where a plain puncher gets through. */
static void pairs_get_through_as_the_table_says(void **state)
{
	static const char *const names[] = {"open", "full",  "addr",    "port", "cg",
					    "sym",  "small", "blocked", "443"};
	static const char *const table[] = {"DDDDDDD..", "DDDDDDD..", "DDDDDDD..",
					    "DDDDD....", "DDDDD....", "DDD......",
					    "DDD......", ".........", "........."};
	(void)state;
	for (size_t a = 0; a < GN_COUNT(names); a++)
		for (size_t b = 0; b < GN_COUNT(names); b++)
			for (int keep = 0; keep < 2; keep++) {
				bool through = pair_gets_through(names[a], names[b], keep, 0);
				if (through != (table[a][b] == 'D'))
					print_message("%s, %s, strays kept %d: %d\n", names[a],
						      names[b], keep, through);
				assert_int_equal(through, table[a][b] == 'D');
			}
}

/* RE-21: with strays kept, both begin within the way between them, or neither gets through. */
static void with_strays_kept_both_must_begin_at_once(void **state)
{
	(void)state;
	assert_true(pair_gets_through("port", "port", true, WAY - GN_MSEC));
	assert_false(pair_gets_through("port", "port", true, WAY + GN_MSEC));
	assert_true(pair_gets_through("port", "port", false, WAY + GN_MSEC));
	assert_true(pair_gets_through("port", "port", false, 1000 * GN_MSEC));
}

/* ---- endpoints of jet behind boxes ---- */

static struct pair world;

static void pair_behind(const char *name, bool carrier)
{
	const struct jet_sim_link_config link = {.delay = 10 * GN_MSEC};
	struct jet_sim_nat nat = kind(name), far = nat;
	pair_init(&world, 11, NULL, NULL, &link);
	far.carrier = true;
	struct jet_sim_box *up = carrier ? jet_sim_nat(&world.sim, &far, NULL, 0) : NULL;
	jet_sim_behind(&world.sim, 0, jet_sim_nat(&world.sim, &nat, up, 0));
}

static void a_session_begins_behind_each_box_that_lets_udp_out(void **state)
{
	static const char *const names[] = {"full", "addr", "port", "sym", "small"};
	(void)state;
	for (size_t i = 0; i < GN_COUNT(names); i++)
		for (int carrier = 0; carrier < 2; carrier++) {
			pair_behind(names[i], carrier);
			pair_connect(&world);
			app_send(&world.sim, 0, 100000, false, GN_JET_FILES);
			app_send(&world.sim, 1, 100000, false, GN_JET_FILES);
			assert_true(jet_sim_run_until(&world.sim, pair_all_done,
						      world.sim.now + 30 * GN_SEC));
			pair_check(&world);
			pair_fini(&world);
		}
	pair_behind("blocked", false);
	pair_dial(&world, &world.sim.nodes[1].pk);
	assert_false(jet_sim_run_until(&world.sim, pair_is_connected, world.sim.now + 30 * GN_SEC));
	assert_true(world.sim.boxes.box[0]->blocked > 0);
	pair_fini(&world);
}

/* A box that forgot gives another port; the session moves there (JT-80). */
static void a_session_outlives_a_box_that_forgets(void **state)
{
	(void)state;
	pair_behind("sym", false);
	pair_connect(&world);
	jet_sim_run(&world.sim, world.sim.now + GN_SEC);
	jet_sim_box_flush(world.sim.boxes.box[0]);
	app_send(&world.sim, 0, 100000, false, GN_JET_FILES);
	assert_true(jet_sim_run_until(&world.sim, pair_all_done, world.sim.now + 30 * GN_SEC));
	pair_check(&world);
	assert_int_equal(world.app[1].moved, 1);
	assert_int_equal(world.app[1].closed, 0);
	pair_fini(&world);
}

static void nobody_is_dialled_behind_a_filter(void **state)
{
	(void)state;
	pair_behind("port", false);
	struct jet_sim_box *b = world.sim.boxes.box[0];
	struct gn_way told = {.addr = b->outer};
	told.addr.port = 4433;
	gn_jet_id id;
	assert_int_equal(gn_jet_connect(world.sim.nodes[1].jet, &told, &world.sim.nodes[0].pk,
					world.sim.now, &id),
			 GN_OK);
	assert_false(jet_sim_run_until(&world.sim, pair_is_connected, world.sim.now + 30 * GN_SEC));
	assert_true(b->filtered > 0);
	pair_fini(&world);
}

/* Boxes draw from a seed of their own: a link without one is as it was. */
static void two_runs_are_equal(void **state)
{
	uint64_t traces[2];
	(void)state;
	for (int i = 0; i < 2; i++) {
		pair_behind("sym", true);
		pair_connect(&world);
		app_send(&world.sim, 0, 100000, false, GN_JET_FILES);
		assert_true(
			jet_sim_run_until(&world.sim, pair_all_done, world.sim.now + 30 * GN_SEC));
		traces[i] = world.sim.trace;
		pair_fini(&world);
	}
	assert_true(traces[0] == traces[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_get_through_as_the_table_says),
		cmocka_unit_test(with_strays_kept_both_must_begin_at_once),
		cmocka_unit_test(a_session_begins_behind_each_box_that_lets_udp_out),
		cmocka_unit_test(a_session_outlives_a_box_that_forgets),
		cmocka_unit_test(nobody_is_dialled_behind_a_filter),
		cmocka_unit_test(two_runs_are_equal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
