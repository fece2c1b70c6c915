/* The hub's settings. */
#include "hub/hub.h"
#include "hub/limits.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static gn_err set(struct gn_hub_config *c, const char *name, const char *value)
{
	char why[GN_HUB_WHY] = "";
	gn_err err = gn_host_setting_set(gn_hub_settings, c, gn_str(name), gn_str(value), why);
	assert_true(!err || strlen(why) > 0);
	return err;
}

static void settings_take_good_values_and_keep_theirs_on_bad_ones(void **state)
{
	(void)state;
	static const char *const bad[][2] = {{"http", "65536"},
					     {"http", ""},
					     {"http", "-1"},
					     {"history", "mysql x"},
					     {"access-seconds", "0"},
					     {"rate-key", "many"},
					     {"trust-proxy", "maybe"},
					     {"memory-mib", "1"},
					     {"log", "loud"},
					     {"data", ""},
					     {"colour", "red"},
					     {"host-name", ""},
					     {"host-name", "a:1"},
					     {"host-name", "a b"},
					     {"host-name", "https://a"}};
	struct gn_hub_config c, before;
	gn_host_settings_default(gn_hub_settings, &c, sizeof c);
	assert_int_equal(c.http, 7790);
	assert_false(c.accept_v0);
	assert_true(c.history_queue == HUB_HISTORY_QUEUE && c.memory == UINT64_C(4) << 30);
	assert_true(c.refresh_s == 30 * 86400 && c.rate_day == 20000 && c.log == GN_LOG_INFO);
	assert_string_equal(c.history, "sqlite");
	assert_int_equal(set(&c, "http", "0"), GN_OK);
	assert_int_equal(set(&c, "history", "postgresql host=/run dbname=x"), GN_OK);
	assert_int_equal(set(&c, "accept-v0", "yes"), GN_OK);
	assert_int_equal(set(&c, "rate-key", "0"), GN_OK);
	for (unsigned i = 0; i < GN_HUB_NAMES; i++)
		assert_int_equal(set(&c, "host-name", i ? "b.example" : "A.example"), GN_OK);
	assert_string_equal(c.host_name[0], "a.example");
	assert_int_equal(set(&c, "host-name", "c.example"), GN_USAGE);
	before = c;
	c.host_names = before.host_names = 1;
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_int_equal(set(&c, bad[i][0], bad[i][1]), GN_USAGE);
	assert_memory_equal(&c, &before, sizeof c);
}

static void a_file_is_taken_whole_or_not_at_all(void **state)
{
	(void)state;
	struct gn_hub_config c;
	char why[GN_HUB_WHY];
	gn_host_settings_default(gn_hub_settings, &c, sizeof c);
	assert_int_equal(gn_host_settings_parse(gn_hub_settings, &c, sizeof c,
						GN_LIT("# a hub\nhttp = 8000  # "
						       "here\n\nlog=warn\r\n"),
						why),
			 GN_OK);
	assert_int_equal(c.http, 8000);
	assert_int_equal(c.log, GN_LOG_WARN);
	assert_int_equal(gn_host_settings_parse(gn_hub_settings, &c, sizeof c,
						GN_LIT("http = 9000\nlog = loud\n"), why),
			 GN_USAGE);
	assert_non_null(strstr(why, "line 2"));
	assert_int_equal(c.http, 8000);
	assert_int_equal(
		gn_host_settings_parse(gn_hub_settings, &c, sizeof c, GN_LIT("http\n"), why),
		GN_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_take_good_values_and_keep_theirs_on_bad_ones),
		cmocka_unit_test(a_file_is_taken_whole_or_not_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
