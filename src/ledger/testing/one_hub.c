/* As one_hub.h says. */
#include "ledger/testing/one_hub.h"

struct hub h;

int one_hub(uint64_t seed, unsigned people)
{
	hub_init(&h, seed);
	hub_open_with(&h, people);
	return 0;
}

int one_hub_end(void **state)
{
	(void)state;
	gn_ledger_validate(h.l);
	hub_fini(&h);
	return 0;
}

void trust(unsigned from, unsigned to, const char *limit, const char *policy)
{
	assert_int_equal(hub_trust(&h, from, to, "UAH", limit, policy), GN_OK);
}

gn_err pay(unsigned from, unsigned to, const char *amount)
{
	return hub_pay(&h, from, to, "UAH", amount);
}
