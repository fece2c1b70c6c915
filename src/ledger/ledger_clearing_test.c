/* Clearing finds the optimum and proves it: public networks with known totals, tiny ones against
 * trying everything, random ones against conditions of optimality and a checker that knows
 * nothing of the method. */
#include "ledger/clearing.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define EDGES_MAX 20000

struct fixture {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_clearing_edge edges[EDGES_MAX];
	size_t count;
	uint32_t nodes;
	gn_amount_sum total;
};

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	gn_alloc_heap(&f.alloc, SIZE_MAX / 2);
	gn_prng_init(&f.prng, 42);
	f.rand = gn_prng_rand(&f.prng);
	f.env = (struct gn_env){&f.alloc, &f.rand, NULL};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(f.alloc.count, 0);
	return 0;
}

static void begin(uint32_t nodes)
{
	f.count = 0;
	f.nodes = nodes;
	f.total = 0;
}

/* Sets off against what is there between the two. */
static void add(uint32_t u, uint32_t v, gn_amount d)
{
	for (size_t i = 0; i < f.count; i++) {
		struct gn_clearing_edge *e = &f.edges[i];
		if (e->u == u && e->v == v) {
			e->d += d;
			return;
		}
		if (e->u == v && e->v == u) {
			if (e->d > d) {
				e->d -= d;
			} else if (e->d < d) {
				*e = (struct gn_clearing_edge){.u = u, .v = v, .d = d - e->d};
			} else {
				*e = f.edges[--f.count];
			}
			return;
		}
	}
	assert_true(f.count < EDGES_MAX);
	f.edges[f.count++] = (struct gn_clearing_edge){.u = u, .v = v, .d = d};
}

static void sum(void)
{
	f.total = 0;
	for (size_t i = 0; i < f.count; i++)
		f.total += f.edges[i].d;
}

static struct gn_clearing *solve(bool anytime)
{
	struct gn_clearing *c;
	assert_int_equal(gn_clearing_new(&f.env, f.nodes, f.edges, f.count, &c), GN_OK);
	gn_clearing_set_anytime(c, anytime);
	assert_int_equal(gn_clearing_run(c, UINT64_MAX), GN_OK);
	gn_clearing_validate(c);
	return c;
}

/* Optimality by its definition: a circulation within the debts, and labels that no better one
 * can exist under. */
static void check(const struct gn_clearing *c)
{
	size_t n;
	const struct gn_clearing_edge *e = gn_clearing_edges(c, &n);
	const int32_t *pi = gn_clearing_potentials(c);
	gn_amount_sum *net = calloc(f.nodes, sizeof *net), total = 0;
	assert_non_null(pi);
	assert_int_equal(n, f.count);
	for (size_t i = 0; i < n; i++) {
		assert_true(e[i].u == f.edges[i].u && e[i].v == f.edges[i].v &&
			    e[i].d == f.edges[i].d);
		assert_true(e[i].f >= 0 && e[i].f <= e[i].d);
		net[e[i].u] += e[i].f;
		net[e[i].v] -= e[i].f;
		total += e[i].f;
		if (e[i].f < e[i].d)
			assert_true(pi[e[i].u] - pi[e[i].v] >= 1);
		if (e[i].f > 0)
			assert_true(pi[e[i].u] - pi[e[i].v] <= 1);
	}
	for (uint32_t i = 0; i < f.nodes; i++)
		assert_true(net[i] == 0);
	assert_true(total == gn_clearing_total(c));
	free(net);
}

static void test_the_example_of_the_source_clears_to_nothing(void **state)
{
	(void)state;
	begin(3);
	add(0, 1, 100);
	add(1, 2, 100);
	add(2, 0, 100);
	for (int anytime = 0; anytime < 2; anytime++) {
		struct gn_clearing *c = solve(anytime);
		check(c);
		assert_true(gn_clearing_total(c) == 300);
		gn_clearing_free(c);
	}
}

static void test_a_chain_does_not_clear(void **state)
{
	(void)state;
	begin(5);
	add(0, 1, 100);
	add(1, 2, 100);
	add(2, 3, 5);
	add(0, 4, 7);
	for (int anytime = 0; anytime < 2; anytime++) {
		struct gn_clearing *c = solve(anytime);
		check(c);
		assert_true(gn_clearing_total(c) == 0);
		gn_clearing_free(c);
	}
	begin(4);
	struct gn_clearing *c = solve(false);
	assert_true(gn_clearing_total(c) == 0);
	gn_clearing_free(c);
}

/* A long ring beside a short one that competes for an edge: greedy takes the short one, the
 * optimum the long one. */
