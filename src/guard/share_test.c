/* Shares: the key's share always, the prefix's while crowded, the whole at last; sums against a
 * slow model. */
#include "guard/share.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct fixture {
	struct gn_alloc alloc;
	struct gn_prng prng;
	struct gn_rand rand;
	struct gn_env env;
	struct gn_share s;
};

static void fixture_open(struct fixture *f, const struct gn_share_config *c)
{
	gn_alloc_heap(&f->alloc, 1 << 20);
	gn_prng_init(&f->prng, 11);
	f->rand = gn_prng_rand(&f->prng);
	f->env = (struct gn_env){&f->alloc, &f->rand, NULL};
	gn_share_init(&f->s, &f->env, c);
}

static void finish(struct fixture *f)
{
	gn_share_validate(&f->s);
	gn_share_fini(&f->s);
	assert_int_equal(f->alloc.used, 0);
}

static struct gn_holder holder(unsigned key, uint8_t net)
{
	struct gn_holder h = {.addr = gn_addr_v4(198, 51, net, 7, 1)};
	gn_put_be64(h.key.b, key);
	return h;
}

static const struct gn_share_config usual = {
	.total = 100, .per_key = 8, .per_prefix = 16, .crowded = 75, .holders_max = 100};

static void a_key_has_its_share_and_no_more(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, &usual);
	struct gn_holder a = holder(1, 1);
	assert_int_equal(gn_share_take(&f.s, &a, 8), GN_OK);
	assert_int_equal(gn_share_take(&f.s, &a, 1), GN_QUOTA);
	a.addr = gn_addr_v4(203, 0, 113, 1, 1); /* from elsewhere it is the same key */
	assert_int_equal(gn_share_take(&f.s, &a, 1), GN_QUOTA);
	assert_int_equal(gn_share_held(&f.s, &a).key, 8);
	assert_int_equal(gn_share_take(&f.s, &a, UINT64_MAX), GN_QUOTA);
	a = holder(1, 1);
	gn_share_give(&f.s, &a, 1);
	assert_int_equal(gn_share_take(&f.s, &a, 1), GN_OK);
	gn_share_give(&f.s, &a, 8);
	assert_int_equal(gn_share_held(&f.s, &a).used, 0);
	finish(&f);
}

static void a_prefix_is_held_to_its_share_only_when_crowded(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, &usual);
	for (unsigned i = 0; i < 75; i++) { /* one prefix alone may fill three quarters */
		struct gn_holder h = holder(i + 1, 1);
		assert_int_equal(gn_share_take(&f.s, &h, 1), GN_OK);
	}
	struct gn_holder more = holder(100, 1), other = holder(101, 2);
	assert_int_equal(gn_share_take(&f.s, &more, 1), GN_LIMIT);
	assert_int_equal(gn_share_take(&f.s, &other, 1), GN_OK);
	assert_int_equal(gn_share_held(&f.s, &more).prefix, 75);
	for (unsigned i = 0; i < 3; i++) {
		struct gn_holder h = holder(110 + i, 2);
		assert_int_equal(gn_share_take(&f.s, &h, 5), GN_OK); /* 16 in all */
	}
	other = holder(120, 2);
	assert_int_equal(gn_share_take(&f.s, &other, 1), GN_LIMIT);
	finish(&f);
}

static void the_whole_is_full_at_its_total(void **state)
{
	struct fixture f;
	struct gn_share_config c = usual;
	(void)state;
	c.per_prefix = c.total;
	fixture_open(&f, &c);
	for (unsigned i = 0; i < 12; i++) {
		struct gn_holder h = holder(i + 1, (uint8_t)i);
		assert_int_equal(gn_share_take(&f.s, &h, 8), GN_OK);
	}
	struct gn_holder h = holder(50, 50);
	assert_int_equal(gn_share_take(&f.s, &h, 5), GN_NO_SPACE);
	assert_int_equal(gn_share_take(&f.s, &h, 4), GN_OK);
	assert_true(gn_share_crowded(&f.s));
	finish(&f);
}

static void who_holds_two_more_may_give_way(void **state)
{
	struct fixture f;
	uint64_t prefix = 0;
	(void)state;
	fixture_open(&f, &usual);
	struct gn_holder most = holder(1, 1), some = holder(2, 2), none = holder(3, 3);
	assert_false(gn_share_most(&f.s, &none, &prefix));
	assert_int_equal(gn_share_take(&f.s, &most, 1), GN_OK);
	assert_false(gn_share_most(&f.s, &none, &prefix)); /* one more only */
	assert_int_equal(gn_share_take(&f.s, &most, 2), GN_OK);
	assert_int_equal(gn_share_take(&f.s, &some, 1), GN_OK);
	assert_true(gn_share_most(&f.s, &none, &prefix));
	assert_int_equal(prefix, gn_addr_prefix(&most.addr));
	prefix = 0;
	assert_true(gn_share_most(&f.s, &some, &prefix));
	assert_int_equal(prefix, gn_addr_prefix(&most.addr));
	assert_int_equal(gn_share_take(&f.s, &some, 1), GN_OK);
	assert_false(gn_share_most(&f.s, &some, &prefix));
	assert_false(gn_share_most(&f.s, &most, &prefix));
	finish(&f);
}

