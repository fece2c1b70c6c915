/* The order of admission: when a cookie is asked, what a pass and an answer are worth, who waits
 * and who goes first, shares of capacity, single use, how effort follows load. Time is the
 * test's. */
#include "guard/testing/fixture.h"

static struct gn_addr host(uint32_t n)
{
	return gn_addr_v4(11, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n, 4433);
}

/* A /24 of its own for each n. */
static struct gn_addr net(uint32_t n)
{
	return host(n << 8 | 1);
}

/* A hello with what is given of cookie (and the effort it says), answer and pass. */
struct shown {
	bool cookie, must_prove;
	uint32_t owed, solve; /* solve: an answer of this effort */
	const uint8_t *pass, *answer;
	uint64_t cid; /* 0: a new one */
};

static enum gn_guard_answer hello(struct fixture *f, const struct gn_addr *from,
				  const struct shown *s)
{
	uint8_t token[GN_COOKIE_LEN + GN_ANSWER_LEN + GN_PASS_LEN];
	static const uint8_t payload[8] = {3, 4, 5};
	struct gn_writer w = gn_writer(token, sizeof token);
	struct gn_guard_hello h = {.from = from, .must_prove = s->must_prove};
	gn_put_be64(h.cid, s->cid ? s->cid : ++f->cids);
	if (s->cookie) {
		gn_guard_cookie(f->g, from, h.cid, payload, s->owed, f->now, token);
		w.p += GN_COOKIE_LEN;
	}
	if (s->solve) {
		struct gn_solver *solver;
		uint8_t answer[GN_ANSWER_LEN];
		assert_int_equal(gn_solver_new(&f->env, token, h.cid, s->solve, &solver), GN_OK);
		while (!gn_solver_step(solver, answer))
			;
		gn_solver_free(solver);
		gn_write_bytes(&w, GN_SLICE(answer));
	}
	if (s->answer)
		gn_write_bytes(&w, gn_slice(s->answer, GN_ANSWER_LEN));
	if (s->pass)
		gn_write_bytes(&w, gn_slice(s->pass, GN_PASS_LEN));
	assert_false(w.bad);
	h.token = gn_slice(token, gn_writer_len(&w));
	gn_guard_hello(f->g, &h, f->now, &f->v);
	if (f->cids % 64 == 0)
		gn_guard_validate(f->g);
	if (f->v.proven)
		assert_memory_equal(f->v.payload, payload, 8);
	return f->v.answer;
}

static uint64_t counter(const struct gn_guard *g, const char *name)
{
	struct gn_counter c;
	for (size_t i = 0; gn_guard_counter_at(g, i, &c); i++)
		if (strcmp(c.name, name) == 0)
			return c.value;
	fail();
	return 0;
}

static const struct shown bare = {0}, proof = {.cookie = true};

/* Capacity that is used up for now: what follows waits. */
static void exhaust(struct fixture *f)
{
	for (uint32_t i = 0;
	     hello(f, &(struct gn_addr){{0}, 1}, &bare) == GN_GUARD_ADMIT && i < 100000; i++)
		;
}

static void test_quiet(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_addr a = host(1);
	assert_int_equal(hello(&f, &a, &bare), GN_GUARD_ADMIT);
	assert_int_equal(hello(&f, &a, &(struct shown){.must_prove = true}), GN_GUARD_COOKIE);
	assert_int_equal(f.v.effort, 0);
	assert_int_equal(hello(&f, &a, &(struct shown){.must_prove = true, .cookie = true}),
			 GN_GUARD_ADMIT);
	assert_true(f.v.proven);
	uint8_t junk[GN_COOKIE_LEN + GN_ANSWER_LEN + GN_PASS_LEN + 1] = {1};
	for (size_t len = 1; len <= sizeof junk; len++) {
		struct gn_guard_hello h = {.from = &a, .token = gn_slice(junk, len)};
		gn_guard_hello(f.g, &h, f.now, &f.v);
		assert_int_equal(f.v.answer, GN_GUARD_REFUSE);
		assert_int_equal(f.v.err, GN_AUTH);
	}
	fixture_close(&f);
}

