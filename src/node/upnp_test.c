/* What the process that speaks UPnP says (RE-16): read whole, or not at all. Its life is
 * tests/nat/map_test.py's. */
#include "node/limits.h"
#include "node/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static bool reads(const char *text, struct gn_addr *addr, uint64_t *seconds)
{
	char line[160];
	snprintf(line, sizeof line, "%s", text);
	return gn_node_upnp_read(line, addr, seconds);
}

static void a_line_is_a_mapping(void **state)
{
	struct gn_addr addr, expected = gn_addr_v4(198, 51, 100, 7, 65535);
	uint64_t seconds;
	char text[64];
	(void)state;
	snprintf(text, sizeof text, "198.51.100.7:65535 %u\n", MAP_LEASE);
	assert_true(reads(text, &addr, &seconds));
	assert_true(gn_addr_eq(&addr, &expected));
	assert_int_equal(seconds, MAP_LEASE);
	assert_true(reads("198.51.100.7:1 1\n", &addr, &seconds));
}

static void anything_else_is_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		" \n",
		"198.51.100.7:7777 7200", /* cut */
		"198.51.100.7:7777 7201\n",
		"198.51.100.7:7777 0\n",
		"198.51.100.7:7777 -1\n",
		"198.51.100.7:7777  7200\n",
		"198.51.100.7:7777 7200 \n",
		"198.51.100.7:7777 72x\n",
		"198.51.100.7:7777\n",
		"198.51.100.7 7200\n",
		"198.51.100.7:0 7200\n",
		"198.51.100.7:70000 7200\n",
		"[2001:db8::1]:7777 7200\n",
		"router:7777 7200\n",
		"198.51.100.7:7777 7200\nmore",
		"198.51.100.7:7777 7200\n198.51.100.8:7777 7200\n",
		"198.51.100.7:7777\n7200 ",
	};
	struct gn_addr addr;
	uint64_t seconds;
	(void)state;
	for (size_t i = 0; i < GN_COUNT(texts); i++)
		assert_false(reads(texts[i], &addr, &seconds));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_mapping),
		cmocka_unit_test(anything_else_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