static void test_the_optimum_beats_greed(void **state)
{
	(void)state;
	begin(8);
	add(0, 1, 10);
	add(1, 2, 10);
	add(2, 0, 10);
	add(1, 3, 10);
	add(3, 4, 10);
	add(4, 5, 10);
	add(5, 6, 10);
	add(6, 0, 10);
	for (int anytime = 0; anytime < 2; anytime++) {
		struct gn_clearing *c = solve(anytime);
		check(c);
		assert_true(gn_clearing_total(c) == 60);
		gn_clearing_free(c);
	}
}

static gn_amount below(gn_amount n)
{
	return (gn_amount)gn_rand_below(&f.rand, (uint64_t)n);
}

static void random_network(uint32_t nodes, unsigned edges, gn_amount most)
{
	begin(nodes);
	for (unsigned i = 0; i < edges; i++) {
		uint32_t u = (uint32_t)below(nodes), v = (uint32_t)below(nodes);
		if (below(3) == 0)
			v = (uint32_t)below(1 + nodes / 8); /* some are in every deal */
		if (u != v)
			add(u, v, 1 + below(most));
	}
	for (size_t i = 0; i < f.count; i++)
		f.edges[i].d = gn_amount_min(f.edges[i].d, GN_AMOUNT_MAX);
}

static void test_random_networks_are_cleared_to_the_optimum(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		uint32_t nodes = 2 + (uint32_t)below(round < 300 ? 12 : 120);
		random_network(nodes, 1 + (unsigned)below(4 * nodes),
			       round % 7 == 0 ? GN_AMOUNT_MAX / 4 : 1 + below(1000));
		struct gn_clearing *a = solve(false), *b = solve(true);
		check(a);
		check(b);
		if (gn_clearing_total(a) != gn_clearing_total(b))
			fail_msg("round %u: exact and anytime differ", round);
		gn_clearing_free(a);
		gn_clearing_free(b);
	}
}

/* The most that any f within the debts clears, edge by edge; net[n] is what n has cleared as a
 * debtor less as a creditor. */
static gn_amount_sum try_everything(size_t edge, gn_amount *net)
{
	gn_amount_sum best = -1;
	if (edge == f.count) {
		for (uint32_t n = 0; n < f.nodes; n++)
			if (net[n] != 0)
				return -1;
		return 0;
	}
	const struct gn_clearing_edge *e = &f.edges[edge];
	for (gn_amount a = 0; a <= e->d; a++) {
		net[e->u] += a;
		net[e->v] -= a;
		gn_amount_sum rest = try_everything(edge + 1, net);
		if (rest >= 0 && rest + a > best)
			best = rest + a;
		net[e->u] -= a;
		net[e->v] += a;
	}
	return best;
}

static void test_tiny_networks_agree_with_trying_everything(void **state)
{
	(void)state;
	unsigned cleared = 0;
	for (unsigned round = 0; round < 400; round++) {
		gn_amount net[6] = {0};
		begin(4 + (uint32_t)below(2));
		for (unsigned i = 0, edges = 6 + (unsigned)below(5); i < edges; i++) {
			uint32_t u = (uint32_t)below(f.nodes), v = (uint32_t)below(f.nodes);
			if (u != v)
				add(u, v, 1 + below(2));
		}
		gn_amount_sum best = try_everything(0, net);
		for (int anytime = 0; anytime < 2; anytime++) {
			struct gn_clearing *c = solve(anytime);
			check(c);
			if (gn_clearing_total(c) != best)
				fail_msg("round %u: %lld, trying everything %lld", round,
					 (long long)gn_clearing_total(c), (long long)best);
			gn_clearing_free(c);
		}
		cleared += best > 0;
	}
	assert_true(cleared > 50);
}

static void test_every_stop_is_a_valid_clearing_and_totals_never_fall(void **state)
{
	(void)state;
	unsigned steps = 0;
	for (uint64_t budget = 1; budget <= 64; budget++) {
		random_network(10 + (uint32_t)below(50), 30 + (unsigned)below(270), 500);
		struct gn_clearing *best = solve(false), *c;
		assert_int_equal(gn_clearing_new(&f.env, f.nodes, f.edges, f.count, &c), GN_OK);
		gn_clearing_set_anytime(c, true);
		gn_amount_sum before = 0;
		for (gn_err err = GN_AGAIN; err;) {
			err = gn_clearing_run(c, budget);
			gn_clearing_validate(c);
			assert_true(gn_clearing_total(c) >= before &&
				    gn_clearing_total(c) <= gn_clearing_total(best));
			steps += gn_clearing_total(c) > before;
			before = gn_clearing_total(c);
			assert_true(err == GN_OK || gn_clearing_potentials(c) == NULL);
		}
		check(c);
		assert_true(before == gn_clearing_total(best));
		gn_clearing_free(c);
		assert_int_equal(gn_clearing_new(&f.env, f.nodes, f.edges, f.count, &c), GN_OK);
		while (gn_clearing_run(c, budget)) {
			gn_clearing_validate(c);
			/* exact shows nothing before it is done */
			assert_true(gn_clearing_total(c) == 0);
		}
		check(c);
		assert_true(gn_clearing_total(c) == gn_clearing_total(best));
		gn_clearing_free(c);
		gn_clearing_free(best);
	}
	assert_true(steps > 64);
}