static void test_late_cookie_is_asked_again(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		struct fixture f;
		fixture_open(&f, NULL);
		struct gn_addr a = host(1);
		uint8_t token[GN_COOKIE_LEN];
		struct gn_guard_hello h = {.from = &a, .token = GN_SLICE(token)};
		gn_guard_cookie(f.g, &a, h.cid, h.cid, 0, f.now, token);
		gn_guard_hello(f.g, &h, f.now + GN_COOKIE_LIFE + late, &f.v);
		assert_int_equal(f.v.answer, late ? GN_GUARD_COOKIE : GN_GUARD_ADMIT);
		fixture_close(&f);
	}
}

/* Writing another's address empties no bucket of his: he has to show a cookie, and comes in. */
static void test_spoofed_hellos_move_their_victim_no_stage(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_addr victim = host(7);
	for (int i = 0; i < 1000000; i++) {
		struct gn_guard_hello h = {.from = &victim};
		f.now += 10 * GN_USEC; /* 100,000 a second */
		gn_guard_hello(f.g, &h, f.now, &f.v);
	}
	assert_int_equal(f.v.answer, GN_GUARD_COOKIE);
	assert_int_equal(hello(&f, &victim, &proof), GN_GUARD_ADMIT);
	struct gn_guard_subject who = gn_guard_of_addr(&victim);
	assert_int_equal(gn_guard_charge(f.g, &who, 1, f.now, NULL), GN_OK);
	struct gn_addr other = host(70000);
	/* and nobody else sees anything of it */
	assert_int_equal(hello(&f, &other, &bare), GN_GUARD_ADMIT);
	fixture_close(&f);
}

static void test_prefix_bucket(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_addr a = host(0x100), mate = host(0x101), far = host(0x200);
	struct gn_guard_subject who = gn_guard_of_addr(&a);
	gn_guard_debit(f.g, &who, 2 * GN_PREFIX_RATE - 1, f.now);
	assert_int_equal(hello(&f, &a, &proof), GN_GUARD_ADMIT); /* the last unit */
	assert_int_equal(hello(&f, &a, &proof), GN_GUARD_REFUSE);
	assert_int_equal(f.v.err, GN_LIMIT);
	assert_string_equal(f.v.limit, "guard-host");
	gn_time until = f.v.until;
	assert_int_equal(hello(&f, &mate, &proof), GN_GUARD_REFUSE);
	assert_string_equal(f.v.limit, "guard-net");
	assert_int_equal(hello(&f, &far, &proof), GN_GUARD_ADMIT);
	f.now = until - 1;
	assert_int_equal(hello(&f, &a, &proof), GN_GUARD_REFUSE);
	f.now = until;
	assert_int_equal(hello(&f, &a, &proof), GN_GUARD_ADMIT);
	fixture_close(&f);
}

static void test_pass_is_good_once_from_its_prefix(void **state)
{
	(void)state;
	struct fixture f;
	uint8_t pass[GN_PASS_LEN], wrong[GN_PASS_LEN] = {0};
	fixture_open(&f, NULL);
	struct gn_addr a = host(0x100), mate = host(0x101), far = host(0x200);
	gn_guard_force(f.g, 8, 0, f.now);
	gn_guard_pass(f.g, &a, f.now, pass);
	struct shown with = {.cookie = true, .owed = 8, .pass = pass};
	assert_int_equal(hello(&f, &far, &with), GN_GUARD_COOKIE); /* owes as any stranger */
	assert_int_equal(f.v.effort, 8);
	assert_int_equal(hello(&f, &mate, &with), GN_GUARD_ADMIT);
	assert_int_equal(hello(&f, &a, &with), GN_GUARD_COOKIE);
	assert_int_equal(counter(f.g, "guard-pass-used"), 1);
	with.pass = wrong;
	assert_int_equal(hello(&f, &a, &with), GN_GUARD_COOKIE);
	assert_int_equal(counter(f.g, "guard-pass-bad"), 2);
	with.solve = 8; /* a pass that is no good beside an answer that is */
	assert_int_equal(hello(&f, &a, &with), GN_GUARD_ADMIT);
	fixture_close(&f);
}

