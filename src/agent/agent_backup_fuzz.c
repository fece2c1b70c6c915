/* First pages of backups of any bytes: refused, or within the limits and made again to the same but
 * for the proof. */
#include "agent/backup_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t entropy[32] = {9};
	uint8_t page[AGENT_PAGE] = {0}, again[AGENT_PAGE];
	struct agent_backup_head h;
	struct agent_backup_keys keys;
	memcpy(page, data, len < AGENT_PAGE ? len : AGENT_PAGE);
	if (agent_backup_head_parse(page, &h) != GN_OK)
		return 0;
	GN_ASSERT(h.pages && h.keyfile_len <= sizeof h.keyfile);
	agent_backup_keys(entropy, h.salt, &keys);
	agent_backup_head_put(&h, &keys, again);
	GN_ASSERT(memcmp(page, again, AGENT_PAGE - 32) == 0);
	GN_ASSERT(agent_backup_head_right(again, &keys));
	return 0;
}
