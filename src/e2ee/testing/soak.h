/* Many random messages between two devices over a channel that loses, reorders, doubles and forges,
 * with crashes between any two steps, new set-ups and new prekeys. What comes out is checked
 * against what went in. */
#ifndef GN_E2EE_SOAK_H
#define GN_E2EE_SOAK_H

#include "e2ee/testing/party.h"

#define SOAK_REORDER 500 /* letters on their way at most */

struct soak_result {
	uint64_t written, arrived, opened;
	uint64_t lost;    /* arrived and were not opened: must be 0 */
	uint64_t twice;   /* opened again: must be 0 */
	uint64_t changed; /* opened as something else: must be 0 */
	uint64_t doubles, forged, crashes, setups;
	uint32_t epoch;
	size_t skipped_most, row_most;
};
void soak_run(uint64_t seed, uint64_t messages, struct soak_result *out);

#endif