static void test_puzzle(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_addr a = host(1);
	gn_guard_force(f.g, 4, 0, f.now);
	assert_int_equal(hello(&f, &a, &bare), GN_GUARD_COOKIE);
	assert_int_equal(f.v.effort, 4);
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .owed = 4}),
			 GN_GUARD_COOKIE);
	assert_int_equal(f.v.err, GN_PROOF_OF_WORK);
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .owed = 4, .solve = 3}),
			 GN_GUARD_COOKIE);
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .owed = 4, .solve = 4}),
			 GN_GUARD_ADMIT);
	f.g->load.effort = 64; /* a rise does not void what was begun.. */
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .owed = 4, .solve = 4}),
			 GN_GUARD_ADMIT);
	f.g->load.effort = 2; /* ..and a fall helps at once */
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .owed = 4, .solve = 2}),
			 GN_GUARD_ADMIT);
	f.g->load.effort = 0;
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .owed = 4}), GN_GUARD_ADMIT);
	fixture_close(&f);
}

static void test_an_answer_is_good_once(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	struct gn_addr a = host(1);
	uint8_t token[GN_COOKIE_LEN + GN_ANSWER_LEN];
	struct gn_guard_hello h = {.from = &a, .cid = {7}, .token = GN_SLICE(token)};
	struct gn_solver *s;
	gn_guard_force(f.g, 2, 0, f.now);
	gn_guard_cookie(f.g, &a, h.cid, h.cid, 2, f.now, token);
	assert_int_equal(gn_solver_new(&f.env, token, h.cid, 2, &s), GN_OK);
	while (!gn_solver_step(s, token + GN_COOKIE_LEN))
		;
	gn_solver_free(s);
	gn_guard_hello(f.g, &h, f.now, &f.v);
	assert_int_equal(f.v.answer, GN_GUARD_ADMIT);
	gn_guard_hello(f.g, &h, f.now, &f.v);
	assert_int_equal(f.v.answer, GN_GUARD_COOKIE);
	assert_int_equal(f.v.err, GN_REPLAY);
	fixture_close(&f);
}

static void test_effort_goes_first_and_overflow_drops_the_lowest(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	exhaust(&f);
	uint32_t slots = 0;
	for (uint32_t i = 0; i < GN_GUARD_WAITING; i++) {
		struct gn_addr a = net(i + 1);
		assert_int_equal(hello(&f, &a, &proof), GN_GUARD_WAIT);
		slots += f.v.slot;
		assert_true(gn_guard_waits(f.g, f.v.slot));
	}
	assert_int_equal(slots, GN_GUARD_WAITING * (GN_GUARD_WAITING - 1) / 2); /* each its own */
	struct gn_addr a = net(1000), b = net(1001);
	/* all others are as good and were here before */
	assert_int_equal(hello(&f, &a, &proof), GN_GUARD_REFUSE);
	assert_string_equal(f.v.limit, "guard-waiting-full");
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .solve = 2}), GN_GUARD_WAIT);
	uint32_t slot_a = f.v.slot, slot;
	assert_int_equal(hello(&f, &b, &(struct shown){.cookie = true, .solve = 5}), GN_GUARD_WAIT);
	uint32_t slot_b = f.v.slot;
	assert_false(gn_guard_next(f.g, f.now, &slot));
	f.now = gn_guard_deadline(f.g);
	assert_true(gn_guard_next(f.g, f.now, &slot));
	assert_int_equal(slot, slot_b);
	assert_false(gn_guard_waits(f.g, slot));
	f.now = gn_guard_deadline(f.g);
	assert_true(gn_guard_next(f.g, f.now, &slot));
	assert_int_equal(slot, slot_a);
	f.now += GN_GUARD_WAIT_MAX + 1;
	assert_false(gn_guard_next(f.g, f.now, &slot)); /* all have waited too long */
	assert_true(gn_guard_deadline(f.g) == GN_NEVER);
	assert_int_equal(counter(f.g, "guard-waiting-late"), GN_GUARD_WAITING - 2);
	fixture_close(&f);
}

