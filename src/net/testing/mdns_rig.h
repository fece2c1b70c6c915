/* Addresses and an interface as tests of discovery have them. */
#ifndef GN_NET_MDNS_RIG_H
#define GN_NET_MDNS_RIG_H

#include "net/mdns_int.h"

#define MDNS_RIG_START (1000 * GN_SEC)
#define MDNS_RIG_LINK 3 /* the interface */

struct gn_addr mdns_rig_ula(uint8_t last, uint16_t port);
struct gn_addr mdns_rig_link_local(uint8_t last);
/* Interface MDNS_RIG_LINK with 192.168.1.last, with the unique-local address, or both. */
struct gn_mdns_interface mdns_rig_interface(uint8_t last, bool v4, bool v6);

#endif
