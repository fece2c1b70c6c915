/* Two honest endpoints, a network that loses, reorders and repeats, and steps chosen by the
 * input: see state.h. */
#include "jet/testing/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const enum state_ways ways[] = {STATE_ONE, STATE_SEVERAL, STATE_ONE,
					       STATE_CARRIED_FIRST};
	state_run(data, len < 4096 ? len : 4096, ways[len ? data[len - 1] & 3 : 0]);
	return 0;
}