static void local_prefixes_count_when_told(void **state)
{
	(void)state;
	for (int count = 0; count < 2; count++) {
		struct fixture f;
		struct gn_share_config c = usual;
		c.crowded = 0;
		c.per_prefix = 2;
		c.count_local = count;
		fixture_open(&f, &c);
		struct gn_holder h[3];
		for (unsigned i = 0; i < 3; i++) {
			h[i] = holder(i + 1, 0);
			h[i].addr = gn_addr_v4(127, 0, 0, (uint8_t)(i + 1), 1);
		}
		assert_int_equal(gn_share_take(&f.s, &h[0], 1), GN_OK);
		assert_int_equal(gn_share_take(&f.s, &h[1], 1), GN_OK);
		assert_int_equal(gn_share_take(&f.s, &h[2], 1), count ? GN_LIMIT : GN_OK);
		h[2].addr = gn_addr_v4(127, 0, 9, 1, 1);
		h[2].key.b[0] = 9;
		assert_int_equal(gn_share_take(&f.s, &h[2], 1), GN_OK); /* another /24 */
		finish(&f);
	}
}

static void the_nameless_count_for_their_prefix_and_move_to_their_key(void **state)
{
	struct fixture f;
	(void)state;
	fixture_open(&f, &usual);
	struct gn_holder nobody = {.addr = gn_addr_v4(198, 51, 1, 7, 1)}, named = holder(1, 1);
	for (int i = 0; i < 9; i++)
		assert_int_equal(gn_share_take(&f.s, &nobody, 1), GN_OK);
	for (int i = 0; i < 8; i++)
		assert_int_equal(gn_share_move(&f.s, &nobody, &named, 1), GN_OK);
	assert_int_equal(gn_share_move(&f.s, &nobody, &named, 1), GN_QUOTA); /* moved, and over */
	assert_int_equal(gn_share_held(&f.s, &named).key, 9);
	assert_int_equal(gn_share_held(&f.s, &named).prefix, 9);
	gn_share_give(&f.s, &named, 9);
	assert_int_equal(f.s.used, 0);
	finish(&f);
}

/* What is here already counts above a share, for nobody when its holder finds no place, and
 * never above the whole. */
static void what_is_here_is_taken_anyway(void **state)
{
	struct fixture f;
	struct gn_share_config c = usual;
	(void)state;
	c.holders_max = 1;
	fixture_open(&f, &c);
	struct gn_holder one = holder(1, 1), other = holder(2, 2);
	assert_int_equal(gn_share_take(&f.s, &one, c.per_key), GN_OK);
	assert_int_equal(gn_share_take(&f.s, &one, 1), GN_QUOTA);
	assert_int_equal(gn_share_take_anyway(&f.s, &one, 1), GN_OK);
	assert_int_equal(gn_share_held(&f.s, &one).key, c.per_key + 1);
	assert_int_equal(gn_share_take_anyway(&f.s, &other, 1), GN_OK);
	assert_int_equal(gn_share_held(&f.s, &other).used, c.per_key + 2);
	assert_int_equal(gn_be64(other.key.b), 0); /* nobody */
	assert_int_equal(gn_share_take_anyway(&f.s, &one, c.total), GN_NO_SPACE);
	assert_int_equal(gn_share_held(&f.s, &one).key, c.per_key + 1);
	gn_share_give(&f.s, &one, c.per_key + 1);
	gn_share_give(&f.s, &other, 1);
	finish(&f);
}

static void holders_are_bounded(void **state)
{
	struct fixture f;
	struct gn_share_config c = usual;
	(void)state;
	c.holders_max = 3;
	fixture_open(&f, &c);
	for (unsigned i = 0; i < 3; i++) {
		struct gn_holder h = holder(i + 1, (uint8_t)i);
		assert_int_equal(gn_share_take(&f.s, &h, 1), GN_OK);
	}
	struct gn_holder key = holder(9, 0), prefix = holder(1, 9);
	assert_int_equal(gn_share_take(&f.s, &key, 1), GN_NO_SPACE);
	assert_int_equal(gn_share_take(&f.s, &prefix, 1), GN_NO_SPACE);
	assert_int_equal(gn_share_held(&f.s, &prefix).key, 1); /* nothing was taken */
	finish(&f);
}

