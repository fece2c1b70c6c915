/* See mdns_rig.h. */
#include "net/testing/mdns_rig.h"

struct gn_addr mdns_rig_ula(uint8_t last, uint16_t port)
{
	return (struct gn_addr){.ip = {0xfd, 0, 1, [15] = last}, .port = port};
}

struct gn_addr mdns_rig_link_local(uint8_t last)
{
	return (struct gn_addr){.ip = {0xfe, 0x80, [15] = last}, .port = GN_MDNS_PORT};
}

struct gn_mdns_interface mdns_rig_interface(uint8_t last, bool v4, bool v6)
{
	struct gn_mdns_interface on = {.index = MDNS_RIG_LINK, .v4 = v4, .v6 = v6};
	if (v4)
		on.addrs[on.count++] = gn_addr_v4(192, 168, 1, last, 0);
	if (v6)
		on.addrs[on.count++] = mdns_rig_ula(last, 0);
	return on;
}
