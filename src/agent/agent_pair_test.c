/* Codes of the app: how many wait, for how long, once; ids and secrets of what was made of them.
 * Rules: AG-121, AG-122. */
#include "agent/door.h"
#include "agent/testing/nest.h"

static struct nest nest;
static struct gn_agent agent;

static int set_up(void **state)
{
	(void)state;
	char why[GN_AGENT_WHY], root[256];
	nest_make(&nest, NULL);
	nest_open(&nest);
	agent = (struct gn_agent){.db = nest.db, .now = 1700000000 * GN_SEC};
	agent.host.rand = nest.rand;
	nest_path(&nest, "vault", root);
	assert_int_equal(gn_agent_vault_open(root, &nest.rand, &agent.vault, why), GN_OK);
	assert_int_equal(gn_agent_vault_create(agent.vault, NULL, gn_slice(NULL, 0), 0), GN_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gn_agent_vault_close(agent.vault);
	nest_remove(&nest);
	return 0;
}

static void waits_and_ends(void **state)
{
	uint8_t secret[32];
	(void)state;
	const struct agent_pair *p = agent_pair_new(&agent);
	struct agent_pair kept = *p;
	assert_true(agent_pair_is(kept.id));
	assert_true(agent_pair_secret(&agent, kept.id, secret));
	assert_memory_equal(secret, kept.code, 32);
	agent.now += AGENT_PAIR_KEEP - 1;
	assert_true(agent_pair_secret(&agent, kept.id, secret));
	agent.now += 1;
	assert_false(agent_pair_secret(&agent, kept.id, secret));
	assert_null(agent_pair_find(&agent, kept.id));
	assert_true(gn_is_zero(&agent.pairs[0], sizeof agent.pairs[0])); /* wiped */
	kept.id[0] ^= 1;
	assert_null(agent_pair_find(&agent, kept.id));
}

/* One past the most: the one that ends first gives way. */
static void places(void **state)
{
	uint8_t first[32], second[32];
	(void)state;
	for (size_t i = 0; i < AGENT_PAIRS; i++) {
		memcpy(i ? second : first, agent_pair_new(&agent)->id, 32);
		agent.now += GN_MSEC;
	}
	assert_non_null(agent_pair_find(&agent, first));
	(void)agent_pair_new(&agent);
	assert_null(agent_pair_find(&agent, first));
	assert_non_null(agent_pair_find(&agent, second));
}

/* Ids say themselves that they are such; each has its own secret, the same each time. */
static void made(void **state)
{
	uint8_t id[32], other[32], secret[32], again[32];
	(void)state;
	assert_true(agent_pair_make(&agent, id));
	assert_true(agent_pair_make(&agent, other));
	assert_memory_not_equal(id, other, 16);
	assert_false(agent_pair_is(id));
	assert_true(agent_pair_made(&agent, id));
	assert_true(agent_pair_made_secret(&agent, id, secret));
	assert_true(agent_pair_made_secret(&agent, id, again));
	assert_memory_equal(secret, again, 32);
	assert_true(agent_pair_made_secret(&agent, other, again));
	assert_memory_not_equal(secret, again, 32);
	for (size_t i = 0; i < 32; i++) {
		id[i] ^= 0x40;
		assert_false(agent_pair_made(&agent, id));
		assert_false(agent_pair_made_secret(&agent, id, again));
		id[i] ^= 0x40;
	}
}

/* While the store is closed, of such an id alone; while it is open, of what stands there. */
static void locked(void **state)
{
	uint8_t id[32], secret[32], plain[32] = {9};
	(void)state;
	assert_true(agent_pair_make(&agent, id));
	assert_false(agent_client_secret(&agent, id, secret)); /* in no list */
	agent.db = NULL;
	assert_true(agent_client_secret(&agent, id, secret));
	assert_false(agent_client_secret(&agent, plain, secret));
	assert_int_equal(agent_client_kinds(&agent, id), AGENT_KINDS_OF_ALL);
	agent.db = nest.db;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(waits_and_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(locked, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
