/* A STUN server: it tells who asks which address they come from (RFC 8489), and where it has a
 * second port or address it answers from there when asked to (RFC 5780), so that one can learn what
 * one's NAT does. No state. Rules RE-50, RE-52. */
#ifndef GN_NAT_STUN_SERVER_H
#define GN_NAT_STUN_SERVER_H

#include "nat/stun.h"

/* What GN_STUN_OTHER_* add up to is the place of an address of ours. */
enum { GN_STUN_OTHER_PORT = 1, GN_STUN_OTHER_IP = 2, GN_STUN_PLACES = 4 };

/* As others see us: the port that is asked, its IP's second port, and both of the second IP. Port
 * 0: there is none. A server with one address alone needs not know it. */
struct gn_stun_server {
	struct gn_addr at[GN_STUN_PLACES];
};

/* A request of Binding, from `from` at our place `at`. GN_OK: the answer, in room (STUN_SAID_MAX
 * are enough), is to be sent from *place. GN_UNSUPPORTED: the same, and it is a refusal. Else there
 * is none: GN_TOO_LARGE, more than a stranger is answered. */
GN_MUST gn_err gn_stun_server_answer(const struct gn_stun_server *s, const struct gn_stun *request,
				     const struct gn_addr *from, uint8_t at, void *room, size_t cap,
				     struct gn_slice *out, uint8_t *place);

#endif
