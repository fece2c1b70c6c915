/* Rights of clients as words: which there are, and what each grants. Rule: AG-91. */
#include "agent/agent_int.h"
#include "agent/rights.h"
#include "agent/testing/nest.h"

#define PID "6AFboW1WJNydcfRPf5gBDfPvwge35XgB6mM1KY8Gnoq8"
#define SEND "send/" PID

static const char send_one[] = SEND, pay_one[] = "pay/" PID, too_long[] = SEND "x",
		  line_in_it[] = "chat\nagent";

static void words(void **state)
{
	static const char *const good[] = {"*",      "agent",  "chat",       "contacts", "network",
					   "sign/0", "sign/9", "sign/65535", "sign/*",   "send/*",
					   "pay/*",  send_one, pay_one};
	static const char *const bad[] = {"",         "chats",  "chat/*", "send",    "send/",
					  "send/x",   "sign/",  "sign/x", "sign/01", "sign/123456",
					  line_in_it, too_long, "**"};
	char longest[AGENT_RIGHT_MAX + 2];
	(void)state;
	for (size_t i = 0; i < GN_COUNT(good); i++)
		assert_true(agent_right_ok(gn_str(good[i])));
	for (size_t i = 0; i < GN_COUNT(bad); i++)
		assert_false(agent_right_ok(gn_str(bad[i])));
	/* zeros begin a PID that is longer and as good, until the word is too long */
	memset(longest, '1', sizeof longest);
	memcpy(longest, "sign/", 5);
	assert_false(agent_right_ok(gn_slice(longest, AGENT_RIGHT_MAX)));
	assert_false(agent_right_ok(gn_slice(longest, AGENT_RIGHT_MAX + 1)));
}

static void grants(void **state)
{
	struct gn_slice rights = GN_LIT("chat\n" SEND "\nsign/*");
	(void)state;
	assert_true(agent_right_in(rights, GN_LIT("chat")));
	assert_true(agent_right_in(rights, GN_LIT(SEND)));
	assert_true(agent_right_in(rights, GN_LIT("sign/16")));
	assert_false(agent_right_in(rights, GN_LIT("send/")));
	assert_false(agent_right_in(rights, GN_LIT("send/*")));
	assert_false(agent_right_in(rights, GN_LIT("sign/"))); /* one part at least */
	assert_false(agent_right_in(rights, GN_LIT("sign")));
	assert_false(agent_right_in(rights, GN_LIT("agent")));
	assert_false(agent_right_in(GN_LIT(""), GN_LIT("chat")));
	assert_true(agent_right_in(GN_LIT("*"), GN_LIT("agent")));
	assert_false(agent_right_in(GN_LIT("chat"), GN_LIT("cha")));
	assert_false(agent_right_in(GN_LIT("cha"), GN_LIT("chat")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(words), cmocka_unit_test(grants)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
