/* Settings at each bound and one past it. */
#include "host/setting.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct config {
	char dir[8], names[3][8];
	unsigned name_count;
	uint8_t bits;
	uint16_t port;
	uint32_t seconds;
	uint64_t room, memory;
	bool off, yes;
	enum { RED, GREEN, BLUE } colour;
};

static const char *const colours[] = {"red", "green", "blue", NULL}, *const answers[] = {
									     "no", "yes", NULL};

static bool lower(const char *value, char *out, size_t cap)
{
	size_t len = strlen(value);
	if (len == 0 || len >= cap)
		return false;
	for (size_t i = 0; i <= len; i++)
		out[i] = (char)gn_lower((uint8_t)value[i]);
	return true;
}

/* clang-format off */
static const struct gn_host_setting table[] = {
	{.name = "dir", .kind = GN_HOST_TEXT, .value = "DIR", .least = 1, .most = 6,
	 GN_HOST_FIELD(struct config, dir), .expected = "a directory", .help = "where it lives"},
	{.name = "name", .kind = GN_HOST_LIST, .value = "NAME",
	 GN_HOST_FIELDS(struct config, names, name_count), .take = lower,
	 .expected = "a name, at most 3 of them", .help = "who it is"},
	{.name = "bits", .kind = GN_HOST_NUMBER, .value = "N", .least = 1, .most = 40,
	 GN_HOST_FIELD(struct config, bits), .standard = "22", .expected = "1 to 40",
	 .help = "how hard it is"},
	{.name = "port", .kind = GN_HOST_NUMBER, .value = "N|off", .most = 65535,
	 GN_HOST_FIELD(struct config, port), .off_at = offsetof(struct config, off),
	 .standard = "7777", .expected = "a port, or off", .help = "the port"},
	{.name = "seconds", .kind = GN_HOST_NUMBER, .value = "N", .most = UINT32_MAX,
	 GN_HOST_FIELD(struct config, seconds), .standard = "2592000", .shown = "30 days",
	 .expected = "seconds", .help = "a while"},
	{.name = "room", .kind = GN_HOST_BYTES, .value = "BYTES", .least = 1 << 20,
	 .most = UINT64_C(1) << 37, GN_HOST_FIELD(struct config, room), .standard = "1G",
	 .expected = "bytes", .help = "how much"},
	{.name = "memory-mib", .kind = GN_HOST_NUMBER, .value = "N", .least = 16, .most = 1u << 20,
	 .shift = 20, GN_HOST_FIELD(struct config, memory), .standard = "4096",
	 .expected = "16 to 1048576 MiB", .help = "memory"},
	{.name = "colour", .kind = GN_HOST_CHOICE, .value = "red|green|blue", .words = colours,
	 GN_HOST_FIELD(struct config, colour), .standard = "green",
	 .expected = "red, green or blue", .help = "its colour"},
	{.name = "yes", .kind = GN_HOST_CHOICE, .value = "yes|no", .words = answers,
	 GN_HOST_FIELD(struct config, yes), .expected = "yes or no", .help = "is it so"},
	{.name = "config", .kind = GN_HOST_FLAG, .value = "FILE", .help = "settings"},
	{0},
};
/* clang-format on */

static gn_err set(struct config *c, const char *name, const char *value)
{
	struct config before = *c;
	char why[GN_HOST_WHY] = "";
	gn_err err = gn_host_setting_set(table, c, gn_str(name), gn_str(value), why);
	if (err)
		assert_memory_equal(c, &before, sizeof before);
	assert_true(!err || strlen(why) > 0);
	return err;
}

static struct config fresh(void)
{
	struct config c;
	gn_host_settings_default(table, &c, sizeof c);
	return c;
}

static void defaults_are_what_the_table_says(void **state)
{
	struct config c = fresh();
	(void)state;
	assert_true(c.bits == 22 && c.port == 7777 && !c.off && c.seconds == 2592000);
	assert_true(c.room == UINT64_C(1) << 30 && c.memory == UINT64_C(4) << 30);
	assert_true(c.colour == GREEN && !c.yes && !*c.dir && c.name_count == 0);
}

