/* Two honest endpoints, a network that loses, reorders and repeats, and steps chosen by the
 * input: see state.h. */
#include "jet/testing/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	state_run(data, len < 4096 ? len : 4096, len && data[len - 1] & 1);
	return 0;
}
