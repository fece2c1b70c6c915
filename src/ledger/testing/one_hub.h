/* The one hub of a test program, whose only unit is UAH with two decimals, and what most tests of
 * it say most often. */
#ifndef GN_LEDGER_TESTING_ONE_HUB_H
#define GN_LEDGER_TESTING_ONE_HUB_H

#include "ledger/testing/hub.h"

extern struct hub h;

/* Open, with so many people; 0, as a set-up of cmocka gives back. */
int one_hub(uint64_t seed, unsigned people);
/* Valid to the end, and nothing of its memory is left. */
int one_hub_end(void **state);
/* It must succeed. policy: JSON object or NULL. */
void trust(unsigned from, unsigned to, const char *limit, const char *policy);
gn_err pay(unsigned from, unsigned to, const char *amount);

#endif