static unsigned calls(struct gn_clearing *c, uint64_t budget)
{
	unsigned n = 1;
	while (gn_clearing_run(c, budget))
		n++;
	return n;
}

static void test_anytime_has_nine_tenths_in_half_the_work_of_exact(void **state)
{
	(void)state;
	random_network(2000, 7000, 500);
	struct gn_clearing *best, *c;
	assert_int_equal(gn_clearing_new(&f.env, f.nodes, f.edges, f.count, &best), GN_OK);
	unsigned exact = calls(best, 5000);
	assert_int_equal(gn_clearing_new(&f.env, f.nodes, f.edges, f.count, &c), GN_OK);
	gn_clearing_set_anytime(c, true);
	for (unsigned i = 0; i < exact / 2; i++)
		(void)!gn_clearing_run(c, 5000);
	gn_clearing_validate(c);
	assert_true(10 * gn_clearing_total(c) >= 9 * gn_clearing_total(best));
	assert_true(exact / 2 + calls(c, 5000) <= 2 * exact);
	assert_true(gn_clearing_total(c) == gn_clearing_total(best));
	gn_clearing_free(c);
	gn_clearing_free(best);
}

static void test_every_failed_allocation_is_an_error_and_no_leak(void **state)
{
	(void)state;
	random_network(20, 60, 100);
	for (int anytime = 0; anytime < 2; anytime++)
		for (uint64_t nth = 1;; nth++) {
			struct gn_clearing *c = NULL;
			f.alloc.fail_at = nth;
			gn_err err = gn_clearing_new(&f.env, f.nodes, f.edges, f.count, &c);
			if (!err) {
				gn_clearing_set_anytime(c, anytime);
				err = gn_clearing_run(c, UINT64_MAX);
			}
			bool clean = f.alloc.fail_at != 0;
			f.alloc.fail_at = 0;
			assert_int_equal(err, clean ? GN_OK : GN_NOMEM);
			gn_clearing_free(c);
			assert_int_equal(f.alloc.count, 0);
			if (clean)
				break;
		}
}

static void test_certificate_is_the_same_text_in_any_pieces(void **state)
{
	(void)state;
	random_network(200, 800, 1000);
	struct gn_clearing *c = solve(false);
	static char whole[1 << 16], pieces[1 << 16];
	struct gn_buf a = {(uint8_t *)whole, 0, sizeof whole}, b = {(uint8_t *)pieces, 0, 0};
	uint64_t at = 0;
	assert_int_equal(gn_clearing_certificate(c, gn_str("UAH"), &at, &a), GN_OK);
	at = 0;
	for (gn_err err = GN_AGAIN; err;) {
		b.cap = b.len + 150;
		err = gn_clearing_certificate(c, gn_str("UAH"), &at, &b);
		assert_true(err == GN_OK || err == GN_AGAIN);
	}
	assert_int_equal(a.len, b.len);
	assert_memory_equal(whole, pieces, a.len);
	struct gn_hash h = {{0}}, made;
	for (size_t i = 0; i < a.len; i += 4096)
		gn_sha256(
			(struct gn_slice[]){GN_SLICE(h.b), gn_slice_sub(gn_buf_slice(&a), i, 4096)},
			2, &h);
	gn_clearing_certificate_hash(c, gn_str("UAH"), &made);
	assert_memory_equal(h.b, made.b, 32);
	gn_clearing_free(c);
}

/* The checker is a program of its own (tools/clearing-check), in another language. */
static int run_checker(const char *text, size_t len, const char *expected)
{
	const char *in_repo = strstr(__FILE__, "src/ledger/");
	char path[] = "/tmp/clearing-XXXXXX", command[1024], line[512] = "";
	int fd = mkstemp(path);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fclose(file);
	snprintf(command, sizeof command, "'%.*stools/clearing-check' %s",
		 in_repo ? (int)(in_repo - __FILE__) : 0, __FILE__, path);
	FILE *out = popen(command, "r");
	assert_non_null(out);
	if (!fgets(line, sizeof line, out))
		line[0] = 0;
	int status = pclose(out);
	remove(path);
	if (!strstr(line, expected))
		fail_msg("the checker says: %s", line);
	return status;
}

