/* Which types have a rule, and that each refuses what is no body of its type (ID-4, NA-6, BD-4,
 * PK-1, TP-1, CH-1, RE-60). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "records/admit.h"

static void seven_types_are_judged_by_their_bodies(void **state)
{
	(void)state;
	static const uint16_t judged[] = {GN_FB_RECORD_TYPE_IDENTITY, GN_FB_RECORD_TYPE_NAME,
					  GN_FB_RECORD_TYPE_BOX,      GN_FB_RECORD_TYPE_TOPIC,
					  GN_FB_RECORD_TYPE_PREKEYS,  GN_FB_RECORD_TYPE_CHAIN,
					  GN_FB_RECORD_TYPE_PROVIDER};
	size_t count = 0;
	for (uint32_t type = 0; type <= UINT16_MAX; type++)
		count += gn_admit_rule((uint16_t)type) != NULL;
	assert_int_equal(count, GN_COUNT(judged));
	for (size_t i = 0; i < GN_COUNT(judged); i++) {
		struct gn_record r = {.type = judged[i],
				      .label = judged[i] == GN_FB_RECORD_TYPE_NAME
						       ? GN_LIT("welcome")
						       : gn_slice(NULL, 0),
				      .body = GN_LIT("no table is here"),
				      .ttl = 3600};
		gn_admit_fn rule = gn_admit_rule(judged[i]);
		assert_non_null(rule);
		assert_int_equal(rule(NULL, &r, 0, 0), GN_MALFORMED);
		r.type = GN_FB_RECORD_TYPE_SITE; /* each knows its own alone */
		assert_int_equal(rule(NULL, &r, 0, 0), GN_MALFORMED);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(seven_types_are_judged_by_their_bodies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