static void test_waiting_uses_up_nothing(void **state)
{
	(void)state;
	struct fixture f;
	uint8_t pass[GN_PASS_LEN];
	uint32_t slot;
	fixture_open(&f, NULL);
	exhaust(&f);
	struct gn_addr a = net(1);
	gn_guard_pass(f.g, &a, f.now, pass);
	for (int i = 0; i < 500; i++) /* the pass lane's own share */
		if (hello(&f, &a, &(struct shown){.cookie = true, .pass = pass}) == GN_GUARD_WAIT)
			break;
		else
			gn_guard_pass(f.g, &a, f.now, pass);
	assert_int_equal(f.v.answer, GN_GUARD_WAIT);
	f.now += GN_GUARD_WAIT_MAX + 1;
	assert_false(gn_guard_next(f.g, f.now, &slot));
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .pass = pass}),
			 GN_GUARD_ADMIT);
	fixture_close(&f);
}

/* One of each lane asks for more than there is, for two seconds. */
static void contend(struct fixture *f, bool with_passes, uint64_t let_in[GN_LANES])
{
	gn_time end = f->now + 2 * GN_SEC;
	memset(let_in, 0, GN_LANES * sizeof *let_in);
	for (uint32_t n = 0; f->now < end; n++) {
		uint8_t pass[GN_PASS_LEN];
		uint32_t slot;
		struct gn_addr a = net(n % 4000), b = net(4000 + n % 4000);
		f->g->load.effort = 0; /* capacity alone */
		let_in[GN_LANE_STRANGER] += hello(f, &a, &proof) == GN_GUARD_ADMIT;
		if (with_passes) {
			gn_guard_pass(f->g, &b, f->now, pass);
			let_in[GN_LANE_PASS] +=
				hello(f, &b, &(struct shown){.cookie = true, .pass = pass}) ==
				GN_GUARD_ADMIT;
		}
		while (gn_guard_next(f->g, f->now, &slot))
			let_in[f->g->t->wait[slot].lane]++;
		/* 4,000 a second of each; there is capacity for 2,000 in all */
		f->now += 250 * GN_USEC;
	}
}

static void test_capacity_goes_by_shares_and_the_unused_goes_round(void **state)
{
	(void)state;
	struct fixture f;
	uint64_t n[GN_LANES];
	fixture_open(&f, NULL);
	contend(&f, false, n);
	print_message("  strangers alone: %llu of 4,000\n",
		      (unsigned long long)n[GN_LANE_STRANGER]);
	assert_true(n[GN_LANE_STRANGER] > 3950 && n[GN_LANE_STRANGER] < 4300);
	f.now += 10 * GN_SEC;
	contend(&f, true, n);
	print_message("  strangers %llu, passes %llu\n", (unsigned long long)n[GN_LANE_STRANGER],
		      (unsigned long long)n[GN_LANE_PASS]);
	assert_true(n[GN_LANE_STRANGER] >= 1990 && n[GN_LANE_PASS] >= 1190);
	assert_true(n[GN_LANE_STRANGER] + n[GN_LANE_PASS] > 3950 &&
		    n[GN_LANE_STRANGER] + n[GN_LANE_PASS] < 4500);
	fixture_close(&f);
}

static void test_passes_do_not_crowd_strangers_out_of_the_waiting(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, NULL);
	exhaust(&f);
	struct gn_addr a = net(5000);
	for (uint32_t i = 0; f.g->lanes.waiting[GN_LANE_PASS] < GN_GUARD_WAITING; i++) {
		uint8_t pass[GN_PASS_LEN];
		struct gn_addr b = net(i + 1);
		gn_guard_pass(f.g, &b, f.now, pass);
		hello(&f, &b, &(struct shown){.cookie = true, .pass = pass});
	}
	for (uint32_t i = 0; i < GN_GUARD_WAITING / 2; i++)
		assert_int_equal(hello(&f, &a, &proof), GN_GUARD_WAIT);
	assert_int_equal(f.g->lanes.waiting[GN_LANE_STRANGER], GN_GUARD_WAITING / 2);
	fixture_close(&f);
}

/* ---- effort ---- */

