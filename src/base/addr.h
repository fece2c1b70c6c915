/* An Internet address and port as a value: IPv4 is kept mapped (::ffff:a.b.c.d), so equal
 * addresses are equal bytes. */
#ifndef GN_BASE_ADDR_H
#define GN_BASE_ADDR_H

#include "base/slice.h"

struct gn_addr {
	uint8_t ip[16];
	uint16_t port; /* host order; 0 = unset */
};

#define GN_ADDR_TEXT_MAX 56 /* "[8 groups of 4]:65535" and a terminator, rounded up */

struct gn_addr gn_addr_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port);
bool gn_addr_is_v4(const struct gn_addr *a);
bool gn_addr_is_loopback(const struct gn_addr *a);
/* Loopback, private, link-local, shared (100.64/10, RFC 6598) and unique-local: prefixes there
 * say nothing of who it is. */
bool gn_addr_is_private(const struct gn_addr *a);
bool gn_addr_eq(const struct gn_addr *a, const struct gn_addr *b);
/* "127.0.0.1:7780" or "[::1]:7780". */
void gn_addr_text(const struct gn_addr *a, char out[GN_ADDR_TEXT_MAX]);
/* Numeric only ("1.2.3.4:5", "[::1]:5"); GN_TEXT otherwise. Names are resolved at the edge (os). */
GN_MUST gn_err gn_addr_parse(struct gn_slice text, struct gn_addr *out);
/* How to reach somebody: an address on a link. Link 0 is the node's one UDP socket; others are
 * carriers that net made (a relay, a server, a connection), and say themselves what an address is
 * on them (RE-1). Two are equal when both parts are. */
struct gn_way {
	struct gn_addr addr;
	uint32_t link;
};
bool gn_way_eq(const struct gn_way *a, const struct gn_way *b);
/* The prefix that quotas count by: /24 of IPv4, /48 of IPv6, as 8 bytes. */
uint64_t gn_addr_prefix(const struct gn_addr *a);

#endif