/* The last digit of a potential that may not change: its node's debt is cleared in part. */
static char *potential_of_a_part(const struct gn_clearing *c, char *text)
{
	size_t n, i = 0;
	const struct gn_clearing_edge *e = gn_clearing_edges(c, &n);
	while (i < n && (e[i].f == 0 || e[i].f == e[i].d))
		i++;
	assert_true(i < n);
	for (size_t line = 0; line < 3 + n + e[i].u; line++)
		text = strchr(text, '\n') + 1;
	return strchr(text, '\n') - 1;
}

static void test_an_independent_program_checks_the_certificate(void **state)
{
	(void)state;
	if (system("python3 -c '' >/dev/null 2>&1") != 0) {
		print_message("python3 is absent: skipped\n");
		skip();
	}
	static char text[1 << 16];
	char hex[65];
	struct gn_hash hash;
	uint64_t at = 0;
	struct gn_buf b = {(uint8_t *)text, 0, sizeof text};
	random_network(50, 200, 1000);
	struct gn_clearing *c = solve(false);
	assert_int_equal(gn_clearing_certificate(c, gn_str("UAH 17"), &at, &b), GN_OK);
	gn_clearing_certificate_hash(c, gn_str("UAH 17"), &hash);
	gn_hex(GN_SLICE(hash.b), hex);
	assert_int_equal(run_checker(text, b.len, hex), 0);
	char *last = potential_of_a_part(c, text);
	*last = *last == '9' ? '0' : *last + 1;
	assert_int_not_equal(run_checker(text, b.len, "not proven"), 0);
	assert_int_not_equal(run_checker(text, b.len / 2, "wrong number"), 0);
	gn_clearing_free(c);
}

/* ---- public networks ---- */

/* GEONET_CLEARING_DATA, or shared/data/clearing beside the repository. */
static bool data_folder(char out[512])
{
	const char *named = getenv("GEONET_CLEARING_DATA"),
		   *in_repo = strstr(__FILE__, "src/ledger/");
	char probe[600];
	if (named)
		snprintf(out, 512, "%s", named);
	else
		snprintf(out, 512, "%.*s../shared/data/clearing",
			 in_repo ? (int)(in_repo - __FILE__) : 0, __FILE__);
	snprintf(probe, sizeof probe, "%s/v1.csv", out);
	FILE *file = fopen(probe, "r");
	if (file)
		fclose(file);
	return file != NULL;
}

static void test_public_networks_clear_to_their_known_optimum(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		gn_amount before, after;
	} networks[] = {{"v1", 6473100, 4204100},
			{"greenfield-100-v2", 25056675, 22588763},
			{"riverside-50-v2", 8486248, 7862015}};
	char folder[512];
	if (!data_folder(folder)) {
		print_message("%s with the public networks is absent (GEONET_CLEARING_DATA can "
			      "name it): skipped\n",
			      folder);
		skip();
	}
	for (size_t i = 0; i < GN_COUNT(networks); i++) {
		char path[600], line[128];
		snprintf(path, sizeof path, "%s/%s.csv", folder, networks[i].name);
		FILE *file = fopen(path, "r");
		assert_non_null(file);
		begin(1000);
		assert_non_null(fgets(line, sizeof line, file));
		while (fgets(line, sizeof line, file)) {
			unsigned u, v;
			long long d;
			assert_int_equal(sscanf(line, "%u,%u,%lld", &u, &v, &d), 3);
			add(u, v, d);
		}
		fclose(file);
		sum();
		struct gn_clearing *a = solve(false), *b = solve(true);
		check(a);
		check(b);
		print_message("%s: %lld -> %lld\n", networks[i].name, (long long)f.total,
			      (long long)(f.total - gn_clearing_total(a)));
		assert_true(f.total == networks[i].before);
		assert_true(f.total - gn_clearing_total(a) == networks[i].after);
		assert_true(gn_clearing_total(a) == gn_clearing_total(b));
		gn_clearing_free(a);
		gn_clearing_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_example_of_the_source_clears_to_nothing),
		cmocka_unit_test(test_a_chain_does_not_clear),
		cmocka_unit_test(test_the_optimum_beats_greed),
		cmocka_unit_test(test_random_networks_are_cleared_to_the_optimum),
		cmocka_unit_test(test_tiny_networks_agree_with_trying_everything),
		cmocka_unit_test(test_every_stop_is_a_valid_clearing_and_totals_never_fall),
		cmocka_unit_test(test_anytime_has_nine_tenths_in_half_the_work_of_exact),
		cmocka_unit_test(test_every_failed_allocation_is_an_error_and_no_leak),
		cmocka_unit_test(test_certificate_is_the_same_text_in_any_pieces),
		cmocka_unit_test(test_an_independent_program_checks_the_certificate),
		cmocka_unit_test(test_public_networks_clear_to_their_known_optimum),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
