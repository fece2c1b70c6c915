/* The hub's secrets on disk. */
#ifndef GN_HUB_KEYS_H
#define GN_HUB_KEYS_H

#include "hub/hub.h"
#include "os/os.h"

struct gn_hub_keys {
	struct gn_sk sk;
	uint8_t jwt_key[32];
	char admin_token[65];
};

/* make: a missing hub.key is made; else GN_NOT_FOUND. */
GN_MUST gn_err gn_hub_keys_load(struct gn_os_dir *dir, const char *data, struct gn_rand *rand,
				bool make, struct gn_hub_keys *out, char why[GN_HUB_WHY]);
void gn_hub_keys_wipe(struct gn_hub_keys *keys);

#endif