static void test_effort_follows_load(void **state)
{
	(void)state;
	struct fixture f;
	struct gn_guard_status s;
	fixture_open(&f, NULL);
	gn_time calm = f.now + GN_SEC, end = f.now + 3 * GN_SEC;
	for (; f.now < end; f.now += 100 * GN_USEC) {
		/* strangers that owe nothing yet come in at full capacity */
		uint32_t slot;
		struct gn_addr a = net((uint32_t)(f.now / 100 / GN_USEC) % 4000);
		struct shown met = {.cookie = true, .owed = 0};
		hello(&f, &a, &met);
		while (gn_guard_next(f.g, f.now, &slot))
			;
		gn_guard_status(f.g, f.now, &s);
		if (f.now > calm)
			assert_true(s.effort > 0 && s.load > 700);
	}
	assert_int_equal(s.effort, GN_EFFORT_MAX);
	gn_time quiet = f.now;
	while (s.effort > 0) {
		f.now += GN_EFFORT_EVERY;
		gn_guard_status(f.g, f.now, &s);
		struct gn_addr a = net(1);
		hello(&f, &a, &bare);
	}
	print_message("  effort is 0 again after %.1f s\n", (double)(f.now - quiet) / 1e9);
	assert_true(f.now - quiet < 10 * GN_SEC);
	fixture_close(&f);
}

static void test_effort_is_not_what_clients_show(void **state)
{
	(void)state;
	struct fixture f;
	struct gn_guard_status s;
	fixture_open(&f, NULL);
	struct gn_addr a = net(1);
	for (int i = 0; i < 4; i++) {
		f.now += GN_EFFORT_EVERY;
		assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .solve = 32}),
				 GN_GUARD_ADMIT);
	}
	gn_guard_status(f.g, f.now, &s);
	assert_int_equal(s.effort, 0);
	fixture_close(&f);
}

static void test_cost_is_measured(void **state)
{
	(void)state;
	struct fixture f;
	struct gn_guard_status s;
	fixture_open(&f, NULL);
	for (uint32_t i = 0; i < 2000; i++) {
		struct gn_addr a = net(i);
		f.now += 10 * GN_MSEC;
		assert_int_equal(hello(&f, &a, &proof), GN_GUARD_ADMIT);
		gn_guard_load(f.g, 3000000); /* 3 ms each: a small machine */
	}
	gn_guard_status(f.g, f.now, &s);
	assert_true(s.cost > 2900 && s.cost < 3100);
	assert_true(s.load > 500); /* 30 % of a core of the 50 % that handshakes may have */
	gn_guard_load(f.g, UINT64_MAX / 2);
	for (uint32_t i = 0; i < 100; i++) {
		struct gn_addr a = net(i);
		hello(&f, &a, &proof);
		gn_guard_load(f.g, 0);
	}
	gn_guard_validate(f.g);
	fixture_close(&f);
}

static void test_off_asks_for_cookies_alone(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, &(struct gn_guard_config){.off = true});
	struct gn_addr a = host(1);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(hello(&f, &a, &bare), GN_GUARD_ADMIT);
	assert_int_equal(hello(&f, &a, &(struct shown){.must_prove = true}), GN_GUARD_COOKIE);
	uint8_t pass[GN_PASS_LEN] = {1};
	assert_int_equal(hello(&f, &a, &(struct shown){.cookie = true, .owed = 9, .pass = pass}),
			 GN_GUARD_ADMIT);
	uint32_t slot;
	assert_false(gn_guard_next(f.g, f.now, &slot));
	assert_true(gn_guard_deadline(f.g) == GN_NEVER);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_late_cookie_is_asked_again),
		cmocka_unit_test(test_spoofed_hellos_move_their_victim_no_stage),
		cmocka_unit_test(test_prefix_bucket),
		cmocka_unit_test(test_pass_is_good_once_from_its_prefix),
		cmocka_unit_test(test_puzzle),
		cmocka_unit_test(test_an_answer_is_good_once),
		cmocka_unit_test(test_effort_goes_first_and_overflow_drops_the_lowest),
		cmocka_unit_test(test_waiting_uses_up_nothing),
		cmocka_unit_test(test_capacity_goes_by_shares_and_the_unused_goes_round),
		cmocka_unit_test(test_passes_do_not_crowd_strangers_out_of_the_waiting),
		cmocka_unit_test(test_effort_follows_load),
		cmocka_unit_test(test_effort_is_not_what_clients_show),
		cmocka_unit_test(test_cost_is_measured),
		cmocka_unit_test(test_off_asks_for_cookies_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
