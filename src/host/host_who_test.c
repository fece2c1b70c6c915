/* Users' shares of what a program does for others (docs/spec/app.md AP-14): a quarter each, the
 * owner what is left, nothing remembered of who has nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/limits.h"
#include "host/who.h"

static struct gn_host_whos all;

static int set_up(void **state)
{
	(void)state;
	all = (struct gn_host_whos){0};
	return 0;
}

static void add_many(struct gn_host_who *who, enum gn_host_use what, unsigned count)
{
	while (count--)
		gn_host_who_add(&all, who, what);
}

static void sub_many(struct gn_host_who *who, enum gn_host_use what, unsigned count)
{
	while (count--)
		gn_host_who_sub(&all, who, what);
}

static void a_user_has_a_quarter(void **state)
{
	(void)state;
	static const unsigned most[] = {256, GN_HOST_WORK, GN_HOST_SUBS};
	for (enum gn_host_use what = 0; what < GN_HOST_USES; what++) {
		struct gn_host_who *who = gn_host_who_get(&all, 1000, false),
				   *next = gn_host_who_get(&all, 1001, false);
		unsigned share = most[what] / GN_HOST_QUARTER;
		assert_int_equal(share, most[what] / 4);
		add_many(who, what, share - 1);
		assert_int_equal(gn_host_who_ask(&all, who, what, most[what]), GN_OK);
		add_many(who, what, 1);
		assert_int_equal(gn_host_who_ask(&all, who, what, most[what]), GN_QUOTA);
		assert_int_equal(gn_host_who_ask(&all, next, what, most[what]), GN_OK);
		sub_many(who, what, 1);
		assert_int_equal(gn_host_who_ask(&all, who, what, most[what]), GN_OK);
		sub_many(who, what, share - 1);
		gn_host_who_put(&all, who);
		gn_host_who_put(&all, next);
	}
	assert_null(all.list);
}

static void the_owner_has_what_is_left(void **state)
{
	(void)state;
	struct gn_host_who *owner = gn_host_who_get(&all, 0, true),
			   *who = gn_host_who_get(&all, 1000, false);
	add_many(owner, GN_HOST_USE_WORK, GN_HOST_WORK - 1);
	assert_int_equal(gn_host_who_ask(&all, owner, GN_HOST_USE_WORK, GN_HOST_WORK), GN_OK);
	add_many(who, GN_HOST_USE_WORK, 1);
	assert_int_equal(gn_host_who_ask(&all, owner, GN_HOST_USE_WORK, GN_HOST_WORK), GN_BUSY);
	assert_int_equal(gn_host_who_ask(&all, who, GN_HOST_USE_WORK, GN_HOST_WORK), GN_BUSY);
	assert_ptr_equal(gn_host_who_most(&all, GN_HOST_USE_WORK), owner);
	assert_null(gn_host_who_most(&all, GN_HOST_USE_SUBS));
	sub_many(owner, GN_HOST_USE_WORK, GN_HOST_WORK - 1);
	assert_ptr_equal(gn_host_who_most(&all, GN_HOST_USE_WORK), who);
	sub_many(who, GN_HOST_USE_WORK, 1);
	gn_host_who_put(&all, owner);
	gn_host_who_put(&all, who);
	assert_null(all.list);
}

static void a_user_is_one_however_it_comes(void **state)
{
	(void)state;
	struct gn_host_who *a = gn_host_who_get(&all, 7, false),
			   *b = gn_host_who_get(&all, 7, false);
	assert_ptr_equal(a, b);
	gn_host_who_put(&all, a);
	assert_ptr_equal(all.list, b);
	gn_host_who_put(&all, b);
	assert_null(all.list);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_user_has_a_quarter, set_up),
		cmocka_unit_test_setup(the_owner_has_what_is_left, set_up),
		cmocka_unit_test_setup(a_user_is_one_however_it_comes, set_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