static void memory_that_ends_changes_nothing(void **state)
{
	(void)state;
	for (uint64_t at = 1; at < 5; at++) {
		struct fixture f;
		fixture_open(&f, &usual);
		struct gn_holder h = holder(1, 1);
		f.alloc.fail_at = at;
		gn_err err = gn_share_take(&f.s, &h, 1);
		f.alloc.fail_at = 0;
		assert_int_equal(err, at < 5 ? GN_NOMEM : GN_OK);
		assert_int_equal(gn_share_held(&f.s, &h).key, 0);
		assert_int_equal(gn_share_take(&f.s, &h, 1), GN_OK);
		finish(&f);
	}
}

/* Random takes, gives and moves against plain sums. */
static void random_histories_agree_with_sums(void **state)
{
	enum { KEYS = 12, NETS = 5 };
	uint64_t by[KEYS][NETS] = {{0}};
	struct fixture f;
	(void)state;
	fixture_open(&f, &usual);
	for (int step = 0; step < 20000; step++) {
		unsigned k = (unsigned)gn_rand_below(&f.rand, KEYS),
			 n = (unsigned)gn_rand_below(&f.rand, NETS);
		uint64_t key_sum = 0, net_sum = 0, used = 0, amount = gn_rand_below(&f.rand, 4);
		for (unsigned i = 0; i < KEYS; i++)
			for (unsigned j = 0; j < NETS; j++) {
				key_sum += i == k ? by[i][j] : 0;
				net_sum += j == n ? by[i][j] : 0;
				used += by[i][j];
			}
		struct gn_holder h = holder(k + 1, (uint8_t)n);
		struct gn_share_held held = gn_share_held(&f.s, &h);
		assert_int_equal(held.key, key_sum);
		assert_int_equal(held.prefix, net_sum);
		assert_int_equal(held.used, used);
		uint64_t room = gn_share_room(&f.s, &h); /* exactly so much can be taken */
		assert_int_equal(gn_share_take(&f.s, &h, room), GN_OK);
		gn_share_give(&f.s, &h, room);
		assert_int_not_equal(gn_share_take(&f.s, &h, room + 1), GN_OK);
		if (gn_rand_below(&f.rand, 2)) {
			uint64_t give = amount < by[k][n] ? amount : by[k][n];
			gn_share_give(&f.s, &h, give);
			by[k][n] -= give;
			continue;
		}
		gn_err want = key_sum + amount > 8                                    ? GN_QUOTA
			      : used + amount > 75 && amount && net_sum + amount > 16 ? GN_LIMIT
			      : used + amount > 100                                   ? GN_NO_SPACE
										      : GN_OK;
		if (amount == 0)
			want = GN_OK;
		assert_int_equal(gn_share_take(&f.s, &h, amount), want);
		by[k][n] += want == GN_OK ? amount : 0;
	}
	finish(&f);
}

/* Two keys of one prefix may be one person's; of an exempt prefix nobody can tell, an unknown
 * address tells nothing. */
static void parties_are_told_apart(void **state)
{
	(void)state;
	struct fixture f;
	fixture_open(&f, &usual);
	struct gn_holder a = holder(1, 1), b = holder(2, 1), c = holder(1, 2), d = holder(2, 2),
			 nowhere = {a.key, {{0}, 0}};
	struct gn_holder home = {a.key, gn_addr_v4(127, 0, 0, 1, 7)},
			 guest = {b.key, gn_addr_v4(127, 0, 0, 2, 7)};
	assert_false(gn_share_apart(&f.s, &a, &b));
	assert_false(gn_share_apart(&f.s, &a, &c));
	assert_true(gn_share_apart(&f.s, &a, &d));
	assert_false(gn_share_apart(&f.s, &nowhere, &d));
	assert_false(gn_share_apart(&f.s, &d, &nowhere));
	assert_true(gn_share_apart(&f.s, &home, &guest));
	assert_true(gn_share_apart(&f.s, &home, &b));
	f.s.config.count_local = true;
	assert_false(gn_share_apart(&f.s, &home, &guest));
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_has_its_share_and_no_more),
		cmocka_unit_test(a_prefix_is_held_to_its_share_only_when_crowded),
		cmocka_unit_test(the_whole_is_full_at_its_total),
		cmocka_unit_test(who_holds_two_more_may_give_way),
		cmocka_unit_test(local_prefixes_count_when_told),
		cmocka_unit_test(the_nameless_count_for_their_prefix_and_move_to_their_key),
		cmocka_unit_test(what_is_here_is_taken_anyway),
		cmocka_unit_test(holders_are_bounded),
		cmocka_unit_test(memory_that_ends_changes_nothing),
		cmocka_unit_test(random_histories_agree_with_sums),
		cmocka_unit_test(parties_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
