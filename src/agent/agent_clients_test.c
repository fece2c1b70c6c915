/* What a person is asked: how many questions wait, and for how long an answer counts. Rules: AG-38,
 * AG-92. */
#include "agent/clients_int.h"
#include "agent/testing/nest.h"

static struct nest nest;
static struct gn_agent agent;

static int set_up(void **state)
{
	(void)state;
	nest_make(&nest, NULL);
	nest_open(&nest);
	agent = (struct gn_agent){.db = nest.db, .now = 1700000000 * GN_SEC};
	agent.host.rand = nest.rand;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	nest_remove(&nest);
	return 0;
}

static void put(uint64_t seen_ms, uint64_t until_ms)
{
	struct gn_agent_tx tx;
	const struct gn_agent_client c = {.id = {{1}},
					  .secret = {{2}},
					  .name = GN_LIT("bot"),
					  .rights = GN_LIT("chat\nsend/*"),
					  .seen_ms = seen_ms,
					  .until_ms = until_ms};
	assert_ok(gn_agent_tx_begin(nest.db, &tx));
	assert_ok(gn_agent_client_put(&tx, &c));
	assert_ok(gn_agent_tx_commit(&tx));
}

static bool see(void *user, const struct gn_agent_client *c)
{
	*(uint64_t *)user = c->seen_ms;
	return true;
}

static uint64_t seen(void)
{
	uint64_t at = 0;
	assert_ok(gn_agent_clients(nest.db, see, &at));
	return at;
}

static void known(void **state)
{
	static const uint8_t id[32] = {1}, other[32] = {3};
	struct gn_slice rights[4];
	uint8_t secret[32];
	uint64_t now = agent_unix_ms(&agent);
	(void)state;
	put(now, now + 1);
	assert_true(agent_client_secret(&agent, id, secret));
	assert_int_equal(secret[0], 2);
	assert_true(gn_is_zero(agent.client.secret.b, sizeof agent.client.secret.b));
	assert_false(agent_client_secret(&agent, other, secret));
	assert_int_equal(agent_client_rights(&agent, id, rights, 4), 2);
	assert_true(gn_slice_eq(rights[1], GN_LIT("send/*")));
	assert_int_equal(agent_client_rights(&agent, id, rights, 1), 1);
	assert_true(agent_client_kinds(&agent, id) == ~AGENT_KINDS_OF_WALLET); /* it may not pay */
	agent.now += GN_MSEC; /* its time is over */
	assert_false(agent_client_secret(&agent, id, secret));
	assert_int_equal(agent_client_rights(&agent, id, rights, 4), 0);
	assert_int_equal(agent_client_kinds(&agent, id), 0);
}

/* That it was here is written down once an hour. */
static void noted(void **state)
{
	static const uint8_t id[32] = {1};
	struct gn_slice rights[4];
	uint64_t first = agent_unix_ms(&agent);
	(void)state;
	put(first, 0);
	agent.now += (AGENT_SEEN_MS - 1) * GN_MSEC;
	assert_int_equal(agent_client_rights(&agent, id, rights, 4), 2);
	assert_int_equal(seen(), first);
	agent.now += GN_MSEC;
	assert_int_equal(agent_client_rights(&agent, id, rights, 4), 2);
	assert_int_equal(seen(), first + AGENT_SEEN_MS);
}

/* The oldest question gives way to one past the most; of who asks, when they have any. */
static void questions(void **state)
{
	static const uint8_t id[32] = {1};
	struct agent_approval *p;
	(void)state;
	for (size_t i = 0; i < AGENT_APPROVALS_MAX; i++) {
		p = agent_approval_place(&agent, NULL);
		assert_int_equal(p->id, 0);
		*p = (struct agent_approval){.id = i + 1,
					     .until = agent.now + AGENT_APPROVAL_KEEP + (gn_time)i};
	}
	p = agent_approval_place(&agent, NULL);
	assert_int_equal(p->id, 1);
	p = agent_approval_place(&agent, id); /* another one has none here yet */
	assert_int_equal(p->id, 1);
	agent.approvals[3].by_client = true;
	memcpy(agent.approvals[3].asker, id, sizeof id);
	p = agent_approval_place(&agent, id);
	assert_int_equal(p->id, 4);
	p = agent_approval_place(&agent, NULL);
	assert_int_equal(p->id, 1);
	agent.now += AGENT_APPROVAL_KEEP - 1;
	agent_approvals_tick(&agent);
	assert_int_equal(p->id, 1);
	agent.now += 1;
	agent_approvals_tick(&agent);
	assert_int_equal(p->id, 0);
	assert_int_equal(agent.approvals[1].id, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(noted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(questions, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