static void each_bound_is_taken_and_one_past_it_is_not(void **state)
{
	static const struct {
		const char *name, *good, *bad;
	} at[] = {
		{"dir", "a", ""},
		{"dir", "abcdef", "abcdefg"},
		{"bits", "1", "0"},
		{"bits", "40", "41"},
		{"port", "0", "-1"},
		{"port", "65535", "65536"},
		{"seconds", "4294967295", "4294967296"},
		{"room", "1M", "1048575"},
		{"room", "128G", "129G"},
		{"room", "137438953472", "137438953473"},
		{"memory-mib", "16", "15"},
		{"memory-mib", "1048576", "1048577"},
		{"memory-mib", "17", "16M"},
		{"port", "12", "12x"},
		{"port", "off", "of"},
		{"colour", "blue", "blu"},
		{"yes", "yes", "true"},
		{"name", "1234567", "12345678"},
	};
	struct config c = fresh();
	(void)state;
	for (size_t i = 0; i < GN_COUNT(at); i++) {
		assert_int_equal(set(&c, at[i].name, at[i].good), GN_OK);
		assert_int_equal(set(&c, at[i].name, at[i].bad), GN_USAGE);
	}
	assert_true(c.bits == 40 && c.room == UINT64_C(1) << 37 && c.memory == 17 << 20);
	assert_true(c.colour == BLUE && c.yes);
}

static void off_is_a_word_of_numbers_that_have_it(void **state)
{
	struct config c = fresh();
	(void)state;
	assert_int_equal(set(&c, "port", "off"), GN_OK);
	assert_true(c.off && c.port == 0);
	assert_int_equal(set(&c, "port", "80"), GN_OK);
	assert_true(!c.off && c.port == 80);
	assert_int_equal(set(&c, "bits", "off"), GN_USAGE);
}

static void a_list_takes_so_many_and_no_more(void **state)
{
	struct config c = fresh();
	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(set(&c, "name", i ? "b" : "A.Ex"), GN_OK);
	assert_int_equal(set(&c, "name", "c"), GN_USAGE);
	assert_int_equal(c.name_count, 3);
	assert_string_equal(c.names[0], "a.ex");
}

static void names_and_values_have_a_length(void **state)
{
	char longest[GN_HOST_VALUE + 1], why[GN_HOST_WHY];
	struct config c = fresh();
	(void)state;
	memset(longest, 'x', sizeof longest);
	for (size_t i = 0; i < 2; i++) { /* at the limit it is too long for its member alone */
		gn_err err = gn_host_setting_set(table, &c, GN_LIT("dir"),
						 gn_slice(longest, GN_HOST_VALUE - 1 + i), why);
		assert_int_equal(err, GN_USAGE);
		assert_int_equal(strstr(why, "is not a directory") != NULL, i == 0);
		err = gn_host_setting_set(table, &c, gn_slice(longest, GN_HOST_NAME - 1 + i),
					  GN_LIT("1"), why);
		assert_int_equal(err, GN_USAGE);
		assert_int_equal(strstr(why, "there is no setting") != NULL, i == 0);
	}
	assert_int_equal(set(&c, "config", "x"), GN_USAGE); /* of the command line alone */
}

static void a_file_names_its_bad_line(void **state)
{
	struct config c = fresh();
	char why[GN_HOST_WHY] = "";
	(void)state;
	assert_int_equal(gn_host_settings_parse(table, &c, sizeof c,
						GN_LIT("# x\nport = 70 # y\r\n\n  colour=red"),
						why),
			 GN_OK);
	assert_true(c.port == 70 && c.colour == RED);
	assert_int_equal(gn_host_settings_parse(table, &c, sizeof c, GN_LIT("port=1\nport=x"), why),
			 GN_USAGE);
	assert_int_equal(c.port, 70);
	assert_non_null(strstr(why, "line 2: port: 'x' is not a port, or off"));
}

static void help_says_the_default(void **state)
{
	char text[80];
	(void)state;
	const struct gn_host_setting *s = gn_host_setting_find(table, GN_LIT("seconds"));
	gn_host_setting_help(s, text, sizeof text);
	assert_string_equal(text, "a while (default 30 days)");
	gn_host_setting_help(gn_host_setting_find(table, GN_LIT("dir")), text, sizeof text);
	assert_string_equal(text, "where it lives");
	gn_host_setting_help(gn_host_setting_find(table, GN_LIT("bits")), text, sizeof text);
	assert_string_equal(text, "how hard it is (default 22)");
	assert_null(gn_host_setting_find(table, GN_LIT("bit")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_what_the_table_says),
		cmocka_unit_test(each_bound_is_taken_and_one_past_it_is_not),
		cmocka_unit_test(off_is_a_word_of_numbers_that_have_it),
		cmocka_unit_test(a_list_takes_so_many_and_no_more),
		cmocka_unit_test(names_and_values_have_a_length),
		cmocka_unit_test(a_file_names_its_bad_line),
		cmocka_unit_test(help_says_the_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
