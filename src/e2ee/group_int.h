/* An epoch of a group as a device has it. */
#ifndef GN_E2EE_GROUP_INT_H
#define GN_E2EE_GROUP_INT_H

#include "e2ee/group.h"
#include "e2ee/limits.h"
#include "e2ee/skipped_int.h"

#define E2EE_GROUP_FIRST 26 /* "GNE" 1, 0, 1, nonce 16, epoch 4 */
#define E2EE_GROUP_HEAD 24  /* leaf 4, n 4, tag */
#define E2EE_GROUP_BODY (E2EE_GROUP_FIRST + E2EE_GROUP_HEAD)
#define E2EE_BLOCK_LEAVES 64u
#define E2EE_BLOCKS_MAX (E2EE_LEAVES_MAX / E2EE_BLOCK_LEAVES)

struct gn_e2ee_epoch {
	struct gn_env env; /* borrowed parts */
	struct gn_hash group;
	uint32_t epoch;
	uint8_t header[E2EE_KEY];  /* secret */
	uint32_t count, own;       /* leaves; the number of the own one */
	uint32_t *leaves;          /* owned; rising */
	struct e2ee_chain *chains; /* owned, secret; in the order of leaves */
	struct e2ee_skips skips;
	uint64_t messages;
	/* what a store has not been told of; loading: what has not come */
	uint64_t blocks_changed;
	bool head_changed, skips_changed;
};

/* Place of a leaf, or count. */
uint32_t e2ee_epoch_place(const struct gn_e2ee_epoch *ep, uint32_t leaf);
void e2ee_epoch_moved(struct gn_e2ee_epoch *ep, uint32_t place);

#endif
